//! What is expected of another decoder: which of its fields are ours, and where it differs.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::{env, fs};

/// The table of one decoder: lines of a mark, names, and behind `#` the reason.
///
/// * `= ours | theirs`: the same field, with the same value everywhere;
/// * `! ours | theirs`: the same field, whose values may differ;
/// * `- ours`: a field that they do not show;
/// * `+ theirs`: a field that we do not show;
/// * `~ ours`: what they lose their way at; the rest of the packet is not compared.
///
/// All but the first need a reason.
pub(crate) struct Table {
    file: PathBuf,
    lines: BTreeMap<String, String>,
    seen: BTreeSet<String>,
    wrong: BTreeMap<String, (usize, String)>,
    compared: usize,
    suggested: BTreeSet<String>,
}

impl Table {
    /// The table of that name beside the tests.
    pub(crate) fn of(name: &str) -> Table {
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracles");
        let file = directory.join(name).with_extension("txt");
        let text = fs::read_to_string(&file).unwrap_or_default();
        let lines = text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
        let split = |line: &str| match line.split_once(" # ") {
            Some((line, reason)) => (line.trim().to_owned(), reason.trim().to_owned()),
            None => (line.trim().to_owned(), String::new()),
        };
        let (seen, wrong) = (BTreeSet::new(), BTreeMap::new());
        Table {
            file,
            lines: lines.map(split).collect(),
            seen,
            wrong,
            compared: 0,
            suggested: BTreeSet::new(),
        }
    }

    /// Whether the table has that line.
    pub(crate) fn has(&mut self, line: &str) -> bool {
        if self.lines.contains_key(line) {
            self.seen.insert(line.to_owned());
            return true;
        }
        false
    }

    /// The fields of ours that a field of theirs is.
    pub(crate) fn ours(&self, theirs: &str) -> Vec<String> {
        let end = format!(" | {theirs}");
        let lines = self.lines.keys().chain(self.suggested.iter());
        let pairs = lines.filter(|line| line.starts_with("= ") || line.starts_with("! "));
        pairs.filter_map(|line| line.strip_suffix(&end)).map(|line| line[2..].to_owned()).collect()
    }

    /// When the table is being made, takes proposals of which field of theirs is which of ours.
    pub(crate) fn suggest(
        &mut self,
        make: impl FnOnce(&dyn Fn(&str) -> bool) -> BTreeMap<String, String>,
    ) {
        if env::var_os("DSBOOT_UPDATE").is_some() {
            let known = |name: &str| {
                self.lines.contains_key(&format!("+ {name}")) || !self.ours(name).is_empty()
            };
            let made = make(&known);
            self.suggested = made.iter().map(|(name, ours)| format!("= {ours} | {name}")).collect();
        }
    }

    /// A field of theirs that is a field of ours, and whether the values are the same; `what`
    /// tells of the values.
    pub(crate) fn pair(
        &mut self,
        ours: &str,
        theirs: &str,
        same: bool,
        what: impl FnOnce() -> String,
    ) {
        self.compared += 1;
        if self.has(&format!("! {ours} | {theirs}")) {
            return;
        }
        let line = format!("= {ours} | {theirs}");
        if !self.has(&line) || !same {
            let line = if same { line } else { format!("! {ours} | {theirs}") };
            self.miss(line, what);
        }
    }

    /// A field that only we show, or only they do.
    pub(crate) fn alone(&mut self, mark: char, name: &str, what: impl FnOnce() -> String) {
        let line = format!("{mark} {name}");
        if !self.has(&line) {
            self.miss(line, what);
        }
    }

    fn miss(&mut self, line: String, what: impl FnOnce() -> String) {
        self.wrong.entry(line).or_insert_with(|| (0, what())).0 += 1;
    }

    /// Takes note of what is the same.
    pub(crate) const fn agree(&mut self) {
        self.compared += 1;
    }

    /// As [`Table::end`], when every packet has a field at least that is compared.
    pub(crate) fn finish(self, packets: usize) {
        self.end(packets, packets);
    }

    /// Prints the figures, and fails when something was seen that the table does not have, or has
    /// without a reason. With `DSBOOT_UPDATE=1` it is added to the table instead, to be looked at.
    pub(crate) fn end(self, packets: usize, least: usize) {
        let unused: Vec<&String> =
            self.lines.keys().filter(|line| !self.seen.contains(*line)).collect();
        let name = self.file.file_stem().unwrap().to_string_lossy().into_owned();
        let same = self.seen.iter().filter(|line| line.starts_with('=')).count();
        let differ = self.seen.len() - same;
        println!(
            "{name}: {packets} packets, {} fields compared, {same} kinds of fields the same, \
             {differ} listed differences",
            self.compared
        );
        for line in unused {
            println!("{name}: listed, and no longer so: {line}");
        }
        if env::var_os("DSBOOT_UPDATE").is_some() {
            let mut text = fs::read_to_string(&self.file).unwrap_or_default();
            for (line, (count, what)) in &self.wrong {
                let what: String = what.chars().take(300).collect();
                let open = if line.starts_with('=') { "" } else { "TODO " };
                text += &format!("{line} # {open}{count} times: {what}\n");
            }
            fs::write(&self.file, text).unwrap();
            return;
        }
        let open: Vec<_> = self
            .lines
            .iter()
            .filter(|(line, reason)| {
                !line.starts_with('=') && reason.is_empty() || reason.starts_with("TODO")
            })
            .collect();
        assert!(open.is_empty(), "{name}: without a reason: {open:#?}");
        assert!(self.wrong.is_empty(), "{name}: not listed: {:#?}", self.wrong);
        assert!(self.compared > least, "{name}: hardly anything was compared");
    }
}
