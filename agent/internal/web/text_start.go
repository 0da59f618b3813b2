package web

// writtenOfStart are the words of places/start.html.
func writtenOfStart() words {
	return words{
		"start":              {"Set up this station", "开始使用"},
		"start-says":         {"Four steps to the first label. Whatever is done stays, also when you leave this page.", "四步打出第一张面单。已完成的步骤会保存，可随时离开本页。"},
		"start-keys":         {"Key store", "密钥库"},
		"start-settings":     {"All settings with what they mean:", "全部设置及说明："},
		"start-jd":           {"The shop at JD", "京东店铺授权"},
		"start-app-says":     {"From the app's page in JD's console. The secret goes into the key store, never into a file. Orders that come from elsewhere do not need this step.", "在京东开放平台的应用页面查看。App Secret 只存入密钥库，不写入文件。订单不来自京东时可跳过此步。"},
		"start-vender":       {"Merchant's number", "商家编号"},
		"start-shop":         {"Shop's name, for the label", "店铺名称（印在面单上）"},
		"start-redirect":     {"Redirect address, as the app's page has it", "回调地址（与应用页面填写的一致）"},
		"start-app-keep":     {"Keep", "保存"},
		"start-app-change":   {"Change the app", "修改应用信息"},
		"start-code-says":    {"Open JD's page, log in as the shop, agree. The browser then comes to your redirect address: copy that whole address, or the code in it.", "打开京东授权页，用店铺账号登录并同意。浏览器随后会跳转到回调地址：请复制整个地址或其中的授权码。"},
		"start-authorise":    {"Open JD's page", "打开京东授权页"},
		"start-code":         {"Address or code", "地址或授权码"},
		"start-code-keep":    {"Finish", "完成授权"},
		"start-printer":      {"A printer", "打印机"},
		"start-look":         {"Look for printers", "查找打印机"},
		"start-address":      {"Or its address on the network", "或输入网络打印机地址"},
		"start-address-take": {"Take", "使用"},
		"start-found":        {"Printers found", "找到的打印机"},
		"start-name":         {"Name", "名称"},
		"start-paper":        {"Label in mm, width x height", "标签尺寸（毫米，宽x高）"},
		"start-driver":       {"Driver of the print queue", "打印队列的驱动"},
		"start-dpi":          {"Dots an inch", "分辨率（dpi）"},
		"start-ask":          {"Ask it what it is", "向打印机查询型号"},
		"start-straight":     {"Look at the paper: is the card complete and straight?", "请看纸上：测试页完整、端正吗？"},
		"start-yes":          {"Yes, as it should be", "是，完全正常"},
		"start-upside":       {"Upside down", "上下颠倒"},
		"start-inverse":      {"White on black", "黑白颠倒"},
		"start-cut":          {"Cut off, or on two labels", "被裁切或跨了两张"},
		"start-moved":        {"Complete, but moved", "完整，但有偏移"},
		"start-strange":      {"Strange letters, or nothing", "乱码或没有出纸"},
		"start-begin":        {"Start", "开始工作"},
		"start-pin":          {"Administrator's PIN, six digits or more (advised)", "管理员 PIN，至少六位数字（建议设置）"},
		"start-later":        {"With a PIN, only who knows it changes settings on this page. What carriers need is entered in the settings file, where every line is explained.", "设置 PIN 后，只有知道 PIN 的人才能在本页修改设置。快递账号在设置文件中填写，每一项都有说明。"},
		"start-go":           {"Start working", "开始使用"},
	}
}

// spokenOfStart are those that start.js puts together.
func spokenOfStart() words {
	return words{
		"start-jd-done":      {"The shop has authorised the app. It is renewed by itself.", "店铺已授权，授权会自动续期。"},
		"start-jd-none":      {"Not yet: no orders come from JD", "尚未授权，暂不能获取京东订单"},
		"start-secret-kept":  {"in the key store", "已存入密钥库"},
		"start-printer-none": {"None yet", "尚未设置"},
		"start-printers":     {"Set up: {0}", "已设置：{0}"},
		"start-ready":        {"Ready to start with what was set up", "设置完成，可以开始使用"},
		"start-runs":         {"The agent works with these settings", "程序已按这些设置工作"},
		"start-first":        {"A printer comes first", "请先设置打印机"},
		"start-begins":       {"The agent starts anew …", "程序正在重新启动…"},
		"start-looking":      {"Looking …", "正在查找…"},
		"start-nothing":      {"No printer was found. Is it on and plugged in? One on the network that does not announce itself is found by its address.", "没有找到打印机。请检查电源和连接；网络打印机可直接输入地址。"},
		"start-known":        {"set up already", "已设置"},
		"start-unsure":       {"It does not say which language it understands. Ask it, or try: nothing but this card can go wrong.", "打印机没有说明自己的指令语言。可向它查询，或直接打印测试页试一试。"},
		"start-card":         {"Print a test card", "打印测试页"},
		"start-card-again":   {"Print it again", "再打印一张"},
		"start-added":        {"{0} is set up", "{0} 已设置"},
		"start-move-later":   {"It is set up. After the start put it straight under Printers, by the ruler card.", "已设置。开始使用后，请在“打印机”页面用标尺页校正位置。"},
		"start-cut-says":     {"Measure the label, correct its size, and print again.", "请量一下标签尺寸，改正后再打印。"},
		"start-strange-says": {"Choose another language, or ask the printer. If nothing comes out at all, see whether it is on and has paper.", "请换一种指令语言，或向打印机查询。完全不出纸时，请检查电源和纸张。"},
	}
}
