//! Runs that go on, or come to rest, without ever reaching what they must.
//!
//! *Weak fairness*: what can happen all the time, and has to happen some time, does happen. Under it
//! a run can miss its goal in two ways only: it comes to rest where nothing that has to happen is
//! left, or it goes round for ever in a strongly connected part of the graph in which each action
//! that has to happen is either taken or cannot happen everywhere.

use std::collections::BTreeSet;

/// Where runs can stay for ever without the goal: one state to rest in, or the states of a strongly
/// connected part.
pub(super) type Trap = Vec<u32>;

/// A graph as far as it is looked at: the states that do not reach the goal yet.
pub(super) trait Avoiding {
    /// Whether the state is one to be left out: what must be reached is the case there.
    fn is_goal(&self, state: u32) -> bool;
    /// The states that steps lead to.
    fn successors(&self, state: u32) -> &[u32];
}

/// Every trap that can be reached from these states without passing a goal, in the order in which
/// the first state of each was found. `rests` tells of a state whether a run may end there.
pub(super) fn traps(
    graph: &impl Avoiding,
    from: impl Iterator<Item = u32>,
    states: usize,
    rests: impl Fn(u32) -> bool,
) -> Vec<Trap> {
    let mut search = Tarjan {
        graph,
        order: vec![0; states],
        low: vec![0; states],
        on_stack: vec![false; states],
        stack: Vec::new(),
        next: 1,
        parts: Vec::new(),
    };
    for state in from.filter(|state| !graph.is_goal(*state)) {
        search.visit(state);
    }
    let mut parts = search.parts;
    parts.retain(|part| part.len() > 1 || part.iter().any(|state| rests(*state)));
    parts.iter_mut().for_each(|part| part.sort_unstable());
    parts.sort_unstable();
    parts
}

/// Whether a run can stay in a part for ever although everything that has to happen does: each
/// action that has to happen in each of its states is taken within it. `actions` has those of each
/// state, each with whether it stays in the part.
pub(super) fn is_fair<A: Ord + Clone>(actions: &[Vec<(A, bool)>]) -> bool {
    let names = |stays: bool| {
        move |of: &Vec<(A, bool)>| -> BTreeSet<A> {
            of.iter()
                .filter(|(_, within)| *within || !stays)
                .map(|(action, _)| action.clone())
                .collect()
        }
    };
    let everywhere = actions.iter().map(names(false)).reduce(|one, two| &one & &two);
    let taken: BTreeSet<A> = actions.iter().flat_map(names(true)).collect();
    everywhere.unwrap_or_default().is_subset(&taken)
}

/// Tarjan's search for strongly connected parts, without recursion.
struct Tarjan<'a, G> {
    graph: &'a G,
    /// When each state was met; 0 for never.
    order: Vec<u32>,
    low: Vec<u32>,
    on_stack: Vec<bool>,
    stack: Vec<u32>,
    next: u32,
    parts: Vec<Vec<u32>>,
}

#[expect(clippy::indexing_slicing, reason = "every index is the number of a state of the graph")]
impl<G: Avoiding> Tarjan<'_, G> {
    fn visit(&mut self, root: u32) {
        if self.order[root as usize] != 0 {
            return;
        }
        let mut path: Vec<(u32, usize)> = vec![(root, 0)];
        self.meet(root);
        while let Some((state, place)) = path.last_mut() {
            let (at, edge) = (*state, *place);
            *place += 1;
            match self.graph.successors(at).get(edge).copied() {
                Some(to) if self.graph.is_goal(to) => {}
                Some(to) if self.order[to as usize] == 0 => {
                    self.meet(to);
                    path.push((to, 0));
                }
                Some(to) if self.on_stack[to as usize] => {
                    self.low[at as usize] = self.low[at as usize].min(self.order[to as usize]);
                }
                Some(_) => {}
                None => {
                    path.pop();
                    if let Some((above, _)) = path.last() {
                        let above = *above as usize;
                        self.low[above] = self.low[above].min(self.low[at as usize]);
                    }
                    if self.low[at as usize] == self.order[at as usize] {
                        self.close(at);
                    }
                }
            }
        }
    }

    fn meet(&mut self, state: u32) {
        self.order[state as usize] = self.next;
        self.low[state as usize] = self.next;
        self.next += 1;
        self.on_stack[state as usize] = true;
        self.stack.push(state);
    }

    fn close(&mut self, root: u32) {
        let begin = self.stack.iter().rposition(|state| *state == root).unwrap_or(0);
        let part = self.stack.split_off(begin);
        part.iter().for_each(|state| self.on_stack[*state as usize] = false);
        self.parts.push(part);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Small {
        edges: Vec<Vec<u32>>,
        goals: Vec<u32>,
    }

    impl Avoiding for Small {
        fn is_goal(&self, state: u32) -> bool {
            self.goals.contains(&state)
        }

        fn successors(&self, state: u32) -> &[u32] {
            self.edges.get(state as usize).map_or(&[], Vec::as_slice)
        }
    }

    /// 0 → 1 ⇄ 2 → 3, 2 → 4, 5 → 5.
    fn small(goals: &[u32]) -> Small {
        let edges = vec![vec![1], vec![2], vec![1, 3, 4], vec![], vec![], vec![5]];
        Small { edges, goals: goals.to_vec() }
    }

    #[test]
    fn cycles_and_ends_are_found() {
        let ends = |state| [3, 4].contains(&state);
        let all = |graph: &Small, from: u32| traps(graph, [from].into_iter(), 6, ends);
        assert_eq!(all(&small(&[]), 0), [vec![1, 2], vec![3], vec![4]]);
        assert_eq!(all(&small(&[3, 4]), 0), [vec![1, 2]]);
        assert_eq!(all(&small(&[2]), 0), Vec::<Trap>::new());
        assert_eq!(all(&small(&[2]), 3), [vec![3]]);
        assert_eq!(all(&small(&[0]), 0), Vec::<Trap>::new());
    }

    /// An action that could always happen and never does makes a round unfair; one that cannot
    /// happen in one place, or is taken in one, does not.
    #[test]
    fn what_can_always_happen_must() {
        assert!(is_fair(&[vec![('a', true)], vec![('b', true)]]));
        assert!(!is_fair(&[vec![('a', true), ('x', false)], vec![('b', true), ('x', false)]]));
        assert!(is_fair(&[vec![('a', true), ('x', false)], vec![('b', true)]]));
        assert!(is_fair(&[vec![('a', true), ('x', false)], vec![('b', true), ('x', true)]]));
    }
}
