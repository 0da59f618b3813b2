package web

// writtenOfLayouts are the words of the layouts' place in page.html.
func writtenOfLayouts() words {
	return words{
		"layouts":         {"Layouts", "面单版式"},
		"layouts-hint":    {"Samples with invented people, in the dots that go to paper.", "样例均为虚构人物，与纸上的点完全一致。"},
		"layouts-wait":    {"Looking at the layouts …", "正在检查版式……"},
		"layouts-again":   {"Try again", "重试"},
		"layouts-used":    {"In use", "使用中"},
		"layouts-own":     {"Your own", "自有版式"},
		"layouts-builtin": {"Built in", "程序自带"},
		"own-file":        {"own file", "自有文件"},
		"no-findings":     {"Nothing to find fault with", "没有发现问题"},
		"layout-undrawn":  {"No picture: the sample is refused", "没有图样：样例无法打印"},
		"print-head":      {"Print head", "打印头"},
		"dot-for-dot":     {"Dot for dot", "逐点显示"},
	}
}

// spokenOfLayouts are those that layouts.js puts together.
func spokenOfLayouts() words {
	return words{
		"layout-broken":    {"cannot be read", "无法读取"},
		"severity-error":   {"Error", "错误"},
		"severity-warning": {"Warning", "警告"},
		"severity-hint":    {"Note", "提示"},
		"layouts-sum":      {"{0} layouts, {1} in use", "{0} 个版式，{1} 个使用中"},
		"errors":           {"Errors: {0}", "错误 {0}"},
		"warnings":         {"Warnings: {0}", "警告 {0}"},
		"size":             {"{0} × {1} mm", "{0} × {1} 毫米"},
		"used-by":          {"Used by {0}", "用于：{0}"},
		"seen-at":          {"{0} dpi head", "{0} dpi 打印头"},
		"enlarge":          {"Enlarge {0}", "放大 {0}"},
		"label-of":         {"The label of {0}", "{0} 的面单"},
		"more-findings":    {"{0} more", "另有 {0} 项"},
	}
}
