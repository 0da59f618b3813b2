// The first steps at a station: where secrets are kept, the shop's authorisation, a
// printer that is found and tried, and the start with all that. Nothing of it is
// kept here: what is done stands at the agent, and a page that is loaded anew goes
// on where the last one was.

import { $, anew, ask, at, flash, keep, onSession, place, put, say, send } from "../core.js";

const start = $("start"), link = document.querySelector('#places [data-place="start"]');
const app = $("start-app"), code = $("start-code"), fit = $("start-fit"), begin = $("start-begin"), asked = fit.querySelector(".asked");
const steps = Object.fromEntries([...start.querySelectorAll("[data-step]")].map((e) => [e.dataset.step, e]));
let now = null, changing = false;

async function read() {
  try {
    now = await ask("start");
  } catch {
    return; // a station that does not serve it, or another's page
  }
  link.hidden = !now.bare;
  show();
}

function sign(step, kind, text) {
  const e = steps[step].querySelector(".sign");
  e.className = "sign is-" + kind;
  e.textContent = text;
}

function show() {
  const { jd } = now, printers = now.printers.length > 0;
  sign("keys", now.sealed ? "good" : "warning", now.keys);
  put(start, "settings", now.settings);

  sign("jd", jd.authorised ? "good" : "hint", jd.authorised ? say("start-jd-done") : say("start-jd-none"));
  app.hidden = !changing && (jd.authorised || Boolean(jd.page));
  code.hidden = changing || jd.authorised || !jd.page;
  $("start-again").hidden = changing || !jd.authorised;
  if (jd.page) $("start-authorise").href = jd.page;
  for (const name of ["app_key", "vender_id", "shop", "redirect"]) {
    const field = app.elements[name];
    if (!field.value) field.value = jd[name];
  }
  app.elements.secret.placeholder = jd.secret ? say("start-secret-kept") : "";
  app.elements.secret.required = !jd.secret;

  sign("printer", printers ? "good" : "hint", printers ? say("start-printers", now.printers.join(", ")) : say("start-printer-none"));
  const waits = now.printers.some((p) => !now.running.includes(p)) || (jd.authorised && now.bare);
  sign("begin", printers ? "good" : "hint", printers ? (waits ? say("start-ready") : say("start-runs")) : say("start-first"));
  $("start-pin").hidden = now.pins.includes("admin");
  begin.querySelector("button").disabled = !printers;

  const done = { keys: true, jd: jd.authorised, printer: printers, begin: false };
  const next = ["jd", "printer", "begin"].find((s) => !done[s]);
  for (const [name, e] of Object.entries(steps)) {
    e.classList.toggle("is-done", done[name]);
    e.classList.toggle("is-next", name === next);
  }
}

// tried runs an act of a form, and says in it what is wrong.
async function tried(form, act, button) {
  put(form, "said", "");
  if (button) button.disabled = true;
  try {
    await act();
  } catch (e) {
    if (e.code === "token-refused") location.reload();
    if (form === begin && now) show(); // it does not begin
    put(form, "said", e.message);
  }
  if (button) button.disabled = false;
}

// ---- JD ----

app.addEventListener("submit", (event) => {
  event.preventDefault();
  tried(app, async () => {
    const said = Object.fromEntries(new FormData(app));
    if (!said.secret) delete said.secret;
    await send("start/jd", said);
    app.elements.secret.value = "";
    changing = false;
    await read();
    code.elements.code.focus();
  }, event.submitter);
});

code.addEventListener("submit", (event) => {
  event.preventDefault();
  tried(code, async () => {
    await send("start/authorise", { code: code.elements.code.value });
    code.reset();
    flash("packed", say("start-jd-done"));
    await read();
  }, event.submitter);
});

// ---- the printer ----

const printer = steps.printer;
let found = [], chosen = null, turned = {};

async function look(wanted, button) {
  const label = button.textContent;
  button.textContent = say("start-looking");
  await tried(printer, async () => {
    const seen = await send("start/look", { ask: false, ...wanted });
    found = wanted.address ? [...seen.found, ...found.filter((d) => !seen.found.some((o) => o.url === d.url))] : seen.found;
    put(printer, "said", [...(found.length ? [] : [say("start-nothing")]), ...seen.troubles].join("\n"));
    list();
    const open = found.filter((d) => !d.known);
    if (wanted.address) choose(seen.found[0]);
    else if (open.length === 1) choose(open[0]);
  }, button);
  button.textContent = label;
}

const wayOf = (d) => ({ usb: say("way-usb"), tcp: say("way-tcp"), mdns: say("way-tcp"), scan: say("way-tcp"), serial: say("way-serial"), cups: say("way-cups"), winspool: say("way-winspool") }[d.way] ?? d.way);

function list() {
  keep($("start-found"), found, (d) => d.url, "start-device", (e, d) => {
    const button = e.querySelector("button");
    e.device = d;
    put(e, "says", d.says);
    put(e, "way", d.known ? say("start-known") : wayOf(d));
    button.disabled = d.known;
    button.setAttribute("aria-pressed", String(chosen?.url === d.url));
  });
}

function choose(d) {
  if (!d) return;
  chosen = d;
  turned = {};
  for (const name of ["name", "paper", "language", "dpi"]) fit.elements[name].value = d[name];
  put(fit, "said", "");
  put(fit, "sure", d.sure ? "" : say("start-unsure"));
  put(fit, "print", say("start-card"));
  fit.querySelector('[data-act="ask"]').hidden = d.sure || !/^(tcp|usb):/.test(d.url);
  fit.hidden = false;
  asked.hidden = true;
  list();
}

// wanted is the printer as the form has it. What was proposed for another language
// does not go with this one.
function wanted() {
  const language = fit.elements.language.value, same = language === chosen.language;
  return {
    name: fit.elements.name.value.trim(), url: chosen.url, language, dpi: Number(fit.elements.dpi.value),
    paper: fit.elements.paper.value.toLowerCase().replace(/\s|mm/g, "").replace(/[×*]/, "x"),
    ...(same ? { model: chosen.model, media: chosen.media, status: chosen.status } : {}), ...turned,
  };
}

const print = (button) => tried(fit, async () => {
  await send("start/card", wanted());
  put(fit, "print", say("start-card-again"));
  asked.hidden = false;
  asked.querySelector('[data-answer="inverse"]').hidden = fit.elements.language.value !== "tspl";
  asked.querySelector("button").focus();
}, button);

const answers = {
  straight: (button) => tried(fit, async () => {
    await send("start/printer", wanted());
    found = found.map((d) => (d.url === chosen.url ? { ...d, known: true } : d));
    fit.hidden = true;
    chosen = null;
    flash("packed", say("start-added", fit.elements.name.value));
    list();
    await read();
    begin.scrollIntoView({ block: "center" });
  }, button),
  async moved(button) {
    await answers.straight(button);
    if (!chosen) flash("packed", say("start-move-later"));
  },
  upside: (button) => { turned.upside_down = !turned.upside_down; return print(button); },
  inverse: (button) => { turned.invert = !turned.invert; return print(button); },
  cut() { put(fit, "said", say("start-cut-says")); fit.elements.paper.select(); },
  strange() { put(fit, "said", say("start-strange-says")); fit.elements.language.focus(); },
};

fit.addEventListener("submit", (event) => {
  event.preventDefault();
  print(event.submitter);
});
fit.addEventListener("click", (event) => {
  const button = event.target.closest("[data-answer]");
  if (button) answers[button.dataset.answer](button);
});

$("start-address").addEventListener("submit", (event) => {
  event.preventDefault();
  look({ address: event.target.elements.address.value, ask: true }, event.submitter);
});

// ---- the start ----

begin.addEventListener("submit", (event) => {
  event.preventDefault();
  tried(begin, async () => {
    const pin = begin.elements.pin.value;
    begin.reset();
    sign("begin", "hint", say("start-begins"));
    await anew(pin ? { pin } : {}, "");
  }, event.submitter);
});

start.addEventListener("click", (event) => {
  const button = event.target.closest("[data-act]");
  if (!button) return;
  ({
    look: () => look({}, button),
    ask: () => look(chosen.way === "tcp" ? { address: chosen.url, ask: true } : { ask: true }, button),
    choose: () => choose(button.closest("li").device),
    app: () => { changing = true; show(); app.elements.app_key.focus(); },
  })[button.dataset.act]();
});

place("start", { open: read });

// A station at which nothing is set up begins here, unless an address says where to.
onSession(async (s) => {
  if (!s.known || now) return;
  await read();
  if (now?.bare && at() === "bench" && !location.hash) {
    history.replaceState(null, "", "#start"); // so that nothing lies behind it to go back to
    dispatchEvent(new HashChangeEvent("hashchange"));
  }
});
