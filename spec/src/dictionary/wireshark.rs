//! A dissector of Wireshark, in Lua.

use alloc::string::String;
use core::fmt::{Display, Write as _};

use crate::registry::Value;
use crate::registry::dsb::{bootstrap_request, client_role, parameter};
use crate::registry::mip4::{
    algorithm, code, dual_stack, dynamic_ha, extension, is_long_extension, message, message_string,
    prefix_reply, replay_method, request_flag, spi, udp_tunnel_reply,
};
use crate::registry::{mip4, pana, radius};

/// The program without its tables.
const PROGRAM: &str = include_str!("wireshark.lua");

/// A dissector with the parameters of the vendor with this number, for `-X lua_script:FILE`.
///
/// It takes the place of Wireshark's own for Mobile IPv4, which reads extensions 36 and 40 to 43
/// with a Length of 8 bits, and adds a tree with our parameters to RADIUS and PANA.
#[must_use]
pub fn wireshark(vendor: u32) -> String {
    let mut text = String::from(
        "-- Dual-stack Mobile IPv6 bootstrapping, written by `dsboot dictionary wireshark`.\n\
         -- It takes the place of Wireshark's own for Mobile IPv4: leave out -d udp.port==...,mip.\n\
         -- wireshark -X lua_script:FILE, or put it into the folder of personal Lua plugins.\n\n",
    );
    let mut number = |name: &str, value: u64| {
        // Nothing can go wrong when writing to a string.
        let _ = writeln!(text, "local {name} = {value}");
    };
    number("VENDOR", vendor.into());
    number("MIP_PORT", mip4::PORT.into());
    number("PANA_PORT", pana::PORT.into());
    number("RADIUS_PORT", radius::PORT.into());
    number("PORT_OFFSET", 20_000);
    number("VENDOR_SPECIFIC", radius::attribute::VENDOR_SPECIFIC.into());
    number("AVP_VENDOR_FLAG", pana::avp_flag::VENDOR.into());
    text.push('\n');
    text.push_str("local PARAMETERS = {\n");
    for entry in parameter::SPACE.entries {
        let (kind, name) = (entry.number, entry.name);
        let (form, values) = (lua(entry.value), values(kind));
        let _ = writeln!(text, "  [{kind}] = {{ name = {name:?}, form = {form:?}{values} }},");
    }
    text.push_str("}\n");
    table(&mut text, "MESSAGES", message::TABLE);
    table(&mut text, "EXTENSIONS", extension::TABLE);
    table(&mut text, "CODES", code::TABLE);
    table(&mut text, "REQUEST_FLAGS", request_flag::TABLE);
    table(&mut text, "WANTED", bootstrap_request::TABLE);
    table(&mut text, "ROLES", client_role::TABLE);
    table(&mut text, "SPIS", spi::TABLE);
    table(&mut text, "ALGORITHMS", algorithm::TABLE);
    table(&mut text, "REPLAY_METHODS", replay_method::TABLE);
    table(&mut text, "DUAL_STACK", dual_stack::TABLE);
    table(&mut text, "PREFIX_REPLY", prefix_reply::TABLE);
    table(&mut text, "DYNAMIC_HA", dynamic_ha::TABLE);
    table(&mut text, "MESSAGE_STRING", message_string::TABLE);
    table(&mut text, "UDP_TUNNEL_REPLY", udp_tunnel_reply::TABLE);
    text.push_str("local LONG = { ");
    for kind in (0..=u8::MAX).filter(|kind| is_long_extension(*kind)) {
        let _ = write!(text, "[{kind}] = true, ");
    }
    text.push_str("}\n\n");
    text.push_str(PROGRAM);
    text
}

fn table<N: Display>(text: &mut String, name: &str, table: &[(N, &str)]) {
    let _ = writeln!(text, "local {name} = {{");
    for (number, word) in table {
        let _ = writeln!(text, "  [{number}] = {word:?},");
    }
    text.push_str("}\n");
}

/// Which table names an integer's values.
fn values(kind: u64) -> String {
    match u8::try_from(kind).unwrap_or_default() {
        parameter::CLIENT_ROLE => ", values = \"ROLES\"".into(),
        parameter::ALGORITHM => ", values = \"ALGORITHMS\"".into(),
        parameter::REPLAY_METHOD => ", values = \"REPLAY_METHODS\"".into(),
        _ => String::new(),
    }
}

/// The program's name of a kind of value.
const fn lua(value: Value) -> &'static str {
    match value {
        Value::Ipv4 => "ipv4",
        Value::Ipv6 => "ipv6",
        Value::Ipv4Prefix => "prefixed4",
        Value::Ipv6WithLength => "prefixed6",
        Value::Text => "text",
        Value::Octet => "flags",
        Value::Integer => "integer",
        _ => "octets",
    }
}
