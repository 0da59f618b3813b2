package config

import (
	"errors"
	"fmt"
	"math"
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"miandan/agent/internal/carrier/component"
	"miandan/agent/internal/carrier/component/cainiao"
	"miandan/agent/internal/notice"
	"miandan/printer/serial"
	"miandan/printer/usb"
	"miandan/printer/winspool"
)

var nameForm = regexp.MustCompile(`^[\p{L}\p{N}][\p{L}\p{N} ._-]*$`)

// mostOfName is how many characters a name has at most. Counted in the expression they
// would be so many copies of all letters, and each start would wait for them.
const mostOfName = 40

// isName reports whether a printer, a group or a rule may be called so.
func isName(s string) bool { return utf8.RuneCountInString(s) <= mostOfName && nameForm.MatchString(s) }

func (k *checker) printer(c *Config, i int) {
	p, at := c.Printers[i], fmt.Sprintf("printer[%d].", i)
	switch {
	case p.Name == "":
		k.missing(at+"name", `name = "bench-1"`)
	case !isName(p.Name):
		k.wrong(at+"name", notice.Phrase{"up to 40 letters, digits, spaces, points and dashes", "最多 40 个字母、汉字、数字、空格、点或横线"})
	case slices.ContainsFunc(c.Printers[:i], func(o Printer) bool { return o.Name == p.Name }):
		k.twice(at+"name", p.Name)
	}
	k.group(c, i)
	if p.URL == "" {
		k.missing(at+"url", `url = "tcp://192.168.1.50:9100"`)
	} else if checkDevice(p.URL) != nil {
		k.wrong(at+"url", formOf(p.URL))
	}
	k.oneOf(at+"language", p.Language, "escpos", "tspl", "zpl", "cpcl", "page", "sealed")
	if printComponent(p.URL) != (p.Language == "sealed") {
		k.wrong(at+"language", notice.Phrase{`"sealed" for jd-component://, cainiao-component:// and the like and for nothing else: a platform's component alone opens its sealed labels`, `jd-component://、cainiao-component:// 等打印组件只能用 "sealed"，其他地址不能用："sealed" 面单只有平台的打印组件能打开`})
	}
	if scheme(p.URL) == "cups" && p.Language != "page" {
		k.wrong(at+"language", notice.Phrase{`"page": a print queue takes pages, its own driver knows the printer's language`, `"page"：打印队列接收页面，由其驱动转换为打印机语言`})
	}
	if scheme(p.URL) == winspool.Scheme && p.Confirm != "none" {
		k.wrong(at+"confirm", notice.Phrase{`"none": a queue of Windows brings no word of the printer back`, `"none"：Windows 打印队列无法传回打印机的应答`})
	}
	k.oneOf(at+"status", p.Status, "ask", "never")
	if p.Status == "never" && p.Confirm != "none" {
		k.wrong(at+"confirm", notice.Phrase{`"none": a printer that is asked nothing confirms nothing`, `"none"：不查询状态的打印机无法确认打印`})
	}
	k.oneOf(at+"confirm", p.Confirm, confirmations(p.Language)...)
	if !slices.Contains([]float64{8, 11.811, 12, 23.622, 24}, p.DotsPerMM) {
		k.wrong(at+"dots_per_mm", "8 (203 dpi) | 11.811 (300 dpi) | 12 (305 dpi) | 23.622 (600 dpi) | 24 (609 dpi)")
	}
	k.oneOf(at+"media", p.Media, media(p.Language)...)
	k.whole(at+"band_rows", p.BandRows, 24, 1024)
	if p.HeadDots != 0 {
		k.whole(at+"head_dots", p.HeadDots, 64, 8192)
		if wide := int(math.Round(float64(p.Paper.Width) * p.DotsPerMM / 1000)); wide > p.HeadDots {
			k.wrong(at+"paper", notice.Phrase{
				fmt.Sprintf("paper no wider than its head: head_dots = %d at %g dots a millimetre is %.0f mm", p.HeadDots, p.DotsPerMM, float64(p.HeadDots)/p.DotsPerMM),
				fmt.Sprintf("不宽于打印头的纸张：head_dots = %d，每毫米 %g 点，即 %.0f 毫米", p.HeadDots, p.DotsPerMM, float64(p.HeadDots)/p.DotsPerMM),
			})
		}
	}
	k.size(at+"paper", p.Paper)
	k.whole(at+"roll", p.Roll, 0, 100_000)
	k.labelPrinter(at, p)
	k.duration(at+"dial_timeout", p.DialTimeout, 100*time.Millisecond, time.Minute)
	k.duration(at+"send_timeout", p.SendTimeout, 100*time.Millisecond, 10*time.Minute)
	k.duration(at+"confirm_timeout", p.ConfirmTimeout, 100*time.Millisecond, 10*time.Minute)
}

// confirmations are what can prove a print in a language.
func confirmations(language string) []string {
	switch language {
	case "escpos":
		return []string{"process-id", "none"}
	case "tspl", "zpl", "cpcl":
		return []string{"status", "none"}
	}
	return []string{"none"}
}

func media(language string) []string {
	switch language {
	case "tspl", "zpl", "cpcl":
		return []string{"label", "mark", "continuous", "as-set"}
	}
	return []string{"label", "label-ff", "continuous-cut"}
}

// labelPrinter looks at what the languages of label printers know. The drivers
// know their own limits.
func (k *checker) labelPrinter(at string, p Printer) {
	k.number(at+"gap", p.Gap, 0, 50)
	k.number(at+"offset_x", p.OffsetX, -50, 50)
	k.number(at+"offset_y", p.OffsetY, -50, 50)
	k.oneOf(at+"finish", p.Finish, "", "tear", "peel", "cut")
	switch p.Language {
	case "tspl":
		k.whole(at+"darkness", p.Darkness, 0, 15)
		k.number(at+"speed", p.Speed, 0, 18)
	case "zpl":
		k.whole(at+"darkness", p.Darkness, 0, 30)
		k.number(at+"speed", p.Speed, 0, 14)
	case "cpcl":
		k.whole(at+"darkness", p.Darkness, -99, 200)
		k.number(at+"speed", p.Speed, 0, 5)
	}
	if p.Language == "zpl" || p.Language == "cpcl" {
		if p.Speed != math.Trunc(p.Speed) {
			k.wrong(at+"speed", aWhole)
		}
	}
	k.oneOf(at+"zpl.ink", p.ZPL.Ink, "", "direct", "transfer")
	k.oneOf(at+"zpl.compression", p.ZPL.Compression, "", "z64", "hex")
	k.whole(at+"zpl.top", p.ZPL.Top, -120, 120)
	k.whole(at+"cpcl.resolution", p.CPCL.Resolution, 0, 600)
	k.whole(at+"cpcl.top_of_form", p.CPCL.TopOfForm, 0, 1000)
	k.whole(at+"cpcl.contrast", p.CPCL.Contrast, 0, 3)
	k.whole(at+"cpcl.present", p.CPCL.Present, 0, 2000)
}

func (k *checker) size(setting string, p Paper) {
	if p == (Paper{}) {
		k.missing(setting, `paper = "76x130"`)
	} else if p.Width < 20_000 || p.Width > 216_000 || p.Height < 20_000 || p.Height > 400_000 {
		k.wrong(setting, notice.Phrase{`width x height in millimetres, from "20x20" to "216x400"`, `宽x高（毫米），从 "20x20" 到 "216x400"`})
	}
}

func scheme(address string) string {
	s, _, _ := strings.Cut(address, ":")
	return strings.ToLower(s)
}

// formOf is what an address ought to be: of the kind that was meant, if that shows.
func formOf(address string) any {
	switch scheme(address) {
	case usb.Scheme:
		return notice.Phrase{
			`"usb://MAKER/MODEL", of two alike "usb://MAKER/MODEL?serial=NUMBER" or "usb://MAKER/MODEL?port=PORT", as miandan printers discover names it`,
			`"usb://厂家/型号"，有两台相同时用 "usb://厂家/型号?serial=序列号" 或 "usb://厂家/型号?port=接口"，可用 miandan printers discover 查看`,
		}
	case serial.Scheme:
		bauds := strings.Trim(fmt.Sprint(serial.Bauds), "[]")
		return notice.Phrase{
			`"serial:///dev/ttyUSB0?baud=115200" | "serial://COM3?baud=9600", with baud one of ` + bauds + `, and data=7 | 8, parity=none | even | odd, stop=1 | 2, flow=none | rtscts | xonxoff`,
			`"serial:///dev/ttyUSB0?baud=115200" | "serial://COM3?baud=9600"，baud 取 ` + bauds + ` 之一，可加 data=7 | 8、parity=none | even | odd、stop=1 | 2、flow=none | rtscts | xonxoff`,
		}
	}
	return `"tcp://HOST:9100" | "usb://MAKER/MODEL" | "serial:///dev/ttyUSB0?baud=115200" | "cups:///QUEUE" | "winspool:///QUEUE" | "file:///PATH" | "jd-component://127.0.0.1:9113/PRINTER" | "cainiao-component:///PRINTER" | "pdd-component:///PRINTER" | "douyin-component:///PRINTER" | "kuaishou-component:///PRINTER" | "xiaohongshu-component:///PRINTER"`
}

// printComponent reports whether an address is that of a platform's print component.
func printComponent(address string) bool {
	s := scheme(address)
	d, ok := cainiao.DialectOf(s)
	return s == component.Scheme || ok && s == d.Scheme()
}

var errAddress = errors.New("not an address of the form asked for")

// checkDevice sees that an address names a device; whether it is there shows
// when it is printed on. A password in it would be shown wherever the address
// is.
func checkDevice(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.User != nil || u.Opaque != "" || u.Fragment != "" {
		return errAddress
	}
	if u.Scheme == component.Scheme {
		_, err := component.Open(u)
		return err
	}
	if d, ok := cainiao.DialectOf(u.Scheme); ok && u.Scheme == d.Scheme() {
		_, err := d.Open(u)
		return err
	}
	ok := false
	switch u.Scheme {
	case "tcp":
		ok = u.Hostname() != "" && port(u.Port()) && strings.Trim(u.Path, "/") == ""
	case "cups":
		queue := strings.TrimPrefix(u.Path, "/")
		ok = queue != "" && !strings.ContainsAny(queue, "/#?")
	case winspool.Scheme:
		_, err := winspool.QueueName(u)
		ok = err == nil
	case usb.Scheme:
		_, err := usb.Open(u)
		ok = err == nil
	case serial.Scheme:
		_, err := serial.Open(u)
		ok = err == nil
	case "file":
		ok = u.Host == "" && len(u.Path) > 1
	}
	if !ok {
		return errAddress
	}
	return nil
}

// gateway sees that an address is one of a gateway and whether what is sent
// there can be read on the way.
func gateway(address string) (secure bool, err error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return false, errAddress
	}
	if u.Port() != "" && !port(u.Port()) {
		return false, errAddress
	}
	switch u.Scheme {
	case "https":
		return true, nil
	case "http":
		return loopbackHost(u.Hostname()), nil
	}
	return false, errAddress
}

// OnThisComputer reports whether a gateway's address is on this computer.
func OnThisComputer(address string) bool {
	u, err := url.Parse(address)
	return err == nil && loopbackHost(u.Hostname())
}

func loopback(address string) bool {
	host, p, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	n, err := strconv.ParseUint(p, 10, 16)
	return err == nil && n <= 65535 && loopbackHost(host)
}

func loopbackHost(host string) bool {
	if host == "localhost" {
		return true
	}
	a, err := netip.ParseAddr(host)
	return err == nil && a.IsLoopback()
}

func port(s string) bool {
	n, err := strconv.ParseUint(s, 10, 16)
	return err == nil && n > 0
}
