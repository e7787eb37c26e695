//! Steps 1 and 3: PANA, and the EAP in it.

use std::net::{IpAddr, SocketAddr};

use dsboot_codec::eap;
use dsboot_codec::pana::{Flags, Kind, Message};
use dsboot_spec::registry::eap::method;
use dsboot_spec::registry::pana::{result, termination_cause};

use super::super::carried::Carried;
use super::super::mobile::Key;
use super::super::seen::{Seen, Told};
use super::super::{At, Auditor, memory};
use super::{EapLast, Side};

/// A PANA session.
#[derive(Clone, Debug, Default)]
pub(super) struct Session {
    /// The mobile node, once it has said who it is.
    place: Option<usize>,
    /// Whether it understands our parameters, if that was seen.
    announced: Option<bool>,
    /// The sequence numbers of the last request and answer each way: from the NAS, from the MN.
    requests: [Option<u32>; 2],
    /// The EAP Request that waits for its answer: its Identifier and method.
    eap: Option<(u8, Option<u8>)>,
}

impl Auditor {
    /// A PANA message.
    pub(in super::super) fn pana(&mut self, at: At, carried: &Carried<'_>, message: &Message<'_>) {
        let Some(kind) = message.kind() else { return };
        let announces = |message: &Message<'_>, vendor| {
            message.parameters(vendor).bootstrap_request.once().is_some()
        };
        if kind == Kind::Pci {
            let announced = announces(message, self.vendor);
            self.legs.announced.insert(carried.source, announced);
            return;
        }
        let payload = message.eap_payload().once();
        let eap = payload.and_then(|octets| eap::Packet::decode(octets).ok());
        // Until something tells, it is not known whose session it is.
        let Some(from_nas) = self.is_from_nas(carried, message, kind, eap.as_ref()) else { return };
        let (nas, mn) = match from_nas {
            true => (carried.source, carried.destination),
            false => (carried.destination, carried.source),
        };
        let key = (nas.ip(), message.session_id());
        let announced = self.legs.announced.get(&mn).copied();
        self.check_session(at, carried, message, kind, (nas, mn));
        let session = self.legs.sessions.get_or_new(&key);
        session.announced = session.announced.or(announced);
        self.check_numbers(at, carried, key, message, kind, from_nas);
        if let Some(eap) = &eap {
            self.eap(at, carried, key, eap);
        }
        let cause = message.termination_cause().once().filter(|_| kind == Kind::Ptr);
        if cause.is_some_and(|cause| termination_cause::name(cause).is_none()) {
            let what = "the cause is none that is known".to_owned();
            self.early(at, carried, "access.5.7", what);
        }
        let completes = message.flags().contains(Flags::COMPLETE) && kind == Kind::Par;
        if completes && from_nas {
            self.access_reply(at, carried, key, message, eap.as_ref());
        }
    }

    /// Whether a message comes from the NAS: by who was the NAS before, or by what is in it. `None` for
    /// what either may send.
    fn is_from_nas(
        &self,
        carried: &Carried<'_>,
        message: &Message<'_>,
        kind: Kind,
        eap: Option<&eap::Packet<'_>>,
    ) -> Option<bool> {
        let sessions = &self.legs.sessions;
        let id = message.session_id();
        if sessions.contains(&(carried.source.ip(), id)) {
            return Some(true);
        }
        if sessions.contains(&(carried.destination.ip(), id)) {
            return Some(false);
        }
        let (from, to) = (carried.source, carried.destination);
        if self.legs.pairs.contains(&(from, to)) || self.legs.pairs.contains(&(to, from)) {
            return Some(self.legs.pairs.contains(&(from, to)));
        }
        let told = |address| self.settings.who.nas.contains(&address);
        let told = (told(from.ip()) != told(to.ip())).then(|| told(from.ip()));
        by_content(message, kind, eap).or(told)
    }

    /// Whether a session is known, between two who have had one, and goes between its two ends.
    fn check_session(
        &mut self,
        at: At,
        carried: &Carried<'_>,
        message: &Message<'_>,
        kind: Kind,
        (nas, mn): (SocketAddr, SocketAddr),
    ) {
        let id = message.session_id();
        let begins = kind == Kind::Par && message.flags().contains(Flags::START);
        let moves = kind == Kind::Pnr;
        let between = self.legs.pairs.get(&(nas, mn)).copied();
        let known = self.legs.sessions.contains(&(nas.ip(), id));
        let ends = (nas.ip(), mn.ip());
        let wrong = match between {
            Some(between) if !begins && !known && between != id => {
                Some(("access.2.19", "the session identifier is none that was given"))
            }
            None if known && !begins && !moves && !self.legs.met.contains(&ends) => {
                Some(("access.2.21", "the session is another PaC's"))
            }
            _ => None,
        };
        if let Some((sentence, what)) = wrong {
            let place = self.legs.sessions.get(&(nas.ip(), id)).and_then(|session| session.place);
            match place {
                Some(place) => self.reject(at, place, sentence, what),
                None => self.early(at, carried, sentence, what.to_owned()),
            }
        } else {
            self.legs.pairs.insert((nas, mn), id);
            self.legs.met.insert(ends, ());
        }
    }

    /// The mobile node of a session.
    fn of_session(&mut self, key: (IpAddr, u32)) -> usize {
        let known = self.legs.sessions.get(&key).and_then(|session| session.place);
        known.unwrap_or_else(|| self.mobile(Key::Session(key.0, key.1)))
    }

    /// Whether nobody has said whose a session is: the capture begins after that.
    fn is_anonymous(&self, key: (IpAddr, u32)) -> bool {
        self.legs.sessions.get(&key).is_none_or(|session| session.place.is_none())
    }

    /// The NAS passes on an EAP Response: then it is known whose session that is, and whether the NAS
    /// says so.
    pub(super) fn learn_session(
        &mut self,
        at: At,
        place: usize,
        carried: &Carried<'_>,
        eap: &eap::Packet<'_>,
    ) {
        let mark = memory::mark(&eap.octets());
        let Some(key) = self.legs.responses.get(&mark).copied() else { return };
        if !self.is_anonymous(key) {
            let known = self.legs.sessions.get(&key).and_then(|session| session.place);
            let what = "User-Name is not the identity that the mobile node has given";
            return self.must(known == Some(place), at, place, "access.3.2", what);
        }
        if let Some(session) = self.legs.sessions.get_mut(&key) {
            session.place = Some(place);
        }
        let seen = Seen::AccessRequest { nas: key.0, session: key.1 };
        self.saw(at, place, carried, seen, None);
    }

    fn check_numbers(
        &mut self,
        at: At,
        carried: &Carried<'_>,
        key: (IpAddr, u32),
        message: &Message<'_>,
        kind: Kind,
        from_nas: bool,
    ) {
        // The request may have named a session that there is not.
        let (nas, mn) = match from_nas {
            true => (carried.source, carried.destination),
            false => (carried.destination, carried.source),
        };
        let named = self.legs.asked.get(&(nas, mn, from_nas, message.sequence())).copied();
        let is_request = !matches!(kind, Kind::Pan | Kind::Pta | Kind::Pna);
        let misnamed = named
            .filter(|named| !is_request && *named != key.1)
            .map(|_| ("access.2.19", "the session identifier is not that of the request"));
        if is_request {
            self.legs.asked.insert((nas, mn, !from_nas, message.sequence()), key.1);
        }
        let Some(session) = self.legs.sessions.get_mut(&key) else { return };
        let [own, other] = if from_nas { [0, 1] } else { [1, 0] };
        let number = message.sequence();
        let wrong = if is_request {
            let last = session.requests.get_mut(own);
            let before = last.and_then(|last| last.replace(number));
            let next =
                before.is_none_or(|before| number == before.wrapping_add(1) || number == before);
            (!next).then_some(("access.2.12", "the sequence number is not the next one"))
        } else {
            let asked = session.requests.get(other).copied().flatten();
            let answers = asked.is_none_or(|asked| asked == number);
            (!answers)
                .then_some(("wire.6.12", "the answer has not the sequence number of its request"))
        };
        let wrong = wrong.or(misnamed);
        if let Some((sentence, what)) = wrong {
            match session.place {
                Some(place) => self.reject(at, place, sentence, what),
                None => self.early(at, carried, sentence, what.to_owned()),
            }
        }
    }

    fn eap(&mut self, at: At, carried: &Carried<'_>, key: (IpAddr, u32), eap: &eap::Packet<'_>) {
        let known = self.legs.sessions.get(&key).and_then(|session| session.place);
        if let Some(place) = known.filter(|_| eap.code() != eap::Code::Success) {
            self.check_eap(at, place, (Side::Pana, key.0), eap);
        }
        let Some(session) = self.legs.sessions.get_mut(&key) else { return };
        match eap.code() {
            eap::Code::Request => session.eap = Some((eap.identifier(), eap.method())),
            eap::Code::Response => {
                let asked = session.eap;
                let named = (eap.method() == Some(method::IDENTITY)).then(|| eap.octets().get(5..));
                let announced = session.announced;
                if let Some(Some(nai)) = named {
                    let place = self.mobile(Key::Nai(nai.to_vec()));
                    if let Some(session) = self.legs.sessions.get_mut(&key) {
                        session.place = Some(place);
                    }
                    if announced == Some(true) {
                        self.mark(place);
                    }
                }
                let place = self.of_session(key);
                if announced == Some(true) {
                    self.mark(place);
                }
                if known.is_none() {
                    self.check_eap(at, place, (Side::Pana, key.0), eap);
                }
                let same = asked.is_none_or(|(asked, _)| asked == eap.identifier());
                self.must(
                    same,
                    at,
                    place,
                    "access.2.22",
                    "the EAP Response has another Identifier than the Request",
                );
                let is_nak = eap.method() == Some(method::NAK);
                let same = asked.is_none_or(|(_, asked)| is_nak || asked == eap.method());
                let what = "the EAP Response is of another method than the Request, and no Nak";
                self.must(same, at, place, "access.2.23", what);
                if matches!(
                    eap.method(),
                    Some(method::IDENTITY | method::NAK | method::NOTIFICATION)
                ) {
                    return;
                }
                self.legs.responses.insert(memory::mark(&eap.octets()), key);
                if self.is_anonymous(key) {
                    return;
                }
                let seen = Seen::AccessRequest { nas: key.0, session: key.1 };
                self.saw(at, place, carried, seen, None);
            }
            eap::Code::Success | eap::Code::Failure => {
                let place = self.of_session(key);
                let asked = self.legs.sessions.get(&key).and_then(|session| session.eap);
                let same = asked.is_none_or(|(asked, _)| asked == eap.identifier());
                self.must(
                    same,
                    at,
                    place,
                    "access.2.24",
                    "the EAP result has another Identifier than the last answer",
                );
            }
        }
    }

    /// An EAP packet is the same between MN and NAS as between NAS and AAA server; `nas` is the NAS's
    /// address on this side.
    pub(super) fn check_eap(
        &mut self,
        at: At,
        place: usize,
        (side, nas): (Side, IpAddr),
        eap: &eap::Packet<'_>,
    ) {
        let mark = memory::mark(&eap.octets());
        let code = eap.code().number();
        // Requests go on to the MN, Responses to the AAA server.
        let goes_on = (side == Side::Pana) == (eap.code() == eap::Code::Request);
        let last = self.legs.eap_last.get(&place).copied();
        let before = last.filter(|last| goes_on && last.side != side && last.code == code);
        // The NAS asks for the identity itself.
        let is_own = code == eap::Code::Request.number() && eap.method() == Some(method::IDENTITY);
        if let Some(before) = before.filter(|_| !is_own) {
            let ends = match side {
                Side::Pana => (nas, before.nas),
                Side::Radius => (before.nas, nas),
            };
            if before.mark == mark {
                self.legs.eap_ways.insert(ends, ());
            } else if self.legs.eap_ways.contains(&ends)
                && !self.legs.eap.contains(&(place, side.other(), mark))
            {
                let what = "the EAP packet is not the one that came from the other side";
                self.reject(at, place, "access.3.1", what);
            }
        }
        self.legs.eap.insert((place, side, mark), ());
        self.legs.eap_last.insert(place, EapLast { side, nas, code, mark });
    }

    /// Step 3.
    fn access_reply(
        &mut self,
        at: At,
        carried: &Carried<'_>,
        key: (IpAddr, u32),
        message: &Message<'_>,
        eap: Option<&eap::Packet<'_>>,
    ) {
        let Some(result) = message.result_code().once() else { return };
        let place = self.of_session(key);
        let told = message.parameters(self.vendor);
        let fha = told.fha_address.once();
        let fqdn = told.fha_fqdn.once();
        let care_of = told.colocated_address.once();
        let any = fha.is_some() || fqdn.is_some() || care_of.is_some();
        if any {
            self.mark(place);
        }
        let announced = self.legs.sessions.get(&key).and_then(|session| session.announced);
        self.must(
            !any || announced != Some(false),
            at,
            place,
            "access.4.3",
            "a PaC that has not announced support gets vendor AVPs",
        );
        let granted = result == result::SUCCESS;
        let known = matches!(
            result,
            result::SUCCESS | result::AUTHENTICATION_REJECTED | result::AUTHORIZATION_REJECTED
        );
        self.must(known, at, place, "access.4.6", "the result is none that is known");
        let success = eap.is_some_and(|eap| eap.code() == eap::Code::Success);
        if granted {
            self.must(success, at, place, "access.4.1", "access is granted without EAP Success");
            let lifetime = message.session_lifetime().once();
            self.must(lifetime.is_some(), at, place, "access.4.1", "there is no session lifetime");
            let assigned = self.mobiles.get(place).and_then(|mobile| mobile.facts.assigned.clone());
            if let Some(assigned) = assigned {
                let same = announced == Some(false)
                    || (assigned.fha == fha
                        && assigned.fqdn.as_deref() == fqdn.map(|name| name.as_str()));
                self.must(
                    same,
                    at,
                    place,
                    "access.4.4",
                    "the FHA is not the one that the AAA server assigned",
                );
                let timeout = assigned.session_timeout;
                let same = timeout.is_none() || timeout == lifetime;
                self.must(
                    same,
                    at,
                    place,
                    "access.4.11",
                    "the session lifetime is not the Accept's Session-Timeout",
                );
                let what = "access is granted, and the Accept had no EAP Success";
                self.must(assigned.has_success, at, place, "access.4.7", what);
                // Two values of that attribute leave the choice to the NAS.
                let given = assigned.care_of.filter(|address| address.octets()[..3] != [255; 3]);
                let same =
                    given.is_none_or(|given| care_of.is_none_or(|told| told.address() == given));
                self.must(
                    same,
                    at,
                    place,
                    "access.4.4",
                    "the care-of address is not the one that the AAA server gave",
                );
                let length = care_of.map(|told| u32::from(told.prefix_length()));
                let mask = assigned.mask.filter(|_| given.is_some());
                let same = mask.zip(length).is_none_or(|(mask, length)| {
                    mask.to_bits() == u32::MAX.checked_shl(32 - length).unwrap_or_default()
                });
                let what = "the prefix length is not that of the AAA server's Framed-IP-Netmask";
                self.must(same, at, place, "access.4.2", what);
            }
        } else {
            let nothing = !any && message.session_lifetime().once().is_none();
            self.must(
                nothing,
                at,
                place,
                "access.4.8",
                "a refusal carries lifetime, FHA or address",
            );
        }
        let told = match (granted, fha, fqdn.is_some()) {
            (false, ..) => Told::Refused,
            (true, Some(fha), _) => Told::Fha(fha),
            (true, None, true) => Told::Named,
            (true, None, false) => Told::Access,
        };
        if self.is_anonymous(key) {
            return;
        }
        let seen = Seen::AccessReply { nas: key.0, session: key.1, told };
        self.saw(at, place, carried, seen, None);
    }
}

/// Whether only the NAS sends such a message, or only the MN, if one of these is so.
fn by_content(message: &Message<'_>, kind: Kind, eap: Option<&eap::Packet<'_>>) -> Option<bool> {
    let flags = message.flags();
    let of_round = flags.contains(Flags::START) || flags.contains(Flags::COMPLETE);
    match (kind, eap.map(eap::Packet::code)) {
        (_, Some(eap::Code::Response)) => Some(false),
        (_, Some(_)) => Some(true),
        (Kind::Par, None) if of_round => Some(true),
        (Kind::Pan, None) if of_round => Some(false),
        (Kind::Pnr, None) if flags.contains(Flags::RE_AUTHENTICATION) => Some(false),
        (Kind::Pna, None) if flags.contains(Flags::RE_AUTHENTICATION) => Some(true),
        (Kind::Ptr, None) => match message.termination_cause().once()? {
            termination_cause::LOGOUT => Some(false),
            termination_cause::ADMINISTRATIVE | termination_cause::SESSION_TIMEOUT => Some(true),
            _ => None,
        },
        _ => None,
    }
}
