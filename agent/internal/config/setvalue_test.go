package config

import (
	"errors"
	"strings"
	"testing"

	"miandan/agent/internal/notice"
)

const settingsFile = "# mine\nstation = \"a\" # by the door\n\n[print]\n# not by itself\n  auto = true   # yet\nfresh = '1m'\n\n[[printer]]\nname = \"a\"\nurl = \"tcp://192.0.2.1:9100\"\npaper = \"76x130\"\n"

func TestSetValue(t *testing.T) {
	replaced := func(old, new string) string { return strings.Replace(settingsFile, old, new, 1) }
	for _, c := range []struct{ what, file, name, value, want string }{
		{"a truth", settingsFile, "print.auto", "false", replaced("auto = true ", "auto = false ")},
		{"a text without quotes", settingsFile, "station", `工位 "2"`, replaced(`"a" #`, `"工位 \"2\"" #`)},
		{"a text in quotes", settingsFile, "station", `'b'`, replaced(`"a" #`, `'b' #`)},
		{"a duration", settingsFile, "print.fresh", "90s", replaced("'1m'", `"90s"`)},
		{"of an entry", settingsFile, "printer.1.url", "tcp://192.0.2.9:9100", replaced("192.0.2.1", "192.0.2.9")},
		{"new in a section", settingsFile, "print.warn_ahead", "3h", replaced("[print]\n", "[print]\nwarn_ahead = \"3h\"\n")},
		{"a section that is new", settingsFile, "log.files", "9", settingsFile + "\n[log]\nfiles = 9\n"},
		{"a section in a section", settingsFile, "privacy.reveals_per_hour.packer", "5", settingsFile + "\n[privacy.reveals_per_hour]\npacker = 5\n"},
		{"of no section", settingsFile, "language", "zh", "language = \"zh\"\n" + settingsFile},
		{"Windows' lines", strings.ReplaceAll(settingsFile, "\n", "\r\n"), "log.files", "9", strings.ReplaceAll(settingsFile+"\n[log]\nfiles = 9\n", "\n", "\r\n")},
		{"a mark of UTF-8 first", "\ufeff" + settingsFile, "print.auto", "false", "\ufeff" + replaced("auto = true ", "auto = false ")},
		{"a mark, and of no section", "\ufeff" + settingsFile, "language", "zh", "\ufefflanguage = \"zh\"\n" + settingsFile},
		{"no end of the last line", "[print]", "print.auto", "false", "[print]\nauto = false\n"},
		{"an empty file", "", "print.auto", "false", "\n[print]\nauto = false\n"},
		{"in one line", "print = {auto = true, fresh = \"1m\"}\n", "print.auto", "false", "print = {auto = false, fresh = \"1m\"}\n"},
		{"a name with dots", "print.auto = true\n", "print.auto", "false", "print.auto = false\n"},
	} {
		got, err := SetValue("miandan.toml", []byte(c.file), c.name, c.value)
		if err != nil || string(got) != c.want {
			t.Errorf("%s: %v\n%q\nwant\n%q", c.what, err, got, c.want)
		}
	}
	for _, c := range []struct {
		what, file, name, value string
		is                      error
		code                    notice.Code
	}{
		{"no setting", settingsFile, "print.colour", "red", ErrNoSetting, ""},
		{"a table", settingsFile, "print", "1", ErrFixed, ""},
		{"a list", settingsFile, "jd.order_states", "[]", ErrFixed, ""},
		{"a list of tables", settingsFile, "printer", "[]", ErrFixed, ""},
		{"what an entry leaves out", settingsFile, "printer.1.roll", "500", ErrByHand, ""},
		{"an entry that is none", settingsFile, "printer.2.url", "tcp://192.0.2.1:9100", ErrByHand, ""},
		{"no truth", settingsFile, "print.auto", "perhaps", nil, "config-value"},
		{"lines", settingsFile, "print.auto", "true\n[jd]\nenabled = true", nil, "config-value"},
		{"no phone", settingsFile, "print.phone", "any", nil, "config-value"},
		{"a section in one line", "print = {fresh = \"1m\"}\n", "print.auto", "false", ErrByHand, ""},
		{"a file that is broken", "[print", "print.auto", "false", nil, "config-value"},
	} {
		got, err := SetValue("miandan.toml", []byte(c.file), c.name, c.value)
		var p Problems
		if err == nil || c.is != nil && !errors.Is(err, c.is) || c.code != "" && notice.CodeOf(err) != c.code && !(errors.As(err, &p) && p[0].Code == c.code) {
			t.Errorf("%s: %v, want %v %s\n%s", c.what, err, c.is, c.code, got)
		}
	}
}

func FuzzSetValue(f *testing.F) {
	f.Add([]byte(settingsFile), "print.auto", "false")
	f.Add([]byte(settingsFile), "station", "\"\"\" \n[x]")
	f.Add([]byte("print.\"auto\" = true # = \"\n[a]"), "print.auto", "1")
	f.Fuzz(func(t *testing.T, file []byte, name, value string) {
		got, err := SetValue("miandan.toml", file, name, value)
		if err != nil {
			return
		}
		if _, err := Parse("miandan.toml", got); err != nil {
			t.Fatalf("%v in\n%s", err, got)
		}
		was, is := leavesOf([]byte(strings.TrimPrefix(string(file), "\ufeff"))), leavesOf([]byte(strings.TrimPrefix(string(got), "\ufeff")))
		for other, v := range was {
			if other != name && is[other] != v {
				t.Errorf("%s was %s and is %s", other, v, is[other])
			}
		}
	})
}
