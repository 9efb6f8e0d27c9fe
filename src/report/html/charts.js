// The charts. Each is drawn anew when the theme or the filter changes, and before printing.
"use strict";

const drawn = [];
let isPrinting = false;

// A place for a chart: `make(theme)` gives traces and layout.
function chart(label, make, height = 320) {
  const place = el("div", { class: "chart", role: "img", "aria-label": label });
  drawn.push({ place, make, height });
  return place;
}

function theme() {
  const light = { paper: "#ffffff", ink: "#1b1f24", soft: "#57606a", line: "#d5dae0", fails: "#b3261e", at_risk: "#8a5a00", meets: "#1a6e3c", too_few: "#57606a", accent: "#0b57a4", band: "rgba(11, 87, 164, .16)" };
  if (isPrinting) return light;
  const style = getComputedStyle(document.documentElement);
  return Object.fromEntries(Object.keys(light).map((name) => [name, style.getPropertyValue(`--${name}`).trim() || light[name]]));
}

function draw() {
  const colours = theme();
  for (const { place, make, height } of drawn) {
    if (!place.isConnected) continue;
    const { traces, layout } = make(colours, place.clientWidth);
    const axis = { gridcolor: colours.line, zerolinecolor: colours.soft, automargin: true, fixedrange: true };
    const axisOf = (own = {}) => ({ ...axis, ...own, ...(own.title && { title: { font: { size: 13 }, ...own.title } }) });
    Plotly.react(place, traces, {
      height, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", font: { color: colours.ink, family: "system-ui, sans-serif", size: 13 },
      margin: { l: 10, r: 14, t: 10, b: 36 }, dragmode: false, hoverlabel: { align: "left" }, legend: { orientation: "h", traceorder: "normal", y: 1 + 16 / height, yanchor: "bottom" },
      ...layout, xaxis: axisOf(layout.xaxis), yaxis: axisOf(layout.yaxis),
    }, { responsive: true, displayModeBar: false });
  }
}

// Categories that a chart of bars has room for.
const MOST_BARS = 20;

// An axis with the names of rows at 0, 1, 2 …: its zero is a row and no line.
const mostLetters = (width) => (width < 500 ? 16 : 28);
const namesAxis = (names, width) => ({ zeroline: false, tickvals: names.map((_, place) => place), ticktext: names.map((name) => short(name, mostLetters(width))) });
const categoriesAxis = (rows, width) => namesAxis(rows.map((row) => row.category), width);

// A name with its kind behind it, where there is room for both.
const withKind = ({ name, kind }, width) => (kind && named(name).length + kind.length + 3 <= mostLetters(width) ? `${named(name)} (${kind})` : name);

// A dot each and the line of its interval, from the top down, and a line at what they are compared with. A row is
// {name, kind, at, low, high, colour, symbol, says}.
function intervalsChart(label, sorted, middle, xaxis) {
  const rows = [...sorted].reverse();
  return chart(label, (colours, width) => ({
    traces: [{
      type: "scatter", mode: "markers", y: rows.map((_, place) => place), x: rows.map((row) => row.at),
      marker: { size: 9, color: rows.map((row) => colours[row.colour]), symbol: rows.map((row) => row.symbol) },
      error_x: { type: "data", symmetric: false, color: colours.soft, thickness: 1.4, array: rows.map((row) => row.high - row.at), arrayminus: rows.map((row) => row.at - row.low) },
      hovertext: rows.map((row) => row.says), hoverinfo: "text",
    }],
    layout: {
      showlegend: false, xaxis, yaxis: { ...namesAxis(rows.map((row) => withKind(row, width)), width), range: [-0.7, rows.length - 0.3] },
      shapes: isNumber(middle) ? [{ type: "line", xref: "x", yref: "paper", x0: middle, x1: middle, y0: 0, y1: 1, line: { color: colours.ink, dash: "dash", width: 1.5 } }] : [],
    },
  }), 90 + 24 * rows.length);
}

// Failures beyond the target in the order of the entries, each with its interval.
function excessChart(entries) {
  const rows = entries.filter((entry) => isNumber(entry.excess_failure_count)).slice(0, MOST_BARS).reverse();
  const at = (entry, rate) => entry.target * entry.eligible_count - rate * entry.eligible_count;
  return chart("Failures beyond the target by category; the table below has the numbers", (colours, width) => ({
    traces: [{
      type: "bar", orientation: "h", y: rows.map((_, place) => place), x: rows.map((entry) => entry.excess_failure_count),
      marker: { color: rows.map((entry) => colours[entry.verdict]), pattern: { shape: rows.map((entry) => ({ fails: "", at_risk: "/", meets: ".", too_few: "x" })[entry.verdict]) } },
      error_x: { type: "data", symmetric: false, color: colours.soft, thickness: 1.2, array: rows.map((entry) => at(entry, entry.fcr_low) - entry.excess_failure_count), arrayminus: rows.map((entry) => entry.excess_failure_count - at(entry, entry.fcr_high)) },
      hovertext: rows.map((entry) => `<b>${short(entry.category, 60)}</b>: ${VERDICTS[entry.verdict]}<br>${count(failedOf(entry))} of ${count(entry.eligible_count)} failed, FCR ${percent(entry.fcr_rate)} (${interval(entry.fcr_low, entry.fcr_high)})<br>${tenths(entry.excess_failure_count)} failures beyond the target of ${percent(entry.target)}`),
      hoverinfo: "text",
    }],
    layout: { showlegend: false, bargap: 0.3, xaxis: { title: { text: "failures beyond the target" } }, yaxis: categoriesAxis(rows, width) },
  }), 90 + 30 * rows.length);
}

// FCR by period with its interval; provisional periods are hollow.
function trendChart(periods, target, label) {
  const known = periods.filter((period) => isNumber(period.fcr_rate));
  const x = known.map((period) => period.period);
  const hover = known.map((period) => `<b>${period.period}</b> (${period.from} to ${period.to})<br>FCR ${percent(period.fcr_rate)} (${interval(period.fcr_low, period.fcr_high)})<br>${count(failedOf(period))} of ${count(period.eligible_count)} failed${period.pending_count ? `, ${count(period.pending_count)} pending` : ""}${period.is_provisional ? "<br>provisional" : ""}${period.is_partial ? "<br>only partly counted" : ""}`);
  return chart(label, (colours) => ({
    traces: [
      { x, y: known.map((period) => 100 * period.fcr_high), mode: "lines", line: { width: 0 }, hoverinfo: "skip", showlegend: false },
      { x, y: known.map((period) => 100 * period.fcr_low), mode: "lines", line: { width: 0 }, fill: "tonexty", fillcolor: colours.band, name: "95 % interval", hoverinfo: "skip" },
      { x, y: known.map((period) => 100 * period.fcr_rate), mode: "lines+markers", name: "FCR", line: { color: colours.accent }, marker: { size: 8, color: colours.accent, symbol: known.map((period) => (period.is_provisional || period.is_partial ? "circle-open" : "circle")) }, hovertext: hover, hoverinfo: "text" },
      { x: x.length ? [x[0], x[x.length - 1]] : [], y: x.length ? [100 * target, 100 * target] : [], mode: "lines", name: `target ${percent(target)}`, line: { color: colours.fails, dash: "dash", width: 1.5 }, hoverinfo: "skip" },
    ],
    layout: { xaxis: { type: "category" }, yaxis: { ticksuffix: " %", rangemode: "normal" } },
  }));
}

// Lines of shares that people come back within so many days.
const DASHES = ["solid", "dash", "dot", "dashdot", "longdash", "longdashdot"];

function lines(label, series, xTitle, options = {}) {
  return chart(label, (colours) => ({
    traces: series.map((one, at) => ({
      x: one.x, y: one.y, name: short(one.name), mode: one.x.length > 1 ? "lines" : "lines+markers", line: { dash: DASHES[at % DASHES.length], width: at === 0 ? 3 : 2, shape: options.shape, color: at === 0 ? colours.accent : undefined },
      hovertext: one.hover, hoverinfo: "text",
    })),
    layout: { xaxis: { title: { text: xTitle } }, yaxis: { ticksuffix: " %" } },
  }), 360);
}

function saidDoneChart(entries) {
  const rows = [...entries].reverse();
  const parts = [["both", "said and linked", "accent", ""], ["stated_only", "only said", "at_risk", "/"], ["linked_only", "only linked", "too_few", "."]];
  return chart("Repeats that customers state against those that the records show; the table below has the numbers", (colours, width) => ({
    traces: parts.map(([part, name, colour, shape]) => ({
      type: "bar", orientation: "h", name, y: rows.map((_, place) => place), x: rows.map((entry) => entry.said_done[part]), marker: { color: colours[colour], pattern: { shape } },
      hovertext: rows.map((entry) => `<b>${short(entry.category, 60)}</b><br>${count(entry.said_done[part])} ${name}`), hoverinfo: "text",
    })),
    layout: { barmode: "stack", xaxis: { title: { text: "contacts" } }, yaxis: categoriesAxis(rows, width) },
  }), 130 + 28 * rows.length);
}

// What is read, what is left out, what is left: from the top down.
function waterfallChart(steps) {
  const rows = [...steps].reverse();
  const isTotal = (step) => ["read", "contact", "first", "eligible"].includes(step.step);
  return chart("What became of every row that was read; the table below has the numbers", (colours) => ({
    traces: [{
      type: "waterfall", orientation: "h", y: steps.map((step) => step.name), x: steps.map((step) => (step.step === "read" ? step.count : isTotal(step) ? 0 : -step.count)),
      measure: steps.map((step) => (step.step === "read" ? "absolute" : isTotal(step) ? "total" : "relative")),
      decreasing: { marker: { color: colours.at_risk } }, totals: { marker: { color: colours.accent } }, connector: { line: { color: colours.line } },
      text: steps.map((step) => count(step.count)), textposition: "auto", insidetextfont: { color: colours.paper }, textangle: 0, cliponaxis: false, hovertext: steps.map((step) => `${step.name}: ${count(step.count)}`), hoverinfo: "text",
    }],
    layout: { showlegend: false, yaxis: { autorange: "reversed", type: "category" }, xaxis: { title: { text: "rows" }, rangemode: "tozero" } },
  }), 100 + 28 * rows.length);
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
addEventListener("beforeprint", () => { isPrinting = true; draw(); });
addEventListener("afterprint", () => { isPrinting = false; draw(); });
