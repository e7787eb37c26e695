//! Random schedules.

use dsboot_tests::lockstep::Event;
use proptest::prelude::*;
use proptest_state_machine::ReferenceStateMachine;

/// Whether anything has begun: all that the choice of the next event depends on.
#[derive(Clone, Debug)]
pub(crate) struct Schedule {
    attached: bool,
}

impl ReferenceStateMachine for Schedule {
    type State = Schedule;
    type Transition = Event;

    fn init_state() -> BoxedStrategy<Schedule> {
        Just(Schedule { attached: false }).boxed()
    }

    fn transitions(state: &Schedule) -> BoxedStrategy<Event> {
        if !state.attached {
            return Just(Event::Move(0)).boxed();
        }
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
            2 => (0..3_usize).prop_map(Event::Move),
            2 => Just(Event::Refresh(0)),
            1 => Just(Event::Release(0)),
            1 => (0..64_usize).prop_map(Event::Restart),
        ]
        .boxed()
    }

    fn apply(mut state: Schedule, event: &Event) -> Schedule {
        state.attached |= matches!(event, Event::Move(_));
        state
    }
}
