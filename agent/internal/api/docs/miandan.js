// The client of the Miandan print agent, for pages of other origins. One file, no
// build step: import { Miandan } from "./miandan.js".
//
//   const miandan = new Miandan("http://127.0.0.1:17777")
//   await miandan.pair()                       // once; a person at the station says yes
//   await miandan.print({ key: "A-1001", kind: "waybill", layout: "zto-76x130", label })
//   miandan.onJob = (job) => { if (job.state === "done") shipped(job.key, job.evidence) }
//   miandan.listen()

/**
 * @typedef {"waiting"|"printing"|"unknown"|"number-unknown"|"done"|"refused"|"cancelled"} State
 * @typedef {{code: string, message: string}} Refusal
 * @typedef {object} Job
 * @property {string} key what you called it
 * @property {"waybill"|"file"|"sealed"} kind
 * @property {string} waybill
 * @property {string} [label] its number at the station
 * @property {"new"|"same"|"replaced"} [verdict]
 * @property {State} state "unknown": it may be on paper; a person at the station decides. Do not print it again under another key
 * @property {"confirmed"|"presumed"|"operator"} [evidence] who says that it is done
 * @property {string} [printer]
 * @property {string} [since]
 * @property {Refusal} [refusal]
 *
 * @typedef {object} WaybillJob
 * @property {string} key the same key and content is the same label for 90 days: after a lost answer send it again
 * @property {"waybill"} kind
 * @property {string} layout see printers().layouts
 * @property {object} label {version: 1, waybill: {…}}, as `miandan render --data` takes it
 * @property {string} [paid_at]
 *
 * @typedef {object} FileJob
 * @property {string} key
 * @property {"file"} kind
 * @property {Blob|ArrayBuffer|string} file a PDF of one page or a PNG with the paper's dots; a string is base64
 * @property {string} size "76x130"
 * @property {string} waybill must be readable on it as Code 128
 * @property {string} carrier "ZTO"
 * @property {string} [order]
 * @property {string} [paid_at]
 *
 * @typedef {object} SealedJob
 * @property {string} key
 * @property {"sealed"} kind
 * @property {object} sealed {dialect, contents, size, waybill, order, carrier}
 *
 * @typedef {WaybillJob|FileJob|SealedJob} NewJob
 * @typedef {{name: string, state: "idle"|"processing"|"stopped", reasons?: string[], paper: string, dpi: number}} Printer
 * @typedef {{what: string, fine: boolean, says: [string, string]}} Finding says in English and in Chinese
 */

/** What the agent has refused. Programs may rely on code. */
export class MiandanError extends Error {
  /** @param {number} status @param {string} code @param {string} message */
  constructor(status, code, message) {
    super(message);
    this.name = "MiandanError";
    this.status = status;
    this.code = code;
  }
}

export class Miandan {
  #base; #token; #keep; #socket = null; #wanted = false; #pause = 1000;

  /** @type {(job: Job) => void} called with each job that changes, and at first with the latest */
  onJob = () => {};
  /** @type {(connected: boolean) => void} */
  onLine = () => {};

  /**
   * @param {string} base the agent's address: http://127.0.0.1:PORT, as listen.address in its settings
   * @param {{token?: string|null, keep?: (token: string) => void}} [options] where the token is kept; localStorage unless you say otherwise
   */
  constructor(base, options = {}) {
    this.#base = base.replace(/\/$/, "");
    const name = "miandan-token " + this.#base;
    this.#token = options.token !== undefined ? options.token : globalThis.localStorage?.getItem(name) ?? null;
    this.#keep = options.keep ?? ((token) => globalThis.localStorage?.setItem(name, token));
  }

  /** Whether there is a token that the agent has not refused. @returns {boolean} */
  get paired() { return Boolean(this.#token); }

  /**
   * Asks to print here. It waits up to a minute for a person at the station. Call it
   * after a click of the user: the browser itself may ask first.
   */
  async pair() {
    const { token } = await this.#ask("POST", "pair", {});
    this.#token = token;
    this.#keep(token);
  }

  /** @param {NewJob} job @returns {Promise<Job>} */
  async print(job) {
    if ("file" in job && typeof job.file !== "string") job = { ...job, file: await base64(job.file) };
    return this.#ask("POST", "jobs", job);
  }

  /** @param {string} key @returns {Promise<Job>} */
  job(key) { return this.#ask("GET", "jobs/" + encodeURIComponent(key)); }

  /** What became of jobs while the page was closed. @returns {Promise<Job[]>} */
  async jobs(limit = 100) { return (await this.#ask("GET", "jobs?limit=" + limit)).jobs; }

  /** The label with the receiver masked, as a PNG. @param {string} key @returns {Promise<Blob>} */
  async picture(key) { return (await this.#send("GET", "jobs/" + encodeURIComponent(key) + "/picture")).blob(); }

  /** @returns {Promise<{printers: Printer[], layouts: string[]}>} */
  printers() { return this.#ask("GET", "job-printers"); }

  /** Listens to what becomes of the page's jobs until close(). */
  listen() {
    this.#wanted = true;
    const socket = new WebSocket(this.#base.replace(/^http/, "ws") + "/api/v1/ws"), before = this.#socket;
    this.#socket = socket; // one line, however often it is asked for
    before?.close();
    socket.onopen = () => socket.send(JSON.stringify({ token: this.#token }));
    socket.onmessage = (event) => {
      const { event: what, job } = JSON.parse(event.data);
      if (what === "refused") { this.#wanted = false; return; }
      if (what === "job") { this.#pause = 1000; this.onLine(true); this.onJob(job); }
    };
    socket.onclose = (event) => {
      if (this.#socket !== socket) return;
      if (event.code === 1008) this.#wanted = false; // the page may not listen any more
      this.onLine(false);
      if (!this.#wanted) return;
      setTimeout(() => { if (this.#wanted) this.listen(); }, this.#pause);
      this.#pause = Math.min(2 * this.#pause, 30000);
    };
  }

  close() {
    this.#wanted = false;
    this.#socket?.close();
  }

  async #ask(method, name, body) { return (await this.#send(method, name, body)).json(); }

  async #send(method, name, body) {
    const headers = this.#token ? { "Miandan-Token": this.#token } : {};
    if (body) headers["Content-Type"] = "application/json";
    let answer;
    try {
      answer = await fetch(this.#base + "/api/v1/" + name, { method, headers, body: body && JSON.stringify(body), credentials: "omit", cache: "no-store" });
    } catch {
      const language = globalThis.navigator?.language?.startsWith("zh") ? 1 : 0;
      const wrong = (await diagnose()).filter((f) => !f.fine).map((f) => f.says[language]);
      throw new MiandanError(0, "unreachable", wrong.join(language ? "" : " ") || ["The agent does not answer, or refuses this page. Is it running?", "面单程序没有应答，或拒绝了此网页。请确认程序正在运行。"][language]);
    }
    if (answer.ok) return answer;
    const { code = "", message = "" } = await answer.json().catch(() => ({}));
    if (code === "caller-token") this.#token = null; // pair() again, after a click
    throw new MiandanError(answer.status, code, message);
  }
}

async function base64(file) {
  const bytes = new Uint8Array(file instanceof Blob ? await file.arrayBuffer() : file);
  let text = "";
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return btoa(text);
}

/**
 * Says what in this browser may keep a page from reaching the agent. Without an
 * argument it looks at the page that it runs in.
 * @param {{page?: string, framed?: boolean, agent?: string}} [about] a page's address, whether it stands in a frame of another site, and the browser's own words
 * @returns {Promise<Finding[]>}
 */
export async function diagnose(about = {}) {
  const here = about.page === undefined;
  const page = new URL(here ? location.href : about.page);
  const agent = about.agent ?? navigator.userAgent;
  const framed = about.framed ?? (here && window.top !== window);
  const chrome = Number(/Chrom(?:e|ium)\/(\d+)/.exec(agent)?.[1] ?? 0);
  const safari = /Safari\//.test(agent) && !chrome;
  const local = ["localhost", "127.0.0.1", "[::1]"].includes(page.hostname);
  const secure = here ? isSecureContext : page.protocol === "https:" || local;
  /** @type {Finding[]} */
  const all = [];
  const say = (what, fine, english, chinese) => all.push({ what, fine, says: [english, chinese] });

  if (safari) say("browser", false, "Safari lets no https page talk to an agent on http. Use Chrome or Edge.", "Safari 不允许 https 网页访问本机 http 程序，请使用 Chrome 或 Edge。");
  else if (chrome) say("browser", true, `Chromium ${chrome}.`, `Chromium ${chrome}。`);
  else say("browser", true, "This browser asks for its own permission, if any.", "此浏览器可能会自行询问权限。");

  if (secure) say("secure", true, "The page comes over https.", "网页使用 https。");
  else say("secure", chrome < 142, chrome >= 142
    ? "The page comes over plain http. Chrome 142 and later refuse it without a question: serve it over https, or have IT allow it by policy."
    : "The page comes over plain http. From Chrome 142 on it will be refused: serve it over https.",
  chrome >= 142 ? "网页使用 http。Chrome 142 及以上版本会直接拒绝：请改用 https，或由 IT 通过策略放行。" : "网页使用 http。从 Chrome 142 起会被拒绝，请改用 https。");

  if (framed) {
    const allowed = here && ["loopback-network", "local-network-access"].some((f) => document.featurePolicy?.allowsFeature?.(f));
    say("frame", allowed || chrome < 142, allowed ? "The page stands in a frame that may reach this computer."
      : 'The page stands in a frame of another site. That site must write allow="loopback-network; local-network-access" on it.',
    allowed ? "网页位于允许访问本机的框架中。" : '网页嵌在其他网站的框架中，该网站须在 iframe 上写明 allow="loopback-network; local-network-access"。');
  } else say("frame", true, "The page stands by itself.", "网页未被嵌入框架。");

  if (here && chrome >= 142) {
    let state = "prompt";
    for (const name of ["loopback-network", "local-network-access"]) {
      try { state = (await navigator.permissions.query({ name })).state; break; } catch { /* an older name */ }
    }
    say("permission", state !== "denied", state === "denied"
      ? "The browser was told not to let this page reach this computer. Allow it in the site's settings, behind the sign left of the address."
      : state === "granted" ? "The browser lets this page reach this computer." : "The browser will ask whether this page may reach this computer.",
    state === "denied" ? "浏览器已禁止此网页访问本机。请点击地址栏左侧图标，在网站设置中允许。" : state === "granted" ? "浏览器已允许此网页访问本机。" : "浏览器将询问是否允许此网页访问本机。");
  } else if (!here && chrome >= 142 && !local) say("permission", true, "Chrome asks once whether this page may reach this computer; IT can answer for everybody by policy.", "Chrome 会询问一次是否允许此网页访问本机；IT 可通过策略统一放行。");

  if (page.protocol === "https:" && chrome && chrome < 147) say("socket", chrome >= 142, chrome >= 142
    ? "Events by WebSocket are sure from Chrome 147 on; below it ask for the jobs every few seconds." : "Below Chrome 147 an https page's WebSocket to this computer may be blocked as mixed content. Update the browser, or ask for the jobs every few seconds.",
  "Chrome 147 以下版本，https 网页到本机的 WebSocket 可能被当作混合内容拦截。请升级浏览器，或每隔几秒查询任务。");
  return all;
}
