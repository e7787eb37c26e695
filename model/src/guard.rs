//! The guards of the rules, one by one.
//!
//! A rule that must not do something asks [`Config::heeds`](crate::Config::heeds) for the guard
//! that keeps it from it. Taking a guard out is how the properties are tested: each must be missed
//! by one of them.

use core::fmt;

use dsboot_spec::Setup;

macro_rules! guards {
    ($($(#[doc = $doc:literal])+ $name:ident = $word:literal, $sentence:literal;)+) => {
        /// Something that a rule takes care of.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Guard {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Guard {
            /// All of them.
            pub const ALL: &[Guard] = &[$(Guard::$name),+];

            /// Its name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Guard::$name => $word,)+
                }
            }

            /// The sentence of the specification that asks for it.
            #[must_use]
            pub const fn sentence(self) -> &'static str {
                match self {
                    $(Guard::$name => $sentence,)+
                }
            }
        }
    };
}

guards! {
    /// The MN sends the request to the FA when the advertisement has R set.
    MnHeedsR = "mn-heeds-r", "registration.3.4";
    /// The MN registers only when step 3 has named an FHA.
    MnNeedsFha = "mn-needs-fha", "access.4.14";
    /// The MN registers only when step 3 has granted access.
    MnNeedsAccess = "mn-needs-access", "registration.3.1";
    /// The MN takes a reply only under the key that belongs to its request.
    MnChecksKey = "mn-checks-key", "registration.10.2";
    /// The MN takes a reply only to its last request.
    MnMatchesReply = "mn-matches-reply", "registration.10.1";
    /// The MN sends no binding update before its registration is accepted.
    MnAwaitsReply = "mn-awaits-reply", "home-binding.1.1";
    /// The MN sends a binding update only with all IPv6 parameters.
    MnNeedsIpv6 = "mn-needs-ipv6", "registration.10.6";
    /// The MN sends no binding update because of a movement below one FHA.
    MnSparesUpdate = "mn-spares-update", "movement.1.4";
    /// The MN takes an acknowledgement only under the key of its exchange.
    MnChecksAck = "mn-checks-ack", "home-binding.4.1";
    /// The MN counts itself as bound only when its last update is acknowledged.
    MnMatchesAck = "mn-matches-ack", "home-binding.4.2";
    /// The MN counts itself as bound only by an acknowledgement that accepts.
    MnAwaitsAck = "mn-awaits-ack", "home-binding.4.3";
    /// The MN lets go of the home binding before the registration.
    MnReleasesInOrder = "mn-releases-in-order", "movement.3.1";
    /// The MN keeps nothing of a registration that it has let go.
    MnForgets = "mn-forgets", "movement.3.6";
    /// The MN counts the registration's lifetime from the sending of the request.
    MnCountsFromSending = "mn-counts-from-sending", "registration.10.11";
    /// The MN's home binding ends with its registration at the latest.
    MnNestsBinding = "mn-nests-binding", "home-binding.4.7";
    /// The MN asks for no longer binding than it counts on itself.
    MnCountsBindingFromSending = "mn-counts-binding-from-sending", "home-binding.4.7";
    /// The MN asks the FHA that is named on the new link, not the one it knows.
    MnLeavesFha = "mn-leaves-fha", "movement.1.6";
    /// The MN takes nothing of its registration with one FHA to another.
    MnStartsAnew = "mn-starts-anew", "movement.1.6";
    /// The MN registers below one FHA under the key that it has, and asks for none.
    MnKeepsKey = "mn-keeps-key", "movement.1.2";
    /// The MN lets go of a home binding too for which it has only asked.
    MnReleasesWhatItAskedFor = "mn-releases-what-it-asked-for", "movement.3.1";
    /// The MN takes only the answer to the access that it asks for now.
    MnMatchesAccessReply = "mn-matches-access-reply", "access.4.12";
    /// The MN does not register where access is refused.
    MnHeedsRefusal = "mn-heeds-refusal", "movement.1.11";
    /// The MN registers through an agent only when it has heard it.
    MnAwaitsAgent = "mn-awaits-agent", "registration.1.2";
    /// The MN answers the agent's challenge.
    MnAnswersChallenge = "mn-answers-challenge", "registration.4.6";
    /// The MN sets its clock by a proved reply with 133.
    MnSetsClock = "mn-sets-clock", "registration.10.8";
    /// The MN keeps no home binding of the FHA that it leaves.
    MnDropsOldBinding = "mn-drops-old-binding", "movement.1.6";
    /// The MN updates its home binding when its care-of address is another one.
    MnUpdatesForNewCareOf = "mn-updates-for-new-care-of", "movement.1.7";
    /// The MN sends an unanswered request again as a new one.
    MnRepeatsAnew = "mn-repeats-anew", "registration.4.12";
    /// The MN does not take the FHA's 131 for an end.
    MnPassesOverUnproved = "mn-passes-over-131", "registration.10.15";
    /// The MN takes the FA's word for nothing but a challenge.
    MnDistrustsAgent = "mn-distrusts-agent", "registration.10.13";
    /// The MN's numbers grow over a crash too, as they are its clock's.
    MnNumbersByClock = "mn-numbers-by-clock", "registration.4.11";
    /// The MN keeps to the first form until a request for a new key is accepted.
    MnKeepsToFirstForm = "mn-keeps-to-first-form", "movement.1.12";
    /// The MN sends an unanswered binding update again as a new one.
    MnRepeatsUpdateAnew = "mn-repeats-update-anew", "home-binding.1.9";
    /// The NAS takes up no session that it has taken up before, nor an older one.
    NasDropsOldSessions = "nas-drops-old-sessions", "access.5.8";
    /// The NAS takes up no session that was begun before it started.
    NasTakesNoneFromBefore = "nas-takes-none-from-before", "access.5.8";
    /// The NAS takes an answer only to the question that it asks now.
    NasMatchesAnswer = "nas-matches-answer", "access.3.1";
    /// The NAS takes one answer to each question.
    NasTakesOneAnswer = "nas-takes-one-answer", "access.3.1";
    /// The NAS refuses access when its AAA server rejects.
    NasHeedsReject = "nas-heeds-reject", "access.4.6";
    /// The server of step 2 assigns the FHA by location.
    AaaHeedsLocation = "aaa-heeds-location", "access.3.7";
    /// The MN has one secret for access and another one for home.
    MnHasTwoSecrets = "mn-has-two-secrets", "access.1.4";
    /// NAS, FHA and HA take only answers that prove the secret that they share with the server.
    ClientsCheckAnswers = "clients-check-answers", "access.6.6";
    /// A server answers only clients with whom it shares a secret.
    ServersKnowClients = "servers-know-clients", "access.6.7";
    /// Keys travel hidden from all but the two ends.
    KeysAreHidden = "keys-are-hidden", "keys.4.1";
    /// The FHA binds no address that another binding of its holds.
    FhaSparesStrangers = "fha-spares-strangers", "registration.6.18";
    /// The NAS answers only when its AAA server has decided.
    NasAwaitsVerdict = "nas-awaits-verdict", "access.3.1";
    /// The NAS passes on the FHA that was assigned.
    NasPassesFha = "nas-passes-fha", "access.4.4";
    /// The NAS asks the server of its own network.
    NasAsksItsServer = "nas-asks-its-server", "access.1.3";
    /// The server of step 2 accepts only who proves the secret.
    AaaChecksSecret = "aaa-checks-secret", "access.3.5";
    /// The server of step 2 names an FHA only to a subscriber.
    AaaChecksSubscription = "aaa-checks-subscription", "access.3.8";
    /// The server of step 2 gives the answer that it gave before to a request that comes again.
    AaaRepeatsAnswer = "aaa-repeats-answer", "access.6.9";
    /// The AAAH accepts only who proves the MN–AAA key.
    AaahChecksProof = "aaah-checks-proof", "registration.6.8";
    /// The AAAH refuses an FHA without agreement.
    AaahChecksAgreement = "aaah-checks-agreement", "registration.6.7";
    /// The AAAH assigns again what it has assigned.
    AaahAssignsOnce = "aaah-assigns-once", "registration.6.11";
    /// The AAAH assigns nothing that another user holds.
    AaahSparesOthers = "aaah-spares-others", "registration.6.12";
    /// The AAAH keeps an assignment as long as a binding by it may live.
    AaahKeepsAssignment = "aaah-keeps-assignment", "registration.7.12";
    /// The AAAH has its assignments after a crash.
    AaahStoresAssignments = "aaah-stores-assignments", "movement.4.3";
    /// The AAAH accepts only an update as the user has made it.
    AaahChecksUpdate = "aaah-checks-update", "home-binding.2.5";
    /// The AAAH lets a user bind only the home address of its record.
    AaahChecksHomeAddress = "aaah-checks-home-address", "home-binding.2.6";
    /// The AAAH lets a user bind only care-of addresses that it assigned to that user.
    AaahChecksCareOf = "aaah-checks-care-of", "home-binding.2.7";
    /// The FA leaves what is protected in a request as it is.
    FaKeepsRequest = "fa-keeps-request", "registration.5.2";
    /// The FA leaves what is protected in a reply as it is.
    FaKeepsReply = "fa-keeps-reply", "registration.9.2";
    /// The FA relays a reply only to a request that is pending.
    FaMatchesReply = "fa-matches-reply", "registration.9.1";
    /// The FA relays no request that answers no challenge.
    FaNeedsChallenge = "fa-needs-challenge", "registration.5.11";
    /// The FA relays no request with a challenge that is used up.
    FaChecksChallenge = "fa-checks-challenge", "registration.5.13";
    /// The FA keeps the visitor as long as the registration lives.
    FaKeepsVisitor = "fa-keeps-visitor", "registration.9.7";
    /// The FA forgets a visitor who lets go.
    FaForgetsVisitor = "fa-forgets-visitor", "registration.9.7";
    /// The FA takes a used challenge only of a request that repeats the pending one.
    FaComparesRequests = "fa-compares-requests", "registration.5.13";
    /// The FA remembers which challenges have been used.
    FaRemembersChallenge = "fa-remembers-challenge", "registration.5.13";
    /// The FA keeps its visitor when a request is refused.
    FaRefusalKeepsVisitor = "fa-refusal-keeps-visitor", "registration.9.7";
    /// The FA relays to the FHA that the request names.
    FaHeedsHomeAgent = "fa-heeds-home-agent", "registration.5.1";
    /// The FA keeps a visitor when an older reply comes late.
    FaIgnoresOldReply = "fa-ignores-old-reply", "registration.9.12";
    /// The FA knows its visitors by home address or NAI, not by the Identification alone.
    FaTellsVisitorsApart = "fa-tells-visitors-apart", "registration.9.1";
    /// The FHA answers a first request only when the AAAH has accepted.
    FhaAwaitsAccept = "fha-awaits-accept", "registration.6.1";
    /// The FHA asks about one request at a time.
    FhaAsksOnce = "fha-asks-once", "registration.6.2";
    /// The FHA asks the AAAH, and nobody else.
    FhaAsksAaah = "fha-asks-aaah", "access.1.6";
    /// The FHA makes no binding without an address.
    FhaNeedsAddress = "fha-needs-address", "registration.6.17";
    /// The FHA copies the parameters as they are.
    FhaCopiesParameters = "fha-copies-parameters", "registration.6.20";
    /// The FHA takes a later request only under the key in use.
    FhaChecksKey = "fha-checks-key", "registration.7.1";
    /// The FHA takes no later request of an MN with whom it has no association.
    FhaNeedsAssociation = "fha-needs-association", "registration.7.3";
    /// The FHA takes only Identifications greater than the last.
    FhaChecksIdentification = "fha-checks-identification", "registration.7.4";
    /// The FHA looks at the Identification of a first request too, when it is accepted.
    FhaChecksFirst = "fha-checks-first", "registration.7.16";
    /// The FHA takes only Identifications near its clock.
    FhaChecksClock = "fha-checks-clock", "registration.7.4";
    /// The FHA remembers the last Identification beyond the binding.
    FhaRemembers = "fha-remembers", "registration.7.14";
    /// The FHA keeps the address of a binding that is gone from others, for as long as the lifetime
    /// granted.
    FhaKeepsAddress = "fha-keeps-address", "registration.7.18";
    /// The FHA keeps that address for no shorter than that.
    FhaWaitsForEnd = "fha-waits-for-end", "registration.7.18";
    /// The FHA proves its replies.
    FhaProvesReply = "fha-proves-reply", "registration.8.2";
    /// The FHA gives no parameters away with a refusal.
    FhaRefusesEmpty = "fha-refuses-empty", "registration.8.8";
    /// The FHA deletes a binding that is let go.
    FhaReleases = "fha-releases", "movement.3.3";
    /// The FHA sends to the new care-of address only.
    FhaMoves = "fha-moves", "movement.1.5";
    /// The FHA takes out of the tunnel only what a binding allows.
    FhaChecksTunnel = "fha-checks-tunnel", "data-path.3.1";
    /// The FHA takes out of the tunnel only what comes from the binding's care-of address.
    FhaChecksOuterSource = "fha-checks-outer-source", "data-path.3.1";
    /// The FHA takes out of the tunnel only what comes from the binding's IPv6 care-of address.
    FhaChecksInnerSource = "fha-checks-inner-source", "data-path.3.2";
    /// The FHA tunnels only what goes to the binding's IPv6 care-of address.
    FhaChecksDestination = "fha-checks-destination", "data-path.3.4";
    /// The FHA has its bindings after a crash.
    FhaKeepsBindings = "fha-keeps-bindings", "movement.4.1";
    /// The FHA knows after a crash what it has accepted for bindings that are gone.
    FhaKeepsMarks = "fha-keeps-marks", "movement.4.1";
    /// The FHA keeps the addresses of bindings that are gone from others after a crash too.
    FhaStoresAddresses = "fha-stores-addresses", "movement.4.1";
    /// The FHA takes an answer only to the question that it asks now.
    FhaMatchesAnswer = "fha-matches-answer", "registration.6.1";
    /// The FHA knows of each answer of the AAAH about which user it asked.
    FhaTellsUsersApart = "fha-tells-users-apart", "registration.6.1";
    /// The FHA answers a duplicate of the request accepted last as before.
    FhaRepeatsReply = "fha-repeats-reply", "registration.7.7";
    /// The FHA names its prefix when it asks, and takes no address outside of it.
    FhaMindsPrefix = "fha-minds-prefix", "registration.6.5";
    /// The FHA is silent when the AAAH rejects, as it has no key to answer under.
    FhaSilentOnReject = "fha-silent-on-reject", "registration.6.14";
    /// The FHA keeps what it had when the AAAH is silent.
    FhaKeepsOnSilence = "fha-keeps-on-silence", "registration.6.15";
    /// The FHA replaces the key by that of the first request accepted last.
    FhaTakesNewKey = "fha-takes-new-key", "keys.1.6";
    /// The FHA keeps the addresses of a binding that moves or is refreshed.
    FhaKeepsAddresses = "fha-keeps-addresses", "movement.1.3";
    /// The HA takes an answer only to the question that it asks now.
    HaMatchesAnswer = "ha-matches-answer", "home-binding.2.1";
    /// The HA binds the care-of address of the update accepted last.
    HaTakesNewCareOf = "ha-takes-new-care-of", "movement.1.9";
    /// The HA has its bindings after a crash.
    HaKeepsBinding = "ha-keeps-binding", "movement.4.2";
    /// The HA knows after a crash which Mesg-ID it has accepted last.
    HaKeepsMark = "ha-keeps-mark", "movement.4.2";
    /// The HA keeps the binding when the AAAH rejects an update.
    HaKeepsOnReject = "ha-keeps-on-reject", "home-binding.2.10";
    /// The HA keeps the binding when the AAAH is silent.
    HaKeepsOnSilence = "ha-keeps-on-silence", "home-binding.2.10";
    /// The HA answers a rejected update only under a key that it has.
    HaNeedsKey = "ha-needs-key", "home-binding.2.10";
    /// The HA does nothing before the AAAH has accepted the update.
    HaAwaitsAccept = "ha-awaits-accept", "home-binding.2.1";
    /// The HA asks the AAAH, and nobody else.
    HaAsksAaah = "ha-asks-aaah", "access.1.6";
    /// The HA asks about one update at a time.
    HaAsksOnce = "ha-asks-once", "home-binding.2.9";
    /// The HA proves its acknowledgements.
    HaProvesAck = "ha-proves-ack", "home-binding.3.7";
    /// The HA takes only greater Mesg-IDs and sequence numbers than the last.
    HaChecksSequence = "ha-checks-sequence", "home-binding.3.1";
    /// The HA takes only Mesg-IDs near its clock.
    HaChecksClock = "ha-checks-clock", "home-binding.3.1";
    /// The HA knows of each answer of the AAAH about which user it asked.
    HaTellsUsersApart = "ha-tells-users-apart", "home-binding.2.1";
    /// The HA remembers the last Mesg-ID beyond the binding.
    HaRemembers = "ha-remembers", "home-binding.3.1";
    /// The HA binds no home address that another mobile node has bound.
    HaDefendsHomeAddress = "ha-defends-home-address", "home-binding.3.4";
    /// The HA deletes a binding at lifetime 0.
    HaReleases = "ha-releases", "home-binding.3.12";
}

impl Guard {
    /// Whether there is something to guard only where there are two mobile nodes.
    #[must_use]
    pub const fn takes_two(self) -> bool {
        matches!(
            self,
            Guard::FaTellsVisitorsApart
                | Guard::FhaTellsUsersApart
                | Guard::HaTellsUsersApart
                | Guard::HaDefendsHomeAddress
        )
    }

    /// Whether the setup has the role that it is a guard of.
    #[must_use]
    pub fn applies(self, setup: Setup) -> bool {
        setup.care_of().via_fa() || !self.name().starts_with("fa-")
    }
}

impl fmt::Display for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A set of guards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guards(u128);

impl Guards {
    /// Every guard.
    pub const ALL: Guards = Guards(u128::MAX);

    /// Whether a guard is in the set.
    #[must_use]
    pub const fn contains(self, guard: Guard) -> bool {
        self.0 & (1 << guard as u8) != 0
    }

    /// The set without a guard.
    #[must_use]
    pub const fn without(self, guard: Guard) -> Guards {
        Guards(self.0 & !(1 << guard as u8))
    }
}

const _: () = assert!(Guard::ALL.len() <= u128::BITS as usize);
