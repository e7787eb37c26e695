//! What somebody without a key makes of what is under way. Nothing may come of it, but the refusal
//! of a request.

use dsboot_model::{Action, Form, Hop, Leg, Message, Request};

use super::following::Happening;
use super::{Divergence, Follower, modulo};
use crate::abstraction::told;
use crate::bytes::Cargo;

/// Octets of a registration message that its authenticators cover: addresses and Identification of
/// a reply, addresses of a request.
const REPLY: (usize, usize) = (4, 16);
const REQUEST: (usize, usize) = (12, 4);

/// The octets of a RADIUS packet before its attributes.
const RADIUS_HEADER: usize = 20;

/// Every so manieth alteration cuts off what comes last: authenticators do.
const CUT: usize = 4;

impl Follower {
    /// An altered copy of something under way arrives, if there is anything that an alteration is
    /// noticed of. Returns whether there was.
    pub(super) fn corrupt_any(&mut self, pick: usize) -> Result<bool, Divergence> {
        let able = |flight: &usize| self.altered(*flight, pick).is_some();
        let able: Vec<usize> = self.under_way.iter().copied().filter(able).collect();
        let flight = modulo(pick, able.len()).and_then(|place| able.get(place).copied());
        flight.map_or(Ok(false), |flight| self.corrupt(flight, pick))
    }

    /// An altered copy of something arrives. Returns whether it could.
    pub(super) fn corrupt(&mut self, flight: usize, pick: usize) -> Result<bool, Divergence> {
        let Some((what, action)) = self.altered(flight, pick) else { return Ok(false) };
        let Some(to) = self.bytes.sent.get(flight).map(|sent| sent.to) else { return Ok(false) };
        self.bytes.deliver_as(to, &what);
        let named = self.named(flight);
        let name = named.map(|(_, message)| told(message)).unwrap_or_default();
        self.follow(&Happening {
            cause: Some(flight),
            action,
            mobile: named.map(|(mobile, _)| mobile),
            ..Happening::unasked(to, format!("{to:?} receives, altered: {name}"))
        })?;
        Ok(true)
    }

    /// Something protected, with an octet changed or without its end, and what the model calls that.
    fn altered(&self, flight: usize, pick: usize) -> Option<(Cargo, Option<Action>)> {
        let sent = self.bytes.sent.get(flight)?;
        if !self.bytes.is_deliverable(flight) || !self.is_fresh(flight) {
            return None;
        }
        let (_, message) = self.named(flight)?;
        let mut what = sent.what.clone();
        let octets = match &mut what {
            Cargo::Datagram(datagram) => &mut datagram.payload,
            Cargo::Packet(packet) => &mut packet.octets,
        };
        let length = octets.len();
        let is_protected = match message {
            Message::Request(hop, request) => hop == Hop::Direct && request.form != Form::First,
            Message::Reply(hop, _) => hop == Hop::Direct,
            Message::Ack(leg, _) => leg != Leg::Plain,
            _ => false,
        };
        if is_protected && pick % CUT == CUT - 1 {
            octets.truncate(pick / CUT % length);
            return Some((what, None));
        }
        let (from, many, action) = match message {
            Message::Reply(Hop::Direct, _) => (REPLY.0, REPLY.1, None),
            Message::Request(hop @ Hop::Direct, request) if request.form != Form::First => {
                let altered = Message::Request(hop, Request { intact: false, ..request });
                (REQUEST.0, REQUEST.1, Some(Action::Deliver(altered)))
            }
            Message::AccessAsk(..)
            | Message::AccessAnswer(..)
            | Message::RegistrationAsk(..)
            | Message::RegistrationAnswer(..)
            | Message::BindingAsk(..)
            | Message::BindingAnswer(..) => (RADIUS_HEADER, length - RADIUS_HEADER, None),
            // The authenticator is last. Two words of it change places, as the checksum before it
            // is to stay right.
            Message::Ack(Leg::Tunnel(_), _) => {
                let (before, rest) = octets.split_at_mut_checked(length - 4)?;
                let _ = before;
                let same = rest.first_chunk::<2>() == rest.last_chunk::<2>();
                rest.rotate_left(2);
                return (!same).then_some((what, None));
            }
            _ => return None,
        };
        *octets.get_mut(from + pick % many.max(1))? ^= 1 << (pick % 8);
        Some((what, action))
    }
}
