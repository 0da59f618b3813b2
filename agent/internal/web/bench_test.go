package web_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/api"
	"miandan/agent/internal/api/apitest"
	"miandan/agent/internal/web/webtest"
)

// crowd is a bench with many orders that wait.
func crowd(orders int) *apitest.Station {
	q := apitest.Bench(time.Now())
	for i := range orders {
		r := q.Rows[4]
		r.Order, r.Waybill, r.Label = fmt.Sprintf("20042%05d", i), fmt.Sprintf("JDVB%011d", i), fmt.Sprint(1000+i)
		r.Deadline = r.Deadline.Add(time.Duration(i) * time.Second)
		q.Rows = append(q.Rows, r)
	}
	q.Counts.Waiting += orders
	return apitest.New(q)
}

func TestManyOrders(t *testing.T) {
	t.Parallel()
	station := crowd(10000)
	url, _, _ := webtest.Serve(t, api.Server{Station: station})
	b := webtest.OpenBrowser(t)
	b.Open(url, webtest.Light(1280, 800, "zh-CN"))
	step := steps(t, b)
	rows := func(n int) string { return fmt.Sprintf("document.querySelectorAll('#queue > li').length === %d", n) }

	step("the page shows the first hundred and says how many more wait", func(t *testing.T) {
		b.Wait(rows(100))
		if got := said(b, "#more"); got != "还有 9907 单在等待。 显示更多" {
			t.Errorf("under the queue stands %q", got)
		}
	})
	step("a number is looked for where all are", func(t *testing.T) {
		b.Click("#find")
		b.Write("20042098")
		b.Wait("document.getElementById('more').hidden && " + rows(100))
		b.Write("76")
		b.Wait(rows(1) + " && document.querySelector('#queue [data-is=waybill]').textContent === 'JDVB00000009876'")
		b.Press("Escape")
		b.Wait(rows(100))
	})
	step("full-width digits are digits", func(t *testing.T) {
		b.Write("２００４２０９８７６")
		b.Wait(rows(1))
		b.Press("Escape")
		b.Wait(rows(100))
	})
	step("a carrier is chosen", func(t *testing.T) {
		b.Click("#carriers button:nth-child(2)")
		b.Wait("document.querySelectorAll('#queue > li').length > 0 && [...document.querySelectorAll('#queue [data-is=carrier]')].every(e => e.textContent === '中通快递')")
		b.Picture("bench carrier")
		b.Click("#carriers button:nth-child(1)")
		b.Wait(rows(100))
	})
	step("many are picked and printed", func(t *testing.T) {
		b.Click("#queue > li:nth-child(3) .pick")
		b.Eval("document.querySelector('#queue > li:nth-child(9) .pick input').dispatchEvent(new MouseEvent('click', {bubbles: true, shiftKey: true}))")
		b.Wait("document.querySelectorAll('#queue .is-picked').length === 7")
		if got := said(b, "#picked b"); got != "已选 7 单" {
			t.Errorf("the bar says %q", got)
		}
		b.Picture("bench picked")
		b.Click("#picked [data-act=drop]")
		b.Wait("document.getElementById('picked').hidden")
		b.Click("#waiting .tools .pick")
		b.Wait("document.querySelectorAll('#queue .is-picked').length === 99") // one prints already
		b.Click("#picked [data-act=print]")
		b.Wait("document.getElementById('picked').hidden")
		b.Wait("document.querySelectorAll('#queue > .is-printing').length === 100")
		acts := station.Acts()
		if len(acts) != 1 || strings.Count(acts[0], " ") != 99+2 {
			t.Errorf("asked of the station: %.200q", acts)
		}
	})
	step("more are shown", func(t *testing.T) {
		b.Click("#show-more")
		b.Wait(rows(1000) + " && document.getElementById('show-more').hidden")
	})
}

func TestBench(t *testing.T) {
	t.Parallel()
	q := apitest.Bench(time.Now())
	for i := range q.Rows {
		if r := &q.Rows[i]; r.State == api.NumberUnknown {
			r.State, r.Refusal = api.Cancelled, nil
		}
	}
	q.Counts.Unknown--
	station := apitest.New(q)
	station.SetRules(
		api.Rule{Name: "京东单品", On: true, Works: true, When: "京东快递，一单一件", Hours: "09:00–18:00", Printer: "escpos-1", Today: 87},
		api.Rule{Name: "加急", On: true, When: "剩余不足 4 小时", Hours: "00:00–06:00", Today: 3},
	)
	url, _, _ := webtest.Serve(t, api.Server{Station: station})
	b := webtest.OpenBrowser(t)
	b.Open(url, webtest.Light(1280, 800, "zh-CN"))
	b.Wait("document.querySelectorAll('#queue > li').length === 7 && document.querySelectorAll('#rules > li').length === 2")
	b.Picture("page")
	step := steps(t, b)

	step("a label is looked at, dot for dot", func(t *testing.T) {
		b.Click(`[data-key="104"] [data-act="preview"]`)
		b.Wait("document.querySelector('#preview img').naturalWidth === 608 && !document.querySelector('#preview img').hidden")
		b.Picture("preview")
		b.Click("#preview-dots")
		b.Wait("(r => r.width === 608 && r.height === 1040)(document.querySelector('#preview img').getBoundingClientRect())")
		if got := b.Eval("getComputedStyle(document.querySelector('#preview img')).imageRendering"); got != "pixelated" {
			t.Errorf("dots are drawn %s", got)
		}
		b.Press("Escape")
		b.Wait("!document.getElementById('preview').open")
		b.Click(`[data-key="103"] [data-act="preview"]`) // its carrier has no layout here
		b.Wait("document.querySelector('#preview [data-is=missing]').textContent.length > 10")
		b.Click("#preview-close")
	})
	step("a rule is switched", func(t *testing.T) {
		if got := said(b, "#rules"); got != "京东单品 今日 87 单 加急 不在时段内" {
			t.Errorf("the rules say %q", got)
		}
		b.Click(`#rules [data-key="京东单品"] button`)
		b.Wait(`document.querySelector('#rules [data-key="京东单品"] button').getAttribute('aria-checked') === 'false'`)
		wantActs(t, station, "rule 京东单品 off by page")
	})
	step("nobody stands in the document", func(t *testing.T) {
		b.Wait("document.querySelectorAll('#bench li').length > 10")
		page := b.Eval("document.documentElement.outerHTML")
		for _, whole := range []string{"张三", "李䶮", "王五", "欧阳七", "Smith", "13800001234", "15900005678", "0571-80000000", "测试路1号"} {
			if strings.Contains(page, whole) {
				t.Errorf("the document holds %s", whole)
			}
		}
		if !strings.Contains(page, "138••••1234") {
			t.Error("the document holds no mask: this test proves nothing")
		}
	})
	if len(b.Errors) > 0 {
		t.Errorf("the console shows %q", b.Errors)
	}
}
