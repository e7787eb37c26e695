//! What depends on other values, computed anew.

use dsboot_codec::tree::{EncodeError, Options, Role, Tree, Verdict};

use super::Fix;
use crate::decode::Engine;

/// More authenticators than a message can have; each is set once.
const MOST: usize = 256;

/// The octets of a tree, with `fixes` in them.
pub(super) fn octets(
    tree: &mut Tree,
    fixes: &[Fix],
    options: &Options,
    engine: Option<&mut Engine>,
) -> Result<Vec<u8>, EncodeError> {
    if fixes.contains(&Fix::Lengths) {
        tree.fix_lengths()?;
    }
    let mut octets = tree.encode()?;
    if let Some(engine) = engine {
        let sets = fixes.contains(&Fix::Authenticators);
        authenticators(tree, &mut octets, options, engine, sets);
    }
    if fixes.contains(&Fix::Checksums) {
        octets = Tree::decode(tree.protocol, &octets, options).fix_checksums(options)?;
    }
    Ok(octets)
}

/// Sets authenticators one after the other, since later ones cover earlier ones; the Response
/// Authenticator of RADIUS covers all in its packet, and comes last.
fn authenticators(
    tree: &Tree,
    octets: &mut [u8],
    options: &Options,
    engine: &mut Engine,
    sets: bool,
) {
    for _ in 0..MOST {
        let mut now = Tree::decode(tree.protocol, octets, options);
        engine.examine(&mut now, octets);
        let mut wrong = Vec::new();
        now.visit(|node| {
            let check = node.check.as_ref().filter(|check| check.verdict == Verdict::Wrong);
            if let Some(check) = check.filter(|_| node.role == Role::Authenticator) {
                let is_last = node.name == "Response Authenticator";
                wrong.push((is_last, node.offset, check.expected.clone()));
            }
        });
        let Some((_, at, expected)) = wrong.into_iter().min().filter(|_| sets) else { return };
        let mut rest = expected.as_slice();
        for place in now.places(at, expected.len()) {
            let (here, behind) = rest.split_at(place.len().min(rest.len()));
            match octets.get_mut(place) {
                Some(place) if place.len() == here.len() => place.copy_from_slice(here),
                _ => return,
            }
            rest = behind;
        }
    }
}
