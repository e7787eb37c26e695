//! What is cut out of the capture of a run that conforms.

use dsboot_tests::audit::Answer;

use crate::support::{SETUPS, audit, audit_known, capture, known, only, packets};

#[test]
fn each_link_alone_is_accepted() {
    let directory = tempfile::tempdir().expect("a directory");
    for setup in &SETUPS[..2] {
        let all = packets(&capture(directory.path(), setup));
        let mut links: Vec<String> = all.iter().filter_map(|one| one.interface.clone()).collect();
        links.sort();
        links.dedup();
        for link in &links {
            let report = audit(&only(&all, |name| name == link), None);
            // Between HA and correspondent there is no bootstrap.
            let expected = match &**link {
                "HA-CN" => Answer::NotThisProtocol,
                _ => Answer::Accepted,
            };
            assert_eq!(report.verdict, expected, "{setup:?} {link}: {:#?}", report.rejections);
        }
    }
}

#[test]
fn a_capture_may_begin_anywhere() {
    let directory = tempfile::tempdir().expect("a directory");
    for setup in &SETUPS[..1] {
        let all = packets(&capture(directory.path(), setup));
        for begin in (0..all.len() - 30).step_by(3) {
            let report = audit(&all[begin..], None);
            assert_eq!(
                report.verdict,
                Answer::Accepted,
                "{setup:?} {begin}: {:#?}",
                report.rejections
            );
        }
    }
}

#[test]
fn a_rejection_stays_one_whatever_follows() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut all = packets(&capture(directory.path(), SETUPS[1]));
    // An accepted registration that nobody has asked for.
    let reply = all.iter().position(|one| one.octets.len() > 100 && one.octets[28] == 3);
    let reply = reply.expect("a reply");
    let request = all.iter().take(reply).rposition(|one| one.octets[28] == 1).expect("a request");
    all.remove(request);
    let all = known(all);
    let mut was_rejected = false;
    for end in 1..=all.len() {
        let is_rejected = audit_known(&all[..end]).verdict == Answer::Rejected;
        assert!(is_rejected || !was_rejected, "at {end}");
        was_rejected = is_rejected;
    }
}
