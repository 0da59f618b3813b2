package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/api"
	"miandan/agent/internal/api/apitest"
	"miandan/agent/internal/notice"
	"miandan/templates/pii"
)

func TestClientOnBothListeners(t *testing.T) {
	for _, tt := range []struct {
		name   string
		client func(running) *api.Client
		who    string
	}{
		{"socket", func(r running) *api.Client { return r.local }, "local"},
		{"loopback", func(r running) *api.Client { return r.tcp }, "page"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, ctx := start(t), t.Context()
			c := tt.client(r)
			if v, err := c.Version(ctx); err != nil || v.Program != "test" || v.API != 1 {
				t.Errorf("Version() = %+v, %v", v, err)
			}
			taken, err := c.Print(ctx, []string{"1004200023", "1004200031", "nothing"}, "小王")
			if err != nil || len(taken) != 3 || taken[0].State != api.Printing || taken[0].Refusal != nil ||
				taken[1].Refusal == nil || taken[1].Refusal.Code != "phone-masked" || taken[1].Refusal.Message == "" || taken[2].State != api.Refused {
				t.Errorf("Print() = %+v, %v", taken, err)
			}
			if labels, err := c.Reprint(ctx, api.Reprint{Waybill: "JDVA00000000011", Reason: "撕坏"}); err != nil || !slices.Equal(labels, []string{"111"}) {
				t.Errorf("Reprint() = %q, %v", labels, err)
			}
			if err := c.Resolve(ctx, api.Resolution{Label: "100", Answer: api.NotPrinted, Who: "root", Cleared: true}); err != nil {
				t.Errorf("Resolve(not-printed): %v", err)
			}
			if err := c.Resolve(ctx, api.Resolution{Label: "1004200028", Answer: api.NoNumber}); err != nil {
				t.Errorf("Resolve(no-number): %v", err)
			}
			if err := c.Resolve(ctx, api.Resolution{Label: "1004200028", Answer: api.NumberFound, Numbers: []string{"75300000000028"}}); err == nil {
				t.Error("a number is taken for an order that waits for none")
			}
			if _, err := c.Scan(ctx, api.Scan{Waybill: "JDVA00000000011", Who: "小王"}); err != nil {
				t.Errorf("Scan(): %v", err)
			}
			var p *api.Problem
			if _, err := c.Scan(ctx, api.Scan{Waybill: "X1"}); !errors.As(err, &p) || p.Status != 404 {
				t.Errorf("Scan of a strange number: %v, want 404", err)
			}
			if err := errors.Join(c.Pause(ctx, ""), c.Resume(ctx, "root")); err != nil {
				t.Errorf("Pause, Resume: %v", err)
			}
			want := []string{
				"print [1004200023 1004200031 nothing] by " + tt.who + ":小王",
				`reprint JDVA00000000011 because "撕坏" by ` + tt.who,
				"resolve 100 not-printed cleared by " + tt.who + ":root",
				"resolve 1004200028 no-number by " + tt.who, "resolve 1004200028 number 75300000000028 by " + tt.who,
				"scan JDVA00000000011 by " + tt.who + ":小王", "scan X1 by " + tt.who,
				"pause by " + tt.who, "resume by " + tt.who + ":root",
			}
			if got := r.station.Acts(); !slices.Equal(got, want) {
				t.Errorf("asked of the station: %q, want %q", got, want)
			}
		})
	}
}

func TestQueueIsMaskedAndTimed(t *testing.T) {
	r := start(t)
	before := time.Now()
	q, err := r.local.Queue(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if q.Seq == 0 || q.Counts.Done != 148 || len(q.Rows) != 14 || len(q.Printers) != 3 {
		t.Errorf("Queue() = seq %d, %+v, %d rows, %d printers", q.Seq, q.Counts, len(q.Rows), len(q.Printers))
	}
	row := q.Rows[1]
	if got, want := fmt.Sprint(row.Receiver, row.Phone, row.Address), "李•• 159••••5678 浙江省杭州市余杭区••••"; got != want {
		t.Errorf("receiver: %s, want %s", got, want)
	}
	left := func(at time.Time) int64 { return int64(row.Deadline.Sub(at) / time.Second) }
	if most, least := left(before), left(time.Now()); row.Left > most || row.Left < least || most > -2999 {
		t.Errorf("left: %d s, want from %d to %d", row.Left, least, most)
	}
	if got := q.Rows[9].Refusal; got == nil || !strings.Contains(got.Message, "1004200031") || !strings.Contains(got.Message, "courier") {
		t.Errorf("refusal: %+v", got)
	}
	if q, err = r.tcp.Queue(t.Context()); err != nil || !strings.Contains(q.Rows[9].Refusal.Message, "快递员") {
		t.Errorf("refusal in Chinese: %+v, %v", q.Rows[9].Refusal, err)
	}
	_, _, body := r.raw(t, lines("GET /api/v1/queue", []string{"Host: " + r.addr}, ""))
	for _, whole := range []string{"张三", "李䶮", "13800001234", "4740", "测试路"} {
		if strings.Contains(body, whole) {
			t.Errorf("the queue holds %s", whole)
		}
	}
}

func TestEmptyQueueHasLists(t *testing.T) {
	r := start(t)
	r.station.Change(func(q *api.Queue) { *q = api.Queue{} })
	_, _, body := r.raw(t, lines("GET /api/v1/queue", []string{"Host: " + r.addr}, ""))
	if !strings.Contains(body, `"rows":[]`) || !strings.Contains(body, `"printers":[]`) {
		t.Errorf("queue: %s", body)
	}
}

func TestMaskedSurvivesTheRoundTrip(t *testing.T) {
	for name, m := range map[string]api.Masked{
		"name":    api.Mask(pii.NewName("欧阳七")),
		"phone":   api.Mask(pii.NewPhone("17000000000-4740")),
		"address": api.Mask(pii.NewAddress(pii.Region{Province: "北京市", City: "北京市", District: "朝阳区"}, "某路1号")),
		"none":    api.Mask(pii.NewName("")),
	} {
		b, err := json.Marshal(m)
		var back api.Masked
		if err := errors.Join(err, json.Unmarshal(b, &back)); err != nil || back != m || strings.ContainsAny(m.String(), "阳路") && name != "address" {
			t.Errorf("%s: %s came back as %q, %v", name, b, back, err)
		}
	}
}

func TestErrorsHaveStatusCodeAndSentence(t *testing.T) {
	r := start(t)
	for _, tt := range []struct {
		name   string
		err    error
		status int
		code   notice.Code
		zh     string
	}{
		{"not found", notice.New("waybill-not-found", api.ErrNotFound, "X1"), 404, "waybill-not-found", "没有运单 X1"},
		{"conflict", notice.New("label-not-unknown", api.ErrConflict, "L1", "done"), 409, "label-not-unknown", "L1"},
		{"wrapped", fmt.Errorf("reprint: %w", notice.New("waybill-not-found", fmt.Errorf("read: %w", api.ErrNotFound), "X1")), 404, "waybill-not-found", "X1"},
		{"refusal", notice.New("phone-masked", nil, "1"), 422, "phone-masked", "快递员"},
		{"full", notice.New("disk-full", api.ErrFull, "D"), 507, "disk-full", "已满"},
		{"stopping", notice.New("stopping", api.ErrUnready), 503, "stopping", "退出"},
		{"not a notice", errors.New("sqlite: constraint failed"), 500, "internal", "内部"},
		{"internal by name", notice.New(notice.Internal, errors.New("x")), 500, "internal", "内部"},
		{"no sentence", notice.New("brand-new", nil), 422, "brand-new", "brand-new"},
	} {
		r.station.Fail(tt.err)
		_, err := r.tcp.Reprint(t.Context(), api.Reprint{Waybill: "X1", Reason: "r"})
		p, ok := errors.AsType[*api.Problem](err)
		if !ok || p.Status != tt.status || p.Code != tt.code || !strings.Contains(p.Message, tt.zh) || strings.Contains(p.Message, "%!") {
			t.Errorf("%s: %d %v, want %d %s …%s…", tt.name, status(p), err, tt.status, tt.code, tt.zh)
		}
	}
	if log := r.log.String(); !strings.Contains(log, "sqlite: constraint failed") || strings.Contains(log, "waybill-not-found") {
		t.Errorf("only internal errors are logged here; log: %s", log)
	}
	r.station.Fail(nil)
	for name, to := range map[string]route{
		"no orders":     {"POST /api/v1/print", `{"orders":[]}`},
		"null":          {"POST /api/v1/print", `{"orders":null}`},
		"no body":       {"POST /api/v1/print", ``},
		"not an object": {"POST /api/v1/print", `[1]`},
		"broken":        {"POST /api/v1/print", `{"orders":["13800001234"`},
		"unknown field": {"POST /api/v1/print", `{"orders":["13800001234"],"id_card":"13800001234"}`},
		"no reason":     {"POST /api/v1/reprint", `{"waybill":"13800001234","reason":""}`},
		"a new answer":  {"POST /api/v1/resolve", `{"label":"100","answer":"13800001234"}`},
	} {
		got, _, body := r.raw(t, lines(to.first, append(r.good(), "Accept-Language: zh"), to.body))
		if got/100 != 4 || !strings.Contains(body, `"code":"bad-request","message":"请求格式`) || strings.Contains(body, "138") {
			t.Errorf("%s: %d %s, want bad-request without the values", name, got, body)
		}
	}
	if acts := r.station.Acts(); len(acts) > 0 {
		t.Errorf("the station was asked to %q", acts)
	}
}

func status(p *api.Problem) int {
	if p == nil {
		return 0
	}
	return p.Status
}

func TestLanguageOf(t *testing.T) {
	for accept, want := range map[string]notice.Language{
		"":                          notice.Chinese,
		"zh-CN,zh;q=0.9,en;q=0.8":   notice.Chinese,
		"en-US,en;q=0.9,zh;q=0.5":   notice.English,
		"en;q=0.2, zh-Hant-TW;q=.9": notice.Chinese,
		"ja, en;q=0.5":              notice.English,
		"ja":                        notice.Chinese,
		"*":                         notice.Chinese,
		"\x00;;q=9":                 notice.Chinese,
	} {
		r := &http.Request{Header: http.Header{"Accept-Language": {accept}}}
		if got := api.LanguageOf(r, notice.Chinese); got != want {
			t.Errorf("LanguageOf(%q) = %d, want %d", accept, got, want)
		}
	}
}

func TestWatchTellsEveryChange(t *testing.T) {
	r := start(t)
	for name, c := range map[string]*api.Client{"socket": r.local, "loopback": r.tcp} {
		ctx, stop := context.WithCancel(t.Context())
		told, done := make(chan struct{}, 8), make(chan error, 1)
		go func() { done <- c.Watch(ctx, func() { told <- struct{}{} }) }()
		wait := func(what string) {
			t.Helper()
			select {
			case <-told:
			case <-time.After(time.Minute):
				t.Fatalf("%s: %s is not told", name, what)
			}
		}
		wait("the beginning")
		before, _ := c.Queue(t.Context())
		r.station.Change(func(q *api.Queue) { q.Paused = true })
		wait("a change")
		if after, err := c.Queue(t.Context()); err != nil || after.Seq <= before.Seq || !after.Paused {
			t.Errorf("%s: after a change seq %d, %v, want more than %d", name, after.Seq, err, before.Seq)
		}
		stop()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("%s: Watch ended with %v, want canceled", name, err)
		}
	}
}

func TestWatchEndsWithTheAgent(t *testing.T) {
	tcp, err := api.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- api.Serve(ctx, api.Server{Station: apitest.New(api.Queue{})}, tcp, nil) }()
	c := api.Loopback(tcp.Addr(), "", notice.English)
	stream, err := http.Get("http://" + tcp.Addr().String() + "/api/v1/events")
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Body.Close()
	if err := c.Watch(t.Context(), stop); err == nil {
		t.Error("Watch ended without an error")
	}
	if err := <-served; err != nil {
		t.Errorf("Serve ended with %v", err)
	}
	if _, err := io.ReadAll(stream.Body); err != nil { // what holds the end up is cut off in the end
		t.Errorf("an open stream ended with %v: it held Serve up", err)
	}
	if _, err := c.Queue(t.Context()); notice.CodeOf(err) != "not-running" || !errors.Is(err, api.ErrNoAgent) || strings.Contains(err.Error(), "http") {
		t.Errorf("Queue() without an agent: %v, want not-running", err)
	}
}

func TestServeRefusesAWiderListener(t *testing.T) {
	l, err := net.Listen("tcp", "0.0.0.0:0")
	if err != nil {
		t.Skip("no listener on all addresses:", err)
	}
	if err := api.Serve(t.Context(), api.Server{Station: apitest.New(api.Queue{})}, l, nil); notice.CodeOf(err) != "listen-not-loopback" {
		t.Errorf("Serve on 0.0.0.0: %v, want listen-not-loopback", err)
	}
	if _, err := l.Accept(); err == nil {
		t.Error("the listener is still open")
	}
}

func TestListenLocal(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no unix socket there: TestPipe")
	}
	dir, err := os.MkdirTemp("", "api")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "run", "agent.sock")
	l, err := api.ListenLocal(path)
	if err != nil {
		t.Fatal(err)
	}
	if fi, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && fi.Mode().Perm() != 0o600 {
		t.Errorf("mode of the socket: %v, %v, want 0600", fi.Mode(), err)
	}
	if _, err := api.ListenLocal(path); !errors.Is(err, api.ErrInUse) {
		t.Errorf("a second agent: %v, want ErrInUse", err)
	}
	l.(*net.UnixListener).SetUnlinkOnClose(false)
	l.Close() // as a kill leaves it
	if l, err = api.ListenLocal(path); err != nil {
		t.Fatalf("over a socket left behind: %v", err)
	}
	l.Close()
	if err := os.WriteFile(path, []byte("something of the user's"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := api.ListenLocal(path); err == nil {
		t.Error("a plain file was replaced")
	}
}

func TestDescription(t *testing.T) {
	r := start(t)
	_, _, body := r.raw(t, lines("GET /api/v1/openapi.json", []string{"Host: " + r.addr}, ""))
	var d struct {
		Paths      map[string]map[string]struct{ Responses map[string]any }
		Components struct{ Schemas map[string]any }
	}
	if err := json.Unmarshal([]byte(body), &d); err != nil {
		t.Fatal(err)
	}
	for _, to := range everything() {
		method, path, _ := strings.Cut(to.first, " ")
		op, ok := d.Paths[path][strings.ToLower(method)]
		if strings.HasPrefix(path, "/api/") && !strings.Contains(path, "openapi") && (!ok || op.Responses["default"] == nil) {
			t.Errorf("%s is not described", to.first)
		}
	}
	if _, ok := d.Components.Schemas["ErrorModel"]; ok || d.Components.Schemas["Problem"] == nil {
		t.Error("errors are not described as Problem")
	}
}
