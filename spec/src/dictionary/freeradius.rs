//! A dictionary of FreeRADIUS 3.

use alloc::format;
use alloc::string::String;
use core::fmt::Write as _;

use crate::registry::Value;
use crate::registry::dsb::{client_role, parameter};
use crate::registry::mip4::{algorithm, replay_method};

/// The attributes of the vendor with this number, as a `dictionary` file of FreeRADIUS 3.
///
/// Addresses behind a prefix length are `octets`: what FreeRADIUS calls a prefix has a reserved
/// octet before.
#[must_use]
pub fn freeradius(vendor: u32) -> String {
    let mut text = String::from(
        "# Parameters of dual-stack Mobile IPv6 bootstrapping, written by `dsboot dictionary \
         freeradius`.\n\
         # In raddb/dictionary: $INCLUDE /path/to/this/file\n\n",
    );
    // Nothing can go wrong when writing to a string.
    let _ = write!(text, "VENDOR\t\tdsboot\t\t\t\t{vendor}\n\nBEGIN-VENDOR\tdsboot\n\n");
    for entry in parameter::SPACE.entries {
        let name = format!("DSB-{}", entry.name);
        let _ = writeln!(text, "ATTRIBUTE\t{name:<32}{}\t{}", entry.number, of(entry.value));
    }
    text.push('\n');
    let values = |text: &mut String, kind: u8, number: u64, value: &str| {
        let attribute = format!("DSB-{}", parameter::name(kind).unwrap_or_default());
        let value: String =
            value.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        let _ = writeln!(text, "VALUE\t\t{attribute:<32}{value:<24}{number}");
    };
    for (number, name) in client_role::TABLE {
        values(&mut text, parameter::CLIENT_ROLE, (*number).into(), name);
    }
    for (number, name) in algorithm::TABLE {
        values(&mut text, parameter::ALGORITHM, (*number).into(), name);
    }
    for (number, name) in replay_method::TABLE {
        values(&mut text, parameter::REPLAY_METHOD, (*number).into(), name);
    }
    text.push_str("\nEND-VENDOR\tdsboot\n");
    text
}

/// FreeRADIUS's type for a kind of value.
const fn of(value: Value) -> &'static str {
    match value {
        Value::Ipv4 => "ipaddr",
        Value::Ipv6 => "ipv6addr",
        Value::Text => "string",
        Value::Octet => "byte",
        Value::Integer => "integer",
        Value::Salted => "octets encrypt=2",
        _ => "octets",
    }
}
