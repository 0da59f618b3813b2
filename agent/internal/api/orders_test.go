package api_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"miandan/agent/internal/api"
	"miandan/agent/internal/notice"
)

// handed is an order, with the people who must stand in no answer and no log.
func handed(id string) string {
	return fmt.Sprintf(`{"id":%q,"receiver":{"name":"演示张三","phone":"13800001234","address":"浙江省杭州市西湖区演示路1号"},"remark":"找李四"}`, id)
}

// nobody wants that no text names one of them. Four digits alone would stand in the
// address of something in memory, now and then.
func nobody(t *testing.T, texts ...string) {
	t.Helper()
	for _, text := range texts {
		for _, person := range []string{"张三", "李四", "800001234", "*1234", "•1234", "演示路", "西湖"} {
			if strings.Contains(text, person) {
				t.Errorf("%s stands in %.500s", person, text)
			}
		}
	}
}

func TestOrdersAreHandedIn(t *testing.T) {
	r, ctx := start(t), t.Context()
	list := "[" + handed("A-1") + `,{"id":"A-2","receiver":{"name":"演示张三","phone":"138****1234","address":""}},` + handed("A-1") + `,{"id":"A-3","state":"cancelled"},"演示张三"]`
	added, err := r.local.AddOrders(ctx, []byte(list))
	if err != nil || len(added) != 5 {
		t.Fatalf("AddOrders = %+v, %v", added, err)
	}
	for i, want := range []struct {
		order   string
		verdict api.Verdict
		wrong   []string
		ok      bool
	}{
		{"A-1", api.NewOrder, nil, true},
		{"A-2", api.NotTaken, []string{"handed-missing receiver.address", "handed-hidden receiver.phone"}, false},
		{"A-1", api.SameOrder, nil, true}, {"A-3", api.NewOrder, nil, true}, {"", api.NotTaken, []string{"handed-not-object "}, false},
	} {
		a := added[i]
		var wrong []string
		for _, w := range a.Wrong {
			wrong = append(wrong, string(w.Code)+" "+w.Field)
			if w.Message == "" {
				t.Errorf("%d: no sentence", i)
			}
		}
		if a.Index != i || a.Order != want.order || a.Verdict != want.verdict || !slices.Equal(wrong, want.wrong) || a.OK() != want.ok {
			t.Errorf("%d: %+v, want %+v", i, a, want)
		}
	}
	if got, want := r.station.Acts(), []string{"add api:A-1 to be to-ship", "add api:A-1 to be to-ship", "add api:A-3 to be cancelled"}; !slices.Equal(got, want) {
		t.Errorf("asked of the station: %q, want %q", got, want)
	}
	if added, err = r.local.AddOrders(ctx, []byte(handed("A-9"))); err != nil || len(added) != 1 || added[0].Verdict != api.NewOrder {
		t.Errorf("one order: %+v, %v", added, err)
	}
	text, err := json.Marshal(added)
	nobody(t, string(text), fmt.Sprintf("%+v %v", added, err), r.log.String())
}

// A list of any length goes in parts, and each order has its place in the whole.
func TestALongListGoesInParts(t *testing.T) {
	r := start(t)
	var all []string
	for i := range 250 {
		all = append(all, handed(fmt.Sprintf("A-%d", i)))
	}
	all[249] = `{"id":7}`
	added, err := r.local.AddOrders(t.Context(), []byte("["+strings.Join(all, ",")+"]"))
	if err != nil || len(added) != 250 || added[249].Index != 249 || added[249].Verdict != api.NotTaken || added[248].Order != "A-248" {
		t.Fatalf("%d orders, %v, the last %+v", len(added), err, added[len(added)-1])
	}
}

func TestWholeListsThatAreRefused(t *testing.T) {
	r := start(t)
	for name, test := range map[string]struct {
		body   string
		status int
		code   notice.Code
	}{
		"no JSON":   {`[{"id":"A-1"`, 422, "orders-unreadable"},
		"a text":    {`"演示张三"`, 422, "orders-unreadable"},
		"GBK":       {"[{\"id\":\"\xd1\xdd\"}]", 422, "orders-unreadable"},
		"none":      {`[]`, 422, "orders-none"},
		"nothing":   {``, 400, "bad-request"},
		"too large": {`[{"id":"` + strings.Repeat("演", 400_000) + `"}]`, 413, "orders-too-large"},
	} {
		added, err := r.local.AddOrders(t.Context(), []byte(test.body))
		var p *api.Problem
		if !errors.As(err, &p) || p.Status != test.status || p.Code != test.code || len(added) > 0 {
			t.Errorf("%s: %+v, %v, want %d %s", name, added, err, test.status, test.code)
		}
		nobody(t, fmt.Sprint(err))
	}
	unchanged(t, r)
	nobody(t, r.log.String())
}

// A disk that is full is said of each order that is not on it.
func TestAnOrderThatIsNotOnDiskIsNotTaken(t *testing.T) {
	r := start(t)
	r.station.Fail(notice.New("disk-full", api.ErrFull, "data"))
	added, err := r.local.AddOrders(t.Context(), []byte("["+handed("A-1")+","+handed("A-2")+"]"))
	if err != nil || len(added) != 2 {
		t.Fatalf("%+v, %v", added, err)
	}
	for _, a := range added {
		if a.OK() || a.Verdict != api.NotTaken || a.Refusal == nil || a.Refusal.Code != "disk-full" || a.Refusal.Action != api.Retry || a.Refusal.Message == "" {
			t.Errorf("%+v", a)
		}
	}
	r.station.Fail(errors.New("something of the inside: 演示张三")) // what no ledger says, and would not be told
	added, err = r.local.AddOrders(t.Context(), []byte(handed("A-1")))
	if err != nil || added[0].Refusal.Code != notice.Internal {
		t.Errorf("%+v, %v", added, err)
	}
	nobody(t, fmt.Sprintf("%+v %+v", added, *added[0].Refusal))
}

func TestNoPageHandsInOrders(t *testing.T) {
	r := start(t)
	var p *api.Problem
	if _, err := r.tcp.AddOrders(t.Context(), []byte(handed("A-1"))); !errors.As(err, &p) || p.Status != 403 || p.Code != "orders-refused" || !strings.Contains(p.Message, "miandan orders add") {
		t.Errorf("from a page: %v", err)
	}
	// What no page may do has the page's limits too.
	if _, err := r.tcp.AddOrders(t.Context(), []byte(`{"id":"`+strings.Repeat("x", 64<<10)+`"}`)); !errors.As(err, &p) || p.Status != 413 || p.Code != "body-too-large" {
		t.Errorf("64 KiB from a page: %v", err)
	}
	for _, first := range []string{"POST /api/v1/orders", "POST /api/v1/%6frders", "POST /api/v1/orders?who=local", "POST /api/v1/./orders", "POST //api/v1/orders", "POST /api/v1/orders/"} {
		for _, body := range []string{handed("A-1"), "[", "[]", ""} {
			if status, _, answer := r.raw(t, lines(first, r.good(), body)); status < 300 || strings.Contains(answer, "A-1") {
				t.Errorf("%s %s: %d %s", first, body, status, answer)
			}
		}
	}
	for _, method := range []string{"PUT", "PATCH", "DELETE"} {
		if status, _, _ := r.raw(t, lines(method+" /api/v1/orders", r.good(), handed("A-1"))); status != http.StatusMethodNotAllowed {
			t.Errorf("%s: %d", method, status)
		}
	}
	unchanged(t, r)
	nobody(t, r.log.String())
}

func TestTheDescriptionShowsOrders(t *testing.T) {
	r := start(t)
	_, _, body := r.raw(t, lines("GET /api/v1/openapi.json", []string{"Host: " + r.addr}, ""))
	var d struct {
		Paths map[string]map[string]struct {
			OperationID string `json:"operationId"`
			RequestBody struct {
				Content map[string]struct {
					Schema struct {
						OneOf []struct {
							Ref      string `json:"$ref"`
							MaxItems int    `json:"maxItems"`
						} `json:"oneOf"`
					} `json:"schema"`
				} `json:"content"`
			} `json:"requestBody"`
		} `json:"paths"`
		Components struct {
			Schemas map[string]struct {
				Required   []string                   `json:"required"`
				Properties map[string]json.RawMessage `json:"properties"`
			} `json:"schemas"`
		} `json:"components"`
	}
	if err := json.Unmarshal([]byte(body), &d); err != nil {
		t.Fatal(err)
	}
	orders := d.Paths["/api/v1/orders"]
	of := orders["post"].RequestBody.Content["application/json"].Schema.OneOf
	if orders["get"].OperationID != "orders" || orders["post"].OperationID != "add-orders" || len(of) != 2 || of[0].Ref != "#/components/schemas/NewOrder" || of[1].MaxItems != 500 {
		t.Errorf("described as %+v", orders)
	}
	one, to := d.Components.Schemas["NewOrder"], d.Components.Schemas["NewReceiver"]
	if !slices.Equal(one.Required, []string{"id"}) || len(one.Properties) != 16 || len(to.Properties) != 9 || !slices.Equal(to.Required, []string{"name", "phone", "address"}) {
		t.Errorf("an order is described by %d fields, of which %q must be there; a receiver by %d and %q", len(one.Properties), one.Required, len(to.Properties), to.Required)
	}
	if d.Components.Schemas["Added"].Properties["verdict"] == nil {
		t.Error("the answer is not described")
	}
}
