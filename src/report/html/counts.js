// Rates from counts, by the formulas of the report: only what a filter leaves is worked out here.
"use strict";

const Z = 1.959963984540054;

// Wilson's 95 % interval of a share.
function wilson(resolved, eligible) {
  if (eligible === 0) return { rate: null, low: null, high: null };
  const rate = resolved / eligible;
  const scale = 1 + (Z * Z) / eligible;
  const centre = (rate + (Z * Z) / (2 * eligible)) / scale;
  const half = (Z / scale) * Math.sqrt((rate * (1 - rate)) / eligible + (Z * Z) / (4 * eligible * eligible));
  return {
    rate,
    low: resolved === 0 ? 0 : Math.max(0, centre - half),
    high: resolved === eligible ? 1 : Math.min(1, centre + half),
  };
}

function verdictFor(counts, target, minimum) {
  const { rate, high } = wilson(counts.resolved_count, counts.eligible_count);
  if (rate === null || counts.eligible_count < minimum) return "too_few";
  if (high < target) return "fails";
  return rate < target ? "at_risk" : "meets";
}

const COUNTED = ["contact_count", "repeat_count", "eligible_count", "resolved_count", "pending_count"];

function sum(rows) {
  const total = Object.fromEntries(COUNTED.map((name) => [name, 0]));
  for (const row of rows) for (const name of COUNTED) total[name] += row[name];
  return total;
}

// Counts with what follows from them, named as in the report.
function scored(counts, target, minimum) {
  const { rate, low, high } = wilson(counts.resolved_count, counts.eligible_count);
  return {
    ...counts, target, fcr_rate: rate, fcr_low: low, fcr_high: high, verdict: verdictFor(counts, target, minimum),
    excess_failure_count: counts.eligible_count ? target * counts.eligible_count - counts.resolved_count : null,
  };
}

// The slices that a filter leaves. Periods sort as their names do.
function filtered(slices, { channel, category, from, to }) {
  return slices.filter((slice) =>
    (channel === undefined || slice.channel === channel) &&
    (category === undefined || slice.category === category) &&
    (from === undefined || (slice.period !== null && slice.period >= from)) &&
    (to === undefined || (slice.period !== null && slice.period <= to)));
}

// Sums by the values of one key of the slices.
function sumBy(slices, key) {
  const groups = new Map();
  for (const slice of slices) {
    if (!groups.has(slice[key])) groups.set(slice[key], []);
    groups.get(slice[key]).push(slice);
  }
  return new Map([...groups].map(([value, rows]) => [value, sum(rows)]));
}

const failedOf = (counts) => counts.eligible_count - counts.resolved_count;
