//! Binding updates made by hand, so that each part of one can be wrong.

use std::net::Ipv6Addr;

use dsboot_codec::crypto::{hmac_sha1, sha1};
use dsboot_codec::ip::Pseudo;
use dsboot_spec::registry::ip::{DEFAULT_TTL, next_header};
use dsboot_spec::registry::mip6::{authentication_subtype, message, option, spi};

/// An option of a binding update.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Type and data, to begin at an octet that leaves this remainder (the second) when divided by
    /// the first.
    Plain(u8, Vec<u8>, (usize, usize)),
    /// Octets as they are.
    Raw(Vec<u8>),
    /// The MN-AAA authentication option, with the octet of its data that is changed.
    Aaa { key: Vec<u8>, spi: u32, flip: Option<usize> },
    /// The MN-HA authentication option, with the octet of its data that is changed.
    Ha { key: Vec<u8>, spi: u32, flip: Option<usize> },
}

impl Part {
    /// An option without alignment.
    pub(super) fn plain(kind: u8, data: &[u8]) -> Part {
        Part::Plain(kind, data.to_vec(), (1, 0))
    }

    /// An Alternate Care-of Address.
    pub(super) fn alternate(address: Ipv6Addr) -> Part {
        Part::Plain(option::ALTERNATE_CARE_OF_ADDRESS, address.octets().to_vec(), (8, 6))
    }

    /// A Mesg-ID.
    pub(super) fn message_id(timestamp: u64) -> Part {
        Part::Plain(option::MESSAGE_ID, timestamp.to_be_bytes().to_vec(), (8, 2))
    }

    /// A Mobile Node Identifier that is an NAI.
    pub(super) fn nai(nai: &[u8]) -> Part {
        Part::plain(option::MOBILE_NODE_IDENTIFIER, &[&[1], nai].concat())
    }

    /// Whether it is an option of that type.
    pub(super) fn is(&self, kind: u8) -> bool {
        match self {
            Part::Plain(own, ..) => *own == kind,
            Part::Aaa { .. } | Part::Ha { .. } => kind == option::AUTHENTICATION,
            Part::Raw(_) => false,
        }
    }
}

/// A mobility header with its packet.
#[derive(Clone, Debug)]
pub(super) struct Bu {
    pub(super) source: Ipv6Addr,
    pub(super) destination: Ipv6Addr,
    /// What the Home Address option has; without, there is no such option.
    pub(super) home_option: Option<Ipv6Addr>,
    /// What authenticators cover as home address.
    pub(super) home: Ipv6Addr,
    pub(super) kind: u8,
    pub(super) payload_proto: u8,
    pub(super) reserved: u8,
    pub(super) sequence: u16,
    pub(super) flags: u16,
    /// In units of 4 s.
    pub(super) lifetime: u16,
    pub(super) parts: Vec<Part>,
    /// Instead of the fixed part and options, what follows the checksum.
    pub(super) body: Option<Vec<u8>>,
    /// Added to the Header Len that is right.
    pub(super) longer: i8,
    /// Exclusive-or'd with the checksum that is right.
    pub(super) checksum: u16,
    pub(super) hop_limit: u8,
}

/// Octets of a mobility header before its data.
const HEAD: usize = 6;

impl Bu {
    /// A binding update without options.
    pub(super) const fn new(home: Ipv6Addr, care_of: Ipv6Addr, agent: Ipv6Addr) -> Bu {
        Bu {
            source: care_of,
            destination: agent,
            home_option: Some(home),
            home,
            kind: message::BINDING_UPDATE,
            payload_proto: next_header::NO_NEXT_HEADER,
            reserved: 0,
            sequence: 0,
            flags: 0,
            lifetime: 0,
            parts: Vec::new(),
            body: None,
            longer: 0,
            checksum: 0,
            hop_limit: DEFAULT_TTL,
        }
    }

    /// Puts an option before the first authentication option.
    pub(super) fn insert(&mut self, part: Part) {
        let at = self.parts.iter().position(|part| part.is(option::AUTHENTICATION));
        self.parts.insert(at.unwrap_or(self.parts.len()), part);
    }

    /// Takes out all options of a type.
    pub(super) fn remove(&mut self, kind: u8) {
        self.parts.retain(|part| !part.is(kind));
    }

    /// Puts another in the place of the options of the same type.
    pub(super) fn replace(&mut self, kind: u8, part: Part) {
        match self.parts.iter_mut().find(|own| own.is(kind)) {
            Some(own) => *own = part,
            None => self.insert(part),
        }
    }

    /// The care-of address that it tells.
    pub(super) fn care_of(&self) -> Ipv6Addr {
        let alternate = self.parts.iter().find_map(|part| match part {
            Part::Plain(option::ALTERNATE_CARE_OF_ADDRESS, data, _) => {
                <[u8; 16]>::try_from(data.as_slice()).ok()
            }
            _ => None,
        });
        alternate.map_or(self.source, Ipv6Addr::from)
    }

    /// The mobility header, its checksum not yet made.
    fn header(&self) -> Vec<u8> {
        let mut octets = vec![self.payload_proto, 0, self.kind, self.reserved, 0, 0];
        if let Some(body) = &self.body {
            octets.extend(body);
        } else {
            octets.extend(self.sequence.to_be_bytes());
            octets.extend(self.flags.to_be_bytes());
            octets.extend(self.lifetime.to_be_bytes());
        }
        let mut proofs = Vec::new();
        for part in &self.parts {
            match part {
                Part::Plain(kind, data, (unit, rest)) => {
                    pad(&mut octets, *unit, *rest);
                    octets.extend([*kind, u8::try_from(data.len()).unwrap_or(u8::MAX)]);
                    octets.extend(data);
                }
                Part::Raw(raw) => octets.extend(raw),
                // Such that the header ends with it.
                Part::Aaa { spi, .. } => {
                    pad(&mut octets, 8, 5);
                    proofs.push((octets.len(), part));
                    octets.extend([option::AUTHENTICATION, 25, authentication_subtype::MN_AAA]);
                    octets.extend(spi.to_be_bytes());
                    octets.extend([0; 20]);
                }
                Part::Ha { spi, .. } => {
                    pad(&mut octets, 8, 5);
                    proofs.push((octets.len(), part));
                    octets.extend([option::AUTHENTICATION, 17, authentication_subtype::MN_HA]);
                    octets.extend(spi.to_be_bytes());
                    octets.extend([0; 12]);
                }
            }
        }
        pad(&mut octets, 8, 0);
        let units = u8::try_from(octets.len() / 8).unwrap_or(u8::MAX).wrapping_sub(1);
        if let Some(octet) = octets.get_mut(1) {
            *octet = units.wrapping_add_signed(self.longer);
        }
        for (at, part) in proofs {
            self.prove(&mut octets, at, part);
        }
        octets
    }

    /// Fills in an authenticator.
    fn prove(&self, octets: &mut [u8], at: usize, part: &Part) {
        let covered = octets.get(..at + 7).unwrap_or_default().to_vec();
        let addresses = [self.care_of().octets(), self.home.octets()].concat();
        let (mut data, flip) = match part {
            Part::Aaa { key, flip, .. } => {
                let digest = sha1(&[&addresses, &covered]);
                (hmac_sha1(key, &[&digest]).to_vec(), flip)
            }
            Part::Ha { key, flip, .. } => {
                let mut data = hmac_sha1(key, &[&addresses, &covered]).to_vec();
                data.truncate(12);
                (data, flip)
            }
            Part::Plain(..) | Part::Raw(_) => return,
        };
        if let Some(octet) = flip.and_then(|at| data.get_mut(at)) {
            *octet ^= 0x01;
        }
        if let Some(place) = octets.get_mut(at + 7..at + 7 + data.len()) {
            place.copy_from_slice(&data);
        }
    }

    /// The whole packet.
    pub(super) fn packet(&self) -> Vec<u8> {
        self.packet_with(self.header())
    }

    /// The whole packet with this mobility header, whose checksum is made here.
    pub(super) fn packet_with(&self, mut header: Vec<u8>) -> Vec<u8> {
        if let Some(field) = header.get_mut(4..HEAD) {
            field.fill(0);
        }
        let pseudo = Pseudo::v6(self.home_option.unwrap_or(self.source), self.destination);
        let checksum = pseudo.checksum(next_header::MOBILITY, &[&header]) ^ self.checksum;
        if let Some(field) = header.get_mut(4..HEAD) {
            field.copy_from_slice(&checksum.to_be_bytes());
        }
        let options = self.home_option.map_or_else(Vec::new, |home| {
            // PadN, then the Home Address option at 8n+6.
            [&[next_header::MOBILITY, 2, 1, 2, 0, 0, 201, 16][..], &home.octets()].concat()
        });
        let next = if options.is_empty() {
            next_header::MOBILITY
        } else {
            next_header::DESTINATION_OPTIONS
        };
        let payload = [options, header].concat();
        ipv6(self.source, self.destination, next, self.hop_limit, &payload)
    }
}

/// SPI 3 of MN-AAA authentication.
pub(super) const AAA_SPI: u32 = spi::HMAC_SHA1;

/// An IPv6 packet.
pub(super) fn ipv6(
    source: Ipv6Addr,
    destination: Ipv6Addr,
    next: u8,
    hops: u8,
    payload: &[u8],
) -> Vec<u8> {
    let length = u16::try_from(payload.len()).unwrap_or(u16::MAX).to_be_bytes();
    let mut packet = vec![0x60, 0, 0, 0];
    packet.extend(length);
    packet.extend([next, hops]);
    packet.extend(source.octets());
    packet.extend(destination.octets());
    packet.extend(payload);
    packet
}

/// Pads until the length leaves `rest` when divided by `unit`.
fn pad(octets: &mut Vec<u8>, unit: usize, rest: usize) {
    let missing = (unit + rest - octets.len() % unit) % unit;
    match missing {
        0 => {}
        1 => octets.push(option::PAD1),
        more => {
            octets.extend([option::PADN, u8::try_from(more - 2).unwrap_or_default()]);
            octets.extend(vec![0; more - 2]);
        }
    }
}
