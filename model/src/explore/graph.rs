//! The explored graph, and from where a goal can be reached.

use super::Id;

/// States by number, steps between them, and for each goal whether a state wants it or is it.
pub(super) struct Graph {
    goals: usize,
    edges: Vec<(Id, Id)>,
    wanted: Vec<u8>,
    reached: Vec<u8>,
}

impl Graph {
    /// An empty graph for so many goals, eight at most.
    pub(super) const fn new(goals: usize) -> Graph {
        Graph { goals, edges: Vec::new(), wanted: Vec::new(), reached: Vec::new() }
    }

    /// Adds the next state: for each goal, whether it wants the goal and whether it is it.
    pub(super) fn node(&mut self, flags: impl Iterator<Item = (bool, bool)>) {
        let (mut wanted, mut reached) = (0, 0);
        for (number, (wants, is)) in flags.enumerate() {
            wanted |= u8::from(wants) << number;
            reached |= u8::from(is) << number;
        }
        self.wanted.push(wanted);
        self.reached.push(reached);
    }

    /// Adds a step.
    pub(super) fn edge(&mut self, from: Id, to: Id) {
        self.edges.push((from, to));
    }

    /// How many steps there are.
    pub(super) const fn edges(&self) -> usize {
        self.edges.len()
    }

    /// Whether any state wants the goal.
    pub(super) fn is_wanted(&self, goal: usize) -> bool {
        self.wanted.iter().any(|w| w & (1 << goal) != 0)
    }

    /// For each goal the first state that wants it and from which it cannot be reached.
    pub(super) fn out_of_reach(&self) -> Vec<Option<Id>> {
        let can = self.spread_back();
        (0..self.goals)
            .map(|goal| {
                let lost =
                    |(wants, can): (&u8, &u8)| wants & (1 << goal) != 0 && can & (1 << goal) == 0;
                self.wanted.iter().zip(&can).position(lost).and_then(|n| Id::try_from(n).ok())
            })
            .collect()
    }

    /// The goals that can be reached from each state, all goals at once, against the steps.
    fn spread_back(&self) -> Vec<u8> {
        let mut can = self.reached.clone();
        let into = self.steps_into();
        let all = 0..Id::try_from(can.len()).unwrap_or(Id::MAX);
        let mut changed: Vec<Id> = all.filter(|n| get(&can, *n) != 0).collect();
        while let Some(to) = changed.pop() {
            let news = get(&can, to);
            for from in into.of(to) {
                if let Some(known) = can.get_mut(*from as usize)
                    && *known | news != *known
                {
                    *known |= news;
                    changed.push(*from);
                }
            }
        }
        can
    }

    /// The steps sorted by where they lead.
    fn steps_into(&self) -> Into {
        let mut ends = vec![0_usize; self.reached.len() + 1];
        for (_, to) in &self.edges {
            if let Some(count) = ends.get_mut(*to as usize) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for end in &mut ends {
            sum += *end;
            *end = sum;
        }
        let mut from = vec![0; self.edges.len()];
        for (source, to) in &self.edges {
            if let Some(end) = ends.get_mut(*to as usize) {
                *end -= 1;
                if let Some(slot) = from.get_mut(*end) {
                    *slot = *source;
                }
            }
        }
        Into { begins: ends, from }
    }
}

/// Where the steps into each state come from.
struct Into {
    begins: Vec<usize>,
    from: Vec<Id>,
}

impl Into {
    fn of(&self, to: Id) -> &[Id] {
        let at = to as usize;
        match (self.begins.get(at), self.begins.get(at + 1)) {
            (Some(begin), Some(end)) => self.from.get(*begin..*end).unwrap_or_default(),
            _ => &[],
        }
    }
}

fn get(values: &[u8], id: Id) -> u8 {
    values.get(id as usize).copied().unwrap_or_default()
}
