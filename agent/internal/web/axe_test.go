package web_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"miandan/agent/internal/pairing"
	"miandan/agent/internal/web/webtest"
)

var axe = flag.Bool("axe", false, "have axe look at every place and every dialog, by day and by night, which takes a minute")

// axeScript is axe-core, the judge of what people with other eyes and other hands
// meet. It comes from npm; without it the test is skipped, and fails in CI.
func axeScript(t *testing.T) string {
	t.Helper()
	if !*axe {
		t.Skip("only with -axe")
	}
	root, err := exec.Command("npm", "root", "-g").Output()
	if err == nil {
		var script []byte
		if script, err = os.ReadFile(filepath.Join(strings.TrimSpace(string(root)), "axe-core", "axe.min.js")); err == nil {
			return string(script)
		}
	}
	if os.Getenv("MIANDAN_CI") == "1" {
		t.Fatalf("axe-core is not installed: %v", err)
	}
	t.Skipf("axe-core is not installed: %v", err)
	return ""
}

// judge has axe look at what the page shows now: at the dialog that is open, or
// else at the place.
func judge(b *webtest.Browser, rules, what string) {
	b.T.Helper()
	judgeIn(b, `document.querySelector("dialog[open]") ?? document.querySelector("main:not([hidden])")`, rules, what)
}

// judgeIn has axe look at a part of the page.
func judgeIn(b *webtest.Browser, part, rules, what string) {
	b.T.Helper()
	// What moves has come to rest first: half transparent text has no colour.
	found := b.Eval(fmt.Sprintf(`Promise.all(document.getAnimations().filter((a) => a.effect.getTiming().iterations !== Infinity).map((a) => a.finished.catch(() => {})))
		.then(() => axe.run(%s, {resultTypes: ["violations"], %s}))
		.then((r) => JSON.stringify(r.violations.filter((v) => ["serious", "critical"].includes(v.impact))
			.map((v) => ({Rule: v.id, Help: v.help, Nodes: v.nodes.slice(0, 6).map((n) => n.target.join(" ") + ": " + n.failureSummary)}))))`, part, rules))
	var faults []struct {
		Rule, Help string
		Nodes      []string
	}
	if err := json.Unmarshal([]byte(found), &faults); err != nil {
		b.T.Fatal(err)
	}
	for _, f := range faults {
		b.T.Errorf("%s: %s, %s:\n%s", what, f.Rule, f.Help, strings.Join(f.Nodes, "\n"))
	}
}

// No place and no dialog has a serious fault for who reads with a screen reader,
// sees little contrast, or has only a keyboard.
func TestAxeFindsNoFault(t *testing.T) {
	t.Parallel()
	script := axeScript(t)
	for _, look := range []struct {
		name string
		webtest.Look
		rules string // the dark page differs in nothing but colours
	}{{"light", webtest.Light(1280, 800, "zh-CN"), ""}, {"dark", webtest.Dark(1280, 800, "en"), `runOnly: ["color-contrast"]`}} {
		t.Run(look.name, func(t *testing.T) {
			url, _ := office(t)
			b := webtest.OpenBrowser(t)
			b.Open(url, look.Look)
			b.Wait("document.querySelectorAll('#queue > li').length === 7")
			b.Eval(script)
			judge(b, look.rules, "bench")
			for _, p := range officePlaces {
				b.Eval(fmt.Sprintf("location.hash = %q", p.name))
				b.Wait(p.there)
				judge(b, look.rules, p.name)
			}
			for _, d := range officeDialogs {
				b.Eval(fmt.Sprintf("location.hash = %q", d.place))
				b.Wait(fmt.Sprintf("document.querySelector(%q)?.checkVisibility()", d.press))
				b.Click(d.press)
				b.Wait("document.querySelector('dialog[open]')")
				judge(b, look.rules, d.place+" "+d.press)
				b.Picture("dialog " + d.press + " " + look.name)
				b.Eval("document.querySelector('dialog[open]').close()")
			}
		})
	}
}

// So it is where other pages are let in.
func TestAxeFindsNoFaultWithCallers(t *testing.T) {
	t.Parallel()
	script := axeScript(t)
	url, _, book, _ := callersDesk(t, true)
	erp, ok := pairing.ParseOrigin("https://erp.example.com")
	if !ok {
		t.Fatal("the origin is none")
	}
	if err := book.Decide(t.Context(), erp, pairing.Always, "page"); err != nil {
		t.Fatal(err)
	}
	b := webtest.OpenBrowser(t)
	for _, look := range []webtest.Look{webtest.Light(1280, 800, "zh-CN"), webtest.Dark(1280, 800, "en")} {
		b.Open("about:blank", look)
		b.Open(url+"#callers", look)
		b.Wait("document.querySelectorAll('#callers-list > li').length === 1")
		b.Eval(script)
		judge(b, "", "callers")
		b.Picture("callers " + b.Eval("document.documentElement.lang"))
	}
}
