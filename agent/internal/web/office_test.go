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

var pins = map[api.Role]string{api.Lead: "135790", api.Admin: "246810"}

// office is a station with all that the back office looks at.
func office(t *testing.T) (url string, station *apitest.Station) {
	t.Helper()
	q := apitest.Bench(time.Now())
	left := 212
	q.Printers[0].Left = &left
	s := apitest.New(q)
	url, _, _ = webtest.Serve(t, api.Server{
		Station: s, History: s, Devices: s, Upkeep: s, Drafts: s, Desk: s, Layouts: shelf(t),
		Keeper: &apitest.Doorkeeper{PIN: pins},
	})
	return url, s
}

// officePlaces are the places of the back office, each with what is true once it
// is there.
var officePlaces = []struct{ name, there string }{
	{"orders", "document.querySelectorAll('#orders-list > li').length === 11"},
	{"history", "document.querySelectorAll('#history-list > li').length === 14"},
	{"printers", "document.querySelectorAll('#printers-list > li').length === 3"},
	{"layouts/jd-express-76x130", "!document.getElementById('editor-picture').hidden"},
	{"settings", "document.querySelectorAll('.setting').length === 12"},
	{"doctor", "document.querySelectorAll('#doctor-list > li').length === 5"},
}

// officeDialogs are its dialogs, each with what is pressed for it.
var officeDialogs = []struct{ place, press string }{
	{"orders", `[data-key="1004200026"] [data-act="reveal"]`},
	{"orders", "#orders-export"},
	{"history", `#history-list > li:nth-child(12) button`},
	{"printers", `[data-key="escpos-1"] [data-act="roll"]`},
	{"printers", `[data-key="escpos-1"] [data-act="calibrate"]`},
	{"layouts/jd-express-76x130", "#editor-save"},
	{"settings", `[data-key="jd.enabled"] button`},
	{"settings", `[data-key="jd.page_size"] button`},
}

func TestOfficeLooks(t *testing.T) {
	t.Parallel()
	url, _ := office(t)
	b := webtest.OpenBrowser(t)
	for _, look := range []struct {
		name string
		webtest.Look
	}{
		{"zh light 1280", webtest.Light(1280, 800, "zh-CN")},
		{"en dark 1280", webtest.Dark(1280, 800, "en")},
		{"en light 1024", webtest.Light(1024, 768, "en")},
		{"zh dark 768", webtest.Dark(768, 1024, "zh-CN")},
	} {
		b.Open(url, look.Look)
		for _, p := range officePlaces {
			b.Eval(fmt.Sprintf("location.hash = %q", p.name))
			b.Wait(p.there)
			b.Picture("office " + strings.ReplaceAll(p.name, "/", " ") + " " + look.name)
			if got := b.Eval("document.documentElement.scrollWidth"); got != b.Eval("innerWidth") {
				t.Errorf("%s, %s: the page is %s px wide", p.name, look.name, got)
			}
			if small := b.Eval(`[...document.querySelectorAll("main button, main input, main select, main a, summary")].filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 44).map(e => e.outerHTML).join()`); small != "" {
				t.Errorf("%s, %s: too small for gloves: %s", p.name, look.name, small)
			}
			if odd := b.Eval(`/undefined|NaN|\[object|null/.exec(document.querySelector("main:not([hidden])").innerText)?.[0] ?? ""`); odd != "" {
				t.Errorf("%s, %s: the page says %s", p.name, look.name, odd)
			}
		}
	}
	for _, e := range b.Errors {
		t.Errorf("the console shows %s", e)
	}
}
