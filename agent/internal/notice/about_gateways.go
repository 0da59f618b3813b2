package notice

// aboutGateways is about the platforms of carriers with whom the merchant has an
// account of its own. The first argument is the account's name in the settings.
var aboutGateways = sentences{
	"gateway-unreachable": {
		"The platform of %s cannot be reached. Check the network cable, the proxy and the firewall; the agent goes on by itself. Nothing was lost.",
		"无法连接 %s 的平台。请检查网线、代理和防火墙；恢复后程序会自动继续。没有丢失任何数据。",
	},
	"gateway-back-end": {
		"The platform of %s answers, but the system behind it does not. It is tried again by itself; if it lasts, ask the carrier. Nothing was lost.",
		"%s 的平台正常，但后端系统没有响应。程序会自动重试；若持续如此，请联系快递公司。没有丢失任何数据。",
	},
	"gateway-busy": {
		"The calls at %s are used up for now. The agent waits and goes on by itself; if it happens every day, apply for more.",
		"%s 的调用次数已用完。程序会等待并自动继续；若每天如此，请申请提高额度。",
	},
	"gateway-token": {
		"%s wants a new login. The agent fetches it and goes on by itself.",
		"%s 要求重新登录。程序会重新获取并自动继续。",
	},
	"gateway-signature": {
		"%[1]s does not accept the signature: the secret in the key store is not that of the account in the settings. Copy it again and run: miandan config secret, with its name, which begins with account.%[1]s and stands in what the doctor finds.",
		"%[1]s 不接受签名：密钥库中的密钥与设置中的账号不匹配。请重新复制并执行 miandan config secret 名称；名称以 account.%[1]s 开头，见体检结果。",
	},
	"gateway-clock": {
		"%s refuses the time of this computer. Set the clock, best by switching automatic time on; the agent goes on by itself.",
		"%s 不接受本机时间。请校准时钟，最好打开自动对时；之后程序会自动继续。",
	},
	"gateway-account": {
		"%s does not know the account. Correct its [[account]] in the settings: the partner's or customer's number, and the password in the key store.",
		"%s 不认识该账号。请修改设置中该快递的 [[account]]：合作方编码、客户编码，以及密钥库中的密码。",
	},
	"gateway-permission": {
		"%s has not opened this interface to the account. Subscribe to it on the carrier's platform, or ask its branch; the order goes on once it is granted.",
		"%s 没有为该账号开通此接口。请在快递公司开放平台订购，或联系网点；开通后会自动继续。",
	},
	"gateway-blocked": {
		"%s does not take calls from this network. Have this office's internet address entered on the carrier's platform; ask the branch if you cannot do it yourself.",
		"%s 不接受来自本网络的请求。请在快递公司开放平台登记本单位的公网 IP；如无权限请联系网点。",
	},
	"gateway-call": {
		"%s does not know the call. Check the gateway of its [[account]] in the settings; if it is right, install the newest version of this program.",
		"%s 不认识该请求。请检查设置中该快递 [[account]] 的 gateway；若无误，请安装本程序的最新版本。",
	},
	"gateway-url": {
		"The address of the gateway of %s cannot be used. Correct gateway of its [[account]] in the settings; it begins with https and names a host.",
		"%s 的网关地址无效。请修改设置中该快递 [[account]] 的 gateway；它以 https 开头并包含主机名。",
	},
	"gateway-certificate": {
		"What answers at the address of %s cannot prove who it is. Check this computer's clock, and whether a proxy or a virus scanner opens encrypted connections; nothing was sent.",
		"应答方无法证明自己是 %s。请检查本机时钟，以及是否有代理或杀毒软件拦截加密连接；没有发送任何数据。",
	},
	"gateway-answer": {
		"The answer of %s cannot be understood. Check the gateway of its [[account]] in the settings; if it is right, send the log to support.",
		"无法理解 %s 的应答。请检查设置中该快递 [[account]] 的 gateway；若无误，请将日志发给技术支持。",
	},
	// the carrier's code, its words
	"gateway-error": {
		"%s refuses the call with code %s: “%s”. Look the code up on its platform, or ask its branch.",
		"%s 拒绝了请求，代码 %s：“%s”。请在其开放平台查询该代码，或联系网点。",
	},
	// waybill number
	"gateway-no-label": {
		"Where %s keeps its own label of waybill %s is not known any more: that is told with the number, once. Print the order from the carrier's console, and have this program draw its labels if it happens often.",
		"无法再得知 %s 为运单 %s 生成的面单存放在哪里：该地址只在取号时返回一次。请在快递后台打印该订单；若经常发生，请改由本程序出单。",
	},
	// waybill number
	"rendered-later": {
		"The carrier has not drawn the label of waybill %s yet. It is asked for again by itself.",
		"快递公司尚未生成运单 %s 的面单。程序会自动再次获取。",
	},
	// the secret's name
	"account-secret": {
		"The account %s lacks a secret. Copy it from the carrier's platform and run: miandan config secret %s.",
		"账号 %s 缺少密钥。请从快递公司开放平台复制，并执行：miandan config secret %s。",
	},
	// the setting
	"account-value": {
		"The account %s lacks %s, or it has a value that cannot be. Correct its [[account]] in the settings.",
		"账号 %s 缺少 %s，或其值无效。请修改设置中的 [[account]]。",
	},
}
