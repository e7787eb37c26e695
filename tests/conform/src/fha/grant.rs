//! The AAAH's answers, right and wrong, and what the FHA makes of them.

use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use dsboot_codec::mip4::Algorithm;
use dsboot_codec::tree::Protocol;
use dsboot_model::Rule;
use dsboot_spec::registry::radius::code as radius_code;

use super::peer::Grant;
use super::{
    ACCEPTED, Allowed, Cases, Mobile, Outcome, SILENCE, code, ensure, fail, still_registered,
};
use crate::Stage;
use crate::case::missing;
use crate::stage::Came;

type Change = fn(&mut Grant);

/// A first request accepted with a changed grant.
fn granted(stage: &mut Stage<'_>, change: Change, allowed: Allowed) -> Outcome {
    let mut mobile = Mobile::new(stage)?;
    let request = mobile.first(stage);
    mobile.send(stage, &request.octets())?;
    let Some(ask) = mobile.asked(stage, stage.patience()) else { return missing("a question") };
    let mut grant = mobile.grant(stage, &ask);
    change(&mut grant);
    let accept = mobile.accept(stage, &ask, &grant)?;
    mobile.answer(stage, &ask, &accept)?;
    let answer = allowed.judge(stage, &mobile)?;
    if let (Some(answer), Some(nonce)) = (answer, grant.nonce) {
        let by = Algorithm::from_number(grant.algorithm).unwrap_or(Algorithm::HmacMd5);
        return answer.proof(mobile.mn_spi, by, &mobile.key(&nonce));
    }
    Ok(())
}

type Forge = fn(&mut Vec<u8>);

/// A right Accept, changed in its octets: it is discarded, and the right one still counts.
fn forged(stage: &mut Stage<'_>, forge: Forge) -> Outcome {
    let mut mobile = Mobile::new(stage)?;
    let request = mobile.first(stage);
    mobile.send(stage, &request.octets())?;
    let Some(ask) = mobile.asked(stage, stage.patience()) else { return missing("a question") };
    let grant = mobile.grant(stage, &ask);
    let accept = mobile.accept(stage, &ask, &grant)?;
    let mut wrong = accept.clone();
    forge(&mut wrong);
    mobile.answer(stage, &ask, &wrong)?;
    SILENCE.judge(stage, &mobile)?;
    mobile.answer(stage, &ask, &accept)?;
    match mobile.reply(stage, stage.patience()) {
        Some(answer) if answer.code <= 1 => Ok(()),
        Some(answer) => {
            fail("the right Accept counts after the forged one", format!("code {}", answer.code))
        }
        None => fail("the right Accept counts after the forged one", "no reply"),
    }
}

/// A first request and an answer of another kind than an Accept.
fn answered(stage: &mut Stage<'_>, kind: u8, bound: bool) -> Outcome {
    let mut mobile = Mobile::new(stage)?;
    if bound {
        mobile.establish(stage)?;
    }
    let request = mobile.first(stage);
    mobile.send(stage, &request.octets())?;
    let Some(ask) = mobile.asked(stage, stage.patience()) else { return missing("a question") };
    let answer = mobile.bare(stage, &ask, kind)?;
    mobile.answer(stage, &ask, &answer)?;
    let allowed = if bound { Allowed { codes: &[131, 144], silence: true } } else { SILENCE };
    allowed.judge(stage, &mobile)?;
    if bound { still_registered(stage, &mut mobile) } else { Ok(()) }
}

pub(super) fn add(cases: &mut Cases) {
    type Row = (&'static str, &'static str, Change, Allowed, Rule);
    let rows: &[Row] = &[
        (
            "an Accept without THOAv4 is answered by 130 under the new key",
            "registration.6.17",
            |g| g.thoav4 = None,
            code(&[130]),
            Rule::FhaRefusesWithoutAddress,
        ),
        (
            "an Accept without IPv6 home address still makes a binding",
            "registration.6.19",
            |g| g.home6 = None,
            ACCEPTED,
            Rule::FhaBinds,
        ),
        (
            "an Accept without home agent still makes a binding",
            "registration.6.19",
            |g| g.agent6 = None,
            ACCEPTED,
            Rule::FhaBinds,
        ),
        (
            "an Accept without IPv6 care-of address still makes a binding",
            "registration.6.19",
            |g| g.care_of6 = None,
            ACCEPTED,
            Rule::FhaBinds,
        ),
        (
            "an Accept without any IPv6 parameter still makes a binding",
            "registration.6.19",
            |g| {
                g.home6 = None;
                g.agent6 = None;
                g.care_of6 = None;
            },
            ACCEPTED,
            Rule::FhaBinds,
        ),
        (
            "an Accept without key is not answered",
            "registration.6.16",
            |g| g.key = false,
            SILENCE,
            Rule::FhaStaysSilent,
        ),
        (
            "an Accept without nonce is not answered",
            "registration.6.16",
            |g| g.nonce = None,
            SILENCE,
            Rule::FhaStaysSilent,
        ),
        (
            "an IPv6 care-of address outside the FHA's prefix is answered by 129 under the new key",
            "registration.6.18",
            |g| g.care_of6 = Some(Ipv6Addr::new(0x2001, 0xdb8, 0xdead, 0, 0, 0, 0, 7)),
            code(&[129]),
            Rule::FhaRefusesHeldAddress,
        ),
        (
            "an Accept by HMAC-SHA1 is taken, and the reply made by it",
            "keys.1.9",
            |g| g.algorithm = 2,
            ACCEPTED,
            Rule::FhaBinds,
        ),
    ];
    for (purpose, clauses, change, allowed, rule) in rows {
        let (change, allowed) = (*change, *allowed);
        cases
            .add("grant", *purpose, clauses, move |stage| granted(stage, change, allowed))
            .rule(*rule)
            .claims("bootstrap");
    }
    for session in [5_u32, 30, 100] {
        cases
            .add(
                "grant.session",
                format!("a session of {session} s bounds the lifetime granted"),
                "registration.7.12, movement.2.5",
                move |stage| {
                    let mut mobile = Mobile::new(stage)?;
                    let request = mobile.first(stage);
                    let (answer, _) = mobile
                        .bootstrap(stage, &request.octets(), |g| g.session = Some(session))?;
                    let Some(answer) = answer else { return missing("a reply") };
                    ensure(
                        answer.code <= 1 && u32::from(answer.lifetime) <= session,
                        format!("at most {session} s"),
                        || format!("code {}, {} s", answer.code, answer.lifetime),
                    )
                },
            )
            .rule(Rule::FhaBinds)
            .claims("bootstrap");
        cases
            .add(
                "grant.session",
                format!("a refresh reaches not beyond a session of {session} s"),
                "movement.2.5, registration.7.12",
                move |stage| {
                    let mut mobile = Mobile::new(stage)?;
                    let request = mobile.first(stage);
                    let (answer, grant) = mobile
                        .bootstrap(stage, &request.octets(), |g| g.session = Some(session))?;
                    let Some(answer) = answer.filter(|answer| answer.code <= 1) else {
                        return missing("a registration");
                    };
                    mobile.learn(&answer, &grant.nonce.unwrap_or_default())?;
                    let request = mobile.again(stage)?;
                    mobile.send(stage, &request.octets())?;
                    let Some(answer) = mobile.reply(stage, stage.patience()) else {
                        return fail("a reply", "none");
                    };
                    ensure(
                        answer.code > 1 || u32::from(answer.lifetime) <= session,
                        format!("at most {session} s"),
                        || format!("{} s", answer.lifetime),
                    )
                },
            )
            .rule(Rule::FhaBindsAgain)
            .claims("bootstrap");
    }
    cases
        .add(
            "grant.key-lifetime",
            "a registration is not granted beyond the end of its key",
            "keys.1.11",
            |stage| {
                let mut mobile = Mobile::new(stage)?;
                let request = mobile.first(stage);
                let (answer, _) =
                    mobile.bootstrap(stage, &request.octets(), |g| g.key_lifetime = 20)?;
                let Some(answer) = answer else { return missing("a reply") };
                ensure(answer.code > 1 || answer.lifetime <= 20, "at most 20 s", || {
                    format!("{} s", answer.lifetime)
                })
            },
        )
        .claims("bootstrap");
    for (kind, what, bound) in [
        (radius_code::ACCESS_REJECT, "a Reject of a new mobile node is not answered", false),
        (radius_code::ACCESS_CHALLENGE, "a Challenge is not answered", false),
        (radius_code::ACCESS_REJECT, "a Reject of a renewal leaves the binding", true),
        (radius_code::ACCESS_CHALLENGE, "a Challenge to a renewal leaves the binding", true),
    ] {
        cases
            .add("grant.refused", what, "registration.6.14, keys.1.6", move |stage| {
                answered(stage, kind, bound)
            })
            .rule(Rule::FhaStaysSilent)
            .claims("bootstrap");
    }
    let forgeries: &[(&str, &str, Forge)] = &[
        ("a wrong Response Authenticator", "access.6.6, wire.4.6, RFC 2865 §3", |o| {
            if let Some(b) = o.get_mut(4) {
                *b ^= 1;
            }
        }),
        (
            "a wrong last octet of the Response Authenticator",
            "access.6.6, wire.4.6, RFC 2865 §3",
            |o| {
                if let Some(b) = o.get_mut(19) {
                    *b ^= 1;
                }
            },
        ),
        ("a wrong Message-Authenticator", "access.6.6, RFC 3579 §3.2", |o| {
            if let Some(b) = o.get_mut(22) {
                *b ^= 1;
            }
        }),
        ("another Identifier", "access.6.6, wire.4.11, RFC 2865 §3", |o| {
            if let Some(b) = o.get_mut(1) {
                *b = b.wrapping_add(77);
            }
        }),
        ("a changed attribute", "access.6.6, wire.4.5, RFC 2865 §3", |o| {
            if let Some(b) = o.last_mut() {
                *b ^= 1;
            }
        }),
        ("a Length that cuts an attribute", "wire.4.4, RFC 2865 §5", |o| {
            let cut = o.len() - 3;
            o.truncate(cut);
        }),
        ("the code of a Reject", "access.6.6, wire.4.5, RFC 2865 §3", |o| {
            if let Some(b) = o.first_mut() {
                *b = 3;
            }
        }),
        ("nothing but a header", "access.6.6, wire.4.1", |o| o.truncate(19)),
    ];
    for (what, clauses, forge) in forgeries {
        let forge = *forge;
        cases
            .add(
                "grant.forged",
                format!("an Accept with {what} is discarded, and the right one still counts"),
                clauses,
                move |stage| forged(stage, forge),
            )
            .claims("bootstrap");
    }
    cases
        .add(
            "grant.forged",
            "an Accept from another address than the server's is discarded",
            "access.6.6, RFC 2865 §3",
            |stage| {
                let Some(other) = stage.profile.tester.other else {
                    return Err(super::Ending::Skip("the profile has no tester.other".to_owned()));
                };
                let (mobile, ask, accept) = right(stage)?;
                let elsewhere = stage.endpoint("elsewhere", other, 0, Protocol::Radius)?;
                stage.send(&elsewhere, ask.from, &accept)?;
                SILENCE.judge(stage, &mobile)?;
                mobile.answer(stage, &ask, &accept)?;
                ACCEPTED.judge(stage, &mobile).map(|_| ())
            },
        )
        .claims("bootstrap");
    cases
        .add(
            "grant.forged",
            "an Accept from another port of the server is discarded",
            "access.6.6, RFC 2865 §3",
            |stage| {
                let (mobile, ask, accept) = right(stage)?;
                let address: IpAddr =
                    stage.profile.tester.aaa.map_or(stage.profile.tester.address, |at| at.ip());
                let elsewhere = stage.endpoint("elsewhere", address, 0, Protocol::Radius)?;
                stage.send(&elsewhere, ask.from, &accept)?;
                SILENCE.judge(stage, &mobile)?;
                mobile.answer(stage, &ask, &accept)?;
                ACCEPTED.judge(stage, &mobile).map(|_| ())
            },
        )
        .level(crate::Level::Should)
        .claims("bootstrap");
    cases
        .add(
            "grant.twice",
            "an Accept that comes twice is answered once",
            "registration.8.9, access.6.6",
            |stage| {
                let (mobile, ask, accept) = right(stage)?;
                mobile.answer(stage, &ask, &accept)?;
                mobile.answer(stage, &ask, &accept)?;
                let replies = stage.drain(&mobile.endpoint).len();
                ensure(replies == 1, "one reply", || format!("{replies} replies"))
            },
        )
        .claims("bootstrap");
    cases
        .add(
            "grant.late",
            "an Accept 1.2 s after the question is answered",
            "registration.7.16",
            |stage| {
                let (mobile, ask, accept) = right(stage)?;
                stage.pause(Duration::from_millis(1200));
                mobile.answer(stage, &ask, &accept)?;
                ACCEPTED.judge(stage, &mobile).map(|_| ())
            },
        )
        .rule(Rule::FhaBinds)
        .claims("bootstrap");
    cases
        .add(
            "grant.late",
            "an Accept for the first transmission, sent after the second, is answered",
            "access.6.2, access.6.6",
            |stage| {
                let (mobile, ask, accept) = right(stage)?;
                if mobile.asked(stage, Duration::from_millis(2700)).is_none() {
                    return missing("a retransmission");
                }
                mobile.answer(stage, &ask, &accept)?;
                ACCEPTED.judge(stage, &mobile).map(|_| ())
            },
        )
        .claims("bootstrap");
    cases
        .add(
            "grant.held",
            "a THOAv4 that another mobile node holds is answered by 129",
            "registration.6.18",
            |stage| {
                let mut one = Mobile::new(stage)?;
                one.establish(stage)?;
                stage.number += 10_000;
                let mut other = Mobile::new(stage)?;
                let held = one.home_address;
                let request = other.first(stage);
                let (answer, _) =
                    other.bootstrap(stage, &request.octets(), |g| g.thoav4 = Some(held))?;
                match answer {
                    Some(answer) if answer.code == 129 => still_registered(stage, &mut one),
                    Some(answer) => fail("code 129", format!("code {}", answer.code)),
                    None => fail("code 129", "no reply"),
                }
            },
        )
        .rule(Rule::FhaRefusesHeldAddress)
        .claims("bootstrap");
    cases
        .add(
            "grant.renewal",
            "a renewal gets a new key, and the old one works no more",
            "keys.1.6, registration.7.11",
            |stage| {
                let mut mobile = Mobile::registered(stage)?;
                let old = mobile.sa.clone();
                mobile.establish(stage)?;
                let mut request = mobile.again(stage)?;
                if let Some(old) = old {
                    request.tweak(|sa, _| *sa = old);
                }
                mobile.send(stage, &request.octets())?;
                Allowed { codes: &[131], silence: true }.judge(stage, &mobile)?;
                still_registered(stage, &mut mobile)
            },
        )
        .rule(Rule::FhaBindsAnew)
        .claims("bootstrap");
    cases
        .add(
            "grant.renewal",
            "until the Accept of a renewal comes, the old key works",
            "keys.1.6",
            |stage| {
                let mut mobile = Mobile::registered(stage)?;
                let request = mobile.first(stage);
                mobile.send(stage, &request.octets())?;
                if mobile.asked(stage, stage.patience()).is_none() {
                    return missing("a question");
                }
                still_registered(stage, &mut mobile)
            },
        )
        .rule(Rule::FhaBindsAgain)
        .claims("bootstrap");
}

/// A first request, the question about it, and the right Accept, not yet sent.
fn right(stage: &mut Stage<'_>) -> Result<(Mobile, Came, Vec<u8>), super::Ending> {
    let mut mobile = Mobile::new(stage)?;
    let request = mobile.first(stage);
    mobile.send(stage, &request.octets())?;
    let Some(ask) = mobile.asked(stage, stage.patience()) else { return missing("a question") };
    let grant = mobile.grant(stage, &ask);
    let accept = mobile.accept(stage, &ask, &grant)?;
    Ok((mobile, ask, accept))
}
