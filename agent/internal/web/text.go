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

// written are the words that stand in page.html.
func written() words {
	w := words{
		"title":           {"Miandan", "面单"},
		"waiting":         {"waiting", "待打印"},
		"printing":        {"printing", "打印中"},
		"unknown":         {"to settle", "待确认"},
		"refused":         {"refused", "无法打印"},
		"done":            {"done today", "今日完成"},
		"find":            {"Scan or type a number", "扫描或输入单号"},
		"pause":           {"Pause", "暂停打印"},
		"resume":          {"Resume", "继续打印"},
		"paused":          {"Printing is paused. Orders keep coming in and wait.", "已暂停打印。订单照常接收，等待继续。"},
		"lost":            {"No connection to the agent. What you see may be old; it reconnects by itself.", "与程序失去连接。当前显示可能不是最新，将自动重连。"},
		"no-script":       {"This page needs JavaScript. Allow it for this address.", "本页需要 JavaScript，请为此地址启用。"},
		"printers":        {"Printers", "打印机"},
		"question":        {"Is this label on paper?", "这张面单出纸了吗？"},
		"yes":             {"Yes, printed", "已出纸"},
		"no":              {"Not printed", "没出纸"},
		"sure":            {"First switch the printer off and on", "请先把打印机关机再开机"},
		"sure-yes":        {"Done, no label: print it", "已重开，没有面单，重新打印"},
		"back":            {"Back", "返回"},
		"number-question": {"Look this number up", "请核实单号"},
		"no-number":       {"No valid number", "没有可用单号"},
		"number-sure":     {"Have you looked in the carrier's console?", "在快递后台查过了吗？"},
		"number-none":     {"Looked, there is none: take one", "查过，没有，重新取号"},
		"queue":           {"Queue", "队列"},
		"by-deadline":     {"most urgent first", "按发货时限排序"},
		"refused-head":    {"Cannot be printed", "无法打印"},
		"done-head":       {"Done today", "今日完成"},
		"empty":           {"All done. New orders appear here by themselves.", "全部打完了。新订单会自动出现在这里。"},
		"nothing-found":   {"No row has this number.", "没有找到这个单号。"},
		"print":           {"Print now", "立即打印"},
		"retry":           {"Try again", "重试"},
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
	}
	maps.Copy(w, writtenOfLayouts())
	return w
}

// spoken are the words that the script puts together. {0}, {1} stand for what
// it puts in.
func spoken() words {
	w := words{
		"left-days":      {"{0} d {1} h", "{0}天{1}小时"},
		"left-hours":     {"{0} h {1} min", "{0}小时{1}分"},
		"left-minutes":   {"{0} min", "{0}分钟"},
		"left":           {"left", "剩余"},
		"late":           {"late by", "已超时"},
		"no-deadline":    {"no deadline", "无时限"},
		"late-cost":      {"if late ¥{0}", "逾期赔 ¥{0}"},
		"is-late-cost":   {"costs ¥{0}", "须赔 ¥{0}"},
		"help-retry":     {"Tried again by itself", "自动重试"},
		"help-wait":      {"Goes on by itself later", "稍后自动继续"},
		"help-ask":       {"Needs a person", "需人工处理"},
		"help-fix":       {"Change the settings", "需修改设置"},
		"caution":        {"Note: {0}", "注意：{0}"},
		"state-waiting":  {"Waiting", "待打印"},
		"state-printing": {"Printing", "打印中"},
		"state-done":     {"Printed", "已打印"},
		"state-gone":     {"Cancelled", "已取消"},
		"by-confirmed":   {"Confirmed", "已确认"},
		"by-presumed":    {"Presumed", "推定"},
		"by-operator":    {"By hand", "人工确认"},
		"why-confirmed":  {"the printer said so", "打印机已回报"},
		"why-presumed":   {"sent, printer silent", "已送出，未回报"},
		"why-operator":   {"a person saw it", "由人员核实"},
		"attempts":       {"{0} attempts", "第 {0} 次"},
		"parcel":         {"parcel {0} of {1}", "第 {0}/{1} 件"},
		"order":          {"order {0}", "订单 {0}"},
		"labels-left":    {"{0} labels left", "余 {0} 张"},
		"idle":           {"Ready", "就绪"},
		"processing":     {"Printing", "正在打印"},
		"stopped":        {"Stopped", "已停止"},
		"continues":      {"goes on by itself", "排除后自动继续"},
		"sure-hint":      {"What is left in {0} would come out later, as a second label. Look on the floor and on the parcels too.", "{0} 里若有残留，之后会再打出一张。地上和包裹上也请看一看。"},
		"packed":         {"{0} packed", "{0} 已装包"},
		"the-printer":    {"the printer", "打印机"},
		"no-answer":      {"The agent did not answer. Look at the row before you try again.", "程序没有应答。重试之前请先看该行的状态。"},
	}
	maps.Copy(w, reasons())
	maps.Copy(w, spokenOfLayouts())
	return w
}

// reasons are IPP's words for what ails a printer.
func reasons() words {
	return words{
		"media-empty":                  {"Out of paper", "缺纸"},
		"media-low":                    {"Paper is low", "纸快用完"},
		"media-jam":                    {"Paper jam", "卡纸"},
		"cover-open":                   {"Cover is open", "盖子未合上"},
		"offline":                      {"Not connected", "未连接"},
		"paused":                       {"Paused at the printer", "打印机已暂停"},
		"marker-supply-empty":          {"Ribbon is out", "碳带用完"},
		"output-area-full":             {"Take the label off", "请取走面单"},
		"cutter-unrecoverable-failure": {"Cutter fault", "切刀故障"},
		"fuser-over-temp":              {"Head too hot", "打印头过热"},
		"other":                        {"Fault", "有故障"},
	}
}
