//! Two mobile nodes as something that the engine walks through.
//!
//! A state of two is far from new when it is found first: each of the two has been as it is there
//! beside many others. So what a mobile node's own steps are, and what is said of it, is found once,
//! by the rules that [`Bootstrap`](crate::Bootstrap) has, and kept by the number of its half. What
//! the two have to do with each other is asked of [`Two`], and kept too. Of every thousand states
//! the steps are taken once more as the model takes them; a difference ends the walk.

use std::collections::HashMap;
use std::ops::Range;

use super::bootstrap::{CHECK, each, judge_end, name, promise_of_goal};
use super::parts::{self, Ids, Next, Parts, Said};
use super::pieces::NO_PART;
use super::{Coverage, Done, Failure, Judgement, Memory, Pieces, Place, Space, high, join, low};
use crate::explore::{Fingerprint, Prehashed, of_ha};
use crate::properties::{Kind, PROMISES, Share, Verdict};
use crate::two::{Crash, Shown};
use crate::{Both, Mn, State, System as _, Two};

/// What a worker knows of halves.
#[derive(Debug, Default)]
pub struct Halves {
    parts: Parts,
    /// A half is the numbers of its cells.
    pieces: Pieces,
    known: Vec<Half>,
    ways: Vec<Way>,
    /// What becomes of a half by what happens to the other one.
    changed: HashMap<Fingerprint, u32, Prehashed>,
    /// States whose steps were taken.
    taken: u64,
    next: Vec<Next>,
}

/// A mobile node with everything that is held for it.
#[derive(Debug)]
struct Half {
    fingerprint: Fingerprint,
    /// What states are ordered by first.
    mn: Mn,
    /// What the HA sees of it.
    view: Fingerprint,
    /// What it shows the other one, and sees of the other one, and how many events are left.
    shown: Shown,
    seen: u16,
    events: u8,
    ways: Option<Ways>,
    said: Option<(Said, Share)>,
}

/// The steps of one mobile node that change anything: where they are.
type Ways = Range<usize>;

/// A step of one mobile node.
#[derive(Clone, Copy, Debug)]
struct Way {
    to: u32,
    crash: Option<Crash>,
}

impl Memory for Halves {
    fn tell(&mut self, to: usize, state: &[u64], words: &mut Vec<u64>) -> Done {
        for half in pair(state)? {
            let first = self.pieces.is_news(to, half);
            words.push(join(first.into(), half));
            if first {
                self.parts.tell(to, &self.ids(half)?, words);
            }
        }
        Ok(())
    }

    fn hear(&mut self, from: usize, mut words: &[u64], state: &mut Vec<u64>) -> Done {
        let one = self.hear_half(from, &mut words)?;
        let two = self.hear_half(from, &mut words)?;
        state.push(join(one, two));
        Ok(())
    }

    fn to_words(&self) -> Vec<u64> {
        let (mut words, halves) = (vec![0], self.pieces.to_words());
        words.extend(self.parts.to_words());
        if let Some(first) = words.first_mut() {
            *first = super::count(halves.len());
        }
        words.extend(halves);
        words
    }

    fn of_words(words: &[u64]) -> Option<Halves> {
        let (halves, rest) = words.split_first()?;
        let (parts, halves) =
            rest.split_at_checked(rest.len().checked_sub(super::size(*halves))?)?;
        let (parts, pieces) = (Parts::of_words(parts)?, Pieces::of_words(halves)?);
        Some(Halves { parts, pieces, ..Halves::default() })
    }
}

/// The two halves of a state.
fn pair(state: &[u64]) -> Result<[u32; 2], Failure> {
    let word = state.first().ok_or(Failure::Internal("a state without halves"))?;
    Ok([high(*word), low(*word)])
}

impl Halves {
    fn hear_half(&mut self, from: usize, words: &mut &[u64]) -> Result<u32, Failure> {
        const MISHEARD: Failure = Failure::Internal("a half that was not told");
        let (told, rest) = words.split_first().ok_or(MISHEARD)?;
        *words = rest;
        if high(*told) == 0 {
            return self.pieces.meant(from, low(*told)).ok_or(MISHEARD);
        }
        let ids = self.parts.hear(from, words)?;
        Ok(self.pieces.learn(from, low(*told), &parts::pack(&ids, 0))?.0)
    }

    /// The number of a half.
    fn number(&mut self, model: &Two, state: &State) -> Result<u32, Failure> {
        let ids = self.parts.ids(state)?;
        let (number, new) = self.pieces.number(&parts::pack(&ids, 0))?;
        if new && self.known.len() == number as usize {
            let fingerprint = self.parts.fingerprint(&ids)?;
            self.known.push(Half::of(model, state, fingerprint));
        }
        Ok(number)
    }

    /// The number of a half of which the cells are known.
    fn number_of(&mut self, model: &Two, next: &Next) -> Result<u32, Failure> {
        let (number, new) = self.pieces.number(&parts::pack(&next.ids, 0))?;
        if new && self.known.len() == number as usize {
            let state = self.parts.state(&next.ids)?;
            self.known.push(Half::of(model, &state, next.fingerprint));
        }
        Ok(number)
    }

    /// Looks at those halves that others have told of.
    fn look(&mut self, model: &Two) -> Done {
        for number in self.known.len()..self.pieces.len() {
            let ids = self.ids(u32::try_from(number).map_err(|_| Failure::TooMany)?)?;
            let fingerprint = self.parts.fingerprint(&ids)?;
            let half = Half::of(model, &self.parts.state(&ids)?, fingerprint);
            self.known.push(half);
        }
        Ok(())
    }

    fn ids(&self, number: u32) -> Result<Ids, Failure> {
        parts::unpack(self.pieces.words(number))
    }

    fn state(&self, number: u32) -> Result<State, Failure> {
        self.parts.state(&self.ids(number)?)
    }

    fn half(&self, number: u32) -> Result<&Half, Failure> {
        self.known.get(number as usize).ok_or(NO_PART)
    }

    fn half_mut(&mut self, number: u32) -> Result<&mut Half, Failure> {
        self.known.get_mut(number as usize).ok_or(NO_PART)
    }

    /// The steps of one mobile node.
    fn ways(&mut self, model: &Two, number: u32, notes: &mut Coverage) -> Result<Ways, Failure> {
        let half = self.half(number)?;
        if let Some(ways) = &half.ways {
            return Ok(ways.clone());
        }
        let (ids, own) = (self.ids(number)?, half.fingerprint);
        let mut next = std::mem::take(&mut self.next);
        next.clear();
        self.parts.steps((&model.of_one(), true), (&ids, own, 0), notes, &mut next)?;
        let begin = self.ways.len();
        for step in &next {
            let to = self.number_of(model, step)?;
            self.ways.push(Way { to, crash: step.crash });
        }
        self.next = next;
        let ways = begin..self.ways.len();
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
        Ok(self.half(one)?.fingerprint.and(self.half(two)?.fingerprint))
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

    /// What is said of one mobile node, and what it has of what two must not both have.
    fn said(&mut self, model: &Two, number: u32, asked: u64) -> Result<(Said, Share), Failure> {
        if let Some(said) = self.half(number)?.said {
            return Ok(said);
        }
        let ids = self.ids(number)?;
        let said = self.parts.said(&model.config, (&ids, 0), asked)?;
        let said = (said, Share::of(&model.config, &self.parts.state(&ids)?));
        self.half_mut(number)?.said = Some(said);
        Ok(said)
    }

    /// Takes the steps once more as the model takes them: whether they are the same.
    fn check(
        &mut self,
        model: &Two,
        (state, place): ([u32; 2], Place),
        mut taken: Vec<[u32; 2]>,
    ) -> Done {
        let (mut plain, mut done) = (Vec::new(), Ok(()));
        let mut notes = Coverage::default();
        each(model, &self.both(state)?, place, &mut notes, |both| {
            match self.numbers(model, both) {
                Ok(pair) => plain.push(pair),
                Err(why) => done = Err(why),
            }
        });
        done?;
        plain.sort_unstable();
        taken.sort_unstable();
        let same = plain == taken;
        same.then_some(()).ok_or(Failure::Internal("the steps of two are not those of each"))
    }
}

impl Half {
    fn of(model: &Two, state: &State, fingerprint: Fingerprint) -> Half {
        Half {
            fingerprint,
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

/// The number of a crash, above all that can be seen.
const fn code(crash: Crash) -> u32 {
    let (role, which) = match crash {
        Crash::Nas(link) => (4, link as u32),
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
        mut visit: impl FnMut(Fingerprint, &[u64]),
    ) -> Done {
        let state = pair(words)?;
        memory.look(self)?;
        memory.taken += 1;
        // A role that takes one for the other knows no halves.
        if !self.tells_apart() {
            let mut plain = Vec::new();
            each(self, &memory.both(state)?, place, notes, |both| plain.push(*both));
            for both in plain {
                let [one, two] = memory.numbers(self, &both)?;
                visit(memory.fingerprint([one, two])?, &[join(one, two)]);
            }
            return Ok(());
        }
        let mut taken = (memory.taken % CHECK == 1).then(Vec::new);
        let mut view = None;
        for second in [false, true] {
            let [one, two] = state;
            let (mine, other) = if second { (two, one) } else { (one, two) };
            for at in memory.ways(self, mine, notes)? {
                let way = *memory.ways.get(at).ok_or(NO_PART)?;
                let [mine, other] = memory.meet(self, way, other)?;
                let next =
                    memory.order(self, if second { [other, mine] } else { [mine, other] })?;
                if next == state {
                    continue;
                }
                let [one, two] = next;
                visit(memory.fingerprint(next)?, &[join(one, two)]);
                let before = match view {
                    Some(view) => view,
                    None => memory.view(state)?,
                };
                view = Some(before);
                notes.view((before, memory.view(next)?), place);
                if let Some(taken) = &mut taken {
                    taken.push(next);
                }
            }
        }
        match taken {
            Some(taken) => memory.check(self, (state, place), taken),
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
        let (one, of_one) = memory.said(self, one, asked)?;
        let (two, of_two) = memory.said(self, two, asked)?;
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
                    let verdict = judge(&of_one, &of_two);
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
