//! The six setups, explored within small bounds.

use std::collections::BTreeSet;

use dsboot_model::action::Action;
use dsboot_model::explore::{Limits, Report, Verdict, explore, second};
use dsboot_model::message::Message;
use dsboot_model::{Config, System, User};
use dsboot_spec::Setup;

fn system(setup: Setup, incidents: u8) -> System {
    System::new(Config { incidents, ..Config::new(setup) })
}

fn explored(system: &System, max_states: usize) -> Report {
    explore(system, Limits { max_states: Some(max_states), timeout: None }, &mut |_| {})
}

#[test]
//= home-binding.4.8
fn every_setup_holds_without_incidents() {
    let mut views = Vec::new();
    for setup in Setup::ALL {
        let system = system(setup, 0);
        let report = explored(&system, usize::MAX);
        assert!(report.complete, "{setup}");
        for finding in &report.findings {
            assert!(matches!(finding.verdict, Verdict::Holds), "{setup}: {}", finding.name);
        }
        let second = second(&system, None).expect("no limit");
        assert_eq!((second.states, second.broken.len()), (report.states, 0), "{setup}");
        views.push(report.ha_view);
    }
    assert!(!views[0].received.is_empty());
    assert!(views.iter().all(|view| *view == views[0]));
}

#[test]
fn every_action_and_every_promise_comes_up() {
    let mut missing = BTreeSet::new();
    for setup in [Setup::ALL[3], Setup::ALL[1]] {
        let system = system(setup, 1);
        let report = explored(&system, 60_000);
        missing.extend(report.never_taken(&system));
        let silent = report.findings.iter().filter(|f| !f.spoken_of);
        missing.extend(silent.map(|f| f.name));
        for kind in report.taken.keys() {
            let known = Action::kinds(setup.care_of().via_fa());
            assert!(known.contains(kind), "not in the list of kinds: {kind}");
        }
    }
    assert_eq!(missing, BTreeSet::new());
}

#[test]
fn cut_search_knows_no_verdict() {
    let report = explored(&system(Setup::ALL[0], 0), 50);
    assert!(!report.complete && report.states >= 50);
    assert!(report.findings.iter().all(|f| matches!(f.verdict, Verdict::Unknown)));
}

#[test]
fn search_gives_the_same_twice() {
    let system = system(Setup::ALL[4], 0);
    let (one, two) = (explored(&system, usize::MAX), explored(&system, usize::MAX));
    let numbers = |r: &Report| (r.states, r.transitions, r.depth, r.taken.clone());
    assert_eq!(numbers(&one), numbers(&two));
}

/// One run without loss, in the order of the figure, ends bootstrapped.
#[test]
//= registration.8.1
fn figures_can_be_walked() {
    for setup in Setup::ALL {
        let system = system(setup, 0);
        let mut state = dsboot_model::State::start(User::Subscribed);
        let mut arrows = Vec::new();
        while !state.is_bootstrapped() {
            let mut actions = Vec::new();
            system.offers(&state, &mut actions);
            let forward = actions.into_iter().filter(|action| match action {
                Action::Deliver(message) => !arrows.contains(message),
                other => other.kind() == "the MN comes",
            });
            let (action, next) = forward
                .filter_map(|action| Some((action, system.step(&state, action)?)))
                .next_back()
                .expect("bootstrapping goes on");
            if let Action::Deliver(message) = action {
                arrows.push(message);
            }
            state = next;
        }
        let ends: Vec<_> = arrows.iter().map(Message::ends).collect();
        let figure: Vec<_> = dsboot_spec::ladder::Ladder::of(setup)
            .steps()
            .filter(dsboot_spec::ladder::Step::is_drawn)
            .map(|step| (step.from, step.to))
            .collect();
        assert_eq!(ends, figure, "{setup}");
    }
}
