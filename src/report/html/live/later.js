// Parts that the page of a server does not hold: coaching is asked for with it, gaps and drivers, which may take a minute of a
// large store, when somebody wants them. All are of all contacts, under the policy in view.
"use strict";

function partsBeside(page, query, status) {
  const { eligible_count: counted } = page.report.overall;
  return {
    drivers: counted ? partWhenAsked("drivers", DRIVERS_TITLE, "Every transcript is read to find them.", "Find drivers", page, query, (drivers) => driversPart(drivers, counted)) : null,
    coaching: counted ? coachingBeside(page, query, status) : null,
    gaps: counted ? partWhenAsked("gaps", GAPS_TITLE, "What failed contacts ask is held against every article.", "Find gaps", page, query, gapsPart) : null,
  };
}

// What is to be known of a part where a commit has landed since the page was drawn.
const newer = (found, page) => (found.commit_id === page.report.commit_id ? [] : [el("p", { class: "news" }, "New data were indexed meanwhile: what follows is of them, the rest of the page is of before.")]);

// A sign that something is on its way.
const waiting = (text) => el("p", { role: "status", class: "soft" }, text, " ", el("progress", { "aria-label": text }));

// A part with a button in place of what it is about, until somebody asks for that.
function partWhenAsked(id, title, why, label, page, query, show) {
  const place = el("div");
  const offer = (...said) => place.replaceChildren(part(id, title, ...said,
    el("p", { class: "soft" }, why, " That takes a moment, of a million contacts a minute or more."), el("button", { type: "button", on: { click: clicked } }, label)));
  const fetchIt = async () => {
    place.replaceChildren(part(id, title, waiting("They are being looked for.")));
    try {
      const found = await besidePage(id, query);
      place.replaceChildren(...newer(found, page), show(found));
      draw();
    } catch (error) {
      offer(faultOf(error));
    }
  };
  // The button that had the focus is gone then.
  const clicked = () => fetchIt().then(() => focusOn(place.querySelector("h2")));
  // Who comes back to the page need not ask again.
  if (isAsked(id)) fetchIt();
  else offer();
  return place;
}

// Who is compared, as long as the page is open.
let coachedBy = "agent_id";

function coachingBeside(page, query, status) {
  const isHidden = status.policy.agents === "hidden";
  const place = el("div");
  const select = el("select", { name: "coached", on: { change: () => { coachedBy = select.value; fetchThem().then(() => select.focus()); } } }, options([["agent_id", "agents"], ["team", "teams"]]));
  select.value = coachedBy;
  const choice = isHidden ? null : el("label", {}, "Compare ", select);
  const fetchThem = async () => {
    const by = isHidden ? "team" : coachedBy;
    place.replaceChildren(part("coaching", COACHING_TITLE, choice, waiting("They are being compared.")));
    try {
      const list = await besidePage("coaching", query, { by });
      if (by !== (isHidden ? "team" : coachedBy)) return;
      place.replaceChildren(...newer(list, page), coachingPart(list, choice));
      draw();
    } catch (error) {
      place.replaceChildren(part("coaching", COACHING_TITLE, choice, faultOf(error)));
    }
  };
  fetchThem();
  return place;
}
