//! Where packets go in a state: from the mobile node to HA and correspondent, and back.
//!
//! Packets change no state, so they are no steps: these functions tell what would become of one.

use crate::{CareOf4, CareOf6, Owner, State};

/// The IPv6 care-of address under which a packet of the MN leaves the FHA, if it does.
#[must_use]
pub fn from_mn(state: &State) -> Option<CareOf6> {
    //= data-path.1.1
    //= data-path.1.5
    let registration = state.mn.registration_here()?;
    let source = registration.care_of6()?;
    //= data-path.1.2
    //= data-path.1.3
    //= data-path.1.4
    let outer = registration.care_of;
    if !crosses_fa(state, outer) {
        return None;
    }
    //= data-path.3.1
    //= data-path.3.2
    //= data-path.3.3
    let binding = state.fha.of(registration.fha).binding?;
    let allowed = binding.care_of == outer && binding.care_of6(registration.fha) == Some(source);
    allowed.then_some(source)
}

/// The link on which a packet for the MN's home address reaches it, if it does.
#[must_use]
pub fn to_mn(state: &State) -> Option<CareOf4> {
    //= data-path.4.1
    //= data-path.4.3
    //= home-binding.3.13
    let care_of = state.ha.binding?.care_of;
    //= data-path.3.4
    //= data-path.3.5
    let binding = state.fha.of(care_of.fha).binding?;
    if binding.care_of6(care_of.fha) != Some(care_of) || !crosses_fa(state, binding.care_of) {
        return None;
    }
    (state.mn.link == Some(binding.care_of.link)).then_some(binding.care_of)
}

/// Whether packets go both ways between MN and correspondent, under the home address.
#[must_use]
pub fn is_open(state: &State) -> bool {
    //= data-path.1.6
    //= data-path.4.2
    let registered = state.ha.binding.map(|binding| binding.care_of);
    let up = from_mn(state);
    //= data-path.4.4
    up.is_some() && up == registered && to_mn(state).is_some()
}

/// An agent tunnels for its visitors only; a tunnel that ends at the MN does not pass it.
//= data-path.2.1
//= data-path.2.2
//= data-path.2.3
fn crosses_fa(state: &State, outer: CareOf4) -> bool {
    outer.owner == Owner::Mn || state.fa.of(outer.link).visitor.is_some()
}
