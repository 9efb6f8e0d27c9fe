// The page: what does not change is built once, what the filter changes anew.
"use strict";

function begin(page) {
  const { report, slices } = page;
  page.stories.forEach((story, at) => story.timeline.forEach((entry) => storyOf.set(entry.interaction_id, at + 1)));
  report.categories.filter((entry) => entry.verdict === "fails" || entry.verdict === "at_risk").forEach((entry) => isDetailed.add(entry.category));
  const main = document.getElementById("page");
  if (!report.observed) {
    main.replaceChildren(el("h1", {}, "First-contact resolution"), el("p", {}, page.scope));
    return;
  }
  const filter = {};
  const minimum = report.policy.minimum_count;
  const targets = new Map(report.categories.map((entry) => [entry.category, entry.target]));
  const overallPeriods = report.trend.find((line) => line.is_overall)?.periods || [];
  const isWhole = () => Object.values(filter).every((value) => value === undefined);

  // The numbers in view: the report's own, or sums of slices.
  const inView = () => {
    if (isWhole()) return { overall: report.overall, categories: report.categories.filter((entry) => entry.contact_count > 0) };
    const left = filtered(slices, filter);
    const categories = [...sumBy(left, "category")].map(([category, counts]) => ({ category, ...scored(counts, targets.get(category), minimum) }));
    return { overall: scored(sum(left), report.overall.target, minimum), categories };
  };
  const lineOf = (line) => {
    const target = line.is_overall ? report.overall.target : targets.get(line.category);
    if (isWhole()) return { periods: line.periods, target };
    const left = filtered(slices, filter).filter((slice) => line.is_overall || slice.category === line.category);
    const sums = sumBy(left, "period");
    const periods = overallPeriods.filter((period) => sums.has(period.period)).map((period) => {
      const counts = sums.get(period.period);
      return { ...period, ...scored(counts, target, minimum), is_provisional: counts.pending_count > 0 || (period.is_provisional && counts.eligible_count > 0 && period.pending_count === 0) };
    });
    return { periods, target };
  };

  const [timeline, showTrend] = trendPart(report, lineOf);
  const top = el("div");
  const said = el("p", { class: "soft", role: "status" });
  const refresh = () => {
    const { overall, categories } = inView();
    top.replaceChildren(headline(overall, categories, report, isWhole()), categoriesPart(categories, overall));
    said.textContent = isWhole() ? "All contacts." : `Filtered: ${count(overall.contact_count)} contacts, ${count(overall.eligible_count)} eligible. What stands below FCR over time is of all contacts.`;
    showTrend();
  };
  const channels = [...new Set(slices.map((slice) => slice.channel))].sort((a, b) => named(a).localeCompare(named(b)));
  const periods = overallPeriods.map((period) => period.period);
  const choice = (label, key, values) => el("label", {}, label, el("select", { on: { change: (event) => {
    filter[key] = event.target.value === "" ? undefined : values[Number(event.target.value)];
    refresh();
  } } }, el("option", { value: "" }, key === "channel" ? "all" : key === "from" ? "the first" : "the last"), values.map((value, at) => el("option", { value: at }, named(value)))));
  const filters = el("form", { class: "filters", "aria-label": "Filter", on: { reset: () => { for (const key of Object.keys(filter)) filter[key] = undefined; setTimeout(refresh); }, submit: (event) => event.preventDefault() } },
    choice("Channel", "channel", channels), choice(`From ${report.trend_period}`, "from", periods), choice(`To ${report.trend_period}`, "to", periods), el("button", { type: "reset" }, "Show all"), said);
  const links = [["categories", "Categories"], ["trend", "Over time"], ["days", "Days to repeat"], ["said-done", "Said and done"], ["definitions", "Definitions"], ["details", "Behind the numbers"], ["waterfall", "Rows"], ["policy", "Policy"]];
  main.replaceChildren(el("h1", {}, "First-contact resolution"), el("p", {}, page.scope), filters, top, timeline,
    ...[daysPart(report), saidDonePart(report), detailsPart(page), storiesPart(page), sweepPart(page), waterfallPart(report), policyPart(report)].filter(Boolean));
  main.insertBefore(el("nav", { "aria-label": "Parts of the page", class: "soft" }, links.filter(([id]) => id === "categories" || document.getElementById(id)).flatMap(([id, name], at) => [at ? " · " : "", el("a", { href: `#${id}` }, name)])), filters);
  refresh();
}

begin(JSON.parse(document.getElementById("data").textContent));
