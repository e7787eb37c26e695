//! The list of witnesses still missing.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use super::{Fault, Id, PENDING, Place, Witness};

/// What the sentences still lack: of each the witnesses, and the line that says so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pending {
    entries: BTreeMap<Id, (BTreeSet<Witness>, Place)>,
}

impl Pending {
    /// Reads a list, and says what is wrong with it: a line that is no entry, an entry out of
    /// order. Empty lines and those that begin with `#` are comments.
    #[must_use]
    pub fn parse(text: &str) -> (Pending, Vec<Fault>) {
        let (mut pending, mut faults) = (Pending::default(), Vec::new());
        for (number, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let place = Place { file: PENDING.to_owned(), line: number + 1 };
            let entry = line
                .split_once(':')
                .and_then(|(id, list)| Some((id.trim().parse::<Id>().ok()?, Witness::list(list)?)));
            let Some((id, witnesses)) = entry else {
                let what = format!("`{line}` is not of the form `id: model, code, test`");
                faults.push(Fault::Malformed { place, what });
                continue;
            };
            if pending.entries.last_key_value().is_some_and(|(last, _)| *last >= id) {
                let what = format!("sentence {id} is out of order");
                faults.push(Fault::Malformed { place: place.clone(), what });
            }
            pending.entries.insert(id, (witnesses, place));
        }
        (pending, faults)
    }

    /// What a sentence lacks according to the list.
    #[must_use]
    pub fn of(&self, id: &Id) -> Option<&BTreeSet<Witness>> {
        self.entries.get(id).map(|(witnesses, _)| witnesses)
    }

    /// How many sentences the list names.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether nothing is pending.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The entries with their lines.
    pub(super) fn places(&self) -> impl Iterator<Item = (&Id, &Place)> {
        self.entries.iter().map(|(id, (_, place))| (id, place))
    }

    /// What is on this list and not on the earlier one.
    pub(super) fn beyond<'a>(
        &'a self,
        earlier: &'a Pending,
    ) -> impl Iterator<Item = (&'a Id, Witness)> {
        let all = self.entries.iter().flat_map(|(id, (of, _))| of.iter().map(move |w| (id, *w)));
        all.filter(|(id, witness)| !earlier.of(id).is_some_and(|then| then.contains(witness)))
    }
}

impl FromIterator<(Id, BTreeSet<Witness>)> for Pending {
    /// The list of these sentences; those that lack nothing are left out.
    fn from_iter<I: IntoIterator<Item = (Id, BTreeSet<Witness>)>>(lacking: I) -> Pending {
        let lacking: BTreeMap<_, _> = lacking.into_iter().filter(|(_, w)| !w.is_empty()).collect();
        let entries = lacking.into_iter().enumerate().map(|(at, (id, witnesses))| {
            let line = HEADER.lines().count() + 1 + at;
            (id, (witnesses, Place { file: PENDING.to_owned(), line }))
        });
        Pending { entries: entries.collect() }
    }
}

const HEADER: &str = "\
# Sentences of the specification that still lack a witness: `id: what is missing`, in order.
# This list may only get shorter; the citation check compares it with every earlier version.
";

impl fmt::Display for Pending {
    /// The list as a file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HEADER)?;
        for (id, (witnesses, _)) in &self.entries {
            let names: Vec<&str> = witnesses.iter().map(|w| w.name()).collect();
            writeln!(f, "{id}: {}", names.join(", "))?;
        }
        Ok(())
    }
}
