//! A worker's way from level to level.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

use super::mesh::Mesh;
use super::store::{Origin, Store};
use super::{
    Done, Failure, Judgement, Key, Memory, Notes as _, Place, Plan, Space, backwards, checkpoint,
    count, high, join, low, runs, size,
};

/// What the workers of a process and the one who waits for them tell each other.
#[derive(Debug, Default)]
pub(super) struct Shared {
    /// Whether they are to stop.
    pub(super) stop: AtomicBool,
    /// States found.
    pub(super) states: AtomicU64,
    /// Steps taken.
    pub(super) transitions: AtomicU64,
    /// The level they are on.
    pub(super) depth: AtomicU64,
    /// States found and not looked into.
    pub(super) open: AtomicU64,
    /// Promises broken, each a bit.
    pub(super) broken: AtomicU64,
}

/// A state that breaks a promise: on which level, its key, and where it is.
pub(super) type Breach = (u64, Key, Place);

/// How many promises there may be.
pub(super) const PROMISES: usize = 64;

/// What a worker has.
#[derive(Debug)]
pub(super) struct Part<N> {
    pub(super) store: Store,
    /// The edges that lead to states of this worker, but for those by which they were found: for
    /// each worker, numbers of this worker's states, and of that one's from which they lead there.
    pub(super) edges: Vec<Vec<(u32, u32)>>,
    /// For each promise, the first state that breaks it.
    pub(super) breaches: Vec<Option<Breach>>,
    pub(super) notes: N,
    pub(super) transitions: u64,
    /// States found and not looked into, in the order of their numbers.
    pub(super) open: Frontier,
}

/// States in words, one behind the other.
#[derive(Debug, Default)]
pub(super) struct Frontier {
    pub(super) lengths: Vec<u16>,
    pub(super) words: Vec<u64>,
}

impl Frontier {
    fn push(&mut self, words: &[u64]) -> Result<(), Failure> {
        let length =
            u16::try_from(words.len()).map_err(|_| Failure::Internal("a state too long"))?;
        self.lengths.push(length);
        self.words.extend_from_slice(words);
        Ok(())
    }

    pub(super) const fn len(&self) -> usize {
        self.lengths.len()
    }
}

/// What all workers together have at the end of a walk.
pub(super) struct Sum {
    pub(super) complete: bool,
    pub(super) states: u64,
    pub(super) transitions: u64,
    pub(super) depth: u64,
    pub(super) open: u64,
    pub(super) runs: Vec<Option<super::Run>>,
}

/// A header, the two parts of a key, and a state.
const RECORD: usize = 3;

/// How many words are sent at a time.
const PARCEL: usize = 4096;

/// How many states are looked into between two looks at what has arrived.
const ROUND: usize = 512;

/// How many keys are remembered that were found not long ago; a power of two.
const RECENT: usize = 1 << 16;

struct Walk<'a, 'b, S: Space> {
    space: &'a S,
    plan: &'a Plan,
    shared: &'a Shared,
    mesh: &'a mut Mesh<'b>,
    part: Part<S::Notes>,
    memory: S::Memory,
    /// For each worker, what is to be sent there, in this worker's own words.
    out: Vec<Vec<u64>>,
    recent: Vec<u64>,
    depth: u64,
    /// States of this level that are not looked into yet.
    left: usize,
    saved: Instant,
}

/// How many states are put in order at a time.
const CHUNK: usize = 1 << 16;

/// Walks, with the other workers, to the end or until all are told to stop.
pub(super) fn walk<S: Space>(
    space: &S,
    plan: &Plan,
    shared: &Shared,
    mesh: &mut Mesh<'_>,
) -> Result<(Part<S::Notes>, Sum), Failure> {
    let peers = mesh.peers();
    let (part, memory, depth) = match &plan.resume {
        Some(path) => checkpoint::read(path, &plan.name(space), (mesh.index(), peers))?,
        None => {
            let (part, memory) = begin(space, (mesh.index(), peers))?;
            (part, memory, 0)
        }
    };
    if mesh.agree(&[depth])?.iter().any(|told| *told != [depth]) {
        let path = plan.resume.clone().unwrap_or_default();
        let why = "its parts are of different levels";
        return Err(Failure::NoCheckpoint(path, why.to_owned()));
    }
    let mut walk = Walk {
        space,
        plan,
        shared,
        mesh,
        part,
        memory,
        out: vec![Vec::new(); peers],
        recent: vec![0; RECENT],
        depth,
        left: 0,
        saved: Instant::now(),
    };
    let complete = walk.levels()?;
    let Walk { mut part, depth, left, .. } = walk;
    if complete && plan.goals {
        backwards::judge(space, mesh, &mut part)?;
    }
    let runs = runs::collect(mesh, &part)?;
    let told = mesh.agree(&part.notes.to_words())?;
    part.notes = S::Notes::default();
    for words in told {
        let notes = S::Notes::of_words(&words).ok_or(Failure::Internal("notes"))?;
        part.notes.merge(notes);
    }
    let open = part.store.len() - part.store.marks.len() + left;
    let own = [count(part.store.len()), part.transitions, count(open)];
    let [states, transitions, open] = sum(&mesh.agree(&own)?);
    Ok((part, Sum { complete, states, transitions, depth, open, runs }))
}

/// The sums of what all have told.
fn sum<const N: usize>(told: &[Vec<u64>]) -> [u64; N] {
    core::array::from_fn(|place| told.iter().filter_map(|words| words.get(place)).sum())
}

/// The initial states that a worker owns.
fn begin<S: Space>(
    space: &S,
    (worker, peers): (usize, usize),
) -> Result<(Part<S::Notes>, S::Memory), Failure> {
    let mut part = Part {
        store: Store::default(),
        edges: vec![Vec::new(); peers],
        breaches: vec![None; PROMISES],
        notes: S::Notes::default(),
        transitions: 0,
        open: Frontier::default(),
    };
    let mut memory = S::Memory::default();
    let (mut number, mut done) = (0, Ok(()));
    space.starts(&mut memory, |name, words| {
        let (key, owner) = name.key(peers);
        if owner == worker && done.is_ok() {
            done = part.find(key, Origin::Start(number), words).map(|_| ());
        }
        number += 1;
    })?;
    done.map(|()| (part, memory))
}

impl<S: Space> Walk<'_, '_, S> {
    /// Level by level; whether to the end.
    fn levels(&mut self) -> Result<bool, Failure> {
        self.tell(0, 0);
        loop {
            let due =
                self.plan.checkpoint.as_ref().is_some_and(|(_, every)| {
                    self.mesh.index() == 0 && self.saved.elapsed() >= *every
                });
            let stop = self.shared.stop.load(Ordering::Relaxed);
            let own = [
                count(self.part.open.len()),
                count(self.part.store.len()),
                u64::from(stop),
                u64::from(due),
            ];
            let [open, states, stop, due] = sum(&self.mesh.agree(&own)?);
            if open == 0 {
                return Ok(true);
            }
            if due > 0 && self.depth > 0 {
                self.save()?;
            }
            if stop > 0 || states >= count(self.plan.states) || self.depth >= count(self.plan.depth)
            {
                return Ok(false);
            }
            self.depth += 1;
            self.shared.depth.store(self.depth, Ordering::Relaxed);
            if self.level()?.is_break() {
                return Ok(false);
            }
        }
    }

    fn save(&mut self) -> Result<(), Failure> {
        if let Some((path, _)) = &self.plan.checkpoint {
            let worker = (self.mesh.index(), self.mesh.peers());
            let (part, memory) = (&self.part, self.memory.to_words());
            let written = checkpoint::write(
                path,
                &self.plan.name(self.space),
                worker,
                (part, memory),
                self.depth,
            )?;
            // Nobody throws the last checkpoint away before everybody has the new one.
            match self.mesh.agree(&[]) {
                Ok(_) => written.keep()?,
                Err(error) => {
                    written.discard();
                    return Err(error);
                }
            }
            self.saved = Instant::now();
        }
        Ok(())
    }

    /// Takes every step from the states of this level.
    fn level(&mut self) -> Result<ControlFlow<()>, Failure> {
        let level = std::mem::take(&mut self.part.open);
        let first = u32::try_from(self.part.store.marks.len()).map_err(|_| Failure::TooMany)?;
        self.part.store.levels.push(first);
        self.left = level.len();
        self.part.store.marks.resize(self.part.store.len(), 0);
        let mut stopped = false;
        let mut told = (self.part.store.len(), self.part.transitions);
        let mut rest = level.words.as_slice();
        let mut number = first;
        'level: for lengths in level.lengths.chunks(CHUNK) {
            let mut states = Vec::with_capacity(lengths.len());
            for length in lengths {
                let Some((words, behind)) = rest.split_at_checked(usize::from(*length)) else {
                    return Err(Failure::Internal("a state cut off"));
                };
                rest = behind;
                states.push((number, words));
                number += 1;
            }
            if S::IN_ORDER {
                states.sort_unstable_by_key(|(_, words)| *words);
            }
            for (index, words) in states {
                if self.left.is_multiple_of(ROUND) {
                    self.take_in()?;
                    told = self.tell(told.0, told.1);
                    let found = self.shared.states.load(Ordering::Relaxed);
                    if self.shared.stop.load(Ordering::Relaxed) || found >= count(self.plan.states)
                    {
                        stopped = true;
                        break 'level;
                    }
                }
                self.expand(index, words)?;
                self.left -= 1;
            }
        }
        for to in 0..self.out.len() {
            self.post(to)?;
        }
        let Walk { mesh, part, memory, plan, .. } = self;
        mesh.finish_round(|from, words| part.hear(memory, from, words, plan.goals))?;
        self.tell(told.0, told.1);
        let all = self.mesh.agree(&[u64::from(stopped)])?;
        let [stopped] = sum(&all);
        Ok(if stopped > 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    }

    /// What has arrived in the meantime.
    fn take_in(&mut self) -> Result<(), Failure> {
        let Walk { mesh, part, memory, plan, .. } = self;
        mesh.poll(|from, words| part.hear(memory, from, words, plan.goals))
    }

    /// Tells who waits how far this is: what is told now.
    fn tell(&self, states: usize, transitions: u64) -> (usize, u64) {
        let part = &self.part;
        let found = part.store.len();
        self.shared.states.fetch_add(count(found - states), Ordering::Relaxed);
        self.shared.transitions.fetch_add(part.transitions - transitions, Ordering::Relaxed);
        if self.mesh.index().is_multiple_of(self.plan.threads) {
            let open = found - part.store.marks.len() + self.left;
            let open = count(open) * count(self.plan.threads);
            self.shared.open.store(open, Ordering::Relaxed);
        }
        (found, part.transitions)
    }

    /// Judges a state and takes every step from it.
    fn expand(&mut self, index: u32, state: &[u64]) -> Done {
        let Walk { space, part, memory, out, recent, mesh, plan, depth, .. } = self;
        let (worker, peers) = (mesh.index(), out.len());
        let place = Place { worker: u16::try_from(worker).unwrap_or(u16::MAX), index };
        let Judgement { mut broken, marks } = space.judge(memory, state, &mut part.notes)?;
        if let Some(slot) = part.store.marks.get_mut(index as usize) {
            *slot = marks;
        }
        let mut steps = 0;
        space.steps(memory, (state, place), &mut part.notes, |name, next| {
            steps += 1;
            let (key, owner) = name.key(peers);
            let Some(out) = out.get_mut(owner) else { return };
            // What a worker has itself is found by its edges too.
            let known = (owner != worker || !plan.goals) && {
                let place = size(key.tag) % RECENT;
                // What of the tag does not tell the place, and half of the top.
                let word = key.tag >> 16 | u64::from(key.top) << 48;
                recent.get_mut(place).is_some_and(|slot| std::mem::replace(slot, word) == word)
            };
            // Who owns it has it already, and needs no more than the edge.
            let next = if known { &[] } else { next };
            if !known || plan.goals {
                Record { source: index, key, state: next }.write(out);
            }
        })?;
        part.transitions += steps;
        if steps == 0 {
            broken |= space.judge_end(memory, state, &mut part.notes)?;
        }
        if broken != 0 {
            part.note(broken, *depth, place);
            self.shared.broken.fetch_or(broken, Ordering::Relaxed);
        }
        for to in 0..peers {
            if self.out.get(to).is_some_and(|out| out.len() >= PARCEL) {
                self.post(to)?;
            }
        }
        Ok(())
    }

    /// Sends what is to be sent to a worker; its own it has at once.
    fn post(&mut self, to: usize) -> Result<(), Failure> {
        let own = self.mesh.index();
        let Some(out) = self.out.get_mut(to).filter(|out| !out.is_empty()) else { return Ok(()) };
        if to == own {
            let from = u16::try_from(own).unwrap_or(u16::MAX);
            self.part.receive(from, out, self.plan.goals)?;
        } else {
            let mut words = Vec::with_capacity(out.len() + out.len() / 8);
            let mut told = Vec::new();
            for record in Records(out) {
                told.clear();
                if !record.state.is_empty() {
                    self.memory.tell(to, record.state, &mut told)?;
                }
                Record { state: &told, ..record }.write(&mut words);
            }
            self.mesh.send(to, words);
        }
        out.clear();
        Ok(())
    }
}

impl<N> Part<N> {
    /// Takes in what another worker has found.
    fn hear(&mut self, memory: &mut impl Memory, from: u16, words: &[u64], edges: bool) -> Done {
        let mut own = Vec::with_capacity(words.len());
        let mut heard = Vec::new();
        for record in Records(words) {
            heard.clear();
            if !record.state.is_empty() {
                memory.hear(from.into(), record.state, &mut heard)?;
            }
            Record { state: &heard, ..record }.write(&mut own);
        }
        self.receive(from, &own, edges)
    }

    /// Takes in what was found, in this worker's words.
    fn receive(&mut self, from: u16, words: &[u64], edges: bool) -> Result<(), Failure> {
        self.store.touch(|| Records(words).map(|record| record.key));
        for record in Records(words) {
            let Record { source, key, state } = record;
            let origin = Origin::Step(Place { worker: from, index: source });
            let (index, new) = match state {
                [] => {
                    let known = self.store.find(key);
                    (known.ok_or(Failure::Internal("an edge to nowhere"))?, false)
                }
                _ => self.find(key, origin, state)?,
            };
            if edges
                && !new
                && let Some(edges) = self.edges.get_mut(usize::from(from))
            {
                edges.push((index, source));
            }
        }
        Ok(())
    }

    /// Finds a state: its number, and whether it is new.
    fn find(&mut self, key: Key, origin: Origin, state: &[u64]) -> Result<(u32, bool), Failure> {
        let found = self.store.insert(key, origin)?;
        if found.1 {
            self.open.push(state)?;
        }
        Ok(found)
    }

    /// Notes that a state breaks promises.
    pub(super) fn note(&mut self, broken: u64, level: u64, place: Place) {
        let Some(key) = self.store.key(place.index) else { return };
        for (promise, breach) in self.breaches.iter_mut().enumerate() {
            let other = (level, key, place);
            if broken >> promise & 1 == 1 && breach.is_none_or(|known| other < known) {
                *breach = Some(other);
            }
        }
    }
}

/// What is said of a step: from which state, and where it leads; without the state, when the owner
/// has it.
struct Record<'a> {
    source: u32,
    key: Key,
    state: &'a [u64],
}

impl Record<'_> {
    fn write(&self, words: &mut Vec<u64>) {
        let Record { source, key, state } = self;
        let length = low(count(state.len()));
        words.extend([join(length, *source), key.tag, key.top.into()]);
        words.extend_from_slice(state);
    }
}

struct Records<'a>(&'a [u64]);

impl<'a> Iterator for Records<'a> {
    type Item = Record<'a>;

    fn next(&mut self) -> Option<Record<'a>> {
        let ([header, tag, top], rest) = self.0.split_first_chunk::<RECORD>()?;
        let (state, rest) = rest.split_at_checked(high(*header) as usize)?;
        self.0 = rest;
        let key = Key { tag: *tag, top: low(*top) };
        Some(Record { source: low(*header), key, state })
    }
}
