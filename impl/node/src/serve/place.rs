//! Where something stands in a configuration, for those who have to mend it.

/// A table of a configuration, and perhaps a key in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place<'a> {
    table: &'a str,
    /// Which of the tables of that name, counted from 0.
    nth: usize,
    key: Option<&'a str>,
}

impl<'a> Place<'a> {
    /// The only table of a name, or the first.
    pub(super) const fn table(table: &'a str) -> Place<'a> {
        Place { table, nth: 0, key: None }
    }

    /// The table of that name before which there are so many.
    pub(super) const fn nth(self, nth: usize) -> Place<'a> {
        Place { nth, ..self }
    }

    /// A key of it.
    pub(super) const fn key(self, key: &'a str) -> Place<'a> {
        Place { key: Some(key), ..self }
    }

    /// What stands there and is wrong for a reason, with the line where the text shows it.
    pub(super) fn describe(&self, text: &str, reason: &str) -> String {
        let line = self.line(text).map(|line| format!("{line}: ")).unwrap_or_default();
        let key = self.key.map(|key| format!(" {key}")).unwrap_or_default();
        format!("{line}[{}]{key}: {reason}", self.table)
    }

    /// The number of the line where it stands; that of the table where the key stands in none.
    fn line(&self, text: &str) -> Option<usize> {
        let mut lines = text.lines().enumerate();
        let mut headings = lines.by_ref().filter(|(_, line)| heading(line) == Some(self.table));
        let Some((begin, _)) = headings.nth(self.nth) else {
            // The table may stand as a value in another one.
            let (table, key) = self.table.rsplit_once('.')?;
            return Place { table, nth: 0, key: Some(key) }.line(text);
        };
        let mut within = lines.take_while(|(_, line)| heading(line).is_none());
        let found = self.key.and_then(|key| within.find(|(_, line)| sets(line, key)));
        Some(found.map_or(begin, |(at, _)| at) + 1)
    }
}

/// The name of the table that begins with a line.
fn heading(line: &str) -> Option<&str> {
    let inner = line.trim_start().strip_prefix('[')?;
    let inner = inner.strip_prefix('[').unwrap_or(inner);
    Some(inner.split(']').next()?.trim())
}

/// Whether a line gives a key its value.
fn sets(line: &str, key: &str) -> bool {
    let rest = line.trim_start().strip_prefix(key);
    rest.is_some_and(|rest| rest.trim_start().starts_with('='))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_found_by_table_number_and_key() {
        let text = "# [a]\n[a]\nname = 1\n\n [[a.b]] # one\nname = 2\n[[a.b]]\nnames = 3\n\
                    name=4\n[c]\nr = { name = 5 }\n";
        let b = Place::table("a.b");
        for (place, line) in [
            (Place::table("a"), Some(2)),
            (Place::table("a").key("name"), Some(3)),
            (Place::table("a").key("none"), Some(2)),
            (b, Some(5)),
            (b.key("name"), Some(6)),
            (b.nth(1).key("name"), Some(9)),
            (b.nth(2), Some(2)),
            (Place::table("c.r").key("name"), Some(11)),
            (Place::table("d"), None),
        ] {
            assert_eq!(place.line(text), line, "{place:?}");
        }
        assert_eq!(b.nth(1).key("name").describe(text, "no"), "9: [a.b] name: no");
        assert_eq!(Place::table("d").describe(text, "no"), "[d]: no");
    }
}
