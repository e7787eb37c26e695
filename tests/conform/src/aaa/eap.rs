//! Leg A: EAP through a NAS.

use dsboot_codec::eap::{self, Body};
use dsboot_model::Rule;
use dsboot_spec::registry::radius::{attribute, code as radius_code};

use super::peer::{Answer, Challenged, encode, nas};
use crate::Stage;
use crate::case::{Cases, Ending, Outcome, ensure, missing};

const ACCEPT: u8 = radius_code::ACCESS_ACCEPT;
const REJECT: u8 = radius_code::ACCESS_REJECT;
const CHALLENGE: u8 = radius_code::ACCESS_CHALLENGE;

type LookChallenge = fn(&Challenged) -> Outcome;
type LookAccept = fn(&Answer, &Challenged, &Stage<'_>) -> Outcome;

/// A wrong answer to the challenge is rejected, with an EAP Failure where one is due.
fn wrong(stage: &mut Stage<'_>, make: impl Fn(&Challenged) -> Result<Vec<u8>, Ending>) -> Outcome {
    let mut one = Challenged::begin(stage)?;
    let packet = make(&one)?;
    one.go_on(stage, &packet)?.is(&[REJECT])
}

pub(super) fn add(cases: &mut Cases) {
    challenge(cases);
    values(cases);
    accept(cases);
}

fn challenge(cases: &mut Cases) {
    let mut look = |purpose: &'static str, clauses: &'static str, look: LookChallenge| {
        cases
            .add("eap.challenge", purpose, clauses, move |stage| look(&Challenged::begin(stage)?))
            .claims("eap");
    };
    look(
        "an identity is answered by an Access-Challenge with an MD5-Challenge",
        "access.3.1, RFC 3579 §2.1",
        |_| Ok(()),
    );
    look("the challenge has at least one octet", "wire.7.11, RFC 3748 §5.4", |one| {
        ensure(!one.challenge.is_empty(), "some octets", || "none".to_owned())
    });
    look("the challenge carries a State", "access.3.3, RFC 2865 §5.24", |one| {
        ensure(one.state.is_some(), "one State", || "none".to_owned())
    });
    look("the challenge has a right Message-Authenticator", "access.6.5, RFC 3579 §3.2", |one| {
        one.answer.verified(&one.client.secret)
    });
    look("the challenge has no Reply-Message beside EAP", "wire.5.9, RFC 3579 §2.6.5", |one| {
        ensure(
            one.answer.packet()?.attributes_of(attribute::REPLY_MESSAGE).next().is_none(),
            "none",
            || "one".to_owned(),
        )
    });
    look(
        "the challenge gives away neither FHA nor address",
        "access.4.10, access.3.5, RFC 3579 §2.6.3",
        |one| {
            let packet = one.answer.packet()?;
            ensure(packet.framed_ip_address().is_absent(), "no Framed-IP-Address", || {
                "one".to_owned()
            })
        },
    );
    look(
        "the EAP request's Identifier is not that of the identity's response",
        "access.2.22, RFC 3748 §4.1",
        |one| {
            ensure(one.identifier != 1, "another Identifier than 1", || one.identifier.to_string())
        },
    );
    cases
        .add("eap.challenge", "two challenges differ", "access.2.26, RFC 3748 §5.4", |stage| {
            let one = Challenged::begin(stage)?;
            let other = Challenged::begin(stage)?;
            ensure(one.challenge != other.challenge, "fresh octets", || "the same".to_owned())
        })
        .claims("eap");
    cases
        .add(
            "eap.challenge",
            "two conversations have different States",
            "access.6.13, RFC 5080 §2.1.2",
            |stage| {
                let one = Challenged::begin(stage)?;
                let other = Challenged::begin(stage)?;
                ensure(one.state != other.state, "different States", || "the same".to_owned())
            },
        )
        .claims("eap");
}

fn values(cases: &mut Cases) {
    for at in 0..16_usize {
        cases
            .add(
                "eap.value",
                format!("an MD5 value with a wrong bit in octet {at} is rejected"),
                "access.3.5, access.2.26, RFC 3748 §5.4",
                move |stage| {
                    wrong(stage, |one| {
                        let mut value = one.value();
                        if let Some(octet) = value.get_mut(at) {
                            *octet ^= 0x02;
                        }
                        one.response(&value)
                    })
                },
            )
            .claims("eap");
    }
    for length in [1_usize, 8, 15, 17, 32] {
        cases
            .add(
                "eap.value",
                format!("an MD5 value of {length} octets is not accepted"),
                "access.2.26, wire.7.12, RFC 3748 §5.4",
                move |stage| {
                    let mut one = Challenged::begin(stage)?;
                    let mut value = one.value().to_vec();
                    value.resize(length, 0);
                    let packet = one.response(&value)?;
                    let request = one.request(stage, &packet)?;
                    one.client.not_accepted(stage, &request)
                },
            )
            .claims("eap");
    }
    cases
        .add("eap.value", "the value of another secret is rejected", "access.3.5", |stage| {
            wrong(stage, |one| {
                one.response(&eap::md5_value(one.identifier, b"another secret", &one.challenge))
            })
        })
        .claims("eap");
    cases
        .add("eap.value", "the value of an empty secret is rejected", "access.3.5", |stage| {
            wrong(stage, |one| one.response(&eap::md5_value(one.identifier, b"", &one.challenge)))
        })
        .claims("eap");
    cases
        .add(
            "eap.value",
            "the value over another Identifier is rejected",
            "access.2.26, RFC 3748 §5.4",
            |stage| {
                wrong(stage, |one| {
                    let secret = one.user.access_secret.clone().unwrap_or_default();
                    one.response(&eap::md5_value(
                        one.identifier.wrapping_add(1),
                        secret.as_bytes(),
                        &one.challenge,
                    ))
                })
            },
        )
        .claims("eap");
    cases
        .add("eap.value", "the challenge itself as value is rejected", "access.3.5", |stage| {
            wrong(stage, |one| one.response(&one.challenge.clone()))
        })
        .claims("eap");
    cases
        .add(
            "eap.value",
            "a right value with a name behind it is accepted",
            "access.2.26, RFC 3748 §5.4",
            |stage| {
                let mut one = Challenged::begin(stage)?;
                let value = one.value();
                let body = Body::Response(eap::Message::Md5Challenge(eap::Md5Challenge {
                    value: &value,
                    name: b"anybody",
                }));
                let packet = encode(one.identifier, &body)?;
                one.go_on(stage, &packet)?.is(&[ACCEPT])
            },
        )
        .claims("eap");
    cases
        .add(
            "eap.value",
            "a Reject of a wrong value carries an EAP Failure with the response's Identifier",
            "access.3.6, RFC 3748 §4.2, RFC 3579 §2.6.3",
            |stage| {
                let mut one = Challenged::begin(stage)?;
                let packet = one.response(&[9; 16])?;
                let answer = one.go_on(stage, &packet)?;
                answer.is(&[REJECT])?;
                let failure = answer.eap()?;
                ensure(
                    failure == [4, one.identifier, 0, 4],
                    format!("04 {:02x} 00 04", one.identifier),
                    || format!("{failure:02x?}"),
                )
            },
        )
        .claims("eap");
    cases
        .add(
            "eap.value",
            "a Reject gives away neither FHA nor address nor lifetime",
            "access.4.8, access.3.6",
            |stage| {
                let mut one = Challenged::begin(stage)?;
                let packet = one.response(&[9; 16])?;
                let answer = one.go_on(stage, &packet)?;
                answer.is(&[REJECT])?;
                let packet = answer.packet()?;
                let none =
                    packet.framed_ip_address().is_absent() && packet.session_timeout().is_absent();
                ensure(none, "neither Framed-IP-Address nor Session-Timeout", || "some".to_owned())
            },
        )
        .claims("eap");
    cases
        .add(
            "eap.value",
            "a Reject has a right Message-Authenticator",
            "access.6.5, RFC 3579 §3.2",
            |stage| {
                let mut one = Challenged::begin(stage)?;
                let packet = one.response(&[9; 16])?;
                let answer = one.go_on(stage, &packet)?;
                answer.verified(&one.client.secret)
            },
        )
        .claims("eap");
    cases
        .add(
            "eap.user",
            "an unknown user gets a Challenge first, as a known one",
            "access.3.6",
            |stage| {
                let mut client = nas(stage)?;
                let request = client.identity(stage, b"nobody@conform.example")?;
                client.answered(stage, &request)?.is(&[CHALLENGE])
            },
        )
        .claims("same-rounds");
    cases
        .add("eap.user", "an unknown user is rejected in the end", "access.3.6", |stage| {
            let mut client = nas(stage)?;
            let request = client.identity(stage, b"nobody@conform.example")?;
            let answer = client.answered(stage, &request)?;
            if answer.code() == REJECT {
                return Ok(());
            }
            answer.is(&[CHALLENGE])?;
            let (state, packet) = (answer.state()?, answer.eap()?);
            let identifier = packet.get(1).copied().unwrap_or_default();
            let body = Body::Response(eap::Message::Md5Challenge(eap::Md5Challenge {
                value: &[1; 16],
                name: b"",
            }));
            let packet = encode(identifier, &body)?;
            let request =
                client.eap(stage, b"nobody@conform.example", state.as_deref(), &packet)?;
            client.answered(stage, &request)?.is(&[REJECT])
        })
        .claims("eap");
}

fn accept(cases: &mut Cases) {
    let mut look =
        |claim: &'static str, purpose: &'static str, clauses: &'static str, look: LookAccept| {
            cases
                .add("eap.accept", purpose, clauses, move |stage| {
                    let mut one = Challenged::begin(stage)?;
                    let answer = one.right(stage)?;
                    if answer.code() != ACCEPT && claim != "eap" {
                        return missing("an Accept");
                    }
                    look(&answer, &one, stage)
                })
                .claims("eap")
                .claims(claim);
        };
    look("eap", "a right value is accepted", "access.3.5", |answer, _, _| answer.is(&[ACCEPT]));
    look(
        "eap",
        "the Accept carries an EAP Success with the response's Identifier",
        "access.4.1, RFC 3748 §4.2, RFC 3579 §2.6.3",
        |answer, one, _| {
            answer.is(&[ACCEPT])?;
            let success = answer.eap()?;
            ensure(
                success == [3, one.identifier, 0, 4],
                format!("03 {:02x} 00 04", one.identifier),
                || format!("{success:02x?}"),
            )
        },
    );
    look(
        "eap",
        "the Accept has a right Message-Authenticator",
        "access.6.5, RFC 3579 §3.2",
        |answer, one, _| answer.verified(&one.client.secret),
    );
    look(
        "eap",
        "the Accept has no Reply-Message beside EAP",
        "wire.5.9, RFC 3579 §2.6.5",
        |answer, _, _| {
            ensure(
                answer.packet()?.attributes_of(attribute::REPLY_MESSAGE).next().is_none(),
                "none",
                || "one".to_owned(),
            )
        },
    );
    look(
        "fha-assignment",
        "the Accept says how long access lasts",
        "access.3.11, RFC 2865 §5.27",
        |answer, _, _| {
            let told = answer.packet()?.session_timeout().once();
            ensure(told.is_some_and(|seconds| seconds > 0), "Session-Timeout", || {
                format!("{told:?}")
            })
        },
    );
    look(
        "fha-assignment",
        "the Accept names the FHA by address or name",
        "access.3.7",
        |answer, _, stage| {
            let told = answer.packet()?.vendor(stage.profile.vendor).parameters();
            let named = told.fha_address.once().is_some() || told.fha_fqdn.once().is_some();
            ensure(named, "FHA-IPv4-Address or FHA-FQDN, once", || {
                format!("{:?}, {:?}", told.fha_address, told.fha_fqdn)
            })
        },
    );
    look(
        "fha-assignment",
        "the Accept gives a care-of address, or leaves it to the NAS",
        "access.3.9, RFC 2865 §5.8",
        |answer, _, _| {
            let told = answer.packet()?.framed_ip_address().once();
            ensure(told.is_some(), "Framed-IP-Address", || "none".to_owned())
        },
    );
    look(
        "fha-assignment",
        "the Accept gives no home address, home agent, IPv6 care-of address or key",
        "access.3.12",
        |answer, _, stage| {
            let packet = answer.packet()?;
            let vendor = packet.vendor(stage.profile.vendor);
            let told = vendor.parameters();
            let none = told.ipv6_hoa.is_absent()
                && told.home_agent.is_absent()
                && told.ipv6_coa.is_absent()
                && told.thoav4.is_absent()
                && vendor.mn_fha_key().is_absent()
                && vendor.key_gen_nonce().is_absent();
            ensure(none, "none of these", || "some".to_owned())
        },
    );
    look("eap", "no attribute of the Accept has a wrong form", "wire.5.4", |answer, _, _| {
        let wrong: Vec<u8> = answer.packet()?.malformed().map(|one| one.value.kind()).collect();
        ensure(wrong.is_empty(), "none", || format!("types {wrong:?}"))
    });
    look("eap", "the Accept does not carry the user's secret", "keys.2.4", |answer, one, _| {
        let secret = one.user.access_secret.clone().unwrap_or_default().into_bytes();
        let there = answer.came.octets.windows(secret.len().max(1)).any(|window| window == secret);
        ensure(!there, "no secret", || "the access secret in clear".to_owned())
    });
    cases
        .add(
            "eap.assignment",
            "access granted twice at one NAS gives the same FHA and care-of address",
            "access.3.10",
            |stage| {
                let told = |answer: &Answer, vendor| -> Result<_, Ending> {
                    let packet = answer.packet()?;
                    let told = packet.vendor(vendor).parameters();
                    Ok((
                        told.fha_address.once(),
                        told.fha_fqdn.once().map(|name| name.as_str().to_owned()),
                        packet.framed_ip_address().once(),
                    ))
                };
                let vendor = stage.profile.vendor;
                let first = Challenged::begin(stage)?.right(stage)?;
                let second = Challenged::begin(stage)?.right(stage)?;
                let (first, second) = (told(&first, vendor)?, told(&second, vendor)?);
                ensure(first == second, format!("{first:?}"), || format!("{second:?}"))
            },
        )
        .rule(Rule::AaahForgets)
        .claims("fha-assignment");
}
