//! Every setup from bootstrap to release, and every injection, on the sockets of this machine.
#![cfg(test)]

use std::fs;

use dsboot_node::Probability;
use dsboot_node::capture::Capture;
use dsboot_node::story::inject::{INJECTIONS, Injection};
use dsboot_node::story::report::RunReport;
use dsboot_node::story::{Outputs, Story, draw};
use dsboot_node::world::Settings;
use dsboot_node::world::people::Faults;
use dsboot_roles::Time;
use dsboot_spec::Setup;

fn settings(setup: Setup, seed: u64, loss: f64) -> Settings {
    Settings {
        setup,
        number: 0,
        start: Time::from_unix_micros(1_800_000_000_000_000),
        seed,
        loss: Probability::new(loss).unwrap(),
        port_offset: Some(20_000),
        faults: Faults::default(),
        clients: Vec::new(),
        radius: None,
    }
}

fn tell(settings: &Settings, outputs: &mut Outputs) -> RunReport {
    let mut story = Story::begin(settings, None, outputs).unwrap();
    story.tell().unwrap();
    explain(story)
}

fn tell_injected(settings: &Settings, injection: &Injection) -> RunReport {
    let mut outputs = Outputs::default();
    let mut story = Story::begin(settings, Some(injection), &mut outputs).unwrap();
    story.tell_injected(injection).unwrap();
    explain(story)
}

/// The report; if it does not hold, with the ladder of what failed.
fn explain(story: Story<'_>) -> RunReport {
    let names: Vec<_> =
        story.world.lifelines().iter().map(|(id, name)| (*id, (*name).to_owned())).collect();
    let lifelines: Vec<_> = names.iter().map(|(id, name)| (*id, name.as_str())).collect();
    let report = story.end();
    for phase in report.phases.iter().filter(|phase| !phase.holds) {
        let here = draw::taking_part(&lifelines, &phase.observations);
        let title = phase.name.to_owned();
        let ladder = draw::chart(&here, &phase.observations, phase.start, title);
        println!("{}\n{ladder}", phase.name);
        println!("{:#?}\n{:#?}\n{:#?}", phase.steps, phase.forbidden, phase.checks);
    }
    report
}

#[test]
fn every_setup_holds() {
    for setup in Setup::ALL {
        let report = tell(&settings(setup, 1, 0.0), &mut Outputs::default());
        assert!(report.holds, "{setup}: {:#?}", report.counters);
        assert_eq!(report.phases.len(), 8, "{setup}");
        assert_eq!(report.lost, 0, "{setup}");
    }
}

#[test]
fn loss_delays_and_nothing_more() {
    for setup in Setup::ALL {
        for seed in 0..5 {
            let report = tell(&settings(setup, seed, 0.3), &mut Outputs::default());
            assert!(report.holds, "{setup} with seed {seed}: {:#?}", report.counters);
            assert!(report.lost > 0, "{setup} with seed {seed}");
        }
    }
}

#[test]
fn same_seed_same_octets() {
    let dir = tempfile::tempdir().unwrap();
    let capture = |name: &str, seed| {
        let path = dir.path().join(name);
        let capture = Some(Capture::create(&path).unwrap());
        let mut outputs = Outputs { capture, trace: None };
        tell(&settings(Setup::ALL[2], seed, 0.2), &mut outputs);
        outputs.capture.unwrap().finish().unwrap();
        fs::read(path).unwrap()
    };
    let first = capture("first", 3);
    assert_eq!(first, capture("again", 3));
    assert_ne!(first, capture("other", 4));
}

#[test]
fn every_injection_shows_what_it_must() {
    for injection in INJECTIONS.iter().filter(|injection| injection.name != "random") {
        for setup in Setup::ALL {
            let report = tell_injected(&settings(setup, 1, 0.0), injection);
            assert!(report.holds, "{} in {setup}: {:#?}", injection.name, report.counters);
        }
    }
}

#[test]
fn random_datagrams_do_no_harm() {
    let injection = Injection::named("random").unwrap();
    let report = tell_injected(&settings(Setup::ALL[4], 1, 0.0), injection);
    assert!(report.holds, "{:#?}", report.counters);
    assert!(report.poured >= 700_000, "{}", report.poured);
}

#[test]
fn every_sentence_named_stands_in_the_specification() {
    let spec = concat!(env!("CARGO_MANIFEST_DIR"), "/../../spec");
    let pages = fs::read_dir(spec).unwrap().map(|entry| entry.unwrap().path());
    let pages = pages.filter(|path| path.extension().is_some_and(|end| end == "md"));
    let text: String = pages.map(|path| fs::read_to_string(path).unwrap()).collect();
    let report = tell(&settings(Setup::ALL[1], 1, 0.0), &mut Outputs::default());
    let mut sentences: Vec<_> = INJECTIONS.iter().map(|injection| injection.sentence).collect();
    for phase in &report.phases {
        sentences.extend(phase.steps.iter().map(|step| step.sentence));
        sentences.extend(phase.forbidden.iter().map(|forbidden| forbidden.sentence));
        sentences.extend(phase.checks.iter().map(|check| check.sentence));
    }
    for sentence in sentences {
        assert!(text.contains(&format!("**{sentence}**")), "{sentence} stands nowhere");
    }
}
