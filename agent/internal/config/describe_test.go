package config

import (
	"slices"
	"strings"
	"testing"

	"miandan/agent/internal/notice"
)

func TestDescribe(t *testing.T) {
	file := settingsFile + "\n[sender]\nname = \"演示张三\"\nphone = \"13800000001\"\naddress = \"演示路1号\"\n"
	list, err := Describe("miandan.toml", []byte(file))
	if err != nil {
		t.Fatal(err)
	}
	of := map[string]Described{}
	for _, d := range list {
		if _, twice := of[d.Name]; twice {
			t.Errorf("%s is there twice", d.Name)
		}
		of[d.Name] = d
		if !strings.Contains(d.Name, ".1.") && (d.Says[notice.English] == "" || d.Says[notice.Chinese] == "") {
			t.Errorf("nothing is said of %s: %q", d.Name, d.Says)
		}
	}
	for name, want := range map[string]Described{
		"station":                         {Value: `"a"`, Default: `""`, Set: true},
		"language":                        {Value: `""`, Default: `""`, Choices: []string{`""`, `"zh"`, `"en"`}},
		"print.auto":                      {Value: "true", Default: "true", Set: true, Choices: []string{"true", "false"}},
		"print.fresh":                     {Value: `"1m"`, Default: `"1m"`, Set: true},
		"print.phone":                     {Value: `"real"`, Default: `"real"`, Choices: []string{`"real"`, `"virtual"`}},
		"privacy.history":                 {Value: `"180d"`, Default: `"180d"`},
		"privacy.reveals_per_hour.packer": {Value: "20", Default: "20"},
		"labels.paper":                    {Value: `"76x130"`, Default: `"76x130"`},
		"jd.pause_ignored":                {Value: "[]", Default: "[]", Fixed: true},
		"express.weight":                  {Value: "1.0", Default: "1.0"},
		"printer.1.url":                   {Value: `"tcp://192.0.2.1:9100"`, Set: true},
		"printer.1.language":              {Value: `"escpos"`, Fixed: true},
	} {
		got, known := of[name]
		if !known || got.Value != want.Value || got.Default != want.Default || got.Set != want.Set || got.Fixed != want.Fixed || want.Choices != nil && !slices.Equal(got.Choices, want.Choices) {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
	}
	for _, name := range []string{"sender.name", "sender.phone", "sender.address"} {
		if v := of[name].Value; strings.Contains(v, "张三") || strings.Contains(v, "0001\"") && !strings.Contains(v, "••") || strings.Contains(v, "演示路") {
			t.Errorf("%s is shown as %s", name, v)
		}
	}
	if says := of["print.auto"].Says; !strings.HasPrefix(says[notice.English], "Print new orders by themselves") || !strings.HasPrefix(says[notice.Chinese], "新订单自动打印") {
		t.Errorf("of print.auto is said %q", says)
	}
	if len(list) < 100 {
		t.Errorf("%d settings", len(list))
	}
}
