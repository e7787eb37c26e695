//! The network access server: the PANA agent of a link, with EAP passed through to an AAA server
//! over RADIUS leg A, and the list of who may use the link.

mod addresses;
mod config;
mod decision;
mod sessions;

pub use config::{AddressPool, NasConfig};

use core::net::{Ipv4Addr, SocketAddr};
use std::collections::BTreeSet;

use dsboot_codec::dsb::{Fqdn, Parameter, Prefixed};
use dsboot_codec::pana::{Flags, Kind, Message};
use dsboot_codec::radius::{Attribute, RequestBuilder};
use dsboot_spec::registry::pana::{result, termination_cause};

use crate::eap::pass_through::PassThrough;
use crate::fault::{Fault, is};
use crate::pana::{Begun, PaaEvent, Phase, Step, Terms, Verdict, read};
use crate::radius::{Answer, Client};
use crate::{Datagram, Effects, Input, LinkAddr, Machine, Nai, Random, Time, count::Access};
use addresses::Addresses;
use decision::{Assignment, CareOf, Decision};
use sessions::{Session, Sessions};

/// Framed-MTU: the longest EAP packet that fits into a PANA message with a Nonce on a link with an
/// MTU of 1500 octets, rounded down (PANA does not fragment).
const EAP_MTU: u32 = 1400;

/// A network access server.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Nas {
    config: NasConfig,
    sessions: Sessions,
    addresses: Addresses,
    radius: Client<u32>,
}

/// Whose an address of the NAS's own pool is: what it keeps over a crash, by the address.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Record {
    /// The user.
    pub nai: Nai,
    /// Until when the user may use it at the most.
    pub until: Time,
}

/// What a user has been granted, as the user was told.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Grant {
    /// The FHA by address.
    pub fha: Option<Ipv4Addr>,
    /// The FHA by name.
    pub fha_fqdn: Option<String>,
    /// The care-of address.
    pub care_of: Option<Prefixed<Ipv4Addr>>,
    /// How long access lasts from its acknowledgement, in seconds.
    pub lifetime: u32,
}

/// A session as others see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionView<'a> {
    /// The session identifier.
    pub session_id: u32,
    /// Where the session is.
    pub phase: Phase,
    /// Whether the user may use the link.
    pub admitted: bool,
    /// Where the PaC's last message came from.
    pub pac: SocketAddr,
    /// Which neighbour on the link it came from, if that is known.
    pub neighbour: Option<LinkAddr>,
    /// Who the user claims to be.
    pub identity: Option<&'a Nai>,
    /// Whether the AAA server is being asked.
    pub asking: bool,
    /// What the user has been granted last.
    pub grant: Option<&'a Grant>,
    /// When access ends, if that is known.
    pub ends: Option<Time>,
}

impl Nas {
    /// A server without sessions.
    #[must_use]
    pub fn new(config: NasConfig) -> Nas {
        let radius = Client::new(config.radius.clone());
        let addresses = Addresses::new(config.pool.as_ref());
        Nas { config, sessions: Sessions::default(), addresses, radius }
    }

    /// What it is configured with.
    #[must_use]
    pub const fn config(&self) -> &NasConfig {
        &self.config
    }

    /// The sessions that their PaC has confirmed.
    pub fn sessions(&self) -> impl Iterator<Item = SessionView<'_>> {
        self.sessions.iter().map(|(session_id, session)| SessionView {
            session_id,
            phase: session.pana.phase(),
            admitted: session.pana.admits(),
            pac: session.pana.pac(),
            neighbour: session.pana.neighbour(),
            identity: session.eap.identity(),
            asking: self.radius.is_pending(&session_id),
            grant: session.grant.as_ref(),
            ends: session.pana.access_ends(),
        })
    }

    /// The sessions of those who may use the link.
    pub fn admitted(&self) -> impl Iterator<Item = SessionView<'_>> {
        self.sessions().filter(|session| session.admitted)
    }

    /// Notes from now on what changes of what it keeps over a crash.
    pub fn keep_journal(&mut self) {
        self.addresses.keep_journal();
    }

    /// The addresses of which something has changed since the last time, if that is noted.
    pub fn take_changed(&mut self) -> BTreeSet<Ipv4Addr> {
        self.addresses.take_changed()
    }

    /// What it keeps of an address, if there is something.
    #[must_use]
    pub fn record(&self, address: Ipv4Addr) -> Option<Record> {
        self.addresses.record(address)
    }

    /// Takes over what was kept before a crash.
    pub fn restore(&mut self, address: Ipv4Addr, record: Record) {
        self.addresses.restore(address, record);
    }

    /// Begins re-authentication of a session that has access.
    pub fn reauthenticate(
        &mut self,
        now: Time,
        random: &mut dyn Random,
        session_id: u32,
    ) -> Effects {
        self.command(now, random, session_id, |nas, step, session| {
            nas.reauthenticate_session(step, session);
        })
    }

    /// Ends a session that has access, with the PaC's knowledge.
    pub fn terminate(&mut self, now: Time, random: &mut dyn Random, session_id: u32) -> Effects {
        self.command(now, random, session_id, |nas, step, session| {
            if session.pana.terminate(step, termination_cause::ADMINISTRATIVE) {
                nas.radius.cancel(&session_id);
            }
        })
    }

    /// Asks the PaC of a session that has access whether it is there. Without answer the session
    /// ends.
    pub fn ping(&mut self, now: Time, random: &mut dyn Random, session_id: u32) -> Effects {
        self.command(now, random, session_id, |_, step, session| session.pana.ping(step))
    }

    fn command(
        &mut self,
        now: Time,
        random: &mut dyn Random,
        session_id: u32,
        act: impl FnOnce(&mut Nas, &mut Step<'_>, &mut Session),
    ) -> Effects {
        let mut effects = Effects::new();
        if let Some(mut session) = self.sessions.take(session_id) {
            act(self, &mut Step { now, random, effects: &mut effects }, &mut session);
            self.sessions.put(session_id, session);
        }
        effects
    }

    fn on_pana(&mut self, step: &mut Step<'_>, from: &Datagram) -> Result<(), Access> {
        let (kind, message) = read(from, self.config.radius.vendor_id)?;
        if kind == Kind::Pci {
            return self.on_initiation(step, from, &message);
        }
        if kind == Kind::Pan && message.flags().contains(Flags::START) {
            return self.on_confirmation(step, from, &message);
        }
        let session_id = message.session_id();
        //= access.5.8
        let mut session = self.sessions.take(session_id).ok_or(Access::UnknownSession)?;
        match session.pana.handle(step, from, (kind, &message)) {
            Ok(event) => {
                self.on_event(step, session_id, session, event);
                Ok(())
            }
            Err(reason) => {
                self.sessions.put(session_id, session);
                Err(reason)
            }
        }
    }

    fn on_initiation(
        &mut self,
        step: &mut Step<'_>,
        from: &Datagram,
        message: &Message<'_>,
    ) -> Result<(), Access> {
        //= access.2.5
        let pac = from.source;
        if let Some(session_id) = self.sessions.of_pac(pac) {
            // Perhaps the PaC has lost its session: whether it has, the answer to this will tell
            // (RFC 5191 §5.7).
            if let Some(mut session) = self.sessions.take(session_id) {
                session.pana.ping(step);
                self.sessions.put(session_id, session);
            }
            return Err(Access::WrongPhase);
        }
        //= access.2.7
        if let Some(begun) = self.sessions.begun(pac) {
            begun.offer(step, from);
            return Err(Access::Duplicate);
        }
        //= access.6.14
        if self.sessions.begun_len() >= self.config.max_begun {
            self.sessions.forget_oldest_begun();
            step.effects.count(Access::TooManySessions);
        }
        //= access.2.3
        let session_id = self.unused_session_id(step.random);
        let begun = Begun::new(step, session_id, message, self.config.radius.vendor_id)?;
        begun.offer(step, from);
        //= access.2.6
        self.sessions.begin(pac, begun, step.now + self.config.failed_session);
        Ok(())
    }

    /// A PANA-Auth-Answer with S: the PaC is where it says that it is, and wants the session.
    fn on_confirmation(
        &mut self,
        step: &mut Step<'_>,
        from: &Datagram,
        message: &Message<'_>,
    ) -> Result<(), Access> {
        let session_id = message.session_id();
        if self.sessions.get(session_id).is_some() {
            return Err(Access::UnexpectedAnswer);
        }
        //= access.2.5
        let begun = self.sessions.begun(from.source).ok_or(Access::UnknownSession)?;
        let pana = begun.confirm(step, from, message, self.config.failed_session)?;
        //= access.2.11
        if self.sessions.len() >= self.config.max_sessions {
            return Err(Access::TooManySessions);
        }
        self.sessions.forget_begun(from.source);
        let (eap, request) = PassThrough::start(step.random);
        let mut session = Session { pana, eap, state: None, grant: None };
        session.pana.ask(step, &request);
        self.sessions.put(session_id, session);
        Ok(())
    }

    fn on_event(
        &mut self,
        step: &mut Step<'_>,
        session_id: u32,
        mut session: Session,
        event: PaaEvent,
    ) {
        let goes_on = match event {
            PaaEvent::Nothing => true,
            PaaEvent::Response(packet) => self.ask_aaa(step, session_id, &mut session, &packet),
            PaaEvent::Again => {
                self.reauthenticate_session(step, &mut session);
                true
            }
            PaaEvent::Ended => false,
        };
        if goes_on {
            self.sessions.put(session_id, session);
        } else {
            self.end(session_id, session);
        }
    }

    fn reauthenticate_session(&self, step: &mut Step<'_>, session: &mut Session) {
        if session.pana.reauthenticate(step, self.config.failed_session) {
            let (eap, request) = PassThrough::start(step.random);
            session.eap = eap;
            //= access.3.3
            session.state = None;
            session.pana.ask(step, &request);
        }
    }

    /// Step 2: passes the EAP Response on. Returns whether the session goes on.
    fn ask_aaa(
        &mut self,
        step: &mut Step<'_>,
        session_id: u32,
        session: &mut Session,
        packet: &[u8],
    ) -> bool {
        let Session { pana, eap, state, .. } = session;
        let (identity, response) = match eap.respond(packet) {
            Ok(response) => response,
            Err(reason) => {
                step.effects.count(reason);
                return true;
            }
        };
        let station = pana.pac().ip().to_string();
        let link = self.config.link.as_deref();
        //= access.3.1
        let build = |request: &mut RequestBuilder| {
            //= access.3.2
            request.attribute(&Attribute::UserName(identity.octets()));
            request.attribute(&Attribute::CallingStationId(station.as_bytes()));
            if let Some(link) = link {
                request.attribute(&Attribute::NasPortId(link.as_bytes()));
            }
            request.attribute(&Attribute::FramedMtu(EAP_MTU));
            request.eap_message(response);
            //= access.3.3
            if let Some(state) = state {
                request.attribute(&Attribute::State(state));
            }
        };
        self.radius.send(step.now, step.random, session_id, build, step.effects)
    }

    fn on_radius(&mut self, step: &mut Step<'_>, from: &Datagram) {
        let Some((session_id, answer)) = self.radius.handle(from, step.effects) else { return };
        let Some(mut session) = self.sessions.take(session_id) else { return };
        if self.on_decision(step, session_id, &mut session, &answer) {
            self.sessions.put(session_id, session);
        } else {
            self.end(session_id, session);
        }
    }

    /// Step 3: tells the PaC what the AAA server said. Returns whether the session goes on.
    fn on_decision(
        &mut self,
        step: &mut Step<'_>,
        session_id: u32,
        session: &mut Session,
        answer: &Answer<'_>,
    ) -> bool {
        match Decision::of(answer) {
            Decision::Challenge { eap, state } => {
                session.state = state;
                let request = eap.as_deref().and_then(|packet| session.eap.ask(packet));
                let Some(request) = request else {
                    step.effects.count(Access::EmptyChallenge);
                    return false;
                };
                session.pana.ask(step, request);
            }
            //= access.4.6
            Decision::Reject { eap } => {
                step.effects.count(Access::AuthenticationRejected);
                let result = Err(result::AUTHENTICATION_REJECTED);
                session.pana.conclude(step, &Verdict { eap: eap.as_deref(), result });
            }
            Decision::Accept { eap, success, assignment } => {
                //= access.4.7
                let grant = if success {
                    self.grant(step, session_id, session, assignment)
                } else {
                    Err(Access::NoSuccess)
                };
                match grant {
                    Ok(grant) => self.admit(step, session, eap.as_deref(), grant),
                    Err(reason) => {
                        step.effects.count(reason);
                        let result = Err(result::AUTHORIZATION_REJECTED);
                        session.pana.conclude(step, &Verdict { eap: eap.as_deref(), result });
                    }
                }
            }
        }
        true
    }

    /// What an Accept comes to here, if that can be granted.
    fn grant(
        &mut self,
        step: &mut Step<'_>,
        session_id: u32,
        session: &Session,
        assignment: Assignment,
    ) -> Result<Grant, Access> {
        //= access.4.11
        let lifetime = assignment.lifetime.unwrap_or(self.config.default_lifetime);
        if lifetime == 0 {
            return Err(Access::NoLifetime);
        }
        // A PaC that cannot be told of an address holds none.
        if !session.pana.announced() {
            return Ok(Grant { fha: None, fha_fqdn: None, care_of: None, lifetime });
        }
        let held = session.grant.as_ref().and_then(|grant| grant.care_of);
        let identity = session.eap.identity();
        let care_of = match assignment.care_of {
            CareOf::None => None,
            CareOf::NasPicks => Some(match held.filter(|_| self.holds(session_id, held)) {
                Some(held) => held,
                None => self.pick(identity)?,
            }),
            CareOf::Given(address) => {
                self.make_way(step, session_id, session, address.address())?;
                Some(address)
            }
        };
        if held != care_of {
            self.release(session_id, held);
        }
        if let Some(address) = care_of.map(|care_of| care_of.address())
            && !self.config.foreign_agent.contains(&address)
        {
            self.addresses.hold(address, session_id);
            if let (CareOf::NasPicks, Some(nai)) = (assignment.care_of, identity) {
                self.addresses.note(address, nai, step.now, lifetime);
            }
        }
        //= access.4.4
        let Assignment { fha, fha_fqdn, .. } = assignment;
        Ok(Grant { fha, fha_fqdn, care_of, lifetime })
    }

    /// An address of the pool.
    //= access.4.5
    fn pick(&self, identity: Option<&Nai>) -> Result<Prefixed<Ipv4Addr>, Access> {
        let pool = self.config.pool.as_ref().ok_or(Access::PoolEmpty)?;
        let address = self.addresses.free(identity).ok_or(Access::PoolEmpty)?;
        Prefixed::<Ipv4Addr>::new(address, pool.prefix_length).ok_or(Access::PoolEmpty)
    }

    /// Ends an older session of the same user that holds the address.
    ///
    /// # Errors
    /// When another user holds it.
    fn make_way(
        &mut self,
        step: &mut Step<'_>,
        session_id: u32,
        session: &Session,
        address: Ipv4Addr,
    ) -> Result<(), Access> {
        let Some(holder) = self.addresses.holder(address).filter(|id| *id != session_id) else {
            return Ok(());
        };
        let other = self.sessions.get(holder);
        if other.is_some_and(|other| other.eap.identity() != session.eap.identity()) {
            return Err(Access::AddressTaken);
        }
        step.effects.count(Access::Superseded);
        if let Some(other) = self.sessions.take(holder) {
            self.release_all(holder, &other);
        }
        Ok(())
    }

    /// Lets the user in, and tells the PaC.
    fn admit(&self, step: &mut Step<'_>, session: &mut Session, eap: Option<&[u8]>, grant: Grant) {
        step.effects.count(Access::Granted);
        //= access.4.2
        let parameters: Vec<Parameter<'_>> = [
            grant.fha.filter(|_| !is(Fault::NasOmitsFha)).map(Parameter::FhaAddress),
            grant.fha_fqdn.as_deref().and_then(Fqdn::new).map(Parameter::FhaFqdn),
            grant.care_of.map(Parameter::ColocatedAddress),
        ]
        .into_iter()
        .flatten()
        .collect();
        let pac = session.pana.pac().ip();
        //= access.4.17
        let reconfigure = grant
            .care_of
            .map(|care_of| care_of.address())
            .is_some_and(|address| pac != address && !self.config.foreign_agent.contains(&address));
        let terms = Terms {
            lifetime: grant.lifetime,
            vendor_id: self.config.radius.vendor_id,
            parameters: &parameters,
            reconfigure,
        };
        //= access.4.1
        if !is(Fault::NasStaysSilent) {
            session.pana.conclude(step, &Verdict { eap, result: Ok(terms) });
        }
        session.grant = Some(grant);
    }

    fn on_timeout(&mut self, step: &mut Step<'_>) {
        //= access.4.9
        for session_id in self.radius.timeout(step.now, step.random, step.effects) {
            step.effects.count(Access::AaaSilent);
            if let Some(session) = self.sessions.take(session_id) {
                self.release_all(session_id, &session);
            }
        }
        self.sessions.expire_begun(step.now);
        while let Some((session_id, mut session)) = self.sessions.take_due(step.now) {
            if session.pana.expire(step) {
                self.release_all(session_id, &session);
            } else {
                self.sessions.put(session_id, session);
            }
        }
    }

    /// Ends a session; what it may still have to repeat is kept.
    fn end(&mut self, session_id: u32, mut session: Session) {
        self.release_all(session_id, &session);
        session.grant = None;
        if session.pana.phase() == Phase::Closed {
            self.sessions.put(session_id, session);
        }
    }

    /// Takes back what a session that ends holds.
    //= access.5.5
    fn release_all(&mut self, session_id: u32, session: &Session) {
        self.radius.cancel(&session_id);
        self.release(session_id, session.grant.as_ref().and_then(|grant| grant.care_of));
    }

    fn release(&mut self, session_id: u32, care_of: Option<Prefixed<Ipv4Addr>>) {
        if let Some(care_of) = care_of.filter(|_| self.holds(session_id, care_of)) {
            self.addresses.release(care_of.address());
        }
    }

    fn holds(&self, session_id: u32, care_of: Option<Prefixed<Ipv4Addr>>) -> bool {
        care_of.is_some_and(|c| self.addresses.holder(c.address()) == Some(session_id))
    }

    /// A random identifier that is not zero and not in use.
    //= access.2.3
    fn unused_session_id(&self, random: &mut dyn Random) -> u32 {
        let mut session_id = random.u32();
        while session_id == 0 || self.sessions.is_used(session_id) {
            session_id = session_id.wrapping_add(1);
        }
        session_id
    }
}

impl Machine for Nas {
    fn handle(&mut self, now: Time, random: &mut dyn Random, input: Input<'_>) -> Effects {
        let mut effects = Effects::new();
        self.addresses.expire(now);
        let mut step = Step { now, random, effects: &mut effects };
        match input {
            Input::Datagram(from) if from.destination == self.config.paa => {
                if let Err(reason) = self.on_pana(&mut step, from) {
                    effects.count(reason);
                }
            }
            Input::Datagram(from) if from.destination == self.config.radius.local => {
                self.on_radius(&mut step, from);
            }
            Input::Datagram(_) | Input::Packet(_) => effects.count(Access::NotOurs),
            Input::Timeout => self.on_timeout(&mut step),
        }
        effects
    }

    fn poll_timeout(&self) -> Option<Time> {
        let due = [self.sessions.due(), self.radius.poll_timeout(), self.addresses.due()];
        due.into_iter().flatten().min()
    }
}
