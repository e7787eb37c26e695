//! A ladder drawn with letters, as the draft draws it.

use core::fmt::{self, Write};

use super::{Ladder, Step};
use crate::Role;

/// From one lifeline to the next, in characters.
const PITCH: usize = 17;
/// Of the first lifeline, in characters from the left.
const MARGIN: usize = 3;

impl fmt::Display for Ladder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut heading = Line::new(f);
        for (at, role) in self.columns() {
            let name = self.heading(role);
            heading.go_to(at.saturating_sub(name.len() / 2))?;
            heading.put(name)?;
        }
        for step in self.steps() {
            self.draw(&step, f)?;
        }
        Ok(())
    }
}

impl Ladder {
    /// The lifelines with their places. NAS and FA are one host, as drawn.
    fn columns(&self) -> impl Iterator<Item = (usize, Role)> + Clone {
        let lifelines = self.roles().filter(|role| *role != Role::Fa).enumerate();
        lifelines.map(|(i, role)| (MARGIN + i * PITCH, role))
    }

    fn heading(&self, role: Role) -> &'static str {
        if role == Role::Nas && self.setup().scenario().has_fa() { "NAS/FA" } else { role.name() }
    }

    fn place(&self, role: Role) -> usize {
        let drawn = if role == Role::Fa { Role::Nas } else { role };
        self.columns().find(|(_, r)| *r == drawn).map_or(MARGIN, |(at, _)| at)
    }

    /// Two lines: what is sent, and the arrow.
    fn draw(&self, step: &Step, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (from, to) = (self.place(step.from), self.place(step.to));
        let (left, right) = (from.min(to), from.max(to));

        f.write_char('\n')?;
        let mut words = Line::new(f);
        for (at, _) in self.columns() {
            words.lifeline(at)?;
            if at == left {
                words.go_to(left + 2)?;
                if step.is_relay() {
                    words.put("Relay")?;
                } else {
                    if step.label != step.message.name() {
                        words.put(step.label)?;
                        words.put(".")?;
                    }
                    words.put(step.message.name())?;
                }
            }
        }

        f.write_char('\n')?;
        let mut arrow = Line::new(f);
        for (at, _) in self.columns() {
            arrow.lifeline(at)?;
            if at == left {
                arrow.put(if to == left { "<" } else { "-" })?;
                arrow.fill('-', right - 1)?;
                arrow.put(if to == right { ">" } else { "-" })?;
            }
        }
        Ok(())
    }
}

/// A line being written from left to right.
struct Line<'a, 'f> {
    out: &'a mut fmt::Formatter<'f>,
    column: usize,
}

impl<'a, 'f> Line<'a, 'f> {
    fn new(out: &'a mut fmt::Formatter<'f>) -> Line<'a, 'f> {
        Line { out, column: 0 }
    }

    fn put(&mut self, text: &str) -> fmt::Result {
        self.column += text.len();
        self.out.write_str(text)
    }

    fn fill(&mut self, with: char, column: usize) -> fmt::Result {
        while self.column < column {
            self.column += 1;
            self.out.write_char(with)?;
        }
        Ok(())
    }

    fn go_to(&mut self, column: usize) -> fmt::Result {
        self.fill(' ', column)
    }

    /// Draws the lifeline, unless something else stands there already.
    fn lifeline(&mut self, column: usize) -> fmt::Result {
        if self.column > column {
            return Ok(());
        }
        self.go_to(column)?;
        self.put("|")
    }
}
