package config

import (
	"errors"
	"strings"
	"testing"

	"miandan/agent/internal/notice"
)

func TestQueuesOfWindows(t *testing.T) {
	for _, c := range []struct{ name, settings, language, wrong string }{
		{"through its driver", `url = "winspool:///Xprinter%20XP-420B"`, "page", ""},
		{"of another computer", `url = "winspool://packing-2/Labels"`, "page", ""},
		{"in the printer's language", "url = \"winspool:///Labels\"\nlanguage = \"tspl\"", "tspl", ""},
		{"without a queue", `url = "winspool://packing-2"`, "", "printer.url"},
		{"with a password", `url = "winspool://u:s3cret@packing-2/Labels"`, "", "printer.url"},
		{"that is to bring word back", "url = \"winspool:///Labels\"\nlanguage = \"tspl\"\nconfirm = \"status\"", "", "printer.confirm"},
	} {
		t.Run(c.name, func(t *testing.T) {
			conf, err := Parse("miandan.toml", []byte("[[printer]]\nname = \"bench-1\"\npaper = \"76x130\"\n"+c.settings))
			if c.wrong != "" {
				var problems Problems
				if !errors.As(err, &problems) || !strings.Contains(problems[0].Text(notice.English), c.wrong) || strings.Contains(err.Error(), "s3cret") {
					t.Errorf("Parse = %v, want a sentence about %s", err, c.wrong)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if p := conf.Printers[0]; p.Language != c.language || p.Confirm != "none" {
				t.Errorf("language %q, confirm %q, want %q, none", p.Language, p.Confirm, c.language)
			}
		})
	}
}
