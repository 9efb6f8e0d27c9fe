//! The formats of files by the names that the configuration uses.
//!
//! Only names and what they are; how files of each are told and read is `ingest`'s business.

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Delimited text with a header row (comma, semicolon, tab, bar).
    Csv,
    /// One JSON object a line.
    JsonLines,
    /// Apache Parquet.
    Parquet,
    /// An Excel workbook.
    Xlsx,
    /// An OpenDocument workbook.
    Ods,
    /// A transcript as `Agent: …` / `Customer: …` lines; one file is one interaction.
    PlainText,
    /// WebVTT subtitles, one cue a turn; one file is one interaction.
    WebVtt,
    /// SubRip subtitles, one cue a turn; one file is one interaction.
    Srt,
    /// E-mails: one a file, or an mbox. A conversation is one interaction.
    Mail,
    /// An analysis by Amazon Connect Contact Lens.
    ContactLens,
    /// A table of tweets, whose conversations are contacts.
    Tweets,
    /// JSON of any shape, by the pointers of `[source.json]`.
    Conversations,
    /// A conversation as the IETF's vCon has it.
    Vcon,
    /// The transcript of a job of Amazon Transcribe Call Analytics.
    CallAnalytics,
    /// What Amazon's post-call analytics solution makes of a transcript.
    PostCallAnalytics,
    /// A recording by Amazon Bedrock Data Automation.
    BedrockDataAutomation,
    /// A recording as Deepgram heard it.
    Deepgram,
    /// The transcript of a conversation of Genesys Cloud.
    GenesysTranscript,
    /// The details of conversations of Genesys Cloud.
    GenesysConversation,
    /// A conversation as Google's Conversational Insights takes it.
    Insights,
    /// Segments of Whisper or WhisperX.
    Whisper,
    /// Tickets of Zendesk Support, their comments and users, together or in files of their own.
    Zendesk,
    /// Conversations of Intercom.
    Intercom,
    /// Tickets of Freshdesk with their conversations.
    Freshdesk,
}

impl Format {
    /// Every format with its name, the names that it has besides, and what it is.
    pub const ALL: &'static [(Format, &'static [&'static str], &'static str)] = &[
        (Format::Csv, &["csv", "tsv"], "delimited text with a header row"),
        (Format::JsonLines, &["jsonl", "ndjson", "json"], "one JSON object a line, or a list of objects"),
        (Format::Parquet, &["parquet"], "Apache Parquet"),
        (Format::Xlsx, &["xlsx", "xlsm"], "a sheet of an Excel workbook"),
        (Format::Ods, &["ods"], "a sheet of an OpenDocument workbook (LibreOffice)"),
        (Format::PlainText, &["text", "txt"], "a transcript as `Agent: …` / `Customer: …` lines"),
        (Format::Tweets, &["tweets"], "a table of tweets, a conversation of which is a contact"),
        (Format::ContactLens, &["contact-lens"], "Amazon Connect Contact Lens"),
        (
            Format::Conversations,
            &["conversations"],
            "JSON of any other shape, by the pointers of [source.json]",
        ),
        (Format::Vcon, &["vcon"], "vCon, the IETF's container of a conversation"),
        (Format::CallAnalytics, &["call-analytics"], "Amazon Transcribe Call Analytics"),
        (Format::PostCallAnalytics, &["post-call-analytics"], "Amazon's post-call analytics solution"),
        (
            Format::BedrockDataAutomation,
            &["bedrock-data-automation"],
            "Amazon Bedrock Data Automation, of a recording",
        ),
        (Format::Deepgram, &["deepgram"], "Deepgram, of a recording"),
        (
            Format::GenesysTranscript,
            &["genesys-transcript"],
            "Genesys Cloud, the transcript of a conversation",
        ),
        (
            Format::GenesysConversation,
            &["genesys-conversation"],
            "Genesys Cloud, the details of conversations",
        ),
        (Format::Insights, &["insights"], "Google Conversational Insights (CCAI)"),
        (Format::Whisper, &["whisper"], "Whisper and WhisperX, segments of a recording"),
        (Format::WebVtt, &["webvtt", "vtt"], "WebVTT subtitles of a call, with `<v Name>` or labels"),
        (Format::Srt, &["srt"], "SubRip subtitles of a call, with labels"),
        (
            Format::Mail,
            &["email", "eml", "mbox"],
            "e-mails, one a file or in an mbox; a conversation is one interaction",
        ),
        (
            Format::Zendesk,
            &["zendesk"],
            "Zendesk Support: tickets, comments, ticket events, audits and users, in one file or in several",
        ),
        (Format::Intercom, &["intercom"], "Intercom: conversations with their parts"),
        (Format::Freshdesk, &["freshdesk"], "Freshdesk: tickets with their conversations"),
    ];

    /// As the configuration writes it.
    pub fn name(self) -> &'static str {
        Format::ALL.iter().find(|(format, ..)| *format == self).map_or("", |(_, names, _)| names[0])
    }
}
