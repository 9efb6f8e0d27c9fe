// Elements, and numbers and names as people read them. Text always goes in as text, never as markup.
"use strict";

function el(name, attributes, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (key === "on") for (const [event, act] of Object.entries(value)) node.addEventListener(event, act);
    else if (key === "style") node.style.cssText = value;
    else if (value !== null && value !== undefined && value !== false) node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return node;
}

const NONE = "–";
const grouped = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const finely = new Intl.NumberFormat("en", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const money = new Intl.NumberFormat("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const isNumber = (value) => typeof value === "number" && Number.isFinite(value);
// With a minus, as the charts write it, and none before a zero.
const written = (value, format) => `${value < 0 && /[1-9]/.test(format.format(value)) ? "−" : ""}${format.format(Math.abs(value))}`;
const count = (value) => (isNumber(value) ? written(value, grouped) : NONE);
const tenths = (value) => (isNumber(value) ? written(value, finely) : NONE);
const points = (value) => (isNumber(value) ? `${value > 0 ? "+" : ""}${tenths(value)}` : NONE);
const percent = (rate) => (isNumber(rate) ? `${finely.format(100 * rate)} %` : NONE);
const interval = (low, high) => (isNumber(low) ? `${finely.format(100 * low)}–${finely.format(100 * high)} %` : NONE);
const named = (value) => (value === null || value === undefined ? "(none)" : value);
const cut = (text, most) => ([...named(text)].length > most ? `${[...named(text)].slice(0, most - 1).join("")}…` : named(text));
// A name of the data within a sentence, of which it turns no other word round.
const apart = (value) => el("bdi", {}, named(value));
// Some names in a row; of many only the first, of long ones their beginnings.
const MOST_LISTED = 8;
const listed = (values) => [...values.slice(0, MOST_LISTED).flatMap((value, at) => [at ? ", " : "", apart(cut(value, 60))]), values.length > MOST_LISTED ? ` and ${count(values.length - MOST_LISTED)} more` : ""];
const date = (time) => time.slice(0, 10);
const moment = (time) => time.slice(0, 16).replace("T", " ");
// The charts read a little markup in their texts: a name of the data must not be any.
const plain = (text) => named(text).replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
const short = (text, most = 28) => plain(cut(text, most));

const VERDICTS = { fails: "✗ fails", at_risk: "! at risk", meets: "✓ meets", too_few: "? too few" };
const verdictOf = (verdict) => el("span", { class: `verdict ${verdict}` }, VERDICTS[verdict]);

// Longer texts are broken, wherever they stand.
const MOST_WHOLE = 32;

// A table whose columns are {name, of(row), show(value, row), isNumber, isWhole, isProse}. Its head sorts it.
function table(caption, columns, rows, { isSorted = true, mark = () => "" } = {}) {
  const kind = (column, value) => (column.isNumber ? "number" : column.isProse ? "prose" : column.isWhole && String(value).length <= MOST_WHOLE ? "whole" : null);
  const body = el("tbody");
  const fill = (sorted) => body.replaceChildren(...sorted.map((row) => el("tr", { class: mark(row) || null },
    columns.map((column) => {
      const value = column.of(row);
      return el("td", { class: kind(column, value) }, column.show ? column.show(value, row) : column.isNumber ? count(value) : named(value));
    }))));
  const heads = columns.map((column) => {
    const head = el("th", { scope: "col", class: column.isNumber ? "number" : column.isProse ? "prose" : null });
    if (!isSorted) return head.append(column.name), head;
    head.append(el("button", { type: "button", on: { click: () => {
      const isDescending = head.getAttribute("aria-sort") ? head.getAttribute("aria-sort") === "ascending" : Boolean(column.isNumber);
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", isDescending ? "descending" : "ascending");
      fill(sortedBy(rows, column, isDescending));
    } } }, column.name));
    return head;
  });
  fill(rows);
  return el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
    el("table", {}, el("caption", { class: "soft" }, caption), el("thead", {}, el("tr", {}, heads)), body));
}

// Rows without a value come last whichever way.
function sortedBy(rows, column, isDescending) {
  const value = column.sort || column.of;
  const known = rows.filter((row) => value(row) !== null && value(row) !== undefined);
  const compare = (a, b) => (typeof a === "number" ? a - b : String(a).localeCompare(String(b)));
  known.sort((a, b) => (isDescending ? compare(value(b), value(a)) : compare(value(a), value(b))));
  return [...known, ...rows.filter((row) => !known.includes(row))];
}

// A chart's numbers for those who do not see it.
const asTable = (...made) => el("details", {}, el("summary", {}, "Table of this chart"), table(...made));
