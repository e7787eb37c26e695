//! A mobile node that looks for foreign agents, and registers through them.

use std::net::Ipv4Addr;
use std::time::Duration;

use dsboot_codec::ip::{icmp, v4};
use dsboot_codec::mip4::discovery::{AdvertisementBuilder, AdvertisementFlags, Router};
use dsboot_codec::mip4::{AuthenticationKind, Builder, Code, Extension, ReplyHeader};
use dsboot_spec::registry::ip::protocol;
use dsboot_spec::registry::mip4::{
    ALL_SYSTEMS, COLOCATED_CHALLENGE, LINK_TTL, advertisement_flag, code,
};

use super::access::later;
use super::fha::Asked;
use super::first::repeated;
use super::paa::Admission;
use super::reply::takes;
use super::world::{FHA, Form, Said, World};
use super::{Cases, Ending, Outcome, Stage, ensure, fail};
use crate::link::Frame;
use crate::nas::pac::up_to;

/// The challenge that the agent advertises, and another one.
const CHALLENGE: [u8; 8] = [0xc1; 8];
const OTHER: [u8; 8] = [0xc2; 8];

/// What an agent says of itself; cases change what they are about.
#[derive(Clone, Debug)]
struct Adv {
    ttl: u8,
    /// Seconds that the advertisement is good for.
    lifetime: u16,
    /// Seconds that registrations may last.
    registration: u16,
    flags: u16,
    care_of: Vec<Ipv4Addr>,
    challenge: Option<Vec<u8>>,
    is_agent: bool,
    /// Exclusive-or'd with the checksum.
    checksum: u8,
}

impl Adv {
    fn of(world: &World) -> Adv {
        Adv {
            ttl: LINK_TTL,
            lifetime: 1800,
            registration: 600,
            flags: advertisement_flag::FOREIGN_AGENT | advertisement_flag::REVERSE_TUNNEL,
            care_of: vec![world.agent],
            challenge: Some(CHALLENGE.to_vec()),
            is_agent: true,
            checksum: 0,
        }
    }
}

/// Sends an advertisement from the agent.
fn advertise(stage: &mut Stage<'_>, world: &World, adv: &Adv) -> Outcome {
    let router = Router { address: world.agent, preference: 0 };
    let mut builder = AdvertisementBuilder::new(16, adv.lifetime, &[router]);
    let mut flags = AdvertisementFlags(adv.flags);
    // What the builder does not make is put in afterwards.
    let is_odd = adv.is_agent && (!flags.foreign_agent() || adv.care_of.is_empty());
    if is_odd {
        flags = AdvertisementFlags(advertisement_flag::FOREIGN_AGENT);
    }
    let care_of = if is_odd { vec![world.agent] } else { adv.care_of.clone() };
    if adv.is_agent {
        builder = builder.mobility_agent(1, adv.registration, flags, &care_of);
    }
    if let Some(challenge) = adv.challenge.as_ref().filter(|_| adv.is_agent) {
        builder = builder.challenge(challenge);
    }
    let made = builder.finish();
    let mut icmp = made.map_err(|error| Ending::Inconclusive(error.to_string()))?;
    // Type 16 of the extension begins behind one router's entry.
    if is_odd && adv.care_of.is_empty() {
        let length = icmp.get(17).copied().unwrap_or_default();
        let extension = 16..18 + usize::from(length);
        let head = icmp.get(18..24).unwrap_or_default().to_vec();
        icmp.splice(extension, [vec![16, 6], head].concat());
    }
    if is_odd && let Some(place) = icmp.get_mut(22..24) {
        place.copy_from_slice(&adv.flags.to_be_bytes());
    }
    if let [kind, own, _, _, body @ ..] = icmp.as_slice() {
        let message = icmp::Message { kind: *kind, code: *own, body };
        icmp = message.encode_v4();
    }
    if let Some(octet) = icmp.get_mut(3) {
        *octet ^= adv.checksum;
    }
    let packet = v4::Packet::new(world.agent, ALL_SYSTEMS, protocol::ICMP, &icmp);
    match (v4::Packet { ttl: adv.ttl, ..packet }).encode() {
        Ok(octets) => world.packet_of_agent(stage, &octets),
        Err(error) => Err(Ending::Inconclusive(error.to_string())),
    }
}

/// The next solicitation.
fn solicitation(
    stage: &mut Stage<'_>,
    world: &mut World,
    patience: Duration,
) -> Result<Frame, Ending> {
    let found = world.next(stage, patience, |said| match said {
        Said::Solicitation(frame) => Some(frame.clone()),
        _ => None,
    });
    found.map_or_else(|| fail("an agent solicitation", "none"), Ok)
}

/// Has heard an agent, and is admitted without an address of its own; its request.
fn visiting(
    stage: &mut Stage<'_>,
    change: impl Fn(&World, &mut Adv),
    own: bool,
) -> Result<(World, Asked), Ending> {
    let mut world = World::seeking(stage)?;
    let patience = stage.patience();
    solicitation(stage, &mut world, patience).or_else(up_to)?;
    let mut adv = Adv::of(&world);
    change(&world, &mut adv);
    advertise(stage, &world, &adv)?;
    let admission = if own { Admission::colocated(&world) } else { Admission::plain() };
    world.admit(stage, &admission)?;
    let asked = world.request(stage)?;
    Ok((world, asked))
}

/// Judges a request through an agent.
type Judge = fn(&World, &Asked) -> Outcome;

const FORM: &[(&str, &str, Judge)] = &[
    (
        "it goes to the agent, by the agent's link-layer address",
        "registration.3.3, RFC 3344 §3.6.1.1",
        |world, asked| {
            let seen = (*asked.to.ip(), asked.neighbour);
            let right = (world.agent, world.station.second());
            ensure(seen == right, format!("{right:x?}"), || format!("{seen:x?}"))
        },
    ),
    (
        "the care-of address is the agent's, and D is clear",
        "registration.3.3, registration.1.2, RFC 3344 §3.6.1.1",
        |world, asked| {
            let header = asked.header()?;
            ensure(
                header.care_of_address == world.agent && !header.flags.decapsulation(),
                format!("{}, without D", world.agent),
                || format!("{}, flags {:#04x}", header.care_of_address, header.flags.0),
            )
        },
    ),
    ("the first one comes from 0.0.0.0", "registration.3.6, RFC 3344 §3.6.1.1", |_, asked| {
        let from = asked.from.ip();
        ensure(from.is_unspecified(), "0.0.0.0", || from.to_string())
    }),
    ("the FHA is its home agent, not the agent", "registration.2.1, RFC 3344 §3.3", |_, asked| {
        let agent = asked.header()?.home_agent;
        ensure(agent == FHA, FHA.to_string(), || agent.to_string())
    }),
    (
        "it answers the agent's challenge, before the proof to the AAAH, which covers it",
        "registration.4.6, registration.4.4, keys.2.1, RFC 4721 §3.1",
        |world, asked| {
            let request = asked.read()?;
            let challenge = request.extensions.challenge().once().map(<[u8]>::to_vec);
            ensure(challenge.as_deref() == Some(&CHALLENGE), "the challenge in 132", || {
                format!("{challenge:x?}")
            })?;
            let kinds: Vec<u8> = request.extensions.iter().map(|one| one.value.kind()).collect();
            ensure(kinds.ends_with(&[132, 36]), "132, 36 at the end", || format!("{kinds:?}"))?;
            let proof = request.extensions.authenticator(AuthenticationKind::MnAaa).once();
            let is_right =
                proof.is_some_and(|proof| proof.verify_chap(&world.who.aaa_key, &CHALLENGE));
            ensure(is_right, "a proof over the challenge", || "another".to_owned())
        },
    ),
    (
        "it asks for no more time than the agent allows",
        "registration.4.10, RFC 3344 §3.6.1.2",
        |_, asked| {
            let lifetime = asked.header()?.lifetime;
            ensure((1..=600).contains(&lifetime), "600 s at most", || lifetime.to_string())
        },
    ),
];

pub(super) fn add(cases: &mut Cases) {
    discovery(cases);
    for (what, clauses, judge) in FORM {
        cases
            .add(
                "agent.rrq",
                format!("of a request through an agent: {what}"),
                clauses,
                move |stage| {
                    let (world, asked) = visiting(stage, |_, _| {}, false)?;
                    judge(&world, &asked)
                },
            )
            .claims("agents")
            .claims("bootstrap");
    }
    ways(cases);
    wrong(cases);
    denials(cases);
    registered(cases);
}

fn discovery(cases: &mut Cases) {
    let mut add = |purpose: &str, clauses, run: fn(&mut Stage<'_>) -> Outcome| {
        cases.add("agent.seek", purpose, clauses, run).claims("agents");
    };
    add(
        "a solicitation has TTL 1, a right checksum, and goes to many",
        "registration.1.3, registration.1.4, RFC 3344 §2.2, RFC 1256 §3",
        |stage| {
            let mut world = World::seeking(stage)?;
            let patience = stage.patience();
            let frame = solicitation(stage, &mut world, patience)?;
            let packet = v4::Packet::decode(&frame.packet);
            let Ok(packet) = packet else { return fail("an IPv4 packet", "another") };
            ensure(packet.ttl == LINK_TTL, "TTL 1", || packet.ttl.to_string())?;
            ensure(icmp::Message::decode_v4(packet.payload).is_ok(), "a right checksum", || {
                "another".to_owned()
            })?;
            let to = packet.destination;
            ensure(to.is_multicast() || to.is_broadcast(), "to many", || to.to_string())
        },
    );
    add(
        "solicitations are 1 s apart at least, and further the next time",
        "registration.1.3, RFC 3344 §2.4",
        |stage| {
            let mut world = World::seeking(stage)?;
            let patience = stage.patience();
            solicitation(stage, &mut world, patience)?;
            let began = std::time::Instant::now();
            solicitation(stage, &mut world, Duration::from_millis(2500))?;
            later(began.elapsed(), 850, 2300)
        },
    );
    add(
        "no solicitation is sent once an agent has been heard",
        "registration.1.3, RFC 3344 §2.4",
        |stage| {
            let mut world = World::seeking(stage)?;
            let patience = stage.patience();
            solicitation(stage, &mut world, patience)?;
            let adv = Adv::of(&world);
            advertise(stage, &world, &adv)?;
            world.hear_all(stage, Duration::from_millis(100));
            match solicitation(stage, &mut world, Duration::from_millis(1500)) {
                Ok(_) => fail("no further solicitation", "one"),
                Err(_) => Ok(()),
            }
        },
    );
    add(
        "an agent that is silent for the lifetime of its advertisement is looked for again",
        "registration.1.7, RFC 3344 §2.4.2.1",
        |stage| {
            let mut world = World::seeking(stage)?;
            let patience = stage.patience();
            solicitation(stage, &mut world, patience)?;
            let adv = Adv { lifetime: 1, ..Adv::of(&world) };
            advertise(stage, &world, &adv)?;
            solicitation(stage, &mut world, Duration::from_millis(2500)).map(|_| ())
        },
    );
}

fn ways(cases: &mut Cases) {
    let mut add = |purpose: &str, clauses, run: fn(&mut Stage<'_>) -> Outcome| {
        cases.add("agent.way", purpose, clauses, run).claims("agents").claims("bootstrap");
    };
    add(
        "with an address of its own and R heard, the request goes to the agent, with that address and D",
        "registration.3.4, RFC 3344 §2.1.1, RFC 3344 §3.6.1.2",
        |stage| {
            let change = |_: &World, adv: &mut Adv| {
                adv.flags |= advertisement_flag::REGISTRATION_REQUIRED;
            };
            let (world, asked) = visiting(stage, change, true)?;
            let header = asked.header()?;
            let seen = (*asked.to.ip(), header.care_of_address, header.flags.decapsulation());
            let right = (world.agent, world.care_of, true);
            ensure(seen == right, format!("{right:?}"), || format!("{seen:?}"))
        },
    );
    add(
        "with an address of its own and no R heard, it goes straight to the FHA, without challenge",
        "registration.3.2, registration.4.6, RFC 4721 §3.5",
        |stage| {
            let (world, asked) = visiting(stage, |_, _| {}, true)?;
            let request = asked.read()?;
            let seen = (*asked.to.ip(), request.header.care_of_address);
            ensure(seen == (FHA, world.care_of), format!("{FHA}, {}", world.care_of), || {
                format!("{seen:?}")
            })?;
            let is_absent = request.extensions.challenge().is_absent();
            ensure(is_absent, "no challenge", || "one".to_owned())
        },
    );
    add(
        "an address given that is the agent's own is no address of the mobile node's",
        "access.4.16, registration.3.3",
        |stage| {
            let mut world = World::seeking(stage)?;
            let patience = stage.patience();
            solicitation(stage, &mut world, patience).or_else(up_to)?;
            let adv = Adv::of(&world);
            advertise(stage, &world, &adv)?;
            let admission = Admission { care_of: Some(world.agent), ..Admission::plain() };
            world.admit(stage, &admission)?;
            let asked = world.request(stage)?;
            let header = asked.header()?;
            ensure(
                *asked.to.ip() == world.agent && !header.flags.decapsulation(),
                "to the agent, without D",
                || format!("to {}, flags {:#04x}", asked.to, header.flags.0),
            )
        },
    );
    add(
        "without a challenge advertised, none is answered, and the proof is over one octet 0",
        "registration.4.6, registration.4.7, RFC 4721 §3.5",
        |stage| {
            let (world, asked) = visiting(stage, |_, adv| adv.challenge = None, false)?;
            let request = asked.read()?;
            ensure(request.extensions.challenge().is_absent(), "no 132", || "one".to_owned())?;
            let proof = request.extensions.authenticator(AuthenticationKind::MnAaa).once();
            let is_right = proof
                .is_some_and(|proof| proof.verify_chap(&world.who.aaa_key, &COLOCATED_CHALLENGE));
            ensure(is_right, "a proof over one octet 0", || "another".to_owned())
        },
    );
    add(
        "the first of several care-of addresses that an agent offers is taken, or another of them",
        "registration.1.2, RFC 3344 §2.1.1",
        |stage| {
            let second = Ipv4Addr::new(198, 51, 100, 3);
            let (world, asked) = visiting(stage, |_, adv| adv.care_of.push(second), false)?;
            let care_of = asked.header()?.care_of_address;
            ensure([world.agent, second].contains(&care_of), "one of them", || care_of.to_string())
        },
    );
    add(
        "an agent that allows a short time is asked for that",
        "registration.4.10, RFC 3344 §3.6.1.2",
        |stage| {
            let (_, asked) = visiting(stage, |_, adv| adv.registration = 30, false)?;
            let lifetime = asked.header()?.lifetime;
            ensure((1..=30).contains(&lifetime), "30 s at most", || lifetime.to_string())
        },
    );
}

/// Changes what an agent says of itself.
type Change = fn(&mut Adv);

const WRONG: &[(&str, &str, Change)] = &[
    ("with TTL 2", "registration.1.4, RFC 3344 §2.1", |adv| adv.ttl = 2),
    ("with a wrong checksum", "registration.1.4, RFC 1256 §3", |adv| adv.checksum = 0x40),
    ("without the extension of an agent", "registration.1.6, RFC 3344 §2.1.1", |adv| {
        adv.is_agent = false;
    }),
    ("with neither F nor H", "registration.1.6, RFC 3344 §2.1.1", |adv| adv.flags = 0),
    ("of a home agent alone", "registration.1.6, RFC 3344 §2.1.1", |adv| {
        adv.flags = advertisement_flag::HOME_AGENT;
    }),
    ("without care-of address", "registration.1.2, RFC 3344 §2.1.1", |adv| adv.care_of.clear()),
    ("of a busy agent", "registration.1.9, RFC 3344 §2.1.1", |adv| {
        adv.flags |= advertisement_flag::BUSY;
    }),
];

fn wrong(cases: &mut Cases) {
    for (what, clauses, change) in WRONG {
        cases
            .add(
                "agent.wrong",
                format!("after an advertisement {what} no request goes to the agent"),
                clauses,
                move |stage| {
                    let mut world = World::seeking(stage)?;
                    let patience = stage.patience();
                    solicitation(stage, &mut world, patience).or_else(up_to)?;
                    let right = Adv::of(&world);
                    let mut adv = right.clone();
                    change(&mut adv);
                    advertise(stage, &world, &adv)?;
                    world.admit(stage, &Admission::plain())?;
                    if let Some(asked) = world.asked(stage, stage.silence()) {
                        return fail("no registration request", format!("one to {}", asked.to));
                    }
                    advertise(stage, &world, &right)?;
                    match world.request(stage) {
                        Ok(_) => Ok(()),
                        Err(_) => fail("a right advertisement is taken after it", "no request"),
                    }
                },
            )
            .claims("agents")
            .claims("bootstrap");
    }
}

/// A denial by the agent itself.
fn denial(
    asked: &Asked,
    (code, lifetime): (u8, u16),
    challenge: Option<&[u8]>,
) -> Result<Vec<u8>, Ending> {
    let header = asked.header()?;
    Builder::reply(&ReplyHeader {
        code: Code(code),
        lifetime,
        home_address: header.home_address,
        home_agent: header.home_agent,
        identification: header.identification,
    })
    .extensions(challenge.map(Extension::Challenge))
    .finish()
    .map_err(|error| Ending::Inconclusive(error.to_string()))
}

fn denials(cases: &mut Cases) {
    for denied in [code::UNKNOWN_CHALLENGE, code::MISSING_CHALLENGE, code::STALE_CHALLENGE] {
        cases
            .add(
                "agent.denial",
                format!("after a {denied} the new challenge is answered"),
                "registration.10.9, registration.4.14, RFC 4721 §3.5",
                move |stage| {
                    let (mut world, asked) = visiting(stage, |_, _| {}, false).or_else(up_to)?;
                    let octets = denial(&asked, (denied, 0), Some(&OTHER))?;
                    world.respond(stage, &asked, &octets)?;
                    let next = repeated(stage, &mut world)?;
                    let challenge = next.read()?.extensions.challenge().once().map(<[u8]>::to_vec);
                    ensure(challenge.as_deref() == Some(&OTHER), "the new challenge", || {
                        format!("{challenge:x?}")
                    })
                },
            )
            .claims("agents")
            .claims("bootstrap");
    }
    cases
        .add(
            "agent.denial",
            "after a 69 the lifetime that it gives is asked for",
            "registration.10.10, RFC 3344 §3.6.2.3",
            |stage| {
                let (mut world, asked) = visiting(stage, |_, _| {}, false).or_else(up_to)?;
                let denied = (code::FA_LIFETIME_TOO_LONG, 90);
                let octets = denial(&asked, denied, Some(&OTHER))?;
                world.respond(stage, &asked, &octets)?;
                let lifetime = repeated(stage, &mut world)?.header()?.lifetime;
                ensure((1..=90).contains(&lifetime), "90 s at most", || lifetime.to_string())
            },
        )
        .claims("agents")
        .claims("bootstrap");
    cases
        .add(
            "agent.denial",
            "a request of another Identification is not denied by a denial",
            "registration.10.1, RFC 3344 §3.6.2.1",
            |stage| {
                let (mut world, asked) = visiting(stage, |_, _| {}, false).or_else(up_to)?;
                let denied = (code::FA_LIFETIME_TOO_LONG, 90);
                let mut octets = denial(&asked, denied, None)?;
                if let Some(last) = octets.get_mut(19) {
                    *last ^= 1;
                }
                world.respond(stage, &asked, &octets)?;
                let lifetime = repeated(stage, &mut world)?.header()?.lifetime;
                ensure(lifetime > 90, "more than 90 s", || lifetime.to_string())
            },
        )
        .claims("agents")
        .claims("bootstrap");
    cases
        .add(
            "agent.denial",
            "after another denial (66) the same request is tried again later, and accepted then",
            "registration.10.13, registration.4.13, RFC 3344 §3.6.2.3",
            |stage| {
                let (mut world, asked) = visiting(stage, |_, _| {}, false).or_else(up_to)?;
                let octets = denial(&asked, (code::FA_RESOURCES, 0), Some(&OTHER))?;
                world.respond(stage, &asked, &octets)?;
                let next = repeated(stage, &mut world)?;
                let grant = world.grant(stage);
                world.reply(stage, &next, &grant)?;
                takes(stage, &mut world)
            },
        )
        .claims("agents")
        .claims("bootstrap");
}

fn registered(cases: &mut Cases) {
    cases
        .add(
            "agent.data",
            "registered through an agent, its packets go to the agent from the temporary home address",
            "data-path.1.3, RFC 3024 §4",
            |stage| {
                let (mut world, asked) = visiting(stage, |_, _| {}, false).or_else(up_to)?;
                let grant = world.grant(stage);
                world.reply(stage, &asked, &grant)?;
                let update = world.update(stage)?;
                let seen = (update.tunnelled.form, update.tunnelled.inner, update.tunnelled.to);
                let right = (Form::Agent, (grant.thoav4, FHA), world.station.second());
                ensure(seen == right, format!("{right:x?}"), || format!("{seen:x?}"))
            },
        )
        .claims("agents")
        .claims("bootstrap")
        .claims("ipv6");
    cases
        .add(
            "agent.again",
            "a later request comes from the home address, and answers the challenge of the reply",
            "registration.3.6, registration.4.6, movement.2.3, RFC 4721 §3.1",
            |stage| {
                let (mut world, asked) = visiting(stage, |_, _| {}, false).or_else(up_to)?;
                let mut grant = world.grant(stage);
                grant.lifetime = Some(4);
                let mut reply = world.rrp(stage, &asked, &grant)?;
                reply.parts.push(crate::fha::rrq::Part::of(Extension::Challenge(&OTHER)));
                world.learn(&asked, &grant)?;
                world.respond(stage, &asked, &reply.octets())?;
                let Some(next) = world.asked(stage, Duration::from_millis(4100)) else {
                    return fail("a request for more time within 4 s", "none");
                };
                ensure(*next.from.ip() == grant.thoav4, grant.thoav4.to_string(), || {
                    next.from.to_string()
                })?;
                let challenge = next.read()?.extensions.challenge().once().map(<[u8]>::to_vec);
                ensure(challenge.as_deref() == Some(&OTHER), "the challenge of the reply", || {
                    format!("{challenge:x?}")
                })
            },
        )
        .claims("agents")
        .claims("bootstrap");
    cases
        .add(
            "agent.again",
            "a denial by the agent does not end the registration that is in force",
            "registration.10.13, RFC 3344 §3.6.2.1",
            |stage| {
                let (mut world, asked) = visiting(stage, |_, _| {}, false).or_else(up_to)?;
                let mut grant = world.grant(stage);
                grant.lifetime = Some(5);
                world.reply(stage, &asked, &grant)?;
                let Some(next) = world.asked(stage, Duration::from_millis(4900)) else {
                    return fail("a request for more time within 5 s", "none");
                };
                let octets = denial(&next, (code::FA_PROHIBITED, 0), Some(&OTHER))?;
                world.respond(stage, &next, &octets)?;
                let own = repeated(stage, &mut world)?.header()?.home_address;
                ensure(
                    own == grant.thoav4,
                    format!("a request for more time, from {}", grant.thoav4),
                    || format!("one from {own}"),
                )
            },
        )
        .claims("agents")
        .claims("bootstrap")
        .claims("ipv6");
}
