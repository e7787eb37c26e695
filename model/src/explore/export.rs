//! The graph for other people's tools.

use std::collections::{HashMap, VecDeque, hash_map::Entry};
use std::io::{self, Write};

use stateright::Model as _;

use super::{Fingerprint, Prehashed};
use crate::{ActionCode, Bootstrap, State};

/// A form of writing a graph down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GraphForm {
    /// For Graphviz.
    Dot,
    /// Aldebaran's `.aut`, for CADP and mCRL2. Its one initial state leads to those of the model.
    Aut,
}

/// Writes the whole graph to what `begin` makes, or nothing if it has more than `most` states: how many it
/// has, if they could be written.
///
/// # Errors
///
/// If it cannot be written.
pub fn export<W: Write>(
    model: &Bootstrap,
    form: GraphForm,
    most: usize,
    begin: impl FnOnce() -> io::Result<W>,
) -> io::Result<Option<usize>> {
    let Some(graph) = Labelled::of(model, most) else { return Ok(None) };
    let mut out = begin()?;
    match form {
        GraphForm::Dot => graph.dot(&mut out)?,
        GraphForm::Aut => graph.aut(&mut out)?,
    }
    out.flush()?;
    Ok(Some(graph.states))
}

struct Labelled {
    states: usize,
    starts: Vec<(String, usize)>,
    edges: Vec<(usize, String, usize)>,
}

impl Labelled {
    fn of(model: &Bootstrap, most: usize) -> Option<Labelled> {
        let mut numbers: HashMap<Fingerprint, usize, Prehashed> = HashMap::default();
        let mut open: VecDeque<(usize, State)> = VecDeque::new();
        let mut graph = Labelled { states: 0, starts: Vec::new(), edges: Vec::new() };
        let mut number = |state: State, open: &mut VecDeque<(usize, State)>| {
            let new = numbers.len();
            match numbers.entry(Fingerprint::of(&state)) {
                Entry::Occupied(entry) => *entry.get(),
                Entry::Vacant(entry) => {
                    open.push_back((new, state));
                    *entry.insert(new)
                }
            }
        };
        for state in model.init_states() {
            let profile = state.environment.profile.to_string();
            graph.starts.push((profile, number(state, &mut open)));
        }
        let mut actions = Vec::new();
        while let Some((from, state)) = open.pop_front() {
            graph.states += 1;
            if graph.states > most {
                return None;
            }
            actions.clear();
            model.actions(&state, &mut actions);
            for action in &actions {
                if let Some(next) = model.next_state(&state, *action) {
                    graph.edges.push((
                        from,
                        ActionCode(*action).to_string(),
                        number(next, &mut open),
                    ));
                }
            }
        }
        Some(graph)
    }

    fn dot(&self, out: &mut impl Write) -> io::Result<()> {
        writeln!(out, "digraph bootstrap {{")?;
        for (profile, state) in &self.starts {
            writeln!(out, "  {state} [shape=doublecircle, tooltip=\"{profile}\"];")?;
        }
        for (from, label, to) in &self.edges {
            writeln!(out, "  {from} -> {to} [label=\"{label}\"];")?;
        }
        writeln!(out, "}}")
    }

    fn aut(&self, out: &mut impl Write) -> io::Result<()> {
        let edges = self.edges.len() + self.starts.len();
        writeln!(out, "des (0, {edges}, {})", self.states + 1)?;
        for (profile, state) in &self.starts {
            writeln!(out, "(0, \"{profile}\", {})", state + 1)?;
        }
        for (from, label, to) in &self.edges {
            writeln!(out, "({}, \"{label}\", {})", from + 1, to + 1)?;
        }
        Ok(())
    }
}
