//! The NAS as RADIUS client: its questions, and which answers it takes.

use std::time::{Duration, Instant};

use dsboot_codec::radius::Packet;
use dsboot_spec::registry::dsb::client_role;
use dsboot_spec::registry::pana::avp;
use dsboot_spec::registry::radius::{attribute, code as radius_code};

use super::pac::{STATE, accept, challenge, ending, radius, reply, secret, up_to};
use super::{Cases, Ending, Outcome, Pac, Stage, ensure, fail, missing, silent, unasked};
use crate::stage::Came;
use dsboot_codec::eap::Code;

type Look = fn(&Packet<'_>, &Pac, &Stage<'_>) -> Outcome;

fn count(packet: &Packet<'_>, kind: u8) -> usize {
    packet.attributes().filter(|one| one.value.kind() == kind).count()
}

fn packet(ask: &Came) -> Result<Packet<'_>, Ending> {
    match Packet::decode(&ask.octets) {
        Ok(packet) => Ok(packet),
        Err(error) => fail("a RADIUS packet", error.to_string()),
    }
}

pub(super) fn add(cases: &mut Cases) {
    let looks: [(&str, &str, Look); 9] = [
        ("is an Access-Request", "access.3.1, RFC 2865 §4.1", |packet, _, _| {
            let code = packet.code();
            ensure(code == radius_code::ACCESS_REQUEST, "1", || code.to_string())
        }),
        ("has the identity as User-Name", "access.3.2, RFC 3579 §2.1", |packet, pac, _| {
            ensure(packet.user_name().once() == Some(&pac.nai), "the identity", || {
                "another".to_owned()
            })
        }),
        (
            "carries a right Message-Authenticator",
            "access.6.5, RFC 3579 §3.2",
            |packet, _, stage| {
                packet
                    .verify_request(&secret(stage))
                    .or_else(|error| fail("a right one", error.to_string()))
            },
        ),
        ("names the NAS", "access.3.4, RFC 2865 §4.1", |packet, _, _| {
            let kinds = [attribute::NAS_IDENTIFIER, attribute::NAS_IP_ADDRESS, 95];
            let some = kinds.iter().any(|kind| count(packet, *kind) > 0);
            ensure(some, "NAS-Identifier or an address", || "neither".to_owned())
        }),
        ("carries no password beside EAP", "wire.4.6, RFC 3579 §3.3", |packet, _, _| {
            let some = [2_u8, 3].iter().any(|kind| count(packet, *kind) > 0);
            ensure(!some, "neither User-Password nor CHAP-Password", || "one of them".to_owned())
        }),
        ("begins a conversation without State", "access.3.3, RFC 2865 §5.24", |packet, _, _| {
            ensure(count(packet, attribute::STATE) == 0, "no State", || "one".to_owned())
        }),
        ("carries no Proxy-State", "access.6.11, RFC 2865 §5.33", |packet, _, _| {
            let number = count(packet, attribute::PROXY_STATE);
            ensure(number == 0, "none", || number.to_string())
        }),
        ("carries the EAP Response as it came", "access.2.25, RFC 3579 §2.1", |packet, pac, _| {
            let eap = packet.eap_message().ok().flatten().map(|eap| eap.into_owned());
            let name = eap.as_ref().and_then(|eap| eap.get(5..));
            ensure(name == Some(&pac.nai), "the response", || format!("{eap:02x?}"))
        }),
        (
            "has no attribute twice that may stand once",
            "wire.4.5, RFC 2865 §5.44",
            |packet, _, _| {
                let once = [1_u8, 4, 5, 12, 24, 31, 32, 61, 80, 87];
                let twice = once.iter().find(|kind| count(packet, **kind) > 1);
                ensure(twice.is_none(), "each once", || format!("{twice:?} several times"))
            },
        ),
    ];
    for (what, clauses, look) in looks {
        cases.add("ask.form", format!("the first question {what}"), clauses, move |stage| {
            let mut pac = Pac::new(stage)?;
            let ask = pac.first_question(stage, true)?;
            look(&packet(&ask)?, &pac, stage)
        });
    }
    cases
        .add("ask.form", "the question says that a NAS asks", "access.3.4", |stage| {
            let mut pac = Pac::new(stage)?;
            let ask = pac.first_question(stage, true)?;
            let role = packet(&ask)?.vendor(stage.profile.vendor).client_role().once();
            let allowed = [Some(client_role::NAS), Some(client_role::NAS_FA)];
            ensure(allowed.contains(&role), "NAS or NAS/FA", || format!("{role:?}"))
        })
        .claims("bootstrap");
    second(cases);
    answers(cases);
}

fn second(cases: &mut Cases) {
    cases.add(
        "ask.state",
        "the State of a challenge is given back, octet for octet",
        "access.3.3, RFC 2865 §5.24",
        |stage| {
            let mut pac = Pac::new(stage)?;
            let ask = pac.second_question(stage, true)?;
            let state = packet(&ask)?.state().once().map(<[u8]>::to_vec);
            ensure(state.as_deref() == Some(STATE), format!("{STATE:02x?}"), || {
                format!("{state:02x?}")
            })
        },
    );
    cases.add(
        "ask.state",
        "the second question has an Identifier and an Authenticator of its own",
        "access.6.3, RFC 2865 §3",
        |stage| {
            let mut pac = Pac::new(stage)?;
            let first = pac.first_question(stage, true).or_else(up_to)?;
            reply(stage, &first, &challenge(stage, &first)?)?;
            let request = pac.heard(stage, "the challenge")?;
            let answer = pac.md5(&request)?;
            pac.send(stage, &answer)?;
            let second = pac.question(stage)?;
            ensure(first.octets.get(1) != second.octets.get(1), "another Identifier", || {
                "the same".to_owned()
            })?;
            ensure(
                first.octets.get(4..20) != second.octets.get(4..20),
                "another Authenticator",
                || "the same".to_owned(),
            )
        },
    );
    cases.add(
        "ask.eap",
        "an EAP Response of 600 octets goes into several attributes, and comes out whole",
        "wire.4.20, RFC 3579 §3.1",
        |stage| {
            let mut pac = Pac::new(stage)?;
            let first = pac.first_question(stage, true).or_else(up_to)?;
            reply(stage, &first, &challenge(stage, &first)?)?;
            let request = pac.heard(stage, "the challenge")?;
            let mut answer = pac.md5(&request)?;
            let identifier = request.eap()?.get(1).copied().unwrap_or_default();
            let long = [&[2, identifier, 2, 0x58, 4, 16][..], &[0x5a; 594]].concat();
            if let Some(eap) = answer.value(avp::EAP_PAYLOAD) {
                eap.clone_from(&long);
            }
            pac.send(stage, &answer)?;
            let ask = pac.question(stage)?;
            let packet = packet(&ask)?;
            let eap = packet.eap_message().ok().flatten().map(|eap| eap.into_owned());
            ensure(eap.as_ref() == Some(&long), "the same octets", || {
                format!("{} octets", eap.map_or(0, |eap| eap.len()))
            })
        },
    );
    cases.add(
        "ask.repeated",
        "an unanswered question is repeated after about 2 s, the same octets from the same port",
        "access.6.1, access.6.2, RFC 5080 §2.2.1",
        |stage| {
            let mut pac = Pac::new(stage)?;
            let first = pac.first_question(stage, true)?;
            let sent = Instant::now();
            let Some(second) = pac.asked(stage, Duration::from_millis(4500)) else {
                return fail("a repetition", "none within 4.5 s");
            };
            ensure(sent.elapsed() >= Duration::from_millis(900), "not before 1 s", || {
                format!("after {} ms", sent.elapsed().as_millis())
            })?;
            ensure(
                second.octets == first.octets && second.from == first.from,
                "the same octets and port",
                || "others".to_owned(),
            )
        },
    );
    cases.add(
        "ask.repeated",
        "an answer of the client that is repeated asks nobody again",
        "access.2.15, RFC 5191 §5.2",
        |stage| {
            let mut pac = Pac::new(stage)?;
            let first = pac.open(stage, true).or_else(up_to)?;
            let identity = pac.identity(&first)?;
            pac.send(stage, &identity)?;
            pac.question(stage)?;
            pac.send(stage, &identity)?;
            unasked(stage, &pac)
        },
    );
}

/// An answer of the AAA server that is none; then a right one.
fn no_answer(
    stage: &mut Stage<'_>,
    wrong: impl FnOnce(&mut Stage<'_>, &Came) -> Result<Vec<u8>, Ending>,
) -> Outcome {
    let mut pac = Pac::new(stage)?;
    let ask = pac.first_question(stage, true).or_else(up_to)?;
    let octets = wrong(stage, &ask)?;
    reply(stage, &ask, &octets)?;
    silent(stage, &mut pac)?;
    reply(stage, &ask, &challenge(stage, &ask)?)?;
    pac.heard(stage, "the challenge of the right answer").map(|_| ())
}

/// Changes an octet.
fn flipped(mut octets: Vec<u8>, at: usize) -> Vec<u8> {
    if let Some(octet) = octets.get_mut(at) {
        *octet ^= 0x01;
    }
    octets
}

fn answers(cases: &mut Cases) {
    let reject = radius_code::ACCESS_REJECT;
    cases.add(
        "answer.wrong",
        "a Reject under another secret is no answer",
        "access.6.6, RFC 2865 §3",
        move |stage| {
            no_answer(stage, |stage, ask| radius(stage, ask, reject, b"another secret", |_, _| {}))
        },
    );
    for (at, what) in [
        (1_usize, "Identifier"),
        (4, "Response Authenticator"),
        (19, "Response Authenticator, at its end,"),
    ] {
        cases.add(
            "answer.wrong",
            format!("a Reject whose {what} is wrong is no answer"),
            "access.6.6, RFC 2865 §3",
            move |stage| {
                no_answer(stage, |stage, ask| {
                    let octets = radius(stage, ask, reject, &secret(stage), |builder, id| {
                        builder.eap_message(&ending(Code::Failure, id));
                    })?;
                    Ok(flipped(octets, at))
                })
            },
        );
    }
    cases.add(
        "answer.wrong",
        "a Challenge without Message-Authenticator is no answer",
        "access.6.6, RFC 3579 §3.2",
        |stage| no_answer(stage, |stage, ask| unsigned(stage, ask, None)),
    );
    cases.add(
        "answer.wrong",
        "a Challenge with a wrong Message-Authenticator is no answer",
        "access.6.6, RFC 3579 §3.2",
        |stage| no_answer(stage, |stage, ask| unsigned(stage, ask, Some([7; 16]))),
    );
    for code in [1_u8, 5, 13, 40, 255] {
        cases.add(
            "answer.wrong",
            format!("a packet with code {code} is no answer that admits"),
            "access.4.10, RFC 2865 §4",
            move |stage| {
                let mut pac = Pac::new(stage)?;
                let ask = pac.first_question(stage, true).or_else(up_to)?;
                let octets = radius(stage, &ask, code, &secret(stage), |builder, id| {
                    builder.eap_message(&ending(Code::Success, id));
                })?;
                reply(stage, &ask, &octets)?;
                match pac.hear(stage, stage.silence()) {
                    Some(heard) if heard.message()?.result_code().once() == Some(0) => {
                        fail("no success", "PANA_SUCCESS")
                    }
                    _ => Ok(()),
                }
            },
        );
    }
    cases.add("answer.wrong", "a cut packet is no answer", "access.6.6, RFC 2865 §3", |stage| {
        no_answer(stage, |stage, ask| {
            let mut octets = challenge(stage, ask)?;
            octets.truncate(octets.len() - 3);
            Ok(octets)
        })
    });
    cases.add(
        "answer.again",
        "an answer that comes twice is taken once",
        "access.6.6, RFC 2865 §2",
        |stage| {
            let mut pac = Pac::new(stage)?;
            let ask = pac.first_question(stage, true).or_else(up_to)?;
            let octets = challenge(stage, &ask)?;
            reply(stage, &ask, &octets)?;
            pac.heard(stage, "the challenge")?;
            reply(stage, &ask, &octets)?;
            silent(stage, &mut pac)
        },
    );
    cases.add(
        "answer.again",
        "an Accept to a question that was answered before admits nobody",
        "access.6.6, RFC 2865 §2",
        |stage| {
            let mut pac = Pac::new(stage)?;
            let ask = pac.first_question(stage, true).or_else(up_to)?;
            reply(stage, &ask, &challenge(stage, &ask)?)?;
            pac.heard(stage, "the challenge")?;
            let late = accept(stage, &ask, &super::pac::Grant::of(stage))?;
            reply(stage, &ask, &late)?;
            silent(stage, &mut pac)
        },
    );
    cases.add(
        "answer.eap",
        "an EAP Request of the AAA server goes to the client as it is",
        "access.2.25, RFC 3579 §2.1",
        |stage| {
            let mut pac = Pac::new(stage)?;
            let ask = pac.first_question(stage, true).or_else(up_to)?;
            let octets = challenge(stage, &ask)?;
            reply(stage, &ask, &octets)?;
            let request = pac.heard(stage, "the challenge")?;
            let sent = Packet::decode(&octets)
                .ok()
                .and_then(|packet| packet.eap_message().ok().flatten().map(|eap| eap.into_owned()));
            let Some(sent) = sent else { return missing("an EAP packet") };
            let came = request.eap()?;
            ensure(came == sent, format!("{sent:02x?}"), || format!("{came:02x?}"))
        },
    );
    cases.add(
        "answer.eap",
        "a second request of a session carries no Nonce",
        "access.2.9, RFC 5191 §4.1",
        |stage| {
            let mut pac = Pac::new(stage)?;
            let ask = pac.first_question(stage, true).or_else(up_to)?;
            reply(stage, &ask, &challenge(stage, &ask)?)?;
            let request = pac.heard(stage, "the challenge")?;
            ensure(request.message()?.nonce().is_absent(), "no Nonce", || "one".to_owned())
        },
    );
}

/// A challenge with its Response Authenticator right, and this Message-Authenticator or none.
fn unsigned(stage: &Stage<'_>, ask: &Came, value: Option<[u8; 16]>) -> Result<Vec<u8>, Ending> {
    let right = challenge(stage, ask)?;
    let Ok(packet) = Packet::decode(&right) else { return missing("a challenge") };
    let mut octets = vec![packet.code(), packet.identifier(), 0, 0];
    octets.extend(ask.octets.get(4..20).unwrap_or_default());
    for one in packet.attributes() {
        if one.value.kind() != attribute::MESSAGE_AUTHENTICATOR {
            octets.extend(one.raw);
        } else if let Some(value) = value {
            octets.extend([attribute::MESSAGE_AUTHENTICATOR, 18]);
            octets.extend(value);
        }
    }
    let length = u16::try_from(octets.len()).unwrap_or(u16::MAX).to_be_bytes();
    if let Some(field) = octets.get_mut(2..4) {
        field.copy_from_slice(&length);
    }
    let proof = dsboot_codec::crypto::md5(&[&octets, &secret(stage)]);
    if let Some(field) = octets.get_mut(4..20) {
        field.copy_from_slice(&proof);
    }
    Ok(octets)
}
