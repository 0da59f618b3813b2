// Which orders of the queue are picked, to be printed or made a wave of.

import { $, put, say } from "../core.js";
import { newWave } from "./waves.js";

const picks = new Set(); // orders
let from = null; // the row of the last click, where a range begins

const boxes = () => [...$("queue").querySelectorAll(".pick input:not(:disabled)")];

// picked are the orders that are picked, in the order of the queue.
export const picked = () => boxes().map((b) => b.closest("li").row.order).filter((o, i, all) => picks.has(o) && all.indexOf(o) === i);

// showPicks shows what is picked; what it is given is picked instead.
export function showPicks(instead) {
  if (instead) {
    picks.clear();
    for (const o of instead) picks.add(o);
  }
  const there = new Set(boxes().map((b) => b.closest("li").row.order));
  for (const o of picks) if (!there.has(o)) picks.delete(o);
  for (const b of $("queue").querySelectorAll(".pick input")) {
    b.checked = !b.disabled && picks.has(b.closest("li").row.order);
    b.closest("li").classList.toggle("is-picked", b.checked);
  }
  $("pick-all").checked = there.size > 0 && picks.size === there.size;
  $("pick-all").indeterminate = picks.size > 0 && picks.size < there.size;
  $("pick-all").disabled = there.size === 0;
  $("picked").hidden = picks.size === 0;
  document.body.classList.toggle("is-picking", picks.size > 0);
  put($("picked"), "picked", say("picked-sum", picks.size));
}

$("queue").addEventListener("click", (event) => {
  const box = event.target;
  if (!box.matches(".pick input")) return;
  const all = boxes();
  const here = all.indexOf(box), there = all.indexOf(from);
  const range = event.shiftKey && there >= 0 ? all.slice(Math.min(here, there), Math.max(here, there) + 1) : [box];
  for (const b of range) {
    const { order } = b.closest("li").row;
    if (box.checked) picks.add(order);
    else picks.delete(order);
  }
  from = box;
  showPicks();
});

$("pick-all").addEventListener("click", () => showPicks($("pick-all").checked ? boxes().map((b) => b.closest("li").row.order) : []));

$("picked").addEventListener("click", (event) => {
  switch (event.target.closest("button")?.dataset.act) {
    case "drop": showPicks([]); break;
    case "wave": newWave(picked()); break;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !document.querySelector("dialog[open]") && picks.size > 0 && document.activeElement !== $("find")) showPicks([]);
});

// What was made a wave of is no longer picked.
addEventListener("wave-started", () => showPicks([]));
