package preview_test

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// chromium is a real browser, driven over a pair of pipes.
type chromium struct {
	t       *testing.T
	in      io.WriteCloser
	out     *bufio.Reader
	id      int
	session string
}

// openChromium skips the test where there is no Chromium, and fails it in CI.
func openChromium(t *testing.T) *chromium {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("MIANDAN_CI") == "1" {
			t.Fatal("chromium is not installed")
		}
		t.Skip("chromium is not installed")
	}
	profile, err := os.MkdirTemp("", "chromium")
	if err != nil {
		t.Fatal(err)
	}
	theirIn, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	out, theirOut, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--user-data-dir="+profile,
		"--remote-debugging-pipe", "about:blank")
	cmd.ExtraFiles = []*os.File{theirIn, theirOut} // 3 and 4
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	theirIn.Close()
	theirOut.Close()
	_ = out.SetReadDeadline(time.Now().Add(time.Minute)) // a pipe has one
	t.Cleanup(func() {
		in.Close() // it ends when its pipe does
		late := time.AfterFunc(5*time.Second, func() { _ = cmd.Process.Kill() })
		_ = cmd.Wait() // how it ended is no matter
		late.Stop()
		out.Close()
		os.RemoveAll(profile)
	})
	b := &chromium{t: t, in: in, out: bufio.NewReader(out)}
	var made struct{ TargetID, SessionID string }
	b.do("Target.createTarget", map[string]any{"url": "about:blank"}, &made)
	b.do("Target.attachToTarget", map[string]any{"targetId": made.TargetID, "flatten": true}, &made)
	b.session = made.SessionID
	b.do("Emulation.setDeviceMetricsOverride", map[string]any{"width": 1280, "height": 800, "deviceScaleFactor": 1, "mobile": false}, nil)
	return b
}

// do sends a command and waits for its answer; events are passed over.
func (b *chromium) do(method string, params map[string]any, result any) {
	b.t.Helper()
	b.id++
	m := map[string]any{"id": b.id, "method": method, "params": params}
	if b.session != "" {
		m["sessionId"] = b.session
	}
	line, err := json.Marshal(m)
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := b.in.Write(append(line, 0)); err != nil {
		b.t.Fatal(err)
	}
	for {
		line, err := b.out.ReadBytes(0)
		if err != nil {
			b.t.Fatalf("%s: %v", method, err)
		}
		var answer struct {
			ID     int
			Result json.RawMessage
			Error  *struct{ Message string }
		}
		if err := json.Unmarshal(line[:len(line)-1], &answer); err != nil {
			b.t.Fatal(err)
		}
		switch {
		case answer.ID != b.id:
			continue
		case answer.Error != nil:
			b.t.Fatalf("%s: %s", method, answer.Error.Message)
		case result != nil:
			if err := json.Unmarshal(answer.Result, result); err != nil {
				b.t.Fatal(err)
			}
		}
		return
	}
}

// run returns the value of a script as text.
func (b *chromium) run(script string) string {
	b.t.Helper()
	var r struct{ Result struct{ Value any } }
	b.do("Runtime.evaluate", map[string]any{"expression": script, "awaitPromise": true, "returnByValue": true}, &r)
	return fmt.Sprint(r.Result.Value)
}

// until waits for a script to say true.
func (b *chromium) until(what, script string) {
	b.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if b.run(script) == "true" {
			return
		}
	}
	b.t.Fatalf("%s: the page shows %s", what, b.run("document.body.innerText"))
}

// shoot keeps a picture of the page for people to look at, if they ask.
func (b *chromium) shoot(name string) {
	b.t.Helper()
	folder := os.Getenv("MIANDAN_SHOTS")
	if folder == "" {
		return
	}
	var r struct{ Data string }
	b.do("Page.captureScreenshot", map[string]any{"format": "png"}, &r)
	png, err := base64.StdEncoding.DecodeString(r.Data)
	if err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(folder+"/"+name+".png", png, 0o600); err != nil {
		b.t.Fatal(err)
	}
}

// TestChromium writes a layout with the page open.
func TestChromium(t *testing.T) {
	b := openChromium(t)
	w := newWorkshop(t)
	base, _ := serve(t, w)
	const picture = `(() => { const i = document.querySelector(".page img"); return !!i && i.complete && i.naturalWidth > 0; })()`
	b.do("Page.navigate", map[string]any{"url": base}, nil)
	b.until("open", picture)
	b.shoot("preview")
	// One pixel a dot is all that there is room for, two would be 960.
	if got := b.run(`(() => { const i = document.querySelector(".page img"); return [i.naturalWidth, i.getBoundingClientRect().width, getComputedStyle(i).imageRendering].join(" "); })()`); got != "480 480 pixelated" {
		t.Errorf("dots, pixels and rendering are %s, want 480 480 pixelated", got)
	}
	version := b.run("document.body.dataset.version")

	w.save("small.yaml", strings.Replace(layout, "小标签", "改过的标签", 1))
	b.until("a saved layout", `document.getElementById("title").textContent === "改过的标签" && `+picture)
	if b.run("document.body.dataset.version") == version {
		t.Error("the picture is the old one")
	}

	w.save("blocks/foot.yaml", strings.Replace(foot, "{order}", "{ordr}", 1))
	b.until("a mistake in a block", `!document.getElementById("problem").hidden && document.querySelector("#problem pre").textContent.includes("did you mean")`)
	if got := b.run(`getComputedStyle(document.querySelector(".page")).opacity`); got != "0.3" || b.run(picture) != "true" {
		t.Errorf("the last good picture is %s opaque, want 0.3", got)
	}
	b.shoot("preview-mistake")

	w.save("blocks/foot.yaml", strings.Replace(foot, "x: 1, y: 1, right: 1", "x: 1, y: 1, w: 30", 1))
	w.save("small.yaml", strings.Replace(layout, "x: 2, y: 2, w: 56", "x: 0.5, y: 2, w: 57.5", 1))
	b.until("corrected, with a frame too near to the edge", `document.getElementById("problem").hidden && document.querySelectorAll("#findings .error").length === 1`)
	b.shoot("preview-findings")

	b.run(`(() => { const s = document.getElementById("dpmm"); s.value = "11.811"; s.dispatchEvent(new Event("change")); })()`)
	b.until("300 dpi", `(() => { const i = document.querySelector(".page img"); return !!i && i.naturalWidth === 709; })()`)
	b.run(`(() => { const s = document.getElementById("zoom"); s.value = "3"; s.dispatchEvent(new Event("change")); })()`)
	b.until("zoom", `document.querySelector(".page img").getBoundingClientRect().width === 2127`)
	b.run(`document.getElementById("edge").click()`)
	b.until("no edge", `getComputedStyle(document.querySelector(".safe")).display === "none"`)
	b.do("Page.reload", map[string]any{}, nil)
	b.until("what was chosen is kept", `!!document.querySelector(".page img") && document.getElementById("zoom").value === "3" && document.getElementById("dpmm").value === "11.811" && !document.getElementById("edge").checked`)
}
