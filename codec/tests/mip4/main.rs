//! Mobile IPv4 against vectors, rule by rule, and for whatever octets there are.
#![cfg(test)]

mod mip4_authenticators;
mod mip4_discovery;
mod mip4_extensions;
mod mip4_messages;
mod mip4_others;
mod mip4_properties;
mod mip4_readings;
mod mip4_vectors;

use core::net::Ipv4Addr;

use dsboot_codec::mip4::{
    Algorithm, Builder, Code, Extension, Identification, Message, Reply, ReplyHeader, Request,
    RequestFlags, RequestHeader, SecurityContext,
};
use dsboot_codec::{Error, ErrorKind};
use serde_json::Value;

/// The key that the mobile node of the vectors shares with its AAA server.
const AAA_KEY: &[u8] = b"AAA-shared-key-0";

/// An association of a mobile node or agent.
const CONTEXT: SecurityContext<'_> =
    SecurityContext { spi: 0x100, algorithm: Algorithm::HmacMd5, key: &[7; 16] };

const FHA: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);
const THOAV4: Ipv4Addr = Ipv4Addr::new(203, 0, 113, 9);
const CCOA: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 77);
const FA_COA: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 1);

/// The octets that the check vectors have under `name`.
fn vector(name: &str) -> Vec<u8> {
    let vectors: Value = serde_json::from_str(include_str!("../vectors/mobile-ip.json")).unwrap();
    hex::decode(vectors[name].as_str().unwrap_or_else(|| panic!("no vector {name}"))).unwrap()
}

/// A request that asks for nothing in particular.
fn request_header() -> RequestHeader {
    RequestHeader {
        flags: RequestFlags(0x22),
        lifetime: 1800,
        home_address: Ipv4Addr::UNSPECIFIED,
        home_agent: FHA,
        care_of_address: CCOA,
        identification: Identification::new(0xcea4_d2a0, 0x1234_5678),
    }
}

/// A reply that accepts.
fn reply_header() -> ReplyHeader {
    ReplyHeader {
        code: Code(0),
        lifetime: 1800,
        home_address: THOAV4,
        home_agent: FHA,
        identification: Identification::new(0xcea4_d2a0, 0x1234_5678),
    }
}

/// A request with these octets in place of its extensions.
fn with_extensions(octets: &[u8]) -> Vec<u8> {
    [&Builder::request(&request_header()).finish().unwrap(), octets].concat()
}

fn request(octets: &[u8]) -> Request<'_> {
    match Message::decode(octets) {
        Ok(Message::Request(request)) => request,
        other => panic!("not a request: {other:?}"),
    }
}

fn reply(octets: &[u8]) -> Reply<'_> {
    match Message::decode(octets) {
        Ok(Message::Reply(reply)) => reply,
        other => panic!("not a reply: {other:?}"),
    }
}

/// The only extension of a request that has these octets as extensions.
fn extension(message: &[u8]) -> Extension<'_> {
    let mut all = request(message).extensions.iter();
    match (all.next(), all.next()) {
        (Some(extension), None) => extension.value,
        other => panic!("not one extension: {other:?}"),
    }
}

/// What is wrong with a request that has these octets as extensions; the offset counts from them.
fn refusal(extensions: &[u8]) -> (ErrorKind, usize, &'static str) {
    let message = with_extensions(extensions);
    let Err(Error { kind, offset, sentence }) = Message::decode(&message) else {
        panic!("not refused: {extensions:02x?}")
    };
    (kind, offset - 24, sentence)
}
