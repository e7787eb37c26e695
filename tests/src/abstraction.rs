//! What the roles hold and have sent, in the terms of the model.
//!
//! [`View`] is the part of a model's state that a test can see from outside of roles. The rest of
//! the state (which Identification was accepted last, which challenges are used up) shows in what
//! the roles answer, so it is followed by the model alone.

mod ends;
mod messages;
mod symbols;
mod view;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{Hash, Hasher};

use dsboot_model::{
    Access, Agent, CareOf6, FhaId, Ident, Link, Message, Parameters, Registration, Request,
    Session, Update,
};
use dsboot_roles::Nai;
use dsboot_roles::fa::Fa;
use dsboot_roles::mn::{Held, Mn};
use dsboot_roles::pana::Phase;

pub use view::{HeldBack, MnView, View, told};

use crate::bytes::{Bytes, Flight, Station};
use ends::Ends;
use messages::{Name, Reader};
use symbols::Symbols;

/// Watches a network of octets, and tells what the model would call what is about one mobile node.
#[derive(Clone, Debug)]
pub struct Observer {
    /// Which mobile node.
    mobile: usize,
    nai: Option<Nai>,
    symbols: Symbols,
    reader: Reader,
    /// What the flights that have been read are.
    names: Vec<Name>,
    /// What has been sent, by its fingerprint, and what it is.
    known: HashMap<u64, Name>,
    /// Requests and updates that the mobile node has sent more than once.
    repeated: Vec<Message>,
    ends: Ends,
    network: BTreeSet<Message>,
    /// The mobile node's last request and update.
    last_request: Option<Request>,
    last_update: Option<Update>,
    /// The last update that was sent and has not been acknowledged.
    updating: Option<Update>,
    held_back: HeldBack,
    /// The registration held when last looked at, and the request that was accepted for it.
    held: Option<(Held, Ident)>,
    /// What was known last of the agent of the link that the mobile node is on. That an agent
    /// counts as gone when it has not advertised itself for a while is no concern of the model.
    agent: Agent,
    /// How access stood when last looked at.
    access: Access,
    /// Whether the mobile node was looking for a PAA when last looked at.
    asks_for_access: bool,
}

impl Observer {
    /// Nothing has been seen of this network yet.
    #[must_use]
    pub fn new(bytes: &Bytes, mobile: usize) -> Observer {
        let nai = bytes.mn(mobile).map(|mn| mn.config().nai.clone());
        Observer {
            mobile,
            symbols: Symbols::new(bytes.plan()),
            reader: Reader::new(mobile, nai.clone()),
            nai,
            names: Vec::new(),
            known: HashMap::new(),
            repeated: Vec::new(),
            access: Access::None,
            asks_for_access: false,
            ends: Ends::default(),
            network: BTreeSet::new(),
            last_request: None,
            last_update: None,
            updating: None,
            held_back: HeldBack::default(),
            held: None,
            agent: Agent::Unheard,
        }
    }

    /// Feeds what it knows to a hasher, as far as that is more than what the roles hold now. Two
    /// networks in the same state that were watched with the same result have the same future.
    pub fn hash_facts(&self, hasher: &mut impl Hasher) {
        self.symbols.hash_facts(hasher);
        self.reader.hash_facts(hasher);
        let mut names: Vec<_> =
            self.known.iter().map(|(key, name)| (key, name.sent, name.arrives)).collect();
        names.sort_unstable();
        names.hash(hasher);
        (&self.network, &self.repeated, self.last_request, self.last_update).hash(hasher);
        (self.updating, self.held_back, &self.held, self.agent).hash(hasher);
        (self.access, self.asks_for_access).hash(hasher);
    }

    /// The mobile node attaches to a link.
    pub fn on_attach(&mut self, bytes: &Bytes) {
        self.agent = Agent::Unheard;
        self.asks_for_access = true;
        self.begin_session(bytes);
    }

    /// A station has crashed and come up again. An agent knows none of the challenges that it gave.
    pub fn on_restart(&mut self, station: Station) {
        if let Station::Fa(site) = station
            && let Some(link) = Symbols::link(site)
        {
            self.symbols.forget_given(link);
        }
    }

    /// The mobile node begins to ask for access.
    fn begin_session(&mut self, bytes: &Bytes) {
        self.symbols.begin_session();
        if let (Some(session), Some(link)) =
            (self.symbols.session(), Symbols::link(bytes.site(self.mobile)))
        {
            let secret = match bytes.setup.scenario().is_subscription() {
                true => dsboot_model::Server::Aaaf,
                false => dsboot_model::Server::Aaah,
            };
            self.network.insert(Message::AccessRequest(session, link, secret));
        }
    }

    /// The link of a site.
    #[must_use]
    pub fn link(site: usize) -> Option<Link> {
        Symbols::link(site)
    }

    /// An FHA by its place.
    #[must_use]
    pub fn fha(which: usize) -> Option<FhaId> {
        Symbols::fha(which)
    }

    /// The message of the model that a flight brings to its addressee, if it is one and has been
    /// looked at.
    #[must_use]
    pub fn message_of(&self, flight: usize) -> Option<Message> {
        let name = self.names.get(flight)?;
        name.arrives.filter(|_| !self.reader.is_outdated(name))
    }

    /// What is to be seen now.
    pub fn look(&mut self, bytes: &Bytes) -> Option<View> {
        let mn = bytes.mn(self.mobile)?;
        let own = self.nai.clone();
        let is_own = |nai: &Nai| own.as_ref() == Some(nai);
        if let Some(id) = mn.pac().and_then(|pac| pac.session_id()) {
            self.symbols.learn_session_id(id);
        }
        let asks = mn.pac().is_some_and(|pac| pac.phase() == Phase::Initiating);
        if asks && !std::mem::replace(&mut self.asks_for_access, asks) {
            self.begin_session(bytes);
        }
        self.asks_for_access = asks;
        self.learn_keys(bytes);
        while let Some(flight) = bytes.sent.get(self.names.len()) {
            self.note(bytes, flight);
        }
        let mn = self.mn(bytes, mn);
        let mut view = View {
            mn,
            admitting: (0..3)
                .filter_map(|site| Some((Symbols::link(site)?, self.admitting(bytes, site)?)))
                .collect(),
            relayed: self.relayed(bytes),
            visited: (0..3)
                .filter(|site| bytes.fa(*site).is_some_and(|fa| self.is_visited(fa)))
                .filter_map(Symbols::link)
                .collect(),
            asking: (0..2)
                .filter_map(|which| {
                    let mut pending = bytes.fha(which)?.pending();
                    let (_, identification) = pending.find(|(nai, _)| is_own(nai))?;
                    Some((Symbols::fha(which)?, self.symbols.known_ident(identification.0)?))
                })
                .collect(),
            bound: (0..2)
                .filter_map(|which| Some((Symbols::fha(which)?, self.binding_at(bytes, which)?)))
                .collect(),
            kept: (0..2)
                .filter_map(|which| {
                    let mut kept = bytes.fha(which)?.bindings().kept();
                    let (address, _) = kept.find(|(_, nai)| is_own(nai))?;
                    Some((Symbols::fha(which)?, self.symbols.address(address)?))
                })
                .collect(),
            assigned: self.assigned(bytes),
            updating: bytes
                .ha()?
                .pending()
                .find(|(nai, _)| is_own(nai))
                .and_then(|(_, sequence)| self.symbols.known_seq(sequence.0)),
            home: bytes.ha()?.bindings().find(|(_, binding)| is_own(&binding.nai)).and_then(
                |(_, binding)| {
                    Some(dsboot_model::HaBinding {
                        care_of: self.symbols.care_of_v6(binding.care_of_address)?,
                        seq: self.symbols.known_seq(binding.sequence.0)?,
                    })
                },
            ),
            repeated: self.repeated.clone(),
            wrong: self.ends.look(bytes, self.mobile),
            network: std::mem::take(&mut self.network),
        };
        view.forget_dead_letters();
        self.network.clone_from(&view.network);
        Some(view)
    }

    /// Takes note of something sent.
    fn note(&mut self, bytes: &Bytes, flight: &Flight) {
        // The same octets again say the same, whatever has happened since.
        let name = match self.known.get(&flight.key) {
            Some(name) => *name,
            None => self.reader.read(&mut self.symbols, bytes, flight),
        };
        self.names.push(name);
        if let (Station::Mn(_), Some(message @ (Message::Request(..) | Message::Update(..)))) =
            (flight.from, name.sent)
            && self.network.contains(&message)
        {
            self.repeated.push(message);
        }
        self.known.insert(flight.key, name);
        let Some(message) = name.sent else { return };
        match (flight.from, message) {
            (Station::Mn(_), Message::Request(_, request)) => self.last_request = Some(request),
            (Station::Mn(_), Message::Update(_, update)) => self.last_update = Some(update),
            _ => {}
        }
        self.network.insert(message);
    }

    /// Learns which request the FHAs' keys were made for: the one that brought them.
    fn learn_keys(&mut self, bytes: &Bytes) {
        for which in 0..2 {
            for (_, binding) in bytes.fha(which).into_iter().flat_map(|fha| fha.bindings().iter()) {
                if let Some(ident) = self.symbols.known_ident(binding.identification.0) {
                    self.symbols.learn_key(binding.association.key.clone(), ident);
                }
            }
        }
    }

    fn mn(&mut self, bytes: &Bytes, mn: &Mn) -> MnView {
        let is_there = mn.pac().is_some() && !mn.is_leaving_access();
        let last = mn.last_identification().and_then(|id| self.symbols.known_ident(id.0));
        self.held = match (mn.held(), self.held.take()) {
            (None, _) => None,
            (Some(held), Some((old, ident))) if *held == old => Some((old, ident)),
            (Some(held), _) => last.map(|ident| (held.clone(), ident)),
        };
        let is_asking = mn.pac().is_some_and(|pac| pac.phase() != Phase::Closed);
        let access = match mn.admitted() {
            _ if !is_there => Access::None,
            Some(admitted) => Access::Granted(admitted.fha.and_then(|at| self.symbols.fha_at(at))),
            // That access ends while it lets go changes nothing of letting go.
            None if mn.is_releasing() => self.access,
            None if is_asking => Access::Asking,
            None => Access::Refused,
        };
        self.access = access;
        let agent = match mn.agent().filter(|_| is_there) {
            None if is_there => self.agent,
            None => Agent::Unheard,
            Some(agent) => {
                let answered = agent
                    .challenge
                    .as_deref()
                    .and_then(|challenge| self.symbols.answered(challenge));
                answered.map_or(Agent::Fresh, Agent::Answered)
            }
        };
        self.agent = agent;
        self.held_back = HeldBack {
            request: mn.requesting().is_some() && !mn.awaits_reply(),
            update: mn.binding().is_held_back(),
        };
        let binding = mn.binding();
        let is_updating = binding.is_updating();
        // An update that found no way out has not been made, for others: the one before it is
        // still the last.
        self.updating = match self.last_update {
            _ if !is_updating => None,
            Some(update) if !self.has_hidden_update(mn) => Some(update),
            _ => self.updating,
        };
        MnView {
            link: Symbols::link(bytes.site(self.mobile)).filter(|_| is_there),
            session: self.symbols.session(),
            access,
            agent,
            registration: self.held.as_ref().and_then(|(held, ident)| self.held(held, *ident)),
            request: self.last_request.filter(|_| mn.awaits_reply()),
            ident: self.symbols.last_ident(),
            binding: binding
                .bound()
                .and_then(|(parameters, _)| self.symbols.care_of_v6(parameters.care_of_address)),
            update: self.updating.filter(|_| is_updating),
            seq: self.symbols.last_seq(),
            leaving: mn.is_releasing() && is_there,
        }
    }

    /// Whether an agent has the mobile node as a visitor.
    fn is_visited(&self, fa: &Fa) -> bool {
        let mut visitors = fa.visitors();
        visitors.any(|(_, visitor)| self.symbols.known_ident(visitor.identification.0).is_some())
    }

    /// Whether the mobile node has made an update since the last one that was sent.
    fn has_hidden_update(&self, mn: &Mn) -> bool {
        let made = self.symbols.known_seq(mn.binding().sequence().0);
        made != self.last_update.map(|update| update.seq)
    }

    /// Whether a flight is a request that answers a challenge which its agent has replaced.
    #[must_use]
    pub fn is_overtaken(&self, bytes: &Bytes, flight: usize) -> bool {
        bytes.sent.get(flight).is_some_and(|flight| messages::is_overtaken(&self.symbols, flight))
    }

    /// Whether the mobile node waits for the answer to something else than what it sent last.
    #[must_use]
    pub fn is_beyond(&self, bytes: &Bytes) -> bool {
        bytes
            .mn(self.mobile)
            .is_some_and(|mn| mn.binding().is_updating() && self.has_hidden_update(mn))
    }

    /// What a rate limit held back when last looked at.
    #[must_use]
    pub const fn held_back(&self) -> HeldBack {
        self.held_back
    }

    fn held(&self, held: &Held, ident: Ident) -> Option<Registration> {
        Some(Registration {
            fha: self.symbols.fha_at(held.fha)?,
            care_of: self.symbols.care_of(held.care_of_address)?,
            ident,
            parameters: Parameters {
                address: self.symbols.address(held.thoav4)?,
                ipv6: held.is_complete(),
            },
            key: self.symbols.key(&held.association.key)?,
        })
    }

    fn binding_at(&self, bytes: &Bytes, which: usize) -> Option<dsboot_model::FhaBinding> {
        let binding = bytes.fha(which)?.bindings().get(self.nai.as_ref()?)?;
        Some(dsboot_model::FhaBinding {
            care_of: self.symbols.care_of(binding.care_of_address)?,
            parameters: Parameters {
                address: self.symbols.address(binding.thoav4)?,
                ipv6: binding.defended().is_some(),
            },
            ident: self.symbols.known_ident(binding.identification.0)?,
            key: self.symbols.key(&binding.association.key)?,
        })
    }

    /// The newest session that a NAS has asked its server about, if that has not answered.
    fn admitting(&self, bytes: &Bytes, site: usize) -> Option<Session> {
        let newest = self.reader.newest_session(site)?;
        let mut sessions = bytes.nas(site)?.sessions();
        let session = sessions.find(|s| self.symbols.session_of(s.session_id) == Some(newest))?;
        // That access is prolonged, the model does not know.
        (session.asking && !session.admitted).then_some(newest)
    }

    fn relayed(&self, bytes: &Bytes) -> BTreeSet<(Link, Ident)> {
        let of_site = |site: usize| {
            let pending = bytes.fa(site).into_iter().flat_map(|fa| fa.pending_identifications());
            let idents = pending.filter_map(|low| self.symbols.ident_by_low_half(low));
            let link = Symbols::link(site);
            idents.filter_map(move |ident| Some((link?, ident))).collect::<Vec<_>>()
        };
        (0..3).flat_map(of_site).collect()
    }

    fn assigned(&self, bytes: &Bytes) -> BTreeMap<FhaId, BTreeSet<dsboot_model::Address>> {
        let mut assigned: BTreeMap<_, BTreeSet<_>> =
            FhaId::ALL.into_iter().map(|fha| (fha, BTreeSet::new())).collect();
        let aaah = bytes.aaa(Station::Aaah);
        let all = aaah.into_iter().flat_map(|aaah| aaah.assignments());
        for assignment in all.filter(|assignment| Some(assignment.nai) == self.nai.as_ref()) {
            let place = assignment.ipv6_coa.and_then(|c| self.symbols.care_of_v6(c.address()));
            if let Some(CareOf6 { fha, address }) = place {
                assigned.entry(fha).or_default().insert(address);
            }
        }
        assigned
    }
}
