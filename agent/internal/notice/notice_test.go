package notice

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

func TestEverySentence(t *testing.T) {
	seen := map[Code]bool{}
	codeForm := regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`)
	address := regexp.MustCompile(`(?i)https?:|www\.|\.(com|cn)\b`)
	oddVerb := regexp.MustCompile(`%[^\[a-z]`)
	for _, subject := range subjects() {
		for _, code := range slices.Sorted(maps.Keys(subject)) {
			t.Run(string(code), func(t *testing.T) {
				if seen[code] {
					t.Error("stands in two files")
				}
				seen[code] = true
				if !codeForm.MatchString(string(code)) {
					t.Error("a code is lower-case words with dashes")
				}
				en, zh := subject[code][English], subject[code][Chinese]
				if !strings.HasSuffix(en, ".") || !strings.HasSuffix(zh, "。") {
					t.Errorf("a sentence ends with a stop: %q, %q", en, zh)
				}
				if !strings.ContainsFunc(zh, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
					t.Errorf("no Chinese in %q", zh)
				}
				if strings.ContainsFunc(en, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
					t.Errorf("Chinese in %q", en)
				}
				if got, want := verbs(zh), verbs(en); !slices.Equal(got, want) {
					t.Errorf("verbs are %q in Chinese and %q in English", got, want)
				}
				for _, s := range subject[code] {
					if address.MatchString(s) {
						t.Errorf("an address stands in %q", s)
					}
					if oddVerb.MatchString(s) {
						t.Errorf("a verb other than %%s, %%v, %%q in %q", s)
					}
				}
			})
		}
	}
}

// verbs lists which argument is shown how, sorted.
func verbs(format string) []string {
	var list []string
	next := 1
	for _, m := range verb.FindAllStringSubmatch(format, -1) {
		if m[1] != "" {
			fmt.Sscan(m[1], &next)
		}
		list = append(list, fmt.Sprintf("%d%c", next, m[0][len(m[0])-1]))
		next++
	}
	slices.Sort(list)
	return slices.Compact(list)
}

func TestText(t *testing.T) {
	for _, c := range []struct {
		name string
		lang Language
		code Code
		args []any
		want string
	}{
		{"English", English, "order-paused", []any{"123"}, "Order 123 is on hold on the platform. See the reason there; when it is released, the label follows by itself."},
		{"Chinese", Chinese, "order-paused", []any{"123"}, "订单 123 已被平台暂停。请在平台查看原因；恢复后会自动打印。"},
		{"an argument too many", Chinese, "paper-out", []any{"bench 1", "x"}, "打印机 bench 1 缺纸。请装入新的纸卷；之后会自动继续，不会漏打。"},
		{"an argument too few", Chinese, "config-not-found", nil, "找不到设置文件 –。请先生成：miandan config init。"},
		{"a phrase", Chinese, "usage", []any{Phrase{"no order", "没有订单号"}}, "命令有误：没有订单号。加上 --help 可查看用法。"},
		{"a phrase that was written down", Chinese, "usage", []any{written(Phrase{"no order", "没有订单号"})}, "命令有误：没有订单号。加上 --help 可查看用法。"},
		{"numbered arguments", English, "disk-low", []any{"/data", 12}, "Only 12 MiB are left on the disk that holds /data. Make room before printing stops."},
		{"no sentence", English, "no-such-code", []any{"x"}, "Something went wrong inside the program (no-such-code). Nothing was lost. Send the log to support."},
	} {
		if got := Text(c.lang, c.code, c.args...); got != c.want {
			t.Errorf("%s: Text =\n%q, want\n%q", c.name, got, c.want)
		}
	}
}

// written is what encoding/json makes of a value that it reads again.
func written(v any) (again any) {
	b, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(b, &again)
	}
	if err != nil {
		panic(err) // of a test's own value
	}
	return again
}

func TestError(t *testing.T) {
	cause := errors.New("dial tcp: refused")
	err := fmt.Errorf("poll: %w", New("jd-busy", cause))
	if got, want := err.Error(), "poll: jd-busy: dial tcp: refused"; got != want {
		t.Errorf("Error() = %q, want %q", got, want)
	}
	if !errors.Is(err, cause) || CodeOf(err) != "jd-busy" {
		t.Errorf("the cause or the code is lost: %v, %s", err, CodeOf(err))
	}
	if got := CodeOf(cause); got != Internal {
		t.Errorf("CodeOf = %s, want %s", got, Internal)
	}
}

func TestLanguageOf(t *testing.T) {
	for _, c := range []struct {
		name string
		env  map[string]string
		want Language
	}{
		{"nothing set", nil, English},
		{"a Chinese system", map[string]string{"LANG": "zh_CN.UTF-8"}, Chinese},
		{"our own goes first", map[string]string{"MIANDAN_LANG": "en", "LC_ALL": "zh_CN.UTF-8"}, English},
		{"LC_ALL before LANG", map[string]string{"LC_ALL": "C", "LANG": "zh_CN.UTF-8"}, English},
		{"LC_MESSAGES before LANG", map[string]string{"LC_MESSAGES": "zh", "LANG": "en_US.UTF-8"}, Chinese},
		{"a tag", map[string]string{"MIANDAN_LANG": "zh-Hans-CN"}, Chinese},
		{"another language that begins alike", map[string]string{"LANG": "zha_CN"}, English},
	} {
		if got := LanguageOf(func(k string) string { return c.env[k] }); got != c.want {
			t.Errorf("%s: LanguageOf = %v, want %v", c.name, got, c.want)
		}
	}
}
