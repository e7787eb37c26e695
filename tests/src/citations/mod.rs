//! Which sentence of the specification is modelled, carried out and tested where.
//!
//! The pages `spec/*.md` number every testable sentence; a line `//= id` in the sources cites one.
//! By where it stands, a citation is a witness of one of three kinds ([`Witness`]). [`Spec::read`]
//! collects sentences and citations, [`Spec::faults`] says what is not in order, [`Spec::matrix`]
//! shows all of it.

mod history;
mod matrix;
mod pending;
mod sentences;
mod sources;
mod tables;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt, fs, io,
    path::{Path, PathBuf},
};

pub use history::History;
pub use matrix::{Matrix, Row};
pub use pending::Pending;
pub use sentences::{Id, Sentence, Witness};
pub use sources::Citation;

/// How many requirements the draft states.
pub const REQUIREMENTS: u32 = 54;
/// How many holes of the draft we fill: H-1 to H-34.
pub const HOLES: u32 = 34;

/// Where the list of witnesses still missing stands, seen from the workspace's root.
pub const PENDING: &str = "spec/pending.txt";
/// Where the tables from requirement and hole to sentence stand, seen from the workspace's root.
pub const README: &str = "spec/README.md";

/// What keeps the check from being done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or directory of the workspace could not be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// Which one.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// The root of this workspace.
#[must_use]
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// A line of a file of the workspace.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file, seen from the workspace's root, with `/` between its parts.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// Something that is not in order, named by place or sentence.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Fault {
    /// A sentence, citation or list entry is not written as it must be.
    #[error("{place}: {what}")]
    Malformed {
        /// Where.
        place: Place,
        /// What is wrong with it.
        what: String,
    },
    /// A citation, or an identifier given as a string, names no sentence.
    #[error("{place}: there is no sentence {id}")]
    UnknownId {
        /// Where it is cited.
        place: Place,
        /// What is cited.
        id: Id,
    },
    /// Two sentences have one identifier.
    #[error("{second}: sentence {id} stands already at {first}")]
    Twice {
        /// The identifier.
        id: Id,
        /// Its first place.
        first: Place,
        /// Its second place.
        second: Place,
    },
    /// A sentence lacks a witness and is not excused.
    #[error("{place}: sentence {id} has no {witness}, and {PENDING} does not list it")]
    Unwitnessed {
        /// The sentence.
        id: Id,
        /// Its place.
        place: Place,
        /// What it lacks.
        witness: Witness,
    },
    /// The list excuses what is no longer missing.
    #[error("{PENDING}: sentence {id} no longer lacks its {witness}; take that off the list")]
    NotPending {
        /// The sentence.
        id: Id,
        /// What it does not lack.
        witness: Witness,
    },
    /// The list has grown.
    #[error(
        "{PENDING}: {witness} of {id} was put on the list by {version}; it may only get shorter"
    )]
    Grown {
        /// The sentence.
        id: Id,
        /// What was added to its entry.
        witness: Witness,
        /// The version that did it.
        version: String,
    },
    /// A requirement or a hole that no sentence takes up, or that there is not.
    #[error("{what}")]
    Requirement {
        /// Which, and what is wrong.
        what: String,
    },
    /// The tables of the README say something else than the pages.
    #[error(
        "{README}: {what}; DSBOOT_UPDATE_SPEC=1 cargo test -p dsboot-tests --test spec mends it"
    )]
    Table {
        /// Which row.
        what: String,
    },
}

/// The sentences of the pages with all that cites them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spec {
    sentences: BTreeMap<Id, Sentence>,
    citations: Vec<Citation>,
    pending: Pending,
    readme: String,
    /// Faults seen while reading.
    faults: Vec<Fault>,
}

impl Spec {
    /// Reads the pages, the sources and the list of what is pending. Without a list nothing is
    /// pending.
    ///
    /// # Errors
    ///
    /// When something in the workspace cannot be read.
    pub fn read(root: &Path) -> Result<Spec, Error> {
        let mut spec = Spec::default();
        let mut pages = BTreeSet::new();
        for page in sources::files(root, &root.join("spec"), "md")? {
            let text = read(&root.join(&page))?;
            if page == README {
                spec.readme = text;
            } else {
                spec.add_page(&page, &text);
                pages.extend(
                    page.rsplit('/')
                        .next()
                        .and_then(|name| name.strip_suffix(".md"))
                        .map(str::to_owned),
                );
            }
        }
        for file in sources::files(root, root, "rs")? {
            let (citations, faults) = sources::citations(&file, &read(&root.join(&file))?, &pages);
            spec.citations.extend(citations);
            spec.faults.extend(faults);
        }
        if root.join(PENDING).exists() {
            let (pending, faults) = Pending::parse(&read(&root.join(PENDING))?);
            spec.pending = pending;
            spec.faults.extend(faults);
        }
        Ok(spec)
    }

    /// The sentences, by identifier.
    #[must_use]
    pub fn sentences(&self) -> &BTreeMap<Id, Sentence> {
        &self.sentences
    }

    /// The README's text with its tables made to say what the pages say.
    #[must_use]
    pub fn readme(&self) -> String {
        tables::rewritten(&self.readme, &self.sentences)
    }

    /// All that is not in order, but for the list's history.
    #[must_use]
    pub fn faults(&self) -> Vec<Fault> {
        let mut faults = self.faults.clone();
        faults.extend(self.unknown_ids());
        faults.extend(self.witness_faults());
        faults.extend(tables::requirement_faults(&self.sentences));
        faults.extend(tables::readme_faults(&self.readme, &self.sentences));
        faults
    }

    /// Every sentence with all its witnesses.
    #[must_use]
    pub fn matrix(&self) -> Matrix {
        let rows = self.sentences.values().map(|sentence| {
            let places = |kind| {
                let of_kind = move |c: &&Citation| c.witness == Some(kind) && c.id == sentence.id;
                self.citations.iter().filter(of_kind).map(|c| c.place.clone()).collect()
            };
            Row {
                sentence: sentence.clone(),
                model: places(Witness::Model),
                code: places(Witness::Code),
                tests: places(Witness::Test),
            }
        });
        Matrix { rows: rows.collect() }
    }

    /// The list of what is pending as it would have to be now.
    #[must_use]
    pub fn lacking(&self) -> Pending {
        let rows = self.matrix().rows.into_iter();
        rows.map(|row| (row.sentence.id.clone(), row.lacking())).collect()
    }

    fn add_page(&mut self, page: &str, text: &str) {
        let (sentences, faults) = sentences::parse(page, text);
        self.faults.extend(faults);
        for sentence in sentences {
            let (id, second) = (sentence.id.clone(), sentence.place.clone());
            if let Some(first) = self.sentences.get(&id).map(|s| s.place.clone()) {
                self.faults.push(Fault::Twice { id, first, second });
            } else {
                self.sentences.insert(id, sentence);
            }
        }
    }

    fn unknown_ids(&self) -> impl Iterator<Item = Fault> {
        let cited = self.citations.iter().map(|c| (c.place.clone(), c.id.clone()));
        cited
            .filter(|(_, id)| !self.sentences.contains_key(id))
            .map(|(place, id)| Fault::UnknownId { place, id })
    }

    fn witness_faults(&self) -> Vec<Fault> {
        let none = BTreeSet::new();
        let lacking = self.lacking();
        let mut faults = Vec::new();
        for (id, sentence) in &self.sentences {
            let missing = lacking.of(id).unwrap_or(&none);
            let excused = self.pending.of(id).unwrap_or(&none);
            faults.extend(missing.difference(excused).map(|witness| Fault::Unwitnessed {
                id: id.clone(),
                place: sentence.place.clone(),
                witness: *witness,
            }));
            let settled = excused.difference(missing);
            faults.extend(settled.map(|w| Fault::NotPending { id: id.clone(), witness: *w }));
        }
        let unknown = self.pending.places().filter(|(id, _)| !self.sentences.contains_key(id));
        faults.extend(
            unknown.map(|(id, place)| Fault::UnknownId { place: place.clone(), id: id.clone() }),
        );
        faults
    }
}

fn read(path: &Path) -> Result<String, Error> {
    fs::read_to_string(path).map_err(|source| Error::Read { path: path.to_owned(), source })
}
