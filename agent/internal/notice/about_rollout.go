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
	"service-idle": {
		"The service does not run. Have an administrator of this PC start it: miandan service start.",
		"面单服务没有运行。请让本机管理员启动：miandan service start。",
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
		"The service did not start. What it said last is in started.log in the folder %s.",
		"服务没有启动。它最后的提示在文件夹 %s 的 started.log 中。",
	},
	"service-stop-slow": {
		"The service still finishes the label in hand. Wait a moment and look again with: miandan service stop.",
		"服务正在完成手头的面单。请稍候再执行：miandan service stop。",
	},
	"secret-refused": {
		"Secrets are taken from an administrator of this computer. Open the command line with \"Run as administrator\" and try again.",
		"密钥只接受本机管理员存入。请以“管理员身份运行”命令行后重试。",
	},
	"secrets-awaited": {
		"The agent waits for secrets before it can work; started.log in its data folder names them. An administrator gives each with: miandan config secret NAME.",
		"程序正在等待密钥，之后才能工作；名称见数据文件夹中的 started.log。请管理员逐个存入：miandan config secret 名称。",
	},
	"secret-service-off": {
		"The service keeps its secrets itself, and does not run. Start it, then try again: miandan service start.",
		"密钥由服务自己保存，而服务没有运行。请先启动服务再重试：miandan service start。",
	},
	"secret-restart": {
		"It is kept. What runs goes on with what it had, until the agent is started again.",
		"已存入。正在运行的程序继续使用原来的，重新启动后生效。",
	},
	"update-not-set-up": {
		"No updates are set up in this build. Say where they are and which key signs them: miandan update check --from FOLDER --key KEY.",
		"此版本没有设置更新来源。请指明位置和签名公钥：miandan update check --from 文件夹 --key 公钥。",
	},
	"update-key-broken": {
		"The public key for updates is not one: 32 bytes in base64 are expected. Copy it again from whoever signs them.",
		"更新用的公钥无效：应为 base64 编码的 32 字节。请向签名方重新复制。",
	},
	"update-address": {
		"Updates come by https, or from a folder or share. Correct --from.",
		"更新只能来自 https 地址、文件夹或共享目录。请更正 --from。",
	},
	"update-unreachable": {
		"The place of the updates cannot be read. Check its address, this PC's network and its rights there. The installed version goes on.",
		"无法读取更新来源。请检查地址、本机网络和访问权限。当前版本照常使用。",
	},
	"update-unsigned": {
		"The list of updates was not signed by a key that is trusted here, or is damaged. Nothing was installed. Tell IT: somebody may have changed it.",
		"更新清单不是由受信任的密钥签名，或已损坏。没有安装任何内容。请告知 IT：可能被人改动过。",
	},
	"update-expired": {
		"The list of updates does not hold today. Nothing was installed. Check this PC's clock; if it is right, IT must sign a new list.",
		"更新清单不在有效期内。没有安装任何内容。请检查本机时钟；若时钟正确，需由 IT 重新签发清单。",
	},
	"update-older": {
		"The list of updates is older than one that was seen before. Nothing was installed. Tell IT: somebody may want an old version with a known fault.",
		"更新清单比以前见过的旧。没有安装任何内容。请告知 IT：可能有人想装回有缺陷的旧版本。",
	},
	"update-differs": {
		"The installer is not the one that the list names: cut off, exchanged or of another release. Nothing was installed. Try again; if it stays so, tell IT.",
		"安装包与清单不符：不完整、被替换或属于其他版本。没有安装任何内容。请重试；若仍如此，请告知 IT。",
	},
	"update-none": {
		"The list of updates has no installer for this kind of computer. The installed version goes on.",
		"更新清单中没有适用于本机的安装包。当前版本照常使用。",
	},
	"update-busy": {
		"A label stayed in hand for two minutes, so nothing was installed. See to the printer, then try again.",
		"有面单两分钟内没有打完，因此没有安装。请先处理打印机，再重试。",
	},
	"update-failed": {
		"The system's installer did not take the update. Its log stands among the agent's logs. An administrator's rights may be missing.",
		"系统安装程序没有完成更新。其日志在程序的日志目录中。可能缺少管理员权限。",
	},
}
