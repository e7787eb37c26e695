//! States out of their cells, where they are at home, and in which order they are.

use super::{Ids, Parts, of};
use crate::State;
use crate::engine::cells::{self, Cell};
use crate::engine::{Failure, Name};
use crate::explore::Fingerprint;

/// The cells that tell where a state is at home. Few steps change them, so most lead to states of the
/// same worker, which does not need all that others need; and they are many, so that workers have as
/// many states.
const HOME: [Cell; 2] = [Cell::Requests, Cell::Updates];

impl Parts {
    /// The state that these are the cells of.
    pub(in crate::engine) fn state(&self, ids: &Ids) -> Result<State, Failure> {
        self.of_cells(ids, &Cell::ALL)
    }

    /// A state without its messages.
    pub(in crate::engine) fn held(&self, ids: &Ids) -> Result<State, Failure> {
        self.of_cells(ids, cells::HELD)
    }

    /// What an MN is known by.
    pub(in crate::engine) fn of_mobile(&self, ids: &Ids) -> Result<Fingerprint, Failure> {
        let mut all = Fingerprint::of_halves(0, 0);
        for cell in [Cell::Place, Cell::Asked, Cell::Updating, Cell::Mn] {
            all = all.plus(self.pieces.fingerprint(of(ids, cell))?);
        }
        Ok(all)
    }

    /// Whether a state comes before another one that has the same MN.
    pub(in crate::engine) fn is_less(&self, one: &Ids, two: &Ids) -> Result<bool, Failure> {
        for cells in cells::IN_ORDER {
            if cells.iter().all(|cell| of(one, *cell) == of(two, *cell)) {
                continue;
            }
            // The same is known of both, so the cells decide.
            let (one, two) = (self.of_cells(one, cells)?, self.of_cells(two, cells)?);
            return Ok(one < two);
        }
        Ok(false)
    }

    /// A state of which no more than these cells is known.
    pub(in crate::engine) fn of_cells(&self, ids: &Ids, cells: &[Cell]) -> Result<State, Failure> {
        let mut state = cells::blank();
        for cell in cells {
            let words = self.pieces.words(of(ids, *cell));
            cells::put(words, &mut state).ok_or(Failure::Internal("a state that is none"))?;
        }
        Ok(state)
    }

    /// What a state is known by.
    pub(in crate::engine) fn name(&mut self, ids: &Ids) -> Result<Name, Failure> {
        Ok(Name { fingerprint: self.fingerprint(ids)?, home: self.home(ids)? })
    }

    /// Where a state is at home.
    pub(in crate::engine) fn home(&self, ids: &Ids) -> Result<u32, Failure> {
        let mut all = Fingerprint::of_halves(0, 0);
        for cell in HOME {
            all = all.plus(self.pieces.fingerprint(of(ids, cell))?);
        }
        Ok(Name::from(all).home)
    }
}
