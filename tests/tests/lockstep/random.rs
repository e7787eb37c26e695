//! Random schedules.

use dsboot_tests::lockstep::{Event, SITES};
use proptest::prelude::*;
use proptest_state_machine::ReferenceStateMachine;

/// After how many events a mobile node is likely to move again, and after how many it is all but sure.
const RESTLESS: [u32; 2] = [22, 48];

/// All that the choice of the next event depends on, with so many mobile nodes.
#[derive(Clone, Debug)]
pub(crate) struct Schedule<const MOBILES: usize> {
    /// Where each was sent last, if anywhere.
    sites: [Option<usize>; MOBILES],
    /// How many events have been chosen since one was sent somewhere.
    since: u32,
}

impl<const MOBILES: usize> Schedule<MOBILES> {
    /// One of the mobile nodes is sent to a site where it has not been sent last.
    fn movement(&self) -> BoxedStrategy<Event> {
        let places = self.sites.iter().enumerate().flat_map(|(mobile, at)| {
            let begin = if at.is_none() { 1 } else { SITES };
            let elsewhere = (0..begin).filter(move |site| Some(*site) != *at);
            elsewhere.map(move |site| Event::Move(mobile * SITES + site))
        });
        proptest::sample::select(places.collect::<Vec<_>>()).boxed()
    }
}

impl<const MOBILES: usize> ReferenceStateMachine for Schedule<MOBILES> {
    type State = Schedule<MOBILES>;
    type Transition = Event;

    fn init_state() -> BoxedStrategy<Schedule<MOBILES>> {
        Just(Schedule { sites: [None; MOBILES], since: 0 }).boxed()
    }

    fn transitions(state: &Schedule<MOBILES>) -> BoxedStrategy<Event> {
        if state.sites.iter().all(Option::is_none) {
            return Just(Event::Move(0)).boxed();
        }
        let moves = match state.since {
            since if since < RESTLESS[0] => 1,
            since if since < RESTLESS[1] => 8,
            _ => 100,
        };
        // Late in the order of sending is as likely as early: that is reordering.
        let pick = 0..8_usize;
        prop_oneof![
            60 => Just(Event::Next),
            12 => pick.clone().prop_map(Event::Deliver),
            8 => (0..64_usize).prop_map(Event::Duplicate),
            3 => (0..4096_usize).prop_map(Event::Corrupt),
            5 => pick.prop_map(Event::Drop),
            6 => Just(Event::Fire),
            1 => Just(Event::Sleep),
            1 => (0..16_usize).prop_map(Event::Silence),
            4 => (1..3000_u64).prop_map(Event::Wait),
            moves => state.movement(),
            2 => (0..MOBILES).prop_map(Event::Refresh),
            1 => (0..MOBILES).prop_map(Event::Release),
            1 => (0..64_usize).prop_map(Event::Restart),
        ]
        .boxed()
    }

    fn apply(mut state: Schedule<MOBILES>, event: &Event) -> Schedule<MOBILES> {
        state.since += 1;
        match *event {
            Event::Move(pick) => {
                state.since = 0;
                if let Some(at) = state.sites.get_mut(pick / SITES) {
                    *at = Some(pick % SITES);
                }
            }
            Event::Release(mobile) => {
                if let Some(at) = state.sites.get_mut(mobile) {
                    *at = None;
                }
            }
            _ => {}
        }
        state
    }
}
