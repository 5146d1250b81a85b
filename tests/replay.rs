//! Replays the seeds of the fuzz targets and every input that once broke one of them. The fuzzing itself is told in `fuzz/README.md`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, dead_code, reason = "a test may fail loudly")]

#[allow(unreachable_pub, missing_docs, reason = "a crate of its own when it is fuzzed")]
#[path = "../fuzz/src/lib.rs"]
mod fuzz;

use std::fs;
use std::path::Path;

/// The files of a folder of `fuzz`, in the order of their names.
fn inputs(folder: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz").join(folder);
    let Ok(entries) = fs::read_dir(&folder) else { return Vec::new() };
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.into_iter().map(|file| (file.display().to_string(), fs::read(&file).unwrap())).collect()
}

#[test]
fn seeds_and_old_crashes_break_nothing() {
    for (name, target) in fuzz::TARGETS {
        let seeds = inputs(&format!("seeds/{name}"));
        assert!(seeds.len() >= 3, "the target {name} has no seeds");
        for (file, bytes) in seeds.into_iter().chain(inputs(&format!("regressions/{name}"))) {
            eprintln!("{file}");
            target(&bytes);
        }
    }
}

/// Every seed cut short, doubled, turned about and with each byte changed once: a poor man's fuzzing, the same on every run.
#[test]
fn mutilated_seeds_break_nothing() {
    for (name, target) in fuzz::TARGETS.iter().filter(|(name, _)| !["lint", "pack"].contains(name)) {
        for (_, seed) in inputs(&format!("seeds/{name}")) {
            for at in (0..seed.len()).step_by(7) {
                target(&seed[..at]);
                let mut changed = seed.clone();
                changed[at] ^= [0x80, 0x20, 0x01, 0xff][at % 4];
                target(&changed);
            }
            target(&[seed.as_slice(), seed.as_slice()].concat());
            target(&seed.iter().rev().copied().collect::<Vec<u8>>());
        }
    }
}
