//! Puts the requirement matrix into the command, so that it needs no source tree: every sentence of
//! the specification, and where it is modelled, carried out and tested at this moment.

use std::{
    collections::BTreeMap,
    env,
    error::Error,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

// The same code that checks the citations.
#[allow(dead_code, unreachable_pub, unused_imports)]
#[path = "../../tests/src/citations/mod.rs"]
mod citations;

use citations::{Place, Row, Spec, Witness};

/// Where sentences and citations stand.
const READ: [&str; 8] = [
    "spec",
    "model/src",
    "model/tests",
    "codec/src",
    "codec/tests",
    "impl",
    "tests/src",
    "tests/tests",
];

fn main() -> Result<(), Box<dyn Error>> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("../..");
    for part in READ {
        println!("cargo:rerun-if-changed={}", root.join(part).display());
    }
    let spec = Spec::read(&root)?;
    let mut texts = Texts { root: &root, files: BTreeMap::new() };
    let mut out = String::from("static SENTENCES: &[Sentence] = &[\n");
    for row in spec.matrix().rows {
        write_sentence(&row, &mut texts, &mut out)?;
    }
    out.push_str("];\nstatic SOURCES: &[Source] = &[\n");
    for line in spec.readme().lines() {
        write_source(line, &mut out)?;
    }
    out.push_str("];\n");
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("matrix.rs"), out)?;
    Ok(())
}

fn write_sentence(
    row: &Row,
    texts: &mut Texts<'_>,
    out: &mut String,
) -> Result<(), Box<dyn Error>> {
    let sentence = &row.sentence;
    let numbered = |letter: char, numbers: &std::collections::BTreeSet<u32>| {
        numbers.iter().map(|n| format!("{letter}-{n}")).collect::<Vec<_>>()
    };
    let needs: Vec<_> = sentence.needs.iter().map(|witness| witness.name()).collect();
    let section = sentence.id.section();
    write!(
        out,
        "Sentence {{ id: \"{}\", page: {:?}, section: {section}, heading: {:?}, text: {:?}, \
         sources: {:?}, requirements: &{:?}, holes: &{:?}, needs: &{needs:?}, place: {}",
        sentence.id,
        sentence.id.page(),
        texts.heading(&sentence.place, section)?,
        sentence.text,
        sentence.sources,
        numbered('R', &sentence.requirements),
        numbered('H', &sentence.holes),
        place(&sentence.place, ""),
    )?;
    for witness in Witness::ALL {
        let name = if witness == Witness::Test { "tests" } else { witness.name() };
        write!(out, ", {name}: &[")?;
        for at in row.places(witness) {
            write!(out, "{}, ", place(at, &texts.cited(at)?))?;
        }
        out.push(']');
    }
    out.push_str(" },\n");
    Ok(())
}

fn place(at: &Place, shows: &str) -> String {
    format!("Place {{ file: {:?}, line: {}, shows: {shows:?} }}", at.file, at.line)
}

/// A row of the README's tables of requirements (four columns, with where the draft has it) and of
/// holes (with how they are filled).
fn write_source(line: &str, out: &mut String) -> Result<(), Box<dyn Error>> {
    let cells: Vec<&str> = line.trim().trim_matches('|').split('|').map(str::trim).collect();
    let [id, second, third, sentences] = cells[..] else { return Ok(()) };
    let number = id.strip_prefix("R-").or_else(|| id.strip_prefix("H-"));
    if number.is_none_or(|number| number.parse::<u32>().is_err()) {
        return Ok(());
    }
    let (says, place, filled) =
        if id.starts_with('R') { (third, second, "") } else { (second, "", third) };
    let sentences: Vec<&str> = sentences.split(", ").collect();
    writeln!(
        out,
        "Source {{ id: {id:?}, place: {place:?}, says: {says:?}, filled: {filled:?}, \
         sentences: &{sentences:?} }},"
    )?;
    Ok(())
}

/// The files, each read once.
struct Texts<'a> {
    root: &'a Path,
    files: BTreeMap<String, Vec<String>>,
}

impl Texts<'_> {
    fn lines(&mut self, file: &str) -> Result<&[String], Box<dyn Error>> {
        if !self.files.contains_key(file) {
            let text = fs::read_to_string(self.root.join(file))?;
            self.files.insert(file.to_owned(), text.lines().map(str::to_owned).collect());
        }
        Ok(self.files.get(file).map_or(&[], Vec::as_slice))
    }

    /// The heading `## 3. …` of a section.
    fn heading(&mut self, at: &Place, section: u32) -> Result<String, Box<dyn Error>> {
        let begin = format!("## {section}. ");
        let heading = self.lines(&at.file)?.iter().find_map(|line| line.strip_prefix(&begin));
        Ok(heading.unwrap_or_default().to_owned())
    }

    /// The first line of what a citation stands above.
    fn cited(&mut self, at: &Place) -> Result<String, Box<dyn Error>> {
        let below = self.lines(&at.file)?.iter().skip(at.line).map(|line| line.trim());
        let mut code = below
            .filter(|line| !line.is_empty() && !line.starts_with("//") && !line.starts_with("#["));
        Ok(code.next().unwrap_or_default().trim_end_matches('{').trim_end().to_owned())
    }
}
