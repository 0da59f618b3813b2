// Package webtest opens the page in a real Chromium, against a station in memory.
//
// Chromium is driven over a pair of pipes: no port, no driver. What a person does
// is done as a person does it, by keys, clicks and reading.
package webtest

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

var pictures = flag.String("pictures", "", "folder for pictures of the page")

// Browser is a real Chromium, driven over a pair of pipes: no port, no driver.
type Browser struct {
	T       *testing.T
	in      io.Writer
	pipe    *os.File // what out reads
	out     *bufio.Reader
	session string
	id      int
	clicked Point // at last
	when    time.Time
	Errors  []string // in the page's console
}

// OpenBrowser starts Chromium. It skips the test where there is none, and
// fails it there in CI. Flags are Chromium's own.
func OpenBrowser(t *testing.T, flags ...string) *Browser {
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
	cmd := exec.Command(path, append(flags, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--disable-sync", "--disable-quic", "--disable-dev-shm-usage", "--hide-scrollbars",
		"--user-data-dir="+profile, "--remote-debugging-pipe", "about:blank")...)
	cmd.ExtraFiles = []*os.File{theirIn, theirOut} // 3 and 4
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	theirIn.Close()
	theirOut.Close()
	b := &Browser{T: t, in: in, pipe: out, out: bufio.NewReader(out)}
	t.Cleanup(func() {
		in.Close() // Chromium ends when its pipe does
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		select {
		case <-ended:
		case <-time.After(30 * time.Second):
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
	b.Look(true)
	return b
}

// answersWithin is how long one command may take: that is no measure of anything, it
// only ends a test whose browser hangs.
const answersWithin = 5 * time.Minute

// call sends one command and waits for its answer, which must be a good one.
func (b *Browser) call(method string, params any, result any) {
	b.T.Helper()
	if refused := b.ask(method, params, result); refused != "" {
		b.T.Fatalf("%s: %s", method, refused)
	}
}

// ask sends one command and waits for its answer, and returns why Chromium
// refused it. Of the events that come in between, errors in the console are kept.
func (b *Browser) ask(method string, params any, result any) (refused string) {
	b.T.Helper()
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
		b.T.Fatal(err)
	}
	if _, err := b.in.Write(append(line, 0)); err != nil {
		b.T.Fatalf("%s: %v", method, err)
	}
	b.pipe.SetReadDeadline(time.Now().Add(answersWithin))
	for {
		line, err := b.out.ReadBytes(0)
		if err != nil {
			b.T.Fatalf("%s: %v", method, err)
		}
		var answer struct {
			ID     int
			Result json.RawMessage
			Error  *struct{ Message string }
			event
		}
		if err := json.Unmarshal(line[:len(line)-1], &answer); err != nil {
			b.T.Fatalf("%s: %v", method, err)
		}
		if answer.ID != b.id {
			b.hear(answer.event)
			continue
		}
		if answer.Error != nil {
			return answer.Error.Message
		}
		if result != nil {
			if err := json.Unmarshal(answer.Result, result); err != nil {
				b.T.Fatalf("%s: %v", method, err)
			}
		}
		return ""
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

func (b *Browser) hear(e event) {
	switch p := e.Params; {
	case e.Method == "Runtime.exceptionThrown":
		b.Errors = append(b.Errors, p.ExceptionDetails.Exception.Description)
	case e.Method == "Runtime.consoleAPICalled" && (p.Type == "error" || p.Type == "assert"):
		b.Errors = append(b.Errors, "console."+p.Type)
	case e.Method == "Log.entryAdded" && strings.Contains(p.Entry.URL, "/api/v1/"):
		// An answer that refuses. Chromium writes it down; the page says it.
	case e.Method == "Log.entryAdded" && p.Entry.Level == "error":
		b.Errors = append(b.Errors, p.Entry.Text+" "+p.Entry.URL)
	}
}

// Look is how a page is looked at.
type Look struct {
	Width, Height int
	Dark          bool
	Accept        string // Accept-Language
}

// Light is a look in light colours at a size in pixels, in a language.
func Light(width, height int, language string) Look {
	return Look{Width: width, Height: height, Accept: language}
}

// Dark is the same at night.
func Dark(width, height int, language string) Look {
	return Look{Width: width, Height: height, Accept: language, Dark: true}
}

// Open goes to an address, and returns when the page that was there before is gone:
// what is waited for next must not be found in that one.
func (b *Browser) Open(url string, l Look) {
	b.T.Helper()
	scheme := "light"
	if l.Dark {
		scheme = "dark"
	}
	b.call("Emulation.setDeviceMetricsOverride", map[string]any{"width": l.Width, "height": l.Height, "deviceScaleFactor": 1, "mobile": false}, nil)
	b.call("Emulation.setEmulatedMedia", map[string]any{"features": []map[string]string{{"name": "prefers-color-scheme", "value": scheme}}}, nil)
	b.call("Network.setUserAgentOverride", map[string]any{"userAgent": "Chromium", "acceptLanguage": l.Accept}, nil)
	b.eval("window.leftBehind = true")
	var went struct{ LoaderID string }
	b.call("Page.navigate", map[string]any{"url": url}, &went)
	if went.LoaderID == "" { // only to another place of the same page
		b.eval("delete window.leftBehind")
		return
	}
	for end := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		if value, _ := b.eval("!window.leftBehind"); value == "true" {
			return
		}
		if time.Now().After(end) {
			b.T.Fatalf("the page before %s stays", url)
		}
	}
}

// patience is how long what is waited for may take, on a computer that has much else
// to do.
const patience = 2 * time.Minute

// Eval runs JavaScript in the page and returns its value as text.
func (b *Browser) Eval(js string) string {
	b.T.Helper()
	value, refused := b.eval(js)
	if refused != "" {
		b.T.Fatalf("Runtime.evaluate: %s", refused)
	}
	return value
}

func (b *Browser) eval(js string) (value, refused string) {
	b.T.Helper()
	var r struct {
		Result           struct{ Value any }
		ExceptionDetails *struct{ Exception struct{ Description string } }
	}
	refused = b.ask("Runtime.evaluate", map[string]any{"expression": js, "returnByValue": true, "awaitPromise": true}, &r)
	if r.ExceptionDetails != nil {
		b.T.Fatalf("%s: %s", js, r.ExceptionDetails.Exception.Description)
	}
	return fmt.Sprint(r.Result.Value), refused
}

// Wait waits until JavaScript is true. While one page gives way to the next there
// is none that could be asked: that is not yet true, and no fault.
func (b *Browser) Wait(js string) {
	b.T.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		if value, _ := b.eval("document.readyState === 'complete' && Boolean(" + js + ")"); value == "true" {
			return
		}
		if time.Now().After(end) {
			b.T.Fatalf("never true: %s\n%s", js, b.Eval("document.body.innerText"))
		}
	}
}

// Press presses and releases keys, as a keyboard or a scanner does.
func (b *Browser) Press(keys ...string) {
	b.T.Helper()
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
		case "F2", "F4", "F7", "F8", "F9":
			code, text = 111+int(k[1]-'0'), ""
		}
		b.call("Input.dispatchKeyEvent", map[string]any{"type": "keyDown", "key": k, "text": text, "unmodifiedText": text, "windowsVirtualKeyCode": code}, nil)
		b.call("Input.dispatchKeyEvent", map[string]any{"type": "keyUp", "key": k, "windowsVirtualKeyCode": code}, nil)
	}
}

// Write puts text into the field that has the focus, as an input method does.
func (b *Browser) Write(text string) {
	b.T.Helper()
	b.call("Input.insertText", map[string]any{"text": text}, nil)
}

// Look says whether the person looks at this window or at another.
func (b *Browser) Look(here bool) {
	b.T.Helper()
	b.call("Emulation.setFocusEmulationEnabled", map[string]any{"enabled": here}, nil)
}

// ReadingTime is how long a person takes at least to read what came to the
// place that was just pressed.
const ReadingTime = 550 * time.Millisecond

// Click clicks the middle of what a selector finds, as a person does who has
// read it.
func (b *Browser) Click(selector string) {
	b.T.Helper()
	at := b.Middle(selector)
	if math.Hypot(at.X-b.clicked.X, at.Y-b.clicked.Y) < 60 {
		time.Sleep(time.Until(b.when.Add(ReadingTime)))
	}
	b.ClickAt(at)
}

// Point is a place on the screen, in pixels.
type Point struct{ X, Y float64 }

// Box is where something is on the screen, in pixels.
type Box struct{ Left, Top, Right, Bottom float64 }

func (r Box) Middle() Point { return Point{(r.Left + r.Right) / 2, (r.Top + r.Bottom) / 2} }

// And is what two boxes both cover.
func (r Box) And(o Box) Box {
	return Box{max(r.Left, o.Left), max(r.Top, o.Top), min(r.Right, o.Right), min(r.Bottom, o.Bottom)}
}

// Box brings what a selector finds into view and returns where it is, once it is
// there and stays where it is: a list that has just been read anew may still move it.
func (b *Browser) Box(selector string) (r Box) {
	b.T.Helper()
	js := fmt.Sprintf(`(() => {
		const e = document.querySelector(%q);
		if (document.readyState !== "complete" || !e?.checkVisibility()) return "";
		e.scrollIntoView({block: "center"});
		return JSON.stringify(e.getBoundingClientRect());
	})()`, selector)
	before := ""
	for end := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		now, refused := b.eval(js)
		if refused != "" {
			now = ""
		}
		if now != "" && now == before {
			break
		}
		if time.Now().After(end) {
			b.T.Fatalf("never to be seen, or never at rest: %s\n%s", selector, b.Eval("document.body.innerText"))
		}
		before = now
	}
	if err := json.Unmarshal([]byte(before), &r); err != nil {
		b.T.Fatal(err)
	}
	return r
}

// Middle brings what a selector finds into view and returns its middle.
func (b *Browser) Middle(selector string) Point {
	b.T.Helper()
	return b.Box(selector).Middle()
}

// ClickAt clicks whatever is there now.
func (b *Browser) ClickAt(at Point) {
	b.T.Helper()
	b.clicked = at
	for _, kind := range []string{"mousePressed", "mouseReleased"} {
		b.call("Input.dispatchMouseEvent", map[string]any{"type": kind, "x": at.X, "y": at.Y, "button": "left", "clickCount": 1}, nil)
	}
	b.when = time.Now() // when the page has taken it, however busy this computer is
}

// ActAt returns the act of the button that is there now.
func (b *Browser) ActAt(at Point) string {
	b.T.Helper()
	return b.Eval(fmt.Sprintf("document.elementFromPoint(%v, %v)?.dataset.act", at.X, at.Y))
}

// Picture keeps what is seen where the flag -pictures says.
func (b *Browser) Picture(name string) {
	b.T.Helper()
	if *pictures == "" {
		return
	}
	var shot struct{ Data string }
	b.call("Page.captureScreenshot", map[string]any{"format": "png"}, &shot)
	png, err := base64.StdEncoding.DecodeString(shot.Data)
	if err == nil {
		err = os.MkdirAll(*pictures, 0o755)
	}
	if err == nil {
		err = os.WriteFile(*pictures+"/"+strings.ReplaceAll(name, " ", "-")+".png", png, 0o644)
	}
	if err != nil {
		b.T.Fatal(err)
	}
}

// Shot is the whole page as a PNG, at so many dots a pixel.
func (b *Browser) Shot(scale int) []byte {
	b.T.Helper()
	var r struct{ Width, Height float64 }
	if err := json.Unmarshal([]byte(b.Eval(`JSON.stringify({Width: document.documentElement.scrollWidth, Height: document.documentElement.scrollHeight})`)), &r); err != nil {
		b.T.Fatal(err)
	}
	var shot struct{ Data []byte }
	b.call("Page.captureScreenshot", map[string]any{
		"format": "png", "captureBeyondViewport": true,
		"clip": map[string]any{"x": 0, "y": 0, "width": r.Width, "height": r.Height, "scale": scale},
	}, &shot)
	return shot.Data
}
