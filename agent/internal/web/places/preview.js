// One label as the dots of its printer's head, with nobody on it.

import { $, ask, put, say } from "../core.js";

const panel = $("preview"), desk = panel.querySelector(".desk"), img = desk.querySelector("img");
let row = null;

// preview shows the label of a row.
export function preview(r) {
  row = r;
  put(panel, "number", r.waybill || r.order);
  put(panel, "about", [r.carrier_name, r.printer].filter(Boolean).join(" · "));
  put(panel, "missing", "");
  img.hidden = true;
  img.alt = say("label-of", r.waybill || r.order);
  img.src = `/api/v1/labels/${encodeURIComponent(r.label)}.png`;
  dots(false);
  if (!panel.open) panel.show();
  $("preview-close").focus();
}

img.addEventListener("load", () => {
  img.hidden = false;
  size();
});

img.addEventListener("error", async () => {
  const asked = row;
  let why = say("no-preview");
  try { await ask(`labels/${encodeURIComponent(row.label)}.png`); } catch (e) { why = e.message ?? why; }
  if (row === asked) put(panel, "missing", why);
});

// size gives a dot of the label a dot of the screen, where that is asked for; it
// is else as large as fits.
function size() {
  const one = desk.classList.contains("is-dots");
  img.width = one ? img.naturalWidth / devicePixelRatio : img.naturalWidth;
  img.height = one ? img.naturalHeight / devicePixelRatio : img.naturalHeight;
}

function dots(on) {
  desk.classList.toggle("is-dots", on);
  $("preview-dots").setAttribute("aria-pressed", String(on));
  size();
}

$("preview-dots").addEventListener("click", () => dots(!desk.classList.contains("is-dots")));
img.addEventListener("click", () => dots(!desk.classList.contains("is-dots")));
$("preview-close").addEventListener("click", () => panel.close());
addEventListener("keydown", (event) => { if (event.key === "Escape") panel.close(); });
