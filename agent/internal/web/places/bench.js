// The bench: the queue of this station, its questions, and the scanner.

import { $, age, at, complain, flash, go, keep, onQueue, place, post, put, read, say, slipped } from "../core.js";

let queue = null; // the last answer

const nameOf = (r) => r.label || r.order;

function show() {
  const wanted = $("find").value.trim().toUpperCase();
  const rows = queue.rows.filter((r) => !wanted || [r.waybill, r.order].some((n) => n && n.toUpperCase().includes(wanted)));
  const urgent = (a, b) => (a.deadline ?? "9").localeCompare(b.deadline ?? "9") || a.order.localeCompare(b.order);
  const latest = (a, b) => (b.since ?? "").localeCompare(a.since ?? "");
  const of = (...states) => rows.filter((r) => states.includes(r.state));

  document.body.classList.toggle("is-paused", queue.paused);
  $("pause").hidden = false;
  $("paused").hidden = !queue.paused;
  for (const c of $("counts").children) {
    const n = queue.counts[c.dataset.count];
    c.lastElementChild.textContent = n;
    c.classList.toggle("some", n > 0);
  }
  const asked = queue.counts.unknown ? `(${queue.counts.unknown}?) ` : "";
  document.title = `${asked}${document.querySelector("h1").textContent.trim()} · ${queue.counts.waiting}`;

  keep($("strip"), queue.printers, (p) => p.name, "printer-form", showPrinter);
  keep($("questions"), of("unknown").sort(urgent), nameOf, "question-form", showQuestion);
  keep($("numbers"), of("number-unknown").sort(urgent), nameOf, "number-form", showNumber);
  keep($("queue"), of("waiting", "printing").sort(urgent), nameOf, "row-form", showRow);
  keep($("refused"), of("refused").sort(urgent), nameOf, "row-form", showRow);
  keep($("done"), of("done", "cancelled").sort(latest), nameOf, "row-form", showRow);
  for (const list of document.querySelectorAll("ol.rows")) list.parentElement.hidden = list.children.length === 0;
  $("empty").hidden = wanted !== "" || of("unknown", "waiting", "printing", "number-unknown", "refused").length > 0;
  $("nothing").hidden = wanted === "" || rows.length > 0;
}

function showPrinter(e, p) {
  const reasons = (p.reasons ?? []).map((r) => say(r)).join(" · ");
  e.className = p.state === "stopped" ? "stopped" : (p.reasons ?? []).length ? "warned" : p.state;
  put(e, "name", p.name);
  put(e, "state", p.state === "stopped" ? `${reasons || say("stopped")} · ${say("continues")}` : reasons || say(p.state));
  put(e, "current", p.state === "processing" ? p.current : "");
  put(e, "left", p.labels_left === undefined ? "" : say("labels-left", p.labels_left));
}

function showQuestion(e, r) {
  put(e, "waybill", r.waybill);
  put(e, "about", [r.carrier_name, r.printer, parcel(r)].filter(Boolean).join(" · "));
  put(e, "receiver", [r.receiver, r.phone].filter(Boolean).join(" "));
  put(e, "address", r.address);
  put(e, "first", say("sure-hint", r.printer || say("the-printer")));
  showCost(e, r);
  e.row = r;
}

function showNumber(e, r) {
  put(e, "order", say("order", r.order));
  put(e, "receiver", [r.receiver, r.phone].filter(Boolean).join(" "));
  put(e, "address", r.address);
  put(e, "why", r.refusal?.message);
  showCost(e, r);
  e.row = r;
}

function showRow(e, r) {
  e.row = r;
  e.className = "row is-" + r.state;
  e.classList.toggle("has-why", r.state !== "refused" && Boolean(r.refusal));
  put(e, "waybill", r.waybill || r.order);
  put(e, "carrier", r.carrier_name);
  put(e, "order", [r.waybill ? say("order", r.order) : "", parcel(r)].filter(Boolean).join(" · "));
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
  const act = { waiting: "print", refused: "retry", done: r.waybill ? "reprint" : "" }[r.state];
  for (const b of e.querySelectorAll("button")) b.hidden = b.dataset.act !== act;
  showLeft(e, r);
}

function parcel(r) {
  return r.parcels > 1 ? say("parcel", r.parcel, r.parcels) : "";
}

// showCost says what it costs not to ship in time, once that is near.
function showCost(e, r) {
  const cost = e.querySelector(".cost");
  put(e, "cost", r.lateness ? say(r.lateness.late ? "is-late-cost" : "late-cost", r.lateness.cost_yuan) : "");
  cost.classList.toggle("late", Boolean(r.lateness?.late));
  cost.title = r.lateness?.message ?? "";
}

// showLeft says how long there is, or for what is done, since when.
function showLeft(e, r) {
  if (r.state === "done" || r.state === "cancelled") {
    put(e, "left-word", "");
    put(e, "left", r.since ? new Date(r.since).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" }) : "");
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

async function press(button, act) {
  button.disabled = true;
  await act();
  button.disabled = false;
  read();
}

const acts = {
  print: (r) => order(r),
  retry: (r) => order(r),
  yes: (r) => post("resolve", { label: r.label, answer: "printed" }),
  sure: (r) => post("resolve", { label: r.label, answer: "not-printed", cleared: true }),
  none: (r) => post("resolve", { label: r.order, answer: "no-number" }),
};

// packed tells that a finished label was scanned. What still waits for paper or
// for an answer is only shown.
async function packed(number) {
  const r = queue?.rows.find((r) => r.waybill?.toUpperCase() === number || r.order.toUpperCase() === number);
  if (number.length < 8 || (r && (r.state !== "done" || r.waybill?.toUpperCase() !== number))) return;
  const waybill = r ? r.waybill : number;
  if (await post("scan", { waybill })) flash("packed", say("packed", waybill));
}

async function order(r) {
  const answer = await post("print", { orders: [r.order] });
  const refusal = answer?.orders?.[0]?.refusal;
  if (refusal) complain(refusal.message);
}

$("bench").addEventListener("click", (event) => {
  const button = event.target.closest("button[data-act]");
  if (!button || slipped(event, button)) return;
  const e = button.closest("li");
  switch (button.dataset.act) {
    case "no": // asked twice: a second label on a second parcel costs more than a press
      e.classList.add("is-sure");
      e.querySelector('[data-act="back"]').focus();
      break;
    case "back":
      e.classList.remove("is-sure");
      e.querySelector('[data-act="no"]').focus();
      break;
    case "reprint":
      askReason(e.row);
      break;
    default:
      press(button, () => acts[button.dataset.act](e.row));
  }
});

$("pause").addEventListener("click", () => press($("pause"), () => post(queue.paused ? "resume" : "pause", {})));

const form = $("reprint").querySelector("form");
let reprinting;

// askReason asks why a label is wanted once more, and has it printed.
export function askReason(r) {
  reprinting = r;
  form.reset();
  reasonChosen();
  put($("reprint"), "waybill", r.waybill);
  $("reprint").showModal();
}

function reasonChosen() {
  const other = form.elements.why.value === "" && form.querySelector(":checked") !== null;
  form.elements.text.hidden = !other;
  form.elements.text.required = other;
  if (other) form.elements.text.focus();
}

form.addEventListener("change", reasonChosen);
$("cancel").addEventListener("click", () => $("reprint").close());
form.addEventListener("submit", (event) => {
  press(event.submitter, () => post("reprint", { waybill: reprinting.waybill, reason: form.elements.why.value || form.elements.text.value.trim() }));
});

// ---- scanner and keyboard ----

$("find").addEventListener("input", () => {
  if (at() !== "bench") go("bench");
  if (queue) show();
});

// A scanner types wherever the focus is and ends with Enter. Its first letter
// brings the focus to the field, so that the Enter presses no button.
document.addEventListener("keydown", (event) => {
  if ($("reprint").open) return;
  const field = $("find");
  if (event.key === "Enter" && event.target === field) {
    field.select(); // the next scan replaces this one
    packed(field.value.trim().toUpperCase());
  } else if (event.key === "Escape" && field.value) {
    field.value = "";
    if (queue) show();
  } else if (event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey && event.target !== field) {
    $("enlarged").close(); // a scan is of the queue, whatever is looked at
    field.focus();
    field.select();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    const buttons = [...document.querySelectorAll("main button")].filter((b) => b.checkVisibility());
    const at = buttons.indexOf(document.activeElement);
    const next = buttons[event.key === "ArrowDown" ? at + 1 : at - 1];
    if (next) { next.focus(); event.preventDefault(); }
  }
});

onQueue((q) => { queue = q; show(); });
place("bench", {});
