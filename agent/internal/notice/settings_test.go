package notice_test

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"miandan/agent/internal/config"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/secret"
)

// What a sentence sends people to is there: a setting jd.app_key, a section
// [jdl] or [[route]], a secret of `miandan config secret`.
func TestSentencesNameSettingsThatExist(t *testing.T) {
	var sections []string
	for f := range reflect.TypeFor[config.Config]().Fields() {
		if name := f.Tag.Get("toml"); name != "" {
			sections = append(sections, name)
		}
	}
	dotted := regexp.MustCompile(`\b(?:` + strings.Join(sections, "|") + `)\.[a-z_]+(?:\.[a-z_]+)*`)
	section := regexp.MustCompile(`\[{1,2}([a-z._]+)\]`)
	asked := regexp.MustCompile(`config secret ([a-z._]+[a-z])`)
	found := 0
	for _, code := range notice.Codes() {
		for _, l := range []notice.Language{notice.English, notice.Chinese} {
			text := notice.Text(l, code)
			for _, m := range asked.FindAllStringSubmatch(text, -1) {
				if found++; !slices.Contains(secret.Names(), m[1]) {
					t.Errorf("%s: there is no secret %s", code, m[1])
				}
			}
			names := dotted.FindAllString(text, -1)
			for _, m := range section.FindAllStringSubmatch(text, -1) {
				names = append(names, m[1])
			}
			for _, name := range names {
				if found++; !slices.Contains(secret.Names(), name) && !setting(reflect.TypeFor[config.Config](), name) {
					t.Errorf("%s: there is no setting %s", code, name)
				}
			}
		}
	}
	if found < 20 {
		t.Errorf("only %d settings and secrets are named in all sentences; are they still found?", found)
	}
}

// setting reports whether a type has a setting: jd.oaid.off.
func setting(t reflect.Type, name string) bool {
	first, rest, deeper := strings.Cut(name, ".")
	for t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return !deeper // a key of a map of texts
	}
	for f := range t.Fields() {
		if f.Tag.Get("toml") == first {
			return !deeper || setting(f.Type, rest)
		}
	}
	return false
}
