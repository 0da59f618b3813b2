package notice

// aboutPrinters is about printers. The first argument is the printer's name in
// the settings.
var aboutPrinters = sentences{
	"printer-off": {
		"Printer %s cannot be reached. Switch it on and check its cable; its labels wait and go on by themselves.",
		"无法连接打印机 %s。请开机并检查连线；面单会等待并自动继续。",
	},
	"printer-held": {
		"Printer %s is in another program's hands, often those of a print queue of this computer for the same printer. Close the program, or pause or remove the queue; its labels wait and go on by themselves.",
		"打印机 %s 正被其他程序占用，常见的是本机为同一台打印机建立的打印队列。请关闭该程序，或暂停、删除该队列；面单会等待并自动继续。",
	},
	"printer-alike": {
		"The address of printer %s fits several that are plugged in, and none was chosen. Give its url the ?serial= or ?port= that miandan printers discover shows, or unplug the others.",
		"打印机 %s 的地址与多台已连接的打印机相符，因此没有选用任何一台。请在其 url 中加上 miandan printers discover 显示的 ?serial= 或 ?port=，或拔下其他打印机。",
	},
	"printer-denied": {
		"The agent's account may not open printer %s. On Linux add the account to the group lp for USB or dialout for a serial line, then start the agent anew; on Windows have an administrator allow the account to print on its queue.",
		"程序所用的账号无权打开打印机 %s。在 Linux 上请把该账号加入 lp 组（USB）或 dialout 组（串口），然后重新启动程序；在 Windows 上请让管理员授予该账号该打印机的打印权限。",
	},
	"printer-fault": {
		"Printer %s reports a fault and cannot print. Look at its lights or its display and clear it there; its labels wait and go on by themselves.",
		"打印机 %s 报告故障，无法打印。请查看打印机的指示灯或屏幕并排除故障；面单会等待并自动继续。",
	},
	"paper-out": {
		"Printer %s is out of paper. Put a new roll in; its labels go on by themselves, none is lost.",
		"打印机 %s 缺纸。请装入新的纸卷；之后会自动继续，不会漏打。",
	},
	"label-not-encoded": {
		"Label %s cannot be put into the language of printer %s: it may be wider than its head. Look at paper, dots_per_mm and head_dots of the printer.",
		"面单 %s 无法转换为打印机 %s 的语言：可能比打印头宽。请检查该打印机的 paper、dots_per_mm 和 head_dots。",
	},
	"roll-unknown": {
		"How many labels are on a roll of printer %[1]s? Set roll for it in miandan.toml, or say it: miandan printers roll %[1]s 500.",
		"打印机 %[1]s 每卷有多少张面单？请在 miandan.toml 中为它设置 roll，或直接说明：miandan printers roll %[1]s 500。",
	},
	"roll-low": {
		"Printer %s has paper for %d more labels. Have a new roll ready.",
		"打印机 %s 的纸卷还能打 %d 张。请准备好新的纸卷。",
	},
	"paper-low": {
		"Printer %s is running out of paper. Have a new roll ready.",
		"打印机 %s 的纸即将用完。请准备新的纸卷。",
	},
	"cover-open": {
		"The cover of printer %s is open. Close it; its labels go on by themselves.",
		"打印机 %s 的盖子未合上。请合上；之后会自动继续。",
	},
	"paper-jam": {
		"Paper is jammed in printer %s. Open it, take the stuck label out and close it again; its labels go on by themselves.",
		"打印机 %s 卡纸。请开盖取出卡住的面单，再合上盖子；之后会自动继续。",
	},
	"ribbon-out": {
		"The ribbon of printer %s has run out or is torn. Put a new one in; its labels go on by themselves.",
		"打印机 %s 的碳带已用完或断裂。请装入新的碳带；之后会自动继续。",
	},
	"cutter-stuck": {
		"The cutter of printer %s is stuck. Open it, take out the paper that blocks the cutter and close it again; its labels go on by themselves.",
		"打印机 %s 的切刀卡住。请开盖取出卡住切刀的纸，再合上盖子；之后会自动继续。",
	},
	"head-hot": {
		"The head of printer %s is too hot. Leave it on and wait a few minutes; it goes on by itself when it has cooled.",
		"打印机 %s 的打印头过热。请不要关机，等待几分钟；冷却后会自动继续。",
	},
	"label-waiting": {
		"Printer %s waits for its last label to be taken. Tear it off; the next one follows by itself.",
		"打印机 %s 在等待取走上一张面单。请取走；下一张会自动打印。",
	},
	"printer-paused": {
		"Printer %s is paused. Press the button on it, or resume it in its queue or from the tray.",
		"打印机 %s 已暂停。请按打印机按键，或在队列或托盘中恢复。",
	},
	"queue-no-paper": {
		"The print queue of printer %s has no paper of %s mm. Add that size to the queue, or correct the printer's paper setting.",
		"打印机 %s 的打印队列没有 %s 毫米的纸张规格。请在队列中添加该规格，或修改打印机的 paper 设置。",
	},
	"printer-mute": {
		"Printer %s takes data but answers no question. If it cannot answer at all, set confirm = \"none\" for it; its labels then count as presumed.",
		"打印机 %s 能接收数据但不应答。若它本来就不会应答，请为它设置 confirm = \"none\"；其面单将记为“推定已打印”。",
	},
	// name, the names there are
	"printer-unknown": {
		"There is no printer named %s in the settings. The names are: %s.",
		"设置中没有名为 %s 的打印机。现有：%s。",
	},
	"printer-none": {
		"No printer is set up. Add a [[printer]] to the settings; orders are taken meanwhile and wait.",
		"尚未设置打印机。请在设置中添加 [[printer]]；其间订单照常接收并等待。",
	},
	// paper
	"paper-no-printer": {
		"Labels need paper “%s” (millimetres), and no printer in the settings holds it. Add a [[printer]] with that paper; “sealed” is a printer of JD's component, jd-component://, and “sealed pdd” one of Pinduoduo's, pdd-component://.",
		"面单需要 “%s” 纸张（毫米），但设置中没有装这种纸的打印机。请添加相应的 [[printer]]；“sealed” 表示京东打印组件的打印机 jd-component://，“sealed pdd” 表示拼多多打印组件的打印机 pdd-component://，其余类推。",
	},
	// name
	"queue-unknown": {
		"The system has no print queue of the name that the url of printer %s gives. Correct it in the settings, or set the queue up for the account that the agent runs as.",
		"系统中没有打印机 %s 的 url 所指的打印队列。请修改设置中的 url，或为运行本程序的账户建立该队列。",
	},
	// name
	"queue-resolution": {
		"The driver of printer %s has another resolution than dots_per_mm in its settings says, and would blur barcodes. Correct dots_per_mm, or set the resolution in the queue's printing preferences.",
		"打印机 %s 的驱动分辨率与设置中的 dots_per_mm 不符，条码会变形。请修改 dots_per_mm，或在该打印机的打印首选项中设置分辨率。",
	},
	// name
	"queue-margins": {
		"The driver of printer %s leaves a margin that would cut the label. Set the margins of its paper to 0 in the queue's printing preferences.",
		"打印机 %s 的驱动留有页边距，会裁掉面单内容。请在该打印机的打印首选项中把纸张页边距设为 0。",
	},
	// name
	"printer-other-system": {
		"The url of printer %s is of a kind that this system has not; winspool:// is for Windows, cups:///QUEUE for Linux and macOS. Correct it in the settings.",
		"本系统不支持打印机 %s 的 url：winspool:// 仅用于 Windows，cups:///队列名 用于 Linux 和 macOS。请修改设置。",
	},
	// name
	"spooler-off": {
		"The print system of this computer does not answer for printer %s. Start it again; labels wait and go on by themselves.",
		"本机的打印系统没有为打印机 %s 应答。请重新启动打印服务；面单会等待并自动继续。",
	},
	// name, template, the paper's size in the settings
	"wrong-paper": {
		"The label %[2]s does not fit the paper of printer %[1]s (%[3]s mm). Send it to another printer, or correct its paper setting.",
		"面单 %[2]s 与打印机 %[1]s 的纸张（%[3]s 毫米）不符。请换一台打印机，或修改其 paper 设置。",
	},
	// name, label
	"label-unknown": {
		"Nobody can know whether label %[2]v came out of printer %[1]s. Look for the paper, then answer in the queue, or at the command line: miandan resolve %[2]v printed, or not-printed.",
		"无法确定面单 %[2]v 是否已从打印机 %[1]s 打出。请查看纸张，然后在“队列”中回答，或执行：miandan resolve %[2]v printed 或 not-printed。",
	},
	// name, label
	"buffer-not-clear": {
		"Label %[2]v may still lie in printer %[1]s. Delete its job in the system's print queue, if there is one, switch the printer off and on, then answer again (in the command with --cleared).",
		"面单 %[2]v 可能还在打印机 %[1]s 中。请删除系统打印队列中的任务（如有），把打印机关机再开机，然后再回答（命令行请加 --cleared）。",
	},
	// name, label
	"buffer-kept": {
		"Label %[2]v may still lie in printer %[1]s, which keeps what it was sent when it is switched off. Clear it at the printer as its manual says and print a test card (miandan printers test); if nothing else came out and you are sure, set keeps_buffer = false for it and answer again.",
		"面单 %[2]v 可能还在打印机 %[1]s 中，该机断电后仍保留已接收的数据。请按其说明书清除缓存并打印测试页（miandan printers test）；确认没有打出其他内容后，将它的 keeps_buffer 设为 false，再重新回答。",
	},
	// what was asked for
	"model-unknown": {
		"There is no model file for %s. List them with: miandan printers models.",
		"没有型号 %s。查看全部型号：miandan printers models。",
	},
	// name
	"printer-busy": {
		"Printer %s has a label in hand that does not come to its end. See to the printer, then try again.",
		"打印机 %s 有一张面单尚未打完。请查看打印机后重试。",
	},
	"card-refused": {
		"Another program's page prints no test cards. Use the agent's own page, or the command line: miandan printers test.",
		"其他程序的网页不能打印测试页。请使用本程序的页面，或命令行：miandan printers test。",
	},
	// name
	"card-sealed": {
		"Printer %s takes JD's sealed labels and nothing else. Print a test page from JD's print component.",
		"打印机 %s 只接收京东加密面单。请在京东打印组件中打印测试页。",
	},
	// name, its paper
	"card-small": {
		"The paper of printer %s, %s mm, is too small for a test card, which needs 40x30. Correct its paper setting.",
		"打印机 %s 的纸张 %s 毫米太小，测试页至少需要 40x30。请修改 paper 设置。",
	},
	// name
	"card-confirmed": {
		"The card is out of printer %s, which has said so. Look at it: every part says what it should look like.",
		"打印机 %s 已确认打出。请对照纸上的说明逐项检查。",
	},
	// name
	"card-half": {
		"The card broke off on its way to printer %s, and half of it may lie there: the next label would be taken for the rest. Switch the printer off and on, then print the card again.",
		"发送到打印机 %s 的测试页中断，打印机内可能残留半页，会与下一张面单连在一起。请关闭再打开打印机，然后重新打印。",
	},
	// name
	"card-sent": {
		"Printer %s has been sent the card and does not confirm it. Look at the paper: every part says what it should look like. If nothing came out, its language or its media setting is wrong.",
		"已发送到打印机 %s，但没有确认。请查看纸张并对照说明逐项检查；若没有打出，说明 language 或 media 设置不对。",
	},
	// name, what was measured, what it should be, the pitch that the head seems to have, what to set
	"calibrate-pitch": {
		"On printer %s the bar is %v mm long instead of %v: its head has about %v dots a millimetre. Set dots_per_mm = %v for it and print the ruler card again; offsets measured now would be wrong.",
		"打印机 %s 的横条量得 %v 毫米，应为 %v 毫米：其打印头约为每毫米 %v 点。请设 dots_per_mm = %v 后重新打印标尺页；现在量得的偏移不准。",
	},
	// what it should be
	"calibrate-ask-length": {
		"Type how long the bar across is, in mm; Enter stands for %v.",
		"请输入横条的长度（毫米）；直接回车表示 %v。",
	},
	"calibrate-ask-left": {
		"Type how far it is from the paper's left edge to the left of the bar, in mm.",
		"请输入纸的左边到黑条左边的距离（毫米）。",
	},
	"calibrate-ask-top": {
		"Type how far it is from the paper's upper edge to the top of the bar, in mm.",
		"请输入纸的上边到黑条上边的距离（毫米）。",
	},
	// name, what was typed
	"calibrate-number": {
		"%[2]v is no length on a card of printer %[1]s. Type millimetres, such as 20.5, measured from the paper's edge to the edge of the black bar.",
		"%[2]v 不是打印机 %[1]s 标尺页上的长度。请输入毫米数，如 20.5：从纸边量到黑条的边。",
	},
	// name
	"calibrate-queue": {
		"Labels of printer %s go through a print queue, whose own driver places them. Set the offset in the queue's driver.",
		"打印机 %s 的面单经过打印队列，位置由其驱动决定。请在驱动中设置偏移。",
	},
	// name, x, y, the most there may be
	"calibrate-far": {
		"Printer %s would need an offset of %v and %v mm; more than %v mm cannot be set. Move the paper's guides and try again.",
		"打印机 %s 需要偏移 %v 和 %v 毫米，超过可设置的 %v 毫米。请调整纸张导板后重试。",
	},
	// name
	"calibrate-now": {
		"The offsets of printer %s are in the settings and hold from the next label on. Now print a test card: its frame stands 2 mm from every edge.",
		"打印机 %s 的偏移已写入设置，从下一张面单起生效。请打印测试页：外框应距各边 2 毫米。",
	},
	// name
	"calibrate-done": {
		"The offsets of printer %s are in the settings. Start the agent again, and print a test card: its frame stands 2 mm from every edge.",
		"打印机 %s 的偏移已写入设置。请重新启动程序并打印测试页：外框应距各边 2 毫米。",
	},
	// name
	"calibrate-by-hand": {
		"The settings file is written in a way that is not changed by program. Put these lines into the section of printer %s yourself.",
		"设置文件的写法不便由程序修改。请自行把下列两行写入打印机 %s 的一节。",
	},
	// name, the component's vendor
	"component-off": {
		"The print component (%[2]s) does not answer for printer %[1]s. Start it, or install it again; its labels wait and go on by themselves.",
		"打印机 %[1]s 所用的打印组件（%[2]s）没有应答。请启动或重新安装该组件；面单会等待并自动继续。",
	},
	// name, the component's name for it, the names there are, its vendor
	"component-no-printer": {
		"The print component (%[4]s) knows no printer %[2]q, which the url of printer %[1]s names. It knows: %[3]s. Correct the url in the settings.",
		"打印机 %[1]s 的 url 指定了 %[2]q，但打印组件（%[4]s）中没有该打印机。现有：%[3]s。请修改设置中的 url。",
	},
	// name, the component's words, its vendor
	"component-refused": {
		"The print component (%[3]s) refused a label for printer %[1]s and says: “%[2]s”. Nothing was printed. Check the template of its carrier in the settings.",
		"打印组件（%[3]s）拒绝了打印机 %[1]s 的面单，答复：“%[2]s”。没有打印。请检查设置中该快递的模板。",
	},
	// name, the component's words, its vendor
	"component-unclear": {
		"The print component (%[3]s) did not say that a label came out of printer %[1]s, but: “%[2]s”. Look for the paper before printing it again.",
		"打印组件（%[3]s）没有说明打印机 %[1]s 的面单已打出，其答复：“%[2]s”。重新打印前请先查看纸张。",
	},
	// name, the component's vendor
	"component-no-reply": {
		"The print component (%[2]s) took a label for printer %[1]s and gave no reply. Look for the paper before printing it again.",
		"打印组件（%[2]s）接收了打印机 %[1]s 的面单但没有答复。重新打印前请先查看纸张。",
	},
	// name
	"component-not-local": {
		"The url of printer %s names a print component on another computer. If that is meant, add ?remote=allowed to it.",
		"打印机 %s 的 url 指向另一台电脑上的打印组件。如确需如此，请在 url 后加 ?remote=allowed。",
	},
	// name
	"component-no-document": {
		"The label has no sealed data for printer %s, which prints nothing else. Print it on another printer, or set way = \"sealed\" for its carrier.",
		"该面单没有打印机 %s 所需的加密数据。请换一台打印机，或将该快递设为 way = \"sealed\"。",
	},
}
