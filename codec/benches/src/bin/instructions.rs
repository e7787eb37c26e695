//! Counts the instructions of every case under valgrind and compares them with those expected.
//!
//! Of messages that are as hard to read as their length allows, twice the length may take twice
//! the work, and no more.
//!
//! `cargo run --release --bin instructions` fails when a case takes more than the tolerance above
//! what `instructions.txt` says; with `DSBOOT_UPDATE=1` it writes that file instead.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::Path;
use std::process::ExitCode;
use std::{env, fs, io};

use dsboot_benches::bound::{BOUNDS, Bound};
use dsboot_benches::{CASES, Messages, callgrind};

/// How much more or less than expected is still the same, in per cent: other compilers and C
/// libraries differ by this much.
const TOLERANCE: u64 = 5;

fn main() -> io::Result<ExitCode> {
    if let Some((name, runs)) = callgrind::asked() {
        let messages = Messages::new();
        if let Some(case) = CASES.iter().find(|case| case.name == name) {
            (0..runs).for_each(|_| (case.run)(&messages));
        }
        for bound in BOUNDS {
            for length in [bound.longest / 2, bound.longest] {
                if name == hard(bound, length) {
                    let octets = (bound.make)(length);
                    (0..runs).for_each(|_| _ = black_box((bound.read)(black_box(&octets))));
                }
            }
        }
        return Ok(ExitCode::SUCCESS);
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("instructions.txt");
    let expected = read(&fs::read_to_string(&file).unwrap_or_default());
    let update = env::var_os("DSBOOT_UPDATE").is_some();
    let program = env::current_exe()?;
    let directory = program.with_file_name("callgrind");
    fs::create_dir_all(&directory)?;
    let mut written = HEADER.to_owned();
    let mut failed = 0;
    for case in CASES {
        let count = callgrind::count(&program, case.name, 100, &directory)?;
        written.push_str(&format!("{:30} {count}\n", case.name));
        let verdict = match expected.get(case.name) {
            _ if update => "",
            None => "no expectation",
            Some(&expected) if count * 100 > expected * (100 + TOLERANCE) => "more than expected",
            Some(&expected) if count * 100 < expected * (100 - TOLERANCE) => {
                "less than expected: DSBOOT_UPDATE=1 keeps it"
            }
            Some(_) => "",
        };
        failed += u32::from(verdict.starts_with("no ") || verdict.starts_with("more"));
        println!("{:30} {count:6} instructions  {verdict}", case.name);
    }
    let gone: Vec<_> = expected.keys().filter(|n| CASES.iter().all(|c| c.name != *n)).collect();
    if update {
        fs::write(&file, written)?;
    } else if !gone.is_empty() {
        println!("expected, but no longer there: {gone:?}");
        failed += 1;
    }
    for bound in BOUNDS {
        let count = |length| callgrind::count(&program, &hard(bound, length), 1, &directory);
        let (half, whole) = (count(bound.longest / 2)?, count(bound.longest)?);
        let grows = if whole > half * 5 / 2 { "grows faster than the message" } else { "" };
        failed += u32::from(!grows.is_empty());
        let per_octet = whole as f64 / bound.longest as f64;
        println!("{:30} {per_octet:6.0} an octet  {grows}", bound.name);
    }
    let counted = CASES.len() + BOUNDS.len();
    println!("{counted} cases counted, {failed} failed");
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The name by which a message of so many octets is asked for.
fn hard(bound: &Bound, length: usize) -> String {
    format!("{}, {length}", bound.name)
}

const HEADER: &str = "# Instructions of one run of each case, counted by valgrind's callgrind.
# `DSBOOT_UPDATE=1 cargo run --release --bin instructions` writes this file.
";

fn read(text: &str) -> BTreeMap<String, u64> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .filter_map(|l| {
            l.split_once(' ').and_then(|(n, c)| Some((n.to_owned(), c.trim().parse().ok()?)))
        })
        .collect()
}
