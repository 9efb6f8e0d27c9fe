// Which words and which properties tell failed contacts from resolved ones: pictures of odds ratios, quotes, and why there
// is nothing to tell.
"use strict";

// Terms of each outcome, and values of properties, that a picture has room for.
const MOST_TERMS = 8;
const MOST_VALUES = 24;
const SPEAKERS = { customer: "customers", agent: "agents" };
const DRIVERS_TITLE = "Which words and properties go with failing";

function driversPart(drivers, counted) {
  if (!counted) return null;
  if (!drivers) return part("drivers", DRIVERS_TITLE, el("p", {}, `To find them every transcript is read, which takes long of ${count(counted)} contacts, so they are not in this page. `, el("code", {}, "recontact drivers"), " tells them; ", el("code", {}, "recontact drivers -o drivers.csv"), " is for spreadsheets."));
  const groups = [drivers.overall, ...drivers.groups].filter(Boolean);
  const called = (group) => `${Object.values(group.key).map(named).join(" · ") || "All contacts"} (${count(group.failed_count)} failed)`;
  const place = el("div");
  const show = (at) => {
    place.replaceChildren(el("div", {}, groupOf(groups[at], drivers)));
    draw();
  };
  show(0);
  const { method } = drivers;
  return part("drivers", DRIVERS_TITLE,
    el("p", { class: "soft" }, `What tells contacts that failed from those that were resolved. Odds of 2 mean that failing is twice as likely, as odds, with it as without; of 0.5, half as likely. ${count(method.tested_term_count)} terms and ${count(method.tested_level_count)} values of properties were tested; of what is told as sure at most ${percent(method.false_discovery_rate)} is likely to be chance. Neither says what is the cause.`),
    groups.length > 1 ? el("label", {}, "Show ", choiceOf(groups.map(called), show)) : null, place);
}

// A choice among names, which tells the place of the chosen one.
const choiceOf = (names, chosen) => el("select", { on: { change: (event) => chosen(Number(event.target.value)) } }, names.map((name, at) => el("option", { value: at }, cut(name, 60))));

const groupOf = (group, drivers) => [
  el("p", {}, `${count(group.failed_count)} contacts failed, ${count(group.resolved_count)} were resolved.`),
  el("h3", {}, "What was said"), wordsOf(group),
  el("h3", {}, "Properties of the contacts"), propertiesOf(group, drivers),
];

const whose = (words) => `${SPEAKERS[words.speaker] || "unknown speakers"} (${words.language ?? "language unknown"})`;

function wordsOf(group) {
  const isTold = (words) => words.failed_terms.length + words.resolved_terms.length > 0;
  const told = group.words.filter(isTold);
  const silent = group.words.filter((words) => !isTold(words)).map(whose);
  const place = el("div");
  const show = (at) => {
    place.replaceChildren(el("div", {}, termsOf(told[at])));
    draw();
  };
  if (told.length) show(0);
  return [
    told.length > 1 ? el("label", {}, "Words of ", choiceOf(told.map(whose), show)) : told.length ? el("p", {}, `Words of ${whose(told[0])}.`) : null, place,
    silent.length ? el("p", { class: "soft" }, "No term of ", listed(silent), " tells failed from resolved contacts.") : null,
    group.words_notes.map((note) => el("p", { class: "soft" }, `Words: ${note}.`)),
    group.words.length + group.words_notes.length ? null : el("p", { class: "soft" }, "No words are known of these contacts: add transcripts to see which tell."),
  ];
}

function termsOf(words) {
  const quoted = (terms) => terms.slice(0, 3).flatMap((term, at) => [at ? ", " : "", "“", apart(term.written), "”"]);
  const { failed_terms: failed, resolved_terms: resolved } = words;
  const shown = [...failed.slice(0, MOST_TERMS), ...resolved.slice(0, MOST_TERMS)].sort((a, b) => b.odds_ratio - a.odds_ratio);
  const rows = [...failed.map((term) => ({ ...term, side: "failed" })), ...resolved.map((term) => ({ ...term, side: "resolved" }))];
  const only = failed.length + resolved.length > shown.length ? ` The picture has the surest ${MOST_TERMS} of each.` : "";
  return [
    el("p", {}, failed.length ? ["Surest in failed contacts: ", quoted(failed), ". "] : "No term is surely told more in failed contacts. ", resolved.length ? ["Surest in resolved ones: ", quoted(resolved), "."] : "None is told more in resolved ones."),
    el("p", { class: "soft" }, `A term counts once a contact. Right of 1: told more in contacts that failed; left: in those that were resolved. The lines are 95 % intervals.${only}`),
    oddsChart("Odds ratios of terms; the table below has the numbers", shown.map((term) => ({ ...term, name: term.written, isSure: true, says: `in ${percent(term.failed_rate)} of the failed, ${percent(term.resolved_rate)} of the resolved contacts` })), "← resolved · odds of failing · failed →"),
    table(`Terms of ${whose(words)}`, [
      { name: "Term, and what was said", of: (row) => row.written, isProse: true, show: (value, row) => [el("b", { lang: words.language }, apart(value)), row.quotes.slice(0, 1).map((quote) => quoteOf(quote))] },
      { name: "Told more in", of: (row) => row.side, show: (value) => (value === "failed" ? "✗ failed" : "✓ resolved") },
      { name: "Of failed", of: (row) => row.failed_rate, show: percent, isNumber: true },
      { name: "Of resolved", of: (row) => row.resolved_rate, show: percent, isNumber: true },
      ...ODDS_COLUMNS,
    ], rows),
  ];
}

function propertiesOf({ model }, drivers) {
  if (model.refused) return el("p", { class: "soft" }, `None can be told, for ${model.refused}.`);
  const isSure = (effect) => effect.q_value <= drivers.method.false_discovery_rate;
  const rows = model.attributes.flatMap((attribute) => attribute.levels.map((level) => ({ ...level, ...level.effect, attribute: attribute.name.replace(/_/g, " "), isSure: Boolean(level.effect) && isSure(level.effect), reference: attribute.levels.find((it) => it.is_reference)?.name })));
  const known = rows.filter((row) => isNumber(row.odds_ratio)).sort((a, b) => b.isSure - a.isSure || a.p_value - b.p_value);
  const shown = known.slice(0, MOST_VALUES).sort((a, b) => b.odds_ratio - a.odds_ratio);
  const sure = known.filter((row) => row.isSure);
  const thin = model.left_out.filter((it) => it.reason.startsWith("too thin"));
  const others = model.left_out.filter((it) => !thin.includes(it));
  return [
    sure.length ? el("p", {}, "Surely with more or less failing, all else being equal: ", sure.slice(0, 4).flatMap((row, at) => [at ? "; " : "", `${row.attribute} “`, apart(row.name), "”", ` (${odds(row.odds_ratio)} times the odds of “`, apart(row.reference), "”)"]), ".") : el("p", {}, "No property surely raises or lowers the odds of failing."),
    shown.length ? [
      el("p", { class: "soft" }, `Each dot compares one value with the most frequent value of its property, all other properties being equal; the line is its 95 % interval. Grey ones are not sure.${known.length > shown.length ? ` The picture has the surest ${MOST_VALUES}.` : ""}`),
      oddsChart("Odds ratios of properties with their intervals; the table below has the numbers", shown.map((row) => ({ ...row, kind: row.attribute, says: `against ${short(row.reference, 60)}; ${count(row.failed_count)} failed, ${count(row.resolved_count)} resolved` })), "← less · odds of failing · more →"),
      asTable("Properties, adjusted for each other", [
        { name: "Property", of: (row) => row.attribute }, { name: "Value", of: (row) => row.name },
        { name: "Failed", of: (row) => row.failed_count, isNumber: true }, { name: "Resolved", of: (row) => row.resolved_count, isNumber: true },
        ...ODDS_COLUMNS,
        { name: "", of: (row) => (row.is_reference ? "compared with" : row.isSure ? "sure" : "") },
      ], rows)] : null,
    thin.length ? el("p", { class: "soft" }, "Too few contacts for: ", listed(thin.map((it) => it.name)), ".") : null,
    others.length ? el("p", { class: "soft" }, `Left out: ${others.map((it) => `${it.name} (${it.reason})`).join("; ")}.`) : null,
  ];
}

const odds = (ratio) => (!isNumber(ratio) ? NONE : ratio < 0.095 ? ratio.toFixed(3) : ratio < 9.95 ? ratio.toFixed(2) : tenths(ratio));
const ODDS_COLUMNS = [
  { name: "Odds", of: (row) => row.odds_ratio ?? null, show: odds, isNumber: true },
  { name: "95 % interval", of: (row) => row.odds_low ?? null, show: (low, row) => (isNumber(low) ? `${odds(low)}–${odds(row.odds_high)}` : NONE), isNumber: true },
];

// Ticks of a scale on which twice and half are equally far from 1.
const FINE_TICKS = [0.1, 0.2, 0.5, 1, 2, 5, 10];
const COARSE_TICKS = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000];

function oddsChart(label, sorted, title) {
  // At least from half to twice, with a little room beyond the intervals.
  const low = Math.min(0.5, ...sorted.map((row) => row.odds_low)) / 1.1;
  const high = Math.max(2, ...sorted.map((row) => row.odds_high)) * 1.1;
  const ticks = low < 0.05 || high > 20 ? COARSE_TICKS : FINE_TICKS;
  const rows = sorted.map((row) => {
    const side = row.odds_ratio > 1 ? ["fails", "diamond"] : ["meets", "square"];
    const [colour, symbol] = row.isSure ? side : ["too_few", "circle"];
    return { name: row.name, kind: row.kind, colour, symbol, at: row.odds_ratio, low: row.odds_low, high: row.odds_high, says: `<b>${short(row.name, 60)}</b><br>odds ${odds(row.odds_ratio)} (${odds(row.odds_low)}–${odds(row.odds_high)})<br>${row.says}` };
  });
  return intervalsChart(label, rows, 1, { type: "log", range: [Math.log10(low), Math.log10(high)], tickvals: ticks, ticktext: ticks.map(String), title: { text: title } });
}
