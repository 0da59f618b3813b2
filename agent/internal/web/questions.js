// What only a person can say: whether a label is on paper, and whether a number
// was given. The bench asks all such questions, a wave its own.

import { post, put, read, say, slipped } from "./core.js";

const parcel = (r) => (r.parcels > 1 ? say("parcel", r.parcel, r.parcels) : "");

export function showQuestion(e, r) {
  put(e, "waybill", r.waybill);
  put(e, "about", [r.carrier_name, r.printer, parcel(r)].filter(Boolean).join(" · "));
  put(e, "receiver", [r.receiver, r.phone].filter(Boolean).join(" "));
  put(e, "address", r.address);
  put(e, "first", say("sure-hint", r.printer || say("the-printer")));
  showCost(e, r);
  e.row = r;
}

export function showNumber(e, r) {
  put(e, "order", say("order", r.order));
  put(e, "receiver", [r.receiver, r.phone].filter(Boolean).join(" "));
  put(e, "address", r.address);
  put(e, "why", r.refusal?.message);
  showCost(e, r);
  e.row = r;
}

// showCost says what it costs not to ship in time, once that is near.
export function showCost(e, r) {
  const cost = e.querySelector(".cost");
  put(e, "cost", r.lateness ? say(r.lateness.late ? "is-late-cost" : "late-cost", r.lateness.cost_yuan) : "");
  cost.classList.toggle("late", Boolean(r.lateness?.late));
  cost.title = r.lateness?.message ?? "";
}

const answers = {
  yes: (r) => post("resolve", { label: r.label, answer: "printed" }),
  sure: (r) => post("resolve", { label: r.label, answer: "not-printed", cleared: true }),
  none: (r) => post("resolve", { label: r.order, answer: "no-number" }),
  number: (r, e) => post("resolve", { label: r.order, answer: "number", numbers: e.querySelector("input").value.split(/[\s,;，；、]+/).filter(Boolean) }),
};

// seen says that the parcel of an order with an alarm was seen to.
export const seen = (r) => post("resolve", { label: r.order, answer: "seen" });

// press does what a button says, and lets nobody press it meanwhile.
export async function press(button, act) {
  button.disabled = true;
  await act();
  button.disabled = false;
  read();
}

// answer takes what a button of a question says.
export function answer(button) {
  const e = button.closest("li");
  switch (button.dataset.act) {
    case "no": // asked twice: a second label on a second parcel costs more than a press
      e.classList.add("is-sure");
      e.querySelector('[data-act="back"]').focus();
      break;
    case "found":
      e.classList.add("is-found");
      e.querySelector("input").focus();
      break;
    case "number":
      if (e.querySelector("input").value.trim() === "") e.querySelector("input").focus();
      else press(button, () => answers.number(e.row, e));
      break;
    case "back":
      e.classList.remove("is-sure", "is-found");
      e.querySelector('[data-act="no"]').focus();
      break;
    default:
      press(button, () => answers[button.dataset.act](e.row, e));
  }
}

// listen takes presses on the questions within a list.
export function listen(list) {
  list.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-act]");
    if (button && !slipped(event, button)) answer(button);
  });
  list.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.isComposing && event.target.matches("input")) answer(event.target.parentElement.querySelector('[data-act="number"]'));
  });
}
