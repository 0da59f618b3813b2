package deppon

import (
	"context"
	"errors"
	"fmt"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/jos"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/templates/waybill"
)

// looked is the answer of the look-up.
type looked struct {
	answer
	Order struct {
		LogisticID string   `json:"logisticID"`
		MailNo     string   `json:"mailNo"`
		Status     jos.Text `json:"statusType"`
	} `json:"responseParam"`
}

// off are the states of an order that goes nowhere: a code, or its words.
var off = map[jos.Text]bool{"CANCEL": true, "GOBACK": true, "INVALID": true, "已撤销": true, "已退回": true, "已作废": true}

// look asks for an order by its logisticID. An order that Deppon does not know,
// or not yet, is errEarly.
func (i *Issuer) look(ctx context.Context, logisticID string, receiver waybill.Party) (looked, error) {
	var a looked
	err := i.ask(ctx, i.query, queryOrder, i.queries(queryOrder),
		map[string]string{"logisticCompanyID": "DEPPON", "logisticID": logisticID}, &a)
	switch {
	case err != nil:
		return a, err
	case !a.ok() && unknown.MatchString(a.words()), a.ok() && a.Order.MailNo == "" && a.Order.LogisticID == "":
		return a, errEarly
	case !a.ok():
		return a, i.failed(queryOrder, a.answer, receiver)
	case a.Order.LogisticID != "" && a.Order.LogisticID != logisticID:
		return a, i.query.Broken(queryOrder, "another order than the one that was asked for")
	}
	return a, nil
}

// CanFind implements carrier.Finder. Where one order may have several parcels
// Deppon's look-up wants to be told their numbers.
func (i *Issuer) CanFind() bool { return !i.account.Is("several") }

// Find implements carrier.Finder. It brings no routing: the look-up has none.
func (i *Issuer) Find(ctx context.Context, o order.Order) (waybill.Waybill, error) {
	if err := i.serves(o); err != nil {
		return waybill.Waybill{}, carrier.StillUnknown(err)
	}
	if !i.CanFind() {
		return waybill.Waybill{}, carrier.Classify(notice.New("carrier-answer-unknown", nil, o.ID), false)
	}
	w, err := i.known(ctx, o)
	if !errors.Is(err, errEarly) {
		return w, err
	}
	// Deppon may have the order and not know it yet. Sending it again settles that:
	// it is either taken for the first time or refused as known.
	w, err = i.create(ctx, o)
	if notice.CodeOf(err) != "order-has-number" {
		return w, err
	}
	has := err
	err = i.again(ctx, func() (err error) { w, err = i.known(ctx, o); return err })
	if errors.Is(err, errEarly) || ctx.Err() != nil {
		return waybill.Waybill{}, has
	}
	return w, err
}

// known returns the waybill of an order that Deppon has, or errEarly.
func (i *Issuer) known(ctx context.Context, o order.Order) (waybill.Waybill, error) {
	a, err := i.look(ctx, i.logisticID(o), o.Receiver)
	switch {
	case errors.Is(err, errEarly):
		return waybill.Waybill{}, err
	case err != nil:
		return waybill.Waybill{}, carrier.Classify(err, false)
	case off[a.Order.Status]:
		return waybill.Waybill{}, carrier.Has(string(a.Order.Status), o) // and its logisticID is used up
	}
	return i.given(o, split(a.Order.MailNo, ""))
}

// Adopt implements carrier.Adopter: every parcel has its number.
func (i *Issuer) Adopt(o order.Order, numbers []waybill.Number) (waybill.Waybill, error) {
	if len(numbers) != o.Boxes() {
		return waybill.Waybill{}, notice.New("parcel-count", nil, o.ID, o.Boxes(), len(numbers))
	}
	return i.waybill(o, numbers), nil
}

// Cancel implements carrier.Issuer. A number of a moment ago is tried again:
// Deppon may not know it yet.
func (i *Issuer) Cancel(ctx context.Context, n waybill.Number) error {
	var last answer
	err := i.again(ctx, func() error {
		last = answer{}
		err := i.ask(ctx, i.intake, cancelOrder, "standard-order/"+cancelOrder, map[string]string{
			"logisticCompanyID": "DEPPON", "mailNo": string(n), "cancelTime": i.account.Now().In(jos.Beijing).Format(jos.DateTime), "remark": "订单取消",
		}, &last)
		if err == nil && !last.ok() && unknown.MatchString(last.words()) {
			return errEarly
		}
		return err
	})
	switch {
	case errors.Is(err, errEarly):
		return carrier.NotTaken(n, last.words())
	case err != nil && ctx.Err() != nil:
		return notice.New("gateway-unreachable", fmt.Errorf("%s: %w", cancelOrder, ctx.Err()), i.account.Name)
	case err != nil:
		return err
	case last.ok():
		return nil
	case unsigned.MatchString(last.words()):
		return i.failed(cancelOrder, last, waybill.Party{})
	}
	return i.intake.Kept(cancelOrder, string(last.Code), last.words(), n)
}
