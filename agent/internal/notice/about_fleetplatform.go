package notice

// aboutFleetPlatform is about the stations of a fleet that take numbers.
var aboutFleetPlatform = sentences{
	"fleet-not-ready": {
		"The other stations that take numbers have not let this one read the orders yet. Have one of them run; it goes on by itself.",
		"其他取号站点尚未授权本站读取订单。请启动其中一个，随后自动继续。",
	},
	// order, issuer
	"fleet-number-late": {
		"A number for order %s came from %s when the question had been given up. It is not used: it is given back if the order travels under another one. Look into the room.",
		"订单 %s 向 %s 取号的答复来得太晚，该单号不会使用；如订单已用其他单号发货，将自动退回。请查看总控。",
	},
	// order, number
	"fleet-late-by-hand": {
		"Order %s has a second number %s that its carrier takes back only together with the first. Have it cancelled in the carrier's console.",
		"订单 %s 多取了一个单号 %s，承运商接口无法单独退回。请在承运商后台取消该单号。",
	},
	// order, number
	"number-late": {
		"A number of order %s came too late and is not used. If it does not disappear from here, have it cancelled in the carrier's console.",
		"订单 %s 有一个来得太晚的单号，不会使用。如长时间未消失，请在承运商后台取消。",
	},
}
