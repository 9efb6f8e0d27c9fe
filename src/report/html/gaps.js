// What failed contacts ask and no article answers, and what becomes of those in which an article is used.
"use strict";

// Gaps whose customers are quoted.
const MOST_QUOTED = 12;

function gapsPart(gaps) {
  if (!gaps) return null;
  const { counts } = gaps;
  const rows = gaps.gaps;
  const quotes = (row) => [row.question, ...row.quotes].filter(Boolean).map((quote) => quoteOf({ ...quote, language: row.language }));
  return part("gaps", GAPS_TITLE,
    el("p", {}, gaps.article_count === 0
      ? `No articles were given: what ${count(counts.read_count)} failed contacts with words ask, by the phrase that they share.`
      : `Of ${count(counts.read_count)} failed contacts with words ${count(counts.not_covered_count)} ask what none of ${count(gaps.article_count)} articles covers, ${count(counts.weak_count)} what one covers weakly. What covered means is read off resolved contacts.`),
    gaps.notes.map((note) => el("p", { class: "soft" }, note)),
    rows.length === 0 ? el("p", { class: "soft" }, "No three of them share a phrase that tells what they ask.") : [
      el("p", { class: "soft" }, "Each line is one question: the phrase that its contacts share, and the most typical of them in the customer's words. Repeats are those that followed. To do: write an article, translate one, or extend the nearest."),
      table("Gaps", gapColumns(rows), rows),
      el("details", {}, el("summary", {}, "In the customers' words"), rows.slice(0, MOST_QUOTED).map((row) => [el("h3", {}, apart(row.key_phrases.join(" / "))), quotes(row)]))],
    holesOf(gaps), usedOf(gaps));
}

const GAPS_TITLE = "What the knowledge base does not answer";

function gapColumns(rows) {
  const nearest = (row) => (row.nearest ? `${row.nearest.title} (${row.nearest.article_id})` : "");
  const asked = (phrases, row) => [el("b", {}, apart(phrases)), row.question ? [el("br"), el("span", { lang: row.language, class: "soft" }, apart(cut(row.question.text, 140)))] : null];
  return [
    { name: "What is asked", of: (row) => row.key_phrases.join(" / "), isProse: true, show: asked },
    { name: "Category", of: (row) => named(row.key.category), show: (_, row) => categoryLink(row.key.category) },
    { name: "Language", of: (row) => row.language || "" },
    { name: "Failed", of: (row) => row.failed_count, isNumber: true },
    { name: "Not covered", of: (row) => row.not_covered_count, isNumber: true },
    { name: "Repeats", of: (row) => row.repeat_count, isNumber: true },
    rows.some((row) => isNumber(row.repeat_cost)) ? { name: "Their cost", of: (row) => row.repeat_cost, show: amount, isNumber: true } : null,
    { name: "To do", of: (row) => row.remedy },
    { name: "Nearest article", of: nearest, isProse: true },
  ].filter(Boolean);
}

function holesOf({ holes }) {
  if (holes.length === 0) return null;
  return [el("h3", {}, "Asked in a language without articles"), table("Languages without articles", [
    { name: "Category", of: (row) => row.category }, { name: "Asked in", of: (row) => row.language },
    { name: "Failed", of: (row) => row.failed_count, isNumber: true },
    { name: "Articles in", of: (row) => Object.entries(row.languages).map(([language, number]) => `${language} (${number})`).join(", ") },
  ], holes)];
}

function usedOf({ articles }) {
  const used = articles.filter((row) => row.verdict !== "no_difference");
  if (used.length === 0) return null;
  return [el("h3", {}, "Articles that resolve surely less, or more"), table("Contacts with the article against the others of their category", [
    { name: "Article", of: (row) => row.title || row.article_id, isProse: true }, { name: "Category", of: (row) => named(row.category) },
    { name: "Eligible", of: (row) => row.eligible_count, isNumber: true }, { name: "FCR", of: (row) => row.fcr_rate, show: percent, isNumber: true },
    { name: "Others", of: (row) => row.other_fcr_rate, show: percent, isNumber: true },
    { name: "Difference", of: (row) => row.difference, show: (value) => (isNumber(value) ? `${points(100 * value)} points` : NONE), isNumber: true },
  ], used)];
}
