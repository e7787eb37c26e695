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
#[must_use]
pub fn made() -> Vec<File> {
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
