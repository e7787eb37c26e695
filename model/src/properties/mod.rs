//! What must hold.
use stateright::Property;
use crate::{Action, Bootstrap, Config, State};
pub fn broken(_: &Config, _: &State, _: Action, _: &State) -> u64 { 0 }
pub fn for_stateright() -> Vec<Property<Bootstrap>> { vec![Property::always("in bounds", |_: &Bootstrap, s: &State| !s.history.out_of_bounds)] }
