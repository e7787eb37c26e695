//! What came of a capture.

use std::collections::HashSet;
use std::net::IpAddr;
use std::time::Duration;

use dsboot_spec::chart::{Chart, Row, What};
use dsboot_spec::{Role, Scenario};
use serde::Serialize;

use super::REJECTIONS;
use super::mobile::Mobile;

/// So many mobile nodes are told.
const TOLD: usize = 1_000;

/// The version of the report's form.
pub const REPORT_VERSION: u32 = 1;

/// What came of a capture.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    /// The version of this form.
    pub version: u32,
    /// The answer.
    pub verdict: Verdict,
    /// How many packets there were.
    pub packets: u64,
    /// How many of them are messages of the protocols that a bootstrap uses.
    pub messages: u64,
    /// How many of these repeat the octets of an earlier one.
    pub repeated: u64,
    /// How many packets are nothing that is judged.
    pub others: u64,
    /// What became of checksums and authenticators.
    pub authenticators: Authenticators,
    /// Who is who.
    pub parties: Vec<Party>,
    /// The mobile nodes that bootstrap, at most 1,000, those with something wrong first.
    pub mobiles: Vec<MobileReport>,
    /// How many more there are.
    pub more_mobiles: u64,
    /// How many mobile nodes were followed no further, as there were too many at once.
    pub given_up: u64,
    /// How many were followed no further, as they had been silent for a day.
    pub idle: u64,
    /// How many mobile nodes and users there are that use Mobile IP or RADIUS and do not bootstrap.
    pub not_judged: u64,
    /// Where the capture breaks off, if it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub broken: Option<Broken>,
    /// What is wrong, by packet.
    pub rejections: Vec<Rejection>,
    /// What else is to be said.
    pub notes: Vec<String>,
}

/// Where a capture breaks off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Broken {
    /// The packet that cannot be read, from 1; what is before it has been judged.
    pub packet: u64,
    /// Why.
    pub why: String,
}

/// The answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// There is a run of the protocol that shows this.
    Accepted,
    /// There is none.
    Rejected,
    /// Nothing here bootstraps.
    #[default]
    NotThisProtocol,
}

/// What became of checksums and authenticators.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Authenticators {
    /// Right.
    pub verified: u64,
    /// Wrong.
    pub wrong: u64,
    /// Not verified: the key is not known, or the sender left a checksum to its hardware.
    pub unverified: u64,
}

/// An address and what it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Party {
    /// The address.
    pub address: IpAddr,
    /// What it did the part of.
    pub roles: Vec<String>,
}

/// A sentence that is broken.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rejection {
    /// The packet, from 1.
    pub packet: u64,
    /// When it was captured, in seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<f64>,
    /// The mobile node concerned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mobile: Option<String>,
    /// The number of the sentence.
    pub sentence: String,
    /// The sentence.
    pub text: String,
    /// What is wrong.
    pub what: String,
    /// What the sender could have said there instead, as far as the model tells.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub allowed: Vec<String>,
}

/// A mobile node that bootstraps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MobileReport {
    /// Where it stands in the order in which they were seen first.
    #[serde(skip)]
    pub(super) place: usize,
    /// Its NAI, or what else it is known by.
    pub name: String,
    /// The scenario, as far as the capture shows it.
    pub scenario: String,
    /// Whether nothing of it is wrong.
    pub accepted: bool,
    /// How many of its messages the model has explained.
    pub explained: u64,
    /// Its last messages, up to the first with which something is wrong.
    pub ladder: Vec<Rung>,
}

/// A message of a ladder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rung {
    /// The packet, from 1.
    pub packet: u64,
    /// Who sends it.
    pub from: String,
    /// To whom.
    pub to: String,
    /// The step of the draft's figures.
    pub step: String,
    /// What it is, in words.
    pub words: String,
    /// Whether something is wrong with it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub wrong: bool,
}

impl Rejection {
    pub(super) fn new(
        packet: u64,
        time: Option<Duration>,
        sentence: &str,
        what: String,
    ) -> Rejection {
        Rejection {
            packet,
            time: time.map(|time| time.as_secs_f64()),
            mobile: None,
            sentence: sentence.to_owned(),
            text: String::new(),
            what,
            allowed: Vec::new(),
        }
    }
}

impl Report {
    /// Takes a rejection.
    pub(super) fn reject(&mut self, rejection: Rejection) {
        if self.rejections.len() < REJECTIONS {
            self.rejections.push(rejection);
        } else {
            self.note("there is more wrong than is told here");
        }
    }

    pub(super) fn note(&mut self, text: &str) {
        if !self.notes.iter().any(|known| known == text) {
            self.notes.push(text.to_owned());
        }
    }

    /// Nothing more is expected of a mobile node.
    pub(super) fn conclude(&mut self, place: usize, mobile: Mobile, told: Option<Scenario>) {
        if !mobile.is_marked() {
            self.not_judged += 1;
            return;
        }
        self.mobiles.push(MobileReport { place, ..mobile.report(told) });
        if self.mobiles.len() >= TOLD * 2 {
            self.limit();
        }
    }

    /// Keeps as many mobile nodes as are told.
    fn limit(&mut self) {
        self.mobiles.sort_by_key(|mobile| (mobile.accepted, mobile.place));
        self.more_mobiles += self.mobiles.len().saturating_sub(TOLD) as u64;
        self.mobiles.truncate(TOLD);
    }

    /// Puts together what is known at the end.
    pub(super) fn finish(&mut self, parties: impl Iterator<Item = (IpAddr, HashSet<Role>)>) {
        self.version = REPORT_VERSION;
        self.rejections.sort_by_key(|rejection| rejection.packet);
        self.parties = parties
            .map(|(address, roles)| {
                let mut roles: Vec<String> = roles.iter().map(Role::to_string).collect();
                roles.sort();
                Party { address, roles }
            })
            .collect();
        self.parties.sort_by_key(|party| party.address);
        self.limit();
        self.verdict = match (self.rejections.is_empty(), self.mobiles.is_empty()) {
            (false, _) => Verdict::Rejected,
            (true, false) => Verdict::Accepted,
            (true, true) => Verdict::NotThisProtocol,
        };
    }
}

impl MobileReport {
    /// Its ladder, to be drawn.
    #[must_use]
    pub fn chart(&self) -> Chart {
        let all = Role::ALL.map(|role| role.to_string());
        let takes_part =
            |name: &String| self.ladder.iter().any(|rung| rung.from == *name || rung.to == *name);
        let lifelines: Vec<String> = all.into_iter().filter(takes_part).collect();
        let place = |name: &String| lifelines.iter().position(|known| known == name).unwrap_or(0);
        let rows = self.ladder.iter().map(|rung| {
            let wrong = if rung.wrong { " <- not allowed" } else { "" };
            Row {
                stamp: format!("#{}", rung.packet),
                what: What::Arrow { from: place(&rung.from), to: place(&rung.to), lost: false },
                label: rung.step.clone(),
                words: format!("{}{wrong}", rung.words),
            }
        });
        let rows = rows.collect();
        Chart { title: format!("{}, {}", self.name, self.scenario), rows, lifelines }
    }
}
