package web_test

import (
	"testing"
	"time"

	"miandan/agent/internal/api"
	"miandan/agent/internal/api/apitest"
	"miandan/agent/internal/web/webtest"
)

// What a whole agent makes of these steps stands in package cli's
// TestFromBareToPaper; here the page is looked at in every step, and taken by both
// answers that turn a label.
func TestStartInABrowser(t *testing.T) {
	t.Parallel()
	script := axeScript(t)
	for name, look := range map[string]webtest.Look{"zh": webtest.Light(1280, 900, "zh-CN"), "en narrow dark": webtest.Dark(768, 1000, "en")} {
		t.Run(name, func(t *testing.T) {
			bench := apitest.New(apitest.Bench(time.Now()))
			s := &apitest.Starter{Station: bench, Is: api.Start{
				Bare: true, Keys: "密钥保存在系统密钥库中。", Sealed: true, Settings: "/home/demo/.local/share/miandan/miandan.toml", Printers: []string{}, Running: []string{}, Pins: []api.Role{},
			}, Found: []api.FoundPrinter{
				{NewPrinter: api.NewPrinter{Name: "tsc", URL: "usb://TSC/TE244", Language: "tspl", DPI: 203, Paper: "76x130", Media: "label"}, Way: "usb", Says: "TSC TE244"},
				{NewPrinter: api.NewPrinter{Name: "queue", URL: "cups:///office", Language: "page", DPI: 300, Paper: "100x150"}, Way: "cups", Says: "office", Sure: true},
			}}
			url, _, _ := webtest.Serve(t, api.Server{Station: bench, Devices: bench, Upkeep: bench, Starter: s, Fitter: s})
			w := walk{webtest.OpenBrowser(t)}
			w.Open(url, look)
			w.Eval(script)
			seen := func(step, there string) {
				t.Helper()
				w.Wait(there)
				w.Picture("start " + step + " " + name)
				judge(w.Browser, "", step)
				if wide := w.Eval("document.documentElement.scrollWidth"); wide != w.Eval("innerWidth") {
					t.Errorf("%s: the page is %s px wide", step, wide)
				}
				if small := w.Eval(`[...document.querySelectorAll("#start :is(button, input, select, a)")].filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 44).map(e => e.outerHTML).join()`); small != "" {
					t.Errorf("%s: too small for gloves: %s", step, small)
				}
				if odd := w.Eval(`/undefined|NaN|\[object|null|\{\d\}/.exec(document.querySelector("#start").innerText)?.[0] ?? ""`); odd != "" {
					t.Errorf("%s: the page says %s", step, odd)
				}
			}
			seen("bare", `document.body.dataset.place === "start" && document.querySelector("[data-step=jd]").classList.contains("is-next")`)
			for field, text := range map[string]string{"app_key": "KEY", "secret": "S3CRET", "redirect": "https://example.com/callback"} {
				w.Eval(`document.querySelector("#start-app").elements["` + field + `"].focus()`)
				w.Write(text)
			}
			w.Click("#start-app button[type=submit]")
			seen("code", `document.querySelector("#start-code").checkVisibility()`)
			if got := w.Eval(`document.documentElement.outerHTML.includes("S3CRET") || document.querySelector("#start-app").elements.secret.value`); got != "" && got != "false" {
				t.Errorf("the secret stays in the page: %s", got)
			}
			w.Click("[data-act=look]")
			w.Wait(`document.querySelectorAll("#start-found > li").length === 2`)
			w.Click("#start-found > li:first-child button")
			seen("chosen", `document.querySelector("#start-fit").checkVisibility()`)
			w.Click("#start-fit button[type=submit]")
			seen("asked", `document.querySelector(".asked").checkVisibility()`)
			for _, answer := range []string{"upside", "inverse"} {
				bench.Forget()
				w.Click(".asked [data-answer=" + answer + "]")
				w.Wait(`!document.querySelector(".asked [data-answer=` + answer + `]").disabled`)
			}
			wantActs(t, bench, "try tsc tspl 76x130 203 upside true invert true")
			w.Click(".asked [data-answer=moved]")
			seen("set up", `document.querySelector("[data-step=printer]").classList.contains("is-done")`)
			bench.Forget()
			w.Click("#start-begin button[type=submit]")
			w.Wait(`document.body.dataset.place === "bench" && document.querySelector('#places [data-place="start"]').hidden`)
			wantActs(t, bench, "begin with a PIN false by page")
			if len(w.Errors) > 0 {
				t.Errorf("the console shows %q", w.Errors)
			}
		})
	}
}
