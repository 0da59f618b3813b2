// The question why a label is wanted once more.

import { $, post, put, read } from "./core.js";

const dialog = $("reprint"), form = dialog.querySelector("form");
let waybill, label;

// askReason asks why a row's label is wanted once more, and has it printed: that one,
// where several parcels travel under its number.
export function askReason(r) {
  ({ waybill, label } = r);
  form.reset();
  chosen();
  put(dialog, "waybill", waybill);
  dialog.showModal();
}

function chosen() {
  const other = form.elements.why.value === "" && form.querySelector(":checked") !== null;
  form.elements.text.hidden = !other;
  form.elements.text.required = other;
  if (other) form.elements.text.focus();
}

form.addEventListener("change", chosen);
$("cancel").addEventListener("click", () => dialog.close());
form.addEventListener("submit", async (event) => {
  event.submitter.disabled = true;
  await post("reprint", { waybill, label, reason: form.elements.why.value || form.elements.text.value.trim() });
  event.submitter.disabled = false;
  read();
});
