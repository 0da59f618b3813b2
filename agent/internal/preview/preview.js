"use strict";
// The page asks again and again what there is to see, and draws it when it is
// new. Text is set as text, never as markup.

const find = id => document.getElementById(id);
const choices = ["dpmm", "case", "sample", "zoom"].map(find).filter(Boolean);
let shown = "", chosen = false; // what is on the page; whether somebody chose the zoom

// What is chosen stays with the address, so that a reload keeps it.
const kept = new URLSearchParams(location.hash.slice(1));
for (const c of choices) {
  const v = kept.get(c.id);
  if (v !== null && [...c.options].some(o => o.value === v)) c.value = v;
  c.addEventListener("change", ask);
}
chosen = kept.has("zoom");
find("zoom").addEventListener("change", () => { chosen = true; });
if (kept.get("edge") === "no") find("edge").checked = false;
find("edge").addEventListener("change", ask);

function query(more) {
  const q = new URLSearchParams(more);
  for (const id of ["dpmm", "case", "sample"]) if (find(id)) q.set(id, find(id).value);
  return q;
}

function remember() {
  const q = query();
  q.set("zoom", find("zoom").value);
  if (!find("edge").checked) q.set("edge", "no");
  history.replaceState(null, "", "#" + q);
}

let asking = false, again = false;
async function ask() {
  if (asking) { again = true; return; }
  asking = true;
  try {
    const answer = await fetch("state?" + query());
    if (!answer.ok) throw new Error(answer.status);
    const state = await answer.json();
    find("lost").hidden = true;
    show(state);
  } catch {
    find("lost").hidden = false;
  }
  asking = false;
  if (again) { again = false; ask(); }
}

function show(s) {
  if (chosen) remember();
  find("stage").classList.toggle("edge", find("edge").checked);
  const key = JSON.stringify([s, query().toString(), find("zoom").value]);
  if (key === shown) return;
  shown = key;
  if (!chosen && s.width) { // as large as there is room for
    const room = Math.floor((find("stage").clientWidth - 64) * devicePixelRatio / s.width);
    find("zoom").value = [...find("zoom").options].map(o => Number(o.value)).filter(z => z <= Math.max(room, 1)).pop();
    chosen = true;
    remember();
  }
  find("title").textContent = s.title;
  find("problem").hidden = !s.problem;
  find("problem").querySelector("pre").textContent = s.problem;
  find("stage").classList.toggle("stale", s.stale);
  const dot = Number(find("zoom").value) / devicePixelRatio; // a dot is whole pixels of the screen
  const pages = [];
  for (let n = 0; n < s.pages; n++) {
    const page = document.createElement("div");
    page.className = "page";
    const img = document.createElement("img");
    img.alt = find("pages").dataset.alt;
    img.style.width = s.width * dot + "px";
    img.style.height = s.height * dot + "px";
    img.src = "picture.png?" + query({page: n, v: s.version});
    const safe = document.createElement("div");
    safe.className = "safe";
    safe.style.inset = s.safe * dot + "px";
    page.append(img, safe);
    if (s.tear) {
      const tear = document.createElement("div");
      tear.className = "tear";
      tear.style.top = s.tear * dot + "px";
      page.append(tear);
    }
    pages.push(page);
  }
  find("pages").replaceChildren(...pages);
  find("none").hidden = s.findings.length > 0 || s.stale;
  find("findings").replaceChildren(...s.findings.map(f => {
    const li = document.createElement("li");
    li.className = f.severity;
    li.textContent = f.text;
    const pre = document.createElement("pre");
    pre.textContent = f.excerpt;
    li.append(pre);
    return li;
  }));
  document.body.dataset.version = s.version;
}

ask();
setInterval(ask, 400);
