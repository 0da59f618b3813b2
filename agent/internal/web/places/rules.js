// The rules by which orders print by themselves, and their switches.

import { $, ask, keep, onQueue, onSession, post, put, say, session } from "../core.js";

const strip = $("rules");
let served = true, reading = false, again = false;

async function readRules() {
  if (!served) return;
  if (reading) { again = true; return; } // what is being read may be older than what was just switched
  reading = true;
  try {
    show((await ask("rules")).rules);
  } catch (e) {
    served = e.status !== 404;
    show([]);
  }
  reading = false;
  if (again) { again = false; readRules(); }
}

function show(rules) {
  strip.hidden = rules.length === 0;
  keep(strip, rules, (r) => r.name, "rule-form", (e, r) => {
    e.rule = r;
    put(e, "name", r.name);
    put(e, "when", r.works ? say("rule-today", r.today) : r.on ? say("rule-rests") : say("rule-off"));
    const b = e.querySelector("button");
    b.title = [r.when, r.hours, r.printer, say("rule-today", r.today)].filter(Boolean).join(" · ");
    b.setAttribute("aria-checked", String(r.on));
    b.classList.toggle("rests", r.on && !r.works);
    b.disabled = session().role === "packer";
  });
}

strip.addEventListener("click", async (event) => {
  const e = event.target.closest("li"), b = event.target.closest("button");
  if (!b) return;
  b.disabled = true;
  await post("rules/switch", { name: e.rule.name, on: !e.rule.on });
  b.disabled = false;
  readRules();
});

let soon = 0;
onQueue(() => { // with the counts, but not ten times a second
  soon ||= setTimeout(() => { soon = 0; readRules(); }, 500);
});
onSession(() => readRules());
