// The coaching list: agents or teams against what their mix of contacts lets expect. In a file it is there where it was asked
// for; a server's page has a `choice` of agents or teams.
"use strict";

const STANDINGS = { below: "✗ clearly below", not_distinguishable: "not distinguishable", above: "✓ clearly above", too_few: "? too few" };
const STANDING_ORDER = Object.keys(STANDINGS);
const STANDING_COLOURS = { below: "fails", not_distinguishable: "too_few", above: "meets" };

// Intervals that a chart has room for: the lowest and the highest.
const MOST_INTERVALS = 40;

const COACHING_TITLE = "Whose contacts fail more than expected";

function coachingPart(coaching, choice = null) {
  if (!coaching) return null;
  const noun = coaching.by === "team" ? "team" : "agent";
  const title = coaching.by === "team" ? "Team" : "Agent";
  const judged = coaching.groups.filter((row) => isNumber(row.adjusted_rate)).sort((a, b) => b.adjusted_rate - a.adjusted_rate);
  const few = coaching.groups.filter((row) => row.standing === "too_few");
  const shown = judged.length > MOST_INTERVALS ? [...judged.slice(0, MOST_INTERVALS / 2), ...judged.slice(-MOST_INTERVALS / 2)] : judged;
  const columns = [
    { name: title, of: (row) => row.name },
    coaching.by === "team" ? null : { name: "Team", of: (row) => row.team ?? "" },
    { name: "Contacts", of: (row) => row.counted_count, isNumber: true },
    { name: "Failed", of: (row) => row.compared_failed_count, isNumber: true },
    { name: "Expected", of: (row) => row.expected_failure_count, show: tenths, isNumber: true },
    { name: "FCR", of: (row) => row.fcr_rate, show: percent, isNumber: true },
    { name: "Adjusted", of: (row) => row.adjusted_rate, show: percent, isNumber: true },
    { name: "95 % interval", of: (row) => row.adjusted_low, show: (_, row) => interval(row.adjusted_low, row.adjusted_high), isNumber: true },
    { name: "Standing", of: (row) => STANDING_ORDER.indexOf(row.standing), show: (_, row) => STANDINGS[row.standing] },
    { name: "Leading causes", of: (row) => row.causes.slice(0, 3).map((it) => `${it.cause} ${count(it.failed_count)}`).join(", "), isProse: true },
    { name: "Beyond expectation", of: (row) => row.categories.slice(0, 3).map((it) => `${named(it.category)} ${points(it.excess_failure_count)}`).join(", "), isProse: true },
  ].filter(Boolean);
  const quoted = coaching.groups.filter((row) => row.standing === "below" && row.quotes.length);
  return part("coaching", COACHING_TITLE, choice,
    el("p", {}, coaching.sentence),
    el("p", { class: "soft" }, `Each line is the FCR rate of one ${noun}, adjusted for the categories and channels handled and drawn towards the mean as far as chance explains the difference, with its 95 % interval. Only an interval that leaves out the mean tells somebody apart. Expected is how many of the same contacts would have failed with others.`, judged.length > shown.length ? ` The chart has the ${MOST_INTERVALS / 2} lowest and highest of ${count(judged.length)}.` : ""),
    shown.length ? coachingChart(shown, coaching.fcr_rate, noun) : null,
    judged.length ? table(`Adjusted FCR by ${noun}`, columns, coaching.groups.filter((row) => row.standing !== "too_few")) : null,
    few.length ? el("details", {}, el("summary", {}, `${count(few.length)} ${noun}s with too few contacts to compare`), table(`Too few contacts, by ${noun}`, columns, few)) : null,
    quoted.map((row) => el("details", {}, el("summary", {}, "What was said: ", apart(row.name)), row.quotes.map((quote) => quoteOf(quote)))),
    coaching.topics.length ? [el("h3", {}, "What teams may be trained on"),
      el("p", { class: "soft" }, "Categories and causes in which a team has more failures than other teams would have had."),
      table("Topics by team", [
        { name: "Team", of: (row) => row.team }, { name: "Category", of: (row) => named(row.category) }, { name: "Cause", of: (row) => row.cause },
        { name: "Failed", of: (row) => row.failed_count, isNumber: true }, { name: "Expected", of: (row) => row.expected_failure_count, show: tenths, isNumber: true },
        { name: "Beyond", of: (row) => row.excess_failure_count, show: tenths, isNumber: true }, { name: "", of: (row) => (row.is_clear ? "beyond chance" : "") },
      ], coaching.topics)] : null);
}

// From the highest on top to the lowest, and the mean.
function coachingChart(shown, mean, noun) {
  const rows = shown.map((row) => ({
    name: row.name, at: 100 * row.adjusted_rate, low: 100 * row.adjusted_low, high: 100 * row.adjusted_high,
    colour: STANDING_COLOURS[row.standing], symbol: { below: "diamond", above: "square" }[row.standing] || "circle",
    says: `<b>${short(row.name, 60)}</b>: ${STANDINGS[row.standing]}<br>adjusted ${percent(row.adjusted_rate)} (${interval(row.adjusted_low, row.adjusted_high)}), as it is ${percent(row.fcr_rate)}<br>${count(row.compared_failed_count)} of ${count(row.compared_count)} failed, ${tenths(row.expected_failure_count)} expected`,
  }));
  return intervalsChart(`Adjusted FCR of each ${noun} with its interval; the table below has the numbers`, rows, isNumber(mean) ? 100 * mean : null, { ticksuffix: " %", title: { text: "adjusted FCR" } });
}
