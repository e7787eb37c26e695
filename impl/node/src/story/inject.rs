//! Things that go wrong on purpose, each with what must come of it.

use std::time::Duration;

use dsboot_codec::mip4::{AuthenticationKind, Message as Mip4};
use dsboot_roles::Datagram;
use dsboot_roles::count::{Access, Radius, Reason, Registration};
use dsboot_spec::ladder::{Ladder, Message};
use dsboot_spec::registry::mip4;
use dsboot_spec::registry::mip4::code;
use dsboot_spec::{Role, Setup};

use super::checks;
use super::expect::{self, Expected, Forbidden};
use super::report::Check;
use crate::net::{HostId, Tamper};
use crate::sight::Kind;
use crate::world::people::{Faults, UserFault};
use crate::world::{FIRST_HOST, Network, Plan, Settings, Site, World};
use crate::{Error, Flood, Probability, Stream};

/// How many bad datagrams each host gets.
const FLOOD: u64 = 100_000;

/// In how many parts they come: fewer than a bootstrap has events, so that they are all over before
/// it is.
const FLOOD_PARTS: u64 = 40;

/// How likely a datagram is to be truncated.
const TRUNCATED: f64 = 0.3;

/// How many replies are spoilt before they are left alone.
const SPOILT_REPLIES: u32 = 2;

/// Something that goes wrong on purpose.
#[derive(Clone, Copy, Debug)]
pub struct Injection {
    /// Its name on the command line.
    pub name: &'static str,
    /// What is wrong.
    pub about: &'static str,
    /// What must come of it, in words.
    pub outcome: &'static str,
    /// Whether the bootstrap comes to its end all the same.
    pub completes: bool,
    /// For how long the network is watched.
    pub patience: Duration,
    what: What,
    /// The last message of the ladder that is seen.
    last: Message,
    /// What is seen in place of the next one.
    answer: Answer,
    /// The sentence of the specification by which that is so.
    pub sentence: &'static str,
    /// What must have been counted, each at the host of a role.
    counted: &'static [(Role, Reason)],
    /// Why the AAA server of step 2 decided as it did.
    access_server: Option<Radius>,
}

#[derive(Clone, Copy, Debug)]
enum What {
    Faults(Faults),
    /// The server that the NAS asks says nothing.
    SilentAccessServer,
    SpoiltReplies,
    Truncation,
    Flood,
}

/// What is seen in place of the ladder's next arrow.
#[derive(Clone, Copy, Debug)]
enum Answer {
    None,
    /// The AAA server rejects, and the NAS tells the MN.
    AccessRefused,
    /// The AAAH rejects; through an FA the MN hears of it by this code (H-10).
    Rejected(u8),
    /// The FHA refuses with this code.
    Refused(u8),
}

const FAULTLESS: Faults =
    Faults { user: UserFault::None, no_fha: false, no_agreement: false, no_home_addresses: false };

const fn user(user: UserFault) -> What {
    What::Faults(Faults { user, ..FAULTLESS })
}

/// Every injection.
pub const INJECTIONS: [Injection; 11] = [
    Injection {
        name: "wrong-password",
        about: "the MN's secret for access is wrong",
        outcome: "Access-Reject in step 2, PANA_AUTHENTICATION_REJECTED in step 3, no step 4",
        completes: false,
        patience: Duration::from_secs(60),
        what: user(UserFault::WrongPassword),
        last: Message::RadiusAccessRequest,
        answer: Answer::AccessRefused,
        sentence: "access.4.6",
        counted: &[(Role::Nas, Reason::Access(Access::AuthenticationRejected))],
        access_server: Some(Radius::WrongSecret),
    },
    Injection {
        name: "unknown-user",
        about: "no AAA server knows the MN's name",
        outcome: "Access-Reject in step 2 after as many rounds as for a known user, no step 4",
        completes: false,
        patience: Duration::from_secs(60),
        what: user(UserFault::Unknown),
        last: Message::RadiusAccessRequest,
        answer: Answer::AccessRefused,
        sentence: "access.3.6",
        counted: &[(Role::Nas, Reason::Access(Access::AuthenticationRejected))],
        access_server: Some(Radius::UnknownUser),
    },
    Injection {
        name: "not-subscribed",
        about: "the user has access and no mobility",
        outcome: "access is granted, no FHA is assigned, no step 4",
        completes: false,
        patience: Duration::from_secs(60),
        what: user(UserFault::NotSubscribed),
        last: Message::AccessReply,
        answer: Answer::None,
        sentence: "access.4.14",
        counted: &[(Role::Nas, Reason::Access(Access::Granted))],
        access_server: Some(Radius::NoFha),
    },
    Injection {
        name: "no-fha-for-location",
        about: "no FHA serves the NAS's location",
        outcome: "access is granted, no FHA is assigned, no step 4",
        completes: false,
        patience: Duration::from_secs(60),
        what: What::Faults(Faults { no_fha: true, ..FAULTLESS }),
        last: Message::AccessReply,
        answer: Answer::None,
        sentence: "access.3.8",
        counted: &[(Role::Nas, Reason::Access(Access::Granted))],
        access_server: Some(Radius::NoFha),
    },
    Injection {
        name: "wrong-key",
        about: "the MN's key for mobility is wrong",
        outcome: "Access-Reject in step 5; the FHA makes no binding and is silent towards an MN, \
                  and says 144 to an FA with which it shares a key",
        completes: false,
        patience: Duration::from_secs(20),
        what: user(UserFault::WrongKey),
        last: Message::RegistrationAccessRequest,
        answer: Answer::Rejected(code::HA_BAD_AAA_AUTH),
        sentence: "registration.6.14",
        counted: &[
            (Role::Fha, Reason::Registration(Registration::AaaRejected)),
            (Role::Aaah, Reason::Radius(Radius::WrongSecret)),
        ],
        access_server: None,
    },
    Injection {
        name: "no-agreement",
        about: "the AAAH has no agreement with the FHA",
        outcome: "the AAAH is silent in step 5, the FHA too",
        completes: false,
        patience: Duration::from_secs(60),
        what: What::Faults(Faults { no_agreement: true, ..FAULTLESS }),
        last: Message::RegistrationAccessRequest,
        answer: Answer::None,
        sentence: "registration.6.7",
        counted: &[
            (Role::Aaah, Reason::Radius(Radius::UnknownClient)),
            (Role::Fha, Reason::Registration(Registration::AaaSilent)),
        ],
        access_server: None,
    },
    Injection {
        name: "pool-empty",
        about: "the AAAH has no THOAv4 left for the FHA",
        outcome: "Access-Accept without address in step 5, code 130 under the new key in step 6",
        completes: false,
        patience: Duration::from_secs(60),
        what: What::Faults(Faults { no_home_addresses: true, ..FAULTLESS }),
        last: Message::RegistrationAccessAccept,
        answer: Answer::Refused(code::HA_RESOURCES),
        sentence: "registration.6.17",
        counted: &[
            (Role::Aaah, Reason::Radius(Radius::PoolEmpty)),
            (Role::Fha, Reason::Registration(Registration::Refused)),
        ],
        access_server: None,
    },
    Injection {
        name: "aaa-silent",
        about: "the AAA server of step 2 does not answer",
        outcome: "the NAS gives up after 30 s and drops the session in silence, no step 3",
        completes: false,
        patience: Duration::from_secs(120),
        what: What::SilentAccessServer,
        last: Message::AgentAdvertisement,
        answer: Answer::None,
        sentence: "access.4.9",
        counted: &[
            (Role::Nas, Reason::Access(Access::AaaSilent)),
            (Role::Nas, Reason::Radius(Radius::NoAnswer)),
        ],
        access_server: None,
    },
    Injection {
        name: "bad-rrp-authenticator",
        about: "the first two registration replies reach the MN with a changed authenticator",
        outcome: "the MN drops them in silence, asks again, and takes the third",
        completes: true,
        patience: Duration::from_secs(120),
        what: What::SpoiltReplies,
        last: Message::BindingAcknowledgement,
        answer: Answer::None,
        sentence: "registration.10.2",
        counted: &[(Role::Mn, Reason::Registration(Registration::ReplyUnproved))],
        access_server: None,
    },
    Injection {
        name: "truncated",
        about: "three datagrams in ten are cut off anywhere",
        outcome: "what is cut off is dropped and counted; the bootstrap comes to its end",
        completes: true,
        patience: Duration::from_secs(4_000),
        what: What::Truncation,
        last: Message::BindingAcknowledgement,
        answer: Answer::None,
        sentence: "wire.1.1",
        counted: &[],
        access_server: None,
    },
    Injection {
        name: "random",
        about: "100000 random, truncated and made-up datagrams to every socket of each role",
        outcome: "all are dropped and counted; the bootstrap comes to its end, and traffic flows",
        completes: true,
        patience: Duration::from_secs(600),
        what: What::Flood,
        last: Message::BindingAcknowledgement,
        answer: Answer::None,
        sentence: "wire.1.1",
        counted: &[
            (Role::Nas, Reason::Access(Access::Malformed)),
            (Role::Fha, Reason::Registration(Registration::Malformed)),
            (Role::Aaah, Reason::Radius(Radius::Malformed)),
            (Role::Mn, Reason::Registration(Registration::Malformed)),
        ],
        access_server: None,
    },
];

impl Injection {
    /// The injection of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Injection> {
        INJECTIONS.iter().find(|injection| injection.name == name)
    }

    /// The settings of the network that it goes wrong in.
    #[must_use]
    pub fn settings(&self, settings: &Settings) -> Settings {
        let mut settings = settings.clone();
        match self.what {
            What::Faults(faults) => settings.faults = faults,
            // So that the AAA servers do more than look at where the datagrams come from.
            What::Flood => {
                settings.clients.push(Plan::of(settings.setup).v4(Network::Outside, FIRST_HOST));
            }
            _ => {}
        }
        settings
    }

    /// Makes it go wrong. Where that takes datagrams from outside, returns their source.
    ///
    /// # Errors
    ///
    /// When there is no socket to be had for that source.
    pub fn arm(&self, world: &mut World, seed: u64) -> Result<Option<Flood>, Error> {
        let [site, ..] = world.sites;
        match self.what {
            What::Faults(_) => {}
            What::SilentAccessServer => {
                world.net.set_silent(world.aaaf.unwrap_or(world.aaah).host(), true);
            }
            What::SpoiltReplies => world.net.set_tamper(Some(spoil_replies(world.mn.host()))),
            What::Truncation => world.net.set_tamper(Some(truncate(seed))),
            What::Flood => return flood(world, &site, seed).map(Some),
        }
        Ok(None)
    }

    /// What must be seen.
    #[must_use]
    pub fn expected(&self, setup: Setup) -> Vec<Expected> {
        let fits = |e: &Expected| e.kind.message().is_some_and(|message| message <= self.last);
        let mut expected: Vec<_> = expect::bootstrap(setup).into_iter().filter(fits).collect();
        let mut answer = |from, to, kind| {
            let (label, arrow, sentence) = ("refusal", 1, self.sentence);
            expected.push(Expected { label, arrow, from, to, kind, sentence, may_be_lost: false });
        };
        let server = setup.scenario().access_aaa();
        match self.answer {
            Answer::None => {}
            Answer::AccessRefused => {
                answer(server, Role::Nas, Kind::RadiusReject);
                answer(Role::Nas, Role::Mn, Kind::AccessRefused);
            }
            Answer::Rejected(code) => {
                answer(Role::Aaah, Role::Fha, Kind::RadiusReject);
                if setup.care_of().via_fa() {
                    answer(Role::Fha, Role::Fa, Kind::RegistrationRefused(code));
                    answer(Role::Fa, Role::Mn, Kind::RegistrationRefused(code));
                }
            }
            Answer::Refused(code) if setup.care_of().via_fa() => {
                answer(Role::Fha, Role::Fa, Kind::RegistrationRefused(code));
                answer(Role::Fa, Role::Mn, Kind::RegistrationRefused(code));
            }
            Answer::Refused(code) => {
                answer(Role::Fha, Role::Mn, Kind::RegistrationRefused(code));
            }
        }
        expected
    }

    /// What must not be seen: the rest of the ladder.
    #[must_use]
    pub fn forbidden(&self, setup: Setup) -> Vec<Forbidden> {
        let rest = Ladder::of(setup).steps().map(|step| step.message).filter(|m| *m > self.last);
        let mut forbidden: Vec<_> =
            rest.map(|m| Forbidden { kind: Kind::Drawn(m), sentence: self.sentence }).collect();
        forbidden.dedup();
        forbidden
    }

    /// What must be the case in the end.
    #[must_use]
    pub fn checks(&self, world: &World, site: &Site) -> Vec<Check> {
        let cast = world.cast(site);
        let access_server = world.setup.scenario().access_aaa();
        let mut checks = Vec::new();
        let servers = self.access_server.map(|reason| (access_server, Reason::Radius(reason)));
        for (role, reason) in self.counted.iter().chain(&servers) {
            let host = cast.get(role).and_then(|host| world.net.host(*host));
            let times = host.and_then(|host| host.counters().get(reason)).copied().unwrap_or(0);
            checks.push(Check {
                what: format!("{role} counted {reason}"),
                sentence: self.sentence,
                holds: times > 0,
            });
        }
        if !self.completes {
            let nobody = checks::nobody_holds_anything(world, site);
            checks.push(Check {
                what: "MN, FHA and HA hold nothing".to_owned(),
                sentence: self.sentence,
                holds: nobody,
            });
        }
        checks
    }
}

/// Changes the authenticator of the first replies that go to the mobile node.
fn spoil_replies(mn: HostId) -> Tamper {
    let mut left = SPOILT_REPLIES;
    Box::new(move |_, to, datagram: &mut Datagram| {
        let is_mip4 =
            [datagram.source, datagram.destination].iter().any(|at| at.port() == mip4::PORT);
        if to != mn || left == 0 || !is_mip4 {
            return;
        }
        let Ok(Mip4::Reply(reply)) = Mip4::decode(&datagram.payload) else { return };
        let authenticator = reply.extensions.authenticator(AuthenticationKind::MobileHome).once();
        let Some(at) = authenticator.map(|authenticator| authenticator.covered().len()) else {
            return;
        };
        if let Some(octet) = datagram.payload.get_mut(at) {
            *octet ^= 1;
            left -= 1;
        }
    })
}

/// Cuts off datagrams anywhere.
fn truncate(seed: u64) -> Tamper {
    let mut random = Stream::new(seed, "truncation");
    let probability = Probability::new(TRUNCATED).unwrap_or_default();
    Box::new(move |_, _, datagram: &mut Datagram| {
        if random.happens(probability) {
            let length = random.below(datagram.payload.len());
            datagram.payload.truncate(length);
        }
    })
}

/// Bad datagrams for every host that takes part in a bootstrap at this site.
fn flood(world: &mut World, site: &Site, seed: u64) -> Result<Flood, Error> {
    world.net.set_records_foreign(false);
    let mut hosts: Vec<HostId> = world.cast(site).into_values().collect();
    hosts.sort_unstable();
    hosts.dedup();
    let from = world.plan.v4(Network::Outside, FIRST_HOST);
    Flood::new(from, seed, hosts, FLOOD, FLOOD_PARTS)
}
