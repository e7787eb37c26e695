//! Where a case is played: sockets of those whom the tester plays, and a log of all that passed.

use std::collections::{BTreeMap, BTreeSet};
use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use dsboot_codec::tree::Protocol;
use dsboot_spec::registry::mip4::NTP_UNIX_OFFSET;
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng as _, SeedableRng as _};

use super::air::Air;
use super::case::{Ending, missing};
use super::fault::{Fault, Known, Passing, Way};
use super::ladder::{Passed, describe, spoken_at};
use super::link::Link;
use super::profile::{self, Profile, Under};
use super::server::Server;
use super::target::Process;

/// The longest UDP payload.
const LONGEST: usize = 65_535;

/// What the clock of mobile nodes counts, in fractions of a second of 2^-32.
pub(super) const TICK: u64 = 1 << 11;

/// Ends the target, starts it again and waits until it answers; the sentence says why it cannot be.
type Restart<'a> = &'a (dyn Fn() -> Result<(), String> + Sync);

/// Whether the target's process has ended.
type Ended<'a> = &'a (dyn Fn() -> bool + Sync);

/// How often it is looked whether the target's process is there, while it is waited for.
const LOOK: Duration = Duration::from_millis(100);

/// The environment of one case.
pub struct Stage<'a> {
    /// The target's profile.
    pub profile: &'a Profile,
    /// A number that no other running case has; names and addresses are made of it.
    pub number: u32,
    /// Which of the profile's mobile nodes or users is the case's own.
    pub(super) slot: usize,
    pub(super) server: Option<&'a Server>,
    pub(super) air: Option<&'a Air>,
    pub(super) home: Option<&'a Server>,
    pub(super) partner: Option<&'a Server>,
    pub(super) link: Option<&'a Link>,
    /// The mobile node that the case has begun, where that is the target.
    pub(super) mobile: Option<Process<'a>>,
    /// Whether it has been told to end.
    pub(super) may_end: bool,
    ahead: &'a Mutex<BTreeMap<usize, u64>>,
    /// Ends the target and starts it again.
    restart: Option<Restart<'a>>,
    /// Whether its process has ended by itself.
    ended: Option<Ended<'a>>,
    patience: Duration,
    started: Instant,
    random: ChaCha8Rng,
    passed: Vec<Passed>,
    keys: Vec<String>,
    /// The key of acknowledgements to come, where a fault may need it.
    pub(super) proof: Option<Vec<u8>>,
    fault: Option<&'static Fault>,
    /// The Request Authenticators of requests on their way, by whose they are and Identifier.
    asked: BTreeMap<(bool, u8), [u8; 16]>,
    /// What has come of the target before.
    came: BTreeSet<Vec<u8>>,
    /// The number of the target's last PANA request.
    number_of_pana: Option<u32>,
}

/// What all cases share.
#[derive(Debug, Default)]
pub(super) struct Common {
    /// The tester as AAA server.
    pub(super) server: Option<Server>,
    /// The device of the tester's mobile nodes.
    pub(super) air: Option<Air>,
    /// The tester as Mobile IPv4 home agent.
    pub(super) home: Option<Server>,
    /// The tester as another one, which shares an association with the target.
    pub(super) partner: Option<Server>,
    /// The link of the tester's mobile nodes, or the links on which mobile nodes are tested.
    pub(super) links: Vec<Link>,
    /// What goes wrong between tester and target, to test the suite itself.
    pub(super) fault: Option<&'static Fault>,
    /// The Identifications ahead of the clock that were used by the profile's mobile nodes.
    pub(super) ahead: Mutex<BTreeMap<usize, u64>>,
}

/// A socket of somebody whom the tester plays.
#[derive(Debug)]
pub(super) struct Endpoint {
    pub(super) name: &'static str,
    pub(super) socket: UdpSocket,
    pub(super) local: SocketAddr,
    protocol: Protocol,
}

/// A datagram that has come.
#[derive(Clone, Debug)]
pub(super) struct Came {
    pub(super) from: SocketAddr,
    pub(super) octets: Vec<u8>,
}

impl<'a> Stage<'a> {
    pub(super) fn new(
        profile: &'a Profile,
        common: &'a Common,
        id: &str,
        seed: u64,
        (number, slot): (u32, usize),
    ) -> Stage<'a> {
        // FNV-1a: the same everywhere, so that a seed means the same everywhere.
        let hash = id.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, octet| {
            (hash ^ u64::from(octet)).wrapping_mul(0x100_0000_01b3)
        });
        Stage {
            profile,
            number,
            slot,
            server: common.server.as_ref(),
            air: common.air.as_ref(),
            home: common.home.as_ref(),
            partner: common.partner.as_ref(),
            link: match profile.role {
                Under::Mn => common.links.get(slot),
                _ => common.links.first(),
            },
            mobile: None,
            may_end: false,
            ahead: &common.ahead,
            restart: None,
            ended: None,
            patience: Duration::from_millis(profile.patience),
            started: Instant::now(),
            random: ChaCha8Rng::seed_from_u64(seed ^ hash),
            passed: Vec::new(),
            keys: Vec::new(),
            proof: None,
            fault: if id == "probe" { None } else { common.fault },
            asked: BTreeMap::new(),
            came: BTreeSet::new(),
            number_of_pana: None,
        }
    }

    /// What passed, and what is to be known of keys.
    pub(super) fn finish(self) -> (Vec<Passed>, Vec<String>) {
        (self.passed, self.keys)
    }

    /// Says how the target is started again.
    pub(super) fn restarted_by(&mut self, restart: Restart<'a>) {
        self.restart = Some(restart);
    }

    /// Says how the end of the target's process is seen.
    pub(super) fn ended_by(&mut self, ended: Ended<'a>) {
        self.ended = Some(ended);
    }

    /// Ends the target and starts it again; a case that does so is one that is played alone.
    pub(super) fn restart(&mut self) -> Result<(), Ending> {
        self.mark(self.target(), "is ended and started again");
        match self.restart {
            Some(restart) if !self.profile.target.start.is_empty() => {
                restart().map_err(Ending::Inconclusive)
            }
            _ => Err(Ending::Skip("the profile does not say how to start the target".to_owned())),
        }
    }

    /// How long no answer counts as silence.
    pub(super) const fn silence(&self) -> Duration {
        Duration::from_millis(self.profile.silence)
    }

    /// How long an answer may take.
    pub(super) const fn patience(&self) -> Duration {
        self.patience
    }

    /// Waits no longer than that for an answer.
    pub(super) fn hurry(&mut self, patience: Duration) {
        self.patience = self.patience.min(patience);
    }

    /// Random octets, by the seed.
    pub(super) fn random<const N: usize>(&mut self) -> [u8; N] {
        let mut octets = [0; N];
        self.random.fill_bytes(&mut octets);
        octets
    }

    /// A random number, by the seed.
    pub(super) fn random_u32(&mut self) -> u32 {
        self.random.next_u32()
    }

    /// Keeps a key for the capture: lines of a file for `dsboot decode --keys`.
    pub(super) fn key(&mut self, lines: String) {
        if !self.keys.contains(&lines) {
            self.keys.push(lines);
        }
    }

    /// Binds a socket; port 0 for any.
    pub(super) fn endpoint(
        &mut self,
        name: &'static str,
        address: IpAddr,
        port: u16,
        protocol: Protocol,
    ) -> Result<Endpoint, Ending> {
        let bound = UdpSocket::bind((address, port))
            .and_then(|socket| socket.local_addr().map(|local| (socket, local)));
        match bound {
            Ok((socket, local)) => Ok(Endpoint { name, socket, local, protocol }),
            Err(error) => missing(format!("cannot bind UDP {address} port {port}: {error}")),
        }
    }

    /// Sends octets to the target.
    pub(super) fn send(
        &mut self,
        endpoint: &Endpoint,
        to: SocketAddr,
        octets: &[u8],
    ) -> Result<(), Ending> {
        let who = self.target();
        self.log(endpoint.name, who, Some(endpoint.local), Some(to), endpoint.protocol, octets);
        let Some(octets) = self.leaves(endpoint.protocol, octets) else { return Ok(()) };
        match endpoint.socket.send_to(&octets, to) {
            Ok(_) => Ok(()),
            // A target that has just gone answers the datagram before by ICMP.
            Err(error) if error.kind() == ErrorKind::ConnectionRefused => Ok(()),
            Err(error) => missing(format!("cannot send to {to}: {error}")),
        }
    }

    /// The next datagram for an endpoint, within `patience`.
    pub(super) fn receive(&mut self, endpoint: &Endpoint, patience: Duration) -> Option<Came> {
        let end = Instant::now() + patience;
        let mut octets = vec![0; LONGEST];
        loop {
            let left = end.saturating_duration_since(Instant::now()).min(LOOK);
            if left.is_zero() || endpoint.socket.set_read_timeout(Some(left)).is_err() {
                return None;
            }
            let received = endpoint.socket.recv_from(&mut octets);
            if received.is_err() && self.ended.is_some_and(|ended| ended()) {
                return None;
            }
            if let Ok((length, from)) = received {
                let came = octets.get(..length).unwrap_or_default();
                let Some(octets) = self.arrives(endpoint.protocol, came) else { continue };
                let who = self.target();
                let (to, at) = (endpoint.name, Some(endpoint.local));
                self.log(who, to, Some(from), at, endpoint.protocol, &octets);
                return Some(Came { from, octets });
            }
        }
    }

    /// What becomes of a message on its way to the target; `None` when it is lost.
    pub(super) fn leaves(&mut self, protocol: Protocol, octets: &[u8]) -> Option<Vec<u8>> {
        self.passes(Way::ToTarget, protocol, octets)
    }

    /// What becomes of a message of the target on its way; `None` when it is lost.
    pub(super) fn arrives(&mut self, protocol: Protocol, octets: &[u8]) -> Option<Vec<u8>> {
        self.passes(Way::FromTarget, protocol, octets)
    }

    fn passes(&mut self, way: Way, protocol: Protocol, octets: &[u8]) -> Option<Vec<u8>> {
        let mut octets = octets.to_vec();
        let Some(fault) = self.fault else { return Some(octets) };
        let is_ours = way == Way::ToTarget;
        // The header of a packet tells one from another; what UDP carries does not.
        let said = if protocol == Protocol::Ipv4 { octets.get(28..) } else { None };
        let said = said.unwrap_or(&octets).to_vec();
        let repeated = !is_ours && !self.came.insert(said);
        if protocol == Protocol::Pana
            && let (false, Some(number)) = (is_ours, octets.get(12..16))
            && octets.get(4).is_some_and(|flags| flags & 0x80 != 0)
        {
            self.number_of_pana = number.try_into().ok().map(u32::from_be_bytes);
        }
        // An answer goes the other way than its request.
        let identifier = octets.get(1).copied().unwrap_or_default();
        let authenticator = self.asked.get(&(!is_ours, identifier)).copied();
        let is_request = octets.first().is_some_and(|code| [1, 4, 12].contains(code));
        if protocol == Protocol::Radius
            && is_request
            && let Some(own) = octets.get(4..20).and_then(|own| own.try_into().ok())
        {
            self.asked.insert((is_ours, identifier), own);
        }
        let secret = self.radius_secret();
        let secrets = self.profile.users.first().filter(|_| self.profile.role == Under::Mn);
        let secrets = secrets.map(|user| {
            let octets =
                |text: &Option<String>| profile::octets(text.as_deref().unwrap_or_default());
            (user.nai.as_bytes(), octets(&user.access_secret), octets(&user.mn_aaa_key))
        });
        let passing = Passing {
            protocol,
            secret: secret.as_bytes(),
            authenticator: authenticator.filter(|_| !is_request),
            key: self.proof.as_deref(),
            repeated,
            number: self.number_of_pana,
            mobile: secrets.as_ref().map(|(nai, access, aaa)| Known {
                nai,
                access_secret: access,
                aaa_key: aaa,
            }),
        };
        fault.alter(way, &passing, &mut octets).then_some(octets)
    }

    /// The secret of RADIUS between target and tester: a profile for self-tests has one alone.
    fn radius_secret(&self) -> String {
        let tester = &self.profile.tester;
        let askers = [&tester.nas, &tester.fha, &tester.ha];
        let asker = askers.into_iter().flatten().map(|asker| &asker.secret).next();
        tester.secret.as_ref().or(asker).cloned().unwrap_or_default()
    }

    /// Waits until nothing more comes for as long as silence takes; what came, first to last.
    pub(super) fn drain(&mut self, endpoint: &Endpoint) -> Vec<Came> {
        let mut all = Vec::new();
        while let Some(came) = self.receive(endpoint, self.silence()) {
            all.push(came);
        }
        all
    }

    /// Puts a datagram into the log.
    pub(super) fn log(
        &mut self,
        from: &str,
        to: &str,
        source: Option<SocketAddr>,
        destination: Option<SocketAddr>,
        hint: Protocol,
        octets: &[u8],
    ) {
        let spoken = spoken_at([source, destination], Some(hint));
        let at = u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.passed.push(Passed {
            at,
            from: from.to_owned(),
            to: to.to_owned(),
            source,
            destination,
            protocol: spoken.name().to_owned(),
            words: describe(spoken, octets),
            octets: hex::encode(octets),
        });
    }

    /// Puts something that is no datagram into the log.
    pub(super) fn mark(&mut self, who: &str, words: impl Into<String>) {
        let at = u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.passed.push(Passed {
            at,
            from: who.to_owned(),
            to: who.to_owned(),
            source: None,
            destination: None,
            protocol: "data".to_owned(),
            words: words.into(),
            octets: String::new(),
        });
    }

    /// Lets time pass.
    pub(super) fn pause(&mut self, time: Duration) {
        self.mark("tester", format!("waits {} ms", time.as_millis()));
        std::thread::sleep(time);
    }

    /// What the target is called in ladders.
    pub(super) const fn target(&self) -> &'static str {
        self.profile.role.label()
    }

    /// Says that the case's mobile node has used an Identification that is ahead of the clock.
    pub(super) fn has_used(&self, identification: u64) {
        let mut ahead = self.ahead.lock().unwrap_or_else(PoisonError::into_inner);
        let last = ahead.entry(self.slot).or_default();
        *last = identification.max(*last);
    }

    /// Waits until the clock has passed what the case's mobile node has used in another case, as the
    /// target goes by that.
    pub(super) fn await_clock(&self) {
        let ahead = self.ahead.lock().unwrap_or_else(PoisonError::into_inner);
        let last = ahead.get(&self.slot).copied().unwrap_or_default();
        drop(ahead);
        let most = Instant::now() + Duration::from_secs(2 * self.profile.target.tolerance);
        while self.ntp() <= last && Instant::now() < most {
            std::thread::sleep(LOOK);
        }
    }

    /// The clock of this host as an NTP timestamp, which counts half microseconds: a target that does
    /// not keep all 64 bits of an Identification is to fail in the cases that are about them, and not
    /// in all.
    pub(super) fn ntp(&self) -> u64 {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let seconds = (now.as_secs() + NTP_UNIX_OFFSET) & u64::from(u32::MAX);
        let fraction = (u64::from(now.subsec_nanos()) << 32) / 1_000_000_000;
        (seconds << 32) | (fraction & !(TICK - 1))
    }
}
