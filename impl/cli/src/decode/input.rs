//! Octets from wherever they come: hex as people and programs write it, captures, or as they are.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::ValueEnum;

use super::capture::{self, Broken, Capture};
use super::hex::{HexError, HexReader};

/// So much is looked at to tell what a file is.
const PEEK: usize = 4096;

/// The largest message that is read from a file that is no capture, in octets.
const LARGEST: u64 = 1 << 20;

/// How the input is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Look at it.
    #[default]
    Auto,
    /// Hex digits; dumps of xxd, hexdump, od, tcpdump and Wireshark too.
    Hex,
    /// The octets of one message.
    Binary,
    /// A capture, pcap or pcapng.
    Pcap,
}

/// What keeps the input from being read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InputError {
    /// It cannot be opened or read.
    #[error("cannot read {name}: {source}")]
    Read {
        /// What was to be read.
        name: String,
        /// What the system said.
        source: io::Error,
    },
    /// There is nothing in it.
    #[error("{0} is empty; give a message in hex, its octets, or a capture")]
    Empty(String),
    /// It is a document.
    #[error("{0} looks like JSON; `dsboot encode` reads that")]
    Json(String),
    /// It is not hex.
    #[error("{name}: {source}")]
    Hex {
        /// What was to be read.
        name: String,
        /// What is wrong with it.
        source: HexError,
    },
    /// It is too large to be one message.
    #[error("{0} is larger than any message; is it a capture? Then --format pcap says why not")]
    TooLarge(String),
    /// It is packed.
    #[error("{name} is compressed; unpack it first: {command}")]
    Compressed {
        /// What was to be read.
        name: String,
        /// What unpacks it.
        command: String,
    },
    /// It is a capture of a kind that is not read.
    #[error(
        "{name} is a capture in {format} format; Wireshark's editcap writes one that can be read: \
         editcap -F pcapng {name} OUT.pcapng"
    )]
    OtherFormat {
        /// What was to be read.
        name: String,
        /// What the format is called.
        format: &'static str,
    },
    /// It is no capture.
    #[error("{name} is no capture: {why}")]
    NoCapture {
        /// What was to be read.
        name: String,
        /// What is wrong.
        why: String,
    },
    /// It is broken from somewhere on.
    #[error(
        "{name}: packet {number} of the capture, at octet {offset} of the file, cannot be read: {why}"
    )]
    Capture {
        /// What was to be read.
        name: String,
        /// The number of the packet, from 1.
        number: u64,
        /// Octets before it, or before the block that is broken.
        offset: u64,
        /// What is wrong.
        why: String,
    },
}

/// Octets that are one message or packet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Piece {
    /// When it was captured, since 1970.
    pub time: Option<Duration>,
    /// The number of its link type.
    pub link_type: Option<u32>,
    /// The name of the interface that it was captured on.
    pub interface: Option<String>,
    /// What the capture says about it.
    pub comments: Vec<String>,
    /// What is to be said about how it was read.
    pub notes: Vec<String>,
    /// How many octets it had before the capture cut it.
    pub original_length: Option<u32>,
    /// The octets.
    pub octets: Vec<u8>,
}

/// Pieces, one after the other.
pub struct Pieces {
    name: String,
    number: u64,
    source: Source,
}

enum Source {
    Hex(HexReader<Box<dyn BufRead>>),
    Binary(Option<Box<dyn BufRead>>),
    Capture(Capture),
}

impl Pieces {
    /// Opens a file, or standard input.
    ///
    /// # Errors
    ///
    /// When it cannot be read, is empty, or is not of the format.
    pub fn open(
        path: Option<&Path>,
        format: Format,
        each_line: bool,
    ) -> Result<Pieces, InputError> {
        let path = path.filter(|path| *path != Path::new("-"));
        let name = path.map_or("standard input".to_owned(), |path| path.display().to_string());
        let reader: Box<dyn Read> = match path {
            Some(path) => Box::new(open(path, &name)?),
            None => Box::new(io::stdin()),
        };
        Pieces::read(reader, name, format, each_line)
    }

    /// Reads from `reader`, which errors call `name`.
    ///
    /// # Errors
    ///
    /// Those of [`Pieces::open`].
    pub fn read(
        mut reader: Box<dyn Read>,
        name: String,
        format: Format,
        each_line: bool,
    ) -> Result<Pieces, InputError> {
        let mut start = Vec::new();
        reader
            .by_ref()
            .take(PEEK as u64)
            .read_to_end(&mut start)
            .map_err(|source| InputError::Read { name: name.clone(), source })?;
        if start.is_empty() {
            return Err(InputError::Empty(name));
        }
        if matches!(format, Format::Auto | Format::Pcap) {
            refuse_others(&start, &name)?;
        }
        let format = match format {
            Format::Auto if capture::is_pcap(&start) || capture::is_pcapng(&start) => Format::Pcap,
            Format::Auto if is_text(&start) => Format::Hex,
            Format::Auto => Format::Binary,
            format => format,
        };
        let is_json = start.trim_ascii_start().first().is_some_and(|first| *first == b'{');
        if format == Format::Hex && is_json {
            return Err(InputError::Json(name));
        }
        let whole = Cursor::new(start.clone()).chain(reader);
        let whole: Box<dyn BufRead> = Box::new(BufReader::new(whole));
        let source = match format {
            Format::Auto | Format::Hex => Source::Hex(HexReader::new(whole, each_line)),
            Format::Binary => Source::Binary(Some(whole)),
            Format::Pcap => {
                let opened = Capture::open(whole, &start);
                let broken = |Broken { why, .. }| InputError::NoCapture { name: name.clone(), why };
                Source::Capture(opened.map_err(broken)?)
            }
        };
        Ok(Pieces { name, number: 0, source })
    }

    /// Whether the pieces are packets of a capture.
    #[must_use]
    pub const fn are_captured(&self) -> bool {
        matches!(self.source, Source::Capture(_))
    }

    fn piece(&mut self) -> Result<Option<Piece>, InputError> {
        let name = || self.name.clone();
        match &mut self.source {
            Source::Hex(reader) => {
                let octets = reader.next().transpose();
                let octets = octets.map_err(|source| match source {
                    HexError::Read(source) => InputError::Read { name: name(), source },
                    source => InputError::Hex { name: name(), source },
                })?;
                Ok(octets.map(|octets| Piece { octets, ..Piece::default() }))
            }
            Source::Binary(reader) => {
                let Some(reader) = reader.take() else { return Ok(None) };
                let mut octets = Vec::new();
                reader
                    .take(LARGEST + 1)
                    .read_to_end(&mut octets)
                    .map_err(|source| InputError::Read { name: name(), source })?;
                if octets.len() as u64 > LARGEST {
                    return Err(InputError::TooLarge(name()));
                }
                Ok(Some(Piece { octets, ..Piece::default() }))
            }
            Source::Capture(capture) => capture.next().map_err(|Broken { offset, why }| {
                let (name, number) = (self.name.clone(), self.number);
                InputError::Capture { name, number, offset, why }
            }),
        }
    }
}

impl Iterator for Pieces {
    type Item = Result<Piece, InputError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.number += 1;
        self.piece().transpose()
    }
}

fn open(path: &Path, name: &str) -> Result<File, InputError> {
    let failed = |source| InputError::Read { name: name.to_owned(), source };
    if path.is_dir() {
        return Err(failed(io::ErrorKind::IsADirectory.into()));
    }
    File::open(PathBuf::from(path)).map_err(failed)
}

/// What compressed files begin with, and what unpacks them.
const COMPRESSED: [(&[u8], &str); 4] = [
    (&[0x1f, 0x8b, 8], "gunzip"),
    (b"BZh", "bunzip2"),
    (&[0xfd, b'7', b'z', b'X', b'Z', 0], "unxz"),
    (&[0x28, 0xb5, 0x2f, 0xfd], "unzstd"),
];

/// What captures of other kinds begin with, and what they are called.
const OTHERS: [(&[u8], &str); 5] = [
    (&[0xa1, 0xb2, 0xcd, 0x34], "Kuznetzov's pcap"),
    (&[0x34, 0xcd, 0xb2, 0xa1], "Kuznetzov's pcap"),
    (b"snoop\0\0\0", "snoop"),
    (b"GMBU", "Network Monitor 2"),
    (b"RTSS", "Network Monitor 1"),
];

/// Says of what is compressed, or a capture that is not read, what to do with it.
fn refuse_others(start: &[u8], name: &str) -> Result<(), InputError> {
    let begins = |(magic, _): &&(&[u8], &str)| start.starts_with(magic);
    if let Some((_, tool)) = COMPRESSED.iter().find(begins) {
        let command = match name {
            "standard input" => format!("{tool} | dsboot …"),
            name => format!("{tool} < {name} | dsboot … -"),
        };
        return Err(InputError::Compressed { name: name.to_owned(), command });
    }
    match OTHERS.iter().find(begins) {
        Some((_, format)) => Err(InputError::OtherFormat { name: name.to_owned(), format }),
        None => Ok(()),
    }
}

/// Whether octets are text, so that hex is the likeliest thing that they can be.
fn is_text(octets: &[u8]) -> bool {
    let is_text = |octet: &u8| octet.is_ascii_graphic() || octet.is_ascii_whitespace();
    octets.iter().all(is_text)
}
