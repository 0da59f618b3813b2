// What stands around every place: the counts, who is here, whether printing is
// held, the printers, and the keys.

import { $, absent, ask, at, complain, go, keep, onQueue, onSession, post, put, read, readSession, say, send, session } from "./core.js";
import { inField, typing } from "./scanner.js";

// ---- counts, printers, stop ----

let queue = null;

onQueue((q) => {
  queue = q;
  document.body.classList.toggle("is-paused", q.paused);
  $("pause").hidden = false;
  $("paused").hidden = !q.paused;
  for (const c of $("counts").children) {
    const n = q.counts[c.dataset.count];
    c.lastElementChild.textContent = n;
    c.classList.toggle("some", n > 0);
  }
  const asked = q.counts.unknown ? `(${q.counts.unknown}?) ` : "";
  $("station").hidden = !q.station;
  $("station").textContent = $("station").title = q.station ?? "";
  document.title = `${asked}${[$("brand").textContent.trim(), q.station].filter(Boolean).join(" ")} · ${q.counts.waiting}`;
  keep($("strip"), q.printers, (p) => p.name, "printer-form", showPrinter);
});

function showPrinter(e, p) {
  const reasons = (p.reasons ?? []).map((r) => say(r)).join(" · ");
  const released = (p.reasons ?? []).includes("paused"); // by a person, here or at the printer; nothing else ends by itself then
  e.className = p.state === "stopped" ? "stopped" : (p.reasons ?? []).length ? "warned" : p.state;
  put(e, "name", p.name);
  put(e, "state", p.state === "stopped" ? (reasons || say("stopped")) + (released ? "" : " · " + say("continues")) : reasons || say(p.state));
  put(e, "current", p.state === "processing" ? p.current : "");
  put(e, "left", p.labels_left === undefined ? "" : say("labels-left", p.labels_left));
}

// hold stops all printing after the label in hand, or lets it go on.
export async function hold(held) {
  $("pause").disabled = true;
  const done = await post(held ? "pause" : "resume");
  $("pause").disabled = false;
  read();
  return done !== null;
}

$("pause").addEventListener("click", () => hold(!queue.paused));

// ---- who is here ----

onSession((s) => {
  const shown = s.known && (s.pins.length > 0 || s.role !== (s.base ?? s.role));
  $("role").hidden = !shown;
  $("role").classList.toggle("is-raised", Boolean(s.until));
  put($("role"), "role", say("role-" + s.role));
  $("role").title = s.until ? say("role-until", new Date(s.until).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" })) : "";
});

const unlocking = $("unlock"), pin = unlocking.querySelector("[name=pin]");

$("role").addEventListener("click", () => {
  const s = session();
  put(unlocking, "wrong", "");
  for (const label of unlocking.querySelectorAll("fieldset label")) label.hidden = !s.pins.includes(label.firstElementChild.value);
  const offered = unlocking.querySelector("fieldset label:not([hidden]) input");
  if (offered) offered.checked = true;
  $("lock").hidden = !s.until;
  pin.value = "";
  unlocking.showModal();
  if (offered) pin.focus();
});

unlocking.querySelector("form").addEventListener("submit", async (event) => {
  event.preventDefault(); // the dialog stays until the PIN is right
  const role = unlocking.querySelector("fieldset input:checked")?.value;
  event.submitter.disabled = true;
  try {
    await send("session/unlock", { role, pin: pin.value });
    unlocking.close();
  } catch (e) {
    put(unlocking, "wrong", e.message);
    pin.select();
  }
  event.submitter.disabled = false;
  readSession();
});

$("lock").addEventListener("click", async () => {
  await post("session/lock");
  unlocking.close();
  readSession();
});
$("unlock-cancel").addEventListener("click", () => unlocking.close());

// What was unlocked ends by itself.
setInterval(() => { if (session().until) readSession(); }, 20000);

// ---- keys ----

const presses = new Map([["?", () => $("keys").showModal()]]);

// onKey has f called when a key is pressed that is typed into no field.
export const onKey = (key, f) => presses.set(key, f);

// nextPlace goes to the place after this one.
export function nextPlace() {
  const names = [...$("places").querySelectorAll("a[data-place]")].filter((a) => a.checkVisibility()).map((a) => a.dataset.place);
  go(names[(names.indexOf(at()) + 1) % names.length]);
}

onKey("F7", nextPlace);
onKey("F9", () => hold(!queue.paused));

const pending = new Set();

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
  const f = presses.get(event.key);
  if (event.key === "Enter" && event.target === document.body) for (const t of pending) clearTimeout(t);
  if (!f || document.querySelector("dialog:modal") || (event.key.length === 1 && inField(event.target))) return;
  if (event.key.length > 1) { event.preventDefault(); f(); return; }
  // A character may be the first of a scan: what it means is known a moment later.
  if (typing()) return;
  event.preventDefault();
  const t = setTimeout(() => { pending.delete(t); if (!typing()) f(); }, 90);
  pending.add(t);
});

addEventListener("keydown", (event) => {
  if ((event.key !== "ArrowDown" && event.key !== "ArrowUp") || inField(event.target) || document.querySelector("dialog:modal")) return;
  const buttons = [...document.querySelectorAll("main:not([hidden]) :is(button, input[type=checkbox])")].filter((b) => b.checkVisibility() && b.tabIndex >= 0);
  const here = buttons.indexOf(document.activeElement);
  const next = buttons[event.key === "ArrowDown" ? here + 1 : here - 1];
  if (next) { next.focus(); event.preventDefault(); }
});

for (const d of [$("keys"), unlocking]) d.addEventListener("click", (event) => { if (event.target === d) d.close(); });
$("help").addEventListener("click", () => $("keys").showModal());
$("keys-close").addEventListener("click", () => $("keys").close());

// ---- where scans go ----

function looked() {
  $("away").hidden = document.hasFocus();
}
addEventListener("focus", looked);
addEventListener("blur", looked);
$("away").addEventListener("click", looked);
looked();

// ---- what this station serves ----

for (const name of ["waves"]) {
  ask(name).catch((e) => { if (e.status === 404) absent(name); });
}
