//! The six setups, walked to the end within small bounds.

use std::collections::{BTreeMap, HashSet};
use std::ops::ControlFlow;

use dsboot_model::explore::{self, Exploration, Trace, second};
use dsboot_model::properties::{self, PROMISES};
use dsboot_model::{
    Action, ActionCode, Attacker, Bootstrap, Config, Guard, Leg, Link, Message, Profile, Rule,
    State,
};
use dsboot_spec::ladder::{Ladder, Step};
use dsboot_spec::{Role, Setup};
use stateright::Model as _;

fn walk(setup: Setup, events: u8) -> Exploration {
    explore::explore(Bootstrap::new(Config::new(setup, events)), |_| ControlFlow::Continue(()))
}

/// Rules that need two events to come up.
const SELDOM: [Rule; 3] = [Rule::FhaRefusesUnbound, Rule::HaRefuses, Rule::FaKeepsNewerVisitor];

/// Every promise is kept, every premise met and every rule taken; stateright finds the same states.
#[test]
//= home-binding.4.8
fn every_setup_holds_with_one_event() {
    let mut views = Vec::new();
    for setup in Setup::ALL {
        let walk = walk(setup, 1);
        assert!(walk.complete, "{setup}");
        for (place, promise) in PROMISES.iter().enumerate() {
            assert_eq!(walk.keeps(place), Some(true), "{setup}: {}", promise.name);
        }
        assert_eq!(walk.unmet().map(|promise| promise.name).next(), None, "{setup}");
        let missing = walk.rules.missing(&walk.model.config).find(|rule| !SELDOM.contains(rule));
        assert_eq!(missing, None, "{setup}");

        let second = second(walk.model, |_| ControlFlow::Continue(())).expect("not stopped");
        assert_eq!((second.states, second.broken.len()), (walk.progress.states, 0), "{setup}");
        views.push(walk.views);
    }
    let (first, others) = views.split_first().expect("six setups");
    assert!(!first.is_empty());
    for other in others {
        assert_eq!((first.first_beyond(other), other.first_beyond(first)), (None, None));
    }
}

/// From each of the four scenarios to each other: everything holds, and is met.
#[test]
//= movement.1.10
fn movement_between_scenarios_holds() {
    let model = Bootstrap::new(Config::roaming(1));
    let walk = explore::explore(model, |_| ControlFlow::Continue(()));
    assert!(walk.complete);
    for (place, promise) in PROMISES.iter().enumerate() {
        assert_eq!(walk.keeps(place), Some(true), "{}", promise.name);
    }
    assert_eq!(walk.unmet().map(|promise| promise.name).next(), None);
    let missing = walk.rules.missing(&model.config).find(|rule| !SELDOM.contains(rule));
    assert_eq!(missing, None);
    let second = second(model, |_| ControlFlow::Continue(())).expect("not stopped");
    assert_eq!(second.states, walk.progress.states);
}

/// A search that has nothing of the walk's or stateright's but the model: whole states, compared octet by
/// octet, in a set of the standard library. It finds as many states and steps, no deeper, and breaks nothing.
#[test]
fn counts_are_those_of_a_plain_search() {
    let lossy = Setup::ALL.map(|setup| Config::new(setup, 1));
    let places = [Setup::ALL[0], Setup::ALL[1], Setup::ALL[2], Setup::ALL[3], Setup::ALL[5]];
    let attacked = Attacker::ALL.into_iter().zip(places);
    let attacked = attacked.map(|(attacker, setup)| Config::new(setup, 1).against(attacker));
    for config in lossy.into_iter().chain([Config::roaming(0)]).chain(attacked) {
        let model = Bootstrap::new(config);
        let kept = |state: &State| {
            (0..PROMISES.len()).all(|promise| properties::is_kept(promise, &config, state))
        };
        let mut level = model.init_states();
        let mut seen: HashSet<State> = level.iter().copied().collect();
        let (mut steps, mut depth) = (0, 0);
        while !level.is_empty() {
            depth += 1;
            for state in std::mem::take(&mut level) {
                assert!(kept(&state), "{state:?}");
                let mut actions = Vec::new();
                model.actions(&state, &mut actions);
                for next in actions.into_iter().filter_map(|it| model.next_state(&state, it)) {
                    steps += 1;
                    if seen.insert(next) {
                        level.push(next);
                    }
                }
            }
        }
        let found = explore::explore(model, |_| ControlFlow::Continue(())).progress;
        let counted = (found.states, found.transitions, found.depth);
        assert_eq!(counted, (seen.len(), steps, depth), "{config:?}");
    }
}

/// The counts, so that nobody changes the state space unawares.
#[test]
fn counts_are_known() {
    let counts = [Setup::ALL[0], Setup::ALL[1]].map(|setup| {
        let progress = walk(setup, 1).progress;
        (progress.states, progress.transitions, progress.depth)
    });
    insta::assert_debug_snapshot!(counts);
}

#[test]
fn cut_walk_says_nothing_of_what_is_kept() {
    let model = Bootstrap::new(Config::new(Setup::ALL[0], 1));
    let walk = explore::explore(model, |progress| match progress.states {
        0..2000 => ControlFlow::Continue(()),
        _ => ControlFlow::Break(()),
    });
    assert!(!walk.complete && walk.progress.open > 0);
    assert!((0..PROMISES.len()).all(|promise| walk.keeps(promise).is_none()));
    let model = Bootstrap::new(Config::new(Setup::ALL[0], 1));
    assert_eq!(second(model, |_| ControlFlow::Break(())), None);
}

#[test]
fn walk_gives_the_same_twice() {
    let (one, two) = (walk(Setup::ALL[4], 1), walk(Setup::ALL[4], 1));
    assert_eq!((one.progress, one.rules), (two.progress, two.rules));
}

/// A path replays to the state that it was kept for, and none is longer than the walk is deep.
#[test]
fn paths_lead_where_they_say() {
    let walk = walk(Setup::ALL[2], 1);
    for index in (0..u32::try_from(walk.progress.states).expect("few")).step_by(997) {
        let trace = walk.path_to(index).expect("a state");
        assert!(trace.steps.len() < walk.progress.depth);
        let mut state = trace.start;
        for (action, after) in &trace.steps {
            let step = walk.model.step(&state, *action).expect("possible");
            assert_eq!(step.state, *after);
            state = step.state;
        }
    }
}

/// One run without loss, in the order of the figure, ends bootstrapped.
#[test]
//= registration.8.1
fn figures_can_be_walked() {
    for setup in Setup::ALL {
        let model = Bootstrap::new(Config::new(setup, 0));
        let mut state = State::initial(Profile::Entitled, 0);
        let mut take = |action| state = model.step(&state, action).expect("possible").state;
        let mut arrows = Vec::new();
        take(Action::Attach(Link::A));
        if setup.care_of().via_fa() {
            take(Action::Advertise(Link::A));
        }
        while let Some(message) = next_new(&state, &arrows) {
            arrows.push(message);
            state = model.step(&state, Action::Deliver(message)).expect("possible").state;
        }
        assert!(properties::is_complete(&state), "{setup}");
        assert!(dsboot_model::data_path::is_open(&state), "{setup}");
        let ends: Vec<_> = arrows.into_iter().filter_map(as_drawn).collect();
        let figure: Vec<_> = Ladder::of(setup)
            .steps()
            .filter(Step::is_drawn)
            .map(|step| (step.from, step.to))
            .collect();
        assert_eq!(ends, figure, "{setup}");
    }
}

/// The arrow of a message in a figure, where the tunnel between MN and FHA does not show.
fn as_drawn(message: Message) -> Option<(Role, Role)> {
    match message {
        Message::Advertisement(_)
        | Message::Update(Leg::Plain, _)
        | Message::Ack(Leg::Tunnel(_), _) => None,
        Message::Update(Leg::Tunnel(_), _) => Some((Role::Mn, Role::Ha)),
        Message::Ack(Leg::Plain, _) => Some((Role::Ha, Role::Mn)),
        _ => Some((message.from(), message.to())),
    }
}

/// A message that has been sent and not delivered yet.
fn next_new(state: &State, delivered: &[Message]) -> Option<Message> {
    state.network.iter().find(|message| !delivered.contains(message))
}

/// Every action has a word of its own, and the word leads back to it.
#[test]
fn actions_have_words() {
    let walk = walk(Setup::ALL[1], 1);
    let mut words = BTreeMap::new();
    for index in (0..u32::try_from(walk.progress.states).expect("few")).step_by(61) {
        for (action, _) in walk.path_to(index).expect("a state").steps {
            let word = ActionCode(action).to_string();
            assert_eq!(word.parse(), Ok(ActionCode(action)));
            assert_eq!(*words.entry(word).or_insert(action), action);
        }
    }
    assert!(words.len() > 100, "{}", words.len());
    for wrong in [
        "",
        "fly",
        "attach",
        "attach:e",
        "release:a",
        "deliver:ffffffff",
        "deliver:",
        "fa-gives-up:a:99",
    ] {
        assert!(wrong.parse::<ActionCode>().is_err(), "{wrong}");
    }
}

/// What a random walk breaks is cut down to a run in which no step is too many.
#[test]
fn random_walks_are_minimised() {
    let model = Bootstrap::new(Config::new(Setup::ALL[0], 2).without(Guard::FhaReleases));
    let found = explore::simulate(model, 3, 400, 400);
    let (promise, run) = found.broken.first().expect("found by chance");
    let breaks = |trace: &Trace| trace.breaks(&model).iter().any(|(broken, _)| broken == promise);
    assert!(breaks(run));
    let mut before = run.start;
    for (action, after) in &run.steps {
        let mut actions = Vec::new();
        model.actions(&before, &mut actions);
        assert!(actions.contains(action), "{action} cannot happen there");
        before = *after;
    }
    for place in 0..run.steps.len() {
        let rest = run.steps.iter().enumerate().filter(|(at, _)| *at != place);
        let actions = rest.map(|(_, (action, _))| *action);
        let shorter = Trace::replay(&model, run.start, actions);
        assert!(!shorter.is_ok_and(|shorter| breaks(&shorter)), "step {} is too many", place + 1);
    }
    let again = explore::simulate(model, 3, 400, 400);
    assert_eq!((again.steps, again.broken.len()), (found.steps, found.broken.len()));
}

/// Past the bound that is explored to the end: what is nearest of three events. An assignment that the
/// AAAH has forgotten was granted too long ago for anybody to ask for it again.
#[test]
fn three_events_break_nothing_near_the_beginning() {
    const NEAR: usize = 300_000;
    let model = Bootstrap::new(Config::new(Setup::ALL[0], 3));
    let walk =
        explore::explore(model, |progress| match progress.broken == 0 && progress.states < NEAR {
            true => ControlFlow::Continue(()),
            false => ControlFlow::Break(()),
        });
    assert!(walk.progress.states >= NEAR);
    assert_eq!(walk.progress.broken, 0);
}
