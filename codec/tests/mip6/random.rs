//! Whatever the input: no panic, and what was made is understood again.

use core::net::{Ipv4Addr, Ipv6Addr};
use dsboot_codec::dsb::Prefixed;
use dsboot_codec::mip6::{
    AcknowledgementFlags, Addresses, Authentication, BindingAcknowledgement, BindingUpdate,
    Builder, Header, Identifier, Ipv4AddressAcknowledgement, Ipv4HomeAddress, Lifetime, Message,
    MobilityOption, NatDetection, NetworkPrefix, NonceIndices, Options, Packet, Route, Sequence,
    Timestamp, UpdateFlags,
};
use proptest::prelude::*;

use super::{HOME, HOME_AGENT, PSEUDO, sealed, vector};

fn data() -> impl Strategy<Value = &'static [u8]> {
    prop::collection::vec(any::<u8>(), 0..40).prop_map(|data| &*data.leak())
}

fn prefix4(least: u8) -> impl Strategy<Value = Prefixed<Ipv4Addr>> {
    (any::<Ipv4Addr>(), least..=32)
        .prop_map(|(address, length)| Prefixed::<Ipv4Addr>::new(address, length).unwrap())
}

/// Every option that may stand anywhere, but padding.
fn option() -> impl Strategy<Value = MobilityOption<'static>> {
    let unknown = (200u8..=255, data());
    prop_oneof![
        any::<u16>()
            .prop_map(|units| MobilityOption::BindingRefreshAdvice(Lifetime::from_units(units))),
        any::<Ipv6Addr>().prop_map(MobilityOption::AlternateCareOfAddress),
        any::<(u16, u16)>().prop_map(|(home, care_of)| {
            MobilityOption::NonceIndices(NonceIndices { home, care_of })
        }),
        (any::<Ipv6Addr>(), 0..=128u8, any::<u8>()).prop_map(|(address, length, reserved)| {
            let prefix = Prefixed::<Ipv6Addr>::new(address, length).unwrap();
            MobilityOption::MobileNetworkPrefix(NetworkPrefix { reserved, prefix })
        }),
        (any::<u8>(), data()).prop_map(|(subtype, data)| {
            MobilityOption::MobileNodeIdentifier(Identifier { subtype, data })
        }),
        any::<u64>().prop_map(|time| MobilityOption::MessageId(Timestamp(time))),
        (prefix4(1), any::<bool>(), 0..0x0200_u16).prop_map(|(prefix, prefix_wanted, reserved)| {
            MobilityOption::Ipv4HomeAddress(Ipv4HomeAddress { prefix, prefix_wanted, reserved })
        }),
        (any::<u8>(), prefix4(0), 0..4_u8).prop_map(|(status, prefix, reserved)| {
            MobilityOption::Ipv4AddressAcknowledgement(Ipv4AddressAcknowledgement {
                status,
                prefix,
                reserved,
            })
        }),
        (any::<(bool, u32)>(), 0..0x8000_u16).prop_map(
            |((force_udp, refresh_seconds), reserved)| {
                MobilityOption::NatDetection(NatDetection { force_udp, reserved, refresh_seconds })
            }
        ),
        any::<(u16, Ipv4Addr)>().prop_map(|(reserved, address)| {
            MobilityOption::Ipv4CareOfAddress { reserved, address }
        }),
        unknown.prop_map(|(kind, data)| MobilityOption::Unknown { kind, data }),
    ]
}

fn message() -> impl Strategy<Value = Message<'static>> {
    let number = any::<u16>().prop_map(Sequence);
    let lifetime = any::<u16>().prop_map(Lifetime::from_units);
    prop_oneof![
        (number.clone(), any::<u16>(), lifetime.clone()).prop_map(|(sequence, flags, lifetime)| {
            BindingUpdate::new(sequence, UpdateFlags(flags), lifetime).into()
        }),
        (any::<(u8, u8)>(), number, lifetime).prop_map(|((status, flags), sequence, lifetime)| {
            let flags = AcknowledgementFlags(flags);
            let answer = BindingAcknowledgement::new(status, sequence, lifetime);
            BindingAcknowledgement { flags, ..answer }.into()
        }),
    ]
}

/// The message without its options.
fn bare(message: Message<'_>) -> Message<'static> {
    match message {
        Message::BindingUpdate(BindingUpdate { sequence, flags, lifetime, .. }) => {
            BindingUpdate::new(sequence, flags, lifetime).into()
        }
        Message::BindingAcknowledgement(answer) => {
            let BindingAcknowledgement { status, flags, sequence, lifetime, .. } = answer;
            let answer = BindingAcknowledgement::new(status, sequence, lifetime);
            BindingAcknowledgement { flags, ..answer }.into()
        }
        other => panic!("{other:?}"),
    }
}

/// Everything that can be asked of a message, for the sake of panics.
fn ask(packet: &Packet<'_>) {
    let _ = (packet.addresses(), packet.mn_aaa(), packet.verify_mn_ha(b"key"));
    ask_options(packet.message.options());
}

fn ask_options(options: Options<'_>) {
    for option in options {
        assert!(!option.raw.is_empty());
        if let Ok(again) = option.value.encode() {
            assert_eq!(again.len(), option.raw.len());
        }
    }
    let _ = (options.nai(), options.message_id(), options.alternate_care_of_address());
}

proptest! {
    #[test]
    fn what_is_made_is_understood(
        message in message(),
        options in prop::collection::vec(option(), 0..8),
        spi in 256u32..,
        key in data(),
        care_of in any::<u64>(),
    ) {
        let care_of = Ipv6Addr::from_bits(u128::from(care_of) | 0x2001 << 112);
        let node = Addresses { home: HOME, care_of };
        let route = match message {
            Message::BindingUpdate(_) => Route::from_mobile_node(node, HOME_AGENT),
            _ => Route::to_mobile_node(HOME_AGENT, node),
        };
        let builder = options.iter().fold(Builder::new(message), |builder, o| builder.option(o));
        let octets = builder.sign_mn_ha(spi, key).packet(&route).unwrap();

        let packet = Packet::decode(&octets).unwrap();
        prop_assert_eq!(packet.route, route);
        prop_assert_eq!(bare(packet.message), message);
        prop_assert!(packet.verify_mn_ha(key));
        let found: Vec<_> = packet.message.options().iter().map(|option| option.value)
            .filter(|option| !matches!(option, MobilityOption::Pad1 | MobilityOption::PadN(_)))
            .collect();
        prop_assert_eq!(&found[..found.len() - 1], &options[..]);
        let last = MobilityOption::Authentication(Authentication {
            subtype: 1,
            spi,
            data: packet.message.options().mn_ha().unwrap().value.data,
        });
        prop_assert_eq!(found.last(), Some(&last));
        // And encoded from what was decoded.
        prop_assert_eq!(Builder::new(packet.message).packet(&route).unwrap(), octets.clone());
        for length in 0..octets.len() {
            prop_assert!(Packet::decode(&octets[..length]).is_err());
        }
    }

    #[test]
    fn any_mobility_header_keeps_its_octets(
        kind in 0u8..10,
        reserved: u8,
        units in 0usize..6,
        data in prop::collection::vec(prop_oneof![0u8..12, any::<u8>()], 48),
    ) {
        let mut octets = vec![59, 0, kind, reserved, 0, 0];
        octets.extend(&data[..2 + 8 * units]);
        let octets = sealed(&PSEUDO, &octets);
        let header = Header::decode(&octets, &PSEUDO).unwrap();
        if let Ok(message) = header.message() {
            ask_options(message.options());
            let again = Builder::new(message).reserved(reserved);
            prop_assert_eq!(again.header(&Route::direct(HOME, HOME_AGENT)).unwrap(), octets);
        }
    }

    #[test]
    fn any_options(octets in prop::collection::vec(prop_oneof![0u8..12, any::<u8>()], 0..64)) {
        if let Ok(options) = Options::decode(&octets, 12) {
            ask_options(options);
            let together: Vec<u8> = options.iter().flat_map(|option| option.raw.to_vec()).collect();
            prop_assert_eq!(together, octets);
        }
    }

    #[test]
    fn any_change_of_a_packet(
        name in prop_oneof![Just("ipv6_bu"), Just("ipv6_ba")],
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut octets = vector(name);
        for (at, value) in changes {
            *at.get_mut(&mut octets) = value;
        }
        if let Ok(packet) = Packet::decode(&octets) {
            ask(&packet);
        }
    }
}

quickcheck::quickcheck! {
    fn any_octets(octets: Vec<u8>) -> bool {
        if let Ok(packet) = Packet::decode(&octets) {
            ask(&packet);
        }
        if let Ok(message) = Header::decode_unverified(&octets).and_then(|h| h.message()) {
            ask_options(message.options());
        }
        true
    }

    fn every_lifetime_is_rounded_down(seconds: u32) -> bool {
        let lifetime = u64::from(Lifetime::from_seconds(seconds.into()).seconds());
        let seconds = u64::from(seconds);
        lifetime <= seconds && (seconds - lifetime < 4 || lifetime == 262_140)
    }
}
