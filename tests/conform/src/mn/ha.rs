//! The IPv6 home agent that a mobile node is tested with.

use std::net::Ipv6Addr;
use std::time::{Duration, Instant};

use dsboot_codec::mip6::{
    Addresses, BindingAcknowledgement, Builder, Lifetime, Message, MobilityOption, Packet, Route,
    Sequence, Timestamp, mn_ha_key,
};
use dsboot_spec::registry::ip::next_header;
use dsboot_spec::registry::mip6::FIRST_SPI;

use super::fail;
use super::world::{Said, Tunnelled, World};
use crate::Stage;
use crate::case::{Ending, Outcome};
use crate::nas::pac::up_to;

/// Octets of an acknowledgement's packet before its mobility header: IPv6 and routing header.
const BEFORE: usize = 64;

/// A binding update as it came out of the tunnel.
#[derive(Clone, Debug)]
pub(super) struct Bu {
    pub(super) tunnelled: Tunnelled,
    pub(super) route: Route,
    pub(super) sequence: u16,
    pub(super) flags: u16,
    pub(super) lifetime: Lifetime,
    pub(super) alternate: Option<Ipv6Addr>,
    pub(super) nai: Option<Vec<u8>>,
    pub(super) message_id: Option<u64>,
    pub(super) at: Instant,
}

/// What the home agent answers; cases change what they are about.
#[derive(Clone, Debug)]
pub(super) struct Ack {
    pub(super) status: u8,
    pub(super) sequence: u16,
    pub(super) lifetime: Lifetime,
    pub(super) message_id: Option<u64>,
    pub(super) key: Option<Vec<u8>>,
    pub(super) spi: u32,
    pub(super) source: Ipv6Addr,
    pub(super) home: Ipv6Addr,
    pub(super) care_of: Ipv6Addr,
    /// The octet of the mobility header that is changed, and how; its checksum is right.
    pub(super) flip: Option<(usize, u8)>,
}

impl Bu {
    pub(super) fn read(tunnelled: &Tunnelled) -> Option<Bu> {
        let packet = Packet::decode(&tunnelled.payload).ok()?;
        let Message::BindingUpdate(update) = packet.message else { return None };
        Some(Bu {
            route: packet.route,
            sequence: update.sequence.0,
            flags: update.flags.0,
            lifetime: update.lifetime,
            alternate: update.options.alternate_care_of_address().once(),
            nai: update.options.nai().map(<[u8]>::to_vec),
            message_id: update.options.message_id().once().map(|id| id.0),
            at: tunnelled.at,
            tunnelled: tunnelled.clone(),
        })
    }

    pub(super) fn packet(&self) -> Result<Packet<'_>, Ending> {
        match Packet::decode(&self.tunnelled.payload) {
            Ok(packet) => Ok(packet),
            Err(error) => fail("a binding update", error.to_string()),
        }
    }
}

impl World {
    /// The next binding update.
    pub(super) fn updated(&mut self, stage: &mut Stage<'_>, patience: Duration) -> Option<Bu> {
        self.next(stage, patience, |said| match said {
            Said::Tunnelled(tunnelled) => Bu::read(tunnelled),
            _ => None,
        })
    }

    /// The same, which has to come.
    pub(super) fn update(&mut self, stage: &mut Stage<'_>) -> Result<Bu, Ending> {
        match self.updated(stage, stage.patience()) {
            Some(update) => Ok(update),
            None => fail(
                "a binding update through the tunnel",
                format!("none within {} ms", stage.profile.patience),
            ),
        }
    }

    /// An acknowledgement as it must be.
    pub(super) fn ack(&self, stage: &mut Stage<'_>, update: &Bu) -> Ack {
        let id = Timestamp(update.message_id.unwrap_or_default());
        let key = mn_ha_key(&self.who.aaa_key, id, &self.who.nai);
        Ack {
            status: 0,
            sequence: update.sequence,
            lifetime: update.lifetime,
            message_id: update.message_id,
            key: Some(key.to_vec()),
            spi: stage.random_u32() | FIRST_SPI,
            source: update.route.destination,
            home: update.route.home_address.unwrap_or(update.route.source),
            care_of: update.route.source,
            flip: None,
        }
    }

    /// Sends an acknowledgement through the tunnel.
    pub(super) fn acknowledge(&self, stage: &mut Stage<'_>, ack: &Ack) -> Outcome {
        let node = Addresses { home: ack.home, care_of: ack.care_of };
        let message = BindingAcknowledgement::new(ack.status, Sequence(ack.sequence), ack.lifetime);
        let mut builder = Builder::new(message);
        if let Some(id) = ack.message_id {
            builder = builder.option(&MobilityOption::MessageId(Timestamp(id)));
        }
        if let Some(key) = &ack.key {
            builder = builder.sign_mn_ha(ack.spi, key);
        }
        let route = Route::to_mobile_node(ack.source, node);
        let made = builder.packet(&route);
        let mut packet = made.map_err(|error| {
            Ending::Inconclusive(format!("an acknowledgement cannot be made: {error}"))
        })?;
        if let Some((at, bits)) = ack.flip {
            let header = packet.split_off(packet.len().min(BEFORE));
            packet.extend(altered(&route, header, (at, bits)));
        }
        self.tunnel(stage, &packet)
    }

    /// Binds the mobile node, which has been registered.
    pub(super) fn bind(&mut self, stage: &mut Stage<'_>) -> Result<Bu, Ending> {
        let update = self.update(stage).or_else(up_to)?;
        let ack = self.ack(stage, &update);
        self.acknowledge(stage, &ack)?;
        Ok(update)
    }
}

/// A mobility header with an octet changed, and the checksum that goes with that.
fn altered(route: &Route, mut header: Vec<u8>, (at, bits): (usize, u8)) -> Vec<u8> {
    if let Some(octet) = header.get_mut(at) {
        *octet ^= bits;
    }
    header.splice(4..6, [0, 0]);
    let checksum = route.pseudo().checksum(next_header::MOBILITY, &[&header]);
    header.splice(4..6, checksum.to_be_bytes());
    header
}
