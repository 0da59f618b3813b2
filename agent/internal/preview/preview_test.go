package preview_test

import (
	"bytes"
	"encoding/json"
	"image/png"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/notice"
	"miandan/agent/internal/preview"
	"miandan/templates/lint"
	"miandan/templates/waybill"
)

const layout = `title: 小标签
page: {w: 60, h: 40}
elements:
- {frame: 0.25, at: {x: 2, y: 2, w: 56, h: 36}}
- {text: "{shop}", at: {x: 4, y: 4, w: 50, h: 6}, size: 4, floor: 2, more: …}
- {include: foot, at: {x: 2, y: 30, w: 56, h: 8}}
- {text: "重印 {copy}", when: copy, at: {x: 4, y: 22, w: 20, h: 5}, size: 3}
`

const foot = `elements:
- {text: "{order}", at: {x: 1, y: 1, right: 1, h: 5}, size: 3, floor: 2}
`

// workshop is a folder with a layout that somebody is writing.
type workshop struct {
	t   *testing.T
	dir string
	at  time.Time // of the last save
}

func newWorkshop(t *testing.T) *workshop {
	t.Helper()
	w := &workshop{t, t.TempDir(), time.Now().Add(-time.Hour)}
	w.save("small.yaml", layout)
	w.save("blocks/foot.yaml", foot)
	return w
}

func (w *workshop) path(name string) string { return filepath.Join(w.dir, name) }

// save writes a file as a later one, however coarse the disk's clock is.
func (w *workshop) save(name, text string) {
	w.t.Helper()
	if err := os.MkdirAll(filepath.Dir(w.path(name)), 0o700); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(w.path(name), []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
	w.at = w.at.Add(time.Second)
	if err := os.Chtimes(w.path(name), w.at, w.at); err != nil {
		w.t.Fatal(err)
	}
}

func read(path string) (waybill.Label, error) {
	f, err := os.Open(path)
	if err != nil {
		return waybill.Label{}, notice.New("file-not-found", err, path)
	}
	defer f.Close()
	l, err := waybill.ReadFile(f)
	if err != nil {
		return l, notice.New("label-file-broken", err, path, err)
	}
	return l, nil
}

var plain = preview.View{Grid: 8, Case: "plain"}

func TestItFollowsEveryFile(t *testing.T) {
	w := newWorkshop(t)
	data, err := os.ReadFile("../../../templates/layouts/samples/wujie.json")
	if err != nil {
		t.Fatal(err)
	}
	w.save("data.json", string(data))
	p := preview.New(w.path("small.yaml"), w.path("data.json"), read)
	before := p.Show(plain)
	if before.Problem.English != "" || len(before.Pages) != 1 || before.Width != 480 || before.Height != 320 || before.Title != "小标签" {
		t.Fatalf("%+v", before.Problem)
	}
	if p.Refresh() {
		t.Error("nothing was saved, and it says so")
	}
	for name, text := range map[string]string{
		"small.yaml":       strings.Replace(layout, "size: 4", "size: 5", 1),
		"blocks/foot.yaml": strings.Replace(foot, "size: 3", "size: 4", 1),
		"data.json":        strings.Replace(string(data), "演示旗舰店", "演示专营店", 1),
	} {
		w.save(name, text)
		if !p.Refresh() {
			t.Errorf("%s was saved, and it does not see it", name)
		}
		after := p.Show(plain)
		if after.Problem.English != "" || bytes.Equal(after.Pages[0], before.Pages[0]) || after.Version == before.Version {
			t.Errorf("%s was saved, and the picture is the old one: %s", name, after.Problem.English)
		}
		before = after
	}
	if fine, err := png.Decode(bytes.NewReader(p.Show(preview.View{Grid: 11.811, Case: "plain"}).Pages[0])); err != nil || fine.Bounds().Dx() != 709 {
		t.Errorf("at 300 dpi the picture is %v, want 709 dots: %v", fine.Bounds(), err)
	}
	if bytes.Equal(p.Show(preview.View{Grid: 8, Case: "long"}).Pages[0], before.Pages[0]) {
		t.Error("the long case shows the same as the plain one")
	}
}

func TestAMistakeKeepsTheLastPicture(t *testing.T) {
	w := newWorkshop(t)
	p := preview.New(w.path("small.yaml"), "", read)
	good := p.Show(plain)
	for title, c := range map[string]struct {
		file, text, want, excerpt string
	}{
		"a misspelt field":       {"small.yaml", strings.Replace(layout, "{shop}", "{shap}", 1), "small.yaml:5:10: ", "5 | - {text: \"{shap}\""},
		"a mistake in a block":   {"blocks/foot.yaml", strings.Replace(foot, "size: 3", "size: big", 1), "foot.yaml:2:61: ", "size: big"},
		"a text that is refused": {"small.yaml", strings.Replace(layout, "w: 50, h: 6}, size: 4, floor: 2, more: …", "w: 5, h: 4}, size: 4", 1), "small.yaml:5:4\n", "5 | - {text: \"{shop}\""},
	} {
		w.save("small.yaml", layout)
		w.save("blocks/foot.yaml", foot)
		p.Refresh()
		p.Show(plain)
		w.save(c.file, c.text)
		p.Refresh()
		bad := p.Show(plain)
		if !strings.Contains(bad.Problem.English, c.want) || !strings.Contains(bad.Problem.English, c.excerpt) || bad.Problem.Chinese == bad.Problem.English {
			t.Errorf("%s: the problem is %q, want %q", title, bad.Problem.English, c.want)
		}
		if len(bad.Pages) != 1 || !bytes.Equal(bad.Pages[0], good.Pages[0]) {
			t.Errorf("%s: the last good picture is gone", title)
		}
	}
	w.save("small.yaml", layout)
	w.save("blocks/foot.yaml", foot)
	p.Refresh()
	if again := p.Show(plain); again.Problem.English != "" || !bytes.Equal(again.Pages[0], good.Pages[0]) {
		t.Errorf("it was corrected, and the problem is %q", again.Problem.English)
	}
}

// serve serves a workshop's preview and returns its address.
func serve(t *testing.T, w *workshop) (string, *preview.Preview) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := preview.New(w.path("small.yaml"), "", read)
	ended := make(chan error, 1)
	go func() { ended <- p.Serve(t.Context(), l, 8, notice.English, nil) }()
	t.Cleanup(func() {
		if err := <-ended; err != nil { // the test's context is over by now
			t.Error(err)
		}
	})
	return "http://" + l.Addr().String(), p
}

func TestServe(t *testing.T) {
	w := newWorkshop(t)
	base, _ := serve(t, w)
	get := func(path string) (int, string) {
		t.Helper()
		r, err := http.Get(base + path)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		b, err := io.ReadAll(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		return r.StatusCode, string(b)
	}
	if status, page := get("/"); status != 200 || !strings.Contains(page, "small.yaml") || strings.Contains(page, "{{") {
		t.Errorf("the page is %d %s", status, page)
	}
	const view = "dpmm=8&case=plain"
	var state struct {
		Version, Width, Pages int
		Problem               string
		Findings              []struct{ Severity, Text string }
	}
	ask := func() {
		t.Helper()
		status, body := get("/state?" + view)
		if err := json.Unmarshal([]byte(body), &state); err != nil || status != 200 {
			t.Fatal(status, err)
		}
	}
	ask()
	if state.Width != 480 || state.Pages != 1 || state.Problem != "" {
		t.Errorf("%+v", state)
	}
	if status, picture := get("/picture.png?page=0&" + view); status != 200 || !strings.HasPrefix(picture, "\x89PNG") {
		t.Errorf("the picture is %d", status)
	}
	for path, want := range map[string]int{
		"/picture.png?page=1&" + view:            404,
		"/picture.png?page=-1&" + view:           404,
		"/state?dpmm=9&case=plain":               400,
		"/state?dpmm=8&case=other":               400,
		"/state?dpmm=8&case=plain&sample=../etc": 400,
		"/preview.go":                            404,
		"/state?dpmm=8&case=plain&sample=sf":     200,
		"/preview.css":                           200,
		"/preview.js":                            200,
	} {
		if status, _ := get(path); status != want {
			t.Errorf("%s answers %d, want %d", path, status, want)
		}
	}
	// Served files are followed without anybody asking for it.
	first := state.Version
	w.save("small.yaml", strings.Replace(layout, "x: 2, y: 2, w: 56", "x: 0.5, y: 2, w: 57.5", 1))
	deadline := time.Now().Add(time.Minute)
	for state.Version == first && time.Now().Before(deadline) {
		time.Sleep(50 * time.Millisecond)
		ask()
	}
	if len(state.Findings) == 0 || state.Findings[0].Severity != lint.Error.String() || !strings.Contains(state.Findings[0].Text, "error 501") {
		t.Errorf("the frame is 0.5 mm from the edge, and found is %+v", state.Findings)
	}
}

func TestGates(t *testing.T) {
	w := newWorkshop(t)
	p := preview.New(w.path("small.yaml"), "", read)
	h := preview.Handler(p, &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1234}, 8, notice.English)
	for title, c := range map[string]struct {
		change func(*http.Request)
		want   int
	}{
		"our own name":         {func(*http.Request) {}, 200},
		"localhost":            {func(r *http.Request) { r.Host = "localhost:1234" }, 200},
		"a page's own fetch":   {func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "same-origin") }, 200},
		"a foreign name":       {func(r *http.Request) { r.Host = "labels.example:1234" }, 421},
		"another port":         {func(r *http.Request) { r.Host = "127.0.0.1:1235" }, 421},
		"no port":              {func(r *http.Request) { r.Host = "127.0.0.1" }, 421},
		"a look-alike":         {func(r *http.Request) { r.Host = "127.0.0.1.example:1234" }, 421},
		"an absolute address":  {func(r *http.Request) { r.URL.Scheme, r.URL.Host = "http", "127.0.0.1:1234" }, 421},
		"another site's fetch": {func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }, 403},
		"another site":         {func(r *http.Request) { r.Header.Set("Origin", "http://labels.example") }, 403},
		"another port's page":  {func(r *http.Request) { r.Header.Set("Origin", "http://127.0.0.1:80") }, 403},
		"a POST":               {func(r *http.Request) { r.Method = http.MethodPost }, 405},
		"a preflight":          {func(r *http.Request) { r.Method = http.MethodOptions }, 405},
	} {
		r := httptest.NewRequest(http.MethodGet, "/state?dpmm=8&case=plain", nil)
		r.Host = "127.0.0.1:1234"
		c.change(r)
		out := httptest.NewRecorder()
		h.ServeHTTP(out, r)
		if out.Code != c.want {
			t.Errorf("%s answers %d, want %d", title, out.Code, c.want)
		}
		if out.Header().Get("Content-Security-Policy") == "" || out.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s: the answer is not guarded", title)
		}
	}
}
