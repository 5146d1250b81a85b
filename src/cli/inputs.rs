//! What a run reads, so that it writes over none of it.

use super::args::Check;
use super::plan::Plan;
use super::{known, output, packs};
use crate::batch::fingerprint::SALT_NAME;
use crate::batch::{Input, baseline};
use crate::config::RosterPlace;
use anyhow::{Result, bail};
use std::path::{Path, PathBuf};

/// Neither a report nor a baseline may be written over what was given to be read.
pub(super) fn refuse_as_output(args: &Check, plan: &Plan) -> Result<()> {
    let new_baseline = known::path(args, plan).filter(|_| args.update_baseline);
    if args.update_baseline && new_baseline.is_none() {
        bail!("--update-baseline: no file is named for it; add --baseline FILE, or `baseline:` to the config");
    }
    let flag = if args.baseline.is_some() { "--baseline" } else { "--update-baseline" };
    let written: Vec<_> = args.output.iter().map(|path| (path, "--output")).chain(new_baseline.iter().map(|path| (path, flag))).collect();
    // Looking for the files of packs takes time that a run without these flags need not spend.
    let inputs = if written.is_empty() { Vec::new() } else { inputs(args, plan) };
    for (target, flag) in written {
        // A baseline is written over the old one, but a report is not.
        let old = baselines(args, plan).filter(|_| flag == "--output");
        if let Some(input) = inputs.iter().chain(old).find(|path| output::same_file(path, target)) {
            bail!("{flag} {}: that is one of the files to be read; choose another name", input.display());
        }
        match target.parent() {
            Some(folder) if !folder.as_os_str().is_empty() && !folder.is_dir() => {
                bail!("{flag} {}: there is no such folder", target.display())
            }
            _ => {}
        }
    }
    Ok(())
}

/// Every file that is read but for the baseline.
fn inputs(args: &Check, plan: &Plan) -> Vec<PathBuf> {
    let drafts = plan.jobs.iter().filter_map(|job| match &job.input {
        Input::File(path) => Some(path),
        Input::Stdin => None,
    });
    let named = drafts.chain(&plan.left_out).chain(&args.profile).chain(&args.config).chain(&args.roster_key);
    let mut all: Vec<PathBuf> = named.chain(plan.finder.files()).cloned().collect();
    let configured = || plan.finder.all();
    let named_packs = configured().flat_map(|settings| settings.packs.iter().chain(&settings.higher_packs));
    named_packs.chain(&args.rules).for_each(|pack| all.extend(packs::files_of(pack)));
    all.extend(configured().flat_map(|settings| &settings.profiles).cloned());
    let roster = args.roster.iter().map(|file| RosterPlace::new(file.clone(), args.roster_key.clone(), String::new()));
    let rosters = roster.chain(configured().flat_map(|settings| &settings.rosters).cloned());
    all.extend(rosters.flat_map(|place| [place.file, place.key]));
    let configs = configured().filter_map(|settings| settings.files.last());
    all.extend(configs.chain(baselines(args, plan)).map(|file| salt(file)));
    all
}

fn baselines<'p>(args: &'p Check, plan: &'p Plan) -> impl Iterator<Item = &'p PathBuf> {
    args.baseline.iter().chain(plan.finder.all().filter_map(|settings| settings.baseline.as_ref()))
}

/// The salt beside a config or a baseline.
fn salt(file: &Path) -> PathBuf {
    baseline::folder(file).join(SALT_NAME)
}
