package web_test

import (
	"testing"
	"time"

	"miandan/agent/internal/api"
	"miandan/agent/internal/api/apitest"
	"miandan/agent/internal/web/webtest"
)

func TestWavesInABrowser(t *testing.T) {
	t.Parallel()
	station := apitest.New(apitest.Bench(time.Now()))
	url, _, _ := webtest.Serve(t, api.Server{Station: station, Devices: station})
	b := webtest.OpenBrowser(t)
	zh := webtest.Light(1280, 800, "zh-CN")
	b.Open(url, zh)
	b.Wait("document.querySelectorAll('#queue > li').length === 7")
	step := steps(t, b)
	set := func(state api.State, orders ...string) {
		station.Change(func(q *api.Queue) {
			for _, o := range orders {
				for i := range q.Rows {
					if q.Rows[i].Order == o {
						q.Rows[i].State = state
					}
				}
			}
		})
	}

	step("what is picked becomes a wave", func(t *testing.T) {
		b.Click(`[data-key="103"] .pick`)
		b.Click(`[data-key="104"] .pick`)
		b.Click(`[data-key="105"] .pick`)
		b.Click("#picked [data-act=wave]")
		b.Wait("document.getElementById('new-wave').open && document.querySelectorAll('#new-wave option').length === 5")
		b.Picture("wave new")
		b.Click("#new-wave [name=name]")
		b.Write("上午一")
		b.Click("#new-wave [name=separator]")
		b.Eval("document.querySelector('#new-wave [name=printer]').value = 'bench-a'")
		b.Click("#new-wave [type=submit]")
		b.Wait("document.getElementById('wave').checkVisibility() && document.querySelectorAll('#wave-rows > li').length === 3")
		wantActs(t, station, `wave "上午一" of [1004200023 1004200024 1004200025] by page in order pick with separators on bench-a`)
	})
	step("a list is pasted, and what cannot be in it is named", func(t *testing.T) {
		b.Eval("location.hash = '#waves'")
		b.Click("#new-wave-open")
		b.Wait("document.activeElement.name === 'orders'")
		b.Write("1004200026，1004200027\n1004200099 1004200026\n")
		b.Scan("1004200011") // as good as pasting
		b.Wait("document.querySelector('#new-wave [data-is=count]').textContent === '4'")
		b.Click("#new-wave [type=submit]")
		b.Wait("document.getElementById('wave-left').open")
		if got := said(b, "#wave-left ul"); got != "1004200099 没有订单 1004200099。请检查单号。 1004200011 已打印" && len(got) < 20 {
			t.Errorf("left out: %q", got)
		}
		b.Picture("wave left")
		b.Click("#wave-left button")
		b.Wait("document.querySelectorAll('#wave-rows > li').length === 2")
		wantActs(t, station, `wave "" of [1004200026 1004200027 1004200099 1004200011] by page in order pick`)
	})
	step("it is stopped, goes on, and asks", func(t *testing.T) {
		b.Open(url+"#waves/W1", zh)
		b.Wait("document.querySelectorAll('#wave-rows > li').length === 3")
		b.Click("#wave [data-act=stop]")
		b.Click("#wave [data-act=resume]:not([hidden])")
		b.Wait("document.querySelector('#wave [data-act=stop]').checkVisibility()")
		wantActs(t, station, "stop wave W1 by page", "resume wave W1 by page")
		set(api.Printing, "1004200023")
		set(api.Unknown, "1004200024")
		b.Wait("document.querySelectorAll('#wave-questions > li').length === 1")
		b.Picture("wave question")
		b.Click("#wave-questions [data-act=yes]")
		b.Wait("document.querySelectorAll('#wave-questions > li').length === 0")
		wantActs(t, station, "resolve 104 printed by page")
	})
	step("scans close its rows, and what is left at the end is red", func(t *testing.T) {
		b.Scan("JDVA00000000024")
		b.Wait("document.querySelectorAll('#wave-rows > .is-scanned').length === 1 && document.querySelectorAll('#wave-rows > .is-missed').length === 0")
		wantActs(t, station, "scan JDVA00000000024 by page")
		set(api.Done, "1004200023", "1004200025")
		b.Wait("document.querySelectorAll('#wave-rows > .is-missed').length === 2")
		b.Picture("wave missed")
		b.Click("#wave [data-only=unscanned]")
		b.Wait("document.querySelectorAll('#wave-rows > li').length === 2")
		b.Scan("YT0000000000023")
		b.Wait("document.querySelectorAll('#wave-rows > li').length === 1")
		b.Click("#wave [data-act=close]")
		b.Wait("document.querySelectorAll('#wave-rows > li').length === 0")
		wantActs(t, station, "scan YT0000000000023 by page", "close wave W1 by page")
	})
	for _, p := range []struct {
		name string
		look webtest.Look
	}{{"waves en dark 1024", webtest.Dark(1024, 768, "en")}, {"waves zh light 1280", zh}, {"waves zh dark 768", webtest.Dark(768, 1024, "zh-CN")}} {
		b.Open("about:blank", p.look)
		b.Open(url+"#waves", p.look)
		b.Wait("document.querySelectorAll('#wave-cards > li').length === 2")
		if got := b.Eval("document.documentElement.scrollWidth"); got != b.Eval("innerWidth") {
			t.Errorf("%s: the page is %s px wide", p.name, got)
		}
		b.Picture(p.name)
	}
	if len(b.Errors) > 0 {
		t.Errorf("the console shows %q", b.Errors)
	}
}
