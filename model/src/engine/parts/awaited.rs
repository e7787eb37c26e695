//! What stages are known by, and of that the messages that the MN waits for.

use super::{Ids, MIX, Parts, Prints, of, together};
use crate::engine::cells::{self, Cell};
use crate::engine::groups::Stage;
use crate::engine::pieces::NO_PART;
use crate::engine::{Failure, count, join, low};
use crate::explore::Fingerprint;

/// What an MN waits for: messages with the number of one of these are the awaited ones.
const WAITING: [Cell; 2] = [Cell::Asked, Cell::Updating];

/// For each of [`WAITING`] the fingerprint of what has its number, once it is known.
pub(super) type Awaited = [Option<Fingerprint>; WAITING.len()];

impl Parts {
    /// What a stage is known by.
    pub(super) fn key(
        &mut self,
        (ids, prints): (&Ids, &Prints),
        stage: &Stage,
        awaited: &mut Awaited,
    ) -> Result<Fingerprint, Failure> {
        if !stage.awaited {
            return Ok(together(prints, stage.cells));
        }
        let mut all = together(prints, &[]);
        for cell in stage.cells {
            if cell.waits().is_none() {
                all = all.plus(together(prints, core::slice::from_ref(cell)));
            }
        }
        // A stage has all that waits for the one, or nothing of it.
        for (waiting, known) in WAITING.iter().zip(awaited) {
            if stage.cells.iter().any(|cell| cell.waits() == Some(*waiting)) {
                let of_these = match *known {
                    Some(known) => known,
                    None => self.awaited_of(ids, *waiting)?,
                };
                *known = Some(of_these);
                all = all.plus(of_these);
            }
        }
        Ok(all)
    }

    /// The fingerprint of all messages that have the number of what is waited for.
    fn awaited_of(&mut self, ids: &Ids, waiting: Cell) -> Result<Fingerprint, Failure> {
        let mut all = Fingerprint::of_halves(0, 0);
        for cell in Cell::ALL.iter().filter(|cell| cell.waits() == Some(waiting)) {
            all = all.plus(self.awaited(of(ids, *cell), of(ids, waiting))?);
        }
        Ok(all)
    }

    /// The fingerprint of those messages of a cell that have the number of what is waited for.
    fn awaited(&mut self, id: u32, waiting: u32) -> Result<Fingerprint, Failure> {
        // A table goes by the lower bits, and of a product only the upper ones come of all bits.
        let mixed = join(id, waiting).wrapping_mul(MIX).rotate_left(32);
        let key = Fingerprint::of_halves(0, mixed);
        if let Some(known) = self.awaited.get(key) {
            return self.awaited_prints.get(known as usize).copied().ok_or(NO_PART);
        }
        const NONE: Failure = Failure::Internal("a state that is none");
        let mut state = cells::blank();
        cells::put(self.pieces.words(id), &mut state).ok_or(NONE)?;
        cells::put(self.pieces.words(waiting), &mut state).ok_or(NONE)?;
        cells::keep_awaited(&mut state);
        let cell = self.pieces.words(id).first().copied().unwrap_or_default();
        let left = state.network.iter().map(|message| u64::from(message.pack()));
        let words: Vec<u64> = core::iter::once(cell).chain(left).collect();
        let awaited = Fingerprint::of_words(&words);
        self.awaited.insert(key, low(count(self.awaited_prints.len())));
        self.awaited_prints.push(awaited);
        Ok(awaited)
    }
}
