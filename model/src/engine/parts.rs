//! A mobile node's states as cells, and what is known of them.
//!
//! A state is the numbers of its cells. What the steps of a group are is found once for the cells that
//! the group looks at, out of a state that has nothing else, by the rules that
//! [`Bootstrap`](crate::Bootstrap) has. Of every thousand states the steps are taken once more as the
//! model takes them, and so is some of what is found; a difference ends the walk.

mod awaited;
mod effects;
mod gates;
mod said;
mod told;
mod whole;

use super::cells::{self, CELLS, Cell, Split};
use super::groups::{Asks, GROUPS, JUDGES, Stage, group_of, is_of};
use super::pieces::NO_PART;
use super::table::Table;
use super::{Coverage, Done, Failure, Pieces, count, high, join, low};
use crate::explore::Fingerprint;
use crate::two::{Crash, is_of_strangers};
use crate::{Action, Bootstrap, FhaId, MESSAGES, State, effort};
use awaited::Awaited;
use effects::{Effects, From, is_sound};
use gates::Gates;
use said::IS_SEEN;
pub(super) use said::Said;

/// The numbers of a state's cells.
pub(super) type Ids = [u32; CELLS];

/// How many words these are.
pub(super) const WORDS: usize = CELLS.div_ceil(2);

/// What a worker knows of cells.
#[derive(Debug, Default)]
pub(super) struct Parts {
    pieces: Pieces,
    /// How many messages a cell has at most.
    longest: [usize; CELLS],
    /// For each stage of each group what its cells have shown: a place in `found`, or one of the
    /// numbers below.
    shown: Vec<Table>,
    /// Where the moves begin and end.
    found: Vec<(u32, u32)>,
    /// Where the changes of each move begin and end.
    moves: Vec<(u32, u32)>,
    changes: Vec<(u8, u32)>,
    /// For each of [`JUDGES`] what it says, by number.
    judged: Vec<Table>,
    said: Vec<Said>,
    /// The promises that each of [`JUDGES`] asks for, each a bit, and behind them those that are asked
    /// of whole states.
    asked: Option<[u64; JUDGES.len() + 1]>,
    /// What the HA sees of each piece.
    views: Vec<Fingerprint>,
    /// For a cell and what is waited for, where the fingerprint is of what of the one has the number
    /// of the other.
    awaited: Table,
    awaited_prints: Vec<Fingerprint>,
    gates: Gates,
    effects: Effects,
    /// The cells looked at last, and their fingerprints.
    last: Option<(Ids, Prints)>,
    /// The cells of a state of which nothing is known.
    blank: Option<Ids>,
    split: Split,
    filled: u64,
}

/// An odd number of which the bits are well mixed.
pub(super) const MIX: u64 = 0x9e37_79b9_7f4a_7c15;

/// The fingerprints of a state's cells.
type Prints = [Fingerprint; CELLS];

/// The fingerprint of these cells together.
#[inline]
fn together(prints: &Prints, cells: &[Cell]) -> Fingerprint {
    let of = |cell: &Cell| prints.get(*cell as usize);
    cells.iter().filter_map(of).fold(Fingerprint::of_halves(0, 0), |all, print| all.plus(*print))
}

/// How many stages a group has at most.
const STAGES: usize = 3;

/// Nothing changes.
const NOTHING: u32 = u32::MAX - 1;
/// The next stage tells.
const FURTHER: u32 = u32::MAX - 2;

/// Where a step leads.
#[derive(Clone, Copy, Debug)]
pub(super) struct Next {
    pub(super) ids: Ids,
    pub(super) fingerprint: Fingerprint,
    pub(super) crash: Option<Crash>,
    /// Whether the HA may see it.
    pub(super) seen: bool,
    /// Which cells it changes, each a bit.
    changed: u32,
    /// What need not be looked at there, as it is as it was before.
    pub(super) same: Same,
}

/// What of a state is as it was in the one from which it was found: the groups of which nothing changes
/// anything, each a bit, and from bit [`GROUPS`]`.len()` on what [`JUDGES`] say.
pub(super) type Same = u32;

const _: () = assert!(GROUPS.len() + JUDGES.len() <= Same::BITS as usize);

/// The fingerprint of a state as it is written in cells.
pub(crate) fn fingerprint(state: &State) -> Fingerprint {
    let mut all = Fingerprint::of_halves(0, 0);
    Split::default().each(state, |_, words| all = all.plus(Fingerprint::of_words(words)));
    all
}

/// Numbers as words.
pub(super) fn pack(ids: &Ids, same: Same) -> [u64; WORDS] {
    let mut words = [0; WORDS];
    for (word, two) in words.iter_mut().zip(ids.chunks(2)) {
        *word = match two {
            [one, two] => join(*one, *two),
            [one] => join(*one, same),
            _ => 0,
        };
    }
    words
}

const _: () = assert!(CELLS % 2 == 1);

/// What [`pack`] was told besides numbers.
pub(super) fn same(words: &[u64]) -> Same {
    words.last().copied().map_or(0, low)
}

/// Numbers out of words.
pub(super) fn unpack(words: &[u64]) -> Result<Ids, Failure> {
    let mut ids = [0; CELLS];
    let numbers = words.iter().flat_map(|word| [high(*word), low(*word)]);
    if words.len() != WORDS {
        return Err(NO_PART);
    }
    ids.iter_mut().zip(numbers).for_each(|(id, number)| *id = number);
    Ok(ids)
}

impl Parts {
    /// The numbers of a state's cells.
    pub(super) fn ids(&mut self, state: &State) -> Result<Ids, Failure> {
        let mut ids = [0; CELLS];
        let mut split = std::mem::take(&mut self.split);
        let mut done = Ok(());
        split.each(state, |cell, words| match self.number(cell, words) {
            Ok(number) => set(&mut ids, cell, number),
            Err(why) => done = Err(why),
        });
        self.split = split;
        done.map(|()| ids)
    }

    fn number(&mut self, cell: Cell, words: &[u64]) -> Result<u32, Failure> {
        let (number, new) = self.pieces.number(words)?;
        if new {
            self.measure(cell as usize, words);
        }
        Ok(number)
    }

    fn measure(&mut self, cell: usize, words: &[u64]) {
        if let Some(longest) = self.longest.get_mut(cell) {
            *longest = (*longest).max(messages(cell, words));
        }
    }

    /// The fingerprint of a state.
    pub(super) fn fingerprint(&mut self, ids: &Ids) -> Result<Fingerprint, Failure> {
        Ok(together(&self.prints(ids)?, &Cell::ALL))
    }

    /// The fingerprint of each cell.
    fn prints(&mut self, ids: &Ids) -> Result<Prints, Failure> {
        if let Some((last, prints)) = &self.last
            && last == ids
        {
            return Ok(*prints);
        }
        let mut prints = [Fingerprint::of_halves(0, 0); CELLS];
        for (print, id) in prints.iter_mut().zip(ids) {
            let Some(of) = self.pieces.fingerprints().get(*id as usize) else {
                return Err(NO_PART);
            };
            *print = *of;
        }
        self.last = Some((*ids, prints));
        Ok(prints)
    }

    fn begin(&mut self) -> Result<Ids, Failure> {
        if let Some(blank) = self.blank {
            return Ok(blank);
        }
        let blank = self.ids(&cells::blank())?;
        self.shown = (0..STAGES * GROUPS.len()).map(|_| Table::default()).collect();
        self.judged = JUDGES.iter().map(|_| Table::default()).collect();
        self.blank = Some(blank);
        Ok(blank)
    }

    /// Puts every step that changes anything behind `out`, and every crash; those of strangers are
    /// none of two.
    pub(super) fn steps(
        &mut self,
        (model, two): (&Bootstrap, bool),
        (ids, own, same): (&Ids, Fingerprint, Same),
        notes: &mut Coverage,
        out: &mut Vec<Next>,
    ) -> Done {
        let blank = self.begin()?;
        let is_plain = of(ids, Cell::Rest) != of(&blank, Cell::Rest) || !self.has_room(ids);
        if is_plain {
            return self.plain_steps((model, two), (ids, own), notes, out);
        }
        let prints = &self.prints(ids)?;
        let closed = self.closed(model, (ids, prints), same, notes)?;
        let closed = if two { closed | OF_STRANGERS } else { closed };
        let keys = self.touch(prints, closed);
        let mut nothing = same | closed;
        let mut awaited = Awaited::default();
        for (place, (group, near)) in GROUPS.iter().zip(keys).enumerate() {
            if closed >> place & 1 == 1 {
                continue;
            }
            let first = gates::first(place);
            for (number, stage) in group.stages.iter().enumerate().skip(first) {
                let key = match near {
                    Some(near) if number == first => near,
                    _ => self.key((ids, prints), stage, &mut awaited)?,
                };
                match self.show(model, (place, number), (ids, key), notes)? {
                    NOTHING => {
                        nothing |= 1 << place;
                        break;
                    }
                    FURTHER => {}
                    found => self.go((ids, own), found, out)?,
                }
            }
        }
        let judged = Same::MAX << GROUPS.len();
        for next in out {
            next.same = (nothing | judged) & !touched(next.changed);
        }
        Ok(())
    }

    /// What the first stages of the groups that are not closed are known by. Brings nearer what these
    /// show, so that the processor fetches it at once.
    fn touch(&self, prints: &Prints, closed: Same) -> [Option<Fingerprint>; GROUPS.len()] {
        let mut keys = [None; GROUPS.len()];
        let mut near = 0;
        let tables = self.shown.chunks(STAGES).zip(&GROUPS).enumerate();
        for ((place, (shown, group)), slot) in tables.zip(&mut keys) {
            let first = gates::first(place);
            if let (Some(table), Some(stage)) = (shown.get(first), group.stages.get(first))
                && closed >> place & 1 == 0
                && !stage.awaited
            {
                let key = together(prints, stage.cells);
                near ^= table.touch(key);
                *slot = Some(key);
            }
        }
        std::hint::black_box(near);
        keys
    }

    /// What a stage of a group shows.
    fn show(
        &mut self,
        model: &Bootstrap,
        (group, number): (usize, usize),
        (ids, key): (&Ids, Fingerprint),
        notes: &mut Coverage,
    ) -> Result<u32, Failure> {
        let place = STAGES * group + number;
        if let Some(shown) = self.shown.get(place).and_then(|shown| shown.get(key)) {
            return Ok(shown);
        }
        let stage = GROUPS.get(group).and_then(|group| group.stages.get(number));
        let Some(stage) = stage else { return Err(NO_PART) };
        let shown = self.fill(model, (group, stage), ids, notes)?;
        if let Some(known) = self.shown.get_mut(place) {
            known.insert(key, shown);
        }
        Ok(shown)
    }

    /// Whether the network has room for whatever a step sends, so that it need not be looked at.
    fn has_room(&self, ids: &Ids) -> bool {
        const ROOM: usize = MESSAGES - 8;
        let sent = |id: &u32| self.pieces.words(*id);
        self.longest.iter().sum::<usize>() < ROOM
            || ids.iter().enumerate().map(|(cell, id)| messages(cell, sent(id))).sum::<usize>()
                < ROOM
    }

    /// Takes the moves that were found there.
    fn go(&self, (ids, own): (&Ids, Fingerprint), found: u32, out: &mut Vec<Next>) -> Done {
        let Some((begin, end)) = self.found.get(found as usize) else { return Err(NO_PART) };
        for (begin, end) in self.moves.get(*begin as usize..*end as usize).unwrap_or_default() {
            let mut next = Next::from(ids, own);
            let changes = self.changes.get(*begin as usize..*end as usize).unwrap_or_default();
            for (cell, new) in changes {
                next.put(&self.pieces, *cell, *new)?;
            }
            out.push(next);
        }
        Ok(())
    }

    /// Finds what a stage shows.
    fn fill(
        &mut self,
        model: &Bootstrap,
        (group, stage): (usize, &Stage),
        ids: &Ids,
        notes: &mut Coverage,
    ) -> Result<u32, Failure> {
        let mut before = self.of_cells(ids, stage.cells)?;
        if stage.awaited {
            cells::keep_awaited(&mut before);
        }
        let config = &model.config;
        let when = GROUPS.get(group).ok_or(NO_PART)?.when;
        let is_own = |action: Action| is_of(action, group);
        let mut further = false;
        match stage.asks {
            Asks::Registered => further = before.mn.registration.is_some(),
            Asks::Possible if !when(&before) => {}
            Asks::Possible => {
                before.environment.events = u8::MAX;
                effort::for_each_of(config, &before, is_own, |_, _| further = true);
            }
            Asks::Free => {
                let mut steps = Vec::new();
                effort::for_each_of(config, &before, is_own, |action, cost| {
                    steps.push((action, model.step_at(&before, action, cost)));
                });
                further = steps.iter().any(|(_, step)| step.state != before);
                if !further {
                    for (action, step) in &steps {
                        notes.rules.merge(step.rules);
                        notes.step(config, &before, *action, &step.state);
                    }
                }
            }
            Asks::All => return self.find(model, (group, stage), (ids, &before), notes),
        }
        if !further && self.is_to_check() {
            self.check_group(model, group, ids, &[])?;
        }
        Ok(if further { FURTHER } else { NOTHING })
    }

    /// Some of what is found is held against whole states: the first of all, and then ever fewer.
    const fn is_to_check(&mut self) -> bool {
        self.filled += 1;
        self.filled < 1000 || self.filled.is_multiple_of(256)
    }

    /// Finds what all actions of a group do.
    fn find(
        &mut self,
        model: &Bootstrap,
        (group, stage): (usize, &Stage),
        (ids, before): (&Ids, &State),
        notes: &mut Coverage,
    ) -> Result<u32, Failure> {
        let begin = self.moves.len();
        let mut done = Ok(());
        let mut split = std::mem::take(&mut self.split);
        let is_own = |action| is_of(action, group);
        effort::for_each_of(&model.config, before, is_own, |action, cost| {
            let step = model.step_at(before, action, cost);
            notes.rules.merge(step.rules);
            notes.step(&model.config, before, action, &step.state);
            if step.state == *before || done.is_err() {
                return;
            }
            let begin = self.changes.len();
            split.changes((before, &step.state), |cell, words| {
                if cell != Cell::Rest && !stage.cells.contains(&cell) {
                    done = Err(Failure::Internal("a step changes what it does not look at"));
                }
                match self.number(cell, words) {
                    Ok(number) => self.changes.push((cell as u8, number)),
                    Err(why) => done = Err(why),
                }
            });
            self.moves.push((low(count(begin)), low(count(self.changes.len()))));
        });
        self.split = split;
        done?;
        let (begin, end) = (low(count(begin)), low(count(self.moves.len())));
        let found = if begin == end {
            NOTHING
        } else {
            self.found.push((begin, end));
            low(count(self.found.len() - 1))
        };
        if self.is_to_check() {
            let mut out = Vec::new();
            let own = self.fingerprint(ids)?;
            if found != NOTHING {
                self.go((ids, own), found, &mut out)?;
            }
            let found: Vec<_> = out.iter().map(|next| next.fingerprint).collect();
            self.check_group(model, group, ids, &found)?;
        }
        Ok(found)
    }

    /// Holds what was found of a group against what the whole state does.
    fn check_group(
        &mut self,
        model: &Bootstrap,
        group: usize,
        ids: &Ids,
        found: &[Fingerprint],
    ) -> Done {
        let state = self.state(ids)?;
        let when = GROUPS.get(group).ok_or(NO_PART)?.when;
        let mut plain = Vec::new();
        let is_own = |action| is_of(action, group) && when(&state);
        effort::for_each_of(&model.config, &state, is_own, |action, cost| {
            let step = model.step_at(&state, action, cost);
            if step.state != state {
                plain.push(fingerprint(&step.state));
            }
        });
        match plain == found {
            true => Ok(()),
            false => Err(Failure::Internal("steps depend on more than is written down of them")),
        }
    }

    /// The steps of a state with events left, or after a broken promise.
    fn plain_steps(
        &mut self,
        (model, two): (&Bootstrap, bool),
        (ids, own): (&Ids, Fingerprint),
        notes: &mut Coverage,
        out: &mut Vec<Next>,
    ) -> Done {
        let state = &self.state(ids)?;
        let is_sound = is_sound(state) && self.has_room(ids);
        let from = From { state, is_sound, prints: &self.prints(ids)?, next: Next::from(ids, own) };
        let mut done = Ok(());
        effort::for_each(&model.config, state, |action, cost| {
            if done.is_err() || two && is_of_strangers(action) {
                return;
            }
            match self.act(model, &from, (action, cost), notes) {
                Ok(next) => out.extend(next),
                Err(why) => done = Err(why),
            }
        });
        done
    }
}

/// Cells, each a bit.
const fn bits(cells: &[Cell]) -> u32 {
    let (mut bits, mut rest) = (0, cells);
    while let Some((cell, behind)) = rest.split_first() {
        bits |= 1 << *cell as u32;
        rest = behind;
    }
    bits
}

/// For each group and each of [`JUDGES`] the cells that it looks at, each a bit.
const LOOKS: [u32; GROUPS.len() + JUDGES.len()] = {
    let mut looks = [0; GROUPS.len() + JUDGES.len()];
    let mut place = 0;
    #[expect(clippy::indexing_slicing, reason = "no further than there are any")]
    while place < looks.len() {
        if place < GROUPS.len() {
            let mut stages = GROUPS[place].stages;
            while let Some((stage, behind)) = stages.split_first() {
                looks[place] |= bits(stage.cells);
                stages = behind;
            }
        } else {
            looks[place] = bits(JUDGES[place - GROUPS.len()].cells);
        }
        place += 1;
    }
    looks
};

/// What looks at any of these cells, each a bit.
fn touched(changed: u32) -> Same {
    let looks = LOOKS.iter().zip(0_u32..);
    looks.fold(0, |all, (looks, bit)| all | Same::from(looks & changed != 0) << bit)
}

/// What need not be looked at in a state as it was as in another one.
pub(super) fn untouched(before: &Ids, after: &Ids) -> Same {
    let cells = before.iter().zip(after).zip(0_u32..);
    !touched(cells.fold(0, |all, ((old, new), cell)| all | u32::from(old != new) << cell))
}

/// The groups that nothing happens of to two mobile nodes, each a bit.
const OF_STRANGERS: Same = 1 << group_of(Action::StrangersLeave(FhaId::One))
    | 1 << group_of(Action::OthersTake(FhaId::One));

impl Next {
    const fn from(ids: &Ids, fingerprint: Fingerprint) -> Next {
        Next { ids: *ids, fingerprint, crash: None, seen: false, changed: 0, same: 0 }
    }

    fn put(&mut self, pieces: &Pieces, cell: u8, new: u32) -> Done {
        let Some(slot) = self.ids.get_mut(usize::from(cell)) else { return Err(NO_PART) };
        let old = std::mem::replace(slot, new);
        let of = |id: u32| pieces.fingerprints().get(id as usize).copied();
        let (Some(old), Some(new)) = (of(old), of(new)) else { return Err(NO_PART) };
        self.fingerprint = self.fingerprint.minus(old).plus(new);
        self.seen |= IS_SEEN >> cell & 1 == 1;
        self.changed |= 1 << cell;
        Ok(())
    }
}

/// How many messages a cell has at most.
const fn messages(cell: usize, words: &[u64]) -> usize {
    if cell < Cell::Access as usize { 0 } else { 2 * words.len().saturating_sub(1) }
}

fn of(ids: &Ids, cell: Cell) -> u32 {
    ids.get(cell as usize).copied().unwrap_or(u32::MAX)
}

fn set(ids: &mut Ids, cell: Cell, number: u32) {
    if let Some(id) = ids.get_mut(cell as usize) {
        *id = number;
    }
}

#[cfg(test)]
mod tests;
