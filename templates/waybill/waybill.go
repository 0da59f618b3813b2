// Package waybill is what a carrier gives for an order: a number, where the
// parcel is sorted, and whom it goes to. It is all that a template may print.
//
// Carriers name these things differently; the fields here carry the trade's
// words, with the Chinese term beside each, so that a layout reads the same
// for every carrier.
package waybill

import (
	"fmt"
	"slices"
	"time"

	"miandan/templates/pii"
)

// Carrier is a carrier's code in capitals, as the platforms write it: JD, ZTO,
// YTO, STO, SF, YUNDA.
type Carrier string

// Number is a waybill number, 运单号.
type Number string

// PhoneKind says which telephone number of the receiver a waybill carries.
type PhoneKind string

// A Sealed number is inside the platform's cipher text and known to nobody here.
const (
	PhoneReal    PhoneKind = "real"
	PhoneVirtual PhoneKind = "virtual"
	PhoneMasked  PhoneKind = "masked"
	PhoneSealed  PhoneKind = "sealed"
)

// Party is a sender or a receiver.
type Party struct {
	Name    pii.Name    `json:"name"`
	Phone   pii.Phone   `json:"phone"`
	Address pii.Address `json:"address"`
}

// Routing is what the carrier's sorters read.
type Routing struct {
	Code         string `json:"code,omitempty"`          // 三段码 or sort code: 300-B12-005
	Name         string `json:"name,omitempty"`          // 大头笔: the destination in large type
	Hub          string `json:"hub,omitempty"`           // 集包地
	HubCode      string `json:"hub_code,omitempty"`      // 集包地编码
	Origin       string `json:"origin,omitempty"`        // 始发分拣中心
	OriginCode   string `json:"origin_code,omitempty"`   // 始发道口号-笼车号
	Target       string `json:"target,omitempty"`        // 目的分拣中心
	TargetCode   string `json:"target_code,omitempty"`   // 目的道口号-笼车号
	Site         string `json:"site,omitempty"`          // 站点, 营业部
	Road         string `json:"road,omitempty"`          // 路区
	OriginBranch string `json:"origin_branch,omitempty"` // 始发网点
	Inbound      string `json:"inbound,omitempty"`       // 进港映射码, which SF prints boxed
	Outbound     string `json:"outbound,omitempty"`      // 出港映射码
	Mark         string `json:"mark,omitempty"`          // a letter or two of the sorters' own, such as SF's AB mark
	QR           string `json:"qr,omitempty"`            // what the carrier's QR code says; opaque
}

// Sorts reports whether a parcel can be sorted by it: whether it says where to, in
// whatever way its carrier does.
func (r Routing) Sorts() bool {
	return r.Code != "" || r.Name != "" || r.Target != "" || r.TargetCode != "" || r.Inbound != ""
}

// Handling is how a parcel is to be handled. Carriers print an icon or a boxed
// word for it.
type Handling string

// What is known of carriers' icons; another word is printed as it is.
const (
	Fragile  Handling = "fragile"  // 易碎
	Fresh    Handling = "fresh"    // 生鲜
	Heavy    Handling = "heavy"    // 重货
	Medicine Handling = "medicine" // 医药
	Liquor   Handling = "liquor"   // 酒水
)

var handlings = map[Handling]string{Fragile: "易碎", Fresh: "生鲜", Heavy: "重货", Medicine: "医药", Liquor: "酒水"}

// String returns the word in Chinese.
func (h Handling) String() string {
	if word := handlings[h]; word != "" {
		return word
	}
	return string(h)
}

// Item is a line of goods.
type Item struct {
	SKU      string `json:"sku,omitempty"`
	Name     string `json:"name"`
	Quantity int    `json:"quantity"`
}

// Parcel is one box of a waybill and gets one label.
type Parcel struct {
	Barcode string `json:"barcode"` // what the main barcode says; the number itself, or JD's number-n-total-
	Index   int    `json:"index"`   // from 1
	Count   int    `json:"count"`
	// Number is 子单号, the parcel's own number with carriers that give every
	// box one; empty where all boxes travel under the waybill's.
	Number Number `json:"number,omitempty"`
}

// Waybill is what a carrier gave for an order.
type Waybill struct {
	Carrier     Carrier   `json:"carrier"`
	CarrierName string    `json:"carrier_name"` // 中通快递
	Number      Number    `json:"number"`
	Order       string    `json:"order"`             // the platform's order number
	Shop        string    `json:"shop,omitempty"`    // the merchant's name
	Product     string    `json:"product,omitempty"` // 时效产品: 特惠送
	Sender      Party     `json:"sender"`
	Receiver    Party     `json:"receiver"`
	PhoneKind   PhoneKind `json:"phone_kind"` // of the receiver's number
	// CarrierPhone says that the receiver's number is a virtual one of the
	// carrier's own, 安全号码: no number of the platform's takes its place.
	CarrierPhone bool `json:"carrier_phone,omitempty"`
	// HideName and HidePhone are the carrier's word that the label must not
	// show them whole (JD: isHideName, isHideContractNumbers). With both, the
	// label is in privacy mode and shows no building and room either.
	HideName  bool      `json:"hide_name,omitempty"`
	HidePhone bool      `json:"hide_phone,omitempty"`
	Routing   Routing   `json:"routing"`
	Items     []Item    `json:"items,omitempty"`
	Remark    string    `json:"remark,omitempty"`
	Parcels   []Parcel  `json:"parcels"`
	IssuedAt  time.Time `json:"issued_at"`
	// What the courier must do besides delivering.
	Collect    Fen  `json:"collect,omitempty"`     // 代收货款: to be taken from the receiver
	Insured    Fen  `json:"insured,omitempty"`     // 保价: the declared value
	SignReturn bool `json:"sign_return,omitempty"` // 签单返还: a signed receipt comes back
	Freight    Fen  `json:"freight,omitempty"`     // 到付: the freight, to be taken from the receiver
	// SignReturnNumber is 签回单号, the number under which the receipt comes back;
	// empty with carriers that give it none of its own.
	SignReturnNumber Number `json:"sign_return_number,omitempty"`
	// Handling is printed in this order.
	Handling []Handling `json:"handling,omitempty"`
}

// Numbers returns every number that the waybill's parcels travel under, each
// once: what a platform is told and what is given back when the order is off.
func (w Waybill) Numbers() []Number {
	list := []Number{w.Number}
	for _, p := range w.Parcels {
		if p.Number != "" && !slices.Contains(list, p.Number) {
			list = append(list, p.Number)
		}
	}
	return list
}

// Fen is an amount of money in 分; in JSON it is a whole number of them.
type Fen int64

// String writes the amount in yuan: 59.00.
func (f Fen) String() string {
	sign, n := "", uint64(f)
	if f < 0 {
		sign, n = "-", -n
	}
	return fmt.Sprintf("%s%d.%02d", sign, n/100, n%100)
}

// Wave is 波次: labels that are printed, picked and packed together. The zero
// value is none.
type Wave struct {
	Name   string `json:"name"`   // what it is called in the warehouse
	Index  int    `json:"index"`  // which label of it this is, from 1
	Labels int    `json:"labels"` // how many it has
}

// Label is one parcel of a waybill on its way to paper.
type Label struct {
	Waybill
	Wave      Wave
	Parcel    int       // index into Parcels
	Copy      int       // 0 for the first print, n for the n-th authorised reprint
	PrintedAt time.Time // the time that stands on the paper
	// Screen says that it is drawn to be looked at on a screen, where nobody's
	// name, number and address may stand whole, nor the words of a buyer.
	Screen bool
}

// Own returns the number that this parcel travels under: its own, or the
// waybill's.
func (l Label) Own() Number {
	if l.Parcel >= 0 && l.Parcel < len(l.Parcels) && l.Parcels[l.Parcel].Number != "" {
		return l.Parcels[l.Parcel].Number
	}
	return l.Number
}
