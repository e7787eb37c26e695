//! Leg A: what is remembered between the questions of one conversation, and EAP packets that are none.

use dsboot_codec::radius::Attribute;
use dsboot_spec::registry::radius::{attribute, code as radius_code};

use super::peer::{Challenged, by_hand, identity_attributes, nas, same};
use crate::Stage;
use crate::case::{Cases, Outcome};

const ACCEPT: u8 = radius_code::ACCESS_ACCEPT;
const REJECT: u8 = radius_code::ACCESS_REJECT;
const CHALLENGE: u8 = radius_code::ACCESS_CHALLENGE;

pub(super) fn add(cases: &mut Cases) {
    state(cases);
    packets(cases);
}

fn state(cases: &mut Cases) {
    type With = fn(&Challenged, &Challenged) -> Option<Vec<u8>>;
    let rows: &[(&str, With)] = &[
        ("a right value without State is rejected", |_, _| None),
        ("a right value with a changed State is rejected", |one, _| {
            one.state.clone().map(|mut state| {
                if let Some(b) = state.first_mut() {
                    *b ^= 1;
                }
                state
            })
        }),
        ("a right value with a cut State is rejected", |one, _| {
            one.state.clone().map(|mut state| {
                state.pop();
                state
            })
        }),
        ("a right value with a longer State is rejected", |one, _| {
            one.state.clone().map(|mut state| {
                state.push(0);
                state
            })
        }),
        ("a right value with the State of another conversation is rejected", |_, other| {
            other.state.clone()
        }),
    ];
    for (purpose, with) in rows {
        let with = *with;
        cases
            .add("eap.state", *purpose, "access.6.13, RFC 5080 §2.1.2", move |stage| {
                let mut one = Challenged::begin(stage)?;
                let other = Challenged::begin(stage)?;
                let state = with(&one, &other);
                let packet = one.response(&one.value())?;
                let nai = one.user.nai.clone();
                let request = one.client.eap(stage, nai.as_bytes(), state.as_deref(), &packet)?;
                one.client.refused(stage, &request, &[CHALLENGE, REJECT])
            })
            .claims("eap");
    }
    cases
        .add(
            "eap.state",
            "a State is good for one answer: after a wrong one, the right one is not accepted",
            "access.6.13, RFC 5080 §2.1.2",
            |stage| {
                let mut one = Challenged::begin(stage)?;
                let packet = one.response(&[3; 16])?;
                one.go_on(stage, &packet)?.is(&[REJECT])?;
                let right = one.response(&one.value())?;
                let request = one.request(stage, &right)?;
                one.client.not_accepted(stage, &request)
            },
        )
        .claims("eap");
    cases
        .add(
            "eap.state",
            "a State is good for one answer: the right one again, as a new request, is not accepted",
            "access.6.13, RFC 5080 §2.1.2",
            |stage| {
                let mut one = Challenged::begin(stage)?;
                one.right(stage)?.is(&[ACCEPT])?;
                let right = one.response(&one.value())?;
                let request = one.request(stage, &right)?;
                one.client.not_accepted(stage, &request)
            },
        )
        .claims("eap");
    cases
        .add(
            "eap.state",
            "two conversations of one user go on beside each other",
            "access.6.13",
            |stage| {
                let mut one = Challenged::begin(stage)?;
                let mut other = Challenged::begin(stage)?;
                other.right(stage)?.is(&[ACCEPT])?;
                one.right(stage)?.is(&[ACCEPT])
            },
        )
        .claims("eap");
    cases
        .add(
            "eap.state",
            "another User-Name than the identity is rejected",
            "access.3.2, RFC 3579 §2.1",
            |stage| {
                let mut one = Challenged::begin(stage)?;
                let packet = one.response(&one.value())?;
                let state = one.state.clone();
                let request =
                    one.client.eap(stage, b"nobody@conform.example", state.as_deref(), &packet)?;
                one.client.refused(stage, &request, &[CHALLENGE, REJECT])
            },
        )
        .claims("eap")
        .claims("fha-assignment");
    cases
        .add(
            "eap.state",
            "the answer retransmitted gets the same Accept, octet for octet",
            "access.6.9, RFC 5080 §2.2.2",
            |stage| {
                let mut one = Challenged::begin(stage)?;
                let packet = one.response(&one.value())?;
                let (state, nai) = (one.state.clone(), one.user.nai.clone());
                let request = one.client.eap(stage, nai.as_bytes(), state.as_deref(), &packet)?;
                let first = one.client.answered(stage, &request)?;
                first.is(&[ACCEPT])?;
                let again = one.client.answered(stage, &request)?;
                same(&first, &again)
            },
        )
        .claims("eap")
        .claims("duplicates");
}

fn packets(cases: &mut Cases) {
    type Make = fn(&Challenged) -> Vec<u8>;
    let rows: &[(&str, &str, Make)] = &[
        ("an EAP Request from a NAS is not accepted", "wire.7.2, RFC 3748 §4.1", |one| {
            [&[1, one.identifier, 0, 22, 4, 16], one.value().as_slice()].concat()
        }),
        ("an EAP Success from a NAS is not accepted", "wire.7.2, RFC 3748 §4.2", |one| {
            vec![3, one.identifier, 0, 4]
        }),
        ("an EAP Failure from a NAS is not accepted", "wire.7.2, RFC 3748 §4.2", |one| {
            vec![4, one.identifier, 0, 4]
        }),
        (
            "a response with another Identifier is not accepted",
            "access.2.25, RFC 3748 §4.1",
            |one| {
                [&[2, one.identifier.wrapping_add(5), 0, 22, 4, 16], one.value().as_slice()]
                    .concat()
            },
        ),
        (
            "an EAP packet longer than its attribute is not accepted",
            "wire.7.1, RFC 3748 §4.1",
            |one| [&[2, one.identifier, 0, 99, 4, 16], one.value().as_slice()].concat(),
        ),
        ("an EAP packet of Length 3 is not accepted", "wire.7.1, RFC 3748 §4.1", |one| {
            vec![2, one.identifier, 0, 3]
        }),
        ("an EAP packet of two octets is not accepted", "wire.7.1, RFC 3748 §4.1", |one| {
            vec![2, one.identifier]
        }),
        ("a response without a type is not accepted", "wire.7.2, RFC 3748 §4.1", |one| {
            vec![2, one.identifier, 0, 4]
        }),
        ("an MD5 response without a value is not accepted", "wire.7.12, RFC 3748 §5.4", |one| {
            vec![2, one.identifier, 0, 5, 4]
        }),
        (
            "an MD5 response with a value size beyond its end is not accepted",
            "wire.7.12, RFC 3748 §5.4",
            |one| vec![2, one.identifier, 0, 8, 4, 200, 1, 2],
        ),
        (
            "an MD5 response with a value size of 0 is not accepted",
            "wire.7.12, RFC 3748 §5.4",
            |one| vec![2, one.identifier, 0, 6, 4, 0],
        ),
        (
            "another identity instead of the answer is not accepted",
            "access.6.13, RFC 3748 §2",
            |one| vec![2, one.identifier, 0, 6, 1, b'x'],
        ),
        ("a Nak that names no method is not accepted", "access.2.23, RFC 3748 §5.3.1", |one| {
            vec![2, one.identifier, 0, 6, 3, 0]
        }),
        (
            "a Nak that asks for an unknown method is not accepted",
            "access.2.23, RFC 3748 §5.3.1",
            |one| vec![2, one.identifier, 0, 6, 3, 200],
        ),
        ("a Notification response is not accepted", "wire.7.2, RFC 3748 §5.2", |one| {
            vec![2, one.identifier, 0, 5, 2]
        }),
        ("a response of an unknown method is not accepted", "wire.7.2, RFC 3748 §2.1", |one| {
            vec![2, one.identifier, 0, 7, 99, 1, 2]
        }),
        ("an expanded Nak is not accepted", "wire.7.2, RFC 3748 §5.3.2", |one| {
            vec![2, one.identifier, 0, 20, 254, 0, 0, 0, 0, 0, 0, 3, 254, 0, 0, 0, 0, 0, 0, 0]
        }),
        ("an unknown EAP code is not accepted", "wire.7.2, RFC 3748 §4", |one| {
            [&[9, one.identifier, 0, 22, 4, 16], one.value().as_slice()].concat()
        }),
    ];
    for (purpose, clauses, make) in rows {
        let make = *make;
        cases
            .add("eap.packet", *purpose, clauses, move |stage| {
                let mut one = Challenged::begin(stage)?;
                let packet = make(&one);
                let request = one.request(stage, &packet)?;
                one.client.not_accepted(stage, &request)?;
                Challenged::begin(stage)?.right(stage)?.is(&[ACCEPT])
            })
            .claims("eap");
    }
    cases
        .add(
            "eap.pieces",
            "an EAP packet in two EAP-Messages, one after the other, is one packet",
            "wire.5.9, wire.5.11, RFC 3579 §3.1",
            |stage| pieces(stage, false),
        )
        .claims("eap");
    cases
        .add(
            "eap.pieces",
            "an EAP packet in two EAP-Messages with another attribute between is not accepted",
            "wire.5.10, RFC 3579 §3.1",
            |stage| pieces(stage, true),
        )
        // RFC 3579 says how it is sent, and not what becomes of one that is not.
        .level(crate::Level::Should)
        .claims("eap");
    cases
        .add(
            "eap.start",
            "an empty EAP-Message is answered by a request for the identity or the method",
            "wire.5.9, RFC 3579 §2.1",
            |stage| {
                let mut client = nas(stage)?;
                let request = client.request(stage, |builder| {
                    builder.attribute(&Attribute::EapMessage(b""));
                })?;
                client.refused(stage, &request, &[CHALLENGE, REJECT])
            },
        )
        .level(crate::Level::Should)
        .claims("eap");
    for length in [1_usize, 64, 200, 240] {
        cases
            .add(
                "eap.identity",
                format!("an unknown identity of {length} octets harms nothing"),
                "access.3.6, RFC 2865 §5.1",
                move |stage| {
                    let mut client = nas(stage)?;
                    let request = client.identity(stage, &vec![b'n'; length])?;
                    client.answered(stage, &request)?.is(&[CHALLENGE, REJECT])?;
                    Challenged::begin(stage)?.right(stage)?.is(&[ACCEPT])
                },
            )
            .claims("eap");
    }
    for (identity, what) in [
        (&b"a b@c"[..], "with a space"),
        (b"\xff\xfe\x00", "that is no UTF-8"),
        (b"'; drop table users; --", "with quotes"),
        (b"%s%n%{User-Password}", "with an expansion"),
    ] {
        cases
            .add(
                "eap.identity",
                format!("an unknown identity {what} harms nothing"),
                "access.3.6",
                move |stage| {
                    let mut client = nas(stage)?;
                    let request = client.identity(stage, identity)?;
                    client.answered(stage, &request)?.is(&[CHALLENGE, REJECT])?;
                    Challenged::begin(stage)?.right(stage)?.is(&[ACCEPT])
                },
            )
            .claims("eap");
    }
}

/// The answer to the challenge in two pieces.
fn pieces(stage: &mut Stage<'_>, apart: bool) -> Outcome {
    let one = Challenged::begin(stage)?;
    let packet = one.response(&one.value())?;
    let (head, tail) = packet.split_at(10);
    let nai = one.user.nai.as_bytes();
    let mut attributes = identity_attributes(stage, &one.client, nai);
    attributes.retain(|(kind, _)| *kind != attribute::EAP_MESSAGE);
    attributes.extend(one.state.clone().map(|state| (attribute::STATE, state)));
    attributes.push((attribute::EAP_MESSAGE, head.to_vec()));
    if apart {
        attributes.push((attribute::NAS_PORT, vec![0, 0, 0, 1]));
    }
    attributes.push((attribute::EAP_MESSAGE, tail.to_vec()));
    let octets = by_hand(1, 99, stage.random(), &attributes, &one.client.secret);
    let answer = one.client.answered(stage, &octets)?;
    answer.is(if apart { &[CHALLENGE, REJECT] } else { &[ACCEPT] })
}
