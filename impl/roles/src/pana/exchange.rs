use core::net::SocketAddr;
use core::time::Duration;

use dsboot_codec::pana::{Flags, Header, Kind, Message, MessageBuilder};
use dsboot_spec::registry::pana::request_retransmission as retransmission;

use super::{Step, datagram};
use crate::retransmit::{Due, Schedule, Timer};
use crate::{Datagram, LinkAddr, Time, count::Access};

/// REQ_* of RFC 5191 §9.1.
const SCHEDULE: Schedule = Schedule {
    initial: Duration::from_secs(retransmission::INITIAL_SECONDS),
    maximum: Duration::from_secs(retransmission::MAXIMUM_SECONDS),
    count: Some(retransmission::MAXIMUM_COUNT),
    duration: None,
};

/// How long at least between two liveness tests (RFC 5191 §4.2 demands a limit and names none).
const PING_INTERVAL: Duration = Duration::from_secs(10);

/// The flags that an answer has in common with its request.
const KEPT: Flags =
    Flags(Flags::START.0 | Flags::COMPLETE.0 | Flags::RE_AUTHENTICATION.0 | Flags::PING.0);

/// One side of a session as a way to exchange numbered requests and answers (RFC 5191 §5.2).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Exchange {
    session_id: u32,
    local: SocketAddr,
    remote: SocketAddr,
    /// Where on the link the other side is, if it is there.
    neighbour: Option<LinkAddr>,
    /// The number of the next request to be sent; drawn when the first one is.
    next: Option<u32>,
    /// The number of the next request to come; unknown before the first one.
    expected: Option<u32>,
    outstanding: Option<Outstanding>,
    /// What is to be sent once the outstanding request has been answered.
    waiting: Option<Request>,
    answered: Option<Answered>,
    /// When the other side was last asked whether it is there.
    pinged: Option<Time>,
}

/// A request of ours.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Request {
    header: Header,
    octets: Vec<u8>,
}

/// A request sent, and when it is sent again.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Outstanding {
    request: Request,
    timer: Timer,
}

/// The last request accepted, and what it was answered by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Answered {
    request: Header,
    octets: Vec<u8>,
}

/// What the number of a request says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// It is the next one.
    Next,
    /// It is the last one, once more.
    Repeated,
    /// It is none that could come now.
    Stray,
}

impl Exchange {
    /// A session in which neither side has sent a request.
    pub(super) const fn new(
        session_id: u32,
        local: SocketAddr,
        remote: SocketAddr,
        neighbour: Option<LinkAddr>,
    ) -> Exchange {
        Exchange {
            session_id,
            local,
            remote,
            neighbour,
            next: None,
            expected: None,
            outstanding: None,
            waiting: None,
            answered: None,
            pinged: None,
        }
    }

    /// The same session, in which we have sent one request, with this number, that has been
    /// answered.
    pub(super) const fn continued_from(mut self, sequence: u32) -> Exchange {
        self.next = Some(sequence.wrapping_add(1));
        self
    }

    pub(super) const fn session_id(&self) -> u32 {
        self.session_id
    }

    pub(super) const fn remote(&self) -> SocketAddr {
        self.remote
    }

    pub(super) const fn neighbour(&self) -> Option<LinkAddr> {
        self.neighbour
    }

    /// What a request is by its number. One that repeats the last one may come from elsewhere,
    /// but has the same header.
    pub(super) fn turn(&self, request: &Message<'_>) -> Turn {
        //= access.2.14
        if self.answered.as_ref().is_some_and(|last| last.request == *request.header()) {
            return Turn::Repeated;
        }
        //= access.2.13
        match self.expected {
            Some(expected) if expected != request.sequence() => Turn::Stray,
            _ => Turn::Next,
        }
    }

    /// Accepts a request that came in `from`, and answers it; `add` adds AVPs to the answer.
    pub(super) fn answer(
        &mut self,
        step: &mut Step<'_>,
        from: &Datagram,
        request: &Message<'_>,
        add: impl FnOnce(&mut MessageBuilder),
    ) {
        //= access.2.12
        let mut answer = MessageBuilder::answering(request);
        add(&mut answer);
        let Ok(octets) = answer.encode() else {
            return step.effects.count(Access::NotEncodable);
        };
        self.heard_from(step, from);
        self.expected = Some(request.sequence().wrapping_add(1));
        self.answered = Some(Answered { request: *request.header(), octets });
        self.answer_again(step, from);
    }

    /// Sends the last answer to where `from` came from.
    pub(super) fn answer_again(&self, step: &mut Step<'_>, from: &Datagram) {
        if let Some(Answered { octets, .. }) = &self.answered {
            let octets = octets.clone();
            //= access.2.21
            step.effects.send(datagram(from.destination, from.source, from.neighbour, octets));
        }
    }

    /// Sends a request, now or once the outstanding one has been answered; `add` adds AVPs. What
    /// was to be sent then before gives way.
    pub(super) fn request(
        &mut self,
        step: &mut Step<'_>,
        (kind, flags): (Kind, Flags),
        add: impl FnOnce(&mut MessageBuilder),
    ) {
        //= access.2.12
        let sequence = *self.next.get_or_insert_with(|| step.random.u32());
        let header = Header::new(kind, flags, self.session_id, sequence);
        let mut request = MessageBuilder::with_header(header);
        add(&mut request);
        let Ok(octets) = request.encode() else {
            return step.effects.count(Access::NotEncodable);
        };
        let request = Request { header, octets };
        //= access.2.15
        if self.outstanding.is_some() {
            self.waiting = Some(request);
        } else {
            self.send(step, request);
        }
    }

    /// Asks the other side whether it is there, unless it is busy answering or has been asked a
    /// short while ago.
    pub(super) fn ping(&mut self, step: &mut Step<'_>) {
        let rested = self.pinged.is_none_or(|last| step.now >= last + PING_INTERVAL);
        if rested && self.outstanding.is_none() {
            self.pinged = Some(step.now);
            self.request(step, (Kind::Pnr, Flags::PING), |_| {});
        }
    }

    /// Takes an answer. Returns the header of the request that it answers, which is outstanding
    /// no longer.
    ///
    /// # Errors
    /// When it answers none that is.
    pub(super) fn take_answer(
        &mut self,
        step: &mut Step<'_>,
        from: &Datagram,
        answer: &Message<'_>,
    ) -> Result<Header, Access> {
        let request = self.awaited(answer).ok_or(Access::UnexpectedAnswer)?;
        self.outstanding = None;
        self.heard_from(step, from);
        if let Some(request) = self.waiting.take() {
            self.send(step, request);
        }
        Ok(request)
    }

    /// The header of the outstanding request, if the answer answers that one.
    pub(super) fn awaited(&self, answer: &Message<'_>) -> Option<Header> {
        //= access.2.15
        self.outstanding.as_ref().map(|outstanding| outstanding.request.header).filter(|request| {
            request.message_type == answer.header().message_type
                && request.sequence == answer.sequence()
                && request.flags.and(KEPT) == answer.flags().and(KEPT)
        })
    }

    /// Whether a request of this kind, with these flags, is outstanding or about to be sent.
    pub(super) fn is_asking(&self, kind: Kind, flags: Flags) -> bool {
        let outstanding = self.outstanding.as_ref().map(|outstanding| &outstanding.request);
        outstanding.into_iter().chain(&self.waiting).any(|Request { header, .. }| {
            header.message_type == kind.number().0 && header.flags.contains(flags)
        })
    }

    /// When [`Exchange::expire`] is wanted.
    pub(super) fn due(&self) -> Option<Time> {
        self.outstanding.as_ref().map(|outstanding| outstanding.timer.due())
    }

    /// Repeats the outstanding request if that is due. Returns whether it has been given up.
    pub(super) fn expire(&mut self, step: &mut Step<'_>) -> bool {
        let due = self.outstanding.as_mut().filter(|o| o.timer.due() <= step.now);
        //= access.2.16
        match due.map(|outstanding| outstanding.timer.expire(step.now, step.random)) {
            None => false,
            Some(Due::Repeat) => {
                step.effects.count(Access::Retransmission);
                self.send_again(step);
                false
            }
            //= access.2.17
            Some(Due::GiveUp) => {
                step.effects.count(Access::NoAnswer);
                self.stop();
                true
            }
        }
    }

    /// Sends the outstanding request once more, outside its timer.
    pub(super) fn send_again(&self, step: &mut Step<'_>) {
        if let Some(Outstanding { request, .. }) = &self.outstanding {
            let octets = request.octets.clone();
            step.effects.send(datagram(self.local, self.remote, self.neighbour, octets));
        }
    }

    /// Asks for nothing any more; what was answered last is still answered again.
    pub(super) fn stop(&mut self) {
        self.outstanding = None;
        self.waiting = None;
    }

    /// Sends requests from another address from now on.
    pub(super) const fn set_local(&mut self, local: SocketAddr) {
        self.local = local;
    }

    fn send(&mut self, step: &mut Step<'_>, request: Request) {
        self.next = Some(request.header.sequence.wrapping_add(1));
        let timer = Timer::start(SCHEDULE, step.now, step.random);
        self.outstanding = Some(Outstanding { request, timer });
        self.send_again(step);
    }

    /// Notes where a valid message came from.
    fn heard_from(&mut self, step: &mut Step<'_>, from: &Datagram) {
        //= access.2.21
        //= access.4.17
        if self.remote != from.source {
            self.remote = from.source;
            step.effects.count(Access::Moved);
        }
        self.neighbour = from.neighbour;
    }
}
