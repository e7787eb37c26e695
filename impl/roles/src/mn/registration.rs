//! Steps 4 and 6 at the mobile node: requests, their repetition, and what a reply gives.

mod reply;
mod request;

use core::{
    net::{Ipv4Addr, Ipv6Addr, SocketAddrV4},
    time::Duration,
};

use dsboot_codec::{dsb::Prefixed, mip4::Identification};
use dsboot_spec::registry::{
    mip4::{FIRST_FREE_SPI, MIN_RETRANSMIT_INTERVAL},
    mip6::timer::MAX_BINDACK_TIMEOUT_SECONDS,
};

use super::{MnConfig, agents::Agent};
use crate::{
    Association, Effects, Random, Time,
    count::Registration,
    fault::{Fault, is},
};

/// The least time between two requests (RFC 3344 §3.6.3).
const LEAST_WAIT: Duration = Duration::from_secs(MIN_RETRANSMIT_INTERVAL as u64);

/// The longest time between two requests, as between two binding updates (RFC 6275 §12): RFC 3344
/// allows for as much as the lifetime asked for, which over a link that loses much is too long to
/// renew a registration before it ends.
const LONGEST_WAIT: Duration = Duration::from_secs(MAX_BINDACK_TIMEOUT_SECONDS);

/// How often a deregistration is sent before the release goes on without an answer.
const DEREGISTRATIONS: u32 = 5;

/// By which way a registration goes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Way {
    /// With whom to register.
    pub fha: Ipv4Addr,
    /// What to register.
    pub care_of_address: Ipv4Addr,
    /// Whether that is the mobile node's own (D).
    pub colocated: bool,
    /// The foreign agent to register through.
    pub agent: Option<Agent>,
}

/// What an accepting reply has given.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Held {
    /// Temporary IPv4 home address.
    pub thoav4: Ipv4Addr,
    /// With whom the mobile node is registered.
    pub fha: Ipv4Addr,
    /// Under which care-of address.
    pub care_of_address: Ipv4Addr,
    /// Whether that is the mobile node's own, so that the tunnel ends at it.
    pub colocated: bool,
    /// IPv6 home address.
    pub home_address: Option<Prefixed<Ipv6Addr>>,
    /// Mobile IPv6 home agent.
    pub home_agent: Option<Ipv6Addr>,
    /// IPv6 care-of address.
    pub ipv6_care_of_address: Option<Prefixed<Ipv6Addr>>,
    /// The key shared with the FHA.
    pub association: Association,
    /// When the registration ends.
    pub ends: Time,
    /// Keepalive interval in seconds, if the tunnel is in UDP.
    pub udp_keepalive: Option<u16>,
    /// Seconds granted with the key, and last; fewer than with the key mean that the AAAH's
    /// session comes to its end.
    granted: (u16, u16),
    /// When to register again.
    refresh: Time,
}

impl Held {
    /// Whether everything is there that a binding update needs.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        //= registration.10.6
        self.home_address.is_some()
            && self.home_agent.is_some()
            && self.ipv6_care_of_address.is_some()
    }
}

/// What a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// The first registration with an FHA, or a new key: decided by the AAAH.
    First,
    /// A refresh or a movement under the association with the FHA.
    Again,
    /// The end of the registration.
    Release,
}

/// A request that has not been answered.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Outstanding {
    purpose: Purpose,
    way: Way,
    identification: Identification,
    /// The SPI chosen for the key asked for.
    mn_spi: u32,
    /// Seconds asked for.
    lifetime: u16,
    sent: Time,
    /// How often it has been sent; 0 while it has to wait for the request before it.
    times: u32,
    wait: Duration,
    next: Time,
}

impl Outstanding {
    /// Whether it may go on by this way: it leads to the same FHA, and this is no release.
    fn may_take(&self, way: &Way) -> bool {
        self.purpose != Purpose::Release && self.way.fha == way.fha
    }
}

/// What has become of a registration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// A registration is in force, new or again.
    Registered,
    /// It is ended, as was asked for.
    Released,
    /// It was refused with this code, and is not tried again.
    Refused(u8),
    /// It ended by its lifetime.
    Lost,
}

/// The registration of a mobile node.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Registrar {
    held: Option<Held>,
    outstanding: Option<Outstanding>,
    /// The Identification used last.
    last: Option<Identification>,
    /// How far the FHA's clock is ahead, in seconds modulo 2^32.
    clock_offset: u32,
    /// When the last request left by the link that the mobile node is on.
    last_sent: Option<Time>,
    /// The longest lifetime that an agent said it takes, by its denial.
    lifetime_limit: Option<u16>,
    /// Whether a new key for what is held has been asked for, which the FHA may have taken.
    has_asked_for_key: bool,
}

impl Registrar {
    /// What is held, if a registration is in force.
    pub(super) fn held(&self) -> Option<&Held> {
        self.held.as_ref()
    }

    /// What the request that has not been answered is for.
    pub(super) fn requesting(&self) -> Option<Purpose> {
        self.outstanding.as_ref().map(|outstanding| outstanding.purpose)
    }

    /// Whether a request has been sent and not been answered.
    pub(super) fn awaits_reply(&self) -> bool {
        self.outstanding.as_ref().is_some_and(|outstanding| outstanding.times > 0)
    }

    /// The Identification used last.
    pub(super) fn last_identification(&self) -> Option<Identification> {
        self.last
    }

    /// Uses no Identification up to this one.
    pub(super) const fn go_on_after(&mut self, identification: Option<Identification>) {
        self.last = identification;
    }

    /// Registers by a way that the link has come to offer: again if it leads to the FHA that the
    /// mobile node is registered with, for the first time otherwise.
    pub(super) fn register(
        &mut self,
        now: Time,
        random: &mut dyn Random,
        config: &MnConfig,
        way: Way,
        effects: &mut Effects,
    ) {
        //= movement.1.2
        //= movement.1.6
        let known = self.held.as_ref().is_some_and(|held| held.fha == way.fha);
        if !known && !is(Fault::MnKeepsRegistration) {
            self.held = None;
            self.has_asked_for_key = false;
        }
        //= movement.1.12
        let purpose =
            if known && !self.has_asked_for_key { Purpose::Again } else { Purpose::First };
        self.begin(now, random, config, (purpose, way), effects);
    }

    /// Asks for more time.
    pub(super) fn refresh(
        &mut self,
        now: Time,
        random: &mut dyn Random,
        config: &MnConfig,
        way: Way,
        effects: &mut Effects,
    ) {
        if self.held.as_ref().is_none_or(|held| held.fha != way.fha) {
            return self.register(now, random, config, way, effects);
        }
        let purpose = self.purpose(now, config);
        self.begin(now, random, config, (purpose, way), effects);
    }

    /// Ends the registration. Returns whether there is one to be ended.
    pub(super) fn release(
        &mut self,
        now: Time,
        random: &mut dyn Random,
        config: &MnConfig,
        way: Way,
        effects: &mut Effects,
    ) -> bool {
        self.outstanding = None;
        if let Some(held) = &self.held {
            // It ends where it is, whatever FHA this link would lead to.
            let way = Way { fha: held.fha, ..way };
            self.begin(now, random, config, (Purpose::Release, way), effects);
        }
        self.outstanding.is_some()
    }

    /// Forgets everything but what protects against replay.
    pub(super) fn forget(&mut self) {
        //= movement.3.6
        *self = Registrar {
            last: self.last,
            clock_offset: self.clock_offset,
            last_sent: self.last_sent,
            ..Registrar::default()
        };
    }

    /// Gives up the request under way, because the way that it took is no more.
    pub(super) fn interrupt(&mut self) {
        self.outstanding = None;
    }

    /// Forgets what belongs to the link that the mobile node leaves.
    pub(super) fn leave_link(&mut self) {
        //= movement.1.10
        self.outstanding = None;
        self.lifetime_limit = None;
        self.last_sent = None;
    }

    pub(super) fn timeout(
        &mut self,
        now: Time,
        random: &mut dyn Random,
        config: &MnConfig,
        way: Option<&Way>,
        effects: &mut Effects,
    ) -> Option<Outcome> {
        if self.held.as_ref().is_some_and(|held| held.ends <= now) {
            //= movement.2.7
            //= movement.3.10
            let releasing = self.requesting() == Some(Purpose::Release);
            self.forget();
            effects.count(Registration::Lost);
            return Some(if releasing { Outcome::Released } else { Outcome::Lost });
        }
        let due = self.outstanding.as_ref().is_some_and(|outstanding| outstanding.next <= now);
        if due && let Some(mut outstanding) = self.outstanding.take() {
            if let Some(way) = way.filter(|way| outstanding.may_take(way)) {
                //= registration.4.6
                //= registration.4.14
                outstanding.way = way.clone();
            }
            return self.repeat(now, random, config, outstanding, effects);
        }
        if let (None, Some(way)) = (&self.outstanding, way)
            && self.held.as_ref().is_some_and(|held| held.refresh <= now)
        {
            //= movement.2.1
            self.refresh(now, random, config, way.clone(), effects);
        }
        None
    }

    /// When [`Registrar::timeout`] is wanted; `has_way` if a request could be sent then.
    pub(super) fn poll_timeout(&self, has_way: bool) -> Option<Time> {
        let next = self.outstanding.as_ref().map(|outstanding| outstanding.next);
        let held = self.held.as_ref();
        let refresh = held.map(|held| held.refresh).filter(|_| next.is_none() && has_way);
        [next, refresh, held.map(|held| held.ends)].into_iter().flatten().min()
    }

    /// What a request for more time has to be.
    fn purpose(&self, now: Time, config: &MnConfig) -> Purpose {
        let Some(held) = &self.held else { return Purpose::First };
        //= movement.2.6
        let asked = Duration::from_secs(config.lifetime.into());
        let (with_key, last) = held.granted;
        let key_ends = now + asked.min(Duration::from_secs(with_key.into()));
        if last < with_key || held.association.expires < key_ends || self.has_asked_for_key {
            Purpose::First
        } else {
            Purpose::Again
        }
    }

    fn begin(
        &mut self,
        now: Time,
        random: &mut dyn Random,
        config: &MnConfig,
        (purpose, way): (Purpose, Way),
        effects: &mut Effects,
    ) {
        //= keys.1.8
        let used = self.held.as_ref().map(|held| held.association.mn_spi);
        let mn_spi = random.u32().max(FIRST_FREE_SPI);
        let mn_spi = if used == Some(mn_spi) { mn_spi ^ 1 } else { mn_spi };
        let outstanding = Outstanding {
            purpose,
            way,
            identification: Identification(0),
            mn_spi,
            lifetime: 0,
            sent: now,
            times: 0,
            wait: LEAST_WAIT,
            next: now,
        };
        //= registration.4.13
        match self.last_sent.map(|sent| sent + LEAST_WAIT).filter(|earliest| *earliest > now) {
            Some(next) => {
                let wait = LEAST_WAIT / 2;
                self.outstanding = Some(Outstanding { wait, next, ..outstanding });
            }
            None => self.transmit(now, random, config, outstanding, effects),
        }
    }

    /// Sends a request anew: with a new Identification, and therefore new authenticators.
    fn transmit(
        &mut self,
        now: Time,
        random: &mut dyn Random,
        config: &MnConfig,
        mut outstanding: Outstanding,
        effects: &mut Effects,
    ) {
        //= registration.4.11
        //= registration.4.12
        if outstanding.times == 0 || !is(Fault::MnReusesIdentification) {
            outstanding.identification = self.next_identification(now, random);
        }
        self.last = Some(outstanding.identification);
        //= registration.4.10
        let agents = outstanding.way.agent.as_ref().map(|agent| agent.max_lifetime);
        let limits = [Some(config.lifetime), agents, self.lifetime_limit];
        outstanding.lifetime = match outstanding.purpose {
            Purpose::Release => 0,
            _ => limits.into_iter().flatten().min().unwrap_or(config.lifetime),
        };
        self.has_asked_for_key |= self.held.is_some() && outstanding.purpose == Purpose::First;
        outstanding.sent = now;
        self.last_sent = Some(now);
        outstanding.times += 1;
        outstanding.next = now + outstanding.wait;
        match request::datagram(config, &outstanding, self.held.as_ref()) {
            Some(datagram) => {
                effects.count(Registration::Requested);
                effects.send(datagram);
            }
            None => effects.count(Registration::NotEncodable),
        }
        self.outstanding = Some(outstanding);
    }

    fn repeat(
        &mut self,
        now: Time,
        random: &mut dyn Random,
        config: &MnConfig,
        mut outstanding: Outstanding,
        effects: &mut Effects,
    ) -> Option<Outcome> {
        //= movement.3.2
        if outstanding.purpose == Purpose::Release && outstanding.times >= DEREGISTRATIONS {
            self.forget();
            return Some(Outcome::Released);
        }
        //= registration.4.13
        let asked = match outstanding.purpose {
            Purpose::Release => config.lifetime,
            _ => outstanding.lifetime,
        };
        let longest = LONGEST_WAIT.min(Duration::from_secs(asked.into()));
        outstanding.wait = (outstanding.wait * 2).min(longest.max(LEAST_WAIT));
        self.transmit(now, random, config, outstanding, effects);
        None
    }

    /// A timestamp of the FHA's clock, greater than the one used last.
    fn next_identification(&self, now: Time, random: &mut dyn Random) -> Identification {
        let high = now.ntp_seconds().wrapping_add(self.clock_offset);
        // The fraction's low bits are random (RFC 3344 §5.7.1).
        let fraction = Identification(now.ntp()).low() & !0xffff | (random.u32() & 0xffff);
        let fresh = Identification::new(high, fraction);
        let after = self.last.map(|last| Identification(last.0.saturating_add(1)));
        after.map_or(fresh, |after| fresh.max(after))
    }
}

/// The end of the tunnel and the source of requests at the mobile node.
pub(super) fn own_end(config: &MnConfig, address: Ipv4Addr) -> SocketAddrV4 {
    SocketAddrV4::new(address, config.port)
}
