use core::net::SocketAddr;
use core::time::Duration;

use dsboot_codec::dsb::Parameter;
use dsboot_codec::pana::{Avp, Flags, Kind, Message, MessageBuilder};
use dsboot_spec::registry::pana::{NONCE_LENGTH, result};

use super::exchange::{Exchange, Turn};
use super::{LINGER, Phase, Step, check_nonce, datagram};
use crate::{Datagram, LinkAddr, Time, count::Access};

/// A session offered to a PaC that has not confirmed it: the answer to its client initiation, and
/// nothing that would need a timer of its own.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Begun {
    session_id: u32,
    sequence: u32,
    announced: bool,
    octets: Vec<u8>,
}

/// The agent's side of a session that the PaC has confirmed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct PaaSession {
    exchange: Exchange,
    announced: bool,
    opening: Opening,
    stage: Stage,
}

/// How far the exchange of Nonces is, which opens every authentication.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Opening {
    /// The next PANA-Auth-Request carries ours.
    Due,
    /// The answer to that request has to carry the PaC's.
    Awaited,
    /// Both have been sent.
    Done,
}

/// Where a session is, and until when it may be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Stage {
    /// EAP runs; `ends` if it is to prolong access until then.
    Authenticating { stalls: Time, ends: Option<Time> },
    /// The result has been sent: access for so long, or none.
    Concluding { stalls: Time, grants: Option<Duration>, ends: Option<Time> },
    /// Access is granted.
    Access { ends: Time },
    /// We want to end the session.
    Terminating { stalls: Time },
    /// The PaC has ended the session; the answer to that is kept a while.
    Closed { forgotten: Time },
}

/// What a message means to the one who decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PaaEvent {
    /// Nothing.
    Nothing,
    /// The PaC has sent an EAP packet.
    Response(Vec<u8>),
    /// The PaC wants to be authenticated again: EAP has to begin.
    Again,
    /// The session has ended.
    Ended,
}

/// The result of an authentication.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Verdict<'a> {
    /// The Success or Failure for the peer.
    pub(crate) eap: Option<&'a [u8]>,
    /// On what terms access is granted, or by which [`result`] it is refused.
    pub(crate) result: Result<Terms<'a>, u32>,
}

/// On what terms access is granted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terms<'a> {
    /// How long it lasts, in seconds.
    pub(crate) lifetime: u32,
    /// The vendor of the parameters.
    pub(crate) vendor_id: u32,
    /// FHA and care-of address.
    pub(crate) parameters: &'a [Parameter<'a>],
    /// Whether the PaC has to use another address from now on.
    pub(crate) reconfigure: bool,
}

impl Begun {
    /// Offers a session to the PaC whose client initiation came in `from`.
    ///
    /// # Errors
    /// When the message cannot be made.
    pub(crate) fn new(
        step: &mut Step<'_>,
        session_id: u32,
        initiation: &Message<'_>,
        vendor_id: u32,
    ) -> Result<Begun, Access> {
        //= access.4.3
        let announced = initiation.parameters(vendor_id).bootstrap_request.once().is_some();
        //= access.2.12
        let sequence = step.random.u32();
        //= access.2.4
        let offer = MessageBuilder::new(Kind::Par, Flags::START, session_id, sequence);
        let octets = offer.encode().map_err(|_| Access::NotEncodable)?;
        Ok(Begun { session_id, sequence, announced, octets })
    }

    pub(crate) const fn session_id(&self) -> u32 {
        self.session_id
    }

    /// Sends the offer to the PaC whose client initiation came in `from`, for the first time or
    /// once more.
    pub(crate) fn offer(&self, step: &mut Step<'_>, from: &Datagram) {
        //= access.2.7
        let octets = self.octets.clone();
        step.effects.send(datagram(from.destination, from.source, from.neighbour, octets));
    }

    /// The session, if the message in `from` confirms it.
    ///
    /// # Errors
    /// Why the message is dropped.
    pub(crate) fn confirm(
        &self,
        step: &Step<'_>,
        from: &Datagram,
        answer: &Message<'_>,
        failed_session: Duration,
    ) -> Result<PaaSession, Access> {
        if answer.session_id() != self.session_id {
            return Err(Access::UnknownSession);
        }
        if answer.sequence() != self.sequence {
            return Err(Access::UnexpectedAnswer);
        }
        check_nonce(answer, false)?;
        // We have asked nothing that could be answered (RFC 5191 §4.1).
        if !answer.eap_payload().is_absent() {
            return Err(Access::MisplacedAvp);
        }
        let exchange =
            Exchange::new(self.session_id, from.destination, from.source, from.neighbour);
        Ok(PaaSession {
            exchange: exchange.continued_from(self.sequence),
            announced: self.announced,
            opening: Opening::Due,
            //= access.2.11
            stage: Stage::Authenticating { stalls: step.now + failed_session, ends: None },
        })
    }
}

impl PaaSession {
    /// Where the PaC's last message came from.
    pub(crate) const fn pac(&self) -> SocketAddr {
        self.exchange.remote()
    }

    /// Which neighbour on the link the PaC's last message came from.
    pub(crate) const fn neighbour(&self) -> Option<LinkAddr> {
        self.exchange.neighbour()
    }

    /// Whether the PaC understands the parameters.
    pub(crate) const fn announced(&self) -> bool {
        self.announced
    }

    pub(crate) const fn phase(&self) -> Phase {
        match self.stage {
            Stage::Authenticating { ends: None, .. } | Stage::Concluding { ends: None, .. } => {
                Phase::Authenticating
            }
            Stage::Authenticating { .. } | Stage::Concluding { .. } => Phase::Reauthenticating,
            Stage::Access { .. } => Phase::Access,
            Stage::Terminating { .. } => Phase::Terminating,
            Stage::Closed { .. } => Phase::Closed,
        }
    }

    /// Whether the PaC may use the link: from the moment that access is granted, which is before
    /// the PaC has acknowledged it.
    pub(crate) const fn admits(&self) -> bool {
        matches!(
            self.stage,
            Stage::Access { .. }
                | Stage::Authenticating { ends: Some(_), .. }
                | Stage::Concluding { grants: Some(_), .. }
        )
    }

    /// When access ends, if that is known.
    pub(crate) const fn access_ends(&self) -> Option<Time> {
        match self.stage {
            Stage::Access { ends } => Some(ends),
            Stage::Authenticating { ends, .. } => ends,
            _ => None,
        }
    }

    /// Takes a message of the PaC that bears this session's identifier.
    ///
    /// # Errors
    /// Why it is dropped; [`Access::Duplicate`] if it has been answered again.
    pub(crate) fn handle(
        &mut self,
        step: &mut Step<'_>,
        from: &Datagram,
        (kind, message): (Kind, &Message<'_>),
    ) -> Result<PaaEvent, Access> {
        match kind {
            Kind::Pan | Kind::Pta | Kind::Pna => return self.on_answer(step, from, message),
            Kind::Pci | Kind::Pry => return Err(Access::WrongPhase),
            Kind::Par | Kind::Ptr | Kind::Pnr => {}
        }
        match self.exchange.turn(message) {
            Turn::Stray => Err(Access::BadSequence),
            Turn::Repeated => {
                self.exchange.answer_again(step, from);
                Err(Access::Duplicate)
            }
            Turn::Next => match kind {
                Kind::Par => self.on_auth(step, from, message),
                Kind::Ptr => self.on_termination(step, from, message),
                _ => self.on_notification(step, from, message),
            },
        }
    }

    /// Sends an EAP Request.
    pub(crate) fn ask(&mut self, step: &mut Step<'_>, eap: &[u8]) {
        let opens = self.opening == Opening::Due;
        //= access.2.9
        //= access.5.2
        let nonce: Option<[u8; NONCE_LENGTH]> = opens.then(|| step.random.octets());
        self.exchange.request(step, (Kind::Par, Flags::NONE), |request| {
            if let Some(nonce) = &nonce {
                request.avp(&Avp::Nonce(nonce));
            }
            request.avp(&Avp::EapPayload(eap));
        });
        if opens {
            self.opening = Opening::Awaited;
        }
    }

    /// Sends the result, and waits for its acknowledgement.
    pub(crate) fn conclude(&mut self, step: &mut Step<'_>, verdict: &Verdict<'_>) {
        let Stage::Authenticating { stalls, ends } = self.stage else { return };
        let Verdict { eap, result } = *verdict;
        let code = result.err().unwrap_or(result::SUCCESS);
        let reconfigure = result.is_ok_and(|terms| terms.reconfigure);
        //= access.4.17
        let extra = if reconfigure { Flags::IP_RECONFIGURATION } else { Flags::NONE };
        self.exchange.request(step, (Kind::Par, Flags::COMPLETE | extra), |request| {
            request.avp(&Avp::ResultCode(code));
            if let Some(eap) = eap {
                request.avp(&Avp::EapPayload(eap));
            }
            //= access.4.8
            let Ok(terms) = result else { return };
            request.avp(&Avp::SessionLifetime(terms.lifetime));
            //= access.4.3
            if self.announced {
                for parameter in terms.parameters {
                    request.parameter(terms.vendor_id, parameter);
                }
            }
        });
        let grants = result.ok().map(|terms| Duration::from_secs(terms.lifetime.into()));
        // The acknowledgement may take as long as the request is retransmitted.
        let stalls = stalls.max(step.now + LINGER);
        self.stage = Stage::Concluding { stalls, grants, ends };
    }

    /// Begins re-authentication; EAP has then to begin. Returns whether there is access that
    /// could be prolonged.
    pub(crate) fn reauthenticate(&mut self, step: &Step<'_>, failed_session: Duration) -> bool {
        let Stage::Access { ends } = self.stage else { return false };
        self.opening = Opening::Due;
        let stalls = step.now + failed_session;
        self.stage = Stage::Authenticating { stalls, ends: Some(ends) };
        true
    }

    /// Asks the PaC whether it is there, if there is access and it has not been asked just now.
    /// Without answer the session ends.
    pub(crate) fn ping(&mut self, step: &mut Step<'_>) {
        if matches!(self.stage, Stage::Access { .. }) {
            self.exchange.ping(step);
        }
    }

    /// Asks the PaC to end the session, and takes access away. Returns whether there was any.
    pub(crate) fn terminate(&mut self, step: &mut Step<'_>, cause: u32) -> bool {
        if !matches!(self.stage, Stage::Access { .. } | Stage::Authenticating { ends: Some(_), .. })
        {
            return false;
        }
        self.stage = Stage::Terminating { stalls: step.now + LINGER };
        //= access.5.7
        self.exchange.request(step, (Kind::Ptr, Flags::NONE), |request| {
            request.avp(&Avp::TerminationCause(cause));
        });
        true
    }

    /// When [`PaaSession::expire`] is wanted.
    pub(crate) fn due(&self) -> Time {
        let stage = match self.stage {
            Stage::Authenticating { stalls, ends } => ends.map_or(stalls, |ends| ends.min(stalls)),
            Stage::Concluding { stalls, .. } | Stage::Terminating { stalls } => stalls,
            Stage::Access { ends } => ends,
            Stage::Closed { forgotten } => forgotten,
        };
        self.exchange.due().map_or(stage, |request| request.min(stage))
    }

    /// Does what is due. Returns whether nothing of the session is left.
    pub(crate) fn expire(&mut self, step: &mut Step<'_>) -> bool {
        if self.exchange.expire(step) {
            return true;
        }
        let now = step.now;
        let reason = match self.stage {
            //= access.5.4
            Stage::Access { ends } | Stage::Authenticating { ends: Some(ends), .. }
                if ends <= now =>
            {
                Access::LifetimeOver
            }
            //= access.2.11
            Stage::Authenticating { stalls, .. }
            | Stage::Concluding { stalls, .. }
            | Stage::Terminating { stalls }
                if stalls <= now =>
            {
                Access::Stalled
            }
            Stage::Closed { forgotten } => return forgotten <= now,
            _ => return false,
        };
        step.effects.count(reason);
        true
    }

    /// A PANA-Auth-Request: an EAP Response that the PaC did not put into an answer.
    fn on_auth(
        &mut self,
        step: &mut Step<'_>,
        from: &Datagram,
        message: &Message<'_>,
    ) -> Result<PaaEvent, Access> {
        let last = message.flags().contains(Flags::COMPLETE);
        let first = message.flags().contains(Flags::START);
        if first || last || !matches!(self.stage, Stage::Authenticating { .. }) {
            return Err(Access::WrongPhase);
        }
        check_nonce(message, false)?;
        //= access.2.10
        let response = message.eap_payload().once().ok_or(Access::MissingAvp)?.to_vec();
        // At once: the AAA server may take its time (RFC 5191 §4.1).
        self.exchange.answer(step, from, message, |_| {});
        Ok(PaaEvent::Response(response))
    }

    fn on_termination(
        &mut self,
        step: &mut Step<'_>,
        from: &Datagram,
        message: &Message<'_>,
    ) -> Result<PaaEvent, Access> {
        match self.stage {
            Stage::Authenticating { ends: None, .. }
            | Stage::Concluding { grants: None, ends: None, .. }
            | Stage::Closed { .. } => return Err(Access::WrongPhase),
            _ => {}
        }
        //= access.5.7
        self.exchange.answer(step, from, message, |_| {});
        self.exchange.stop();
        self.stage = Stage::Closed { forgotten: step.now + LINGER };
        step.effects.count(Access::Terminated);
        Ok(PaaEvent::Ended)
    }

    fn on_notification(
        &mut self,
        step: &mut Step<'_>,
        from: &Datagram,
        message: &Message<'_>,
    ) -> Result<PaaEvent, Access> {
        let again = message.flags().contains(Flags::RE_AUTHENTICATION);
        // Only a PaC that has the result sends this, so the result needs no repetition: its
        // acknowledgement has been lost.
        if let Stage::Concluding { grants: Some(lifetime), ends: None, .. } = self.stage {
            self.exchange.stop();
            self.stage = Stage::Access { ends: step.now + lifetime };
        }
        let event = match self.stage {
            Stage::Access { .. } if again => PaaEvent::Again,
            // Both sides began at the same time; our first request is still to be answered.
            Stage::Authenticating { ends: Some(_), .. } if again => {
                if self.opening == Opening::Done {
                    return Err(Access::WrongPhase);
                }
                PaaEvent::Nothing
            }
            Stage::Access { .. }
            | Stage::Authenticating { ends: Some(_), .. }
            | Stage::Concluding { ends: Some(_), .. }
            | Stage::Terminating { .. }
                if !again =>
            {
                PaaEvent::Nothing
            }
            _ => return Err(Access::WrongPhase),
        };
        //= access.5.6
        self.exchange.answer(step, from, message, |_| {});
        Ok(event)
    }

    fn on_answer(
        &mut self,
        step: &mut Step<'_>,
        from: &Datagram,
        message: &Message<'_>,
    ) -> Result<PaaEvent, Access> {
        self.exchange.awaited(message).ok_or(Access::UnexpectedAnswer)?;
        let auth = message.kind() == Some(Kind::Pan);
        check_nonce(message, auth && self.opening == Opening::Awaited)?;
        let request = self.exchange.take_answer(step, from, message)?;
        if auth && self.opening == Opening::Awaited {
            self.opening = Opening::Done;
        }
        match (message.kind(), self.stage) {
            (Some(Kind::Pan), Stage::Concluding { grants, .. })
                if request.flags.contains(Flags::COMPLETE) =>
            {
                let Some(lifetime) = grants else { return Ok(PaaEvent::Ended) };
                self.stage = Stage::Access { ends: step.now + lifetime };
                Ok(PaaEvent::Nothing)
            }
            //= access.2.10
            (Some(Kind::Pan), _) => Ok(message
                .eap_payload()
                .once()
                .map_or(PaaEvent::Nothing, |response| PaaEvent::Response(response.to_vec()))),
            (Some(Kind::Pta), _) => {
                step.effects.count(Access::Terminated);
                Ok(PaaEvent::Ended)
            }
            _ => Ok(PaaEvent::Nothing),
        }
    }
}
