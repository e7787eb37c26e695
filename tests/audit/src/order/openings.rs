//! Where a capture may begin.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use dsboot_model::{Action, Link, Message, Profile, State};
use dsboot_spec::CareOf;
use stateright::Model as _;

use super::memo::{Node, is_of_interest};
use super::{CARE_OF, model};
use crate::seen::{Channel, Seen, channel_of};

/// What can be the first thing seen: every message of a run without events, and the states in which
/// it has just been said.
#[derive(Debug)]
pub(super) struct Openings {
    by_channel: HashMap<u16, Vec<(Message, Arc<Node>)>>,
    pub(super) states: Vec<Arc<Node>>,
    /// Those in which the mobile node has been registered and bound elsewhere, and begins to ask for
    /// access.
    pub(super) moved: Vec<Arc<Node>>,
}

impl Openings {
    pub(super) fn of(&self, seen: &Seen) -> impl Iterator<Item = (&Message, &Arc<Node>)> {
        let parts = match seen {
            Seen::Reply { hop: None, .. } => vec![Channel::Direct, Channel::Relay],
            _ => vec![seen.channel()],
        };
        let found = parts.into_iter().filter_map(|part| self.by_channel.get(&(part as u16)));
        found.flatten().map(|(message, node)| (message, node))
    }

    fn explore(care_of: CareOf) -> Openings {
        let model = model(care_of, &[]);
        let mut by_channel: HashMap<u16, Vec<(Message, Arc<Node>)>> = HashMap::new();
        // Whatever else is amiss with a user shows only when a server decides.
        let profiles = [Profile::Entitled, Profile::WrongClock];
        let mut states: Vec<State> =
            profiles.into_iter().map(|profile| State::initial(profile, 0)).collect();
        let mut known: HashSet<State> = states.iter().copied().collect();
        let mut next = 0;
        while let Some(state) = states.get(next).copied() {
            next += 1;
            let mut actions = Vec::new();
            model.actions(&state, &mut actions);
            for action in actions.into_iter().filter(|action| is_of_interest(*action)) {
                let Some(step) = model.step(&state, action) else { continue };
                let after = Arc::new(Node::new(care_of, step.state));
                for message in step.state.network.since(&state.network) {
                    let of_channel = by_channel.entry(channel_of(&message) as u16).or_default();
                    of_channel.push((message, Arc::clone(&after)));
                }
                if known.insert(step.state) {
                    states.push(step.state);
                }
            }
        }
        for state in &mut states {
            // As many as there can be.
            state.environment.events = u8::MAX;
        }
        let settled = states.iter().filter(|state| {
            let mn = &state.mn;
            mn.registration.is_some() && mn.request.is_none() && mn.update.is_none()
        });
        let ways = [Action::AskAgain, Action::Attach(Link::B), Action::Attach(Link::C)];
        let moved = settled.flat_map(|state| {
            ways.into_iter().filter_map(|way| Some(model.step(state, way)?.state))
        });
        let node = |state| Arc::new(Node::new(care_of, state));
        let moved = moved.map(node).collect();
        Openings { by_channel, states: states.into_iter().map(node).collect(), moved }
    }
}

pub(super) fn openings(care_of: CareOf) -> &'static Openings {
    static OPENINGS: [OnceLock<Openings>; 3] = [const { OnceLock::new() }; 3];
    static NONE: OnceLock<Openings> = OnceLock::new();
    let place = CARE_OF.iter().position(|known| *known == care_of).unwrap_or(0);
    let slot = OPENINGS.get(place).unwrap_or(&NONE);
    slot.get_or_init(|| Openings::explore(care_of))
}
