// What stands above every view: where one is, how it is counted, and whether the store has changed.
"use strict";

const VIEW_LINKS = [["overview", "Overview"], ["search", "Search"], ["tester", "Lexicon tester"]];
const TRENDS = [["", "as fits"], ["day", "days"], ["week", "weeks"], ["month", "months"], ["quarter", "quarters"]];
const POLL_MILLISECONDS = 20_000;

const options = (pairs) => pairs.map(([value, text]) => el("option", { value }, text));
const labelled = (text, input) => el("label", {}, text, input);

function makeControls(status) {
  const links = el("nav", { "aria-label": "Views", class: "views" });
  const changed = (event) => {
    const { name, value } = event.target;
    change({ [name]: name === "target" && value !== "" ? Number(value) / 100 : value.trim() });
  };
  const on = { change: changed };
  const inputs = {
    window: el("input", { name: "window", size: 7, autocomplete: "off", title: "Silence that means: resolved. Such as 36h or 7d", on }),
    preset: el("select", { name: "preset", on }, options([["", "as configured"], ...status.presets.map((preset) => [preset.name, preset.name])])),
    target: el("input", { name: "target", type: "number", min: 0, max: 100, step: "any", title: "FCR to reach, in per cent", on }),
    trend: el("select", { name: "trend", on }, options(TRENDS)),
  };
  const meaning = el("p", { class: "soft", id: "preset-says" });
  inputs.preset.setAttribute("aria-describedby", "preset-says");
  const form = el("form", { class: "controls", "aria-label": "How it is counted", on: { submit: (event) => { event.preventDefault(); document.activeElement?.blur(); } } },
    labelled("Window", inputs.window), labelled("Target, %", inputs.target), labelled("Definition", inputs.preset), labelled("Periods", inputs.trend),
    el("button", { type: "button", on: { click: () => change(Object.fromEntries(POLICY_KEYS.map((key) => [key, null]))) } }, "As configured"));
  const news = el("p", { class: "news", role: "status" });
  document.body.prepend(el("header", {}, links, form, meaning, news));
  watch(news);

  // Puts what the address says into the controls.
  return (query, view) => {
    links.replaceChildren(...VIEW_LINKS.map(([name, text]) => {
      const link = linkTo(name, {}, text);
      if (name === view) link.setAttribute("aria-current", "page");
      return link;
    }));
    form.hidden = view === "tester";
    for (const name of ["window", "preset", "trend"]) inputs[name].value = query.get(name) || "";
    inputs.target.value = query.get("target") ? String(Math.round(1e6 * Number(query.get("target"))) / 1e4) : "";
    inputs.window.placeholder = query.get("preset") ? "its own" : status.policy.window;
    inputs.target.placeholder = String(Math.round(1e4 * status.policy.target) / 100);
    const preset = status.presets.find((one) => one.name === query.get("preset"));
    meaning.textContent = preset && view !== "tester" ? preset.says : "";
  };
}

// Asks now and then whether a commit has landed, and offers it: numbers do not change under somebody's eyes.
function watch(news) {
  const look = async () => {
    if (document.hidden) return;
    const shown = version;
    const now = await ask("status", "").catch(() => null);
    version = shown;
    if (!now || now.version === shown) return news.replaceChildren();
    if (news.childElementCount) return;
    news.append("New data were indexed. ", el("button", { type: "button", on: { click: () => { version = now.version; news.replaceChildren(); showView(); } } }, "Show them"));
  };
  setInterval(look, POLL_MILLISECONDS);
  document.addEventListener("visibilitychange", look);
}
