// What was printed, however long ago. A scanner works here too: what it reads is
// looked for.

import { $, ask, at, complain, inOrder, keep, onQueue, place, put, say } from "../core.js";
import { closes, moment, parcel, showState, stateOf } from "../office.js";
import { askReason } from "./bench.js";

const history = $("history"), form = $("history-ask"), language = document.documentElement.lang;

const newestLook = inOrder();

let rows = [], next = "";

// query says what is looked for, from the fields that are filled.
function query() {
  const f = form.elements, q = new URLSearchParams({ limit: 50 });
  for (const name of ["find", "state", "carrier", "printer"]) if (f[name].value.trim()) q.set(name, f[name].value.trim());
  if (f.day.value) {
    const [year, month, day] = f.day.value.split("-").map(Number);
    q.set("from", new Date(year, month - 1, day).toISOString());
    q.set("to", new Date(year, month - 1, day + 1).toISOString());
  }
  return q;
}

// look reads the first page, or the next.
async function look(further) {
  const newest = newestLook(), q = query();
  if (further) q.set("before", next);
  try {
    const found = await ask("history?" + q);
    if (!newest()) return;
    rows = further ? [...rows, ...found.rows] : found.rows;
    next = found.next ?? "";
    show();
  } catch (e) {
    if (newest()) complain(e.message ?? say("no-answer"));
  }
}

const nameOf = (r) => r.label || r.order;

function show() {
  keep($("history-list"), rows, nameOf, "history-line", showRow);
  put(history, "sum", rows.length ? say(next ? "history-some" : "history-sum", rows.length) : "");
  $("history-nothing").hidden = rows.length > 0;
  $("history-more").hidden = !next;
  choices(form.elements.carrier, rows.map((r) => [r.carrier, r.carrier_name]));
  choices(form.elements.printer, rows.map((r) => [r.printer, r.printer]));
}

// choices adds to a list what it does not have yet.
function choices(list, values) {
  const there = new Set([...list.options].map((o) => o.value));
  for (const [value, name] of values) {
    if (!value || there.has(value)) continue;
    there.add(value);
    list.add(new Option(name || value, value));
  }
}

onQueue((q) => {
  choices(form.elements.printer, q.printers.map((p) => [p.name, p.name]));
  choices(form.elements.carrier, (q.carriers ?? []).map((c) => [c.carrier, c.name]));
});

function showRow(e, r) {
  e.row = r;
  const since = r.since ? new Date(r.since) : null;
  put(e, "time", since?.toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit", hour12: false }));
  put(e, "day", since?.toLocaleDateString(language, { month: "2-digit", day: "2-digit" }));
  put(e, "waybill", r.waybill || r.order);
  put(e, "carrier", r.carrier_name);
  put(e, "order", r.waybill ? say("order", r.order) : "");
  put(e, "receiver", [r.receiver, r.phone].filter(Boolean).join(" "));
  put(e, "address", r.address);
  showState(e, r);
}

let typing;
form.addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(look, 250);
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(typing);
  form.elements.find.select(); // the next scan replaces this one
  look();
});
form.addEventListener("reset", () => setTimeout(look)); // after the fields are empty
$("history-more").addEventListener("click", () => look(true));

// ---- one of them ----

const past = $("past"), picture = $("past-picture");

$("history-list").addEventListener("click", (event) => {
  const line = event.target.closest("li");
  if (line) open(line.row);
});

function open(r) {
  past.row = r;
  put(past, "number", r.waybill || r.order);
  put(past, "about", [r.carrier_name, r.waybill ? say("order", r.order) : "", parcel(r)].filter(Boolean).join(" · "));
  const word = r.evidence ? say("by-" + r.evidence) + " · " + say("why-" + r.evidence) : "";
  const facts = [
    [say("past-state"), stateOf(r)],
    [say("past-evidence"), word],
    [say("past-since"), moment(r.since)],
    [say("past-deadline"), moment(r.deadline)],
    [say("past-printer"), r.printer],
    [say("past-attempts"), r.attempts],
    [say("past-receiver"), [r.receiver, r.phone].filter(Boolean).join(" ")],
    [say("past-address"), r.address],
    [say("past-trouble"), r.refusal?.message],
    [say("past-notes"), (r.cautions ?? []).map((c) => c.message).join(" ")],
    [say("past-step"), r.step],
  ].filter(([, is]) => is);
  keep(past.querySelector("dl"), facts, ([what]) => what, "past-fact", (e, [what, is]) => {
    put(e, "what", what);
    put(e, "is", is);
  });
  $("past-reprint").hidden = r.state !== "done" || !r.waybill;
  picture.hidden = true;
  $("past-none").hidden = Boolean(r.label);
  picture.removeAttribute("src");
  if (r.label) {
    picture.alt = say("label-of", r.waybill);
    picture.src = `/api/v1/labels/${encodeURIComponent(r.label)}.png`;
  }
  past.showModal();
}

picture.addEventListener("load", () => { picture.hidden = false; });
picture.addEventListener("error", () => { $("past-none").hidden = false; });
closes(past);
$("past-reprint").addEventListener("click", () => {
  past.close();
  askReason(past.row);
});

// ready puts the focus where a scan goes.
const ready = () => form.elements.find.focus();
addEventListener("load", () => { if (at() === "history") ready(); }); // the browser has looked for the place itself by then

place("history", {
  open(behind) {
    if (behind) form.elements.find.value = behind;
    ready();
    look();
  },
});
