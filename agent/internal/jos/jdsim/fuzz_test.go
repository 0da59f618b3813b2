package jdsim

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// FuzzServeHTTP sends anything as query and body. No fault is in force, so
// nothing may panic at all, and nothing that is unsigned is remembered.
func FuzzServeHTTP(f *testing.F) {
	good := system(enSearch, "{}")
	good["sign"] = sign(good, DefaultAppSecret)
	f.Add("", form(good).Encode())
	f.Add(form(good).Encode(), "")
	f.Add("method=%zz&&=&a", "360buy_param_json=\xff&sign=&sign=")
	f.Add("method="+enGet+"&method="+receive, "timestamp=2026-11-23+16:30:00")
	g := open(f, Config{})
	f.Fuzz(func(t *testing.T, query, body string) {
		r := httptest.NewRequest("POST", Path, strings.NewReader(body))
		r.URL.RawQuery = query
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		g.ServeHTTP(w, r)
		if w.Code != http.StatusOK && w.Code != http.StatusRequestEntityTooLarge || w.Code == http.StatusOK && !json.Valid(w.Body.Bytes()) {
			t.Errorf("status %d, body %q", w.Code, w.Body)
		}
		if n := len(g.Journal()); n != 0 {
			t.Errorf("%d entries", n)
		}
	})
}

// FuzzArguments sends anything as the business parameters of signed calls.
func FuzzArguments(f *testing.F) {
	g := open(f, Config{})
	methods := g.Methods()
	g.AddOrder(Demo(14, noon)...)
	for i := range methods {
		for _, args := range []any{
			object{}, object{"content": content("312045870013")}, object{"content": string(encode(content("1")))}, parcelOf("1"),
			object{"page": -1, "page_size": 1e99}, object{"page": 1000000, "page_size": 100}, object{"order_id": "312045870013"},
			object{"getReceiverInfoListReqVO": object{"orderInfos": []any{nil, object{"orderId": 1, "oaid": []any{}}}}},
			object{"waybillCode": "YT1", "providerCode": "YTO", "vendorCode": DefaultVendorID},
			object{"orderId": "312045870013", "logiCoprId": "463", "logiNo": "YT1"},
		} {
			b, err := json.Marshal(args)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(i, string(b))
		}
	}
	f.Fuzz(func(t *testing.T, i int, args string) {
		before := len(g.Journal())
		p := system(methods[int(uint(i)%uint(len(methods)))], args)
		p["sign"] = sign(p, DefaultAppSecret)
		if body := post(t, g, "", form(p)); !json.Valid([]byte(body)) {
			t.Errorf("answer %q", body)
		}
		// One call takes at most 99 numbers or shows a page.
		if after := len(g.Journal()); after > before+largestPage {
			t.Errorf("one call made %d entries", after-before)
		}
		for _, e := range g.Journal()[before:] {
			if len(e.Order)+len(e.Number)+len(e.Carrier)+len(e.City) > 4*longest {
				t.Errorf("entry of %d bytes", len(e.Order)+len(e.Number))
			}
		}
	})
}
