//! Requests under an association: every field, flag and extension, right and wrong.

use std::net::Ipv4Addr;

use dsboot_codec::mip4::{Algorithm, AuthenticationKind, Extension, RequestFlags, Vendor};
use dsboot_model::Rule;
use dsboot_spec::registry::mip4::request_flag;

use super::peer::{Part, Sa, Tweak};
use super::{
    ACCEPTED, ANYTHING, Allowed, Cases, Change, Mobile, REFUSED, SILENCE, by_claim, changed_again,
    code, code_or_silence, ensure, fail, octets_again, still_registered,
};
use crate::conform::Level;
use crate::conform::case::missing;

/// Purpose, clauses, change, what is allowed.
type Row = (&'static str, &'static str, Change, Allowed);

const POORLY: Allowed = code(&[0, 1, 134]);

pub(super) fn add(cases: &mut Cases) {
    flags(cases);
    fields(cases);
    authenticators(cases);
    altered(cases);
    extensions(cases);
    lifetimes(cases);
    bindings(cases);
}

fn rows(cases: &mut Cases, group: &str, rows: &[Row]) {
    for (purpose, clauses, change, allowed) in rows {
        let (change, allowed) = (*change, *allowed);
        cases.add(group, *purpose, clauses, move |stage| changed_again(stage, change, allowed));
    }
}

fn flags(cases: &mut Cases) {
    cases.add("rrq.flags", "S (simultaneous bindings) does no harm", "registration.7.11, RFC 3344 §3.8.2.2",
        |stage| changed_again(stage, |rrq, _| rrq.header.flags.0 |= request_flag::SIMULTANEOUS, ACCEPTED))
        .rule(Rule::FhaBindsAgain);
    cases.add("rrq.flags", "S is answered by code 1 where one binding is kept", "registration.7.11, RFC 3344 §3.8.2.2",
        |stage| changed_again(stage, |rrq, _| rrq.header.flags.0 |= request_flag::SIMULTANEOUS, code(&[1])))
        .claims("simultaneous-none");
    cases.add("rrq.flags", "B (broadcasts) does no harm", "wire.1.4, RFC 3344 §3.3",
        |stage| changed_again(stage, |rrq, _| rrq.header.flags.0 |= request_flag::BROADCAST, ACCEPTED));
    cases.add("rrq.flags", "D clear is no fault by itself", "wire.1.4, RFC 3344 §3.3",
        |stage| changed_again(stage, |rrq, _| rrq.header.flags.0 &= !request_flag::DECAPSULATION, ACCEPTED));
    for (mask, name) in [
        (request_flag::MINIMAL_ENCAPSULATION, "M (minimal encapsulation)"),
        (request_flag::GRE, "G (GRE)"),
    ] {
        cases.add("rrq.flags", format!("{name} is served, or refused by 139"), "registration.7.8, RFC 3344 §3.8.2.3",
            move |stage| {
                let allowed = by_claim(stage.profile, "encapsulation-none", code(&[139]), code(&[0, 1, 139]));
                let mut mobile = Mobile::new(stage)?;
                mobile.establish(stage)?;
                let mut request = mobile.again(stage)?;
                request.header.flags.0 |= mask;
                mobile.send(stage, &request.octets())?;
                allowed.judge(stage, &mobile)?;
                still_registered(stage, &mut mobile)
            });
    }
    cases.add("rrq.flags", "the reserved bit r is ignored", "wire.1.4, RFC 3344 §3.3",
        |stage| changed_again(stage, |rrq, _| rrq.header.flags.0 |= request_flag::RESERVED_R, ACCEPTED));
    cases.add("rrq.flags", "the reserved bit x is ignored, or refused by 134", "registration.7.8, RFC 3344 §3.3, RFC 3344 §3.8.2.3",
        |stage| {
            let allowed = by_claim(stage.profile, "bootstrap", code(&[134]), POORLY);
            changed_again(stage, |rrq, _| rrq.header.flags.0 |= request_flag::RESERVED_X, allowed)
        });
    cases.add("rrq.flags", "T clear is served, or refused by 138", "registration.7.8, RFC 3024 §4.3.1",
        |stage| {
            let allowed = by_claim(stage.profile, "reverse-tunnel-only", code(&[138]), code(&[0, 1, 138]));
            changed_again(stage, |rrq, _| rrq.header.flags.0 &= !request_flag::REVERSE_TUNNEL, allowed)
        });
    cases.add("rrq.flags", "all flags at once are answered by some reply of a home agent", "registration.7.8, RFC 3344 §3.8.2.3",
        |stage| changed_again(stage, |rrq, _| rrq.header.flags = RequestFlags(0xff), code(&[0, 1, 134, 137, 139])));
    cases.add("rrq.flags", "no flags at all are answered by some reply of a home agent", "registration.7.8, RFC 3344 §3.8.2.3",
        |stage| changed_again(stage, |rrq, _| rrq.header.flags = RequestFlags(0), code(&[0, 1, 138])));
}

fn fields(cases: &mut Cases) {
    rows(cases, "rrq.home-agent", &[
        ("a request for another home agent is refused by 136", "registration.7.8, RFC 3344 §3.8.2.1",
            |rrq, _| rrq.header.home_agent = Ipv4Addr::new(192, 0, 2, 99), code_or_silence(&[136])),
        ("a request for the broadcast address is refused by 136", "registration.7.8, RFC 3344 §3.8.2.1",
            |rrq, _| rrq.header.home_agent = Ipv4Addr::BROADCAST, code_or_silence(&[136])),
        ("a request for 0.0.0.0 is refused by 136", "registration.7.8, RFC 3344 §3.8.2.1",
            |rrq, _| rrq.header.home_agent = Ipv4Addr::UNSPECIFIED, code_or_silence(&[0, 1, 136])),
        ("a request for a group of agents is refused by 136", "registration.7.8, RFC 3344 §3.8.2.1",
            |rrq, _| rrq.header.home_agent = Ipv4Addr::new(224, 0, 0, 11), code_or_silence(&[136])),
        ("a request whose Home Agent is the home address is refused", "registration.7.8, RFC 3344 §3.8.2.1",
            |rrq, _| rrq.header.home_agent = rrq.header.home_address, code_or_silence(&[136])),
    ]);
    cases.add("rrq.home-agent", "the refusal by 136 names the home agent's own address", "registration.2.1, RFC 3344 §3.8.2.1",
        |stage| {
            let mut mobile = Mobile::new(stage)?;
            mobile.establish(stage)?;
            let mut request = mobile.again(stage)?;
            request.header.home_agent = Ipv4Addr::BROADCAST;
            mobile.send(stage, &request.octets())?;
            match mobile.reply(stage, stage.patience()) {
                Some(answer) if answer.code == 136 => {
                    let own = mobile.home_agent;
                    ensure(answer.home_agent == own, own.to_string(), || answer.home_agent.to_string())
                }
                _ => missing("a refusal by 136"),
            }
        });
    rows(cases, "rrq.home-address", &[
        ("a home address that is not this mobile node's is refused", "registration.7.1, RFC 3344 §3.8.2.1",
            |rrq, _| rrq.header.home_address = Ipv4Addr::new(203, 0, 113, 250), REFUSED),
        ("the broadcast address as home address is refused", "registration.7.1, RFC 3344 §3.8.2.1",
            |rrq, _| rrq.header.home_address = Ipv4Addr::BROADCAST, REFUSED),
        ("a multicast address as home address is refused", "registration.7.1, RFC 3344 §3.8.2.1",
            |rrq, _| rrq.header.home_address = Ipv4Addr::new(224, 0, 0, 1), REFUSED),
        ("a loopback address as home address is refused", "registration.7.1, RFC 3344 §3.8.2.1",
            |rrq, _| rrq.header.home_address = Ipv4Addr::new(127, 77, 77, 77), REFUSED),
        ("the home agent's address as home address is refused", "registration.7.1, RFC 3344 §3.8.2.1",
            |rrq, m| rrq.header.home_address = m.home_agent, REFUSED),
    ]);
    for (purpose, care_of) in [
        ("a care-of address of 0.0.0.0", Ipv4Addr::UNSPECIFIED),
        ("a broadcast care-of address", Ipv4Addr::BROADCAST),
        ("a multicast care-of address", Ipv4Addr::new(224, 0, 0, 5)),
    ] {
        cases.add("rrq.care-of", format!("{purpose} harms neither target nor others"), "registration.7.10, RFC 3344 §3.8.2.1",
            move |stage| {
                let mut mobile = Mobile::new(stage)?;
                mobile.establish(stage)?;
                let mut request = mobile.again(stage)?;
                request.header.care_of_address = care_of;
                mobile.send(stage, &request.octets())?;
                ANYTHING.judge(stage, &mobile)?;
                still_registered(stage, &mut mobile)
            });
    }
    cases.add("rrq.care-of", "a new care-of address is accepted and the home address stays", "movement.1.3, RFC 3344 §3.8.2.2",
        |stage| {
            let mut mobile = Mobile::new(stage)?;
            mobile.establish(stage)?;
            let mut request = mobile.again(stage)?;
            request.header.care_of_address = Ipv4Addr::new(198, 51, 100, 9);
            mobile.send(stage, &request.octets())?;
            let Some(answer) = ACCEPTED.judge(stage, &mobile)? else { return Ok(()) };
            let home = mobile.home_address;
            ensure(answer.home_address == home, home.to_string(), || answer.home_address.to_string())
        })
        .rule(Rule::FhaBindsAgain);
}

fn authenticators(cases: &mut Cases) {
    let rule = Rule::FhaRefusesUnproved;
    let wrong = code_or_silence(&[131]);
    for at in 0..16 {
        cases.add("rrq.auth.octet", format!("a request with a wrong bit in octet {at} of the authenticator is not accepted"),
            "registration.7.3, wire.3.6, RFC 3344 §3.8.2.1",
            move |stage| {
                let mut mobile = Mobile::new(stage)?;
                mobile.establish(stage)?;
                let mut request = mobile.again(stage)?;
                request.tweak(|_, tweak| *tweak = Tweak::Flip(at));
                mobile.send(stage, &request.octets())?;
                wrong.judge(stage, &mobile)?;
                still_registered(stage, &mut mobile)
            })
            .rule(rule);
    }
    for length in [0, 1, 4, 8, 12, 15, 17, 20, 32] {
        cases.add("rrq.auth.length", format!("an authenticator of {length} octets is not accepted"),
            "registration.7.3, wire.3.2, RFC 3344 §3.5.1",
            move |stage| {
                let mut mobile = Mobile::new(stage)?;
                mobile.establish(stage)?;
                let mut request = mobile.again(stage)?;
                request.tweak(|_, tweak| *tweak = Tweak::Length(length));
                mobile.send(stage, &request.octets())?;
                code_or_silence(&[131, 134]).judge(stage, &mobile)?;
                still_registered(stage, &mut mobile)
            })
            .rule(rule);
    }
    rows(cases, "rrq.auth.wrong", &[
        ("an authenticator of zeros is not accepted", "registration.7.3, RFC 3344 §3.8.2.1",
            |rrq, _| rrq.tweak(|_, tweak| *tweak = Tweak::Zero), code_or_silence(&[131])),
        ("an authenticator under another key is not accepted", "registration.7.3, RFC 3344 §3.8.2.1",
            |rrq, _| rrq.tweak(|sa, _| sa.key = b"another key 1234".to_vec()), code_or_silence(&[131])),
        ("an authenticator under an empty key is not accepted", "registration.7.3, RFC 3344 §3.8.2.1",
            |rrq, _| rrq.tweak(|sa, _| sa.key = Vec::new()), code_or_silence(&[131])),
        ("an authenticator under the key without its last octet is not accepted", "registration.7.3, RFC 3344 §3.8.2.1",
            |rrq, _| rrq.tweak(|sa, _| sa.key.truncate(sa.key.len().saturating_sub(1))), code_or_silence(&[131])),
        ("a request with an SPI that names no association is not accepted", "registration.7.3, wire.3.7, RFC 3344 §3.8.2.1",
            |rrq, _| rrq.tweak(|sa, _| sa.spi ^= 0x0101_0000), code_or_silence(&[131])),
        ("a request with SPI 0 is not accepted", "wire.3.7, RFC 3344 §1.6",
            |rrq, _| rrq.tweak(|sa, _| sa.spi = 0), code_or_silence(&[131])),
        ("a request with SPI 1 is not accepted", "wire.3.7, RFC 3344 §1.6",
            |rrq, _| rrq.tweak(|sa, _| sa.spi = 1), code_or_silence(&[131])),
        ("a request with the reserved SPI 255 is not accepted", "wire.3.7, RFC 3344 §1.6",
            |rrq, _| rrq.tweak(|sa, _| sa.spi = 255), code_or_silence(&[131])),
        ("a request with SPI 0xffffffff is not accepted", "registration.7.3, RFC 3344 §3.8.2.1",
            |rrq, _| rrq.tweak(|sa, _| sa.spi = u32::MAX), code_or_silence(&[131])),
        ("an authenticator made by another algorithm is not accepted", "registration.7.3, wire.3.4, RFC 3344 §5.1",
            |rrq, _| rrq.tweak(|sa, _| {
                sa.algorithm = match sa.algorithm {
                    Algorithm::HmacMd5 => Algorithm::PrefixSuffixMd5,
                    _ => Algorithm::HmacMd5,
                };
            }), code_or_silence(&[131, 134])),
        ("a request without any authenticator is not accepted", "registration.7.2, RFC 5944 §3.8.2.1",
            |rrq, _| rrq.without(32), code_or_silence(&[131])),
        ("a request with a mobile-foreign authenticator alone is not accepted", "registration.7.2, RFC 3344 §3.8.2.1",
            |rrq, m| {
                rrq.without(32);
                if let Some(sa) = m.sa.clone() {
                    rrq.parts.push(Part::Auth { kind: AuthenticationKind::MobileForeign, sa, tweak: Tweak::Right });
                }
            }, code_or_silence(&[131])),
        ("a request with a foreign-home authenticator alone is not accepted", "registration.7.2, RFC 3344 §3.8.2.1",
            |rrq, m| {
                rrq.without(32);
                if let Some(sa) = m.sa.clone() {
                    rrq.parts.push(Part::Auth { kind: AuthenticationKind::ForeignHome, sa, tweak: Tweak::Right });
                }
            }, code_or_silence(&[131, 132])),
        ("a wrong authenticator before a right one is not accepted", "registration.7.3, wire.2.24, RFC 3344 §3.8.2.1",
            |rrq, m| {
                let at = rrq.auth();
                if let Some(sa) = m.sa.clone() {
                    rrq.parts.insert(at, Part::Auth { kind: AuthenticationKind::MobileHome, sa, tweak: Tweak::Flip(3) });
                }
            }, code_or_silence(&[131, 134])),
        ("a right authenticator before a wrong one is not accepted", "registration.7.3, wire.2.24, RFC 3344 §3.8.2.1",
            |rrq, m| {
                if let Some(sa) = m.sa.clone() {
                    rrq.parts.push(Part::Auth { kind: AuthenticationKind::MobileHome, sa, tweak: Tweak::Flip(3) });
                }
            }, code_or_silence(&[0, 1, 131, 134])),
    ]);
    cases.add("rrq.auth.unknown", "a refusal of a wrong authenticator is not proved by another key", "registration.7.3, RFC 3344 §3.8.2.1",
        |stage| {
            let mut mobile = Mobile::new(stage)?;
            mobile.establish(stage)?;
            let mut request = mobile.again(stage)?;
            request.tweak(|sa, _| sa.key = b"another key 1234".to_vec());
            mobile.send(stage, &request.octets())?;
            let forged = Sa { spi: mobile.mn_spi, algorithm: Algorithm::HmacMd5, key: b"another key 1234".to_vec() };
            match mobile.reply(stage, stage.silence()) {
                Some(answer) if answer.is_proved(forged.spi, forged.algorithm, &forged.key) =>
                    fail("no reply under a key that only a forger has", "such a reply"),
                _ => Ok(()),
            }
        });
}

/// Octets that the authenticator covers, changed after it was made.
fn altered(cases: &mut Cases) {
    for (at, field) in [
        (1, "flags"), (2, "Lifetime (high)"), (3, "Lifetime (low)"), (4, "Home Address"), (7, "Home Address (last octet)"),
        (8, "Home Agent"), (11, "Home Agent (last octet)"), (12, "Care-of Address"), (15, "Care-of Address (last octet)"),
        (19, "Identification (high half)"), (20, "Identification (low half)"), (23, "Identification (last octet)"),
    ] {
        cases.add("rrq.altered", format!("a request whose {field} was changed on the way is not accepted"),
            "registration.7.3, wire.3.1, RFC 3344 §3.5.1",
            move |stage| octets_again(stage, |octets| {
                if let Some(octet) = octets.get_mut(at) {
                    *octet ^= 0x01;
                }
            }, REFUSED))
            .rule(Rule::FhaRefusesUnproved);
    }
    cases.add("rrq.altered", "a request whose NAI was changed on the way is not accepted", "registration.7.3, wire.3.1, RFC 2794 §2",
        |stage| octets_again(stage, |octets| {
            if octets.get(24) == Some(&131) && let Some(octet) = octets.get_mut(26) {
                *octet ^= 0x01;
            }
        }, REFUSED))
        .claims("nai");
    cases.add("rrq.altered", "a request whose SPI was changed on the way is not accepted", "registration.7.3, wire.3.1, RFC 3344 §3.5.1",
        |stage| octets_again(stage, |octets| {
            let at = octets.len().saturating_sub(17);
            if let Some(octet) = octets.get_mut(at) {
                *octet ^= 0x01;
            }
        }, REFUSED));
}

fn extensions(cases: &mut Cases) {
    for kind in [1, 5, 31, 35, 51, 64, 100, 126] {
        cases.add("rrq.ext.critical", format!("a request with the unknown extension {kind}, not to be skipped, is discarded"),
            "wire.2.4, RFC 3344 §1.8",
            move |stage| {
                let mut mobile = Mobile::new(stage)?;
                mobile.establish(stage)?;
                let mut request = mobile.again(stage)?;
                request.before_auth(Part::short(kind, &[1, 2, 3, 4]));
                mobile.send(stage, &request.octets())?;
                SILENCE.judge(stage, &mobile)?;
                still_registered(stage, &mut mobile)
            });
    }
    for (kind, length) in [(128, 0), (128, 5), (129, 2), (150, 1), (160, 64), (200, 4), (230, 200), (254, 255)] {
        cases.add("rrq.ext.skippable", format!("the unknown extension {kind} of {length} octets is skipped"),
            "wire.2.5, RFC 3344 §1.8",
            move |stage| {
                let mut mobile = Mobile::new(stage)?;
                mobile.establish(stage)?;
                let mut request = mobile.again(stage)?;
                request.before_auth(Part::short(kind, &vec![0xa5; length]));
                mobile.send(stage, &request.octets())?;
                ACCEPTED.judge(stage, &mobile).map(|_| ())
            });
    }
    cases.add("rrq.ext.skippable", "five unknown skippable extensions in a row are skipped", "wire.2.5, RFC 3344 §1.8",
        |stage| changed_again(stage, |rrq, _| for kind in 200..205 {
            rrq.before_auth(Part::short(kind, &[kind; 3]));
        }, ACCEPTED));
    cases.add("rrq.ext.skippable", "what looks like an authenticator inside an unknown skippable extension is none", "wire.2.5, RFC 3344 §1.8",
        |stage| changed_again(stage, |rrq, _| {
            let inner: Vec<u8> = [[32_u8, 20].as_slice(), &[0; 20]].concat();
            rrq.before_auth(Part::short(200, &inner));
        }, ACCEPTED));
    cases.add("rrq.ext.skippable", "an unknown skippable extension behind the authenticator does no harm", "wire.2.5, RFC 3344 §3.8.2.1",
        |stage| changed_again(stage, |rrq, _| rrq.parts.push(Part::short(200, &[1, 2])), ACCEPTED));
    cases.add("rrq.ext.critical", "an unknown extension behind the authenticator, not to be skipped, discards the request", "wire.2.4, RFC 3344 §1.8",
        |stage| changed_again(stage, |rrq, _| rrq.parts.push(Part::short(100, &[1, 2])), SILENCE));
    for (purpose, clauses, vendor, kind) in [
        ("a normal vendor extension of an unknown vendor is skipped", "wire.2.18, RFC 3115 §2.3", 99_u32, 1_u16),
        ("a normal vendor extension of an unknown type is skipped", "wire.2.33, RFC 3115 §2.3", 32473, 999),
    ] {
        cases.add("rrq.ext.vendor", purpose, clauses, move |stage| {
            let mut mobile = Mobile::new(stage)?;
            mobile.establish(stage)?;
            let mut request = mobile.again(stage)?;
            request.before_auth(Part::of(Extension::Nvse(Vendor { vendor, kind, value: &[1, 2, 3] })));
            mobile.send(stage, &request.octets())?;
            ACCEPTED.judge(stage, &mobile).map(|_| ())
        });
    }
    cases.add("rrq.ext.vendor", "a critical vendor extension of an unknown vendor is refused by 140", "wire.2.16, RFC 3115 §2.3",
        |stage| {
            let mut mobile = Mobile::new(stage)?;
            mobile.establish(stage)?;
            let mut request = mobile.again(stage)?;
            request.before_auth(Part::of(Extension::Cvse(Vendor { vendor: 99, kind: 1, value: &[1, 2, 3] })));
            mobile.send(stage, &request.octets())?;
            code_or_silence(&[140]).judge(stage, &mobile)?;
            still_registered(stage, &mut mobile)
        })
        .claims("vendor-critical");
    rows(cases, "rrq.ext.nai", &[
        ("a request without NAI is accepted by its home address", "registration.7.1, RFC 3344 §3.8.2.1",
            |rrq, _| rrq.without(131), ACCEPTED),
        ("a request with the NAI of somebody unknown is not accepted", "registration.7.3, RFC 2794 §3",
            |rrq, _| {
                rrq.without(131);
                rrq.parts.insert(0, Part::of(Extension::Nai(b"nobody@conform.example")));
            }, REFUSED),
        ("a request with two NAIs harms nothing", "wire.2.24, RFC 2794 §2",
            |rrq, _| rrq.parts.insert(0, Part::of(Extension::Nai(b"nobody@conform.example"))), ANYTHING),
        ("a request with an empty NAI harms nothing", "wire.2.9, RFC 2794 §2",
            |rrq, _| {
                rrq.without(131);
                rrq.parts.insert(0, Part::short(131, &[]));
            }, ANYTHING),
    ]);
    cases.add("rrq.ext.challenge", "a challenge extension under the authenticator does no harm", "registration.8.5, RFC 4721 §3.4",
        |stage| changed_again(stage, |rrq, _| rrq.parts.push(Part::short(132, &[7; 8])), ACCEPTED));
    cases.add("rrq.ext.revocation", "an offer of revocation (137) does no harm", "wire.2.39, RFC 3543 §3.2",
        |stage| changed_again(stage, |rrq, _| rrq.before_auth(Part::short(137, &[0x80, 0, 1, 2, 3, 4])), ACCEPTED));
    cases.add("rrq.ext.string", "a message string (145) does no harm", "wire.2.22, RFC 4917 §3",
        |stage| changed_again(stage, |rrq, _| rrq.before_auth(Part::short(145, b"\x01hello")), ACCEPTED));
    cases.add("rrq.ext.pad", "padding (0) harms nothing", "wire.2.3, RFC 3344 §6.3",
        |stage| changed_again(stage, |rrq, _| rrq.before_auth(Part::Raw(vec![0])), ANYTHING))
        .level(Level::May);
}

fn lifetimes(cases: &mut Cases) {
    for asked in [1_u16, 2, 60, 600, 1800, 3600, 36_000, 0xfffe] {
        cases.add("rrq.lifetime", format!("of {asked} s asked for, not more is granted, nor more than the target's maximum"),
            "registration.7.12, RFC 3344 §3.8.3.2",
            move |stage| {
                let mut mobile = Mobile::new(stage)?;
                mobile.establish(stage)?;
                let mut request = mobile.again(stage)?;
                request.header.lifetime = asked;
                mobile.send(stage, &request.octets())?;
                let Some(answer) = ACCEPTED.judge(stage, &mobile)? else { return Ok(()) };
                let most = asked.min(stage.profile.target.max_lifetime.unwrap_or(u16::MAX));
                ensure((1..=most).contains(&answer.lifetime), format!("1 to {most} s"), || format!("{} s", answer.lifetime))
            })
            .rule(Rule::FhaBindsAgain);
    }
    cases.add("rrq.lifetime", "an endless registration is not granted while the AAAH's session ends", "registration.7.12, RFC 3344 §3.8.3.2",
        |stage| {
            let mut mobile = Mobile::new(stage)?;
            mobile.establish(stage)?;
            let mut request = mobile.again(stage)?;
            request.header.lifetime = u16::MAX;
            mobile.send(stage, &request.octets())?;
            let Some(answer) = ACCEPTED.judge(stage, &mobile)? else { return Ok(()) };
            ensure(answer.lifetime < u16::MAX, "a lifetime with an end", || "65535, endless".to_owned())
        })
        .claims("bootstrap");
    cases.add("rrq.lifetime", "a registration of 2 s can be refreshed after 1 s", "registration.7.12, RFC 3344 §3.8.2.2",
        |stage| {
            let mut mobile = Mobile::new(stage)?;
            mobile.establish(stage)?;
            let mut request = mobile.again(stage)?;
            request.header.lifetime = 2;
            mobile.send(stage, &request.octets())?;
            ACCEPTED.judge(stage, &mobile)?;
            stage.pause(std::time::Duration::from_secs(1));
            still_registered(stage, &mut mobile)
        });
    cases.add("rrq.lifetime", "nothing is sent when a registration of 1 s has run out", "registration.7.13, RFC 3344 §3.8",
        |stage| {
            let mut mobile = Mobile::new(stage)?;
            mobile.establish(stage)?;
            let mut request = mobile.again(stage)?;
            request.header.lifetime = 1;
            mobile.send(stage, &request.octets())?;
            ACCEPTED.judge(stage, &mobile)?;
            match mobile.reply(stage, std::time::Duration::from_millis(1800)) {
                None => Ok(()),
                Some(answer) => fail("silence", format!("a reply with code {}", answer.code)),
            }
        })
        .rule(Rule::FhaLosesBinding);
    cases.add("rrq.lifetime", "after a registration of 1 s has run out, the first form is served again", "movement.3.9, registration.7.13",
        |stage| {
            let mut mobile = Mobile::new(stage)?;
            mobile.establish(stage)?;
            let mut request = mobile.again(stage)?;
            request.header.lifetime = 1;
            mobile.send(stage, &request.octets())?;
            ACCEPTED.judge(stage, &mobile)?;
            stage.pause(std::time::Duration::from_millis(1500));
            match mobile.establish(stage) {
                Ok(_) => Ok(()),
                Err(_) => fail("a new registration", "none"),
            }
        })
        .rule(Rule::FhaBinds);
}

fn bindings(cases: &mut Cases) {
    fn release(stage: &mut crate::conform::Stage<'_>, care_of: fn(&Mobile) -> Ipv4Addr)
        -> Result<(Mobile, super::Answer), super::Ending>
    {
        let mut mobile = Mobile::new(stage)?;
        mobile.establish(stage)?;
        let mut request = mobile.again(stage)?;
        request.header.lifetime = 0;
        request.header.care_of_address = care_of(&mobile);
        mobile.send(stage, &request.octets())?;
        match ACCEPTED.judge(stage, &mobile)? {
            Some(answer) => Ok((mobile, answer)),
            None => missing("a reply"),
        }
    }
    cases.add("dereg", "lifetime 0 with the home address as care-of address is confirmed", "movement.3.3, RFC 3344 §3.8.2.2",
        |stage| release(stage, |mobile| mobile.home_address).map(|_| ()))
        .rule(Rule::FhaReleases);
    cases.add("dereg", "lifetime 0 with the care-of address bound is confirmed", "movement.3.3, RFC 3344 §3.8.2.2",
        |stage| release(stage, |mobile| mobile.care_of).map(|_| ()))
        .rule(Rule::FhaReleases);
    cases.add("dereg", "the confirmation has lifetime 0", "movement.3.4, RFC 3344 §3.8.3.2",
        |stage| {
            let (_, answer) = release(stage, |mobile| mobile.home_address)?;
            ensure(answer.lifetime == 0, "0 s", || format!("{} s", answer.lifetime))
        });
    cases.add("dereg", "the confirmation is proved by the key of the association", "movement.3.4, RFC 3344 §3.8.3.3",
        |stage| {
            let (mobile, answer) = release(stage, |mobile| mobile.home_address)?;
            let proved = mobile.sa.as_ref().is_some_and(|sa| answer.is_proved(mobile.mn_spi, sa.algorithm, &sa.key));
            ensure(proved, "a right mobile-home authenticator", || "none".to_owned())
        });
    cases.add("dereg", "the confirmation carries no IPv6 parameters", "movement.3.4",
        |stage| {
            let (_, answer) = release(stage, |mobile| mobile.home_address)?;
            let vendor = stage.profile.vendor;
            let Ok(dsboot_codec::mip4::Message::Reply(reply)) = dsboot_codec::mip4::Message::decode(&answer.came.octets) else {
                return fail("a reply that can be read", "one that cannot");
            };
            let told = reply.extensions.bootstrap(vendor);
            let none = told.ipv6_hoa.is_absent() && told.home_agent.is_absent() && told.ipv6_coa.is_absent();
            ensure(none, "no extensions 134/5 to 134/7", || "some".to_owned())
        });
    cases.add("dereg", "a deregistration repeated with a new Identification does no harm", "movement.3.7, RFC 3344 §3.8.2.2",
        |stage| {
            let (mut mobile, _) = release(stage, |mobile| mobile.home_address)?;
            let mut request = mobile.again(stage)?;
            request.header.lifetime = 0;
            request.header.care_of_address = mobile.home_address;
            mobile.send(stage, &request.octets())?;
            code_or_silence(&[0, 1, 128, 129, 131]).judge(stage, &mobile).map(|_| ())
        })
        .rule(Rule::FhaReleasesAgain);
    cases.add("dereg", "after a deregistration, a new registration is possible", "movement.3.9, RFC 3344 §3.8.2.2",
        |stage| {
            let (mut mobile, _) = release(stage, |mobile| mobile.home_address)?;
            match mobile.establish(stage) {
                Ok(_) => Ok(()),
                Err(_) => fail("a new registration", "none"),
            }
        });
    cases.add("dereg", "a refresh under the old key after deregistration makes no binding", "movement.3.5, keys.1.6",
        |stage| {
            let (mut mobile, _) = release(stage, |mobile| mobile.home_address)?;
            let request = mobile.again(stage)?;
            mobile.send(stage, &request.octets())?;
            REFUSED.judge(stage, &mobile).map(|_| ())
        })
        .claims("bootstrap")
        .rule(Rule::FhaRefusesUnbound);
    cases.add("dereg", "a deregistration with a wrong authenticator ends nothing", "registration.7.3, RFC 3344 §3.8.2.1",
        |stage| changed_again(stage, |rrq, _| {
            rrq.header.lifetime = 0;
            rrq.header.care_of_address = rrq.header.home_address;
            rrq.tweak(|_, tweak| *tweak = Tweak::Flip(0));
        }, code_or_silence(&[131])))
        .rule(Rule::FhaRefusesUnproved);
    cases.add("dereg", "a deregistration for another care-of address leaves the binding", "movement.3.3, RFC 3344 §3.8.2.2",
        |stage| {
            let mut mobile = Mobile::new(stage)?;
            mobile.establish(stage)?;
            let mut request = mobile.again(stage)?;
            request.header.lifetime = 0;
            request.header.care_of_address = Ipv4Addr::new(198, 51, 100, 250);
            mobile.send(stage, &request.octets())?;
            ANYTHING.judge(stage, &mobile)?;
            still_registered(stage, &mut mobile)
        });
    cases.add("binding", "twenty refreshes one after the other are each accepted", "registration.7.11, RFC 3344 §3.8.2.2",
        |stage| {
            let mut mobile = Mobile::new(stage)?;
            mobile.establish(stage)?;
            for _ in 0..20 {
                still_registered(stage, &mut mobile)?;
            }
            Ok(())
        })
        .rule(Rule::FhaBindsAgain);
    cases.add("binding", "two mobile nodes hold different home addresses", "registration.6.12, registration.7.10",
        |stage| {
            let mut one = Mobile::new(stage)?;
            one.establish(stage)?;
            stage.number += 10_000;
            let mut other = Mobile::new(stage)?;
            other.establish(stage)?;
            let (mine, theirs) = (one.home_address, other.home_address);
            ensure(mine != theirs, "different addresses", || mine.to_string())?;
            still_registered(stage, &mut one)
        })
        .claims("bootstrap");
    cases.add("binding", "one mobile node's key does not work for another", "registration.7.1, keys.4.4",
        |stage| {
            let mut one = Mobile::new(stage)?;
            one.establish(stage)?;
            stage.number += 10_000;
            let mut other = Mobile::new(stage)?;
            other.establish(stage)?;
            let mut request = other.again(stage)?;
            if let Some(sa) = one.sa.clone() {
                request.tweak(|own, _| *own = sa);
            }
            other.send(stage, &request.octets())?;
            code_or_silence(&[131]).judge(stage, &other)?;
            still_registered(stage, &mut other)
        })
        .claims("bootstrap");
}
