package jd

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"

	"miandan/agent/internal/jos"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/agent/internal/outbound"
)

const methodWaiting = "jingdong.jos.order.oaid.waiting"

// Waiting returns the other orders of an order's receiver that JD says have not
// shipped yet, and which might go in one parcel with it: Mergeable says whether
// they may. They need not be known here.
//
// Only the call and its parameters are public. That it is about the orders of
// one receiver, that isTelephoneCalculate has the telephone number count when
// receivers are compared, and the form of the answer are all guesses: whatever in
// it lists orders counts.
func (s *Source) Waiting(ctx context.Context, o order.Order) ([]order.Key, error) {
	if o.IsParent {
		return nil, nil
	}
	params := map[string]any{"orderId": o.ID, "isTelephoneCalculate": true}
	if t := s.OAID.orderType(&o); t != "" {
		params["orderType"] = t
	}
	var body json.RawMessage
	if err := s.Client.Read(ctx, methodWaiting, params, &body); err != nil {
		return nil, err
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber() // an order's number is longer than a float is exact
	var answer map[string]any
	if d.Decode(&answer) != nil {
		return nil, jos.Broken(methodWaiting, "no result")
	}
	if wrapped, ok := answer["returnType"].(map[string]any); ok { // its kin have it
		answer = wrapped
	}
	if code := scalar(answer["code"]); code != "" && code != "0" && code != "200" {
		code = outbound.Code(code)
		words := outbound.Words(scalar(answer["message"]) + scalar(answer["msg"]))
		return nil, notice.New(jos.NoticeError, &refusal{code, words}, code)
	}
	found := orderList{not: o.ID, seen: map[string]bool{}}
	found.walk("", answer)
	data, given := answer["data"]
	if !found.any && (!given || data != nil) { // to say that there are none, JD must have said so
		return nil, jos.Broken(methodWaiting, "no list of orders")
	}
	return found.keys, nil
}

// orderList collects the numbers of orders that an answer lists.
type orderList struct {
	not  string // the order that was asked about
	any  bool   // a list was found, though it may be empty
	seen map[string]bool
	keys []order.Key
}

var orderNumber = regexp.MustCompile(`^[0-9]{1,20}$`)

// walk goes through a part of an answer that stands under a name. A list of
// orders is one that its name calls so, of numbers, or of objects that have
// them.
func (l *orderList) walk(name string, part any) {
	switch part := part.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(part)) {
			l.walk(key, part[key])
		}
	case []any:
		named := strings.Contains(strings.ToLower(name), "order")
		l.any = l.any || len(part) == 0
		for _, item := range part {
			if fields, ok := item.(map[string]any); ok {
				l.add(scalar(fields["orderId"]))
			} else if named {
				l.add(scalar(item))
			}
			l.walk(name, item)
		}
	}
}

func (l *orderList) add(id string) {
	if !orderNumber.MatchString(id) {
		return
	}
	l.any = true
	if id != l.not && !l.seen[id] {
		l.seen[id] = true
		l.keys = append(l.keys, order.Key{Source: Name, ID: id})
	}
}
