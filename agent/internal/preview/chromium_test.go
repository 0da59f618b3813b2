package preview_test

import (
	"strings"
	"testing"

	"miandan/agent/internal/web/webtest"
)

// TestChromium writes a layout with the page open.
func TestChromium(t *testing.T) {
	b := webtest.OpenBrowser(t)
	w := newWorkshop(t)
	base, _ := serve(t, w)
	const picture = `(() => { const i = document.querySelector(".page img"); return !!i && i.complete && i.naturalWidth > 0; })()`
	b.Open(base, webtest.Light(800, 600, "en"))
	b.Wait(picture)
	b.Picture("preview")
	// One pixel a dot is all that there is room for, two would be 960.
	if got := b.Eval(`(() => { const i = document.querySelector(".page img"); return [i.naturalWidth, i.getBoundingClientRect().width, getComputedStyle(i).imageRendering].join(" "); })()`); got != "480 480 pixelated" {
		t.Errorf("dots, pixels and rendering are %s, want 480 480 pixelated", got)
	}
	version := b.Eval("document.body.dataset.version")

	w.save("small.yaml", strings.Replace(layout, "小标签", "改过的标签", 1))
	b.Wait(`document.getElementById("title").textContent === "改过的标签" && ` + picture)
	if b.Eval("document.body.dataset.version") == version {
		t.Error("the picture is the old one")
	}

	w.save("blocks/foot.yaml", strings.Replace(foot, "{order}", "{ordr}", 1))
	b.Wait(`!document.getElementById("problem").hidden && document.querySelector("#problem pre").textContent.includes("did you mean")`)
	if got := b.Eval(`getComputedStyle(document.querySelector(".page")).opacity`); got != "0.3" || b.Eval(picture) != "true" {
		t.Errorf("the last good picture is %s opaque, want 0.3", got)
	}
	b.Picture("preview-mistake")

	w.save("blocks/foot.yaml", strings.Replace(foot, "x: 1, y: 1, right: 1", "x: 1, y: 1, w: 30", 1))
	w.save("small.yaml", strings.Replace(layout, "x: 2, y: 2, w: 56", "x: 0.5, y: 2, w: 57.5", 1))
	b.Wait(`document.getElementById("problem").hidden && document.querySelectorAll("#findings .error").length === 1`)
	b.Picture("preview-findings")

	b.Eval(`(() => { const s = document.getElementById("dpmm"); s.value = "11.811"; s.dispatchEvent(new Event("change")); })()`)
	b.Wait(`(() => { const i = document.querySelector(".page img"); return !!i && i.naturalWidth === 709; })()`)
	b.Eval(`(() => { const s = document.getElementById("zoom"); s.value = "3"; s.dispatchEvent(new Event("change")); })()`)
	b.Wait(`document.querySelector(".page img").getBoundingClientRect().width === 2127`)
	b.Eval(`document.getElementById("edge").click()`)
	b.Wait(`getComputedStyle(document.querySelector(".safe")).display === "none"`)
	b.Eval("window.old = true; setTimeout(() => location.reload())")
	b.Wait(`!window.old && !!document.querySelector(".page img") && document.getElementById("zoom").value === "3" && document.getElementById("dpmm").value === "11.811" && !document.getElementById("edge").checked`)
}
