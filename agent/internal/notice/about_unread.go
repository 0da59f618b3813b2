package notice

// aboutUnread is about labels that print while their platform cannot be asked.
var aboutUnread = sentences{
	// how many, orders
	"labels-unread": {
		"%d labels printed without the platform being asked whether their orders still ship, because the network is away (print.offline). They are asked about as soon as it is back. Orders: %s.",
		"断网期间有 %d 张面单未经平台核对即打印（print.offline）。网络恢复后会逐单核对。订单：%s。",
	},
	// order, waybill
	"printed-and-changed": {
		"Order %s (waybill %s) printed while the network was away, and was cancelled or changed meanwhile. Take the parcel out before it ships.",
		"订单 %s（运单 %s）在断网期间已打印，但其间已取消或变更。请在发货前将包裹取出。",
	},
}
