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
	"address-region-only": {
		"The address of order %s ends with the district or the town. Complete it with street and number or the name of the building, where the order came from, then fetch or import it again.",
		"订单 %s 的收件地址只写到区县或乡镇。请在订单来源处补全街道、门牌号或楼宇名称，然后重新获取或导入。",
	},
	"address-no-region": {
		"The address of order %s names no province and city that can be made out. Complete it so that it begins with province, city and district, where the order came from, then fetch or import it again.",
		"订单 %s 的收件地址看不出省份和城市。请在订单来源处补全，以省、市、区县开头，然后重新获取或导入。",
	},
	"address-no-city": {
		"The address of order %s names a province and no city. Complete it with city and district, where the order came from, then fetch or import it again.",
		"订单 %s 的收件地址有省份而没有城市。请在订单来源处补全市和区县，然后重新获取或导入。",
	},
	"address-region-wrong": {
		"The address of order %s contradicts itself: the district is not in that city, or the city not in that province. Ask the buyer which is right and correct it where the order came from, then fetch or import it again.",
		"订单 %s 的收件地址前后矛盾：该区县不属于该市，或该市不属于该省。请向买家核实，在订单来源处改正后重新获取或导入。",
	},
	"address-short": {
		"The address of order %s ends with a street or a town. Complete it with the number or the name of the building, where the order came from, then fetch or import it again.",
		"订单 %s 的收件地址只写到道路或乡镇，没有门牌号。请在订单来源处补全门牌号或楼宇名称，然后重新获取或导入。",
	},
	"phone-undialable": {
		"The receiver's phone number of order %s cannot be dialled. Ask the buyer for one of 11 digits or a landline with its area code, correct it where the order came from, then fetch or import it again.",
		"订单 %s 的收件人电话无法拨打。请向买家核实，改为 11 位手机号或带区号的固定电话，在订单来源处改正后重新获取或导入。",
	},
	"address-no-district": {
		"The address of order %s names no district that can be made out. It is printed as it is; check it if the carrier sorts by district.",
		"订单 %s 的收件地址看不出区县。仍会按原样打印；如快递按区县分拣，请核对。",
	},
	"address-no-house": {
		"The address of order %s has neither a number nor the name of a building. It is printed as it is; check with the buyer if the courier may not find it.",
		"订单 %s 的收件地址没有门牌号，也没有楼宇名称。仍会按原样打印；如担心无法送达，请向买家核实。",
	},
	"phone-no-area-code": {
		"The receiver's landline of order %s has no area code. It is printed as it is; complete it if the parcel goes to another town.",
		"订单 %s 的收件人固定电话没有区号。仍会按原样打印；如寄往外地，请补全区号。",
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
		"Order %s already has its label. To print it once more press Reprint and say why, or: miandan reprint WAYBILL --reason TEXT.",
		"订单 %s 的面单已经打印过。如需再打一张，请点“补打”并选择原因，或执行：miandan reprint 运单号 --reason 原因。",
	},
	"order-late": {
		"Order %s must ship by %v. Pack it next.",
		"订单 %s 须在 %v 前发货。请优先处理。",
	},
	"order-goods-none": {
		"Order %s lists no goods. Check it on the platform before shipping.",
		"订单 %s 没有商品明细。发货前请在平台核对。",
	},
	// the carrier's name
	"label-unsorted": {
		"%[2]s gave no sort code for order %[1]s: that field of the label stays empty, and the parcel is sorted by hand. Check the address; if the carrier's other labels lack it too, ask the carrier to set it up for the account.",
		"%[2]s 未返回订单 %[1]s 的分拣码，面单上该处留空，包裹将由人工分拣。请核对地址；如该快递的面单都没有，请联系快递为账号开通。",
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
		"导出虚拟号码需要购买平台的号码包，该店铺尚未购买。请在平台订购，或改用脱敏、不含收件人的导出。",
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
	// the folder's path
	"folder-away": {
		"The orders' folder %s cannot be read or written. See that it is there, that the drive or share is connected, and that this program may write to it.",
		"无法读写订单文件夹 %s。请确认文件夹存在、磁盘或共享已连接，且本程序有写入权限。",
	},
	// what is wrong in it
	"folder-mapping": {
		"The file mapping.toml in the orders' folder is wrong: %s. No file is read until it is put right.",
		"订单文件夹中的 mapping.toml 有误：%s。改正之前不读取任何文件。",
	},
	// the file's name; so are the first arguments below
	"folder-file-open": {
		"The order file %s cannot be taken: another program has it open. Close it there; it is taken by itself.",
		"无法读取订单文件 %s：它正被其他程序打开。请关闭该文件，之后会自动读取。",
	},
	"folder-file-stuck": {
		"The order file %s cannot be read, moved or deleted. See that the disk has room and that nothing holds the file; it is tried again by itself.",
		"无法读取、移动或删除订单文件 %s。请检查磁盘空间以及文件是否被占用；程序会自动重试。",
	},
	"folder-file-foreign": {
		"Another station began to read the order file %s and has not finished. If that station is no more, move the file from the folder taking back into the orders' folder.",
		"订单文件 %s 由另一个工位读取但未完成。若该工位已停用，请把文件从 taking 移回订单文件夹。",
	},
	"folder-file-broken": {
		"The file %s is damaged or no workbook. Open it in Excel, save it as XLSX, and put it into the orders' folder again.",
		"文件 %s 已损坏或不是 Excel 工作簿。请用 Excel 打开并另存为 XLSX，再放入订单文件夹。",
	},
	"folder-file-old": {
		"The file %s is of an old form of Excel or has a password. Save it as XLSX without a password, and put it into the orders' folder again.",
		"文件 %s 是旧版 Excel 格式或设有密码。请取消密码并另存为 XLSX，再放入订单文件夹。",
	},
	// the most, in MiB
	"folder-file-large": {
		"The file %s is larger than %v MiB. Split it, and put the parts into the orders' folder.",
		"文件 %s 超过 %v MiB。请拆分后放入订单文件夹。",
	},
	// the most rows
	"folder-file-long": {
		"The file %s has more than %v rows. Split it, and put the parts into the orders' folder.",
		"文件 %s 超过 %v 行。请拆分后放入订单文件夹。",
	},
	"folder-file-encoding": {
		"The characters of the file %s cannot be read. Save it as \"CSV UTF-8\", and put it into the orders' folder again.",
		"无法识别文件 %s 的文字编码。请另存为“CSV UTF-8”，再放入订单文件夹。",
	},
	// the row
	"folder-file-quotes": {
		"The quotation marks in row %[2]v of the file %[1]s do not fit together, so nobody can say where that row ends. Put them right, or save the file as XLSX.",
		"文件 %[1]s 第 %[2]v 行的引号不配对，无法判断该行在何处结束。请改正引号，或另存为 XLSX。",
	},
	// the titles that are missing
	"folder-file-columns": {
		"The file %s has no column for %s. Add it, or name the column in mapping.toml, and put the file into the orders' folder again.",
		"文件 %s 缺少列：%s。请补上该列，或在 mapping.toml 中指定列名，再放入订单文件夹。",
	},
	// the title
	"folder-file-column-twice": {
		"The file %s has two columns %s. Delete one or rename it, and put the file into the orders' folder again.",
		"文件 %s 有两列“%s”。请删除或改名其中一列，再放入订单文件夹。",
	},
	// how many, the name of the list
	"folder-rows-wrong": {
		"In the file %s, %v rows were not taken. The list %s in the folder done says for each what to put right.",
		"文件 %s 中有 %v 行未导入。done 文件夹中的 %s 逐行说明如何改正。",
	},
	// Of rows the first argument is the column's title.
	"row-order-missing": {
		"The row has no order number. Add it.",
		"该行没有订单号。请补上。",
	},
	"row-order-form": {
		"What stands in the column %s is no order number: it has up to 50 letters, digits, dots and dashes, and is no telephone number.",
		"“%s”列不是有效的订单号：应为不超过 50 个字母、数字、点或横线，且不能是电话号码。",
	},
	"row-missing": {
		"The order says nothing in the column %s. Add it.",
		"该订单缺少“%s”。请补上。",
	},
	"row-conflict": {
		"Rows of this order say different things in the column %s. Make them the same, or give the orders different numbers.",
		"同一订单的各行“%s”不一致。请改为一致，或使用不同的订单号。",
	},
	// row
	"row-sibling": {
		"The row is right, but row %v of the same order is not, so the order was not taken. Put that one right.",
		"该行无误，但同一订单的第 %v 行有误，因此整个订单未导入。请改正那一行。",
	},
	"row-columns": {
		"The row has more cells than there are titles: a text in it holds a separator. Put that text between quotation marks, or save the file as XLSX.",
		"该行的列数多于表头：某个文字中含有分隔符。请用引号括起该文字，或另存为 XLSX。",
	},
	"row-hidden": {
		"The row is hidden in the workbook. Show it, or delete it if it is not to ship.",
		"该行在工作表中被隐藏。如需发货请取消隐藏，否则请删除该行。",
	},
	// the most characters
	"row-cell-long": {
		"What stands in the column %s is longer than %v characters. Shorten it.",
		"“%s”列超过 %v 个字符。请缩短。",
	},
	"row-cell-text": {
		"The column %s holds characters that cannot be printed. Type it anew.",
		"“%s”列含有无法打印的字符。请重新输入。",
	},
	"row-cell-masked": {
		"What stands in the column %s is masked: it was copied from a screen of this program. Take it from the platform.",
		"“%s”列是脱敏后的内容，系从本程序界面复制而来。请从平台获取原始内容。",
	},
	"row-cell-error": {
		"The formula in the column %s has no value. Put the formula right, or type the value.",
		"“%s”列的公式没有结果。请改正公式，或直接填写内容。",
	},
	"row-number-excel": {
		"Excel has made a number of what stands in the column %s and has cut its digits. Format the column as text, then export it or type it anew.",
		"“%s”列被 Excel 变成了数字，位数已丢失。请先把该列设为文本格式，再重新导出或输入。",
	},
	"row-phone-zero": {
		"The telephone number in the column %s lacks the 0 of its area code, which Excel drops. Format the column as text, then export it or type it anew.",
		"“%s”列的电话缺少区号开头的 0，Excel 会去掉它。请先把该列设为文本格式，再重新导出或输入。",
	},
	"row-phone-form": {
		"What stands in the column %s is no single telephone number: 11 digits, a landline with its area code, or a virtual number with its extension.",
		"“%s”列不是一个有效的电话：应为 11 位手机号、带区号的固话，或带分机号的虚拟号。",
	},
	"row-stars": {
		"What stands in the column %s is hidden by stars. Export the order with the whole of it, or with the virtual number.",
		"“%s”列被星号隐藏。请导出完整内容或虚拟号。",
	},
	"row-amount": {
		"What stands in the column %s is no amount of yuan, such as 59.00.",
		"“%s”列不是有效金额，应形如 59.00。",
	},
	"row-count": {
		"What stands in the column %s is no whole number from 1.",
		"“%s”列应为不小于 1 的整数。",
	},
	"row-time": {
		"What stands in the column %s is no moment such as 2026-11-23 10:00:00, or lies in the future.",
		"“%s”列不是有效时间，应形如 2026-11-23 10:00:00，且不能晚于现在。",
	},
	"row-word": {
		"The word in the column %s is not known. Change it; words for the state of an order may be given in mapping.toml.",
		"无法识别“%s”列的内容。请修改；订单状态的说法可在 mapping.toml 中设置。",
	},
	"row-shop": {
		"The column %s names another shop than this folder is for. Put the order into that shop's folder.",
		"“%s”列的店铺与本文件夹不符。请放入对应店铺的文件夹。",
	},
}
