//! `--watch`: checks again whenever a draft was saved.

use super::args::{Check, Color};
use super::plan::{self, Plan};
use super::{Exit, check, output};
use crate::batch::Input;
use anyhow::{Result, bail};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

/// How often files are looked at. Asking for times is cheap, and works on every disk and share.
const PAUSE: Duration = Duration::from_secs(1);

/// What is seen of a file without reading it: its length and when it was written.
type Stamps = BTreeMap<PathBuf, Option<(u64, SystemTime)>>;

/// Checks, waits for a change, and checks again, until the user stops it.
pub(super) fn run(args: &Check, color: Color) -> Result<Exit> {
    if args.paths.is_empty() || args.paths.iter().any(|path| path.as_os_str() == "-") {
        bail!("--watch needs a file or folder to watch");
    }
    let (mut before, mut told, mut sensitive) = (None, String::new(), BTreeSet::new());
    loop {
        // A config or pack that is being edited may be broken for a moment; the watch goes on.
        match plan::make(args, false) {
            Ok(mut plan) => {
                let now = stamps(args, &plan);
                if before.as_ref() != Some(&now) {
                    // What a draft gave away before it was mended is not told in a later round either.
                    plan.sensitive = std::mem::take(&mut sensitive);
                    if let Err(error) = check::once(args, &mut plan, color) {
                        output::tell(&format!("postlint: {}", crate::report::visible(&format!("{error:#}"))));
                    }
                    sensitive = std::mem::take(&mut plan.sensitive);
                    output::tell("Watching; press Ctrl-C to stop.");
                    // Looked at again, since mending saves drafts too.
                    before = Some(stamps(args, &plan));
                }
            }
            Err(error) if before.is_none() => return Err(error),
            Err(error) => {
                let message = format!("postlint: {}", crate::report::visible(&format!("{error:#}")));
                if message != told {
                    output::tell(&message);
                    told = message;
                }
                before = Some(Stamps::new());
            }
        }
        std::thread::sleep(PAUSE);
    }
}

fn stamps(args: &Check, plan: &Plan) -> Stamps {
    let drafts = plan.jobs.iter().filter_map(|job| match &job.input {
        Input::File(path) => Some(path),
        Input::Stdin => None,
    });
    let settings = (0..plan.lanes.len())
        .filter_map(|lane| plan.settings(lane))
        .flat_map(|settings| settings.files.iter().chain(&settings.packs).chain(&settings.higher_packs));
    let stamp = |path: &PathBuf| {
        let data = std::fs::metadata(path).ok()?;
        Some((data.len(), data.modified().ok()?))
    };
    drafts.chain(settings).chain(&args.rules).chain(&args.profile).map(|path| (path.clone(), stamp(path))).collect()
}
