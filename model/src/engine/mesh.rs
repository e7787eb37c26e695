//! Words from worker to worker: the one place that knows the `timely` crate.
//!
//! A dataflow of one operator: what a worker puts in is exchanged by addressee and comes out there.
//! Time is rounds. A worker that has put in everything of a round says so, and goes on when timely
//! knows that no word of that round is under way to anybody.

use std::cell::RefCell;
use std::panic;
use std::rc::Rc;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use timely::communication::allocator::zero_copy::initialize::initialize_networking_from_sockets;
use timely::communication::allocator::{AllocatorBuilder, ProcessBuilder};
use timely::communication::{Hooks, WorkerGuards};
use timely::container::CapacityContainerBuilder;
use timely::dataflow::channels::pact::Exchange;
use timely::dataflow::operators::generic::Operator;
use timely::dataflow::operators::{Input, Probe};
use timely::dataflow::{InputHandle, ProbeHandle};
use timely::worker::Worker;
use timely::{CommunicationConfig, WorkerConfig};

use super::{Failure, Plan};

/// Words on their way.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Parcel {
    to: u64,
    from: u16,
    round: u64,
    words: Vec<u64>,
}

/// One worker's connection to all workers.
pub(super) struct Mesh<'a> {
    worker: &'a mut Worker,
    input: InputHandle<u64, CapacityContainerBuilder<Vec<Parcel>>>,
    probe: ProbeHandle<u64>,
    inbox: Rc<RefCell<Vec<Parcel>>>,
    /// What belongs to the round after this one.
    early: Vec<Parcel>,
    round: u64,
    hosts: bool,
}

/// Whether another process has been lost; timely's own threads notice.
static LOST: AtomicBool = AtomicBool::new(false);

/// How long a worker sleeps at most before it looks whether others are still there.
const NAP: Duration = Duration::from_millis(20);

impl Mesh<'_> {
    /// The number of this worker among all.
    pub(super) fn index(&self) -> usize {
        self.worker.index()
    }

    /// How many workers there are in all processes.
    pub(super) fn peers(&self) -> usize {
        self.worker.peers()
    }

    /// Sends words to a worker, this one included. They arrive in this round, and in the order in
    /// which they were sent.
    pub(super) fn send(&mut self, to: usize, words: Vec<u64>) {
        let from = u16::try_from(self.index()).unwrap_or(u16::MAX);
        self.input.send(Parcel { to: super::count(to), from, round: self.round, words });
    }

    /// Hands over what has arrived, each with the worker that it comes from.
    pub(super) fn poll(
        &mut self,
        take: impl FnMut(u16, &[u64]) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        self.input.flush();
        self.worker.step();
        self.hand_over(take)
    }

    /// Hands over what arrives until everything of this round has; then the next one begins.
    pub(super) fn finish_round(
        &mut self,
        mut take: impl FnMut(u16, &[u64]) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        self.input.advance_to(self.round + 1);
        while self.probe.less_than(self.input.time()) {
            self.worker.step_or_park(Some(NAP));
            self.hand_over(&mut take)?;
        }
        self.hand_over(take)?;
        self.round += 1;
        Ok(())
    }

    /// Tells everybody something, in a round of its own: what all have told, in their order.
    ///
    /// # Errors
    ///
    /// When somebody has told nothing: he has ended, and what the others have is not all.
    pub(super) fn agree(&mut self, words: &[u64]) -> Result<Vec<Vec<u64>>, Failure> {
        let peers = self.peers();
        for to in 0..peers {
            self.send(to, words.to_vec());
        }
        let mut told = vec![None; peers];
        self.finish_round(|from, words| {
            if let Some(slot) = told.get_mut(usize::from(from)) {
                *slot = Some(words.to_vec());
            }
            Ok(())
        })?;
        told.into_iter().collect::<Option<_>>().ok_or(Failure::PeerLost)
    }

    fn hand_over(
        &mut self,
        mut take: impl FnMut(u16, &[u64]) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        if self.hosts && LOST.load(Ordering::Acquire) {
            return Err(Failure::PeerLost);
        }
        let arrived = std::mem::take(&mut *self.inbox.borrow_mut());
        for parcel in std::mem::take(&mut self.early).into_iter().chain(arrived) {
            if parcel.round == self.round {
                take(parcel.from, &parcel.words)?;
            } else {
                self.early.push(parcel);
            }
        }
        Ok(())
    }
}

/// The workers of this process.
pub(super) struct Workers(Option<WorkerGuards<()>>);

impl Workers {
    /// Starts `work` in all workers of the plan, in this process and, connected with them, in the
    /// others, where the same is to be started.
    pub(super) fn start(
        plan: &Plan,
        name: &str,
        work: impl Fn(&mut Mesh<'_>) + Send + Sync + 'static,
    ) -> Result<Workers, Failure> {
        let (builders, others) = match &plan.hosts {
            None => {
                let config = match plan.threads {
                    1 => CommunicationConfig::Thread,
                    threads => CommunicationConfig::Process(threads),
                };
                config.try_build().map_err(Failure::Hosts)?
            }
            Some(hosts) => {
                mind_the_others();
                let sockets = hosts.connect(plan.threads, name)?;
                let hooks = Hooks::default();
                let process =
                    ProcessBuilder::new_typed_vector(plan.threads, hooks.refill.clone(), None);
                let (builders, guard) = initialize_networking_from_sockets(
                    process,
                    sockets,
                    hosts.process,
                    plan.threads,
                    hooks,
                )
                .map_err(|error| Failure::Hosts(error.to_string()))?;
                let builders = builders.into_iter().map(AllocatorBuilder::Tcp).collect();
                (builders, Box::new(guard) as Box<dyn core::any::Any + Send>)
            }
        };
        let hosts = plan.hosts.is_some();
        let guards = timely::execute::execute_from(
            builders,
            others,
            WorkerConfig::default(),
            move |worker| {
                let mut mesh = Mesh::new(worker, hosts);
                work(&mut mesh);
            },
        );
        guards.map(|guards| Workers(Some(guards))).map_err(Failure::Hosts)
    }

    /// Whether one has ended.
    pub(super) fn any_ended(&self) -> bool {
        let guards = self.0.iter().flat_map(WorkerGuards::guards);
        guards.into_iter().any(thread::JoinHandle::is_finished)
    }

    /// Waits for the end of all.
    pub(super) fn join(mut self) {
        if let Some(guards) = self.0.take() {
            drop(guards.join());
        }
    }
}

impl Drop for Workers {
    /// Workers that are not waited for cannot be: others that they wait for have ended.
    fn drop(&mut self) {
        if let Some(guards) = self.0.take() {
            std::mem::forget(guards);
        }
    }
}

impl<'a> Mesh<'a> {
    fn new(worker: &'a mut Worker, hosts: bool) -> Mesh<'a> {
        let inbox = Rc::new(RefCell::new(Vec::new()));
        let arrivals = Rc::clone(&inbox);
        let mut input = InputHandle::new();
        let probe = ProbeHandle::new();
        worker.dataflow::<u64, _, _>(|scope| {
            scope
                .input_from(&mut input)
                .unary::<CapacityContainerBuilder<Vec<()>>, _, _, _>(
                    Exchange::new(|parcel: &Parcel| parcel.to),
                    "words",
                    move |_, _| {
                        move |input, _| {
                            input.for_each(|_, parcels| arrivals.borrow_mut().append(parcels));
                        }
                    },
                )
                .probe_with(&probe);
        });
        Mesh { worker, input, probe, inbox, early: Vec::new(), round: 0, hosts }
    }
}

/// timely's threads panic when the connection to another process ends. That is not for people to
/// read: it is noted, and told as what it is.
fn mind_the_others() {
    static ONCE: Once = Once::new();
    LOST.store(false, Ordering::Release);
    ONCE.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let current = thread::current();
            let name = current.name().unwrap_or_default();
            if name.starts_with("timely:recv") || name.starts_with("timely:send") {
                LOST.store(true, Ordering::Release);
            } else if !(name.starts_with("timely:") && LOST.load(Ordering::Acquire)) {
                before(info);
            }
        }));
    });
}
