//! Support conversations on Twitter, as tables of tweets have them: a tweet a row, answers by the ids of tweets.
//!
//! Takes a whole file, gives a conversation an interaction: whatever hangs together by `in_response_to_tweet_id` and
//! `response_tweet_id`, also over tweets that the file does not have. Its customer is who wrote first from outside, its
//! category the company that answered, or else the one that was addressed. Times are those of Twitter's exports.

use std::collections::HashMap;
use std::io::Read;

use super::batch::Collector;
use super::export::{Record, Said};
use super::row::Fault;
use super::time::TimeReader;
use crate::error::{Error, Result};
use crate::interaction::{MICROS_PER_SECOND, Micros};

/// Files of more bytes are split first: conversations are known only when all of a file is.
const MAX_BYTES: u64 = 2 << 30;

/// The columns by which a table is told to be of tweets.
const COLUMNS: [&str; 5] = ["tweet_id", "author_id", "inbound", "created_at", "in_response_to_tweet_id"];

/// How Twitter writes times.
const TIME: &str = "%a %b %d %H:%M:%S %z %Y";

/// Whether the header of a table is that of tweets.
pub(super) fn is_header(head: &[u8]) -> bool {
    let line = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = String::from_utf8_lossy(line);
    let names: Vec<&str> = line.split(',').map(|name| name.trim().trim_matches('"')).collect();
    COLUMNS.iter().all(|column| names.contains(column))
}

/// A tweet as it is written.
struct Tweet {
    line: u64,
    id: u64,
    author: String,
    is_inbound: bool,
    at: Micros,
    text: String,
}

/// Reads the whole file.
///
/// # Errors
/// Where the file cannot be read or is too long, or the sink fails.
pub(super) fn read(reader: impl Read, rows: &mut Collector<'_>) -> Result<()> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(reader.take(MAX_BYTES + 1));
    let header = reader.headers().map_err(|error| broken(rows, &error))?.clone();
    let at = |name: &str| header.iter().position(|column| column == name);
    let places =
        [COLUMNS[0], COLUMNS[1], COLUMNS[2], COLUMNS[3], COLUMNS[4], "text", "response_tweet_id"].map(at);
    let mut times = TimeReader::new(Some(TIME), "UTC");
    let (mut tweets, mut threads) = (Vec::new(), Threads::default());
    let mut record = csv::StringRecord::new();
    loop {
        let line = reader.position().line();
        match reader.read_record(&mut record) {
            Ok(true) if record.len() == header.len() => match tweet(line, &record, &places, &mut times) {
                Ok(tweet) => {
                    let linked =
                        |place: Option<usize>| place.and_then(|at| record.get(at)).unwrap_or_default();
                    let answers = [linked(places[4]), linked(places[6])];
                    for other in answers.iter().flat_map(|ids| ids.split(',')).filter_map(id_of) {
                        threads.join(tweet.id, other);
                    }
                    tweets.push(tweet);
                }
                Err(fault) => rows.reject(line, fault, raw(&record).as_bytes())?,
            },
            Ok(true) => {
                let reason = format!("wrong number of fields: {} instead of {}", record.len(), header.len());
                rows.reject(line, Fault::of_row(reason), raw(&record).as_bytes())?;
            }
            Ok(false) => break,
            Err(error) if error.is_io_error() => return Err(broken(rows, &error)),
            Err(_) => rows.reject(line, Fault::of_row("bad encoding: no UTF-8 text".to_string()), b"")?,
        }
    }
    if reader.position().byte() > MAX_BYTES {
        let what = format!("a table of tweets of over {} GB", MAX_BYTES >> 30);
        return Err(Error::data(rows.path(), what, "split it by company"));
    }
    hand_on(tweets, threads, rows)
}

fn broken(rows: &Collector<'_>, error: &csv::Error) -> Error {
    Error::data(rows.path(), format!("not readable as CSV: {error}"), "save it as CSV again")
}

fn raw(record: &csv::StringRecord) -> String {
    record.iter().collect::<Vec<_>>().join(",")
}

fn tweet(
    line: u64,
    record: &csv::StringRecord,
    places: &[Option<usize>; 7],
    times: &mut TimeReader,
) -> Result<Tweet, Fault> {
    let cell = |at: usize| places[at].and_then(|at| record.get(at)).unwrap_or_default().trim();
    let fault = |column: &str, what: &str| Fault {
        column: Some(column.to_string()),
        reason: format!(
            "{what}: {}",
            super::shown(cell(COLUMNS.iter().position(|it| *it == column).unwrap_or(0)))
        ),
        needs_format: false,
    };
    let id = id_of(cell(0)).ok_or_else(|| fault(COLUMNS[0], "no id of a tweet"))?;
    let is_inbound = match cell(2).to_ascii_lowercase().as_str() {
        "true" | "1" => true,
        "false" | "0" => false,
        _ => return Err(fault(COLUMNS[2], "neither inbound nor outbound")),
    };
    let at = times.read(cell(3)).map_err(|_| fault(COLUMNS[3], "unreadable time"))?.at;
    Ok(Tweet { line, id, author: cell(1).to_string(), is_inbound, at, text: plain(cell(5)) })
}

/// The number of a tweet; pandas writes `848.0`.
fn id_of(text: &str) -> Option<u64> {
    let text = text.trim();
    text.strip_suffix(".0").unwrap_or(text).parse().ok()
}

/// A text without the entities of HTML that Twitter puts in.
fn plain(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// Which tweets hang together.
#[derive(Default)]
struct Threads(HashMap<u64, u64>);

impl Threads {
    /// The tweet that stands for all that hang together with this one.
    fn of(&mut self, id: u64) -> u64 {
        let mut root = id;
        while let Some(&next) = self.0.get(&root) {
            root = next;
        }
        let mut at = id;
        while let Some(next) = self.0.get_mut(&at) {
            at = std::mem::replace(next, root);
        }
        root
    }

    /// The smaller id stands for both, whatever the order of rows.
    fn join(&mut self, a: u64, b: u64) {
        let (a, b) = (self.of(a), self.of(b));
        if a != b {
            self.0.insert(a.max(b), a.min(b));
        }
    }
}

/// Makes the conversations, in the order of their first tweets.
fn hand_on(tweets: Vec<Tweet>, mut threads: Threads, rows: &mut Collector<'_>) -> Result<()> {
    let mut conversations: HashMap<u64, Vec<Tweet>> = HashMap::new();
    for tweet in tweets {
        conversations.entry(threads.of(tweet.id)).or_default().push(tweet);
    }
    let mut conversations: Vec<Vec<Tweet>> = conversations.into_values().collect();
    for conversation in &mut conversations {
        conversation.sort_by_key(|tweet| (tweet.at, tweet.id));
        conversation.dedup_by_key(|tweet| tweet.id);
    }
    conversations.sort_by_key(|conversation| (conversation[0].at, conversation[0].id));
    conversations.into_iter().try_for_each(|it| rows.record(it[0].line, record(&it), ""))
}

fn record(tweets: &[Tweet]) -> Record {
    let (first, last) = (&tweets[0], &tweets[tweets.len() - 1]);
    let customer = tweets.iter().find(|tweet| tweet.is_inbound);
    let company = tweets.iter().find(|tweet| !tweet.is_inbound).map(|tweet| tweet.author.clone());
    let replies = tweets.iter().filter(|tweet| !tweet.is_inbound).count();
    let moment = |at: Micros| format!("{}", at / MICROS_PER_SECOND);
    let mut record = Record::default();
    record.cell("interaction_id", Some(first.id.to_string()));
    record.cell("customer_id", customer.map(|tweet| tweet.author.clone()));
    record.cell("started_at", Some(moment(first.at)));
    record.cell("ended_at", Some(moment(last.at)));
    record.cell("channel", Some("social"));
    record.cell("direction", Some(if first.is_inbound { "inbound" } else { "outbound" }));
    record.cell("category", company.or_else(|| addressed(&first.text)));
    record.cell("reply_count", Some(replies.to_string()));
    let said = |tweet: &Tweet| Said {
        speaker: if tweet.is_inbound { "customer" } else { "agent" }.to_string(),
        at_seconds: Some((tweet.at - first.at) as f64 / MICROS_PER_SECOND as f64),
        text: tweet.text.clone(),
    };
    record.turns = Some(tweets.iter().map(said).collect());
    record
}

/// The first account that a text addresses by name; numbers are customers whose names were taken out.
fn addressed(text: &str) -> Option<String> {
    let names = text.split_whitespace().filter_map(|word| word.strip_prefix('@'));
    let names = names.map(|name| name.trim_end_matches(|c: char| !c.is_alphanumeric() && c != '_'));
    names.filter(|name| name.chars().any(|c| !c.is_ascii_digit())).map(str::to_string).next()
}

#[cfg(test)]
mod tests {
    use crate::ingest::tests::{read_text, reasons, source};
    use crate::interaction::{Direction, Speaker};

    const HEADER: &str =
        ",tweet_id,author_id,inbound,created_at,text,response_tweet_id,in_response_to_tweet_id\n";

    fn row(id: u64, author: &str, minute: u32, text: &str, next: &str, before: &str) -> String {
        let is_inbound = if author.chars().all(|c| c.is_ascii_digit()) { "True" } else { "False" };
        format!(
            "0,{id},{author},{is_inbound},Tue Oct 31 10:{minute:02}:00 +0000 2017,\"{text}\",{next},{before}\n"
        )
    }

    #[test]
    fn what_hangs_together_is_one_contact_with_its_turns_in_order_of_time() {
        let text = [
            HEADER.to_string(),
            row(12, "ShopHelp", 5, "@9 which one?", "13", "11.0"),
            row(11, "9", 1, "@ShopHelp my parcel &amp; the label", "12", ""),
            row(13, "9", 7, "@ShopHelp the second time I ask", "", "12.0"),
            row(20, "8", 2, "@OtherHelp, hello", "", ""),
        ];
        let batch = read_text("t.csv", &text.concat(), &source());
        assert_eq!(batch.rejects, []);
        let [first, second] = &batch.interactions[..] else { panic!("{:?}", batch.interactions) };
        assert_eq!((first.interaction_id.as_str(), first.customer_id.as_deref()), ("11", Some("9")));
        assert_eq!((first.category.as_deref(), first.reply_count), (Some("ShopHelp"), Some(1)));
        assert_eq!((second.category.as_deref(), second.direction), (Some("OtherHelp"), Direction::Inbound));
        let turns: Vec<(Speaker, f64)> =
            batch.transcripts[0].turns.iter().map(|it| (it.speaker, it.at_seconds.unwrap())).collect();
        assert_eq!(turns, [(Speaker::Customer, 0.0), (Speaker::Agent, 240.0), (Speaker::Customer, 360.0)]);
        assert_eq!(batch.transcripts[0].turns[0].text, "@ShopHelp my parcel & the label");
    }

    #[test]
    fn tweets_that_are_not_in_the_file_hold_a_conversation_together() {
        let text = [HEADER.to_string(), row(3, "9", 9, "again", "", "2.0"), row(1, "9", 1, "first", "2", "")];
        let batch = read_text("t.csv", &text.concat(), &source());
        assert_eq!(batch.interactions.len(), 1);
        assert_eq!(batch.transcripts[0].turns.len(), 2);
    }

    #[test]
    fn the_order_of_rows_does_not_matter() {
        let rows = [
            row(1, "9", 1, "a", "2,4", ""),
            row(2, "Shop", 2, "b", "", "1"),
            row(4, "Shop", 4, "d", "5", "1"),
            row(5, "9", 5, "e", "", "4"),
        ];
        let forth = read_text("t.csv", &format!("{HEADER}{}", rows.concat()), &source());
        let back: String = rows.iter().rev().cloned().collect();
        let back = read_text("t.csv", &format!("{HEADER}{back}"), &source());
        assert_eq!((forth.interactions, forth.transcripts), (back.interactions, back.transcripts));
    }

    #[test]
    fn a_broken_row_is_a_reject_with_its_line_and_never_a_contact_of_now() {
        let text = format!("{HEADER}{}0,2,9,True,yesterday,x,,\n0,3,9,Tr", row(1, "9", 1, "a", "", ""));
        let batch = read_text("t.csv", &text, &source());
        assert_eq!(batch.interactions.len(), 1);
        assert_eq!(
            reasons(&batch),
            [
                (3, "unreadable time: `yesterday`".to_string()),
                (4, "wrong number of fields: 4 instead of 8".to_string())
            ]
        );
    }
}
