package jd_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/jos"
	"miandan/agent/internal/jos/jdsim"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
)

func ids(keys []order.Key) (list []string) {
	for _, k := range keys {
		list = append(list, k.ID)
	}
	return list
}

// Nobody outside JD has seen the answer, so many forms of it must do.
func TestFormsOfWhatWaits(t *testing.T) {
	for _, test := range []struct {
		name, answer string
		want         []string
		code         notice.Code
	}{
		{"as its kin", `{"x":{"code":"0","returnType":{"code":200,"data":{"orderIdList":[{"orderId":312045870026,"createDate":"2026-11-23 09:00:01"},{"orderId":"312045870039"}]}}}}`, []string{"312045870026", "312045870039"}, ""},
		{"not wrapped, a list of numbers", `{"x":{"code":"0","data":{"waitingOrders":[312045870026,"312045870039"]}}}`, []string{"312045870026", "312045870039"}, ""},
		{"data is the list", `{"x":{"returnType":{"code":"0","data":[{"orderId":"312045870026"}]}}}`, []string{"312045870026"}, ""},
		{"as groups", `{"x":{"returnType":{"data":{"mergeResults":[{"mergeOrderIds":["312045870013","312045870026"]},{"mergeOrderIds":["312045870026"]}]}}}}`, []string{"312045870026"}, ""},
		{"a long number", `{"x":{"data":{"orderIds":[9007199254740993]}}}`, []string{"9007199254740993"}, ""},
		{"the order itself alone", `{"x":{"data":{"orderIds":["312045870013"]}}}`, nil, ""},
		{"an empty list", `{"x":{"returnType":{"code":200,"data":{"orderIdList":[]}}}}`, nil, ""},
		{"data is an empty list", `{"x":{"returnType":{"code":200,"data":[]}}}`, nil, ""},
		{"data is null", `{"x":{"returnType":{"code":200,"data":null}}}`, nil, ""},
		{"numbers of something else", `{"x":{"returnType":{"code":200,"data":{"phones":["13800001234"]}}}}`, nil, jos.NoticeAnswer},
		{"words for numbers", `{"x":{"returnType":{"code":200,"data":{"orderIds":["张三"]}}}}`, nil, jos.NoticeAnswer},
		{"nothing said", `{"x":{"code":"0"}}`, nil, jos.NoticeAnswer},
		{"yes or no", `{"x":{"returnType":{"code":200,"data":{"orderId":"312045870013","waiting":true}}}}`, nil, jos.NoticeAnswer},
		{"refused", `{"x":{"returnType":{"code":1,"message":"订单 13800001234 不存在"}}}`, nil, jos.NoticeError},
		{"no right to it", `{"error_response":{"code":"24"}}`, nil, jos.NoticePermission},
	} {
		t.Run(test.name, func(t *testing.T) {
			const waiting = "jos.order.oaid.waiting"
			g := &gateway{answers: map[string]func(map[string]any) string{waiting: says(test.answer)}}
			got, err := g.source(t).Waiting(t.Context(), order.Order{Key: order.Key{Source: "jd", ID: "312045870013"}, Merchant: order.FBP})
			if !slices.Equal(ids(got), test.want) || test.code == "" && err != nil || test.code != "" && notice.CodeOf(err) != test.code {
				t.Errorf("Waiting = %v, %v, want %v, %q", got, err, test.want, test.code)
			}
			if err != nil && strings.Contains(err.Error(), "13800001234") {
				t.Errorf("the error names somebody: %v", err)
			}
			if p := g.params[0]; p["orderId"] != "312045870013" || p["orderType"] != "21" || p["isTelephoneCalculate"] != true {
				t.Errorf("asked with %v", p)
			}
		})
	}
}

func TestWhatWaitsForTheSameReceiver(t *testing.T) {
	s := newShop(t, 0)
	orders := jdsim.Demo(4, time.Now())
	for i := range orders {
		orders[i].Mode, orders[i].Receiver = jdsim.MaskedOAID, orders[0].Receiver
	}
	orders[3].Receiver.Address = "演示路77号"
	s.gateway.AddOrder(orders...)
	s.gateway.SetState(second, jdsim.Shipped)
	o, err := s.source.Order(t.Context(), first)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := s.source.Waiting(t.Context(), o); err != nil || !slices.Equal(ids(got), []string{third}) {
		t.Errorf("Waiting = %v, %v, want order %s alone", got, err, third)
	}
	o.IsParent = true
	if got, err := s.source.Waiting(t.Context(), o); err != nil || got != nil {
		t.Errorf("with an order whose children ship wait %v, %v", got, err)
	}
}
