package web_test

import (
	"strings"
	"testing"

	"miandan/agent/internal/web/webtest"
)

// TestSelfTestNamesWhatBlocks asks the self-test about pages that a browser would
// and would not let through, and takes the policies for them.
func TestSelfTestNamesWhatBlocks(t *testing.T) {
	url, _, _, _ := callersDesk(t, true)
	b := webtest.OpenBrowser(t)
	b.Open(url+"selftest", webtest.Light(1280, 800, "en"))
	b.Wait("document.getElementById('form')")
	by := func(page, agent, framed string) string {
		return b.Eval(`(async () => { const m = await import("/docs/miandan.js");
			const f = await m.diagnose({page: "` + page + `", framed: ` + framed + `, agent: "` + agent + `"});
			return f.filter((f) => !f.fine).map((f) => f.what).join(" "); })()`)
	}
	const chrome141, chrome147, safari = "Chrome/141.0.0.0 Safari/537.36", "Chrome/147.0.0.0 Safari/537.36", "Version/18.0 Safari/605.1.15"
	for _, c := range []struct{ page, agent, want string }{
		{"https://erp.example.com", chrome147, ""}, {"http://erp.lan", chrome147, "secure"}, {"http://erp.lan", chrome141, ""},
		{"https://erp.example.com", chrome141, "socket"}, {"https://erp.example.com", safari, "browser"}, {"http://localhost:8080", chrome147, ""},
	} {
		if got := by(c.page, c.agent, "false"); got != c.want {
			t.Errorf("%s in %s: %q blocks, want %q", c.page, c.agent, got, c.want)
		}
	}
	if got := by("https://erp.example.com", chrome147, "true"); !strings.Contains(got, "frame") {
		t.Errorf("in a frame: %q blocks", got)
	}

	b.Eval(`document.getElementById('page').value = 'http://erp.example.com:8080/orders?x=1', document.querySelector('#form button').click()`)
	b.Wait("document.querySelectorAll('#findings li').length > 2")
	b.Picture("selftest en light 1280")
	for file, want := range map[string]string{
		"chrome-policy.reg": `[HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Google\Chrome\LoopbackNetworkAllowedForUrls]`, "miandan-chrome.json": `"LoopbackNetworkAllowedForUrls"`,
		"miandan-chrome.plist": "<key>LocalNetworkAccessAllowedForUrls</key>", "policy.toml": "allow = true",
	} {
		text := b.Eval(`document.querySelector('[data-file="` + file + `"]').click(), document.getElementById('shown').textContent`)
		if !strings.Contains(text, want) || !strings.Contains(text, "http://erp.example.com:8080") || strings.Contains(text, "orders") {
			t.Errorf("%s says %s", file, text)
		}
	}

	b.Open(url+"docs", webtest.Dark(1024, 768, "zh-CN"))
	b.Wait("document.querySelectorAll('details').length > 30")
	if got := b.Eval("document.documentElement.scrollWidth"); got != b.Eval("innerWidth") {
		t.Errorf("the documentation is %s wide", got)
	}
	b.Eval(`document.querySelector('details').open = true`)
	b.Picture("docs zh dark 1024")
	if len(b.Errors) > 0 {
		t.Errorf("in the console: %q", b.Errors)
	}
}
