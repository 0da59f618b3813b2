package api_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"miandan/agent/internal/api"
	"miandan/agent/internal/privacy"
)

func TestOrdersSayWhatPressesAndWhatHelps(t *testing.T) {
	r := start(t)
	for name, c := range map[string]*api.Client{"socket": r.local, "loopback": r.tcp} {
		rows, err := c.Orders(t.Context())
		if err != nil || len(rows) != 11 {
			t.Fatalf("%s: %d orders, %v; want 11", name, len(rows), err)
		}
		for i, row := range rows {
			if i > 0 && row.Left < rows[i-1].Left {
				t.Errorf("%s: order %s is behind a less urgent one", name, row.Order)
			}
			if s := row.Receiver.String(); !strings.HasSuffix(s, "••") {
				t.Errorf("%s: the receiver is %q", name, s)
			}
		}
		late := rows[0]
		if l := late.Lateness; l == nil || !l.Late || l.Cost != "50.40" || l.Code != "order-is-late" || !strings.Contains(l.Message, late.Order) || !strings.Contains(l.Message, "50.40") {
			t.Errorf("%s: the late order says %+v", name, late.Lateness)
		}
		if len(late.Cautions) != 1 || late.Cautions[0].Code != "order-goods-none" || !strings.Contains(late.Cautions[0].Message, late.Order) {
			t.Errorf("%s: cautions %+v", name, late.Cautions)
		}
		refused := rows[slices.IndexFunc(rows, func(r api.Row) bool { return r.Order == "1004200031" })]
		if refused.Refusal == nil || refused.Refusal.Action != api.Ask || refused.Lateness != nil {
			t.Errorf("%s: a refused order: %+v, %+v", name, refused.Refusal, refused.Lateness)
		}
	}
	zh, err := r.tcp.Queue(t.Context())
	if err != nil || !strings.Contains(zh.Rows[1].Lateness.Message, "逾期") || !strings.Contains(zh.Rows[1].Cautions[0].Message, "商品明细") {
		t.Errorf("the queue in Chinese: %+v, %v", zh.Rows[1], err)
	}
}

func TestPeopleAreNamedToPeopleAlone(t *testing.T) {
	r, ctx := start(t), t.Context()
	v, err := r.local.Reveal(ctx, api.Reveal{Order: "1004200026", Who: "root"})
	if err != nil || v.Name != "张三丰年" || v.Call == nil || v.Call.Tel != "tel:17000000000,,4740%23" || v.Dial != "dial 17000000000, then 4740#" || !strings.Contains(v.Text, "#4740#") {
		t.Errorf("Reveal = %+v, %v", v, err)
	}
	v, err = r.local.Reveal(ctx, api.Reveal{Order: "1004200025"})
	if err != nil || v.Call != nil || v.Refusal == nil || v.Refusal.Code != privacy.NoticeNotVirtual || !strings.Contains(v.Refusal.Message, "1004200025") {
		t.Errorf("Reveal of an order without one = %+v, %v", v, err)
	}
	var p *api.Problem
	if _, err := r.local.Reveal(ctx, api.Reveal{Order: "9"}); !errors.As(err, &p) || p.Status != 404 {
		t.Errorf("Reveal of nothing: %v", err)
	}
	list, err := r.local.Export(ctx, api.Export{Form: privacy.Masked, Days: 7, Who: "root"})
	if err != nil || len(list) != 14 || list[0].Receiver == nil {
		t.Errorf("Export = %d orders, %v", len(list), err)
	}
	if list, err = r.local.Export(ctx, api.Export{Form: privacy.WithoutReceiver}); err != nil || list[0].Receiver != nil {
		t.Errorf("Export without receivers = %+v, %v", list[0], err)
	}
	if _, err := r.local.Export(ctx, api.Export{Form: privacy.WithVirtual}); !errors.As(err, &p) || p.Status != 422 || p.Code != privacy.NoticePackage {
		t.Errorf("Export without the number package: %v", err)
	}
	for _, e := range []api.Export{{}, {Form: "all"}, {Form: privacy.Masked, Days: -1}} {
		if _, err := r.local.Export(ctx, e); !errors.As(err, &p) || p.Code != "bad-request" {
			t.Errorf("Export(%+v): %v, want bad-request", e, err)
		}
	}
	want := []string{
		"reveal 1004200026 by local:root", "reveal 1004200025 by local", "reveal 9 by local",
		"export masked of 7 days by local:root", "export none of 0 days by local", "export virtual of 0 days by local",
	}
	if got := r.station.Acts(); !slices.Equal(got, want) {
		t.Errorf("asked of the station: %q, want %q", got, want)
	}
	r.station.Forget()

	// Our own page sees whom an order goes to, and a lead's page exports what names
	// nobody.
	v, err = r.tcp.Reveal(ctx, api.Reveal{Order: "1004200026", Who: "甲"})
	if err != nil || v.Name != "张三丰年" || v.Call == nil || v.Dial != "拨打 17000000000，接通后按 4740#" {
		t.Errorf("Reveal for a page = %+v, %v", v, err)
	}
	if list, err = r.tcp.Export(ctx, api.Export{Form: privacy.Masked}); err != nil || len(list) != 14 {
		t.Errorf("Export for a lead's page = %d orders, %v", len(list), err)
	}
	if _, err = r.tcp.Export(ctx, api.Export{Form: privacy.WithVirtual}); !errors.As(err, &p) || p.Status != 403 || p.Code != "admin-refused" {
		t.Errorf("Export of virtual numbers for a lead's page: %v, want 403 admin-refused", err)
	}
	if _, _, err = r.tcp.ExportFile(ctx, api.ExportFile{Export: api.Export{Form: privacy.WithVirtual}, Format: "csv"}); !errors.As(err, &p) || p.Status != 403 || p.Code != "admin-refused" {
		t.Errorf("a file of virtual numbers for a lead's page: %v, want 403 admin-refused", err)
	}
	if got, want := r.station.Acts(), []string{"reveal 1004200026 by page:甲", "export masked of 0 days by page"}; !slices.Equal(got, want) {
		t.Errorf("asked of the station: %q, want %q", got, want)
	}
	r.station.Forget()

	// Who is no page of ours sees nobody, and learns from no answer whether there is
	// such an order.
	foreign := []func(h string) bool{
		func(h string) bool { return strings.HasPrefix(h, "Origin:") },
		func(h string) bool { return strings.HasPrefix(h, api.TokenHeader) },
		func(h string) bool { return strings.HasPrefix(h, "Host:") },
	}
	for _, without := range foreign {
		var headers []string
		for _, h := range r.good() {
			if without(h) {
				name, _, _ := strings.Cut(h, ":")
				h = name + ": " + map[string]string{"Origin": "http://erp.example", api.TokenHeader: "x", "Host": "erp.example"}[name]
			}
			headers = append(headers, h)
		}
		for _, route := range []string{"reveal", "export", "export/file", "card", "roll"} {
			status, _, answer := r.raw(t, lines("POST /api/v1/"+route, headers, `{"order":"1004200026","form":"masked","format":"csv","printer":"bench-1","kind":"test"}`))
			if status < 400 || strings.Contains(answer, "张三") || strings.Contains(answer, "4740") || strings.Contains(answer, "演示路") {
				t.Errorf("%s of a foreign page: %d %s", route, status, answer)
			}
		}
	}
	for _, first := range []string{
		"GET /api/v1/reveal", "POST /api/v1/./reveal", "POST //api/v1/reveal", "POST /api/v1/reveal/",
	} {
		for _, body := range []string{`{"order":"1004200026"}`, ``} {
			status, _, answer := r.raw(t, lines(first, r.good(), body))
			if status < 300 || strings.Contains(answer, "张三") || strings.Contains(answer, "4740") || strings.Contains(answer, "演示路") {
				t.Errorf("%s %s: %d %s", first, body, status, answer)
			}
		}
	}
	unchanged(t, r)
	if log := r.log.String(); strings.Contains(log, "张三") || strings.Contains(log, "-4740") || strings.Contains(log, "演示路") {
		t.Errorf("the log names somebody: %s", log)
	}
}

// TestWhatAPackerMay has a page without a PIN beside a lead's PIN: it sees one
// receiver at a time, and exports nothing.
func TestWhatAPackerMay(t *testing.T) {
	s := serveSessions(t, false, map[api.Role]string{api.Lead: "246813"})
	_, page := s.browse("")
	if status, said := s.post(page, "reveal", `{"order":"1004200026"}`); status != 200 || !strings.Contains(said, "17000000000") {
		t.Errorf("a packer's click: %d %s", status, said)
	}
	s.station.Forget()
	for path, body := range map[string]string{
		"export": `{"form":"none"}`, "export/file": `{"form":"none","format":"csv"}`, "card": `{"printer":"bench-1","kind":"test"}`,
	} {
		if status, said := s.post(page, path, body); status != 403 || !strings.Contains(said, "lead-refused") {
			t.Errorf("a packer's %s: %d %s, want 403 lead-refused", path, status, said)
		}
	}
	unchanged(t, s.running)
}

// TestAListIsSavedAsAFile takes both kinds as a page does.
func TestAListIsSavedAsAFile(t *testing.T) {
	r := start(t)
	for format, begin := range map[string]string{"csv": "\ufefforder,merchant,", "xlsx": "PK"} {
		status, header, body := r.raw(t, lines("POST /api/v1/export/file", r.good(), `{"form":"masked","format":"`+format+`"}`))
		if status != 200 || !strings.HasPrefix(body, begin) || strings.Contains(body, "张三丰年") {
			t.Errorf("%s: %d %.20q", format, status, body)
		}
		if d := header.Get("Content-Disposition"); !strings.HasPrefix(d, `attachment; filename="orders-masked-`) || !strings.HasSuffix(d, "."+format+`"`) {
			t.Errorf("%s is saved as %q", format, d)
		}
		if n := header.Get("Miandan-Orders"); n != "14" {
			t.Errorf("%s lists %s orders, want 14", format, n)
		}
	}
	if file, n, err := r.local.ExportFile(t.Context(), api.ExportFile{Export: api.Export{Form: privacy.WithoutReceiver}, Format: "csv"}); err != nil || n != 14 || !strings.Contains(string(file), "carrier name") {
		t.Errorf("ExportFile = %d orders, %v: %.50q", n, err, file)
	}
}
