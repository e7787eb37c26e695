use core::net::Ipv6Addr;

use crate::wire::number::{be_u8, be_u16, be_u32, be_u128};
use dsboot_spec::registry::ip::{
    EXTENSION_UNIT, IPV6_HEADER_LENGTH, ipv6_option, next_header, routing_type,
};
use nom::bytes::complete::take;

use super::{Options, Packet, Pseudo};
use crate::form::whole;
use crate::ip::is_routable;
use crate::wire::parse;
use crate::{Error, ErrorKind, Found, Positioned};

/// An extension header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Extension<'a> {
    /// Options for every router (RFC 8200 §4.3).
    HopByHopOptions(Options<'a>),
    /// Options for the destination (RFC 8200 §4.6), such as the Home Address option.
    DestinationOptions(Options<'a>),
    /// Type 2 routing header: the home address of the receiver (RFC 6275 §6.4).
    Type2Routing(Ipv6Addr),
    /// Another routing header; only decoded where nothing is left of its route.
    Routing {
        /// Routing type.
        kind: u8,
        /// What follows Segments Left.
        data: &'a [u8],
    },
    /// Says that this is a fragment (RFC 8200 §4.5).
    Fragment(Fragment),
    /// Authentication header, not verified (RFC 4302); what follows its length.
    Authentication(&'a [u8]),
}

/// What a fragment header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fragment {
    /// Where the fragment stands in the packet, in octets.
    pub offset: usize,
    /// Whether more fragments follow.
    pub more: bool,
    /// What the fragments of one packet have in common.
    pub identification: u32,
}

impl Fragment {
    /// Whether this is not the whole packet.
    #[must_use]
    pub const fn is_part(&self) -> bool {
        self.more || self.offset != 0
    }
}

/// The extension headers of a packet, every one validated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Chain<'a> {
    first: u8,
    payload: &'a [u8],
    upper: UpperLayer<'a>,
    fragment: Option<usize>,
}

impl<'a> Chain<'a> {
    /// Walks the headers of `packet`.
    pub(super) fn decode(packet: &Packet<'a>) -> Result<Chain<'a>, Error> {
        let mut walk = Extensions::over(packet.next_header, packet.payload);
        let mut found = Seen::default();
        while let Some(extension) = walk.advance()? {
            found.add(&extension)?;
        }
        let upper = UpperLayer {
            protocol: walk.kind,
            offset: walk.offset,
            octets: walk.rest,
            header_source: packet.source,
            header_destination: packet.destination,
            home_address: found.home_address,
            routed_to: found.routed_to,
        };
        let (first, payload) = (packet.next_header, packet.payload);
        Ok(Chain { first, payload, upper, fragment: found.fragment })
    }

    /// The headers in order.
    #[must_use]
    pub const fn iter(&self) -> Extensions<'a> {
        Extensions::over(self.first, self.payload)
    }

    /// What stands behind the headers, and between whom it is.
    ///
    /// # Errors
    /// When this is a fragment.
    pub fn upper_layer(&self) -> Result<UpperLayer<'a>, Error> {
        //= wire.10.5
        match self.fragment {
            Some(offset) => Err(Error::new(ErrorKind::BadValue, offset, "wire.10.5")),
            None => Ok(self.upper),
        }
    }
}

impl<'a> IntoIterator for &Chain<'a> {
    type Item = Positioned<'a, Extension<'a>>;
    type IntoIter = Extensions<'a>;

    fn into_iter(self) -> Extensions<'a> {
        self.iter()
    }
}

/// What the headers of a packet say in sum.
#[derive(Default)]
struct Seen {
    home_address: Option<Ipv6Addr>,
    routed_to: Option<Ipv6Addr>,
    /// Where a header says that the packet is not whole.
    fragment: Option<usize>,
    /// A header is past before which a Home Address option has to stand.
    too_late_for_home_address: bool,
}

impl Seen {
    fn add(&mut self, extension: &Positioned<'_, Extension<'_>>) -> Result<(), Error> {
        let misplaced = |sentence| Error::new(ErrorKind::Misplaced, extension.offset, sentence);
        match extension.value {
            //= wire.10.8
            Extension::DestinationOptions(options) => match options.home_address() {
                Found::Absent => (),
                Found::Once(option) => {
                    if self.home_address.is_some() || self.too_late_for_home_address {
                        return Err(misplaced("wire.10.8"));
                    }
                    self.home_address = Some(option.value);
                }
                Found::Many => return Err(misplaced("wire.10.8")),
            },
            Extension::Type2Routing(_) | Extension::Routing { .. }
                if self.home_address.is_some() =>
            {
                return Err(misplaced("wire.10.8"));
            }
            //= wire.10.9
            Extension::Type2Routing(_) if self.routed_to.is_some() => {
                return Err(misplaced("wire.10.9"));
            }
            Extension::Type2Routing(address) => self.routed_to = Some(address),
            Extension::Fragment(part) => {
                self.too_late_for_home_address = true;
                self.fragment = part.is_part().then_some(extension.offset);
            }
            Extension::Authentication(_) => self.too_late_for_home_address = true,
            Extension::HopByHopOptions(_) | Extension::Routing { .. } => (),
        }
        Ok(())
    }
}

/// What stands behind the extension headers of a packet, and between whom it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct UpperLayer<'a> {
    /// Which protocol, a [`next_header`](dsboot_spec::registry::ip::next_header).
    pub protocol: u8,
    /// Where it begins, in octets from the start of the packet.
    pub offset: usize,
    /// What the protocol's own decoder takes.
    pub octets: &'a [u8],
    /// Source address in the IPv6 header: the care-of address where there is a home address.
    pub header_source: Ipv6Addr,
    /// Destination address in the IPv6 header.
    pub header_destination: Ipv6Addr,
    /// Address in the Home Address option.
    pub home_address: Option<Ipv6Addr>,
    /// Address in the type 2 routing header.
    pub routed_to: Option<Ipv6Addr>,
}

impl<'a> UpperLayer<'a> {
    /// The octets of the upper layer, if it is `protocol`.
    ///
    /// # Errors
    /// When it is another one.
    pub fn octets_of(&self, protocol: u8) -> Result<&'a [u8], Error> {
        //= wire.10.5
        if self.protocol == protocol {
            Ok(self.octets)
        } else {
            Err(Error::new(ErrorKind::BadType, self.offset, "wire.10.5"))
        }
    }

    /// The final source: the home address where there is a Home Address option.
    #[must_use]
    pub fn source(&self) -> Ipv6Addr {
        //= wire.10.12
        self.home_address.unwrap_or(self.header_source)
    }

    /// The final destination: the home address where there is a type 2 routing header.
    #[must_use]
    pub fn destination(&self) -> Ipv6Addr {
        //= wire.10.12
        self.routed_to.unwrap_or(self.header_destination)
    }

    /// The pseudo-header, of final source and destination.
    #[must_use]
    pub fn pseudo(&self) -> Pseudo {
        Pseudo::v6(self.source(), self.destination())
    }
}

/// Iterator over the extension headers of a packet.
#[derive(Clone, Debug)]
pub struct Extensions<'a> {
    kind: u8,
    rest: &'a [u8],
    offset: usize,
}

impl<'a> Extensions<'a> {
    const fn over(kind: u8, payload: &'a [u8]) -> Extensions<'a> {
        Extensions { kind, rest: payload, offset: IPV6_HEADER_LENGTH }
    }

    /// The next header, or `None` when what comes next is none.
    fn advance(&mut self) -> Result<Option<Positioned<'a, Extension<'a>>>, Error> {
        let (kind, octets, offset) = (self.kind, self.rest, self.offset);
        //= wire.10.6
        let unit = match kind {
            next_header::HOP_BY_HOP_OPTIONS | next_header::DESTINATION_OPTIONS => EXTENSION_UNIT,
            next_header::ROUTING => EXTENSION_UNIT,
            next_header::FRAGMENT => 0,
            // Counted in units of 4 octets without the first two (RFC 4302 §2.2).
            next_header::AH => EXTENSION_UNIT / 2,
            _ => return Ok(None),
        };
        //= wire.10.6
        let (_, (next, length)) = parse((be_u8, be_u8), octets, offset, "wire.10.6")?;
        let length = EXTENSION_UNIT + usize::from(length) * unit;
        let (rest, raw) = parse(take(length), octets, offset, "wire.10.6")?;
        let (body, _) = parse(take(2usize), raw, offset, "wire.10.6")?;
        let value = match kind {
            next_header::HOP_BY_HOP_OPTIONS => {
                Extension::HopByHopOptions(Options::decode(body, offset + 2)?)
            }
            next_header::DESTINATION_OPTIONS => {
                Extension::DestinationOptions(Options::decode(body, offset + 2)?)
            }
            next_header::ROUTING => routing(body, offset)?,
            next_header::FRAGMENT => fragment(body, offset)?,
            _ => Extension::Authentication(body),
        };
        // What follows in a fragment is not looked into.
        let next = match value {
            Extension::Fragment(part) if part.is_part() => next_header::NO_NEXT_HEADER,
            _ => next,
        };
        *self = Extensions { kind: next, rest, offset: offset + length };
        Ok(Some(Positioned { offset, raw, value }))
    }
}

impl<'a> Iterator for Extensions<'a> {
    type Item = Positioned<'a, Extension<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        self.advance().ok().flatten()
    }
}

/// A destination options header of 24 octets with a Home Address option alone (RFC 6275 §6.3),
/// to be followed by `next`.
#[must_use]
pub fn home_address_header(next: u8, home_address: Ipv6Addr) -> [u8; 24] {
    const PADN_OF_4: [u8; 4] = [ipv6_option::PADN, 2, 0, 0];
    //= wire.10.8
    let [a, b, c, d] = PADN_OF_4;
    with_address([next, 2, a, b, c, d, ipv6_option::HOME_ADDRESS, 16], home_address)
}

/// A type 2 routing header of 24 octets (RFC 6275 §6.4), to be followed by `next`.
#[must_use]
pub fn type_2_routing_header(next: u8, home_address: Ipv6Addr) -> [u8; 24] {
    //= wire.10.9
    with_address([next, 2, routing_type::TYPE_2, 1, 0, 0, 0, 0], home_address)
}

/// A destination options header of 8 octets with a Tunnel Encapsulation Limit option alone
/// (RFC 2473 §5.1), to be followed by `next`.
#[must_use]
pub const fn encapsulation_limit_header(next: u8, limit: u8) -> [u8; 8] {
    //= wire.10.23
    [next, 0, ipv6_option::TUNNEL_ENCAPSULATION_LIMIT, 1, limit, ipv6_option::PADN, 1, 0]
}

/// A fragment header (RFC 8200 §4.5), to be followed by a part of what begins with `next`. Of the
/// offset only whole units of 8 octets are said, up to the last that there can be.
#[must_use]
pub fn fragment_header(next: u8, part: Fragment) -> [u8; 8] {
    //= wire.10.26
    let offset = u16::try_from(part.offset).unwrap_or(u16::MAX);
    let position = (offset & !0x0007) | u16::from(part.more);
    let [a, b] = position.to_be_bytes();
    let [c, d, e, f] = part.identification.to_be_bytes();
    [next, 0, a, b, c, d, e, f]
}

fn with_address([a, b, c, d, e, f, g, h]: [u8; 8], address: Ipv6Addr) -> [u8; 24] {
    let mut octets = [0; 24];
    let head = [a, b, c, d, e, f, g, h];
    octets
        .iter_mut()
        .zip(head.into_iter().chain(address.octets()))
        .for_each(|(to, from)| *to = from);
    octets
}

/// What a routing header says behind its length.
fn routing(body: &[u8], offset: usize) -> Result<Extension<'_>, Error> {
    let (data, (kind, left)) = parse((be_u8, be_u8), body, offset + 2, "wire.10.6")?;
    match kind {
        //= wire.10.9
        routing_type::TYPE_2 => {
            let bad_length = Error::new(ErrorKind::BadLength, offset + 1, "wire.10.9");
            let (_, address) = whole((be_u32, be_u128), data).ok_or(bad_length)?;
            let address = Ipv6Addr::from(address);
            if left != 1 {
                return Err(Error::new(ErrorKind::BadValue, offset + 3, "wire.10.9"));
            }
            //= wire.10.11
            if !is_routable(address) {
                return Err(Error::new(ErrorKind::BadValue, offset + 8, "wire.10.11"));
            }
            Ok(Extension::Type2Routing(address))
        }
        //= wire.10.10
        _ if left == 0 => Ok(Extension::Routing { kind, data }),
        _ => Err(Error::new(ErrorKind::NotSkippable, offset + 2, "wire.10.10")),
    }
}

/// What a fragment header says behind its second octet.
fn fragment(body: &[u8], offset: usize) -> Result<Extension<'_>, Error> {
    let (_, (position, identification)) = parse((be_u16, be_u32), body, offset + 2, "wire.10.6")?;
    Ok(Extension::Fragment(Fragment {
        // The unit is 8 octets, and the field stands above 3 bits: no shift is needed.
        offset: usize::from(position & !0x0007),
        more: position & 1 != 0,
        identification,
    }))
}
