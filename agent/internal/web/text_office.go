package web

// spokenOfOffice are the words that the places of the back office share.
func spokenOfOffice() words {
	return words{
		"copied":        {"Copied", "已复制"},
		"not-copied":    {"The browser did not allow copying. Select the text instead.", "浏览器不允许复制，请手动选取文字。"},
		"state-unknown": {"On paper?", "是否出纸？"},
		"state-number":  {"Number unknown", "单号待核实"},
		"state-refused": {"Cannot be printed", "无法打印"},
	}
}
