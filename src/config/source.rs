//! One `[[source]]` of `recontact.toml`: which files, in which format, and which column is which field.
//!
//! Takes a parsed TOML table, gives a [`Source`] whose every name has been checked. It opens no data file:
//! whether the columns exist is found out when the file is read.

use std::collections::BTreeMap;
use std::path::PathBuf;

use toml::de::{DeTable, DeValue};

use super::database::{Database, PasswordPlace, check_url, is_question};
use super::field::{FIELDS, Field};
use super::file_name::NamePattern;
use super::format::Format;
use super::json::JsonShape;
use super::toml_text::{TomlText, Value, suggestion};
use crate::error::Result;
use crate::identity::Region;

/// Files of one kind that are read in one way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The folder that relative paths start from: that of `recontact.toml`.
    pub base: PathBuf,
    /// A file, a folder or a glob, as the user wrote it; blank where the source is a database.
    pub path: String,
    /// A database; `None` means: the files of `path`.
    pub database: Option<Database>,
    /// What a row is; `None` means: look at the content.
    pub kind: Option<Kind>,
    /// The file format; `None` means: by extension and content.
    pub format: Option<Format>,
    /// How the names of the files tell cells of the interaction in them: `{interaction_id}_{started_at:%Y%m%d}.json`.
    pub name: Option<String>,
    /// Where the transcripts of these files belong to interactions of other sources: those of the same customer that
    /// began at most so many seconds before or after. `None` means: they are joined by their ids.
    pub join_within: Option<u32>,
    /// Where things stand in JSON documents that no reader knows.
    pub json: Option<JsonShape>,
    /// The byte between fields of a CSV file; `None` means: look at the header.
    pub delimiter: Option<u8>,
    /// The sheet of a workbook; `None` means: the first that has a table.
    pub sheet: Option<String>,
    /// Label of the character encoding as the WHATWG standard has it; `None` is UTF-8 (or UTF-16 by its mark).
    pub encoding: Option<String>,
    /// IANA name of the time zone of times without an offset.
    pub timezone: String,
    /// Whose numbers telephone numbers without a calling code are; `None` means: not known.
    pub region: Option<Region>,
    /// Values that mean missing, in every column.
    pub blank: Vec<String>,
    /// The columns of each field that the user mapped. No columns means: the field is not to be mapped at all.
    pub fields: BTreeMap<Field, Columns>,
    /// Per field: source value to canonical value.
    pub values: BTreeMap<Field, BTreeMap<String, String>>,
    /// The company's own domains and addresses: who writes from them is no customer.
    pub own: Vec<String>,
}

/// What the rows of a source are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A row is an interaction and must have a start.
    Interactions,
    /// A row is a transcript or a turn; with a start it is an interaction too.
    Transcripts,
    /// A row is what a customer answered about an interaction, and never an interaction itself.
    Surveys,
    /// A row or a file is an article of the knowledge base.
    Articles,
}

impl Kind {
    /// Every kind.
    const ALL: [Kind; 4] = [Kind::Interactions, Kind::Transcripts, Kind::Surveys, Kind::Articles];

    /// As the configuration writes it.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Interactions => "interactions",
            Kind::Transcripts => "transcripts",
            Kind::Surveys => "surveys",
            Kind::Articles => "articles",
        }
    }
}

/// The source columns of one field.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Columns {
    /// Column names: joined with `-`, for times with a space.
    pub columns: Vec<String>,
    /// How a time is written: a strftime format, `epoch_seconds`, `epoch_millis`, `epoch_micros` or `excel_serial`.
    pub format: Option<String>,
    /// Values that mean missing in this field, besides those of the source.
    pub blank: Vec<String>,
}

impl Source {
    /// A source with nothing said but where it is: everything else is found out from the content.
    pub fn of_path(base: PathBuf, path: String) -> Source {
        Source {
            base,
            path,
            database: None,
            kind: None,
            format: None,
            name: None,
            join_within: None,
            json: None,
            delimiter: None,
            sheet: None,
            encoding: None,
            timezone: "UTC".to_string(),
            region: None,
            blank: Vec::new(),
            fields: BTreeMap::new(),
            values: BTreeMap::new(),
            own: Vec::new(),
        }
    }
}

const KEYS: &[&str] = &[
    "path",
    "url",
    "query",
    "cursor",
    "password_env",
    "password_file",
    "kind",
    "format",
    "name",
    "join_within",
    "json",
    "delimiter",
    "sheet",
    "encoding",
    "timezone",
    "region",
    "blank",
    "fields",
    "speakers",
    "values",
    "own",
];

/// Reads one `[[source]]` table.
pub(super) fn source(toml: TomlText<'_>, value: &Value<'_>, base: PathBuf) -> Result<Source> {
    let table = toml.table("source", value)?;
    let mut source = Source::of_path(base, String::new());
    let mut speakers = BTreeMap::new();
    let mut pattern = None;
    let mut asked = Asked::default();
    for (key, value) in table {
        match key.get_ref().as_ref() {
            "path" => source.path = toml.string("path", value)?,
            "url" => asked.url = Some(url(toml, value)?),
            "query" => asked.query = Some(toml.string("query", value)?),
            "cursor" => asked.cursor = Some(toml.string("cursor", value)?),
            "password_env" => asked.passwords.push(PasswordPlace::Env(toml.string("password_env", value)?)),
            "password_file" => {
                let file = toml.string("password_file", value)?;
                asked.passwords.push(PasswordPlace::File(source.base.join(file)));
            }
            "kind" => source.kind = Some(kind(toml, value)?),
            "format" => source.format = Some(format(toml, value)?),
            "name" => pattern = Some(name_pattern(toml, value, &mut source)?),
            "join_within" => source.join_within = Some(tolerance(toml, value)?),
            "json" => source.json = Some(super::json::json(toml, value)?),
            "delimiter" => source.delimiter = Some(delimiter(toml, value)?),
            "sheet" => source.sheet = Some(toml.string("sheet", value)?),
            "encoding" => source.encoding = Some(encoding(toml, value)?),
            "timezone" => source.timezone = timezone(toml, value)?,
            "region" => source.region = Some(region(toml, value)?),
            "blank" => source.blank = toml.strings("blank", value)?,
            "fields" => source.fields = fields(toml, toml.table("fields", value)?)?,
            "speakers" => speakers = words(toml, Field::Speaker, value)?,
            "own" => source.own = toml.strings("own", value)?,
            "values" => source.values = values(toml, toml.table("values", value)?)?,
            _ => return Err(toml.unknown_key(key, "[[source]]", KEYS)),
        }
    }
    for (column, format) in pattern.into_iter().flat_map(|pattern| pattern.columns) {
        let Some(field) = Field::from_name(&column) else { continue };
        let columns = source.fields.entry(field).or_default();
        columns.columns = vec![column];
        columns.format = format.or(columns.format.take());
    }
    if !speakers.is_empty() {
        source.values.entry(Field::Speaker).or_default().extend(speakers);
    }
    if source.json.is_some() {
        source.format.get_or_insert(Format::Conversations);
    }
    source.database = asked.database(toml, value, &source)?;
    if source.path.trim().is_empty() && source.database.is_none() {
        return Err(toml.fault(value, "a [[source]] without a path", "add path = \"calls.csv\""));
    }
    Ok(source)
}

/// What a source says about a database.
#[derive(Default)]
struct Asked {
    url: Option<String>,
    query: Option<String>,
    cursor: Option<String>,
    passwords: Vec<PasswordPlace>,
}

impl Asked {
    fn database(self, toml: TomlText<'_>, value: &Value<'_>, source: &Source) -> Result<Option<Database>> {
        let fault = |what: &str, help: &str| Err(toml.fault(value, what, help));
        let Some(url) = self.url else {
            if self.query.is_some() || self.cursor.is_some() || !self.passwords.is_empty() {
                return fault(
                    "a [[source]] with a query and no url",
                    "add url = \"postgres://user@host/name\"",
                );
            }
            return Ok(None);
        };
        if !source.path.is_empty() {
            return fault("a [[source]] with a path and a url", "write a [[source]] for each");
        }
        if source.format.is_some()
            || source.delimiter.is_some()
            || source.encoding.is_some()
            || source.sheet.is_some()
        {
            let what = "a [[source]] with a url and a format, delimiter, encoding or sheet";
            return fault(what, "only files have them: remove it");
        }
        if self.passwords.len() > 1 {
            return fault("a password_env and a password_file", "keep one of them");
        }
        let Some(query) = self.query.filter(|query| !query.trim().is_empty()) else {
            return fault("a url without a query", "add query = \"SELECT * FROM calls\"");
        };
        if !is_question(&query) {
            return fault("a query that is no SELECT", "a query only reads: write SELECT, WITH or VALUES");
        }
        let password = self.passwords.into_iter().next().unwrap_or_default();
        Ok(Some(Database { url, query, cursor: self.cursor, password }))
    }
}

fn url(toml: TomlText<'_>, value: &Value<'_>) -> Result<String> {
    let url = toml.string("url", value)?;
    match check_url(&url) {
        Ok(()) => Ok(url),
        Err((what, help)) => Err(toml.fault(value, what, help)),
    }
}

fn kind(toml: TomlText<'_>, value: &Value<'_>) -> Result<Kind> {
    let word = toml.string("kind", value)?;
    Kind::ALL.into_iter().find(|kind| kind.name() == word).ok_or_else(|| {
        toml.fault(value, format!("unknown kind `{word}`"), suggestion(&word, &Kind::ALL.map(Kind::name)))
    })
}

fn format(toml: TomlText<'_>, value: &Value<'_>) -> Result<Format> {
    let word = toml.string("format", value)?;
    let known = Format::ALL.iter().find(|(_, names, _)| names.contains(&word.as_str()));
    known.map(|(format, ..)| *format).ok_or_else(|| {
        let names: Vec<&str> = Format::ALL.iter().flat_map(|(_, names, _)| *names).copied().collect();
        toml.fault(value, format!("unknown format `{word}`"), suggestion(&word, &names))
    })
}

/// The pattern for names of files.
fn name_pattern(toml: TomlText<'_>, value: &Value<'_>, source: &mut Source) -> Result<NamePattern> {
    let text = toml.string("name", value)?;
    let pattern = NamePattern::new(&text).map_err(|reason| {
        let what = format!("the pattern {text:?} cannot be used: {reason}");
        toml.fault(value, what, "write it like \"{interaction_id}_{started_at:%Y%m%d}.json\"")
    })?;
    for (column, format) in &pattern.columns {
        let Some(format) = format else { continue };
        if !Field::from_name(column).is_some_and(Field::is_time) {
            let help = "only started_at, ended_at and updated_at have one";
            return Err(toml.fault(value, format!("a format for `{column}`"), help));
        }
        crate::ingest::check_time_format(format).map_err(|reason| {
            let what = format!("the time format {format:?} cannot be used: {reason}");
            toml.fault(value, what, "write it like %Y%m%d or %Y-%m-%dT%H%M%S")
        })?;
    }
    source.name = Some(text);
    Ok(pattern)
}

/// How far the start of a transcript may be from that of its interaction, in seconds.
fn tolerance(toml: TomlText<'_>, value: &Value<'_>) -> Result<u32> {
    const LONGEST: u32 = 86_400;
    let text = toml.string("join_within", value)?;
    let seconds = [('s', 1), ('m', 60), ('h', 3_600)].into_iter().find_map(|(unit, seconds)| {
        text.trim().strip_suffix(unit)?.parse::<u32>().ok()?.checked_mul(seconds)
    });
    seconds.filter(|seconds| (1..=LONGEST).contains(seconds)).ok_or_else(|| {
        let what = format!("`{text}` is no tolerance");
        toml.fault(value, what, "write it like \"90s\", \"5m\" or \"1h\", at most a day")
    })
}

fn delimiter(toml: TomlText<'_>, value: &Value<'_>) -> Result<u8> {
    let text = toml.string("delimiter", value)?;
    match text.as_bytes() {
        [byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r') => Ok(*byte),
        _ => Err(toml.fault(
            value,
            format!("the delimiter {text:?} is not one plain character"),
            "use one ASCII character such as \",\", \";\" or \"\\t\"",
        )),
    }
}

fn encoding(toml: TomlText<'_>, value: &Value<'_>) -> Result<String> {
    let label = toml.string("encoding", value)?;
    match encoding_rs::Encoding::for_label_no_replacement(label.as_bytes()) {
        Some(_) => Ok(label),
        None => Err(toml.fault(
            value,
            format!("unknown encoding `{label}`"),
            "use a web name such as utf-8, windows-1257, windows-1251, gb18030, big5 or utf-16le",
        )),
    }
}

fn timezone(toml: TomlText<'_>, value: &Value<'_>) -> Result<String> {
    let name = toml.string("timezone", value)?;
    match jiff::tz::TimeZone::get(&name) {
        Ok(_) => Ok(name),
        Err(_) => Err(toml.fault(
            value,
            format!("unknown time zone `{name}`"),
            "use an IANA name such as Europe/Riga, Asia/Shanghai or UTC",
        )),
    }
}

fn region(toml: TomlText<'_>, value: &Value<'_>) -> Result<Region> {
    let code = toml.string("region", value)?;
    Region::of_code(&code).ok_or_else(|| {
        toml.fault(
            value,
            format!("unknown region `{code}`"),
            "use an ISO 3166 code of two letters such as LV, BG, CN, GB or US",
        )
    })
}

fn fields(toml: TomlText<'_>, table: &DeTable<'_>) -> Result<BTreeMap<Field, Columns>> {
    let mut fields = BTreeMap::new();
    for (key, value) in table {
        let field = field(toml, key, "[source.fields]")?;
        let columns = match value.get_ref() {
            DeValue::Table(table) => detailed_columns(toml, field, table)?,
            _ => Columns { columns: toml.strings(field.name(), value)?, ..Columns::default() },
        };
        fields.insert(field, columns);
    }
    Ok(fields)
}

/// `{ columns = [...], format = "...", blank = [...] }`.
fn detailed_columns(toml: TomlText<'_>, field: Field, table: &DeTable<'_>) -> Result<Columns> {
    let mut columns = Columns::default();
    for (key, value) in table {
        match key.get_ref().as_ref() {
            "columns" | "column" => columns.columns = toml.strings("columns", value)?,
            "blank" => columns.blank = toml.strings("blank", value)?,
            "format" if field.is_time() => {
                columns.format = Some(time_format(toml, value)?);
            }
            "format" => {
                let what = format!("a format for `{}`", field.name());
                return Err(toml.fault(
                    key,
                    what,
                    "only started_at, ended_at and updated_at have one: remove it",
                ));
            }
            _ => return Err(toml.unknown_key(key, field.name(), &["columns", "format", "blank"])),
        }
    }
    Ok(columns)
}

fn time_format(toml: TomlText<'_>, value: &Value<'_>) -> Result<String> {
    let format = toml.string("format", value)?;
    match crate::ingest::check_time_format(&format) {
        Ok(()) => Ok(format),
        Err(reason) => Err(toml.fault(
            value,
            format!("the time format {format:?} cannot be used: {reason}"),
            "write it like \"%d.%m.%Y %H:%M:%S\", or epoch_seconds, epoch_millis, epoch_micros, excel_serial",
        )),
    }
}

fn values(toml: TomlText<'_>, table: &DeTable<'_>) -> Result<BTreeMap<Field, BTreeMap<String, String>>> {
    let mut values = BTreeMap::new();
    for (key, value) in table {
        let field = field(toml, key, "[source.values]")?;
        if !field.has_values() {
            let what = format!("values for `{}`", field.name());
            return Err(toml.fault(key, what, "only fields of words can have their values mapped"));
        }
        values.insert(field, words(toml, field, value)?);
    }
    Ok(values)
}

/// The words of a source for the values of a field. Those of `speaker` can stand in `[source.speakers]`, too.
fn words(toml: TomlText<'_>, field: Field, value: &Value<'_>) -> Result<BTreeMap<String, String>> {
    let mut words = BTreeMap::new();
    for (from, to) in toml.table(field.name(), value)? {
        let canonical = match to.get_ref() {
            DeValue::Boolean(answer) if field == Field::SurveyIsFirst => {
                if *answer { "yes" } else { "no" }.to_string()
            }
            DeValue::Boolean(true) => "resolved".to_string(),
            DeValue::Boolean(false) => "unresolved".to_string(),
            _ => toml.string(from.get_ref(), to)?,
        };
        if let Some(known) = field.vocabulary()
            && !known.contains(&canonical.as_str())
        {
            let what = format!("`{canonical}` is not a value of {}", field.name());
            return Err(toml.fault(to, what, suggestion(&canonical, known)));
        }
        words.insert(from.get_ref().trim().to_string(), canonical);
    }
    Ok(words)
}

fn field<T: AsRef<str>>(toml: TomlText<'_>, key: &toml::Spanned<T>, of: &str) -> Result<Field> {
    let name = key.get_ref().as_ref();
    Field::from_name(name).ok_or_else(|| {
        let known: Vec<&str> = FIELDS.iter().map(|(_, name)| *name).collect();
        toml.fault(key, format!("unknown field `{name}` in {of}"), suggestion(name, &known))
    })
}
