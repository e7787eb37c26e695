//! `dsboot lab` from outside. Where a program is missing or this machine does not let network
//! namespaces be made, that is said and nothing tested; `DSBOOT_PEERS=required` makes it a failure.

#![expect(clippy::expect_used, clippy::panic, clippy::print_stderr, reason = "helpers of tests")]

mod traces;

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

/// The number of frames of a kind that a link carried, from a lab's table.
fn carried(stdout: &str, link: &str) -> Vec<u64> {
    let line = stdout.lines().find(|line| line.trim_start().starts_with(link)).expect(link);
    line.split_whitespace().skip(1).map(|number| number.parse().expect("a number")).collect()
}

/// Runs the lab of a scenario with a movement, which must hold for each of `setups`.
fn holds_with_movement(scenario: &str, servers: &str, setups: &[&str]) {
    let directory = tempfile::tempdir().expect("a directory");
    let mut command = lab(&directory.path().to_string_lossy(), "3");
    let output = command.args([scenario, "--aaa", servers, "--trace"]).output().expect("runs");
    let [stdout, stderr] =
        [output.stdout, output.stderr].map(|octets| String::from_utf8_lossy(&octets).into_owned());
    if is_left_out(output.status.code(), &stderr) {
        return;
    }
    assert!(output.status.success(), "{stdout}{stderr}");
    for setup in setups {
        assert!(stdout.contains(&format!("{setup}: ")), "{setup}: {stdout}");
    }
    for part in [
        "home address",
        "1280 octets",
        "moves to NAS2",
        "goes on",
        "released everything",
        "no IPv4 reached",
        "IPv6 went in IPv4",
    ] {
        let holds = |line: &&str| line.contains(part) && line.starts_with("  pass");
        assert!(stdout.lines().filter(holds).count() >= setups.len(), "{part}: {stdout}");
    }
    // What must be there: IPv4 on the access links, IPv6 at the home agent.
    let ipv4 = |link: &str| carried(&stdout, link).iter().take(4).sum::<u64>();
    assert!(ipv4("MN-NAS") > 20 && ipv4("MN-NAS2") > 20, "{stdout}");
    assert!(carried(&stdout, "HA-IPv6").last() > Some(&20), "{stdout}");
    assert_eq!(ipv4("HA-CN"), 0, "{stdout}");
    let within = std::fs::read_dir(directory.path()).expect("read");
    for setup in within.map(|entry| entry.expect("read").path()) {
        traces::accepted(&setup.join("trace.ndjson"));
        // Nobody who serves has kept a privilege.
        for role in ["nas", "fha", "ha"] {
            let log = setup.join(format!("{role}.log"));
            let log = std::fs::read_to_string(log).expect("a log");
            assert!(log.contains("privileges dropped capabilities=\"\""), "{role}: {log}");
        }
    }
}

#[test]
fn figure_2_carries_ipv6_and_moves() {
    holds_with_movement("integrated-colocated", "embedded", &["integrated-colocated"]);
}

#[test]
fn figure_3_carries_ipv6_and_moves() {
    let setups = ["integrated-fa (fa)", "integrated-fa (colocated-r)"];
    holds_with_movement("integrated-fa", "freeradius", &setups);
}

#[test]
fn figure_5_carries_ipv6_and_moves() {
    holds_with_movement("subscription-colocated", "freeradius", &["subscription-colocated"]);
}

#[test]
fn figure_6_carries_ipv6_and_moves() {
    let setups = ["subscription-fa (fa)", "subscription-fa (colocated-r)"];
    holds_with_movement("subscription-fa", "embedded", &setups);
}

#[test]
fn a_user_namespace_is_enough() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut command = lab(&directory.path().to_string_lossy(), "0");
    let output = command
        .args(["integrated-colocated", "--user-namespace", "--tunnel", "udp"])
        .output()
        .expect("runs");
    let [stdout, stderr] =
        [output.stdout, output.stderr].map(|octets| String::from_utf8_lossy(&octets).into_owned());
    if is_left_out(output.status.code(), &stderr) {
        return;
    }
    assert!(output.status.success(), "{stdout}{stderr}");
    assert!(stdout.contains("in a user namespace"), "{stdout}");
    assert!(stdout.contains("pass  IPv6 went in IPv4 in UDP"), "{stdout}");
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

#[test]
fn a_lab_stands_until_it_is_taken_down() {
    let directory = tempfile::tempdir().expect("a directory");
    let lab = |arguments: &[&str]| {
        let mut command = Command::new(cargo_bin("dsboot"));
        command.arg("lab").args(arguments).arg("--directory").arg(directory.path());
        let output = command.output().expect("runs");
        let [stdout, stderr] = [output.stdout, output.stderr]
            .map(|octets| String::from_utf8_lossy(&octets).into_owned());
        (output.status.code(), stdout, stderr)
    };
    let (code, stdout, stderr) = lab(&["up", "integrated-fa"]);
    if is_left_out(code, &stderr) {
        return;
    }
    assert_eq!(code, Some(0), "{stdout}{stderr}");
    // What it says can be done can be done.
    for way in ["from it:", "to it:"] {
        let line = stdout.lines().find_map(|line| line.trim().strip_prefix(way)).expect(way);
        let mut command = Command::new("sh");
        command.args(["-c", &format!("{line} -c 1 -W 2")]);
        assert!(command.output().expect("runs").status.success(), "{line}");
    }
    let standing = std::fs::read_to_string(directory.path().join("lab.json")).expect("read");
    let standing: serde_json::Value = serde_json::from_str(&standing).expect("JSON");
    let namespaces = standing["namespaces"].as_array().expect("a list");
    let is_there = |namespace: &serde_json::Value| {
        let path = format!("/run/netns/{}", namespace.as_str().expect("a name"));
        std::path::Path::new(&path).exists()
    };
    assert!(namespaces.len() >= 7 && namespaces.iter().all(is_there), "{standing}");

    let (code, _, stderr) = lab(&["up", "integrated-colocated"]);
    assert!(code == Some(2) && stderr.contains("stands in"), "{stderr}");
    let (code, stdout, stderr) = lab(&["down"]);
    assert_eq!(code, Some(0), "{stdout}{stderr}");
    assert!(!namespaces.iter().any(is_there), "{standing}");
    for daemon in standing["daemons"].as_array().expect("a list") {
        let process = daemon["process"].as_u64().expect("a number");
        let command = std::fs::read_to_string(format!("/proc/{process}/cmdline"));
        assert!(!command.is_ok_and(|command| command.contains("serve")), "{daemon}");
    }
    // The mobile node has released everything before the others ended.
    let log = std::fs::read_to_string(directory.path().join("fha.log")).expect("a log");
    assert!(log.contains("fha.released"), "{log}");
    let (code, _, stderr) = lab(&["down"]);
    assert!(code == Some(2) && stderr.contains("dsboot lab up"), "{stderr}");
}
