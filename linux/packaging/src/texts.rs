//! The shell completions and the manual, from the binary's own command line.

use std::error::Error;
use std::path::Path;

use clap::{Command, CommandFactory};
use clap_complete::{Shell, generate};
use clap_mangen::Man;

use crate::arguments::Arguments;
use crate::write;

/// Writes them below `share`; `date` stands in the manual's foot.
pub(crate) fn write_all(share: &Path, date: &str) -> Result<(), Box<dyn Error>> {
    for (shell, folder, name) in [
        (Shell::Bash, "bash-completion/completions", "treff"),
        (Shell::Zsh, "zsh/vendor-completions", "_treff"),
        (Shell::Fish, "fish/vendor_completions.d", "treff.fish"),
    ] {
        let mut script = Vec::new();
        generate(shell, &mut Arguments::command(), "treff", &mut script);
        write(&share.join(folder), name, &script)?;
    }
    let mut command = Arguments::command();
    command.build();
    let manual = share.join("man/man1");
    page(&manual, &command, "treff", date)?;
    for verb in command.get_subcommands().filter(|verb| !verb.is_hide_set() && verb.get_name() != "help") {
        page(&manual, verb, &format!("treff-{}", verb.get_name()), date)?;
    }
    Ok(())
}

fn page(folder: &Path, command: &Command, name: &str, date: &str) -> Result<(), Box<dyn Error>> {
    let version = format!("Treff {}", env!("CARGO_PKG_VERSION"));
    let man =
        Man::new(command.clone()).title(name).section("1").date(date).source(version).manual("User Commands");
    let mut text = Vec::new();
    man.render(&mut text)?;
    write(folder, &format!("{name}.1"), &text)
}
