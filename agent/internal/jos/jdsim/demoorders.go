package jdsim

// demoAddress makes the seventh order's address ninety characters in all.
const demoAddress = "演示科技园北区第九工业路与第十二创新大道交叉口东南侧二百米演示产业大厦附属楼B座十七层一七〇九室演示公司前台转研发二部仓储与物料管理组收发室靠窗第三排货架旁"

// demoRegular is who has bought the regular purchase.
var demoRegular = Person{"褚三四", "13800000013", "", "山东", "青岛市", "市南区", "香港中路街道", "演示广场13号", 13, 1007, 3522, 3530}

func demoSocks(count int) Item {
	return Item{SKU: "100548877456", OuterSKU: "SOCK-5P-M", Name: "纯棉中筒袜 5双装 男款 均码", Price: "29.80", Count: count, WareID: "10020665903", ProductNo: "SOCK-5P"}
}

// demoGoods are what the shop sells beside socks.
var demoGoods = struct{ cup, tea, book, lamp, towel, pot Item }{
	cup:   Item{SKU: "100381120045", OuterSKU: "CUP-350-W", Name: "手工陶瓷马克杯 350ml 象牙白", Price: "59.00", Count: 1, WareID: "10021133807", ProductNo: "CUP-350"},
	tea:   Item{SKU: "100290077713", OuterSKU: "TEA-LJ-250", Name: "明前龙井绿茶 罐装 250g", Price: "168.00", Count: 1, WareID: "10019820451", ProductNo: "TEA-LJ"},
	book:  Item{SKU: "100117730092", OuterSKU: "BOOK-0092", Name: "家常面食一百道（彩图版）", Price: "45.00", Count: 1, WareID: "10008871206", ProductNo: "BOOK-0092"},
	lamp:  Item{SKU: "100442290031", OuterSKU: "LAMP-USB-B", Name: "充电式折叠台灯 三档调光 黑色", Price: "89.90", Count: 1, WareID: "10023004519", ProductNo: "LAMP-USB"},
	towel: Item{SKU: "100360018827", OuterSKU: "TOWEL-3", Name: "新疆长绒棉毛巾 3条装 蓝灰", Price: "39.90", Count: 2, WareID: "10020018834", ProductNo: "TOWEL-3"},
	pot:   Item{SKU: "100271830068", OuterSKU: "POT-24", Name: "珐琅铸铁锅 24cm 带盖", Price: "328.00", Count: 1, WareID: "10018820417", ProductNo: "POT-24"},
}

// demoOrders are the fourteen orders that ship.
func demoOrders() []Order {
	g := demoGoods
	return []Order{
		{ // JD Express, every field sealed
			ID: "312045870013", Shipment: ShipJDExpress, Mode: Sealed, Items: []Item{g.cup}, Payment: "59.00", Freight: "0.00", Remark: "请放门口",
			Receiver: Person{"张三丰年", "13800000001", "", "江苏", "南京市", "玄武区", "新街口街道", "演示路18号3幢502室", 12, 904, 50648, 50700},
		},
		{ // listed twice
			ID: "312045870026", Mode: Plain, Twice: true, Items: []Item{g.tea}, Payment: "168.00", Freight: "0.00",
			Receiver: Person{"王五测", "13800000002", "", "浙江", "杭州市", "西湖区", "北山街道", "演示巷7号2单元301室", 15, 1213, 50142, 50150},
		},
		{ // a rare character: U+4DAE
			ID: "312045870039", Mode: Sealed, Items: []Item{g.lamp}, Payment: "89.90", Freight: "0.00", Remark: "周末送货",
			Receiver: Person{"李䶮", "13800000003", "", "广东", "广州市", "海珠区", "赤岗街道", "演示路1号", 19, 1601, 3634, 63199},
		},
		{ // masked, with an oaid
			ID: "312045870042", Items: []Item{g.book}, Payment: "45.00", Freight: "6.00",
			Receiver: Person{"赵六测", "13800000004", "", "四川", "成都市", "武侯区", "浆洗街街道", "演示大道200号1栋1805室", 22, 1930, 50947, 50960},
		},
		{ // beyond the basic plane: U+20BB7
			ID: "312045870071", Mode: Sealed, Items: []Item{g.tea, g.cup}, Payment: "227.00", Freight: "0.00", VenderRemark: "加泡沫",
			Receiver: Person{"王𠮷", "13800000007", "", "浙江", "宁波市", "鄞州区", "东柳街道", "演示街12号", 15, 1158, 46344, 46350},
		},
		{ // beyond the basic plane: U+2CB4E; two parcels under one number
			ID: "312045870084", Shipment: ShipJDExpress, Mode: Plain, Items: []Item{g.lamp, g.pot}, Payment: "417.90", Freight: "0.00", VenderRemark: DemoInTwo,
			Receiver: Person{"赵𬭎", "13800000008", "", "北京", "朝阳区", "三环到四环之间", "", "演示园甲8号院3号楼2门1201", 1, 72, 2799, 0},
		},
		{ // an address of ninety characters
			ID: "312045870097", Mode: Sealed, Items: []Item{g.book}, Payment: "45.00", Freight: "6.00", Remark: "地址较长，请打印完整",
			Receiver: Person{"吴九测", "13800000009", "", "广东", "深圳市", "南山区", "粤海街道", demoAddress, 19, 1607, 3155, 62155},
		},
		{ // of an FBP merchant; two parcels with a number each
			ID: "312045870105", Type: "21", Mode: Plain, Items: []Item{demoSocks(3), g.towel}, Payment: "169.20", Freight: "0.00", VenderRemark: DemoInTwo,
			Receiver: Person{"郑十测", "13800000010", "", "湖南", "长沙市", "岳麓区", "望月湖街道", "演示山庄3区10栋", 18, 1482, 48936, 48940},
		},
		{ // a virtual number
			ID: "312045870118", Mode: Virtual, Virtual: "17000000000-4740", Items: []Item{g.cup}, Payment: "59.00", Freight: "0.00",
			Receiver: Person{"冯一二", "13800000011", "", "陕西", "西安市", "雁塔区", "小寨路街道", "演示坊11号", 27, 2376, 50230, 50240},
		},
		{ // JD Express wants name and phone hidden on the label
			ID: "312045870121", Shipment: ShipJDExpress, Mode: Sealed, HideName: true, HideNumber: true, Items: []Item{g.tea}, Payment: "168.00", Freight: "0.00",
			Receiver: Person{"陈二三", "13800000012", "", "上海", "闵行区", "城区", "", "演示路121弄6号602室", 2, 2817, 51973, 0},
		},
		{ // a landline and no mobile
			ID: "312045870147", Mode: Plain, Items: []Item{g.towel}, Payment: "79.80", Freight: "0.00", Remark: "只有座机，白天打",
			Receiver: Person{"卫四五", "", "0431-80000014", "吉林", "长春市", "朝阳区", "前进街道", "演示胡同14号", 9, 639, 44319, 44330},
		},
		{ // paid to the courier
			ID: "312045870150", Mode: Sealed, PayType: PayOnDelivery, Items: []Item{g.pot}, Payment: "328.00", Freight: "0.00",
			Receiver: Person{"蒋五六", "13800000015", "", "浙江", "杭州市", "滨江区", "西兴街道", "演示里15号1幢", 15, 1213, 50141, 50155},
		},
		{ // the deliveries of a regular purchase
			ID: "312045870134", Parent: demoParent, Plan: demoPlan, Period: 1, Mode: Plain, Items: []Item{demoSocks(1)}, Payment: "29.80", Freight: "0.00",
			VenderRemark: "定期购第1期", Receiver: demoRegular,
		},
		{
			ID: "312045870163", Parent: demoParent, Plan: demoPlan, Period: 2, Mode: Plain, Items: []Item{demoSocks(1)}, Payment: "29.80", Freight: "0.00",
			VenderRemark: "定期购第2期", Receiver: demoRegular,
		},
	}
}

// demoBeside are the orders that do not ship.
func demoBeside() []Order {
	return []Order{
		{ // cancelled
			ID: "312045870055", State: Cancelled, Mode: Sealed, Items: []Item{demoSocks(1)}, Payment: "29.80", Freight: "0.00", Remark: "拍错了",
			Receiver: Person{"孙七测", "13800000005", "", "湖北", "武汉市", "洪山区", "珞南街道", "演示路55号", 17, 1381, 50717, 50725},
		},
		{ // masked, and nothing stands for the receiver
			ID: "312045870068", Mode: MaskedOnly, Items: []Item{demoGoods.towel}, Payment: "79.80", Freight: "0.00",
			Receiver: Person{"周八测", "13800000006", "", "福建", "厦门市", "思明区", "莲前街道", "演示里66号", 16, 1315, 46909, 46920},
		},
		{ // the void parent of the regular purchase
			ID: demoParent, State: Void, Plan: demoPlan, Mode: Plain, Items: []Item{demoSocks(2)}, Payment: "59.60", Freight: "0.00", Receiver: demoRegular,
		},
	}
}
