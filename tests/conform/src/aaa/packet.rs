//! RADIUS itself: packets, authenticators, clients, retransmissions.

use dsboot_spec::registry::radius::{attribute, code as radius_code};

use super::peer::{Attributes, Client, access_user, by_hand, identity_attributes, nas};
use crate::Stage;
use crate::case::{Cases, Ending, Outcome, ensure, fail};

const CHALLENGE: u8 = radius_code::ACCESS_CHALLENGE;
const REJECT: u8 = radius_code::ACCESS_REJECT;

type Change = fn(&mut Attributes);
type Octets = fn(&mut Vec<u8>);

/// What may come of a packet.
#[derive(Clone, Copy, Debug)]
pub(super) enum Allowed {
    /// Nothing.
    Silence,
    /// A Challenge, as for a right one.
    Challenge,
    /// A Reject.
    Reject,
    /// A Challenge, where the wrong part is passed over, or a Reject; nothing is no answer to a client
    /// that is known (RFC 2865 §4.1).
    Answer,
    /// Anything but an Accept: no clause says what comes of what no client may send.
    NoAccept,
}

/// Leaves a case out that is about Message-Authenticator, of which a server of RFC 2865 alone knows
/// nothing.
fn signs(stage: &Stage<'_>) -> Outcome {
    let claims = ["eap", "mobility", "binding", "strict"];
    if claims.iter().any(|claim| stage.profile.claims(claim)) {
        return Ok(());
    }
    Err(Ending::Skip("not claimed: eap, mobility, binding or strict".to_owned()))
}

/// Sends a packet and looks what comes; then a right one.
pub(super) fn judged(
    stage: &mut Stage<'_>,
    client: &mut Client,
    octets: &[u8],
    allowed: Allowed,
) -> Outcome {
    let patience =
        if matches!(allowed, Allowed::Silence) { stage.silence() } else { stage.patience() };
    let answer = client.ask(stage, octets, patience)?;
    // A server without EAP rejects what another challenges (RFC 3579 §2.1).
    let allowed = match allowed {
        Allowed::Challenge if !stage.profile.claims("eap") => Allowed::Answer,
        other => other,
    };
    let code = answer.as_ref().map(super::peer::Answer::code);
    let (right, words) = match allowed {
        Allowed::Silence => (code.is_none(), "no answer"),
        Allowed::Challenge => (code == Some(CHALLENGE), "an Access-Challenge"),
        Allowed::Reject => (code == Some(REJECT), "an Access-Reject"),
        Allowed::Answer => {
            let right = code.is_some_and(|code| [CHALLENGE, REJECT].contains(&code));
            (right, "an Access-Challenge or an Access-Reject")
        }
        Allowed::NoAccept => (code != Some(radius_code::ACCESS_ACCEPT), "no Access-Accept"),
    };
    ensure(right, words, || match code {
        None => "no answer".to_owned(),
        Some(code) => radius_code::name(code).map_or_else(|| format!("code {code}"), str::to_owned),
    })?;
    let user = access_user(stage)?;
    let right = client.identity(stage, user.nai.as_bytes())?;
    match client.ask(stage, &right, stage.patience())? {
        Some(_) => Ok(()),
        None => fail("a right request is answered after it", "it is not"),
    }
}

/// An identity request with changed attributes.
fn changed(stage: &mut Stage<'_>, change: Change, allowed: Allowed) -> Outcome {
    let mut client = nas(stage)?;
    let user = access_user(stage)?;
    let mut attributes = identity_attributes(stage, &client, user.nai.as_bytes());
    change(&mut attributes);
    let octets = by_hand(1, 200, stage.random(), &attributes, &client.secret.clone());
    judged(stage, &mut client, &octets, allowed)
}

/// An identity request whose octets are changed after it was signed.
fn octets(stage: &mut Stage<'_>, change: impl Fn(&mut Vec<u8>), allowed: Allowed) -> Outcome {
    let mut client = nas(stage)?;
    let user = access_user(stage)?;
    let attributes = identity_attributes(stage, &client, user.nai.as_bytes());
    let mut octets = by_hand(1, 201, stage.random(), &attributes, &client.secret.clone());
    change(&mut octets);
    judged(stage, &mut client, &octets, allowed)
}
pub(super) fn add(cases: &mut Cases) {
    attributes(cases);
    packets(cases);
}

/// What is between the header and the end.
fn attributes(cases: &mut Cases) {
    for at in 0..16_usize {
        cases.add(
            "radius.signature",
            format!(
                "a request with a wrong bit in octet {at} of its Message-Authenticator is discarded"
            ),
            "access.6.7, wire.4.9, RFC 3579 §3.2",
            move |stage| {
                signs(stage)?;
                octets(
                    stage,
                    |octets| {
                        if let Some(octet) = octets.get_mut(22 + at) {
                            *octet ^= 0x40;
                        }
                    },
                    Allowed::Silence,
                )
            },
        );
    }
    let rows: &[(&str, &str, Change, Allowed)] = &[
        (
            "an EAP request without Message-Authenticator is discarded",
            "access.6.7, RFC 3579 §3.1",
            |a| a.retain(|(kind, _)| *kind != attribute::MESSAGE_AUTHENTICATOR),
            Allowed::Silence,
        ),
        (
            "a request with a Message-Authenticator of 15 octets is discarded",
            "access.6.7, wire.4.9, RFC 3579 §3.2",
            |a| {
                if let Some(first) = a.first_mut() {
                    first.1 = vec![0; 15];
                }
            },
            Allowed::Silence,
        ),
        (
            "a request with a Message-Authenticator of 17 octets is discarded",
            "access.6.7, wire.4.9, RFC 3579 §3.2",
            |a| {
                if let Some(first) = a.first_mut() {
                    first.1 = vec![0; 17];
                }
            },
            Allowed::Silence,
        ),
        (
            "a Message-Authenticator may stand last",
            "wire.4.9, RFC 3579 §3.2",
            |a| a.rotate_left(1),
            Allowed::Challenge,
        ),
        (
            "an unknown attribute is skipped",
            "wire.5.1, RFC 2865 §5",
            |a| a.push((222, vec![1, 2, 3])),
            Allowed::Challenge,
        ),
        (
            "a vendor attribute of an unknown vendor is skipped",
            "access.6.12, RFC 2865 §5.26",
            |a| a.push((26, vec![0, 0, 0, 99, 1, 4, 1, 2])),
            Allowed::Challenge,
        ),
        (
            "a vendor attribute that is too short for a vendor is skipped",
            "access.6.12, RFC 2865 §5.26",
            |a| a.push((26, vec![0, 0])),
            Allowed::Answer,
        ),
        (
            "a vendor sub-attribute that ends beyond is skipped",
            "access.6.12, RFC 2865 §5.26",
            |a| a.push((26, vec![0, 0, 0x7e, 0xd9, 200, 99, 1])),
            Allowed::Answer,
        ),
        (
            "a vendor sub-attribute of Length 0 does no harm",
            "access.6.12, RFC 2865 §5.26",
            |a| a.push((26, vec![0, 0, 0x7e, 0xd9, 200, 0, 1])),
            Allowed::Answer,
        ),
        (
            "NAS-Port of 3 octets counts as absent",
            "wire.5.2, RFC 6929 §2.8",
            |a| a.push((5, vec![1, 2, 3])),
            Allowed::Answer,
        ),
        (
            "Framed-MTU and NAS-Port-Type do no harm",
            "wire.5.1, RFC 3579 §2.4",
            |a| a.extend([(12, vec![0, 0, 5, 0]), (61, vec![0, 0, 0, 19])]),
            Allowed::Challenge,
        ),
        (
            "Calling- and Called-Station-Id do no harm",
            "wire.5.1, RFC 2865 §5.31",
            |a| a.extend([(30, b"ap".to_vec()), (31, b"mn".to_vec())]),
            Allowed::Challenge,
        ),
        (
            "a request with EAP and a CHAP response is not accepted",
            "wire.4.20, RFC 3579 §3.3",
            |a| a.push((3, vec![7; 17])),
            Allowed::NoAccept,
        ),
        (
            "a request with EAP and a password is not accepted",
            "wire.4.20, RFC 3579 §3.3",
            |a| a.push((2, vec![7; 16])),
            Allowed::NoAccept,
        ),
        (
            "a request without any credential is not accepted",
            "wire.4.20, RFC 2865 §4.1",
            |a| a.retain(|(kind, _)| *kind != attribute::EAP_MESSAGE),
            Allowed::NoAccept,
        ),
        (
            "a request with a wrong password is rejected",
            "wire.4.12, RFC 2865 §4.1, RFC 2865 §5.2",
            |a| {
                a.retain(|(kind, _)| *kind != attribute::EAP_MESSAGE);
                a.push((2, vec![7; 16]));
            },
            Allowed::Reject,
        ),
        (
            "a request with a password of 15 octets is not accepted",
            "wire.4.13, RFC 2865 §5.2",
            |a| {
                a.retain(|(kind, _)| *kind != attribute::EAP_MESSAGE);
                a.push((2, vec![7; 15]));
            },
            Allowed::NoAccept,
        ),
        (
            "forty unknown attributes are skipped",
            "wire.5.1, RFC 2865 §5",
            |a| {
                for _ in 0..40 {
                    a.push((222, vec![1; 20]));
                }
            },
            Allowed::Challenge,
        ),
    ];
    for (purpose, clauses, change, allowed) in rows {
        let (change, allowed) = (*change, *allowed);
        cases
            .add("radius.attributes", *purpose, clauses, move |stage| {
                changed(stage, change, allowed)
            })
            .claims("eap");
    }
    cases
        .add(
            "radius.attributes",
            "a request with two Message-Authenticators is discarded",
            "access.6.7, wire.4.9, RFC 3579 §3.2",
            |stage| changed(stage, |a| a.insert(1, (80, vec![0; 16])), Allowed::Silence),
        )
        .claims("strict");
    cases
        .add(
            "radius.attributes",
            "a CHAP request without Message-Authenticator is discarded",
            "access.6.5, access.6.7, RFC 5080 §2.2.2",
            |stage| {
                changed(
                    stage,
                    |a| {
                        a.retain(|(kind, _)| *kind != 79 && *kind != 80);
                        a.push((3, vec![7; 17]));
                        a.push((60, vec![7; 17]));
                    },
                    Allowed::Silence,
                )
            },
        )
        .claims("strict");
}

/// The packet as a whole.
fn packets(cases: &mut Cases) {
    let rows: &[(&str, &str, Octets, Allowed)] = &[
        (
            "a datagram without an octet is discarded",
            "wire.4.1, RFC 2865 §3",
            |o| o.clear(),
            Allowed::Silence,
        ),
        (
            "a datagram of one octet is discarded",
            "wire.4.1, RFC 2865 §3",
            |o| o.truncate(1),
            Allowed::Silence,
        ),
        (
            "a datagram of four octets is discarded",
            "wire.4.1, RFC 2865 §3",
            |o| o.truncate(4),
            Allowed::Silence,
        ),
        (
            "a datagram of 19 octets is discarded",
            "wire.4.1, RFC 2865 §3",
            |o| o.truncate(19),
            Allowed::Silence,
        ),
        (
            "a header alone, with the Length of more, is discarded",
            "wire.4.1, RFC 2865 §3",
            |o| o.truncate(20),
            Allowed::Silence,
        ),
        (
            "a packet shorter than its Length is discarded",
            "wire.4.1, RFC 2865 §3",
            |o| {
                o.pop();
            },
            Allowed::Silence,
        ),
        (
            "octets beyond Length are ignored",
            "wire.4.3, RFC 2865 §3",
            |o| o.extend([1, 2, 3]),
            Allowed::Challenge,
        ),
        (
            "a Length of 19 is discarded",
            "wire.4.2, RFC 2865 §3",
            |o| set_length(o, 19),
            Allowed::Silence,
        ),
        (
            "a Length of 0 is discarded",
            "wire.4.2, RFC 2865 §3",
            |o| set_length(o, 0),
            Allowed::Silence,
        ),
        (
            "a Length of 65535 is discarded",
            "wire.4.2, RFC 2865 §3",
            |o| set_length(o, 65_535),
            Allowed::Silence,
        ),
        (
            "a packet of 5000 octets is discarded",
            "wire.4.2, RFC 2865 §3",
            |o| {
                o.resize(5000, 0);
                set_length(o, 5000);
            },
            Allowed::Silence,
        ),
        (
            "an attribute of Length 0 makes the packet malformed",
            "wire.4.4, access.6.7, RFC 2865 §5",
            |o| {
                if let Some(l) = o.get_mut(39) {
                    *l = 0;
                }
            },
            Allowed::Silence,
        ),
        (
            "an attribute of Length 1 makes the packet malformed",
            "wire.4.4, access.6.7, RFC 2865 §5",
            |o| {
                if let Some(l) = o.get_mut(39) {
                    *l = 1;
                }
            },
            Allowed::Silence,
        ),
        (
            "an attribute that ends beyond makes the packet malformed",
            "wire.4.4, access.6.7, RFC 2865 §5",
            |o| {
                if let Some(l) = o.get_mut(39) {
                    *l = 255;
                }
            },
            Allowed::Silence,
        ),
        (
            "a changed Identifier is noticed",
            "access.6.7, wire.4.7, RFC 3579 §3.2",
            |o| {
                if let Some(l) = o.get_mut(1) {
                    *l ^= 1;
                }
            },
            Allowed::Silence,
        ),
        (
            "a changed Request Authenticator is noticed",
            "access.6.7, wire.4.7, RFC 3579 §3.2",
            |o| {
                if let Some(l) = o.get_mut(9) {
                    *l ^= 1;
                }
            },
            Allowed::Silence,
        ),
        (
            "a changed User-Name is noticed",
            "access.6.7, wire.4.7, RFC 3579 §3.2",
            |o| {
                if let Some(l) = o.get_mut(41) {
                    *l ^= 1;
                }
            },
            Allowed::Silence,
        ),
        (
            "a changed EAP packet is noticed",
            "access.6.7, wire.4.7, RFC 3579 §3.2",
            |o| {
                if let Some(l) = o.last_mut() {
                    *l ^= 1;
                }
            },
            Allowed::Silence,
        ),
        ("zeros are discarded", "wire.4.2", |o| o.fill(0), Allowed::Silence),
        ("ones are discarded", "wire.4.2", |o| o.fill(0xff), Allowed::Silence),
    ];
    for (purpose, clauses, change, allowed) in rows {
        let (change, allowed) = (*change, *allowed);
        let is_signed = clauses.contains("RFC 3579");
        cases.add("radius.packet", *purpose, clauses, move |stage| {
            if is_signed {
                signs(stage)?;
            }
            octets(stage, change, allowed)
        });
    }
    for code in [0_u8, 2, 3, 4, 5, 11, 40, 43, 99, 255] {
        cases.add(
            "radius.code",
            format!("a packet of code {code} gets no Access-Accept, -Reject or -Challenge"),
            "wire.4.2, RFC 2865 §3",
            move |stage| {
                let mut client = nas(stage)?;
                let user = access_user(stage)?;
                let attributes = identity_attributes(stage, &client, user.nai.as_bytes());
                let octets =
                    by_hand(code, 202, stage.random(), &attributes, &client.secret.clone());
                judged(stage, &mut client, &octets, Allowed::Silence)
            },
        );
    }
}

fn set_length(octets: &mut [u8], length: u16) {
    if let Some(field) = octets.get_mut(2..4) {
        field.copy_from_slice(&length.to_be_bytes());
    }
}
