//! RADIUS packets (RFC 2865).

use alloc::format;

use dsboot_spec::registry::Entry;
use dsboot_spec::registry::radius::{
    ATTRIBUTE_HEADER_LENGTH, EXTENDED_VENDOR_SPECIFIC, HEADER_LENGTH, attribute, code, three_gpp2,
    vendor, wimax,
};

use super::radius_pieces::Pieces;
use super::walk::{Field, Kind, Scope, field, named, rest};
use super::{MAX_DEPTH, Protocol};
use crate::ErrorKind;
use crate::radius::{Attribute, ExtendedVendorSpecific, Packet, SubAttribute};

const TYPE: Field = field("Type", 1, Kind::Unsigned);
const LENGTH: Field = field("Length", 1, Kind::Length(0, 1));

impl Scope<'_> {
    pub(super) fn radius(&mut self) {
        let octets = self.octets();
        let length =
            self.ahead(2, 2).filter(|length| (HEADER_LENGTH..=octets.len()).contains(length));
        let kind = self.ahead(0, 1).and_then(|kind| u8::try_from(kind).ok());
        let name = kind.and_then(code::name).unwrap_or("RADIUS packet");
        let decoded = Packet::decode(octets);
        let pieces = self.pieces(decoded.as_ref().ok());
        let verdict = decoded.and_then(|packet| packet.eap_message().map(drop));
        let about = ("RFC 2865 §3", "wire.4.1");
        let length = length.unwrap_or(octets.len());
        self.message(Protocol::Radius, name, length, about, verdict, |s| {
            s.fields(&[
                field("Code", 1, Kind::Named(named!(code::name: u8))),
                field("Identifier", 1, Kind::Unsigned),
                field("Length", 2, Kind::Length(0, 1)),
            ]);
            let authenticator = match kind {
                Some(code::ACCESS_REQUEST | code::STATUS_SERVER) => {
                    field("Request Authenticator", 16, Kind::Octets)
                }
                Some(code::ACCESS_ACCEPT | code::ACCESS_REJECT | code::ACCESS_CHALLENGE) => {
                    field("Response Authenticator", 16, Kind::Authenticator)
                }
                _ => field("Authenticator", 16, Kind::Authenticator),
            };
            s.field(&authenticator);
            while !s.is_empty() {
                s.attribute(&pieces);
            }
        });
        self.raw("After the packet's end", usize::MAX);
    }

    fn attribute(&mut self, pieces: &Pieces) {
        let kind = self.ahead(0, 1).and_then(|kind| u8::try_from(kind).ok()).unwrap_or_default();
        let length = self.ahead(1, 1).filter(|length| *length >= ATTRIBUTE_HEADER_LENGTH);
        let title = format!("{} ({kind})", attribute::name(kind).unwrap_or("unknown attribute"));
        let at = self.at();
        let layout = super::attribute::layout(kind, self.octets().get(2..).unwrap_or_default());
        let about = layout
            .as_ref()
            .map_or(("RFC 2865 §5", "wire.5.1"), |layout| (layout.source, layout.sentence));
        let Some(length) = length else {
            // Where it ends is not known, so nothing behind it is either.
            self.group(title, usize::MAX, about, |s| {
                s.fields(&[TYPE, LENGTH]);
                s.raw("Not to be cut into attributes", usize::MAX);
            });
            return;
        };
        self.group(title, length, about, |s| {
            s.fields(&[TYPE, LENGTH]);
            let value = s.octets();
            if value.len() + ATTRIBUTE_HEADER_LENGTH != length {
                s.raw("Value, cut off", usize::MAX);
                return;
            }
            let decoded = Attribute::decode(kind, value);
            let is_malformed = matches!(decoded, Attribute::Malformed { .. });
            match decoded {
                Attribute::VendorSpecific(_) => s.vendor_specific(at),
                Attribute::EapMessage(_) => {
                    if !s.piece(pieces) && !s.is_empty() && s.depth() < MAX_DEPTH {
                        s.eap();
                    }
                }
                Attribute::Extended(extended) => {
                    s.field(&EXTENDED_TYPE);
                    s.extended(extended.extended_type);
                }
                Attribute::LongExtended(extended) => {
                    s.fields(&[EXTENDED_TYPE, EXTENDED_FLAGS]);
                    if !s.piece(pieces) {
                        s.extended(extended.extended_type);
                    }
                }
                _ => match layout {
                    Some(layout) if layout.fits(value.len()) => {
                        s.fields(layout.fields);
                    }
                    _ => {
                        s.raw("Value", usize::MAX);
                    }
                },
            }
            if is_malformed {
                s.fault(ErrorKind::BadValue, at, "wire.5.2");
            }
        });
    }

    /// The value of an extended attribute (RFC 6929): a vendor's, or octets.
    pub(super) fn extended(&mut self, extended_type: u8) {
        let vendors = extended_type == EXTENDED_VENDOR_SPECIFIC;
        match ExtendedVendorSpecific::decode(self.octets()).filter(|_| vendors) {
            Some(_) => {
                let fields = [
                    field("Vendor-Id", 4, Kind::Named(named!(vendor::name: u32))),
                    field("Vendor-Type", 1, Kind::Unsigned),
                    rest("EVS-Value", 1, Kind::Octets),
                ];
                self.group("Extended-Vendor-Specific", usize::MAX, EXTENDED_VENDOR, |s| {
                    s.fields(&fields);
                });
            }
            None => {
                self.raw("Value", usize::MAX);
            }
        }
    }

    fn vendor_specific(&mut self, at: usize) {
        let id = self.ahead(0, 4).and_then(|id| u32::try_from(id).ok()).unwrap_or_default();
        let ours = id == self.options.vendor;
        self.field(&field("Vendor-Id", 4, Kind::Named(named!(vendor::name: u32))));
        if id == vendor::WIMAX && !ours && sub_attributes(self.octets(), WIMAX_HEADER_LENGTH) {
            while !self.is_empty() {
                self.wimax();
            }
        } else if sub_attributes(self.octets(), ATTRIBUTE_HEADER_LENGTH) {
            while !self.is_empty() {
                if ours { self.own() } else { self.sub_attribute_of(id) }
            }
        } else {
            self.raw("String", usize::MAX);
            if ours {
                self.fault(ErrorKind::BadLength, at, "wire.5.13");
            }
        }
    }

    /// A sub-attribute of ours.
    fn own(&mut self) {
        let kind = self.ahead(0, 1).unwrap_or_default();
        let length = self.ahead(1, 1).unwrap_or_default();
        let unit = self.at();
        let layout = super::dsb::layout(kind);
        let sentence = layout.map_or("wire.5.1", |layout| layout.sentence);
        let title = format!("{} ({kind})", super::dsb::name(kind));
        self.group(title, length, ("RFC 2865 §5.26", sentence), |s| {
            s.fields(&VENDOR_HEADER);
            let decoded = SubAttribute::decode(u8::try_from(kind).unwrap_or_default(), s.octets());
            let is_malformed = matches!(decoded, SubAttribute::Malformed { .. });
            s.sub_attribute(kind, unit, is_malformed);
        });
    }

    /// A sub-attribute of another vendor.
    fn sub_attribute_of(&mut self, id: u32) {
        let kind = self.ahead(0, 1).unwrap_or_default();
        let length = self.ahead(1, 1).unwrap_or_default();
        let entry = three_gpp2::SPACE.entry(kind as u64).filter(|_| id == vendor::THREE_GPP2);
        self.entry(kind, length, entry, "wire.5.24", &VENDOR_HEADER);
    }

    /// A sub-attribute of WiMAX, which has a continuation octet.
    fn wimax(&mut self) {
        let kind = self.ahead(0, 1).unwrap_or_default();
        let length = self.ahead(1, 1).unwrap_or_default();
        let continued = self.ahead(2, 1).is_some_and(|octet| octet & 0x80 != 0);
        let entry = wimax::SPACE.entry(kind as u64).filter(|_| !continued);
        self.entry(kind, length, entry, "wire.5.25", &WIMAX_HEADER);
    }

    fn entry(
        &mut self,
        kind: usize,
        length: usize,
        entry: Option<&'static Entry>,
        sentence: &'static str,
        header: &[Field],
    ) {
        let before = header.len();
        let value = self.octets().get(before..length).unwrap_or_default();
        let layout = entry.and_then(|entry| super::attribute::vendors(entry, value, sentence));
        let title = match entry {
            Some(entry) => format!("{} ({kind})", entry.name),
            None => format!("Vendor's attribute {kind}"),
        };
        let source = layout.map_or("RFC 2865 §5.26", |layout| layout.source);
        self.group(title, length, (source, sentence), |s| {
            s.fields(header);
            match layout {
                Some(layout) if layout.fits(value.len()) => {
                    s.fields(layout.fields);
                }
                _ => {
                    s.raw("Value", usize::MAX);
                }
            }
        });
    }
}

const EXTENDED_TYPE: Field = field("Extended-Type", 1, Kind::Unsigned);
const EXTENDED_FLAGS: Field = field("Flags", 1, Kind::Bits(&[("M", 1), ("Reserved", 7)]));
const EXTENDED_VENDOR: (&str, &str) = ("RFC 6929 §2.4", "wire.5.22");

/// Octets of a WiMAX sub-attribute before its value.
const WIMAX_HEADER_LENGTH: usize = 3;

const VENDOR_HEADER: [Field; 2] =
    [field("Vendor-Type", 1, Kind::Unsigned), field("Vendor-Length", 1, Kind::Length(0, 1))];

const WIMAX_HEADER: [Field; 3] = [
    field("Vendor-Type", 1, Kind::Unsigned),
    field("Vendor-Length", 1, Kind::Length(0, 1)),
    field("Continuation", 1, Kind::Bits(&[("C", 1), ("Reserved", 7)])),
];

/// Whether octets are sub-attributes of so many octets at least, from the first to the last.
fn sub_attributes(octets: &[u8], least: usize) -> bool {
    let mut rest = octets;
    while let [_, length, ..] = *rest {
        match rest.get(usize::from(length)..) {
            Some(next) if usize::from(length) >= least => rest = next,
            _ => return false,
        }
    }
    rest.is_empty() && !octets.is_empty()
}
