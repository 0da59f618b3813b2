package notice

// aboutLabels is about labels, their layouts and what is drawn on them.
var aboutLabels = sentences{
	// label
	"label-not-found": {
		"There is no label %s here. See the numbers with: miandan queue.",
		"没有面单 %s。可用命令查看：miandan queue。",
	},
	// the order's number
	"alarm-none": {
		"Order %s has no alarm that is still to be seen to. See how it stands with: miandan queue.",
		"订单 %s 没有待处理的拦截提醒。可用命令查看：miandan queue。",
	},
	// label
	"label-not-unknown": {
		"Label %s does not stand as unknown, so there is nothing to settle. See its state with: miandan queue.",
		"面单 %s 的状态不是“未知”，无需处理。可用命令查看：miandan queue。",
	},
	// waybill
	"waybill-not-found": {
		"There is no waybill %s here. Check the number; waybills are remembered for 90 days at least.",
		"没有运单 %s。请检查运单号；运单记录至少保留 90 天。",
	},
	"reprint-reason-missing": {
		"A reprint needs a reason, which goes into the record. Add --reason TEXT.",
		"补打需要填写原因并记录在案。请加上 --reason 原因。",
	},
	// waybill
	"reprint-not-ended": {
		"The label of waybill %s is not done yet, so it cannot be printed again. Wait, or answer first in the queue whether it is on paper (miandan resolve).",
		"运单 %s 的面单尚未打完，不能补打。请等待，或先在“队列”中回答是否出纸（miandan resolve）。",
	},
	// waybill
	"label-sealed": {
		"The label of waybill %s is sealed: its platform's print component alone can show it.",
		"运单 %s 的面单为加密数据，只有平台的打印组件可以显示。",
	},
	// field
	"document-form": {
		"The sealed label was not taken: %s. Nothing was printed; put it right and hand it in again.",
		"加密面单未被接收：%s。没有打印，请更正后重新提交。",
	},
	// order
	"document-in-hand": {
		"Another sealed label of order %s is in a printer's hand. Wait a moment and hand this one in again; until then nothing of it is kept.",
		"订单 %s 的另一份加密面单正在打印机处理中。请稍后重新提交；此前不会保存本次内容。",
	},
	// order
	"document-too-late": {
		"Another sealed label was handed in for order %s after its label had gone to the printer. Nothing of it was kept: stop the parcel and see on the platform which of the two is right.",
		"订单 %s 的面单送往打印机后又提交了另一份加密面单，未予保存。请扣下包裹，并在平台核对以哪份为准。",
	},
	"document-refused": {
		"No page may hand in sealed labels. At the command line: miandan documents add FILE.json.",
		"网页不能提交加密面单。请使用命令行：miandan documents add 文件.json。",
	},
	// waybill
	"label-purged": {
		"The personal data of waybill %s was deleted in its time. It cannot be printed again here; print it from the platform's console.",
		"运单 %s 的个人信息已按期删除。本机无法再补打，请在平台后台打印。",
	},
	// file, excerpt with the line
	"layout-broken": {
		"The layout %s has an error:\n%s\nCorrect it and check it with miandan templates check. Its labels wait.",
		"版式文件 %s 有错误：\n%s\n请修改并用 miandan templates check 检查。相关面单会等待。",
	},
	// file, excerpt with the line
	"layout-broken-unused": {
		"The layout %s has an error:\n%s\nNo carrier uses it, so printing goes on. Correct it and start the program again.",
		"版式文件 %s 有错误：\n%s\n没有快递使用它，打印照常进行。请修改后重新启动程序。",
	},
	// file
	"layout-unreadable": {
		"The layout %s cannot be read. Let it be a plain file that this program may read.",
		"版式文件 %s 无法读取。请确认它是普通文件，且本程序有读取权限。",
	},
	"layouts-changed": {
		"The layouts in your folder have changed since the program was started. Start it again to print with them; what is shown here is what is printed now.",
		"程序启动后，自定义版式文件有改动。重新启动程序后才会按新版式打印；这里显示的是目前打印所用的版式。",
	},
	// name, the names there are
	"layout-missing": {
		"There is no layout named %s. The names are: %s.",
		"没有名为 %s 的版式。现有：%s。",
	},
	// template, field
	"label-does-not-fit": {
		"The text of %[2]s does not fit on the label %[1]s, and nothing is cut off. Shorten it on the platform, or give the field more room in the layout.",
		"%[2]s 的内容在面单 %[1]s 上放不下，程序不会截断。请在平台缩短，或在版式中加大该栏。",
	},
	// template, field
	"label-no-glyph": {
		"The text of %[2]s on the label %[1]s has a character that no font here holds. Replace it on the platform; no label goes out with a gap in it.",
		"面单 %[1]s 的 %[2]s 中有字库里没有的字。请在平台更换该字；程序不会打印缺字的面单。",
	},
	// template, field
	"barcode-unreadable": {
		"The barcode %[2]s on the label %[1]s could not be read back, so the label was not printed. Give it more room in the layout.",
		"面单 %[1]s 上的条码 %[2]s 未能通过回读检查，因此没有打印。请在版式中给它更多空间。",
	},
	// template, what failed
	"label-code-too-wide": {
		"The barcode of %[2]s does not fit on the label %[1]s with bars that a scanner reads. Give it a wider box in the layout.",
		"面单 %[1]s 上 %[2]s 的条码放不下，缩小后无法扫描。请在版式中加宽该栏。",
	},
	"label-field-missing": {
		"The label %[1]s needs %[2]s, and the order has none. Complete it on the platform; the label follows by itself.",
		"面单 %[1]s 需要 %[2]s，而订单中没有。请在平台补全，之后会自动打印。",
	},
	"label-field-masked": {
		"The platform hides %[2]s, and the label %[1]s must show it whole. Have the app authorised for decryption on the platform, or print the order the platform's own way.",
		"平台隐藏了 %[2]s，而面单 %[1]s 必须完整打印。请在平台为应用开通解密权限，或使用平台自己的打印方式。",
	},
	"label-not-on-paper": {
		"The label of waybill %s was not printed yet, so it cannot have been packed. Check the number that was scanned.",
		"运单 %s 的面单尚未打印，不可能已经打包。请核对扫描的单号。",
	},
	"waybill-withdrawn": {
		"The order of waybill %s was cancelled or changed. Take the parcel out and do not ship it under this label.",
		"运单 %s 的订单已取消或变更。请取出包裹，不要用这张面单发货。",
	},
	"label-broken": {
		"The label %s could not be drawn (%s). It was not printed and waits; send the log to support.",
		"面单 %s 无法绘制（%s）。未打印，正在等待；请将日志发给技术支持。",
	},
	// file, what is wrong
	"label-file-broken": {
		"The file %s does not describe a label: %s. Correct it and try again.",
		"文件 %s 不是有效的面单数据：%s。请修改后重试。",
	},
	// file name
	"label-file-kind": {
		"The name %s does not say what to write. End it in .pdf or .png.",
		"文件名 %s 没有说明格式。请以 .pdf 或 .png 结尾。",
	},
}
