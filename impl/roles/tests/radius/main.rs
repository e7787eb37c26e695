//! The RADIUS client and server halves, each against packets made and read with the codec.
#![cfg(test)]

mod client;
mod server;

use dsboot_codec::radius::{Packet, ResponseBuilder};
use dsboot_roles::count::{Radius, Reason};
use dsboot_roles::{Datagram, Effect, Effects, Random, Time};

const SECRET: &[u8] = b"radius-secret-16";
const START: Time = Time::from_unix_micros(1_000_000_000_000_000);

/// A sequence that does not come round (splitmix64).
struct Sequence(u64);

impl Random for Sequence {
    fn fill(&mut self, octets: &mut [u8]) {
        for octet in octets {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            *octet = mixed.to_be_bytes()[0];
        }
    }
}

fn at(millis: u64) -> Time {
    START + core::time::Duration::from_millis(millis)
}

/// The datagrams among the effects.
fn sent(effects: &Effects) -> Vec<Datagram> {
    let datagrams = effects.iter().filter_map(|effect| match effect {
        Effect::Datagram(datagram) => Some(datagram.clone()),
        _ => None,
    });
    datagrams.collect()
}

/// The one datagram among the effects.
fn sent_once(effects: &Effects) -> Datagram {
    let [datagram] = sent(effects).try_into().unwrap();
    datagram
}

/// What was counted.
fn counted(effects: &Effects) -> Vec<Radius> {
    let reasons = effects.iter().filter_map(|effect| match effect {
        Effect::Count(Reason::Radius(reason)) => Some(*reason),
        _ => None,
    });
    reasons.collect()
}

/// The way back, with another payload.
fn back(request: &Datagram, payload: Vec<u8>) -> Datagram {
    Datagram {
        source: request.destination,
        destination: request.source,
        ttl: 64,
        neighbour: None,
        payload,
    }
}

/// A signed answer without attributes of its own.
fn answer(request: &Datagram, code: u8, secret: &[u8]) -> Datagram {
    let packet = Packet::decode(&request.payload).unwrap();
    back(request, ResponseBuilder::new(code, &packet).sign_response(secret).unwrap())
}
