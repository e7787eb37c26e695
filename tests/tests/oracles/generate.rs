//! Packets made of random values, always the same ones.

use std::net::{Ipv4Addr, Ipv6Addr};

use dsboot_codec::dsb::{Parameter, Prefixed, Wanted};
use dsboot_codec::ip::{icmp, tunnel, udp, v4, v6};
use dsboot_codec::mip4::discovery::{
    AdvertisementBuilder, AdvertisementFlags, Router, solicitation,
};
use dsboot_codec::mip4::{self, Extension};
use dsboot_codec::radius::{self, Attribute, VendorSpecific};
use dsboot_codec::{eap, mip6, pana};
use dsboot_spec::registry::dsb::{DEFAULT_VENDOR_ID as VENDOR, parameter};
use dsboot_spec::registry::ip::{gre_protocol, icmpv4, icmpv6, next_header, protocol};
use dsboot_spec::registry::mip6::message;
use dsboot_spec::registry::radius::{attribute, code};
use dsboot_spec::registry::{mip4 as registration, pana as access};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::{BoxedStrategy, ValueTree};
use proptest::test_runner::TestRunner;

/// Attributes that are generated: those that the bootstrap has a use for. Were they all of the
/// registry, each addition to it would change every packet.
const KINDS: [u8; 31] = [
    1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 18, 24, 25, 27, 28, 29, 30, 31, 32, 33, 60, 61, 87, 95, 96, 97,
    101, 123, 124, 125, 168,
];

/// How many packets of each kind.
const EACH: usize = 150;

/// How many kinds there are.
pub(crate) const KINDS_OF_PACKETS: usize = 9;

/// All packets, kind by kind.
pub(crate) fn packets() -> Vec<Vec<u8>> {
    let mut runner = TestRunner::deterministic();
    let kinds: [BoxedStrategy<Vec<u8>>; KINDS_OF_PACKETS] = [
        over_udp(1812, radius_packet()),
        over_udp(434, registration_message()),
        over_udp(716, pana_message()),
        mobility(),
        discovery(),
        echo(),
        tunnelled(),
        extension_headers(),
        headers(),
    ];
    let mut packets = Vec::new();
    for kind in &kinds {
        packets.extend((0..EACH).map(|_| kind.new_tree(&mut runner).unwrap().current()));
    }
    packets
}

fn ipv4() -> impl Strategy<Value = Ipv4Addr> {
    (1..=9_u8, any::<[u8; 3]>()).prop_map(|(a, [b, c, d])| Ipv4Addr::new(a, b, c, d))
}

fn ipv6() -> impl Strategy<Value = Ipv6Addr> {
    any::<[u8; 14]>().prop_map(|rest| {
        let mut octets = [0x20; 16];
        octets[2..].copy_from_slice(&rest);
        octets.into()
    })
}

/// Readable text, so that it is text for everybody.
fn text(least: usize, most: usize) -> impl Strategy<Value = Vec<u8>> {
    vec(select(b"abcdefghijklmnopqrstuvwxyz0123456789.-".as_slice()), least..=most)
}

fn octets(least: usize, most: usize) -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), least..=most)
}

fn over_udp(
    port: u16,
    payload: impl Strategy<Value = Vec<u8>> + 'static,
) -> BoxedStrategy<Vec<u8>> {
    let packet = (ipv4(), ipv4(), 40_000..44_000_u16, payload);
    packet
        .prop_map(move |(from, to, source, payload)| {
            udp::packet((from, source).into(), (to, port).into(), 64, &payload).unwrap()
        })
        .boxed()
}

/// Type and value of an attribute that is known and right.
fn attribute() -> impl Strategy<Value = (u8, Vec<u8>)> {
    let kinds = KINDS.to_vec();
    let value = prop_oneof![
        3 => text(1, 24),
        2 => octets(4, 4),
        1 => octets(8, 8),
        1 => octets(16, 16),
        1 => octets(17, 17),
        1 => (0..=128_u8, ipv6()).prop_map(|(length, address)| {
            let bits = address.to_bits() & u128::MAX.checked_shl(128 - u32::from(length)).unwrap_or(0);
            [&[0, length], &bits.to_be_bytes()[..]].concat()
        }),
    ];
    (select(kinds), value).prop_filter("an attribute that is right", |(kind, value)| {
        // These are made by themselves below.
        let apart =
            [attribute::EAP_MESSAGE, attribute::VENDOR_SPECIFIC, attribute::MESSAGE_AUTHENTICATOR];
        let is_text = value.iter().all(u8::is_ascii_graphic);
        let is_right = |value| {
            use Attribute::{Malformed, Unknown};
            !matches!(Attribute::decode(*kind, value), Malformed { .. } | Unknown { .. })
        };
        !apart.contains(kind)
            && is_right(b"some text of 23 octets.") == is_text
            && is_right(value.as_slice())
    })
}

fn radius_packet() -> impl Strategy<Value = Vec<u8>> {
    let vendor = (parameter(), select(vec![VENDOR]));
    let parts = (
        select(vec![
            code::ACCESS_REQUEST,
            code::ACCESS_ACCEPT,
            code::ACCESS_REJECT,
            code::ACCESS_CHALLENGE,
        ]),
        any::<(u8, [u8; 16])>(),
        vec(attribute(), 1..8),
        proptest::option::of(vendor),
        proptest::option::of(eap_packet()),
    );
    parts.prop_map(|(code, (identifier, authenticator), attributes, vendor, eap)| {
        let specific = vendor.map(|((kind, value), vendor_id)| {
            let length = u8::try_from(value.len() + 2).unwrap();
            (vendor_id, [&[kind, length], value.as_slice()].concat())
        });
        let mut values: Vec<Attribute<'_>> =
            attributes.iter().map(|(kind, value)| Attribute::decode(*kind, value)).collect();
        if let Some((vendor_id, data)) = &specific {
            values.push(Attribute::VendorSpecific(VendorSpecific { vendor_id: *vendor_id, data }));
        }
        values.push(Attribute::MessageAuthenticator(&authenticator));
        // With another credential there may be no EAP.
        let credentials =
            [attribute::USER_PASSWORD, attribute::CHAP_PASSWORD, attribute::ARAP_PASSWORD];
        let eap = eap.filter(|_| !attributes.iter().any(|(kind, _)| credentials.contains(kind)));
        values.extend(eap.iter().flat_map(|eap| eap.chunks(253)).map(Attribute::EapMessage));
        radius::encode(code, identifier, &authenticator, values).unwrap()
    })
}

/// Type and value of a bootstrap parameter.
fn parameter() -> impl Strategy<Value = (u8, Vec<u8>)> {
    let prefixed = || {
        (ipv6(), 0..=128_u8).prop_map(|(a, length)| Prefixed::<Ipv6Addr>::new(a, length).unwrap())
    };
    let one = prop_oneof![
        ipv4().prop_map(|a| Parameter::FhaAddress(a).encode()).prop_map(|v| (1, v)),
        text(1, 20).prop_map(|name| (2, [name.as_slice(), b"x"].concat())),
        (ipv4(), 0..=32_u8).prop_map(|(a, length)| {
            (3, Parameter::ColocatedAddress(Prefixed::<Ipv4Addr>::new(a, length).unwrap()).encode())
        }),
        ipv4().prop_map(|a| (4, Parameter::Thoav4(a).encode())),
        prefixed().prop_map(|a| (5, Parameter::Ipv6Hoa(a).encode())),
        ipv6().prop_map(|a| (6, Parameter::HomeAgent(a).encode())),
        prefixed().prop_map(|a| (7, Parameter::Ipv6Coa(a).encode())),
        any::<u8>().prop_map(|bits| (10, Parameter::BootstrapRequest(Wanted(bits)).encode())),
    ];
    one.prop_filter("a name of a parameter", |(kind, _)| parameter::name(*kind).is_some())
}

fn eap_packet() -> impl Strategy<Value = Vec<u8>> {
    use eap::{Body, Expanded, Md5Challenge, Message, Method};
    let body = (0..8_u8, text(1, 20), octets(16, 16), any::<u32>());
    (any::<u8>(), body).prop_map(|(identifier, (kind, text, value, number))| {
        let md5 = Message::Md5Challenge(Md5Challenge { value: &value, name: &text });
        let method = Method { vendor_id: number >> 8, number };
        let expanded = Message::Expanded(Expanded { method, data: &value });
        let body = match kind {
            0 => Body::Request(Message::Identity(&text)),
            1 => Body::Response(Message::Identity(&text)),
            2 => Body::Request(md5),
            3 => Body::Response(md5),
            4 => Body::Response(Message::Nak(&[4, 13, 21])),
            5 => Body::Request(Message::Notification(&text)),
            6 => Body::Success,
            _ => Body::Request(expanded),
        };
        eap::encode(identifier, &body).unwrap()
    })
}

fn registration_message() -> impl Strategy<Value = Vec<u8>> {
    let header = (any::<u8>(), any::<u16>(), ipv4(), ipv4(), ipv4(), any::<u64>());
    let parts = (0..5_u8, header, vec(extension(), 0..6), octets(16, 16), ipv6());
    parts.prop_map(|(kind, header, extensions, authenticator, address)| {
        let (flags, lifetime, home_address, home_agent, care_of_address, id) = header;
        let identification = mip4::Identification(id);
        if kind == 4 {
            let inner = v6::Packet::new(address, address, 59, &[]).encode().unwrap();
            return mip4::TunnelData::new(41, &inner).encode();
        }
        let request = mip4::RequestHeader {
            flags: mip4::RequestFlags(flags),
            lifetime,
            home_address,
            home_agent,
            care_of_address,
            identification,
        };
        let code = mip4::Code(flags);
        let reply = mip4::ReplyHeader { code, lifetime, home_address, home_agent, identification };
        let builder = match kind {
            0 | 1 => mip4::Builder::request(&request),
            _ => mip4::Builder::reply(&reply),
        };
        let builder = extensions.into_iter().fold(builder, |builder, extension| {
            mip4::Builder::relay(&[builder.finish().unwrap(), extension].concat())
        });
        let last = mip4::Authentication { spi: 0x1001, authenticator: &authenticator };
        builder.extension(Extension::MobileHomeAuthentication(last)).finish().unwrap()
    })
}

/// An extension, encoded.
fn extension() -> impl Strategy<Value = Vec<u8>> {
    use mip4::{Authentication, MnHaKeyReply, UdpTunnelReply, UdpTunnelRequest, Vendor};
    let values =
        (0..18_u8, text(1, 24), octets(16, 20), any::<(u32, u16, u8, bool)>(), ipv4(), ipv6());
    (values, parameter()).prop_map(|(values, (parameter, value))| {
        let (kind, text, octets, (number, short, octet, bit), v4, v6) = values;
        let authentication = Authentication { spi: number, authenticator: &octets };
        let vendor = Vendor::new(VENDOR, parameter.into(), &value);
        let reply = MnHaKeyReply {
            lifetime: number,
            aaa_spi: number ^ 1,
            ha_spi: number ^ 2,
            algorithm: short,
            replay_method: 1,
            nonce: &octets,
        };
        let text_of = std::str::from_utf8(&text).unwrap();
        let extension = match kind {
            0 => Extension::MobileHomeAuthentication(authentication),
            1 => Extension::MobileForeignAuthentication(authentication),
            2 => Extension::ForeignHomeAuthentication(authentication),
            3 => Extension::MnAaaAuthentication(authentication),
            4 => Extension::Cvse(vendor),
            5 | 6 => Extension::Nvse(vendor),
            7 => Extension::MnHaKeyRequest { mn_spi: number },
            8 => Extension::MnHaKeyReply(reply),
            9 => Extension::UdpTunnelReply(UdpTunnelReply::new(octet % 3, bit, short)),
            10 => Extension::FaError { status: 64 + octet % 64 },
            11 => Extension::EncapsulatingDelivery,
            12 => Extension::Nai(&text),
            13 => Extension::Challenge(&octets),
            14 => Extension::DynamicHa { sub_type: 1 + octet % 2, home_agent: v4 },
            15 => Extension::UdpTunnelRequest(UdpTunnelRequest {
                encapsulation: 4,
                ..UdpTunnelRequest::new(bit, !bit)
            }),
            16 => Extension::MessageString { sub_type: 1, text: text_of },
            _ => Extension::PrefixRequest { prefix_length: 64, prefix: v6 },
        };
        // An extension alone: what a builder that begins with nothing makes.
        mip4::Builder::relay(&[]).extension(extension).finish().unwrap()
    })
}

fn pana_message() -> impl Strategy<Value = Vec<u8>> {
    let kinds: Vec<u16> = access::avp::TABLE.iter().map(|(code, _)| *code).collect();
    let value = prop_oneof![octets(4, 4), octets(6, 6), octets(16, 40)];
    let avp = (select(kinds), value).prop_filter("an AVP that is right", |(code, value)| {
        // What EAP and a relay carry has to be a message.
        let apart = [access::avp::EAP_PAYLOAD, access::avp::RELAYED_MESSAGE];
        let decoded = pana::Avp::decode(*code, value);
        !apart.contains(code)
            && !matches!(decoded, pana::Avp::Malformed { .. } | pana::Avp::Unknown { .. })
    });
    let numbers = (select(pana::Kind::ALL.to_vec()), any::<u16>(), any::<(u32, u32)>());
    let parts =
        (numbers, vec(avp, 0..5), proptest::option::of(eap_packet()), vec(parameter(), 0..3));
    parts.prop_map(|((kind, flags, (session, sequence)), avps, eap, parameters)| {
        let flags = pana::Flags(flags & 0x7c00);
        let mut builder = pana::MessageBuilder::new(kind, flags, session, sequence);
        for (code, value) in &avps {
            builder.avp(&pana::Avp::decode(*code, value));
        }
        if let Some(eap) = &eap {
            builder.avp(&pana::Avp::EapPayload(eap));
        }
        for (code, data) in &parameters {
            let code = (*code).into();
            builder.avp(&pana::Avp::Vendor(pana::VendorAvp { vendor_id: VENDOR, code, data }));
        }
        builder.encode().unwrap()
    })
}

fn mobility() -> BoxedStrategy<Vec<u8>> {
    let numbers = (0..9_u8, any::<(u8, u16, u16, u64, u64)>(), ipv6(), ipv6(), ipv6());
    let parts = (numbers, vec(mobility_option(), 0..5), octets(12, 12));
    let packet = parts.prop_map(|((kind, numbers, home, care_of, agent), options, data)| {
        let (octet, word, other, cookie, token) = numbers;
        let none = mip6::Options::NONE;
        let init = mip6::TestInit { reserved: 0, cookie, options: none };
        let test = mip6::Test { nonce_index: word, cookie, token, options: none };
        let node = mip6::Addresses { home, care_of };
        let direct = mip6::Route::direct(care_of, agent);
        let update = mip6::BindingUpdate::new(
            mip6::Sequence(word),
            mip6::UpdateFlags(other & 0xf800),
            mip6::Lifetime::from_units(word ^ other),
        );
        let answer = mip6::BindingAcknowledgement::new(
            octet,
            mip6::Sequence(word),
            mip6::Lifetime::from_units(other),
        );
        let refresh = mip6::BindingRefreshRequest { reserved: 0, options: none };
        let error = mip6::BindingError::new(1 + octet % 2, home);
        use mip6::Message as M;
        let (message, route) = match kind {
            message::BINDING_REFRESH_REQUEST => (M::BindingRefreshRequest(refresh), direct),
            message::HOME_TEST_INIT => (M::HomeTestInit(init), direct),
            message::CARE_OF_TEST_INIT => (M::CareOfTestInit(init), direct),
            message::HOME_TEST => (M::HomeTest(test), direct),
            message::CARE_OF_TEST => (M::CareOfTest(test), direct),
            message::BINDING_ACKNOWLEDGEMENT => {
                (answer.into(), mip6::Route::to_mobile_node(agent, node))
            }
            message::BINDING_ERROR => (error.into(), direct),
            _ => (update.into(), mip6::Route::from_mobile_node(node, agent)),
        };
        let builder = mip6::Builder::new(message);
        let builder = options.iter().fold(builder, |builder, (kind, data)| {
            builder.option(&mip6::MobilityOption::decode(*kind, data))
        });
        let last = mip6::Authentication { subtype: 1, spi: 0x300, data: &data };
        let builder = match kind {
            message::BINDING_ACKNOWLEDGEMENT | message::BINDING_UPDATE => {
                builder.option(&mip6::MobilityOption::Authentication(last))
            }
            _ => builder,
        };
        builder.packet(&route).unwrap()
    });
    packet.boxed()
}

/// Type and data of a mobility option that may stand anywhere.
fn mobility_option() -> impl Strategy<Value = (u8, Vec<u8>)> {
    use dsboot_spec::registry::mip6::option as kind;
    let v4 = |flags: u8| ipv4().prop_map(move |a| [&[flags, 0], &a.octets()[..]].concat());
    prop_oneof![
        octets(2, 2).prop_map(|data| (kind::BINDING_REFRESH_ADVICE, data)),
        ipv6().prop_map(|a| (kind::ALTERNATE_CARE_OF_ADDRESS, a.octets().to_vec())),
        octets(4, 4).prop_map(|data| (kind::NONCE_INDICES, data)),
        (ipv6(), 0..=128_u8).prop_map(|(a, length)| {
            (kind::MOBILE_NETWORK_PREFIX, [&[0, length], &a.octets()[..]].concat())
        }),
        text(1, 20).prop_map(|nai| (kind::MOBILE_NODE_IDENTIFIER, [&[1], nai.as_slice()].concat())),
        octets(8, 8).prop_map(|data| (kind::MESSAGE_ID, data)),
        v4(0x80).prop_map(|data| (kind::IPV4_HOME_ADDRESS, data)),
        v4(0).prop_map(|data| (kind::IPV4_ADDRESS_ACKNOWLEDGEMENT, data)),
        v4(0).prop_map(|data| (kind::IPV4_CARE_OF_ADDRESS, data)),
        octets(4, 4).prop_map(|data| (kind::NAT_DETECTION, [&[0x80, 0], data.as_slice()].concat())),
    ]
}

fn v4_packet(
    kind: u8,
    payload: impl Strategy<Value = Vec<u8>> + 'static,
) -> BoxedStrategy<Vec<u8>> {
    (ipv4(), ipv4(), payload)
        .prop_map(move |(from, to, payload)| {
            v4::Packet::new(from, to, kind, &payload).encode().unwrap()
        })
        .boxed()
}

fn discovery() -> BoxedStrategy<Vec<u8>> {
    let router = (ipv4(), any::<i32>());
    let router = router.prop_map(|(address, preference)| Router { address, preference });
    let parts =
        (any::<(bool, u16, u16, u16)>(), vec(router, 0..3), vec(ipv4(), 1..3), octets(4, 12));
    let message =
        parts.prop_map(|((alone, lifetime, sequence, flags), routers, offered, challenge)| {
            if alone && flags & 7 == 0 {
                return solicitation();
            }
            let flags = AdvertisementFlags(
                flags & 0xff80 | registration::advertisement_flag::FOREIGN_AGENT,
            );
            let lengths: Vec<u8> = routers.iter().map(|_| 24).collect();
            AdvertisementBuilder::new(if alone { 0 } else { 16 }, lifetime, &routers)
                .mobility_agent(sequence, lifetime, flags, &offered)
                .prefix_lengths(&lengths)
                .challenge(&challenge)
                .finish()
                .unwrap()
        });
    v4_packet(protocol::ICMP, message)
}

fn echo() -> BoxedStrategy<Vec<u8>> {
    let parts =
        (any::<(bool, bool, u16, u16)>(), octets(0, 30), (ipv4(), ipv4()), (ipv6(), ipv6()));
    let packet = parts.prop_map(|((over_v6, reply, identifier, sequence), data, v4s, v6s)| {
        let body = icmp::Echo { identifier, sequence, data: &data }.encode();
        if over_v6 {
            let kind = if reply { icmpv6::ECHO_REPLY } else { icmpv6::ECHO_REQUEST };
            return icmp::packet_v6(v6s.0, v6s.1, &icmp::Message::new(kind, &body)).unwrap();
        }
        let kind = if reply { icmpv4::ECHO_REPLY } else { icmpv4::ECHO_REQUEST };
        let message = icmp::Message::new(kind, &body).encode_v4();
        v4::Packet::new(v4s.0, v4s.1, protocol::ICMP, &message).encode().unwrap()
    });
    packet.boxed()
}

fn tunnelled() -> BoxedStrategy<Vec<u8>> {
    let inner = prop_oneof![mobility(), echo()];
    let parts =
        (0..5_u8, inner, [ipv4(), ipv4(), ipv4()], [ipv6(), ipv6()], any::<(u32, u32, bool)>());
    let packet = parts.prop_map(|(kind, inner, [a, b, c], [d, e], (key, sequence, bit))| {
        let is_v4 = inner[0] >> 4 == 4;
        match (kind, is_v4) {
            (0, true) => tunnel::minimal::wrap(a, b, &v4::Packet::decode(&inner).unwrap()).unwrap(),
            (1, true) => tunnel::ipv4_in_ipv4::wrap(a, b, 9, &inner).unwrap(),
            (0 | 1, false) => {
                tunnel::ipv6_in_ipv6::wrap(d, e, 9, bit.then_some(4), &inner).unwrap()
            }
            (2, _) => {
                let carried = if is_v4 { gre_protocol::IPV4 } else { gre_protocol::IPV6 };
                let packet = tunnel::gre::Packet {
                    has_checksum: bit,
                    key: Some(key),
                    sequence: (!bit).then_some(sequence),
                    ..tunnel::gre::Packet::new(carried, &inner)
                };
                v4::Packet::new(a, b, protocol::GRE, &packet.encode()).encode().unwrap()
            }
            (_, true) => tunnel::ipv4_in_ipv4::wrap(c, b, 7, &inner).unwrap(),
            (_, false) => {
                let middle = tunnel::ipv6_in_ipv4::wrap(a, b, 8, &inner).unwrap();
                tunnel::ipv4_in_ipv4::wrap(c, b, 7, &middle).unwrap()
            }
        }
    });
    packet.boxed()
}

fn extension_headers() -> BoxedStrategy<Vec<u8>> {
    let parts = (ipv6(), ipv6(), ipv6(), 0..4_u8, any::<(u32, u16)>());
    let packet = parts.prop_map(|(from, to, address, kind, (identification, offset))| {
        let none = next_header::NO_NEXT_HEADER;
        let (first, payload) = match kind {
            0 => {
                (next_header::DESTINATION_OPTIONS, v6::home_address_header(none, address).to_vec())
            }
            1 => (next_header::ROUTING, v6::type_2_routing_header(none, address).to_vec()),
            2 => {
                (next_header::DESTINATION_OPTIONS, v6::encapsulation_limit_header(none, 7).to_vec())
            }
            _ => {
                let position = (offset & 0xfff8) | 1;
                let head = [&[none, 0][..], &position.to_be_bytes(), &identification.to_be_bytes()];
                (next_header::FRAGMENT, [&head.concat()[..], b"in parts"].concat())
            }
        };
        v6::Packet::new(from, to, first, &payload).encode().unwrap()
    });
    packet.boxed()
}

fn headers() -> BoxedStrategy<Vec<u8>> {
    let parts = ([ipv4(), ipv4()], [ipv6(), ipv6()], any::<(bool, u8, u8, u16, u16, u32)>());
    let packet = parts.prop_map(|([a, b], [c, d], (is_v4, class, ttl, id, port, label))| {
        let payload = udp::Datagram::new(40_000 + port % 10_000, 40_000, b"data");
        if is_v4 {
            let payload = payload.encode(&dsboot_codec::ip::Pseudo::v4(a, b)).unwrap();
            let packet = v4::Packet::new(a, b, protocol::UDP, &payload);
            let fragment = v4::Fragment(id & 0x4000);
            return v4::Packet { tos: class, ttl, identification: id, fragment, ..packet }
                .encode()
                .unwrap();
        }
        let payload = payload.encode(&dsboot_codec::ip::Pseudo::v6(c, d)).unwrap();
        let packet = v6::Packet::new(c, d, protocol::UDP, &payload);
        let flow_label = label & 0x000f_ffff;
        v6::Packet { traffic_class: class, flow_label, hop_limit: ttl, ..packet }.encode().unwrap()
    });
    packet.boxed()
}
