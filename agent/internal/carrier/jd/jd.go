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
	"slices"
	"strings"
	"time"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/jos"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/agent/internal/outbound"
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

// Issue implements carrier.Issuer. The waybill comes without routing.
func (i *Issuer) Issue(ctx context.Context, o order.Order) (waybill.Waybill, error) {
	content, err := jos.Object(i.content(o))
	if err != nil {
		return waybill.Waybill{}, carrier.Classify(notice.New(notice.Internal, err, receive), true)
	}
	var answer answer[struct {
		Numbers []string `json:"waybillCodeList"`
	}]
	if err := i.Client.Call(ctx, receive, map[string]any{"content": content}, &answer); err != nil {
		return waybill.Waybill{}, carrier.Classify(err, jos.NoEffect(err))
	}
	r := answer.result()
	switch {
	case r.Status == wrongParameter || r.Status == failed && !carrier.Troubled(r.Words):
		return waybill.Waybill{}, carrier.Refuse(r.Words, o)
	case r.Status != done:
		return waybill.Waybill{}, carrier.Classify(jos.Broken(receive, "statusCode "+outbound.Words(string(r.Status))), false)
	case len(r.Data.Numbers) != 1 || r.Data.Numbers[0] == "":
		return waybill.Waybill{}, carrier.Classify(jos.Broken(receive, "not one number"), false)
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
	var answer answer[oneOf[sorting]]
	err := i.Client.Read(ctx, bigShot, map[string]any{
		"waybillCode": string(w.Number), "providerId": i.ProviderID, "providerCode": i.ProviderCode,
	}, &answer)
	if err != nil {
		return err
	}
	r := answer.result()
	b := r.Data.value
	if r.Status != done || b.Code == "" && b.Name == "" {
		return jos.Broken(bigShot, "no routing, statusCode "+outbound.Words(string(r.Status)))
	}
	code := slices.DeleteFunc([]string{b.Code, b.Second, b.Third}, func(s string) bool { return s == "" })
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
	err := i.Client.Call(ctx, unbind, map[string]any{
		"providerId": i.ProviderID, "providerCode": i.ProviderCode, "waybillCode": string(n),
	}, &answer)
	if err != nil {
		return err
	}
	switch r := answer.result(); r.Status {
	case done:
		return nil
	case "":
		return jos.Broken(unbind, "no statusCode")
	default:
		return carrier.NotTaken(n, r.Words)
	}
}

// answer is how the alpha family answers: bare, or within resultInfo.
type answer[T any] struct {
	reply[T]
	Wrapped *reply[T] `json:"resultInfo"`
}

type reply[T any] struct {
	Status jos.Text `json:"statusCode"`
	Words  string   `json:"statusMessage"`
	Data   T        `json:"data"`
}

func (a answer[T]) result() reply[T] {
	if a.Wrapped != nil {
		return *a.Wrapped
	}
	return a.reply
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

// sorting is what the big-shot query gives, 大头笔.
type sorting struct {
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
