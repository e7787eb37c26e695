//! Links, home agents of theirs, and small containers over them.

use std::fmt;

/// Where the mobile node may be attached. Each link has a NAS, and an FA where the setup has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Link {
    /// The link on which it starts, served by [`Agent::One`].
    Start,
    /// Another link that is served by [`Agent::One`] too.
    Beside,
    /// A link that is served by [`Agent::Two`].
    Beyond,
}

impl Link {
    /// All of them.
    pub const ALL: [Link; 3] = [Link::Start, Link::Beside, Link::Beyond];

    /// The FHA that the AAA servers assign to a mobile node on this link.
    #[must_use]
    pub const fn agent(self) -> Agent {
        match self {
            Link::Start | Link::Beside => Agent::One,
            Link::Beyond => Agent::Two,
        }
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Link::Start => "link 1",
            Link::Beside => "link 2",
            Link::Beyond => "link 3",
        })
    }
}

/// One of the two foreign home agents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Agent {
    /// The FHA of the first two links.
    One,
    /// The FHA of the third.
    Two,
}

impl Agent {
    /// Both.
    pub const ALL: [Agent; 2] = [Agent::One, Agent::Two];
}

impl fmt::Display for Agent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Agent::One => "FHA 1",
            Agent::Two => "FHA 2",
        })
    }
}

/// One value for each link.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct PerLink<T>([T; 3]);

impl<T> PerLink<T> {
    /// The value of one link.
    #[must_use]
    pub const fn at(&self, link: Link) -> &T {
        let [start, beside, beyond] = &self.0;
        match link {
            Link::Start => start,
            Link::Beside => beside,
            Link::Beyond => beyond,
        }
    }

    /// The value of one link, to be changed.
    pub const fn at_mut(&mut self, link: Link) -> &mut T {
        let [start, beside, beyond] = &mut self.0;
        match link {
            Link::Start => start,
            Link::Beside => beside,
            Link::Beyond => beyond,
        }
    }
}

/// One value for each FHA.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct PerAgent<T>([T; 2]);

impl<T> PerAgent<T> {
    /// The value of one FHA.
    #[must_use]
    pub const fn at(&self, agent: Agent) -> &T {
        let [one, two] = &self.0;
        match agent {
            Agent::One => one,
            Agent::Two => two,
        }
    }

    /// The value of one FHA, to be changed.
    pub const fn at_mut(&mut self, agent: Agent) -> &mut T {
        let [one, two] = &mut self.0;
        match agent {
            Agent::One => one,
            Agent::Two => two,
        }
    }
}

/// A set of small numbers (sessions, Identifications), each below 16.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Marks(u16);

impl Marks {
    /// Whether the number is in the set.
    #[must_use]
    pub const fn has(self, number: u8) -> bool {
        self.0 & Self::bit(number) != 0
    }

    /// Puts the number in.
    pub const fn add(&mut self, number: u8) {
        self.0 |= Self::bit(number);
    }

    /// Takes the number out.
    pub const fn remove(&mut self, number: u8) {
        self.0 &= !Self::bit(number);
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The numbers, from the smallest.
    pub fn iter(self) -> impl Iterator<Item = u8> {
        (0..16).filter(move |n| self.has(*n))
    }

    const fn bit(number: u8) -> u16 {
        1 << (number & 15)
    }
}
