//! The rules put together: which steps there are in a state, and where each leads.

use crate::action::{Action, Lifetime, Wish};
use crate::config::{Config, Fault, User};
use crate::history;
use crate::message::{Code, Hop, Kind, Message, Server, Status};
use crate::mn::Access;
use crate::places::{Agent, Link};
use crate::state::State;

/// The protocol in one setup with its bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct System {
    /// Setup, bounds and broken rule.
    pub config: Config,
}

impl System {
    /// The protocol under a configuration.
    #[must_use]
    pub const fn new(config: Config) -> System {
        System { config }
    }

    /// Where runs begin: once for each kind of user.
    ///
    /// The subscribed user may have all the incidents, the others one less: with them it matters
    /// that nothing is given, and less how often it is asked for.
    #[must_use]
    pub fn starts(&self) -> Vec<State> {
        let mut starts = User::ALL.map(State::start).to_vec();
        for start in starts.iter_mut().filter(|s| s.user != User::Subscribed) {
            start.incidents = self.config.incidents.min(1);
        }
        starts
    }

    /// Every step that may be possible in a state. Some of them change nothing;
    /// [`System::step`] tells.
    pub fn offers(&self, state: &State, actions: &mut Vec<Action>) {
        actions.extend(state.net.iter().copied().map(Action::Deliver));
        actions.extend(wishes(state).into_iter().map(Action::Mobile));
        for link in Link::ALL {
            let sessions = state.nas.at(link).open;
            actions.extend(sessions.iter().map(|s| Action::Expire(Lifetime::Session(link, s))));
            if state.fa.at(link).carries() {
                actions.push(Action::Expire(Lifetime::Visitor(link)));
            }
        }
        for agent in Agent::ALL {
            if state.fha.at(agent).binding.is_some() {
                actions.push(Action::Expire(Lifetime::Binding(agent)));
            }
        }
        if state.ha.binding.is_some() {
            actions.push(Action::Expire(Lifetime::HomeBinding));
        }
        if state.incidents < self.config.incidents {
            let amiss = |m: &&Message| {
                matches!(
                    m,
                    Message::Request(Hop::Air(_), _)
                        | Message::HomeAsk { .. }
                        | Message::HomeAnswer { .. }
                        | Message::BindingAnswer { .. }
                )
            };
            actions.extend(state.net.iter().filter(amiss).copied().map(Action::DeliverAmiss));
        }
    }

    /// Where a step leads; `None` if it is not possible or changes nothing.
    #[must_use]
    pub fn step(&self, before: &State, action: Action) -> Option<State> {
        let costs = self.costs(before, action);
        if costs && before.incidents >= self.config.incidents {
            return None;
        }
        let mut state = before.clone();
        match action {
            Action::Deliver(message) => {
                if !before.net.has(&message) {
                    return None;
                }
                self.deliver(&mut state, message);
            }
            Action::DeliverAmiss(message) => {
                if !before.net.has(&message) {
                    return None;
                }
                deliver_amiss(&mut state, message);
            }
            Action::Mobile(wish) => self.act(&mut state, wish)?,
            Action::Expire(lifetime) => self.expire(&mut state, lifetime)?,
        }
        history::remember(before, &mut state, action);
        state.settle();
        if state == *before {
            return None;
        }
        if costs {
            state.incidents += 1;
        }
        Some(state)
    }

    /// Whether a step is an incident, and so counts against the bound.
    fn costs(&self, state: &State, action: Action) -> bool {
        match action {
            Action::DeliverAmiss(_) => true,
            // The answer to a repeated request, while the one to the request itself is on its way.
            // A refusal of the request itself is an incident where it is given, and not once more.
            Action::Deliver(Message::Reply(Hop::Air(link), rrp)) => {
                rrp.code == Code::Challenge
                    && state.fa.at(link).used.has(rrp.ident)
                    && state.mn.asks_again(&rrp)
            }
            Action::Deliver(Message::BindingAck { seq, status: Status::Stale }) => {
                state.mn.home.waiting == seq && state.ha.last >= seq
            }
            Action::Deliver(_) | Action::Expire(_) => false,
            Action::Mobile(wish) => match wish {
                Wish::Attach => state.mn.sessions > 0,
                // A refresh that stays unanswered, as the other side has another key by now, is
                // an incident already.
                Wish::RegistrationOver => state.mn.pending.is_none_or(|p| p.kind != Kind::Again),
                Wish::Leave | Wish::GiveUp => false,
                Wish::Move(_)
                | Wish::AccessAgain
                | Wish::RequestAgain
                | Wish::Refresh
                | Wish::Rekey
                | Wish::UpdateAgain
                | Wish::HomeOver => true,
            },
        }
    }

    fn deliver(&self, state: &mut State, message: Message) {
        let config = &self.config;
        let State { user, mn, nas, fa, fha, aaaf, aaah, ha, net, .. } = state;
        match message {
            Message::AccessRequest { session, link } => {
                nas.at_mut(link).on_request(session, link, config, net);
            }
            Message::AccessAsk { session, link, server } => match server {
                Server::Visited => aaaf.on_access(session, link, server, *user, net),
                Server::Home => aaah.on_access(session, link, server, *user, net),
            },
            Message::AccessAnswer { session, link, decision, .. } => {
                nas.at_mut(link).on_answer(session, link, decision, config, net);
            }
            Message::AccessReply { session, decision, .. } => {
                mn.on_access(session, decision, config, net);
            }
            Message::AccessEnd { session, link } => {
                nas.at_mut(link).on_end(session, link, net);
            }
            Message::AccessEnded { session, .. } => mn.on_ended(session),
            Message::Request(Hop::Air(link), rrq) => fa.at_mut(link).on_request(link, &rrq, net),
            Message::Request(hop, rrq) => {
                fha.at_mut(rrq.agent).on_request(hop, &rrq, config, net);
            }
            Message::HomeAsk { ident, agent } => {
                aaah.on_registration(ident, agent, *user, config, net);
            }
            Message::HomeAnswer { ident, agent, answer } => {
                fha.at_mut(agent).on_answer(ident, answer, config, net);
            }
            Message::Reply(Hop::Core(link), rrp) => {
                fa.at_mut(link).on_reply(link, &rrp, config, net);
            }
            Message::Reply(_, rrp) => {
                mn.on_reply(&rrp, config, net);
                if config.broken(Fault::FhaTellsHa) && rrp.code == Code::Accepted {
                    net.send(Message::Leak(rrp));
                }
            }
            Message::BindingUpdate(update) => ha.on_update(&update, config, net),
            Message::BindingAsk(update) => aaah.on_binding(&update, *user, net),
            Message::BindingAnswer { seq, accept } => ha.on_answer(seq, accept, config, net),
            Message::BindingAck { seq, status } => mn.on_ack(seq, status, config, net),
            Message::Leak(_) => {}
        }
    }

    fn act(&self, state: &mut State, wish: Wish) -> Option<()> {
        let config = &self.config;
        let State { mn, net, .. } = state;
        let staying = mn.link.is_some() && !mn.leaving;
        match wish {
            Wish::Attach if mn.link.is_none() => {
                state.history.unbound = false;
                state.history.deregistered = None;
                mn.attach(Link::Start, net);
            }
            Wish::Move(to) if staying && mn.link != Some(to) => mn.attach(to, net),
            Wish::AccessAgain
                if staying && matches!(mn.access, Access::Asked(_) | Access::Refused) =>
            {
                mn.ask_access(net);
            }
            Wish::RequestAgain => mn.request(mn.pending?.kind, config, net),
            //= movement.2.1
            Wish::Refresh if staying && mn.pending.is_none() && mn.tunnel().is_some() => {
                mn.request(Kind::Again, config, net);
            }
            //= movement.2.6
            Wish::Rekey if staying && mn.pending.is_none() && mn.tunnel().is_some() => {
                mn.request(Kind::First, config, net);
            }
            Wish::UpdateAgain if mn.can_update() => mn.update_again(net),
            Wish::RegistrationOver if staying && mn.registration.is_some() => {
                mn.registration_over(config, net);
            }
            Wish::HomeOver if staying && mn.home.bound != 0 => mn.home_over(net),
            Wish::Leave if staying => mn.leave(config, net),
            Wish::GiveUp if mn.can_give_up() && !config.broken(Fault::MnNeverGivesUp) => {
                mn.give_up(config, net);
            }
            _ => return None,
        }
        Some(())
    }

    /// Ends a lifetime, in the order that lifetimes have by their beginnings.
    //= data-path.7.2
    //= registration.7.12
    //= home-binding.3.9
    //= movement.2.5
    //= keys.1.11
    //= keys.3.6
    fn expire(&self, state: &mut State, lifetime: Lifetime) -> Option<()> {
        let State { mn, nas, fa, fha, ha, .. } = state;
        match lifetime {
            Lifetime::Session(link, session) if mn.session() != Some(session) => {
                nas.at_mut(link).expire(session);
            }
            Lifetime::Visitor(link) if !mn.claims_visit(link, fa.at(link).visitor) => {
                fa.at_mut(link).expire();
            }
            Lifetime::Binding(agent)
                if !mn.claims_binding(agent, fha.at(agent).binding?.ident)
                    || self.config.broken(Fault::FhaEndsEarly) =>
            {
                fha.at_mut(agent).expire();
            }
            Lifetime::HomeBinding if !mn.claims_home(ha.binding?.seq) => ha.expire(),
            _ => return None,
        }
        Some(())
    }
}

fn deliver_amiss(state: &mut State, message: Message) {
    let State { user, fa, fha, aaah, ha, net, .. } = state;
    match message {
        Message::Request(Hop::Air(link), rrq) if !fa.at(link).used.has(rrq.ident) => {
            fa.at(link).deny(link, &rrq, net);
        }
        Message::HomeAsk { ident, agent } => {
            aaah.on_registration_no_address(ident, agent, *user, net);
        }
        Message::HomeAnswer { ident, agent, answer } => {
            fha.at_mut(agent).on_answer_clocks_differ(ident, answer, net);
        }
        Message::BindingAnswer { seq, accept } => ha.on_answer_clocks_differ(seq, accept, net),
        _ => {}
    }
}

fn wishes(state: &State) -> Vec<Wish> {
    use Wish::{
        AccessAgain, Attach, GiveUp, HomeOver, Leave, Move, Refresh, RegistrationOver, Rekey,
        RequestAgain, UpdateAgain,
    };
    if state.mn.link.is_none() {
        return vec![Attach];
    }
    if state.mn.leaving {
        return vec![RequestAgain, UpdateAgain, GiveUp];
    }
    let mut wishes = vec![
        AccessAgain,
        RequestAgain,
        Refresh,
        Rekey,
        UpdateAgain,
        RegistrationOver,
        HomeOver,
        Leave,
    ];
    wishes.extend(Link::ALL.map(Move));
    wishes
}
