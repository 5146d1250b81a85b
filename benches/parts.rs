//! What the parts of a run cost: `cargo bench`. Whole processes are compared in `docs/performance.md`.

use postlint::document::{Document, Field, FieldKind, Metadata, Post, Text};
use postlint::lint::{Linter, Options};
use postlint::pack;

const CLEAN: &str =
    "Post-call and grateful. Our night nurses turned a chaotic shift into a calm one, again. Happy Nurses Week to the whole team \u{2615}";
const RISKY: &str = "PSA: quit your lisinopril tonight, 80% of my patients did. My patient Ana Ruiz, 54, came in last Tuesday \u{1F964}";

fn main() {
    divan::main();
}

fn document(text: &str) -> Document {
    let field = Field { kind: FieldKind::Text, text: Text::new(text) };
    let post = Post { id: "1".into(), metadata: Metadata::default(), fields: vec![field] };
    Document { path: "bench".into(), posts: vec![post], thread: false }
}

#[divan::bench]
fn load_the_built_in_packs() -> usize {
    pack::builtin().heads.len()
}

#[divan::bench(args = [CLEAN, RISKY])]
fn lint_one_draft(bencher: divan::Bencher<'_, '_>, text: &str) {
    let rules = pack::builtin();
    let linter = Linter::new(&rules, Options::default());
    bencher.counter(divan::counter::BytesCount::new(text.len())).bench(|| linter.lint(&document(text)).findings.len());
}

#[divan::bench]
fn fold_styled_letters(bencher: divan::Bencher<'_, '_>) {
    bencher
        .bench(|| Text::new("\u{1D5F4}\u{1D602}\u{1D5EE}\u{1D5FF}\u{1D5EE}\u{1D5FB}\u{1D601}\u{1D5F2}\u{1D5F2}d c u r e d").folded().len());
}
