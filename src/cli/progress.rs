//! A bar on standard error for runs that last; on terminals only, and only after a second.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{self, IsTerminal};
use std::time::{Duration, Instant};

/// Before this nobody wonders whether anything happens.
const PATIENCE: Duration = Duration::from_secs(1);

/// How far a run is.
pub(super) struct Progress {
    began: Instant,
    total: usize,
    wanted: bool,
    bar: Option<ProgressBar>,
}

impl Progress {
    /// Of `total` inputs.
    pub(super) fn new(total: usize, unwanted: bool) -> Self {
        Self { began: Instant::now(), total, wanted: !unwanted && io::stderr().is_terminal(), bar: None }
    }

    /// Input number `done` has come.
    pub(super) fn at(&mut self, done: usize) {
        if !self.wanted || (self.bar.is_none() && self.began.elapsed() < PATIENCE) {
            return;
        }
        let bar = self.bar.get_or_insert_with(|| {
            let bar = ProgressBar::with_draw_target(Some(self.total as u64), ProgressDrawTarget::stderr());
            bar.set_style(ProgressStyle::with_template("checking {wide_bar} {pos}/{len}").unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar
        });
        bar.set_position(done as u64);
    }

    /// Takes the bar away.
    pub(super) fn end(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}
