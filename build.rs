//! Prepares the built-in packs: they are loaded by the same code that loads a user's pack, and stored as bytes in the binary.
#![allow(dead_code, unexpected_cfgs, unused_imports, unreachable_pub, missing_docs, reason = "only part of the library is used here")]

#[path = "src/document/mod.rs"]
mod document;
#[path = "src/finding.rs"]
mod finding;
#[path = "src/matcher/mod.rs"]
mod matcher;
#[path = "src/pack/mod.rs"]
mod pack;
#[path = "src/rule/mod.rs"]
mod rule;
#[path = "src/span.rs"]
mod span;
#[path = "src/stored.rs"]
mod stored;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::{env, fs, io};

fn main() -> ExitCode {
    println!("cargo::rerun-if-changed=rules");
    println!("cargo::rustc-check-cfg=cfg(builtin_packs)");
    println!("cargo::rustc-cfg=builtin_packs");
    let is = |name: &str, value: &str| env::var(name).is_ok_and(|found| found == value);
    if is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu") {
        // At a fixed address nothing has to be adjusted when the program starts: a fifth of the time of a short run.
        println!("cargo::rustc-link-arg-bins=-no-pie");
        if let Some(folder) = static_libraries() {
            println!("cargo::rustc-link-arg-bins=-static");
            println!("cargo::rustc-link-arg-bins=-L{}", folder.display());
        }
    }
    match prepare() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            for line in error.to_string().lines() {
                println!("cargo::error={line}");
            }
            ExitCode::FAILURE
        }
    }
}

/// A folder of archives for the linker, when the C library of this machine can become part of the program. Nothing has to be looked for then when it starts,
/// which takes a third of the time and a sixth of the memory of a short run. `-C target-feature=+crt-static` does the same, but a build script cannot set it,
/// and where the archives are missing it would fail.
fn static_libraries() -> Option<PathBuf> {
    if env::var_os("HOST") != env::var_os("TARGET") {
        return None;
    }
    let folder = PathBuf::from(env::var_os("OUT_DIR")?);
    // What the standard library asks the linker for. `gcc_s` is always a shared library; `gcc_eh` is the same as an archive.
    for (asked, archives) in [
        ("gcc_s", &["gcc_eh", "c"][..]),
        ("c", &["c"]),
        ("m", &["m"]),
        ("dl", &["dl"]),
        ("rt", &["rt"]),
        ("pthread", &["pthread"]),
        ("util", &["util"]),
    ] {
        let paths: String = archives.iter().map(|name| Some(format!("{} ", archive(name)?))).collect::<Option<_>>()?;
        // In place of an archive the linker takes the names of others.
        fs::write(folder.join(format!("lib{asked}.a")), format!("GROUP ( {paths})\n")).ok()?;
    }
    Some(folder)
}

/// Where the C compiler has an archive.
fn archive(name: &str) -> Option<String> {
    let asked = Command::new("cc").arg(format!("-print-file-name=lib{name}.a")).output().ok().filter(|asked| asked.status.success())?;
    let path = String::from_utf8(asked.stdout).ok()?.trim().to_owned();
    // A name that comes back without a folder was not found.
    (Path::new(&path).is_absolute() && !path.contains(' ')).then_some(path)
}

fn prepare() -> io::Result<()> {
    let rules = pack::load(pack::RuleSet::default(), &sources(Path::new("rules"))?)
        .map_err(|errors| io::Error::other(errors.iter().map(|error| format!("{error}\n")).collect::<String>()))?;
    let bytes = postcard::to_allocvec(&rules).map_err(io::Error::other)?;
    let out = env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("cargo sets OUT_DIR"))?;
    fs::write(PathBuf::from(out).join("builtin.postcard"), bytes)
}

/// Every pack of the folder with the lists that it names, in the order of their names.
fn sources(folder: &Path) -> io::Result<Vec<pack::PackSource>> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "yaml"));
    files.sort();
    let mut sources = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file)?;
        let list = |name: String| {
            let read = fs::read_to_string(folder.join(&name)).map_err(|error| error.to_string());
            (name, read)
        };
        let lists = pack::list_files(&text).into_iter().map(list).collect();
        sources.push(pack::PackSource { path: file.display().to_string().replace('\\', "/"), text, lists });
    }
    Ok(sources)
}
