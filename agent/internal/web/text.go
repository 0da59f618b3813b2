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
		"title":       {"Miandan", "面单"},
		"waiting":     {"waiting", "待打印"},
		"printing":    {"printing", "打印中"},
		"unknown":     {"to settle", "待确认"},
		"refused":     {"refused", "无法打印"},
		"done":        {"done today", "今日完成"},
		"find":        {"Scan or type a number", "扫描或输入单号"},
		"pause":       {"Pause", "暂停打印"},
		"resume":      {"Resume", "继续打印"},
		"paused":      {"Printing is paused. Orders keep coming in and wait.", "已暂停打印。订单照常接收，等待继续。"},
		"lost":        {"No connection to the agent. What you see may be old; it reconnects by itself.", "与程序失去连接。当前显示可能不是最新，将自动重连。"},
		"no-script":   {"This page needs JavaScript. Allow it for this address.", "本页需要 JavaScript，请为此地址启用。"},
		"printers":    {"Printers", "打印机"},
		"places":      {"Places", "页面"},
		"close":       {"Close", "关闭"},
		"to-bench":    {"Queue", "队列"},
		"to-waves":    {"Waves", "波次"},
		"to-orders":   {"Orders", "订单"},
		"to-history":  {"History", "历史"},
		"to-printers": {"Printers", "打印机"},
		"to-layouts":  {"Layouts", "版式"},
		"to-settings": {"Settings", "设置"},
		"to-doctor":   {"Doctor", "体检"},
		"to-callers":  {"Callers", "接入"},
	}
}

// spokenOfShell are those that core.js puts together.
func spokenOfShell() words {
	return words{
		"labels-left": {"{0} labels left", "余 {0} 张"},
		"idle":        {"Ready", "就绪"},
		"processing":  {"Printing", "正在打印"},
		"stopped":     {"Stopped", "已停止"},
		"continues":   {"goes on by itself", "排除后自动继续"},
		"no-answer":   {"The agent did not answer. Look at the row before you try again.", "程序没有应答。重试之前请先看该行的状态。"},
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
		"paused":                       {"Paused at the printer", "打印机已暂停"},
		"marker-supply-empty":          {"Ribbon is out", "碳带用完"},
		"output-area-full":             {"Take the label off", "请取走面单"},
		"cutter-unrecoverable-failure": {"Cutter fault", "切刀故障"},
		"fuser-over-temp":              {"Head too hot", "打印头过热"},
		"other":                        {"Fault", "有故障"},
	}
}
