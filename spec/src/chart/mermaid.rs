//! A chart in Mermaid's language.

use alloc::string::String;
use core::fmt::Write as _;

use super::{Chart, What};

impl Chart {
    /// A sequence diagram in [Mermaid](https://mermaid.js.org)'s language.
    #[must_use]
    pub fn mermaid(&self) -> String {
        let title = self.title.replace('\\', "\\\\").replace('"', "\\\"");
        let mut out = alloc::format!("---\ntitle: \"{title}\"\n---\nsequenceDiagram\n");
        for (place, name) in self.lifelines.iter().enumerate() {
            let _ = writeln!(out, "    participant p{place} as {}", escaped(name));
        }
        for row in &self.rows {
            let caption = escaped(&Chart::caption(row));
            let _ = match row.what {
                What::Arrow { from, to, lost } => {
                    let arrow = if lost { "-x" } else { "->>" };
                    writeln!(out, "    p{from}{arrow}p{to}: {caption}")
                }
                What::Mark { at } => writeln!(out, "    Note over p{at}: {caption}"),
            };
        }
        out
    }
}

/// A semicolon would end the statement, a number sign begin a character's number.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            ';' => out.push_str("#59;"),
            '#' => out.push_str("#35;"),
            '\n' => out.push(' '),
            _ => out.push(c),
        }
    }
    out
}
