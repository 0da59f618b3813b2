package carriertest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/gateway"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/agent/internal/outbound"
	"miandan/templates/pii"
	"miandan/templates/waybill"
)

// demoIssuer takes the demonstration carrier's numbers, with a defect.
type demoIssuer struct {
	client  gateway.Client
	account carrier.Account
	defect  string
}

func newDemo(base, prefix, defect string) carrier.Issuer {
	codes := gateway.Codes{}.Mean("gateway-busy", gateway.None, "busy").Mean("gateway-signature", gateway.None, "key").
		Mean("gateway-permission", gateway.None, "right").Mean("gateway-back-end", gateway.Open, "trouble").
		Mean("", gateway.No, "no").Mean("carrier-area", gateway.No, "area").Mean("stock-out", gateway.No, "stock")
	switch defect {
	case "busy is an error like any":
		codes["busy"] = gateway.Meaning{Notice: "gateway-error", Effect: gateway.None}
	case "a wrong key is retried":
		codes["key"] = gateway.Meaning{Notice: "gateway-back-end", Effect: gateway.None}
	case "a missing right is a refusal":
		codes["right"] = gateway.Meaning{Effect: gateway.No}
	case "trouble took no number":
		codes["trouble"] = gateway.Meaning{Notice: "gateway-back-end", Effect: gateway.None}
	case "a no may be a yes":
		codes["no"] = gateway.Meaning{Effect: gateway.Has}
	case "an area is a refusal like any":
		codes["area"] = gateway.Meaning{Effect: gateway.No}
	case "no numbers is a refusal like any":
		codes["stock"] = gateway.Meaning{Effect: gateway.No}
	}
	if defect == "keeps no accounts apart" {
		prefix = "M1"
	}
	return &demoIssuer{
		client:  gateway.Client{Account: "demo", Base: base, HTTP: new(outbound.Client), Codes: codes},
		account: carrier.Account{Prefix: prefix, Now: time.Now}, defect: defect,
	}
}

func (i *demoIssuer) call(ctx context.Context, q request) (reply, error) {
	q.Key = key
	body, _ := json.Marshal(q)
	answer, err := i.client.Post(ctx, gateway.Call{Name: q.Do, JSON: body})
	var a reply
	if err == nil {
		err = i.client.Read(q.Do, answer, &a)
	}
	return a, err
}

func (i *demoIssuer) Issue(ctx context.Context, o order.Order) (waybill.Waybill, error) {
	blind := o
	if i.defect == "reads no names" {
		blind.Receiver.Name = pii.NewName("x")
	}
	if err := carrier.Hidden(blind, false); err != nil {
		return waybill.Waybill{}, err
	}
	w, err := i.ask(ctx, "take", o)
	switch lost := err != nil && strings.Contains(err.Error(), "gateway-unreachable"); {
	case lost && i.defect == "asks again in silence" && o.Boxes() == 1:
		if _, found := i.ask(ctx, "find", o); found == nil { // asked, and told nobody
			return w, err
		}
	case lost && i.defect == "takes a lost answer for none":
		return w, fmt.Errorf("%w: %w", carrier.ErrUnsent, notice.New("gateway-unreachable", nil, "demo"))
	}
	return w, err
}

func (i *demoIssuer) ask(ctx context.Context, do string, o order.Order) (waybill.Waybill, error) {
	ref := i.account.Reference(o)
	if i.defect == "cuts the references" {
		ref, _, _ = strings.Cut(ref, "_")
	}
	to := o.Receiver
	a, err := i.call(ctx, request{
		Do: do, Ref: ref, Parcels: o.Boxes(), Receipt: o.SignReturn != order.NoReturn,
		Name: to.Name.Reveal(), Phone: to.Phone.Reveal(), Address: to.Address.Reveal(),
	})
	switch {
	case err != nil:
		return waybill.Waybill{}, gateway.Lost(err)
	case a.Code == "no" && i.defect == "quotes the carrier":
		return waybill.Waybill{}, &carrier.Refusal{Code: "carrier-refused", Message: a.Words}
	case a.Code == "key" && i.defect == "says its secret":
		return waybill.Waybill{}, carrier.Classify(notice.New("gateway-signature", errors.New(key), "demo"), true)
	case a.Code != "ok":
		return waybill.Waybill{}, i.client.Refused(do, a.Code, a.Words, o)
	}
	numbers := make([]waybill.Number, 0, len(a.Numbers))
	for _, n := range a.Numbers {
		numbers = append(numbers, waybill.Number(n))
	}
	if i.defect == "forgets the receipt" {
		o.SignReturn = order.NoReturn
	}
	w := i.waybill(o, numbers[:min(len(numbers), o.Boxes())])
	switch {
	case i.defect == "needs routing" && a.Sort == "":
		return w, carrier.Classify(i.client.Broken(do, "no routing"), false)
	case i.defect == "finds the first parcel only" && do == "find" && o.Boxes() > 1:
		w.Parcels = carrier.Boxes(3, func(index int) string { return fmt.Sprint(w.Number, index) })
	}
	if i.defect != "throws the routing away" {
		w.Routing.Code = a.Sort
	}
	return w, nil
}

func (i *demoIssuer) waybill(o order.Order, numbers []waybill.Number) waybill.Waybill {
	w := i.account.Waybill("DEMO", "演示快递", o, numbers[0])
	w.Parcels = carrier.Numbered(numbers)
	return w
}

func (i *demoIssuer) CanFind() bool { return i.defect != "does not say why it cannot find" }

func (i *demoIssuer) Find(ctx context.Context, o order.Order) (waybill.Waybill, error) {
	if err := carrier.Hidden(o, false); err != nil {
		return waybill.Waybill{}, carrier.StillUnknown(err)
	}
	return i.ask(ctx, "find", o)
}

func (i *demoIssuer) Cancel(ctx context.Context, n waybill.Number) error {
	a, err := i.call(ctx, request{Do: "back", Number: string(n)})
	switch {
	case err != nil:
		return err
	case a.Code == "ok", a.Code == "fast" && i.defect == "believes that all are taken back":
		return nil
	case a.Code == "fast":
		return carrier.NotTaken(n, a.Words)
	}
	return i.client.Failed("back", a.Code, a.Words)
}

func (i *demoIssuer) Adopt(o order.Order, numbers []waybill.Number) (waybill.Waybill, error) {
	if len(numbers) != o.Boxes() && i.defect != "adopts any count" {
		return waybill.Waybill{}, notice.New("parcel-count", nil, o.ID, o.Boxes(), len(numbers))
	}
	w := i.waybill(o, numbers)
	if i.defect == "adopts with another barcode" && o.Boxes() == 1 {
		w.Parcels[0].Barcode += "-1-1-"
	}
	if i.defect == "throws the routing away" {
		w.Routing.Code = "300-0"
	}
	return w, nil
}

func (i *demoIssuer) Route(ctx context.Context, w *waybill.Waybill) error {
	if w.Routing.Code != "" || i.defect == "throws the routing away" {
		return nil
	}
	a, err := i.call(ctx, request{Do: "route", Number: string(w.Number)})
	if err != nil {
		return err
	}
	w.Routing.Code = a.Sort
	return nil
}

func (i *demoIssuer) Prove(ctx context.Context, n waybill.Number) error {
	a, err := i.call(ctx, request{Do: "route", Number: string(n)})
	if err != nil || a.Code == "ok" || i.defect == "proves any number" {
		return err
	}
	return notice.New("number-not-known", nil, string(n), "")
}

func (i *demoIssuer) Document(ctx context.Context, w waybill.Waybill, _ int) (carrier.Document, error) {
	a, err := i.call(ctx, request{Do: "draw", Number: string(w.Number)})
	switch {
	case err != nil:
		return carrier.Document{}, err
	case a.Code == "later":
		return carrier.Document{}, carrier.ErrLater
	case a.Code != "ok":
		return carrier.Document{}, i.client.Failed("draw", a.Code, a.Words)
	}
	return carrier.Document{PDF: a.Label}, nil
}
