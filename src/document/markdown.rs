//! Finds what Markdown sets apart: code, which is shown and not said, and comments, which are not published.

use super::{Ignore, metadata};
use crate::span::Span;
use pulldown_cmark::{BrokenLink, CodeBlockKind, CowStr, Event, LinkType, Options, Parser, Tag, TagEnd};

/// Where a comment stands, the lines that it is for, and what it says.
pub(super) type Note = (usize, Option<(usize, usize)>, Option<Ignore>);

/// The marked stretches of a Markdown text, in bytes and in order.
#[derive(Debug, Default)]
pub(super) struct Markup {
    /// Code spans and fenced blocks with their marks.
    pub(super) code: Vec<Span>,
    /// `<!-- … -->`.
    pub(super) comments: Vec<Span>,
    /// Marks around words that are no words: the brackets and the target of a link, tags of HTML.
    pub(super) marks: Vec<Span>,
    /// Each `postlint-ignore` comment: where it stands, the lines that it is for (counted from its own; `None` for the whole post), and what it
    /// says; `None` without a rule and a reason.
    pub(super) ignores: Vec<Note>,
}

/// Reads the markup of `text`.
pub(super) fn read(text: &str) -> Markup {
    let mut markup = Markup::default();
    let tags = markup.parse(text);
    let mut at = 0;
    while let Some(start) = text.get(at..).and_then(|rest| rest.find("<!--")).map(|found| at + found) {
        let Some(len) = text.get(start + 4..).and_then(|rest| rest.find("-->")) else { break };
        let comment = Span::new(start, start + 4 + len + 3);
        at = comment.end;
        let code = markup.code.partition_point(|code| code.start <= start);
        if markup.code.get(code.wrapping_sub(1)).is_some_and(|code| code.covers(comment)) {
            continue;
        }
        let body = text.get(start + 4..start + 4 + len).unwrap_or("").trim();
        if let Some(note) = body.strip_prefix("postlint-ignore-line") {
            markup.ignores.push((start, Some(lines(text, comment)), metadata::ignore_line(note)));
        } else if let Some(note) = body.strip_prefix("postlint-ignore") {
            markup.ignores.push((start, None, metadata::ignore_line(note)));
        }
        markup.comments.push(comment);
    }
    for tag in tags {
        // A tag inside a word is seen as little as a comment there.
        if inside_word(text, tag) && !starts_with_name(tag.of(text), "br") { markup.comments.push(tag) } else { markup.marks.push(tag) }
    }
    markup.comments.sort();
    markup.comments.dedup_by(|next, kept| next.start < kept.end);
    markup
}

/// Whether letters touch the stretch on both sides.
pub(super) fn inside_word(text: &str, span: Span) -> bool {
    let before = text.get(..span.start).and_then(|left| left.chars().next_back());
    let after = text.get(span.end..).and_then(|right| right.chars().next());
    before.is_some_and(char::is_alphabetic) && after.is_some_and(char::is_alphabetic)
}

/// Whether a tag has this name.
fn starts_with_name(tag: &str, name: &str) -> bool {
    let inner = tag.trim_start_matches(['<', '/']);
    let end = inner.bytes().take_while(u8::is_ascii_alphanumeric).count();
    inner.get(..end).is_some_and(|own| own.eq_ignore_ascii_case(name))
}

/// The lines that a comment on a line is for, counted from the one on which it begins: its own, or the next one when it stands alone.
fn lines(text: &str, comment: Span) -> (usize, usize) {
    let own = super::lines::lines(comment.of(text)).count().saturating_sub(1);
    let before = text.get(..comment.start).and_then(|left| left.rsplit(['\n', '\r']).next()).unwrap_or_default();
    let after = text.get(comment.end..).and_then(|right| right.split(['\n', '\r']).next()).unwrap_or_default();
    let alone = before.trim().is_empty() && after.trim().is_empty();
    if alone { (own + 1, own + 1) } else { (0, own) }
}

impl Markup {
    /// Notes code spans, fenced blocks and what stands around the words of links, and gives the tags of HTML among words. An indented block is more often
    /// an indented paragraph, so it is read as text.
    fn parse(&mut self, text: &str) -> Vec<Span> {
        if !text.contains(['`', '~', '<', ']']) {
            return Vec::new();
        }
        // A draft often leaves out where `[words][1]` leads.
        let unknown = |_: BrokenLink<'_>| Some((CowStr::Borrowed(""), CowStr::Borrowed("")));
        let (mut tags, mut open) = (Vec::new(), Vec::<(LinkType, Option<Span>)>::new());
        for (event, range) in Parser::new_with_broken_link_callback(text, Options::empty(), Some(unknown)).into_offset_iter() {
            let span = Span::new(range.start, range.end);
            if let Event::End(TagEnd::Link | TagEnd::Image) = event {
                // `[sic]` and `<https://a.b>` are what they seem.
                if let Some((link, Some(words))) = open.pop()
                    && !matches!(link, LinkType::ShortcutUnknown | LinkType::Autolink | LinkType::Email)
                {
                    self.marks.extend([Span::new(span.start, words.start), Span::new(words.end, span.end)]);
                }
                continue;
            }
            for (_, words) in &mut open {
                *words = Some(Span::new(words.map_or(span.start, |words| words.start), span.end));
            }
            match event {
                Event::Start(Tag::Link { link_type, .. } | Tag::Image { link_type, .. }) => open.push((link_type, None)),
                Event::InlineHtml(tag) if !tag.starts_with("<!--") => tags.push(span),
                Event::Code(_) | Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_)))
                    if self.code.last().is_none_or(|last| last.end <= span.start) =>
                {
                    self.code.push(span);
                }
                _ => {}
            }
        }
        tags
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_code_and_comments() {
        let text = "a `code <!-- x -->` b <!-- hidden -->\n\n```sh\n<!-- y -->\n```\n\n    indented <!-- open";
        let markup = read(text);
        assert_eq!(markup.code.iter().map(|s| s.of(text).trim_end()).collect::<Vec<_>>(), ["`code <!-- x -->`", "```sh\n<!-- y -->\n```"]);
        let notes =
            read("a <!-- postlint-ignore-line r: b -->\n\n<!-- postlint-ignore-line r: b\n-->\nc <!-- postlint-ignore r: b -->").ignores;
        assert_eq!(notes.iter().map(|(_, lines, _)| *lines).collect::<Vec<_>>(), [Some((0, 0)), Some((2, 2)), None]);
        assert_eq!(markup.comments.iter().map(|s| s.of(text)).collect::<Vec<_>>(), ["<!-- hidden -->"]);
    }
}
