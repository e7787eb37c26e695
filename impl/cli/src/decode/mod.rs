//! `dsboot decode`: what octets are.

mod capture;
mod document;
mod fragments;
mod hex;
mod input;
mod keys;

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use dsboot_codec::tree::{Options, Protocol, Tree, Verdict};
use dsboot_spec::registry::dsb::DEFAULT_VENDOR_ID;

use fragments::{Fragments, Outcome};

pub use document::{DOCUMENT_VERSION, Document};
pub use hex::HexError;
pub use input::{Format, InputError, Piece, Pieces};
pub use keys::{EXAMPLE, Engine, Keys, KeysError, Learned};

use crate::Exit;

/// Show what the octets of messages and captures are, and what is wrong with them
///
/// Reads hex (plain, or as xxd, hexdump, od, tcpdump and Wireshark print it), the octets of one
/// message, pcap or pcapng, and shows every octet once: its field, its value, the RFC's section and
/// the sentence of spec/. Messages in hex are kept apart by empty lines. What is wrong is marked with
/// `!!`, and the rest is still shown. Fragments of IP packets, and EAP packets in several attributes,
/// are put together. With keys, authenticators are verified and hidden values opened.
///
/// The exit status is 1 when something is malformed or an authenticator or checksum is wrong.
#[derive(Clone, Debug, Args)]
pub struct DecodeArgs {
    /// The file to read; without one, or with -, standard input.
    #[arg(value_name = "FILE")]
    pub file: Option<PathBuf>,

    /// What the octets are: ip, ipv4, ipv6, udp, icmp, icmpv6, mh, mip4, radius, pana, eap,
    /// ethernet, linux-sll, linux-sll2, loopback or data; without it, what they look like.
    #[arg(long = "as", value_name = "PROTOCOL", value_parser = protocol)]
    pub protocol: Option<Protocol>,

    /// How the input is written.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,

    /// Take each line of hex for a message of its own.
    #[arg(long)]
    pub lines: bool,

    /// File with keys (TOML): verify authenticators, open hidden keys, decrypt passwords.
    #[arg(long, value_name = "FILE")]
    pub keys: Option<PathBuf>,

    /// Print a file with keys of all kinds, as an example.
    #[arg(long)]
    pub example_keys: bool,

    /// Enterprise number whose parameters are the bootstrap's.
    #[arg(long, value_name = "N", default_value_t = DEFAULT_VENDOR_ID)]
    pub vendor: u32,

    /// One JSON document a message and line (schemas/decode.schema.json); `dsboot encode` reads it.
    #[arg(long)]
    pub json: bool,

    /// One line a message, and below it only what is wrong.
    #[arg(long, conflicts_with = "json")]
    pub brief: bool,
}

/// What keeps octets from being shown.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The input cannot be read.
    #[error(transparent)]
    Input(#[from] InputError),
    /// The keys cannot be read.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// What was to be printed could not be.
    #[error("cannot print: {0}")]
    Print(#[from] io::Error),
}

impl DecodeError {
    /// The exit status that goes with it.
    #[must_use]
    pub const fn exit(&self) -> Exit {
        Exit::Usage
    }
}

/// What was found in all messages.
#[derive(Clone, Copy, Debug, Default)]
struct Totals {
    messages: u64,
    malformed: u64,
    verified: u64,
    wrong: u64,
    no_key: u64,
    /// Packets of which fragments are missing.
    incomplete: u64,
}

/// What is remembered from message to message.
struct Memory<'a> {
    args: &'a DecodeArgs,
    engine: Option<Engine>,
    fragments: Fragments,
}

/// Decodes what `args` say, writes it to `out`, and how much it was to `log`. Returns whether all
/// of it is right.
///
/// # Errors
///
/// When the input or the keys cannot be read, or the result not be printed.
pub fn run(
    args: &DecodeArgs,
    out: &mut impl Write,
    log: &mut impl Write,
) -> Result<bool, DecodeError> {
    if args.example_keys {
        out.write_all(EXAMPLE.as_bytes())?;
        return Ok(true);
    }
    let keys = args.keys.as_deref().map(Keys::read).transpose()?;
    let engine = keys.map(|keys| Engine::new(keys, args.vendor));
    let mut memory = Memory { args, engine, fragments: Fragments::default() };
    let pieces = Pieces::open(args.file.as_deref(), args.format, args.lines)?;
    let are_captured = pieces.are_captured();
    let mut totals = Totals::default();
    for piece in pieces {
        let piece = piece?;
        totals.messages += 1;
        let document = memory.decode(piece, totals.messages);
        document.all().for_each(|document| totals.add(&document.tree));
        if args.json {
            serde_json::to_writer(&mut *out, &document).map_err(io::Error::from)?;
            writeln!(out)?;
        } else if args.brief {
            document.brief(out)?;
        } else {
            document.text(out, are_captured)?;
        }
    }
    totals.incomplete = memory.fragments.incomplete();
    if totals.messages != 1 || memory.engine.is_some() {
        // That nobody reads this does not matter.
        let _ = totals.write(log, memory.engine.is_some());
    }
    Ok(totals.malformed == 0 && totals.wrong == 0)
}

impl Memory<'_> {
    fn decode(&mut self, mut piece: Piece, number: u64) -> Document {
        let protocol = self.protocol(&mut piece);
        let there = piece.octets.len();
        if let Some(length) = piece.original_length.filter(|length| *length as usize > there) {
            let note = format!("the capture has only {there} of the packet's {length} octets");
            piece.notes.push(note);
        }
        let (tree, learned) = self.look(protocol, &piece.octets);
        let whole = self.fragment(number, &mut piece, &tree);
        let context = (piece.time, piece.interface.clone());
        let mut document = Document::new(number, piece, tree, learned);
        if let Some((messages, octets)) = whole {
            let (time, interface) = context;
            // A packet that was put together can be a fragment itself, or have one in it.
            let piece = Piece { time, interface, octets, ..Piece::default() };
            document.put_together(self.whole(piece, number, messages));
        }
        document
    }

    /// A packet that was put together from fragments in these messages.
    fn whole(&mut self, mut piece: Piece, number: u64, messages: Vec<u64>) -> Document {
        let (tree, learned) = self.look(Protocol::Ip, &piece.octets);
        let inner = self.fragment(number, &mut piece, &tree);
        let (time, interface) = (piece.time, piece.interface.clone());
        let mut document = Document::new(number, piece, tree, learned);
        document.fragments = messages;
        if let Some((messages, octets)) = inner {
            let piece = Piece { time, interface, octets, ..Piece::default() };
            document.put_together(self.whole(piece, number, messages));
        }
        document
    }

    /// What a piece is.
    fn protocol(&self, piece: &mut Piece) -> Protocol {
        match (self.args.protocol, piece.link_type) {
            (Some(protocol), _) => protocol,
            (None, Some(link_type)) => Protocol::of_link_type(link_type).unwrap_or_else(|| {
                let note = format!("link type {link_type} is not known here: shown as octets");
                piece.notes.push(note);
                Protocol::Data
            }),
            (None, None) => Tree::detect(&piece.octets).unwrap_or_else(|| {
                piece.notes.push("this looks like nothing known; --as says what it is".to_owned());
                Protocol::Data
            }),
        }
    }

    fn look(&mut self, protocol: Protocol, octets: &[u8]) -> (Tree, Vec<Learned>) {
        let mut tree = Tree::decode(protocol, octets, &Options { vendor: self.args.vendor });
        let learned = self.engine.as_mut().map(|engine| engine.examine(&mut tree, octets));
        (tree, learned.unwrap_or_default())
    }

    /// Takes a fragment, and gives the packet if it was the last one, with the messages that all of
    /// them came in.
    fn fragment(
        &mut self,
        number: u64,
        piece: &mut Piece,
        tree: &Tree,
    ) -> Option<(Vec<u64>, Vec<u8>)> {
        let interface = piece.interface.as_ref();
        match self.fragments.take(number, piece.time, interface, tree, &piece.octets)? {
            Outcome::Waits => None,
            Outcome::Whole { messages, octets } => Some((messages, octets)),
            Outcome::Useless(why) => {
                piece.notes.push(format!("of the fragment: {why}"));
                None
            }
        }
    }
}

impl Totals {
    fn add(&mut self, tree: &Tree) {
        self.malformed += u64::from(tree.faults().next().is_some());
        tree.visit(|node| match node.check.as_ref().map(|check| check.verdict) {
            Some(Verdict::Verified) => self.verified += 1,
            Some(Verdict::Wrong) => self.wrong += 1,
            Some(Verdict::NoKey) => self.no_key += 1,
            None => (),
        });
    }

    fn write(&self, log: &mut impl Write, with_keys: bool) -> io::Result<()> {
        let Totals { messages, malformed, verified, wrong, no_key, incomplete } = self;
        write!(log, "dsboot: {messages} messages, {malformed} of them malformed; ")?;
        let what = if with_keys { "checksums and authenticators" } else { "checksums" };
        write!(log, "{what}: {verified} right, {wrong} wrong")?;
        if with_keys {
            write!(log, ", {no_key} without a key")?;
        }
        if *incomplete > 0 {
            write!(log, "; packets of which fragments are missing: {incomplete}")?;
        }
        writeln!(log)
    }
}

fn protocol(name: &str) -> Result<Protocol, String> {
    Protocol::from_name(name).ok_or_else(|| {
        let names: Vec<&str> = Protocol::ALL.into_iter().map(Protocol::name).collect();
        format!("there is {}", names.join(", "))
    })
}
