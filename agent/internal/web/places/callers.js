// Which web pages may print here. The question about one comes up wherever the
// page stands: whoever is there is asked, and an answer is never what the keyboard
// of a scanner happens to press.

import { $, absent, ask, inOrder, keep, onQueue, place, post, put, say, send } from "../core.js";
import { moment } from "../office.js";

const dialog = $("asking");
let shown = false, asked = "", until = 0, served = true;

const verdict = (c) => (c.blocked ? "blocked" : c.waits ? "waits" : "paired");
const signs = { blocked: "is-error", waits: "is-warning", paired: "is-good" };

function show(all) {
  const policy = $("callers-policy");
  policy.hidden = !all.policy && all.ask;
  policy.textContent = [all.policy ? say("callers-policy", all.policy) : "", all.ask ? "" : say("callers-unasked")].filter(Boolean).join(" ");
  $("callers-none").hidden = all.callers.length > 0;
  keep($("callers-list"), all.callers, (c) => c.origin, "caller-line", (e, c) => {
    const v = verdict(c);
    e.origin = c.origin;
    e.dataset.verdict = v;
    put(e, "origin", c.origin);
    put(e, "verdict", { blocked: say("caller-blocked"), waits: say("caller-waits"), paired: c.once ? say("caller-once") : say("caller-paired") }[v]);
    e.querySelector('[data-is="verdict"]').className = "sign " + signs[v];
    put(e, "about", [c.policy ? say("caller-policy") : c.since ? say("caller-since", moment(c.since)) : "", c.used ? say("caller-used", moment(c.used)) : ""].filter(Boolean).join(" · "));
    put(e, "labels", c.blocked ? "" : say("caller-labels", c.labels_this_hour));
    e.querySelector('[data-act="allow"]').hidden = !c.waits;
    e.querySelector('[data-act="revoke"]').hidden = Boolean(c.policy);
  });
}

const newestLook = inOrder();

async function look() {
  const newest = newestLook();
  let all;
  try {
    all = await ask("callers");
  } catch (e) {
    if (e.status === 404) { served = false; absent("callers"); }
    return;
  }
  if (!newest()) return;
  if (shown) show(all);
  question(all.asking);
}

// question shows the page that asks, or takes the question away when it is
// answered elsewhere.
function question(q) {
  if (!q) {
    asked = "";
    if (dialog.open) dialog.close();
    return;
  }
  until = performance.now() + q.left_seconds * 1000;
  if (q.origin === asked && dialog.open) return;
  asked = q.origin;
  const { protocol, host } = new URL(q.origin);
  put(dialog, "scheme", protocol + "//");
  put(dialog, "host", host);
  $("asking-plain").hidden = protocol === "https:";
  $("asking-said").textContent = "";
  tick();
  if (!dialog.open) dialog.showModal();
  $("asking-head").focus();
}

function tick() {
  if (asked) put(dialog, "left", Math.max(0, Math.ceil((until - performance.now()) / 1000)) + " s");
}
setInterval(tick, 1000);

let opened = 0;
new MutationObserver(() => { opened = performance.now(); }).observe(dialog, { attributeFilter: ["open"] });

dialog.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-answer]");
  // Whoever was about to press something else has not read the question.
  if (!button || !asked || performance.now() - opened < 600) return;
  button.disabled = true;
  try {
    const all = await send("callers/answer", { origin: asked, answer: button.dataset.answer });
    newestLook(); // what is being asked is older than the answer
    if (shown) show(all);
    question(all.asking);
  } catch (e) {
    if (e.code === "token-refused") location.reload();
    $("asking-said").textContent = e.message;
  }
  button.disabled = false;
});

// A scanner ends what it reads with Enter.
dialog.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.target.closest("[data-answer]:focus-visible")) event.preventDefault();
});

// Escape puts the question aside; it stays with the station until it is answered.
dialog.addEventListener("cancel", (event) => event.preventDefault());

$("callers-list").addEventListener("click", async (event) => {
  const button = event.target.closest("[data-act]");
  if (!button) return;
  button.disabled = true;
  const all = await post("callers/" + button.dataset.act, { origin: button.closest("li").origin });
  button.disabled = false;
  newestLook();
  if (all) show(all);
});

place("callers", {
  open() { shown = true; look(); },
  close() { shown = false; },
});

let before = null;
onQueue((q) => {
  if (!served || (q.asking ?? "") === before && !shown) return;
  before = q.asking ?? "";
  look();
});
