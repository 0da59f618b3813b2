package templates_test

import (
	"errors"
	"flag"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"miandan/printer/bitmap"
	"miandan/templates"
	"miandan/templates/pdf"
	"miandan/templates/pdf/pdftest"
	"miandan/templates/pii"
	"miandan/templates/raster"
	"miandan/templates/scene"
	"miandan/templates/waybill"

	"bytes"
)

var update = flag.Bool("update", false, "write the pictures anew")

// edges is how many dots of a glyph's edge may differ from the picture: the
// language lets compilers fuse floating-point operations, and arm64 does.
const edges = 40

func sample(t testing.TB, name string) waybill.Label {
	t.Helper()
	f, err := os.Open("layouts/samples/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	l, err := waybill.ReadFile(f)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func layout(t testing.TB, name string) *templates.Template {
	t.Helper()
	library, err := templates.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	l, err := library.Get(name)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func compose(t testing.TB, name string, l waybill.Label, g scene.Grid) (*scene.Page, *bitmap.Image) {
	t.Helper()
	p, err := layout(t, name).Compose(l, g)
	if err != nil {
		t.Fatal(err)
	}
	m, err := raster.Render(p)
	if err != nil {
		t.Fatal(err)
	}
	if err := raster.Check(p, m); err != nil {
		t.Fatal(err)
	}
	return p, m
}

// labels are what every layout is looked at with.
func labels(t testing.TB) map[string]waybill.Label {
	all := map[string]waybill.Label{}
	for _, s := range []string{"wujie", "jd-express"} {
		name := s + "-76x130"
		plain := sample(t, s)
		all[name+" sample"] = plain

		long := plain
		long.Receiver.Name = pii.NewName("欧阳演示名字很长的收件人")
		long.Receiver.Address = pii.NewAddress(pii.Region{Province: "广东", City: "深圳市", District: "南山区", Town: "演示街道"},
			strings.Repeat("演示科技园区第二期", 7)+"8栋B座1203室")
		long.Remark = "请在工作日下午送达，放在门口的柜子上，谢谢；若无人请放前台。"
		all[name+" long"] = long

		second := plain
		second.Parcels = []waybill.Parcel{plain.Parcels[0], plain.Parcels[0]}
		second.Parcels[0].Count, second.Parcels[1].Index, second.Parcels[1].Count = 2, 2, 2
		second.Parcel, second.Copy, second.Remark = 1, 1, ""
		second.Receiver.Phone = pii.NewPhone("17000000000-4740")
		second.PhoneKind = waybill.PhoneVirtual
		second.HideName, second.HidePhone = true, s == "jd-express"
		all[name+" second parcel"] = second
	}
	return all
}

func TestPictures(t *testing.T) {
	for title, l := range labels(t) {
		t.Run(title, func(t *testing.T) {
			name, _, _ := strings.Cut(title, " ")
			p, m := compose(t, name, l, scene.DPI203)
			if p.Width != 608 || p.Height != 1040 {
				t.Errorf("page of %d×%d dots, want 608×1040", p.Width, p.Height)
			}
			file := filepath.Join("testdata", strings.ReplaceAll(title, " ", "-")+".png")
			if *update {
				writePNG(t, file, m)
				return
			}
			f, err := os.Open(file)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			want, err := bitmap.DecodePNG(f)
			if err != nil {
				t.Fatal(err)
			}
			diff, n := bitmap.Diff(want, m)
			if n <= edges {
				return
			}
			out := filepath.Join(t.ArtifactDir(), "diff.png")
			o, err := os.Create(out)
			if err != nil {
				t.Fatal(err)
			}
			defer o.Close()
			if err := png.Encode(o, diff); err != nil {
				t.Fatal(err)
			}
			t.Errorf("%d dots differ; see %s, or run with -update and look at the picture", n, out)
		})
	}
}

func writePNG(t *testing.T, file string, m *bitmap.Image) {
	t.Helper()
	var b bytes.Buffer
	if err := m.EncodePNG(&b); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll("testdata", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestPDFEqualsDots holds every layout's PDF against its dots.
func TestPDFEqualsDots(t *testing.T) {
	for title, l := range labels(t) {
		t.Run(title, func(t *testing.T) {
			name, _, _ := strings.Cut(title, " ")
			p, _ := compose(t, name, l, scene.DPI203)
			var b bytes.Buffer
			if err := pdf.Write(&b, p); err != nil {
				t.Fatal(err)
			}
			pdftest.Compare(t, p, b.Bytes())
		})
	}
}

func TestEveryGrid(t *testing.T) {
	for title, l := range labels(t) {
		name, _, _ := strings.Cut(title, " ")
		for _, g := range []scene.Grid{scene.DPI203, scene.DPI300, 12, 24} {
			compose(t, name, l, g)
		}
	}
}

func TestWhatCannotBePrintedIsNamedByItsField(t *testing.T) {
	for name, c := range map[string]struct {
		spoil  func(*waybill.Label)
		field  string
		reason templates.Reason
	}{
		"address too long": {func(l *waybill.Label) {
			l.Receiver.Address = pii.NewAddress(pii.Region{}, strings.Repeat("很长的地址", 200))
		}, "receiver.address", templates.TooLong},
		"no glyph":     {func(l *waybill.Label) { l.Receiver.Name = pii.NewName("张\U0001F600") }, "receiver.name", templates.NoGlyph},
		"masked phone": {func(l *waybill.Label) { l.Receiver.Phone = pii.NewPhone("138****5678") }, "receiver.phone", templates.Masked},
		"no receiver":  {func(l *waybill.Label) { l.Receiver.Name = pii.NewName("") }, "receiver.name", templates.Missing},
		"barcode impossible": {func(l *waybill.Label) {
			l.Parcels = []waybill.Parcel{{Barcode: strings.Repeat("W", 60), Index: 1, Count: 1}}
		}, "parcel.barcode", templates.CodeTooWide},
	} {
		l := sample(t, "wujie")
		c.spoil(&l)
		_, err := layout(t, "wujie-76x130").Compose(l, scene.DPI203)
		var e *templates.ComposeError
		if !errors.As(err, &e) || e.Field != c.field || e.Reason != c.reason {
			t.Errorf("%s: %v, want field %s and reason %s", name, err, c.field, c.reason)
		}
		for _, private := range []string{"张", "很长", "138", "WWWW"} {
			if err != nil && strings.Contains(err.Error(), private) {
				t.Errorf("%s: the error quotes the field: %v", name, err)
			}
		}
	}
}

func TestBrokenLayouts(t *testing.T) {
	const page = "title: t\npage: {w: 76, h: 130}\nelements:\n"
	for name, c := range map[string]struct {
		src  string
		line int
		says string
	}{
		"unknown key":        {page + "- text: a\n  colour: red\n  at: {x: 1, y: 1, w: 9, h: 9}\n  size: 3\n", 5, "colour"},
		"unknown field":      {page + "- {text: \"{reciever.name}\", at: {x: 1, y: 1, w: 9, h: 9}, size: 3}\n", 4, "receiver.name"},
		"off the page":       {page + "- {text: a, at: {x: 70, y: 1, w: 9, h: 9}, size: 3}\n", 4, "76"},
		"no size":            {page + "- {text: a, at: {x: 1, y: 1, w: 9, h: 9}}\n", 4, "size"},
		"negative":           {page + "- {text: a, at: {x: 1, y: 1, w: -9, h: 9}, size: 3}\n", 4, "-9"},
		"a page too large":   {"title: t\npage: {w: 7600, h: 130}\nelements: []\n", 2, "7600"},
		"not YAML":           {"title: [\n", 0, ""},
		"nothing":            {"", 0, ""},
		"no barcode content": {page + "- {barcode: \"\", at: {x: 1, y: 1, w: 60, h: 9}}\n- {text: \"重印 {copy}\", when: copy, at: {x: 40, y: 30, w: 14, h: 4}, size: 3}\n", 4, "barcode"},
		"no reprint mark":    {page + "- {text: a, at: {x: 1, y: 1, w: 9, h: 9}, size: 3}\n", 1, "重印"},
	} {
		_, err := templates.Parse("mine.yaml", []byte(c.src))
		var e *templates.LayoutError
		if !errors.As(err, &e) {
			t.Errorf("%s: %v, want a LayoutError", name, err)
			continue
		}
		if c.line > 0 && !strings.HasPrefix(err.Error(), fmt.Sprintf("mine.yaml:%d:", c.line)) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v\nwant line %d and %q", name, err, c.line, c.says)
		}
	}
}

func TestAFolderOverridesAndAdds(t *testing.T) {
	dir := t.TempDir()
	for name, src := range map[string]string{
		"wujie-76x130.yaml": "title: mine\npage: {w: 76, h: 130}\nelements:\n- {text: \"{order}\", at: {x: 3, y: 3, w: 60, h: 9}, size: 3}\n- {text: \"重印 {copy}\", when: copy, at: {x: 40, y: 30, w: 14, h: 4}, size: 3}\n",
		"small.yaml":        "title: small\npage: {w: 60, h: 40}\nelements:\n- {text: \"{order}\", at: {x: 3, y: 3, w: 50, h: 9}, size: 3}\n- {text: \"重印 {copy}\", when: copy, at: {x: 40, y: 30, w: 14, h: 4}, size: 3}\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(src), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	library, err := templates.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	if library, err = library.With(dir); err != nil {
		t.Fatal(err)
	}
	if mine, err := library.Get("wujie-76x130"); err != nil || mine.Title() != "mine" {
		t.Errorf("the folder's layout does not override: %v", err)
	}
	if _, err := library.Get("small"); err != nil {
		t.Error(err)
	}
	var unknown *templates.UnknownTemplateError
	if _, err := library.Get("smal"); !errors.As(err, &unknown) || len(unknown.Known) != 3 {
		t.Errorf("Get = %v, want the names that there are", err)
	}
}

func FuzzParse(f *testing.F) {
	for _, name := range []string{"wujie-76x130", "jd-express-76x130"} {
		src, err := os.ReadFile("layouts/" + name + ".yaml")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(src))
	}
	f.Add("a: &a [*a]")
	label := sample(f, "wujie")
	f.Fuzz(func(t *testing.T, src string) {
		l, err := templates.Parse("fuzz.yaml", []byte(src))
		if err != nil {
			return
		}
		if _, err := l.Compose(label, scene.DPI203); err != nil {
			var e *templates.ComposeError
			if !errors.As(err, &e) {
				t.Errorf("Compose: %v, want a ComposeError", err)
			}
		}
	})
}

func FuzzPeople(f *testing.F) {
	f.Add("张三", "13800000001", "广东广州市演示路1号")
	f.Add("李䶮\u202e", "17000000000-4740", "a\x00b\xff")
	l := layout(f, "jd-express-76x130")
	f.Fuzz(func(t *testing.T, name, phone, address string) {
		label := sample(t, "jd-express")
		label.Receiver = waybill.Party{Name: pii.NewName(name), Phone: pii.NewPhone(phone), Address: pii.NewAddress(pii.Region{}, address)}
		p, err := l.Compose(label, scene.DPI203)
		if err != nil {
			return
		}
		if _, err := raster.Render(p); err != nil {
			t.Error(err)
		}
	})
}
