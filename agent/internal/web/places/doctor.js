// What keeps the station from printing, what matters most first.

import { $, ask, complain, keep, place, put, say } from "../core.js";
import { copy, moment } from "../office.js";

const doctor = $("doctor"), gravity = ["wrong", "warning", "fine"];
let findings = [], looking = false;

async function look() {
  if (looking) return;
  looking = true;
  $("doctor-again").disabled = true;
  $("doctor-wait").hidden = findings.length > 0;
  try {
    ({ findings } = await ask("doctor"));
    show();
  } catch (e) {
    complain(e.message ?? say("no-answer"));
  }
  $("doctor-wait").hidden = true;
  $("doctor-again").disabled = false;
  looking = false;
}

const signs = { wrong: "is-error", warning: "is-warning", fine: "is-good" };
const verdict = (f) => ({ wrong: say("verdict-wrong"), warning: say("verdict-warning"), fine: say("verdict-fine") }[f.verdict]);

function show() {
  findings.sort((a, b) => gravity.indexOf(a.verdict) - gravity.indexOf(b.verdict)); // stable: else as they were found
  keep($("doctor-list"), findings, (f) => f.what, "doctor-line", (e, f) => {
    e.dataset.verdict = f.verdict;
    e.firstElementChild.className = "sign " + signs[f.verdict];
    put(e, "verdict", verdict(f));
    put(e, "what", f.what);
    put(e, "says", f.says);
  });
  const count = (v) => findings.filter((f) => f.verdict === v).length;
  const [wrong, warnings] = [count("wrong"), count("warning")];
  const sum = doctor.querySelector('[data-is="sum"]');
  sum.className = "sign " + (wrong ? "is-error" : warnings ? "is-warning" : "is-good");
  put(doctor, "sum", [wrong ? say("doctor-wrong", wrong) : "", warnings ? say("doctor-warnings", warnings) : ""].filter(Boolean).join(" · ") || say("doctor-fine"));
  put(doctor, "when", say("doctor-when", moment(Date.now())));
}

$("doctor-again").addEventListener("click", look);
$("doctor-copy").addEventListener("click", () => copy(findings.map((f) => `${verdict(f)}\t${f.what}\t${f.says}`).join("\n")));

place("doctor", { open: look });
