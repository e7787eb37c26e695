//! The small things that messages and states are made of: each a handful of symbols.

use core::num::NonZeroU8;

/// A link that the mobile node may attach to. Each has a NAS and, in the scenarios with foreign
/// agents, an FA.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Link {
    /// Below the first FHA. The mobile node attaches here at first.
    A,
    /// Below the first FHA too: moving here from [`Link::A`] changes the care-of address only.
    B,
    /// Below the second FHA: moving here changes the FHA.
    C,
    /// Below the second FHA too. There is one only where links differ from each other.
    D,
}

impl Link {
    /// Those of a setup whose links are all alike.
    pub const ALL: [Link; 3] = [Link::A, Link::B, Link::C];

    /// All of them.
    pub const EVERY: [Link; 4] = [Link::A, Link::B, Link::C, Link::D];

    pub(crate) const fn from_index(index: u32) -> Link {
        match index {
            0 => Link::A,
            1 => Link::B,
            2 => Link::C,
            _ => Link::D,
        }
    }
}

/// One of the two foreign home agents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FhaId {
    /// That of links A and B.
    One,
    /// That of links C and D.
    Two,
}

impl FhaId {
    /// Both.
    pub const ALL: [FhaId; 2] = [FhaId::One, FhaId::Two];

    /// The other one.
    #[must_use]
    pub const fn other(self) -> FhaId {
        match self {
            FhaId::One => FhaId::Two,
            FhaId::Two => FhaId::One,
        }
    }

    pub(crate) const fn from_index(index: u32) -> FhaId {
        match index {
            0 => FhaId::One,
            _ => FhaId::Two,
        }
    }
}

/// An address of the pool that the AAAH has for an FHA: a THOAv4 and the IPv6 care-of address that
/// is made from it. Two are enough to see one too many given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Address {
    /// The first of the pool.
    One,
    /// The second and last.
    Two,
    /// None of that pool: it lies outside the FHA's prefix, so that what goes there does not come to
    /// the FHA. Nobody gives it whom the FHA tells its prefix.
    Stray,
}

impl Address {
    /// The whole pool.
    pub const ALL: [Address; 2] = [Address::One, Address::Two];

    /// All that somebody may hold.
    pub(crate) const EVERY: [Address; 3] = [Address::One, Address::Two, Address::Stray];

    pub(crate) const fn from_index(index: u32) -> Address {
        match index {
            0 => Address::One,
            1 => Address::Two,
            _ => Address::Stray,
        }
    }
}

/// A set of addresses of one pool.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AddressSet(u8);

impl AddressSet {
    /// The whole pool.
    pub const ALL: AddressSet = AddressSet(0b11);

    /// What there is outside the FHA's prefix.
    pub(crate) const OUTSIDE: AddressSet = AddressSet(0b100);

    /// With this address.
    #[must_use]
    pub const fn with(self, address: Address) -> AddressSet {
        AddressSet(self.0 | 1 << address as u8)
    }

    /// Without the addresses of the other set.
    #[must_use]
    pub const fn without(self, other: AddressSet) -> AddressSet {
        AddressSet(self.0 & !other.0)
    }

    /// Together with the addresses of the other set.
    #[must_use]
    pub const fn and(self, other: AddressSet) -> AddressSet {
        AddressSet(self.0 | other.0)
    }

    /// Whether the address is in it.
    #[must_use]
    pub const fn contains(self, address: Address) -> bool {
        self.0 & (1 << address as u8) != 0
    }

    /// The set as bits, three of them.
    pub(crate) const fn bits(self) -> u8 {
        self.0
    }

    /// How many there are.
    #[must_use]
    pub const fn len(self) -> u32 {
        self.0.count_ones()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The first one.
    #[must_use]
    pub fn first(self) -> Option<Address> {
        Address::EVERY.into_iter().find(|address| self.contains(*address))
    }
}

/// An IPv6 care-of address: one of the pool of an FHA, in that FHA's prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CareOf6 {
    /// Whose prefix it is in, and who defends it.
    pub fha: FhaId,
    /// Which of that pool.
    pub address: Address,
}

/// Whose care-of address is registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Owner {
    /// The mobile node's own: co-located, D set.
    Mn,
    /// The foreign agent's, D clear.
    Fa,
}

/// An IPv4 care-of address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CareOf4 {
    /// On which link.
    pub link: Link,
    /// Whose.
    pub owner: Owner,
}

impl CareOf4 {
    /// All of them.
    pub(crate) fn all() -> impl Iterator<Item = CareOf4> {
        let of = |link| [Owner::Mn, Owner::Fa].map(|owner| CareOf4 { link, owner });
        Link::EVERY.into_iter().flat_map(of)
    }
}

/// How many numbers each kind of counter has. What needs more is outside the model's bounds, and
/// shows as [`Bounds`](crate::History) exceeded, never as a search that ends quietly.
pub const NUMBERS: u8 = 31;

macro_rules! number {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(NonZeroU8);

        impl $name {
            /// The first.
            pub const FIRST: $name = $name(NonZeroU8::MIN);

            /// The number, from 1 to [`NUMBERS`]; `None` beyond.
            #[must_use]
            pub fn new(number: u8) -> Option<$name> {
                NonZeroU8::new(number).filter(|n| n.get() <= NUMBERS).map($name)
            }

            /// The one after `last`; `None` when they are used up.
            #[must_use]
            pub fn after(last: Option<$name>) -> Option<$name> {
                $name::new(last.map_or(1, |last| last.0.get() + 1))
            }

            /// The number.
            #[must_use]
            pub const fn get(self) -> u8 {
                self.0.get()
            }
        }
    };
}

number! {
    /// A PANA session: one for each time that the mobile node begins to ask for access.
    Session
}
number! {
    /// The Identification of a registration request: a timestamp, of which only the order counts.
    /// It also names what belongs to that request: the nonce of its Accept, hence the key derived
    /// from it, and the challenge that it was the first to answer.
    Ident
}
number! {
    /// Sequence number and Mesg-ID of a binding update, which always grow together. It also names
    /// the MN–HA key of that exchange, which is derived from the Mesg-ID.
    Seq
}

/// A set of Identifications.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdentSet(u32);

impl IdentSet {
    /// Puts it in.
    pub fn insert(&mut self, ident: Ident) {
        self.0 |= 1 << ident.get();
    }

    /// Takes it out.
    pub fn remove(&mut self, ident: Ident) {
        self.0 &= !(1 << ident.get());
    }

    /// Whether it is in.
    #[must_use]
    pub const fn contains(self, ident: Ident) -> bool {
        self.0 & (1 << ident.get()) != 0
    }

    /// Whether none is in.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The set as bits: bit *n* is that of the Identification *n*.
    pub(crate) const fn bits(self) -> u32 {
        self.0
    }

    /// The set of these bits; `None` when there is no such set.
    pub(crate) fn of_bits(bits: u32) -> Option<IdentSet> {
        (bits & 1 == 0).then_some(IdentSet(bits))
    }

    /// Those that are in, from the oldest.
    pub fn iter(self) -> impl Iterator<Item = Ident> {
        (1..=NUMBERS).filter_map(Ident::new).filter(move |ident| self.contains(*ident))
    }
}
