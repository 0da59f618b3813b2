package web_test

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// browser is a real Chromium, driven over a pair of pipes: no port, no driver.
type browser struct {
	t       *testing.T
	in      io.Writer
	out     *bufio.Reader
	session string
	id      int
	clicked point // at last
	when    time.Time
	errors  []string // in the page's console
}

// openBrowser starts Chromium. It skips the test where there is none, and
// fails it there in CI.
func openBrowser(t *testing.T) *browser {
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
		"--disable-component-update", "--disable-sync", "--disable-quic", "--disable-dev-shm-usage", "--hide-scrollbars",
		"--user-data-dir="+profile, "--remote-debugging-pipe", "about:blank")
	cmd.ExtraFiles = []*os.File{theirIn, theirOut} // 3 and 4
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	theirIn.Close()
	theirOut.Close()
	out.SetReadDeadline(time.Now().Add(time.Minute))
	b := &browser{t: t, in: in, out: bufio.NewReader(out)}
	t.Cleanup(func() {
		in.Close() // Chromium ends when its pipe does
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		select {
		case <-ended:
		case <-time.After(5 * time.Second):
			cmd.Process.Kill()
			<-ended
		}
		out.Close()
		os.RemoveAll(profile)
	})
	var target struct {
		TargetID string `json:"targetId"`
	}
	b.call("Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	var attached struct {
		SessionID string `json:"sessionId"`
	}
	b.call("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &attached)
	b.session = attached.SessionID
	b.call("Runtime.enable", nil, nil)
	b.call("Log.enable", nil, nil)
	return b
}

// call sends one command and waits for its answer. Of the events that come in
// between, errors in the console are kept.
func (b *browser) call(method string, params any, result any) {
	b.t.Helper()
	b.id++
	m := map[string]any{"id": b.id, "method": method, "params": params}
	if params == nil {
		m["params"] = struct{}{}
	}
	if b.session != "" {
		m["sessionId"] = b.session
	}
	line, err := json.Marshal(m)
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := b.in.Write(append(line, 0)); err != nil {
		b.t.Fatalf("%s: %v", method, err)
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
			event
		}
		if err := json.Unmarshal(line[:len(line)-1], &answer); err != nil {
			b.t.Fatalf("%s: %v", method, err)
		}
		if answer.ID != b.id {
			b.hear(answer.event)
			continue
		}
		if answer.Error != nil {
			b.t.Fatalf("%s: %s", method, answer.Error.Message)
		}
		if result != nil {
			if err := json.Unmarshal(answer.Result, result); err != nil {
				b.t.Fatalf("%s: %v", method, err)
			}
		}
		return
	}
}

// event is something that the page's console shows.
type event struct {
	Method string
	Params struct {
		Type             string                            // of a call of console
		Entry            struct{ Level, Text, URL string } // of the browser's own words
		ExceptionDetails struct{ Exception struct{ Description string } }
	}
}

func (b *browser) hear(e event) {
	switch p := e.Params; {
	case e.Method == "Runtime.exceptionThrown":
		b.errors = append(b.errors, p.ExceptionDetails.Exception.Description)
	case e.Method == "Runtime.consoleAPICalled" && (p.Type == "error" || p.Type == "assert"):
		b.errors = append(b.errors, "console."+p.Type)
	case e.Method == "Log.entryAdded" && p.Entry.Level == "error":
		b.errors = append(b.errors, p.Entry.Text+" "+p.Entry.URL)
	}
}

// look is how a page is looked at.
type look struct {
	width, height int
	dark          bool
	accept        string // Accept-Language
}

func (b *browser) open(url string, l look) {
	b.t.Helper()
	scheme := "light"
	if l.dark {
		scheme = "dark"
	}
	b.call("Emulation.setDeviceMetricsOverride", map[string]any{"width": l.width, "height": l.height, "deviceScaleFactor": 1, "mobile": false}, nil)
	b.call("Emulation.setEmulatedMedia", map[string]any{"features": []map[string]string{{"name": "prefers-color-scheme", "value": scheme}}}, nil)
	b.call("Network.setUserAgentOverride", map[string]any{"userAgent": "Chromium", "acceptLanguage": l.accept}, nil)
	b.call("Page.navigate", map[string]any{"url": url}, nil)
}

// eval runs JavaScript in the page and returns its value as text.
func (b *browser) eval(js string) string {
	b.t.Helper()
	var r struct {
		Result           struct{ Value any }
		ExceptionDetails *struct{ Exception struct{ Description string } }
	}
	b.call("Runtime.evaluate", map[string]any{"expression": js, "returnByValue": true, "awaitPromise": true}, &r)
	if r.ExceptionDetails != nil {
		b.t.Fatalf("%s: %s", js, r.ExceptionDetails.Exception.Description)
	}
	return fmt.Sprint(r.Result.Value)
}

// wait waits until JavaScript is true.
func (b *browser) wait(js string) {
	b.t.Helper()
	for end := time.Now().Add(5 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if b.eval("document.readyState === 'complete' && Boolean("+js+")") == "true" {
			return
		}
		if time.Now().After(end) {
			b.t.Fatalf("never true: %s\n%s", js, b.eval("document.body.innerText"))
		}
	}
}

// press presses and releases keys, as a keyboard or a scanner does.
func (b *browser) press(keys ...string) {
	b.t.Helper()
	for _, k := range keys {
		code, text := int(k[0]), k
		switch k {
		case "Enter":
			code, text = 13, "\r"
		case "Escape":
			code, text = 27, ""
		case "Tab":
			code, text = 9, ""
		case "ArrowDown":
			code, text = 40, ""
		}
		b.call("Input.dispatchKeyEvent", map[string]any{"type": "keyDown", "key": k, "text": text, "unmodifiedText": text, "windowsVirtualKeyCode": code}, nil)
		b.call("Input.dispatchKeyEvent", map[string]any{"type": "keyUp", "key": k, "windowsVirtualKeyCode": code}, nil)
	}
}

// write puts text into the field that has the focus, as an input method does.
func (b *browser) write(text string) {
	b.t.Helper()
	b.call("Input.insertText", map[string]any{"text": text}, nil)
}

// readingTime is how long a person takes at least to read what came to the
// place that was just pressed.
const readingTime = 550 * time.Millisecond

// click clicks the middle of what a selector finds, as a person does who has
// read it.
func (b *browser) click(selector string) {
	b.t.Helper()
	at := b.middle(selector)
	if math.Hypot(at.X-b.clicked.X, at.Y-b.clicked.Y) < 60 {
		time.Sleep(time.Until(b.when.Add(readingTime)))
	}
	b.clickAt(at)
}

// point is a place on the screen, in pixels.
type point struct{ X, Y float64 }

// box is where something is on the screen, in pixels.
type box struct{ Left, Top, Right, Bottom float64 }

func (r box) middle() point { return point{(r.Left + r.Right) / 2, (r.Top + r.Bottom) / 2} }

// and is what two boxes both cover.
func (r box) and(o box) box {
	return box{max(r.Left, o.Left), max(r.Top, o.Top), min(r.Right, o.Right), min(r.Bottom, o.Bottom)}
}

// box brings what a selector finds into view and returns where it is.
func (b *browser) box(selector string) (r box) {
	b.t.Helper()
	b.wait(fmt.Sprintf("document.querySelector(%q)", selector))
	js := fmt.Sprintf(`(() => { const e = document.querySelector(%q); e.scrollIntoView({block: "center"}); return JSON.stringify(e.getBoundingClientRect()) })()`, selector)
	if err := json.Unmarshal([]byte(b.eval(js)), &r); err != nil {
		b.t.Fatal(err)
	}
	return r
}

// middle brings what a selector finds into view and returns its middle.
func (b *browser) middle(selector string) point {
	b.t.Helper()
	return b.box(selector).middle()
}

// clickAt clicks whatever is there now.
func (b *browser) clickAt(at point) {
	b.t.Helper()
	b.clicked = at
	for _, kind := range []string{"mousePressed", "mouseReleased"} {
		b.call("Input.dispatchMouseEvent", map[string]any{"type": kind, "x": at.X, "y": at.Y, "button": "left", "clickCount": 1}, nil)
	}
	b.when = time.Now() // when the page has taken it, however busy this computer is
}

// actAt returns the act of the button that is there now.
func (b *browser) actAt(at point) string {
	b.t.Helper()
	return b.eval(fmt.Sprintf("document.elementFromPoint(%v, %v)?.dataset.act", at.X, at.Y))
}

// picture keeps what is seen where the flag -pictures says.
func (b *browser) picture(name string) {
	b.t.Helper()
	if *pictures == "" {
		return
	}
	var shot struct{ Data string }
	b.call("Page.captureScreenshot", map[string]any{"format": "png"}, &shot)
	png, err := base64.StdEncoding.DecodeString(shot.Data)
	if err == nil {
		err = os.WriteFile(*pictures+"/"+strings.ReplaceAll(name, " ", "-")+".png", png, 0o644)
	}
	if err != nil {
		b.t.Fatal(err)
	}
}
