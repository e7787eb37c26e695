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

/// A run written is the run read, and what was broken is broken again.
#[test]
fn traces_can_be_replayed() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = |name: &str| dir.path().join(name).to_str().expect("UTF-8").to_owned();
    let kept = |actions: &str, without: &str| {
        format!(
            r#"{{"scenario": "integrated-colocated", "care_of": "colocated", "events": 0,
                "without": [{without}], "profile": "entitled", "actions": [{actions}]}}"#
        )
    };
    let replay = |text: String| {
        std::fs::write(path("run.json"), text).expect("written");
        check(&["--replay", &path("run.json")])
    };
    let (code, stdout, _) = replay(kept(r#""attach:a""#, ""));
    assert_eq!(code, 0);
    assert!(stdout.contains("attaches to link A"), "{stdout}");
    let (code, stdout, _) = replay(kept(r#""attach:a""#, r#""mn-needs-access""#));
    assert_eq!(code, 1);
    assert!(stdout.contains("Step 1 breaks: order of the figures"), "{stdout}");

    for (wrong, says) in [
        (kept(r#""fly:a""#, ""), "`fly:a` is no action of the model"),
        (kept(r#""refresh""#, ""), "step 1 cannot happen there"),
        (kept("", r#""no-guard""#), "no valid `without`"),
        ("{}".to_owned(), "no valid `scenario`"),
        ("nothing".to_owned(), "is no JSON"),
    ] {
        let (code, stdout, stderr) = replay(wrong);
        assert_eq!((code, stdout.as_str()), (2, ""));
        assert!(stderr.contains(says), "{stderr}");
    }
    assert_eq!(check(&["--replay", &path("missing.json")]).0, 2);
}

#[test]
fn graph_is_written_for_others() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = |name: &str| dir.path().join(name).to_str().expect("UTF-8").to_owned();
    let export = |name: &str, more: &[&str]| {
        let file = path(name);
        check(&[&["integrated-colocated", "--events", "0", "--export", &file], more].concat())
    };
    let (code, stdout, _) = export("graph.aut", &[]);
    assert_eq!(code, 0);
    let text = std::fs::read_to_string(path("graph.aut")).expect("written");
    let (head, edges) = text.split_once('\n').expect("lines");
    let states: usize = stdout.split(' ').next().and_then(|n| n.parse().ok()).expect("a number");
    assert_eq!(head, format!("des (0, {}, {})", edges.lines().count(), states + 1));
    assert!(edges.contains(", \"attach:a\", "), "{edges}");
    assert_eq!(export("graph.dot", &[]).0, 0);
    assert!(std::fs::read_to_string(path("graph.dot")).expect("written").ends_with("}\n"));
    assert_eq!(export("graph.txt", &[]).0, 2);
    assert_eq!(export("graph.dot", &["--max-states", "10"]).0, 3);
}

#[test]
fn walks_are_the_same_for_the_same_seed() {
    let walk = |seed| check(&["integrated-fa", "--simulate", "20", "--seed", seed]);
    let (code, stdout, _) = walk("7");
    assert_eq!(code, 0);
    assert!(stdout.contains("nothing fails in these walks, which proves nothing"), "{stdout}");
    assert_eq!(stdout, walk("7").1);
    assert_ne!(stdout, walk("8").1);
}
