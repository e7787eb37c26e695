//! The codec's test vectors as questions: octets sent as they are, in lots of one section. What makes
//! a decoder fail makes a target fail, and whatever a vector says, no target has a reason to grant
//! anything for it.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use dsboot_codec::tree::Protocol;

use super::Stage;
use super::case::{Case, Cases, Ending, Outcome, fail};
use super::stage::Endpoint;
use dsboot_vectors::{self as vectors, Outcome as Result_};

/// How many vectors are sent at a time, at most.
const LOT: usize = 32;

/// A vector that is sent.
#[derive(Clone, Debug)]
pub(super) struct Vector {
    /// Its name.
    pub(super) id: String,
    /// The sentence that it tests.
    clause: &'static str,
    /// Whether it is one that is to be refused.
    pub(super) is_invalid: bool,
    pub(super) octets: Vec<u8>,
}

/// Vectors of one section of the specification.
#[derive(Clone, Debug)]
pub(super) struct Lot {
    protocol: Protocol,
    section: &'static str,
    pub(super) vectors: Vec<Vector>,
}

/// All vectors of a protocol, in lots.
pub(super) fn lots(protocol: Protocol) -> Vec<Lot> {
    let mut by_section: BTreeMap<&'static str, Vec<Vector>> = BTreeMap::new();
    let files = vectors::made();
    let groups = files.iter().flat_map(|file| &file.test_groups);
    for vector in groups.filter(|group| group.protocol == protocol).flat_map(|group| &group.tests) {
        let Ok(octets) = hex::decode(&vector.octets) else { continue };
        let is_invalid = vector.result == Result_::Invalid;
        let own = Vector { id: vector.id.clone(), clause: vector.clause, is_invalid, octets };
        let section = vector.clause.rsplit_once('.').map_or(vector.clause, |(section, _)| section);
        by_section.entry(section).or_default().push(own);
    }
    let pieces = by_section.into_iter().flat_map(|(section, all)| {
        let pieces: Vec<_> = all.chunks(LOT).map(<[Vector]>::to_vec).collect();
        pieces.into_iter().map(move |vectors| Lot { protocol, section, vectors })
    });
    pieces.collect()
}

/// Adds a case for a lot.
pub(super) fn add<'c>(
    cases: &'c mut Cases,
    lot: Lot,
    outcome: &str,
    run: impl Fn(&mut Stage<'_>, &Lot) -> Outcome + Send + Sync + 'static,
) -> &'c mut Case {
    let group = format!("vector.{}.{}", lot.protocol.name(), lot.section.replace('.', "-"));
    let purpose = match lot.vectors.as_slice() {
        [one] => format!("the test vector {} {outcome}", one.id),
        [first, .., last] => {
            let number = lot.vectors.len();
            format!("each of {number} test vectors, {} to {}, {outcome}", first.id, last.id)
        }
        [] => String::new(),
    };
    let sentences: BTreeSet<_> = lot.vectors.iter().map(|vector| vector.clause).collect();
    let case = cases.add(&group, purpose, "", move |stage| run(stage, &lot));
    case.sentences = sentences.into_iter().collect();
    case
}

/// Sends each vector from a port of its own, and looks at what comes for it; silence is always
/// allowed.
pub(super) fn sent(
    stage: &mut Stage<'_>,
    (name, from, to): (&'static str, IpAddr, SocketAddr),
    lot: &Lot,
    judge: impl Fn(&Vector, &[u8]) -> Outcome,
) -> Outcome {
    let mut waiting = Vec::new();
    for vector in &lot.vectors {
        let endpoint = stage.endpoint(name, from, 0, lot.protocol)?;
        stage.send(&endpoint, to, &vector.octets)?;
        waiting.push((vector, endpoint));
    }
    heard(stage, &waiting, judge)
}

/// Looks at what comes for vectors that have been sent, for as long as silence takes with all of them.
pub(super) fn heard(
    stage: &mut Stage<'_>,
    waiting: &[(&Vector, Endpoint)],
    judge: impl Fn(&Vector, &[u8]) -> Outcome,
) -> Outcome {
    let end = Instant::now() + stage.silence();
    for (vector, endpoint) in waiting {
        let left = end.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
        if let Some(came) = stage.receive(endpoint, left) {
            of(vector, judge(vector, &came.octets))?;
        }
    }
    Ok(())
}

/// Names the vector in a failure.
fn of(vector: &Vector, outcome: Outcome) -> Outcome {
    match outcome {
        Err(Ending::Fail { expected, seen }) => {
            let id = &vector.id;
            fail(format!("{id}: {expected}"), seen)
        }
        other => other,
    }
}

/// The target answers after it.
pub(super) fn still(answers: bool) -> Outcome {
    if answers { Ok(()) } else { fail("a right request is answered after them", "nothing") }
}
