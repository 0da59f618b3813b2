package notice

// aboutCallers is about who may use the page, and which pages may use the agent.
var aboutCallers = sentences{
	"pin-wrong": {
		"This PIN is not right. After five wrong ones nobody can try for a minute.",
		"PIN 不正确。连续输错五次后，一分钟内无法再试。",
	},
	// seconds
	"pin-wait": {
		"Too many wrong PINs. Try again in %v seconds.",
		"PIN 输错次数过多，请 %v 秒后再试。",
	},
	// role
	"pin-none": {
		"There is no PIN for %s at this station. An administrator sets one at the command line: miandan config secret page.lead_pin or page.admin_pin.",
		"本机没有为%s设置 PIN。管理员可在命令行设置：miandan config secret page.lead_pin 或 page.admin_pin。",
	},
	"pin-form": {
		"A PIN is 6 to 32 digits and not all the same. Type another one.",
		"PIN 为 6 至 32 位数字，且不能全部相同。请重新输入。",
	},
	"page-not-served": {
		"The agent serves no page now. Start it with miandan run.",
		"程序目前没有提供页面。请用 miandan run 启动。",
	},
	// path
	"policy-unreadable": {
		"The policy %s cannot be read, so no web page may print here. Have the administrator see to the file.",
		"策略文件 %s 无法读取，因此不允许任何网页打印。请让管理员检查该文件。",
	},
	"policy-open": {
		"The policy %s can be written by everybody, so it is not obeyed and no web page may print here. Have the administrator close it: chmod 644.",
		"策略文件 %s 任何人都可以修改，因此不予采用，且不允许任何网页打印。请让管理员收回写权限：chmod 644。",
	},
	"policy-broken": {
		"The policy %s is not written as it should be, so no web page may print here. It says whether to ask, of each page its origin and whether to allow it, and which settings are laid down; the self-test behind “Callers” makes an example.",
		"策略文件 %s 格式有误，因此不允许任何网页打印。应写明是否询问（ask）、每个网页的来源（origin）和是否允许（allow），以及规定了哪些设置（settings）；“网页授权”页面的“自检”可生成样例。",
	},
	// path, origin
	"policy-origin": {
		"The policy %[1]s names %[2]q, which is no origin, so no web page may print here. An origin is the scheme and the host, with a port if it has one, and nothing behind it.",
		"策略文件 %[1]s 中的 %[2]q 不是有效的来源，因此不允许任何网页打印。来源由协议、主机和（如有）端口组成，其后不带任何内容。",
	},
	// name, why not
	"policy-setting": {
		"The administrator's policy lays down the setting %[1]s, and that cannot be: %[2]v. Have the administrator see to it.",
		"管理员策略规定了设置 %[1]s，但无法执行：%[2]v。请让管理员检查。",
	},
	// waybill number
	"job-file-kind": {
		"The file of waybill %s is neither a sound PNG nor a PDF.",
		"运单 %s 的文件不是完好的 PNG 或 PDF。",
	},
	// waybill number, the file's dots, the paper's dots
	"job-file-size": {
		"The file of waybill %s has %s dots and the paper %s, so its barcodes would not be sharp. Draw it with the paper's dots.",
		"运单 %s 的文件为 %s 点，而纸张为 %s 点，条码会模糊。请按纸张的点数绘制。",
	},
	// waybill number
	"job-file-barcode": {
		"The barcode of waybill %s could not be read from the file, so it is not printed. Draw its bars in whole dots of the printer.",
		"无法从文件中读出运单 %s 的条码，因此不打印。请按打印机的整点绘制条码。",
	},
	// waybill number
	"job-file-pdf": {
		"The file of waybill %s is a PDF, which the printer with this paper cannot be sent. Hand in a PNG.",
		"运单 %s 的文件是 PDF，无法发送到使用该纸张的打印机。请提交 PNG。",
	},
	// waybill number, the page's size and the paper's in millimetres
	"job-file-paper": {
		"The file of waybill %s is %s mm and the paper %s mm. Make its page as large as the paper.",
		"运单 %s 的文件为 %s 毫米，而纸张为 %s 毫米。请使页面与纸张尺寸一致。",
	},
	// waybill number, why
	"job-file-undrawn": {
		"The file of waybill %s cannot be printed: %s. Hand in another one, best a PNG.",
		"运单 %s 的文件无法打印：%s。请重新提交，最好使用 PNG。",
	},
	// waybill number
	"job-file-picture": {
		"The file of waybill %s is a picture, and the printer with this paper takes PDF. Hand in a PDF.",
		"运单 %s 的文件是图片，而使用该纸张的打印机需要 PDF。请提交 PDF。",
	},
	"caller-policy": {
		"The administrator's policy decides about this page. Nobody at the station can change it.",
		"此网页由管理员的策略决定，本机无法更改。",
	},
	"caller-unknown": {
		"Nothing is known of this page. Its name is scheme and host, with a port if it has one, as the list shows it: miandan pair list.",
		"没有此网页的记录。名称须为协议加主机（如有端口则带端口），与列表一致：miandan pair list。",
	},
	// layout
	"job-layout": {
		"There is no layout %q here. The route job-printers lists those that there are.",
		"本机没有名为 %q 的版式。可用版式见接口 job-printers。",
	},
	// key
	"job-unknown": {
		"There is no job %q of this caller.",
		"此网页没有任务 %q。",
	},
	// what is wrong
	"job-form": {
		"The job is not taken: %s.",
		"任务未被接收：%s。",
	},
}
