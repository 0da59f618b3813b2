package templates_test

import (
	"bytes"
	"flag"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"slices"
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

// labels are what every layout is looked at with: "LAYOUT CASE".
func labels(t testing.TB) map[string]waybill.Label {
	all := map[string]waybill.Label{}
	for _, s := range []string{"wujie", "jd-express"} {
		name := s + "-76x130"
		plain := sample(t, s)
		all[name+" sample"] = plain

		// A name, an address of 90 characters, goods and a remark as long as they come.
		long := plain
		long.Receiver.Name = pii.NewName("欧阳演示名字很长的收件人")
		long.Receiver.Address = pii.NewAddress(pii.Region{Province: "广东", City: "深圳市", District: "南山区", Town: "演示街道"},
			strings.Repeat("演示科技园区第二期", 7)+"东北角8栋B座1203室")
		long.Collect = 5900
		long.CarrierName, long.Product = "演示速递物流有限公司", "生鲜特惠（陆运）"
		long.Routing.Name, long.Routing.Hub = "江苏省苏州市昆山市花桥镇", "苏州昆山花桥集包中心"
		long.Routing.Site = "苏州昆山花桥国际商务城营业部"
		for range 6 {
			long.Items = append(long.Items, waybill.Item{Name: "演示商品 春秋款纯棉长袖上衣 加大码", Quantity: 3})
		}
		long.Remark = strings.Repeat("请在工作日下午送达，放在门口的柜子上，谢谢；若无人请放前台。", 4)
		long.Order = strings.Repeat("312045870013,", 8) + "312045870013"
		long.Shop = "演示旗舰店演示旗舰店演示旗舰店演示旗舰店演示旗舰店演示旗舰店演示"
		all[name+" long"] = long

		// The second of two parcels, printed again, without a remark, for a
		// receiver whom the carrier hides.
		second := plain
		code := plain.Parcels[0].Barcode
		second.Parcels = []waybill.Parcel{
			{Barcode: strings.Replace(code, "-1-1-", "-1-2-", 1), Index: 1, Count: 2},
			{Barcode: strings.Replace(code, "-1-1-", "-2-2-", 1), Index: 2, Count: 2},
		}
		second.Parcel, second.Copy, second.Remark = 1, 1, ""
		second.Collect, second.Insured, second.SignReturn = 123456, 100000, true
		second.HideName, second.HidePhone = true, true
		all[name+" hidden"] = second

		// A virtual number, and no more than a carrier must give.
		bare := plain
		bare.Receiver.Phone, bare.PhoneKind = pii.NewPhone("17000000000-4740"), waybill.PhoneVirtual
		bare.Product, bare.Remark, bare.Shop, bare.Items = "", "", "", nil
		bare.Routing = waybill.Routing{Code: plain.Routing.Code, TargetCode: plain.Routing.TargetCode}
		all[name+" bare"] = bare
	}
	return all
}

// eachLabel runs f as a subtest for every layout and case.
func eachLabel(t *testing.T, f func(t *testing.T, layout string, l waybill.Label)) {
	all := labels(t)
	for _, title := range slices.Sorted(maps.Keys(all)) {
		name, _, _ := strings.Cut(title, " ")
		t.Run(strings.ReplaceAll(title, " ", "-"), func(t *testing.T) { f(t, name, all[title]) })
	}
}

func TestPictures(t *testing.T) {
	eachLabel(t, func(t *testing.T, name string, l waybill.Label) {
		p, m := compose(t, name, l, scene.DPI203)
		if p.Width != 608 || p.Height != 1040 {
			t.Errorf("page of %d×%d dots, want 608×1040", p.Width, p.Height)
		}
		_, title, _ := strings.Cut(t.Name(), "/")
		file := filepath.Join("testdata", title+".png")
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
		if inText, outside := differing(t, p, want, m); outside > 0 || inText > edges {
			diff, _ := bitmap.Diff(want, m)
			out := filepath.Join(t.ArtifactDir(), "diff.png")
			o, err := os.Create(out)
			if err != nil {
				t.Fatal(err)
			}
			defer o.Close()
			if err := png.Encode(o, diff); err != nil {
				t.Fatal(err)
			}
			t.Errorf("%d dots differ in text and %d outside it; see %s (red is missing, green too many), or run with -update and look at the picture", inText, outside, out)
		}
	})
}

// zones collects where a page has text.
type zones struct{ all []scene.Rect }

func (*zones) Fill(scene.Fill) error       { return nil }
func (*zones) Modules(scene.Modules) error { return nil }
func (*zones) Picture(scene.Picture) error { return nil }
func (z *zones) Glyphs(g scene.Glyphs) error {
	z.all = append(z.all, g.Zone)
	return nil
}

func differing(t *testing.T, p *scene.Page, want, got *bitmap.Image) (inText, outside int) {
	t.Helper()
	var text zones
	if err := p.Draw(&text); err != nil {
		t.Fatal(err)
	}
	for y := range max(want.Height, got.Height) {
		for x := range max(want.Width, got.Width) {
			if want.Black(x, y) == got.Black(x, y) {
				continue
			}
			dot := scene.Rect{X: x, Y: y, W: 1, H: 1}
			if slices.ContainsFunc(text.all, dot.In) {
				inText++
			} else {
				outside++
			}
		}
	}
	return inText, outside
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
	eachLabel(t, func(t *testing.T, name string, l waybill.Label) {
		p, _ := compose(t, name, l, scene.DPI203)
		var b bytes.Buffer
		if err := pdf.Write(&b, p); err != nil {
			t.Fatal(err)
		}
		pdftest.Compare(t, p, b.Bytes())
	})
}

func TestEveryGrid(t *testing.T) {
	eachLabel(t, func(t *testing.T, name string, l waybill.Label) {
		for _, g := range []scene.Grid{scene.DPI203, scene.DPI300, 12, 24} {
			compose(t, name, l, g)
		}
	})
}
