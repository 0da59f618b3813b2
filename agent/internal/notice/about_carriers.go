package notice

// aboutCarriers is about taking waybill numbers. The first argument is the
// order's number, the second the carrier or its words.
var aboutCarriers = sentences{
	// order, the carrier's words
	"carrier-refused": {
		"The carrier gave no waybill for order %s and says: “%s”. Put that right, then print the order again.",
		"快递公司未给订单 %s 运单号，答复：“%s”。请处理后重新打印该订单。",
	},
	// order, the carrier's words
	"carrier-area": {
		"The carrier does not deliver to the address of order %s and says: “%s”. Choose another carrier for it.",
		"快递公司不派送订单 %s 的地址，答复：“%s”。请为该订单更换快递。",
	},
	// order, the carrier's words
	"stock-out": {
		"The waybill numbers for order %s are used up (%s). Buy more from the carrier's branch; waiting orders go on by themselves.",
		"订单 %s 的面单余额不足（%s）。请向快递网点充值；等待中的订单会自动继续。",
	},
	// order
	"carrier-unreachable": {
		"The carrier could not be reached for order %s. No number was taken; it is tried again by itself. If it stays so, check the network.",
		"为订单 %s 取号时无法连接快递公司。没有取到号，程序会自动重试。若持续如此，请检查网络。",
	},
	// order
	"carrier-answer-unknown": {
		"The carrier's answer for order %s was lost, so a number may have been taken. Look the order up in the carrier's console before printing it again; no second number is taken by itself.",
		"订单 %s 的取号应答丢失，可能已经取到运单号。重新打印前请先到快递后台查询；程序不会自动再取号。",
	},
	// order, the carrier that the rule names
	"carrier-unknown": {
		"The rule for order %s names the carrier %s, which is not set up. Add it to the settings, or change the [[route]].",
		"订单 %s 的规则指定了快递 %s，但尚未设置。请在设置中添加，或修改 [[route]]。",
	},
	// order
	"routing-missing": {
		"The waybill of order %s came without sorting codes. They are asked for again by themselves; the label waits for them.",
		"订单 %s 的运单没有分拣信息。程序会自动再次查询，面单等待其返回。",
	},
	// waybill number, the carrier's words
	"cancel-refused": {
		"The carrier did not take back waybill %s and says: “%s”. Cancel it in the carrier's console.",
		"快递公司未同意取消运单 %s，答复：“%s”。请在快递后台取消。",
	},
	// order, what the platform says
	"shipped-refused": {
		"The platform did not take order %s as shipped and says: “%s”. Ship it in the merchant console.",
		"平台未接受订单 %s 的发货，答复：“%s”。请在商家后台操作发货。",
	},
	// host
	"no-network": {
		"There is no way to %s. Check the network cable, the proxy and the firewall; the agent goes on by itself. Nothing was lost.",
		"无法连接 %s。请检查网线、代理和防火墙；恢复后程序会自动继续。没有丢失任何数据。",
	},
}
