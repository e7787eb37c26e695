//! What the FHA says to first requests that are right.

use dsboot_codec::mip4::{Algorithm, Message};
use dsboot_model::Rule;

use super::peer::{Answer, Grant};
use super::rrq::Part;
use super::{ACCEPTED, Cases, Mobile, Outcome, ensure, fail, fresh, granted_first};
use crate::case::missing;

type Look =
    fn(&Mobile, &super::Rrq, &Answer, &Grant, &dsboot_codec::mip4::Reply<'_>, u32) -> Outcome;

/// Fields of the reply to an accepted first request.
pub(super) fn add(cases: &mut Cases) {
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
            answer.proof(m.mn_spi, Algorithm::HmacMd5, &key)
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
