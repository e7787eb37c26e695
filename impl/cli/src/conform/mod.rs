//! `dsboot conform`: whether another implementation of a role does what the specification says.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, IsTerminal as _, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use dsboot_conform::report::{Form, ReportError, compare, matrix};
use dsboot_conform::{
    Case, Expectations, ExpectationsError, Profile, ProfileError, Progress, Report, Selection,
    SelectionError, Settings, SetupError, Under, Verdict, cases, caught, run as ask,
};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::Exit;
use crate::spec::sentences;

/// Profiles with all that can stand in them, one for each role.
const EXAMPLES: [(&str, &str); 7] = [
    ("fha", include_str!("fha.toml")),
    ("ha4", include_str!("ha4.toml")),
    ("aaa", include_str!("aaa.toml")),
    ("ha6", include_str!("ha6.toml")),
    ("nas", include_str!("nas.toml")),
    ("fa", include_str!("fa.toml")),
    ("mn", include_str!("mn.toml")),
];

/// Test another implementation of a role: case by case, each with the clause that it tests
///
/// The tester plays everybody else of the figures, on sockets of this host. A target is described by
/// a profile (`--example` prints one): its address, keys, users, what it claims to do, and the
/// command that starts it. What it does not claim is skipped. A case that fails is shown with what
/// the clause asks for, what was seen, every octet, and the command that asks it again.
///
/// Roles: fha (a foreign home agent), ha4 (the same, for any Mobile IPv4 home agent), aaa, ha6 (a
/// Mobile IPv6 home agent), nas, fa, mn.
#[derive(Clone, Debug, Args)]
pub struct ConformArgs {
    /// The role of the target.
    #[arg(value_name = "ROLE", value_parser = roles(), required_unless_present_any = ["compare", "matrix"])]
    pub role: Option<Under>,

    /// The target's profile.
    #[arg(long, value_name = "PROFILE", required_unless_present_any = ["list", "example", "compare", "matrix"])]
    pub target: Option<PathBuf>,

    /// List the cases, with level, clauses and purpose, and ask nothing.
    #[arg(long)]
    pub list: bool,

    /// Print a commented profile for this role, and end; `ha4` has one of its own.
    #[arg(long)]
    pub example: bool,

    /// Ask only cases whose id fits one of these globs.
    #[arg(long, value_name = "GLOB")]
    pub only: Vec<String>,

    /// Leave out cases whose id fits one of these globs.
    #[arg(long, value_name = "GLOB")]
    pub skip: Vec<String>,

    /// Known failures: a glob, a verdict and after `#` the reason, a line each. An unexpected pass
    /// fails.
    #[arg(long, value_name = "FILE")]
    pub expect: Option<PathBuf>,

    /// Take a SHOULD for a MUST.
    #[arg(long)]
    pub strict: bool,

    /// Where random octets come from.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,

    /// How many cases are asked at a time [default: as the profile says].
    #[arg(long, value_name = "N")]
    pub jobs: Option<usize>,

    /// Write a report: junit, json, tap, markdown or html, and the file; may be given several times.
    #[arg(long, value_name = "FORM=FILE", value_parser = report)]
    pub report: Vec<(Form, PathBuf)>,

    /// Write a pcapng of each case here, with its keys in the section's comment and beside it.
    #[arg(long, value_name = "DIR")]
    pub pcap_dir: Option<PathBuf>,

    /// Write all detail of what did not go well here instead of to standard output.
    #[arg(long, value_name = "FILE")]
    pub log: Option<PathBuf>,

    /// Test the suite itself with a target that conforms: put each fault of the role between it and
    /// the tester, and ask the cases that the file names for it, `FAULT: CASE…` a line; all where it
    /// names none. What notices each fault is printed as such a file.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["list", "report", "expect"])]
    pub faults: Option<PathBuf>,

    /// Say which cases ended otherwise in the second of two JSON reports than in the first.
    #[arg(long, value_name = "REPORT", num_args = 2, conflicts_with_all = ["matrix", "list"])]
    pub compare: Vec<PathBuf>,

    /// Put JSON reports of several targets beside each other.
    #[arg(long, value_name = "REPORT", num_args = 1.., conflicts_with = "list")]
    pub matrix: Vec<PathBuf>,
}

/// What keeps a suite from being asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConformError {
    /// The profile cannot be used.
    #[error(transparent)]
    Profile(#[from] ProfileError),
    /// A glob is none.
    #[error(transparent)]
    Selection(#[from] SelectionError),
    /// The file of expectations cannot be used.
    #[error(transparent)]
    Expectations(#[from] ExpectationsError),
    /// The target does not answer, or an address of the tester cannot be bound.
    #[error(transparent)]
    Setup(#[from] SetupError),
    /// A report cannot be made.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// The profile is of another role.
    #[error("{path} is a profile of the role {is}, not {asked}")]
    Role {
        /// The profile.
        path: String,
        /// Its role.
        is: Under,
        /// The role asked for.
        asked: Under,
    },
    /// Two reports are of different roles.
    #[error("{path} is a report on a target as {is}, the other one as {asked}")]
    Other {
        /// The second report.
        path: String,
        /// Its role.
        is: Under,
        /// That of the first.
        asked: Under,
    },
    /// What is to be a report is none.
    #[error("{path} is no JSON report of `dsboot conform`: {why}")]
    NoReport {
        /// The file.
        path: String,
        /// Why not.
        why: serde_json::Error,
    },
    /// No case fits.
    #[error("no case fits; `dsboot conform {0} --list` shows all of them")]
    Nothing(Under),
    /// A file cannot be read or written.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: String,
        /// What the system said.
        source: io::Error,
    },
    /// What was to be printed could not be.
    #[error("cannot print: {0}")]
    Print(#[from] io::Error),
}

impl ConformError {
    /// The exit status that goes with it.
    #[must_use]
    pub const fn exit(&self) -> Exit {
        match self {
            ConformError::Setup(_) => Exit::Environment,
            _ => Exit::Usage,
        }
    }
}

/// Does what `args` say. The result tells whether the target conforms, but for what was expected.
///
/// # Errors
///
/// When the target cannot be asked, or a file cannot be read or written.
pub fn run(args: &ConformArgs, out: &mut dyn Write) -> Result<bool, ConformError> {
    if let [before, after] = args.compare.as_slice() {
        let (old, new) = (read(before)?, read(after)?);
        if old.role != new.role {
            let path = after.display().to_string();
            return Err(ConformError::Other { path, is: new.role, asked: old.role });
        }
        let difference = compare(&old, &new);
        out.write_all(difference.as_bytes())?;
        return Ok(difference.is_empty());
    }
    if !args.matrix.is_empty() {
        let reports: Vec<Report> =
            args.matrix.iter().map(|path| read(path)).collect::<Result<_, _>>()?;
        out.write_all(matrix(&reports).as_bytes())?;
        return Ok(true);
    }
    let Some(role) = args.role else { return Ok(false) };
    if args.example {
        let name = if std::env::args().any(|word| word == "ha4") { "ha4" } else { role.name() };
        let example = EXAMPLES.iter().find(|(of, _)| *of == name).map_or("", |(_, text)| text);
        out.write_all(example.as_bytes())?;
        return Ok(true);
    }
    let selection = Selection::new(&args.only, &args.skip)?;
    let cases: Vec<Case> =
        cases(role).into_iter().filter(|case| selection.takes(&case.id)).collect();
    if cases.is_empty() {
        return Err(ConformError::Nothing(role));
    }
    if args.list {
        return list(&cases, out);
    }
    let Some(path) = &args.target else { return Ok(false) };
    test(args, role, path, &cases, out)
}

fn test(
    args: &ConformArgs,
    role: Under,
    path: &Path,
    cases: &[Case],
    out: &mut dyn Write,
) -> Result<bool, ConformError> {
    let profile = Profile::read(path)?;
    if profile.role != role {
        let path = path.display().to_string();
        return Err(ConformError::Role { path, is: profile.role, asked: role });
    }
    let expectations = match &args.expect {
        Some(path) => Expectations::read(path)?,
        None => Expectations::default(),
    };
    let settings = Settings {
        seed: args.seed,
        jobs: args.jobs,
        strict: args.strict,
        captures: args.pcap_dir.clone(),
        expectations,
        sentences: sentences().iter().map(|one| (one.id, one.text)).collect(),
        command: format!(
            "dsboot conform {role} --target {}{}",
            quoted(&path.display().to_string()),
            if args.strict { " --strict" } else { "" },
        ),
    };
    if let Some(path) = &args.faults {
        return faults(&profile, cases, &settings, path, out);
    }
    writable(args)?;
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    if let Ok(style) = ProgressStyle::with_template("{pos}/{len} {wide_bar} {msg}") {
        bar.set_style(style);
    }
    let quiet = !io::stderr().is_terminal();
    let report = ask(&profile, cases, &settings, &|progress| match progress {
        Progress::Cases(count) => bar.set_length(u64::try_from(count).unwrap_or(u64::MAX)),
        Progress::Done(result) => {
            if !quiet {
                bar.set_message(result.id.clone());
                bar.inc(1);
            }
        }
    })?;
    bar.finish_and_clear();
    tell(args, &report, out)
}

fn tell(args: &ConformArgs, report: &Report, out: &mut dyn Write) -> Result<bool, ConformError> {
    for result in &report.results {
        let known = match &result.known {
            Some(reason) => format!(" (known: {reason})"),
            None if result.verdict == Verdict::Skipped => format!(" ({})", result.seen),
            None => String::new(),
        };
        writeln!(out, "{:<12} {} {}{known}", result.verdict, result.id, result.purpose)?;
    }
    let bad = report
        .results
        .iter()
        .filter(|one| !matches!(one.verdict, Verdict::Pass | Verdict::Skipped));
    let detail: String = bad.map(|one| format!("\n{}", one.detail(report.vendor))).collect();
    match &args.log {
        Some(path) => write(path, &detail)?,
        None => out.write_all(detail.as_bytes())?,
    }
    for line in &report.unmet {
        writeln!(out, "expectations, {line}")?;
    }
    writeln!(out, "{}", report.summary())?;
    for (form, path) in &args.report {
        write(path, &report.write(*form)?)?;
    }
    Ok(report.holds())
}

/// The suite against faults: whether each is noticed by every case that the table names for it.
fn faults(
    profile: &Profile,
    cases: &[Case],
    settings: &Settings,
    path: &Path,
    out: &mut dyn Write,
) -> Result<bool, ConformError> {
    let failed = |source| ConformError::File { path: path.display().to_string(), source };
    let text = fs::read_to_string(path).map_err(failed)?;
    let lines = text.lines().filter(|line| !line.trim_start().starts_with('#'));
    let table: BTreeMap<String, Vec<String>> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, ids)| {
            (name.trim().to_owned(), ids.split_whitespace().map(str::to_owned).collect())
        })
        .collect();
    let mut holds = true;
    for (fault, noticed) in caught(profile, cases, settings, &table)? {
        let missed = table.get(fault.name).into_iter().flatten();
        let missed: Vec<&String> = missed.filter(|id| !noticed.contains(id)).collect();
        writeln!(out, "# {}", fault.says)?;
        writeln!(out, "{}: {}", fault.name, noticed.join(" "))?;
        for id in &missed {
            writeln!(out, "# not noticed by {id}")?;
        }
        holds &= !noticed.is_empty() && missed.is_empty();
    }
    Ok(holds)
}

fn list(cases: &[Case], out: &mut dyn Write) -> Result<bool, ConformError> {
    for case in cases {
        let clauses: Vec<&str> = case.sentences.iter().chain(&case.rfcs).copied().collect();
        let rule = case.rule.map(|rule| format!("; model: {rule}")).unwrap_or_default();
        let claims = match case.claims.as_slice() {
            [] => String::new(),
            claims => format!("; claims: {}", claims.join(", ")),
        };
        let level = format!("{:?}", case.level).to_uppercase();
        writeln!(out, "{} {level} {}", case.id, case.purpose)?;
        writeln!(out, "    {}{rule}{claims}", clauses.join(", "))?;
    }
    writeln!(out, "{} cases", cases.len())?;
    Ok(true)
}

fn read(path: &Path) -> Result<Report, ConformError> {
    let failed = |source| ConformError::File { path: path.display().to_string(), source };
    let text = fs::read_to_string(path).map_err(failed)?;
    let path = path.display().to_string();
    serde_json::from_str(&text).map_err(|why| ConformError::NoReport { path, why })
}

/// What is to be written in the end can be: that is not to be found out after minutes.
fn writable(args: &ConformArgs) -> Result<(), ConformError> {
    let files = args.report.iter().map(|(_, path)| path).chain(&args.log);
    let failed = |path: &PathBuf, source| {
        let path = path.display().to_string();
        ConformError::File { path, source }
    };
    for path in files {
        let opened = fs::OpenOptions::new().create(true).append(true).open(path);
        opened.map_err(|source| failed(path, source))?;
    }
    if let Some(path) = &args.pcap_dir {
        fs::create_dir_all(path).map_err(|source| failed(path, source))?;
    }
    Ok(())
}

/// A word as a shell reads it.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-+,:@%=".contains(c);
    match word.chars().all(is_plain) && !word.is_empty() {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

fn write(path: &Path, text: &str) -> Result<(), ConformError> {
    fs::write(path, text)
        .map_err(|source| ConformError::File { path: path.display().to_string(), source })
}

/// Every role by its name, and `ha4`.
fn roles() -> impl TypedValueParser<Value = Under> {
    let names = EXAMPLES.map(|(name, _)| PossibleValue::new(name));
    PossibleValuesParser::new(names).try_map(|name| Under::from_name(&name).ok_or("no such role"))
}

fn report(text: &str) -> Result<(Form, PathBuf), String> {
    let names = || Form::ALL.map(Form::name).join(", ");
    let (form, path) =
        text.split_once('=').ok_or_else(|| format!("write FORM=FILE; forms: {}", names()))?;
    let form = Form::from_name(form).ok_or_else(|| format!("forms: {}", names()))?;
    Ok((form, PathBuf::from(path)))
}
