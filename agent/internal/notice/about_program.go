package notice

// aboutProgram is about the program itself and the computer it runs on.
var aboutProgram = sentences{
	// the code that has no sentence
	Internal: {
		"Something went wrong inside the program (%v). Nothing was lost. Send the log to support.",
		"程序内部出错（%v）。没有丢失任何数据。请将日志发给技术支持。",
	},
}
