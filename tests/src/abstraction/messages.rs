//! Which message of the model each thing sent is, if it is one at all. PANA's own rounds, the
//! identity round of EAP, retransmissions of the same octets and keep-alives are none.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};
use std::net::IpAddr;

use dsboot_codec::eap;
use dsboot_codec::ip::tunnel::{ipv4_in_ipv4, ipv6_in_ipv4};
use dsboot_codec::ip::{self, v4};
use dsboot_codec::mip4::discovery::Discovery;
use dsboot_codec::mip4::{self, AuthenticationKind, SecurityContext};
use dsboot_codec::{mip6, pana, radius};
use dsboot_model::{
    Ack, Admission, Authorisation, CareOf6, Code, FhaId, Form, Hop, Ident, Leg, Link, Message,
    Parameters, Reply, Request, Seq, Server, Session, Update,
};
use dsboot_node::world::people::RADIUS_SECRET;
use dsboot_roles::{Datagram, Nai, Packet, Secret};
use dsboot_spec::registry::mip4::code;
use dsboot_spec::registry::pana::result;
use dsboot_spec::registry::radius::code as radius_code;
use dsboot_spec::registry::{dsb, ip::protocol};

use super::symbols::Symbols;
use crate::bytes::{Bytes, Cargo, Flight, Station};

/// How many seconds a mobile node that has set its clock may be away from the FHAs' at most.
const NEAR: u32 = 600;

/// What a RADIUS request was about, to understand its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Asked {
    Access(Session, Link, Server),
    Registration(FhaId, Ident),
    Binding(Seq),
}

/// What the model calls something that was sent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Name {
    /// What was said by sending it.
    pub(super) sent: Option<Message>,
    /// What its addressee gets to know when it arrives.
    pub(super) arrives: Option<Message>,
    /// Whose question it answers, by the Request Authenticator, if it is an answer of RADIUS.
    answers: Option<(Station, [u8; 16])>,
}

/// Understands what is sent, in the order of its sending.
#[derive(Clone, Debug)]
pub(super) struct Reader {
    /// About which mobile node.
    mobile: usize,
    nai: Option<Nai>,
    /// RADIUS requests by client and Request Authenticator.
    asked: BTreeMap<(Station, [u8; 16]), (Asked, Message)>,
    /// The Request Authenticators under which a client used an Identifier.
    authenticators: BTreeMap<(Station, u8), Vec<[u8; 16]>>,
    /// The questions in the order of their asking.
    order: Vec<(Station, [u8; 16])>,
}

impl Reader {
    /// Nothing has been sent yet about a mobile node.
    pub(super) const fn new(mobile: usize, nai: Option<Nai>) -> Reader {
        Reader {
            mobile,
            nai,
            asked: BTreeMap::new(),
            authenticators: BTreeMap::new(),
            order: Vec::new(),
        }
    }

    /// Whether this is the mobile node's name, if it is one at all.
    fn is_own(&self, name: Option<&[u8]>) -> bool {
        name.is_none_or(|name| self.nai.as_ref().is_some_and(|own| own.octets() == name))
    }

    /// Feeds everything to a hasher; of the order of questions only that of each client counts.
    pub(super) fn hash_facts(&self, hasher: &mut impl Hasher) {
        let mut order = self.order.clone();
        order.sort_by_key(|(client, _)| *client);
        (&self.asked, &self.authenticators, order).hash(hasher);
    }

    /// What the model calls `flight`.
    pub(super) fn read(&mut self, symbols: &mut Symbols, bytes: &Bytes, flight: &Flight) -> Name {
        let message = self.message(symbols, bytes, flight);
        let (sent, arrives) = match (flight.from, flight.to, message) {
            // Between the ends of a tunnel there is an agent that the model does not see.
            (_, Station::Fa(_), Some(Message::Update(..) | Message::Ack(..))) => (message, None),
            (Station::Fa(_), _, Some(Message::Update(..) | Message::Ack(..))) => (None, message),
            _ => (message, message),
        };
        let answers = match (&flight.what, flight.from) {
            (Cargo::Datagram(datagram), Station::Aaaf | Station::Aaah) => {
                let packet = radius::Packet::decode(&datagram.payload).ok();
                packet.and_then(|packet| Some((flight.to, self.question_of(flight.to, &packet)?)))
            }
            _ => None,
        };
        Name { sent, arrives, answers }
    }

    /// Whether a client has asked again since about what this answers, so that it takes another
    /// answer only. The model knows no two questions about one request.
    pub(super) fn is_outdated(&self, name: &Name) -> bool {
        let Some(answered) = name.answers else { return false };
        let subject = |key: &(Station, [u8; 16])| self.asked.get(key).map(|(asked, _)| *asked);
        let same =
            |key: &&(Station, [u8; 16])| key.0 == answered.0 && subject(key) == subject(&answered);
        self.order.iter().rev().find(same).is_some_and(|newest| *newest != answered)
    }

    fn message(
        &mut self,
        symbols: &mut Symbols,
        bytes: &Bytes,
        flight: &Flight,
    ) -> Option<Message> {
        if let Station::Mn(mobile) = flight.from
            && mobile != self.mobile
        {
            return None;
        }
        if let Station::Mn(mobile) = flight.to
            && mobile != self.mobile
        {
            note_challenge(symbols, flight);
            return None;
        }
        match (&flight.what, flight.from, flight.to) {
            (Cargo::Datagram(datagram), Station::Nas(site), Station::Mn(_)) => {
                access_reply(symbols, Symbols::link(site)?, datagram)
            }
            (
                Cargo::Datagram(datagram),
                Station::Mn(_) | Station::Fa(_),
                Station::Fa(_) | Station::Fha(_),
            )
            | (Cargo::Datagram(datagram), Station::Fha(_), Station::Mn(_) | Station::Fa(_))
            | (Cargo::Datagram(datagram), Station::Fa(_), Station::Mn(_)) => {
                self.registration(symbols, bytes, flight, datagram)
            }
            (Cargo::Datagram(datagram), client, Station::Aaaf | Station::Aaah) => {
                self.asks(symbols, bytes, (client, flight.to), datagram)
            }
            (Cargo::Datagram(datagram), server @ (Station::Aaaf | Station::Aaah), client) => {
                self.answers(symbols, (client, server), datagram)
            }
            (Cargo::Packet(packet), Station::Fa(site), Station::Mn(_)) => {
                advertisement(symbols, Symbols::link(site)?, packet)
                    .or_else(|| self.tunnelled(symbols, flight, &packet.octets))
            }
            (Cargo::Packet(packet), Station::Mn(_), Station::Fa(_)) => {
                self.tunnelled(symbols, flight, &packet.octets)
            }
            (Cargo::Packet(packet), Station::Fha(_), Station::Ha)
            | (Cargo::Packet(packet), Station::Ha, Station::Fha(_)) => {
                self.binding(symbols, Leg::Plain, &packet.octets)
            }
            _ => None,
        }
    }

    /// The newest session that the NAS of a site has asked its server about, with the mobile
    /// node's response to the method.
    pub(super) fn newest_session(&self, site: usize) -> Option<Session> {
        let of_site = |((client, _), (asked, _)): (&(Station, _), &(Asked, _))| match asked {
            Asked::Access(session, ..) if *client == Station::Nas(site) => Some(*session),
            _ => None,
        };
        self.asked.iter().filter_map(of_site).max()
    }

    fn asks(
        &mut self,
        symbols: &mut Symbols,
        bytes: &Bytes,
        (client, server): (Station, Station),
        datagram: &Datagram,
    ) -> Option<Message> {
        let packet = radius::Packet::decode(&datagram.payload).ok()?;
        let authenticator = *packet.authenticator();
        let known = self.authenticators.entry((client, packet.identifier())).or_default();
        if !known.contains(&authenticator) {
            known.push(authenticator);
        }
        if let Some((_, message)) = self.asked.get(&(client, authenticator)) {
            return Some(*message);
        }
        if !self.is_own(packet.user_name().once()) {
            return None;
        }
        let is_own = |nai: &Nai| self.nai.as_ref() == Some(nai);
        let server = match server {
            Station::Aaaf => Server::Aaaf,
            _ => Server::Aaah,
        };
        let (asked, message) = match client {
            Station::Nas(site) => {
                let link = Symbols::link(site)?;
                let eap = packet.eap_message().ok()??;
                let eap = eap::Packet::decode(&eap).ok()?;
                let method = eap.method()?;
                if method == dsboot_spec::registry::eap::method::IDENTITY {
                    return None;
                }
                let (id, session) = self.session_asked_about(symbols, bytes, site)?;
                symbols.keep_session_id(id);
                let asked = Asked::Access(session, link, server);
                (asked, Message::AccessAsk(session, link, server, server))
            }
            Station::Fha(which) => {
                let fha = Symbols::fha(which)?;
                let (_, identification) =
                    bytes.fha(which)?.pending().find(|(nai, _)| is_own(nai))?;
                let ident = symbols.known_ident(identification.0)?;
                let asked = Asked::Registration(fha, ident);
                (asked, Message::RegistrationAsk(fha, ident, server, true))
            }
            Station::Ha => {
                let (_, sequence) = bytes.ha()?.pending().find(|(nai, _)| is_own(nai))?;
                let seq = symbols.known_seq(sequence.0)?;
                let vendor = packet.vendor(dsb::DEFAULT_VENDOR_ID);
                let care_of = vendor.parameters().ipv6_coa.once()?.address();
                let care_of = symbols.care_of_v6(care_of)?;
                (Asked::Binding(seq), Message::BindingAsk(seq, care_of, server, true))
            }
            _ => return None,
        };
        self.asked.insert((client, authenticator), (asked, message));
        self.order.push((client, authenticator));
        Some(message)
    }

    /// The session that a NAS has just asked its server about: of those that wait for an answer,
    /// the one that it has not asked about before.
    fn session_asked_about(
        &self,
        symbols: &Symbols,
        bytes: &Bytes,
        site: usize,
    ) -> Option<(u32, Session)> {
        let known = |session: &Session| {
            let is_it = |(asked, _): &(Asked, Message)| match asked {
                Asked::Access(s, ..) => s == session,
                _ => false,
            };
            self.asked.values().any(is_it)
        };
        let waiting = bytes.nas(site)?.sessions().filter(|session| session.asking);
        let named = waiting.filter_map(|session| {
            let id = session.session_id;
            Some((id, symbols.session_of(id)?))
        });
        named.filter(|(_, session)| !known(session)).max_by_key(|(_, session)| *session)
    }

    /// The Request Authenticator of what a packet answers. A client that has crashed begins its
    /// Identifiers anew.
    fn question_of(&self, client: Station, packet: &radius::Packet<'_>) -> Option<[u8; 16]> {
        let secret = RADIUS_SECRET.as_bytes();
        let known = self.authenticators.get(&(client, packet.identifier()))?;
        let mut newest = known.iter().rev();
        newest.find(|question| packet.verify_response(question, secret).is_ok()).copied()
    }

    fn answers(
        &mut self,
        symbols: &mut Symbols,
        (client, _): (Station, Station),
        datagram: &Datagram,
    ) -> Option<Message> {
        let packet = radius::Packet::decode(&datagram.payload).ok()?;
        let authenticator = self.question_of(client, &packet)?;
        let (asked, _) = *self.asked.get(&(client, authenticator))?;
        let accepted = match packet.code() {
            radius_code::ACCESS_ACCEPT => true,
            radius_code::ACCESS_REJECT => false,
            _ => return None,
        };
        let vendor = packet.vendor(dsb::DEFAULT_VENDOR_ID);
        let parameters = vendor.parameters();
        Some(match asked {
            Asked::Access(session, link, server) => {
                let fha = parameters.fha_address.once().and_then(|at| symbols.fha_at(at));
                let admission = if accepted { Admission::Granted(fha) } else { Admission::Refused };
                Message::AccessAnswer(session, link, server, admission)
            }
            Asked::Registration(fha, ident) => {
                let address = packet.framed_ip_address().once();
                let ipv6 = parameters.ipv6_coa.once().is_some();
                let granted = address.and_then(|address| {
                    Some(Parameters { address: symbols.address(address)?, ipv6 })
                });
                let answer = match accepted {
                    true => Authorisation::Granted(granted),
                    false => Authorisation::Refused,
                };
                Message::RegistrationAnswer(fha, ident, answer)
            }
            Asked::Binding(seq) => Message::BindingAnswer(seq, accepted),
        })
    }

    /// Steps 4 and 6, and what goes through UDP tunnels.
    fn registration(
        &self,
        symbols: &mut Symbols,
        bytes: &Bytes,
        flight: &Flight,
        datagram: &Datagram,
    ) -> Option<Message> {
        let hop = match (flight.from, flight.to) {
            (Station::Mn(_), Station::Fa(_)) | (Station::Fa(_), Station::Mn(_)) => Hop::Link,
            (Station::Fa(_), _) | (_, Station::Fa(_)) => Hop::Relay,
            _ => Hop::Direct,
        };
        match mip4::Message::decode(&datagram.payload).ok()? {
            mip4::Message::Request(message) if !self.is_own(message.extensions.nai().once()) => {
                None
            }
            mip4::Message::Reply(message) if !self.is_own(message.extensions.nai().once()) => None,
            mip4::Message::Request(message) => request(symbols, bytes, flight, &message)
                .map(|request| Message::Request(hop, request)),
            mip4::Message::Reply(message) => {
                let link = match (flight.from, flight.to, flight.site) {
                    (_, _, Some(site)) => Symbols::link(site),
                    (_, Station::Fa(site), None) => Symbols::link(site),
                    _ => None,
                };
                if let (Hop::Link, Some(link)) = (hop, link)
                    && let Some(challenge) = message.extensions.challenge().once()
                {
                    symbols.give(link, challenge);
                }
                reply(symbols, link?, &message).map(|reply| Message::Reply(hop, reply))
            }
            mip4::Message::TunnelData(data) => self.tunnelled(symbols, flight, data.packet),
            _ => None,
        }
    }

    /// An IPv4 packet of the Mobile IPv4 tunnel between mobile node and FHA.
    fn tunnelled(&self, symbols: &mut Symbols, flight: &Flight, octets: &[u8]) -> Option<Message> {
        let outer = v4::Packet::decode(octets).ok()?;
        let inner = match outer.protocol {
            protocol::IPV4 => ipv4_in_ipv4::unwrap(&outer).ok()?.packet,
            _ => outer,
        };
        let inner = ipv6_in_ipv4::unwrap(&inner).ok()?;
        let own = match (&flight.what, flight.from) {
            // On the agent's care-of address the packet itself does not tell it.
            (_, Station::Mn(_)) if matches!(flight.to, Station::Fa(_)) => agents_care_of(flight.to),
            (_, Station::Fa(_)) if matches!(flight.to, Station::Mn(_)) => {
                agents_care_of(flight.from)
            }
            (Cargo::Datagram(datagram), Station::Mn(_) | Station::Fa(_)) => {
                v4_of(datagram.source.ip())
            }
            (Cargo::Datagram(datagram), _) => v4_of(datagram.destination.ip()),
            (Cargo::Packet(_), _) => None,
        };
        let care_of = match own {
            Some(Own::Address(address)) => symbols.care_of(address)?,
            Some(Own::AgentOf(site)) => {
                let link = Symbols::link(site)?;
                dsboot_model::CareOf4 { link, owner: dsboot_model::Owner::Fa }
            }
            None => return None,
        };
        self.binding(symbols, Leg::Tunnel(care_of), inner.octets)
    }

    /// A binding update or acknowledgement.
    fn binding(&self, symbols: &mut Symbols, leg: Leg, octets: &[u8]) -> Option<Message> {
        let packet = mip6::Packet::decode(octets).ok()?;
        if !self.is_own(packet.message.options().nai()) {
            return None;
        }
        let care_of: CareOf6 = symbols.care_of_v6(packet.addresses().care_of)?;
        match packet.message {
            mip6::Message::BindingUpdate(update) => {
                let seq = symbols.seq(update.sequence.0)?;
                if let Some(message_id) = update.options.message_id().once() {
                    symbols.learn_message_id(update.sequence.0, message_id.0);
                }
                let release = update.lifetime == mip6::Lifetime::ZERO;
                Some(Message::Update(leg, Update { seq, care_of, release, intact: true }))
            }
            mip6::Message::BindingAcknowledgement(ack) => {
                let message_id = ack.options.message_id().once()?;
                let seq = symbols.seq_of_ack(ack.sequence.0, message_id.0)?;
                let accepted = ack.is_accepted();
                Some(Message::Ack(leg, Ack { seq, care_of, accepted, intact: true }))
            }
            _ => None,
        }
    }
}

/// Step 3.
fn access_reply(symbols: &Symbols, link: Link, datagram: &Datagram) -> Option<Message> {
    let message = pana::Message::decode(&datagram.payload).ok()?;
    let result = message.result_code().once()?;
    let session = symbols.session_of(message.session_id())?;
    let fha = message.parameters(dsb::DEFAULT_VENDOR_ID).fha_address.once();
    let admission = match result {
        result::SUCCESS => Admission::Granted(fha.and_then(|at| symbols.fha_at(at))),
        _ => Admission::Refused,
    };
    Some(Message::AccessReply(session, link, admission))
}

/// Step 0.
fn advertisement(symbols: &mut Symbols, link: Link, packet: &Packet) -> Option<Message> {
    let Ok(ip::Packet::V4(packet)) = ip::Packet::decode(&packet.octets) else { return None };
    if packet.protocol != protocol::ICMP {
        return None;
    }
    if let Ok(Discovery::Advertisement(advertisement)) = Discovery::decode(packet.payload)
        && let Some(challenge) = advertisement.challenge().once()
    {
        symbols.give(link, challenge);
    }
    Some(Message::Advertisement(link))
}

/// What an agent tells another mobile node may be a challenge, so that it takes an older one no longer.
fn note_challenge(symbols: &mut Symbols, flight: &Flight) {
    let Station::Fa(site) = flight.from else { return };
    let Some(link) = Symbols::link(site) else { return };
    match &flight.what {
        Cargo::Packet(packet) => {
            let _ = advertisement(symbols, link, packet);
        }
        Cargo::Datagram(datagram) => {
            if let Ok(mip4::Message::Reply(reply)) = mip4::Message::decode(&datagram.payload)
                && let Some(challenge) = reply.extensions.challenge().once()
            {
                symbols.give(link, challenge);
            }
        }
    }
}

/// Whether a request to an agent answers a challenge that the agent has replaced by another.
pub(super) fn is_overtaken(symbols: &Symbols, flight: &Flight) -> bool {
    let (Cargo::Datagram(datagram), Station::Fa(site)) = (&flight.what, flight.to) else {
        return false;
    };
    let Ok(mip4::Message::Request(request)) = mip4::Message::decode(&datagram.payload) else {
        return false;
    };
    let challenge = request.extensions.challenge().once();
    let link = Symbols::link(site);
    link.zip(challenge).is_some_and(|(link, challenge)| symbols.is_superseded(link, challenge))
}

fn request(
    symbols: &mut Symbols,
    bytes: &Bytes,
    flight: &Flight,
    message: &mip4::Request<'_>,
) -> Option<Request> {
    let header = message.header;
    let ident = symbols.ident(header.identification.0)?;
    let release = header.lifetime == 0;
    let by_association = message.extensions.authenticator(AuthenticationKind::MobileHome).once();
    let form = match by_association {
        None => Form::First,
        Some(proof) => {
            let verifies = |key: &Secret| proof.verify(&context(proof.spi, key));
            let key = symbols.keys().find(|(key, _)| verifies(key)).map(|(_, ident)| ident);
            Form::Again(key?)
        }
    };
    let challenge = message.extensions.challenge().once();
    let challenge = challenge.map(|challenge| symbols.answer(challenge, ident));
    let fha = symbols.fha_at(header.home_agent)?;
    let care_of = match release {
        // A release names the home address; the model's names the link that it goes from.
        true => symbols.last_care_of()?,
        false => symbols.care_of(header.care_of_address)?,
    };
    symbols.set_last_care_of(care_of);
    let timely = is_timely(bytes, flight, header.identification.0);
    Some(Request { ident, fha, care_of, form, release, challenge, timely, intact: true })
}

/// Whether a timestamp is near the FHAs' clocks.
fn is_timely(bytes: &Bytes, flight: &Flight, identification: u64) -> bool {
    let theirs = (flight.sent + bytes.ahead(Station::Fha(0))).ntp_seconds();
    let seconds = u32::try_from(identification >> 32).unwrap_or_default();
    theirs.abs_diff(seconds) < NEAR
}

fn reply(symbols: &Symbols, link: Link, message: &mip4::Reply<'_>) -> Option<Reply> {
    let header = message.header;
    let ident = symbols.ident_by_low_half(header.identification.low())?;
    let fha = symbols.fha_at(header.home_agent)?;
    let code = match header.code.0 {
        code::ACCEPTED | code::ACCEPTED_NOT_SIMULTANEOUS if header.lifetime == 0 => Code::Released,
        code::ACCEPTED | code::ACCEPTED_NOT_SIMULTANEOUS => Code::Accepted,
        code::IDENTIFICATION_MISMATCH => Code::Stale,
        code::HA_MN_AUTHENTICATION => Code::Unproved,
        code::HA_PROHIBITED | code::HA_RESOURCES => Code::NoAddress,
        code::UNKNOWN_CHALLENGE | code::MISSING_CHALLENGE | code::STALE_CHALLENGE => {
            Code::Challenge
        }
        code::FA_TIMEOUT => Code::Timeout,
        _ => return None,
    };
    let proof = message.extensions.authenticator(AuthenticationKind::MobileHome).once();
    let key = proof.and_then(|proof| {
        if message.extensions.mn_ha_key_reply().once().is_some() {
            return Some(ident);
        }
        let verifies = |key: &Secret| proof.verify(&context(proof.spi, key));
        symbols.keys().find(|(key, _)| verifies(key)).map(|(_, ident)| ident)
    });
    let told = message.extensions.bootstrap(dsb::DEFAULT_VENDOR_ID);
    let parameters = (code == Code::Accepted)
        .then(|| {
            let address = symbols.address(header.home_address)?;
            Some(Parameters { address, ipv6: told.ipv6_coa.once().is_some() })
        })
        .flatten();
    Some(Reply { ident, fha, link, code, parameters, key })
}

/// Whose care-of address a tunnel ends at.
enum Own {
    Address(std::net::Ipv4Addr),
    AgentOf(usize),
}

fn agents_care_of(station: Station) -> Option<Own> {
    match station {
        Station::Fa(site) => Some(Own::AgentOf(site)),
        _ => None,
    }
}

const fn v4_of(address: IpAddr) -> Option<Own> {
    match address {
        IpAddr::V4(address) => Some(Own::Address(address)),
        IpAddr::V6(_) => None,
    }
}

fn context(spi: u32, key: &Secret) -> SecurityContext<'_> {
    SecurityContext { spi, algorithm: mip4::Algorithm::HmacMd5, key: key.octets() }
}
