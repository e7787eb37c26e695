use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::path::Path;
use std::time::Duration;

use dsboot_roles::count::Data;
use dsboot_roles::{
    AddressChange, Datagram, Effect, Effects, Input, LinkAddr, Machine, Packet, Random, Time,
};

use super::{Carries, Hop, HostId, Link, LinkId, Net, Pace, Part, PartId, Prefix, Settings, Step};
use crate::capture::Capture;
use crate::{Carrier, Error, Lease, Ports, Probability, Undeliverable, What};

/// A machine that answers what it gets and asks again until it is answered.
#[derive(Clone, Debug, Default)]
struct Toy {
    /// Whom it asks, from where, how often at most.
    asks: Option<(SocketAddr, SocketAddr, u32)>,
    answers: u32,
    packets: u32,
    neighbour: Option<LinkAddr>,
    wakes: Option<Time>,
    is_stuck: bool,
}

impl Toy {
    fn ask(&mut self, now: Time, random: &mut dyn Random) -> Effects {
        let mut effects = Effects::new();
        if let Some((source, destination, left)) = &mut self.asks {
            if *left > 0 {
                *left -= 1;
                effects.send(Datagram {
                    source: *source,
                    destination: *destination,
                    ttl: 64,
                    neighbour: self.neighbour,
                    payload: random.octets::<8>().to_vec(),
                });
                self.wakes = Some(now + Duration::from_secs(1));
            } else {
                self.wakes = None;
            }
        }
        effects
    }
}

impl Machine for Toy {
    fn handle(&mut self, now: Time, random: &mut dyn Random, input: Input<'_>) -> Effects {
        match input {
            Input::Timeout if self.is_stuck => Effects::new(),
            Input::Timeout => self.ask(now, random),
            Input::Datagram(datagram) if self.asks.is_some() => {
                assert_eq!(datagram.payload.len(), 9);
                self.answers += 1;
                self.wakes = None;
                Effects::new()
            }
            Input::Datagram(datagram) => {
                let mut effects = Effects::new();
                let mut payload = datagram.payload.clone();
                payload.push(datagram.ttl);
                let source = if datagram.destination.ip() == IpAddr::V4(Ipv4Addr::BROADCAST) {
                    SocketAddr::new(IpAddr::V4(B), datagram.destination.port())
                } else {
                    datagram.destination
                };
                effects.send(Datagram {
                    source,
                    destination: datagram.source,
                    ttl: 64,
                    neighbour: datagram.neighbour.filter(|_| datagram.source.ip().is_unspecified()),
                    payload,
                });
                effects
            }
            Input::Packet(packet) => {
                self.packets += 1;
                let mut effects = Effects::new();
                effects.count(Data::Malformed);
                effects.push(Effect::Deliver(packet.octets.clone()));
                effects
            }
        }
    }

    fn poll_timeout(&self) -> Option<Time> {
        self.wakes
    }
}

const START: Time = Time::from_unix_micros(1_000_000_000_000_000);
const A: Ipv4Addr = Ipv4Addr::new(127, 200, 1, 1);
const B: Ipv4Addr = Ipv4Addr::new(127, 200, 2, 1);
const NETWORK: Ipv4Addr = Ipv4Addr::new(127, 200, 0, 0);

/// Two hosts with one link, and the right to their addresses.
struct Pair {
    net: Net<Toy>,
    a: PartId,
    b: PartId,
    link: LinkId,
    _lease: Lease,
}

impl Pair {
    fn new(seed: u64, loss: f64, port: u16, asks: Option<(SocketAddr, SocketAddr, u32)>) -> Pair {
        let lease = Lease::take(NETWORK, Duration::from_secs(60)).unwrap();
        let mut net = Net::new(Settings {
            start: START,
            seed,
            loss: Probability::new(loss).unwrap(),
            ports: Ports::with_offset(20_000).unwrap(),
            network: Prefix::v4(NETWORK, 16),
        })
        .unwrap();
        let a = net.add_host("A", Ipv4Addr::new(127, 200, 255, 1)).unwrap();
        let b = net.add_host("B", Ipv4Addr::new(127, 200, 255, 2)).unwrap();
        let link = net.add_link(Link {
            name: "A-B".to_owned(),
            ends: [a, b],
            latency: Duration::from_millis(2),
            carries: Carries::Ipv4,
            is_local: true,
            is_up: true,
        });
        let part = |machine, ports| Part {
            name: "toy",
            machine,
            ports,
            takes_packets: true,
            takes_any_address: false,
        };
        let part_a = net.add_part(a, part(Toy { asks, ..Toy::default() }, Vec::new()));
        let part_b = net.add_part(b, part(Toy::default(), vec![port]));
        net.own(a, AddressChange::Add(IpAddr::V4(A))).unwrap();
        net.own(b, AddressChange::Add(IpAddr::V4(B))).unwrap();
        Pair { net, a: part_a, b: part_b, link, _lease: lease }
    }

    fn asking(seed: u64, loss: f64) -> Pair {
        let from = SocketAddr::new(IpAddr::V4(A), 434);
        let to = SocketAddr::new(IpAddr::V4(B), 434);
        Pair::new(seed, loss, 434, Some((from, to, 50)))
    }

    fn run(&mut self, seconds: u64) {
        self.net.act(self.a, Toy::ask).unwrap();
        self.net.run(START + Duration::from_secs(seconds)).unwrap();
    }

    fn answers(&self) -> u32 {
        self.net.machine(self.a).unwrap().answers
    }

    fn capture(&mut self) -> Vec<u8> {
        let mut capture = Capture::new(Vec::new(), Path::new("test")).unwrap();
        capture.begin("test", self.net.links()).unwrap();
        for record in self.net.take_records() {
            capture.write(&record, None).unwrap();
        }
        capture.finish().unwrap()
    }
}

#[test]
fn a_question_and_its_answer_go_from_socket_to_socket() {
    let mut pair = Pair::asking(1, 0.0);
    pair.run(10);
    assert_eq!(pair.answers(), 1);
    let records = pair.net.take_records();
    let sent: Vec<_> = records
        .iter()
        .filter_map(|record| match &record.what {
            What::Sent { carrier, lost, packet, .. } => {
                Some((record.at, *carrier, *lost, packet.clone()))
            }
            _ => None,
        })
        .collect();
    let [(first, ..), (second, carrier, lost, packet)] = &sent[..] else { panic!("{sent:?}") };
    assert_eq!(*first, START);
    assert_eq!(*second, START + Duration::from_millis(2));
    assert_eq!((*carrier, *lost), (Carrier::Socket, false));
    // The answer comes from the port that the socket has.
    assert_eq!(packet[20..22], 20_434u16.to_be_bytes());
}

#[test]
fn same_seed_same_octets() {
    let capture = |seed| {
        let mut pair = Pair::asking(seed, 0.5);
        pair.run(100);
        assert_eq!(pair.answers(), 1);
        pair.capture()
    };
    let first = capture(7);
    assert_eq!(first, capture(7));
    assert_ne!(first, capture(8));
}

#[test]
fn what_is_lost_is_recorded_and_asked_again() {
    let lost = (0..20).map(|seed| {
        let mut pair = Pair::asking(seed, 0.5);
        pair.run(100);
        assert_eq!(pair.answers(), 1, "seed {seed}");
        let records = pair.net.take_records();
        let is_lost = |r: &&crate::Record| matches!(r.what, What::Sent { lost: true, .. });
        records.iter().filter(is_lost).count()
    });
    let lost: usize = lost.sum();
    assert!((20..120).contains(&lost), "{lost}");
}

#[test]
fn what_no_socket_can_carry_goes_in_frames() {
    let source = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 434);
    let to_all = SocketAddr::new(IpAddr::V4(Ipv4Addr::BROADCAST), 434);
    let mut pair = Pair::new(1, 0.0, 434, Some((source, to_all, 3)));
    pair.run(1);
    let records = pair.net.take_records();
    let carriers: Vec<_> = records
        .iter()
        .filter_map(|record| match record.what {
            What::Sent { carrier, from, .. } => Some((from, carrier)),
            _ => None,
        })
        .collect();
    // The answer to 0.0.0.0 reaches A by its link address, but A has no such address.
    let (a, b) = (pair.a.host(), pair.b.host());
    assert_eq!(carriers[..2], [(a, Carrier::Frame), (b, Carrier::Frame)]);
}

#[test]
fn packets_over_ipv6_go_in_frames_to_the_machine_that_takes_packets() {
    let mut pair = Pair::asking(1, 0.0);
    let to: Ipv6Addr = "2001:db8::2".parse().unwrap();
    pair.net.add_route(Prefix::v6(to, 64), Hop::Host(pair.b.host()));
    let octets =
        dsboot_codec::ip::udp::packet("[2001:db8::1]:7".parse().unwrap(), (to, 7).into(), 9, b"x")
            .unwrap();
    let packet = Packet { neighbour: None, octets: octets.clone() };
    pair.net
        .act(pair.a, |_, _, _| {
            let mut effects = Effects::new();
            effects.push(Effect::Packet(packet));
            effects
        })
        .unwrap();
    pair.net.run(START + Duration::from_secs(1)).unwrap();
    // B does not own the address, so this is a packet to forward and not a datagram.
    assert_eq!(pair.net.machine(pair.b).unwrap().packets, 1);
    let host = pair.net.host(pair.b.host()).unwrap();
    assert_eq!(host.counters().get(&Data::Malformed.into()), Some(&1));
    let delivered = pair.net.take_records().into_iter().find_map(|record| match record.what {
        What::Delivered { packet, .. } => Some(packet),
        _ => None,
    });
    assert_eq!(delivered, Some(octets));
}

fn dropped(net: &mut Net<Toy>) -> Vec<Undeliverable> {
    let records = net.take_records().into_iter();
    records
        .filter_map(|record| match record.what {
            What::Dropped { why, .. } => Some(why),
            _ => None,
        })
        .collect()
}

#[test]
fn what_cannot_be_delivered_is_recorded() {
    let mut pair = Pair::asking(1, 0.0);
    pair.net.set_link(pair.link, false);
    pair.run(1);
    assert_eq!(dropped(&mut pair.net)[0], Undeliverable::NoLink);

    let from = SocketAddr::new(IpAddr::V4(A), 434);
    drop(pair);
    let mut pair = Pair::new(1, 0.0, 716, Some((from, SocketAddr::new(IpAddr::V4(B), 434), 1)));
    pair.run(1);
    assert_eq!(dropped(&mut pair.net), [Undeliverable::NoPort]);

    drop(pair);
    let abroad = "192.0.2.1:434".parse().unwrap();
    let mut pair = Pair::new(1, 0.0, 434, Some((from, abroad, 1)));
    pair.run(1);
    assert_eq!(dropped(&mut pair.net), [Undeliverable::NoRoute]);

    drop(pair);
    let mut pair = Pair::asking(1, 0.0);
    pair.net.set_silent(pair.b.host(), true);
    pair.run(0);
    pair.net.run(START + Duration::from_millis(2)).unwrap();
    assert_eq!(dropped(&mut pair.net), [Undeliverable::Silent]);
    pair.net.set_silent(pair.b.host(), false);
    pair.net.run(START + Duration::from_secs(10)).unwrap();
    assert_eq!(pair.answers(), 1);
}

#[test]
fn an_address_given_up_receives_no_longer() {
    let mut pair = Pair::asking(1, 0.0);
    pair.net.act(pair.a, Toy::ask).unwrap();
    pair.net.own(pair.b.host(), AddressChange::Remove(IpAddr::V4(B))).unwrap();
    pair.net.run(START + Duration::from_millis(10)).unwrap();
    assert_eq!(dropped(&mut pair.net), [Undeliverable::NoAddress]);
    assert_eq!(pair.net.sockets_of(pair.b.host()).len(), 1);
    UdpSocket::bind((B, 20_434)).expect("the socket is closed");
}

#[test]
fn a_machine_that_never_stops_asking_is_reported() {
    let mut pair = Pair::asking(1, 0.0);
    pair.net
        .act(pair.a, |toy, now, _| {
            toy.is_stuck = true;
            toy.wakes = Some(now);
            Effects::new()
        })
        .unwrap();
    let error = pair.net.run(START + Duration::from_secs(1)).unwrap_err();
    assert!(matches!(&error, Error::Stuck { host, .. } if host == "A"), "{error}");
}

#[test]
fn a_foreign_socket_is_heard_and_answered_in_real_time() {
    let mut pair = Pair::asking(1, 0.0);
    let outside = UdpSocket::bind("127.0.0.1:0").unwrap();
    outside.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    outside.send_to(b"hello", (B, 20_434)).unwrap();
    pair.net.set_pace(Pace::RealTime);
    let mut steps = 0;
    let until = START + Duration::from_secs(5);
    while steps < 10 && pair.net.step(until).unwrap() == Step::Did {
        steps += 1;
        let records = pair.net.take_records();
        let is_answer = |r: &crate::Record| matches!(r.what, What::Foreign { inbound: false, .. });
        if records.iter().any(is_answer) {
            break;
        }
    }
    let mut buffer = [0; 16];
    let (length, from) = outside.recv_from(&mut buffer).unwrap();
    assert_eq!(from, SocketAddr::new(IpAddr::V4(B), 20_434));
    assert_eq!(&buffer[..length], b"hello\x40");
    assert!(pair.net.now() < until, "no waiting for the whole time");
}

#[test]
fn real_time_passes_in_real_time() {
    let mut pair = Pair::asking(1, 0.0);
    pair.net.set_pace(Pace::RealTime);
    let start = std::time::Instant::now();
    pair.net.run(START + Duration::from_millis(50)).unwrap();
    assert!(start.elapsed() >= Duration::from_millis(50));
    assert_eq!(pair.net.now(), START + Duration::from_millis(50));
}

#[test]
fn a_later_timer_does_not_keep_real_time_from_its_end() {
    let mut pair = Pair::asking(1, 0.0);
    let wakes = Some(START + Duration::from_secs(3_600));
    let act = |toy: &mut Toy, _, _: &mut dyn Random| {
        toy.wakes = wakes;
        Effects::new()
    };
    pair.net.act(pair.a, act).unwrap();
    pair.net.set_pace(Pace::RealTime);
    let until = START + Duration::from_millis(20);
    let steps = (0..1_000).take_while(|_| pair.net.step(until).unwrap() == Step::Did).count();
    assert!(steps < 1_000, "it goes on and on");
    assert_eq!(pair.net.now(), until);
}

#[test]
fn tampering_changes_what_is_sent() {
    let mut pair = Pair::asking(1, 0.0);
    let b = pair.b.host();
    pair.net.set_tamper(Some(Box::new(move |from: HostId, _, datagram: &mut Datagram| {
        if from == b {
            datagram.payload[0] ^= 0xff;
        }
    })));
    pair.run(10);
    let payloads: Vec<_> = pair
        .net
        .take_records()
        .into_iter()
        .filter_map(|record| match record.what {
            What::Sent { packet, .. } => Some(packet[28]),
            _ => None,
        })
        .collect();
    assert_eq!(payloads[0] ^ 0xff, payloads[1]);
}
