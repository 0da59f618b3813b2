package notice

// aboutOrders is about orders that get no number, and about finding orders.
// The first argument is the order's number.
var aboutOrders = sentences{
	"order-is-parent": {
		"Order %s was split; it never ships itself. Ship its child orders, each gets its own waybill.",
		"订单 %s 已拆分，母订单不发货。请按子订单发货，每个子订单各有运单。",
	},
	"order-cancelled": {
		"Order %s was cancelled on the platform and gets no waybill. If a label was already printed, take it off the parcel.",
		"订单 %s 已在平台取消，不再取号。如已打印面单，请从包裹上撕下。",
	},
	"order-locked": {
		"The buyer of order %s has asked to cancel it. Decide on the platform; if it is unlocked there, the label follows by itself.",
		"订单 %s 的买家已申请取消。请在平台处理；解锁后会自动打印。",
	},
	"order-paused": {
		"Order %s is on hold on the platform. See the reason there; when it is released, the label follows by itself.",
		"订单 %s 已被平台暂停。请在平台查看原因；恢复后会自动打印。",
	},
	"order-not-to-ship": {
		"Order %s is not waiting to be shipped. Check its state on the platform.",
		"订单 %s 不是待出库状态。请在平台核对订单状态。",
	},
	"phone-masked": {
		"The receiver's phone number of order %s came masked, and the courier needs the real one. Have the app authorised for decryption on the platform, then fetch the order again.",
		"订单 %s 的收件人电话被隐藏，而快递员需要真实号码。请在平台为应用开通解密权限，然后重新获取订单。",
	},
	"phone-expired": {
		"The virtual phone number of order %s has lapsed. Have a new one bound on the platform, then fetch the order again.",
		"订单 %s 的虚拟号码已失效。请在平台重新绑定，然后重新获取订单。",
	},
	"phone-kind": {
		"The phone number of order %s is of another kind than the carrier account allows on paper. Change print.phone in the settings, or use another account.",
		"订单 %s 的电话类型不符合该快递账号的打印要求。请修改设置 print.phone，或更换账号。",
	},
	"receiver-no-name": {
		"Order %s has no receiver's name. Complete it on the platform, then fetch the order again.",
		"订单 %s 没有收件人姓名。请在平台补全后重新获取订单。",
	},
	"receiver-no-phone": {
		"Order %s has no receiver's phone number. Complete it on the platform, then fetch the order again.",
		"订单 %s 没有收件人电话。请在平台补全后重新获取订单。",
	},
	"receiver-no-address": {
		"Order %s has no receiver's address. Complete it on the platform, then fetch the order again.",
		"订单 %s 没有收件地址。请在平台补全后重新获取订单。",
	},
	"receiver-sealed": {
		"The receiver of order %s came encrypted and could not be decrypted. Check that the app is authorised for decryption on the platform; the order is tried again by itself.",
		"订单 %s 的收件人信息已加密且无法解密。请确认应用已在平台获得解密授权；程序会自动重试。",
	},
	"no-route": {
		"No rule in the settings says which carrier takes order %s. Add a [[route]], the last one without conditions takes all the rest.",
		"设置中没有规则说明订单 %s 由哪家快递承运。请添加 [[route]]，最后一条不写条件即可承接其余订单。",
	},
	"order-not-found": {
		"There is no order %s here or on the platform. Check the number.",
		"本机和平台都没有订单 %s。请检查订单号。",
	},
	"order-changed": {
		"The receiver of order %s changed after its waybill was taken. Stop the parcel, cancel the old waybill, and decide whether to print a new one.",
		"订单 %s 取号后收件信息有变。请扣下包裹、取消原运单，再决定是否重新打印。",
	},
	"order-changed-too-late": {
		"The receiver of order %s changed after its label went to the printer. Stop the parcel and see on the platform where it must go.",
		"订单 %s 的面单送往打印机后收件信息有变。请扣下包裹，并在平台核对收件地址。",
	},
	"order-cancelled-too-late": {
		"Order %s was cancelled after its label went to the printer. Stop the parcel and cancel its waybill.",
		"订单 %s 的面单送往打印机后订单被取消。请扣下包裹并取消运单。",
	},
	"source-unknown": {
		"Order %s came from %s, which is no longer in the settings, so it cannot be told that the order has shipped. Put it back, or ship the order in the merchant console.",
		"订单 %s 来自 %s，但设置中已没有该来源，无法通知发货。请恢复设置，或在商家后台操作发货。",
	},
	"order-printed": {
		"Order %s already has its label. To print it again: miandan reprint WAYBILL --reason TEXT.",
		"订单 %s 的面单已经打印过。如需补打：miandan reprint 运单号 --reason 原因。",
	},
	"order-late": {
		"Order %s must ship by %v. Pack it next.",
		"订单 %s 须在 %v 前发货。请优先处理。",
	},
	"order-goods-none": {
		"Order %s lists no goods. Check it on the platform before shipping.",
		"订单 %s 没有商品明细。发货前请在平台核对。",
	},
	"order-book-subscription": {
		"Order %s is a subscription sold outside regular purchase: later issues cannot reach the buyer once the virtual number has lapsed. Offer it as a regular purchase on the platform.",
		"订单 %s 是定期购以外销售的图书期刊订阅：虚拟号码失效后，后续期次无法送达买家。请在平台改用定期购销售。",
	},
	// the deadline, what lateness costs in yuan
	"order-late-cost": {
		"Order %s must ship by %v, or it costs %s yuan. Pack it next.",
		"订单 %s 须在 %v 前发货，逾期将赔付 %s 元。请优先处理。",
	},
	// the deadline, what it costs in yuan
	"order-is-late": {
		"Order %s was to ship by %v and is late; that costs %s yuan. Ship it now, or settle it with the buyer on the platform.",
		"订单 %s 应在 %v 前发货，现已逾期，将赔付 %s 元。请立即发货，或在平台与买家协商。",
	},
	"order-purged": {
		"The personal data of order %s was deleted here in its time. Look the receiver up on the platform.",
		"订单 %s 的个人信息已按期删除，本机无法再显示。请在平台查看收件人。",
	},
	"number-not-alive": {
		"The virtual phone number of order %s has lapsed and reaches nobody. Fetch it again from the platform.",
		"订单 %s 的虚拟号码已失效，无法联系买家。请从平台重新获取。",
	},
	"number-too-old": {
		"Order %s was completed more than three months ago; no virtual phone number can be had for it any more. Reach the buyer through the platform's chat.",
		"订单 %s 完成已超过三个月，无法再获取虚拟号码。请通过平台客服工具联系买家。",
	},
	"number-not-virtual": {
		"The platform gives no virtual phone number for order %s, and the real one is not shown. Reach the buyer through the platform's chat.",
		"平台没有为订单 %s 提供虚拟号码，且不显示真实号码。请通过平台客服工具联系买家。",
	},
	// not about one order
	"export-number-package": {
		"An export with virtual phone numbers needs the platform's paid number package, and the shop has none. Order it on the platform, or export masked or without receivers.",
		"导出虚拟号码需要购买平台的号码套餐，该店铺尚未购买。请在平台订购，或改用脱敏、不含收件人的导出。",
	},
	// order
	"order-deleted": {
		"The personal data of order %s was deleted because somebody asked for it. It is not taken up again here; what is left of it to ship, print from the platform's console.",
		"订单 %s 的个人信息已应要求删除，本机不再处理。如仍需发货，请在平台后台打印。",
	},
	// order
	"order-busy": {
		"Order %s is being worked on at this moment: its number is being taken, or its label is being sent. Wait a few seconds and ask again.",
		"订单 %s 正在处理中（正在取号或打印）。请稍候几秒后重试。",
	},
	"delete-reason-missing": {
		"A deletion needs a reason, which goes into the record. Add --reason TEXT.",
		"删除需要填写原因并记录在案。请加上 --reason 原因。",
	},
	"delete-refused": {
		"No page may delete anything. At the command line: miandan delete ORDER --reason TEXT.",
		"网页不能执行删除。请使用命令行：miandan delete 订单号 --reason 原因。",
	},
	// order
	"order-ambiguous": {
		"There is more than one order %[1]s, from different platforms. Nothing was changed; name it with its platform before it: jd:%[1]s.",
		"有多个来自不同平台的订单 %[1]s。未作更改；请在前面加上平台名：jd:%[1]s。",
	},
	// order
	"delete-pending": {
		"The personal data of order %s is deleted. Old pages of the database are still held by a reader; they go by themselves within minutes while the agent runs, else run this command again.",
		"订单 %s 的个人信息已删除。数据库的旧页仍被读取者占用；程序运行时会在几分钟内自动清除，否则请再次执行本命令。",
	},
}
