// The layouts of the station: what labels look like, and what is wrong with
// them.

import { $, ask, at, breaks, complain, keep, place, put, say } from "../core.js";
import { showFinding } from "../office.js";
import { edit } from "./editor.js";

const shelf = $("shelf");

addEventListener("focus", () => { if (at() === "layouts" && !shelf.hidden) readLayouts(); });
$("shelf-again").addEventListener("click", () => readLayouts());

let looking = false;

async function readLayouts() {
  if (looking) return;
  looking = true;
  $("shelf-lost").hidden = true;
  $("shelf-wait").hidden = shelf.querySelector(".card") !== null;
  try {
    showLayouts(await ask("layouts"));
  } catch (e) {
    complain(e.message ?? say("no-answer"));
    $("shelf-lost").hidden = shelf.querySelector(".card") !== null;
  }
  $("shelf-wait").hidden = true;
  looking = false;
}

// ---- the cards ----

function showLayouts({ layouts, changed }) {
  const used = (l) => Boolean(l.used_by);
  const worst = (l) => (l.broken ? 0 : l.findings.some((f) => f.severity === "error") ? 1 : 2);
  const byCare = (a, b) => worst(a) - worst(b); // stable: else as the station has them
  keep($("layouts-used"), layouts.filter(used).sort(byCare), (l) => l.name, "layout-form", showLayout);
  keep($("layouts-own"), layouts.filter((l) => l.own && !used(l)).sort(byCare), (l) => l.name, "layout-form", showLayout);
  keep($("layouts-builtin"), layouts.filter((l) => !l.own && !used(l)).sort(byCare), (l) => l.name, "layout-form", showLayout);
  for (const list of shelf.querySelectorAll(".cards")) list.parentElement.hidden = list.children.length === 0;

  const count = (severity) => layouts.flatMap((l) => l.findings).filter((f) => f.severity === severity).length;
  const some = (key, n) => (n ? say(key, n) : "");
  put(shelf, "sum", say("layouts-sum", layouts.length, layouts.filter(used).length));
  put(shelf, "errors", some("errors", count("error")));
  put(shelf, "warnings", some("warnings", count("warning")));
  put(shelf, "changed", changed?.message);
  shelf.querySelector(".changed").hidden = !changed;
}

const pixels = 1.9; // a millimetre, so that papers keep their proportions among each other
const shown = 3; // findings at once

function showLayout(e, l) {
  e.layout = l;
  e.classList.toggle("is-broken", Boolean(l.broken));
  e.classList.toggle("is-drawn", l.drawn);
  e.classList.toggle("is-own", l.own);
  put(e, "title", l.title);
  const size = l.width_mm ? say("size", l.width_mm, l.height_mm) : say("layout-broken");
  put(e, "what", [l.name === l.title ? "" : l.name, size].filter(Boolean).join(" · "));
  put(e, "uses", l.used_by ? say("used-by", l.used_by.join(", ")) : "");
  put(e, "excerpt", l.broken ? l.findings[0].excerpt : "");
  if (l.drawn) {
    const img = e.querySelector("img"), fit = Math.min(pixels, 240 / l.width_mm, 360 / l.height_mm);
    img.width = Math.round(l.width_mm * fit);
    img.height = Math.round(l.height_mm * fit);
    source(img, l, 203);
    e.querySelector(".paper").setAttribute("aria-label", say("enlarge", l.title));
  }
  const [first, rest] = e.querySelectorAll(".findings");
  const mark = (f) => [f.file, f.line, f.column, f.rule, f.message].join();
  keep(first, l.findings.slice(0, shown), mark, "finding-form", showFinding);
  keep(rest, l.findings.slice(shown), mark, "finding-form", showFinding);
  e.querySelector("details").hidden = l.findings.length <= shown;
  put(e, "more", say("more-findings", l.findings.length - shown));
  e.querySelector(".is-good").hidden = l.findings.length > 0;
  const a = e.querySelector('[data-is="edit"]');
  a.href = "#layouts/" + encodeURIComponent(l.name);
  a.setAttribute("aria-label", `${a.textContent} ${l.title}`);
}

// source gives an image its picture, which is only read again from a program
// that may be another one.
function source(img, l, dpi) {
  const src = `/api/v1/layouts/${encodeURIComponent(l.name)}.png?dpi=${dpi}&after=${breaks()}`;
  if (img.getAttribute("src") !== src) img.src = src;
}

// ---- one label, enlarged ----

const enlarged = $("enlarged"), sheet = enlarged.querySelector(".desk"), label = sheet.querySelector("img");
let layout;

shelf.addEventListener("click", (event) => {
  const button = event.target.closest('[data-act="enlarge"]');
  if (!button) return;
  layout = button.closest("li").layout;
  put(enlarged, "title", layout.title);
  put(enlarged, "about", `${layout.name} · ${say("size", layout.width_mm, layout.height_mm)}`);
  label.alt = say("label-of", layout.title);
  label.removeAttribute("src"); // that of another label
  dotForDot(false);
  onHead("203");
  enlarged.showModal();
});

function onHead(dpi) {
  for (const b of enlarged.querySelectorAll("[data-dpi]")) b.setAttribute("aria-pressed", String(b.dataset.dpi === dpi));
  source(label, layout, dpi);
}

function dotForDot(on) {
  sheet.classList.toggle("is-dots", on);
  $("dots").setAttribute("aria-pressed", String(on));
}

enlarged.addEventListener("click", (event) => {
  const dpi = event.target.dataset.dpi;
  if (dpi) onHead(dpi);
  if (event.target === $("dots") || event.target === label) dotForDot(!sheet.classList.contains("is-dots"));
  if (event.target === $("enlarged-close") || event.target === enlarged) enlarged.close();
});

// Behind the place's name in the address stands the layout that is edited.
place("layouts", {
  open(name) {
    shelf.hidden = Boolean(name);
    $("editor").hidden = !name;
    if (name) edit(name);
    else readLayouts();
  },
});
