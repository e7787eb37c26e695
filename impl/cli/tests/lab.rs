//! `dsboot lab` from outside. Where a program is missing or this machine does not let network
//! namespaces be made, that is said and nothing tested; `DSBOOT_PEERS=required` makes it a failure.

#![expect(clippy::expect_used, clippy::print_stderr, reason = "helpers of tests")]

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use assert_cmd::cargo::cargo_bin;

fn lab(directory: &str, transfer: &str) -> Command {
    let mut command = Command::new(cargo_bin("dsboot"));
    command.args(["lab", "run", "--directory", directory, "--transfer", transfer]);
    command
}

/// Whether the machine cannot do it, as standard error has it.
fn is_left_out(code: Option<i32>, stderr: &str) -> bool {
    if code != Some(3) {
        return false;
    }
    let is_required = std::env::var_os("DSBOOT_PEERS").is_some_and(|value| value == "required");
    assert!(!is_required, "{stderr}");
    eprintln!("left out: {stderr}");
    true
}

fn namespaces_of(process: u32) -> usize {
    let listed = Command::new("ip").args(["netns", "list"]).output().expect("ip runs");
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    listed.lines().filter(|line| line.starts_with(&format!("dsboot{process}-"))).count()
}

#[test]
fn ipv6_goes_through_an_ipv4_network_between_namespaces() {
    let directory = tempfile::tempdir().expect("a directory");
    let output = lab(&directory.path().to_string_lossy(), "1").output().expect("runs");
    let [stdout, stderr] =
        [output.stdout, output.stderr].map(|octets| String::from_utf8_lossy(&octets).into_owned());
    if is_left_out(output.status.code(), &stderr) {
        return;
    }
    assert!(output.status.success(), "{stdout}{stderr}");
    for part in ["integrated-colocated: 6 hosts", "subscription-colocated: 7 hosts"] {
        assert!(stdout.contains(part), "{stdout}");
    }
    for part in ["home address", "1280 octets", "TCP", "released everything", "no IPv4 reached"] {
        let holds = |line: &&str| line.contains(part) && line.starts_with("  pass");
        assert!(stdout.lines().filter(holds).count() >= 2, "{part}: {stdout}");
    }
    // What must be there: IPv4 on the access link, IPv6 at the home agent.
    let carried = |link: &str| -> Vec<u64> {
        let line = stdout.lines().find(|line| line.trim_start().starts_with(link)).expect(link);
        line.split_whitespace().skip(1).map(|number| number.parse().expect("a number")).collect()
    };
    assert!(carried("MN-NAS")[0] > 20 && carried("HA-IPv6")[2] > 20, "{stdout}");
    assert_eq!(carried("HA-CN")[..2], [0, 0], "{stdout}");
}

#[test]
fn everything_is_taken_down_when_it_is_interrupted() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut child = lab(&directory.path().to_string_lossy(), "60")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("runs");
    let mut said = String::new();
    let stdout = child.stdout.take().expect("piped");
    for line in BufReader::new(stdout).lines() {
        said = line.expect("a line");
        if said.contains("pings") {
            break;
        }
    }
    let id = child.id();
    if said.contains("pings") {
        assert!(namespaces_of(id) > 5);
        let sent = Command::new("kill").args(["-INT", &id.to_string()]).status();
        assert!(sent.expect("kill").success());
    }
    let output = child.wait_with_output().expect("ends");
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(3), "{stderr}");
    if said.contains("pings") {
        assert!(stderr.contains("interrupted"), "{stderr}");
        assert_eq!(namespaces_of(id), 0);
    } else {
        assert!(is_left_out(output.status.code(), &stderr));
    }
}
