use std::collections::HashSet;

use dsboot_spec::Setup;
use stateright::Model as _;

use super::{Parts, Said, fingerprint};
use crate::engine::Coverage;
use crate::explore::Fingerprint;
use crate::{Attacker, Bootstrap, Config, System as _};

/// Whether steps and verdicts of every state are those of the plain rules; how many states.
fn all_states(model: Bootstrap) -> usize {
    let (mut parts, mut notes) = (Parts::default(), Coverage::default());
    let asked = notes.asked(&model.config);
    let mut open: Vec<_> =
        model.init_states().iter().map(|state| (parts.ids(state).expect("room"), 0)).collect();
    let mut seen: HashSet<Fingerprint> = HashSet::new();
    let mut out = Vec::new();
    while let Some((ids, same)) = open.pop() {
        let own = parts.fingerprint(&ids).expect("known");
        if !seen.insert(own) {
            continue;
        }
        let state = parts.state(&ids).expect("a state");
        assert_eq!(own, fingerprint(&state));
        let mut plain = Vec::new();
        model.for_each_step(&state, |_, step| {
            if step.state != state {
                plain.push(fingerprint(&step.state));
            }
        });
        out.clear();
        parts.steps((&model, false), (&ids, own, same), &mut notes, &mut out).expect("steps");
        let of_steps = out.iter().map(|next| next.fingerprint).filter(|next| *next != own);
        let mut found: Vec<Fingerprint> = of_steps.collect();
        plain.sort_unstable();
        found.sort_unstable();
        assert_eq!(found, plain, "{state:?}");
        let mut said = Said::of(&model.config, &state, asked);
        said.broken |= state.history.broken;
        assert_eq!(parts.said(&model.config, (&ids, 0), asked).expect("said"), said);
        open.extend(out.iter().map(|next| (next.ids, next.same)));
    }
    seen.len()
}

#[test]
fn cells_tell_all_of_every_state() {
    for setup in Setup::ALL {
        assert!(all_states(Bootstrap::new(Config::new(setup, 1))) > 10_000);
    }
    for attacker in Attacker::ALL {
        let config = Config::new(Setup::ALL[1], 1).against(attacker);
        assert!(all_states(Bootstrap::new(config)) > 10_000);
    }
    let roaming = Config { roams: true, ..Config::new(Setup::ALL[0], 0) };
    assert!(all_states(Bootstrap::new(roaming)) > 100);
}
