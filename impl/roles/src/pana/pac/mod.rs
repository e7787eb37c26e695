mod config;

pub use config::{AccessOutcome, Failure, PacConfig};

use core::net::SocketAddr;
use core::time::Duration;

use dsboot_codec::dsb::{Parameter, Wanted};
use dsboot_codec::pana::{Avp, Flags, Kind, Message, MessageBuilder};
use dsboot_spec::registry::pana::{
    NONCE_LENGTH, initiation_retransmission as retransmission, result, termination_cause,
};

use super::exchange::{Exchange, Turn};
use super::{LINGER, Phase, Step, check_nonce, datagram, read};
use crate::eap::peer::{Conclusion, Credential, Peer, PeerConfig};
use crate::retransmit::{Schedule, Timer};
use crate::{Datagram, Effects, Random, Time, count::Access};

/// PCI_* of RFC 5191 §9.1.
//= access.2.18
const SCHEDULE: Schedule = Schedule {
    initial: Duration::from_secs(retransmission::INITIAL_SECONDS),
    maximum: Duration::from_secs(retransmission::MAXIMUM_SECONDS),
    count: None,
    duration: None,
};

/// Which part of the lifetime is left when a client that keeps its session renews it.
const RENEWED_WITH_LEFT: u32 = 4;

/// The PANA client (PaC): asks one PAA for access, and holds at most one session.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Pac {
    config: PacConfig,
    local: SocketAddr,
    /// The timer of the client initiation, while that is being sent.
    initiation: Option<Timer>,
    session: Option<Session>,
    outcome: Option<AccessOutcome>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Session {
    exchange: Exchange,
    eap: Peer,
    stage: Stage,
}

/// Where a session is, and until when it may be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Stage {
    /// The request with S has been answered, nothing else has come.
    Started,
    /// EAP runs; `ends` if it is to prolong access until then.
    Authenticating { opened: bool, stalls: Time, ends: Option<Time> },
    /// Access is granted.
    Access { ends: Time, renews: Option<Time> },
    /// We want to end the session.
    Terminating,
    /// The session has ended; its last answer is kept a while.
    Closed { forgotten: Time },
}

impl Pac {
    /// A client that has asked for nothing.
    #[must_use]
    pub const fn new(config: PacConfig) -> Pac {
        let local = config.local;
        Pac { config, local, initiation: None, session: None, outcome: None }
    }

    /// What it is configured with.
    #[must_use]
    pub const fn config(&self) -> &PacConfig {
        &self.config
    }

    /// Where it sends from.
    #[must_use]
    pub const fn local(&self) -> SocketAddr {
        self.local
    }

    /// Where its session is.
    #[must_use]
    pub fn phase(&self) -> Phase {
        match self.session.as_ref().map(|session| session.stage) {
            _ if self.initiation.is_some() => Phase::Initiating,
            None | Some(Stage::Closed { .. }) => Phase::Closed,
            Some(Stage::Started) => Phase::Initiating,
            Some(Stage::Authenticating { ends: None, .. }) => Phase::Authenticating,
            Some(Stage::Authenticating { ends: Some(_), .. }) => Phase::Reauthenticating,
            Some(Stage::Access { .. }) => Phase::Access,
            Some(Stage::Terminating) => Phase::Terminating,
        }
    }

    /// The identifier of its session, if it has one.
    #[must_use]
    pub fn session_id(&self) -> Option<u32> {
        self.session.as_ref().map(|session| session.exchange.session_id())
    }

    /// When its access ends, if it has access.
    #[must_use]
    pub fn access_ends(&self) -> Option<Time> {
        match self.session.as_ref()?.stage {
            Stage::Access { ends, .. } => Some(ends),
            Stage::Authenticating { ends, .. } => ends,
            _ => None,
        }
    }

    /// What came of it, once for each time something did.
    pub const fn take_outcome(&mut self) -> Option<AccessOutcome> {
        self.outcome.take()
    }

    /// Asks for a session from the configured address, and forgets the one before.
    pub fn start(&mut self, now: Time, random: &mut dyn Random) -> Effects {
        let mut effects = Effects::new();
        self.local = self.config.local;
        self.session = None;
        self.outcome = None;
        self.initiation = Some(Timer::start(SCHEDULE, now, random));
        self.initiate(&mut effects);
        effects
    }

    /// Takes a datagram of the PAA.
    pub fn handle(&mut self, now: Time, random: &mut dyn Random, from: &Datagram) -> Effects {
        let mut effects = Effects::new();
        let mut step = Step { now, random, effects: &mut effects };
        if let Err(reason) = self.receive(&mut step, from) {
            effects.count(reason);
        }
        effects
    }

    /// Does what is due.
    pub fn timeout(&mut self, now: Time, random: &mut dyn Random) -> Effects {
        let mut effects = Effects::new();
        let mut step = Step { now, random, effects: &mut effects };
        //= access.2.18
        if let Some(timer) = self.initiation.as_mut().filter(|timer| timer.due() <= now) {
            timer.expire(now, step.random);
            step.effects.count(Access::Retransmission);
            self.initiate(step.effects);
        }
        if let Some(session) = &mut self.session {
            if session.exchange.expire(&mut step) {
                let released = session.stage == Stage::Terminating;
                let failed = AccessOutcome::Failed(Failure::NoAnswer);
                self.close(now, if released { AccessOutcome::Released } else { failed });
            }
            self.end_stage(&mut step);
        }
        effects
    }

    /// When [`Pac::timeout`] is wanted.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Time> {
        let session = self.session.as_ref();
        let stage = session.and_then(|session| match session.stage {
            Stage::Started | Stage::Terminating => None,
            Stage::Authenticating { stalls, ends, .. } => {
                Some(ends.map_or(stalls, |e| e.min(stalls)))
            }
            Stage::Access { ends, renews } => Some(renews.map_or(ends, |renews| renews.min(ends))),
            Stage::Closed { forgotten } => Some(forgotten),
        });
        let request = session.and_then(|session| session.exchange.due());
        let initiation = self.initiation.as_ref().map(Timer::due);
        [stage, request, initiation].into_iter().flatten().min()
    }

    /// Begins re-authentication, if there is access.
    pub fn reauthenticate(&mut self, now: Time, random: &mut dyn Random) -> Effects {
        let mut effects = Effects::new();
        if let Some(session) = &mut self.session {
            session.reauthenticate(&mut Step { now, random, effects: &mut effects });
        }
        effects
    }

    /// Asks the PAA whether it is there, if there is access and it has not been asked just now.
    /// Without answer the session ends.
    pub fn ping(&mut self, now: Time, random: &mut dyn Random) -> Effects {
        let mut effects = Effects::new();
        if let Some(Session { exchange, stage: Stage::Access { .. }, .. }) = &mut self.session {
            exchange.ping(&mut Step { now, random, effects: &mut effects });
        }
        effects
    }

    /// Ends the session: with the PAA's knowledge if there is access, else silently.
    pub fn terminate(&mut self, now: Time, random: &mut dyn Random) -> Effects {
        let mut effects = Effects::new();
        let has_access = self.phase().has_access();
        match &mut self.session {
            Some(session) if has_access => {
                let mut step = Step { now, random, effects: &mut effects };
                session.stage = Stage::Terminating;
                //= access.5.7
                session.exchange.request(&mut step, (Kind::Ptr, Flags::NONE), |request| {
                    request.avp(&Avp::TerminationCause(termination_cause::LOGOUT));
                });
            }
            Some(Session { stage: Stage::Terminating | Stage::Closed { .. }, .. }) => {}
            _ => {
                self.initiation = None;
                self.session = None;
                self.outcome = Some(AccessOutcome::Released);
            }
        }
        effects
    }

    /// Sends from another address from now on, and tells the PAA so if there is a session with
    /// access: by the request outstanding, or else by a liveness test.
    pub fn set_local(&mut self, now: Time, random: &mut dyn Random, local: SocketAddr) -> Effects {
        let mut effects = Effects::new();
        self.local = local;
        if let Some(session) = &mut self.session {
            let mut step = Step { now, random, effects: &mut effects };
            session.exchange.set_local(local);
            //= access.4.17
            match (session.exchange.due(), session.stage) {
                (Some(_), _) => session.exchange.send_again(&mut step),
                (None, Stage::Access { .. }) => {
                    session.exchange.request(&mut step, (Kind::Pnr, Flags::PING), |_| {});
                }
                (None, _) => {}
            }
        }
        effects
    }

    /// Sends the client initiation.
    fn initiate(&self, effects: &mut Effects) {
        //= access.2.2
        let supported = Parameter::BootstrapRequest(Wanted::ADDRESSES);
        let message = MessageBuilder::new(Kind::Pci, Flags::NONE, 0, 0)
            .parameter(self.config.vendor_id, &supported)
            .encode();
        //= access.2.1
        match message {
            Ok(octets) => effects.send(datagram(self.local, self.config.paa, None, octets)),
            Err(_) => effects.count(Access::NotEncodable),
        }
    }

    fn receive(&mut self, step: &mut Step<'_>, from: &Datagram) -> Result<(), Access> {
        if from.source != self.config.paa {
            return Err(Access::UnknownPeer);
        }
        let (kind, message) = read(from, self.config.vendor_id)?;
        if kind == Kind::Par && message.flags().contains(Flags::START) {
            return self.on_start(step, from, &message);
        }
        let session = self
            .session
            .as_mut()
            .filter(|session| session.exchange.session_id() == message.session_id())
            .ok_or(Access::UnknownSession)?;
        match kind {
            Kind::Pan | Kind::Pta | Kind::Pna => return self.on_answer(step, from, &message),
            Kind::Pci | Kind::Pry => return Err(Access::WrongPhase),
            Kind::Par | Kind::Ptr | Kind::Pnr => {}
        }
        match session.exchange.turn(&message) {
            Turn::Stray => Err(Access::BadSequence),
            Turn::Repeated => {
                session.exchange.answer_again(step, from);
                Err(Access::Duplicate)
            }
            Turn::Next => match kind {
                Kind::Par => self.on_auth(step, from, &message),
                Kind::Ptr => self.on_termination(step, from, &message),
                _ => session.on_notification(step, from, &message),
            },
        }
    }

    /// A request with S: the PAA offers a session.
    fn on_start(
        &mut self,
        step: &mut Step<'_>,
        from: &Datagram,
        message: &Message<'_>,
    ) -> Result<(), Access> {
        //= access.2.20
        if self.initiation.is_none() {
            return Err(Access::WrongPhase);
        }
        if message.session_id() == 0 {
            return Err(Access::BadHeader);
        }
        check_nonce(message, false)?;
        let started = self.session.as_ref().map(|session| &session.exchange);
        if let Some(exchange) = started.filter(|e| e.turn(message) == Turn::Repeated) {
            exchange.answer_again(step, from);
            return Err(Access::Duplicate);
        }
        let mut session = Session {
            exchange: Exchange::new(message.session_id(), self.local, from.source, from.neighbour),
            eap: Peer::new(PeerConfig {
                identity: self.config.identity.clone(),
                credentials: vec![Credential::Md5(self.config.password.clone())],
            }),
            stage: Stage::Started,
        };
        let request = message.eap_payload().once();
        let response = request.and_then(|request| session.eap.respond(request, step.effects));
        session.reply(step, from, message, false, response, self.config.piggyback);
        self.session = Some(session);
        Ok(())
    }

    /// Any other PANA-Auth-Request.
    fn on_auth(
        &mut self,
        step: &mut Step<'_>,
        from: &Datagram,
        message: &Message<'_>,
    ) -> Result<(), Access> {
        let session = self.session.as_mut().ok_or(Access::UnknownSession)?;
        let last = message.flags().contains(Flags::COMPLETE);
        let (opened, stalls, ends) = match session.stage {
            Stage::Authenticating { opened, stalls, ends } => (opened, stalls, ends),
            Stage::Started => (false, step.now + self.config.failed_session, None),
            //= access.2.20
            Stage::Access { ends, .. } if !last && !session.is_asking_again() => {
                (false, step.now + self.config.failed_session, Some(ends))
            }
            Stage::Access { .. } | Stage::Terminating | Stage::Closed { .. } => {
                return Err(Access::WrongPhase);
            }
        };
        check_nonce(message, !opened)?;
        if last {
            self.initiation = None;
            self.on_last(step, from, message, !opened);
            return Ok(());
        }
        let request = message.eap_payload().once().ok_or(Access::MissingAvp)?;
        if matches!(session.stage, Stage::Access { .. }) {
            session.eap.restart();
        }
        let response = session.eap.respond(request, step.effects);
        session.reply(step, from, message, !opened, response, self.config.piggyback);
        session.stage = Stage::Authenticating { opened: true, stalls, ends };
        //= access.2.8
        self.initiation = None;
        Ok(())
    }

    /// The last request of an authentication, which carries the result.
    fn on_last(
        &mut self,
        step: &mut Step<'_>,
        from: &Datagram,
        message: &Message<'_>,
        opens: bool,
    ) {
        let Some(session) = &mut self.session else { return };
        let code = message.result_code().once();
        let eap = message.eap_payload().once();
        let eap = eap.and_then(|result| session.eap.conclude(result, step.effects));
        //= access.4.12
        session.reply(step, from, message, opens, None, true);
        match (code, message.granted_lifetime(), eap) {
            (Some(result::SUCCESS), Some(lifetime), Some(Conclusion::Success)) => {
                let lifetime = Duration::from_secs(lifetime.into());
                let ends = step.now + lifetime;
                let renews = step.now + (lifetime - lifetime / RENEWED_WITH_LEFT);
                let renews = self.config.renew.then_some(renews);
                session.stage = Stage::Access { ends, renews };
                self.outcome = Some(granted(message, self.config.vendor_id, lifetime));
            }
            (Some(result::SUCCESS) | None, ..) => {
                self.close(step.now, AccessOutcome::Failed(Failure::Eap));
            }
            //= access.5.3
            (Some(code), ..) => self.close(step.now, AccessOutcome::Refused(code)),
        }
    }

    fn on_termination(
        &mut self,
        step: &mut Step<'_>,
        from: &Datagram,
        message: &Message<'_>,
    ) -> Result<(), Access> {
        let session = self.session.as_mut().ok_or(Access::UnknownSession)?;
        let outcome = match session.stage {
            Stage::Terminating => AccessOutcome::Released,
            Stage::Access { .. } | Stage::Authenticating { ends: Some(_), .. } => {
                let cause = message.termination_cause().once().unwrap_or_default();
                AccessOutcome::Failed(Failure::Terminated(cause))
            }
            _ => return Err(Access::WrongPhase),
        };
        //= access.5.7
        session.exchange.answer(step, from, message, |_| {});
        step.effects.count(Access::Terminated);
        self.close(step.now, outcome);
        Ok(())
    }

    fn on_answer(
        &mut self,
        step: &mut Step<'_>,
        from: &Datagram,
        message: &Message<'_>,
    ) -> Result<(), Access> {
        let session = self.session.as_mut().ok_or(Access::UnknownSession)?;
        // Only a client may put EAP into an answer (RFC 5191 §4.1).
        if !message.eap_payload().is_absent() {
            return Err(Access::MisplacedAvp);
        }
        check_nonce(message, false)?;
        let request = session.exchange.take_answer(step, from, message)?;
        match (message.kind(), session.stage) {
            (Some(Kind::Pta), _) => {
                step.effects.count(Access::Terminated);
                self.close(step.now, AccessOutcome::Released);
            }
            (Some(Kind::Pna), Stage::Access { ends, .. })
                if request.flags.contains(Flags::RE_AUTHENTICATION) =>
            {
                session.eap.restart();
                let stalls = step.now + self.config.failed_session;
                session.stage = Stage::Authenticating { opened: false, stalls, ends: Some(ends) };
            }
            _ => {}
        }
        Ok(())
    }

    /// Ends or renews what has been long enough.
    fn end_stage(&mut self, step: &mut Step<'_>) {
        let Some(session) = &mut self.session else { return };
        match session.stage {
            Stage::Closed { forgotten } if forgotten <= step.now => self.session = None,
            //= access.5.4
            Stage::Access { ends, .. } | Stage::Authenticating { ends: Some(ends), .. }
                if ends <= step.now =>
            {
                step.effects.count(Access::LifetimeOver);
                self.close(step.now, AccessOutcome::Failed(Failure::LifetimeOver));
            }
            //= access.5.1
            Stage::Access { renews: Some(renews), .. } if renews <= step.now => {
                session.reauthenticate(step);
            }
            Stage::Authenticating { stalls, .. } if stalls <= step.now => {
                step.effects.count(Access::Stalled);
                self.close(step.now, AccessOutcome::Failed(Failure::Stalled));
            }
            _ => {}
        }
    }

    fn close(&mut self, now: Time, outcome: AccessOutcome) {
        if let Some(session) = &mut self.session {
            session.exchange.stop();
            session.stage = Stage::Closed { forgotten: now + LINGER };
        }
        self.outcome = Some(outcome);
    }
}

impl Session {
    /// Asks for re-authentication, if there is access and this has not been asked yet.
    fn reauthenticate(&mut self, step: &mut Step<'_>) {
        if let Stage::Access { ends, .. } = self.stage {
            self.stage = Stage::Access { ends, renews: None };
            if !self.is_asking_again() {
                //= access.5.1
                let again = (Kind::Pnr, Flags::RE_AUTHENTICATION);
                self.exchange.request(step, again, |_| {});
            }
        }
    }

    /// Whether re-authentication has been asked for, and not been answered.
    fn is_asking_again(&self) -> bool {
        self.exchange.is_asking(Kind::Pnr, Flags::RE_AUTHENTICATION)
    }

    /// Answers a PANA-Auth-Request, with a Nonce if it opens an authentication, and brings the
    /// EAP Response, if there is one, on its way.
    fn reply(
        &mut self,
        step: &mut Step<'_>,
        from: &Datagram,
        message: &Message<'_>,
        opens: bool,
        response: Option<Vec<u8>>,
        piggyback: bool,
    ) {
        //= access.2.9
        //= access.5.2
        let nonce: Option<[u8; NONCE_LENGTH]> = opens.then(|| step.random.octets());
        //= access.2.10
        let (inside, after) = if piggyback { (response, None) } else { (None, response) };
        self.exchange.answer(step, from, message, |answer| {
            if let Some(nonce) = &nonce {
                answer.avp(&Avp::Nonce(nonce));
            }
            if let Some(eap) = &inside {
                answer.avp(&Avp::EapPayload(eap));
            }
        });
        if let Some(eap) = after {
            self.exchange.request(step, (Kind::Par, Flags::NONE), |request| {
                request.avp(&Avp::EapPayload(&eap));
            });
        }
    }

    fn on_notification(
        &mut self,
        step: &mut Step<'_>,
        from: &Datagram,
        message: &Message<'_>,
    ) -> Result<(), Access> {
        let expected = match self.stage {
            Stage::Access { .. }
            | Stage::Authenticating { ends: Some(_), .. }
            | Stage::Terminating => message.flags().contains(Flags::PING),
            _ => false,
        };
        if !expected {
            return Err(Access::WrongPhase);
        }
        //= access.5.6
        self.exchange.answer(step, from, message, |_| {});
        Ok(())
    }
}

/// What a last request that grants access says.
fn granted(message: &Message<'_>, vendor_id: u32, lifetime: Duration) -> AccessOutcome {
    let parameters = message.parameters(vendor_id);
    let care_of = parameters.colocated_address.once();
    AccessOutcome::Granted {
        fha: parameters.fha_address.once(),
        fha_fqdn: parameters.fha_fqdn.once().map(|name| name.as_str().to_owned()),
        care_of: care_of.map(|care_of| (care_of.address(), care_of.prefix_length())),
        reconfigure: message.flags().contains(Flags::IP_RECONFIGURATION),
        lifetime,
    }
}
