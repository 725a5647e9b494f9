//! The `treff` binary: reads the command line and opens the window, or joins in the terminal.

mod arguments;
mod headless;
mod network;
mod window;

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
    let done = match arguments.verb {
        Some(Verb::Join(join)) => headless::run(&join),
        None if window::has_display() => window::run(&arguments.window),
        None => Err(headless::Failure::usage(
            "There is no display to open a window on. Join in the terminal: treff join LINK",
        )),
    };
    match done {
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
