use core::net::Ipv4Addr;

use crate::wire::number::be_u16;
use dsboot_spec::registry::mip4::{advertisement_flag, discovery_extension};
use nom::Parser;
use nom::combinator::{all_consuming, rest, verify};

use crate::mip4::frame::{Body, Frame};
use crate::mip4::reading::Reader;
use crate::wire::NomError;
use crate::{Error, ErrorKind};

/// An extension of a router advertisement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub enum DiscoveryExtension<'a> {
    /// Type 0, a single octet.
    Pad,
    /// Type 16: the sender is a mobility agent (RFC 3344 §2.1.1).
    MobilityAgent(MobilityAgent<'a>),
    /// Type 19: the prefix length of each router address, in bits (RFC 3344 §2.1.2).
    PrefixLengths(&'a [u8]),
    /// Type 24: to be answered in a request (RFC 4721 §2).
    Challenge(&'a [u8]),
    /// Type 136: who the agent is (RFC 3846 §3).
    NaiCarrying {
        /// Who, see `registry::mip4::nai_carrying`.
        sub_type: u8,
        /// `user@realm` or `host@realm`, at least one octet.
        nai: &'a [u8],
    },
    /// Type 140: a link-layer address, or another one (RFC 4881 §9).
    LinkLayerAddress {
        /// Of which kind, see `registry::mip4::link_layer_address`.
        sub_type: u8,
        /// At least one octet.
        address: &'a [u8],
    },
    /// Type 127: an experiment's, not to be skipped (RFC 4064 §4.2); only tools keep it.
    ExperimentalNonSkippable(&'a [u8]),
    /// Type 255: an experiment's (RFC 4064 §4.4).
    ExperimentalSkippable(&'a [u8]),
    /// One that is not understood: a skippable one, or one that only tools keep.
    Unknown {
        /// The type.
        kind: u8,
        /// What Length counts.
        data: &'a [u8],
    },
}

impl<'a> DiscoveryExtension<'a> {
    /// The extension in `frame` of an advertisement with so many router addresses, or why the
    /// advertisement must be refused by this reader.
    pub(super) fn read(
        frame: &Frame<'a>,
        routers: u8,
        reader: &Reader,
    ) -> Result<DiscoveryExtension<'a>, Error> {
        let (kind, data) = match frame.body {
            //= wire.1.20
            Body::Pad => return Ok(DiscoveryExtension::Pad),
            Body::Simple(data) | Body::Long { data, .. } => (frame.kind, data),
        };
        let understood = match kind {
            discovery_extension::MOBILITY_AGENT => MobilityAgent::read(data)
                .map(DiscoveryExtension::MobilityAgent)
                .ok_or((ErrorKind::BadLength, "wire.1.16")),
            //= wire.1.19
            discovery_extension::PREFIX_LENGTHS if data.len() != usize::from(routers) => {
                Err((ErrorKind::BadLength, "wire.1.19"))
            }
            discovery_extension::PREFIX_LENGTHS => Ok(DiscoveryExtension::PrefixLengths(data)),
            //= wire.1.19
            discovery_extension::CHALLENGE if data.is_empty() => {
                Err((ErrorKind::BadLength, "wire.1.19"))
            }
            discovery_extension::CHALLENGE => Ok(DiscoveryExtension::Challenge(data)),
            discovery_extension::EXPERIMENTAL_NON_SKIPPABLE if matches!(reader, Reader::Tool) => {
                Ok(DiscoveryExtension::ExperimentalNonSkippable(data))
            }
            //= wire.1.15
            _ if frame.is_skippable() => Ok(DiscoveryExtension::skippable(kind, data)),
            _ => Err((ErrorKind::NotSkippable, "wire.1.15")),
        };
        match reader {
            //= wire.2.8
            Reader::Tool => Ok(understood.unwrap_or(DiscoveryExtension::Unknown { kind, data })),
            Reader::Node(_) => {
                understood.map_err(|(kind, sentence)| Error::new(kind, frame.offset, sentence))
            }
        }
    }

    fn skippable(kind: u8, data: &'a [u8]) -> DiscoveryExtension<'a> {
        //= wire.1.21
        match (kind, data) {
            (discovery_extension::NAI_CARRYING, [sub_type, nai @ ..]) if !nai.is_empty() => {
                DiscoveryExtension::NaiCarrying { sub_type: *sub_type, nai }
            }
            (discovery_extension::LINK_LAYER_ADDRESS, [sub_type, address @ ..])
                if !address.is_empty() =>
            {
                DiscoveryExtension::LinkLayerAddress { sub_type: *sub_type, address }
            }
            (discovery_extension::EXPERIMENTAL_SKIPPABLE, _) => {
                DiscoveryExtension::ExperimentalSkippable(data)
            }
            _ => DiscoveryExtension::Unknown { kind, data },
        }
    }
}

/// What a mobility agent says of itself (RFC 3344 §2.1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct MobilityAgent<'a> {
    /// How many advertisements came before, see [`next_sequence`](super::next_sequence).
    pub sequence: u16,
    /// The longest registration it takes, in seconds; 0xffff is without end.
    pub lifetime: u16,
    /// What it is and can.
    pub flags: AdvertisementFlags,
    /// The care-of addresses it offers.
    pub care_of_addresses: CareOfAddresses<'a>,
}

impl<'a> MobilityAgent<'a> {
    fn read(data: &'a [u8]) -> Option<MobilityAgent<'a>> {
        //= wire.1.16
        let addresses =
            verify(rest::<_, NomError<'a>>, |octets: &[u8]| octets.len().is_multiple_of(4));
        let agent =
            (be_u16, be_u16, be_u16, addresses).map(|(sequence, lifetime, flags, addresses)| {
                MobilityAgent {
                    sequence,
                    lifetime,
                    flags: AdvertisementFlags(flags),
                    care_of_addresses: CareOfAddresses(addresses),
                }
            });
        all_consuming(agent).parse(data).ok().map(|(_, agent)| agent)
    }
}

/// The care-of addresses of an advertisement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct CareOfAddresses<'a>(&'a [u8]);

impl<'a> CareOfAddresses<'a> {
    /// The addresses in these octets; `None` if they are not 4 for each.
    #[must_use]
    pub const fn new(octets: &'a [u8]) -> Option<CareOfAddresses<'a>> {
        if octets.len().is_multiple_of(4) { Some(CareOfAddresses(octets)) } else { None }
    }

    /// The addresses as they stand, 4 octets each.
    #[must_use]
    pub const fn octets(&self) -> &'a [u8] {
        self.0
    }

    /// Each of them, in the agent's order of preference.
    pub fn iter(&self) -> impl Iterator<Item = Ipv4Addr> + use<'a> {
        self.0.as_chunks::<4>().0.iter().copied().map(Ipv4Addr::from_octets)
    }

    /// The one to try first.
    #[must_use]
    pub fn first(&self) -> Option<Ipv4Addr> {
        self.iter().next()
    }

    /// Whether `address` is among them.
    #[must_use]
    pub fn contains(&self, address: Ipv4Addr) -> bool {
        self.iter().any(|offered| offered == address)
    }
}

/// The flags of an advertisement: bits of `registry::mip4::advertisement_flag`, reserved ones
/// kept.
//= wire.1.16
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct AdvertisementFlags(pub u16);

impl AdvertisementFlags {
    /// F: a foreign agent.
    #[must_use]
    pub const fn foreign_agent(self) -> bool {
        self.0 & advertisement_flag::FOREIGN_AGENT != 0
    }

    /// H: a home agent.
    #[must_use]
    pub const fn home_agent(self) -> bool {
        self.0 & advertisement_flag::HOME_AGENT != 0
    }

    /// F or H: an agent at all.
    #[must_use]
    pub const fn is_agent(self) -> bool {
        self.foreign_agent() || self.home_agent()
    }

    /// R: registration through a foreign agent is required even with a co-located address; only
    /// a foreign agent can say so.
    #[must_use]
    pub const fn registration_required(self) -> bool {
        //= wire.1.17
        self.foreign_agent() && self.0 & advertisement_flag::REGISTRATION_REQUIRED != 0
    }

    /// B: the foreign agent takes no more mobile nodes.
    #[must_use]
    pub const fn busy(self) -> bool {
        //= wire.1.17
        self.foreign_agent() && self.0 & advertisement_flag::BUSY != 0
    }

    /// T: reverse tunnelling.
    #[must_use]
    pub const fn reverse_tunnel(self) -> bool {
        self.0 & advertisement_flag::REVERSE_TUNNEL != 0
    }

    /// M: minimal encapsulation.
    #[must_use]
    pub const fn minimal_encapsulation(self) -> bool {
        self.0 & advertisement_flag::MINIMAL_ENCAPSULATION != 0
    }

    /// G: GRE.
    #[must_use]
    pub const fn gre(self) -> bool {
        self.0 & advertisement_flag::GRE != 0
    }

    /// U: UDP tunnelling.
    #[must_use]
    pub const fn udp_tunnelling(self) -> bool {
        self.0 & advertisement_flag::UDP_TUNNELLING != 0
    }

    /// Whether an agent may send these flags along with `addresses` care-of addresses.
    pub(super) const fn may_be_sent(self, addresses: usize) -> bool {
        //= wire.1.17
        let foreign_only = advertisement_flag::REGISTRATION_REQUIRED | advertisement_flag::BUSY;
        if self.foreign_agent() {
            addresses > 0
        } else {
            self.home_agent() && self.0 & foreign_only == 0
        }
    }
}
