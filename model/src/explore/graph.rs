//! States as numbers, and the edges between them.

use super::fair::{self, Avoiding, Trap};

/// A graph, in the order in which its states were found.
#[derive(Debug, Default)]
pub(super) struct Graph {
    /// By which action, counted among those of its state, each state was found first; an initial
    /// state stands for itself.
    found_by: Vec<(u32, u16)>,
    /// What holds in each state: two bits for each possibility.
    marks: Vec<u16>,
    /// Whether something has to happen some time in each state.
    goes_on: Vec<bool>,
    /// Where each state's edges end in `edges`.
    ends: Vec<usize>,
    edges: Vec<u32>,
}

/// No action: the state is an initial one.
const INITIAL: u16 = u16::MAX;

#[expect(clippy::indexing_slicing, reason = "every index is the number of a state of this graph")]
impl Graph {
    /// Adds a state, found from another by the action at that place, or initial. `None` when there
    /// is no number left for it.
    pub(super) fn add(&mut self, from: Option<(u32, usize)>) -> Option<u32> {
        let index = u32::try_from(self.found_by.len()).ok()?;
        self.found_by.push(match from {
            Some((from, place)) => (from, u16::try_from(place).ok().filter(|p| *p < INITIAL)?),
            None => (index, INITIAL),
        });
        Some(index)
    }

    /// What holds in the state that was added last.
    pub(super) fn mark(&mut self, marks: u16) {
        self.marks.push(marks);
    }

    /// An edge from the state being expanded.
    pub(super) fn link(&mut self, to: u32) {
        self.edges.push(to);
    }

    /// The state being expanded has no more edges; `goes_on` tells whether one of them has to be
    /// taken some time. States are expanded in the order in which they were added.
    pub(super) fn close(&mut self, goes_on: bool) {
        self.ends.push(self.edges.len());
        self.goes_on.push(goes_on);
    }

    /// The initial state that a state was found from, and the places of the actions on the way.
    pub(super) fn path(&self, index: u32) -> (usize, Vec<usize>) {
        let mut places = Vec::new();
        let mut index = index;
        while let Some((from, place)) = self.found_by.get(index as usize).copied() {
            if place == INITIAL {
                break;
            }
            places.push(usize::from(place));
            index = from;
        }
        places.reverse();
        (index as usize, places)
    }

    /// The first state in which bit `bit` is marked and from which no state can be reached in which
    /// the next bit is.
    pub(super) fn first_stuck(&self, bit: usize) -> Option<u32> {
        let (from, goal) = (1_u16 << bit, 2_u16 << bit);
        let states = self.marks.len();
        let (starts, sources) = self.reversed();
        let mut reaches: Vec<bool> = self.marks.iter().map(|marks| marks & goal != 0).collect();
        let mut open: Vec<usize> = (0..states).filter(|state| reaches[*state]).collect();
        while let Some(state) = open.pop() {
            for source in &sources[starts[state]..starts[state + 1]] {
                let source = *source as usize;
                if !reaches[source] {
                    reaches[source] = true;
                    open.push(source);
                }
            }
        }
        let stuck = (0..states).find(|state| self.marks[*state] & from != 0 && !reaches[*state]);
        stuck.and_then(|state| u32::try_from(state).ok())
    }

    /// Every trap (see [`fair`](super::fair)) behind a state in which bit `bit` is marked, with the
    /// next bit for the goal.
    pub(super) fn traps(&self, bit: usize) -> Vec<Trap> {
        let from = |state: &u32| self.marks[*state as usize] & (1 << bit) != 0;
        let states = (0..).take(self.marks.len());
        let avoiding = Towards { graph: self, goal: 2 << bit };
        fair::traps(&avoiding, states.filter(from), self.marks.len(), |state| {
            !self.goes_on[state as usize]
        })
    }

    fn successors(&self, state: usize) -> &[u32] {
        let begin = state.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.edges[begin..self.ends[state]]
    }

    /// The edges backwards: for each state where its sources begin, and all sources.
    fn reversed(&self) -> (Vec<usize>, Vec<u32>) {
        let states = self.marks.len();
        let mut starts = vec![0; states + 1];
        for to in &self.edges {
            starts[*to as usize + 1] += 1;
        }
        for state in 0..states {
            starts[state + 1] += starts[state];
        }
        let mut place = starts.clone();
        let mut sources = vec![0; self.edges.len()];
        let mut begin = 0;
        for (from, end) in (0_u32..).zip(&self.ends) {
            for to in &self.edges[begin..*end] {
                let place = &mut place[*to as usize];
                sources[*place] = from;
                *place += 1;
            }
            begin = *end;
        }
        (starts, sources)
    }
}

/// A graph on the way to a goal.
struct Towards<'a> {
    graph: &'a Graph,
    goal: u16,
}

#[expect(clippy::indexing_slicing, reason = "every index is the number of a state of this graph")]
impl Avoiding for Towards<'_> {
    fn is_goal(&self, state: u32) -> bool {
        self.graph.marks[state as usize] & self.goal != 0
    }

    fn successors(&self, state: u32) -> &[u32] {
        self.graph.successors(state as usize)
    }
}
