//! The rules of IPv6 headers and extension headers, each broken on purpose.

use core::net::Ipv6Addr;
use dsboot_codec::ip::v6::{
    DestinationOption, Extension, Fragment, Options, Packet, encapsulation_limit_header,
    home_address_header, type_2_routing_header,
};
use dsboot_codec::ip::{is_routable, udp};
use dsboot_codec::{Error, ErrorKind, Found};
use dsboot_spec::registry::ip::next_header::{
    AH, DESTINATION_OPTIONS, ESP, FRAGMENT, HOP_BY_HOP_OPTIONS, NO_NEXT_HEADER, ROUTING, UDP,
};

use super::{CARE_OF6, HOME_AGENT6, HOME6, vector, with_octet, with_word};

fn packet(next_header: u8, payload: &[u8]) -> Packet<'_> {
    Packet::new(CARE_OF6, HOME_AGENT6, next_header, payload)
}

/// What the walk over these extension headers says.
fn walk(first: u8, headers: &[&[u8]]) -> Result<(u8, usize), Error> {
    let payload = headers.concat();
    let upper = packet(first, &payload).upper_layer()?;
    Ok((upper.protocol, upper.offset))
}

fn error<T>(kind: ErrorKind, offset: usize, sentence: &'static str) -> Result<T, Error> {
    Err(Error::new(kind, offset, sentence))
}

const LIMIT: [u8; 8] = encapsulation_limit_header(NO_NEXT_HEADER, 4);

//= wire.10.26
#[test]
fn fragments_and_their_headers() {
    let payload: Vec<u8> = (0..100).collect();
    let whole = packet(UDP, &payload);
    assert_eq!(whole.fragments(140, 9).unwrap(), [whole.encode().unwrap()]);
    let all = whole.fragments(40 + 8 + 39, 0x0102_0304).unwrap();
    let expected = [
        ([UDP, 0, 0, 1, 1, 2, 3, 4], &payload[..32]),
        ([UDP, 0, 0, 33, 1, 2, 3, 4], &payload[32..64]),
        ([UDP, 0, 0, 65, 1, 2, 3, 4], &payload[64..96]),
        ([UDP, 0, 0, 96, 1, 2, 3, 4], &payload[96..]),
    ];
    assert_eq!(all.len(), expected.len());
    for (octets, (header, part)) in all.iter().zip(expected) {
        let fragment = Packet::decode(octets).unwrap();
        assert_eq!(fragment.payload, [&header[..], part].concat());
        let is_whole = Packet { next_header: UDP, payload: whole.payload, ..fragment };
        assert_eq!((is_whole, fragment.next_header), (whole, FRAGMENT));
        let chain = fragment.extensions().unwrap();
        let Some(Extension::Fragment(said)) = chain.iter().next().map(|e| e.value) else {
            panic!()
        };
        let at = usize::from(header[3] & !1);
        let told = Fragment { offset: at, more: at < 96, identification: 0x0102_0304 };
        assert_eq!(said, told);
    }
    assert_eq!(whole.fragments(55, 9), error(ErrorKind::TooLong, 4, "wire.10.26"));
}

//= wire.10.3
#[test]
fn version_and_length() {
    let octets = vector("ipv6_bu");
    let expected = error(ErrorKind::Truncated, 24, "wire.10.3");
    assert_eq!(Packet::decode(&octets[..39]), expected);
    for version in [0u8, 4, 5, 7, 15] {
        let octets = with_octet(&octets, 0, version << 4);
        assert_eq!(Packet::decode(&octets), error(ErrorKind::BadType, 0, "wire.10.3"));
    }
    let octets = with_word(&octets, 4, 121);
    assert_eq!(Packet::decode(&octets), error(ErrorKind::Truncated, 40, "wire.10.3"));
    let payload = vec![0; 65_536];
    let too_long = packet(UDP, &payload).encode();
    assert_eq!(too_long, error(ErrorKind::TooLong, 4, "wire.10.3"));
    assert!(packet(UDP, &payload[1..]).encode().is_ok());
    let labelled = Packet { flow_label: 0x10_0000, ..packet(UDP, &[]) };
    assert_eq!(labelled.encode(), error(ErrorKind::TooLong, 1, "wire.10.3"));
}

//= wire.10.3
#[test]
fn traffic_class_and_flow_label() {
    let marked = Packet { traffic_class: 0xa5, flow_label: 0xf_1234, ..packet(UDP, &[1]) };
    let octets = marked.encode().unwrap();
    assert_eq!(octets[..4], [0x6a, 0x5f, 0x12, 0x34]);
    assert_eq!(Packet::decode(&octets).unwrap(), marked);
}

//= wire.10.4
#[test]
fn what_follows_is_padding() {
    let octets = [&vector("ipv6_bu")[..], &[9; 4]].concat();
    let (packet, padding) = Packet::split(&octets).unwrap();
    assert_eq!((packet.payload.len(), padding), (120, &[9; 4][..]));
}

//= wire.10.5
#[test]
fn fragments_are_not_looked_into() {
    let header = |bits: u16| {
        let [high, low] = bits.to_be_bytes();
        [UDP, 0, high, low, 1, 2, 3, 4]
    };
    for (bits, offset, more) in
        [(0u16, 0, false), (1, 0, true), (8, 8, false), (0xfff9, 65_528, true)]
    {
        let payload = [&header(bits)[..], b"12345678"].concat();
        let packet = packet(FRAGMENT, &payload);
        let extensions = packet.extensions().unwrap();
        let [found] = extensions.iter().collect::<Vec<_>>()[..] else { panic!() };
        let expected = Fragment { offset, more, identification: 0x0102_0304 };
        assert_eq!(found.value, Extension::Fragment(expected));
        let upper = packet.upper_layer().map(|upper| upper.octets);
        if bits == 0 {
            assert_eq!(upper, Ok(&b"12345678"[..]));
        } else {
            assert_eq!(upper, error(ErrorKind::BadValue, 40, "wire.10.5"));
            assert!(expected.is_part());
        }
    }
}

//= wire.10.5
#[test]
fn the_upper_layer_is_the_headers() {
    let octets = vector("ipv6_bu");
    let upper = Packet::decode(&octets).unwrap().upper_layer().unwrap();
    assert_eq!(upper.octets_of(UDP), error(ErrorKind::BadType, 64, "wire.10.5"));
    assert_eq!(udp::decode_packet(&octets), error(ErrorKind::BadType, 64, "wire.10.5"));
}

//= wire.10.6
#[test]
fn the_walk_ends_at_what_is_no_extension_header() {
    for protocol in [0u8, 4, 6, 17, 41, 50, 58, 59, 135, 255] {
        let extension = matches!(protocol, HOP_BY_HOP_OPTIONS);
        assert_eq!(walk(protocol, &[&[]]).is_err(), extension, "{protocol}");
    }
    let pad = |next| [next, 0, 1, 4, 0, 0, 0, 0];
    // An AH counts words of 4 octets: 3 words beyond the first two.
    let ah = |next| [&[next, 4 - 1][..], &[7; 18]].concat();
    let routing = |next| [next, 0, 0, 0, 0, 0, 0, 0];
    let whole = |next| [next, 0, 0, 0, 0, 0, 0, 1];
    let headers: [&[u8]; 6] = [
        &pad(DESTINATION_OPTIONS),
        &pad(ROUTING),
        &routing(FRAGMENT),
        &whole(AH),
        &ah(DESTINATION_OPTIONS),
        &pad(ESP),
    ];
    assert_eq!(walk(HOP_BY_HOP_OPTIONS, &headers), Ok((ESP, 40 + 5 * 8 + 20)));
    let payload = headers.concat();
    let chain = packet(HOP_BY_HOP_OPTIONS, &payload).extensions().unwrap();
    let raw: Vec<&[u8]> = chain.iter().map(|header| header.raw).collect();
    assert_eq!(raw, headers);
    let value: Vec<_> = chain.iter().map(|header| header.value).collect();
    assert!(matches!(value[0], Extension::HopByHopOptions(_)));
    assert!(matches!(value[1], Extension::DestinationOptions(_)));
    assert_eq!(value[2], Extension::Routing { kind: 0, data: &[0; 4] });
    assert_eq!(value[4], Extension::Authentication(&[7; 18]));
}

//= wire.10.6
#[test]
fn extension_headers_are_whole() {
    let octets = vector("ipv6_bu");
    for length in 0..120 {
        let octets = with_word(&octets[..40 + length], 4, u16::try_from(length).unwrap());
        let found = Packet::decode(&octets).unwrap().upper_layer();
        match length {
            0..24 => assert_eq!(found.unwrap_err().sentence, "wire.10.6", "{length}"),
            _ => assert_eq!(found.unwrap().octets.len(), length - 24),
        }
    }
    assert_eq!(walk(FRAGMENT, &[&[59, 0, 0, 0]]), error(ErrorKind::Truncated, 40, "wire.10.6"));
}

//= wire.10.7
#[test]
fn options_fill_their_header() {
    let truncated = |offset| error::<Options<'_>>(ErrorKind::Truncated, offset, "wire.10.7");
    assert_eq!(Options::decode(&[1], 42), truncated(43));
    assert_eq!(Options::decode(&[0, 1, 5, 0, 0, 0], 42), truncated(45));
    let octets = [0, 1, 1, 7, 0x1e, 1, 9];
    let options = Options::decode(&octets, 42).unwrap();
    let found: Vec<_> = options.into_iter().map(|o| (o.offset, o.raw.len(), o.value)).collect();
    assert_eq!(
        found,
        [
            (42, 1, DestinationOption::Pad1),
            (43, 3, DestinationOption::PadN(&[7])),
            (46, 3, DestinationOption::Unknown { kind: 0x1e, data: &[9] }),
        ]
    );
    assert_eq!(options.home_address(), Found::Absent);
    assert_eq!(options.octets(), octets);
}

//= wire.10.7
#[test]
fn unknown_options_are_skipped_or_not_as_their_type_says() {
    for kind in 2..=255 {
        if matches!(kind, 4 | 0xc9) {
            continue;
        }
        let octets = [kind, 4, 1, 2, 3, 4];
        let decoded = Options::decode(&octets, 42);
        if kind < 0x40 {
            let [option] = decoded.unwrap().iter().collect::<Vec<_>>()[..] else { panic!() };
            assert_eq!(option.value, DestinationOption::Unknown { kind, data: &[1, 2, 3, 4] });
        } else {
            assert_eq!(decoded, error(ErrorKind::NotSkippable, 42, "wire.10.7"));
        }
    }
}

//= wire.10.8
#[test]
fn a_home_address_option_holds_one_address() {
    for length in 0..=20 {
        let data = [0x20; 20];
        let octets = [&[0xc9, length][..], &data[..usize::from(length)]].concat();
        let decoded = Options::decode(&octets, 42);
        match length {
            16 => {
                let found = decoded.unwrap().home_address().once().unwrap();
                assert_eq!((found.offset, found.value.octets()), (42, [0x20; 16]));
            }
            _ => assert_eq!(decoded, error(ErrorKind::BadLength, 43, "wire.10.8")),
        }
    }
}

//= wire.10.8
#[test]
fn a_home_address_option_is_sent_at_8n_6() {
    let header = home_address_header(NO_NEXT_HEADER, HOME6);
    let octets = packet(DESTINATION_OPTIONS, &header).encode().unwrap();
    let options = Options::decode(&header[2..], 2).unwrap();
    assert_eq!(options.home_address().once().unwrap().offset % 8, 6);
    assert_eq!(Packet::decode(&octets).unwrap().upper_layer().unwrap().source(), HOME6);
}

//= wire.10.8
#[test]
fn a_home_address_option_has_its_place() {
    let misplaced = |offset| error(ErrorKind::Misplaced, offset, "wire.10.8");
    let home = |next| home_address_header(next, HOME6);
    let routing = |next| type_2_routing_header(next, HOME6);
    let gone = |next| [next, 0, 0, 0, 0, 0, 0, 0];
    let whole = |next| [next, 0, 0, 0, 0, 0, 0, 1];
    let ah = |next| [&[next, 4][..], &[7; 22]].concat();
    let d = DESTINATION_OPTIONS;
    // Behind a routing header, before fragment header and AH: fine.
    assert_eq!(walk(ROUTING, &[&routing(d), &home(59)]), Ok((59, 88)));
    assert_eq!(walk(d, &[&home(FRAGMENT), &whole(AH), &ah(59)]), Ok((59, 96)));
    // The other way round: not.
    assert_eq!(walk(d, &[&home(ROUTING), &routing(59)]), misplaced(64));
    assert_eq!(walk(d, &[&home(ROUTING), &gone(59)]), misplaced(64));
    assert_eq!(walk(FRAGMENT, &[&whole(d), &home(59)]), misplaced(48));
    assert_eq!(walk(AH, &[&ah(d), &home(59)]), misplaced(64));
    // Twice: not, in one header or two.
    assert_eq!(walk(d, &[&home(d), &home(59)]), misplaced(64));
    let option = &home(59)[6..];
    let twice = [&[59, 5, 1, 2, 0, 0][..], option, &[1, 4, 0, 0, 0, 0], option].concat();
    assert_eq!(walk(d, &[&twice]), misplaced(40));
}

//= wire.10.9
#[test]
fn a_type_2_routing_header_is_as_it_should_be() {
    let header = type_2_routing_header(59, HOME6);
    assert_eq!(header[..8], [59, 2, 2, 1, 0, 0, 0, 0]);
    assert_eq!(walk(ROUTING, &[&header]), Ok((59, 64)));
    // What is reserved does not count.
    assert_eq!(walk(ROUTING, &[&with_octet(&header, 5, 0xff)]), Ok((59, 64)));
    for left in [0, 2, 255] {
        let header = with_octet(&header, 3, left);
        let expected = error(ErrorKind::BadValue, 43, "wire.10.9");
        assert_eq!(walk(ROUTING, &[&header]), expected, "{left}");
    }
    for units in [0, 1, 3, 4] {
        let header = with_octet(&[&header[..], &[0; 16]].concat(), 1, units);
        let expected = error(ErrorKind::BadLength, 41, "wire.10.9");
        assert_eq!(walk(ROUTING, &[&header]), expected, "{units}");
    }
    let twice = [type_2_routing_header(ROUTING, HOME6), header].concat();
    assert_eq!(walk(ROUTING, &[&twice]), error(ErrorKind::Misplaced, 64, "wire.10.9"));
}

//= wire.10.10
#[test]
fn other_routing_headers_must_be_done_with() {
    for kind in [0, 1, 3, 4, 255] {
        let header = |left| [59, 0, kind, left, 0, 0, 0, 0];
        assert_eq!(walk(ROUTING, &[&header(0)]), Ok((59, 48)));
        let expected = error(ErrorKind::NotSkippable, 42, "wire.10.10");
        assert_eq!(walk(ROUTING, &[&header(1)]), expected);
    }
}

//= wire.10.11
#[test]
fn home_addresses_are_unicast_and_routable() {
    for (address, routable) in [
        ("2001:db8::1", true),
        ("fd00::1", true),
        ("::", false),
        ("::1", false),
        ("fe80::1", false),
        ("ff02::1", false),
        ("ff0e::1", false),
    ] {
        let address: Ipv6Addr = address.parse().unwrap();
        assert_eq!(is_routable(address), routable, "{address}");
        let option = walk(DESTINATION_OPTIONS, &[&home_address_header(59, address)]);
        let header = walk(ROUTING, &[&type_2_routing_header(59, address)]);
        if routable {
            assert_eq!((option, header), (Ok((59, 64)), Ok((59, 64))));
        } else {
            assert_eq!(option, error(ErrorKind::BadValue, 48, "wire.10.11"));
            assert_eq!(header, error(ErrorKind::BadValue, 48, "wire.10.11"));
        }
    }
}

//= wire.10.12
#[test]
fn final_addresses() {
    let both = [type_2_routing_header(DESTINATION_OPTIONS, HOME6), home_address_header(59, HOME6)];
    let both = both.concat();
    let upper = packet(ROUTING, &both).upper_layer().unwrap();
    assert_eq!((upper.source(), upper.destination()), (HOME6, HOME6));
    assert_eq!((upper.header_source, upper.header_destination), (CARE_OF6, HOME_AGENT6));
    assert_eq!((upper.home_address, upper.routed_to), (Some(HOME6), Some(HOME6)));
    let upper = packet(59, &[]).upper_layer().unwrap();
    assert_eq!((upper.source(), upper.destination()), (CARE_OF6, HOME_AGENT6));
    assert_eq!(upper.pseudo(), packet(59, &[]).pseudo());
}

//= wire.10.23
#[test]
fn an_encapsulation_limit_is_one_octet() {
    let payload = LIMIT;
    let chain = packet(DESTINATION_OPTIONS, &payload).extensions().unwrap();
    let [header] = chain.iter().collect::<Vec<_>>()[..] else { panic!() };
    let Extension::DestinationOptions(options) = header.value else { panic!() };
    let found: Vec<_> = options.iter().map(|option| option.value).collect();
    assert_eq!(
        found,
        [DestinationOption::TunnelEncapsulationLimit(4), DestinationOption::PadN(&[0]),]
    );
    for length in [0, 2] {
        let octets = [4, length, 1, 0];
        let decoded = Options::decode(&octets[..2 + usize::from(length)], 42);
        assert_eq!(decoded, error(ErrorKind::BadLength, 43, "wire.10.23"));
    }
}

//= data-path.5.1
#[test]
fn hop_limit_is_counted_down_to_one() {
    for hop_limit in 0..=255 {
        let forwarded = Packet { hop_limit, ..packet(UDP, &[]) }.forwarded();
        let expected =
            (hop_limit > 1).then(|| Packet { hop_limit: hop_limit - 1, ..packet(UDP, &[]) });
        assert_eq!(forwarded, expected, "{hop_limit}");
    }
}
