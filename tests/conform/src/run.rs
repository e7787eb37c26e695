//! Asks a target all questions: many at a time, and again alone what did not go well.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::air::Air;
use dsboot_spec::registry::mip4::PORT as MIP4_PORT;

use super::fault::{Fault, faults};
use super::ladder::Passed;
use super::link::Link;
use super::report::{self, Report, ladder};
use super::server::Server;
use super::stage::Common;
use super::target::Process;
use super::{Case, Ending, Expectations, Level, Outcome, Profile, Stage, Under, Verdict};
use super::{aaa, fa, fha, ha6, mn, nas};

/// How often what was missing is looked for again.
const REPETITIONS: usize = 2;

/// How a run is to be made.
#[derive(Debug, Default)]
pub struct Settings {
    /// Same seed, same octets; except for what is a clock's.
    pub seed: u64,
    /// How many cases run at a time, at most; the profile's number when this is `None`.
    pub jobs: Option<usize>,
    /// Whether SHOULD counts as MUST.
    pub strict: bool,
    /// Where a capture of each case goes.
    pub captures: Option<PathBuf>,
    /// What is known of the target.
    pub expectations: Expectations,
    /// The command that asks one case again, up to its id.
    pub command: String,
    /// Sentences of the specification by their numbers, to be told with what fails.
    pub sentences: BTreeMap<&'static str, &'static str>,
}

/// What a run tells while it goes on.
#[derive(Clone, Copy, Debug)]
pub enum Progress<'r> {
    /// So many cases will be asked.
    Cases(usize),
    /// A case has its verdict.
    Done(&'r report::Result),
}

/// Why a run cannot begin.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SetupError(pub String);

/// A run's common state.
struct Bench<'a> {
    profile: &'a Profile,
    settings: &'a Settings,
    common: Common,
    process: Mutex<Process<'a>>,
    numbers: AtomicU32,
    /// Slots that no running case has.
    slots: Mutex<Vec<usize>>,
    down: AtomicBool,
    /// What a mobile node said that was only to show whether it begins.
    said: Mutex<String>,
    /// What passed when it was last asked whether it answers.
    probed: Mutex<Vec<Passed>>,
}

/// A case that has been played once.
#[derive(Clone)]
struct Played {
    case: usize,
    result: report::Result,
    /// Why the target has to be brought back before anything else.
    gone: Option<(Verdict, String)>,
}

/// Asks a target.
///
/// # Errors
///
/// When the target cannot be started or does not answer at all, or an address of the tester
/// cannot be bound.
pub fn run(
    profile: &Profile,
    cases: &[Case],
    settings: &Settings,
    progress: &(dyn Fn(Progress<'_>) + Sync),
) -> Result<Report, SetupError> {
    let began = Instant::now();
    progress(Progress::Cases(cases.len()));
    let bench = Bench::set_up(profile, settings)?;
    let mut results: BTreeMap<usize, report::Result> = BTreeMap::new();
    let asked = bench.ask(cases, &mut |played| {
        progress(Progress::Done(&played.result));
        results.insert(played.case, played.result);
    });
    if let Err(SetupError(why)) = asked {
        // What is known by then is told nevertheless.
        for case in 0..cases.len() {
            results.entry(case).or_insert_with(|| {
                let result = bench.unasked(cases, case, &why);
                progress(Progress::Done(&result));
                result
            });
        }
    }
    let began_at =
        SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default() - began.elapsed();
    let results: Vec<report::Result> = results.into_values().collect();
    let verdicts: Vec<(&str, Verdict)> =
        results.iter().map(|result| (result.id.as_str(), result.verdict)).collect();
    let unmet = settings
        .expectations
        .unmet(&verdicts)
        .map(|(line, reason)| format!("line {line}: expected, but it passes: {reason}"))
        .collect();
    Ok(Report {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        target: profile.name.clone(),
        role: profile.role,
        seed: settings.seed,
        began: began_at.as_secs(),
        seconds: began.elapsed().as_secs_f64(),
        vendor: profile.vendor,
        results,
        unmet,
    })
}

/// Which cases notice each fault: `table` says which of them are asked, a case of every role that is
/// not named there by all.
///
/// # Errors
///
/// As for [`run`].
pub fn caught(
    profile: &Profile,
    cases: &[Case],
    settings: &Settings,
    table: &BTreeMap<String, Vec<String>>,
) -> Result<Vec<(&'static Fault, Vec<String>)>, SetupError> {
    let mut bench = Bench::set_up(profile, settings)?;
    let jobs = settings.jobs.unwrap_or(profile.jobs).clamp(1, slots(profile));
    let mut all = Vec::new();
    for fault in faults(profile.role) {
        bench.common.fault = Some(fault);
        let asked = |case: &Case| table.get(fault.name).is_none_or(|ids| ids.contains(&case.id));
        let mut waiting: VecDeque<usize> =
            (0..cases.len()).filter(|case| cases.get(*case).is_some_and(asked)).collect();
        // What is named is to fail, and what is looked for to fail twice: a datagram may be lost
        // without any fault.
        let is_named = table.contains_key(fault.name);
        let mut noticed: BTreeSet<usize> = BTreeSet::new();
        for _ in 0..REPETITIONS {
            let (mut failed, mut others) = (BTreeSet::new(), BTreeSet::new());
            while !waiting.is_empty() {
                let (played, _) = bench.together(cases, &mut waiting, jobs);
                for Played { case, result, .. } in played {
                    let fails = matches!(result.verdict, Verdict::Fail | Verdict::Warn);
                    if fails {
                        failed.insert(case)
                    } else {
                        others.insert(case)
                    };
                }
                if bench.down.load(Ordering::Relaxed) {
                    bench.bring_back()?;
                }
            }
            if is_named {
                noticed.extend(failed);
                waiting = others.into_iter().collect();
            } else {
                waiting = failed.iter().copied().collect();
                noticed = failed;
            }
        }
        let ids = noticed.into_iter().filter_map(|case| Some(cases.get(case)?.id.clone()));
        let mut noticed: Vec<String> = ids.collect();
        noticed.sort();
        all.push((fault, noticed));
    }
    Ok(all)
}

/// How many cases at a time have something of their own in the profile, where they need that.
fn slots(profile: &Profile) -> usize {
    match profile.role {
        Under::Fha if !profile.claims("bootstrap") => profile.mobiles.len().max(1),
        Under::Ha6 if !profile.mobiles6.is_empty() => profile.mobiles6.len(),
        Under::Mn => profile.tester.links.len(),
        _ => 256,
    }
}

/// Whether one verdict is not yet enough.
fn needs_repetition(result: &report::Result) -> bool {
    matches!(result.verdict, Verdict::Fail | Verdict::Warn | Verdict::Inconclusive)
}

impl<'a> Bench<'a> {
    fn set_up(profile: &'a Profile, settings: &'a Settings) -> Result<Bench<'a>, SetupError> {
        let server = match profile.tester.aaa {
            Some(local) if profile.role != Under::Aaa => {
                Some(Server::aaa(local).map_err(|error| {
                    SetupError(format!("cannot be an AAA server at {local}: {error}"))
                })?)
            }
            _ => None,
        };
        let air = match profile.tester.care_of {
            Some(prefix) if profile.role == Under::Ha6 => {
                Some(Air::open(&profile.tester.tun, prefix).map_err(SetupError)?)
            }
            _ => None,
        };
        let devices: Vec<&String> = match profile.role {
            Under::Fa => profile.tester.link.iter().collect(),
            Under::Mn => profile.tester.links.iter().collect(),
            _ => Vec::new(),
        };
        let links = devices.into_iter().map(|device| Link::open(device).map_err(SetupError));
        let links = links.collect::<Result<Vec<_>, _>>()?;
        let home = |address: IpAddr| {
            let local = (address, MIP4_PORT).into();
            Server::home(local)
                .map_err(|error| SetupError(format!("cannot be a home agent at {local}: {error}")))
        };
        let is_agent = profile.role == Under::Fa;
        let other = profile.target.home_agent.as_ref().filter(|_| is_agent);
        let partner = other.map(|agent| home(agent.address.into())).transpose()?;
        let home = is_agent.then(|| home(profile.tester.address)).transpose()?;
        let process = Process::start(profile).map_err(SetupError)?;
        let bench = Bench {
            profile,
            settings,
            common: Common { server, air, home, partner, links, ..Common::default() },
            process: Mutex::new(process),
            numbers: AtomicU32::new(1),
            slots: Mutex::new((0..slots(profile)).rev().collect()),
            down: AtomicBool::new(false),
            said: Mutex::default(),
            probed: Mutex::default(),
        };
        bench.await_target()?;
        Ok(bench)
    }

    /// Asks all cases: many at a time, then by itself what did not go well, then what wants to be
    /// alone.
    fn ask(&self, cases: &[Case], keep: &mut dyn FnMut(Played)) -> Result<(), SetupError> {
        let (alone, together): (Vec<usize>, Vec<usize>) =
            (0..cases.len()).partition(|case| cases.get(*case).is_some_and(|case| case.alone));
        let jobs = self.settings.jobs.unwrap_or(self.profile.jobs).clamp(1, slots(self.profile));
        let mut again = VecDeque::new();
        let mut waiting: VecDeque<usize> = together.into();
        while !waiting.is_empty() {
            let (played, suspects) = self.together(cases, &mut waiting, jobs);
            for played in played {
                if needs_repetition(&played.result) {
                    again.push_back(played.case);
                } else {
                    keep(played);
                }
            }
            self.suspect(cases, &suspects, jobs, keep)?;
        }
        // As far as that is to be had in time.
        while !again.is_empty() {
            let fewer = (jobs / 4).max(1);
            let (played, suspects) = self.together(cases, &mut again, fewer);
            for mut played in played {
                for _ in 1..REPETITIONS {
                    if played.result.verdict == Verdict::Inconclusive && played.gone.is_none() {
                        played = self.play(cases, played.case);
                    }
                }
                keep(played);
            }
            self.suspect(cases, &suspects, fewer, keep)?;
        }
        for case in alone {
            self.singly(cases, case, keep)?;
        }
        Ok(())
    }

    /// When the target has gone: asks by itself each case that may have done it. When none does it
    /// again, something that was asked before has part in it, and the case that saw it first says
    /// that the target was gone.
    fn suspect(
        &self,
        cases: &[Case],
        suspects: &[Played],
        jobs: usize,
        keep: &mut dyn FnMut(Played),
    ) -> Result<(), SetupError> {
        if !self.down.load(Ordering::Relaxed) {
            return Ok(());
        }
        let gone = suspects.iter().find_map(|played| Some((played.case, played.gone.clone()?)));
        // A process that has ended is gone; one that was silent may have had too much to do at once.
        let gone = gone.filter(|(_, (verdict, _))| {
            *verdict == Verdict::Crash || !self.answers(0, Duration::MAX)
        });
        // What was alone with it then need not be so again.
        if let ([suspect], Some((_, (verdict, how))), true) = (suspects, &gone, jobs == 1) {
            let mut played = Played { gone: None, ..suspect.clone() };
            self.condemn(&mut played.result, *verdict, how.clone());
            keep(played);
            return self.bring_back();
        }
        let mut again = Vec::new();
        let mut brought = self.bring_back();
        for suspect in suspects {
            brought = brought
                .and_then(|()| self.singly(cases, suspect.case, &mut |played| again.push(played)));
        }
        let is_again = |played: &Played| played.result.verdict.is_gone();
        if let Some((case, (verdict, how))) = gone
            && !again.iter().any(is_again)
        {
            let why = match &brought {
                Ok(()) => {
                    "it does not come again when this is asked alone: something asked before, \
                           or beside it, has part in it"
                }
                Err(_) => "the target could not be brought back, to ask this alone",
            };
            let how = format!("{how}\n({why})");
            let place = again.iter().position(|played| played.case == case);
            let mut played = match place {
                Some(place) => again.swap_remove(place),
                None => Played { case, result: self.unasked(cases, case, ""), gone: None },
            };
            self.condemn(&mut played.result, verdict, how);
            again.push(played);
        }
        again.into_iter().for_each(keep);
        brought
    }

    /// Says of a case that the target was gone by it.
    fn condemn(&self, result: &mut report::Result, verdict: Verdict, how: String) {
        let known = self.settings.expectations.reason(&result.id, verdict);
        result.known = known.map(str::to_owned);
        (result.verdict, result.seen) = (verdict, how);
    }

    /// What is said of a case that could not be asked any more.
    fn unasked(&self, cases: &[Case], at: usize, why: &str) -> report::Result {
        let Some(case) = cases.get(at) else { unreachable!() };
        let stage = Stage::new(self.profile, &self.common, &case.id, self.settings.seed, (0, 0));
        let why = format!("not asked, as the target could not be brought back: {why}");
        self.result(case, Err(Ending::Inconclusive(why)), stage, Duration::ZERO)
    }

    /// The sentences that a case is about, in words.
    fn says(&self, case: &Case) -> Vec<String> {
        let text = |number: &&str| {
            let text = self.settings.sentences.get(*number)?;
            let words: Vec<&str> = text.split_whitespace().collect();
            Some(format!("{number}: {}", words.join(" ")))
        };
        case.sentences.iter().filter_map(text).collect()
    }

    fn process(&self) -> MutexGuard<'_, Process<'a>> {
        self.process.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the target answers what every target of its role answers, within that time a message.
    fn answers(&self, slot: usize, patience: Duration) -> bool {
        let number = self.numbers.fetch_add(1, Ordering::Relaxed);
        let (common, seed) = (&self.common, self.settings.seed);
        let mut stage = Stage::new(self.profile, common, "probe", seed, (number, slot));
        stage.hurry(patience);
        let answers = match self.profile.role {
            Under::Fha => fha::probe(&mut stage),
            Under::Aaa => aaa::probe(&mut stage),
            Under::Ha6 => ha6::probe(&mut stage),
            Under::Nas => nas::probe(&mut stage),
            Under::Fa => fa::probe(&mut stage),
            Under::Mn => mn::probe(&mut stage),
        };
        if let Some(mut mobile) = stage.mobile.take() {
            *lock(&self.said) = mobile.ended().unwrap_or_else(|| mobile.said());
        }
        *lock(&self.probed) = stage.finish().0;
        answers
    }

    fn await_target(&self) -> Result<(), SetupError> {
        let began = Instant::now();
        let ready = Duration::from_millis(self.profile.target.ready);
        // One that is not up yet is asked again soon, one that is slow is given its time.
        let mut patience = Duration::from_millis(100);
        loop {
            if self.answers(0, patience) {
                return Ok(());
            }
            patience = patience.saturating_mul(2);
            if let Some(how) = self.process().ended() {
                return Err(SetupError(how));
            }
            if began.elapsed() > ready {
                return Err(SetupError(self.unready()));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Why a run cannot begin: what was said to the target, and what it said.
    fn unready(&self) -> String {
        let said = self.process().said() + lock(&self.said).as_str();
        let at = match self.profile.tester.links.first() {
            Some(link) if self.profile.role == Under::Mn => link.clone(),
            _ => self.profile.target.address.to_string(),
        };
        let passed = lock(&self.probed);
        let says = passed.iter().any(|one| one.from == self.profile.role.label());
        let what = match self.profile.target.ready {
            _ if says => "answers, but not as every target of its role does:".to_owned(),
            ready => format!("says nothing within {ready} ms (target.ready):"),
        };
        let look = "look at target.address, and at keys and users, in the profile";
        let told = ladder(&passed, self.profile.vendor);
        let log = if said.is_empty() { String::new() } else { format!("\nIts log:\n{said}") };
        format!("the target at {at} {what} {look}\n\n{told}{log}")
    }

    fn bring_back(&self) -> Result<(), SetupError> {
        if self.process().can_reset() {
            self.process().reset().map_err(SetupError)?;
        }
        self.down.store(false, Ordering::Relaxed);
        self.await_target()
    }

    /// Plays cases from the queue, many at a time, until it is empty or the target is gone; then
    /// the second list says who may have done it.
    fn together(
        &self,
        cases: &[Case],
        waiting: &mut VecDeque<usize>,
        jobs: usize,
    ) -> (Vec<Played>, Vec<Played>) {
        let queue = Mutex::new(std::mem::take(waiting));
        let done = Mutex::new((Vec::new(), Vec::new()));
        std::thread::scope(|scope| {
            for _ in 0..jobs {
                scope.spawn(|| {
                    while !self.down.load(Ordering::Relaxed) {
                        let next = lock(&queue).pop_front();
                        let Some(case) = next else { return };
                        let played = self.play(cases, case);
                        let mut done = lock(&done);
                        if played.gone.is_some() || self.down.load(Ordering::Relaxed) {
                            self.down.store(true, Ordering::Relaxed);
                            done.1.push(played);
                        } else {
                            done.0.push(played);
                        }
                    }
                });
            }
        });
        *waiting = queue.into_inner().unwrap_or_else(PoisonError::into_inner);
        done.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// Plays a case with nothing beside it, and brings the target back if it is gone then.
    fn singly(
        &self,
        cases: &[Case],
        case: usize,
        keep: &mut dyn FnMut(Played),
    ) -> Result<(), SetupError> {
        let mut played = self.play(cases, case);
        for _ in 0..REPETITIONS {
            if played.gone.is_none() && played.result.verdict == Verdict::Inconclusive {
                played = self.play(cases, case);
            }
        }
        let gone = played.gone.take();
        if let Some((verdict, how)) = gone.clone() {
            self.condemn(&mut played.result, verdict, how);
        }
        keep(played);
        gone.map_or(Ok(()), |_| self.bring_back())
    }

    fn play(&self, cases: &[Case], at: usize) -> Played {
        let Some(case) = cases.get(at) else { unreachable!() };
        let began = Instant::now();
        let number = self.numbers.fetch_add(1, Ordering::Relaxed);
        let (common, seed) = (&self.common, self.settings.seed);
        let slot = lock(&self.slots).pop().unwrap_or_default();
        let restart = || {
            self.process().reset()?;
            self.await_target().map_err(|SetupError(why)| why)
        };
        let mut stage = Stage::new(self.profile, common, &case.id, seed, (number, slot));
        stage.restarted_by(&restart);
        let ended = || self.process().ended().is_some();
        stage.ended_by(&ended);
        let unclaimed = case.claims.iter().find(|claim| !self.profile.claims(claim));
        let outcome = match unclaimed {
            Some(claim) => Err(Ending::Skip(format!("not claimed: {claim}"))),
            None => case.ask(&mut stage),
        };
        let is_skipped = matches!(outcome, Err(Ending::Skip(_)));
        let mobile = stage.mobile.take().filter(|_| !stage.may_end);
        let ended = mobile.and_then(|mut mobile| mobile.ended());
        let gone = match ended.or_else(|| self.process().ended()) {
            Some(how) if !is_skipped => Some((Verdict::Crash, how)),
            _ => None,
        };
        let suspicious = matches!(outcome, Err(Ending::Fail { .. } | Ending::Inconclusive(_)));
        let gone = gone.or_else(|| {
            // Twice, as a datagram may be lost.
            let hangs = suspicious && !(0..2).any(|_| self.answers(slot, Duration::MAX));
            let how = "the target answers nothing any more, not even a request that it answered \
                       before";
            hangs.then(|| (Verdict::Hang, how.to_owned()))
        });
        lock(&self.slots).push(slot);
        let result = self.result(case, outcome, stage, began.elapsed());
        Played { case: at, result, gone }
    }

    fn result(
        &self,
        case: &Case,
        outcome: Outcome,
        stage: Stage<'_>,
        took: Duration,
    ) -> report::Result {
        let (passed, keys) = stage.finish();
        let (verdict, expected, seen) = match outcome {
            Ok(()) => (Verdict::Pass, String::new(), String::new()),
            Err(Ending::Skip(why)) => (Verdict::Skipped, String::new(), why),
            Err(Ending::Inconclusive(what)) => (Verdict::Inconclusive, String::new(), what),
            Err(Ending::Fail { expected, seen }) => {
                let binds = case.level == Level::Must || self.settings.strict;
                (if binds { Verdict::Fail } else { Verdict::Warn }, expected, seen)
            }
        };
        let mut notes = Vec::new();
        if let Some(directory) = self.settings.captures.as_ref().filter(|_| !passed.is_empty()) {
            notes.push(match report::capture(directory, &case.id, &passed, &keys) {
                Ok(()) => {
                    let file = directory.join(&case.id).display().to_string();
                    format!("octets verified: dsboot decode --keys {file}.keys.toml {file}.pcapng")
                }
                Err(why) => format!("no capture: {why}"),
            });
        }
        let known = self.settings.expectations.reason(&case.id, verdict).map(str::to_owned);
        let is_told = !matches!(verdict, Verdict::Pass | Verdict::Skipped);
        report::Result {
            id: case.id.clone(),
            purpose: case.purpose.clone(),
            level: case.level,
            sentences: case.sentences.iter().map(ToString::to_string).collect(),
            says: if is_told { self.says(case) } else { Vec::new() },
            rfcs: case.rfcs.iter().map(ToString::to_string).collect(),
            rule: case.rule.map(|rule| rule.name().to_owned()),
            verdict,
            expected,
            seen,
            notes,
            known,
            again: format!(
                "{} --seed {} --only '{}'",
                self.settings.command, self.settings.seed, case.id
            ),
            seconds: took.as_secs_f64(),
            passed: if is_told { passed } else { Vec::new() },
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
