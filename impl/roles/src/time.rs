use core::fmt;
use core::ops::Add;
use core::time::Duration;

use dsboot_spec::registry::mip4::NTP_UNIX_OFFSET;

/// A point in time as a role sees it: microseconds since the Unix epoch, by that role's clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(u64);

impl Time {
    /// From microseconds since the Unix epoch.
    #[must_use]
    pub const fn from_unix_micros(micros: u64) -> Time {
        Time(micros)
    }

    /// The end of time: nothing is ever due then.
    pub const NEVER: Time = Time(u64::MAX);

    /// Microseconds since the Unix epoch.
    #[must_use]
    pub const fn unix_micros(self) -> u64 {
        self.0
    }

    /// How long ago `earlier` was; zero if it is not in the past.
    #[must_use]
    pub const fn since(self, earlier: Time) -> Duration {
        Duration::from_micros(self.0.saturating_sub(earlier.0))
    }

    /// How long until `later`; zero if it has passed.
    #[must_use]
    pub const fn until(self, later: Time) -> Duration {
        later.since(self)
    }

    /// Whole seconds since the NTP epoch, modulo 2^32: the high half of an Identification.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "NTP seconds wrap every 136 years")]
    pub const fn ntp_seconds(self) -> u32 {
        (self.0 / 1_000_000 + NTP_UNIX_OFFSET) as u32
    }

    /// 64-bit NTP timestamp (RFC 3344 §5.7.1, RFC 4285 §6): seconds, then fraction.
    #[must_use]
    pub const fn ntp(self) -> u64 {
        let fraction = ((self.0 % 1_000_000) << 32) / 1_000_000;
        ((self.ntp_seconds() as u64) << 32) | fraction
    }
}

impl Add<Duration> for Time {
    type Output = Time;

    /// Saturates at the end of time instead of wrapping.
    fn add(self, later: Duration) -> Time {
        let micros = u64::try_from(later.as_micros()).unwrap_or(u64::MAX);
        Time(self.0.saturating_add(micros))
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:06}", self.0 / 1_000_000, self.0 % 1_000_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_the_same_by_every_clock() {
        let time = Time::from_unix_micros(1_700_000_000_500_000);
        assert_eq!(time.unix_micros(), 1_700_000_000_500_000);
        assert_eq!(time.ntp_seconds(), 1_700_000_000 + 2_208_988_800);
        assert_eq!(time.ntp() & u64::from(u32::MAX), 1 << 31);
        assert_eq!(time.to_string(), "1700000000.500000");
        assert_eq!((time + Duration::from_secs(1)).since(time), Duration::from_secs(1));
        assert_eq!(time.since(time + Duration::from_secs(1)), Duration::ZERO);
    }
}
