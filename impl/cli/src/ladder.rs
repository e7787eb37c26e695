//! `--ladder` and `--ladder-file`, the same wherever a command draws ladders.

use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use dsboot_spec::chart::{self, Chart};

/// How ladders are drawn, and where to.
#[derive(Clone, Debug, Args)]
pub struct LadderArgs {
    /// How ladders are drawn. Diagrams and pictures have standard output for themselves; what else
    /// there is to say then goes to standard error.
    #[arg(long = "ladder", value_enum, value_name = "FORM", default_value_t = Form::Text)]
    pub form: Form,

    /// Draw the ladders to a file instead.
    #[arg(long = "ladder-file", value_name = "FILE")]
    pub file: Option<PathBuf>,
}

/// How ladders are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// With letters, for reading.
    Text,
    /// As sequence diagrams in Mermaid's language.
    Mermaid,
    /// As one SVG picture.
    Svg,
    /// Not at all.
    None,
}

impl Form {
    /// Draws charts.
    #[must_use]
    pub fn draw(self, charts: &[Chart]) -> String {
        let each = |draw: fn(&Chart) -> String| {
            charts.iter().map(|chart| draw(chart) + "\n").collect::<String>()
        };
        match self {
            Form::Text => each(|chart| format!("{}\n\n{chart}", chart.title)),
            Form::Mermaid => each(Chart::mermaid),
            Form::Svg => chart::svg(charts),
            Form::None => String::new(),
        }
    }
}

/// What keeps ladders from being drawn.
#[derive(Debug, thiserror::Error)]
pub enum LadderError {
    /// JSON and ladders cannot both have standard output.
    #[error("--json takes standard output; say with --ladder-file where the ladders go")]
    Json,
    /// There is a file and nothing to write to it.
    #[error("--ladder-file has nothing to hold with --ladder none")]
    Nothing,
    /// The file cannot be made.
    #[error("cannot write {}: {source}", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// The ladders of a command, drawn when all of them are there.
#[derive(Debug)]
pub struct Ladders {
    form: Form,
    file: Option<(PathBuf, File)>,
    json: bool,
    charts: Vec<Chart>,
}

impl LadderArgs {
    /// Makes the file ready, so that what cannot be written is known before the work.
    ///
    /// # Errors
    ///
    /// When the arguments contradict themselves, or the file cannot be made.
    pub fn begin(&self, json: bool) -> Result<Ladders, LadderError> {
        let form = self.form;
        match (form, &self.file) {
            (Form::Mermaid | Form::Svg, None) if json => return Err(LadderError::Json),
            (Form::None, Some(_)) => return Err(LadderError::Nothing),
            _ => {}
        }
        let create = |path: &PathBuf| match File::create(path) {
            Ok(file) => Ok((path.clone(), file)),
            Err(source) => Err(LadderError::File { path: path.clone(), source }),
        };
        let file = self.file.as_ref().map(create).transpose()?;
        Ok(Ladders { form, file, json, charts: Vec::new() })
    }
}

impl Ladders {
    /// Whether ladders stand between the other lines of the report.
    #[must_use]
    pub const fn are_inline(&self) -> bool {
        matches!(self.form, Form::Text) && self.file.is_none() && !self.json
    }

    /// Whether standard output is for the ladders alone.
    #[must_use]
    pub const fn are_alone(&self) -> bool {
        matches!(self.form, Form::Mermaid | Form::Svg) && self.file.is_none()
    }

    /// Keeps a ladder for the end, unless it stands between the other lines anyway.
    pub fn add(&mut self, chart: Chart) {
        if !self.are_inline() {
            self.charts.push(chart);
        }
    }

    /// Draws what was kept, to the file or to `out`.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn finish(self, out: &mut dyn Write) -> Result<(), LadderError> {
        let alone = self.are_alone();
        let Ladders { form, file, charts, .. } = self;
        let drawn = form.draw(&charts);
        let (path, written) = match file {
            Some((path, mut file)) => (path, file.write_all(drawn.as_bytes())),
            // A picture of nothing would only be in the way.
            None if alone && !charts.is_empty() => {
                (PathBuf::from("standard output"), out.write_all(drawn.as_bytes()))
            }
            None => return Ok(()),
        };
        written.map_err(|source| LadderError::File { path, source })
    }
}
