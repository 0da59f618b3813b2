package notice

// aboutWaves is about printing many orders as one piece of work, about the rules by
// which orders print by themselves, and about groups of printers.
var aboutWaves = sentences{
	// wave
	"wave-not-found": {
		"There is no wave %s. The waves are listed by: miandan wave list.",
		"没有波次 %s。查看波次：miandan wave list。",
	},
	"wave-empty": {
		"None of the orders can be in a wave, so none was started. Each of them says why.",
		"所选订单都不能进入波次，波次未创建。原因见各订单。",
	},
	// wave
	"wave-is-closed": {
		"Wave %s is closed. Start a new one with the orders that have not printed.",
		"波次 %s 已关闭。请用未打印的订单重新创建波次。",
	},
	// order, wave
	"label-wave-closed": {
		"Order %s waits for somebody to ask for it: its wave %s was closed before it printed. Print it alone, or put it into another wave.",
		"订单 %s 等待人工处理：所在波次 %s 在其打印前已关闭。请单独打印，或加入新的波次。",
	},
	// order, wave
	"order-in-wave": {
		"Order %s is in wave %s, which is not closed. Close that wave first, or print the order from there.",
		"订单 %s 在未关闭的波次 %s 中。请先关闭该波次，或在该波次中打印。",
	},
	// order
	"order-not-waiting": {
		"Order %s does not wait to be printed. See what it needs in the queue.",
		"订单 %s 不在待打印状态。请在队列中查看原因。",
	},
	// order
	"order-named-twice": {
		"Order %s is named twice; it is in the wave once.",
		"订单 %s 重复，波次中只保留一次。",
	},
	// name, names
	"target-unknown": {
		"There is no printer and no group named %s in the settings. The names are: %s.",
		"设置中没有名为 %s 的打印机或打印机组。现有：%s。",
	},
	// paper, printer or group
	"target-no-printer": {
		"Labels of %s wait for %s, which is no printer or group with that paper any more. Put that right in the settings, or print the orders again with another printer.",
		"%s 的面单在等待 %s，但设置中已没有装此纸张的该打印机（组）。请修改设置，或选择其他打印机重新打印。",
	},
	// file
	"places-missing": {
		"The file of places %s cannot be read. Put it there, or empty print.places in the settings.",
		"无法读取库位文件 %s。请放好该文件，或在设置中清空 print.places。",
	},
	// file, line
	"places-wrong": {
		"Line %[2]d of the file of places %[1]s is not a SKU, a comma and a place. Put it right; the file may be saved as CSV by Excel.",
		"库位文件 %[1]s 第 %[2]d 行不是“商品编码,库位”。请改正；可用 Excel 另存为 CSV。",
	},
	// rule, names
	"rule-unknown": {
		"There is no rule named %s in the settings. The rules are: %s.",
		"设置中没有名为 %s 的自动打印规则。现有：%s。",
	},
}
