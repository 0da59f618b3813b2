package api

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/hostile"
	"miandan/agent/internal/notice"
)

// spoken is an agent that gives one answer.
type spoken struct {
	status int
	body   []byte
}

func (s spoken) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		r.Body.Close()
	}
	return &http.Response{StatusCode: s.status, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(s.body)), Request: r}, nil
}

// FuzzClient reads the agent's answers as the command line and the tray do. The
// socket's other end is another process, of whatever version.
func FuzzClient(f *testing.F) {
	for _, good := range []string{
		`{"seq":7,"paused":false,"counts":{"waiting":1},"printers":[{"name":"bench","state":"idle","reasons":["media-empty"]}],"rows":[{"order":"1004200023","label":"L1","deadline":"2026-11-23T10:00:00+08:00","receiver":"演•• 138••••1234"}]}`,
		`{"orders":[{"order":"1004200023","state":"received","deadline":"2026-11-23T10:00:00+08:00","receiver":{"name":"演示","phone":"17000000000-4740","address":"演示路","until":"2026-11-23T10:00:00Z"}}]}`,
		`{"order":"1004200023","name":"演示","address":"演示路","call":{"main":"17000000000","extension":"4740"},"until":"2026-11-23T10:00:00Z"}`,
		`{"code":"bad-request","message":"no"}`, `{"layouts":[{"name":"a","width_mm":76,"findings":[{"line":1}]}]}`, `{"labels":["L1"]}`,
		`{"orders":[{"index":0,"order":"A-1001","verdict":"new","state":"waiting","refusal":{"code":"no-route","message":"none"}},{"index":1,"verdict":"refused","wrong":[{"field":"id","code":"handed-id","message":"no"}]}]}`,
		"id: 1\nevent: changed\ndata: {\"seq\":1}\n\nid: 1\n\nid: 2\n\n",
	} {
		for _, s := range hostile.JSON(good) {
			f.Add(s, 200)
			f.Add(s, 422)
		}
	}
	f.Add([]byte("id: "+strings.Repeat("9", 100000)+"\n"), 200)
	f.Fuzz(func(t *testing.T, answer []byte, status int) {
		if status < 100 || status > 999 || status/100 == 1 || status/100 == 3 {
			return
		}
		c := &Client{base: "http://local", token: "T0K3N", language: notice.English, http: &http.Client{Transport: spoken{status, answer}}}
		check := func(err error) {
			var p *Problem
			if errors.As(err, &p) && (p.Code == "" || p.Status != status || status/100 == 2) {
				t.Errorf("a problem out of nothing: %+v", p)
			}
			if err != nil && p == nil { // a problem's sentence is the agent's own
				hostile.Silent(t, err, "T0K3N")
			}
			if err == nil && status/100 != 2 {
				t.Errorf("status %d is taken for success", status)
			}
		}
		hostile.Bounded(t, len(answer), func() {
			ctx := t.Context()
			_, err := c.Queue(ctx)
			check(err)
			_, err = c.Version(ctx)
			check(err)
			_, err = c.Orders(ctx)
			check(err)
			_, err = c.Layouts(ctx)
			check(err)
			_, err = c.Print(ctx, []string{"1004200023"}, "demo")
			check(err)
			_, err = c.Reprint(ctx, Reprint{Waybill: "JDVA00000000011", Reason: "torn"})
			check(err)
			_, err = c.Reveal(ctx, Reveal{Order: "1004200023"})
			check(err)
			_, err = c.Export(ctx, Export{Form: "masked"})
			check(err)
			_, err = c.AddOrders(ctx, []byte(`[{"id":"A-1001"}]`))
			check(err)
			check(c.Pause(ctx, "demo"))
			calls, began := 0, time.Now()
			if err := c.Watch(ctx, func() { calls++ }); err == nil || calls > bytes.Count(answer, []byte("id: ")) || time.Since(began) > heartbeat {
				t.Errorf("Watch = %v after %d changes", err, calls)
			}
		})
	})
}
