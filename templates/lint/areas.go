package lint

import (
	"slices"
	"strings"

	"miandan/templates"
)

// shows reports whether some element of the layout shows one of the fields,
// masked or not.
func (s *study) shows(fields ...string) bool {
	return slices.ContainsFunc(s.elements, func(e *templates.Element) bool {
		return slices.ContainsFunc(fields, func(f string) bool { return e.Shows(f) || slices.Contains(e.Masked, f) })
	})
}

func (s *study) says(words ...string) bool {
	return slices.ContainsFunc(s.elements, func(e *templates.Element) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(e.Words, w) })
	})
}

// missing finds the waybills that show none of the fields.
func missing(fields ...string) func(*study, report) {
	return func(s *study, found report) {
		if s.isWaybill() && !s.shows(fields...) {
			found(nil, nil)
		}
	}
}

// missingOne finds the waybills that show not all of the fields.
func missingOne(fields ...string) func(*study, report) {
	return func(s *study, found report) {
		for _, f := range fields {
			if s.isWaybill() && !s.shows(f) {
				found(nil, nil, f)
			}
		}
	}
}

func unsaid(words ...string) func(*study, report) {
	return func(s *study, found report) {
		if s.isWaybill() && !s.says(words...) {
			found(nil, nil)
		}
	}
}

func areaRules() []Rule {
	return []Rule{
		{
			Number: 401, Severity: Error, Source: Standard,
			asks:    phrase{"routing: a waybill says where it goes", "目的地信息区：面单要印分拣信息"},
			reason:  phrase{"without sort code or destination the parcel is sorted by hand", "没有三段码或目的地，只能人工分拣"},
			instead: phrase{"the waybill has no sort code: add {text: \"{routing.code}\", size: 12, floor: 6, bold: true} or include the block `sort`", "面单上没有分拣信息：请加 {text: \"{routing.code}\", size: 12, floor: 6, bold: true}，或引用区块 `sort`"},
			find:    missing("routing.code", "routing.name", "routing.target_code", "routing.target"),
		},
		{
			Number: 402, Severity: Error, Source: Standard,
			asks:    phrase{"receiver: name, phone and address", "收件人信息区：姓名、电话、地址齐全"},
			reason:  phrase{"the courier needs all three to deliver", "缺一样就送不到"},
			instead: phrase{"the waybill does not show `%s`: add it, or include the block `receiver`", "面单上没有 `%s`：请补上，或引用区块 `receiver`"},
			find:    missingOne("receiver.name", "receiver.phone", "receiver.address"),
		},
		{
			Number: 403, Severity: Warning, Source: Standard,
			asks:    phrase{"sender: name and phone", "寄件人信息区：姓名、电话"},
			reason:  phrase{"a parcel that cannot be delivered goes back to them", "送不到的包裹要退回寄件人"},
			instead: phrase{"the waybill does not show `%s`: add it, or include the block `sender`", "面单上没有 `%s`：请补上，或引用区块 `sender`"},
			find:    missingOne("sender.name", "sender.phone"),
		},
		{
			Number: 404, Severity: Warning, Source: Practice,
			asks:    phrase{"the routing that the carrier gave is on the label: 三段码, 大头笔, 集包地", "快递公司给的三段码、大头笔、集包地都要印"},
			reason:  phrase{"the bag is made up by the 集包地, the first sorting by the 大头笔", "建包看集包地，初分看大头笔"},
			instead: phrase{"the sample has `%s`, and the label does not show it: add {text: \"{%[1]s}\", size: 5, floor: 2.2, lines: 2, bold: true}", "样例里有 `%s`，面单上没有印：请加 {text: \"{%[1]s}\", size: 5, floor: 2.2, lines: 2, bold: true}"},
			find: func(s *study, found report) {
				if !s.isWaybill() {
					return
				}
				s.each(plainCase, func(l *look) {
					r := l.label.Routing
					for _, f := range []struct{ name, text string }{{"routing.code", r.Code}, {"routing.name", r.Name}, {"routing.hub", r.Hub}} {
						if d, _ := l.shown(f.name); f.text != "" && d == nil {
							found(nil, l, f.name)
						}
					}
				})
			},
		},
		{
			Number: 405, Severity: Warning, Source: Standard,
			asks:    phrase{"goods: what is in the parcel", "内件信息区：内件品名"},
			reason:  phrase{"the packer checks against it; it is one of the standard's areas", "打包核对用，也是标准规定的区域"},
			instead: phrase{"the waybill does not say what is in it: add {items: \"{item.name} ×{item.quantity}\", size: 2.8, more: \"…等{items.quantity}件\"}", "面单上没有内件：请加 {items: \"{item.name} ×{item.quantity}\", size: 2.8, more: \"…等{items.quantity}件\"}"},
			find:    missing("item.name", "item.sku", "items.quantity"),
		},
		{
			Number: 406, Severity: Hint, Source: Practice,
			asks:    phrase{"the merchant's own area: order, remark or shop", "商家自定义区：订单、备注或店铺"},
			reason:  phrase{"the packing table finds the order by it", "打包台靠它找到订单"},
			instead: phrase{"nothing on the label is the merchant's own: include the block `merchant`, or add {text: \"订单 {order}\", size: 2.4}", "面单上没有商家自己的内容：请引用区块 `merchant`，或加 {text: \"订单 {order}\", size: 2.4}"},
			find:    missing("order", "remark", "shop"),
		},
		{
			Number: 407, Severity: Warning, Source: Practice,
			asks:    phrase{"已验视", "印有“已验视”"},
			reason:  phrase{"the carriers want the mark that the contents were inspected", "快递公司要求有收寄验视标识"},
			instead: phrase{"已验视 stands nowhere: add {text: 已验视, size: 3.2, boxed: true}, or keep it in your own block `merchant`", "没有“已验视”：请加 {text: 已验视, size: 3.2, boxed: true}；自己的 `merchant` 区块里也要保留"},
			find:    unsaid("已验视"),
		},
		{
			Number: 408, Severity: Hint, Source: Standard,
			asks:    phrase{"a place for the signature, 签收", "签收区"},
			reason:  phrase{"it is one of the standard's areas", "标准规定的区域"},
			instead: phrase{"there is no place to sign: add {text: 签收人／时间, size: 2.4}, or include the block `receipt`", "没有签收处：请加 {text: 签收人／时间, size: 2.4}，或引用区块 `receipt`"},
			find:    unsaid("签收"),
		},
		{
			Number: 409, Severity: Error, Source: Practice,
			asks:    phrase{"money to be taken stands on the label: 代收货款, 到付", "代收货款、到付金额要印在面单上"},
			reason:  phrase{"the courier hands the parcel over without taking it otherwise", "否则快递员不会收款"},
			instead: phrase{"a label with `%s` does not say so: add the marks `代收 ¥{collect}` and `到付 ¥{freight}`, or include the block `sender`", "有 `%s` 的面单上没有印：请加标记 `代收 ¥{collect}` 和 `到付 ¥{freight}`，或引用区块 `sender`"},
			find: func(s *study, found report) {
				if !s.isWaybill() {
					return
				}
				s.each(hiddenCase, func(l *look) {
					for _, f := range []string{"collect", "freight"} {
						if d, _ := l.shown(f); d == nil {
							found(nil, l, f)
						}
					}
				})
			},
		},
		{
			Number: 410, Severity: Warning, Source: Practice,
			asks:    phrase{"one of several parcels says which it is", "一票多件要印第几件"},
			reason:  phrase{"the courier knows whether all have come", "快递员才知道是否到齐"},
			instead: phrase{"one of two parcels does not say which: add {text: \"{parcel.index}/{parcel.count}件\", when: parcel.count > 1, size: 4}", "两件中的一件没有印第几件：请加 {text: \"{parcel.index}/{parcel.count}件\", when: parcel.count > 1, size: 4}"},
			find: func(s *study, found report) {
				if !s.isWaybill() {
					return
				}
				s.each(hiddenCase, func(l *look) {
					if d, _ := l.shown("parcel.index"); d == nil {
						found(nil, l)
					}
				})
			},
		},
	}
}
