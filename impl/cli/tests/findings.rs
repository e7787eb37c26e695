//! `dsboot findings` from outside.

#![expect(clippy::expect_used, reason = "helpers of tests")]

use assert_cmd::Command;
use serde_json::Value;

fn findings(args: &[&str]) -> (i32, String, String) {
    let command = Command::cargo_bin("dsboot").expect("built").arg("findings").args(args).output();
    let output = command.expect("runs");
    let text = |octets| String::from_utf8(octets).expect("UTF-8");
    (output.status.code().expect("exits"), text(output.stdout), text(output.stderr))
}

#[test]
fn finding_is_shown_and_closed() {
    let (code, stdout, stderr) = findings(&["F-6", "F-9"]);
    assert_eq!((code, stderr.as_str()), (0, ""));
    assert!(stdout.contains("F-6  Anybody may act as FHA"), "{stdout}");
    assert!(stdout.contains("  5  Access Req 1"), "{stdout}");
    assert!(stdout.contains("\"keys stay secret\" is kept in every state with it"), "{stdout}");
    assert!(!stdout.contains("F-1 "), "{stdout}");
}

#[test]
fn json_says_the_same() {
    let (code, stdout, _) = findings(&["F-3", "--json"]);
    assert_eq!(code, 0);
    let value: Value = serde_json::from_str(&stdout).expect("JSON alone");
    let finding = &value["findings"][0];
    assert_eq!((&finding["closed"], &finding["attacker"]), (&true.into(), &"outside".into()));
    let actions = finding["run"]["replay"]["actions"].as_array().expect("actions");
    assert!(actions.iter().any(|a| a.as_str().is_some_and(|a| a.starts_with("inject:"))));
    let schema: Value =
        serde_json::from_str(include_str!("../schemas/findings.schema.json")).expect("JSON");
    let names = |v: &Value| v.as_object().expect("object").keys().cloned().collect::<Vec<_>>();
    let described = &schema["$defs"]["finding"];
    assert_eq!(names(finding), names(&described["properties"]));
    assert_eq!(described["required"].as_array().map(Vec::len), Some(names(finding).len()));
}

#[test]
fn unknown_finding_is_a_usage_error() {
    let (code, stdout, stderr) = findings(&["F-99"]);
    assert_eq!((code, stdout.as_str()), (2, ""));
    assert!(stderr.contains("F-1, F-2") && stderr.contains("similar"), "{stderr}");
    // Who shows nothing has shown nothing to be closed.
    let (code, stdout, stderr) = findings(&["--threads", "0"]);
    assert_eq!((code, stdout.as_str()), (2, ""));
    assert!(stderr.contains("at least one"), "{stderr}");
}

/// `cargo run -- findings --page > spec/findings.md` writes the page.
#[test]
fn page_of_the_specification_is_up_to_date() {
    assert_eq!(findings(&["--page"]).1, include_str!("../../../spec/findings.md"));
}
