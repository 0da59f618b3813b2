// The dialog that puts a printer's label in its place: a card is printed, three
// distances are read off it, and the offsets that come of them are written. Each
// step shows only what it asks for.

import { $, put, say, send } from "../core.js";
import { closes, tell } from "../office.js";

const dialog = $("calibrating"), form = dialog.querySelector("form"), fields = ["long", "left", "top"];
let device;

const buttons = { card: ["have", "print"], measure: ["compute"], write: ["again", "write"], done: ["print"] };

function step(name) {
  dialog.dataset.step = name;
  tell(dialog);
  for (const s of dialog.querySelectorAll("section")) s.hidden = s.dataset.step !== name;
  for (const b of dialog.querySelectorAll('menu button:not([data-act="unlock"])')) b.hidden = b.dataset.act !== "close" && !buttons[name].includes(b.dataset.act);
  const at = { card: 0, measure: 1, write: 2, done: 3 }[name];
  [...dialog.querySelector(".steps").children].forEach((li, i) => { li.className = i < at ? "past" : i === at ? "now" : ""; });
  if (name === "measure") form.elements.long.focus();
}

export function calibrate(d) {
  device = d;
  form.reset();
  put(dialog, "printer", d.name);
  put(dialog, "bar", say("calibrate-bar", d.ruler_bar_mm));
  step("card");
  dialog.showModal();
}

// millimetres reads a length as people type it: 20.5, 20,5 or 20.5 mm.
function millimetres(typed) {
  const text = typed.normalize("NFKC").replace(/mm|毫米|\s/gi, "").replace(/[,。]/, ".");
  return /^\d{1,3}(\.\d+)?$/.test(text) && Number(text) > 0 ? Number(text) : null;
}

function measured() {
  const m = { printer: device.name };
  for (const name of fields) {
    const mm = millimetres(form.elements[name].value);
    form.elements[name].setAttribute("aria-invalid", String(mm === null));
    m[name === "long" ? "length_mm" : name + "_mm"] = mm; // a form has a length of its own
  }
  return Object.values(m).includes(null) ? null : m;
}

const signed = (mm) => (mm > 0 ? "+" : mm < 0 ? "−" : "") + Math.abs(mm);

const acts = {
  have: () => step("measure"),
  again: () => step("measure"),
  async print() {
    await send("card", { printer: device.name, kind: "ruler" });
    step("measure");
  },
  async compute() {
    const m = measured();
    if (!m) throw { message: say("calibrate-figure") };
    const found = await send("devices/calibrate", { ...m, write: false });
    put(dialog, "x", say("calibrate-from-to", signed(found.offset_x_mm), signed(device.offset_x_mm)));
    put(dialog, "y", say("calibrate-from-to", signed(found.offset_y_mm), signed(device.offset_y_mm)));
    step("write");
  },
  async write() {
    const found = await send("devices/calibrate", { ...measured(), write: true });
    device = { ...device, offset_x_mm: found.offset_x_mm, offset_y_mm: found.offset_y_mm };
    step("done");
    put(dialog, "done", found.says || say("calibrated"));
    dialog.querySelector('[data-is="done"]').className = "sign " + (found.written ? "is-good" : "is-warning");
  },
};

async function press(button) {
  button.disabled = true;
  tell(dialog);
  try {
    await acts[button.dataset.act]();
  } catch (e) {
    tell(dialog, e);
  }
  button.disabled = false;
}

closes(dialog);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  press(event.submitter);
});
dialog.querySelector("menu").addEventListener("click", (event) => {
  const button = event.target.closest('button[type="button"]');
  if (button && acts[button.dataset.act]) press(button);
});
