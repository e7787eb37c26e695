//! The engine of many workers: what it finds is what the others find.

#![expect(clippy::expect_used, reason = "helpers of tests")]

mod two_phase;

use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Duration;

use dsboot_model::engine::{self, Failure, Hosts, Outcome, Plan};
use dsboot_model::explore::{self, Exploration, Progress};
use dsboot_model::properties::{Kind, PROMISES, Promise};
use dsboot_model::{Attacker, Bootstrap, Config, Guard, System, Two};
use dsboot_spec::Setup;
use stateright::{Checker, Model};
use two_phase::TwoPhase;

fn on(_: Progress) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

fn walked(space: &TwoPhase, plan: &Plan) -> Outcome<()> {
    engine::run(space, plan, on).expect("a result")
}

/// Counts that others have found with other tools.
#[test]
fn two_phase_commit_has_its_states() {
    for (participants, states) in [(3, 288), (5, 8_832), (6, 50_816)] {
        let space = TwoPhase(participants);
        let stateright = space.checker().spawn_dfs().join().unique_state_count();
        assert_eq!(stateright, states);
        let one = walked(&space, &Plan::threads(1));
        for threads in 1..=5 {
            let many = walked(&space, &Plan::threads(threads));
            assert!(many.complete);
            assert_eq!((many.progress.states, many.progress), (states, one.progress));
            // Nobody breaks the first, everybody can end, and whoever has aborted never commits.
            let lengths = |outcome: &Outcome<()>| -> Vec<Option<usize>> {
                outcome.broken.iter().map(|run| Some(run.as_ref()?.steps.len())).collect()
            };
            assert_eq!(lengths(&many)[..4], [None, None, Some(1), None]);
        }
    }
}

/// A set of states that is far larger than a cache takes few octets for each.
#[test]
fn states_take_few_octets() {
    let outcome = walked(&TwoPhase(7), &Plan { goals: false, ..Plan::threads(2) });
    assert_eq!(outcome.progress.states, 296_448);
    assert!(outcome.octets <= 40.0, "{}", outcome.octets);
    assert!(outcome.collision_bound() < 1e-15);
}

fn by_engine<M: System>(model: M, threads: usize) -> Exploration<M> {
    engine::explore(model, &Plan::threads(threads), on).expect("a result")
}

/// Without a guard it may go on for ever.
fn is_small(config: Config) -> bool {
    let few = |progress: Progress| match progress.states {
        0..30_000 => ControlFlow::Continue(()),
        _ => ControlFlow::Break(()),
    };
    explore::explore(Bootstrap::new(config), few).complete
}

/// The same counts, rules, premises, verdicts, views and lengths as the walk on one thread.
fn agree<M: System>(model: M) {
    let one = explore::explore(model, on);
    for threads in [1, 2, 3] {
        let many = by_engine(model, threads);
        assert!(many.complete);
        // What comes to pass takes the walk that keeps its edges.
        let lives = |promise: &Promise| matches!(promise.kind, Kind::Eventually { .. });
        let of_life = PROMISES.iter().enumerate().filter(|(_, promise)| lives(promise));
        let of_life = of_life.fold(0_u64, |bits, (number, _)| bits | 1 << number);
        let broken = one.progress.broken & !of_life;
        assert_eq!(many.progress, Progress { broken, ..one.progress }, "{model:?}");
        assert_eq!(many.rules, one.rules);
        for (number, promise) in PROMISES.iter().enumerate() {
            if lives(promise) {
                assert!(!many.asks(number) && many.keeps(number).is_none());
                continue;
            }
            if one.asks(number) {
                let met = (many.premises.get(number), one.premises.get(number));
                assert_eq!(met.0, met.1, "{model:?}: {}", promise.name);
            }
            let length = |walk: &Exploration<M>| Some(walk.counterexample(number)?.steps.len());
            assert_eq!(many.keeps(number), one.keeps(number), "{}", promise.name);
            assert_eq!(length(&many), length(&one), "{model:?}: {}", promise.name);
        }
        let beyond = (one.views.first_beyond(&many.views), many.views.first_beyond(&one.views));
        assert_eq!((one.views.len(), beyond), (many.views.len(), (None, None)));
    }
}

#[test]
fn every_setup_is_walked_alike() {
    for setup in Setup::ALL {
        agree(Bootstrap::new(Config::new(setup, 1)));
    }
    for attacker in Attacker::ALL {
        agree(Bootstrap::new(Config::new(Setup::ALL[1], 1).against(attacker)));
    }
    // Two mobile nodes, which are one where they differ only in their names.
    for symmetry in [true, false] {
        agree(Two { symmetry, ..Two::new(Config::new(Setup::ALL[0], 0)) });
    }
}

/// Rules without a guard break promises of every kind.
#[test]
fn what_is_broken_is_found_alike() {
    let mut broken = vec![false; PROMISES.len()];
    let without = |guard: &Guard| Config::new(Setup::ALL[1], 0).without(*guard);
    for config in Guard::ALL.iter().map(without).filter(|config| is_small(*config)) {
        agree(Bootstrap::new(config));
        let walk = by_engine(Bootstrap::new(config), 2);
        let kept = |promise: usize| walk.keeps(promise) != Some(false);
        broken.iter_mut().enumerate().for_each(|(promise, broken)| *broken |= !kept(promise));
    }
    assert!(broken.iter().filter(|broken| **broken).count() > 8, "{broken:?}");
}

/// A run of a step that one setup shows the HA leads there.
#[test]
fn steps_that_the_home_agent_sees_have_runs() {
    let lax = Config::new(Setup::ALL[0], 0).without(Guard::HaChecksSequence);
    let (one, two) = (
        by_engine(Bootstrap::new(lax), 2),
        by_engine(Bootstrap::new(Config::new(Setup::ALL[0], 0)), 2),
    );
    let step = one.views.first_beyond(&two.views).expect("another view");
    let run = one.path_to_step(step).expect("in this process");
    let (_, last) = run.steps.last().expect("a step");
    let before = run.steps.len().checked_sub(2).map_or(&run.start, |n| &run.steps[n].1);
    assert_ne!(explore::of_ha(last), explore::of_ha(before));
}

#[test]
fn limits_leave_it_incomplete() {
    let model = Bootstrap::new(Config::new(Setup::ALL[0], 1));
    let whole = by_engine(model, 2).progress;
    let no_time = |_: Progress| ControlFlow::Break(());
    let cut = [
        engine::explore(model, &Plan { states: 2000, ..Plan::threads(2) }, on),
        engine::explore(model, &Plan { depth: 10, ..Plan::threads(2) }, on),
        engine::explore(model, &Plan::threads(2), no_time),
    ];
    for walk in cut {
        let walk = walk.expect("a result");
        assert!(!walk.complete && walk.progress.open > 0 && walk.progress.states < whole.states);
        assert!((0..PROMISES.len()).all(|promise| walk.keeps(promise).is_none()));
    }
    assert!(matches!(engine::explore(model, &Plan::threads(0), on), Err(Failure::Threads(0))));
}

fn resume(path: &Path, threads: usize) -> Plan {
    Plan { resume: Some(path.to_owned()), ..Plan::threads(threads) }
}

/// A walk that is cut and goes on from its checkpoint ends like one that was not.
#[test]
fn walks_go_on_from_a_checkpoint() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("walk");
    let mutant = Config::new(Setup::ALL[1], 1).without(Guard::FaKeepsReply);
    assert!(is_small(mutant));
    for config in [Config::new(Setup::ALL[1], 1), mutant] {
        let model = Bootstrap::new(config);
        let whole = by_engine(model, 2);
        let saving = Plan {
            checkpoint: Some((path.clone(), Duration::ZERO)),
            depth: 25,
            ..Plan::threads(2)
        };
        let cut = engine::explore(model, &saving, on).expect("a result");
        assert!(!cut.complete && cut.progress.states < whole.progress.states);
        let on_from = engine::explore(model, &resume(&path, 2), on).expect("a result");
        assert_eq!(on_from.progress, whole.progress);
        assert_eq!((on_from.rules, &on_from.premises), (whole.rules, &whole.premises));
        assert_eq!(on_from.views.len(), whole.views.len());
        for promise in 0..PROMISES.len() {
            let length = |walk: &Exploration| Some(walk.counterexample(promise)?.steps.len());
            assert_eq!(length(&on_from), length(&whole));
        }
    }
}

#[test]
fn what_is_no_checkpoint_is_refused() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("walk");
    let space = TwoPhase(5);
    let saving =
        Plan { checkpoint: Some((path.clone(), Duration::ZERO)), depth: 5, ..Plan::threads(2) };
    assert!(!walked(&space, &saving).complete);
    assert!(walked(&space, &resume(&path, 2)).complete);
    let refused = |space: TwoPhase, threads: usize| {
        engine::run(&space, &resume(&path, threads), on).expect_err("refused").to_string()
    };
    let other = refused(TwoPhase(6), 2);
    assert!(
        other.contains("of another check: that one has 5 participants, and this one 6"),
        "{other}"
    );
    assert!(other.contains("check 5 participants --engine timely --threads 2 --resume"), "{other}");
    assert!(refused(space, 1).contains("use as many threads"));
    let octets = fs::read(&path).expect("written");
    for place in (0..octets.len()).step_by(509).chain([octets.len() - 1]) {
        let mut changed = octets.clone();
        changed[place] ^= 0x10;
        fs::write(&path, &changed).expect("written");
        let why = refused(space, 2);
        assert!(why.contains("no checkpoint to go on from"), "{place}: {why}");
    }
    for length in [0, 7, 200, octets.len() - 8] {
        fs::write(&path, &octets[..length]).expect("written");
        assert!(refused(space, 2).contains("cut off"));
    }
    fs::remove_file(&path).expect("removed");
    assert!(refused(space, 2).contains("cannot be read"));
    let nowhere = Plan {
        checkpoint: Some((dir.path().join("no/such/place"), Duration::ZERO)),
        ..Plan::threads(1)
    };
    let failed = engine::run(&space, &nowhere, on).expect_err("nowhere to write to");
    assert!(failed.to_string().contains("cannot be written"), "{failed}");
}

/// Parts of different levels are of no walk.
#[test]
fn parts_of_different_levels_are_refused() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("walk");
    let save = |depth| {
        let checkpoint = Some((path.clone(), Duration::ZERO));
        walked(&TwoPhase(5), &Plan { checkpoint, depth, ..Plan::threads(2) });
    };
    save(4);
    let old = fs::read(&path).expect("written");
    save(5);
    fs::write(&path, old).expect("written");
    let why = engine::run(&TwoPhase(5), &resume(&path, 2), on).expect_err("refused");
    assert!(why.to_string().contains("different levels"), "{why}");
}

#[test]
fn host_files_say_what_is_wrong() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("hosts");
    let read = |text: &str, process| {
        fs::write(&path, text).expect("written");
        Hosts::read(&path, process).map_err(|error| error.to_string())
    };
    let two = "localhost:2101 # here\n\n[::1]:2102\n";
    let addresses = vec!["localhost:2101".to_owned(), "[::1]:2102".to_owned()];
    assert_eq!(read(two, 1), Ok(Hosts { addresses, process: 1 }));
    let says = |text, process| read(text, process).expect_err("wrong");
    assert!(says(two, 2).contains("no process 2"));
    assert!(says("", 0).contains("has 0 addresses"));
    assert!(says("here\n", 0).contains("line 1: `here` is no address"));
    assert!(says("a:1\nb:0", 0).contains("line 2"));
    assert!(says("a:65536", 0).contains("line 1"));
    fs::remove_file(&path).expect("removed");
    assert!(Hosts::read(&path, 0).expect_err("gone").to_string().contains("hosts"));
}
