//! `dsboot run` from outside.

#![expect(clippy::expect_used, clippy::panic, reason = "helpers of tests")]

mod traces;

use std::fs;
use std::io::BufRead;

use assert_cmd::Command;
use dsboot_node::Lease;
use dsboot_node::world::{PATIENCE, Plan};
use dsboot_spec::Setup;
use serde_json::Value;

fn run(args: &[&str]) -> (i32, String, String) {
    let output =
        Command::cargo_bin("dsboot").expect("built").arg("run").args(args).output().expect("runs");
    let text = |octets| String::from_utf8(octets).expect("UTF-8");
    (output.status.code().expect("exits"), text(output.stdout), text(output.stderr))
}

#[test]
fn one_scenario_holds_in_both_variants_and_draws_its_ladders() {
    let (code, stdout, stderr) = run(&["subscription-fa"]);
    // Tests beside this one may use the same addresses.
    assert!(code == 0 && stderr.lines().all(|line| line.starts_with("another run")), "{stderr}");
    for part in ["Figure 6", "NAS/FA", "AAAF", "|----", "pass  4 ", "pass  BA", "THOAv4"] {
        assert!(stdout.contains(part), "{part} is missing:\n{stdout}");
    }
    for part in ["pass  subscription-fa (fa)", "pass  subscription-fa (colocated-r)"] {
        assert!(stdout.contains(part), "{part} is missing:\n{stdout}");
    }
    assert!(!stdout.contains("FAIL"), "{stdout}");
}

#[test]
fn diagrams_have_standard_output_for_themselves() {
    let args = ["integrated-fa", "--coa", "fa", "--ladder", "mermaid"];
    let (code, stdout, stderr) = run(&args);
    assert_eq!(code, 0);
    assert_eq!(stdout.matches("sequenceDiagram\n").count(), 8);
    assert!(stdout.contains(": 4. registration request"), "{stdout}");
    assert!(!stdout.contains("====") && !stdout.contains("pass"), "{stdout}");
    assert!(stderr.contains("pass  integrated-fa (fa)"), "{stderr}");
}

/// A picture of all ladders is one document, on standard output or in a file.
#[test]
fn picture_goes_to_standard_output_or_to_a_file() {
    let args = ["subscription-colocated", "--ladder", "svg"];
    let (code, picture, stderr) = run(&args);
    assert_eq!(code, 0);
    assert!(stderr.contains("pass  subscription-colocated"), "{stderr}");
    assert!(picture.starts_with("<svg ") && picture.ends_with("</svg>\n"), "{picture}");
    assert_eq!(picture.matches("<svg ").count(), 1);
    for part in
        ["(Figure 5, section 4.2.1): bootstrap", "MN reaches NAS: 1. ", ">binding update 1, "]
    {
        assert!(picture.contains(part), "{part} is missing");
    }

    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("run.svg");
    let file = path.to_str().expect("UTF-8");
    let (code, stdout, stderr) = run(&[&args[..], &["--ladder-file", file]].concat());
    assert_eq!(code, 0, "{stderr}");
    assert_eq!(fs::read_to_string(&path).expect("written"), picture);
    assert!(stdout.contains("pass  4 ") && !stdout.contains("<svg"), "{stdout}");
    let (code, stdout, _) = run(&[&args[..], &["--json", "--ladder-file", file]].concat());
    assert_eq!(code, 0);
    assert!(serde_json::from_str::<Value>(&stdout).is_ok(), "JSON alone");
}

#[test]
fn what_contradicts_itself_is_a_usage_error() {
    for (args, part) in [
        (&["--coa", "colocated"][..], "colocated-r"),
        (&["integrated"], "subscription-fa"),
        (&["integrated-colocated", "--coa", "fa"], "foreign agent"),
        (&["--loss", "2"], "0.9"),
        (&["--inject", "nothing"], "pool-empty"),
        (&["--hold", "1"], "--hold"),
        (&["--port-offset", "65000"], "--port-offset"),
        (&["integrated-colocated", "--radius", "[::1]:1812"], "IPv4"),
        (&["--pcap", "/dev/null/file"], "/dev/null/file"),
        (&["--json", "--ladder", "svg"], "--ladder-file"),
        (&["--ladder", "svg", "--ladder-file", "/dev/null/file"], "/dev/null/file"),
    ] {
        let (code, stdout, stderr) = run(args);
        assert_eq!((code, stdout.as_str()), (2, ""), "{args:?}: {stderr}");
        assert!(stderr.contains(part), "{args:?}: {stderr}");
    }
}

#[test]
fn a_missing_secret_is_named() {
    let mut command = Command::cargo_bin("dsboot").expect("built");
    command.env_remove("DSBOOT_RADIUS_SECRET");
    let args = ["run", "integrated-colocated", "--radius", "127.0.0.1:1812"];
    let output = command.args(args).output().expect("runs");
    assert_eq!(output.status.code(), Some(2));
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(stderr.contains("--radius-secret"), "{stderr}");
}

#[test]
fn injections_are_listed_and_each_listed_one_is_known() {
    let (code, listed, _) = run(&["--list-injections"]);
    assert_eq!(code, 0);
    let names: Vec<_> = listed.lines().filter(|line| !line.starts_with(' ')).collect();
    assert!(names.len() >= 11, "{listed}");
    for name in names.iter().filter_map(|line| line.split_whitespace().next()) {
        let known = name != "random";
        if known {
            let (code, stdout, _) =
                run(&["integrated-fa", "--coa", "fa", "--inject", name, "--ladder", "none"]);
            assert_eq!(code, 0, "{name}: {stdout}");
        }
    }
}

#[test]
fn same_seed_same_files() {
    let dir = tempfile::tempdir().expect("a directory");
    let files = |name: &str, seed: &str| {
        let [pcap, trace] =
            ["pcapng", "ndjson"].map(|end| dir.path().join(format!("{name}.{end}")));
        let files = [&pcap, &trace].map(|path| path.to_str().expect("UTF-8"));
        let args = ["integrated-fa", "--loss", "0.3", "--seed", seed, "--ladder", "none"];
        let (code, ..) = run(&[&args[..], &["--pcap", files[0], "--trace", files[1]]].concat());
        assert_eq!(code, 0);
        [pcap, trace].map(|path| fs::read(path).expect("written"))
    };
    let first = files("first", "11");
    assert_eq!(first, files("again", "11"));
    assert_ne!(first, files("other", "12"));
}

#[test]
fn a_capture_names_the_options_that_show_it() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("run.pcapng");
    let path = path.to_str().expect("UTF-8");
    let args = ["integrated-colocated", "--port-offset", "20000", "--pcap", path];
    let (code, _, stderr) = run(&args);
    assert_eq!(code, 0);
    for part in ["-d udp.port==20434,mip", "-d udp.port==21812,radius", "shared_secret", path] {
        assert!(stderr.contains(part), "{stderr}");
    }
}

/// The keys of an object are those that its schema knows, and all that it requires are there.
fn assert_shape(value: &Value, schema: &Value) {
    let object = value.as_object().expect("object");
    let known = schema["properties"].as_object().expect("object");
    for key in object.keys() {
        assert!(known.contains_key(key), "{key} is not in the schema");
    }
    for required in schema["required"].as_array().expect("array") {
        let required = required.as_str().expect("string");
        assert!(object.contains_key(required), "{required} is missing");
    }
    assert_eq!(schema["additionalProperties"], false);
}

#[test]
fn json_has_the_shape_of_its_schema() {
    let schema: Value =
        serde_json::from_str(include_str!("../schemas/run.schema.json")).expect("JSON");
    let (code, stdout, _) = run(&["integrated-fa", "--coa", "colocated-r", "--json"]);
    let value: Value = serde_json::from_str(&stdout).expect("JSON alone");
    assert_eq!(code, 0);
    assert_shape(&value, &schema);
    let run = &value["runs"][0];
    assert_shape(run, &schema["$defs"]["run"]);
    let phases = run["phases"].as_array().expect("array");
    assert_eq!(phases.len(), 8);
    for phase in phases {
        assert_shape(phase, &schema["$defs"]["phase"]);
        for (list, kind) in [
            ("steps", "step"),
            ("forbidden", "forbidden"),
            ("checks", "check"),
            ("ends", "end"),
            ("messages", "message"),
        ] {
            for item in phase[list].as_array().expect("array") {
                assert_shape(item, &schema["$defs"][kind]);
            }
        }
    }
}

#[test]
fn trace_has_the_shape_of_its_schema() {
    let schema: Value =
        serde_json::from_str(include_str!("../schemas/trace.schema.json")).expect("JSON");
    let events = schema["oneOf"].as_array().expect("array");
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("run.ndjson");
    let text = path.to_str().expect("UTF-8");
    let (code, ..) = run(&["subscription-fa", "--coa", "fa", "--loss", "0.2", "--trace", text]);
    assert_eq!(code, 0);
    let trace = fs::read_to_string(&path).expect("written");
    let mut seen = std::collections::BTreeSet::new();
    for line in trace.lines() {
        let line: Value = serde_json::from_str(line).expect("JSON");
        let event = events.iter().find(|e| e["properties"]["event"]["const"] == line["event"]);
        assert_shape(&line, event.expect("an event of the schema"));
        seen.insert(line["event"].as_str().map(str::to_owned));
    }
    for event in ["sent", "received", "counted", "address-added", "delivered", "timed-out", "note"]
    {
        assert!(seen.contains(&Some(event.to_owned())), "{event} never happens");
    }
}

#[test]
fn a_run_that_has_to_wait_says_so_at_once() {
    let network = Plan::of(Setup::ALL[0]).base();
    let lease = Lease::take(network, PATIENCE).expect("free in the end");
    let mut waiting = std::process::Command::new(assert_cmd::cargo::cargo_bin("dsboot"))
        .args(["run", "integrated-colocated", "--ladder", "none"])
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("runs");
    let mut said = String::new();
    let stderr = waiting.stderr.take().expect("piped");
    std::io::BufReader::new(stderr).read_line(&mut said).expect("says something");
    assert!(said.contains(&format!("{network}/16")) && said.contains("300 s"), "{said}");
    drop(lease);
    assert!(waiting.wait().expect("ends").success());
}

#[test]
fn heavy_loss_stops_no_setup_whatever_the_seed() {
    for seed in 1..=50 {
        let seed = seed.to_string();
        let (code, stdout, _) = run(&["--loss", "0.3", "--seed", &seed, "--ladder", "none"]);
        let summary: Vec<_> = stdout.lines().filter(|line| line.contains("packets")).collect();
        assert_eq!(code, 0, "seed {seed}: {summary:#?}");
        assert_eq!(summary.len(), 6);
    }
}

#[test]
fn the_model_explains_what_every_setup_does_under_heavy_loss() {
    let directory = tempfile::tempdir().expect("a directory");
    let trace = directory.path().join("run.ndjson");
    let file = trace.to_str().expect("UTF-8");
    for setup in Setup::ALL {
        for seed in ["1", "2", "3"] {
            let args = [setup.scenario().name(), "--coa", setup.care_of().name(), "--loss", "0.3"];
            let more = ["--seed", seed, "--ladder", "none", "--trace", file];
            let kept =
                if setup.scenario().has_fa() { &args[..] } else { &[args[0], "--loss", "0.3"] };
            let (code, stdout, _) = run(&[kept, &more].concat());
            assert_eq!(code, 0, "{setup}: {stdout}");
            traces::accepted(&trace);
        }
    }
}
