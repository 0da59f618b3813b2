// The bench: the queue of this station by deadline, and what only a person can
// say.

import { $, age, choose, complain, keep, onQueue, place, post, put, read, say, slipped } from "../core.js";
import { listen, press, seen, showCost, showNumber, showQuestion } from "../questions.js";
import { askReason } from "../reprint.js";
import { scanned } from "../scan.js";
import { onKey } from "../shell.js";
import { preview } from "./preview.js";
import { picked, showPicks } from "./picks.js";
import "./rules.js";

export { askReason };

let queue = null; // the last answer
let carrier = "", limit = 100;

const nameOf = (r) => r.label || r.order;
const wanted = () => $("find").value.trim().normalize("NFKC");

// stops tells a parcel whose label is out and that may have to stay.
const stops = (r) => r.state === "done" && Boolean(r.alarm);

function show() {
  const urgent = (a, b) => (a.deadline ?? "9").localeCompare(b.deadline ?? "9") || a.order.localeCompare(b.order);
  const latest = (a, b) => (b.since ?? "").localeCompare(a.since ?? "");
  const of = (...states) => queue.rows.filter((r) => states.includes(r.state) && !stops(r));

  keep($("questions"), of("unknown").sort(urgent), nameOf, "question-form", showQuestion);
  keep($("numbers"), of("number-unknown").sort(urgent), nameOf, "number-form", showNumber);
  keep($("alarms"), queue.rows.filter(stops).sort(urgent), nameOf, "row-form", showRow);
  keep($("queue"), of("waiting", "printing").sort(urgent), nameOf, "row-form", showRow);
  keep($("refused"), of("refused").sort(urgent), nameOf, "row-form", showRow);
  keep($("done"), of("done", "cancelled").sort(latest), nameOf, "row-form", showRow);
  const narrowed = wanted() !== "" || carrier !== "";
  for (const list of $("bench").querySelectorAll("ol.rows")) list.parentElement.hidden = list.children.length === 0;
  $("waiting").hidden = !narrowed && $("queue").children.length === 0;
  $("empty").hidden = narrowed || queue.rows.some(stops) || of("unknown", "waiting", "printing", "number-unknown", "refused").length > 0;
  $("nothing").hidden = !narrowed || queue.rows.length > 0;
  $("more").hidden = !queue.more;
  $("show-more").hidden = limit >= 1000;
  put($("more"), "more", queue.more ? say(limit >= 1000 ? "more-narrow" : "more-rows", queue.more) : "");
  showCarriers();
  showPicks();
}

function showCarriers() {
  const list = queue.carriers ?? [];
  const all = { carrier: "", name: say("all-carriers"), waiting: list.reduce((n, c) => n + c.waiting, 0) };
  if (carrier && !list.some((c) => c.carrier === carrier)) list.push({ carrier, name: carrier, waiting: 0 });
  $("carriers").hidden = list.length < 2 && !carrier;
  keep($("carriers"), [all, ...list], (c) => c.carrier, "carrier-form", (e, c) => {
    e.carrier = c.carrier;
    put(e, "name", c.name || c.carrier);
    put(e, "count", c.waiting);
    e.setAttribute("aria-pressed", String(c.carrier === carrier));
  });
}

function showRow(e, r) {
  e.row = r;
  e.className = "row is-" + r.state;
  e.classList.toggle("is-stopped", stops(r));
  e.classList.toggle("has-why", r.state !== "refused" && Boolean(r.refusal));
  put(e, "waybill", r.waybill || r.order);
  put(e, "carrier", r.carrier_name);
  put(e, "order", [r.waybill ? say("order", r.order) : "", r.parcels > 1 ? say("parcel", r.parcel, r.parcels) : ""].filter(Boolean).join(" · "));
  put(e, "receiver", r.receiver);
  put(e, "phone", r.phone);
  put(e, "address", r.address);
  put(e, "why", r.refusal?.message);
  const help = { retry: "help-retry", wait: "help-wait", ask: "help-ask", fix: "help-fix" }[r.refusal?.action];
  put(e, "help", help ? say(help) : "");
  put(e, "caution", (r.cautions ?? []).map((c) => say("caution", c.message)).join(" "));
  e.classList.toggle("has-caution", Boolean(r.cautions));
  showCost(e, r);
  let state = { waiting: "state-waiting", printing: "state-printing", done: "state-done", cancelled: "state-gone" }[r.state];
  let detail = [r.printer, r.attempts > 1 ? say("attempts", r.attempts) : ""];
  if (r.evidence) {
    state = "by-" + r.evidence;
    detail = [say("why-" + r.evidence), r.printer];
    e.classList.add("by-" + r.evidence);
  }
  put(e, "state", state ? say(state) : "");
  put(e, "detail", detail.filter(Boolean).join(" · "));
  const act = stops(r) ? "seen" : { waiting: "print", refused: "retry", done: r.waybill ? "reprint" : "" }[r.state];
  for (const b of e.querySelectorAll("button")) b.hidden = b.dataset.act === "preview" ? !r.label : b.dataset.act !== act;
  const box = e.querySelector(".pick input");
  box.disabled = r.state !== "waiting";
  box.setAttribute("aria-label", say("pick", r.waybill || r.order));
  showLeft(e, r);
}

// showLeft says how long there is, or for what is done, since when.
function showLeft(e, r) {
  if (r.state === "done" || r.state === "cancelled") {
    put(e, "left-word", "");
    const since = r.since && new Date(r.since), clock = { hour: "2-digit", minute: "2-digit" };
    const day = since && since.toDateString() !== new Date().toDateString() ? { month: "numeric", day: "numeric" } : {};
    put(e, "left", since ? since.toLocaleString(document.documentElement.lang, { ...day, ...clock }) : "");
    return;
  }
  if (!r.deadline) {
    put(e, "left-word", say("no-deadline"));
    return;
  }
  const left = r.left_seconds - age();
  const minutes = Math.floor(Math.abs(left) / 60), hours = Math.floor(minutes / 60);
  put(e, "left-word", say(left < 0 ? "late" : "left"));
  put(e, "left", hours >= 24 ? say("left-days", Math.floor(hours / 24), hours % 24)
    : hours > 0 ? say("left-hours", hours, minutes % 60) : say("left-minutes", minutes));
  e.dataset.urgency = left < 0 ? "late" : hours < 4 || r.lateness ? "soon" : hours < 12 ? "today" : "calm";
}

setInterval(() => {
  for (const e of document.querySelectorAll("#queue > li, #refused > li")) showLeft(e, e.row);
}, 15000);

// ---- what is pressed ----

const acts = {
  print: (e, button) => press(button, () => order([e.row.order])),
  retry: (e, button) => press(button, () => order([e.row.order])),
  reprint: (e) => askReason(e.row),
  seen: (e, button) => press(button, () => seen(e.row)),
  preview: (e) => preview(e.row),
};

// order has orders printed and says the first refusal.
async function order(orders) {
  const answer = await post("print", { orders });
  const refused = (answer?.orders ?? []).filter((t) => t.refusal);
  if (refused.length > 0) complain(refused[0].refusal.message + (refused.length > 1 ? " " + say("and-more", refused.length - 1) : ""));
}

for (const list of ["alarms", "queue", "refused", "done"]) {
  $(list).addEventListener("click", (event) => {
    const button = event.target.closest("button[data-act]");
    const looks = button?.dataset.act === "preview"; // does nothing that a slip could make wrong
    if (button && (looks || !slipped(event, button))) acts[button.dataset.act](button.closest("li"), button);
  });
}
listen($("questions"));
listen($("numbers"));

$("picked").querySelector('[data-act="print"]').addEventListener("click", (event) => press(event.target, async () => {
  const orders = picked();
  for (let i = 0; i < orders.length; i += 500) await order(orders.slice(i, i + 500)); // what one request may ask for
  showPicks([]);
}));

// ---- what is looked for ----

let waiting;

function narrow() {
  clearTimeout(waiting);
  choose({ find: wanted(), carrier, limit });
}

$("find").addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(narrow, 200);
});

// A number that was typed whole is as good as a scan.
$("find").addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  if (event.key === "Escape" && $("find").value) {
    $("find").value = "";
    narrow();
  }
  if (event.key !== "Enter") return;
  const number = wanted().toUpperCase();
  narrow();
  $("find").select();
  if (queue?.rows.some((r) => [r.waybill, r.order].some((n) => n?.toUpperCase() === number))) scanned(wanted());
});

onKey("/", () => { $("waiting").hidden = false; $("find").focus(); $("find").select(); });

$("carriers").addEventListener("click", (event) => {
  const chip = event.target.closest("button");
  if (!chip) return;
  carrier = chip.carrier;
  narrow();
  showCarriers();
});

$("show-more").addEventListener("click", () => { limit = 1000; narrow(); });

choose({ limit });
onQueue((q) => { queue = q; show(); });
place("bench", { open: read });
