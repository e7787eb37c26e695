//! Anybody's capture of a bootstrap held against model and specification.
//!
//! [`Auditor`] takes packets one after the other and keeps, for each mobile node in them, all states
//! of the model that explain what was seen of it (the machinery is in `order`). What the model has
//! no word for (fields, authenticators, what belongs to what) is held against the sentences of the
//! specification message by message (`legs`). A capture may begin in the middle, show a part of the
//! network only, and have many mobile nodes in it.
//!
//! Whoever decodes and verifies the packets is outside: a tree of `dsboot_codec` comes in with
//! each, with what is wrong in it.

mod carried;
mod legs;
mod memory;
mod mobile;
mod mobiles;
mod order;
mod report;
mod seen;
mod who;

use std::collections::HashSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::num::NonZero;
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use dsboot_codec::tree::{Role as NodeRole, Tree, Verdict};
use dsboot_spec::{CareOf, Role, Scenario, registry};

pub use mobiles::{IDLE, MOBILES};
pub use report::{
    Authenticators, Broken, MobileReport, Party, REPORT_VERSION, Rejection, Report, Rung,
    Verdict as Answer,
};
pub use who::Who;

use carried::Body;
use legs::Legs;
use memory::Remembered;
use mobile::{Key, Mobile};
use mobiles::Mobiles;
use order::Memo;
use seen::Seen;

/// So many faults are kept that may or may not be this protocol's.
const EARLY: usize = 1_000;

/// So many rejections are kept.
const REJECTIONS: usize = 100;

/// So many messages wait until the model is asked about all of them.
const BATCH: usize = 8_192;

/// For fewer than so many it is not worth while to begin with another worker, which would have to find
/// out again what one knows.
const FEW: usize = 4_096;

/// No more workers than these, as each remembers for itself.
const WORKERS: usize = 4;

/// After so many packets it is seen who has been silent for too long.
const LOOK_FOR_IDLE: u64 = 4_096;

/// What is to be known before.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The vendor number of the bootstrap's parameters; the default one when `None`.
    pub vendor: Option<u32>,
    /// The scenario, if it is known.
    pub scenario: Option<Scenario>,
    /// Who has which addresses, where the capture does not tell.
    pub who: Who,
    /// How many mobile nodes are followed at once; [`MOBILES`] when `None`.
    pub mobiles: Option<usize>,
    /// Whether everything that anybody said is there, from the beginning: it is a trace, and nothing
    /// but what happens within a role is hidden.
    pub complete: bool,
}

/// A packet of a capture.
#[derive(Clone, Copy, Debug)]
pub struct Packet<'a> {
    /// Its number, from 1.
    pub number: u64,
    /// When it was captured, since 1970.
    pub time: Option<Duration>,
    /// Its octets, from its link's header on.
    pub octets: &'a [u8],
    /// What its octets are, and what is wrong with them.
    pub tree: &'a Tree,
    /// Whether the capture has only a part of it.
    pub cut: bool,
}

/// Follows a capture.
#[derive(Debug)]
pub struct Auditor {
    settings: Settings,
    vendor: u32,
    arrangements: Vec<CareOf>,
    report: Report,
    mobiles: Mobiles,
    by_low: Remembered<u32, usize>,
    by_home: Remembered<Ipv4Addr, usize>,
    by_v6: Remembered<Ipv6Addr, usize>,
    /// Messages that have been seen, and the packet that brought each first.
    said: Remembered<u64, u64>,
    legs: Legs,
    /// What is wrong where it is not known whether it is this protocol's.
    early: Vec<Early>,
    parties: Remembered<IpAddr, HashSet<Role>>,
    /// So many messages wait to be held against the model.
    waiting: usize,
    /// What the model's steps lead to, for each worker.
    lore: Lore,
}

/// What the model's steps lead to, as far as an [`Auditor`] had to find out: with it another one is
/// faster, and says the same.
#[derive(Debug, Default)]
pub struct Lore(Vec<Memo>);

impl Lore {
    /// Has mobile nodes judge what they wait with, by as many workers as there are processors.
    fn share(&mut self, busy: &mut [&mut Mobile], many: usize) {
        let processors = thread::available_parallelism().map_or(1, NonZero::get);
        let workers = if many < FEW { 1 } else { processors.min(busy.len()).min(WORKERS) };
        while self.0.len() < workers {
            self.0.push(Memo::default());
        }
        let next = Mutex::new(busy.iter_mut());
        let work = |memo: &mut Memo| {
            let mobile = || next.lock().ok().and_then(|mut next| next.next());
            while let Some(mobile) = mobile() {
                mobile.work(memo);
            }
        };
        match self.0.as_mut_slice() {
            [memo, ..] if workers == 1 => work(memo),
            memos => thread::scope(|scope| {
                for memo in memos.iter_mut().take(workers) {
                    scope.spawn(|| work(memo));
                }
            }),
        }
    }
}

/// Something wrong in a packet, between whom.
#[derive(Clone, Debug)]
struct Early {
    ends: Vec<IpAddr>,
    rejection: Rejection,
}

/// When and where something was seen.
#[derive(Clone, Copy, Debug)]
struct At {
    /// Of the packet, in the capture.
    number: u64,
    /// How many packets were judged before: they may be in another order than in the capture.
    turn: u64,
    time: Option<Duration>,
}

impl Auditor {
    /// Nothing has been seen.
    #[must_use]
    pub fn new(settings: Settings) -> Auditor {
        Auditor::with(settings, Lore::default())
    }

    /// Nothing has been seen, but the model is known.
    #[must_use]
    pub fn with(settings: Settings, lore: Lore) -> Auditor {
        let arrangements = match settings.scenario {
            None => vec![CareOf::Colocated, CareOf::ForeignAgent, CareOf::ColocatedViaFa],
            Some(scenario) if scenario.has_fa() => {
                vec![CareOf::ForeignAgent, CareOf::ColocatedViaFa]
            }
            Some(_) => vec![CareOf::Colocated],
        };
        Auditor {
            vendor: settings.vendor.unwrap_or(registry::dsb::DEFAULT_VENDOR_ID),
            arrangements,
            report: Report::default(),
            mobiles: Mobiles::new(settings.mobiles.unwrap_or(MOBILES)),
            by_low: Remembered::new(1 << 16),
            by_home: Remembered::new(1 << 14),
            by_v6: Remembered::new(1 << 14),
            said: Remembered::new(1 << 17),
            legs: Legs::default(),
            early: Vec::new(),
            parties: Remembered::new(1 << 12),
            waiting: 0,
            lore,
            settings,
        }
    }

    /// The next packet.
    pub fn packet(&mut self, packet: &Packet<'_>) {
        let at = At { number: packet.number, turn: self.report.packets, time: packet.time };
        self.report.packets += 1;
        if let Some(now) = at.time.filter(|_| packet.number.is_multiple_of(LOOK_FOR_IDLE)) {
            let idle = self.mobiles.drop_idle(now);
            self.report.idle += idle.len() as u64;
            self.conclude(idle);
        }
        let octets = carried::ip_packet(packet.tree, packet.octets);
        let looked = octets.and_then(carried::look);
        self.check_tree(packet, at, looked.as_ref().map(carried::Carried::ends));
        if packet.cut {
            self.note("packets that the capture has cut short were not looked into");
            return;
        }
        let Some(carried) = looked else {
            self.report.others += 1;
            return;
        };
        if carried.tunnels.iter().any(|tunnel| tunnel.is_misnamed) {
            let what = "the Next Header of tunnel data is not 4".to_owned();
            self.early(at, &carried, "data-path.6.4", what);
        }
        if matches!(carried.body, Body::Data) {
            self.data(at, &carried);
            self.report.others += 1;
            return;
        }
        self.report.messages += 1;
        if self.is_again(&carried) {
            self.report.repeated += 1;
            return;
        }
        match &carried.body {
            Body::Mip4(message) => self.mobile_ip(at, &carried, message),
            Body::Radius(message) => self.radius(at, &carried, message),
            Body::Pana(message) => self.pana(at, &carried, message),
            Body::Mobility(message) => self.mobility(at, &carried, message),
            Body::Discovery(message) => self.discovery(at, &carried, message),
            Body::Data => {}
        }
    }

    /// What is to be said about all of it.
    #[must_use]
    pub fn finish(self) -> Report {
        self.finish_with_lore().0
    }

    /// The same, and what was found out of the model.
    #[must_use]
    pub fn finish_with_lore(mut self) -> (Report, Lore) {
        self.work();
        let early = std::mem::take(&mut self.early);
        for Early { ends, rejection } in early {
            let ours = ends.iter().any(|end| self.is_ours(*end));
            if ours {
                self.report.reject(rejection);
            }
        }
        let Auditor { mut report, mobiles, parties, settings, lore, .. } = self;
        for (place, mobile) in mobiles.into_all() {
            report.conclude(place, mobile, settings.scenario);
        }
        report.finish(parties.into_all());
        (report, lore)
    }

    /// Nothing more is expected of some mobile nodes.
    fn conclude(&mut self, mobiles: Vec<(usize, Mobile)>) {
        for (place, mut mobile) in mobiles {
            self.lore.share(&mut [&mut mobile], 1);
            mobile.tell_all(&mut self.report);
            self.report.conclude(place, mobile, self.settings.scenario);
        }
    }

    /// What is wrong in the packet by itself, and what became of checksums and authenticators.
    fn check_tree(&mut self, packet: &Packet<'_>, at: At, ends: Option<[IpAddr; 2]>) {
        let mut wrong = Vec::new();
        let count = &mut self.report.authenticators;
        visit(packet.tree, |node, sentence| {
            for fault in &node.faults {
                wrong.push((fault.sentence.to_string(), format!("{}: {}", node.name, fault.kind)));
            }
            if let Some(what) = legs::not_zero(node) {
                wrong.push((sentence.to_owned(), what));
            }
            let Some(check) = &node.check else {
                // Nobody has tried.
                count.unverified += u64::from(node.role == NodeRole::Authenticator);
                return;
            };
            match check.verdict {
                Verdict::Verified => count.verified += 1,
                Verdict::NoKey => count.unverified += 1,
                Verdict::Wrong if legs::is_left_to_hardware(node, packet.octets) => {
                    count.unverified += 1;
                }
                Verdict::Wrong => {
                    count.wrong += 1;
                    // A checksum's fault has been told.
                    if !node.faults.is_empty() {
                        return;
                    }
                    let expected = hex::encode(&check.expected);
                    let what = format!("{} is not {expected}, as it should be", node.name);
                    wrong.push((sentence.to_owned(), what));
                }
            }
        });
        if packet.cut {
            return;
        }
        let ends = ends.map_or_else(|| addresses(packet.tree), |ends| ends.to_vec());
        for (sentence, what) in wrong {
            let rejection = Rejection::new(at.number, at.time, &sentence, what);
            if ends.iter().any(|end| self.is_ours(*end)) {
                self.report.reject(rejection);
            } else if self.early.len() < EARLY {
                self.early.push(Early { ends: ends.clone(), rejection });
            }
        }
    }

    /// Whether an address is somebody's who takes part in a bootstrap.
    fn is_ours(&self, address: IpAddr) -> bool {
        let mobile = match address {
            IpAddr::V4(address) => self.by_home.get(&address),
            IpAddr::V6(address) => self.by_v6.get(&address),
        };
        let marked = |place: &usize| self.mobiles.get(*place).is_some_and(Mobile::is_marked);
        self.parties.contains(&address) || mobile.is_some_and(marked)
    }

    /// Whether the same octets went between the same ends before.
    fn is_again(&mut self, carried: &carried::Carried<'_>) -> bool {
        let mark = memory::mark(&(
            carried.source,
            carried.destination,
            carried.octets,
            // The same packet on its way into a tunnel and out of it are two sights.
            carried
                .tunnels
                .iter()
                .map(|tunnel| (tunnel.source, tunnel.destination))
                .collect::<Vec<_>>(),
        ));
        let again = self.said.get(&mark).is_some();
        self.said.insert(mark, self.report.packets);
        again
    }

    /// The mobile node of a key.
    fn mobile(&mut self, key: Key) -> usize {
        if let Some(known) = self.mobiles.place(&key) {
            return known;
        }
        let given_up = self.mobiles.make_room();
        self.report.given_up += given_up.len() as u64;
        self.conclude(given_up);
        self.mobiles.follow(key, &self.arrangements, self.settings.complete)
    }

    /// A message of a mobile node that the model has a word for.
    /// `about` is the packet of the message that it answers or passes on.
    fn saw(
        &mut self,
        at: At,
        place: usize,
        carried: &carried::Carried<'_>,
        seen: Seen,
        about: Option<u64>,
    ) {
        let ends = [(carried.source.ip(), seen.from()), (carried.destination.ip(), seen.to())];
        let Some(mobile) = self.mobiles.get_mut(place) else { return };
        mobile.saw(at, seen, about);
        let ends = mobile.met(ends);
        self.take_part(ends);
        self.waiting += 1;
        if self.waiting >= BATCH {
            self.work();
        }
    }

    /// Holds against the model what waits: each mobile node is one for itself.
    fn work(&mut self) {
        let many = std::mem::take(&mut self.waiting);
        let mut busy = self.mobiles.busy();
        self.lore.share(&mut busy, many);
        for mobile in busy {
            mobile.tell_all(&mut self.report);
        }
    }

    /// These take part in a bootstrap.
    fn take_part(&mut self, ends: Vec<(IpAddr, Role)>) {
        for (end, role) in ends {
            let known = self.parties.get_or_new(&end);
            if known.len() < 4 {
                known.insert(role);
            }
        }
    }

    /// A sentence is broken by what a mobile node, or somebody for it, has sent.
    fn reject(&mut self, at: At, place: usize, sentence: &str, what: impl Into<String>) {
        let rejection = Rejection::new(at.number, at.time, sentence, what.into());
        match self.mobiles.get_mut(place) {
            Some(mobile) => mobile.reject(rejection, &mut self.report),
            None => self.report.reject(rejection),
        }
    }

    /// The same, unless it is so.
    fn must(&mut self, holds: bool, at: At, place: usize, sentence: &str, what: &str) {
        if !holds {
            self.reject(at, place, sentence, what);
        }
    }

    /// The mobile node's messages show that they are of this protocol.
    fn mark(&mut self, place: usize) {
        if let Some(mobile) = self.mobiles.get_mut(place) {
            mobile.mark(&mut self.report);
            let ends = mobile.met([]);
            self.take_part(ends);
        }
    }

    fn note(&mut self, text: &str) {
        self.report.note(text);
    }
}

/// Calls `see` with every node and the sentence about it.
fn visit<'t>(tree: &'t Tree, mut see: impl FnMut(&'t dsboot_codec::tree::Node, &'t str)) {
    fn below<'t>(
        node: &'t dsboot_codec::tree::Node,
        above: &'t str,
        see: &mut impl FnMut(&'t dsboot_codec::tree::Node, &'t str),
    ) {
        let sentence = if node.sentence.is_empty() { above } else { &node.sentence };
        see(node, sentence);
        for child in node.children() {
            below(child, sentence, see);
        }
    }
    for node in &tree.nodes {
        below(node, "", &mut see);
    }
}

/// The addresses in the headers of a packet.
fn addresses(tree: &Tree) -> Vec<IpAddr> {
    use dsboot_codec::tree::Value;
    let mut found = Vec::new();
    tree.visit(|node| {
        if node.name == "Source Address" || node.name == "Destination Address" {
            found.extend(match node.value() {
                Some(Value::Ipv4(address)) => Some(IpAddr::V4(*address)),
                Some(Value::Ipv6(address)) => Some(IpAddr::V6(*address)),
                _ => None,
            });
        }
    });
    found
}
