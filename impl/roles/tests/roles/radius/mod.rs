//! The RADIUS client and server halves, each against packets made and read with the codec.

mod client;
mod server;

use crate::support::{Octets, back};
use dsboot_codec::radius::{Packet, ResponseBuilder};
use dsboot_roles::count::{Radius, Reason};
use dsboot_roles::{Datagram, Effect, Effects, Time};

const SECRET: &[u8] = b"radius-secret-16";
const START: Time = Time::from_unix_micros(1_000_000_000_000_000);

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

/// A signed answer without attributes of its own.
fn answer(request: &Datagram, code: u8, secret: &[u8]) -> Datagram {
    let packet = Packet::decode(&request.payload).unwrap();
    back(request, ResponseBuilder::new(code, &packet).sign_response(secret).unwrap())
}
