//! The codec's test vectors, sent to a foreign agent from its link.

use dsboot_codec::tree::Protocol;

use super::visitor::{Visitor, probe};
use super::{Cases, fail};
use crate::vectors::{add as add_lot, lots, still};

pub(super) fn add(cases: &mut Cases) {
    for lot in lots(Protocol::Mip4) {
        add_lot(cases, lot, "registers nobody", |stage, lot| {
            let visitor = Visitor::new(stage)?;
            for vector in &lot.vectors {
                visitor.send(stage, &vector.octets)?;
            }
            while let Some(reply) = visitor.reply(stage, stage.silence()) {
                if reply.code() < 64 {
                    return fail("no reply, or one that denies", format!("code {}", reply.code()));
                }
            }
            still(probe(stage))
        });
    }
}
