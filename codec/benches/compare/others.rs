//! The same messages by other people's crates, and copied.

use std::hint::black_box;

use dsboot_benches::{Case, Messages, wrong};
use etherparse::{Ipv4HeaderSlice, Ipv6HeaderSlice};
use radius_tokio::attributes;
use radius_tokio::dict::rfc::attrs;
use radius_tokio::header::{Code, Header};
use radius_tokio::{CodecError, PacketBuffer};

/// Others' cases, each named after the one of ours that it stands beside.
pub(crate) const CASES: &[Case] = &[
    Case { name: "decode/access-request radius-parser (split, 6 of 9 typed)", run: radius_parser },
    Case { name: "decode/access-request radius-tokio (split)", run: radius_tokio_split },
    Case { name: "decode/access-request radius-tokio (typed)", run: radius_tokio_typed },
    Case { name: "decode/access-request radius (split)", run: radius },
    Case { name: "decode/access-request memcpy", run: |m| copy(&m.access_request) },
    Case { name: "decode/rrq memcpy", run: |m| copy(&m.rrq) },
    Case { name: "decode/bu memcpy", run: |m| copy(&m.bu) },
    Case { name: "decode/pana memcpy", run: |m| copy(&m.pana) },
    Case { name: "decode/tunnel etherparse (without checksums)", run: etherparse_unchecked },
    Case { name: "decode/tunnel etherparse (with checksums)", run: etherparse_checked },
    Case { name: "decode/tunnel memcpy", run: |m| copy(&m.tunnel) },
    Case { name: "encode/access-request radius", run: radius_encode },
    Case { name: "encode/access-request radius-tokio", run: radius_tokio_encode },
];

fn copy(octets: &[u8]) {
    let mut buffer = [0_u8; 256];
    let Some(to) = buffer.get_mut(..black_box(octets).len()) else { wrong() };
    to.copy_from_slice(octets);
    black_box(&buffer);
}

fn radius_parser(messages: &Messages) {
    let data = radius_parser::parse_radius_data(black_box(&messages.access_request));
    let Ok(data) = black_box(&data) else { wrong() };
    black_box(data);
}

fn radius(messages: &Messages) {
    let packet = radius::core::packet::Packet::decode(black_box(&messages.access_request), b"s");
    if black_box(&packet).is_err() {
        wrong();
    }
}

fn radius_tokio_split(messages: &Messages) {
    let Ok((header, octets)) = Header::parse(black_box(&messages.access_request)) else { wrong() };
    black_box(&header);
    for attribute in attributes::iter(octets) {
        black_box(&attribute);
    }
}

fn radius_tokio_typed(messages: &Messages) {
    let Ok((header, octets)) = Header::parse(black_box(&messages.access_request)) else { wrong() };
    black_box(&header);
    for attribute in attributes::iter(octets) {
        let Ok(attribute) = attribute else { wrong() };
        match attribute.attribute_type() {
            1 => drop(black_box(attribute.get(attrs::USER_NAME))),
            4 => drop(black_box(attribute.get(attrs::NAS_IP_ADDRESS))),
            5 => drop(black_box(attribute.get(attrs::NAS_PORT))),
            6 => drop(black_box(attribute.get(attrs::SERVICE_TYPE))),
            12 => drop(black_box(attribute.get(attrs::FRAMED_MTU))),
            32 => drop(black_box(attribute.get(attrs::NAS_IDENTIFIER))),
            61 => drop(black_box(attribute.get(attrs::NAS_PORT_TYPE))),
            79 => drop(black_box(attribute.get(attrs::EAP_MESSAGE))),
            80 => drop(black_box(attribute.get(attrs::MESSAGE_AUTHENTICATOR))),
            _ => drop(black_box(attribute.value())),
        }
    }
}

fn etherparse_unchecked(messages: &Messages) {
    black_box(headers(&messages.tunnel));
}

fn etherparse_checked(messages: &Messages) {
    let Some((outer, middle, inner)) = headers(&messages.tunnel) else { wrong() };
    for header in [&outer, &middle] {
        if header.to_header().calc_header_checksum() != header.header_checksum() {
            wrong();
        }
    }
    black_box((outer, middle, inner));
}

type Headers<'a> = (Ipv4HeaderSlice<'a>, Ipv4HeaderSlice<'a>, Ipv6HeaderSlice<'a>);

fn headers(octets: &[u8]) -> Option<Headers<'_>> {
    let outer = Ipv4HeaderSlice::from_slice(black_box(octets)).ok()?;
    let rest = octets.get(outer.slice().len()..)?;
    let middle = Ipv4HeaderSlice::from_slice(rest).ok()?;
    let rest = rest.get(middle.slice().len()..)?;
    Some((outer, middle, Ipv6HeaderSlice::from_slice(rest).ok()?))
}

fn radius_encode(_: &Messages) {
    use radius::core::{avp::AVP, code::Code, packet::Packet, rfc2865, rfc2869};
    let mut packet = Packet::new_with_identifier(Code::AccessRequest, b"s", 1);
    rfc2869::add_message_authenticator(&mut packet, &[0; 16]);
    rfc2865::add_user_name(&mut packet, "mn1@home.example");
    rfc2865::add_nas_ip_address(&mut packet, &[192, 0, 2, 1].into());
    rfc2865::add_nas_port(&mut packet, 7);
    rfc2865::add_service_type(&mut packet, 2);
    rfc2865::add_framed_mtu(&mut packet, 1400);
    rfc2865::add_nas_identifier(&mut packet, "nas1.asp.example");
    rfc2865::add_nas_port_type(&mut packet, 19);
    packet.add(AVP::from_bytes(rfc2869::EAP_MESSAGE_TYPE, &[2; 32]));
    if black_box(&black_box(packet).encode()).is_err() {
        wrong();
    }
}

fn radius_tokio_encode(_: &Messages) {
    fn fill(packet: &mut PacketBuffer) -> Result<(), CodecError> {
        packet.add_attribute(80, &[0; 16])?;
        packet.add(attrs::USER_NAME, "mn1@home.example")?;
        packet.add_attribute(4, &[192, 0, 2, 1])?;
        packet.add(attrs::NAS_PORT, 7_u32)?;
        packet.add_attribute(6, &[0, 0, 0, 2])?;
        packet.add(attrs::FRAMED_MTU, 1400_u32)?;
        packet.add(attrs::NAS_IDENTIFIER, "nas1.asp.example")?;
        packet.add_attribute(61, &[0, 0, 0, 19])?;
        packet.add_attribute(79, &[2; 32])
    }
    let mut packet = PacketBuffer::new(Code::ACCESS_REQUEST, black_box(1));
    if fill(&mut packet).is_err() {
        wrong();
    }
    black_box(packet.as_bytes());
}
