use core::fmt;

/// Why octets could not be decoded: what, where, and which sentence of the specification they
/// break.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Error {
    /// What is wrong.
    pub kind: ErrorKind,
    /// Where, in octets from the start of the message.
    pub offset: usize,
    /// The id of the sentence in `spec/` that is broken, for example `wire.1.4`.
    pub sentence: &'static str,
}

impl Error {
    /// An error of `kind` at `offset` that breaks `sentence`.
    #[must_use]
    pub const fn new(kind: ErrorKind, offset: usize, sentence: &'static str) -> Error {
        Error { kind, offset, sentence }
    }

    /// The same error seen from a message in which this one begins at octet `base`.
    #[must_use]
    pub const fn shifted(self, base: usize) -> Error {
        Error { offset: self.offset + base, ..self }
    }
}

/// What is wrong with the octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum ErrorKind {
    /// The input ends before the field does.
    Truncated,
    /// A length field has a value that its unit does not allow.
    BadLength,
    /// A type, code or version field has a value that is not allowed here.
    BadType,
    /// A field has a value that is not allowed.
    BadValue,
    /// A checksum does not match.
    BadChecksum,
    /// A unit that must be understood is unknown, so the message is to be dropped.
    NotSkippable,
    /// A unit occurs where, or more often than, it may.
    Misplaced,
    /// A unit that must be present is missing.
    Missing,
    /// Octets remain after the end of the message.
    Trailing,
    /// A value is longer than the field that should carry it.
    TooLong,
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ErrorKind::Truncated => "truncated",
            ErrorKind::BadLength => "length not allowed",
            ErrorKind::BadType => "type not allowed",
            ErrorKind::BadValue => "value not allowed",
            ErrorKind::BadChecksum => "wrong checksum",
            ErrorKind::NotSkippable => "unknown and not skippable",
            ErrorKind::Misplaced => "misplaced or repeated",
            ErrorKind::Missing => "mandatory part missing",
            ErrorKind::Trailing => "octets after the end",
            ErrorKind::TooLong => "too long for its field",
        })
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at octet {} ({})", self.kind, self.offset, self.sentence)
    }
}

impl core::error::Error for Error {}
