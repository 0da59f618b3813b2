// The room: every bench at one look, on a wall as well as on a desk, and what
// somebody who leads decides about labels of other stations.

import { $, absent, ask, at, complain, inOrder, keep, knows, place, put, say, send, session } from "../core.js";
import { closes, moment, span, tell } from "../office.js";

let found = "";
let room = null;
let acting = null; // what the dialog is about

const stateWord = (l) => say("room-is-" + l.state);

const ails = (p) => say(knows(p.trouble) ? p.trouble : "room-not-ready");

function showLabel(e, l) {
  e.label = l;
  e.dataset.state = { unknown: "unknown", started: "printing", claimed: "printing", queued: "waiting" }[l.state];
  put(e, "waybill", l.waybill);
  put(e, "order", [l.order, l.copy ? say("room-copy", l.copy) : ""].filter(Boolean).join(" · "));
  put(e, "state", l.wanted ? say("room-wanted") : stateWord(l));
  put(e, "where", [l.station, l.printer, l.lot ? say("room-lot") : ""].filter(Boolean).join(" · "));
  put(e, "since", moment(l.since));
  const stuck = l.state === "unknown" || l.state === "started" && dead(l.station);
  for (const act of ["printed", "not-printed"]) e.querySelector(`[data-act="${act}"]`).hidden = !stuck;
  e.querySelector('[data-act="move"]').hidden = stuck || l.state === "unknown" || l.wanted;
}

const dead = (name) => !room?.stations.some((s) => s.name === name && s.alive);

function show(r) {
  for (const list of ["stations", "waves", "waiting", "stuck", "alarms"]) r[list] ??= [];
  for (const station of r.stations) station.printers ??= [];
  room = r;
  const main = $("room");
  put(main, "clock", say("room-clock", new Date(r.now).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false })));
  $("room-warning").hidden = !r.warning;
  $("room-warning").textContent = r.warning ?? "";
  const without = ["accepted", "issuing", "issue-unknown", "refused", "changed"].reduce((n, s) => n + (r.orders[s] ?? 0), 0);
  const sums = [
    ["stuck", r.stuck.length + r.stuck_more, "late"], ["late", r.late, "late"], ["soon", r.soon, "soon"], ["queued", r.labels.queued ?? 0, ""],
    ["going", (r.labels.claimed ?? 0) + (r.labels.started ?? 0), ""], ["without", without, ""], ["hour", r.done_hour, "good"], ["today", r.done_today, "good"],
  ];
  keep($("room-sums"), sums, ([kind]) => kind, "room-sum", (e, [kind, n, tone]) => {
    e.dataset.tone = n > 0 ? tone : "";
    put(e, "n", n);
    put(e, "word", say("room-sum-" + kind));
  });
  $("room-needs").hidden = r.stuck.length + r.alarms.length === 0;
  put($("room-needs"), "more", r.stuck_more ? say("room-more", r.stuck_more) : "");
  keep($("room-stuck"), r.stuck, (l) => l.ID, "room-label", showLabel);
  keep($("room-alarms"), r.alarms, (a) => a.id, "room-alarm", (e, a) => {
    e.alarm = a;
    put(e, "kind", say("room-alarm-" + a.kind));
    put(e, "about", [a.order, a.station, a.state].filter(Boolean).join(" · "));
    put(e, "at", moment(a.at));
  });
  keep($("room-stations"), r.stations, (s) => s.name, "room-station", (e, s) => {
    e.dataset.alive = s.alive;
    e.dataset.needs = s.unknown > 0 || (!s.alive && s.started + s.lot > 0);
    put(e, "name", s.name);
    put(e, "zone", [s.zone, s.platform ? say("room-platform") : ""].filter(Boolean).join(" · "));
    put(e, "state", s.alive ? say("room-alive") : say("room-silent", span(s.silent)));
    e.querySelector('[data-is="state"]').className = "sign " + (s.alive ? "is-good" : "is-error");
    put(e, "holds", [
      s.claimed ? say("room-claimed", s.claimed) : "", s.started ? say("room-started", s.started) : "", s.lot ? say("room-in-lot", s.lot) : "",
      s.unknown ? say("room-unknown", s.unknown) : "", say("room-done", s.done_hour),
    ].filter(Boolean).join(" · "));
    keep(e.querySelector(".heads"), s.printers, (p) => p.name, "room-printer", (h, p) => {
      put(h, "name", p.name);
      put(h, "state", p.ready ? [p.paper, p.left ? say("room-left", p.left) : ""].filter(Boolean).join(" · ") : ails(p));
      h.querySelector(".sign").className = "sign " + (p.ready ? "is-good" : "is-warning");
    });
  });
}

async function lookAtWaves(newest) {
  const { waves } = await ask("room/waves");
  if (!newest()) return;
  keep($("room-waves"), waves, (w) => w.id, "room-wave", (e, w) => {
    e.wave = w;
    put(e, "wave", ["W" + w.id, w.name].filter(Boolean).join(" "));
    put(e, "where", w.target.replace(/^[a-z]+:/, ""));
    put(e, "counts", [say("room-wave-counts", w.waiting, w.going, w.unknown), w.without ? say("room-wave-without", w.without) : ""].filter(Boolean).join(" · "));
    put(e, "state", say("room-is-" + w.state));
    e.querySelector('[data-act="stopped"]').hidden = w.state !== "working";
    e.querySelector('[data-act="working"]').hidden = w.state !== "stopped";
    e.querySelector('[data-act="closed"]').hidden = w.state === "closed";
  });
}

// picked are the orders of the wave that is to be, in its sequence.
let picked = [];

async function pick() {
  picked = [];
  showPicked();
  const { orders } = await ask("room/waiting");
  keep($("room-candidates"), orders, (o) => o.id, "room-candidate", (e, o) => {
    e.candidate = o;
    e.querySelector("input").checked = false;
    put(e, "order", o.order);
    put(e, "state", [o.issuer, say("room-is-" + o.state)].join(" · "));
    put(e, "deadline", moment(o.deadline));
    put(e, "turn", "");
  });
}

function showPicked() {
  $("room").querySelector('[data-act="begin"]').hidden = picked.length === 0;
  for (const e of $("room-candidates").children) put(e, "turn", picked.includes(e.candidate.id) ? picked.indexOf(e.candidate.id) + 1 : "");
}

$("room-candidates").addEventListener("change", (event) => {
  const { id } = event.target.closest("li").candidate;
  picked = event.target.checked ? [...picked, id] : picked.filter((other) => other !== id);
  showPicked();
});

const newestLook = inOrder();

// look reads everything anew. Of two looks at once the later one holds: what the first
// has seen may be older than what somebody has decided since.
async function look() {
  if (at() !== "room") return;
  const newest = newestLook();
  try {
    const r = await ask("room");
    if (!newest()) return;
    show(r);
    await Promise.all([lookAtDoubts(newest), lookAtWaves(newest)]);
    if (found && newest()) await lookFor();
  } catch (e) {
    if (e.status === 404) return absent("room");
    complain(e.message ?? String(e));
  }
}

async function lookAtDoubts(newest) {
  const doubts = session().role === "packer" ? [] : (await ask("room/orders")).orders;
  if (!newest()) return;
  $("room-doubts-part").hidden = doubts.length === 0;
  keep($("room-doubts"), doubts, (o) => o.id, "room-doubt", (e, o) => {
    e.order = o;
    put(e, "order", o.order);
    put(e, "issuer", [o.issuer, ...o.numbers].join(" · "));
    put(e, "state", say("room-is-" + o.state));
    put(e, "late", o.late.length ? say("room-late-number", o.late.join(" ")) : "");
    put(e, "since", moment(o.since));
    e.querySelector('[data-act="number"]').hidden = o.state !== "issue-unknown";
  });
}

async function lookFor() {
  const of = "?find=" + encodeURIComponent(found);
  const [labels, audit] = await Promise.all([ask("room/labels" + of), ask("room/audit" + of)]);
  $("room-found-part").hidden = false;
  keep($("room-found"), labels.labels, (l) => l.ID, "room-label", showLabel);
  keep($("room-audit"), audit.records.slice(0, 50), (r, i) => r.at + r.kind + r.label + r.to, "room-record", (e, r) => {
    put(e, "at", moment(r.at));
    put(e, "what", [r.order, r.kind, r.from && r.to ? r.from + " → " + r.to : r.to].filter(Boolean).join(" · "));
    put(e, "who", [r.mover, r.who, r.why].filter(Boolean).join(" · "));
  });
}

$("room-find").addEventListener("submit", async (event) => {
  event.preventDefault();
  found = event.target.find.value.trim();
  $("room-found-part").hidden = !found;
  if (found) await lookFor().catch((e) => complain(e.message ?? String(e)));
});

// ---- a person's word ----

const dialog = $("room-word");
closes(dialog);

function targets() {
  const zones = [...new Set(room.stations.map((s) => s.zone).filter(Boolean))];
  const groups = [...new Set(room.stations.flatMap((s) => s.printers.map((p) => p.group)).filter(Boolean))];
  return [["", say("room-anybody")], ...zones.map((z) => ["zone:" + z, say("room-zone", z)]), ...groups.map((g) => ["group:" + g, say("room-group", g)]),
    ...room.stations.filter((s) => s.alive).map((s) => ["station:" + s.name, s.name])];
}

$("room").addEventListener("click", async (event) => {
  const button = event.target.closest("[data-act]");
  if (!button) return;
  const line = button.closest("li"), act = button.dataset.act;
  if (act === "seen") {
    button.disabled = true;
    await send("room/seen", { alarm: line.alarm.id }).catch((e) => complain(e.message));
    button.disabled = false;
    return look();
  }
  if (act === "pick") return pick().catch((e) => complain(e.message ?? String(e)));
  acting = { act, label: line?.label, order: line?.order, wave: line?.wave };
  put(dialog, "head", say("room-ask-" + act, line?.label?.waybill ?? line?.order?.order ?? (line?.wave ? "W" + line.wave.id : picked.length)));
  put(dialog, "hint", say("room-hint-" + act));
  const where = dialog.querySelector('[data-is="where"]');
  where.hidden = act !== "move" && act !== "begin";
  const numbers = dialog.querySelector('[data-is="numbers"]');
  numbers.hidden = act !== "number";
  numbers.querySelector("input").required = act === "number";
  dialog.querySelector("select").replaceChildren(...targets().filter(([value]) => act !== "begin" || /^(zone|group):/.test(value)).map(([value, text]) => new Option(text, value)));
  dialog.querySelector("form").reset();
  dialog.querySelector(".said").textContent = "";
  dialog.showModal();
  $("room-word-head").focus();
});

dialog.querySelector('[data-act="close"]').addEventListener("click", () => dialog.close());

dialog.querySelector("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target, { act, label, order, wave } = acting, reason = form.reason.value.trim();
  if (!reason) return form.reason.focus();
  const numbers = act === "number" ? form.numbers.value.split(/[\s,，、;；]+/).filter(Boolean) : [];
  if (act === "number" && numbers.length === 0) return form.numbers.focus();
  const button = form.querySelector('[type="submit"]');
  button.disabled = true;
  try {
    if (wave) await send("room/wave/turn", { wave: wave.id, to: act, reason });
    else if (act === "begin") {
      await send("room/wave", { orders: picked, target: form.target.value, reason });
      await pick();
    } else if (order) await send("room/number", { id: order.id, epoch: order.epoch, numbers, reason });
    else if (act === "move") await send("room/move", { labels: [label.ID], target: form.target.value, reason });
    else await send("room/decide", { label: label.ID, epoch: label.Epoch, word: act, reason });
    dialog.close();
  } catch (e) {
    tell(dialog, e);
  }
  button.disabled = false;
  look();
});

place("room", { open: look });
setInterval(look, 3000);
ask("room").catch((e) => { if (e.status === 404) absent("room"); });
