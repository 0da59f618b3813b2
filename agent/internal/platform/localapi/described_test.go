package localapi_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"miandan/agent/internal/platform/localapi"
)

// Each field that is described is read, within the limits that the description says.
func TestTheDescriptionIsTrue(t *testing.T) {
	for at, described := range map[string]reflect.Type{
		"": reflect.TypeFor[localapi.NewOrder](), "receiver": reflect.TypeFor[localapi.NewReceiver](), "items": reflect.TypeFor[localapi.NewItem](),
	} {
		known := 0
		for f := range described.Fields() {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			ask := func(value string) string {
				body := fmt.Sprintf(`{%q:%s}`, name, value)
				switch at {
				case "receiver":
					body = `{"receiver":` + body + `}`
				case "items":
					body = `{"items":[` + body + `]}`
				}
				for _, w := range one(t, body).Wrong {
					if strings.HasSuffix("."+w.Field, "."+name) {
						return string(w.Why.Code)
					}
				}
				return ""
			}
			if got := ask(`{"演示":1}`); got == "handed-field" {
				t.Errorf("%s.%s is described and not read", at, name)
			}
			known++
			var most int
			if fmt.Sscan(f.Tag.Get("maxLength"), &most); most > 0 {
				if got := ask(`"` + strings.Repeat("7", most) + `"`); got == "handed-long" {
					t.Errorf("%s.%s may be %d characters long and is refused", at, name, most)
				}
				if got := ask(`"` + strings.Repeat("7", most+1) + `"`); got != "handed-long" {
					t.Errorf("%s.%s may be %d characters long, and a longer one is %q", at, name, most, got)
				}
			}
			for bound, step := range map[string]int{"minimum": -1, "maximum": 1} {
				var n int
				if tag := f.Tag.Get(bound); tag != "" {
					fmt.Sscan(tag, &n)
					if in, out := ask(fmt.Sprint(n)), ask(fmt.Sprint(n+step)); in != "" || out != "handed-number" {
						t.Errorf("%s.%s: its %s %d is %q, and one beyond %q", at, name, bound, n, in, out)
					}
				}
			}
			if words := f.Tag.Get("enum"); words != "" {
				for _, w := range strings.Split(words, ",") {
					if got := ask(`"` + w + `"`); got != "" {
						t.Errorf("%s.%s may be %s and is %q", at, name, w, got)
					}
				}
			}
		}
		if known < 3 {
			t.Errorf("%d fields of %q are described", known, at)
		}
	}
}
