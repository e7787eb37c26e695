//! Exchanges by the thousand, each with its time.

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use mio::{Events, Poll};
use serde::Serialize;

use super::flood::Flood;
use super::subject::{Key, Outcome, Subject};
use super::way::End;
use super::{LoadError, Settings};
use crate::batch::Inbox;

/// Latencies are kept with three digits, up to a minute.
const LONGEST_MICROSECONDS: u64 = 60_000_000;

/// What came of a load.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Exchanges begun.
    pub begun: u64,
    /// Exchanges that ended as they should.
    pub done: u64,
    /// Exchanges that were refused, by why.
    pub refused: BTreeMap<String, u64>,
    /// Requests that were sent once more.
    pub repeated: u64,
    /// Exchanges that nobody answered.
    pub lost: u64,
    /// Wrong datagrams sent beside them.
    pub flood: u64,
    /// Seconds from the first to the last.
    pub seconds: f64,
    /// Exchanges done a second.
    pub rate: f64,
    /// Latencies in microseconds: the half, 90, 99, 99.9 % of the exchanges done were faster.
    pub microseconds: [u64; 4],
}

struct Running<'a> {
    settings: &'a Settings,
    end: End,
    subject: &'a mut dyn Subject,
    pending: BTreeMap<Key, Pending>,
    /// The requests in the order of their sending, for those that get no answer.
    sent: VecDeque<(Instant, Key)>,
    latencies: Histogram<u64>,
    report: Report,
    /// What is sent when everything that has come is handled.
    outgoing: Vec<Vec<u8>>,
    inbox: Inbox,
}

/// An exchange under way.
#[derive(Clone, Copy)]
struct Pending {
    /// Since when.
    since: Instant,
    /// When its last request was sent.
    sent: Instant,
    /// How often that has been sent already.
    times: u32,
}

/// Makes the load.
///
/// # Errors
///
/// When the host does not let it.
pub fn drive(settings: &Settings, subject: &mut dyn Subject) -> Result<Report, LoadError> {
    drive_on(settings, subject).map_err(LoadError::Way)
}

fn drive_on(settings: &Settings, subject: &mut dyn Subject) -> io::Result<Report> {
    let mut end = settings.way.open()?;
    let mut poll = Poll::new()?;
    end.register(poll.registry())?;
    let latencies = Histogram::new_with_bounds(1, LONGEST_MICROSECONDS, 3);
    let report = Report {
        begun: 0,
        done: 0,
        refused: BTreeMap::new(),
        repeated: 0,
        lost: 0,
        flood: 0,
        seconds: 0.0,
        rate: 0.0,
        microseconds: [0; 4],
    };
    let mut running = Running {
        settings,
        end,
        subject,
        pending: BTreeMap::new(),
        sent: VecDeque::new(),
        latencies: latencies.map_err(io::Error::other)?,
        report,
        outgoing: Vec::new(),
        inbox: Inbox::new(),
    };
    let mut flood = Flood::new(settings)?;
    let mut events = Events::with_capacity(16);
    let start = Instant::now();
    while running.report.begun < settings.count || !running.pending.is_empty() {
        running.begin(start, &mut flood);
        running.send_all()?;
        running.report.flood += flood.send(start.elapsed())?;
        let wait = if settings.rate.is_some() || settings.flood > 0 { 1 } else { 100 };
        poll.poll(&mut events, Some(Duration::from_millis(wait)))?;
        running.receive()?;
        running.give_up();
    }
    Ok(running.finish(start))
}

impl Running<'_> {
    /// Begins as many exchanges as there may be.
    fn begin(&mut self, start: Instant, flood: &mut Flood) {
        while self.pending.len() < self.settings.window && self.report.begun < self.settings.count {
            let due =
                self.settings.rate.map(|rate| start.elapsed().as_secs_f64() * f64::from(rate));
            #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52")]
            if due.is_some_and(|due| self.report.begun as f64 >= due) {
                return;
            }
            let Some((key, request)) = self.subject.begin() else { return };
            self.report.begun += 1;
            flood.learn(&request);
            self.send((Instant::now(), 1), key, request);
        }
    }

    fn send(&mut self, (since, times): (Instant, u32), key: Key, request: Vec<u8>) {
        let sent = Instant::now();
        self.pending.insert(key, Pending { since, sent, times });
        self.sent.push_back((sent, key));
        self.outgoing.push(request);
    }

    fn send_all(&mut self) -> io::Result<()> {
        self.end.send(&self.outgoing)?;
        self.outgoing.clear();
        Ok(())
    }

    fn receive(&mut self) -> io::Result<()> {
        let mut inbox = std::mem::take(&mut self.inbox);
        while self.end.fill(&mut inbox)? > 0 {
            inbox.iter().for_each(|(_, answer)| self.take(answer));
            self.send_all()?;
        }
        self.inbox = inbox;
        Ok(())
    }

    fn take(&mut self, answer: &[u8]) {
        let Some((key, outcome)) = self.subject.answer(answer) else { return };
        let Some(Pending { since, .. }) = self.pending.remove(&key) else { return };
        match outcome {
            Outcome::Done => {
                self.report.done += 1;
                let took = u64::try_from(since.elapsed().as_micros()).unwrap_or(u64::MAX);
                self.latencies.saturating_record(took);
            }
            Outcome::Refused(why) => *self.report.refused.entry(why).or_default() += 1,
            Outcome::Next(key, request) => self.send((since, 1), key, request),
        }
    }

    /// Gives up what was not answered in time.
    fn give_up(&mut self) {
        while let Some((at, key)) = self.sent.front().copied() {
            if at.elapsed() < self.settings.patience {
                break;
            }
            self.sent.pop_front();
            let Some(pending) = self.pending.get(&key).copied().filter(|p| p.sent == at) else {
                continue;
            };
            self.pending.remove(&key);
            if pending.times < self.settings.tries
                && let Some((key, request)) = self.subject.repeat(key)
            {
                self.report.repeated += 1;
                self.send((pending.since, pending.times + 1), key, request);
            } else {
                self.subject.give_up(key);
                self.report.lost += 1;
            }
        }
    }

    fn finish(mut self, start: Instant) -> Report {
        self.report.seconds = start.elapsed().as_secs_f64();
        #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52")]
        let done = self.report.done as f64;
        self.report.rate = done / self.report.seconds.max(f64::MIN_POSITIVE);
        self.report.microseconds =
            [0.5, 0.9, 0.99, 0.999].map(|part| self.latencies.value_at_quantile(part));
        self.report
    }
}
