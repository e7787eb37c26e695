//! Which scenarios a command is about.

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use dsboot_spec::{CareOf, Scenario, Setup};

/// The scenarios that are meant, and with which care-of address.
#[derive(Clone, Debug, Default, Args)]
pub struct SetupArgs {
    /// Scenarios; without any, all four.
    #[arg(value_name = "SCENARIO", value_parser = scenario())]
    pub scenarios: Vec<Scenario>,

    /// Of the scenarios with a foreign agent, only this kind of care-of address: the agent's, or one of
    /// the mobile node's own that it registers through the agent.
    #[arg(long, value_parser = care_of())]
    pub coa: Option<CareOf>,
}

impl SetupArgs {
    /// The setups that are meant, in the order of the draft.
    #[must_use]
    pub fn setups(&self) -> Vec<Setup> {
        let named = |s: &Setup| self.scenarios.is_empty() || self.scenarios.contains(&s.scenario());
        let fits = |s: &Setup| self.coa.is_none_or(|coa| s.care_of() == coa);
        Setup::ALL.into_iter().filter(named).filter(fits).collect()
    }
}

/// A scenario by its name.
pub(crate) fn scenario() -> impl TypedValueParser<Value = Scenario> {
    PossibleValuesParser::new(Scenario::ALL.map(Scenario::name)).try_map(|name| name.parse())
}

/// A kind of care-of address by its name, where there is a foreign agent.
pub(crate) fn care_of() -> impl TypedValueParser<Value = CareOf> {
    let kinds = [CareOf::ForeignAgent, CareOf::ColocatedViaFa];
    PossibleValuesParser::new(kinds.map(CareOf::name)).try_map(|name| name.parse())
}
