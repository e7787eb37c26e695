use core::ops::BitOr;

use dsboot_spec::registry::mip6::{LIFETIME_UNIT_SECONDS, acknowledgement_flag, update_flag};

/// A lifetime or refresh interval in units of 4 seconds (RFC 6275 §6.1.7).
///
/// ```
/// use dsboot_codec::mip6::Lifetime;
///
/// assert_eq!(Lifetime::from_seconds(1803).seconds(), 1800);
/// assert_eq!(Lifetime::from_seconds(u64::MAX).seconds(), 262_140);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Lifetime(u16);

impl Lifetime {
    /// What deletes a binding.
    pub const ZERO: Lifetime = Lifetime(0);

    /// So many units of 4 seconds.
    #[must_use]
    pub const fn from_units(units: u16) -> Lifetime {
        Lifetime(units)
    }

    /// The longest lifetime that is not longer than `seconds`.
    #[must_use]
    pub fn from_seconds(seconds: u64) -> Lifetime {
        //= wire.8.12
        Lifetime(u16::try_from(seconds / u64::from(LIFETIME_UNIT_SECONDS)).unwrap_or(u16::MAX))
    }

    /// In units of 4 seconds.
    #[must_use]
    pub const fn units(self) -> u16 {
        self.0
    }

    /// In seconds.
    #[must_use]
    pub const fn seconds(self) -> u32 {
        //= wire.8.12
        self.0 as u32 * LIFETIME_UNIT_SECONDS
    }
}

/// The number that ties an acknowledgement to its update, and sorts updates (RFC 6275 §9.5.1).
///
/// ```
/// use dsboot_codec::mip6::Sequence;
///
/// let last = Sequence(15);
/// assert!(Sequence(16).is_greater_than(last) && Sequence(32782).is_greater_than(last));
/// assert!(!Sequence(15).is_greater_than(last) && !Sequence(32783).is_greater_than(last));
/// assert_eq!(Sequence(u16::MAX).next(), Sequence(0));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Sequence(pub u16);

impl Sequence {
    /// Whether it is greater than `last`, modulo 2^16.
    #[must_use]
    pub const fn is_greater_than(self, last: Sequence) -> bool {
        //= wire.8.13
        matches!(self.0.wrapping_sub(last.0), 1..0x8000)
    }

    /// The number after this one.
    #[must_use]
    pub const fn next(self) -> Sequence {
        Sequence(self.0.wrapping_add(1))
    }
}

/// A time of day in NTP format: seconds since 1900 in the high 32 bits, their fraction in the low
/// ones (RFC 4285 §6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Timestamp(pub u64);

impl Timestamp {
    /// Whole seconds since 1900, modulo 2^32.
    #[must_use]
    pub const fn seconds(self) -> u32 {
        (self.0 >> 32) as u32
    }

    /// Whether it is not more than `tolerance` seconds before or after `now`, which RFC 4285 §6
    /// has as the first of two conditions for validity; the other is that it is greater (`>`)
    /// than every timestamp accepted before.
    #[must_use]
    pub const fn is_close_to(self, now: Timestamp, tolerance: u32) -> bool {
        //= wire.9.21
        let ahead = self.0.wrapping_sub(now.0);
        let behind = now.0.wrapping_sub(self.0);
        let tolerance = (tolerance as u64) << 32;
        ahead <= tolerance || behind <= tolerance
    }

    /// The answer to a timestamp that is not valid: its low half with the seconds of `now`.
    #[must_use]
    pub const fn corrected(self, now: Timestamp) -> Timestamp {
        const FRACTION: u64 = 0xffff_ffff;
        //= wire.9.22
        Timestamp((now.0 & !FRACTION) | (self.0 & FRACTION))
    }
}

/// Flags of a binding update; bits without a meaning here are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct UpdateFlags(pub u16);

impl UpdateFlags {
    /// A and H: what a mobile node sends to its home agent.
    pub const HOME_REGISTRATION: UpdateFlags =
        UpdateFlags(update_flag::ACKNOWLEDGE | update_flag::HOME_REGISTRATION);

    /// Whether every bit of `mask`, made of `update_flag` code points, is set.
    #[must_use]
    pub const fn contains(self, mask: u16) -> bool {
        self.0 & mask == mask
    }

    /// Whether an acknowledgement is wanted (A).
    #[must_use]
    pub const fn acknowledge(self) -> bool {
        self.contains(update_flag::ACKNOWLEDGE)
    }

    /// Whether the receiver is to be home agent (H).
    #[must_use]
    pub const fn home_registration(self) -> bool {
        self.contains(update_flag::HOME_REGISTRATION)
    }
}

impl BitOr for UpdateFlags {
    type Output = UpdateFlags;

    fn bitor(self, other: UpdateFlags) -> UpdateFlags {
        UpdateFlags(self.0 | other.0)
    }
}

/// Flags of a binding acknowledgement; bits without a meaning here are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct AcknowledgementFlags(pub u8);

impl AcknowledgementFlags {
    /// Whether every bit of `mask`, made of `acknowledgement_flag` code points, is set.
    #[must_use]
    pub const fn contains(self, mask: u8) -> bool {
        self.0 & mask == mask
    }

    /// Whether key management survives movement (K).
    #[must_use]
    pub const fn key_management(self) -> bool {
        self.contains(acknowledgement_flag::KEY_MANAGEMENT)
    }
}
