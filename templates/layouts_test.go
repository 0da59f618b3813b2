package templates_test

import (
	"bytes"
	"flag"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
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

var library = sync.OnceValues(templates.Builtin)

func layout(t testing.TB, name string) *templates.Template {
	t.Helper()
	library, err := library()
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
	pages, err := layout(t, name).Pages(l, g)
	if err != nil {
		t.Fatal(err)
	}
	p := pages[0]
	m, err := raster.Render(p)
	if err != nil {
		t.Fatal(err)
	}
	if err := raster.Check(p, m); err != nil {
		t.Fatal(err)
	}
	return p, m
}

// builtin returns the layouts in the program by name, with the label that each
// is shown with.
func builtin(t testing.TB) map[string]waybill.Label {
	t.Helper()
	library, err := library()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]waybill.Label{}
	for _, name := range library.Names() {
		i := strings.LastIndexByte(name, '-')
		all[name] = sample(t, strings.TrimSuffix(name[:i], "-separator"))
	}
	return all
}

// cases are what a layout has to bear besides its sample.
func cases(plain waybill.Label) map[string]waybill.Label {
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
		long.Items = append(slices.Clone(long.Items), waybill.Item{Name: "演示商品 春秋款纯棉长袖上衣 加大码", Quantity: 3})
	}
	long.Remark = strings.Repeat("请在工作日下午送达，放在门口的柜子上，谢谢；若无人请放前台。", 4)
	long.Order = strings.Repeat("312045870013,", 8) + "312045870013"
	long.Shop = "演示旗舰店演示旗舰店演示旗舰店演示旗舰店演示旗舰店演示旗舰店演示"

	// The second of two parcels, printed again, without a remark, with all that a
	// courier may have to do, for a receiver whom the carrier hides.
	second := plain
	code := plain.Parcels[0].Barcode
	second.Parcels = []waybill.Parcel{
		{Barcode: strings.Replace(code, "-1-1-", "-1-2-", 1), Index: 1, Count: 2},
		{Barcode: strings.Replace(code, "-1-1-", "-2-2-", 1), Index: 2, Count: 2},
	}
	second.Parcel, second.Copy, second.Remark = 1, 1, ""
	second.Collect, second.Freight, second.Insured, second.SignReturn = 123456, 1200, 100000, true
	second.Handling = []waybill.Handling{waybill.Fragile, waybill.Fresh, waybill.Heavy}
	second.HideName, second.HidePhone = true, true

	// A virtual number, and no more than a carrier must give.
	bare := plain
	bare.Receiver.Phone, bare.PhoneKind = pii.NewPhone("17000000000-4740"), waybill.PhoneVirtual
	bare.Product, bare.Remark, bare.Shop, bare.Items = "", "", "", nil
	bare.Routing = waybill.Routing{Code: plain.Routing.Code, TargetCode: plain.Routing.TargetCode}

	return map[string]waybill.Label{"long": long, "hidden": second, "bare": bare}
}

// looked are the layouts whose cases are looked at too: the others have the same
// blocks.
var looked = []string{"jd-express-76x130", "wujie-76x130", "sf-100x150"}

func TestPictures(t *testing.T) {
	for name, plain := range builtin(t) {
		t.Run(name, func(t *testing.T) {
			hold(t, name+"-203", name, plain, scene.DPI203)
			hold(t, name+"-300", name, plain, scene.DPI300)
			if slices.Contains(looked, name) {
				for title, l := range cases(plain) {
					hold(t, name+"-"+title, name, l, scene.DPI203)
				}
			}
		})
	}
}

// hold holds a label against its picture in testdata.
func hold(t *testing.T, title, name string, l waybill.Label, g scene.Grid) {
	t.Helper()
	p, m := compose(t, name, l, g)
	file := filepath.Join("testdata", title+".png")
	if *update {
		writePNG(t, file, m)
		return
	}
	kept, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var made bytes.Buffer
	if err := m.EncodePNG(&made); err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(made.Bytes(), kept) { // the same dots; decoding a hundred labels takes long
		return
	}
	want, err := bitmap.DecodePNG(bytes.NewReader(kept))
	if err != nil {
		t.Fatal(err)
	}
	if inText, outside := differing(t, p, want, m); outside > 0 || inText > edges {
		diff, _ := bitmap.Diff(want, m)
		out := filepath.Join(t.ArtifactDir(), title+"-diff.png")
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
}

func TestEveryPictureIsOfALayout(t *testing.T) {
	files, err := filepath.Glob("testdata/*.png")
	if err != nil {
		t.Fatal(err)
	}
	known := builtin(t)
	for _, f := range files {
		base := strings.TrimSuffix(filepath.Base(f), ".png")
		if _, ok := known[base[:strings.LastIndexByte(base, '-')]]; !ok {
			t.Errorf("%s shows no layout that there is", f)
		}
	}
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

var everyPDF = flag.Bool("pdfs", false, "hold the PDF of every layout on both grids against its dots (some minutes)")

// TestPDFEqualsDots holds layouts' PDFs against their dots: two that have every
// kind of mark, or all of them.
func TestPDFEqualsDots(t *testing.T) {
	whole := *everyPDF
	for name, plain := range builtin(t) {
		grids := []scene.Grid{scene.DPI203, scene.DPI300}
		switch {
		case whole:
		case name == "jd-express-76x130" || name == "sf-100x150":
			grids = grids[:1]
		default:
			continue
		}
		for _, g := range grids {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				p, _ := compose(t, name, plain, g)
				var b bytes.Buffer
				if err := pdf.Write(&b, p); err != nil {
					t.Fatal(err)
				}
				pdftest.Compare(t, p, b.Bytes())
			})
		}
	}
}

func TestEveryCase(t *testing.T) {
	for name, plain := range builtin(t) {
		t.Run(name, func(t *testing.T) {
			for title, l := range cases(plain) {
				t.Log(title)
				compose(t, name, l, scene.DPI203)
				compose(t, name, l, scene.DPI300)
			}
		})
	}
}

func TestOddGrids(t *testing.T) {
	for _, name := range looked {
		for _, g := range []scene.Grid{11.8, 12, 24} {
			compose(t, name, builtin(t)[name], g)
		}
	}
}

// TestHundredsOfParcels is an order as large as SF takes: the last of its labels must
// print as the first ones do.
func TestHundredsOfParcels(t *testing.T) {
	for _, name := range []string{"sf-76x130", "sf-100x150", "sf-100x180"} {
		l := sample(t, "sf")
		l.Parcel, l.Copy, l.Parcels = 0, 1, []waybill.Parcel{{Barcode: string(l.Number), Index: 300, Count: 300}}
		for _, g := range []scene.Grid{scene.DPI203, scene.DPI300} {
			if _, err := layout(t, name).Compose(l, g); err != nil {
				t.Error(err)
			}
		}
	}
}
