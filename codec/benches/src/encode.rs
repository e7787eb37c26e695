//! The same messages from their values, without authenticators being computed; of the binding
//! update and the tunnel's headers the checksums are.

use std::hint::black_box;
use std::net::{Ipv4Addr, Ipv6Addr};

use dsboot_codec::dsb::Parameter;
use dsboot_codec::ip::tunnel;
use dsboot_codec::radius::Attribute;
use dsboot_codec::{mip4, mip6, pana, radius};
use dsboot_spec::registry::dsb::DEFAULT_VENDOR_ID;
use dsboot_spec::registry::radius::code;

use crate::{Messages, wrong};

const NAI: &[u8] = b"mn1@home.example";
const FHA: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);
const CARE_OF: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0xf, 0, 0, 0, 0, 0x77);
const HOME: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 1, 0, 0, 0, 0, 0x100);
const HOME_AGENT: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 1, 0, 0, 0, 0, 1);

pub(crate) fn access_request(_: &Messages) {
    let attributes = [
        Attribute::MessageAuthenticator(&[0; 16]),
        Attribute::UserName(NAI),
        Attribute::NasIpAddress(FHA),
        Attribute::NasPort(7),
        Attribute::ServiceType(2),
        Attribute::FramedMtu(1400),
        Attribute::NasIdentifier(b"nas1.asp.example"),
        Attribute::NasPortType(19),
        Attribute::EapMessage(&[2; 32]),
    ];
    let attributes = black_box(attributes);
    let octets = radius::encode(code::ACCESS_REQUEST, 1, &[0x5a; 16], attributes);
    keep(&octets);
}

pub(crate) fn rrq(_: &Messages) {
    let header = mip4::RequestHeader {
        flags: mip4::RequestFlags(0x22),
        lifetime: 1800,
        home_address: Ipv4Addr::UNSPECIFIED,
        home_agent: FHA,
        care_of_address: Ipv4Addr::new(198, 51, 100, 77),
        identification: mip4::Identification(0xcea4_d2a0_1234_5678),
    };
    let authentication = mip4::Authentication { spi: 2, authenticator: &[7; 16] };
    let extensions = [
        mip4::Extension::Nai(NAI),
        mip4::Extension::MnHaKeyRequest { mn_spi: 0x1001 },
        mip4::Extension::MnAaaAuthentication(authentication),
    ];
    let (header, extensions) = black_box((header, extensions));
    let octets = mip4::Builder::request(&header).extensions(extensions).finish();
    keep(&octets);
}

pub(crate) fn bu(_: &Messages) {
    let update = mip6::BindingUpdate::new(
        mip6::Sequence(1),
        mip6::UpdateFlags::HOME_REGISTRATION,
        mip6::Lifetime::from_seconds(1800),
    );
    let authentication = mip6::Authentication { subtype: 2, spi: 3, data: &[7; 20] };
    let options = [
        mip6::MobilityOption::AlternateCareOfAddress(CARE_OF),
        mip6::MobilityOption::MobileNodeIdentifier(mip6::Identifier::nai(NAI)),
        mip6::MobilityOption::MessageId(mip6::Timestamp(0xcea4_d310_0000_0001)),
        mip6::MobilityOption::Authentication(authentication),
    ];
    let node = mip6::Addresses { home: HOME, care_of: CARE_OF };
    let route = mip6::Route::from_mobile_node(node, HOME_AGENT);
    let (update, options) = black_box((update, options));
    let octets = mip6::Builder::new(update).options(&options).header(&route);
    keep(&octets);
}

pub(crate) fn pana(_: &Messages) {
    let mut builder = pana::MessageBuilder::new(
        pana::Kind::Par,
        pana::Flags::COMPLETE,
        black_box(0x5a5b_0001),
        0x1122_3347,
    );
    builder
        .avp(&pana::Avp::ResultCode(0))
        .avp(&pana::Avp::EapPayload(&[3, 0x42, 0, 4]))
        .avp(&pana::Avp::SessionLifetime(3600))
        .parameter(DEFAULT_VENDOR_ID, &Parameter::FhaAddress(FHA))
        .parameter(DEFAULT_VENDOR_ID, &Parameter::Thoav4(FHA));
    keep(&builder.encode());
}

pub(crate) fn tunnel(messages: &Messages) {
    let node = Ipv4Addr::new(203, 0, 113, 9);
    let Ok(middle) = tunnel::ipv6_in_ipv4::wrap(node, FHA, 64, black_box(&messages.bu_packet))
    else {
        wrong()
    };
    let agent = Ipv4Addr::new(198, 51, 100, 1);
    keep(&tunnel::ipv4_in_ipv4::wrap(agent, FHA, 64, &middle));
}

fn keep(octets: &Result<Vec<u8>, dsboot_codec::Error>) {
    if black_box(octets).is_err() {
        wrong();
    }
}
