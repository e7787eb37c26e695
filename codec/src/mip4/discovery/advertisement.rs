use core::net::Ipv4Addr;

use crate::wire::number::{be_i32, be_u16, u8 as octet};
use dsboot_spec::registry::ip::ICMP_HEADER_LENGTH;
use dsboot_spec::registry::mip4::{ADDRESS_ENTRY_WORDS, advertisement_code};
use nom::Parser;
use nom::bytes::complete::take;

use super::extension::{DiscoveryExtension, MobilityAgent};
use crate::ip::icmp;
use crate::mip4::frame::Frames;
use crate::mip4::header::ipv4;
use crate::mip4::reading::Reader;
use crate::wire::parse;
use crate::{Error, ErrorKind, Found, Positioned};

/// A router advertisement, which may be an agent's (RFC 1256 §3, RFC 3344 §2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Advertisement<'a> {
    /// Whether the agent routes common traffic, see `registry::mip4::advertisement_code`.
    pub code: u8,
    /// Seconds that the advertisement is valid.
    pub lifetime: u16,
    /// How many router addresses there are.
    routers: u8,
    /// Octets of each router's entry.
    entry: usize,
    /// The entries.
    entries: &'a [u8],
    /// The extensions.
    extensions: &'a [u8],
    /// Who reads them.
    reader: Reader,
}

/// One of a router advertisement's addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Router {
    /// Where the router is reached.
    pub address: Ipv4Addr,
    /// The higher the better as a default router.
    pub preference: i32,
}

/// Octets of an advertisement before its router addresses.
const FIXED_LENGTH: usize = ICMP_HEADER_LENGTH + 4;

impl<'a> Advertisement<'a> {
    pub(super) fn decode(
        message: &icmp::Message<'a>,
        reader: Reader,
    ) -> Result<Advertisement<'a>, Error> {
        //= wire.1.14
        if advertisement_code::name(message.code).is_none() {
            return Err(Error::new(ErrorKind::BadType, 1, "wire.1.14"));
        }
        let (rest, (routers, words, lifetime)) =
            parse((octet, octet, be_u16), message.body, ICMP_HEADER_LENGTH, "wire.1.14")?;
        if words < ADDRESS_ENTRY_WORDS {
            return Err(Error::new(ErrorKind::BadValue, ICMP_HEADER_LENGTH + 1, "wire.1.14"));
        }
        let entry = usize::from(words) * 4;
        let length = usize::from(routers) * entry;
        let (extensions, entries) = parse(take(length), rest, FIXED_LENGTH, "wire.1.14")?;
        let code = message.code;
        let decoded = Advertisement { code, lifetime, routers, entry, entries, extensions, reader };
        decoded
            .frames()
            .try_for_each(|frame| DiscoveryExtension::read(&frame?, routers, &reader).map(drop))?;
        Ok(decoded)
    }

    /// The router addresses.
    pub fn routers(&self) -> impl Iterator<Item = Router> + use<'a> {
        //= wire.1.14
        self.entries.chunks_exact(self.entry).filter_map(|entry| {
            let (_, (address, preference)) = (ipv4, be_i32).parse(entry).ok()?;
            Some(Router { address, preference })
        })
    }

    /// The extensions, in order; offsets count from the ICMP type.
    pub fn extensions(
        &self,
    ) -> impl Iterator<Item = Positioned<'a, DiscoveryExtension<'a>>> + use<'a> {
        let (routers, reader) = (self.routers, self.reader);
        self.frames().map_while(Result::ok).filter_map(move |frame| {
            let value = DiscoveryExtension::read(&frame, routers, &reader).ok()?;
            Some(Positioned { offset: frame.offset, raw: frame.raw, value })
        })
    }

    /// What makes the advertisement an agent's: its mobility agent extension, with F or H set.
    #[must_use]
    pub fn mobility_agent(&self) -> Found<MobilityAgent<'a>> {
        self.unique(|extension| match extension {
            //= wire.1.17
            DiscoveryExtension::MobilityAgent(agent) if agent.flags.is_agent() => Some(agent),
            _ => None,
        })
    }

    /// The prefix length of each router address, in bits.
    #[must_use]
    pub fn prefix_lengths(&self) -> Found<&'a [u8]> {
        self.unique(|extension| match extension {
            DiscoveryExtension::PrefixLengths(lengths) => Some(lengths),
            _ => None,
        })
    }

    /// The challenge to answer in a request.
    #[must_use]
    pub fn challenge(&self) -> Found<&'a [u8]> {
        self.unique(|extension| match extension {
            DiscoveryExtension::Challenge(challenge) => Some(challenge),
            _ => None,
        })
    }

    fn unique<T>(&self, pick: impl FnMut(DiscoveryExtension<'a>) -> Option<T>) -> Found<T> {
        //= wire.2.24
        self.extensions().map(|extension| extension.value).filter_map(pick).collect()
    }

    fn frames(&self) -> Frames<'a> {
        //= wire.1.15
        Frames::of_discovery(self.extensions, FIXED_LENGTH + self.entries.len())
    }
}
