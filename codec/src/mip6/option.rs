use alloc::vec::Vec;
use core::net::{Ipv4Addr, Ipv6Addr};

use crate::wire::number::{be_u8 as octet, be_u16 as word, be_u32 as double, be_u128};
use cookie_factory::bytes::{be_u8, be_u16, be_u32, be_u64};
use cookie_factory::combinator::slice;
use dsboot_spec::registry::mip6::{
    identifier_subtype, ipv4_home_address_flag, nat_detection_flag, option,
};

use super::proxy::{self, DnsUpdate, FastBindingAuthorizationData, LinkLayerAddress, VendorOption};
use super::reading::FastAuthorizationLength;
use super::value::{Lifetime, Timestamp};
use crate::dsb::Prefixed;
use crate::form::whole;
use crate::wire::{self, Out, Parsed, Written};
use crate::{Error, ErrorKind, Positioned};

/// A mobility option (RFC 6275 §6.2).
///
/// Reserved fields are part of the value, so that what was read can be written again octet for
/// octet: they are sent as zero and ignored on receipt.
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
    MobileNetworkPrefix(NetworkPrefix),
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
    HomeNetworkPrefix(NetworkPrefix),
    /// What has become of the attachment, see
    /// [`handoff_indicator`](dsboot_spec::registry::mip6::handoff_indicator) (RFC 5213 §8.4).
    HandoffIndicator(Code),
    /// How the mobile node is attached, see
    /// [`access_technology`](dsboot_spec::registry::mip6::access_technology) (RFC 5213 §8.5).
    AccessTechnologyType(Code),
    /// The mobile node's link-layer identifier (RFC 5213 §8.6).
    LinkLayerIdentifier {
        /// Sent as zero, and ignored.
        reserved: u16,
        /// The identifier.
        identifier: &'a [u8],
    },
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
    Ipv4CareOfAddress {
        /// Sent as zero, and ignored.
        reserved: u16,
        /// The address.
        address: Ipv4Addr,
    },
    /// GRE is wanted, with this key for the packets to the sender (RFC 5845 §6.1).
    GreKey {
        /// Sent as zero, and ignored.
        reserved: u16,
        /// The key, if one is named.
        key: Option<u32>,
    },
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

/// A prefix of a network, with the octet that stands before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct NetworkPrefix {
    /// Sent as zero, and ignored.
    pub reserved: u8,
    /// The prefix; ::/0 asks for one.
    pub prefix: Prefixed<Ipv6Addr>,
}

impl From<Prefixed<Ipv6Addr>> for NetworkPrefix {
    fn from(prefix: Prefixed<Ipv6Addr>) -> NetworkPrefix {
        NetworkPrefix { reserved: 0, prefix }
    }
}

/// A number that says how, with the octet that stands before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Code {
    /// Sent as zero, and ignored.
    pub reserved: u8,
    /// The number.
    pub code: u8,
}

impl From<u8> for Code {
    fn from(code: u8) -> Code {
        Code { reserved: 0, code }
    }
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
    /// 9 bits, sent as zero, and ignored.
    pub reserved: u16,
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
    /// 2 bits, sent as zero, and ignored.
    pub reserved: u8,
}

/// What a NAT detection option says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct NatDetection {
    /// Whether UDP encapsulation is to be used whatever is on the way (F).
    pub force_udp: bool,
    /// The 15 bits behind F, sent as zero, and ignored.
    pub reserved: u16,
    /// After how many seconds to refresh the translator's state; all ones for never.
    pub refresh_seconds: u32,
}

impl<'a> MobilityOption<'a> {
    /// The option of a type with this data; [`MobilityOption::Malformed`] when the type does not
    /// allow it.
    #[inline]
    #[must_use]
    pub fn decode(kind: u8, data: &'a [u8]) -> MobilityOption<'a> {
        // What every bootstrap has is read in place, the rest elsewhere.
        match kind {
            option::PADN => return MobilityOption::PadN(data),
            //= wire.9.5
            option::ALTERNATE_CARE_OF_ADDRESS => {
                if let Some(octets) = exactly::<16>(data) {
                    return MobilityOption::AlternateCareOfAddress(octets.into());
                }
            }
            //= wire.9.9
            option::MOBILE_NODE_IDENTIFIER => {
                if let Some((&subtype, data)) = data.split_first() {
                    return MobilityOption::MobileNodeIdentifier(Identifier { subtype, data });
                }
            }
            //= wire.9.11
            option::AUTHENTICATION => {
                if let [subtype, a, b, c, d, ref data @ ..] = *data {
                    let spi = u32::from_be_bytes([a, b, c, d]);
                    return MobilityOption::Authentication(Authentication { subtype, spi, data });
                }
            }
            //= wire.9.10
            option::MESSAGE_ID => {
                if let Some(time) = exactly(data) {
                    return MobilityOption::MessageId(Timestamp(u64::from_be_bytes(time)));
                }
            }
            _ => {
                if let Some(option) = other(kind, data) {
                    return option;
                }
            }
        }
        MobilityOption::Malformed { kind, data }
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
            MobilityOption::Ipv4CareOfAddress { .. } => option::IPV4_CARE_OF_ADDRESS,
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
            MobilityOption::LinkLayerIdentifier { .. } => option::LINK_LAYER_IDENTIFIER,
            MobilityOption::LinkLocalAddress(_) => option::LINK_LOCAL_ADDRESS,
            MobilityOption::Timestamp(_) => option::TIMESTAMP,
            MobilityOption::RestartCounter(_) => option::RESTART_COUNTER,
            MobilityOption::GreKey { .. } => option::GRE_KEY,
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
                Ok(counted) if self.holds() => {
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

    /// Whether the data is read as this option again.
    fn holds(&self) -> bool {
        match *self {
            MobilityOption::Malformed { kind, data } => {
                matches!(MobilityOption::decode(kind, data), MobilityOption::Malformed { .. })
                    && kind != option::PAD1
            }
            MobilityOption::Unknown { kind, data } => {
                matches!(MobilityOption::decode(kind, data), MobilityOption::Unknown { .. })
                    && kind != option::PAD1
            }
            MobilityOption::Ipv4HomeAddress(home) => {
                home.prefix.prefix_length() != 0 && home.reserved < ipv4_home_address_flag::PREFIX
            }
            MobilityOption::Ipv4AddressAcknowledgement(answer) => answer.reserved <= TWO_BITS,
            MobilityOption::NatDetection(detection) => {
                detection.reserved & nat_detection_flag::FORCE_UDP == 0
            }
            _ => proxy::holds(self),
        }
    }

    /// Writes the data.
    fn data<'o>(&self, out: Out<'o>) -> Written<'o> {
        match *self {
            MobilityOption::BindingRefreshAdvice(interval) => be_u16(interval.units())(out),
            MobilityOption::AlternateCareOfAddress(address) => slice(address.octets())(out),
            MobilityOption::NonceIndices(NonceIndices { home, care_of }) => {
                be_u16(care_of)(be_u16(home)(out)?)
            }
            MobilityOption::MobileNetworkPrefix(NetworkPrefix { reserved, prefix })
            | MobilityOption::HomeNetworkPrefix(NetworkPrefix { reserved, prefix }) => {
                let out = slice([reserved, prefix.prefix_length()])(out)?;
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
                slice(home.prefix.address().octets())(be_u16(length | flags | home.reserved)(out)?)
            }
            MobilityOption::Ipv4AddressAcknowledgement(answer) => {
                let length = answer.prefix.prefix_length() << 2;
                let out = slice([answer.status, length | answer.reserved])(out)?;
                slice(answer.prefix.address().octets())(out)
            }
            MobilityOption::NatDetection(NatDetection { force_udp, reserved, refresh_seconds }) => {
                let flags = if force_udp { nat_detection_flag::FORCE_UDP } else { 0 };
                be_u32(refresh_seconds)(be_u16(flags | reserved)(out)?)
            }
            MobilityOption::Ipv4CareOfAddress { reserved, address } => {
                slice(address.octets())(be_u16(reserved)(out)?)
            }
            MobilityOption::PadN(data)
            | MobilityOption::BindingAuthorizationData(data)
            | MobilityOption::Malformed { data, .. }
            | MobilityOption::Unknown { data, .. } => slice(data)(out),
            _ => proxy::write(self, out),
        }
    }
}

/// An option that has been cut out, but not yet read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cut<'a> {
    /// Type and length where it has them, and data.
    pub(super) raw: &'a [u8],
    pub(super) kind: u8,
    pub(super) data: &'a [u8],
}

/// Cuts one option off the start of `octets`, which is octet `offset` of the mobility header.
#[inline]
pub(super) fn cut(
    octets: &[u8],
    offset: usize,
    lengths: FastAuthorizationLength,
) -> Parsed<'_, Cut<'_>> {
    let truncated = |at| Err(Error::new(ErrorKind::Truncated, offset + at, "wire.9.1"));
    //= wire.9.1
    let (length, kind, data) = match *octets {
        [] => return truncated(0),
        [option::PAD1, ..] => (1, option::PAD1, [].as_slice()),
        [_] => return truncated(1),
        [kind, length, ref rest @ ..] => {
            //= wire.12.19
            let uncounted = match lengths {
                FastAuthorizationLength::Authenticator
                    if kind == option::FAST_BINDING_AUTHORIZATION_DATA =>
                {
                    size_of::<u32>()
                }
                _ => 0,
            };
            let length = usize::from(length) + uncounted;
            match rest.get(..length) {
                Some(data) => (2 + length, kind, data),
                None => return truncated(2),
            }
        }
    };
    let (raw, rest) = octets.split_at_checked(length).unwrap_or((octets, &[]));
    Ok((rest, Cut { raw, kind, data }))
}

impl<'a> Cut<'a> {
    /// What the option means.
    #[inline]
    pub(super) fn read(&self, offset: usize) -> Positioned<'a, MobilityOption<'a>> {
        let value = match self.kind {
            option::PAD1 => MobilityOption::Pad1,
            kind => MobilityOption::decode(kind, self.data),
        };
        Positioned { offset, raw: self.raw, value }
    }
}

/// The options that a binding update of the bootstrap does not have.
fn other(kind: u8, data: &[u8]) -> Option<MobilityOption<'_>> {
    match kind {
        //= wire.9.6
        option::BINDING_REFRESH_ADVICE => exactly(data).map(|units| {
            MobilityOption::BindingRefreshAdvice(Lifetime::from_units(u16::from_be_bytes(units)))
        }),
        //= wire.9.6
        option::NONCE_INDICES => whole((word, word), data)
            .map(|(home, care_of)| MobilityOption::NonceIndices(NonceIndices { home, care_of })),
        //= wire.9.7
        option::BINDING_AUTHORIZATION_DATA => Some(MobilityOption::BindingAuthorizationData(data)),
        //= wire.9.8
        option::MOBILE_NETWORK_PREFIX => {
            network_prefix(data).map(MobilityOption::MobileNetworkPrefix)
        }
        //= wire.9.12
        option::IPV4_HOME_ADDRESS => ipv4_home_address(data),
        option::IPV4_ADDRESS_ACKNOWLEDGEMENT => ipv4_address_acknowledgement(data),
        option::NAT_DETECTION => whole((word, double), data).map(|(flags, refresh_seconds)| {
            let force_udp = flags & nat_detection_flag::FORCE_UDP != 0;
            let reserved = flags & !nat_detection_flag::FORCE_UDP;
            MobilityOption::NatDetection(NatDetection { force_udp, reserved, refresh_seconds })
        }),
        option::IPV4_CARE_OF_ADDRESS => whole((word, double), data).map(|(reserved, address)| {
            MobilityOption::Ipv4CareOfAddress { reserved, address: address.into() }
        }),
        _ => proxy::decode(kind, data),
    }
}

/// The data, if it is so many octets.
#[inline]
fn exactly<const N: usize>(data: &[u8]) -> Option<[u8; N]> {
    data.try_into().ok()
}

/// An octet, a prefix length and an address.
pub(super) fn network_prefix(data: &[u8]) -> Option<NetworkPrefix> {
    let (reserved, length, address) = whole((octet, octet, be_u128), data)?;
    let prefix = Prefixed::<Ipv6Addr>::new(address.into(), length)?;
    Some(NetworkPrefix { reserved, prefix })
}

fn ipv4_home_address(data: &[u8]) -> Option<MobilityOption<'_>> {
    let (flags, address) = whole((word, double), data)?;
    let prefix = ipv4_prefix(address, flags >> 10).filter(|prefix| prefix.prefix_length() != 0)?;
    let prefix_wanted = flags & ipv4_home_address_flag::PREFIX != 0;
    let reserved = flags & (ipv4_home_address_flag::PREFIX - 1);
    Some(MobilityOption::Ipv4HomeAddress(Ipv4HomeAddress { prefix, prefix_wanted, reserved }))
}

/// The bits behind a prefix length in 6 bits.
const TWO_BITS: u8 = 0x03;

fn ipv4_address_acknowledgement(data: &[u8]) -> Option<MobilityOption<'_>> {
    let (status, length, address) = whole((octet, octet, double), data)?;
    let prefix = ipv4_prefix(address, (length >> 2).into())?;
    let answer = Ipv4AddressAcknowledgement { status, prefix, reserved: length & TWO_BITS };
    Some(MobilityOption::Ipv4AddressAcknowledgement(answer))
}

fn ipv4_prefix(address: u32, length: u16) -> Option<Prefixed<Ipv4Addr>> {
    Prefixed::<Ipv4Addr>::new(address.into(), u8::try_from(length).ok()?)
}
