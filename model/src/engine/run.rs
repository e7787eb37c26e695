//! A walk from outside: starts the workers and waits for them.

use std::ops::ControlFlow;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::mesh::Workers;
use super::store::Store;
use super::walk::{Part, Shared, Sum, walk};
use super::{Failure, MOST_WORKERS, Outcome, Plan, Space, checkpoint, size};
use crate::explore::Progress;

/// How long between two looks at the watch.
const TICK: Duration = Duration::from_millis(20);

/// What a worker comes back with.
type Result_<S> = Result<(Part<<S as Space>::Notes>, Sum), Failure>;

/// Walks through the space to its end, or until `watch` or a limit of the plan says to stop.
///
/// # Errors
///
/// If there is no result: see [`Failure`].
pub fn run<S: Space>(
    space: &S,
    plan: &Plan,
    mut watch: impl FnMut(Progress) -> ControlFlow<()>,
) -> Result<Outcome<S::Notes>, Failure> {
    let processes = plan.hosts.as_ref().map_or(1, |hosts| hosts.addresses.len());
    let first = plan.hosts.as_ref().map_or(0, |hosts| hosts.process) * plan.threads;
    if plan.threads == 0 || plan.threads.saturating_mul(processes) > MOST_WORKERS {
        return Err(Failure::Threads(plan.threads));
    }
    if let (Some(path), 0) = (&plan.resume, first) {
        checkpoint::check(path, &plan.name(space), plan.threads * processes)?;
    }
    let shared = Arc::new(Shared::default());
    let stop = |told: ControlFlow<()>| {
        if told.is_break() {
            shared.stop.store(true, Ordering::Relaxed);
        }
    };
    stop(watch(Progress::default()));
    // Workers end without a result when they lose another process before they notice it.
    let gone = |why| match processes {
        0 | 1 => Failure::Internal(why),
        _ => Failure::PeerLost,
    };
    let (sender, results) = mpsc::channel();
    let sender = Mutex::new(sender);
    let of_workers = (space.clone(), plan.clone(), Arc::clone(&shared));
    let workers = Workers::start(plan, &plan.name(space), move |mesh| {
        let (space, plan, shared) = &of_workers;
        let result: Result_<S> = walk(space, plan, shared, mesh);
        if let Ok(sender) = sender.lock() {
            // Who waited has gone when another worker has failed.
            let _ = sender.send((mesh.index(), result));
        }
    })?;
    let mut parts: Vec<Option<(Part<S::Notes>, Sum)>> = (0..plan.threads).map(|_| None).collect();
    while parts.iter().any(Option::is_none) {
        match results.recv_timeout(TICK) {
            Ok((worker, result)) => {
                let slot = worker.checked_sub(first).and_then(|place| parts.get_mut(place));
                *slot.ok_or(Failure::Internal("a worker too many"))? = Some(result?);
            }
            Err(RecvTimeoutError::Timeout) => stop(watch(so_far(&shared))),
            Err(RecvTimeoutError::Disconnected) => return Err(gone("no worker left")),
        }
        if workers.any_ended() && parts.iter().all(Option::is_none) {
            // It may have told its result in the meantime.
            match results.recv_timeout(TICK) {
                Ok((worker, result)) => {
                    let slot = worker.checked_sub(first).and_then(|place| parts.get_mut(place));
                    *slot.ok_or(Failure::Internal("a worker too many"))? = Some(result?);
                }
                Err(_) => return Err(gone("a worker has ended")),
            }
        }
    }
    workers.join();
    together(parts.into_iter().flatten(), first, plan.goals).ok_or(Failure::Internal("no worker"))
}

fn so_far(shared: &Shared) -> Progress {
    let of = |number: &core::sync::atomic::AtomicU64| number.load(Ordering::Relaxed);
    Progress {
        states: size(of(&shared.states)),
        transitions: size(of(&shared.transitions)),
        depth: size(of(&shared.depth)),
        open: size(of(&shared.open)),
        broken: of(&shared.broken),
    }
}

/// What the workers of this process have, of which the first one has that number among all.
fn together<N>(
    parts: impl Iterator<Item = (Part<N>, Sum)>,
    first: usize,
    goals: bool,
) -> Option<Outcome<N>> {
    let mut stores: Vec<Store> = (0..first).map(|_| Store::default()).collect();
    let mut all = None;
    for (part, sum) in parts {
        stores.push(part.store);
        all = all.or(Some((part.notes, sum)));
    }
    let (notes, sum) = all?;
    let states: usize = stores.iter().map(Store::len).sum();
    let octets: usize = stores.iter().map(Store::octets).sum();
    let broken = sum.runs.iter().enumerate().filter(|(_, run)| run.is_some());
    let progress = Progress {
        states: size(sum.states),
        transitions: size(sum.transitions),
        depth: size(sum.depth),
        open: size(sum.open),
        broken: broken.fold(0, |bits, (promise, _)| bits | 1 << promise),
    };
    Some(Outcome {
        complete: sum.complete,
        progress,
        notes,
        broken: sum.runs,
        goals,
        octets: octets as f64 / states.max(1) as f64,
        stores,
    })
}
