package notice

// aboutAudit is about the record of what was done. Its first and last argument
// are the numbers of records.
var aboutAudit = sentences{
	// the records, since when
	"audit-whole": {
		"%v records, unbroken since %s.",
		"%v 条记录，自 %s 起完整。",
	},
	"audit-refused": {
		"Only an administrator of this computer can have the record proved, at the command line: miandan audit verify.",
		"只有本机管理员可以在命令行验证审计记录：miandan audit verify。",
	},
	"service-off": {
		"That takes the service's own key, and the service does not run. Start it, then try again: miandan service start.",
		"此操作需要服务自己的密钥，而服务没有运行。请先启动服务再重试：miandan service start。",
	},
	"audit-empty": {
		"0 records: the agent has not run on this data folder yet.",
		"0 条记录：程序尚未在此数据文件夹上运行过。",
	},
	"audit-edited": {
		"Record %v of the audit is not what was written: somebody has changed or added it in the database. What it says cannot be relied on; the records before it are whole.",
		"审计记录 %v 与当初写入的不符：有人在数据库中改动或添加了它，其内容不可信。此前的记录完整。",
	},
	"audit-missing": {
		"Records %v to %v of the audit are missing from among the others: somebody has removed them from the database, or an older copy of it was restored and went on after them. The records before them are whole.",
		"审计记录 %v 至 %v 缺失：有人从数据库中删除了它们，或恢复旧副本后继续运行所致。此前的记录完整。",
	},
	"audit-misplaced": {
		"Record %v of the audit does not follow the one before it: records were moved, or brought from another database. The records before it are whole.",
		"审计记录 %v 与前一条不衔接：记录被移动过，或来自另一个数据库。此前的记录完整。",
	},
	"audit-cut": {
		"The last records of the audit, %v to %v, are missing: somebody has cut them off, or an older copy of the database was restored. What was done in that time is on record nowhere here.",
		"审计的最后几条记录（%v 至 %v）缺失：有人截掉了它们，或恢复了数据库的旧副本。这段时间的操作在本机没有记录。",
	},
	"audit-head": {
		"What the database says of the end of the audit (record %v) was changed by somebody. The records up to there are whole; whether there were more cannot be told.",
		"数据库中关于审计结尾的信息（记录 %v）被人改动。此前的记录完整；其后是否还有记录无法判断。",
	},
	"audit-foreign": {
		"Record %v of the audit is not the one that the key store remembers: the records were exchanged for others, or an older copy of the database was restored and used.",
		"审计记录 %v 与密钥库记住的不一致：记录被整体替换，或恢复了数据库的旧副本后继续使用。",
	},
	"audit-unanchored": {
		"The key store does not know where the audit ends, so it cannot be told whether its last records are there. Somebody has removed that from the key store; the next start of the agent puts it back.",
		"密钥库中没有审计结尾的信息，无法判断最后的记录是否齐全。有人从密钥库中删除了它；程序下次启动时会重新写入。",
	},
	// how many more places
	"audit-more": {
		"There are %v more such places; --json lists them.",
		"另有 %v 处；加 --json 可全部列出。",
	},
	// the data folder
	"database-none": {
		"There is no database in %s: the agent has not run there yet. Name the folder with --data.",
		"%s 中没有数据库：程序尚未在此运行。请用 --data 指定文件夹。",
	},
	// the file
	"database-older": {
		"The database %s was written by an earlier version of this program. Start the agent once; it brings the database up to date.",
		"数据库 %s 由较早版本写入。请先启动一次程序，它会自动升级数据库。",
	},
}
