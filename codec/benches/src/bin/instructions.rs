//! Counts the instructions of every case under valgrind and compares them with those expected.
//!
//! `cargo run --release --bin instructions` fails when a case takes more than the tolerance above
//! what `instructions.txt` says; with `DSBOOT_UPDATE=1` it writes that file instead.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;
use std::{env, fs, io};

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
        let count = callgrind::count(&program, case.name, &directory)?;
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
    println!("{} cases counted, {failed} failed", CASES.len());
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
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
