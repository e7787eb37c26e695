//! Two mobile nodes as something that the engine walks through.
//!
//! A state of two is far from new when it is found first: each of the two has been as it is there
//! beside many others. So what a mobile node's own steps are, and what is said of it, is found once,
//! by the rules that [`Bootstrap`](crate::Bootstrap) has, and kept by the number of its half. What
//! the two have to do with each other is asked of [`Two`], and kept too. Of every thousand states
//! the steps are taken once more as the model takes them; a difference ends the walk.

use super::bootstrap::{CHECK, each, judge_end, name, promise_of_goal};
use super::parts::{self, Ids, Next, Parts, Said, Same, WORDS};
use super::pieces::{NO_PART, Spoken};
use super::table::Table;
use super::{
    Coverage, Done, Failure, Judgement, Memory, Name, Place, Space, count, high, join, low, size,
};
use crate::explore::Fingerprint;
use crate::properties::{Kind, PROMISES, Share, Verdict};
use crate::two::{Crash, Shown};
use crate::{Both, Mn, State, System as _, Two};

/// What a worker knows of halves.
#[derive(Debug, Default)]
pub struct Halves {
    parts: Parts,
    numbers: Table,
    /// The cells of each half.
    ids: Vec<Ids>,
    spoken: Spoken,
    known: Vec<Half>,
    ways: Vec<Way>,
    /// What mobile nodes are like, few in many halves; by their cells.
    mobiles: Vec<Mn>,
    of_mobiles: Table,
    /// What is said, of few kinds; by its fingerprint.
    said: Vec<(Said, Share)>,
    of_said: Table,
    /// What becomes of a half by what happens to the other one.
    changed: Table,
    /// States whose steps were taken.
    taken: u64,
    next: Vec<Next>,
}

/// A mobile node with everything that is held for it; no more than a line of the processor's memory,
/// as it is looked at in no order.
#[derive(Debug)]
struct Half {
    fingerprint: Fingerprint,
    /// What the HA sees of it.
    view: Fingerprint,
    /// The number of its mobile node: what states are ordered by first.
    mn: u32,
    /// Where its steps are, those of a mobile node that change anything; [`UNKNOWN`] until they are
    /// looked for.
    ways: (u32, u32),
    /// The number of what is said of it, or [`UNKNOWN`].
    said: u32,
    /// What need not be looked at.
    same: Same,
    /// Where it is at home.
    home: u32,
    /// What it shows the other one, and sees of the other one, and how many events are left.
    shown: Shown,
    seen: u16,
    events: u8,
}

const _: () = assert!(size_of::<Half>() <= 64);

/// Not looked for so far.
const UNKNOWN: u32 = u32::MAX;

/// A step of one mobile node.
#[derive(Clone, Copy, Debug)]
struct Way {
    to: u32,
    crash: Option<Crash>,
}

impl Memory for Halves {
    fn tell(&mut self, to: usize, state: &[u64], words: &mut Vec<u64>) -> Done {
        for half in pair(state)? {
            let first = self.spoken.is_news(to, half);
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
        let parts = self.parts.to_words();
        let mut words = Vec::with_capacity(1 + parts.len() + WORDS * self.ids.len());
        words.push(count(self.ids.len()));
        words.extend(parts);
        self.ids.iter().for_each(|ids| words.extend(parts::pack(ids, 0)));
        words
    }

    fn of_words(words: &[u64]) -> Option<Halves> {
        let (halves, rest) = words.split_first()?;
        let length = size(*halves).checked_mul(WORDS)?;
        let (parts, halves) = rest.split_at_checked(rest.len().checked_sub(length)?)?;
        let mut all = Halves { parts: Parts::of_words(parts)?, ..Halves::default() };
        for half in halves.as_chunks::<WORDS>().0 {
            let ids = parts::unpack(half).ok()?;
            let fingerprint = all.parts.fingerprint(&ids).ok()?;
            all.insert(&ids, fingerprint).ok()?;
        }
        Some(all)
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
        let Some((told, rest)) = words.split_first() else { return Err(MISHEARD) };
        *words = rest;
        if high(*told) == 0 {
            return self.spoken.meant(from, low(*told)).ok_or(MISHEARD);
        }
        let ids = self.parts.hear(from, words)?;
        let fingerprint = self.parts.fingerprint(&ids)?;
        let number = match self.numbers.get(fingerprint) {
            Some(number) => number,
            None => self.insert(&ids, fingerprint)?,
        };
        self.spoken.means(from, low(*told), number);
        Ok(number)
    }

    /// A number for a half that has none.
    fn insert(&mut self, ids: &Ids, fingerprint: Fingerprint) -> Result<u32, Failure> {
        let number = u32::try_from(self.ids.len()).ok().filter(|number| *number != UNKNOWN);
        let number = number.ok_or(Failure::TooMany)?;
        self.numbers.insert(fingerprint, number);
        self.ids.push(*ids);
        Ok(number)
    }

    /// The number of a half.
    fn number(&mut self, model: &Two, state: &State) -> Result<u32, Failure> {
        let ids = self.parts.ids(state)?;
        let fingerprint = self.parts.fingerprint(&ids)?;
        self.number_of(model, (&ids, fingerprint), 0)
    }

    /// The number of a half of which the cells are known, and what need not be looked at there.
    fn number_of(
        &mut self,
        model: &Two,
        (ids, fingerprint): (&Ids, Fingerprint),
        same: Same,
    ) -> Result<u32, Failure> {
        if let Some(number) = self.numbers.get(fingerprint) {
            return Ok(number);
        }
        let number = self.insert(ids, fingerprint)?;
        if self.known.len() == number as usize {
            let half = self.half_of(model, (ids, fingerprint), same)?;
            self.known.push(half);
        }
        Ok(number)
    }

    fn half_of(
        &mut self,
        model: &Two,
        (ids, fingerprint): (&Ids, Fingerprint),
        same: Same,
    ) -> Result<Half, Failure> {
        let state = self.parts.held(ids)?;
        let key = self.parts.of_mobile(ids)?;
        let mn = match self.of_mobiles.get(key) {
            Some(mn) => mn,
            None => {
                self.mobiles.push(state.mn);
                let number = low(count(self.mobiles.len() - 1));
                self.of_mobiles.insert(key, number);
                number
            }
        };
        Ok(Half {
            fingerprint,
            view: self.parts.view(ids)?,
            mn,
            ways: (UNKNOWN, UNKNOWN),
            said: UNKNOWN,
            same,
            home: self.parts.home(ids)?,
            shown: model.shown(&state),
            seen: Two::seen(&state).bits(),
            events: state.environment.events,
        })
    }

    /// Looks at those halves that others have told of.
    fn look(&mut self, model: &Two) -> Done {
        for number in self.known.len()..self.ids.len() {
            let ids = self.ids(low(count(number)))?;
            let fingerprint = self.parts.fingerprint(&ids)?;
            let half = self.half_of(model, (&ids, fingerprint), 0)?;
            self.known.push(half);
        }
        Ok(())
    }

    fn ids(&self, number: u32) -> Result<Ids, Failure> {
        self.ids.get(number as usize).copied().ok_or(NO_PART)
    }

    fn state(&self, number: u32) -> Result<State, Failure> {
        self.parts.state(&self.ids(number)?)
    }

    #[inline]
    fn half(&self, number: u32) -> Result<&Half, Failure> {
        match self.known.get(number as usize) {
            Some(half) => Ok(half),
            None => Err(NO_PART),
        }
    }

    fn half_mut(&mut self, number: u32) -> Result<&mut Half, Failure> {
        self.known.get_mut(number as usize).ok_or(NO_PART)
    }

    /// The steps of one mobile node.
    fn ways(
        &mut self,
        model: &Two,
        number: u32,
        notes: &mut Coverage,
    ) -> Result<(u32, u32), Failure> {
        let half = self.half(number)?;
        if half.ways.0 != UNKNOWN {
            return Ok(half.ways);
        }
        let (own, same) = (half.fingerprint, half.same);
        let ids = self.ids(number)?;
        let mut next = std::mem::take(&mut self.next);
        next.clear();
        self.parts.steps((&model.of_one(), true), (&ids, own, same), notes, &mut next)?;
        let begin = self.ways.len();
        for step in &next {
            let to = self.number_of(model, (&step.ids, step.fingerprint), step.same)?;
            self.ways.push(Way { to, crash: step.crash });
        }
        self.next = next;
        let place = |place| u32::try_from(place).map_err(|_| Failure::TooMany);
        let ways = (place(begin)?, place(self.ways.len())?);
        self.half_mut(number)?.ways = ways;
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
        // Both are in it, and well mixed.
        let mixed = join(change, number).wrapping_mul(parts::MIX).rotate_left(32);
        let key = Fingerprint::of_halves(0, mixed);
        if let Some(changed) = self.changed.get(key) {
            return Ok(changed);
        }
        let before = self.ids(number)?;
        let mut state = self.parts.state(&before)?;
        by(model, &mut state);
        let ids = self.parts.ids(&state)?;
        let fingerprint = self.parts.fingerprint(&ids)?;
        let same = self.half(number)?.same & parts::untouched(&before, &ids);
        let changed = self.number_of(model, (&ids, fingerprint), same)?;
        self.changed.insert(key, changed);
        Ok(changed)
    }

    /// The two in the order in which they stand for both orders.
    fn order(&self, model: &Two, [one, two]: [u32; 2]) -> Result<[u32; 2], Failure> {
        if !model.symmetry || one == two {
            return Ok([one, two]);
        }
        // Of a state the mobile node is compared first.
        let (of_one, of_two) = (self.half(one)?.mn, self.half(two)?.mn);
        let mn = |number: u32| self.mobiles.get(number as usize);
        let exchanged = match of_one == of_two {
            true => self.parts.is_less(&self.ids(two)?, &self.ids(one)?)?,
            false => mn(of_two) < mn(of_one),
        };
        Ok(if exchanged { [two, one] } else { [one, two] })
    }

    /// What a state is known by. Both halves tell where it is at home, whichever comes first.
    fn name(&self, [one, two]: [u32; 2]) -> Result<Name, Failure> {
        let (one, two) = (self.half(one)?, self.half(two)?);
        Ok(Name {
            fingerprint: one.fingerprint.beside(two.fingerprint),
            home: one.home.wrapping_add(two.home),
        })
    }

    fn both(&self, [one, two]: [u32; 2]) -> Result<Both, Failure> {
        Ok(Both::of([self.state(one)?, self.state(two)?]))
    }

    /// Both as two numbers.
    fn numbers(&mut self, model: &Two, both: &Both) -> Result<[u32; 2], Failure> {
        let [one, two] = Two::mobiles(both) else { return Err(NO_PART) };
        Ok([self.number(model, one)?, self.number(model, two)?])
    }

    /// What the HA sees of each.
    fn views(&self, [one, two]: [u32; 2]) -> Result<[Fingerprint; 2], Failure> {
        let (one, two) = (self.half(one)?.view, self.half(two)?.view);
        Ok([one.min(two), one.max(two)])
    }

    /// What is said of one mobile node, and what it has of what two must not both have.
    fn said(&mut self, model: &Two, number: u32, asked: u64) -> Result<(Said, Share), Failure> {
        let known = self.half(number)?.said;
        if let Some(said) = self.said.get(known as usize) {
            return Ok(*said);
        }
        let ids = self.ids(number)?;
        let said = self.parts.said(&model.config, (&ids, 0), asked)?;
        let said = (said, Share::of(&model.config, &self.parts.held(&ids)?));
        let key = Fingerprint::of(&said);
        let place = match self.of_said.get(key) {
            Some(place) => place,
            None => {
                self.said.push(said);
                let place = low(count(self.said.len() - 1));
                self.of_said.insert(key, place);
                place
            }
        };
        self.half_mut(number)?.said = place;
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
    const IN_ORDER: bool = true;

    fn name(&self) -> String {
        name(self)
    }

    fn starts(&self, memory: &mut Halves, mut visit: impl FnMut(Name, &[u64])) -> Done {
        for both in stateright::Model::init_states(self) {
            let [one, two] = memory.numbers(self, &both)?;
            visit(memory.name([one, two])?, &[join(one, two)]);
        }
        Ok(())
    }

    fn steps(
        &self,
        memory: &mut Halves,
        (words, place): (&[u64], Place),
        notes: &mut Coverage,
        mut visit: impl FnMut(Name, &[u64]),
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
                visit(memory.name([one, two])?, &[join(one, two)]);
            }
            return Ok(());
        }
        let mut taken = (memory.taken % CHECK == 1).then(Vec::new);
        let views = memory.views(state)?;
        for second in [false, true] {
            let [one, two] = state;
            let (mine, other) = if second { (two, one) } else { (one, two) };
            let (begin, end) = memory.ways(self, mine, notes)?;
            for at in begin..end {
                let Some(way) = memory.ways.get(at as usize).copied() else { return Err(NO_PART) };
                let [mine, other] = memory.meet(self, way, other)?;
                let next =
                    memory.order(self, if second { [other, mine] } else { [mine, other] })?;
                if next == state {
                    continue;
                }
                let [one, two] = next;
                visit(memory.name(next)?, &[join(one, two)]);
                let seen = memory.views(next)?;
                if seen != views {
                    let both = |[one, two]: [Fingerprint; 2]| one.and(two);
                    notes.view((both(views), both(seen)), place);
                }
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
