package notice

// aboutKeys is about the key store, the key-encryption key and the secrets in
// the key store.
var aboutKeys = sentences{
	"key-in-system": {
		"The key lies in the key store of this system.",
		"密钥保存在系统的密钥库中。",
	},
	"key-in-file": {
		"The key lies in a file outside the data folder, readable by this user alone: this system has no key store. It protects a stolen copy of the data, not a stolen computer.",
		"本系统没有密钥库，密钥保存在数据文件夹之外的文件中，仅当前用户可读。它可防止数据副本被盗用，但不能防止整机被盗。",
	},
	"key-of-service": {
		"The key and the secrets lie in the key store of the service's own account, which opens for the service alone. What it finds there says the doctor on the agent's page.",
		"密钥和机密保存在服务账户自己的密钥库中，只有服务能打开。其检查结果请看本程序页面上的检查。",
	},
	// the data folder, the variable that names the key folder
	"key-missing": {
		"The data in %s is sealed and its key is missing from the key folder. Put the key folder back from your backup, or name its place in %s. Nothing was changed.",
		"%s 中的数据已加密，但密钥文件夹里没有对应的密钥。请从备份恢复密钥文件夹，或用环境变量 %s 指明它的位置。未作任何更改。",
	},
	// the data folder
	"key-missing-system": {
		"The data in %s is sealed and its key was kept in the key store of the user who set the agent up. Start the agent as that user, in a session where the key store is unlocked. Nothing was changed.",
		"%s 中的数据已加密，密钥保存在当初安装者的系统密钥库中。请用该用户登录、解锁密钥库后再启动。未作任何更改。",
	},
	// the data folder
	"key-wrong": {
		"The key in the key store is not the one that the data in %s was sealed with. Put the right key back from your backup. Nothing was changed.",
		"密钥库中的密钥与 %s 中的数据不匹配。请从备份恢复正确的密钥。未作任何更改。",
	},
	// the file
	"key-check-missing": {
		"The file %s, which proves the key, is missing beside sealed data. Put it back from your backup of the data folder. Nothing was changed.",
		"数据已加密，但用来核对密钥的文件 %s 不见了。请从数据文件夹的备份中恢复它。未作任何更改。",
	},
	// the file
	"key-check-damaged": {
		"The file %s, which proves the key, is damaged. Put it back from your backup of the data folder. Nothing was changed.",
		"用来核对密钥的文件 %s 已损坏。请从数据文件夹的备份中恢复它。未作任何更改。",
	},
	// the file or folder, its mode, the mode it may have
	"key-file-mode": {
		"Others than its owner may open %[1]s (mode %[2]s). Run chmod %[3]s on it and start again.",
		"%[1]s 可被其他用户打开（权限 %[2]s）。请对它执行 chmod %[3]s 后重新启动。",
	},
	// the folder
	"key-folder-inside": {
		"The key folder %s lies inside the data folder, where a copy of the data would take the key along. Set MIANDAN_KEYS to a folder elsewhere.",
		"密钥文件夹 %s 在数据文件夹之内，复制数据时会连密钥一起带走。请把 MIANDAN_KEYS 设为别处的文件夹。",
	},
	// the variable that names the key folder
	"key-folder-none": {
		"This user has no folder to keep the key file in. Set %s to a folder outside the data folder.",
		"当前用户没有可存放密钥文件的文件夹。请把 %s 设为数据文件夹之外的文件夹。",
	},
	// the kind of key store: system, file
	"keystore-failed": {
		"The key store (%s) did not do what it was asked. See that it is unlocked and that its disk has room, then start again; the log names the cause.",
		"密钥库（%s）操作失败。请确认它已解锁、磁盘有空间，然后重新启动；具体原因见日志。",
	},
	// the secret's name
	"secret-missing": {
		"The secret %[1]s is not in the key store. Put it there with: miandan config secret %[1]s.",
		"密钥库中没有 %[1]s。请用命令存入：miandan config secret %[1]s。",
	},
	// the secret's name
	"secret-masked": {
		"What was given for %s is the mask from a screen, not the secret itself. Copy it from where it was issued.",
		"为 %s 输入的是屏幕上的掩码，不是密钥本身。请到签发处重新复制。",
	},
}
