//! `cargo bench` times the codec beside other crates in one run and prints the ratios; where
//! valgrind is to be had, instructions too. A word on the command line selects cases by name.
//!
//! `cargo bench -- --least` is quicker, and bears with a machine that has other things to do: it
//! prints the least time of many short batches, which nothing has interrupted.

mod others;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use std::{env, fs, process};

use criterion::Criterion;
use dsboot_benches::{CASES, Case, Messages, callgrind};

fn main() {
    let messages = Messages::new();
    if let Some((name, runs)) = callgrind::asked() {
        if let Some(case) = all().find(|case| case.name == name) {
            (0..runs).for_each(|_| (case.run)(&messages));
        }
        return;
    }
    let words: Vec<String> = env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let wanted = |case: &&Case| words.is_empty() || words.iter().any(|w| case.name.contains(w));
    if env::args().any(|argument| argument == "--least") {
        println!("{:60} {:>9} {:>8}", "", "ns", "ratio");
        for ours in CASES {
            let base = least(ours, &messages);
            for case in all().filter(|other| belongs(other, ours)).filter(wanted) {
                let time = if case.name == ours.name { base } else { least(case, &messages) };
                println!("{:60} {time:9.1} {:8.2}", case.name, time / base);
            }
        }
        return;
    }
    let results = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("criterion");
    let mut criterion = Criterion::default()
        .output_directory(&results)
        .without_plots()
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1));
    for case in all().filter(wanted) {
        criterion.bench_function(&id(case), |bencher| bencher.iter(|| (case.run)(&messages)));
    }
    println!();
    println!("{:60} {:>9} {:>13} {:>8}", "", "ns", "instructions", "ratio");
    for ours in
        CASES.iter().filter(|case| all().any(|other| belongs(other, case) && wanted(&other)))
    {
        let base = nanoseconds(&results, ours);
        for case in all().filter(|other| belongs(other, ours)) {
            let Some(time) = nanoseconds(&results, case) else { continue };
            let instructions = env::current_exe()
                .and_then(|program| callgrind::count(&program, case.name, 100, &results))
                .map_or("-".to_owned(), |count| count.to_string());
            let ratio = base.map_or(f64::NAN, |base| time / base);
            println!("{:60} {time:9.1} {instructions:>13} {ratio:8.2}", case.name);
        }
    }
    process::exit(0);
}

/// The least time of a run, in nanoseconds, over many batches that are too short for most
/// interruptions.
fn least(case: &Case, messages: &Messages) -> f64 {
    const RUNS: u32 = 64;
    let batch = |_| {
        let start = Instant::now();
        (0..RUNS).for_each(|_| (case.run)(messages));
        start.elapsed().as_secs_f64() * 1e9 / f64::from(RUNS)
    };
    (0..20_000).map(batch).fold(f64::INFINITY, f64::min)
}

fn all() -> impl Iterator<Item = &'static Case> {
    CASES.iter().chain(others::CASES)
}

/// Whether a case is `ours`, or somebody else's of the same.
fn belongs(case: &Case, ours: &Case) -> bool {
    case.name.split(' ').next() == Some(ours.name)
}

/// The name as criterion keeps it: a file's.
fn id(case: &Case) -> String {
    case.name.replace('/', "_")
}

/// What criterion measured: the slope, or else the mean.
fn nanoseconds(results: &Path, case: &Case) -> Option<f64> {
    let text = fs::read_to_string(results.join(id(case)).join("new/estimates.json")).ok()?;
    let estimates: serde_json::Value = serde_json::from_str(&text).ok()?;
    let of = |kind: &str| estimates.get(kind)?.get("point_estimate")?.as_f64();
    of("slope").or_else(|| of("mean"))
}
