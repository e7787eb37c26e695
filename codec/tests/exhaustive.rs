//! Every truncation, every change of one octet and every change of two: of every recorded vector,
//! of every message of every ladder, and of their parts, through every entry point.
//!
//! What must hold of octets, whatever they are, stands with the fuzz targets: nothing panics, what
//! decodes encodes again as the same octets, an error points into the input and names a sentence
//! of the specification. Figures are printed with `--nocapture`.
//!
//! Everything takes long. Without `DSBOOT_EXHAUSTIVE` one octet is changed in the recorded vectors
//! alone, and two at [`FEW`] places for each entry point; with `most`, as `tests/run` sets it, one
//! octet in everything and two at [`MOST`] places; with `all` two at every place of the vectors.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::cast_possible_truncation,
    reason = "tests"
)]

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::{env, fs, path::Path, thread};

use entries::{ENTRIES, Entry};

#[allow(dead_code, unreachable_pub, reason = "shared with the fuzz targets")]
#[path = "../fuzz/src/entries/mod.rs"]
mod entries;
#[allow(dead_code, unreachable_pub, reason = "shared with the fuzz targets")]
#[path = "../fuzz/src/seeds.rs"]
mod seeds;

/// At how many places of its vectors an entry point gets all 2^16 pairs of octets.
const FEW: usize = 3;
/// The same in the full run.
const MOST: usize = 40;

/// Whether an entry point can be asked millions of times: a tree and its document take too long,
/// and go through truncations, short inputs, mutations and fuzzing.
fn is_quick(entry: &Entry) -> bool {
    entry.name != "tree" || effort().as_deref() == Some("all")
}

fn effort() -> Option<String> {
    env::var("DSBOOT_EXHAUSTIVE").ok()
}

/// What was seen of one way of changing octets.
#[derive(Default)]
struct Seen {
    inputs: AtomicU64,
    taken: AtomicU64,
    units: AtomicU64,
    sentences: Mutex<BTreeSet<&'static str>>,
}

/// Says which octets an entry point was given when it panics.
struct Given<'a>(&'a Entry, &'a [u8]);

impl Drop for Given<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("{} was given {}", self.0.name, hex::encode(self.1));
        }
    }
}

impl Seen {
    /// Gives the octets that `change` makes, of which it has `count`, to an entry point.
    fn all(
        &self,
        entry: &Entry,
        octets: &[u8],
        count: usize,
        change: impl Fn(&mut Vec<u8>, usize),
    ) {
        let (mut taken, mut units) = (0, 0);
        let mut sentences = BTreeSet::new();
        let mut changed = Vec::with_capacity(octets.len());
        for i in 0..count {
            changed.clear();
            changed.extend_from_slice(octets);
            change(&mut changed, i);
            let given = Given(entry, &changed);
            match entry.run(&changed) {
                Ok(reading) => {
                    taken += 1;
                    units += reading.units as u64;
                }
                Err(error) => {
                    sentences.insert(error.sentence);
                }
            }
            drop(given);
        }
        self.inputs.fetch_add(count as u64, Ordering::Relaxed);
        self.taken.fetch_add(taken, Ordering::Relaxed);
        self.units.fetch_add(units, Ordering::Relaxed);
        self.sentences.lock().unwrap().extend(sentences);
    }

    /// Prints the figures, and checks that every sentence that was named stands in `spec/`.
    fn report(self, what: &str) {
        let [inputs, taken, units] =
            [self.inputs, self.taken, self.units].map(AtomicU64::into_inner);
        let sentences = self.sentences.into_inner().unwrap();
        println!(
            "{what}: {inputs} inputs through {} entry points, {taken} taken, {units} units \
             written again octet for octet, {} sentences broken",
            ENTRIES.len(),
            sentences.len(),
        );
        assert!(inputs > taken && taken > 0 && !sentences.is_empty());
        let known = sentences_of_the_specification();
        let unknown: Vec<_> = sentences.iter().filter(|id| !known.contains(**id)).collect();
        assert!(unknown.is_empty(), "errors name sentences that are not there: {unknown:?}");
    }
}

fn sentences_of_the_specification() -> BTreeSet<String> {
    let pages = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec")).unwrap();
    let pages = pages.map(|page| page.unwrap().path());
    let text: String = pages
        .filter(|page| page.extension().is_some_and(|extension| extension == "md"))
        .map(|page| fs::read_to_string(page).unwrap())
        .collect();
    text.split("**").skip(1).step_by(2).map(str::to_owned).collect()
}

/// Does `work` for each item, on all processors.
fn on_all_processors<T: Sync>(items: &[T], work: impl Fn(&T) + Sync) {
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
                    work(item);
                }
            });
        }
    });
}

/// Every entry point with each of its seeds that are made of these octets.
fn of(octets: &seeds::Octets) -> Vec<(&'static Entry, Vec<u8>)> {
    let of = |entry| seeds::of(entry, octets).into_iter().map(move |octets| (entry, octets));
    ENTRIES.iter().flat_map(of).collect()
}

/// Every entry point with each of its seeds.
fn seeds() -> Vec<(&'static Entry, Vec<u8>)> {
    let mut octets = seeds::vectors().unwrap();
    octets.extend(seeds::ladders().unwrap());
    let seeds = of(&octets);
    assert!(seeds.len() > 1000, "only {} seeds", seeds.len());
    assert!(ENTRIES.iter().all(|entry| seeds.iter().any(|(e, _)| e.name == entry.name)));
    seeds
}

#[test]
fn every_input_of_at_most_two_octets() {
    let seen = Seen::default();
    on_all_processors(ENTRIES, |entry| {
        seen.all(entry, &[], 1, |_, _| ());
        seen.all(entry, &[0], 1 << 8, |octets, i| octets[0] = i as u8);
        seen.all(entry, &[0; 2], 1 << 16, |octets, i| {
            octets.copy_from_slice(&(i as u16).to_be_bytes());
        });
    });
    seen.report("all inputs of at most two octets");
}

#[test]
fn every_truncation() {
    let seen = Seen::default();
    on_all_processors(&seeds(), |(entry, octets)| {
        seen.all(entry, octets, octets.len() + 1, |octets, i| octets.truncate(i));
    });
    seen.report("every truncation");
}

#[test]
fn every_change_of_one_octet() {
    let seen = Seen::default();
    let mut seeds = if effort().is_some() { seeds() } else { of(&seeds::vectors().unwrap()) };
    seeds.retain(|(entry, _)| is_quick(entry));
    on_all_processors(&seeds, |(entry, octets)| {
        seen.all(entry, octets, octets.len() << 8, |octets, i| octets[i >> 8] = i as u8);
    });
    seen.report("every change of one octet");
}

#[test]
fn every_change_of_two_octets() {
    let most = match effort().as_deref() {
        Some("all") => usize::MAX,
        Some(_) => MOST,
        None => FEW,
    };
    let mut places = Vec::new();
    for entry in ENTRIES.iter().filter(|entry| is_quick(entry)) {
        let mut left = most;
        let mut vectors = seeds::of(entry, &seeds::vectors().unwrap());
        // Each length once before any length twice: the kinds of messages differ in length.
        vectors.sort_by_key(Vec::len);
        let mut lengths = BTreeSet::new();
        vectors.sort_by_key(|vector| !lengths.insert(vector.len()));
        for vector in vectors {
            for place in 0..vector.len().saturating_sub(1) {
                if left == 0 {
                    break;
                }
                left -= 1;
                places.push((entry, vector.clone(), place));
            }
        }
    }
    let seen = Seen::default();
    on_all_processors(&places, |(entry, octets, place)| {
        seen.all(entry, octets, 1 << 16, |octets, i| {
            octets[*place..place + 2].copy_from_slice(&(i as u16).to_be_bytes());
        });
    });
    println!("two octets at {} places", places.len());
    seen.report("every change of two octets");
}
