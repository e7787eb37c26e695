//! `dsboot load` on daemons of this machine, with a flood of wrong datagrams beside.

#![expect(clippy::expect_used, clippy::print_stderr, reason = "helpers of tests")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;

use assert_cmd::cargo::cargo_bin;
use dsboot_tests::daemon::Daemon;

const MOBILES: u16 = 200;
const METRICS: &str = "127.98.9.8:19434";

fn write(directory: &Path) {
    let mut users = String::new();
    for number in 1..=MOBILES {
        // Writing to a string cannot fail.
        let _ = writeln!(
            users,
            "[[user]]\nnai = \"mn{number}@home.example\"\naccess_secret = {{ file = \"key\" }}\n\
             home.mn_aaa_key = {{ file = \"key\" }}\nhome.address = \"2001:db8:6:1::{number:x}/64\"\n\
             home.agent = \"2001:db8:6:1:ffff::1\""
        );
    }
    let aaa = "[aaa]\nkind = \"integrated\"\nlisten = [\"127.98.9.32:1812\"]\nusers = \
               \"users.toml\"\n[[aaa.client]]\naddress = \"127.98.9.8\"\nsecret = { file = \"key\" \
               }\nroles = [\"nas\", \"fha\"]\nnames = [\"fha.example\", \"nas.example\"]\n\
               [[aaa.fha]]\nname = \"fha.example\"\naddress = \"127.98.9.8\"\nhome_addresses = \
               \"203.0.113.1-203.0.113.200\"\n[[aaa.location]]\nnas = \"nas.example\"\nfhas = \
               [\"fha.example\"]\n";
    let fha = format!(
        "[daemon]\nmetrics = \"{METRICS}\"\n[fha]\naddress = \"127.98.9.8\"\naddress6 = \
         \"2001:db8:8::1\"\nprefix = \"2001:db8:8::/64\"\ncarries = false\n[fha.radius]\nlocal = \
         \"127.98.9.8:49812\"\nservers = [\"127.98.9.32:1812\"]\nsecret = {{ file = \"key\" }}\n\
         name = \"fha.example\"\n"
    );
    for (name, text) in
        [("key", "of 16 octets, ok"), ("users.toml", &users), ("aaa.toml", aaa), ("fha.toml", &fha)]
    {
        fs::write(directory.join(name), text).expect("written");
    }
}

/// Starts the daemon of a role; `None` if this host does not let it.
fn start(directory: &Path, role: &str) -> Option<Daemon> {
    let config = directory.join(format!("{role}.toml"));
    let daemon = Daemon::start(&cargo_bin("dsboot"), &config).map_err(|error| {
        assert!(error.is_excused(), "{error}");
        eprintln!("left out: {error}");
    });
    daemon.ok()
}

/// How much memory a daemon holds, in kilobytes.
fn memory_of(daemon: &mut Daemon) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", daemon.id())).expect("read");
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("a size");
    line.split_whitespace().nth(1).and_then(|size| size.parse().ok()).expect("a number")
}

/// What the FHA has counted, by reason.
fn counted() -> BTreeMap<String, u64> {
    let mut stream = TcpStream::connect(METRICS).expect("listens");
    stream.write_all(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n").expect("sent");
    let mut text = String::new();
    stream.read_to_string(&mut text).expect("answers");
    let lines = text.lines().filter(|line| line.starts_with("dsboot_events_total"));
    let pairs = lines.filter_map(|line| {
        let reason = line.split("reason=\"").nth(1)?.split('"').next()?.to_owned();
        Some((reason, line.rsplit(' ').next()?.parse().ok()?))
    });
    pairs.collect()
}

fn load(directory: &Path, arguments: &[&str]) -> serde_json::Value {
    let output = Command::new(cargo_bin("dsboot"))
        .current_dir(directory)
        .arg("load")
        .args(arguments)
        .args(["--local", "127.98.9.8", "--json"])
        .output()
        .expect("runs");
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{stderr}{}", String::from_utf8_lossy(&output.stdout));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

#[test]
fn a_server_bears_load_and_an_fha_a_flood_beside_it() {
    let directory = tempfile::tempdir().expect("a directory");
    write(directory.path());
    let _aaa = start(directory.path(), "aaa").expect("needs no privilege");
    for leg in ["access", "mobility"] {
        let report = load(directory.path(), &["aaa", "aaa.toml", "--leg", leg, "--count", "2000"]);
        assert_eq!((&report["done"], &report["lost"]), (&2000.into(), &0.into()), "{report}");
        assert!(report["microseconds"][0].as_u64() > Some(0), "{report}");
    }
    let Some(mut fha) = start(directory.path(), "fha") else { return };
    // DSBOOT_FLOOD=N sends N wrong datagrams a second, for a minute.
    let flood = std::env::var("DSBOOT_FLOOD").ok();
    let count = if flood.is_some() { "6000" } else { "300" };
    let flood = flood.unwrap_or("3000".to_owned());
    let on_fha = ["fha", "fha.toml", "--users", "aaa.toml", "--count", count, "--rate", "100"];
    load(directory.path(), &[&on_fha[..], &["--tries", "20"]].concat());
    let (before, memory) = (counted(), memory_of(&mut fha));
    let report =
        load(directory.path(), &[&on_fha[..], &["--tries", "20", "--flood", &flood]].concat());
    assert_eq!(report["done"].to_string(), count, "{report}");
    let more = counted().into_iter().map(|(reason, times)| {
        let earlier = before.get(&reason).copied().unwrap_or_default();
        (reason, times - earlier)
    });
    let more: BTreeMap<String, u64> = more.filter(|(_, times)| *times > 0).collect();
    eprintln!("{report}\n{more:?}\n{memory} kB, then {} kB", memory_of(&mut fha));
    // Every one that has come is counted by its reason; some the host may have had no room for.
    let named: u64 =
        more.iter().filter(|(reason, _)| *reason != "registration.accepted").map(|(_, n)| n).sum();
    assert!(named > report["flood"].as_u64().expect("a number") / 4, "{report} {more:?}");
    assert!(more.len() > 4, "{more:?}");
    assert!(memory_of(&mut fha) < memory + 20_000, "{memory} kB, then {} kB", memory_of(&mut fha));
}

/// A home agent and its AAA server in a network namespace, with load on the home agent.
const HOME: &str = r#"set -e
trap 'kill $(jobs -p)' EXIT
ip link set lo up
echo 1 >/proc/sys/net/ipv6/conf/all/forwarding
for role in aaa ha; do
    "$DSBOOT" serve $role.toml 2>$role.log &
    until grep -q ready $role.log; do kill -0 $!; sleep 0.05; done
done
"$DSBOOT" load ha ha.toml --users aaa.toml --local 127.0.0.1 --count 1000 --json
"$DSBOOT" load ha ha.toml --users aaa.toml --local 127.0.0.1 --count 200 --rate 400 --flood 2000 --json
"#;

#[test]
fn a_home_agent_bears_load_and_a_flood_beside_it() {
    let directory = tempfile::tempdir().expect("a directory");
    write(directory.path());
    let aaa = fs::read_to_string(directory.path().join("aaa.toml")).expect("read");
    let aaa = aaa.replace("[\"127.98.9.32:1812\"]", "[\"127.0.0.1:1812\", \"[::1]:1812\"]");
    let aaa = aaa.replace("address = \"127.98.9.8\"\nsecret", "address = \"127.0.0.1\"\nsecret")
        + "[[aaa.client]]\naddress = \"::1\"\nsecret = { file = \"key\" }\nroles = [\"ha\"]\n\
           names = [\"ha.example\"]\n";
    let ha = "[ha]\naddress = \"2001:db8:6:1:ffff::1\"\nprefix = \"2001:db8:6:1::/64\"\n[ha.radius]\n\
              local = \"[::1]:49812\"\nservers = [\"[::1]:1812\"]\nsecret = { file = \"key\" }\n\
              name = \"ha.example\"\n";
    fs::write(directory.path().join("aaa.toml"), aaa).expect("written");
    fs::write(directory.path().join("ha.toml"), ha).expect("written");
    let output = Command::new("unshare")
        .args(["--user", "--map-root-user", "--net", "bash", "-c", HOME])
        .current_dir(directory.path())
        .env("DSBOOT", cargo_bin("dsboot"))
        .output()
        .expect("unshare runs");
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    let logs = ["aaa.log", "ha.log"]
        .map(|log| fs::read_to_string(directory.path().join(log)).unwrap_or_default());
    if !output.status.success() && !logs[1].contains("ready") {
        let is_required = std::env::var_os("DSBOOT_PEERS").is_some_and(|value| value == "required");
        assert!(!is_required, "{stderr}{logs:?}");
        eprintln!("left out: a home agent takes a user namespace with TUN devices: {stderr}");
        return;
    }
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{stdout}{stderr}{logs:?}");
    let reports: Vec<serde_json::Value> =
        stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let done: Vec<_> = reports.iter().map(|report| report["done"].as_u64()).collect();
    assert_eq!(done, [Some(1000), Some(200)], "{stdout}");
    assert!(reports[1]["flood"].as_u64() > Some(300), "{stdout}");
}
