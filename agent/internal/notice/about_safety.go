package notice

// aboutSafety is about what the computer does with what passes through it.
var aboutSafety = sentences{
	// how long: Yes, or seconds
	"spooler-keeps": {
		"The print system keeps what it has printed (PreserveJobFiles %s), labels with whole names and numbers among it. Have its administrator write PreserveJobFiles No into /etc/cups/cupsd.conf and restart it.",
		"打印系统会保留已打印的文件（PreserveJobFiles %s），其中包括含完整姓名和号码的面单。请让管理员在 /etc/cups/cupsd.conf 中写入 PreserveJobFiles No 并重启打印服务。",
	},
	"spooler-unread": {
		"Whether the print system keeps what it has printed cannot be seen, since this user may not read /etc/cups/cupsd.conf. Have its administrator see that it says PreserveJobFiles No.",
		"当前用户无权读取 /etc/cups/cupsd.conf，无法确认打印系统是否保留已打印的文件。请让管理员确认其中写有 PreserveJobFiles No。",
	},
	// the printer's name
	"queue-keeps": {
		"The queue of printer %s keeps what it has printed, labels with whole names and numbers among it. Have its administrator switch off “Keep printed documents” in the printer's properties, Advanced.",
		"打印机 %s 的打印队列会保留已打印的文档，其中包括含完整姓名和号码的面单。请让管理员在打印机属性的“高级”中取消“保留打印的文档”。",
	},
	"queue-unread": {
		"Whether the queue of printer %s keeps what it has printed cannot be seen now. Look whether “Keep printed documents” is switched off in the printer's properties, Advanced.",
		"目前无法确认打印机 %s 的打印队列是否保留已打印的文档。请查看打印机属性的“高级”中是否已取消“保留打印的文档”。",
	},
	// the devices or files
	"swap-open": {
		"Memory is swapped to %s without encryption, where labels may be found later. Encrypt the swap space (dm-crypt), use zram, or switch it off with swapoff.",
		"内存会不加密地换出到 %s，面单内容可能残留其中。请加密交换空间（dm-crypt）、改用 zram，或用 swapoff 关闭。",
	},
	// path, mode
	"file-open": {
		"Other users of this computer may read %[1]s (mode %[2]s). Close it with: chmod go-rwx %[1]s.",
		"本机其他用户可以读取 %[1]s（权限 %[2]s）。请执行：chmod go-rwx %[1]s。",
	},
	// folder, file system
	"data-on-network": {
		"The data folder %s lies on another computer (%s), where the database's locks do not hold and may be lost with it. Move it to a disk of this computer.",
		"数据文件夹 %s 位于网络文件系统（%s）上，数据库的锁在那里不可靠，可能损坏数据。请移到本机磁盘。",
	},
	// limit, process
	"core-dumps": {
		"If it dies, the agent (process %[2]v) leaves its memory in a file (core dumps up to %[1]s). Start it with miandan run, which switches that off, or with ulimit -c 0.",
		"程序（进程 %[2]v）异常退出时会把内存写入文件（core 上限 %[1]s）。请用 miandan run 启动（会自动关闭），或先执行 ulimit -c 0。",
	},
	// addresses
	"listens-wide": {
		"The agent can be reached from other computers at %s, and nothing of it may be. End it, and send this line to support.",
		"其他电脑可以通过 %s 访问本程序，这是不允许的。请结束程序，并将本行发给技术支持。",
	},
	"safe-spooler": {"the print system keeps nothing that it has printed.", "打印系统不保留已打印的文件。"},
	"safe-swap":    {"no memory goes to a disk unencrypted.", "没有未加密的交换空间。"},
	"safe-files":   {"no other user may read them.", "其他用户无法读取。"},
	"safe-disk":    {"is a disk of this computer.", "位于本机磁盘。"},
	"safe-core":    {"leaves no memory behind.", "不会留下内存文件。"},
	"safe-listens": {"on this computer only.", "仅限本机。"},
}
