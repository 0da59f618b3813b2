// Waves: many orders as one piece of work. The list, and one of them with its
// parcels in the order in which they are picked.

import { $, ask, at, complain, go, keep, onQueue, place, post, put, read, say, send, slipped } from "../core.js";
import { listen, showNumber, showQuestion } from "../questions.js";

let open = ""; // the wave that is shown, or none
let only = ""; // of its rows: all, or the unscanned
let reading = false, again = false;

async function look() {
  if (at() !== "waves") return;
  if (reading) { again = true; return; }
  reading = true;
  const asked = open;
  try {
    if (asked) {
      const w = await ask("waves/" + encodeURIComponent(asked));
      if (asked === open) showWave(w);
    } else {
      showWaves((await ask("waves")).waves);
    }
  } catch (e) {
    complain(e.message ?? String(e));
    if (e.status === 404 && open) go("waves");
  }
  reading = false;
  if (again) { again = false; look(); }
}

// ---- what both show ----

// parts are the kinds of orders in a wave, in the order of the bar.
const parts = (w) => [
  ["scanned", w.scanned], ["done", w.done - w.scanned], ["printing", w.printing], ["waiting", w.waiting],
  ["unknown", w.unknown], ["refused", w.refused], ["cancelled", w.cancelled],
].filter(([, n]) => n > 0);

function showHead(e, w) {
  e.wave = w;
  e.dataset.state = w.state;
  put(e, "title", [w.id, w.name].filter(Boolean).join(" "));
  const since = new Date(w.started).toLocaleString(document.documentElement.lang, { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit" });
  put(e, "about", [say("wave-" + w.state), say("wave-count", w.orders), w.printer, since].filter(Boolean).join(" · "));
  keep(e.querySelector(".progress"), parts(w), ([kind]) => kind, "part-form", (part, [kind, n]) => {
    part.dataset.part = kind;
    part.style.flexGrow = n;
  });
  keep(e.querySelector(".sums"), parts(w), ([kind]) => kind, "sum-form", (sum, [kind, n]) => {
    sum.dataset.part = kind;
    put(sum, "n", n);
    put(sum, "word", say("part-" + kind));
  });
  for (const b of e.querySelectorAll(".act button")) {
    b.hidden = { stop: w.state !== "working", resume: w.state !== "stopped", close: w.state === "closed" || w.state === "working" }[b.dataset.act];
  }
}

function showWaves(waves) {
  $("wave").hidden = true;
  $("waves-list").hidden = false;
  $("waves-none").hidden = waves.length > 0;
  keep($("wave-cards"), waves, (w) => w.id, "wave-form", (e, w) => {
    showHead(e, w);
    e.querySelector("a").href = "#waves/" + encodeURIComponent(w.id);
  });
}

// ---- one wave ----

const missed = (w) => (r) => w.state !== "closed" && r.state === "done" && !r.scanned;

function showWave(w) {
  $("waves-list").hidden = true;
  $("wave").hidden = false;
  showHead($("wave"), w);
  const unscanned = w.rows.filter(missed(w));
  put($("wave"), "unscanned", unscanned.length);
  $("wave").classList.toggle("is-printed", w.state === "printed");
  const asked = (state) => w.rows.filter((r) => r.state === state);
  keep($("wave-questions"), asked("unknown"), (r) => r.label, "question-form", showQuestion);
  keep($("wave-numbers"), asked("number-unknown"), (r) => r.order, "number-form", showNumber);
  keep($("wave-rows"), only ? unscanned : w.rows, (r) => r.label || r.order, "wave-row-form", (e, r) => showRow(e, r, w));
}

function showRow(e, r, w) {
  e.className = "row is-" + r.state;
  e.classList.toggle("is-scanned", r.scanned);
  e.classList.toggle("is-missed", w.state === "printed" && missed(w)(r));
  e.classList.toggle("has-why", Boolean(r.refusal));
  put(e, "position", r.position);
  put(e, "place", r.place);
  put(e, "goods", r.goods);
  put(e, "waybill", r.waybill || r.order);
  put(e, "carrier", r.carrier_name);
  put(e, "order", r.waybill ? say("order", r.order) : "");
  put(e, "receiver", r.receiver);
  put(e, "phone", r.phone);
  put(e, "address", r.address);
  put(e, "why", r.refusal?.message);
  const word = r.scanned ? "part-scanned" : { unknown: "part-unknown", "number-unknown": "part-unknown", refused: "part-refused", done: "part-done", waiting: "part-waiting", printing: "part-printing", cancelled: "part-cancelled" }[r.state];
  put(e, "state", say(word));
  put(e, "detail", [r.evidence && !r.scanned ? say("why-" + r.evidence) : "", r.printer].filter(Boolean).join(" · "));
}

$("waves").addEventListener("click", async (event) => {
  const button = event.target.closest(".act button");
  if (!button || slipped(event, button)) return;
  const w = button.closest(".wave, #wave").wave;
  button.disabled = true;
  await post(`waves/${encodeURIComponent(w.id)}/${button.dataset.act}`);
  button.disabled = false;
  look();
});

$("wave").querySelector(".filter").addEventListener("click", (event) => {
  const b = event.target.closest("button");
  if (!b) return;
  only = b.dataset.only;
  for (const other of b.parentElement.children) other.setAttribute("aria-pressed", String(other === b));
  look();
});

listen($("wave-questions"));
listen($("wave-numbers"));

// ---- a new wave ----

const dialog = $("new-wave"), form = dialog.querySelector("form");

const listed = () => [...new Set(form.elements.orders.value.split(/[\s,;，；、]+/).filter(Boolean))];

// newWave asks how orders are to be made a wave.
export async function newWave(orders) {
  form.reset();
  form.elements.orders.value = orders.join("\n");
  count();
  put(dialog, "wrong", "");
  dialog.showModal();
  (orders.length > 0 ? form.querySelector("[type=submit]") : form.elements.orders).focus();
  const { devices } = await ask("devices").catch(() => ({ devices: [] }));
  const groups = [...new Set(devices.map((d) => d.group).filter(Boolean))];
  const names = [["", say("any-printer")], ...groups.map((g) => [g, say("wave-group", g)]), ...devices.map((d) => [d.name, d.name])];
  form.elements.printer.replaceChildren(...names.map(([value, text]) => new Option(text, value)));
}

function count() {
  put(dialog, "count", listed().length || "");
}

form.addEventListener("input", count);
form.addEventListener("submit", async (event) => {
  event.preventDefault(); // the dialog stays until there is a wave
  const f = form.elements;
  const wanted = { orders: listed(), sort: f.sort.value, separator: f.separator.checked };
  if (f.name.value.trim()) wanted.name = f.name.value.trim();
  if (f.printer.value) wanted.printer = f.printer.value;
  event.submitter.disabled = true;
  try {
    const started = await send("waves", wanted);
    dialog.close();
    dispatchEvent(new Event("wave-started"));
    tellLeft(started.left_out ?? []);
    if (started.wave.id) go("waves/" + started.wave.id);
    read();
  } catch (e) {
    put(dialog, "wrong", e.message ?? String(e));
  }
  event.submitter.disabled = false;
});

function tellLeft(left) {
  if (left.length === 0) return;
  const box = $("wave-left");
  keep(box.querySelector("ul"), left, (t) => t.order, "left-form", (e, t) => {
    put(e, "order", t.order);
    put(e, "why", t.refusal?.message ?? say({ done: "state-done", printing: "state-printing", cancelled: "state-gone", unknown: "part-unknown", "number-unknown": "part-unknown" }[t.state] ?? "part-refused"));
  });
  box.showModal();
}

$("wave-left").querySelector("button").addEventListener("click", () => $("wave-left").close());
$("new-wave-cancel").addEventListener("click", () => dialog.close());
$("new-wave-open").addEventListener("click", () => newWave([]));

onQueue(look);
place("waves", {
  open(id) {
    if (id !== open) {
      only = "";
      $("wave").hidden = true; // until it is known
    }
    open = id;
    $("waves-list").hidden = Boolean(id);
    for (const b of $("wave").querySelectorAll("[data-only]")) b.setAttribute("aria-pressed", String(b.dataset.only === only));
    look();
  },
});
