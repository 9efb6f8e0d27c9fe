// The page: what does not change is built once, what the filter changes anew. `live` is what a server's page adds:
// `filter` to begin with, `onFilter(filter)` when it changes, `sweep()` that promises the sweep, and `parts` in place of what
// a file holds.
"use strict";

// The choices of the filter: the key, what it is called, what none is called.
const FILTERS = (unit) => [["channel", "Channel", "all"], ["category", "Category", "all"], ["from", `From ${unit}`, "the first"], ["to", `To ${unit}`, "the last"]];

function showPage(main, page, live = {}) {
  const { report, slices } = page;
  drawn.length = 0;
  storyOf.clear();
  isDetailed.clear();
  page.stories.forEach((story, at) => story.timeline.forEach((entry) => storyOf.set(entry.interaction_id, at + 1)));
  report.categories.filter((entry) => entry.verdict === "fails" || entry.verdict === "at_risk").forEach((entry) => isDetailed.add(entry.category));
  if (!report.observed) {
    main.replaceChildren(el("h1", {}, "First-contact resolution"), el("p", {}, page.scope));
    return;
  }
  const filter = { ...live.filter };
  const minimum = report.policy.minimum_count;
  const targets = new Map(report.categories.map((entry) => [entry.category, entry.target]));
  const overallPeriods = report.trend.find((line) => line.is_overall)?.periods || [];
  const isWhole = () => Object.values(filter).every((value) => value === undefined);

  // The numbers in view: the report's own, or sums of slices.
  const inView = () => {
    if (isWhole()) return { overall: report.overall, categories: report.categories.filter((entry) => entry.contact_count > 0) };
    const left = filtered(slices, filter);
    const categories = [...sumBy(left, "category")].map(([category, counts]) => ({ category, ...scored(counts, targets.get(category), minimum) }));
    const target = filter.category === undefined ? report.overall.target : targets.get(filter.category) ?? report.overall.target;
    return { overall: scored(sum(left), target, minimum), categories };
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
  const below = el("div");
  const said = el("p", { class: "soft", role: "status" });
  const refresh = () => {
    const { overall, categories } = inView();
    top.replaceChildren(...headline(overall, categories, report, isWhole()));
    below.replaceChildren(categoriesPart(categories, overall));
    said.textContent = isWhole() ? "All contacts." : `Filtered: ${count(overall.contact_count)} contacts, ${count(overall.eligible_count)} eligible. What to do first, and what stands below FCR over time, is of all contacts.`;
    showTrend();
  };
  const filters = filterForm(valuesOf(slices, overallPeriods), report.trend_period, filter, () => {
    refresh();
    live.onFilter?.(filter);
  }, said);
  const parts = live.parts || { drivers: driversPart(page.drivers, report.overall.eligible_count), coaching: coachingPart(report.coaching), gaps: gapsPart(page.gaps) };
  const definitions = el("div", {}, sweepPart(page.sweep));
  if (live.sweep) live.sweep().then((sweep) => { definitions.replaceChildren(...[sweepPart(sweep)].filter(Boolean)); draw(); }, () => {});
  main.replaceChildren(el("h1", {}, "First-contact resolution"), el("p", {}, page.scope), filters, top, actionsPart(report) || "", below, timeline,
    ...[causesPart(report), parts.drivers, parts.coaching, parts.gaps, daysPart(report), saidDonePart(report), flowPart(page.flow), detailsPart(page), storiesPart(page), definitions, waterfallPart(report), policyPart(report)].filter(Boolean));
  const links = [["actions", "What to do"], ["categories", "Categories"], ["trend", "Over time"], ["causes", "Causes"], ["drivers", "Drivers"], ["coaching", "Coaching"], ["gaps", "Knowledge gaps"], ["days", "Days to repeat"], ["said-done", "Said and done"], ["flow", "Coming back"], ["details", "Behind the numbers"], ["definitions", "Definitions"], ["waterfall", "Rows"], ["policy", "Policy"]];
  const isThere = (id) => id === "categories" || id === "definitions" || document.getElementById(id);
  main.insertBefore(el("nav", { "aria-label": "Parts of the page", class: "soft" }, links.filter(([id]) => isThere(id)).flatMap(([id, name], at) => [at ? " · " : "", el("a", { href: `#${id}` }, name)])), filters);
  refresh();
}

// What the filter can be set to.
function valuesOf(slices, periods) {
  const values = (key) => [...new Set(slices.map((slice) => slice[key]))].sort((a, b) => named(a).localeCompare(named(b)));
  const names = periods.map((period) => period.period);
  return { channel: values("channel"), category: values("category"), from: names, to: names };
}

// The form of the filter, which changes `filter` in place.
function filterForm(values, unit, filter, changed, said) {
  const choice = ([key, label, none]) => {
    const known = values[key];
    const select = el("select", { name: key, on: { change: (event) => {
      filter[key] = event.target.value === "" ? undefined : known[Number(event.target.value)];
      changed();
    } } }, el("option", { value: "" }, none), known.map((value, at) => el("option", { value: at }, named(value))));
    const at = filter[key] === undefined ? -1 : known.indexOf(filter[key]);
    if (at < 0) delete filter[key];
    select.value = at < 0 ? "" : String(at);
    return el("label", {}, label, select);
  };
  const reset = () => setTimeout(() => {
    for (const key of Object.keys(filter)) delete filter[key];
    for (const select of form.querySelectorAll("select")) select.value = "";
    changed();
  });
  const form = el("form", { class: "filters", "aria-label": "Filter", on: { reset, submit: (event) => event.preventDefault() } },
    FILTERS(unit).map(choice), el("button", { type: "reset" }, "Show all"), said);
  return form;
}
