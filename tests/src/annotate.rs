//! Messages as annotated hex: what each octet is, as the codec reads it.
//!
//! A line stands for a field, extension, attribute, AVP or option. Names are those of the
//! registry, and what is tunnelled is indented.

mod access;
mod ip;
mod mip4;
mod mip6;

use std::fmt;
use std::net::SocketAddr;

use dsboot_codec::{Error, Positioned};
use dsboot_spec::registry::{mip4 as mobile_ipv4, pana, radius};

/// Octets in one line of text.
const WIDTH: usize = 16;

/// A message, cut into the parts that it is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Annotated<'a> {
    parts: Vec<Part<'a>>,
}

/// A part of a message, and what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Part<'a> {
    offset: usize,
    depth: usize,
    octets: &'a [u8],
    meaning: String,
}

impl<'a> Annotated<'a> {
    /// What a UDP datagram carries between these two, which are told by their ports.
    ///
    /// # Errors
    ///
    /// What the codec has against the octets.
    pub fn datagram(
        source: SocketAddr,
        destination: SocketAddr,
        payload: &'a [u8],
    ) -> Result<Annotated<'a>, Error> {
        Annotated::walk(|page| page.payload(source.port(), destination.port(), payload))
    }

    /// An IP packet.
    ///
    /// # Errors
    ///
    /// What the codec has against the octets.
    pub fn packet(octets: &'a [u8]) -> Result<Annotated<'a>, Error> {
        Annotated::walk(|page| page.packet(octets))
    }

    /// The octets of all parts, one after the other: those of the message, if every one of them
    /// was annotated, and only once.
    #[must_use]
    pub fn octets(&self) -> Vec<u8> {
        self.parts.iter().flat_map(|part| part.octets).copied().collect()
    }

    fn walk(walk: impl FnOnce(&mut Page<'a>) -> Result<(), Error>) -> Result<Annotated<'a>, Error> {
        let mut page = Page { at: 0, depth: 0, parts: Vec::new() };
        walk(&mut page)?;
        Ok(Annotated { parts: page.parts })
    }
}

impl fmt::Display for Annotated<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in &self.parts {
            let indent = part.depth * 2;
            let mut meaning = part.meaning.as_str();
            for (i, octets) in part.octets.chunks(WIDTH).enumerate() {
                let hex: Vec<String> = octets.iter().map(|octet| format!("{octet:02x}")).collect();
                let line = format!(
                    "{:04x}  {:<width$}  {:indent$}{meaning}",
                    part.offset + i * WIDTH,
                    hex.join(" "),
                    "",
                    width = WIDTH * 3 - 1,
                );
                writeln!(f, "{}", line.trim_end())?;
                meaning = "";
            }
        }
        Ok(())
    }
}

/// What is written while a message is walked through from its first octet to its last.
struct Page<'a> {
    at: usize,
    depth: usize,
    parts: Vec<Part<'a>>,
}

impl<'a> Page<'a> {
    /// The next octets and what they are.
    fn put(&mut self, octets: &'a [u8], meaning: impl Into<String>) {
        if octets.is_empty() {
            return;
        }
        let (offset, depth) = (self.at, self.depth);
        self.parts.push(Part { offset, depth, octets, meaning: meaning.into() });
        self.at += octets.len();
    }

    /// The next octets, cut into fields of so many octets each. What is behind the fields is
    /// returned.
    fn fields(&mut self, octets: &'a [u8], fields: &[(usize, String)]) -> &'a [u8] {
        let mut rest = octets;
        for (length, meaning) in fields {
            let (field, behind) = rest.split_at((*length).min(rest.len()));
            self.put(field, meaning.clone());
            rest = behind;
        }
        rest
    }

    /// Units in the places where the codec found them.
    fn units<T>(
        &mut self,
        units: impl Iterator<Item = Positioned<'a, T>>,
        meaning: impl Fn(&T) -> String,
    ) {
        for unit in units {
            self.put(unit.raw, meaning(&unit.value));
        }
    }

    /// What stands inside of what was put last.
    fn inside(
        &mut self,
        walk: impl FnOnce(&mut Page<'a>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.depth += 1;
        let result = walk(self);
        self.depth -= 1;
        result
    }

    /// What a UDP datagram carries.
    fn payload(&mut self, source: u16, destination: u16, octets: &'a [u8]) -> Result<(), Error> {
        let is = |port| source == port || destination == port;
        if is(pana::PORT) {
            self.pana(octets)
        } else if is(radius::PORT) {
            self.radius(octets)
        } else if is(mobile_ipv4::PORT) {
            self.mip4(octets)
        } else {
            self.put(octets, "data");
            Ok(())
        }
    }
}

/// A name from the registry, and the number.
fn named<N: fmt::Display>(number: N, name: Option<&str>) -> String {
    format!("{} ({number})", name.unwrap_or("unknown"))
}

/// The names of the flags that are set.
fn flags<N: Copy + Into<u32>>(bits: N, table: &[(N, &str)]) -> String {
    let set = table.iter().filter(|(bit, _)| bits.into() & (*bit).into() != 0);
    let names: Vec<&str> = set.map(|(_, name)| *name).collect();
    if names.is_empty() { "none".to_owned() } else { names.join(" ") }
}

/// Octets that are meant to be text.
fn text(octets: &[u8]) -> String {
    format!("\"{}\"", octets.escape_ascii())
}
