//! `recontact lexicon eval`: how good the lexicons are on labelled texts, as tables.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use recontact::detect::Detector;
use recontact::detect::eval::{Evaluation, Quality, evaluate, read};
use recontact::lexicon::Lexicon;
use recontact::measure::wilson;
use recontact::report::one_line;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Labelled texts.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Lexicon files or folders of your own, on top of the built-in ones.
    #[arg(long, value_name = "PATH")]
    lexicon: Vec<PathBuf>,
    /// Load the given lexicons alone, without the built-in ones.
    #[arg(long)]
    alone: bool,
    /// Only texts of these languages.
    #[arg(long, value_name = "TAG", value_delimiter = ',')]
    language: Vec<String>,
    /// Do not tell the detector the languages of the texts: as for data that do not declare theirs.
    #[arg(long)]
    undeclared: bool,
    /// Print every miss and false alarm.
    #[arg(long)]
    errors: bool,
}

/// Rules listed as those with the most false alarms.
const MOST_RULES: usize = 10;

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let lexicon = super::load(&arguments.lexicon, arguments.alone)?;
    let detector = Detector::new(&lexicon)?;
    let mut out = std::io::stdout().lock();
    for path in &arguments.files {
        let mut texts = read(path)?;
        texts.retain(|text| arguments.language.is_empty() || arguments.language.contains(&text.lang));
        let evaluation = evaluate(&lexicon, &detector, &texts, !arguments.undeclared);
        writeln!(out, "{}", path.display())?;
        print_languages(&mut out, &evaluation)?;
        print_kinds(&mut out, &evaluation)?;
        print_rules(&mut out, &evaluation)?;
        if arguments.errors {
            print_errors(&mut out, &evaluation, &lexicon)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn print_languages(out: &mut impl Write, evaluation: &Evaluation) -> std::io::Result<()> {
    writeln!(
        out,
        "language  texts  precision  (95 %)       recall  (95 %)           F1  accuracy  stated right"
    )?;
    for (language, quality) in &evaluation.languages {
        writeln!(out, "{}", row(language, quality))?;
    }
    writeln!(out, "{}", row("all", &evaluation.overall))
}

fn row(name: &str, quality: &Quality) -> String {
    let number = |value: Option<f64>| value.map_or("–".to_string(), |value| format!("{value:.3}"));
    let found = quality.true_positive_count + quality.false_positive_count;
    let labelled = quality.true_positive_count + quality.false_negative_count;
    format!(
        "{name:<8} {:>6} {:>10}  {:<11} {:>7}  {:<11} {:>6} {:>9} {:>13}",
        quality.text_count(),
        number(quality.precision()),
        interval(quality.true_positive_count, found),
        number(quality.recall()),
        interval(quality.true_positive_count, labelled),
        number(quality.f1()),
        number(quality.accuracy()),
        format!("{}/{}", quality.stated_right_count, quality.stated_count)
    )
}

/// The 95 % Wilson interval of a share.
fn interval(count: u64, total: u64) -> String {
    wilson(count, total).map_or("–".to_string(), |share| format!("{:.3}–{:.3}", share.low, share.high))
}

/// For each kind of statement how many texts were found: of label 1 that is the recall, of label 0 the false alarms.
fn print_kinds(out: &mut impl Write, evaluation: &Evaluation) -> std::io::Result<()> {
    if evaluation.kinds.keys().all(|(_, kind)| kind.is_empty()) {
        return Ok(());
    }
    writeln!(out, "\nlabel  kind                             texts  found  share  (95 %)")?;
    for ((label, kind), found) in evaluation.kinds.iter().rev() {
        let (texts, count) = (found.text_count, found.found_count);
        let share = count as f64 / texts.max(1) as f64;
        let kind = if kind.is_empty() { "–".to_string() } else { one_line(kind) };
        writeln!(
            out,
            "{label:>5}  {kind:<32} {texts:>5} {count:>6} {share:>6.3}  {}",
            interval(count, texts)
        )?;
    }
    Ok(())
}

/// The rules with the most false alarms.
fn print_rules(out: &mut impl Write, evaluation: &Evaluation) -> std::io::Result<()> {
    let mut rules: Vec<_> =
        evaluation.rules.iter().filter(|(_, quality)| quality.false_positive_count > 0).collect();
    rules.sort_by_key(|(name, quality)| (std::cmp::Reverse(quality.false_positive_count), *name));
    if rules.is_empty() {
        return Ok(());
    }
    writeln!(out, "\nrules with the most false alarms     found  false  precision")?;
    for ((language, id), quality) in rules.into_iter().take(MOST_RULES) {
        let (found, wrong) = (quality.found_count, quality.false_positive_count);
        let precision = (found - wrong) as f64 / found as f64;
        writeln!(out, "{language:<8} {id:<27} {found:>5} {wrong:>6} {precision:>10.3}")?;
    }
    Ok(())
}

fn print_errors(out: &mut impl Write, evaluation: &Evaluation, lexicon: &Lexicon) -> std::io::Result<()> {
    writeln!(out)?;
    for miss in &evaluation.misses {
        writeln!(out, "miss   {} {} {}: {}", miss.lang, miss.id, miss.kind, one_line(&miss.text))?;
    }
    for (text, found) in &evaluation.wrong_numbers {
        let number = |number: Option<u32>| number.map_or("none".to_string(), |number| number.to_string());
        let (expected, found) = (number(text.stated_contacts), number(*found));
        writeln!(
            out,
            "number {} {}: {expected} is stated, {found} found: {}",
            text.lang,
            text.id,
            one_line(&text.text)
        )?;
    }
    for (alarm, cues) in &evaluation.false_alarms {
        writeln!(out, "alarm  {} {} {}: {}", alarm.lang, alarm.id, alarm.kind, one_line(&alarm.text))?;
        for cue in cues {
            let rule = lexicon.rule(cue.rule);
            writeln!(out, "       └ {} on `{}`", rule.id, one_line(&alarm.text[cue.start..cue.end]))?;
        }
    }
    Ok(())
}
