//! What follows `postlint roster`.

use clap::{Args, Subcommand, ValueHint};
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub(crate) enum Roster {
    /// Turn a list of names into a roster that a check recognises names by
    Make(RosterMake),
}

#[derive(Debug, Args)]
#[command(
    after_help = "The list is CSV whose first line names its columns: `first` and `last`, or `name`; a .txt file has one name a line.\n\
    The roster without its key tells nobody anything, not even whether a name is on it. Delete the list afterwards."
)]
pub(crate) struct RosterMake {
    /// The list of names: .csv or .txt
    #[arg(value_name = "NAMES", value_hint = ValueHint::FilePath)]
    pub(crate) names: PathBuf,
    /// The roster to write
    #[arg(long, short, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) output: PathBuf,
    /// Its key, made when it is not there [default: the roster's name with .key at its end]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) key: Option<PathBuf>,
}
