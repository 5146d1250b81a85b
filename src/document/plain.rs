//! Reads a draft as one post or a thread: plain text and Markdown, with optional front matter; a line of `---` parts the posts of a thread.

use super::{
    Document, Field, FieldKind, InputKind, Origin, Parsed, Post, Problem, THREAD_LIMIT, Text, front_matter, hidden, lines::Ruler,
    lines::lines, markdown,
};
use crate::span::{Position, Span};

/// How a comment to this program begins.
const NOTE: &str = "postlint-ignore";

/// Reads the decoded text of one file.
pub(super) fn read(path: &str, kind: InputKind, text: &str) -> Parsed {
    let front = front_matter::read(text);
    let mut parsed = Parsed { problems: front.problems, ..Parsed::default() };
    let mut parts = parts(text, front.body);
    if let Some(first) = parts.get(THREAD_LIMIT) {
        let at = Ruler::new(text, Position { line: 1, column: 1 }).at(text, first.start).position;
        parsed.problems.push(Problem::at(at, format!("a thread of more than {THREAD_LIMIT} posts is not read further; split the file")));
        parts.truncate(THREAD_LIMIT);
    }
    let longer = parts.len() == THREAD_LIMIT;
    let ruler = Ruler::new(text, Position { line: 1, column: 1 });
    let mut fields = front.fields;
    let mut posts = Vec::new();
    for (part, number) in parts.iter().zip(1..) {
        let start = ruler.at(text, part.start).position;
        let mut metadata = front.metadata.clone();
        let source = part.of(text);
        let mut words = Text::from_raw(source, Origin::new(start, part.start));
        if kind == InputKind::Markdown {
            let markup = markdown::read(source);
            words = words.with_markup(markup.code, markup.comments, markup.marks);
            for (at, lines, ignore) in markup.ignores {
                let position = words.place(Span::new(at, at)).from;
                match ignore {
                    Some(ignore) => metadata.ignore.push(super::Ignore {
                        at: Some(position),
                        lines: lines.map(|(from, to)| (position.line + from, position.line + to)),
                        ..ignore
                    }),
                    None => parsed.problems.push(Problem::at(
                        position,
                        format!("a {NOTE} comment is `<!-- {NOTE} RULE: reason -->`, or {NOTE}-line for one line; the reason is required"),
                    )),
                }
            }
        }
        let mut all = vec![Field { kind: FieldKind::Text, text: words }];
        all.append(&mut fields);
        posts.push(Post { id: number.to_string(), metadata, fields: all });
    }
    parsed.documents.push(Document { path: path.to_owned(), thread: posts.len() > 1, posts });
    if !longer {
        parsed.words_were_read();
    }
    parsed
}

/// The stretches between lines of `---`, from the body on; blank ones are left out.
fn parts(text: &str, body: usize) -> Vec<Span> {
    let mut found = Vec::new();
    let (mut start, mut at) = (body, body);
    for line in lines(text.get(body..).unwrap_or("")) {
        if line.trim_end_matches(['\n', '\r', ' ', '\t']) == "---" {
            found.push(Span::new(start, at));
            start = at + line.len();
        }
        at += line.len();
    }
    found.push(Span::new(start, at));
    let any = found.iter().any(|part| !hidden::is_blank(part.of(text)));
    found.retain(|part| any && !hidden::is_blank(part.of(text)));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(parsed: &Parsed) -> Vec<(String, usize, usize)> {
        let field = |post: &Post| post.fields[0].text.place(Span::new(0, 0)).from.line;
        parsed.documents[0]
            .posts
            .iter()
            .map(|post| (post.fields[0].text.source().trim().to_owned(), field(post), post.fields.len()))
            .collect()
    }

    #[test]
    fn parts_a_thread() {
        let text = "---\nplatform: x\nalt: A chart\n---\nFirst\r\n---\nSecond\n---\n\n---  \nThird -- no ---\n----\n";
        let parsed = read("t.txt", InputKind::Plain, text);
        assert_eq!(shown(&parsed), [("First".into(), 5, 2), ("Second".into(), 7, 1), ("Third -- no ---\n----".into(), 11, 1)]);
        assert!(parsed.documents[0].thread && parsed.documents[0].posts.iter().all(|post| post.metadata.platforms == ["x"]));
        assert_eq!(parsed.documents[0].posts[2].id, "3");
    }

    #[test]
    fn a_thread_is_the_same_whatever_ends_its_lines() {
        let text = "---\nplatform: x\nalt: A chart\npostlint: {ignore: [{rule: r, reason: s}]}\n---\nFirst\n---\nSecond\n";
        for (end, length) in [("\n", 2), ("\r\n", 2), ("\r", 2)] {
            let parsed = read("t.txt", InputKind::Plain, &text.replace('\n', end));
            assert_eq!(parsed.problems, [], "{end:?}");
            assert_eq!(shown(&parsed), [("First".into(), 6, length), ("Second".into(), 8, 1)], "{end:?}");
            let metadata = &parsed.documents[0].posts[1].metadata;
            assert_eq!((metadata.platforms.as_slice(), metadata.ignore[0].at.unwrap().line), (&["x".to_owned()][..], 4), "{end:?}");
        }
    }

    #[test]
    fn an_empty_file_has_no_post() {
        for text in ["", " \n\n", "\u{a0}\u{200b}\n", "---\nplatform: x\n---\n"] {
            assert!(read("t.txt", InputKind::Plain, text).documents[0].posts.is_empty(), "{text:?}");
        }
        assert_eq!(shown(&read("t.txt", InputKind::Plain, "one post")), [("one post".into(), 1, 1)]);
    }

    #[test]
    fn the_text_of_a_link_is_text_in_markdown() {
        let text =
            "[Stop](https://a.b/c) your [meds][1], `[x](y)` [^1] <b>met</b><wbr>formin\n\n[or](http://c.d) at<!-- -->or<wbr>va a<br>b";
        let words = |kind| {
            let parsed = read("t", kind, text);
            let text = &parsed.documents[0].posts[0].fields[0].text;
            text.words()
                .iter()
                .map(|word| format!("{}{}", if word.starts_paragraph { "|" } else { "" }, word.of(text.folded())))
                .collect::<Vec<_>>()
        };
        let got = words(InputKind::Markdown).join(" ");
        assert_eq!(got, "Stop your meds , [ x ] ( y ) [ ^ 1 ] met formin |or atorva a b");
        assert!(words(InputKind::Plain).join(" ").starts_with("[ Stop ] ( https"));
    }

    #[test]
    fn comments_count_in_markdown_only() {
        let text = "Hi\n<!-- postlint-ignore stop-medication: leaflet --> there\n<!-- postlint-ignore x -->\n";
        let parsed = read("t.md", InputKind::Markdown, text);
        let post = &parsed.documents[0].posts[0];
        assert_eq!(post.metadata.ignore[0].at, Some(Position { line: 2, column: 1 }));
        assert_eq!(post.fields[0].text.folded(), "Hi\n  there\n \n");
        assert_eq!(parsed.problems[0].line, Some(3));
        let parsed = read("t.txt", InputKind::Plain, text);
        assert!(parsed.documents[0].posts[0].metadata.ignore.is_empty() && parsed.problems.is_empty());
    }
}
