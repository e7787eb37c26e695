//! Values that lie in several attributes of a RADIUS packet: EAP packets (RFC 3579 §3.1) and long
//! extended attributes (RFC 6929 §2.2).

use alloc::format;
use alloc::vec::Vec;
use core::ops::Range;

use dsboot_spec::registry::radius::{ATTRIBUTE_HEADER_LENGTH, attribute};

use super::node::{Name, Role};
use super::walk::Scope;
use crate::radius::{Attribute, LongExtended, Packet};

/// Octets of a long extended attribute before its value.
const LONG_HEADER_LENGTH: usize = ATTRIBUTE_HEADER_LENGTH + 2;

/// The pieces that a packet has.
#[derive(Default)]
pub(super) struct Pieces(Vec<Piece>);

struct Piece {
    /// Where its octets begin.
    at: usize,
    of: &'static str,
    number: usize,
    count: usize,
    /// The view that has them together, unless they cannot be.
    view: Option<usize>,
}

impl Scope<'_> {
    /// What lies in several attributes of a packet that begins here, put together.
    pub(super) fn pieces(&mut self, packet: Option<&Packet<'_>>) -> Pieces {
        let mut pieces = Pieces::default();
        let Some(packet) = packet.filter(|_| self.depth() < super::MAX_DEPTH) else {
            return pieces;
        };
        self.eap_pieces(packet, &mut pieces);
        self.long_pieces(packet, &mut pieces);
        pieces
    }

    /// The octets that are left as a piece, if they are one.
    pub(super) fn piece(&mut self, pieces: &Pieces) -> bool {
        let at = self.at();
        let Some(piece) = pieces.0.iter().find(|piece| piece.at == at) else { return false };
        let Piece { of, number, count, view, .. } = piece;
        let name = format!("{of}, part {} of {count}", number + 1);
        if let (Some(node), Some(view)) = (self.raw(name, usize::MAX), view) {
            node.role = Role::Piece { view: *view, number: *number };
        }
        true
    }

    fn eap_pieces(&mut self, packet: &Packet<'_>, pieces: &mut Pieces) {
        let units = packet.attributes_of(attribute::EAP_MESSAGE);
        let places: Vec<_> = units
            .map(|unit| unit.offset + ATTRIBUTE_HEADER_LENGTH..unit.offset + unit.raw.len())
            .collect();
        let whole = packet.eap_message().ok().flatten().filter(|eap| !eap.is_empty());
        let whole = whole.as_deref();
        self.together("EAP packet", &places, whole, pieces, |s| s.eap());
    }

    fn long_pieces(&mut self, packet: &Packet<'_>, pieces: &mut Pieces) {
        let mut attributes = packet.attributes().peekable();
        while let Some(unit) = attributes.next() {
            let Attribute::LongExtended(first) = unit.value else { continue };
            let place = |offset: usize, data: &[u8]| {
                let start = offset + LONG_HEADER_LENGTH;
                start..start + data.len()
            };
            let mut places: Vec<_> = core::iter::once(place(unit.offset, first.data)).collect();
            let mut octets = first.data.to_vec();
            let mut more = first.more();
            while more
                && let Some(next) =
                    attributes.next_if(|next| following(&first, &next.value).is_some())
            {
                let Some(piece) = following(&first, &next.value) else { break };
                places.push(place(next.offset, piece.data));
                octets.extend_from_slice(piece.data);
                more = piece.more();
            }
            let whole = Some(octets.as_slice()).filter(|_| !more);
            let extended_type = first.extended_type;
            self.together("Value", &places, whole, pieces, |s| s.extended(extended_type));
        }
    }

    /// Notes pieces, if there are several, and what they are together, if they can be.
    fn together(
        &mut self,
        of: &'static str,
        places: &[Range<usize>],
        whole: Option<&[u8]>,
        pieces: &mut Pieces,
        walk: impl FnOnce(&mut Scope<'_>),
    ) {
        let (base, count) = (self.at(), places.len());
        if count < 2 {
            return;
        }
        let here: Vec<_> = places.iter().map(|p| base + p.start..base + p.end).collect();
        let found = here.iter().enumerate().map(|(number, place)| (number, place.start));
        let found: Vec<_> = found.collect();
        let view = whole.map(|octets| {
            let name = Name::Owned(format!("{of} of these {count} attributes"));
            self.view(name, octets, here, walk)
        });
        pieces.0.extend(found.iter().map(|(number, at)| Piece {
            at: *at,
            of,
            number: *number,
            count,
            view,
        }));
    }
}

/// An attribute as the next piece of a value, if it can be one.
fn following<'a>(first: &LongExtended<'_>, next: &Attribute<'a>) -> Option<LongExtended<'a>> {
    match next {
        Attribute::LongExtended(next)
            if (first.kind, first.extended_type) == (next.kind, next.extended_type) =>
        {
            Some(*next)
        }
        _ => None,
    }
}
