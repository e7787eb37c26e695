//! What follows from other octets, computed anew.

use alloc::vec::Vec;

use super::node::{Node, Role, Verdict};
use super::{Options, Protocol, Tree};

/// Sets every checksum in octets to what it should be, the innermost first, since those around it
/// cover it.
pub(super) fn checksums(protocol: Protocol, octets: &mut [u8], options: &Options) {
    loop {
        let tree = Tree::decode(protocol, octets, options);
        let mut wrong: Option<(usize, &Node)> = None;
        for node in &tree.nodes {
            deepest(node, 0, &mut wrong);
        }
        let Some((_, node)) = wrong else { return };
        let expected = node.check.as_ref().map(|check| check.expected.clone()).unwrap_or_default();
        match octets.get_mut(node.offset..node.offset + expected.len()) {
            Some(place) if place != expected.as_slice() => place.copy_from_slice(&expected),
            _ => return,
        }
    }
}

/// The checksum that is furthest inside of those that should be something else.
fn deepest<'n>(node: &'n Node, depth: usize, found: &mut Option<(usize, &'n Node)>) {
    let is_wrong = node
        .check
        .as_ref()
        .is_some_and(|check| check.verdict != Verdict::Verified && !check.expected.is_empty());
    if node.role == Role::Checksum && is_wrong && found.is_none_or(|(other, _)| depth > other) {
        *found = Some((depth, node));
    }
    for child in node.children() {
        deepest(child, depth + 1, found);
    }
}

impl Tree {
    /// The octets of this tree with every checksum set to what it should be.
    ///
    /// # Errors
    /// As [`Tree::encode`].
    pub fn fix_checksums(&self, options: &Options) -> Result<Vec<u8>, super::EncodeError> {
        let mut octets = self.encode()?;
        checksums(self.protocol, &mut octets, options);
        Ok(octets)
    }
}
