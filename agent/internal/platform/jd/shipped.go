package jd

import (
	"context"
	"errors"
	"slices"
	"strings"

	"miandan/agent/internal/jos"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/agent/internal/outbound"
	"miandan/templates/waybill"
)

// carrierIDs are JD's numbers of carriers (logiCoprId).
var carrierIDs = map[string]string{
	"JD": "2087", "SF": "467", "YTO": "463", "STO": "470", "ZTO": "1499", "YUNDA": "1327", "EMS": "465", "EMSBZ": "3668",
	"POSTB": "2170", "DBKD": "3046", "DBL": "3046", "UC": "1747", "SURE": "2105", "ZJS": "1409", "KYE": "599866", "ANXB": "596494",
	"JDKY": "773574", "JDDJ": "336878", "ZY": "881232",
}

// passing are codes of a no that may be a yes later: a working ERP tells JD
// again after them. The documents do not know them.
var passing = []string{"999999", "99999999"}

const methodShip = "jingdong.pop.order.shipment"

// Shipped implements platform.Shipper; several numbers have commas between them.
// If JD says no, the order itself is asked: when it already travels under this
// number, an earlier answer was lost. Under another number it counts as refused,
// whatever JD's words are.
func (s *Source) Shipped(ctx context.Context, key order.Key, c waybill.Carrier, n waybill.Number) error {
	id := s.CarrierIDs[string(c)]
	if id == "" {
		id = carrierIDs[string(c)]
	}
	if id == "" {
		return notice.New("shipped-refused", nil, key.ID, "jd.carrier_ids: "+string(c))
	}
	plan, err := s.planOf(ctx, key.ID, longestRest)
	if err != nil {
		return err
	}
	if plan != "" {
		return s.planShipped(ctx, plan, key.ID, id, n)
	}
	var answer struct {
		Result struct { // both spellings are JD's
			Success   jos.Text `json:"success"`
			Code      jos.Text `json:"errorCode"`
			CodeSnake jos.Text `json:"error_code"`
			Words     string   `json:"chineseErrCode"`
			WordSnake string   `json:"chinese_err_code"`
		} `json:"sopjosshipment_result"`
	}
	err = s.Client.Call(ctx, methodShip, map[string]any{"orderId": key.ID, "logiCoprId": id, "logiNo": string(n)}, &answer)
	if err != nil {
		return err
	}
	r := answer.Result
	switch {
	case r.Success.True() || s.travels(ctx, key.ID, n):
		return nil
	case r.Success == "":
		return jos.Broken(methodShip, "no result")
	}
	// It may be a delivery of a plan that was made since the plans were read.
	if plan, err := s.planOf(ctx, key.ID, shortestRest); err == nil && plan != "" {
		return s.planShipped(ctx, plan, key.ID, id, n)
	}
	code, words := outbound.Code(string(r.Code+r.CodeSnake)), outbound.Words(r.Words+r.WordSnake)
	if slices.Contains(passing, code) {
		return notice.New(jos.NoticeBackEnd, errors.New(methodShip+": code "+code+": "+words))
	}
	return notice.New("shipped-refused", errors.New("code "+code), key.ID, words)
}

// travels reports whether JD has the number for the order, or all of several. An
// order that cannot be read now does not count: it is told again later.
func (s *Source) travels(ctx context.Context, id string, n waybill.Number) bool {
	e, err := s.detail(ctx, id)
	if err != nil {
		return false
	}
	parts := func(r rune) bool { return r == '|' || r == ',' } // carriers, numbers of one carrier
	has := strings.FieldsFunc(string(e.Waybill), parts)
	return n != "" && !slices.ContainsFunc(strings.FieldsFunc(string(n), parts), func(n string) bool { return !slices.Contains(has, n) })
}
