//! The codec's test vectors, sent to a home agent.

use dsboot_codec::tree::Protocol;
use dsboot_spec::registry::mip4::message;

use super::peer::probe;
use super::{Cases, ensure};
use crate::vectors::{add as add_lot, lots, sent, still};

pub(super) fn add(cases: &mut Cases) {
    for lot in lots(Protocol::Mip4) {
        add_lot(cases, lot, "registers nobody", |stage, lot| {
            let from = ("MN", stage.profile.tester.address, stage.profile.target.address);
            sent(stage, from, lot, |_, octets| {
                let [kind, code, ..] = octets else {
                    return ensure(false, "a reply", || "less".into());
                };
                let refuses = *kind == message::REGISTRATION_REPLY && *code >= 64;
                ensure(refuses, "no reply, or one that refuses", || {
                    format!("type {kind}, code {code}")
                })
            })?;
            still(probe(stage))
        });
    }
}
