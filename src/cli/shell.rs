//! What a shell and a manual reader need: completions and the manual page, both made from the flags themselves.

use super::args::Cli;
use super::{Exit, output};
use anyhow::Result;
use clap::CommandFactory;

/// Prints completions for a shell.
pub(super) fn completions(shell: clap_complete::Shell) -> Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "postlint", &mut script);
    output::print(|out| out.write_all(&script))?;
    Ok(Exit::Clean)
}

/// Prints the manual page.
pub(super) fn manual() -> Result<Exit> {
    let page = clap_mangen::Man::new(Cli::command());
    output::print(|out| page.render(out))?;
    Ok(Exit::Clean)
}
