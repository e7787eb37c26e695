//! First requests that something is wrong with.

use std::net::Ipv4Addr;

use dsboot_codec::mip4::{Algorithm, AuthenticationKind, Extension, RequestFlags};
use dsboot_model::Rule;
use dsboot_spec::registry::mip4::request_flag;

use super::peer::Sa;
use super::rrq::{Part, Tweak};
use super::{
    ACCEPTED, Allowed, Cases, Change, Mobile, Outcome, REFUSED, SILENCE, code, code_or_silence,
    fail, granted_first, unasked_first,
};
use crate::Stage;

type Row = (&'static str, &'static str, Change, Allowed);

/// Puts the key request with another SPI in.
fn key_request(rrq: &mut super::Rrq, spi: u32) {
    rrq.without(42);
    rrq.before_auth(Part::Raw([[42_u8, 1, 0, 4].as_slice(), &spi.to_be_bytes()].concat()));
}

pub(super) fn add(cases: &mut Cases) {
    let claim = "bootstrap";
    let unasked: &[Row] = &[
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

    let granted: &[Row] = &[
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
                    answer.proof(mobile.mn_spi, Algorithm::HmacMd5, &key)?;
                    super::identification::no_parameters(stage, &answer)
                },
            )
            .claims(claim);
    }
    wrong_proofs(cases);
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
