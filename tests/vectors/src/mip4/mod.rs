//! Mobile IPv4: messages, extensions, agent discovery, authenticators.

mod authenticators;
mod discovery;
mod extensions;
mod messages;

pub(super) use authenticators::authenticators;
pub(super) use discovery::discovery;
pub(super) use extensions::{PARAMETERS, extensions, wrong_values};
pub(super) use messages::messages;

/// The fixed part of a registration request.
pub(crate) const REQUEST: [u8; 24] = [
    1, 0x22, 0x07, 0x08, 0, 0, 0, 0, 192, 0, 2, 1, 198, 51, 100, 77, 0xce, 0xa4, 0xd2, 0xa0, 0x12,
    0x34, 0x56, 0x78,
];

/// The fixed part of a registration reply.
pub(super) const REPLY: [u8; 20] = [
    3, 0, 0x07, 0x08, 203, 0, 113, 9, 192, 0, 2, 1, 0xce, 0xa4, 0xd2, 0xa0, 0x12, 0x34, 0x56, 0x78,
];

pub(super) const NAI: &[u8] = b"mn1@home.example";

/// An extension in the simple form.
pub(super) fn simple(kind: u8, data: &[u8]) -> Vec<u8> {
    let length = u8::try_from(data.len()).unwrap_or(u8::MAX);
    [&[kind, length], data].concat()
}

/// An extension in the long form.
pub(super) fn long(kind: u8, sub_type: u8, data: &[u8]) -> Vec<u8> {
    let [high, low] = u16::try_from(data.len()).unwrap_or(u16::MAX).to_be_bytes();
    [&[kind, sub_type, high, low], data].concat()
}
