package notice

// aboutStart is about the first steps at a station that nothing is set up for, and
// about the next version of the program.
var aboutStart = sentences{
	// the version, the one that runs
	"update-newer": {
		"Version %s is there, and %s runs. IT installs it with: miandan update install.",
		"有新版本 %s（当前 %s）。请由 IT 安装：miandan update install。",
	},
	"update-paused": {
		"The update is installed, but no agent answers. Start it; what was paused goes on with: miandan pause off.",
		"更新已安装，但程序没有应答。请启动程序，并恢复打印：miandan pause off。",
	},
	// the settings file
	"settings-begun": {
		"There were no settings yet: all of them, each explained, now stand in %s. Open the page to set up the station.",
		"尚无设置文件，已写入 %s（每项均有说明）。请打开页面完成设置。",
	},
	"start-secret": {
		"The app's secret is missing. Copy it from the app's page at JD.",
		"缺少 App Secret，请从京东应用页面复制。",
	},
	"start-redirect": {
		"The redirect address is no whole address. Copy it as the app's page at JD has it, from its first letter to its last.",
		"回调地址不完整。请按京东应用页面填写的内容完整复制。",
	},
	// name
	"start-printer-known": {
		"The agent already prints on the printer %s. Print its test card under Printers.",
		"程序已在使用打印机 %s。请在“打印机”页面打印测试页。",
	},
}
