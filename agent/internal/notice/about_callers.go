package notice

// aboutCallers is about who may use the page, and which pages may use the agent.
var aboutCallers = sentences{
	"pin-wrong": {
		"This PIN is not right. After five wrong ones nobody can try for a minute.",
		"PIN 不正确。连续输错五次后，一分钟内无法再试。",
	},
	// seconds
	"pin-wait": {
		"Too many wrong PINs. Try again in %v seconds.",
		"PIN 输错次数过多，请 %v 秒后再试。",
	},
	// role
	"pin-none": {
		"There is no PIN for %s at this station. An administrator sets one at the command line: miandan config secret page.lead_pin or page.admin_pin.",
		"本机没有为 %s 设置 PIN。管理员可在命令行设置：miandan config secret page.lead_pin 或 page.admin_pin。",
	},
	"pin-form": {
		"A PIN is 6 to 32 digits and not all the same. Type another one.",
		"PIN 为 6 至 32 位数字，且不能全部相同。请重新输入。",
	},
	"page-not-served": {
		"The agent serves no page now. Start it with miandan run.",
		"程序目前没有提供页面。请用 miandan run 启动。",
	},
}
