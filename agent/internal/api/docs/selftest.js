// What keeps a page from reaching the agent, and the policies that settle it.

import { diagnose } from "./miandan.js";

const $ = (id) => document.getElementById(id);
const language = document.body.dataset.chinese ? 1 : 0;
let origin = "";

$("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const page = $("page").value;
  origin = new URL(page).origin;
  const findings = await diagnose({ page, framed: $("framed").checked });
  $("findings").replaceChildren(...findings.map((f) => {
    const line = document.createElement("li");
    line.className = f.fine ? "fine" : "wrong";
    line.dataset.what = f.what;
    line.textContent = f.says[language];
    return line;
  }));
  $("policy").hidden = origin === "null";
  $("shown").hidden = true;
});

const names = ["LoopbackNetworkAllowedForUrls", "LocalNetworkAccessAllowedForUrls"];

const files = {
  "chrome-policy.reg": () => "Windows Registry Editor Version 5.00\r\n" + ["Google\\Chrome", "Microsoft\\Edge"].flatMap((browser) =>
    names.map((name) => `\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\${browser}\\${name}]\r\n"1"="${origin}"\r\n`)).join(""),
  "miandan-chrome.json": () => JSON.stringify(Object.fromEntries(names.map((name) => [name, [origin]])), null, 2) + "\n",
  "miandan-chrome.plist": () => `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
${names.map((name) => `  <key>${name}</key>\n  <array><string>${origin}</string></array>`).join("\n")}
</dict>
</plist>
`,
  "policy.toml": () => `# Who may print: /etc/miandan/policy.toml, %ProgramData%\\Miandan\\policy.toml.
# Pages that stand in no rule: ask people at the station (true) or refuse (false).
ask = true

[[origin]]
origin = "${origin}"
allow = true
`,
};

for (const button of document.querySelectorAll("[data-file]")) {
  button.addEventListener("click", () => {
    const text = files[button.dataset.file]();
    $("shown").hidden = false;
    $("shown").textContent = text;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
    link.download = button.dataset.file;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  });
}
