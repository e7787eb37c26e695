//! Counters and gauges for Prometheus.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use dsboot_roles::count::Reason;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::{counter::Counter, family::Family, gauge::Gauge};
use prometheus_client::registry::Registry;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// The forms of the text, as they are told: that of OpenMetrics, and the older one of Prometheus.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
const PROMETHEUS: &str = "text/plain; version=0.0.4; charset=utf-8";

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
        let build: Family<Labels, Gauge> = Family::default();
        build.get_or_create(&vec![("version", env!("CARGO_PKG_VERSION"))]).set(1);
        registry.register("dsboot_build_info", "Which version this is; the value is 1", build);
        let start: Gauge = Gauge::default();
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        start.set(i64::try_from(since.as_secs()).unwrap_or(i64::MAX));
        registry.register("dsboot_start_time_seconds", "When the daemon was started (Unix)", start);
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
        let (form, text) = match takes_open_metrics(&request) {
            true => (OPEN_METRICS, self.text()),
            false => (PROMETHEUS, plain(&self.text())),
        };
        let (status, body) = match request.starts_with(b"GET /metrics ") {
            true => ("200 OK", text),
            false => ("404 Not Found", String::new()),
        };
        let length = body.len();
        let head = format!(
            "HTTP/1.1 {status}\r\nContent-Type: {form}\r\nContent-Length: {length}\r\n\
             Connection: close\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).await?;
        stream.write_all(body.as_bytes()).await?;
        stream.shutdown().await
    }
}

/// Whether who asks takes the form of OpenMetrics.
fn takes_open_metrics(request: &[u8]) -> bool {
    let request = String::from_utf8_lossy(request).to_ascii_lowercase();
    let mut accepted = request.lines().filter_map(|line| line.strip_prefix("accept:"));
    accepted.any(|forms| forms.contains("application/openmetrics-text"))
}

/// The same in the older form, in which a counter is named in full everywhere, and nothing ends.
fn plain(text: &str) -> String {
    let lines = text.lines().filter(|line| *line != "# EOF");
    let counters: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE ")?.strip_suffix(" counter"))
        .collect();
    let full = |line: &str| {
        for kind in ["# HELP ", "# TYPE "] {
            if let Some((name, rest)) =
                line.strip_prefix(kind).and_then(|line| line.split_once(' '))
                && counters.contains(&name)
            {
                return format!("{kind}{name}_total {rest}\n");
            }
        }
        format!("{line}\n")
    };
    lines.map(full).collect()
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

#[cfg(test)]
mod tests {
    use dsboot_roles::count::Data;

    use super::*;

    #[test]
    fn both_forms_name_the_same() {
        let metrics = Metrics::new();
        let mut counts = metrics.of("fha");
        counts.bindings(7);
        counts.count(Reason::Data(Data::NoBinding));
        let (open, older) = (metrics.text(), plain(&metrics.text()));
        let samples = |text: &str| {
            let samples = text.lines().filter(|line| !line.starts_with('#'));
            samples.map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(samples(&open), samples(&older));
        let total = "dsboot_events_total{role=\"fha\",reason=\"data.no-binding\"} 1";
        assert!(older.contains(total), "{older}");
        assert!(open.contains("# TYPE dsboot_events counter") && open.ends_with("# EOF\n"));
        assert!(older.contains("# TYPE dsboot_events_total counter"), "{older}");
        assert!(older.contains("# TYPE dsboot_bindings gauge") && !older.contains("EOF"));
    }

    #[test]
    fn who_asks_for_open_metrics_gets_it() {
        let asks = |header: &str| {
            takes_open_metrics(format!("GET /metrics HTTP/1.1\r\n{header}\r\n\r\n").as_bytes())
        };
        assert!(asks("Accept: application/openmetrics-text;version=1.0.0;q=0.5,text/plain;q=0.2"));
        assert!(!asks("Accept: text/plain") && !asks("X: application/openmetrics-text"));
    }
}
