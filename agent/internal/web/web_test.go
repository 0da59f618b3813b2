package web_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"miandan/agent/internal/api"
	"miandan/agent/internal/api/apitest"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/web"
	"miandan/agent/internal/web/webtest"
	"miandan/printer"
	"miandan/templates/pii"
)

func get(t *testing.T, path, accept string) (int, string, string) {
	t.Helper()
	w := httptest.NewRecorder()
	r := httptest.NewRequest("GET", path, nil)
	r.Header.Set("Accept-Language", accept)
	web.Handler("TOKEN", notice.English).ServeHTTP(w, r)
	body, _ := io.ReadAll(w.Body)
	return w.Code, w.Header().Get("Content-Type"), string(body)
}

func TestPageSpeaksTheBrowsersLanguage(t *testing.T) {
	for accept, want := range map[string]string{"zh-CN,zh;q=0.9": "这张面单出纸了吗？", "en-GB": "Is this label on paper?", "": "Is this label on paper?"} {
		status, kind, body := get(t, "/", accept)
		if status != http.StatusOK || kind != "text/html; charset=utf-8" || !strings.Contains(body, want) || !strings.Contains(body, `content="TOKEN"`) {
			t.Errorf("GET / for %q: %d %s, want a page that says %s", accept, status, kind, want)
		}
	}
}

func TestPageKeepsToItsPolicy(t *testing.T) {
	_, _, page := get(t, "/", "en")
	for what, re := range map[string]string{
		"inline script": `<script[^>]*>[^<]`, "inline style": `<style|style=`, "event attribute": `\son[a-z]+=`,
		"other host": `https?://`, "javascript URL": `javascript:`,
	} {
		if m := regexp.MustCompile(re).FindString(page); m != "" {
			t.Errorf("the page has an %s: %s", what, m)
		}
	}
	for _, name := range scripts(t) {
		status, kind, script := get(t, "/static/"+name, "")
		if status != 200 || !strings.HasPrefix(kind, "text/javascript") {
			t.Errorf("%s: %d %s", name, status, kind)
		}
		if m := regexp.MustCompile(`innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|new Function|sessionStorage|indexedDB`).FindString(script); m != "" {
			t.Errorf("%s uses %s", name, m)
		}
	}
	for _, path := range []string{"/static/", "/static/page.html", "/static/text.go", "/static/../web.go"} {
		if status, _, _ := get(t, path, ""); status == 200 {
			t.Errorf("GET %s is answered", path)
		}
	}
}

// scripts are those that the page loads, and templates what its places are made of.
func scripts(t *testing.T) (names []string) {
	_, _, page := get(t, "/", "en")
	for _, m := range regexp.MustCompile(`src="/static/([^"]+\.js)"`).FindAllStringSubmatch(page, -1) {
		names = append(names, m[1])
	}
	if len(names) < 2 {
		t.Fatalf("the page loads %q", names)
	}
	return names
}

func markup(t *testing.T) []string {
	names := []string{"page.html"}
	for _, s := range scripts(t) {
		name := strings.TrimSuffix(s, ".js") + ".html"
		if _, err := os.Stat(name); err == nil { // a part of a place has none of its own
			names = append(names, name)
		}
	}
	return names
}

func TestEveryWordIsSaidAndKnown(t *testing.T) {
	files := ""
	for _, name := range append(scripts(t), markup(t)...) {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		files += string(b)
	}
	_, _, page := get(t, "/", "zh")
	_, _, english := get(t, "/", "en")
	known := map[string]bool{}
	for _, m := range regexp.MustCompile(`data-word="([^"]+)">([^<]+)<`).FindAllStringSubmatch(page, -1) {
		known[m[1]] = true
		if !strings.Contains(english, `data-word="`+m[1]+`">`) || !regexp.MustCompile(`\p{Han}`).MatchString(m[2]) {
			t.Errorf("word %s is not in both languages", m[1])
		}
	}
	for _, m := range regexp.MustCompile(`say\("([^"+]+)"[,)]`).FindAllStringSubmatch(files, -1) {
		if !known[m[1]] {
			t.Errorf("the script says %q, which no language has", m[1])
		}
	}
	reason := regexp.MustCompile(`^(to|scan|wave|part|role|media|marker|output|cover|offline|paused|cutter|fuser|other|idle|by-|why-|room-(sum|is|alarm|ask|hint)-)`)
	for key := range known {
		if !strings.Contains(files, `"`+key+`"`) && !reason.MatchString(key) {
			t.Errorf("word %q is never said", key)
		}
	}
}

// What ails a printer has a word of its own, in the page's two languages: no word of
// IPP's, and none that is said of something else.
func TestEveryAilmentHasAWord(t *testing.T) {
	_, _, page := get(t, "/", "zh")
	for _, r := range []printer.Reason{
		printer.MediaEmpty, printer.MediaLow, printer.MediaJam, printer.CoverOpen, printer.Offline, printer.Paused, printer.RibbonEmpty,
		printer.OutputFull, printer.CutterFail, printer.Overheated, printer.OtherFault,
	} {
		m := regexp.MustCompile(`data-word="` + string(r) + `">([^<]+)<`).FindStringSubmatch(page)
		if m == nil || utf8.RuneCountInString(m[1]) > 8 {
			t.Errorf("%s is said as %q", r, m)
		}
	}
}

func TestPageInABrowser(t *testing.T) {
	t.Parallel()
	url, station, stop := webtest.Serve(t, api.Server{})
	b := webtest.OpenBrowser(t)

	for _, p := range []struct {
		name string
		webtest.Look
	}{
		{"zh light 1280", webtest.Light(1280, 800, "zh-CN")},
		{"zh dark 1280", webtest.Dark(1280, 800, "zh-CN")},
		{"en light 1280", webtest.Light(1280, 800, "en")},
		{"zh light 1024", webtest.Light(1024, 768, "zh-CN")},
		{"zh dark 768", webtest.Dark(768, 1024, "zh-CN")},
	} {
		b.Open(url, p.Look)
		b.Wait("document.querySelectorAll('#queue > li').length === 7")
		if got := b.Eval("document.documentElement.scrollWidth"); got != b.Eval("innerWidth") {
			t.Errorf("%s: the page is %s px wide", p.name, got)
		}
		b.Picture(p.name)
	}

	b.Open(url, webtest.Light(1280, 800, "zh-CN"))
	b.Wait("document.querySelectorAll('#queue > li').length === 7")
	small := b.Eval(`[...document.querySelectorAll("button, #find")].filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 48).length`)
	if small != "0" {
		t.Errorf("%s buttons are too small for gloves", small)
	}
	if got := b.Eval(`[...document.querySelectorAll("#queue > li")].map(e => e.dataset.urgency).join()`); got != "late,soon,soon,today,calm,calm,calm" {
		t.Errorf("the queue by urgency: %s", got)
	}
	for selector, want := range map[string]string{
		`[data-key="101"] .cost.late`:       "须赔 ¥50.40",
		`[data-key="102"] .cost:not(.late)`: "逾期赔 ¥17.70",
		`[data-key="104"] .cost`:            "",
		`#refused > li:first-child .help`:   "需人工处理",
		`[data-key="107"] > .caution`:       "注意：订单 1004200027 是定期购以外销售的图书期刊订阅：虚拟号码失效后，后续期次无法送达买家。请在平台改用定期购销售。",
		`[data-key="101"] > .caution`:       "注意：订单 1004200021 没有商品明细。发货前请在平台核对。",
	} {
		if got := b.Eval("document.querySelector('" + selector + "').innerText"); got != want {
			t.Errorf("%s says %q, want %q", selector, got, want)
		}
	}
	if got := b.Eval(`[...document.querySelectorAll(".caution")].filter(e => e.checkVisibility()).length`); got != "2" {
		t.Errorf("%s cautions are seen, want 2", got)
	}
	if got := b.Eval(`document.querySelector('[data-key="101"] .cost').title`); !strings.Contains(got, "将赔付 50.40 元") {
		t.Errorf("the mark's sentence is %q", got)
	}
	for text, want := range map[string]bool{"李••": true, "159••••5678": true, "已确认": true, "推定": true, "缺纸": true, "李䶮": false, "15900005678": false, "undefined": false, "NaN": false} {
		if got := b.Eval("document.body.innerText.includes('"+text+"')") == "true"; got != want {
			t.Errorf("the page shows %s: %v, want %v", text, got, want)
		}
	}

	step := func(name string, f func(t *testing.T)) {
		t.Run(name, func(t *testing.T) {
			defer func(outer *testing.T) { b.T = outer }(b.T)
			b.T = t
			f(t)
		})
	}
	step("a second press at once says nothing more", func(t *testing.T) {
		// How wide the buttons are depends on this computer's fonts: the place is
		// one that both cover.
		both := b.Box(`#questions [data-act="no"]`)
		b.Click(`#questions [data-act="no"]`)
		both = both.And(b.Box(`#questions [data-act="sure"]`))
		b.Click(`#questions [data-act="back"]`)
		b.Wait(`document.querySelector('#questions [data-act="no"]').checkVisibility()`)
		time.Sleep(webtest.ReadingTime)
		no := both.Middle()
		b.Eval("{ const now = performance.now(); performance.now = () => now }") // however slow this computer is
		b.ClickAt(no)
		if got := b.ActAt(no); got != "sure" {
			t.Fatalf("%q lies where the finger is, want sure: this test proves nothing", got)
		}
		b.ClickAt(no)
		b.ClickAt(no)
		b.Click(`#questions [data-act="back"]`)

		station.Change(func(q *api.Queue) { q.Rows[1].State = api.Unknown })
		b.Wait("document.querySelectorAll('#questions > li').length === 2")
		first := b.Middle(`#questions > li:first-child [data-act="yes"]`)
		b.ClickAt(first)
		b.Wait("document.querySelectorAll('#questions > li').length === 1")
		if got := b.ActAt(first); got != "yes" {
			t.Fatalf("%q lies where the finger is, want yes: this test proves nothing", got)
		}
		b.ClickAt(first)
		b.Eval("fetch('/api/v1/queue').then((a) => a.text())") // what was sent has arrived before this
		if got := station.Acts(); len(got) != 1 {
			t.Errorf("asked of the station: %q, want one act", got)
		}
		station.Change(func(q *api.Queue) {
			q.Rows[0].State, q.Rows[1].State = api.Unknown, api.Waiting
			q.Rows[0].Evidence, q.Rows[1].Evidence = "", ""
		})
		b.Wait("document.querySelectorAll('#queue > li').length === 7 && document.querySelectorAll('#questions > li').length === 1")
		station.Forget()
		b.Eval("delete performance.now")
	})
	step("a label is settled", func(t *testing.T) {
		b.Click(`#questions [data-act="no"]`)
		b.Picture("sure")
		b.Click(`#questions [data-act="back"]`)
		b.Click(`#questions [data-act="no"]`)
		b.Click(`#questions [data-act="sure"]`)
		b.Wait("document.querySelectorAll('#questions > li').length === 0")
		wantActs(t, station, "resolve 100 not-printed cleared by page")
	})
	step("a change elsewhere is shown", func(t *testing.T) {
		station.Change(func(q *api.Queue) { q.Rows[0].State = api.Unknown })
		b.Click(`[data-act="yes"]`)
		b.Wait("document.querySelectorAll('#questions > li').length === 0")
		wantActs(t, station, "resolve 100 printed by page")
	})
	step("a lost number is settled", func(t *testing.T) {
		b.Wait("document.querySelector('#numbers [data-is=why]').textContent.includes('快递后台')")
		b.Click(`#numbers [data-act="no"]`)
		b.Picture("number")
		b.Click(`#numbers [data-act="none"]`)
		b.Wait("document.querySelectorAll('#numbers > li').length === 0")
		wantActs(t, station, "resolve 1004200028 no-number by page")
	})
	step("a number that a person found is taken", func(t *testing.T) {
		station.Change(func(q *api.Queue) {
			for i := range q.Rows {
				if q.Rows[i].Order == "1004200028" {
					q.Rows[i].State = api.NumberUnknown
				}
			}
		})
		b.Click(`#numbers [data-act="found"]`)
		b.Wait("document.activeElement.matches('#numbers input')")
		b.Write("JDVA00000000028")
		b.Picture("number found")
		b.Press("Enter")
		b.Wait("document.querySelectorAll('#numbers > li').length === 0")
		wantActs(t, station, "resolve 1004200028 number JDVA00000000028 by page")
	})
	step("printing is paused and resumed", func(t *testing.T) {
		b.Click("#pause")
		b.Wait("document.body.classList.contains('is-paused') && !document.getElementById('paused').hidden")
		b.Picture("paused")
		b.Click("#pause")
		b.Wait("!document.body.classList.contains('is-paused')")
		wantActs(t, station, "pause by page", "resume by page")
	})
	step("a stopped printer says why, and whether it goes on by itself", func(t *testing.T) {
		station.Change(func(q *api.Queue) { q.Station = "打包台 3" })
		b.Wait("document.title.includes('面单 打包台 3 · ') && document.getElementById('station').innerText === '打包台 3'")
		station.Change(func(q *api.Queue) { q.Printers[2].State, q.Printers[2].Reasons = api.Stopped, []string{"paused"} })
		b.Wait("document.querySelector('#strip > [data-key=cups-office] [data-is=state]').textContent === '已暂停'")
		if got := b.Eval("document.querySelector('#strip > [data-key=zebra-2] [data-is=state]').textContent"); got != "缺纸 · 排除后自动继续" {
			t.Errorf("a printer without paper says %q", got)
		}
	})
	step("an order is printed", func(t *testing.T) {
		b.Click(`#queue > li:first-child [data-act="print"]`)
		b.Wait("document.querySelector('#queue > li:first-child').classList.contains('is-printing')")
		wantActs(t, station, "print [1004200021] by page")
	})
	step("a refused order stays with its sentence", func(t *testing.T) {
		b.Click(`#refused [data-act="retry"]`)
		b.Wait("!document.getElementById('trouble').hidden && document.getElementById('trouble').textContent.includes('1004200031')")
		wantActs(t, station, "print [1004200031] by page")
	})
	step("a reprint needs a reason", func(t *testing.T) {
		b.Click(`#done [data-key="111"] [data-act="reprint"]`)
		b.Click(`#reprint [value="reprint"]`)
		b.Wait("document.getElementById('reprint').open")
		wantActs(t, station)
		b.Click(`#reprint label:nth-of-type(4)`)
		b.Picture("reprint")
		b.Write("水渍")
		b.Wait("document.querySelector('#reprint [name=text]').value === '水渍'")
		b.Press("Enter")
		b.Wait("!document.getElementById('reprint').open")
		b.Wait("document.querySelector('#queue > [data-key=\"111\"]')")
		wantActs(t, station, `reprint JDVA00000000011, label 111, because "水渍" by page`)
	})
	step("a parcel that is to be stopped stands first until it was seen to", func(t *testing.T) {
		station.Change(func(q *api.Queue) {
			for i, r := range q.Rows {
				if r.Waybill == "75300000000012" {
					q.Rows[i].Alarm, q.Rows[i].Refusal = true, &api.Refusal{Code: "order-changed-too-late", Args: []any{r.Order}}
					q.Rows[i].Since = time.Now().Add(-30 * time.Hour)
				}
				if r.Waybill == "YT0000000000023" {
					q.Rows[i].Refusal = &api.Refusal{Code: "printer-off", Args: []any{"zebra-2", "zebra-2"}}
				}
			}
		})
		b.Wait("document.querySelectorAll('.has-why > .why').length === 2 && document.querySelector('#alarms > :only-child.has-why > .why').checkVisibility()")
		if got := b.Eval("document.querySelector('#alarms [data-is=left]').textContent"); !strings.Contains(got, "/") {
			t.Errorf("what was printed on another day says %q", got)
		}
		b.Eval("scrollTo(0, 0)")
		b.Picture("alarm")
		b.Click(`#alarms [data-act="seen"]`)
		b.Wait("document.getElementById('alarms').children.length === 0 && document.querySelector('#done .has-why > .why').checkVisibility()")
		wantActs(t, station, "resolve 1004200012 seen by page")
	})
	step("the keyboard reaches every row", func(t *testing.T) {
		b.Eval("document.activeElement.blur()")
		b.Press("ArrowDown", "ArrowDown")
		steps := "[...document.querySelectorAll('#bench :is(button, input[type=checkbox])')].filter(e => e.checkVisibility())"
		if got := b.Eval("document.activeElement === " + steps + "[1]"); got != "true" {
			t.Errorf("two presses of ↓ lead to %s", b.Eval("document.activeElement.outerHTML"))
		}
		b.Eval(`document.querySelector('#queue [data-act="print"]:not([hidden])').focus()`)
		b.Press("Enter")
		b.Wait("document.querySelectorAll('#queue > .is-printing').length >= 3")
		if n := len(station.Acts()); n == 0 {
			t.Error("Enter on a button does nothing")
		}
	})
	step("data is text", func(t *testing.T) {
		evil := `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`
		station.Change(func(q *api.Queue) {
			q.Rows[5].Order, q.Rows[5].CarrierName, q.Rows[5].Waybill = evil, evil, evil
			q.Rows[5].Receiver = api.Mask(pii.NewName("<b>"))
			q.Printers[0].Name = evil
		})
		b.Wait("document.body.innerText.includes('<img src=x')")
		if got := b.Eval("document.querySelectorAll('main img, main script, #strip img').length + document.title"); got[0] != '0' || strings.Contains(got, "owned") {
			t.Errorf("markup from an order came alive: %s", got)
		}
	})
	step("nothing left", func(t *testing.T) {
		station.Change(func(q *api.Queue) {
			q.Rows = slices.DeleteFunc(q.Rows, func(r api.Row) bool { return r.State != api.Done })
			q.Counts, q.Printers = api.Counts{Done: 151}, []api.Printer{{Name: "escpos-1", State: api.Idle}}
		})
		b.Wait("!document.getElementById('empty').hidden")
		b.Eval("scrollTo(0, 0)")
		b.Picture("empty")
	})
	step("a lost line is shown", func(t *testing.T) {
		stop()
		b.Wait("document.body.classList.contains('is-lost') && !document.getElementById('lost').hidden")
		b.Picture("lost")
	})
}

// wantActs wants that these were asked of the station since the last look.
func wantActs(t *testing.T, s *apitest.Station, want ...string) {
	t.Helper()
	if got := s.Acts(); !slices.Equal(got, want) && len(got)+len(want) > 0 {
		t.Errorf("asked of the station: %q, want %q", got, want)
	}
	s.Forget()
}
