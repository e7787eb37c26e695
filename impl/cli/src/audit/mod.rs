//! `dsboot audit`: is there a run of the protocol that shows what a capture shows?

mod text;
mod times;
mod trace;
mod who;

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use dsboot_audit::{Answer, Auditor, Broken, Packet, Report, Settings};
use dsboot_codec::tree::{Options, Protocol, Tree};
use dsboot_spec::Scenario;
use dsboot_spec::registry::dsb::DEFAULT_VENDOR_ID;

use times::Timely;
pub use trace::{TraceError, read as read_trace};
pub use who::{EXAMPLE as EXAMPLE_WHO, WhoError};

use crate::Exit;
use crate::decode::{Engine, Format, InputError, Keys, KeysError, Piece, Pieces};
use crate::ladder::{LadderArgs, LadderError};

/// Hold anybody's capture of a bootstrap against model and specification
///
/// Reads pcap, pcapng, or a trace of `dsboot run`, `dsboot serve` or `dsboot lab run`: of the whole
/// bootstrap or of one link or role only, from its beginning or from its middle, of one mobile node
/// or of many. Who is who is worked out from addresses, ports and identities. The answer is one of
/// three: accepted (there is a run of the protocol that shows this), rejected (with the packet, the
/// sentence of spec/ that it breaks, and what could have stood there instead), or not this protocol.
/// What no link of the capture shows is taken for a step that was not seen.
///
/// A capture that breaks off in the middle of a packet is judged by what is there.
///
/// The exit status is 0 when the capture is accepted, 1 when it is rejected, and 2 when nothing in it
/// bootstraps or it cannot be read.
#[derive(Clone, Debug, Args)]
pub struct AuditArgs {
    /// The capture or trace; without one, or with -, standard input.
    #[arg(value_name = "CAPTURE")]
    pub capture: Option<PathBuf>,

    /// File with keys (TOML, see `decode --example-keys`): verify authenticators.
    #[arg(long, value_name = "FILE")]
    pub keys: Option<PathBuf>,

    /// The scenario that it has to be.
    #[arg(long, value_name = "SCENARIO")]
    pub scenario: Option<Scenario>,

    /// File that says who has which address (TOML, see --example-who), where the capture does not.
    #[arg(long, value_name = "FILE")]
    pub who: Option<PathBuf>,

    /// Print a file for --who, as an example.
    #[arg(long)]
    pub example_who: bool,

    /// Enterprise number whose parameters are the bootstrap's.
    #[arg(long, value_name = "N", default_value_t = DEFAULT_VENDOR_ID)]
    pub vendor: u32,

    /// So many mobile nodes are followed at once [default: 2000]: less takes less memory. The ones
    /// that have been silent for longest are given up for others, and counted.
    #[arg(long, value_name = "N")]
    pub mobiles: Option<usize>,

    /// One JSON document (schemas/audit.schema.json).
    #[arg(long)]
    pub json: bool,

    /// How to draw what was seen.
    #[command(flatten)]
    pub ladder: LadderArgs,
}

/// What keeps a capture from being judged.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuditError {
    /// It cannot be read.
    #[error(transparent)]
    Input(#[from] InputError),
    /// It is no capture.
    #[error("{0} is no capture; audit reads pcap and pcapng, and `dsboot decode` single messages")]
    NoCapture(String),
    /// The keys cannot be read.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The file that says who is who cannot be read.
    #[error(transparent)]
    Who(#[from] WhoError),
    /// The trace cannot be read.
    #[error(transparent)]
    Trace(#[from] TraceError),
    /// The ladder cannot be drawn.
    #[error(transparent)]
    Ladder(#[from] LadderError),
    /// What was to be printed could not be.
    #[error("cannot print: {0}")]
    Print(#[from] io::Error),
}

impl AuditError {
    /// The exit status that goes with it.
    #[must_use]
    pub const fn exit(&self) -> Exit {
        Exit::Usage
    }
}

/// Judges what `args` say and writes the answer to `out`. Returns the exit status.
///
/// # Errors
///
/// When the capture, the keys or the file of addresses cannot be read, or the answer not be written.
pub fn run(args: &AuditArgs, out: &mut impl Write) -> Result<Exit, AuditError> {
    if args.example_who {
        out.write_all(EXAMPLE_WHO.as_bytes())?;
        return Ok(Exit::Holds);
    }
    let mut ladders = args.ladder.begin(args.json)?;
    let report = read(args)?;
    if args.json {
        serde_json::to_writer_pretty(&mut *out, &report).map_err(io::Error::from)?;
        writeln!(out)?;
    } else if !ladders.are_alone() {
        text::write(&report, ladders.are_inline(), out)?;
    }
    for mobile in &report.mobiles {
        ladders.add(mobile.chart());
    }
    ladders.finish(out)?;
    Ok(match report.verdict {
        Answer::Accepted => Exit::Holds,
        Answer::Rejected => Exit::Fails,
        Answer::NotThisProtocol => Exit::Usage,
    })
}

/// Reads the capture and judges it.
fn read(args: &AuditArgs) -> Result<Report, AuditError> {
    let keys = args.keys.as_deref().map(Keys::read).transpose()?;
    let engine = keys.map(|keys| Engine::new(keys, args.vendor));
    let who = args.who.as_deref().map(who::read).transpose()?.unwrap_or_default();
    let settings = Settings {
        vendor: Some(args.vendor),
        scenario: args.scenario,
        who,
        mobiles: args.mobiles,
        complete: false,
    };
    if let Some(path) = args.capture.as_deref().filter(|path| trace::is_one(path)) {
        let (pieces, complete) = trace::read(path)?;
        return judge(pieces, Settings { complete, ..settings }, engine);
    }
    let pieces = Pieces::open(args.capture.as_deref(), Format::Auto, false)?;
    if !pieces.are_captured() {
        let name = args.capture.as_ref().map(|file| file.display().to_string());
        return Err(AuditError::NoCapture(name.unwrap_or_else(|| "standard input".to_owned())));
    }
    judge(pieces, settings, engine)
}

/// Judges packets, with the keys that an engine knows.
///
/// # Errors
///
/// When the first packet cannot be read. Where a later one cannot, the report says so, and is about
/// those before.
pub fn judge(
    pieces: impl IntoIterator<Item = Result<Piece, InputError>>,
    settings: Settings,
    mut engine: Option<Engine>,
) -> Result<Report, AuditError> {
    let options = Options { vendor: settings.vendor.unwrap_or(DEFAULT_VENDOR_ID) };
    let mut auditor = Auditor::new(settings);
    let mut broken = None;
    let numbered = (1..).zip(pieces).map_while(|(number, piece)| match piece {
        Ok(piece) => Some(Ok((number, piece))),
        // What stands before it is judged.
        Err(InputError::Capture { why, .. }) if number > 1 => {
            broken = Some(Broken { packet: number, why });
            None
        }
        Err(error) => Some(Err(error)),
    });
    let timed = numbered.map(|one| (one.as_ref().ok().and_then(|(_, piece)| piece.time), one));
    for one in Timely::new(timed) {
        let (number, piece): (u64, Piece) = one?;
        let link = piece.link_type.and_then(Protocol::of_link_type).unwrap_or(Protocol::Data);
        let mut tree = Tree::decode(link, &piece.octets, &options);
        if let Some(engine) = &mut engine {
            engine.examine(&mut tree, &piece.octets);
        }
        let all = piece.original_length.map_or(0, |length| length as usize);
        auditor.packet(&Packet {
            number,
            time: piece.time,
            octets: &piece.octets,
            tree: &tree,
            cut: all > piece.octets.len(),
        });
    }
    let mut report = auditor.finish();
    report.broken = broken;
    for rejection in &mut report.rejections {
        let mut known = crate::spec::sentences().iter();
        let found = known.find(|known| known.id == rejection.sentence);
        rejection.text = found.map(|sentence| sentence.text.to_owned()).unwrap_or_default();
    }
    Ok(report)
}
