use core::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddrV4},
    time::Duration,
};
use std::collections::{BTreeMap, BTreeSet};

use dsboot_codec::{dsb::Prefixed, mip4::Identification};

use crate::{
    Association, Nai, Time,
    expiring::Expiring,
    fault::{Fault, is},
    journal::Journal,
};

/// The IPv6 half of what the AAAH assigned, as its value octets: copied, never changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Ipv6Parameters {
    /// IPv6 home address: prefix length, address.
    pub home_address: Option<Prefixed<Ipv6Addr>>,
    /// Mobile IPv6 home agent.
    pub home_agent: Option<Ipv6Addr>,
    /// IPv6 care-of address on the FHA's IPv6 side: prefix length, address.
    pub care_of_address: Option<Prefixed<Ipv6Addr>>,
}

/// How packets reach the MN's care-of address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TunnelEnd {
    /// IPv4 in IPv4 (RFC 2003) to the care-of address.
    Ip,
    /// In UDP (RFC 3519) to this address and port.
    Udp(SocketAddrV4),
}

impl TunnelEnd {
    /// The same end, with the port that has been seen of it before if it has not shown one yet.
    pub(super) fn known_from(self, old: TunnelEnd) -> TunnelEnd {
        match (self, old) {
            (TunnelEnd::Udp(new), TunnelEnd::Udp(known))
                if new.port() == 0 && new.ip() == known.ip() =>
            {
                old
            }
            _ => self,
        }
    }
}

/// What the FHA holds for a registered MN.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Binding {
    /// Temporary IPv4 home address.
    pub thoav4: Ipv4Addr,
    /// Care-of address.
    pub care_of_address: Ipv4Addr,
    /// The other end of the tunnel.
    pub tunnel: TunnelEnd,
    /// What the MN needs for Mobile IPv6.
    pub ipv6: Ipv6Parameters,
    /// Identification of the request accepted last.
    pub identification: Identification,
    /// When the binding ends.
    pub expires: Time,
    /// When what the AAAH granted ends; no lifetime reaches past it.
    pub session_ends: Time,
    /// The key shared with the MN.
    pub association: Association,
    /// What makes the reply to the request accepted last once more.
    pub given: Given,
}

/// What makes the reply to a request that was accepted once more, octet for octet: the reply itself
/// would take more room than all the rest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Given {
    /// SHA-1 of the request and of the address that it came from.
    pub request: [u8; 20],
    /// The lifetime granted, in seconds.
    pub lifetime: u16,
    /// What the reply tells of a new key.
    pub key: Option<KeyTold>,
}

/// What a reply tells of a new key, beside the association.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct KeyTold {
    /// Key generation nonce for the MN.
    pub nonce: Box<[u8]>,
    /// The SPI of the MN–AAA association under which the MN derives the key.
    pub aaa_spi: u32,
    /// Lifetime of the key in seconds.
    pub lifetime: u32,
    /// Replay method.
    pub replay_method: u16,
}

impl Binding {
    /// The IPv6 care-of address that the FHA defends for it.
    #[must_use]
    pub fn defended(&self) -> Option<Ipv6Addr> {
        self.ipv6.care_of_address.map(|prefixed| prefixed.address())
    }
}

/// What is kept of an MN whose binding has ended, while its last requests could be replayed and
/// a deregistration repeated.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Mark {
    /// The greatest Identification accepted.
    pub identification: Identification,
    /// The association of the binding that has ended.
    pub association: Association,
}

/// What a [`Record`] is kept under.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// An MN.
    Mn(Nai),
    /// An address that is kept from others than the MN that had it.
    Address(IpAddr),
}

/// What an FHA keeps over a crash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    /// Of an MN.
    Mn {
        /// Its binding.
        binding: Option<Box<Binding>>,
        /// What is kept where it has none, and until when.
        mark: Option<(Mark, Time)>,
    },
    /// Of an address: whose it was, and until when it is kept.
    Address(Nai, Time),
}

/// How long after the lifetime granted last an address is kept from other MNs. An HA may accept a
/// binding update for 7 s after it was sent, and only once its AAAH has answered.
pub(crate) const ADDRESS_KEPT: Duration = Duration::from_secs(60);

/// The bindings, each findable by NAI, by THOAv4, by IPv6 care-of address and by its end.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Bindings {
    /// Boxed, so that the room that a tree leaves free is no binding's.
    by_nai: Expiring<Nai, Box<Binding>>,
    by_thoav4: BTreeMap<Ipv4Addr, Nai>,
    /// Those that do not end with the THOAv4, as those of our own AAAH do.
    by_care_of: BTreeMap<Ipv6Addr, Nai>,
    marks: Expiring<Nai, Mark>,
    /// Addresses of bindings that have ended, and whose they were.
    kept_thoav4: Expiring<Ipv4Addr, Nai>,
    kept_care_of: Expiring<Ipv6Addr, Nai>,
    journal: Journal<Key>,
}

impl Bindings {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_nai.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_nai.len() == 0
    }

    /// The binding of an MN.
    #[must_use]
    pub fn get(&self, nai: &Nai) -> Option<&Binding> {
        self.by_nai.get(nai).map(Box::as_ref)
    }

    /// The MN that holds a temporary home address.
    #[must_use]
    pub fn holder(&self, thoav4: Ipv4Addr) -> Option<(&Nai, &Binding)> {
        let nai = self.by_thoav4.get(&thoav4)?;
        Some((nai, self.get(nai)?))
    }

    /// The MN whose IPv6 care-of address this is.
    #[must_use]
    pub fn care_of(&self, address: Ipv6Addr) -> Option<(&Nai, &Binding)> {
        if let Some(nai) = self.by_care_of.get(&address) {
            return Some((nai, self.get(nai)?));
        }
        self.holder(last_bits(address)).filter(|(_, binding)| binding.defended() == Some(address))
    }

    /// Whether nobody but `nai` has these addresses, or had them not long ago.
    //= registration.6.18
    //= registration.7.18
    #[must_use]
    pub fn are_free_for(&self, nai: &Nai, thoav4: Ipv4Addr, care_of: Option<Ipv6Addr>) -> bool {
        let own = |holder: Option<&Nai>| holder.is_none_or(|holder| holder == nai);
        own(self.by_thoav4.get(&thoav4))
            && own(self.kept_thoav4.get(&thoav4))
            && care_of.is_none_or(|address| {
                own(self.by_care_of.get(&address)) && own(self.kept_care_of.get(&address))
            })
    }

    /// The THOAv4 of bindings that have ended which are kept from others, and whose they were.
    pub fn kept(&self) -> impl Iterator<Item = (Ipv4Addr, &Nai)> {
        self.kept_thoav4.iter().map(|(address, nai)| (*address, nai))
    }

    /// All of them, by NAI.
    pub fn iter(&self) -> impl Iterator<Item = (&Nai, &Binding)> {
        self.by_nai.iter().map(|(nai, binding)| (nai, binding.as_ref()))
    }

    /// The greatest Identification accepted from an MN that could still be replayed.
    #[must_use]
    pub fn last_identification(&self, nai: &Nai) -> Option<Identification> {
        let bound = self.by_nai.get(nai).map(|binding| binding.identification);
        bound.max(self.marks.get(nai).map(|mark| mark.identification))
    }

    /// The association with an MN: that of its binding or, shortly after that has ended, the one
    /// it had.
    #[must_use]
    pub fn association(&self, nai: &Nai, now: Time) -> Option<&Association> {
        let bound = self.by_nai.get(nai).map(|binding| &binding.association);
        bound
            .or_else(|| self.marks.get(nai).map(|mark| &mark.association))
            .filter(|association| association.expires > now)
    }

    /// Enters or replaces the binding of `nai`. Its addresses must be free or held by `nai`.
    pub(super) fn insert(&mut self, nai: Nai, binding: Binding) {
        self.journal.note(&Key::Mn(nai.clone()));
        self.marks.remove(&nai);
        if let Some(old) = self.take(&nai) {
            self.keep_addresses(&nai, &old);
        }
        self.kept_thoav4.remove(&binding.thoav4);
        self.journal.note(&Key::Address(binding.thoav4.into()));
        if let Some(address) = binding.defended() {
            self.kept_care_of.remove(&address);
            self.journal.note(&Key::Address(address.into()));
        }
        self.by_thoav4.insert(binding.thoav4, nai.clone());
        if let Some(address) = binding.defended().filter(|a| last_bits(*a) != binding.thoav4) {
            self.by_care_of.insert(address, nai.clone());
        }
        let ends = binding.expires;
        self.by_nai.insert(nai, Box::new(binding), ends);
    }

    /// Lets the binding of `nai` last a second longer, by [`Fault::FhaProlongsOnDuplicate`].
    pub(super) fn prolong(&mut self, nai: &Nai) {
        if let Some(mut binding) = self.take(nai) {
            binding.expires = binding.expires + Duration::from_secs(1);
            self.insert(nai.clone(), binding);
        }
    }

    /// Deletes the binding of `nai`, and keeps for `keep` from `now` what its replays and
    /// repetitions are recognised by, `identification` among it.
    pub(super) fn end(
        &mut self,
        nai: &Nai,
        identification: Identification,
        now: Time,
        keep: Duration,
    ) -> Option<Binding> {
        let binding = self.take(nai)?;
        self.keep_addresses(nai, &binding);
        self.journal.note(&Key::Mn(nai.clone()));
        let identification = identification.max(binding.identification);
        let mark = Mark { identification, association: binding.association.clone() };
        if !is(Fault::FhaForgetsIdentification) {
            self.marks.insert(nai.clone(), mark, now + keep);
        }
        Some(binding)
    }

    /// Raises the Identification remembered of an MN whose binding has ended or stays.
    pub(super) fn raise(&mut self, nai: &Nai, identification: Identification) {
        self.journal.note(&Key::Mn(nai.clone()));
        if let Some(mark) = self.marks.get_mut(nai) {
            mark.identification = mark.identification.max(identification);
        }
        if let Some(binding) = self.by_nai.get_mut(nai) {
            binding.identification = binding.identification.max(identification);
        }
    }

    /// Moves the end of the tunnel of `nai`.
    pub(super) fn set_tunnel(&mut self, nai: &Nai, tunnel: TunnelEnd) {
        self.journal.note(&Key::Mn(nai.clone()));
        if let Some(binding) = self.by_nai.get_mut(nai) {
            binding.tunnel = tunnel;
        }
    }

    /// Ends, as [`Bindings::end`], what has run out by `now`, and returns what that was.
    pub(super) fn expire(&mut self, now: Time, keep: Duration) -> Vec<Binding> {
        while let Some((address, _)) = self.kept_thoav4.pop_ended(now) {
            self.journal.note(&Key::Address(address.into()));
        }
        while let Some((address, _)) = self.kept_care_of.pop_ended(now) {
            self.journal.note(&Key::Address(address.into()));
        }
        while let Some((nai, _)) = self.marks.pop_ended(now) {
            self.journal.note(&Key::Mn(nai.clone()));
        }
        let mut ended = Vec::new();
        while self.by_nai.first_end().is_some_and(|end| end <= now) {
            let Some(nai) = self.by_nai.first_key().cloned() else { break };
            ended.extend(self.end(&nai, Identification(0), now, keep));
        }
        ended
    }

    /// When the next binding, or memory of one, ends.
    #[must_use]
    pub fn next_end(&self) -> Option<Time> {
        let kept = self.kept_thoav4.first_end().into_iter().chain(self.kept_care_of.first_end());
        [self.by_nai.first_end(), self.marks.first_end()].into_iter().flatten().chain(kept).min()
    }

    /// Keeps the addresses of a binding that is no more from others: however it ended, its HA may
    /// go on forwarding to them until its lifetime is over.
    //= registration.7.18
    fn keep_addresses(&mut self, nai: &Nai, binding: &Binding) {
        let until = binding.expires + ADDRESS_KEPT;
        self.kept_thoav4.insert(binding.thoav4, nai.clone(), until);
        self.journal.note(&Key::Address(binding.thoav4.into()));
        if let Some(address) = binding.defended() {
            self.kept_care_of.insert(address, nai.clone(), until);
            self.journal.note(&Key::Address(address.into()));
        }
    }

    pub(super) fn keep_journal(&mut self) {
        self.journal.keep();
    }

    pub(super) fn take_changed(&mut self) -> BTreeSet<Key> {
        self.journal.take()
    }

    //= movement.4.1
    pub(super) fn record(&self, key: &Key) -> Option<Record> {
        match key {
            Key::Mn(nai) => {
                let binding = self.by_nai.get(nai).cloned();
                let mark = self.marks.get(nai).cloned().zip(self.marks.end_of(nai));
                (binding.is_some() || mark.is_some()).then_some(Record::Mn { binding, mark })
            }
            Key::Address(IpAddr::V4(address)) => {
                let (nai, until) =
                    self.kept_thoav4.get(address).zip(self.kept_thoav4.end_of(address))?;
                Some(Record::Address(nai.clone(), until))
            }
            Key::Address(IpAddr::V6(address)) => {
                let (nai, until) =
                    self.kept_care_of.get(address).zip(self.kept_care_of.end_of(address))?;
                Some(Record::Address(nai.clone(), until))
            }
        }
    }

    pub(super) fn restore(&mut self, key: Key, record: Record) {
        match (key, record) {
            (Key::Mn(nai), Record::Mn { binding, mark }) => {
                if let Some(binding) = binding {
                    self.insert(nai.clone(), *binding);
                }
                if let Some((mark, until)) = mark {
                    self.marks.insert(nai, mark, until);
                }
            }
            (Key::Address(IpAddr::V4(address)), Record::Address(nai, until)) => {
                self.kept_thoav4.insert(address, nai, until);
            }
            (Key::Address(IpAddr::V6(address)), Record::Address(nai, until)) => {
                self.kept_care_of.insert(address, nai, until);
            }
            _ => {}
        }
    }

    /// Takes a binding out of every index.
    fn take(&mut self, nai: &Nai) -> Option<Binding> {
        let binding = self.by_nai.remove(nai)?;
        self.by_thoav4.remove(&binding.thoav4);
        if let Some(address) = binding.defended() {
            self.by_care_of.remove(&address);
        }
        Some(*binding)
    }
}

/// The last 32 bits of an address, as an IPv4 address.
fn last_bits(address: Ipv6Addr) -> Ipv4Addr {
    let [.., a, b, c, d] = address.octets();
    Ipv4Addr::new(a, b, c, d)
}
