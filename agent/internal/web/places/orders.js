// The orders that have not shipped, by what is left of their 48 hours. Whom one
// goes to is shown for as long as it takes to read it, and then nothing of it is
// left in the page.

import { $, ask, at, complain, flash, inOrder, keep, onQueue, place, put, say, send, token } from "../core.js";
import { closes, copy, moment, often, save, showState, span, tell } from "../office.js";

const orders = $("orders"), few = 200; // rows at once: a browser lays out ten thousand in seconds

let rows = [], further = false, readAt = 0, most = few;

const newestRead = inOrder();

async function read() {
  const newest = newestRead(), q = new URLSearchParams({ limit: most }), find = $("orders-find").value.trim();
  if (find) q.set("find", find);
  try {
    const found = await ask("orders?" + q);
    if (!newest()) return;
    rows = found.orders;
    further = Boolean(found.more);
    readAt = performance.now();
    show();
  } catch (e) {
    if (newest()) complain(e.message ?? say("no-answer"));
  }
}

const left = (r) => r.left_seconds - (performance.now() - readAt) / 1000;

function show() {
  keep($("orders-list"), rows, (r) => r.order, "order-line", showOrder);
  const timed = rows.filter((r) => r.deadline);
  const late = timed.filter((r) => left(r) < 0).length, soon = timed.filter((r) => left(r) < 4 * 3600).length - late;
  put(orders, "sum", rows.length ? say(further ? "orders-some" : "orders-sum", rows.length) : "");
  put(orders, "late", late ? say("orders-late", late) : "");
  put(orders, "soon", soon ? say("orders-soon", soon) : "");
  const wanted = $("orders-find").value.trim() !== "";
  $("orders-empty").hidden = wanted || rows.length > 0;
  $("orders-nothing").hidden = !wanted || rows.length > 0;
  $("orders-more").hidden = !further;
}

function showOrder(e, r) {
  e.row = r;
  put(e, "order", r.order);
  put(e, "waybill", r.waybill);
  put(e, "carrier", r.carrier_name);
  put(e, "receiver", r.receiver);
  put(e, "phone", r.phone);
  put(e, "address", r.address);
  put(e, "why", r.refusal?.message);
  put(e, "caution", (r.cautions ?? []).map((c) => say("caution", c.message)).join(" "));
  put(e, "lateness", r.lateness?.message);
  put(e, "cost", r.lateness ? say(r.lateness.late ? "is-late-cost" : "late-cost", r.lateness.cost_yuan) : "");
  e.querySelector(".cost").classList.toggle("late", Boolean(r.lateness?.late));
  showState(e, r);
  showLeft(e, r);
}

function showLeft(e, r) {
  if (!r.deadline) {
    put(e, "left-word", say("no-deadline"));
    put(e, "left", "");
    return;
  }
  const seconds = left(r);
  put(e, "left-word", say(seconds < 0 ? "late" : "left"));
  put(e, "left", span(seconds));
  e.dataset.urgency = seconds < 0 ? "late" : seconds < 4 * 3600 || r.lateness ? "soon" : seconds < 12 * 3600 ? "today" : "calm";
}

onQueue(often(() => { if (at() === "orders") read(); }, 3000));
setInterval(() => {
  if (at() === "orders") for (const e of $("orders-list").children) showLeft(e, e.row);
}, 15000);

let typing;
$("orders-find").addEventListener("input", () => {
  most = few;
  clearTimeout(typing);
  typing = setTimeout(read, 200);
});
$("orders-more").addEventListener("click", () => {
  most = Math.min(1000, most + few);
  read();
});

// ---- whom an order goes to ----

const revealed = $("revealed"), forMs = 30000;
let ends = 0, clock = 0;

async function reveal(order) {
  forget();
  let who;
  try {
    who = await send("reveal", { order });
  } catch (e) {
    complain(e.message);
    return;
  }
  if (at() !== "orders" || document.hidden) return; // whoever asked is gone
  const e = $("revealed-form").content.firstElementChild.cloneNode(true);
  const number = who.call ? (who.call.extension ? say("extension", who.call.main, who.call.extension) : who.call.main) : "";
  const texts = { name: who.name, address: who.address, number, dial: who.dial, text: who.text };
  const copies = { ...texts, text: who.call?.sms_text };
  for (const [part, text] of Object.entries({ order: say("order", who.order), refusal: who.refusal?.message, ...texts })) put(e, part, text);
  put(e, "until", who.lives || (who.until ? say("revealed-until", moment(who.until)) : ""));
  e.classList.toggle("has-number", Boolean(who.call));
  for (const [scheme, href] of [["tel", who.call?.tel], ["sms", who.call?.sms]]) {
    const a = e.querySelector(`[data-link="${scheme}"]`);
    if (href?.startsWith(scheme + ":")) a.href = href;
    else a.hidden = true;
  }
  for (const b of e.querySelectorAll("[data-copy]")) b.addEventListener("click", () => copy(copies[b.dataset.copy]));
  revealed.replaceChildren(e);
  revealed.showModal();
  ends = performance.now() + forMs;
  clock = setInterval(tick, 250);
  tick();
}

function tick() {
  const seconds = Math.ceil((ends - performance.now()) / 1000);
  if (seconds <= 0) forget();
  else put(revealed, "seconds", say("revealed-left", seconds));
}

function forget() {
  clearInterval(clock);
  revealed.close();
  revealed.replaceChildren();
}

closes(revealed);
revealed.addEventListener("close", forget);
addEventListener("pagehide", forget);
addEventListener("hashchange", forget);
document.addEventListener("visibilitychange", () => { if (document.hidden) forget(); });

$("orders-list").addEventListener("click", async (event) => {
  const button = event.target.closest('[data-act="reveal"]');
  if (!button) return;
  button.disabled = true;
  await reveal(button.closest("li").row.order);
  button.disabled = false;
});

// ---- export ----

const exporting = $("exporting"), form = exporting.querySelector("form");

$("orders-export").addEventListener("click", () => {
  form.reset();
  tell(exporting);
  exporting.showModal();
});
closes(exporting);
form.addEventListener("change", () => tell(exporting));
form.addEventListener("submit", async (event) => {
  event.preventDefault(); // the dialog stays with what is said if it is refused
  const wanted = { form: form.elements.form.value, format: form.elements.format.value, days: Number(form.elements.days.value) };
  event.submitter.disabled = true;
  tell(exporting, await download(wanted));
  event.submitter.disabled = false;
});

// download returns what is wrong.
async function download(wanted) {
  try {
    const answer = await fetch("/api/v1/export/file", {
      method: "POST", headers: { "Content-Type": "application/json", "Miandan-Token": token }, body: JSON.stringify(wanted),
    });
    if (!answer.ok) return await answer.json();
    const name = `${say("orders-file")}-${new Date().toLocaleDateString("sv")}-${wanted.form}.${wanted.format}`;
    save(await answer.blob(), name);
    exporting.close();
    flash("packed", say("exported", name));
  } catch {
    return { message: say("no-answer") };
  }
}

place("orders", {
  open() { most = few; read(); },
  close: forget,
});
