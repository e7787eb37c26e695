//! Step 5: what the FHA asks the AAAH, and when.

use std::time::Duration;

use dsboot_codec::mip4::{Extension, Vendor};
use dsboot_codec::radius::{Attribute, ChapExchange, Credential, Packet};
use dsboot_model::Rule;
use dsboot_spec::registry::dsb::{client_role, parameter};
use dsboot_spec::registry::mip4::FIRST_FREE_SPI;
use dsboot_spec::registry::radius::code as radius_code;

use super::peer::secret;
use super::rrq::Part;
use super::{Cases, Ending, Mobile, Outcome, ensure, fail};
use crate::Stage;
use crate::case::missing;
use crate::stage::Came;

/// A first request, and what the FHA asks about it.
fn asked(stage: &mut Stage<'_>) -> Result<(Mobile, Came), Ending> {
    let mut mobile = Mobile::new(stage)?;
    let request = mobile.first(stage);
    mobile.send(stage, &request.octets())?;
    match mobile.asked(stage, stage.patience()) {
        Some(ask) => Ok((mobile, ask)),
        None => fail("an Access-Request about a first request", "none"),
    }
}

type Look = fn(&Packet<'_>, &Mobile, &Stage<'_>) -> Outcome;

fn look(cases: &mut Cases, purpose: &'static str, clauses: &'static str, look: Look) {
    cases
        .add("ask", purpose, clauses, move |stage| {
            let (mobile, ask) = asked(stage)?;
            match Packet::decode(&ask.octets) {
                Ok(packet) => look(&packet, &mobile, stage),
                Err(error) => fail("a RADIUS packet", error.to_string()),
            }
        })
        .rule(Rule::FhaAsks)
        .claims("bootstrap");
}

pub(super) fn add(cases: &mut Cases) {
    look(
        cases,
        "a first request is asked about by an Access-Request",
        "registration.6.1, RFC 2865 §4.1",
        |packet, _, _| {
            ensure(packet.code() == radius_code::ACCESS_REQUEST, "code 1", || {
                packet.code().to_string()
            })
        },
    );
    look(
        cases,
        "the question names the NAI as User-Name",
        "registration.6.3, RFC 2865 §5.1",
        |packet, mobile, _| {
            ensure(packet.user_name().once() == mobile.nai.as_deref(), "the NAI", || {
                format!("{:?}", packet.user_name())
            })
        },
    );
    look(
        cases,
        "the question has one right Message-Authenticator",
        "access.6.5, wire.4.9, RFC 3579 §3.2",
        |packet, _, stage| match packet.verify_request(&secret(stage)) {
            Ok(()) => Ok(()),
            Err(error) => fail("one that is right", error.to_string()),
        },
    );
    look(
        cases,
        "the question carries a CHAP response that proves the MN-AAA key",
        "registration.6.3, wire.3.10, RFC 4721 §8",
        |packet, mobile, _| match packet.credential() {
            Ok(Credential::Chap(chap)) => ensure(
                ChapExchange::proves(&chap, &mobile.aaa_key),
                "a response by the key of the mobile node",
                || "another".to_owned(),
            ),
            Ok(other) => fail("CHAP-Password", format!("{other:?}")),
            Err(error) => fail("CHAP-Password", error.to_string()),
        },
    );
    look(
        cases,
        "the CHAP identifier is the challenge's first octet, 0",
        "registration.6.3, wire.3.10, RFC 4721 §8",
        |packet, _, _| {
            let identifier = packet.chap_password().once().map(|password| password.identifier);
            ensure(identifier == Some(0), "0", || format!("{identifier:?}"))
        },
    );
    look(
        cases,
        "CHAP-Challenge is the inner digest and the challenge octet",
        "registration.6.3, wire.3.10, RFC 4721 §8",
        |packet, _, _| {
            let challenge = packet.chap_challenge().once().unwrap_or_default();
            ensure(challenge.len() == 17 && challenge.last() == Some(&0), "16 octets and 0", || {
                format!("{challenge:02x?}")
            })
        },
    );
    look(
        cases,
        "the question has no User-Password and no EAP",
        "wire.4.20, RFC 2865 §5.44",
        |packet, _, _| {
            let other = packet.attributes().any(|one| {
                matches!(one.value, Attribute::UserPassword(_) | Attribute::EapMessage(_))
            });
            ensure(!other, "CHAP alone", || "another credential too".to_owned())
        },
    );
    look(
        cases,
        "the question names the client by address or name",
        "access.3.4, RFC 2865 §5.44",
        |packet, _, _| {
            let named = packet.nas_identifier().once().is_some()
                || packet.nas_ip_address().once().is_some()
                || packet.nas_ipv6_address().once().is_some();
            ensure(named, "NAS-Identifier or NAS-IP-Address", || "neither".to_owned())
        },
    );
    look(cases, "the question says that the client is an FHA", "access.3.4", |packet, _, stage| {
        let role = packet.vendor(stage.profile.vendor).client_role().once();
        ensure(role == Some(client_role::FHA), "Client-Role 3", || format!("{role:?}"))
    });
    look(
        cases,
        "the question carries the SPI that the mobile node chose",
        "registration.6.4",
        |packet, mobile, stage| {
            let spi = packet.vendor(stage.profile.vendor).mn_spi().once();
            ensure(spi == Some(mobile.mn_spi), format!("{:#x}", mobile.mn_spi), || {
                format!("{spi:x?}")
            })
        },
    );
    look(
        cases,
        "the question carries an SPI that the FHA chose, 256 or greater",
        "registration.6.4, keys.1.8",
        |packet, _, stage| {
            let spi = packet.vendor(stage.profile.vendor).fha_spi().once();
            ensure(spi.is_some_and(|spi| spi >= FIRST_FREE_SPI), "an SPI of 256 or more", || {
                format!("{spi:x?}")
            })
        },
    );
    look(
        cases,
        "the question hints the FHA's IPv6 prefix",
        "registration.6.5, RFC 3162 §2.3",
        |packet, _, stage| {
            let prefix = packet.framed_ipv6_prefixes().next();
            let right = prefix.is_some_and(|prefix| {
                stage.profile.target.prefix.is_none_or(|own| prefix.address() == own)
            });
            ensure(right, "Framed-IPv6-Prefix with the target's prefix", || format!("{prefix:?}"))
        },
    );
    look(
        cases,
        "the question about a new mobile node names no THOAv4",
        "registration.6.6",
        |packet, _, _| {
            ensure(packet.framed_ip_address().is_absent(), "no Framed-IP-Address", || {
                format!("{:?}", packet.framed_ip_address())
            })
        },
    );
    look(
        cases,
        "no attribute of the question has a wrong form",
        "wire.5.4, RFC 2865 §5",
        |packet, _, _| {
            let wrong: Vec<u8> = packet.malformed().map(|one| one.value.kind()).collect();
            ensure(wrong.is_empty(), "none", || format!("types {wrong:?}"))
        },
    );
    look(
        cases,
        "the question does not carry the key of the mobile node",
        "keys.2.4",
        |packet, mobile, _| {
            let there = packet
                .octets()
                .windows(mobile.aaa_key.len().max(1))
                .any(|window| window == mobile.aaa_key);
            ensure(!there, "no secret", || "the MN-AAA key in clear".to_owned())
        },
    );

    let bootstrap = "bootstrap";
    cases
        .add("ask.once", "a first request is asked about once", "registration.6.1", |stage| {
            let (mobile, _) = asked(stage)?;
            match mobile.asked(stage, stage.silence()) {
                None => Ok(()),
                Some(_) => fail("one question", "two"),
            }
        })
        .rule(Rule::FhaAsks)
        .claims(bootstrap);
    cases
        .add(
            "ask.silence",
            "nothing is said to the mobile node before the answer",
            "registration.6.1",
            |stage| {
                let (mobile, _) = asked(stage)?;
                match mobile.reply(stage, stage.silence()) {
                    None => Ok(()),
                    Some(answer) => {
                        fail("no reply before the Accept", format!("code {}", answer.code))
                    }
                }
            },
        )
        .rule(Rule::FhaAsks)
        .claims(bootstrap);
    cases
        .add(
            "ask.retransmission",
            "an unanswered question is sent again after about 2 s, octet for octet",
            "access.6.1, access.6.2, RFC 5080 §2.2.1",
            |stage| {
                let (mobile, ask) = asked(stage)?;
                let Some(again) = mobile.asked(stage, Duration::from_millis(2700)) else {
                    return fail("a retransmission within 2.2 s", "none within 2.7 s");
                };
                ensure(
                    again.octets == ask.octets && again.from == ask.from,
                    "the same octets from the same port",
                    || "others".to_owned(),
                )
            },
        )
        .claims(bootstrap);
    cases
        .add(
            "ask.retransmission",
            "an unanswered question is not sent again before 1.7 s",
            "access.6.1, RFC 5080 §2.2.1",
            |stage| {
                let (mobile, _) = asked(stage)?;
                match mobile.asked(stage, Duration::from_millis(1700)) {
                    None => Ok(()),
                    Some(_) => fail("no retransmission before 1.8 s", "one"),
                }
            },
        )
        .claims(bootstrap);
    cases
        .add(
            "ask.identifier",
            "two questions have different Request Authenticators",
            "access.6.3, RFC 2865 §3",
            |stage| {
                let (_, one) = asked(stage)?;
                stage.number += 10_000;
                let (_, other) = asked(stage)?;
                ensure(
                    one.octets.get(4..20) != other.octets.get(4..20),
                    "fresh random octets",
                    || "the same".to_owned(),
                )
            },
        )
        .claims(bootstrap);
    cases
        .add(
            "ask.identifier",
            "two questions that wait have different Identifiers",
            "access.6.3, RFC 2865 §3",
            |stage| {
                let (_, one) = asked(stage)?;
                stage.number += 10_000;
                let (_, other) = asked(stage)?;
                let same = one.octets.get(1) == other.octets.get(1) && one.from == other.from;
                ensure(!same, "different Identifiers or ports", || "the same".to_owned())
            },
        )
        .claims(bootstrap);
    cases
        .add(
            "ask.parallel",
            "a second first request while one waits is not asked about",
            "registration.6.2",
            |stage| {
                let (mut mobile, _) = asked(stage)?;
                let request = mobile.first(stage);
                mobile.send(stage, &request.octets())?;
                match mobile.asked(stage, stage.silence()) {
                    None => Ok(()),
                    Some(_) => fail("one question at a time for an NAI", "a second one"),
                }
            },
        )
        .rule(Rule::FhaDropsParallel)
        .claims(bootstrap);
    cases
        .add(
            "ask.parallel",
            "a refresh goes on while a first request waits",
            "registration.6.2, registration.7.1",
            |stage| {
                let mut mobile = Mobile::registered(stage)?;
                let forged = mobile.first(stage);
                mobile.send(stage, &forged.octets())?;
                if mobile.asked(stage, stage.patience()).is_none() {
                    return missing("a question about the first request");
                }
                super::still_registered(stage, &mut mobile)
            },
        )
        .rule(Rule::FhaBindsAgain)
        .claims(bootstrap);
    cases
        .add(
            "ask.renewal",
            "the question about a mobile node with a binding names its THOAv4",
            "registration.6.6",
            |stage| {
                let mut mobile = Mobile::registered(stage)?;
                let request = mobile.first(stage);
                mobile.send(stage, &request.octets())?;
                let Some(ask) = mobile.asked(stage, stage.patience()) else {
                    return fail("a question", "none");
                };
                let Ok(packet) = Packet::decode(&ask.octets) else {
                    return fail("a packet", "none");
                };
                let told = packet.framed_ip_address().once();
                ensure(told == Some(mobile.home_address), mobile.home_address.to_string(), || {
                    format!("{told:?}")
                })
            },
        )
        .rule(Rule::FhaAsks)
        .claims(bootstrap);
    for flags in [0x01_u8, 0x0f, 0xff] {
        cases
            .add(
                "ask.wanted",
                format!("Bootstrap-Request {flags:#04x} of the mobile node is handed on"),
                "registration.6.6, registration.4.9",
                move |stage| {
                    let mut mobile = Mobile::new(stage)?;
                    let mut request = mobile.first(stage);
                    let vendor = stage.profile.vendor;
                    let kind = u16::from(parameter::BOOTSTRAP_REQUEST);
                    request.parts.insert(
                        1,
                        Part::of(Extension::Nvse(Vendor {
                            vendor,
                            kind,
                            reserved: 0,
                            value: &[flags],
                        })),
                    );
                    mobile.send(stage, &request.octets())?;
                    let Some(ask) = mobile.asked(stage, stage.patience()) else {
                        return fail("a question", "none");
                    };
                    let Ok(packet) = Packet::decode(&ask.octets) else {
                        return fail("a packet", "none");
                    };
                    let told = packet
                        .vendor(vendor)
                        .parameters()
                        .bootstrap_request
                        .once()
                        .map(|wanted| wanted.0);
                    ensure(told == Some(flags), format!("{flags:#04x}"), || format!("{told:x?}"))
                },
            )
            .claims(bootstrap);
    }
    cases
        .add("ask.none", "a refresh is not asked about", "registration.7.1", |stage| {
            let (mobile, _, _) = super::refreshed(stage)?;
            match mobile.asked(stage, stage.silence()) {
                None => Ok(()),
                Some(_) => fail("no question", "an Access-Request"),
            }
        })
        .rule(Rule::FhaBindsAgain)
        .claims(bootstrap);
    for length in [1_usize, 8, 32, 237, 238, 253] {
        cases
            .add(
                "ask.challenge",
                format!(
                    "a challenge of {length} octets is handed on as CHAP values that prove the key"
                ),
                "registration.6.3, wire.3.9, wire.3.10, RFC 4721 §8",
                move |stage| {
                    let mut mobile = Mobile::new(stage)?;
                    let mut request = mobile.first(stage);
                    let mut challenge = vec![0x5a; length];
                    if let Some(first) = challenge.first_mut() {
                        *first = 0xa1;
                    }
                    let extension = Part::short(132, &challenge);
                    request.before_auth(extension);
                    request.tweak_aaa(|_, used, _| *used = challenge.clone());
                    mobile.send(stage, &request.octets())?;
                    let Some(ask) = mobile.asked(stage, stage.patience()) else {
                        return fail("a question", "none");
                    };
                    let Ok(packet) = Packet::decode(&ask.octets) else {
                        return fail("a packet", "none");
                    };
                    match packet.credential() {
                        Ok(Credential::Chap(chap)) => {
                            ensure(chap.proves(&mobile.aaa_key), "a response by the key", || {
                                "another".to_owned()
                            })
                        }
                        other => fail("CHAP-Password", format!("{other:?}")),
                    }
                },
            )
            .claims(bootstrap);
    }
}
