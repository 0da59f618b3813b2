package notice

// aboutFleet is about stations that share their labels through one database.
var aboutFleet = sentences{
	"fleet-dsn": {
		"The address of the fleet's database cannot be read. Write it as postgres://HOST:5432/NAME?sslmode=verify-full, without user and password.",
		"无法识别多站数据库地址。请写成 postgres://主机:5432/库名?sslmode=verify-full，不含用户名和密码。",
	},
	"fleet-tls": {
		"The fleet's database is on another machine and the connection would not be safe. Add sslmode=verify-full (and sslrootcert) to its address.",
		"多站数据库在另一台机器上，连接不安全。请在地址中加上 sslmode=verify-full（以及 sslrootcert）。",
	},
	"fleet-away": {
		"The fleet's database cannot be reached. Labels of the offline lot still print; check network and database.",
		"无法连接多站数据库。离线批次中的面单仍可打印；请检查网络和数据库。",
	},
	// what it has that is not known
	"fleet-other-version": {
		"Another version of this program has made the database: %s in it is not known here. It stays as it is. Take that version, or name a new database.",
		"该数据库由本程序的其他版本建立，其中的 %s 本版本无法识别。数据库未作改动。请使用对应版本，或改用新的数据库。",
	},
	// name
	"fleet-name": {
		"%s cannot be a station's name. Take up to 24 lower-case letters, digits and dashes, beginning with a letter.",
		"%s 不能作为工位名。请用不超过 24 个小写字母、数字和连字符，以字母开头。",
	},
	// name
	"fleet-member": {
		"Station %s is a member already. Revoke it first, or take another name.",
		"工位 %s 已加入。请先撤销它，或换一个工位名。",
	},
	// name
	"fleet-no-station": {
		"There is no station %s in the fleet. See them with: miandan fleet status.",
		"没有名为 %s 的工位。查看：miandan fleet status。",
	},
	"fleet-code": {
		"That is no joining code. It looks like bench-1:ABCDE-FGHIJ-KLMNO-PQRST; have a new one made with: miandan fleet invite.",
		"加入码不正确，形如 bench-1:ABCDE-FGHIJ-KLMNO-PQRST。可用 miandan fleet invite 重新生成。",
	},
	"fleet-code-used": {
		"The joining code was used already or is too old. Have a new one made with: miandan fleet invite.",
		"加入码已使用或已过期。请用 miandan fleet invite 重新生成。",
	},
	// number
	"fleet-not-settled": {
		"%s labels are started here and nobody knows yet what came of them. Settle them in the queue, then leave.",
		"本站有 %s 张面单已开始但结果未定。请先在队列中处理，再退出。",
	},
	"fleet-not-synchronous": {
		"The fleet's database may fail over to a standby and does not wait for it: after a failover a label may print twice. Set synchronous_standby_names.",
		"多站数据库可切换到备库，但提交不等待备库：切换后面单可能重复打印。请设置 synchronous_standby_names。",
	},
	"fleet-not-durable": {
		"The fleet's database does not write to disk before it answers (fsync or synchronous_commit is off): after a power cut a label may print twice. Switch them on.",
		"多站数据库在应答前不落盘（fsync 或 synchronous_commit 关闭）：断电后面单可能重复打印。请打开。",
	},
	"fleet-no-standby": {
		"The fleet's database waits for a standby and none is connected: nothing can start until one is. Labels of the offline lot still print.",
		"多站数据库需等待备库，但没有备库连接：恢复前不能开始打印。离线批次中的面单仍可打印。",
	},
}
