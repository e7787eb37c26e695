//! States as few words: what a walk keeps of them, sends between workers and writes down.
//!
//! Every type packs itself field by field, one bit behind the other. A field or variant that is new
//! does not compile before it is packed too.

use crate::{
    Aaah, Access, Address, AddressSet, Agent, CareOf4, CareOf6, Clock, Environment, Fa, Fha,
    FhaBinding, FhaId, Form, Ha, HaBinding, History, Hop, Ident, IdentSet, Link, Mn, Nas, Owner,
    Parameters, PerFha, PerLink, Profile, Registration, Request, Seq, Session, State, Update,
};

/// Takes bits, and gives words.
#[derive(Debug)]
pub struct Packer<'a> {
    words: &'a mut Vec<u64>,
    bits: u64,
    used: u32,
}

impl<'a> Packer<'a> {
    /// Behind what is in `words` already.
    pub const fn new(words: &'a mut Vec<u64>) -> Packer<'a> {
        Packer { words, bits: 0, used: 0 }
    }

    /// The lowest `width` bits of `value`; `width` is 1 to 64, and the other bits of `value` are 0.
    #[inline]
    pub fn put(&mut self, value: u64, width: u32) {
        debug_assert!(width == u64::BITS || value >> width == 0);
        self.bits |= value << self.used;
        self.used += width;
        if self.used >= u64::BITS {
            self.words.push(self.bits);
            self.used -= u64::BITS;
            // What did not fit; nothing when it fitted exactly.
            self.bits = value.checked_shr(width - self.used).unwrap_or(0);
        }
    }

    /// Gives away the last word.
    pub fn finish(self) {
        if self.used > 0 {
            self.words.push(self.bits);
        }
    }
}

/// Gives bits back in the order in which they were put.
#[derive(Debug)]
pub struct Unpacker<'a> {
    words: &'a [u64],
    used: u32,
}

impl<'a> Unpacker<'a> {
    /// From the first bit of `words`.
    #[must_use]
    pub const fn new(words: &'a [u64]) -> Unpacker<'a> {
        Unpacker { words, used: 0 }
    }

    /// The next `width` bits, 1 to 64; `None` when there are not so many.
    #[inline]
    pub fn take(&mut self, width: u32) -> Option<u64> {
        let (first, rest) = self.words.split_first()?;
        let mut value = first >> self.used;
        let end = self.used + width;
        if end >= u64::BITS {
            self.words = rest;
            if end > u64::BITS {
                value |= rest.first()? << (u64::BITS - self.used);
            }
        }
        self.used = end % u64::BITS;
        Some(value & (u64::MAX >> (u64::BITS - width)))
    }
}

/// What can be put into bits and taken out again.
pub trait Pack: Sized {
    /// Puts it in.
    fn pack(&self, to: &mut Packer<'_>);

    /// Takes out what [`Pack::pack`] has put in; `None` when it was not that.
    fn unpack(from: &mut Unpacker<'_>) -> Option<Self>;
}

/// A value behind the words that are there.
pub fn pack<T: Pack>(value: &T, words: &mut Vec<u64>) {
    let mut packer = Packer::new(words);
    value.pack(&mut packer);
    packer.finish();
}

/// The value that is in these words; `None` when none is.
#[must_use]
pub fn unpack<T: Pack>(words: &[u64]) -> Option<T> {
    T::unpack(&mut Unpacker::new(words))
}

/// Structures: all fields, in the order given.
macro_rules! fields {
    ($($type:ty { $($field:ident),+ })+) => { $(
        impl Pack for $type {
            fn pack(&self, to: &mut Packer<'_>) {
                let Self { $($field),+ } = self;
                $($field.pack(to);)+
            }

            fn unpack(from: &mut Unpacker<'_>) -> Option<Self> {
                Some(Self { $($field: Pack::unpack(from)?),+ })
            }
        }
    )+ };
}

/// Enumerations: each variant by a number of so many bits, and what is in it.
macro_rules! variants {
    ($($type:ident: $width:literal { $($variant:ident $(($inner:ident))? = $number:literal),+ })+) => { $(
        impl Pack for $type {
            fn pack(&self, to: &mut Packer<'_>) {
                match self {
                    $($type::$variant $(($inner))? => {
                        to.put($number, $width);
                        $($inner.pack(to);)?
                    })+
                }
            }

            fn unpack(from: &mut Unpacker<'_>) -> Option<Self> {
                Some(match from.take($width)? {
                    $($number => $type::$variant $(({
                        let $inner = Pack::unpack(from)?;
                        $inner
                    }))?,)+
                    _ => return None,
                })
            }
        }
    )+ };
}

/// Counters.
macro_rules! numbers {
    ($($type:ident)+) => { $(
        impl Pack for $type {
            fn pack(&self, to: &mut Packer<'_>) {
                to.put(self.get().into(), 5);
            }

            fn unpack(from: &mut Unpacker<'_>) -> Option<Self> {
                $type::new(u8::try_from(from.take(5)?).ok()?)
            }
        }
    )+ };
}

/// Unsigned integers at full width.
macro_rules! integers {
    ($($type:ident)+) => { $(
        impl Pack for $type {
            fn pack(&self, to: &mut Packer<'_>) {
                to.put((*self).into(), $type::BITS);
            }

            fn unpack(from: &mut Unpacker<'_>) -> Option<Self> {
                $type::try_from(from.take($type::BITS)?).ok()
            }
        }
    )+ };
}

integers! { u8 u16 u32 u64 }

numbers! { Session Ident Seq }

variants! {
    Link: 2 { A = 0, B = 1, C = 2, D = 3 }
    FhaId: 1 { One = 0, Two = 1 }
    Address: 2 { One = 0, Two = 1, Stray = 2 }
    Owner: 1 { Mn = 0, Fa = 1 }
    Hop: 2 { Direct = 0, Link = 1, Relay = 2 }
    Clock: 1 { Right = 0, Wrong = 1 }
    Access: 2 { None = 0, Asking = 1, Granted(fha) = 2, Refused = 3 }
    Agent: 2 { Unheard = 0, Fresh = 1, Answered(ident) = 2 }
    Form: 1 { First = 0, Again(key) = 1 }
    Profile: 3 {
        Entitled = 0, WrongClock = 1, WrongAccessSecret = 2, NoMobility = 3, WrongHomeSecret = 4,
        NoAgreement = 5, NoIpv6 = 6, SharedHome = 7
    }
}

fields! {
    CareOf4 { link, owner }
    CareOf6 { fha, address }
    Parameters { address, ipv6 }
    Request { ident, fha, care_of, form, release, challenge, timely, intact }
    Update { seq, care_of, release, intact }
    Registration { fha, care_of, ident, parameters, key }
    Mn {
        link, session, access, agent, registration, request, ident, binding, update, seq, clock,
        leaving
    }
    Nas { session, asking }
    Fa { pending, used, visitor }
    FhaBinding { care_of, parameters, ident, key }
    Fha { pending, binding, strangers, mark, kept, last }
    Aaah { assigned, others, restarted }
    HaBinding { care_of, seq }
    Ha { pending, binding, last, is_home_taken }
    Environment { profile, events, gone }
    State { mn, nas, fa, fha, aaah, ha, environment, history, network }
}

impl Pack for bool {
    fn pack(&self, to: &mut Packer<'_>) {
        to.put((*self).into(), 1);
    }

    fn unpack(from: &mut Unpacker<'_>) -> Option<bool> {
        Some(from.take(1)? == 1)
    }
}

impl<T: Pack> Pack for Option<T> {
    fn pack(&self, to: &mut Packer<'_>) {
        self.is_some().pack(to);
        if let Some(value) = self {
            value.pack(to);
        }
    }

    fn unpack(from: &mut Unpacker<'_>) -> Option<Option<T>> {
        match bool::unpack(from)? {
            true => T::unpack(from).map(Some),
            false => Some(None),
        }
    }
}

impl<A: Pack, B: Pack> Pack for (A, B) {
    fn pack(&self, to: &mut Packer<'_>) {
        self.0.pack(to);
        self.1.pack(to);
    }

    fn unpack(from: &mut Unpacker<'_>) -> Option<(A, B)> {
        Some((A::unpack(from)?, B::unpack(from)?))
    }
}

impl Pack for AddressSet {
    fn pack(&self, to: &mut Packer<'_>) {
        Address::EVERY.into_iter().for_each(|address| self.contains(address).pack(to));
    }

    fn unpack(from: &mut Unpacker<'_>) -> Option<AddressSet> {
        Address::EVERY.into_iter().try_fold(AddressSet::default(), |set, address| {
            Some(if bool::unpack(from)? { set.with(address) } else { set })
        })
    }
}

/// Most sets are empty.
impl Pack for IdentSet {
    fn pack(&self, to: &mut Packer<'_>) {
        self.is_empty().pack(to);
        if !self.is_empty() {
            self.bits().pack(to);
        }
    }

    fn unpack(from: &mut Unpacker<'_>) -> Option<IdentSet> {
        match bool::unpack(from)? {
            true => Some(IdentSet::default()),
            false => IdentSet::of_bits(u32::unpack(from)?),
        }
    }
}

impl<T: Pack + Default> Pack for PerLink<T> {
    fn pack(&self, to: &mut Packer<'_>) {
        Link::EVERY.into_iter().for_each(|link| self.of(link).pack(to));
    }

    fn unpack(from: &mut Unpacker<'_>) -> Option<PerLink<T>> {
        Link::EVERY.into_iter().try_fold(PerLink::default(), |mut all, link| {
            *all.of_mut(link) = T::unpack(from)?;
            Some(all)
        })
    }
}

impl<T: Pack + Default> Pack for PerFha<T> {
    fn pack(&self, to: &mut Packer<'_>) {
        FhaId::ALL.into_iter().for_each(|fha| self.of(fha).pack(to));
    }

    fn unpack(from: &mut Unpacker<'_>) -> Option<PerFha<T>> {
        FhaId::ALL.into_iter().try_fold(PerFha::default(), |mut all, fha| {
            *all.of_mut(fha) = T::unpack(from)?;
            Some(all)
        })
    }
}

/// Nothing is broken most of the time.
impl Pack for History {
    fn pack(&self, to: &mut Packer<'_>) {
        let History { broken, out_of_bounds } = self;
        (*self != History::default()).pack(to);
        if *self != History::default() {
            broken.pack(to);
            out_of_bounds.pack(to);
        }
    }

    fn unpack(from: &mut Unpacker<'_>) -> Option<History> {
        match bool::unpack(from)? {
            true => {
                Some(History { broken: Pack::unpack(from)?, out_of_bounds: Pack::unpack(from)? })
            }
            false => Some(History::default()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use dsboot_spec::Setup;
    use stateright::Model as _;

    use super::{Packer, Unpacker, pack, unpack};
    use crate::{Attacker, Bootstrap, Config, State};

    /// Every state that is reachable within these bounds comes out as it went in, and no two pack
    /// alike.
    #[test]
    fn every_state_comes_back() {
        let lossy = Setup::ALL.map(|setup| Config::new(setup, 1));
        let attacked =
            Attacker::ALL.map(|attacker| Config::new(Setup::ALL[1], 1).against(attacker));
        for config in lossy.into_iter().chain(attacked) {
            let model = Bootstrap::new(config);
            let mut open = model.init_states();
            let mut seen: HashSet<Vec<u64>> = HashSet::new();
            let (mut actions, mut longest) = (Vec::new(), 0);
            while let Some(state) = open.pop() {
                let mut words = Vec::new();
                pack(&state, &mut words);
                assert_eq!(unpack::<State>(&words), Some(state));
                assert_eq!(unpack::<State>(&words[..words.len() - 1]), None);
                longest = longest.max(words.len());
                if !seen.insert(words) {
                    continue;
                }
                actions.clear();
                model.actions(&state, &mut actions);
                open.extend(actions.iter().filter_map(|action| model.next_state(&state, *action)));
            }
            let walk = crate::explore::explore(model, |_| std::ops::ControlFlow::Continue(()));
            assert_eq!(seen.len(), walk.progress.states);
            assert!(longest < size_of::<State>() / 10, "{longest} words");
        }
    }

    #[test]
    fn bits_come_back_at_every_width() {
        let values: Vec<(u64, u32)> = (1..=64_u32)
            .flat_map(|width| [0, u64::MAX, 0x9e37_79b9_7f4a_7c15].map(|bits| (bits, width)))
            .map(|(bits, width)| (bits & (u64::MAX >> (64 - width)), width))
            .collect();
        let mut words = Vec::new();
        let mut packer = Packer::new(&mut words);
        values.iter().for_each(|(value, width)| packer.put(*value, *width));
        packer.finish();
        let mut unpacker = Unpacker::new(&words);
        for (value, width) in &values {
            assert_eq!(unpacker.take(*width), Some(*value));
        }
        assert_eq!(unpacker.take(64), None);
    }
}
