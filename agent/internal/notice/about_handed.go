package notice

// aboutHanded is about orders that programs hand in. What repeats a value of
// theirs would repeat somebody's name, so nothing does.
var aboutHanded = sentences{
	"orders-refused": {
		"No web page may hand in orders. Programs on this computer do it by the agent's own socket: miandan orders add FILE.json.",
		"网页不能提交订单。请由本机程序通过本程序的本地套接字提交：miandan orders add 文件.json。",
	},
	"orders-too-large": {
		"The request is too large: 500 orders and 1 MiB are the most. Hand the orders in in parts.",
		"请求过大：一次最多 500 个订单、1 MiB。请分批提交。",
	},
	"orders-unreadable": {
		"The orders are no JSON in UTF-8. Hand in one order in braces, or several of them in square brackets.",
		"订单不是有效的 UTF-8 JSON。单个订单用花括号，多个订单用方括号列表。",
	},
	// the file
	"orders-file-large": {
		"The file %s is larger than 64 MiB. Hand the orders in in several files.",
		"文件 %s 超过 64 MiB。请分成多个文件提交。",
	},
	"orders-none": {
		"The list holds no order.",
		"列表中没有订单。",
	},
	// how many, the most
	"orders-too-many": {
		"The list holds %v orders, and %v are the most. Hand them in in parts.",
		"列表中有 %v 个订单，一次最多 %v 个。请分批提交。",
	},
	// Below, the first argument says which order, the second which field.
	"handed-not-object": {
		"%s is no object in braces.",
		"%s不是花括号中的对象。",
	},
	"handed-field": {
		"%s has the field %s, which is not known. Correct its name or leave it out.",
		"%s含有未知字段 %s。请更正字段名或删除。",
	},
	"handed-twice": {
		"%s says the field %s twice. Leave one out.",
		"%s的字段 %s 出现两次。请删除其中一个。",
	},
	"handed-missing": {
		"%s does not say the field %s. Add it.",
		"%s缺少字段 %s。请补上。",
	},
	// what it must be
	"handed-kind": {
		"%s: the field %s must be %s.",
		"%s的字段 %s 必须是%s。",
	},
	// the most characters
	"handed-long": {
		"%s: the field %s is longer than %v characters. Shorten it.",
		"%s的字段 %s 超过 %v 个字符。请缩短。",
	},
	// the most
	"handed-many": {
		"%s: the list %s is longer than %v. Shorten it.",
		"%s的列表 %s 超过 %v 项。请缩短。",
	},
	"handed-text": {
		"%s: the field %s holds characters that cannot be printed. Take them out.",
		"%s的字段 %s 含有无法打印的字符。请去除。",
	},
	"handed-hidden": {
		"%s: the field %s is hidden by stars or dots. Hand in the whole of it, or the virtual number.",
		"%s的字段 %s 被星号或圆点隐藏。请提供完整内容或虚拟号。",
	},
	"handed-id": {
		"%s: the field %s is no order number: up to 50 letters, digits, dots and dashes, and no telephone number.",
		"%s的字段 %s 不是有效的订单号：应为不超过 50 个字母、数字、点或横线，且不能是电话号码。",
	},
	"handed-phone": {
		"%s: the field %s is no single telephone number: 11 digits, a landline with its area code, or a virtual number with its extension.",
		"%s的字段 %s 不是一个有效的电话：应为 11 位手机号、带区号的固话，或带分机号的虚拟号。",
	},
	"handed-extension": {
		"%s: the field %s does not go with the telephone number. A virtual number has an extension of 3 to 6 digits, behind it or in receiver.extension; a real one has neither extension nor end.",
		"%s的字段 %s 与电话不符。虚拟号须有 3 至 6 位分机号，写在号码后或 receiver.extension 中；真实号码没有分机号和有效期。",
	},
	// the least, the most
	"handed-number": {
		"%s: the field %s must be a whole number from %v to %v, without quotation marks. Amounts are in fen.",
		"%s的字段 %s 必须是 %v 到 %v 的整数，不加引号。金额以分为单位。",
	},
	"handed-time": {
		"%s: the field %s is no moment with its zone, such as 2026-11-23T10:00:00+08:00, or it lies too far away.",
		"%s的字段 %s 不是带时区的有效时间，应形如 2026-11-23T10:00:00+08:00，且不能相差太远。",
	},
	// the words
	"handed-word": {
		"%s: the field %s must be one of these words: %s.",
		"%s的字段 %s 只能是以下之一：%s。",
	},
}
