package notice

// aboutRollout is about the program as a service of Windows and about updates.
var aboutRollout = sentences{
	// the account that holds the PC
	"pc-held": {
		"Miandan already runs on this PC, under the account %v. One PC has one agent: use that one, or end it before starting another.",
		"本机已有一个面单程序在运行（账户 %v）。一台电脑只运行一个：请直接使用它，或先结束它再启动。",
	},
	"service-windows-only": {
		"Services of this kind exist on Windows only. Here let the system start: miandan service run.",
		"只有 Windows 有此类服务。在本系统请让系统启动：miandan service run。",
	},
	"service-rights": {
		"Windows allows that only to administrators. Open the command line with \"Run as administrator\" and try again.",
		"Windows 只允许管理员执行此操作。请以“管理员身份运行”命令行后重试。",
	},
	"service-missing": {
		"The service is not installed on this PC. Install it with: miandan service install.",
		"本机没有安装该服务。请先安装：miandan service install。",
	},
	"service-there": {
		"The service is installed already. To install it anew run miandan service uninstall first.",
		"服务已安装。如需重新安装，请先执行 miandan service uninstall。",
	},
	// the folder
	"service-start-failed": {
		"The service did not start. What it said last is in service.log in the folder %s.",
		"服务没有启动。它最后的提示在文件夹 %s 的 service.log 中。",
	},
	"service-stop-slow": {
		"The service still finishes the label in hand. Wait a moment and look again with: miandan service stop.",
		"服务正在完成手头的面单。请稍候再执行：miandan service stop。",
	},
}
