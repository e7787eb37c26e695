//! Trees: every octet once, nothing lost, and nothing wrong that goes unsaid.
#![cfg(test)]

mod support;

use dsboot_codec::mip4::discovery::Discovery;
use dsboot_codec::tree::{Check, Content, Node, Options, Protocol, Tree, Value, Verdict};
use dsboot_codec::{Error, ErrorKind, eap, ip, mip4, mip6, pana, radius};
use proptest::prelude::*;
use support::{access, octets};

fn mobile_ip() -> serde_json::Value {
    serde_json::from_str(include_str!("vectors/mobile-ip.json")).unwrap()
}

/// Every message of the vectors, as what it is.
fn vectors() -> Vec<(Protocol, Vec<u8>)> {
    let mut all = Vec::new();
    let mut gather = |value: &serde_json::Value| {
        for text in strings(value) {
            if let Ok(octets) = hex::decode(&text)
                && let Some(protocol) = Tree::detect(&octets)
                && verdict(protocol, &octets).is_ok()
            {
                all.push((protocol, octets));
            }
        }
    };
    gather(&access());
    gather(&mobile_ip());
    assert!(all.len() > 40, "only {} messages among the vectors", all.len());
    all
}

fn strings(value: &serde_json::Value) -> Vec<String> {
    match value {
        serde_json::Value::String(text) => vec![text.clone()],
        serde_json::Value::Array(values) => values.iter().flat_map(strings).collect(),
        serde_json::Value::Object(values) => values.values().flat_map(strings).collect(),
        _ => Vec::new(),
    }
}

fn tree(protocol: Protocol, octets: &[u8]) -> Tree {
    Tree::decode(protocol, octets, &Options::default())
}

/// What the protocol's own decoder says.
fn verdict(protocol: Protocol, octets: &[u8]) -> Result<(), Error> {
    match protocol {
        Protocol::Ip => ip::Packet::decode(octets).map(drop),
        Protocol::Ipv4 => ip::v4::Packet::decode(octets).map(drop),
        Protocol::Ipv6 => {
            ip::v6::Packet::decode(octets).and_then(|packet| packet.extensions().map(drop))
        }
        Protocol::Udp => ip::udp::Datagram::decode_unverified(octets).map(drop),
        Protocol::Icmp => match octets.first() {
            Some(9 | 10) => Discovery::decode(octets).map(drop),
            _ => ip::icmp::Message::decode_v4(octets).map(drop),
        },
        Protocol::Icmpv6 => ip::icmp::Message::decode_unverified(octets).map(drop),
        Protocol::Mh => {
            mip6::Header::decode_unverified(octets).and_then(|header| header.message().map(drop))
        }
        Protocol::Mip4 => {
            // As one who understands all that the codec can read.
            let mut reading = mip4::Reading::DEFAULT;
            reading.reader = mip4::Reader::Node(mip4::Understood::EVERYTHING);
            mip4::Message::decode_by(octets, &reading).map(drop)
        }
        Protocol::Radius => radius::Packet::decode(octets).map(drop),
        Protocol::Pana => pana::Message::decode(octets)
            .and_then(|message| message.validate(Options::default().vendor).map(drop)),
        Protocol::Eap => eap::Packet::decode(octets).and_then(|packet| packet.body().map(drop)),
        _ => Ok(()),
    }
}

/// What holds of every tree.
fn check(protocol: Protocol, octets: &[u8]) -> Tree {
    let tree = tree(protocol, octets);
    let mut at = 0;
    for leaf in tree.leaves() {
        assert_eq!(leaf.offset, at, "{} in\n{tree}", leaf.name);
        at += leaf.length;
    }
    assert_eq!(at, octets.len(), "{tree}");
    tree.visit(|node| {
        if let Content::Group(children) = &node.content {
            let sum: usize = children.iter().map(|child| child.length).sum();
            assert_eq!(sum, node.length, "{} in\n{tree}", node.name);
        }
    });
    assert_eq!(hex::encode(tree.encode().unwrap()), hex::encode(octets), "{tree}");
    let text = serde_json::to_string(&tree).unwrap();
    let again: Tree = serde_json::from_str(&text).unwrap();
    assert_eq!(again, tree);
    if let Err(error) = verdict(protocol, octets) {
        let said = tree.faults().any(|fault| fault.sentence == error.sentence);
        assert!(said, "{error} is not said in\n{tree}");
    }
    tree
}

#[test]
fn vectors_have_no_faults() {
    for (protocol, octets) in vectors() {
        let tree = check(protocol, &octets);
        let faults: Vec<_> = tree.faults().collect();
        assert!(faults.is_empty(), "{faults:?} in\n{tree}");
    }
}

#[test]
fn every_truncation_of_the_vectors() {
    for (protocol, octets) in vectors() {
        for length in 0..octets.len() {
            check(protocol, &octets[..length]);
        }
    }
}

#[test]
fn every_octet_of_the_vectors_changed() {
    for (protocol, octets) in vectors() {
        for at in 0..octets.len() {
            for change in [0x01, 0x80, 0xff] {
                let mut octets = octets.clone();
                octets[at] ^= change;
                check(protocol, &octets);
            }
        }
    }
}

/// Lengths that were set anew are those that were there.
#[test]
fn lengths_that_are_right_stay() {
    for (protocol, octets) in vectors() {
        let mut tree = tree(protocol, &octets);
        tree.fix_lengths().unwrap();
        assert_eq!(hex::encode(tree.encode().unwrap()), hex::encode(&octets), "{tree}");
        assert_eq!(tree.fix_checksums(&Options::default()).unwrap(), octets);
    }
}

fn change(nodes: &mut [Node], name: &str, value: &Value) -> bool {
    nodes.iter_mut().any(|node| {
        if node.name == name {
            node.content = Content::Leaf(value.clone());
            return true;
        }
        change(node.children_mut(), name, value)
    })
}

//= wire.2.9
//= wire.10.2
//= wire.10.14
#[test]
fn a_longer_name_moves_all_lengths_and_checksums() {
    let request = octets(&mobile_ip(), "rrq_ccoa_chapspi");
    let from = "198.51.100.77:434".parse().unwrap();
    let packet = ip::udp::packet(from, "192.0.2.1:434".parse().unwrap(), 64, &request).unwrap();
    let mut tree = tree(Protocol::Ipv4, &packet);
    let name = "a-much-longer-name@home.example";
    assert!(change(&mut tree.nodes, "MN-NAI", &Value::Text(name.to_owned())));
    tree.fix_lengths().unwrap();
    let fixed = tree.fix_checksums(&Options::default()).unwrap();
    let received = ip::udp::decode_packet(&fixed).unwrap();
    let mip4::Message::Request(request) = mip4::Message::decode(received.payload).unwrap() else {
        panic!("another message");
    };
    assert_eq!(request.extensions.nai().once(), Some(name.as_bytes()));
    assert_eq!(fixed.len(), packet.len() + name.len() - "mn1@home.example".len());
}

//= wire.6.7
#[test]
fn padding_of_an_avp_is_made() {
    let message = pana::MessageBuilder::new(pana::Kind::Par, pana::Flags::START, 1, 2)
        .avp(&pana::Avp::Nonce(&[7; 8]))
        .encode()
        .unwrap();
    let mut tree = tree(Protocol::Pana, &message);
    assert!(change(&mut tree.nodes, "Nonce", &Value::Octets(vec![7; 9])));
    tree.fix_lengths().unwrap();
    let decoded = tree.encode().unwrap();
    let decoded = pana::Message::decode(&decoded).unwrap();
    assert_eq!(decoded.nonce().once(), Some([7; 9].as_slice()));
}

#[test]
fn a_wrong_checksum_is_said_with_the_right_one() {
    let packet =
        ip::udp::packet("10.0.0.1:1".parse().unwrap(), "10.0.0.2:2".parse().unwrap(), 9, b"data")
            .unwrap();
    let mut wrong = packet.clone();
    wrong[10] ^= 1;
    wrong[26] ^= 1;
    let tree = check(Protocol::Ipv4, &wrong);
    let mut checks = Vec::new();
    tree.visit(|node| checks.extend(node.check.clone()));
    assert!(checks.iter().all(|Check { verdict, .. }| *verdict == Verdict::Wrong));
    assert_eq!(checks[0].expected, packet[10..12]);
    assert_eq!(checks[1].expected, packet[26..28]);
    assert_eq!(tree.fix_checksums(&Options::default()).unwrap(), packet);
}

/// A packet that was cut, by the capture or on its way: what its checksum covers is not there. UDP
/// says itself how long it is, ICMP does not.
#[test]
fn a_checksum_over_what_is_not_there_is_not_judged() {
    let (from, to) = ([10, 0, 0, 1], [10, 0, 0, 2]);
    let udp = ip::udp::packet((from, 1).into(), (to, 2).into(), 9, &[7; 40]).unwrap();
    let mut echo = [&[8, 0, 0, 0, 0, 1, 0, 1][..], &[7; 40]].concat();
    let sum = ip::checksum(&[&echo]);
    echo[2..4].copy_from_slice(&sum.to_be_bytes());
    let icmp = ip::v4::Packet::new(from.into(), to.into(), 1, &echo).encode().unwrap();
    for packet in [udp, icmp] {
        let verdicts = |octets: &[u8]| {
            let (tree, mut checks) = (tree(Protocol::Ipv4, octets), Vec::new());
            tree.visit(|node| checks.extend(node.check.clone().map(|check| check.verdict)));
            (tree, checks)
        };
        assert_eq!(verdicts(&packet).1, [Verdict::Verified; 2]);
        for length in 28..packet.len() {
            let (tree, checks) = verdicts(&packet[..length]);
            assert_eq!(checks[0], Verdict::Verified, "the header is there");
            assert!(checks[1..].iter().all(|verdict| *verdict == Verdict::NoKey), "{tree}");
            assert!(tree.faults().any(|fault| fault.kind == ErrorKind::Truncated), "{tree}");
            assert!(tree.faults().all(|fault| fault.kind != ErrorKind::BadChecksum), "{tree}");
        }
    }
}

/// Extensions that a receiver skips, as their value is not what their type allows.
#[test]
fn what_is_wrong_with_a_skipped_extension_is_said() {
    let request = [
        &[1, 2, 7, 8, 0, 0, 0, 0, 192, 0, 2, 1, 198, 51, 100, 77, 0, 0, 0, 0, 0, 0, 0, 1][..],
        // A Message String that is no UTF-8, then an NAI.
        &[145, 3, 1, 0xff, 0xff, 131, 3, b'a', b'@', b'b'],
    ];
    let tree = check(Protocol::Mip4, &request.concat());
    let faults: Vec<_> = tree.faults().map(|fault| (fault.kind, fault.offset)).collect();
    assert_eq!(faults, [(ErrorKind::BadValue, 27)]);
}

/// Tunnels in tunnels end somewhere.
#[test]
fn no_packet_is_too_deep() {
    let mut packet = b"data".to_vec();
    for _ in 0..600 {
        let (from, to) = ("10.0.0.1".parse().unwrap(), "10.0.0.2".parse().unwrap());
        packet = ip::v4::Packet::new(from, to, 4, &packet).encode().unwrap();
    }
    let tree = check(Protocol::Ip, &packet);
    assert!(tree.find("Payload, too deep to be looked into").is_some());
}

#[test]
fn a_value_that_does_not_fit_is_refused() {
    let mut tree = tree(Protocol::Eap, &[1, 7, 0, 5, 1]);
    assert!(change(&mut tree.nodes, "Identifier", &Value::Unsigned(256)));
    let error = tree.encode().unwrap_err();
    assert_eq!((error.name.as_str(), error.offset), ("Identifier", 1));
}

/// A RADIUS packet with these attributes.
fn radius_packet(attributes: &[(u8, &[u8])]) -> Vec<u8> {
    let mut octets = [&[1, 7, 0, 0][..], &[9; 16]].concat();
    for (kind, value) in attributes {
        octets.extend([*kind, u8::try_from(value.len() + 2).unwrap()]);
        octets.extend(*value);
    }
    let length = u16::try_from(octets.len()).unwrap();
    octets[2..4].copy_from_slice(&length.to_be_bytes());
    octets
}

const MD5_RESPONSE: [u8; 30] = *b"\x02\x08\x00\x1e\x04\x100123456789abcdefuser.abc";

//= wire.5.9
#[test]
fn an_eap_packet_in_several_attributes_is_put_together() {
    let [a, b, c] = [&MD5_RESPONSE[..7], &MD5_RESPONSE[7..9], &MD5_RESPONSE[9..]];
    let packet = radius_packet(&[(1, b"user"), (79, a), (79, b), (79, c), (24, b"state")]);
    let mut tree = check(Protocol::Radius, &packet);
    assert_eq!(tree.faults().count(), 0, "{tree}");
    let [view] = tree.views.as_slice() else { panic!("{} views in\n{tree}", tree.views.len()) };
    assert_eq!(view.encode().unwrap(), MD5_RESPONSE);
    // The value begins in the first piece, and ends in the last.
    let value = tree.find("Value").unwrap();
    let first = packet.len() - 7 - c.len() - 2 - b.len() - 2 - 1;
    assert_eq!((value.offset, value.length), (first, 16), "{tree}");
    let places = tree.places(value.offset, value.length);
    let octets: Vec<u8> = places.into_iter().flat_map(|place| &packet[place]).copied().collect();
    assert_eq!(octets, b"0123456789abcdef");
    assert!(tree.to_string().contains("EAP-Response/MD5-Challenge"), "{tree}");

    let name = Value::Text("somebody else".to_owned());
    assert!(change(&mut tree.views[0].nodes, "Name", &name));
    tree.fix_lengths().unwrap();
    let changed = tree.encode().unwrap();
    let eap = radius::Packet::decode(&changed).unwrap().eap_message().unwrap().unwrap();
    let eap::Body::Response(eap::Message::Md5Challenge(response)) =
        eap::Packet::decode(&eap).unwrap().body().unwrap()
    else {
        panic!("another message");
    };
    assert_eq!(response.name, b"somebody else");

    tree.views.clear();
    assert!(tree.encode().unwrap_err().why.contains("view"));
}

//= wire.5.10
#[test]
fn pieces_that_do_not_follow_each_other_stay_pieces() {
    let (a, b) = MD5_RESPONSE.split_at(9);
    let tree = check(Protocol::Radius, &radius_packet(&[(79, a), (1, b"user"), (79, b)]));
    assert!(tree.views.is_empty());
    assert!(tree.find("EAP packet, part 2 of 2").is_some(), "{tree}");
    assert_eq!(tree.faults().count(), 1, "{tree}");
}

//= wire.5.21
//= wire.5.22
#[test]
fn a_long_extended_value_is_put_together() {
    let first = [&[26, 0x80, 0, 0, 0x7e, 0xd9, 5][..], &[1; 246]].concat();
    let packet =
        radius_packet(&[(245, &first), (245, &[26, 0, 2, 3]), (241, &[26, 0, 0, 0, 9, 1, 7])]);
    let tree = check(Protocol::Radius, &packet);
    let value = tree.views[0].nodes[0].find("EVS-Value").unwrap();
    assert_eq!((value.length, tree.views.len()), (248, 1), "{tree}");
    let alone = tree.find("Extended-Vendor-Specific").unwrap();
    assert_eq!(alone.find("EVS-Value").unwrap().value(), Some(&Value::Octets(vec![7])), "{tree}");
    // Without the last piece there is no value.
    let cut = check(Protocol::Radius, &radius_packet(&[(245, &first), (245, &[26, 0x80, 2])]));
    assert!(cut.views.is_empty() && cut.find("Value, part 2 of 2").is_some(), "{cut}");
}

/// Every message, option and extension that the registry lists is shown by its fields.
#[test]
fn what_the_registry_lists_is_not_shown_raw() {
    use dsboot_spec::registry::{mip4, mip6};
    const RAW: [&str; 4] = [
        "Data",
        "Message Data, not known",
        "Data, not read further",
        "Value, not of its type's form",
    ];
    let raw = |tree: &Tree| RAW.iter().any(|name| tree.find(name).is_some());
    for (number, name) in mip6::message::TABLE {
        if *number != mip6::message::EXPERIMENTAL {
            let tree = tree(Protocol::Mh, &[&[59, 3, *number, 0, 0, 0][..], &[0; 26]].concat());
            assert!(!raw(&tree), "{name}:\n{tree}");
        }
    }
    let tree_of = |option: &[u8]| {
        let mut octets = [&[59, 0, 0, 0, 0, 0, 0, 0][..], option].concat();
        octets.resize(octets.len().next_multiple_of(8), 0);
        octets[1] = u8::try_from(octets.len() / 8 - 1).unwrap();
        tree(Protocol::Mh, &octets)
    };
    for (number, name) in mip6::option::TABLE {
        let own = [mip6::option::EXPERIMENTAL, mip6::option::VENDOR_SPECIFIC].contains(number);
        let shown = (0..20).any(|length: u8| {
            let option = [&[*number, length][..], &vec![0; usize::from(length)]].concat();
            let tree = tree_of(&option);
            let node = tree.find(&format!("{name} option ({number})")).unwrap();
            // The section of options that nobody knows.
            node.source != "RFC 6275 §6.2.1" && (own || !raw(&tree))
        });
        assert!(shown, "{name}");
    }
    for (number, name) in mip4::message::TABLE {
        let octets = [&[*number][..], &[0; 27]].concat();
        let tree = tree(Protocol::Mip4, &octets);
        assert!(
            !tree.to_string().contains("not read further") || *number == 255,
            "{name}:\n{tree}"
        );
    }
}

//= wire.1.10
#[test]
fn what_tunnel_data_carries_is_looked_into() {
    let inner =
        ip::udp::packet("10.0.0.1:1".parse().unwrap(), "10.0.0.2:2".parse().unwrap(), 9, b"data")
            .unwrap();
    let gre = [&[0, 0, 8, 0][..], &inner].concat();
    for (next, payload) in [(4, &inner), (47, &gre)] {
        let tree = check(Protocol::Mip4, &[&[4, next, 0, 0][..], payload].concat());
        assert!(tree.find("UDP datagram").is_some(), "{tree}");
    }
}

fn protocols() -> impl Strategy<Value = Protocol> {
    prop::sample::select(Protocol::ALL.to_vec())
}

proptest! {
    #[test]
    fn any_octets(protocol in protocols(), octets in prop::collection::vec(any::<u8>(), 0..200)) {
        check(protocol, &octets);
    }

    #[test]
    fn any_octets_behind_a_first_one(
        protocol in protocols(),
        first in prop::sample::select(vec![1_u8, 2, 3, 4, 9, 59, 0x45, 0x60]),
        octets in prop::collection::vec(prop_oneof![0..8_u8, any::<u8>()], 0..120),
    ) {
        check(protocol, &[&[first], octets.as_slice()].concat());
    }

    #[test]
    fn eap_packets_in_any_pieces(
        eap in prop_oneof![
            Just(MD5_RESPONSE.to_vec()),
            prop::collection::vec(prop_oneof![0..8_u8, any::<u8>()], 0..40),
        ],
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 1..6),
        other in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let mut cuts: Vec<usize> = cuts.iter().map(|at| at.index(eap.len() + 1)).collect();
        cuts.extend([0, eap.len()]);
        cuts.sort_unstable();
        let mut attributes: Vec<(u8, &[u8])> =
            cuts.windows(2).map(|cut| (79, &eap[cut[0]..cut[1]])).collect();
        if let Some(at) = other {
            attributes.insert(at.index(attributes.len() + 1), (24, b"state"));
        }
        check(Protocol::Radius, &radius_packet(&attributes));
    }

    #[test]
    fn a_vector_as_anything(
        protocol in protocols(),
        index in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
    ) {
        let all = vectors();
        let (_, mut octets) = all[index.index(all.len())].clone();
        for (at, octet) in changes {
            let at = at.index(octets.len());
            octets[at] = octet;
        }
        check(protocol, &octets);
    }
}
