// What a scan does: it prints, or it says that a finished parcel is packed, or it
// is a command from the printed sheet. What came of it is said in a word, a colour
// and a tone.

import { $, ask, at, go, keep, put, read, say, send } from "./core.js";
import { command } from "./commands.js";
import { askReason } from "./reprint.js";
import { onScan } from "./scanner.js";
import { onKey } from "./shell.js";
import { play } from "./sound.js";

const band = $("scan");

// ---- the mode, which this PC remembers ----

let mode = localStorage.getItem("scan-mode") === "confirm" ? "confirm" : "print";

// now is what a scan does here: in a wave it always confirms.
const now = () => (at() === "waves" ? "confirm" : mode);

export function setMode(name) {
  mode = name;
  localStorage.setItem("scan-mode", mode);
  forget();
  showMode();
}

function showMode() {
  for (const b of band.querySelectorAll("[data-mode]")) {
    b.setAttribute("aria-checked", String(b.dataset.mode === now()));
    b.disabled = at() === "waves" && b.dataset.mode !== now();
  }
  if (band.dataset.result === "idle") idle();
}

addEventListener("hashchange", showMode);

function idle() {
  band.dataset.result = "idle";
  put(band, "word", say(now() === "print" ? "scan-to-print" : "scan-to-confirm"));
  put(band, "number", "");
  put(band, "detail", say(now() === "print" ? "scan-to-print-hint" : "scan-to-confirm-hint"));
}

band.querySelector(".modes").addEventListener("click", (event) => {
  const name = event.target.closest("[data-mode]")?.dataset.mode;
  if (name) setMode(name);
});
band.querySelector(".modes").addEventListener("keydown", (event) => {
  if (!event.key.startsWith("Arrow")) return;
  setMode(mode === "print" ? "confirm" : "print");
  band.querySelector(`[data-mode="${mode}"]`).focus();
  event.preventDefault();
  event.stopPropagation();
});
onKey("F2", () => setMode("print"));
onKey("F4", () => setMode("confirm"));
onKey("F8", () => queued(next));

// ---- what is said ----

const tones = {
  printing: "well", confirmed: "well", command: "well", printed: "again", again: "again", early: "again", cancelled: "stop", refused: "stop", trouble: "stop", unknown: "asked", "not-found": "missing", more: "more",
};

const last = []; // scans, the newest first
let counted = 0;

// tell says what a scan has come to.
export function tell(result, number, detail) {
  band.dataset.result = result;
  put(band, "word", say("scan-" + result));
  put(band, "number", result === "more" ? "" : number); // it stands among what is collected
  put(band, "detail", detail);
  play(tones[result]);
  last.unshift({ id: ++counted, result, number, time: new Date() });
  last.splice(10);
  keep($("scans"), last, (s) => s.id, "scan-form", (e, s) => {
    e.dataset.result = s.result;
    put(e, "time", s.time.toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hour12: false }));
    put(e, "number", s.number);
    put(e, "word", say("scan-" + s.result));
  });
  $("scans").scrollTop = 0;
  $("scan-reprint").hidden = true;
}

// ---- goods, collected until an order has them ----

let collected = [];

function showCollected() {
  const counts = new Map();
  for (const c of collected) counts.set(c, (counts.get(c) ?? 0) + 1);
  keep($("collected"), [...counts], ([sku]) => sku, "collected-form", (e, [sku, n]) => {
    put(e, "sku", sku);
    put(e, "count", n > 1 ? `× ${n}` : "");
  });
  $("collecting").hidden = collected.length === 0;
}

// forget lets go of what was collected.
function forget() {
  if (collected.length === 0) return;
  collected = [];
  showCollected();
}

export function clear() {
  forget();
  idle();
}

$("scan-clear").addEventListener("click", clear);

// ---- a scan ----

// told takes a station's answer to a scan.
function told(r, code) {
  const number = r.waybill || r.order || code;
  const here = { more: say("scan-more-hint", r.matching ?? 0), printed: say("scan-printed-hint") }; // what this page can do about it
  const detail = here[r.result] ?? r.refusal?.message ?? (r.order && r.waybill ? say("order", r.order) : "");
  tell(r.result, number, detail);
  if (r.result === "printed" && r.waybill) {
    const again = $("scan-reprint");
    again.hidden = false;
    again.onclick = () => askReason({ waybill: r.waybill });
  }
}

async function print(code) {
  let r = await send("scan-print", { codes: [...collected, code] });
  if (r.result === "not-found" && collected.length > 0) {
    const alone = await send("scan-print", { codes: [code] });
    if (alone.order) r = alone; // a number, not one more piece
    else {
      tell("not-found", code, say("scan-not-with", collected.length));
      return;
    }
  }
  if (r.result === "more") collected.push(code);
  else if (r.result !== "not-found") collected = [];
  showCollected();
  told(r, code);
}

const confirmed = { "label-not-on-paper": "early", "waybill-withdrawn": "cancelled" };

async function confirm(code) {
  try {
    const p = await send("scan", { waybill: code });
    tell(p.already ? "again" : "confirmed", p.waybill || code, p.left > 0 ? say("scan-left", p.left) : p.order ? say("order", p.order) : "");
  } catch (e) {
    if (e.status !== 404 && !(e.code in confirmed)) throw e;
    tell(confirmed[e.code] ?? "not-found", code, e.message);
  }
}

// next prints the most urgent order that waits.
export async function next() {
  const r = await send("print-next", {});
  if (r.result === "not-found") tell("not-found", "", r.refusal?.message ?? say("scan-none-waits"));
  else told(r, "");
}

// latest asks which label was last put on paper.
export const latest = () => ask("latest");

let line = Promise.resolve(); // one scan after the other, in the order in which they came

export function queued(act) {
  line = line.then(act).catch((e) => tell("trouble", "", e.message ?? String(e))).then(read);
  return line;
}

// scanned does what a code says.
export function scanned(code) {
  return queued(async () => {
    const open = document.querySelector("dialog:modal");
    const verb = command(code);
    if (open && open.dataset.keeps !== undefined && !verb) {
      tell("trouble", code, say("scan-dialog"));
      return;
    }
    for (const d of document.querySelectorAll("dialog[open]")) d.close();
    if (verb) return verb();
    if (at() !== "bench" && at() !== "waves") go("bench");
    const number = code.toUpperCase();
    return now() === "print" ? print(code) : confirm(number);
  });
}

onScan(scanned);
setMode(mode);
idle();
