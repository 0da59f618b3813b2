package jd

import (
	"context"

	"miandan/agent/internal/jos"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/agent/internal/outbound"
)

const methodMerge = "jingdong.jos.order.oaid.merge"

// Mergeable returns which of the orders may share a parcel, since JD says that
// their receivers are the same. Orders that may not are in none of the groups.
// Nothing is merged by it: that is for people to decide, and JD allows it within
// one shop only.
func (s *Source) Mergeable(ctx context.Context, orders []order.Order) ([][]order.Key, error) {
	type entry struct {
		ID   any    `json:"orderId"`
		OAID string `json:"oaid"`
	}
	var list []entry
	given := map[string]bool{}
	for _, o := range orders {
		if o.Consignee != "" && o.NumberAsked() != "order-is-parent" {
			list, given[o.ID] = append(list, entry{long(o.ID), o.Consignee}), true
		}
	}
	if len(list) < 2 {
		return nil, nil
	}
	type reply struct {
		Code  jos.Text `json:"code"`
		Words jos.Text `json:"msg"`
		Data  *struct {
			Results []struct {
				IDs []jos.Text `json:"mergeOrderIds"`
			} `json:"mergeResults"`
		} `json:"data"`
	}
	var answer struct {
		reply
		Wrapped *reply `json:"returnType"` // not documented; its kin have it
	}
	// What venderCode is beside venderId is not public; the shop's number serves
	// for both.
	request := map[string]any{"venderId": s.VenderID, "venderCode": s.VenderID, "mergeList": list}
	if err := s.Client.Read(ctx, methodMerge, map[string]any{"request": request}, &answer); err != nil {
		return nil, err
	}
	r := answer.reply
	if answer.Wrapped != nil {
		r = *answer.Wrapped
	}
	if r.Code != "" && r.Code != "0" && r.Code != "200" {
		code := outbound.Code(string(r.Code))
		return nil, notice.New(jos.NoticeError, &refusal{code, outbound.Words(string(r.Words))}, code)
	}
	if r.Data == nil {
		return nil, jos.Broken(methodMerge, "no data")
	}
	var groups [][]order.Key
	for _, result := range r.Data.Results {
		var group []order.Key
		for _, id := range result.IDs {
			if given[string(id)] {
				group = append(group, order.Key{Source: Name, ID: string(id)})
			}
		}
		if len(group) > 1 {
			groups = append(groups, group)
		}
	}
	return groups, nil
}
