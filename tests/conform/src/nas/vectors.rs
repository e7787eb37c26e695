//! The codec's test vectors, sent to a NAS as PANA client.

use dsboot_codec::pana::{Flags, Kind, Message};
use dsboot_codec::tree::Protocol;

use super::{Cases, ensure, fail, probe};
use crate::vectors::{add as add_lot, lots, sent, still};

pub(super) fn add(cases: &mut Cases) {
    for lot in lots(Protocol::Pana) {
        let outcome = "is discarded, or begins a session where it may";
        add_lot(cases, lot, outcome, |stage, lot| {
            let from = ("PaC", stage.profile.tester.address, stage.profile.target.address);
            sent(stage, from, lot, |vector, octets| {
                if vector.is_invalid {
                    return fail("no answer", "one");
                }
                let message = Message::decode(octets);
                let starts = message.is_ok_and(|message| {
                    message.kind() == Some(Kind::Par) && message.flags().contains(Flags::START)
                });
                ensure(starts, "no answer, or a PANA-Auth-Request with S", || {
                    "another message".to_owned()
                })
            })?;
            still(probe(stage))
        });
    }
}
