//! The answer as people read it.

use std::io::{self, Write};

use dsboot_audit::{Answer, Broken, Rejection, Report};

/// So much that is wrong is told in full.
const TOLD: usize = 10;

/// Writes the answer, with ladders if they stand between the lines.
pub(super) fn write(report: &Report, ladders: bool, out: &mut impl Write) -> io::Result<()> {
    match report.verdict {
        Answer::Accepted => writeln!(out, "accepted: a run of the protocol shows this")?,
        Answer::Rejected => {
            let first = report.rejections.first().map_or(0, |first| first.packet);
            writeln!(out, "rejected: no run of the protocol shows this, first at packet {first}")?;
        }
        Answer::NotThisProtocol => {
            writeln!(out, "not this protocol: nothing here bootstraps")?;
        }
    }
    if let Some(Broken { packet, why }) = &report.broken {
        writeln!(
            out,
            "the capture breaks off at packet {packet}: {why}; judged is what is before"
        )?;
    }
    counts(report, out)?;
    for rejection in report.rejections.iter().take(TOLD) {
        wrong(rejection, out)?;
    }
    if report.rejections.len() > TOLD {
        writeln!(out, "\nand {} more, which --json has", report.rejections.len() - TOLD)?;
    }
    for mobile in &report.mobiles {
        let verdict = if mobile.accepted { "accepted" } else { "rejected" };
        writeln!(
            out,
            "\n{}: {verdict}, {} ({} messages explained)",
            mobile.name, mobile.scenario, mobile.explained
        )?;
        if ladders {
            writeln!(out, "\n{}", mobile.chart())?;
        }
    }
    for note in &report.notes {
        writeln!(out, "({note})")?;
    }
    Ok(())
}

fn counts(report: &Report, out: &mut impl Write) -> io::Result<()> {
    let Report { packets, messages, repeated, others, .. } = report;
    writeln!(
        out,
        "{packets} packets: {messages} messages, {repeated} of them repeated; {others} others"
    )?;
    let judged = &report.authenticators;
    writeln!(
        out,
        "checksums and authenticators: {} right, {} wrong, {} not verified{}",
        judged.verified,
        judged.wrong,
        judged.unverified,
        if judged.unverified > 0 { " (no key: --keys)" } else { "" }
    )?;
    if report.more_mobiles > 0 {
        writeln!(out, "{} more mobile nodes than are told", report.more_mobiles)?;
    }
    if report.given_up > 0 {
        writeln!(
            out,
            "{} mobile nodes were followed no further, as there were too many at once (--mobiles)",
            report.given_up
        )?;
    }
    if report.not_judged > 0 {
        writeln!(
            out,
            "{} mobile nodes or users of Mobile IP or RADIUS that do not bootstrap: not judged",
            report.not_judged
        )?;
    }
    Ok(())
}

fn wrong(rejection: &Rejection, out: &mut impl Write) -> io::Result<()> {
    let Rejection { packet, mobile, sentence, text, what, allowed, .. } = rejection;
    let mobile = mobile.as_ref().map(|name| format!(", {name}")).unwrap_or_default();
    writeln!(out, "\npacket {packet}{mobile}: {what}")?;
    writeln!(out, "  {sentence}: {text}")?;
    if !allowed.is_empty() {
        writeln!(out, "  allowed there: {}", allowed.join("; "))?;
    }
    Ok(())
}
