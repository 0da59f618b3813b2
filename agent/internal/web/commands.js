// The commands of the printed sheet, by their codes. No platform's and no
// carrier's number begins as they do: all begin with a letter or a digit.

import { $, ask, post, say } from "./core.js";
import { answer } from "./questions.js";
import { clear, latest, next, setMode, tell } from "./scan.js";
import { hold, nextPlace } from "./shell.js";

const prefix = "..MD.";

function mode(name) {
  setMode(name);
  tell("command", "", say("scan-to-" + name));
}

async function held(on) {
  if (await hold(on)) tell("command", "", say(on ? "held" : "resumed"));
}

let answered = -1000;

// reply answers the first question that is seen. A scanner that reads twice has not
// answered the next question too.
function reply(acts) {
  const asked = document.querySelector("main:not([hidden]) .question");
  const button = [...asked?.querySelectorAll("button") ?? []].find((b) => acts.includes(b.dataset.act) && b.checkVisibility() && !b.disabled);
  if (performance.now() - answered < 1500) return;
  if (!button) { tell("not-found", "", say("no-question")); return; }
  answered = performance.now();
  const about = asked.querySelector(".number").textContent;
  tell("command", about, button.textContent);
  answer(button);
}

let redone = null; // the label that a command printed once more

// coming reports whether it is not out yet. Until then "the last" is another label,
// which nobody means: who sees no label pulls the trigger once more.
async function coming() {
  if (!redone) return false;
  const { rows } = await ask("queue?find=" + encodeURIComponent(redone.waybill));
  return rows.some((r) => r.label === redone.label && ["waiting", "printing"].includes(r.state));
}

async function again(why) {
  if (!await coming()) {
    const { waybill, label } = await latest();
    if (!await post("reprint", { waybill, label, reason: say(why) })) return;
    redone = { waybill, label };
  }
  tell("printing", redone.waybill, say(why));
}

const commands = {
  PRINT: () => mode("print"),
  CONFIRM: () => mode("confirm"),
  NEXT: next,
  PAUSE: () => held(true),
  RESUME: () => held(false),
  YES: () => reply(["sure", "none", "yes"]),
  NO: () => reply(["back", "no"]),
  TORN: () => again("why-torn"),
  FAINT: () => again("why-unreadable"),
  LOST: () => again("why-lost"),
  CLEAR: clear,
  PLACE: nextPlace,
};

// command returns what a code commands, or nothing if it is no command.
export function command(code) {
  const name = code.toUpperCase();
  return name.startsWith(prefix) ? commands[name.slice(prefix.length)] ?? (() => tell("not-found", code, say("no-command"))) : null;
}
