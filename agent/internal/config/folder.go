package config

import (
	"fmt"
	"regexp"
	"slices"
	"time"

	"miandan/agent/internal/notice"
)

// Folder is a hot folder: orders come out of the CSV and XLSX files that an ERP
// puts there.
type Folder struct {
	Name       string   `toml:"name"`        // of the source, in routes and in the ledger; "folder" if empty
	Path       string   `toml:"path"`        // made absolute by Load
	Shop       string   `toml:"shop"`        // a row of another shop is wrong; empty takes all
	AfterSales bool     `toml:"after_sales"` // all are after-sales service orders
	Merchant   string   `toml:"merchant"`    // where a row does not say it
	PollEvery  Duration `toml:"poll_every"`
	Keep       bool     `toml:"keep"`       // files stay in done/ with the people in them
	KeepWrong  Duration `toml:"keep_wrong"` // how long a file with wrong rows stays there without keep
}

// sourceName keeps names of sources fit for references and routes.
var sourceName = regexp.MustCompile(`^[a-z][a-z0-9]{0,11}$`)

// folder looks at a hot folder.
func (k *checker) folder(c *Config, i int) {
	f, at := c.Folders[i], fmt.Sprintf("folder[%d].", i)
	switch {
	case !sourceName.MatchString(f.Name) || f.Name == "jd" || f.Name == "api":
		k.wrong(at+"name", notice.Phrase{"up to 12 small letters and digits, and neither jd nor api", "最多 12 个小写字母或数字，且不能是 jd 或 api"})
	case slices.ContainsFunc(c.Folders[:i], func(o Folder) bool { return o.Name == f.Name }):
		k.twice(at+"name", f.Name)
	}
	if f.Path == "" {
		k.missing(at+"path", `path = 'D:\orders'`)
	} else if info, err := k.stat(f.Path); err != nil || !info.IsDir() {
		k.wrong(at+"path", notice.Phrase{"the path of a folder that exists, in single quotes on Windows", "已存在的文件夹路径（在 Windows 上请用单引号）"})
	}
	k.oneOf(at+"merchant", f.Merchant, "SOP", "FBP", "FCS")
	k.duration(at+"poll_every", f.PollEvery, time.Second, time.Hour)
	k.duration(at+"keep_wrong", f.KeepWrong, time.Hour, 30*24*time.Hour)
}
