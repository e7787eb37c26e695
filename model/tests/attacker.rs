//! Who owns the network, and more, still gets nothing.

use std::ops::ControlFlow;

use dsboot_model::explore::{Exploration, explore};
use dsboot_model::findings::{FINDINGS, unasked};
use dsboot_model::properties::PROMISES;
use dsboot_model::{Action, Attacker, Bootstrap, Config, Guard, Link, Profile};
use dsboot_spec::Setup;

fn walk(config: Config) -> Exploration {
    explore(Bootstrap::new(config), |_| ControlFlow::Continue(()))
}

fn broken(walk: &Exploration) -> Vec<&'static str> {
    let numbered = PROMISES.iter().enumerate();
    numbered.filter(|(number, _)| walk.keeps(*number) == Some(false)).map(|(_, p)| p.name).collect()
}

#[test]
//= keys.4.1
//= keys.4.4
fn nobody_is_harmed_by_an_attacker() {
    for attacker in Attacker::ALL {
        let setups: &[Setup] = match attacker {
            Attacker::Outside => &[Setup::ALL[0], Setup::ALL[1]],
            Attacker::Link => &[Setup::ALL[2]],
            Attacker::Aaaf => &[Setup::ALL[3]],
            Attacker::Mn => &[Setup::ALL[0], Setup::ALL[2]],
            Attacker::Fha => &[Setup::ALL[0]],
        };
        for setup in setups {
            let walk = walk(Config::new(*setup, 1).against(attacker));
            assert!(walk.complete);
            assert_eq!(broken(&walk), Vec::<&str>::new(), "{setup}, {}", attacker.name());
        }
    }
}

/// The attacker can do something: it names an FHA that nobody assigned.
#[test]
//= access.4.13
fn attacker_sends_what_nobody_has_said() {
    let model = Bootstrap::new(Config::new(Setup::ALL[0], 1).against(Attacker::Outside));
    let start = model.starting(Profile::Entitled).expect("a start");
    let attached = model.step(&start, Action::Attach(Link::A)).expect("possible").state;
    let mut actions = Vec::new();
    stateright::Model::actions(&model, &attached, &mut actions);
    let injected = actions.iter().filter(|action| matches!(action, Action::Inject(_)));
    let led = injected.filter_map(|action| model.step(&attached, *action));
    let requests = led.filter_map(|step| step.state.mn.request).map(|request| request.fha);
    assert_eq!(requests.collect::<Vec<_>>(), dsboot_model::FhaId::ALL);

    let honest = Bootstrap::new(Config::new(Setup::ALL[0], 1));
    stateright::Model::actions(&honest, &attached, &mut actions);
    let Some(injection) = actions.iter().find(|action| matches!(action, Action::Inject(_))) else {
        panic!("there was one")
    };
    assert_eq!(honest.step(&attached, *injection), None);
}

/// By the draft alone most of it breaks.
#[test]
fn literal_reading_breaks() {
    assert!(unasked().contains(&Guard::AaahAssignsOnce));
    let broken = broken(&walk(Config::new(Setup::ALL[0], 1).literal()));
    for name in ["no address held by two", "nobody gets what is not his", "nothing without proof"] {
        assert!(broken.contains(&name), "{name} in {broken:?}");
    }
}

/// Each finding that needs no more than one event is shown, and closed; `dsboot findings` shows the
/// others too (in half a minute of processor time each at the most).
#[test]
fn findings_are_shown_and_closed() {
    let many = ["F-13", "F-14", "F-15"];
    for finding in FINDINGS.iter().filter(|finding| !many.contains(&finding.id)) {
        let shown = finding.show().unwrap_or_else(|| panic!("{} is not shown", finding.id));
        assert!(shown.closed, "{} is not closed", finding.id);
        assert!(!shown.run.is_empty());
    }
}
