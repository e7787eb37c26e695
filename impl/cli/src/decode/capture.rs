//! Packets of pcap and pcapng captures, each with its place in the file.

use std::borrow::Cow;
use std::cell::Cell;
use std::io::{self, BufRead, Read};
use std::rc::Rc;
use std::time::Duration;

use byteorder_slice::{BigEndian, LittleEndian};
use pcap_file::pcap::PcapReader;
use pcap_file::pcapng::blocks::enhanced_packet::EnhancedPacketOption;
use pcap_file::pcapng::blocks::interface_description::{
    InterfaceDescriptionBlock, InterfaceDescriptionOption,
};
use pcap_file::pcapng::{Block, PcapNgReader, RawBlock};
use pcap_file::{Endianness, PcapError, TsResolution};

use super::input::Piece;

/// The first octets of a pcapng file.
const PCAPNG: [u8; 4] = [0x0a, 0x0d, 0x0d, 0x0a];

/// The first octets of a pcap file: in both orders, with microseconds or nanoseconds.
const PCAP: [[u8; 4]; 4] = [
    [0xa1, 0xb2, 0xc3, 0xd4],
    [0xd4, 0xc3, 0xb2, 0xa1],
    [0xa1, 0xb2, 0x3c, 0x4d],
    [0x4d, 0x3c, 0xb2, 0xa1],
];

/// Octets before the first packet of a pcap file, and before the octets of each.
const PCAP_HEADER: u64 = 24;
const PCAP_PACKET_HEADER: u64 = 16;

/// The library reads no more of a file at once, so that no packet or block can be larger.
const LARGEST: u64 = 8_000_000;

pub(super) fn is_pcap(octets: &[u8]) -> bool {
    PCAP.iter().any(|magic| octets.starts_with(magic))
}

pub(super) fn is_pcapng(octets: &[u8]) -> bool {
    octets.starts_with(&PCAPNG)
}

/// Where a capture cannot be read on, and why.
pub(super) struct Broken {
    /// Octets of the file before what is broken.
    pub(super) offset: u64,
    pub(super) why: String,
}

type Reader = Counting<Box<dyn BufRead>>;

/// A capture that is being read.
pub(super) struct Capture {
    source: Source,
    /// Octets of the file that have been understood.
    offset: u64,
    /// Octets of it that have been read.
    read: Rc<Cell<u64>>,
}

enum Source {
    Pcap(Box<PcapReader<Reader>>),
    Pcapng(Box<PcapNgReader<Reader>>),
}

impl Capture {
    /// Opens a capture that begins with these octets, which `reader` has too.
    pub(super) fn open(reader: Box<dyn BufRead>, start: &[u8]) -> Result<Capture, Broken> {
        let read = Rc::new(Cell::new(0));
        let reader = Counting { reader, read: Rc::clone(&read) };
        let source = if is_pcapng(start) {
            PcapNgReader::new(reader).map(|reader| Source::Pcapng(Box::new(reader)))
        } else {
            PcapReader::new(reader).map(|reader| Source::Pcap(Box::new(reader)))
        };
        let broken = |error| Broken { offset: 0, why: why(&error, 0, read.get()) };
        let source = source.map_err(broken)?;
        let offset = match &source {
            Source::Pcap(_) => PCAP_HEADER,
            Source::Pcapng(_) => first_block(start),
        };
        Ok(Capture { source, offset, read })
    }

    /// The next packet; of other blocks only what they say of packets.
    pub(super) fn next(&mut self) -> Result<Option<Piece>, Broken> {
        let offset = self.offset;
        let read = Rc::clone(&self.read);
        let broken =
            |error: PcapError, at: u64| Broken { offset: at, why: why(&error, at, read.get()) };
        match &mut self.source {
            Source::Pcap(reader) => {
                let header = reader.header();
                let Some(packet) = reader.next_raw_packet() else { return Ok(None) };
                let packet = packet.map_err(|error| broken(error, offset))?;
                self.offset += PCAP_PACKET_HEADER + packet.data.len() as u64;
                let unit = match header.ts_resolution {
                    TsResolution::MicroSecond => Duration::from_micros(1),
                    TsResolution::NanoSecond => Duration::from_nanos(1),
                };
                let time = Duration::from_secs(packet.ts_sec.into())
                    .saturating_add(unit.saturating_mul(packet.ts_frac));
                Ok(Some(Piece {
                    time: Some(time),
                    // The upper half may tell of a frame check sequence.
                    link_type: Some(u32::from(header.datalink) & 0xffff),
                    original_length: Some(packet.orig_len),
                    octets: packet.data.into_owned(),
                    ..Piece::default()
                }))
            }
            Source::Pcapng(reader) => loop {
                let at = self.offset;
                let Some(block) = reader.next_raw_block() else { return Ok(None) };
                let block = block.map_err(|error| broken(error, at))?;
                self.offset += u64::from(block.initial_len);
                // The library takes borrowed blocks only, and lends its own while it is not asked.
                let RawBlock { type_, initial_len, trailer_len, body } = block;
                let body = body.into_owned();
                let body = Cow::Borrowed(body.as_slice());
                let block = RawBlock { type_, initial_len, body, trailer_len };
                let block = match reader.section().endianness {
                    Endianness::Big => block.try_into_block::<BigEndian>(),
                    Endianness::Little => block.try_into_block::<LittleEndian>(),
                };
                let block = block.map_err(|error| broken(error, at))?;
                if let Some(piece) = piece(block, reader.interfaces()) {
                    return Ok(Some(piece));
                }
            },
        }
    }
}

/// The packet of a block, if it has one.
fn piece(block: Block<'_>, interfaces: &[InterfaceDescriptionBlock<'_>]) -> Option<Piece> {
    let (index, units, original_length, octets, comments) = match block {
        Block::EnhancedPacket(packet) => {
            let comments = packet.options.iter().filter_map(|option| match option {
                EnhancedPacketOption::Comment(text) => Some(text.to_string()),
                _ => None,
            });
            let comments: Vec<String> = comments.collect();
            // The library takes every unit for a nanosecond.
            let units = u64::try_from(packet.timestamp.as_nanos()).ok();
            let octets = packet.data.into_owned();
            (packet.interface_id, units, packet.original_len, octets, comments)
        }
        Block::SimplePacket(packet) => {
            let first = interfaces.first().map(|interface| interface.snaplen);
            let limit = first.filter(|snaplen| *snaplen > 0).unwrap_or(u32::MAX);
            let length = usize::try_from(packet.original_len.min(limit)).unwrap_or(usize::MAX);
            let mut octets = packet.data.into_owned();
            octets.truncate(length);
            (0, None, packet.original_len, octets, Vec::new())
        }
        Block::Packet(packet) => {
            let units = Some(packet.timestamp);
            let octets = packet.data.into_owned();
            (packet.interface_id.into(), units, packet.original_len, octets, Vec::new())
        }
        _ => return None,
    };
    let interface = usize::try_from(index).ok().and_then(|index| interfaces.get(index));
    let note = format!("its interface, number {index}, is not described in the capture");
    Some(Piece {
        time: units.zip(interface).map(|(units, interface)| since_1970(units, interface)),
        link_type: interface.map(|interface| interface.linktype.into()),
        interface: interface.and_then(name),
        comments,
        notes: if interface.is_some() { Vec::new() } else { vec![note] },
        original_length: Some(original_length),
        octets,
    })
}

fn name(interface: &InterfaceDescriptionBlock<'_>) -> Option<String> {
    interface.options.iter().find_map(|option| match option {
        InterfaceDescriptionOption::IfName(name) => Some(name.to_string()),
        _ => None,
    })
}

/// The time that so many units of an interface are: microseconds, unless it says otherwise.
fn since_1970(units: u64, interface: &InterfaceDescriptionBlock<'_>) -> Duration {
    let (mut resolution, mut offset) = (6, 0);
    for option in &interface.options {
        match option {
            InterfaceDescriptionOption::IfTsResol(value) => resolution = *value,
            // It has a sign, and the library takes it for a number without one.
            InterfaceDescriptionOption::IfTsOffset(value) => offset = value.cast_signed(),
            _ => (),
        }
    }
    let exponent = u32::from(resolution & 0x7f);
    let base: u128 = if resolution & 0x80 == 0 { 10 } else { 2 };
    let second = base.checked_pow(exponent).unwrap_or(u128::MAX);
    let nanos = u128::from(units).saturating_mul(1_000_000_000) / second.max(1);
    let since = Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX));
    let shift = Duration::from_secs(offset.unsigned_abs());
    if offset < 0 { since.saturating_sub(shift) } else { since.saturating_add(shift) }
}

/// The length of a pcapng file's first block, by its first octets.
fn first_block(start: &[u8]) -> u64 {
    let [_, _, _, _, a, b, c, d, order @ .., _, _, _] =
        start.first_chunk::<12>().unwrap_or(&[0; 12]);
    let length = [*a, *b, *c, *d];
    let is_big = *order == [0x1a];
    u64::from(if is_big { u32::from_be_bytes(length) } else { u32::from_le_bytes(length) })
}

/// What is wrong at `offset` of a capture of which so many octets have been read, in words.
fn why(error: &PcapError, offset: u64, read: u64) -> String {
    let is_end = match error {
        PcapError::IncompleteBuffer => true,
        PcapError::IoError(error) => error.kind() == io::ErrorKind::UnexpectedEof,
        _ => false,
    };
    let there = read.saturating_sub(offset);
    match error {
        _ if is_end && there >= LARGEST => {
            format!("it says that it has more than {LARGEST} octets, so its length is wrong")
        }
        _ if is_end => format!("it ends in the middle, {there} octets of it are there"),
        PcapError::InvalidField(what) => (*what).to_owned(),
        other => other.to_string(),
    }
}

/// A reader that tells how much was read.
struct Counting<R> {
    reader: R,
    read: Rc<Cell<u64>>,
}

impl<R: Read> Read for Counting<R> {
    fn read(&mut self, octets: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(octets)?;
        self.read.set(self.read.get() + count as u64);
        Ok(count)
    }
}
