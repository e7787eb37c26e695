//! The AAA servers: AAAH and AAAF are the same server with other tasks.
//!
//! The two share no secret, so nothing that the AAAF answers proves anything to the AAAH.
//!
//! A server decides once about a request and keeps its answer for as long as the request can come
//! again (RFC 5080 §2.2.2); a client gives up before that.

use crate::{
    Address, AddressSet, Admission, Authorisation, CareOf6, Config, FhaId, Guard, Ident, Link,
    Message, Parameters, Profile, Rule, Seq, Server, Session, message::Alike, state::Cx,
    state::PerFha,
};

/// What the AAAH remembers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Aaah {
    /// What the user holds of the pool of each FHA.
    pub assigned: PerFha<AddressSet>,
    /// What other users hold of it.
    pub others: PerFha<AddressSet>,
    /// Whether it has restarted, and lost the answers that it gave before.
    pub restarted: bool,
}

/// Step 2 at a server. It knows the credential of access and the FHA of each link, and nothing else
/// of the user: no address, home agent or key is in its answer.
//= access.1.5
pub(crate) fn on_access_ask(
    cx: &mut Cx<'_>,
    (session, link): (Session, Link),
    secret: Server,
    server: Server,
) {
    let mut answers = cx.kept(Alike::AccessAnswer(session, link));
    let given = answers.any(|it| matches!(it, Message::AccessAnswer(_, _, by, _) if by == server));
    if given && cx.heeds(Guard::AaaRepeatsAnswer) {
        return;
    }
    drop(answers);
    //= access.3.5
    let proved = secret == server && cx.profile != Profile::WrongAccessSecret;
    let admission = if !proved && cx.heeds(Guard::AaaChecksSecret) {
        //= access.3.6
        cx.rule(Rule::AaaRefuses);
        Admission::Refused
    } else if cx.profile == Profile::NoMobility && cx.heeds(Guard::AaaChecksSubscription) {
        //= access.3.8
        cx.rule(Rule::AaaAdmitsOnly);
        Admission::Granted(None)
    } else {
        //= access.3.7
        //= access.3.9
        //= access.3.10
        //= access.3.12
        cx.rule(Rule::AaaAdmits);
        let near = cx.config.fha_of(link);
        Admission::Granted(Some(if cx.heeds(Guard::AaaHeedsLocation) {
            near
        } else {
            near.other()
        }))
    };
    cx.send(Message::AccessAnswer(session, link, server, admission));
}

/// A server that has crashed in the middle of a conversation does not know it any more, and refuses
/// whoever goes on with it.
//= access.6.13
pub(crate) fn forget_conversation(cx: &mut Cx<'_>, session: Session, link: Link) {
    cx.rule(Rule::AaaForgets);
    let server = cx.config.access_server(link);
    cx.send(Message::AccessAnswer(session, link, server, Admission::Refused));
}

impl Aaah {
    /// Step 5.
    pub(crate) fn on_registration_ask(
        &mut self,
        cx: &mut Cx<'_>,
        fha: FhaId,
        ident: Ident,
        intact: bool,
    ) {
        // An altered request is another question, to which the answer is another one.
        let altered = |sent| matches!(sent, Message::RegistrationAsk(.., false));
        let both = cx.kept(Alike::RegistrationAsk(fha, ident)).any(altered);
        let granted =
            |sent| matches!(sent, Message::RegistrationAnswer(.., Authorisation::Granted(_)));
        let mut answers = cx.kept(Alike::RegistrationAnswer(fha, ident));
        if !self.restarted && answers.any(|sent| !both || granted(sent) == intact) {
            return;
        }
        drop(answers);
        //= registration.6.8
        //= keys.2.5
        let proved = intact && cx.profile != Profile::WrongHomeSecret;
        //= registration.6.7
        let agreed = match cx.profile {
            Profile::NoAgreement | Profile::NoMobility => cx.profile.may_register(fha),
            _ => true,
        };
        let refused = (!proved && cx.heeds(Guard::AaahChecksProof))
            || (!agreed && cx.heeds(Guard::AaahChecksAgreement));
        let answer = if refused {
            cx.rule(Rule::AaahRefuses);
            Authorisation::Refused
        } else {
            //= registration.6.9
            //= keys.1.1
            //= keys.1.4
            //= keys.1.5
            Authorisation::Granted(self.assign(cx, fha))
        };
        cx.send(Message::RegistrationAnswer(fha, ident, answer));
    }

    /// What the user has at that FHA, or gets now: of the pool, and so inside the prefix, of the FHA
    /// that asks. Without its prefix nobody at home knows what is inside.
    fn assign(&mut self, cx: &mut Cx<'_>, fha: FhaId) -> Option<Parameters> {
        let held = *self.assigned.of(fha);
        //= registration.6.11
        let before = held.first().filter(|_| cx.heeds(Guard::AaahAssignsOnce));
        let address = if let Some(address) = before {
            cx.rule(Rule::AaahAssignsAgain);
            Some(address)
        } else {
            //= registration.6.10
            let outside = AddressSet::OUTSIDE.without(held);
            let is_named = cx.heeds(Guard::FhaMindsPrefix) || outside.is_empty();
            //= registration.6.12
            let mut free = if is_named { AddressSet::ALL.without(held) } else { outside };
            if cx.heeds(Guard::AaahSparesOthers) {
                free = free.without(*self.others.of(fha));
            }
            //= registration.6.13
            cx.rule(if free.is_empty() { Rule::AaahHasNone } else { Rule::AaahAssigns });
            free.first()
        };
        if let Some(address) = address {
            *self.assigned.of_mut(fha) = held.with(address);
        }
        //= movement.1.8
        address.map(|address| Parameters { address, ipv6: cx.profile != Profile::NoIpv6 })
    }

    /// The HA asks about a binding update.
    pub(crate) fn on_binding_ask(&self, cx: &mut Cx<'_>, seq: Seq, care_of: CareOf6, intact: bool) {
        // An altered update is another question, to which the answer is another one.
        let altered = |sent| matches!(sent, Message::BindingAsk(.., false));
        let both = cx.kept(Alike::BindingAsk(seq)).any(altered);
        let mut answers = cx.kept(Alike::BindingAnswer(seq));
        let own = |sent| !both || matches!(sent, Message::BindingAnswer(_, yes) if yes == intact);
        if !self.restarted && answers.any(own) {
            return;
        }
        drop(answers);
        //= home-binding.2.5
        //= home-binding.2.6
        //= home-binding.2.7
        //= home-binding.2.8
        //= keys.3.1
        //= keys.3.3
        let proved = intact || !cx.heeds(Guard::AaahChecksUpdate);
        // A user without IPv6 has no home address in its record.
        let at_home = cx.profile != Profile::NoIpv6 || !cx.heeds(Guard::AaahChecksHomeAddress);
        let accepted =
            proved && at_home && (self.holds(care_of) || !cx.heeds(Guard::AaahChecksCareOf));
        cx.rule(if accepted { Rule::AaahAcceptsUpdate } else { Rule::AaahRefusesUpdate });
        cx.send(Message::BindingAnswer(seq, accepted));
    }

    /// Whether the user holds this IPv6 care-of address.
    #[must_use]
    pub fn holds(&self, care_of: CareOf6) -> bool {
        self.assigned.of(care_of.fha).contains(care_of.address)
    }

    /// Has crashed, and keeps what it has stored.
    //= movement.4.3
    pub(crate) fn crash(&mut self, config: &Config) {
        self.restarted = true;
        if !config.heeds(Guard::AaahStoresAssignments) {
            self.assigned = PerFha::default();
        }
    }

    /// What the user held at an FHA is free again.
    pub(crate) fn forget(&mut self, cx: &mut Cx<'_>, fha: FhaId) {
        cx.rule(Rule::AaahForgets);
        *self.assigned.of_mut(fha) = AddressSet::default();
    }

    /// Every assignment has ended.
    pub(crate) fn lapse(&mut self) {
        *self = Aaah::default();
    }

    /// Other users take all that is left at an FHA.
    pub(crate) fn others_take(&mut self, cx: &mut Cx<'_>, fha: FhaId) {
        cx.rule(Rule::OthersTake);
        *self.others.of_mut(fha) = self.free(fha);
    }

    /// They give all of it back.
    pub(crate) fn others_give_back(&mut self, cx: &mut Cx<'_>, fha: FhaId) {
        cx.rule(Rule::OthersGiveBack);
        *self.others.of_mut(fha) = AddressSet::default();
    }

    /// What nobody holds at an FHA.
    #[must_use]
    pub fn free(&self, fha: FhaId) -> AddressSet {
        AddressSet::ALL.without(self.assigned.of(fha).and(*self.others.of(fha)))
    }

    /// The address that the user would be given at an FHA.
    #[must_use]
    pub fn next(&self, fha: FhaId) -> Option<Address> {
        self.assigned.of(fha).first().or_else(|| self.free(fha).first())
    }

    /// Whether the user can have an address at an FHA.
    #[must_use]
    pub fn can_assign(&self, fha: FhaId) -> bool {
        !self.assigned.of(fha).is_empty() || !self.free(fha).is_empty()
    }
}

impl Address {
    /// The address of a pool that is not this one.
    #[must_use]
    pub const fn other(self) -> Address {
        match self {
            Address::One => Address::Two,
            Address::Two | Address::Stray => Address::One,
        }
    }
}
