//! Reads one draft into memory, never more than a post may be long, and never from something that is not a plain file.

use crate::document::POST_LIMIT;
use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Read};
use std::path::Path;

/// Why something was not read, in words for the user.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nothing has that name, or a link points to nothing.
    #[error("no such file or folder; check the name")]
    Missing,
    /// It was listed and then was gone.
    #[error("it vanished while it was being read; check it again")]
    Vanished,
    /// The user may not read it.
    #[error("you may not read it; change its permissions")]
    Denied,
    /// A folder where a file was needed.
    #[error("this is a folder, not a file")]
    Folder,
    /// A named pipe.
    #[error("this is a pipe, not a file; to read from a pipe, use `-`")]
    Pipe,
    /// A socket or a device.
    #[error("this is a device, not a file")]
    Device,
    /// A chain of links that leads back to itself.
    #[error("this is a link that leads back to itself")]
    Loop,
    /// A name that the system does not allow.
    #[error("its name is too long or not allowed")]
    Name,
    /// A file of the system that gives something only when something happens.
    #[error("it cannot be read without waiting for more; copy what is to be checked into a plain file")]
    Waiting,
    /// The system allows this program no more open files.
    #[error("too many files are open at once; raise that limit (`ulimit -n 256`) and check again")]
    TooMany,
    /// More than [`POST_LIMIT`].
    #[error("it is larger than 10 MiB, too long for one post; a file of many posts must be JSONL or CSV")]
    TooLarge,
    /// Anything else that the system says.
    #[error("it cannot be read: {0}")]
    Other(String),
}

impl Refusal {
    /// Why a thing with this metadata (links followed) cannot be read as a draft; `None` for a plain file.
    pub fn of(data: &Metadata) -> Option<Self> {
        match () {
            () if data.is_file() => None,
            () if data.is_dir() => Some(Self::Folder),
            () if is_pipe(data) => Some(Self::Pipe),
            () => Some(Self::Device),
        }
    }
}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            ErrorKind::NotFound | ErrorKind::NotADirectory => Self::Missing,
            ErrorKind::PermissionDenied => Self::Denied,
            ErrorKind::IsADirectory => Self::Folder,
            ErrorKind::WouldBlock => Self::Waiting,
            ErrorKind::InvalidInput | ErrorKind::InvalidFilename => Self::Name,
            _ => unnamed(error.raw_os_error()).unwrap_or_else(|| {
                // The system's own words say more than the kind does, which is often "other".
                let text = error.to_string();
                Self::Other(text.split(" (os error").next().unwrap_or(&text).to_owned())
            }),
        }
    }
}

/// What has no name of its own in [`ErrorKind`] yet.
#[cfg(unix)]
fn unnamed(code: Option<i32>) -> Option<Refusal> {
    match code? {
        libc::ELOOP => Some(Refusal::Loop),
        libc::EMFILE | libc::ENFILE => Some(Refusal::TooMany),
        _ => None,
    }
}

#[cfg(not(unix))]
fn unnamed(_: Option<i32>) -> Option<Refusal> {
    None
}

#[cfg(unix)]
fn is_pipe(data: &Metadata) -> bool {
    std::os::unix::fs::FileTypeExt::is_fifo(&data.file_type())
}

#[cfg(not(unix))]
fn is_pipe(_: &Metadata) -> bool {
    false
}

/// Opens a plain file. What is asked before opening is asked again afterwards, since the name may have been given to something else.
pub fn open(path: &Path) -> Result<File, Refusal> {
    if let Some(refusal) = Refusal::of(&std::fs::metadata(path)?) {
        return Err(refusal);
    }
    let mut options = OpenOptions::new();
    // Some files of the system look plain, and whoever reads them waits until something happens, perhaps for ever. For plain files this means nothing.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, libc::O_NONBLOCK);
    let file = options.read(true).open(path)?;
    match Refusal::of(&file.metadata()?) {
        None => Ok(file),
        Some(refusal) => Err(refusal),
    }
}

/// Reads the whole file into `buffer`, which is emptied first and whose memory is used again.
pub fn read(path: &Path, buffer: &mut Vec<u8>) -> Result<(), Refusal> {
    limited(open(path)?, buffer)
}

/// Reads all of standard input, up to [`POST_LIMIT`].
pub fn stdin(buffer: &mut Vec<u8>) -> Result<(), Refusal> {
    limited(io::stdin().lock(), buffer)
}

fn limited(input: impl Read, buffer: &mut Vec<u8>) -> Result<(), Refusal> {
    buffer.clear();
    input.take(POST_LIMIT as u64 + 1).read_to_end(buffer)?;
    if buffer.len() > POST_LIMIT { Err(Refusal::TooLarge) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stops_at_the_limit() {
        let mut buffer = vec![1, 2, 3];
        assert_eq!(limited(io::repeat(b'a'), &mut buffer), Err(Refusal::TooLarge));
        assert_eq!(buffer.len(), POST_LIMIT + 1);
        assert_eq!(limited(io::repeat(b'a').take(POST_LIMIT as u64), &mut buffer), Ok(()));
        assert_eq!(buffer.len(), POST_LIMIT);
    }

    #[test]
    fn reads_again_into_the_same_memory() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "draft").unwrap();
        let mut buffer = b"something older".to_vec();
        assert_eq!(read(file.path(), &mut buffer), Ok(()));
        assert_eq!(buffer, b"draft");
    }

    #[cfg(unix)]
    #[test]
    fn says_in_plain_words_what_the_system_says() {
        for (code, want) in
            [(libc::EMFILE, "too many files"), (libc::ENFILE, "too many files"), (libc::ELOOP, "leads back"), (libc::EAGAIN, "waiting")]
        {
            let said = Refusal::from(io::Error::from_raw_os_error(code)).to_string();
            assert!(said.contains(want), "{code}: {said}");
        }
        let said = Refusal::from(io::Error::from_raw_os_error(libc::EIO)).to_string();
        assert!(!said.contains("os error") && !said.contains("uncategorized"), "{said}");
    }

    /// The log of the kernel is such a file, but not everybody may open it, and reading takes from it; this one is a pipe by another name.
    #[cfg(target_os = "linux")]
    #[test]
    fn waits_for_nobody() {
        let (reader, _writer) = std::io::pipe().unwrap();
        let path = format!("/proc/self/fd/{}", std::os::fd::AsRawFd::as_raw_fd(&reader));
        let mut options = OpenOptions::new();
        std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, libc::O_NONBLOCK);
        let waiting = options.read(true).open(&path).unwrap();
        assert_eq!(limited(waiting, &mut Vec::new()), Err(Refusal::Waiting));
        assert_eq!(read(Path::new(&path), &mut Vec::new()), Err(Refusal::Pipe));
    }

    #[test]
    fn refuses_what_is_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let mut buffer = Vec::new();
        assert_eq!(read(folder.path(), &mut buffer), Err(Refusal::Folder));
        assert_eq!(read(&folder.path().join("none"), &mut buffer), Err(Refusal::Missing));
        #[cfg(unix)]
        assert_eq!(read(Path::new("/dev/zero"), &mut buffer), Err(Refusal::Device));
    }
}
