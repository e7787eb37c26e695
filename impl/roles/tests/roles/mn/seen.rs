//! What the mobile node did, and what is in it.

use crate::support::Done;
use dsboot_codec::ip::tunnel::ipv6_in_ipv4;
use dsboot_codec::ip::v4;
use dsboot_codec::mip4::Message;
use dsboot_codec::mip6::{self, Addresses, BindingUpdate, Lifetime, Route, Sequence, Timestamp};
use dsboot_roles::{Datagram, Effect};
use dsboot_spec::registry::ip::protocol;
use dsboot_spec::registry::mip4::PORT;

/// A binding update, taken apart.
#[derive(Clone, Debug)]
pub(crate) struct Update {
    pub(crate) route: Route,
    pub(crate) addresses: Addresses,
    pub(crate) sequence: Sequence,
    pub(crate) lifetime: Lifetime,
    pub(crate) message_id: Timestamp,
    pub(crate) octets: Vec<u8>,
}

impl Update {
    fn read(octets: &[u8]) -> Option<Update> {
        let packet = mip6::Packet::decode(octets).ok()?;
        let mip6::Message::BindingUpdate(BindingUpdate { sequence, lifetime, options, .. }) =
            packet.message
        else {
            return None;
        };
        Some(Update {
            route: packet.route,
            addresses: packet.addresses(),
            sequence,
            lifetime,
            message_id: options.message_id().once().unwrap(),
            octets: octets.to_owned(),
        })
    }
}

/// What the mobile node did.
#[derive(Debug)]
pub(crate) struct Seen(pub(crate) Vec<Effect>);

impl Done for Seen {
    fn effects(&self) -> core::slice::Iter<'_, Effect> {
        self.0.iter()
    }
}

impl Seen {
    pub(crate) fn delivered(&self) -> Vec<Vec<u8>> {
        let given = |effect: &Effect| match effect {
            Effect::Deliver(octets) => Some(octets.clone()),
            _ => None,
        };
        self.0.iter().filter_map(given).collect()
    }

    /// Registration requests.
    pub(crate) fn requests(&self) -> Vec<Datagram> {
        let is_request =
            |d: &Datagram| matches!(Message::decode(&d.payload), Ok(Message::Request(_)));
        let to_port = |d: &Datagram| d.destination.port() == PORT;
        self.datagrams().into_iter().filter(|d| to_port(d) && is_request(d)).collect()
    }

    /// The one registration request.
    pub(crate) fn request(&self) -> Datagram {
        let all = self.requests();
        assert_eq!(all.len(), 1, "{self:?}");
        all[0].clone()
    }

    /// IPv4 packets in the Mobile IPv4 tunnel, whatever its form.
    pub(crate) fn tunnelled(&self) -> Vec<Vec<u8>> {
        let in_udp = self.datagrams().into_iter().filter_map(|datagram| {
            match Message::decode(&datagram.payload) {
                Ok(Message::TunnelData(data)) if datagram.destination.port() == PORT => {
                    Some(data.packet.to_vec())
                }
                _ => None,
            }
        });
        let in_ip = self.packets().into_iter().filter_map(|packet| {
            let header = v4::Packet::decode(&packet.octets).ok()?;
            match header.protocol {
                protocol::IPV4 => Some(header.payload.to_vec()),
                protocol::IPV6 => Some(packet.octets.clone()),
                _ => None,
            }
        });
        in_udp.chain(in_ip).collect()
    }

    /// IPv6 packets in the tunnel to the FHA.
    pub(crate) fn ipv6(&self) -> Vec<Vec<u8>> {
        let unwrapped = |octets: &Vec<u8>| {
            let inner = v4::Packet::decode(octets).unwrap();
            ipv6_in_ipv4::unwrap(&inner).ok().map(|tunnelled| tunnelled.octets.to_vec())
        };
        self.tunnelled().iter().filter_map(unwrapped).collect()
    }

    /// Binding updates in the tunnel to the FHA.
    pub(crate) fn updates(&self) -> Vec<Update> {
        self.ipv6().into_iter().filter_map(|octets| Update::read(&octets)).collect()
    }

    /// Binding updates on the link itself.
    pub(crate) fn plain_updates(&self) -> Vec<Update> {
        let sent = self.packets().into_iter().map(|packet| packet.octets);
        sent.filter_map(|octets| Update::read(&octets)).collect()
    }

    /// The one binding update.
    pub(crate) fn update(&self) -> Update {
        let all = self.updates();
        assert_eq!(all.len(), 1, "{self:?}");
        all[0].clone()
    }
}
