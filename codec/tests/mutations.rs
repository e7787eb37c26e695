//! Mutations of every seed, with proptest and with quickcheck: octets changed, taken out, put in,
//! repeated, and taken from other messages, in any number and order, through every entry point.
//!
//! What must hold stands with the fuzz targets; here what does not is made as small as it can be.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "tests"
)]

use std::cell::Cell;
use std::sync::OnceLock;

use entries::{ENTRIES, Entry};
use proptest::prelude::{Strategy, any, prop, prop_oneof};
use proptest::test_runner::{Config, TestRunner};
use quickcheck::{Gen, QuickCheck};

#[allow(dead_code, unreachable_pub, reason = "shared with the fuzz targets")]
#[path = "../fuzz/src/entries/mod.rs"]
mod entries;
#[allow(dead_code, unreachable_pub, reason = "shared with the fuzz targets")]
#[path = "../fuzz/src/seeds.rs"]
mod seeds;

/// Mutated inputs for each entry point, from each of the two.
const CASES: u32 = 2000;

/// One change; places count modulo the length.
#[derive(Clone, Debug)]
enum Mutation {
    Set(usize, u8),
    Add(usize, u8),
    Flip(usize),
    Word(usize, u16),
    Remove(usize, usize),
    Insert(usize, Vec<u8>),
    Repeat(usize, usize),
    Truncate(usize),
    Splice(usize, usize),
}

use Mutation::{Add, Flip, Insert, Remove, Repeat, Set, Splice, Truncate, Word};

impl Mutation {
    fn apply(&self, octets: &mut Vec<u8>, seeds: &[Vec<u8>]) {
        if let Insert(at, what) = self {
            let at = at % (octets.len() + 1);
            octets.splice(at..at, what.iter().copied());
        }
        if octets.is_empty() {
            return;
        }
        let length = octets.len();
        match self {
            Set(at, octet) => octets[at % length] = *octet,
            Add(at, octet) => octets[at % length] = octets[at % length].wrapping_add(*octet),
            Flip(bit) => octets[bit / 8 % length] ^= 1 << (bit % 8),
            Word(at, word) => {
                let at = at % length;
                let word = word.to_be_bytes();
                octets[at..].iter_mut().zip(word).for_each(|(octet, word)| *octet = word);
            }
            Remove(at, count) => {
                let at = at % length;
                octets.drain(at..(at + count % 9).min(length));
            }
            Repeat(at, count) => {
                let at = at % length;
                let piece = octets[at..(at + count % 40).min(length)].to_vec();
                octets.splice(at..at, piece);
            }
            Truncate(at) => octets.truncate(at % length),
            Splice(at, from) => {
                let other = &seeds[from % seeds.len()];
                octets.truncate(at % length);
                octets.extend(other.iter().skip(at % length));
            }
            Insert(..) => (),
        }
    }
}

fn all_seeds() -> &'static [seeds::Seeds] {
    static SEEDS: OnceLock<Vec<seeds::Seeds>> = OnceLock::new();
    SEEDS.get_or_init(|| seeds::all().unwrap())
}

fn mutated(seeds: &[Vec<u8>], seed: usize, mutations: &[Mutation]) -> Vec<u8> {
    let mut octets = seeds[seed % seeds.len()].clone();
    mutations.iter().for_each(|mutation| mutation.apply(&mut octets, seeds));
    octets
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let at = any::<usize>;
    prop_oneof![
        (at(), any::<u8>()).prop_map(|(at, octet)| Set(at, octet)),
        (at(), any::<u8>()).prop_map(|(at, octet)| Add(at, octet)),
        at().prop_map(Flip),
        (at(), any::<u16>()).prop_map(|(at, word)| Word(at, word)),
        (at(), at()).prop_map(|(at, count)| Remove(at, count)),
        (at(), prop::collection::vec(any::<u8>(), 1..9)).prop_map(|(at, what)| Insert(at, what)),
        (at(), at()).prop_map(|(at, count)| Repeat(at, count)),
        at().prop_map(Truncate),
        (at(), at()).prop_map(|(at, from)| Splice(at, from)),
    ]
}

#[test]
fn mutations_by_proptest() {
    let (mut inputs, taken) = (0, Cell::new(0));
    for (entry, seeds) in all_seeds() {
        // A failure is told with its octets; there is no file of them beside the tests.
        let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
        let strategy = (any::<usize>(), prop::collection::vec(mutation(), 1..6));
        let result = TestRunner::new(config).run(&strategy, |(seed, mutations)| {
            let octets = mutated(seeds, seed, &mutations);
            taken.set(taken.get() + usize::from(entry.run(&octets).is_ok()));
            Ok(())
        });
        assert!(result.is_ok(), "{}: {}", entry.name, result.unwrap_err());
        inputs += CASES;
    }
    println!("proptest: {inputs} mutations, {} taken", taken.get());
    assert!(taken.get() > 0);
}

impl quickcheck::Arbitrary for Mutation {
    fn arbitrary(g: &mut Gen) -> Mutation {
        let (at, other) = (usize::arbitrary(g), usize::arbitrary(g));
        match u8::arbitrary(g) % 9 {
            0 => Set(at, u8::arbitrary(g)),
            1 => Add(at, u8::arbitrary(g)),
            2 => Flip(at),
            3 => Word(at, u16::arbitrary(g)),
            4 => Remove(at, other),
            5 => Insert(at, quickcheck::Arbitrary::arbitrary(g)),
            6 => Repeat(at, other),
            7 => Truncate(at),
            _ => Splice(at, other),
        }
    }
}

#[test]
fn mutations_by_quickcheck() {
    #[expect(clippy::needless_pass_by_value, reason = "what quickcheck calls")]
    fn holds(entry: usize, seed: usize, mutations: Vec<Mutation>) -> bool {
        let (entry, seeds): &(&Entry, _) = &all_seeds()[entry % ENTRIES.len()];
        // What does not hold panics, and quickcheck then looks for less of it.
        let _ = entry.run(&mutated(seeds, seed, &mutations));
        true
    }
    let count = u64::from(CASES) * ENTRIES.len() as u64;
    QuickCheck::new().tests(count).quickcheck(holds as fn(usize, usize, Vec<Mutation>) -> bool);
    println!("quickcheck: {count} mutations");
}
