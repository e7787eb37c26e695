//! What the values of RADIUS attributes and vendors' sub-attributes are, as the registry lists
//! them.

use dsboot_spec::registry::radius::{
    MAX_TAG, acct_authentic, acct_status_type, acct_terminate_cause, attribute, error_cause,
    framed_protocol, framed_routing, nas_port_type, service_type, termination_action,
    tunnel_medium_type, tunnel_type,
};
use dsboot_spec::registry::{Entry, Value as Form};

use super::walk::{Field, Kind, Layout, field, layout, named, rest};

const TEXT: Field = rest("Text", 1, Kind::Text);
const STRING: Field = rest("String", 1, Kind::Octets);
const TAG: Field = field("Tag", 1, Kind::Unsigned);
const SALT: Field = field("Salt", 2, Kind::Hex);
const HIDDEN: Field = rest("Hidden value", 16, Kind::Octets);
const PREFIX_LENGTH: Field = field("Prefix-Length", 1, Kind::Unsigned);

/// A number of 4 octets that has a name in this registry.
macro_rules! named_value {
    ($registry:ident) => {
        layout!("", "wire.5.8", [field("Value", 4, Kind::Named(named!($registry::name: u32)))])
    };
}

/// The layout of an attribute with this value.
pub(super) fn layout(kind: u8, value: &[u8]) -> Option<Layout> {
    let entry = attribute::SPACE.entry(kind.into())?;
    let (sentence, fields) = match special(kind) {
        Some(layout) => (layout.sentence, layout.fields),
        None => (sentence(kind, entry.value), fields(entry.value, value)?),
    };
    Some(Layout { source: entry.section().unwrap_or("RFC 2865 §5"), sentence, fields })
}

/// The layout of a vendor's sub-attribute with this value.
pub(super) fn vendors(entry: &Entry, value: &[u8], sentence: &'static str) -> Option<Layout> {
    let fields = fields(entry.value, value)?;
    Some(Layout { source: entry.section().unwrap_or("RFC 2865 §5.26"), sentence, fields })
}

/// The sentence about an attribute's form.
const fn sentence(kind: u8, form: Form) -> &'static str {
    match (kind, form) {
        (attribute::PROXY_STATE, _) => "wire.4.18",
        (attribute::VENDOR_SPECIFIC, _) => "wire.5.13",
        (attribute::EAP_MESSAGE, _) => "wire.5.9",
        (attribute::USER_PASSWORD, _) => "wire.4.13",
        (attribute::MIP6_HOME_LINK_PREFIX, _) => "wire.5.7",
        (_, Form::Ipv6Prefix) => "wire.5.6",
        (_, Form::TaggedInteger | Form::TaggedText | Form::TaggedSalted) => "wire.5.19",
        _ => "wire.5.18",
    }
}

/// Attributes of which more is known than their form.
fn special(kind: u8) -> Option<Layout> {
    Some(match kind {
        attribute::CHAP_PASSWORD => layout!(
            "",
            "wire.5.8",
            [field("CHAP Ident", 1, Kind::Unsigned), field("Response", 16, Kind::Authenticator)]
        ),
        attribute::CHAP_CHALLENGE => {
            layout!("", "wire.5.8", [rest("CHAP challenge", 5, Kind::Octets)])
        }
        attribute::MESSAGE_AUTHENTICATOR => {
            layout!("", "wire.4.7", [field("Message-Authenticator", 16, Kind::Authenticator)])
        }
        attribute::SERVICE_TYPE => named_value!(service_type),
        attribute::FRAMED_PROTOCOL => named_value!(framed_protocol),
        attribute::FRAMED_ROUTING => named_value!(framed_routing),
        attribute::TERMINATION_ACTION => named_value!(termination_action),
        attribute::NAS_PORT_TYPE => named_value!(nas_port_type),
        attribute::ERROR_CAUSE => named_value!(error_cause),
        attribute::ACCT_STATUS_TYPE => named_value!(acct_status_type),
        attribute::ACCT_AUTHENTIC => named_value!(acct_authentic),
        attribute::ACCT_TERMINATE_CAUSE => named_value!(acct_terminate_cause),
        attribute::TUNNEL_TYPE => layout!(
            "",
            "wire.5.19",
            [TAG, field("Value", 3, Kind::Named(named!(tunnel_type::name: u32)))]
        ),
        attribute::TUNNEL_MEDIUM_TYPE => layout!(
            "",
            "wire.5.19",
            [TAG, field("Value", 3, Kind::Named(named!(tunnel_medium_type::name: u32)))]
        ),
        attribute::SESSION_TIMEOUT
        | attribute::IDLE_TIMEOUT
        | attribute::ACCT_DELAY_TIME
        | attribute::ACCT_SESSION_TIME
        | attribute::ACCT_INTERIM_INTERVAL => {
            layout!("", "wire.5.8", [field("Value", 4, Kind::Seconds)])
        }
        attribute::MIP6_FEATURE_VECTOR => {
            layout!("", "wire.5.8", [field("MIP6-Feature-Vector", 8, Kind::Hex)])
        }
        attribute::PMIP6_HOME_IPV4_HOA | attribute::PMIP6_VISITED_IPV4_HOA => layout!(
            "",
            "wire.5.23",
            [
                field(
                    "Reserved and Prefix-Len",
                    2,
                    Kind::Bits(&[("Reserved", 10), ("Prefix-Len", 6)])
                ),
                field("IPv4 address", 4, Kind::Ipv4)
            ]
        ),
        attribute::EXTENDED_TYPE_1
        | attribute::EXTENDED_TYPE_2
        | attribute::EXTENDED_TYPE_3
        | attribute::EXTENDED_TYPE_4 => {
            layout!("", "wire.5.20", [rest("Extended-Type and value", 2, Kind::Octets)])
        }
        attribute::LONG_EXTENDED_TYPE_1 | attribute::LONG_EXTENDED_TYPE_2 => {
            layout!("", "wire.5.21", [rest("Extended-Type, flags and value", 3, Kind::Octets)])
        }
        _ => return None,
    })
}

/// The fields of a value of a form; `None` where there are none but octets.
fn fields(form: Form, value: &[u8]) -> Option<&'static [Field]> {
    Some(match form {
        Form::Text => &[TEXT],
        Form::Octets | Form::Vendor => &[STRING],
        Form::Octet => const { &[field("Value", 1, Kind::Unsigned)] },
        Form::Short => const { &[field("Value", 2, Kind::Unsigned)] },
        Form::Integer => const { &[field("Value", 4, Kind::Unsigned)] },
        Form::Integer64 => const { &[field("Value", 8, Kind::Unsigned)] },
        Form::Date => const { &[field("Seconds since 1970", 4, Kind::Unsigned)] },
        Form::Ntp => const { &[field("Timestamp", 8, Kind::Time)] },
        Form::Ipv4 => const { &[field("Address", 4, Kind::Ipv4)] },
        Form::Ipv6 => const { &[field("Address", 16, Kind::Ipv6)] },
        Form::Ipv4Prefix => const { &[PREFIX_LENGTH, field("Address", 4, Kind::Ipv4)] },
        Form::Ipv6WithLength => const { &[PREFIX_LENGTH, field("Address", 16, Kind::Ipv6)] },
        Form::Ipv6Prefix => {
            const {
                &[
                    field("Reserved", 1, Kind::Hex),
                    PREFIX_LENGTH,
                    rest("Prefix", 0, Kind::Ipv6Prefix),
                ]
            }
        }
        Form::InterfaceId => const { &[field("Interface-Id", 8, Kind::Hex)] },
        Form::Password => const { &[rest("Hidden password", 16, Kind::Octets)] },
        Form::Salted => &[SALT, HIDDEN],
        Form::TaggedInteger => const { &[TAG, field("Value", 3, Kind::Unsigned)] },
        Form::TaggedText if value.first().is_some_and(|tag| *tag <= MAX_TAG) => &[TAG, TEXT],
        Form::TaggedText => &[TEXT],
        Form::TaggedSalted => &[TAG, SALT, HIDDEN],
        _ => return None,
    })
}
