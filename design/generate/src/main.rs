//! `treff-design android OUT`: writes Android's resources from `design/` below OUT (a `res` folder).

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

use treff_design::{Design, DesignError, android};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [verb, folder] = arguments.as_slice() else { return usage() };
    if verb != "android" {
        return usage();
    }
    match generate(Path::new(folder)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}{}", error.source().map(|source| format!(": {source}")).unwrap_or_default());
            ExitCode::FAILURE
        }
    }
}

fn generate(folder: &Path) -> Result<(), DesignError> {
    android::write(&Design::read(&Design::home())?, folder)
}

fn usage() -> ExitCode {
    eprintln!("usage: treff-design android FOLDER");
    ExitCode::from(2)
}
