//! The mobile node, its correspondent and its AAAH that a Mobile IPv6 home agent is tested with.

use std::collections::VecDeque;
use std::net::Ipv6Addr;
use std::time::{Duration, Instant};

use dsboot_codec::ip::v6;
use dsboot_codec::mip6::{Message, Packet, mn_ha_key};
use dsboot_codec::radius::{Attribute, Packet as Radius, ResponseBuilder, SubAttribute};
use dsboot_spec::registry::dsb::parameter;
use dsboot_spec::registry::ip::next_header;
use dsboot_spec::registry::mip6::{FIRST_SPI, message, status, update_flag};
use dsboot_spec::registry::radius::code as radius_code;

use super::bu::{AAA_SPI, Bu, Part};
use super::{Allowed, fail, missing};
use crate::Stage;
use crate::air::{Air, Ear};
use crate::case::Ending;
use crate::profile::octets;
use crate::server::Desk;
use crate::stage::Came;
use dsboot_codec::tree::Protocol;

/// The lifetime asked for where a case says nothing else, in units of 4 s.
pub(super) const LIFETIME: u16 = 75;

/// How long the tester's AAAH grants sessions and keys, in seconds.
const SESSION: u32 = 3600;

/// A mobile node.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) nai: Option<Vec<u8>>,
    pub(super) aaa_key: Vec<u8>,
    pub(super) home: Ipv6Addr,
    pub(super) care_of: Ipv6Addr,
    pub(super) other_care_of: Ipv6Addr,
    pub(super) correspondent: Ipv6Addr,
    pub(super) agent: Ipv6Addr,
    pub(super) sequence: u16,
    /// SPI and key of acknowledgements: of the last Accept, or of the profile.
    pub(super) association: Option<(u32, Vec<u8>)>,
    pub(super) desk: Option<Desk>,
    ear: Ear,
    last_id: u64,
    /// What has come beside acknowledgements.
    others: VecDeque<Vec<u8>>,
}

/// What the tester's AAAH puts into an Accept; cases change what they are about.
#[derive(Clone, Debug)]
pub(super) struct Grant {
    pub(super) key: Option<Vec<u8>>,
    pub(super) spi: u32,
    pub(super) session: Option<u32>,
    pub(super) key_lifetime: u32,
}

/// An acknowledgement.
#[derive(Clone, Debug)]
pub(super) struct Ack {
    pub(super) packet: Vec<u8>,
    pub(super) status: u8,
    pub(super) sequence: u16,
    /// In units of 4 s.
    pub(super) lifetime: u16,
    /// What keeps the mobile node from taking it.
    pub(super) wrong: Option<String>,
}

impl Node {
    /// A mobile node that no other case has.
    pub(super) fn new(stage: &mut Stage<'_>) -> Result<Node, Ending> {
        let place = stage.number;
        Node::with(stage, place, 0)
    }

    /// One that has a binding.
    pub(super) fn bound(stage: &mut Stage<'_>) -> Result<Node, Ending> {
        let mut node = Node::new(stage)?;
        node.establish(stage)?;
        Ok(node)
    }

    /// One of several of a case; `which` is below 16.
    pub(super) fn with(stage: &mut Stage<'_>, number: u32, which: u8) -> Result<Node, Ending> {
        let std::net::IpAddr::V6(agent) = stage.profile.target.address.ip() else {
            return missing("target.address is no IPv6 address");
        };
        let Some(air) = stage.air else { return missing("tester.care_of") };
        let at = |place: u8| air.address(number, which << 4 | place);
        let (care_of, other_care_of, correspondent) = (at(1), at(2), at(3));
        let mut ear = air.ear();
        [care_of, other_care_of, correspondent].iter().for_each(|own| ear.hear(*own));
        let prefix = stage.profile.target.prefix.map_or(0, |prefix| prefix.to_bits());
        let host = (1_u128 << 40) | u128::from(number) << 8 | u128::from(which);
        let mut node = Node {
            nai: None,
            aaa_key: Vec::new(),
            home: Ipv6Addr::from_bits(prefix | host),
            care_of,
            other_care_of,
            correspondent,
            agent,
            sequence: u16::from_be_bytes(stage.random()),
            association: None,
            desk: None,
            ear,
            last_id: 0,
            others: VecDeque::new(),
        };
        if stage.profile.claims("bootstrap") {
            let nai = format!("mn{number}-{which}@conform.example").into_bytes();
            let Some(server) = stage.server else { return missing("tester.aaa") };
            node.desk = Some(server.desk(&nai));
            node.aaa_key = stage.random::<16>().to_vec();
            let (shown, key) = (String::from_utf8_lossy(&nai), hex::encode(&node.aaa_key));
            stage.key(format!("[[mn_aaa]]\nnai = \"{shown}\"\nkey = \"hex:{key}\"\n"));
            if let Some(secret) = &stage.profile.tester.secret {
                stage.key(format!("[[radius]]\nsecret = \"{secret}\"\n"));
            }
            node.nai = Some(nai);
        } else if let Some(known) = stage.profile.mobiles6.get(stage.slot) {
            if which > 0 {
                return Err(Ending::Skip("the profile's mobile nodes are asked one by one".into()));
            }
            node.home = known.home_address;
            node.nai = known.nai.as_ref().map(|nai| nai.clone().into_bytes());
            node.association = known.association.as_ref().map(|own| (own.spi, octets(&own.key)));
            node.clear(stage)?;
        }
        Ok(node)
    }

    /// Ends what the case before, of the same home address, has left.
    fn clear(&mut self, stage: &mut Stage<'_>) -> Result<(), Ending> {
        for _ in 0..2 {
            let release = self.release(stage);
            self.send(stage, &release.packet())?;
            match self.ack(stage, stage.patience()) {
                Some(ack) if ack.status == status::SEQUENCE_OUT_OF_WINDOW => {
                    self.sequence = ack.sequence;
                }
                _ => break,
            }
        }
        Ok(())
    }

    /// A Mesg-ID greater than all before.
    pub(super) fn message_id(&mut self, stage: &Stage<'_>) -> u64 {
        self.last_id = stage.ntp().max(self.last_id + 1);
        self.last_id
    }

    /// An update as it must be, from the care-of address.
    pub(super) fn update(&mut self, stage: &Stage<'_>) -> Bu {
        let care_of = self.care_of;
        self.update_from(stage, care_of)
    }

    /// An update as it must be.
    pub(super) fn update_from(&mut self, stage: &Stage<'_>, care_of: Ipv6Addr) -> Bu {
        self.sequence = self.sequence.wrapping_add(1);
        let mut update = Bu::new(self.home, care_of, self.agent);
        update.sequence = self.sequence;
        update.flags = update_flag::ACKNOWLEDGE | update_flag::HOME_REGISTRATION;
        update.lifetime = LIFETIME;
        update.parts.push(Part::alternate(care_of));
        if let Some(nai) = &self.nai {
            update.parts.push(Part::nai(nai));
        }
        if self.desk.is_some() || stage.profile.claims("replay") {
            update.parts.push(Part::message_id(self.message_id(stage)));
        }
        if self.desk.is_some() {
            update.parts.push(Part::Aaa { key: self.aaa_key.clone(), spi: AAA_SPI, flip: None });
        } else if let Some((spi, key)) = &self.association {
            update.parts.push(Part::Ha { key: key.clone(), spi: *spi, flip: None });
        }
        update
    }

    /// The same that ends the binding.
    pub(super) fn release(&mut self, stage: &Stage<'_>) -> Bu {
        Bu { lifetime: 0, ..self.update(stage) }
    }

    /// Sends a packet.
    pub(super) fn send(&self, stage: &mut Stage<'_>, packet: &[u8]) -> Result<(), Ending> {
        stage.log("MN", stage.target(), None, None, Protocol::Ipv6, packet);
        let Some(packet) = stage.leaves(Protocol::Ipv6, packet) else { return Ok(()) };
        match stage.air.map(|air: &Air| air.send(&packet)) {
            Some(sent) => sent,
            None => missing("tester.care_of"),
        }
    }

    /// The next question about this mobile node.
    pub(super) fn asked(&self, stage: &mut Stage<'_>, patience: Duration) -> Option<Came> {
        self.desk.as_ref()?.receive(stage, patience)
    }

    /// What the AAAH grants for an update with this Mesg-ID.
    pub(super) fn grant(&self, stage: &mut Stage<'_>, ask: &Came) -> Grant {
        let packet = Radius::decode(&ask.octets).ok();
        let vendor = packet.as_ref().map(|packet| packet.vendor(stage.profile.vendor));
        let id = vendor.and_then(|vendor| vendor.mip6_timestamp().once()).unwrap_or_default();
        let nai = self.nai.clone().unwrap_or_default();
        let key = mn_ha_key(&self.aaa_key, dsboot_codec::mip6::Timestamp(id), &nai);
        Grant {
            key: Some(key.to_vec()),
            spi: stage.random_u32() | FIRST_SPI,
            session: Some(SESSION),
            key_lifetime: SESSION,
        }
    }

    /// Accepts as AAAH; the mobile node makes the same key.
    pub(super) fn accept(
        &mut self,
        stage: &mut Stage<'_>,
        ask: &Came,
        grant: &Grant,
    ) -> Result<(), Ending> {
        let octets = accept(stage, ask, grant, &secret(stage))?;
        if let Some(key) = &grant.key {
            self.association = Some((grant.spi, key.clone()));
            stage.proof = Some(key.clone());
        }
        answer(stage, ask, &octets)
    }

    /// Answers a question by a code alone.
    pub(super) fn bare(&self, stage: &mut Stage<'_>, ask: &Came, code: u8) -> Result<(), Ending> {
        let Ok(packet) = Radius::decode(&ask.octets) else {
            return missing("an Access-Request that can be read");
        };
        match ResponseBuilder::new(code, &packet).sign_response(&secret(stage)) {
            Ok(octets) => answer(stage, ask, &octets),
            Err(error) => missing(format!("the answer cannot be made: {error}")),
        }
    }

    /// Sends an update, answers what the target asks about it, and judges what comes.
    pub(super) fn exchange(
        &mut self,
        stage: &mut Stage<'_>,
        update: &Bu,
        allowed: Allowed,
    ) -> Result<Option<Ack>, Ending> {
        self.send(stage, &update.packet())?;
        self.answered(stage, allowed)
    }

    /// The same of an update that has been sent.
    pub(super) fn answered(
        &mut self,
        stage: &mut Stage<'_>,
        allowed: Allowed,
    ) -> Result<Option<Ack>, Ending> {
        if self.desk.is_some() {
            let patience = if allowed.silence { stage.silence() } else { stage.patience() };
            match self.asked(stage, patience) {
                Some(ask) => {
                    let grant = self.grant(stage, &ask);
                    self.accept(stage, &ask, &grant)?;
                }
                // Nobody need be asked about what is refused anyway.
                None if allowed.accepts() && !allowed.silence => {
                    return fail("an Access-Request about this update", "none");
                }
                None => {}
            }
        }
        self.judge(stage, allowed)
    }

    /// Waits for the acknowledgement, and says whether it is allowed.
    pub(super) fn judge(
        &mut self,
        stage: &mut Stage<'_>,
        allowed: Allowed,
    ) -> Result<Option<Ack>, Ending> {
        let patience = if allowed.silence { stage.silence() } else { stage.patience() };
        match self.ack(stage, patience) {
            Some(Ack { wrong: Some(wrong), .. }) => fail(
                allowed.words(),
                format!("an acknowledgement that a mobile node has to discard: {wrong}"),
            ),
            Some(ack) if allowed.statuses.contains(&ack.status) => Ok(Some(ack)),
            Some(ack) => {
                let status = super::named(ack.status);
                fail(allowed.words(), format!("an acknowledgement with status {status}"))
            }
            None if allowed.silence => Ok(None),
            None => fail(
                allowed.words(),
                format!("no acknowledgement within {} ms", patience.as_millis()),
            ),
        }
    }

    /// The next acknowledgement.
    pub(super) fn ack(&mut self, stage: &mut Stage<'_>, patience: Duration) -> Option<Ack> {
        let end = Instant::now() + patience;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let packet = self.ear.receive(stage, "MN", left)?;
            match Ack::read(&packet) {
                Some(ack) => return Some(ack),
                None => self.others.push_back(packet),
            }
        }
    }

    /// The next packet that is no acknowledgement.
    pub(super) fn other(&mut self, stage: &mut Stage<'_>, patience: Duration) -> Option<Vec<u8>> {
        if let Some(packet) = self.others.pop_front() {
            return Some(packet);
        }
        let end = Instant::now() + patience;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let packet = self.ear.receive(stage, "MN", left)?;
            if Ack::read(&packet).is_none() {
                return Some(packet);
            }
        }
    }

    /// Registers, and goes on from the number that a target with an old binding tells.
    pub(super) fn establish(&mut self, stage: &mut Stage<'_>) -> Result<Ack, Ending> {
        for _ in 0..2 {
            let update = self.update(stage);
            let outcome = self.exchange(stage, &update, super::ESTABLISHING);
            match outcome {
                Ok(Some(ack)) if ack.status == status::SEQUENCE_OUT_OF_WINDOW => {
                    self.sequence = ack.sequence;
                }
                Ok(Some(ack)) => return Ok(ack),
                Ok(None) => {}
                Err(Ending::Fail { expected, seen }) => {
                    return missing(format!("a binding: {expected}; seen: {seen}"));
                }
                Err(other) => return Err(other),
            }
        }
        missing("a binding: the sequence number that a status 135 tells is refused too")
    }

    /// Sends a packet from a correspondent to the home address; whether, and where, it comes out of
    /// the tunnel.
    pub(super) fn reached(
        &mut self,
        stage: &mut Stage<'_>,
        patience: Duration,
    ) -> Result<Option<(Ipv6Addr, Vec<u8>)>, Ending> {
        let inner = super::bu::ipv6(self.correspondent, self.home, 59, 60, b"");
        self.send(stage, &inner)?;
        let end = Instant::now() + patience;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let Some(packet) = self.other(stage, left) else { return Ok(None) };
            let Ok(outer) = v6::Packet::decode(&packet) else { continue };
            let Ok(upper) = outer.upper_layer() else { continue };
            if upper.protocol == next_header::IPV6 {
                return Ok(Some((outer.destination, packet)));
            }
        }
    }
}

impl Ack {
    /// An acknowledgement, as far as it is one.
    fn read(packet: &[u8]) -> Option<Ack> {
        let whole = v6::Packet::decode(packet).ok()?;
        let upper = whole.upper_layer().ok()?;
        let header = upper.octets;
        let kind = *header.get(2)?;
        if upper.protocol != next_header::MOBILITY || kind != message::BINDING_ACKNOWLEDGEMENT {
            return None;
        }
        let word = |at: usize| -> u16 {
            let octet = |at: usize| header.get(at).copied().unwrap_or_default();
            u16::from_be_bytes([octet(at), octet(at + 1)])
        };
        let wrong = match Packet::decode(packet) {
            Ok(Packet { message: Message::BindingAcknowledgement(_), .. }) => None,
            Ok(_) => Some("it is none".to_owned()),
            Err(error) => Some(error.to_string()),
        };
        Some(Ack {
            status: header.get(6).copied().unwrap_or_default(),
            sequence: word(8),
            lifetime: word(10),
            wrong,
            packet: packet.to_vec(),
        })
    }

    /// The packet.
    pub(super) fn packet(&self) -> Result<Packet<'_>, Ending> {
        match Packet::decode(&self.packet) {
            Ok(packet) => Ok(packet),
            Err(error) => fail("an acknowledgement that can be read", error.to_string()),
        }
    }
}

/// An Accept under a secret.
pub(super) fn accept(
    stage: &Stage<'_>,
    ask: &Came,
    grant: &Grant,
    secret: &[u8],
) -> Result<Vec<u8>, Ending> {
    let Ok(packet) = Radius::decode(&ask.octets) else {
        return missing("an Access-Request that can be read");
    };
    let vendor = stage.profile.vendor;
    let mut builder = ResponseBuilder::new(radius_code::ACCESS_ACCEPT, &packet);
    if let Some(user) = packet.user_name().once() {
        builder.attribute(&Attribute::UserName(user));
    }
    if let Some(seconds) = grant.session {
        builder.attribute(&Attribute::SessionTimeout(seconds));
    }
    if let Some(key) = &grant.key {
        builder.hidden_key(vendor, parameter::MIP6_MN_HA_KEY, key, 7, secret);
    }
    builder.sub_attribute(vendor, &SubAttribute::Mip6MnHaSpi(grant.spi));
    builder.sub_attribute(vendor, &SubAttribute::Mip6MsaLifetime(grant.key_lifetime));
    builder
        .sign_response(secret)
        .map_err(|error| Ending::Inconclusive(format!("the Accept cannot be made: {error}")))
}

/// Answers as AAAH.
pub(super) fn answer(stage: &mut Stage<'_>, ask: &Came, octets: &[u8]) -> Result<(), Ending> {
    let Some(server) = stage.server else { return missing("tester.aaa") };
    server.send(stage, ask.from, octets)
}

/// The secret of tester and target.
pub(super) fn secret(stage: &Stage<'_>) -> Vec<u8> {
    stage.profile.tester.secret.clone().unwrap_or_default().into_bytes()
}

/// Whether the target answers at all.
pub(crate) fn probe(stage: &mut Stage<'_>) -> bool {
    Node::new(stage).is_ok_and(|mut node| node.establish(stage).is_ok())
}
