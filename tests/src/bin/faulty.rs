//! Roles with a fault of `dsboot_roles::fault` as daemons, and the conformance suite asking them.
//!
//! `faulty serve FAULT CONFIG` is `dsboot serve CONFIG` with that fault. `faulty conform ROLE TABLE`
//! asks a daemon with each of the role's faults the cases that the table names for it, all where it
//! names none, and prints what notices it; `ROLE.toml` is the profile, in whose commands the word
//! `FAULT` stands for the fault. It fails where a case that is named does not notice.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;
use std::{env, fs};

use dsboot_conform::{Case, Profile, Settings, Under, Verdict, cases, run};
use dsboot_node::serve::{Builder, serve};
use dsboot_roles::fault::{self, Fault};

const USAGE: &str = "faulty serve FAULT CONFIG | faulty conform ROLE TABLE";

type Error = Box<dyn core::error::Error>;

fn main() -> ExitCode {
    let words: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let holds = match words.as_slice() {
        ["serve", name, config] => daemon(name, Path::new(config)).map(|()| true),
        ["conform", role, table] => conform(role, Path::new(table)),
        _ => Err(USAGE.into()),
    };
    match holds {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            say(&format!("faulty: {error}"));
            ExitCode::from(2)
        }
    }
}

/// All roles run on this thread, for which alone the fault is chosen.
fn daemon(name: &str, config: &Path) -> Result<(), Error> {
    let fault = Fault::ALL.iter().find(|fault| fault.name() == name);
    fault::choose(Some(*fault.ok_or("no fault of that name")?));
    Ok(serve(&Builder::read(config)?)?)
}

fn conform(role: &str, table: &Path) -> Result<bool, Error> {
    let under = Under::from_name(role).ok_or("no role of that name")?;
    let text = fs::read_to_string(table)?;
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let table: BTreeMap<&str, &str> = lines.filter_map(|line| line.split_once(": ")).collect();
    let mut holds = true;
    for fault in Fault::ALL.iter().filter(|fault| roles(**fault).contains(&under)) {
        let name = fault.name();
        let line = format!("{name} {role}");
        let named: Option<Vec<&str>> = table.get(&*line).map(|ids| ids.split(' ').collect());
        // What cannot be seen has its reason there.
        if named.is_none() && table.contains_key(name) {
            continue;
        }
        let noticed = noticed(under, name, named.as_deref())?;
        say(&format!("# {} ({})", fault.says(), fault.sentence()));
        say(&format!("{line}: {}", noticed.join(" ")));
        for id in named.iter().flatten().filter(|id| !noticed.iter().any(|one| one == *id)) {
            say(&format!("# not noticed by {id}"));
            holds = false;
        }
        holds &= !noticed.is_empty();
    }
    Ok(holds)
}

/// Whose fault it is.
fn roles(fault: Fault) -> &'static [Under] {
    match fault.name().split('-').next() {
        Some("mn") => &[Under::Mn],
        Some("nas") => &[Under::Nas],
        Some("fa") => &[Under::Fa],
        Some("fha") => &[Under::Fha],
        Some("aaa" | "aaah") => &[Under::Aaa],
        Some("ha") => &[Under::Ha6],
        // Of whoever asks an AAA server.
        _ => &[Under::Fha, Under::Ha6, Under::Nas],
    }
}

/// What stands for a case where the suite says before all of them that the target is none.
const START: &str = "start";

/// The cases that notice a fault, of those that are named or of all.
fn noticed(under: Under, fault: &str, named: Option<&[&str]>) -> Result<Vec<String>, Error> {
    let mut profile = Profile::read(Path::new(&format!("{under}.toml")))?;
    let commands = [&mut profile.target.start, &mut profile.target.seek];
    for word in commands.into_iter().flatten().filter(|word| *word == "FAULT") {
        fault.clone_into(word);
    }
    let is_asked = |case: &Case| named.is_none_or(|ids| ids.contains(&case.id.as_str()));
    let asked: Vec<Case> = cases(under).into_iter().filter(is_asked).collect();
    let Ok(report) = run(&profile, &asked, &Settings::default(), &|_| {}) else {
        // It answers nothing of what every target answers: no case is asked of such a one.
        return Ok(vec![START.to_owned()]);
    };
    let bad = report
        .results
        .into_iter()
        .filter(|one| one.verdict.is_bad() || one.verdict == Verdict::Warn);
    Ok(bad.map(|one| one.id).collect())
}

#[expect(clippy::print_stdout, reason = "a command of tests")]
fn say(line: &str) {
    println!("{line}");
}
