//! RADIUS itself: packets, authenticators, clients, retransmissions.

use dsboot_spec::registry::dsb::client_role;
use dsboot_spec::registry::radius::{attribute, code as radius_code};

use super::peer::{Attributes, Client, access_user, by_hand, identity_attributes, nas};
use crate::conform::Stage;
use crate::conform::case::{Cases, Ending, Outcome, ensure, fail, missing};

const CHALLENGE: u8 = radius_code::ACCESS_CHALLENGE;
const REJECT: u8 = radius_code::ACCESS_REJECT;

type Change = fn(&mut Attributes);
type Octets = fn(&mut Vec<u8>);

/// What may come of a packet.
#[derive(Clone, Copy, Debug)]
enum Allowed {
    /// Nothing.
    Silence,
    /// A Challenge, as for a right one.
    Challenge,
    /// A Reject or nothing.
    Refused,
    /// Anything but an Accept.
    NoAccept,
}

/// Sends a packet and looks what comes; then a right one.
fn judged(stage: &mut Stage<'_>, client: &mut Client, octets: &[u8], allowed: Allowed) -> Outcome {
    let patience =
        if matches!(allowed, Allowed::Challenge) { stage.patience() } else { stage.silence() };
    let answer = client.ask(stage, octets, patience)?;
    let code = answer.as_ref().map(super::peer::Answer::code);
    let (right, words) = match allowed {
        Allowed::Silence => (code.is_none(), "no answer"),
        Allowed::Challenge => (code == Some(CHALLENGE), "an Access-Challenge"),
        Allowed::Refused => (code.is_none_or(|code| code == REJECT), "no answer, or a Reject"),
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
    for at in 0..16_usize {
        cases.add(
            "radius.signature",
            format!(
                "a request with a wrong bit in octet {at} of its Message-Authenticator is discarded"
            ),
            "access.6.7, wire.4.9, RFC 3579 §3.2",
            move |stage| {
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
            Allowed::NoAccept,
        ),
        (
            "a vendor sub-attribute that ends beyond is skipped",
            "access.6.12, RFC 2865 §5.26",
            |a| a.push((26, vec![0, 0, 0x7e, 0xd9, 200, 99, 1])),
            Allowed::NoAccept,
        ),
        (
            "a vendor sub-attribute of Length 0 does no harm",
            "access.6.12, RFC 2865 §5.26",
            |a| a.push((26, vec![0, 0, 0x7e, 0xd9, 200, 0, 1])),
            Allowed::NoAccept,
        ),
        (
            "NAS-Port of 3 octets counts as absent",
            "wire.5.2, RFC 6929 §2.8",
            |a| a.push((5, vec![1, 2, 3])),
            Allowed::NoAccept,
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
            Allowed::Refused,
        ),
        (
            "a request with a wrong password is not accepted",
            "wire.4.12, RFC 2865 §5.2",
            |a| {
                a.retain(|(kind, _)| *kind != attribute::EAP_MESSAGE);
                a.push((2, vec![7; 16]));
            },
            Allowed::Refused,
        ),
        (
            "a request with a password of 15 octets is not accepted",
            "wire.4.13, RFC 2865 §5.2",
            |a| {
                a.retain(|(kind, _)| *kind != attribute::EAP_MESSAGE);
                a.push((2, vec![7; 15]));
            },
            Allowed::Refused,
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
            "wire.4.4, RFC 2865 §5",
            |o| {
                if let Some(l) = o.get_mut(39) {
                    *l = 0;
                }
            },
            Allowed::Refused,
        ),
        (
            "an attribute of Length 1 makes the packet malformed",
            "wire.4.4, RFC 2865 §5",
            |o| {
                if let Some(l) = o.get_mut(39) {
                    *l = 1;
                }
            },
            Allowed::Refused,
        ),
        (
            "an attribute that ends beyond makes the packet malformed",
            "wire.4.4, RFC 2865 §5",
            |o| {
                if let Some(l) = o.get_mut(39) {
                    *l = 255;
                }
            },
            Allowed::Refused,
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
        cases.add("radius.packet", *purpose, clauses, move |stage| octets(stage, change, allowed));
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
    cases.add(
        "radius.client",
        "a request of an unknown client is discarded",
        "access.6.7, RFC 2865 §3",
        |stage| {
            let Some(address) = stage.profile.tester.stranger else {
                return Err(Ending::Skip("the profile has no tester.stranger".to_owned()));
            };
            let Some(asker) = stage.profile.tester.nas.clone() else {
                return Err(Ending::Skip("the profile has no tester.nas".to_owned()));
            };
            let user = access_user(stage)?;
            let mut client = Client::at(stage, "stranger", &asker, client_role::NAS, address)?;
            let request = client.identity(stage, user.nai.as_bytes())?;
            match client.ask(stage, &request, stage.silence())? {
                None => Ok(()),
                Some(answer) => fail("no answer", format!("code {}", answer.code())),
            }
        },
    );
    cases.add(
        "radius.client",
        "a request under another secret is discarded",
        "access.6.7, wire.4.9, RFC 3579 §3.2",
        |stage| {
            let mut client = nas(stage)?;
            let user = access_user(stage)?;
            let attributes = identity_attributes(stage, &client, user.nai.as_bytes());
            let octets = by_hand(1, 203, stage.random(), &attributes, b"another secret");
            judged(stage, &mut client, &octets, Allowed::Silence)
        },
    );
    for identifier in [0_u8, 1, 127, 255] {
        cases
            .add(
                "radius.identifier",
                format!("the answer to Identifier {identifier} has the same Identifier"),
                "wire.4.11, RFC 2865 §3",
                move |stage| {
                    let client = nas(stage)?;
                    let user = access_user(stage)?;
                    let attributes = identity_attributes(stage, &client, user.nai.as_bytes());
                    let octets =
                        by_hand(1, identifier, stage.random(), &attributes, &client.secret);
                    let answer = client.answered(stage, &octets)?;
                    let told = answer.packet()?.identifier();
                    ensure(told == identifier, identifier.to_string(), || told.to_string())
                },
            )
            .claims("eap");
    }
    cases
        .add(
            "radius.answer",
            "the answer has a right Response Authenticator and Message-Authenticator",
            "access.6.5, wire.4.5, wire.4.8, RFC 3579 §3.2",
            |stage| {
                let mut client = nas(stage)?;
                let user = access_user(stage)?;
                let request = client.identity(stage, user.nai.as_bytes())?;
                let answer = client.answered(stage, &request)?;
                match answer
                    .packet()?
                    .verify_response(&answer.request_authenticator(), &client.secret)
                {
                    Ok(()) => Ok(()),
                    Err(error) => fail("both right", error.to_string()),
                }
            },
        )
        .claims("eap");
    cases.add(
        "radius.answer",
        "the answer comes from where the request went",
        "access.6.6, RFC 2865 §3",
        |stage| {
            let mut client = nas(stage)?;
            let user = access_user(stage)?;
            let request = client.identity(stage, user.nai.as_bytes())?;
            let answer = client.answered(stage, &request)?;
            ensure(answer.came.from == client.server, client.server.to_string(), || {
                answer.came.from.to_string()
            })
        },
    );
    cases.add(
        "radius.answer",
        "no attribute of the answer has a wrong form",
        "wire.5.4, RFC 2865 §5",
        |stage| {
            let mut client = nas(stage)?;
            let user = access_user(stage)?;
            let request = client.identity(stage, user.nai.as_bytes())?;
            let answer = client.answered(stage, &request)?;
            let wrong: Vec<u8> = answer.packet()?.malformed().map(|one| one.value.kind()).collect();
            ensure(wrong.is_empty(), "none", || format!("types {wrong:?}"))
        },
    );
    cases.add(
        "radius.answer",
        "the answer is as long as its Length says",
        "wire.4.2, RFC 2865 §3",
        |stage| {
            let mut client = nas(stage)?;
            let user = access_user(stage)?;
            let request = client.identity(stage, user.nai.as_bytes())?;
            let answer = client.answered(stage, &request)?;
            let padding = answer.packet()?.padding().len();
            ensure(padding == 0, "no octets behind it", || format!("{padding} octets"))
        },
    );
    for count in [1_usize, 2, 3, 8] {
        cases.add(
            "radius.proxy",
            format!("{count} Proxy-States come back unchanged and in order"),
            "access.6.11, wire.4.18, RFC 2865 §5.33",
            move |stage| {
                let client = nas(stage)?;
                let user = access_user(stage)?;
                let mut attributes = identity_attributes(stage, &client, user.nai.as_bytes());
                let states: Vec<Vec<u8>> =
                    (0..count).map(|at| format!("proxy {at}").into_bytes()).collect();
                attributes
                    .extend(states.iter().map(|state| (attribute::PROXY_STATE, state.clone())));
                let octets = by_hand(1, 204, stage.random(), &attributes, &client.secret);
                let answer = client.answered(stage, &octets)?;
                let told: Vec<Vec<u8>> =
                    answer.packet()?.proxy_states().map(<[u8]>::to_vec).collect();
                ensure(told == states, format!("{count} as sent"), || {
                    format!("{} of them: {told:?}", told.len())
                })
            },
        );
    }
    cases
        .add(
            "radius.duplicate",
            "a retransmission is answered by the same octets",
            "access.6.9, RFC 5080 §2.2.2",
            |stage| repeated(stage, 1),
        )
        .claims("duplicates");
    cases
        .add(
            "radius.duplicate",
            "five retransmissions are answered by the same octets each",
            "access.6.9, RFC 5080 §2.2.2",
            |stage| repeated(stage, 5),
        )
        .claims("duplicates");
    cases
        .add(
            "radius.duplicate",
            "the same Identifier with another Request Authenticator is a new request",
            "access.6.10, RFC 5080 §2.2.2",
            |stage| {
                let client = nas(stage)?;
                let user = access_user(stage)?;
                let attributes = identity_attributes(stage, &client, user.nai.as_bytes());
                let one = by_hand(1, 205, stage.random(), &attributes, &client.secret);
                let other = by_hand(1, 205, stage.random(), &attributes, &client.secret);
                let first = client.answered(stage, &one)?;
                let second = client.answered(stage, &other)?;
                ensure(first.state()? != second.state()?, "another State", || {
                    "the same".to_owned()
                })?;
                match second
                    .packet()?
                    .verify_response(&second.request_authenticator(), &client.secret)
                {
                    Ok(()) => Ok(()),
                    Err(error) => fail("an answer to the second request", error.to_string()),
                }
            },
        )
        .claims("eap");
    cases.add(
        "radius.duplicate",
        "the same octets from another port are a new request",
        "access.6.9, RFC 5080 §2.2.2",
        |stage| {
            let client = nas(stage)?;
            let other = nas(stage)?;
            let user = access_user(stage)?;
            let attributes = identity_attributes(stage, &client, user.nai.as_bytes());
            let octets = by_hand(1, 206, stage.random(), &attributes, &client.secret);
            client.answered(stage, &octets)?;
            other.answered(stage, &octets).map(|_| ())
        },
    );
    for lot in 1..=6 {
        cases.add(
            "noise.random",
            format!("forty random datagrams (lot {lot}) harm nothing"),
            "wire.4.1, wire.4.4",
            move |stage| {
                let mut client = nas(stage)?;
                for _ in 0..40 {
                    let octets: [u8; 128] = stage.random();
                    let length = usize::from(octets.first().copied().unwrap_or(9)) % 128;
                    client.send(stage, octets.get(..length).unwrap_or_default())?;
                }
                stage.drain(&client.endpoint);
                judged(stage, &mut client, &[1], Allowed::Silence)
            },
        );
    }
    for lot in 1..=6 {
        cases.add(
            "noise.changed",
            format!("forty signed requests with random attributes (lot {lot}) harm nothing"),
            "wire.4.4, wire.5.2",
            move |stage| {
                let mut client = nas(stage)?;
                let user = access_user(stage)?;
                for identifier in 0..40 {
                    let mut attributes = identity_attributes(stage, &client, user.nai.as_bytes());
                    for _ in 0..4 {
                        let octets: [u8; 32] = stage.random();
                        let [kind, length, value @ ..] = octets;
                        let length = usize::from(length) % 30;
                        attributes.push((kind, value.get(..length).unwrap_or_default().to_vec()));
                    }
                    let octets =
                        by_hand(1, identifier, stage.random(), &attributes, &client.secret.clone());
                    client.send(stage, &octets)?;
                }
                stage.drain(&client.endpoint);
                judged(stage, &mut client, &[1], Allowed::Silence)
            },
        );
    }
    cases
        .add(
            "radius.status",
            "Status-Server is answered by Access-Accept",
            "wire.4.21, RFC 5997 §3",
            |stage| {
                let client = nas(stage)?;
                let octets = by_hand(12, 207, stage.random(), &[(80, vec![0; 16])], &client.secret);
                client.answered(stage, &octets)?.is(&[2])
            },
        )
        .claims("status-server");
    cases.add(
        "radius.status",
        "Status-Server with a wrong Message-Authenticator is discarded",
        "wire.4.21, RFC 5997 §3",
        |stage| {
            let mut client = nas(stage)?;
            let octets = by_hand(12, 208, stage.random(), &[(80, vec![0; 16])], b"another secret");
            judged(stage, &mut client, &octets, Allowed::Silence)
        },
    );
}

fn set_length(octets: &mut [u8], length: u16) {
    if let Some(field) = octets.get_mut(2..4) {
        field.copy_from_slice(&length.to_be_bytes());
    }
}

fn repeated(stage: &mut Stage<'_>, times: usize) -> Outcome {
    let mut client = nas(stage)?;
    let user = access_user(stage)?;
    let request = client.identity(stage, user.nai.as_bytes())?;
    let first = client.answered(stage, &request)?;
    for _ in 0..times {
        match client.ask(stage, &request, stage.patience())? {
            Some(again) if again.came.octets == first.came.octets => {}
            Some(_) => return fail("the same octets", "others"),
            None => return missing("an answer to a retransmission"),
        }
    }
    Ok(())
}
