//! The base model in Promela, for spin: a witness of the counts from outside.

use dsboot_spec::Scenario;

/// The scenarios that are written so.
pub const SCENARIOS: [Scenario; 2] = [Scenario::IntegratedColocated, Scenario::IntegratedFa];

/// How many networks may stand side by side.
pub const NETWORKS: u8 = 8;

/// The base model of a scenario in Promela: one entitled mobile node, the network `lossy`, no events.
/// So many such networks stand side by side, each knowing nothing of the others: spin finds as many
/// states as there are in the model, to the power of that number. `None` when it is none of
/// [`SCENARIOS`].
///
/// The text is written by hand, from the specification as the model is, and knows nothing of it.
#[must_use]
pub fn promela(scenario: Scenario, networks: u8) -> Option<String> {
    let agent = match scenario {
        Scenario::IntegratedColocated => "#define AGENT 0\n",
        Scenario::IntegratedFa => "#define AGENT 1\n",
        Scenario::SubscriptionColocated | Scenario::SubscriptionFa => return None,
    };
    let base = include_str!("base.pml");
    let many = format!("#define NETWORKS {networks}\n");
    let text = base.replacen("#define NETWORKS 1\n", &many, 1);
    Some(text.replacen("#define AGENT 0\n", agent, 1))
}

#[cfg(test)]
mod tests {
    use super::{SCENARIOS, Scenario, promela};

    #[test]
    fn networks_and_agent_are_set() {
        for scenario in Scenario::ALL {
            let text = promela(scenario, 3);
            assert_eq!(text.is_some(), SCENARIOS.contains(&scenario));
            let agent = u8::from(scenario == Scenario::IntegratedFa);
            let set = format!("\n#define NETWORKS 3\n#define AGENT {agent}\n");
            assert!(text.is_none_or(|text| text.contains(&set)));
        }
    }
}
