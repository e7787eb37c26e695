//! Two mobile nodes as something that the engine walks through.
//!
//! A state of two is far from new when it is found first: each of the two has been as it is there
//! beside many others. So what a mobile node's own steps are, and what is said of it, is found once,
//! by the rules that [`Bootstrap`](crate::Bootstrap) has, and kept by the number of its half. What
//! the two have to do with each other is asked of [`Two`], and kept too. Of every thousand states
//! the steps are taken once more as the model takes them; a difference ends the walk.

use std::collections::HashMap;
use std::ops::Range;

use super::bootstrap::{each, judge_end, name, promise_of_goal, unpack};
use super::pieces::NO_PART;
use super::{Coverage, Done, Failure, Judgement, Memory, Pieces, Place, Space, high, join, low};
use crate::explore::{Fingerprint, Prehashed, of_ha};
use crate::properties::{Kind, PROMISES, Share, Verdict};
use crate::two::{Crash, Shown, is_of_strangers};
use crate::{Both, Guard, Mn, State, System as _, Two, effort, pack};

/// What a worker knows of halves.
#[derive(Debug, Default)]
pub struct Halves {
    pieces: Pieces,
    /// By number, as far as it has been looked at.
    known: Vec<Half>,
    ways: Vec<Way>,
    /// What becomes of a half by what happens to the other one.
    changed: HashMap<Fingerprint, u32, Prehashed>,
    /// States whose steps were taken.
    taken: u64,
    packed: Vec<u64>,
}

/// A mobile node with everything that is held for it.
#[derive(Debug)]
struct Half {
    /// What states are ordered by first.
    mn: Mn,
    /// What the HA sees of it.
    view: Fingerprint,
    /// What it shows the other one, and sees of the other one, and how many events are left.
    shown: Shown,
    seen: u16,
    events: u8,
    ways: Option<Ways>,
    said: Option<Said>,
}

/// The steps of one mobile node that change anything: where they are, and how many more there are.
#[derive(Clone, Debug)]
struct Ways {
    places: Range<usize>,
    all: u16,
}

/// A step of one mobile node.
#[derive(Clone, Copy, Debug)]
struct Way {
    to: u32,
    number: u16,
    crash: Option<Crash>,
}

/// What is said of one mobile node.
#[derive(Clone, Copy, Debug)]
struct Said {
    broken: u64,
    premises: u64,
    /// For each promise with a goal, whether it must be possible, and whether that is reached.
    goals: [(bool, bool); 4],
    share: Share,
}

/// One of so many states is looked into twice.
const CHECK: u64 = 1000;

impl Memory for Halves {
    fn tell(&mut self, to: usize, state: &[u64], words: &mut Vec<u64>) -> Done {
        for half in pair(state)? {
            self.pieces.tell(to, half, words);
        }
        Ok(())
    }

    fn hear(&mut self, from: usize, mut words: &[u64], state: &mut Vec<u64>) -> Done {
        let (one, _) = self.pieces.hear(from, &mut words)?;
        let (two, _) = self.pieces.hear(from, &mut words)?;
        state.push(join(one, two));
        Ok(())
    }

    fn to_words(&self) -> Vec<u64> {
        self.pieces.to_words()
    }

    fn of_words(words: &[u64]) -> Option<Halves> {
        Some(Halves { pieces: Pieces::of_words(words)?, ..Halves::default() })
    }
}

/// The two halves of a state.
fn pair(state: &[u64]) -> Result<[u32; 2], Failure> {
    let word = state.first().ok_or(Failure::Internal("a state without halves"))?;
    Ok([high(*word), low(*word)])
}

impl Halves {
    /// The number of a half.
    fn number(&mut self, model: &Two, state: &State) -> Result<u32, Failure> {
        self.packed.clear();
        pack::pack(state, &mut self.packed);
        let (number, new) = self.pieces.number(&self.packed)?;
        if new && self.known.len() == number as usize {
            self.known.push(Half::of(model, state));
        }
        Ok(number)
    }

    /// Looks at those halves that others have told of.
    fn look(&mut self, model: &Two) -> Done {
        for number in self.known.len()..self.pieces.len() {
            let number = u32::try_from(number).map_err(|_| Failure::TooMany)?;
            let half = Half::of(model, &self.state(number)?);
            self.known.push(half);
        }
        Ok(())
    }

    fn state(&self, number: u32) -> Result<State, Failure> {
        unpack(self.pieces.words(number))
    }

    fn half(&self, number: u32) -> Result<&Half, Failure> {
        self.known.get(number as usize).ok_or(NO_PART)
    }

    fn half_mut(&mut self, number: u32) -> Result<&mut Half, Failure> {
        self.known.get_mut(number as usize).ok_or(NO_PART)
    }

    /// The steps of one mobile node.
    fn ways(&mut self, model: &Two, number: u32, notes: &mut Coverage) -> Result<Ways, Failure> {
        if let Some(ways) = &self.half(number)?.ways {
            return Ok(ways.clone());
        }
        let state = self.state(number)?;
        let begin = self.ways.len();
        let (mut all, mut done) = (0, Ok(()));
        let of_one = model.of_one();
        effort::for_each(&model.config, &state, |action, cost| {
            if is_of_strangers(action) || done.is_err() {
                return;
            }
            let step = of_one.step_at(&state, action, cost);
            notes.rules.merge(step.rules);
            notes.step(&model.config, &state, action, &step.state);
            let crash = Crash::of(action);
            if step.state != state || crash.is_some() {
                done = self.number(model, &step.state).map(|to| {
                    self.ways.push(Way { to, number: all, crash });
                });
            }
            all += 1;
        });
        done?;
        let ways = Ways { places: begin..self.ways.len(), all };
        self.half_mut(number)?.ways = Some(ways.clone());
        Ok(ways)
    }

    /// What a step of one makes of both.
    fn meet(&mut self, model: &Two, way: Way, other: u32) -> Result<[u32; 2], Failure> {
        let (mine, mut other) = (way.to, other);
        if let Some(crash) = way.crash {
            other =
                self.change(model, (other, code(crash)), |model, state| model.crash(state, crash))?;
        }
        let (one, two) = (self.half(mine)?, self.half(other)?);
        let (shown, events) = ([one.shown, two.shown], one.events.min(two.events));
        let [of_mine, of_other] = shown;
        Ok([self.see(model, mine, of_other, events)?, self.see(model, other, of_mine, events)?])
    }

    /// What becomes of a half that sees the other one so.
    fn see(&mut self, model: &Two, number: u32, other: Shown, events: u8) -> Result<u32, Failure> {
        let half = self.half(number)?;
        let bits = other.bits();
        if (half.seen, half.events) == (bits, events) {
            return Ok(number);
        }
        let change = u32::from(bits) << 8 | u32::from(events);
        self.change(model, (number, change), |model, state| model.see(state, other, events))
    }

    /// What becomes of a half by a change of that code.
    fn change(
        &mut self,
        model: &Two,
        (number, change): (u32, u32),
        by: impl FnOnce(&Two, &mut State),
    ) -> Result<u32, Failure> {
        let key = Fingerprint::of_words(&[join(change, number)]);
        if let Some(changed) = self.changed.get(&key) {
            return Ok(*changed);
        }
        let mut state = self.state(number)?;
        by(model, &mut state);
        let changed = self.number(model, &state)?;
        self.changed.insert(key, changed);
        Ok(changed)
    }

    /// The two in the order in which they stand for both orders.
    fn order(&self, model: &Two, [one, two]: [u32; 2]) -> Result<[u32; 2], Failure> {
        if !model.symmetry || one == two {
            return Ok([one, two]);
        }
        // Of a state the mobile node is compared first.
        let order = self.half(two)?.mn.cmp(&self.half(one)?.mn);
        let less = match order.is_eq() {
            true => self.state(two)? < self.state(one)?,
            false => order.is_lt(),
        };
        Ok(if less { [two, one] } else { [one, two] })
    }

    fn fingerprint(&self, [one, two]: [u32; 2]) -> Result<Fingerprint, Failure> {
        Ok(self.pieces.fingerprint(one)?.and(self.pieces.fingerprint(two)?))
    }

    fn both(&self, [one, two]: [u32; 2]) -> Result<Both, Failure> {
        Ok(Both::of([self.state(one)?, self.state(two)?]))
    }

    /// Both as two numbers.
    fn numbers(&mut self, model: &Two, both: &Both) -> Result<[u32; 2], Failure> {
        let [one, two] = Two::mobiles(both) else { return Err(NO_PART) };
        Ok([self.number(model, one)?, self.number(model, two)?])
    }

    /// What the HA sees of both.
    fn view(&self, [one, two]: [u32; 2]) -> Result<Fingerprint, Failure> {
        let (one, two) = (self.half(one)?.view, self.half(two)?.view);
        Ok(one.min(two).and(one.max(two)))
    }

    /// What is said of one mobile node.
    fn said(&mut self, model: &Two, number: u32, asked: u64) -> Result<Said, Failure> {
        if let Some(said) = self.half(number)?.said {
            return Ok(said);
        }
        let said = Said::of(model, &self.state(number)?, asked);
        self.half_mut(number)?.said = Some(said);
        Ok(said)
    }

    /// Takes the steps once more as the model takes them: whether they are the same.
    fn check(
        &mut self,
        model: &Two,
        (state, place): ([u32; 2], Place),
        taken: &[(u16, [u32; 2])],
    ) -> Done {
        let (mut plain, mut done) = (Vec::new(), Ok(()));
        let mut notes = Coverage::default();
        each(model, &self.both(state)?, place, &mut notes, |number, both| {
            if let Err(why) = self.numbers(model, both).map(|pair| plain.push((number, pair))) {
                done = Err(why);
            }
        });
        done?;
        let same = plain == taken;
        same.then_some(()).ok_or(Failure::Internal("the steps of two are not those of each"))
    }
}

impl Half {
    fn of(model: &Two, state: &State) -> Half {
        Half {
            mn: state.mn,
            view: of_ha(state),
            shown: model.shown(state),
            seen: Two::seen(state).bits(),
            events: state.environment.events,
            ways: None,
            said: None,
        }
    }
}

impl Said {
    fn of(model: &Two, state: &State, asked: u64) -> Said {
        let mut goals = [(false, false); 4];
        let mut of_goals = goals.iter_mut();
        let (mut broken, mut premises) = (state.history.broken, 0);
        for (promise, bit) in PROMISES.iter().zip(0_u32..) {
            if promise.kind.has_goal()
                && let Some(goal) = of_goals.next()
            {
                *goal = promise.of_one(state);
            }
            if let (Kind::State(judge), 1) = (promise.kind, asked >> bit & 1) {
                let verdict = judge(&model.config, state);
                broken |= u64::from(verdict == Verdict::Broken) << bit;
                premises |= u64::from(verdict != Verdict::Vacuous) << bit;
            }
        }
        Said { broken, premises, goals, share: Share::of(&model.config, state) }
    }
}

/// The number of a crash, above all that can be seen.
const fn code(crash: Crash) -> u32 {
    let (role, which) = match crash {
        Crash::Fa(link) => (0, link as u32),
        Crash::Fha(fha) => (1, fha as u32),
        Crash::Ha => (2, 0),
        Crash::Aaah => (3, 0),
    };
    1 << 31 | role << 4 | which
}

impl Space for Two {
    type Notes = Coverage;
    type Memory = Halves;

    const GOALS: usize = 4;

    fn name(&self) -> String {
        name(self)
    }

    fn starts(&self, memory: &mut Halves, mut visit: impl FnMut(Fingerprint, &[u64])) -> Done {
        for both in stateright::Model::init_states(self) {
            let [one, two] = memory.numbers(self, &both)?;
            visit(memory.fingerprint([one, two])?, &[join(one, two)]);
        }
        Ok(())
    }

    fn steps(
        &self,
        memory: &mut Halves,
        (words, place): (&[u64], Place),
        notes: &mut Coverage,
        mut visit: impl FnMut(u16, Fingerprint, &[u64]),
    ) -> Done {
        let state = pair(words)?;
        memory.look(self)?;
        memory.taken += 1;
        // An agent that takes one for the other knows no halves.
        if !self.config.heeds(Guard::FaTellsVisitorsApart) {
            let mut plain = Vec::new();
            each(self, &memory.both(state)?, place, notes, |number, both| {
                plain.push((number, *both));
            });
            for (number, both) in plain {
                let [one, two] = memory.numbers(self, &both)?;
                visit(number, memory.fingerprint([one, two])?, &[join(one, two)]);
            }
            return Ok(());
        }
        let mut taken = (memory.taken % CHECK == 1).then(Vec::new);
        let mut view = None;
        let mut go = |memory: &Halves, notes: &mut Coverage, number: u16, next: [u32; 2]| {
            let [one, two] = next;
            visit(number, memory.fingerprint(next)?, &[join(one, two)]);
            let before = match view {
                Some(view) => view,
                None => memory.view(state)?,
            };
            view = Some(before);
            notes.view((before, memory.view(next)?), (place, number));
            Ok::<(), Failure>(())
        };
        let mut before = 0;
        for second in [false, true] {
            let [one, two] = state;
            let (mine, other) = if second { (two, one) } else { (one, two) };
            let ways = memory.ways(self, mine, notes)?;
            for at in ways.places {
                let way = *memory.ways.get(at).ok_or(NO_PART)?;
                let [mine, other] = memory.meet(self, way, other)?;
                let next =
                    memory.order(self, if second { [other, mine] } else { [mine, other] })?;
                if next != state {
                    go(memory, notes, before + way.number, next)?;
                    if let Some(taken) = &mut taken {
                        taken.push((before + way.number, next));
                    }
                }
            }
            before += ways.all;
        }
        match taken {
            Some(taken) => memory.check(self, (state, place), &taken),
            None => Ok(()),
        }
    }

    fn judge(
        &self,
        memory: &mut Halves,
        words: &[u64],
        notes: &mut Coverage,
    ) -> Result<Judgement, Failure> {
        let [one, two] = pair(words)?;
        memory.look(self)?;
        let asked = notes.asked(&self.config);
        let (one, two) = (memory.said(self, one, asked)?, memory.said(self, two, asked)?);
        let mut judgement = Judgement { broken: one.broken | two.broken, marks: 0 };
        notes.premises |= one.premises | two.premises;
        let mut of_each = one.goals.into_iter().zip(two.goals);
        let mut goals = 0;
        for (promise, bit) in PROMISES.iter().zip(0_u32..) {
            let applies = asked >> bit & 1 == 1;
            let mut possible = || match of_each.next() {
                Some((one, two)) if applies => {
                    promise.of_each(&self.config, [one, two].into_iter())
                }
                _ => (false, false),
            };
            let met = match promise.kind {
                Kind::Together(judge) if applies => {
                    let verdict = judge(&one.share, &two.share);
                    judgement.broken |= u64::from(verdict == Verdict::Broken) << bit;
                    verdict != Verdict::Vacuous
                }
                Kind::Possible { .. } => {
                    let (from, goal) = possible();
                    judgement.marks |= (u8::from(from) | u8::from(goal) << 1) << (2 * goals);
                    goals += 1;
                    from
                }
                Kind::Eventually { .. } => possible().0,
                _ => false,
            };
            notes.premises |= u64::from(met) << bit;
        }
        Ok(judgement)
    }

    fn judge_end(
        &self,
        memory: &mut Halves,
        words: &[u64],
        notes: &mut Coverage,
    ) -> Result<u64, Failure> {
        Ok(judge_end(self, &memory.both(pair(words)?)?, notes))
    }

    fn promise_of_goal(&self, goal: usize) -> Option<usize> {
        promise_of_goal(&self.config, goal)
    }
}
