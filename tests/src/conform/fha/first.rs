//! First requests that something is wrong with, and what the FHA says to right ones.

use std::net::Ipv4Addr;

use dsboot_codec::mip4::{Algorithm, AuthenticationKind, Extension, Message, RequestFlags};
use dsboot_model::Rule;
use dsboot_spec::registry::mip4::request_flag;

use super::peer::{Answer, Grant, Part, Sa, Tweak};
use super::{
    ACCEPTED, Allowed, Cases, Change, Mobile, Outcome, REFUSED, SILENCE, code, code_or_silence,
    ensure, fail, fresh, granted_first, unasked_first,
};
use crate::conform::Stage;
use crate::conform::case::missing;

type Unasked = (&'static str, &'static str, Change, Allowed);
type Granted = (&'static str, &'static str, Change, Allowed);

/// Puts the key request with another SPI in.
fn key_request(rrq: &mut super::Rrq, spi: u32) {
    rrq.without(42);
    rrq.before_auth(Part::Raw([[42_u8, 1, 0, 4].as_slice(), &spi.to_be_bytes()].concat()));
}

pub(super) fn add(cases: &mut Cases) {
    let claim = "bootstrap";
    let unasked: &[Unasked] = &[
        (
            "a first request without NAI is discarded",
            "registration.7.2",
            |rrq, _| rrq.without(131),
            SILENCE,
        ),
        (
            "a first request without key request is discarded",
            "registration.7.2",
            |rrq, _| rrq.without(42),
            SILENCE,
        ),
        (
            "a first request without MN-AAA authentication is discarded",
            "registration.7.2, RFC 5944 §3.8.2.1",
            |rrq, _| rrq.without(36),
            SILENCE,
        ),
        (
            "a first request with an empty NAI is discarded",
            "registration.7.2, wire.2.9",
            |rrq, _| {
                rrq.without(131);
                rrq.parts.insert(0, Part::short(131, &[]));
            },
            SILENCE,
        ),
        (
            "a first request with two NAIs is discarded",
            "registration.7.2, wire.2.24",
            |rrq, _| rrq.parts.insert(0, Part::of(Extension::Nai(b"nobody@conform.example"))),
            SILENCE,
        ),
        (
            "a first request with two key requests is discarded",
            "registration.7.2, wire.2.24",
            |rrq, _| rrq.before_auth(Part::of(Extension::MnHaKeyRequest { mn_spi: 0x7777 })),
            SILENCE,
        ),
        (
            "a key request behind the MN-AAA authentication does not count",
            "registration.7.2, wire.2.25, RFC 3957 §6.3",
            |rrq, m| {
                rrq.without(42);
                rrq.parts.push(Part::of(Extension::MnHaKeyRequest { mn_spi: m.mn_spi }));
            },
            SILENCE,
        ),
        (
            "a NAI behind the MN-AAA authentication does not count",
            "registration.7.2, wire.2.25, RFC 2794 §2",
            |rrq, m| {
                rrq.without(131);
                rrq.parts.push(Part::of(Extension::Nai(m.nai.as_deref().unwrap_or_default())));
            },
            SILENCE,
        ),
        (
            "a key request for the reserved SPI 0 is discarded",
            "keys.1.8, RFC 3344 §3.5.1",
            |rrq, _| key_request(rrq, 0),
            SILENCE,
        ),
        (
            "a key request for the reserved SPI 255 is discarded",
            "keys.1.8, RFC 3344 §3.5.1",
            |rrq, _| key_request(rrq, 255),
            SILENCE,
        ),
        (
            "a key request of Length 3 discards the request",
            "wire.2.13, wire.2.6, RFC 3957 §6.3",
            |rrq, _| {
                rrq.without(42);
                rrq.before_auth(Part::Raw(vec![42, 1, 0, 3, 1, 2, 3]));
            },
            SILENCE,
        ),
        (
            "a key request of Length 5 discards the request",
            "wire.2.13, wire.2.6, RFC 3957 §6.3",
            |rrq, _| {
                rrq.without(42);
                rrq.before_auth(Part::Raw(vec![42, 1, 0, 5, 1, 2, 3, 4, 5]));
            },
            SILENCE,
        ),
        (
            "a key request of an unknown sub-type discards the request",
            "wire.2.4, RFC 3957 §6.3",
            |rrq, _| {
                rrq.without(42);
                rrq.before_auth(Part::Raw(vec![42, 9, 0, 4, 1, 2, 3, 4]));
            },
            SILENCE,
        ),
        (
            "an MN-AAA authentication under an HMAC's SPI is not accepted",
            "keys.2.2, RFC 4721 §6",
            |rrq, m| {
                rrq.without(36);
                let sa = Sa { spi: 0x100, algorithm: Algorithm::HmacMd5, key: m.aaa_key.clone() };
                rrq.parts.push(Part::Auth {
                    kind: AuthenticationKind::MnAaa,
                    sa,
                    tweak: Tweak::Right,
                });
            },
            SILENCE,
        ),
        (
            "an MN-AAA authenticator of 15 octets discards the request",
            "wire.2.12, RFC 4721 §5",
            |rrq, _| rrq.tweak_aaa(|_, _, tweak| *tweak = Tweak::Length(15)),
            SILENCE,
        ),
        (
            "a mobile-home authentication in the place of MN-AAA names no association",
            "registration.7.1, registration.7.2",
            |rrq, m| {
                rrq.without(36);
                let sa = Sa { spi: 0x1234, algorithm: Algorithm::HmacMd5, key: m.aaa_key.clone() };
                rrq.parts.push(Part::Auth {
                    kind: AuthenticationKind::MobileHome,
                    sa,
                    tweak: Tweak::Right,
                });
            },
            SILENCE,
        ),
        (
            "an unknown extension, not to be skipped, discards a first request",
            "wire.2.4, RFC 3344 §1.8",
            |rrq, _| rrq.before_auth(Part::short(77, &[1, 2])),
            SILENCE,
        ),
        (
            "a first request with two challenges is discarded",
            "wire.2.24, RFC 4721 §3.4",
            |rrq, _| {
                rrq.before_auth(Part::short(132, &[1; 8]));
                rrq.before_auth(Part::short(132, &[2; 8]));
            },
            SILENCE,
        ),
    ];
    for (purpose, clauses, change, allowed) in unasked {
        let (change, allowed) = (*change, *allowed);
        cases
            .add("first.wrong", *purpose, clauses, move |stage| {
                unasked_first(stage, change, allowed)
            })
            .claims(claim);
    }

    let granted: &[Granted] = &[
        (
            "a skippable extension in a first request is skipped",
            "wire.2.5, RFC 3344 §1.8",
            |rrq, _| rrq.before_auth(Part::short(200, &[1, 2])),
            ACCEPTED,
        ),
        (
            "a normal vendor extension of another vendor is skipped",
            "wire.2.18, RFC 3115 §2.3",
            |rrq, _| rrq.before_auth(Part::short(134, &[0, 0, 0, 0, 0, 9, 0, 1, 5])),
            ACCEPTED,
        ),
        (
            "a first request with x set is refused by 134",
            "registration.7.8",
            |rrq, _| rrq.header.flags.0 |= request_flag::RESERVED_X,
            code(&[134]),
        ),
        (
            "a first request with r set is accepted",
            "wire.1.4",
            |rrq, _| rrq.header.flags.0 |= request_flag::RESERVED_R,
            ACCEPTED,
        ),
        (
            "a first request with B set is accepted",
            "wire.1.4",
            |rrq, _| rrq.header.flags.0 |= request_flag::BROADCAST,
            ACCEPTED,
        ),
        (
            "a first request with S set is accepted by 1",
            "registration.7.11",
            |rrq, _| rrq.header.flags.0 |= request_flag::SIMULTANEOUS,
            code(&[1]),
        ),
        (
            "a first request without T is refused by 138",
            "registration.7.8, RFC 3024 §4.3.1",
            |rrq, _| rrq.header.flags.0 &= !request_flag::REVERSE_TUNNEL,
            code(&[138]),
        ),
        (
            "a first request with M is refused by 139",
            "registration.7.8",
            |rrq, _| rrq.header.flags.0 |= request_flag::MINIMAL_ENCAPSULATION,
            code(&[139]),
        ),
        (
            "a first request with G is refused by 139",
            "registration.7.8",
            |rrq, _| rrq.header.flags.0 |= request_flag::GRE,
            code(&[139]),
        ),
        (
            "a first request with D clear is accepted",
            "wire.1.4, registration.3.3",
            |rrq, _| rrq.header.flags = RequestFlags(request_flag::REVERSE_TUNNEL),
            ACCEPTED,
        ),
        (
            "a first request for another home agent is refused by 136",
            "registration.7.8, RFC 3344 §3.8.2.1",
            |rrq, _| rrq.header.home_agent = Ipv4Addr::new(192, 0, 2, 99),
            code_or_silence(&[136]),
        ),
        (
            "a first request an hour behind is refused by 133",
            "registration.7.5, RFC 3344 §5.7.1",
            |rrq, _| rrq.header.identification.0 -= 3600 << 32,
            code(&[133]),
        ),
        (
            "a first request an hour ahead is refused by 133",
            "registration.7.5, RFC 3344 §5.7.1",
            |rrq, _| rrq.header.identification.0 += 3600 << 32,
            code(&[133]),
        ),
        (
            "a first request for 60000 s is granted less, if the target has a maximum",
            "registration.7.12",
            |rrq, _| rrq.header.lifetime = 60_000,
            ACCEPTED,
        ),
        (
            "a first request for an endless registration is accepted",
            "registration.7.12",
            |rrq, _| rrq.header.lifetime = u16::MAX,
            ACCEPTED,
        ),
        (
            "a first request for 1 s is accepted",
            "registration.7.12",
            |rrq, _| rrq.header.lifetime = 1,
            ACCEPTED,
        ),
        (
            "a first request from a foreign agent's care-of address is accepted",
            "registration.3.3",
            |rrq, _| rrq.header.care_of_address = Ipv4Addr::new(198, 51, 100, 1),
            ACCEPTED,
        ),
        (
            "an extension for foreign agents behind the authentication does no harm",
            "registration.5.3, RFC 3344 §3.8.2.1",
            |rrq, _| rrq.parts.push(Part::short(200, &[9])),
            ACCEPTED,
        ),
        (
            "an FA's key request (40) before the authentication does no harm",
            "wire.2.13, registration.5.4",
            |rrq, _| rrq.before_auth(Part::of(Extension::MnFaKeyRequest { mn_spi: 0x5005 })),
            ACCEPTED,
        ),
    ];
    for (purpose, clauses, change, allowed) in granted {
        let (change, allowed) = (*change, *allowed);
        cases
            .add("first.field", *purpose, clauses, move |stage| {
                granted_first(stage, change, allowed).map(|_| ())
            })
            .claims(claim);
    }
    for (purpose, clauses, change, allowed) in
        granted.iter().filter(|(.., allowed)| !allowed.accepts())
    {
        let (change, allowed) = (*change, *allowed);
        cases
            .add(
                "first.refusal",
                format!(
                    "{purpose}: the refusal is proved by the new key and carries no IPv6 parameters"
                ),
                clauses,
                move |stage| {
                    let (mobile, answer, grant) = granted_first(stage, change, allowed)?;
                    let (Some(answer), Some(nonce)) = (answer, grant.nonce) else { return Ok(()) };
                    let key = mobile.key(&nonce);
                    ensure(
                        answer.is_proved(mobile.mn_spi, Algorithm::HmacMd5, &key),
                        "a mobile-home authenticator under the new key",
                        || "none".to_owned(),
                    )?;
                    super::identification::no_parameters(stage, &answer)
                },
            )
            .claims(claim);
    }
    wrong_proofs(cases);
    replies(cases);
}

/// What only the AAAH can tell to be wrong.
fn wrong_proofs(cases: &mut Cases) {
    for at in [0_usize, 7, 15] {
        cases
            .add(
                "first.proof",
                format!("a wrong octet {at} of the MN-AAA authenticator reaches the AAAH as it is"),
                "registration.6.3, registration.6.8",
                move |stage| {
                    let mut mobile = Mobile::new(stage)?;
                    let mut request = mobile.first(stage);
                    request.tweak_aaa(|_, _, tweak| *tweak = Tweak::Flip(at));
                    rejected(stage, &mut mobile, &request.octets())
                },
            )
            .rule(Rule::FhaStaysSilent)
            .claims("bootstrap");
    }
    for (at, field) in [
        (1_usize, "flags"),
        (3, "Lifetime"),
        (15, "Care-of Address"),
        (23, "Identification"),
        (26, "NAI's first octet, then unknown"),
    ] {
        cases
            .add(
                "first.altered",
                format!("a first request altered in its {field} does not prove the key any more"),
                "registration.6.3, wire.3.9",
                move |stage| {
                    let mut mobile = Mobile::new(stage)?;
                    let mut octets = mobile.first(stage).octets();
                    if let Some(octet) = octets.get_mut(at) {
                        *octet ^= 1;
                    }
                    if at == 26 {
                        mobile.send(stage, &octets)?;
                        return match mobile.reply(stage, stage.silence()) {
                            Some(answer) if answer.code <= 1 => {
                                fail("no acceptance", format!("code {}", answer.code))
                            }
                            _ => Ok(()),
                        };
                    }
                    rejected(stage, &mut mobile, &octets)
                },
            )
            .rule(Rule::FhaStaysSilent)
            .claims("bootstrap");
    }
}

/// The AAAH is asked, finds the proof wrong and rejects; the target makes no binding.
fn rejected(stage: &mut Stage<'_>, mobile: &mut Mobile, octets: &[u8]) -> Outcome {
    use dsboot_codec::radius::{Credential, Packet};
    use dsboot_spec::registry::radius::code as radius_code;
    mobile.send(stage, octets)?;
    let Some(ask) = mobile.asked(stage, stage.silence()) else {
        // It has seen by itself that something is wrong.
        return REFUSED.judge(stage, mobile).map(|_| ());
    };
    let proves = Packet::decode(&ask.octets).is_ok_and(|packet| {
        matches!(packet.credential(), Ok(Credential::Chap(chap)) if chap.proves(&mobile.aaa_key))
    });
    if proves {
        return fail("a CHAP response that does not prove the key", "one that proves it");
    }
    let reject = mobile.bare(stage, &ask, radius_code::ACCESS_REJECT)?;
    mobile.answer(stage, &ask, &reject)?;
    REFUSED.judge(stage, mobile).map(|_| ())
}

type Look =
    fn(&Mobile, &super::Rrq, &Answer, &Grant, &dsboot_codec::mip4::Reply<'_>, u32) -> Outcome;

/// Fields of the reply to an accepted first request.
fn replies(cases: &mut Cases) {
    let mut look = |purpose: &'static str, clauses: &'static str, look: Look| {
        cases
            .add("first.reply", purpose, clauses, move |stage| {
                let (mobile, request, answer, grant) = fresh(stage)?;
                let octets = answer.came.octets.clone();
                match Message::decode(&octets) {
                    Ok(Message::Reply(reply)) => {
                        look(&mobile, &request, &answer, &grant, &reply, stage.profile.vendor)
                    }
                    Ok(_) => fail("a registration reply", "another message"),
                    Err(error) => fail("a registration reply", error.to_string()),
                }
            })
            .rule(Rule::FhaBinds)
            .claims("bootstrap");
    };
    look("the reply accepts", "registration.8.1", |_, _, answer, _, _, _| {
        ensure(answer.code == 0, "code 0", || answer.code.to_string())
    });
    look(
        "the reply's Home Address is the THOAv4 of the Accept",
        "registration.8.1, registration.6.20",
        |_, _, answer, grant, _, _| {
            ensure(Some(answer.home_address) == grant.thoav4, format!("{:?}", grant.thoav4), || {
                answer.home_address.to_string()
            })
        },
    );
    look("the reply names the FHA as home agent", "registration.2.1", |m, _, answer, _, _, _| {
        ensure(answer.home_agent == m.home_agent, m.home_agent.to_string(), || {
            answer.home_agent.to_string()
        })
    });
    look("the reply repeats the Identification", "registration.8.6", |_, rrq, answer, _, _, _| {
        ensure(answer.identification == rrq.header.identification, "the request's", || {
            format!("{:016x}", answer.identification.0)
        })
    });
    look(
        "the lifetime granted is not above the one asked for",
        "registration.7.12",
        |_, rrq, answer, _, _, _| {
            ensure(
                (1..=rrq.header.lifetime).contains(&answer.lifetime),
                format!("1 to {} s", rrq.header.lifetime),
                || format!("{} s", answer.lifetime),
            )
        },
    );
    look("the reply repeats the NAI", "registration.8.6, RFC 2794 §3", |m, _, _, _, reply, _| {
        ensure(reply.extensions.nai().once() == m.nai.as_deref(), "the NAI", || {
            format!("{:?}", reply.extensions.nai())
        })
    });
    look(
        "the reply is proved once, under the new key and the SPI that the mobile node chose",
        "registration.8.2, keys.1.2, keys.1.7",
        |m, _, answer, grant, _, _| {
            let key = m.key(&grant.nonce.unwrap_or_default());
            ensure(
                answer.is_proved(m.mn_spi, Algorithm::HmacMd5, &key),
                "one right authenticator",
                || "none".to_owned(),
            )
        },
    );
    look(
        "the key generation reply carries the nonce of the Accept",
        "registration.8.3, registration.6.20",
        |_, _, _, grant, reply, _| {
            let told = reply.extensions.mn_ha_key_reply().once().map(|reply| reply.nonce.to_vec());
            ensure(told == grant.nonce.map(|nonce| nonce.to_vec()), "the nonce", || {
                format!("{told:02x?}")
            })
        },
    );
    look(
        "the key generation reply carries the AAA SPI of the Accept",
        "registration.8.3",
        |_, _, _, grant, reply, _| {
            let told = reply.extensions.mn_ha_key_reply().once().map(|reply| reply.aaa_spi);
            ensure(told == grant.aaa_spi, format!("{:x?}", grant.aaa_spi), || format!("{told:x?}"))
        },
    );
    look(
        "the key generation reply names an SPI of 256 or more",
        "keys.1.8",
        |_, _, _, _, reply, _| {
            let told = reply.extensions.mn_ha_key_reply().once().map(|reply| reply.ha_spi);
            ensure(told.is_some_and(|spi| spi >= 256), "256 or more", || format!("{told:x?}"))
        },
    );
    look(
        "the key generation reply names algorithm and replay method of the Accept",
        "registration.8.3, keys.1.9, keys.1.10",
        |_, _, _, grant, reply, _| {
            let told = reply
                .extensions
                .mn_ha_key_reply()
                .once()
                .map(|reply| (reply.algorithm, u32::from(reply.replay_method)));
            ensure(
                told == grant.replay.map(|replay| (grant.algorithm, replay)),
                "those of the Accept",
                || format!("{told:?}"),
            )
        },
    );
    look(
        "the key lives no longer than the Accept says and no shorter than the registration",
        "keys.1.11, registration.8.3",
        |_, _, answer, grant, reply, _| {
            let told = reply.extensions.mn_ha_key_reply().once().map(|reply| reply.lifetime);
            let right = told.is_some_and(|told| {
                told <= grant.key_lifetime && told >= u32::from(answer.lifetime)
            });
            ensure(right, format!("{} to {} s", answer.lifetime, grant.key_lifetime), || {
                format!("{told:?}")
            })
        },
    );
    look(
        "the reply carries the IPv6 home address of the Accept",
        "registration.8.1, registration.6.20",
        |_, _, _, grant, reply, vendor| {
            let told = reply
                .extensions
                .bootstrap(vendor)
                .ipv6_hoa
                .once()
                .map(|prefixed| prefixed.address());
            ensure(told == grant.home6, format!("{:?}", grant.home6), || format!("{told:?}"))
        },
    );
    look(
        "the reply carries the home agent of the Accept",
        "registration.8.1, registration.6.20",
        |_, _, _, grant, reply, vendor| {
            let told = reply.extensions.bootstrap(vendor).home_agent.once();
            ensure(told == grant.agent6, format!("{:?}", grant.agent6), || format!("{told:?}"))
        },
    );
    look(
        "the reply carries the IPv6 care-of address of the Accept",
        "registration.8.1, registration.6.20",
        |_, _, _, grant, reply, vendor| {
            let told = reply
                .extensions
                .bootstrap(vendor)
                .ipv6_coa
                .once()
                .map(|prefixed| prefixed.address());
            ensure(told == grant.care_of6, format!("{:?}", grant.care_of6), || format!("{told:?}"))
        },
    );
    look(
        "prefix lengths of the IPv6 parameters are those of the Accept",
        "registration.6.20, wire.2.30",
        |_, _, _, _, reply, vendor| {
            let told = reply.extensions.bootstrap(vendor);
            let lengths = [told.ipv6_hoa.once(), told.ipv6_coa.once()]
                .map(|one| one.map(|prefixed| prefixed.prefix_length()));
            ensure(lengths == [Some(64), Some(64)], "64 and 64", || format!("{lengths:?}"))
        },
    );
    look(
        "the extensions for the mobile node stand in order before the authenticator",
        "registration.8.4, wire.2.25",
        |_, _, _, _, reply, _| {
            let kinds: Vec<u8> = reply
                .extensions
                .iter()
                .map(|one| one.value.kind())
                .filter(|kind| [131, 43, 134, 32].contains(kind))
                .collect();
            ensure(kinds == [131, 43, 134, 134, 134, 32], "131, 43, 134, 134, 134, 32", || {
                format!("{kinds:?}")
            })
        },
    );
    look(
        "the reply carries neither challenge nor foreign-home authentication when none is called for",
        "registration.8.5",
        |_, _, _, _, reply, _| {
            let other: Vec<u8> = reply
                .extensions
                .iter()
                .map(|one| one.value.kind())
                .filter(|kind| [132, 34, 33, 36].contains(kind))
                .collect();
            ensure(other.is_empty(), "none of 33, 34, 36, 132", || format!("{other:?}"))
        },
    );
    look("the reply does not carry the key", "keys.1.5, keys.2.4", |m, _, answer, grant, _, _| {
        let key = m.key(&grant.nonce.unwrap_or_default());
        let there = |secret: &[u8]| {
            answer.came.octets.windows(secret.len().max(1)).any(|window| window == secret)
        };
        ensure(!there(&key) && !there(&m.aaa_key), "no secret", || "a key in clear".to_owned())
    });
    cases
        .add(
            "first.challenge",
            "a challenge of the request is echoed behind the authenticator",
            "registration.8.5, RFC 4721 §3.4",
            |stage| {
                let (_, answer, _) = granted_first(
                    stage,
                    |rrq, _| {
                        rrq.before_auth(Part::short(132, &[0xc4; 8]));
                        rrq.tweak_aaa(|_, used, _| *used = vec![0xc4; 8]);
                    },
                    ACCEPTED,
                )?;
                let Some(answer) = answer else { return missing("a reply") };
                let Ok(Message::Reply(reply)) = Message::decode(&answer.came.octets) else {
                    return fail("a reply", "none");
                };
                let kinds: Vec<u8> = reply.extensions.iter().map(|one| one.value.kind()).collect();
                let place = |kind| kinds.iter().position(|one| *one == kind);
                let echoed = reply.extensions.challenge().once() == Some([0xc4; 8].as_slice());
                ensure(echoed && place(132) > place(32), "132 with the challenge, after 32", || {
                    format!("{kinds:?}")
                })
            },
        )
        .claims("bootstrap");
    cases
        .add(
            "first.lifetime-0",
            "a first request with lifetime 0 is confirmed by lifetime 0",
            "movement.3.7, movement.3.4",
            |stage| {
                let (_, answer, _) =
                    granted_first(stage, |rrq, _| rrq.header.lifetime = 0, ACCEPTED)?;
                let Some(answer) = answer else { return missing("a reply") };
                ensure(answer.lifetime == 0, "0 s", || format!("{} s", answer.lifetime))
            },
        )
        .rule(Rule::FhaReleasesAgain)
        .claims("bootstrap");
}
