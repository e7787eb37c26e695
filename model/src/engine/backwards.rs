//! What stays possible: back from the goals, over every edge.

use super::mesh::Mesh;
use super::store::Origin;
use super::walk::Part;
use super::{Failure, Place, Space, count, low};

/// Notes for each goal the first of the states from which it must be possible and is not.
pub(super) fn judge<S: Space>(
    space: &S,
    mesh: &mut Mesh<'_>,
    part: &mut Part<S::Notes>,
) -> Result<(), Failure> {
    let promised = || (0..S::GOALS).filter_map(|goal| Some((goal, space.promise_of_goal(goal)?)));
    if promised().next().is_none() {
        return Ok(());
    }
    let sources = Sources::of(part);
    for (goal, promise) in promised() {
        let reached = reach(goal, mesh, part, &sources)?;
        let states = (0_u32..).zip(&part.store.marks);
        let due = states.filter(|(_, marks)| *marks >> (2 * goal) & 1 == 1);
        let stuck: Vec<u32> =
            due.map(|(state, _)| state).filter(|s| !reached.contains(*s)).collect();
        for index in stuck {
            let worker = u16::try_from(mesh.index()).unwrap_or(u16::MAX);
            let level = count(part.store.level(index));
            part.note(1 << promise, level, Place { worker, index });
        }
    }
    // Nobody needs the edges any more.
    part.edges = Vec::new();
    Ok(())
}

/// How many words are sent at a time.
const PARCEL: usize = 4096;

/// The states of this worker from which a goal can be reached. Each round goes back by one edge.
fn reach<N>(
    goal: usize,
    mesh: &mut Mesh<'_>,
    part: &Part<N>,
    sources: &Sources,
) -> Result<Set, Failure> {
    let mut reached = Set::of(part.store.len());
    let mut open: Vec<u32> = Vec::new();
    for (state, marks) in (0_u32..).zip(&part.store.marks) {
        if marks >> (2 * goal) & 2 == 2 && reached.insert(state) {
            open.push(state);
        }
    }
    let mut out: Vec<Vec<u64>> = vec![Vec::new(); mesh.peers()];
    loop {
        let told = mesh.agree(&[count(open.len())])?;
        if told.iter().flatten().sum::<u64>() == 0 {
            return Ok(reached);
        }
        for state in std::mem::take(&mut open) {
            let found_from = match part.store.origin(state) {
                Some(Origin::Step(from)) => Some((usize::from(from.worker), from.index)),
                _ => None,
            };
            let others = part.edges.iter().enumerate().flat_map(|(worker, edges)| {
                sources.of_state(worker, state, edges).map(move |source| (worker, source))
            });
            for (worker, source) in found_from.into_iter().chain(others) {
                if worker == mesh.index() {
                    if reached.insert(source) {
                        open.push(source);
                    }
                } else if let Some(out) = out.get_mut(worker) {
                    out.push(source.into());
                }
            }
            for (to, out) in out.iter_mut().enumerate() {
                if out.len() >= PARCEL {
                    mesh.send(to, std::mem::take(out));
                }
            }
        }
        for (to, out) in out.iter_mut().enumerate() {
            mesh.send(to, std::mem::take(out));
        }
        mesh.finish_round(|_, words| {
            let sources = words.iter().map(|word| low(*word));
            open.extend(sources.filter(|source| reached.insert(*source)));
            Ok(())
        })?;
    }
}

/// Where the edges to each state begin, by the worker that they come from.
struct Sources(Vec<Vec<u32>>);

impl Sources {
    /// Sorts the edges by where they lead.
    fn of<N>(part: &mut Part<N>) -> Sources {
        let states = part.store.len();
        let begins = part.edges.iter_mut().map(|edges| {
            edges.sort_unstable();
            edges.dedup();
            let mut begins = Vec::with_capacity(states + 1);
            let mut place = 0;
            for state in (0_u32..).take(states + 1) {
                while edges.get(place).is_some_and(|(to, _)| *to < state) {
                    place += 1;
                }
                begins.push(u32::try_from(place).unwrap_or(u32::MAX));
            }
            begins
        });
        Sources(begins.collect())
    }

    /// The states of a worker from which an edge leads to this one.
    fn of_state<'a>(
        &self,
        worker: usize,
        state: u32,
        edges: &'a [(u32, u32)],
    ) -> impl Iterator<Item = u32> + use<'a> {
        let begins = self.0.get(worker).map(Vec::as_slice).unwrap_or_default();
        let begin = |state: usize| begins.get(state).map_or(0, |begin| *begin as usize);
        let range = begin(state as usize)..begin(state as usize + 1);
        edges.get(range).unwrap_or_default().iter().map(|(_, source)| *source)
    }
}

/// A set of states.
struct Set(Vec<u64>);

impl Set {
    /// The empty set, for so many states.
    fn of(states: usize) -> Set {
        Set(vec![0; states.div_ceil(64)])
    }

    fn contains(&self, state: u32) -> bool {
        self.0.get(state as usize / 64).is_some_and(|word| word >> (state % 64) & 1 == 1)
    }

    /// Puts a state in; whether it is new.
    fn insert(&mut self, state: u32) -> bool {
        let bit = 1 << (state % 64);
        self.0.get_mut(state as usize / 64).is_some_and(|word| {
            let new = *word & bit == 0;
            *word |= bit;
            new
        })
    }
}
