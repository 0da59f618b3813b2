# Draws the label that the task describes, a document each time, and says how long
# each took. The bars are given as boxes, so that no barcode library counts.
import io, json, sys, time
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

with open(sys.argv[1]) as f:
    task = json.load(f)
dot, height = task["dot"], task["height"]
pdfmetrics.registerFont(TTFont("label", task["font"]))


def draw():
    out = io.BytesIO()
    c = Canvas(out, pagesize=(task["width"] * dot, height * dot), pageCompression=1)
    c.scale(dot, dot)
    for x, y, w, h, black in task["boxes"]:
        c.setFillGray(0 if black else 1)
        c.rect(x, height - y - h, w, h, stroke=0, fill=1)
    for run in task["runs"]:
        c.setFillGray(0 if run["black"] else 1)
        c.setFont("label", run["size"])
        c.drawString(run["x"], height - run["y"], run["text"])
    c.showPage()
    c.save()
    return len(out.getvalue())


size = draw()
seconds, began, core = [], time.perf_counter(), time.process_time()
while len(seconds) < task["least"] or time.perf_counter() - began < task["seconds"]:
    at = time.perf_counter()
    size = draw()
    seconds.append(time.perf_counter() - at)
json.dump({"seconds": seconds, "took": time.perf_counter() - began, "core": time.process_time() - core, "bytes": size}, sys.stdout)
