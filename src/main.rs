//! The thin binary: everything is in the library, so that tests and other programs can use it.

use std::process::ExitCode;

fn main() -> ExitCode {
    std::panic::set_hook(Box::new(|panic| {
        // A panic's own message may quote a draft, so only the place in our code is told.
        let place = panic.location().map(|at| format!(" ({}:{})", at.file(), at.line())).unwrap_or_default();
        eprintln!("postlint: a mistake in postlint itself stopped it{place}; nothing was changed. Please report it, without the draft.");
        std::process::exit(2);
    }));
    postlint::cli::run(std::env::args_os())
}
