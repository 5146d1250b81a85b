//! Lints a string with the built-in rules: `cargo run --example lint_string -- "Stop taking your metformin and try cinnamon."`

use postlint::{Linter, Options};

fn main() {
    let text =
        std::env::args().nth(1).unwrap_or_else(|| "Throw your statin away. Berberine cures high cholesterol in 93% of people.".into());
    let rules = postlint::builtin();
    let linter = Linter::new(&rules, Options { jurisdiction: "us".into(), ..Options::default() });
    for finding in linter.lint_text(&text) {
        // Columns count characters from 1. A finding on the whole post has no place.
        let column = finding.place.map_or(1, |place| place.from.column);
        println!("{column}: {}[{}] {}", finding.severity.as_str(), finding.rule, finding.message);
        println!("   instead: {}", finding.help);
    }
}
