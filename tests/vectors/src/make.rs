//! How vectors are made: from parts whose places are known, with one rule kept or broken.

use dsboot_codec::tree::Protocol;
use serde::Serialize;

use super::document::{Group, Note, Vector};

/// What is to come of a vector.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It is to be taken.
    Valid,
    /// It is to be refused.
    Invalid,
    /// Something in it is not to be used; the rest may be.
    Acceptable,
}

/// What is to be done with the octets of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Check {
    /// Decode them.
    Decode,
    /// Decode them, and look at the order of a registration message's extensions.
    Order,
    /// Verify the last authenticator (type 32, 33, 34 or 36) by HMAC-MD5.
    MobileIpHmacMd5,
    /// The same by HMAC-SHA1.
    MobileIpHmacSha1,
    /// The same by MD5 over key, octets and key.
    MobileIpPrefixSuffixMd5,
    /// Verify the MN-AAA authenticator under CHAP_SPI.
    MobileIpChap,
    /// Verify the MN-AAA option of a binding update in its IPv6 packet.
    Mipv6MnAaa,
    /// Verify the MN-HA option of a binding update or acknowledgement in its IPv6 packet.
    Mipv6MnHa,
    /// Verify the Message-Authenticator of a request.
    RadiusRequest,
    /// Verify Response Authenticator and Message-Authenticator of a response.
    RadiusResponse,
    /// Verify the AUTH AVP.
    PanaAuth,
}

/// A part of a message: octets that belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) name: &'static str,
    pub(super) octets: Vec<u8>,
}

pub(super) fn part(name: &'static str, octets: &[u8]) -> Part {
    Part { name, octets: octets.to_vec() }
}

pub(super) fn join(parts: &[Part]) -> Vec<u8> {
    parts.iter().flat_map(|part| part.octets.clone()).collect()
}

/// The first octets; all, if there are fewer.
pub(super) fn cut(octets: &[u8], length: usize) -> &[u8] {
    octets.get(..length).unwrap_or(octets)
}

/// Puts octets over those at a place, as far as there are some.
pub(super) fn put(octets: &mut [u8], at: usize, new: &[u8]) {
    octets.iter_mut().skip(at).zip(new).for_each(|(to, from)| *to = *from);
}

/// Flips bits of the octet at a place.
pub(super) fn flip(octets: &mut [u8], at: usize, bits: u8) {
    octets.iter_mut().skip(at).take(1).for_each(|octet| *octet ^= bits);
}

/// A group that grows.
pub(super) struct Maker {
    group: Group,
    prefix: String,
}

/// What a vector is about: its clause, why, and what it tests.
#[derive(Clone, Debug)]
pub(super) struct About {
    pub(super) clause: &'static str,
    pub(super) why: String,
    pub(super) flag: &'static str,
}

pub(super) fn about(clause: &'static str, why: impl Into<String>, flag: &'static str) -> About {
    About { clause, why: why.into(), flag }
}

impl Maker {
    pub(super) fn new(check: Check, protocol: Protocol, prefix: &str) -> Maker {
        let (key, context) = (None, None);
        let group = Group { check, protocol, key, context, tests: Vec::new() };
        Maker { group, prefix: prefix.to_owned() }
    }

    pub(super) fn keyed(mut self, key: &[u8], context: Option<&[u8]>) -> Maker {
        self.group.key = Some(hex::encode(key));
        self.group.context = context.map(hex::encode);
        self
    }

    pub(super) fn finish(self) -> Group {
        self.group
    }

    fn add(
        &mut self,
        id: &str,
        comment: impl Into<String>,
        octets: &[u8],
        result: Outcome,
        about: About,
    ) {
        let About { clause, why, flag } = about;
        self.group.tests.push(Vector {
            tc_id: 0,
            id: format!("{}-{id}", self.prefix),
            comment: comment.into(),
            clause,
            why,
            octets: hex::encode(octets),
            result,
            flags: vec![flag],
            fields: Vec::new(),
        });
    }

    pub(super) fn valid(
        &mut self,
        id: &str,
        comment: impl Into<String>,
        octets: &[u8],
        about: About,
    ) {
        self.add(id, comment, octets, Outcome::Valid, about);
    }

    pub(super) fn invalid(
        &mut self,
        id: &str,
        comment: impl Into<String>,
        octets: &[u8],
        about: About,
    ) {
        self.add(id, comment, octets, Outcome::Invalid, about);
    }

    pub(super) fn acceptable(
        &mut self,
        id: &str,
        comment: impl Into<String>,
        octets: &[u8],
        about: About,
    ) {
        self.add(id, comment, octets, Outcome::Acceptable, about);
    }

    /// A message that says how long it is, cut off behind every octet from `least` on: the clause that
    /// so few octets break, and why.
    pub(super) fn cuts(
        &mut self,
        id: &str,
        of: &str,
        (whole, least): (&[u8], usize),
        broken: impl Fn(usize) -> (&'static str, &'static str),
    ) {
        for length in least..whole.len() {
            let (clause, why) = broken(length);
            let (id, comment) =
                (format!("{id}cut-{length}"), format!("{of}the first {length} octets"));
            self.invalid(&id, comment, cut(whole, length), about(clause, why, "Truncated"));
        }
    }

    /// A message cut off behind every octet. `fixed` octets of it have to be there, as its first
    /// clause says; behind them it may end between its parts, and nowhere else, as the second says.
    pub(super) fn truncations(
        &mut self,
        name: &str,
        parts: &[Part],
        (fixed, cut): (&'static str, &'static str),
    ) {
        let octets = join(parts);
        let mut ends = Vec::new();
        let mut end = 0;
        for part in parts {
            end += part.octets.len();
            ends.push(end);
        }
        let first = ends.first().copied().unwrap_or(0);
        for length in 1..octets.len() {
            let short = octets.get(..length).unwrap_or_default();
            let id = format!("{name}-cut-{length}");
            let comment = format!("{name}, the first {length} octets");
            if length < first {
                let why = format!("the fixed part has {first} octets");
                self.invalid(&id, comment, short, about(fixed, why, "Truncated"));
            } else if ends.contains(&length) {
                let why = "it ends behind a whole part, which are not counted anywhere";
                self.valid(&id, comment, short, about(cut, why, "Shortened"));
            } else {
                let why = "the last part ends beyond the message";
                self.invalid(&id, comment, short, about(cut, why, "Truncated"));
            }
        }
    }

    /// Each bit of so many octets from `at` on flipped, one in each octet.
    pub(super) fn flips(
        &mut self,
        name: &str,
        octets: &[u8],
        places: core::ops::Range<usize>,
        about_it: &About,
    ) {
        for at in places {
            let mut flipped = octets.to_vec();
            let bit = 1 << (at % 8);
            flip(&mut flipped, at, bit);
            let id = format!("{name}-flip-{at}");
            let comment = format!("{name}, bit {bit:#04x} of octet {at} flipped");
            self.invalid(&id, comment, &flipped, about_it.clone());
        }
    }
}

/// What a flag means.
pub(super) fn note(flag: &str) -> Note {
    let (bug_type, description) = match flag {
        "Normal" => ("BASIC", "A message as it should be."),
        "KnownAnswer" => ("BASIC", "Octets that were computed by other means than this program."),
        "Truncated" => (
            "OUT_OF_BOUNDS_READ",
            "The message ends too early; a decoder that does not look reads beyond it.",
        ),
        "Shortened" => ("BASIC", "The message ends early, but behind a whole part."),
        "BadLength" => ("OUT_OF_BOUNDS_READ", "A length field says more or less than it may."),
        "Trailing" => ("CONFUSION", "Octets behind the message's own end."),
        "UnknownType" => (
            "FORWARD_COMPATIBILITY",
            "A type that nobody has numbered yet: some are to be skipped, others refuse the message.",
        ),
        "WrongForm" => ("CONFUSION", "A value that does not have the form of its type."),
        "Reserved" => {
            ("FORWARD_COMPATIBILITY", "Reserved bits that are set, which change nothing.")
        }
        "Duplicate" => ("CONFUSION", "Something that may be there once is there twice."),
        "Order" => (
            "AUTHENTICATION_BYPASS",
            "Something stands where an authenticator does not cover it, or where it may not stand.",
        ),
        "BadChecksum" => ("MISSING_STEP", "The checksum is wrong."),
        "BadAuthenticator" => ("AUTHENTICATION_BYPASS", "The authenticator is wrong."),
        "ModifiedMessage" => {
            ("AUTHENTICATION_BYPASS", "An octet that an authenticator covers was changed.")
        }
        "WrongKey" => ("AUTHENTICATION_BYPASS", "The authenticator is of another key."),
        "Boundary" => ("ARITHMETIC", "A value at the end of its range."),
        _ => ("OTHER", "Something else."),
    };
    Note { bug_type, description }
}
