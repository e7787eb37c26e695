//! What a number space says of itself.

/// A number space: a field's code points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Space {
    /// The name of its module, for example `attribute`.
    pub name: &'static str,
    /// The whole path of its module, which tells the protocol too.
    pub path: &'static str,
    /// What it is and where it comes from.
    pub doc: &'static str,
    /// Octets of the integer type that holds its numbers. (The field may be narrower.)
    pub octets: usize,
    /// Its code points in ascending order.
    pub entries: &'static [Entry],
}

impl Space {
    /// The protocol whose module it stands in, for example `radius`.
    #[must_use]
    pub fn protocol(&self) -> &'static str {
        let inside = self.path.split("registry::").nth(1).unwrap_or(self.path);
        inside.split("::").next().unwrap_or(inside)
    }

    /// What is known of a code point.
    #[must_use]
    pub fn entry(&self, number: u64) -> Option<&'static Entry> {
        self.entries.iter().find(|entry| entry.number == number)
    }

    /// The code points of a bit field whose bits are all set in `bits`, the highest first.
    pub fn set_in(&self, bits: u64) -> impl Iterator<Item = &'static Entry> + use<> {
        let entries = self.entries.iter().rev();
        entries.filter(move |entry| entry.number != 0 && entry.number & bits == entry.number)
    }
}

/// A code point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its number; of a flag, its mask.
    pub number: u64,
    /// The RFC's name for it.
    pub name: &'static str,
    /// The name of its constant.
    pub constant: &'static str,
    /// What its value is, if it has one.
    pub value: Value,
    /// What it means.
    pub doc: &'static str,
    /// What its space says of itself.
    pub space: &'static str,
}

impl Entry {
    /// Where it comes from: an RFC and its section, or a sentence of this specification. `None`
    /// if neither its own documentation nor that of its space says so.
    #[must_use]
    pub fn section(&self) -> Option<&'static str> {
        source(self.doc).or_else(|| source(self.space))
    }
}

/// The first `RFC n` or `RFC n §m` that a text names, or else the first sentence.
fn source(text: &'static str) -> Option<&'static str> {
    let Some(start) = text.find("RFC ") else {
        let sentence = text.get(text.find("(wire.")? + 1..)?;
        return Some(
            head(sentence, |c| c.is_ascii_alphanumeric() || c == '.').trim_end_matches('.'),
        );
    };
    let text = text.get(start..)?;
    let number = "RFC ".len() + head(text.get("RFC ".len()..)?, |c| c.is_ascii_digit()).len();
    let section = match text.get(number..)?.strip_prefix(" §") {
        Some(rest) => {
            let section = head(rest, |c| c.is_ascii_alphanumeric() || c == '.');
            " §".len() + section.trim_end_matches('.').len()
        }
        None => 0,
    };
    text.get(..number + section)
}

/// The longest start of a text whose characters are all like that.
fn head(text: &str, like: impl Fn(char) -> bool) -> &str {
    text.find(|c| !like(c)).and_then(|end| text.get(..end)).unwrap_or(text)
}

/// What the value of a code point is: an attribute's, an AVP's, an option's, an extension's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Value {
    /// It has none: it is itself a value, a flag or a kind of message.
    None,
    /// Any octets.
    Octets,
    /// Text.
    Text,
    /// An integer in 1 octet.
    Octet,
    /// An integer in 2 octets.
    Short,
    /// An integer in 4 octets.
    Integer,
    /// An integer in 8 octets.
    Integer64,
    /// Seconds since 1970 in 4 octets.
    Date,
    /// A time of day in the format of NTP, 8 octets.
    Ntp,
    /// An IPv4 address.
    Ipv4,
    /// Any number of IPv4 addresses.
    Ipv4List,
    /// A prefix length in one octet, and an IPv4 address.
    Ipv4Prefix,
    /// An IPv6 address.
    Ipv6,
    /// A prefix length in one octet, and an IPv6 address.
    Ipv6WithLength,
    /// A zero octet, a prefix length, and as much of an IPv6 prefix as it needs (RFC 3162 §2.3).
    Ipv6Prefix,
    /// An interface identifier, 8 octets (RFC 3162 §2.2).
    InterfaceId,
    /// A password hidden as RFC 2865 §5.2 has it.
    Password,
    /// Octets hidden with a salt (RFC 2868 §3.5).
    Salted,
    /// A tag and an integer in 3 octets (RFC 2868 §3.1).
    TaggedInteger,
    /// Text, perhaps behind a tag (RFC 2868 §3.3).
    TaggedText,
    /// A tag, and octets hidden with a salt (RFC 2868 §3.5).
    TaggedSalted,
    /// A vendor's number and what the vendor has to say.
    Vendor,
    /// Further units of type, length and value.
    Units,
    /// Several fields, as its section lays them out.
    Fields,
}
