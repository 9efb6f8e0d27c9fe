// The address bar holds the whole state of the view, so that a view can be shared. Questions to the server are made of it.
"use strict";

// What changes the policy or the periods: it stays from view to view. Everything else is the view's own.
const POLICY_KEYS = ["preset", "window", "lookback", "clock", "same", "derive_category", "target", "trend"];

const currentQuery = () => new URLSearchParams(location.search);

// Only these keys of a query, in order; empty ones are none.
function picked(query, keys) {
  const left = new URLSearchParams();
  for (const key of keys) for (const value of query.getAll(key)) if (value !== "") left.append(key, value);
  return left;
}

// The address of a view under the policy in view. `own` are the view's keys; null and undefined are left out.
function addressOf(view, own = {}) {
  const query = picked(currentQuery(), POLICY_KEYS);
  if (view !== "overview") query.set("view", view);
  for (const [key, value] of Object.entries(own)) for (const one of [value].flat()) if (one !== null && one !== undefined) query.append(key, one);
  return query.size ? `?${query}` : location.pathname;
}

// Changes some keys of the address, and shows what it then says.
function change(changes) {
  const query = currentQuery();
  for (const [key, value] of Object.entries(changes)) {
    if (value === null || value === undefined || value === "") query.delete(key);
    else query.set(key, value);
  }
  go(query.size ? `?${query}` : location.pathname);
}

function go(address) {
  if (address !== location.search) history.pushState(null, "", address);
  showView();
}

// A link to a view, which a click follows without loading the page anew.
function linkTo(view, own, ...text) {
  const follow = (event) => {
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(event.currentTarget.getAttribute("href"));
  };
  return el("a", { href: addressOf(view, own), on: { click: follow } }, ...text);
}

// The state of the store that was answered from last.
let version = null;

async function ask(what, query, options = {}) {
  const answer = await fetch(`/api/${what}?${query}`, options).catch((error) => {
    if (error.name === "AbortError") throw error;
    throw new Error("The server does not answer. Does recontact serve still run?");
  });
  const reason = answer.status === 414 ? "The address is too long: what it names can be seen with recontact explain." : `The server answers ${answer.status} without a reason.`;
  const body = await answer.json().catch(() => ({ error: reason }));
  if (!answer.ok) throw new Error(body.error);
  version = answer.headers.get("recontact-version") || version;
  return body;
}

// The page of the last policy, which several views draw on.
let lastPage = null;

async function pageOf(query, options) {
  const asked = picked(query, POLICY_KEYS).toString();
  if (lastPage?.asked !== asked || lastPage.version !== version) {
    const page = await ask("page", asked, options);
    lastPage = { asked, version, page, beside: new Map() };
  }
  return lastPage.page;
}

// What takes longer than the page, or is not in it, is asked for apart, once: the promise of it stays as long as the page does.
function besidePage(what, query, own = {}) {
  const asked = picked(query, POLICY_KEYS.filter((key) => key !== "trend"));
  for (const [key, value] of Object.entries(own)) asked.set(key, value);
  const { beside } = lastPage;
  const key = `${what}?${asked}`;
  if (!beside.has(key)) {
    beside.set(key, ask(what, asked));
    beside.get(key).catch(() => beside.delete(key));
  }
  return beside.get(key);
}

const isAsked = (what) => [...lastPage.beside.keys()].some((key) => key.startsWith(`${what}?`));
