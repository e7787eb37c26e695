//! The NAS that a mobile node is tested with: PANA agent and EAP server in one.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use dsboot_codec::dsb::{Fqdn, Parameter, Prefixed};
use dsboot_codec::eap::{self, Body, Code, Md5Challenge};
use dsboot_codec::pana::{Flags, Kind};
use dsboot_spec::registry::pana::avp;
use dsboot_spec::registry::pana::result;

use super::world::{FHA, Said, World};
use super::{fail, missing};
use crate::Stage;
use crate::case::{Ending, Outcome};
use crate::nas::pac::{Heard, Msg, encode, up_to};

/// The challenge of EAP-MD5.
pub(super) const CHALLENGE: [u8; 16] = [0xa5; 16];

/// What the NAS says at the end; cases change what they are about.
#[derive(Clone, Debug)]
pub(super) struct Admission {
    pub(super) result: u32,
    pub(super) eap: Option<Code>,
    pub(super) lifetime: Option<u32>,
    pub(super) fha: Option<Ipv4Addr>,
    pub(super) fqdn: Option<&'static str>,
    pub(super) care_of: Option<Ipv4Addr>,
}

impl Admission {
    /// With a co-located care-of address.
    pub(super) fn colocated(world: &World) -> Admission {
        Admission { care_of: Some(world.care_of), ..Admission::plain() }
    }

    /// Without one.
    pub(super) const fn plain() -> Admission {
        Admission {
            result: result::SUCCESS,
            eap: Some(Code::Success),
            lifetime: Some(3600),
            fha: Some(FHA),
            fqdn: None,
            care_of: None,
        }
    }

    /// A refusal.
    pub(super) const fn refusal() -> Admission {
        Admission {
            result: result::AUTHENTICATION_REJECTED,
            eap: Some(Code::Failure),
            lifetime: None,
            fha: None,
            fqdn: None,
            care_of: None,
        }
    }
}

impl World {
    /// Waits for the client's initiation, and learns from it where client and NAS are.
    pub(super) fn await_initiation(
        &mut self,
        stage: &mut Stage<'_>,
        patience: Duration,
    ) -> Outcome {
        let found = self.next(stage, patience, |said| match said {
            Said::Access(heard, to) => {
                let kind = heard.message().ok()?.kind();
                (kind == Some(Kind::Pci)).then_some((heard.came.from, *to))
            }
            _ => None,
        });
        let Some((from, to)) = found else {
            return fail("a PANA-Client-Initiation", format!("none within {patience:?}"));
        };
        (self.pac, self.paa) = (from, to);
        if let SocketAddr::V4(own) = from {
            let [a, b, c, d] = own.ip().octets();
            self.care_of = Ipv4Addr::new(a, b, c, d ^ 0x20);
        }
        Ok(())
    }

    /// The next PANA message but for initiations that are repeated.
    pub(super) fn access(&mut self, stage: &mut Stage<'_>, patience: Duration) -> Option<Heard> {
        self.next(stage, patience, |said| match said {
            Said::Access(heard, _) => {
                let kind = heard.message().ok().and_then(|message| message.kind());
                (kind != Some(Kind::Pci)).then(|| heard.clone())
            }
            _ => None,
        })
    }

    /// The same, which has to come.
    pub(super) fn heard(&mut self, stage: &mut Stage<'_>, what: &str) -> Result<Heard, Ending> {
        match self.access(stage, stage.patience()) {
            Some(heard) => Ok(heard),
            None => fail(what, format!("nothing within {} ms", stage.profile.patience)),
        }
    }

    /// Sends a PANA message to where the client spoke from last.
    pub(super) fn tell(&self, stage: &mut Stage<'_>, message: &Msg) -> Outcome {
        self.datagram(stage, (self.paa, self.pac), &message.octets())
    }

    /// The next request of ours.
    pub(super) fn par(&mut self, kind: Kind, flags: Flags) -> Msg {
        self.number = self.number.wrapping_add(1);
        Msg::new(kind, flags, self.session, self.number)
    }

    /// The request that opens a session.
    pub(super) fn start(&mut self) -> Msg {
        self.par(Kind::Par, Flags::START)
    }

    /// The answer to the request sent last.
    pub(super) fn answered(
        &mut self,
        stage: &mut Stage<'_>,
        kind: Kind,
        flags: Flags,
    ) -> Result<Heard, Ending> {
        let heard = self.heard(stage, &format!("a {}", kind.name()))?;
        let message = heard.is(kind, flags)?;
        if message.flags().contains(Flags::REQUEST) || message.sequence() != self.number {
            return fail(
                format!("an answer with the number {}", self.number),
                format!("the number {}", message.sequence()),
            );
        }
        Ok(heard)
    }

    /// Up to the confirmation of the session.
    pub(super) fn open(&mut self, stage: &mut Stage<'_>) -> Result<Heard, Ending> {
        let start = self.start();
        self.tell(stage, &start)?;
        self.answered(stage, Kind::Pan, Flags::START)
    }

    /// A mobile node whose session has begun.
    pub(super) fn opened(stage: &mut Stage<'_>) -> Result<World, Ending> {
        let mut world = World::new(stage)?;
        world.open(stage).or_else(up_to)?;
        Ok(world)
    }

    /// One that has been asked who it is too.
    pub(super) fn identified(stage: &mut Stage<'_>) -> Result<World, Ending> {
        let mut world = World::opened(stage)?;
        let identity = world.ask_identity(stage)?;
        world.tell(stage, &identity)?;
        Ok(world)
    }

    /// A request for the identity.
    pub(super) fn ask_identity(&mut self, stage: &mut Stage<'_>) -> Result<Msg, Ending> {
        let nonce: [u8; 16] = stage.random();
        let eap = encode(7, &Body::Request(eap::Message::Identity(b"")))?;
        let request = self.par(Kind::Par, Flags::NONE);
        Ok(request.with(avp::NONCE, &nonce).with(avp::EAP_PAYLOAD, &eap))
    }

    /// A request with an MD5 challenge.
    pub(super) fn challenge(&mut self) -> Result<Msg, Ending> {
        let body = Body::Request(eap::Message::Md5Challenge(Md5Challenge {
            value: &CHALLENGE,
            name: b"aaa",
        }));
        let eap = encode(8, &body)?;
        Ok(self.par(Kind::Par, Flags::NONE).with(avp::EAP_PAYLOAD, &eap))
    }

    /// The EAP response to the request sent last: in the answer, or in a request of the client's own,
    /// which is answered.
    pub(super) fn response(&mut self, stage: &mut Stage<'_>) -> Result<(Heard, Vec<u8>), Ending> {
        let answer = self.answered(stage, Kind::Pan, Flags::NONE)?;
        if let Ok(eap) = answer.eap() {
            return Ok((answer, eap));
        }
        let own = self.heard(stage, "an EAP Response")?;
        own.is(Kind::Par, Flags::REQUEST)?;
        let eap = own.eap()?;
        let message = own.message()?;
        let confirmed = Msg::new(Kind::Pan, Flags::NONE, message.session_id(), message.sequence());
        self.tell(stage, &confirmed)?;
        Ok((answer, eap))
    }

    /// Up to the response to the challenge.
    pub(super) fn authenticated(&mut self, stage: &mut Stage<'_>) -> Result<Vec<u8>, Ending> {
        self.open(stage)?;
        self.reauthenticated(stage)
    }

    /// The same in a session that is open.
    pub(super) fn reauthenticated(&mut self, stage: &mut Stage<'_>) -> Result<Vec<u8>, Ending> {
        let identity = self.ask_identity(stage)?;
        self.tell(stage, &identity)?;
        self.response(stage)?;
        let challenge = self.challenge()?;
        self.tell(stage, &challenge)?;
        let (_, eap) = self.response(stage)?;
        Ok(eap)
    }

    /// The last request of an authentication.
    pub(super) fn conclusion(
        &mut self,
        stage: &Stage<'_>,
        admission: &Admission,
    ) -> Result<Msg, Ending> {
        let mut flags = Flags::COMPLETE;
        if admission.care_of.is_some() {
            flags = flags | Flags::IP_RECONFIGURATION;
        }
        let mut message = self.par(Kind::Par, flags);
        message = message.with(avp::RESULT_CODE, &admission.result.to_be_bytes());
        if let Some(code) = admission.eap {
            let body = if code == Code::Success { Body::Success } else { Body::Failure };
            message = message.with(avp::EAP_PAYLOAD, &encode(8, &body)?);
        }
        if let Some(seconds) = admission.lifetime {
            message = message.with(avp::SESSION_LIFETIME, &seconds.to_be_bytes());
        }
        let parameters = [
            admission.fha.map(Parameter::FhaAddress),
            admission.fqdn.and_then(Fqdn::new).map(Parameter::FhaFqdn),
            admission
                .care_of
                .and_then(|address| Prefixed::<Ipv4Addr>::new(address, 24))
                .map(Parameter::ColocatedAddress),
        ];
        for parameter in parameters.into_iter().flatten() {
            let vendor = Some(stage.profile.vendor);
            message.avps.push((parameter.kind().into(), vendor, parameter.encode().to_vec()));
        }
        Ok(message)
    }

    /// Says how the authentication has ended, up to the answer to that.
    pub(super) fn conclude(
        &mut self,
        stage: &mut Stage<'_>,
        admission: &Admission,
    ) -> Result<Heard, Ending> {
        let message = self.conclusion(stage, admission)?;
        self.tell(stage, &message)?;
        self.answered(stage, Kind::Pan, Flags::COMPLETE)
    }

    /// Admits the mobile node, whatever else may come of it.
    pub(super) fn admit(&mut self, stage: &mut Stage<'_>, admission: &Admission) -> Outcome {
        self.authenticated(stage).or_else(up_to)?;
        self.conclude(stage, admission).or_else(up_to)?;
        // Who takes an address shows it.
        let moves = admission.care_of.is_some_and(|own| own != self.agent);
        let patience = if moves { stage.patience() } else { Duration::from_millis(60) };
        self.pong(stage, patience)
    }

    /// Answers a liveness test, by which a client shows its new address, if one comes.
    pub(super) fn pong(&mut self, stage: &mut Stage<'_>, patience: Duration) -> Outcome {
        let Some(heard) = self.access(stage, patience) else { return Ok(()) };
        self.pac = heard.came.from;
        let message = heard.message()?;
        if message.kind() != Some(Kind::Pnr) {
            return missing("a liveness test, and nothing else");
        }
        let ping = message.flags().and(Flags::PING);
        let answer = Msg::new(Kind::Pna, ping, message.session_id(), message.sequence());
        self.tell(stage, &answer)
    }
}
