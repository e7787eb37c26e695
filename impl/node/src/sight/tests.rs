use dsboot_codec::ip::{icmp, udp};
use dsboot_spec::registry::ip::icmpv6;

use super::*;

/// Hand-made PANA messages around EAP packets recorded from FreeRADIUS.
const PANA_INITIATION: &str = "00000010000000010000000000000000";
const PANA_PROOF: &str = "00000040800000025a5b00010a0b0c0d00020000002500000242002504100620da41c51b3d\
    efcd95f5a48b498b216d6e31406578616d706c652e6e6574000000";
const PANA_LAST: &str = "00000054a00000025a5b000111223347000700000004000000000000000200000004000003\
    420004000800000004000000000e10000180000004000000007ed90a140001000280000004000000007ed9c000024d";
const PANA_TERMINATION: &str = "0000001c800000035a5b00010a0b0c0f000900000004000000000001";

/// Messages of Mobile IP with the parameters of the project's vectors.
const REQUEST: &str = "0122070800000000c0000201c633644dcea4d2a01234567883106d6e3140686f6d652e6578616d\
    706c652a010004000010012401001400000002bfb8eb113f94082fddfb0def317f0016";
const REFUSAL: &str = "03850708cb007109c0000201cea4e0009abcdef083106d6e3140686f6d652e6578616d706c6520\
    14000010017f91fc1076d437510413cea63133924f";
const ADVERTISEMENT: &str = "0900290c01020708c633640100000000100a000107089100c63364011301181808a1b2c3\
    d4e5f6071800";
const ACCESS_REQUEST: &str = "01070082101112131415161718191a1b1c1d1e1f50126d656e5ead4dcabe4491f8cf07f\
    239d901126d6e3140686f6d652e6578616d706c650406c00002012012666861312e6173702e6578616d706c650313\
    00bfb8eb113f94082fddfb0def317f00163c130f8acf906cf8b4129f22945f40cb74eb00610c004020010db8000f0\
    000";
const UPDATE_IN_TUNNELS: &str = "450000c80002000040048dfac6336401c0000201450000b40001000040297c15cb00\
    7109c00002016000000000783c4020010db8000f0000000000000000007720010db80001000000000000000000018\
    70201020000c91020010db80001000000000000000001003b0b0500703d0001c00001c20100031020010db8000f00\
    0000000000000000770811016d6e3140686f6d652e6578616d706c65010500000000000a08cea4d31000000001000\
    91902000000038b9c715d1b9f5055e7f0f3f312802c73a50de29f";
const ACKNOWLEDGEMENT: &str = "6000000000582b4020010db800010000000000000000000120010db8000f0000000000\
    0000000077870202010000000020010db80001000000000000000001003b070600da970000000101c20811016d6e3\
    140686f6d652e6578616d706c650101000a08cea4d310000000010009110100000300c906c5eae8ec59b4ab451eb9";

fn octets(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex.bytes().filter(u8::is_ascii_hexdigit).collect();
    let pairs = digits.chunks(2).map(|pair| std::str::from_utf8(pair).unwrap());
    pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect()
}

/// A datagram to a port at an offset of 20000, between an MN and whoever else.
fn datagram(port: u16, payload: &str, other: Role) -> Sight {
    let ports = Ports::with_offset(20_000).unwrap();
    let destination = ([127, 0, 0, 2], ports.on_wire(port)).into();
    let packet =
        udp::packet(([127, 0, 0, 1], 49_152).into(), destination, 64, &octets(payload)).unwrap();
    Sight::of(&packet, Lens { ports, radius: None }, [&[Role::Mn], &[other]])
}

fn whole(packet: &[u8]) -> Sight {
    let lens = Lens { ports: Ports::REAL, radius: None };
    Sight::of(packet, lens, [&[Role::Mn], &[Role::Fha]])
}

#[test]
fn pana_messages_are_told_apart() {
    let at = |payload: &str| datagram(registry::pana::PORT, payload, Role::Nas);
    assert_eq!(at(PANA_INITIATION).kind, Kind::Other);
    assert_eq!(at(PANA_PROOF).kind, Kind::Drawn(Message::AccessRequest));
    assert_eq!(at(PANA_LAST).kind, Kind::Drawn(Message::AccessReply));
    assert_eq!(at(PANA_TERMINATION).kind, Kind::Termination);
    // Result-Code 1: rejected.
    let rejected = PANA_LAST.replace("000700000004000000000000", "000700000004000000000001");
    assert_eq!(at(&rejected).kind, Kind::AccessRefused);
}

#[test]
fn registration_messages_are_told_apart() {
    let at = |payload: &str| datagram(registry::mip4::PORT, payload, Role::Fa);
    let request = at(REQUEST);
    assert_eq!(request.kind, Kind::Drawn(Message::RegistrationRequest));
    assert_eq!(request.text, "registration request, HoA 0.0.0.0, CoA 198.51.100.77, 1800 s, D");
    assert_eq!(at(REFUSAL).kind, Kind::RegistrationRefused(133));
    // The same with lifetime 0.
    let released = REQUEST.replacen("01220708", "01220000", 1);
    assert_eq!(at(&released).kind, Kind::Deregistration);
    assert_eq!(at("01").kind, Kind::Unknown);
}

#[test]
fn the_client_says_which_leg_a_radius_packet_is_on() {
    let at = |role| datagram(registry::radius::PORT, ACCESS_REQUEST, role).kind;
    assert_eq!(at(Role::Nas), Kind::Drawn(Message::RadiusAccessRequest));
    assert_eq!(at(Role::Fha), Kind::Drawn(Message::RegistrationAccessRequest));
    assert_eq!(at(Role::Ha), Kind::Drawn(Message::BindingAccessRequest));
}

#[test]
fn what_is_in_tunnels_is_seen_with_the_tunnels() {
    let update = whole(&octets(UPDATE_IN_TUNNELS));
    assert_eq!(update.kind, Kind::Drawn(Message::BindingUpdate));
    assert_eq!(update.tunnels, ["IPv4", "41"]);
    let inner = octets(UPDATE_IN_TUNNELS).split_off(20);
    let in_udp: String = inner.iter().map(|o| format!("{o:02x}")).collect();
    let in_udp = format!("04040000{in_udp}");
    let update = datagram(registry::mip4::PORT, &in_udp, Role::Fha);
    assert_eq!(update.kind, Kind::Drawn(Message::BindingUpdate));
    assert_eq!(update.tunnels, ["UDP", "41"]);
    let answer = whole(&octets(ACKNOWLEDGEMENT));
    assert_eq!(answer.kind, Kind::Drawn(Message::BindingAcknowledgement));
    assert_eq!(answer.tunnels, [""; 0]);
}

#[test]
fn icmp_is_seen() {
    let v4 = v4::Packet::new(
        [192, 0, 2, 1].into(),
        [224, 0, 0, 1].into(),
        protocol::ICMP,
        &octets(ADVERTISEMENT),
    )
    .encode()
    .unwrap();
    assert_eq!(whole(&v4).kind, Kind::Drawn(Message::AgentAdvertisement));
    let body = Echo { identifier: 1, sequence: 7, data: b"x" }.encode();
    let [source, destination] = ["2001:db8::1", "2001:db8::2"].map(|a| a.parse().unwrap());
    let message = Icmp::new(icmpv6::ECHO_REPLY, &body);
    let reply = icmp::packet_v6(source, destination, &message).unwrap();
    let sight = whole(&reply);
    assert_eq!((sight.kind, &sight.text[..]), (Kind::EchoReply, "ICMPv6 echo reply 7"));
}
