//! Every code point, once: its number, its name and where it comes from.
//!
//! Codec, roles, dictionaries and dissectors take numbers and names from here and from nowhere
//! else.

/// Declares code points as constants together with a table to look their names up.
///
/// ```
/// dsboot_spec::code_points! {
///     /// Message types of an example protocol.
///     pub mod example: u8 {
///         /// RFC 0000 §1.
///         HELLO = 1, "Hello";
///     }
/// }
/// assert_eq!(example::HELLO, 1);
/// assert_eq!(example::name(1), Some("Hello"));
/// ```
#[macro_export]
macro_rules! code_points {
    ($(#[$doc:meta])* $vis:vis mod $module:ident : $ty:ty {
        $($(#[$item_doc:meta])* $konst:ident = $value:expr, $name:literal;)*
    }) => {
        $(#[$doc])*
        $vis mod $module {
            $($(#[$item_doc])* pub const $konst: $ty = $value;)*

            /// Every code point of this space with its name, in ascending order.
            pub const TABLE: &[($ty, &str)] = &[$(($konst, $name)),*];

            /// The name of a code point, or `None` for one that this registry does not list.
            #[must_use]
            pub fn name(code: $ty) -> Option<&'static str> {
                TABLE.iter().find(|(c, _)| *c == code).map(|(_, name)| *name)
            }
        }
    };
}

pub mod dsb;
pub mod eap;
pub mod ip;
pub mod mip4;
pub mod mip6;
pub mod pana;
pub mod radius;
