//! Every code point, once: its number, its name, what its value is and where it comes from.
//!
//! Codec, roles, dictionaries and dissectors take numbers and names from here and from nowhere
//! else. Each number space is a module of constants with a [`Space`] that lists them;
//! [`SPACES`] lists the spaces.

mod space;

pub use space::{Entry, Space, Value};

/// Declares code points as constants together with a table to look them up.
///
/// The first sentence of an entry's documentation that names an RFC says where the entry comes
/// from, and otherwise that of its space. The kind of value, if the entry has one, follows the
/// name: one of [`Value`].
///
/// ```
/// use dsboot_spec::registry::Value;
///
/// dsboot_spec::code_points! {
///     /// Attributes of an example protocol (RFC 0000 §1).
///     pub mod example: u8 {
///         /// Who says it (RFC 0000 §1.2).
///         NAME = 1, "Name": Text;
///         /// An answer.
///         YES = 2, "Yes";
///     }
/// }
/// assert_eq!(example::NAME, 1);
/// assert_eq!(example::name(1), Some("Name"));
/// assert_eq!(example::number("Name"), Some(1));
/// let entry = example::SPACE.entry(1).unwrap();
/// assert_eq!((entry.value, entry.section()), (Value::Text, Some("RFC 0000 §1.2")));
/// assert_eq!(example::SPACE.entry(2).unwrap().section(), Some("RFC 0000 §1"));
/// ```
#[macro_export]
macro_rules! code_points {
    ($(#[doc = $doc:literal])* $vis:vis mod $module:ident : $ty:ty {
        $($(#[doc = $item_doc:literal])*
        $konst:ident = $value:expr, $name:literal $(: $form:ident)?;)*
    }) => {
        $(#[doc = $doc])*
        $vis mod $module {
            $($(#[doc = $item_doc])* pub const $konst: $ty = $value;)*

            const DOC: &str = concat!($($doc, "\n"),*);

            /// Every code point of this space with its name, in ascending order.
            pub const TABLE: &[($ty, &str)] = &[$(($konst, $name)),*];

            /// This space with all that is known of its code points, in ascending order.
            pub const SPACE: $crate::registry::Space = $crate::registry::Space {
                name: stringify!($module),
                path: module_path!(),
                doc: DOC,
                octets: size_of::<$ty>(),
                entries: &[$($crate::registry::Entry {
                    number: $value as u64,
                    name: $name,
                    constant: stringify!($konst),
                    value: $crate::code_points!(@value $($form)?),
                    doc: concat!($($item_doc, "\n"),*),
                    space: DOC,
                }),*],
            };

            /// The name of a code point, or `None` for one that this registry does not list.
            #[must_use]
            pub const fn name(code: $ty) -> Option<&'static str> {
                match code {
                    $($konst => Some($name),)*
                    #[allow(unreachable_patterns)]
                    _ => None,
                }
            }

            /// The code point of that name, or `None` if this registry lists none.
            #[must_use]
            pub fn number(name: &str) -> Option<$ty> {
                TABLE.iter().find(|(_, listed)| *listed == name).map(|(code, _)| *code)
            }
        }
    };
    (@value) => { $crate::registry::Value::None };
    (@value $form:ident) => { $crate::registry::Value::$form };
}

pub mod dhcp;
pub mod dsb;
pub mod eap;
pub mod ip;
pub mod mip4;
pub mod mip6;
pub mod pana;
pub mod ppp;
pub mod radius;

/// Every number space of every protocol.
pub const SPACES: &[Space] = &[
    dhcp::option::SPACE,
    dhcp::option_v6::SPACE,
    dsb::parameter::SPACE,
    dsb::client_role::SPACE,
    dsb::bootstrap_request::SPACE,
    dsb::access_message::SPACE,
    eap::code::SPACE,
    eap::method::SPACE,
    ip::protocol::SPACE,
    ip::ipv4_flag::SPACE,
    ip::ipv6_option::SPACE,
    ip::unknown_option_action::SPACE,
    ip::routing_type::SPACE,
    ip::icmpv4::SPACE,
    ip::icmpv6::SPACE,
    ip::icmpv6_parameter_problem::SPACE,
    ip::gre_protocol::SPACE,
    ip::gre_flag::SPACE,
    ip::mobile_prefix_flag::SPACE,
    mip4::message::SPACE,
    mip4::request_flag::SPACE,
    mip4::advertisement_flag::SPACE,
    mip4::advertisement_code::SPACE,
    mip4::revocation_flag::SPACE,
    mip4::handoff_flag::SPACE,
    mip4::notification_direction::SPACE,
    mip4::notification_flag::SPACE,
    mip4::spi::SPACE,
    mip4::algorithm::SPACE,
    mip4::replay_method::SPACE,
    mip4::notification_code::SPACE,
    mip4::code::SPACE,
    mip4::extension::SPACE,
    mip4::discovery_extension::SPACE,
    mip4::generalized_authentication::SPACE,
    mip4::key_generation::SPACE,
    mip4::dynamic_ha::SPACE,
    mip4::udp_tunnel::SPACE,
    mip4::udp_tunnel_flag::SPACE,
    mip4::udp_tunnel_reply::SPACE,
    mip4::fa_error::SPACE,
    mip4::message_string::SPACE,
    mip4::dual_stack::SPACE,
    mip4::prefix_reply::SPACE,
    mip4::revocation_support_flag::SPACE,
    mip4::pmipv4_authentication::SPACE,
    mip4::per_node_method::SPACE,
    mip4::pmipv4::SPACE,
    mip4::device_id::SPACE,
    mip4::subscriber_id::SPACE,
    mip4::access_technology::SPACE,
    mip4::gre_key::SPACE,
    mip4::route_optimization::SPACE,
    mip4::route_optimization_flag::SPACE,
    mip4::route_optimization_reply::SPACE,
    mip4::route_optimization_reply_flag::SPACE,
    mip4::route_optimization_code::SPACE,
    mip4::prefix_advertisement::SPACE,
    mip4::nai_carrying::SPACE,
    mip4::link_layer_address::SPACE,
    mip4::regional_replay_style::SPACE,
    mip4::mobile_network::SPACE,
    mip4::mobile_network_code::SPACE,
    mip4::multipath::SPACE,
    mip4::multipath_flag::SPACE,
    mip4::flow_action::SPACE,
    mip6::message::SPACE,
    mip6::update_flag::SPACE,
    mip6::acknowledgement_flag::SPACE,
    mip6::status::SPACE,
    mip6::error_status::SPACE,
    mip6::option::SPACE,
    mip6::dns_update_flag::SPACE,
    mip6::dns_update_status::SPACE,
    mip6::identifier_subtype::SPACE,
    mip6::handoff_indicator::SPACE,
    mip6::access_technology::SPACE,
    mip6::authentication_subtype::SPACE,
    mip6::spi::SPACE,
    mip6::ipv4_status::SPACE,
    mip6::ipv4_home_address_flag::SPACE,
    mip6::nat_detection_flag::SPACE,
    pana::message::SPACE,
    pana::flag::SPACE,
    pana::avp::SPACE,
    pana::avp_flag::SPACE,
    pana::result::SPACE,
    pana::termination_cause::SPACE,
    pana::prf_algorithm::SPACE,
    pana::integrity_algorithm::SPACE,
    pana::encryption_algorithm::SPACE,
    ppp::ipcp_option::SPACE,
    radius::code::SPACE,
    radius::attribute::SPACE,
    radius::service_type::SPACE,
    radius::framed_protocol::SPACE,
    radius::framed_routing::SPACE,
    radius::termination_action::SPACE,
    radius::nas_port_type::SPACE,
    radius::acct_status_type::SPACE,
    radius::acct_authentic::SPACE,
    radius::acct_terminate_cause::SPACE,
    radius::tunnel_type::SPACE,
    radius::tunnel_medium_type::SPACE,
    radius::mip6_feature::SPACE,
    radius::long_extended_flag::SPACE,
    radius::error_cause::SPACE,
    radius::vendor::SPACE,
    radius::three_gpp2::SPACE,
    radius::wimax_flag::SPACE,
    radius::wimax_authorization_status::SPACE,
    radius::wimax::SPACE,
];

#[cfg(test)]
mod tests {
    extern crate std;

    use std::vec::Vec;

    use super::*;

    /// The source of each module of the registry.
    const SOURCES: &[&str] = &[
        include_str!("dhcp.rs"),
        include_str!("dsb.rs"),
        include_str!("eap.rs"),
        include_str!("ip.rs"),
        include_str!("mip4/mod.rs"),
        include_str!("mip4/codes.rs"),
        include_str!("mip4/extensions.rs"),
        include_str!("mip4/subtypes.rs"),
        include_str!("mip6.rs"),
        include_str!("pana.rs"),
        include_str!("ppp.rs"),
        include_str!("radius/attributes.rs"),
        include_str!("radius/mod.rs"),
        include_str!("radius/values.rs"),
        include_str!("radius/vendors.rs"),
    ];

    #[test]
    fn every_space_is_listed() {
        let declared = SOURCES
            .iter()
            .flat_map(|source| source.split("pub mod ").skip(1))
            .filter_map(|rest| rest.split_once(": u").map(|(name, _)| name))
            .filter(|name| name.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'_'));
        let mut declared: Vec<&str> = declared.collect();
        let mut listed: Vec<&str> = SPACES.iter().map(|space| space.name).collect();
        declared.sort_unstable();
        listed.sort_unstable();
        assert_eq!(declared, listed);
    }

    #[test]
    fn code_points_ascend_and_names_are_unambiguous() {
        for space in SPACES {
            for (entry, next) in space.entries.iter().zip(space.entries.iter().skip(1)) {
                assert!(entry.number < next.number, "{}::{}", space.path, next.constant);
            }
            for entry in space.entries {
                let same = space.entries.iter().filter(|other| other.name == entry.name).count();
                assert_eq!(same, 1, "{}::{}", space.path, entry.name);
                let most = 1_u128 << (8 * space.octets);
                assert!(u128::from(entry.number) < most, "{}::{}", space.path, entry.constant);
            }
        }
    }

    #[test]
    fn every_code_point_says_where_it_comes_from() {
        for space in SPACES {
            for entry in space.entries {
                let section = entry.section();
                let said = section.is_some_and(|s| s.starts_with("RFC ") || s.starts_with("wire."));
                assert!(said, "{}::{}: {section:?}", space.path, entry.constant);
            }
        }
        let name = radius::attribute::SPACE.entry(1).and_then(Entry::section);
        assert_eq!(name, Some("RFC 2865 §5.1"));
    }

    #[test]
    fn what_carries_a_value_says_its_kind() {
        let carriers = [
            (mip4::extension::SPACE, &["One-byte Padding", "Encapsulating Delivery Style"][..]),
            (mip4::discovery_extension::SPACE, &["One-byte Padding"]),
            (mip6::option::SPACE, &["Pad1"]),
            (radius::attribute::SPACE, &[]),
            (radius::three_gpp2::SPACE, &[]),
            (radius::wimax::SPACE, &[]),
            (pana::avp::SPACE, &[]),
            (dsb::parameter::SPACE, &[]),
        ];
        for (space, without) in carriers {
            let none = space.entries.iter().filter(|entry| entry.value == Value::None);
            let none: Vec<&str> = none.map(|entry| entry.name).collect();
            assert_eq!(none, without, "{}", space.path);
        }
    }

    #[test]
    fn flags_are_told_from_the_highest_down() {
        let set = mip4::request_flag::SPACE.set_in(0x22).map(|entry| entry.name);
        assert_eq!(set.collect::<Vec<_>>(), ["D", "T"]);
        assert_eq!(mip4::request_flag::SPACE.protocol(), "mip4");
        assert_eq!(radius::attribute::SPACE.protocol(), "radius");
    }
}
