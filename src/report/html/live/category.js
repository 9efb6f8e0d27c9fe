// One category: its rate, FCR over time, what its customers say, where its failures are.
"use strict";

async function categoryView(query, request) {
  const page = await pageOf(query, request);
  const { report } = page;
  const name = query.has("category") ? query.get("category") || null : undefined;
  const entry = report.categories.find((one) => (one.category ?? null) === name);
  if (!entry) throw new Error(`There is no category “${named(name)}” under this policy.`);
  const lines = report.trend.filter((line) => !line.is_overall && (line.category ?? null) === name);
  const [timeline, showTrend] = trendPart({ ...report, trend: lines }, (line) => ({ periods: line.periods, target: entry.target }));
  const card = (title, value, ...below) => el("div", { class: "card" }, title, el("b", {}, value), el("span", { class: "soft" }, ...below));
  const cost = entry.companions.repeat_cost;
  const below = entry.verdict === "fails" || entry.verdict === "at_risk";
  return (main) => {
    main.replaceChildren(
      el("h1", {}, el("bdi", {}, named(entry.category))), el("p", {}, verdictOf(entry.verdict), " · ", linkTo("overview", {}, "all categories"), " · ", linkTo("search", { category: name ?? "(none)" }, "search in it")),
      el("div", { class: "cards" },
        card("First-contact resolution", percent(entry.fcr_rate), `${interval(entry.fcr_low, entry.fcr_high)}, target ${percent(entry.target)}`),
        card("Issues that failed", count(failedOf(entry)), `of ${count(entry.eligible_count)} eligible first contacts`),
        card("Beyond the target", isNumber(entry.excess_failure_count) ? tenths(Math.max(0, entry.excess_failure_count)) : NONE, "failures more than the target allows"),
        card("Repeats", count(entry.repeat_count), `of ${count(entry.contact_count)} contacts`),
        isNumber(cost) ? card("Cost of repeats", written(cost, money), "repeats × cost per repeat") : ""),
      timeline,
      part("evidence", "Behind the number", below ? [evidenceOf(entry), placesOf(entry, page.places)] : el("p", { class: "soft" }, "What customers say and where failures are is gathered for categories below their target."),
        below && !entry.evidence ? el("p", { class: "soft" }, "No customer of it states a repeat.") : ""),
      ...[daysPart({ overall: report.overall, categories: [{ ...entry, verdict: "fails" }] }), saidDonePart({ overall: report.overall, categories: [entry] })].filter(Boolean));
    showTrend();
  };
}
