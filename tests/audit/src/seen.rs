//! What a capture shows, as far as the model has a word for it, and whether a message of the model
//! is that.
//!
//! A capture has addresses and numbers, the model has symbols. [`Names`] says which symbol stands
//! for what in one explanation of a capture; it grows as messages are matched.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::Deref;
use std::sync::Arc;

use dsboot_model::{
    Admission, Authorisation, CareOf4, Code, FhaId, Form, Hop, Ident, Leg, Link, Message, Owner,
    Seq, Session,
};
use dsboot_spec::Role;

use super::memory::mark;
use super::order::Sights;

/// A message of a capture.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Seen {
    /// Step 1: the MN's response to the method, in this PANA session.
    AccessRequest { nas: IpAddr, session: u32 },
    /// Step 2: the NAS with this address asks.
    AccessAsk { client: IpAddr },
    /// Step 2: it is answered.
    AccessAnswer { client: IpAddr, told: Told },
    /// Step 3.
    AccessReply { nas: IpAddr, session: u32, told: Told },
    /// Step 4.
    Request { hop: Hop, request: SeenRequest },
    /// Step 5: the FHA with this address asks, about the request of this Identification if that was
    /// seen.
    RegistrationAsk { client: IpAddr, about: Option<u64> },
    /// Step 5: it is answered, with addresses or without.
    RegistrationAnswer {
        client: IpAddr,
        about: Option<u64>,
        accepted: bool,
        address: bool,
        ipv6: bool,
    },
    /// Step 6. Without a hop it is not known where on its way it is.
    Reply { hop: Option<Hop>, reply: SeenReply },
    /// A binding update, in the tunnel or plain.
    Update { tunnelled: bool, number: Number, care_of: Ipv6Addr, release: bool },
    /// The HA asks.
    BindingAsk { number: Option<u64>, care_of: Option<Ipv6Addr> },
    /// It is answered.
    BindingAnswer { number: Option<u64>, accepted: bool },
    /// A binding acknowledgement.
    Ack { tunnelled: bool, number: Number, care_of: Ipv6Addr, accepted: bool },
}

/// What step 2 or 3 says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Told {
    /// No.
    Refused,
    /// Yes, and nothing about an FHA.
    Access,
    /// Yes, with the FHA of this address.
    Fha(Ipv4Addr),
    /// Yes, with an FHA by its name alone.
    Named,
}

/// Sequence number and Mesg-ID of a binding update or acknowledgement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Number {
    /// Sequence number.
    pub(super) sequence: u16,
    /// Mesg-ID.
    pub(super) message_id: Option<u64>,
}

/// A registration request.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct SeenRequest {
    pub(super) identification: u64,
    pub(super) fha: Ipv4Addr,
    /// The care-of address; `None` in a release of all of them.
    pub(super) care_of: Option<Ipv4Addr>,
    pub(super) owner: Owner,
    /// The SPI of the MN–FHA authenticator of a later request.
    pub(super) under: Option<u32>,
    pub(super) first: bool,
    pub(super) release: bool,
    pub(super) challenge: Option<Vec<u8>>,
}

/// A registration reply.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct SeenReply {
    /// The low half of the Identification.
    pub(super) low: u32,
    pub(super) fha: Ipv4Addr,
    pub(super) code: Code,
    /// Whether IPv6 parameters are there; `None` where an accepting reply may leave them out.
    pub(super) ipv6: Option<bool>,
    /// The SPI of the authenticator.
    pub(super) under: Option<u32>,
    /// The FHA's SPI in a key generation reply.
    pub(super) new_key: Option<u32>,
}

impl Seen {
    /// Who says it.
    pub(super) const fn from(&self) -> Role {
        match self {
            Seen::AccessRequest { .. } => Role::Mn,
            Seen::AccessAsk { .. } | Seen::AccessReply { .. } => Role::Nas,
            // Whichever server it is, in the model it is the AAAH or the AAAF.
            Seen::AccessAnswer { .. } => Role::Aaaf,
            Seen::Request { hop: Hop::Direct | Hop::Link, .. } => Role::Mn,
            Seen::Request { hop: Hop::Relay, .. } => Role::Fa,
            Seen::RegistrationAsk { .. } => Role::Fha,
            Seen::RegistrationAnswer { .. } | Seen::BindingAnswer { .. } => Role::Aaah,
            Seen::Reply { hop: Some(Hop::Link), .. } => Role::Fa,
            Seen::Reply { .. } => Role::Fha,
            Seen::Update { tunnelled: true, .. } => Role::Mn,
            Seen::Update { .. } | Seen::Ack { tunnelled: true, .. } => Role::Fha,
            Seen::BindingAsk { .. } | Seen::Ack { .. } => Role::Ha,
        }
    }

    /// To whom.
    pub(super) const fn to(&self) -> Role {
        match self {
            Seen::AccessRequest { .. } | Seen::AccessAnswer { .. } => Role::Nas,
            Seen::AccessAsk { .. } => Role::Aaaf,
            Seen::AccessReply { .. } => Role::Mn,
            Seen::Request { hop: Hop::Link, .. } | Seen::Reply { hop: Some(Hop::Relay), .. } => {
                Role::Fa
            }
            Seen::Request { .. } | Seen::RegistrationAnswer { .. } => Role::Fha,
            Seen::RegistrationAsk { .. } | Seen::BindingAsk { .. } => Role::Aaah,
            Seen::Reply { .. } => Role::Mn,
            Seen::Update { tunnelled: true, .. } => Role::Fha,
            Seen::Update { .. } | Seen::BindingAnswer { .. } => Role::Ha,
            Seen::Ack { tunnelled: true, .. } => Role::Mn,
            Seen::Ack { .. } => Role::Fha,
        }
    }

    /// The step of the figures.
    pub(super) const fn step(&self) -> &'static str {
        match self {
            Seen::AccessRequest { .. } => "1",
            Seen::AccessAsk { .. } | Seen::AccessAnswer { .. } => "2",
            Seen::AccessReply { .. } => "3",
            Seen::Request { .. } => "4",
            Seen::RegistrationAsk { .. } | Seen::RegistrationAnswer { .. } => "5",
            Seen::Reply { .. } => "6",
            Seen::Update { .. } => "BU",
            Seen::BindingAsk { .. } => "Access-Req",
            Seen::BindingAnswer { .. } => "Access-resp",
            Seen::Ack { .. } => "BA",
        }
    }

    /// Where it can be seen: a link that a capture is of, or not.
    pub(super) const fn channel(&self) -> Channel {
        match self {
            Seen::AccessRequest { .. } | Seen::AccessReply { .. } => Channel::Access,
            Seen::AccessAsk { .. } | Seen::AccessAnswer { .. } => Channel::LegA,
            Seen::Request { hop: Hop::Link, .. } | Seen::Reply { hop: Some(Hop::Link), .. } => {
                Channel::Link
            }
            Seen::Request { hop: Hop::Direct, .. } => Channel::Direct,
            Seen::Request { hop: Hop::Relay, .. } => Channel::Relay,
            Seen::Reply { hop: Some(Hop::Relay), .. } => Channel::Relay,
            Seen::Reply { .. } => Channel::Direct,
            Seen::RegistrationAsk { .. } | Seen::RegistrationAnswer { .. } => Channel::LegB,
            Seen::Update { tunnelled: true, .. } | Seen::Ack { tunnelled: true, .. } => {
                Channel::Tunnel
            }
            Seen::Update { .. } | Seen::Ack { .. } => Channel::Plain,
            Seen::BindingAsk { .. } | Seen::BindingAnswer { .. } => Channel::LegC,
        }
    }

    /// In words.
    pub(super) fn words(&self) -> String {
        match self {
            Seen::AccessRequest { .. } => "Access Req.".to_owned(),
            Seen::AccessAsk { .. } => "Access Request".to_owned(),
            Seen::AccessAnswer { told, .. } => format!("Access Answer: {}", told.words()),
            Seen::AccessReply { told, .. } => format!("Access Rep.: {}", told.words()),
            Seen::Request { request, .. } => match (request.first, request.release) {
                (_, true) => "Reg Req., release".to_owned(),
                (true, _) => "Reg Req., for a key and addresses".to_owned(),
                (false, _) => "Reg Req., under the MN-FHA key".to_owned(),
            },
            Seen::RegistrationAsk { .. } => "Access Req".to_owned(),
            Seen::RegistrationAnswer { accepted: true, address: true, .. } => {
                "Access Answer: accepted".to_owned()
            }
            Seen::RegistrationAnswer { accepted: true, .. } => {
                "Access Answer: accepted, no address".to_owned()
            }
            Seen::RegistrationAnswer { .. } => "Access Answer: rejected".to_owned(),
            Seen::Reply { reply, .. } => format!("Reg Rep.: {}", reply.code),
            Seen::Update { release, number, .. } => {
                let end = if *release { ", release" } else { "" };
                format!("BU {}{end}", number.sequence)
            }
            Seen::BindingAsk { .. } => "Access-Req".to_owned(),
            Seen::BindingAnswer { accepted, .. } => format!("Access-resp: {}", verdict(*accepted)),
            Seen::Ack { accepted, number, .. } => {
                format!("BA {}: {}", number.sequence, verdict(*accepted))
            }
        }
    }
}

impl Told {
    fn words(self) -> String {
        match self {
            Told::Refused => "refused".to_owned(),
            Told::Access => "granted, no FHA".to_owned(),
            Told::Fha(fha) => format!("granted, FHA {fha}"),
            Told::Named => "granted, FHA by name".to_owned(),
        }
    }
}

const fn verdict(accepted: bool) -> &'static str {
    if accepted { "accepted" } else { "refused" }
}

/// A part of the network that messages are seen on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Channel {
    Access,
    LegA,
    Link,
    Direct,
    Relay,
    LegB,
    Tunnel,
    Plain,
    LegC,
    /// Never seen as such.
    Never,
}

/// The part of the network that a message of the model is on.
pub(super) const fn channel_of(message: &Message) -> Channel {
    match message {
        // It goes to everybody on the link, and is no proof that one has heard it.
        Message::Advertisement(_) => Channel::Never,
        Message::AccessRequest(..) | Message::AccessReply(..) => Channel::Access,
        Message::AccessAsk(..) | Message::AccessAnswer(..) => Channel::LegA,
        Message::Request(hop, _) | Message::Reply(hop, _) => match hop {
            Hop::Direct => Channel::Direct,
            Hop::Link => Channel::Link,
            Hop::Relay => Channel::Relay,
        },
        Message::RegistrationAsk(..) | Message::RegistrationAnswer(..) => Channel::LegB,
        Message::Update(Leg::Tunnel(_), _) | Message::Ack(Leg::Tunnel(_), _) => Channel::Tunnel,
        Message::Update(Leg::Plain, _) | Message::Ack(Leg::Plain, _) => Channel::Plain,
        Message::BindingAsk(..) | Message::BindingAnswer(..) => Channel::LegC,
    }
}

/// Which symbol stands for what.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Names {
    nas: Vec<(IpAddr, Link)>,
    nas_clients: Vec<(IpAddr, Link)>,
    care_of: Vec<(Ipv4Addr, Link)>,
    fhas: Vec<(Ipv4Addr, FhaId)>,
    fha_clients: Vec<(IpAddr, FhaId)>,
    care_of6: Vec<(Ipv6Addr, FhaId)>,
    sessions: Vec<(u32, Session)>,
    idents: Vec<(u64, Ident)>,
    seqs: Vec<(Number, Seq)>,
    challenges: Vec<(Vec<u8>, Ident)>,
    /// The FHA's SPIs, and the requests that their keys were made for.
    keys: Vec<(u32, Ident)>,
    /// Whether the mobile node has been told another time than its own.
    clock_set: bool,
    /// The parts of the network where something has been seen.
    sights: Sights,
}

/// [`Names`] that many explanations share, and a fingerprint of them.
#[derive(Clone, Debug, Default)]
pub(super) struct Named {
    names: Arc<Names>,
    mark: u64,
}

impl Named {
    /// The names by which `message` can be what was seen, if it can be that.
    pub(super) fn fitting(&self, seen: &Seen, message: &Message) -> Option<Named> {
        let mut names = Names::clone(&self.names);
        if !names.fits(seen, message) {
            return None;
        }
        names.sights.add(message);
        if names == *self.names {
            return Some(self.clone());
        }
        let mark = mark(&names);
        Some(Named { names: Arc::new(names), mark })
    }

    /// A fingerprint.
    pub(super) const fn mark(&self) -> u64 {
        self.mark
    }
}

impl Deref for Named {
    type Target = Names;

    fn deref(&self) -> &Names {
        &self.names
    }
}

impl Names {
    /// Whether `message` can be what was seen, by what is known; learns what it has to be for that.
    /// What has been learned when the answer is no is of no use.
    fn fits(&mut self, seen: &Seen, message: &Message) -> bool {
        match (seen, message) {
            (Seen::AccessRequest { nas, session }, Message::AccessRequest(number, link, _)) => {
                bind(&mut self.nas, *nas, *link) && self.session(*session, *number, true)
            }
            (Seen::AccessAsk { client }, Message::AccessAsk(_, link, ..)) => {
                bind(&mut self.nas_clients, *client, *link)
            }
            (Seen::AccessAnswer { client, told }, Message::AccessAnswer(_, link, _, admission)) => {
                bind(&mut self.nas_clients, *client, *link) && self.told(*told, *admission)
            }
            (
                Seen::AccessReply { nas, session, told },
                Message::AccessReply(number, link, admission),
            ) => {
                bind(&mut self.nas, *nas, *link)
                    && self.session(*session, *number, false)
                    && self.told(*told, *admission)
            }
            (Seen::Request { hop, request }, Message::Request(at, said)) => {
                hop == at && self.request(request, said)
            }
            (Seen::RegistrationAsk { client, about }, Message::RegistrationAsk(fha, ident, ..)) => {
                bind(&mut self.fha_clients, *client, *fha) && self.is_about(*about, *ident)
            }
            (
                Seen::RegistrationAnswer { client, about, accepted, address, ipv6 },
                Message::RegistrationAnswer(fha, ident, answer),
            ) => {
                let fits = match answer {
                    Authorisation::Refused => !accepted,
                    Authorisation::Granted(None) => *accepted && !address,
                    Authorisation::Granted(Some(parameters)) => {
                        *accepted && *address && parameters.ipv6 == *ipv6
                    }
                };
                fits && bind(&mut self.fha_clients, *client, *fha) && self.is_about(*about, *ident)
            }
            (Seen::Reply { hop, reply }, Message::Reply(at, said)) => {
                hop.map_or(*at != Hop::Link, |hop| hop == *at) && self.reply(reply, said)
            }
            (
                Seen::Update { tunnelled, number, care_of, release },
                Message::Update(leg, update),
            ) => {
                *tunnelled == matches!(leg, Leg::Tunnel(_))
                    && *release == update.release
                    && bind(&mut self.care_of6, *care_of, update.care_of.fha)
                    && self.number(*number, update.seq)
            }
            (Seen::BindingAsk { number, care_of }, Message::BindingAsk(seq, said, ..)) => {
                care_of.is_none_or(|care_of| bind(&mut self.care_of6, care_of, said.fha))
                    && number.is_none_or(|id| self.message_id(id, *seq))
            }
            (Seen::BindingAnswer { number, accepted }, Message::BindingAnswer(seq, said)) => {
                accepted == said && number.is_none_or(|id| self.message_id(id, *seq))
            }
            (Seen::Ack { tunnelled, number, care_of, accepted }, Message::Ack(leg, ack)) => {
                *tunnelled == matches!(leg, Leg::Tunnel(_))
                    && *accepted == ack.accepted
                    && bind(&mut self.care_of6, *care_of, ack.care_of.fha)
                    && self.number(*number, ack.seq)
            }
            _ => false,
        }
    }

    fn session(&mut self, session: u32, number: Session, begins: bool) -> bool {
        let known = self.sessions.iter().rev().find(|(id, _)| *id == session);
        match known {
            Some((_, known)) if *known == number => return true,
            // The same session is authenticated anew.
            Some((_, known)) if !(begins && number > *known) => return false,
            _ => {}
        }
        let free = self.sessions.iter().all(|(_, known)| *known != number);
        if free {
            self.sessions.push((session, number));
        }
        free
    }

    fn told(&mut self, told: Told, admission: Admission) -> bool {
        match (told, admission) {
            (Told::Refused, Admission::Refused) | (Told::Access, Admission::Granted(None)) => true,
            (Told::Named, Admission::Granted(Some(_))) => true,
            (Told::Fha(address), Admission::Granted(Some(fha))) => {
                bind(&mut self.fhas, address, fha)
            }
            _ => false,
        }
    }

    fn request(&mut self, seen: &SeenRequest, said: &dsboot_model::Request) -> bool {
        let CareOf4 { link, owner } = said.care_of;
        // A release of everything names the home address instead.
        let care_of = seen
            .care_of
            .is_none_or(|care_of| owner == seen.owner && rebind(&mut self.care_of, care_of, link));
        let form = match (said.form, seen.under) {
            (Form::First, _) => seen.first,
            (Form::Again(key), Some(spi)) => !seen.first && self.key(spi, key, false),
            (Form::Again(_), None) => !seen.first,
        };
        let challenge = match (&seen.challenge, said.challenge) {
            (None, None) => true,
            (Some(challenge), Some(answered)) => {
                bind(&mut self.challenges, challenge.clone(), answered)
            }
            _ => false,
        };
        care_of
            && form
            && challenge
            && said.intact
            && seen.release == said.release
            && bind(&mut self.fhas, seen.fha, said.fha)
            && self.grows(seen.identification, said.ident)
            && bind(&mut self.idents, seen.identification, said.ident)
    }

    /// Whether a question of step 5 can be about a request.
    fn is_about(&mut self, request: Option<u64>, ident: Ident) -> bool {
        request.is_none_or(|request| bind(&mut self.idents, request, ident))
    }

    /// Identifications grow as the model's do, unless the clock has been set back.
    fn grows(&self, identification: u64, ident: Ident) -> bool {
        let whole = self.idents.iter().filter(|(known, _)| *known > u64::from(u32::MAX));
        let in_order = |known: &(u64, Ident)| (known.0 < identification) == (known.1 < ident);
        self.clock_set || whole.filter(|known| known.1 != ident).all(in_order)
    }

    fn reply(&mut self, seen: &SeenReply, said: &dsboot_model::Reply) -> bool {
        let is_it = |known: &&(u64, Ident)| known.0 & u64::from(u32::MAX) == u64::from(seen.low);
        let ident = match self.idents.iter().rev().find(is_it) {
            Some((_, ident)) => *ident == said.ident,
            // Its request was not seen.
            None => bind(&mut self.idents, u64::from(seen.low), said.ident),
        };
        let key = match (said.key, seen.under) {
            (None, _) => seen.new_key.is_none(),
            (Some(_), None) => false,
            (Some(key), Some(_)) => {
                seen.new_key.is_none_or(|spi| key == said.ident && self.key(spi, key, true))
            }
        };
        let ipv6 = match (seen.ipv6, said.parameters) {
            (Some(ipv6), Some(parameters)) => ipv6 == parameters.ipv6,
            _ => true,
        };
        self.clock_set |= seen.code == Code::Stale;
        ident && key && ipv6 && seen.code == said.code && bind(&mut self.fhas, seen.fha, said.fha)
    }

    /// An SPI may be used again for another key, as long as one is known for one request only, and
    /// only a reply (`is_given`) gives a key another SPI than it had.
    fn key(&mut self, spi: u32, key: Ident, is_given: bool) -> bool {
        match self.keys.iter().rev().find(|(known, _)| *known == spi) {
            Some((_, known)) if *known == key => true,
            Some((_, known)) if *known > key => false,
            _ if !is_given && self.keys.iter().any(|(_, known)| *known == key) => false,
            _ => {
                self.keys.push((spi, key));
                true
            }
        }
    }

    /// The numbers of an update or acknowledgement: that with status 135 has another sequence
    /// number, that with 144 another Mesg-ID.
    fn number(&mut self, number: Number, seq: Seq) -> bool {
        let same_id = |known: &&(Number, Seq)| {
            number.message_id.is_some() && known.0.message_id == number.message_id
        };
        let same_sequence = |known: &&(Number, Seq)| known.0.sequence == number.sequence;
        let known = self.seqs.iter().rev();
        let found = known.clone().find(same_id).or_else(|| known.clone().find(same_sequence));
        match found {
            Some((_, known)) => *known == seq,
            None => bind(&mut self.seqs, number, seq),
        }
    }

    fn message_id(&mut self, id: u64, seq: Seq) -> bool {
        match self.seqs.iter().rev().find(|(number, _)| number.message_id == Some(id)) {
            Some((_, known)) => *known == seq,
            None => self.seqs.iter().all(|(_, known)| *known != seq),
        }
    }

    /// Whether a message is about a network for which the model has no symbol left: it has three
    /// links, two of them below one FHA and one below another.
    pub(super) fn has_no_room_for(&self, seen: &Seen) -> bool {
        let is_new = |address: &Ipv4Addr| self.fhas.iter().all(|(known, _)| known != address);
        match seen {
            Seen::AccessRequest { nas, .. } => self.nas.iter().all(|(known, _)| known != nas),
            Seen::AccessAsk { client } => self.nas_clients.iter().all(|(known, _)| known != client),
            Seen::AccessAnswer { told: Told::Fha(_), .. }
            | Seen::AccessReply { told: Told::Fha(_), .. } => !self.fhas.is_empty(),
            Seen::Request { hop: Hop::Direct | Hop::Link, request } => {
                is_new(&request.fha) && !self.fhas.is_empty()
            }
            _ => false,
        }
    }

    /// The parts of the network where something has been seen.
    pub(super) const fn sights(&self) -> Sights {
        self.sights
    }

    /// Whether an IPv6 care-of address has been seen.
    pub(super) fn knows(&self, care_of: Ipv6Addr) -> bool {
        self.care_of6.iter().any(|(known, _)| *known == care_of)
    }

    /// The address that a symbol of an FHA stands for.
    pub(super) fn fha(&self, fha: FhaId) -> Option<Ipv4Addr> {
        self.fhas.iter().find(|(_, known)| *known == fha).map(|(address, _)| *address)
    }
}

/// Both stand for each other, or for nothing yet.
fn bind<C: PartialEq, S: PartialEq + Copy>(
    names: &mut Vec<(C, S)>,
    concrete: C,
    symbol: S,
) -> bool {
    let mut known = false;
    for (one, other) in names.iter() {
        match (*one == concrete, *other == symbol) {
            (true, true) => known = true,
            (true, false) | (false, true) => return false,
            (false, false) => {}
        }
    }
    if !known {
        names.push((concrete, symbol));
    }
    true
}

/// As [`bind`], but a symbol may stand for something new from now on.
fn rebind<C: PartialEq, S: PartialEq + Copy>(
    names: &mut Vec<(C, S)>,
    concrete: C,
    symbol: S,
) -> bool {
    match names.iter().find(|(known, _)| *known == concrete) {
        Some((_, known)) => *known == symbol,
        None => {
            names.retain(|(_, known)| *known != symbol);
            names.push((concrete, symbol));
            true
        }
    }
}
