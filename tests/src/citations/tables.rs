//! From requirement (R-n) and hole (H-n) to sentence, and the README's tables of that.

use std::collections::{BTreeMap, BTreeSet};

use super::{Fault, HOLES, Id, REQUIREMENTS, Sentence};

/// The numbers of one series that a sentence names.
type Named = fn(&Sentence) -> &BTreeSet<u32>;

/// The two series: what their numbers begin with, how many there are, and who names them.
const SERIES: [(&str, u32, Named); 2] =
    [("R-", REQUIREMENTS, |s| &s.requirements), ("H-", HOLES, |s| &s.holes)];

/// The requirements and holes that no sentence takes up, and those named that there are not.
pub(super) fn requirement_faults(sentences: &BTreeMap<Id, Sentence>) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (prefix, count, named) in SERIES {
        for number in 1..=count {
            if !sentences.values().any(|s| named(s).contains(&number)) {
                let what = format!("no sentence takes up {prefix}{number}");
                faults.push(Fault::Requirement { what });
            }
        }
        for sentence in sentences.values() {
            let beyond = named(sentence).iter().filter(|n| !(1..=count).contains(n));
            faults.extend(beyond.map(|number| Fault::Requirement {
                what: format!("{}: there is no {prefix}{number}", sentence.place),
            }));
        }
    }
    faults
}

/// The rows of the README's tables that are missing, stand twice, or have other sentences in their
/// last column than the pages give.
pub(super) fn readme_faults(readme: &str, sentences: &BTreeMap<Id, Sentence>) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (prefix, count, _) in SERIES {
        for number in 1..=count {
            let key = format!("{prefix}{number}");
            let rows = readme.lines().filter(|line| first_cell(line) == Some(key.as_str()));
            match rows.collect::<Vec<_>>().as_slice() {
                [] => faults.push(Fault::Table { what: format!("there is no row for {key}") }),
                [row] if row_as_it_should_be(row, sentences).as_deref() == Some(*row) => {}
                [_] => {
                    faults.push(Fault::Table { what: format!("the row for {key} is out of date") });
                }
                _ => faults.push(Fault::Table { what: format!("{key} has more than one row") }),
            }
        }
    }
    faults
}

/// The README with the last column of its tables as the pages give it.
pub(super) fn rewritten(readme: &str, sentences: &BTreeMap<Id, Sentence>) -> String {
    let lines = readme.lines();
    lines
        .map(|l| row_as_it_should_be(l, sentences).unwrap_or_else(|| l.to_owned()) + "\n")
        .collect()
}

/// A row `| R-n | … | sentences |` with the right sentences; `None` for any other line.
fn row_as_it_should_be(line: &str, sentences: &BTreeMap<Id, Sentence>) -> Option<String> {
    let key = first_cell(line)?;
    let (named, number) = SERIES.into_iter().find_map(|(prefix, _, named)| {
        Some((named, key.strip_prefix(prefix)?.parse::<u32>().ok()?))
    })?;
    let (kept, _) = line.trim_end().strip_suffix('|')?.rsplit_once('|')?;
    let ids: Vec<String> = sentences
        .values()
        .filter(|sentence| named(sentence).contains(&number))
        .map(|sentence| sentence.id.to_string())
        .collect();
    Some(format!("{kept}| {} |", ids.join(", ")))
}

fn first_cell(line: &str) -> Option<&str> {
    Some(line.strip_prefix('|')?.split_once('|')?.0.trim())
}
