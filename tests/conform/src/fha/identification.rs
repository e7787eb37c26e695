//! Replay protection by timestamps.

use dsboot_codec::mip4::Identification;
use dsboot_model::Rule;

use super::peer::Answer;
use super::{
    ACCEPTED, Allowed, Cases, Ending, Mobile, Outcome, REFUSED, code, ensure, fail,
    still_registered,
};
use crate::Stage;
use crate::case::missing;

const STALE: Allowed = code(&[133]);

/// One second in an Identification.
const SECOND: u64 = 1 << 32;

/// A request whose Identification is made from the clock and the last one used, judged, then a
/// right one.
fn stale(
    stage: &mut Stage<'_>,
    make: impl Fn(u64, u64) -> u64,
    allowed: Allowed,
) -> Result<(Mobile, Option<Answer>, Identification), Ending> {
    let mut mobile = Mobile::registered(stage)?;
    let before = mobile.again(stage)?;
    mobile.send(stage, &before.octets())?;
    if mobile.reply(stage, stage.patience()).is_none_or(|answer| answer.code > 1) {
        return missing("a registration to compare with");
    }
    let mut request = mobile.again(stage)?;
    let used = before.header.identification;
    let identification = Identification(make(stage.ntp(), used.0));
    request.header.identification = identification;
    if identification.0 > stage.ntp() && identification.0 - stage.ntp() < 60 * SECOND {
        stage.has_used(identification.0);
    }
    mobile.send(stage, &request.octets())?;
    let answer = allowed.judge(stage, &mobile)?;
    Ok((mobile, answer, identification))
}

fn add_stale(
    cases: &mut Cases,
    purpose: &'static str,
    clauses: &'static str,
    make: fn(u64, u64) -> u64,
) {
    cases
        .add("rrq.identification", purpose, clauses, move |stage| {
            let (mut mobile, _, _) = stale(stage, make, STALE)?;
            still_registered(stage, &mut mobile)
        })
        .rule(Rule::FhaRefusesStale)
        .claims("timestamps");
}

pub(super) fn add(cases: &mut Cases) {
    let late = "registration.7.4, RFC 3344 §5.7.1";
    let far = "registration.7.5, RFC 3344 §5.7.1";
    add_stale(
        cases,
        "an Identification one fraction before the last accepted is answered by 133",
        late,
        |_, used| used - 1,
    );
    add_stale(
        cases,
        "an Identification one second before the last accepted is answered by 133",
        late,
        |_, used| used - SECOND,
    );
    add_stale(
        cases,
        "an Identification with a smaller high half and greater low half is answered by 133",
        late,
        |_, used| (used - SECOND) | 0xffff_ffff,
    );
    add_stale(cases, "a clock ten seconds behind is answered by 133", far, |now, _| {
        now - 10 * SECOND
    });
    add_stale(cases, "a clock an hour behind is answered by 133", far, |now, _| {
        now - 3600 * SECOND
    });
    cases
        .add(
            "rrq.identification",
            "a clock thirty seconds ahead is answered by 133",
            far,
            |stage| {
                within(stage, |tolerance| tolerance < 30)?;
                let (mut mobile, _, _) = stale(stage, |now, _| now + 30 * SECOND, STALE)?;
                still_registered(stage, &mut mobile)
            },
        )
        .rule(Rule::FhaRefusesStale)
        .claims("timestamps");
    add_stale(cases, "a clock an hour ahead is answered by 133", far, |now, _| now + 3600 * SECOND);
    add_stale(cases, "a clock a year ahead is answered by 133", far, |now, _| {
        now.wrapping_add(31_536_000 * SECOND)
    });
    add_stale(cases, "an Identification of 0 is answered by 133", far, |_, _| 0);
    add_stale(cases, "an Identification of 1970 is answered by 133", far, |_, _| {
        2_208_988_800 * SECOND
    });
    add_stale(cases, "an Identification of all ones is answered by 133", far, |now, _| {
        if now >> 63 == 1 && (now >> 32) > 0xffff_fff0 { 0 } else { u64::MAX }
    });
    add_stale(cases, "seconds in the place of the fraction are answered by 133", far, |now, _| {
        now >> 32
    });

    cases
        .add(
            "rrq.identification.fresh",
            "an Identification one fraction after the last is accepted",
            "registration.7.4, RFC 3344 §5.7.1",
            |stage| {
                let (mut mobile, _, used) = stale(stage, |_, used| used + 1, ACCEPTED)?;
                mobile.has_used(used);
                still_registered(stage, &mut mobile)
            },
        )
        .rule(Rule::FhaBindsAgain)
        .claims("timestamps");
    for (purpose, offset) in [
        ("a clock two seconds ahead is within tolerance", 2_u64),
        ("a clock five seconds ahead is within tolerance", 5),
    ] {
        cases
            .add(
                "rrq.identification.fresh",
                purpose,
                "registration.7.5, RFC 3344 §5.7.1",
                move |stage| {
                    within(stage, |tolerance| tolerance > offset)?;
                    let (mut mobile, _, used) =
                        stale(stage, |now, _| now + offset * SECOND, ACCEPTED)?;
                    mobile.has_used(used);
                    still_registered(stage, &mut mobile)
                },
            )
            .claims("timestamps");
    }
    cases
        .add(
            "rrq.identification.133",
            "133 repeats the low half of the Identification",
            "wire.1.8, registration.7.5, RFC 3344 §5.7.1",
            |stage| {
                let (_, answer, asked) = stale(stage, |now, _| now - 3600 * SECOND, STALE)?;
                let Some(answer) = answer else { return missing("a reply") };
                ensure(
                    answer.identification.low() == asked.low(),
                    format!("{:08x}", asked.low()),
                    || format!("{:08x}", answer.identification.low()),
                )
            },
        )
        .claims("timestamps");
    cases
        .add(
            "rrq.identification.133",
            "133 tells the home agent's seconds in the high half",
            "wire.1.8, registration.7.5, RFC 3344 §5.7.1",
            |stage| {
                let (_, answer, asked) = stale(stage, |now, _| now - 3600 * SECOND, STALE)?;
                let Some(answer) = answer else { return missing("a reply") };
                let (told, own) = (
                    answer.identification.high(),
                    u32::try_from(stage.ntp() >> 32).unwrap_or_default(),
                );
                ensure(
                    told != asked.high() && told.abs_diff(own) <= 7,
                    "the present time in NTP seconds",
                    || format!("{told}, where it is {own}"),
                )
            },
        )
        .claims("timestamps");
    cases
        .add(
            "rrq.identification.133",
            "133 is proved by the key of the association",
            "registration.7.4, RFC 3344 §3.8.3.3",
            |stage| {
                let (mobile, answer, _) = stale(stage, |now, _| now - 3600 * SECOND, STALE)?;
                let Some(answer) = answer else { return missing("a reply") };
                mobile.proved(&answer)
            },
        )
        .claims("133-authenticated");
    cases
        .add(
            "rrq.identification.133",
            "a request with the time that 133 told is accepted",
            "registration.10.8, RFC 3344 §3.6.2.3",
            |stage| {
                let (mut mobile, answer, _) = stale(stage, |now, _| now - 3600 * SECOND, STALE)?;
                let Some(answer) = answer else { return missing("a reply") };
                let mut request = mobile.again(stage)?;
                let own = request.header.identification;
                request.header.identification =
                    Identification::new(answer.identification.high().max(own.high()), own.low());
                mobile.send(stage, &request.octets())?;
                ACCEPTED.judge(stage, &mobile).map(|_| ())
            },
        )
        .claims("timestamps");
    cases
        .add(
            "rrq.identification.133",
            "133 carries no IPv6 parameters and no lifetime that counts",
            "registration.8.8",
            |stage| {
                let (_, answer, _) = stale(stage, |now, _| now - 3600 * SECOND, STALE)?;
                let Some(answer) = answer else { return missing("a reply") };
                no_parameters(stage, &answer)
            },
        )
        .claims("bootstrap");

    cases
        .add(
            "rrq.replay",
            "the request accepted last, sent again octet for octet, changes nothing",
            "registration.7.7, RFC 3344 §3.8.2.2",
            |stage| {
                let mut mobile = Mobile::registered(stage)?;
                let octets = mobile.again(stage)?.octets();
                mobile.send(stage, &octets)?;
                ACCEPTED.judge(stage, &mobile)?;
                mobile.send(stage, &octets)?;
                Allowed { codes: &[0, 1, 133], silence: true }.judge(stage, &mobile)?;
                still_registered(stage, &mut mobile)
            },
        )
        .rule(Rule::FhaAnswersDuplicate);
    cases
        .add(
            "rrq.replay",
            "a duplicate is answered by the reply already given, octet for octet",
            "registration.7.7, RFC 3344 §3.8.2.2",
            |stage| {
                let mut mobile = Mobile::registered(stage)?;
                let octets = mobile.again(stage)?.octets();
                mobile.send(stage, &octets)?;
                let first = ACCEPTED.judge(stage, &mobile)?;
                mobile.send(stage, &octets)?;
                let second = ACCEPTED.judge(stage, &mobile)?;
                let (Some(first), Some(second)) = (first, second) else {
                    return missing("two replies");
                };
                ensure(first.came.octets == second.came.octets, "the same octets", || {
                    "other octets".to_owned()
                })
            },
        )
        .rule(Rule::FhaAnswersDuplicate)
        .claims("bootstrap");
    cases
        .add(
            "rrq.replay",
            "a request replayed after a newer one is not accepted",
            "registration.7.4, RFC 3344 §5.7.1",
            |stage| {
                let mut mobile = Mobile::registered(stage)?;
                let old = mobile.again(stage)?.octets();
                mobile.send(stage, &old)?;
                ACCEPTED.judge(stage, &mobile)?;
                still_registered(stage, &mut mobile)?;
                mobile.send(stage, &old)?;
                Allowed { codes: &[133], silence: true }.judge(stage, &mobile)?;
                still_registered(stage, &mut mobile)
            },
        )
        .rule(Rule::FhaRefusesStale);
    cases
        .add(
            "rrq.replay",
            "a deregistration replayed after a new registration ends nothing",
            "registration.7.14, RFC 3344 §5.7.1",
            |stage| {
                let mut mobile = Mobile::registered(stage)?;
                let mut release = mobile.again(stage)?;
                release.header.lifetime = 0;
                release.header.care_of_address = mobile.home_address;
                let octets = release.octets();
                mobile.send(stage, &octets)?;
                ACCEPTED.judge(stage, &mobile)?;
                mobile.establish(stage)?;
                mobile.send(stage, &octets)?;
                Allowed { codes: &[131, 133], silence: true }.judge(stage, &mobile)?;
                still_registered(stage, &mut mobile)
            },
        )
        .rule(Rule::FhaRefusesUnproved);
    cases
        .add(
            "rrq.replay",
            "a first request replayed after release makes no binding",
            "registration.7.14, RFC 3344 §5.7.1",
            replayed_first,
        )
        .rule(Rule::FhaRefusesStaleFirst)
        .claims("bootstrap");
    cases
        .add(
            "rrq.replay",
            "a refused request, though newer, does not move the Identification on",
            "registration.7.4, registration.7.3",
            |stage| {
                let mut mobile = Mobile::registered(stage)?;
                let mut forged = mobile.again(stage)?;
                forged.header.identification =
                    Identification(forged.header.identification.0 + 3 * SECOND);
                forged.tweak(|_, tweak| *tweak = super::rrq::Tweak::Flip(1));
                mobile.send(stage, &forged.octets())?;
                REFUSED.judge(stage, &mobile)?;
                still_registered(stage, &mut mobile)
            },
        )
        .rule(Rule::FhaRefusesUnproved);
}

/// Leaves a case out whose clock the target may, or must not, take for right, by its profile.
fn within(stage: &Stage<'_>, is_fit: impl Fn(u64) -> bool) -> Outcome {
    let tolerance = stage.profile.target.tolerance;
    if is_fit(tolerance) {
        return Ok(());
    }
    Err(Ending::Skip(format!("target.tolerance is {tolerance} s")))
}

fn replayed_first(stage: &mut Stage<'_>) -> Outcome {
    let mut mobile = Mobile::new(stage)?;
    let first = mobile.first(stage).octets();
    let (answer, grant) = mobile.bootstrap(stage, &first, |_| {})?;
    let Some(answer) = answer.filter(|answer| answer.code <= 1) else {
        return missing("a registration");
    };
    mobile.learn(&answer, &grant.nonce.unwrap_or_default())?;
    let mut release = mobile.again(stage)?;
    release.header.lifetime = 0;
    release.header.care_of_address = mobile.home_address;
    mobile.send(stage, &release.octets())?;
    ACCEPTED.judge(stage, &mobile)?;
    mobile.send(stage, &first)?;
    // Whether it asks first or not, it must not accept.
    if let Some(ask) = mobile.asked(stage, stage.silence()) {
        let grant = mobile.grant(stage, &ask);
        let accept = mobile.accept(stage, &ask, &grant)?;
        mobile.answer(stage, &ask, &accept)?;
    }
    match mobile.reply(stage, stage.silence()) {
        Some(answer) if answer.code <= 1 => {
            fail("133 or no reply", format!("code {}", answer.code))
        }
        _ => Ok(()),
    }
}

/// A reply carries none of the IPv6 parameters.
pub(super) fn no_parameters(stage: &Stage<'_>, answer: &Answer) -> Outcome {
    use dsboot_codec::mip4::Message;
    let Ok(Message::Reply(reply)) = Message::decode(&answer.came.octets) else {
        return fail("a reply that can be read", "one that cannot");
    };
    let told = reply.extensions.bootstrap(stage.profile.vendor);
    let none =
        told.ipv6_hoa.is_absent() && told.home_agent.is_absent() && told.ipv6_coa.is_absent();
    ensure(none, "no extensions 134/5 to 134/7", || "some".to_owned())
}
