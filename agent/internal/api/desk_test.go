package api_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"miandan/agent/internal/api"
	"miandan/printer/bitmap"
)

func TestDesk(t *testing.T) {
	r := start(t)
	r.station.Goods("1004200024", "CUP", "PEN")
	for _, c := range []struct {
		codes   []string
		want    api.ScanResult
		order   string
		english string
		chinese string
	}{
		{[]string{"CUP"}, api.ScanMore, "", "", ""},
		{[]string{"PEN", "CUP"}, api.ScanPrinting, "1004200024", "", ""},
		{[]string{"1004200011"}, api.ScanPrinted, "1004200011", "", ""},
		{[]string{"1004200031"}, api.ScanRefused, "1004200031", "came masked", "电话被隐藏"},
		{[]string{"NOTHING"}, api.ScanNotFound, "", "no order NOTHING", "没有订单 NOTHING"},
	} {
		for client, says := range map[*api.Client]string{r.local: c.english, r.tcp: c.chinese} {
			s, err := client.ScanPrint(t.Context(), api.ScanPrint{Codes: c.codes, Who: "小王"})
			if err != nil || s.Result != c.want || s.Order != c.order {
				t.Errorf("the scan of %q: %+v, %v; want %s of order %q", c.codes, s, err, c.want, c.order)
				continue
			}
			if says != "" && (s.Refusal == nil || !strings.Contains(s.Refusal.Message, says)) {
				t.Errorf("the scan of %q says %+v, want %q", c.codes, s.Refusal, says)
			}
			if c.want == api.ScanPrinting {
				break // it prints once
			}
		}
	}
	if s, err := r.tcp.PrintNext(t.Context(), ""); err != nil || s.Result != api.ScanPrinting || s.Order != "1004200021" {
		t.Errorf("the next: %+v, %v", s, err)
	}
	if row, err := r.tcp.Latest(t.Context()); err != nil || row.Order != "1004200011" || row.Left == 0 {
		t.Errorf("the latest: %+v, %v", row, err)
	}
	acts := strings.Join(r.station.Acts(), "\n")
	if !strings.Contains(acts, "scan-print PEN+CUP by local:小王") && !strings.Contains(acts, "scan-print PEN+CUP by page:小王") || !strings.Contains(acts, "print-next by page") {
		t.Errorf("the station was asked:\n%s", acts)
	}
	var p *api.Problem
	if _, err := r.tcp.ScanPrint(t.Context(), api.ScanPrint{}); !errors.As(err, &p) || p.Status != http.StatusUnprocessableEntity {
		t.Errorf("a scan of nothing: %v", err)
	}
}

func TestScanSaysWhatIsLeft(t *testing.T) {
	r := start(t)
	for _, already := range []bool{false, true} {
		p, err := r.tcp.Scan(t.Context(), api.Scan{Waybill: "JDVA00000000011"})
		if err != nil || p.Order != "1004200011" || p.Waybill != "JDVA00000000011" || p.Left != 0 || p.Already != already {
			t.Errorf("the scan: %+v, %v", p, err)
		}
	}
}

func TestPreviewIsAPicture(t *testing.T) {
	r := start(t)
	for _, tt := range []struct {
		path   string
		status int
		code   string
	}{
		{"labels/2.png", 404, "label-purged"}, // the double's labels are called L02
		{"labels/2", 404, "no-such-route"},
		{"labels/x.png", 404, "no-such-route"},
		{"labels/2/x.png", 404, "no-such-route"},
		{"labels/..%2F2.png", 404, "no-such-route"},
	} {
		status, header, body := r.raw(t, lines("GET /api/v1/"+tt.path, []string{"Host: " + r.addr, "Sec-Fetch-Site: same-origin"}, ""))
		var p api.Problem
		if status != tt.status || json.Unmarshal([]byte(body), &p) != nil || string(p.Code) != tt.code {
			t.Errorf("GET %s: %d %s %q, want %d %s", tt.path, status, header.Get("Content-Type"), body, tt.status, tt.code)
		}
	}
	r.station.Change(func(q *api.Queue) { q.Rows[0].Label = "7" })
	status, header, body := r.raw(t, lines("GET /api/v1/labels/7.png", []string{"Host: " + r.addr, "Sec-Fetch-Site: same-origin"}, ""))
	if status != http.StatusOK || header.Get("Content-Type") != "image/png" || !strings.Contains(header.Get("Cache-Control"), "no-store") {
		t.Fatalf("the preview: %d %v", status, header)
	}
	if m, err := bitmap.DecodePNG(bytes.NewReader([]byte(body))); err != nil || m.Width != 608 {
		t.Errorf("the preview is %+v, %v", m, err)
	}
	if status, _, _ := r.raw(t, lines("GET /api/v1/labels/7.png", []string{"Host: " + r.addr, "Sec-Fetch-Site: cross-site"}, "")); status != http.StatusForbidden {
		t.Errorf("a preview for another page: %d", status)
	}
}
