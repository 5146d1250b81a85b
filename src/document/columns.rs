//! Tells from a CSV header which scheduler wrote the file and what each column holds.
//!
//! Column names as published by the schedulers (checked 2026-11-23): Buffer `Text,Image URL,Tags,Posting Time`; Publer's twelve columns (`Date`, `Text`,
//! `Link(s)`, `Media URL(s)`, `Title`, `Label(s)`, `Alt text(s)`, `Comment(s)` …); Metricool `Text,Date,Time,Draft,Facebook,…`; HighLevel
//! `postAtSpecificTime (YYYY-MM-DD HH:mm:ss),content,link …`; Sprout Social `date,time_24hr,message_text …`; Hootsuite date, message, link, mostly
//! without a header.

use super::{FieldKind, dates};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    /// Text that is checked.
    Text(FieldKind),
    /// A key of the metadata.
    Key(&'static str),
    /// Date of the schedule, perhaps with the time.
    Date,
    /// Time of the schedule.
    Time,
    /// Whether the post goes to this platform.
    Platform(&'static str),
    /// The post's own id.
    Id,
    /// `RULE: reason` lines.
    Ignore,
    /// A setting without words, such as "draft".
    Setting,
    /// Something that nobody told us about.
    Unknown,
}

/// The columns of a header, `None` when it is no known one. `named` gives the names that the user chose for our keys: `("text", "Message")`.
pub(super) fn of_header(cells: &[String], named: &[(String, String)]) -> Option<Vec<Column>> {
    let names: Vec<String> = cells.iter().map(|cell| plain(cell)).collect();
    let has = |wanted: &str| names.iter().any(|name| name == wanted);
    let chosen = |cell: &str| named.iter().find(|(_, column)| column.trim().eq_ignore_ascii_case(cell.trim())).map(|(key, _)| key.as_str());
    let text = if named.iter().any(|(key, _)| key == "text") {
        ""
    } else if has("text") {
        "text"
    } else if has("message text") {
        "message text"
    } else if has("content") && has("postatspecifictime") {
        "content"
    } else if has("message") && has("date") {
        "message"
    } else {
        return None;
    };
    let columns = cells.iter().zip(&names).map(|(cell, name)| match chosen(cell) {
        Some(key) => of_name(&plain(key)),
        None if name == text && !text.is_empty() => Column::Text(FieldKind::Text),
        // The name of a text column that another scheduler uses says nothing here.
        None => Some(of_name(name)).filter(|column| *column != Column::Text(FieldKind::Text)).unwrap_or(Column::Unknown),
    });
    let columns: Vec<Column> = columns.collect();
    columns.contains(&Column::Text(FieldKind::Text)).then_some(columns)
}

/// The columns of a file without a header, as Hootsuite takes it: a date, the message, and perhaps a link.
pub(super) fn without_header(first: &[String]) -> Option<Vec<Column>> {
    let dated = first.first().is_some_and(|cell| !matches!(dates::read(cell, None), Err(dates::Unread::Wrong)));
    let all = [Column::Date, Column::Text(FieldKind::Text), Column::Text(FieldKind::Link)];
    (dated && (2..=3).contains(&first.len())).then(|| all.into_iter().take(first.len()).collect())
}

/// A header cell in lower case, without hints: `Link(s) - Separated by comma` is `link`, `postAtSpecificTime (YYYY…)` is `postatspecifictime`.
fn plain(cell: &str) -> String {
    let lower = cell.trim().trim_start_matches('\u{feff}').to_lowercase().replace('_', " ").replace("(s)", "");
    let end = [" - ", " ("].iter().filter_map(|hint| lower.find(hint)).min().unwrap_or(lower.len());
    lower.get(..end).unwrap_or("").trim().to_owned()
}

fn of_name(name: &str) -> Column {
    let numbered = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == ' ');
    NAMES.iter().find(|(known, _)| *known == name || *known == numbered).map_or(Column::Unknown, |(_, column)| *column)
}

const NAMES: [(&str, Column); 84] = [
    ("text", Column::Text(FieldKind::Text)),
    ("message text", Column::Text(FieldKind::Text)),
    ("alt", Column::Text(FieldKind::Alt)),
    ("alt text", Column::Text(FieldKind::Alt)),
    ("alt text picture", Column::Text(FieldKind::Alt)),
    ("image alt text", Column::Text(FieldKind::Alt)),
    ("first comment", Column::Text(FieldKind::FirstComment)),
    ("first comment text", Column::Text(FieldKind::FirstComment)),
    ("comment", Column::Text(FieldKind::FirstComment)),
    ("followupcomment", Column::Text(FieldKind::FirstComment)),
    ("follow up comment", Column::Text(FieldKind::FirstComment)),
    ("title", Column::Text(FieldKind::Title)),
    ("document title", Column::Text(FieldKind::Title)),
    ("linkedin document title", Column::Text(FieldKind::Title)),
    ("pinterest pin title", Column::Text(FieldKind::Title)),
    ("youtube video title", Column::Text(FieldKind::Title)),
    ("youtubetitle", Column::Text(FieldKind::Title)),
    ("tiktok title", Column::Text(FieldKind::Title)),
    ("tiktok post title", Column::Text(FieldKind::Title)),
    ("facebook title", Column::Text(FieldKind::Title)),
    ("link", Column::Text(FieldKind::Link)),
    ("url", Column::Text(FieldKind::Link)),
    ("link url", Column::Text(FieldKind::Link)),
    ("pinterest pin link", Column::Text(FieldKind::Link)),
    ("date", Column::Date),
    ("scheduled at", Column::Date),
    ("posting time", Column::Date),
    ("postatspecifictime", Column::Date),
    ("time", Column::Time),
    ("time 24hr", Column::Time),
    ("id", Column::Id),
    ("postlint ignore", Column::Ignore),
    ("platform", Column::Key("platform")),
    ("account", Column::Key("account")),
    ("brand name", Column::Key("account")),
    ("audience", Column::Key("audience")),
    ("pillar", Column::Key("pillar")),
    ("category", Column::Key("pillar")),
    ("tags", Column::Key("tags")),
    ("label", Column::Key("tags")),
    ("approved at", Column::Key("approved_at")),
    ("event at", Column::Key("event_at")),
    ("media", Column::Key("media")),
    ("media url", Column::Key("media")),
    ("image url", Column::Key("media")),
    ("imageurls", Column::Key("media")),
    ("gifurl", Column::Key("media")),
    ("gifurls", Column::Key("media")),
    ("videourl", Column::Key("media")),
    ("videourls", Column::Key("media")),
    ("picture url", Column::Key("media")),
    ("consent", Column::Key("consent")),
    ("facebook", Column::Platform("facebook")),
    ("twitter", Column::Platform("x")),
    ("twitter/x", Column::Platform("x")),
    ("x", Column::Platform("x")),
    ("linkedin", Column::Platform("linkedin")),
    ("gbp", Column::Platform("google-business")),
    ("google business", Column::Platform("google-business")),
    ("instagram", Column::Platform("instagram")),
    ("pinterest", Column::Platform("pinterest")),
    ("tiktok", Column::Platform("tiktok")),
    ("youtube", Column::Platform("youtube")),
    ("twitch", Column::Platform("twitch")),
    ("threads", Column::Platform("threads")),
    ("bluesky", Column::Platform("bluesky")),
    ("mastodon", Column::Platform("mastodon")),
    ("draft", Column::Setting),
    ("shortener", Column::Setting),
    ("cta", Column::Setting),
    ("reminder", Column::Setting),
    ("post subtype", Column::Setting),
    ("posttype", Column::Setting),
    ("watermark", Column::Setting),
    ("pin board, fb album, or google category", Column::Setting),
    ("pinterest board", Column::Setting),
    ("pinterestboardid", Column::Setting),
    ("video thumbnail url", Column::Setting),
    ("video cover frame", Column::Setting),
    ("instagram type", Column::Setting),
    ("facebook post type", Column::Setting),
    ("twitter/x can reply", Column::Setting),
    ("youtube video type", Column::Setting),
    ("linkedin type", Column::Setting),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(header: &str, named: &[(&str, &str)]) -> Option<Vec<Column>> {
        let named: Vec<_> = named.iter().map(|(key, column)| ((*key).to_owned(), (*column).to_owned())).collect();
        of_header(&header.split('|').map(str::to_owned).collect::<Vec<_>>(), &named)
    }

    #[test]
    fn knows_the_schedulers() {
        use Column::{Date, Id, Ignore, Key, Platform, Setting, Time, Unknown};
        let text = Column::Text(FieldKind::Text);
        let field = Column::Text;
        for (header, want) in [
            ("Text|Image URL|Tags|Posting Time", vec![text, Key("media"), Key("tags"), Date]),
            (
                "Date - Intl. format or prompt|Text|Link(s) - Separated by comma|Media URL(s)|Title - For the video|Label(s)|Alt text(s)|Comment(s) - Separated by ||CTA",
                vec![
                    Date,
                    text,
                    field(FieldKind::Link),
                    Key("media"),
                    field(FieldKind::Title),
                    Key("tags"),
                    field(FieldKind::Alt),
                    field(FieldKind::FirstComment),
                    Unknown,
                    Setting,
                ],
            ),
            (
                "Text|Date|Time|Draft|Facebook|Twitter/X|Picture Url 2|Alt text picture 10",
                vec![text, Date, Time, Setting, Platform("facebook"), Platform("x"), Key("media"), field(FieldKind::Alt)],
            ),
            (
                "postAtSpecificTime (YYYY-MM-DD HH:mm:ss)|content|link (OGmetaUrl)|followUpComment",
                vec![Date, text, field(FieldKind::Link), field(FieldKind::FirstComment)],
            ),
            ("date|time_24hr|message_text|link", vec![Date, Time, text, field(FieldKind::Link)]),
            ("Date|Message|Link", vec![Date, text, field(FieldKind::Link)]),
            ("\u{feff}id|text|first_comment|postlint_ignore|notes", vec![Id, text, field(FieldKind::FirstComment), Ignore, Unknown]),
        ] {
            assert_eq!(columns(header, &[]), Some(want), "{header}");
        }
        assert_eq!(columns("Message|When", &[]), None);
        assert_eq!(columns("Message|When|Text", &[("text", "Message"), ("scheduled_at", "when")]), Some(vec![text, Date, Unknown]));
        assert_eq!(columns("Caption", &[("text", "Message")]), None);
    }

    #[test]
    fn knows_a_file_without_header() {
        let row = |cells: &[&str]| without_header(&cells.iter().map(|c| (*c).to_owned()).collect::<Vec<_>>());
        assert_eq!(row(&["3/4/2026 10:00", "Hi", ""]).map(|c| c.len()), Some(3));
        assert_eq!(row(&["When", "Hi"]), None);
    }
}
