package notice

// aboutJD is about JD's gateway (京东 JOS): the app, its authorisation and its
// limits.
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
	// JD's name of the interface
	"jd-no-permission": {
		"The app may not use JD's interface %s. Apply for it on the app's page at JD, then start again.",
		"应用没有京东接口 %s 的权限。请在京东应用页面申请后重新启动。",
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
		"JD's system does not manage to answer at the moment. It is tried again by itself. Nothing was lost.",
		"京东系统暂时繁忙。程序会自动重试。没有丢失任何数据。",
	},
	// what is odd about the answer
	"jd-answer": {
		"JD's answer cannot be understood (%s). Check jd.gateway in the settings; if it is right, send the log to support.",
		"无法理解京东的应答（%s）。请检查设置中的 jd.gateway；若无误，请将日志发给技术支持。",
	},
	// JD's code, JD's words
	"jd-refused": {
		"JD refuses the call with code %s: “%s”. Put that right; the log names the call.",
		"京东拒绝了请求，代码 %s：“%s”。请据此处理；具体调用见日志。",
	},
	"jd-decrypt-key": {
		"JD gives no key to decrypt the orders with. Have the shop authorise the app again, and check that decryption is approved for it.",
		"京东未提供订单解密密钥。请让店铺重新授权应用，并确认已批准解密权限。",
	},
}
