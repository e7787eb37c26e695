//! What happens to the roles and when, and how that is written down.

use std::fmt;
use std::str::FromStr;

/// What happens next to the roles. Whatever cannot happen is passed over.
///
/// In a schedule it is written by a letter and, where there is one, a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Event {
    /// `n`: the first thing under way arrives; if there is none, the next timer fires.
    Next,
    /// `d`: one of the things that are under way arrives and is then under way no longer.
    Deliver(usize),
    /// `x`: one of the things that have arrived arrives again.
    Duplicate(usize),
    /// `c`: somebody who knows no key changes an octet of something under way that is protected,
    /// and brings the copy to its addressee.
    Corrupt(usize),
    /// `l`: one of the things that are under way is lost.
    Drop(usize),
    /// `f`: the next timer fires.
    Fire,
    /// `s`: nothing arrives, and timers fire until one has an effect that the model knows.
    Sleep,
    /// `t`: nothing arrives until the timer of one of those fires who wait for something, and all
    /// that are due before.
    Silence(usize),
    /// `w`: so many milliseconds pass in which no timer fires.
    Wait(u64),
    /// `m`: a mobile node moves to a site: the first one to 0, 1 or 2, the second one by 3, 4 or 5.
    Move(usize),
    /// `r`: a mobile node refreshes its registration; the first one if there is no number.
    Refresh(usize),
    /// `e`: a mobile node lets go; the first one if there is no number.
    Release(usize),
    /// `k`: one of the roles crashes and comes up again, with what it keeps over a crash.
    Restart(usize),
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Event::Next => f.write_str("n"),
            Event::Deliver(pick) => write!(f, "d{pick}"),
            Event::Duplicate(pick) => write!(f, "x{pick}"),
            Event::Corrupt(pick) => write!(f, "c{pick}"),
            Event::Drop(pick) => write!(f, "l{pick}"),
            Event::Fire => f.write_str("f"),
            Event::Sleep => f.write_str("s"),
            Event::Silence(pick) => write!(f, "t{pick}"),
            Event::Wait(milliseconds) => write!(f, "w{milliseconds}"),
            Event::Move(site) => write!(f, "m{site}"),
            Event::Refresh(0) => f.write_str("r"),
            Event::Refresh(mobile) => write!(f, "r{mobile}"),
            Event::Release(0) => f.write_str("e"),
            Event::Release(mobile) => write!(f, "e{mobile}"),
            Event::Restart(pick) => write!(f, "k{pick}"),
        }
    }
}

/// A word that is no event.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no event of a schedule: n, d3, x3, c3, l3, f, s, t3, w250, m1, r, e or k2")]
pub struct NoEvent(String);

impl FromStr for Event {
    type Err = NoEvent;

    fn from_str(word: &str) -> Result<Event, NoEvent> {
        let refuse = || NoEvent(word.to_owned());
        let (letter, number) = word.split_at_checked(1).ok_or_else(refuse)?;
        let number: Option<u64> = match number {
            "" => None,
            number => Some(number.parse().map_err(|_| refuse())?),
        };
        let pick = number.and_then(|number| usize::try_from(number).ok());
        Ok(match (letter, pick) {
            ("n", None) => Event::Next,
            ("d", Some(pick)) => Event::Deliver(pick),
            ("x", Some(pick)) => Event::Duplicate(pick),
            ("c", Some(pick)) => Event::Corrupt(pick),
            ("l", Some(pick)) => Event::Drop(pick),
            ("f", None) => Event::Fire,
            ("s", None) => Event::Sleep,
            ("t", Some(pick)) => Event::Silence(pick),
            ("w", Some(_)) => Event::Wait(number.unwrap_or_default()),
            ("m", Some(site)) => Event::Move(site),
            ("r", mobile) => Event::Refresh(mobile.unwrap_or_default()),
            ("e", mobile) => Event::Release(mobile.unwrap_or_default()),
            ("k", Some(pick)) => Event::Restart(pick),
            _ => return Err(refuse()),
        })
    }
}

/// A schedule as one line of words.
#[must_use]
pub fn written(events: &[Event]) -> String {
    events.iter().map(Event::to_string).collect::<Vec<_>>().join(" ")
}

/// The schedule that a line of words says.
///
/// # Errors
///
/// When a word is no event.
pub fn read(line: &str) -> Result<Vec<Event>, NoEvent> {
    line.split_whitespace().map(str::parse).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let line = "m0 n d3 x17 c5 l0 f s t2 w250 m2 m4 r r1 e e1 k4";
        assert_eq!(written(&read(line).unwrap()), line);
    }

    #[test]
    fn what_is_no_event_is_refused() {
        for word in ["n1", "d", "z", "k", "w-1", "m0x", "ä"] {
            assert_eq!(read(word).unwrap_err(), NoEvent(word.to_owned()));
        }
    }
}
