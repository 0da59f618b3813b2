package web

// writtenOfHistory are the words of places/history.html.
func writtenOfHistory() words {
	return words{
		"history":           {"History", "打印历史"},
		"history-find":      {"Order or waybill number", "订单号或运单号"},
		"history-state":     {"State", "状态"},
		"history-carrier":   {"Carrier", "快递"},
		"history-printer":   {"Printer", "打印机"},
		"history-day":       {"Day", "日期"},
		"history-all":       {"All", "全部"},
		"history-done":      {"Printed", "已打印"},
		"history-waiting":   {"Waiting", "待打印"},
		"history-printing":  {"Printing", "打印中"},
		"history-unknown":   {"On paper?", "是否出纸？"},
		"history-number":    {"Number unknown", "单号待核实"},
		"history-refused":   {"Cannot be printed", "无法打印"},
		"history-cancelled": {"Cancelled", "已取消"},
		"history-reset":     {"Show all", "清除条件"},
		"history-nothing":   {"Nothing was found.", "没有找到记录。"},
		"history-more":      {"Show older ones", "显示更早的"},
		"past-none":         {"No picture of this label: its data is deleted, or another program made it.", "没有这张面单的图像：数据已删除，或面单由其他程序生成。"},
	}
}

// spokenOfHistory are those that history.js puts together.
func spokenOfHistory() words {
	return words{
		"history-sum":   {"{0} found, the newest first", "共 {0} 条，最新的在前"},
		"history-some":  {"{0} shown, the newest first", "已显示 {0} 条，最新的在前"},
		"past-state":    {"State", "状态"},
		"past-evidence": {"Evidence", "依据"},
		"past-since":    {"Since", "时间"},
		"past-deadline": {"Must ship by", "发货时限"},
		"past-printer":  {"Printer", "打印机"},
		"past-attempts": {"Sent to a printer", "送印次数"},
		"past-receiver": {"Receiver", "收件人"},
		"past-address":  {"District", "地区"},
		"past-trouble":  {"What is wrong", "问题"},
		"past-notes":    {"To know", "注意"},
		"past-step":     {"Step, for support", "内部步骤"},
	}
}
