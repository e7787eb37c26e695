//! What stands in a refusal of a request under an association.

use std::net::Ipv4Addr;

use dsboot_spec::registry::mip4::request_flag;

use super::rrq::Rrq;
use super::{Answer, Cases, Change, Ending, Mobile, Outcome, ensure, fail, still_registered};
use crate::{Level, Stage};

/// What is refused, by which codes, and how it is made.
const REFUSED: [(&str, &[u8], Change); 6] = [
    ("a wrong authenticator", &[131], |rrq, _| {
        rrq.tweak(|_, tweak| *tweak = super::rrq::Tweak::Flip(7));
    }),
    ("an old Identification", &[133], |rrq, _| rrq.header.identification.0 -= 3600 << 32),
    ("another home agent", &[136], |rrq, _| {
        rrq.header.home_agent = Ipv4Addr::new(192, 0, 2, 99);
    }),
    ("the reserved bit x", &[134], |rrq, _| rrq.header.flags.0 |= request_flag::RESERVED_X),
    ("GRE", &[139], |rrq, _| rrq.header.flags.0 |= request_flag::GRE),
    ("no reverse tunnel", &[138], |rrq, _| {
        rrq.header.flags.0 &= !request_flag::REVERSE_TUNNEL;
    }),
];

const SILENT: &str = "it is refused by silence";

type Look = fn(&Mobile, &Rrq, &Answer) -> Outcome;

/// What is true of every refusal.
const LOOKS: [(&str, &str, Look); 5] = [
    ("repeats the home address", "registration.8.1, RFC 3344 §3.8.3.2", |mobile, _, answer| {
        let home = mobile.home_address;
        ensure(answer.home_address == home, home.to_string(), || answer.home_address.to_string())
    }),
    (
        "names the home agent's own address",
        "registration.2.1, RFC 3344 §3.8.3.2",
        |mobile, _, answer| {
            let own = mobile.home_agent;
            ensure(answer.home_agent == own, own.to_string(), || answer.home_agent.to_string())
        },
    ),
    (
        "has the low half of the Identification of the request",
        "registration.8.6, RFC 3344 §3.4",
        |_, request, answer| {
            let (low, seen) = (request.header.identification.low(), answer.identification.low());
            ensure(low == seen, format!("{low:08x}"), || format!("{seen:08x}"))
        },
    ),
    (
        "is proved by the key of the association, if it is not silent",
        "registration.8.2, RFC 3344 §3.8.3.3",
        |mobile, _, answer| {
            let proved = mobile
                .sa
                .as_ref()
                .is_some_and(|sa| answer.is_proved(mobile.mn_spi, sa.algorithm, &sa.key));
            ensure(proved, "one right mobile-home authenticator", || {
                "none, several or a wrong one".to_owned()
            })
        },
    ),
    ("comes once", "registration.8.9, RFC 3344 §3.8", |_, _, _| Ok(())),
];

pub(super) fn add(cases: &mut Cases) {
    for (what, codes, change) in REFUSED {
        for (is, clauses, look) in LOOKS {
            cases.add("rrp.refused", format!("a refusal of {what} {is}"), clauses, move |stage| {
                let (mut mobile, request, answer) = refused(stage, change, codes)?;
                look(&mobile, &request, &answer)?;
                if is == "comes once" {
                    let more = stage.drain(&mobile.endpoint).len();
                    ensure(more == 0, "one reply", || format!("{} replies", more + 1))?;
                }
                still_registered(stage, &mut mobile)
            });
        }
    }
    for (what, codes, change) in REFUSED {
        cases
            .add(
                "rrp.refused.told",
                format!("{what} is refused by a reply, not by silence"),
                "registration.7.8, RFC 3344 §3.8.2.3",
                move |stage| match refused(stage, change, codes) {
                    Err(Ending::Skip(seen)) if seen == SILENT => {
                        // RFC 5944 §3.8.2.1 leaves it open for a wrong authenticator, RFC 3344 not.
                        let plain = !stage.profile.claims("bootstrap");
                        if plain && stage.profile.claims("5944") && codes == [131] {
                            return Err(Ending::Skip(seen));
                        }
                        fail("a reply", "none")
                    }
                    other => other.map(|_| ()),
                },
            )
            .level(Level::Should);
    }
}

/// A refusal, where the target refuses this and says so.
fn refused(
    stage: &mut Stage<'_>,
    change: Change,
    codes: &[u8],
) -> Result<(Mobile, Rrq, Answer), Ending> {
    let mut mobile = Mobile::registered(stage)?;
    let mut request = mobile.again(stage)?;
    change(&mut request, &mobile);
    mobile.send(stage, &request.octets())?;
    match mobile.reply(stage, stage.silence()) {
        Some(answer) if codes.contains(&answer.code) => Ok((mobile, request, answer)),
        Some(answer) => Err(Ending::Skip(format!("it is answered by code {}", answer.code))),
        None => Err(Ending::Skip(SILENT.to_owned())),
    }
}
