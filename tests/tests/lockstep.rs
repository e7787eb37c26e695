//! Roles and model driven by the same schedule: in order, and at random.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::sync::OnceLock;

use dsboot_spec::Setup;
use dsboot_tests::bytes::Bytes;
use dsboot_tests::lockstep::{Event, Follower};
use proptest::prelude::*;
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest, prop_state_machine};

/// Everything arrives in the order of its sending; then movement, refresh, release.
#[test]
fn the_model_follows_every_setup_without_loss() {
    for (which, setup) in Setup::ALL.into_iter().enumerate() {
        let mut follower = start(which);
        let mut act = |event| match follower.happen(event) {
            Ok(happened) => happened,
            Err(divergence) => panic!("{setup}: {divergence}"),
        };
        let story =
            [Event::Move(0), Event::Refresh, Event::Move(1), Event::Move(2), Event::Release];
        for event in story {
            act(Event::Wait(2000));
            assert!(act(event), "{setup}: {event:?}");
            while act(Event::Deliver(0)) {}
        }
        assert!(follower.steps > 60, "{setup}: only {} steps", follower.steps);
    }
}

/// A network of a setup in which nothing has happened.
fn start(setup: usize) -> Follower {
    static STARTS: OnceLock<Vec<Follower>> = OnceLock::new();
    let starts = STARTS.get_or_init(|| {
        let start = |setup| Follower::new(&Bytes::settings(setup, 1)).unwrap();
        Setup::ALL.into_iter().map(start).collect()
    });
    starts.get(setup).unwrap().clone()
}

/// Which setup, and whether anything has begun: all that the schedule depends on.
#[derive(Clone, Debug)]
struct Schedule {
    setup: usize,
    attached: bool,
}

impl ReferenceStateMachine for Schedule {
    type State = Schedule;
    type Transition = Event;

    fn init_state() -> BoxedStrategy<Schedule> {
        (0..Setup::ALL.len()).prop_map(|setup| Schedule { setup, attached: false }).boxed()
    }

    fn transitions(state: &Schedule) -> BoxedStrategy<Event> {
        if !state.attached {
            return Just(Event::Move(0)).boxed();
        }
        // Late in the order of sending is as likely as early: that is reordering.
        let pick = 0..8_usize;
        prop_oneof![
            60 => Just(Event::Deliver(0)),
            12 => pick.clone().prop_map(Event::Deliver),
            8 => (0..64_usize).prop_map(Event::Duplicate),
            5 => pick.prop_map(Event::Drop),
            10 => Just(Event::Fire),
            4 => (1..3000_u64).prop_map(Event::Wait),
            2 => (0..3_usize).prop_map(Event::Move),
            2 => Just(Event::Refresh),
            1 => Just(Event::Release),
        ]
        .boxed()
    }

    fn apply(mut state: Schedule, event: &Event) -> Schedule {
        state.attached |= matches!(event, Event::Move(_));
        state
    }
}

/// The roles with the model behind them.
struct Lockstep;

impl StateMachineTest for Lockstep {
    type SystemUnderTest = Follower;
    type Reference = Schedule;

    fn init_test(schedule: &Schedule) -> Follower {
        start(schedule.setup)
    }

    fn apply(mut follower: Follower, schedule: &Schedule, event: Event) -> Follower {
        if let Err(divergence) = follower.happen(event) {
            let setup = Setup::ALL.get(schedule.setup);
            panic!("{setup:?}: {divergence}");
        }
        follower
    }
}

prop_state_machine! {
    #![proptest_config(ProptestConfig { cases: 2, max_shrink_iters: 400, ..ProptestConfig::default() })]

    #[test]
    fn the_model_follows_every_schedule(sequential 40..200 => Lockstep);
}
