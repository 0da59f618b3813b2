// What the places of the back office share: how a row, a time and a file are
// told.

import { $, complain, flash, put, say, session } from "./core.js";

const language = document.documentElement.lang;

export const moment = (t) => (t ? new Date(t).toLocaleString(language, { month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hour12: false }) : "");
export const parcel = (r) => (r.parcels > 1 ? say("parcel", r.parcel, r.parcels) : "");
export const reasons = (p) => (p.reasons ?? []).filter((r) => r !== "paused" || !p.held).map((r) => say(r)).join(" · ");

// span says a time in seconds in the two largest of its units.
export function span(seconds) {
  const minutes = Math.floor(Math.abs(seconds) / 60), hours = Math.floor(minutes / 60);
  if (hours >= 24) return say("left-days", Math.floor(hours / 24), hours % 24);
  return hours > 0 ? say("left-hours", hours, minutes % 60) : say("left-minutes", minutes);
}

// stateOf says where a row stands.
export const stateOf = (r) => say({
  waiting: "state-waiting", printing: "state-printing", done: "state-done", cancelled: "state-gone",
  unknown: "state-unknown", "number-unknown": "state-number", refused: "state-refused",
}[r.state]);

// showState says it, or what "done" rests on.
export function showState(e, r) {
  e.dataset.state = r.state;
  e.dataset.evidence = r.evidence ?? "";
  put(e, "state", r.evidence ? say("by-" + r.evidence) : stateOf(r));
  put(e, "detail", [r.evidence ? say("why-" + r.evidence) : "", r.printer, parcel(r)].filter(Boolean).join(" · "));
}

// showFinding says what is wrong with a layout, and where.
export function showFinding(e, f, where) {
  const item = e.matches(".finding") ? e : e.querySelector(".finding");
  item.classList.remove("is-error", "is-warning", "is-hint");
  item.classList.add("is-" + f.severity);
  put(e, "severity", say({ error: "severity-error", warning: "severity-warning", hint: "severity-hint" }[f.severity]));
  put(e, "place", [where ?? [f.file, f.line, f.column].filter(Boolean).join(":"), f.dpi ? say("seen-at", f.dpi) : "", f.case].filter(Boolean).join(" · "));
  // What stands between backticks is for the file, to the letter.
  e.querySelector('[data-is="message"]').replaceChildren(...f.message.split("`").map((text, i) => {
    if (i % 2 === 0) return text;
    const code = document.createElement("code");
    code.textContent = text;
    return code;
  }));
}

// save hands a file to the browser's downloads.
export function save(blob, name) {
  const a = document.createElement("a"), url = URL.createObjectURL(blob);
  a.href = url;
  a.download = name;
  a.click();
  setTimeout(() => URL.revokeObjectURL(url), 60000);
}

export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    flash("packed", say("copied"));
  } catch {
    complain(say("not-copied"));
  }
}

// closes gives a dialog its ways out: what is marked so, and a press beside it.
export function closes(dialog) {
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog || event.target.closest('[data-act="close"]')) dialog.close();
    if (event.target.closest('[data-act="unlock"]')) $("role").click();
  });
}

// tell says in a dialog what is wrong, and offers to unlock what takes a role that
// has a PIN.
export function tell(dialog, problem) {
  put(dialog, "said", problem?.message);
  const role = { "lead-refused": "lead", "admin-refused": "admin" }[problem?.code];
  dialog.querySelector('[data-act="unlock"]').hidden = !session().pins.includes(role);
}

// often makes f run at once and then at most every ms, for changes that come in
// a row.
export function often(f, ms) {
  let wait = 0, again = false;
  return function run() {
    if (wait) { again = true; return; }
    f();
    wait = setTimeout(() => {
      wait = 0;
      if (again) { again = false; run(); }
    }, ms);
  };
}
