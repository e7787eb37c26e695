//! What the roles count: one typed reason for every input that is dropped or refused, and for
//! the other happenings that an operator wants to see.
//!
//! A role counts by an [`crate::Effect::Count`], so that counting is never part of its state.

use core::fmt;

/// Declares reasons: variant, dotted name, meaning.
macro_rules! reasons {
    ($(#[$doc:meta])* $enum:ident { $($(#[$item_doc:meta])* $variant:ident = $name:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $enum { $($(#[$item_doc])* $variant,)* }

        impl $enum {
            /// Every reason of this group.
            pub const ALL: &'static [$enum] = &[$($enum::$variant),*];

            /// The stable dotted name under which it is counted.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $($enum::$variant => $name,)* }
            }
        }
    };
}

mod access;
mod binding;
mod data;
mod radius;
mod registration;

pub use access::Access;
pub use binding::Binding;
pub use data::Data;
pub use radius::Radius;
pub use registration::Registration;

/// Why something was counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// PANA and EAP (steps 1 and 3).
    Access(Access),
    /// RADIUS (steps 2 and 5, and between binding update and acknowledgement).
    Radius(Radius),
    /// Mobile IPv4 registration (steps 0, 4 and 6).
    Registration(Registration),
    /// Mobile IPv6 binding.
    Binding(Binding),
    /// Packets in the tunnels.
    Data(Data),
}

impl Reason {
    /// The stable dotted name under which it is counted.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Reason::Access(r) => r.name(),
            Reason::Radius(r) => r.name(),
            Reason::Registration(r) => r.name(),
            Reason::Binding(r) => r.name(),
            Reason::Data(r) => r.name(),
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

macro_rules! into_reason {
    ($($group:ident),*) => {
        $(impl From<$group> for Reason {
            fn from(reason: $group) -> Reason {
                Reason::$group(reason)
            }
        })*
    };
}

into_reason!(Access, Radius, Registration, Binding, Data);
