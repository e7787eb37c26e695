//! Tells the story of one setup: bootstrap, traffic, refresh, movement, release.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufWriter;
use std::net::IpAddr;
use std::time::Duration;

use dsboot_codec::ip;
use dsboot_codec::ip::icmp::{self, Echo, Message as Icmp};
use dsboot_roles::Time;
use dsboot_roles::mn::Mn;
use dsboot_spec::Role;
use dsboot_spec::registry::ip::icmpv6;

use super::checks;
use super::expect::{Checklist, Observation};
use super::inject::Injection;
use super::phase::{self, Act, Phase};
use super::report::{
    Check, ForbiddenReport, MessageReport, PhaseReport, RunReport, StepReport, seconds,
};
use crate::capture::Capture;
use crate::net::{HostId, Step};
use crate::sight::Sight;
use crate::trace::Trace;
use crate::world::{Settings, World};
use crate::{Error, Flood, Record, What};

/// Files that are written while the story is told.
#[derive(Default)]
pub struct Outputs {
    /// A capture of all packets.
    pub capture: Option<Capture<BufWriter<File>>>,
    /// A trace of all events.
    pub trace: Option<Trace<BufWriter<File>>>,
}

/// A story being told.
pub struct Story<'a> {
    /// The network that it is about.
    pub world: World,
    outputs: &'a mut Outputs,
    report: RunReport,
    start: Time,
    flood: Option<Flood>,
    /// The last echo request.
    sequence: u16,
    /// IPv4 packets sent to the home agent or the correspondent.
    ipv4_to_home: u64,
    /// Sources of packets sent to the correspondent.
    heard_by_cn: Vec<IpAddr>,
}

impl<'a> Story<'a> {
    /// Builds the network and begins to record.
    ///
    /// # Errors
    ///
    /// When the network cannot be built.
    pub fn begin(
        settings: &Settings,
        injection: Option<&Injection>,
        outputs: &'a mut Outputs,
    ) -> Result<Story<'a>, Error> {
        let world = match injection {
            Some(injection) => World::new(&injection.settings(settings))?,
            None => World::new(settings)?,
        };
        if let Some(capture) = &mut outputs.capture {
            capture.begin(&settings.setup.to_string(), world.net.links())?;
        }
        let mut report = RunReport::new(settings.setup);
        report.injection = injection.map(|injection| injection.name);
        let start = world.net.now();
        let mut story = Story {
            world,
            outputs,
            report,
            start,
            flood: None,
            sequence: 0,
            ipv4_to_home: 0,
            heard_by_cn: Vec::new(),
        };
        if let Some(injection) = injection {
            story.flood = injection.arm(&mut story.world, settings.seed)?;
        }
        story.world.net.note(format!("{} begins", settings.setup));
        Ok(story)
    }

    /// Everything: bootstrap, traffic, refresh, movement below the FHA and to another one,
    /// release. What follows a failed phase is left out.
    ///
    /// # Errors
    ///
    /// When the net fails or an output cannot be written.
    pub fn tell(&mut self) -> Result<(), Error> {
        self.tell_phases(&phase::whole(&self.world))
    }

    /// Bootstrap, traffic, refresh and release at one place: what somebody else's AAA server, which
    /// knows one place only, lets be told.
    ///
    /// # Errors
    ///
    /// As [`Story::tell`].
    pub fn tell_at_one_place(&mut self) -> Result<(), Error> {
        self.tell_phases(&phase::at_one_place(&self.world))
    }

    /// A bootstrap with what an injection does to it, and whatever the injection wants to see
    /// afterwards.
    ///
    /// # Errors
    ///
    /// As [`Story::tell`].
    pub fn tell_injected(&mut self, injection: &Injection) -> Result<(), Error> {
        self.tell_phases(&phase::injected(&self.world, injection))?;
        let [site, ..] = self.world.sites;
        let checks = injection.checks(&self.world, &site);
        if let Some(last) = self.report.phases.last_mut() {
            last.checks.extend(checks);
            last.holds = last.holds && last.checks.iter().all(|check| check.holds);
        }
        Ok(())
    }

    /// Lets the network run on, for so long, in real time if it is told so.
    ///
    /// # Errors
    ///
    /// As [`Story::tell`].
    pub fn go_on(&mut self, duration: Duration) -> Result<(), Error> {
        let until = self.world.net.now() + duration;
        let mut observations = Vec::new();
        while self.world.net.step(until)? == Step::Did {
            self.drain(None, &mut observations)?;
            observations.clear();
        }
        self.drain(None, &mut observations)
    }

    /// What is to be told of it.
    #[must_use]
    pub fn end(mut self) -> RunReport {
        for (_, host) in self.world.net.hosts() {
            let counters = host.counters().iter().map(|(reason, times)| (reason.name(), *times));
            let counters: BTreeMap<_, _> = counters.collect();
            if !counters.is_empty() {
                self.report.counters.insert(host.name.clone(), counters);
            }
        }
        self.report.seconds = seconds(self.start, self.world.net.now());
        self.report.poured = self.flood.as_ref().map_or(0, Flood::sent);
        self.report.holds = self.report.phases.iter().all(|phase| phase.holds);
        self.report
    }

    fn tell_phases(&mut self, phases: &[Phase]) -> Result<(), Error> {
        for phase in phases {
            if !self.phase(phase)? {
                break;
            }
        }
        Ok(())
    }

    /// Does something and sees what comes of it; whether that was all that had to.
    fn phase(&mut self, phase: &Phase) -> Result<bool, Error> {
        let start = self.world.net.now();
        let before = checks::State::of(&self.world);
        let cast = self.world.cast(&phase.site);
        let mut list = Checklist::new(cast, phase.expected.clone(), phase.forbidden.clone());
        let mut observations = Vec::new();
        self.world.net.note(format!("phase: {}", phase.name));
        self.act(phase)?;
        let mut last_act = start;
        let end = start + phase.patience;
        let mut until = end;
        let mut is_done = false;
        loop {
            self.pour()?;
            let again = phase.again.filter(|_| !is_done);
            let stop = again.map_or(until, |every| (last_act + every).min(until));
            let step = self.world.net.step(stop)?;
            self.drain(Some(&mut list), &mut observations)?;
            // A message that was seen may have come too late to be taken.
            if !is_done && list.is_complete() && self.check(phase, &before).iter().all(|c| c.holds)
            {
                is_done = true;
                until = (self.world.net.now() + phase.aftermath).min(end);
            }
            if step == Step::Reached {
                if self.world.net.now() >= until {
                    break;
                }
                last_act = self.world.net.now();
                if phase.act != Act::Attach || !self.is_registered_here() {
                    self.act(phase)?;
                }
            }
        }
        let ends = checks::ends(&self.world);
        let checks = self.check(phase, &before);
        let holds = list.holds() && checks.iter().all(|check| check.holds);
        self.report.phases.push(PhaseReport {
            name: phase.name,
            holds,
            began: seconds(self.start, start),
            took: seconds(start, self.world.net.now()),
            steps: StepReport::all(&list, start),
            forbidden: ForbiddenReport::all(&list, start),
            checks,
            ends,
            messages: observations.iter().map(|o| self.message(o, start)).collect(),
            observations,
            start,
        });
        Ok(holds)
    }

    /// What must be the case at the end of a phase.
    fn check(&self, phase: &Phase, before: &checks::State) -> Vec<Check> {
        let mut checks = checks::after(phase.name, &self.world, before, &phase.site);
        checks.extend(self.always());
        checks
    }

    /// Whether the mobile node is registered by the way that leads from where it is.
    fn is_registered_here(&self) -> bool {
        let Some(mn) = self.world.mn() else { return false };
        let way = mn.way().map(|way| (way.fha, way.care_of_address));
        way.is_some() && way == mn.held().map(|held| (held.fha, held.care_of_address))
    }

    fn act(&mut self, phase: &Phase) -> Result<(), Error> {
        match phase.act {
            Act::Attach => self.world.attach(&phase.site),
            Act::Echo => self.echo(),
            Act::Refresh => self.world.with_mn(Mn::refresh),
            Act::Release => self.world.with_mn(Mn::release),
        }
    }

    /// The mobile node's host sends the correspondent an echo request.
    fn echo(&mut self) -> Result<(), Error> {
        self.sequence += 1;
        let sequence = self.sequence;
        let correspondent = self.world.cn_address();
        let bound = self.world.mn().and_then(|mn| mn.binding().bound());
        let Some((parameters, _)) = bound else { return Ok(()) };
        let body = Echo { identifier: 1, sequence, data: b"dsboot" }.encode();
        let request = Icmp::new(icmpv6::ECHO_REQUEST, &body);
        let packet = icmp::packet_v6(parameters.home_address, correspondent, &request);
        let packet = packet.map_err(|_| Error::World("an echo request is too long"))?;
        self.world.with_mn(|mn, now, _| mn.send_ipv6(now, &packet))
    }

    /// Pours the next bad datagrams, if this is that kind of story.
    fn pour(&mut self) -> Result<(), Error> {
        match &mut self.flood {
            Some(flood) if flood.left() > 0 => {
                flood.pour(&mut self.world.net)?;
                // All of them, before anything else is due.
                let now = self.world.net.now();
                while self.world.net.has_due(now) && self.world.net.step(now)? == Step::Did {}
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Takes what has happened to the outputs, the report and the checklist.
    fn drain(
        &mut self,
        mut list: Option<&mut Checklist>,
        observations: &mut Vec<Observation>,
    ) -> Result<(), Error> {
        for record in self.world.net.take_records() {
            let mut observation = self.observe(&record);
            if let (Some(observation), Some(list)) = (&mut observation, &mut list) {
                list.see(observation);
                observation.label = list.label(observation);
            }
            let label = observation.as_ref().and_then(|observation| observation.label);
            if let Some(capture) = &mut self.outputs.capture {
                let comment = label.map(|label| format!("step {label}"));
                capture.write(&record, comment.as_deref())?;
            }
            if let Some(trace) = &mut self.outputs.trace {
                trace.write(&self.world.net, &record, label)?;
            }
            observations.extend(observation);
        }
        Ok(())
    }

    /// Counts a record and, if a packet was sent, says what it is.
    fn observe(&mut self, record: &Record) -> Option<Observation> {
        match &record.what {
            What::Sent { from, to, lost, packet, .. } => {
                self.report.sent += 1;
                self.report.lost += u64::from(*lost);
                self.watch(*to, packet);
                if let Some(flood) = &mut self.flood {
                    flood.remember(packet, self.world.net.settings().ports);
                }
                let ends = [self.world.roles(*from), self.world.roles(*to)];
                let sight = Sight::of(packet, self.world.lens(), ends);
                let (at, from, to, lost) = (record.at, *from, *to, *lost);
                Some(Observation { at, from, to, lost, sight, label: None })
            }
            // Somebody else's server stands where a host of the run does otherwise.
            What::Foreign { host, inbound, link: Some(link), packet, .. } => {
                self.report.sent += 1;
                let link = self.world.net.links().get(link.index())?;
                let other = link.other_end(*host)?;
                let (from, to) = if *inbound { (other, *host) } else { (*host, other) };
                let ends = [self.world.roles(from), self.world.roles(to)];
                let sight = Sight::of(packet, self.world.lens(), ends);
                Some(Observation { at: record.at, from, to, lost: false, sight, label: None })
            }
            What::Dropped { host, why, .. } => {
                let host = self.world.net.host_name(*host).to_owned();
                let reasons = self.report.undelivered.entry(host).or_default();
                *reasons.entry(why.name()).or_default() += 1;
                None
            }
            _ => None,
        }
    }

    /// Notes what must never reach home agent and correspondent.
    fn watch(&mut self, to: HostId, packet: &[u8]) {
        let roles = self.world.roles(to);
        let Ok(decoded) = ip::Packet::decode(packet) else { return };
        if roles.contains(&Role::Ha) || roles.contains(&Role::Cn) {
            self.ipv4_to_home += u64::from(matches!(decoded, ip::Packet::V4(_)));
        }
        if roles.contains(&Role::Cn) && !self.heard_by_cn.contains(&decoded.source()) {
            self.heard_by_cn.push(decoded.source());
        }
    }

    /// What must hold at every time.
    fn always(&self) -> [Check; 2] {
        let home = self.world.mn().and_then(|mn| mn.held()?.home_address);
        let is_home = |source: &IpAddr| home.is_none_or(|h| IpAddr::V6(h.address()) == *source);
        [
            Check {
                what: "no IPv4 packet was sent to HA or CN".to_owned(),
                sentence: "data-path.3.6",
                holds: self.ipv4_to_home == 0,
            },
            Check {
                what: "CN saw no address of the MN but its IPv6 home address".to_owned(),
                sentence: "data-path.4.5",
                holds: self.heard_by_cn.iter().all(is_home),
            },
        ]
    }

    fn message(&self, observation: &Observation, start: Time) -> MessageReport {
        MessageReport {
            at: seconds(start, observation.at),
            from: self.world.net.host_name(observation.from).to_owned(),
            to: self.world.net.host_name(observation.to).to_owned(),
            label: observation.label,
            what: observation.sight.text.clone(),
            tunnels: observation.sight.tunnels.clone(),
            lost: observation.lost,
        }
    }
}
