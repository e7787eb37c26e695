//! Ladders of what was really sent, for reading and for Mermaid.

use std::fmt::Write as _;

use dsboot_roles::Time;

use super::expect::Observation;
use crate::net::HostId;

/// From one lifeline to the next, in characters.
const PITCH: usize = 12;

/// Of the column of times, in characters.
const TIMES: usize = 12;

/// Of the column of the figures' steps, in characters.
const LABELS: usize = 11;

/// The participants of a ladder from left to right, with their names.
pub type Lifelines<'a> = [(HostId, &'a str)];

/// A ladder of letters: a line for each packet, with the time since `start`, the arrow, the
/// figure's step and what was sent. An arrow that ends in `x` was lost.
#[must_use]
pub fn text(lifelines: &Lifelines<'_>, observations: &[Observation], start: Time) -> String {
    let mut out = String::new();
    for (i, (_, name)) in lifelines.iter().enumerate() {
        pad_to(&mut out, (TIMES + i * PITCH).saturating_sub(name.len() / 2), ' ');
        out.push_str(name);
    }
    out.push('\n');
    for observation in observations {
        let place = |host| lifelines.iter().position(|(id, _)| *id == host);
        let (Some(from), Some(to)) = (place(observation.from), place(observation.to)) else {
            continue;
        };
        let mut line = since(start, observation.at);
        let (left, right) = (from.min(to), from.max(to));
        for i in 0..lifelines.len() {
            let at = TIMES + i * PITCH;
            if i > left && i <= right {
                pad_to(&mut line, at - 1, '-');
                line.push(match (i == right, to == right, observation.lost) {
                    (true, true, false) => '>',
                    (true, true, true) => 'x',
                    _ => '-',
                });
            } else {
                pad_to(&mut line, at, ' ');
            }
            if i > left && i < right {
                line.push('-');
            } else {
                line.push('|');
            }
            if i == left && left != right && to == left {
                line.push(if observation.lost { 'x' } else { '<' });
            }
        }
        let label = observation.label.unwrap_or_default();
        let _ = writeln!(out, "{line}  {label:<LABELS$} {}", caption(observation));
    }
    out
}

/// A sequence diagram in Mermaid's language.
#[must_use]
pub fn mermaid(lifelines: &Lifelines<'_>, observations: &[Observation], title: &str) -> String {
    let mut out = format!("---\ntitle: \"{title}\"\n---\nsequenceDiagram\n");
    for (i, (_, name)) in lifelines.iter().enumerate() {
        let _ = writeln!(out, "    participant p{i} as {name}");
    }
    for observation in observations {
        let place = |host| lifelines.iter().position(|(id, _)| *id == host);
        let (Some(from), Some(to)) = (place(observation.from), place(observation.to)) else {
            continue;
        };
        let arrow = if observation.lost { "-x" } else { "->>" };
        // A semicolon would end the statement, a hash begin an entity.
        let caption = caption(observation).replace(';', ",").replace('#', "");
        let label = observation.label.map(|label| format!("{label}. ")).unwrap_or_default();
        let _ = writeln!(out, "    p{from}{arrow}p{to}: {label}{caption}");
    }
    out
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
fn caption(observation: &Observation) -> String {
    let sight = &observation.sight;
    let mut caption = sight.text.clone();
    if !sight.tunnels.is_empty() {
        let _ = write!(caption, " [in {}]", sight.tunnels.join(" in "));
    }
    if observation.lost {
        caption.push_str(" (lost)");
    }
    caption
}

fn since(start: Time, at: Time) -> String {
    let micros = at.since(start).as_micros();
    format!("{:>5}.{:03} ", micros / 1_000_000, micros / 1_000 % 1_000)
}

fn pad_to(line: &mut String, column: usize, with: char) {
    while line.chars().count() < column {
        line.push(with);
    }
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

    fn lifelines() -> [(HostId, &'static str); 3] {
        [(HostId(0), "MN"), (HostId(1), "NAS/FA"), (HostId(2), "FHA")]
    }

    #[test]
    fn arrows_go_where_the_packets_went() {
        let [a, b, c] = lifelines().map(|(id, _)| id);
        let observations = [
            observation(a, b, false),
            observation(c, a, false),
            observation(b, c, true),
            observation(c, b, true),
        ];
        let ladder = text(&lifelines(), &observations, Time::from_unix_micros(0));
        let expected = "           MN        NAS/FA        FHA
    0.002   |---------->|           |  BU          hello [in UDP in 41]
    0.002   |<----------------------|  BU          hello [in UDP in 41]
    0.002   |           |----------x|  BU          hello [in UDP in 41] (lost)
    0.002   |           |x----------|  BU          hello [in UDP in 41] (lost)
";
        assert_eq!(ladder, expected, "\n{ladder}");
    }

    #[test]
    fn mermaid_has_a_participant_for_each_host_and_an_arrow_for_each_packet() {
        let [a, b, _] = lifelines().map(|(id, _)| id);
        let observations = [observation(a, b, false), observation(b, a, true)];
        let taking_part = taking_part(&lifelines(), &observations);
        let diagram = mermaid(&taking_part, &observations, "test");
        assert_eq!(
            diagram,
            "---\ntitle: \"test\"\n---\nsequenceDiagram
    participant p0 as MN
    participant p1 as NAS/FA
    p0->>p1: BU. hello [in UDP in 41]
    p1-xp0: BU. hello [in UDP in 41] (lost)
"
        );
    }
}
