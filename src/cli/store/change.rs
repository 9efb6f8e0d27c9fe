//! `recontact store remove`, `compact` and `forget`: what they did, in words.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use indicatif::{HumanBytes, HumanCount};
use recontact::report::one_line;
use recontact::store;

use super::super::shared::say;

/// Removes sources.
pub(super) fn remove(dir: &Path, names: &[String]) -> anyhow::Result<ExitCode> {
    let (store, removed) = store::remove_sources(dir, names)?;
    for source in &removed.sources {
        let articles = match source.article_count {
            0 => String::new(),
            articles => format!(", {} articles", HumanCount(articles)),
        };
        say(format_args!(
            "removed {}: {} interactions, {} transcripts, {} survey answers{articles}, {} cues, {} rejects",
            one_line(&source.name),
            HumanCount(source.interaction_count),
            HumanCount(source.transcript_count),
            HumanCount(source.survey_count),
            HumanCount(source.cue_count),
            HumanCount(source.reject_count)
        ));
    }
    if removed.restored_count > 0 {
        say(format_args!(
            "{} interactions that they had replaced count again",
            HumanCount(removed.restored_count)
        ));
    }
    if removed.dropped_count > 0 {
        say(format_args!(
            "compacting had left out {} rows that others replaced; what the removed sources replaced then does not come \
             back: `recontact index --rebuild` with the sources that remain would bring it",
            HumanCount(removed.dropped_count)
        ));
    }
    say(format_args!("commit {}; the files can be indexed again", store.commit_id()));
    Ok(ExitCode::SUCCESS)
}

/// Writes the store anew.
pub(super) fn compact(dir: &Path) -> anyhow::Result<ExitCode> {
    let (store, compacted) = store::compact(dir)?;
    let ((files, bytes), (files_now, bytes_now)) = (compacted.before, compacted.after);
    say(format_args!(
        "commit {}: {files} files with {} became {files_now} with {}",
        store.commit_id(),
        HumanBytes(bytes),
        HumanBytes(bytes_now)
    ));
    say(format_args!(
        "left out: {} interactions, {} turns, {} cues that did not count; older commits cannot be opened any more",
        HumanCount(compacted.interaction_count),
        HumanCount(compacted.turn_count),
        HumanCount(compacted.cue_count)
    ));
    say("the old files are removed by the next command that writes");
    Ok(ExitCode::SUCCESS)
}

/// Forgets customers. 1 when something of them is still found.
pub(super) fn forget(dir: &Path, customers: &[String]) -> anyhow::Result<ExitCode> {
    let (store, forgotten) = store::forget(dir, customers)?;
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "{:<18} {:>10} {:>12} {:>8} {:>10}",
        "table", "deleted", "occurrences", "shared", "mentions"
    )?;
    writeln!(out, "{:<18} {:>10} {:>12} {:>8} {:>10}", "", "rows", "left", "", "")?;
    for table in &forgotten.tables {
        let left = table.left;
        writeln!(
            out,
            "{:<18} {:>10} {:>12} {:>8} {:>10}",
            table.table, table.deleted_count, left.occurrence_count, left.shared_count, left.mention_count
        )?;
    }
    drop(out);
    say(format_args!(
        "commit {}: {} interactions forgotten, {} files written again, the old ones are removed",
        store.commit_id(),
        HumanCount(forgotten.interaction_count),
        HumanCount(forgotten.rewritten_file_count)
    ));
    say(
        "the sources still hold the customer: `recontact index --rebuild` would bring them back; so would a backup",
    );
    let left = forgotten.left();
    if left.shared_count > 0 {
        let names: Vec<String> = forgotten.sharers.iter().map(|name| one_line(name)).collect();
        say(format_args!(
            "shared: {} rows of other customers ({}) have the same telephone number, e-mail address or national id; \
             if they are the same person, forget them too",
            left.shared_count,
            names.join(", ")
        ));
    }
    if left.mention_count > 0 {
        say(format_args!(
            "mentions: {} texts of other interactions say an id or an identity of theirs; they are left as they were said",
            left.mention_count
        ));
    }
    if left.occurrence_count > 0 {
        say(format_args!(
            "{} occurrences are left: this should not be, tell the makers",
            left.occurrence_count
        ));
    }
    Ok(if left == store::Left::default() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}
