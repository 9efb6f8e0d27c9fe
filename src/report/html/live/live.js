// The page of a server: the view that the address names, drawn from what the server answers.
"use strict";

const main = document.getElementById("page");
const faultOf = (error) => el("p", { role: "alert", class: "fault" }, error.message);
const FILTER_KEYS = ["channel", "category", "from", "to"];

async function overviewView(query, request, status) {
  const page = await pageOf(query, request);
  // An empty value stands for contacts that have none.
  const filter = Object.fromEntries(FILTER_KEYS.filter((key) => query.has(key)).map((key) => [key, query.get(key) || null]));
  const onFilter = (changed) => {
    const next = picked(currentQuery(), POLICY_KEYS);
    for (const key of FILTER_KEYS) if (changed[key] !== undefined) next.append(key, changed[key] ?? "");
    history.pushState(null, "", next.size ? `?${next}` : location.pathname);
  };
  return (place) => showPage(place, page, { filter, onFilter, sweep: () => besidePage("sweep", query), parts: partsBeside(page, query, status) });
}

const VIEWS = { overview: overviewView, category: categoryView, contact: contactView, customer: customerView, search: searchView, tester: testerView };

let turn = 0;
let request = null;
let lastView = null;
let setControls = null;
let status = null;

// Draws the view of the address. Of several that are asked for in a row only the last is drawn.
async function showView() {
  const query = currentQuery();
  const name = Object.hasOwn(VIEWS, query.get("view")) ? query.get("view") : "overview";
  const own = ++turn;
  request?.abort();
  request = new AbortController();
  setControls(query, name);
  main.setAttribute("aria-busy", "true");
  try {
    const drawView = await VIEWS[name](query, { signal: request.signal }, status);
    if (own !== turn) return;
    drawn.length = 0;
    drawView(main);
  } catch (error) {
    if (own !== turn || error.name === "AbortError") return;
    main.replaceChildren(el("h1", {}, "First-contact resolution"), faultOf(error));
  }
  main.removeAttribute("aria-busy");
  arrive(name);
}

// So that a heading is read out, and the next key goes on from there.
function focusOn(head) {
  head.tabIndex = -1;
  head.focus({ preventScroll: true });
}

// A view that is new begins at its top, and its name is read out.
function arrive(name) {
  const head = main.querySelector("h1");
  document.title = head ? `${head.textContent} · recontact` : "recontact";
  if (lastView !== null && lastView !== name) {
    scrollTo(0, 0);
    if (head && !main.contains(document.activeElement)) focusOn(head);
  }
  lastView = name;
  if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
}

async function begin() {
  linked.contact = contactLink;
  linked.category = (category) => linkTo("category", { category: category ?? "" }, named(category));
  try {
    status = await ask("status", "");
  } catch (error) {
    main.replaceChildren(el("h1", {}, "First-contact resolution"), faultOf(error));
    return;
  }
  setControls = makeControls(status);
  addEventListener("popstate", showView);
  await showView();
}

begin();
