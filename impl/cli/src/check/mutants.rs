//! `dsboot check --mutants`: every guard taken out, one at a time, and who notices.

use std::fmt::Write as _;

use dsboot_model::Guard;
use dsboot_model::mutants::{EVENTS, Mutant};
use dsboot_spec::chart::Chart;
use serde_json::{Value, json};

use super::json::run;
use super::parallel;
use super::table::table;
use crate::Exit;

/// Every guard taken out.
#[derive(Debug)]
pub(super) struct Mutants(pub(super) Vec<Mutant>);

impl Mutants {
    /// Takes out each of the guards on so many threads, and tells `done` of each.
    pub(super) fn hunt(guards: &[Guard], threads: usize, done: impl Fn(&Mutant) + Sync) -> Mutants {
        Mutants(parallel::map(guards, threads, |guard| {
            let mutant = Mutant::of(*guard);
            done(&mutant);
            mutant
        }))
    }

    fn survivors(&self) -> impl Iterator<Item = Guard> {
        self.0.iter().filter(|mutant| mutant.caught.is_none()).map(|mutant| mutant.guard)
    }

    /// Whether each was noticed.
    pub(super) fn exit(&self) -> Exit {
        Exit::of(self.survivors().next().is_none())
    }

    /// As a table.
    pub(super) fn table(&self) -> String {
        let mut table =
            table(&["guard taken out", "sentence", "caught by", "setup", "events", "steps"]);
        for Mutant { guard, caught } in &self.0 {
            let by = |words: fn(&dsboot_model::mutants::Caught) -> String| {
                caught.as_ref().map_or_else(|| "-".to_owned(), words)
            };
            table.add_row([
                guard.name().to_owned(),
                guard.sentence().to_owned(),
                caught.as_ref().map_or("nobody", |caught| caught.by.name).to_owned(),
                by(|caught| caught.config.place()),
                by(|caught| caught.config.events.to_string()),
                by(|caught| caught.run.len().to_string()),
            ]);
        }
        let mut out = format!("{table}\n");
        let survivors: Vec<&str> = self.survivors().map(Guard::name).collect();
        let all = self.0.len();
        let _ = match survivors.as_slice() {
            [] => writeln!(out, "All {all} mutants are caught."),
            some => writeln!(
                out,
                "{} of {all} mutants survive {EVENTS} events: {}.",
                some.len(),
                some.join(", ")
            ),
        };
        out
    }

    /// As `schemas/mutants.schema.json` has it.
    pub(super) fn json(&self) -> String {
        let mutants: Vec<Value> = self.0.iter().map(mutant).collect();
        let caught = self.survivors().next().is_none();
        let value = json!({
            "verdict": if caught { "holds" } else { "fails" },
            "mutants": mutants,
        });
        format!("{value:#}\n")
    }

    /// The runs that show each mutant, to be drawn.
    pub(super) fn charts(&self) -> impl Iterator<Item = Chart> + '_ {
        self.0.iter().filter_map(|Mutant { guard, caught }| {
            let caught = caught.as_ref()?;
            let chart = caught.run.chart(&caught.config);
            let title = format!("Without {guard}: {}: {}", caught.by.name, chart.title);
            Some(Chart { title, ..chart })
        })
    }

    /// The runs that show each mutant, as ladders.
    pub(super) fn ladders(&self) -> String {
        let mut out = String::new();
        for Mutant { guard, caught } in &self.0 {
            if let Some(caught) = caught {
                let drawn = caught.run.draw(&caught.config);
                let _ = writeln!(out, "\nWithout {guard}: {}\n\n{drawn}", caught.by.name);
            }
        }
        out
    }
}

fn mutant(Mutant { guard, caught }: &Mutant) -> Value {
    json!({
        "guard": guard.name(),
        "sentence": guard.sentence(),
        "caught": caught.as_ref().map(|caught| json!({
            "by": caught.by.name,
            "scenario": caught.config.setup.scenario().name(),
            "care_of": caught.config.setup.care_of().name(),
            "events": caught.config.events,
            "mobiles": caught.config.mobiles(),
            "length": caught.run.len(),
            "run": run(&caught.config, &caught.run),
        })),
    })
}
