//! The phases that stories are made of.

use std::time::Duration;

use super::expect::{self, Expected, Forbidden};
use super::inject::Injection;
use crate::Probability;
use crate::world::{Site, World};

/// After the last message expected, it is looked for so long what else comes.
const AFTERMATH: Duration = Duration::from_millis(900);

/// A phase that has not shown everything by then has failed. Longer than any lifetime in the
/// demonstration network, so that what could not be released has run out.
const PATIENCE: Duration = Duration::from_secs(4_000);

/// The same where somebody else's RADIUS server takes part and time is real: longer than the NAS
/// waits for that server (RFC 5080 §2.2.1).
pub const FOREIGN_PATIENCE: Duration = Duration::from_secs(45);

/// When nothing has come of it after so long, an attachment is begun anew, as people do.
const REATTACH_AFTER: Duration = Duration::from_secs(300);

/// An echo request without reply is followed by the next after so long.
const ECHO_EVERY: Duration = Duration::from_secs(1);

/// What is done, and what must come of it.
#[derive(Clone, Debug)]
pub(super) struct Phase {
    /// Its name in reports; [`super::checks::after`] knows what must be the case at its end.
    pub(super) name: &'static str,
    /// Where the mobile node is in it.
    pub(super) site: Site,
    /// What begins it.
    pub(super) act: Act,
    /// After how long without success that is done again.
    pub(super) again: Option<Duration>,
    /// What must be seen.
    pub(super) expected: Vec<Expected>,
    /// What must not be seen.
    pub(super) forbidden: Vec<Forbidden>,
    /// How long it may take.
    pub(super) patience: Duration,
    /// For how long after the last message expected it is looked what else comes.
    pub(super) aftermath: Duration,
}

/// Something that a story does to the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    /// The mobile node comes to a site.
    Attach,
    /// The mobile node's host sends an echo request.
    Echo,
    /// The mobile node registers again.
    Refresh,
    /// The mobile node releases everything.
    Release,
}

/// Bootstrap, traffic, refresh, movement below the FHA and to another one, release.
pub(super) fn whole(world: &World) -> Vec<Phase> {
    let [first, second, third] = world.sites;
    vec![
        bootstrap("bootstrap", world, first),
        traffic(first),
        refresh(world, first),
        movement(world, second),
        traffic(second),
        bootstrap("movement to another FHA", world, third),
        traffic(third),
        release(world, third),
    ]
}

/// Bootstrap, traffic, refresh and release without movement, with somebody else's RADIUS server.
pub(super) fn at_one_place(world: &World) -> Vec<Phase> {
    let [site, ..] = world.sites;
    vec![
        Phase { patience: FOREIGN_PATIENCE, ..bootstrap("bootstrap", world, site) },
        traffic(site),
        refresh(world, site),
        release(world, site),
    ]
}

/// A bootstrap that something goes wrong in, and traffic if it comes to its end.
pub(super) fn injected(world: &World, injection: &Injection) -> Vec<Phase> {
    let [site, ..] = world.sites;
    let completes = injection.completes;
    let attempt = Phase {
        name: if completes { "bootstrap" } else { "attempt" },
        again: completes.then_some(REATTACH_AFTER),
        expected: injection.expected(world.setup),
        forbidden: injection.forbidden(world.setup),
        patience: injection.patience,
        // Whether something comes after all can only be seen by waiting.
        aftermath: if completes { AFTERMATH } else { injection.patience },
        ..Phase::new("attempt", site, Act::Attach)
    };
    [Some(attempt), completes.then(|| traffic(site))].into_iter().flatten().collect()
}

impl Phase {
    const fn new(name: &'static str, site: Site, act: Act) -> Phase {
        Phase {
            name,
            site,
            act,
            again: None,
            expected: Vec::new(),
            forbidden: Vec::new(),
            patience: PATIENCE,
            aftermath: AFTERMATH,
        }
    }
}

fn bootstrap(name: &'static str, world: &World, site: Site) -> Phase {
    Phase {
        again: Some(REATTACH_AFTER),
        expected: expect::bootstrap(world.setup),
        ..Phase::new(name, site, Act::Attach)
    }
}

fn movement(world: &World, site: Site) -> Phase {
    Phase {
        again: Some(REATTACH_AFTER),
        expected: expect::movement(world.setup),
        forbidden: unless_lossy(world, &expect::NOT_IN_MOVEMENT),
        ..Phase::new("movement", site, Act::Attach)
    }
}

fn traffic(site: Site) -> Phase {
    Phase {
        again: Some(ECHO_EVERY),
        expected: expect::traffic(),
        ..Phase::new("traffic", site, Act::Echo)
    }
}

fn refresh(world: &World, site: Site) -> Phase {
    Phase {
        expected: expect::refresh(world.setup),
        forbidden: unless_lossy(world, &expect::NOT_IN_REFRESH),
        ..Phase::new("refresh", site, Act::Refresh)
    }
}

fn release(world: &World, site: Site) -> Phase {
    Phase {
        expected: expect::release(world.setup, is_lossy(world)),
        ..Phase::new("release", site, Act::Release)
    }
}

/// With loss so much time may pass that a phase falls together with the end of a key or of a home
/// binding, and with what is done about that.
fn unless_lossy(world: &World, forbidden: &[Forbidden]) -> Vec<Forbidden> {
    if is_lossy(world) { Vec::new() } else { forbidden.to_vec() }
}

fn is_lossy(world: &World) -> bool {
    world.net.settings().loss != Probability::NEVER
}
