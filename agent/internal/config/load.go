package config

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"

	"miandan/agent/internal/notice"
	"miandan/agent/internal/secret"
)

// Problems is all that is wrong with a file, in the order of its lines. It is
// each of its errors to errors.As and errors.Is.
type Problems []*notice.Error

func (p Problems) Error() string {
	texts := make([]string, len(p))
	for i, e := range p {
		texts[i] = e.Error()
	}
	return strings.Join(texts, "\n")
}

func (p Problems) Unwrap() []error {
	list := make([]error, len(p))
	for i, e := range p {
		list[i] = e
	}
	return list
}

// Load reads and checks a settings file. Its error is a *notice.Error, or
// Problems if the file can be read and something in it is wrong.
func Load(path string) (*Config, error) {
	file, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, notice.New("config-not-found", err, path)
	case err != nil:
		return nil, notice.New("config-unreadable", err, path)
	}
	return Parse(path, file)
}

// Parse is Load for a file that is in memory. Folders in it are taken from the
// folder of path.
func Parse(path string, file []byte) (*Config, error) {
	file = bytes.TrimPrefix(file, []byte("\ufeff")) // Windows' editor begins files so
	if !utf8.Valid(file) {
		valid := 0
		for r, size := utf8.DecodeRune(file); r != utf8.RuneError || size > 1; r, size = utf8.DecodeRune(file[valid:]) {
			valid += size
		}
		line := 1 + bytes.Count(file[:valid], []byte("\n"))
		return nil, syntax(path, line, notice.Phrase{"the file is not saved as UTF-8", "文件没有保存为 UTF-8 编码"})
	}
	at := newIndex(file)
	if p := secretsIn(path, at); len(p) > 0 {
		return nil, p
	}
	if p := formsIn(path, at); len(p) > 0 {
		return nil, p
	}
	c := Default()
	if err := toml.NewDecoder(bytes.NewReader(file)).DisallowUnknownFields().Decode(c); err != nil {
		return nil, explain(path, at, err)
	}
	if err := c.models(path, at); err != nil {
		return nil, err
	}
	c.fillIn()
	if p := check(c, path, at); len(p) > 0 {
		return nil, p
	}
	paths := []*string{&c.Labels.Layouts, &c.Print.Places, &c.JD.Voucher}
	for i := range c.Folders {
		paths = append(paths, &c.Folders[i].Path)
	}
	for _, file := range paths {
		if *file != "" && !filepath.IsAbs(*file) {
			*file = filepath.Join(filepath.Dir(path), *file)
		}
	}
	return c, nil
}

func syntax(path string, line int, what any) *notice.Error {
	return notice.New("config-syntax", nil, path, line, what)
}

// explain turns the decoder's error into sentences.
func explain(path string, at index, err error) error {
	var strict *toml.StrictMissingError
	if errors.As(err, &strict) {
		var p Problems
		for _, e := range strict.Errors {
			line, _ := e.Position()
			p = append(p, unknown(path, line, e.Key()))
		}
		return p
	}
	var decode *toml.DecodeError
	if !errors.As(err, &decode) {
		return syntax(path, 1, strings.TrimPrefix(err.Error(), "toml: "))
	}
	line, _ := decode.Position()
	setting := at.at(line)
	allowed, known := expected(setting)
	if _, known := at.places[setting]; known && at.places[setting].line != line {
		return syntax(path, line, strings.TrimPrefix(decode.Error(), "toml: "))
	}
	if !known {
		return syntax(path, line, strings.TrimPrefix(decode.Error(), "toml: "))
	}
	return Problems{wrong(path, at, setting, allowed)}
}

// wrong says that a setting's value cannot be, and what can. What is known of
// a person, or may hold a password, is not repeated.
func wrong(path string, at index, setting string, allowed any) *notice.Error {
	var value any = at.places[setting].value
	if value == "" || strings.HasPrefix(setting, "sender.") || setting == "jd.gateway" || strings.HasSuffix(setting, ".url") {
		value = notice.Phrase{"what stands there", "现在的内容"}
	}
	return notice.New("config-value", nil, path, at.line(setting), plain(setting), value, allowed)
}

// unknown names the setting that was probably meant.
func unknown(path string, line int, key []string) *notice.Error {
	parent, leaf := strings.Join(key[:len(key)-1], "."), key[len(key)-1]
	name := strings.Join(key, ".")
	here := settings(parent)
	if best := nearest(leaf, here); best != "" {
		return notice.New("config-unknown-key", nil, path, line, name, join(parent, best))
	}
	for _, table := range append([]string{""}, settings("")...) {
		if table != parent && slices.Contains(settings(table), leaf) {
			return notice.New("config-unknown-key", nil, path, line, name, join(table, leaf))
		}
	}
	return notice.New("config-unknown-key-here", nil, path, line, name, strings.Join(here, ", "))
}

// formsIn finds what the decoder would say in the words of a parser or with
// the wrong line: a setting that stands twice, a table in place of a list, a
// bare number in place of a text.
func formsIn(path string, at index) Problems {
	var p Problems
	for _, again := range at.twice {
		p = append(p, syntax(path, again.line, notice.Phrase{"this setting stands here a second time", "此设置重复出现"}))
	}
	for _, setting := range at.order {
		t, here := typeOf(setting), at.places[setting]
		if t == nil {
			continue
		}
		list := t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Struct
		table := t.Kind() == reflect.Struct && !isText(t) || t.Kind() == reflect.Map
		quoted := strings.HasPrefix(here.value, `"`) || strings.HasPrefix(here.value, "'")
		switch {
		case list && here.value == "" && !here.entry:
			p = append(p, wrong(path, at, setting, someList))
		case table && here.entry, table && here.value != "" && !strings.HasPrefix(here.value, "{"):
			p = append(p, wrong(path, at, setting, someTable))
		case isText(t) && !quoted:
			allowed, _ := expected(setting)
			p = append(p, wrong(path, at, setting, allowed))
		}
	}
	return p
}

// secretsIn finds secrets that stand in the file under any table, also where
// the name is not quite right: a secret in a file is one whatever its name.
func secretsIn(path string, at index) Problems {
	names := map[string]string{
		"app_secret": secret.JDAppSecret, "appsecret": secret.JDAppSecret, "secret": secret.JDAppSecret,
		"secret_key": secret.JDAppSecret, "app_secret_key": secret.JDAppSecret,
		"access_token": secret.JDAccessToken, "accesstoken": secret.JDAccessToken, "token": secret.JDAccessToken,
		"session_key": secret.JDAccessToken, "refresh_token": secret.JDAccessToken,
	}
	jdl := map[string]string{}
	for leaf, name := range names {
		jdl[leaf] = "jdl" + strings.TrimPrefix(name, "jd")
	}
	var p Problems
	for _, setting := range at.order {
		if strings.HasPrefix(setting, "account[") {
			continue // its carrier knows which are secrets
		}
		of := names
		if strings.HasPrefix(setting, "jdl.") {
			of = jdl
		}
		leaf := setting[strings.LastIndexByte(setting, '.')+1:]
		leaf = strings.ReplaceAll(strings.ToLower(leaf), "-", "_")
		if name, is := of[leaf]; is && at.places[setting].value != "" {
			p = append(p, notice.New("config-secret-in-file", nil, path, at.line(setting), setting, name))
		}
	}
	return p
}
