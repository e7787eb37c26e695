use core::time::Duration;

use dsboot_codec::mip4::{
    AuthenticationKind, Authenticator, Extension, Identification, MnHaKeyReply, Reply,
};
use dsboot_spec::registry::mip4::{code, replay_method};

use super::{Held, LEAST_WAIT, Outcome, Outstanding, Purpose, Registrar};
use crate::{
    Association, Effects, Time,
    count::Registration,
    fault::{Fault, is},
    keys,
    mn::{MnConfig, agents::Agents, is_near},
};

/// What a reply is worth.
enum Verdict {
    /// It is taken: what it says is the FHA's word, under this association.
    Proved(Option<Association>),
    /// It is the agent's word, which nothing proves.
    Agents,
    /// It is discarded.
    Discarded(Registration),
}

impl Registrar {
    /// A reply. Returns what has become of the registration, if that is decided.
    pub(in crate::mn) fn on_reply(
        &mut self,
        now: Time,
        config: &MnConfig,
        reply: &Reply<'_>,
        agents: &mut Agents,
        effects: &mut Effects,
    ) -> Option<Outcome> {
        //= registration.10.1
        let outstanding = self.outstanding.clone().filter(|outstanding| {
            let answered = outstanding.identification.low();
            let answers = answered == reply.header.identification.low();
            outstanding.times > 0 && (answers || is(Fault::MnTakesOldReply))
        });
        let Some(outstanding) = outstanding else {
            effects.count(Registration::Unsolicited);
            return None;
        };
        match self.judge(config, &outstanding, reply) {
            Verdict::Discarded(reason) => {
                effects.count(reason);
                None
            }
            Verdict::Agents => {
                self.renew_challenge(reply, agents);
                self.on_agents_denial(now, reply, agents, effects);
                self.answer_next(reply);
                None
            }
            Verdict::Proved(association) => {
                self.renew_challenge(reply, agents);
                self.answer_next(reply);
                self.on_proved(now, config, (outstanding, reply), association, effects)
            }
        }
    }

    /// Whether a reply is what it says, and the association that proves it if that is new.
    fn judge(&self, config: &MnConfig, outstanding: &Outstanding, reply: &Reply<'_>) -> Verdict {
        if reply.header.code.is_from_foreign_agent() {
            //= registration.3.2
            return match outstanding.way.agent {
                Some(_) => Verdict::Agents,
                None => Verdict::Discarded(Registration::Unexpected),
            };
        }
        //= registration.10.2
        let proof = reply.extensions.authenticator(AuthenticationKind::MobileHome).once();
        let Some(proof) = proof else { return Verdict::Discarded(Registration::ReplyUnproved) };
        let new = reply
            .extensions
            .before(&proof)
            .mn_ha_key_reply()
            .once()
            .filter(|_| outstanding.purpose == Purpose::First)
            .and_then(|key| association(config, outstanding, &key));
        //= registration.10.3
        let accepted = reply.header.code.is_accepted();
        if new.is_none() && outstanding.purpose == Purpose::First && accepted {
            return Verdict::Discarded(Registration::ReplyWithoutKey);
        }
        let old = self.held.as_ref().map(|held| &held.association);
        let proved = new.as_ref().or(old).is_some_and(|association| proves(&proof, association));
        if !proved && !is(Fault::MnTakesUnprovedReply) {
            return Verdict::Discarded(Registration::ReplyUnproved);
        }
        //= registration.10.7
        let told = reply.extensions.before(&proof).bootstrap(config.vendor_id);
        let home = reply.header.home_address;
        let mirror = told.thoav4.once().is_none_or(|thoav4| thoav4 == home);
        if accepted && (!mirror || home.is_unspecified()) {
            return Verdict::Discarded(Registration::ReplyWithoutHome);
        }
        Verdict::Proved(new)
    }

    fn on_proved(
        &mut self,
        now: Time,
        config: &MnConfig,
        (outstanding, reply): (Outstanding, &Reply<'_>),
        association: Option<Association>,
        effects: &mut Effects,
    ) -> Option<Outcome> {
        if reply.header.code.is_accepted() {
            self.outstanding = None;
            if outstanding.purpose == Purpose::Release {
                effects.count(Registration::Ended);
                if !is(Fault::MnKeepsReleased) {
                    self.forget();
                }
                return Some(Outcome::Released);
            }
            //= registration.10.14
            if reply.header.lifetime == 0 {
                effects.count(Registration::NothingGranted);
                let refused = Outcome::Refused(reply.header.code.0);
                let outcome = self.held.as_ref().map_or(refused, |_| Outcome::Lost);
                self.forget();
                return Some(outcome);
            }
            effects.count(Registration::Registered);
            return self.hold(config, &outstanding, reply, association);
        }
        effects.count(Registration::Denied);
        //= registration.10.15
        if reply.header.code.0 == code::HA_MN_AUTHENTICATION {
            return None;
        }
        match (reply.header.code.0, outstanding.purpose) {
            //= registration.10.8
            (code::IDENTIFICATION_MISMATCH, _) => {
                self.resynchronise(now, reply.header.identification);
                None
            }
            (_, Purpose::Release) => {
                self.forget();
                Some(Outcome::Released)
            }
            // The association is of no more use there: bootstrap anew.
            (_, Purpose::Again) => {
                self.forget();
                Some(Outcome::Lost)
            }
            (code, Purpose::First) => {
                self.outstanding = None;
                //= keys.1.6
                if let Some(held) = &mut self.held {
                    // What is in force stays so; the next request waits for half of its time.
                    held.refresh = now + (now.until(held.ends) / 2).max(LEAST_WAIT);
                }
                Some(Outcome::Refused(code))
            }
        }
    }

    /// Takes over what an accepting reply gives.
    fn hold(
        &mut self,
        config: &MnConfig,
        outstanding: &Outstanding,
        reply: &Reply<'_>,
        new: Option<Association>,
    ) -> Option<Outcome> {
        let is_new = new.is_some();
        self.has_asked_for_key = false;
        //= keys.1.6
        let old = self.held.take();
        let association = new.or_else(|| old.as_ref().map(|held| held.association.clone()))?;
        //= registration.10.4
        let proof = reply.extensions.authenticator(AuthenticationKind::MobileHome).once()?;
        let told = reply.extensions.before(&proof).bootstrap(config.vendor_id);
        //= registration.10.11
        let granted = reply.header.lifetime.min(outstanding.lifetime);
        let lifetime = Duration::from_secs(granted.into());
        let with_key = old.as_ref().filter(|_| !is_new).map_or(granted, |held| held.granted.0);
        //= movement.2.4
        let kept = old.as_ref().filter(|_| outstanding.purpose == Purpose::Again);
        //= registration.10.5
        self.held = Some(Held {
            thoav4: reply.header.home_address,
            fha: outstanding.way.fha,
            care_of_address: outstanding.way.care_of_address,
            colocated: outstanding.way.colocated,
            home_address: told.ipv6_hoa.once().or(kept.and_then(|held| held.home_address)),
            home_agent: told.home_agent.once().or(kept.and_then(|held| held.home_agent)),
            ipv6_care_of_address: told
                .ipv6_coa
                .once()
                .or(kept.and_then(|held| held.ipv6_care_of_address)),
            association,
            ends: outstanding.sent + lifetime,
            udp_keepalive: udp_keepalive(reply),
            granted: (with_key, granted),
            refresh: outstanding.sent + lifetime * 3 / 4,
        });
        Some(Outcome::Registered)
    }

    /// Takes over the FHA's clock and sends again soon.
    fn resynchronise(&mut self, now: Time, theirs: Identification) {
        self.clock_offset = theirs.high().wrapping_sub(now.ntp_seconds());
        // What was used before may lie in that clock's future, and must not hold it up; if it does
        // not, the next one has to be greater all the same.
        self.last = self.last.filter(|last| is_near(last.high(), theirs.high()));
        self.hurry(now);
    }

    /// A denial by the agent itself, which nothing proves: it ends nothing that is in force.
    fn on_agents_denial(
        &mut self,
        now: Time,
        reply: &Reply<'_>,
        agents: &mut Agents,
        effects: &mut Effects,
    ) {
        //= registration.10.13
        effects.count(Registration::DeniedByAgent);
        match reply.header.code.0 {
            //= registration.10.9
            code::UNKNOWN_CHALLENGE | code::MISSING_CHALLENGE | code::STALE_CHALLENGE => {
                let answered = self.outstanding.as_mut().and_then(|o| o.way.agent.as_mut());
                // The agent is there, whether or not its advertisements have been lost.
                let given = reply.extensions.challenge().once().map(<[u8]>::to_vec);
                let fresh = given.or_else(|| agents.agent()?.challenge.clone());
                //= registration.4.14
                match answered.filter(|agent| fresh.is_some() && agent.challenge != fresh) {
                    Some(agent) => {
                        agent.challenge = fresh;
                        self.hurry(now);
                    }
                    // The next advertisement brings one.
                    None => agents.ask(now, effects),
                }
            }
            //= registration.10.10
            code::FA_LIFETIME_TOO_LONG if reply.header.lifetime > 0 => {
                self.lifetime_limit = Some(reply.header.lifetime);
                self.hurry(now);
            }
            _ => {}
        }
    }

    /// Takes over the challenge that an agent appended to a reply.
    fn renew_challenge(&self, reply: &Reply<'_>, agents: &mut Agents) {
        //= registration.4.6
        if let Some(challenge) = reply.extensions.challenge().once()
            && !is(Fault::MnKeepsOldChallenge)
        {
            agents.set_challenge(challenge.to_vec());
        }
    }

    /// What is sent again answers the challenge that came with the reply, a release too, whose way
    /// is no longer looked for.
    fn answer_next(&mut self, reply: &Reply<'_>) {
        //= registration.4.6
        //= registration.4.14
        let agent =
            self.outstanding.as_mut().and_then(|outstanding| outstanding.way.agent.as_mut());
        if let (Some(agent), Some(challenge)) = (agent, reply.extensions.challenge().once()) {
            agent.challenge = Some(challenge.to_vec());
        }
    }

    /// Sends the outstanding request again as soon as it may be. The intervals after that go on
    /// from where they were: an answer that leads nowhere must not be asked for again and again.
    fn hurry(&mut self, now: Time) {
        //= registration.4.13
        if let Some(outstanding) = &mut self.outstanding {
            let earliest = outstanding.sent + LEAST_WAIT;
            if outstanding.next > earliest {
                // The repetition doubles it.
                outstanding.wait /= 2;
                outstanding.next = now.max(earliest);
            }
        }
    }
}

/// The association that a key generation reply makes.
fn association(
    config: &MnConfig,
    outstanding: &Outstanding,
    key: &MnHaKeyReply<'_>,
) -> Option<Association> {
    //= keys.1.10
    let usable = key.replay_method == replay_method::TIMESTAMPS;
    usable.then(|| Association {
        mn_spi: outstanding.mn_spi,
        fha_spi: key.ha_spi,
        //= keys.1.1
        key: keys::mn_fha_key(&config.mn_aaa_key, key.nonce, &config.nai),
        algorithm: key.algorithm,
        expires: outstanding.sent + Duration::from_secs(key.lifetime.into()),
    })
}

fn proves(proof: &Authenticator<'_>, association: &Association) -> bool {
    association.of_replies().is_some_and(|context| proof.verify(&context))
}

/// The keepalive interval of a UDP tunnel that has been granted.
fn udp_keepalive(reply: &Reply<'_>) -> Option<u16> {
    let granted = reply.extensions.unique(|extension| match extension {
        Extension::UdpTunnelReply(reply) if reply.is_accepted() => Some(reply.keepalive),
        _ => None,
    });
    granted.once()
}
