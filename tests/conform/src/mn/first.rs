//! The first registration request of a mobile node with a care-of address of its own.

use std::time::Duration;

use dsboot_codec::mip4::{AuthenticationKind, Extension};
use dsboot_spec::registry::mip4::{COLOCATED_CHALLENGE, FIRST_FREE_SPI, PORT, REQUEST_TTL, spi};

use super::access::later;
use super::fha::Asked;
use super::paa::Admission;
use super::world::{FHA, World};
use super::{Cases, Ending, Outcome, Stage, ensure, fail};

/// Judges a first request.
type Judge = fn(&World, &Asked) -> Outcome;

/// What the judges ask, each of a request of its own.
const FORM: &[(&str, &str, Judge)] = &[
    ("it has home address 0 and the NAI", "registration.4.1, RFC 2794 §2", |world, asked| {
        let request = asked.read()?;
        let nai = request.extensions.nai().once().map(<[u8]>::to_vec);
        ensure(request.header.home_address.is_unspecified(), "home address 0.0.0.0", || {
            request.header.home_address.to_string()
        })?;
        ensure(nai.as_ref() == Some(&world.who.nai), "the NAI in extension 131", || {
            format!("{:?}", nai.map(|nai| String::from_utf8_lossy(&nai).into_owned()))
        })
    }),
    (
        "it asks for a key under an SPI of 256 or more",
        "registration.4.2, keys.1.8, RFC 3957 §6.3",
        |_, asked| {
            let spi = asked.read()?.extensions.mn_ha_key_request().once();
            ensure(
                spi.is_some_and(|spi| spi >= FIRST_FREE_SPI),
                "one key request (42) with an SPI of 256 or more",
                || format!("{spi:?}"),
            )
        },
    ),
    (
        "it is proved to the AAAH by the MN-AAA key, over the challenge of one octet 0",
        "registration.4.3, registration.4.5, registration.4.7, keys.2.1, RFC 4721 §8",
        |world, asked| {
            let request = asked.read()?;
            let proof = request.extensions.authenticator(AuthenticationKind::MnAaa).once();
            let Some(proof) = proof else {
                return fail("one MN-AAA authentication extension", "none, or several");
            };
            ensure(proof.spi == spi::CHAP, "CHAP_SPI (2)", || proof.spi.to_string())?;
            ensure(
                proof.verify_chap(&world.who.aaa_key, &COLOCATED_CHALLENGE),
                "the authenticator under the MN-AAA key",
                || "another".to_owned(),
            )
        },
    ),
    (
        "its extensions stand in the order 131, 134, 42, 144, 36, and nothing is behind them",
        "registration.4.4, RFC 3957 §6.3",
        |_, asked| {
            let request = asked.read()?;
            let kinds: Vec<u8> = request.extensions.iter().map(|one| one.value.kind()).collect();
            let place = |kind: &u8| [131, 134, 42, 144, 36].iter().position(|own| own == kind);
            let known: Vec<usize> = kinds.iter().filter_map(place).collect();
            ensure(
                known.is_sorted() && kinds.first() == Some(&131) && kinds.last() == Some(&36),
                "131, 134, 42, 144, 36",
                || format!("{kinds:?}"),
            )
        },
    ),
    (
        "it answers no challenge of an agent, and has no proof of a key that there is not yet",
        "registration.4.6, registration.4.4, RFC 4721 §3.5",
        |_, asked| {
            let request = asked.read()?;
            let kinds: Vec<u8> = request.extensions.iter().map(|one| one.value.kind()).collect();
            let has = [132, 32, 33].iter().any(|kind| kinds.contains(kind));
            ensure(!has, "neither 132 nor 32 nor 33", || format!("{kinds:?}"))
        },
    ),
    (
        "it goes straight to the FHA that was named, which is its home agent",
        "registration.2.1, registration.3.2, RFC 3344 §3.3",
        |_, asked| {
            let header = asked.header()?;
            let seen = (*asked.to.ip(), asked.to.port(), header.home_agent);
            ensure(seen == (FHA, PORT, FHA), format!("to {FHA} port {PORT}"), || {
                format!("{seen:?}")
            })
        },
    ),
    (
        "the care-of address is the one given, and where the request comes from",
        "registration.3.5, RFC 3344 §3.6.1.1",
        |world, asked| {
            let care_of = asked.header()?.care_of_address;
            let seen = (care_of, *asked.from.ip());
            ensure(
                seen == (world.care_of, world.care_of),
                format!("{} in field and header", world.care_of),
                || format!("{seen:?}"),
            )
        },
    ),
    ("D is set", "registration.3.5, RFC 3344 §3.3", |_, asked| {
        let flags = asked.header()?.flags;
        ensure(flags.decapsulation(), "D", || format!("{:#04x}", flags.0))
    }),
    ("T is set, and S, B, M, G and x are not", "registration.4.8, RFC 3024 §3.2", |_, asked| {
        let flags = asked.header()?.flags;
        let others = flags.simultaneous()
            || flags.broadcast()
            || flags.minimal_encapsulation()
            || flags.gre()
            || flags.reserved_x();
        ensure(flags.reverse_tunnel() && !others, "T alone of these", || {
            format!("{:#04x}", flags.0)
        })
    }),
    ("it leaves with TTL 255", "registration.3.7, RFC 3024 §3.2", |_, asked| {
        ensure(asked.ttl == REQUEST_TTL, "255", || asked.ttl.to_string())
    }),
    ("it asks for a lifetime", "registration.4.1, RFC 3344 §3.3", |_, asked| {
        let lifetime = asked.header()?.lifetime;
        ensure(lifetime > 0, "more than 0 s", || lifetime.to_string())
    }),
    (
        "a UDP tunnel, if it is asked for, is with F and before the authenticator",
        "data-path.6.1, RFC 3519 §4.4",
        |_, asked| {
            let request = asked.read()?;
            let mut is_proved = false;
            for one in request.extensions.iter() {
                match one.value {
                    Extension::MnAaaAuthentication(_) => is_proved = true,
                    Extension::UdpTunnelRequest(own) if is_proved || !own.force => {
                        return fail("F, and before 36", format!("{own:?}"));
                    }
                    _ => {}
                }
            }
            Ok(())
        },
    ),
    ("no secret stands in it", "keys.2.4", |world, asked| {
        let tells = [&world.who.aaa_key, &world.who.access_secret]
            .into_iter()
            .any(|secret| asked.octets.windows(secret.len()).any(|part| part == &secret[..]));
        ensure(!tells, "no secret", || "one".to_owned())
    }),
];

/// Admitted with a care-of address of its own; its first request.
pub(super) fn first(stage: &mut Stage<'_>) -> Result<(World, Asked), Ending> {
    let mut world = World::new(stage)?;
    let admission = Admission::colocated(&world);
    world.admit(stage, &admission)?;
    let asked = world.request(stage)?;
    Ok((world, asked))
}

pub(super) fn add(cases: &mut Cases) {
    for (what, clauses, judge) in FORM {
        cases.add("rrq.first", format!("of the first request: {what}"), clauses, move |stage| {
            let (world, asked) = first(stage)?;
            judge(&world, &asked)
        });
    }
    cases.add(
        "rrq.time",
        "the Identification is the time of day",
        "registration.4.11, RFC 3344 §5.7.1",
        |stage| {
            let (_, asked) = first(stage)?;
            let own = u64::from(asked.header()?.identification.high());
            let now = stage.ntp() >> 32;
            ensure(now.abs_diff(own) <= 7, format!("about {now} s"), || format!("{own} s"))
        },
    );
    cases
        .add(
            "rrq.time",
            "an unanswered request is sent again as a new one: a greater Identification, and proved anew",
            "registration.4.11, registration.4.12, RFC 3344 §3.6.3",
            |stage| {
                let (mut world, asked) = first(stage)?;
                let again = repeated(stage, &mut world)?;
                let (one, two) = (asked.header()?.identification, again.header()?.identification);
                ensure(two.0 > one.0, "a greater one", || format!("{:016x}, {:016x}", one.0, two.0))?;
                let request = again.read()?;
                let proof = request.extensions.authenticator(AuthenticationKind::MnAaa).once();
                let is_right = proof.is_some_and(|proof| {
                    proof.verify_chap(&world.who.aaa_key, &COLOCATED_CHALLENGE)
                });
                ensure(is_right, "proved anew", || "not proved".to_owned())
            },
        );
    cases.add(
        "rrq.time",
        "between requests there are 1 s at least, and twice as long the next time",
        "registration.4.13, RFC 3344 §3.6.3",
        |stage| {
            let (mut world, first) = first(stage)?;
            let second = repeated(stage, &mut world)?;
            let Some(third) = world.asked(stage, Duration::from_millis(3500)) else {
                return fail("a third request within 3.5 s", "none");
            };
            later(second.at - first.at, 900, 1900)?;
            later(third.at - second.at, 1800, 3400)
        },
    );
    cases.add(
        "rrq.time",
        "no Identification and no SPI of a key is used again after a restart",
        "registration.4.11, keys.1.8, RFC 3344 §5.7.1",
        |stage| {
            let (world, one) = first(stage)?;
            drop(world);
            stage.mobile = None;
            let (_, two) = first(stage)?;
            let numbers = [one.header()?, two.header()?].map(|header| header.identification.0);
            let [before, after] = numbers;
            ensure(after > before, "a greater one", || format!("{before:016x}, {after:016x}"))
        },
    );
}

/// The request sent again.
pub(super) fn repeated(stage: &mut Stage<'_>, world: &mut World) -> Result<Asked, Ending> {
    let patience = Duration::from_millis(1100) + stage.patience();
    match world.asked(stage, patience) {
        Some(asked) => Ok(asked),
        None => fail("the request again", "nothing"),
    }
}
