//! The dsboot command.

use std::io::{self, BufWriter, Write as _};
use std::process::ExitCode;

use clap::{CommandFactory as _, Parser, Subcommand};
use clap_complete::Shell;
use dsboot::audit::AuditArgs;
use dsboot::conform::ConformArgs;
use dsboot::decode::DecodeArgs;
use dsboot::dictionary::DictionaryArgs;
use dsboot::encode::EncodeArgs;
use dsboot::explore::ExploreArgs;
use dsboot::export::ExportArgs;
use dsboot::lab::LabArgs;
use dsboot::load::LoadArgs;
use dsboot::run::RunArgs;
use dsboot::serve::ServeArgs;
use dsboot::spec::SpecArgs;
use dsboot::vectors::VectorsArgs;
use dsboot::{Exit, Output};
use dsboot::{check, findings};

/// Dual-stack Mobile IPv6 bootstrapping: model, implementation and tests of
/// draft-qin-mip6-dsbootstrapping-00
///
/// Exit status: 0 holds; 1 a property, case or capture fails; 2 the command or its input is wrong;
/// 3 the environment lacks something.
#[derive(Debug, Parser)]
#[command(name = "dsboot", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Explore the model of the protocol to the end, and say which promises hold
    #[command(after_help = dsboot::exit::HELP)]
    Check(check::Args),
    /// Show what the draft alone does not guarantee, each by the shortest run that goes wrong
    #[command(after_help = dsboot::exit::HELP)]
    Findings(findings::Args),
    #[command(after_help = dsboot::exit::HELP)]
    Explore(ExploreArgs),
    #[command(after_help = dsboot::exit::HELP)]
    Run(RunArgs),
    #[command(after_help = dsboot::exit::HELP)]
    Decode(DecodeArgs),
    #[command(after_help = dsboot::exit::HELP)]
    Encode(EncodeArgs),
    #[command(after_help = dsboot::exit::HELP)]
    Audit(AuditArgs),
    #[command(after_help = dsboot::exit::HELP)]
    Vectors(VectorsArgs),
    #[command(after_help = dsboot::exit::HELP)]
    Dictionary(DictionaryArgs),
    #[command(after_help = dsboot::exit::HELP)]
    Export(ExportArgs),
    #[command(after_help = dsboot::exit::HELP)]
    Serve(ServeArgs),
    #[command(after_help = dsboot::exit::HELP)]
    Lab(LabArgs),
    #[command(after_help = dsboot::exit::HELP)]
    Load(LoadArgs),
    #[command(after_help = dsboot::exit::HELP)]
    Conform(ConformArgs),
    #[command(after_help = dsboot::exit::HELP)]
    Spec(SpecArgs),
    /// Print what a shell needs to complete this command's options
    Completions {
        /// The shell.
        shell: Shell,
    },
    /// Print the manual page of this command, or of one of its subcommands
    Man {
        /// The subcommand.
        subcommand: Option<String>,
    },
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let mut out = BufWriter::new(Output::new(io::stdout().lock()));
    let mut log = io::stderr();
    let ended = match &cli.command {
        Command::Check(args) => return check::run(args).into(),
        Command::Findings(args) => return findings::run(args).into(),
        Command::Run(args) => {
            dsboot::run::run(args, &mut out, &mut log).map_err(|e| (e.exit(), e.to_string()))
        }
        Command::Decode(args) => {
            dsboot::decode::run(args, &mut out, &mut log).map_err(|e| (e.exit(), e.to_string()))
        }
        Command::Encode(args) => {
            dsboot::encode::run(args, &mut out).map_err(|e| (e.exit(), e.to_string()))
        }
        Command::Audit(args) => {
            return dsboot::audit::run(args, &mut out)
                .map_err(|e| (e.exit(), e.to_string()))
                .and_then(|exit| match out.flush() {
                    Ok(()) => Ok(exit),
                    Err(error) => Err((Exit::Usage, format!("cannot print: {error}"))),
                })
                .unwrap_or_else(|(exit, message)| {
                    let _ = writeln!(log, "dsboot: {message}");
                    exit
                })
                .into();
        }
        Command::Vectors(args) => {
            dsboot::vectors::run(args, &mut out).map_err(|e| (e.exit(), e.to_string()))
        }
        Command::Explore(args) => {
            dsboot::explore::run(args, &mut out).map_err(|e| (e.exit(), e.to_string()))
        }
        Command::Spec(args) => {
            dsboot::spec::run(args, &mut out).map_err(|e| (e.exit(), e.to_string()))
        }
        Command::Dictionary(args) => dsboot::dictionary::run(args, &mut out)
            .map_err(|e| (Exit::Usage, format!("cannot print: {e}"))),
        Command::Export(args) => {
            dsboot::export::run(args, &mut out).map_err(|e| (e.exit(), e.to_string()))
        }
        Command::Load(args) => {
            dsboot::load::run(args, &mut out).map_err(|e| (e.exit(), e.to_string()))
        }
        Command::Lab(args) => {
            dsboot::lab::run(args, &mut out).map_err(|e| (e.exit(), e.to_string()))
        }
        Command::Conform(args) => {
            dsboot::conform::run(args, &mut out).map_err(|e| (e.exit(), e.to_string()))
        }
        Command::Completions { shell } => {
            clap_complete::generate(*shell, &mut Cli::command(), "dsboot", &mut out);
            Ok(true)
        }
        Command::Man { subcommand } => manual(subcommand.as_deref(), &mut out),
        Command::Serve(args) => {
            dsboot::serve::run(args, &mut out).map_err(|e| (e.exit(), e.to_string()))
        }
    };
    // What came before a failure is shown before it.
    let flushed = out.flush().map_err(|error| (Exit::Usage, format!("cannot print: {error}")));
    let ended = ended.and_then(|holds| flushed.map(|()| Exit::of(holds)));
    match ended {
        Ok(exit) => exit.into(),
        Err((exit, message)) => {
            // Nothing is left to be done when standard error is closed.
            let _ = writeln!(log, "dsboot: {message}");
            exit.into()
        }
    }
}

/// The manual page, in roff.
fn manual(subcommand: Option<&str>, out: &mut impl io::Write) -> Result<bool, (Exit, String)> {
    let whole = Cli::command();
    let wanted = match subcommand {
        None => Some(whole),
        Some(name) => {
            let found = whole.find_subcommand(name).cloned();
            found.map(|found| {
                found.display_name(format!("dsboot-{name}")).bin_name(format!("dsboot {name}"))
            })
        }
    };
    let Some(wanted) = wanted else {
        return Err((
            Exit::Usage,
            "there is no such subcommand; `dsboot --help` lists them".to_owned(),
        ));
    };
    clap_mangen::Man::new(wanted)
        .render(out)
        .map(|()| true)
        .map_err(|error| (Exit::Usage, format!("cannot print: {error}")))
}
