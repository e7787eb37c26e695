//! Each rule broken on purpose breaks the promise that is about it.

#![expect(clippy::indexing_slicing, clippy::expect_used, reason = "helpers of tests")]

use std::collections::BTreeSet;

use dsboot_model::explore::{Limits, Trace, Verdict, explore};
use dsboot_model::ladder::draw;
use dsboot_model::{Config, Fault, System};
use dsboot_spec::Setup;

const COLOCATED: usize = 0;
const FA: usize = 1;

/// The fault, the setup and the incidents in which it shows, and the promise that fails.
const CASES: [(Fault, usize, u8, &str); 26] = [
    (Fault::FhaRepliesBeforeAccept, COLOCATED, 0, "order of the figures"),
    (Fault::MnIgnoresFa, FA, 0, "registration goes the way of its care-of address"),
    (Fault::FhaKeepsBinding, COLOCATED, 0, "release leaves nothing behind"),
    (Fault::AaahAssignsAnew, COLOCATED, 1, "no double assignment"),
    (Fault::AaahSharesAddress, COLOCATED, 1, "no address in two bindings"),
    (Fault::AaahMovesHome, COLOCATED, 1, "no double assignment"),
    (Fault::MnUpdatesBeforeReply, COLOCATED, 0, "no binding update before an accepted reply"),
    (Fault::MnOutlivesRegistration, COLOCATED, 1, "lifetimes are nested"),
    (Fault::FhaEndsEarly, COLOCATED, 0, "lifetimes are nested"),
    (Fault::FaAltersReply, FA, 0, "the FA keeps the protected octets"),
    (Fault::MnTrustsFa, FA, 0, "the MN trusts no parameter without proof"),
    (Fault::FhaAltersGrant, COLOCATED, 0, "the reply has the parameters of the Accept"),
    (Fault::FhaTakesReplay, COLOCATED, 1, "a replay changes nothing"),
    (Fault::HaTakesReplay, COLOCATED, 1, "a replay changes nothing"),
    (Fault::HaDoesNotAsk, COLOCATED, 0, "nothing before authorisation"),
    (Fault::NasAsksOtherServer, COLOCATED, 0, "the right AAA server decides"),
    (Fault::NasGrantsRefused, COLOCATED, 0, "nothing before authorisation"),
    (Fault::MnReleasesInsideOut, COLOCATED, 0, "release from the outside in"),
    (Fault::FhaTellsHa, COLOCATED, 0, "no IPv4 at the HA"),
    (Fault::MnUpdatesOnSameAgent, COLOCATED, 1, "the HA does not hear of what is below one FHA"),
    (Fault::MnNeverGivesUp, COLOCATED, 0, "everything can still be released"),
    (Fault::FhaKeepsAsking, COLOCATED, 1, "bootstrapping can still complete"),
    (Fault::FhaHoldsOther, COLOCATED, 0, "MN and FHA agree"),
    (Fault::FhaKeepsCareOf, COLOCATED, 1, "a bound MN is reached under its home address"),
    (Fault::MnTakesRefusal, COLOCATED, 1, "MN and HA agree"),
    (Fault::MnDropsIncomplete, COLOCATED, 0, "Mobile IPv4 can still be had without an IPv6 home"),
];

/// The shortest run that breaks a promise. Where a whole search is not needed it is cut: what has
/// failed by then has failed.
fn broken(fault: Fault, setup: usize, incidents: u8, promise: &str) -> Option<(System, Trace)> {
    let system = System::new(Config { setup: Setup::ALL[setup], incidents, fault: Some(fault) });
    let whole = promise.contains(" can still ");
    let limits = Limits { max_states: (!whole).then_some(25_000), timeout: None };
    let report = explore(&system, limits, &mut |_| {});
    let finding = report.findings.into_iter().find(|f| f.name == promise).expect("a promise");
    match finding.verdict {
        Verdict::Fails(trace) => Some((system, *trace)),
        Verdict::Holds | Verdict::Unknown => None,
    }
}

#[test]
fn every_fault_breaks_its_promise() {
    for (fault, setup, incidents, promise) in CASES {
        assert!(broken(fault, setup, incidents, promise).is_some(), "{fault:?}: {promise}");
    }
}

#[test]
fn every_fault_has_a_case() {
    let cases: BTreeSet<Fault> = CASES.iter().map(|(fault, ..)| *fault).collect();
    assert_eq!(cases, BTreeSet::from(Fault::ALL));
}

#[test]
fn runs_are_drawn_as_ladders() {
    let (system, trace) =
        broken(Fault::FhaAltersGrant, FA, 0, "the reply has the parameters of the Accept")
            .expect("fails");
    insta::assert_snapshot!(draw(&system, &trace));
}
