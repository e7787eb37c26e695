//! The authenticator under an association: altered, missing, doubled, under other keys.

use dsboot_codec::mip4::{Algorithm, AuthenticationKind};
use dsboot_model::Rule;

use super::later::rows;
use super::peer::Sa;
use super::rrq::{Part, Tweak};
use super::{Cases, Mobile, REFUSED, code_or_silence, fail, octets_again, still_registered};

pub(super) fn add(cases: &mut Cases) {
    authenticators(cases);
    altered(cases);
}

fn authenticators(cases: &mut Cases) {
    let rule = Rule::FhaRefusesUnproved;
    let wrong = code_or_silence(&[131]);
    for at in 0..16 {
        cases
            .add(
                "rrq.auth.octet",
                format!(
                    "a request with a wrong bit in octet {at} of the authenticator is not accepted"
                ),
                "registration.7.3, wire.3.6, RFC 3344 §3.8.2.1",
                move |stage| {
                    let mut mobile = Mobile::registered(stage)?;
                    let mut request = mobile.again(stage)?;
                    request.tweak(|_, tweak| *tweak = Tweak::Flip(at));
                    mobile.send(stage, &request.octets())?;
                    wrong.judge(stage, &mobile)?;
                    still_registered(stage, &mut mobile)
                },
            )
            .rule(rule);
    }
    for length in [0, 1, 4, 8, 12, 15, 17, 20, 32] {
        cases
            .add(
                "rrq.auth.length",
                format!("an authenticator of {length} octets is not accepted"),
                "registration.7.3, wire.3.2, RFC 3344 §3.5.1",
                move |stage| {
                    let mut mobile = Mobile::registered(stage)?;
                    let mut request = mobile.again(stage)?;
                    request.tweak(|_, tweak| *tweak = Tweak::Length(length));
                    mobile.send(stage, &request.octets())?;
                    code_or_silence(&[131, 134]).judge(stage, &mobile)?;
                    still_registered(stage, &mut mobile)
                },
            )
            .rule(rule);
    }
    rows(
        cases,
        "rrq.auth.wrong",
        &[
            (
                "an authenticator of zeros is not accepted",
                "registration.7.3, RFC 3344 §3.8.2.1",
                |rrq, _| rrq.tweak(|_, tweak| *tweak = Tweak::Zero),
                code_or_silence(&[131]),
            ),
            (
                "an authenticator under another key is not accepted",
                "registration.7.3, RFC 3344 §3.8.2.1",
                |rrq, _| rrq.tweak(|sa, _| sa.key = b"another key 1234".to_vec()),
                code_or_silence(&[131]),
            ),
            (
                "an authenticator under an empty key is not accepted",
                "registration.7.3, RFC 3344 §3.8.2.1",
                |rrq, _| rrq.tweak(|sa, _| sa.key = Vec::new()),
                code_or_silence(&[131]),
            ),
            (
                "an authenticator under the key without its last octet is not accepted",
                "registration.7.3, RFC 3344 §3.8.2.1",
                |rrq, _| rrq.tweak(|sa, _| sa.key.truncate(sa.key.len().saturating_sub(1))),
                code_or_silence(&[131]),
            ),
            (
                "a request with an SPI that names no association is not accepted",
                "registration.7.3, wire.3.7, RFC 3344 §3.8.2.1",
                |rrq, _| rrq.tweak(|sa, _| sa.spi ^= 0x0101_0000),
                code_or_silence(&[131]),
            ),
            (
                "a request with SPI 0 is not accepted",
                "wire.3.7, RFC 3344 §1.6",
                |rrq, _| rrq.tweak(|sa, _| sa.spi = 0),
                code_or_silence(&[131, 134]),
            ),
            (
                "a request with SPI 1 is not accepted",
                "wire.3.7, RFC 3344 §1.6",
                |rrq, _| rrq.tweak(|sa, _| sa.spi = 1),
                code_or_silence(&[131, 134]),
            ),
            (
                "a request with the reserved SPI 255 is not accepted",
                "wire.3.7, RFC 3344 §1.6",
                |rrq, _| rrq.tweak(|sa, _| sa.spi = 255),
                code_or_silence(&[131, 134]),
            ),
            (
                "a request with SPI 0xffffffff is not accepted",
                "registration.7.3, RFC 3344 §3.8.2.1",
                |rrq, _| rrq.tweak(|sa, _| sa.spi = u32::MAX),
                code_or_silence(&[131]),
            ),
            (
                "an authenticator made by another algorithm is not accepted",
                "registration.7.3, wire.3.4, RFC 3344 §5.1",
                |rrq, _| {
                    rrq.tweak(|sa, _| {
                        sa.algorithm = match sa.algorithm {
                            Algorithm::HmacMd5 => Algorithm::PrefixSuffixMd5,
                            _ => Algorithm::HmacMd5,
                        };
                    });
                },
                code_or_silence(&[131, 134]),
            ),
            (
                "a request without any authenticator is not accepted",
                "registration.7.2, RFC 5944 §3.8.2.1",
                |rrq, _| rrq.without(32),
                code_or_silence(&[131, 134]),
            ),
            (
                "a request with a mobile-foreign authenticator alone is not accepted",
                "registration.7.2, RFC 3344 §3.8.2.1",
                |rrq, m| {
                    rrq.without(32);
                    if let Some(sa) = m.sa.clone() {
                        rrq.parts.push(Part::Auth {
                            kind: AuthenticationKind::MobileForeign,
                            sa,
                            tweak: Tweak::Right,
                        });
                    }
                },
                code_or_silence(&[131, 134]),
            ),
            (
                "a request with a foreign-home authenticator alone is not accepted",
                "registration.7.2, RFC 3344 §3.8.2.1",
                |rrq, m| {
                    rrq.without(32);
                    if let Some(sa) = m.sa.clone() {
                        rrq.parts.push(Part::Auth {
                            kind: AuthenticationKind::ForeignHome,
                            sa,
                            tweak: Tweak::Right,
                        });
                    }
                },
                code_or_silence(&[131, 132, 134]),
            ),
            (
                "a wrong authenticator before a right one is not accepted",
                "registration.7.3, wire.2.24, RFC 3344 §3.8.2.1",
                |rrq, m| {
                    let at = rrq.auth();
                    if let Some(sa) = m.sa.clone() {
                        rrq.parts.insert(
                            at,
                            Part::Auth {
                                kind: AuthenticationKind::MobileHome,
                                sa,
                                tweak: Tweak::Flip(3),
                            },
                        );
                    }
                },
                code_or_silence(&[131, 134]),
            ),
            (
                "a right authenticator before a wrong one is not accepted",
                "registration.7.3, wire.2.24, RFC 3344 §3.8.2.1",
                |rrq, m| {
                    if let Some(sa) = m.sa.clone() {
                        rrq.parts.push(Part::Auth {
                            kind: AuthenticationKind::MobileHome,
                            sa,
                            tweak: Tweak::Flip(3),
                        });
                    }
                },
                REFUSED,
            ),
        ],
    );
    cases.add(
        "rrq.auth.unknown",
        "a refusal of a wrong authenticator is not proved by another key",
        "registration.7.3, RFC 3344 §3.8.2.1",
        |stage| {
            let mut mobile = Mobile::registered(stage)?;
            let mut request = mobile.again(stage)?;
            request.tweak(|sa, _| sa.key = b"another key 1234".to_vec());
            mobile.send(stage, &request.octets())?;
            let forged = Sa {
                spi: mobile.mn_spi,
                algorithm: Algorithm::HmacMd5,
                key: b"another key 1234".to_vec(),
            };
            match mobile.reply(stage, stage.silence()) {
                Some(answer) if answer.is_proved(forged.spi, forged.algorithm, &forged.key) => {
                    fail("no reply under a key that only a forger has", "such a reply")
                }
                _ => Ok(()),
            }
        },
    );
}

/// Octets that the authenticator covers, changed after it was made.
fn altered(cases: &mut Cases) {
    for (at, field) in [
        (1, "flags"),
        (2, "Lifetime (high)"),
        (3, "Lifetime (low)"),
        (4, "Home Address"),
        (7, "Home Address (last octet)"),
        (8, "Home Agent"),
        (11, "Home Agent (last octet)"),
        (12, "Care-of Address"),
        (15, "Care-of Address (last octet)"),
        (19, "Identification (high half)"),
        (20, "Identification (low half)"),
        (23, "Identification (last octet)"),
    ] {
        cases
            .add(
                "rrq.altered",
                format!("a request whose {field} was changed on the way is not accepted"),
                "registration.7.3, wire.3.1, RFC 3344 §3.5.1",
                move |stage| {
                    octets_again(
                        stage,
                        |octets| {
                            if let Some(octet) = octets.get_mut(at) {
                                *octet ^= 0x01;
                            }
                        },
                        REFUSED,
                    )
                },
            )
            .rule(Rule::FhaRefusesUnproved);
    }
    cases
        .add(
            "rrq.altered",
            "a request whose NAI was changed on the way is not accepted",
            "registration.7.3, wire.3.1, RFC 2794 §2",
            |stage| {
                octets_again(
                    stage,
                    |octets| {
                        if octets.get(24) == Some(&131)
                            && let Some(octet) = octets.get_mut(26)
                        {
                            *octet ^= 0x01;
                        }
                    },
                    REFUSED,
                )
            },
        )
        .claims("nai");
    cases.add(
        "rrq.altered",
        "a request whose SPI was changed on the way is not accepted",
        "registration.7.3, wire.3.1, RFC 3344 §3.5.1",
        |stage| {
            octets_again(
                stage,
                |octets| {
                    let at = octets.len().saturating_sub(17);
                    if let Some(octet) = octets.get_mut(at) {
                        *octet ^= 0x01;
                    }
                },
                REFUSED,
            )
        },
    );
}
