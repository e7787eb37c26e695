//! What tests can have the roles do wrong, one thing at a time, to see that it is noticed.
//!
//! Without the feature `faults`, which nothing but such tests turns on, [`is`] is `false` for the
//! compiler too, and nothing of this is in what is built.

#[cfg(all(feature = "faults", not(debug_assertions)))]
compile_error!("faults are for tests: build without the feature `faults`, or not for release");

macro_rules! faults {
    ($($(#[doc = $doc:literal])+ $name:ident = $word:literal, $sentence:literal;)+) => {
        /// Something that a role does wrong.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[cfg_attr(not(feature = "faults"), expect(unreachable_pub, reason = "for tests"))]
        pub enum Fault {
            $($(#[doc = $doc])+ $name,)+
        }

        #[cfg(feature = "faults")]
        impl Fault {
            /// All of them.
            pub const ALL: &[Fault] = &[$(Fault::$name),+];

            /// Its name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Fault::$name => $word,)+
                }
            }

            /// What the role does, in a sentence.
            #[must_use]
            pub const fn says(self) -> &'static str {
                match self {
                    $(Fault::$name => concat!($($doc),+).trim_ascii(),)+
                }
            }

            /// The sentence of the specification that it breaks.
            #[must_use]
            pub const fn sentence(self) -> &'static str {
                match self {
                    $(Fault::$name => $sentence,)+
                }
            }
        }
    };
}

faults! {
    /// The MN sends its request straight to the FHA although the agent has R set.
    MnIgnoresR = "mn-ignores-r", "registration.3.4";
    /// The MN keeps its registration with one FHA when another is named.
    MnKeepsRegistration = "mn-keeps-registration", "movement.1.6";
    /// The MN repeats a request with the same Identification.
    MnReusesIdentification = "mn-reuses-identification", "registration.4.12";
    /// The MN takes a reply to an earlier request.
    MnTakesOldReply = "mn-takes-old-reply", "registration.10.1";
    /// The MN takes a reply whose authenticator is wrong.
    MnTakesUnprovedReply = "mn-takes-unproved-reply", "registration.10.2";
    /// The MN updates its home binding because of a movement below one FHA.
    MnUpdatesOnMovement = "mn-updates-on-movement", "movement.1.4";
    /// The MN counts itself as bound without a registration.
    MnStaysBound = "mn-stays-bound", "home-binding.4.7";
    /// The MN ends its registration without a word to the home agent.
    MnReleasesOutsideIn = "mn-releases-outside-in", "movement.3.1";
    /// The MN keeps what it has let go of.
    MnKeepsReleased = "mn-keeps-released", "movement.3.6";
    /// The MN does not take the challenge that comes with a reply.
    MnKeepsOldChallenge = "mn-keeps-old-challenge", "registration.4.6";
    /// The MN takes an acknowledgement whose authenticator is wrong.
    MnTakesUnprovedAck = "mn-takes-unproved-ack", "home-binding.4.1";
    /// The NAS does not pass on the FHA.
    NasOmitsFha = "nas-omits-fha", "access.4.2";
    /// The NAS does not tell the MN that it is admitted.
    NasStaysSilent = "nas-stays-silent", "access.4.1";
    /// The FA relays a request with a challenge that is used up.
    FaTakesUsedChallenge = "fa-takes-used-challenge", "registration.5.13";
    /// The FA keeps a visitor who has let go.
    FaKeepsVisitor = "fa-keeps-visitor", "registration.9.7";
    /// The FA relays replies to what is answered.
    FaRelaysRepliesTwice = "fa-relays-replies-twice", "registration.9.1";
    /// The FA strips the last authenticator of a request.
    FaStripsProof = "fa-strips-proof", "registration.5.2";
    /// The FA does not remember what it relayed.
    FaForgetsPending = "fa-forgets-pending", "registration.5.5";
    /// The FA gives up a request without a word.
    FaGivesUpInSilence = "fa-gives-up-in-silence", "registration.5.15";
    /// The FHA takes an Identification that is not greater than the last.
    FhaTakesStale = "fha-takes-stale", "registration.7.4";
    /// The FHA keeps a binding that is let go.
    FhaKeepsReleased = "fha-keeps-released", "movement.3.3";
    /// The FHA asks about a second request while the first waits.
    FhaAsksInParallel = "fha-asks-in-parallel", "registration.6.2";
    /// The FHA does not know the request accepted last when it comes again.
    FhaForgetsReply = "fha-forgets-reply", "registration.7.7";
    /// The FHA tunnels to the old care-of address after a movement.
    FhaKeepsOldCareOf = "fha-keeps-old-care-of", "movement.1.5";
    /// The FHA takes packets out of a tunnel from any address.
    FhaTakesAnyTunnel = "fha-takes-any-tunnel", "data-path.3.1";
    /// The FHA lets a binding last longer when the request that made it comes again.
    FhaProlongsOnDuplicate = "fha-prolongs-on-duplicate", "registration.7.7";
    /// The FHA grants more than the AAAH's session has left.
    FhaOutlivesSession = "fha-outlives-session", "registration.7.12";
    /// The FHA forgets the last Identification with the binding.
    FhaForgetsIdentification = "fha-forgets-identification", "registration.7.14";
    /// The FHA takes a later request whose authenticator is wrong.
    FhaTakesUnproved = "fha-takes-unproved", "registration.7.1";
    /// The AAAH assigns another address each time.
    AaahAssignsAnew = "aaah-assigns-anew", "registration.6.11";
    /// The AAA server of step 2 names no FHA.
    AaaOmitsFha = "aaa-omits-fha", "access.3.7";
    /// The HA takes a Mesg-ID that is not greater than the last.
    HaTakesStale = "ha-takes-stale", "home-binding.3.1";
    /// The HA keeps a binding that is let go.
    HaKeepsReleased = "ha-keeps-released", "home-binding.3.12";
    /// The HA asks about a second update while the first waits.
    HaAsksInParallel = "ha-asks-in-parallel", "home-binding.2.9";
    /// The HA forgets the last Mesg-ID with the binding.
    HaForgetsMesgId = "ha-forgets-mesg-id", "home-binding.3.1";
    /// The HA does not acknowledge.
    HaStaysSilent = "ha-stays-silent", "home-binding.3.6";
    /// A RADIUS client takes answers whose authenticators are wrong.
    ClientTakesAnyAnswer = "client-takes-any-answer", "wire.4.6";
}

#[cfg(feature = "faults")]
mod chosen {
    use core::cell::Cell;

    use super::Fault;

    std::thread_local! {
        static CHOSEN: Cell<Option<Fault>> = const { Cell::new(None) };
    }

    /// Has all roles that the calling thread drives do this wrong from now on, or nothing.
    pub fn choose(fault: Option<Fault>) {
        CHOSEN.set(fault);
    }

    /// Whether this is to be done wrong.
    pub(crate) fn is(fault: Fault) -> bool {
        CHOSEN.get() == Some(fault)
    }
}

#[cfg(feature = "faults")]
pub use chosen::choose;
#[cfg(feature = "faults")]
pub(crate) use chosen::is;

/// Whether this is to be done wrong: never.
#[cfg(not(feature = "faults"))]
pub(crate) const fn is(_: Fault) -> bool {
    false
}
