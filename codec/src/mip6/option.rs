use alloc::vec::Vec;
use core::net::{Ipv4Addr, Ipv6Addr};

use crate::wire::number::{
    be_u8 as octet, be_u16 as word, be_u32 as double, be_u64 as quad, be_u128,
};
use cookie_factory::bytes::{be_u8, be_u16, be_u32, be_u64};
use cookie_factory::combinator::slice;
use dsboot_spec::registry::mip6::{
    identifier_subtype, ipv4_home_address_flag, nat_detection_flag, option,
};
use nom::Parser;
use nom::combinator::{map_opt, rest};

use super::proxy::{self, DnsUpdate, FastBindingAuthorizationData, LinkLayerAddress, VendorOption};
use super::value::{Lifetime, Timestamp};
use crate::dsb::Prefixed;
use crate::form::whole;
use crate::wire::{self, Out, Parsed, Written};
use crate::{Error, ErrorKind, Positioned};

/// A mobility option (RFC 6275 §6.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub enum MobilityOption<'a> {
    /// One octet of padding.
    Pad1,
    /// Two or more octets of padding, with what they hold behind type and length.
    PadN(&'a [u8]),
    /// After what time to refresh the binding; in a BA (§6.2.4).
    BindingRefreshAdvice(Lifetime),
    /// The care-of address, whatever the packet's source; in a BU (§6.2.5).
    AlternateCareOfAddress(Ipv6Addr),
    /// Nonces of return routability; in a BU (§6.2.6).
    NonceIndices(NonceIndices),
    /// Authenticator of return routability; ends the message (§6.2.7).
    BindingAuthorizationData(&'a [u8]),
    /// A prefix of a mobile router (RFC 3963 §4.3).
    MobileNetworkPrefix(Prefixed<Ipv6Addr>),
    /// A link-layer address (RFC 5568 §6.4.4).
    LinkLayerAddress(LinkLayerAddress<'a>),
    /// Who the mobile node is (RFC 4283 §3).
    MobileNodeIdentifier(Identifier<'a>),
    /// Authenticator of a BU or BA (RFC 4285 §5).
    Authentication(Authentication<'a>),
    /// Mesg-ID: the time at which a BU was made (RFC 4285 §6).
    MessageId(Timestamp),
    /// Asks for CGA parameters (RFC 4866 §5.6).
    CgaParametersRequest,
    /// A piece of what a cryptographically generated address was made of (RFC 4866 §5.1).
    CgaParameters(&'a [u8]),
    /// By the key of that address (RFC 4866 §5.2).
    Signature(&'a [u8]),
    /// Encrypted (RFC 4866 §5.3).
    PermanentHomeKeygenToken(&'a [u8]),
    /// A CoTI in a BU (RFC 4866 §5.4).
    CareOfTestInit,
    /// A CoT in a BA: the care-of keygen token (RFC 4866 §5.5).
    CareOfTest(u64),
    /// The name to be updated in the DNS (RFC 5026 §8.1).
    DnsUpdate(DnsUpdate<'a>),
    /// An experiment's (RFC 5096 §4).
    Experimental(&'a [u8]),
    /// A vendor's (RFC 5094 §3).
    VendorSpecific(VendorOption<'a>),
    /// The service that the binding is for, at least one octet (RFC 5149 §3).
    ServiceSelection(&'a str),
    /// Authenticator of fast handovers; ends the message (RFC 5568 §6.4.5).
    FastBindingAuthorizationData(FastBindingAuthorizationData<'a>),
    /// A prefix of a mobile node behind a proxy, or the wish for one (RFC 5213 §8.3).
    HomeNetworkPrefix(Prefixed<Ipv6Addr>),
    /// What has become of the attachment, see
    /// [`handoff_indicator`](dsboot_spec::registry::mip6::handoff_indicator) (RFC 5213 §8.4).
    HandoffIndicator(u8),
    /// How the mobile node is attached, see
    /// [`access_technology`](dsboot_spec::registry::mip6::access_technology) (RFC 5213 §8.5).
    AccessTechnologyType(u8),
    /// The mobile node's link-layer identifier (RFC 5213 §8.6).
    LinkLayerIdentifier(&'a [u8]),
    /// The gateway's link-local address (RFC 5213 §8.7).
    LinkLocalAddress(Ipv6Addr),
    /// When the update was made: seconds since 1970 in 48 bits, their fraction in 16
    /// (RFC 5213 §8.8).
    Timestamp(u64),
    /// How often the sender has restarted (RFC 5847 §3.4).
    RestartCounter(u32),
    /// An IPv4 home address, or the wish for one (RFC 5555 §3.1.1).
    Ipv4HomeAddress(Ipv4HomeAddress),
    /// What became of it (RFC 5555 §3.2.1).
    Ipv4AddressAcknowledgement(Ipv4AddressAcknowledgement),
    /// Whether there is an address translator on the way (RFC 5555 §3.2.2).
    NatDetection(NatDetection),
    /// An IPv4 care-of address (RFC 5555 §3.1.2).
    Ipv4CareOfAddress(Ipv4Addr),
    /// GRE is wanted, with this key for the packets to the sender (RFC 5845 §6.1).
    GreKey(Option<u32>),
    /// A type that is known here with data that it does not allow, octet for octet.
    Malformed {
        /// Option type.
        kind: u8,
        /// Option data.
        data: &'a [u8],
    },
    /// A type that is not known here, octet for octet.
    Unknown {
        /// Option type.
        kind: u8,
        /// Option data.
        data: &'a [u8],
    },
}

/// Which nonces the tokens of return routability were made with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct NonceIndices {
    /// The home keygen token's.
    pub home: u16,
    /// The care-of keygen token's.
    pub care_of: u16,
}

/// A mobile node's identifier of some kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Identifier<'a> {
    /// Which kind, an [`identifier_subtype`](dsboot_spec::registry::mip6::identifier_subtype).
    pub subtype: u8,
    /// The identifier.
    pub data: &'a [u8],
}

impl<'a> Identifier<'a> {
    /// A network access identifier (RFC 4283 §3.1).
    #[must_use]
    pub const fn nai(nai: &'a [u8]) -> Identifier<'a> {
        Identifier { subtype: identifier_subtype::NAI, data: nai }
    }

    /// The network access identifier, if it is one.
    #[must_use]
    pub fn as_nai(&self) -> Option<&'a [u8]> {
        //= wire.9.9
        (self.subtype == identifier_subtype::NAI).then_some(self.data)
    }
}

/// What a mobility message authentication option says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Authentication<'a> {
    /// Between whom, an
    /// [`authentication_subtype`](dsboot_spec::registry::mip6::authentication_subtype).
    pub subtype: u8,
    /// Under which association, or by which algorithm.
    pub spi: u32,
    /// The authenticator.
    pub data: &'a [u8],
}

/// What an IPv4 home address option says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Ipv4HomeAddress {
    /// The address, 0.0.0.0 for "any", and the length of the prefix it stands for: 1 to 32.
    pub prefix: Prefixed<Ipv4Addr>,
    /// Whether a prefix is asked for (P).
    pub prefix_wanted: bool,
}

/// What an IPv4 address acknowledgement option says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Ipv4AddressAcknowledgement {
    /// An [`ipv4_status`](dsboot_spec::registry::mip6::ipv4_status).
    pub status: u8,
    /// The address, and the length of the prefix it stands for: 0 in a refusal.
    pub prefix: Prefixed<Ipv4Addr>,
}

/// What a NAT detection option says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct NatDetection {
    /// Whether UDP encapsulation is to be used whatever is on the way (F).
    pub force_udp: bool,
    /// After how many seconds to refresh the translator's state; all ones for never.
    pub refresh_seconds: u32,
}

impl<'a> MobilityOption<'a> {
    /// The option of a type with this data; [`MobilityOption::Malformed`] when the type does not
    /// allow it.
    #[must_use]
    pub fn decode(kind: u8, data: &'a [u8]) -> MobilityOption<'a> {
        let option = match kind {
            option::PADN => Some(MobilityOption::PadN(data)),
            //= wire.9.6
            option::BINDING_REFRESH_ADVICE => whole(
                word.map(|units| MobilityOption::BindingRefreshAdvice(Lifetime::from_units(units))),
                data,
            ),
            //= wire.9.5
            option::ALTERNATE_CARE_OF_ADDRESS => {
                whole(be_u128.map(|bits| MobilityOption::AlternateCareOfAddress(bits.into())), data)
            }
            //= wire.9.6
            option::NONCE_INDICES => whole((word, word), data).map(|(home, care_of)| {
                MobilityOption::NonceIndices(NonceIndices { home, care_of })
            }),
            //= wire.9.7
            option::BINDING_AUTHORIZATION_DATA => {
                Some(MobilityOption::BindingAuthorizationData(data))
            }
            //= wire.9.8
            option::MOBILE_NETWORK_PREFIX => network_prefix(data),
            //= wire.9.9
            option::MOBILE_NODE_IDENTIFIER => whole((octet, rest), data).map(|(subtype, data)| {
                MobilityOption::MobileNodeIdentifier(Identifier { subtype, data })
            }),
            //= wire.9.11
            option::AUTHENTICATION => {
                whole((octet, double, rest), data).map(|(subtype, spi, data)| {
                    MobilityOption::Authentication(Authentication { subtype, spi, data })
                })
            }
            //= wire.9.10
            option::MESSAGE_ID => {
                whole(quad.map(|time| MobilityOption::MessageId(Timestamp(time))), data)
            }
            //= wire.9.12
            option::IPV4_HOME_ADDRESS => ipv4_home_address(data),
            option::IPV4_ADDRESS_ACKNOWLEDGEMENT => ipv4_address_acknowledgement(data),
            option::NAT_DETECTION => whole((word, double), data).map(|(flags, refresh_seconds)| {
                let force_udp = flags & nat_detection_flag::FORCE_UDP != 0;
                MobilityOption::NatDetection(NatDetection { force_udp, refresh_seconds })
            }),
            option::IPV4_CARE_OF_ADDRESS => whole((word, double), data)
                .map(|(_, address)| MobilityOption::Ipv4CareOfAddress(address.into())),
            _ => return proxy::decode(kind, data),
        };
        option.unwrap_or(MobilityOption::Malformed { kind, data })
    }

    /// The option type.
    #[must_use]
    pub const fn kind(&self) -> u8 {
        match self {
            MobilityOption::Pad1 => option::PAD1,
            MobilityOption::PadN(_) => option::PADN,
            MobilityOption::BindingRefreshAdvice(_) => option::BINDING_REFRESH_ADVICE,
            MobilityOption::AlternateCareOfAddress(_) => option::ALTERNATE_CARE_OF_ADDRESS,
            MobilityOption::NonceIndices(_) => option::NONCE_INDICES,
            MobilityOption::BindingAuthorizationData(_) => option::BINDING_AUTHORIZATION_DATA,
            MobilityOption::MobileNetworkPrefix(_) => option::MOBILE_NETWORK_PREFIX,
            MobilityOption::MobileNodeIdentifier(_) => option::MOBILE_NODE_IDENTIFIER,
            MobilityOption::Authentication(_) => option::AUTHENTICATION,
            MobilityOption::MessageId(_) => option::MESSAGE_ID,
            MobilityOption::Ipv4HomeAddress(_) => option::IPV4_HOME_ADDRESS,
            MobilityOption::Ipv4AddressAcknowledgement(_) => option::IPV4_ADDRESS_ACKNOWLEDGEMENT,
            MobilityOption::NatDetection(_) => option::NAT_DETECTION,
            MobilityOption::Ipv4CareOfAddress(_) => option::IPV4_CARE_OF_ADDRESS,
            MobilityOption::Malformed { kind, .. } | MobilityOption::Unknown { kind, .. } => *kind,
            MobilityOption::LinkLayerAddress(_) => option::LINK_LAYER_ADDRESS,
            MobilityOption::CgaParametersRequest => option::CGA_PARAMETERS_REQUEST,
            MobilityOption::CgaParameters(_) => option::CGA_PARAMETERS,
            MobilityOption::Signature(_) => option::SIGNATURE,
            MobilityOption::PermanentHomeKeygenToken(_) => option::PERMANENT_HOME_KEYGEN_TOKEN,
            MobilityOption::CareOfTestInit => option::CARE_OF_TEST_INIT,
            MobilityOption::CareOfTest(_) => option::CARE_OF_TEST,
            MobilityOption::DnsUpdate(_) => option::DNS_UPDATE,
            MobilityOption::Experimental(_) => option::EXPERIMENTAL,
            MobilityOption::VendorSpecific(_) => option::VENDOR_SPECIFIC,
            MobilityOption::ServiceSelection(_) => option::SERVICE_SELECTION,
            MobilityOption::FastBindingAuthorizationData(_) => {
                option::FAST_BINDING_AUTHORIZATION_DATA
            }
            MobilityOption::HomeNetworkPrefix(_) => option::HOME_NETWORK_PREFIX,
            MobilityOption::HandoffIndicator(_) => option::HANDOFF_INDICATOR,
            MobilityOption::AccessTechnologyType(_) => option::ACCESS_TECHNOLOGY_TYPE,
            MobilityOption::LinkLayerIdentifier(_) => option::LINK_LAYER_IDENTIFIER,
            MobilityOption::LinkLocalAddress(_) => option::LINK_LOCAL_ADDRESS,
            MobilityOption::Timestamp(_) => option::TIMESTAMP,
            MobilityOption::RestartCounter(_) => option::RESTART_COUNTER,
            MobilityOption::GreKey(_) => option::GRE_KEY,
        }
    }

    /// The option with type and length, but without the padding that may have to precede it.
    ///
    /// # Errors
    /// When the data is longer than 255 octets, or does not have the form of its type.
    pub fn encode(&self) -> Result<Vec<u8>, Error> {
        let mut octets = Vec::new();
        self.append(&mut octets).map(|()| octets)
    }

    /// Appends the option, without padding. The offset of an error counts from the start of the
    /// option.
    pub(super) fn append(&self, octets: &mut Vec<u8>) -> Result<(), Error> {
        let start = octets.len();
        if matches!(self, MobilityOption::Pad1) {
            octets.push(option::PAD1);
            return Ok(());
        }
        wire::append(octets, |out| self.data(slice([self.kind(), 0])(out)?));
        let written = octets.get_mut(start..).unwrap_or_default();
        if let [_, length, data @ ..] = written {
            //= wire.9.1
            match u8::try_from(data.len()) {
                //= wire.9.24
                Ok(counted) if MobilityOption::decode(self.kind(), data) == *self => {
                    *length = counted;
                    return Ok(());
                }
                Ok(_) => {
                    octets.truncate(start);
                    return Err(Error::new(ErrorKind::BadValue, 2, "wire.9.24"));
                }
                Err(_) => {}
            }
        }
        octets.truncate(start);
        Err(Error::new(ErrorKind::TooLong, 1, "wire.9.1"))
    }

    /// Writes the data.
    fn data(&self, out: Out) -> Written {
        match *self {
            MobilityOption::BindingRefreshAdvice(interval) => be_u16(interval.units())(out),
            MobilityOption::AlternateCareOfAddress(address) => slice(address.octets())(out),
            MobilityOption::NonceIndices(NonceIndices { home, care_of }) => {
                be_u16(care_of)(be_u16(home)(out)?)
            }
            MobilityOption::MobileNetworkPrefix(prefix) => {
                let out = be_u8(prefix.prefix_length())(be_u8(0)(out)?)?;
                slice(prefix.address().octets())(out)
            }
            MobilityOption::MobileNodeIdentifier(Identifier { subtype, data }) => {
                slice(data)(be_u8(subtype)(out)?)
            }
            MobilityOption::Authentication(Authentication { subtype, spi, data }) => {
                slice(data)(be_u32(spi)(be_u8(subtype)(out)?)?)
            }
            MobilityOption::MessageId(Timestamp(time)) => be_u64(time)(out),
            MobilityOption::Ipv4HomeAddress(home) => {
                let flags = if home.prefix_wanted { ipv4_home_address_flag::PREFIX } else { 0 };
                let length = u16::from(home.prefix.prefix_length()) << 10;
                slice(home.prefix.address().octets())(be_u16(length | flags)(out)?)
            }
            MobilityOption::Ipv4AddressAcknowledgement(answer) => {
                let length = answer.prefix.prefix_length() << 2;
                let out = be_u8(length)(be_u8(answer.status)(out)?)?;
                slice(answer.prefix.address().octets())(out)
            }
            MobilityOption::NatDetection(NatDetection { force_udp, refresh_seconds }) => {
                let flags = if force_udp { nat_detection_flag::FORCE_UDP } else { 0 };
                be_u32(refresh_seconds)(be_u16(flags)(out)?)
            }
            MobilityOption::Ipv4CareOfAddress(address) => slice(address.octets())(be_u16(0)(out)?),
            MobilityOption::PadN(data)
            | MobilityOption::BindingAuthorizationData(data)
            | MobilityOption::Malformed { data, .. }
            | MobilityOption::Unknown { data, .. } => slice(data)(out),
            _ => proxy::write(self, out),
        }
    }
}

/// Takes one option off the start of `octets`, which is octet `offset` of the mobility header.
pub(super) fn split(
    octets: &[u8],
    offset: usize,
) -> Parsed<'_, Positioned<'_, MobilityOption<'_>>> {
    let truncated = |at| Err(Error::new(ErrorKind::Truncated, offset + at, "wire.9.1"));
    //= wire.9.1
    let (length, decoded) = match *octets {
        [] => return truncated(0),
        [option::PAD1, ..] => (1, MobilityOption::Pad1),
        [_] => return truncated(1),
        [kind, length, ref rest @ ..] => match rest.get(..length.into()) {
            Some(data) => (2 + usize::from(length), MobilityOption::decode(kind, data)),
            None => return truncated(2),
        },
    };
    let (raw, rest) = octets.split_at_checked(length).unwrap_or((octets, &[]));
    Ok((rest, Positioned { offset, raw, value: decoded }))
}

fn network_prefix(data: &[u8]) -> Option<MobilityOption<'_>> {
    let (_, length, address) = whole((octet, octet, be_u128), data)?;
    Prefixed::<Ipv6Addr>::new(address.into(), length).map(MobilityOption::MobileNetworkPrefix)
}

fn ipv4_home_address(data: &[u8]) -> Option<MobilityOption<'_>> {
    let (flags, address) = whole((word, double), data)?;
    let prefix = ipv4_prefix(address, flags >> 10).filter(|prefix| prefix.prefix_length() != 0)?;
    let prefix_wanted = flags & ipv4_home_address_flag::PREFIX != 0;
    Some(MobilityOption::Ipv4HomeAddress(Ipv4HomeAddress { prefix, prefix_wanted }))
}

fn ipv4_address_acknowledgement(data: &[u8]) -> Option<MobilityOption<'_>> {
    let answer = (octet, octet, double);
    whole(
        map_opt(answer, |(status, length, address)| {
            let prefix = ipv4_prefix(address, (length >> 2).into())?;
            Some(Ipv4AddressAcknowledgement { status, prefix })
        }),
        data,
    )
    .map(MobilityOption::Ipv4AddressAcknowledgement)
}

fn ipv4_prefix(address: u32, length: u16) -> Option<Prefixed<Ipv4Addr>> {
    Prefixed::<Ipv4Addr>::new(address.into(), u8::try_from(length).ok()?)
}
