//! `dsboot check` from outside.

#![expect(clippy::expect_used, reason = "helpers of tests")]

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{self, Child, Stdio};
use std::thread;
use std::time::Duration;

use assert_cmd::Command;
use dsboot_model::properties::{Kind, PROMISES};
use dsboot_tests::peers;
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
                "without": [{without}], "mobiles": 1, "profiles": ["entitled"],
                "actions": [{actions}]}}"#
        )
    };
    let replay = |text: String| {
        fs::write(path("run.json"), text).expect("written");
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
    let text = fs::read_to_string(path("graph.aut")).expect("written");
    let (head, edges) = text.split_once('\n').expect("lines");
    let states: usize = stdout.split(' ').next().and_then(|n| n.parse().ok()).expect("a number");
    assert_eq!(head, format!("des (0, {}, {})", edges.lines().count(), states + 1));
    assert!(edges.contains(", \"attach:a\", "), "{edges}");
    assert_eq!(export("graph.dot", &[]).0, 0);
    assert!(fs::read_to_string(path("graph.dot")).expect("written").ends_with("}\n"));
    assert_eq!(export("graph.txt", &[]).0, 2);
    // What was there before is still there.
    assert_eq!(export("graph.dot", &["--max-states", "10"]).0, 3);
    assert!(fs::read_to_string(path("graph.dot")).expect("written").ends_with("}\n"));
    assert_eq!(export("other.dot", &["--max-states", "10"]).0, 3);
    assert!(!fs::exists(path("other.dot")).expect("to be seen"));
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

/// Several processes, each with these arguments and its number: how each ended.
fn together(hosts: &Path, many: usize, args: &[&str]) -> Vec<(i32, String, String)> {
    let started: Vec<_> = (0..many).map(|process| start(hosts, process, args)).collect();
    started.into_iter().map(ended).collect()
}

fn start(hosts: &Path, process: usize, args: &[&str]) -> Child {
    process::Command::new(assert_cmd::cargo::cargo_bin("dsboot"))
        .args(["check", "--engine", "timely", "--process", &process.to_string(), "--hosts"])
        .arg(hosts)
        .args(args)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("runs")
}

fn ended(child: Child) -> (i32, String, String) {
    let output = child.wait_with_output().expect("ends");
    let text = |octets| String::from_utf8(octets).expect("UTF-8");
    (output.status.code().expect("exits"), text(output.stdout), text(output.stderr))
}

/// A host file with so many free ports of this machine.
fn hosts(dir: &Path, many: usize) -> PathBuf {
    let listen = |_| TcpListener::bind("127.0.0.1:0").expect("a port");
    let listeners: Vec<TcpListener> = (0..many).map(listen).collect();
    let line = |listener: &TcpListener| format!("{}\n", listener.local_addr().expect("bound"));
    let path = dir.join("hosts");
    fs::write(&path, listeners.iter().map(line).collect::<String>()).expect("written");
    path
}

/// What does not depend on who has found it.
#[expect(clippy::indexing_slicing, reason = "JSON without these is a failure")]
fn found(stdout: &str) -> Value {
    let mut value: Value = serde_json::from_str(stdout).expect("JSON alone");
    let setups = value["setups"].as_array_mut().expect("setups");
    for setup in setups {
        let setup = setup.as_object_mut().expect("object");
        for of_engine in
            ["engine", "octets_per_state", "seconds", "collision_bound", "states_of_second_search"]
        {
            setup.remove(of_engine).expect("there");
        }
        // What comes to pass is judged by the walk that keeps its edges alone.
        let lives = |name: &Value| {
            PROMISES.iter().any(|promise| {
                matches!(promise.kind, Kind::Eventually { .. }) && *name == promise.name
            })
        };
        let never = setup["premises_never_met"].as_array_mut().expect("premises");
        never.retain(|name| !lives(name));
        let properties = setup["properties"].as_array_mut().expect("properties");
        properties.retain(|property| !lives(&property["name"]));
        for property in properties {
            let run = property["counterexample"].take();
            property["counterexample"] = run["replay"]["actions"].as_array().map(Vec::len).into();
        }
    }
    value["ha_view_difference"].take();
    value
}

/// What is asked for in vain is refused, whichever way the model is looked at.
#[test]
fn options_without_effect_are_refused() {
    let one = "integrated-colocated";
    for args in [
        &["--mutants", "--network", "attacker"][..],
        &["--mutants", "--max-depth", "9"],
        &["--mutants", "--engine", "timely"],
        &["--mutants", "--ladders", "--json"],
        &["--replay", "run.json", "--events", "1"],
        &["--replay", "run.json", "--without", "fha-releases"],
        &[one, "--simulate", "1", "--timeout", "9"],
        &[one, "--simulate", "1", "--mobiles", "2", "--no-symmetry"],
        &[one, "--simulate", "1", "--property", "keys stay secret"],
        &[one, "--export", "graph.dot", "--traces", "runs"],
        &[one, "--export", "graph.dot", "--ladder", "svg"],
    ] {
        let (code, stdout, stderr) = check(args);
        assert_eq!((code, stdout.as_str()), (2, ""), "{args:?}: {stderr}");
        assert!(stderr.contains(" has no effect with --"), "{args:?}: {stderr}");
    }
}

/// Of a name that there is not, one that is like it is told.
#[test]
fn names_that_are_nearly_right_are_told() {
    for (args, says) in [
        (&["integrated-colocatd"][..], "'integrated-colocated'"),
        (&["--property", "keys stay secrt"], "keys stay secret"),
        (&["--without", "fha-await-accept"], "'fha-awaits-accept'"),
    ] {
        let (code, stdout, stderr) = check(args);
        assert_eq!((code, stdout.as_str()), (2, ""), "{args:?}: {stderr}");
        let tip = stderr.lines().find(|line| line.contains("tip: ")).expect("a tip");
        assert!(tip.contains("similar") && tip.contains(says), "{stderr}");
    }
}

/// One property alone is asked for, and of the others nothing is said; the same by both engines.
#[test]
fn one_property_is_asked_for() {
    let dir = tempfile::tempdir().expect("a directory");
    let runs = dir.path().to_str().expect("UTF-8");
    for engine in ["stateright", "timely"] {
        let ask = |name, more: &[&str]| {
            let args = ["integrated-colocated", "--events", "0", "--without", "fha-releases"];
            let args = [&args[..], &["--engine", engine, "--property", name], more].concat();
            check(&args)
        };
        let (code, stdout, _) = ask("release leaves nothing", &["--traces", runs]);
        assert_eq!((code, stdout.matches("\nFails: ").count()), (1, 1), "{stdout}");
        assert!(stdout.contains("Fails: release leaves nothing"), "{stdout}");
        let kept = fs::read_dir(runs).expect("written").count();
        assert_eq!(kept, 2, "a run, and the same as ITF");
        let (code, stdout, _) = ask("keys stay secret", &["--json"]);
        let value: Value = serde_json::from_str(&stdout).expect("JSON alone");
        let properties = value["setups"][0]["properties"].as_array().expect("properties");
        let names: Vec<_> = properties.iter().filter_map(|p| p["name"].as_str()).collect();
        assert_eq!((code, names[..].len()), (0, 2), "{names:?}");
    }
}

/// What a walk breaks is kept as a run of the model, and drawn as one likes.
#[test]
fn walks_are_kept_and_drawn() {
    let dir = tempfile::tempdir().expect("a directory");
    let runs = dir.path().to_str().expect("UTF-8");
    let args = ["integrated-colocated", "--without", "fha-releases", "--simulate", "50"];
    let (code, stdout, stderr) =
        check(&[&args[..], &["--traces", runs, "--ladder", "svg"]].concat());
    assert_eq!((code, stdout.starts_with("<svg")), (1, true), "{stderr}");
    assert!(stderr.contains("Fails: release leaves nothing"), "{stderr}");
    let name = "integrated-colocated-colocated-release-leaves-nothing.json";
    let path = dir.path().join(name).to_str().expect("UTF-8").to_owned();
    let (code, stdout, _) = check(&["--replay", &path]);
    assert_eq!(code, 1);
    assert!(stdout.contains("breaks: release leaves nothing"), "{stdout}");
    assert!(!stdout.contains("breaks: order of the figures"), "{stdout}");
    let (code, stdout, stderr) = check(&["--replay", &path, "--ladder", "mermaid"]);
    assert_eq!((code, stdout.contains("sequenceDiagram")), (1, true), "{stderr}");
    // A message that nobody has sent cannot arrive.
    let text = fs::read_to_string(&path).expect("written");
    let cut = text.replacen("\"attach:a\",", "\"attach:a\", \"deliver:80408080\",", 1);
    fs::write(&path, cut).expect("written");
    let (code, stdout, stderr) = check(&["--replay", &path]);
    assert_eq!((code, stdout.as_str()), (2, ""));
    assert!(stderr.contains("step 2 cannot happen there"), "{stderr}");
}

/// Both engines say the same: by one thread, by two, and by two processes of one and of two.
#[test]
fn engines_agree_in_one_process_and_in_two() {
    let dir = tempfile::tempdir().expect("a directory");
    for args in [
        &["integrated-colocated", "integrated-fa", "--events", "1", "--json"][..],
        &["integrated-fa", "--coa", "fa", "--network", "attacker", "--events", "1", "--json"],
        &["integrated-fa", "--literal", "--events", "0", "--json"],
    ] {
        let (code, stdout, _) = check(args);
        let expected = found(&stdout);
        for threads in ["1", "2"] {
            let of_threads = [args, &["--threads", threads]].concat();
            let (one, stdout, _) = check(&[&of_threads[..], &["--engine", "timely"]].concat());
            assert_eq!(one, code);
            assert!(found(&stdout) == expected, "{args:?}: {stdout}");
            let hosts = hosts(dir.path(), 2);
            for (two, stdout, stderr) in together(&hosts, 2, &of_threads) {
                assert_eq!((two, stderr.as_str()), (code, ""));
                assert!(found(&stdout) == expected, "{args:?}: {stdout}");
            }
        }
    }
}

/// A process that dies takes the verdict with it, and the others say so.
#[test]
fn process_that_dies_leaves_no_verdict() {
    let dir = tempfile::tempdir().expect("a directory");
    let hosts = hosts(dir.path(), 2);
    let args = ["integrated-fa", "--coa", "fa", "--events", "2", "--threads", "1"];
    let (stays, mut dies) = (start(&hosts, 0, &args), start(&hosts, 1, &args));
    // Both are at work when nobody listens any more.
    let address = fs::read_to_string(&hosts).expect("written");
    let address = address.lines().next().expect("a line");
    while TcpListener::bind(address).is_ok() {
        thread::sleep(Duration::from_millis(1));
    }
    while TcpListener::bind(address).is_err() {
        thread::sleep(Duration::from_millis(1));
    }
    thread::sleep(Duration::from_millis(300));
    dies.kill().expect("killed");
    dies.wait().expect("ended");
    let (code, stdout, stderr) = ended(stays);
    assert_eq!((code, stdout.as_str()), (3, ""), "{stderr}");
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
    assert!(stderr.contains("another process of this check has ended"), "{stderr}");
}

#[test]
fn processes_that_check_something_else_are_refused() {
    let dir = tempfile::tempdir().expect("a directory");
    let hosts = hosts(dir.path(), 2);
    let one = start(&hosts, 0, &["integrated-fa", "--coa", "fa"]);
    let two = start(&hosts, 1, &["integrated-fa", "--coa", "colocated-r"]);
    for (code, stdout, stderr) in [one, two].map(ended) {
        assert_eq!((code, stdout.as_str()), (3, ""));
        assert!(stderr.contains("is about to check something else"), "{stderr}");
    }
}

#[test]
fn engine_options_that_make_no_sense_are_refused() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = |name: &str| dir.path().join(name).to_str().expect("UTF-8").to_owned();
    let missing = path("missing");
    let bad = path("bad");
    fs::write(&bad, "localhost\n").expect("written");
    for (args, says) in [
        (&["--engine", "timely", "--threads", "0"][..], "at least one"),
        (&["--engine", "timely", "--threads", "5000"], "5000 threads: name 1 to 4096"),
        (&["--engine", "spin"], "possible values: stateright, timely"),
        (&["--hosts", &missing], "--process"),
        (&["--hosts", &missing, "--process", "0"], "are for --engine timely"),
        (&["--engine", "timely", "--hosts", &missing, "--process", "0"], "No such file"),
        (&["--engine", "timely", "--hosts", &bad, "--process", "0"], "line 1: `localhost`"),
        (&["--engine", "timely", "--checkpoint", &missing], "name one scenario"),
        (&["integrated-colocated", "--engine", "timely", "--resume", &missing], "cannot be read"),
        (&["integrated-colocated", "--engine", "timely", "--resume", &bad], "no checkpoint"),
    ] {
        let (code, stdout, stderr) = check(args);
        assert_eq!((code, stdout.as_str()), (2, ""), "{args:?}: {stderr}");
        assert!(stderr.contains(says), "{args:?}: {stderr}");
    }
}

#[test]
fn limits_leave_the_many_incomplete_too() {
    for limit in [["--max-states", "3000"], ["--max-depth", "9"], ["--max-memory", "1"]] {
        let args = [&["integrated-colocated", "--events", "1", "--engine", "timely"][..], &limit];
        let (code, stdout, _) = check(&args.concat());
        assert_eq!(code, 3, "{stdout}");
        assert!(stdout.contains(&format!("cut short by {}", limit[0])), "{stdout}");
        assert!(stdout.contains("INCOMPLETE") && !stdout.contains("holds"), "{stdout}");
    }
    let args = ["integrated-colocated", "--events", "1", "--engine", "timely", "--no-goals"];
    let (code, stdout, _) = check(&args);
    assert_eq!(code, 3, "{stdout}");
    assert!(stdout.contains("every state was seen, and not everything was asked"), "{stdout}");
}

/// A walk that is cut goes on from its checkpoint; a full disk is told as what it is.
#[test]
fn checks_go_on_from_a_checkpoint() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("walk").to_str().expect("UTF-8").to_owned();
    let args = ["integrated-fa", "--coa", "fa", "--events", "1", "--json", "--engine", "timely"];
    let with = |more: &[&str]| check(&[&args, more].concat());
    let (code, whole, _) = with(&["--threads", "2"]);
    assert_eq!(code, 0);
    let cut = ["--threads", "2", "--checkpoint", &path, "--every", "0", "--max-depth", "30"];
    let (code, stdout, _) = with(&cut);
    assert_eq!((code, found(&stdout)["verdict"].as_str()), (3, Some("incomplete")));
    let (code, stdout, _) = with(&["--threads", "2", "--resume", &path]);
    assert_eq!((code, found(&stdout)), (0, found(&whole)));
    let (code, _, stderr) = with(&["--threads", "3", "--resume", &path]);
    assert_eq!(code, 2);
    assert!(stderr.contains("use as many threads and processes as before"), "{stderr}");
    // One of another check, without the edges that this one needs, and damaged ones.
    let without = &["--without", "fha-asks-once", "--property", "no key is shared"];
    for (more, says) in [
        (&["--literal"][..], "nothing else, and this one --literal"),
        (&["--no-goals"], "nothing else, and this one --no-goals"),
        (&["--network", "attacker"], "this one --network attacker;"),
        (without, "this one --without fha-asks-once"),
    ] {
        let (code, stdout, stderr) = with(&[&["--threads", "2", "--resume", &path], more].concat());
        assert_eq!((code, stdout.as_str()), (2, ""), "{more:?}: {stderr}");
        assert!(stderr.contains("it is of another check: that one has"), "{stderr}");
        assert!(stderr.contains(says), "{stderr}");
        // What it says goes on with it.
        let (_, command) = stderr.split_once("go on with it by dsboot check ").expect("told");
        let (command, _) = command.split_once(", or begin anew").expect("told");
        let command: Vec<&str> = command.split(' ').collect();
        assert_eq!(check(&command).0, 0, "{command:?}");
    }
    for file in [path.clone(), format!("{path}.1")] {
        let whole = fs::read(&file).expect("written");
        let mut damaged = whole.clone();
        *damaged.get_mut(whole.len() / 2).expect("long") ^= 1;
        for octets in [&damaged[..], whole.split_last_chunk::<8>().expect("long").0] {
            fs::write(&file, octets).expect("written");
            let (code, stdout, stderr) = with(&["--threads", "2", "--resume", &path]);
            assert_eq!((code, stdout.as_str()), (2, ""), "{stderr}");
            assert!(stderr.contains("damaged"), "{stderr}");
        }
        fs::write(&file, whole).expect("written");
    }

    // One worker can write, and the other one cannot.
    fs::create_dir(format!("{path}.1.new")).expect("made");
    let (code, stdout, stderr) = with(&cut);
    assert_eq!((code, stdout.as_str()), (3, ""), "{stderr}");
    assert!(stderr.contains("the checkpoint cannot be written"), "{stderr}");
    fs::remove_dir(format!("{path}.1.new")).expect("removed");
    assert_eq!(with(&["--threads", "2", "--resume", &path]).0, 0);

    // A file may have 8 KiB.
    let full = process::Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 16; exec \"$0\" check \"$@\""])
        .arg(assert_cmd::cargo::cargo_bin("dsboot"))
        .args(args)
        .args(cut)
        .output()
        .expect("runs");
    let stderr = String::from_utf8(full.stderr).expect("UTF-8");
    assert_eq!((full.status.code(), full.stdout.len()), (Some(3), 0), "{stderr}");
    assert!(stderr.contains("the checkpoint cannot be written"), "{stderr}");
    // What was there before is still there.
    assert_eq!(with(&["--threads", "2", "--resume", &path]).0, 0);
}

/// spin, on a text that knows nothing of the model, finds as many states as it has, and no more.
#[test]
fn spin_counts_the_same_states() {
    let (Some(spin), Some(cc)) = (peers::SPIN.find(), peers::CC.find()) else { return };
    let states = |scenario: &str| {
        let (code, stdout, _) = check(&[scenario, "--events", "0", "--json"]);
        assert_eq!(code, 0);
        found(&stdout).pointer("/setups/0/states").and_then(Value::as_u64).expect("there")
    };
    let scenarios = ["integrated-colocated", "integrated-fa"].map(|name| (name, states(name)));
    let both = scenarios.into_iter().flat_map(|of| [(of, 1), (of, 2)]);
    for ((scenario, states), networks) in both {
        let dir = tempfile::tempdir().expect("a directory");
        let run = |program: &Path, args: &[&str]| {
            let ran = process::Command::new(program).args(args).current_dir(dir.path()).output();
            let output = ran.expect("runs");
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            assert!(output.status.success(), "{text}");
            text
        };
        let dsboot = assert_cmd::cargo::cargo_bin("dsboot");
        let number = networks.to_string();
        let text = run(&dsboot, &["export", "promela", scenario, "--networks", &number]);
        fs::write(dir.path().join("base.pml"), text).expect("written");
        run(&spin, &["-a", "base.pml"]);
        run(&cc, &["-O1", "-DSAFETY", "-DNOREDUCE", "-o", "pan", "pan.c"]);
        let text = run(&dir.path().join("pan"), &["-m1000000"]);
        let count = |what: &str| {
            let line = text.lines().find(|line| line.contains(what)).expect("told");
            line.split_whitespace().next().and_then(|number| number.parse::<u64>().ok())
        };
        assert_eq!(count("states, stored"), Some(states.pow(networks)), "{text}");
        assert!(text.contains("errors: 0"), "{text}");
    }
}
