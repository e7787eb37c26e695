//! Cases for a foreign home agent, and for any Mobile IPv4 home agent as far as it claims.

mod agent;
mod ask;
mod bindings;
mod data;
mod first;
mod first_reply;
mod grant;
mod identification;
mod later;
mod malformed;
pub(crate) mod peer;
mod proof;
mod refusal;
mod reply;
pub(super) mod rrq;
mod tour;
mod vectors;

use dsboot_spec::registry::mip4::code as registry;

use crate::case::{Case, Cases, Ending, Outcome, ensure, fail, missing};
use crate::{Profile, Stage};
use peer::{Answer, Mobile};
use rrq::Rrq;

pub(super) use peer::probe;

/// All of them.
pub(super) fn cases() -> Vec<Case> {
    let mut cases = Cases::of("fha");
    reply::add(&mut cases);
    later::add(&mut cases);
    proof::add(&mut cases);
    bindings::add(&mut cases);
    identification::add(&mut cases);
    malformed::add(&mut cases);
    ask::add(&mut cases);
    first::add(&mut cases);
    first_reply::add(&mut cases);
    grant::add(&mut cases);
    tour::add(&mut cases);
    refusal::add(&mut cases);
    agent::add(&mut cases);
    data::add(&mut cases);
    vectors::add(&mut cases);
    cases.finish()
}

/// What a target may do with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Allowed {
    /// Codes of a reply.
    codes: &'static [u8],
    /// Whether no reply at all is right as well.
    silence: bool,
}

const ACCEPTED: Allowed = Allowed { codes: &[0, 1], silence: false };
const SILENCE: Allowed = Allowed { codes: &[], silence: true };
/// Any refusal of a home agent, or none.
const REFUSED: Allowed = Allowed {
    codes: &[128, 129, 130, 131, 132, 133, 134, 135, 136, 137, 138, 139, 140, 141, 142, 144],
    silence: true,
};
/// Nothing that it does with it is wrong.
const ANYTHING: Allowed = Allowed {
    codes: &[0, 1, 128, 129, 130, 131, 132, 133, 134, 135, 136, 137, 138, 139, 140, 141, 142, 144],
    silence: true,
};

const fn code(codes: &'static [u8]) -> Allowed {
    Allowed { codes, silence: false }
}

const fn code_or_silence(codes: &'static [u8]) -> Allowed {
    Allowed { codes, silence: true }
}

impl Allowed {
    fn words(self) -> String {
        let codes: Vec<String> = self.codes.iter().map(|code| named(*code)).collect();
        match (self.codes, self.silence) {
            ([], _) => "no reply".to_owned(),
            (codes, true) if codes == REFUSED.codes => "no reply, or a refusal".to_owned(),
            (_, false) => format!("a reply with code {}", codes.join(" or ")),
            (_, true) => format!("no reply, or one with code {}", codes.join(" or ")),
        }
    }

    /// Waits for what comes, and says whether it is allowed.
    fn judge(self, stage: &mut Stage<'_>, mobile: &Mobile) -> Result<Option<Answer>, Ending> {
        let patience = if self.silence { stage.silence() } else { stage.patience() };
        match mobile.reply(stage, patience) {
            Some(answer) if self.codes.contains(&answer.code) => Ok(Some(answer)),
            Some(answer) if answer.code == u8::MAX => {
                fail(self.words(), "a datagram that is no registration reply")
            }
            Some(answer) => fail(self.words(), format!("a reply with code {}", named(answer.code))),
            None if self.silence => Ok(None),
            None => fail(self.words(), format!("no reply within {} ms", patience.as_millis())),
        }
    }

    /// Whether what is allowed changes the target's state.
    fn accepts(self) -> bool {
        self.codes.iter().any(|code| *code <= 1)
    }
}

/// A code with its name.
fn named(code: u8) -> String {
    registry::name(code).map_or_else(|| code.to_string(), |name| format!("{code} ({name})"))
}

type Change = fn(&mut Rrq, &Mobile);

/// A request under an association, changed; then one that is right, to see that nothing has been
/// lost.
fn changed_again(stage: &mut Stage<'_>, change: Change, allowed: Allowed) -> Outcome {
    let mut mobile = Mobile::registered(stage)?;
    let mut request = mobile.again(stage)?;
    change(&mut request, &mobile);
    mobile.send(stage, &request.octets())?;
    allowed.judge(stage, &mobile)?;
    if allowed.accepts() { Ok(()) } else { still_registered(stage, &mut mobile) }
}

/// Octets made of a right request under an association; then a right request.
fn octets_again(stage: &mut Stage<'_>, change: impl Fn(&mut Vec<u8>), allowed: Allowed) -> Outcome {
    let mut mobile = Mobile::registered(stage)?;
    let mut octets = mobile.again(stage)?.octets();
    change(&mut octets);
    mobile.send(stage, &octets)?;
    allowed.judge(stage, &mobile)?;
    if allowed.accepts() { Ok(()) } else { still_registered(stage, &mut mobile) }
}

/// What was refused has changed nothing: a right request is accepted as before.
fn still_registered(stage: &mut Stage<'_>, mobile: &mut Mobile) -> Outcome {
    let request = mobile.again(stage)?;
    mobile.send(stage, &request.octets())?;
    match mobile.reply(stage, stage.patience()) {
        Some(answer) if answer.code <= 1 => ensure(
            answer.home_address == mobile.home_address,
            format!("the same home address as before, {}", mobile.home_address),
            || format!("{}", answer.home_address),
        ),
        Some(answer) => fail(
            "a right request is accepted as before",
            format!("it is answered by code {}", named(answer.code)),
        ),
        None => fail("a right request is accepted as before", "it is not answered"),
    }
}

/// A first request, changed, that the target must not ask about.
fn unasked_first(stage: &mut Stage<'_>, change: Change, allowed: Allowed) -> Outcome {
    let mut mobile = Mobile::new(stage)?;
    let mut request = mobile.first(stage);
    change(&mut request, &mobile);
    mobile.send(stage, &request.octets())?;
    if mobile.asked(stage, stage.silence()).is_some() {
        return fail("no Access-Request about this request", "an Access-Request");
    }
    allowed.judge(stage, &mobile)?;
    // It still serves this user.
    mobile.establish(stage).map(|_| ()).or_else(|ending| match ending {
        Ending::Inconclusive(what) => fail("a right first request is accepted after it", what),
        other => Err(other),
    })
}

/// A first request, changed, that the AAAH accepts, and then what the target says.
fn granted_first(
    stage: &mut Stage<'_>,
    change: Change,
    allowed: Allowed,
) -> Result<(Mobile, Option<Answer>, peer::Grant), Ending> {
    let mut mobile = Mobile::new(stage)?;
    let mut request = mobile.first(stage);
    change(&mut request, &mobile);
    mobile.send(stage, &request.octets())?;
    let Some(ask) = mobile.asked(stage, stage.patience()) else {
        // What it refuses by itself it need not ask about.
        let refusal = Allowed { codes: allowed.codes, silence: true };
        if allowed.accepts() {
            return fail("an Access-Request about this request", "none");
        }
        let answer = refusal.judge(stage, &mobile)?;
        let grant = peer::Grant {
            thoav4: None,
            home6: None,
            agent6: None,
            care_of6: None,
            key: false,
            nonce: None,
            session: None,
            key_lifetime: 0,
            algorithm: 0,
            aaa_spi: None,
            replay: None,
        };
        return Ok((mobile, answer, grant));
    };
    let grant = mobile.grant(stage, &ask);
    let accept = mobile.accept(stage, &ask, &grant)?;
    mobile.answer(stage, &ask, &accept)?;
    let answer = allowed.judge(stage, &mobile)?;
    Ok((mobile, answer, grant))
}

/// Which of two, by whether the target claims the draft.
fn by_claim(profile: &Profile, claim: &str, claimed: Allowed, plain: Allowed) -> Allowed {
    if profile.claims(claim) { claimed } else { plain }
}

/// A reply to a first request, with all that is needed to look into it.
fn fresh(stage: &mut Stage<'_>) -> Result<(Mobile, Rrq, Answer, peer::Grant), Ending> {
    let mut mobile = Mobile::new(stage)?;
    let request = mobile.first(stage);
    let (answer, grant) = mobile.bootstrap(stage, &request.octets(), |_| {})?;
    match answer {
        Some(answer) => Ok((mobile, request, answer, grant)),
        None => missing("a reply to a first request that the AAAH has accepted"),
    }
}

/// A reply to a request under an association.
fn refreshed(stage: &mut Stage<'_>) -> Result<(Mobile, Rrq, Answer), Ending> {
    let mut mobile = Mobile::registered(stage)?;
    let request = mobile.again(stage)?;
    mobile.send(stage, &request.octets())?;
    match mobile.reply(stage, stage.patience()) {
        Some(answer) => Ok((mobile, request, answer)),
        None => missing("a reply to a right request"),
    }
}
