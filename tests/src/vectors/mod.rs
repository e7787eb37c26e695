//! Test vectors: messages with what is to come of them, for `dsboot vectors` and for the targets of
//! `dsboot conform`.

mod document;
mod eap;
mod ip;
mod known;
mod make;
mod mip4;
mod mip6;
mod pana;
mod radius;
mod unit;

pub use document::{File, Group, Leaf, Note, Vector};
pub use make::{Check, Outcome};

/// The name that the schema has beside the files.
pub const SCHEMA_NAME: &str = "vectors.schema.json";

/// Every file of vectors.
#[must_use]
pub fn files() -> Vec<File> {
    let mut files = made();
    files.iter_mut().for_each(File::finish);
    files
}

/// The same without what a finished file tells of them: numbers, notes, and the fields of valid ones.
pub(crate) fn made() -> Vec<File> {
    vec![
        mip4::messages(),
        mip4::extensions(),
        mip4::discovery(),
        mip4::authenticators(),
        mip6::messages(),
        mip6::options(),
        mip6::authenticators(),
        radius::packets(),
        radius::attributes(),
        radius::authenticators(),
        pana::messages(),
        pana::avps(),
        eap::packets(),
        ip::packets(),
        known::vectors(),
    ]
}

/// Octets as hex.
fn hex_of(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

/// The octets that hex stands for.
pub(crate) fn octets_of(hex: &str) -> Option<Vec<u8>> {
    let digit = |c: char| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let digits: Option<Vec<u8>> = hex.chars().map(digit).collect();
    let digits = digits?;
    let (pairs, rest) = digits.as_chunks::<2>();
    rest.is_empty().then(|| pairs.iter().map(|[high, low]| high << 4 | low).collect())
}
