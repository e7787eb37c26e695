//! The engines side by side, in one run on one machine: rates, and the ratio of each to stateright's
//! depth-first search.
//!
//! `cargo bench -p dsboot-model` compares them on two-phase commit with 8 participants and on the
//! protocol of `integrated-colocated`: one mobile node within two events, with and without an attacker,
//! and two within one; `-- --large` on 9 participants and on `integrated-fa` too. With spin and a C
//! compiler at hand (Debian: spin, gcc) spin searches the base models of two scenarios, each three
//! times side by side, as the others do. What threads and processes bring is measured on more states
//! than stateright can be asked for: on those that are reached by `--depth` steps. Counts must be
//! equal, or it ends there. `--only TEXT` and `--by TEXT` leave out spaces and engines that do not
//! have the text in their names.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a bench talks to who runs it, and ends where something is wrong"
)]

#[path = "../tests/two_phase/mod.rs"]
mod two_phase;

use std::fmt::Debug;
use std::hash::Hash;
use std::net::TcpListener;
use std::ops::ControlFlow;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;
use std::{env, fs};

use dsboot_model::engine::{
    self, Coverage, Done, Failure, Hosts, Judgement, Memory, Name, Pieces, Place, Plan, Space,
};
use dsboot_model::{
    Action, Attacker, Bootstrap, Config, Neighbour, Profile, State, System as _, Two, pack,
    promela,
    properties::{self, PROMISES},
};
use dsboot_spec::{Scenario, Setup};
use stateright::{Checker, Model, Property};
use two_phase::TwoPhase;

fn main() {
    let args: Vec<String> = env::args().collect();
    if let Some(place) = args.iter().position(|arg| arg == "--process") {
        let of = |n: usize| args.get(place + n).expect("an argument").as_str();
        return second_process(of(1), Path::new(of(2)), of(3).parse().expect("a depth"));
    }
    let wanted = Wanted::of(&args);
    let large = args.iter().any(|arg| arg == "--large");
    let participants = if large { 9 } else { 8 };
    let setups = &Setup::ALL[..if large { 2 } else { 1 }];
    for setup in [Setup::ALL[0], Setup::ALL[1]] {
        let side = Side(Bootstrap::new(Config::new(setup, 0)));
        let name = format!("{}, base model, {COPIES} side by side", setup.scenario());
        if let Some(mut lines) = compare(&wanted, &name, &side) {
            spin(&mut lines, setup.scenario());
        }
    }
    compare(
        &wanted,
        &format!("two-phase commit, {participants} participants"),
        &TwoPhase(participants),
    );
    for setup in setups.iter().copied() {
        for config in [Config::new(setup, 2), attacked(setup)] {
            let network = config.attacker.map_or("lossy", |_| "attacker");
            let name = format!("{setup}, one MN, {network}, 2 events");
            compare(&wanted, &name, &Bootstrap::new(config));
        }
        compare(&wanted, &format!("{setup}, two MNs, attacker, 1 event"), &two(setup, 1));
    }
    let one = Bootstrap::new(Config::new(Setup::ALL[0], 3));
    scale(&wanted, "one MN, lossy, 3 events, so far", &one, wanted.depth);
    scale(&wanted, "two MNs, attacker, 2 events, so far", &two(Setup::ALL[0], 2), wanted.depth);
}

/// What is measured.
struct Wanted {
    only: String,
    by: String,
    depth: usize,
}

impl Wanted {
    fn of(args: &[String]) -> Wanted {
        let behind = |name: &str| {
            let place = args.iter().position(|arg| arg == name)?;
            args.get(place + 1).cloned()
        };
        Wanted {
            only: behind("--only").unwrap_or_default(),
            by: behind("--by").unwrap_or_default(),
            depth: behind("--depth").map_or(28, |depth| depth.parse().expect("a number")),
        }
    }
}

const fn attacked(setup: Setup) -> Config {
    Config::new(setup, 2).against(Attacker::Outside)
}

/// Two mobile nodes of one home provider, entitled both, in the network that is the attacker.
fn two(setup: Setup, events: u8) -> Two {
    let config = Config::new(setup, events).against(Attacker::Outside);
    let users = Some([Profile::Entitled; 2]);
    Two { users, ..Two::new(config.beside(Neighbour::SameProvider)) }
}

/// What was found, and how long it took.
#[derive(Clone, Copy)]
struct Found {
    states: usize,
    seconds: f64,
    /// Of processor time, where it was measured.
    worked: f64,
}

/// Prints a line for each engine.
fn compare<'a, S>(wanted: &'a Wanted, name: &str, space: &S) -> Option<Lines<'a>>
where
    S: Space
        + Model<
            State: Clone + Debug + Hash + PartialEq + Send + Sync,
            Action: Clone + Debug + PartialEq + Send + Sync,
        >,
{
    if !name.contains(&wanted.only) {
        return None;
    }
    println!("\n{name}");
    let mut lines = Lines { wanted, first: None };
    let checker = || space.clone().checker();
    lines.show("stateright, depth first, 1 thread", || {
        checker().spawn_dfs().join().unique_state_count()
    });
    lines.show("stateright, depth first, 2 threads", || {
        checker().threads(2).spawn_dfs().join().unique_state_count()
    });
    lines.show("stateright, breadth first, 1 thread", || {
        checker().spawn_bfs().join().unique_state_count()
    });
    by_timely(&mut lines, space, usize::MAX);
    // stateright cannot be asked what stays possible.
    lines.show("timely, 1 worker, and its goals", || walk(space, &Plan::threads(1)));
    Some(lines)
}

/// Prints a line for each number of workers, for what is reached by so many steps.
fn scale(wanted: &Wanted, name: &str, space: &impl Space, depth: usize) {
    if name.contains(&wanted.only) {
        println!("\n{name}");
        by_timely(&mut Lines { wanted, first: None }, space, depth);
    }
}

fn by_timely(lines: &mut Lines<'_>, space: &impl Space, depth: usize) {
    for threads in [1, 2] {
        lines.show(&format!("timely, {threads} worker(s)"), || {
            walk(space, &Plan { depth, ..plan(threads) })
        });
    }
    lines.show("timely, 2 processes", || in_two_processes(space, depth));
}

/// What stateright does too: states, and promises about states and steps.
fn plan(threads: usize) -> Plan {
    Plan { goals: false, ..Plan::threads(threads) }
}

fn walk<S: Space>(space: &S, plan: &Plan) -> usize {
    let outcome = engine::run(space, plan, |_| ControlFlow::Continue(())).expect("a result");
    assert!(outcome.complete || plan.depth < usize::MAX);
    outcome.progress.states
}

fn timed(work: impl FnOnce() -> usize) -> Found {
    let (begun, before) = (Instant::now(), processor());
    let states = work();
    Found { states, seconds: begun.elapsed().as_secs_f64(), worked: processor() - before }
}

/// Seconds of processor time of this process and of those that it has waited for; 0 where the system
/// does not tell. On a machine that does other things too the ratio of these says more.
fn processor() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks: u32 = fields.skip(11).take(4).filter_map(|field| field.parse::<u32>().ok()).sum();
    f64::from(ticks) / 100.0
}

/// Lines about the same states.
struct Lines<'a> {
    wanted: &'a Wanted,
    first: Option<Found>,
}

impl Lines<'_> {
    fn show(&mut self, engine: &str, work: impl FnOnce() -> usize) {
        if !engine.contains(&self.wanted.by) {
            return;
        }
        let found = timed(work);
        let first = self.first.get_or_insert(found);
        assert_eq!(found.states, first.states, "{engine} counts otherwise");
        let rate = found.states as f64 / found.seconds / 1e6;
        println!(
            "  {engine:36} {:>11} states {:8.2} s {rate:7.3} M/s  {:5.2} times  (processor {:7.2} s, \
             {:5.2} times)",
            found.states,
            found.seconds,
            first.seconds / found.seconds,
            found.worked,
            first.worked / found.worked,
        );
    }
}

/// This process and another one of one worker each, over the loopback.
fn in_two_processes(space: &impl Space, depth: usize) -> usize {
    let path = env::temp_dir().join(format!("dsboot-bench-{}", std::process::id()));
    let listen = || TcpListener::bind("127.0.0.1:0").expect("a port");
    let addresses = [listen(), listen()].map(|l| l.local_addr().expect("bound").to_string());
    fs::write(&path, addresses.join("\n")).expect("written");
    let mut other = start(&space.name(), &path, depth);
    let hosts = Some(Hosts::read(&path, 0).expect("hosts"));
    let states = walk(space, &Plan { hosts, depth, ..plan(1) });
    assert!(other.wait().expect("ended").success());
    let _ = fs::remove_file(&path);
    states
}

fn start(name: &str, hosts: &Path, depth: usize) -> Child {
    let this = env::current_exe().expect("this program");
    let mut command = Command::new(this);
    command.args(["--process", name]).arg(hosts).arg(depth.to_string()).spawn().expect("started")
}

/// The other process: takes its part in the walk of that name.
fn second_process(name: &str, hosts: &Path, depth: usize) {
    let hosts = Some(Hosts::read(hosts, 1).expect("hosts"));
    let plan = Plan { hosts, depth, ..plan(1) };
    for participants in [8, 9] {
        if TwoPhase(participants).name() == name {
            walk(&TwoPhase(participants), &plan);
        }
    }
    for setup in Setup::ALL {
        for space in [1, 2].map(|events| two(setup, events)) {
            if space.name() == name {
                walk(&space, &plan);
            }
        }
        let lossy = [0, 1, 2, 3].map(|events| Config::new(setup, events));
        for config in lossy.into_iter().chain([attacked(setup)]) {
            let model = Bootstrap::new(config);
            if model.name() == name {
                walk(&model, &plan);
            }
            if Side(model).name() == name {
                walk(&Side(model), &plan);
            }
        }
    }
}

/// spin on the same base model.
fn spin(lines: &mut Lines<'_>, scenario: Scenario) {
    let dir = env::temp_dir().join(format!("dsboot-spin-{}", std::process::id()));
    fs::create_dir_all(&dir).expect("a directory");
    let text = promela::promela(scenario, COPIES_OF_SPIN).expect("one that is written so");
    fs::write(dir.join("base.pml"), text).expect("written");
    let run = |program: &str, args: &[&str]| {
        Command::new(program).args(args).current_dir(&dir).stderr(Stdio::null()).output().ok()
    };
    let flags = ["-O3", "-DSAFETY", "-DNOREDUCE", "-o", "pan", "pan.c"];
    let built = run("spin", &["-a", "base.pml"]).and_then(|_| run("cc", &flags));
    if built.is_none_or(|output| !output.status.success()) {
        println!("  spin or a C compiler is missing: apt-get install spin gcc");
        return;
    }
    lines.show("spin, depth first, exact", || {
        let pan = dir.join("pan").to_str().expect("UTF-8").to_owned();
        let output = run(&pan, &["-m1000000", "-w24"]).expect("runs");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let stored = text.lines().find(|line| line.ends_with("states, stored"));
        let states = stored.and_then(|line| line.split_whitespace().next()?.parse().ok());
        states.expect("a count")
    });
    let _ = fs::remove_dir_all(&dir);
}

/// How many networks stand side by side.
const COPIES: usize = 3;
const COPIES_OF_SPIN: u8 = 3;

/// The base model several times side by side.
#[derive(Clone, Copy, Debug)]
struct Side(Bootstrap);

type States = [State; COPIES];

/// What each network can be, and what follows there.
#[derive(Default)]
struct Networks {
    pieces: Pieces,
    known: Vec<Known>,
}

/// Where the steps lead that change anything; what is broken.
type Known = (Vec<u32>, u64);

impl Networks {
    /// The numbers that are in a word.
    fn of(words: &[u64]) -> [u32; COPIES] {
        let numbers = words.first().expect("a state");
        [42, 21, 0].map(|shift| u32::try_from(numbers >> shift & 0x1f_ffff).expect("21 bits"))
    }

    fn word(numbers: [u32; COPIES]) -> u64 {
        numbers.into_iter().fold(0, |word, number| word << 21 | u64::from(number))
    }

    /// The first network tells where a state is at home.
    fn name(&self, numbers: [u32; COPIES]) -> Result<Name, Failure> {
        let [one, two, three] = numbers;
        let of = |number| self.pieces.fingerprint(number);
        let first = of(one)?;
        let fingerprint = first.beside(of(two)?).beside(of(three)?);
        Ok(Name { fingerprint, home: Name::from(first).home })
    }

    /// Looks at those that came up.
    fn look(&mut self, model: &Bootstrap, notes: &mut Coverage) -> Done {
        while self.known.len() < self.pieces.len() {
            let words = self.pieces.words(u32::try_from(self.known.len()).expect("few")).to_vec();
            let state: State = pack::unpack(&words).expect("a state");
            let mut steps = Vec::new();
            model.for_each_step(&state, |_, step| {
                notes.rules.merge(step.rules);
                if step.state != state {
                    let mut words = Vec::new();
                    pack::pack(&step.state, &mut words);
                    steps.push(self.pieces.number(&words).expect("few").0);
                }
            });
            let kept = |promise| properties::is_kept(promise, &model.config, &state);
            let broken = (0..PROMISES.len()).filter(|promise| !kept(*promise));
            let broken = broken.fold(0, |all, promise| all | 1 << promise);
            self.known.push((steps, broken));
        }
        Ok(())
    }
}

impl Memory for Networks {
    fn tell(&mut self, to: usize, state: &[u64], words: &mut Vec<u64>) -> Done {
        Networks::of(state).into_iter().for_each(|number| self.pieces.tell(to, number, words));
        Ok(())
    }

    fn hear(&mut self, from: usize, mut words: &[u64], state: &mut Vec<u64>) -> Done {
        let mut next = || Ok::<u32, Failure>(self.pieces.hear(from, &mut words)?.0);
        state.push(Networks::word([next()?, next()?, next()?]));
        Ok(())
    }

    fn to_words(&self) -> Vec<u64> {
        self.pieces.to_words()
    }

    fn of_words(words: &[u64]) -> Option<Networks> {
        Some(Networks { pieces: Pieces::of_words(words)?, known: Vec::new() })
    }
}

impl Space for Side {
    type Notes = Coverage;
    type Memory = Networks;

    const GOALS: usize = 0;
    const IN_ORDER: bool = false;

    fn name(&self) -> String {
        format!("{COPIES} of {}", Space::name(&self.0))
    }

    fn starts(&self, memory: &mut Networks, mut visit: impl FnMut(Name, &[u64])) -> Done {
        let mut words = Vec::new();
        pack::pack(&State::initial(Profile::Entitled, 0), &mut words);
        let numbers = [memory.pieces.number(&words)?.0; COPIES];
        visit(memory.name(numbers)?, &[Networks::word(numbers)]);
        Ok(())
    }

    fn steps(
        &self,
        memory: &mut Networks,
        (words, _): (&[u64], Place),
        notes: &mut Coverage,
        mut visit: impl FnMut(Name, &[u64]),
    ) -> Done {
        memory.look(&self.0, notes)?;
        let numbers = Networks::of(words);
        for place in 0..COPIES {
            let (steps, _) = &memory.known[numbers[place] as usize];
            for to in steps {
                let mut next = numbers;
                next[place] = *to;
                visit(memory.name(next)?, &[Networks::word(next)]);
            }
        }
        Ok(())
    }

    fn judge(
        &self,
        memory: &mut Networks,
        words: &[u64],
        notes: &mut Coverage,
    ) -> Result<Judgement, Failure> {
        memory.look(&self.0, notes)?;
        let broken = Networks::of(words).map(|number| memory.known[number as usize].1);
        Ok(Judgement { broken: broken.iter().fold(0, |all, broken| all | broken), marks: 0 })
    }

    fn judge_end(&self, _: &mut Networks, _: &[u64], _: &mut Coverage) -> Result<u64, Failure> {
        Ok(0)
    }

    fn promise_of_goal(&self, _: usize) -> Option<usize> {
        None
    }
}

impl Model for Side {
    type State = States;
    type Action = (usize, Action);

    fn init_states(&self) -> Vec<States> {
        vec![[State::initial(Profile::Entitled, 0); COPIES]]
    }

    fn actions(&self, states: &States, actions: &mut Vec<(usize, Action)>) {
        for (place, state) in states.iter().enumerate() {
            let mut own = Vec::new();
            self.0.actions(state, &mut own);
            actions.extend(own.into_iter().map(|action| (place, action)));
        }
    }

    fn next_state(&self, states: &States, (place, action): (usize, Action)) -> Option<States> {
        let mut next = *states;
        next[place] = self.0.next_state(&states[place], action)?;
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Side>> {
        vec![Property::always("to the end", |_, _| true)]
    }
}
