//! What each anchor leads to, as flat tables that cost nothing to load: the built-in packs bring theirs prepared, and nothing of it is copied.

use super::anchors::{Anchors, Near};
use super::common;
use super::ends::MATCH_LIMIT;
use super::table::{Table, low};
use super::terms::TermId;
use super::{Set, SetId};
use crate::document::words;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What an anchor leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Lead {
    pub set: SetId,
    /// Index of the phrase or pattern in its set.
    pub item: u32,
}

/// The anchors of the trigger sets of one load.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub(super) struct Index {
    /// Every word that anchors a phrase or belongs to a group: a hash table with open addressing, of the numbers of words plus one.
    slots: Table,
    /// The upper half of each word's hash. Two words that share it are taken for one: it only leads to phrases, which then compare the words themselves.
    /// Frequent words come first, so that what an ordinary text asks for stands close together here and in what follows.
    words: Table,
    /// What each word leads to that the pass looks for.
    triggers: Leads,
    /// What the words of each set lead to that is looked for when a guard asks.
    guards: Leads,
    /// The words of `guards`, in order for each set.
    guard_words: Table,
    /// What long lists lead to, by set, and at last what the pass looks for.
    wide: Leads,
    /// The groups of the words of `wide`.
    wide_groups: Table,
    /// The first set of `guards`.
    first_set: u32,
    /// For each word the number of its kin: names and medicines belong to the same groups as their like.
    kin: Table,
    /// For each kin the end of its groups.
    groups_end: Table,
    /// The groups of each kin, in order, 16 bits each.
    groups: Table,
    /// For each guard's set the group of the words that lead to anything, plus one.
    leading: Table,
    /// Group, fewest and most words before it (8 bits each).
    near: Table,
    /// For each term, counted from `first_term`, the end of its phrases in `needs`.
    needs_end: Table,
    /// For each phrase of each term what must be near: beginning in `near` (24 bits) and number (8 bits).
    needs: Table,
    /// The first term of `needs`.
    first_term: u32,
    /// How many groups there are.
    group_count: usize,
    /// Literals of patterns other than digits, sorted, with what they lead to.
    pub literals: Vec<(String, Vec<Lead>)>,
    /// What any number leads to.
    pub digits: Vec<Lead>,
}

/// What each owner, a word or a set, leads to.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
struct Leads {
    /// For each owner the end of its leads.
    ends: Table,
    /// Set, item, fewest and most words before the anchor (16 bits each), beginning in `near` (24 bits) and number (8 bits) of the groups.
    leads: Table,
}

/// What a word leads to: a phrase that may begin some words before it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Trail {
    pub lead: Lead,
    /// Fewest and most words of the phrase before its anchor.
    pub least: usize,
    pub most: usize,
    near: (usize, usize),
}

/// A group that must be near, see [`super::anchors::Near`]; distances are counted in words from the beginning of the phrase.
#[derive(Debug, Clone, Copy)]
pub(super) struct Companion {
    pub group: usize,
    pub least: usize,
    pub most: usize,
}

impl Index {
    /// An index of sets with the anchors of their phrases; `content` gives the sets themselves.
    pub(super) fn new<'m>(sets: &'m [(SetId, Vec<Anchors>)], noted: &Noted, content: impl Fn(SetId) -> Option<&'m Set>) -> Self {
        let (mut by_word, mut literals) = (BTreeMap::<u64, Word>::new(), BTreeMap::<&str, Vec<Lead>>::new());
        let mut index = Self { group_count: noted.groups.len(), first_term: noted.first_term, ..Self::default() };
        let mut known = BTreeMap::<Vec<u32>, u32>::new();
        let mut guards = BTreeMap::<u32, Vec<(u64, [u32; 4])>>::new();
        let mut wide = BTreeMap::<u32, Vec<(u32, [u32; 4])>>::new();
        index.first_set = sets.first().map_or(0, |(set, _)| set.0);
        for (set, anchors) in sets {
            let trigger = content(*set).is_some_and(|set| set.trigger);
            let guards = guards.entry(set.0).or_default();
            wide.entry(set.0).or_default();
            for (item, anchors) in (0_u32..).zip(anchors) {
                for alike in &anchors.wide {
                    let near = index.add_near(&alike.near, &mut known);
                    let lead = [set.0, item, u32::from(alike.least) << 16 | u32::from(alike.most), near];
                    wide.entry(if trigger { u32::MAX } else { set.0 }).or_default().push((alike.group, lead));
                }
                for anchor in &anchors.words {
                    let near = index.add_near(&anchor.near, &mut known);
                    let distance = u32::from(anchor.least) << 16 | u32::from(anchor.most);
                    let (hash, lead) = (words::hash(&anchor.literal), [set.0, item, distance, near]);
                    let word = by_word.entry(hash).or_default();
                    if trigger { word.triggers.push(lead) } else { guards.push((hash, lead)) }
                }
            }
            for (item, pattern) in (0_u32..).zip(content(*set).filter(|_| trigger).map_or(&[][..], |set| &set.patterns)) {
                let lead = Lead { set: *set, item };
                for literal in &pattern.anchors {
                    let list = if is_digit(literal) { &mut index.digits } else { literals.entry(literal).or_default() };
                    if list.last() != Some(&lead) {
                        list.push(lead);
                    }
                }
            }
        }
        for phrases in &noted.needs {
            phrases.iter().for_each(|needs| {
                let near = index.add_near(needs, &mut known);
                index.needs.push(near);
            });
            index.needs_end.push(index.needs.len());
        }
        noted.leading.iter().for_each(|group| index.leading.push(group.map_or(0, |group| group + 1)));
        for (number, group) in (0_u32..).zip(&noted.groups) {
            group.iter().for_each(|hash| by_word.entry(*hash).or_default().groups.push(number));
        }
        index.literals = literals.into_iter().map(|(literal, leads)| (literal.to_owned(), leads)).collect();
        index.fill(by_word);
        for leads in guards.into_values() {
            let number = |(hash, lead): (u64, [u32; 4])| Some((index.word(hash)?, lead));
            let mut leads: Vec<_> = leads.into_iter().filter_map(number).collect();
            leads.sort_unstable();
            leads.iter().for_each(|(word, _)| index.guard_words.push(*word));
            index.guards.add(leads.into_iter().map(|(_, lead)| lead));
        }
        wide.entry(u32::MAX).or_default();
        for leads in wide.into_values() {
            leads.iter().for_each(|(group, _)| index.wide_groups.push(*group));
            index.wide.add(leads.into_iter().map(|(_, lead)| lead));
        }
        index
    }

    fn fill(&mut self, by_word: BTreeMap<u64, Word>) {
        // Never full, so that every search ends.
        let size = (by_word.len() * 3 / 2 + 1).next_power_of_two();
        let mut slots = vec![0_u32; size];
        let mut kin = BTreeMap::<Vec<u32>, u32>::new();
        let mut ordered: Vec<(u64, Word)> = by_word.into_iter().collect();
        ordered.sort_by_key(|(hash, _)| common::rank(*hash));
        for (number, (hash, word)) in (1_u32..).zip(ordered) {
            let mut at = slot(hash, size);
            while slots.get(at).is_some_and(|slot| *slot != 0) {
                at = (at + 1) & (size - 1);
            }
            if let Some(slot) = slots.get_mut(at) {
                *slot = number;
            }
            self.words.push(low(hash >> 32));
            self.triggers.add(word.triggers.into_iter());
            let next = self.groups_end.len();
            let kin = *kin.entry(word.groups).or_insert_with_key(|groups| {
                groups.iter().for_each(|group| self.groups.push_half(*group));
                self.groups_end.push(self.groups.halves_len());
                next
            });
            self.kin.push(kin);
        }
        slots.into_iter().for_each(|slot| self.slots.push(slot));
    }

    /// Adds what must be near, once for all that need the same, and gives where it begins (24 bits) and how much it is (8 bits).
    fn add_near(&mut self, near: &[Near], known: &mut BTreeMap<Vec<u32>, u32>) -> u32 {
        let packed: Vec<u32> = near.iter().map(|near| packed(near.group, near.least, near.most)).collect();
        let (next, count) = (self.near.len(), low(packed.len() as u64));
        let start = *known.entry(packed).or_insert_with_key(|packed| {
            packed.iter().for_each(|near| self.near.push(*near));
            next
        });
        start << 8 | count
    }

    /// The number of the word of this hash, if it is known.
    pub(super) fn word(&self, hash: u64) -> Option<u32> {
        let size = self.slots.len() as usize;
        let mut at = slot(hash, size);
        loop {
            let number = self.slots.at(at)?.checked_sub(1)?;
            if self.words.at(number as usize) == Some(low(hash >> 32)) {
                return Some(number);
            }
            at = (at + 1) & (size - 1);
        }
    }

    /// What a word leads to that the pass looks for.
    pub(super) fn triggers(&self, word: u32) -> impl Iterator<Item = Trail> {
        let (from, to) = self.triggers.ends.before(word as usize);
        (from..to).filter_map(|at| self.triggers.trail(at))
    }

    /// Where the leads of a guard's set begin and end.
    pub(super) fn guards_of(&self, set: SetId) -> (usize, usize) {
        set.0.checked_sub(self.first_set).map_or((0, 0), |set| self.guards.ends.before(set as usize))
    }

    /// What the words of long lists lead to in a guard's set: groups and where they lead.
    pub(super) fn wide(&self, set: SetId) -> impl Iterator<Item = (usize, Trail)> {
        self.wide_of(set.0.checked_sub(self.first_set).map_or((0, 0), |set| self.wide.ends.before(set as usize)))
    }

    /// What the words of long lists lead to that the pass looks for.
    pub(super) fn wide_triggers(&self) -> impl Iterator<Item = (usize, Trail)> {
        let last = self.wide.ends.len().checked_sub(1);
        self.wide_of(last.map_or((0, 0), |last| self.wide.ends.before(last as usize)))
    }

    fn wide_of(&self, (from, to): (usize, usize)) -> impl Iterator<Item = (usize, Trail)> {
        (from..to).filter_map(|at| Some((self.wide_groups.at(at)? as usize, self.wide.trail(at)?)))
    }

    /// What a word leads to among the guard's leads between these bounds.
    pub(super) fn guards(&self, (from, to): (usize, usize), word: u32) -> impl Iterator<Item = Trail> {
        let (mut low, mut high) = (from, to);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.guard_words.at(middle).is_some_and(|found| found < word) { low = middle + 1 } else { high = middle }
        }
        let fits = move |at: &usize| self.guard_words.at(*at) == Some(word);
        (low..to).take_while(fits).filter_map(|at| self.guards.trail(at))
    }

    /// The group of the words that lead to anything in a guard's set, if there is one.
    pub(super) fn leading(&self, set: SetId) -> Option<usize> {
        let set = set.0.checked_sub(self.first_set)?;
        Some(self.leading.at(set as usize)?.checked_sub(1)? as usize)
    }

    /// How many groups there are.
    pub(super) fn group_count(&self) -> usize {
        self.group_count
    }

    /// The groups to which a word belongs, in order.
    pub(super) fn groups(&self, word: u32) -> impl Iterator<Item = usize> {
        let (from, to) = self.kin.at(word as usize).map_or((0, 0), |kin| self.groups_end.before(kin as usize));
        self.groups.halves(from, to)
    }

    /// Whether a word belongs to a group.
    pub(super) fn has(&self, word: u32, group: usize) -> bool {
        let (mut low, mut high) = self.kin.at(word as usize).map_or((0, 0), |kin| self.groups_end.before(kin as usize));
        while low < high {
            let middle = low + (high - low) / 2;
            match self.groups.half(middle).cmp(&Some(group)) {
                Ordering::Less => low = middle + 1,
                Ordering::Equal => return true,
                Ordering::Greater => high = middle,
            }
        }
        false
    }

    /// What must be there besides the anchor of a trail.
    pub(super) fn companions(&self, trail: &Trail) -> impl Iterator<Item = Companion> {
        self.near_of(trail.near)
    }

    /// What must be near when a phrase of a term begins somewhere, for each of its phrases by number; the last is for its plain list.
    pub(super) fn needs(&self, term: TermId) -> impl Iterator<Item = (u32, impl Iterator<Item = Companion>)> {
        let (from, to) = term.0.checked_sub(self.first_term).map_or((0, 0), |term| self.needs_end.before(term as usize));
        (0_u32..).zip(self.needs.numbers(from, to)).map(|(item, near)| (item, self.near_of(split(near))))
    }

    fn near_of(&self, (from, count): (usize, usize)) -> impl Iterator<Item = Companion> {
        self.near.numbers(from, from + count).filter_map(|near| {
            let near = near as usize;
            let most = near & 0xff;
            (most < MATCH_LIMIT).then_some(Companion { group: near >> 16, least: near >> 8 & 0xff, most })
        })
    }
}

/// What else an index is made of.
#[derive(Debug, Default)]
pub(super) struct Noted {
    /// The words of each group, as sorted hashes.
    pub groups: Vec<Arc<[u64]>>,
    /// For each set the group of the words that lead to its phrases.
    pub leading: Vec<Option<u32>>,
    /// The first term of `needs`.
    pub first_term: u32,
    /// For each phrase of each term what must be near.
    pub needs: Vec<Vec<Vec<Near>>>,
}

/// What is known of a word while an index is made.
#[derive(Default)]
struct Word {
    triggers: Vec<[u32; 4]>,
    groups: Vec<u32>,
}

impl Leads {
    /// Adds the leads of the next owner.
    fn add(&mut self, leads: impl Iterator<Item = [u32; 4]>) {
        leads.flatten().for_each(|part| self.leads.push(part));
        self.ends.push(self.leads.len() / 4);
    }

    /// A lead; `None` when the anchor stands so far from the beginning that the phrase is too long to match.
    fn trail(&self, at: usize) -> Option<Trail> {
        let [set, item, distance, near] = self.leads.four(at)?;
        let (least, most) = ((distance >> 16) as usize, (distance & 0xffff) as usize);
        let trail = Trail { lead: Lead { set: SetId(set), item }, least, most: most.min(MATCH_LIMIT), near: split(near) };
        (least <= MATCH_LIMIT).then_some(trail)
    }
}

/// Where the search for a hash begins. FNV mixes its low bits best.
#[allow(clippy::cast_possible_truncation, reason = "only the low bits count")]
fn slot(hash: u64, size: usize) -> usize {
    hash as usize & (size - 1)
}

/// Where what must be near begins, and how much it is.
fn split(near: u32) -> (usize, usize) {
    (near as usize >> 8, near as usize & 0xff)
}

/// Distances are kept in 8 bits; phrases that long do not match.
const FAR: u16 = 255;

fn packed(group: u32, least: u16, most: u16) -> u32 {
    group << 16 | u32::from(least.min(FAR)) << 8 | u32::from(most.min(FAR))
}

/// A digit as an anchor stands for "any number".
pub(super) fn is_digit(literal: &str) -> bool {
    literal.len() == 1 && literal.bytes().all(|b| b.is_ascii_digit())
}
