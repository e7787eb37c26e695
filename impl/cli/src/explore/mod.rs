//! `dsboot explore`: the state space in a browser.

mod address;
mod place;
mod portrait;
mod search;
mod shown;
mod site;
#[cfg(test)]
mod tests;
mod whole;

use std::io::{self, Write};
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread;

use clap::Args;
use dsboot_model::{Bootstrap, Config, Guard};
use dsboot_spec::{CareOf, Scenario, Setup};
use stateright::{Checker as _, Model as _};

pub use shown::Shown;
pub use site::{Answer, Site};

use crate::Exit;
use crate::check::{Network, OWNS_NOBODY, Owns};
use crate::{names, setups};

/// Threads that answer, so that a long search keeps nobody waiting.
const THREADS: usize = 4;

/// Step through the model's states in a browser: what can happen next, the run so far as a ladder,
/// what every role holds, and a search for a state
#[derive(Clone, Debug, Args)]
pub struct ExploreArgs {
    /// The scenario to begin with; the page has all of them.
    #[arg(value_name = "SCENARIO", default_value = Scenario::ALL[0].name(),
          value_parser = setups::scenario())]
    pub scenario: Scenario,

    /// With a foreign agent, this kind of care-of address to begin with.
    #[arg(long, value_parser = setups::care_of())]
    pub coa: Option<CareOf>,

    /// Where to listen. Whoever reaches it can have this machine search; so only this machine does
    /// by default. Port 0 takes a free one.
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:3000",
          value_parser = address::parse)]
    pub listen: SocketAddr,

    /// What the network may do to messages.
    #[arg(long, value_enum, default_value_t = Network::Lossy)]
    pub network: Network,

    /// With --network attacker, whom the attacker owns.
    #[arg(long, value_enum, default_value_t = Owns::Nobody)]
    pub owns: Owns,

    /// Events in one run at most, as in dsboot check; by default 2, and 1 with an attacker.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(..=6))]
    pub events: Option<u8>,

    /// Take a guard out of the rules, to see what comes of it (dsboot check --mutants lists them).
    #[arg(long, value_name = "GUARD", value_parser = names::guard(),
          hide_possible_values = true)]
    pub without: Vec<Guard>,

    /// Serve stateright's own Explorer over the model instead, with ladders and states in words.
    #[arg(long)]
    pub stateright: bool,
}

/// What keeps the page from being served.
#[derive(Debug, thiserror::Error)]
pub enum ExploreError {
    /// The address cannot be listened at.
    #[error(
        "cannot listen at {address}: {source}; --listen takes another address, port 0 a free one"
    )]
    Listen {
        /// Where.
        address: SocketAddr,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// There is no such setup.
    #[error("--coa is about foreign agents, and {0} has none")]
    NoAgent(Scenario),
    /// Nobody is there who could own anybody.
    #[error("{OWNS_NOBODY}")]
    NoAttacker,
    /// It cannot be said where it is served.
    #[error("cannot print: {0}")]
    Print(#[from] io::Error),
}

impl ExploreError {
    /// The exit status that goes with it.
    #[must_use]
    pub const fn exit(&self) -> Exit {
        match self {
            ExploreError::Listen { .. } => Exit::Environment,
            ExploreError::NoAgent(_) | ExploreError::NoAttacker | ExploreError::Print(_) => {
                Exit::Usage
            }
        }
    }
}

/// Serves the page until the process ends.
///
/// # Errors
///
/// When the address cannot be listened at.
pub fn run(args: &ExploreArgs, out: &mut dyn Write) -> Result<bool, ExploreError> {
    let fits = |setup: &Setup| {
        setup.scenario() == args.scenario && args.coa.is_none_or(|coa| setup.care_of() == coa)
    };
    let first = Setup::ALL.iter().position(fits).ok_or(ExploreError::NoAgent(args.scenario))?;
    if args.network == Network::Lossy && args.owns != Owns::Nobody {
        return Err(ExploreError::NoAttacker);
    }
    let models = Setup::ALL.map(|setup| args.model(setup));
    let failed = |source| ExploreError::Listen { address: args.listen, source };
    if args.stateright {
        return stateright(models.get(first).copied(), args.listen, out);
    }
    let server = tiny_http::Server::http(args.listen).map_err(failed)?;
    let address = server.server_addr().to_ip().unwrap_or(args.listen);
    writeln!(out, "http://{address}/")?;
    out.flush()?;
    let site = Arc::new(Site::new(&models, first, address));
    let server = Arc::new(server);
    let answering = (0..THREADS).map(|_| {
        let (site, server) = (Arc::clone(&site), Arc::clone(&server));
        thread::spawn(move || answer(&site, &server))
    });
    for thread in answering.collect::<Vec<_>>() {
        // A thread that panics has said so.
        let _ = thread.join();
    }
    Ok(true)
}

impl ExploreArgs {
    fn model(&self, setup: Setup) -> Bootstrap {
        let attacker = self.owns.attacker(self.network);
        let events = self.events.unwrap_or(if attacker.is_some() { 1 } else { Config::EVENTS });
        let config = Config { attacker, ..Config::new(setup, events) };
        Bootstrap::new(self.without.iter().fold(config, |config, guard| config.without(*guard)))
    }
}

fn answer(site: &Site, server: &tiny_http::Server) {
    for request in server.incoming_requests() {
        let host = request.headers().iter().find(|header| header.field.equiv("Host"));
        let host = host.map(|header| header.value.to_string());
        let answer = site.answer(request.method().as_str(), request.url(), host.as_deref());
        let mut response = tiny_http::Response::from_data(answer.body);
        response = response.with_status_code(answer.status);
        for (name, value) in answer.headers {
            if let Ok(header) = tiny_http::Header::from_bytes(name, value) {
                response = response.with_header(header);
            }
        }
        // Whoever asked may be gone.
        let _ = request.respond(response);
    }
}

/// stateright's own server ends the program when it cannot listen; so that is tried before.
fn stateright(
    model: Option<Bootstrap>,
    address: SocketAddr,
    out: &mut dyn Write,
) -> Result<bool, ExploreError> {
    let tried = std::net::TcpListener::bind(address).and_then(|listener| listener.local_addr());
    let address =
        tried.map_err(|source| ExploreError::Listen { address, source: Box::new(source) })?;
    writeln!(out, "http://{address}/ (stateright's own)")?;
    out.flush()?;
    if let Some(model) = model {
        let _ = Shown(model).checker().serve(address).is_done();
    }
    Ok(true)
}
