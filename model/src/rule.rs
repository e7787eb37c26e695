//! The rules by name: what a step can be an application of.
//!
//! Each step tells which rules it applied. A rule that no reachable state applies would be dead
//! text, and what the properties say of it empty; so the exploration collects them.

use core::fmt;

use crate::{Config, Neighbour};

/// In which setups a rule can be applied.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Where {
    Everywhere,
    WithFa,
    WithoutFa,
    Alone,
    WithTwo,
    Attacked,
}

macro_rules! rules {
    ($($(#[doc = $doc:literal])+ $name:ident = $word:literal, $place:ident;)+) => {
        /// A rule of a role or of the environment.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Rule {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Rule {
            /// All of them.
            pub const ALL: &[Rule] = &[$(Rule::$name),+];

            /// Its name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Rule::$name => $word,)+
                }
            }

            const fn place(self) -> Where {
                match self {
                    $(Rule::$name => Where::$place,)+
                }
            }
        }
    };
}

rules! {
    /// The MN attaches to a link and asks for access.
    MnAttaches = "mn-attaches", Everywhere;
    /// The MN asks for access anew on the same link.
    MnAsksAgain = "mn-asks-again", Everywhere;
    /// The MN hears the agent of its link.
    MnHearsAgent = "mn-hears-agent", WithFa;
    /// The MN is granted access and told its FHA.
    MnIsAdmitted = "mn-is-admitted", Everywhere;
    /// The MN is granted access without FHA.
    MnIsAdmittedOnly = "mn-is-admitted-only", Everywhere;
    /// The MN is refused access.
    MnIsRefused = "mn-is-refused", Everywhere;
    /// The MN sends a first request straight to the FHA.
    MnRequestsDirectly = "mn-requests-directly", WithoutFa;
    /// The MN sends a first request to the FA.
    MnRequestsThroughFa = "mn-requests-through-fa", WithFa;
    /// The MN sends a later request straight to the FHA.
    MnRequestsAgainDirectly = "mn-requests-again-directly", WithoutFa;
    /// The MN sends a later request to the FA.
    MnRequestsAgainThroughFa = "mn-requests-again-through-fa", WithFa;
    /// The MN leaves an FHA for another.
    MnChangesFha = "mn-changes-fha", Everywhere;
    /// The MN sends its unanswered request again, as a new one.
    MnRepeats = "mn-repeats", Everywhere;
    /// The MN sends its request again with the challenge that it has used.
    MnRepeatsChallenge = "mn-repeats-challenge", WithFa;
    /// The MN refreshes its registration under the key in use.
    MnRefreshes = "mn-refreshes", Everywhere;
    /// The MN asks for a new key.
    MnRenews = "mn-renews", Everywhere;
    /// The MN tries again after a refusal.
    MnRetries = "mn-retries", Everywhere;
    /// The MN is registered by the reply to a first request.
    MnIsRegistered = "mn-is-registered", Everywhere;
    /// The MN is registered again by the reply to a later request.
    MnIsRegisteredAgain = "mn-is-registered-again", Everywhere;
    /// The MN is registered without IPv6 parameters.
    MnIsIncomplete = "mn-is-incomplete", Everywhere;
    /// The MN's request is refused for want of an address.
    MnIsDenied = "mn-is-denied", Everywhere;
    /// The MN sets its clock by the FHA's.
    MnSetsClock = "mn-sets-clock", Everywhere;
    /// The MN takes a fresh challenge from a denial by the FA.
    MnTakesChallenge = "mn-takes-challenge", WithFa;
    /// The MN drops a reply to another request than its last.
    MnDropsOldReply = "mn-drops-old-reply", Everywhere;
    /// The MN drops a reply that is not under the right key.
    MnDropsUnprovedReply = "mn-drops-unproved-reply", Everywhere;
    /// The MN passes over a 131, which its FHA has sent to what somebody altered.
    MnPassesOverUnproved = "mn-passes-over-131", Attacked;
    /// The MN sends a binding update.
    MnUpdates = "mn-updates", Everywhere;
    /// The MN needs no binding update, as its care-of address has not changed.
    MnSparesUpdate = "mn-spares-update", Everywhere;
    /// The MN sends an unanswered binding update again, as a new one.
    MnRepeatsUpdate = "mn-repeats-update", Everywhere;
    /// The MN asks for its home binding anew.
    MnBindsAnew = "mn-binds-anew", Everywhere;
    /// The MN refreshes its home binding.
    MnRefreshesUpdate = "mn-refreshes-update", Everywhere;
    /// The MN is bound.
    MnIsBound = "mn-is-bound", Everywhere;
    /// The MN drops an acknowledgement of another update than its last.
    MnDropsOldAck = "mn-drops-old-ack", Everywhere;
    /// The MN drops an acknowledgement that is not under the key of its exchange.
    MnDropsUnprovedAck = "mn-drops-unproved-ack", Attacked;
    /// The MN asks for the end of its home binding.
    MnEndsBinding = "mn-ends-binding", Everywhere;
    /// The MN asks for the end of its registration.
    MnEndsRegistration = "mn-ends-registration", Everywhere;
    /// The MN has let go of everything.
    MnIsReleased = "mn-is-released", Everywhere;
    /// The MN goes on with its release without the answer.
    MnGivesUpRelease = "mn-gives-up-release", Everywhere;
    /// The MN goes off without a word.
    MnGoesOff = "mn-goes-off", Everywhere;
    /// The MN's registration runs out.
    MnLosesRegistration = "mn-loses-registration", Everywhere;
    /// The MN's home binding runs out.
    MnLosesBinding = "mn-loses-binding", Everywhere;
    /// The MN crashes and starts again.
    MnRestarts = "mn-restarts", Everywhere;
    /// The NAS crashes and starts again.
    NasRestarts = "nas-restarts", Everywhere;
    /// The server of step 2 has forgotten a conversation and refuses.
    AaaForgets = "aaa-forgets", Everywhere;
    /// The FA crashes and starts again.
    FaRestarts = "fa-restarts", WithFa;
    /// The AAAH crashes and starts again.
    AaahRestarts = "aaah-restarts", Everywhere;
    /// An FHA crashes and starts again.
    FhaRestarts = "fha-restarts", Everywhere;
    /// The HA crashes and starts again.
    HaRestarts = "ha-restarts", Everywhere;
    /// A user of another home provider binds an address at an FHA.
    StrangersBind = "strangers-bind", Alone;
    /// Users of other home providers let go.
    StrangersLeave = "strangers-leave", Alone;
    /// The FHA refuses an address that a user of another home provider holds.
    FhaRefusesHeldAddress = "fha-refuses-held-address", Everywhere;
    /// The NAS asks its server.
    NasAsks = "nas-asks", Everywhere;
    /// The NAS grants access.
    NasGrants = "nas-grants", Everywhere;
    /// The NAS refuses access.
    NasRefuses = "nas-refuses", Everywhere;
    /// The NAS gives up as no server answers.
    NasGivesUp = "nas-gives-up", Everywhere;
    /// The MN has gone, and all that is left of it runs out.
    AllLapses = "all-lapses", Everywhere;
    /// The server of step 2 accepts and names an FHA.
    AaaAdmits = "aaa-admits", Everywhere;
    /// The server of step 2 accepts and names no FHA.
    AaaAdmitsOnly = "aaa-admits-only", Everywhere;
    /// The server of step 2 rejects.
    AaaRefuses = "aaa-refuses", Everywhere;
    /// The AAAH assigns addresses.
    AaahAssigns = "aaah-assigns", Everywhere;
    /// The AAAH assigns what it has assigned before.
    AaahAssignsAgain = "aaah-assigns-again", Everywhere;
    /// The AAAH has nothing left to assign.
    AaahHasNone = "aaah-has-none", Alone;
    /// The AAAH rejects step 5.
    AaahRefuses = "aaah-refuses", Everywhere;
    /// The AAAH accepts a binding update.
    AaahAcceptsUpdate = "aaah-accepts-update", Everywhere;
    /// The AAAH rejects a binding update.
    AaahRefusesUpdate = "aaah-refuses-update", Everywhere;
    /// An assignment at the AAAH ends.
    AaahForgets = "aaah-forgets", Everywhere;
    /// Other users take what is left of a pool.
    OthersTake = "others-take", Alone;
    /// Other users give back what they took.
    OthersGiveBack = "others-give-back", Alone;
    /// The FA shows itself.
    FaAdvertises = "fa-advertises", WithFa;
    /// The FA relays a request.
    FaRelaysRequest = "fa-relays-request", WithFa;
    /// The FA denies a request for its challenge.
    FaDenies = "fa-denies", WithFa;
    /// The FA relays a reply and enters the visitor.
    FaEntersVisitor = "fa-enters-visitor", WithFa;
    /// The FA relays a reply and deletes the visitor.
    FaDeletesVisitor = "fa-deletes-visitor", WithFa;
    /// The FA relays a reply that is older than its visitor, and keeps that one.
    FaKeepsNewerVisitor = "fa-keeps-newer-visitor", WithFa;
    /// The FA relays a refusal.
    FaRelaysRefusal = "fa-relays-refusal", WithFa;
    /// The FA drops a reply that answers nothing.
    FaDropsReply = "fa-drops-reply", WithFa;
    /// The FA gives up a request that is not answered.
    FaGivesUp = "fa-gives-up", WithFa;
    /// A visitor's time runs out at the FA.
    FaLosesVisitor = "fa-loses-visitor", WithFa;
    /// The FHA asks the AAAH.
    FhaAsks = "fha-asks", Everywhere;
    /// The FHA drops a first request while another waits.
    FhaDropsParallel = "fha-drops-parallel", Everywhere;
    /// The FHA repeats the reply to the request accepted last.
    FhaAnswersDuplicate = "fha-answers-duplicate", Everywhere;
    /// The FHA makes a binding.
    FhaBinds = "fha-binds", Everywhere;
    /// The FHA replaces a binding, with a new key.
    FhaBindsAnew = "fha-binds-anew", Everywhere;
    /// The FHA takes a refresh or a movement under the key in use.
    FhaBindsAgain = "fha-binds-again", Everywhere;
    /// The FHA refuses a first request as stale, once the AAAH has accepted it.
    FhaRefusesStaleFirst = "fha-refuses-stale-first", Everywhere;
    /// The FHA refuses a later request as stale.
    FhaRefusesStale = "fha-refuses-stale", Everywhere;
    /// The FHA refuses a request that the key in use does not prove.
    FhaRefusesUnproved = "fha-refuses-unproved", Everywhere;
    /// The FHA drops a later request for want of an association.
    FhaKnowsNoKey = "fha-knows-no-key", Everywhere;
    /// The FHA refuses a later request as there is no binding any more.
    FhaRefusesUnbound = "fha-refuses-unbound", Everywhere;
    /// The FHA refuses as there is no address.
    FhaRefusesWithoutAddress = "fha-refuses-without-address", Alone;
    /// The FHA is told that the AAAH refuses, and stays silent.
    FhaStaysSilent = "fha-stays-silent", Everywhere;
    /// The FHA ends a binding at the MN's wish.
    FhaReleases = "fha-releases", Everywhere;
    /// The FHA confirms the end of a binding that is gone.
    FhaReleasesAgain = "fha-releases-again", Everywhere;
    /// The FHA gives up as the AAAH does not answer.
    FhaGivesUp = "fha-gives-up", Everywhere;
    /// A binding at the FHA runs out.
    FhaLosesBinding = "fha-loses-binding", Everywhere;
    /// The FHA forgets the key of a binding that is gone.
    FhaForgetsKey = "fha-forgets-key", Everywhere;
    /// The FHA takes a packet out of the tunnel.
    FhaForwards = "fha-forwards", Everywhere;
    /// The FHA drops a packet from the tunnel that no binding allows.
    FhaDropsTunnelled = "fha-drops-tunnelled", Everywhere;
    /// The FHA tunnels a packet to the MN.
    FhaTunnels = "fha-tunnels", Everywhere;
    /// The FHA drops a packet for an address that no binding holds.
    FhaDropsPacket = "fha-drops-packet", Everywhere;
    /// The HA asks the AAAH.
    HaAsks = "ha-asks", Everywhere;
    /// The HA drops an update while another waits.
    HaDropsParallel = "ha-drops-parallel", Everywhere;
    /// The HA makes a binding.
    HaBinds = "ha-binds", Everywhere;
    /// The HA replaces a binding.
    HaBindsAgain = "ha-binds-again", Everywhere;
    /// The HA ends a binding at the MN's wish.
    HaReleases = "ha-releases", Everywhere;
    /// The HA refuses a stale update.
    HaRefusesStale = "ha-refuses-stale", Everywhere;
    /// The HA refuses a home address that somebody else holds.
    HaRefusesHeldHome = "ha-refuses-held-home", WithTwo;
    /// The HA is told that the AAAH refuses, and answers nothing.
    HaStaysSilent = "ha-stays-silent", Everywhere;
    /// The HA is told that the AAAH refuses, and says so under the key of the binding.
    HaRefuses = "ha-refuses", Everywhere;
    /// The HA gives up as the AAAH does not answer.
    HaGivesUp = "ha-gives-up", Everywhere;
    /// A binding at the HA runs out.
    HaLosesBinding = "ha-loses-binding", Everywhere;
}

impl Rule {
    /// Whether the rule can be applied at all in this setup.
    #[must_use]
    pub const fn applies(self, config: &Config) -> bool {
        match self.place() {
            Where::Everywhere => true,
            Where::WithFa => config.has_fa(),
            Where::Alone => config.neighbour.is_none(),
            Where::WithTwo => matches!(config.neighbour, Some(Neighbour::SameProvider)),
            Where::WithoutFa => config.links_without_fa(),
            Where::Attacked => config.attacker.is_some(),
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A set of rules.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rules(u128);

impl Rules {
    /// Puts a rule in.
    pub const fn insert(&mut self, rule: Rule) {
        self.0 |= 1 << rule as u32;
    }

    /// Puts in what is in the other set.
    pub const fn merge(&mut self, other: Rules) {
        self.0 |= other.0;
    }

    /// As words.
    pub(crate) fn to_words(self) -> [u64; 2] {
        let [a, b, c, d, e, f, g, h, rest @ ..] = self.0.to_be_bytes();
        [u64::from_be_bytes([a, b, c, d, e, f, g, h]), u64::from_be_bytes(rest)]
    }

    /// Out of words.
    pub(crate) fn of_words([upper, lower]: [u64; 2]) -> Rules {
        Rules(u128::from(upper) << 64 | u128::from(lower))
    }

    /// Whether a rule is in.
    #[must_use]
    pub const fn contains(self, rule: Rule) -> bool {
        self.0 & (1 << rule as u32) != 0
    }

    /// Whether none is in.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Those of the setup that are not in.
    pub fn missing(self, config: &Config) -> impl Iterator<Item = Rule> {
        let of_setup = Rule::ALL.iter().copied().filter(|rule| rule.applies(config));
        of_setup.filter(move |rule| !self.contains(*rule))
    }
}

const _: () = assert!(Rule::ALL.len() <= u128::BITS as usize);
