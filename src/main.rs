//! The thin binary: everything is in the library, so that tests and other programs can use it.

use std::process::ExitCode;

fn main() -> ExitCode {
    std::panic::set_hook(Box::new(|panic| {
        eprintln!("{}", postlint::cli::last_words(panic));
        std::process::exit(2);
    }));
    postlint::cli::run(std::env::args_os())
}
