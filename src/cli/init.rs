//! `postlint init`: a config to start from, with every setting explained and none made.

use super::args::Init;
use super::{Exit, output};
use anyhow::{Context, Result, bail};
use std::fs::OpenOptions;
use std::io::Write;

const TEMPLATE: &str = include_str!("../config/postlint.yaml");

/// Writes `postlint.yaml` into a folder; never over one that is there.
pub(super) fn run(args: &Init) -> Result<Exit> {
    let path = args.folder.join("postlint.yaml");
    if args.folder.join(".postlint.yaml").exists() {
        bail!("there is a .postlint.yaml already; edit that one");
    }
    let mut file = match OpenOptions::new().write(true).create_new(true).open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            bail!("{} is there already; it was left as it is", path.display())
        }
        Err(error) => return Err(error).with_context(|| format!("{} could not be written", path.display())),
    };
    file.write_all(TEMPLATE.as_bytes()).with_context(|| format!("{} could not be written", path.display()))?;
    output::print(|out| {
        writeln!(out, "Wrote {}. Every setting in it is explained; take the `#` away where you want one.", path.display())
    })?;
    Ok(Exit::Clean)
}

#[cfg(test)]
mod tests {
    use crate::config::schema;

    #[test]
    fn the_template_is_valid_and_so_is_every_setting_in_it() {
        assert!(schema::parse("t", super::TEMPLATE).is_ok());
        // Settings are commented out with one `#`, explanations with `# `.
        let all: String = super::TEMPLATE
            .lines()
            .map(|line| line.strip_prefix('#').filter(|rest| !rest.starts_with(' ') || rest.starts_with("  ")).unwrap_or(line))
            .map(|line| format!("{line}\n"))
            .collect();
        let file = schema::parse("t", &all).unwrap();
        assert!(file.platform.is_some() && file.schedule.is_some() && !file.accounts.is_empty() && !file.allow.is_empty());
    }
}
