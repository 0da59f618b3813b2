// Stands on the ERP's own server beside miandan.js. The agent's address is given
// behind the #, only so that this example need not be changed.
import { Miandan } from "./miandan.js";

const miandan = new Miandan(decodeURIComponent(location.hash.slice(1)) || "http://127.0.0.1:17777");
const says = document.getElementById("says");
const tell = (e) => { says.textContent = `${e.code ?? ""} ${e.message}`; };

document.getElementById("pair").onclick = async () => {
  try {
    await miandan.pair();
    miandan.listen();
    const { printers } = await miandan.printers();
    says.textContent = printers.map((p) => `${p.name} ${p.paper} ${p.state}`).join("\n");
  } catch (e) { tell(e); }
};

// What was paired before goes on without a question.
if (miandan.paired) miandan.listen();

// In an ERP the carrier has given the number, and the key is the order's or the
// parcel's own: the same key is never a second label.
document.getElementById("print").onclick = async () => {
  const number = "75" + String(Date.now()).slice(-12);
  const party = (name, phone) => ({ name, phone, address: { province: "浙江省", city: "杭州市", district: "西湖区", detail: "演示路1号" } });
  try {
    miandan.onJob(await miandan.print({
      key: "demo-" + number, kind: "waybill", layout: "zto-76x130",
      label: { version: 1, waybill: {
        carrier: "ZTO", carrier_name: "中通快递", number, order: "A-" + number, phone_kind: "real",
        sender: party("演示商家", "13800000001"), receiver: party("演示张三", "13800001234"),
        routing: { code: "571-01 A" }, parcels: [{ barcode: number, index: 1, count: 1 }],
      } },
    }));
  } catch (e) { tell(e); }
};

miandan.onJob = (job) => {
  let line = document.getElementById(job.key);
  if (!line) {
    line = document.createElement("li");
    line.id = job.key;
    document.getElementById("jobs").append(line);
  }
  line.textContent = [job.waybill, job.state, job.evidence, job.printer, job.refusal?.message].filter(Boolean).join(" · ");
};
