// Package jd reads orders from JD's open platform and tells it what has
// shipped.
//
// JD shows the receiver masked, encrypted, plain or as a virtual number, field
// by field, depending on the app and the shop. The source opens what this
// merchant's authorisation may open and says of the rest what it is; whether a
// label may be made of it is decided elsewhere, before a number is taken.
package jd

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"miandan/agent/internal/jos"
	"miandan/agent/internal/jos/tde"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/agent/internal/platform"
	"miandan/templates/waybill"
)

// Name is the source's name in order.Key.
const Name = "jd"

// Source is a shop's orders.
type Source struct {
	Client   *jos.Client
	Vault    *tde.Vault
	States   []string // JD's words, DefaultStates if empty
	PageSize int      // DefaultPageSize if 0; JD takes up to 100
	LookBack time.Duration
	// CarrierIDs are JD's numbers of carriers for Shipped, beside those that
	// are known here.
	CarrierIDs map[string]string
	Now        func() time.Time
}

var (
	_ platform.Source  = (*Source)(nil)
	_ platform.Shipper = (*Source)(nil)
)

// DefaultPageSize is how many orders a page holds.
const DefaultPageSize = 50

// DefaultStates are the states that are asked for: what ships, and what stops
// an order that is already in the queue.
var DefaultStates = []string{"WAIT_SELLER_STOCK_OUT", "TRADE_CANCELED", "LOCKED", "POP_ORDER_PAUSE"}

// overlap is read again each time: an order may be written with a time that
// has passed. The ledger knows what comes twice.
const overlap = 5 * time.Minute

// longest is how far a search may reach; JD's own SDK refuses more than 29 days.
const longest = 29 * 24 * time.Hour

// fields are the optional fields that an order is asked for with.
const fields = "orderId,venderId,orderType,payType,orderTotalPrice,orderSellerPrice,orderPayment,orderState,orderStateRemark,orderRemark," +
	"orderStartTime,venderRemark,paymentConfirmTime,modified,directParentOrderId,parentOrderId,idSopShipmenttype,storeOrder,returnOrder," +
	"itemInfoList,consigneeInfo"

// Orders implements platform.Source. The cursor is the moment up to which
// changes have been read.
func (s *Source) Orders(ctx context.Context, after platform.Cursor) ([]order.Order, platform.Cursor, error) {
	now := s.Now()
	from := now.Add(-min(s.LookBack, longest))
	if read, err := time.Parse(time.RFC3339, string(after)); err == nil && read.Add(-overlap).After(from) {
		from = read.Add(-overlap)
	}
	var orders []order.Order
	seen := map[string]bool{}
	for page := 1; ; page++ {
		found, total, err := s.search(ctx, from, now, page)
		if err != nil {
			return nil, after, err
		}
		for _, o := range found {
			if seen[o.OrderID] {
				continue
			}
			seen[o.OrderID] = true
			read, err := s.order(ctx, o)
			if err != nil {
				return nil, after, err
			}
			orders = append(orders, read)
		}
		if len(found) == 0 || page*s.pageSize() >= total {
			break
		}
	}
	slices.SortStableFunc(orders, func(a, b order.Order) int { return a.Modified.Compare(b.Modified) })
	return orders, platform.Cursor(now.UTC().Format(time.RFC3339)), nil
}

func (s *Source) pageSize() int {
	if s.PageSize == 0 {
		return DefaultPageSize
	}
	return s.PageSize
}

func (s *Source) search(ctx context.Context, from, to time.Time, page int) ([]orderInfo, int, error) {
	states := s.States
	if len(states) == 0 {
		states = DefaultStates
	}
	// dateType 1 is the time of creation, anything else that of the last change;
	// the SDKs send 2.
	params := map[string]any{
		"start_date": from.In(jos.Beijing).Format(jos.DateTime), "end_date": to.In(jos.Beijing).Format(jos.DateTime),
		"order_state": strings.Join(states, ","), "optional_fields": fields,
		"page": page, "page_size": s.pageSize(), "sortType": 1, "dateType": 2,
	}
	const method = "jingdong.pop.order.enSearch"
	var answer struct {
		Result struct {
			API   apiResult   `json:"apiResult"`
			Total jos.Text    `json:"orderTotal"`
			List  []orderInfo `json:"orderInfoList"`
		} `json:"searchorderinfo_result"`
	}
	if err := s.Client.Read(ctx, method, params, &answer); err != nil {
		return nil, 0, err
	}
	if err := answer.Result.API.err(method); err != nil {
		return nil, 0, err
	}
	return answer.Result.List, answer.Result.Total.Int(), nil
}

// Order implements platform.Source.
func (s *Source) Order(ctx context.Context, id string) (order.Order, error) {
	const method = "jingdong.pop.order.enGet"
	var answer struct {
		Detail struct {
			API   apiResult  `json:"apiResult"`
			Order *orderInfo `json:"orderInfo"`
		} `json:"orderDetailInfo"`
	}
	if err := s.Client.Read(ctx, method, map[string]any{"order_id": id, "optional_fields": fields}, &answer); err != nil {
		return order.Order{}, err
	}
	if o := answer.Detail.Order; o != nil && o.OrderID != "" {
		return s.order(ctx, *o)
	}
	if err := answer.Detail.API.err(method); err != nil {
		// JD has no code that is known to mean "no such order"; an answer
		// without one, given by the back end itself, says no more than this.
		return order.Order{}, fmt.Errorf("%w: %w", platform.ErrNoOrder, err)
	}
	return order.Order{}, platform.ErrNoOrder
}

type apiResult struct {
	Success jos.Text `json:"success"`
	Code    jos.Text `json:"numberCode"`
	English string   `json:"englishErrCode"`
	Chinese string   `json:"chineseErrCode"`
}

func (r apiResult) err(method string) error {
	if r.Success == "" || r.Success.True() {
		return nil
	}
	return notice.New(jos.NoticeError, errors.New(method+" was not carried out"), string(r.Code))
}

// carrierIDs are JD's numbers of carriers (logiCoprId).
var carrierIDs = map[string]string{
	"JD": "2087", "SF": "467", "YTO": "463", "STO": "470", "ZTO": "1499", "YUNDA": "1327", "EMS": "465", "EMSBZ": "3668",
	"POSTB": "2170", "DBKD": "3046", "UC": "1747", "SURE": "2105", "ZJS": "1409", "KYE": "599866", "ANXB": "596494",
}

// Shipped implements platform.Shipper. An order that JD says has left already
// counts as told: the first answer may have been lost.
func (s *Source) Shipped(ctx context.Context, key order.Key, c waybill.Carrier, n waybill.Number) error {
	id := s.CarrierIDs[string(c)]
	if id == "" {
		id = carrierIDs[string(c)]
	}
	if id == "" {
		return notice.New("shipped-refused", nil, key.ID, "jd.carrier_ids: "+string(c))
	}
	var answer struct {
		Result struct {
			Success  jos.Text `json:"success"`
			Code     jos.Text `json:"errorCode"`
			CodeSnek jos.Text `json:"error_code"`
			Words    string   `json:"chineseErrCode"`
			WordSnek string   `json:"chinese_err_code"`
		} `json:"sopjosshipment_result"`
	}
	err := s.Client.Call(ctx, "jingdong.pop.order.shipment", map[string]any{"orderId": key.ID, "logiCoprId": id, "logiNo": string(n)}, &answer)
	if err != nil {
		return err
	}
	r := answer.Result
	words := r.Words + r.WordSnek
	if r.Success.True() || strings.Contains(words, "已出库") {
		return nil
	}
	return notice.New("shipped-refused", errors.New("code "+string(r.Code+r.CodeSnek)), key.ID, words)
}
