// The scanner. It types wherever the focus is, much faster than people do, and
// ends with Enter or Tab. Which key it pressed is told by its place on the
// keyboard, so that a Chinese input method, which turns letters into its own,
// eats no scan.

const gap = 60; // ms between two keys of a scan, at most: people are slower
const tail = 150; // ms before the key that ends it
const least = 4; // characters

const marks = {
  Minus: "-_", Equal: "=+", BracketLeft: "[{", BracketRight: "]}", Backslash: "\\|", Semicolon: ";:", Quote: "'\"", Comma: ",<", Period: ".>", Slash: "/?",
  Backquote: "`~", Space: "  ", NumpadDecimal: "..", NumpadSubtract: "--", NumpadAdd: "++", NumpadDivide: "//", NumpadMultiply: "**",
};
const overDigits = ")!@#$%^&*(";

// typed returns the character of a key, or nothing if it has none.
function typed(event) {
  const shift = event.shiftKey ? 1 : 0;
  const [, kind, which] = /^(Key|Digit|Numpad)([A-Z0-9])$/.exec(event.code) ?? [];
  switch (kind) {
    case "Key": return event.shiftKey !== event.getModifierState("CapsLock") ? which : which.toLowerCase();
    case "Digit": return shift ? overDigits[which] : which;
    case "Numpad": return which;
  }
  if (event.code in marks) return marks[event.code][shift];
  return event.code === "" && event.key.length === 1 ? event.key.normalize("NFKC") : "";
}

const readers = [];

// onScan calls f with each code that was scanned.
export const onScan = (f) => readers.push(f);

// inField says whether what is typed there goes into a field.
export const inField = (e) => e instanceof HTMLElement && e.matches("input:not([type=checkbox], [type=radio], [type=button]), textarea, select, [contenteditable]");

let burst = null; // {text, at, field, value}

// typing says whether a key came within a scan, so far as can be known.
export const typing = () => burst !== null && burst.text.length > 1;

addEventListener("keydown", (event) => {
  if (event.repeat || event.ctrlKey || event.altKey || event.metaKey) { burst = null; return; }
  if (["Shift", "CapsLock"].includes(event.key)) return; // a scanner presses it for capitals
  if (["Enter", "NumpadEnter", "Tab"].includes(event.code || event.key)) {
    const done = burst;
    burst = null;
    if (done && done.text.length >= least && event.timeStamp - done.at <= tail) finish(done, event);
    return;
  }
  const c = typed(event);
  if (!c) { burst = null; return; }
  const field = inField(event.target) ? event.target : null;
  if (!burst || event.timeStamp - burst.at > gap || burst.field !== field) burst = { text: "", field, value: field?.value };
  burst.text += c;
  burst.at = event.timeStamp;
  if (!field && c === " ") event.preventDefault(); // it would press a button
}, true);

// finish hands a scan on. In a field it is only taken where the field says so,
// and the field is left as it was.
function finish({ text, field, value }, event) {
  if (field && field.dataset.scan !== "take") return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (field) {
    field.blur(); // ends what an input method is composing
    field.value = value;
    field.focus();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  for (const f of readers) f(text.trim());
}
