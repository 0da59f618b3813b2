package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/templates/pii"
)

// good is a file with everything that can go wrong in a test, right.
const good = `station = "bench 1"

[jd]
enabled = true
app_key = "K"
vender_id = "10000001"
shop = "演示旗舰店"
gateway = "http://127.0.0.1:8080/routerjson"

[sender]
name = "发货仓"
phone = "027-00000000"
province = "湖北"
city = "武汉市"
address = "演示路1号"

[express]
enabled = true
customer_code = "010K0000000"

[[wujie]]
provider_code = "ZTO"
branch_code = "210001"

[[wujie]]
provider_code = "YTO"
settlement_code = "1"
template = "own"

[[route]]
when = { shipment = "jd-express" }
carrier = "jd-express"
[[route]]
when = { province = "新疆", note_contains = ["京东快递", "发京东"] }
carrier = "jd-express"
[[route]]
carrier = "wujie/ZTO"

[[printer]]
name = "bench-1"
url = "tcp://127.0.0.1:9100"
paper = "76 × 130"
[[printer]]
name = "队列"
url = "cups:///labels"
paper = "100x150"
dots_per_mm = 12

[privacy]
purge_after = "2d"
`

func TestParse(t *testing.T) {
	c, err := Parse("miandan.toml", []byte(good))
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		name      string
		got, want any
	}{
		{"a default", c.JD.PollEvery.Duration, 20 * time.Second},
		{"days", c.Privacy.PurgeAfter.Duration, 48 * time.Hour},
		{"paper", c.Printers[0].Paper, Paper{76_000, 130_000}},
		{"a printer's language", c.Printers[0].Language, "escpos"},
		{"a queue's language", c.Printers[1].Language, "page"},
		{"a queue's confirmation", c.Printers[1].Confirm, "none"},
		{"Wujie's vendor", c.Wujie[0].VendorCode, "10000001"},
		{"Wujie's shop", c.Wujie[0].VendorName, "演示旗舰店"},
		{"layouts of JD Express", strings.Join(c.Layouts("jd-express"), " "), "jd-express-76x130"},
		{"layouts of ZTO", strings.Join(c.Layouts("wujie/ZTO"), " "), "zto-76x130 wujie-76x130"},
		{"layouts of YTO", strings.Join(c.Layouts("wujie/YTO"), " "), "own"},
		{"layouts of a stranger", strings.Join(c.Layouts("wujie/STO"), " "), ""},
		{"sender's address", c.Sender.Party().Address.Reveal(), "湖北武汉市演示路1号"},
	} {
		if x.got != x.want {
			t.Errorf("%s = %v, want %v", x.name, x.got, x.want)
		}
	}
}

func TestWaysToAPrinter(t *testing.T) {
	for _, address := range []string{
		"tcp://10.0.0.9:9100", "file:///dev/usb/lp0", "usb://Gprinter/GP-1324D", "usb://佳博/GP-1324D?serial=A1", "usb://0416/5011?port=1-2.4",
		"serial:///dev/ttyUSB0?baud=115200&parity=none&flow=rtscts", "serial:///dev/serial/by-id/usb-x?baud=9600", "serial://COM3?baud=9600",
	} {
		c, err := Parse("miandan.toml", []byte(strings.Replace(good, "tcp://127.0.0.1:9100", address, 1)))
		if err != nil {
			t.Errorf("%s: %v", address, err)
		} else if c.Printers[0].URL != address {
			t.Errorf("%s came back as %s", address, c.Printers[0].URL)
		}
	}
}

func TestAByteOrderMarkAndWindowsLinesAreTaken(t *testing.T) {
	if _, err := Parse("miandan.toml", []byte("\ufeff"+strings.ReplaceAll(good, "\n", "\r\n"))); err != nil {
		t.Error(err)
	}
}

func TestCarrier(t *testing.T) {
	c, err := Parse("miandan.toml", []byte(good))
	if err != nil {
		t.Fatal(err)
	}
	to := func(province string) order.Order {
		var o order.Order
		o.Receiver.Address = pii.NewAddress(pii.Region{Province: province}, "x")
		return o
	}
	shipment := to("湖北")
	shipment.Shipment = "jd-express"
	noted := to("新疆维吾尔自治区")
	noted.Note = "请发京东"
	for _, x := range []struct {
		name string
		o    order.Order
		want string
	}{
		{"the platform's word", shipment, "jd-express"},
		{"province and note", noted, "jd-express"},
		{"province alone", to("新疆"), "wujie/ZTO"},
		{"anything else", to("湖北"), "wujie/ZTO"},
	} {
		if got, ok := c.Carrier(x.o); !ok || got != x.want {
			t.Errorf("%s: Carrier = %q, %v, want %q", x.name, got, ok, x.want)
		}
	}
	c.Routes = c.Routes[:2]
	if got, ok := c.Carrier(to("湖北")); ok {
		t.Errorf("Carrier without a rule = %q", got)
	}
}

func TestEveryMistakeIsNamed(t *testing.T) {
	for _, x := range []struct {
		name     string
		old, new string // what is changed in good
		code     notice.Code
		says     []string
	}{
		{"a slip in a name", "shop =", "shopp =", "config-unknown-key", []string{"line 7", "jd.shopp", "jd.shop "}},
		{"a slip in a list entry", "paper = \"100x150\"", "papper = \"100x150\"", "config-unknown-key", []string{"printer.papper", "printer.paper"}},
		{"a slip in a table", "[privacy]", "[privasy]", "config-unknown-key", []string{"privasy", "privacy"}},
		{"a setting in the wrong table", "station =", "app_key = \"K\"\nstation =", "config-unknown-key", []string{"line 1", "app_key", "jd.app_key"}},
		{"a setting that is none", "shop =", "colour =", "config-unknown-key-here", []string{"jd.colour", "vender_id, shop"}},
		{"a secret", "app_key = \"K\"", "app_secret = \"s3cret\"", "config-secret-in-file", []string{"line 5", "jd.app_secret", "miandan config secret jd.app_secret"}},
		{"a secret by another name", "app_key = \"K\"", "access-token = \"s3cret\"", "config-secret-in-file", []string{"miandan config secret jd.access_token"}},
		{"no quotes", "\"演示旗舰店\"", "演示旗舰店", "config-syntax", []string{"line 7"}},
		{"half a table name", "[jd]", "[jd", "config-syntax", []string{"line 3"}},
		{"twice the same", "app_key = \"K\"", "app_key = \"K\"\napp_key = \"L\"", "config-syntax", []string{"line 6"}},
		{"a number for a text", "\"10000001\"", "10000001", "config-value", []string{"line 6", "jd.vender_id cannot be 10000001", "double quotes"}},
		{"a text for a truth", "enabled = true\napp", "enabled = \"yes\"\napp", "config-value", []string{"line 4", `jd.enabled cannot be "yes"`, "true or false"}},
		{"a duration without a unit", `purge_after = "2d"`, `purge_after = "2"`, "config-value", []string{`privacy.purge_after cannot be "2"`, `"24h"`}},
		{"a duration as a number", `purge_after = "2d"`, `purge_after = 2`, "config-value", []string{`privacy.purge_after cannot be 2`, `"24h"`}},
		{"a duration too long", `purge_after = "2d"`, `purge_after = "31d"`, "config-value", []string{`privacy.purge_after cannot be "31d"`, `to "30d"`}},
		{"a warning before anything is paid", "[privacy]", "[print]\nwarn_ahead = \"3d\"\n[privacy]", "config-value", []string{`print.warn_ahead cannot be "3d"`, `from "0s" to "2d"`}},
		{"one bracket for a list", "[[printer]]\nname = \"bench-1\"", "[printer]\nname = \"bench-1\"", "config-value", []string{"printer", "two brackets"}},
		{"paper without a size", `"76 × 130"`, `"A6"`, "config-value", []string{"printer.paper", `"76x130"`}},
		{"paper in the wrong unit", `"76 × 130"`, `"7.6x13"`, "config-value", []string{"printer.paper", `"20x20"`}},
		{"no paper", "paper = \"100x150\"\n", "", "config-missing", []string{"printer.paper", `paper = "76x130"`}},
		{"no app key", "app_key = \"K\"\n", "", "config-missing", []string{"jd.app_key"}},
		{"no branch", "branch_code = \"210001\"\n", "", "config-missing", []string{"wujie.branch_code", "settlement_code"}},
		{"a carrier twice", `"YTO"`, `"ZTO"`, "config-twice", []string{"wujie.provider_code", "ZTO"}},
		{"a printer twice", `"队列"`, `"bench-1"`, "config-twice", []string{"printer.name", "bench-1"}},
		{"a carrier that is not there", `"wujie/ZTO"`, `"wujie/STO"`, "config-value", []string{"route.carrier", `"wujie/STO"`, `"jd-express" | "wujie/ZTO" | "wujie/YTO"`}},
		{"a route behind one that takes all", "when = { shipment = \"jd-express\" }\n", "", "config-route-unreached", []string{"line"}},
		{"a dense head", "dots_per_mm = 12", "dots_per_mm = 300", "config-value", []string{"printer.dots_per_mm cannot be 300", "11.811 (300 dpi)"}},
		{"a printer's address", "tcp://127.0.0.1:9100", "127.0.0.1", "config-value", []string{"printer.url", "tcp://HOST:9100"}},
		{"a USB printer without a model", "tcp://127.0.0.1:9100", "usb://Gprinter", "config-value", []string{"printer.url", "usb://MAKER/MODEL?serial=NUMBER"}},
		{"a port where none can be", "tcp://127.0.0.1:9100", "usb://0416:5011/x", "config-value", []string{"printer.url", "usb://MAKER/MODEL"}},
		{"a speed that no printer has", "tcp://127.0.0.1:9100", "serial:///dev/ttyUSB0?baud=115220", "config-value", []string{"printer.url", "57600 115200"}},
		{"a serial line without a speed", "tcp://127.0.0.1:9100", "serial://COM3", "config-value", []string{"printer.url", "serial://COM3?baud=9600"}},
		{"a setting that a serial line has not", "tcp://127.0.0.1:9100", "serial://COM3?baud=9600&handshake=hard", "config-value", []string{"printer.url", "flow=none | rtscts | xonxoff"}},
		{"a password in an address", "cups:///labels", "cups://u:s3cret@host/labels", "config-value", []string{"printer.url"}},
		{"dots for a queue", "url = \"cups:///labels\"", "url = \"cups:///labels\"\nlanguage = \"escpos\"", "config-value", []string{"printer.language", `"page"`}},
		{"http to another computer", "http://127.0.0.1:8080", "http://10.0.0.1:8080", "config-value", []string{"jd.gateway", "plain_http"}},
		{"a gateway that is none", "http://127.0.0.1:8080/routerjson", "api.jd.com", "config-value", []string{"jd.gateway", "https://HOST"}},
		{"a page for all the network", "[privacy]", "[listen]\naddress = \"0.0.0.0:80\"\n[privacy]", "config-value", []string{"listen.address", "127.0.0.1:0"}},
		{"a masked phone", "027-00000000", "138****5678", "config-value", []string{"line 12", "sender.phone", "asterisks"}},
		{"our own mask", "027-00000000", "138••••5678", "config-value", []string{"sender.phone"}},
		{"no sender", "name = \"发货仓\"\n", "", "config-missing", []string{"sender.name"}},
		{"a folder that is not there", "[privacy]", "[labels]\nlayouts = \"nowhere\"\n[privacy]", "config-value", []string{"labels.layouts", "folder"}},
		{"a Windows path in double quotes", "[privacy]", "[labels]\nlayouts = \"C:\\labels\"\n[privacy]", "config-syntax", []string{"line"}},
		{"another encoding", "演示旗舰店", "\xd1\xdd\xca\xbe", "config-syntax", []string{"line 7", "UTF-8"}},
	} {
		t.Run(x.name, func(t *testing.T) {
			if !strings.Contains(good, x.old) {
				t.Fatalf("the file has no %q", x.old)
			}
			_, err := Parse("miandan.toml", []byte(strings.Replace(good, x.old, x.new, 1)))
			var n *notice.Error
			if !errors.As(err, &n) || n.Code != x.code {
				t.Fatalf("Parse = %v (%s), want %s", err, notice.CodeOf(err), x.code)
			}
			text := n.Text(notice.English)
			for _, want := range x.says {
				if !strings.Contains(text, want) {
					t.Errorf("%q does not say %q", text, want)
				}
			}
			for _, never := range []string{"s3cret", "138****", "•", "–"} {
				if all := text + err.Error() + n.Text(notice.Chinese); strings.Contains(all, never) {
					t.Errorf("%q says %q", all, never)
				}
			}
		})
	}
}

func TestAllMistakesAreSaidAtOnceByLine(t *testing.T) {
	bad := strings.NewReplacer(`"2d"`, `"31d"`, `"100x150"`, `"1x1"`, "app_key = \"K\"\n", "").Replace(good)
	_, err := Parse("miandan.toml", []byte(bad))
	var p Problems
	if !errors.As(err, &p) || len(p) != 3 {
		t.Fatalf("Parse = %v, want 3 problems", err)
	}
	for i, want := range []string{"printer.paper", "privacy.purge_after", "jd.app_key"} {
		if text := p[i].Text(notice.English); !strings.Contains(text, want) {
			t.Errorf("problem %d is %q, want one of %s", i, text, want)
		}
	}
}

func TestLoad(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, FileName)
	if _, err := Load(path); notice.CodeOf(err) != "config-not-found" {
		t.Errorf("Load of no file = %v, want config-not-found", err)
	}
	if err := os.Mkdir(filepath.Join(dir, "mine"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("[labels]\nlayouts = \"mine\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := c.Labels.Layouts, filepath.Join(dir, "mine"); got != want {
		t.Errorf("Layouts = %q, want %q", got, want)
	}
	if _, err := Load(dir); notice.CodeOf(err) != "config-unreadable" {
		t.Errorf("Load of a folder = %v, want config-unreadable", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(good))
	f.Add(Template())
	f.Add([]byte("a=[{b={c=1}}]\n[[printer]]\n[printer.x]"))
	f.Add([]byte("[printer]\nname=1"))
	f.Add([]byte("\xff"))
	f.Fuzz(func(t *testing.T, file []byte) {
		c, err := Parse("miandan.toml", file)
		var n *notice.Error
		if err != nil && !errors.As(err, &n) {
			t.Errorf("Parse = %v, not a notice", err)
		}
		if (c == nil) == (err == nil) {
			t.Errorf("Parse = %v, %v", c, err)
		}
	})
}

func TestAMissingComponentIsSaidOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), FileName)
	text := "[[wujie]]\nprovider_code = \"ZTO\"\nway = \"sealed\"\n[[wujie]]\nprovider_code = \"YTO\"\nway = \"sealed\"\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Load(path)
	if n := strings.Count(err.Error(), "jd-component://127.0.0.1:9113"); n != 1 {
		t.Errorf("it is said %d times:\n%v", n, err)
	}
}
