//! Binding updates, and the tunnel that they go through.

use std::time::Duration;

use dsboot_spec::registry::mip6::spi;
use dsboot_spec::registry::mip6::update_flag;

use super::access::later;
use super::first::first;
use super::ha::Bu;
use super::world::{FHA, Form, World};
use super::{Cases, Ending, Outcome, Stage, ensure, fail};

/// Judges an update.
type Judge = fn(&World, &Bu) -> Outcome;

/// What the judges ask, each of an update of its own.
const FORM: &[(&str, &str, Judge)] = &[
    (
        "it goes from the IPv6 care-of address to the home agent, with the home address in its option",
        "home-binding.1.2, RFC 6275 §11.7.1",
        |world, update| {
            let care_of = world.registered.as_ref().and_then(|held| held.care_of6);
            let route = &update.route;
            let seen = (Some(route.source), route.destination, route.home_address);
            let right = (care_of, world.who.home_agent, Some(world.who.home));
            ensure(seen == right, format!("{right:?}"), || format!("{seen:?}"))
        },
    ),
    ("A and H are set", "home-binding.1.3, RFC 6275 §11.7.1", |_, update| {
        let both = update_flag::ACKNOWLEDGE | update_flag::HOME_REGISTRATION;
        ensure(update.flags & both == both, "A and H", || format!("{:#06x}", update.flags))
    }),
    (
        "the care-of address stands in an Alternate Care-of Address option",
        "home-binding.1.3, RFC 6275 §11.7.1",
        |_, update| {
            let own = Some(update.route.source);
            ensure(update.alternate == own, format!("{own:?}"), || {
                format!("{:?}", update.alternate)
            })
        },
    ),
    (
        "it has the NAI, and a Mesg-ID that is the time of day",
        "home-binding.1.4, RFC 4283 §3, RFC 4285 §6",
        |world, update| {
            ensure(update.nai.as_ref() == Some(&world.who.nai), "the NAI", || {
                format!("{:?}", update.nai)
            })?;
            let own = update.message_id.unwrap_or_default() >> 32;
            let now = world.registered.as_ref().map(|held| held.asked.header()).transpose()?;
            let now = u64::from(now.map_or(0, |header| header.identification.high()));
            ensure(now.abs_diff(own) <= 7, format!("about {now} s"), || format!("{own} s"))
        },
    ),
    (
        "it is proved by the MN-AAA option with SPI 3, under the key shared with the AAAH",
        "home-binding.1.4, home-binding.1.5, RFC 4285 §5.2",
        |world, update| {
            let packet = update.packet()?;
            let Some(proof) = packet.mn_aaa() else { return fail("an MN-AAA option", "none") };
            ensure(proof.spi == spi::HMAC_SHA1, "SPI 3", || proof.spi.to_string())?;
            ensure(proof.verify(&world.who.aaa_key), "the authenticator under that key", || {
                "another".to_owned()
            })
        },
    ),
    (
        "the lifetime asked for does not reach past the registration",
        "home-binding.1.7, RFC 6275 §6.1.7",
        |world, update| {
            let granted = world.registered.as_ref().map(|held| held.asked.header()).transpose()?;
            let granted = granted.map_or(0, |header| u32::from(header.lifetime));
            let asked = update.lifetime.seconds();
            ensure(asked > 0 && asked <= granted, format!("1 to {granted} s"), || asked.to_string())
        },
    ),
    (
        "it is in IPv4 (41) from the temporary home address to the FHA, inside the Mobile IPv4 tunnel",
        "data-path.1.1, data-path.1.2, RFC 4213 §3, RFC 3024 §4",
        |world, update| {
            let home = world.registered.as_ref().map(|held| held.thoav4);
            let (from, to) = update.tunnelled.inner;
            ensure((Some(from), to) == (home, FHA), format!("{home:?} to {FHA}"), || {
                format!("{from} to {to}")
            })?;
            let (from, to) = update.tunnelled.outer;
            ensure(
                (*from.ip(), *to.ip()) == (world.care_of, FHA),
                format!("{} to {FHA} outside", world.care_of),
                || format!("{from} to {to} outside"),
            )
        },
    ),
    ("the header of 41 has TOS 0 and DF clear", "data-path.5.2, RFC 4213 §3.2", |_, update| {
        ensure(update.tunnelled.is_plain, "TOS 0, DF clear", || "something else".to_owned())
    }),
    (
        "a tunnel in UDP goes between the ports of request and reply, with Next Header 4",
        "data-path.6.4, RFC 3519 §3.3",
        |world, update| {
            let Some(held) = &world.registered else { return fail("a registration", "none") };
            if held.form != Form::Udp {
                return Err(Ending::Skip("the mobile node asks for no UDP tunnel".to_owned()));
            }
            let (from, to) = update.tunnelled.outer;
            ensure(
                (from, to) == (held.asked.from, held.asked.to),
                format!("{} to {}", held.asked.from, held.asked.to),
                || format!("{from} to {to}"),
            )?;
            let head = &update.tunnelled.head;
            ensure(head == &[4, 4, 0, 0], "04040000", || hex::encode(head))
        },
    ),
];

/// Registered; its first update.
pub(super) fn updating(stage: &mut Stage<'_>) -> Result<(World, Bu), Ending> {
    let (mut world, asked) = first(stage)?;
    let grant = world.grant(stage);
    world.reply(stage, &asked, &grant)?;
    let update = world.update(stage)?;
    Ok((world, update))
}

/// The update sent again.
pub(super) fn repeated(stage: &mut Stage<'_>, world: &mut World) -> Result<Bu, Ending> {
    let patience = Duration::from_millis(1600) + stage.patience();
    match world.updated(stage, patience) {
        Some(update) => Ok(update),
        None => fail("the update again", "nothing"),
    }
}

pub(super) fn add(cases: &mut Cases) {
    cases.add(
        "whole",
        "a mobile node gains access, registers, binds its home address, and uses it",
        "access.2.1, registration.10.5, home-binding.1.1, data-path.4.4",
        |stage| {
            let (mut world, asked) = first(stage)?;
            let grant = world.grant(stage);
            world.reply(stage, &asked, &grant)?;
            world.bind(stage)?;
            super::ack::is_bound(stage, &mut world)
        },
    );
    for (what, clauses, judge) in FORM {
        cases.add("bu.form", format!("of the binding update: {what}"), clauses, move |stage| {
            let (world, update) = updating(stage)?;
            judge(&world, &update)
        });
    }
    cases.add(
        "bu.time",
        "an unanswered update is sent again after 1.5 s, and then after 3 s",
        "home-binding.1.8, RFC 6275 §11.8",
        |stage| {
            let (mut world, one) = updating(stage)?;
            let two = repeated(stage, &mut world)?;
            later(two.at - one.at, 1400, 2500)?;
            let Some(three) = world.updated(stage, Duration::from_millis(4500)) else {
                return fail("a third update within 4.5 s", "none");
            };
            later(three.at - two.at, 2850, 4400)
        },
    );
    cases.add(
        "bu.time",
        "an update sent again is a new one: number, Mesg-ID and proof",
        "home-binding.1.6, home-binding.1.9, RFC 6275 §11.8, RFC 4285 §6",
        |stage| {
            let (mut world, one) = updating(stage)?;
            let two = repeated(stage, &mut world)?;
            ensure(
                two.sequence == one.sequence.wrapping_add(1) && two.message_id > one.message_id,
                "the next number, and a greater Mesg-ID",
                || format!("{} and {:?}", two.sequence, two.message_id),
            )?;
            let packet = two.packet()?;
            let is_right = packet.mn_aaa().is_some_and(|proof| proof.verify(&world.who.aaa_key));
            ensure(is_right, "proved anew", || "not proved".to_owned())
        },
    );
    cases.add(
        "bu.time",
        "no update is sent before the reply has accepted",
        "home-binding.1.1, data-path.1.5, registration.10.12",
        |stage| {
            let (mut world, asked) = first(stage)?;
            super::reply::passes_over(stage, &mut world, asked).map(|_| ())
        },
    );
    cases.add(
        "bu.time",
        "an update for a registration of 5 s asks for one unit of 4 s",
        "home-binding.1.7, RFC 6275 §6.1.7",
        |stage| {
            let (mut world, asked) = first(stage)?;
            let mut grant = world.grant(stage);
            grant.lifetime = Some(5);
            world.reply(stage, &asked, &grant)?;
            let update = world.update(stage)?;
            ensure(update.lifetime.units() == 1, "1", || update.lifetime.units().to_string())
        },
    );
}
