package notice

// aboutProgram is about the program itself and the computer it runs on.
var aboutProgram = sentences{
	// the code that has no sentence
	Internal: {
		"Something went wrong inside the program (%v). Nothing was lost. Send the log to support.",
		"程序内部出错（%v）。没有丢失任何数据。请将日志发给技术支持。",
	},
	// what is wrong with the command line
	"usage": {
		"The command was not understood: %s. Add --help to see how it is used.",
		"命令有误：%s。加上 --help 可查看用法。",
	},
	// the other agent's process ID, since when it runs
	"second-instance": {
		"Miandan already runs on this data folder (process %v, since %v). Use that one, or end it before starting another.",
		"本数据文件夹已有一个面单程序在运行（进程 %v，启动于 %v）。请直接使用它，或先结束它再启动。",
	},
	"not-running": {
		"Miandan is not running. Start it with: miandan run.",
		"面单程序没有运行。请先启动：miandan run。",
	},
	"agent-refused": {
		"The running agent belongs to another user. Run this command as the user who started it.",
		"正在运行的面单程序属于另一个用户。请用启动它的用户执行此命令。",
	},
	"agent-silent": {
		"The agent is running but does not answer. Wait a moment and try again; if it stays so, end it and start it again, its queue is on disk.",
		"面单程序正在运行但没有应答。请稍候重试；若仍如此，请结束后重新启动，队列已保存在磁盘上。",
	},
	"tray-none": {
		"This build has no tray. Use the page and the command line.",
		"此版本不含托盘图标。请使用网页和命令行。",
	},
	"tray-no-display": {
		"There is no desktop here to show a tray on. The agent runs without it; use --no-tray to say so.",
		"当前没有可用的桌面，无法显示托盘图标。程序照常运行；可加 --no-tray。",
	},
	"tray-no-bus": {
		"The desktop's session bus (D-Bus) does not answer, so there is no tray. Start the agent from the desktop, or with --no-tray.",
		"桌面的会话总线（D-Bus）没有应答，无法显示托盘图标。请从桌面启动程序，或加 --no-tray。",
	},
	"stopping": {
		"The agent is shutting down. What is queued is on disk and goes on when it is started again.",
		"程序正在退出。队列已保存在磁盘上，下次启动后继续。",
	},
	// the address
	"port-in-use": {
		"Another program listens on %s. End it, or set another address under [listen] in the settings.",
		"%s 已被其他程序占用。请结束那个程序，或在设置的 [listen] 中换一个地址。",
	},
	// the address
	"listen-not-loopback": {
		"The agent listens on this computer only, and %s is not on it. Use 127.0.0.1 or [::1] with a port; port 0 picks a free one.",
		"程序只在本机监听，%s 不是本机地址。请使用 127.0.0.1 或 [::1] 加端口，端口 0 表示自动选择。",
	},
	// the folder
	"data-folder-failed": {
		"The data folder %s cannot be made or written to. Give this user the right to it, or name another with --data.",
		"无法创建或写入数据文件夹 %s。请授予当前用户权限，或用 --data 指定其他文件夹。",
	},
	// the folder, its mode
	"data-folder-open": {
		"Other users of this computer may read the data folder %[1]s (mode %[2]s). Close it with: chmod 700 %[1]s.",
		"本机其他用户可以读取数据文件夹 %[1]s（权限 %[2]s）。请执行：chmod 700 %[1]s。",
	},
	// the folder
	"disk-full": {
		"The disk that holds %s is full. Make room; the agent takes nothing new until then and goes on by itself after it. Nothing was lost.",
		"%s 所在的磁盘已满。请清理空间；在此之前不再接单，之后会自动继续。没有丢失任何数据。",
	},
	// the folder, what is left in MiB
	"disk-low": {
		"Only %[2]v MiB are left on the disk that holds %[1]s. Make room before printing stops.",
		"%[1]s 所在的磁盘只剩 %[2]v MiB。请尽快清理空间，以免打印中断。",
	},
	// the folder
	"disk-failed": {
		"The disk that holds %s cannot be read or written. The agent takes nothing new, counts nothing as done that is not on disk, and goes on by itself once the disk answers. If it does not, check the disk, its cable and this user's rights to the folder.",
		"无法读写 %s 所在的磁盘。程序暂不接单，未写入磁盘的步骤不算完成；磁盘恢复后会自动继续。若一直如此，请检查磁盘、连接线和当前用户对该文件夹的权限。",
	},
	// the file
	"database-damaged": {
		"The database %s is damaged. Do not delete it. Stop the agent, put the last good copy back, and check every label printed since then before printing again.",
		"数据库 %s 已损坏。请勿删除。请停止程序，恢复最近的完好备份，并在继续打印前核对此后打印过的面单。",
	},
	// the folder
	"database-set-aside": {
		"The database was damaged and was moved, unchanged, to %s. A new one was begun, which does not know what was printed: no order that was paid before now is numbered or printed by itself. Check each against its parcel and settle it in the queue, or with miandan resolve.",
		"数据库已损坏，已原样移到 %s，并新建了数据库。新数据库不知道哪些面单已打印：此前付款的订单不会自动取号或打印。请逐一与包裹核对，并在“队列”中或用 miandan resolve 处理。",
	},
	// how many labels were not ended
	"database-restored": {
		"The database is an older copy than the one used last. %v labels may have been printed since it was made and now stand as unknown: look for each and settle it in the queue, or with miandan resolve.",
		"数据库是旧的副本。有 %v 张面单此后可能已打印，现标为“未知”：请逐一核实，并在“队列”中或用 miandan resolve 处理。",
	},
	// the file
	"database-newer": {
		"The database %s was written by a newer version of this program. Install that version again; this one changes nothing in it.",
		"数据库 %s 由更新版本的程序写入。请重新安装新版本；当前版本不会改动它。",
	},
	// the file
	"file-exists": {
		"The file %s is already there and was not changed. Move it away first, or write to another.",
		"文件 %s 已存在，未作更改。请先移走它，或写入其他文件。",
	},
	// the file
	"file-not-certificate": {
		"The file %s is no certificate in PEM form with an RSA key. Save JD's certificate as it stands in JD's SDK.",
		"文件 %s 不是带 RSA 公钥的 PEM 证书。请按京东 SDK 中的原样保存证书。",
	},
	// the file
	"file-not-found": {
		"There is no file %s. Check the path.",
		"找不到文件 %s。请检查路径。",
	},
	// the file
	"file-unwritable": {
		"The file %s cannot be written. Check the folder's rights and the room on its disk.",
		"无法写入文件 %s。请检查文件夹权限和磁盘空间。",
	},
}
