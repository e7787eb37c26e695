//! What every role holds, in words.

use dsboot_model::{Access, Agent, Bootstrap, Clock, Fa, Fha, FhaId, Ha, IdentSet, Mn, Nas, State};

/// A role and what it holds, a line each.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub(super) struct Portrait {
    /// The role; where there are several of them, with the link or number.
    pub(super) name: String,
    /// What it holds; nothing if it is as at the beginning.
    pub(super) lines: Vec<String>,
}

/// Every role of a state, and last what is not protocol.
#[must_use]
pub(super) fn portraits(model: &Bootstrap, state: &State) -> Vec<Portrait> {
    let setup = model.config.setup;
    let mut all = vec![portrait("MN", mn(&state.mn))];
    for (link, at) in state.nas.iter() {
        all.push(portrait(&format!("NAS {link}"), nas(at)));
    }
    if setup.care_of().via_fa() {
        for (link, at) in state.fa.iter() {
            all.push(portrait(&format!("FA {link}"), fa(at)));
        }
    }
    for (id, at) in state.fha.iter() {
        all.push(portrait(&id.to_string(), fha(id, at)));
    }
    all.push(portrait("AAAH", aaah(state)));
    all.push(portrait("HA", ha(&state.ha)));
    all.push(portrait("Surroundings", surroundings(state)));
    all
}

/// All of it as text, a line for everything that a role holds.
#[must_use]
pub(super) fn lines(model: &Bootstrap, state: &State) -> Vec<String> {
    let told = |Portrait { name, lines }: Portrait| {
        lines.into_iter().map(move |line| format!("{name}: {line}")).collect::<Vec<_>>()
    };
    portraits(model, state).into_iter().flat_map(told).collect()
}

fn portrait(name: &str, lines: Vec<String>) -> Portrait {
    Portrait { name: name.to_owned(), lines }
}

fn mn(mn: &Mn) -> Vec<String> {
    let mut lines = vec![match mn.link {
        Some(link) => format!("on link {link}"),
        None => "on no link".to_owned(),
    }];
    match mn.access {
        Access::None => {}
        Access::Asking => lines.push("asks for access".to_owned()),
        Access::Granted(Some(fha)) => lines.push(format!("access granted, {fha} assigned")),
        Access::Granted(None) => lines.push("access granted, no FHA assigned".to_owned()),
        Access::Refused => lines.push("access refused".to_owned()),
    }
    match mn.agent {
        Agent::Unheard => {}
        Agent::Fresh => lines.push("has heard the FA, with a fresh challenge".to_owned()),
        Agent::Answered(ident) => {
            lines.push(format!("has heard the FA; request {} answers its challenge", ident.get()));
        }
    }
    if let Some(held) = mn.registration {
        lines.push(format!("registered with {}: {}", held.fha, held.care_of));
        lines.push(format!(
            "THOAv4 {}, key {}, by request {}",
            held.parameters.address,
            held.key.get(),
            held.ident.get()
        ));
        lines.push(match held.care_of6() {
            Some(care_of) => format!("IPv6 home address, HA, {care_of}"),
            None => "no IPv6 parameters".to_owned(),
        });
    }
    lines.extend(mn.request.map(|request| format!("waits for the reply to request {request}")));
    lines.extend(mn.binding.map(|care_of| format!("home binding acknowledged for {care_of}")));
    lines.extend(mn.update.map(|update| format!("waits for the acknowledgement of BU {update}")));
    if mn.clock == Clock::Wrong {
        lines.push("clock is wrong".to_owned());
    }
    if mn.leaving {
        lines.push("is letting go".to_owned());
    }
    lines
}

fn nas(nas: &Nas) -> Vec<String> {
    let told = |session: dsboot_model::Session| match nas.asking {
        true => format!("asks its AAA server about session {}", session.get()),
        false => format!("session {}", session.get()),
    };
    nas.session.map(told).into_iter().collect()
}

fn fa(fa: &Fa) -> Vec<String> {
    let listed = |idents: IdentSet| {
        idents.iter().map(|ident| ident.get().to_string()).collect::<Vec<_>>().join(", ")
    };
    let mut lines = Vec::new();
    if !fa.pending.is_empty() {
        lines.push(format!("requests pending: {}", listed(fa.pending)));
    }
    lines.extend(fa.visitor.map(|ident| format!("MN is a visitor, by request {}", ident.get())));
    if !fa.used.is_empty() {
        lines.push(format!("challenges used up by requests {}", listed(fa.used)));
    }
    lines
}

fn fha(id: FhaId, fha: &Fha) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some((request, _)) = fha.pending {
        lines.push(format!("asks the AAAH about request {request}"));
    }
    if let Some(binding) = fha.binding {
        lines
            .push(format!("binding: THOAv4 {} at {}", binding.parameters.address, binding.care_of));
        lines.push(format!("key {}, by request {}", binding.key.get(), binding.ident.get()));
        lines.extend(binding.care_of6(id).map(|care_of| format!("defends {care_of}")));
    }
    lines.extend(fha.mark.map(|key| format!("remembers key {} of a binding gone", key.get())));
    lines.extend(fha.last.map(|ident| format!("takes no request up to {} again", ident.get())));
    lines
}

fn aaah(state: &State) -> Vec<String> {
    let mut lines = Vec::new();
    for (fha, held) in state.aaah.assigned.iter() {
        lines.extend(held.first().map(|address| format!("has assigned THOAv4 {address} of {fha}")));
    }
    for (fha, held) in state.aaah.others.iter() {
        if !held.is_empty() {
            lines.push(format!("others hold {} of {fha}'s pool", held.len()));
        }
    }
    lines
}

fn ha(ha: &Ha) -> Vec<String> {
    let mut lines = Vec::new();
    lines.extend(ha.pending.map(|update| format!("asks the AAAH about BU {update}")));
    lines.extend(ha.binding.map(|b| format!("binding: {}, BU {}", b.care_of, b.seq.get())));
    lines.extend(ha.last.map(|seq| format!("takes no BU up to {} again", seq.get())));
    lines
}

fn surroundings(state: &State) -> Vec<String> {
    let environment = &state.environment;
    let mut lines = vec![environment.profile.to_string()];
    lines.push(match environment.events {
        0 => "no event can happen any more".to_owned(),
        1 => "one event can still happen".to_owned(),
        left => format!("{left} events can still happen"),
    });
    lines.push(format!("{} messages sent", state.network.len()));
    if environment.gone {
        lines.push("the MN has gone for good".to_owned());
    }
    lines
}
