//! The protocol as a model: who may do what in which state, explored to the end.
//!
//! [`Bootstrap`] is a plain [`stateright::Model`]. Its [`State`] holds what every role holds and
//! every message ever sent; an [`Action`] is the delivery of one of these messages, or something
//! that a role does unasked. What each role does is in the file of its name, what the network
//! does in `network`, what may happen how often in [`effort`], and what must hold in
//! [`properties`]. [`explore`] walks the whole graph by itself: for shortest counterexamples, for
//! what must stay possible, and as a second opinion on stateright's count.
//!
//! Messages, keys and addresses are symbols. The model knows nothing of codec and roles: it is
//! made from the specification alone, so that it can tell where these depart from it.

mod aaa;
mod action;
mod attacker;
mod bits;
mod code;
mod config;
mod fa;
mod fha;
mod guard;
mod ha;
mod message;
mod mn;
mod names;
mod nas;
mod network;
mod rule;
mod state;
mod system;
mod two;
mod words;

pub mod data_path;
pub mod effort;
pub mod engine;
pub mod explore;
pub mod findings;
pub mod ladder;
pub mod mutants;
pub mod pack;
pub mod promela;
pub mod properties;

use stateright::{Model, Property};

pub use aaa::Aaah;
pub use action::Action;
pub use attacker::{Attacker, known_keys};
pub use code::{ActionCode, NoAction};
pub use config::{Config, Neighbour, Profile, Server};
pub use fa::Fa;
pub use fha::{Binding as FhaBinding, Fha};
pub use guard::{Guard, Guards};
pub use ha::{Binding as HaBinding, Ha};
pub use message::{
    Ack, Admission, Authorisation, Code, Form, Hop, Leg, Message, Parameters, Reply, Request,
    Update,
};
pub use mn::{Access, Agent, Clock, Mn, Registration};
pub use names::{
    Address, AddressSet, CareOf4, CareOf6, FhaId, Ident, IdentSet, Link, NUMBERS, Owner, Seq,
    Session,
};
pub use nas::Nas;
pub use network::{MESSAGES, Network};
pub use rule::{Rule, Rules};
pub use state::{Environment, History, PerFha, PerLink, State};
pub use system::System;
pub use two::{Both, Of, Two};

use message::Alike;
use state::Cx;

/// The model of one setup: one mobile node, and the network `lossy`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bootstrap {
    /// What is fixed in a run.
    pub config: Config,
}

/// What a step does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step<S = State> {
    /// The state afterwards; the same as before if the step changes nothing.
    pub state: S,
    /// The rules applied.
    pub rules: Rules,
    /// Whether the mobile nodes have changed places in it.
    pub exchanged: bool,
}

impl Bootstrap {
    /// The model of a setup, with every guard in force.
    #[must_use]
    pub const fn new(config: Config) -> Bootstrap {
        Bootstrap { config }
    }

    /// Where a run of a user begins; `None` when there are not enough events for what is amiss with
    /// that user. Whatever is amiss from the beginning costs an event.
    #[must_use]
    pub fn starting(&self, profile: Profile) -> Option<State> {
        let amiss = u8::from(profile != Profile::Entitled);
        Some(State::initial(profile, self.config.events.checked_sub(amiss)?))
    }

    /// What an action does in a state; `None` when it cannot happen there.
    #[must_use]
    pub fn step(&self, before: &State, action: Action) -> Option<Step> {
        let cost = effort::cost(&self.config, before, action)?;
        (cost <= before.environment.events).then(|| self.step_at(before, action, cost))
    }

    /// What an action leads to, if it can happen in a state, judged by no promise: for whoever follows
    /// a run that has taken place.
    #[must_use]
    pub fn follow(&self, before: &State, action: Action) -> Option<State> {
        let cost = effort::cost(&self.config, before, action)?;
        let mut state = *before;
        state.environment.events = state.environment.events.checked_sub(cost)?;
        self.apply(&mut state, action);
        if state != *before {
            self.forget_dead_letters(&mut state);
        }
        Some(state)
    }

    /// What an action does at that cost, which the state can bear.
    fn step_at(&self, before: &State, action: Action, cost: u8) -> Step {
        let mut state = *before;
        state.environment.events -= cost;
        let rules = self.apply(&mut state, action);
        // Most deliveries change nothing, not even how many events are left.
        if state != *before {
            // Judged with all that was said, before any of it is forgotten.
            let broken = properties::broken(&self.config, before, action, &state);
            state.history.broken |= broken;
            self.forget_dead_letters(&mut state);
        }
        Step { state, rules, exchanged: false }
    }

    /// Takes refusals out of the network that the MN no longer waits for. It waits for the answer
    /// to its last request and its last update only, and their numbers only grow, so nobody will
    /// ever act on them again: they are the same as lost.
    fn forget_dead_letters(&self, state: &mut State) {
        let State { mn, network, .. } = state;
        for hop in [Hop::Direct, Hop::Link] {
            network.forget(Alike::Replies(hop), |message| {
                matches!(message, Message::Reply(_, reply)
                    if !matches!(reply.code, Code::Accepted | Code::Released)
                        && mn.request.is_none_or(|request| request.ident != reply.ident))
            });
        }
        network.forget(Alike::Acks, |message| {
            matches!(message, Message::Ack(_, ack)
                if !ack.accepted && mn.update.is_none_or(|update| update.seq != ack.seq))
        });
    }

    /// Lets the role concerned do what its rules say.
    fn apply(&self, state: &mut State, action: Action) -> Rules {
        let mut rules = Rules::default();
        let State { mn, nas, fa, fha, aaah, ha, network, environment, history } = state;
        let out_of_bounds = &mut history.out_of_bounds;
        let config = &self.config;
        let cx = &mut Cx::new(config, environment.profile, network, &mut rules, out_of_bounds);
        // An MN that lies uses numbers of its own for it.
        if let (Some(Attacker::Mn), Action::Inject(Message::Update(_, update))) =
            (config.attacker, action)
            && update.intact
        {
            mn.seq = mn.seq.max(Some(update.seq));
        }
        match action {
            Action::Deliver(message) | Action::Inject(message) => match message {
                Message::Advertisement(_) => mn.on_advertisement(cx),
                Message::AccessRequest(session, link, secret) => {
                    nas.of_mut(link).on_request(cx, (session, link, secret));
                }
                Message::AccessAsk(session, link, secret, server) => {
                    aaa::on_access_ask(cx, (session, link), secret, server);
                }
                Message::AccessAnswer(session, link, _, admission) => {
                    nas.of_mut(link).on_answer(cx, session, link, admission);
                }
                Message::AccessReply(session, _, admission) => {
                    mn.on_access_reply(cx, session, admission);
                }
                Message::Request(Hop::Link, request) => {
                    fa.of_mut(request.care_of.link).on_request(cx, request);
                }
                Message::Request(hop, request) => {
                    fha.of_mut(request.fha).on_request(cx, request, hop);
                }
                Message::RegistrationAsk(fha, ident, _, intact) => {
                    aaah.on_registration_ask(cx, fha, ident, intact);
                }
                Message::RegistrationAnswer(to, ident, answer) => {
                    fha.of_mut(to).on_answer(cx, ident, answer);
                }
                Message::Reply(Hop::Relay, reply) => fa.of_mut(reply.link).on_reply(cx, reply),
                Message::Reply(hop, reply) => mn.on_reply(cx, hop, reply),
                Message::Update(Leg::Tunnel(from), update) => {
                    fha.of(update.care_of.fha).on_tunnelled(cx, from, update);
                }
                Message::Update(Leg::Plain, update) => ha.on_update(cx, update),
                Message::BindingAsk(seq, care_of, _, intact) => {
                    aaah.on_binding_ask(cx, seq, care_of, intact);
                }
                Message::BindingAnswer(seq, accepted) => ha.on_answer(cx, seq, accepted),
                Message::Ack(Leg::Plain, ack) => fha.of(ack.care_of.fha).on_packet(cx, ack),
                Message::Ack(Leg::Tunnel(_), ack) => mn.on_ack(cx, ack),
            },
            Action::Attach(link) => mn.attach(cx, link),
            Action::AskAgain => mn.ask_again(cx),
            Action::Repeat => mn.repeat(cx),
            Action::Refresh => mn.refresh(cx),
            Action::Renew => mn.renew(cx),
            Action::Retry => mn.retry(cx),
            Action::RepeatUpdate => mn.repeat_update(cx),
            Action::RefreshUpdate => mn.refresh_update(cx),
            Action::BindAnew => mn.bind_anew(cx),
            Action::Release => mn.release(cx),
            Action::Depart => {
                environment.gone = true;
                if mn.registration_here().is_none() {
                    mn.go_off(cx);
                } else if !mn.leaving {
                    mn.release(cx);
                }
            }
            Action::Lapse => {
                for link in Link::EVERY {
                    nas.of_mut(link).lapse();
                    fa.of_mut(link).lapse();
                }
                for id in FhaId::ALL {
                    fha.of_mut(id).lapse(mn.ident);
                }
                ha.lapse(mn.seq);
                aaah.lapse();
                cx.rule(Rule::AllLapses);
            }
            Action::GiveUpRelease => mn.give_up_release(cx),
            Action::MnRestarts => mn.restart(cx),
            Action::FaRestarts(link) => {
                cx.rule(Rule::FaRestarts);
                fa.of_mut(link).crash(config);
            }
            Action::AaahRestarts => {
                cx.rule(Rule::AaahRestarts);
                aaah.crash(config);
            }
            Action::FhaRestarts(of) => {
                cx.rule(Rule::FhaRestarts);
                fha.of_mut(of).crash(config);
            }
            Action::HaRestarts => {
                cx.rule(Rule::HaRestarts);
                ha.crash(config);
            }
            Action::StrangersBind(of) => fha.of_mut(of).strangers_bind(cx),
            Action::StrangersLeave(of) => fha.of_mut(of).strangers_leave(cx),
            Action::MnLosesRegistration => mn.lose_registration(cx),
            Action::MnLosesBinding => mn.lose_binding(cx),
            Action::NasGivesUp(link) => nas.of_mut(link).give_up(cx),
            Action::NasRestarts(link) => {
                cx.rule(Rule::NasRestarts);
                nas.of_mut(link).crash(config);
            }
            Action::AaaForgets(link) => {
                if let Some(session) = nas.of(link).session {
                    aaa::forget_conversation(cx, session, link);
                }
            }
            Action::Advertise(link) => Fa::advertise(cx, link),
            Action::FaGivesUp(link, ident) => fa.of_mut(link).give_up(cx, ident),
            Action::FaLosesVisitor(link) => fa.of_mut(link).lose_visitor(cx),
            Action::FhaGivesUp(of) => fha.of_mut(of).give_up(cx),
            Action::FhaLosesBinding(of) => fha.of_mut(of).lose_binding(cx),
            Action::FhaForgetsKey(of) => {
                fha.of_mut(of).forget_key(cx);
                // No update that was sent through that FHA is near the HA's clock any more.
                ha.outlive(config, cx.newest_update(of));
            }
            Action::HaGivesUp => ha.give_up(cx),
            Action::HaLosesBinding => ha.lose_binding(cx),
            Action::AaahForgets(of) => {
                aaah.forget(cx, of);
                // It kept the assignment for longer than any request that it granted is near the
                // FHA's clock.
                fha.of_mut(of).outlive(cx.newest_granted(of));
            }
            Action::OthersTake(of) => aaah.others_take(cx, of),
            Action::OthersGiveBack(of) => aaah.others_give_back(cx, of),
        }
        rules
    }
}

impl Model for Bootstrap {
    type State = State;
    type Action = Action;

    /// One for each profile for which there are events.
    fn init_states(&self) -> Vec<State> {
        Profile::ALL.into_iter().filter_map(|profile| self.starting(profile)).collect()
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        effort::actions(&self.config, state, actions);
    }

    /// `None` where the step changes nothing, as the delivery of what was received before.
    fn next_state(&self, state: &State, action: Action) -> Option<State> {
        self.step(state, action).map(|step| step.state).filter(|next| next != state)
    }

    fn properties(&self) -> Vec<Property<Bootstrap>> {
        properties::for_stateright()
    }
}
