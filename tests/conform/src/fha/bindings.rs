//! Lifetimes, deregistration, and what a binding is.

use std::net::Ipv4Addr;

use dsboot_model::Rule;

use super::rrq::Tweak;
use super::{
    ACCEPTED, ANYTHING, Allowed, Cases, Mobile, REFUSED, changed_again, code_or_silence, ensure,
    fail, still_registered,
};
use crate::case::missing;

pub(super) fn add(cases: &mut Cases) {
    lifetimes(cases);
    bindings(cases);
}

fn lifetimes(cases: &mut Cases) {
    for asked in [1_u16, 2, 60, 600, 1800, 3600, 36_000, 0xfffe] {
        cases.add("rrq.lifetime", format!("of {asked} s asked for, not more is granted, nor more than the target's maximum"),
            "registration.7.12, RFC 3344 §3.8.3.2",
            move |stage| {
                let mut mobile = Mobile::registered(stage)?;
                let mut request = mobile.again(stage)?;
                request.header.lifetime = asked;
                mobile.send(stage, &request.octets())?;
                let Some(answer) = ACCEPTED.judge(stage, &mobile)? else { return Ok(()) };
                let most = u32::from(asked).min(stage.profile.target.max_lifetime.unwrap_or(u32::MAX));
                ensure((1..=most).contains(&u32::from(answer.lifetime)), format!("1 to {most} s"), || format!("{} s", answer.lifetime))
            })
            .rule(Rule::FhaBindsAgain);
    }
    for asked in [60_u16, 600, 0xfffe] {
        cases.add(
            "rrq.lifetime.exact",
            format!("of {asked} s asked for, so much is granted as the target ever grants"),
            "registration.7.12, RFC 3344 §3.8.3.2",
            move |stage| {
                let most = match stage.profile.target.max_lifetime {
                    Some(most) => u32::from(asked).min(most),
                    // Nobody has a maximum below a minute.
                    None if asked <= 60 => asked.into(),
                    None => return Err(super::Ending::Skip("target.max_lifetime".to_owned())),
                };
                let mut mobile = Mobile::registered(stage)?;
                let mut request = mobile.again(stage)?;
                request.header.lifetime = asked;
                mobile.send(stage, &request.octets())?;
                let Some(answer) = ACCEPTED.judge(stage, &mobile)? else { return Ok(()) };
                let granted = u32::from(answer.lifetime);
                ensure(granted == most, format!("{most} s"), || format!("{granted} s"))
            },
        );
    }
    cases
        .add(
            "rrq.lifetime.duplicate",
            "a request that comes again does not make its registration last longer",
            "registration.7.7, RFC 5944 §3.8.2.2",
            |stage| {
                let mut mobile = Mobile::registered(stage)?;
                let mut request = mobile.again(stage)?;
                request.header.lifetime = 2;
                let octets = request.octets();
                mobile.send(stage, &octets)?;
                ACCEPTED.judge(stage, &mobile)?;
                stage.pause(std::time::Duration::from_millis(1200));
                mobile.send(stage, &octets)?;
                mobile.reply(stage, stage.silence());
                stage.pause(std::time::Duration::from_millis(1200));
                let request = mobile.again(stage)?;
                mobile.send(stage, &request.octets())?;
                REFUSED.judge(stage, &mobile).map(|_| ())
            },
        )
        .claims("bootstrap")
        .rule(Rule::FhaRefusesUnbound);
    cases
        .add(
            "rrq.lifetime",
            "an endless registration is not granted while the AAAH's session ends",
            "registration.7.12, RFC 3344 §3.8.3.2",
            |stage| {
                let mut mobile = Mobile::registered(stage)?;
                let mut request = mobile.again(stage)?;
                request.header.lifetime = u16::MAX;
                mobile.send(stage, &request.octets())?;
                let Some(answer) = ACCEPTED.judge(stage, &mobile)? else { return Ok(()) };
                ensure(answer.lifetime < u16::MAX, "a lifetime with an end", || {
                    "65535, endless".to_owned()
                })
            },
        )
        .claims("bootstrap");
    cases.add(
        "rrq.lifetime",
        "a registration of 2 s can be refreshed after 1 s",
        "registration.7.12, RFC 3344 §3.8.2.2",
        |stage| {
            let mut mobile = Mobile::registered(stage)?;
            let mut request = mobile.again(stage)?;
            request.header.lifetime = 2;
            mobile.send(stage, &request.octets())?;
            ACCEPTED.judge(stage, &mobile)?;
            stage.pause(std::time::Duration::from_secs(1));
            still_registered(stage, &mut mobile)
        },
    );
    cases
        .add(
            "rrq.lifetime",
            "nothing is sent when a registration of 1 s has run out",
            "registration.7.13, RFC 3344 §3.8",
            |stage| {
                let mut mobile = Mobile::registered(stage)?;
                let mut request = mobile.again(stage)?;
                request.header.lifetime = 1;
                mobile.send(stage, &request.octets())?;
                ACCEPTED.judge(stage, &mobile)?;
                match mobile.reply(stage, std::time::Duration::from_millis(1800)) {
                    None => Ok(()),
                    Some(answer) => fail("silence", format!("a reply with code {}", answer.code)),
                }
            },
        )
        .rule(Rule::FhaLosesBinding);
    cases
        .add(
            "rrq.lifetime",
            "after a registration of 1 s has run out, the first form is served again",
            "movement.3.9, registration.7.13",
            |stage| {
                let mut mobile = Mobile::registered(stage)?;
                let mut request = mobile.again(stage)?;
                request.header.lifetime = 1;
                mobile.send(stage, &request.octets())?;
                ACCEPTED.judge(stage, &mobile)?;
                stage.pause(std::time::Duration::from_millis(1500));
                match mobile.establish(stage) {
                    Ok(_) => Ok(()),
                    Err(_) => fail("a new registration", "none"),
                }
            },
        )
        .rule(Rule::FhaBinds);
}

fn bindings(cases: &mut Cases) {
    fn release(
        stage: &mut crate::Stage<'_>,
        care_of: fn(&Mobile) -> Ipv4Addr,
    ) -> Result<(Mobile, super::Answer), super::Ending> {
        let mut mobile = Mobile::registered(stage)?;
        let mut request = mobile.again(stage)?;
        request.header.lifetime = 0;
        request.header.care_of_address = care_of(&mobile);
        mobile.send(stage, &request.octets())?;
        match ACCEPTED.judge(stage, &mobile)? {
            Some(answer) => Ok((mobile, answer)),
            None => missing("a reply"),
        }
    }
    cases
        .add(
            "dereg",
            "lifetime 0 with the home address as care-of address is confirmed",
            "movement.3.3, RFC 3344 §3.8.2.2",
            |stage| release(stage, |mobile| mobile.home_address).map(|_| ()),
        )
        .rule(Rule::FhaReleases);
    cases
        .add(
            "dereg",
            "lifetime 0 with the care-of address bound is confirmed",
            "movement.3.3, RFC 3344 §3.8.2.2",
            |stage| release(stage, |mobile| mobile.care_of).map(|_| ()),
        )
        .rule(Rule::FhaReleases);
    cases.add(
        "dereg",
        "the confirmation has lifetime 0",
        "movement.3.4, RFC 3344 §3.8.3.2",
        |stage| {
            let (_, answer) = release(stage, |mobile| mobile.home_address)?;
            ensure(answer.lifetime == 0, "0 s", || format!("{} s", answer.lifetime))
        },
    );
    cases.add(
        "dereg",
        "the confirmation is proved by the key of the association",
        "movement.3.4, RFC 3344 §3.8.3.3",
        |stage| {
            let (mobile, answer) = release(stage, |mobile| mobile.home_address)?;
            mobile.proved(&answer)
        },
    );
    cases.add("dereg", "the confirmation carries no IPv6 parameters", "movement.3.4", |stage| {
        let (_, answer) = release(stage, |mobile| mobile.home_address)?;
        let vendor = stage.profile.vendor;
        let Ok(dsboot_codec::mip4::Message::Reply(reply)) =
            dsboot_codec::mip4::Message::decode(&answer.came.octets)
        else {
            return fail("a reply that can be read", "one that cannot");
        };
        let told = reply.extensions.bootstrap(vendor);
        let none =
            told.ipv6_hoa.is_absent() && told.home_agent.is_absent() && told.ipv6_coa.is_absent();
        ensure(none, "no extensions 134/5 to 134/7", || "some".to_owned())
    });
    cases
        .add(
            "dereg",
            "a deregistration repeated with a new Identification does no harm",
            "movement.3.7, RFC 3344 §3.8.2.2",
            |stage| {
                let (mut mobile, _) = release(stage, |mobile| mobile.home_address)?;
                let mut request = mobile.again(stage)?;
                request.header.lifetime = 0;
                request.header.care_of_address = mobile.home_address;
                mobile.send(stage, &request.octets())?;
                code_or_silence(&[0, 1, 128, 129, 131]).judge(stage, &mobile).map(|_| ())
            },
        )
        .rule(Rule::FhaReleasesAgain);
    cases.add(
        "dereg",
        "after a deregistration, a new registration is possible",
        "movement.3.9, RFC 3344 §3.8.2.2",
        |stage| {
            let (mut mobile, _) = release(stage, |mobile| mobile.home_address)?;
            match mobile.establish(stage) {
                Ok(_) => Ok(()),
                Err(_) => fail("a new registration", "none"),
            }
        },
    );
    cases
        .add(
            "dereg",
            "a refresh under the old key after deregistration makes no binding",
            "movement.3.5, keys.1.6",
            |stage| {
                let (mut mobile, _) = release(stage, |mobile| mobile.home_address)?;
                let request = mobile.again(stage)?;
                mobile.send(stage, &request.octets())?;
                REFUSED.judge(stage, &mobile).map(|_| ())
            },
        )
        .claims("bootstrap")
        .rule(Rule::FhaRefusesUnbound);
    cases
        .add(
            "dereg",
            "a deregistration with a wrong authenticator ends nothing",
            "registration.7.3, RFC 3344 §3.8.2.1",
            |stage| {
                changed_again(
                    stage,
                    |rrq, _| {
                        rrq.header.lifetime = 0;
                        rrq.header.care_of_address = rrq.header.home_address;
                        rrq.tweak(|_, tweak| *tweak = Tweak::Flip(0));
                    },
                    code_or_silence(&[131]),
                )
            },
        )
        .rule(Rule::FhaRefusesUnproved);
    cases.add(
        "dereg",
        "a deregistration for another care-of address leaves the binding",
        "movement.3.3, RFC 3344 §3.8.2.2",
        |stage| {
            let mut mobile = Mobile::registered(stage)?;
            let mut request = mobile.again(stage)?;
            request.header.lifetime = 0;
            request.header.care_of_address = Ipv4Addr::new(198, 51, 100, 250);
            mobile.send(stage, &request.octets())?;
            ANYTHING.judge(stage, &mobile)?;
            still_registered(stage, &mut mobile)
        },
    );
    cases.add(
        "dereg.other",
        "a deregistration for another care-of address is answered",
        "movement.3.3, RFC 3344 §3.8.2.2",
        |stage| {
            let mut mobile = Mobile::registered(stage)?;
            let mut request = mobile.again(stage)?;
            request.header.lifetime = 0;
            request.header.care_of_address = Ipv4Addr::new(198, 51, 100, 250);
            mobile.send(stage, &request.octets())?;
            match (Allowed { silence: false, ..ANYTHING }).judge(stage, &mobile)? {
                Some(answer) if answer.code <= 1 => {
                    ensure(answer.lifetime == 0, "lifetime 0", || format!("{} s", answer.lifetime))
                }
                _ => Ok(()),
            }
        },
    );
    cases
        .add(
            "binding",
            "twenty refreshes one after the other are each accepted",
            "registration.7.11, RFC 3344 §3.8.2.2",
            |stage| {
                let mut mobile = Mobile::registered(stage)?;
                for _ in 0..20 {
                    still_registered(stage, &mut mobile)?;
                }
                Ok(())
            },
        )
        .rule(Rule::FhaBindsAgain);
    cases
        .add(
            "binding",
            "two mobile nodes hold different home addresses",
            "registration.6.12, registration.7.10",
            |stage| {
                let mut one = Mobile::new(stage)?;
                one.establish(stage)?;
                stage.number += 10_000;
                let mut other = Mobile::new(stage)?;
                other.establish(stage)?;
                let (mine, theirs) = (one.home_address, other.home_address);
                ensure(mine != theirs, "different addresses", || mine.to_string())?;
                still_registered(stage, &mut one)
            },
        )
        .claims("bootstrap");
    cases
        .add(
            "binding",
            "one mobile node's key does not work for another",
            "registration.7.1, keys.4.4",
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
            },
        )
        .claims("bootstrap");
}
