//! Traces of `dsboot run`, `dsboot serve` and `dsboot lab run`: what each role saw and did, a JSON
//! object a line.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use crate::decode::{InputError, Piece};

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
    host: Option<String>,
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

/// The packets of a trace, in the order of their sending, and whether it is of everybody from the
/// beginning: then nothing but what happens within a role is hidden. Where the last line breaks off, so
/// does the trace.
///
/// # Errors
///
/// When it cannot be read, or a line of it is not an event.
pub fn read(path: &Path) -> Result<(Vec<Result<Piece, InputError>>, bool), TraceError> {
    let failed = |source| TraceError::Read { path: path.to_owned(), source };
    let mut file = BufReader::new(File::open(path).map_err(failed)?);
    let mut pieces = Vec::new();
    // Whose addresses have been seen to come: a trace that has not shown that began before.
    let mut up: HashSet<String> = HashSet::new();
    let (mut complete, mut offset, mut text) = (true, 0, String::new());
    for number in 1.. {
        let wrong = |why: String| TraceError::Line { path: path.to_owned(), line: number, why };
        offset += text.len() as u64;
        text.clear();
        if file.read_line(&mut text).map_err(failed)? == 0 {
            break;
        }
        let line: Line = match serde_json::from_str(&text) {
            Ok(line) => line,
            Err(_) if number > 1 && !text.ends_with('\n') => {
                let (name, why) = (path.display().to_string(), "its line is not whole".to_owned());
                let number = pieces.len() as u64 + 1;
                pieces.push(Err(InputError::Capture { name, number, offset, why }));
                break;
            }
            Err(error) => return Err(wrong(error.to_string())),
        };
        if line.event == "address-added" {
            up.extend(line.host);
            continue;
        }
        if !matches!(&*line.event, "sent" | "received" | "foreign-sent" | "foreign-received") {
            continue;
        }
        // What another host of the trace has sent is not told twice.
        let Some(packet) = line.packet else { continue };
        // What others than the hosts of the trace say to each other is not in it.
        complete &= line.event == "sent" && line.host.is_some_and(|host| up.contains(&host));
        let octets = hex::decode(&packet).map_err(|_| wrong("the packet is no hex".to_owned()))?;
        let is_v6 = octets.first().is_some_and(|first| first >> 4 == 6);
        pieces.push(Ok(Piece {
            time: Some(Duration::from_micros(line.time)),
            link_type: Some(if is_v6 { IPV6 } else { IPV4 }),
            interface: line.link,
            octets,
            ..Piece::default()
        }));
    }
    Ok((pieces, complete))
}
