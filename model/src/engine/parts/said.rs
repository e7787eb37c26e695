//! What promises say of a state by its cells, and what the HA sees of it.

use super::{Ids, Parts, Same, bits, of, together};
use crate::engine::cells::{self, Cell};
use crate::engine::groups::{GROUPS, JUDGES, Judges};
use crate::engine::pieces::NO_PART;
use crate::engine::{Failure, count, low};
use crate::explore::{Fingerprint, view};
use crate::properties::{Kind, PROMISES, Verdict};
use crate::{Config, State};

/// What is said of a state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(in crate::engine) struct Said {
    pub(in crate::engine) broken: u64,
    pub(in crate::engine) premises: u64,
    /// For each promise with a goal, whether it must be possible, and whether that is reached.
    pub(in crate::engine) goals: [(bool, bool); 4],
}

impl Said {
    /// Asks these promises, each a bit.
    pub(in crate::engine) fn of(config: &Config, state: &State, asked: u64) -> Said {
        let mut said = Said::default();
        let mut goals = said.goals.iter_mut();
        for (promise, bit) in PROMISES.iter().zip(0_u32..) {
            let goal = if promise.kind.has_goal() { goals.next() } else { None };
            if asked >> bit & 1 == 0 {
                continue;
            }
            if let Some(goal) = goal {
                *goal = promise.of_one(state);
            }
            if let Kind::State(judge) = promise.kind {
                let verdict = judge(config, state);
                said.broken |= u64::from(verdict == Verdict::Broken) << bit;
                said.premises |= u64::from(verdict != Verdict::Vacuous) << bit;
            }
        }
        said
    }

    fn and(mut self, other: Said) -> Said {
        self.broken |= other.broken;
        self.premises |= other.premises;
        for (goal, (from, reached)) in self.goals.iter_mut().zip(other.goals) {
            *goal = (goal.0 || from, goal.1 || reached);
        }
        self
    }
}

/// The cells that the HA sees, and what the user is like.
const SEEN: [Cell; 6] = [
    Cell::User,
    Cell::Ha,
    Cell::PlainUpdates,
    Cell::BindingAsks,
    Cell::BindingAnswers,
    Cell::PlainAcks,
];

/// The same, each a bit.
pub(super) const IS_SEEN: u32 = bits(&SEEN);

impl Parts {
    /// What is said of a state.
    pub(in crate::engine) fn said(
        &mut self,
        config: &Config,
        (ids, same): (&Ids, Same),
        asked: u64,
    ) -> Result<Said, Failure> {
        let blank = self.begin()?;
        let of_each = *self.asked.get_or_insert_with(|| assign(asked));
        if of(ids, Cell::Rest) != of(&blank, Cell::Rest) {
            let state = self.state(ids)?;
            let mut said = Said::of(config, &state, asked);
            said.broken |= state.history.broken;
            return Ok(said);
        }
        let prints = self.prints(ids)?;
        let keys = JUDGES.map(|Judges { cells, .. }| together(&prints, cells));
        let is_same = |place| place != OF_GOALS && same >> (GROUPS.len() + place) & 1 == 1;
        // All tables are looked at before any is read, so that the processor fetches from them at once.
        let tables = self.judged.iter().zip(keys).enumerate().filter(|(place, _)| !is_same(*place));
        std::hint::black_box(tables.fold(0, |near, (_, (of, key))| near ^ of.touch(key)));
        let mut said = Said::default();
        let judges = JUDGES.iter().zip(keys).zip(of_each).enumerate();
        for (place, ((Judges { cells, .. }, key), asked)) in judges {
            // What was broken before is known; what stays possible is asked for every state.
            if asked == 0 || is_same(place) {
                continue;
            }
            let known = self.judged.get(place).and_then(|judged| judged.get(key));
            let number = match known {
                Some(known) => known,
                None => {
                    let new = Said::of(config, &self.of_cells(ids, cells)?, asked);
                    // Few things are said.
                    let old = self.said.iter().position(|said| *said == new);
                    let number = old.unwrap_or_else(|| {
                        self.said.push(new);
                        self.said.len() - 1
                    });
                    let number = low(count(number));
                    if let Some(judged) = self.judged.get_mut(place) {
                        judged.insert(key, number);
                    }
                    number
                }
            };
            let Some(of_these) = self.said.get(number as usize) else { return Err(NO_PART) };
            said = said.and(*of_these);
        }
        let [.., of_whole] = of_each;
        if of_whole != 0 {
            said = said.and(Said::of(config, &self.state(ids)?, of_whole));
        }
        Ok(said)
    }

    /// What the HA sees.
    pub(in crate::engine) fn view(&mut self, ids: &Ids) -> Result<Fingerprint, Failure> {
        for number in self.views.len()..self.pieces.len() {
            let view = self.view_of_piece(low(count(number)))?;
            self.views.push(view);
        }
        let of_cell = |cell: &Cell| self.views.get(of(ids, *cell) as usize).copied();
        let mut all = Fingerprint::of_halves(0, 0);
        for cell in &SEEN {
            all = all.plus(of_cell(cell).ok_or(NO_PART)?);
        }
        Ok(all)
    }

    /// What the HA sees of a cell.
    fn view_of_piece(&self, number: u32) -> Result<Fingerprint, Failure> {
        let words = self.pieces.words(number);
        let place = words.first().and_then(|cell| usize::try_from(*cell).ok());
        let cell = place.and_then(|place| Cell::ALL.get(place)).ok_or(NO_PART)?;
        let mut state = cells::blank();
        cells::put(words, &mut state).ok_or(NO_PART)?;
        Ok(match cell {
            Cell::User => view::of_user(state.environment.profile),
            Cell::Ha => view::of_agent(&state.ha),
            _ => view::of_messages(&state.network),
        })
    }
}

/// Which of [`JUDGES`] has what stays possible.
const OF_GOALS: usize = 0;

/// Which promises are asked of which cells, and which of whole states.
fn assign(asked: u64) -> [u64; JUDGES.len() + 1] {
    let mut all = [0; JUDGES.len() + 1];
    for (promise, bit) in PROMISES.iter().zip(0_u32..) {
        let of_states = promise.kind.has_goal() || matches!(promise.kind, Kind::State(_));
        if of_states && asked >> bit & 1 == 1 {
            let named = |judges: &Judges| judges.promises.contains(&promise.name);
            let place = JUDGES.iter().position(named).unwrap_or(JUDGES.len());
            if let Some(bits) = all.get_mut(place) {
                *bits |= 1 << bit;
            }
        }
    }
    all
}
