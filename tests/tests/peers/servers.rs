//! FreeRADIUS instead of our AAA servers.

use std::{
    net::{IpAddr, Ipv4Addr, UdpSocket},
    time::Duration,
};

use dsboot_codec::ip::udp;
use dsboot_codec::mip4::{Code, Message};
use dsboot_codec::radius::Packet;
use dsboot_node::{
    Stream, What,
    net::{PartId, Step},
    world::{ForeignServer, IPV4_PREFIX_LENGTH, Network, Party, Plan, Settings, World, people},
};
use dsboot_roles::{
    Datagram, Effect, Effects, Input, Machine as _, Secret, count, fha::Fha, pana::Phase,
};
use dsboot_spec::registry::{dsb, mip4, mip4::code, radius::code as radius_code};
use dsboot_spec::{CareOf, Setup};
use dsboot_tests::freeradius::FreeRadius;
use people::{Faults, MOBILE, UserFault};

use crate::network::{OUTSIDE, colocated, settings};

const SECRET: &str = "foreign-secret-01";

/// The host number of the care-of address that FreeRADIUS gives; our servers would give another.
const CARE_OF_HOST: u8 = 99;

/// Longer than any bootstrap takes by the run's clock.
const PATIENCE: Duration = Duration::from_secs(20);

/// The FHA's network that FreeRADIUS assigns: not the one that our servers would assign, where
/// the mobile node can get there from its first place.
fn assigned(setup: Setup) -> Network {
    if setup.care_of() == CareOf::Colocated { Network::Fha2 } else { Network::Fha1 }
}

/// The mobile node as the access network's server knows it.
fn access_users(setup: Setup) -> String {
    let plan = Plan::of(setup);
    let person = MOBILE;
    let password = if setup.scenario().is_subscription() {
        person.visited_password
    } else {
        person.home_password
    };
    let fha = plan.v4(assigned(setup), 1);
    let mut entry = format!(
        "\"{}\" Cleartext-Password := \"{password}\"\n\
         \tSession-Timeout := 1800,\n\
         \tDSB-FHA-IPv4-Address := {fha}",
        person.nai,
    );
    if setup.care_of().is_colocated() {
        let mask = Ipv4Addr::from_bits(u32::MAX << (32 - u32::from(IPV4_PREFIX_LENGTH)));
        let address = plan.v4(Network::Access1, CARE_OF_HOST);
        entry += &format!(",\n\tFramed-IP-Address := {address},\n\tFramed-IP-Netmask := {mask}");
    }
    entry + "\n"
}

/// What came of an attachment in which FreeRADIUS decides about access.
struct Visit {
    world: World,
    /// The codes of FreeRADIUS's answers.
    answers: Vec<u8>,
}

/// Lets the mobile node attach until its home binding is there or it has been refused. `None`
/// without FreeRADIUS.
fn visit(setup: Setup, user: UserFault) -> Option<Visit> {
    let directory = tempfile::tempdir().unwrap();
    let server = FreeRadius::start(directory.path(), SECRET, &access_users(setup)).unwrap()?;
    let foreign = ForeignServer::new(server.address, Secret::new(SECRET)).unwrap();
    let faults = Faults { user, ..Faults::default() };
    let settings = Settings { radius: Some(foreign), faults, ..settings(setup) };
    let mut world = World::new(&settings).unwrap();
    let [site, ..] = world.sites;
    world.attach(&site).unwrap();
    let end = world.net.now() + PATIENCE;
    let mut answers = Vec::new();
    while world.net.step(end).unwrap() == Step::Did {
        for record in world.net.take_records() {
            if let What::Foreign { inbound: true, link, packet, .. } = record.what {
                let name = &world.net.links()[link.expect("stands on a link").index()].name;
                assert!(name.starts_with("NAS") && name.contains("-AAA"), "{name}");
                let datagram = udp::decode_packet(&packet).unwrap();
                answers.push(Packet::decode(datagram.payload).unwrap().code());
            }
        }
        let is_refused = answers.contains(&radius_code::ACCESS_REJECT)
            && world.mn().unwrap().pac().is_none_or(|pac| pac.phase() == Phase::Closed);
        if is_refused || world.mn().unwrap().binding().bound().is_some() {
            break;
        }
    }
    Some(Visit { world, answers })
}

#[test]
fn our_nas_grants_what_freeradius_grants() {
    for setup in Setup::ALL {
        let Some(Visit { world, answers }) = visit(setup, UserFault::None) else { return };
        let expected = [radius_code::ACCESS_CHALLENGE, radius_code::ACCESS_ACCEPT];
        assert_eq!(answers, expected, "{setup}");
        let mn = world.mn().unwrap();
        let plan = world.plan;
        let admitted = mn.admitted().unwrap();
        assert_eq!(admitted.fha, Some(plan.v4(assigned(setup), 1)), "{setup}");
        let care_of = plan.v4(Network::Access1, CARE_OF_HOST);
        let is_colocated = setup.care_of().is_colocated();
        assert_eq!(admitted.care_of_address, is_colocated.then_some(care_of), "{setup}");
        // And everything after it, to the binding at home, goes on from there.
        let held = mn.held().unwrap();
        assert_eq!(held.fha, plan.v4(assigned(setup), 1), "{setup}");
        let agent = plan.v4(Network::Access1, 1);
        assert_eq!(held.care_of_address, if is_colocated { care_of } else { agent }, "{setup}");
        assert!(mn.binding().bound().is_some(), "{setup}");
    }
}

#[test]
fn our_nas_refuses_whom_freeradius_refuses() {
    for user in [UserFault::WrongPassword, UserFault::Unknown] {
        let Some(Visit { world, answers }) = visit(colocated(5), user) else { return };
        let expected = [radius_code::ACCESS_CHALLENGE, radius_code::ACCESS_REJECT];
        assert_eq!(answers, expected, "{user:?}");
        let mn = world.mn().unwrap();
        assert!(mn.admitted().is_none() && mn.held().is_none(), "{user:?}");
    }
}

/// The mobile node as its home network's server knows it: CHAP by the MN–AAA key, and what the
/// Accept of leg B carries but for the key, which the server derives.
fn mobility_users(plan: Plan) -> String {
    let address6 = |network, host| {
        let octets = plan.v6(network, host).octets();
        octets.map(|octet| format!("{octet:02x}")).concat()
    };
    let home_address = address6(Network::Home, MOBILE.home_host);
    let home_agent = plan.v6(Network::Home, 1);
    let care_of = address6(Network::Fha1, CARE_OF_HOST.into());
    format!(
        "\"{nai}\" DSB-Client-Role == {role}, Cleartext-Password := \"{key}\"\n\
         \tFramed-IP-Address := {thoav4},\n\
         \tSession-Timeout := 3600,\n\
         \tDSB-IPv6-HoA := 0x40{home_address},\n\
         \tDSB-HA-IPv6-Address := {home_agent},\n\
         \tDSB-IPv6-CoA := 0x40{care_of},\n\
         \tDSB-Key-Gen-Nonce := 0xa0a1a2a3a4a5a6a7a8a9aaabacadaeaf,\n\
         \tDSB-AAA-SPI := 0x{aaa_spi:08x},\n\
         \tDSB-Key-Lifetime := 0x{lifetime:08x},\n\
         \tDSB-Algorithm := 0x{algorithm:08x},\n\
         \tDSB-Replay-Method := 0x{replay:08x}\n",
        nai = MOBILE.nai,
        role = dsb::client_role::FHA,
        key = MOBILE.mn_aaa_key,
        thoav4 = plan.v4(Network::Fha1, CARE_OF_HOST),
        aaa_spi = mip4::spi::CHAP,
        lifetime = 3_600,
        algorithm = mip4::algorithm::HMAC_MD5,
        replay = mip4::replay_method::TIMESTAMPS,
    )
}

/// Lets a mobile node come so far that its first request is on the way to the FHA.
fn first_request(setup: Setup, user: UserFault) -> (World, Datagram) {
    let faults = Faults { user, ..Faults::default() };
    let mut world = World::new(&Settings { faults, ..settings(setup) }).unwrap();
    let [site, ..] = world.sites;
    world.attach(&site).unwrap();
    let end = world.net.now() + PATIENCE;
    loop {
        for record in world.net.take_records() {
            let What::Sent { to, packet, .. } = record.what else { continue };
            let Ok(received) = udp::decode_packet(&packet) else { continue };
            if to == site.fha.host() && received.destination.port() == 20_000 + mip4::PORT {
                let at = |ip: IpAddr| (ip, mip4::PORT).into();
                let request = Datagram {
                    source: at(received.source.ip()),
                    destination: at(received.destination.ip()),
                    ttl: received.ttl,
                    neighbour: None,
                    payload: received.payload.to_vec(),
                };
                return (world, request);
            }
        }
        assert_eq!(world.net.step(end).unwrap(), Step::Did, "no request was sent");
    }
}

/// Its FHA, asking FreeRADIUS over a socket of its own.
struct AskingFha {
    fha: Fha,
    socket: UdpSocket,
    random: Stream,
}

impl AskingFha {
    fn of(world: &World, part: PartId, server: &FreeRadius) -> AskingFha {
        let Some(Party::Fha(fha)) = world.net.machine(part) else { panic!("no FHA") };
        let socket = UdpSocket::bind((OUTSIDE, 0)).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        let mut config = fha.config().clone();
        config.radius.local = socket.local_addr().unwrap();
        config.radius.servers = vec![server.address.into()];
        config.radius.secret = Secret::new(SECRET);
        AskingFha { fha: Fha::new(config), socket, random: Stream::new(1, "asking FHA") }
    }

    /// Takes the request, asks, takes the answer; what comes of it.
    fn register(&mut self, world: &World, request: &Datagram) -> Effects {
        let now = world.net.now();
        let effects = self.fha.handle(now, &mut self.random, Input::Datagram(request));
        let asked = sent(effects);
        self.socket.send_to(&asked.payload, asked.destination).unwrap();
        let mut buffer = [0; 4_096];
        let (length, source) = self.socket.recv_from(&mut buffer).unwrap();
        let answer = Datagram {
            source,
            destination: asked.source,
            payload: buffer[..length].to_vec(),
            ..asked
        };
        self.fha.handle(now, &mut self.random, Input::Datagram(&answer))
    }
}

/// The one datagram among these effects.
fn sent(effects: Effects) -> Datagram {
    let datagrams = effects.into_iter().filter_map(|effect| match effect {
        Effect::Datagram(datagram) => Some(datagram),
        _ => None,
    });
    let mut datagrams: Vec<_> = datagrams.collect();
    assert_eq!(datagrams.len(), 1, "{datagrams:?}");
    datagrams.remove(0)
}

//= registration.6.3
//= registration.6.20
//= keys.2.1
#[test]
fn freeradius_verifies_our_mn_aaa_authenticator_as_chap_and_makes_the_key() {
    let setup = colocated(5);
    let plan = Plan::of(setup);
    let directory = tempfile::tempdir().unwrap();
    let server = FreeRadius::start(directory.path(), SECRET, &mobility_users(plan)).unwrap();
    let Some(server) = server else { return };
    let (mut world, request) = first_request(setup, UserFault::None);
    let mut fha = AskingFha::of(&world, world.fhas[0], &server);
    let reply = sent(fha.register(&world, &request));
    let Ok(Message::Reply(decoded)) = Message::decode(&reply.payload) else { panic!("no reply") };
    assert_eq!(decoded.header.code, Code(code::ACCEPTED));
    // The mobile node derives the key by itself, and verifies the reply with it.
    world.with_mn(|mn, now, random| mn.handle(now, random, Input::Datagram(&reply))).unwrap();
    let held = world.mn().unwrap().held().expect("the mobile node takes the reply").clone();
    assert_eq!(held.thoav4, plan.v4(Network::Fha1, CARE_OF_HOST));
    assert_eq!(held.home_agent, Some(plan.v6(Network::Home, 1)));
    let home_address = held.home_address.unwrap();
    assert_eq!(home_address.address(), plan.v6(Network::Home, MOBILE.home_host));
    assert_eq!(home_address.prefix_length(), 64);
    let care_of = held.ipv6_care_of_address.unwrap().address();
    assert_eq!(care_of, plan.v6(Network::Fha1, CARE_OF_HOST.into()));
}

//= registration.6.14
#[test]
fn freeradius_rejects_a_wrong_mn_aaa_key() {
    let setup = colocated(5);
    let directory = tempfile::tempdir().unwrap();
    let users = mobility_users(Plan::of(setup));
    let Some(server) = FreeRadius::start(directory.path(), SECRET, &users).unwrap() else { return };
    let (world, request) = first_request(setup, UserFault::WrongKey);
    let mut fha = AskingFha::of(&world, world.fhas[0], &server);
    let effects = fha.register(&world, &request);
    let counted = effects.iter().filter_map(|effect| match effect {
        Effect::Count(reason) => Some(*reason),
        _ => None,
    });
    let counted: Vec<_> = counted.collect();
    assert_eq!(counted, [count::Registration::AaaRejected.into()]);
    // Nothing that could protect a denial is shared with anybody.
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::Datagram(_))));
    assert!(fha.fha.bindings().is_empty());
}
