//! The mobile node's binding at its home agent: updates, their repetition, acknowledgements.

use core::{net::Ipv6Addr, time::Duration};

use dsboot_codec::mip6::{
    Addresses, BindingAcknowledgement, BindingUpdate, Builder, Identifier, Lifetime, Message,
    MobilityOption, Packet, Route, Sequence, Timestamp, UpdateFlags, mn_ha_key,
};
use dsboot_spec::registry::mip6::{FIRST_SPI, status, timer};

use super::{MnConfig, is_near};
use crate::{
    Effects, Nai, Random, Secret, Time, count,
    fault::{Fault, is},
};

/// The wait after the first update to a home agent (RFC 6275 §11.8).
const FIRST_WAIT: Duration =
    Duration::from_millis(timer::INITIAL_BINDACK_TIMEOUT_FIRST_MILLISECONDS);

/// The wait after the first update when there is a binding already.
const LATER_WAIT: Duration = Duration::from_secs(timer::INITIAL_BINDACK_TIMEOUT_SECONDS);

/// The longest wait.
const LONGEST_WAIT: Duration = Duration::from_secs(timer::MAX_BINDACK_TIMEOUT_SECONDS);

/// The least time between two updates (MAX_UPDATE_RATE).
const LEAST_WAIT: Duration =
    Duration::from_millis(1000_u64.div_ceil(timer::MAX_UPDATE_RATE as u64));

/// How often an update that ends the binding is sent before the release goes on unanswered.
const RELEASES: u32 = 5;

/// What a binding is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Parameters {
    /// IPv6 home address.
    pub home_address: Ipv6Addr,
    /// Home agent.
    pub home_agent: Ipv6Addr,
    /// IPv6 care-of address.
    pub care_of_address: Ipv6Addr,
    /// When the registration that gave them ends: no binding reaches past it.
    pub registration_ends: Time,
}

/// How the home binding stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BindingState {
    /// None, and none asked for.
    Idle,
    /// Asked for, and not yet acknowledged.
    Updating,
    /// Acknowledged.
    Bound,
    /// Its end has been asked for.
    Releasing,
    /// Refused with this status.
    Refused(u8),
}

/// The home binding of a mobile node.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Binding {
    nai: Nai,
    mn_aaa_key: Secret,
    /// Whether what has no authentication is taken too.
    plain_home_agent: bool,
    /// Seconds to ask for.
    lifetime: u32,
    parameters: Option<Parameters>,
    /// What has been acknowledged.
    bound: Option<Bound>,
    outstanding: Option<Outstanding>,
    refused: Option<u8>,
    /// The sequence number used last.
    sequence: Sequence,
    /// The Mesg-ID used last.
    message_id: Option<Timestamp>,
    /// How far the home agent's clock is ahead, in seconds modulo 2^32.
    clock_offset: u32,
    /// When the last update was sent.
    last_sent: Option<Time>,
    /// What the home agent may hold, whether or not it has said so.
    remains: Option<Remains>,
}

/// A binding that the home agent may hold because of an update sent to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Remains {
    pub(super) home_address: Ipv6Addr,
    pub(super) home_agent: Ipv6Addr,
    /// When it ends of itself.
    pub(super) ends: Time,
}

/// A binding that has been acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Bound {
    care_of_address: Ipv6Addr,
    /// Whether the registration that it was made through is still in force. If not, it counts only
    /// for how long to wait for the next acknowledgement.
    counts: bool,
    ends: Time,
    /// When to update it.
    refresh: Time,
}

/// An update that has not been acknowledged.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Outstanding {
    sequence: Sequence,
    message_id: Timestamp,
    /// Whether it asks for the binding's end.
    release: bool,
    lifetime: Lifetime,
    sent: Time,
    /// How often it has been sent; 0 while the rate limit holds it back.
    times: u32,
    /// Whether there was no way for it the last time.
    is_stuck: bool,
    wait: Duration,
    next: Time,
}

impl Binding {
    /// No binding yet, of the mobile node configured so.
    pub(super) fn new(config: &MnConfig) -> Binding {
        Binding {
            nai: config.nai.clone(),
            mn_aaa_key: config.mn_aaa_key.clone(),
            plain_home_agent: config.plain_home_agent,
            lifetime: config.binding_lifetime,
            parameters: None,
            bound: None,
            outstanding: None,
            refused: None,
            sequence: Sequence::default(),
            message_id: None,
            clock_offset: 0,
            last_sent: None,
            remains: None,
        }
    }

    /// How it stands.
    #[must_use]
    pub fn state(&self) -> BindingState {
        match (&self.outstanding, self.bound(), self.refused) {
            (Some(outstanding), _, _) if outstanding.release => BindingState::Releasing,
            (_, Some(_), _) => BindingState::Bound,
            (Some(_), None, _) => BindingState::Updating,
            (None, None, Some(status)) => BindingState::Refused(status),
            (None, None, None) => BindingState::Idle,
        }
    }

    /// What is bound, and until when.
    #[must_use]
    pub fn bound(&self) -> Option<(Parameters, Time)> {
        //= home-binding.4.3
        let (parameters, bound) = (self.parameters?, self.bound?);
        let counts = bound.counts && bound.care_of_address == parameters.care_of_address;
        counts.then_some((parameters, bound.ends))
    }

    /// The sequence number of the last update.
    #[must_use]
    pub fn sequence(&self) -> Sequence {
        self.sequence
    }

    /// The sequence number and the Mesg-ID used last.
    pub(super) const fn numbers(&self) -> (Sequence, Option<Timestamp>) {
        (self.sequence, self.message_id)
    }

    /// Uses none of the numbers up to these.
    pub(super) const fn go_on_after(&mut self, sequence: Sequence, message_id: Option<Timestamp>) {
        self.sequence = sequence;
        self.message_id = message_id;
    }

    /// Whether an update has been made and not been acknowledged yet.
    #[must_use]
    pub fn is_updating(&self) -> bool {
        self.outstanding.is_some()
    }

    /// When the binding would end that the update asks for which is not acknowledged.
    #[must_use]
    pub fn asked_until(&self) -> Option<Time> {
        let outstanding = self.outstanding.as_ref()?;
        Some(outstanding.sent + Duration::from_secs(outstanding.lifetime.seconds().into()))
    }

    /// Whether an update is to be sent and the rate limit holds it back.
    #[must_use]
    pub fn is_held_back(&self) -> bool {
        self.outstanding.as_ref().is_some_and(|outstanding| outstanding.times == 0)
    }

    /// The update just made could not be sent.
    pub(super) fn find_no_way(&mut self) {
        if let Some(outstanding) = &mut self.outstanding {
            outstanding.is_stuck = true;
        }
    }

    /// Takes the parameters of an accepted registration, and returns the update to be sent if
    /// they ask for one: the first time, and when what is bound has changed.
    pub(super) fn update(
        &mut self,
        now: Time,
        random: &mut dyn Random,
        parameters: Parameters,
        effects: &mut Effects,
    ) -> Vec<Vec<u8>> {
        let what = |p: &Parameters| (p.home_address, p.home_agent, p.care_of_address);
        let same = self.parameters.as_ref().map(what) == Some(what(&parameters));
        self.parameters = Some(parameters);
        if let Some(bound) = &mut self.bound {
            //= home-binding.4.7
            bound.ends = bound.ends.min(parameters.registration_ends);
            bound.refresh = bound.refresh.min(now + now.until(bound.ends) * 3 / 4);
        }
        //= movement.1.4
        let under_way = self.outstanding.as_ref().is_some_and(|outstanding| !outstanding.is_stuck);
        if same && (self.bound.is_some() || under_way) && !is(Fault::MnUpdatesOnMovement) {
            return Vec::new();
        }
        //= home-binding.4.6
        if same && self.refused == Some(status::MIPV6_AUTH_FAIL) {
            return Vec::new();
        }
        //= home-binding.1.1
        self.refused = None;
        self.begin(now, random, false, effects)
    }

    /// Asks for the end of the binding; there is nothing to send if there is none.
    pub(super) fn release(
        &mut self,
        now: Time,
        random: &mut dyn Random,
        effects: &mut Effects,
    ) -> Vec<Vec<u8>> {
        let none = self.bound.is_none() && self.outstanding.is_none();
        if none || self.parameters.is_none() {
            self.forget();
            return Vec::new();
        }
        self.begin(now, random, true, effects)
    }

    /// What the home agent may hold at `now`.
    pub(super) fn remains(&self, now: Time) -> Option<Remains> {
        self.remains.filter(|remains| remains.ends > now)
    }

    /// Counts on it that whatever the home agent holds ends of itself.
    pub(super) fn abandon(&mut self) {
        self.remains = None;
    }

    /// Asks for the end of the binding from the home link, where the care-of address is the home
    /// address.
    pub(super) fn release_at_home(
        &mut self,
        now: Time,
        random: &mut dyn Random,
        remains: Remains,
        effects: &mut Effects,
    ) -> Vec<Vec<u8>> {
        //= movement.3.8
        let Remains { home_address, home_agent, ends } = remains;
        let care_of_address = home_address;
        self.parameters =
            Some(Parameters { home_address, home_agent, care_of_address, registration_ends: ends });
        self.begin(now, random, true, effects)
    }

    /// Forgets everything but what protects against replay.
    pub(super) fn forget(&mut self) {
        //= movement.3.6
        self.parameters = None;
        self.bound = None;
        self.outstanding = None;
        self.refused = None;
    }

    /// There is no registration any more that it could go through.
    pub(super) fn interrupt(&mut self) {
        //= home-binding.4.7
        if is(Fault::MnStaysBound) {
            return;
        }
        self.parameters = None;
        self.outstanding = None;
        if let Some(bound) = &mut self.bound {
            bound.counts = false;
        }
    }

    /// A packet to the care-of address that is no tunnel's.
    pub(super) fn handle(&mut self, now: Time, octets: &[u8], effects: &mut Effects) {
        let Ok(packet) = Packet::decode(octets) else {
            return effects.count(count::Binding::Malformed);
        };
        let Message::BindingAcknowledgement(acknowledgement) = packet.message else {
            return effects.count(count::Binding::Unexpected);
        };
        match self.check(&packet, &acknowledgement) {
            Ok(outstanding) => {
                self.on_acknowledgement(now, &outstanding, &acknowledgement, effects);
            }
            Err(reason) => effects.count(reason),
        }
    }

    pub(super) fn timeout(
        &mut self,
        now: Time,
        random: &mut dyn Random,
        effects: &mut Effects,
    ) -> Vec<Vec<u8>> {
        //= home-binding.4.7
        if self.bound.is_some_and(|bound| bound.ends <= now) {
            effects.count(count::Binding::Lost);
            self.bound = None;
        }
        if let Some(mut outstanding) = self.outstanding.take_if(|o| o.next <= now) {
            if outstanding.release && self.is_given_up(now, &outstanding) {
                self.forget();
                return Vec::new();
            }
            //= home-binding.1.8
            outstanding.wait = (outstanding.wait * 2).min(LONGEST_WAIT);
            return self.transmit(now, random, outstanding, effects);
        }
        //= movement.2.8
        if let Some(bound) = self.bound.as_mut().filter(|bound| bound.refresh <= now) {
            bound.refresh = bound.ends;
        } else if self.bound.is_some() {
            return Vec::new();
        }
        if self.outstanding.is_none() && self.refused.is_none() {
            return self.begin(now, random, false, effects);
        }
        Vec::new()
    }

    /// Whether an update that ends the binding is not sent again.
    fn is_given_up(&self, now: Time, outstanding: &Outstanding) -> bool {
        let at_home = self.parameters.is_some_and(|p| p.care_of_address == p.home_address);
        //= movement.3.8
        if at_home { self.remains(now).is_none() } else { outstanding.times >= RELEASES }
    }

    pub(super) fn poll_timeout(&self) -> Option<Time> {
        let next = self.outstanding.as_ref().map(|outstanding| outstanding.next);
        let refresh = self.bound.map(|bound| bound.refresh).filter(|_| next.is_none());
        let ends = self.bound.map(|bound| bound.ends);
        [next, refresh, ends].into_iter().flatten().min()
    }

    fn begin(
        &mut self,
        now: Time,
        random: &mut dyn Random,
        release: bool,
        effects: &mut Effects,
    ) -> Vec<Vec<u8>> {
        //= home-binding.1.8
        let wait = if self.bound.is_some() { LATER_WAIT } else { FIRST_WAIT };
        let outstanding = Outstanding {
            sequence: self.sequence,
            message_id: Timestamp(0),
            release,
            lifetime: Lifetime::ZERO,
            sent: now,
            times: 0,
            is_stuck: false,
            wait,
            next: now,
        };
        //= home-binding.1.10
        match self.last_sent.map(|sent| sent + LEAST_WAIT).filter(|earliest| *earliest > now) {
            Some(next) => {
                self.outstanding = Some(Outstanding { wait: wait / 2, next, ..outstanding });
                Vec::new()
            }
            None => self.transmit(now, random, outstanding, effects),
        }
    }

    /// Sends an update anew: new sequence number, new Mesg-ID, new authenticator.
    fn transmit(
        &mut self,
        now: Time,
        random: &mut dyn Random,
        mut outstanding: Outstanding,
        effects: &mut Effects,
    ) -> Vec<Vec<u8>> {
        self.outstanding = None;
        let Some(parameters) = self.parameters else { return Vec::new() };
        //= home-binding.1.7
        let left = now.until(parameters.registration_ends).as_secs();
        outstanding.lifetime = match outstanding.release {
            true => Lifetime::ZERO,
            false => Lifetime::from_seconds(left.min(self.lifetime.into())),
        };
        if outstanding.lifetime == Lifetime::ZERO && !outstanding.release {
            // The registration has no time left to ask for. What has been sent may be acknowledged
            // yet, and is repeated when there is time again.
            if outstanding.times > 0 {
                outstanding.next = now + outstanding.wait;
                self.outstanding = Some(outstanding);
            }
            return Vec::new();
        }
        //= home-binding.1.6
        //= home-binding.1.9
        self.sequence = self.sequence.next();
        let message_id = self.next_message_id(now, random);
        self.message_id = Some(message_id);
        outstanding.sequence = self.sequence;
        outstanding.message_id = message_id;
        outstanding.sent = now;
        self.last_sent = Some(now);
        outstanding.times += 1;
        outstanding.is_stuck = false;
        outstanding.next = now + outstanding.wait;
        if !outstanding.release {
            let asked = now + Duration::from_secs(outstanding.lifetime.seconds().into());
            let ends = self.remains.map_or(asked, |remains| remains.ends.max(asked));
            let Parameters { home_address, home_agent, .. } = parameters;
            self.remains = Some(Remains { home_address, home_agent, ends });
        }
        if let Some(bound) = self.bound.as_mut().filter(|_| !outstanding.release) {
            // If it is accepted and the acknowledgement lost, there is no more than it asks for.
            //= home-binding.4.7
            let asked = Duration::from_secs(outstanding.lifetime.seconds().into());
            bound.ends = bound.ends.min(now + asked);
            bound.refresh = bound.refresh.min(bound.ends);
        }
        let packet = self.packet(&parameters, &outstanding);
        self.outstanding = Some(outstanding);
        match packet {
            Some(packet) => {
                effects.count(count::Binding::Sent);
                vec![packet]
            }
            None => {
                effects.count(count::Binding::NotEncodable);
                Vec::new()
            }
        }
    }

    fn packet(&self, parameters: &Parameters, outstanding: &Outstanding) -> Option<Vec<u8>> {
        let home = parameters.home_address;
        //= home-binding.1.2
        //= home-binding.4.8
        let node = Addresses { home, care_of: parameters.care_of_address };
        //= home-binding.1.3
        let update = BindingUpdate::new(
            outstanding.sequence,
            UpdateFlags::HOME_REGISTRATION,
            outstanding.lifetime,
        );
        //= home-binding.1.4
        //= home-binding.1.5
        Builder::new(update)
            .option(&MobilityOption::AlternateCareOfAddress(node.care_of))
            .option(&MobilityOption::MobileNodeIdentifier(Identifier::nai(self.nai.octets())))
            .option(&MobilityOption::MessageId(outstanding.message_id))
            .sign_mn_aaa(self.mn_aaa_key.octets())
            .packet(&Route::from_mobile_node(node, parameters.home_agent))
            .ok()
    }

    /// The update that an acknowledgement answers, if it is proved to be the home agent's.
    fn check(
        &self,
        packet: &Packet<'_>,
        acknowledgement: &BindingAcknowledgement<'_>,
    ) -> Result<Outstanding, count::Binding> {
        let sent = self.outstanding.clone().filter(|outstanding| outstanding.times > 0);
        let outstanding = sent.ok_or(count::Binding::Unsolicited)?;
        let parameters = self.parameters.ok_or(count::Binding::Unsolicited)?;
        let from = (packet.route.source, packet.addresses().home);
        if from != (parameters.home_agent, parameters.home_address) {
            return Err(count::Binding::Unsolicited);
        }
        //= home-binding.4.1
        let key = mn_ha_key(self.mn_aaa_key.octets(), outstanding.message_id, self.nai.octets());
        let spi = acknowledgement.options.mn_ha().map(|option| option.value.spi);
        let proved = packet.verify_mn_ha(key.as_slice()) || is(Fault::MnTakesUnprovedAck);
        let is_plain = self.plain_home_agent && spi.is_none();
        if !is_plain && (spi.is_none_or(|spi| spi < FIRST_SPI) || !proved) {
            return Err(count::Binding::Unproved);
        }
        //= home-binding.4.2
        let status = acknowledgement.status;
        let same_sequence = acknowledgement.sequence == outstanding.sequence;
        let message_id = acknowledgement.options.message_id().once();
        // Who does not know RFC 4285 gives none back.
        let same_message_id =
            message_id == Some(outstanding.message_id) || (is_plain && message_id.is_none());
        let answers = (same_sequence || status == status::SEQUENCE_OUT_OF_WINDOW)
            && (same_message_id || status == status::MIPV6_ID_MISMATCH);
        if answers { Ok(outstanding) } else { Err(count::Binding::Unsolicited) }
    }

    fn on_acknowledgement(
        &mut self,
        now: Time,
        outstanding: &Outstanding,
        acknowledgement: &BindingAcknowledgement<'_>,
        effects: &mut Effects,
    ) {
        if acknowledgement.is_accepted() {
            self.outstanding = None;
            if outstanding.release {
                effects.count(count::Binding::Released);
                self.remains = None;
                self.forget();
            } else {
                effects.count(count::Binding::Acknowledged);
                self.hold(outstanding, acknowledgement.lifetime);
            }
            return;
        }
        effects.count(count::Binding::Refused);
        match acknowledgement.status {
            //= home-binding.4.4
            status::SEQUENCE_OUT_OF_WINDOW => {
                self.sequence = acknowledgement.sequence;
                self.hurry(now);
            }
            //= home-binding.4.5
            status::MIPV6_ID_MISMATCH => {
                if let Some(theirs) = acknowledgement.options.message_id().once() {
                    self.clock_offset = theirs.seconds().wrapping_sub(now.ntp_seconds());
                    // What was used before may lie in that clock's future, and must not hold it
                    // up; if it does not, the next one has to be greater all the same.
                    self.message_id =
                        self.message_id.filter(|last| is_near(last.seconds(), theirs.seconds()));
                }
                self.hurry(now);
            }
            _ if outstanding.release => self.forget(),
            //= home-binding.4.6
            status => {
                self.outstanding = None;
                self.bound = None;
                self.refused = Some(status);
            }
        }
    }

    fn hold(&mut self, outstanding: &Outstanding, granted: Lifetime) {
        //= home-binding.4.7
        let Some(parameters) = self.parameters else { return };
        let seconds = granted.min(outstanding.lifetime).seconds();
        let lifetime = Duration::from_secs(seconds.into());
        self.bound = Some(Bound {
            care_of_address: parameters.care_of_address,
            counts: true,
            ends: (outstanding.sent + lifetime).min(parameters.registration_ends),
            refresh: outstanding.sent + lifetime * 3 / 4,
        });
    }

    /// Sends the outstanding update again as soon as it may be.
    fn hurry(&mut self, now: Time) {
        //= home-binding.1.10
        if let Some(outstanding) = &mut self.outstanding {
            outstanding.wait = LATER_WAIT / 2;
            outstanding.next = now.max(outstanding.sent + LEAST_WAIT);
        }
    }

    /// A timestamp of the home agent's clock, greater than the one used last.
    fn next_message_id(&self, now: Time, random: &mut dyn Random) -> Timestamp {
        let seconds = u64::from(now.ntp_seconds().wrapping_add(self.clock_offset)) << 32;
        let fraction = now.ntp() & 0xffff_0000 | u64::from(random.u32() & 0xffff);
        let fresh = Timestamp(seconds | fraction);
        let after = self.message_id.map(|last| Timestamp(last.0.saturating_add(1)));
        after.map_or(fresh, |after| fresh.max(after))
    }
}
