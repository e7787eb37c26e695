//! What the roles hold and have sent, in the terms of the model.
//!
//! [`View`] is the part of a model's state that a test can see from outside of roles. The rest of
//! the state (which Identification was accepted last, which challenges are used up) shows in what
//! the roles answer, so it is followed by the model alone.

mod messages;
mod symbols;

use std::collections::{BTreeMap, BTreeSet};

use dsboot_model::{
    Access, Agent, CareOf6, FhaId, Ident, Link, Message, Parameters, Registration, Request, Seq,
    State, Update,
};
use dsboot_roles::mn::{BindingState, Held, Mn};
use dsboot_roles::pana::Phase;

use crate::bytes::{Bytes, Flight, Station};
use messages::Reader;
use symbols::Symbols;

/// What can be seen of a state, both of the model's and of the roles'.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// The mobile node.
    pub mn: MnView,
    /// The links on which the NAS has let the mobile node in.
    pub admitted: BTreeSet<Link>,
    /// The requests that each foreign agent has relayed and that are not answered.
    pub relayed: BTreeSet<(Link, Ident)>,
    /// The links whose agent has the mobile node as a visitor.
    pub visited: BTreeSet<Link>,
    /// The request that each FHA asks the AAAH about.
    pub asking: BTreeMap<FhaId, Ident>,
    /// The binding at each FHA.
    pub bound: BTreeMap<FhaId, dsboot_model::FhaBinding>,
    /// What the AAAH has assigned to the mobile node at each FHA.
    pub assigned: BTreeMap<FhaId, BTreeSet<dsboot_model::Address>>,
    /// The update that the HA asks the AAAH about.
    pub updating: Option<Seq>,
    /// The binding at the HA.
    pub home: Option<dsboot_model::HaBinding>,
    /// Everything sent.
    pub network: BTreeSet<Message>,
}

/// What can be seen of the mobile node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MnView {
    /// The link that it is on.
    pub link: Option<Link>,
    /// How access stands.
    pub access: Access,
    /// What it knows of the agent of its link.
    pub agent: Agent,
    /// The registration in force.
    pub registration: Option<Registration>,
    /// The request that is not answered.
    pub request: Option<Request>,
    /// The Identification used last.
    pub ident: Option<Ident>,
    /// What is bound.
    pub binding: Option<CareOf6>,
    /// The update that is not acknowledged.
    pub update: Option<Update>,
    /// The sequence number used last.
    pub seq: Option<Seq>,
    /// Whether it is letting go.
    pub leaving: bool,
}

impl View {
    /// Whether this is what can be seen of a state of the model.
    #[must_use]
    pub fn is_of(&self, state: &State) -> bool {
        // What differs most often is compared first: this is done for every step that the model
        // could take.
        let mn = &state.mn;
        state.network.len() == self.network.len()
            && (mn.ident, mn.seq, mn.link, mn.access)
                == (self.mn.ident, self.mn.seq, self.mn.link, self.mn.access)
            && (mn.request, mn.update, mn.registration)
                == (self.mn.request, self.mn.update, self.mn.registration)
            && self.network.iter().all(|message| state.network.contains(*message))
            && *self == View::of(state)
    }

    /// What can be seen of a state of the model.
    #[must_use]
    pub fn of(state: &State) -> View {
        let mn = &state.mn;
        let fhas = || FhaId::ALL.into_iter();
        View {
            mn: MnView {
                link: mn.link,
                access: mn.access,
                agent: mn.agent,
                registration: mn.registration,
                request: mn.request,
                ident: mn.ident,
                binding: mn.binding,
                update: mn.update,
                seq: mn.seq,
                leaving: mn.leaving,
            },
            admitted: state
                .nas
                .iter()
                .filter(|(_, nas)| nas.phase == dsboot_model::Phase::Open)
                .map(|(link, _)| link)
                .collect(),
            relayed: state
                .fa
                .iter()
                .flat_map(|(link, fa)| fa.pending.iter().map(move |ident| (link, ident)))
                .collect(),
            visited: state
                .fa
                .iter()
                .filter(|(_, fa)| fa.visitor.is_some())
                .map(|(link, _)| link)
                .collect(),
            asking: fhas()
                .filter_map(|fha| Some((fha, state.fha.of(fha).pending?.0.ident)))
                .collect(),
            bound: fhas().filter_map(|fha| Some((fha, state.fha.of(fha).binding?))).collect(),
            assigned: fhas()
                .map(|fha| {
                    let held = *state.aaah.assigned.of(fha);
                    let all = dsboot_model::Address::ALL.into_iter();
                    (fha, all.filter(|address| held.contains(*address)).collect())
                })
                .collect(),
            updating: state.ha.pending.map(|update| update.seq),
            home: state.ha.binding,
            network: state.network.iter().collect(),
        }
    }
}

/// Watches a network of octets, and tells what the model would call it.
#[derive(Clone, Debug)]
pub struct Observer {
    symbols: Symbols,
    reader: Reader,
    /// How many flights have been read.
    read: usize,
    network: BTreeSet<Message>,
    /// The mobile node's last request and update.
    last_request: Option<Request>,
    last_update: Option<Update>,
    /// The registration held when last looked at, and the request that was accepted for it.
    held: Option<(Held, Ident)>,
    /// What was known last of the agent of the link that the mobile node is on. That an agent
    /// counts as gone when it has not advertised itself for a while is no concern of the model.
    agent: Agent,
}

impl Observer {
    /// Nothing has been seen of this network yet.
    #[must_use]
    pub fn new(bytes: &Bytes) -> Observer {
        Observer {
            symbols: Symbols::new(bytes.plan()),
            reader: Reader::default(),
            read: 0,
            network: BTreeSet::new(),
            last_request: None,
            last_update: None,
            held: None,
            agent: Agent::Unheard,
        }
    }

    /// The mobile node attaches to a link, or asks for access there anew.
    pub fn on_attach(&mut self, bytes: &Bytes) {
        self.symbols.begin_session();
        self.agent = Agent::Unheard;
        if let (Some(session), Some(link)) = (self.symbols.session(), Symbols::link(bytes.site)) {
            let secret = match bytes.setup.scenario().is_subscription() {
                true => dsboot_model::Server::Aaaf,
                false => dsboot_model::Server::Aaah,
            };
            self.network.insert(Message::AccessRequest(session, link, secret));
        }
    }

    /// The messages of the model that the flights from `from` on are.
    #[must_use]
    pub fn message_of(&self, bytes: &Bytes, flight: usize) -> Option<Message> {
        let flight = bytes.sent.get(flight)?;
        self.reader.clone().read(&mut self.symbols.clone(), bytes, flight)
    }

    /// What is to be seen now.
    pub fn look(&mut self, bytes: &Bytes) -> Option<View> {
        let mn = bytes.mn()?;
        if let Some(id) = mn.pac().and_then(|pac| pac.session_id()) {
            self.symbols.learn_session_id(id);
        }
        self.learn_keys(bytes);
        while let Some(flight) = bytes.sent.get(self.read) {
            self.read += 1;
            self.note(bytes, flight);
        }
        let mn = self.mn(bytes, mn);
        Some(View {
            mn,
            admitted: (0..3)
                .filter(|site| bytes.nas(*site).is_some_and(|nas| nas.admitted().next().is_some()))
                .filter_map(Symbols::link)
                .collect(),
            relayed: self.relayed(bytes),
            visited: (0..3)
                .filter(|site| bytes.fa(*site).is_some_and(|fa| fa.visitors().next().is_some()))
                .filter_map(Symbols::link)
                .collect(),
            asking: (0..2)
                .filter_map(|which| {
                    let (_, identification) = bytes.fha(which)?.pending().next()?;
                    Some((Symbols::fha(which)?, self.symbols.known_ident(identification.0)?))
                })
                .collect(),
            bound: (0..2)
                .filter_map(|which| Some((Symbols::fha(which)?, self.binding_at(bytes, which)?)))
                .collect(),
            assigned: self.assigned(bytes),
            updating: bytes
                .ha()?
                .pending()
                .next()
                .and_then(|(_, sequence)| self.symbols.known_seq(sequence.0)),
            home: bytes.ha()?.bindings().next().and_then(|(_, binding)| {
                Some(dsboot_model::HaBinding {
                    care_of: self.symbols.care_of_v6(binding.care_of_address)?,
                    seq: self.symbols.known_seq(binding.sequence.0)?,
                })
            }),
            network: self.network.clone(),
        })
    }

    /// Takes note of something sent.
    fn note(&mut self, bytes: &Bytes, flight: &Flight) {
        let Some(message) = self.reader.read(&mut self.symbols, bytes, flight) else { return };
        match (flight.from, message) {
            (Station::Mn, Message::Request(_, request)) => self.last_request = Some(request),
            (Station::Mn, Message::Update(_, update)) => self.last_update = Some(update),
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
            None if is_asking => Access::Asking,
            None => Access::Refused,
        };
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
        let binding = mn.binding();
        let is_updating = binding.is_updating();
        MnView {
            link: Symbols::link(bytes.site).filter(|_| is_there),
            access,
            agent,
            registration: self.held.as_ref().and_then(|(held, ident)| self.held(held, *ident)),
            request: self.last_request.filter(|_| mn.awaits_reply()),
            ident: self.symbols.last_ident(),
            binding: binding
                .bound()
                .and_then(|(parameters, _)| self.symbols.care_of_v6(parameters.care_of_address)),
            update: self.last_update.filter(|_| is_updating),
            seq: self.symbols.last_seq(),
            leaving: mn.is_releasing() && is_there || binding.state() == BindingState::Releasing,
        }
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
        let (_, binding) = bytes.fha(which)?.bindings().iter().next()?;
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
        for assignment in aaah.into_iter().flat_map(|aaah| aaah.assignments()) {
            let place = assignment.ipv6_coa.and_then(|c| self.symbols.care_of_v6(c.address()));
            if let Some(CareOf6 { fha, address }) = place {
                assigned.entry(fha).or_default().insert(address);
            }
        }
        assigned
    }
}
