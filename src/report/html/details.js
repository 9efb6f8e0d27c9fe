// From a category that fails to what its customers said, and from there to the story of each of them.
"use strict";

const isDetailed = new Set();
const detailIds = new Map();

function detailId(category) {
  if (!detailIds.has(category)) detailIds.set(category, `category-${detailIds.size + 1}`);
  return detailIds.get(category);
}

const storyOf = new Map();
// Links within the file; a server has pages of their own to link to.
const linked = {
  contact: (id, text) => (storyOf.has(id) ? el("a", { href: `#story-${storyOf.get(id)}`, on: { click: (event) => openStory(event, storyOf.get(id), id) } }, text) : text),
  category: (name) => (isDetailed.has(name) ? el("a", { href: `#${detailId(name)}` }, named(name)) : named(name)),
};
const storyLink = (id, text) => linked.contact(id, text);
const categoryLink = (name) => linked.category(name);

function openStory(event, number, id) {
  event.preventDefault();
  const story = document.getElementById(`story-${number}`);
  for (let it = story; it; it = it.parentElement.closest("details")) it.open = true;
  for (const row of story.querySelectorAll("tbody tr")) row.classList.toggle("here", row.firstChild.textContent === id);
  history.replaceState(null, "", `#story-${number}`);
  story.scrollIntoView({ block: "start" });
  story.querySelector("summary").focus({ preventScroll: true });
}

// Words of a contact: whose, when, and the way to its story.
const quoteOf = (quote, who) => el("blockquote", { lang: quote.language, dir: "auto" }, quote.text,
  el("footer", { dir: "ltr" }, who ? `${who}, ` : "", `${date(quote.started_at)}, `, storyLink(quote.interaction_id, quote.interaction_id)));

const DIMENSION_NAMES = { channel: "Channel", team: "Team", agent_id: "Agent", language: "Language", weekday: "Weekday", hour: "Hour" };

function placesOf(entry, places) {
  const own = places.filter((place) => place.category === entry.category);
  const tables = Object.entries(DIMENSION_NAMES).map(([dimension, title]) => {
    const rows = own.filter((place) => place.dimension === dimension).map((place) => ({ ...place, ...scored(place, entry.target, 1) }));
    if (rows.length === 0) return null;
    const most = Math.max(...rows.map(failedOf), 1);
    return el("div", {}, table(`Failures by ${title.toLowerCase()}`, [
      { name: title, of: (row) => row.value, show: (value) => (dimension === "weekday" ? value.slice(2) : named(value)) },
      { name: "Failed", of: failedOf, isNumber: true }, { name: "Eligible", of: (row) => row.eligible_count, isNumber: true },
      { name: "FCR", of: (row) => row.fcr_rate, show: percent, isNumber: true },
      { name: "", of: failedOf, show: (value) => (value ? el("span", { class: "bar", style: `width:${(100 * value) / most}%`, "aria-hidden": "true" }) : "") },
    ], rows));
  });
  return tables.some(Boolean) ? [el("h3", {}, "Where the failures are"), el("div", { class: "places" }, tables)] : null;
}

function evidenceOf(entry) {
  if (!entry.evidence) return null;
  return [el("h3", {}, "What customers say"), ...entry.evidence.map((idea) => el("div", {},
    el("p", {}, el("b", {}, idea.rule), ` in ${count(idea.contact_count)} contacts, as in “`, apart(idea.phrase), "”"),
    idea.quotes.map((quote) => quoteOf(quote, "customer"))))];
}

function detailsPart({ report, places }) {
  const below = report.categories.filter((entry) => entry.verdict === "fails" || entry.verdict === "at_risk");
  if (below.length === 0) return null;
  return part("details", "What is behind the categories that fail", below.map((entry) => el("article", { id: detailId(entry.category) },
    el("h3", {}, apart(entry.category), " ", verdictOf(entry.verdict)),
    el("p", {}, `FCR ${percent(entry.fcr_rate)} (${interval(entry.fcr_low, entry.fcr_high)}): ${count(failedOf(entry))} of ${count(entry.eligible_count)} eligible first contacts failed.`),
    evidenceOf(entry), placesOf(entry, places))));
}

function storiesPart({ stories, untold_count }) {
  if (stories.length === 0) return null;
  return part("stories", "The customers who are quoted",
    el("p", { class: "soft" }, "All their contacts in order, and how each counts under the policy."),
    el("details", {}, el("summary", {}, `${count(stories.length)} customers`), stories.map(({ timeline, left_out_count }, at) => el("details", { class: "story", id: `story-${at + 1}` },
      el("summary", {}, `${extent({ timeline, left_out_count }, "contacts")}: `, listed([...new Set(timeline.map((entry) => entry.category))])),
      left_out_count ? el("p", { class: "soft" }, `${count(left_out_count)} earlier contacts are left out.`) : null,
      timelineTable(timeline)))),
    untold_count ? el("p", { class: "soft" }, `${count(untold_count)} more customers are quoted; recontact explain tells their stories.`) : null);
}

// How many there are, and from when to when those that are told.
const extent = ({ timeline, left_out_count: left = 0 }, what) => `${count(timeline.length + left)} ${what}, ${left ? `the latest ${count(timeline.length)} from ` : ""}${date(timeline[0].started_at)} to ${date(timeline[timeline.length - 1].started_at)}`;

function timelineTable(timeline, options = {}) {
  return table("Contacts", [
    { name: "Contact", of: (row) => row.interaction_id, show: options.link, isWhole: true }, { name: "Began", of: (row) => row.started_at, show: moment, isWhole: true },
    options.hasEpisode ? { name: "Episode", of: (row) => row.episode, isNumber: true } : null,
    { name: "Channel", of: (row) => row.channel }, { name: "Category", of: (row) => row.category },
    { name: "Counts as", of: (row) => row.class, show: (value, row) => [value.replace(/_/g, " "), row.outcome ? `, ${row.outcome}` : "", row.gap ? ` (after ${row.gap})` : ""].join("") },
    { name: "Why", of: (row) => row.why, isProse: true },
    { name: "Said", of: (row) => row.cues.length || null, isProse: true, show: (_, row) => row.cues.map((cue) => el("blockquote", { lang: cue.language, dir: "auto" }, cue.quote, el("footer", { dir: "ltr" }, `${cue.speaker}: ${cue.rule}`))) },
  ].filter(Boolean), timeline, { isSorted: false, mark: options.mark });
}
