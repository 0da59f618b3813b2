package notice

// aboutCarriers is about taking waybill numbers. The first argument is the
// order's number, the second the carrier or its words.
var aboutCarriers = sentences{
	// order, the carrier's words
	"carrier-refused": {
		"The carrier gave no waybill for order %s and says: “%s”. Put that right, then print the order again.",
		"快递公司未给订单 %s 运单号，答复：“%s”。请处理后重新打印该订单。",
	},
	// order, the carrier's words
	"carrier-area": {
		"The carrier does not deliver to the address of order %s and says: “%s”. Choose another carrier for it.",
		"快递公司不派送订单 %s 的地址，答复：“%s”。请为该订单更换快递。",
	},
	// order, the carrier's words
	"stock-out": {
		"The waybill numbers for order %s are used up (%s). Buy more from the carrier's branch; waiting orders go on by themselves.",
		"订单 %s 的面单余额不足（%s）。请向快递网点充值；等待中的订单会自动继续。",
	},
	// order
	"carrier-unreachable": {
		"The carrier could not be reached for order %s. No number was taken; it is tried again by itself. If it stays so, check the network.",
		"为订单 %s 取号时无法连接快递公司。没有取到号，程序会自动重试。若持续如此，请检查网络。",
	},
	// order
	"carrier-answer-unknown": {
		"The carrier's answer for order %s was lost, so a number may have been taken. Look the order up in the carrier's console before printing it again; no second number is taken by itself.",
		"订单 %s 的取号应答丢失，可能已经取到运单号。重新打印前请先到快递后台查询；程序不会自动再取号。",
	},
	// order
	"number-malformed": {
		"What the carrier gave for order %s is no waybill number. It may have taken one all the same: look the order up in the carrier's console and enter its number, or answer that there is none.",
		"快递公司为订单 %s 返回的不是运单号，但可能已经取号：请在快递后台查询该订单，填写运单号，或回答“没有可用单号”。",
	},
	// order, the carrier that the rule names
	"carrier-unknown": {
		"The rule for order %s names the carrier %s, which is not set up. Add it to the settings, or change the [[route]].",
		"订单 %s 的规则指定了快递 %s，但尚未设置。请在设置中添加，或修改 [[route]]。",
	},
	// order
	"routing-missing": {
		"The waybill of order %s came without sorting codes. They are asked for again by themselves; the label waits for them.",
		"订单 %s 的运单没有分拣信息。程序会自动再次查询，面单等待其返回。",
	},
	// waybill number, the carrier's words
	"cancel-refused": {
		"The carrier did not take back waybill %s and says: “%s”. Cancel it in the carrier's console.",
		"快递公司未同意取消运单 %s，答复：“%s”。请在快递后台取消。",
	},
	// order, what the platform says
	"shipped-refused": {
		"The platform did not take order %s as shipped and says: “%s”. Ship it in the merchant console.",
		"平台未接受订单 %s 的发货，答复：“%s”。请在商家后台操作发货。",
	},
	// host
	"no-network": {
		"There is no way to %s. Check the network cable, the proxy and the firewall; the agent goes on by itself. Nothing was lost.",
		"无法连接 %s。请检查网线、代理和防火墙；恢复后程序会自动继续。没有丢失任何数据。",
	},
	// order, how many parcels it has, how many numbers were given
	"parcel-count": {
		"Order %s goes out in %v parcels, but %v waybill numbers were given. Name one number, or one for each parcel.",
		"订单 %s 共 %v 件，却给出了 %v 个运单号。请只填一个运单号，或每件填一个。",
	},
	// carrier, numbers left
	"stock-low": {
		"Only %[2]v waybill numbers are left for %[1]s. Buy more from its branch before they run out.",
		"%s 的面单只剩 %v 个。请在用完之前向快递网点充值。",
	},
	// carrier
	"contract-missing": {
		"JD knows no contract with %s under the branch or settlement code of the settings. Compare the settings with the contracts in JD's console.",
		"在京东没有找到与 %s 对应网点编码或结算编码的签约。请将设置与京东后台的签约信息核对。",
	},
	"jdl-token-expired": {
		"The authorisation for JD Logistics has expired or was withdrawn. Have the shop authorise the app again, then run: miandan config secret jdl.access_token.",
		"京东物流授权已过期或被收回。请让店铺重新授权应用，然后执行：miandan config secret jdl.access_token。",
	},
	"jdl-signature": {
		"JD Logistics does not accept the signature: the app secret does not belong to the app key, or jdl.algorithm in the settings is another than the app's. Copy the secret again and run: miandan config secret jdl.app_secret.",
		"京东物流不接受签名：app secret 与 app key 不匹配，或设置中的 jdl.algorithm 与应用不符。请重新复制并执行：miandan config secret jdl.app_secret。",
	},
	"jdl-algorithm": {
		"JD Logistics has no such way to sign. Correct jdl.algorithm in the settings; md5-salt is the usual one.",
		"京东物流没有这种签名算法。请修改设置中的 jdl.algorithm；通常为 md5-salt。",
	},
	"jdl-app-key": {
		"JD Logistics does not know the app key. Correct jdl.app_key in the settings.",
		"京东物流不认识该 app key。请修改设置中的 jdl.app_key。",
	},
	"jdl-not-set-up": {
		"JD Logistics is not set up: the app key or the app secret is missing. Write jdl.app_key into the settings and run: miandan config secret jdl.app_secret.",
		"京东物流尚未设置：缺少 app key 或 app secret。请在设置中填写 jdl.app_key，并执行：miandan config secret jdl.app_secret。",
	},
	"jdl-gateway": {
		"The address of JD Logistics' gateway cannot be used. Correct jdl.gateway in the settings; it begins with https and names a host.",
		"京东物流网关地址无效。请修改设置中的 jdl.gateway；它以 https 开头并包含主机名。",
	},
	"jdl-unreachable": {
		"JD Logistics cannot be reached. Check the network cable, the proxy and the firewall; the agent goes on by itself. Nothing was lost.",
		"无法连接京东物流。请检查网线、代理和防火墙；恢复后程序会自动继续。没有丢失任何数据。",
	},
	"jdl-certificate": {
		"What answers at JD Logistics' address cannot prove who it is. Check this computer's clock, and whether a proxy or a virus scanner opens encrypted connections; nothing was sent.",
		"应答方无法证明自己是京东物流。请检查本机时钟，以及是否有代理或杀毒软件拦截加密连接；没有发送任何数据。",
	},
	// the interface's path
	"jdl-no-permission": {
		"The app may not use JD Logistics' interface %s. Subscribe to its solution on the app's page; the agent goes on by itself once it is granted.",
		"应用没有京东物流接口 %s 的权限。请在应用页面订购对应的对接方案；获批后程序会自动继续。",
	},
	"jdl-method": {
		"JD Logistics does not know the call. Check jdl.gateway, express.ecap.domain and cloudprint.domain in the settings; if they are right, install the newest version of this program.",
		"京东物流不认识该请求。请检查设置中的 jdl.gateway、express.ecap.domain 和 cloudprint.domain；若无误，请安装本程序的最新版本。",
	},
	"jdl-clock": {
		"JD Logistics refuses the time of this computer. Set the clock, best by switching automatic time on; the agent goes on by itself.",
		"京东物流不接受本机时间。请校准时钟，最好打开自动对时；之后程序会自动继续。",
	},
	"jdl-quota": {
		"The app's calls at JD Logistics are used up for now. The agent waits and goes on by itself; if it happens every day, apply for more.",
		"应用的京东物流调用次数已用完。程序会等待并自动继续；若每天如此，请申请提高额度。",
	},
	"jdl-back-end": {
		"JD Logistics' gateway answers, but the system behind it does not. It is tried again by itself; if it lasts, ask JD Logistics. Nothing was lost.",
		"京东物流网关正常，但后端系统没有响应。程序会自动重试；若持续如此，请联系京东物流。没有丢失任何数据。",
	},
	"jdl-answer": {
		"The answer of JD Logistics cannot be understood. Check jdl.gateway in the settings; if it is right, send the log to support.",
		"无法理解京东物流的应答。请检查设置中的 jdl.gateway；若无误，请将日志发给技术支持。",
	},
	// the platform's code
	"jdl-error": {
		"JD Logistics refuses the call with code %s. Look the code up on its platform; the log holds its words and the trace number.",
		"京东物流拒绝了请求，代码 %s。请在其开放平台查询该代码；日志中有说明和跟踪号。",
	},
	// order
	"receiver-masked": {
		"The receiver's name or address of order %s came masked, and a parcel without them reaches nobody. Have the app authorised for decryption on the platform, then fetch the order again.",
		"订单 %s 的收件人姓名或地址被隐藏，包裹无法送达。请在平台为应用开通解密权限，然后重新获取订单。",
	},
	// order, how many there are and may be
	"parcels-too-many": {
		"Order %s goes out in more parcels than the carrier takes at once (%s). Split it into several orders.",
		"订单 %s 的包裹数超过快递公司一次允许的数量（%s）。请拆分订单。",
	},
	// order, the service
	"service-not-set-up": {
		"Order %s asks for %s, and the settings do not say how its carrier is asked for that. Complete the carrier in the settings, or choose another.",
		"订单 %s 需要 %s，但设置中没有说明该快递如何办理。请在设置中补全该快递，或更换快递。",
	},
	// order, the carrier's words
	"order-has-number": {
		"The carrier says that it has order %s already: “%s”. Look its number up in the carrier's console; no second number is taken by itself.",
		"快递公司答复订单 %s 已存在：“%s”。请到快递后台查询其运单号；程序不会自动再取号。",
	},
	// order, the carrier's words
	"carrier-trouble": {
		"The carrier had trouble with order %s and says: “%s”. A number may have been taken: look the order up in the carrier's console before printing it again.",
		"快递公司处理订单 %s 时出现问题，答复：“%s”。可能已经取到运单号：重新打印前请先到快递后台查询。",
	},
	"cloudprint-not-set-up": {
		"JD's print data cannot be had: its gateway is not set up. Complete [jd], or for rendered labels [jdl], in the settings.",
		"无法获取京东云打印数据：尚未设置其网关。请在设置中补全 [jd]；渲染面单还需补全 [jdl]。",
	},
	// waybill number, JD's words
	"sealed-refused": {
		"JD gave no print data for waybill %s and says: “%s”. Check that the customer code in the settings is the one that the number was taken with.",
		"京东未给出运单 %s 的打印数据，答复：“%s”。请检查设置中的商家编码是否与取号时一致。",
	},
	// carrier
	"template-missing": {
		"JD offers no template, or several, for the labels of carrier %s. Set the code of one under [cloudprint.templates] in the settings, as JD's print console shows it.",
		"京东云打印没有快递 %s 的模板，或有多个。请在设置的 [cloudprint.templates] 中填写京东云打印后台显示的模板编码。",
	},
	// carrier
	"template-unusable": {
		"The template for carrier %s cannot be used with JD's component: its address is no web address. Correct it under [cloudprint.templates] in the settings.",
		"快递 %s 的模板无法用于京东云打印组件：其地址不是网址。请修改设置中的 [cloudprint.templates]。",
	},
	// waybill number, JD's words
	"rendered-refused": {
		"JD rendered no label for waybill %s and says: “%s”. Put that right, or choose another way to its label in the settings.",
		"京东未渲染运单 %s 的面单，答复：“%s”。请处理，或在设置中改用其他出单方式。",
	},
	// carrier
	"rendered-carrier": {
		"It is not known whether JD renders labels of carrier %s. Choose another way to its labels, or set cloudprint.render.others in the settings.",
		"京东是否渲染快递 %s 的面单尚不明确。请改用其他出单方式，或在设置中打开 cloudprint.render.others。",
	},
	"rendered-no-hosts": {
		"Labels that JD renders are fetched from named hosts only, and none is named. Add the host of JD's file server to cloudprint.render.file_hosts in the settings.",
		"京东渲染的面单只从指定主机下载，而设置中尚未指定。请在设置 cloudprint.render.file_hosts 中添加京东文件服务器的主机名。",
	},
	// waybill number
	"rendered-host": {
		"JD's rendered label of waybill %s lies at an address that is not allowed. If the log names JD's file server, add it to cloudprint.render.file_hosts in the settings.",
		"运单 %s 的渲染面单所在地址不在允许范围内。如日志显示为京东的文件服务器，请在设置 cloudprint.render.file_hosts 中添加。",
	},
	// waybill number
	"rendered-fetch": {
		"JD's rendered label of waybill %s could not be fetched. It is tried again by itself; if it stays so, check the network.",
		"无法下载运单 %s 的渲染面单。程序会自动重试；若持续如此，请检查网络。",
	},
	// waybill number
	"rendered-kind": {
		"JD's rendered label of waybill %s is neither a sound PNG nor a PDF. Correct the output format in the settings.",
		"运单 %s 的渲染面单不是完好的 PNG 或 PDF。请修改设置中的输出格式。",
	},
	// waybill number, the label's dots, the paper's dots
	"rendered-size": {
		"JD's rendered label of waybill %s has %s dots and the paper %s, so its barcodes would not be sharp. Name a template of the paper's size and resolution in the settings, cloudprint.render.template.",
		"运单 %s 的渲染面单为 %s 点，而纸张为 %s 点，条码会模糊。请在设置 cloudprint.render.template 中填写与纸张尺寸和分辨率一致的模板。",
	},
	// waybill number
	"rendered-barcode": {
		"The barcode of waybill %s could not be read from JD's rendered label, so it was not printed. Have JD render it in the printer's resolution.",
		"无法从京东渲染的面单上读出运单 %s 的条码，因此没有打印。请让京东按打印机分辨率渲染。",
	},
	// waybill number
	"rendered-pdf": {
		"JD's rendered label of waybill %s is a PDF, which this printer cannot be sent. Choose PNG in the settings, or a printer with language = \"page\".",
		"运单 %s 的渲染面单是 PDF，无法发送到该打印机。请在设置中选择 PNG，或使用 language = \"page\" 的打印机。",
	},
	// waybill number, the page's size and the paper's in millimetres
	"rendered-paper": {
		"JD's rendered label of waybill %s is %s mm and the paper %s mm. Name a template of the paper's size in the settings, cloudprint.render.template, or put in the label's paper.",
		"运单 %s 的渲染面单为 %s 毫米，而纸张为 %s 毫米。请在设置 cloudprint.render.template 中填写与纸张尺寸一致的模板，或更换纸张。",
	},
	// waybill number, why
	"rendered-undrawn": {
		"JD's rendered label of waybill %s cannot be printed: %s. It is fetched anew by itself; if it stays so, ask JD about the template, or choose PNG in the settings.",
		"运单 %s 的渲染面单无法打印：%s。程序会自动重新获取；若持续如此，请向京东询问该模板，或在设置中选择 PNG。",
	},
	// waybill number
	"reader-unstarted": {
		"The program's own PDF reader does not start, so the label of waybill %s waits. It is tried again by itself. Close programs that need much memory, see whether the disk is full, and read the log.",
		"程序自带的 PDF 读取组件无法启动，运单 %s 的面单在等待。程序会自动重试。请关闭占用内存较多的程序，检查磁盘是否已满，并查看日志。",
	},
	// waybill number
	"rendered-picture": {
		"JD's rendered label of waybill %s is a picture, and this printer takes PDF. Choose PDF in the settings, or a printer that is sent dots.",
		"运单 %s 的渲染面单是图片，而该打印机需要 PDF。请在设置中选择 PDF，或使用按点打印的打印机。",
	},
	"number-not-asked": {
		"Order %s does not wait for a number to be looked up, so none is taken for it. See its state with: miandan orders list.",
		"订单 %s 并未等待核实运单号，不接受填写。可用命令查看状态：miandan orders list。",
	},
	// waybill, the order that has it
	"number-taken": {
		"Waybill %s belongs to order %s already: two parcels under one number reach nobody. Look the number up again in the carrier's console.",
		"运单 %s 已属于订单 %s，同一单号不能用于两个包裹。请到快递后台重新核对。",
	},
	// what was typed in
	"number-form": {
		"%q is no waybill number, or it is named twice. Type every number once, in letters and digits, as it stands in the carrier's console.",
		"%q 不是运单号，或重复填写。请按快递后台所示逐个填写，每个单号只填一次，仅含字母和数字。",
	},
	"number-by-carrier": {
		"The carrier of order %s, %s, takes over no number that was found by hand. Cancel that number in the carrier's console, then answer that there is no valid one (miandan resolve ORDER no-number).",
		"订单 %s 的快递 %s 不支持填写单号。请先在快递后台取消该单号，再回答“没有可用单号”（miandan resolve 订单号 no-number）。",
	},
	// waybill number, the carrier's words
	"number-not-known": {
		"The carrier does not know waybill %s under this account and says: “%s”. Check the number in the carrier's console.",
		"快递公司在本账号下查不到运单 %s，答复：“%s”。请到快递后台核对运单号。",
	},
}
