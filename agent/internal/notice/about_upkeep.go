package notice

// aboutUpkeep is about changing what stands at a station: settings and layouts.
var aboutUpkeep = sentences{
	// name
	"setting-unknown": {
		"There is no setting %s. Load the list of settings again.",
		"没有设置 %s。请刷新设置列表。",
	},
	// name, the file
	"setting-by-hand": {
		"The setting %s is not one that is changed from here. Change it in %s, check the file with miandan config check, and start the agent again.",
		"设置 %s 不能在这里修改。请在 %s 中修改，用 miandan config check 检查后重新启动程序。",
	},
	// name
	"setting-pinned": {
		"The administrator's policy lays down the setting %s. Nobody at the station can change it.",
		"设置 %s 由管理员策略规定，现场人员不能修改。",
	},
	// name
	"setting-secret": {
		"A secret: put it into the key store with miandan config secret %s.",
		"机密，请用 miandan config secret %s 存入密钥库。",
	},
	"layout-no-folder": {
		"There is no folder for layouts of your own. Name one in the settings (labels.layouts) and start the agent again.",
		"没有自定义版式的文件夹。请在设置 labels.layouts 中指定，并重新启动程序。",
	},
	// name
	"layout-name": {
		"%s cannot be a layout's name. Use small letters, digits and hyphens, such as zto-76x130.",
		"%s 不能作为版式名称。请使用小写字母、数字和连字符，如 zto-76x130。",
	},
}
