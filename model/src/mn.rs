//! The mobile node.
//!
//! Every message makes it do at once what follows from it; all else is a timer or a wish, and an
//! [`Action`](crate::Action) of its own.

mod home;
mod leaving;

use crate::{
    Admission, CareOf4, CareOf6, Code, Config, FhaId, Form, Guard, Hop, Ident, Link, Message,
    Owner, Profile, Reply, Request, Rule, Seq, Session, Update, message::Alike, state::Cx,
};
use dsboot_spec::CareOf;

/// The mobile node.
//= access.1.1
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mn {
    /// The link that it is on.
    pub link: Option<Link>,
    /// The session begun last.
    pub session: Option<Session>,
    /// How access stands on this link.
    pub access: Access,
    /// The foreign agent of this link.
    pub agent: Agent,
    /// The registration in force.
    pub registration: Option<Registration>,
    /// The registration request that is not answered.
    pub request: Option<Request>,
    /// The Identification used last.
    pub ident: Option<Ident>,
    /// The care-of address that is bound at the HA, acknowledged.
    pub binding: Option<CareOf6>,
    /// The binding update that is not acknowledged.
    pub update: Option<Update>,
    /// The sequence number used last.
    pub seq: Option<Seq>,
    /// Whether its clock is near the FHA's.
    pub clock: Clock,
    /// Whether it is letting go: binding first, then registration, then access.
    pub leaving: bool,
}

/// How access stands at the MN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Access {
    /// Not asked for.
    None,
    /// Asked for.
    Asking,
    /// Granted, with the FHA that was named, if one was.
    Granted(Option<FhaId>),
    /// Refused.
    Refused,
}

/// What the MN knows of the foreign agent of its link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Agent {
    /// Nothing has been heard.
    Unheard,
    /// Heard, with a challenge that no request has answered yet.
    Fresh,
    /// Heard; the last challenge has been answered first by the request with this Identification.
    Answered(Ident),
}

/// Whether a clock is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Clock {
    /// Near the FHA's.
    Right,
    /// Too far from the FHA's for its Identifications to be accepted.
    Wrong,
}

/// A registration in force.
//= registration.10.5
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Registration {
    /// With whom.
    pub fha: FhaId,
    /// The care-of address registered.
    pub care_of: CareOf4,
    /// The request that was accepted.
    pub ident: Ident,
    /// THOAv4, and IPv6 home address, HA and IPv6 care-of address if it got them.
    pub parameters: crate::Parameters,
    /// The key, by the request that it was made for.
    pub key: Ident,
}

impl Registration {
    /// The IPv6 care-of address that comes with it, if all IPv6 parameters did.
    #[must_use]
    pub fn care_of6(&self) -> Option<CareOf6> {
        let care_of = CareOf6 { fha: self.fha, address: self.parameters.address };
        self.parameters.ipv6.then_some(care_of)
    }
}

impl Mn {
    /// What it starts with: identity, secrets, and a clock.
    #[must_use]
    pub const fn new(profile: Profile) -> Mn {
        Mn {
            link: None,
            session: None,
            access: Access::None,
            agent: Agent::Unheard,
            registration: None,
            request: None,
            ident: None,
            binding: None,
            update: None,
            seq: None,
            clock: if matches!(profile, Profile::WrongClock) { Clock::Wrong } else { Clock::Right },
            leaving: false,
        }
    }

    /// The registration, if it is in force from where the MN is now.
    #[must_use]
    pub fn registration_here(&self) -> Option<&Registration> {
        self.registration.as_ref().filter(|registration| {
            self.link == Some(registration.care_of.link)
                && self.access == Access::Granted(Some(registration.fha))
        })
    }

    /// Attaches to a link, and leaves the one that it was on.
    //= access.2.1
    //= movement.1.1
    //= movement.1.10
    pub(crate) fn attach(&mut self, cx: &mut Cx<'_>, link: Link) {
        cx.rule(Rule::MnAttaches);
        self.link = Some(link);
        self.agent = Agent::Unheard;
        self.request = None;
        self.ask_for_access(cx, link);
    }

    /// Begins access anew on the same link, after an answer failed to come or access has ended.
    pub(crate) fn ask_again(&mut self, cx: &mut Cx<'_>) {
        if let Some(link) = self.link {
            cx.rule(Rule::MnAsksAgain);
            self.request = None;
            self.ask_for_access(cx, link);
        }
    }

    fn ask_for_access(&mut self, cx: &mut Cx<'_>, link: Link) {
        let Some(session) = cx.in_bounds(Session::after(self.session)) else { return };
        self.session = Some(session);
        self.access = Access::Asking;
        //= access.1.4
        let secret = cx.config.access_server(link);
        cx.send(Message::AccessRequest(session, link, secret));
        if !cx.heeds(Guard::MnNeedsAccess) {
            self.register(cx);
        }
    }

    /// Step 0.
    //= registration.1.2
    pub(crate) fn on_advertisement(&mut self, cx: &mut Cx<'_>) {
        let first = self.agent == Agent::Unheard;
        cx.rule(Rule::MnHearsAgent);
        self.agent = Agent::Fresh;
        if first {
            self.register(cx);
        }
    }

    /// Step 3.
    pub(crate) fn on_access_reply(
        &mut self,
        cx: &mut Cx<'_>,
        session: Session,
        admission: Admission,
    ) {
        let asked = self.session == Some(session) && self.access == Access::Asking;
        if !asked && cx.heeds(Guard::MnMatchesAccessReply) {
            return;
        }
        //= access.4.12
        //= access.4.13
        match admission {
            Admission::Granted(fha) => {
                let named = fha.is_some();
                cx.rule(if named { Rule::MnIsAdmitted } else { Rule::MnIsAdmittedOnly });
                self.access = Access::Granted(fha);
                self.register(cx);
            }
            //= movement.1.11
            Admission::Refused => {
                cx.rule(Rule::MnIsRefused);
                self.access = Access::Refused;
                if !cx.heeds(Guard::MnHeedsRefusal) {
                    self.register(cx);
                }
            }
        }
    }

    /// The FHA to register with, if step 3 has named one.
    fn assigned(&self, cx: &Cx<'_>) -> Option<FhaId> {
        let here = self.link.map(|link| cx.config.fha_of(link));
        match self.access {
            //= access.4.14
            Access::Granted(None) if !cx.heeds(Guard::MnNeedsFha) => here,
            Access::Granted(named) => {
                let known = self.registration.map(|registration| registration.fha);
                if cx.heeds(Guard::MnLeavesFha) { named } else { known.or(named) }
            }
            //= registration.3.1
            Access::Asking if !cx.heeds(Guard::MnNeedsAccess) => here,
            Access::Refused if !cx.heeds(Guard::MnHeedsRefusal) => here,
            Access::None | Access::Asking | Access::Refused => None,
        }
    }

    /// Whether everything is known that the way to the FHA depends on.
    #[must_use]
    pub fn knows_way(&self, config: &Config) -> bool {
        let needs_agent = self.link.is_some_and(|link| config.care_of(link).via_fa());
        matches!(self.access, Access::Granted(Some(_)))
            && !(needs_agent && self.agent == Agent::Unheard)
    }

    /// Registers from this link as soon as access is granted, the FHA named and, where there is
    /// one, the agent heard.
    //= registration.3.1
    fn register(&mut self, cx: &mut Cx<'_>) {
        let Some(link) = self.link else { return };
        let Some(fha) = self.assigned(cx) else { return };
        let unheard = cx.config.care_of(link).via_fa() && self.agent == Agent::Unheard;
        if unheard && cx.heeds(Guard::MnAwaitsAgent) {
            return;
        }
        //= movement.1.6
        let elsewhere = self.registration.is_some_and(|registration| registration.fha != fha);
        if elsewhere && cx.heeds(Guard::MnStartsAnew) {
            cx.rule(Rule::MnChangesFha);
            self.registration = None;
            if cx.heeds(Guard::MnDropsOldBinding) {
                self.binding = None;
                self.update = None;
            }
        }
        //= movement.1.2
        //= movement.2.2
        let form = self.registration.map_or(Form::First, |held| self.form_of(cx, &held));
        self.request(cx, fha, form, false);
    }

    /// How to ask the FHA that it is registered with: under the key in use, unless a request for a new
    /// one is unanswered, which the FHA may have accepted.
    //= movement.1.12
    fn form_of(&self, cx: &Cx<'_>, held: &Registration) -> Form {
        let mut newer =
            [Hop::Direct, Hop::Link].into_iter().flat_map(|hop| cx.kept(Alike::Requests(hop)));
        let asked_for_key = newer.any(|sent| {
            matches!(sent, Message::Request(_, request)
                if request.form == Form::First && request.fha == held.fha && request.ident > held.ident)
        });
        let is_open = asked_for_key && cx.heeds(Guard::MnKeepsToFirstForm);
        match is_open || !cx.heeds(Guard::MnKeepsKey) {
            true => Form::First,
            false => Form::Again(held.key),
        }
    }

    /// Step 4.
    //= registration.2.1
    //= registration.4.1
    //= registration.4.2
    //= registration.4.3
    pub(super) fn request(&mut self, cx: &mut Cx<'_>, fha: FhaId, form: Form, release: bool) {
        let Some(link) = self.link else { return };
        //= registration.4.11
        let Some(ident) = cx.in_bounds(Ident::after(self.ident)) else { return };
        self.ident = Some(ident);
        let (hop, owner) = match cx.config.care_of(link) {
            //= registration.3.2
            //= registration.3.5
            CareOf::Colocated => (Hop::Direct, Owner::Mn),
            //= registration.3.3
            //= access.4.16
            CareOf::ForeignAgent => (Hop::Link, Owner::Fa),
            //= registration.3.4
            CareOf::ColocatedViaFa if cx.heeds(Guard::MnHeedsR) => (Hop::Link, Owner::Mn),
            CareOf::ColocatedViaFa => (Hop::Direct, Owner::Mn),
        };
        //= registration.4.6
        //= registration.4.14
        let challenge = match self.agent {
            _ if hop == Hop::Direct || !cx.heeds(Guard::MnAnswersChallenge) => None,
            Agent::Answered(earlier) => {
                cx.rule(Rule::MnRepeatsChallenge);
                Some(earlier)
            }
            Agent::Fresh | Agent::Unheard => Some(ident),
        };
        if let Some(challenge) = challenge {
            self.agent = Agent::Answered(challenge);
        }
        cx.rule(match (form, hop) {
            (Form::First, Hop::Direct) => Rule::MnRequestsDirectly,
            (Form::First, _) => Rule::MnRequestsThroughFa,
            (Form::Again(_), Hop::Direct) => Rule::MnRequestsAgainDirectly,
            (Form::Again(_), _) => Rule::MnRequestsAgainThroughFa,
        });
        let care_of = CareOf4 { link, owner };
        let timely = self.clock == Clock::Right;
        let request =
            Request { ident, fha, care_of, form, release, challenge, timely, intact: true };
        self.request = Some(request);
        cx.send(Message::Request(hop, request));
        if form == Form::First && !cx.heeds(Guard::MnAwaitsReply) {
            self.update(cx, CareOf6 { fha, address: crate::Address::One }, care_of, false);
        }
    }

    /// Step 6.
    pub(crate) fn on_reply(&mut self, cx: &mut Cx<'_>, hop: Hop, reply: Reply) {
        let Some(request) = self.request else { return };
        //= registration.10.1
        if request.ident != reply.ident && cx.heeds(Guard::MnMatchesReply) {
            return cx.rule(Rule::MnDropsOldReply);
        }
        //= registration.10.9
        //= registration.10.13
        let is_agents = matches!(reply.code, Code::Challenge | Code::Timeout);
        if is_agents && cx.heeds(Guard::MnDistrustsAgent) {
            cx.rule(Rule::MnTakesChallenge);
            self.agent = Agent::Fresh;
            return;
        }
        //= registration.10.2
        //= registration.10.3
        //= registration.10.4
        //= keys.1.1
        let key = match request.form {
            Form::First => reply.ident,
            Form::Again(key) => key,
        };
        if reply.key != Some(key) && !is_agents && cx.heeds(Guard::MnChecksKey) {
            return cx.rule(Rule::MnDropsUnprovedReply);
        }
        if hop == Hop::Link {
            self.agent = Agent::Fresh;
        }
        match reply.code {
            //= registration.10.8
            Code::Stale => {
                cx.rule(Rule::MnSetsClock);
                if cx.heeds(Guard::MnSetsClock) {
                    self.clock = Clock::Right;
                }
            }
            Code::Accepted => self.hold(cx, &request, &reply, key),
            Code::Released => self.is_released(cx),
            //= registration.10.15
            Code::Unproved if cx.heeds(Guard::MnPassesOverUnproved) => {
                cx.rule(Rule::MnPassesOverUnproved);
            }
            Code::NoAddress | Code::Unproved | Code::Challenge | Code::Timeout => {
                self.is_denied(cx, &request);
            }
        }
    }

    /// The FHA refuses. A later request that it refuses shows that the association is of no more
    /// use.
    fn is_denied(&mut self, cx: &mut Cx<'_>, request: &Request) {
        cx.rule(Rule::MnIsDenied);
        match request.form {
            Form::First => self.request = None,
            Form::Again(_) => self.lose_registration(cx),
        }
    }

    /// Takes over what an accepting reply gives, and binds itself if that asks for it.
    //= keys.1.6
    //= registration.10.12
    fn hold(&mut self, cx: &mut Cx<'_>, request: &Request, reply: &Reply, key: Ident) {
        let Some(parameters) = reply.parameters else { return };
        let first = request.form == Form::First;
        cx.rule(if first { Rule::MnIsRegistered } else { Rule::MnIsRegisteredAgain });
        let Request { fha, care_of, .. } = *request;
        let registration = Registration { fha, care_of, ident: reply.ident, parameters, key };
        self.registration = Some(registration);
        self.request = None;
        let bound = match registration.care_of6() {
            None if cx.heeds(Guard::MnNeedsIpv6) => {
                //= registration.10.6
                return cx.rule(Rule::MnIsIncomplete);
            }
            None => CareOf6 { fha, address: parameters.address },
            Some(care_of6) => care_of6,
        };
        let asked = self.update.map(|update| update.care_of);
        //= movement.1.4
        if [self.binding, asked].contains(&Some(bound)) && cx.heeds(Guard::MnSparesUpdate) {
            return cx.rule(Rule::MnSparesUpdate);
        }
        //= home-binding.1.1
        //= movement.1.7
        if self.seq.is_none() || cx.heeds(Guard::MnUpdatesForNewCareOf) {
            self.update(cx, bound, care_of, false);
        }
    }

    /// Sends the unanswered request again.
    //= registration.4.12
    pub(crate) fn repeat(&mut self, cx: &mut Cx<'_>) {
        if let Some(Request { fha, form, release, .. }) = self.request {
            cx.rule(Rule::MnRepeats);
            if !cx.heeds(Guard::MnRepeatsAnew) {
                self.ident = self.ident.and_then(|ident| Ident::new(ident.get() - 1));
            }
            self.request(cx, fha, form, release);
        }
    }

    /// Registers again before the lifetime ends.
    //= movement.2.1
    pub(crate) fn refresh(&mut self, cx: &mut Cx<'_>) {
        if let Some(held) = self.registration {
            cx.rule(Rule::MnRefreshes);
            let form = self.form_of(cx, &held);
            self.request(cx, held.fha, form, false);
        }
    }

    /// Asks for a new key before the one in use ends.
    //= movement.2.6
    pub(crate) fn renew(&mut self, cx: &mut Cx<'_>) {
        if let Some(Registration { fha, .. }) = self.registration {
            cx.rule(Rule::MnRenews);
            self.request(cx, fha, Form::First, false);
        }
    }

    /// Tries again what was refused.
    pub(crate) fn retry(&mut self, cx: &mut Cx<'_>) {
        cx.rule(Rule::MnRetries);
        self.register(cx);
    }

    /// The registration's lifetime has run out.
    //= movement.2.7
    //= movement.3.10
    pub(crate) fn lose_registration(&mut self, cx: &mut Cx<'_>) {
        cx.rule(Rule::MnLosesRegistration);
        self.registration = None;
        self.request = None;
        //= home-binding.4.7
        //= keys.1.11
        if cx.heeds(Guard::MnNestsBinding) {
            self.binding = None;
            self.update = None;
        }
        if self.leaving { self.is_released(cx) } else { self.register(cx) }
    }
}
