package config

import (
	"bytes"
	"fmt"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

// whole is the template with every setting that is commented out put in and
// JD switched on. A setting begins right after its #, a sentence after a space.
func whole() []byte {
	text := regexp.MustCompile(`(?m)^#([^\s#])`).ReplaceAll(Template(), []byte("$1"))
	text = bytes.ReplaceAll(text, []byte(`'D:\orders'`), []byte("'"+os.TempDir()+"'"))
	return bytes.ReplaceAll(text, []byte("enabled = false"), []byte("enabled = true"))
}

func TestTheTemplateIsTheDefault(t *testing.T) {
	got, err := Parse("miandan.toml", Template())
	if err != nil {
		t.Fatal(err)
	}
	if want := Default(); !reflect.DeepEqual(got, want) {
		t.Errorf("Template() gives\n%+v, want the default\n%+v", got, want)
	}
}

func TestTheTemplateWithAllOfItPutInLoads(t *testing.T) {
	c, err := Parse("miandan.toml", whole())
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Printers) != 1 || len(c.Wujie) != 1 || len(c.Routes) != 4 {
		t.Errorf("%d printers, %d Wujie carriers, %d routes; want 1, 1, 4", len(c.Printers), len(c.Wujie), len(c.Routes))
	}
	// What it says of list entries must be what they get when it is left out.
	bare, err := Parse("miandan.toml", []byte("[[printer]]\nname=\"bench-1\"\nurl=\"tcp://192.168.1.50:9100\"\npaper=\"76x130\""))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprint(c.Printers[0]), fmt.Sprint(bare.Printers[0]); got != want {
		t.Errorf("the template's printer is\n%s, the default\n%s", got, want)
	}
}

func TestTheTemplateHasEverySetting(t *testing.T) {
	text := string(whole())
	var look func(t *testing.T, rt reflect.Type, table string)
	look = func(t *testing.T, rt reflect.Type, table string) {
		for f := range rt.Fields() {
			name := f.Tag.Get("toml")
			if name == "" {
				t.Errorf("%s has no name in the file", f.Name)
				continue
			}
			ft := f.Type
			if ft.Kind() == reflect.Slice {
				ft = ft.Elem()
			}
			if ft.Kind() == reflect.Map && ft.Elem().Kind() == reflect.Struct {
				if !strings.Contains(text, "["+table+"."+name+".") {
					t.Errorf("no [%s.%s.…] in the template", table, name)
				}
				look(t, ft.Elem(), table+"."+name)
				continue
			}
			if ft.Kind() == reflect.Struct && !isText(ft) && name != "when" {
				here := strings.TrimPrefix(table+"."+name, ".")
				if !strings.Contains(text, "["+here+"]") {
					t.Errorf("no [%s] in the template", here)
				}
				look(t, ft, here)
				continue
			}
			if !regexp.MustCompile(`(?m)(^|[{,] ?)`+name+` = `).MatchString(text) && !strings.Contains(text, "["+table+"."+name+"]") {
				t.Errorf("no %s.%s in the template", table, name)
			}
		}
	}
	look(t, reflect.TypeFor[Config](), "")
	look(t, reflect.TypeFor[When](), "route.when")
}
