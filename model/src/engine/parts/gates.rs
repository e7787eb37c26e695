//! Groups of which few cells tell that nothing happens, all at once.
//!
//! What the first stages of most groups look at is what the MN is like. Instead of in a table for each
//! of them it is looked for in one for all.

use super::{Ids, NOTHING, OF_STRANGERS, Parts, Prints, Same, bits, together};
use crate::engine::cells::Cell::{self, Aaah, Access, Asked, Mn, Place, Updating, User};
use crate::engine::groups::{Asks, GROUPS};
use crate::engine::pieces::NO_PART;
use crate::engine::table::Table;
use crate::engine::{Coverage, Failure, count, low};
use crate::{Bootstrap, engine::groups::Stage};

/// Cells that are looked at together.
const GATES: [&[Cell]; 2] = [&[Place, Asked, Updating, Mn, User, Aaah], &[Place, Mn, User, Access]];

/// For each of [`GATES`] the groups of which the first stage looks at no other cells, each a bit.
const MEMBERS: [Same; GATES.len()] = {
    let mut members = [0; GATES.len()];
    let mut place = 0;
    #[expect(clippy::indexing_slicing, reason = "no further than there are any")]
    while place < GROUPS.len() {
        let mut gate = 0;
        while gate < GATES.len() {
            let first = &GROUPS[place].stages[0];
            let is_covered = bits(first.cells) & !bits(GATES[gate]) == 0;
            if is_covered && !first.awaited && OF_STRANGERS >> place & 1 == 0 {
                members[gate] |= 1 << place;
                break;
            }
            gate += 1;
        }
        place += 1;
    }
    members
};

/// What is behind the gates.
#[derive(Debug, Default)]
pub(super) struct Gates {
    tables: [Table; GATES.len()],
    /// The members of which nothing happens, each a bit.
    closed: Vec<Same>,
}

/// Which stage of a group is the first to be looked at, once it is not closed.
pub(super) const fn first(group: usize) -> usize {
    const FIRST: [usize; GROUPS.len()] = {
        let mut first = [0; GROUPS.len()];
        let mut place = 0;
        #[expect(clippy::indexing_slicing, reason = "no further than there are any")]
        while place < GROUPS.len() {
            let of_all = matches!(GROUPS[place].stages[0], Stage { asks: Asks::All, .. });
            let is_member = (MEMBERS[0] | MEMBERS[1]) >> place & 1 == 1;
            first[place] = (is_member && !of_all) as usize;
            place += 1;
        }
        first
    };
    if group < FIRST.len() {
        #[expect(clippy::indexing_slicing, reason = "it is there")]
        FIRST[group]
    } else {
        0
    }
}

impl Parts {
    /// The groups of which nothing happens, each a bit: those of which that is known already, and those
    /// of which the gates tell.
    pub(super) fn closed(
        &mut self,
        model: &Bootstrap,
        (ids, prints): (&Ids, &Prints),
        same: Same,
        notes: &mut Coverage,
    ) -> Result<Same, Failure> {
        let mut closed = same & !(Same::MAX << GROUPS.len());
        for (gate, (cells, members)) in GATES.iter().zip(MEMBERS).enumerate() {
            if members & !same == 0 {
                continue;
            }
            let key = together(prints, cells);
            let known = self.gates.tables.get(gate).and_then(|table| table.get(key));
            let number = match known {
                Some(known) => known,
                None => {
                    let of_gate = self.look(model, (ids, prints), members, notes)?;
                    self.gates.closed.push(of_gate);
                    let number = low(count(self.gates.closed.len() - 1));
                    if let Some(table) = self.gates.tables.get_mut(gate) {
                        table.insert(key, number);
                    }
                    number
                }
            };
            closed |= self.gates.closed.get(number as usize).ok_or(NO_PART)?;
        }
        Ok(closed)
    }

    /// Looks behind a gate.
    fn look(
        &mut self,
        model: &Bootstrap,
        (ids, prints): (&Ids, &Prints),
        members: Same,
        notes: &mut Coverage,
    ) -> Result<Same, Failure> {
        let mut closed = 0;
        for (place, group) in
            GROUPS.iter().enumerate().filter(|(place, _)| members >> place & 1 == 1)
        {
            let stage = group.stages.first().ok_or(NO_PART)?;
            let key = together(prints, stage.cells);
            if self.show(model, (place, 0), (ids, key), notes)? == NOTHING {
                closed |= 1 << place;
            }
        }
        Ok(closed)
    }
}
