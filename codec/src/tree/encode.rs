//! A tree back to octets.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::fmt;

use dsboot_spec::registry::pana::AVP_ALIGNMENT;

use super::Tree;
use super::node::{Content, Node, Role, Value};
use super::view;

/// The field in a PANA AVP that does not count the padding, which may not be there yet.
const AVP_LENGTH: &str = "AVP Length";

/// A value that does not fit where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncodeError {
    /// The name of the field.
    pub name: String,
    /// Where it was when it was decoded.
    pub offset: usize,
    /// Why not.
    pub why: &'static str,
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at octet {}: {}", self.name, self.offset, self.why)
    }
}

impl core::error::Error for EncodeError {}

impl Tree {
    /// The octets: of each leaf those that its value stands for, one after the other. Lengths,
    /// checksums and authenticators are values like all others; see [`Tree::fix_lengths`] and
    /// [`Tree::fix_checksums`]. What lies in pieces has its octets from its view; the last piece
    /// gets what is more.
    ///
    /// # Errors
    /// When a value does not fit into the octets that it has.
    pub fn encode(&self) -> Result<Vec<u8>, EncodeError> {
        all(&self.nodes, &self.pieces()?)
    }

    /// Sets every length field, and all padding that follows from lengths, to what the values
    /// around it need.
    ///
    /// # Errors
    /// When a value does not fit into the octets that it has, or a length into its field.
    pub fn fix_lengths(&mut self) -> Result<(), EncodeError> {
        for view in &mut self.views {
            view.nodes.iter_mut().try_for_each(|node| fix(node).map(drop))?;
        }
        let pieces = self.pieces()?;
        view::fill(&mut self.nodes, &pieces);
        self.nodes.iter_mut().try_for_each(|node| fix(node).map(drop))
    }
}

/// The octets of nodes, with those of the pieces of views.
pub(super) fn all(nodes: &[Node], pieces: &[Vec<Vec<u8>>]) -> Result<Vec<u8>, EncodeError> {
    let mut all = Vec::new();
    nodes.iter().try_for_each(|node| write(node, pieces, &mut all))?;
    Ok(all)
}

fn write(node: &Node, pieces: &[Vec<Vec<u8>>], all: &mut Vec<u8>) -> Result<(), EncodeError> {
    match (&node.content, node.role) {
        (Content::Group(children), _) => {
            children.iter().try_for_each(|child| write(child, pieces, all))
        }
        (Content::Leaf(_), Role::Piece { view, number }) => {
            let piece = pieces.get(view).and_then(|pieces| pieces.get(number));
            let why = "the view that it is a piece of is not there";
            let (name, offset) = (node.name.to_string(), node.offset);
            all.extend(piece.ok_or(EncodeError { name, offset, why })?);
            Ok(())
        }
        (Content::Leaf(value), _) => {
            all.extend(octets(node, value)?);
            Ok(())
        }
    }
}

/// The octets of a leaf.
pub(super) fn octets(node: &Node, value: &Value) -> Result<Vec<u8>, EncodeError> {
    let fault = |why| EncodeError { name: node.name.to_string(), offset: node.offset, why };
    let number = |number: u64| {
        let octets = number.to_be_bytes();
        let (high, low) = octets
            .split_at_checked(octets.len().wrapping_sub(node.length))
            .ok_or_else(|| fault("a number has 1 to 8 octets"))?;
        if high.iter().any(|octet| *octet != 0) {
            return Err(fault("the number is too large for its octets"));
        }
        Ok(low.to_vec())
    };
    match value {
        Value::Unsigned(value) => number(*value),
        Value::Flags { of, set } => {
            number(of.bits(set).ok_or_else(|| fault("a flag of that name is not known"))?)
        }
        Value::Bits(fields) => {
            let mut all = 0_u64;
            let mut width = 0;
            for field in fields {
                if field.bits == 0 || field.bits > 32 || u64::from(field.value) >> field.bits != 0 {
                    return Err(fault("a value is too large for its bits"));
                }
                all = all << field.bits | u64::from(field.value);
                width += usize::from(field.bits);
            }
            if width != node.length * 8 || width > 64 {
                return Err(fault("the bits do not fill the octets"));
            }
            number(all)
        }
        Value::Ipv4(address) => Ok(address.octets().to_vec()),
        Value::Ipv6(address) => Ok(address.octets().to_vec()),
        Value::Ipv6Prefix(address) => {
            let octets = address.octets();
            let needed = octets.iter().rposition(|octet| *octet != 0).map_or(0, |last| last + 1);
            Ok(octets.get(..node.length.clamp(needed, 16)).unwrap_or(&octets).to_vec())
        }
        Value::Text(text) => Ok(text.as_bytes().to_vec()),
        Value::Octets(octets) => Ok(octets.clone()),
        Value::Time { seconds, fraction } => {
            Ok([seconds.to_be_bytes(), fraction.to_be_bytes()].concat())
        }
    }
}

/// Sets lengths in a node and below it, and returns how many octets it has then.
fn fix(node: &mut Node) -> Result<usize, EncodeError> {
    let children = match &mut node.content {
        Content::Group(children) => children,
        Content::Leaf(value) => {
            let value = value.clone();
            return octets(node, &value).map(|octets| octets.len());
        }
    };
    let mut length = 0;
    for child in children.iter_mut().filter(|child| !matches!(child.role, Role::Padding(_))) {
        length += fix(child)?;
    }
    let options = children.iter().find(|child| child.name == "Options");
    let options = options.map_or(Ok(0), |child| match child.value() {
        Some(value) => octets(child, value).map(|octets| octets.len()),
        None => Ok(0),
    })?;
    let is_padded = children.iter().any(|child| matches!(child.role, Role::Padding(_)));
    if !is_padded && children.iter().any(|child| child.name == AVP_LENGTH) {
        let mut padding = Node::new("Padding", node.offset + node.length, 0);
        padding.role = Role::Padding(AVP_ALIGNMENT);
        children.push(padding);
    }
    let mut padding = 0;
    for child in children.iter_mut() {
        let fault = |why| EncodeError { name: child.name.to_string(), offset: child.offset, why };
        match (child.role, &mut child.content) {
            (Role::Length { less, unit }, Content::Leaf(Value::Unsigned(value))) => {
                let counted = length
                    .checked_sub(less)
                    .filter(|counted| counted.is_multiple_of(unit.max(1)))
                    .ok_or_else(|| fault("no length is right for so many octets: pad them"))?;
                *value = (counted / unit.max(1)) as u64;
            }
            (Role::Padding(multiple), content) => {
                padding = length.next_multiple_of(multiple.max(1)) - length;
                *content = Content::Leaf(Value::Octets(alloc::vec![0; padding]));
            }
            (_, Content::Leaf(Value::Bits(fields))) => {
                for field in fields.iter_mut().filter(|field| field.name == "IHL") {
                    field.value = u32::try_from(5 + options / 4).unwrap_or_default();
                }
            }
            _ => (),
        }
        if let Content::Leaf(value) = &child.content {
            octets(child, value)?;
        }
    }
    Ok(length + padding)
}
