//! Messages that lie in pieces between other octets, put together.

use alloc::vec::Vec;
use core::iter;
use core::ops::Range;

use super::Tree;
use super::encode::{self, EncodeError};
use super::node::{Content, Name, Node, Role, Value};
use super::walk::Scope;

/// A message that lies in pieces between other octets, put together.
///
/// Its pieces are leaves of the tree ([`Role::Piece`]), so that every octet has its place there too;
/// what they say together is said here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// What was put together.
    pub name: Name,
    /// Where its pieces are, in octets from the start of all that was decoded.
    pub pieces: Vec<Range<usize>>,
    /// Its parts. Each begins at its offset in all that was decoded, and may end in another piece.
    pub nodes: Vec<Node>,
}

impl View {
    /// The octets that the values stand for.
    ///
    /// # Errors
    /// When a value does not fit into the octets that it has.
    pub fn encode(&self) -> Result<Vec<u8>, EncodeError> {
        encode::all(&self.nodes, &[])
    }

    /// Where so many octets of it are that begin at `offset`, which is in one of its pieces.
    #[must_use]
    pub fn places(&self, offset: usize, length: usize) -> Vec<Range<usize>> {
        let mut left = length;
        let from = self.pieces.iter().skip_while(|piece| !piece.contains(&offset));
        let mut start = Some(offset);
        let mut places = Vec::new();
        for piece in from {
            let start = start.take().unwrap_or(piece.start);
            let end = piece.end.min(start.saturating_add(left));
            left -= end - start;
            places.push(start..end);
            if left == 0 {
                break;
            }
        }
        places
    }

    /// Where its octet of this number is; behind its last one, where it ends.
    fn place(&self, number: usize) -> usize {
        let mut left = number;
        for piece in &self.pieces {
            if left < piece.len() {
                return piece.start + left;
            }
            left -= piece.len();
        }
        self.pieces.last().map_or(0, |piece| piece.end)
    }

    /// Makes the offsets of parts, which count from its first octet, those in all that was decoded.
    fn settle(&self, nodes: &mut [Node]) {
        for node in nodes {
            node.offset = self.place(node.offset);
            for fault in &mut node.faults {
                fault.offset = self.place(fault.offset);
            }
            self.settle(node.children_mut());
        }
    }

    /// The octets of each piece: so many as it has, and of the last all that are left.
    fn cut(&self) -> Result<Vec<Vec<u8>>, EncodeError> {
        let octets = self.encode()?;
        let mut rest = octets.as_slice();
        let last = self.pieces.len().saturating_sub(1);
        let cut = self.pieces.iter().enumerate().map(|(i, piece)| {
            let length = if i == last { rest.len() } else { piece.len().min(rest.len()) };
            let (here, behind) = rest.split_at(length);
            rest = behind;
            here.to_vec()
        });
        Ok(cut.collect())
    }
}

impl Tree {
    /// Where so many octets are that begin at `offset`, if they are of a part of this tree or of
    /// one of its views: in one place, or in the pieces of a view.
    #[must_use]
    pub fn places(&self, offset: usize, length: usize) -> Vec<Range<usize>> {
        let is_in = |view: &&View| view.pieces.iter().any(|piece| piece.contains(&offset));
        match self.views.iter().find(is_in) {
            Some(view) => view.places(offset, length),
            None => iter::once(offset..offset + length).collect(),
        }
    }

    /// The octets of the pieces of each view.
    pub(super) fn pieces(&self) -> Result<Vec<Vec<Vec<u8>>>, EncodeError> {
        self.views.iter().map(View::cut).collect()
    }
}

/// Gives the leaves that are pieces the octets of these.
pub(super) fn fill(nodes: &mut [Node], pieces: &[Vec<Vec<u8>>]) {
    for node in nodes {
        if let (Role::Piece { view, number }, Content::Leaf(value)) = (node.role, &mut node.content)
            && let Some(octets) = pieces.get(view).and_then(|pieces| pieces.get(number))
        {
            *value = Value::Octets(octets.clone());
        }
        fill(node.children_mut(), pieces);
    }
}

impl Scope<'_> {
    /// Takes octets that lie in these pieces for one message. Returns the number of the view, for
    /// the leaves that are its pieces.
    pub(super) fn view(
        &mut self,
        name: Name,
        octets: &[u8],
        pieces: Vec<Range<usize>>,
        walk: impl FnOnce(&mut Scope<'_>),
    ) -> usize {
        let mut inner = self.apart(octets);
        walk(&mut inner);
        let mut nodes = inner.finish().nodes;
        let mut view = View { name, pieces, nodes: Vec::new() };
        view.settle(&mut nodes);
        view.nodes = nodes;
        self.views.push(view);
        self.views.len() - 1
    }
}
