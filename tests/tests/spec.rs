//! The specification against itself: its tables, its ladders.

use std::{collections::BTreeSet, fs};

use dsboot_spec::{Setup, ladder::Ladder};
use dsboot_tests::citations::{self, README, Spec};

/// With `DSBOOT_UPDATE_SPEC` set, writes the tables' last columns anew.
#[test]
fn the_readme_leads_from_every_requirement_and_hole_to_its_sentences() {
    let root = citations::root();
    let spec = Spec::read(&root).unwrap();
    if std::env::var_os("DSBOOT_UPDATE_SPEC").is_some() {
        fs::write(root.join(README), spec.readme()).unwrap();
    } else {
        let kept = fs::read_to_string(root.join(README)).unwrap();
        assert_eq!(kept, spec.readme(), "DSBOOT_UPDATE_SPEC=1 mends it");
    }
}

#[test]
fn every_step_of_a_ladder_names_a_sentence() {
    let spec = Spec::read(&citations::root()).unwrap();
    let known: BTreeSet<String> = spec.sentences().keys().map(ToString::to_string).collect();
    for setup in Setup::ALL {
        for step in Ladder::of(setup).steps() {
            assert!(known.contains(step.sentence), "{setup}, {step}: {}", step.sentence);
        }
    }
}
