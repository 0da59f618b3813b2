package sfsim

import (
	"fmt"
	"hash/fnv"
	"strings"
)

// cities are area codes by which SF calls its cities; which of them an order
// goes to is as good as drawn, but always the same.
var cities = []string{"020", "755", "571", "028", "010", "025", "027", "029"}

var icons = []string{"00000000", "00100000", "00010000", "10010000", "00000000", "01100000", "00001000", "00000010"}

var products = map[int][2]string{1: {"T4", "特快"}, 2: {"T6", "标快"}}

// labelOf is what is printed of an order.
func (g *Gateway) labelOf(o wanted, number string) map[string]string {
	sum := fnv.New32a()
	sum.Write([]byte(o.Order))
	n := sum.Sum32()
	letter := func(shift int) string { return string(rune('A' + n>>shift%24)) }
	city, zone := cities[n%uint32(len(cities))], letter(3)
	dept, team := letter(7)+fmt.Sprint(n>>5%10), letter(11)+letter(15)
	product := products[o.ExpressType]
	if product[0] == "" {
		product = [2]string{"T" + fmt.Sprint(o.ExpressType), "顺丰速运"}
	}
	flag := g.config.PrintFlag
	if flag == "" {
		flag = "000001111"
		if n%3 == 0 {
			flag = "000000000"
		}
	}
	mark := [2]string{"A", "B"}[n>>4%2]
	return map[string]string{
		"waybillNo": number, "sourceTransferCode": "021W", "sourceCityCode": "021", "sourceDeptCode": "021" + letter(2) + "B", "sourceTeamCode": "003",
		"destCityCode": city, "destDeptCode": city + dept, "destDeptCodeMapping": dept, "destTeamCode": "0" + fmt.Sprint(n%90+10), "destTeamCodeMapping": team,
		"destTransferCode": city + zone, "destRouteLabel": city + zone + "-" + dept + "-" + team,
		"proName": product[1], "proCode": product[0], "limitTypeCode": product[0], "expressTypeCode": "B1", "cargoTypeCode": "C201",
		"codingMapping": letter(9) + fmt.Sprint(n%89+10), "codingMappingOut": fmt.Sprint(n%9+1) + letter(13),
		"xbFlag": "0", "printFlag": flag, "printIcon": icons[n>>6%uint32(len(icons))], "abFlag": mark,
		"twoDimensionCode": fmt.Sprintf("MMM={'k1':'%s%s','k2':'%s%s','k3':'','k4':'%s','k5':'%s','k6':'%s','k7':'%08x'}", city, zone, city, team, product[0], number, mark, n),
		"checkCode":        fmt.Sprintf("%08x", n),
	}
}

// empties are what SF names and mostly leaves without a value.
var empties = strings.Fields("destPortCode destCountry destPostCode goodsValueTotal currencySymbol cusBatch goodsNumber errMsg proIcon fileIcon fbaIcon icsmIcon destGisDeptCode newIcon sendAreaCode waybillIconList")

// shows is an order as it is answered. The look-up spells some names in small
// letters, and says the filter's result as a text.
func (g *Gateway) shows(o *order, searched bool) map[string]any {
	var labels []any
	if o.label != nil && !o.bare && g.fail != "bare" {
		data := map[string]any{}
		for _, name := range empties {
			data[name] = nil
		}
		for name, v := range o.label {
			data[name] = v
		}
		labels = []any{map[string]any{"code": "1000", "routeLabelData": data, "message": nil}}
	}
	all := map[string]any{
		"orderId": o.id, "remark": o.remark, "waybillNoInfoList": numbersOf(o), "routeLabelInfo": labels,
		"url": nil, "paymentLink": nil, "isUpstairs": nil, "agentMailno": nil, "returnExtraInfoList": nil,
	}
	if searched {
		all["origincode"], all["destcode"], all["filterResult"] = o.label["sourceCityCode"], o.label["destCityCode"], fmt.Sprint(o.filter)
	} else {
		all["originCode"], all["destCode"], all["filterResult"] = o.label["sourceCityCode"], o.label["destCityCode"], o.filter
	}
	return all
}

func numbersOf(o *order) []any {
	var list []any
	add := func(kind int, number string) {
		list = append(list, map[string]any{"waybillType": kind, "waybillNo": number, "boxNo": nil, "weight": nil, "volume": nil})
	}
	for i, n := range o.parcels {
		add(min(i, 1)+1, n)
	}
	if o.receipt != "" {
		add(3, o.receipt)
	}
	return list
}
