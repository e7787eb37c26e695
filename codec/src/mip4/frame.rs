//! Where one extension ends and the next begins.

use dsboot_spec::registry::mip4::{
    FIRST_SKIPPABLE, discovery_extension, dynamic_ha, extension, is_long_extension, multipath,
};

use super::reading::Forms;
use crate::{Error, ErrorKind};

/// One extension, cut out but not yet read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame<'a> {
    pub(crate) offset: usize,
    pub(crate) raw: &'a [u8],
    pub(crate) kind: u8,
    pub(crate) body: Body<'a>,
}

/// What follows the type, by the three forms that there are.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Body<'a> {
    /// Nothing, not even a Length.
    Pad,
    /// An 8-bit Length, and what it counts.
    Simple(&'a [u8]),
    /// A sub-type (or reserved octet), a 16-bit Length, and what it counts.
    Long { sub_type: u8, data: &'a [u8] },
}

impl<'a> Frame<'a> {
    /// Cuts the first extension out of `input`, which begins at `offset` of a message on port
    /// 434: what is left, and the extension.
    pub(crate) fn cut(input: &'a [u8], offset: usize) -> Result<(&'a [u8], Frame<'a>), Error> {
        let mut frames = Frames::of_registration(input, offset, Forms::DEFAULT);
        match frames.next() {
            Some(frame) => frame.map(|frame| (frames.rest, frame)),
            None => Err(Error::new(ErrorKind::Truncated, offset, frames.sentence())),
        }
    }

    /// Whether a receiver that does not understand the extension skips it.
    pub(crate) const fn is_skippable(&self) -> bool {
        self.kind >= FIRST_SKIPPABLE
    }
}

/// One extension after the other; the first that cannot be cut ends the sequence.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frames<'a> {
    rest: &'a [u8],
    offset: usize,
    space: Space,
}

/// Whose extensions: the two have number spaces of their own.
#[derive(Clone, Copy, Debug)]
enum Space {
    Registration(Forms),
    Discovery,
}

impl<'a> Frames<'a> {
    /// The extensions of a message on port 434, from octet `offset` of it on.
    pub(super) const fn of_registration(rest: &'a [u8], offset: usize, forms: Forms) -> Self {
        Frames { rest, offset, space: Space::Registration(forms) }
    }

    /// The extensions of an ICMP message, from octet `offset` of it on.
    pub(super) const fn of_discovery(rest: &'a [u8], offset: usize) -> Self {
        Frames { rest, offset, space: Space::Discovery }
    }

    /// Cuts out the first extension, whose type is `kind`.
    #[inline]
    fn cut(&self, kind: u8) -> Option<(usize, Body<'a>)> {
        match self.space {
            //= wire.1.9
            Space::Registration(forms) => registration(kind, self.rest, forms),
            //= wire.1.20
            Space::Discovery if kind == discovery_extension::PAD => Some((1, Body::Pad)),
            //= wire.1.15
            Space::Discovery => simple(self.rest),
        }
    }

    const fn sentence(&self) -> &'static str {
        match self.space {
            Space::Registration(_) => "wire.1.9",
            Space::Discovery => "wire.1.15",
        }
    }
}

impl<'a> Iterator for Frames<'a> {
    type Item = Result<Frame<'a>, Error>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let kind = *self.rest.first()?;
        let offset = self.offset;
        let cut = self.cut(kind).and_then(|(length, body)| {
            self.rest.split_at_checked(length).map(|(raw, rest)| (raw, rest, body))
        });
        let Some((raw, rest, body)) = cut else {
            let missing = truncated_at(self.rest, &self.space);
            self.rest = &[];
            return Some(Err(Error::new(ErrorKind::Truncated, offset + missing, self.sentence())));
        };
        self.rest = rest;
        self.offset += raw.len();
        Some(Ok(Frame { offset, raw, kind, body }))
    }
}

/// Where in an extension that ends too early the first field begins that is not whole.
fn truncated_at(rest: &[u8], space: &Space) -> usize {
    let long = matches!(space, Space::Registration(_))
        && rest.first().copied().is_some_and(is_long_extension);
    match (rest.len(), long) {
        (length @ 0..=1, _) => length,
        (2..=3, true) | (_, false) => 2,
        (_, true) => 4,
    }
}

/// The length of an extension of a message on port 434, and what follows its type.
#[inline]
fn registration(kind: u8, octets: &[u8], forms: Forms) -> Option<(usize, Body<'_>)> {
    match kind {
        //= wire.2.3
        extension::PAD if !forms.padding_unknown() => Some((1, Body::Pad)),
        //= wire.12.4
        extension::CVSE_OLD | extension::CVSE if forms.cvse_with_reserved() => long(octets, 1),
        //= wire.2.2
        kind if is_long_extension(kind) => long(octets, 0),
        //= wire.2.19
        extension::DYNAMIC_HA if !forms.skippable_by_number() && is_dynamic_ha(octets) => {
            long(octets, 0)
        }
        //= wire.12.5
        extension::MULTIPATH if !forms.skippable_by_number() && is_multipath(octets) => {
            long(octets, 0)
        }
        //= wire.2.1
        _ => simple(octets),
    }
}

#[inline]
fn simple(octets: &[u8]) -> Option<(usize, Body<'_>)> {
    let (&[_, length], rest) = octets.split_first_chunk()?;
    let length = usize::from(length);
    Some((2 + length, Body::Simple(rest.get(..length)?)))
}

/// The long form; its Length counts `extra` octets more than those that follow it.
#[inline]
fn long(octets: &[u8], extra: usize) -> Option<(usize, Body<'_>)> {
    let (&[_, sub_type, high, low], rest) = octets.split_first_chunk()?;
    let length = usize::from(u16::from_be_bytes([high, low])).checked_sub(extra)?;
    Some((4 + length, Body::Long { sub_type, data: rest.get(..length)? }))
}

/// Type 139 is drawn in the long form although its number promises the simple one; a receiver
/// can tell them apart only by looking.
fn is_dynamic_ha(octets: &[u8]) -> bool {
    matches!(octets, [_, dynamic_ha::REQUESTED | dynamic_ha::REDIRECTED, 0, 4, _, _, _, _, ..])
}

/// So is type 154, whose second sub-type has no length of its own.
fn is_multipath(octets: &[u8]) -> bool {
    match octets {
        [_, multipath::MULTIPATH, 0, 4, rest @ ..] => rest.len() >= 4,
        [_, multipath::FLOW_BINDING, high, low, rest @ ..] => {
            let length = usize::from(u16::from_be_bytes([*high, *low]));
            (MIN_FLOW_BINDING..=rest.len()).contains(&length)
        }
        _ => false,
    }
}

/// Octets of the shortest flow binding: action, count, one binding, format (RFC 7629 §4.2).
pub(super) const MIN_FLOW_BINDING: usize = 4;
