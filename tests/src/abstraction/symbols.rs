//! The model's small symbols, and which octets each of them stands for in a run.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{Hash, Hasher};

use dsboot_model::{Address, CareOf4, CareOf6, FhaId, Ident, Link, Owner, Seq, Session};
use dsboot_node::world::{Network, POOL_FIRST, Plan};
use dsboot_roles::Secret;
use std::net::{Ipv4Addr, Ipv6Addr};

/// What each symbol stands for in a run. Symbols are given out in the order in which what they
/// stand for is first seen, as the model does.
#[derive(Clone, Debug)]
pub(super) struct Symbols {
    plan: Plan,
    /// Identifications of registration requests, in the order of their sending.
    idents: Vec<u64>,
    /// Sequence numbers of binding updates, in the order of their sending.
    seqs: Vec<u16>,
    /// Mesg-IDs of binding updates, with the sequence number of each.
    message_ids: BTreeMap<u64, u16>,
    /// The care-of address of the last registration request.
    last_care_of: Option<CareOf4>,
    /// The number of the last session.
    sessions: u8,
    /// Sessions by PANA session identifier.
    pana: BTreeMap<u32, Session>,
    /// Those of these identifiers that a NAS has asked its server about.
    taken_up: BTreeSet<u32>,
    /// The request that was the first to answer a challenge.
    challenges: BTreeMap<Vec<u8>, Ident>,
    /// The last challenge that the agent of each link has given.
    given: BTreeMap<Link, Vec<u8>>,
    /// The request that a key was made for.
    keys: Vec<(Secret, Ident)>,
}

impl Symbols {
    /// Nothing has been seen.
    pub(super) fn new(plan: Plan) -> Symbols {
        Symbols {
            plan,
            idents: Vec::new(),
            seqs: Vec::new(),
            message_ids: BTreeMap::new(),
            last_care_of: None,
            sessions: 0,
            pana: BTreeMap::new(),
            taken_up: BTreeSet::new(),
            challenges: BTreeMap::new(),
            given: BTreeMap::new(),
            keys: Vec::new(),
        }
    }

    /// Feeds everything to a hasher that a run determines.
    pub(super) fn hash_facts(&self, hasher: &mut impl Hasher) {
        (&self.idents, &self.seqs, &self.message_ids, self.last_care_of).hash(hasher);
        (self.sessions, &self.pana, &self.taken_up, &self.challenges).hash(hasher);
        (&self.given, &self.keys).hash(hasher);
    }

    /// The symbol of an Identification, a new one if it has not been seen.
    pub(super) fn ident(&mut self, identification: u64) -> Option<Ident> {
        if !self.idents.contains(&identification) {
            self.idents.push(identification);
        }
        self.known_ident(identification)
    }

    /// The symbol of an Identification that has been seen.
    pub(super) fn known_ident(&self, identification: u64) -> Option<Ident> {
        Ident::new(place(&self.idents, &identification)?)
    }

    /// The symbol of the Identification used last.
    pub(super) fn last_ident(&self) -> Option<Ident> {
        self.known_ident(*self.idents.last()?)
    }

    /// The symbol of the sequence number used last.
    pub(super) fn last_seq(&self) -> Option<Seq> {
        self.known_seq(*self.seqs.last()?)
    }

    /// The symbol of an Identification of which only the low half is known.
    pub(super) fn ident_by_low_half(&self, low: u32) -> Option<Ident> {
        let is_it =
            |identification: &&u64| **identification & u64::from(u32::MAX) == u64::from(low);
        let identification = self.idents.iter().rev().find(is_it)?;
        self.known_ident(*identification)
    }

    /// The symbol of the sequence number of an update, a new one if it has not been seen.
    pub(super) fn seq(&mut self, sequence: u16) -> Option<Seq> {
        if !self.seqs.contains(&sequence) {
            self.seqs.push(sequence);
        }
        self.known_seq(sequence)
    }

    /// The symbol of a sequence number that has been seen.
    pub(super) fn known_seq(&self, sequence: u16) -> Option<Seq> {
        Seq::new(place(&self.seqs, &sequence)?)
    }

    /// The update with this sequence number has this Mesg-ID.
    pub(super) fn learn_message_id(&mut self, sequence: u16, message_id: u64) {
        self.message_ids.insert(message_id, sequence);
    }

    /// The update that an acknowledgement is about: by its Mesg-ID, which every acknowledgement
    /// but that with status 144 repeats, or else by its sequence number.
    pub(super) fn seq_of_ack(&self, sequence: u16, message_id: u64) -> Option<Seq> {
        self.known_seq(*self.message_ids.get(&message_id).unwrap_or(&sequence))
    }

    /// The care-of address of the last registration request.
    pub(super) fn last_care_of(&self) -> Option<CareOf4> {
        self.last_care_of
    }

    /// A registration request has this care-of address.
    pub(super) fn set_last_care_of(&mut self, care_of: CareOf4) {
        self.last_care_of = Some(care_of);
    }

    /// The mobile node begins a session.
    pub(super) fn begin_session(&mut self) {
        self.sessions += 1;
    }

    /// The session begun last.
    pub(super) fn session(&self) -> Option<Session> {
        Session::new(self.sessions)
    }

    /// The PANA session identifier belongs to the session begun last. Perhaps it was offered in an
    /// earlier one too, which did not take it up.
    pub(super) fn learn_session_id(&mut self, id: u32) {
        if let Some(session) = self.session().filter(|_| !self.taken_up.contains(&id)) {
            self.pana.insert(id, session);
        }
    }

    /// The PANA session identifier belongs to its session for good: a NAS has asked about it.
    pub(super) fn keep_session_id(&mut self, id: u32) {
        self.taken_up.insert(id);
    }

    /// The session of a PANA session identifier.
    pub(super) fn session_of(&self, id: u32) -> Option<Session> {
        self.pana.get(&id).copied()
    }

    /// The agent of a link has given a challenge.
    pub(super) fn give(&mut self, link: Link, challenge: &[u8]) {
        self.given.insert(link, challenge.to_vec());
    }

    /// The agent of a link knows no longer what it gave.
    pub(super) fn forget_given(&mut self, link: Link) {
        self.given.remove(&link);
    }

    /// Whether the agent of a link has given another challenge since it gave this one.
    pub(super) fn is_superseded(&self, link: Link, challenge: &[u8]) -> bool {
        self.given.get(&link).is_none_or(|last| last != challenge)
    }

    /// A request answers a challenge. Returns the request that did so first.
    pub(super) fn answer(&mut self, challenge: &[u8], ident: Ident) -> Ident {
        *self.challenges.entry(challenge.to_vec()).or_insert(ident)
    }

    /// The request that was the first to answer a challenge, if one has.
    pub(super) fn answered(&self, challenge: &[u8]) -> Option<Ident> {
        self.challenges.get(challenge).copied()
    }

    /// A key was made for a request.
    pub(super) fn learn_key(&mut self, key: Secret, ident: Ident) {
        if self.key(&key).is_none() {
            self.keys.push((key, ident));
        }
    }

    /// The request that a key was made for.
    pub(super) fn key(&self, key: &Secret) -> Option<Ident> {
        self.keys.iter().find(|(known, _)| known == key).map(|(_, ident)| *ident)
    }

    /// Every key seen, with the request that it was made for.
    pub(super) fn keys(&self) -> impl Iterator<Item = (&Secret, Ident)> {
        self.keys.iter().map(|(key, ident)| (key, *ident))
    }

    /// The link of a site.
    pub(super) fn link(site: usize) -> Option<Link> {
        Link::ALL.get(site).copied()
    }

    /// An FHA by its place.
    pub(super) fn fha(which: usize) -> Option<FhaId> {
        FhaId::ALL.get(which).copied()
    }

    /// The FHA that has an address.
    pub(super) fn fha_at(&self, address: Ipv4Addr) -> Option<FhaId> {
        let within = |network| self.plan.prefix_v4(network).contains(address.into());
        FHA_NETWORKS.into_iter().zip(FhaId::ALL).find(|(n, _)| within(*n)).map(|(_, fha)| fha)
    }

    /// A care-of address, on which link and whose.
    pub(super) fn care_of(&self, address: Ipv4Addr) -> Option<CareOf4> {
        let mut links = Network::ACCESS.into_iter().zip(Link::ALL);
        let (_, link) =
            links.find(|(network, _)| self.plan.prefix_v4(*network).contains(address.into()))?;
        let is_agents = address.octets()[3] == dsboot_node::world::FIRST_HOST;
        Some(CareOf4 { link, owner: if is_agents { Owner::Fa } else { Owner::Mn } })
    }

    /// An address of a pool of THOAv4.
    pub(super) fn address(&self, address: Ipv4Addr) -> Option<Address> {
        let place = usize::from(address.octets()[3].checked_sub(POOL_FIRST)?);
        Address::ALL.get(place).copied()
    }

    /// An IPv6 care-of address: its last octets are those of the THOAv4.
    pub(super) fn care_of_v6(&self, address: Ipv6Addr) -> Option<CareOf6> {
        let within = |network| self.plan.prefix_v6(network).contains(address.into());
        let mut fhas = FHA_NETWORKS.into_iter().zip(FhaId::ALL);
        let (_, fha) = fhas.find(|(network, _)| within(*network))?;
        let [.., a, b, c, d] = address.octets();
        Some(CareOf6 { fha, address: self.address(Ipv4Addr::new(a, b, c, d))? })
    }
}

/// The networks of the FHAs, in the order of the model's symbols.
const FHA_NETWORKS: [Network; 2] = [Network::Fha1, Network::Fha2];

/// The place of a value in a list, counted from 1.
fn place<T: PartialEq>(list: &[T], value: &T) -> Option<u8> {
    let index = list.iter().position(|known| known == value)?;
    u8::try_from(index + 1).ok()
}
