//! Who may know whom: the workspace's crates and the dependencies that they are allowed to have.

use std::{collections::BTreeMap, process::Command};

use serde_json::Value;

/// What keeps the rules from being checked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// `cargo metadata` could not be run.
    #[error("cannot run `cargo metadata`: {0}")]
    Cargo(#[from] std::io::Error),
    /// `cargo metadata` printed something else than its JSON.
    #[error("cannot read what `cargo metadata` printed: {0}")]
    Json(#[from] serde_json::Error),
}

/// The crates of this workspace, each with the names of all it depends on outside its tests.
///
/// # Errors
///
/// When `cargo metadata` fails.
pub fn dependencies() -> Result<BTreeMap<String, Vec<String>>, Error> {
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["metadata", "--format-version=1", "--no-deps", "--offline"])
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .output()?;
    let metadata: Value = serde_json::from_slice(&output.stdout)?;
    let text =
        |value: &Value, key| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let list =
        |value: &Value, key| value.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
    Ok(list(&metadata, "packages")
        .iter()
        .map(|package| {
            let needed = list(package, "dependencies")
                .iter()
                .filter(|dependency| dependency.get("kind").and_then(Value::as_str) != Some("dev"))
                .map(|dependency| text(dependency, "name"))
                .collect();
            (text(package, "name"), needed)
        })
        .collect())
}
