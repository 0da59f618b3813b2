package jdsim

import (
	"fmt"
	"time"
)

// Demo returns n invented orders that were paid shortly before now, the same
// ones for the same arguments. The first fourteen each have something of their
// own; further ones are ordinary.
//
// The persons are made up of names nobody has, the phones are of the form
// 1380000xxxx. The regions' numbers are JD's as far as the city; those of
// counties and towns are invented but for the third order's.
func Demo(n int, now time.Time) []Order {
	special := demoOrders()
	orders := special[:max(0, min(n, len(special)))]
	for i := len(special); i < n; i++ {
		orders = append(orders, ordinary(i, special[i%len(special)].Receiver))
	}
	for i := range orders {
		o := &orders[i]
		age := time.Duration(i%48+1) * 37 * time.Minute
		if i == lastMinute {
			age = 46 * time.Hour
		}
		o.Paid = now.Truncate(time.Second).Add(-age)
		o.Started = o.Paid.Add(-30 * time.Second)
		o.Modified = o.Paid
	}
	return orders
}

// lastMinute is the order that has hardly any of its 48 hours left.
const lastMinute = 13

// longAddress makes the ninth order's address ninety characters in all.
const longAddress = "演示科技园北区第九工业路与第十二创新大道交叉口东南侧二百米演示产业大厦附属楼B座十七层一七〇九室演示公司前台转研发二部仓储与物料管理组收发室靠窗第三排货架旁"

// ordinary is the i-th order where no special ones are left.
func ordinary(i int, like Person) Order {
	given := []string{"测一", "测二", "测三", "测四", "测五"}
	family := []string{"甲", "乙", "丙", "丁", "戊", "己", "庚"}
	like.Name = family[i%len(family)] + given[i%len(given)]
	like.Mobile, like.Telephone = fmt.Sprintf("1380000%04d", i%10000), ""
	like.Address = fmt.Sprintf("演示路%d号%d室", i%900+1, 101+i%7)
	o := Order{
		ID: fmt.Sprint(312_100_000_000 + 7919*i), Receiver: like, Mode: Sealed,
		Items: []Item{socks(1 + i%3)}, Payment: fmt.Sprintf("%d.80", 29*(1+i%3)), Freight: "0.00",
	}
	if i%4 == 0 {
		o.Shipment = ShipJDExpress
	}
	if i%5 == 0 {
		o.Mode = Plain
	}
	return o
}

func socks(count int) Item {
	return Item{SKU: "100548877456", OuterSKU: "SOCK-5P-M", Name: "纯棉中筒袜 5双装 男款 均码", Price: "29.80", Count: count, WareID: "10020665903", ProductNo: "SOCK-5P"}
}

func demoOrders() []Order {
	cup := Item{SKU: "100381120045", OuterSKU: "CUP-350-W", Name: "手工陶瓷马克杯 350ml 象牙白", Price: "59.00", Count: 1, WareID: "10021133807", ProductNo: "CUP-350"}
	tea := Item{SKU: "100290077713", OuterSKU: "TEA-LJ-250", Name: "明前龙井绿茶 罐装 250g", Price: "168.00", Count: 1, WareID: "10019820451", ProductNo: "TEA-LJ"}
	book := Item{SKU: "100117730092", OuterSKU: "BOOK-0092", Name: "家常面食一百道（彩图版）", Price: "45.00", Count: 1, WareID: "10008871206", ProductNo: "BOOK-0092"}
	lamp := Item{SKU: "100442290031", OuterSKU: "LAMP-USB-B", Name: "充电式折叠台灯 三档调光 黑色", Price: "89.90", Count: 1, WareID: "10023004519", ProductNo: "LAMP-USB"}
	towel := Item{SKU: "100360018827", OuterSKU: "TOWEL-3", Name: "新疆长绒棉毛巾 3条装 蓝灰", Price: "39.90", Count: 2, WareID: "10020018834", ProductNo: "TOWEL-3"}

	return []Order{
		{
			ID: "312045870013", Shipment: ShipJDExpress, Mode: Sealed, Items: []Item{cup}, Payment: "59.00", Freight: "0.00", Remark: "请放门口",
			Receiver: Person{"张三丰年", "13800000001", "", "江苏", "南京市", "玄武区", "新街口街道", "演示路18号3幢502室", 12, 904, 50648, 50700},
		},
		{
			ID: "312045870026", Mode: Plain, Twice: true, Items: []Item{tea}, Payment: "168.00", Freight: "0.00",
			Receiver: Person{"王五测", "13800000002", "", "浙江", "杭州市", "西湖区", "北山街道", "演示巷7号2单元301室", 15, 1213, 50142, 50150},
		},
		{
			ID: "312045870039", Mode: Sealed, Items: []Item{lamp}, Payment: "89.90", Freight: "0.00", Remark: "周末送货",
			Receiver: Person{"李䶮", "13800000003", "", "广东", "广州市", "海珠区", "赤岗街道", "演示路1号", 19, 1601, 3634, 63199},
		},
		{
			ID: "312045870042", Items: []Item{book}, Payment: "45.00", Freight: "6.00",
			Receiver: Person{"赵六测", "13800000004", "", "四川", "成都市", "武侯区", "浆洗街街道", "演示大道200号1栋1805室", 22, 1930, 50947, 50960},
		},
		{
			ID: "312045870055", State: Cancelled, Mode: Sealed, Items: []Item{socks(1)}, Payment: "29.80", Freight: "0.00", Remark: "拍错了",
			Receiver: Person{"孙七测", "13800000005", "", "湖北", "武汉市", "洪山区", "珞南街道", "演示路55号", 17, 1381, 50717, 50725},
		},
		{
			ID: "312045870068", Mode: MaskedOnly, Items: []Item{towel}, Payment: "79.80", Freight: "0.00",
			Receiver: Person{"周八测", "13800000006", "", "福建", "厦门市", "思明区", "莲前街道", "演示里66号", 16, 1315, 46909, 46920},
		},
		{
			ID: "312045870071", Mode: Sealed, Items: []Item{tea, cup}, Payment: "227.00", Freight: "0.00", VenderRemark: "加泡沫",
			Receiver: Person{"王𠮷", "13800000007", "", "浙江", "宁波市", "鄞州区", "东柳街道", "演示街12号", 15, 1158, 46344, 46350},
		},
		{
			ID: "312045870084", Shipment: ShipJDExpress, Mode: Plain, Items: []Item{lamp}, Payment: "89.90", Freight: "0.00",
			Receiver: Person{"赵𬭎", "13800000008", "", "北京", "朝阳区", "三环到四环之间", "", "演示园甲8号院3号楼2门1201", 1, 72, 2799, 0},
		},
		{
			ID: "312045870097", Mode: Sealed, Items: []Item{book}, Payment: "45.00", Freight: "6.00", Remark: "地址较长，请打印完整",
			Receiver: Person{"吴九测", "13800000009", "", "广东", "深圳市", "南山区", "粤海街道", longAddress, 19, 1607, 3155, 62155},
		},
		{
			ID: "312045870105", Type: "21", Mode: Plain, Items: []Item{socks(3), towel}, Payment: "169.20", Freight: "0.00", Remark: "两件一起发，谢谢",
			Receiver: Person{"郑十测", "13800000010", "", "湖南", "长沙市", "岳麓区", "望月湖街道", "演示山庄3区10栋", 18, 1482, 48936, 48940},
		},
		{
			ID: "312045870118", Mode: Virtual, Virtual: "17000000000-4740", Items: []Item{cup}, Payment: "59.00", Freight: "0.00",
			Receiver: Person{"冯一二", "13800000011", "", "陕西", "西安市", "雁塔区", "小寨路街道", "演示坊11号", 27, 2376, 50230, 50240},
		},
		{
			ID: "312045870121", Shipment: ShipJDExpress, Mode: Sealed, HideName: true, HideNumber: true, Items: []Item{tea}, Payment: "168.00", Freight: "0.00",
			Receiver: Person{"陈二三", "13800000012", "", "上海", "闵行区", "城区", "", "演示路121弄6号602室", 2, 2817, 51973, 0},
		},
		{
			ID: "312045870134", Parent: "312045870100", Mode: Plain, Items: []Item{socks(1)}, Payment: "29.80", Freight: "0.00", VenderRemark: "定期购第2期",
			Extra:    map[string]any{"orderMarkDesc": map[string]any{"regularPlan": "1"}},
			Receiver: Person{"褚三四", "13800000013", "", "山东", "青岛市", "市南区", "香港中路街道", "演示广场13号", 13, 1007, 3522, 3530},
		},
		{
			ID: "312045870147", Mode: Plain, Items: []Item{towel}, Payment: "79.80", Freight: "0.00", Remark: "只有座机，白天打",
			Receiver: Person{"卫四五", "", "0431-80000014", "吉林", "长春市", "朝阳区", "前进街道", "演示胡同14号", 9, 639, 44319, 44330},
		},
	}
}
