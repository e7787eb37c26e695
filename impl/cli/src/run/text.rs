//! What a run prints for people to read.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddrV4};
use std::path::Path;

use dsboot_node::net::HostId;
use dsboot_node::story::FOREIGN_PATIENCE;
use dsboot_node::story::draw;
use dsboot_node::story::inject::Injection;
use dsboot_node::story::report::{PhaseReport, RunReport, StepReport};
use dsboot_node::world::people::{ALL, RADIUS_SECRET};
use dsboot_node::world::{PATIENCE, World};
use dsboot_node::{LINK_PORT, Ports};
use dsboot_spec::chart::Chart;

/// The ladders of a run, one a phase.
pub(super) fn charts(report: &RunReport, names: &BTreeMap<HostId, String>) -> Vec<Chart> {
    let lifelines: Vec<_> = names.iter().map(|(id, name)| (*id, name.as_str())).collect();
    let chart = |phase: &PhaseReport| {
        let here = draw::taking_part(&lifelines, &phase.observations);
        let title = format!("{}: {}", title(report), phase.name);
        draw::chart(&here, &phase.observations, phase.start, title)
    };
    report.phases.iter().map(chart).collect()
}

/// A run, phase by phase, with the ladder of each if they are to be drawn here.
pub(super) fn report(
    report: &RunReport,
    ladders: Option<&[Chart]>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let title = title(report);
    writeln!(out, "{title}\n{}\n", "=".repeat(title.len()))?;
    if let Some(Injection { about, outcome, .. }) = report.injection.and_then(Injection::named) {
        writeln!(out, "goes wrong  {about}\nmust be so  {outcome}\n")?;
    }
    for (number, phase) in report.phases.iter().enumerate() {
        writeln!(out, "{}\n", phase.name)?;
        if let Some(chart) = ladders.and_then(|ladders| ladders.get(number)) {
            writeln!(out, "{chart}")?;
        }
        verdicts(phase, out)?;
        ends(phase, out)?;
    }
    Ok(())
}

fn title(report: &RunReport) -> String {
    let RunReport { scenario, care_of, figure, section, .. } = report;
    format!("{scenario}, care-of address {care_of} (Figure {figure}, section {section})")
}

/// Whether each arrow of the ladder was seen, and each check holds.
fn verdicts(phase: &PhaseReport, out: &mut dyn Write) -> io::Result<()> {
    for step in &phase.steps {
        let StepReport { label, from, to, message, sentence, .. } = step;
        let verdict = match (step.seen, step.may_be_lost) {
            (Some(_), _) => "pass",
            (None, true) => "lost",
            (None, false) => "FAIL",
        };
        let arrow = format!("{from} -> {to}");
        let at = step.seen.map(|at| format!("{at:.3} s")).unwrap_or_default();
        writeln!(out, "  {verdict}  {label:<11} {arrow:<13} {message:<24} {at:>10}  {sentence}")?;
    }
    for unwanted in phase.forbidden.iter().filter(|unwanted| unwanted.seen.is_some()) {
        let message = format!("{} was sent", unwanted.message);
        writeln!(out, "  FAIL  {message:<61}  {}", unwanted.sentence)?;
    }
    for check in &phase.checks {
        let verdict = if check.holds { "pass" } else { "FAIL" };
        writeln!(out, "  {verdict}  {:<61}  {}", check.what, check.sentence)?;
    }
    writeln!(out)
}

/// The addresses that each side ended with.
fn ends(phase: &PhaseReport, out: &mut dyn Write) -> io::Result<()> {
    // Traffic changes nobody's addresses.
    if phase.ends.is_empty() || phase.name == "traffic" {
        return Ok(());
    }
    for end in &phase.ends {
        writeln!(out, "  {:<9} {:<20} {}", end.host, end.what, end.value)?;
    }
    writeln!(out)
}

/// A line for each run.
pub(super) fn summary(reports: &[RunReport], out: &mut dyn Write) -> io::Result<()> {
    for report in reports {
        let verdict = if report.holds { "pass" } else { "FAIL" };
        let name = format!("{} ({})", report.scenario, report.care_of);
        let failed: Vec<_> = report.phases.iter().filter(|p| !p.holds).map(|p| p.name).collect();
        let lost = if report.lost > 0 { format!(", {} lost", report.lost) } else { String::new() };
        let poured = match report.poured {
            0 => String::new(),
            poured => format!(", {poured} bad ones taken"),
        };
        let failed = match failed[..] {
            [] => String::new(),
            _ => format!(", failed: {}", failed.join(", ")),
        };
        writeln!(
            out,
            "{verdict}  {name:<36} {} packets{lost}{poured}, {:.3} s{failed}",
            report.sent, report.seconds
        )?;
    }
    Ok(())
}

/// Why nothing is seen yet.
pub(super) fn waiting(network: Ipv4Addr, log: &mut dyn Write) -> io::Result<()> {
    writeln!(
        log,
        "another run on this machine uses {network}/16; this one waits for its end, at most {} s",
        PATIENCE.as_secs()
    )?;
    log.flush()
}

/// Whom the NAS asks, in real time.
pub(super) fn asking(server: SocketAddrV4, log: &mut dyn Write) -> io::Result<()> {
    let patience = FOREIGN_PATIENCE.as_secs();
    writeln!(log, "asking {server} in step 2, in real time; without its answer {patience} s long")?;
    log.flush()
}

/// How to look at a capture.
pub(super) fn captured(path: &Path, ports: Ports, log: &mut dyn Write) -> io::Result<()> {
    let path = path.display();
    let ports = ports.tshark_options().join(" ");
    writeln!(
        log,
        "wrote {path}; look at it by\n  tshark -r {path} {ports} -o radius.validate_authenticator:TRUE \
         -o radius.shared_secret:{RADIUS_SECRET}"
    )
}

/// Where the hosts can be talked to.
pub(super) fn held(world: &World, seconds: u64, log: &mut dyn Write) -> io::Result<()> {
    writeln!(log, "listening for {seconds} s in real time:")?;
    for (id, host) in world.net.hosts() {
        let sockets = world.net.sockets_of(id);
        let sockets = sockets.iter().filter(|at| at.port() != LINK_PORT);
        let sockets: Vec<_> = sockets.map(ToString::to_string).collect();
        if !sockets.is_empty() {
            writeln!(log, "  {:<10} {}", host.name, sockets.join(" "))?;
        }
    }
    writeln!(log, "RADIUS secret: {RADIUS_SECRET}")?;
    writeln!(log, "users (password when integrated, when subscribed, key for mobility):")?;
    for person in ALL {
        writeln!(
            log,
            "  {:<20} {:<22} {:<25} {}",
            person.nai, person.home_password, person.visited_password, person.mn_aaa_key
        )?;
    }
    Ok(())
}
