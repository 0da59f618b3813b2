package templates

import (
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"miandan/templates/pii"
	"miandan/templates/waybill"
)

// Kind says what a field holds, and so which functions go with it.
type Kind uint8

// The kinds of field.
const (
	Text Kind = iota
	Number
	Time
	Person // a name, a phone or an address; printed as the carrier's privacy mode allows
	Item   // text of one line of goods, only within items
)

// Field is something that a layout may print or ask for.
type Field struct {
	Path    string // as a layout writes it: receiver.name
	Kind    Kind
	Chinese string
	English string

	text   func(*card) string
	time   func(*card) time.Time
	masked func(*card) string // of a Person
	refuse func(*card) Reason // of a Person: why it may not be printed, or ""
}

// A card is a label with what is in hand while it is composed.
type card struct {
	*waybill.Label
	item        waybill.Item
	index       int            // of the item, from 1
	rest        []waybill.Item // goods that found no place
	page, pages int
}

func (c *card) parcel() waybill.Parcel { return c.Parcels[c.Label.Parcel] }

// Fields returns all fields in the order in which the README lists them.
func Fields() []Field { return slices.Clone(fields()) }

var fields = sync.OnceValue(allFields)

func allFields() []Field {
	all := []Field{
		text("carrier", "快递公司代码，如 JD、ZTO", "the carrier's code", func(c *card) string { return string(c.Carrier) }),
		text("carrier_name", "快递公司名称", "the carrier's name", func(c *card) string { return c.CarrierName }),
		text("number", "运单号", "the waybill number", func(c *card) string { return string(c.Waybill.Number) }),
		text("order", "平台订单号", "the platform's order number", func(c *card) string { return c.Order }),
		text("shop", "店铺名称", "the merchant's name", func(c *card) string { return c.Shop }),
		text("product", "时效产品，如 特惠送", "the carrier's product", func(c *card) string { return c.Product }),
		number("collect", "代收货款，元；没有则为空", "cash to be taken from the receiver, in yuan; empty if none", func(c *card) string { return yuan(c.Collect) }),
		number("insured", "保价金额，元；没有则为空", "the insured value, in yuan; empty if none", func(c *card) string { return yuan(c.Insured) }),
		text("sign_return", "需要签单返还时为 签单返还", "签单返还 where a signed receipt comes back", func(c *card) string { return only(c.SignReturn, "签单返还") }),
		text("sign_return_number", "签回单号；回单没有自己的单号则为空", "the number under which the receipt comes back; empty if it has none of its own", func(c *card) string { return string(c.SignReturnNumber) }),
		number("freight", "到付运费，元；没有则为空", "freight to be taken from the receiver, in yuan; empty if none", func(c *card) string { return yuan(c.Freight) }),
		text("handling", "操作提示：易碎 生鲜 重货 医药 酒水", "how to handle the parcel, in words", func(c *card) string { return words(c.Handling) }),
		handling(waybill.Fragile, "易碎", "fragile"),
		handling(waybill.Fresh, "生鲜", "fresh"),
		handling(waybill.Heavy, "重货", "heavy"),
		handling(waybill.Medicine, "医药", "medicine"),
		handling(waybill.Liquor, "酒水", "liquor"),
		text("services", "代收、到付、保价、签单返还、操作提示中有哪些；都没有则为空", "what the courier has to do besides delivering, in words; empty if nothing", services),
		text("remark", "备注", "the remark", func(c *card) string { return c.Remark }),
		text("phone_kind", "收件电话种类：real、virtual、masked、sealed", "which phone of the receiver the waybill carries", func(c *card) string { return string(c.PhoneKind) }),
		text("parcel.barcode", "主条码内容：运单号，京东为 运单号-序号-总数-", "what the main barcode says", func(c *card) string { return c.parcel().Barcode }),
		text("parcel.number", "本件单号：子单号，没有则为运单号", "this parcel's own number, or the waybill's", func(c *card) string { return string(c.Own()) }),
		number("parcel.index", "第几件，从 1 起", "which parcel this is, from 1", func(c *card) string { return count(c.parcel().Index) }),
		number("parcel.count", "共几件", "how many parcels there are", func(c *card) string { return count(c.parcel().Count) }),
		number("items.count", "商品种数", "how many lines of goods", func(c *card) string { return count(len(c.Items)) }),
		number("items.quantity", "商品总件数", "how many pieces of goods", func(c *card) string { return count(pieces(c.Items)) }),
		number("rest.count", "没印下的商品种数（用于 more）", "how many lines of goods found no place, within more", func(c *card) string { return count(len(c.rest)) }),
		number("rest.quantity", "没印下的商品件数（用于 more）", "how many pieces found no place, within more", func(c *card) string { return count(pieces(c.rest)) }),
		number("page", "第几页", "which page this is", func(c *card) string { return count(c.page) }),
		number("pages", "共几页", "how many pages there are", func(c *card) string { return count(c.pages) }),
		text("wave.name", "波次", "the wave", func(c *card) string { return c.Wave.Name }),
		number("wave.index", "波次中的第几单", "which label of the wave this is", func(c *card) string { return count(c.Wave.Index) }),
		number("wave.labels", "波次共几单", "how many labels the wave has", func(c *card) string { return count(c.Wave.Labels) }),
		number("copy", "第几次重印；首次打印为空", "the count of the reprint; empty on the first print", func(c *card) string { return count(c.Copy) }),
		moment("printed_at", "打印时间", "the time of printing", func(c *card) time.Time { return c.PrintedAt }),
		moment("issued_at", "取号时间", "when the number was given", func(c *card) time.Time { return c.IssuedAt }),
		text("routing.code", "三段码或分拣码", "the sort code", func(c *card) string { return c.Routing.Code }),
		text("routing.name", "大头笔", "the destination in large type", func(c *card) string { return c.Routing.Name }),
		text("routing.hub", "集包地", "the hub", func(c *card) string { return c.Routing.Hub }),
		text("routing.hub_code", "集包地编码", "the hub's code", func(c *card) string { return c.Routing.HubCode }),
		text("routing.origin", "始发分拣中心", "the sorting centre it leaves from", func(c *card) string { return c.Routing.Origin }),
		text("routing.origin_code", "始发道口号-笼车号", "its gate and trolley", func(c *card) string { return c.Routing.OriginCode }),
		text("routing.target", "目的分拣中心", "the sorting centre it goes to", func(c *card) string { return c.Routing.Target }),
		text("routing.target_code", "目的道口号-笼车号", "its gate and trolley", func(c *card) string { return c.Routing.TargetCode }),
		text("routing.site", "站点、营业部", "the delivery station", func(c *card) string { return c.Routing.Site }),
		text("routing.road", "路区", "the courier's round", func(c *card) string { return c.Routing.Road }),
		text("routing.origin_branch", "始发网点", "the branch that collects", func(c *card) string { return c.Routing.OriginBranch }),
		text("routing.inbound", "进港映射码（顺丰加框）", "the code for the way in, which SF boxes", func(c *card) string { return c.Routing.Inbound }),
		text("routing.outbound", "出港映射码", "the code for the way out", func(c *card) string { return c.Routing.Outbound }),
		text("routing.mark", "分拣标记，如顺丰 AB 标", "the sorters' mark, such as SF's AB mark", func(c *card) string { return c.Routing.Mark }),
		text("routing.qr", "快递公司的二维码内容", "what the carrier's QR code says", func(c *card) string { return c.Routing.QR }),
		number("item.index", "商品序号，从 1 起（仅用于 items 和 table）", "which line of goods this is, within items and tables", func(c *card) string { return count(c.index) }),
		text("item.name", "商品名称（仅用于 items 和 table）", "the name of the item, within items and tables", func(c *card) string { return c.item.Name }),
		text("item.sku", "商品编码（仅用于 items 和 table）", "the item's code, within items and tables", func(c *card) string { return c.item.SKU }),
		number("item.quantity", "该商品件数（仅用于 items 和 table）", "how many of the item, within items and tables", func(c *card) string { return count(c.item.Quantity) }),
	}
	for i := range all {
		if strings.HasPrefix(all[i].Path, "item.") {
			all[i].Kind = Item
		}
	}
	all = append(all, party("receiver", "收件人", "receiver", func(c *card) *waybill.Party { return &c.Receiver })...)
	return append(all, party("sender", "寄件人", "sender", func(c *card) *waybill.Party { return &c.Sender })...)
}

func text(path, chinese, english string, get func(*card) string) Field {
	return Field{Path: path, Chinese: chinese, English: english, text: get}
}

func number(path, chinese, english string, get func(*card) string) Field {
	return Field{Path: path, Kind: Number, Chinese: chinese, English: english, text: get}
}

// A number of nought prints nothing: no label says "0 pieces" or "¥0.00".
func count(n int) string        { return only(n != 0, strconv.Itoa(n)) }
func yuan(f waybill.Fen) string { return only(f != 0, f.String()) }

func only(yes bool, s string) string {
	if yes {
		return s
	}
	return ""
}

func moment(path, chinese, english string, get func(*card) time.Time) Field {
	return Field{Path: path, Kind: Time, Chinese: chinese, English: english, time: get, text: func(c *card) string {
		return stamp(get(c), "2006-01-02 15:04")
	}}
}

func stamp(t time.Time, layout string) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(layout)
}

func handling(h waybill.Handling, chinese, english string) Field {
	return text("handling."+string(h), "需要时为 "+chinese, chinese+" where it applies: "+english, func(c *card) string {
		return only(slices.Contains(c.Handling, h), h.String())
	})
}

func words(all []waybill.Handling) string {
	var b []string
	for _, h := range all {
		b = append(b, h.String())
	}
	return strings.Join(b, " ")
}

func services(c *card) string {
	var b []string
	for _, s := range []string{only(c.Collect != 0, "代收货款"), only(c.Freight != 0, "到付"), only(c.Insured != 0, "保价"), only(c.SignReturn, "签单返还")} {
		if s != "" {
			b = append(b, s)
		}
	}
	return strings.TrimSpace(strings.Join(b, " ") + " " + words(c.Handling))
}

func pieces(items []waybill.Item) int {
	n := 0
	for _, it := range items {
		n += it.Quantity
	}
	return n
}

// party returns the fields of a sender or a receiver. The privacy flags of a
// waybill speak of the receiver only.
func party(who, chinese, english string, get func(*card) *waybill.Party) []Field {
	receiver := who == "receiver"
	region := func(part, zh, en string, of func(pii.Region) string) Field {
		return text(who+"."+part, chinese+zh, "the "+english+"'s "+en, func(c *card) string {
			return of(get(c).Address.Region())
		})
	}
	return []Field{
		{
			Path: who + ".name", Kind: Person, Chinese: chinese + "姓名", English: "the " + english + "'s name",
			text: func(c *card) string {
				switch {
				case c.Screen:
					return get(c).Name.String()
				case receiver && c.HideName:
					return hiddenName(get(c).Name)
				}
				return get(c).Name.Reveal()
			},
			masked: func(c *card) string { return onScreen(c, get(c).Name, hiddenName) },
			refuse: func(c *card) Reason {
				return whole(c, receiver && !c.HideName, get(c).Name.Empty(), starred(get(c).Name.Reveal()))
			},
		},
		{
			Path: who + ".phone", Kind: Person, Chinese: chinese + "电话", English: "the " + english + "'s phone",
			text: func(c *card) string {
				switch {
				case c.Screen:
					return get(c).Phone.String()
				case receiver && c.HidePhone:
					return hiddenPhone(get(c).Phone)
				}
				return wholePhone(get(c).Phone)
			},
			masked: func(c *card) string { return onScreen(c, get(c).Phone, hiddenPhone) },
			refuse: func(c *card) Reason {
				hidden := get(c).Phone.Hidden() || c.PhoneKind == waybill.PhoneMasked
				return whole(c, receiver && !c.HidePhone, get(c).Phone.Empty(), hidden)
			},
		},
		{
			Path: who + ".address", Kind: Person, Chinese: chinese + "完整地址", English: "the " + english + "'s whole address",
			text: func(c *card) string {
				switch {
				case c.Screen:
					return get(c).Address.String()
				case receiver && c.HideName && c.HidePhone:
					return hiddenAddress(get(c).Address)
				}
				return get(c).Address.Reveal()
			},
			masked: func(c *card) string { return onScreen(c, get(c).Address, hiddenAddress) },
			refuse: func(c *card) Reason {
				return whole(c, receiver, get(c).Address.Empty(), starred(get(c).Address.Reveal()))
			},
		},
		region("province", "所在省", "province", func(r pii.Region) string { return r.Province }),
		region("city", "所在市", "city", func(r pii.Region) string { return r.City }),
		region("district", "所在区县", "district", func(r pii.Region) string { return r.District }),
		text(who+".town", chinese+"所在乡镇街道", "the "+english+"'s town", func(c *card) string {
			return only(!c.Screen, get(c).Address.Region().Town)
		}),
	}
}

// whole says why a value that the courier must read whole cannot be. What the
// waybill keeps sealed prints through the platform's own component, not here.
func whole(c *card, wanted, empty, hidden bool) Reason {
	switch {
	case !wanted:
		return ""
	case empty && c.PhoneKind == waybill.PhoneSealed:
		return Sealed
	case hidden:
		return Masked
	}
	return ""
}
