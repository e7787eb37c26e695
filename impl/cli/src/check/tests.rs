//! Tests of what is said about a result.

use std::time::Instant;

use dsboot_model::mutants::Mutant;
use dsboot_model::{Bootstrap, Config, Guard};
use dsboot_spec::{Setup, chart};
use indicatif::ProgressBar;

use super::{Checked, Limit, Limits, Mutants, Network, Outcome, Summary, check_model, json, table};
use crate::Exit;

const NO_LIMIT: Limits = Limits::NONE;

fn checked(config: Config, limits: Limits) -> Checked {
    check_model(Bootstrap::new(config), limits, &ProgressBar::hidden())
}

fn summary(without: Option<Guard>, limits: Limits) -> Summary {
    let config = |setup| {
        let config = Config::new(setup, 0);
        without.map_or(config, |guard| config.without(guard))
    };
    let setups = [Setup::ALL[0], Setup::ALL[1]];
    Summary::new(setups.into_iter().map(|setup| checked(config(setup), limits)).collect())
}

#[test]
fn whole_search_holds() {
    let summary = summary(None, NO_LIMIT);
    assert_eq!((summary.outcome(), summary.exit()), (Outcome::Holds, Exit::Holds));
    assert!(table::text(&summary, true).contains("\nEvery property holds in every state."));
}

#[test]
fn cut_search_never_holds() {
    for (limits, by) in [
        (Limits { states: 100, ..NO_LIMIT }, Limit::States),
        (Limits { until: Some(Instant::now()), ..NO_LIMIT }, Limit::Time),
        (Limits { depth: 10, ..NO_LIMIT }, Limit::Depth),
        (Limits { memory: 1 << 20, ..NO_LIMIT }, Limit::Memory),
    ] {
        let summary = summary(None, limits);
        assert_eq!((summary.outcome(), summary.exit()), (Outcome::Incomplete, Exit::Environment));
        assert!(summary.checked.iter().all(|checked| checked.stopped == Some(by)));
        assert!(table::text(&summary, true).contains(&format!("cut short by {}", by.option())));
        let outcomes = summary.promises().filter_map(|(_, outcome)| outcome);
        assert!(outcomes.into_iter().all(|outcome| outcome == Outcome::Incomplete));
        assert!(!table::text(&summary, true).contains("holds"));
        assert!(json::text(&summary, Network::Lossy).contains("\"verdict\": \"incomplete\""));
    }
}

#[test]
fn second_search_missing_is_incomplete() {
    let mut summary = summary(None, NO_LIMIT);
    summary.checked[0].second = None;
    assert_eq!(summary.outcome(), Outcome::Incomplete);
}

#[test]
fn searches_that_differ_fail() {
    let mut summary = summary(None, NO_LIMIT);
    let second = summary.checked[0].second.as_mut().expect("run to the end");
    second.states += 1;
    assert_eq!(summary.exit(), Exit::Fails);
    assert!(table::text(&summary, true).contains("the two searches differ"));
}

/// An FHA that forwards without a look at its binding shows the HA more than the others do.
#[test]
fn other_view_fails() {
    let mut summary = summary(None, NO_LIMIT);
    assert_eq!(summary.same_view(), Some(true));
    let lax = Config::new(Setup::ALL[1], 0).without(Guard::HaChecksSequence);
    summary.checked[1] = checked(lax, NO_LIMIT);
    assert_eq!((summary.same_view(), summary.exit()), (Some(false), Exit::Fails));
    assert!(
        table::text(&summary, true).contains("no run of integrated-colocated shows the HA this")
    );
}

#[test]
fn what_never_came_up_is_told() {
    let text = table::text(&summary(None, NO_LIMIT), true);
    assert!(text.contains("integrated-colocated: rule never taken: fha-refuses-unbound"), "{text}");
    assert!(text.contains("integrated-colocated: premise never met: "), "{text}");
}

#[test]
fn broken_rule_is_drawn() {
    let summary = summary(Some(Guard::FhaAwaitsAccept), NO_LIMIT);
    assert_eq!(summary.exit(), Exit::Fails);
    let text = table::text(&summary, true);
    assert!(text.contains("Fails: order of the figures"), "{text}");
    assert!(
        text.contains("|-------------->|       |       |  4   Reg Req. 1 first, CoA own"),
        "{text}"
    );
    assert!(!table::text(&summary, false).contains("|------"));
    let charts = table::charts(&summary);
    assert!(charts[0].title.starts_with("order of the figures: integrated-colocated"));
    assert!(chart::svg(&charts).contains("MN reaches FHA: 4. Reg Req. 1 first"));
}

#[test]
fn mutants_say_who_caught_them() {
    let mutants = Mutants::hunt(&[Guard::MnHeedsR, Guard::FhaCopiesParameters], 2, |_| {});
    assert_eq!(mutants.exit(), Exit::Holds);
    let text = mutants.table();
    assert!(text.contains("request goes where the"), "{text}");
    assert!(text.ends_with("All 2 mutants are caught.\n"), "{text}");
    assert!(
        mutants.ladders().contains("Without fha-copies-parameters: reply as the AAAH assigned")
    );
    let json: serde_json::Value = serde_json::from_str(&mutants.json()).expect("JSON");
    assert_eq!(json["mutants"][1]["caught"]["length"], 8);
    assert_eq!(json["mutants"][0]["caught"]["run"]["steps"][0]["words"], "attaches to link A");
}

#[test]
fn survivor_fails() {
    let mutants = Mutants(vec![Mutant { guard: Guard::MnHeedsR, caught: None }]);
    assert_eq!(mutants.exit(), Exit::Fails);
    assert!(mutants.table().ends_with("1 of 1 mutants survive 2 events: mn-heeds-r.\n"));
    assert!(mutants.json().contains("\"verdict\": \"fails\""));
}
