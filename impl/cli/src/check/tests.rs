//! Tests of what is said about a result.

use std::time::Duration;

use dsboot_model::explore::{self, Limits};
use dsboot_model::{Config, Fault, System};
use dsboot_spec::Setup;

use super::{Checked, Outcome, Summary, json, table};
use crate::Exit;

fn checked(setup: Setup, fault: Option<Fault>, limits: Limits) -> Checked {
    let system = System::new(Config { setup, incidents: 0, fault });
    let report = explore::explore(&system, limits, &mut |_| {});
    let second = if report.complete { explore::second(&system, None) } else { None };
    Checked { system, report, second }
}

fn summary(fault: Option<Fault>, limits: Limits) -> Summary {
    let setups = [Setup::ALL[0], Setup::ALL[1]];
    Summary::new(setups.into_iter().map(|s| checked(s, fault, limits)).collect())
}

#[test]
fn whole_search_holds() {
    let summary = summary(None, Limits::default());
    assert_eq!((summary.outcome(), summary.exit()), (Outcome::Holds, Exit::Holds));
    assert!(table::text(&summary).ends_with("Every property holds in every state.\n"));
}

#[test]
fn cut_search_never_holds() {
    for limits in [
        Limits { max_states: Some(100), timeout: None },
        Limits { max_states: None, timeout: Some(Duration::ZERO) },
    ] {
        let summary = summary(None, limits);
        assert_eq!((summary.outcome(), summary.exit()), (Outcome::Incomplete, Exit::Environment));
        assert!(summary.promises().iter().all(|(_, outcome, _)| *outcome == Outcome::Incomplete));
        assert!(!table::text(&summary).contains("holds"));
        assert!(json::text(&summary).contains("\"verdict\": \"incomplete\""));
    }
}

#[test]
fn second_search_missing_is_incomplete() {
    let mut summary = summary(None, Limits::default());
    summary.checked[0].second = None;
    assert_eq!(summary.outcome(), Outcome::Incomplete);
}

#[test]
fn searches_that_differ_fail() {
    let mut summary = summary(None, Limits::default());
    let second = summary.checked[0].second.as_mut().expect("run to the end");
    second.states += 1;
    assert_eq!(summary.exit(), Exit::Fails);
    assert!(table::text(&summary).contains("the two searches differ"));
}

#[test]
fn other_view_fails() {
    let mut summary = summary(None, Limits::default());
    assert_eq!(summary.same_view(), Some(true));
    summary.checked[1].report.ha_view.received.clear();
    assert_eq!((summary.same_view(), summary.exit()), (Some(false), Exit::Fails));
}

#[test]
fn broken_rule_is_drawn() {
    let summary = summary(Some(Fault::FhaRepliesBeforeAccept), Limits::default());
    assert_eq!(summary.exit(), Exit::Fails);
    let text = table::text(&summary);
    assert!(text.contains("Fails: order of the figures"), "{text}");
    assert!(text.contains("RRQ 1 (first)"), "{text}");
}
