package preview_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"miandan/agent/internal/notice"
	"miandan/agent/internal/preview"
	"miandan/templates/scene"
	"miandan/templates/waybill"
)

// FuzzRequest asks the preview for views under every name. Only its own page
// gets one, only of the closed set, and nothing breaks.
func FuzzRequest(f *testing.F) {
	for _, s := range [][2]string{
		{"/", ""}, {"/state", "dpmm=8&case=plain&sample="}, {"/picture.png", "dpmm=11.811&case=hidden&page=0"}, {"/picture.png", "dpmm=8&case=long&page=-1"},
		{"/picture.png", "dpmm=NaN&case=plain&page=0"}, {"/state", "dpmm=1e308&case=plain"}, {"/state", "dpmm=8&case=plain&sample=../../etc/passwd"}, {"/../preview.html", ""},
		{"/preview.css", "a;b=%zz"}, {"/picture.png", "dpmm=8&case=plain&page=99999999999999999999"}, {"/state", "dpmm=8.0000000000000001&case=plain"}, {"/state", "dpmm=0x1p3&case=plain"},
	} {
		f.Add(s[0], s[1], "127.0.0.1:9", "http://127.0.0.1:9")
	}
	f.Add("/state", "dpmm=8&case=plain", "evil.example", "")
	f.Add("/state", "dpmm=8&case=plain", "127.0.0.1:9", "null")
	file := filepath.Join(f.TempDir(), "small.yaml")
	text := strings.Replace(layout, `- {include: foot, at: {x: 2, y: 30, w: 56, h: 8}}`+"\n", "", 1)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		f.Fatal(err)
	}
	p := preview.New(file, "", func(string) (waybill.Label, error) { panic("there is no data") })
	handler := preview.Handler(p, &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 9}, scene.DPI203, notice.English)
	f.Fuzz(func(t *testing.T, path, query, host, origin string) {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.URL, r.Host = &url.URL{Path: path, RawQuery: query}, host
		if origin != "" {
			r.Header.Set("Origin", origin)
		}
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		ours := host == "127.0.0.1:9" || host == "[::1]:9" || host == "localhost:9"
		switch {
		case w.Code >= 500:
			t.Errorf("%s?%s: %d", path, query, w.Code)
		case w.Code == http.StatusOK && (!ours || origin != "" && origin != "http://"+host):
			t.Errorf("%s?%s is shown to Host %q, Origin %q", path, query, host, origin)
		case w.Code == http.StatusOK && path == "/picture.png" && !strings.HasPrefix(w.Body.String(), "\x89PNG"):
			t.Errorf("%s?%s is no picture", path, query)
		case w.Header().Get("X-Frame-Options") != "DENY":
			t.Error("an answer without the headers that guard")
		}
	})
}
