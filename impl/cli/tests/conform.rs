//! `dsboot conform` from outside: our own daemons are targets like any others, in a network
//! namespace of their own. Where this machine does not let one be made, that is said and nothing
//! tested; `DSBOOT_PEERS=required` makes it a failure.

#![expect(clippy::expect_used, clippy::print_stderr, reason = "helpers of tests")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use assert_cmd::cargo::cargo_bin;
use dsboot_conform::{Report, Under, Verdict, faults};
use dsboot_tests::peers::{self, Peer};
use tempfile::TempDir;

/// A directory with daemons' configurations and targets' profiles.
fn directory() -> TempDir {
    let directory = tempfile::tempdir().expect("a directory");
    let from = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/conform"));
    for entry in fs::read_dir(from).expect("read") {
        let path = entry.expect("read").path();
        let name = path.file_name().expect("a name");
        let text = fs::read_to_string(&path).expect("UTF-8");
        let command = cargo_bin("dsboot");
        let text = text.replace("\"dsboot\", \"serve\"", &format!("{command:?}, \"serve\""));
        fs::write(directory.path().join(name), text).expect("written");
    }
    directory
}

/// Runs a command of ours in a network namespace of its own, with loopback alone.
fn alone(directory: &Path, arguments: &[&str]) -> Output {
    // Mobile nodes are many hosts, which take a while to be made.
    let network = if arguments.contains(&"mn") { "network-mn" } else { "network" };
    Command::new("unshare")
        .args(["-rnm", "sh", "-c", "ip link set lo up && sh $0 && exec \"$@\"", network])
        .arg(cargo_bin("dsboot"))
        .args(arguments)
        .current_dir(directory)
        .output()
        .expect("unshare of util-linux")
}

/// Whether namespaces and TUN devices are to be had here.
fn is_left_out() -> bool {
    let tun = "ip link set lo up && ip tuntap add mode tun dsb-try";
    let tried = Command::new("unshare").args(["-rn", "sh", "-c", tun]).output();
    if tried.is_ok_and(|output| output.status.success()) {
        return false;
    }
    let is_required = std::env::var_os("DSBOOT_PEERS").is_some_and(|value| value == "required");
    assert!(!is_required, "a user may not make network namespaces and TUN devices here");
    eprintln!("left out: network namespaces and TUN devices are not to be had here");
    true
}

/// Our own role passes every case.
fn passes(role: &str, least: usize) {
    if is_left_out() {
        return;
    }
    let directory = directory();
    let profile = format!("{role}.toml");
    let arguments = ["conform", role, "--target", &profile, "--report", "json=report.json"];
    let output = alone(directory.path(), &arguments);
    let [stdout, stderr] =
        [output.stdout, output.stderr].map(|o| String::from_utf8_lossy(&o).into_owned());
    assert!(output.status.success(), "{stdout}{stderr}");
    let text = fs::read_to_string(directory.path().join("report.json")).expect("a report");
    is_as_its_schema_says(text.as_bytes());
    let report: Report = serde_json::from_str(&text).expect("a report");
    assert!(report.count(Verdict::Pass) >= least, "{}", report.summary());
    assert_eq!(report.count(Verdict::Inconclusive), 0, "{}", report.summary());
    eprintln!("{role}: {}", report.summary());
}

#[test]
fn our_foreign_home_agent_conforms() {
    passes("fha", 480);
}

#[test]
fn our_aaa_server_conforms() {
    passes("aaa", 440);
}

#[test]
fn our_home_agent_conforms() {
    passes("ha6", 300);
}

#[test]
fn our_network_access_server_conforms() {
    passes("nas", 190);
}

#[test]
fn our_foreign_agent_conforms() {
    passes("fa", 270);
}

#[test]
fn our_mobile_node_conforms() {
    passes("mn", 290);
}

/// Faults put between a role of ours and the tester are noticed, each by all the cases that the
/// table names: one that is taken out is missed.
fn notices_faults(role: &str) {
    if is_left_out() {
        return;
    }
    let under = Under::from_name(role).expect("a role");
    let directory = directory();
    let table = fs::read_to_string(directory.path().join("faults")).expect("read");
    for fault in faults(under) {
        let line = table.lines().find(|line| line.starts_with(&format!("{}: ", fault.name)));
        assert!(line.is_some(), "{} is not in the table", fault.name);
    }
    let profile = format!("{role}.toml");
    let arguments = ["conform", role, "--target", &profile, "--faults", "faults"];
    let output = alone(directory.path(), &arguments);
    let [stdout, stderr] =
        [output.stdout, output.stderr].map(|o| String::from_utf8_lossy(&o).into_owned());
    assert!(output.status.success(), "{stdout}{stderr}");
}

#[test]
fn faults_of_foreign_home_agents_are_noticed() {
    notices_faults("fha");
}

#[test]
fn faults_of_aaa_servers_are_noticed() {
    notices_faults("aaa");
}

#[test]
fn faults_of_home_agents_are_noticed() {
    notices_faults("ha6");
}

#[test]
fn faults_of_network_access_servers_are_noticed() {
    notices_faults("nas");
}

#[test]
fn faults_of_foreign_agents_are_noticed() {
    notices_faults("fa");
}

#[test]
fn faults_of_mobile_nodes_are_noticed() {
    notices_faults("mn");
}

#[test]
fn there_are_forty_faults_at_least() {
    let count = Under::ALL.into_iter().flat_map(faults).count();
    assert!(count >= 40, "{count}");
}

/// FreeRADIUS with the configuration that `export` writes: what it is known to do otherwise stands in
/// a file, each line with its reason.
#[test]
fn freeradius_is_as_it_is_known() {
    if is_left_out() {
        return;
    }
    let Some(program) = peers::FREERADIUS.find() else { return };
    let directory = directory();
    let export = ["export", "freeradius", "aaa-d.toml", "--out", "raddb"];
    assert!(alone(directory.path(), &export).status.success());
    let ours = fs::read_to_string(directory.path().join("aaa.toml")).expect("read");
    let start = format!("start = [{program:?}, \"-f\", \"-l\", \"stdout\", \"-d\", \"raddb\"]");
    let lines = ours.lines().map(|line| if line.starts_with("start") { &start } else { line });
    let theirs = lines.collect::<Vec<_>>().join("\n").replacen("dsboot", "FreeRADIUS", 1);
    // Nothing is to depend on how fast it is.
    let theirs = theirs.replacen("ready = 8000", "ready = 60000", 1);
    let theirs = theirs.replacen("role =", "jobs = 4\npatience = 5000\nrole =", 1);
    fs::write(directory.path().join("freeradius.toml"), theirs).expect("written");
    let arguments =
        ["conform", "aaa", "--target", "freeradius.toml", "--expect", "freeradius.expect"];
    let output = alone(directory.path(), &arguments);
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{stdout}{}", String::from_utf8_lossy(&output.stderr));
    eprintln!("FreeRADIUS: {}", stdout.lines().last().unwrap_or_default());
}

/// A RADIUS server of somebody else, which does not know the draft, with what it is known to do
/// otherwise.
fn is_as_it_is_known(name: &str, peer: &Peer, least: usize) {
    if is_left_out() {
        return;
    }
    let Some(program) = peer.find() else { return };
    let directory = directory();
    let profile = directory.path().join(format!("{name}.toml"));
    let text = fs::read_to_string(&profile).expect("read");
    let start = format!("start = [\"{}\"", peer.program);
    assert!(text.contains(&start), "{text}");
    fs::write(&profile, text.replace(&start, &format!("start = [{program:?}"))).expect("written");
    let (profile, known) = (format!("{name}.toml"), format!("{name}.expect"));
    let arguments = ["conform", "aaa", "--target", &profile, "--expect", &known];
    let report = ["--report", "json=report.json"];
    let output = alone(directory.path(), &[&arguments[..], &report].concat());
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{stdout}{}", String::from_utf8_lossy(&output.stderr));
    let text = fs::read(directory.path().join("report.json")).expect("a report");
    is_as_its_schema_says(&text);
    let report: Report = serde_json::from_slice(&text).expect("a report");
    assert!(report.count(Verdict::Pass) >= least, "{}", report.summary());
    eprintln!("{name}: {}", report.summary());
}

/// hostapd is a RADIUS server for EAP alone.
#[test]
fn hostapd_is_as_it_is_known() {
    is_as_it_is_known("hostapd", &peers::HOSTAPD, 270);
}

/// FreeRADIUS as a server of users with passwords.
#[test]
fn freeradius_with_passwords_is_as_it_is_known() {
    is_as_it_is_known("passwords", &peers::FREERADIUS, 170);
}

/// A target that ends after a while, whatever it is asked, and does not or cannot come again.
#[test]
fn an_end_that_no_case_brings_about_alone_is_told() {
    if is_left_out() {
        return;
    }
    let dsboot = cargo_bin("dsboot");
    let dsboot = dsboot.display();
    for (then, inconclusive, why) in [
        (format!("exec {dsboot} serve aaa-d.toml"), 0, "does not come again"),
        ("exit 3".into(), 1, "not be brought back"),
    ] {
        let directory = directory();
        let script = format!(
            "if [ -e once ]; then {then}; fi; touch once; exec timeout 1 {dsboot} serve aaa-d.toml"
        );
        fs::write(directory.path().join("start"), script).expect("written");
        let profile = directory.path().join("aaa.toml");
        let text = fs::read_to_string(&profile).expect("read");
        let start = "start = [\"sh\", \"start\"]";
        let lines = text.lines().map(|line| if line.starts_with("start") { start } else { line });
        let text = lines.collect::<Vec<_>>().join("\n").replacen("ready = 8000", "ready = 2000", 1);
        fs::write(&profile, text).expect("written");
        let only =
            ["--only", "aaa.eap.*", "--only", "aaa.radius.*", "--report", "json=report.json"];
        let arguments = ["conform", "aaa", "--target", "aaa.toml"].into_iter().chain(only);
        let output = alone(directory.path(), &arguments.collect::<Vec<_>>());
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{stderr}");
        let report = fs::read(directory.path().join("report.json")).expect("a report");
        let report: serde_json::Value = serde_json::from_slice(&report).expect("JSON");
        let results = report["results"].as_array().expect("results");
        let count = |verdict| results.iter().filter(|one| one["verdict"] == verdict).count();
        assert_eq!(count("crash"), 1, "{stderr}");
        assert!(count("pass") > 0 && count("inconclusive").min(1) == inconclusive, "{stderr}");
        let told = results.iter().find(|one| one["verdict"] == "crash").expect("one");
        let seen = told["seen"].as_str().expect("text");
        assert!(seen.contains(why), "{seen}");
    }
}

/// A target that does nothing right: it is found out, and shown so that it can be mended.
#[test]
fn a_failure_is_shown_with_octets_clause_and_command() {
    if is_left_out() {
        return;
    }
    let directory = directory();
    let profile = directory.path().join("aaa.toml");
    let text = fs::read_to_string(&profile).expect("read");
    // The tester believes in another key than the one that the server has.
    fs::write(&profile, text.replace("mn-aaa-key-00001", "mn-aaa-key-0000X")).expect("written");
    let only = ["--only", "aaa.mobility.accept.1", "--report", "tap=report.tap"];
    let arguments = ["conform", "aaa", "--target", "aaa.toml"].into_iter().chain(only);
    let output = alone(directory.path(), &arguments.collect::<Vec<_>>());
    assert_eq!(output.status.code(), Some(1));
    let stdout = String::from_utf8(output.stdout).expect("UTF-8");
    for part in [
        "fail         aaa.mobility.accept.1",
        "clause:   registration.6.8",
        "registration.6.8: The AAAH MUST",
        "expected: Access-Accept",
        "seen:     Access-Reject",
        "again:    dsboot conform aaa --target aaa.toml --seed 1 --only 'aaa.mobility.accept.1'",
        "CHAP-Password",
    ] {
        assert!(stdout.contains(part), "{part}: {stdout}");
    }
    let tap = fs::read_to_string(directory.path().join("report.tap")).expect("a report");
    assert!(tap.contains("not ok 1 - aaa.mobility.accept.1"), "{tap}");
    // The same, known: it holds; and where it passes although it is known to fail, it does not.
    fs::write(directory.path().join("known"), "aaa.mobility.accept.* fail # the key is wrong\n")
        .expect("written");
    let with =
        |only| ["conform", "aaa", "--target", "aaa.toml", "--expect", "known", "--only", only];
    assert_eq!(alone(directory.path(), &with("aaa.mobility.accept.1")).status.code(), Some(0));
    fs::write(&profile, text).expect("written");
    assert_eq!(alone(directory.path(), &with("aaa.mobility.accept.1")).status.code(), Some(1));
}

/// A JSON report, of whatever verdicts, is as the schema says.
fn is_as_its_schema_says(report: &[u8]) {
    let schema = include_str!("../schemas/conform.schema.json");
    let mut schemas = boon::Schemas::new();
    let mut compiler = boon::Compiler::new();
    let schema = serde_json::from_str(schema).expect("JSON");
    compiler.add_resource("conform.schema.json", schema).expect("a schema");
    let schema = compiler.compile("conform.schema.json", &mut schemas).expect("a valid schema");
    let value: serde_json::Value = serde_json::from_slice(report).expect("JSON");
    let valid = schemas.validate(&value, schema);
    assert!(valid.is_ok(), "{:#}", valid.expect_err("an error"));
}

/// What cannot be run or written is said at once, with the exit status that goes with it.
#[test]
fn what_cannot_begin_is_said_before_anything_is_asked() {
    let directory = directory();
    let profile = directory.path().join("aaa.toml");
    let text = fs::read_to_string(&profile).expect("read");
    let other = |name: &str, text: String| {
        fs::write(directory.path().join(name), text).expect("written");
    };
    let lines = |start: &str| {
        let line =
            |line: &'_ str| if line.starts_with("start") { start.into() } else { line.into() };
        text.lines()
            .map(line)
            .collect::<Vec<String>>()
            .join("\n")
            .replace("ready = 8000", "ready = 300")
    };
    other("claim.toml", text.replace("\"strict\"", "\"stritc\""));
    other("absent.toml", lines(""));
    other("program.toml", lines("start = [\"dsboot-is-not-there\"]"));
    other("dies.toml", lines("start = [\"sh\", \"-c\", \"echo no such option; exit 3\"]"));
    for (arguments, code, said) in [
        (&["--target", "claim.toml"][..], 2, "claim.toml: line 3: claims: \"stritc\" is none"),
        (
            &["--target", "absent.toml"],
            3,
            "says nothing within 300 ms (target.ready): look at target.address",
        ),
        (&["--target", "program.toml"], 3, "cannot start dsboot-is-not-there"),
        (&["--target", "dies.toml"], 3, "no such option"),
        (
            &["--target", "aaa.toml", "--report", "json=no/such/report"],
            2,
            "no/such/report: No such",
        ),
        (&["--target", "aaa.toml", "--log", "no/such/log"], 2, "no/such/log: No such"),
        (&["--target", "aaa.toml", "--only", "aaa.no.such"], 2, "--list` shows all of them"),
        (&["--target", "fa.toml"], 2, "is a profile of the role fa, not aaa"),
        (&["--compare", "aaa.toml", "aaa.toml"], 2, "aaa.toml is no JSON report of"),
    ] {
        let mut command = Command::new(cargo_bin("dsboot"));
        command.args(["conform", "aaa"]).args(arguments).current_dir(directory.path());
        let output = command.output().expect("run");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(stderr.contains(said), "{arguments:?}: {stderr}");
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {stderr}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
    }
}

/// The command that a failure names asks that case again, when it is pasted into a shell.
#[test]
fn the_command_that_repeats_a_case_does() {
    if is_left_out() {
        return;
    }
    let directory = directory();
    let path = directory.path().join("it's a target.toml");
    let text = fs::read_to_string(directory.path().join("aaa.toml")).expect("read");
    fs::write(&path, text.replace("mn-aaa-key-00001", "mn-aaa-key-0000X")).expect("written");
    let only = ["--only", "aaa.mobility.accept.1", "--strict", "--report", "json=report.json"];
    let arguments = ["conform", "aaa", "--target", "it's a target.toml"].into_iter().chain(only);
    let output = alone(directory.path(), &arguments.collect::<Vec<_>>());
    let report = fs::read(directory.path().join("report.json")).expect("a report");
    is_as_its_schema_says(&report);
    let report: Report = serde_json::from_slice(&report).expect("a report");
    let again = report.results.first().expect("a case").again.clone();
    let again = again.replacen("dsboot", &cargo_bin("dsboot").display().to_string(), 1);
    fs::write(directory.path().join("again"), &again).expect("written");
    let mut command = Command::new("unshare");
    command.args(["-rnm", "sh", "-c", "ip link set lo up && sh network && sh again"]);
    let repeated = command.current_dir(directory.path()).output().expect("unshare of util-linux");
    let told = String::from_utf8_lossy(&repeated.stdout);
    assert_eq!(repeated.status.code(), Some(1), "{again}: {told}");
    assert_eq!(output.status.code(), Some(1));
    assert!(told.contains("fail         aaa.mobility.accept.1"), "{told}");
}

/// Every sentence cited exists, and every id stands once.
#[test]
fn cases_cite_sentences_that_exist() {
    use dsboot_conform::cases;
    let pages = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../spec"));
    let text: String = fs::read_dir(pages)
        .expect("pages")
        .filter_map(|entry| fs::read_to_string(entry.expect("read").path()).ok())
        .collect();
    let mut ids = std::collections::BTreeSet::new();
    for case in Under::ALL.into_iter().flat_map(cases) {
        assert!(ids.insert(case.id.clone()), "{} stands twice", case.id);
        assert!(!case.sentences.is_empty(), "{} cites no sentence", case.id);
        for sentence in &case.sentences {
            assert!(text.contains(&format!("**{sentence}**")), "{}: {sentence}", case.id);
        }
    }
}
