//! Who asks, how often, and what the answer says of that.

use super::packet::{Allowed, judged};
use super::peer::{Client, access_user, by_hand, identity_attributes, nas, same};
use crate::Stage;
use crate::case::{Cases, Ending, Outcome, ensure, fail, missing};
use dsboot_spec::registry::dsb::client_role;
use dsboot_spec::registry::radius::attribute;

pub(super) fn add(cases: &mut Cases) {
    answers(cases);
    repetitions(cases);
}

/// Whom it answers, and under what.
fn answers(cases: &mut Cases) {
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
                answer.verified(&client.secret)
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
}

/// Proxies, retransmissions, random octets and Status-Server.
fn repetitions(cases: &mut Cases) {
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

fn repeated(stage: &mut Stage<'_>, times: usize) -> Outcome {
    let mut client = nas(stage)?;
    let user = access_user(stage)?;
    let request = client.identity(stage, user.nai.as_bytes())?;
    let first = client.answered(stage, &request)?;
    for _ in 0..times {
        match client.ask(stage, &request, stage.patience())? {
            Some(again) => same(&first, &again)?,
            None => return missing("an answer to a retransmission"),
        }
    }
    Ok(())
}
