package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"miandan/agent/internal/api"
	"miandan/agent/internal/notice"
)

// shelf is layouts with behaviour: one that is well and one whose file is broken.
type shelf struct{}

func (shelf) Layouts(context.Context) (api.LayoutList, error) {
	return api.LayoutList{
		Changed: &api.Refusal{Code: "layouts-changed"},
		Layouts: []api.Layout{
			{Name: "自 有/签", Title: "自有小签", Width: 60, Height: 40.5, Own: true, File: "自 有/签.yaml", Uses: []string{"wujie/ZTO"}, Drawn: true},
			{Name: "broken", Title: "broken", Own: true, File: "broken.yaml", Broken: true, Findings: []api.LayoutFinding{{
				Severity: api.Unfit, File: "broken.yaml", Line: 1, Column: 15, Excerpt: "1 | page", DPI: 203,
				Words: notice.Phrase{"unknown key", "不认识的键"}, Of: notice.Phrase{"long texts", "长文字"},
			}}},
		},
	}, nil
}

func (shelf) Picture(_ context.Context, name string, dpi int) ([]byte, error) {
	switch name {
	case "自 有/签":
		return []byte{byte(dpi)}, nil
	case "broken":
		return nil, notice.New("layout-broken", nil, "broken.yaml", "")
	}
	return nil, notice.New("layout-missing", api.ErrNotFound, name, "broken")
}

func TestLayouts(t *testing.T) {
	r := start(t)
	for _, tt := range []struct {
		name            string
		client          *api.Client
		message, of, it string
	}{
		{"socket, English", r.local, "unknown key", "long texts", "have changed"},
		{"loopback, Chinese", r.tcp, "不认识的键", "长文字", "有改动"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l, err := tt.client.Layouts(t.Context())
			if err != nil || len(l.Layouts) != 2 || l.Changed == nil || !strings.Contains(l.Changed.Message, tt.it) {
				t.Fatalf("Layouts() = %+v, %v", l, err)
			}
			if own := l.Layouts[0]; own.Name != "自 有/签" || own.Height != 40.5 || own.Uses[0] != "wujie/ZTO" || own.Findings == nil || !own.Drawn {
				t.Errorf("the layout that is well: %+v", own)
			}
			if bad := l.Layouts[1]; !bad.Broken || len(bad.Findings) != 1 || bad.Findings[0].Message != tt.message || bad.Findings[0].Case != tt.of || bad.Findings[0].Excerpt != "1 | page" {
				t.Errorf("the broken one: %+v, want the sentence %q", bad, tt.message)
			}
		})
	}
}

func TestLayoutsPictures(t *testing.T) {
	r := start(t)
	for _, tt := range []struct {
		path   string
		status int
		kind   string
		want   string // the whole picture, or an error's code
	}{
		{"layouts/%E8%87%AA%20%E6%9C%89%2F%E7%AD%BE.png", 200, "image/png", "\xcb"},
		{"layouts/%E8%87%AA%20%E6%9C%89%2F%E7%AD%BE.png?dpi=300", 200, "image/png", "\x2c"},
		{"layouts/broken.png?dpi=203", 422, "application/json", "layout-broken"},
		{"layouts/nothing.png", 404, "application/json", "layout-missing"},
		{"layouts/broken", 404, "application/json", "no-such-route"},
		{"layouts/broken.png?dpi=204", 422, "application/json", "bad-request"},
		{"layouts/a/b.png", 404, "application/json", "no-such-route"},
	} {
		status, header, body := r.raw(t, lines("GET /api/v1/"+tt.path, []string{"Host: " + r.addr, "Sec-Fetch-Site: same-origin"}, ""))
		if status != tt.status || !strings.HasPrefix(header.Get("Content-Type"), tt.kind) {
			t.Errorf("GET %s: %d %s %q, want %d %s", tt.path, status, header.Get("Content-Type"), body, tt.status, tt.kind)
			continue
		}
		var p api.Problem
		if tt.status != http.StatusOK && (json.Unmarshal([]byte(body), &p) != nil || string(p.Code) != tt.want || p.Message == "") {
			t.Errorf("GET %s: %s, want %s", tt.path, body, tt.want)
		}
		if tt.status == http.StatusOK && !bytes.Equal([]byte(body), []byte(tt.want)) {
			t.Errorf("GET %s: %x, want %x", tt.path, body, tt.want)
		}
	}
	if status, _, _ := r.raw(t, lines("GET /api/v1/layouts", []string{"Host: evil.example"}, "")); status != http.StatusMisdirectedRequest {
		t.Errorf("layouts under a foreign name: %d", status)
	}
	if status, _, _ := r.raw(t, lines("GET /api/v1/layouts/nothing.png", []string{"Host: " + r.addr, "Sec-Fetch-Site: cross-site"}, "")); status != http.StatusForbidden {
		t.Errorf("a picture for another page: %d", status)
	}
}
