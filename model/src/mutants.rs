//! The rules with one guard taken out, each to be caught by a promise.
//!
//! A guard that can be missing without any promise noticing is either of no use, or the promises
//! have a hole there.

use std::ops::ControlFlow;

use dsboot_spec::Setup;

use crate::{
    Attacker, Bootstrap, Config, Guard, Neighbour, Profile, System, Two,
    explore::{Exploration, Run, Trace, explore},
    properties::{PROMISES, Promise},
};

/// A mutant that a promise caught.
#[derive(Clone, Debug)]
pub struct Caught {
    /// Where.
    pub config: Config,
    /// By which promise.
    pub by: &'static Promise,
    /// A shortest run that breaks it.
    pub run: Run,
    /// All promises that are broken by then.
    pub broken: Vec<&'static Promise>,
}

/// What came of a guard taken out.
#[derive(Clone, Debug)]
pub struct Mutant {
    /// The guard.
    pub guard: Guard,
    /// Who noticed; `None` if nobody did.
    pub caught: Option<Caught>,
}

impl Mutant {
    /// Takes the guard out and looks for a promise that notices: with as few events as possible,
    /// and in whichever setup it shows there first. Nobody has noticed when there is none within
    /// [`EVENTS`].
    #[must_use]
    pub fn of(guard: Guard) -> Mutant {
        Mutant { guard, caught: attempts(guard).find_map(Caught::in_place) }
    }
}

/// Where a guard is looked for, with the guard taken out: first where the least happens, with one mobile
/// node before two.
pub fn attempts(guard: Guard) -> impl Iterator<Item = Config> {
    let setups = move || Setup::ALL.into_iter().filter(move |setup| guard.applies(*setup));
    let lossy = move |events| setups().map(move |setup| Config::new(setup, events));
    let attacked = Attacker::ALL.into_iter().flat_map(move |attacker| {
        // One setup without agents and one with them are enough.
        setups().take(2).map(move |setup| Config::new(setup, 1).against(attacker))
    });
    let beside = move |events| {
        let setups = move |neighbour| setups().map(move |s| (s, neighbour));
        let all = Neighbour::ALL.into_iter().flat_map(setups);
        all.map(move |(setup, neighbour)| Config::new(setup, events).beside(neighbour))
    };
    // A lie of somebody with whom something is amiss from the beginning.
    let lies = setups().take(1).map(|setup| Config::new(setup, EVENTS).against(Attacker::Mn));
    let alone = (0..EVENTS).flat_map(lossy).chain(attacked);
    let alone = alone.chain(lossy(EVENTS)).chain(lies).chain(beside(0));
    let (alone, two) = match guard.takes_two() {
        false => (Some(alone), None),
        true => (None, Some((0..EVENTS).flat_map(beside))),
    };
    let all = alone.into_iter().flatten().chain(two.into_iter().flatten());
    all.map(move |config| config.without(guard))
}

/// How many events mutants are given at most.
pub const EVENTS: u8 = 2;

/// How many states of a mutant are looked at in one setup: without its guard it may go on for ever.
pub const STATES: usize = 1_500_000;

impl Caught {
    /// Who notices there that a guard is taken out: of all promises that are broken when the first
    /// one is, the one with the shortest run.
    #[must_use]
    pub fn in_place(config: Config) -> Option<Caught> {
        match config.neighbour {
            None => caught(&walk(Bootstrap::new(config))),
            // Two who have one home address have no event left.
            Some(_) if config.events > 0 => {
                let users = Some([Profile::SharedHome; 2]);
                caught(&walk(Two { users, ..Two::new(config) }))
            }
            Some(_) => caught(&walk(Two::new(config))),
        }
    }
}

fn walk<M: System>(model: M) -> Exploration<M> {
    explore(model, |progress| match progress.broken == 0 && progress.states < STATES {
        true => ControlFlow::Continue(()),
        false => ControlFlow::Break(()),
    })
}

/// The promise with the shortest counterexample.
fn caught<M: System>(walk: &Exploration<M>) -> Option<Caught>
where
    Trace<M>: Into<Run>,
{
    let config = *walk.model.config();
    let of_protocol = PROMISES.iter().enumerate().filter(|(_, by)| by.is_about_protocol());
    let runs = of_protocol.filter_map(|(place, by)| Some((by, walk.counterexample(place)?)));
    let runs: Vec<(&'static Promise, Trace<M>)> = runs.collect();
    let broken = runs.iter().map(|(promise, _)| *promise).collect();
    let (by, run) = runs.into_iter().min_by_key(|(_, run)| run.steps.len())?;
    Some(Caught { config, by, run: run.into(), broken })
}
