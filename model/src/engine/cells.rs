//! What a state of one mobile node is put together from.
//!
//! Each cell is a part of a state that only few steps touch: what a role holds, or all messages of a
//! kind. States far outnumber the values of any cell, and of any few of them together.

use super::{high, join, low};
use crate::pack::{Pack, Packer, Unpacker};
use crate::{Environment, Fha, FhaId, Hop, Leg, Message, Mn, Network, Profile, State};

/// A part of a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cell {
    /// The link that the MN is on.
    Place,
    /// The request to which the MN waits for the answer.
    Asked,
    /// The same of its update.
    Updating,
    /// All else of the MN.
    Mn,
    /// What the user is like, and whether the MN has gone for good.
    User,
    /// How many events are left, and what has happened.
    Rest,
    /// Every NAS.
    Nas,
    /// Every FA.
    Fa,
    /// The bindings of the FHAs.
    Bindings,
    /// All else of the FHAs.
    Fha,
    Aaah,
    Ha,
    /// Messages of steps 0 to 3.
    Access,
    /// Requests as the MN has sent them.
    Requests,
    /// Requests that an FA has relayed.
    Relayed,
    RegistrationAsks,
    RegistrationAnswers,
    /// Replies to the MN.
    Replies,
    /// Replies to an FA.
    RepliesToFa,
    /// Updates in the tunnel.
    Updates,
    /// Updates outside of it.
    PlainUpdates,
    BindingAsks,
    BindingAnswers,
    PlainAcks,
    /// Acknowledgements in the tunnel.
    Acks,
}

/// How many there are.
pub(super) const CELLS: usize = 25;

/// Those that have no messages.
pub(super) const HELD: &[Cell] = Cell::ALL.split_at(Cell::Access as usize).0;

/// All but what the MN is, in the order in which states are compared.
pub(super) const IN_ORDER: [&[Cell]; 7] = [
    &[Cell::Nas],
    &[Cell::Fa],
    &[Cell::Bindings, Cell::Fha],
    &[Cell::Aaah],
    &[Cell::Ha],
    Cell::ALL.split_at(Cell::Access as usize).1,
    &[Cell::User, Cell::Rest],
];

impl Cell {
    /// All of them, each at its number.
    pub(super) const ALL: [Cell; CELLS] = [
        Cell::Place,
        Cell::Asked,
        Cell::Updating,
        Cell::Mn,
        Cell::User,
        Cell::Rest,
        Cell::Nas,
        Cell::Fa,
        Cell::Bindings,
        Cell::Fha,
        Cell::Aaah,
        Cell::Ha,
        Cell::Access,
        Cell::Requests,
        Cell::Relayed,
        Cell::RegistrationAsks,
        Cell::RegistrationAnswers,
        Cell::Replies,
        Cell::RepliesToFa,
        Cell::Updates,
        Cell::PlainUpdates,
        Cell::BindingAsks,
        Cell::BindingAnswers,
        Cell::PlainAcks,
        Cell::Acks,
    ];

    /// What of the MN may wait for messages of that kind, by their number.
    pub(super) const fn waits(self) -> Option<Cell> {
        match self {
            Cell::RegistrationAsks
            | Cell::RegistrationAnswers
            | Cell::Replies
            | Cell::RepliesToFa => Some(Cell::Asked),
            Cell::Updates
            | Cell::PlainUpdates
            | Cell::BindingAsks
            | Cell::BindingAnswers
            | Cell::PlainAcks
            | Cell::Acks => Some(Cell::Updating),
            Cell::Place
            | Cell::Asked
            | Cell::Updating
            | Cell::Mn
            | Cell::User
            | Cell::Rest
            | Cell::Nas
            | Cell::Fa
            | Cell::Bindings
            | Cell::Fha
            | Cell::Aaah
            | Cell::Ha
            | Cell::Access
            | Cell::Requests
            | Cell::Relayed => None,
        }
    }

    /// Where messages of a kind are.
    pub(super) const fn of(message: Message) -> Cell {
        match message {
            Message::Advertisement(_)
            | Message::AccessRequest(..)
            | Message::AccessAsk(..)
            | Message::AccessAnswer(..)
            | Message::AccessReply(..) => Cell::Access,
            Message::Request(Hop::Direct | Hop::Link, _) => Cell::Requests,
            Message::Request(Hop::Relay, _) => Cell::Relayed,
            Message::RegistrationAsk(..) => Cell::RegistrationAsks,
            Message::RegistrationAnswer(..) => Cell::RegistrationAnswers,
            Message::Reply(Hop::Direct | Hop::Link, _) => Cell::Replies,
            Message::Reply(Hop::Relay, _) => Cell::RepliesToFa,
            Message::Update(Leg::Tunnel(_), _) => Cell::Updates,
            Message::Update(Leg::Plain, _) => Cell::PlainUpdates,
            Message::BindingAsk(..) => Cell::BindingAsks,
            Message::BindingAnswer(..) => Cell::BindingAnswers,
            Message::Ack(Leg::Plain, _) => Cell::PlainAcks,
            Message::Ack(Leg::Tunnel(_), _) => Cell::Acks,
        }
    }
}

/// Leaves only those messages that have the number of what the MN waits for, and those that have none
/// or that an agent may wait for.
pub(super) fn keep_awaited(state: &mut State) {
    let (request, update) = (state.mn.request, state.mn.update);
    let is_ident = |ident| request.is_some_and(|request| request.ident == ident);
    let is_seq = |seq| update.is_some_and(|update| update.seq == seq);
    let is_awaited = |message: &Message| match *message {
        Message::RegistrationAsk(_, ident, ..) | Message::RegistrationAnswer(_, ident, _) => {
            is_ident(ident)
        }
        Message::Reply(_, reply) => is_ident(reply.ident),
        Message::Update(_, update) => is_seq(update.seq),
        Message::BindingAsk(seq, ..) | Message::BindingAnswer(seq, _) => is_seq(seq),
        Message::Ack(_, ack) => is_seq(ack.seq),
        Message::Advertisement(_)
        | Message::AccessRequest(..)
        | Message::AccessAsk(..)
        | Message::AccessAnswer(..)
        | Message::AccessReply(..)
        | Message::Request(..) => true,
    };
    state.network = state.network.iter().filter(is_awaited).collect();
}

/// A state of which nothing is known.
pub(super) fn blank() -> State {
    State::initial(Profile::Entitled, 0)
}

/// A state cell by cell: what is in each, as words that no other cell has.
#[derive(Debug, Default)]
pub(super) struct Split {
    messages: [Vec<u32>; CELLS],
    words: Vec<u64>,
}

impl Split {
    /// Takes the messages of a network apart.
    fn sort(&mut self, network: &Network) {
        self.messages.iter_mut().for_each(Vec::clear);
        for packed in network.packed() {
            let cell = Message::unpack(*packed).map(Cell::of);
            if let Some(messages) = cell.and_then(|cell| self.messages.get_mut(cell as usize)) {
                messages.push(*packed);
            }
        }
    }

    /// Calls `take` for every cell of a state.
    pub(super) fn each(&mut self, state: &State, mut take: impl FnMut(Cell, &[u64])) {
        self.sort(&state.network);
        for cell in Cell::ALL {
            take(cell, self.put(cell, state));
        }
    }

    /// Calls `take` for every cell in which a state differs from another one.
    pub(super) fn changes(
        &mut self,
        (before, after): (&State, &State),
        mut take: impl FnMut(Cell, &[u64]),
    ) {
        let mut all = differences(before, after);
        let (old, new) = (&before.network, &after.network);
        if old != new {
            let changed = new.since(old).chain(old.since(new));
            all = changed.fold(all, |all, message| all | 1 << Cell::of(message) as u32);
            self.sort(new);
        }
        for cell in Cell::ALL {
            if all >> cell as u32 & 1 == 1 {
                take(cell, self.put(cell, after));
            }
        }
    }

    fn put(&mut self, cell: Cell, state: &State) -> &[u64] {
        let Split { messages, words } = self;
        words.clear();
        words.push(cell as u64);
        let mut packer = Packer::new(words);
        let is_held = pack_held(cell, state, &mut packer);
        packer.finish();
        if !is_held {
            let messages = messages.get(cell as usize).map_or(&[][..], Vec::as_slice);
            words.extend(messages.chunks(2).map(|two| match two {
                [one, two] => join(*one, *two),
                [one] => join(*one, NONE),
                _ => join(NONE, NONE),
            }));
        }
        words
    }
}

/// No message packs so.
const NONE: u32 = u32::MAX;

/// Packs what a role holds, or what is not protocol; `false` when the cell is of messages.
fn pack_held(cell: Cell, state: &State, to: &mut Packer<'_>) -> bool {
    let State { mn, nas, fa, fha, aaah, ha, network: _, environment, history } = state;
    let Environment { profile, events, gone } = environment;
    match cell {
        Cell::Place => mn.link.pack(to),
        Cell::Asked => mn.request.pack(to),
        Cell::Updating => mn.update.pack(to),
        Cell::Mn => elsewhere(mn).pack(to),
        Cell::User => (*profile, *gone).pack(to),
        Cell::Rest => {
            events.pack(to);
            history.pack(to);
        }
        Cell::Nas => nas.pack(to),
        Cell::Fa => fa.pack(to),
        Cell::Bindings => FhaId::ALL.into_iter().for_each(|id| fha.of(id).binding.pack(to)),
        Cell::Fha => FhaId::ALL.into_iter().for_each(|id| unbound(fha.of(id)).pack(to)),
        Cell::Aaah => aaah.pack(to),
        Cell::Ha => ha.pack(to),
        Cell::Access
        | Cell::Requests
        | Cell::Relayed
        | Cell::RegistrationAsks
        | Cell::RegistrationAnswers
        | Cell::Replies
        | Cell::RepliesToFa
        | Cell::Updates
        | Cell::PlainUpdates
        | Cell::BindingAsks
        | Cell::BindingAnswers
        | Cell::PlainAcks
        | Cell::Acks => return false,
    }
    true
}

/// Puts a cell into a state; `None` when the words are none of a cell.
pub(super) fn put(words: &[u64], state: &mut State) -> Option<()> {
    let (cell, rest) = words.split_first()?;
    let cell = *Cell::ALL.get(usize::try_from(*cell).ok()?)?;
    let from = &mut Unpacker::new(rest);
    let State { mn, nas, fa, fha, aaah, ha, network, environment, history } = state;
    match cell {
        Cell::Place => mn.link = Pack::unpack(from)?,
        Cell::Asked => mn.request = Pack::unpack(from)?,
        Cell::Updating => mn.update = Pack::unpack(from)?,
        Cell::Mn => {
            let Mn { link, request, update, .. } = *mn;
            *mn = Mn { link, request, update, ..Pack::unpack(from)? };
        }
        Cell::User => (environment.profile, environment.gone) = Pack::unpack(from)?,
        Cell::Rest => {
            environment.events = Pack::unpack(from)?;
            *history = Pack::unpack(from)?;
        }
        Cell::Nas => *nas = Pack::unpack(from)?,
        Cell::Fa => *fa = Pack::unpack(from)?,
        Cell::Bindings => {
            for id in FhaId::ALL {
                fha.of_mut(id).binding = Pack::unpack(from)?;
            }
        }
        Cell::Fha => {
            for id in FhaId::ALL {
                let Fha { binding, .. } = *fha.of(id);
                *fha.of_mut(id) = Fha { binding, ..Pack::unpack(from)? };
            }
        }
        Cell::Aaah => *aaah = Pack::unpack(from)?,
        Cell::Ha => *ha = Pack::unpack(from)?,
        _ => {
            let all = rest.iter().flat_map(|word| [high(*word), low(*word)]);
            for packed in all.filter(|packed| *packed != NONE) {
                network.send_packed(packed).then_some(())?;
            }
        }
    }
    Some(())
}

/// The MN without its place and what it waits for.
const fn elsewhere(mn: &Mn) -> Mn {
    Mn { link: None, request: None, update: None, ..*mn }
}

/// An FHA without its binding.
const fn unbound(fha: &Fha) -> Fha {
    Fha { binding: None, ..*fha }
}

/// The cells, each a bit, in which the states differ, but for their networks.
fn differences(before: &State, after: &State) -> u32 {
    let State { mn, nas, fa, fha, aaah, ha, network: _, environment, history } = before;
    let Environment { profile, events, gone } = environment;
    let is_new = |cell: Cell, new: bool| u32::from(new) << cell as u32;
    let of_fha = |differ: fn(&Fha, &Fha) -> bool| {
        FhaId::ALL.into_iter().any(|id| differ(fha.of(id), after.fha.of(id)))
    };
    is_new(Cell::Place, mn.link != after.mn.link)
        | is_new(Cell::Asked, mn.request != after.mn.request)
        | is_new(Cell::Updating, mn.update != after.mn.update)
        | is_new(Cell::Mn, elsewhere(mn) != elsewhere(&after.mn))
        | is_new(
            Cell::User,
            (*profile, *gone) != (after.environment.profile, after.environment.gone),
        )
        | is_new(Cell::Rest, (*events, *history) != (after.environment.events, after.history))
        | is_new(Cell::Nas, *nas != after.nas)
        | is_new(Cell::Fa, *fa != after.fa)
        | is_new(Cell::Bindings, of_fha(|one, two| one.binding != two.binding))
        | is_new(Cell::Fha, of_fha(|one, two| unbound(one) != unbound(two)))
        | is_new(Cell::Aaah, *aaah != after.aaah)
        | is_new(Cell::Ha, *ha != after.ha)
}
