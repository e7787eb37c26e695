//! Leg B: an FHA hands on what a mobile node proves itself by.

use std::net::{Ipv4Addr, Ipv6Addr};

use dsboot_codec::mip4::keys::{MnIdentifier, RegistrationKey};
use dsboot_model::Rule;
use dsboot_spec::registry::dsb::client_role;
use dsboot_spec::registry::radius::code as radius_code;

use super::peer::{Answer, Client, fha, mobile_user, nas, same};
use super::question::{Question, asked, assigned};
use crate::case::{Cases, Ending, Outcome, ensure, fail, missing};
use crate::profile::User;

const ACCEPT: u8 = radius_code::ACCESS_ACCEPT;
const REJECT: u8 = radius_code::ACCESS_REJECT;

type Look = fn(&Answer, &Client, &User, u32) -> Outcome;
type Change = fn(&mut Question);

pub(super) fn add(cases: &mut Cases) {
    contents(cases);
    proofs(cases);
    assignments(cases);
}

fn contents(cases: &mut Cases) {
    let mut look = |purpose: &'static str, clauses: &'static str, look: Look| {
        cases
            .add("mobility.accept", purpose, clauses, move |stage| {
                let (answer, client, user) = asked(stage, |_| {})?;
                if answer.code() != ACCEPT && !purpose.starts_with("a response") {
                    return missing("an Accept");
                }
                look(&answer, &client, &user, stage.profile.vendor)
            })
            .claims("mobility");
    };
    look(
        "a response that proves the key is accepted",
        "registration.6.8, RFC 2865 §5.3",
        |answer, _, _, _| answer.is(&[ACCEPT]),
    );
    look("the Accept is signed", "access.6.5, wire.4.8", |answer, client, _, _| {
        answer.verified(&client.secret)
    });
    look("the Accept carries a THOAv4", "registration.6.9", |answer, _, _, vendor| {
        ensure(assigned(answer, vendor)?.0.is_some(), "Framed-IP-Address", || "none".to_owned())
    });
    look(
        "the Accept carries the IPv6 home address of the record",
        "registration.6.9, home-binding.2.6",
        |answer, _, user, vendor| {
            let told = assigned(answer, vendor)?.1;
            ensure(
                told.is_some() && (user.home_address.is_none() || told == user.home_address),
                format!("{:?}", user.home_address),
                || format!("{told:?}"),
            )
        },
    );
    look(
        "the Accept carries the home agent of the record",
        "registration.6.9",
        |answer, _, user, vendor| {
            let told = assigned(answer, vendor)?.2;
            ensure(
                told.is_some() && (user.home_agent.is_none() || told == user.home_agent),
                format!("{:?}", user.home_agent),
                || format!("{told:?}"),
            )
        },
    );
    look(
        "the Accept carries an IPv6 care-of address in the prefix hinted",
        "registration.6.9, registration.6.10",
        |answer, _, _, vendor| {
            let told = assigned(answer, vendor)?.3;
            let inside = told.is_some_and(|address| {
                address.octets().starts_with(&[0x20, 0x01, 0x0d, 0xb8, 0, 0xf, 0, 0])
            });
            ensure(inside, "an address in 2001:db8:f::/64", || format!("{told:?}"))
        },
    );
    look(
        "the Accept carries a key, hidden",
        "registration.6.9, keys.4.1",
        |answer, client, _, vendor| {
            let packet = answer.packet()?;
            let Some(hidden) = packet.vendor(vendor).mn_fha_key().once() else {
                return fail("MN-FHA-Key", "none, or several");
            };
            ensure(
                hidden.reveal(&answer.request_authenticator(), &client.secret).is_some(),
                "a key that opens",
                || "one that does not".to_owned(),
            )
        },
    );
    look(
        "the key is the one that nonce and name give",
        "keys.1.1, keys.1.2, RFC 3957 §5",
        |answer, client, user, vendor| {
            let packet = answer.packet()?;
            let units = packet.vendor(vendor);
            let key = units.mn_fha_key().once().and_then(|hidden| {
                hidden
                    .reveal(&answer.request_authenticator(), &client.secret)
                    .map(|key| key.to_vec())
            });
            let Some(nonce) = units.key_gen_nonce().once() else {
                return fail("Key-Gen-Nonce", "none");
            };
            let own = user.mn_aaa_key.clone().unwrap_or_default().into_bytes();
            let right =
                RegistrationKey::derive(&own, nonce, &MnIdentifier::Nai(user.nai.as_bytes()))
                    .octets()
                    .to_vec();
            ensure(key == Some(right), "HMAC-SHA1 over nonce and NAI", || "another key".to_owned())
        },
    );
    look("the nonce has 16 octets at least", "keys.1.3", |answer, _, _, vendor| {
        let told = answer.packet()?.vendor(vendor).key_gen_nonce().once().map(<[u8]>::len);
        ensure(told.is_some_and(|length| length >= 16), "16 octets or more", || format!("{told:?}"))
    });
    look("the Accept names the AAA SPI", "registration.6.9", |answer, _, _, vendor| {
        ensure(answer.packet()?.vendor(vendor).aaa_spi().once().is_some(), "AAA-SPI", || {
            "none".to_owned()
        })
    });
    look(
        "the Accept names key lifetime and session timeout, the key's not shorter",
        "registration.6.9, keys.1.11",
        |answer, _, _, vendor| {
            let packet = answer.packet()?;
            let (key, session) =
                (packet.vendor(vendor).key_lifetime().once(), packet.session_timeout().once());
            ensure(
                key.is_some() && session.is_some() && key >= session,
                "Key-Lifetime of at least Session-Timeout",
                || format!("{key:?}, {session:?}"),
            )
        },
    );
    look(
        "the Accept names algorithm 1 or 2",
        "registration.6.9, keys.1.9",
        |answer, _, _, vendor| {
            let told = answer.packet()?.vendor(vendor).algorithm().once();
            ensure(matches!(told, Some(1 | 2)), "1 or 2", || format!("{told:?}"))
        },
    );
    look(
        "the Accept names replay method 2, timestamps",
        "registration.6.9, keys.1.10",
        |answer, _, _, vendor| {
            let told = answer.packet()?.vendor(vendor).replay_method().once();
            ensure(told == Some(2), "2", || format!("{told:?}"))
        },
    );
    look(
        "the Accept does not carry a key in clear",
        "keys.4.1, keys.2.4",
        |answer, client, user, vendor| {
            let packet = answer.packet()?;
            let key = packet.vendor(vendor).mn_fha_key().once().and_then(|hidden| {
                hidden
                    .reveal(&answer.request_authenticator(), &client.secret)
                    .map(|key| key.to_vec())
            });
            let own = user.mn_aaa_key.clone().unwrap_or_default().into_bytes();
            let there = |secret: &[u8]| {
                !secret.is_empty()
                    && answer.came.octets.windows(secret.len()).any(|window| window == secret)
            };
            ensure(!there(&own) && !key.is_some_and(|key| there(&key)), "no secret", || {
                "one".to_owned()
            })
        },
    );
    look("no attribute of the Accept has a wrong form", "wire.5.4", |answer, _, _, _| {
        let wrong: Vec<u8> = answer.packet()?.malformed().map(|one| one.value.kind()).collect();
        ensure(wrong.is_empty(), "none", || format!("types {wrong:?}"))
    });
}

fn proofs(cases: &mut Cases) {
    for at in 0..16_usize {
        cases
            .add(
                "mobility.proof",
                format!("a response with a wrong bit in octet {at} is rejected"),
                "registration.6.8, wire.4.19, RFC 2865 §5.3",
                move |stage| {
                    let (answer, ..) = asked(stage, |question| {
                        let mut response = question.right();
                        if let Some(octet) = response.get_mut(at) {
                            *octet ^= 0x08;
                        }
                        question.response = Some(response);
                    })?;
                    answer.is(&[REJECT])
                },
            )
            .claims("mobility");
    }
    let rows: &[(&str, &str, Change)] = &[
        ("a response by another key is rejected", "registration.6.8", |q| {
            q.key = b"another key 1234".to_vec();
        }),
        ("a response by an empty key is rejected", "registration.6.8", |q| {
            q.key = Vec::new();
        }),
        ("a response to another challenge is rejected", "registration.6.8, wire.4.19", |q| {
            q.response = Some(q.right());
            q.challenge = Some(vec![9; 17]);
        }),
        ("a response with another identifier is rejected", "registration.6.8, wire.4.19", |q| {
            q.response = Some(q.right());
            q.identifier = 1;
        }),
        (
            "a challenge of 4 octets does not count as none",
            "wire.4.19, wire.5.8, RFC 2865 §5.40",
            |q| {
                q.response = Some([0; 16]);
            },
        ),
        ("an unknown user is rejected", "registration.6.8", |q| {
            q.nai = b"nobody@conform.example".to_vec();
        }),
        ("a user in another realm is rejected", "registration.6.8", |q| {
            if let Some(last) = q.nai.last_mut() {
                *last ^= 1;
            }
        }),
        ("a user's name cut by an octet is rejected", "registration.6.8", |q| {
            q.nai.pop();
        }),
        ("a user's name with an octet more is rejected", "registration.6.8", |q| q.nai.push(b'x')),
    ];
    for (purpose, clauses, change) in rows {
        let change = *change;
        cases
            .add("mobility.refused", *purpose, clauses, move |stage| {
                let (answer, ..) = asked(stage, change)?;
                answer.is(&[REJECT])
            })
            .claims("mobility");
    }
    cases.add("mobility.refused", "a response without CHAP-Challenge, made over the Request Authenticator, is judged by that", "wire.4.19, RFC 2865 §5.3",
        |stage| {
            let user = mobile_user(stage)?;
            let mut client = fha(stage)?;
            let mut question = Question::of(&user);
            question.challenge = None;
            question.response = Some([5; 16]);
            question.ask(stage, &mut client)?.is(&[REJECT])
        }).claims("mobility");
    cases
        .add(
            "mobility.refused",
            "a Reject carries nothing that an Accept would",
            "registration.6.8, registration.6.14",
            |stage| {
                let (answer, ..) = asked(stage, |q| q.response = Some([1; 16]))?;
                answer.is(&[REJECT])?;
                let vendor = stage.profile.vendor;
                let none = assigned(&answer, vendor)? == (None, None, None, None)
                    && answer.packet()?.vendor(vendor).mn_fha_key().is_absent();
                ensure(none, "no address and no key", || "some".to_owned())
            },
        )
        .claims("mobility");
    cases
        .add(
            "mobility.refused",
            "a user without mobility is rejected",
            "registration.6.8",
            |stage| {
                let user = stage
                    .profile
                    .users
                    .iter()
                    .find(|user| !user.mobility && user.mn_aaa_key.is_some())
                    .cloned();
                let Some(user) = user else {
                    return Err(Ending::Skip(
                        "the profile has no user with a key and without mobility".to_owned(),
                    ));
                };
                let mut client = fha(stage)?;
                Question::of(&user).ask(stage, &mut client)?.is(&[REJECT])
            },
        )
        .claims("mobility");
    cases
        .add(
            "mobility.roles",
            "a NAS that asks as an FHA is refused",
            "access.6.8, registration.6.7",
            |stage| {
                let user = mobile_user(stage)?;
                let mut client = nas(stage)?;
                client.role = client_role::FHA;
                let question = Question::of(&user);
                let vendor = stage.profile.vendor;
                let request = client.request(stage, |builder| question.fill(builder, vendor))?;
                client.refused(stage, &request, &[REJECT])
            },
        )
        .claims("roles");
    cases
        .add(
            "mobility.roles",
            "an FHA of a name that the server does not know is refused",
            "registration.6.7, access.6.8",
            |stage| {
                let user = mobile_user(stage)?;
                let mut client = fha(stage)?;
                client.name = "nobody.conform.example".to_owned();
                let question = Question::of(&user);
                let vendor = stage.profile.vendor;
                let request = client.request(stage, |builder| question.fill(builder, vendor))?;
                client.refused(stage, &request, &[REJECT])
            },
        )
        .claims("roles");
    cases
        .add(
            "mobility.roles",
            "an FHA that passes on EAP as a NAS would is refused",
            "access.6.8",
            |stage| {
                let user = mobile_user(stage)?;
                let mut client = fha(stage)?;
                client.role = client_role::NAS;
                let request = client.identity(stage, user.nai.as_bytes())?;
                client.refused(stage, &request, &[REJECT])
            },
        )
        .claims("roles");
    for length in [5_usize, 16, 17, 64, 253] {
        cases
            .add(
                "mobility.challenge",
                format!("a right response to a challenge of {length} octets is accepted"),
                "wire.4.19, wire.5.8, RFC 2865 §5.40",
                move |stage| {
                    let (answer, ..) = asked(stage, |q| q.challenge = Some(vec![0x6b; length]))?;
                    answer.is(&[ACCEPT])
                },
            )
            .claims("mobility");
    }
    for identifier in [1_u8, 0x7f, 0xff] {
        cases
            .add(
                "mobility.challenge",
                format!("a right response with identifier {identifier} is accepted"),
                "wire.4.19, RFC 2865 §5.3",
                move |stage| {
                    let (answer, ..) = asked(stage, |q| q.identifier = identifier)?;
                    answer.is(&[ACCEPT])
                },
            )
            .claims("mobility");
    }
}

fn assignments(cases: &mut Cases) {
    cases
        .add(
            "mobility.assignment",
            "the same user gets the same addresses again",
            "registration.6.11",
            |stage| {
                let vendor = stage.profile.vendor;
                let (first, ..) = asked(stage, |_| {})?;
                let (second, ..) = asked(stage, |_| {})?;
                let (first, second) = (assigned(&first, vendor)?, assigned(&second, vendor)?);
                ensure(first == second, format!("{first:?}"), || format!("{second:?}"))
            },
        )
        .rule(Rule::AaahForgets)
        .claims("mobility");
    cases
        .add("mobility.assignment", "each Accept has a fresh nonce", "keys.1.4", |stage| {
            let vendor = stage.profile.vendor;
            let (first, ..) = asked(stage, |_| {})?;
            let (second, ..) = asked(stage, |_| {})?;
            let nonce = |answer: &Answer| -> Result<_, Ending> {
                Ok(answer.packet()?.vendor(vendor).key_gen_nonce().once().map(<[u8]>::to_vec))
            };
            ensure(nonce(&first)? != nonce(&second)?, "different nonces", || "the same".to_owned())
        })
        .claims("mobility");
    cases
        .add(
            "mobility.assignment",
            "a retransmission does not get another nonce",
            "access.6.9, keys.1.4",
            |stage| {
                let user = mobile_user(stage)?;
                let mut client = fha(stage)?;
                let question = Question::of(&user);
                let vendor = stage.profile.vendor;
                let request = client.request(stage, |builder| question.fill(builder, vendor))?;
                let first = client.answered(stage, &request)?;
                let again = client.answered(stage, &request)?;
                same(&first, &again)
            },
        )
        .claims("mobility");
    cases
        .add(
            "mobility.assignment",
            "two users get different addresses",
            "registration.6.12",
            |stage| {
                let fits = |user: &&User| user.mn_aaa_key.is_some() && user.mobility;
                let users: Vec<User> =
                    stage.profile.users.iter().filter(fits).take(2).cloned().collect();
                let [one, other] = users.as_slice() else {
                    return Err(Ending::Skip(
                        "the profile has no two users with mobility".to_owned(),
                    ));
                };
                let mut client = fha(stage)?;
                let vendor = stage.profile.vendor;
                let first = assigned(&Question::of(one).ask(stage, &mut client)?, vendor)?;
                let second = assigned(&Question::of(other).ask(stage, &mut client)?, vendor)?;
                let differ = first.0 != second.0 && first.1 != second.1 && first.3 != second.3;
                ensure(differ, "different addresses", || format!("{first:?} and {second:?}"))
            },
        )
        .claims("mobility");
    for (prefix, words) in [
        ([0x2001, 0xdb8, 0xf1, 0, 0, 0, 0, 0], "2001:db8:f1::/64"),
        ([0x2001, 0xdb8, 0xf2, 7, 0, 0, 0, 0], "2001:db8:f2:7::/64"),
        ([0xfd00, 1, 2, 3, 0, 0, 0, 0], "fd00:1:2:3::/64"),
    ] {
        cases
            .add(
                "mobility.prefix",
                format!("with the hint {words} the IPv6 care-of address is in it"),
                "registration.6.10",
                move |stage| {
                    let prefix = Ipv6Addr::from(prefix);
                    let (answer, ..) = asked(stage, |q| q.prefix = Some(prefix))?;
                    let (.., care_of) = assigned(&answer, stage.profile.vendor)?;
                    let inside = care_of
                        .is_some_and(|address| address.to_bits() >> 64 == prefix.to_bits() >> 64);
                    ensure(inside, words, || format!("{care_of:?}"))
                },
            )
            .alone()
            .claims("mobility");
    }
    cases
        .add(
            "mobility.prefix",
            "a question without prefix harms nothing",
            "registration.6.10, registration.6.19",
            |stage| {
                let (answer, ..) = asked(stage, |q| q.prefix = None)?;
                answer.is(&[ACCEPT])
            },
        )
        .claims("mobility");
    cases
        .add(
            "mobility.hint",
            "the THOAv4 in use, named in the question, stays",
            "registration.6.11, registration.6.6",
            |stage| {
                let vendor = stage.profile.vendor;
                let (first, ..) = asked(stage, |_| {})?;
                let held = assigned(&first, vendor)?.0;
                let (second, ..) = asked(stage, |q| q.current = held)?;
                let told = assigned(&second, vendor)?.0;
                ensure(told == held, format!("{held:?}"), || format!("{told:?}"))
            },
        )
        .claims("mobility");
    cases
        .add(
            "mobility.hint",
            "a THOAv4 hinted that is none of the pool is not assigned",
            "registration.6.12",
            |stage| {
                let hint = Ipv4Addr::new(8, 8, 8, 8);
                let (answer, ..) = asked(stage, |q| q.current = Some(hint))?;
                let told = assigned(&answer, stage.profile.vendor)?.0;
                ensure(told != Some(hint), "an address of the pool", || format!("{told:?}"))
            },
        )
        .claims("mobility");
    for flags in [0x00_u8, 0x07, 0xff] {
        cases
            .add(
                "mobility.wanted",
                format!("Bootstrap-Request {flags:#04x} does not keep an Accept away"),
                "registration.4.9, registration.6.9",
                move |stage| {
                    let (answer, ..) = asked(stage, |q| q.wanted = Some(flags))?;
                    answer.is(&[ACCEPT])
                },
            )
            .claims("mobility");
    }
    cases
        .add(
            "mobility.spis",
            "a question without SPIs harms nothing",
            "registration.6.4",
            |stage| {
                let (answer, ..) = asked(stage, |q| q.spis = false)?;
                answer.is(&[ACCEPT, REJECT])
            },
        )
        .claims("mobility");
}
