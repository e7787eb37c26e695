//! Counters and gauges for Prometheus.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::sync::Arc;

use dsboot_roles::count::Reason;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::{counter::Counter, family::Family, gauge::Gauge};
use prometheus_client::registry::Registry;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// The longest request that is read.
const LONGEST_REQUEST: usize = 8192;

type Labels = Vec<(&'static str, &'static str)>;

/// What the parts count.
#[derive(Clone)]
pub struct Metrics(Arc<Inner>);

struct Inner {
    registry: Registry,
    events: Family<Labels, Counter>,
    bindings: Family<Labels, Gauge>,
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

impl Metrics {
    /// Nothing counted yet.
    #[must_use]
    pub fn new() -> Metrics {
        let mut registry = Registry::default();
        let events: Family<Labels, Counter> = Family::default();
        let bindings: Family<Labels, Gauge> = Family::default();
        registry.register(
            "dsboot_events",
            "What happened at a role, by the reason why something was dropped or refused",
            events.clone(),
        );
        registry.register("dsboot_bindings", "Bindings held by a role", bindings.clone());
        Metrics(Arc::new(Inner { registry, events, bindings }))
    }

    /// What one role counts.
    pub(super) fn of(&self, role: &'static str) -> Counts {
        Counts { metrics: self.clone(), role, events: BTreeMap::new(), bindings: None }
    }

    /// All of it, in the text form of OpenMetrics.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        // A string takes everything.
        let _ = encode(&mut text, &self.0.registry);
        text
    }

    /// Answers who asks for `/metrics`, without end.
    pub(super) async fn serve(self, listener: TcpListener) -> io::Result<()> {
        loop {
            let (stream, _) = listener.accept().await?;
            let metrics = self.clone();
            tokio::spawn(async move {
                // Who asks again gets it then.
                let _ = metrics.answer(stream).await;
            });
        }
    }

    async fn answer(&self, mut stream: TcpStream) -> io::Result<()> {
        let mut request = Vec::new();
        while !request.windows(4).any(|end| end == b"\r\n\r\n") {
            let read = stream.read_buf(&mut request).await?;
            if read == 0 || request.len() > LONGEST_REQUEST {
                return Ok(());
            }
        }
        let (status, body) = if request.starts_with(b"GET /metrics ") {
            ("200 OK", self.text())
        } else {
            ("404 Not Found", String::new())
        };
        let head = format!(
            "HTTP/1.1 {status}\r\nContent-Type: application/openmetrics-text; version=1.0.0; \
             charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).await?;
        stream.write_all(body.as_bytes()).await?;
        stream.shutdown().await
    }
}

impl Default for Metrics {
    fn default() -> Metrics {
        Metrics::new()
    }
}

/// The counters of a role: each is looked up once.
#[derive(Debug)]
pub(super) struct Counts {
    metrics: Metrics,
    role: &'static str,
    events: BTreeMap<Reason, Counter>,
    bindings: Option<Gauge>,
}

impl Counts {
    /// Counts one.
    pub(super) fn count(&mut self, reason: Reason) {
        let (role, events) = (self.role, &self.metrics.0.events);
        let counter = self.events.entry(reason).or_insert_with(|| {
            events.get_or_create(&vec![("role", role), ("reason", reason.name())]).clone()
        });
        counter.inc();
    }

    /// Says how many bindings the role holds.
    pub(super) fn bindings(&mut self, held: usize) {
        let (role, bindings) = (self.role, &self.metrics.0.bindings);
        let gauge = self
            .bindings
            .get_or_insert_with(|| bindings.get_or_create(&vec![("role", role)]).clone());
        gauge.set(i64::try_from(held).unwrap_or(i64::MAX));
    }
}
