// Search: a query, filters, what was found, and how much of it by category.
"use strict";

const SEARCH_KEYS = ["q", "category", "channel", "agent", "language", "speaker", "class", "outcome", "stated", "from", "to", "page"];
const HITS = 20;

function searchForm(query) {
  const input = (name, label, attributes = {}) => labelled(label, el("input", { name, value: query.get(name) || "", autocomplete: "off", ...attributes }));
  const select = (name, label, pairs) => {
    const made = el("select", { name }, options([["", "any"], ...pairs]));
    made.value = query.get(name) || "";
    return labelled(label, made);
  };
  const submit = (event) => {
    event.preventDefault();
    const own = Object.fromEntries([...new FormData(event.currentTarget)].filter(([, value]) => value !== ""));
    go(addressOf("search", own));
  };
  return el("form", { class: "search", role: "search", on: { submit } },
    el("div", { class: "query" }, input("q", "Words, “phrases”, NEAR, OR, NOT, rout*, rooter~", { type: "search", required: true, size: 40, id: "q" }), el("button", {}, "Search")),
    el("div", { class: "controls" },
      input("category", "Category", { size: 16 }), input("channel", "Channel", { size: 8 }), input("agent", "Agent", { size: 8 }), input("language", "Language", { size: 4 }),
      select("speaker", "Speaker", ["customer", "agent", "system", "unknown"].map((name) => [name, name])),
      select("class", "Counts as", [["first", "first"], ["repeat", "repeat"], ["left_edge", "left edge"], ["excluded", "excluded"]]),
      select("outcome", "Outcome", [["resolved", "resolved"], ["failed", "failed"], ["pending", "pending"]]),
      select("stated", "Stated", [["true", "states a repeat"]]),
      input("from", "From", { type: "date" }), input("to", "To", { type: "date" })));
}

function hitOf(hit) {
  const title = [moment(hit.started_at || ""), hit.speaker, apart(hit.category), hit.class ? `${hit.class.replace(/_/g, " ")}${hit.outcome ? `, ${hit.outcome}` : ""}` : "not in the log", hit.is_stated ? "states a repeat" : ""];
  const spans = hit.marks.map(([start, end]) => ({ start, end, title: "found" }));
  return el("li", {}, el("span", { class: "soft" }, contactLink(hit.interaction_id, hit.interaction_id), title.filter(Boolean).map((one) => [" · ", one])),
    el("blockquote", { dir: "auto", lang: hit.language }, marked(hit.snippet, spans)));
}

function facetsOf(found, query) {
  const own = (value) => ({ ...Object.fromEntries(picked(query, SEARCH_KEYS.filter((key) => key !== "page" && key !== "category"))), category: value ?? "(none)" });
  return table("Turns found by category", [
    { name: "Category", of: (row) => row.value, show: (value) => linkTo("search", own(value), named(value)) },
    { name: "Turns", of: (row) => row.match_count, isNumber: true }, { name: "Contacts", of: (row) => row.contact_count, isNumber: true },
  ], found.facets);
}

function pagesOf(found, query) {
  const at = Number(query.get("page") || 1);
  const last = Math.max(1, Math.ceil(found.match_count / HITS));
  const own = (page) => ({ ...Object.fromEntries(picked(query, SEARCH_KEYS)), page });
  if (last === 1) return "";
  return el("nav", { "aria-label": "Pages of hits" }, at > 1 ? [linkTo("search", own(at - 1), "← before"), " · "] : "", `page ${count(at)} of ${count(last)}`, at < last ? [" · ", linkTo("search", own(at + 1), "next →")] : "");
}

async function searchView(query, request) {
  const form = searchForm(query);
  const has = Boolean(query.get("q"));
  const asked = picked(query, [...POLICY_KEYS.filter((key) => key !== "trend"), ...SEARCH_KEYS]);
  // A query that cannot be understood must not take away the form in which it is mended.
  let found = null, fault = null;
  if (has) found = await ask("search", asked, request).catch((error) => { if (error.name === "AbortError") throw error; fault = error; });
  const result = () => {
    if (fault) return faultOf(fault);
    if (!found) return el("p", { class: "soft" }, "What customers and agents said, as it was written. Words are found in every form; “in quotes” as they stand.");
    if (found.match_count === 0) return el("p", { role: "status" }, "Nothing was found. Fewer words, OR between them, or the beginning of a word (rout*) find more.");
    return [el("p", { role: "status" }, `${count(found.match_count)} ${found.match_count === 1 ? "turn" : "turns"} of ${count(found.contact_count)} ${found.contact_count === 1 ? "contact" : "contacts"}`),
      el("div", { class: "found" }, el("div", {}, el("ol", { class: "hits", start: found.offset + 1 }, found.hits.map(hitOf)), pagesOf(found, query)), facetsOf(found, query))];
  };
  return (main) => {
    main.replaceChildren(el("h1", {}, "Search"), form, ...[result()].flat());
    if (!has) form.querySelector("#q").focus();
  };
}
