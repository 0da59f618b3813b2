package web_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/api"
	"miandan/agent/internal/api/apitest"
	"miandan/agent/internal/web/webtest"
)

func TestUnlock(t *testing.T) {
	t.Parallel()
	station := apitest.New(apitest.Bench(time.Now()))
	station.SetRules(api.Rule{Name: "京东单品", On: true, Works: true, Today: 87})
	keeper := &apitest.Doorkeeper{PIN: map[api.Role]string{api.Lead: "258036", api.Admin: "147258"}}
	url, _, _ := webtest.Serve(t, api.Server{Station: station, Keeper: keeper})
	b := webtest.OpenBrowser(t)
	b.Open(url, webtest.Light(1280, 800, "zh-CN"))
	b.Wait("document.getElementById('role').checkVisibility()")
	step := steps(t, b)

	step("a packer is shown as one, and switches no rule", func(t *testing.T) {
		if got := said(b, "#role"); got != "打包员" {
			t.Errorf("the role is %q", got)
		}
		b.Wait("document.querySelector('#rules button').disabled")
	})
	step("a wrong PIN is said, and a right one unlocks", func(t *testing.T) {
		b.Click("#role")
		b.Wait("document.activeElement.name === 'pin'")
		b.Type("1111", "Enter")
		b.Wait("document.querySelector('#unlock .wrong').textContent !== ''")
		b.Picture("unlock")
		b.Eval("document.querySelector('#unlock [name=pin]').select()")
		b.Type("258036", "Enter")
		b.Wait("!document.getElementById('unlock').open && document.body.dataset.role === 'lead'")
		if got := said(b, "#role"); got != "组长" {
			t.Errorf("the role is %q", got)
		}
		b.Click("#rules button:not(:disabled)")
		b.Wait("document.querySelector('#rules button').getAttribute('aria-checked') === 'false'")
		wantActs(t, station, "rule 京东单品 off by page")
	})
	step("it is given back", func(t *testing.T) {
		b.Click("#role")
		b.Click("#lock")
		b.Wait("document.body.dataset.role === 'packer' && document.querySelector('#rules button').disabled")
		if log := keeper.Log(); !slices.ContainsFunc(log, func(l string) bool { return strings.HasSuffix(l, "leaves lead") }) {
			t.Errorf("on record: %q", log)
		}
	})
	if strings.Contains(b.Eval("document.documentElement.outerHTML + location.href"), "258036") {
		t.Error("the PIN stays in the document")
	}
	if len(b.Errors) > 0 {
		t.Errorf("the console shows %q", b.Errors)
	}
}

// What stands around the places, and what is open over them, has no fault either.
func TestAxeFindsNoFaultAround(t *testing.T) {
	t.Parallel()
	script := axeScript(t)
	for name, look := range map[string]webtest.Look{"light": webtest.Light(1280, 800, "zh-CN"), "dark": webtest.Dark(1024, 768, "en")} {
		t.Run(name, func(t *testing.T) {
			station := apitest.New(apitest.Bench(time.Now()))
			station.Goods("1004200024", "6900000000241", "6900000000242")
			station.SetRules(api.Rule{Name: "京东单品", On: true, Works: true, Today: 87}, api.Rule{Name: "加急", Today: 3})
			keeper := &apitest.Doorkeeper{PIN: map[api.Role]string{api.Lead: "258036"}}
			url, _, _ := webtest.Serve(t, api.Server{Station: station, Devices: station, Keeper: keeper})
			b := webtest.OpenBrowser(t)
			b.Open(url, look)
			b.Wait("document.querySelectorAll('#queue > li').length === 7 && document.querySelectorAll('#rules > li').length === 2")
			b.Eval(script)
			judgeIn(b, "document", "", "idle")
			for _, code := range []string{"1004200025", "JDVA00000000011", "JDVA99999999999", "6900000000241", "1004200031"} {
				b.Eval("document.getElementById('scan').dataset.result = ''")
				b.Scan(code)
				b.Wait("document.getElementById('scan').dataset.result !== ''")
				judgeIn(b, "document.getElementById('bands')", "", "scan of "+code)
			}
			for _, press := range []string{"#help", "#role", `#queue [data-act="preview"]`} {
				b.Click(press)
				b.Wait("document.querySelector('dialog[open]')")
				judgeIn(b, "document.querySelector('dialog[open]')", "", press)
				b.Eval("document.querySelector('dialog[open]').close()")
			}
			b.Eval("location.hash = '#waves'")
			b.Click("#new-wave-open")
			b.Wait("document.getElementById('new-wave').open")
			judgeIn(b, "document.getElementById('new-wave')", "", "a new wave")
			b.Write("1004200023 1004200026 1004200027")
			b.Click("#new-wave [type=submit]")
			b.Wait("document.querySelectorAll('#wave-rows > li').length === 3")
			judgeIn(b, "document.getElementById('waves')", "", "a wave")
			b.Picture("wave " + name)
		})
	}
}

// TestABrokenAddressOpensTheBench opens the page by a link whose end is no text.
func TestABrokenAddressOpensTheBench(t *testing.T) {
	url, _, _, _ := callersDesk(t, false)
	b := webtest.OpenBrowser(t)
	b.Open(url+"#%", webtest.Light(1280, 800, "en"))
	b.Wait("!document.getElementById('bench').hidden && document.querySelector('#counts .some, #counts dd')?.textContent !== '–'")
	b.Eval("location.hash = '#waves/%E0%A4%A'")
	b.Eval("location.hash = '#callers'")
	b.Wait("!document.getElementById('callers').hidden")
	if len(b.Errors) > 0 {
		t.Errorf("in the console: %q", b.Errors)
	}
}
