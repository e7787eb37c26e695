//! The mobile node: gains access, registers with the FHA, binds itself at its home agent, and
//! sends its IPv6 packets through the tunnels that come of that.

mod agents;
mod binding;
mod config;
mod data;
mod home;
mod registration;
mod release;

use core::net::{IpAddr, Ipv4Addr, SocketAddr, SocketAddrV4};
use std::collections::BTreeSet;

use dsboot_codec::{
    mip4::{Identification, Message},
    mip6::{Sequence, Timestamp},
};

pub use agents::Agent;
pub use binding::{Binding, BindingState};
pub use config::{AgentPolicy, Attachment, MnConfig, TunnelForm};
pub use registration::{Held, Outcome, Purpose, Way};

use crate::{
    AddressChange, Datagram, Effect, Effects, Input, Machine, Random, Time,
    count::Registration,
    fault::{Fault, is},
    fragments::Fragments,
    journal::Latest,
    pana::{AccessOutcome, Failure, Pac, PacConfig},
};
use agents::Agents;
use binding::Parameters;
use home::Homecoming;
use registration::Registrar;
use release::Release;

/// A mobile node.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Mn {
    config: MnConfig,
    attachment: Option<Attachment>,
    pac: Option<Pac>,
    admitted: Option<Admitted>,
    agents: Agents,
    /// Whether a registration by the way that this link offers is still to be begun.
    wants_registration: bool,
    registrar: Registrar,
    binding: Binding,
    release: Option<Release>,
    homecoming: Option<Homecoming>,
    /// What became of the registration last.
    outcome: Option<Outcome>,
    /// When something was sent in the UDP tunnel last.
    tunnel_used: Option<Time>,
    /// What has come of fragmented packets of the tunnel from the home agent.
    fragments: Fragments,
    /// How many packets have entered the tunnel to it, modulo 2^32: the Identification of
    /// fragments.
    fragments_sent: u32,
    /// The addresses that the host owns because of the mobile node.
    addresses: BTreeSet<IpAddr>,
    kept: Latest<Numbers>,
}

/// What a mobile node keeps over a crash: the numbers that it must not use again. Everything else
/// it gains anew.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Numbers {
    /// The Identification used last.
    pub identification: Option<Identification>,
    /// The sequence number of a binding update used last.
    pub sequence: Sequence,
    /// The Mesg-ID used last.
    pub message_id: Option<Timestamp>,
}

/// What step 3 has told; a hint until the registration has proved it.
//= access.4.12
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Admitted {
    /// The FHA assigned.
    pub fha: Option<Ipv4Addr>,
    /// The co-located care-of address assigned.
    pub care_of_address: Option<Ipv4Addr>,
}

impl Mn {
    /// A mobile node that is attached nowhere.
    #[must_use]
    pub fn new(config: MnConfig) -> Mn {
        let binding = Binding::new(&config);
        Mn {
            config,
            attachment: None,
            pac: None,
            admitted: None,
            agents: Agents::default(),
            wants_registration: false,
            registrar: Registrar::default(),
            binding,
            release: None,
            homecoming: None,
            outcome: None,
            tunnel_used: None,
            fragments: Fragments::default(),
            fragments_sent: 0,
            addresses: BTreeSet::new(),
            kept: Latest::default(),
        }
    }

    /// Attaches to a link and begins to gain access there; whatever link it was on is left.
    pub fn attach(
        &mut self,
        now: Time,
        random: &mut dyn Random,
        attachment: Attachment,
    ) -> Effects {
        //= movement.1.1
        let mut effects = Effects::new();
        self.release = None;
        self.homecoming = None;
        self.admitted = None;
        self.registrar.leave_link();
        self.wants_registration = true;
        //= access.2.1
        let local = SocketAddrV4::new(attachment.provisional, attachment.pana_port);
        //= access.1.4
        let mut pac = Pac::new(PacConfig {
            vendor_id: self.config.vendor_id,
            ..PacConfig::new(
                attachment.paa,
                SocketAddr::V4(local),
                self.config.nai.clone(),
                self.config.access_password.clone(),
            )
        });
        let policy = attachment.agents;
        self.attachment = Some(attachment);
        self.own_addresses(&mut effects);
        effects.append(pac.start(now, random));
        self.pac = Some(pac);
        self.agents.attach(now, policy, &mut effects);
        self.advance(now, random, &mut effects);
        effects
    }

    /// Registers again before it has to.
    pub fn refresh(&mut self, now: Time, random: &mut dyn Random) -> Effects {
        let mut effects = Effects::new();
        match self.open_way() {
            Some(way) => self.registrar.refresh(now, random, &self.config, way, &mut effects),
            None => self.wants_registration = true,
        }
        self.advance(now, random, &mut effects);
        effects
    }

    /// What it keeps over a crash, if that has changed since the last time.
    pub fn take_changed(&mut self) -> Option<Numbers> {
        let identification = self.registrar.last_identification();
        let (sequence, message_id) = self.binding.numbers();
        self.kept.change(Numbers { identification, sequence, message_id })
    }

    /// Takes over what was kept before a crash.
    pub fn restore(&mut self, numbers: Numbers) {
        self.registrar.go_on_after(numbers.identification);
        self.binding.go_on_after(numbers.sequence, numbers.message_id);
    }

    /// What it is configured with.
    #[must_use]
    pub fn config(&self) -> &MnConfig {
        &self.config
    }

    /// The state of access: the PANA client on this link.
    #[must_use]
    pub fn pac(&self) -> Option<&Pac> {
        self.pac.as_ref()
    }

    /// What step 3 has told on this link.
    #[must_use]
    pub fn admitted(&self) -> Option<&Admitted> {
        self.admitted.as_ref()
    }

    /// The foreign agent heard on this link.
    #[must_use]
    pub fn agent(&self) -> Option<&Agent> {
        self.agents.agent()
    }

    /// What the registration has given, while it is in force.
    #[must_use]
    pub fn held(&self) -> Option<&Held> {
        self.registrar.held()
    }

    /// What the registration request that is not answered yet is for.
    #[must_use]
    pub fn requesting(&self) -> Option<Purpose> {
        self.registrar.requesting()
    }

    /// Whether a registration request has been sent and not been answered.
    #[must_use]
    pub fn awaits_reply(&self) -> bool {
        self.registrar.awaits_reply()
    }

    /// The Identification of the last registration request.
    #[must_use]
    pub fn last_identification(&self) -> Option<Identification> {
        self.registrar.last_identification()
    }

    /// What became of the registration last.
    #[must_use]
    pub fn outcome(&self) -> Option<Outcome> {
        self.outcome
    }

    /// The home binding.
    #[must_use]
    pub fn binding(&self) -> &Binding {
        &self.binding
    }

    /// Whether a release is under way.
    #[must_use]
    pub fn is_releasing(&self) -> bool {
        self.release.is_some()
    }

    /// The way that a registration takes from this link, once that is known.
    #[must_use]
    pub fn way(&self) -> Option<Way> {
        //= access.4.13
        let admitted = self.admitted.as_ref()?;
        //= access.4.14
        let fha = admitted.fha?;
        let agent = self.agents.agent();
        let through = |agent: &Agent, care_of_address, colocated| Way {
            fha,
            care_of_address,
            colocated,
            agent: Some(agent.clone()),
        };
        match (admitted.care_of_address, agent) {
            //= access.4.16
            (Some(care_of), Some(agent)) if care_of == agent.care_of_address => {
                Some(through(agent, care_of, false))
            }
            //= registration.3.4
            (Some(care_of), Some(agent))
                if agent.flags.registration_required() && !is(Fault::MnIgnoresR) =>
            {
                Some(through(agent, care_of, true))
            }
            //= registration.3.2
            (Some(care_of), _) => {
                Some(Way { fha, care_of_address: care_of, colocated: true, agent: None })
            }
            //= registration.3.3
            (None, Some(agent)) => Some(through(agent, agent.care_of_address, false)),
            (None, None) => None,
        }
    }

    /// The way that a registration may take now.
    fn open_way(&self) -> Option<Way> {
        self.way().filter(|_| self.release.is_none() && !self.agents.is_looking())
    }

    /// Does what the state that an input has led to asks for.
    fn advance(&mut self, now: Time, random: &mut dyn Random, effects: &mut Effects) {
        self.take_access_outcome(now, random, effects);
        self.own_addresses(effects);
        self.move_session(now, random, effects);
        if self.release.is_some() {
            return self.advance_release(now, random, effects);
        }
        if self.homecoming.is_some() {
            return self.advance_home(now, random, effects);
        }
        if self.admitted.is_none_or(|admitted| admitted.fha.is_none()) {
            //= movement.1.11
            self.registrar.interrupt();
        }
        //= registration.3.1
        if let Some(way) = self.open_way().filter(|_| self.wants_registration) {
            self.wants_registration = false;
            self.registrar.register(now, random, &self.config, way, effects);
            self.own_addresses(effects);
        }
        if self.registrar.held().is_none() {
            self.binding.interrupt();
        }
    }

    fn take_access_outcome(&mut self, now: Time, random: &mut dyn Random, effects: &mut Effects) {
        match self.pac.as_mut().and_then(Pac::take_outcome) {
            Some(AccessOutcome::Granted { fha, care_of, .. }) => {
                let care_of_address = care_of.map(|(address, _)| address);
                let admitted = Admitted { fha, care_of_address };
                // Access prolonged may bring another assignment.
                self.wants_registration |= self.admitted.is_some_and(|before| before != admitted);
                //= access.4.15
                self.admitted = Some(admitted);
                if fha.is_none() {
                    //= movement.1.11
                    effects.count(Registration::NoFha);
                }
            }
            //= access.5.3
            Some(AccessOutcome::Failed(Failure::Eap | Failure::Terminated(_)))
            | Some(AccessOutcome::Refused(_) | AccessOutcome::Released) => self.admitted = None,
            Some(AccessOutcome::Failed(_)) => {
                self.admitted = None;
                self.own_addresses(effects);
                if let Some(pac) = self.pac.as_mut().filter(|_| self.release.is_none()) {
                    self.wants_registration = true;
                    effects.append(pac.start(now, random));
                }
            }
            None => {}
        }
    }

    /// Tells the PAA the address that the mobile node goes on with.
    fn move_session(&mut self, now: Time, random: &mut dyn Random, effects: &mut Effects) {
        //= access.4.17
        let own = self.colocated_address();
        if let (Some(pac), Some(attachment)) = (&mut self.pac, &self.attachment) {
            let own = own.unwrap_or(attachment.provisional);
            let local = SocketAddr::from((own, attachment.pana_port));
            if pac.local() != local {
                effects.append(pac.set_local(now, random, local));
            }
        }
    }

    /// The co-located care-of address on this link, if it is the mobile node's: that an agent may
    /// yet say.
    fn colocated_address(&self) -> Option<Ipv4Addr> {
        //= access.4.16
        let care_of = self.admitted?.care_of_address.filter(|_| !self.agents.is_looking())?;
        let agents = self.agents.agent().map(|agent| agent.care_of_address);
        (Some(care_of) != agents).then_some(care_of)
    }

    fn on_registration(
        &mut self,
        now: Time,
        random: &mut dyn Random,
        outcome: Outcome,
        effects: &mut Effects,
    ) {
        self.outcome = Some(outcome);
        self.own_addresses(effects);
        match outcome {
            Outcome::Registered => {
                self.tunnel_used = Some(now);
                self.bind(now, random, effects);
                self.show_tunnel_end(now, effects);
            }
            Outcome::Released => self.binding.forget(),
            Outcome::Refused(_) if self.registrar.held().is_none() => self.binding.forget(),
            Outcome::Refused(_) => {}
            Outcome::Lost => {
                //= movement.3.10
                self.binding.forget();
                self.wants_registration = self.release.is_none();
            }
        }
    }

    /// Takes the home binding where the registration allows and needs it.
    fn bind(&mut self, now: Time, random: &mut dyn Random, effects: &mut Effects) {
        let Some(held) = self.registrar.held() else { return };
        //= registration.10.6
        let parameters = (held.home_address, held.home_agent, held.ipv6_care_of_address);
        let (Some(home_address), Some(home_agent), Some(care_of_address)) = parameters else {
            self.binding.forget();
            return effects.count(Registration::Incomplete);
        };
        //= home-binding.1.1
        //= movement.1.4
        //= movement.1.7
        let parameters = Parameters {
            home_address: home_address.address(),
            home_agent,
            care_of_address: care_of_address.address(),
            registration_ends: held.ends,
        };
        let packets = self.binding.update(now, random, parameters, effects);
        self.send_updates(now, packets, effects);
    }

    /// Takes on and gives up addresses, so that the host owns those that the state asks for.
    fn own_addresses(&mut self, effects: &mut Effects) {
        let provisional = self.attachment.as_ref().map(|attachment| attachment.provisional);
        let on_link = self.colocated_address().or(provisional).map(IpAddr::V4);
        let held = self.registrar.held().into_iter().flat_map(|held| {
            [
                Some(IpAddr::V4(held.thoav4)),
                held.ipv6_care_of_address.map(|prefixed| IpAddr::V6(prefixed.address())),
                held.home_address.map(|prefixed| IpAddr::V6(prefixed.address())),
            ]
        });
        let at_home = match self.homecoming {
            Some(Homecoming::Telling(home) | Homecoming::Home(home)) => {
                Some(IpAddr::V6(home.home_address))
            }
            _ => None,
        };
        let wanted: BTreeSet<IpAddr> = held.flatten().chain(on_link).chain(at_home).collect();
        for address in self.addresses.difference(&wanted) {
            effects.push(Effect::Address(AddressChange::Remove(*address)));
        }
        for address in wanted.difference(&self.addresses) {
            effects.push(Effect::Address(AddressChange::Add(*address)));
        }
        self.addresses = wanted;
    }

    fn on_datagram(
        &mut self,
        now: Time,
        random: &mut dyn Random,
        datagram: &Datagram,
        effects: &mut Effects,
    ) {
        let pana = self.attachment.as_ref().map(|attachment| attachment.pana_port);
        if Some(datagram.destination.port()) == pana {
            if let Some(pac) = &mut self.pac {
                effects.append(pac.handle(now, random, datagram));
            }
            return;
        }
        match Message::decode(&datagram.payload) {
            Ok(Message::Reply(reply)) => {
                let (config, agents) = (&self.config, &mut self.agents);
                let outcome = self.registrar.on_reply(now, config, &reply, agents, effects);
                if let Some(outcome) = outcome {
                    self.on_registration(now, random, outcome, effects);
                }
            }
            Ok(Message::TunnelData(data)) => {
                self.on_tunnel_data(now, datagram, data, effects);
            }
            Ok(_) => effects.count(Registration::Unexpected),
            Err(_) => effects.count(Registration::Malformed),
        }
    }

    fn on_timeout(&mut self, now: Time, random: &mut dyn Random, effects: &mut Effects) {
        if let Some(pac) = self.pac.as_mut().filter(|pac| is_due(pac.poll_timeout(), now)) {
            effects.append(pac.timeout(now, random));
        }
        self.agents.timeout(now, effects);
        self.own_addresses(effects);
        let way = self.open_way();
        if is_due(self.registrar.poll_timeout(way.is_some()), now) {
            let outcome = self.registrar.timeout(now, random, &self.config, way.as_ref(), effects);
            if let Some(outcome) = outcome {
                self.on_registration(now, random, outcome, effects);
            }
        }
        if is_due(self.binding.poll_timeout(), now) {
            let updates = self.binding.timeout(now, random, effects);
            self.send_updates(now, updates, effects);
        }
        self.keep_alive(now, effects);
        self.fragments.expire(now);
    }
}

impl Machine for Mn {
    fn handle(&mut self, now: Time, random: &mut dyn Random, input: Input<'_>) -> Effects {
        let mut effects = Effects::new();
        match input {
            Input::Datagram(datagram) => self.on_datagram(now, random, datagram, &mut effects),
            Input::Packet(packet) => self.on_packet(now, packet, &mut effects),
            Input::Timeout => self.on_timeout(now, random, &mut effects),
        }
        self.advance(now, random, &mut effects);
        effects
    }

    fn poll_timeout(&self) -> Option<Time> {
        [
            self.pac.as_ref().and_then(Pac::poll_timeout),
            self.agents.poll_timeout(),
            self.registrar.poll_timeout(self.open_way().is_some()),
            self.binding.poll_timeout(),
            self.keepalive_due(),
            self.fragments.poll_timeout(),
        ]
        .into_iter()
        .flatten()
        .min()
    }
}

/// Whether two times in NTP seconds are so near each other that whoever tolerates differences at
/// all takes one for the other.
fn is_near(a: u32, b: u32) -> bool {
    const APART: u32 = 2;
    a.wrapping_sub(b).min(b.wrapping_sub(a)) <= APART
}

fn is_due(timeout: Option<Time>, now: Time) -> bool {
    timeout.is_some_and(|timeout| timeout <= now)
}
