//! The sub-attributes of WiMAX that are about Mobile IP. Their third octet says whether the value
//! goes on in the next attribute.

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::wire::number::be_u8 as octet;
use cookie_factory::bytes::be_u8;
use cookie_factory::combinator::slice;
use dsboot_spec::registry::radius::{MAX_VALUE_LENGTH, vendor, wimax, wimax_flag};
use nom::bytes::complete::take;

use super::hidden::Salted;
use super::value::SaltHidden;
use super::vendor::BEFORE;
use super::{Attribute, Packet, Units, VendorSpecific};
use crate::form::{Address, Address6, Form, Integer, units};
use crate::wire::{Out, Parsed, Written, append, parse};
use crate::{Error, ErrorKind, Found, Positioned};

/// Octets of type, length and continuation, which the length counts.
const HEADER: usize = 3;

/// The longest value, or piece of one, that a Vendor-Specific attribute takes.
const LONGEST: usize = MAX_VALUE_LENGTH - size_of::<u32>() - HEADER;

//= wire.5.25
units! {
    /// A sub-attribute of WiMAX: its type and what its value means.
    pub enum WimaxAttribute<'a> in wimax: u8, found by Wimax {
        /// The Mobile IPv4 home agent at home.
        HomeAgentMip4(Ipv4Addr): Address = HHA_IP_MIP4 => home_agent_mip4;
        /// The Mobile IPv6 home agent at home.
        HomeAgentMip6(Ipv6Addr): Address6 = HHA_IP_MIP6 => home_agent_mip6;
        /// Key between mobile node and the former, hidden.
        MnHomeAgentMip4Key(Salted<'a>): SaltHidden = MN_HHA_MIP4_KEY => mn_home_agent_mip4_key;
        /// SPI that goes with it.
        MnHomeAgentMip4Spi(u32): Integer = MN_HHA_MIP4_SPI => mn_home_agent_mip4_spi;
        /// Key between mobile node and the latter, hidden.
        MnHomeAgentMip6Key(Salted<'a>): SaltHidden = MN_HHA_MIP6_KEY => mn_home_agent_mip6_key;
        /// SPI that goes with it.
        MnHomeAgentMip6Spi(u32): Integer = MN_HHA_MIP6_SPI => mn_home_agent_mip6_spi;
        /// Root key of the foreign agent, hidden.
        ForeignAgentRootKey(Salted<'a>): SaltHidden = FA_RK_KEY => foreign_agent_root_key;
        /// Root key of the home agent, hidden.
        HomeAgentRootKey(Salted<'a>): SaltHidden = HA_RK_KEY => home_agent_root_key;
        /// SPI that goes with it.
        HomeAgentRootKeySpi(u32): Integer = HA_RK_SPI => home_agent_root_key_spi;
        /// How long that key lives, in seconds.
        HomeAgentRootKeyLifetime(u32): Integer = HA_RK_LIFETIME => home_agent_root_key_lifetime;
        /// Home agent of the registration request.
        RequestHomeAgent(IpAddr): EitherAddress = RRQ_HA_IP => request_home_agent;
        /// Key between mobile node and that home agent, hidden.
        RequestKey(Salted<'a>): SaltHidden = RRQ_MN_HA_KEY => request_key;
        /// SPI that goes with it.
        RequestSpi(u32): Integer = RRQ_MN_HA_SPI => request_spi;
        /// What mobility the session has.
        IpTechnology(u32): Integer = IP_TECHNOLOGY => ip_technology;
        /// Whether the home agent's root key is wanted.
        HomeAgentRootKeyRequested(u32): Integer = HA_RK_KEY_REQUESTED => home_agent_root_key_requested;
        /// SPI of the foreign agent's root key.
        ForeignAgentRootKeySpi(u32): Integer = FA_RK_SPI => foreign_agent_root_key_spi;
        /// The Mobile IPv4 home agent where the mobile node is.
        VisitedAgentMip4(Ipv4Addr): Address = VHA_IP_MIP4 => visited_agent_mip4;
        /// The Mobile IPv6 home agent where the mobile node is.
        VisitedAgentMip6(Ipv6Addr): Address6 = VHA_IP_MIP6 => visited_agent_mip6;
        /// Key between mobile node and the former, hidden.
        VisitedAgentMip4Key(Salted<'a>): SaltHidden = VHA_MIP4_KEY => visited_agent_mip4_key;
        /// Root key of the visited home agent, hidden.
        VisitedAgentRootKey(Salted<'a>): SaltHidden = VHA_RK_KEY => visited_agent_root_key;
        /// SPI that goes with it.
        VisitedAgentRootKeySpi(u32): Integer = VHA_RK_SPI => visited_agent_root_key_spi;
        /// How long that key lives, in seconds.
        VisitedAgentRootKeyLifetime(u32): Integer = VHA_RK_LIFETIME => visited_agent_root_key_lifetime;
        /// Key between mobile node and the visited Mobile IPv6 home agent, hidden.
        VisitedAgentMip6Key(Salted<'a>): SaltHidden = MN_VHA_MIP6_KEY => visited_agent_mip6_key;
        /// SPI of the key between mobile node and visited Mobile IPv4 home agent.
        VisitedAgentMip4Spi(u32): Integer = MN_VHA_MIP4_SPI => visited_agent_mip4_spi;
        /// SPI of the key between mobile node and visited Mobile IPv6 home agent.
        VisitedAgentMip6Spi(u32): Integer = MN_VHA_MIP6_SPI => visited_agent_mip6_spi;
        /// A `wimax_authorization_status`.
        MipAuthorizationStatus(u32): Integer = MIP_AUTHORIZATION_STATUS => mip_authorization_status;
    }
}

/// The form of an address of either version.
struct EitherAddress;

impl Form for EitherAddress {
    type Value<'a> = IpAddr;

    fn decode(octets: &[u8]) -> Option<IpAddr> {
        Address::decode(octets).map(IpAddr::V4).or_else(|| Address6::decode(octets).map(IpAddr::V6))
    }

    fn encode<'o>(value: &IpAddr, out: Out<'o>) -> Written<'o> {
        match value {
            IpAddr::V4(address) => Address::encode(address, out),
            IpAddr::V6(address) => Address6::encode(address, out),
        }
    }
}

impl WimaxAttribute<'_> {
    /// The data of as many Vendor-Specific attributes as it takes, each with its Type, Length and
    /// Vendor-Id.
    ///
    /// # Errors
    /// When the value does not have the form of its type.
    pub fn encode(&self) -> Result<Vec<u8>, Error> {
        let value = self.value();
        //= wire.5.4
        if !self.holds() {
            return Err(Error::new(ErrorKind::BadValue, BEFORE + HEADER, "wire.5.4"));
        }
        encode_wimax(self.kind(), &value)
    }
}

/// A value of any type in as many Vendor-Specific attributes of WiMAX as it takes.
///
/// # Errors
/// None that a value could cause.
pub fn encode_wimax(kind: u8, value: &[u8]) -> Result<Vec<u8>, Error> {
    //= wire.5.25
    let mut octets = Vec::new();
    let (first, rest) = value.split_at(value.len().min(LONGEST));
    let mut pieces = core::iter::once(first).chain(rest.chunks(LONGEST)).peekable();
    while let Some(piece) = pieces.next() {
        let continuation = pieces.peek().map_or(0, |_| wimax_flag::CONTINUED);
        let length = u8::try_from(HEADER + piece.len())
            .map_err(|_| Error::new(ErrorKind::TooLong, BEFORE + 1, "wire.5.25"))?;
        let mut data = Vec::new();
        append(&mut data, |out| {
            let out = be_u8(continuation)(be_u8(length)(be_u8(kind)(out)?)?)?;
            slice(piece)(out)
        });
        let vendor_id = vendor::WIMAX;
        Attribute::VendorSpecific(VendorSpecific { vendor_id, data: &data }).append(&mut octets)?;
    }
    Ok(octets)
}

/// One sub-attribute of WiMAX, or a piece of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct WimaxUnit<'a> {
    /// The type.
    pub kind: u8,
    /// The continuation octet; bits without a meaning are kept.
    pub continuation: u8,
    /// The value, or the piece of it.
    pub data: &'a [u8],
}

impl<'a> WimaxUnit<'a> {
    /// Whether the value goes on in the next attribute.
    #[must_use]
    pub const fn continued(&self) -> bool {
        self.continuation & wimax_flag::CONTINUED != 0
    }

    /// What the value means; of a piece alone nothing can be told.
    #[must_use]
    pub fn attribute(&self) -> WimaxAttribute<'a> {
        match self.continued() {
            false => WimaxAttribute::decode(self.kind, self.data),
            true => WimaxAttribute::Unknown { kind: self.kind, data: self.data },
        }
    }
}

/// The sub-attributes in one Vendor-Specific attribute of WiMAX.
#[derive(Clone, Debug)]
pub struct WimaxUnits<'a> {
    rest: &'a [u8],
    offset: usize,
}

impl<'a> WimaxUnits<'a> {
    /// The sub-attributes in an attribute that begins at octet `offset` of its packet.
    ///
    /// # Errors
    /// When the data is no sequence of sub-attributes of WiMAX's form.
    pub fn new(vsa: &VendorSpecific<'a>, offset: usize) -> Result<WimaxUnits<'a>, Error> {
        let mut rest = vsa.data;
        let offset = offset + BEFORE;
        while !rest.is_empty() {
            (rest, _) = unit(rest, offset + vsa.data.len() - rest.len())?;
        }
        Ok(WimaxUnits { rest: vsa.data, offset })
    }
}

impl<'a> Iterator for WimaxUnits<'a> {
    type Item = Positioned<'a, WimaxUnit<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        let (rest, value) = unit(self.rest, self.offset).ok()?;
        let (raw, _) = self.rest.split_at_checked(self.rest.len() - rest.len())?;
        let offset = self.offset;
        self.rest = rest;
        self.offset += raw.len();
        Some(Positioned { offset, raw, value })
    }
}

fn unit(octets: &[u8], offset: usize) -> Parsed<'_, WimaxUnit<'_>> {
    //= wire.5.25
    let (rest, (kind, length, continuation)) =
        parse((octet, octet, octet), octets, offset, "wire.5.25")?;
    let length = usize::from(length).checked_sub(HEADER);
    let length = length.ok_or(Error::new(ErrorKind::BadLength, offset + 1, "wire.5.25"))?;
    let (rest, data) = parse(take(length), rest, offset + HEADER, "wire.5.25")?;
    Ok((rest, WimaxUnit { kind, continuation, data }))
}

/// What WiMAX says in a packet.
#[derive(Clone, Debug)]
pub struct Wimax<'a>(Units<'a, Attribute<'a>>);

impl<'a> Packet<'a> {
    /// The sub-attributes of WiMAX.
    #[must_use]
    pub fn wimax(&self) -> Wimax<'a> {
        Wimax(self.attributes())
    }
}

impl<'a> Wimax<'a> {
    /// All sub-attributes and pieces of them in their order, from however many attributes.
    pub fn units(&self) -> impl Iterator<Item = Positioned<'a, WimaxUnit<'a>>> + use<'a> {
        let ours = self.0.clone().filter_map(|unit| match unit.value {
            Attribute::VendorSpecific(vsa) if vsa.vendor_id == vendor::WIMAX => {
                WimaxUnits::new(&vsa, unit.offset).ok()
            }
            _ => None,
        });
        ours.flatten()
    }

    /// Every value with its type, joined where it came in pieces; one that does not end is left
    /// out.
    pub fn values(&self) -> impl Iterator<Item = (u8, Cow<'a, [u8]>)> + use<'a> {
        let mut units = self.units().peekable();
        core::iter::from_fn(move || {
            loop {
                let first = units.next()?.value;
                let (mut data, mut piece) = (Cow::Borrowed(first.data), first);
                //= wire.5.25
                while piece.continued() {
                    let Some(next) = units.next_if(|next| next.value.kind == first.kind) else {
                        break;
                    };
                    piece = next.value;
                    data.to_mut().extend_from_slice(piece.data);
                }
                if !piece.continued() {
                    return Some((first.kind, data));
                }
            }
        })
    }

    /// The values that `pick` takes out of the sub-attributes that are whole, as one answer.
    //= wire.5.3
    pub fn find<T>(&self, pick: impl Fn(WimaxAttribute<'a>) -> Option<T>) -> Found<T> {
        self.units().filter_map(|unit| pick(unit.value.attribute())).collect()
    }
}
