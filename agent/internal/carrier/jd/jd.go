// Package jd takes numbers of other carriers through JD's Wujie e-waybill,
// 无界电子面单: the classic family jingdong.ldop.alpha.
//
// The phone that is sent there is the one that the carrier's courier will call,
// so this package is one of the few that take it out of its mask.
package jd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/jos"
	"miandan/agent/internal/order"
	"miandan/templates/waybill"
)

// Issuer is a contract with one carrier.
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
)

const receive = "jingdong.ldop.alpha.waybill.receive"

// Issue implements carrier.Issuer. The waybill comes without routing.
func (i *Issuer) Issue(ctx context.Context, o order.Order) (waybill.Waybill, error) {
	content, err := jos.Object(i.content(o))
	if err != nil {
		return waybill.Waybill{}, fmt.Errorf("%w: %w", carrier.ErrUnsent, err)
	}
	var answer answer[struct {
		Numbers []string `json:"waybillCodeList"`
	}]
	if err := i.Client.Call(ctx, receive, map[string]any{"content": content}, &answer); err != nil {
		return waybill.Waybill{}, carrier.Classify(err, jos.NoEffect(err))
	}
	r := answer.result()
	if r.Status != "0" {
		if r.Status == "" {
			return waybill.Waybill{}, carrier.Classify(jos.Broken(receive, "no statusCode"), false)
		}
		return waybill.Waybill{}, refusal(r.Words, o)
	}
	if len(r.Data.Numbers) == 0 || r.Data.Numbers[0] == "" {
		return waybill.Waybill{}, carrier.Classify(jos.Broken(receive, "no number"), false)
	}
	number := r.Data.Numbers[0]
	return waybill.Waybill{
		Carrier: waybill.Carrier(i.ProviderCode), CarrierName: i.ProviderName, Number: waybill.Number(number),
		Order: o.ID, Shop: i.VendorName, Sender: i.Sender, Receiver: o.Receiver, PhoneKind: o.PhoneKind,
		Items: o.Items, Remark: o.Remark, Parcels: []waybill.Parcel{{Barcode: number, Index: 1, Count: 1}}, IssuedAt: i.Now(),
	}, nil
}

// CanFind implements carrier.Finder.
func (i *Issuer) CanFind() bool { return i.SameNumberAgain }

// Find implements carrier.Finder by asking again under the same key.
func (i *Issuer) Find(ctx context.Context, o order.Order) (waybill.Waybill, error) {
	return i.Issue(ctx, o)
}

// Route implements carrier.Router by the big-shot query, 大头笔.
func (i *Issuer) Route(ctx context.Context, w *waybill.Waybill) error {
	const method = "jingdong.ldop.alpha.vendor.bigshot.query"
	var answer answer[oneOf[bigShot]]
	err := i.Client.Read(ctx, method, map[string]any{
		"waybillCode": string(w.Number), "providerId": i.ProviderID, "providerCode": i.ProviderCode,
	}, &answer)
	if err != nil {
		return err
	}
	r := answer.result()
	b := r.Data.value
	if r.Status != "0" || b.Code == "" && b.Name == "" {
		return jos.Broken(method, "no routing, statusCode "+string(r.Status))
	}
	code := []string{b.Code}
	for _, part := range []string{b.Second, b.Third} {
		if part != "" {
			code = append(code, part)
		}
	}
	w.Routing = waybill.Routing{
		Code: strings.Join(code, "-"), Name: b.Name, Hub: b.Hub, HubCode: b.HubCode,
		Site: b.ToBranch, Road: b.Road, OriginBranch: b.FromBranch,
	}
	if w.Routing.Site == "" {
		w.Routing.Site = b.Branch
	}
	return nil
}

// Cancel implements carrier.Issuer.
func (i *Issuer) Cancel(ctx context.Context, n waybill.Number) error {
	var answer answer[json.RawMessage]
	err := i.Client.Call(ctx, "jingdong.ldop.alpha.waybill.api.unbind", map[string]any{
		"providerId": i.ProviderID, "providerCode": i.ProviderCode, "waybillCode": string(n),
	}, &answer)
	if err != nil {
		return err
	}
	if r := answer.result(); r.Status != "0" {
		return &carrier.Refusal{Code: "cancel-refused", Message: carrier.Words(r.Words, waybill.Party{})}
	}
	return nil
}

// refusal turns JD's words into a code. The gateway has one status for every
// no, so the words decide.
func refusal(words string, o order.Order) error {
	r := &carrier.Refusal{Code: "carrier-refused", Message: carrier.Words(words, o.Receiver)}
	switch {
	case strings.Contains(words, "库存") || strings.Contains(words, "余额") || strings.Contains(words, "单号不足"):
		r.Code, r.Retry = "stock-out", true
	case strings.Contains(words, "停发") || strings.Contains(words, "不派送") || strings.Contains(words, "超区"):
		r.Code = "carrier-area"
	}
	return r
}

// answer is how the alpha family answers: bare, or within resultInfo.
type answer[T any] struct {
	result_[T]
	Wrapped *result_[T] `json:"resultInfo"`
}

type result_[T any] struct {
	Status jos.Text `json:"statusCode"`
	Words  string   `json:"statusMessage"`
	Data   T        `json:"data"`
}

func (a answer[T]) result() result_[T] {
	if a.Wrapped != nil {
		return *a.Wrapped
	}
	return a.result_
}

// oneOf reads an object, or the first of a list of them.
type oneOf[T any] struct{ value T }

func (o *oneOf[T]) UnmarshalJSON(b []byte) error {
	var list []T
	if json.Unmarshal(b, &list) == nil {
		if len(list) > 0 {
			o.value = list[0]
		}
		return nil
	}
	if err := json.Unmarshal(b, &o.value); err != nil {
		return errors.New("neither an object nor a list")
	}
	return nil
}

type bigShot struct {
	Name       string `json:"bigShotName"`
	Code       string `json:"bigShotCode"`
	Hub        string `json:"gatherCenterName"`
	HubCode    string `json:"gatherCenterCode"`
	Branch     string `json:"branchName"`
	Second     string `json:"secondSectionCode"`
	Third      string `json:"thirdSectionCode"`
	Road       string `json:"road"`
	FromBranch string `json:"fromBranchName"`
	ToBranch   string `json:"toBranchName"`
}
