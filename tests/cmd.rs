//! What a user sees, one folder a case: `tests/cmd/NAME.toml` says what is typed and what comes back, `tests/cmd/NAME.in/` is where it is typed.
//! `TRYCMD=overwrite cargo test --test cmd` writes what came back; read the difference before you keep it.

#[test]
fn cases() {
    trycmd::TestCases::new().env("HOME", "/nonexistent").case("tests/cmd/*.toml");
}
