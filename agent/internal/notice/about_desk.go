package notice

// aboutDesk is about what a packer does with a scanner and one key.
var aboutDesk = sentences{
	// the code that was scanned
	"goods-not-found": {
		"No order has goods with the code %s. Check what was scanned; the shop's SKU must be on the goods as a barcode.",
		"没有订单包含编码为 %s 的商品。请核对所扫条码；商品上须贴有店铺 SKU 的条码。",
	},
	// the last code that was scanned
	"goods-not-waiting": {
		"No waiting order has just these goods (the last was %s). Lay them out and scan the parcel again, or scan the order.",
		"没有待打印的订单正好是这些商品（最后扫到 %s）。请清点后重新扫描，或直接扫描订单号。",
	},
	"nothing-waits": {
		"No order waits for its label. New ones appear by themselves.",
		"没有等待打印的订单。有新订单时会自动出现。",
	},
	"nothing-printed": {
		"No label has been printed here yet.",
		"本机还没有打印过面单。",
	},
	// how many orders
	"scan-more": {
		"Waiting orders with these goods and others besides: %d. Scan the next piece of the parcel.",
		"包含这些商品且还有其他商品的待打印订单：%d 个。请继续扫描包裹中的下一件。",
	},
	// the order, how many parcels
	"scan-left": {
		"Order %s: parcels still to be scanned: %d.",
		"订单 %s：还有 %d 件待扫描。",
	},
	"scan-whole": {
		"Order %s is packed.",
		"订单 %s 已打包。",
	},
	"scan-again": {
		"Order %s is packed; this label was scanned before.",
		"订单 %s 已打包；这张面单之前已扫描过。",
	},
	// waybill
	"preview-elsewhere": {
		"The label of waybill %s is drawn by its carrier, so there is no preview. It is printed as the carrier made it.",
		"运单 %s 的面单由快递公司绘制，无法预览，将按快递公司的样式原样打印。",
	},
	// waybill
	"preview-sealed": {
		"The label of waybill %s is sealed by its platform: nobody here can open it, so there is no preview.",
		"运单 %s 的面单由平台加密，本机无法打开，因此不能预览。",
	},
	// the label's ID
	"preview-gone": {
		"The personal data of label %s has been deleted, and its preview with it.",
		"面单 %s 的个人信息已经删除，不能再预览。",
	},
}
