package notice

// aboutConfig is about the settings file. Its arguments begin with the file
// and, where it is known, the line.
var aboutConfig = sentences{
	// file
	"config-not-found": {
		"There is no settings file %s. Write one with: miandan config init.",
		"找不到设置文件 %s。请先生成：miandan config init。",
	},
	// file
	"config-unreadable": {
		"The settings file %s cannot be read. Give this user the right to read it.",
		"无法读取设置文件 %s。请授予当前用户读取权限。",
	},
	// file
	"config-exists": {
		"The settings file %s is already there and was not changed. Edit it, or move it away first.",
		"设置文件 %s 已存在，未作更改。请直接编辑，或先移走它。",
	},
	// file, line, what the parser says
	"config-syntax": {
		"%s line %v is not valid TOML: %s. Correct the line; text values stand in double quotes.",
		"%s 第 %v 行不是有效的 TOML：%s。请修改该行；文字须放在双引号中。",
	},
	// file, line, key, the key that was meant
	"config-unknown-key": {
		"%s line %v: there is no setting %s. Perhaps %s was meant; correct the line.",
		"%s 第 %v 行：没有 %s 这个设置。您要写的可能是 %s。",
	},
	// file, line, key, the keys that stand there
	"config-unknown-key-here": {
		"%s line %v: there is no setting %s. Take it out, or use one of: %s.",
		"%s 第 %v 行：没有 %s 这个设置。请删除该行，或使用以下之一：%s。",
	},
	// file, line, key, value, what may stand there
	"config-value": {
		"%s line %v: %s cannot be %v. Write %s.",
		"%s 第 %v 行：%s 不能是 %v。请写：%s。",
	},
	// file, key, what it is
	"config-missing": {
		"%s: the setting %s is missing. Add it: %s.",
		"%s：缺少设置 %s。请补上：%s。",
	},
	// the model file, line, what is wrong in it
	"model-file": {
		"The model file %s cannot be used, line %v: %s. Correct it, or take it out of the folder.",
		"型号文件 %s 无法使用，第 %v 行：%s。请修改，或将其移出该文件夹。",
	},
	// file, line, key, the secret's name
	"config-secret-in-file": {
		"%[1]s line %[2]v: %[3]s is a secret and may not stand in a file. Take the line out and run: miandan config secret %[4]s. If others have seen the file, have a new secret issued.",
		"%[1]s 第 %[2]v 行：%[3]s 是机密，不能写在文件里。请删除该行并执行：miandan config secret %[4]s。如文件已被他人看到，请重新签发。",
	},
	// file, line, key, value
	"config-twice": {
		"%s line %v: %s is %q a second time. Give each its own.",
		"%s 第 %v 行：%s 重复使用了 %q。请使用不同的值。",
	},
	// file, line
	"config-route-unreached": {
		"%s line %v: no order comes to this [[route]], because the one before it takes all. Put the one without conditions last.",
		"%s 第 %v 行：前面的 [[route]] 已承接所有订单，轮不到这一条。请把不带条件的规则放在最后。",
	},
	// the name given, the names there are
	"config-no-such-secret": {
		"There is no secret named %s. The names are: %s.",
		"没有名为 %s 的机密。可用的名称：%s。",
	},
}
