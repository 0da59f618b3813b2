package web_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/api"
	"miandan/agent/internal/web/webtest"
)

// walk is a browser that goes through the back office.
type walk struct{ *webtest.Browser }

func (w walk) goTo(place, there string) {
	w.T.Helper()
	w.Eval(fmt.Sprintf("location.hash = %q", place))
	w.Wait(there)
}

// unlock gives the page a role.
func (w walk) unlock(role api.Role) {
	w.T.Helper()
	w.Eval(fmt.Sprintf(`fetch("/api/v1/session/unlock", {method: "POST", headers: {"Content-Type": "application/json", "Miandan-Token": document.querySelector('meta[name="miandan-token"]').content},
		body: JSON.stringify({role: %q, pin: %q})}).then((a) => { if (!a.ok) throw new Error(a.status) })`, role, pins[role]))
}

func TestOrdersInABrowser(t *testing.T) {
	t.Parallel()
	url, station := office(t)
	w := walk{webtest.OpenBrowser(t)}
	step := steps(t, w.Browser)
	saved := t.TempDir()
	w.SaveTo(saved)
	w.Allow("clipboardReadWrite", "clipboardSanitizedWrite")
	w.Open(url+"#orders", webtest.Light(1280, 800, "zh-CN"))
	w.Wait(officePlaces[0].there)

	whole := `["张三丰年", "演示路1号", "4740#"].filter((s) => document.documentElement.outerHTML.includes(s)).join()`
	nobody := func(t *testing.T) {
		t.Helper()
		w.Wait("!document.getElementById('revealed').open && document.getElementById('revealed').childElementCount === 0")
		if got := w.Eval(whole); got != "" {
			t.Errorf("the page still holds %s", got)
		}
	}
	reveal := func() {
		w.Click(`[data-key="1004200026"] [data-act="reveal"]`)
		w.Wait("document.getElementById('revealed').open")
	}

	step("the most urgent first, with what it costs and what to know", func(t *testing.T) {
		if got := w.Eval(`[...document.querySelectorAll("#orders-list > li")].slice(0, 4).map((e) => e.dataset.key + e.dataset.urgency).join()`); got != "1004200021late,1004200028soon,1004200022soon,1004200017soon" {
			t.Errorf("the orders are %s", got)
		}
		said := w.Eval(`document.querySelector('[data-key="1004200021"]').innerText`)
		for _, want := range []string{"已超时", "须赔 ¥50.40", "将赔付 50.40 元", "没有商品明细", "李••"} {
			if !strings.Contains(said, want) {
				t.Errorf("a late order says %q, want %q in it", said, want)
			}
		}
		nobody(t)
	})
	step("a click shows whom one goes to", func(t *testing.T) {
		reveal()
		said := w.Eval("document.getElementById('revealed').innerText")
		for _, want := range []string{"张三丰年", "北京市朝阳区演示路1号", "17000000000 转 4740", "4740#", "#4740#", "秒后自动关闭"} {
			if !strings.Contains(said, want) {
				t.Errorf("the box says %q, want %q in it", said, want)
			}
		}
		if got := w.Eval(`[...document.querySelectorAll("#revealed a")].map((a) => a.getAttribute("href")).join()`); got != "tel:17000000000,,4740%23,sms:17000000000?body=%234740%23" {
			t.Errorf("the links are %s", got)
		}
		for part, want := range map[string]string{"name": "张三丰年", "address": "北京市朝阳区演示路1号", "number": "17000000000 转 4740", "text": "#4740#"} {
			w.Click(fmt.Sprintf(`#revealed [data-copy=%q]`, part))
			w.Wait("document.getElementById('packed').textContent === '已复制' && !document.getElementById('packed').hidden")
			w.Eval("document.getElementById('packed').hidden = true")
			if got := w.Eval("navigator.clipboard.readText()"); got != want {
				t.Errorf("copy %s: %q, want %q", part, got, want)
			}
		}
		w.Click(`#revealed [data-act="close"]`)
		nobody(t)
		wantActs(t, station, "reveal 1004200026 by page")
	})
	step("and nothing of it stays", func(t *testing.T) {
		for way, leave := range map[string]func(){
			"Escape":        func() { w.Press("Escape") },
			"another place": func() { w.Eval("location.hash = 'doctor'") },
			"another tab": func() {
				w.Eval("Object.defineProperty(document, 'hidden', {value: true, configurable: true}); document.dispatchEvent(new Event('visibilitychange')); delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))")
			},
			"another page": func() { w.Eval("dispatchEvent(new PageTransitionEvent('pagehide'))") },
			"half a minute": func() {
				w.Eval("{ const now = performance.now.bind(performance); performance.now = () => now() + 31000; }")
			},
		} {
			w.goTo("orders", officePlaces[0].there)
			reveal()
			leave()
			nobody(t)
			w.Eval("delete performance.now")
			if t.Failed() {
				t.Fatalf("by way of %s", way)
			}
		}
		station.Forget()
	})
	step("an order without a number says why", func(t *testing.T) {
		w.goTo("orders", officePlaces[0].there)
		w.Click(`[data-key="1004200024"] [data-act="reveal"]`)
		w.Wait("document.getElementById('revealed').open")
		if got := w.Eval("document.querySelector('#revealed [data-is=refusal]').innerText"); !strings.Contains(got, "1004200024") {
			t.Errorf("the box says %q", got)
		}
		if got := w.Eval("[...document.querySelectorAll('#revealed .when-number')].some((e) => e.checkVisibility())"); got != "false" {
			t.Error("there are fields for a number that is not there")
		}
		w.Picture("revealed without a number")
		w.Press("Escape")
		nobody(t)
		station.Forget()
	})
	step("a list is exported", func(t *testing.T) {
		w.unlock(api.Lead)
		w.Click("#orders-export")
		w.Click(`#exporting [value="masked"]`)
		w.Click(`#exporting [value="csv"]`)
		w.Eval(`document.querySelector("#exporting [name=days]").value = 7`)
		w.Click(`#exporting [type="submit"]`)
		w.Wait("!document.getElementById('exporting').open && document.getElementById('packed').textContent.includes('masked.csv')")
		wantActs(t, station, "export masked of 7 days by page")
		file := waitFor(t, filepath.Join(saved, "*masked.csv"))
		if !strings.Contains(file, "1004200024") || !strings.Contains(file, "张••") {
			t.Errorf("the file says %q", file)
		}
	})
	step("what is refused says so", func(t *testing.T) {
		w.Click("#orders-export")
		w.Click(`#exporting [value="virtual"]`)
		w.Click(`#exporting [type="submit"]`)
		w.Wait("document.querySelector('#exporting [data-is=said]').textContent.includes('管理员')")
		w.Picture("export refused")
		w.unlock(api.Admin)
		w.Click(`#exporting [type="submit"]`)
		w.Wait("document.querySelector('#exporting [data-is=said]').textContent.includes('号码包')")
		w.Press("Escape")
		wantActs(t, station, "export virtual of 0 days by page")
	})
	step("a number finds its order", func(t *testing.T) {
		w.Click("#orders-find")
		w.Write("75300000000025")
		w.Wait("document.querySelectorAll('#orders-list > li').length === 1")
		w.Write("9")
		w.Wait("document.getElementById('orders-nothing').checkVisibility()")
		w.Eval(`document.getElementById("orders-find").value = ""; document.getElementById("orders-find").dispatchEvent(new Event("input"))`)
		w.Wait(officePlaces[0].there)
	})
	step("data is text", func(t *testing.T) {
		evil := `<img src=x onerror="document.title='owned'">`
		station.Change(func(q *api.Queue) { q.Rows[5].CarrierName, q.Rows[5].Waybill = evil, evil })
		w.Wait("document.querySelector('#orders-list').innerText.includes('<img src=x')")
		w.goTo("history", "document.querySelector('#history-list').innerText.includes('<img src=x')")
		w.Click(`#history-list [data-key="105"] button`)
		w.Wait("document.getElementById('past').open")
		if got := w.Eval("document.querySelectorAll('main img[src=x], dialog img[src=x]').length + document.title"); got[0] != '0' || strings.Contains(got, "owned") {
			t.Errorf("markup from an order came alive: %s", got)
		}
	})
	noErrors(t, w.Browser)
}

// waitFor returns the text of a file that is being saved.
func waitFor(t *testing.T, pattern string) string {
	t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if names, _ := filepath.Glob(pattern); len(names) == 1 {
			if b, err := os.ReadFile(names[0]); err == nil && len(b) > 0 {
				return string(b)
			}
		}
	}
	t.Fatalf("there is no %s", pattern)
	return ""
}

// noErrors wants a silent console. What the station refuses by a status the
// browser writes there too; those are the page's to say.
func noErrors(t *testing.T, b *webtest.Browser) {
	t.Helper()
	for _, e := range b.Errors {
		if !strings.HasPrefix(e, "Failed to load resource: the server responded with a status of 4") {
			t.Errorf("the console shows %s", e)
		}
	}
}

func TestHistoryInABrowser(t *testing.T) {
	t.Parallel()
	url, station := office(t)
	w := walk{webtest.OpenBrowser(t)}
	step := steps(t, w.Browser)
	w.Open(url+"#history", webtest.Light(1280, 800, "zh-CN"))
	w.Wait(officePlaces[1].there)
	found := func(n int) {
		w.T.Helper()
		w.Wait(fmt.Sprintf("document.querySelectorAll('#history-list > li').length === %d", n))
	}

	step("a scan is looked for", func(t *testing.T) {
		w.Scan("75300000000012")
		found(1)
		w.Scan("YT0000000000013")
		w.Wait("document.querySelector('#history-list [data-is=waybill]').textContent === 'YT0000000000013'")
		w.Click(`#history-ask [type="reset"]`)
		found(14)
		wantActs(t, station)
	})
	step("by state, carrier, printer and day", func(t *testing.T) {
		set := func(name, value string) {
			w.Eval(fmt.Sprintf(`{ const e = document.querySelector("#history-ask [name=%s]"); e.value = %q; e.dispatchEvent(new Event("input", {bubbles: true})); }`, name, value))
		}
		set("state", "done")
		found(3)
		set("carrier", "ZTO")
		found(1)
		set("carrier", "")
		set("printer", "zebra-2")
		found(1)
		w.Click(`#history-ask [type="reset"]`)
		set("day", "2020-02-02")
		w.Wait("document.getElementById('history-nothing').checkVisibility()")
		w.Click(`#history-ask [type="reset"]`)
		found(14)
	})
	step("one of them, with its picture", func(t *testing.T) {
		w.Click(`#history-list > li:nth-child(13) button`)
		w.Wait("document.getElementById('past').open && !document.getElementById('past-picture').hidden && document.getElementById('past-picture').naturalWidth > 0")
		said := w.Eval("document.querySelector('#past').innerText")
		for _, want := range []string{"75300000000012", "推定", "打印机", "cups-office", "冯••", "134••••1111", "发货时限"} {
			if !strings.Contains(said, want) {
				t.Errorf("the sheet says %q, want %q in it", said, want)
			}
		}
		w.Click("#past-reprint")
		w.Wait("document.getElementById('reprint').open && !document.getElementById('past').open")
		w.Click(`#reprint label:nth-of-type(1)`)
		w.Click(`#reprint [value="reprint"]`)
		w.Wait("!document.getElementById('reprint').open")
		wantActs(t, station, `reprint 75300000000012, label 112, because "撕坏或卡纸" by page`)
	})
	step("page by page", func(t *testing.T) {
		station.Change(func(q *api.Queue) {
			for i := range 100 {
				r := q.Rows[11]
				r.Order, r.Label, r.Since = fmt.Sprintf("1004300%03d", i), fmt.Sprint(900+i), r.Since.Add(-time.Duration(i)*time.Hour)
				q.Rows = append(q.Rows, r)
			}
		})
		w.goTo("doctor", officePlaces[5].there)
		w.Eval("location.hash = 'history'")
		found(50)
		w.Click("#history-more")
		found(100)
		w.Click("#history-more")
		found(114)
		w.Wait("!document.getElementById('history-more').checkVisibility()")
	})
	noErrors(t, w.Browser)
}

func TestPrintersInABrowser(t *testing.T) {
	t.Parallel()
	url, station := office(t)
	w := walk{webtest.OpenBrowser(t)}
	step := steps(t, w.Browser)
	w.Open(url+"#printers", webtest.Light(1280, 800, "zh-CN"))
	w.Wait(officePlaces[2].there)
	w.unlock(api.Lead)

	step("each says how it is and what to do", func(t *testing.T) {
		for printer, want := range map[string][]string{
			"escpos-1":    {"正在打印 JDVA00000000022", "余 212 / 500 张", "ESCPOS，型号 xprinter-80", "打印机会回报", "112"},
			"zebra-2":     {"缺纸", "请装入新的纸卷", "网络，分组 bench-a", "横向 +1.5 毫米，纵向 −0.5 毫米", "300 dpi"},
			"cups-office": {"纸快用完", "打印机不回报", "本机打印队列", "下次换纸后可知"},
		} {
			card := said(w.Browser, fmt.Sprintf(`#printers-list [data-key="%s"]`, printer))
			for _, text := range want {
				if !strings.Contains(card, text) {
					t.Errorf("the card of %s says %q, want %q in it", printer, card, text)
				}
			}
		}
		if got := w.Eval(`document.querySelector('#printers-list [data-key="cups-office"] [data-act="calibrate"]').checkVisibility()`); got != "false" {
			t.Error("a printer without a ruler card is to be calibrated")
		}
	})
	step("one is stopped and goes on", func(t *testing.T) {
		w.Click(`[data-key="escpos-1"] [data-act="hold"]`)
		w.Wait(`document.querySelector('[data-key="escpos-1"] .condition').textContent.includes("已停用")`)
		w.Picture("printer held")
		w.Click(`[data-key="escpos-1"] [data-act="release"]`)
		w.Wait(`!document.querySelector('[data-key="escpos-1"] .condition').textContent.includes("已停用")`)
		wantActs(t, station, "hold escpos-1 by page", "release escpos-1 by page")
	})
	step("a new roll, and a test card", func(t *testing.T) {
		w.Click(`[data-key="escpos-1"] [data-act="roll"]`)
		w.Wait("document.querySelector('#rolling [name=labels]').value === '500'")
		w.Write("350")
		w.Press("Enter")
		w.Wait("!document.getElementById('rolling').open && document.getElementById('packed').textContent.includes('escpos-1')")
		w.Click(`[data-key="zebra-2"] [data-act="card"]`)
		w.Wait("document.getElementById('packed').textContent === 'zebra-2 已打出。'")
		wantActs(t, station, "roll of 350 in escpos-1 by page", "card test on zebra-2")
	})
	step("one is calibrated", func(t *testing.T) {
		w.Click(`[data-key="zebra-2"] [data-act="calibrate"]`)
		w.Click(`#calibrating [data-act="print"]`)
		w.Wait("document.querySelector('#calibrating [name=long]').checkVisibility()")
		w.Write("50 mm")
		w.Click(`#calibrating [name="left"]`)
		w.Write("18，5")
		w.Click(`#calibrating [name="top"]`)
		w.Write("x")
		w.Picture("calibrate measure")
		w.Press("Enter")
		w.Wait("document.querySelector('#calibrating [name=top]').getAttribute('aria-invalid') === 'true' && document.querySelector('#calibrating [data-is=said]').textContent.includes('20.5')")
		w.Eval("document.querySelector('#calibrating [name=top]').value = ''")
		w.Write("21.0")
		w.Press("Enter")
		w.Wait("document.querySelector('#calibrating [data-is=x]').textContent === '+1.5 毫米，目前 +1.5 毫米'")
		w.Wait("document.querySelector('#calibrating [data-is=y]').textContent === '−1 毫米，目前 −0.5 毫米'")
		w.Picture("calibrate write")
		w.Click(`#calibrating [data-act="write"]`)
		w.Wait("document.querySelector('#calibrating [data-is=done]').textContent.includes('已写入')")
		w.Picture("calibrate done")
		w.Click(`#calibrating [data-act="close"]`)
		w.Wait(`document.querySelector('[data-key="zebra-2"] [data-is=offsets]').textContent.includes("−1 毫米")`)
		wantActs(t, station, "card ruler on zebra-2",
			"calibrate zebra-2 left 18.5 top 21 length 50 write false by page", "calibrate zebra-2 left 18.5 top 21 length 50 write true by page")
	})
	noErrors(t, w.Browser)
}

func TestEditorInABrowser(t *testing.T) {
	t.Parallel()
	url, station := office(t)
	w := walk{webtest.OpenBrowser(t)}
	step := steps(t, w.Browser)
	w.Open(url+"#layouts", webtest.Light(1280, 800, "zh-CN"))
	w.Wait(all)
	w.unlock(api.Lead)

	step("a card leads to its text", func(t *testing.T) {
		w.Click(`#layouts [data-key="jd-express-76x130"] [data-is="edit"]`)
		w.Wait(officePlaces[3].there)
		if got := w.Eval("document.getElementById('editor-picture').width"); got != "607" {
			t.Errorf("the picture is %s dots wide, want 607", got)
		}
		w.Click(`#editor [data-dpi="300"]`)
		w.Wait("document.getElementById('editor-picture').width === 897")
	})
	step("what is wrong leads to its line", func(t *testing.T) {
		w.Eval(`{ const e = document.getElementById("editor-text"); e.focus(); e.setSelectionRange(e.value.length, e.value.length); }`)
		w.Write("- {text: \"{order}\", sise: 4}\n")
		w.Wait("document.querySelectorAll('#editor-findings > li').length === 1 && document.getElementById('editor-undrawn').checkVisibility()")
		w.Wait("document.querySelector('#editor-lines .is-error').textContent === '5'")
		w.Picture("editor error")
		w.Eval(`document.getElementById("editor-text").setSelectionRange(0, 0)`)
		w.Click("#editor-findings button")
		w.Wait("document.activeElement.id === 'editor-text' && document.activeElement.value.slice(document.activeElement.selectionStart, document.activeElement.selectionEnd) === 'sise: 4}'")
		w.Write("size: 4}")
		w.Wait("document.querySelectorAll('#editor-findings > li').length === 0 && !document.getElementById('editor-picture').hidden")
	})
	step("Tab moves in, Escape leaves", func(t *testing.T) {
		w.Press("Tab")
		w.Wait(`document.getElementById("editor-text").value.includes("size: 4}  \n") && document.activeElement.id === "editor-text"`)
		w.Press("Escape")
		w.Wait("document.activeElement.id === 'editor-save'")
	})
	step("what is not saved is not lost", func(t *testing.T) {
		w.goTo("doctor", officePlaces[5].there)
		w.goTo("layouts/仓库", "document.getElementById('editor-head').textContent === '仓库'")
		w.goTo("layouts/jd-express-76x130", "document.getElementById('editor-text').value.includes('{order}') && document.querySelector('#editor .unsaved').textContent === '未保存'")
		station.Forget()
	})
	step("it is saved as the station's own", func(t *testing.T) {
		w.Click("#editor-save")
		w.Wait("document.getElementById('saving').open")
		w.Write("仓库 新版")
		w.Press("Enter")
		w.Wait("!document.getElementById('saving').open && document.getElementById('editor-head').textContent === '仓库 新版' && document.querySelector('#editor .unsaved').textContent === ''")
		if got := station.Acts(); len(got) != 1 || !strings.HasPrefix(got[0], "save 仓库 新版 of ") {
			t.Errorf("asked of the station: %q", got)
		}
	})
	step("discarding asks", func(t *testing.T) {
		w.Click("#editor-text")
		w.Write("# weg\n")
		w.Wait("!document.getElementById('editor-discard').disabled")
		w.Click("#editor-discard")
		w.Picture("editor discard")
		w.Click(`#discarding [data-act="close"]`)
		w.Wait("!document.getElementById('discarding').open && document.getElementById('editor-text').value.includes('# weg')")
		w.Click("#editor-discard")
		w.Click(`#discarding [type="submit"]`)
		w.Wait("!document.getElementById('editor-text').value.includes('# weg')")
	})
	noErrors(t, w.Browser)
}

func TestSettingsAndDoctorInABrowser(t *testing.T) {
	t.Parallel()
	url, station := office(t)
	w := walk{webtest.OpenBrowser(t)}
	step := steps(t, w.Browser)
	w.Allow("clipboardReadWrite", "clipboardSanitizedWrite")
	w.Open(url+"#settings", webtest.Light(1280, 800, "zh-CN"))
	w.Wait(officePlaces[4].there)
	w.unlock(api.Lead)
	visible := `[...document.querySelectorAll('.setting')].length`

	step("each with what it is for and whose it is", func(t *testing.T) {
		for name, want := range map[string][]string{
			"jd.enabled":      {"从京东获取订单。", "true", "默认 false", "已改动"},
			"jd.poll_every":   {"20s"},
			"print.auto":      {"由公司 IT 策略设定"},
			"jd.app_secret":   {"已设置，存于密钥库"},
			"jd.access_token": {"未设置", "miandan config secret jd.access_token"},
			"jd.order_states": {"仅可在文件中修改"},
		} {
			line := said(w.Browser, fmt.Sprintf(`.setting[data-key="%s"]`, name))
			for _, text := range want {
				if !strings.Contains(line, text) {
					t.Errorf("%s says %q, want %q in it", name, line, text)
				}
			}
		}
		if got := w.Eval(`[...document.querySelectorAll(".setting button")].filter((b) => b.checkVisibility()).map((b) => b.closest("li").dataset.key).join()`); got != "station,language,jd.enabled,jd.poll_every,jd.page_size,print.retry,printer.1.name,printer.1.offset_x" {
			t.Errorf("these can be changed: %s", got)
		}
	})
	step("one is found", func(t *testing.T) {
		w.Click("#settings-find")
		w.Write("page_size")
		w.Wait(visible + " === 1")
		w.Eval(`document.getElementById("settings-find").value = ""; document.getElementById("settings-find").dispatchEvent(new Event("input"))`)
		w.Click("#settings-changed")
		w.Wait(visible + " === 3")
		w.Click("#settings-changed")
		w.Wait(visible + " === 12")
	})
	step("one is changed, by an administrator, to what can be", func(t *testing.T) {
		change := func(value, said string) {
			w.Eval(`document.querySelector("#changing [name=value]").select()`)
			w.Write(value)
			w.Press("Enter")
			w.Wait("document.querySelector('#changing [data-is=said]').textContent.includes('" + said + "')")
		}
		w.Click(`[data-key="jd.page_size"] [data-act="change"]`)
		change("70", "管理员")
		w.Picture("setting locked")
		w.Click(`#changing [data-act="unlock"]`)
		w.Click(`#unlock [value="admin"]`)
		w.Click("#unlock [name=pin]")
		w.Write(pins[api.Admin])
		w.Press("Enter")
		w.Wait("!document.getElementById('unlock').open && document.getElementById('changing').open")
		change("70 ", "1 到 100 的数")
		w.Picture("setting refused")
		w.Eval(`document.querySelector("#changing [name=value]").select()`)
		w.Write("100")
		w.Press("Enter")
		w.Wait("!document.getElementById('changing').open && document.getElementById('settings-restart').checkVisibility()")
		w.Wait(`document.querySelector('.setting[data-key="jd.page_size"]').innerText.includes("已改动")`)
		w.Click(`[data-key="jd.enabled"] [data-act="change"]`)
		w.Click(`#changing [value="false"]`)
		w.Click(`#changing [type="submit"]`)
		w.Wait("!document.getElementById('changing').open")
		wantActs(t, station, "set jd.page_size = 70 by page", "set jd.page_size = 100 by page", "set jd.enabled = false by page")
	})
	step("the doctor says what is wrong first", func(t *testing.T) {
		w.goTo("doctor", officePlaces[5].there)
		if got := w.Eval(`[...document.querySelectorAll("#doctor-list > li")].map((e) => e.dataset.verdict).join()`); got != "wrong,warning,fine,fine,fine" {
			t.Errorf("the findings are %s", got)
		}
		w.Click("#doctor-again")
		w.Wait("!document.getElementById('doctor-again').disabled")
		wantActs(t, station, "examine", "examine")
		w.Click("#doctor-copy")
		w.Wait("document.getElementById('packed').textContent === '已复制'")
		if got := w.Eval("navigator.clipboard.readText()"); !strings.HasPrefix(got, "有问题\tprinter zebra-2\t") || strings.Count(got, "\n") != 4 {
			t.Errorf("copied: %q", got)
		}
	})
	noErrors(t, w.Browser)
}
