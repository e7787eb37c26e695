//! The guards of the rules, one by one.
//!
//! A rule that must not do something asks [`Config::heeds`](crate::Config::heeds) for the guard
//! that keeps it from it. Taking a guard out is how the properties are tested: each must be missed
//! by one of them.

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
    /// The AAAH lets a user bind only care-of addresses that it assigned to that user.
    AaahChecksCareOf = "aaah-checks-care-of", "home-binding.2.7";
    /// The FA leaves what is protected in a request as it is.
    FaKeepsRequest = "fa-keeps-request", "registration.5.2";
    /// The FA leaves what is protected in a reply as it is.
    FaKeepsReply = "fa-keeps-reply", "registration.9.2";
    /// The FA relays a reply only to a request that is pending.
    FaMatchesReply = "fa-matches-reply", "registration.9.1";
    /// The FA relays no request with a challenge that is used up.
    FaChecksChallenge = "fa-checks-challenge", "registration.5.13";
    /// The FA keeps the visitor as long as the registration lives.
    FaKeepsVisitor = "fa-keeps-visitor", "registration.9.7";
    /// The FA forgets a visitor who lets go.
    FaForgetsVisitor = "fa-forgets-visitor", "registration.9.7";
    /// The FA keeps a visitor when an older reply comes late.
    FaIgnoresOldReply = "fa-ignores-old-reply", "registration.9.12";
    /// The FHA answers a first request only when the AAAH has accepted.
    FhaAwaitsAccept = "fha-awaits-accept", "registration.6.1";
    /// The FHA asks about one request at a time.
    FhaAsksOnce = "fha-asks-once", "registration.6.2";
    /// The FHA makes no binding without an address.
    FhaNeedsAddress = "fha-needs-address", "registration.6.17";
    /// The FHA copies the parameters as they are.
    FhaCopiesParameters = "fha-copies-parameters", "registration.6.20";
    /// The FHA takes a later request only under the key in use.
    FhaChecksKey = "fha-checks-key", "registration.7.1";
    /// The FHA takes only Identifications greater than the last.
    FhaChecksIdentification = "fha-checks-identification", "registration.7.4";
    /// The FHA remembers the last Identification beyond the binding.
    FhaRemembers = "fha-remembers", "registration.7.14";
    /// The FHA deletes a binding that is let go.
    FhaReleases = "fha-releases", "movement.3.3";
    /// The FHA sends to the new care-of address only.
    FhaMoves = "fha-moves", "movement.1.5";
    /// The FHA takes out of the tunnel only what a binding allows.
    FhaChecksTunnel = "fha-checks-tunnel", "data-path.3.1";
    /// The HA does nothing before the AAAH has accepted the update.
    HaAwaitsAccept = "ha-awaits-accept", "home-binding.2.1";
    /// The HA asks about one update at a time.
    HaAsksOnce = "ha-asks-once", "home-binding.2.9";
    /// The HA takes only greater Mesg-IDs and sequence numbers than the last.
    HaChecksSequence = "ha-checks-sequence", "home-binding.3.1";
    /// The HA remembers the last Mesg-ID beyond the binding.
    HaRemembers = "ha-remembers", "home-binding.3.1";
    /// The HA deletes a binding at lifetime 0.
    HaReleases = "ha-releases", "home-binding.3.12";
}

/// A set of guards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guards(u64);

impl Guards {
    /// Every guard.
    pub const ALL: Guards = Guards(u64::MAX);

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

const _: () = assert!(Guard::ALL.len() <= u64::BITS as usize);
