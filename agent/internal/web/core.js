// What every place of the page stands on: words, requests, the line to the
// agent, and which place is shown. Everything from an order is set as text,
// never as markup.

export const $ = (id) => document.getElementById(id);
export const token = document.querySelector('meta[name="miandan-token"]').content;

const words = {};
for (const w of $("words").content.querySelectorAll("[data-word]")) words[w.dataset.word] = w.textContent;

// say returns a word of text_*.go, with what stands for {0}, {1}.
export function say(key, ...values) {
  return (words[key] ?? key).replace(/\{(\d)\}/g, (_, i) => values[i]);
}

// knows reports whether there is such a word.
export const knows = (key) => key in words;

// ---- requests ----

// ask reads a route and throws a problem {status, code, message}.
export async function ask(name) {
  let answer;
  try {
    answer = await fetch("/api/v1/" + name, { cache: "no-store" });
  } catch {
    throw { status: 0, code: "", message: say("no-answer") };
  }
  if (!answer.ok) throw await problem(answer);
  return answer.json();
}

// inOrder serves what is asked again before it has been answered: each call begins a
// question, and what it returns says whether none has begun since. A busy agent answers
// in any order, and an older answer would undo on the page what was decided meanwhile.
export function inOrder() {
  let last = 0;
  return () => {
    const mine = ++last;
    return () => mine === last;
  };
}

// get reads a route; it says what is wrong and returns null then.
export async function get(name) {
  try {
    return await ask(name);
  } catch (e) {
    complain(e.message);
    return null;
  }
}

// post sends one act; it says what is wrong and returns null then. The token is
// that of the agent's present run; after a restart the page is out of date as a
// whole.
export async function post(name, body = {}) {
  try {
    return await send(name, body);
  } catch (e) {
    if (e.code === "token-refused") location.reload();
    complain(e.message);
    return null;
  }
}

// send is post for those who say themselves what is wrong.
export async function send(name, body) {
  let answer;
  try {
    answer = await fetch("/api/v1/" + name, {
      method: "POST", headers: { "Content-Type": "application/json", "Miandan-Token": token }, body: JSON.stringify(body),
    });
  } catch {
    throw { status: 0, code: "", message: say("no-answer") };
  }
  if (!answer.ok) throw await problem(answer);
  return answer.status === 204 ? {} : answer.json();
}

async function problem(answer) {
  try {
    const { code, message } = await answer.json();
    return { status: answer.status, code, message };
  } catch {
    return { status: answer.status, code: "", message: say("no-answer") };
  }
}

let silence;

// flash says something once: in "trouble" what went wrong, in "packed" what went
// well.
export function flash(id, message) {
  for (const other of ["trouble", "packed"]) $(other).hidden = other !== id;
  $(id).textContent = message;
  clearTimeout(silence);
  silence = setTimeout(() => { $(id).hidden = true; }, 8000);
}

export const complain = (message) => flash("trouble", message);

// anew has the agent start anew with the settings as they are now, and the page with
// it. It throws what keeps it from that.
export async function anew(wanted, hash = location.hash) {
  const { run } = await ask("start");
  await send("start/begin", wanted);
  for (let tries = 0; tries < 240; tries++) {
    await new Promise((done) => setTimeout(done, 250));
    let now = null;
    try {
      now = await ask("start");
    } catch (e) {
      if (e.status === 0) continue; // nobody is there yet
    }
    if (now?.run === run) continue;
    history.replaceState(null, "", "/" + hash);
    location.reload();
    return;
  }
  throw { message: say("no-answer") };
}

// ---- what is shown ----

// keep makes list's children those of items, in their order. An element that
// stays is not touched, so that a button keeps its focus and its press.
export function keep(list, items, key, form, fill) {
  const there = new Map([...list.children].map((e) => [e.dataset.key, e]));
  const want = items.map((item) => {
    const k = String(key(item));
    const e = there.get(k) ?? $(form).content.firstElementChild.cloneNode(true);
    there.delete(k);
    e.dataset.key = k;
    fill(e, item);
    return e;
  });
  for (const e of there.values()) e.remove();
  want.forEach((e, i) => { if (list.children[i] !== e) list.insertBefore(e, list.children[i] ?? null); });
}

// put sets the text of e's part data-is.
export function put(e, part, text) {
  const at = e.querySelector(`[data-is="${part}"]`);
  if (at.textContent !== String(text ?? "")) at.textContent = text ?? "";
}

// A glove presses twice, and what is pressed may have made way for the next
// question by then. Another press at the same place is not an answer to it.
let pressed = { at: -1000, x: 0, y: 0, button: null };

export function slipped(event, button) {
  const now = { at: performance.now(), x: event.clientX, y: event.clientY, button };
  const near = now.at - pressed.at < 500 && Math.hypot(now.x - pressed.x, now.y - pressed.y) < 60;
  if (event.detail > 0 && near && button !== pressed.button) return true;
  pressed = now;
  return false;
}

// ---- the places ----

const places = new Map(); // by name what is to be done when it opens and closes
let here = "";

// address is what stands behind the #, which anybody's link may have written.
function address() {
  try {
    return decodeURIComponent(location.hash.slice(1));
  } catch {
    return "";
  }
}

const named = () => {
  const name = address().split("/")[0];
  return name && document.querySelector(`main[id="${CSS.escape(name)}"]`) ? name : "bench";
};

// place says what is done when a place is shown and when it is left. What follows
// the place's name and a slash in the address is handed to open.
export function place(name, hooks) {
  places.set(name, hooks);
  if (here === name) hooks.open?.(behind());
}

export const at = () => here;
export const go = (name) => { location.hash = name === "bench" ? "" : name; };

const behind = () => address().split("/").slice(1).join("/");

function turn() {
  const name = named();
  if (name !== here) {
    for (const d of document.querySelectorAll("dialog[open]")) d.close();
    if (here) places.get(here)?.close?.();
    scrollTo(0, 0);
  }
  here = name;
  document.body.dataset.place = name;
  for (const m of document.querySelectorAll("main")) m.hidden = m.id !== name;
  for (const a of $("places").children) {
    if (a.dataset.place === name) a.setAttribute("aria-current", "page");
    else a.removeAttribute("aria-current");
  }
  places.get(name)?.open?.(behind());
}

addEventListener("hashchange", turn);

// absent takes a place that this station does not serve out of the list.
export function absent(name) {
  for (const a of $("places").children) if (a.dataset.place === name) a.hidden = true;
}

// ---- who is here ----

let who = { role: "lead", pins: [] }, whoReaders = [];

// session is {role, pins, until}: what the page may do, which roles have a PIN,
// and until when the present one holds.
export const session = () => who;

// onSession calls f now and whenever the session changes.
export function onSession(f) {
  whoReaders.push(f);
  f(who);
}

const newestSession = inOrder();

export async function readSession() {
  const newest = newestSession();
  try {
    const found = await ask("session");
    if (!newest()) return;
    who = { pins: [], ...found, known: true };
  } catch {
    return;
  }
  document.body.dataset.role = who.role;
  for (const f of whoReaders) f(who);
}

// ---- the queue and the line to the agent ----

let queue = null; // the last answer
let readAt = 0; // when it came, on a clock that nobody sets
let reading = false, again = false, query = "";
const readers = [];

// onQueue calls f with each new queue: {seq, paused, counts, printers, rows, …}.
export function onQueue(f) {
  readers.push(f);
  if (queue) f(queue);
}

// age is for how many seconds the queue has been known.
export const age = () => (performance.now() - readAt) / 1000;

// choose says which rows of the queue are wanted: {find, carrier, limit}.
export function choose(wanted) {
  const q = new URLSearchParams(Object.entries(wanted).filter(([, v]) => v)).toString();
  if (q === query) return;
  query = q;
  if (queue) queue.seq = 0;
  read();
}

export async function read() {
  if (reading) { again = true; return; }
  reading = true;
  const asked = query;
  try {
    const q = await ask("queue" + (asked ? "?" + asked : ""));
    if (asked === query && (!queue || q.seq >= queue.seq)) {
      queue = q;
      readAt = performance.now();
      for (const f of readers) f(q);
    }
  } catch (e) {
    complain(e.message ?? say("no-answer"));
  }
  reading = false;
  if (again) { again = false; read(); }
}

let line, seen = 0, heard = 0, broken = 0;

// breaks counts how often the line broke: beyond one another program may answer.
export const breaks = () => broken;

function connect() {
  line?.close();
  line = new EventSource("/api/v1/events");
  const hear = (event) => {
    heard = performance.now();
    $("lost").hidden = true;
    document.body.classList.remove("is-lost");
    const { seq } = JSON.parse(event.data);
    if (seq !== seen || !queue) { seen = seq; read(); }
  };
  line.addEventListener("changed", hear);
  line.addEventListener("alive", hear);
  line.addEventListener("error", lost);
}

function lost() {
  broken++;
  seen = 0; // an agent that starts again counts from the beginning
  if (queue) queue.seq = 0;
  $("lost").hidden = false;
  document.body.classList.add("is-lost");
}

setInterval(() => {
  if (document.hidden) return;
  const dead = performance.now() - heard > 40000;
  if (dead) lost();
  if (dead || line.readyState === EventSource.CLOSED) connect();
}, 5000);

// A browser opens six lines to one server. A page nobody looks at gives its own
// back.
document.addEventListener("visibilitychange", () => {
  if (document.hidden) line.close();
  else { heard = performance.now(); connect(); }
});

turn();
heard = performance.now();
connect();
readSession();
