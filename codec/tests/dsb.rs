//! The parameters of our own in the three protocols that carry them.

#![cfg(test)]

use core::net::{Ipv4Addr, Ipv6Addr};

use dsboot_codec::dsb::{Fqdn, Parameter, Prefixed, Wanted};
use dsboot_codec::mip4::{Builder, RequestFlags, RequestHeader};
use dsboot_codec::pana::{Flags, Kind, MessageBuilder};
use dsboot_codec::radius::RequestBuilder;
use dsboot_spec::registry::dsb::DEFAULT_VENDOR_ID;
use dsboot_spec::registry::{mip4, pana, radius};

fn parameters() -> [Parameter<'static>; 8] {
    let v6: Ipv6Addr = "2001:db8::77".parse().unwrap();
    let v4 = Ipv4Addr::new(192, 0, 2, 7);
    [
        Parameter::FhaAddress(v4),
        Parameter::FhaFqdn(Fqdn::new("fha.example").unwrap()),
        Parameter::ColocatedAddress(Prefixed::<Ipv4Addr>::new(v4, 24).unwrap()),
        Parameter::Thoav4(v4),
        Parameter::Ipv6Hoa(Prefixed::<Ipv6Addr>::new(v6, 64).unwrap()),
        Parameter::HomeAgent(v6),
        Parameter::Ipv6Coa(Prefixed::<Ipv6Addr>::new(v6, 64).unwrap()),
        Parameter::BootstrapRequest(Wanted(3)),
    ]
}

//= wire.11.1
#[test]
fn the_ports_are_those_assigned() {
    assert_eq!((pana::PORT, mip4::PORT, radius::PORT), (716, 434, 1812));
}

//= wire.11.3
#[test]
fn the_default_vendor_is_the_one_for_documentation() {
    assert_eq!(DEFAULT_VENDOR_ID, 32473);
}

/// Below the vendor's number (9), which is not even the default, number and value are the same.
//= wire.11.4
#[test]
fn a_parameter_has_one_number_and_one_form_below_the_vendors() {
    let header = RequestHeader {
        flags: RequestFlags(0),
        lifetime: 0,
        home_address: Ipv4Addr::UNSPECIFIED,
        home_agent: Ipv4Addr::UNSPECIFIED,
        care_of_address: Ipv4Addr::UNSPECIFIED,
        identification: dsboot_codec::mip4::Identification(0),
    };
    for parameter in parameters() {
        let extension = Builder::request(&header).parameter(9, &parameter).finish().unwrap();
        // Type 134, length, reserved, vendor, number of two octets (RFC 3115 §3).
        let ([134, _, 0, 0, 0, 0, 0, 9, 0, number], value) =
            extension[24..].split_first_chunk::<10>().unwrap()
        else {
            panic!("{parameter:?}: {extension:?}");
        };
        let mut request = RequestBuilder::new(0, [0; 16]);
        request.sub_attribute(9, &parameter.into());
        let attribute = request.sign_request(b"secret").unwrap();
        // Message-Authenticator, then 26, length, vendor, number, length (RFC 2865 §5.26).
        let ([26, _, 0, 0, 0, 9, same, _], form) =
            attribute[38..].split_first_chunk::<8>().unwrap()
        else {
            panic!("{parameter:?}: {attribute:?}");
        };
        assert_eq!((same, form), (number, value), "{parameter:?}");
        let avp = MessageBuilder::new(Kind::Pci, Flags::NONE, 0, 0)
            .parameter(9, &parameter)
            .encode()
            .unwrap();
        // Code, flag V, length, reserved, vendor (RFC 5191 §8), and padding to words.
        let ([0, same, 0x80, 0, 0, length, 0, 0, 0, 0, 0, 9], form) =
            avp[16..].split_first_chunk::<12>().unwrap()
        else {
            panic!("{parameter:?}: {avp:?}");
        };
        assert_eq!((same, &form[..usize::from(*length)]), (number, value), "{parameter:?}");
    }
}
