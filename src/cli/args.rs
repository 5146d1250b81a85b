//! The flags, as typed. They are turned into settings in one place, `check`, so nothing below knows of clap.

mod roster;

pub(crate) use roster::{Roster, RosterMake};

use crate::report::Format;
use clap::builder::PossibleValue;
use clap::{Args, FromArgMatches, Parser, Subcommand, ValueEnum, ValueHint};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Words that begin a command; anything else that comes first is a draft to check.
const COMMANDS: [&str; 12] =
    ["check", "explain", "rules", "roster", "init", "completions", "man", "help", "-h", "--help", "-V", "--version"];

/// Checks physicians' social-media drafts before they are posted.
#[derive(Debug, Parser)]
#[command(name = "postlint", version, about, max_term_width = 100)]
#[command(override_usage = "postlint [check] [OPTIONS] [PATH]...\n       postlint <COMMAND>")]
#[command(after_help = "Bare paths mean `check`: `postlint drafts/`. All options of a check: `postlint check --help`.\n\
    Exit codes: 0 nothing found, 1 findings, 2 something was not checked.")]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
    /// Colour in what is printed
    #[arg(long, global = true, value_enum, default_value = "auto", value_name = "WHEN")]
    pub(crate) color: Color,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Check drafts (this is what bare paths mean)
    Check(Box<Check>),
    /// Say why a rule exists, what it rests on and how to mend a finding
    Explain(Explain),
    /// The rules: list them, run their examples, compare two versions
    #[command(subcommand)]
    Rules(Rules),
    /// Names of the institution's own patients, kept so that nobody can read them
    #[command(subcommand)]
    Roster(Roster),
    /// Write a commented postlint.yaml into this folder
    Init(Init),
    /// Print completions for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man,
}

#[derive(Debug, Clone, Args)]
#[command(after_help = "Exit codes: 0 nothing found, 1 findings at or above --fail-on, 2 something was not checked.\n\
    A file whose name begins with a dash comes after `--`.")]
pub(crate) struct Check {
    /// Drafts: files, folders (.txt .md .markdown .jsonl .ndjson .csv), or `-` for standard input
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub(crate) paths: Vec<PathBuf>,

    /// How findings are written
    #[arg(long, short, value_enum, default_value = "text", value_name = "FORMAT", help_heading = "Output")]
    pub(crate) format: Format,
    /// Write the findings to this file instead of the screen
    #[arg(long, short, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output")]
    pub(crate) output: Option<PathBuf>,
    /// Quote the words of posts that may identify a patient, also outside a terminal
    #[arg(long, conflicts_with = "redact", help_heading = "Output")]
    pub(crate) reveal: bool,
    /// Quote no words of any draft anywhere
    #[arg(long, help_heading = "Output")]
    pub(crate) redact: bool,
    /// Print nothing but findings: no summary, no progress
    #[arg(long, short, help_heading = "Output")]
    pub(crate) quiet: bool,
    /// Count findings by rule, worst first
    #[arg(long, help_heading = "Output")]
    pub(crate) statistics: bool,
    /// Show no progress bar
    #[arg(long, help_heading = "Output")]
    pub(crate) no_progress: bool,

    /// Add the packs of this file or folder
    #[arg(long, value_name = "FILE|DIR", value_hint = ValueHint::AnyPath, help_heading = "Rules")]
    pub(crate) rules: Vec<PathBuf>,
    /// Leave the built-in packs out
    #[arg(long, help_heading = "Rules")]
    pub(crate) no_default_rules: bool,
    /// Only these rules or packs
    #[arg(long, value_name = "RULE|PACK", value_delimiter = ',', help_heading = "Rules")]
    pub(crate) select: Vec<String>,
    /// Not these rules or packs
    #[arg(long, value_name = "RULE|PACK", value_delimiter = ',', help_heading = "Rules")]
    pub(crate) ignore: Vec<String>,
    /// Whose law and identifiers [default: us]
    #[arg(long, value_enum, value_name = "COUNTRY", help_heading = "Rules")]
    pub(crate) jurisdiction: Option<Jurisdiction>,
    /// Show findings at least this sure [default: medium]
    #[arg(long, value_enum, value_name = "LEVEL", help_heading = "Rules")]
    pub(crate) confidence: Option<Sureness>,
    /// Exit with 1 from this severity on [default: warning]
    #[arg(long, value_enum, value_name = "SEVERITY", help_heading = "Rules")]
    pub(crate) fail_on: Option<FailOn>,

    /// Where the drafts will be posted, unless they say so themselves
    #[arg(long, value_name = "NAME", help_heading = "Drafts")]
    pub(crate) platform: Option<String>,
    /// A file with the account's bio: a disclaimer there counts
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Drafts")]
    pub(crate) profile: Option<PathBuf>,
    /// A list of the institution's own patients, made by `postlint roster make`
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Drafts")]
    pub(crate) roster: Option<PathBuf>,
    /// Its key, if it does not lie beside it; also for a roster that the config names
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Drafts")]
    pub(crate) roster_key: Option<PathBuf>,
    /// What standard input is to be called; its ending tells the format
    #[arg(long, value_name = "NAME", help_heading = "Drafts")]
    pub(crate) stdin_filename: Option<PathBuf>,
    /// Which column of a CSV file is what, such as text=Message
    #[arg(long, value_name = "FIELD=COLUMN", value_delimiter = ',', help_heading = "Drafts")]
    pub(crate) csv_map: Vec<String>,
    /// How 03/04/2026 is to be read in CSV files
    #[arg(long, value_enum, value_name = "ORDER", help_heading = "Drafts")]
    pub(crate) date_order: Option<DateOrder>,
    /// Take this file for postlint.yaml
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with = "no_config", help_heading = "Drafts")]
    pub(crate) config: Option<PathBuf>,
    /// Look for no postlint.yaml
    #[arg(long, help_heading = "Drafts")]
    pub(crate) no_config: bool,
    /// Print the settings in force and where they came from, and stop
    #[arg(long, help_heading = "Drafts")]
    pub(crate) show_config: bool,
    /// Leave excluded files out even when they are named
    #[arg(long, help_heading = "Drafts")]
    pub(crate) force_exclude: bool,

    /// Report only what this file does not know yet
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Known findings")]
    pub(crate) baseline: Option<PathBuf>,
    /// Take all findings of this run into the baseline, the one named here or in the config
    #[arg(long, help_heading = "Known findings")]
    pub(crate) update_baseline: bool,

    /// Mend what can be mended without changing the meaning
    #[arg(long, group = "mending", help_heading = "Mending")]
    pub(crate) fix: bool,
    /// With --fix or --diff: also what changes the meaning, such as `a patient` for a name
    #[arg(long = "unsafe", requires = "mending", help_heading = "Mending")]
    pub(crate) unsafe_fixes: bool,
    /// Show what --fix would change, and change nothing
    #[arg(long, group = "mending", help_heading = "Mending")]
    pub(crate) diff: bool,
    /// Check again whenever a draft is saved
    #[arg(long, conflicts_with_all = ["diff", "update_baseline", "output"], help_heading = "Mending")]
    pub(crate) watch: bool,

    /// Threads [default: one per processor]
    #[arg(long, short, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) jobs: Option<u16>,
    /// The day that counts as today, for consents and suppressions that end
    #[arg(long, value_name = "YYYY-MM-DD", hide = true)]
    pub(crate) today: Option<jiff::civil::Date>,
}

#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// A rule's id; near spellings are offered
    pub(crate) rule: String,
    #[command(flatten)]
    pub(crate) packs: Packs,
    /// As it is judged in this country, with the law of this country only
    #[arg(long, value_enum, value_name = "COUNTRY")]
    pub(crate) jurisdiction: Option<Jurisdiction>,
}

/// Which packs a command about rules looks at.
#[derive(Debug, Default, Args)]
pub(crate) struct Packs {
    /// Add the packs of this file or folder
    #[arg(long, value_name = "FILE|DIR", value_hint = ValueHint::AnyPath)]
    pub(crate) rules: Vec<PathBuf>,
    /// Leave the built-in packs out
    #[arg(long)]
    pub(crate) no_default_rules: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Rules {
    /// One line a rule
    List {
        #[command(flatten)]
        packs: Packs,
        /// Only rules of this country, as they are judged there
        #[arg(long, value_enum, value_name = "COUNTRY")]
        jurisdiction: Option<Jurisdiction>,
        /// How they are written
        #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
        format: ListFormat,
    },
    /// Run the examples of every rule through the same path as `check`
    Test {
        /// Only these packs or rules
        #[arg(value_name = "PACK|RULE")]
        names: Vec<String>,
        #[command(flatten)]
        packs: Packs,
        /// Also ask for reasons, sources, enough examples, and that nothing in a rule is idle
        #[arg(long)]
        strict: bool,
        /// Fail on conditions that hold in no example, and on phrases that stand in none
        #[arg(long)]
        idle: bool,
        /// Say which phrases, patterns and conditions the examples exercise
        #[arg(long)]
        coverage: bool,
    },
    /// Print the JSON Schema of packs or of postlint.yaml
    Schema {
        /// Of what
        #[arg(value_enum, default_value_t)]
        of: SchemaOf,
    },
    /// Show which findings a change of packs adds and removes on a folder of posts
    Diff {
        /// Packs before
        old: PathBuf,
        /// Packs after
        new: PathBuf,
        /// Ordinary posts
        #[arg(long, value_name = "DIR")]
        corpus: PathBuf,
        /// Quote also the words of posts that may identify a patient
        #[arg(long)]
        reveal: bool,
    },
    /// Print all rules as one Markdown page
    Docs {
        #[command(flatten)]
        packs: Packs,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Init {
    /// Where
    #[arg(default_value = ".", value_name = "DIR")]
    pub(crate) folder: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    Auto,
    Always,
    Never,
}

/// The formats name themselves, so that a new one is known here without a word.
impl ValueEnum for Format {
    fn value_variants<'a>() -> &'a [Self] {
        Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.as_str()))
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ListFormat {
    #[default]
    Text,
    Json,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum SchemaOf {
    #[default]
    Pack,
    Config,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Jurisdiction {
    Us,
    Uk,
    Ca,
    Au,
}

impl Jurisdiction {
    /// Its name in packs and settings.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Us => "us",
            Self::Uk => "uk",
            Self::Ca => "ca",
            Self::Au => "au",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Sureness {
    High,
    Medium,
    Low,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOn {
    Error,
    Warning,
    Info,
    Never,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DateOrder {
    Dmy,
    Mdy,
}

impl Check {
    /// A check of a folder with the packs of another and nothing else.
    pub(crate) fn plain(folder: &Path, rules: &Path) -> Self {
        let mut check = Self::parse(["postlint", "--no-config", "--no-default-rules"]);
        check.paths.push(folder.to_path_buf());
        check.rules.push(rules.to_path_buf());
        check
    }

    fn parse<const N: usize>(flags: [&str; N]) -> Self {
        let matches = Self::augment_args(clap::Command::new("postlint")).get_matches_from(flags);
        Self::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
    }
}

/// Puts `check` where it was left out, so that clap sees one shape of command line only. `--color WHEN` may come before a command.
pub(crate) fn with_command(mut args: Vec<OsString>) -> Vec<OsString> {
    let mut at = 1;
    while let Some(arg) = args.get(at).and_then(|arg| arg.to_str()) {
        match arg {
            "--color" => at += 2,
            _ if arg.starts_with("--color=") => at += 1,
            _ if COMMANDS.contains(&arg) => return args,
            _ => break,
        }
    }
    args.insert(args.len().min(1), OsString::from("check"));
    args
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    fn parsed(line: &str) -> Cli {
        Cli::try_parse_from(with_command(line.split(' ').map(OsString::from).collect())).unwrap()
    }

    #[test]
    fn clap_finds_no_contradiction() {
        Cli::command().debug_assert();
    }

    #[test]
    fn bare_paths_mean_check() {
        for line in [
            "postlint a.md b",
            "postlint check a.md b",
            "postlint --color never a.md b",
            "postlint a.md b --color=never",
            "postlint -- a.md b",
        ] {
            let Command::Check(check) = parsed(line).command else { panic!("{line}") };
            assert_eq!(check.paths, ["a.md", "b"].map(PathBuf::from), "{line}");
        }
        assert!(matches!(parsed("postlint").command, Command::Check(_)));
        assert!(matches!(parsed("postlint --color never rules list").command, Command::Rules(Rules::List { .. })));
    }

    #[test]
    fn a_name_with_a_dash_comes_after_two_dashes() {
        let Command::Check(check) = parsed("postlint -- -a.md").command else { panic!() };
        assert_eq!(check.paths, [PathBuf::from("-a.md")]);
        let Command::Check(check) = parsed("postlint -").command else { panic!() };
        assert_eq!(check.paths, [PathBuf::from("-")]);
    }

    #[test]
    fn lists_take_commas_and_repeats() {
        let Command::Check(check) = parsed("postlint --select a,b --select c x.md").command else { panic!() };
        assert_eq!(check.select, ["a", "b", "c"]);
    }
}
