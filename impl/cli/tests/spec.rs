//! `dsboot spec` from outside, where there is no source tree.

#![expect(clippy::expect_used, reason = "helpers of tests")]

use assert_cmd::Command;
use serde_json::Value;

fn spec(args: &[&str]) -> (i32, String, String) {
    let elsewhere = tempfile::tempdir().expect("a directory");
    let mut command = Command::cargo_bin("dsboot").expect("built");
    let output =
        command.current_dir(elsewhere.path()).arg("spec").args(args).output().expect("runs");
    let text = |octets| String::from_utf8(octets).expect("UTF-8");
    (output.status.code().expect("exits"), text(output.stdout), text(output.stderr))
}

#[test]
fn words_lead_a_stranger_to_sentence_model_code_and_tests() {
    let (code, stdout, stderr) = spec(&["request to the FA", "R set"]);
    assert_eq!((code, stderr.as_str()), (0, ""));
    assert!(stdout.starts_with("registration.3.4  spec/registration.md:"), "{stdout}");
    for part in ["\n  model  model/src/mn.rs:", "\n  code   impl/roles/src/mn/", "\n  test   "] {
        assert!(stdout.contains(part), "{part} is missing:\n{stdout}");
    }
}

/// What is shown is what stands there.
#[test]
fn places_are_those_of_the_sources() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../");
    let (_, stdout, _) = spec(&["registration.3", "--json"]);
    let value: Value = serde_json::from_str(&stdout).expect("JSON alone");
    let mut places = 0;
    for sentence in value["sentences"].as_array().expect("array") {
        let cited = format!("//= {}", sentence["id"].as_str().expect("string"));
        for kind in ["model", "code", "tests"] {
            for place in sentence[kind].as_array().expect("array") {
                let file = format!("{root}{}", place["file"].as_str().expect("string"));
                let text = std::fs::read_to_string(&file).expect("there");
                let line =
                    usize::try_from(place["line"].as_u64().expect("a number")).expect("fits");
                assert_eq!(
                    text.lines().nth(line - 1).map(str::trim),
                    Some(cited.as_str()),
                    "{file}"
                );
                places += 1;
            }
        }
    }
    assert!(places > 10, "{places}");
}

#[test]
fn everything_is_a_line_each() {
    let (code, stdout, _) = spec(&[]);
    assert_eq!(code, 0);
    assert!(stdout.lines().next().is_some_and(|line| line.starts_with("sentence")), "{stdout}");
    assert!(stdout.lines().count() > 400, "{stdout}");
    assert!(stdout.trim_end().ends_with("with all witnesses needed"), "{stdout}");
}

#[test]
fn requirement_is_told_with_its_sentences() {
    let (code, stdout, _) = spec(&["R-19"]);
    assert_eq!(code, 0);
    assert!(stdout.starts_with("R-19 (§4, 2b of the draft): With a co-located"), "{stdout}");
    assert!(stdout.contains("\nregistration.3.4  "), "{stdout}");
}

#[test]
fn what_is_not_there_is_a_usage_error_that_tells_what_is() {
    for (args, part) in [
        (&["registration.3.99"][..], "registration.3.1 to"),
        (&["R-99"], "R-54"),
        (&["xyzzy"], "xyzzy"),
        (&["--page", "wires"], "home-binding"),
    ] {
        let (code, stdout, stderr) = spec(args);
        assert_eq!((code, stdout.as_str()), (2, ""), "{args:?}");
        assert!(stderr.contains(part), "{args:?}: {stderr}");
    }
}

#[test]
fn json_is_as_its_schema_says() {
    let schema: Value =
        serde_json::from_str(include_str!("../schemas/spec.schema.json")).expect("JSON");
    let mut schemas = boon::Schemas::new();
    let mut compiler = boon::Compiler::new();
    compiler.add_resource("spec.schema.json", schema).expect("a schema");
    let schema = compiler.compile("spec.schema.json", &mut schemas).expect("a valid schema");
    for args in [&["--json"][..], &["--json", "H-13"], &["--json", "--missing"]] {
        let (_, stdout, _) = spec(args);
        let value: Value = serde_json::from_str(&stdout).expect("JSON alone");
        if let Err(error) = schemas.validate(&value, schema) {
            panic!("{args:?}: {error:#}");
        }
    }
}
