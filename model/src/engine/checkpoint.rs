//! A walk between two levels, written down.
//!
//! Each worker writes what it has to a file of its own: the first one to the file that is named, the
//! others to the same name with a dot and their number behind it. A file is made of 64-bit words,
//! the least significant octet first, and ends with a fingerprint of all of them.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use super::store::Store;
use super::walk::{Breach, Frontier, PROMISES, Part};
use super::{Failure, Key, Memory, Notes, Place, count, high, join, low, size};
use crate::explore::Fingerprint;

/// What such a file begins with.
const MAGIC: u64 = u64::from_le_bytes(*b"dsbootcp");

/// The form of what follows.
const FORM: u64 = 5;

/// A checkpoint that is written and not in its place yet.
pub(super) struct Written {
    new: PathBuf,
    path: PathBuf,
}

impl Written {
    /// Puts it in the place of the one before.
    pub(super) fn keep(self) -> Result<(), Failure> {
        let Written { new, path } = self;
        fs::rename(&new, &path).map_err(|error| Failure::Write(path, error))
    }

    /// Leaves the one before where it is.
    pub(super) fn discard(self) {
        // Half a checkpoint only takes room.
        let _ = fs::remove_file(self.new);
    }
}

/// Writes down what a worker has before it goes on to the next level.
pub(super) fn write<N: Notes>(
    path: &Path,
    name: &str,
    (worker, workers): (usize, usize),
    (part, memory): (&Part<N>, Vec<u64>),
    depth: u64,
) -> Result<Written, Failure> {
    let path = of_worker(path, worker);
    let mut new = path.clone().into_os_string();
    new.push(".new");
    let new = PathBuf::from(new);
    let written = File::create(&new).and_then(|file| {
        let mut out = Out { to: BufWriter::with_capacity(1 << 20, file), all: 0 };
        out.word(MAGIC)?;
        out.word(FORM)?;
        out.words(name.bytes().map(u64::from))?;
        out.words([count(worker), count(workers), depth, part.transitions].into_iter())?;
        out.words(memory.into_iter())?;
        out.part(part)?;
        out.word(out.all)?;
        out.to.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()
    });
    match written {
        Ok(()) => Ok(Written { new, path }),
        Err(error) => {
            // Half a checkpoint only takes room.
            let _ = fs::remove_file(&new);
            Err(Failure::Write(path, error))
        }
    }
}

/// What a worker had, and how deep the walk was.
pub(super) fn read<N: Notes, M: Memory>(
    path: &Path,
    name: &str,
    of: (usize, usize),
) -> Result<(Part<N>, M, u64), Failure> {
    let path = of_worker(path, of.0);
    let (mut from, [depth, transitions]) = open(&path, name, of)?;
    let failed = |error| failed(&path, error);
    let memory = from.words().map_err(failed)?;
    let mut part = from.part(of.1).map_err(failed)?;
    part.transitions = transitions;
    let all = from.all;
    if from.word().map_err(failed)? != all {
        return Err(Failure::NoCheckpoint(path, "it is damaged".to_owned()));
    }
    let damaged = || Failure::NoCheckpoint(path.clone(), "it is damaged".to_owned());
    Ok((part, M::of_words(&memory).ok_or_else(damaged)?, depth))
}

/// Whether the first worker's file is one to go on from: all workers would find the same fault.
pub(super) fn check(path: &Path, name: &str, workers: usize) -> Result<(), Failure> {
    open(path, name, (0, workers)).map(|_| ())
}

fn failed(path: &Path, error: io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData => {
            Failure::NoCheckpoint(path.to_owned(), "it is cut off or damaged".to_owned())
        }
        _ => Failure::Read(path.to_owned(), error),
    }
}

/// A file behind its head; what the head says of depth and transitions.
fn open(
    path: &Path,
    name: &str,
    (worker, workers): (usize, usize),
) -> Result<(In<BufReader<File>>, [u64; 2]), Failure> {
    let none = |why: String| Failure::NoCheckpoint(path.to_owned(), why);
    let failed = |error| failed(path, error);
    let file = File::open(path).map_err(failed)?;
    let mut from = In { from: BufReader::with_capacity(1 << 20, file), all: 0 };
    if from.word().map_err(failed)? != MAGIC || from.word().map_err(failed)? != FORM {
        return Err(none("it is none of this version".to_owned()));
    }
    let of = from.words().map_err(failed)?;
    if !of.iter().copied().eq(name.bytes().map(u64::from)) {
        let of: Option<String> = of.iter().map(|c| char::from_u32(low(*c))).collect();
        let of = of.ok_or_else(|| none("it is damaged".to_owned()))?;
        let workers = from.words().map_err(failed)?.get(1).copied().unwrap_or_default();
        return Err(none(another(&of, name, workers, path)));
    }
    let head = from.words().map_err(failed)?;
    let [of_worker, of_workers, depth, transitions] = head[..] else {
        return Err(none("it is damaged".to_owned()));
    };
    if (size(of_worker), size(of_workers)) != (worker, workers) {
        return Err(none(format!(
            "it is that of worker {of_worker} of {of_workers}, and this is worker {worker} of \
             {workers}: use as many threads and processes as before"
        )));
    }
    Ok((from, [depth, transitions]))
}

/// Why a checkpoint is not of this walk, and what would go on with it.
fn another(of: &str, name: &str, workers: u64, path: &Path) -> String {
    let (rules, options) = of.split_once('\n').unwrap_or((of, ""));
    let (own_rules, own) = name.split_once('\n').unwrap_or((name, ""));
    if rules != own_rules {
        return format!("it is of {rules}, and this is {own_rules}: begin anew, without --resume");
    }
    let only = |one: &str, two: &str| {
        let only: Vec<&str> = one.lines().filter(|line| !two.lines().any(|l| l == *line)).collect();
        if only.is_empty() { "nothing else".to_owned() } else { only.join(" ") }
    };
    format!(
        "it is of another check: that one has {}, and this one {}; go on with it by dsboot check {} \
         --engine timely --threads {workers} --resume {}, or begin anew without --resume",
        only(options, own),
        only(own, options),
        options.replace('\n', " "),
        path.display()
    )
}

fn of_worker(path: &Path, worker: usize) -> PathBuf {
    if worker == 0 {
        return path.to_owned();
    }
    let mut name = OsString::from(path);
    name.push(format!(".{worker}"));
    PathBuf::from(name)
}

fn next(all: u64, word: u64) -> u64 {
    Fingerprint::of_words(&[all, word]).halves().1
}

struct Out<W> {
    to: W,
    all: u64,
}

impl<W: Write> Out<W> {
    fn word(&mut self, word: u64) -> io::Result<()> {
        self.all = next(self.all, word);
        self.to.write_all(&word.to_le_bytes())
    }

    /// How many, and each of them.
    fn words(&mut self, mut words: impl ExactSizeIterator<Item = u64>) -> io::Result<()> {
        self.word(count(words.len()))?;
        words.try_for_each(|word| self.word(word))
    }

    fn part<N: Notes>(&mut self, part: &Part<N>) -> io::Result<()> {
        let Part { store, edges, breaches, notes, transitions: _, open } = part;
        self.words(store.tags.iter().copied())?;
        self.words(store.tops.iter().map(|top| (*top).into()))?;
        self.words(store.origins.iter().copied())?;
        self.words(store.marks.iter().map(|marks| (*marks).into()))?;
        self.words(store.levels.iter().map(|level| (*level).into()))?;
        for edges in edges {
            self.words(edges.iter().map(|(to, from)| join(*to, *from)))?;
        }
        let breaches: Vec<u64> = (0..).zip(breaches).flat_map(of_breach).collect();
        self.words(breaches.into_iter())?;
        self.words(notes.to_words().into_iter())?;
        self.words(open.lengths.iter().map(|length| (*length).into()))?;
        self.words(open.words.iter().copied())
    }
}

fn of_breach((promise, breach): (u64, &Option<Breach>)) -> impl Iterator<Item = u64> + use<> {
    breach
        .map(|(level, key, place)| {
            [promise, level, key.tag, join(key.top, place.index), place.worker.into()]
        })
        .into_iter()
        .flatten()
}

struct In<R> {
    from: R,
    all: u64,
}

impl<R: Read> In<R> {
    fn word(&mut self) -> io::Result<u64> {
        let mut octets = [0; 8];
        self.from.read_exact(&mut octets)?;
        let word = u64::from_le_bytes(octets);
        self.all = next(self.all, word);
        Ok(word)
    }

    fn words(&mut self) -> io::Result<Vec<u64>> {
        self.items(Ok)
    }

    fn items<T>(&mut self, of: impl Fn(u64) -> io::Result<T>) -> io::Result<Vec<T>> {
        let many = size(self.word()?);
        // A file that says more than it has is not believed.
        let mut items = Vec::with_capacity(many.min(1 << 24));
        for _ in 0..many {
            items.push(of(self.word()?)?);
        }
        Ok(items)
    }

    fn part<N: Notes>(&mut self, workers: usize) -> io::Result<Part<N>> {
        let damaged = || io::Error::from(io::ErrorKind::InvalidData);
        let short = |word: u64| u32::try_from(word).map_err(|_| damaged());
        let tags = self.words()?;
        let tops = self.items(short)?;
        let origins = self.words()?;
        let marks = self.items(|word| u8::try_from(word).map_err(|_| damaged()))?;
        let levels = self.items(short)?;
        if tags.len() != tops.len() || tags.len() != origins.len() || marks.len() > tags.len() {
            return Err(damaged());
        }
        let pair = |word| Ok((high(word), low(word)));
        let edges = (0..workers).map(|_| self.items(pair)).collect::<io::Result<Vec<_>>>()?;
        let mut breaches = vec![None; PROMISES];
        for record in self.words()?.chunks_exact(5) {
            let [promise, level, tag, both, worker] = record else { continue };
            let key = Key { tag: *tag, top: high(*both) };
            let worker = u16::try_from(*worker).map_err(|_| damaged())?;
            let slot = breaches.get_mut(size(*promise)).ok_or_else(damaged)?;
            *slot = Some((*level, key, Place { worker, index: low(*both) }));
        }
        let notes = N::of_words(&self.words()?).ok_or_else(damaged)?;
        let lengths = self.items(|word| u16::try_from(word).map_err(|_| damaged()))?;
        let words = self.words()?;
        if lengths.len() + marks.len() != tags.len() {
            return Err(damaged());
        }
        let open = Frontier { lengths, words };
        let store = Store::of((tags, tops, origins), marks, levels);
        Ok(Part { store, edges, breaches, notes, transitions: 0, open })
    }
}
