//! What is cut out of the capture of a run that conforms is accepted, or nothing of this protocol; how
//! often it is not, is bounded.

use std::collections::BTreeSet;
use std::env;

use dsboot_audit::Answer;

use crate::support::{Known, SETUPS, audit, audit_known, capture, known, only, packets};

/// Of so many cuts one is tried.
fn stride() -> usize {
    let told = env::var("DSBOOT_CUTS").ok().and_then(|stride| stride.parse().ok());
    let is_exhaustive = env::var("DSBOOT_EXHAUSTIVE").is_ok_and(|how| how == "all");
    told.unwrap_or(if is_exhaustive { 37 } else { 997 })
}

/// The links of a capture, by name.
fn links(all: &[Known]) -> Vec<&str> {
    let names: BTreeSet<&str> =
        all.iter().filter_map(|one| one.piece.interface.as_deref()).collect();
    names.into_iter().collect()
}

/// All links, each alone, and each two of them.
fn scopes<'a>(links: &[&'a str]) -> Vec<Vec<&'a str>> {
    let alone = links.iter().map(|link| vec![*link]);
    let pairs = links
        .iter()
        .enumerate()
        .flat_map(|(place, one)| links.iter().skip(place + 1).map(move |other| vec![*one, *other]));
    [links.to_vec()].into_iter().chain(alone).chain(pairs).collect()
}

/// Tries every `stride`th cut of a capture; `turn` says which are the first ones.
fn every_cut(all: &[Known], what: &str, stride: usize, turn: &mut usize) -> (usize, Vec<String>) {
    let mut tried = 0;
    let mut wrong = Vec::new();
    for scope in scopes(&links(all)) {
        let is_shown =
            |one: &&Known| one.piece.interface.as_deref().is_some_and(|name| scope.contains(&name));
        let shown: Vec<&Known> = all.iter().filter(is_shown).collect();
        for begin in 0..shown.len() {
            *turn += 1;
            if !turn.is_multiple_of(stride) {
                continue;
            }
            tried += 1;
            // A rejection stays one, however much follows: so this is about every end too.
            let report = audit_known(shown.iter().skip(begin).copied());
            if report.verdict == Answer::Rejected {
                let first = &report.rejections[0];
                wrong.push(format!(
                    "{what} {scope:?} from {begin} of {}: packet {}, {}: {}",
                    shown.len(),
                    first.packet,
                    first.sentence,
                    first.what
                ));
            }
        }
    }
    (tried, wrong)
}

#[test]
fn hardly_a_cut_of_a_run_is_rejected() {
    let directory = tempfile::tempdir().expect("a directory");
    let stride = stride();
    let (mut turn, mut tried, mut wrong) = (0, 0, Vec::new());
    for setup in SETUPS {
        for lossy in [&[][..], &["--loss", "0.2", "--seed", "9"]] {
            let args = [setup, lossy].concat();
            let all = known(packets(&capture(directory.path(), &args)));
            let (more, bad) = every_cut(&all, &args.join(" "), stride, &mut turn);
            tried += more;
            wrong.extend(bad);
        }
    }
    println!("{tried} cuts");
    assert!(tried > 30, "{tried}");
    // Which steps are hidden is searched for within bounds (tests/README.md).
    assert!(
        wrong.len() * 50 <= tried,
        "{} of {tried} cuts are rejected:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn each_link_alone_is_accepted() {
    let directory = tempfile::tempdir().expect("a directory");
    for setup in &SETUPS[..2] {
        let all = packets(&capture(directory.path(), setup));
        let mut links: Vec<String> = all.iter().filter_map(|one| one.interface.clone()).collect();
        links.sort();
        links.dedup();
        for link in &links {
            let report = audit(&only(&all, |name| name == link), None);
            // Between HA and correspondent there is no bootstrap.
            let expected = match &**link {
                "HA-CN" => Answer::NotThisProtocol,
                _ => Answer::Accepted,
            };
            assert_eq!(report.verdict, expected, "{setup:?} {link}: {:#?}", report.rejections);
        }
    }
}

#[test]
fn a_capture_may_begin_anywhere() {
    let directory = tempfile::tempdir().expect("a directory");
    for setup in &SETUPS[..1] {
        let all = packets(&capture(directory.path(), setup));
        for begin in (0..all.len() - 30).step_by(3) {
            let report = audit(&all[begin..], None);
            assert_eq!(
                report.verdict,
                Answer::Accepted,
                "{setup:?} {begin}: {:#?}",
                report.rejections
            );
        }
    }
}

#[test]
fn a_rejection_stays_one_whatever_follows() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut all = packets(&capture(directory.path(), SETUPS[1]));
    // An accepted registration that nobody has asked for.
    let reply = all.iter().position(|one| one.octets.len() > 100 && one.octets[28] == 3);
    let reply = reply.expect("a reply");
    let request = all.iter().take(reply).rposition(|one| one.octets[28] == 1).expect("a request");
    all.remove(request);
    let all = known(all);
    let mut was_rejected = false;
    for end in 1..=all.len() {
        let is_rejected = audit_known(&all[..end]).verdict == Answer::Rejected;
        assert!(is_rejected || !was_rejected, "at {end}");
        was_rejected = is_rejected;
    }
}
