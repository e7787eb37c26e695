//! JUnit's XML.

use std::time::Duration;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use crate::Verdict;

/// The report as JUnit's XML: a suite a role, a class a group of cases.
pub(super) fn write(report: &super::Report) -> Result<String, String> {
    let mut suite = TestSuite::new(format!("{} as {}", report.target, report.role));
    suite.set_time(seconds(report.seconds));
    suite.add_property(("seed", report.seed.to_string().as_str()));
    for result in &report.results {
        let status = match result.verdict {
            Verdict::Pass | Verdict::Warn => TestCaseStatus::success(),
            Verdict::Skipped => {
                let mut status = TestCaseStatus::skipped();
                status.set_message(result.seen.clone());
                status
            }
            _ if result.known.is_some() => {
                let mut status = TestCaseStatus::skipped();
                let reason = result.known.clone().unwrap_or_default();
                status.set_message(format!("known: {reason}"));
                status
            }
            verdict => {
                let kind = if verdict == Verdict::Fail {
                    NonSuccessKind::Failure
                } else {
                    NonSuccessKind::Error
                };
                let mut status = TestCaseStatus::non_success(kind);
                status.set_message(format!("{}: {}", result.purpose, result.seen));
                status.set_type(verdict.name());
                status.set_description(result.detail(report.vendor));
                status
            }
        };
        let mut case = TestCase::new(result.id.clone(), status);
        let group = result.id.rsplit_once('.').map_or("", |(group, _)| group);
        case.set_classname(group.to_owned());
        case.set_time(seconds(result.seconds));
        if result.verdict == Verdict::Warn {
            case.set_system_out(result.detail(report.vendor));
        }
        suite.add_test_case(case);
    }
    let mut whole = Report::new("dsboot conform");
    whole.add_test_suite(suite);
    whole.to_string().map_err(|error| error.to_string())
}

fn seconds(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or_default()
}
