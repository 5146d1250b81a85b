//! The command line: the only place that prints, and the only one that knows of terminals and exit codes.

mod args;
mod check;
mod emit;
mod explain;
mod fix;
mod house;
mod init;
mod inputs;
mod known;
mod outcome;
mod output;
mod packs;
mod plan;
mod progress;
mod roster;
mod rules;
mod series;
mod shell;
mod show;
mod statistics;
mod suggest;
mod watch;

use args::{Cli, Command};
use clap::Parser;
use std::ffi::OsString;
use std::panic::PanicHookInfo;
use std::process::ExitCode;

/// How a run ended, worst last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exit {
    /// Nothing to report.
    Clean,
    /// Findings at or above what fails a run.
    Findings,
    /// Something was not checked.
    Trouble,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Runs one command line, the program's name first.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(args::with_command(args.into_iter().collect())) {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    let exit = dispatch(cli).unwrap_or_else(|error| {
        let lines = error.downcast_ref::<Faults>().map_or_else(|| vec![format!("{error:#}")], |faults| faults.0.clone());
        for line in lines {
            let said = crate::report::visible(&line);
            // A mistake with its place begins with the place, as editors expect.
            output::tell(&if has_place(&line) { said.into_owned() } else { format!("postlint: {said}") });
        }
        Exit::Trouble
    });
    exit.into()
}

/// What is said of a panic. Its own message may quote a draft, so only the place in our code is told.
pub fn last_words(panic: &PanicHookInfo<'_>) -> String {
    let place = panic.location().map(|at| format!(" ({}:{})", at.file(), at.line())).unwrap_or_default();
    format!("postlint: a mistake in postlint itself stopped it{place}; nothing was changed. Please report it, without the draft.")
}

/// Whether a message begins with `FILE:LINE:COLUMN:`.
fn has_place(message: &str) -> bool {
    let number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let parts: Vec<&str> = message.split(':').collect();
    parts.windows(2).any(|pair| matches!(pair, [line, column] if number(line) && number(column)))
}

/// Mistakes that are told together, one a line.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.join("; "))]
pub(crate) struct Faults(pub(crate) Vec<String>);

fn dispatch(cli: Cli) -> anyhow::Result<Exit> {
    let color = cli.color;
    match cli.command {
        Command::Check(args) => check::run(&args, color),
        Command::Explain(args) => explain::run(&args, color),
        Command::Rules(args) => rules::run(args, color),
        Command::Roster(args::Roster::Make(args)) => roster::make(&args),
        Command::Init(args) => init::run(&args),
        Command::Completions { shell } => shell::completions(shell),
        Command::Man => shell::manual(),
    }
}

/// Help and version go to standard output and are no failure; mistakes go to standard error.
fn usage(error: &clap::Error) -> ExitCode {
    let code = if error.use_stderr() { Exit::Trouble } else { Exit::Clean };
    if error.use_stderr() {
        // What was typed may hold characters that act on a terminal.
        error.render().to_string().trim_end().lines().for_each(|line| output::tell(&crate::report::visible(line)));
    } else {
        // A closed pipe after `--help | head` is nobody's trouble.
        match error.print() {
            Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
                output::tell(&format!("postlint: the output could not be written: {error}"));
                return Exit::Trouble.into();
            }
            _ => {}
        }
    }
    code.into()
}

#[cfg(test)]
mod tests {
    use super::last_words;
    use std::panic;
    use std::sync::Mutex;

    #[test]
    #[allow(clippy::panic, clippy::string_slice, reason = "that is what is tested")]
    fn a_panic_quotes_no_draft() {
        static SAID: Mutex<Vec<String>> = Mutex::new(Vec::new());
        let before = panic::take_hook();
        // Other tests may panic meanwhile; what they say is kept too.
        panic::set_hook(Box::new(move |info| {
            SAID.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(last_words(info));
            before(info);
        }));
        let draft = String::from("My patient Zqmarker Vxmarker é");
        let end = draft.len() - 1;
        let cut = draft.clone();
        assert!(panic::catch_unwind(move || cut[..end].len()).is_err(), "off a character");
        assert!(panic::catch_unwind(move || -> usize { panic!("{draft}") }).is_err());
        let _ = panic::take_hook();
        let said = SAID.lock().unwrap().join("\n");
        assert!(said.matches("stopped it (").count() >= 2 && said.contains("cli/mod.rs:"), "{said}");
        assert!(!said.contains("marker") && !said.contains("patient"), "{said}");
    }
}
