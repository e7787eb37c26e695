//! The codec's test vectors, sent to a home agent from a mobile node.

use dsboot_codec::tree::Protocol;

use super::peer::probe;
use super::{Cases, Node, fail};
use crate::vectors::{add as add_lot, lots, still};

pub(super) fn add(cases: &mut Cases) {
    for lot in lots(Protocol::Mh) {
        add_lot(cases, lot, "binds nobody", |stage, lot| {
            let mut node = Node::new(stage)?;
            for vector in &lot.vectors {
                // The checksum is made for these addresses.
                let packet = node.update(stage).packet_with(vector.octets.clone());
                node.send(stage, &packet)?;
            }
            // Without any authentication an update in them may be as good as another.
            let is_proved = node.desk.is_some() || node.association.is_some();
            while let Some(ack) = node.ack(stage, stage.silence()) {
                if is_proved && ack.status < 128 {
                    let seen = format!("an acknowledgement with status {}", ack.status);
                    return fail("no acknowledgement, or one that refuses", seen);
                }
            }
            still(probe(stage))
        });
    }
}
