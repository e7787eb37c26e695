//! `dsboot vectors`: test vectors for others' decoders, written to files.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use dsboot_vectors::{File, Outcome, SCHEMA_NAME, files};

use crate::Exit;

/// The schema of the files, which stands beside them.
const SCHEMA: &str = include_str!("../schemas/vectors.schema.json");

/// Write test vectors for decoders: valid, invalid and acceptable messages, each with the clause it
/// tests
///
/// One JSON file a protocol, in the form of Wycheproof's, with its schema. `valid` messages are to be
/// taken and mean what `fields` say; `invalid` ones are to be refused; of `acceptable` ones the part
/// that the comment names is not to be used, and the message may be taken. The same version of this
/// program writes the same files always, and an id stays what it is.
#[derive(Clone, Debug, Args)]
pub struct VectorsArgs {
    /// The directory to write to; it is made when it is not there.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,

    /// Print how many there are as JSON.
    #[arg(long)]
    pub json: bool,
}

/// What keeps vectors from being written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VectorsError {
    /// A file cannot be written.
    #[error("cannot write {}: {source}", .path.display())]
    Write {
        /// The file or directory.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// What was to be printed could not be.
    #[error("cannot print: {0}")]
    Print(#[from] io::Error),
}

impl VectorsError {
    /// The exit status that goes with it.
    #[must_use]
    pub const fn exit(&self) -> Exit {
        Exit::Usage
    }
}

/// Writes the files and the schema to a directory.
///
/// # Errors
///
/// When one cannot be written.
pub fn write(directory: &Path, files: &[File]) -> Result<(), VectorsError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| VectorsError::Write { path, source }
    };
    fs::create_dir_all(directory).map_err(failed(directory))?;
    for file in files {
        let path = directory.join(format!("{}.json", file.name));
        let text = serde_json::to_string_pretty(file).map_err(io::Error::from);
        let text = text.map_err(failed(&path))? + "\n";
        fs::write(&path, text).map_err(failed(&path))?;
    }
    let path = directory.join(SCHEMA_NAME);
    fs::write(&path, SCHEMA).map_err(failed(&path))
}

/// Writes what `args` say, and how much it was to `out`.
///
/// # Errors
///
/// When a file cannot be written.
pub fn run(args: &VectorsArgs, out: &mut impl Write) -> Result<bool, VectorsError> {
    let files = files();
    write(&args.out, &files)?;
    let of = |outcome| files.iter().map(|file| file.count(outcome)).sum::<usize>();
    let all: usize = files.iter().map(|file| file.number_of_tests).sum();
    if args.json {
        let count = serde_json::json!({
            "vectors": all,
            "valid": of(Outcome::Valid),
            "invalid": of(Outcome::Invalid),
            "acceptable": of(Outcome::Acceptable),
            "files": files.iter().map(|file| format!("{}.json", file.name)).collect::<Vec<_>>(),
            "schema": SCHEMA_NAME,
        });
        writeln!(out, "{count}")?;
        return Ok(true);
    }
    writeln!(
        out,
        "{:<28}{:>8}{:>8}{:>9}{:>12}",
        "file", "vectors", "valid", "invalid", "acceptable"
    )?;
    let row = |out: &mut dyn Write, name: &str, counts: [usize; 4]| {
        let [all, valid, invalid, acceptable] = counts;
        writeln!(out, "{name:<28}{all:>8}{valid:>8}{invalid:>9}{acceptable:>12}")
    };
    let counted = [Outcome::Valid, Outcome::Invalid, Outcome::Acceptable];
    for file in &files {
        let [valid, invalid, acceptable] = counted.map(|outcome| file.count(outcome));
        let counts = [file.number_of_tests, valid, invalid, acceptable];
        row(out, &format!("{}.json", file.name), counts)?;
    }
    row(out, "", [all, of(Outcome::Valid), of(Outcome::Invalid), of(Outcome::Acceptable)])?;
    writeln!(out, "written to {}, with {SCHEMA_NAME}", args.out.display())?;
    Ok(true)
}
