//! Ladders of what was really sent.

use std::fmt::Write as _;

use dsboot_roles::Time;
use dsboot_spec::chart::{Chart, Row, What};

use super::expect::Observation;
use crate::net::HostId;

/// The participants of a ladder from left to right, with their names.
pub type Lifelines<'a> = [(HostId, &'a str)];

/// A line for each packet, with the time since `start`, the figure's step and what was sent. What
/// was not between two of the lifelines is left out.
#[must_use]
pub fn chart(
    lifelines: &Lifelines<'_>,
    observations: &[Observation],
    start: Time,
    title: String,
) -> Chart {
    let place = |host| lifelines.iter().position(|(id, _)| *id == host);
    let row = |observation: &Observation| {
        let (from, to) = (place(observation.from)?, place(observation.to)?);
        Some(Row {
            stamp: since(start, observation.at),
            what: What::Arrow { from, to, lost: observation.lost },
            label: observation.label.unwrap_or_default().to_owned(),
            words: words(observation),
        })
    };
    let rows = observations.iter().filter_map(row).collect();
    let lifelines = lifelines.iter().map(|(_, name)| (*name).to_owned()).collect();
    Chart { title, lifelines, rows }
}

/// The lifelines of those who send or receive in these observations, in the given order.
#[must_use]
pub fn taking_part<'a>(
    all: &[(HostId, &'a str)],
    observations: &[Observation],
) -> Vec<(HostId, &'a str)> {
    let takes_part = |host| observations.iter().any(|o| o.from == host || o.to == host);
    all.iter().copied().filter(|(host, _)| takes_part(*host)).collect()
}

/// What was sent, and the tunnels around it.
fn words(observation: &Observation) -> String {
    let sight = &observation.sight;
    let mut words = sight.text.clone();
    if !sight.tunnels.is_empty() {
        let _ = write!(words, " [in {}]", sight.tunnels.join(" in "));
    }
    if observation.lost {
        words.push_str(" (lost)");
    }
    words
}

/// Seconds to the millisecond.
fn since(start: Time, at: Time) -> String {
    let micros = at.since(start).as_micros();
    format!("{}.{:03}", micros / 1_000_000, micros / 1_000 % 1_000)
}

#[cfg(test)]
mod tests {
    use dsboot_spec::ladder::Message;

    use super::*;
    use crate::sight::{Kind, Sight};

    fn observation(from: HostId, to: HostId, lost: bool) -> Observation {
        let kind = Kind::Drawn(Message::BindingUpdate);
        let sight = Sight { kind, text: "hello".to_owned(), tunnels: vec!["UDP", "41"] };
        Observation { at: Time::from_unix_micros(2_000), from, to, lost, sight, label: Some("BU") }
    }

    #[test]
    fn arrows_go_where_the_packets_went() {
        let hosts = [(HostId(0), "MN"), (HostId(1), "NAS/FA"), (HostId(2), "FHA")];
        let [a, b, c] = hosts.map(|(id, _)| id);
        let observations =
            [observation(a, b, false), observation(HostId(9), a, false), observation(c, b, true)];
        let ladder = chart(&hosts, &observations, Time::from_unix_micros(0), String::new());
        let expected = "       MN    NAS/FA    FHA
0.002   |------>|       |  BU  hello [in UDP in 41]
0.002   |       |x------|  BU  hello [in UDP in 41] (lost)
";
        assert_eq!(ladder.to_string(), expected, "\n{ladder}");
    }

    #[test]
    fn only_those_who_send_or_receive_take_part() {
        let hosts = [(HostId(0), "MN"), (HostId(1), "NAS/FA"), (HostId(2), "FHA")];
        let here = taking_part(&hosts, &[observation(HostId(2), HostId(0), false)]);
        assert_eq!(here, [(HostId(0), "MN"), (HostId(2), "FHA")]);
    }
}
