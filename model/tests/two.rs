//! Two mobile nodes: nothing in common, and exactly as many states as there are.

use std::collections::{HashSet, VecDeque};
use std::ops::ControlFlow;

use dsboot_model::explore::{Exploration, Trace, explore, second};
use dsboot_model::properties::PROMISES;
use dsboot_model::{Both, Config, Guard, Neighbour, Of, Profile, System, Two};
use dsboot_spec::Setup;
use stateright::Model as _;

fn walk(model: Two) -> Exploration<Two> {
    explore(model, |_| ControlFlow::Continue(()))
}

fn broken(walk: &Exploration<Two>) -> Vec<&'static str> {
    let numbered = PROMISES.iter().enumerate();
    numbered.filter(|(number, _)| walk.keeps(*number) == Some(false)).map(|(_, p)| p.name).collect()
}

/// Every state that can be reached, found without the walk, its fingerprints and its symmetry.
fn reachable(model: Two) -> HashSet<Both> {
    let mut open: VecDeque<Both> = model.init_states().into();
    let mut seen: HashSet<Both> = open.iter().copied().collect();
    let mut actions = Vec::new();
    while let Some(state) = open.pop_front() {
        actions.clear();
        model.actions(&state, &mut actions);
        for action in &actions {
            if let Some(next) = model.next_state(&state, *action)
                && seen.insert(next)
            {
                open.push_back(next);
            }
        }
    }
    seen
}

/// One provider or two, every promise is kept, and stateright finds as many states.
#[test]
//= registration.6.12
//= registration.6.18
//= registration.7.18
fn two_have_nothing_in_common() {
    for neighbour in Neighbour::ALL {
        for setup in Setup::ALL {
            let walk = walk(Two::new(Config::new(setup, 0).beside(neighbour)));
            assert!(walk.complete);
            assert_eq!(broken(&walk), Vec::<&str>::new(), "{}", walk.model.config.place());
            let apart = PROMISES.iter().position(|p| p.name == "two users hold nothing in common");
            assert_eq!(walk.premises.get(apart.expect("a promise")), Some(&true));
            let second = second(walk.model, |_| ControlFlow::Continue(())).expect("not stopped");
            assert_eq!((second.states, second.broken.len()), (walk.progress.states, 0));
        }
    }
}

/// Of each state and the same exchanged one is counted: as many as there are orbits, by Burnside
/// half of all states and of those that are their own exchange.
#[test]
fn symmetry_is_exact() {
    for (setup, neighbour) in [
        (Setup::ALL[0], Neighbour::SameProvider),
        (Setup::ALL[0], Neighbour::OtherProvider),
        (Setup::ALL[1], Neighbour::SameProvider),
    ] {
        let model = Two::new(Config::new(setup, 0).beside(neighbour));
        let all = reachable(model.plain());
        let alike = all.iter().filter(|state| state.exchanged() == **state).count();
        assert!(all.iter().all(|state| all.contains(&state.exchanged())));
        assert_eq!(walk(model.plain()).progress.states, all.len());
        assert_eq!(2 * walk(model).progress.states, all.len() + alike);
        assert!(alike > 0 && alike < all.len());
    }
}

/// To exchange the two and take the other's step is to take the step and exchange them.
#[test]
fn exchange_keeps_every_step() {
    let model = Two::new(Config::new(Setup::ALL[1], 1)).plain();
    let mut actions = Vec::new();
    for state in reachable(Two { config: Config { events: 0, ..model.config }, ..model }) {
        actions.clear();
        model.actions(&state, &mut actions);
        for action in &actions {
            let other = Of { second: !action.second, ..*action };
            let exchanged = model.next_state(&state.exchanged(), other);
            assert_eq!(model.next_state(&state, *action).map(|s| s.exchanged()), exchanged);
        }
    }
}

/// A run of two is told with each under its own name from beginning to end.
#[test]
fn runs_keep_names() {
    let walk = walk(Two::new(Config::new(Setup::ALL[0], 0)));
    for index in (0..u32::try_from(walk.progress.states).expect("few")).step_by(97) {
        let trace = walk.path_to(index).expect("a state");
        let actions = trace.steps.iter().map(|(action, _)| *action);
        let words: Vec<String> = actions.clone().map(Two::code).collect();
        let read: Result<Vec<Of>, _> = words.iter().map(|word| Of::from_code(word)).collect();
        assert_eq!(read, Ok(actions.clone().collect()));
        let plain = walk.model.plain();
        assert_eq!(Trace::replay(&plain, trace.start, actions), Ok(trace));
    }
    for wrong in ["", "release", "3:release", "1:fly", ":release"] {
        assert!(Of::from_code(wrong).is_err(), "{wrong}");
    }
}

/// What is amiss with two costs what it costs with each, and a home address that both have once.
#[test]
//= home-binding.3.4
fn starts_cost_what_is_amiss() {
    let model = |events, neighbour| Two::new(Config::new(Setup::ALL[0], events).beside(neighbour));
    let starts = |events, neighbour| model(events, neighbour).init_states().len();
    let (same, other) = (Neighbour::SameProvider, Neighbour::OtherProvider);
    assert_eq!((starts(0, same), starts(0, other)), (1, 1));
    assert_eq!((starts(1, same), starts(1, other)), (1 + 6 + 1, 1 + 6));
    assert_eq!((starts(2, same), starts(2, other)), (1 + 6 + 21 + 1, 1 + 6 + 21));
    assert_eq!(model(2, same).starting([Profile::SharedHome, Profile::Entitled]), None);
}

/// Where an FHA frees an address at once, a mobile node that has not heard of its release shares
/// it with the next.
#[test]
fn address_freed_at_once_is_shared() {
    let config = Config::new(Setup::ALL[0], 0).beside(Neighbour::OtherProvider);
    let walk = walk(Two::new(config.without(Guard::FhaKeepsAddress)));
    assert!(broken(&walk).contains(&"two users hold nothing in common"));
}
