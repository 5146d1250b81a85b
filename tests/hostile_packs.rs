//! Packs and configs are data, and may come from anybody: whatever they hold, they are loaded or refused with a place, soon and in little memory.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail loudly")]

use assert_cmd::Command;
use postlint::{PackSource, RuleSet, config, load};
use std::fs;
use std::path::Path;
use tempfile::TempDir;

const HEAD: &str = "rules:\n  - {id: a, severity: info, message: m, find: {phrases: [stop]}}\n";

/// A pack of one rule that looks for `what`.
fn find(what: &str) -> String {
    format!("rules:\n  - {{id: a, severity: info, message: m, find: {{{what}}}}}\n")
}

fn combine(weight: &str, score: &str) -> String {
    let facets = format!("facets: {{f: {{weight: {weight}, phrases: [stop]}}}}, needs: {{facets: 1, score: {score}}}");
    format!("rules:\n  - {{id: a, severity: info, message: m, combine: {{{facets}}}}}\n")
}

fn classify(what: &str) -> String {
    format!(
        "models: {{m: {{file: model.txt}}}}\nrules:\n  - {{id: a, severity: info, message: m, classify: {{model: m, class: a, {what}}}}}\n"
    )
}

/// A term of words in a term in a term, and a rule that looks for the outermost.
fn nested_terms(count: usize) -> String {
    let terms = many(count - 1, &|n| format!("  t{n}: {{phrases: ['x <t{}>', y]}}\n", n + 1));
    format!("terms:\n{terms}  t{}: {{phrases: [stop]}}\n{}", count - 1, find("phrases: ['the <t0>']"))
}

fn bomb() -> String {
    (0..40).fold("a0: &a0 [x, x]\n".to_owned(), |bomb, n| bomb + &format!("a{}: &a{} [*a{n}, *a{n}]\n", n + 1, n + 1))
}

fn many(count: usize, line: &dyn Fn(usize) -> String) -> String {
    (0..count).map(line).collect()
}

/// What it is, the pack, and a word of the message.
fn hostile() -> Vec<(&'static str, String, &'static str)> {
    vec![
        ("alias bomb", bomb(), ""),
        ("alias bomb in a known key", format!("sources: {{s: &a {{title: t, url: u}}, t: *a}}\n{HEAD}"), "write the value out"),
        ("merge key", format!("terms:\n  a: &a {{phrases: [x]}}\n  b: {{<<: *a}}\n{HEAD}"), "write the value out"),
        ("100,000 brackets", "[".repeat(100_000), "nested"),
        ("100,000 brackets in a key", format!("rules: {}", "[".repeat(100_000)), "nested"),
        ("100,000 closed brackets", format!("rules: {}{}", "[".repeat(100_000), "]".repeat(100_000)), "nested"),
        ("100,000 braces", "{a: ".repeat(100_000), "nested"),
        ("100,000 dashes", "- ".repeat(100_000), "key: value"),
        ("a key twice", format!("rules: []\n{HEAD}"), "stands twice"),
        ("a key of a rule twice", find("phrases: [x], phrases: [y]"), "stands twice"),
        ("an id twice", format!("{HEAD}  - {{id: a, severity: info, message: m, find: {{phrases: [x]}}}}\n"), "exists already"),
        ("too large a file", format!("{HEAD}# {}", "x".repeat(2 << 20)), "1 MiB"),
        ("two documents", format!("---\n{HEAD}---\n{HEAD}"), "one pack"),
        ("a tag that asks for a program", "rules: !!python/object/apply:os.system [\"touch pwned\"]\n".into(), ""),
        ("a list where keys belong", "- a\n".into(), "key: value"),
        ("a control character", "\u{0}\u{1}".into(), ""),
        ("a long pattern", find(&format!("patterns: ['{}']", "x".repeat(5_000))), "longer than 4096"),
        ("a huge pattern", find(r"patterns: ['x(a{1,1000}){1,1000}']"), "size"),
        ("a deep pattern", find(&format!("patterns: ['{}b{}']", "(a|".repeat(800), ")".repeat(800))), "nested"),
        (
            "many large patterns",
            format!(
                "rules:\n  - id: a\n    severity: info\n    message: m\n    find:\n      patterns:\n{}",
                many(9_000, &|n| format!("      - 'stop{n}[a-z\\pL]{{1,90}}x'\n"))
            ),
            "too large together",
        ),
        ("a pattern of nothing", find(r"patterns: ['[^\s\S]x']"), "match nothing"),
        ("a pattern of the empty text", find("patterns: ['a*']"), "empty text"),
        ("a pattern of everything", find("patterns: ['.']"), "tried everywhere"),
        ("a pattern of any letter", find("patterns: ['[a-z]']"), "tried everywhere"),
        ("looking ahead", find("patterns: ['(?=a)b']"), "look"),
        ("a phrase of nothing", find("phrases: ['']"), "empty"),
        ("a phrase of space", find("phrases: ['  ']"), "empty"),
        ("a phrase of everything", find("phrases: ['...']"), "tried everywhere"),
        ("a phrase that may be nothing", find("phrases: ['(a|)']"), "tried everywhere"),
        ("a long phrase", find(&format!("phrases: ['{}']", "word ".repeat(1_000))), "longer than 1000"),
        ("a deep phrase", find(&format!("phrases: ['{}a{}']", "(".repeat(300), ")".repeat(300))), "nested"),
        (
            "60,000 phrases",
            format!(
                "rules:\n  - id: a\n    severity: info\n    message: m\n    find:\n      phrases:\n{}",
                many(60_000, &|n| format!("      - w{n}\n"))
            ),
            "more than 50000",
        ),
        (
            "11,000 rules",
            format!("rules:\n{}", many(11_000, &|n| format!("- {{id: a{n}, severity: info, message: m, find: {{phrases: [x]}}}}\n"))),
            "more than 10000",
        ),
        (
            "a term that holds itself",
            format!("terms: {{a: {{phrases: [x, '<a>']}}}}\n{}", find("phrases: ['stop <a>']")),
            "itself: <p/a> holds <p/a>",
        ),
        (
            "a term that holds itself through another",
            format!("terms:\n  a: {{phrases: ['x [(y|<b>)]']}}\n  b: {{phrases: [z, '<p/a>']}}\n{HEAD}"),
            "<p/a> holds <p/b> holds <p/a>",
        ),
        ("terms too deep", nested_terms(25), "nested more than 24 deep"),
        ("terms much too deep", nested_terms(9_000), "nested more than 24 deep"),
        (
            "5,000 terms that hold themselves",
            format!("terms:\n{}{HEAD}", many(5_000, &|n| format!("  t{n}: {{phrases: ['<t{n}>']}}\n"))),
            "itself",
        ),
        ("a weight that is no number", combine(".nan", "1"), "a finite number"),
        ("a weight without end", combine("-.inf", "1"), "a finite number"),
        ("a weight that is too large", combine("1e999", "1"), "takes a number"),
        ("a score that is no number", combine("1", ".NaN"), "a finite number"),
        ("a class at no number", classify("at-least: .nan"), "a finite number"),
        ("another class at no number", classify("at-least: 0, also: {a: .inf}"), "a finite number"),
        ("doubt below no number", format!("doubt: {{model: m, class: a, below: .nan}}\n{}", classify("at-least: 0")), "a finite number"),
        (
            "errors below no number",
            format!("doubt: {{model: m, class: a, below: 0, errors-below: .inf}}\n{}", classify("at-least: 0")),
            "a finite number",
        ),
        ("200 gaps", find(&format!("phrases: ['foo {}bar']", "... ".repeat(200))), "at most 16 gaps"),
        ("a phrase of 64 words", find(&format!("phrases: ['{}']", "word ".repeat(64))), "at most 63 words"),
        ("a list too long", format!("terms: {{t: {{file: long.txt}}}}\n{}", find("phrases: ['stop {t}']")), "more than 500000 entries"),
        ("a list that is not there", format!("terms: {{t: {{file: none.txt}}}}\n{HEAD}"), "not found"),
        ("a model that is not there", format!("models: {{m: {{file: none.txt}}}}\n{HEAD}"), "not found"),
        ("a model without classes", format!("models: {{m: {{file: words.txt}}}}\n{HEAD}"), "line 1 of `words.txt`"),
        ("a model of too many words", format!("models: {{m: {{file: model-long.txt}}}}\n{HEAD}"), "at most 200000 lines"),
        ("a model of too many classes", format!("models: {{m: {{file: model-wide.txt}}}}\n{HEAD}"), "at most 100 classes"),
        ("a model that is not named", format!("doubt: {{model: none, class: a, below: 0}}\n{HEAD}"), "no model `none`"),
        (
            "a class that is not there",
            format!("models: {{m: {{file: model.txt}}}}\ndoubt: {{model: m, class: b, below: 0}}\n{HEAD}"),
            "it has a",
        ),
        (
            "a doubt about nothing",
            format!("models: {{m: {{file: model.txt}}}}\ndoubt: {{model: m, class: a, below: 0, but: [none]}}\n{HEAD}"),
            "no rule of this pack",
        ),
        ("a floor under nothing", format!("floor: {{none: error}}\n{HEAD}"), "no rule or pack `none`"),
    ]
}

/// Makes the text of a file.
type Make = fn() -> String;

/// Files that the packs above name.
const LISTS: [(&str, Make); 5] = [
    ("long.txt", || many(1_000_000, &|n| format!("w{n}\n"))),
    ("words.txt", || "stop\tgo\n".to_owned()),
    ("model.txt", || "classes\ta\nbiases\t0\nstop\t1000\t500\n".to_owned()),
    ("model-long.txt", || format!("classes\ta\nbiases\t0\n{}", many(200_001, &|n| format!("w{n}\t1\t1\n")))),
    ("model-wide.txt", || format!("classes{}\nbiases\t0\n", many(101, &|n| format!("\tc{n}")))),
];

#[test]
fn hostile_packs_are_refused_with_a_place() {
    for (name, text, word) in hostile() {
        let named = LISTS.iter().filter(|(file, _)| text.contains(file));
        let lists = named.map(|(file, make)| ((*file).to_owned(), Ok(make()))).collect();
        let errors = load(RuleSet::default(), &[PackSource { path: "p.yaml".into(), text, lists }]).err();
        let errors = errors.unwrap_or_else(|| panic!("{name}: was loaded"));
        let first = errors.first().unwrap();
        assert!(first.line > 0 && first.column > 0 && errors.iter().any(|error| error.what.contains(word)), "{name}: {first}");
        assert!(
            errors.len() <= 10_000 && errors.iter().all(|error| !error.what.contains("budget") && !error.what.contains("Policy")),
            "{name}: {first}"
        );
    }
}

/// The same through the program, with 256 MiB of address space and time that it never needs.
#[cfg(target_os = "linux")]
#[test]
fn hostile_packs_take_little_memory_and_time() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("d.txt", &"stop x aaaa the pills x ".repeat(3_000));
    LISTS.iter().for_each(|(file, make)| write(file, &make()));
    write("wide.txt", &"w".repeat(9 << 20));
    write("wide2.txt", &"w".repeat(9 << 20));
    write("wider.txt", &"w".repeat(11 << 20));
    let wide = [
        ("a list too large", format!("terms: {{t: {{file: wider.txt}}}}\n{HEAD}"), "10 MiB"),
        ("lists too large", format!("terms: {{t: {{files: [wide.txt, wide2.txt]}}}}\n{HEAD}"), "16 MiB"),
    ];
    let cases = hostile().into_iter().chain(wide).map(|(name, text, word)| (name, text, Some(word)));
    for (name, text, word) in cases.chain(strange().into_iter().map(|text| ("a strange pack", text, None))) {
        write("p.yaml", &text);
        let line = format!(
            "ulimit -v 262144; exec '{}' d.txt --no-config --no-default-rules --rules p.yaml --format concise",
            assert_cmd::cargo::cargo_bin("postlint").display()
        );
        let mut shell = Command::new("sh");
        let out = shell.current_dir(folder.path()).timeout(std::time::Duration::from_secs(120)).args(["-c", &line]).output().unwrap();
        let said = String::from_utf8_lossy(&out.stdout).into_owned() + &String::from_utf8_lossy(&out.stderr);
        let code = out.status.code().unwrap_or_else(|| panic!("{name} was killed"));
        match word {
            // A list that is not there is told by the file system's words.
            Some(word) => {
                assert!(code == 2 && said.contains("p.yaml:") && (said.contains(word) || name.contains("not there")), "{name}: {said:.400}")
            }
            None => assert!(code <= 1, "{text:.200}: {said:.400}"),
        }
    }
}

#[test]
fn strange_packs_that_are_no_mistake_work() {
    for text in strange() {
        let source = PackSource { path: "p.yaml".into(), text: text.clone(), ..PackSource::default() };
        let rules = load(RuleSet::default(), &[source]).unwrap_or_else(|errors| panic!("{text}: {}", errors[0]));
        postlint::Linter::new(&rules, postlint::Options::default()).lint_text(&"stop x aaaa the pills x ".repeat(300));
    }
}

/// Packs that look like trouble and are none.
fn strange() -> Vec<String> {
    vec![
        String::new(),
        find("phrases: [stop, the, a, of]"),
        find(r"patterns: ['(?s)x.*', 's(.*)*(.*)*(.*)*x', '(a+)+$b']"),
        find(&format!("phrases: ['{}']", ["(a|b|c|d|e|f|g|h)"; 40].join(" "))),
        format!("terms: {{a: {{phrases: ['{{b}} x']}}, b: {{phrases: ['{{a}} y', z]}}}}\n{}", find("phrases: ['stop {a}']")),
        format!(
            "terms:\n{}  t30: {{phrases: [x]}}\n{}",
            (0..30).map(|n| format!("  t{n}: {{phrases: ['{{t{}}} {{t{}}}', '{{t{}}}']}}\n", n + 1, n + 1, n + 1)).collect::<String>(),
            find("phrases: ['{t0} stop']")
        ),
    ]
}

#[test]
fn hostile_configs_are_refused_with_a_place() {
    for text in [
        bomb(),
        "select: &a [x]\nignore: *a\n".into(),
        "[".repeat(100_000),
        "{a: ".repeat(100_000),
        format!("select: {}\n", "- ".repeat(50_000)),
        "platform: x\nplatform: y\n".into(),
        "exec: rm\n".into(),
        "hooks: [a]\n".into(),
        "# \n".repeat(config::schema::CONFIG_LIMIT),
    ] {
        let error = config::schema::parse("postlint.yaml", &text).unwrap_err();
        assert!(error.at.starts_with("postlint.yaml") && !error.message.is_empty(), "{error}");
        assert!(!error.message.contains("budget") && !error.message.contains("Policy"), "{error}");
    }
}

/// A repository from somebody else, with a draft in it and a file outside that nobody may read from there.
fn repository(config: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("secret.yaml", "OUTSIDE: [words of somebody else]\n");
    write("secret.txt", "OUTSIDE words of somebody else\n");
    write("repo/.git/HEAD", "");
    write("repo/postlint.yaml", config);
    write("repo/other.yaml", "extends: postlint.yaml\n");
    write(
        "repo/pack.yaml",
        "terms: {t: {file: ../secret.txt}}\nrules: [{id: a, severity: error, message: m, find: {phrases: ['x {t}']}}]\n",
    );
    write("repo/draft.md", "A quiet Sunday.\n");
    folder
}

fn check(folder: &Path, args: &[&str]) -> (String, i32) {
    let mut command = Command::cargo_bin("postlint").unwrap();
    command.current_dir(folder).env("HOME", folder).env_remove("XDG_CONFIG_HOME").env("SECRET", "secret.yaml");
    let out = command.arg("check").args(args).output().unwrap();
    (String::from_utf8_lossy(&out.stdout).into_owned() + &String::from_utf8_lossy(&out.stderr), out.status.code().unwrap())
}

#[test]
fn a_config_of_somebody_else_runs_nothing_and_reads_nothing_outside() {
    for (config, place) in [
        ("extends: ../secret.yaml\n", "1:10"),
        ("extends: other.yaml\n", ""),
        ("extends: postlint.yaml\n", ""),
        ("extends: $SECRET\n", "1:10"),
        ("extends: ~/secret.yaml\n", "1:10"),
        ("extends: /dev/zero\n", "1:10"),
        ("extends: link.yaml\n", "1:10"),
        ("packs: [../secret.yaml]\n", "1:9"),
        ("packs: [\"$(touch pwned)\"]\n", "1:9"),
        ("packs: [\"`touch pwned`\", \"|touch pwned\"]\n", "1:9"),
        ("packs: [pack.yaml]\n", "pack.yaml:1:"),
        ("accounts: {a: {profile: ../secret.txt}}\n", "1:25"),
        ("accounts: {a: {profile: link.yaml}}\n", "1:25"),
        ("baseline: ../known.json\n", "1:11"),
        ("exclude: ['a[']\n", "1:11"),
    ] {
        let folder = repository(config);
        let repo = folder.path().join("repo");
        #[cfg(unix)]
        std::os::unix::fs::symlink("../secret.yaml", repo.join("link.yaml")).unwrap();
        {
            let (said, code) = check(&repo, &["draft.md"]);
            assert_eq!(code, 2, "{config}{said}");
            assert!(said.contains(place) && said.contains(".yaml"), "{config}{said}");
            assert!(!said.contains("OUTSIDE") && !said.contains("somebody else"), "{config}{said}");
        }
        assert!(!repo.join("pwned").exists() && !folder.path().join("known.json").exists(), "{config}");
    }
}

/// A config that is found and cannot be read would leave its floor off without a word.
#[cfg(unix)]
#[test]
fn a_config_that_is_no_plain_file_is_told_and_no_link_leads_out() {
    use std::os::unix::fs::symlink;
    type Put = fn(&Path);
    let ways: [(&str, Put, i32); 8] = [
        ("a pipe", |at| assert!(std::process::Command::new("mkfifo").arg(at).status().unwrap().success()), 2),
        ("a folder", |at| fs::create_dir(at).unwrap(), 2),
        ("a link to a device", |at| symlink("/dev/null", at).unwrap(), 2),
        ("a link to nothing", |at| symlink("nowhere.yaml", at).unwrap(), 2),
        ("a link to itself", |at| symlink("postlint.yaml", at).unwrap(), 2),
        ("a link out", |at| symlink("../secret.yaml", at).unwrap(), 2),
        ("a link to a text out of the folder", |at| symlink("../secret.txt", at).unwrap(), 2),
        ("a link inside", |at| symlink("inside.yaml", at).unwrap(), 0),
    ];
    for (what, put, want) in ways {
        for name in ["postlint.yaml", ".postlint.yaml"] {
            let folder = repository("");
            let repo = folder.path().join("repo");
            fs::remove_file(repo.join("postlint.yaml")).unwrap();
            fs::write(repo.join("inside.yaml"), "confidence: low\n").unwrap();
            fs::create_dir(repo.join("sub")).unwrap();
            fs::rename(repo.join("draft.md"), repo.join("sub/draft.md")).unwrap();
            put(&repo.join(name));
            for nearer in [false, true] {
                if nearer {
                    fs::write(repo.join("sub/postlint.yaml"), "confidence: low\n").unwrap();
                }
                let (said, code) = check(&repo, &["sub/draft.md"]);
                assert!(code == want && (want == 0 || said.contains(&format!("{name}: "))), "{what} {name}: {said}");
                assert!(!said.contains("OUTSIDE") && !said.contains("somebody else"), "{what}: {said}");
            }
        }
    }
}
