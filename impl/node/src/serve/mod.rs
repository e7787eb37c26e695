//! Roles as a daemon: sockets, clock, TUN devices, metrics and signals around the machines.

mod build;
pub mod config;
pub(crate) mod host;
mod link;
mod load;
mod metrics;
mod mobile;
mod part;
mod place;
mod raw;
pub(crate) mod records;
mod rights;
mod sockets;
mod sound;
mod store;
mod tracer;
pub mod value;

use std::io;

use caps::Capability;
use tokio::net::TcpListener;
use tokio::runtime;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc::Sender;
use tokio::task::JoinSet;
use tracing::{error, info};

pub use build::Builder;
pub use config::ConfigError;
pub use load::AaaPlan;
pub use metrics::Metrics;

use part::{Event, Part};
use tracer::Tracer;

/// Sample configurations, by role, and a sample of the users of an AAA server.
pub const EXAMPLES: [(&str, &str); 7] = [
    ("aaa", include_str!("../../samples/aaa.toml")),
    ("fa", include_str!("../../samples/fa.toml")),
    ("fha", include_str!("../../samples/fha.toml")),
    ("ha", include_str!("../../samples/ha.toml")),
    ("mn", include_str!("../../samples/mn.toml")),
    ("nas", include_str!("../../samples/nas.toml")),
    ("users", include_str!("../../samples/users.toml")),
];

/// What a mobile node goes on needing as it moves: for addresses and routes, for links, and for
/// the ports of its protocols.
const MOBILE: [Capability; 3] =
    [Capability::CAP_NET_ADMIN, Capability::CAP_NET_RAW, Capability::CAP_NET_BIND_SERVICE];

/// What keeps a daemon from its work.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// Something in its configuration is not as it must be.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The host lacks something, or takes it away.
    #[error("{0}")]
    Host(#[from] io::Error),
}

/// Runs the roles of a configuration until SIGTERM or SIGINT; SIGHUP has the AAA server's files
/// read again, SIGUSR1 moves a mobile node to its next link.
///
/// # Errors
///
/// When the configuration cannot be used, or the host lacks what a role needs.
pub fn serve(builder: &Builder) -> Result<(), ServeError> {
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(work(builder))
}

async fn work(builder: &Builder) -> Result<(), ServeError> {
    let metrics = Metrics::new();
    let mut others = JoinSet::new();
    if let Some(at) = builder.daemon().metrics {
        let listener = TcpListener::bind(at).await.map_err(|error| {
            let reason = sockets::cannot_bind("TCP", at, &error);
            io::Error::new(error.kind(), format!("{reason} ([daemon] metrics)"))
        })?;
        others.spawn(metrics.clone().serve(listener));
    }
    let tracer = builder.trace().map(|path| Tracer::open(&path)).transpose()?.unwrap_or_default();
    let mut opened = Vec::new();
    let mut keep = Vec::new();
    for built in builder.build()? {
        if built.mobile.is_some() {
            keep.extend(MOBILE);
        }
        opened.push(Part::open(built, metrics.clone(), tracer.clone()).await?);
    }
    rights::drop_all_but(&keep, builder.daemon().user.as_deref())?;
    let mut parts = JoinSet::new();
    let mut senders = Vec::new();
    for (part, sender) in opened {
        senders.push(sender);
        parts.spawn(part.run());
    }
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut hang_up = signal(SignalKind::hangup())?;
    let mut first_user = signal(SignalKind::user_defined1())?;
    loop {
        tokio::select! {
            ended = parts.join_next() => match ended {
                None => return Ok(()),
                Some(Ok(ended)) => ended?,
                Some(Err(panic)) => return Err(io::Error::other(panic).into()),
            },
            Some(ended) = others.join_next() => match ended {
                Ok(ended) => ended?,
                Err(panic) => return Err(io::Error::other(panic).into()),
            },
            _ = terminate.recv() => tell(&senders, || Event::Stop).await,
            _ = interrupt.recv() => tell(&senders, || Event::Stop).await,
            _ = first_user.recv() => tell(&senders, || Event::Move).await,
            _ = hang_up.recv() => reload(builder, &senders).await,
        }
    }
}

/// Reads the AAA server's files again. What is wrong with them is logged, and all stays as it was.
async fn reload(builder: &Builder, senders: &[Sender<Event>]) {
    match builder.aaa_config() {
        Ok(Some(config)) => tell(senders, || Event::Reload(Box::new(config.clone()))).await,
        Ok(None) => info!("there is nothing to be reloaded without an AAA server"),
        Err(error) => error!(%error, "everything stays as it was"),
    }
}

async fn tell(senders: &[Sender<Event>], event: impl Fn() -> Event) {
    for sender in senders {
        // A part that has ended needs to be told nothing.
        let _ = sender.send(event()).await;
    }
}
