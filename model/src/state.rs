//! A state: what every role holds, what has been sent, and how much may still happen.

use crate::{
    Authorisation, Config, FhaId, Guard, Ident, Link, Message, Network, Profile, Rule, Rules, Seq,
    aaa::Aaah, fa::Fa, fha::Fha, ha::Ha, message::Alike, mn::Mn, nas::Nas,
};

/// Everything at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct State {
    /// The mobile node.
    pub mn: Mn,
    /// The NAS of each link.
    pub nas: PerLink<Nas>,
    /// The foreign agent of each link; unused in the co-located scenarios.
    pub fa: PerLink<Fa>,
    /// The foreign home agents.
    pub fha: PerFha<Fha>,
    /// The AAA server of the home network. That of the visited network remembers nothing that
    /// matters here.
    pub aaah: Aaah,
    /// The home agent.
    pub ha: Ha,
    /// Every message sent so far.
    pub network: Network,
    /// What is not protocol.
    pub environment: Environment,
    /// What has happened, as far as properties need it.
    pub history: History,
}

impl State {
    /// Nobody has done anything yet.
    #[must_use]
    pub fn initial(profile: Profile, events: u8) -> State {
        State {
            mn: Mn::new(profile),
            nas: PerLink::default(),
            fa: PerLink::default(),
            fha: PerFha::default(),
            aaah: Aaah::default(),
            ha: Ha::default(),
            network: Network::EMPTY,
            environment: Environment { profile, events, gone: false },
            history: History::default(),
        }
    }
}

/// What is not protocol: how the user is, and how much may still happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Environment {
    /// What user and configuration are like.
    pub profile: Profile,
    /// How many events may still happen. See [`crate::effort`].
    pub events: u8,
    /// Whether the MN has gone for good.
    pub gone: bool,
}

/// What has happened, as far as properties need it and no state shows it. In a model whose
/// properties hold it never changes, so it costs no states.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct History {
    /// The promises about steps that a step has broken: bit *i* is that of
    /// [`PROMISES`](crate::properties::PROMISES)`[i]`.
    pub broken: u64,
    /// Whether a counter or the network was too small for what happened.
    pub out_of_bounds: bool,
}

/// One of something for each link.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PerLink<T> {
    a: T,
    b: T,
    c: T,
    d: T,
}

impl<T> PerLink<T> {
    /// Of this link.
    #[must_use]
    pub const fn of(&self, link: Link) -> &T {
        match link {
            Link::A => &self.a,
            Link::B => &self.b,
            Link::C => &self.c,
            Link::D => &self.d,
        }
    }

    /// Of this link, to be changed.
    pub const fn of_mut(&mut self, link: Link) -> &mut T {
        match link {
            Link::A => &mut self.a,
            Link::B => &mut self.b,
            Link::C => &mut self.c,
            Link::D => &mut self.d,
        }
    }

    /// All of them, with their links.
    pub fn iter(&self) -> impl Iterator<Item = (Link, &T)> {
        Link::EVERY.into_iter().map(|link| (link, self.of(link)))
    }
}

/// One of something for each FHA.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PerFha<T> {
    one: T,
    two: T,
}

impl<T> PerFha<T> {
    /// Of this FHA.
    #[must_use]
    pub const fn of(&self, fha: FhaId) -> &T {
        match fha {
            FhaId::One => &self.one,
            FhaId::Two => &self.two,
        }
    }

    /// Of this FHA, to be changed.
    pub const fn of_mut(&mut self, fha: FhaId) -> &mut T {
        match fha {
            FhaId::One => &mut self.one,
            FhaId::Two => &mut self.two,
        }
    }

    /// Both, with their FHAs.
    pub fn iter(&self) -> impl Iterator<Item = (FhaId, &T)> {
        FhaId::ALL.into_iter().map(|fha| (fha, self.of(fha)))
    }
}

/// What a rule sees besides its own role: the configuration, and the network to send on. No role
/// reads another's state.
pub(crate) struct Cx<'a> {
    pub(crate) config: &'a Config,
    pub(crate) profile: Profile,
    network: &'a mut Network,
    rules: &'a mut Rules,
    out_of_bounds: &'a mut bool,
}

impl<'a> Cx<'a> {
    pub(crate) const fn new(
        config: &'a Config,
        profile: Profile,
        network: &'a mut Network,
        rules: &'a mut Rules,
        out_of_bounds: &'a mut bool,
    ) -> Cx<'a> {
        Cx { config, profile, network, rules, out_of_bounds }
    }

    /// Sends a message.
    pub(crate) fn send(&mut self, message: Message) {
        *self.out_of_bounds |= !self.network.send(message);
    }

    /// Notes that a rule is applied.
    pub(crate) const fn rule(&mut self, rule: Rule) {
        self.rules.insert(rule);
    }

    /// Whether the rule at work is to take care of this.
    pub(crate) const fn heeds(&self, guard: Guard) -> bool {
        self.config.heeds(guard)
    }

    /// Notes that a counter is used up, where `number` is `None`.
    pub(crate) const fn in_bounds<T: Copy>(&mut self, number: Option<T>) -> Option<T> {
        *self.out_of_bounds |= number.is_none();
        number
    }

    /// The newest request at an FHA that the AAAH has granted.
    pub(crate) fn newest_granted(&self, fha: FhaId) -> Option<Ident> {
        let answers = self.network.alike(Alike::RegistrationAnswers);
        let granted = answers.filter_map(|message| match message {
            Message::RegistrationAnswer(of, ident, Authorisation::Granted(_)) if of == fha => {
                Some(ident)
            }
            _ => None,
        });
        granted.max()
    }

    /// The newest update that has been sent from behind an FHA.
    pub(crate) fn newest_update(&self, fha: FhaId) -> Option<Seq> {
        let updates = self.network.alike(Alike::Updates).filter_map(|message| match message {
            Message::Update(_, update) if update.care_of.fha == fha => Some(update.seq),
            _ => None,
        });
        updates.max()
    }

    /// What a role keeps of what it sent before: answers that it gave, requests that it relayed.
    pub(crate) fn kept(&self, alike: Alike) -> impl Iterator<Item = Message> + '_ {
        self.network.alike(alike)
    }
}
