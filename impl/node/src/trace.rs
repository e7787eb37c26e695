//! Everything that happened, as JSON lines: one object for each [`Record`].
//!
//! Each has `time` (microseconds since the Unix epoch, by the run's clock) and `event`, and, except
//! for notes, `host`. What else there is depends on the event; see `Line`.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use dsboot_roles::{AddressChange, Machine, Time};
use serde::Serialize;

use crate::Error;
use crate::net::Net;
use crate::record::{Carrier, Record, What};

/// A trace that is being written.
pub struct Trace<W: Write> {
    writer: W,
    path: PathBuf,
}

impl Trace<BufWriter<File>> {
    /// Creates the file, or replaces it.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn create(path: &Path) -> Result<Self, Error> {
        match File::create(path) {
            Ok(file) => Ok(Trace::new(BufWriter::new(file), path)),
            Err(source) => Err(Error::Write { path: path.to_owned(), source }),
        }
    }
}

impl<W: Write> Trace<W> {
    /// Starts a trace; `path` is what errors call it.
    pub fn new(writer: W, path: &Path) -> Self {
        Trace { writer, path: path.to_owned() }
    }

    /// Writes one record. `step` is the ladder's name for a packet that has one.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn write<M: Machine>(
        &mut self,
        net: &Net<M>,
        record: &Record,
        step: Option<&str>,
    ) -> Result<(), Error> {
        self.write_line(&Line::new(net, record, step))
    }

    /// Writes an event of a host that no [`Net`] holds.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub(crate) fn write_event(&mut self, at: Time, event: Event<'_>) -> Result<(), Error> {
        self.write_line(&Line { time: at.unix_micros(), event })
    }

    /// Writes out what is still held back.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub(crate) fn flush(&mut self) -> Result<(), Error> {
        self.writer.flush().map_err(|source| Error::Write { path: self.path.clone(), source })
    }

    fn write_line(&mut self, line: &Line<'_>) -> Result<(), Error> {
        let written = serde_json::to_writer(&mut self.writer, line)
            .map_err(std::io::Error::from)
            .and_then(|()| self.writer.write_all(b"\n"));
        written.map_err(|source| Error::Write { path: self.path.clone(), source })
    }

    /// Writes out what is still held back, and gives the writer back.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn finish(mut self) -> Result<W, Error> {
        match self.writer.flush() {
            Ok(()) => Ok(self.writer),
            Err(source) => Err(Error::Write { path: self.path, source }),
        }
    }
}

/// One line of a trace.
#[derive(Debug, Serialize)]
struct Line<'a> {
    /// Microseconds since the Unix epoch.
    time: u64,
    #[serde(flatten)]
    event: Event<'a>,
}

/// The event of a line and what belongs to it.
#[derive(Debug, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub(crate) enum Event<'a> {
    Sent {
        host: &'a str,
        to: &'a str,
        link: &'a str,
        carrier: &'static str,
        lost: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        step: Option<&'a str>,
        packet: String,
    },
    Received {
        host: &'a str,
        from: &'a str,
        link: &'a str,
        octets: usize,
    },
    ForeignReceived {
        host: &'a str,
        peer: String,
        packet: String,
    },
    ForeignSent {
        host: &'a str,
        peer: String,
        packet: String,
    },
    Dropped {
        host: &'a str,
        reason: &'static str,
        octets: usize,
    },
    Counted {
        host: &'a str,
        reason: &'static str,
    },
    AddressAdded {
        host: &'a str,
        address: String,
    },
    AddressRemoved {
        host: &'a str,
        address: String,
    },
    Delivered {
        host: &'a str,
        packet: String,
    },
    TimedOut {
        host: &'a str,
    },
    Note {
        text: &'a str,
    },
}

impl<'a> Line<'a> {
    fn new<M: Machine>(net: &'a Net<M>, record: &'a Record, step: Option<&'a str>) -> Line<'a> {
        let name = |id| net.host_name(id);
        let link_name = |id: crate::net::LinkId| {
            net.links().get(id.index()).map_or("?", |link| link.name.as_str())
        };
        let event = match &record.what {
            What::Sent { link, from, to, carrier, lost, packet } => Event::Sent {
                host: name(*from),
                to: name(*to),
                link: link_name(*link),
                carrier: match carrier {
                    Carrier::Socket => "socket",
                    Carrier::Frame => "frame",
                },
                lost: *lost,
                step,
                packet: hex::encode(packet),
            },
            What::Received { link, from, to, octets } => Event::Received {
                host: name(*to),
                from: name(*from),
                link: link_name(*link),
                octets: *octets,
            },
            What::Foreign { host, peer, inbound: true, packet, .. } => Event::ForeignReceived {
                host: name(*host),
                peer: peer.to_string(),
                packet: hex::encode(packet),
            },
            What::Foreign { host, peer, packet, .. } => Event::ForeignSent {
                host: name(*host),
                peer: peer.to_string(),
                packet: hex::encode(packet),
            },
            What::Dropped { host, why, octets } => {
                Event::Dropped { host: name(*host), reason: why.name(), octets: *octets }
            }
            What::Counted { host, reason } => {
                Event::Counted { host: name(*host), reason: reason.name() }
            }
            What::Address { host, change: AddressChange::Add(address) } => {
                Event::AddressAdded { host: name(*host), address: address.to_string() }
            }
            What::Address { host, change: AddressChange::Remove(address) } => {
                Event::AddressRemoved { host: name(*host), address: address.to_string() }
            }
            What::Delivered { host, packet } => {
                Event::Delivered { host: name(*host), packet: hex::encode(packet) }
            }
            What::TimedOut { host } => Event::TimedOut { host: name(*host) },
            What::Note(text) => Event::Note { text },
        };
        Line { time: record.at.unix_micros(), event }
    }
}
