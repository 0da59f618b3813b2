package notice

// aboutNumbers is about who may see a virtual number, for how long it lives and
// how another can be had.
var aboutNumbers = sentences{
	"number-while-open": {
		"The number lives until the order is completed. For three months after that it can be fetched again, for two days each time.",
		"号码在订单完成前有效。订单完成后三个月内可重新获取，每次有效两天。",
	},
	// its end
	"number-while-open-until": {
		"The number lives until %s, or until the order is completed. For three months after that it can be fetched again, for two days each time.",
		"号码有效期至 %s，订单提前完成则随之失效。订单完成后三个月内可重新获取，每次有效两天。",
	},
	// the last day
	"number-two-days": {
		"The order is completed: the number was fetched again and lives for two days. It can be fetched again until %s.",
		"订单已完成：号码为重新获取，有效两天。%s 前可再次获取。",
	},
	// its end, the last day
	"number-two-days-until": {
		"The order is completed: the number was fetched again and lives until %s. It can be fetched again until %s.",
		"订单已完成：号码为重新获取，有效期至 %s。%s 前可再次获取。",
	},
	"number-after-sales": {
		"The number belongs to an after-sales service order and lives for 15 days; after that it can be fetched again.",
		"售后服务单的号码，有效 15 天，到期后可重新获取。",
	},
	// its end
	"number-after-sales-until": {
		"The number belongs to an after-sales service order and lives until %s; after that it can be fetched again.",
		"售后服务单的号码，有效期至 %s，到期后可重新获取。",
	},
	"number-bind-again": {
		"A number that lapsed before the order was completed, or since the parcel was not collected in time, can be bound again: open the order's phone number in the merchant console, then show the receiver here once more.",
		"订单未完成，或因包裹超时未取而关闭时，失效的号码可以重新绑定：请在商家后台查看该订单的电话，然后在这里重新显示收件人。",
	},
	// the last day
	"number-fetch-again": {
		"The number can be fetched again until %s, for two days each time: show the receiver once more. If there is still none, open it in the merchant console first.",
		"%s 前可重新获取号码，每次有效两天：请重新显示收件人；如仍没有，请先在商家后台查看该订单的电话。",
	},
	"number-fetch-after-sales": {
		"The number of an after-sales service order can be fetched again: open it in the merchant console, then import the order anew.",
		"售后服务单的号码可重新获取：请在商家后台查看后重新导入订单。",
	},
	// how many, the role
	"reveal-limit": {
		"%v receivers have been shown here within an hour, which is all that a %s may see. Wait, or have somebody who may see more unlock the page. It is on record.",
		"本工位一小时内已显示 %v 个收件人，达到%s的上限。请稍后再试，或由权限更高的人员解锁页面。此事已记录。",
	},
	// the role, how many
	"reveal-alarm": {
		"More receivers are being looked up here than a %s may see (%v within an hour). See who asks: miandan audit list.",
		"本工位查看收件人的次数超过%s的上限（一小时 %v 次）。请查看操作人：miandan audit list。",
	},
	// rows, the most
	"export-too-many": {
		"The list has %v orders, and more than %v take an administrator. Choose fewer days, or have an administrator export it.",
		"清单共 %v 个订单，超过 %v 个须由管理员导出。请减少天数，或由管理员操作。",
	},
	// rows, the form
	"export-bulk": {
		"A list of %v orders was exported here (%s). If that was not meant: miandan audit list.",
		"本工位导出了 %v 个订单的清单（%s）。如非本意，请查看：miandan audit list。",
	},
	// rows, the most
	"export-sheet-long": {
		"The list has %v orders, and a sheet holds %v here. Choose fewer days.",
		"清单共 %v 个订单，一个表格最多 %v 个。请减少天数。",
	},
}
