//! What the target carries: packets of the mobile node out of its tunnel, and packets for it into the
//! tunnel to its care-of address. An FHA's mobile nodes have IPv6 in IPv4 (41) in there, those of any
//! other home agent IPv4.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use dsboot_codec::ip::tunnel::ipv6_in_ipv4;
use dsboot_codec::ip::{udp, v4};
use dsboot_codec::mip4::{Extension, TunnelData, UdpTunnelRequest};
use dsboot_codec::tree::Protocol;
use dsboot_spec::registry::ip::protocol;

use super::peer::Grant;
use super::rrq::{Part, Tweak};
use super::{ACCEPTED, Cases, Ending, Mobile, Outcome, code_or_silence, ensure, missing};
use crate::pipe::Pipe;
use crate::stage::Endpoint;
use crate::{Case, Stage};

/// The port of a mobile node's packets.
const NODE_PORT: u16 = 5000;

/// A registered mobile node, whom it speaks to, and its end of the tunnel.
struct Data {
    mobile: Mobile,
    pipe: Pipe,
    peer: Endpoint,
    agent: Ipv4Addr,
    /// What packets that it sends come from.
    source: IpAddr,
}

/// A packet of a mobile node, by what is in it.
#[derive(Clone, Copy)]
struct Sent {
    /// The source of the innermost packet.
    source: IpAddr,
    /// The source of what is in the tunnel.
    home: Ipv4Addr,
}

impl Data {
    /// A mobile node that is not registered yet.
    fn new(stage: &mut Stage<'_>) -> Result<Data, Ending> {
        let Some(at) = stage.profile.tester.correspondent else {
            return Err(Ending::Skip("the profile names no tester.correspondent".to_owned()));
        };
        let mobile = Mobile::new(stage)?;
        let pipe = Pipe::open("MN", mobile.care_of)?;
        let peer = stage.endpoint("CN", at, 0, Protocol::Data)?;
        let (agent, source) = (mobile.home_agent, mobile.home_address.into());
        Ok(Data { mobile, pipe, peer, agent, source })
    }

    /// One that is registered.
    fn registered(stage: &mut Stage<'_>) -> Result<Data, Ending> {
        let mut data = Data::new(stage)?;
        if data.mobile.desk.is_none() {
            data.mobile.establish(stage)?;
            return Ok(data);
        }
        let first = data.mobile.first(stage);
        let (answer, grant) = data.mobile.bootstrap(stage, &first.octets(), |_| {})?;
        let (Some(answer), Grant { care_of6: Some(care_of), nonce: Some(nonce), .. }) =
            (answer.filter(|answer| answer.code <= 1), grant)
        else {
            return missing("a registration");
        };
        data.mobile.learn(&answer, &nonce)?;
        data.source = care_of.into();
        Ok(data)
    }

    /// What is sent as it must be.
    fn right(&self) -> Sent {
        Sent { source: self.source, home: self.mobile.home_address }
    }

    /// Sends a packet to the correspondent; whether it arrives there.
    fn arrives(
        &self,
        stage: &mut Stage<'_>,
        pipe: &Pipe,
        sent: Sent,
        patience: Duration,
    ) -> Result<bool, Ending> {
        let mark: [u8; 8] = stage.random();
        let inner = self.inner(sent, &mark)?;
        pipe.send(stage, self.agent, &inner)?;
        let came = stage.receive(&self.peer, patience);
        Ok(came.is_some_and(|came| came.octets == mark && came.from.ip() == sent.source))
    }

    /// What is in the tunnel.
    fn inner(&self, sent: Sent, mark: &[u8]) -> Result<Vec<u8>, Ending> {
        let from = SocketAddr::new(sent.source, NODE_PORT);
        let made = udp::packet(from, self.peer.local, 60, mark).and_then(|packet| {
            if from.is_ipv4() {
                return Ok(packet);
            }
            v4::Packet::new(sent.home, self.agent, protocol::IPV6, &packet).encode()
        });
        made.or_else(|_| missing("a packet"))
    }

    /// Sends a packet from the correspondent to the mobile node; whether it comes out of the tunnel.
    fn reaches(
        &self,
        stage: &mut Stage<'_>,
        pipe: &Pipe,
        patience: Duration,
    ) -> Result<bool, Ending> {
        let mark: [u8; 8] = stage.random();
        stage.send(&self.peer, SocketAddr::new(self.source, NODE_PORT), &mark)?;
        let home = self.mobile.home_address;
        let is_mine = |packet: &v4::Packet<'_>| packet.destination == home;
        let Some(out) = pipe.receive(stage, patience, is_mine) else { return Ok(false) };
        let Ok(inner) = v4::Packet::decode(&out.inner) else { return Ok(false) };
        let octets = ipv6_in_ipv4::unwrap(&inner).map_or(&out.inner[..], |inside| inside.octets);
        let is_it = udp::decode_packet(octets).is_ok_and(|received| received.payload == mark);
        ensure(out.from == self.agent, format!("a tunnel from {}", self.agent), || {
            format!("one from {}", out.from)
        })?;
        Ok(is_it)
    }

    /// Asks for something under the association.
    fn again(&mut self, stage: &mut Stage<'_>, lifetime: u16, care_of: Ipv4Addr) -> Outcome {
        let mut request = self.mobile.again(stage)?;
        (request.header.lifetime, request.header.care_of_address) = (lifetime, care_of);
        self.mobile.send(stage, &request.octets())?;
        ACCEPTED.judge(stage, &self.mobile).map(|_| ())
    }

    fn release(&mut self, stage: &mut Stage<'_>) -> Outcome {
        let home = self.mobile.home_address;
        self.again(stage, 0, home)
    }
}

/// Another end, at `tester.other`.
fn elsewhere(stage: &Stage<'_>) -> Result<(Pipe, Ipv4Addr), Ending> {
    match stage.profile.tester.other {
        Some(IpAddr::V4(other)) => Ok((Pipe::open("MN", other)?, other)),
        _ => Err(Ending::Skip("the profile names no tester.other".to_owned())),
    }
}

type Play = fn(&mut Stage<'_>) -> Result<bool, Ending>;

/// A packet that is carried or not, by what is played.
fn add_one<'c>(
    cases: &'c mut Cases,
    group: &str,
    purpose: &'static str,
    clauses: &'static str,
    is_carried: bool,
    play: Play,
) -> &'c mut Case {
    cases
        .add(group, purpose, clauses, move |stage| {
            let seen = play(stage)?;
            let words = |carried| if carried { "it is carried" } else { "it is not carried" };
            ensure(seen == is_carried, words(is_carried), || words(seen).to_owned())
        })
        .claims("tunnel")
}

pub(super) fn add(cases: &mut Cases) {
    from_mobile(cases);
    to_mobile(cases);
    in_udp(cases);
}

fn from_mobile(cases: &mut Cases) {
    let mut add = |purpose, clauses, is_carried, play: Play| {
        add_one(cases, "data.from", purpose, clauses, is_carried, play);
    };
    let clauses = "data-path.3.1, RFC 3024 §4.3.2";
    add(
        "a packet out of the tunnel of a registered mobile node arrives as it is",
        "data-path.3.3, RFC 3024 §4.3.2",
        true,
        |stage| {
            let data = Data::registered(stage)?;
            data.arrives(stage, &data.pipe, data.right(), stage.patience())
        },
    );
    add(
        "a tunnel from another address than the care-of address is not taken",
        clauses,
        false,
        |stage| {
            let (pipe, _) = elsewhere(stage)?;
            let data = Data::registered(stage)?;
            data.arrives(stage, &pipe, data.right(), stage.silence())
        },
    );
    add("a packet from another home address is not taken", clauses, false, |stage| {
        let data = Data::registered(stage)?;
        let other = Ipv4Addr::new(10, 77, 77, 77);
        let source = if data.source.is_ipv4() { other.into() } else { data.source };
        data.arrives(stage, &data.pipe, Sent { source, home: other }, stage.silence())
    });
    add(
        "an IPv6 packet from another address than the care-of address assigned is not taken",
        "data-path.3.2, RFC 5454 §3.3.2",
        false,
        |stage| {
            let data = Data::registered(stage)?;
            let IpAddr::V6(own) = data.source else {
                return Err(Ending::Skip("it carries IPv4".to_owned()));
            };
            let source = Ipv6Addr::from_bits(own.to_bits() ^ 0x8000).into();
            data.arrives(stage, &data.pipe, Sent { source, ..data.right() }, stage.silence())
        },
    );
    add(
        "after the deregistration the tunnel is not taken",
        "movement.3.3, data-path.3.1",
        false,
        |stage| {
            let mut data = Data::registered(stage)?;
            data.release(stage)?;
            data.arrives(stage, &data.pipe, data.right(), stage.silence())
        },
    );
    add(
        "after the lifetime the tunnel is not taken",
        "registration.7.13, data-path.3.1",
        false,
        |stage| {
            let mut data = Data::registered(stage)?;
            let care_of = data.mobile.care_of;
            data.again(stage, 1, care_of)?;
            stage.pause(Duration::from_millis(1500));
            data.arrives(stage, &data.pipe, data.right(), stage.silence())
        },
    );
    add(
        "after a movement the tunnel from the care-of address before is not taken",
        "movement.1.5, data-path.3.1",
        false,
        |stage| {
            let (_, there) = elsewhere(stage)?;
            let mut data = Data::registered(stage)?;
            data.again(stage, super::peer::LIFETIME, there)?;
            data.arrives(stage, &data.pipe, data.right(), stage.silence())
        },
    );
}

fn to_mobile(cases: &mut Cases) {
    let mut add = |purpose, clauses, is_carried, play: Play| {
        add_one(cases, "data.to", purpose, clauses, is_carried, play);
    };
    add(
        "a packet for a registered mobile node goes through the tunnel to its care-of address",
        "data-path.3.4, RFC 3344 §4.2.3",
        true,
        |stage| {
            let data = Data::registered(stage)?;
            data.reaches(stage, &data.pipe, stage.patience())
        },
    );
    add(
        "after a movement it goes to the new care-of address",
        "movement.1.5, RFC 3344 §3.8.2.2",
        true,
        |stage| {
            let (pipe, there) = elsewhere(stage)?;
            let mut data = Data::registered(stage)?;
            data.again(stage, super::peer::LIFETIME, there)?;
            data.reaches(stage, &pipe, stage.patience())
        },
    );
    add(
        "after a movement it does not go to the care-of address before",
        "movement.1.5, RFC 3344 §3.8.2.2",
        false,
        |stage| {
            let (_, there) = elsewhere(stage)?;
            let mut data = Data::registered(stage)?;
            data.again(stage, super::peer::LIFETIME, there)?;
            data.reaches(stage, &data.pipe, stage.silence())
        },
    );
    add(
        "after a movement that is refused it goes where it went",
        "registration.7.3, RFC 3344 §3.8.2.1",
        true,
        |stage| {
            let (_, there) = elsewhere(stage)?;
            let mut data = Data::registered(stage)?;
            let mut request = data.mobile.again(stage)?;
            request.header.care_of_address = there;
            request.tweak(|_, tweak| *tweak = Tweak::Flip(4));
            data.mobile.send(stage, &request.octets())?;
            code_or_silence(&[131]).judge(stage, &data.mobile)?;
            data.reaches(stage, &data.pipe, stage.patience())
        },
    );
    add(
        "a deregistration of another care-of address does not end the tunnel",
        "movement.3.3, RFC 3344 §3.8.2.2",
        true,
        |stage| {
            let mut data = Data::registered(stage)?;
            let mut request = data.mobile.again(stage)?;
            request.header.lifetime = 0;
            request.header.care_of_address = Ipv4Addr::new(198, 51, 100, 250);
            data.mobile.send(stage, &request.octets())?;
            super::ANYTHING.judge(stage, &data.mobile)?;
            data.reaches(stage, &data.pipe, stage.patience())
        },
    );
    add(
        "after the deregistration nothing goes through the tunnel",
        "movement.3.3, RFC 3344 §3.8.2.2",
        false,
        |stage| {
            let mut data = Data::registered(stage)?;
            data.release(stage)?;
            data.reaches(stage, &data.pipe, stage.silence())
        },
    );
    add(
        "after the lifetime nothing goes through the tunnel",
        "registration.7.13, RFC 3344 §3.8.2.2",
        false,
        |stage| {
            let mut data = Data::registered(stage)?;
            let care_of = data.mobile.care_of;
            data.again(stage, 1, care_of)?;
            stage.pause(Duration::from_millis(1500));
            data.reaches(stage, &data.pipe, stage.silence())
        },
    );
    add(
        "a request that comes again does not make the tunnel last longer",
        "registration.7.7, RFC 5944 §3.8.2.2",
        false,
        |stage| {
            let mut data = Data::registered(stage)?;
            let mut request = data.mobile.again(stage)?;
            request.header.lifetime = 2;
            let octets = request.octets();
            data.mobile.send(stage, &octets)?;
            ACCEPTED.judge(stage, &data.mobile)?;
            stage.pause(Duration::from_millis(1200));
            data.mobile.send(stage, &octets)?;
            stage.drain(&data.mobile.endpoint);
            stage.pause(Duration::from_millis(1000));
            data.reaches(stage, &data.pipe, stage.silence())
        },
    );
}

/// The request for a tunnel in UDP (RFC 3519 §3.1).
fn wanted() -> Part {
    Part::of(Extension::UdpTunnelRequest(UdpTunnelRequest::new(true, false)))
}

/// A mobile node that has a tunnel in UDP.
fn with_udp(stage: &mut Stage<'_>) -> Result<Data, Ending> {
    let mut data = Data::registered(stage)?;
    let mut request = data.mobile.again(stage)?;
    request.before_auth(wanted());
    data.mobile.send(stage, &request.octets())?;
    ACCEPTED.judge(stage, &data.mobile)?;
    Ok(data)
}

/// Sends a packet through a tunnel in UDP from this end; whether it arrives.
fn arrives_by(
    stage: &mut Stage<'_>,
    data: &Data,
    from: &Endpoint,
    patience: Duration,
) -> Result<bool, Ending> {
    let mark: [u8; 8] = stage.random();
    let inner = data.inner(data.right(), &mark)?;
    let octets = TunnelData::new(protocol::IPV4, &inner).encode();
    stage.send(from, stage.profile.target.address, &octets)?;
    let came = stage.receive(&data.peer, patience);
    Ok(came.is_some_and(|came| came.octets == mark))
}

/// Sends a packet to the mobile node; whether it comes in UDP to this end.
fn reaches_by(
    stage: &mut Stage<'_>,
    data: &Data,
    at: &Endpoint,
    patience: Duration,
) -> Result<bool, Ending> {
    let mark: [u8; 8] = stage.random();
    stage.send(&data.peer, SocketAddr::new(data.source, NODE_PORT), &mark)?;
    let came = stage.receive(at, patience);
    Ok(came.is_some_and(|came| {
        came.from == stage.profile.target.address
            && came.octets.first() == Some(&4)
            && came.octets.ends_with(&mark)
    }))
}

fn in_udp(cases: &mut Cases) {
    let mut add = |purpose, clauses, is_carried, play: Play| {
        add_one(cases, "data.udp", purpose, clauses, is_carried, play).claims("udp-tunnel");
    };
    add(
        "what comes in UDP from where the request came from arrives",
        "data-path.6.4, RFC 3519 §4.6",
        true,
        |stage| {
            let data = with_udp(stage)?;
            arrives_by(stage, &data, &data.mobile.endpoint, stage.patience())
        },
    );
    add(
        "what comes in UDP from another port is not taken",
        "data-path.3.1, RFC 3519 §4.8",
        false,
        |stage| {
            let data = with_udp(stage)?;
            let address = data.mobile.endpoint.local.ip();
            let other = stage.endpoint("MN", address, 0, Protocol::Mip4)?;
            // The tunnel is in use from its own port.
            arrives_by(stage, &data, &data.mobile.endpoint, stage.patience())?;
            arrives_by(stage, &data, &other, stage.silence())
        },
    );
    add(
        "what is for the mobile node comes in UDP to where the request came from",
        "data-path.6.4, RFC 3519 §4.6",
        true,
        |stage| {
            let data = with_udp(stage)?;
            reaches_by(stage, &data, &data.mobile.endpoint, stage.patience())
        },
    );
    add(
        "without the request for it nothing comes in UDP",
        "data-path.6.3, RFC 3519 §3.2",
        false,
        |stage| {
            let data = Data::registered(stage)?;
            reaches_by(stage, &data, &data.mobile.endpoint, stage.silence())
        },
    );
    add(
        "after the deregistration what comes in UDP is not taken",
        "movement.3.3, data-path.3.1",
        false,
        |stage| {
            let mut data = with_udp(stage)?;
            data.release(stage)?;
            arrives_by(stage, &data, &data.mobile.endpoint, stage.silence())
        },
    );
}
