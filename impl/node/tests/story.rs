//! Every setup from bootstrap to release, on the sockets of this machine.

use dsboot_node::Probability;
use dsboot_node::story::report::RunReport;
use dsboot_node::story::{Outputs, Story, draw};
use dsboot_node::world::Settings;
use dsboot_node::world::people::Faults;
use dsboot_roles::Time;
use dsboot_spec::Setup;

fn settings(setup: Setup, seed: u64, loss: f64) -> Settings {
    Settings {
        setup,
        start: Time::from_unix_micros(1_800_000_000_000_000),
        seed,
        loss: Probability::new(loss).unwrap(),
        port_offset: Some(20_000),
        faults: Faults::default(),
        clients: Vec::new(),
        radius: None,
    }
}

fn tell(setup: Setup, seed: u64, loss: f64) -> RunReport {
    let mut outputs = Outputs::default();
    let mut story = Story::begin(&settings(setup, seed, loss), None, &mut outputs).unwrap();
    story.tell().unwrap();
    let lifelines: Vec<_> =
        story.world.lifelines().iter().map(|(h, n)| (*h, (*n).to_owned())).collect();
    let report = story.end();
    for phase in &report.phases {
        let lifelines: Vec<_> = lifelines.iter().map(|(h, n)| (*h, n.as_str())).collect();
        let here = draw::taking_part(&lifelines, &phase.observations);
        println!("{} {}: {}", setup, phase.name, phase.holds);
        println!("{}", draw::text(&here, &phase.observations, phase.start));
        for s in phase.steps.iter().filter(|s| s.seen.is_none()) {
            println!("MISSING {s:?}");
        }
        for s in phase.forbidden.iter().filter(|s| s.seen.is_some()) {
            println!("FORBIDDEN {s:?}");
        }
        for s in phase.checks.iter().filter(|s| !s.holds) {
            println!("CHECK {s:?}");
        }
    }
    println!("{:#?}", report.counters);
    println!("{:#?}", report.undelivered);
    report
}

#[test]
fn every_setup_holds() {
    for setup in Setup::ALL {
        let report = tell(setup, 1, 0.0);
        assert!(report.holds, "{setup}");
        assert_eq!(report.phases.len(), 8, "{setup}");
    }
}
