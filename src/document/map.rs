//! Keeps track of what became of a text's bytes when parts of it were rewritten: the way back from the cleaned view to what was typed.

use crate::span::Span;

/// Which stretches of a text were rewritten, in order; everything between them was copied byte by byte.
#[derive(Debug, Clone, Default)]
pub struct Map {
    edits: Vec<Edit>,
}

/// One rewritten stretch. 32 bits are enough for a post (see `POST_LIMIT`) and halve the memory of a text in another script.
#[derive(Debug, Clone, Copy)]
struct Edit {
    before: (u32, u32),
    after: (u32, u32),
}

impl Map {
    /// The bytes before rewriting that a span after rewriting was made from. A stretch counts as a whole.
    pub fn back(&self, after: Span) -> Span {
        let index = self.edits.partition_point(|e| wide(e.after.0) <= after.start);
        let start = through(self.edits.get(index.wrapping_sub(1)), after.start, |e| (e.after, e.before), |e| e.before.0);
        if after.is_empty() {
            return Span::new(start, start);
        }
        let index = self.edits.partition_point(|e| wide(e.after.0) < after.end);
        let end = through(self.edits.get(index.wrapping_sub(1)), after.end, |e| (e.after, e.before), |e| e.before.1);
        Span::new(start, end)
    }

    /// The bytes after rewriting that a span before rewriting became. A stretch counts as a whole.
    pub fn forth(&self, before: Span) -> Span {
        let index = self.edits.partition_point(|e| wide(e.before.0) <= before.start);
        let start = through(self.edits.get(index.wrapping_sub(1)), before.start, |e| (e.before, e.after), |e| e.after.0);
        if before.is_empty() {
            return Span::new(start, start);
        }
        let index = self.edits.partition_point(|e| wide(e.before.0) < before.end);
        let end = through(self.edits.get(index.wrapping_sub(1)), before.end, |e| (e.before, e.after), |e| e.after.1);
        Span::new(start, end)
    }
}

/// Carries a byte position over the last edit at or before it: inside the edit `inside` decides, beyond it the distance stays.
fn through(edit: Option<&Edit>, at: usize, sides: impl Fn(&Edit) -> ((u32, u32), (u32, u32)), inside: impl Fn(&Edit) -> u32) -> usize {
    let Some(edit) = edit else { return at };
    let (from, to) = sides(edit);
    // A start on the edit's end, or an end on it, both continue after it.
    if at >= wide(from.1) { at - wide(from.1) + wide(to.1) } else { wide(inside(edit)) }
}

fn wide(n: u32) -> usize {
    n as usize
}

fn narrow(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// Rewrites a text from left to right and remembers what became of it. Nothing is copied before the first change.
#[derive(Debug)]
pub struct Rewriter<'t> {
    text: &'t str,
    out: String,
    done: usize,
    map: Map,
}

impl<'t> Rewriter<'t> {
    /// Starts on `text`.
    pub fn new(text: &'t str) -> Self {
        Self { text, out: String::new(), done: 0, map: Map::default() }
    }

    /// Writes `with` in place of `at`, which must lie after everything that was changed before.
    pub fn replace(&mut self, at: Span, with: &str) {
        self.copy_to(at.start);
        let start = self.out.len();
        self.out.push_str(with);
        self.done = at.end;
        self.map.edits.push(Edit { before: (narrow(at.start), narrow(at.end)), after: (narrow(start), narrow(self.out.len())) });
    }

    /// Drops `at` and lets it belong to the character before it, so that a find there covers what was typed with it.
    pub fn absorb(&mut self, at: Span) {
        if let Some(last) = self.map.edits.last_mut().filter(|last| wide(last.before.1) == at.start) {
            last.before.1 = narrow(at.end);
            self.done = at.end;
            return;
        }
        let before = Span::new(self.done, at.start).of(self.text);
        let kept = before.chars().next_back().map_or("", |last| before.get(before.len() - last.len_utf8()..).unwrap_or(""));
        self.replace(Span::new(at.start - kept.len(), at.end), kept);
    }

    /// The new text with its map; `None` when nothing changed.
    pub fn finish(mut self) -> Option<(String, Map)> {
        if self.map.edits.is_empty() {
            return None;
        }
        self.copy_to(self.text.len());
        Some((self.out, self.map))
    }

    fn copy_to(&mut self, end: usize) {
        if self.map.edits.is_empty() {
            self.out.reserve(self.text.len());
        }
        self.out.push_str(Span::new(self.done, end).of(self.text));
        self.done = end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leads_back_over_shorter_longer_and_dropped_stretches() {
        let text = "ab…c\u{336}d";
        let mut rewriter = Rewriter::new(text);
        rewriter.replace(Span::new(2, 5), "...");
        rewriter.absorb(Span::new(6, 8));
        let (out, map) = rewriter.finish().unwrap();
        assert_eq!(out, "ab...cd");
        for (find, want) in [("ab", "ab"), (".", "…"), ("b.", "b…"), ("c", "c\u{336}"), ("d", "d"), ("ab...cd", text)] {
            let start = out.find(find).unwrap();
            let after = Span::new(start, start + find.len());
            assert_eq!(map.back(after).of(text), want, "{find}");
            assert!(map.forth(map.back(after)).covers(after), "{find}");
        }
    }
}
