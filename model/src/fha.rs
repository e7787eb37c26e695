//! The foreign home agent: steps 4 to 6, its binding, and the end of the tunnel.

use crate::{
    Ack, Address, AddressSet, Authorisation, CareOf4, Code, Config, FhaId, Form, Guard, Hop, Ident,
    Leg, Message, Parameters, Reply, Request, Rule, Server, Update, state::Cx,
};

/// An FHA, as far as one mobile node goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fha {
    /// The request that the AAAH has been asked about, and how it came.
    pub pending: Option<(Request, Hop)>,
    /// The binding.
    pub binding: Option<Binding>,
    /// Addresses bound for users of other home providers.
    pub strangers: AddressSet,
    /// The key of a binding that is gone, for a while.
    pub mark: Option<Ident>,
    /// The address of a binding that is gone, until the lifetime that was granted for it is over.
    pub kept: Option<Address>,
    /// No Identification up to this one is accepted any more: it was accepted, or it is so long
    /// ago that it is no longer near the clock.
    pub last: Option<Ident>,
}

/// What the FHA holds for a registered mobile node.
//= registration.7.10
//= registration.7.15
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Binding {
    /// Care-of address: the other end of the tunnel.
    pub care_of: CareOf4,
    /// THOAv4, and the IPv6 care-of address that is defended.
    pub parameters: Parameters,
    /// Identification of the request accepted last.
    pub ident: Ident,
    /// The key, by the request that it was made for.
    pub key: Ident,
}

impl Fha {
    /// Step 4.
    pub(crate) fn on_request(&mut self, cx: &mut Cx<'_>, request: Request, hop: Hop) {
        //= registration.7.7
        let last = self.binding.is_some_and(|binding| binding.ident == request.ident);
        if last && cx.heeds(Guard::FhaRepeatsReply) {
            return cx.rule(Rule::FhaAnswersDuplicate);
        }
        match request.form {
            Form::First => self.ask(cx, request, hop),
            Form::Again(key) => self.on_known(cx, request, hop, key),
        }
    }

    /// Step 5.
    fn ask(&mut self, cx: &mut Cx<'_>, request: Request, hop: Hop) {
        //= registration.6.2
        if self.pending.is_some() && cx.heeds(Guard::FhaAsksOnce) {
            return cx.rule(Rule::FhaDropsParallel);
        }
        //= registration.6.1
        //= registration.6.4
        //= registration.6.5
        //= access.1.6
        cx.rule(Rule::FhaAsks);
        self.pending = Some((request, hop));
        let Request { fha, ident, intact, .. } = request;
        let server = if cx.heeds(Guard::FhaAsksAaah) { Server::Aaah } else { Server::Aaaf };
        cx.send(Message::RegistrationAsk(fha, ident, server, intact));
        if !cx.heeds(Guard::FhaAwaitsAccept) {
            let guess = Parameters { address: Address::One, ipv6: true };
            self.decide(cx, Authorisation::Granted(Some(guess)));
        }
    }

    /// The AAAH has decided about a request.
    pub(crate) fn on_answer(&mut self, cx: &mut Cx<'_>, ident: Ident, answer: Authorisation) {
        // RADIUS proves of an answer to which question it belongs: that to a request as it was made
        // is none to the same altered.
        let granted = matches!(answer, Authorisation::Granted(_));
        let asked = |(request, _): (Request, Hop)| {
            let own = request.ident == ident && (request.intact || !granted);
            own || !cx.heeds(Guard::FhaMatchesAnswer)
        };
        if self.pending.is_some_and(asked) {
            self.decide(cx, answer);
        }
    }

    fn decide(&mut self, cx: &mut Cx<'_>, answer: Authorisation) {
        let Some((request, hop)) = self.pending.take() else { return };
        let key = request.ident;
        let Authorisation::Granted(parameters) = answer else {
            //= registration.6.14
            //= registration.6.16
            cx.rule(Rule::FhaStaysSilent);
            if !cx.heeds(Guard::FhaSilentOnReject) {
                let Request { ident, fha, care_of: CareOf4 { link, .. }, .. } = request;
                let code = Code::Unproved;
                cx.send(Message::Reply(
                    hop,
                    Reply { ident, fha, link, code, parameters: None, key: None },
                ));
            }
            return;
        };
        //= registration.7.6
        //= registration.7.16
        if !self.is_fresh(cx, &request) && cx.heeds(Guard::FhaChecksFirst) {
            cx.rule(Rule::FhaRefusesStaleFirst);
            return refuse(cx, &request, hop, Code::Stale, key);
        }
        if request.release {
            return self.release(cx, &request, hop, key);
        }
        let parameters = match parameters {
            None if !cx.heeds(Guard::FhaNeedsAddress) => {
                Some(Parameters { address: Address::One, ipv6: true })
            }
            parameters => parameters,
        };
        let Some(parameters) = parameters else {
            //= registration.6.17
            cx.rule(Rule::FhaRefusesWithoutAddress);
            return refuse(cx, &request, hop, Code::NoAddress, key);
        };
        //= registration.6.18
        if self.strangers.contains(parameters.address) && cx.heeds(Guard::FhaSparesStrangers) {
            cx.rule(Rule::FhaRefusesHeldAddress);
            return refuse(cx, &request, hop, Code::NoAddress, key);
        }
        //= registration.6.19
        //= registration.7.11
        //= keys.1.6
        cx.rule(if self.binding.is_some() { Rule::FhaBindsAnew } else { Rule::FhaBinds });
        let Request { ident, care_of, .. } = request;
        let old = self.binding.filter(|_| !cx.heeds(Guard::FhaTakesNewKey));
        let key = old.map_or(key, |old| old.key);
        self.bind(cx, &request, hop, Binding { care_of, parameters, ident, key });
    }

    /// A request under an association.
    fn on_known(&mut self, cx: &mut Cx<'_>, request: Request, hop: Hop, key: Ident) {
        //= registration.7.1
        let named = (!cx.heeds(Guard::FhaNeedsAssociation)).then_some(key);
        let Some(known) = self.binding.map(|binding| binding.key).or(self.mark).or(named) else {
            return cx.rule(Rule::FhaKnowsNoKey);
        };
        //= registration.7.3
        if (known != key || !request.intact) && cx.heeds(Guard::FhaChecksKey) {
            cx.rule(Rule::FhaRefusesUnproved);
            return refuse(cx, &request, hop, Code::Unproved, known);
        }
        if !self.is_fresh(cx, &request) {
            cx.rule(Rule::FhaRefusesStale);
            return refuse(cx, &request, hop, Code::Stale, known);
        }
        if request.release {
            return self.release(cx, &request, hop, known);
        }
        let Some(binding) = self.binding else {
            cx.rule(Rule::FhaRefusesUnbound);
            return refuse(cx, &request, hop, Code::NoAddress, known);
        };
        //= movement.1.3
        //= movement.1.5
        //= movement.2.4
        cx.rule(Rule::FhaBindsAgain);
        let care_of = if cx.heeds(Guard::FhaMoves) { request.care_of } else { binding.care_of };
        let Parameters { address, ipv6 } = binding.parameters;
        let kept = cx.heeds(Guard::FhaKeepsAddresses);
        let parameters = Parameters { address: if kept { address } else { address.other() }, ipv6 };
        let ident = request.ident;
        self.bind(cx, &request, hop, Binding { care_of, parameters, ident, ..binding });
    }

    fn bind(&mut self, cx: &mut Cx<'_>, request: &Request, hop: Hop, binding: Binding) {
        self.binding = Some(binding);
        self.mark = None;
        self.kept = None;
        self.last = self.last.max(Some(binding.ident));
        //= registration.6.20
        let Parameters { address, ipv6 } = binding.parameters;
        let copied = cx.heeds(Guard::FhaCopiesParameters);
        let told = Parameters { address: if copied { address } else { address.other() }, ipv6 };
        //= registration.8.1
        //= registration.8.2
        //= registration.8.3
        //= keys.1.7
        answer(cx, request, hop, (Code::Accepted, Some(told), binding.key));
    }

    /// Ends the binding, whatever its care-of address.
    //= movement.3.3
    //= movement.3.4
    //= movement.3.5
    //= movement.3.7
    fn release(&mut self, cx: &mut Cx<'_>, request: &Request, hop: Hop, key: Ident) {
        let bound = self.binding.is_some();
        cx.rule(if bound { Rule::FhaReleases } else { Rule::FhaReleasesAgain });
        if cx.heeds(Guard::FhaReleases) {
            self.end(cx, key);
        }
        self.last = match cx.heeds(Guard::FhaRemembers) {
            true => self.last.max(Some(request.ident)),
            false => None,
        };
        answer(cx, request, hop, (Code::Released, None, key));
    }

    /// The binding's lifetime has run out.
    //= registration.7.13
    //= movement.3.10
    pub(crate) fn lose_binding(&mut self, cx: &mut Cx<'_>) {
        if let Some(binding) = self.binding {
            cx.rule(Rule::FhaLosesBinding);
            self.end(cx, binding.key);
        }
    }

    //= registration.7.14
    fn end(&mut self, cx: &Cx<'_>, key: Ident) {
        //= registration.7.18
        if let Some(binding) = self.binding.take()
            && cx.heeds(Guard::FhaKeepsAddress)
        {
            self.kept = Some(binding.parameters.address);
        }
        self.mark = Some(key);
        if !cx.heeds(Guard::FhaRemembers) {
            self.last = None;
        }
    }

    /// The binding has been gone for so long that nobody asks any more.
    pub(crate) fn forget_key(&mut self, cx: &mut Cx<'_>) {
        cx.rule(Rule::FhaForgetsKey);
        self.mark = None;
        self.kept = None;
        // What it accepted is far from its clock by now. Who does not look at a clock has no more to
        // go by.
        if !cx.heeds(Guard::FhaChecksClock) {
            self.last = None;
        }
    }

    /// The address that a stranger would get: any that no binding holds. One stranger is enough to
    /// be in the way.
    #[must_use]
    pub fn free_for_strangers(&self) -> Option<Address> {
        if !self.strangers.is_empty() {
            return None;
        }
        Address::ALL.into_iter().find(|address| !self.held().contains(*address))
    }

    /// The addresses that it has for the user, or keeps from others.
    //= registration.7.18
    #[must_use]
    pub fn held(&self) -> AddressSet {
        let bound = self.binding.map(|binding| binding.parameters.address);
        bound.into_iter().chain(self.kept).fold(AddressSet::default(), AddressSet::with)
    }

    /// A user of another home provider registers.
    pub(crate) fn strangers_bind(&mut self, cx: &mut Cx<'_>) {
        if let Some(address) = self.free_for_strangers() {
            cx.rule(Rule::StrangersBind);
            self.strangers = self.strangers.with(address);
        }
    }

    /// They all let go.
    pub(crate) fn strangers_leave(&mut self, cx: &mut Cx<'_>) {
        cx.rule(Rule::StrangersLeave);
        self.strangers = AddressSet::default();
    }

    /// The AAAH does not answer. By then the request's Identification is far from the clock; what
    /// somebody altered says nothing of the MN's.
    //= registration.6.15
    pub(crate) fn give_up(&mut self, cx: &mut Cx<'_>) {
        if let Some((request, _)) = self.pending.take() {
            cx.rule(Rule::FhaGivesUp);
            self.last = self.last.max(Some(request.ident).filter(|_| request.intact));
            if !cx.heeds(Guard::FhaKeepsOnSilence) {
                self.binding = None;
            }
        }
    }

    /// Has crashed, and keeps what it has stored.
    //= movement.4.1
    pub(crate) fn crash(&mut self, config: &Config) {
        self.pending = None;
        if !config.heeds(Guard::FhaKeepsBindings) {
            self.binding = None;
        }
        if !config.heeds(Guard::FhaKeepsMarks) {
            self.mark = None;
            self.last = self.binding.map(|binding| binding.ident);
        }
        if !config.heeds(Guard::FhaStoresAddresses) {
            self.kept = None;
        }
    }

    /// Every Identification up to `newest` is far from the clock.
    pub(crate) fn outlive(&mut self, newest: Option<Ident>) {
        self.last = self.last.max(newest);
    }

    /// All that waits or has a lifetime is over, and every Identification up to `newest` is far
    /// from the clock.
    //= movement.3.10
    pub(crate) fn lapse(&mut self, newest: Option<Ident>) {
        let strangers = self.strangers;
        *self = Fha { last: self.last.max(newest), strangers, ..Fha::default() };
    }

    //= registration.7.4
    fn is_fresh(&self, cx: &Cx<'_>, request: &Request) -> bool {
        let timely = request.timely || !cx.heeds(Guard::FhaChecksClock);
        let fresh = self.last.is_none_or(|last| request.ident > last) && timely;
        fresh || !cx.heeds(Guard::FhaChecksIdentification)
    }

    /// A binding update out of the tunnel.
    //= data-path.3.1
    //= data-path.3.2
    //= data-path.3.3
    pub(crate) fn on_tunnelled(&self, cx: &mut Cx<'_>, from: CareOf4, update: Update) {
        let allowed = self.binding.is_some_and(|binding| {
            let outer = binding.care_of == from || !cx.heeds(Guard::FhaChecksOuterSource);
            let held = binding.parameters.address == update.care_of.address;
            outer && (held || !cx.heeds(Guard::FhaChecksInnerSource))
        });
        if !allowed && cx.heeds(Guard::FhaChecksTunnel) {
            return cx.rule(Rule::FhaDropsTunnelled);
        }
        cx.rule(Rule::FhaForwards);
        cx.send(Message::Update(Leg::Plain, update));
    }

    /// A binding acknowledgement for an address of its prefix.
    pub(crate) fn on_packet(&self, cx: &mut Cx<'_>, ack: Ack) {
        // What goes to an address outside its prefix goes elsewhere.
        let comes = ack.care_of.address != Address::Stray;
        let held = |binding: &Binding| {
            binding.parameters.address == ack.care_of.address
                || !cx.heeds(Guard::FhaChecksDestination)
        };
        match self.binding.filter(|binding| comes && held(binding)) {
            //= data-path.3.4
            Some(binding) => {
                cx.rule(Rule::FhaTunnels);
                cx.send(Message::Ack(Leg::Tunnel(binding.care_of), ack));
            }
            //= data-path.3.5
            //= data-path.7.1
            None => cx.rule(Rule::FhaDropsPacket),
        }
    }
}

//= registration.8.8
fn refuse(cx: &mut Cx<'_>, request: &Request, hop: Hop, code: Code, key: Ident) {
    let given = Parameters { address: Address::One, ipv6: true };
    let told = (!cx.heeds(Guard::FhaRefusesEmpty)).then_some(given);
    answer(cx, request, hop, (code, told, key));
}

/// Step 6.
//= registration.2.1
//= registration.8.6
//= registration.8.7
//= registration.8.9
fn answer(
    cx: &mut Cx<'_>,
    request: &Request,
    hop: Hop,
    (code, parameters, key): (Code, Option<Parameters>, Ident),
) {
    let Request { ident, fha, care_of, .. } = *request;
    let key = cx.heeds(Guard::FhaProvesReply).then_some(key);
    let reply = Reply { ident, fha, link: care_of.link, code, parameters, key };
    cx.send(Message::Reply(hop, reply));
}

impl Binding {
    /// The IPv6 care-of address that an FHA defends for the binding, if it has one.
    #[must_use]
    pub fn care_of6(&self, fha: FhaId) -> Option<crate::CareOf6> {
        let Parameters { address, ipv6 } = self.parameters;
        ipv6.then_some(crate::CareOf6 { fha, address })
    }
}
