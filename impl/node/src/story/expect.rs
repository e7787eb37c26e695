//! What a phase of a run must show on the wire, and the check that it did.

use std::collections::BTreeMap;

use dsboot_roles::Time;
use dsboot_spec::ladder::{Ladder, Message, Step};
use dsboot_spec::{Role, Setup};

use crate::net::HostId;
use crate::sight::{Kind, Sight};

/// A packet that was sent, and what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observation {
    /// When it was sent.
    pub at: Time,
    /// Who sent it.
    pub from: HostId,
    /// Who was to receive it.
    pub to: HostId,
    /// Whether it was lost on the way.
    pub lost: bool,
    /// What it is.
    pub sight: Sight,
    /// The ladder's label, where it is the arrow of a ladder or repeats one.
    pub label: Option<&'static str>,
}

/// A message that a phase must show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expected {
    /// The figure's step, or a name for what no figure draws.
    pub label: &'static str,
    /// Which arrow of the step.
    pub arrow: u8,
    /// Who sends.
    pub from: Role,
    /// Who receives.
    pub to: Role,
    /// What is sent.
    pub kind: Kind,
    /// The sentence of the specification by which it is sent.
    pub sentence: &'static str,
    /// Whether the phase goes on without it when every copy is lost.
    pub may_be_lost: bool,
}

/// A message that a phase must not show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forbidden {
    /// What is not to be sent.
    pub kind: Kind,
    /// The sentence of the specification that forbids it.
    pub sentence: &'static str,
}

/// Who plays which role in a phase.
pub type Cast = BTreeMap<Role, HostId>;

/// The expectations of a phase, checked off one after the other.
#[derive(Clone, Debug)]
pub struct Checklist {
    cast: Cast,
    expected: Vec<(Expected, Option<Time>)>,
    forbidden: Vec<(Forbidden, Option<Time>)>,
}

impl Checklist {
    /// Nothing seen yet.
    #[must_use]
    pub fn new(cast: Cast, expected: Vec<Expected>, forbidden: Vec<Forbidden>) -> Checklist {
        Checklist {
            cast,
            expected: expected.into_iter().map(|e| (e, None)).collect(),
            forbidden: forbidden.into_iter().map(|f| (f, None)).collect(),
        }
    }

    /// Takes note of a packet. An expectation is met by a packet that was not lost, and only after
    /// all those before it that may not be lost for good.
    pub fn see(&mut self, observation: &Observation) {
        let kind = observation.sight.kind;
        if let Some((_, seen)) = self.forbidden.iter_mut().find(|(f, _)| f.kind == kind) {
            seen.get_or_insert(observation.at);
        }
        if observation.lost {
            return;
        }
        let mut open: Vec<Expected> = Vec::new();
        for (expected, seen) in self.expected.iter_mut().filter(|(_, seen)| seen.is_none()) {
            let is_free = !open.iter().any(|before| before.must_precede(expected));
            if is_free && expected.is_met_by(observation, &self.cast) {
                *seen = Some(observation.at);
                return;
            }
            open.push(*expected);
        }
    }

    /// The label of what an observation is, whether or not it is the first of its kind.
    #[must_use]
    pub fn label(&self, observation: &Observation) -> Option<&'static str> {
        let kind = observation.sight.kind;
        let fits = |e: &Expected| {
            e.is_met_by(observation, &self.cast) || e.kind == kind && e.is_end_to_end()
        };
        self.expected.iter().find(|(e, _)| fits(e)).map(|(e, _)| e.label)
    }

    /// Whether everything expected has been seen that may not be lost for good.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.expected.iter().all(|(expected, seen)| seen.is_some() || expected.may_be_lost)
    }

    /// Whether everything expected and nothing forbidden has been seen.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.is_complete() && self.forbidden.iter().all(|(_, seen)| seen.is_none())
    }

    /// Each expectation, with when it was met.
    pub fn expected(&self) -> impl Iterator<Item = (&Expected, Option<Time>)> {
        self.expected.iter().map(|(e, seen)| (e, *seen))
    }

    /// Each forbidden message, with when it was seen.
    pub fn forbidden(&self) -> impl Iterator<Item = (&Forbidden, Option<Time>)> {
        self.forbidden.iter().map(|(f, seen)| (f, *seen))
    }
}

impl Expected {
    /// Whether this one, being listed before `other`, must have been seen before it.
    fn must_precede(&self, other: &Expected) -> bool {
        // The search for an agent and access go on side by side; registration needs both.
        let side_by_side = self.label == "0" && ["1", "2", "3"].contains(&other.label);
        !self.may_be_lost && !side_by_side
    }

    fn is_met_by(&self, observation: &Observation, cast: &Cast) -> bool {
        let plays = |role: Role, host| cast.get(&role) == Some(&host);
        observation.sight.kind == self.kind
            && plays(self.to, observation.to)
            // What travels in tunnels passes others on the way; it counts where it ends.
            && (self.is_end_to_end() || plays(self.from, observation.from))
    }

    const fn is_end_to_end(&self) -> bool {
        matches!(
            self.kind,
            Kind::Drawn(Message::BindingUpdate | Message::BindingAcknowledgement)
                | Kind::BindingRelease
                | Kind::EchoRequest
                | Kind::EchoReply
        )
    }
}

/// The arrows of the setup's figure.
#[must_use]
pub fn bootstrap(setup: Setup) -> Vec<Expected> {
    Ladder::of(setup).steps().map(|step| drawn(&step)).collect()
}

/// A registration below the same FHA from a new place: the figure without step 5 and what
/// follows step 6.
#[must_use]
pub fn movement(setup: Setup) -> Vec<Expected> {
    let steps = Ladder::of(setup).steps();
    let stays = |step: &Step| ["0", "1", "2", "3", "4", "6"].contains(&step.label);
    steps.filter(stays).map(|step| drawn(&step)).collect()
}

/// What a movement below the same FHA must not show.
pub const NOT_IN_MOVEMENT: [Forbidden; 3] = [
    Forbidden {
        kind: Kind::Drawn(Message::RegistrationAccessRequest),
        sentence: "registration.7.1",
    },
    Forbidden { kind: Kind::Drawn(Message::BindingUpdate), sentence: "movement.1.4" },
    Forbidden { kind: Kind::BindingRelease, sentence: "movement.1.4" },
];

/// Steps 4 and 6 alone.
#[must_use]
pub fn refresh(setup: Setup) -> Vec<Expected> {
    let steps = Ladder::of(setup).steps();
    steps.filter(|step| ["4", "6"].contains(&step.label)).map(|step| drawn(&step)).collect()
}

/// What a refresh must not show.
pub const NOT_IN_REFRESH: [Forbidden; 2] = [
    Forbidden {
        kind: Kind::Drawn(Message::RegistrationAccessRequest),
        sentence: "registration.7.1",
    },
    Forbidden { kind: Kind::Drawn(Message::RadiusAccessRequest), sentence: "movement.2.2" },
];

/// An echo request to the correspondent and its reply.
#[must_use]
pub fn traffic() -> Vec<Expected> {
    let expected = |label, from, to, kind| Expected {
        label,
        arrow: 1,
        from,
        to,
        kind,
        sentence: "data-path.4.4",
        may_be_lost: false,
    };
    vec![
        expected("echo", Role::Mn, Role::Cn, Kind::EchoRequest),
        expected("reply", Role::Cn, Role::Mn, Kind::EchoReply),
    ]
}

/// Release of the home binding, of the registration, of access. Where there is loss, each goes on
/// when the one before stays unanswered after its last retransmission.
#[must_use]
pub fn release(setup: Setup, is_lossy: bool) -> Vec<Expected> {
    let released = |step: &Step, kind, sentence| Expected { kind, sentence, ..drawn(step) };
    let mut binding = Vec::new();
    let mut registration = Vec::new();
    for step in Ladder::of(setup).steps() {
        match step.message {
            Message::BindingUpdate => {
                binding.push(released(&step, Kind::BindingRelease, "movement.3.1"));
            }
            Message::BindingAccessRequest
            | Message::BindingAccessAccept
            | Message::BindingAcknowledgement => binding.push(drawn(&step)),
            Message::RegistrationRequest => {
                registration.push(released(&step, Kind::Deregistration, "movement.3.1"));
            }
            Message::RegistrationReply => {
                registration.push(released(&step, Kind::DeregistrationReply, "movement.3.4"));
            }
            _ => {}
        }
    }
    let pana = |label, from, to, kind, sentence| Expected {
        label,
        arrow: 1,
        from,
        to,
        kind,
        sentence,
        may_be_lost: false,
    };
    binding.append(&mut registration);
    binding.push(pana("PTR", Role::Mn, Role::Nas, Kind::Termination, "movement.3.1"));
    binding.push(pana("PTA", Role::Nas, Role::Mn, Kind::TerminationAnswer, "access.5.7"));
    for expected in &mut binding {
        expected.may_be_lost = is_lossy && expected.kind != Kind::Termination;
    }
    binding
}

fn drawn(step: &Step) -> Expected {
    Expected {
        label: step.label,
        arrow: step.arrow,
        from: step.from,
        to: step.to,
        kind: Kind::Drawn(step.message),
        sentence: step.sentence,
        may_be_lost: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MN: HostId = HostId(0);
    const NAS_FA: HostId = HostId(1);
    const FHA: HostId = HostId(2);

    fn cast() -> Cast {
        [(Role::Mn, MN), (Role::Nas, NAS_FA), (Role::Fa, NAS_FA), (Role::Fha, FHA)].into()
    }

    fn expected(label: &'static str, from: Role, to: Role, message: Message) -> Expected {
        let (kind, sentence) = (Kind::Drawn(message), "registration.3.3");
        Expected { label, arrow: 1, from, to, kind, sentence, may_be_lost: false }
    }

    fn seen(at: u64, from: HostId, to: HostId, message: Message) -> Observation {
        let kind = Kind::Drawn(message);
        let sight = Sight { kind, text: String::new(), tunnels: Vec::new() };
        let at = Time::from_unix_micros(at);
        Observation { at, from, to, lost: false, sight, label: None }
    }

    fn relay() -> Vec<Expected> {
        vec![
            expected("4", Role::Mn, Role::Fa, Message::RegistrationRequest),
            expected("4", Role::Fa, Role::Fha, Message::RegistrationRequest),
        ]
    }

    fn times(list: &Checklist) -> Vec<Option<u64>> {
        list.expected().map(|(_, seen)| seen.map(Time::unix_micros)).collect()
    }

    #[test]
    fn arrows_are_checked_off_in_their_order() {
        let mut list = Checklist::new(cast(), relay(), Vec::new());
        list.see(&seen(1, NAS_FA, FHA, Message::RegistrationRequest));
        assert_eq!(times(&list), [None, None], "the relay came before what it relays");
        list.see(&seen(2, MN, NAS_FA, Message::RegistrationRequest));
        list.see(&seen(3, MN, NAS_FA, Message::RegistrationRequest));
        assert_eq!(times(&list), [Some(2), None]);
        assert!(!list.is_complete());
        list.see(&seen(4, NAS_FA, FHA, Message::RegistrationRequest));
        assert_eq!(times(&list), [Some(2), Some(4)]);
        assert!(list.holds());
    }

    #[test]
    fn what_was_lost_or_went_elsewhere_meets_nothing() {
        let mut list = Checklist::new(cast(), relay(), Vec::new());
        let lost = Observation { lost: true, ..seen(1, MN, NAS_FA, Message::RegistrationRequest) };
        list.see(&lost);
        list.see(&seen(2, MN, FHA, Message::RegistrationRequest));
        list.see(&seen(3, MN, NAS_FA, Message::RegistrationReply));
        assert_eq!(times(&list), [None, None]);
        assert_eq!(list.label(&lost), Some("4"), "it was that message all the same");
    }

    #[test]
    fn a_binding_update_counts_where_it_arrives() {
        let ha = HostId(3);
        let update = expected("BU", Role::Mn, Role::Ha, Message::BindingUpdate);
        let mut cast = cast();
        cast.insert(Role::Ha, ha);
        let mut list = Checklist::new(cast, vec![update], Vec::new());
        let in_tunnel = seen(1, MN, FHA, Message::BindingUpdate);
        list.see(&in_tunnel);
        assert_eq!((times(&list), list.label(&in_tunnel)), (vec![None], Some("BU")));
        list.see(&seen(2, FHA, ha, Message::BindingUpdate));
        assert_eq!(times(&list), [Some(2)]);
    }

    #[test]
    fn the_search_for_an_agent_goes_on_beside_access() {
        let list = vec![
            expected("0", Role::Fa, Role::Mn, Message::AgentAdvertisement),
            expected("1", Role::Mn, Role::Nas, Message::AccessRequest),
            expected("4", Role::Mn, Role::Fa, Message::RegistrationRequest),
        ];
        let mut list = Checklist::new(cast(), list, Vec::new());
        list.see(&seen(1, MN, NAS_FA, Message::AccessRequest));
        list.see(&seen(2, MN, NAS_FA, Message::RegistrationRequest));
        assert_eq!(times(&list), [None, Some(1), None]);
        list.see(&seen(3, NAS_FA, MN, Message::AgentAdvertisement));
        list.see(&seen(4, MN, NAS_FA, Message::RegistrationRequest));
        assert_eq!(times(&list), [Some(3), Some(1), Some(4)]);
    }

    #[test]
    fn what_may_be_lost_holds_up_nothing() {
        let mut steps = relay();
        steps[0].may_be_lost = true;
        let mut list = Checklist::new(cast(), steps, Vec::new());
        list.see(&seen(1, NAS_FA, FHA, Message::RegistrationRequest));
        assert_eq!(times(&list), [None, Some(1)]);
        assert!(list.is_complete());
    }

    #[test]
    fn a_forbidden_message_fails_even_when_it_is_lost() {
        let kind = Kind::Drawn(Message::BindingUpdate);
        let forbidden = Forbidden { kind, sentence: "movement.1.4" };
        let mut list = Checklist::new(cast(), Vec::new(), vec![forbidden]);
        assert!(list.holds());
        list.see(&Observation { lost: true, ..seen(1, MN, FHA, Message::BindingUpdate) });
        assert!(list.is_complete() && !list.holds());
    }

    #[test]
    fn a_release_ends_what_a_bootstrap_begins() {
        for setup in Setup::ALL {
            let kinds: Vec<_> = release(setup, false).iter().map(|e| e.kind).collect();
            let relayed = usize::from(setup.care_of().via_fa()) + 1;
            let count = |kind| kinds.iter().filter(|k| **k == kind).count();
            assert_eq!(count(Kind::BindingRelease), 1, "{setup}");
            assert_eq!(count(Kind::Deregistration), relayed, "{setup}");
            assert_eq!(count(Kind::DeregistrationReply), relayed, "{setup}");
            assert_eq!(kinds.last(), Some(&Kind::TerminationAnswer), "{setup}");
            assert!(release(setup, true).iter().any(|e| e.may_be_lost));
        }
    }
}
