//! `dsboot check` from outside.

#![expect(clippy::expect_used, reason = "helpers of tests")]

use assert_cmd::Command;
use serde_json::Value;

fn check(args: &[&str]) -> (i32, String, String) {
    let output = Command::cargo_bin("dsboot")
        .expect("built")
        .arg("check")
        .args(args)
        .output()
        .expect("runs");
    let text = |octets| String::from_utf8(octets).expect("UTF-8");
    (output.status.code().expect("exits"), text(output.stdout), text(output.stderr))
}

#[test]
fn unknown_scenario_is_a_usage_error_that_names_the_four() {
    let (code, stdout, stderr) = check(&["integrated"]);
    assert_eq!((code, stdout.as_str()), (2, ""));
    for scenario in dsboot_spec::Scenario::ALL {
        assert!(stderr.contains(scenario.name()), "{stderr}");
    }
}

#[test]
fn care_of_address_of_an_agent_needs_an_agent() {
    let (code, stdout, stderr) = check(&["integrated-colocated", "--coa", "fa"]);
    assert_eq!((code, stdout.as_str()), (2, ""));
    assert!(stderr.contains("foreign agent"), "{stderr}");
}

#[test]
fn one_setup_holds_and_nothing_goes_to_a_piped_standard_error() {
    let (code, stdout, stderr) = check(&["integrated-fa", "--coa", "colocated-r", "--events", "0"]);
    assert_eq!((code, stderr.as_str()), (0, ""));
    assert!(stdout.contains("integrated-fa (colocated-r)") && stdout.contains("holds"), "{stdout}");
    assert!(!stdout.contains("integrated-fa (fa)"), "{stdout}");
}

#[test]
fn cut_search_is_incomplete() {
    let (code, stdout, _) = check(&["--max-states", "100", "--json"]);
    let value: Value = serde_json::from_str(&stdout).expect("JSON alone");
    assert_eq!(code, 3);
    assert_eq!(value["verdict"], "incomplete");
    assert_eq!(value["setups"].as_array().map(Vec::len), Some(6));
    assert_eq!(value["setups"][0]["complete"], false);
}

/// The keys of every object are those that the schema requires, and it allows no others.
#[test]
fn json_has_the_shape_of_its_schema() {
    let schema: Value =
        serde_json::from_str(include_str!("../schemas/check.schema.json")).expect("JSON");
    let (code, stdout, _) = check(&["integrated-colocated", "--events", "0", "--json"]);
    let value: Value = serde_json::from_str(&stdout).expect("JSON alone");
    assert_eq!(code, 0);
    let setup = &value["setups"][0];
    for (part, described) in [
        (&value, &schema),
        (setup, &schema["$defs"]["setup"]),
        (&setup["properties"][0], &schema["$defs"]["property"]),
    ] {
        let names = |v: &Value| -> Vec<String> {
            let mut names: Vec<String> = v.as_object().expect("object").keys().cloned().collect();
            names.sort();
            names
        };
        let mut required: Vec<String> =
            serde_json::from_value(described["required"].clone()).expect("strings");
        required.sort();
        assert_eq!(names(part), required);
        assert_eq!(names(&described["properties"]), required);
        assert_eq!(described["additionalProperties"], false);
    }
}
