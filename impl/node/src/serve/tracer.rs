//! What the roles of a daemon see and do, as lines of a trace.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Read as _, Seek as _, SeekFrom};
use std::net::IpAddr;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use dsboot_codec::ip;
use dsboot_roles::{AddressChange, Datagram, Effect, Effects, LinkAddr, Packet, Time};
use tracing::error;

use crate::Error;
use crate::trace::{Event, Trace};
use crate::wire;

/// How far back the end of the last whole line is looked for at a time.
const STEP: u64 = 4096;

/// A file that lines go to.
type Lines = Trace<BufWriter<File>>;

/// The trace of a daemon, which its roles share; `None` without a file, or once it cannot be written.
#[derive(Clone, Default)]
pub(super) struct Tracer(Option<Arc<Mutex<Option<Lines>>>>);

impl Tracer {
    /// Goes on at the end of a file, which is made if it is not there. Its owner alone can read it.
    /// A line that a crash has left without its end is taken away.
    pub(super) fn open(path: &Path) -> io::Result<Tracer> {
        let open = || {
            let mut options = OpenOptions::new();
            options.read(true).write(true).create(true).truncate(false).mode(0o600);
            let mut file = options.open(path)?;
            let whole = end_of_last_line(&mut file)?;
            file.set_len(whole)?;
            file.seek(SeekFrom::Start(whole))?;
            io::Result::Ok(file)
        };
        let file = open().map_err(|error| {
            let reason = format!("cannot write the trace {}: {error}", path.display());
            io::Error::new(error.kind(), reason)
        })?;
        let trace = Trace::new(BufWriter::new(file), path);
        Ok(Tracer(Some(Arc::new(Mutex::new(Some(trace))))))
    }

    /// A datagram has come for a role.
    pub(super) fn received(&self, now: Time, host: &str, datagram: &Datagram) {
        self.write(now, || {
            let packet = hex::encode(&wire::udp_packet(datagram).ok()?);
            let peer = match datagram.neighbour {
                Some(neighbour) => neighbour_name(neighbour),
                None => datagram.source.to_string(),
            };
            Some(Event::ForeignReceived { host, peer, packet })
        });
    }

    /// A packet has come for a role.
    pub(super) fn received_packet(&self, now: Time, host: &str, packet: &Packet) {
        self.write(now, || {
            let from = ip::Packet::decode(&packet.octets).ok().map(|packet| packet.source());
            let peer = peer(packet.neighbour, from);
            Some(Event::ForeignReceived { host, peer, packet: hex::encode(&packet.octets) })
        });
    }

    /// A timer of a role ran out.
    pub(super) fn timed_out(&self, now: Time, host: &str) {
        self.write(now, || Some(Event::TimedOut { host }));
    }

    /// Something else has happened.
    pub(super) fn note(&self, now: Time, text: &str) {
        self.write(now, || Some(Event::Note { text }));
    }

    /// A role wants something done. All that was told is written out when this returns.
    pub(super) fn emitted(&self, now: Time, host: &str, effects: &Effects) {
        if self.0.is_none() {
            return;
        }
        for effect in effects {
            self.write(now, || event_of(host, effect));
        }
        self.try_with(Trace::flush);
    }

    fn write<'a>(&self, now: Time, event: impl FnOnce() -> Option<Event<'a>>) {
        self.try_with(|trace| event().map_or(Ok(()), |event| trace.write_event(now, event)));
    }

    /// Does something with the trace; it ends when that fails, and the daemon goes on.
    fn try_with(&self, act: impl FnOnce(&mut Lines) -> Result<(), Error>) {
        let Some(shared) = &self.0 else { return };
        let mut shared = shared.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(Err(error)) = shared.as_mut().map(act) {
            error!(%error, "the trace ends here");
            *shared = None;
        }
    }
}

fn event_of<'a>(host: &'a str, effect: &Effect) -> Option<Event<'a>> {
    Some(match effect {
        Effect::Datagram(datagram) => {
            let packet = hex::encode(&wire::udp_packet(datagram).ok()?);
            let peer = match datagram.neighbour {
                Some(neighbour) => neighbour_name(neighbour),
                None => datagram.destination.to_string(),
            };
            Event::ForeignSent { host, peer, packet }
        }
        Effect::Packet(packet) => {
            let to = wire::destination(&packet.octets).ok();
            let peer = peer(packet.neighbour, to);
            Event::ForeignSent { host, peer, packet: hex::encode(&packet.octets) }
        }
        Effect::Deliver(octets) => Event::Delivered { host, packet: hex::encode(octets) },
        Effect::Address(AddressChange::Add(address)) => {
            Event::AddressAdded { host, address: address.to_string() }
        }
        Effect::Address(AddressChange::Remove(address)) => {
            Event::AddressRemoved { host, address: address.to_string() }
        }
        Effect::Count(reason) => Event::Counted { host, reason: reason.name() },
    })
}

/// The other end of a packet: the neighbour on the link, or an IP address.
fn peer(neighbour: Option<LinkAddr>, address: Option<IpAddr>) -> String {
    match (neighbour, address) {
        (Some(neighbour), _) => neighbour_name(neighbour),
        (None, Some(address)) => address.to_string(),
        (None, None) => String::new(),
    }
}

fn neighbour_name(LinkAddr(octets): LinkAddr) -> String {
    octets.map(|octet| format!("{octet:02x}")).join(":")
}

/// Where the last line of a file that has its end ends.
fn end_of_last_line(file: &mut File) -> io::Result<u64> {
    let mut end = file.seek(SeekFrom::End(0))?;
    while end > 0 {
        let begin = end.saturating_sub(STEP);
        let mut octets = Vec::new();
        file.seek(SeekFrom::Start(begin))?;
        file.by_ref().take(end - begin).read_to_end(&mut octets)?;
        if let Some(place) = octets.iter().rposition(|octet| *octet == b'\n') {
            return Ok(begin + place as u64 + 1);
        }
        end = begin;
    }
    Ok(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_goes_on_after_its_last_whole_line() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("trace.ndjson");
        let long = "x".repeat(12_288);
        let whole = format!("{{\"event\":\"{long}\"}}\n");
        for (there, stays) in [
            (String::new(), ""),
            ("{\"half".to_owned(), ""),
            (whole.clone(), &*whole),
            (format!("{whole}{{\"ev{long}"), &*whole),
        ] {
            std::fs::write(&path, there).unwrap();
            let tracer = Tracer::open(&path).unwrap();
            tracer.note(Time::from_unix_micros(7), "on");
            tracer.emitted(Time::from_unix_micros(8), "FHA", &Effects::new());
            let written = std::fs::read_to_string(&path).unwrap();
            let line = "{\"time\":7,\"event\":\"note\",\"text\":\"on\"}\n";
            assert_eq!(written, format!("{stays}{line}"));
        }
    }
}
