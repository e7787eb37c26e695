//! Traces of `dsboot run`, `dsboot serve` and `dsboot lab run`: what each role saw and did, a JSON
//! object a line.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use crate::decode::Piece;

/// The link types of whole IP packets (LINKTYPE_IPV4 and LINKTYPE_IPV6).
const IPV4: u32 = 228;
const IPV6: u32 = 229;

/// What keeps a trace from being read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TraceError {
    /// It cannot be opened or read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A line is no event of a trace.
    #[error("{}: line {line} is no event of a trace: {why}", path.display())]
    Line {
        /// Which file.
        path: PathBuf,
        /// Which line, from 1.
        line: usize,
        /// Why.
        why: String,
    },
}

/// What is needed of a line.
#[derive(Deserialize)]
struct Line {
    time: u64,
    event: String,
    #[serde(default)]
    link: Option<String>,
    #[serde(default)]
    packet: Option<String>,
}

/// Whether a file looks like a trace.
pub(super) fn is_one(path: &Path) -> bool {
    let mut first = [0];
    let read = File::open(path).and_then(|mut file| file.read(&mut first));
    matches!(read, Ok(1)) && first == *b"{"
}

/// The packets of a trace, in the order of their sending, and whether it is of everybody: then
/// nothing but what happens within a role is hidden.
///
/// # Errors
///
/// When it cannot be read, or a line of it is not an event.
pub fn read(path: &Path) -> Result<(Vec<Piece>, bool), TraceError> {
    let failed = |source| TraceError::Read { path: path.to_owned(), source };
    let file = BufReader::new(File::open(path).map_err(failed)?);
    let mut pieces = Vec::new();
    let mut complete = true;
    for (number, line) in (1..).zip(file.lines()) {
        let wrong = |why: String| TraceError::Line { path: path.to_owned(), line: number, why };
        let line = line.map_err(failed)?;
        let line: Line = serde_json::from_str(&line).map_err(|error| wrong(error.to_string()))?;
        if !matches!(&*line.event, "sent" | "received" | "foreign-sent" | "foreign-received") {
            continue;
        }
        // What another host of the trace has sent is not told twice.
        let Some(packet) = line.packet else { continue };
        // What others than the hosts of the trace say to each other is not in it.
        complete &= line.event == "sent";
        let octets = hex::decode(&packet).map_err(|_| wrong("the packet is no hex".to_owned()))?;
        let is_v6 = octets.first().is_some_and(|first| first >> 4 == 6);
        pieces.push(Piece {
            time: Some(Duration::from_micros(line.time)),
            link_type: Some(if is_v6 { IPV6 } else { IPV4 }),
            interface: line.link,
            octets,
            ..Piece::default()
        });
    }
    Ok((pieces, complete))
}
