//! An institution's own house: its roster of patients, its staff, its wording, and what is said of a config that loosens.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail loudly")]

use assert_cmd::Command;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

fn folder(files: &[(&str, &str)]) -> TempDir {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir(root.path().join(".git")).unwrap();
    for (file, text) in files {
        let path = root.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    root
}

/// What a run said on both streams, and its exit code.
fn run(root: &Path, args: &str) -> (String, i32) {
    let mut command = Command::cargo_bin("postlint").unwrap();
    let output = command.current_dir(root).env("HOME", "/nonexistent").args(args.split_whitespace()).output().unwrap();
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
    (said, output.status.code().unwrap())
}

const NAMES: &str = "MRN,Last Name,First Name\n1,Okonjo,Ada\n2,De la Cruz,Zoë Marie\n";

#[test]
fn a_roster_finds_its_names_and_tells_none() {
    let root = folder(&[
        ("names.csv", NAMES),
        ("postlint.yaml", "roster: clinic.roster\n"),
        ("drafts/a.txt", "So good to see Ada Okonjo dance again.\n"),
        ("drafts/b.txt", "de la cruz, zoe: you made our day!\n"),
        ("drafts/c.txt", "Ada is a language, Okonjo a minister, and Cruz an actor.\n"),
    ]);
    let (said, code) = run(root.path(), "roster make names.csv --output clinic.roster");
    assert!(code == 0 && said.contains("2 names are in clinic.roster") && !said.contains("Okonjo"), "{said}");
    let written = [
        fs::read_to_string(root.path().join("clinic.roster")).unwrap(),
        fs::read_to_string(root.path().join("clinic.roster.key")).unwrap(),
    ];
    assert!(written.iter().all(|text| !text.to_lowercase().contains("okonjo")));
    #[cfg(unix)]
    for file in ["clinic.roster", "clinic.roster.key"] {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(root.path().join(file)).unwrap().permissions().mode() & 0o777, 0o600, "{file}");
    }
    for format in ["text", "concise", "json", "jsonl", "sarif", "github", "gitlab", "junit", "html"] {
        let (said, code) = run(root.path(), &format!("check drafts --format {format} --select pi-roster"));
        assert!(code == 1 && said.contains("pi-roster") && !said.contains("Okonjo") && !said.contains("cruz"), "{format}: {said}");
    }
    let (said, _) = run(root.path(), "check drafts --select pi-roster --format concise");
    assert!(said.contains("drafts/a.txt:1:16: error[pi-roster]") && said.contains("drafts/b.txt:1:1: error[pi-roster]"), "{said}");
    assert!(!said.contains("drafts/c.txt:"), "{said}");
    let (again, code) = run(root.path(), "roster make names.csv --output clinic.roster");
    let same = fs::read_to_string(root.path().join("clinic.roster")).unwrap() == written[0];
    assert!(code == 0 && same, "the key that is there is used again: {again}");
}

#[test]
fn a_roster_that_cannot_be_used_is_told_and_the_rest_is_checked() {
    let root = folder(&[("names.csv", NAMES), ("drafts/a.txt", "Stop taking your metformin tonight.\n")]);
    run(root.path(), "roster make names.csv --output clinic.roster");
    run(root.path(), "roster make names.csv --output other.roster");
    let text = fs::read_to_string(root.path().join("clinic.roster")).unwrap();
    fs::write(root.path().join("cut.roster"), text.get(..text.len() / 2).unwrap()).unwrap();
    for (flags, place) in [
        ("--roster clinic.roster --roster-key other.roster.key", "clinic.roster:2:1: the key is not the one"),
        ("--roster cut.roster --roster-key clinic.roster.key", "cut.roster:"),
        ("--roster names.csv --roster-key clinic.roster.key", "names.csv:1:1: this is no roster"),
        ("--roster clinic.roster --roster-key names.csv", "names.csv:1:1: this is no key"),
        ("--roster clinic.roster --roster-key none.key", "none.key: the key of the roster is not there"),
        ("--roster none.roster --roster-key clinic.roster.key", "none.roster: there is no such roster"),
    ] {
        let (said, code) = run(root.path(), &format!("check drafts {flags} --format concise"));
        assert!(code == 2 && said.contains(place) && said.contains("stop-medication") && !said.contains("Okonjo"), "{flags}: {said}");
    }
}

#[test]
fn a_list_that_is_no_list_makes_no_roster() {
    let root = folder(&[
        ("bare.csv", "Okonjo,Ada\nCruz,Zoe\n"),
        ("half.csv", "first,last\nAda,Okonjo\n,Cruz\n"),
        ("draft.txt", "Good morning from the ward.\n"),
        ("names.csv", NAMES),
    ]);
    let (said, code) = run(root.path(), "roster make bare.csv --output a.roster");
    assert!(
        code == 2 && said.contains("bare.csv:1:1:") && !said.contains("Okonjo") && !root.path().join("a.roster.key").exists(),
        "{said}"
    );
    let (said, code) = run(root.path(), "roster make half.csv --output b.roster");
    assert!(code == 2 && said.contains("half.csv:3:1:") && said.contains("1 name is") && !said.contains("Cruz"), "{said}");
    for output in ["draft.txt", "names.csv"] {
        let (said, code) = run(root.path(), &format!("roster make names.csv --output {output}"));
        assert!(code == 2 && said.contains("choose"), "{said}");
    }
    assert_eq!(fs::read_to_string(root.path().join("draft.txt")).unwrap(), "Good morning from the ward.\n");
}

#[test]
fn staff_are_no_patients_and_patients_of_their_name_are() {
    let root = folder(&[("postlint.yaml", "never-patients: [\"(mrs|nurse) [.] bell\", bell]\n")]);
    let check = |text: &str| {
        fs::write(root.path().join("a.txt"), text).unwrap();
        run(root.path(), "check a.txt --select pi-name --format concise").0.contains("[pi-name]")
    };
    assert!(!check("My patient Mrs. Bell had her hip done.\n"));
    assert!(check("My patient Mrs. Okonjo had her hip done.\n"));
    assert!(check("My patient Ana Bell had her hip done.\n"));
}

#[test]
fn the_house_has_its_own_wording() {
    let root = folder(&[
        (
            "postlint.yaml",
            "wording: {missing-general-disclaimer: \"General information. Call Elm Street, please!\"}\nseverities: {missing-general-disclaimer: error}\n",
        ),
        ("a.txt", "Symptoms of iron deficiency include hair loss. General information, not medical advice.\n"),
        ("b.txt", "Symptoms of iron deficiency include hair loss. General information - call Elm Street please\n"),
    ]);
    let (said, _) = run(root.path(), "check a.txt b.txt --select missing-general-disclaimer --format json");
    assert!(
        said.contains("\"path\":\"a.txt\"") && !said.contains("\"path\":\"b.txt\"") && said.contains("Call Elm Street, please!"),
        "{said}"
    );
    for (config, place) in
        [("wording:\n  none: \"Ask.\"\n", "postlint.yaml:2:9:"), ("never-patients:\n  - bell\n  - \"(bell\"\n", "postlint.yaml:3:5:")]
    {
        fs::write(root.path().join("postlint.yaml"), config).unwrap();
        let (said, code) = run(root.path(), "check a.txt");
        assert!(code == 2 && said.starts_with(place), "{said}");
    }
}

#[test]
fn what_is_loosened_is_in_every_report() {
    let root = folder(&[
        ("postlint.yaml", "floor: {pi-name: warning}\n"),
        (
            "team/postlint.yaml",
            "severities: {stop-medication: info, pi-name: info}\nignore: [claims]\nselect: [medical-advice]\nconfidence: high\n",
        ),
        ("team/a.txt", "My patient Mrs. Okonjo is home.\n"),
    ]);
    for format in ["text", "concise", "json", "jsonl", "sarif", "github", "html"] {
        let (said, code) = run(root.path(), &format!("check team --format {format}"));
        let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
        for word in ["stop-medication is judged as info; the rules say error", "not looked for", "only ", "medium confidence are not shown"]
        {
            assert!(said.contains(word), "{format} lacks {word:?}: {said}");
        }
        assert!(code == 1 && said.contains("pi-name"), "the floor holds under {format}: {said}");
    }
}

/// An institution's pack with a floor, named by the config at the top; a team's own config beneath tries what it can.
fn under_a_floor(top: &str, team: &str, draft: &str) -> TempDir {
    let pack = "pack: house\nfloor: {pi-mrn: error, house-room: warning}\nrules:\n  - {id: house-room, severity: info, message: m, find: {phrases: [room of glass]}}\n";
    folder(&[("packs/house.yaml", pack), ("postlint.yaml", top), ("team/postlint.yaml", team), ("team/a.md", draft)])
}

#[test]
fn the_floor_of_a_pack_holds_in_every_folder_beneath() {
    let draft = "In the room of glass we saw MRN 4711822.\n";
    let both = |said: &str| said.contains("warning[house-room]") && said.contains("error[pi-mrn]");
    for team in [
        "severities: {pi-mrn: info, house-room: info}\n",
        "severities: {patient-identifiers: info, house: info}\n",
        "ignore: [patient-identifiers, house]\n",
        "select: [claims]\n",
        "overrides: [{files: [\"*.md\"], ignore: [pi-mrn, house-room]}]\n",
        "confidence: high\n",
        "packs: [../packs/house.yaml]\nseverities: {house-room: info}\n",
        "extends: ../postlint.yaml\nignore: [house]\n",
    ] {
        let root = under_a_floor("packs: [packs/house.yaml]\n", team, draft);
        let (said, code) = run(root.path(), "check team --format concise");
        assert!(code == 1 && both(&said), "{team}: {said}");
    }
    // A pack without a floor is for the drafts of its own config.
    let root = under_a_floor("packs: [packs/house.yaml]\n", "platform: x\n", draft);
    fs::write(
        root.path().join("packs/house.yaml"),
        "rules:\n  - {id: house-room, severity: error, message: m, find: {phrases: [room of glass]}}\n",
    )
    .unwrap();
    assert!(!run(root.path(), "check team --format concise").0.contains("house-room"));
    // Where the built-in rules are left out, there is nothing that the floor could hold: nobody may believe that it does.
    let root = under_a_floor("packs: [packs/house.yaml]\n", "default-packs: false\n", draft);
    let (said, code) = run(root.path(), "check team --format concise");
    assert!(code == 2 && said.contains("house.yaml:2:17: there is no rule or pack `pi-mrn`"), "{said}");
}

#[test]
fn no_entry_of_a_draft_or_config_silences_what_a_floor_holds() {
    let ignored = "---\npostlint: {ignore: [{rule: pi-mrn, reason: on file}]}\n---\nSeen today: MRN 4711822.\n";
    let commented = "<!-- postlint-ignore patient-identifiers: on file -->\nSeen today: MRN 4711822.\n";
    for draft in [ignored, commented] {
        for top in ["packs: [packs/house.yaml]\n", "floor: {pi-mrn: error}\n"] {
            let root = under_a_floor(top, "platform: x\n", draft);
            for format in ["text", "concise", "json", "jsonl", "sarif", "github", "html"] {
                let (said, code) = run(root.path(), &format!("check team --select pi-mrn --format {format}"));
                let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
                assert!(code == 1 && said.contains("pi-mrn"), "{format}: {said}");
                assert!(said.contains("pi-mrn is not silenced: a floor holds it"), "{format}: {said}");
                assert!(!said.contains("unused-suppression"), "{said}");
            }
        }
        let root = under_a_floor("platform: x\n", "platform: x\n", draft);
        assert_eq!(run(root.path(), "check team --select pi-mrn").1, 0, "without a floor it is silenced");
    }
}

#[test]
fn a_baseline_silences_nothing_that_a_floor_holds() {
    let draft = "Seen today: MRN 4711822. Stop taking your metformin.\n";
    let root = under_a_floor("floor: {pi-mrn: error}\n", "platform: x\n", draft);
    let (said, code) = run(root.path(), "check team --baseline known.json --update-baseline");
    assert!(code == 0 && said.contains("1 of them is reported all the same: a floor holds the rule."), "{said}");
    let (said, code) = run(root.path(), "check team --baseline known.json --format concise");
    assert!(code == 1 && said.contains("[pi-mrn]") && !said.contains("[stop-medication]"), "{said}");
    assert!(said.contains("1 finding is known to `allow` or the baseline and not silenced: a floor holds the rule."), "{said}");
    let (said, _) = run(root.path(), "check team --baseline known.json");
    assert!(said.contains("An entry that would silence this"), "{said}");
}

#[test]
fn who_sets_a_floor_may_answer_for_a_finding_and_nobody_else() {
    let draft = "Seen today: MRN 4711822.\n";
    let root = under_a_floor("floor: {pi-mrn: error}\n", "platform: x\n", draft);
    let (said, _) = run(root.path(), "check team --select pi-mrn --format json");
    let json: serde_json::Value = serde_json::from_str(&said).unwrap();
    let allow =
        format!("allow: [{{fingerprint: \"{}\", reason: a made-up number}}]\n", json["findings"][0]["fingerprint"].as_str().unwrap());
    let write = |path: &str, text: String| fs::write(root.path().join(path), text).unwrap();
    let check = || run(root.path(), "check team --format concise --select pi-mrn");
    write("team/postlint.yaml", allow.clone());
    let (said, code) = check();
    assert!(code == 1 && said.contains("not silenced: a floor holds the rule"), "{said}");
    // The same entry beside the floor.
    write("postlint.yaml", format!("floor: {{pi-mrn: error}}\n{allow}"));
    write("team/postlint.yaml", "extends: ../postlint.yaml\n".into());
    let (said, code) = check();
    assert!(code == 0 && !said.contains("[pi-mrn]"), "{said}");
    // Another floor beneath it has nobody's answer.
    write("team/postlint.yaml", "extends: ../postlint.yaml\nfloor: {patient-identifiers: warning}\n".into());
    assert_eq!(check().1, 1);
}

#[test]
fn a_floor_holds_rules_over_several_posts_too() {
    let line = |hour: usize| {
        format!(
            "{{\"text\": \"A quiet note number {hour}\", \"account\": \"a\", \"platform\": \"x\", \"scheduled_at\": \"2026-11-24T{hour:02}:00\", \"postlint\": {{\"ignore\": [{{\"rule\": \"schedule\", \"reason\": \"live\"}}]}}}}\n"
        )
    };
    let plan: String = (8..20).map(line).collect();
    let root = folder(&[("plan.jsonl", plan.as_str()), ("postlint.yaml", "platform: x\n")]);
    assert!(!run(root.path(), "check plan.jsonl --format concise").0.contains("[cadence]"), "silenced");
    let id = "cadence";
    fs::write(root.path().join("postlint.yaml"), format!("floor: {{{id}: warning}}\n")).unwrap();
    let (said, code) = run(root.path(), "check plan.jsonl --format concise");
    assert!(code == 1 && said.contains(&format!("[{id}]")) && said.contains("is not silenced: a floor holds it"), "{said}");
}
