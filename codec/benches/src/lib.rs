//! What is measured of the codec: decoding, encoding and checking of one message of each protocol.
//!
//! `cargo bench` in this directory times these cases beside other people's crates and prints a
//! table of ratios; `cargo run --release --bin instructions` counts their instructions under
//! valgrind and compares them with what is expected.

pub mod bound;
pub mod callgrind;
mod decode;
mod encode;
mod messages;
mod verify;

pub use messages::Messages;

/// Something to be measured.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// `what/message`; others' cases have the same name with their own in front.
    pub name: &'static str,
    /// Does it once.
    pub run: fn(&Messages),
}

/// Every case of the codec.
pub const CASES: &[Case] = &[
    Case { name: "decode/access-request", run: decode::access_request },
    Case { name: "decode/rrq", run: decode::rrq },
    Case { name: "decode/bu", run: decode::bu },
    Case { name: "decode/pana", run: decode::pana },
    Case { name: "decode/tunnel", run: decode::tunnel },
    Case { name: "encode/access-request", run: encode::access_request },
    Case { name: "encode/rrq", run: encode::rrq },
    Case { name: "encode/bu", run: encode::bu },
    Case { name: "encode/pana", run: encode::pana },
    Case { name: "encode/tunnel", run: encode::tunnel },
    Case { name: "verify/message-authenticator", run: verify::message_authenticator },
    Case { name: "verify/mn-aaa", run: verify::mn_aaa },
    Case { name: "verify/mobility-checksum", run: verify::mobility_checksum },
    Case { name: "verify/mobility-authenticator", run: verify::mobility_authenticator },
];

/// What is measured does not do what it should, so that its time says nothing.
///
/// # Panics
///
/// Always.
#[cold]
pub fn wrong() -> ! {
    unreachable!("every message decodes, and every value encodes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_case_does_what_it_should() {
        let messages = Messages::new();
        CASES.iter().for_each(|case| (case.run)(&messages));
    }

    #[test]
    fn hard_messages_are_read_in_full() {
        for bound in bound::BOUNDS {
            let octets = (bound.make)(bound.longest);
            assert!(octets.len() * 8 > bound.longest * 7, "{}: {}", bound.name, octets.len());
            assert!((bound.read)(&octets) > 0, "{} is not read", bound.name);
        }
    }
}
