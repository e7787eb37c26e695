//! What the attacker makes from nothing: messages that nobody has said anything like.
//!
//! It knows which numbers and addresses are in use, and no key: nothing of it is under a right
//! authenticator.

use crate::{
    Ack, Address, Admission, Authorisation, CareOf4, CareOf6, Code, Config, FhaId, Form, Guard,
    Hop, Ident, Leg, Link, Message, Owner, Parameters, Reply, Request, Seq, State, Update,
};
use dsboot_spec::CareOf;

/// All of them.
pub(super) fn messages(config: &Config, state: &State, out: &mut Vec<Message>) {
    requests(config, state, out);
    relayed_replies(config, state, out);
    updates(state, out);
    acknowledgements(state, out);
    if !config.heeds(Guard::ClientsCheckAnswers) {
        answers(config, state, out);
    }
}

/// Step 0, and requests in the MN's name: of either form, to either FHA, or to the agent of the MN's
/// link with the challenge that it offers.
fn requests(config: &Config, state: &State, out: &mut Vec<Message>) {
    let Some(ident) = Ident::after(state.mn.ident) else { return };
    let mn = &state.mn;
    let through_agent = mn.link.filter(|link| config.care_of(*link).via_fa());
    out.extend(through_agent.map(Message::Advertisement));
    for (fha, held) in state.fha.iter() {
        let known = held.binding.map(|binding| binding.key).or(held.mark);
        let forms = [Some(Form::First), known.map(Form::Again)];
        for (form, release) in
            forms.into_iter().flatten().flat_map(|form| [(form, false), (form, true)])
        {
            let care_of = CareOf4 { link: Link::B, owner: Owner::Mn };
            let (timely, intact, challenge) = (true, false, None);
            let direct = Request { ident, fha, care_of, form, release, challenge, timely, intact };
            out.push(Message::Request(Hop::Direct, direct));
            // Without a challenge too, which one of these is enough for.
            let unchallenged = (form == Form::First && !release).then_some(None);
            let challenges = unchallenged.into_iter().chain([Some(ident)]);
            out.extend(through_agent.into_iter().flat_map(|link| {
                let care_of = CareOf4 { link, owner: owner_on(config, link) };
                challenges.clone().map(move |challenge| {
                    Message::Request(Hop::Link, Request { care_of, challenge, ..direct })
                })
            }));
        }
    }
}

/// Replies to what an FA waits for, as if the FHA had sent them.
fn relayed_replies(config: &Config, state: &State, out: &mut Vec<Message>) {
    let codes = [Code::Accepted, Code::Released, Code::Stale, Code::Unproved, Code::NoAddress];
    for link in config.links().iter().copied() {
        for ident in state.fa.of(link).pending.iter() {
            out.extend(codes.map(|code| {
                let parameters = (code == Code::Accepted).then_some(MADE_UP);
                let fha = config.fha_of(link);
                let reply = Reply { ident, fha, link, code, parameters, key: None };
                Message::Reply(Hop::Relay, reply)
            }));
        }
    }
}

/// Updates in the MN's name.
fn updates(state: &State, out: &mut Vec<Message>) {
    let Some(seq) = Seq::after(state.mn.seq.max(state.ha.last)) else { return };
    for fha in FhaId::ALL {
        let care_of = CareOf6 { fha, address: Address::One };
        out.extend([false, true].map(|release| {
            Message::Update(Leg::Plain, Update { seq, care_of, release, intact: false })
        }));
    }
}

/// Acknowledgements of the MN's update, out of the tunnel or to its FHA.
fn acknowledgements(state: &State, out: &mut Vec<Message>) {
    let (Some(update), Some(held)) = (state.mn.update, state.mn.registration) else { return };
    let Update { seq, care_of, .. } = update;
    for accepted in [false, true] {
        let ack = Ack { seq, care_of, accepted, intact: false };
        out.extend([Leg::Tunnel(held.care_of), Leg::Plain].map(|leg| Message::Ack(leg, ack)));
    }
}

/// Answers of RADIUS that prove no secret.
//= access.6.6
fn answers(config: &Config, state: &State, out: &mut Vec<Message>) {
    for (link, nas) in state.nas.iter() {
        if let Some(session) = nas.session.filter(|_| nas.asking) {
            let granted = Admission::Granted(Some(config.fha_of(link)));
            let server = config.access_server(link);
            out.push(Message::AccessAnswer(session, link, server, granted));
        }
    }
    for (fha, held) in state.fha.iter() {
        if let Some((request, _)) = held.pending {
            let granted = Authorisation::Granted(Some(MADE_UP));
            out.push(Message::RegistrationAnswer(fha, request.ident, granted));
        }
    }
    out.extend(state.ha.pending.map(|update| Message::BindingAnswer(update.seq, true)));
}

/// Parameters that nobody assigned.
const MADE_UP: Parameters = Parameters { address: Address::Two, ipv6: true };

const fn owner_on(config: &Config, link: Link) -> Owner {
    match config.care_of(link) {
        CareOf::ForeignAgent => Owner::Fa,
        _ => Owner::Mn,
    }
}
