// Where a layout is written, with its picture beside it and what is wrong with
// it. Nothing that is written is lost by leaving: what was not saved is there when
// one comes back.

import { $, ask, complain, flash, inOrder, keep, put, say, send } from "../core.js";
import { closes, showFinding, tell } from "../office.js";

const editor = $("editor"), text = $("editor-text"), lines = $("editor-lines"), picture = $("editor-picture");
const written = new Map(); // by name what was not saved

let draft = null; // as it was saved last
let dpi = 203, findings = [], soon = 0;

export async function edit(name) {
  if (draft?.name === name) return;
  let read;
  try {
    read = await ask("drafts?name=" + encodeURIComponent(name));
  } catch (e) {
    complain(e.message);
    location.hash = "layouts";
    return;
  }
  draft = read;
  picture.hidden = true;
  findings = [];
  text.value = written.get(name) ?? draft.text;
  text.scrollTop = text.scrollLeft = 0;
  put(editor, "name", draft.name);
  changed();
}

const unsaved = () => draft !== null && text.value !== draft.text;

// changed follows each change of the text.
function changed() {
  if (unsaved()) written.set(draft.name, text.value);
  else written.delete(draft.name);
  put(editor, "about", say(draft.own ? "editor-own" : "editor-builtin"));
  put(editor, "unsaved", unsaved() ? say("editor-unsaved") : "");
  $("editor-discard").disabled = !unsaved();
  number();
  clearTimeout(soon);
  soon = setTimeout(draw, 250);
}

// lineOf is a finding's line in this text. What is wrong within a block that
// another file has stands where that is asked for.
function lineOf(f) {
  if (!f.included_by?.length) return f.line ?? 0;
  return Number(/:(\d+)(:\d+)?$/.exec(f.included_by.at(-1))?.[1] ?? 0);
}

// number writes the lines' numbers, with a mark at what is wrong.
function number() {
  const count = text.value.split("\n").length;
  const worst = new Map();
  for (const f of [...findings].reverse()) worst.set(lineOf(f), f.severity);
  keep(lines, Array.from({ length: count }, (_, i) => i + 1), (n) => n, "editor-line", (li, n) => {
    if (li.textContent !== String(n)) li.textContent = n;
    li.className = worst.has(n) ? "is-" + worst.get(n) : "";
  });
  lines.scrollTop = text.scrollTop;
}

const newestDrawing = inOrder();

async function draw() {
  const newest = newestDrawing();
  let drawn;
  try {
    drawn = await send("drafts/draw", { name: draft.name, text: text.value, dpi });
  } catch (e) {
    if (newest()) complain(e.message);
    return;
  }
  if (!newest()) return; // the text has changed since
  findings = drawn.findings;
  number();
  keep($("editor-findings"), findings, (f) => [lineOf(f), f.column, f.rule, f.message].join(), "editor-finding", (e, f) => {
    e.finding = f;
    const line = lineOf(f);
    showFinding(e, f, [line ? say("editor-line-of", line) : "", f.included_by?.length ? f.file : ""].filter(Boolean).join(" · "));
  });
  $("editor-fine").hidden = findings.length > 0;
  $("editor-undrawn").hidden = Boolean(drawn.picture);
  if (!drawn.picture) {
    picture.hidden = true;
    return;
  }
  const bytes = Uint8Array.from(atob(drawn.picture), (c) => c.charCodeAt(0));
  const dots = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
  if (!newest()) return;
  picture.width = dots.width;
  picture.height = dots.height;
  picture.getContext("2d").drawImage(dots, 0, 0);
  picture.hidden = false;
}

text.addEventListener("input", changed);
text.addEventListener("scroll", () => { lines.scrollTop = text.scrollTop; });

// insert puts text in as if it had been typed, so that it can be undone.
function insert(s) {
  if (!document.execCommand("insertText", false, s)) {
    text.setRangeText(s, text.selectionStart, text.selectionEnd, "end");
    changed();
  }
}

text.addEventListener("keydown", (event) => {
  if (event.key === "Tab" && !event.shiftKey && !event.ctrlKey && !event.altKey && !event.isComposing) {
    event.preventDefault();
    insert("  ");
  } else if (event.key === "Escape" && !event.isComposing) {
    event.stopPropagation();
    $("editor-save").focus();
  }
});

$("editor-findings").addEventListener("click", (event) => {
  const f = event.target.closest("li")?.finding, line = f ? lineOf(f) : 0;
  if (!line) return;
  const all = text.value.split("\n");
  const start = all.slice(0, line - 1).reduce((n, l) => n + l.length + 1, 0);
  const from = f.included_by?.length ? 0 : Math.max(0, (f.column || 1) - 1);
  text.focus();
  text.setSelectionRange(start + Math.min(from, all[line - 1]?.length ?? 0), start + (all[line - 1]?.length ?? 0));
  text.scrollTop = (line - 5) * parseFloat(getComputedStyle(text).lineHeight);
});

editor.querySelector(".heads").addEventListener("click", (event) => {
  if (!event.target.dataset.dpi) return;
  dpi = Number(event.target.dataset.dpi);
  for (const b of editor.querySelectorAll("[data-dpi]")) b.setAttribute("aria-pressed", String(Number(b.dataset.dpi) === dpi));
  draw();
});

// ---- kept or given up ----

const saving = $("saving"), form = saving.querySelector("form"), discarding = $("discarding");

$("editor-save").addEventListener("click", () => {
  form.elements.name.value = draft.name;
  tell(saving);
  saving.showModal();
  form.elements.name.select();
});
closes(saving);
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const name = form.elements.name.value.trim();
  event.submitter.disabled = true;
  try {
    await send("drafts/save", { name, text: text.value });
    written.delete(draft.name);
    draft = { name, text: text.value, own: true };
    put(editor, "name", name);
    changed();
    history.replaceState(null, "", "#layouts/" + encodeURIComponent(name));
    saving.close();
    flash("packed", say("editor-saved", name));
  } catch (e) {
    tell(saving, e);
  }
  event.submitter.disabled = false;
});

$("editor-discard").addEventListener("click", () => discarding.showModal());
closes(discarding);
discarding.addEventListener("submit", () => {
  text.value = draft.text;
  changed();
  text.focus();
});

addEventListener("beforeunload", (event) => { if (written.size) event.preventDefault(); });
