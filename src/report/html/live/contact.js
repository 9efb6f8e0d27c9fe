// The story of a contact, with what was said in it, and of a customer.
"use strict";

// A text with spans of its bytes marked; each span has `start`, `end` and a `title`. Spans may overlap.
function marked(text, spans) {
  const bytes = new TextEncoder().encode(text);
  const words = (from, to) => new TextDecoder().decode(bytes.subarray(from, to));
  const edges = [...new Set([0, bytes.length, ...spans.flatMap((span) => [span.start, span.end])])].sort((a, b) => a - b);
  return edges.slice(1).map((to, at) => {
    const over = spans.filter((span) => span.start < to && span.end >= to);
    return over.length ? el("mark", { title: over.map((span) => span.title).join("; ") }, words(edges[at], to)) : words(edges[at], to);
  });
}

const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

function turnOf(turn, cues) {
  const spans = cues.map((cue) => ({ start: cue.start, end: cue.end, title: `${cue.kind}: ${cue.rule}` }));
  const said = cues.map((cue) => `${cue.kind}: ${cue.rule}${cue.stated_contacts ? `, states ${cue.stated_contacts} contacts` : ""}`);
  return el("li", { class: `turn ${turn.speaker}` },
    el("span", { class: "soft" }, turn.speaker, isNumber(turn.at_seconds) ? ` ${clock(turn.at_seconds)}` : ""),
    el("p", { dir: "auto" }, marked(turn.text, spans)),
    said.length ? el("span", { class: "soft" }, `→ ${[...new Set(said)].join("; ")}`) : "");
}

function transcript({ turns, cues, left_out_turn_count: left }) {
  if (turns.length === 0) return el("p", { class: "soft" }, "There is no transcript of it.");
  return [el("ol", { class: "transcript" }, turns.map((turn) => turnOf(turn, cues.filter((cue) => cue.turn === turn.index)))),
    left ? el("p", { class: "soft" }, `${count(left)} more turns are left out.`) : ""];
}

const contactLink = (id, text) => linkTo("contact", { id }, text);

// The fields that the source has of it.
function recordOf(interaction) {
  const rows = Object.entries(interaction).filter(([, value]) => value !== null && value !== "" && !(typeof value === "object" && Object.keys(value).length === 0));
  const shown = (value) => (typeof value === "object" ? JSON.stringify(value) : String(value));
  return el("details", {}, el("summary", {}, "The record as it was read"), table("Record", [{ name: "Field", of: ([key]) => key }, { name: "Value", of: ([, value]) => shown(value) }], rows, { isSorted: false }));
}

async function contactView(query, request) {
  const asked = picked(query, [...POLICY_KEYS.filter((key) => key !== "trend"), "id"]);
  const told = await ask("contact", asked, request);
  const { interaction } = told;
  const customer = interaction.customer_id || interaction.phone || interaction.email;
  return (main) => main.replaceChildren(
    el("h1", {}, "Contact ", el("bdi", {}, interaction.interaction_id)),
    el("p", {}, `${moment(told.started_at)} · `, apart(interaction.channel), " · ", interaction.category ? linkTo("category", { category: interaction.category }, interaction.category) : "(none)", customer ? [" · customer ", linkTo("customer", { id: customer }, customer)] : ""),
    part("why", "How it counts", el("p", {}, told.why), told.would.length ? el("ul", {}, told.would.map((would) => el("li", {}, would))) : "", recordOf(interaction)),
    part("said", "What was said", transcript(told)),
    told.timeline.length ? part("timeline", "Contacts of this customer about the same reason", timelineTable(told.timeline, { link: (id) => contactLink(id, id), mark: (row) => (row.interaction_id === interaction.interaction_id ? "here" : "") }), leftOut(told)) : "");
}

const leftOut = ({ left_out_count: left }) => (left ? el("p", { class: "soft" }, `${count(left)} more contacts are left out.`) : "");

async function customerView(query, request) {
  const asked = picked(query, [...POLICY_KEYS.filter((key) => key !== "trend"), "id"]);
  const told = await ask("customer", asked, request);
  const { timeline } = told;
  return (main) => main.replaceChildren(
    el("h1", {}, "Customer ", el("bdi", {}, query.get("id"))),
    el("p", {}, `${extent(told, "interactions")}, in ${count(new Set(timeline.map((row) => row.episode).filter(Boolean)).size)} episodes`),
    part("timeline", "All interactions", timelineTable(timeline, { link: (id) => contactLink(id, id), hasEpisode: true }), leftOut(told)));
}
