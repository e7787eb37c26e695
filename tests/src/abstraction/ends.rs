//! Which end comes before which. The model has no seconds: it takes for granted that what is held
//! ends within that by which it is held, and that no lifetime begins again without a new request.
//! So that is looked at in the roles themselves.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use dsboot_roles::Time;

use crate::bytes::{Bytes, Station};

/// How long an answer of the AAAH may be under way: the client counts from its arrival.
const UNDER_WAY: Duration = Duration::from_secs(30);

/// When what is held ends, by holder and number of the request that it is held by.
#[derive(Clone, Debug, Default)]
pub(super) struct Ends(BTreeMap<(Station, u64), Time>);

impl Ends {
    /// Looks at all ends. Returns what is wrong with them.
    pub(super) fn look(&mut self, bytes: &Bytes, mobile: usize) -> BTreeSet<&'static str> {
        let mut wrong = BTreeSet::new();
        let now = self.ends(bytes, mobile, &mut wrong);
        let is_moved = |(held, end): (&(Station, u64), &Time)| {
            self.0.get(held).is_some_and(|before| before != end)
        };
        if now.iter().any(is_moved) {
            wrong.insert("a lifetime has changed without a new request");
        }
        self.0 = now;
        wrong
    }

    fn ends(
        &self,
        bytes: &Bytes,
        mobile: usize,
        wrong: &mut BTreeSet<&'static str>,
    ) -> BTreeMap<(Station, u64), Time> {
        let mut ends = BTreeMap::new();
        let Some(nai) = bytes.mn(mobile).map(|mn| &mn.config().nai) else { return ends };
        let last = bytes.aaa(Station::Aaah).into_iter().flat_map(|aaah| aaah.assignments());
        let last =
            last.filter(|assignment| assignment.nai == nai).map(|assignment| assignment.ends).max();
        for (which, fha) in (0..2).filter_map(|which| Some((which, bytes.fha(which)?))) {
            let ahead = bytes.ahead(Station::Fha(which));
            if let Some(binding) = fha.bindings().get(nai) {
                ends.insert((Station::Fha(which), binding.identification.0), binding.expires);
                //= registration.7.12
                if binding.expires > binding.session_ends {
                    wrong.insert("a binding at the FHA outlives the session that it is held by");
                }
                if last.is_none_or(|last| binding.session_ends > last + ahead + UNDER_WAY) {
                    wrong.insert("a session at the FHA outlives what the AAAH has assigned");
                }
                let held = bytes.mn(mobile).and_then(|mn| mn.held());
                //= registration.10.11
                if held.is_some_and(|held| {
                    held.association.key == binding.association.key
                        && held.ends + ahead > binding.expires
                }) {
                    wrong.insert("the registration at the MN outlives the binding at the FHA");
                }
            }
        }
        let at_ha = bytes.ha().into_iter().flat_map(|ha| ha.bindings());
        for (_, binding) in at_ha.filter(|(_, binding)| binding.nai == *nai) {
            ends.insert((Station::Ha, binding.message_id.0), binding.expires);
        }
        ends
    }
}
