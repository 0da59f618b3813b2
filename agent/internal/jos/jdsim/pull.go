package jdsim

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"miandan/agent/internal/jos/jdsim/sheet"
)

// Codes of cloud printing: pullOK is JD's, the others are guessed.
const (
	pullOK      = "1"
	pullParam   = "-1"
	pullUnknown = "-2" // no such number, or it was given back
	pullForeign = "-3" // the customer's code or order does not fit
	pullBusy    = "-4"
)

// What one call may ask for. JOS's is what one reseller says.
const (
	pullMostJOS = 100
	pullMostLOP = 10
)

// pullDone is JD's word for it.
const pullDone = "操作成功！"

// pullJOS is jingdong.printing.printData.pullData.
func (g *Gateway) pullJOS(c *call) (object, error) {
	arg, ok := child(c.args, "param1")
	if !ok {
		return g.no(c, pullParam, "参数错误：param1 不能为空"), nil
	}
	r, err := g.pull(c, arg, pullMostJOS)
	return object{"returnType": r}, err
}

// pullLOP is /PullDataService/pullData.
func (g *Gateway) pullLOP(c *call) (object, error) { return g.pull(c, c.args, pullMostLOP) }

func refusePullJOS(d Dialect, code, message string) object {
	return object{"returnType": refusePull(d, code, message)}
}

func refusePull(_ Dialect, code, message string) object {
	return object{"code": code, "message": message, "objectId": "", "prePrintDatas": []any{}}
}

// jdFamily reports whether a carrier is one of JD's own, which go by another
// customer code and another field.
func jdFamily(carrier string) bool {
	return slices.Contains([]string{"JD", "JDKY", "JDDJ", "ZY"}, carrier)
}

// pull gives the sealed print data of numbers.
func (g *Gateway) pull(c *call, arg object, most int) (object, error) {
	id, carrier := text(arg, "objectId"), text(arg, "cpCode")
	wanted := children(arg, "wayBillInfos")
	parameters, _ := child(arg, "parameters")
	switch {
	case id == "" || len(id) > 50:
		return refusePull(g.config.Dialect, pullParam, "参数错误：objectId 长度应为1到50"), nil
	case carrier == "":
		return refusePull(g.config.Dialect, pullParam, "参数错误：cpCode 不能为空"), nil
	case len(wanted) == 0 || len(wanted) > most:
		return refusePull(g.config.Dialect, pullParam, fmt.Sprintf("参数错误：wayBillInfos 应为1到%d个", most)), nil
	}
	customer := text(parameters, "eCustomerCode") == g.config.VendorID
	numberField := "wayBillCode"
	if jdFamily(carrier) {
		customer = text(parameters, "ewCustomerCode") == g.config.CustomerCode
		numberField = "jdWayBillCode"
	}
	items := []any{}
	var entries []Entry
	for i, w := range wanted {
		number := clip(text(w, numberField))
		documents, code, message := g.pullable(carrier, number, w)
		if !customer {
			code, message = pullForeign, "客户编码与运单不匹配"
		}
		if c.partial && i%2 == 1 {
			code, message = pullBusy, "系统繁忙，请稍后重试"
		}
		if code != pullOK {
			items = append(items, object{"wayBillNo": number, "code": code, "msg": message, "perPrintData": "", "packageCode": ""})
			continue
		}
		entries = append(entries, Entry{Event: Pulled, Order: documents[0].Order, Carrier: carrier, Number: number})
		for _, d := range documents {
			if one := text(w, "packageCode"); one != "" && one != d.Package {
				continue
			}
			sealed, err := g.config.PrintKey.Seal(d)
			if err != nil {
				return nil, err
			}
			items = append(items, object{
				"wayBillNo": number, "code": pullOK, "msg": pullDone, "packageCode": d.Package,
				"perPrintData": sealed, // per, in a list of pre: sic
			})
		}
	}
	if err := g.record(c, entries...); err != nil {
		return nil, err
	}
	return object{"code": pullOK, "message": pullDone, "objectId": id, "prePrintDatas": items}, nil
}

// pullable returns the labels of a number, or why there are none.
func (g *Gateway) pullable(carrier, number string, asked object) ([]sheet.Document, string, string) {
	e, ok := g.boundTo(carrier, number)
	if !ok {
		return nil, pullUnknown, "运单号不存在"
	}
	if n := text(asked, "orderNo"); text(asked, "popFlag") == "1" && n != "" && !slices.Contains(strings.Split(e.Order, ","), n) {
		return nil, pullForeign, "订单号与运单号不匹配"
	}
	documents := g.documents(e)
	if len(documents) == 0 {
		return nil, pullUnknown, "打印数据不存在"
	}
	return documents, pullOK, ""
}

// documents are the labels of a number, one for each package. The receiver is
// the order's, as oaid.decrypt would tell it, virtual number and all (guessed:
// nobody outside JD can look), otherwise whom the client named.
func (g *Gateway) documents(e Entry) []sheet.Document {
	d := sheet.Document{Waybill: e.Number, Carrier: e.Carrier, Order: e.Order, Collect: e.Collect, Sender: g.consigned[e.Number].sender}
	if d.Sender == (sheet.Party{}) {
		d.Sender = sheet.Party{Name: g.config.VendorName, Phone: "021-80000001", Address: "上海闵行区演示路1号"}
	}
	first, _, _ := strings.Cut(e.Order, ",")
	if o := g.orders[first]; o != nil {
		d.Receiver = g.toldReceiver(o)
		d.HideName, d.HidePhone = o.HideName, o.HideNumber
		d.Remark = o.Remark
		for _, i := range o.Items {
			d.Goods = strings.TrimSpace(fmt.Sprintf("%s %s*%d", d.Goods, i.OuterSKU, i.Count))
		}
	} else {
		d.Receiver = g.consigned[e.Number].receiver
		if d.Receiver.Phone == "" || strings.Contains(d.Receiver.Phone, "*") || sealed(d.Receiver.Name) {
			return nil
		}
	}
	to := place{e.Province, e.City, e.County}
	d.BigShot, d.Site = to.town()+"转运中心", to.town()+strings.TrimSuffix(to.county, "区")
	d.Sort = fmt.Sprintf("%03d", 100+to.code("shot", 900))
	if e.Carrier == expressCarrier {
		s := preSort(place{}, to, 1)
		d.BigShot, d.Sort, d.Site = text(s, "targetSortCenterName"), text(s, "targetTabletrolleyCode"), text(s, "siteName")
	}
	var all []sheet.Document
	d.Total = g.packages(e.Number)
	for d.Index = 1; d.Index <= d.Total; d.Index++ {
		if d.Total > 1 || jdFamily(e.Carrier) {
			d.Package = packageCode(e.Number, d.Index, d.Total)
		}
		all = append(all, d)
	}
	return all
}

// toldReceiver is an order's receiver as JD tells it.
func (g *Gateway) toldReceiver(o *Order) sheet.Party {
	p := o.Receiver
	if o.Virtual == "" {
		return sheet.Party{Name: p.Name, Phone: cmp.Or(p.Mobile, p.Telephone), Address: p.full()}
	}
	v := o.virtual(max(1, g.ledger.binds[o.ID].generation))
	return sheet.Party{Name: withExtension(p.Name, v), Phone: v, Address: withExtension(p.full(), v)}
}

// PrintKey returns the key of the sealed print data, for the simulated
// component.
func (g *Gateway) PrintKey() sheet.Key { return g.config.PrintKey }
