//! `--show-config`: what is in force, and where it came from.

use super::plan::Plan;
use super::{Exit, output};
use crate::config::Settings;
use anyhow::Result;
use std::fmt::Write;

/// Prints the settings of every group of drafts that is checked alike.
pub(super) fn settings(plan: &Plan) -> Result<Exit> {
    let mut text = String::new();
    for (at, lane) in plan.lanes.iter().enumerate() {
        let drafts: Vec<&str> = plan.jobs.iter().filter(|job| job.lane == at).map(|job| job.name.as_str()).collect();
        let more = drafts.len().saturating_sub(3);
        let _ = write!(text, "# {}", drafts.iter().take(3).map(|name| crate::report::visible(name)).collect::<Vec<_>>().join(", "));
        let _ = writeln!(text, "{}", if more > 0 { format!(" and {more} more") } else { String::new() });
        if let Some(settings) = plan.settings(at) {
            origin(&mut text, settings);
        }
        let options = &lane.options;
        let _ = writeln!(text, "jurisdiction: {}\nconfidence: {}", options.jurisdiction, options.confidence.as_str());
        let _ = writeln!(text, "platform: [{}]", options.platforms.join(", "));
        let _ = writeln!(text, "select: [{}]\nignore: [{}]", options.select.join(", "), options.ignore.join(", "));
        let levels: Vec<String> = options.severities.iter().map(|(rule, severity)| format!("{rule}: {}", severity.as_str())).collect();
        let _ = writeln!(text, "severities: {{{}}}", levels.join(", "));
        let _ = writeln!(text, "profile: {}\n", if options.profile.is_some() { "given" } else { "none" });
    }
    for note in &plan.notes {
        let _ = writeln!(text, "# {note}");
    }
    output::print(|out| out.write_all(text.as_bytes()))?;
    Ok(Exit::Clean)
}

/// The files behind the settings, and every line of them that names a rule or platform.
fn origin(text: &mut String, settings: &Settings) {
    match settings.files.as_slice() {
        [] => text.push_str("# no postlint.yaml: flags and defaults only\n"),
        files => files.iter().for_each(|file| {
            let _ = writeln!(text, "# from {}", crate::report::visible(&file.to_string_lossy()));
        }),
    }
    for pack in &settings.packs {
        let _ = writeln!(text, "# pack {}", crate::report::visible(&pack.to_string_lossy()));
    }
    for named in settings.rule_names().chain(&settings.platform).chain(&settings.jurisdiction) {
        let _ = writeln!(text, "# {}: {}", named.at, named.name);
    }
}
