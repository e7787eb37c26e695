//! RADIUS, with octets and values that nobody chose.
#![cfg(test)]

use std::net::{Ipv4Addr, Ipv6Addr};

use dsboot_codec::Found;
use dsboot_codec::dsb::{Fqdn, Parameter, Prefixed, Wanted};
use dsboot_codec::radius::{
    Attribute, Authenticator, ChapPassword, Ipv6Prefix, Packet, RequestBuilder, ResponseBuilder,
    Salted, SubAttribute, UserPassword, VendorSpecific, encode, hide_key, hide_password,
};
use dsboot_spec::registry::dsb::parameter;
use dsboot_spec::registry::radius::code;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// What an attribute or sub-attribute can be made of; the units borrow from it.
#[derive(Clone, Debug)]
struct Ingredients {
    number: u32,
    long: u64,
    ipv4: Ipv4Addr,
    ipv6: Ipv6Addr,
    length: u8,
    octets: Vec<u8>,
    array: [u8; 16],
    digest: [u8; 20],
    name: String,
}

prop_compose! {
    fn ingredients()(
        number: u32,
        long: u64,
        ipv4: Ipv4Addr,
        ipv6: Ipv6Addr,
        length in 0..=128_u8,
        octets in vec(any::<u8>(), 16..=200),
        array: [u8; 16],
        digest: [u8; 20],
        name in "[a-z]{1,20}",
    ) -> Ingredients {
        Ingredients { number, long, ipv4, ipv6, length, octets, array, digest, name }
    }
}

impl Ingredients {
    fn attributes(&self) -> Vec<Attribute<'_>> {
        let prefix = Ipv6Prefix::new(self.ipv6, self.length).unwrap();
        vec![
            Attribute::UserName(&self.octets),
            Attribute::ChapPassword(ChapPassword {
                identifier: self.length,
                response: &self.array,
            }),
            Attribute::NasIpAddress(self.ipv4),
            Attribute::NasPort(self.number),
            Attribute::FramedIpAddress(self.ipv4),
            Attribute::State(&self.octets),
            Attribute::VendorSpecific(VendorSpecific {
                vendor_id: self.number,
                data: &self.octets,
            }),
            Attribute::SessionTimeout(self.number),
            Attribute::ChapChallenge(&self.octets),
            Attribute::EapMessage(&self.octets),
            Attribute::MessageAuthenticator(&self.array),
            Attribute::NasIpv6Address(self.ipv6),
            Attribute::FramedInterfaceId(self.long),
            Attribute::FramedIpv6Prefix(prefix),
            Attribute::ErrorCause(self.number),
            Attribute::Mip6FeatureVector(self.long),
            Attribute::Mip6HomeLinkPrefix(
                Prefixed::<Ipv6Addr>::new(self.ipv6, self.length).unwrap(),
            ),
            Attribute::FramedIpv6Address(self.ipv6),
            Attribute::Malformed { kind: 8, data: &self.octets },
            Attribute::Unknown { kind: 250, data: &self.octets },
        ]
    }

    fn sub_attributes(&self) -> Vec<SubAttribute<'_>> {
        let on6 = Prefixed::<Ipv6Addr>::new(self.ipv6, self.length).unwrap();
        vec![
            Parameter::FhaAddress(self.ipv4).into(),
            Parameter::FhaFqdn(Fqdn::new(&self.name).unwrap()).into(),
            Parameter::Ipv6Hoa(on6).into(),
            Parameter::HomeAgent(self.ipv6).into(),
            Parameter::Ipv6Coa(on6).into(),
            Parameter::BootstrapRequest(Wanted(self.length)).into(),
            SubAttribute::ClientRole(self.number),
            SubAttribute::KeyGenNonce(&self.octets),
            SubAttribute::AaaSpi(self.number),
            SubAttribute::MnFaKeyLifetime(self.number),
            SubAttribute::Mip6Authenticator(&self.digest),
            SubAttribute::Mip6MacMobilityData(&self.digest),
            SubAttribute::Mip6Timestamp(self.long),
            SubAttribute::Malformed { kind: parameter::MIP6_TIMESTAMP, data: &self.octets },
            SubAttribute::Unknown { kind: 200, data: &self.octets },
        ]
    }
}

/// Asks a packet everything; only whether it panics matters.
fn ask_everything(packet: &Packet<'_>) {
    let _ = (packet.verify_request(b"s"), packet.verify_response(&[0; 16], b"s"));
    let _ =
        (packet.eap_message(), packet.credential(), packet.user_name(), packet.malformed().count());
    for unit in packet.attributes() {
        if let Attribute::UserPassword(password) = unit.value {
            let _ = password.reveal(&[0; 16], b"s");
        }
    }
    for vendor in [0, 32473] {
        let vendor = packet.vendor(vendor);
        let _ = (vendor.parameters(), vendor.client_role());
        for unit in vendor.sub_attributes() {
            if let SubAttribute::MnFhaKey(key) = unit.value {
                let _ = key.reveal(&[0; 16], b"s");
            }
        }
    }
}

/// Octets that look like attributes, with types and vendors that are known here.
fn attribute_octets() -> impl Strategy<Value = Vec<u8>> {
    let plain = (
        select(&[1_u8, 2, 3, 8, 24, 27, 60, 79, 80, 95, 97, 125, 168, 250][..]),
        vec(any::<u8>(), 0..40),
    );
    let sub =
        (select(&[1_u8, 2, 5, 10, 11, 16, 17, 24, 33, 35, 36, 99][..]), vec(any::<u8>(), 0..40));
    let vendor = vec(sub, 0..4).prop_map(|units| {
        let data = units.into_iter().flat_map(|(kind, value)| unit(kind, &value));
        (26, [&32473_u32.to_be_bytes()[..], &data.collect::<Vec<_>>()].concat())
    });
    vec(prop_oneof![plain, vendor], 0..8)
        .prop_map(|units| units.iter().flat_map(|(kind, value)| unit(*kind, value)).collect())
}

fn unit(kind: u8, value: &[u8]) -> Vec<u8> {
    [&[kind, u8::try_from(2 + value.len()).unwrap()], value].concat()
}

fn packet(attributes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(20 + attributes.len()).unwrap().to_be_bytes();
    [&[1, 7, length[0], length[1]], &[0x5a; 16][..], attributes].concat()
}

proptest! {
    //= wire.5.4
    #[test]
    fn typed_attributes_survive_their_octets(ingredients in ingredients(), ra: Authenticator) {
        let attributes = ingredients.attributes();
        let octets = encode(1, 2, &ra, attributes.iter().copied()).unwrap();
        let decoded = Packet::decode(&octets).unwrap();
        let again: Vec<_> = decoded.attributes().map(|unit| unit.value).collect();
        prop_assert_eq!(again, attributes);
    }

    //= wire.5.12
    #[test]
    fn typed_sub_attributes_survive_their_octets(ingredients in ingredients(), vendor_id: u32) {
        let units = ingredients.sub_attributes();
        let mut builder = RequestBuilder::new(1, [1; 16]);
        for unit in &units {
            builder.sub_attribute(vendor_id, unit);
        }
        let octets = builder.sign_request(b"s").unwrap();
        let decoded = Packet::decode(&octets).unwrap();
        let again: Vec<_> = decoded.vendor(vendor_id).sub_attributes().map(|unit| unit.value).collect();
        prop_assert_eq!(again, units);
    }

    #[test]
    fn whatever_decodes_is_encoded_as_it_came(attributes in attribute_octets()) {
        let octets = packet(&attributes);
        let decoded = Packet::decode(&octets).unwrap();
        ask_everything(&decoded);
        let units = decoded.attributes().map(|unit| unit.value);
        let again = encode(1, 7, decoded.authenticator(), units).unwrap();
        prop_assert_eq!(again, octets);
    }

    #[test]
    fn no_octets_make_it_panic(octets in vec(any::<u8>(), 0..200)) {
        if let Ok(decoded) = Packet::decode(&octets) {
            ask_everything(&decoded);
        }
        if let Ok(decoded) = Packet::decode(&packet(&octets)) {
            ask_everything(&decoded);
        }
    }

    //= wire.4.7
    //= wire.4.8
    #[test]
    fn only_the_secret_verifies(
        secret in vec(any::<u8>(), 1..80),
        ra: Authenticator,
        name in vec(any::<u8>(), 1..=253),
        eap in vec(any::<u8>(), 0..600),
    ) {
        let other = [&[secret[0] ^ 1], &secret[1..]].concat();
        let request = RequestBuilder::new(9, ra)
            .attribute(&Attribute::UserName(&name))
            .eap_message(&eap)
            .sign_request(&secret)
            .unwrap();
        let request = Packet::decode(&request).unwrap();
        prop_assert!(request.verify_request(&secret).is_ok());
        prop_assert!(request.verify_request(&other).is_err());
        prop_assert_eq!(request.user_name(), Found::Once(&name[..]));
        let answer = ResponseBuilder::new(code::ACCESS_CHALLENGE, &request)
            .eap_message(&eap)
            .sign_response(&secret)
            .unwrap();
        let answer = Packet::decode(&answer).unwrap();
        prop_assert!(answer.verify_response(&ra, &secret).is_ok());
        prop_assert!(answer.verify_response(&ra, &other).is_err());
        prop_assert_eq!(answer.eap_message().unwrap().unwrap(), eap);
    }

    //= wire.4.12
    //= wire.4.14
    #[test]
    fn what_is_hidden_is_revealed(
        secret in vec(any::<u8>(), 1..80),
        ra: Authenticator,
        salt: u16,
        key in vec(any::<u8>(), 0..=239),
        password in "[ -~]{0,128}",
    ) {
        let hidden = hide_key(&key, salt, &ra, &secret).unwrap();
        let revealed = Salted::new(&hidden).unwrap().reveal(&ra, &secret).unwrap();
        prop_assert_eq!(&*revealed, &key);
        let hidden = hide_password(password.as_bytes(), &ra, &secret).unwrap();
        let revealed = UserPassword::new(&hidden).unwrap().reveal(&ra, &secret);
        prop_assert_eq!(&**revealed, password.as_bytes());
    }
}

quickcheck::quickcheck! {
    fn any_octets_decode_or_say_where_they_fail(octets: Vec<u8>) -> bool {
        match Packet::decode(&octets) {
            Ok(packet) => {
                ask_everything(&packet);
                let units = packet.attributes().map(|unit| unit.value);
                let again = encode(packet.code(), packet.identifier(), packet.authenticator(), units);
                [again.unwrap(), packet.padding().to_vec()].concat() == octets
            }
            Err(error) => error.offset <= octets.len() && error.sentence.starts_with("wire.4."),
        }
    }

    fn one_attribute_survives(kind: u8, data: Vec<u8>) -> bool {
        let data = &data[..data.len().min(253)];
        let attribute = Attribute::decode(kind, data);
        attribute.value() == data && attribute.kind() == kind
    }
}
