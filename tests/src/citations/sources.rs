//! The citations in the workspace's sources.

use std::{collections::BTreeSet, fs, path::Path};

use super::{Error, Fault, Id, Place, Witness};

/// A line `//= id`, or an identifier given as a string.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Citation {
    /// The sentence cited.
    pub id: Id,
    /// What the citation is a witness of; strings are of nothing.
    pub witness: Option<Witness>,
    /// Where it stands.
    pub place: Place,
}

/// The names of all files below a directory that end with the extension, seen from the root, in
/// order. What begins with a dot and what `cargo` builds is left out.
pub(super) fn files(root: &Path, below: &Path, extension: &str) -> Result<Vec<String>, Error> {
    let mut found = Vec::new();
    let mut open = vec![below.to_owned()];
    while let Some(directory) = open.pop() {
        let error = |source| Error::Read { path: directory.clone(), source };
        for entry in fs::read_dir(&directory).map_err(error)? {
            let entry = entry.map_err(error)?;
            let kind = entry.file_type().map_err(error)?;
            let name = entry.file_name();
            if name.to_string_lossy().starts_with('.') || name == "target" {
                continue;
            }
            let path = entry.path();
            if kind.is_dir() {
                open.push(path);
            } else if kind.is_file() && path.extension().is_some_and(|e| e == extension) {
                let relative = path.strip_prefix(root).unwrap_or(&path);
                let parts = relative.iter().map(|part| part.to_string_lossy());
                found.push(parts.collect::<Vec<_>>().join("/"));
            }
        }
    }
    found.sort();
    Ok(found)
}

/// The citations of a file, and what is wrong with them. In model and code, strings that are
/// identifiers of one of the pages count as well: errors and ladders carry such.
pub(super) fn citations(
    file: &str,
    text: &str,
    pages: &BTreeSet<String>,
) -> (Vec<Citation>, Vec<Fault>) {
    let (mut citations, mut faults) = (Vec::new(), Vec::new());
    let whole = witness(file);
    let mut tests = TestItems::default();
    for (number, line) in text.lines().enumerate() {
        let place = Place { file: file.to_owned(), line: number + 1 };
        let in_test = tests.contain(line);
        let witness = if in_test { whole.and(Some(Witness::Test)) } else { whole };
        if let Some(cited) = line.trim_start().strip_prefix("//= ") {
            match (cited.trim().parse(), witness) {
                (Ok(id), Some(_)) => citations.push(Citation { id, witness, place }),
                (Ok(_), None) => faults.push(Fault::Malformed {
                    place,
                    what: "a citation is of use in model, code and tests only".to_owned(),
                }),
                (Err(error), _) => faults.push(Fault::Malformed {
                    place,
                    what: format!("`{}` is {error}", cited.trim()),
                }),
            }
        } else if witness.is_some_and(|w| w != Witness::Test) {
            let named = line.split('"').skip(1).step_by(2).filter_map(|text| text.parse().ok());
            let named = named.filter(|id: &Id| pages.contains(id.page()));
            citations.extend(named.map(|id| Citation { id, witness: None, place: place.clone() }));
        }
    }
    (citations, faults)
}

/// What citations in a file are witnesses of, by its place in the workspace.
fn witness(file: &str) -> Option<Witness> {
    let parts: Vec<&str> = file.split('/').collect();
    match parts.as_slice() {
        parts if parts.iter().any(|part| *part == "tests" || *part == "tests.rs") => {
            Some(Witness::Test)
        }
        ["model", "src", ..] => Some(Witness::Model),
        ["codec" | "spec", "src", ..] | ["impl", _, "src", ..] => Some(Witness::Code),
        _ => None,
    }
}

/// Follows the items under `#[cfg(test)]` by the layout that rustfmt gives them: an item ends with
/// a line that ends with `;`, or with a `}` as far in as the attribute.
#[derive(Default)]
struct TestItems {
    indent: Option<usize>,
    begun: bool,
}

impl TestItems {
    fn contain(&mut self, line: &str) -> bool {
        let code = line.trim();
        let indent = line.len() - line.trim_start().len();
        let Some(outer) = self.indent else {
            if code.starts_with("#[cfg(test)]") {
                *self = TestItems { indent: Some(indent), begun: false };
            }
            return self.indent.is_some();
        };
        if !self.begun {
            let prefix = code.is_empty() || code.starts_with("#[") || code.starts_with("//");
            if prefix {
                return true;
            }
            self.begun = true;
        }
        if indent == outer && (code.ends_with(';') || code.starts_with('}') || code.ends_with("{}"))
        {
            self.indent = None;
        }
        true
    }
}
