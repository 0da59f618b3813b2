package web

// writtenOfSettings are the words of places/settings.html.
func writtenOfSettings() words {
	return words{
		"settings":          {"Settings", "设置"},
		"settings-find":     {"Find a setting", "查找设置"},
		"settings-changed":  {"Only what was changed", "只看改动过的"},
		"settings-restart":  {"The settings file has changed. What is shown holds after the next start of the program.", "设置文件已改动，重新启动程序后生效。"},
		"settings-anew":     {"Start anew now", "立即重新启动"},
		"settings-sections": {"Sections", "分类"},
		"settings-nothing":  {"No setting is named so.", "没有这样的设置。"},
		"setting-change":    {"Change", "修改"},
		"setting-value":     {"Value", "值"},
		"setting-holds":     {"It is written into the settings file and holds after a restart.", "将写入设置文件，重新启动程序后生效。"},
		"setting-write":     {"Write", "写入"},
	}
}

// spokenOfSettings are those that settings.js puts together.
func spokenOfSettings() words {
	return words{
		"settings-sum":      {"{0} settings, {1} changed", "共 {0} 项，改动 {1} 项"},
		"settings-general":  {"General", "常规"},
		"setting-default":   {"Comes as {0}", "默认 {0}"},
		"setting-empty":     {"(empty)", "（空）"},
		"setting-set":       {"Set, in the key store", "已设置，存于密钥库"},
		"setting-unset":     {"Not set", "未设置"},
		"setting-secret":    {"miandan config secret {0}", "命令：miandan config secret {0}"},
		"settings-begins":   {"The agent starts anew …", "程序正在重新启动…"},
		"mark-pinned":       {"Set by your IT policy", "由公司 IT 策略设定"},
		"mark-changed":      {"Changed", "已改动"},
		"mark-fixed":        {"Only in the file", "仅可在文件中修改"},
		"setting-written":   {"{0} is written. It holds after a restart.", "{0} 已写入，重新启动后生效。"},
		"setting-unchanged": {"That is its value already.", "已经是这个值。"},
	}
}
