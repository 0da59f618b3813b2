package web

// writtenOfCallers are the words of the callers' place in page.html.
func writtenOfCallers() words {
	return words{
		"callers":          {"Callers", "网页授权"},
		"callers-hint":     {"Web pages, such as an ERP, that may print labels here. Each sees its own labels only, and no whole name.", "可在本机打印面单的网页（如 ERP）。每个网页只能看到自己提交的面单，看不到完整姓名。"},
		"callers-none":     {"No page has asked yet. When one does, the question comes up here.", "还没有网页请求打印。有请求时会在此询问。"},
		"callers-selftest": {"Self-test", "自检"},
		"callers-docs":     {"For programmers", "开发文档"},
		"asking":           {"A web page asks to print here", "有网页请求在本机打印"},
		"asking-hint":      {"Let it in only if you know it and are using it now. It can print labels and see what becomes of them, nothing else.", "只有在您认识并正在使用此网页时才允许。它只能打印面单并查看其结果，不能做其他事情。"},
		"asking-plain":     {"Its connection is not encrypted: in a shared network another computer may pose as it.", "该网页未使用加密连接：在共用网络中可能被其他电脑冒充。"},
		"asking-block":     {"Block", "禁止"},
		"asking-no":        {"Not now", "暂不"},
		"asking-once":      {"This time", "仅本次"},
		"asking-always":    {"Always", "始终允许"},
		"caller-allow":     {"Allow more", "允许继续"},
		"caller-revoke":    {"Forget", "撤销"},
	}
}

// spokenOfCallers are those that callers.js puts together.
func spokenOfCallers() words {
	return words{
		"caller-paired":   {"may print", "可以打印"},
		"caller-once":     {"this time only", "仅本次"},
		"caller-blocked":  {"blocked", "已禁止"},
		"caller-waits":    {"waits for your click", "等待允许"},
		"caller-policy":   {"by the administrator's policy", "由管理员策略决定"},
		"caller-since":    {"since {0}", "自 {0}"},
		"caller-used":     {"used {0}", "最近使用 {0}"},
		"caller-labels":   {"{0} labels this hour", "本小时 {0} 张"},
		"callers-policy":  {"Policy: {0}.", "策略文件：{0}。"},
		"callers-unasked": {"Pages that it does not name are refused without asking.", "未列出的网页将直接拒绝，不再询问。"},
	}
}
