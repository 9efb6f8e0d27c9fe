// What to do first, and why first contacts fail, with the words that tell it.
"use strict";

const REMEDIES = { training: "training", authority: "authority", process: "process", product: "product", article: "article for customers" };
const MOST_ACTIONS = 10;
const amount = (value) => (isNumber(value) ? written(value, money) : NONE);

// The list of what is worth doing. What stands beyond its first lines is folded.
function actionsPart({ actions }) {
  if (actions.length === 0) return null;
  const hasCost = isNumber(actions[0].avoidable_cost);
  const columns = [
    { name: "Category", of: (row) => row.category, show: categoryLink },
    { name: "Because of", of: (row) => row.cause, show: apart },
    { name: "Remedy", of: (row) => REMEDIES[row.remedy] || NONE },
    { name: "Contacts", of: (row) => row.contact_count, isNumber: true },
    { name: "Of its failures", of: (row) => row.share, show: (value, row) => `${percent(value)} (${interval(row.low, row.high)})`, isNumber: true },
    { name: "Avoidable repeats", of: (row) => row.avoidable_repeat_count, show: tenths, isNumber: true },
    hasCost ? { name: "Their cost", of: (row) => row.avoidable_cost, show: amount, isNumber: true } : null,
    { name: "Evidence", of: (row) => row.strength },
  ].filter(Boolean);
  return part("actions", "What to do first",
    el("p", { class: "soft" }, `Categories and causes by what it is worth to remove them${hasCost ? "" : ": repeats that followed, less those to be expected by accident"}. A contact of several causes is in each line, so the lines do not add up. Evidence is fair from 10 contacts on, or 2 that tell the cause both at first and later; strong from 30, or 5.`),
    table("What to do first", columns, actions.slice(0, MOST_ACTIONS)),
    actions.length > MOST_ACTIONS ? el("details", {}, el("summary", {}, `All ${count(actions.length)}`), table("Everything that could be done", columns, actions)) : null);
}

function causesPart({ causes }) {
  const all = causes.overall;
  if (all.failed_count === 0) return null;
  if (all.causes.length === 0) {
    return part("causes", "Why first contacts fail", el("p", { class: "soft" }, all.heard_count ? `Nothing in the words of ${count(all.heard_count)} of ${count(all.failed_count)} failed contacts, or of their repeats, tells why.` : "No words are known of contacts that failed, or of the repeats that followed: add transcripts to see causes."));
  }
  const unknown = { cause: "unknown", contact_count: all.unknown_count, share: all.unknown_share, low: all.unknown_low, high: all.unknown_high, isAll: true };
  const whose = all.parties.filter((party) => isNumber(party.share)).map((party) => ({ ...party }));
  return part("causes", "Why first contacts fail",
    el("p", { class: "soft" }, `Of ${count(all.failed_count)} failed first contacts the words of ${count(all.heard_count)}, or of the repeat that followed, are known; ${count(all.known_count)} give evidence of a cause. Told at first: by the agent in that contact; later: in the repeat. A contact can have several causes; what has no evidence is unknown, and is not spread over the others.`),
    causesChart([...all.causes, unknown]),
    table("Causes", [
      { name: "Cause", of: (row) => row.cause, show: apart },
      { name: "Contacts", of: (row) => row.contact_count, isNumber: true },
      { name: "Of all that failed", of: (row) => row.share, show: (value, row) => `${percent(value)} (${interval(row.low, row.high)})`, isNumber: true },
      { name: "Told at first", of: (row) => row.first_count, isNumber: true },
      { name: "Told later", of: (row) => row.next_count, isNumber: true },
      { name: "Both", of: (row) => row.both_count, isNumber: true },
      { name: "Repeats", of: (row) => row.repeat_count, isNumber: true },
      isNumber(all.repeat_cost) ? { name: "Their cost", of: (row) => row.repeat_cost, show: amount, isNumber: true } : null,
    ].filter(Boolean), [...all.causes, unknown], { mark: (row) => (row.isAll ? "all" : "") }),
    whose.length ? [el("h3", {}, "Whose doing"), table("Whose doing, where a cause is known; the published shares are those of SQM Group", [
      { name: "Party", of: (row) => row.party },
      { name: "Contacts", of: (row) => row.contact_count, isNumber: true },
      { name: "Share", of: (row) => row.share, show: (value, row) => `${percent(value)} (${interval(row.low, row.high)})`, isNumber: true },
      { name: "Published", of: (row) => row.published_share, show: percent, isNumber: true },
    ], whose)] : null,
    el("h3", {}, "In their words"),
    all.causes.map((row) => el("details", {}, el("summary", {}, apart(row.cause), `: ${count(row.contact_count)} contacts`), (all.quotes[row.cause] || []).map(causeQuote))),
    el("h3", {}, "By category"),
    table("Leading causes", [
      { name: "Category", of: (row) => row.key.category, show: categoryLink },
      { name: "Failed", of: (row) => row.failed_count, isNumber: true },
      { name: "Unknown", of: (row) => row.unknown_count, isNumber: true },
      { name: "Leading causes", of: (row) => row.causes.slice(0, 3).map((one) => `${one.cause} ${count(one.contact_count)} (${percent(one.share)})`).join(", ") || NONE, isProse: true },
    ], causes.categories));
}

const causeQuote = (quote) => quoteOf(quote, `${quote.speaker}${quote.is_repeat ? ", in the repeat" : ""}`);

// Shares of the failed contacts with their intervals, the largest on top.
function causesChart(causes) {
  const rows = causes.slice(0, MOST_BARS).map((row) => ({ ...row, category: row.cause })).reverse();
  const at = (rate) => 100 * rate;
  return chart("Share of failed first contacts by cause; the table below has the numbers", (colours, width) => ({
    traces: [{
      type: "bar", orientation: "h", y: rows.map((_, place) => place), x: rows.map((row) => at(row.share)),
      marker: { color: rows.map((row) => (row.isAll ? colours.too_few : colours.accent)), pattern: { shape: rows.map((row) => (row.isAll ? "x" : "")) } },
      error_x: { type: "data", symmetric: false, color: colours.soft, thickness: 1.2, array: rows.map((row) => at(row.high - row.share)), arrayminus: rows.map((row) => at(row.share - row.low)) },
      hovertext: rows.map((row) => `<b>${short(row.cause, 60)}</b><br>${count(row.contact_count)} failed contacts, ${percent(row.share)} (${interval(row.low, row.high)})`),
      hoverinfo: "text",
    }],
    layout: { showlegend: false, bargap: 0.3, xaxis: { title: { text: "% of failed first contacts" }, rangemode: "tozero" }, yaxis: categoriesAxis(rows, width) },
  }), 90 + 28 * rows.length);
}
