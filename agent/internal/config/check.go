package config

import (
	"cmp"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
)

// checker gathers what is wrong.
type checker struct {
	path     string
	at       index
	problems Problems

	component bool // it is said that a printer of JD's component is missing
}

// check looks at every value. What the type already rules out does not arrive
// here.
func check(c *Config, path string, at index) Problems {
	k := &checker{path: path, at: at}
	k.program(c)
	k.jd(c)
	k.jdl(c)
	k.sender(c)
	k.express(c)
	for i := range c.Wujie {
		k.wujie(c, i)
	}
	for i := range c.Accounts {
		k.account(c, i)
	}
	for i := range c.Folders {
		k.folder(c, i)
	}
	k.routes(c)
	k.services(c)
	k.autos(c)
	k.cloudPrint(c)
	k.fleet(c)
	k.update(c)
	k.compat(c)
	for i := range c.Printers {
		k.printer(c, i)
	}
	slices.SortStableFunc(k.problems, func(a, b *notice.Error) int { return cmp.Compare(lineOf(a), lineOf(b)) })
	return k.problems
}

// lineOf returns the line that a problem names; what is missing comes last.
func lineOf(e *notice.Error) int {
	if len(e.Args) < 2 {
		return math.MaxInt
	}
	if line, ok := e.Args[1].(int); ok {
		return line
	}
	return math.MaxInt
}

func (k *checker) wrong(setting string, allowed any) {
	k.problems = append(k.problems, wrong(k.path, k.at, setting, allowed))
}

func (k *checker) missing(setting string, example any) {
	k.problems = append(k.problems, notice.New("config-missing", nil, k.path, plain(setting), example))
}

func (k *checker) twice(setting, value string) {
	k.problems = append(k.problems, notice.New("config-twice", nil, k.path, k.at.line(setting), plain(setting), value))
}

// required asks for a text that is not empty.
func (k *checker) required(setting, value, example string) {
	if strings.TrimSpace(value) == "" {
		k.missing(setting, leaf(setting)+" = "+strconv.Quote(example))
	}
}

func (k *checker) oneOf(setting, value string, allowed ...string) {
	if !slices.Contains(allowed, value) {
		k.wrong(setting, quoted(allowed))
	}
}

func (k *checker) whole(setting string, value, least, most int) {
	if value < least || value > most {
		k.wrong(setting, between(strconv.Itoa(least), strconv.Itoa(most)))
	}
}

func (k *checker) number(setting string, value, least, most float64) {
	if !(value >= least && value <= most) {
		format := func(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
		k.wrong(setting, between(format(least), format(most)))
	}
}

func (k *checker) duration(setting string, value Duration, least, most time.Duration) {
	if value.Duration < least || value.Duration > most {
		k.wrong(setting, between(strconv.Quote(written(least)), strconv.Quote(written(most))))
	}
}

func (k *checker) program(c *Config) {
	k.oneOf("language", c.Language, "", "zh", "en")
	if c.Labels.Layouts != "" {
		if info, err := k.stat(c.Labels.Layouts); err != nil || !info.IsDir() {
			k.wrong("labels.layouts", notice.Phrase{"the path of a folder that exists, in single quotes on Windows", "已存在的文件夹路径（在 Windows 上请用单引号）"})
		}
	}
	k.size("labels.paper", c.Labels.Paper)
	k.duration("print.wave_patience", c.Print.WavePatience, 0, 10*time.Minute)
	if c.Print.Places != "" {
		if info, err := k.stat(c.Print.Places); err != nil || info.IsDir() {
			k.wrong("print.places", notice.Phrase{"the path of a file that exists, in single quotes on Windows", "已存在的文件路径（在 Windows 上请用单引号）"})
		}
	}
	k.oneOf("print.phone", string(c.Print.Phone), "real", "virtual")
	k.duration("print.fresh", c.Print.Fresh, time.Second, time.Hour)
	k.oneOf("print.offline", c.Print.Offline, "hold", "print")
	k.duration("print.warn_ahead", c.Print.WarnAhead, 0, order.ShipWithin)
	k.duration("privacy.purge_after", c.Privacy.PurgeAfter, 0, 30*24*time.Hour)
	k.duration("privacy.purge_unknown_after", c.Privacy.PurgeUnknownAfter, 0, 30*24*time.Hour)
	k.duration("privacy.history", c.Privacy.History, 90*24*time.Hour, 10*365*24*time.Hour) // an order is the same for 90 days
	k.whole("privacy.reveals_per_hour.packer", c.Privacy.Reveals.Packer, -1, 10_000)
	k.whole("privacy.reveals_per_hour.lead", c.Privacy.Reveals.Lead, -1, 10_000)
	k.whole("privacy.reveals_per_hour.admin", c.Privacy.Reveals.Admin, -1, 10_000)
	k.whole("privacy.export_most", c.Privacy.ExportMost, 0, 50_000)
	k.oneOf("shipped.when", c.Shipped.When, "scan", "confirmed", "never")
	if c.Metrics.Listen != "" && !loopback(c.Metrics.Listen) {
		k.wrong("metrics.listen", notice.Phrase{`an address of this computer with a port: "127.0.0.1:9108"`, `本机地址加端口："127.0.0.1:9108"`})
	}
	if !loopback(c.Listen.Address) {
		k.wrong("listen.address", notice.Phrase{`an address of this computer with a port: "127.0.0.1:0" picks a free port`, `本机地址加端口："127.0.0.1:0" 自动选择端口`})
	}
	k.oneOf("log.level", c.Log.Level, "debug", "info", "warn", "error")
	k.oneOf("log.format", c.Log.Format, "text", "json")
	k.whole("log.max_size_mb", c.Log.MaxSizeMB, 1, 1000)
	k.whole("log.files", c.Log.Files, 1, 100)
}

// stat looks at a file that the settings name, from their own folder.
func (k *checker) stat(name string) (os.FileInfo, error) {
	if !filepath.IsAbs(name) {
		name = filepath.Join(filepath.Dir(k.path), name)
	}
	return os.Stat(name)
}

func leaf(setting string) string { return setting[strings.LastIndexByte(setting, '.')+1:] }

func quoted(words []string) string {
	list := make([]string, len(words))
	for i, w := range words {
		list[i] = strconv.Quote(w)
	}
	return strings.Join(list, " | ")
}

func between(least, most string) notice.Phrase {
	return notice.Phrase{fmt.Sprintf("a value from %s to %s", least, most), fmt.Sprintf("%s 到 %s 之间的值", least, most)}
}

// written writes a duration as the file does.
func written(d time.Duration) string {
	if d > 0 && d%(24*time.Hour) == 0 {
		return strconv.Itoa(int(d/(24*time.Hour))) + "d"
	}
	s := d.String()
	s = strings.TrimSuffix(s, "m0s") + map[bool]string{true: "m"}[strings.HasSuffix(s, "m0s")]
	return strings.TrimSuffix(s, "h0m") + map[bool]string{true: "h"}[strings.HasSuffix(s, "h0m")]
}
