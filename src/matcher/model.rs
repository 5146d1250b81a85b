//! Models: how much a text reads like posts of a class, as weights of single words and pairs that were learned from labelled posts.
//!
//! The weights are those of a logistic regression over words counted as TF-IDF does (logarithmic counts, length 1); `rules/learned/` tells how they are
//! made. A text is read paragraph by paragraph and counts as what it is most like at the end of any, so that a paragraph more takes nothing away.

use super::features::{self, Feature, Key};
use super::table::Table;
use super::view::Mixer;
use crate::document::Text;
use crate::span::Span;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasherDefault;

/// Which class of which model of a [`super::Matcher`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ClassId {
    model: u32,
    class: u32,
}

/// A table of weights.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct Model {
    classes: Vec<String>,
    biases: Vec<f32>,
    /// The features, in order.
    keys: Table,
    /// Where those that share their first bits begin, and where the last end.
    starts: Table,
    /// For each feature how rare it is and its largest weight, in thousandths (16 bits each), and its weight for each class in 127ths of the largest.
    rows: Table,
}

/// How much a text is like the classes of a model.
#[derive(Debug, Default)]
pub(super) struct Scores {
    /// For each class how much, and up to which byte of the folded text it is most; empty for a text too short to judge.
    pub best: Vec<(f32, usize)>,
    /// First byte of the first paragraph at whose end there is enough to judge. What stands before would be judged by nothing if the text ended there.
    pub from: usize,
}

/// Most features of a model.
pub const FEATURE_LIMIT: usize = 200_000;
/// Most classes of a model.
pub const CLASS_LIMIT: usize = 100;
/// Places that say why a text is like a class.
const REASONS: usize = 3;

impl Model {
    /// Reads a file of weights: `classes` and their names, `biases` and their numbers, then a line for each feature: what it is, how rare it is, and its
    /// weight for each class. Tabs part what is in a line; a line that begins with `# ` and holds none is a comment (`#` stands for numbers in a feature).
    ///
    /// # Errors
    /// The first line (1-based) that is wrong, and what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, (usize, String)> {
        let mut lines =
            (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty() && (!line.starts_with("# ") || line.contains('\t')));
        let (at, classes) = head(&mut lines, "classes")?;
        let classes: Vec<String> = classes.split('\t').map(str::to_owned).collect();
        if classes.len() > CLASS_LIMIT {
            return Err((at, format!("a model has at most {CLASS_LIMIT} classes")));
        }
        let (at, biases) = head(&mut lines, "biases")?;
        let biases: Vec<f32> = numbers(at, biases, classes.len())?;
        let mut rows: Vec<(Key, usize, Vec<i16>)> = Vec::new();
        for (at, line) in lines {
            let Some((feature, numbered)) = line.split_once('\t') else {
                return Err((at, "a line holds a word or pair and its numbers, parted by tabs".to_owned()));
            };
            let weights = numbers(at, numbered, classes.len() + 1)?;
            rows.push((features::spelled(feature), at, weights));
            if rows.len() > FEATURE_LIMIT {
                return Err((at, format!("a model has at most {FEATURE_LIMIT} lines of words")));
            }
        }
        rows.sort_by_key(|(key, at, _)| (*key, *at));
        // Two features of one number would be told apart by nobody; the first stays.
        rows.dedup_by_key(|(key, _, _)| *key);
        let mut model = Self { classes, biases, ..Self::default() };
        for (key, _, weights) in rows {
            while model.starts.len() <= key >> BUCKET_SHIFT {
                model.starts.push(model.keys.len());
            }
            model.keys.push(key);
            model.push(&weights);
        }
        while model.starts.len() <= BUCKETS {
            model.starts.push(model.keys.len());
        }
        Ok(model)
    }

    /// Adds a row: how rare a feature is, and its weights.
    fn push(&mut self, row: &[i16]) {
        let Some((rarity, weights)) = row.split_first() else { return };
        let largest = weights.iter().map(|weight| weight.unsigned_abs()).max().unwrap_or(0);
        self.rows.push_half(u32::from(rarity.cast_unsigned()));
        self.rows.push_half(u32::from(largest));
        let part = |weight: &i16| (f32::from(*weight) / f32::from(largest.max(1)) * f32::from(i8::MAX)).round();
        #[allow(clippy::cast_possible_truncation, reason = "a part of the largest weight fits")]
        weights.iter().for_each(|weight| self.rows.push_bytes(&(part(weight) as i8).to_le_bytes()));
    }

    /// The class of a name.
    pub fn class(&self, model: u32, name: &str) -> Option<ClassId> {
        let class = self.classes.iter().position(|class| class == name)?;
        Some(ClassId { model, class: u32::try_from(class).ok()? })
    }

    /// The names of its classes.
    pub fn classes(&self) -> &[String] {
        &self.classes
    }

    /// A feature's row; `None` when the model does not know it.
    fn find(&self, key: Key) -> Option<Row<'_>> {
        let bucket = (key >> BUCKET_SHIFT) as usize;
        let (from, to) = (self.starts.at(bucket)? as usize, self.starts.at(bucket + 1)? as usize);
        let size = HEAD + self.classes.len();
        let row = (from..to).find(|row| self.keys.at(*row) == Some(key))? * size;
        let (head, weights) = self.rows.bytes(row, row + size).split_first_chunk::<HEAD>()?;
        let [a, b, c, d] = *head;
        let (rarity, largest) = (i16::from_le_bytes([a, b]), u16::from_le_bytes([c, d]));
        Some(Row { rarity: f32::from(rarity) / THOUSAND, unit: f32::from(largest) / THOUSAND / f32::from(i8::MAX), weights })
    }

    /// How much a text is like each class, at the end of the paragraph where it is most like it.
    /// What was noted counts from the paragraph on in which it stands. Empty for a text too short to judge.
    pub(super) fn score(&self, text: &Text, noted: &BTreeMap<String, usize>) -> Scores {
        let mut noted: Vec<(usize, Key)> = noted.iter().map(|(name, at)| (*at, features::found(name))).collect();
        noted.sort_unstable();
        let mut noted = noted.into_iter().peekable();
        let mut sum = Sum { model: self, counts: HashMap::default(), sums: vec![0.0; self.classes.len()], square: 0.0 };
        let mut scores = Scores { best: self.biases.iter().map(|_| (f32::NEG_INFINITY, 0)).collect(), from: 0 };
        let (mut words, mut end) = (0, 0);
        features::each(text, |feature, starts_paragraph| {
            if starts_paragraph && end > 0 {
                while let Some((_, key)) = noted.next_if(|(at, _)| *at < end) {
                    sum.add(key);
                }
                sum.close(text, end, &mut words, &mut scores);
            }
            sum.add(feature.key);
            end = feature.span.end;
        });
        noted.for_each(|(_, key)| sum.add(key));
        sum.close(text, end, &mut words, &mut scores);
        scores.best.retain(|_| words >= FEWEST);
        scores
    }

    /// The words before `end` that weigh most for a class, heaviest first; none overlaps another.
    pub(super) fn reasons(&self, text: &Text, class: ClassId, end: usize) -> Vec<Span> {
        let words = |span: Span| span.of(text.folded()).contains(char::is_alphabetic);
        let heavy = |feature: &Feature| {
            let row = self.find(feature.key)?;
            let weight = row.rarity * row.weights().nth(class.class())?;
            (weight > 0.0 && feature.span.end <= end && words(feature.span)).then_some((weight, feature.span))
        };
        let mut all: Vec<(f32, Span)> = Vec::new();
        features::each(text, |feature, _| all.extend(heavy(&feature)));
        all.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let mut chosen: Vec<Span> = Vec::new();
        for (_, span) in all {
            if chosen.len() < REASONS && !chosen.iter().any(|other| other.overlaps(span)) {
                chosen.push(span);
            }
        }
        chosen
    }
}

/// What the features of a text amount to so far.
struct Sum<'m> {
    model: &'m Model,
    counts: HashMap<Key, f32, BuildHasherDefault<Mixer>>,
    /// By class.
    sums: Vec<f32>,
    square: f32,
}

impl Sum<'_> {
    fn add(&mut self, key: Key) {
        let Some(row) = self.model.find(key) else { return };
        let count = self.counts.entry(key).or_insert(0.0);
        let (before, after) = (weight(*count) * row.rarity, weight(*count + 1.0) * row.rarity);
        *count += 1.0;
        self.square += after * after - before * before;
        self.sums.iter_mut().zip(row.weights()).for_each(|(sum, weight)| *sum += (after - before) * weight);
    }

    /// Compares the classes at the end of a paragraph; `words` are those before it.
    fn close(&self, text: &Text, end: usize, words: &mut usize, scores: &mut Scores) {
        *words += text.words().iter().skip(*words).take_while(|word| word.span.start < end).count();
        if *words < FEWEST {
            scores.from = end;
            return;
        }
        let length = f32::max(self.square, f32::MIN_POSITIVE).sqrt();
        for ((best, sum), bias) in scores.best.iter_mut().zip(&self.sums).zip(&self.model.biases) {
            let score = sum / length + bias;
            if score > best.0 {
                *best = (score, end);
            }
        }
    }
}

/// What is known of a feature.
struct Row<'m> {
    rarity: f32,
    /// What one step of a weight stands for.
    unit: f32,
    weights: &'m [u8],
}

impl Row<'_> {
    /// The weight for each class.
    fn weights(&self) -> impl Iterator<Item = f32> {
        self.weights.iter().map(|weight| f32::from(weight.cast_signed()) * self.unit)
    }
}

/// Bytes before the weights of a row.
const HEAD: usize = 4;

/// Features are looked up by their first bits, of which there are so many values.
const BUCKETS: u32 = 1 << (Key::BITS - BUCKET_SHIFT);
const BUCKET_SHIFT: u32 = 18;

/// Of fewer words and signs nothing is said.
const FEWEST: usize = 12;

const THOUSAND: f32 = 1000.0;

/// What a feature that occurs so often counts.
fn weight(count: f32) -> f32 {
    if count > 0.0 { 1.0 + count.ln() } else { 0.0 }
}

/// The rest of the next line, which must begin with a name.
fn head<'l>(lines: &mut impl Iterator<Item = (usize, &'l str)>, name: &str) -> Result<(usize, &'l str), (usize, String)> {
    let missing = |at| (at, format!("`{name}` and a tab must begin this line"));
    let (at, line) = lines.next().ok_or_else(|| missing(1))?;
    let rest = line.strip_prefix(name).and_then(|rest| rest.strip_prefix('\t'));
    rest.map(|rest| (at, rest)).ok_or_else(|| missing(at))
}

fn numbers<N: std::str::FromStr>(at: usize, line: &str, count: usize) -> Result<Vec<N>, (usize, String)> {
    let numbers: Result<Vec<N>, N::Err> = line.split('\t').map(str::parse).collect();
    numbers.ok().filter(|numbers| numbers.len() == count).ok_or_else(|| (at, format!("{count} numbers are needed here, parted by tabs")))
}

impl ClassId {
    /// The number of its model.
    pub(super) fn model(self) -> usize {
        self.model as usize
    }

    /// Its number in the model.
    pub(super) fn class(self) -> usize {
        self.class as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str =
        "# a comment\nclasses\tboast\tother\nbiases\t-0.5\t0.25\nbest\t2000\t1500\t-100\nbest clinic\t3000\t900\t0\nour\t1000\t-20\t5\n";

    #[test]
    fn weighs_words_and_pairs() {
        let model = Model::parse(FILE).unwrap();
        let text = Text::new("Our best clinic, our town, one two three four five six");
        let score = model.score(&text, &BTreeMap::new()).best;
        let our = 1.0 + 2.0_f32.ln();
        let length = (our * our + 4.0 + 9.0_f32).sqrt();
        assert!((score[0].0 - ((-0.02 * our + 3.0 + 2.7) / length - 0.5)).abs() < 1e-4, "{score:?}");
        // The smaller weights of a row are kept less exactly.
        assert!((score[1].0 - ((0.005 * our - 0.2) / length + 0.25)).abs() < 5e-3, "{score:?}");
        let class = model.class(0, "boast").unwrap();
        let reasons = model.reasons(&text, class, 100);
        assert_eq!(reasons.iter().map(|span| span.of(text.folded())).collect::<Vec<_>>(), ["best"]);
    }

    #[test]
    fn a_feature_that_begins_with_a_number_is_no_comment() {
        let model = Model::parse("# a comment\nclasses\ta\nbiases\t0\n# %\t1000\t2000\n").unwrap();
        let score = model.score(&Text::new("He told us that 5 % of all of them would do well there"), &BTreeMap::new()).best;
        assert!((score[0].0 - 2.0).abs() < 1e-4, "{score:?}");
    }

    #[test]
    fn a_paragraph_more_takes_nothing_away() {
        let model = Model::parse(FILE).unwrap();
        let short = model.score(&Text::new("Best clinic in town, and not by a little, as everybody says."), &BTreeMap::new()).best;
        let long = model
            .score(&Text::new("Best clinic in town, and not by a little, as everybody says.\n\nOur our our other words."), &BTreeMap::new())
            .best;
        assert!(model.score(&Text::new("Best clinic in town."), &BTreeMap::new()).best.is_empty());
        assert_eq!((long.len(), short.len()), (2, 2));
        assert!(long.iter().zip(&short).all(|(long, short)| long.0 >= short.0));
    }

    #[test]
    fn mistakes_name_their_line() {
        for (text, line) in [
            ("", 1),
            ("classes\ta\n", 1),
            ("biases\t1\n", 1),
            ("classes\ta\nbiases\tx\n", 2),
            ("classes\ta\nbiases\t1\nword\n", 3),
            ("classes\ta\nbiases\t1\n\nword\t1\n", 4),
            ("classes\ta\nbiases\t1\nword\t1\t99999\n", 3),
        ] {
            assert_eq!(Model::parse(text).unwrap_err().0, line, "{text}");
        }
    }
}
