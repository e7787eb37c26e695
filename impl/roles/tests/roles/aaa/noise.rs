//! Requests that nobody would make, from clients that know their secret.

use dsboot_codec::radius::{Attribute, SubAttribute, VendorSpecific};
use dsboot_spec::registry::dsb::client_role;
use dsboot_spec::registry::radius::code;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::{Bench, FHA, FHA_SECRET, HA, HA_SECRET, MN1, NAS, NAS_SECRET, VENDOR, config};

/// Attributes of the kinds that mean something here, with any value.
fn attributes() -> impl Strategy<Value = Vec<(u8, Vec<u8>)>> {
    let kind = prop_oneof![
        4 => select(vec![1, 3, 4, 8, 24, 24, 32, 33, 60, 79, 79, 97]),
        1 => any::<u8>().prop_filter("is ours to set", |kind| *kind != 80),
    ];
    vec((kind, vec(any::<u8>(), 0..40)), 0..8)
}

/// Sub-attributes of any kind and value.
fn sub_attributes() -> impl Strategy<Value = Vec<(u8, Vec<u8>)>> {
    vec((0..40u8, vec(any::<u8>(), 0..24)), 0..8)
}

proptest! {
    //= access.6.8
    //= registration.6.8
    #[test]
    fn no_noise_is_accepted_and_none_breaks_the_server(
        noise in vec(
            (0..3usize, any::<bool>(), any::<bool>(), attributes(), sub_attributes()),
            1..12,
        ),
    ) {
        let clients = [
            (NAS, NAS_SECRET, client_role::NAS),
            (FHA, FHA_SECRET, client_role::FHA),
            (HA, HA_SECRET, client_role::HA),
        ];
        let mut bench = Bench::new(config());
        let mut state = Vec::new();
        for (client, named, continued, attributes, sub_attributes) in noise {
            let (source, secret, role) = clients[client];
            let outcome = bench.ask(source, secret, |request| {
                request.sub_attribute(VENDOR, &SubAttribute::ClientRole(role));
                if named {
                    request.attribute(&Attribute::UserName(MN1));
                }
                if continued && !state.is_empty() {
                    request.attribute(&Attribute::State(&state));
                }
                for (kind, value) in &attributes {
                    request.attribute(&Attribute::decode(*kind, value));
                }
                for (kind, value) in &sub_attributes {
                    let length = u8::try_from(2 + value.len()).unwrap();
                    let data = [&[*kind, length][..], value].concat();
                    let vendor = VendorSpecific { vendor_id: VENDOR, data: &data };
                    request.attribute(&Attribute::VendorSpecific(vendor));
                }
            });
            prop_assert_ne!(outcome.code, Some(code::ACCESS_ACCEPT));
            prop_assert!(!outcome.counted.is_empty(), "not counted");
            if outcome.code == Some(code::ACCESS_CHALLENGE) {
                state = outcome.packet().state().once().unwrap().to_vec();
            }
        }
        prop_assert_eq!(bench.aaa.assignments().count() + bench.aaa.leases().count(), 0);
        prop_assert!(bench.aaa.sessions().count() <= 4);
    }

    #[test]
    fn octets_that_nobody_signed_change_nothing(octets in vec(any::<u8>(), 0..300)) {
        let mut bench = Bench::new(config());
        let before = bench.aaa.clone();
        let outcome = bench.send(FHA, FHA_SECRET, octets);
        prop_assert_eq!((outcome.code, outcome.counted.len()), (None, 1));
        prop_assert_eq!(bench.aaa, before);
    }
}
