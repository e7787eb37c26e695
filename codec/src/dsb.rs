//! The bootstrap parameters of this project, whatever carries them.
//!
//! The same value octets stand in a Mobile IPv4 vendor extension (RFC 3115), in a RADIUS vendor
//! attribute (RFC 2865 §5.26) and in a PANA vendor AVP (RFC 5191 §6.3); only the header around
//! them differs, and whose vendor number it holds is for the carrier to compare. Numbers are
//! those of [`dsboot_spec::registry::dsb`].
//!
//! ```
//! use core::net::Ipv6Addr;
//! use dsboot_codec::dsb::{Parameter, Parameters, Prefixed};
//!
//! let home = Prefixed::<Ipv6Addr>::new("2001:db8:1::100".parse()?, 64).ok_or("prefix length")?;
//! let value = Parameter::Ipv6Hoa(home).encode();
//! assert_eq!(value.len(), 17);
//! assert_eq!(Parameter::decode(5, &value), Some(Parameter::Ipv6Hoa(home)));
//!
//! // A value of another length is not understood, and a parameter given twice is not learned.
//! assert_eq!(Parameter::decode(5, &value[1..]), None);
//! let learned: Parameters<'_> = [Parameter::Ipv6Hoa(home); 2].into_iter().collect();
//! assert_eq!(learned.ipv6_hoa.once(), None);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use alloc::vec::Vec;
use core::net::{Ipv4Addr, Ipv6Addr};

use crate::wire::number::{be_u32, be_u128, u8};
use cookie_factory::bytes::be_u8;
use cookie_factory::combinator::slice;
use dsboot_spec::registry::dsb::{FQDN_MAX_LENGTH, bootstrap_request, parameter};
use nom::combinator::{all_consuming, fail, map_opt, rest};
use nom::{IResult, Parser};

use crate::Found;
use crate::wire::{Out, Written, serialize};

/// One parameter, understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[non_exhaustive]
pub enum Parameter<'a> {
    /// The FHA assigned to the mobile node, by address.
    FhaAddress(Ipv4Addr),
    /// The FHA assigned to the mobile node, by name.
    FhaFqdn(Fqdn<'a>),
    /// The co-located care-of address assigned to the mobile node.
    ColocatedAddress(Prefixed<Ipv4Addr>),
    /// A copy of the reply's Home Address field.
    Thoav4(Ipv4Addr),
    /// The IPv6 home address.
    Ipv6Hoa(Prefixed<Ipv6Addr>),
    /// The Mobile IPv6 home agent.
    HomeAgent(Ipv6Addr),
    /// The IPv6 care-of address, on the FHA's IPv6 side.
    Ipv6Coa(Prefixed<Ipv6Addr>),
    /// What the mobile node asks for.
    BootstrapRequest(Wanted),
}

impl<'a> Parameter<'a> {
    /// The parameter of type `kind` with these value octets, or `None` if the type is not one of
    /// these or the value is not one that the type allows: such a parameter is not understood,
    /// and its carrier skips it.
    #[must_use]
    pub fn decode(kind: u16, value: &'a [u8]) -> Option<Parameter<'a>> {
        //= wire.2.33
        //= wire.11.4
        let kind = u8::try_from(kind).ok()?;
        //= wire.2.32
        let mut parser = all_consuming(move |input: &'a [u8]| match kind {
            //= wire.2.28
            parameter::FHA_IPV4_ADDRESS => ipv4.map(Parameter::FhaAddress).parse(input),
            //= wire.2.29
            parameter::FHA_FQDN => {
                map_opt(rest, Fqdn::from_octets).map(Parameter::FhaFqdn).parse(input)
            }
            //= wire.2.30
            parameter::COLOCATED_ADDRESS => {
                map_opt((u8, ipv4), |(length, address)| Prefixed::<Ipv4Addr>::new(address, length))
                    .map(Parameter::ColocatedAddress)
                    .parse(input)
            }
            //= wire.2.28
            parameter::THOAV4 => ipv4.map(Parameter::Thoav4).parse(input),
            //= wire.2.30
            parameter::IPV6_HOA => prefixed_ipv6.map(Parameter::Ipv6Hoa).parse(input),
            //= wire.2.28
            parameter::HA_IPV6_ADDRESS => ipv6.map(Parameter::HomeAgent).parse(input),
            //= wire.2.30
            parameter::IPV6_COA => prefixed_ipv6.map(Parameter::Ipv6Coa).parse(input),
            //= wire.2.31
            parameter::BOOTSTRAP_REQUEST => {
                u8.map(|bits| Parameter::BootstrapRequest(Wanted(bits))).parse(input)
            }
            _ => fail().parse(input),
        });
        parser.parse(value).ok().map(|(_, parameter)| parameter)
    }

    /// The type number, the same in every carrier.
    #[must_use]
    pub const fn kind(&self) -> u8 {
        match self {
            Parameter::FhaAddress(_) => parameter::FHA_IPV4_ADDRESS,
            Parameter::FhaFqdn(_) => parameter::FHA_FQDN,
            Parameter::ColocatedAddress(_) => parameter::COLOCATED_ADDRESS,
            Parameter::Thoav4(_) => parameter::THOAV4,
            Parameter::Ipv6Hoa(_) => parameter::IPV6_HOA,
            Parameter::HomeAgent(_) => parameter::HA_IPV6_ADDRESS,
            Parameter::Ipv6Coa(_) => parameter::IPV6_COA,
            Parameter::BootstrapRequest(_) => parameter::BOOTSTRAP_REQUEST,
        }
    }

    /// The value octets, the same in every carrier: 1 to 247 of them.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        //= wire.2.27
        serialize(|out| self.write(out))
    }

    /// Whether the value octets mean this again: no parameter can be made that is not allowed.
    #[expect(clippy::unused_self, reason = "as every unit that stands in another")]
    pub(crate) const fn holds(&self) -> bool {
        true
    }

    /// Writes the value octets.
    pub(crate) fn write<'o>(&self, out: Out<'o>) -> Written<'o> {
        match self {
            Parameter::FhaAddress(address) | Parameter::Thoav4(address) => {
                slice(address.octets())(out)
            }
            Parameter::FhaFqdn(name) => slice(name.as_str())(out),
            Parameter::ColocatedAddress(address) => {
                slice(address.address.octets())(be_u8(address.length)(out)?)
            }
            Parameter::Ipv6Hoa(address) | Parameter::Ipv6Coa(address) => {
                slice(address.address.octets())(be_u8(address.length)(out)?)
            }
            Parameter::HomeAgent(address) => slice(address.octets())(out),
            Parameter::BootstrapRequest(wanted) => be_u8(wanted.0)(out),
        }
    }
}

/// What a message tells of each parameter.
///
/// Collected from the parameters that were understood; one that is there twice counts as not
/// learned ([`Found::Many`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Parameters<'a> {
    /// [`Parameter::FhaAddress`].
    pub fha_address: Found<Ipv4Addr>,
    /// [`Parameter::FhaFqdn`].
    pub fha_fqdn: Found<Fqdn<'a>>,
    /// [`Parameter::ColocatedAddress`].
    pub colocated_address: Found<Prefixed<Ipv4Addr>>,
    /// [`Parameter::Thoav4`].
    pub thoav4: Found<Ipv4Addr>,
    /// [`Parameter::Ipv6Hoa`].
    pub ipv6_hoa: Found<Prefixed<Ipv6Addr>>,
    /// [`Parameter::HomeAgent`].
    pub home_agent: Found<Ipv6Addr>,
    /// [`Parameter::Ipv6Coa`].
    pub ipv6_coa: Found<Prefixed<Ipv6Addr>>,
    /// [`Parameter::BootstrapRequest`].
    pub bootstrap_request: Found<Wanted>,
}

impl Default for Parameters<'_> {
    fn default() -> Self {
        Parameters {
            fha_address: Found::Absent,
            fha_fqdn: Found::Absent,
            colocated_address: Found::Absent,
            thoav4: Found::Absent,
            ipv6_hoa: Found::Absent,
            home_agent: Found::Absent,
            ipv6_coa: Found::Absent,
            bootstrap_request: Found::Absent,
        }
    }
}

impl<'a> FromIterator<Parameter<'a>> for Parameters<'a> {
    fn from_iter<I: IntoIterator<Item = Parameter<'a>>>(parameters: I) -> Self {
        parameters.into_iter().fold(Parameters::default(), |mut all, parameter| {
            match parameter {
                Parameter::FhaAddress(value) => add(&mut all.fha_address, value),
                Parameter::FhaFqdn(value) => add(&mut all.fha_fqdn, value),
                Parameter::ColocatedAddress(value) => add(&mut all.colocated_address, value),
                Parameter::Thoav4(value) => add(&mut all.thoav4, value),
                Parameter::Ipv6Hoa(value) => add(&mut all.ipv6_hoa, value),
                Parameter::HomeAgent(value) => add(&mut all.home_agent, value),
                Parameter::Ipv6Coa(value) => add(&mut all.ipv6_coa, value),
                Parameter::BootstrapRequest(value) => add(&mut all.bootstrap_request, value),
            }
            all
        })
    }
}

//= wire.2.34
fn add<T>(found: &mut Found<T>, value: T) {
    *found = match found {
        Found::Absent => Found::Once(value),
        Found::Once(_) | Found::Many => Found::Many,
    };
}

/// An address and the length of the prefix it lies in, in bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Prefixed<A> {
    address: A,
    length: u8,
}

impl<A: Copy> Prefixed<A> {
    /// The address.
    #[must_use]
    pub const fn address(&self) -> A {
        self.address
    }

    /// The prefix length in bits: at most 32 for IPv4, 128 for IPv6.
    #[must_use]
    pub const fn prefix_length(&self) -> u8 {
        self.length
    }
}

impl Prefixed<Ipv4Addr> {
    /// An IPv4 address in a prefix of `length` bits; `None` if that is more than 32.
    #[must_use]
    pub const fn new(address: Ipv4Addr, length: u8) -> Option<Self> {
        if length <= 32 { Some(Prefixed { address, length }) } else { None }
    }
}

impl Prefixed<Ipv6Addr> {
    /// An IPv6 address in a prefix of `length` bits; `None` if that is more than 128.
    #[must_use]
    pub const fn new(address: Ipv6Addr, length: u8) -> Option<Self> {
        if length <= 128 { Some(Prefixed { address, length }) } else { None }
    }
}

/// Declares that an address and the length of its prefix are what serde makes them, if the length
/// is allowed.
#[cfg(feature = "serde")]
macro_rules! deserialize_prefixed {
    ($($address:ty)*) => {
        $(impl<'de> serde::Deserialize<'de> for Prefixed<$address> {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                #[derive(serde::Deserialize)]
                struct Fields {
                    address: $address,
                    length: u8,
                }
                let Fields { address, length } = serde::Deserialize::deserialize(from)?;
                Prefixed::<$address>::new(address, length)
                    .ok_or_else(|| serde::de::Error::custom("prefix longer than its address"))
            }
        })*
    };
}

#[cfg(feature = "serde")]
deserialize_prefixed!(Ipv4Addr Ipv6Addr);

/// A domain name as FHA-FQDN carries it: 1 to 247 octets of visible ASCII, no dot at the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Fqdn<'a>(&'a str);

impl<'a> Fqdn<'a> {
    /// The name, or `None` if it is not of that form.
    #[must_use]
    pub fn new(name: &'a str) -> Option<Fqdn<'a>> {
        //= wire.2.29
        let fits = (1..=FQDN_MAX_LENGTH).contains(&name.len());
        (fits && name.bytes().all(|octet| octet.is_ascii_graphic()) && !name.ends_with('.'))
            .then_some(Fqdn(name))
    }

    /// The name as text.
    #[must_use]
    pub const fn as_str(&self) -> &'a str {
        self.0
    }

    fn from_octets(octets: &'a [u8]) -> Option<Fqdn<'a>> {
        core::str::from_utf8(octets).ok().and_then(Fqdn::new)
    }
}

/// Which parameters a mobile node asks for; bits without a meaning are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Wanted(pub u8);

impl Wanted {
    /// IPv6 home address, home agent and IPv6 care-of address: what the bootstrap needs.
    pub const ADDRESSES: Wanted =
        Wanted(bootstrap_request::IPV6_HOA | bootstrap_request::HA | bootstrap_request::IPV6_COA);

    /// Whether every bit of `mask`, made of `bootstrap_request` code points, is set.
    #[must_use]
    pub const fn contains(self, mask: u8) -> bool {
        self.0 & mask == mask
    }
}

fn ipv4(input: &[u8]) -> IResult<&[u8], Ipv4Addr> {
    be_u32.map(Ipv4Addr::from).parse(input)
}

fn ipv6(input: &[u8]) -> IResult<&[u8], Ipv6Addr> {
    be_u128.map(Ipv6Addr::from).parse(input)
}

fn prefixed_ipv6(input: &[u8]) -> IResult<&[u8], Prefixed<Ipv6Addr>> {
    map_opt((u8, ipv6), |(length, address)| Prefixed::<Ipv6Addr>::new(address, length)).parse(input)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_prefixed<A: Arbitrary + Copy>(
        most: u8,
        new: fn(A, u8) -> Option<Prefixed<A>>,
    ) -> impl Strategy<Value = Prefixed<A>> {
        (any::<A>(), 0..=most).prop_filter_map("length", move |(a, length)| new(a, length))
    }

    proptest! {
        //= wire.2.32
        #[test]
        fn typed_values_survive_their_octets(
            v4 in any::<Ipv4Addr>(),
            v6 in any::<Ipv6Addr>(),
            on4 in any_prefixed(32, Prefixed::<Ipv4Addr>::new),
            on6 in any_prefixed(128, Prefixed::<Ipv6Addr>::new),
            name in "[!-~]{0,246}[!--/-~]",
            bits in any::<u8>(),
        ) {
            for parameter in [
                Parameter::FhaAddress(v4),
                Parameter::FhaFqdn(Fqdn::new(&name).unwrap()),
                Parameter::ColocatedAddress(on4),
                Parameter::Thoav4(v4),
                Parameter::Ipv6Hoa(on6),
                Parameter::HomeAgent(v6),
                Parameter::Ipv6Coa(on6),
                Parameter::BootstrapRequest(Wanted(bits)),
            ] {
                let octets = parameter.encode();
                prop_assert_eq!(Parameter::decode(parameter.kind().into(), &octets), Some(parameter));
            }
        }

        //= wire.2.33
        #[test]
        fn whatever_is_understood_has_one_encoding(
            kind in 0..12u16,
            value in prop::collection::vec(any::<u8>(), 0..20),
        ) {
            if let Some(parameter) = Parameter::decode(kind, &value) {
                prop_assert_eq!(parameter.encode(), value);
            }
        }
    }

    //= wire.2.28
    //= wire.2.29
    //= wire.2.30
    //= wire.2.31
    #[test]
    fn value_octets() {
        let cases: [(u16, &str, Parameter<'_>); 7] = [
            (1, "c0000201", Parameter::FhaAddress(Ipv4Addr::new(192, 0, 2, 1))),
            (
                2,
                "666861312e6173702e6578616d706c65",
                Parameter::FhaFqdn(Fqdn::new("fha1.asp.example").unwrap()),
            ),
            (
                3,
                "18c633644d",
                Parameter::ColocatedAddress(
                    Prefixed::<Ipv4Addr>::new(Ipv4Addr::new(198, 51, 100, 77), 24).unwrap(),
                ),
            ),
            (4, "cb007109", Parameter::Thoav4(Ipv4Addr::new(203, 0, 113, 9))),
            (
                6,
                "20010db8000100000000000000000001",
                Parameter::HomeAgent("2001:db8:1::1".parse().unwrap()),
            ),
            (
                7,
                "4020010db8000f00000000000000000077",
                Parameter::Ipv6Coa(
                    Prefixed::<Ipv6Addr>::new("2001:db8:f::77".parse().unwrap(), 64).unwrap(),
                ),
            ),
            (10, "07", Parameter::BootstrapRequest(Wanted::ADDRESSES)),
        ];
        for (kind, octets, parameter) in cases {
            let octets = hex::decode(octets).unwrap();
            assert_eq!(Parameter::decode(kind, &octets), Some(parameter));
            assert_eq!(parameter.encode(), octets);
        }
    }

    //= wire.2.29
    //= wire.2.33
    #[test]
    fn what_is_not_understood() {
        let cases: [(u16, &[u8]); 15] = [
            (0, &[0; 4]),
            (1, &[0; 3]),
            (1, &[0; 5]),
            (2, b""),
            (2, b"fha.example."),
            (2, b"fha\0"),
            (2, "fh\u{e4}.example".as_bytes()),
            (3, &[33, 0, 0, 0, 0]),
            (5, &[0; 16]),
            (5, &[129; 17]),
            (6, &[0; 17]),
            (8, &[0; 4]),
            (10, &[0; 2]),
            (11, &[0; 4]),
            (0x0101, &[0; 4]),
        ];
        for (kind, value) in cases {
            assert_eq!(Parameter::decode(kind, value), None, "type {kind}, {value:?}");
        }
        assert_eq!(Parameter::decode(2, &[b'a'; 248]), None);
        assert!(Parameter::decode(2, &[b'a'; 247]).is_some());
    }

    //= wire.2.34
    #[test]
    fn a_parameter_given_twice_is_not_learned() {
        let fha = |last| Parameter::FhaAddress(Ipv4Addr::new(192, 0, 2, last));
        let wanted = Parameter::BootstrapRequest(Wanted(1));
        let learned: Parameters<'_> = [fha(1), wanted, fha(1), fha(2)].into_iter().collect();
        assert_eq!(learned.fha_address, Found::Many);
        assert_eq!(learned.bootstrap_request, Found::Once(Wanted(1)));
        assert_eq!(learned.ipv6_hoa, Found::Absent);
    }
}
