//! Which processes work together, and how they find each other.

use core::fmt;
use std::fs;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream, ToSocketAddrs};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use super::Failure;
use crate::explore::Fingerprint;

/// The processes of one walk, and which of them this one is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hosts {
    /// Where each process is to be reached: host and TCP port.
    pub addresses: Vec<String>,
    /// The place of this process among them, from 0.
    pub process: usize,
}

/// Why a host file is of no use.
#[derive(Debug)]
#[non_exhaustive]
pub enum HostFileError {
    /// It cannot be read.
    Read(PathBuf, io::Error),
    /// A line is no address: its number, from 1.
    Address(PathBuf, usize, String),
    /// It has no address of that process.
    Process(PathBuf, usize, usize),
}

impl fmt::Display for HostFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HostFileError::Read(path, error) => write!(f, "{}: {error}", path.display()),
            HostFileError::Address(path, line, text) => write!(
                f,
                "{}: line {line}: `{text}` is no address: one line for each process, host:port",
                path.display()
            ),
            HostFileError::Process(path, process, many) => write!(
                f,
                "{}: has {many} addresses, so there is no process {process}; they count from 0",
                path.display()
            ),
        }
    }
}

impl core::error::Error for HostFileError {}

/// How long the others are waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long between two attempts.
const PAUSE: Duration = Duration::from_millis(20);

/// How long a greeting may take.
const GREETING: Duration = Duration::from_secs(10);

impl Hosts {
    /// Out of a file with one address a line; empty lines and what follows `#` are left out.
    ///
    /// # Errors
    ///
    /// If the file is not to be read, has something else in it, or no such process.
    pub fn read(path: &Path, process: usize) -> Result<Hosts, HostFileError> {
        let owned = || path.to_owned();
        let text = fs::read_to_string(path).map_err(|error| HostFileError::Read(owned(), error))?;
        let mut addresses = Vec::new();
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.split('#').next().unwrap_or_default().trim();
            let port = line.rsplit_once(':').and_then(|(_, port)| port.parse::<u16>().ok());
            match port {
                _ if line.is_empty() => {}
                Some(1..) => addresses.push(line.to_owned()),
                _ => return Err(HostFileError::Address(owned(), number, line.to_owned())),
            }
        }
        if process >= addresses.len() {
            return Err(HostFileError::Process(owned(), process, addresses.len()));
        }
        Ok(Hosts { addresses, process })
    }

    /// Connects every process with every other: the streams to the others, in order, and `None` in
    /// this one's place. All must be about to walk the same, with as many threads.
    pub(super) fn connect(
        &self,
        threads: usize,
        name: &str,
    ) -> Result<Vec<Option<TcpStream>>, Failure> {
        let mut streams: Vec<Option<TcpStream>> = self.addresses.iter().map(|_| None).collect();
        let until = Instant::now() + PATIENCE;
        let own = self.address(self.process);
        let listener = TcpListener::bind(own)
            .and_then(|listener| listener.set_nonblocking(true).map(|()| listener))
            .map_err(|error| Failure::Hosts(format!("{own}: {error}")))?;
        let greeting = self.greeting(threads, name);
        for (process, stream) in streams.iter_mut().enumerate().take(self.process) {
            let mut reached = self.reach(process, until)?;
            let other = greet(&mut reached, &greeting, true);
            self.check(process, other, &greeting)?;
            *stream = Some(reached);
        }
        while streams.iter().skip(self.process + 1).any(Option::is_none) {
            let Ok((mut stream, from)) = listener.accept() else {
                let missing = streams.iter().skip(self.process + 1).position(Option::is_none);
                let missing = missing.map_or(self.process, |place| place + self.process + 1);
                self.patience(missing, until)?;
                continue;
            };
            let other =
                stream.set_nonblocking(false).and_then(|()| greet(&mut stream, &greeting, false));
            // Somebody else has knocked: a scanner of ports, or a process that has ended.
            let Ok(other) = other else { continue };
            let process = usize::from(other.process);
            self.check(process, Ok(other), &greeting)?;
            match streams.get_mut(process) {
                Some(free @ None) if process > self.process => *free = Some(stream),
                _ => return Err(Failure::Hosts(format!("{from}: a second process {process}"))),
            }
        }
        for stream in streams.iter().flatten() {
            stream.set_nodelay(true).map_err(|error| Failure::Hosts(error.to_string()))?;
        }
        Ok(streams)
    }

    fn address(&self, process: usize) -> &str {
        self.addresses.get(process).map_or("", String::as_str)
    }

    fn greeting(&self, threads: usize, name: &str) -> Greeting {
        let octets = format!("{threads} {} {name}", self.addresses.join(" "));
        let (upper, lower) = Fingerprint::of(&octets).halves();
        let process = u16::try_from(self.process).unwrap_or(u16::MAX);
        Greeting { process, walk: [upper, lower] }
    }

    fn reach(&self, process: usize, until: Instant) -> Result<TcpStream, Failure> {
        let address = self.address(process);
        loop {
            let found = address
                .to_socket_addrs()
                .map_err(|error| Failure::Hosts(format!("{address}: {error}")))?;
            let reached = found.into_iter().find_map(|at| TcpStream::connect(at).ok());
            match reached {
                Some(stream) => return Ok(stream),
                None => self.patience(process, until)?,
            }
        }
    }

    fn patience(&self, process: usize, until: Instant) -> Result<(), Failure> {
        if Instant::now() < until {
            thread::sleep(PAUSE);
            return Ok(());
        }
        Err(Failure::Hosts(format!(
            "process {process} at {} has not come within {} s: start it with --process {process}",
            self.address(process),
            PATIENCE.as_secs()
        )))
    }

    fn check(
        &self,
        process: usize,
        other: io::Result<Greeting>,
        own: &Greeting,
    ) -> Result<(), Failure> {
        let address = self.address(process);
        match other {
            Ok(other) if other.walk == own.walk => Ok(()),
            Ok(_) => Err(Failure::Hosts(format!(
                "process {process} at {address} is about to check something else: all processes \
                 need the same version, scenarios, options, threads and host file"
            ))),
            Err(error) => Err(Failure::Hosts(format!("process {process} at {address}: {error}"))),
        }
    }
}

/// What processes tell each other at first.
struct Greeting {
    process: u16,
    walk: [u64; 2],
}

/// Who speaks so.
const MAGIC: [u8; 8] = *b"dsboot 1";

/// Says who this is, and hears who the other is; the one that has connected speaks first.
fn greet(stream: &mut TcpStream, own: &Greeting, first: bool) -> io::Result<Greeting> {
    let [upper, lower] = own.walk;
    let octets =
        [&MAGIC[..], &own.process.to_be_bytes(), &upper.to_be_bytes(), &lower.to_be_bytes()]
            .concat();
    stream.set_read_timeout(Some(GREETING))?;
    if first {
        stream.write_all(&octets)?;
    }
    let magic: [u8; 8] = read(stream)?;
    if magic != MAGIC {
        return Err(io::Error::other("is no dsboot of this version"));
    }
    let process = u16::from_be_bytes(read(stream)?);
    let walk = [u64::from_be_bytes(read(stream)?), u64::from_be_bytes(read(stream)?)];
    if !first {
        stream.write_all(&octets)?;
    }
    stream.set_read_timeout(None)?;
    Ok(Greeting { process, walk })
}

fn read<const N: usize>(stream: &mut TcpStream) -> io::Result<[u8; N]> {
    let mut octets = [0; N];
    stream.read_exact(&mut octets)?;
    Ok(octets)
}
