//! The `treff` binary: reads the command line and starts what it asks for.

mod arguments;
mod headless;
mod network;

use std::process::ExitCode;

use clap::Parser;

use arguments::{Arguments, Verb};

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let wanted = !error.use_stderr();
            let _ = error.print();
            return if wanted { ExitCode::SUCCESS } else { headless::ExitReason::Usage.into() };
        }
    };
    start_log(arguments.verbose);
    let Verb::Join(join) = arguments.verb;
    match headless::run(&join) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{}", failure.sentence);
            failure.reason.into()
        }
    }
}

/// Logs to standard error: warnings, or more with `-v`. Nothing above debug tells who meets whom.
fn start_log(verbose: u8) {
    let level = match verbose {
        0 => tracing::Level::ERROR,
        1 => tracing::Level::INFO,
        2 => tracing::Level::DEBUG,
        _ => tracing::Level::TRACE,
    };
    tracing_subscriber::fmt().with_max_level(level).with_writer(std::io::stderr).init();
}
