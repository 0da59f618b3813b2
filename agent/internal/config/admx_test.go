package config

import (
	"bytes"
	"encoding/xml"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	form "text/template"

	"miandan/agent/internal/notice"
)

var writeADMX = flag.Bool("admx", false, "write the templates for Group Policy into installer/windows/policy")

// policyFolder is where the installer takes them from.
const policyFolder = "../../../installer/windows/policy"

// laidDown are the tables of which Group Policy offers the settings: what a company
// decides for all its stations. All others can be laid down in the policy file.
var laidDown = []string{"print", "shipped", "privacy", "listen", "update", "log"}

// pinnable is a setting as the templates show it.
type pinnable struct {
	Described
	ID    string // of XML
	Truth bool
}

func pinnables(t *testing.T) (all []pinnable) {
	t.Helper()
	described, err := Describe(FileName, Template())
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range described {
		table, _, _ := strings.Cut(d.Name, ".")
		if d.Fixed || !slices.Contains(laidDown, table) {
			continue
		}
		for i, c := range d.Choices {
			d.Choices[i] = strings.Trim(c, `"`)
		}
		d.Default = strings.Trim(d.Default, `"`)
		all = append(all, pinnable{d, strings.NewReplacer(".", "_").Replace(d.Name), slices.Equal(d.Choices, []string{"true", "false"})})
	}
	return all
}

// TestGroupPolicyOffersTheSettings compares the templates for Group Policy with what
// the settings are now. With -admx it writes them.
func TestGroupPolicyOffersTheSettings(t *testing.T) {
	all := pinnables(t)
	if len(all) < 15 {
		t.Fatalf("only %d settings are offered", len(all))
	}
	for _, f := range []struct {
		path, form string
		language   notice.Language
	}{
		{"miandan.admx", "admx", notice.English}, {"en-US/miandan.adml", "adml", notice.English}, {"zh-CN/miandan.adml", "adml", notice.Chinese},
	} {
		text := form.Must(form.New("").Funcs(form.FuncMap{
			"says":  func(p notice.Phrase) string { return escaped(p[f.language]) },
			"words": func(english, chinese string) string { return escaped(notice.Phrase{english, chinese}[f.language]) },
			"x":     escaped,
		}).ParseFiles("testdata/" + f.form + ".tmpl"))
		var b bytes.Buffer
		if err := text.ExecuteTemplate(&b, f.form+".tmpl", all); err != nil {
			t.Fatal(err)
		}
		if err := xml.Unmarshal(b.Bytes(), new(struct{})); err != nil {
			t.Fatalf("%s: %v", f.path, err)
		}
		path := filepath.Join(policyFolder, f.path)
		if *writeADMX {
			if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := os.ReadFile(path); err != nil || !bytes.Equal(bytes.ReplaceAll(got, []byte("\r\n"), []byte("\n")), b.Bytes()) {
			t.Errorf("%s is not of these settings (%v); write it: go test ./agent/internal/config -run TestGroupPolicy -admx", f.path, err)
		}
	}
}

func escaped(s string) string {
	var b strings.Builder
	if xml.EscapeText(&b, []byte(s)) != nil {
		return ""
	}
	return b.String()
}

// TestWhatGroupPolicyOffersCanBeLaidDown pins every setting to what the templates
// offer: each choice, or what it comes as.
func TestWhatGroupPolicyOffersCanBeLaidDown(t *testing.T) {
	for _, p := range pinnables(t) {
		values := p.Choices
		if len(values) == 0 {
			values = []string{p.Default}
		}
		for _, v := range values {
			file, err := Pins{p.Name: v}.In(FileName, Template())
			if err != nil {
				t.Errorf("%s = %s: %v", p.Name, v, err)
				continue
			}
			if _, err := Parse(FileName, file); err != nil {
				t.Errorf("%s = %s: %v", p.Name, v, err)
			}
		}
		if p.Says[notice.English] == "" || p.Says[notice.Chinese] == "" {
			t.Errorf("%s is not explained: %q", p.Name, p.Says)
		}
	}
}
