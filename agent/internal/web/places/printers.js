// The printers of the station: how each is, what to do about it, and what looks
// after it.

import { $, at, ask, complain, flash, inOrder, keep, onQueue, place, post, put, say, send } from "../core.js";
import { closes, often, reasons, tell } from "../office.js";
import { calibrate } from "./calibrate.js";

const printers = $("printers");
let devices = [];

const newestRead = inOrder();

async function read() {
  const newest = newestRead();
  try {
    const found = await ask("devices");
    if (!newest()) return;
    ({ devices } = found);
    show();
  } catch (e) {
    complain(e.message ?? say("no-answer"));
  }
}

function show() {
  keep($("printers-list"), devices, (d) => d.name, "device-form", showDevice);
  const able = devices.filter((d) => d.state !== "stopped" && !d.held).length;
  put(printers, "sum", devices.length ? say("printers-sum", devices.length, able) : "");
  $("printers-none").hidden = devices.length > 0;
}

const figure = (mm) => (mm > 0 ? "+" : mm < 0 ? "−" : "") + Math.abs(mm);

function showDevice(e, d) {
  e.device = d;
  put(e, "name", d.name);
  const ails = reasons(d);
  let [sign, state, says] = ["is-good", d.state === "processing" ? say("device-printing", d.current ?? "") : say("device-ready"), ""];
  if (ails) [sign, state] = ["is-warning", ails];
  if (d.state === "stopped") [sign, state, says] = ["is-error", ails || say("stopped"), d.says];
  if (d.held) [sign, state, says] = ["is-held", say("device-held") + (ails ? " · " + ails : ""), say("device-held-says")];
  e.querySelector(".condition").className = "sign condition " + sign;
  put(e, "state", state);
  put(e, "says", says);

  const known = d.labels_left !== undefined, meter = e.querySelector("meter");
  put(e, "left", known ? (d.roll ? say("device-left-of", d.labels_left, d.roll) : say("labels-left", d.labels_left)) : say("device-left-none"));
  e.querySelector(".roll").classList.toggle("is-known", known);
  meter.hidden = !known || !d.roll;
  if (d.roll) Object.assign(meter, { max: d.roll, low: d.roll / 10, high: d.roll / 5, optimum: d.roll, value: d.labels_left ?? 0 });

  put(e, "paper", say("device-dpi", d.paper.replace("x", " × "), d.dpi));
  const language = { page: say("language-page"), sealed: say("language-sealed") }[d.language] ?? d.language.toUpperCase();
  put(e, "language", d.model ? say("device-model", language, d.model) : language);
  const way = { usb: say("way-usb"), tcp: say("way-tcp"), serial: say("way-serial"), cups: say("way-cups"), winspool: say("way-winspool"), file: say("way-file") }[d.way] ?? d.way;
  put(e, "way", d.group ? say("device-group", way, d.group) : way);
  put(e, "offsets", d.offset_x_mm || d.offset_y_mm ? say("device-moved", figure(d.offset_x_mm), figure(d.offset_y_mm)) : say("device-not-moved"));
  put(e, "today", d.printed_today);
  put(e, "proof", say(d.proof === "confirmed" ? "proof-confirmed" : "proof-presumed"));
  const hides = { hold: d.held, release: !d.held, card: d.language === "sealed", calibrate: !d.ruler_bar_mm };
  for (const b of e.querySelectorAll("button")) b.hidden = Boolean(hides[b.dataset.act]);
}

onQueue(often(() => { if (at() === "printers") read(); }, 1000));
place("printers", { open: read });

// ---- what is pressed ----

const acts = {
  hold: (d) => post("devices/hold", { printer: d.name }),
  release: (d) => post("devices/release", { printer: d.name }),
  card: (d) => printCard(d, "test"),
  roll: askRoll,
  calibrate: (d) => calibrate(d),
};

// printCard prints a card and says whether anybody knows that it came out.
async function printCard(d, kind) {
  const printed = await post("card", { printer: d.name, kind });
  if (printed) flash("packed", say(printed.outcome === "confirmed" ? "card-confirmed" : "card-sent", d.name));
}

printers.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-act]");
  if (!button) return;
  button.disabled = true;
  await acts[button.dataset.act](button.closest("li").device);
  button.disabled = false;
  read();
});

// ---- a new roll ----

const rolling = $("rolling"), form = rolling.querySelector("form");
let rolled;

function askRoll(d) {
  rolled = d;
  put(rolling, "printer", d.name);
  tell(rolling);
  form.elements.labels.value = d.roll || "";
  rolling.showModal();
  form.elements.labels.select();
}

closes(rolling);
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    await send("roll", { printer: rolled.name, labels: Number(form.elements.labels.value) });
  } catch (e) {
    tell(rolling, e);
    return;
  }
  rolling.close();
  flash("packed", say("rolled", rolled.name));
  read();
});
