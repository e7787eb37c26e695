//! What strangers get out of a role: at the most as much as they have put in.
#![cfg(test)]

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use dsboot_codec::ip::udp;
use dsboot_node::world::people::Faults;
use dsboot_node::world::{Settings, World};
use dsboot_node::{Probability, Stream, What};
use dsboot_roles::{Datagram, Effect, Input, Machine as _, Time};
use dsboot_spec::{CareOf, Scenario, Setup};

/// Every UDP datagram of a bootstrap, with the ports that roles know.
fn bootstrap(world: &mut World) -> Vec<Datagram> {
    let (site, ports) = (world.sites[0], world.ports());
    world.attach(&site).unwrap();
    let until = world.net.now() + Duration::from_secs(60);
    world.net.run(until).unwrap();
    let packets = world.net.take_records().into_iter().filter_map(|record| match record.what {
        What::Sent { packet, .. } => Some(packet),
        _ => None,
    });
    let unshifted = |at: SocketAddr| SocketAddr::new(at.ip(), ports.of_wire(at.port()));
    let read = |packet: &Vec<u8>| {
        let datagram = udp::decode_packet(packet).ok()?;
        Some(Datagram {
            source: unshifted(datagram.source),
            destination: unshifted(datagram.destination),
            ttl: 64,
            neighbour: None,
            payload: datagram.payload.to_vec(),
        })
    };
    packets.filter_map(|packet| read(&packet)).collect()
}

/// The message, altered in a bit of every octet, and cut short everywhere.
fn wrong(payload: &[u8]) -> Vec<Vec<u8>> {
    let altered = (0..payload.len()).map(|at| {
        let mut payload = payload.to_vec();
        payload[at] ^= 1 << (at % 8);
        payload
    });
    let cut = (0..payload.len()).map(|length| payload[..length].to_vec());
    altered.chain(cut).chain([payload.to_vec()]).collect()
}

//= registration.7.19
#[test]
fn a_stranger_gets_no_more_octets_than_he_has_sent() {
    let (mut asked, mut answered) = (0, 0);
    for setup in [
        Setup::new(Scenario::IntegratedColocated, CareOf::Colocated),
        Setup::new(Scenario::IntegratedFa, CareOf::ForeignAgent),
    ] {
        let setup = setup.unwrap();
        let mut world = World::new(&Settings {
            setup,
            number: 0,
            start: Time::from_unix_micros(1_800_000_000_000_000),
            seed: 1,
            loss: Probability::new(0.0).unwrap(),
            port_offset: Some(20_000),
            faults: Faults::default(),
            clients: Vec::new(),
            radius: None,
        })
        .unwrap();
        let messages = bootstrap(&mut world);
        assert!(messages.len() > 10, "{}", messages.len());
        let mut random = Stream::new(1, "hostile");
        let now = world.net.now();
        let site = world.sites[0];
        let roles = [Some(site.nas), site.fa, Some(site.fha), Some(world.aaah), Some(world.ha)];
        for part in roles.into_iter().flatten() {
            let mut machine = world.net.machine(part).unwrap().clone();
            let host = world.net.host(part.host()).unwrap();
            let own: Vec<IpAddr> = host.addresses().collect();
            for message in messages.iter().filter(|each| own.contains(&each.destination.ip())) {
                // A port that nobody of the run has.
                let stranger = match message.source {
                    SocketAddr::V4(_) => "127.20.128.1:4242".parse().unwrap(),
                    SocketAddr::V6(_) => "[2001:db8:ffff::1]:4242".parse().unwrap(),
                };
                for payload in wrong(&message.payload) {
                    let datagram = Datagram { source: stranger, payload, ..message.clone() };
                    let effects = machine.handle(now, &mut random, Input::Datagram(&datagram));
                    let back: usize = effects
                        .iter()
                        .filter_map(|effect| match effect {
                            Effect::Datagram(sent) if sent.destination.ip() == stranger.ip() => {
                                Some(sent.payload.len())
                            }
                            _ => None,
                        })
                        .sum();
                    asked += 1;
                    answered += usize::from(back > 0);
                    assert!(
                        back <= datagram.payload.len(),
                        "{back} octets for {:02x?} at {}",
                        datagram.payload,
                        datagram.destination
                    );
                }
            }
        }
    }
    // There is something to be answered among it, and mostly nothing.
    println!("{asked} wrong messages, {answered} answered");
    assert!(answered > 100, "{answered}");
    assert!(answered < asked / 2, "{answered} of {asked}");
}
