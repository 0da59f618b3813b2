package notice

// aboutFleetPlatform is about the stations of a fleet that take numbers.
var aboutFleetPlatform = sentences{
	"fleet-not-ready": {
		"The other stations that take numbers have not let this one read the orders yet. Have one of them run, or revoke those that are gone; it goes on by itself.",
		"其他取号工位尚未授权本站读取订单。请启动其中一个，或撤销已不存在的工位，随后自动继续。",
	},
	// order, issuer
	"fleet-number-late": {
		"A number for order %s came from %s when the question had been given up. It is not used: it is given back if the order travels under another one. Look into the room.",
		"订单 %s 向 %s 取号的应答来得太晚，该单号不会使用；如订单已用其他单号发货，将自动退回。请查看总览。",
	},
	// order, number
	"fleet-late-by-hand": {
		"Order %s has a second number %s that its carrier takes back only together with the first. Have it cancelled in the carrier's console.",
		"订单 %s 多取了一个单号 %s，快递接口无法单独退回。请在快递后台取消该单号。",
	},
	// order, number
	"number-late": {
		"A number of order %s came too late and is not used. If it does not disappear from here, have it cancelled in the carrier's console.",
		"订单 %s 有一个来得太晚的单号，不会使用。如长时间未消失，请在快递后台取消。",
	},
	// the station's name
	"fleet-joined": {
		"This computer is station %s of a fleet already. Leave it first: miandan fleet leave.",
		"本机已是多站成员 %s。请先退出：miandan fleet leave。",
	},
	"fleet-none": {
		"This computer is no member of a fleet. Join one with: miandan fleet join CODE --dsn ADDRESS.",
		"本机不是多站成员。加入：miandan fleet join 加入码 --dsn 数据库地址。",
	},
	// three numbers
	"fleet-join-open": {
		"The station cannot join yet: %d orders have no number, %d labels are not settled, %d messages are not delivered, and in a fleet nobody would see to them. Switch its platforms off in the settings, print what is open, delete what is not to be printed, let the agent run until all is done, stop it, and join then.",
		"暂不能加入：有 %d 个订单尚无单号、%d 张面单结果未定、%d 条消息未送达，加入后将无人处理。请先在设置中关闭平台读取，打印未完成的订单，删除不再打印的订单，让程序运行至全部完成，停止程序后再加入。",
	},
	"fleet-join-history": {
		"The fleet's database does not take in which orders have their number from this station, so that they could get a second one: it may be of an earlier version. Bring it up to date with miandan fleet init, then join again with the same code.",
		"多站数据库无法接收本站已取号的订单，可能导致重复取号：数据库版本可能较旧。请先运行 miandan fleet init 升级，再用同一加入码重新加入。",
	},
	// two numbers
	"fleet-left-open": {
		"The station cannot leave yet: %d labels are started here and nobody knows what became of them, and of %d the fleet has not been told. Settle them in the queue, let the agent run until they are told, then leave.",
		"暂不能退出：本站有 %d 张面单已开始但结果未定，另有 %d 张的结果尚未上报。请先在队列中处理，让程序运行至上报完成后再退出。",
	},
	// what was tried
	"fleet-admin": {
		"The fleet's database refuses: %s. See that --dsn names its administrator.",
		"多站数据库拒绝执行：%s。请确认 --dsn 使用的是管理员账号。",
	},
	"room-platform-only": {
		"Only at a station that takes numbers may somebody decide about labels of other stations. Go there.",
		"只能在负责取号的工位上处理其他工位的面单。请到该工位操作。",
	},
	"room-moved": {
		"The label has moved on meanwhile. Look again.",
		"该面单的状态已变化，请重新查看。",
	},
	"room-order-deleted": {
		"Whom the order goes to was deleted when its time had passed, so it cannot be labelled. Cancel the number in the carrier's console, then say that it has none: the order is read again.",
		"该订单的收件信息已到期删除，无法打印面单。请在快递后台取消该单号，再选择“没有单号”，订单将重新读取。",
	},
	"fleet-said-ready": {
		"The database is ready. Invite stations with: miandan fleet invite NAME.",
		"数据库已就绪。邀请工位：miandan fleet invite 工位名。",
	},
	// name
	"fleet-said-joined": {
		"This computer is station %s now. Start the agent again.",
		"本机已成为工位 %s。请重新启动程序。",
	},
	// four numbers
	"fleet-said-waiting": {
		"%d labels wait, %d are late, %d stand for a person; alarms: %d.",
		"等待 %d 张，超时 %d 张，待人工处理 %d 张，告警 %d 条。",
	},
	// name, number
	"fleet-said-revoked": {
		"Station %s is out. It has had the data of %d labels, which it can still read.",
		"工位 %s 已撤销。它曾取得 %d 张面单的数据，这些数据仍可被它读取。",
	},
	"fleet-said-left": {
		"This computer stands alone again.",
		"本机已退出多站，单独工作。",
	},
}
