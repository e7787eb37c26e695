//! The traces of a lab's daemons as one.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, BufWriter, Lines, Write as _};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

/// How the names of traces end.
const ENDING: &str = "ndjson";

/// The name of the whole.
const WHOLE: &str = "trace.ndjson";

/// The trace of one host, of which one line is held.
struct Host {
    name: String,
    path: PathBuf,
    rest: Lines<BufReader<File>>,
    next: Map<String, Value>,
}

/// The file of a host's trace.
pub(super) fn trace_of(directory: &Path, host: &str) -> PathBuf {
    directory.join(host).with_extension(ENDING)
}

/// Deletes the traces in a directory.
pub(super) fn delete(directory: &Path) -> io::Result<()> {
    traces_in(directory)?.iter().try_for_each(fs::remove_file)
}

/// Makes the traces that a lab has left in its directory one, [`WHOLE`], in the order of their times.
/// `host` is everywhere the host of the figure then.
pub(super) fn merge(directory: &Path) -> io::Result<()> {
    let mut hosts = Vec::new();
    for path in traces_in(directory)? {
        hosts.extend(Host::open(path)?);
    }
    let mut out = BufWriter::new(File::create(directory.join(WHOLE))?);
    while let Some(at) = (0..hosts.len()).min_by_key(|at| hosts.get(*at).map(Host::time)) {
        let host = hosts.swap_remove(at);
        serde_json::to_writer(&mut out, &host.next)?;
        out.write_all(b"\n")?;
        hosts.extend(host.go_on()?);
    }
    out.flush()
}

fn traces_in(directory: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.extension() == Some(OsStr::new(ENDING)) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

impl Host {
    /// `None` if nothing stands in the file.
    fn open(path: PathBuf) -> io::Result<Option<Host>> {
        let name = path.file_stem().map(|stem| stem.to_string_lossy().to_uppercase());
        let rest = BufReader::new(File::open(&path)?).lines();
        Host { name: name.unwrap_or_default(), path, rest, next: Map::new() }.go_on()
    }

    /// Goes on to the next line, if there is one.
    fn go_on(mut self) -> io::Result<Option<Host>> {
        let Some(line) = self.rest.next() else { return Ok(None) };
        self.next = serde_json::from_str(&line?).map_err(|error| {
            io::Error::other(format!("a line of {} is none: {error}", self.path.display()))
        })?;
        if let Some(host) = self.next.get_mut("host") {
            *host = Value::String(self.name.clone());
        }
        Ok(Some(self))
    }

    fn time(&self) -> u64 {
        self.next.get("time").and_then(Value::as_u64).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traces_are_merged_by_their_times() {
        let directory = tempfile::tempdir().unwrap();
        let lines = |times: &[u64]| -> String {
            let line = |time| format!("{{\"time\":{time},\"host\":\"x\"}}\n");
            times.iter().map(line).collect()
        };
        for (host, times) in [("fha", &[1, 4, 9][..]), ("mn", &[2, 4]), ("ha", &[])] {
            fs::write(trace_of(directory.path(), host), lines(times)).unwrap();
        }
        merge(directory.path()).unwrap();
        let out = fs::read_to_string(directory.path().join(WHOLE)).unwrap();
        let order: Vec<(u64, String)> = out
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap())
            .map(|line| (line["time"].as_u64().unwrap(), line["host"].as_str().unwrap().into()))
            .collect();
        let [fha, mn] = ["FHA", "MN"].map(str::to_owned);
        assert_eq!(order.iter().map(|(time, _)| *time).collect::<Vec<_>>(), [1, 2, 4, 4, 9]);
        assert_eq!(order[0].1, fha);
        assert_eq!(order[1].1, mn);
        delete(directory.path()).unwrap();
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
    }
}
