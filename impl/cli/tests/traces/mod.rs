//! Traces of end-to-end tests, held against the model.

use std::path::Path;
use std::process::Command;

use assert_cmd::cargo::cargo_bin;

/// Fails if `dsboot audit` does not accept a trace.
#[track_caller]
pub(crate) fn accepted(trace: &Path) {
    let output = Command::new(cargo_bin("dsboot"))
        .args(["audit", "--ladder", "none"])
        .arg(trace)
        .output()
        .expect("runs");
    let [said, log] =
        [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
    if !output.status.success() {
        // The test's own directory goes with it.
        let kept = std::env::temp_dir().join(format!("rejected-{}.ndjson", std::process::id()));
        std::fs::copy(trace, &kept).expect("copied");
        panic!("{} is not accepted (kept as {}): {said}{log}", trace.display(), kept.display());
    }
}
