//! The walk over the state space by many workers: threads, processes and hosts.
//!
//! Every state belongs to one worker, told by its [`Name`]. A worker takes the steps from its states
//! of one level and sends what they lead to to the owners; these keep what is new for the
//! next level. So levels are exact, runs are shortest, and counts are the same however many workers
//! there are. What must stay possible is told backwards over the edges, each kept with the owner of
//! its end.
//!
//! How words get from worker to worker, and when all of them have arrived, is left to the `timely`
//! crate, which only [`mesh`](self) knows.

mod backwards;
mod bootstrap;
mod cells;
mod checkpoint;
mod groups;
mod halves;
mod hosts;
mod key;
mod mesh;
mod outcome;
mod parts;
mod pieces;
mod run;
mod runs;
mod store;
mod table;
mod walk;

use core::fmt;
use std::path::PathBuf;
use std::time::Duration;

pub use bootstrap::{Coverage, explore};
pub use hosts::{HostFileError, Hosts};
pub use key::{Key, Name};
pub use outcome::{Outcome, Run};
pub(crate) use parts::fingerprint;
pub use pieces::Pieces;
pub use run::run;
pub use store::Place;

/// What an engine can walk through. Every [`System`](crate::System) is; what else is one calibrates
/// the engines in benches and tests.
///
/// A worker has a state as words of its own: the state itself, or what stands for it in the worker's
/// [`Memory`].
pub trait Space: Clone + Send + Sync + 'static {
    /// What a worker notes besides states.
    type Notes: Notes;
    /// What a worker keeps in mind of the space.
    type Memory: Memory;

    /// How many goals must stay possible, four at most.
    const GOALS: usize;

    /// Whether states that have much in common stand near each other in the order of their words, so that
    /// it pays to look into them in that order: what is known of the one is known of the next.
    const IN_ORDER: bool;

    /// What is walked, in words that are the same for the same space only: what the rules are, and in
    /// lines of their own the options that were chosen.
    fn name(&self) -> String;

    /// Calls `visit` for the initial states, each with its name.
    fn starts(&self, memory: &mut Self::Memory, visit: impl FnMut(Name, &[u64])) -> Done;

    /// Calls `visit` with what every step leads to that leads to another state.
    fn steps(
        &self,
        memory: &mut Self::Memory,
        from: (&[u64], Place),
        notes: &mut Self::Notes,
        visit: impl FnMut(Name, &[u64]),
    ) -> Done;

    /// Judges a state, once.
    fn judge(
        &self,
        memory: &mut Self::Memory,
        state: &[u64],
        notes: &mut Self::Notes,
    ) -> Result<Judgement, Failure>;

    /// The promises, as in [`Judgement::broken`], that are broken as no step leads on from a state.
    fn judge_end(
        &self,
        memory: &mut Self::Memory,
        state: &[u64],
        notes: &mut Self::Notes,
    ) -> Result<u64, Failure>;

    /// The promise that a goal stays possible, by its bit; `None` where nobody promises that.
    fn promise_of_goal(&self, goal: usize) -> Option<usize>;
}

/// Nothing but whether it went well.
pub type Done = Result<(), Failure>;

/// What a worker keeps in mind of a space, so that it need not find it out again: what parts of
/// states are, and what follows from them.
pub trait Memory: Default + Send + 'static {
    /// Puts a state behind `words` as the worker `to` understands it. What it was told before, this
    /// one does not tell again: all that is told arrives there, and in this order.
    fn tell(&mut self, to: usize, state: &[u64], words: &mut Vec<u64>) -> Done;

    /// Puts a state behind `state` that the worker `from` has told so.
    fn hear(&mut self, from: usize, words: &[u64], state: &mut Vec<u64>) -> Done;

    /// Everything that states stand on, for a checkpoint.
    fn to_words(&self) -> Vec<u64>;

    /// Out of words; `None` when they are no memory.
    fn of_words(words: &[u64]) -> Option<Self>;
}

/// A state is its words, and stands on nothing.
impl Memory for () {
    fn tell(&mut self, _: usize, state: &[u64], words: &mut Vec<u64>) -> Done {
        words.extend_from_slice(state);
        Ok(())
    }

    fn hear(&mut self, _: usize, words: &[u64], state: &mut Vec<u64>) -> Done {
        state.extend_from_slice(words);
        Ok(())
    }

    fn to_words(&self) -> Vec<u64> {
        Vec::new()
    }

    fn of_words(_: &[u64]) -> Option<()> {
        Some(())
    }
}

/// What is said of a state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Judgement {
    /// The promises that it breaks, each a bit.
    pub broken: u64,
    /// For each goal two bits: whether it must be possible from here, and whether this is it.
    pub marks: u8,
}

/// What a worker notes, to be put together in the end.
pub trait Notes: Default + Send + 'static {
    /// Takes over what another worker has noted.
    fn merge(&mut self, other: Self);

    /// As words.
    fn to_words(&self) -> Vec<u64>;

    /// Out of words; `None` when they are no notes.
    fn of_words(words: &[u64]) -> Option<Self>;
}

impl Notes for () {
    fn merge(&mut self, (): ()) {}

    fn to_words(&self) -> Vec<u64> {
        Vec::new()
    }

    fn of_words(_: &[u64]) -> Option<()> {
        Some(())
    }
}

/// Who works, and how far.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Workers in this process, and so in every one.
    pub threads: usize,
    /// The processes; `None` when there is this one only.
    pub hosts: Option<Hosts>,
    /// How many states may be found in all.
    pub states: usize,
    /// How long the shortest paths may become that are followed, in states.
    pub depth: usize,
    /// Whether edges are kept, so that what must stay possible can be told.
    pub goals: bool,
    /// Where a checkpoint is written, and how often.
    pub checkpoint: Option<(PathBuf, Duration)>,
    /// From which checkpoint it goes on.
    pub resume: Option<PathBuf>,
}

impl Plan {
    /// What is walked, and how: those who work together, or go on with what was begun, have to say the
    /// same. What was walked without edges cannot be gone on with as if they were there.
    fn name(&self, space: &impl Space) -> String {
        let name = space.name();
        if self.goals { name } else { format!("{name}\n--no-goals") }
    }

    /// These many threads of this process, without a limit.
    #[must_use]
    pub const fn threads(threads: usize) -> Plan {
        Plan {
            threads,
            hosts: None,
            states: usize::MAX,
            depth: usize::MAX,
            goals: true,
            checkpoint: None,
            resume: None,
        }
    }
}

/// Why there is no result.
#[derive(Debug)]
#[non_exhaustive]
pub enum Failure {
    /// No threads, or more than can be numbered.
    Threads(usize),
    /// The other processes are not to be reached, or are not what they should be.
    Hosts(String),
    /// Another process has ended in the middle of it.
    PeerLost,
    /// A worker has more states than can be numbered.
    TooMany,
    /// A checkpoint cannot be written.
    Write(PathBuf, std::io::Error),
    /// A checkpoint cannot be read.
    Read(PathBuf, std::io::Error),
    /// A file is no checkpoint of this walk.
    NoCheckpoint(PathBuf, String),
    /// The engine contradicts itself.
    Internal(&'static str),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Threads(threads) => {
                write!(f, "{threads} threads: name 1 to {MOST_WORKERS}, over all processes")
            }
            Failure::Hosts(what) => f.write_str(what),
            Failure::PeerLost => f.write_str(
                "another process of this check has ended, so that nothing is known of its states; \
                 start all of them again, with --resume if there is a checkpoint",
            ),
            Failure::TooMany => {
                f.write_str("a worker has more than 4 thousand million states: use more workers")
            }
            Failure::Write(path, error) => {
                write!(f, "{}: the checkpoint cannot be written: {error}", path.display())
            }
            Failure::Read(path, error) => {
                write!(f, "{}: the checkpoint cannot be read: {error}", path.display())
            }
            Failure::NoCheckpoint(path, why) => {
                write!(f, "{}: no checkpoint to go on from: {why}", path.display())
            }
            Failure::Internal(what) => write!(f, "the engine contradicts itself: {what}"),
        }
    }
}

impl core::error::Error for Failure {}

/// How many workers there may be.
const MOST_WORKERS: usize = 4096;

/// The lower half.
#[expect(clippy::cast_possible_truncation, reason = "what is cut off is meant to be")]
const fn low(word: u64) -> u32 {
    word as u32
}

/// The upper half.
const fn high(word: u64) -> u32 {
    low(word >> 32)
}

/// Both halves together.
const fn join(high: u32, low: u32) -> u64 {
    (high as u64) << 32 | low as u64
}

/// The part of `many` that a number falls into, when all numbers of `bits` bits are divided evenly.
const fn share(number: u64, bits: u32, many: usize) -> usize {
    ((number as u128 * many as u128) >> bits) as usize
}

/// As many as a `u64` says.
fn size(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// As a `u64`.
const fn count(number: usize) -> u64 {
    number as u64
}
