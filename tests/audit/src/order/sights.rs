//! Which parts of the network a capture shows.

use dsboot_model::{CareOf6, FhaId, Leg, Link, Message};

use crate::seen::{Channel, channel_of};

/// Which parts of the network the capture shows. A part is a kind of message at one link, or at one
/// FHA: what is captured at one agent says nothing about another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Sights(u64);

/// So many parts there can be of a kind of message.
const PLACES: u64 = 6;

impl Sights {
    /// Everything is seen.
    pub(crate) const ALL: Sights = Sights(u64::MAX);

    /// A message is seen.
    pub(crate) fn add(&mut self, message: &Message) {
        self.0 |= part(message);
    }

    /// What either shows.
    pub(super) const fn and(self, other: Sights) -> Sights {
        Sights(self.0 | other.0)
    }

    /// Whether nothing is seen of how the mobile node moves and registers.
    pub(super) const fn is_of_home_only(self) -> bool {
        let home = of_kind(Channel::Plain) | of_kind(Channel::LegC);
        self.0 & !home == 0
    }

    /// Whether a message would not be seen.
    pub(super) fn hides(self, message: &Message) -> bool {
        match channel_of(message) {
            Channel::Never => true,
            _ => self.0 & part(message) == 0,
        }
    }
}

/// All parts where there can be such messages.
const fn of_kind(channel: Channel) -> u64 {
    ((1 << PLACES) - 1) << (channel as u64 * PLACES)
}

/// The part of the network where a message is.
fn part(message: &Message) -> u64 {
    let place = match message {
        Message::Advertisement(link)
        | Message::AccessRequest(_, link, _)
        | Message::AccessAsk(_, link, ..)
        | Message::AccessAnswer(_, link, ..)
        | Message::AccessReply(_, link, _)
        | Message::Update(Leg::Tunnel(dsboot_model::CareOf4 { link, .. }), _)
        | Message::Ack(Leg::Tunnel(dsboot_model::CareOf4 { link, .. }), _) => of_link(*link),
        Message::Request(_, request) => of_way(message, request.care_of.link, request.fha),
        Message::Reply(_, reply) => of_way(message, reply.link, reply.fha),
        Message::RegistrationAsk(fha, ..) | Message::RegistrationAnswer(fha, ..) => of_fha(*fha),
        Message::Update(Leg::Plain, update) => of_care_of(update.care_of),
        Message::Ack(Leg::Plain, ack) => of_care_of(ack.care_of),
        // There is one home agent.
        Message::BindingAsk(..) | Message::BindingAnswer(..) => 0,
    };
    1 << (channel_of(message) as u64 * PLACES + place)
}

/// A registration's message: on the link itself, before the FHA, or between both.
fn of_way(message: &Message, link: Link, fha: FhaId) -> u64 {
    match channel_of(message) {
        Channel::Direct => of_fha(fha),
        Channel::Relay => of_link(link) * 2 + of_fha(fha),
        _ => of_link(link),
    }
}

fn of_care_of(care_of: CareOf6) -> u64 {
    of_fha(care_of.fha)
}

fn of_link(link: Link) -> u64 {
    Link::ALL.iter().zip(0..).find(|(known, _)| **known == link).map_or(0, |(_, place)| place)
}

fn of_fha(fha: FhaId) -> u64 {
    FhaId::ALL.iter().zip(0..).find(|(known, _)| **known == fha).map_or(0, |(_, place)| place)
}
