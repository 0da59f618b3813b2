package web

// writtenOfOrders are the words of places/orders.html.
func writtenOfOrders() words {
	return words{
		"orders":             {"Orders to ship", "待发货订单"},
		"orders-find":        {"Order or waybill number", "订单号或运单号"},
		"orders-empty":       {"Every order has shipped.", "所有订单均已发货。"},
		"orders-more":        {"Show more", "显示更多"},
		"reveal":             {"Show receiver", "查看收件人"},
		"revealed":           {"Receiver", "收件人"},
		"revealed-name":      {"Name", "姓名"},
		"revealed-address":   {"Address", "地址"},
		"revealed-number":    {"Virtual number", "虚拟号码"},
		"revealed-dial":      {"To call", "拨打"},
		"revealed-sms":       {"To text", "短信"},
		"revealed-call":      {"Call", "拨号"},
		"revealed-write":     {"Text", "发短信"},
		"copy":               {"Copy", "复制"},
		"copy-beginning":     {"Copy how the message must begin", "复制短信开头"},
		"export":             {"Export …", "导出……"},
		"export-head":        {"Export orders", "导出订单"},
		"export-form":        {"What it says of receivers", "收件人信息"},
		"export-none":        {"Nothing", "不含收件人"},
		"export-none-why":    {"Numbers, states and deadlines", "仅单号、状态和时限"},
		"export-masked":      {"Masked", "脱敏"},
		"export-masked-why":  {"张••, 138••••5678, down to the district", "张••、138••••5678，地址到区县"},
		"export-virtual":     {"With virtual numbers", "含虚拟号码"},
		"export-virtual-why": {"Takes an administrator and JD's paid number package", "需要管理员权限，以及京东付费的号码包"},
		"export-file":        {"File", "文件格式"},
		"export-days":        {"Also orders that ended within so many days (0: none)", "另含最近多少天内结束的订单（0 为不含）"},
		"export-do":          {"Export", "导出"},
	}
}

// spokenOfOrders are those that orders.js puts together.
func spokenOfOrders() words {
	return words{
		"orders-sum":     {"{0} orders, the most urgent first", "共 {0} 单，按剩余时限排序"},
		"orders-late":    {"Late: {0}", "已超时 {0}"},
		"orders-soon":    {"Under 4 hours: {0}", "不足 4 小时 {0}"},
		"orders-some":    {"The first {0} orders, the most urgent first", "最紧急的 {0} 单，按剩余时限排序"},
		"revealed-until": {"The number lives until {0}.", "号码有效期至 {0}。"},
		"revealed-left":  {"Closes in {0} s. Each look is recorded.", "{0} 秒后自动关闭。每次查看均有记录。"},
		"extension":      {"{0} ext. {1}", "{0} 转 {1}"},
		"exported":       {"{0} is in your downloads", "{0} 已下载"},
		"orders-file":    {"orders", "订单"},
	}
}
