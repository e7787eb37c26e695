//! The codec's test vectors, sent to an AAA server: as they are, signed with its secret, and as EAP
//! packets in the middle of a conversation.

use dsboot_codec::crypto::hmac_md5;
use dsboot_codec::tree::Protocol;
use dsboot_spec::registry::radius::{attribute, code as radius_code};

use super::peer::{Challenged, access_user, fha, ha, nas, probe};
use crate::Stage;
use crate::case::{Cases, Ending, Outcome, ensure};
use crate::vectors::{self, Lot, Vector, lots, still};

pub(super) fn add(cases: &mut Cases) {
    for lot in lots(Protocol::Radius) {
        vectors::add(cases, lot, "has nobody accepted", radius);
    }
    for lot in lots(Protocol::Eap) {
        vectors::add(cases, lot, "as answer to a challenge has nobody accepted", eap).claims("eap");
    }
}

/// Each as it is, then signed.
fn radius(stage: &mut Stage<'_>, lot: &Lot) -> Outcome {
    let client = nas(stage).or_else(|_| fha(stage)).or_else(|_| ha(stage))?;
    let from = (client.endpoint.name, client.endpoint.local.ip(), client.server);
    // Status-Server is answered by an Accept, which says nothing of anybody.
    let judge = |vector: &Vector, octets: &[u8]| {
        let is_status = vector.octets.first() == Some(&radius_code::STATUS_SERVER);
        if is_status { Ok(()) } else { not_accepted(octets) }
    };
    vectors::sent(stage, from, lot, judge)?;
    let mut signed = lot.clone();
    for vector in &mut signed.vectors {
        sign(&mut vector.octets, &client.secret);
    }
    vectors::sent(stage, from, &signed, judge)?;
    still(probe(stage))
}

fn not_accepted(octets: &[u8]) -> Outcome {
    let is_accepted = octets.first() == Some(&radius_code::ACCESS_ACCEPT);
    ensure(!is_accepted, "no Access-Accept", || "one".to_owned())
}

/// Makes the Message-Authenticator right, where there is one that can be found.
fn sign(octets: &mut [u8], secret: &[u8]) {
    let length =
        octets.get(2..4).map_or(0, |field| field.iter().fold(0, |n, o| n << 8 | usize::from(*o)));
    let mut at = 20;
    while let (Some(kind), Some(size)) = (octets.get(at), octets.get(at + 1).copied()) {
        if *kind == attribute::MESSAGE_AUTHENTICATOR && size == 18 {
            let field = at + 2..at + 18;
            if let Some(value) = octets.get_mut(field.clone()) {
                value.fill(0);
            }
            let Some(signed) = octets.get(..length) else { return };
            let value = hmac_md5(secret, &[signed]);
            if let Some(own) = octets.get_mut(field) {
                own.copy_from_slice(&value);
            }
            return;
        }
        at += usize::from(size).max(2);
    }
}

/// Each as answer to a challenge of its own.
fn eap(stage: &mut Stage<'_>, lot: &Lot) -> Outcome {
    let user = access_user(stage)?;
    let mut asked = Vec::new();
    for vector in &lot.vectors {
        let client = nas(stage)?;
        let mut one = Challenged::with(stage, client, user.clone())?;
        let (state, nai) = (one.state.clone(), user.nai.clone());
        let request = one.client.eap(stage, nai.as_bytes(), state.as_deref(), &vector.octets);
        // An empty one is another question.
        let Ok(request) = request else { continue };
        one.client.send(stage, &request)?;
        asked.push((vector, one.client.endpoint));
    }
    vectors::heard(stage, &asked, |_, octets| not_accepted(octets))?;
    match Challenged::begin(stage)?.right(stage)?.is(&[radius_code::ACCESS_ACCEPT]) {
        Err(Ending::Fail { .. }) => still(false),
        other => other,
    }
}
