//! Roles and model driven by the same schedule.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use dsboot_spec::Setup;
use dsboot_tests::bytes::Bytes;
use dsboot_tests::lockstep::{Event, Follower};

/// Everything arrives in the order of its sending; then movement, refresh, release.
#[test]
fn the_model_follows_every_setup_without_loss() {
    for setup in Setup::ALL {
        let mut follower = Follower::new(&Bytes::settings(setup, 1)).unwrap();
        let mut act = |event| match follower.happen(event) {
            Ok(happened) => happened,
            Err(divergence) => panic!("{setup}: {divergence}"),
        };
        for event in
            [Event::Move(0), Event::Refresh, Event::Move(1), Event::Move(2), Event::Release]
        {
            act(Event::Wait(2000));
            assert!(act(event), "{setup}: {event:?}");
            while act(Event::Deliver(0)) {}
        }
    }
}
