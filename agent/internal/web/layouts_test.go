package web_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"miandan/agent/internal/api"
	"miandan/agent/internal/app"
	"miandan/agent/internal/web/webtest"
	"miandan/templates"
)

const (
	// A waybill that forgets what is to be collected, which of two parcels it is,
	// and more.
	forgetful = `title: 演示仓库 自有面单
page: {w: 76, h: 130}
elements:
- {text: "{routing.code}", at: {x: 3, y: 27, w: 70, h: 13}, size: 11, floor: 6}
- {text: "{routing.name} {routing.hub}", at: {x: 3, y: 40, w: 70, h: 8}, size: 5, floor: 2.2, lines: 2}
- {barcode: "{parcel.barcode}", at: {x: 2.5, y: 9, w: 71, h: 11}}
- {text: "{parcel.number|group4}", at: {x: 3, y: 20, w: 70, h: 5}, size: 4}
- {text: "{receiver.name} {receiver.phone}", at: {x: 3, y: 50, w: 70, h: 7}, size: 4, floor: 2.4}
- {text: "{receiver.address}", at: {x: 3, y: 57, w: 70, h: 16}, size: 4, floor: 1.6, lines: 5}
- {text: "{sender.name} {sender.phone}", at: {x: 3, y: 74, w: 40, h: 5}, size: 3, floor: 2}
- {barcode: "{number}", at: {x: 22, y: 82, w: 52, h: 8}, module: 0.25}
- {items: "{item.name} ×{item.quantity}", at: {x: 3, y: 93, w: 70, h: 12}, size: 1.8, floor: 1.6, lines: 4, more: …}
- {text: "订单 {order}", at: {x: 3, y: 110, w: 50, h: 4}, size: 2.6}
- {text: "重印 {copy}", when: copy, at: {x: 55, y: 110, w: 18, h: 4}, size: 2.6}
`
	brokenLayout = `title: 演示新版 <b>草稿</b>
page: {w: 76, h: 130}
elements:
- {text: "{number}", at: {x: 3, y: 3, w: 70, h: 6}, sise: 4}
`
	// Its sample has more to say than there is room for.
	tooSmall = `title: 演示放不下
page: {w: 60, h: 40}
elements:
- {text: "{receiver.address}", at: {x: 3, y: 3, w: 20, h: 4}, size: 3}
- {text: "{order} {copy}", at: {x: 3, y: 20, w: 50, h: 5}, size: 3}
`
)

// shelf is the program's own layouts and a folder beside them.
func shelf(t *testing.T) *app.Layouts {
	t.Helper()
	dir := t.TempDir()
	for name, src := range map[string]string{"仓库 76x130.yaml": forgetful, "draft.yaml": brokenLayout, "放不下.yaml": tooSmall} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(src), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	library, err := templates.Builtin()
	if err == nil {
		library, err = library.Add(dir)
	}
	if err != nil {
		t.Fatal(err)
	}
	l := app.NewLayouts(library, dir, map[string]string{
		"jd-express": "jd-express-76x130", "wujie/ZTO": "zto-76x130", "wujie/YTO": "yto-100x180", "wujie/STO": "sto-76x130", "wujie/YUNDA": "仓库 76x130",
	})
	if _, err := l.Layouts(t.Context()); err != nil { // judged now, however slow this computer is
		t.Fatal(err)
	}
	return l
}

const all = "document.querySelectorAll('.card').length === 39"

func TestLayoutsInABrowser(t *testing.T) {
	url, station, _ := webtest.Serve(t, api.Server{Layouts: shelf(t)})
	b := webtest.OpenBrowser(t)
	drawn := "[...document.querySelectorAll('#layouts-used img')].every(i => i.complete && i.naturalWidth > 0)"

	for _, p := range []struct {
		name string
		webtest.Look
		error, size string
	}{
		{"layouts zh light 1280", webtest.Light(1280, 800, "zh-CN"), "错误 有 collect 的面单", "76 × 130 毫米"},
		{"layouts en dark 1280", webtest.Dark(1280, 800, "en"), "Error a label with collect", "76 × 130 mm"},
		{"layouts zh dark 768", webtest.Dark(768, 1024, "zh-CN"), "错误", "毫米"},
		{"layouts en light 1024", webtest.Light(1024, 768, "en"), "Error", "mm"},
	} {
		b.Open("about:blank", p.Look)
		b.Open(url+"#layouts", p.Look)
		b.Wait(all)
		b.Wait(drawn)
		if got := b.Eval("document.documentElement.scrollWidth"); got != b.Eval("innerWidth") {
			t.Errorf("%s: the page is %s px wide", p.name, got)
		}
		b.Picture(p.name)
		b.Eval("document.getElementById('layouts-own').parentElement.scrollIntoView()")
		b.Eval("scrollBy(0, -90)")
		b.Picture(p.name + " own")
		own := b.Eval("[...document.querySelectorAll('.card')].find(e => e.layout.name === '仓库 76x130').innerText.replaceAll(/\\s+/g, ' ')")
		for _, want := range []string{p.error, p.size, "wujie/YUNDA", "仓库 76x130.yaml:1:1"} {
			if !strings.Contains(own, want) {
				t.Errorf("%s: %q does not say %q", p.name, own, want)
			}
		}
	}

	b.Open("about:blank", webtest.Light(1280, 800, "zh-CN"))
	b.Open(url, webtest.Light(1280, 800, "zh-CN"))
	b.Wait("document.querySelectorAll('#queue > li').length === 7")
	step := func(name string, f func(t *testing.T)) {
		t.Run(name, func(t *testing.T) {
			defer func(outer *testing.T) { b.T = outer }(b.T)
			b.T = t
			f(t)
		})
	}
	step("a click leads there and back", func(t *testing.T) {
		if b.Eval("document.getElementById('layouts').checkVisibility()") == "true" {
			t.Error("the queue is not what the page begins with")
		}
		b.Click(`#places [href="#layouts"]`)
		b.Wait(all)
		b.Wait("!document.getElementById('bench').checkVisibility() && document.querySelector('#places [aria-current]').hash === '#layouts'")
		b.Click(`#places [href="#"]`)
		b.Wait("document.getElementById('bench').checkVisibility() && !document.getElementById('layouts').checkVisibility()")
	})
	step("keys lead there", func(t *testing.T) {
		b.Eval(`document.querySelector('#places [data-place="printers"]').focus()`)
		b.Press("Tab", "Enter")
		b.Wait(all + " && document.getElementById('layouts').checkVisibility()")
		b.Press("Tab")
		small := b.Eval(`[...document.querySelectorAll("#places a, #layouts summary, header button")].filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 48).length`)
		if small != "0" {
			t.Errorf("%s things to press are too small for gloves", small)
		}
	})
	step("a label is enlarged, dot for dot", func(t *testing.T) {
		b.Wait(drawn)
		natural := "(i => `${i.naturalWidth}×${i.naturalHeight}`)(document.querySelector('%s'))"
		if got := b.Eval(fmt.Sprintf(natural, `[data-key="jd-express-76x130"] img`)); got != "608×1040" {
			t.Errorf("the picture of 76 × 130 mm is %s dots, want 608×1040", got)
		}
		b.Click(`[data-key="jd-express-76x130"] .paper`)
		b.Wait("document.getElementById('enlarged').open")
		b.Wait("document.querySelector('#enlarged img').naturalWidth === 608")
		b.Picture("layouts enlarged")
		if got := b.Eval("(r => (r.width / r.height).toFixed(3))(document.querySelector('#enlarged img').getBoundingClientRect())"); got != "0.585" {
			t.Errorf("width to height is %s, want 0.585", got)
		}
		b.Click(`#enlarged [data-dpi="300"]`)
		b.Wait("document.querySelector('#enlarged img').naturalWidth === 898 && document.querySelector('#enlarged img').naturalHeight === 1535")
		b.Click("#dots")
		b.Wait("document.querySelector('#enlarged img').getBoundingClientRect().width === 898")
		b.Picture("layouts enlarged 300 dots")
		b.Press("Escape")
		b.Wait("!document.getElementById('enlarged').open")
	})
	step("a broken file is there with what is wrong", func(t *testing.T) {
		said := b.Eval(`document.querySelector('[data-key="draft"]').innerText.replaceAll(/\s+/g, ' ')`)
		for _, want := range []string{"draft", "无法读取", "自有文件", "错误 不认识的键 sise", "size", "draft.yaml:4", "4 | - {text:", "^"} {
			if !strings.Contains(said, want) {
				t.Errorf("the card of a broken file says %q, want %q in it", said, want)
			}
		}
		if b.Eval(`document.querySelector('[data-key="draft"] .paper').checkVisibility()`) == "true" {
			t.Error("there is a picture of a broken file")
		}
		refused := b.Eval(`document.querySelector('[data-key="放不下"]').innerText.replaceAll(/\s+/g, ' ')`)
		if !strings.Contains(refused, "没有图样") || !strings.Contains(refused, "receiver.address") {
			t.Errorf("the card of a layout whose sample is refused says %q", refused)
		}
	})
	step("a scan leads back to the queue", func(t *testing.T) {
		b.Press("F4") // to confirm
		b.Click(`[data-key="jd-express-76x130"] .paper`)
		b.Wait("document.getElementById('enlarged').open")
		b.Scan("75300000000012")
		b.Wait("document.getElementById('scan').dataset.result === 'confirmed' && document.getElementById('bench').checkVisibility() && !document.getElementById('enlarged').open")
		wantActs(t, station, "scan 75300000000012 by page")
	})
	if len(b.Errors) > 0 {
		t.Errorf("the console shows %q", b.Errors)
	}
}

// A station that has no layouts to show says so and goes on.
func TestNoLayouts(t *testing.T) {
	url, _, _ := webtest.Serve(t, api.Server{})
	b := webtest.OpenBrowser(t)
	b.Open(url+"#layouts", webtest.Light(1280, 800, "zh-CN"))
	b.Wait("document.getElementById('shelf-again').checkVisibility() && document.getElementById('trouble').textContent.includes('没有这个地址')")
	b.Click(`#places [href="#"]`)
	b.Wait("document.querySelectorAll('#queue > li').length === 7")
}
