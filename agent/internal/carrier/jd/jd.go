// Package jd takes numbers of other carriers through JD's Wujie e-waybill,
// 无界电子面单: by the classic family of methods, jingdong.ldop.alpha, and by
// the newer one, jingdong.logistics.ewaybill. The contracts are the same, so
// the settings choose.
//
// The phone that is sent there is the one that the carrier's courier will call,
// so this package is one of the few that take it out of its mask.
package jd

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/jos"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/agent/internal/outbound"
	"miandan/templates/waybill"
)

// Issuer is a contract with one carrier, asked for numbers by the classic
// family.
type Issuer struct {
	Client *jos.Client

	ProviderCode   string // ZTO, YTO …
	ProviderName   string // for the label
	ProviderID     int
	BranchCode     string // of a carrier by franchise, 加盟
	SettlementCode string // of a carrier under one roof, 直营
	VendorCode     string
	VendorName     string
	SalePlatform   string // 0010001 is JD
	WaybillType    int    // 1 ordinary
	ExpressType    string // for carriers that ask for it (SF)
	ExpressPay     string
	Weight, Volume float64 // kg, cm³
	// CollectPayType is payType of an order that the courier takes money for;
	// 0 stands for 1, which is what JD's orders say. Wujie's own is not public.
	CollectPayType int
	// CheckOutage asks whether the carrier serves the address at the moment,
	// 停发, before a number is taken.
	CheckOutage bool

	Sender        waybill.Party
	SenderRegions order.RegionIDs

	// SameNumberAgain says that this account gives the same number when it is
	// asked for the same order again. Whether JD does so is not public.
	SameNumberAgain bool
	Now             func() time.Time
}

var (
	_ carrier.Issuer = (*Issuer)(nil)
	_ carrier.Finder = (*Issuer)(nil)
	_ carrier.Router = (*Issuer)(nil)

	_ carrier.Adopter   = (*Issuer)(nil)
	_ carrier.Prover    = (*Issuer)(nil)
	_ carrier.Appender  = (*Issuer)(nil)
	_ carrier.Balance   = (*Issuer)(nil)
	_ carrier.Contracts = (*Issuer)(nil)
)

const (
	receive = "jingdong.ldop.alpha.waybill.receive"
	bigShot = "jingdong.ldop.alpha.vendor.bigshot.query"
	unbind  = "jingdong.ldop.alpha.waybill.api.unbind"
)

// The family's statusCode.
const (
	done           = "0"
	wrongParameter = "1"
	failed         = "-1"
)

// most is how many numbers one order may ask for.
const most = 99

// Issue implements carrier.Issuer. The waybill comes without routing. An order
// of several parcels gets a number for each.
func (i *Issuer) Issue(ctx context.Context, o order.Order) (waybill.Waybill, error) {
	if err := i.before(ctx, o); err != nil {
		return waybill.Waybill{}, err
	}
	return i.ask(ctx, o)
}

func (i *Issuer) ask(ctx context.Context, o order.Order) (waybill.Waybill, error) {
	content, err := jos.Object(i.content(o))
	if err != nil {
		return waybill.Waybill{}, carrier.Classify(notice.New(notice.Internal, err, receive), true)
	}
	numbers, err := i.take(ctx, receive, map[string]any{"content": content}, o)
	if err != nil {
		return waybill.Waybill{}, err
	}
	if len(numbers) != o.Boxes() {
		return waybill.Waybill{}, miscounted(receive, len(numbers), o.Boxes())
	}
	return i.waybill(o, carrier.Numbered(numbers)), nil
}

// before is what may refuse an order although nobody has been asked for a
// number yet.
func (i *Issuer) before(ctx context.Context, o order.Order) error {
	if err := carrier.Hidden(o, true); err != nil {
		return err
	}
	if err := carrier.Many(o, most); err != nil {
		return err
	}
	if !i.CheckOutage {
		return nil
	}
	return i.outage(ctx, o)
}

// take asks for numbers of the classic family.
func (i *Issuer) take(ctx context.Context, method string, params any, o order.Order) ([]waybill.Number, error) {
	var answer answer[struct {
		Numbers []waybill.Number `json:"waybillCodeList"`
	}]
	if err := i.Client.Call(ctx, method, params, &answer); err != nil {
		return nil, carrier.Classify(err, jos.NoEffect(err))
	}
	r := answer.result()
	if err := verdict(method, r.Status, r.Words, o); err != nil {
		return nil, doubted(method, err, r.Data.Numbers)
	}
	return r.Data.Numbers, whole(method, r.Data.Numbers)
}

// doubted returns the error of a no, behind which there is a number if the answer
// names one.
func doubted(method string, no error, numbers []waybill.Number) error {
	if slices.ContainsFunc(numbers, func(n waybill.Number) bool { return n != "" }) {
		return carrier.Both(no, jos.Broken(method, "a failure and a number"))
	}
	return no
}

// verdict is what a statusCode says about taking numbers.
func verdict(method string, status jos.Text, words string, o order.Order) error {
	if status == done {
		return nil
	}
	if err := carrier.Doubt(words, o); err != nil {
		return err
	}
	if status == wrongParameter || status == failed {
		return carrier.Refuse(words, o)
	}
	if status == "" {
		return carrier.Classify(jos.Broken(method, "no statusCode"), false)
	}
	return carrier.Trouble(jos.Broken(method, "statusCode "+outbound.Code(string(status))), words, o)
}

// whole reports numbers that are none, or that come twice.
func whole(method string, numbers []waybill.Number) error {
	sorted := slices.Sorted(slices.Values(numbers))
	if len(sorted) == 0 || sorted[0] == "" || len(slices.Compact(sorted)) != len(numbers) {
		return carrier.Classify(jos.Broken(method, "a number is missing"), false)
	}
	return nil
}

func miscounted(method string, got, want int) error {
	return carrier.Classify(jos.Broken(method, fmt.Sprintf("%d numbers for %d parcels", got, want)), false)
}

func (i *Issuer) waybill(o order.Order, parcels []waybill.Parcel) waybill.Waybill {
	number := parcels[0].Number
	if number == "" {
		number = waybill.Number(parcels[0].Barcode)
	}
	w := waybill.Waybill{
		Carrier: waybill.Carrier(i.ProviderCode), CarrierName: i.ProviderName, Number: number,
		Order: o.ID, Shop: cmp.Or(o.Shop, i.VendorName), Sender: i.Sender, Receiver: o.Receiver, PhoneKind: o.PhoneKind,
		Items: o.Items, Remark: o.Remark, Parcels: parcels, IssuedAt: i.Now(),
	}
	o.Mark(&w)
	return w
}

// Adopt implements carrier.Adopter.
func (i *Issuer) Adopt(o order.Order, numbers []waybill.Number) (waybill.Waybill, error) {
	if len(numbers) == 0 || len(numbers) != o.Boxes() {
		return waybill.Waybill{}, notice.New("parcel-count", nil, o.ID, o.Boxes(), len(numbers))
	}
	return i.waybill(o, carrier.Numbered(numbers)), nil
}

// CanFind implements carrier.Finder.
func (i *Issuer) CanFind() bool { return i.SameNumberAgain }

// Find implements carrier.Finder by asking again under the same key.
func (i *Issuer) Find(ctx context.Context, o order.Order) (waybill.Waybill, error) {
	if err := carrier.Hidden(o, true); err != nil {
		return waybill.Waybill{}, carrier.StillUnknown(err)
	}
	return i.ask(ctx, o)
}

// Cancel implements carrier.Issuer.
func (i *Issuer) Cancel(ctx context.Context, n waybill.Number) error {
	return i.release(ctx, unbind, n, map[string]any{
		"providerId": i.ProviderID, "providerCode": i.ProviderCode, "waybillCode": string(n),
	})
}

// release gives a number back by one of the families' methods.
func (i *Issuer) release(ctx context.Context, method string, n waybill.Number, params any) error {
	var answer answer[json.RawMessage]
	if err := i.Client.Call(ctx, method, params, &answer); err != nil {
		return err
	}
	switch r := answer.result(); r.Status {
	case done:
		return nil
	case "":
		return jos.Broken(method, "no statusCode")
	default:
		if carrier.Troubled(r.Words) {
			return trouble(method, r.Status, r.Words)
		}
		return carrier.NotTaken(n, r.Words)
	}
}

// trouble is the error of a no that is about JD itself: asking again helps.
func trouble(method string, status jos.Text, words string) error {
	return notice.New(jos.NoticeBackEnd, fmt.Errorf("%s: statusCode %s: %s", method, outbound.Code(string(status)), outbound.Words(words)))
}

// answer is how Wujie answers: bare, or within one of three names.
type answer[T any] struct {
	reply[T]
	Info     *reply[T] `json:"resultInfo"`
	Returned *reply[T] `json:"returnType"`
	Response *reply[T] `json:"response"`
}

type reply[T any] struct {
	Status jos.Text `json:"statusCode"`
	Words  string   `json:"statusMessage"`
	Data   T        `json:"data"`
}

func (a answer[T]) result() reply[T] {
	for _, r := range []*reply[T]{a.Info, a.Returned, a.Response} {
		if r != nil {
			return *r
		}
	}
	return a.reply
}
