package notice

// aboutHistory is about looking for what was.
var aboutHistory = sentences{
	"history-no-place": {
		"The history cannot be read on from here. Search again from the beginning.",
		"无法从此处继续读取历史记录，请从头重新查询。",
	},
}
