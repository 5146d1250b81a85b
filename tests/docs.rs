//! Pages that are written from the packs must be those of the packs.

use assert_cmd::Command;

#[test]
fn the_page_of_rules_is_that_of_the_packs() {
    let run = Command::new(env!("CARGO_BIN_EXE_postlint")).args(["rules", "docs"]).output().map(|run| run.stdout).unwrap_or_default();
    let fresh = String::from_utf8_lossy(&run);
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/rules.md")).unwrap_or_default();
    assert!(page.replace("\r\n", "\n") == fresh, "docs/rules.md is stale; write it anew: cargo run -q -- rules docs > docs/rules.md");
}
