//! What can be seen of a state: the same for the model's and for the roles'.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use dsboot_model::{
    Access, Address, Agent, CareOf6, Code, FhaBinding, FhaId, HaBinding, Hop, Ident, Leg, Link,
    Message, Registration, Request, Seq, Session, State, Update,
};

/// What can be seen of a state, both of the model's and of the roles'.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// The mobile node.
    pub mn: MnView,
    /// The session that each NAS asks its AAA server about.
    pub admitting: BTreeMap<Link, Session>,
    /// The requests that each foreign agent has relayed and that are not answered.
    pub relayed: BTreeSet<(Link, Ident)>,
    /// The links whose agent has the mobile node as a visitor.
    pub visited: BTreeSet<Link>,
    /// The request that each FHA asks the AAAH about.
    pub asking: BTreeMap<FhaId, Ident>,
    /// The binding at each FHA.
    pub bound: BTreeMap<FhaId, FhaBinding>,
    /// The address that each FHA keeps for the mobile node after its binding.
    pub kept: BTreeMap<FhaId, Address>,
    /// What the AAAH has assigned to the mobile node at each FHA.
    pub assigned: BTreeMap<FhaId, BTreeSet<Address>>,
    /// The update that the HA asks the AAAH about.
    pub updating: Option<Seq>,
    /// The binding at the HA.
    pub home: Option<HaBinding>,
    /// What the mobile node has sent anew that is not new, of which the model knows nothing.
    pub repeated: Vec<Message>,
    /// What is wrong about lifetimes, of which the model takes for granted that nothing is.
    pub wrong: BTreeSet<&'static str>,
    /// Everything sent that can still matter.
    pub network: BTreeSet<Message>,
}

/// What can be seen of the mobile node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MnView {
    /// The link that it is on.
    pub link: Option<Link>,
    /// The session begun last.
    pub session: Option<Session>,
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

/// What the mobile node has decided to send and a rate limit still holds back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct HeldBack {
    /// A registration request.
    pub request: bool,
    /// A binding update.
    pub update: bool,
}

impl View {
    /// Whether this is what can be seen of a state of the model, in which everything is sent at
    /// once: for the model, what is held back is already under way.
    #[must_use]
    pub fn is_behind(&self, held_back: HeldBack, state: &State) -> bool {
        if held_back == HeldBack::default() {
            return self.is_of(state);
        }
        let mut ahead = View::of(state);
        let mut own = self.clone();
        own.mn = MnView { request: ahead.mn.request, update: ahead.mn.update, ..own.mn };
        own.forget_dead_letters();
        own.mn = self.mn;
        if held_back.request {
            let Some(request) = ahead.mn.request else { return false };
            for hop in [Hop::Direct, Hop::Link] {
                ahead.network.remove(&Message::Request(hop, request));
            }
            let MnView { request, ident, agent, .. } = self.mn;
            ahead.mn = MnView { request, ident, agent, ..ahead.mn };
        }
        if held_back.update {
            let Some(update) = ahead.mn.update else { return false };
            let sent =
                |m: &Message| matches!(m, Message::Update(Leg::Tunnel(_), u) if *u == update);
            ahead.network.retain(|message| !sent(message));
            let MnView { update, seq, .. } = self.mn;
            ahead.mn = MnView { update, seq, ..ahead.mn };
        }
        own == ahead
    }

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
        let fas = || state.fa.iter();
        View {
            mn: MnView {
                link: mn.link,
                session: mn.session,
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
            admitting: state
                .nas
                .iter()
                .filter_map(|(link, nas)| Some((link, nas.session.filter(|_| nas.asking)?)))
                .collect(),
            relayed: fas()
                .flat_map(|(link, fa)| fa.pending.iter().map(move |ident| (link, ident)))
                .collect(),
            visited: fas().filter(|(_, fa)| fa.visitor.is_some()).map(|(link, _)| link).collect(),
            asking: fhas()
                .filter_map(|fha| Some((fha, state.fha.of(fha).pending?.0.ident)))
                .collect(),
            bound: fhas().filter_map(|fha| Some((fha, state.fha.of(fha).binding?))).collect(),
            kept: fhas().filter_map(|fha| Some((fha, state.fha.of(fha).kept?))).collect(),
            assigned: fhas()
                .map(|fha| {
                    let held = *state.aaah.assigned.of(fha);
                    let all = Address::ALL.into_iter();
                    (fha, all.filter(|address| held.contains(*address)).collect())
                })
                .collect(),
            updating: state.ha.pending.map(|update| update.seq),
            home: state.ha.binding,
            repeated: Vec::new(),
            wrong: BTreeSet::new(),
            network: state.network.iter().collect(),
        }
    }

    /// Takes out the refusals that the mobile node no longer waits for: nobody will ever act on
    /// them again, and the model does not keep them either.
    pub fn forget_dead_letters(&mut self) {
        let View { mn, network, .. } = self;
        network.retain(|message| match message {
            Message::Reply(Hop::Direct | Hop::Link, reply) => {
                matches!(reply.code, Code::Accepted | Code::Released)
                    || mn.request.is_some_and(|request| request.ident == reply.ident)
            }
            Message::Ack(_, ack) => {
                ack.accepted || mn.update.is_some_and(|update| update.seq == ack.seq)
            }
            _ => true,
        });
    }

    /// In how many facts two views differ.
    #[must_use]
    pub fn distance(&self, other: &View) -> usize {
        let messages = self.network.symmetric_difference(&other.network).count();
        let apart = |((_, a), (_, b)): &((&str, String), (&str, String))| a != b;
        self.facts().into_iter().zip(other.facts()).filter(apart).count() + messages
    }

    /// Writes in what `other` differs from this, one fact a line.
    ///
    /// # Errors
    ///
    /// When the formatter has some.
    pub fn write_difference(&self, other: &View, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for message in self.network.difference(&other.network) {
            writeln!(f, "  - {}", told(*message))?;
        }
        for message in other.network.difference(&self.network) {
            writeln!(f, "  + {}", told(*message))?;
        }
        for ((name, before), (_, after)) in self.facts().into_iter().zip(other.facts()) {
            if before != after {
                writeln!(f, "    {name}: {before} -> {after}")?;
            }
        }
        Ok(())
    }

    /// Everything but the network, by name.
    fn facts(&self) -> [(&'static str, String); 22] {
        let View { mn, admitting, relayed, visited, asking, bound, assigned, .. } = self;
        [
            ("MN: link", text(&mn.link)),
            ("MN: session", text(&mn.session)),
            ("MN: access", text(&mn.access)),
            ("MN: agent", text(&mn.agent)),
            ("MN: registration", text(&mn.registration)),
            ("MN: request waiting", text(&mn.request)),
            ("MN: Identification", text(&mn.ident)),
            ("MN: home binding", text(&mn.binding)),
            ("MN: update waiting", text(&mn.update)),
            ("MN: sequence number", text(&mn.seq)),
            ("MN: letting go", text(&mn.leaving)),
            ("MN: says again", text(&self.repeated)),
            ("lifetimes", text(&self.wrong)),
            ("NAS: asking about", text(admitting)),
            ("FA: pending", text(relayed)),
            ("FA: visited", text(visited)),
            ("FHA: asking about", text(asking)),
            ("FHA: bindings", text(bound)),
            ("FHA: kept from others", text(&self.kept)),
            ("AAAH: assigned", text(assigned)),
            ("HA: asking about", text(&self.updating)),
            ("HA: binding", text(&self.home)),
        ]
    }
}

/// A message with who sends and who gets it.
#[must_use]
pub fn told(message: Message) -> String {
    let relayed = match message {
        Message::Request(hop, request) => format!(" (link {}, {hop:?})", request.care_of.link),
        Message::Reply(hop, reply) => format!(" (link {}, {hop:?})", reply.link),
        Message::Update(Leg::Tunnel(from), _) | Message::Ack(Leg::Tunnel(from), _) => {
            format!(" ({from})")
        }
        _ => String::new(),
    };
    format!("{} to {}: {message}{relayed}", message.from(), message.to())
}

/// The derived form, without the wrappers that say nothing.
fn text(value: &impl fmt::Debug) -> String {
    let mut text = format!("{value:?}");
    for wrapper in ["Ident(", "Seq(", "Session(", "Some("] {
        while let Some(start) = text.find(wrapper) {
            let inside = start + wrapper.len();
            let end = closing(&text, inside);
            let inner = text.get(inside..end).unwrap_or_default().to_owned();
            text.replace_range(start..(end + 1).min(text.len()), &inner);
        }
    }
    text
}

/// Where the bracket closes that was opened before `inside`.
fn closing(text: &str, inside: usize) -> usize {
    let mut depth = 1_usize;
    for (place, character) in text.bytes().enumerate().skip(inside) {
        match character {
            b'(' => depth += 1,
            b')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return place;
        }
    }
    text.len()
}
