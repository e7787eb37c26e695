//! `dsboot encode`: documents of `dsboot decode` back to octets.

mod fix;

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use dsboot_codec::tree::{EncodeError as TreeError, Options, Protocol};
use dsboot_spec::registry::dsb::DEFAULT_VENDOR_ID;
use pcap_file::pcapng::PcapNgWriter;
use pcap_file::pcapng::blocks::enhanced_packet::{EnhancedPacketBlock, EnhancedPacketOption};
use pcap_file::pcapng::blocks::interface_description::{
    InterfaceDescriptionBlock, InterfaceDescriptionOption,
};
use pcap_file::pcapng::blocks::section_header::{SectionHeaderBlock, SectionHeaderOption};
use pcap_file::{Endianness, PcapError};

use crate::Exit;
use crate::decode::{DOCUMENT_VERSION, Document, Engine, Keys, KeysError};

/// Timestamps count 10^-9 s.
const NANOSECONDS: u8 = 9;

/// Make octets of the JSON documents of `dsboot decode --json`
///
/// The octets are those of the values, leaf by leaf: documents that were not changed give the same
/// octets, and a value that was changed is the one that is written. Names, meanings, offsets, checks
/// and faults are not looked at. What lies in pieces is written from the view that has it together;
/// a packet put together from fragments is a document of its own, which is not looked at in that of
/// its last fragment. --fix computes anew what depends on other values.
#[derive(Clone, Debug, Args)]
pub struct EncodeArgs {
    /// The file to read, one or more documents; without one, or with -, standard input.
    #[arg(value_name = "FILE")]
    pub file: Option<PathBuf>,

    /// What to write: a line of hex for each message with an empty line between, the octets
    /// themselves, or a capture.
    #[arg(long, value_enum, default_value_t)]
    pub to: Form,

    /// Where to write it; without this, standard output.
    #[arg(long, short, value_name = "FILE")]
    pub out: Option<PathBuf>,

    /// What to compute anew: lengths (and padding), checksums, authenticators (with --keys).
    #[arg(long, value_enum, value_delimiter = ',', value_name = "WHAT")]
    pub fix: Vec<Fix>,

    /// File with keys for --fix authenticators (`dsboot decode --example-keys`).
    #[arg(long, value_name = "FILE")]
    pub keys: Option<PathBuf>,

    /// Enterprise number whose parameters are the bootstrap's.
    #[arg(long, value_name = "N", default_value_t = DEFAULT_VENDOR_ID)]
    pub vendor: u32,
}

/// What is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// Hex.
    #[default]
    Hex,
    /// The octets, one message after the other.
    Binary,
    /// A pcapng file.
    Pcapng,
}

/// What is computed anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Fix {
    /// Length fields, and the padding that follows from them.
    Lengths,
    /// Checksums of IP, UDP, ICMP, mobility headers and tunnels.
    Checksums,
    /// All that is made with keys.
    Authenticators,
}

/// What keeps documents from becoming octets.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EncodeError {
    /// The input cannot be read.
    #[error("cannot read {name}: {source}")]
    Read {
        /// What was to be read.
        name: String,
        /// What the system said.
        source: io::Error,
    },
    /// The input is not JSON, or not such a document.
    #[error("document {number} is none that `dsboot decode --json` writes: {source}")]
    Document {
        /// Its number, from 1.
        number: u64,
        /// What is wrong, and where.
        source: serde_json::Error,
    },
    /// The document has another form than this program's.
    #[error(
        "document {number} has version {version}; this program knows version {DOCUMENT_VERSION}"
    )]
    Version {
        /// Its number, from 1.
        number: u64,
        /// Its version.
        version: u32,
    },
    /// There is no document.
    #[error("there is no document in {0}; `dsboot decode --json` writes some")]
    Empty(String),
    /// A value does not fit.
    #[error("document {number}: {source}{}", .hint)]
    Value {
        /// The document's number, from 1.
        number: u64,
        /// Which value, and why not.
        source: TreeError,
        /// What may help.
        hint: &'static str,
    },
    /// A message that is no packet cannot stand in a capture.
    #[error(
        "document {number} is {protocol}, which no capture can hold by itself: \
         write hex or binary, or decode it in its IP packet"
    )]
    NoPacket {
        /// The document's number, from 1.
        number: u64,
        /// What it is.
        protocol: &'static str,
    },
    /// Authenticators need keys.
    #[error("--fix authenticators needs --keys FILE (`dsboot decode --example-keys` prints one)")]
    NoKeys,
    /// The keys cannot be read.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The octets cannot be written.
    #[error("cannot write {name}: {source}")]
    Write {
        /// Where to.
        name: String,
        /// What the system said.
        source: io::Error,
    },
}

impl EncodeError {
    /// The exit status that goes with it.
    #[must_use]
    pub const fn exit(&self) -> Exit {
        Exit::Usage
    }
}

/// Encodes what `args` say, and writes it to `out` unless they say where else.
///
/// # Errors
///
/// When a document cannot be read, a value does not fit, or the octets cannot be written.
pub fn run(args: &EncodeArgs, out: &mut impl Write) -> Result<bool, EncodeError> {
    let keys = args.keys.as_deref().map(Keys::read).transpose()?;
    if keys.is_none() && args.fix.contains(&Fix::Authenticators) {
        return Err(EncodeError::NoKeys);
    }
    let mut engine = keys.map(|keys| Engine::new(keys, args.vendor));
    let path = args.file.as_deref().filter(|path| *path != Path::new("-"));
    let name = path.map_or("standard input".to_owned(), |path| path.display().to_string());
    let reader: Box<dyn Read> = match path {
        Some(path) => Box::new(File::open(path).map_err(|source| {
            let name = name.clone();
            EncodeError::Read { name, source }
        })?),
        None => Box::new(io::stdin()),
    };
    let documents = serde_json::Deserializer::from_reader(BufReader::new(reader));
    let documents = documents.into_iter::<Document>();
    match &args.out {
        None => write_all(args, documents, &name, engine.as_mut(), &mut *out, "standard output"),
        Some(path) => {
            let to = path.display().to_string();
            let failed = |source| EncodeError::Write { name: to.clone(), source };
            let mut file = io::BufWriter::new(File::create(path).map_err(failed)?);
            write_all(args, documents, &name, engine.as_mut(), &mut file, &to)?;
            file.flush().map_err(failed)
        }
    }?;
    Ok(true)
}

fn write_all(
    args: &EncodeArgs,
    documents: impl Iterator<Item = serde_json::Result<Document>>,
    from: &str,
    mut engine: Option<&mut Engine>,
    out: &mut dyn Write,
    to: &str,
) -> Result<(), EncodeError> {
    let failed = |source| EncodeError::Write { name: to.to_owned(), source };
    let mut writer = Writer::new(args.to, out).map_err(failed)?;
    let mut number = 0;
    for document in documents {
        number += 1;
        let mut document = document.map_err(|source| EncodeError::Document { number, source })?;
        if document.version != DOCUMENT_VERSION {
            return Err(EncodeError::Version { number, version: document.version });
        }
        let options = Options { vendor: args.vendor };
        let octets = fix::octets(&mut document.tree, &args.fix, &options, engine.as_deref_mut());
        let hint = if args.fix.contains(&Fix::Lengths) { "" } else { " (--fix lengths may help)" };
        let octets = octets.map_err(|source| EncodeError::Value { number, source, hint })?;
        let link_type = link_type(&document);
        let link_type = link_type.filter(|_| args.to == Form::Pcapng);
        if args.to == Form::Pcapng && link_type.is_none() {
            let protocol = document.tree.protocol.name();
            return Err(EncodeError::NoPacket { number, protocol });
        }
        writer.write(&document, &octets, link_type).map_err(failed)?;
    }
    if number == 0 {
        return Err(EncodeError::Empty(from.to_owned()));
    }
    Ok(())
}

/// The link type for a document's packet.
const fn link_type(document: &Document) -> Option<u32> {
    match (document.link_type, document.tree.protocol) {
        (Some(link_type), _) => Some(link_type),
        (None, Protocol::Ip) => Some(101),
        (None, Protocol::Ipv4) => Some(228),
        (None, Protocol::Ipv6) => Some(229),
        (None, Protocol::Ethernet) => Some(1),
        (None, _) => None,
    }
}

enum Writer<'w> {
    Hex { out: &'w mut dyn Write, first: bool },
    Binary(&'w mut dyn Write),
    Pcapng { writer: Box<PcapNgWriter<&'w mut dyn Write>>, interfaces: Vec<(Option<String>, u32)> },
}

impl<'w> Writer<'w> {
    fn new(form: Form, out: &'w mut dyn Write) -> io::Result<Writer<'w>> {
        Ok(match form {
            Form::Hex => Writer::Hex { out, first: true },
            Form::Binary => Writer::Binary(out),
            Form::Pcapng => {
                // A fixed order of octets, so that the same documents give the same file everywhere.
                let section = SectionHeaderBlock {
                    endianness: Endianness::Little,
                    options: vec![SectionHeaderOption::UserApplication("dsboot encode".into())],
                    ..SectionHeaderBlock::default()
                };
                let writer = PcapNgWriter::with_section_header(out, section).map_err(failed)?;
                Writer::Pcapng { writer: Box::new(writer), interfaces: Vec::new() }
            }
        })
    }

    fn write(
        &mut self,
        document: &Document,
        octets: &[u8],
        link_type: Option<u32>,
    ) -> io::Result<()> {
        match self {
            Writer::Hex { out, first } => {
                if !std::mem::take(first) {
                    writeln!(out)?;
                }
                writeln!(out, "{}", hex::encode(octets))
            }
            Writer::Binary(out) => out.write_all(octets),
            Writer::Pcapng { writer, interfaces } => {
                let interface = (document.interface.clone(), link_type.unwrap_or_default());
                let known = interfaces.iter().position(|known| *known == interface);
                let index = match known {
                    Some(index) => index,
                    None => {
                        writer.write_pcapng_block(describe(&interface)).map_err(failed)?;
                        interfaces.push(interface);
                        interfaces.len() - 1
                    }
                };
                let comments = document
                    .comments
                    .iter()
                    .map(|text| EnhancedPacketOption::Comment(Cow::Borrowed(text.as_str())));
                let there = u32::try_from(octets.len()).unwrap_or(u32::MAX);
                let block = EnhancedPacketBlock {
                    interface_id: u32::try_from(index).unwrap_or(u32::MAX),
                    timestamp: document.time.unwrap_or_default(),
                    original_len: document.original_length.unwrap_or(there).max(there),
                    data: Cow::Borrowed(octets),
                    options: comments.collect(),
                };
                writer.write_pcapng_block(block).map(drop).map_err(failed)
            }
        }
    }
}

fn describe((name, link_type): &(Option<String>, u32)) -> InterfaceDescriptionBlock<'static> {
    let name = name.clone().map(|name| InterfaceDescriptionOption::IfName(Cow::Owned(name)));
    let mut options: Vec<_> = name.into_iter().collect();
    options.push(InterfaceDescriptionOption::IfTsResol(NANOSECONDS));
    InterfaceDescriptionBlock { linktype: (*link_type).into(), snaplen: 0, options }
}

fn failed(error: PcapError) -> io::Error {
    match error {
        PcapError::IoError(error) => error,
        other => io::Error::other(other),
    }
}
