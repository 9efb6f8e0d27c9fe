// What failed contacts ask and no article answers, and what becomes of those in which an article is used.
"use strict";

const GAPS_TITLE = "What the knowledge base does not answer";

const LANGUAGE_NAMES = new Intl.DisplayNames(["en"], { type: "language" });
// The tag may be whatever the data declare.
const languageOf = (tag) => { try { return tag ? LANGUAGE_NAMES.of(tag) : ""; } catch { return tag; } };

function gapsPart(gaps) {
  if (!gaps) return null;
  const { counts } = gaps;
  const rows = gaps.gaps;
  return part("gaps", GAPS_TITLE,
    el("p", {}, gaps.article_count === 0
      ? `No articles were given: what ${count(counts.read_count)} failed contacts with words ask, by the words that they share.`
      : `Of ${count(counts.read_count)} failed contacts with words ${count(counts.not_covered_count)} ask what none of ${count(gaps.article_count)} articles answers, ${count(counts.weak_count)} what one answers in part: it has less of the customer’s words than articles have of what resolved contacts ask. An article may say the same in other words: read it before you write one.`),
    gaps.notes.map((note) => el("p", { class: "soft" }, note)),
    rows.length === 0 ? el("p", { class: "soft" }, "No three of them share words that tell what they ask.") : [
      el("p", { class: "soft" }, "Each line is one question: the words that its contacts share, and the most typical of them as the customer said it. Repeats are those that followed."),
      table("Questions that at least three failed contacts share", gapColumns(rows), rows)],
    holesOf(gaps), usedOf(gaps));
}

function gapColumns(rows) {
  const quote = (row, it) => quoteOf({ ...it, language: row.language });
  const asked = (phrases, row) => [el("b", {}, apart(phrases)), row.question ? quote(row, { ...row.question, text: cut(row.question.text, 160) }) : null,
    row.quotes.length ? el("details", {}, el("summary", {}, `${row.quotes.length} more in their words`), row.quotes.map((it) => quote(row, it))) : null];
  return [
    { name: "What is asked", of: (row) => row.key_phrases.join(" / "), isProse: true, show: asked },
    { name: "Category", of: (row) => named(row.key.category), show: (_, row) => categoryLink(row.key.category) },
    { name: "Language", of: (row) => languageOf(row.language) },
    { name: "Failed", of: (row) => row.failed_count, isNumber: true },
    { name: "Repeats", of: (row) => row.repeat_count, isNumber: true },
    rows.some((row) => isNumber(row.repeat_cost)) ? { name: "Their cost", of: (row) => row.repeat_cost, show: amount, isNumber: true } : null,
    { name: "What to do", of: (row) => row.advice, isProse: true, show: (advice, row) => [el("b", {}, apart(advice)), row.shortfall ? [el("br"), el("span", { class: "soft" }, apart(row.shortfall))] : null] },
  ].filter(Boolean);
}

function holesOf({ holes }) {
  if (holes.length === 0) return null;
  return [el("h3", {}, "Asked in a language without articles"), table("Languages without articles", [
    { name: "Category", of: (row) => row.category }, { name: "Asked in", of: (row) => languageOf(row.language) },
    { name: "Failed", of: (row) => row.failed_count, isNumber: true },
    { name: "Articles in", of: (row) => Object.entries(row.languages).map(([tag, number]) => `${languageOf(tag)} (${number})`).join(", ") },
  ], holes)];
}

function usedOf({ articles }) {
  const used = articles.filter((row) => row.verdict !== "no_difference");
  if (used.length === 0) return null;
  return [el("h3", {}, "Articles after which surely more, or fewer, customers come back"), table("Contacts with the article against the others of their category", [
    { name: "Article", of: (row) => row.title || row.article_id, isProse: true }, { name: "Category", of: (row) => named(row.category) },
    { name: "Eligible", of: (row) => row.eligible_count, isNumber: true }, { name: "FCR", of: (row) => row.fcr_rate, show: percent, isNumber: true },
    { name: "Others", of: (row) => row.other_fcr_rate, show: percent, isNumber: true },
    { name: "Difference", of: (row) => row.difference, show: (value) => (isNumber(value) ? `${points(100 * value)} points` : NONE), isNumber: true },
  ], used)];
}
