//! Steps 4 and 6 as they pass the foreign agent.

use core::{
    net::{Ipv4Addr, SocketAddr, SocketAddrV4},
    time::Duration,
};

use dsboot_codec::mip4::{
    AuthenticationKind, Authenticator, Builder, Code, Extension, Message, Reply, ReplyHeader,
    Request, RequestHeader, UdpTunnelRequest,
};
use dsboot_spec::registry::{
    ip::DEFAULT_TTL,
    mip4::{LIFETIME_INFINITE, code, extension},
};

use super::{Exchange, Fa, Key, Pending, Station, Visitor, Who};
use crate::{
    Datagram, Effects, Nai, Random, Time,
    count::Registration,
    fault::{Fault, is},
};

impl Fa {
    /// Step 4: a request from the link.
    pub(super) fn on_request(
        &mut self,
        now: Time,
        random: &mut dyn Random,
        datagram: &Datagram,
        request: &Request<'_>,
        effects: &mut Effects,
    ) {
        let SocketAddr::V4(source) = datagram.source else {
            return effects.count(Registration::Malformed);
        };
        let station = Station { neighbour: datagram.neighbour, source };
        let nai = request.extensions.nai().once().and_then(Nai::new);
        let (Some(nai), Some(protection)) = (nai, request.extensions.authorization()) else {
            return effects.count(Registration::NoAuthorization);
        };
        //= registration.5.14
        if !challenge_is_proved(request) {
            return effects.count(Registration::NoAuthorization);
        }
        let exchange = Exchange::of_request(request, &nai);
        // A copy from elsewhere must not lead the reply there.
        if self.pending.get(&exchange).is_some_and(|pending| pending.station != station) {
            return effects.count(Registration::OtherStation);
        }
        let repeated =
            self.pending.get(&exchange).is_some_and(|pending| pending.octets == request.octets);
        if let Err(code) = self.check(request, &nai, station, repeated) {
            return self.deny(now, random, station, request, code, effects);
        }
        if let Some(challenge) = request.extensions.challenge().once() {
            self.use_up(now, nai, challenge.to_vec());
        }
        self.relay(request, &protection, effects);
        //= registration.5.5
        let pending = Pending {
            octets: request.octets.to_vec(),
            station,
            fha: request.header.home_agent,
            challenge: request.extensions.challenge().once().map(<[u8]>::to_vec),
        };
        if !is(Fault::FaForgetsPending) {
            self.pending.insert(exchange, pending, now + self.config.pending_timeout);
        }
    }

    /// Step 6: a reply from the FHA.
    pub(super) fn on_reply(
        &mut self,
        now: Time,
        random: &mut dyn Random,
        datagram: &Datagram,
        reply: &Reply<'_>,
        effects: &mut Effects,
    ) {
        //= registration.9.1
        let Some((exchange, pending)) = self.exchange_of(reply) else {
            return effects.count(Registration::Unsolicited);
        };
        if datagram.source != SocketAddr::from((pending.fha, self.config.port)) {
            return effects.count(Registration::Unsolicited);
        }
        if !is(Fault::FaRelaysRepliesTwice) {
            self.pending.remove(&exchange);
        }
        //= registration.9.4
        if let Some(association) = self.config.home_agents.get(&pending.fha) {
            let proof = reply.extensions.authenticator(AuthenticationKind::ForeignHome).once();
            if !proof.is_some_and(|proof| proof.verify(&association.context())) {
                effects.count(Registration::HomeAgentUnproved);
                return self.deny_pending(
                    now,
                    random,
                    &pending,
                    code::FA_HA_AUTHENTICATION,
                    effects,
                );
            }
        }
        let challenge = self.fresh_challenge(now, random, pending.station);
        //= registration.9.2
        //= registration.9.3
        let relayed = Builder::relay(protected_part(reply))
            .extensions(fault(reply, &pending).map(|status| Extension::FaError { status }))
            .extension(Extension::Challenge(&challenge))
            .finish();
        self.remember(now, reply, &pending, effects);
        match relayed {
            Ok(octets) => {
                effects.count(Registration::RelayedReply);
                effects.send(self.to_station(pending.station, reply.header.home_address, octets));
            }
            Err(_) => effects.count(Registration::NotEncodable),
        }
    }

    /// Tells the mobile node that its request has not been answered.
    pub(super) fn give_up(
        &mut self,
        now: Time,
        random: &mut dyn Random,
        pending: &Pending,
        effects: &mut Effects,
    ) {
        //= registration.5.15
        if is(Fault::FaGivesUpInSilence) {
            return;
        }
        self.deny_pending(now, random, pending, code::FA_TIMEOUT, effects);
    }

    /// Why the agent itself denies a request, if it does.
    fn check(
        &self,
        request: &Request<'_>,
        nai: &Nai,
        station: Station,
        repeated: bool,
    ) -> Result<(), u8> {
        let header = &request.header;
        let flags = header.flags;
        let is_own = header.care_of_address == self.config.address;
        //= registration.5.10
        if flags.reserved_x() {
            return Err(code::FA_POORLY_FORMED_REQUEST);
        }
        if flags.minimal_encapsulation() || flags.gre() {
            return Err(code::FA_ENCAPSULATION);
        }
        let home_agent = header.home_agent;
        if home_agent == self.config.address
            || home_agent.is_broadcast()
            || home_agent.is_multicast()
        {
            return Err(code::INVALID_HOME_AGENT);
        }
        if home_agent.is_unspecified() {
            return Err(code::FA_NONZERO_HA_REQUIRED);
        }
        //= registration.5.8
        if !flags.decapsulation() && !is_own && header.lifetime != 0 {
            return Err(code::FA_INVALID_CARE_OF_ADDRESS);
        }
        //= registration.5.9
        if header.lifetime > self.config.max_lifetime {
            return Err(code::FA_LIFETIME_TOO_LONG);
        }
        //= registration.5.11
        let challenge = request.extensions.challenge().once().ok_or(code::MISSING_CHALLENGE)?;
        //= registration.5.13
        let used = self.used.get(&(nai.clone(), challenge.to_vec())).is_some();
        let used = used && !is(Fault::FaTakesUsedChallenge);
        if used && !repeated && !self.is_pending_with(request, nai, challenge, station) {
            return Err(code::STALE_CHALLENGE);
        }
        //= registration.5.12
        if !used && !self.has_offered(challenge, station) && !is(Fault::FaTakesUsedChallenge) {
            return Err(code::UNKNOWN_CHALLENGE);
        }
        //= registration.5.15
        if self.pending.len() >= self.config.pending_limit && !repeated {
            return Err(code::FA_RESOURCES);
        }
        let visitor = (header.home_address, home_agent);
        if self.is_full() && self.visitors.get(&visitor).is_none() {
            return Err(code::FA_RESOURCES);
        }
        Ok(())
    }

    /// Whether this request, but for Identification and lifetime, has been relayed with this
    /// challenge and not answered (RFC 4721 §3.2).
    fn is_pending_with(
        &self,
        request: &Request<'_>,
        nai: &Nai,
        challenge: &[u8],
        station: Station,
    ) -> bool {
        let relevant = |header: &RequestHeader| {
            (header.flags, header.home_address, header.home_agent, header.care_of_address)
        };
        let asks_the_same = |pending: &Pending| {
            pending.request().is_some_and(|pending| {
                relevant(&pending.header) == relevant(&request.header)
                    && pending.extensions.nai().once() == Some(nai.octets())
            })
        };
        self.pending.iter().any(|(_, pending)| {
            pending.challenge.as_deref() == Some(challenge)
                && pending.station == station
                && asks_the_same(pending)
        })
    }

    /// Sends a request on to the FHA that it names.
    fn relay(&self, request: &Request<'_>, protection: &Authenticator<'_>, effects: &mut Effects) {
        let header = &request.header;
        let is_own = header.care_of_address == self.config.address;
        //= registration.5.2
        //= registration.5.3
        //= registration.5.4
        let through = request.extensions.octets_through(protection);
        let stripped = request.octets.get(..protection.offset).unwrap_or(through);
        let kept = if is(Fault::FaStripsProof) { stripped } else { through };
        let mut builder = Builder::relay(kept);
        //= data-path.6.2
        if is_own && self.config.udp_tunnelling {
            builder =
                builder.extension(Extension::UdpTunnelRequest(UdpTunnelRequest::new(true, false)));
        }
        //= registration.5.16
        if let Some(association) = self.config.home_agents.get(&header.home_agent)
            && is_own
            && header.lifetime != 0
        {
            let context = association.context();
            builder = builder.authenticate(AuthenticationKind::ForeignHome, &context);
        }
        match builder.finish() {
            Ok(payload) => {
                effects.count(Registration::RelayedRequest);
                //= registration.2.1
                //= registration.5.1
                //= registration.5.6
                //= registration.5.7
                effects.send(Datagram {
                    source: (self.config.address, self.config.port).into(),
                    destination: (header.home_agent, self.config.port).into(),
                    ttl: DEFAULT_TTL,
                    neighbour: None,
                    payload,
                });
            }
            Err(_) => effects.count(Registration::NotEncodable),
        }
    }

    /// The exchange that a reply belongs to.
    fn exchange_of(&self, reply: &Reply<'_>) -> Option<(Exchange, Pending)> {
        let identification = reply.header.identification.low();
        let nai = reply.extensions.nai().once().and_then(Nai::new).map(Who::Nai);
        let who = [nai, Some(Who::Home(reply.header.home_address))];
        who.into_iter().flatten().find_map(|who| {
            let exchange = Exchange { who, identification };
            let pending = self.pending.get(&exchange)?.clone();
            Some((exchange, pending))
        })
    }

    /// Enters or deletes the visitor that an accepting reply is about.
    fn remember(&mut self, now: Time, reply: &Reply<'_>, pending: &Pending, effects: &mut Effects) {
        //= registration.9.7
        let header = &reply.header;
        let Some(request) = pending.request().filter(|_| header.code.is_accepted()) else { return };
        //= registration.9.12
        let key = (header.home_address, pending.fha);
        let is_newer = |visitor: &Visitor| visitor.identification > header.identification;
        if self.visitors.get(&key).is_some_and(is_newer) {
            return effects.count(Registration::OldReply);
        }
        if header.lifetime == 0 {
            if !is(Fault::FaKeepsVisitor) {
                self.visitors.remove(&key);
                self.journal.note(&Key { home: key.0, fha: key.1 });
            }
            return;
        }
        // A visitor is known by its home address; without one there is none (FA Error 99).
        if header.home_address.is_unspecified() {
            return;
        }
        if self.is_full() && self.visitors.get(&key).is_none() {
            return effects.count(Registration::Full);
        }
        let tunnelled = request.header.care_of_address == self.config.address;
        let visitor = Visitor {
            station: pending.station,
            fha: pending.fha,
            tunnelled,
            udp: tunnelled && self.config.udp_tunnelling && grants_udp(reply),
            identification: header.identification,
        };
        //= data-path.7.2
        let lifetime = header.lifetime.min(request.header.lifetime);
        //= registration.9.10
        let ends = match lifetime {
            LIFETIME_INFINITE => Time::NEVER,
            seconds => now + Duration::from_secs(seconds.into()),
        };
        self.visitors.insert(key, visitor, ends);
        self.journal.note(&Key { home: key.0, fha: key.1 });
    }

    /// Denies a request that is not relayed.
    fn deny(
        &mut self,
        now: Time,
        random: &mut dyn Random,
        station: Station,
        request: &Request<'_>,
        code: u8,
        effects: &mut Effects,
    ) {
        effects.count(Registration::DeniedByAgent);
        //= registration.5.9
        let lifetime = match code {
            code::FA_LIFETIME_TOO_LONG => self.config.max_lifetime,
            _ => request.header.lifetime,
        };
        //= registration.5.17
        let header = ReplyHeader {
            code: Code(code),
            lifetime,
            home_address: request.header.home_address,
            home_agent: request.header.home_agent,
            identification: request.header.identification,
        };
        let challenge = self.fresh_challenge(now, random, station);
        let octets = Builder::reply(&header)
            .extensions(request.extensions.nai().once().map(Extension::Nai))
            .extension(Extension::Challenge(&challenge))
            .finish();
        match octets {
            Ok(octets) => {
                let home = request.header.home_address;
                effects.send(self.to_station(station, home, octets));
            }
            Err(_) => effects.count(Registration::NotEncodable),
        }
    }

    fn deny_pending(
        &mut self,
        now: Time,
        random: &mut dyn Random,
        pending: &Pending,
        code: u8,
        effects: &mut Effects,
    ) {
        if let Some(request) = pending.request() {
            self.deny(now, random, pending.station, &request, code, effects);
        }
    }

    /// A datagram to a mobile node on the link.
    fn to_station(&self, station: Station, home: Ipv4Addr, payload: Vec<u8>) -> Datagram {
        //= registration.9.8
        let address = match (station.neighbour, home.is_unspecified()) {
            (None, _) => *station.source.ip(),
            (Some(_), true) => Ipv4Addr::BROADCAST,
            (Some(_), false) => home,
        };
        Datagram {
            source: (self.config.address, self.config.port).into(),
            destination: SocketAddrV4::new(address, station.source.port()).into(),
            ttl: DEFAULT_TTL,
            neighbour: station.neighbour,
            payload,
        }
    }
}

impl Exchange {
    /// By what the reply to a request will be known.
    fn of_request(request: &Request<'_>, nai: &Nai) -> Exchange {
        //= registration.5.5
        let home = request.header.home_address;
        let who = if home.is_unspecified() { Who::Nai(nai.clone()) } else { Who::Home(home) };
        Exchange { who, identification: request.header.identification.low() }
    }
}

impl Pending {
    /// The request, decoded again.
    fn request(&self) -> Option<Request<'_>> {
        match Message::decode(&self.octets) {
            Ok(Message::Request(request)) => Some(request),
            _ => None,
        }
    }
}

/// Whether a challenge, where there is one, is followed by what answers it: extension 33 or 36.
fn challenge_is_proved(request: &Request<'_>) -> bool {
    let Some(challenge) = request.extensions.of_kind(extension::CHALLENGE).last() else {
        return true;
    };
    let answers = [AuthenticationKind::MobileForeign, AuthenticationKind::MnAaa];
    let mut after = request.extensions.authenticators();
    after.any(|found| found.offset > challenge.offset && answers.contains(&found.kind))
}

/// The octets of a reply that the agent leaves as they are: up to the end of extension 32 or, in
/// a denial that has none, up to the first extension that is for the agent.
fn protected_part<'a>(reply: &Reply<'a>) -> &'a [u8] {
    if let Some(protection) = reply.extensions.authenticator(AuthenticationKind::MobileHome).once()
    {
        return reply.extensions.octets_through(&protection);
    }
    let for_agent = [extension::CHALLENGE, extension::FOREIGN_HOME_AUTHENTICATION];
    let end = reply.extensions.iter().find(|e| for_agent.contains(&e.value.kind()));
    end.and_then(|end| reply.octets.get(..end.offset)).unwrap_or(reply.octets)
}

/// What is wrong with a reply that is relayed all the same.
fn fault(reply: &Reply<'_>, pending: &Pending) -> Option<u8> {
    //= registration.9.5
    let echoed = reply.extensions.challenge().once();
    if echoed.is_some() && echoed != pending.challenge.as_deref() {
        return Some(code::HA_WRONG_CHALLENGE);
    }
    //= registration.9.6
    if !reply.header.code.is_accepted() {
        return None;
    }
    if reply.extensions.nai().is_absent() {
        Some(code::MISSING_NAI)
    } else if reply.header.home_agent.is_unspecified() {
        Some(code::MISSING_HOME_AGENT)
    } else if reply.header.home_address.is_unspecified() {
        Some(code::MISSING_HOMEADDR)
    } else {
        None
    }
}

/// Whether the FHA grants UDP tunnelling to the agent.
fn grants_udp(reply: &Reply<'_>) -> bool {
    let granted = reply.extensions.unique(|extension| match extension {
        Extension::UdpTunnelReply(reply) => Some(reply.is_accepted()),
        _ => None,
    });
    granted.once() == Some(true)
}
