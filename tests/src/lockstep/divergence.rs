//! A divergence, told so that a person can see what is wrong.

use std::fmt;

use super::{Event, schedule};
use crate::abstraction::View;

/// How many of the steps before it are told.
const HISTORY: usize = 12;

/// The roles have done what the model cannot, or have not done what it does.
#[derive(Clone, Debug)]
pub struct Divergence {
    /// What happened until then, the last event included.
    pub schedule: Vec<Event>,
    /// What had happened until then, in words.
    pub history: Vec<String>,
    /// About which mobile node they part, if there are several.
    pub mobile: Option<usize>,
    /// What happened last.
    pub event: String,
    /// What was to be seen before, by the model.
    pub before: Box<View>,
    /// What is to be seen now, by the roles.
    pub after: Box<View>,
    /// The step of the model that comes nearest, and what is to be seen after it.
    pub nearest: Option<Box<(String, View)>>,
}

impl fmt::Display for Divergence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let earlier = self.history.len().saturating_sub(HISTORY);
        writeln!(f, "the model cannot follow. After {earlier} earlier steps:")?;
        for line in self.history.iter().skip(earlier) {
            writeln!(f, "  {line}")?;
        }
        writeln!(f, "and then: {}", self.event)?;
        match self.mobile {
            None => writeln!(f, "what the roles did:")?,
            Some(mobile) => writeln!(f, "what the roles did about mobile node {mobile}:")?,
        }
        self.before.write_difference(&self.after, f)?;
        if let Some((action, view)) = self.nearest.as_deref() {
            writeln!(f, "the nearest that the model can do is: {action}")?;
            writeln!(f, "after which the roles have, other than the model:")?;
            view.write_difference(&self.after, f)?;
        }
        writeln!(f, "the schedule until then: {}", schedule::written(&self.schedule))
    }
}

impl std::error::Error for Divergence {}
