//! Registering again, and giving everything back.

use std::time::Duration;

use dsboot_codec::mip4::{AuthenticationKind, SecurityContext};
use dsboot_codec::pana::{Flags, Kind};
use dsboot_spec::registry::mip4::code;
use dsboot_spec::registry::pana::termination_cause;

use super::ack::bound;
use super::fha::{Asked, Grant};
use super::first::{first, repeated};
use super::world::{FHA, Said, World};
use super::{Cases, Ending, Outcome, Stage, ensure, fail, missing};
use crate::fha::rrq::Tweak;
use crate::nas::pac::{Msg, up_to};

/// Seconds that are granted where the next request is waited for.
const SHORT: u16 = 4;

/// Judges a request for more time.
type Judge = fn(&World, &Asked) -> Outcome;

/// What the judges ask, each of a request of its own.
const FORM: &[(&str, &str, Judge)] = &[
    (
        "it comes before the lifetime granted has ended",
        "movement.2.1, RFC 3344 §3.6",
        |world, asked| {
            let Some(held) = &world.registered else { return missing("a registration") };
            let after = asked.at - held.asked.at;
            ensure(after < Duration::from_secs(SHORT.into()), "within 4 s", || format!("{after:?}"))
        },
    ),
    (
        "it has the temporary home address in its field, and the NAI",
        "movement.2.2, RFC 3344 §3.6.1.2",
        |world, asked| {
            let request = asked.read()?;
            let home = world.registered.as_ref().map(|held| held.thoav4);
            ensure(Some(request.header.home_address) == home, format!("{home:?}"), || {
                request.header.home_address.to_string()
            })?;
            let nai = request.extensions.nai().once().map(<[u8]>::to_vec);
            ensure(nai.as_ref() == Some(&world.who.nai), "the NAI", || format!("{nai:?}"))
        },
    ),
    (
        "it is proved by the key of the registration, under the SPI that the FHA chose",
        "movement.2.2, keys.1.7, keys.1.2, RFC 3344 §3.5.1",
        |world, asked| {
            let Some(held) = &world.registered else { return missing("a registration") };
            let request = asked.read()?;
            let proof = request.extensions.authenticator(AuthenticationKind::MobileHome).once();
            let Some(proof) = proof else { return fail("one authenticator (32)", "none") };
            ensure(proof.spi == held.fha_spi, format!("SPI {:#x}", held.fha_spi), || {
                format!("{:#x}", proof.spi)
            })?;
            let algorithm = dsboot_codec::mip4::Algorithm::HmacMd5;
            let context = SecurityContext { spi: held.fha_spi, algorithm, key: &held.key };
            ensure(proof.verify(&context), "the key of the registration", || "another".to_owned())
        },
    ),
    (
        "it asks for no key, and the AAAH for nothing",
        "movement.2.3, RFC 3344 §3.6.1.3",
        |_, asked| {
            let request = asked.read()?;
            let kinds: Vec<u8> = request.extensions.iter().map(|one| one.value.kind()).collect();
            let has = [42, 36, 132].iter().any(|kind| kinds.contains(kind));
            ensure(!has, "neither 42 nor 36 nor 132", || format!("{kinds:?}"))
        },
    ),
    (
        "its extensions stand in the order 131, 144, 32",
        "movement.2.3, RFC 3344 §3.6.1.3",
        |_, asked| {
            let request = asked.read()?;
            let kinds: Vec<u8> = request.extensions.iter().map(|one| one.value.kind()).collect();
            ensure(
                kinds.first() == Some(&131) && kinds.last() == Some(&32),
                "131 first, 32 last",
                || format!("{kinds:?}"),
            )
        },
    ),
    (
        "its Identification is greater than the one before",
        "registration.4.11, RFC 3344 §5.7.1",
        |world, asked| {
            let before = world.registered.as_ref().map(|held| held.asked.header()).transpose()?;
            let before = before.map_or(0, |header| header.identification.0);
            let own = asked.header()?.identification.0;
            ensure(own > before, format!("after {before:016x}"), || format!("{own:016x}"))
        },
    ),
    (
        "it goes to the same FHA, from the same care-of address",
        "registration.2.1, movement.2.2",
        |world, asked| {
            let header = asked.header()?;
            let seen = (header.home_agent, *asked.to.ip(), header.care_of_address);
            let right = (FHA, FHA, world.care_of);
            ensure(seen == right, format!("{right:?}"), || format!("{seen:?}"))
        },
    ),
];

/// Registered for a short time; the next request.
fn again(stage: &mut Stage<'_>, change: impl Fn(&mut Grant)) -> Result<(World, Asked), Ending> {
    let (mut world, asked) = first(stage).or_else(up_to)?;
    let mut grant = world.grant(stage);
    grant.lifetime = Some(SHORT);
    change(&mut grant);
    world.reply(stage, &asked, &grant)?;
    let lifetime = grant.lifetime.unwrap_or(SHORT);
    match world.asked(stage, Duration::from_secs(lifetime.into())) {
        Some(asked) => Ok((world, asked)),
        None => fail(format!("a request for more time within {lifetime} s"), "none"),
    }
}

/// Whether a request is one that begins anew.
fn is_first(asked: &Asked) -> Outcome {
    let request = asked.read()?;
    let asks = request.extensions.mn_ha_key_request().once().is_some();
    ensure(
        asks && request.header.home_address.is_unspecified(),
        "a first request: home address 0, and a key request",
        || format!("home address {}, key request: {asks}", request.header.home_address),
    )
}

pub(super) fn add(cases: &mut Cases) {
    for (what, clauses, judge) in FORM {
        cases.add(
            "rrq.again",
            format!("of a request for more time: {what}"),
            clauses,
            move |stage| {
                let (world, asked) = again(stage, |_| {})?;
                judge(&world, &asked)
            },
        );
    }
    answers(cases);
    release(cases);
}

fn answers(cases: &mut Cases) {
    cases
        .add(
            "rrp.again",
            "a reply to it without IPv6 parameters leaves them as they were",
            "movement.2.4, home-binding.1.1",
            |stage| {
                let (mut world, asked) = again(stage, |_| {})?;
                let mut grant = world.grant(stage);
                let care_of = grant.care_of6.take();
                (grant.home6, grant.agent6) = (None, None);
                world.reply(stage, &asked, &grant)?;
                let update = world.update(stage)?;
                let seen = (Some(update.route.source), update.route.destination);
                let right = (care_of, world.who.home_agent);
                ensure(seen == right, format!("an update as before: {right:?}"), || {
                    format!("{seen:?}")
                })
            },
        )
        .claims("ipv6");
    cases.add(
        "rrp.again",
        "a reply to it that is not proved is passed over",
        "registration.10.2, RFC 3344 §3.6.2.1",
        |stage| {
            let (mut world, asked) = again(stage, |grant| grant.lifetime = Some(5))?;
            let grant = world.grant(stage);
            let mut reply = world.rrp(stage, &asked, &grant)?;
            reply.tweak(|_, tweak| *tweak = Tweak::Flip(2));
            world.respond(stage, &asked, &reply.octets())?;
            // It goes on asking.
            repeated(stage, &mut world).map(|_| ())
        },
    );
    cases.add(
        "rrp.again",
        "after a 131 under the key it goes on as without answer, and with the same key",
        "registration.10.15, RFC 5944 §3.8.2.1",
        |stage| {
            let (mut world, asked) = again(stage, |grant| grant.lifetime = Some(5))?;
            let mut grant = world.grant(stage);
            grant.code = code::HA_MN_AUTHENTICATION;
            world.reply(stage, &asked, &grant)?;
            let next = repeated(stage, &mut world)?;
            let home = world.registered.as_ref().map(|held| held.thoav4);
            let own = next.header()?.home_address;
            ensure(Some(own) == home, format!("{home:?}"), || own.to_string())
        },
    );
    cases.add(
        "rrp.again",
        "after a refusal under the key it begins anew",
        "registration.10.5, movement.3.9, RFC 3344 §3.6.2.3",
        |stage| {
            let (mut world, asked) = again(stage, |_| {})?;
            let mut grant = world.grant(stage);
            grant.code = code::HA_PROHIBITED;
            world.reply(stage, &asked, &grant)?;
            let next = repeated(stage, &mut world)?;
            is_first(&next)
        },
    );
    cases.add(
        "rrp.again",
        "where no reply comes until the lifetime has ended, it begins anew",
        "movement.2.7, movement.3.10, RFC 3344 §3.6",
        |stage| {
            let (mut world, asked) = again(stage, |_| {})?;
            let mut last = asked;
            for _ in 0..3 {
                if last.header()?.home_address.is_unspecified() {
                    break;
                }
                last = repeated(stage, &mut world)?;
            }
            is_first(&last)
        },
    );
    cases.add(
        "rrp.again",
        "a key that ends first is renewed by a request of the first form",
        "movement.2.6, movement.2.5, RFC 3957 §6.4",
        |stage| {
            let (_, asked) = again(stage, |grant| grant.key_lifetime = SHORT.into())?;
            is_first(&asked)
        },
    );
    cases.add(
        "rrp.again",
        "the new key is in use after the reply that accepts, and the home address stays",
        "keys.1.6, movement.2.6, RFC 3957 §3",
        |stage| {
            let (mut world, asked) = again(stage, |grant| grant.key_lifetime = SHORT.into())?;
            let mut grant = world.grant(stage);
            grant.lifetime = Some(SHORT);
            world.reply(stage, &asked, &grant)?;
            let next = world.asked(stage, Duration::from_millis(4100));
            let Some(next) = next else { return fail("a further request", "none") };
            let request = next.read()?;
            let proof = request.extensions.authenticator(AuthenticationKind::MobileHome).once();
            let spi = proof.map(|proof| proof.spi);
            ensure(spi == Some(grant.fha_spi), format!("SPI {:#x}", grant.fha_spi), || {
                format!("{spi:x?}")
            })
        },
    );
}

/// Bound, and told to end; the update that ends the binding.
fn leaving(stage: &mut Stage<'_>) -> Result<(World, super::ha::Bu), Ending> {
    let mut world = bound(stage)?;
    // Updates and requests are held back when they follow others too closely.
    world.hear_all(stage, Duration::from_millis(400));
    ask_to_end(stage)?;
    let Some(update) = world.updated(stage, Duration::from_millis(1400)) else {
        return fail("a binding update with lifetime 0", "none");
    };
    Ok((world, update))
}

pub(super) fn ask_to_end(stage: &mut Stage<'_>) -> Outcome {
    stage.mark("MN", "is told to end");
    let is_asked = stage.mobile.as_ref().is_some_and(|mobile| mobile.ask_to_end());
    stage.may_end = true;
    if is_asked { Ok(()) } else { Err(Ending::Skip("it is not started here".to_owned())) }
}

/// The deregistration that follows the update's acknowledgement.
fn deregistering(stage: &mut Stage<'_>) -> Result<(World, Asked), Ending> {
    let (mut world, update) = leaving(stage)?;
    let ack = world.ack(stage, &update);
    world.acknowledge(stage, &ack)?;
    let patience = Duration::from_millis(1100) + stage.patience();
    match world.asked(stage, patience) {
        Some(asked) => Ok((world, asked)),
        None => fail("a deregistration", "nothing"),
    }
}

/// The termination that follows.
fn terminating(stage: &mut Stage<'_>) -> Result<(World, Msg, u32), Ending> {
    let (mut world, asked) = deregistering(stage)?;
    let grant = world.grant(stage);
    world.reply(stage, &asked, &grant)?;
    let heard = world.heard(stage, "a PANA-Termination-Request")?;
    let message = heard.is(Kind::Ptr, Flags::REQUEST)?;
    let cause = message.find(|one| match one {
        dsboot_codec::pana::Avp::TerminationCause(cause) => Some(cause),
        _ => None,
    });
    let answer = Msg::new(Kind::Pta, Flags::NONE, message.session_id(), message.sequence());
    world.pac = heard.came.from;
    Ok((world, answer, cause.once().unwrap_or_default()))
}

fn release(cases: &mut Cases) {
    let mut add = |purpose: &str, clauses, run: fn(&mut Stage<'_>) -> Outcome| {
        cases.add("release", purpose, clauses, run).claims("ipv6").claims("release");
    };
    add(
        "the end begins with an update with lifetime 0",
        "movement.3.1, RFC 6275 §11.7.1",
        |stage| {
            let (_, update) = leaving(stage)?;
            ensure(update.lifetime.units() == 0, "lifetime 0", || {
                update.lifetime.units().to_string()
            })
        },
    );
    add("nothing else is given back before the update is acknowledged", "movement.3.2", |stage| {
        let (mut world, _) = leaving(stage)?;
        let time = stage.silence();
        for said in world.hear_all(stage, time) {
            match said {
                Said::Request(_) => return fail("no deregistration yet", "one"),
                Said::Access(heard, _)
                    if heard.message().is_ok_and(|m| m.kind() == Some(Kind::Ptr)) =>
                {
                    return fail("no termination yet", "one");
                }
                _ => {}
            }
        }
        Ok(())
    });
    add(
        "the update that ends the binding is sent again when it is not acknowledged",
        "movement.3.2, home-binding.1.8, RFC 6275 §11.8",
        |stage| {
            let (mut world, one) = leaving(stage)?;
            let two = super::update::repeated(stage, &mut world)?;
            ensure(
                two.lifetime.units() == 0 && two.sequence != one.sequence,
                "a new one with lifetime 0",
                || format!("number {}, lifetime {}", two.sequence, two.lifetime.units()),
            )
        },
    );
    add(
        "then the registration is ended by lifetime 0, and the home address as care-of address",
        "movement.3.1, movement.3.3, RFC 3344 §3.6.1.2",
        |stage| {
            let (world, asked) = deregistering(stage)?;
            let header = asked.header()?;
            let home = world.registered.as_ref().map(|held| held.thoav4);
            let seen = (header.lifetime, Some(header.home_address), Some(header.care_of_address));
            ensure(seen == (0, home, home), format!("(0, {home:?} twice)"), || format!("{seen:?}"))
        },
    );
    add(
        "the deregistration is proved by the key of the registration",
        "movement.2.2, movement.3.4, RFC 3344 §3.5.1",
        |stage| {
            let (world, asked) = deregistering(stage)?;
            let Some(held) = &world.registered else { return missing("a registration") };
            let request = asked.read()?;
            let proof = request.extensions.authenticator(AuthenticationKind::MobileHome).once();
            let algorithm = dsboot_codec::mip4::Algorithm::HmacMd5;
            let context = SecurityContext { spi: held.fha_spi, algorithm, key: &held.key };
            ensure(proof.is_some_and(|proof| proof.verify(&context)), "that key", || {
                "another, or no authenticator".to_owned()
            })
        },
    );
    add(
        "the deregistration is sent again, as a new one, when it is not answered",
        "movement.3.2, registration.4.12, RFC 3344 §3.6.3",
        |stage| {
            let (mut world, one) = deregistering(stage)?;
            let two = repeated(stage, &mut world)?;
            let (one, two) = (one.header()?, two.header()?);
            ensure(
                two.lifetime == 0 && two.identification.0 > one.identification.0,
                "lifetime 0, and a greater Identification",
                || format!("lifetime {}, {:016x}", two.lifetime, two.identification.0),
            )
        },
    );
    add(
        "access is given back last, by a termination that says LOGOUT",
        "movement.3.1, access.5.7, RFC 5191 §4.4",
        |stage| {
            let (_, _, cause) = terminating(stage)?;
            ensure(cause == termination_cause::LOGOUT, "LOGOUT (1)", || cause.to_string())
        },
    );
    add(
        "once the termination is answered, nothing is sent any more",
        "movement.3.6, access.5.7",
        |stage| {
            let (mut world, answer, _) = terminating(stage)?;
            world.tell(stage, &answer)?;
            let time = stage.silence() * 3;
            world.hear_all(stage, Duration::from_millis(100));
            for said in world.hear_all(stage, time) {
                match said {
                    Said::Other => {}
                    _ => return fail("nothing", "a message"),
                }
            }
            Ok(())
        },
    );
}
