//! Our roles as daemons that do one thing wrong at a time, and the conformance suite asking them:
//! each fault that can be seen from outside is noticed by all the cases that a table names for it.
//! Where namespaces are not to be had, that is said and nothing tested; `DSBOOT_PEERS=required`
//! makes it a failure.
//!
//! `cargo test -p dsboot-tests --features faults --test seeded`. A fault that is taken out of the table
//! is asked every case, and what notices it is printed.

#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "tests")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use dsboot_roles::fault::Fault;
use tempfile::TempDir;

/// Where daemons' configurations, profiles and the table are.
const FROM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../impl/cli/tests/conform");

#[test]
fn every_fault_is_in_the_table() {
    let table = fs::read_to_string(Path::new(FROM).join("seeded")).unwrap();
    let lines = table.lines().filter(|line| !line.starts_with('#'));
    let named: BTreeSet<&str> = lines.filter_map(|line| line.split([':', ' ']).next()).collect();
    let faults: BTreeSet<&str> = Fault::ALL.iter().map(|fault| fault.name()).collect();
    assert_eq!(named, faults);
}

#[test]
fn faults_of_foreign_home_agents_are_noticed() {
    notices("fha");
}

#[test]
fn faults_of_aaa_servers_are_noticed() {
    notices("aaa");
}

#[test]
fn faults_of_home_agents_are_noticed() {
    notices("ha6");
}

#[test]
fn faults_of_network_access_servers_are_noticed() {
    notices("nas");
}

#[test]
fn faults_of_foreign_agents_are_noticed() {
    notices("fa");
}

#[test]
fn faults_of_mobile_nodes_are_noticed() {
    notices("mn");
}

fn notices(role: &str) {
    let tun = "ip link set lo up && ip tuntap add mode tun dsb-try";
    let tried = Command::new("unshare").args(["-rn", "sh", "-c", tun]).output();
    if !tried.is_ok_and(|output| output.status.success()) {
        let is_required = std::env::var_os("DSBOOT_PEERS").is_some_and(|value| value == "required");
        assert!(!is_required, "a user may not make network namespaces and TUN devices here");
        eprintln!("left out: network namespaces and TUN devices are not to be had here");
        return;
    }
    let directory = directory();
    let network = if role == "mn" { "network-mn" } else { "network" };
    let output = Command::new("unshare")
        .args(["-rnm", "sh", "-c", "ip link set lo up && sh $0 && exec \"$@\"", network])
        .args([env!("CARGO_BIN_EXE_faulty"), "conform", role, "seeded"])
        .current_dir(directory.path())
        .output()
        .unwrap();
    let [stdout, stderr] =
        [output.stdout, output.stderr].map(|said| String::from_utf8_lossy(&said).into_owned());
    assert!(output.status.success(), "{stdout}{stderr}");
}

/// A directory where `dsboot serve` is a daemon with a fault.
fn directory() -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    let program = env!("CARGO_BIN_EXE_faulty");
    let command = format!("{program:?}, \"serve\", \"FAULT\"");
    for entry in fs::read_dir(FROM).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap().replace("\"dsboot\", \"serve\"", &command);
        fs::write(directory.path().join(path.file_name().unwrap()), text).unwrap();
    }
    directory
}
