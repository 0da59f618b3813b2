package cli

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
	"syscall"
	"testing"
	"time"

	"miandan/agent/internal/jos/jdsim"
	"miandan/agent/internal/midday"
	"miandan/agent/internal/pairing"
	"miandan/agent/internal/seal"
	"miandan/agent/internal/web/webtest"
	"miandan/printer/discover"
	"miandan/printer/virtual"
)

// asMiandan has the test's binary be the program, which looks for printers at one
// port of this computer and nowhere else.
const asMiandan = "MIANDAN_TEST_SCAN"

func TestMain(m *testing.M) {
	at := os.Getenv(asMiandan)
	if at == "" {
		debug.SetMemoryLimit(1 << 30) // what the program sets is for one station
		midday.Stay()
		os.Exit(m.Run())
	}
	env := System()
	to := netip.MustParseAddrPort(at)
	env.Ways = []discover.Way{discover.Scan(netip.PrefixFrom(to.Addr(), 32), to.Port())}
	os.Exit(Main(os.Args[1:], env))
}

// bare is a computer on which Miandan was just installed, with a printer beside it
// and JD somewhere.
type bare struct {
	data    string
	printer *virtual.Printer
	url     string // of the page
	agent   *exec.Cmd
	said    *bytes.Buffer
}

func newBare(t *testing.T, language virtual.Language) *bare {
	t.Helper()
	dir := t.TempDir()
	gateway, err := jdsim.New(jdsim.Config{JournalDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	gateway.AddOrder(jdsim.Demo(1, time.Now())...)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: gateway.All(), ReadHeaderTimeout: 5 * time.Second}
	go server.Serve(listener)
	t.Cleanup(func() { server.Close(); gateway.Close() })
	jd := "http://" + listener.Addr().String()
	policy := filepath.Join(dir, "policy.toml")
	text := fmt.Sprintf("[settings]\njd.gateway = %q\njd.oauth = %q\njd.poll_every = \"1s\"\n", jd+jdsim.Path, jd)
	if err := os.WriteFile(policy, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	b := &bare{data: filepath.Join(dir, "data"), said: new(bytes.Buffer)}
	if b.printer, err = virtual.Start(virtual.Config{Name: "bench", Language: language, DotsPerMM: 8, Speed: 152, Folder: t.TempDir()}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.printer.Close() })

	b.agent = exec.Command(os.Args[0], "--data", b.data, "run", "--no-tray")
	b.agent.Env = append(os.Environ(), asMiandan+"="+strings.TrimPrefix(b.printer.URL(), "tcp://"), seal.KeysEnv+"="+filepath.Join(dir, "keys"), pairing.PolicyEnv+"="+policy)
	b.agent.Stderr = b.said
	out, err := b.agent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := b.agent.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		b.agent.Process.Signal(syscall.SIGTERM)
		if err := b.agent.Wait(); err != nil {
			t.Errorf("the agent ended with %v: %s", err, b.said)
		}
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the agent did not start: %v %s", err, b.said)
	}
	b.url = strings.TrimSpace(strings.TrimPrefix(line, "ready "))
	return b
}

// TestFromBareToPaper goes from an installation without a file, as somebody who has
// never seen the program does, to a shop that is authorised, a printer that was
// found and a card that came out of it, and to work: by the page alone.
func TestFromBareToPaper(t *testing.T) {
	browser := webtest.OpenBrowser(t)
	begun := time.Now()
	b := newBare(t, virtual.TSPL)
	browser.Open(b.url, webtest.Light(1280, 1000, "zh-CN"))
	browser.Wait(`document.body.dataset.place === "start" && document.querySelector("[data-step=keys] .sign").textContent`)
	browser.Picture("start bare zh")
	browser.Open(b.url, webtest.Dark(1024, 1400, "en"))
	browser.Wait(`document.documentElement.lang === "en" && document.querySelector("[data-step=keys] .sign").textContent`)
	browser.Picture("start bare en")
	browser.Open(b.url, webtest.Light(1280, 1000, "zh-CN"))
	browser.Wait(`document.documentElement.lang !== "en" && document.body.dataset.place === "start"`)

	fill := func(form string, fields map[string]string) {
		for name, value := range fields {
			browser.Eval(fmt.Sprintf(`{ const e = document.querySelector(%q).elements[%q]; e.value = ""; e.focus(); }`, form, name))
			browser.Write(value)
		}
	}
	// JD: the app, the shop's consent on JD's own page, the address that it ends at.
	fill("#start-app", map[string]string{"app_key": jdsim.DefaultAppKey, "secret": jdsim.DefaultAppSecret, "vender_id": jdsim.DefaultVendorID, "shop": jdsim.DefaultVendorName, "redirect": "urn:ietf:wg:oauth:2.0:oob"})
	browser.Click("#start-app button[type=submit]")
	browser.Wait(`document.querySelector("#start-authorise").checkVisibility() && document.querySelector("#start-authorise").href`)
	browser.Picture("start authorise zh")
	browser.Open(browser.Eval(`document.querySelector("#start-authorise").href`), webtest.Light(1280, 1000, "zh-CN"))
	browser.Wait(`document.querySelector("form button")`)
	browser.Click("form button")
	browser.Wait(`document.querySelector("#code")`)
	code := browser.Eval(`document.querySelector("#code").textContent`)
	browser.Open(b.url, webtest.Light(1280, 1000, "zh-CN")) // what was done stands there
	browser.Wait(`document.querySelector("#start-code").checkVisibility()`)
	fill("#start-code", map[string]string{"code": "wrong"})
	browser.Click("#start-code button[type=submit]")
	browser.Wait(`document.querySelector("#start-code .said").textContent`)
	fill("#start-code", map[string]string{"code": "https://example.com/callback?state=miandan&code=" + code})
	browser.Click("#start-code button[type=submit]")
	browser.Wait(`document.querySelector("[data-step=jd]").classList.contains("is-done")`)

	// The printer: found, asked what it is, tried, turned round, taken.
	browser.Click(`[data-step=printer] [data-act=look]`)
	browser.Wait(`document.querySelector("#start-fit").checkVisibility()`)
	if hidden := browser.Eval(`document.querySelector("#start-fit [data-act=ask]").hidden`); hidden != "false" {
		t.Error("a printer that says nothing is taken for one that does")
	}
	browser.Click(`#start-fit [data-act=ask]`)
	browser.Wait(`document.querySelector("#start-fit [data-act=ask]").hidden`)
	if got := browser.Eval(`document.querySelector("#start-fit").elements.language.value`); got != "tspl" {
		t.Errorf("the printer's language is %s", got)
	}
	fill("#start-fit", map[string]string{"name": "包装台1", "paper": "76 × 130 mm"})
	browser.Click(`#start-fit button[type=submit]`)
	browser.Wait(`document.querySelector(".asked").checkVisibility()`)
	browser.Picture("start asked zh")
	b.wait(t, 1)
	paper := time.Since(begun)
	t.Logf("from nothing to a test card in %v", paper.Round(time.Millisecond))
	if paper > 5*time.Minute {
		t.Error("that is more than five minutes")
	}
	browser.Click(`.asked [data-answer=upside]`)
	browser.Wait(`!document.querySelector(".asked [data-answer=upside]").disabled && document.querySelector("#start-fit button[type=submit]").disabled === false`)
	b.wait(t, 2)
	browser.Click(`.asked [data-answer=straight]`)
	browser.Wait(`document.querySelector("[data-step=printer]").classList.contains("is-done")`)
	browser.Picture("start done zh")

	// And to work: at the same address, with what was set up, and a PIN.
	fill("#start-begin", map[string]string{"pin": "123123"})
	browser.Click(`#start-begin button[type=submit]`)
	browser.Wait(`document.body.dataset.place === "bench" && document.querySelector("#strip").innerText.includes("包装台1")`)
	browser.Wait(`document.querySelector('#places [data-place="start"]').hidden`)
	browser.Wait(`Number(document.querySelector('[data-count="refused"] dd').textContent) + Number(document.querySelector('[data-count="waiting"] dd').textContent) === 1`) // an order that nobody said a carrier for
	browser.Picture("start at work zh")
	settings, err := os.ReadFile(filepath.Join(b.data, "miandan.toml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`app_key = "` + jdsim.DefaultAppKey + `"`, "name = \"包装台1\"", "upside_down = true", "enabled = true"} {
		if !strings.Contains(string(settings), want) {
			t.Errorf("the settings have no %s", want)
		}
	}
	if strings.Contains(string(settings), jdsim.DefaultAppSecret) {
		t.Error("the secret stands in the settings")
	}
	for _, e := range browser.Errors {
		if !strings.HasSuffix(e, "/favicon.ico") { // which the simulated JD has not
			t.Errorf("the console shows %q", e)
		}
	}
	// Who has no PIN sets nothing up any more.
	if got := browser.Eval(`fetch("/api/v1/start/look", {method: "POST", headers: {"Content-Type": "application/json", "Miandan-Token": document.querySelector('meta[name="miandan-token"]').content}, body: '{"ask": false}'}).then((a) => a.status)`); got != "403" {
		t.Errorf("a page without a PIN looks for printers: %s", got)
	}
}

// wait waits until so many cards are on paper.
func (b *bare) wait(t *testing.T, cards int) {
	t.Helper()
	for end := time.Now().Add(2 * time.Minute); len(b.printer.Prints()) != cards; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d cards are on paper, want %d", len(b.printer.Prints()), cards)
		}
	}
}
