extern crate std;

use std::string::{String, ToString};
use std::vec::Vec;

use super::{Ladder, Message, Step};
use crate::{CareOf, Role, Scenario, Setup};

fn ladder(scenario: Scenario, care_of: CareOf) -> Ladder {
    Ladder::of(Setup::new(scenario, care_of).unwrap())
}

/// The arrows as the draft's figure has them, top to bottom: number, from, to.
fn drawn(ladder: Ladder) -> Vec<(&'static str, Role, Role)> {
    ladder.steps().filter(Step::is_drawn).map(|s| (s.label, s.from, s.to)).collect()
}

/// The arrows that all four figures end with; HA and AAAH as in H-17.
fn binding() -> [(&'static str, Role, Role); 4] {
    use Role::{Aaah, Ha, Mn};
    [("BU", Mn, Ha), ("Access-Req", Ha, Aaah), ("Access-resp", Aaah, Ha), ("BA", Ha, Mn)]
}

#[test]
fn figure_2() {
    use Role::{Aaah, Fha, Mn, Nas};
    let mut figure = std::vec![
        ("1", Mn, Nas),
        ("2", Nas, Aaah),
        ("2", Aaah, Nas),
        ("3", Nas, Mn),
        ("4", Mn, Fha),
        ("5", Fha, Aaah),
        ("5", Aaah, Fha),
        ("6", Fha, Mn),
    ];
    figure.extend(binding());
    assert_eq!(drawn(ladder(Scenario::IntegratedColocated, CareOf::Colocated)), figure);
}

#[test]
fn figure_3_in_both_variants() {
    use Role::{Aaah, Fa, Fha, Mn, Nas};
    let mut figure = std::vec![
        ("1", Mn, Nas),
        ("2", Nas, Aaah),
        ("2", Aaah, Nas),
        ("3", Nas, Mn),
        ("4", Mn, Fa),
        ("4", Fa, Fha),
        ("5", Fha, Aaah),
        ("5", Aaah, Fha),
        ("6", Fha, Fa),
        ("6", Fa, Mn),
    ];
    figure.extend(binding());
    for care_of in [CareOf::ForeignAgent, CareOf::ColocatedViaFa] {
        assert_eq!(drawn(ladder(Scenario::IntegratedFa, care_of)), figure);
    }
}

/// Section 4.2 says of Figures 5 and 6 that they are Figures 2 and 3 with the NAS asking the AAAF.
#[test]
fn figures_5_and_6_are_2_and_3_with_the_aaaf_in_step_2() {
    for setup in Setup::ALL.into_iter().filter(|s| s.scenario().is_subscription()) {
        let integrated = match setup.scenario() {
            Scenario::SubscriptionColocated => Scenario::IntegratedColocated,
            _ => Scenario::IntegratedFa,
        };
        let expected: Vec<_> = drawn(ladder(integrated, setup.care_of()))
            .into_iter()
            .map(|(label, from, to)| {
                let moved =
                    |role| if label == "2" && role == Role::Aaah { Role::Aaaf } else { role };
                (label, moved(from), moved(to))
            })
            .collect();
        assert_eq!(drawn(Ladder::of(setup)), expected);
    }
}

#[test]
fn step_0_stands_where_there_is_a_foreign_agent_and_comes_first() {
    for setup in Setup::ALL {
        let before: Vec<_> =
            Ladder::of(setup).steps().take_while(|s| !s.is_drawn()).map(|s| s.message).collect();
        let all = Ladder::of(setup).steps().filter(|s| !s.is_drawn()).count();
        assert_eq!(before.len(), all);
        if setup.care_of().via_fa() {
            assert_eq!(before, [Message::AgentSolicitation, Message::AgentAdvertisement]);
        } else {
            assert!(before.is_empty());
        }
    }
}

#[test]
fn the_way_of_the_request_names_its_own_sentence() {
    let step_4 = |setup| {
        let mut steps = Ladder::of(setup).steps();
        steps.find(|s| s.label == "4").map(|s| (s.to, s.sentence)).unwrap()
    };
    for setup in Setup::ALL {
        let expected = match setup.care_of() {
            CareOf::Colocated => (Role::Fha, "registration.3.2"),
            CareOf::ForeignAgent => (Role::Fa, "registration.3.3"),
            CareOf::ColocatedViaFa => (Role::Fa, "registration.3.4"),
        };
        assert_eq!(step_4(setup), expected);
    }
}

#[test]
fn arrows_of_a_step_are_counted_from_one() {
    for setup in Setup::ALL {
        let mut last = ("", 0);
        for step in Ladder::of(setup).steps() {
            let expected = if step.label == last.0 { last.1 + 1 } else { 1 };
            assert_eq!(step.arrow, expected, "{step}");
            last = (step.label, step.arrow);
        }
    }
}

#[test]
fn drawing_of_figure_3() {
    let lines: Vec<String> = ladder(Scenario::IntegratedFa, CareOf::ForeignAgent)
        .to_string()
        .lines()
        .map(ToString::to_string)
        .collect();
    let expected = [
        "  MN             NAS/FA             FHA             AAAH              HA",
        "   | 0.Agent Sol.   |                |                |                |",
        "   |--------------->|                |                |                |",
        "   | 0.Agent Adv.   |                |                |                |",
        "   |<---------------|                |                |                |",
        "   | 1.Access Req   |                |                |                |",
        "   |--------------->|                |                |                |",
        "   |                | 2.Access Request                |                |",
        "   |                |-------------------------------->|                |",
    ];
    assert_eq!(lines[..expected.len()], expected);
    assert_eq!(
        lines[lines.len() - 2..],
        [
            "   | BA             |                |                |                |",
            "   |<------------------------------------------------------------------|",
        ]
    );
}
