//! Captures of `dsboot run`, and what is made of them.

use std::cell::Cell;
use std::fs;
use std::path::Path;

use assert_cmd::Command;
use boon::{Compiler, Schemas};
use dsboot::audit::judge;
use dsboot::decode::{Engine, Format, Keys, Piece, Pieces};
use dsboot_audit::{Answer, Auditor, Lore, Packet, Report, Settings};
use dsboot_codec::tree::{Options, Protocol, Tree};
use dsboot_spec::registry::dsb::DEFAULT_VENDOR_ID;
use serde_json::Value;

/// Runs the command. Returns its exit status, and what it prints to both outputs.
pub(crate) fn dsboot(args: &[&str]) -> (i32, Vec<u8>, String) {
    let output = Command::cargo_bin("dsboot").expect("built").args(args).output().expect("runs");
    let code = output.status.code().expect("exits");
    (code, output.stdout, String::from_utf8_lossy(&output.stderr).into_owned())
}

/// A capture of `dsboot run` with these arguments, as a file.
pub(crate) fn capture(directory: &Path, args: &[&str]) -> String {
    let name = format!("{}.pcapng", args.join(" ").replace(['/', ' '], "_"));
    let file = directory.join(name).to_str().expect("a path").to_owned();
    let (_, _, log) = dsboot(&[&["run", "--pcap", &file, "--ladder", "none"], args].concat());
    assert!(Path::new(&file).exists(), "{log}");
    file
}

pub(crate) fn packets(file: &str) -> Vec<Piece> {
    let pieces = Pieces::open(Some(Path::new(file)), Format::Auto, false).expect("a capture");
    pieces.collect::<Result<_, _>>().expect("packets")
}

/// The keys of `dsboot run`.
pub(crate) fn engine(directory: &Path) -> Engine {
    let file = directory.join("keys.toml");
    fs::write(&file, dsboot(&["decode", "--example-keys"]).1).expect("written");
    Engine::new(Keys::read(&file).expect("keys"), DEFAULT_VENDOR_ID)
}

pub(crate) fn audit(packets: &[Piece], engine: Option<&Engine>) -> Report {
    let pieces = packets.iter().cloned().map(Ok);
    judge(pieces, Settings::default(), engine.cloned()).expect("judged")
}

#[track_caller]
pub(crate) fn accepted(report: &Report) {
    assert_eq!(report.verdict, Answer::Accepted, "{:#?}", report.rejections);
}

/// Every setup, with nothing lost.
pub(crate) const SETUPS: [&[&str]; 6] = [
    &["integrated-colocated"],
    &["integrated-fa", "--coa", "fa"],
    &["integrated-fa", "--coa", "colocated-r"],
    &["subscription-colocated"],
    &["subscription-fa", "--coa", "fa"],
    &["subscription-fa", "--coa", "colocated-r"],
];

/// The packets of the links that have `part` in their name.
pub(crate) fn only(packets: &[Piece], keep: impl Fn(&str) -> bool) -> Vec<Piece> {
    let kept = |piece: &&Piece| piece.interface.as_deref().is_some_and(&keep);
    packets.iter().filter(kept).cloned().collect()
}

/// The same packet of a user of another name. Octets change their places by an even number, so that
/// every checksum stays right.
pub(crate) fn renamed(piece: &Piece) -> Piece {
    let mut octets = piece.octets.clone();
    let (from, to) = (b"mn@home.example", b"mn@hemo.example");
    let places: Vec<usize> = octets
        .windows(from.len())
        .enumerate()
        .filter(|(_, window)| window == from)
        .map(|(place, _)| place)
        .collect();
    for place in places {
        octets.iter_mut().skip(place).zip(to).for_each(|(octet, new)| *octet = *new);
    }
    Piece { octets, ..piece.clone() }
}

/// A packet that has been looked into.
pub(crate) struct Known {
    pub(crate) piece: Piece,
    pub(crate) tree: Tree,
}

/// Packets that have been looked into, once for many audits.
pub(crate) fn known(pieces: Vec<Piece>) -> Vec<Known> {
    let options = Options { vendor: DEFAULT_VENDOR_ID };
    let look = |piece: Piece| {
        let link = piece.link_type.and_then(Protocol::of_link_type).expect("a link type");
        let tree = Tree::decode(link, &piece.octets, &options);
        Known { piece, tree }
    };
    pieces.into_iter().map(look).collect()
}

/// Judges some of them, with numbers of their own.
pub(crate) fn audit_known<'a>(packets: impl IntoIterator<Item = &'a Known>) -> Report {
    let mut auditor = Auditor::with(Settings::default(), take_lore());
    for (number, Known { piece, tree }) in (1..).zip(packets) {
        let (time, octets) = (piece.time, &piece.octets[..]);
        auditor.packet(&Packet { number, time, octets, tree, cut: false });
    }
    keep_lore(auditor)
}

thread_local! {
    /// What the audits before have found out of the model.
    static LORE: Cell<Lore> = Cell::new(Lore::default());
}

pub(crate) fn take_lore() -> Lore {
    LORE.take()
}

/// What an auditor says; what it has found out serves the next one.
pub(crate) fn keep_lore(auditor: Auditor) -> Report {
    let (report, lore) = auditor.finish_with_lore();
    LORE.set(lore);
    report
}

/// Whether a report is as its schema says.
pub(crate) fn valid(report: &Value) {
    let schema: Value =
        serde_json::from_str(include_str!("../../schemas/audit.schema.json")).expect("JSON");
    let mut compiler = Compiler::new();
    compiler.add_resource("audit.schema.json", schema).expect("a schema");
    let mut schemas = Schemas::new();
    let index = compiler.compile("audit.schema.json", &mut schemas).expect("a schema");
    if let Err(error) = schemas.validate(report, index) {
        panic!("{error}");
    }
}
