//! `recontact presets`: the definitions that can be chosen by name.

use std::io::Write;
use std::process::ExitCode;

use clap::Args;
use recontact::policy::{PRESETS, Policy, Preset};
use recontact::report::wrap;

use super::shared::terminal_width;

/// List the definitions of other products that can be chosen by name, or explain one.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  recontact presets genesys-nca\n  recontact report --preset genesys-nca")]
pub(super) struct Arguments {
    /// Name of a preset: tells it in full, with the [policy] that says the same.
    #[arg(value_parser = clap::builder::PossibleValuesParser::new(PRESETS.iter().map(|it| it.name)), hide_possible_values = true)]
    name: Option<String>,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let mut out = std::io::stdout().lock();
    match arguments.name.as_deref().and_then(Preset::named) {
        Some(preset) => explain(&mut out, preset)?,
        None => list(&mut out)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn list(out: &mut impl Write) -> std::io::Result<()> {
    for preset in PRESETS {
        writeln!(out, "{}\n{}\n", preset.name, wrapped(preset.says, "  "))?;
    }
    let more = "`recontact presets NAME` tells one in full; `recontact sweep` counts your contacts under all of them.";
    writeln!(out, "{}", wrapped(more, ""))
}

fn explain(out: &mut impl Write, preset: &Preset) -> std::io::Result<()> {
    writeln!(out, "{}\n\n{}\n", preset.name, wrapped(preset.says, ""))?;
    writeln!(out, "{}", wrapped(&format!("Source: {}.", preset.source), ""))?;
    if !preset.differs.is_empty() {
        writeln!(out, "{}", wrapped(&format!("Different here: {}", preset.differs), ""))?;
    }
    writeln!(out, "\nThe same in recontact.toml:\n[policy]")?;
    for (key, value) in differences(&preset.policy()) {
        writeln!(out, "{key} = {value}")?;
    }
    Ok(())
}

/// The keys in which a policy differs from the default, as TOML; its preset first.
fn differences(policy: &Policy) -> Vec<(String, String)> {
    let keys = |policy: &Policy| serde_json::to_value(policy).expect("a policy is plain data");
    let (own, usual) = (keys(policy), keys(&Policy::two_window()));
    let own = own.as_object().into_iter().flatten();
    // What is written as JSON here (texts, numbers, flags, lists of texts) is TOML too.
    own.filter(|(key, value)| *key != "preset" && usual[key.as_str()] != **value)
        .map(|(key, value)| (key.clone(), value.to_string()))
        .collect()
}

fn wrapped(text: &str, indent: &str) -> String {
    wrap(&format!("{indent}{text}"), terminal_width().clamp(40, 100), indent)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn the_keys_that_explain_a_preset_make_its_policy() {
        for preset in PRESETS {
            let keys: String = differences(&preset.policy())
                .iter()
                .map(|(key, value)| format!("{key} = {value}\n"))
                .collect();
            let policy = Policy::parse(Path::new("recontact.toml"), &format!("[policy]\n{keys}")).unwrap();
            let expected = Policy { preset: policy.preset.clone(), ..preset.policy() };
            assert_eq!(policy, expected, "{}", preset.name);
        }
    }
}
