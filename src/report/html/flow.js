// With which category customers come back: the matrix as a picture, the pairs that are more than chance, what changed.
"use strict";

// Categories that the picture has room for.
const MOST_FLOWING = 12;
const SMALL_P = 0.001;

const probability = (p) => (!isNumber(p) ? NONE : p < SMALL_P ? "< 0.001" : p.toFixed(3));
const duration = (seconds) => (!isNumber(seconds) ? NONE : seconds < 3600 ? `${count(seconds / 60)} min` : seconds < 86400 ? `${tenths(seconds / 3600)} h` : `${tenths(seconds / 86400)} d`);
const between = (from, to) => [apart(from), " → ", apart(to)];

function flowPart(flow) {
  if (!flow || flow.cells.length === 0) return null;
  const { counted_count: all, same_count: same, other_count: other, none_count: none } = flow.overall;
  const shown = flow.values.slice(0, MOST_FLOWING);
  return part("flow", "With which category they come back",
    el("p", {}, `Of ${count(all)} contacts that the rate counts, ${count(same)} (${percent(same / all)}) were followed within their window by one about the same reason, ${count(other)} (${percent(other / all)}) only by one about another, and ${count(none)} (${percent(none / all)}) by none.`),
    el("p", { class: "soft" }, "Rows: the category of the contact. Columns: the category of the next one. The numbers are contacts, the shade is their share of the row; ▲ is more often than chance would have it.", flow.values.length > shown.length ? ` The picture has the first ${MOST_FLOWING} categories.` : ""),
    flowChart(flow, shown),
    asTable("Coming back, by category", FLOW_COLUMNS, flow.cells),
    pairsOf(flow), switchesOf(flow));
}

const FLOW_COLUMNS = [
  { name: "Category", of: (row) => row.from, show: named }, { name: "Came back as", of: (row) => row.to, show: named },
  { name: "Contacts", of: (row) => row.next_count, isNumber: true }, { name: "Share", of: (row) => row.share, show: percent, isNumber: true },
  { name: "95 % interval", of: (row) => row.share_low, show: (_, row) => interval(row.share_low, row.share_high), isNumber: true },
  { name: "By chance", of: (row) => row.expected_count, show: tenths, isNumber: true }, { name: "Times chance", of: (row) => row.lift, show: tenths, isNumber: true },
  { name: "p (corrected)", of: (row) => row.p_adjusted, show: probability, isNumber: true }, { name: "State a repeat", of: (row) => row.stated_count, isNumber: true },
];

// A colour between two, on which text is read as well as on the first.
const halfway = (one, other) => `#${[1, 3, 5].map((at) => Math.round((parseInt(one.slice(at, at + 2), 16) + parseInt(other.slice(at, at + 2), 16)) / 2).toString(16).padStart(2, "0")).join("")}`;

function flowChart(flow, values) {
  const rows = [...values].reverse();
  const key = (from, to) => JSON.stringify([from, to]);
  const cells = new Map(flow.cells.map((cell) => [key(cell.from, cell.to), cell]));
  const grid = rows.map((from) => values.map((to) => cells.get(key(from.value, to.value))));
  const each = (of, nothing = null) => grid.map((row) => row.map((cell) => (cell ? of(cell) : nothing)));
  const hover = (cell) => `<b>${short(cell.from, 60)} → ${short(cell.to, 60)}</b><br>${count(cell.next_count)} contacts, ${percent(cell.share)} (${interval(cell.share_low, cell.share_high)})${isNumber(cell.expected_count) ? `<br>${tenths(cell.expected_count)} by chance` : ""}${cell.worded_count ? `<br>${count(cell.stated_count)} of ${count(cell.worded_count)} with words state a repeat` : ""}`;
  const axis = (of, width) => ({ ...namesAxis(of.map((value) => value.value), width), showgrid: false });
  return chart("The share of contacts of each category that came back as each other; the table below has the numbers", (colours, width) => ({
    traces: [{
      type: "heatmap", x: values.map((_, place) => place), y: rows.map((_, place) => place), xgap: 2, ygap: 2, showscale: false, zmin: 0, zmax: Math.sqrt(Math.max(...flow.cells.map((cell) => cell.share ?? 0))),
      // Shares differ by orders: their roots can be told apart.
      z: each((cell) => Math.sqrt(cell.share ?? 0)), colorscale: [[0, colours.paper], [1, halfway(colours.paper, colours.accent)]], textfont: { color: colours.ink },
      text: each((cell) => `${cell.is_more_than_chance ? "▲ " : ""}${count(cell.next_count)}`, ""), texttemplate: "%{text}", hovertext: each(hover, ""), hoverinfo: "text", hoverongaps: false,
    }],
    layout: { margin: { l: 10, r: 40, t: 90, b: 10 }, xaxis: { ...axis(values, 400), side: "top", tickangle: -35 }, yaxis: axis(rows, width) },
  }), 170 + 34 * rows.length);
}

function pairsOf(flow) {
  if (flow.pairs.length === 0) return el("p", {}, "No category comes back as another one more often than chance would have it.");
  const example = (it) => el("blockquote", { lang: it.saying?.language, dir: "auto" }, it.saying ? it.saying.quote : null, el("footer", { dir: "ltr" }, storyLink(it.contact_id, it.contact_id), " → ", storyLink(it.next_contact_id, it.next_contact_id)));
  return [el("h3", {}, "Failed as one, came back as another"),
    el("p", { class: "soft" }, "More often than chance. The first code may be wrong, or the second, or the two belong together: the records do not tell which. Customers who say that they call again about it speak for a wrong code."),
    table("Pairs that are more than chance", [
      { name: "Failed as → came back as", of: (row) => `${named(row.from)} → ${named(row.to)}`, show: (_, row) => between(row.from, row.to) },
      { name: "Contacts", of: (row) => row.next_count, isNumber: true }, { name: "By chance", of: (row) => row.expected_count, show: tenths, isNumber: true },
      { name: "Other way round", of: (row) => row.reverse_count, isNumber: true },
      { name: "State a repeat", of: (row) => row.stated_count, show: (value, row) => (row.worded_count ? `${count(value)} of ${count(row.worded_count)}` : NONE), isNumber: true },
      { name: "Examples", of: (row) => row.examples.length, isProse: true, show: (_, row) => row.examples.map(example) },
    ], flow.pairs),
    flow.untold_count ? el("p", { class: "soft" }, `${count(flow.untold_count)} more pairs are left out.`) : null];
}

function switchesOf(flow) {
  const called = (name) => (name === "agent_id" ? "agent" : name);
  const known = flow.switches.filter((it) => it.same.return_count + it.changed.return_count > 0);
  const rows = [...known.flatMap((it) => [{ name: `same ${called(it.dimension)}`, ...it.same }, { name: `another ${called(it.dimension)}`, ...it.changed }]),
    ...flow.channel_switches.slice(0, MOST_BARS).map((it) => ({ ...it, name: `${it.from} → ${it.to}` }))];
  if (rows.length === 0) return null;
  return [el("h3", {}, "What changed when they came back"),
    el("p", { class: "soft" }, "Contacts that failed and the next of their episodes; “fail again” is of those next contacts whose own outcome is known."),
    table("What changed", [
      { name: "What", of: (row) => row.name }, { name: "Returns", of: (row) => row.return_count, isNumber: true }, { name: "Share", of: (row) => row.share, show: percent, isNumber: true },
      { name: "95 % interval", of: (row) => row.share_low, show: (_, row) => interval(row.share_low, row.share_high), isNumber: true },
      { name: "Median", of: (row) => row.median_gap_seconds, show: duration, isNumber: true },
      { name: "Quartiles", of: (row) => row.quartile_1_seconds, show: (value, row) => (isNumber(value) ? `${duration(value)}–${duration(row.quartile_3_seconds)}` : NONE), isNumber: true },
      { name: "Fail again", of: (row) => row.again_rate, show: percent, isNumber: true },
    ], rows, { isSorted: false })];
}
