package config

import (
	"net/url"
	"regexp"
	"strings"

	"miandan/agent/internal/notice"
)

// Update is where newer versions of the program come from. Which keys must have
// signed them stands in the build and not here: whoever may write the settings must
// not be able to choose whose program runs.
type Update struct {
	From    string `toml:"from"`    // an https address, a folder or a share; empty for what the build says
	Channel string `toml:"channel"` // a folder below it; empty for none
	Check   string `toml:"check"`   // "never", "daily"
}

var channel = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{0,31}$`)

func (k *checker) update(c *Config) {
	k.oneOf("update.check", c.Update.Check, "never", "daily")
	if s := c.Update.Channel; s != "" && !channel.MatchString(s) {
		k.wrong("update.channel", notice.Phrase{"small letters, digits, points and dashes", "小写字母、数字、点和横线"})
	}
	if s := c.Update.From; strings.Contains(s, "://") {
		u, err := url.Parse(s)
		if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
			k.wrong("update.from", notice.Phrase{"an address that begins with https://, or a folder or share in single quotes", "以 https:// 开头的地址，或放在单引号中的文件夹、共享目录"})
		}
	}
}
