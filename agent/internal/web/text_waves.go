package web

// writtenOfWaves are the words of places/waves.html.
func writtenOfWaves() words {
	return words{
		"waves":            {"Waves", "波次"},
		"waves-hint":       {"many orders as one piece of work", "一批订单，一次拣完"},
		"waves-none":       {"No wave yet. Select orders in the queue, or paste their numbers.", "还没有波次。可在队列里勾选订单，或粘贴单号新建。"},
		"wave-new":         {"New wave", "新建波次"},
		"wave-start":       {"Start printing", "开始打印"},
		"wave-stop":        {"Stop", "停止"},
		"wave-resume":      {"Go on", "继续"},
		"wave-close":       {"Close", "结束波次"},
		"wave-show":        {"Rows shown", "显示"},
		"wave-all":         {"All", "全部"},
		"wave-unscanned":   {"Not scanned", "未核对"},
		"wave-orders":      {"Order numbers", "订单号"},
		"wave-orders-hint": {"Paste or scan, one a line", "粘贴或逐个扫描，每行一个"},
		"wave-name":        {"Name", "名称"},
		"wave-printer":     {"Printer", "打印机"},
		"wave-sort":        {"Sequence", "打印顺序"},
		"sort-pick":        {"As goods are picked", "按拣货路线"},
		"sort-deadline":    {"Most urgent first", "按发货时限"},
		"sort-given":       {"As listed", "按所列顺序"},
		"wave-separator":   {"Separator labels", "打印分隔签"},
		"wave-left":        {"Not in the wave", "未加入波次的订单"},
	}
}

// spokenOfWaves are those that waves.js puts together.
func spokenOfWaves() words {
	return words{
		"wave-working":   {"Printing", "打印中"},
		"wave-stopped":   {"Stopped", "已停止"},
		"wave-printed":   {"Printed", "已打完"},
		"wave-closed":    {"Closed", "已结束"},
		"wave-count":     {"{0} orders", "{0} 单"},
		"wave-group":     {"Group {0}", "打印机组 {0}"},
		"any-printer":    {"Any with its paper", "任意合适的打印机"},
		"part-scanned":   {"scanned", "已核对"},
		"part-done":      {"on paper, not scanned", "已出纸未核对"},
		"part-printing":  {"printing", "打印中"},
		"part-waiting":   {"waiting", "待打印"},
		"part-unknown":   {"to settle", "待确认"},
		"part-refused":   {"refused", "无法打印"},
		"part-cancelled": {"cancelled", "已取消"},
	}
}
