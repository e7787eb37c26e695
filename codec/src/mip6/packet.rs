use alloc::vec::Vec;
use core::net::Ipv6Addr;

use dsboot_spec::registry::ip::{DEFAULT_TTL, next_header};
use dsboot_spec::registry::mip6::message;

use super::auth::{MnAaa, MobilityData};
use super::header::Header;
use super::message::Message;
use super::reading::{MnAaaChecksum, Reading};
use crate::ip::{Pseudo, v6};
use crate::{Error, ErrorKind, Found, crypto};

/// The two addresses of a mobile node that a binding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Addresses {
    /// Home address.
    pub home: Ipv6Addr,
    /// Care-of address; at home it is the home address.
    pub care_of: Ipv6Addr,
}

/// An IPv6 packet with a mobility header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Packet<'a> {
    /// Between whom.
    pub route: Route,
    /// The header, with the octets that authenticators cover.
    pub header: Header<'a>,
    /// What it says.
    pub message: Message<'a>,
}

impl<'a> Packet<'a> {
    /// Decodes a whole IPv6 packet with a mobility header, and verifies its checksum.
    ///
    /// # Errors
    /// When the packet is none of IPv6, is a fragment, has no mobility header, or the message is to
    /// be discarded. The offset counts from the start of the packet.
    pub fn decode(octets: &'a [u8]) -> Result<Packet<'a>, Error> {
        Packet::decode_by(octets, &Reading::DEFAULT)
    }

    /// The same by a reading of what the RFCs contradict each other about.
    ///
    /// # Errors
    /// As [`Packet::decode`].
    pub fn decode_by(octets: &'a [u8], reading: &Reading) -> Result<Packet<'a>, Error> {
        let packet = v6::Packet::decode(octets)?;
        let upper = packet.upper_layer()?;
        let mobility = upper.octets_of(next_header::MOBILITY)?;
        let route = Route {
            source: upper.header_source,
            destination: upper.header_destination,
            home_address: upper.home_address,
            routed_to: upper.routed_to,
            hop_limit: packet.hop_limit,
        };
        Packet::read(route, mobility, reading).map_err(|error| error.shifted(upper.offset))
    }

    /// Decodes the mobility header of a packet that went this way.
    ///
    /// # Errors
    /// When the message is to be discarded. The offset counts from the start of the mobility header.
    pub fn from_parts(route: Route, mobility_header: &'a [u8]) -> Result<Packet<'a>, Error> {
        Packet::read(route, mobility_header, &Reading::DEFAULT)
    }

    fn read(route: Route, octets: &'a [u8], reading: &Reading) -> Result<Packet<'a>, Error> {
        let header = Header::decode_by(octets, &route.pseudo(), reading)?;
        route.check(header.kind())?;
        Ok(Packet { route, header, message: header.message_by(reading)? })
    }

    /// The addresses that the message is about, and that its authenticators cover.
    #[must_use]
    pub fn addresses(&self) -> Addresses {
        self.route.addresses(&self.message)
    }

    /// What the MN-AAA option is made of, for the server that can verify it; `None` if there is
    /// no such option.
    #[must_use]
    pub fn mn_aaa(&self) -> Option<MnAaa<'a>> {
        self.mn_aaa_by(&Reading::DEFAULT)
    }

    /// The same by a reading of what the RFCs contradict each other about.
    #[must_use]
    pub fn mn_aaa_by(&self, reading: &Reading) -> Option<MnAaa<'a>> {
        let option = self.message.options().mn_aaa()?;
        let data = MobilityData::of(self.addresses(), &self.header, &option)?;
        //= wire.12.15
        let data = match reading.mn_aaa_checksum {
            MnAaaChecksum::Zero => data,
            MnAaaChecksum::AsReceived => data.with_checksum(self.header.checksum()),
        };
        Some(MnAaa {
            spi: option.value.spi,
            authenticator: option.value.data,
            digest: data.digest(),
        })
    }

    /// Whether there is an MN-HA option and its authenticator is right under `key`.
    #[must_use]
    pub fn verify_mn_ha(&self, key: &[u8]) -> bool {
        self.message.options().mn_ha().is_some_and(|option| {
            MobilityData::of(self.addresses(), &self.header, &option)
                .is_some_and(|data| crypto::equal(&data.mn_ha(key), option.value.data))
        })
    }
}

/// Between whom a mobility header goes, and how the IPv6 packet says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Route {
    /// Source address in the IPv6 header.
    pub source: Ipv6Addr,
    /// Destination address in the IPv6 header.
    pub destination: Ipv6Addr,
    /// Address in a Home Address option; only for a BU.
    pub home_address: Option<Ipv6Addr>,
    /// Address in a type 2 routing header; only for a BA.
    pub routed_to: Option<Ipv6Addr>,
    /// Hop limit.
    pub hop_limit: u8,
}

impl Route {
    /// From one address to another, with neither Home Address option nor routing header.
    #[must_use]
    pub const fn direct(source: Ipv6Addr, destination: Ipv6Addr) -> Route {
        Route { source, destination, home_address: None, routed_to: None, hop_limit: DEFAULT_TTL }
    }

    /// A binding update's: from the care-of address, with the home address in a Home Address
    /// option unless the mobile node is at home (RFC 6275 §11.7.1).
    #[must_use]
    pub fn from_mobile_node(node: Addresses, home_agent: Ipv6Addr) -> Route {
        //= wire.8.14
        let home_address = (node.care_of != node.home).then_some(node.home);
        Route { home_address, ..Route::direct(node.care_of, home_agent) }
    }

    /// A binding acknowledgement's: to the care-of address, with the home address in a type 2
    /// routing header unless the mobile node is at home (RFC 6275 §9.5.4).
    #[must_use]
    pub fn to_mobile_node(home_agent: Ipv6Addr, node: Addresses) -> Route {
        //= wire.8.14
        let routed_to = (node.care_of != node.home).then_some(node.home);
        Route { routed_to, ..Route::direct(home_agent, node.care_of) }
    }

    /// The pseudo-header of the checksum.
    #[must_use]
    pub fn pseudo(&self) -> Pseudo {
        //= wire.8.2
        Pseudo::v6(
            self.home_address.unwrap_or(self.source),
            self.routed_to.unwrap_or(self.destination),
        )
    }

    /// The mobile node's addresses, if `message` goes this way.
    #[must_use]
    pub fn addresses(&self, message: &Message<'_>) -> Addresses {
        self.addresses_of(message.kind(), message.options().alternate_care_of_address())
    }

    /// The same of a message of type `kind` with this care-of address among its options.
    pub(super) fn addresses_of(&self, kind: u8, alternate: Found<Ipv6Addr>) -> Addresses {
        //= wire.9.18
        if kind == message::BINDING_ACKNOWLEDGEMENT {
            let home = self.routed_to.unwrap_or(self.destination);
            return Addresses { home, care_of: self.destination };
        }
        Addresses {
            home: self.home_address.unwrap_or(self.source),
            care_of: alternate.once().unwrap_or(self.source),
        }
    }

    /// Whether a message of type `kind` may go this way.
    pub(super) fn check(&self, kind: u8) -> Result<(), Error> {
        //= wire.8.4
        // What others than RFC 6275 have numbered is theirs.
        let is_known = kind <= message::BINDING_ERROR;
        if (self.home_address.is_some() && is_known && kind != message::BINDING_UPDATE)
            || (self.routed_to.is_some() && kind != message::BINDING_ACKNOWLEDGEMENT)
        {
            return Err(Error::new(ErrorKind::Misplaced, 2, "wire.8.4"));
        }
        Ok(())
    }

    /// The whole IPv6 packet with this mobility header.
    pub(super) fn packet(&self, mobility_header: &[u8]) -> Result<Vec<u8>, Error> {
        //= wire.8.14
        let options =
            self.home_address.map(|home| v6::home_address_header(next_header::MOBILITY, home));
        let routing =
            self.routed_to.map(|home| v6::type_2_routing_header(next_header::MOBILITY, home));
        let (next, extension) = match (&options, &routing) {
            (Some(options), _) => (next_header::DESTINATION_OPTIONS, options.as_slice()),
            (None, Some(routing)) => (next_header::ROUTING, routing.as_slice()),
            (None, None) => (next_header::MOBILITY, [].as_slice()),
        };
        let payload = [extension, mobility_header].concat();
        let packet = v6::Packet::new(self.source, self.destination, next, &payload);
        v6::Packet { hop_limit: self.hop_limit, ..packet }.encode()
    }
}
