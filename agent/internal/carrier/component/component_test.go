package component

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"miandan/printer"
)

const label = "U0VBTEVELUxBQkVM"

var document = Document{
	TemplateURL: "https://template-content.jd.com/template-oss?tempCode=jdkd76x130", TemplateCode: "jdkd76x130", Data: label,
}

// server is a component that answers each print as a test wants.
type server struct {
	host string

	mu     sync.Mutex
	prints [][]byte
}

// serve starts a component. answer gets a print's key and the connection to
// say something on, or to drop.
func serve(t *testing.T, answer func(key string, ws *websocket.Conn)) *server {
	t.Helper()
	s := &server{}
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ws, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		defer ws.CloseNow()
		for {
			_, frame, err := ws.Read(context.Background())
			if err != nil {
				return
			}
			var m struct {
				OrderType, Cmd, Key, RequestID string
			}
			if err := json.Unmarshal(frame, &m); err != nil {
				t.Errorf("a frame that is no JSON: %v", err)
			}
			key := m.Key + m.RequestID
			switch m.OrderType + m.Cmd {
			case "GET_Printers":
				say(ws, key, `{"key":"KEY","code":"6","success":"true","status":"500","content":"HPRT R42D,X/Y","detailinfo":{"printers":["HPRT R42D","X/Y"]}}`)
			case "GET_PRINTERS":
				say(ws, key, `{"requestID":"KEY","cmd":"get_printers","code":1000,"detail":{"printers":["HPRT R42D"]}}`)
			case "PRINT":
				s.mu.Lock()
				s.prints = append(s.prints, frame)
				s.mu.Unlock()
				answer(key, ws)
			default:
				t.Errorf("unknown question %s", frame)
			}
		}
	}))
	t.Cleanup(h.Close)
	s.host = strings.TrimPrefix(h.URL, "http://")
	return s
}

func (s *server) printed() [][]byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.prints)
}

// say sends replies with the task's key in place of KEY.
func say(ws *websocket.Conn, key string, replies ...string) {
	for _, r := range replies {
		ws.Write(context.Background(), websocket.MessageText, []byte(strings.ReplaceAll(r, "KEY", key)))
	}
}

// replies is a component that says the same to every print.
func replies(lines ...string) func(string, *websocket.Conn) {
	return func(key string, ws *websocket.Conn) { say(ws, key, lines...) }
}

func way(t *testing.T, raw string) *Transport {
	t.Helper()
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	tr, err := Open(u)
	if err != nil {
		t.Fatalf("Open(%q): %v", raw, err)
	}
	return tr.(*Transport)
}

func device(t *testing.T, s *server, query string) *printer.Printer {
	return &printer.Printer{Name: "bench 1", Driver: Driver{}, Transport: way(t, "jd-component://"+s.host+"/HPRT R42D?"+query)}
}

func job(t *testing.T) printer.Job {
	t.Helper()
	b, err := document.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return printer.Job{Name: "L-17", Sealed: b}
}

// send sends one label the way the program does.
func send(t *testing.T, p *printer.Printer) (printer.Outcome, printer.Evidence, error) {
	t.Helper()
	a, _, err := p.Begin(t.Context(), job(t))
	if err != nil {
		t.Fatalf("Begin: %v", err)
	}
	return a.Send(t.Context())
}

const (
	good1 = `{"key":"KEY","code":"2","success":"true","status":"500","message":"打印成功","content":"","detailinfo":{"total":"1-1","detail":[{"seq":"1","msg":"成功"}],"errors":[],"info":""}}`
	bad1  = `{"key":"KEY","code":"2","success":"false","status":"502","message":"打印数据有误","content":"","detailinfo":{"total":"0-1","detail":[],"errors":[{"seq":"1","msg":"解密失败"}],"info":""}}`
)

func TestWhatAReplyProves(t *testing.T) {
	for _, c := range []struct {
		name    string
		query   string
		replies []string
		want    printer.Outcome
		is      error
	}{
		{"printed, version 1", "version=1", []string{good1}, printer.Sent, nil},
		{"printed, version 2", "version=2", []string{good1}, printer.Sent, nil},
		{"printed, version 3", "version=3", []string{`{"requestId":"KEY","cmd":"print","code":"1000","message":"ok","detail":{"output":[{"outputType":0}],"errors":[]}}`}, printer.Sent, nil},
		{"printed, with requestID and a number", "version=3", []string{`{"requestID":"KEY","code":1000}`}, printer.Sent, nil},
		{"true in another spelling", "version=2", []string{strings.ReplaceAll(good1, `"true"`, `"True"`)}, printer.Sent, nil},
		{"a truth that is none", "version=2", []string{strings.ReplaceAll(good1, `"true"`, `true`)}, printer.Sent, nil},
		{"said twice", "version=2", []string{good1, good1}, printer.Sent, nil},
		{"after replies to others", "version=2", []string{strings.ReplaceAll(bad1, "KEY", "F00"), `no JSON`, `{"code":"2"}`, good1}, printer.Sent, nil},

		{"success is the text false", "version=2", []string{strings.ReplaceAll(bad1, "502", "500")}, printer.Uncertain, nil},
		{"bad data, none counted as printed", "version=2", []string{bad1}, printer.NotSent, nil},
		{"bad data, said twice", "version=2", []string{bad1, bad1}, printer.NotSent, nil},
		{"bad data, then good", "version=2", []string{bad1, good1}, printer.Uncertain, ErrNoReply},
		{"bad data, nothing counted", "version=2", []string{`{"key":"KEY","code":"2","success":"false","status":"502"}`}, printer.Uncertain, nil},
		{"bad data, one counted as printed", "version=2", []string{strings.ReplaceAll(bad1, "0-1", "1-1")}, printer.Uncertain, nil},
		{"bad form", "version=2", []string{`{"key":"KEY","code":"2","success":"false","status":"503","message":"格式错误","detailinfo":""}`}, printer.NotSent, nil},
		{"success with errors", "version=2", []string{strings.ReplaceAll(bad1, "false", "true")}, printer.Uncertain, nil},
		{"success that counts none", "version=2", []string{strings.ReplaceAll(good1, "1-1", "0-1")}, printer.Uncertain, nil},
		{"success with the status of bad data", "version=2", []string{strings.ReplaceAll(good1, "500", "502")}, printer.Uncertain, nil},
		{"success of another question", "version=2", []string{strings.ReplaceAll(good1, `"2"`, `"6"`)}, printer.Uncertain, nil},
		{"success that is neither", "version=2", []string{strings.ReplaceAll(good1, `"true"`, `"yes"`)}, printer.Uncertain, nil},
		{"a detail that cannot be read", "version=2", []string{`{"key":"KEY","success":"true","detailinfo":{"total":[]}}`}, printer.Uncertain, ErrNoReply},
		{"no word", "version=2&patience=50ms", nil, printer.Uncertain, ErrNoReply},
		{"a word to another key only", "version=2&patience=50ms", []string{strings.ReplaceAll(good1, "KEY", "F00")}, printer.Uncertain, ErrNoReply},

		{"partly failed", "version=3", []string{`{"requestId":"KEY","code":"1001","detail":{"errors":[{"documentId":"L-17","message":"x"}]}}`}, printer.Uncertain, nil},
		{"good with an error", "version=3", []string{`{"requestId":"KEY","code":"1000","detail":{"errors":[{"documentId":"L-17","message":"x"}]}}`}, printer.Uncertain, nil},
		{"missing input", "version=3", []string{`{"requestId":"KEY","code":"2001"}`}, printer.NotSent, nil},
		{"invalid input", "version=3", []string{`{"requestId":"KEY","code":2002}`}, printer.NotSent, nil},
		{"too many", "version=3", []string{`{"requestId":"KEY","code":"2010"}`}, printer.NotSent, nil},
		{"system error", "version=3", []string{`{"requestId":"KEY","code":"4000"}`}, printer.Uncertain, nil},
		{"a code of which nothing is known", "version=3", []string{`{"requestId":"KEY","code":"7"}`}, printer.Uncertain, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := serve(t, replies(c.replies...))
			outcome, evidence, err := send(t, device(t, s, c.query))
			if outcome != c.want {
				t.Fatalf("outcome %v, want %v (%v)", outcome, c.want, err)
			}
			if (err == nil) != (c.want == printer.Sent) || c.is != nil && !errors.Is(err, c.is) {
				t.Errorf("error %v", err)
			}
			if c.want == printer.NotSent != errors.Is(err, printer.ErrUnprinted) {
				t.Errorf("error %v with outcome %v", err, outcome)
			}
			if c.want == printer.Sent && (evidence.Method != "component" || !strings.HasPrefix(evidence.Detail, "task ") || evidence.At.IsZero()) {
				t.Errorf("evidence %+v", evidence)
			}
			if n := len(s.printed()); n != 1 {
				t.Errorf("%d tasks, want 1", n)
			}
			if err != nil && Notice("bench 1", err) == nil {
				t.Errorf("no sentence for %v", err)
			}
		})
	}
}

func TestOrder(t *testing.T) {
	t.Run("the line drops after the task", func(t *testing.T) {
		s := serve(t, func(_ string, ws *websocket.Conn) { ws.CloseNow() })
		outcome, _, err := send(t, device(t, s, ""))
		if outcome != printer.Uncertain || !errors.Is(err, ErrNoReply) {
			t.Errorf("Send = %v, %v", outcome, err)
		}
	})
	t.Run("the reply and then the line", func(t *testing.T) {
		s := serve(t, func(key string, ws *websocket.Conn) { say(ws, key, good1); ws.CloseNow() })
		if outcome, _, err := send(t, device(t, s, "")); outcome != printer.Sent {
			t.Errorf("Send = %v, %v", outcome, err)
		}
	})
	t.Run("the line drops before the task", func(t *testing.T) {
		var dropped sync.WaitGroup
		dropped.Add(1)
		h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			ws, err := websocket.Accept(w, r, nil)
			if err != nil {
				return
			}
			ws.CloseNow()
			dropped.Done()
		}))
		defer h.Close()
		c, err := way(t, "jd-component://"+h.Listener.Addr().String()+"/P").Dial(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		dropped.Wait()
		for !c.(*Conn).line.Broken() {
			time.Sleep(time.Millisecond)
		}
		c.(*Conn).Start(t.Context(), job(t))
		c.Write(job(t).Sealed)
		if _, err := c.(*Conn).Finish(t.Context()); !errors.Is(err, printer.ErrUnprinted) || !errors.Is(err, ErrOff) {
			t.Errorf("Finish = %v, want nothing printed", err)
		}
	})
	t.Run("a late reply is nobody's", func(t *testing.T) {
		var mu sync.Mutex
		var first string
		s := serve(t, func(key string, ws *websocket.Conn) {
			mu.Lock()
			defer mu.Unlock()
			if first == "" {
				first = key
				return
			}
			say(ws, first, good1)
		})
		for range 2 {
			if outcome, _, err := send(t, device(t, s, "patience=1s")); outcome != printer.Uncertain {
				t.Errorf("Send = %v, %v", outcome, err)
			}
		}
	})
	t.Run("a slow reply", func(t *testing.T) {
		s := serve(t, func(key string, ws *websocket.Conn) { time.Sleep(100 * time.Millisecond); say(ws, key, good1) })
		if outcome, _, err := send(t, device(t, s, "")); outcome != printer.Sent {
			t.Errorf("Send = %v, %v", outcome, err)
		}
	})
	t.Run("the caller gives up", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		s := serve(t, func(string, *websocket.Conn) { cancel() })
		a, _, err := device(t, s, "").Begin(t.Context(), job(t))
		if err != nil {
			t.Fatal(err)
		}
		if outcome, _, err := a.Send(ctx); outcome != printer.Uncertain || !errors.Is(err, context.Canceled) {
			t.Errorf("Send = %v, %v", outcome, err)
		}
	})
	t.Run("given up before sending", func(t *testing.T) {
		s := serve(t, replies(good1))
		a, base, err := device(t, s, "").Begin(t.Context(), job(t))
		if err != nil || base.Status == nil {
			t.Fatalf("Begin: %+v, %v", base, err)
		}
		if err := a.Abandon(); err != nil {
			t.Error(err)
		}
		if n := len(s.printed()); n != 0 {
			t.Errorf("%d tasks, want none", n)
		}
	})
}

func TestTask(t *testing.T) {
	const url = `"https://template-content.jd.com/template-oss?tempCode=jdkd76x130"`
	d := document
	d.CustomURL, d.Custom = "https://template-content.jd.com/template-open?templateCode=customer002", map[string]any{"shop": "演示"}
	for _, c := range []struct {
		name  string
		query string
		doc   Document
		want  string
	}{
		{"version 1", "version=1", document, `{"key":"KEY","orderType":"PRINT","parameters":{"customData":[{}],"customTempUrl":"","offsetLeft":"0mm","offsetTop":"0mm","printData":["` + label + `"],"printName":"HPRT R42D","tempUrl":` + url + `}}`},
		{"version 2", "", document, `{"key":"KEY","orderType":"PRINT","parameters":{"contents":[{"documentID":"L-17","printData":"` + label + `","tempUrl":` + url + `}],"printName":"HPRT R42D"},"version":"2"}`},
		{"version 2, with the merchant's area", "version=2", d, `{"key":"KEY","orderType":"PRINT","parameters":{"contents":[{"customData":{"shop":"演示"},"customTempUrl":"https://template-content.jd.com/template-open?templateCode=customer002","documentID":"L-17","printData":"` + label + `","tempUrl":` + url + `}],"printName":"HPRT R42D"},"version":"2"}`},
		{"version 3", "version=3&system=DB&location=1001&operator=op1", document, `{"cmd":"PRINT","requestId":"KEY","task":{"callSystem":"DB","documents":[{"dataType":"encrypt","documentId":"L-17","printData":"` + label + `","templateCode":"jdkd76x130","templateVersion":"-1"}],"operator":"op1","outputConfig":[{"outputType":0,"printerName":"HPRT R42D"}],"printLocation":"1001"},"version":"3"}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, err := c.doc.Encode()
			if err != nil {
				t.Fatal(err)
			}
			conn := &Conn{t: way(t, "jd-component:///HPRT R42D?"+c.query)}
			conn.Name = "L-17"
			got, err := conn.task("KEY", b)
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != c.want {
				t.Errorf("task\n%s, want\n%s", got, c.want)
			}
		})
	}
}

func TestKeysAreNotUsedAgain(t *testing.T) {
	s := serve(t, replies(good1))
	p := device(t, s, "")
	seen := map[string]bool{}
	for range 3 {
		if outcome, _, err := send(t, p); outcome != printer.Sent {
			t.Fatal(err)
		}
	}
	for _, frame := range s.printed() {
		var m struct{ Key string }
		json.Unmarshal(frame, &m)
		seen[m.Key] = true
	}
	if len(seen) != 3 {
		t.Errorf("%d keys for 3 tasks", len(seen))
	}
}

func TestBeginRefuses(t *testing.T) {
	s := serve(t, replies(good1))
	page := httptest.NewServer(http.NotFoundHandler())
	defer page.Close()
	for _, c := range []struct {
		name string
		url  string
		job  printer.Job
		is   error
	}{
		{"nobody listens", "jd-component://127.0.0.1:1/HPRT R42D", job(t), ErrOff},
		{"no WebSocket server", "jd-component://" + page.Listener.Addr().String() + "/HPRT R42D", job(t), ErrOff},
		{"no such printer", "jd-component://" + s.host + "/HPRT", job(t), ErrNoPrinter},
		{"no document", "jd-component://" + s.host + "/HPRT R42D", printer.Job{}, ErrNoDocument},
	} {
		p := &printer.Printer{Name: "bench 1", Driver: Driver{}, Transport: way(t, c.url)}
		_, _, err := p.Begin(t.Context(), c.job)
		if !errors.Is(err, c.is) {
			t.Errorf("%s: Begin = %v, want %v", c.name, err, c.is)
			continue
		}
		if strings.Contains(err.Error(), "://") {
			t.Errorf("%s: an address stands in %q", c.name, err)
		}
		if Notice("bench 1", err) == nil {
			t.Errorf("%s: no sentence for %v", c.name, err)
		}
	}
	if n := len(s.printed()); n != 0 {
		t.Errorf("%d tasks, want none", n)
	}
}

func TestPrinters(t *testing.T) {
	s := serve(t, replies())
	for query, want := range map[string][]string{"version=1": {"HPRT R42D", "X/Y"}, "version=3": {"HPRT R42D"}} {
		got, err := way(t, "jd-component://"+s.host+"/X/Y?"+query).Printers(t.Context())
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: Printers = %q, %v, want %q", query, got, err, want)
		}
	}
	if _, err := way(t, "jd-component://"+s.host+"/X/Y").Status(t.Context()); err != nil {
		t.Errorf("Status: %v", err)
	}
	var unknown *UnknownPrinterError
	if _, err := way(t, "jd-component://"+s.host+"/Z").Status(t.Context()); !errors.As(err, &unknown) || len(unknown.Known) != 2 {
		t.Errorf("Status = %v", err)
	}
	if got, err := (classic{}).printers([]byte(`{"success":"true","content":"A,B"}`)); err != nil || !slices.Equal(got, []string{"A", "B"}) {
		t.Errorf("a list in content only: %q, %v", got, err)
	}
	if _, err := (classic{}).printers([]byte(`{"success":"false","status":"502"}`)); err == nil || errors.Is(err, printer.ErrUnprinted) {
		t.Errorf("a refused question: %v", err)
	}
}

func TestOpen(t *testing.T) {
	for _, c := range []struct {
		name, url string
		target    string // empty: refused
	}{
		{"plain", "jd-component://127.0.0.1:9113/HPRT R42D?version=2", "ws://127.0.0.1:9113"},
		{"no host", "jd-component:///HPRT", "ws://127.0.0.1:9113"},
		{"version 6 of IP", "jd-component://[::1]/HPRT?version=3", "ws://[::1]:9113"},
		{"by name", "jd-component://localhost:7/HPRT", "ws://localhost:7"},
		{"TLS", "jd-component://127.0.0.1:9114/HPRT?tls=yes", "wss://127.0.0.1:9114"},
		{"another computer, allowed", "jd-component://10.0.0.9/HPRT?remote=allowed", "ws://10.0.0.9:9113"},
		{"another computer", "jd-component://10.0.0.9/HPRT", ""},
		{"a name that looks local", "jd-component://127.0.0.1.evil.test/HPRT", ""},
		{"any address", "jd-component://0.0.0.0/HPRT", ""},
		{"no printer", "jd-component://127.0.0.1/", ""},
		{"a password", "jd-component://u:p@127.0.0.1/HPRT", ""},
		{"an unknown version", "jd-component:///HPRT?version=4", ""},
		{"an unknown setting", "jd-component:///HPRT?versoin=2", ""},
		{"remote with another word", "jd-component:///HPRT?remote=no", ""},
		{"no patience", "jd-component:///HPRT?patience=0s", ""},
		{"another scheme", "tcp://127.0.0.1/HPRT", ""},
	} {
		u, err := url.Parse(c.url)
		if err != nil {
			t.Fatal(err)
		}
		got, err := open(u)
		switch {
		case c.target == "" && err == nil:
			t.Errorf("%s: not refused", c.name)
		case c.target != "" && (err != nil || got.address.Target != c.target):
			t.Errorf("%s: open = %+v, %v", c.name, got, err)
		}
	}
}

// TestDialsThisComputerOnly dials a name that Open takes for this computer.
func TestDialsThisComputerOnly(t *testing.T) {
	tr := way(t, "jd-component://localhost:9/P")
	tr.address.Target = "ws://192.0.2.1:9"
	if _, err := tr.Dial(t.Context()); !errors.Is(err, ErrNotLocal) {
		t.Errorf("Dial = %v, want %v", err, ErrNotLocal)
	}
}

func TestDocumentShowsNothing(t *testing.T) {
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		if s := fmt.Sprintf(verb, struct{ D Document }{document}); strings.Contains(s, label) || strings.Contains(s, fmt.Sprintf("%x", label)) {
			t.Errorf("%s prints %s", verb, s)
		}
	}
	for name, d := range map[string]Document{
		"no data":     {TemplateURL: "https://a/b"},
		"no template": {Data: label},
		"a file":      {TemplateURL: "file:///etc/passwd", Data: label},
		"a share":     {TemplateURL: `\\host\share`, Data: label},
		"a password":  {TemplateURL: "https://u:p@host/", Data: label},
	} {
		if _, err := d.Encode(); err == nil {
			t.Errorf("%s: not refused", name)
		}
	}
	var b bytes.Buffer
	if err := (Driver{}).Encode(&b, printer.Job{Sealed: []byte(`{"data":13800001234}`)}); !errors.Is(err, ErrNoDocument) || b.Len() != 0 {
		t.Errorf("Encode = %v", err)
	}
}

func FuzzVerdict(f *testing.F) {
	f.Add([]byte(good1), true)
	f.Add([]byte(bad1), true)
	f.Add([]byte(`{"requestId":"KEY","code":"1001","detail":{"errors":[{}]}}`), false)
	f.Fuzz(func(t *testing.T, reply []byte, old bool) {
		var p protocol = third{}
		if old {
			p = classic{}
		}
		p.printers(reply)
		if err := p.verdict(reply); err == nil && !bytes.Contains(bytes.ToLower(reply), []byte("true")) && !bytes.Contains(reply, []byte("1000")) && !bytes.Contains(reply, []byte(`\u`)) {
			t.Errorf("printed by the word of %q", reply)
		}
	})
}
