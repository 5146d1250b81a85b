//! Where what we print goes: the screen, a pipe that may close, or a file that is whole or not there.

use super::args::Color;
use crate::report::{Orderless, orderless};
use anyhow::{Context, Result, bail};
use std::env;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, ErrorKind, IsTerminal, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, Once, PoisonError};

/// Whether to colour what goes to a stream: `--color`, then `NO_COLOR`, then `CLICOLOR_FORCE`, then whether it is a terminal.
pub(super) fn colored(choice: Color, terminal: bool) -> bool {
    let set = |name: &str| env::var_os(name).filter(|value| !value.is_empty());
    let smart = || env::var_os("TERM").is_none_or(|term| term != "dumb");
    match choice {
        Color::Always => true,
        Color::Never => false,
        Color::Auto if set("NO_COLOR").is_some() => false,
        Color::Auto if set("CLICOLOR_FORCE").is_some_and(|value| value != "0") => true,
        Color::Auto => terminal && smart(),
    }
}

/// Writes to standard output. A reader that has gone away is no trouble: it has seen what it wanted.
pub(super) fn print(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
    let mut out = BufWriter::with_capacity(64 * 1024, io::stdout().lock());
    match write(&mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => {
            // What is still in the buffer would be tried again when it is dropped.
            let _ = out.into_parts();
            Ok(())
        }
        other => other.context("the output could not be written"),
    }
}

/// Writes text with words of drafts, packs or paths to standard output, where a service that reads the log must not obey them.
pub(super) fn say(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
    print(|out| write(&mut Orderless::plain(out)))
}

/// Writes a message for the user to standard error; one that cannot be written has no reader.
pub(super) fn tell(message: &str) {
    let _ = writeln!(io::stderr().lock(), "{}", orderless(message));
}

/// Whether the user sees standard output on a terminal.
pub(super) fn on_terminal() -> bool {
    io::stdout().is_terminal()
}

/// Writes a file through a temporary one beside it, readable by the user only, so that a report is whole or is the old one.
pub(super) fn save(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
    let name = || format!("{} could not be written", crate::report::visible(&path.to_string_lossy()));
    match fs::metadata(path) {
        Ok(data) if data.is_dir() => bail!("{}: it is a folder", name()),
        Ok(data) if !data.is_file() => {
            // A device such as /dev/null or a pipe cannot be replaced, only written to.
            let mut out = BufWriter::new(OpenOptions::new().write(true).open(path).with_context(name)?);
            return write(&mut out).and_then(|()| out.flush()).with_context(name);
        }
        _ => {}
    }
    // A link to a report stays a link.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).map_or_else(|| PathBuf::from("."), Path::to_path_buf);
    if !folder.is_dir() {
        bail!("{}: there is no folder of that name", name());
    }
    // A long run writes into a file without a name, which is gone when the run is stopped; a name exists for the last moment only.
    let mut unnamed = tempfile::tempfile_in(&folder).with_context(name)?;
    let mut out = BufWriter::new(&mut unnamed);
    write(&mut out).and_then(|()| out.flush()).with_context(name)?;
    drop(out);
    unnamed.rewind().with_context(name)?;
    replace(&target, &folder, |file| io::copy(&mut unnamed, file).map(drop)).with_context(name)
}

/// Writes a mended draft: whole or not at all, with the permissions that it had.
pub(super) fn rewrite(path: &Path, bytes: &[u8]) -> Result<()> {
    let name = || format!("{} could not be written; it is as it was", crate::report::visible(&path.to_string_lossy()));
    let target = fs::canonicalize(path).with_context(name)?;
    let permissions = fs::metadata(&target).with_context(name)?.permissions();
    if permissions.readonly() {
        bail!("{}: it is write-protected", name());
    }
    let folder = target.parent().unwrap_or(Path::new("."));
    replace(&target, folder, |file| file.write_all(bytes).and_then(|()| file.set_permissions(permissions))).with_context(name)
}

/// Writes a file of another name beside the target and gives it the target's name, so that either the old or the new one is there, whole. Whoever
/// stops the program in between finds no copy: a signal takes the file away first.
fn replace(target: &Path, folder: &Path, write: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    let create = |path: &Path| {
        note(Some(path));
        let mut options = OpenOptions::new();
        options.read(true).write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(path)
    };
    let written = tempfile::Builder::new().prefix(".postlint-").make_in(folder, create).and_then(|mut file| {
        write(file.as_file_mut())?;
        file.persist(target).map_err(|error| error.error)
    });
    note(None);
    written.map(drop)
}

/// The file that a signal takes away.
static UNFINISHED: Mutex<Option<PathBuf>> = Mutex::new(None);

/// Remembers which file is unfinished. The first one asks to be told of signals; a run that writes no file pays nothing.
fn note(path: Option<&Path>) {
    static ASKED: Once = Once::new();
    *UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner) = path.map(Path::to_path_buf);
    // Where signals cannot be asked for, the default holds: the program ends at once.
    ASKED.call_once(|| drop(at_signals(take_away)));
}

/// Takes away what is unfinished.
fn take_away() {
    if let Some(path) = UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner).take() {
        let _ = fs::remove_file(path);
    }
}

/// Does something whenever a signal would end the program, and then ends it as a shell expects.
#[cfg(unix)]
fn at_signals(act: fn()) -> io::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
    let mut signals = signal_hook::iterator::Signals::new([SIGHUP, SIGINT, SIGQUIT, SIGTERM])?;
    let wait = move || {
        signals.forever().for_each(|signal| {
            act();
            stop(128 + signal)
        });
    };
    std::thread::Builder::new().name("signals".into()).spawn(wait).map(drop)
}

#[cfg(not(unix))]
fn at_signals(act: fn()) -> io::Result<()> {
    let wait = move || {
        act();
        stop(130)
    };
    ctrlc::set_handler(wait).map_err(io::Error::other)
}

/// Ends as a shell expects of a program that was interrupted. SIGQUIT leaves no image of the memory, in which drafts would stand.
#[allow(clippy::exit, reason = "the signal that stops the program is handled outside of any run")]
fn stop(code: i32) -> ! {
    std::process::exit(code)
}

/// Whether two paths are one file, or will be once it is written.
pub(super) fn same_file(one: &Path, other: &Path) -> bool {
    let real = |path: &Path| {
        fs::canonicalize(path).ok().or_else(|| {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            Some(fs::canonicalize(folder).ok()?.join(path.file_name()?))
        })
    };
    real(one).zip(real(other)).is_some_and(|(one, other)| one == other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_report_leaves_the_old_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.json");
        save(&path, |out| out.write_all(b"old")).unwrap();
        assert!(save(&path, |out| out.write_all(b"ne").and_then(|()| Err(io::Error::other("full")))).is_err());
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else is left");
    }

    #[cfg(unix)]
    #[test]
    fn a_report_is_for_the_user_only() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.json");
        save(&path, |out| out.write_all(b"x")).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn says_what_is_wrong_with_the_place() {
        let folder = tempfile::tempdir().unwrap();
        let missing = save(&folder.path().join("no/report.json"), |_| Ok(())).unwrap_err();
        assert!(missing.to_string().contains("no folder of that name"));
        assert!(save(folder.path(), |_| Ok(())).unwrap_err().to_string().contains("it is a folder"));
    }
}
