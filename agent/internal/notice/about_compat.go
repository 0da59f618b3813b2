package notice

// aboutCompat is about pages that were written for another vendor's print component.
// What repeats a value of theirs would repeat somebody's name, so nothing does.
var aboutCompat = sentences{
	// vendor, port, who has it, setting
	"compat-port-taken": {
		"Port %[2]v of %[1]s's print component is taken by %[3]v, so pages written for it are not served here. Quit that program, or write enabled = false under [%[4]s].",
		"%[1]s 打印组件的端口 %[2]v 已被 %[3]v 占用，因此本程序不接收为其编写的网页。请退出该程序，或在 [%[4]s] 下写 enabled = false。",
	},
	"compat-too-fast": {
		"The page prints too fast. It can go on in a minute.",
		"网页打印过于频繁，请一分钟后再试。",
	},
	"compat-too-many": {
		"The page has printed as many labels as it may within an hour. Somebody at the station can allow more on the agent's page, under Callers.",
		"网页一小时内打印的面单数已达上限。现场人员可在本程序页面的“网页授权”中允许继续。",
	},
	// what is wrong
	"compat-form": {
		"The request is not taken: %s.",
		"请求未被接收：%s。",
	},
	"compat-command": {
		"This command is not served here. It is one of the vendor's own component.",
		"本程序不支持该命令，它属于原厂打印组件。",
	},
	"compat-printer": {
		"The station has no such printer for this. Ask for the list and choose one of it.",
		"本机没有该打印机或不能用于此类内容。请重新获取打印机列表并选择。",
	},
	// vendor
	"compat-sealed": {
		"The label is sealed by %s and only its own component opens it. Set up a printer of that component here, or print from the component.",
		"面单由%s加密，只有其打印组件能打开。请在本机设置该组件的打印机，或直接用该组件打印。",
	},
	// what is wrong
	"compat-template": {
		"The template cannot be printed here: %s.",
		"该模板不能在本机打印：%s。",
	},
	// setting
	"compat-template-host": {
		"The template lies at a host that is not allowed. An administrator can add it to template_hosts under [%s].",
		"模板所在的主机未被允许。管理员可在 [%s] 的 template_hosts 中添加。",
	},
	"compat-template-fetch": {
		"The template cannot be fetched. Check its address and the network.",
		"无法获取模板。请检查模板地址和网络。",
	},
	"compat-no-number": {
		"The document has no Code 128 barcode with a number of 6 to 40 letters and digits, by which it is known on paper. Labels are printed here, and no other papers.",
		"内容中没有可识别的 Code 128 条码（6 至 40 位字母或数字）。本程序只打印面单，不打印其他单据。",
	},
	"compat-again": {
		"The label was handed in before, with another task. A second copy is printed by a person, on the agent's page.",
		"该面单已在其他任务中提交过。补打须由现场人员在本程序页面上操作。",
	},
	"compat-unknown": {
		"Nobody knows whether the label came out. Look at the printer, and have somebody decide on the agent's page; do not send it again under another number.",
		"无法确认面单是否已打印。请查看打印机，并由现场人员在本程序页面上处理；请勿换号重发。",
	},
	"compat-waits": {
		"The label waits for the printer and will come. See the agent's page; do not send it again under another number.",
		"面单正在等待打印机，稍后会打印。请查看本程序页面；请勿换号重发。",
	},
	"compat-stopped": {
		"The label does not go on by itself. See the agent's page.",
		"面单已停止处理，请查看本程序页面。",
	},
	"compat-cancelled": {
		"The label was taken back before it was printed.",
		"面单在打印前已撤回。",
	},
	// addresses
	"compat-beyond": {
		"The agent listens on %s, which other computers reach. This must not be: report it.",
		"本程序在 %s 上监听，其他电脑可以访问。这不应发生，请反馈。",
	},
}
