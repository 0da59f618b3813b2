// What holds at this station, by section, with what each setting is for. One is
// changed at a time; the file stays otherwise as people wrote it.

import { $, anew, ask, complain, flash, inOrder, keep, place, put, say, send } from "../core.js";
import { closes, tell } from "../office.js";

const settings = $("settings");
let all = [], onlyChanged = false;

const newestRead = inOrder();

async function read() {
  const newest = newestRead();
  try {
    const found = await ask("settings");
    if (!newest()) return;
    ({ settings: all } = found);
    show();
  } catch (e) {
    complain(e.message ?? say("no-answer"));
  }
}

// differs tells what people have decided; an entry of a list has nothing that it comes
// with.
const differs = (s) => s.set && !s.secret && s.default !== undefined && s.value !== s.default;

// sectionOf is what stands before a setting's last name: printer.1 of printer.1.url.
const sectionOf = (s) => s.name.split(".").slice(0, -1).join(".");

function show() {
  const wanted = $("settings-find").value.trim().toLowerCase();
  const found = all.filter((s) => (!wanted || (s.name + " " + (s.says ?? "")).toLowerCase().includes(wanted)) && (!onlyChanged || differs(s) || s.pinned));
  const bySection = new Map();
  for (const s of found) bySection.set(sectionOf(s), [...(bySection.get(sectionOf(s)) ?? []), s]);
  const sections = [...bySection];
  const nameOf = ([name]) => name || say("settings-general");
  keep($("settings-list"), sections, ([name]) => "section " + name, "settings-section", (e, section) => {
    put(e, "name", nameOf(section));
    keep(e.querySelector("ol"), section[1], (s) => s.name, "setting-line", showSetting);
  });
  keep($("settings-index"), sections, ([name]) => "section " + name, "settings-jump", (e, section) => { e.textContent = nameOf(section); });
  put(settings, "sum", all.length ? say("settings-sum", all.length, all.filter(differs).length) : "");
  $("settings-nothing").hidden = found.length > 0 || all.length === 0;
}

const shown = (value) => (value === "" || value === undefined ? say("setting-empty") : value);

function showSetting(e, s) {
  e.setting = s;
  put(e, "name", s.name);
  put(e, "says", s.says);
  put(e, "value", s.secret ? say(s.value ? "setting-set" : "setting-unset") : shown(s.value));
  put(e, "default", s.secret ? say("setting-secret", s.name) : differs(s) && s.default !== undefined ? say("setting-default", shown(s.default)) : "");
  const mark = s.pinned ? "pinned" : differs(s) ? "changed" : s.fixed && !s.secret ? "fixed" : "";
  e.dataset.mark = mark;
  put(e, "mark", { pinned: say("mark-pinned"), changed: say("mark-changed"), fixed: say("mark-fixed") }[mark]);
  const button = e.querySelector("button");
  button.hidden = Boolean(s.pinned || s.fixed || s.secret);
  button.setAttribute("aria-label", `${button.textContent} ${s.name}`);
}

$("settings-find").addEventListener("input", show);
$("settings-changed").addEventListener("click", () => {
  onlyChanged = !onlyChanged;
  $("settings-changed").setAttribute("aria-pressed", String(onlyChanged));
  show();
});
$("settings-index").addEventListener("click", (event) => {
  const key = event.target.closest("button")?.dataset.key;
  for (const e of $("settings-list").children) if (e.dataset.key === key) e.scrollIntoView({ block: "start" });
});

// ---- one is changed ----

const changing = $("changing"), form = changing.querySelector("form"), choices = changing.querySelector(".choices");
let setting;

settings.addEventListener("click", (event) => {
  const button = event.target.closest('[data-act="change"]');
  if (!button) return;
  setting = button.closest("li").setting;
  for (const part of ["name", "says"]) put(changing, part, setting[part]);
  put(changing, "default", setting.default === undefined ? "" : say("setting-default", shown(setting.default)));
  tell(changing);
  const some = Boolean(setting.choices?.length);
  changing.querySelector("fieldset").hidden = changing.querySelector("fieldset").disabled = !some;
  form.elements.value.closest("label").hidden = some;
  keep(choices, setting.choices ?? [], (c) => c, "setting-choice", (e, c) => {
    const radio = e.querySelector("input");
    radio.value = c;
    radio.checked = c === setting.value;
    put(e, "choice", shown(c));
  });
  form.elements.value.value = setting.value ?? "";
  changing.showModal();
  if (!some) form.elements.value.select();
});

closes(changing);
form.addEventListener("input", () => tell(changing));
form.addEventListener("submit", async (event) => {
  event.preventDefault(); // the dialog stays with what is said if it is refused
  const value = setting.choices?.length ? form.elements.choice.value : form.elements.value.value.trim();
  if (value === setting.value) {
    tell(changing, { message: say("setting-unchanged") });
    return;
  }
  event.submitter.disabled = true;
  try {
    await send("settings", { name: setting.name, value });
    changing.close();
    $("settings-restart").hidden = false;
    flash("packed", say("setting-written", setting.name));
    read();
  } catch (e) {
    tell(changing, e);
  }
  event.submitter.disabled = false;
});

// The label in hand is finished first.
$("settings-anew").addEventListener("click", async (event) => {
  event.target.disabled = true;
  flash("packed", say("settings-begins"));
  try {
    await anew({});
  } catch (e) {
    complain(e.message);
  }
  event.target.disabled = false;
});

place("settings", { open: read });
