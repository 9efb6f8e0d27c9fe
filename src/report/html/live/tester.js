// The lexicon tester: which rules fire in a text, where and why, and whether a phrase would that is in no lexicon yet.
// The text is not in the address: it may be somebody's words, and addresses are kept and sent on.
"use strict";

let tested = { text: "", before: "", phrase: "" };

function testerForm(query, status, submit) {
  const area = (name, label, rows) => {
    const made = el("textarea", { name, rows, dir: "auto" });
    made.value = tested[name];
    return labelled(label, made);
  };
  const select = (name, label, pairs) => {
    const made = el("select", { name }, options(pairs));
    made.value = query.get(name) || "";
    return labelled(label, made);
  };
  const phrase = el("input", { name: "phrase", autocomplete: "off", dir: "auto", placeholder: "(call|ring)… *3 {count>=2} times", value: tested.phrase });
  return el("form", { class: "tester", on: { submit } },
    area("text", "Text", 5),
    el("div", { class: "controls" },
      select("lang", "Language", [["", "found out"], ...status.languages.map((tag) => [tag, tag])]),
      select("speaker", "Speaker", [["", "unknown"], ["customer", "customer"], ["agent", "agent"]])),
    el("details", tested.before ? { open: true } : {}, el("summary", {}, "What the other speaker said before"), area("before", "Turn before", 2)),
    labelled("A phrase to try, which is added nowhere", phrase),
    el("p", { class: "soft" }, "word… beginning · (this|that) · [optional] · <set> · {ordinal}, {count}, {times} · * gap · ^ begin of the turn · a & b near each other"),
    el("button", {}, "Test"));
}

function testedPart(result, text) {
  const { cues } = result;
  const spans = cues.map((cue) => ({ start: cue.start, end: cue.end, title: `${cue.kind}: ${cue.rule}` }));
  const tried = tested.phrase.trim() ? el("p", {}, cues.some((cue) => cue.kind === "tried") ? "✓ Your phrase fires." : "✗ Your phrase does not fire.") : "";
  return part("result", "What fires", tried,
    el("blockquote", { dir: "auto" }, marked(text, spans)),
    result.language_found ? el("p", {}, `These words are surely of another language: ${result.language_found}.`) : "",
    cues.length === 0 ? el("p", { role: "status" }, "No rule fires.") : table("Rules that fire", [
      { name: "Rule", of: (row) => row.rule }, { name: "Evidence of", of: (row) => row.kind }, { name: "Language", of: (row) => row.language },
      { name: "Words", of: (row) => row.text, show: (value) => el("span", { dir: "auto" }, value) },
      { name: "States", of: (row) => row.stated_contacts ?? null, show: (value) => (value === null ? NONE : `${value} contacts`) },
      { name: "Because of", of: (row) => row.phrases.length, isProse: true, show: (_, row) => row.phrases.map((one) => el("div", { dir: "auto" }, el("code", {}, one.phrase))) },
      { name: "It is about", of: (row) => row.about, isProse: true }, { name: "Written in", of: (row) => (row.kind === "tried" ? "nowhere yet" : `${row.path}:${row.line}`) },
    ], cues));
}

async function testerView(query, request, status) {
  const result = el("div", { "aria-live": "polite" });
  const submit = async (event) => {
    event.preventDefault();
    const { text, before, phrase, lang, speaker } = Object.fromEntries(new FormData(event.currentTarget));
    tested = { text, before, phrase };
    const own = { lang: lang || null, speaker: speaker || null };
    history.replaceState(null, "", addressOf("tester", own));
    const body = JSON.stringify({ text, before: before || null, phrase: phrase || null, lang: lang || null, ...(speaker ? { speaker } : {}) });
    try {
      result.replaceChildren(testedPart(await ask("detect", "", { method: "POST", body, headers: { "content-type": "application/json" } }), text));
    } catch (error) {
      result.replaceChildren(faultOf(error));
    }
  };
  return (main) => main.replaceChildren(el("h1", {}, "Lexicon tester"), el("p", { class: "soft" }, "Which rules of the lexicons fire in a text, where and why. Nothing is stored."), testerForm(query, status, submit), result);
}
