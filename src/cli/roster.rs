//! `postlint roster make`, and the rosters of a run. Names are read, never said: a mistake is told with its place alone.

use super::args::{Check, RosterMake};
use super::{Exit, output};
use crate::config::RosterPlace;
use crate::document::{self, InputKind};
use crate::report::{Skipped, visible};
use crate::roster::{Key, Maker, Roster, Rosters as All};
use crate::rule::roster::Names;
use crate::source::{self, Refusal};
use anyhow::{Context, Result, anyhow, bail};
use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::path::Path;
use std::sync::Arc;

/// Largest roster, in bytes: some hundred thousand patients.
const LIMIT: u64 = 128 * 1024 * 1024;

/// The titles of columns that are read, without spaces, hyphens and underscores.
const GIVEN: [&str; 8] = ["first", "firstname", "given", "givenname", "givennames", "forename", "forenames", "patientfirstname"];
const OTHER: [&str; 6] = ["preferred", "preferredname", "preferredfirstname", "nickname", "knownas", "alias"];
const MIDDLE: [&str; 3] = ["middle", "middlename", "middlenames"];
const SURNAME: [&str; 8] = ["last", "lastname", "surname", "family", "familyname", "patientlastname", "surnames", "lastnames"];
const WHOLE: [&str; 6] = ["name", "fullname", "patient", "patientname", "patientfullname", "names"];

/// Turns a list of names into a roster and, when there is none, a key.
pub(super) fn make(args: &RosterMake) -> Result<Exit> {
    let place = RosterPlace::new(args.output.clone(), args.key.clone(), "--output".to_owned());
    let written = [&place.file, &place.key];
    if written.iter().any(|path| output::same_file(path, &args.names))
        || place.file == place.key
        || output::same_file(&place.file, &place.key)
    {
        bail!("the list, the roster and its key must be three files; choose other names");
    }
    refuse_other(&place.file)?;
    let people = people(&args.names)?;
    let (key, fresh) = key_for(&place.key)?;
    let mut maker = Maker::new(Key::parse(&key).map_err(|why| anyhow!("{}:1:1: {why}", source::name(&place.key)))?);
    let mut left = Vec::new();
    let mut count = 0;
    for person in people {
        let added = person.given.iter().fold(person.given.is_empty(), |added, given| maker.add(given, &person.surname) || added);
        if added && !person.given.is_empty() { count += 1 } else { left.push(person.line) }
    }
    if count == 0 {
        bail!("{}: there is no whole name in this list; nothing was written", source::name(&args.names));
    }
    if fresh {
        write_key(&place.key, &key)?;
    }
    output::save(&place.file, |out| out.write_all(maker.text().as_bytes()))?;
    for line in &left {
        output::tell(&format!("{}:{line}:1: a given name or a surname is missing, so this line was left out", source::name(&args.names)));
    }
    let (roster, key) = (source::name(&place.file), source::name(&place.key));
    let sum = if count == 1 { "1 name is".to_owned() } else { format!("{count} names are") };
    output::tell(&format!(
        "{sum} in {roster}, and its key in {key}. Keep the key to yourself: never put it where the roster is shared, such as a repository. \
         Name the roster in postlint.yaml (`roster: {roster}`), and delete the list when you no longer need it."
    ));
    Ok(if left.is_empty() { Exit::Clean } else { Exit::Trouble })
}

/// A roster may be made anew; any other file stays as it is.
fn refuse_other(path: &Path) -> Result<()> {
    let mut start = [0; 15];
    match source::read::open(path).and_then(|mut file| Ok(file.read_exact(&mut start)?)) {
        Ok(()) if &start == b"postlint-roster" => Ok(()),
        Err(Refusal::Missing) => Ok(()),
        _ => bail!("--output {}: there is another file of this name; choose another name", source::name(path)),
    }
}

/// The key that is there, or a new one that is yet to be written.
fn key_for(path: &Path) -> Result<(String, bool)> {
    let mut bytes = Vec::new();
    match source::read(path, &mut bytes) {
        // What is no text is no key either, which is told by whoever reads it.
        Ok(()) => Ok((String::from_utf8_lossy(&bytes).into_owned(), false)),
        Err(Refusal::Missing) => Ok((Key::random().map_err(|why| anyhow!(why))?, true)),
        Err(refusal) => bail!("{}: {refusal}", source::name(path)),
    }
}

fn write_key(path: &Path, text: &str) -> Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(path).and_then(|mut file| file.write_all(text.as_bytes()));
    written.with_context(|| format!("{} could not be written", source::name(path)))
}

/// One line of the list.
struct Person {
    line: u64,
    /// Every given name that this person goes by.
    given: Vec<String>,
    surname: String,
}

fn people(path: &Path) -> Result<Vec<Person>> {
    let name = source::name(path);
    let mut bytes = Vec::new();
    source::read(path, &mut bytes).map_err(|refusal| anyhow!("{name}: {refusal}"))?;
    let decoded = document::decode(&bytes).map_err(|refusal| anyhow!("{name}: {refusal}"))?;
    if InputKind::of(&name) == Some(InputKind::Plain) {
        let lines = (1..).zip(decoded.text.lines()).filter(|(_, line)| !line.trim().is_empty());
        return Ok(lines.map(|(line, text)| whole(line, text)).collect());
    }
    table(&decoded.text).map_err(|(line, why)| anyhow!("{name}:{line}:1: {why}"))
}

/// The people of a CSV table; a mistake with its 1-based line.
fn table(text: &str) -> Result<Vec<Person>, (u64, String)> {
    let first = text.lines().next().unwrap_or("");
    let count = |sign: char| first.matches(sign).count();
    let delimiter = if count(';') > count(',') {
        b';'
    } else if count('\t') > count(',') {
        b'\t'
    } else {
        b','
    };
    let mut reader = csv::ReaderBuilder::new().flexible(true).delimiter(delimiter).from_reader(text.as_bytes());
    let broken = |error: &csv::Error| {
        (error.position().map_or(1, csv::Position::line), "this line is no CSV; save the list as CSV (UTF-8)".to_owned())
    };
    let titles: Vec<String> = reader.headers().map_err(|error| broken(&error))?.iter().map(title).collect();
    let column = |known: &[&str]| titles.iter().position(|title| known.contains(&title.as_str()));
    let columns = (column(&WHOLE), column(&GIVEN), column(&SURNAME));
    if columns.1.is_none() != columns.2.is_none() || (columns.0.is_none() && columns.1.is_none()) {
        let why = "the first line must name the columns: `first` and `last`, or `name`; write it above the names";
        return Err((1, why.to_owned()));
    }
    let mut people = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| broken(&error))?;
        let line = record.position().map_or(1, csv::Position::line);
        let cell = |column: Option<usize>| column.and_then(|column| record.get(column)).unwrap_or("").trim();
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        people.push(match columns {
            (_, Some(_), Some(_)) => {
                let middle = [cell(columns.1), cell(column(&MIDDLE))].join(" ");
                let given =
                    [middle.trim(), cell(column(&OTHER))].into_iter().filter(|given| !given.is_empty() && !cell(columns.1).is_empty());
                Person { line, given: given.map(str::to_owned).collect(), surname: cell(columns.2).to_owned() }
            }
            _ => whole(line, cell(columns.0)),
        });
    }
    Ok(people)
}

/// `Patient_Last-Name` and `patient last name` are one title.
fn title(text: &str) -> String {
    text.trim_start_matches('\u{feff}').chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// `Ruiz, Ana`, `Ana Ruiz` or `Ana de la Cruz`: without a comma the surname is the last word, with the small words before it.
fn whole(line: u64, text: &str) -> Person {
    let text = text.trim();
    let (given, surname) = match text.split_once(',') {
        Some((surname, given)) => (given.trim().to_owned(), surname.trim().to_owned()),
        None => {
            let words: Vec<&str> = text.split_whitespace().collect();
            let small =
                words.iter().skip(1).position(|word| word.starts_with(char::is_lowercase)).filter(|_| text.contains(char::is_uppercase));
            let (given, surname) = words.split_at(small.map_or(words.len().saturating_sub(1), |at| at + 1));
            (given.join(" "), surname.join(" "))
        }
    };
    Person { line, given: Some(given).filter(|given| !given.is_empty()).into_iter().collect(), surname }
}

/// The rosters of a run, each read once.
pub(super) struct Rosters {
    flags: (Option<std::path::PathBuf>, Option<std::path::PathBuf>),
    opened: BTreeMap<Vec<RosterPlace>, Option<Arc<dyn Names>>>,
    /// Those that could not be used.
    pub(super) skipped: Vec<Skipped>,
}

impl Rosters {
    /// Nothing is read yet.
    pub(super) fn new(args: &Check) -> Self {
        Self { flags: (args.roster.clone(), args.roster_key.clone()), opened: BTreeMap::new(), skipped: Vec::new() }
    }

    /// The rosters that a config names and the one that a flag names. One that cannot be used is noted, and the rest is checked.
    pub(super) fn open(&mut self, configured: &[RosterPlace]) -> Option<Arc<dyn Names>> {
        let (file, key) = &self.flags;
        let flag = file.iter().map(|file| RosterPlace::new(file.clone(), key.clone(), String::new()));
        // Without `--roster`, `--roster-key` is for what the config names.
        let other = key.as_ref().filter(|_| file.is_none());
        let named =
            configured.iter().map(|place| RosterPlace { key: other.cloned().unwrap_or_else(|| place.key.clone()), ..place.clone() });
        let places: Vec<RosterPlace> = flag.chain(named).collect();
        if let Some(known) = self.opened.get(&places) {
            return known.clone();
        }
        let mut rosters = Vec::new();
        for place in &places {
            match open(place) {
                Ok(roster) => rosters.push(roster),
                Err(skipped) if self.skipped.contains(&skipped) => {}
                Err(skipped) => self.skipped.push(skipped),
            }
        }
        let roster: Option<Arc<dyn Names>> = if rosters.is_empty() { None } else { Some(Arc::new(All(rosters))) };
        self.opened.insert(places, roster.clone());
        roster
    }
}

fn open(place: &RosterPlace) -> Result<Roster, Skipped> {
    let refused = |path: &Path, line: Option<usize>, why: &str| {
        let named = if place.at.is_empty() { String::new() } else { format!(" (named at {})", place.at) };
        let reason = format!("{why}; names on this list were not looked for{named}");
        Skipped { path: source::name(path), line, column: line.map(|_| 1), reason, unread: true }
    };
    let key = read(&place.key).map_err(|why| match why.as_str() {
        MISSING => refused(&place.key, None, "the key of the roster is not there; put it there, or name it with --roster-key"),
        why => refused(&place.key, None, why),
    })?;
    let key = Key::parse(&key).map_err(|why| refused(&place.key, Some(1), why))?;
    let text = read(&place.file).map_err(|why| match why.as_str() {
        MISSING => refused(&place.file, None, "there is no such roster; make it with `postlint roster make`"),
        why => refused(&place.file, None, why),
    })?;
    Roster::parse(&text, key).map_err(|error| refused(&place.file, Some(error.line), error.what))
}

const MISSING: &str = "missing";

fn read(path: &Path) -> Result<String, String> {
    let file = source::read::open(path).map_err(|refusal| match refusal {
        source::Refusal::Missing => MISSING.to_owned(),
        refusal => refusal.to_string(),
    })?;
    let mut text = Vec::new();
    file.take(LIMIT + 1).read_to_end(&mut text).map_err(|error| source::Refusal::from(error).to_string())?;
    if text.len() as u64 > LIMIT {
        return Err("it is larger than 128 MiB, too long for a roster; split the list and make two".to_owned());
    }
    String::from_utf8(text).map_err(|_| format!("{} is no text file", visible(&source::name(path))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_lists_as_practices_keep_them() {
        let names =
            |text: &str| table(text).map(|people| people.into_iter().map(|one| (one.given.join("|"), one.surname)).collect::<Vec<_>>());
        let pair = |given: &str, surname: &str| (given.to_owned(), surname.to_owned());
        let ana = vec![pair("Ana", "Ruiz")];
        for text in [
            "first,last\nAna,Ruiz\n",
            "\u{feff}MRN;Last Name;First_Name\n1;Ruiz;Ana\n\n",
            "name\n\"Ruiz, Ana\"\n",
            "Patient Name\tDOB\nAna Ruiz\t1\n",
        ] {
            assert_eq!(names(text), Ok(ana.clone()), "{text}");
        }
        assert_eq!(names("first,middle,last,nickname\nAna,B,Ruiz,Nita\n"), Ok(vec![pair("Ana B|Nita", "Ruiz")]));
        assert_eq!(names("name\nAna de la Cruz\n"), Ok(vec![pair("Ana", "de la Cruz")]));
        assert_eq!(names("name\nana maria ruiz\nRuiz\n"), Ok(vec![pair("ana maria", "ruiz"), pair("", "Ruiz")]));
        for text in ["Ana,Ruiz\nBo,Li\n", "", "first,phone\nAna,1\n"] {
            let (line, why) = table(text).map(|_| ()).unwrap_err();
            assert!(line == 1 && why.contains("`first` and `last`") && !why.contains("Ruiz"), "{why}");
        }
    }
}
