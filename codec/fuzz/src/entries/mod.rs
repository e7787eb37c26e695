//! Every public entry point of the codec for octets from outside, each with what must hold
//! whatever the octets are.
//!
//! An entry decodes, asks for all that a decoded value can be asked for, encodes again and
//! compares; where two readings exist it compares these. Fuzz targets, the exhaustive tests and
//! the long run are all made of these functions.

mod eap;
mod ip;
mod mend;
mod mip4;
mod mip6;
mod pana;
mod parameter;
mod radius;
mod tree;

use dsboot_codec::Error;

/// An entry point, and what must hold of it.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// Its name: that of the fuzz target and of the corpus.
    pub name: &'static str,
    /// Puts octets through it.
    ///
    /// Panics when something does not hold.
    pub check: fn(&[u8]) -> Result<Reading, Error>,
}

/// What an entry point made of octets that it took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// How many units (attributes, extensions, options, AVPs) there were, each of which was
    /// written again, octet for octet.
    pub units: usize,
}

/// All of them.
pub const ENTRIES: &[Entry] = &[
    Entry { name: "radius", check: radius::packet },
    Entry { name: "radius_attribute", check: radius::attribute },
    Entry { name: "radius_vendor", check: radius::vendor },
    Entry { name: "radius_hidden", check: radius::hidden },
    Entry { name: "mip4", check: mip4::message },
    Entry { name: "mip4_extensions", check: mip4::extensions },
    Entry { name: "discovery", check: mip4::discovery },
    Entry { name: "mip6", check: mip6::header },
    Entry { name: "mip6_option", check: mip6::option },
    Entry { name: "mip6_packet", check: mip6::packet },
    Entry { name: "pana", check: pana::message },
    Entry { name: "eap", check: eap::packet },
    Entry { name: "parameter", check: parameter::parameter },
    Entry { name: "ip", check: ip::packet },
    Entry { name: "ip_tunnel", check: ip::tunnel },
    Entry { name: "udp", check: ip::udp_packet },
    Entry { name: "icmp", check: ip::icmp },
    Entry { name: "tree", check: tree::tree },
];

/// The entry of that name.
#[must_use]
pub fn entry(name: &str) -> Option<&'static Entry> {
    ENTRIES.iter().find(|entry| entry.name == name)
}

/// Puts octets through the entry point of that name, whatever they are.
///
/// # Panics
/// When there is no such entry point, or something does not hold.
pub fn target(name: &str, octets: &[u8]) {
    let entry = entry(name).expect("a target has the name of its entry point");
    // An error is as good as a value: what must hold has been looked at.
    let _ = entry.run(octets);
}

impl Entry {
    /// Puts octets through the entry point, and looks at the error if there is one.
    ///
    /// # Errors
    /// That of the entry point.
    ///
    /// # Panics
    /// When something does not hold that must hold of all octets.
    pub fn run(&self, octets: &[u8]) -> Result<Reading, Error> {
        let result = (self.check)(octets);
        if let Err(error) = &result {
            error_is_within(error, octets);
        }
        result
    }
}

/// An error points into the octets, or right behind them, and names a sentence.
fn error_is_within(error: &Error, octets: &[u8]) {
    assert!(error.offset <= octets.len(), "{error}: the input has {} octets", octets.len());
    assert!(error.sentence.split('.').count() == 3, "{error:?} names no sentence");
}

impl Reading {
    /// One unit more, received as `raw` and written as `written`; `again` is whether what is
    /// written reads as the same value.
    fn unit(&mut self, raw: &[u8], written: &[u8], again: bool) {
        assert!(again, "{written:02x?} reads otherwise than {raw:02x?}");
        assert_eq!(raw, written, "{written:02x?} instead of {raw:02x?}");
        self.units += 1;
    }
}

/// Units stand one behind the other from `start` to `end`.
fn contiguous(spans: impl IntoIterator<Item = (usize, usize)>, start: usize, end: usize) {
    let last = spans.into_iter().fold(start, |at, (offset, length)| {
        assert_eq!(offset, at, "a unit does not stand where the one before it ends");
        at + length
    });
    assert_eq!(last, end, "the units do not fill the message");
}
