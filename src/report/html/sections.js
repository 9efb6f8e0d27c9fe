// The parts of the page, each from the data to elements.
"use strict";

const part = (id, title, ...inside) => el("section", { id }, el("h2", {}, title), ...inside);

const FCR_COLUMNS = [
  { name: "Contacts", of: (row) => row.contact_count, isNumber: true },
  { name: "Repeats", of: (row) => row.repeat_count, isNumber: true },
  { name: "Eligible", of: (row) => row.eligible_count, isNumber: true },
  { name: "Failed", of: failedOf, isNumber: true },
  { name: "FCR", of: (row) => row.fcr_rate, show: percent, isNumber: true },
  { name: "95 % interval", of: (row) => row.fcr_low, show: (_, row) => interval(row.fcr_low, row.fcr_high), isNumber: true },
];

// What stands where a chart would be empty.
const nothing = () => el("p", {}, "No first contact is eligible here, so there is no rate to draw.");

const ORDER = ["fails", "at_risk", "meets", "too_few"];

function headline(overall, categories, report, isWhole) {
  const failing = categories.filter((entry) => entry.verdict === "fails");
  const cost = isWhole ? report.overall.companions.repeat_cost : null;
  const change = isWhole ? report.trend.find((line) => line.is_overall)?.change : null;
  const card = (title, value, below) => el("div", { class: "card" }, title, el("b", {}, value), el("span", { class: "soft" }, below));
  return el("div", { class: "cards" },
    card("First-contact resolution", percent(overall.fcr_rate), [`${interval(overall.fcr_low, overall.fcr_high)}, target ${percent(overall.target)}: `, verdictOf(overall.verdict)]),
    card("Issues that failed", count(failedOf(overall)), `of ${count(overall.eligible_count)} eligible first contacts`),
    card("Beyond the target", isNumber(overall.excess_failure_count) ? tenths(Math.max(0, overall.excess_failure_count)) : NONE, "failures more than the target allows"),
    card("Categories that fail", count(failing.length), failing.length ? listed(failing.map((entry) => entry.category)) : `of ${count(categories.length)}`),
    isNumber(cost) ? card("Cost of repeats", written(cost, money), "repeats × cost per repeat, as the policy states it") : null,
    change ? card("Change", `${points(change.points)} points`, `${change.from} to ${change.to}: ${change.is_change ? "more" : "no more"} than chance (p = ${change.p_value.toPrecision(2)})`) : null);
}

function categoriesPart(entries, overall) {
  // Those of too few contacts to tell come last: a single one is never far from its target.
  const isVague = (row) => row.verdict === "too_few";
  const rows = [...entries].sort((a, b) => isVague(a) - isVague(b) || (b.excess_failure_count ?? -Infinity) - (a.excess_failure_count ?? -Infinity));
  const columns = [
    { name: "Category", of: (row) => (row.isAll ? "All" : named(row.category)), show: (value, row) => (row.isAll ? "All" : categoryLink(row.category)) },
    ...FCR_COLUMNS,
    { name: "Beyond target", of: (row) => row.excess_failure_count, show: tenths, isNumber: true },
    { name: "Verdict", of: (row) => ORDER.indexOf(row.verdict), show: (_, row) => verdictOf(row.verdict) },
  ];
  return part("categories", "Which categories fail",
    el("p", { class: "soft" }, "Ranked by failures beyond those that the target allows. The whiskers are those of the 95 % interval of the rate; what lies left of zero meets the target. Categories of too few contacts come last.", rows.length > MOST_BARS ? ` The chart has the first ${MOST_BARS} of ${count(rows.length)}.` : ""),
    rows.some((row) => isNumber(row.fcr_rate)) ? excessChart(rows) : nothing(),
    table("Categories", columns, [...rows, { ...overall, isAll: true }], { mark: (row) => (row.isAll ? "all" : "") }));
}

function trendPart(report, lineOf) {
  const unit = report.trend_period || "period";
  const select = el("select", { id: "trend-of", on: { change: () => show() } }, report.trend.map((line, at) => el("option", { value: at }, line.is_overall ? "All contacts" : named(line.category))));
  const place = el("div");
  const show = () => {
    const line = report.trend[Number(select.value)];
    if (!line) return;
    const { periods, target } = lineOf(line);
    place.replaceChildren(periods.some((period) => isNumber(period.fcr_rate)) ? trendChart(periods, target, `FCR by ${unit}; the table below has the numbers`) : nothing(), asTable(`FCR by ${unit}`, [
      { name: unit, of: (row) => row.period }, ...FCR_COLUMNS,
      { name: "Pending", of: (row) => row.pending_count, isNumber: true },
      { name: "", of: (row) => [row.is_provisional ? "provisional" : "", row.is_partial ? "partly counted" : ""].filter(Boolean).join(", ") },
    ], periods));
    draw();
  };
  const made = part("trend", "FCR over time",
    el("p", { class: "soft" }, `By the ${unit} in which the first contact began. Hollow points are provisional (windows still open) or only partly counted.`),
    report.trend.length > 1 ? el("label", {}, "Show ", select) : null, place);
  return [made, show];
}

function daysPart(report) {
  const entries = [{ ...report.overall, name: "All" }, ...report.categories.filter((entry) => entry.verdict === "fails").map((entry) => ({ ...entry, name: named(entry.category) }))];
  const curve = (entry) => {
    const total = entry.repeats_by_day.reduce((a, b) => a + b, 0);
    let before = 0;
    return { name: entry.name, total, points: entry.repeats_by_day.map((on, day) => ({ day, on, share: total ? (before += on) / total : null })) };
  };
  const curves = entries.map(curve).filter((one) => one.total > 0);
  if (curves.length === 0) return null;
  const rows = curves.flatMap((one) => one.points.map((point) => ({ name: one.name, ...point })));
  return part("days", "Days to the repeat",
    el("p", { class: "soft" }, "The share of repeats that began within so many days of the first contact of their episode (60 stands for more)."),
    lines("Share of repeats by day since the first contact; the table below has the numbers", curves.map((one) => ({
      name: one.name, x: one.points.map((point) => point.day), y: one.points.map((point) => 100 * point.share),
      hover: one.points.map((point) => `<b>${short(one.name, 60)}</b>, day ${point.day}<br>${count(point.on)} repeats, ${percent(point.share)} by then`),
    })), "days since the first contact", { shape: "hv" }),
    asTable("Repeats by day", [
      { name: "Category", of: (row) => row.name }, { name: "Day", of: (row) => row.day, isNumber: true },
      { name: "Repeats", of: (row) => row.on, isNumber: true }, { name: "By then", of: (row) => row.share, show: percent, isNumber: true },
    ], rows));
}

function saidDonePart(report) {
  const entries = report.categories.filter((entry) => entry.said_done.both + entry.said_done.stated_only + entry.said_done.linked_only > 0);
  if (report.overall.said_done.both + report.overall.said_done.stated_only === 0) return null;
  const shown = entries.slice(0, MOST_BARS);
  const cell = (name, of) => ({ name, of: (row) => row.said_done[of], isNumber: true });
  const rows = [...entries, { ...report.overall, isAll: true }];
  return part("said-done", "Said and done",
    el("p", { class: "soft" }, "Contacts with words: in which the customer says that it is a repeat, and which the records show to be one. What only customers say was often about another number, channel or name.", shown.length < entries.length ? ` The chart has the first ${MOST_BARS} of ${count(entries.length)} categories.` : ""),
    saidDoneChart(shown),
    asTable("Said and done", [{ name: "Category", of: (row) => (row.isAll ? "All" : named(row.category)) }, cell("Both", "both"), cell("Only said", "stated_only"), cell("Only linked", "linked_only"), cell("Neither", "neither")], rows, { mark: (row) => (row.isAll ? "all" : "") }));
}

function waterfallPart(report) {
  const steps = report.waterfall.filter((step) => step.count > 0 || ["read", "contact", "first", "eligible"].includes(step.step)).map((step) => ({ ...step, name: step.step.replace(/_/g, " ") }));
  const order = ["contact", "repeat", "left_edge", "first", "pending", "eligible"];
  steps.sort((a, b) => order.indexOf(a.step) - order.indexOf(b.step));
  return part("waterfall", "What became of every row", waterfallChart(steps),
    asTable("Rows", [{ name: "Step", of: (row) => row.name }, { name: "Rows", of: (row) => row.count, isNumber: true }], steps, { isSorted: false }));
}

function sweepPart(sweep) {
  if (!sweep) return null;
  const all = [{ ...sweep.overall, name: "All" }, ...sweep.categories.map((swept) => ({ ...swept, name: named(swept.category) }))];
  const known = all.map((swept) => ({ name: swept.name, windows: swept.windows.filter((point) => isNumber(point.fcr_rate)) })).filter((swept) => swept.windows.length);
  const days = (span) => Number.parseFloat(span);
  const rows = all.flatMap((swept) => swept.windows.map((point) => ({ name: swept.name, ...point })));
  const presets = sweep.presets.filter((preset) => isNumber(preset.fcr_rate));
  return part("definitions", "How much of it is definition",
    el("p", { class: "soft" }, "The same contacts under every window from 1 to 30 days, and under definitions of other products."),
    known.length === 0 ? nothing() : lines("FCR by window; the table below has the numbers", known.slice(0, 9).map((swept) => ({
      name: swept.name, x: swept.windows.map((point) => days(point.window)), y: swept.windows.map((point) => 100 * point.fcr_rate),
      hover: swept.windows.map((point) => `<b>${short(swept.name, 60)}</b>, ${point.window}<br>FCR ${percent(point.fcr_rate)} (${interval(point.fcr_low, point.fcr_high)})<br>${count(point.eligible_count)} eligible`),
    })), "window in days"),
    asTable("FCR by window", [{ name: "Category", of: (row) => row.name }, { name: "Window", of: (row) => row.window, sort: (row) => days(row.window), isNumber: true, show: (value) => value }, { name: "Eligible", of: (row) => row.eligible_count, isNumber: true }, { name: "FCR", of: (row) => row.fcr_rate, show: percent, isNumber: true }, { name: "95 % interval", of: (row) => row.fcr_low, show: (_, row) => interval(row.fcr_low, row.fcr_high), isNumber: true }], rows),
    presets.length ? [el("h3", {}, "Under other definitions"), table("FCR by definition", [{ name: "Definition", of: (row) => row.preset }, { name: "Eligible", of: (row) => row.eligible_count, isNumber: true }, { name: "FCR", of: (row) => row.fcr_rate, show: percent, isNumber: true }, { name: "Remark", of: (row) => row.remark || "" }], presets)] : null,
    sweep.exclusions.length ? [el("h3", {}, "Without an exclusion"), table("FCR without each exclusion", [{ name: "If it were counted", of: (row) => row.exclusion.replace(/_/g, " ") }, { name: "Rows", of: (row) => row.count, isNumber: true }, { name: "FCR", of: (row) => row.fcr_rate, show: percent, isNumber: true }, { name: "Points", of: (row) => row.points, show: points, isNumber: true }], sweep.exclusions)] : null);
}

function gapsPart(gaps) {
  if (!gaps) return null;
  const { counts } = gaps;
  const names = new Intl.DisplayNames(["en"], { type: "language" });
  // The tag may be whatever the data declare.
  const language = (tag) => { try { return tag ? names.of(tag) : ""; } catch { return tag; } };
  const rows = gaps.gaps.map((gap, at) => ({ ...gap, rank: at + 1 }));
  const used = gaps.articles.filter((row) => row.verdict !== "no_difference");
  const quote = (row, it) => el("blockquote", { lang: row.language }, it.text, " ", el("span", { class: "soft" }, apart(it.interaction_id)));
  const asked = (phrases, row) => [el("b", {}, apart(phrases)), row.question ? quote(row, { ...row.question, text: cut(row.question.text, 160) }) : null,
    row.quotes.length ? el("details", {}, el("summary", {}, `${row.quotes.length} more in their words`), row.quotes.map((it) => quote(row, it))) : null];
  return part("gaps", "What the knowledge base does not answer",
    el("p", { class: "soft" }, gaps.article_count === 0
      ? `No articles were given: what ${count(counts.read_count)} failed contacts with words ask, by the words that they share.`
      : `Of ${count(counts.read_count)} failed contacts with words ${count(counts.not_covered_count)} ask what none of ${count(gaps.article_count)} articles answers, ${count(counts.weak_count)} what one answers in part: it has less of the customer’s words than articles have of what resolved contacts ask. An article may say the same in other words: read it before you write one.`),
    rows.length === 0 ? null : table("Questions that at least three failed contacts share", [
      { name: "Rank", of: (row) => row.rank, isNumber: true },
      { name: "What is asked", of: (row) => row.key_phrases.join(" / "), isProse: true, show: asked },
      { name: "Category", of: (row) => named(row.key.category), show: (_, row) => categoryLink(row.key.category) },
      { name: "Language", of: (row) => language(row.language) },
      { name: "Failed", of: (row) => row.failed_count, isNumber: true },
      { name: "Repeats", of: (row) => row.repeat_count, isNumber: true },
      rows.some((row) => isNumber(row.repeat_cost)) ? { name: "Cost", of: (row) => row.repeat_cost, show: (value) => (isNumber(value) ? written(value, money) : NONE), isNumber: true } : null,
      { name: "What to do", of: (row) => row.advice, isProse: true, show: (advice, row) => [el("b", {}, apart(advice)), row.shortfall ? [el("br"), el("span", { class: "soft" }, apart(row.shortfall))] : null] },
    ].filter(Boolean), rows),
    gaps.holes.length === 0 ? null : table("Languages without articles", [
      { name: "Category", of: (row) => row.category }, { name: "Asked in", of: (row) => language(row.language) },
      { name: "Failed", of: (row) => row.failed_count, isNumber: true },
      { name: "Articles in", of: (row) => Object.entries(row.languages).map(([tag, number]) => `${language(tag)} (${number})`).join(", ") },
    ], gaps.holes),
    used.length === 0 ? null : table("Articles after which surely more, or fewer, customers come back than else in their category", [
      { name: "Article", of: (row) => row.title || row.article_id, isProse: true }, { name: "Category", of: (row) => named(row.category) },
      { name: "Eligible", of: (row) => row.eligible_count, isNumber: true }, { name: "FCR", of: (row) => row.fcr_rate, show: percent, isNumber: true },
      { name: "Others", of: (row) => row.other_fcr_rate, show: percent, isNumber: true },
      { name: "Difference", of: (row) => row.difference, show: (value) => (isNumber(value) ? points(100 * value) : NONE), isNumber: true },
    ], used));
}

function policyPart(report) {
  const shown = (value) => (value === null ? NONE : typeof value === "object" ? JSON.stringify(value) : String(value));
  return part("policy", "How it was counted",
    el("p", { class: "soft" }, `Commit ${report.commit_id} of the store; lexicons ${report.lexicon_hash}.`),
    el("details", {}, el("summary", {}, "The whole policy"), table("Policy", [{ name: "Key", of: ([key]) => key }, { name: "Value", of: ([, value]) => shown(value) }], Object.entries(report.policy), { isSorted: false })),
    report.notes.length ? el("details", {}, el("summary", {}, "Notes on the data"), table("Notes", [{ name: "Kind", of: (row) => row.kind.replace(/_/g, " ") }, { name: "What", of: (row) => row.what }, { name: "Count", of: (row) => row.count, isNumber: true }], report.notes)) : null);
}
