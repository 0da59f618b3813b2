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
		"layout-edit":     {"Edit", "编辑"},
		"layouts-all":     {"All layouts", "全部版式"},
		"editor-save":     {"Save as own …", "存为自有版式……"},
		"editor-discard":  {"Discard", "放弃修改"},
		"editor-text":     {"The layout's text", "版式文件内容"},
		"editor-picture":  {"Its sample label", "样例面单"},
		"editor-undrawn":  {"No picture until the errors are put right", "改正错误后才会有图样"},
		"editor-hint":     {"Tab moves text in; Escape leaves the text.", "Tab 缩进；Esc 离开编辑框。"},
		"saving":          {"Save as a layout of your own", "存为自有版式"},
		"saving-name":     {"Name", "名称"},
		"saving-hint":     {"It stands in the folder of own layouts; labels are printed with it after a restart. Which carrier uses it is said in the settings.", "存放在自定义版式文件夹，重新启动程序后用于打印。由哪家快递使用，在设置中指定。"},
		"saving-do":       {"Save", "保存"},
		"discarding":      {"Discard what you have written?", "放弃所做的修改？"},
		"discarding-hint": {"The text becomes what was saved last.", "内容将恢复为上次保存的样子。"},
		"discarding-no":   {"Keep it", "保留"},
		"discarding-yes":  {"Discard", "放弃修改"},
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
		"editor-own":       {"own file", "自有文件"},
		"editor-builtin":   {"built in; saved, it becomes your own", "程序自带，保存后成为自有版式"},
		"editor-unsaved":   {"Not saved", "未保存"},
		"editor-saved":     {"{0} is saved. It is printed with after a restart.", "{0} 已保存，重新启动程序后用于打印。"},
		"editor-line-of":   {"line {0}", "第 {0} 行"},
		"more-findings":    {"{0} more", "另有 {0} 项"},
	}
}
