// Package jd reads orders from JD's open platform and tells it what has
// shipped.
//
// JD shows the receiver masked, encrypted, plain or as a virtual number, field
// by field, depending on the app and the shop. The source opens what this
// merchant's authorisation may open and says of the rest what it is; whether a
// label may be made of it is decided elsewhere, before a number is taken.
//
// No order is passed over in silence. An order that has no readable form comes
// as one that does not ship, so that it stands in the queue for people to see
// and holds up none of the others.
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
	"miandan/agent/internal/outbound"
	"miandan/agent/internal/platform"
	"miandan/templates/waybill"
)

// Name is the source's name in order.Key.
const Name = "jd"

// Source is a shop's orders. Its fields must not change once it is in use; its
// methods may be called from several goroutines at once.
type Source struct {
	Client   *jos.Client
	Vault    *tde.Vault
	States   []string      // JD's words, DefaultStates if empty
	PageSize int           // DefaultPageSize if 0; JD takes up to 100
	LookBack time.Duration // how far back the first reading goes; 29 days at the most
	// CarrierIDs are JD's numbers of carriers for Shipped, by waybill.Carrier.
	// They go before those that are known here.
	CarrierIDs map[string]string

	OAID OAID // how receivers that are masked are opened
	// Kept returns an order as it is kept here, if it is. It may be nil; with it a
	// receiver that was opened before is not opened anew after a start, and costs
	// of no quota.
	Kept func(context.Context, order.Key) (order.Order, error)
	// RegularPlans says that the shop sells regular purchases, 定期购: their plans
	// are read, and their deliveries are told to JD by the family's own call.
	RegularPlans bool
	VenderID     string   // the shop's number, for regular purchases and for Mergeable
	RegularMarks []string // DefaultRegularMarks if nil: "orderMarkDesc.NAME", "sendpayMap.NAME=VALUE"
	// SubscriptionWords in the name of goods say that later issues follow;
	// DefaultSubscriptionWords if nil.
	SubscriptionWords []string
	PauseIgnored      []string       // values of pauseBizStatusList that hold no order up
	Merchant          order.Merchant // of orders whose type says nothing; SOP if empty

	// Trouble is told, as a *notice.Error, of what holds up single orders and not
	// the reading. It may be nil.
	Trouble func(error)
	Now     func() time.Time

	opener  opener
	waits   waits
	planned plans
}

var (
	_ platform.Source   = (*Source)(nil)
	_ platform.Shipper  = (*Source)(nil)
	_ platform.Revealer = (*Source)(nil)
)

// DefaultPageSize is how many orders a page holds.
const DefaultPageSize = 50

// DefaultStates are the states that are asked for: what ships, and what stops
// an order that is already in the queue.
var DefaultStates = []string{"WAIT_SELLER_STOCK_OUT", "TRADE_CANCELED", "LOCKED", "POP_ORDER_PAUSE", "PAUSE", parentCancelled}

// overlap is read again each time. JD takes calls from a clock that is up to
// ten minutes off; the cursor of a fast one is as far ahead of JD's own times.
// The ledger knows what comes twice.
const overlap = 12 * time.Minute

// longest is how far a search may reach; JD's own SDK refuses more than 29 days.
const longest = 29 * 24 * time.Hour

// fields are the optional fields that an order is asked for with.
const fields = "orderId,venderId,orderType,payType,orderTotalPrice,orderSellerPrice,orderPayment,orderState,orderStateRemark,orderRemark," +
	"orderStartTime,orderEndTime,venderRemark,paymentConfirmTime,modified,directParentOrderId,parentOrderId,idSopShipmenttype,storeOrder," +
	"returnOrder,waybill,logisticsId,itemInfoList,consigneeInfo,orderMarkDesc,sendpayMap,pauseBizInfo"

// Orders implements platform.Source. The cursor is the moment up to which
// changes have been read. After a long absence one call reads the 29 days after
// the cursor, and the next goes on from there.
//
// An order whose receiver JD opens later, but not now, is not given out: known
// with a whole number, it would seem to have changed. One that is sealed by a
// key that JD has not given is given out as it is, since that may be for good and
// such a label can be made by JD. One that JD lists and will not show when it is asked
// for waits as the first do. For all of them the cursor has a second moment, from which
// they are read again when JD may be asked.
func (s *Source) Orders(ctx context.Context, after platform.Cursor) ([]order.Order, platform.Cursor, error) {
	s.planned.goesOn(after)
	from, to, hold := s.window(after)
	resting := s.opener.resting(s.Now())
	if !hold.IsZero() && s.waits.due(s.Now(), resting) {
		from = later(earlier(from, hold.Add(-overlap)), to.Add(-longest))
		hold = time.Time{}
	}
	whole := hold.IsZero()
	entries, err := s.changed(ctx, from, to)
	if err != nil {
		return nil, after, err
	}
	list := make([]*reading, 0, len(entries))
	var waiting []*reading
	for _, e := range entries {
		r, err := s.read(ctx, e)
		if errors.Is(err, errRefused) && !moment(e.Modified).IsZero() { // it can be read again by that, and holds up itself alone
			if len(waiting) == 0 {
				s.tell(err)
			}
			e.unreadable = true
			if r, err = s.read(ctx, e); err == nil {
				waiting = append(waiting, r)
			}
		}
		if err != nil {
			return nil, after, err
		}
		list = append(list, r)
	}
	list = s.withPlans(ctx, list)
	voidParents(list)
	closed, err := s.open(ctx, list)
	if err != nil && !resting {
		s.tell(err)
	}
	waiting = append(waiting, closed...)
	held := map[*reading]bool{}
	for _, r := range waiting {
		if !r.mayWait(to) {
			continue // it is given out as it is, for people to see
		}
		held[r] = true
		hold = earlier(hold, r.Modified)
	}
	keyless := false
	for _, r := range list {
		if r.lacksKey() && r.mayWait(to) {
			keyless = true
			hold = earlier(hold, r.Modified)
		}
	}
	s.waits.read(s.Now(), whole, len(held) > 0, keyless)
	orders := make([]order.Order, 0, len(list))
	var unlisted []string
	for _, r := range list {
		if held[r] {
			continue
		}
		orders = append(orders, r.Order)
		if r.unlisted {
			unlisted = append(unlisted, r.ID)
		}
	}
	end := cursor(to, hold)
	s.planned.gave(unlisted, after, end)
	slices.SortStableFunc(orders, func(a, b order.Order) int { return a.Modified.Compare(b.Modified) })
	return orders, end, nil
}

// voidParents marks the orders that others of a reading were split from: JD
// says it of the child first.
func voidParents(list []*reading) {
	parents := map[string]bool{}
	for _, r := range list {
		parents[r.Parent] = true
	}
	for _, r := range list {
		if parents[r.ID] && r.Plan == "" {
			r.IsParent = true
		}
	}
}

// changed returns the orders that changed in a window, each once.
//
// Pages are read from the last to the first, the latest changes last in them. An
// order that changes meanwhile leaves its place for the end, or for beyond the
// window, and those behind it move up, towards pages that are still to be read;
// read forwards, or with the latest first, one of them would be passed over.
func (s *Source) changed(ctx context.Context, from, to time.Time) ([]entry, error) {
	found, total, err := s.search(ctx, from, to, 1)
	if err != nil {
		return nil, err
	}
	if pages := (total + s.pageSize() - 1) / s.pageSize(); pages > 1 {
		found = nil
		for page := pages; page >= 1; page-- {
			more, _, err := s.search(ctx, from, to, page)
			if err != nil {
				return nil, err
			}
			found = append(found, more...)
		}
	}
	at := map[string]int{}
	var once []entry
	for _, e := range found {
		id := string(e.OrderID)
		if i, twice := at[id]; twice {
			once[i] = e // read later, so it says more
		} else if id != "" { // what has no number is no order
			at[id] = len(once)
			once = append(once, e)
		}
	}
	return once, nil
}

func (s *Source) pageSize() int {
	if s.PageSize <= 0 {
		return DefaultPageSize
	}
	return s.PageSize
}

const methodSearch = "jingdong.pop.order.enSearch"

// mostOrders is more than any shop has in one window. A total beyond it would
// be asked for page by page for ever.
const mostOrders = 1 << 20

func (s *Source) search(ctx context.Context, from, to time.Time, page int) (found []entry, total int, err error) {
	states := s.States
	if len(states) == 0 {
		states = DefaultStates
	}
	// dateType 1 is the time of creation, anything else that of the last change;
	// sortType 1 is the latest first, anything else the earliest. The SDKs send 2.
	params := map[string]any{
		"start_date": from.In(jos.Beijing).Format(jos.DateTime), "end_date": to.In(jos.Beijing).Format(jos.DateTime),
		"order_state": strings.Join(states, ","), "optional_fields": fields,
		"page": page, "page_size": s.pageSize(), "sortType": 2, "dateType": 2,
	}
	var answer struct {
		Result *struct {
			API   apiResult `json:"apiResult"`
			Total jos.Text  `json:"orderTotal"`
			List  []entry   `json:"orderInfoList"`
		} `json:"searchorderinfo_result"`
	}
	if err := s.Client.Read(ctx, methodSearch, params, &answer); err != nil {
		return nil, 0, err
	}
	r := answer.Result
	if r == nil { // not the same as none: the cursor would move past them
		return nil, 0, jos.Broken(methodSearch, "no result")
	}
	if err := r.API.err(methodSearch); err != nil {
		return nil, 0, err
	}
	switch total = r.Total.Int(); {
	case total < len(r.List) && len(r.List) >= s.pageSize():
		return nil, 0, jos.Broken(methodSearch, "a full page and no orderTotal")
	case total > mostOrders:
		return nil, 0, jos.Broken(methodSearch, "an orderTotal beyond any shop's")
	}
	return r.List, total, nil
}

// read makes an order of what a search has found. Some lists carry numbers and
// states alone; then the order itself is asked for.
func (s *Source) read(ctx context.Context, e entry) (*reading, error) {
	if !e.unreadable && e.Consignee == nil {
		whole, err := s.detail(ctx, string(e.OrderID))
		switch {
		case errors.Is(err, platform.ErrNoOrder):
			e.unreadable = true
		case err != nil:
			return nil, err
		default:
			e = whole
		}
	}
	if e.unreadable {
		return &reading{Order: order.Order{
			Key: order.Key{Source: Name, ID: string(e.OrderID)}, State: order.Other, Merchant: s.merchant(),
			PhoneKind: waybill.PhoneSealed, Modified: moment(e.Modified), ReadAt: s.Now(),
		}}, nil
	}
	return s.order(ctx, e.orderInfo)
}

const methodGet = "jingdong.pop.order.enGet"

// Order implements platform.Source. A receiver that JD opens later, but not
// now, is an error: what is known of the order with a whole number must not
// seem to have changed.
func (s *Source) Order(ctx context.Context, id string) (order.Order, error) {
	r, err := s.single(ctx, id)
	if err != nil {
		return order.Order{}, err
	}
	if s.RegularPlans {
		if err := s.readPlans(ctx, plansFor); err != nil {
			return order.Order{}, err
		}
		s.planned.apply(&r.Order)
	}
	if waiting, err := s.open(ctx, []*reading{r}); len(waiting) > 0 {
		return order.Order{}, err
	}
	return r.Order, nil
}

// single reads one order, without opening its receiver.
func (s *Source) single(ctx context.Context, id string) (*reading, error) {
	e, err := s.detail(ctx, id)
	if err != nil {
		return nil, err
	}
	if e.unreadable {
		return nil, jos.Broken(methodGet, "the order has no readable form")
	}
	return s.order(ctx, e.orderInfo)
}

// errRefused reports an order that JD did not show for a reason of its own: its answer
// came whole, and others may be shown.
var errRefused = errors.New("JD does not show the order")

// detail asks for one order. Whether there is none must be certain, since a
// label whose order JD has forgotten may still be printed: only JD's own words
// for it count, and its number code is not public.
func (s *Source) detail(ctx context.Context, id string) (entry, error) {
	var answer struct {
		Detail *struct {
			API   apiResult `json:"apiResult"`
			Order *entry    `json:"orderInfo"`
		} `json:"orderDetailInfo"`
	}
	if err := s.Client.Read(ctx, methodGet, map[string]any{"order_id": id, "optional_fields": fields}, &answer); err != nil {
		return entry{}, err
	}
	d := answer.Detail
	if d == nil {
		return entry{}, jos.Broken(methodGet, "no result")
	}
	if err := d.API.err(methodGet); err != nil {
		if strings.Contains(d.API.Chinese+d.API.English, "不存在") {
			return entry{}, fmt.Errorf("%w: %w", platform.ErrNoOrder, err)
		}
		return entry{}, fmt.Errorf("%w: %w", errRefused, err)
	}
	if d.Order == nil || string(d.Order.OrderID) != id {
		return entry{}, jos.Broken(methodGet, "not the order that was asked for")
	}
	if !d.Order.unreadable && d.Order.Consignee == nil {
		d.Order.unreadable = true
	}
	return *d.Order, nil
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
	return notice.New(jos.NoticeError, errors.New(method+" was not carried out"), outbound.Code(string(r.Code)))
}
