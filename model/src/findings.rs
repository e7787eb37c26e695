//! What the draft alone does not guarantee.
//!
//! The literal reading is the model without the guards that fill the draft's holes. Each finding
//! names some of these, what goes wrong without them, and what closes it; the first is shown by the
//! shortest run, the second by the walk over the whole graph with the guards in force.

use std::ops::ControlFlow;

use dsboot_spec::Setup;

use crate::{
    Attacker, Bootstrap, Config, Guard, Neighbour, System, Two,
    explore::{Exploration, Run, Trace, explore},
    properties::PROMISES,
};

/// Something that the draft leaves open and that goes wrong.
#[derive(Clone, Copy, Debug)]
pub struct Finding {
    /// Its number.
    pub id: &'static str,
    /// What goes wrong, in a line.
    pub title: &'static str,
    /// Where in the draft.
    pub section: &'static str,
    /// What the draft says there, in our words.
    pub says: &'static str,
    /// What follows, in plain words.
    pub plain: &'static str,
    /// The hole that is filled.
    pub hole: &'static str,
    /// The sentences that fill it.
    pub closed_by: &'static [&'static str],
    /// The guards that the draft does not ask for.
    pub without: &'static [Guard],
    /// Who it takes to work against the roles.
    pub attacker: Option<Attacker>,
    /// Against whom the promise is kept once the hole is filled: the same, unless nothing helps against
    /// that one.
    pub kept_against: Option<Attacker>,
    /// Whether it takes a second mobile node.
    pub neighbour: Option<Neighbour>,
    /// The promise that is broken.
    pub breaks: &'static str,
    /// The promise that is kept once the hole is filled.
    pub keeps: &'static str,
}

/// A finding shown.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Where, and under which reading.
    pub config: Config,
    /// A shortest run that goes wrong.
    pub run: Run,
    /// Whether the promise is kept in every state of the same setup when the hole is filled.
    pub closed: bool,
}

impl Finding {
    /// Whether all that fills the hole is a limit: the same promise is not kept against the same
    /// attacker.
    #[must_use]
    pub fn is_limited(&self) -> bool {
        self.kept_against != self.attacker || self.keeps != self.breaks
    }

    /// Looks for the shortest run, with as few events as possible, and then whether the hole is
    /// closed there. `None` if two events do not show it.
    #[must_use]
    pub fn show(&self) -> Option<Shown> {
        let attempts = (0..=2).flat_map(|events| Setup::ALL.map(|setup| (setup, events)));
        attempts.into_iter().find_map(|(setup, events)| self.show_in(setup, events))
    }

    fn show_in(&self, setup: Setup, events: u8) -> Option<Shown> {
        let Finding { attacker, kept_against, neighbour, .. } = *self;
        let filled = Config { attacker: kept_against, neighbour, ..Config::new(setup, events) };
        let mut config = Config { attacker, literal: true, ..filled };
        for guard in self.without {
            config = config.without(*guard);
        }
        let (_, run) = walk(config, self.breaks, true);
        let run = run?;
        let (complete, broken) = walk(filled, self.keeps, false);
        Some(Shown { config, run, closed: complete && broken.is_none() })
    }
}

/// Whether the walk came to its end, and a run that breaks the promise of that name.
fn walk(config: Config, promise: &str, stop: bool) -> (bool, Option<Run>) {
    match config.neighbour {
        None => walk_of(Bootstrap::new(config), promise, stop),
        Some(_) => walk_of(Two::new(config), promise, stop),
    }
}

fn walk_of<M: System>(model: M, promise: &str, stop: bool) -> (bool, Option<Run>)
where
    Trace<M>: Into<Run>,
{
    let number = PROMISES.iter().position(|other| other.name == promise);
    let walk: Exploration<M> = explore(model, |progress| match number {
        Some(number) if stop && progress.broken & (1 << number) != 0 => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    });
    (walk.complete, number.and_then(|number| walk.counterexample(number)).map(Trace::into))
}

/// The guards that the draft does not ask for.
#[must_use]
pub fn unasked() -> Vec<Guard> {
    let mut guards: Vec<Guard> =
        FINDINGS.iter().flat_map(|finding| finding.without).copied().collect();
    guards.sort_unstable();
    guards.dedup();
    guards
}

/// All findings.
pub const FINDINGS: &[Finding] = &[
    Finding {
        id: "F-1",
        title: "Repetition assigns a second address",
        section: "§4.1.1, step 5",
        says: "the parameters come from the AAAH once the MN is authenticated",
        plain: "The MN repeats its request when the reply fails to come, and the FHA asks again. \
                Nothing says that the AAAH is to assign what it assigned before, so the user holds \
                two addresses, and a pool is used up by loss alone.",
        hole: "H-23",
        closed_by: &["registration.6.11", "registration.6.2"],
        without: &[Guard::AaahAssignsOnce],
        attacker: None,
        kept_against: None,
        neighbour: None,
        breaks: "no address held by two",
        keeps: "no address held by two",
    },
    Finding {
        id: "F-2",
        title: "Two home providers give away one address of an FHA",
        section: "§4.2.1 and §4.2.2",
        says: "the addresses of users of several home providers come from their AAAHs",
        plain: "THOAv4 and IPv6 care-of address lie in the prefix of an FHA that belongs to another \
                operator, and are picked by the home provider's AAAH, which knows neither that prefix \
                nor who else has what of it. Two AAAHs that know nothing of each other pick the same \
                one, as the run shows. The FHA names its prefix when it asks, and refuses what is not its \
                own (F-21) or not free.",
        hole: "H-13",
        closed_by: &["registration.6.5", "registration.6.10", "registration.6.18"],
        without: &[Guard::FhaSparesStrangers],
        attacker: None,
        kept_against: None,
        neighbour: Some(Neighbour::OtherProvider),
        breaks: "two users hold nothing in common",
        keeps: "two users hold nothing in common",
    },
    Finding {
        id: "F-3",
        title: "Anybody can name the FHA",
        section: "§4.1.1, step 3",
        says: "FHA and co-located address may be appended to the answer of step 3",
        plain: "Nothing protects that answer: with EAP-MD5 there is no key for it. Whoever can send \
                to the MN on its link names an FHA of his own choice, or refuses access. That \
                cannot be closed where no key is; so the MN takes the FHA as a hint, and what it is \
                given there counts only when the AAAH has accepted that FHA and the reply proves it.",
        hole: "H-30",
        closed_by: &["access.4.13", "registration.6.7", "registration.10.2"],
        without: &[],
        attacker: Some(Attacker::Outside),
        kept_against: Some(Attacker::Outside),
        neighbour: None,
        breaks: "FHA as assigned",
        keeps: "nothing without proof",
    },
    Finding {
        id: "F-4",
        title: "A refusal that nobody can verify",
        section: "§4.1.1, steps 5 and 6",
        says: "every figure has an accept in step 5 and a reply in step 6, and nothing is said of a reject",
        plain: "The key that protects the reply comes with the accept. When the AAAH rejects there \
                is none, so a refusal is under no key, and an MN that believed it would believe \
                everybody's.",
        hole: "H-10",
        closed_by: &["registration.6.14", "registration.10.2"],
        without: &[Guard::FhaSilentOnReject],
        attacker: None,
        kept_against: None,
        neighbour: None,
        breaks: "nothing without proof",
        keeps: "nothing without proof",
    },
    Finding {
        id: "F-5",
        title: "A binding update names a care-of address that is not its MN's",
        section: "§4, Figures 2, 3, 5 and 6",
        says: "HA and AAAH talk between BU and BA, and the draft does not say about what",
        plain: "When its FHA has moved on, or there never was one, an MN that lies, or that does not \
                know, names an address that is nobody's, or somebody else's by then. Without a \
                question about that address the HA binds the home address to it, and sends the \
                packets there.",
        hole: "H-31",
        closed_by: &["home-binding.2.3", "home-binding.2.7"],
        without: &[Guard::AaahChecksCareOf],
        attacker: Some(Attacker::Mn),
        kept_against: Some(Attacker::Mn),
        neighbour: None,
        breaks: "lifetimes nested",
        keeps: "lifetimes nested",
    },
    Finding {
        id: "F-6",
        title: "Anybody may act as FHA",
        section: "§4.2",
        says: "the home provider has an agreement with the FHA, or runs it",
        plain: "Nothing says who looks at that agreement. An AAAH that answers any FHA gives keys \
                and addresses to those it has no agreement with.",
        hole: "H-22",
        closed_by: &["registration.6.7"],
        without: &[Guard::AaahChecksAgreement],
        attacker: None,
        kept_against: None,
        neighbour: None,
        breaks: "nobody gets what is not his",
        keeps: "nobody gets what is not his",
    },
    Finding {
        id: "F-7",
        title: "The home binding outlives the registration",
        section: "§4",
        says: "the MN registers with the FHA and then with the HA; lifetimes are not mentioned",
        plain: "Each registration has a lifetime of its own, and nothing relates the two. When the IPv4 registration ends first, the MN counts \
                itself as bound to an address that it no longer has, and the HA sends its packets \
                there.",
        hole: "H-18",
        closed_by: &["home-binding.1.7", "home-binding.4.7"],
        without: &[Guard::MnNestsBinding],
        attacker: None,
        kept_against: None,
        neighbour: None,
        breaks: "lifetimes nested",
        keeps: "lifetimes nested",
    },
    Finding {
        id: "F-8",
        title: "The parameters of the reply can be altered on the way",
        section: "§4.1.1 and §4.1.2, step 6",
        says: "the parameters are appended to the registration reply",
        plain: "Appended behind the authenticator, or read without looking at it, they are whatever \
                the last one on the way wanted.",
        hole: "H-8",
        closed_by: &["registration.8.2", "registration.10.2", "registration.10.4"],
        without: &[Guard::MnChecksKey],
        attacker: Some(Attacker::Outside),
        kept_against: Some(Attacker::Outside),
        neighbour: None,
        breaks: "nothing without proof",
        keeps: "nothing without proof",
    },
    Finding {
        id: "F-9",
        title: "One secret for both providers",
        section: "§4.2.1",
        says: "the MN has a trust relationship with the AAAF too",
        plain: "If that is the secret that it shares with its home, the visited provider's server \
                can derive every key of the user.",
        hole: "H-21",
        closed_by: &["access.1.4", "keys.2.5"],
        without: &[Guard::MnHasTwoSecrets],
        attacker: Some(Attacker::Aaaf),
        kept_against: Some(Attacker::Aaaf),
        neighbour: None,
        breaks: "keys stay secret",
        keeps: "keys stay secret",
    },
    Finding {
        id: "F-10",
        title: "The key travels to the FHA in clear",
        section: "§4 and §6",
        says: "RADIUS distributes the key that RFC 3957 makes",
        plain: "A RADIUS attribute is in clear unless it is hidden. Whoever sees step 5 can move the \
                MN's binding, or end it.",
        hole: "H-12",
        closed_by: &["keys.4.1"],
        without: &[Guard::KeysAreHidden],
        attacker: Some(Attacker::Outside),
        kept_against: Some(Attacker::Outside),
        neighbour: None,
        breaks: "bound as the MN asked",
        keeps: "bound as the MN asked",
    },
    Finding {
        id: "F-11",
        title: "An accept without address makes a binding",
        section: "§4.1.1, step 5",
        says: "the accept carries the parameters",
        plain: "A pool can be used up, and nothing says what the FHA is to do with an accept that \
                names no address.",
        hole: "H-10",
        closed_by: &["registration.6.13", "registration.6.17"],
        without: &[Guard::FhaNeedsAddress],
        attacker: None,
        kept_against: None,
        neighbour: None,
        breaks: "nothing before authorisation",
        keeps: "nothing before authorisation",
    },
    Finding {
        id: "F-12",
        title: "The registration is released before the home binding",
        section: "§4",
        says: "nothing about how a user leaves",
        plain: "When the registration ends first there is no way left to tell the HA, which forwards \
                to the address for as long as its own lifetime lasts.",
        hole: "H-19",
        closed_by: &["movement.3.1"],
        without: &[Guard::MnReleasesInOrder],
        attacker: None,
        kept_against: None,
        neighbour: None,
        breaks: "release in order",
        keeps: "release in order",
    },
    Finding {
        id: "F-13",
        title: "A late reply takes the visitor away",
        section: "§4.1.2, step 6 (and RFC 3344 §3.7.3.2)",
        says: "the FA handles the reply as RFC 3344 has it",
        plain: "There every accepting reply updates the visitor list, however old. A deregistration's \
                reply that arrives after a newer registration's deletes the visitor: the MN is \
                registered and nothing reaches it.",
        hole: "H-23",
        closed_by: &["registration.9.12"],
        without: &[Guard::FaIgnoresOldReply],
        attacker: None,
        kept_against: None,
        neighbour: None,
        breaks: "lifetimes nested",
        keeps: "lifetimes nested",
    },
    Finding {
        id: "F-14",
        title: "One FHA can stand in for another",
        section: "§4.1.1 and §4.2.1, step 5",
        says: "the FHA sends the access request to the AAAH, which authenticates the MN",
        plain: "The AAAH sees a digest of the request and not the FHA that it names, and the key that it \
                makes is bound to the user alone (RFC 3957). An FHA that hears another's first request \
                asks about it in its own name, gets a key that the MN takes for right, and gives the \
                MN what it likes. That cannot be closed without another key or more than a digest; \
                the agreement limits it to FHAs that the home trusts: nobody else gets a key.",
        hole: "H-22",
        closed_by: &["registration.6.7"],
        without: &[],
        attacker: Some(Attacker::Fha),
        kept_against: Some(Attacker::Fha),
        neighbour: None,
        breaks: "nothing without proof",
        keeps: "keys stay secret",
    },
    Finding {
        id: "F-15",
        title: "The AAAH does not hear what became of its assignment",
        section: "§4.1.1, steps 5 and 6",
        says: "the AAAH gives the addresses, and the FHA is the last to have a say",
        plain: "The FHA refuses an address that a user of another provider has; the AAAH has assigned it \
                all the same. An MN that guesses it and lies to its HA has its packets sent to that \
                other user. That cannot be closed where FHA and AAAH talk once; an MN that does not \
                lie sends no update before it is accepted, and providers that agree on parts of the \
                pool never meet there.",
        hole: "H-13",
        closed_by: &["registration.6.18", "home-binding.1.1"],
        without: &[],
        attacker: Some(Attacker::Mn),
        kept_against: None,
        neighbour: None,
        breaks: "no address held by two",
        keeps: "no address held by two",
    },
    Finding {
        id: "F-16",
        title: "An acknowledgement that nobody can verify",
        section: "§4, Figures 2, 3, 5 and 6",
        says: "the HA answers by BA when the AAAH has answered, and the draft names no key for it",
        plain: "MN and HA have met by nothing but the AAAH. Without a key between them anybody can tell \
                the MN that it is bound, and its packets go nowhere.",
        hole: "H-32",
        closed_by: &["home-binding.4.1", "keys.3.1"],
        without: &[Guard::MnChecksAck],
        attacker: Some(Attacker::Outside),
        kept_against: Some(Attacker::Outside),
        neighbour: None,
        breaks: "agreement of MN and HA",
        keeps: "agreement of MN and HA",
    },
    Finding {
        id: "F-17",
        title: "Two ends, two keys",
        section: "§6",
        says: "RFC 3957 can make the security association between MN and FHA",
        plain: "Nothing is said about the second key. When the reply to a request for one is lost, the FHA \
                has the new key and the MN the old one. Under that it registers from its next link, and \
                is refused until its lifetime ends.",
        hole: "H-20",
        closed_by: &["movement.1.12"],
        without: &[Guard::MnKeepsToFirstForm],
        attacker: None,
        kept_against: None,
        neighbour: None,
        breaks: "one key at both ends",
        keeps: "one key at both ends",
    },
    Finding {
        id: "F-18",
        title: "Whoever alters a request ends the registration",
        section: "§4.1.1, step 6 (and RFC 3344 §3.6.3)",
        says: "the MN takes the reply as RFC 3344 has it",
        plain: "The FHA answers a request that was altered on the way by 131, under the right key, and the \
                number is that of the MN's own request. An MN that believes it gives up what the FHA \
                still has.",
        hole: "H-10",
        closed_by: &["registration.10.15"],
        without: &[Guard::MnPassesOverUnproved],
        attacker: Some(Attacker::Outside),
        kept_against: Some(Attacker::Outside),
        neighbour: None,
        breaks: "a registration ends at both ends",
        keeps: "a registration ends at both ends",
    },
    Finding {
        id: "F-19",
        title: "An address is free before its user knows",
        section: "§2, Foreign Home Agent",
        says: "the FHA can provide a temporary IPv4 address",
        plain: "Nothing is said about when it is free again. When an MN lets go and does not hear the \
                answer, it counts on its address while the next user has it.",
        hole: "H-18",
        closed_by: &["registration.7.18"],
        without: &[Guard::FhaKeepsAddress],
        attacker: None,
        kept_against: None,
        neighbour: Some(Neighbour::OtherProvider),
        breaks: "two users hold nothing in common",
        keeps: "two users hold nothing in common",
    },
    Finding {
        id: "F-20",
        title: "A crash gives an address away twice",
        section: "§4.2.1",
        says: "the AAAH provides the addresses",
        plain: "Nothing says that it remembers them. An AAAH that starts again with an empty list gives \
                the address of one user to another, or refuses the update of a user whom it has given \
                one.",
        hole: "H-23",
        closed_by: &["movement.4.3"],
        without: &[Guard::AaahStoresAssignments],
        attacker: None,
        kept_against: None,
        neighbour: None,
        breaks: "lifetimes nested",
        keeps: "lifetimes nested",
    },
    Finding {
        id: "F-21",
        title: "An address that does not lead to the FHA",
        section: "§4.1.1, §4.2.1 and §4.2.2",
        says: "the AAAH provides THOAv4 and IPv6 care-of address",
        plain: "Both have to lie in a prefix of the FHA, which may be another operator's, and nothing \
                tells the AAAH that prefix. What it picks elsewhere the FHA binds and the HA sends to, \
                and no packet comes to the FHA: not even the acknowledgement. The FHA names its prefix \
                when it asks, the AAAH keeps to it, and the FHA refuses what lies outside.",
        hole: "H-13",
        closed_by: &["registration.6.5", "registration.6.10", "registration.6.18"],
        without: &[Guard::FhaMindsPrefix],
        attacker: None,
        kept_against: None,
        neighbour: None,
        breaks: "addresses lead to their FHA",
        keeps: "addresses lead to their FHA",
    },
];
