package app_test

import (
	"bytes"
	"errors"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/api"
	"miandan/agent/internal/app"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/practice"
	"miandan/agent/internal/seal"
	"miandan/templates"
	"miandan/templates/raster"
	"miandan/templates/scene"
)

const (
	small  = "title: 演示小签\npage: {w: 60, h: 40}\nelements:\n- {text: \"{order} {copy}\", at: {x: 3, y: 3, w: 50, h: 9}, size: 3}\n"
	bare   = "page: {w: 76, h: 130}\nelements:\n- {barcode: \"{number}\", at: {x: 3, y: 3, w: 70, h: 12}}\n- {text: \"{order} {copy}\", at: {x: 3, y: 30, w: 50, h: 9}, size: 3}\n"
	broken = "page: {w: 76, hight: 130}\n"
)

func layoutFolder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, src := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(src), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func layouts(t *testing.T, dir string, chosen map[string]string) *app.Layouts {
	t.Helper()
	library, err := templates.Builtin()
	if err == nil {
		library, err = library.Add(dir)
	}
	if err != nil {
		t.Fatal(err)
	}
	return app.NewLayouts(library, dir, chosen)
}

func list(t *testing.T, l *app.Layouts) (api.LayoutList, map[string]api.Layout) {
	t.Helper()
	all, err := l.Layouts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	by := map[string]api.Layout{}
	for _, one := range all.Layouts {
		by[one.Name] = one
	}
	return all, by
}

func TestLayoutsAreListedAndJudged(t *testing.T) {
	dir := layoutFolder(t, map[string]string{"small.yaml": small, "缺-76x130.yaml": bare, "broken.yaml": broken})
	l := layouts(t, dir, map[string]string{"wujie/ZTO": "zto-76x130", "wujie/YTO": "zto-76x130", "jd-express": "small"})
	began := time.Now()
	all, by := list(t, l)
	judged := time.Since(began)

	var order []string
	for _, one := range all.Layouts[:5] {
		order = append(order, one.Name)
	}
	if want := []string{"small", "zto-76x130", "broken", "缺-76x130", "deppon-100x150"}; !slices.Equal(order, want) {
		t.Errorf("the layouts begin with %q, want %q: those in use, then a station's own", order, want)
	}
	if got := by["zto-76x130"]; !slices.Equal(got.Uses, []string{"wujie/YTO", "wujie/ZTO"}) || got.Own || !got.Drawn || got.Width != 76 || got.Height != 130 ||
		!strings.Contains(got.Title, "中通") || got.File != "layouts/zto-76x130.yaml" {
		t.Errorf("zto-76x130 is %+v", got)
	}
	if got := by["small"]; got.Title != "演示小签" || !got.Own || got.File != "small.yaml" || got.Width != 60 || !slices.Equal(got.Uses, []string{"jd-express"}) {
		t.Errorf("small is %+v", got)
	}
	bad := by["broken"]
	if !bad.Broken || bad.Drawn || len(bad.Findings) != 1 {
		t.Fatalf("broken is %+v", bad)
	}
	if f := bad.Findings[0]; f.Severity != api.Unfit || f.File != "broken.yaml" || f.Line != 1 || f.Column != 15 ||
		!strings.Contains(f.Words[notice.English], "unknown key `hight`") || !strings.Contains(f.Words[notice.Chinese], "不认识的键 `hight`") || !strings.Contains(f.Excerpt, "hight") {
		t.Errorf("what is wrong with broken: %+v", f)
	}
	var freight *api.LayoutFinding
	for i, f := range by["缺-76x130"].Findings {
		if f.Rule == 409 && strings.Contains(f.Words[notice.Chinese], "freight") {
			freight = &by["缺-76x130"].Findings[i]
		}
	}
	if f := freight; f == nil || f.Severity != api.Unfit || f.File != "缺-76x130.yaml" || f.Line != 1 || f.DPI != 203 || f.Of[notice.Chinese] != "隐私、重印、带增值服务" || f.Excerpt == "" {
		t.Errorf("a label that does not say what is to be collected: %+v", f)
	}

	began = time.Now()
	list(t, l)
	if took := time.Since(began); took > judged/4 { // nothing is judged again
		t.Errorf("the second answer took %v, the first %v", took, judged)
	}
	if all.Changed != nil {
		t.Errorf("nothing has changed: %+v", all.Changed)
	}
	if err := os.MkdirAll(filepath.Join(dir, "blocks"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "blocks", "b.yaml"), []byte("elements:\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if all, _ := list(t, l); all.Changed == nil || all.Changed.Code != "layouts-changed" {
		t.Errorf("a new block: %+v, want to be told that it is not used yet", all.Changed)
	}
}

func TestALayoutsPictureIsWhatGoesToPaper(t *testing.T) {
	l := layouts(t, layoutFolder(t, map[string]string{"broken.yaml": broken}), nil)
	for _, head := range []struct {
		dpi  int
		grid scene.Grid
	}{{203, scene.DPI203}, {300, scene.DPI300}} {
		b, err := l.Picture(t.Context(), "jd-express-76x130", head.dpi)
		if err != nil {
			t.Fatal(err)
		}
		library, err := templates.Builtin()
		if err != nil {
			t.Fatal(err)
		}
		layout, err := library.Get("jd-express-76x130")
		if err != nil {
			t.Fatal(err)
		}
		sample, _, err := templates.Sample("jd-express-76x130")
		if err != nil {
			t.Fatal(err)
		}
		page, err := layout.Compose(sample, head.grid)
		if err != nil {
			t.Fatal(err)
		}
		want, err := raster.Render(page)
		if err != nil {
			t.Fatal(err)
		}
		got, err := png.Decode(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		if b[24] != 1 || b[25] != 0 || got.Bounds().Dx() != want.Width || got.Bounds().Dy() != want.Height {
			t.Fatalf("%d dpi: %v of %d bits, want %d×%d dots of one bit", head.dpi, got.Bounds(), b[24], want.Width, want.Height)
		}
		black := 0
		for y := range want.Height {
			for x := range want.Width {
				r, _, _, _ := got.At(x, y).RGBA()
				if (r == 0) != want.Black(x, y) {
					t.Fatalf("%d dpi: the dot at %d, %d differs", head.dpi, x, y)
				}
				if r == 0 {
					black++
				}
			}
		}
		if black < 1000 {
			t.Errorf("%d dpi: %d black dots", head.dpi, black)
		}
	}
	if _, err := l.Picture(t.Context(), "nothing", 203); !errors.Is(err, api.ErrNotFound) || notice.CodeOf(err) != "layout-missing" {
		t.Errorf("a picture of no layout: %v", err)
	}
	if _, err := l.Picture(t.Context(), "broken", 203); notice.CodeOf(err) != "layout-broken" {
		t.Errorf("a picture of a broken layout: %v", err)
	}
}

// A layout that nobody uses must not keep a station from printing, and one that
// a carrier uses must not be printed as something else.
func TestABrokenLayoutStopsOnlyWhoUsesIt(t *testing.T) {
	with := func(dir string) func(string) string {
		return func(c string) string { return c + "\n[labels]\nlayouts = '" + dir + "'\n" }
	}
	s := open(t, 1, with(layoutFolder(t, map[string]string{"mine.yaml": broken})))
	s.until(t, "the label is printed", all(ledger.Confirmed))
	if !s.heard("layout-broken-unused") {
		t.Error("nobody was told of the broken layout")
	}
	s.stop()

	dir := t.TempDir()
	t.Setenv(seal.KeysEnv, filepath.Join(dir, "keys"))
	w, err := practice.Open(filepath.Join(dir, "world"), practice.Config{Orders: 1, Way: practice.Own})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if err := practice.PutSecrets(w.Data); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(w.Config)
	if err != nil {
		t.Fatal(err)
	}
	own := layoutFolder(t, map[string]string{"jd-express-76x130.yaml": broken})
	if err := os.WriteFile(w.Config, []byte(with(own)(string(b))), 0o600); err != nil {
		t.Fatal(err)
	}
	a, err := app.Open(t.Context(), app.Options{Data: w.Data, Config: w.Config, Say: func(*notice.Error) {}})
	if notice.CodeOf(err) != "layout-broken" {
		t.Errorf("Open with a broken layout in use: %v, want to be told and no label of another layout", err)
	}
	if err == nil {
		a.Close()
	}
}
