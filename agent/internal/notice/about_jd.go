package notice

// aboutJD is about JD's gateway (京东 JOS): the app, its authorisation, its
// limits, and the keys of encrypted fields.
var aboutJD = sentences{
	"jd-token-expired": {
		"The shop's authorisation for JD has expired or was withdrawn. Have the shop authorise the app again, then run: miandan config secret jd.access_token.",
		"京东店铺授权已过期或被收回。请让店铺重新授权应用，然后执行：miandan config secret jd.access_token。",
	},
	"jd-signature": {
		"JD does not accept the signature: the app secret does not belong to the app key. Copy it again from the app's page and run: miandan config secret jd.app_secret.",
		"京东不接受签名：app secret 与 app key 不匹配。请从应用页面重新复制，然后执行：miandan config secret jd.app_secret。",
	},
	"jd-app-key": {
		"JD does not know the app key. Correct jd.app_key in the settings.",
		"京东不认识该 app key。请修改设置中的 jd.app_key。",
	},
	"jd-not-set-up": {
		"JD is not set up: the app key or the app secret is missing. Write jd.app_key into the settings and run: miandan config secret jd.app_secret.",
		"京东尚未设置：缺少 app key 或 app secret。请在设置中填写 jd.app_key，并执行：miandan config secret jd.app_secret。",
	},
	"jd-gateway": {
		"The address of JD's gateway cannot be used. Correct jd.gateway in the settings; it begins with https and names a host.",
		"京东网关地址无效。请修改设置中的 jd.gateway；它以 https 开头并包含主机名。",
	},
	"jd-unreachable": {
		"JD cannot be reached. Check the network cable, the proxy and the firewall; the agent goes on by itself. Nothing was lost.",
		"无法连接京东。请检查网线、代理和防火墙；恢复后程序会自动继续。没有丢失任何数据。",
	},
	"jd-certificate": {
		"What answers at JD's address cannot prove that it is JD. Check this computer's clock, and whether a proxy or a virus scanner opens encrypted connections; nothing was sent.",
		"应答方无法证明自己是京东。请检查本机时钟，以及是否有代理或杀毒软件拦截加密连接；没有发送任何数据。",
	},
	// JD's name of the interface
	"jd-no-permission": {
		"The app may not use JD's interface %s. Apply for it on the app's page at JD; the agent goes on by itself once it is granted.",
		"应用没有京东接口 %s 的权限。请在京东应用页面申请；获批后程序会自动继续。",
	},
	"jd-method": {
		"JD does not know the call. Check jd.gateway in the settings; if it is right, install the newest version of this program.",
		"京东不认识该请求。请检查设置中的 jd.gateway；若无误，请安装本程序的最新版本。",
	},
	"jd-clock": {
		"JD refuses the time of this computer. Set the clock, best by switching automatic time on; the agent goes on by itself.",
		"京东不接受本机时间。请校准时钟，最好打开自动对时；之后程序会自动继续。",
	},
	"jd-quota": {
		"The app's calls at JD are used up for now. The agent waits and goes on by itself; if it happens every day, apply for more at JD.",
		"应用的京东调用次数已用完。程序会等待并自动继续；若每天如此，请向京东申请提高额度。",
	},
	"jd-busy": {
		"JD has no time to answer at the moment. It is tried again by itself. Nothing was lost.",
		"京东系统暂时繁忙。程序会自动重试。没有丢失任何数据。",
	},
	"jd-back-end": {
		"JD's gateway answers, but the system behind it does not. It is tried again by itself; if it lasts, ask JD. Nothing was lost.",
		"京东网关正常，但后端系统没有响应。程序会自动重试；若持续如此，请联系京东。没有丢失任何数据。",
	},
	"jd-answer": {
		"JD's answer cannot be understood. Check jd.gateway in the settings; if it is right, send the log to support.",
		"无法理解京东的应答。请检查设置中的 jd.gateway；若无误，请将日志发给技术支持。",
	},
	// JD's code
	"jd-error": {
		"JD refuses the call with code %s. Look the code up at JD; the log holds JD's words.",
		"京东拒绝了请求，代码 %s。请在京东查询该代码；日志中有京东的说明。",
	},
	"jd-voucher": {
		"The app's right to decrypt JD orders has lapsed or was not granted. Apply for decryption on the app's page at JD, then have the shop authorise the app again.",
		"应用的京东订单解密权限已失效或未获批准。请在京东应用页面申请解密，然后让店铺重新授权。",
	},
	// the last day
	"jd-voucher-ends": {
		"The app's right to decrypt JD orders has ended; JD goes on decrypting until %s. Have it renewed on the app's page at JD before then, and ask JD if it stays so.",
		"应用的京东订单解密权限已到期，京东最晚到 %s 仍可解密。请在此之前到京东应用页面续期；若仍如此，请联系京东。",
	},
	// JD's code
	"jd-tde-keys": {
		"JD gives no keys to decrypt orders with (code %s). Have the shop authorise the app again; if it stays so, ask JD.",
		"京东未提供订单解密密钥（代码 %s）。请让店铺重新授权应用；若仍如此，请联系京东。",
	},
	"jd-tde-no-key": {
		"An order is encrypted with a key that JD has not given to this app yet. The order is tried again by itself; if it stays so, have the shop that sold it authorise the app.",
		"有订单使用了京东尚未提供给本应用的密钥加密。程序会自动重试该订单；若仍如此，请让售出该订单的店铺授权应用。",
	},
	"jd-tde-damaged": {
		"A field of a JD order does not decrypt, and asking again does not help. Print that order from JD's console, and ask JD if there are more of them.",
		"京东订单中有字段无法解密，重试无效。请在京东后台打印该订单；若多个订单如此，请联系京东。",
	},
	"jd-code-refused": {
		"The platform does not accept the code of the authorisation: it serves once and only for some minutes. Have the shop open the authorisation page again.",
		"平台不接受该授权码：授权码只能使用一次，且几分钟内有效。请让店铺重新打开授权页面。",
	},
	// JD or JDL
	"jd-renew-refused": {
		"%s does not renew the shop's authorisation. Have the shop authorise the app again before it ends; printing goes on until then.",
		"%s 拒绝续期店铺授权。请在到期前让店铺重新授权；到期前可照常打印。",
	},
	// JD or JDL
	"jd-token-unstored": {
		"The shop's authorisation for %s cannot be read from the key store or written to it. Unlock the key store, or run: miandan doctor.",
		"无法从系统密钥库读取或写入 %s 的店铺授权。请解锁密钥库，或执行：miandan doctor。",
	},
	// the order, JD's code
	"jd-oaid-refused": {
		"JD does not open the receiver of order %s (code %s), so its phone number stays masked. See on the platform whether the order still stands, then fetch it again.",
		"京东未解密订单 %s 的收件人（代码 %s），电话仍被隐藏。请在平台确认订单是否有效，然后重新获取。",
	},
	"jd-oaid-extension": {
		"JD gives the virtual phone number of order %s without its extension, and it cannot be called so. Fetch the order again in a minute.",
		"京东返回的订单 %s 虚拟号码缺少分机号，无法拨通。请稍后重新获取该订单。",
	},
	// how many orders
	"jd-oaid-quota": {
		"JD opens no more receivers for now; %v orders wait and follow by themselves. If it happens every day, apply for more at JD.",
		"京东暂不再解密收件人；%v 个订单正在等待，之后会自动继续。若每天如此，请向京东申请提高额度。",
	},
}
