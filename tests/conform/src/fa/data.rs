//! What the agent carries: out of tunnels of the home agent to visitors, and of visitors into them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::{Duration, Instant};

use dsboot_codec::ip::{udp, v4};
use dsboot_spec::registry::ip::protocol;

use super::visitor::Visitor;
use super::{Cases, Ending, Outcome, Stage, ensure, missing, relayed};
use crate::pipe::Pipe;

/// Whom visitors speak to.
const CORRESPONDENT: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(203, 0, 113, 7)), 7000);

/// The same where visitors send IPv6.
const PEER: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0xc0f, 0, 0, 0, 0, 1);

/// The port of a visitor's packets.
const NODE_PORT: u16 = 5000;

/// A visitor, and the home agent's end of its tunnel.
struct Data {
    visitor: Visitor,
    pipe: Pipe,
    care_of: Ipv4Addr,
}

impl Data {
    fn new(stage: &mut Stage<'_>) -> Result<Data, Ending> {
        let visitor = Visitor::new(stage)?;
        let pipe = Pipe::open("HA", visitor.home_agent)?;
        let Some(care_of) = visitor.agent.care_of.first().copied() else {
            return missing("a care-of address");
        };
        Ok(Data { visitor, pipe, care_of })
    }

    fn registered(stage: &mut Stage<'_>) -> Result<Data, Ending> {
        let mut data = Data::new(stage)?;
        data.visitor.register(stage)?;
        Ok(data)
    }

    /// Registers anew, or lets go, with this code and lifetime in the reply.
    fn answered(&mut self, stage: &mut Stage<'_>, lifetime: u16, code: u8) -> Outcome {
        let mut request = self.visitor.request(stage);
        request.header.lifetime = lifetime;
        let (came, _) = relayed(stage, &self.visitor, &request)?;
        let octets = self.visitor.signed(&self.visitor.answer(&request, code), &[])?;
        self.visitor.respond(stage, &came, &octets)?;
        match self.visitor.reply(stage, stage.patience()) {
            Some(reply) => {
                self.visitor.learn(&reply);
                Ok(())
            }
            None => missing("a relayed reply"),
        }
    }

    /// Sends a packet to this address through the tunnel; whether it comes to the visitor.
    fn reaches(
        &self,
        stage: &mut Stage<'_>,
        pipe: &Pipe,
        to: Ipv4Addr,
        patience: Duration,
    ) -> Result<bool, Ending> {
        let mark: [u8; 8] = stage.random();
        let Ok(inner) = udp::packet(CORRESPONDENT, (to, NODE_PORT).into(), 60, &mark) else {
            return missing("a packet");
        };
        pipe.send(stage, self.care_of, &inner)?;
        let end = Instant::now() + patience;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let Some(frame) = self.visitor.station.receive(stage, left) else { return Ok(false) };
            let Ok(received) = udp::decode_packet(&frame.packet) else { continue };
            if received.payload == mark && frame.to == self.visitor.station.own {
                let sound = received.destination == (to, NODE_PORT).into()
                    && received.source == CORRESPONDENT;
                ensure(sound, "the packet as it was in the tunnel", || {
                    format!("one from {} to {}", received.source, received.destination)
                })?;
                return Ok(true);
            }
        }
    }

    /// Sends a packet from this address over the link; whether it comes to the home agent in a tunnel.
    fn leaves(
        &self,
        stage: &mut Stage<'_>,
        from: Ipv4Addr,
        patience: Duration,
    ) -> Result<bool, Ending> {
        let mark: [u8; 8] = stage.random();
        // The draft's visitors send nothing but IPv6 in IPv4 (41).
        let made = if stage.profile.claims("bootstrap") {
            let own = Ipv6Addr::from_bits(0x2001_0db8 << 96 | u128::from(stage.number));
            let (own, peer) = ((own, NODE_PORT).into(), (PEER, NODE_PORT).into());
            udp::packet(own, peer, 60, &mark).and_then(|inside| {
                v4::Packet::new(from, self.visitor.home_agent, protocol::IPV6, &inside).encode()
            })
        } else {
            udp::packet((from, NODE_PORT).into(), CORRESPONDENT, 60, &mark)
        };
        let Ok(packet) = made else { return missing("a packet") };
        self.visitor.packet(stage, self.visitor.agent.mac, &packet)?;
        let is_it = |packet: &v4::Packet<'_>| packet.source == from;
        let Some(out) = self.pipe.receive(stage, patience, is_it) else { return Ok(false) };
        ensure(out.from == self.care_of, format!("a tunnel from {}", self.care_of), || {
            format!("one from {}", out.from)
        })?;
        Ok(out.inner.ends_with(&mark))
    }
}

type Play = fn(&mut Stage<'_>) -> Result<bool, Ending>;

fn add_one<'c>(
    cases: &'c mut Cases,
    group: &str,
    purpose: &'static str,
    clauses: &'static str,
    is_carried: bool,
    play: Play,
) -> &'c mut crate::Case {
    cases.add(group, purpose, clauses, move |stage| {
        let seen = play(stage)?;
        let words = |carried| if carried { "it is carried" } else { "it is not carried" };
        ensure(seen == is_carried, words(is_carried), || words(seen).to_owned())
    })
}

pub(super) fn add(cases: &mut Cases) {
    to_visitor(cases);
    from_visitor(cases);
}

fn to_visitor(cases: &mut Cases) {
    let clauses = "data-path.2.2, data-path.2.3, RFC 3344 §4.2.2";
    let mut add = |purpose, is_carried, play: Play| {
        add_one(cases, "data.to", purpose, clauses, is_carried, play).claims("tunnel");
    };
    add("what comes out of the tunnel for a visitor goes to it over the link", true, |stage| {
        let data = Data::registered(stage)?;
        let home = data.visitor.home_address;
        data.reaches(stage, &data.pipe, home, stage.patience())
    });
    add("what is for nobody's address is dropped", false, |stage| {
        let data = Data::registered(stage)?;
        data.reaches(stage, &data.pipe, Ipv4Addr::new(10, 77, 77, 77), stage.silence())
    });
    add("before the reply nothing is carried", false, |stage| {
        let mut data = Data::new(stage)?;
        let request = data.visitor.request(stage);
        relayed(stage, &data.visitor, &request)?;
        let home = data.visitor.home_address;
        data.reaches(stage, &data.pipe, home, stage.silence())
    });
    add("after a refusal nothing is carried", false, |stage| {
        let mut data = Data::new(stage)?;
        let lifetime = data.visitor.request(stage).header.lifetime;
        data.answered(stage, lifetime, 129)?;
        let home = data.visitor.home_address;
        data.reaches(stage, &data.pipe, home, stage.silence())
    });
    add("a later request that waits for its reply ends nothing", true, |stage| {
        let mut data = Data::registered(stage)?;
        let request = data.visitor.request(stage);
        relayed(stage, &data.visitor, &request)?;
        let home = data.visitor.home_address;
        data.reaches(stage, &data.pipe, home, stage.patience())
    });
    add("a later request that is refused ends nothing", true, |stage| {
        let mut data = Data::registered(stage)?;
        let lifetime = data.visitor.request(stage).header.lifetime;
        data.answered(stage, lifetime, 130)?;
        let home = data.visitor.home_address;
        data.reaches(stage, &data.pipe, home, stage.patience())
    });
    add("a deregistration that is refused ends nothing", true, |stage| {
        let mut data = Data::registered(stage)?;
        data.answered(stage, 0, 133)?;
        let home = data.visitor.home_address;
        data.reaches(stage, &data.pipe, home, stage.patience())
    });
    add("after the deregistration nothing is carried", false, |stage| {
        let mut data = Data::registered(stage)?;
        data.answered(stage, 0, 0)?;
        let home = data.visitor.home_address;
        data.reaches(stage, &data.pipe, home, stage.silence())
    });
    add("after the lifetime nothing is carried", false, |stage| {
        let mut data = Data::new(stage)?;
        data.answered(stage, 1, 0)?;
        stage.pause(Duration::from_millis(1500));
        let home = data.visitor.home_address;
        data.reaches(stage, &data.pipe, home, stage.silence())
    });
}

fn from_visitor(cases: &mut Cases) {
    let clauses = "data-path.2.1, data-path.2.3, RFC 3024 §5.1.1";
    let mut add = |purpose, is_carried, play: Play| {
        add_one(cases, "data.from", purpose, clauses, is_carried, play).claims("reverse-tunnel");
    };
    add("what a visitor sends goes through the tunnel to its home agent", true, |stage| {
        let data = Data::registered(stage)?;
        data.leaves(stage, data.visitor.home_address, stage.patience())
    });
    add("what comes from nobody's address is not tunnelled", false, |stage| {
        let data = Data::registered(stage)?;
        data.leaves(stage, Ipv4Addr::new(10, 77, 77, 77), stage.silence())
    });
    add("before the reply nothing is tunnelled", false, |stage| {
        let mut data = Data::new(stage)?;
        let request = data.visitor.request(stage);
        relayed(stage, &data.visitor, &request)?;
        data.leaves(stage, data.visitor.home_address, stage.silence())
    });
    add("after the deregistration nothing is tunnelled", false, |stage| {
        let mut data = Data::registered(stage)?;
        data.answered(stage, 0, 0)?;
        data.leaves(stage, data.visitor.home_address, stage.silence())
    });
    add("after the lifetime nothing is tunnelled", false, |stage| {
        let mut data = Data::new(stage)?;
        data.answered(stage, 1, 0)?;
        stage.pause(Duration::from_millis(1500));
        data.leaves(stage, data.visitor.home_address, stage.silence())
    });
}
