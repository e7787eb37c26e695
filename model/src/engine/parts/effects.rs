//! What single actions do where events are left.
//!
//! Which actions can happen there, and what each costs, depends on the whole state, and the model
//! tells it. What an action then does follows from the cells of its group, as where no events are
//! left, so it is found once for these. Some of what is known is held against the rules again, in
//! every walk; in a test all of it is.

use super::{NOTHING, Next, Parts, Prints, fingerprint, together};
use crate::engine::cells::{self, Cell, Split};
use crate::engine::groups::{GROUPS, cells_of};
use crate::engine::pieces::NO_PART;
use crate::engine::table::Table;
use crate::engine::{Coverage, Done, Failure, count, low};
use crate::explore::Fingerprint;
use crate::state::History;
use crate::two::Crash;
use crate::{Action, Attacker, Bootstrap, Message, State};

/// What actions do, by what tells it.
#[derive(Debug, Default)]
pub(super) struct Effects {
    /// The number of the move, or one of [`NOTHING`] and [`BY_RULES`].
    known: Table,
    /// For each number of events the cell that has nothing else, once it is known.
    rests: Vec<Option<u32>>,
    looked: u64,
}

/// No number is known for what an action does.
const BY_RULES: u32 = u32::MAX - 2;

/// A state of which steps are taken.
pub(super) struct From<'a> {
    pub(super) state: &'a State,
    /// Whether it has room for what is sent, and nothing is broken on the way to it.
    pub(super) is_sound: bool,
    pub(super) prints: &'a Prints,
    /// What every step begins with.
    pub(super) next: Next,
}

impl Parts {
    /// What an action at that cost leads to; `None` when it changes nothing and crashes nobody.
    pub(super) fn act(
        &mut self,
        model: &Bootstrap,
        from: &From<'_>,
        (action, cost): (Action, u8),
        notes: &mut Coverage,
    ) -> Result<Option<Next>, Failure> {
        let crash = Crash::of(action);
        let mut next = Next { crash, ..from.next };
        let cells = if from.is_sound { cells_of_effect(model, action) } else { None };
        let effect = match cells {
            Some(cells) => self.effect(model, from, (action, cost, cells), notes)?,
            None => BY_RULES,
        };
        if effect == BY_RULES {
            self.act_by_rules(model, from.state, (action, cost), (&mut next, notes))?;
        } else {
            if effect != NOTHING {
                let changes = self.moves.get(effect as usize).ok_or(NO_PART)?;
                let range = changes.0 as usize..changes.1 as usize;
                for (cell, new) in self.changes.get(range).unwrap_or_default() {
                    next.put(&self.pieces, *cell, *new)?;
                }
            }
            if cost > 0 {
                let rest = self.rest(from.state.environment.events - cost)?;
                next.put(&self.pieces, Cell::Rest as u8, rest)?;
            }
            self.effects.looked += 1;
            if self.effects.looked < 1000 || self.effects.looked.is_multiple_of(256) {
                let plain = model.step_at(from.state, action, cost).state;
                if fingerprint(&plain) != next.fingerprint {
                    return Err(Failure::Internal("an action does more than is known of it"));
                }
            }
        }
        Ok(Some(next).filter(|next| next.changed != 0 || crash.is_some()))
    }

    /// What an action does, found unless it is known.
    fn effect(
        &mut self,
        model: &Bootstrap,
        from: &From<'_>,
        (action, cost, cells): (Action, u8, &[Cell]),
        notes: &mut Coverage,
    ) -> Result<u32, Failure> {
        let key = together(from.prints, cells).plus(of_action(action));
        if let Some(known) = self.effects.known.get(key) {
            return Ok(known);
        }
        let config = &model.config;
        let step = model.step_at(from.state, action, cost);
        notes.rules.merge(step.rules);
        notes.step(config, from.state, action, &step.state);
        let effect = if step.state.history == from.state.history {
            let begin = self.changes.len();
            let mut split = std::mem::take(&mut self.split);
            let done = self.write_changes(&mut split, (from.state, &step.state), cells);
            self.split = split;
            done?;
            if begin == self.changes.len() {
                NOTHING
            } else {
                self.moves.push((low(count(begin)), low(count(self.changes.len()))));
                low(count(self.moves.len() - 1))
            }
        } else {
            BY_RULES
        };
        self.effects.known.insert(key, effect);
        Ok(effect)
    }

    /// Writes down what a step changes, but for events.
    fn write_changes(
        &mut self,
        split: &mut Split,
        states: (&State, &State),
        cells: &[Cell],
    ) -> Done {
        let mut done = Ok(());
        split.changes(states, |cell, words| {
            if cell == Cell::Rest {
                return;
            }
            if !cells.contains(&cell) {
                done = Err(Failure::Internal("an action changes what it does not look at"));
            }
            match self.number(cell, words) {
                Ok(number) => self.changes.push((cell as u8, number)),
                Err(why) => done = Err(why),
            }
        });
        done
    }

    /// Takes a step as the model takes it.
    fn act_by_rules(
        &mut self,
        model: &Bootstrap,
        before: &State,
        (action, cost): (Action, u8),
        (next, notes): (&mut Next, &mut Coverage),
    ) -> Done {
        let step = model.step_at(before, action, cost);
        notes.rules.merge(step.rules);
        notes.step(&model.config, before, action, &step.state);
        let (mut done, mut split) = (Ok(()), std::mem::take(&mut self.split));
        split.changes((before, &step.state), |cell, words| {
            let put =
                self.number(cell, words).and_then(|new| next.put(&self.pieces, cell as u8, new));
            if let Err(why) = put {
                done = Err(why);
            }
        });
        self.split = split;
        done
    }

    /// The cell of so many events left, and nothing broken.
    fn rest(&mut self, events: u8) -> Result<u32, Failure> {
        let place = usize::from(events);
        if let Some(Some(known)) = self.effects.rests.get(place) {
            return Ok(*known);
        }
        let mut state = cells::blank();
        state.environment.events = events;
        let rest = super::of(&self.ids(&state)?, Cell::Rest);
        if self.effects.rests.len() <= place {
            self.effects.rests.resize(place + 1, None);
        }
        if let Some(slot) = self.effects.rests.get_mut(place) {
            *slot = Some(rest);
        }
        Ok(rest)
    }
}

/// Whether nothing has happened on the way to a state that promises note.
pub(super) fn is_sound(state: &State) -> bool {
    state.history == History::default()
}

/// The cells that tell what an action does; `None` where nobody has written them down. What somebody
/// injects does what it does when it is delivered.
fn cells_of_effect(model: &Bootstrap, action: Action) -> Option<&'static [Cell]> {
    match action {
        // An MN that lies uses numbers of its own for it.
        Action::Inject(Message::Update(..)) if model.config.attacker == Some(Attacker::Mn) => None,
        Action::Inject(message) => Some(cells_of(Action::Deliver(message))),
        action => Some(cells_of(action)),
    }
}

/// An action as part of a key. Messages pack into words of their own, and no cell's fingerprint is that
/// of an action but by chance.
fn of_action(action: Action) -> Fingerprint {
    match action {
        Action::Deliver(message) | Action::Inject(message) => {
            Fingerprint::of_words(&[u64::MAX, message.pack().into()])
        }
        other => Fingerprint::of(&other),
    }
}

const _: () = assert!(GROUPS.len() < NOTHING as usize);
