//! A chart drawn with letters: stamps, lifelines, steps of the figures, words.

use alloc::string::String;
use core::fmt::{self, Write as _};

use super::{Chart, Row, What};

/// From one lifeline to the next, in characters, at least.
const PITCH: usize = 8;

impl fmt::Display for Chart {
    /// A line of names, then a line for each row. An arrow that ends in `x` does not arrive; a `*`
    /// stands at who does something.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let form = Form::of(self);
        let mut names = String::new();
        for (place, name) in self.lifelines.iter().enumerate() {
            fill(&mut names, form.column(place).saturating_sub(width(name) / 2), ' ');
            names.push_str(name);
        }
        writeln!(f, "{names}")?;
        for row in &self.rows {
            let mut line = form.line(row);
            if form.label > 0 {
                let _ = write!(line, "  {:<1$}", row.label, form.label);
            }
            let _ = write!(line, "  {}", row.words);
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

/// Where things stand, in characters.
struct Form {
    stamp: usize,
    label: usize,
    first: usize,
    pitch: usize,
    lifelines: usize,
}

impl Form {
    fn of(chart: &Chart) -> Form {
        let widest = |texts: &mut dyn Iterator<Item = &String>| {
            texts.map(|text| width(text)).max().unwrap_or(0)
        };
        let names = widest(&mut chart.lifelines.iter());
        let stamp = widest(&mut chart.rows.iter().map(|row| &row.stamp));
        let label = widest(&mut chart.rows.iter().map(|row| &row.label));
        let first = stamp + 2 + chart.lifelines.first().map_or(0, |name| width(name) / 2);
        let pitch = (names + 2).max(PITCH).next_multiple_of(2);
        Form { stamp, label, first, pitch, lifelines: chart.lifelines.len() }
    }

    const fn column(&self, place: usize) -> usize {
        self.first + place * self.pitch
    }

    fn line(&self, row: &Row) -> String {
        let mut line = String::new();
        let _ = write!(line, "{:>1$}", row.stamp, self.stamp);
        let (left, right) = match row.what {
            What::Arrow { from, to, .. } => (from.min(to), from.max(to)),
            What::Mark { .. } => (0, 0),
        };
        for place in 0..self.lifelines {
            let column = self.column(place);
            let inside = left < place && place <= right;
            fill(
                &mut line,
                if inside { column - 1 } else { column },
                if inside { '-' } else { ' ' },
            );
            if inside {
                line.push(head(row.what, place).unwrap_or('-'));
            }
            line.push(match row.what {
                What::Mark { at } if at == place => '*',
                _ if left < place && place < right => '-',
                _ => '|',
            });
            if place == left
                && left != right
                && let Some(head) = head(row.what, place)
            {
                line.push(head);
            }
        }
        line
    }
}

/// What an arrow ends with at a lifeline, if it ends there.
fn head(what: What, place: usize) -> Option<char> {
    match what {
        What::Arrow { from, to, lost } if to == place && from != to => {
            Some(match (lost, from < to) {
                (true, _) => 'x',
                (false, true) => '>',
                (false, false) => '<',
            })
        }
        _ => None,
    }
}

fn width(text: &str) -> usize {
    text.chars().count()
}

fn fill(line: &mut String, column: usize, with: char) {
    for _ in width(line)..column {
        line.push(with);
    }
}
