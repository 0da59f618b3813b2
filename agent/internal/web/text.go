package web

import (
	"fmt"
	"maps"

	"miandan/agent/internal/notice"
)

// words are by key the English and the Chinese text.
type words map[string][2]string

func say(l notice.Language, key string) (string, error) {
	w, ok := written()[key]
	if !ok {
		return "", fmt.Errorf("the page has no word %q", key)
	}
	return w[l], nil
}

// written are the words that stand in page.html and in places/*.html.
func written() words {
	w := writtenOfShell()
	for _, p := range places() {
		maps.Copy(w, p.written)
	}
	return w
}

// spoken are the words that the scripts put together. {0}, {1} stand for what
// they put in.
func spoken() words {
	w := spokenOfShell()
	maps.Copy(w, reasons())
	maps.Copy(w, spokenOfOffice())
	for _, p := range places() {
		maps.Copy(w, p.spoken)
	}
	return w
}

// writtenOfShell are the words around the places. "to-NAME" leads to a place.
func writtenOfShell() words {
	return words{
		"title":           {"Miandan", "面单"},
		"waiting":         {"waiting", "待打印"},
		"printing":        {"printing", "打印中"},
		"unknown":         {"to settle", "待确认"},
		"refused":         {"refused", "无法打印"},
		"done":            {"done today", "今日完成"},
		"lost":            {"No connection to the agent. What you see may be old; it reconnects by itself.", "与程序失去连接。当前显示可能不是最新，将自动重连。"},
		"no-script":       {"This page needs JavaScript. Allow it for this address.", "本页需要 JavaScript，请为此地址启用。"},
		"printers":        {"Printers", "打印机"},
		"pause":           {"STOP", "停止打印"},
		"resume":          {"Go on", "继续打印"},
		"paused":          {"Printing is stopped. Orders keep coming in and wait.", "已停止打印。订单照常接收，等待继续。"},
		"away":            {"This window is not in front: scans go elsewhere now. Click here.", "本窗口不在最前，扫码会打到别处。点这里回来。"},
		"scans":           {"Latest scans", "最近扫描"},
		"scan-mode":       {"What a scan does", "扫描用途"},
		"scan-to-print":   {"Scan to print", "扫码打印"},
		"scan-to-confirm": {"Scan to confirm", "扫码核对"},
		"collected":       {"Scanned goods", "已扫商品"},
		"scan-clear":      {"Start again", "清空重扫"},
		"rules":           {"Printed automatically", "自动打印"},
		"sheet":           {"Commands", "命令条码"},
		"sheet-print":     {"Print", "打印"},
		"sheet-hint":      {"On A4, at 100 %. Stand it beside the scanner.", "A4 纸，按 100% 打印，立在扫码枪旁。"},
		"barcode":         {"Barcode", "条码"},
		"keys":            {"Keys", "快捷键"},
		"key-next":        {"Print the most urgent", "打印最急的一单"},
		"key-stop":        {"Stop printing, or go on", "停止或继续打印"},
		"key-place":       {"Next page", "下一个页面"},
		"key-find":        {"Find a number", "查找单号"},
		"key-rows":        {"From row to row", "逐行移动"},
		"key-range":       {"with a click: select a range", "配合点击：连续选择"},
		"key-escape":      {"Close, clear", "关闭、清除"},
		"unlock":          {"Who are you?", "切换身份"},
		"unlock-hint":     {"It ends by itself after ten quiet minutes.", "十分钟不操作自动退出。"},
		"unlock-as":       {"Work as", "身份"},
		"unlock-do":       {"Unlock", "解锁"},
		"lock":            {"Lock", "退出该身份"},
		"role-lead":       {"Lead", "组长"},
		"role-admin":      {"Administrator", "管理员"},
		"reprint":         {"Reprint", "补打"},
		"reprint-head":    {"Print this label once more", "再打印一张"},
		"reprint-hint":    {"Destroy the old label, so that one number never travels on two parcels.", "请先销毁旧面单，避免同一单号贴在两个包裹上。"},
		"why":             {"Why?", "补打原因"},
		"why-torn":        {"Torn or jammed", "撕坏或卡纸"},
		"why-unreadable":  {"Print too faint", "打印不清"},
		"why-lost":        {"Label is lost", "面单丢失"},
		"why-other":       {"Other", "其他"},
		"why-text":        {"Reason in a few words", "简单说明原因"},
		"cancel":          {"Cancel", "取消"},
		"places":          {"Places", "页面"},
		"close":           {"Close", "关闭"},
		"to-start":        {"Set up", "开始"},
		"to-bench":        {"Queue", "队列"},
		"to-room":         {"Room", "总览"},
		"to-waves":        {"Waves", "波次"},
		"to-orders":       {"Orders", "订单"},
		"to-history":      {"History", "历史"},
		"to-printers":     {"Printers", "打印机"},
		"to-layouts":      {"Layouts", "版式"},
		"to-settings":     {"Settings", "设置"},
		"to-doctor":       {"Doctor", "体检"},
		"to-callers":      {"Callers", "网页授权"},
	}
}

// spokenOfShell are those that core.js puts together.
func spokenOfShell() words {
	return words{
		"scan-to-print":        {"Scan to print", "扫码打印"},
		"scan-to-confirm":      {"Scan to confirm", "扫码核对"},
		"scan-to-print-hint":   {"Scan an order, or the goods of a parcel one by one", "扫订单号，或逐件扫商品条码"},
		"scan-to-confirm-hint": {"Scan the label on each finished parcel", "扫包裹上已贴好的面单"},
		"scan-printing":        {"Printing", "正在打印"},
		"scan-confirmed":       {"Packed", "已核对"},
		"scan-again":           {"Packed before", "之前已核对"},
		"scan-left":            {"{0} more parcels of this order", "本单还有 {0} 件未核对"},
		"scan-printed":         {"Already printed", "已打印过"},
		"scan-printed-hint":    {"Not printed again. If the label is gone, reprint it.", "没有重复打印。面单丢了或坏了请补打。"},
		"scan-cancelled":       {"Cancelled: do not ship", "订单已取消，不要发货"},
		"scan-refused":         {"Cannot be printed", "无法打印"},
		"scan-unknown":         {"Answer the question first", "请先回答这一单的问题"},
		"scan-not-found":       {"Not found", "没有找到"},
		"scan-more":            {"Scan the next piece", "请扫下一件"},
		"scan-more-hint":       {"Orders with these goods and more: {0}", "还有 {0} 单包含这些商品"},
		"scan-early":           {"Not on paper yet", "还没有出纸"},
		"scan-command":         {"Done", "已执行"},
		"scan-trouble":         {"Nothing was done", "没有执行"},
		"scan-dialog":          {"Finish or close the open window first.", "请先完成或关闭打开的窗口。"},
		"scan-not-with":        {"No order has it together with the {0} scanned pieces. They are kept.", "没有订单同时包含已扫的 {0} 件商品。已扫商品保留。"},
		"scan-none-waits":      {"Nothing waits to be printed.", "没有等待打印的订单。"},
		"no-question":          {"There is no such question now.", "现在没有这样的问题。"},
		"no-command":           {"This barcode is of another version. Print the sheet anew.", "命令条码版本不符，请重新打印命令条码。"},
		"held":                 {"Printing is stopped. Orders keep coming in and wait.", "已停止打印。订单照常接收，等待继续。"},
		"resumed":              {"Printing goes on", "已继续打印"},
		"role-packer":          {"Packer", "打包员"},
		"role-lead":            {"Lead", "组长"},
		"role-admin":           {"Administrator", "管理员"},
		"role-until":           {"until {0}", "至 {0}"},
		"why-torn":             {"Torn or jammed", "撕坏或卡纸"},
		"why-unreadable":       {"Print too faint", "打印不清"},
		"why-lost":             {"Label is lost", "面单丢失"},
		"labels-left":          {"{0} labels left", "余 {0} 张"},
		"idle":                 {"Ready", "就绪"},
		"processing":           {"Printing", "正在打印"},
		"stopped":              {"Stopped", "已停止"},
		"continues":            {"goes on by itself", "排除后自动继续"},
		"no-answer":            {"The agent did not answer. Look at the row before you try again.", "程序没有应答。重试之前请先看该行的状态。"},
	}
}

// reasons are IPP's words for what ails a printer.
func reasons() words {
	return words{
		"media-empty":                  {"Out of paper", "缺纸"},
		"media-low":                    {"Paper is low", "纸快用完"},
		"media-jam":                    {"Paper jam", "卡纸"},
		"cover-open":                   {"Cover is open", "盖子未合上"},
		"offline":                      {"Not connected", "未连接"},
		"paused":                       {"Paused", "已暂停"},
		"marker-supply-empty":          {"Ribbon is out", "碳带用完"},
		"output-area-full":             {"Take the label off", "请取走面单"},
		"cutter-unrecoverable-failure": {"Cutter fault", "切刀故障"},
		"fuser-over-temp":              {"Head too hot", "打印头过热"},
		"other":                        {"Fault", "有故障"},
	}
}
