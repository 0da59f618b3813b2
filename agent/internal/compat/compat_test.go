package compat

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"miandan/agent/internal/notice"
)

// TestTemplatesComeFromAllowedHosts: by https, on every step, and once for a while.
func TestTemplatesComeFromAllowedHosts(t *testing.T) {
	asked := 0
	elsewhere := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		t.Error("a host that is not allowed is asked")
	}))
	defer elsewhere.Close()
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		switch r.URL.Path {
		case "/good":
			w.Write([]byte(`<page width="76" height="130"><layout><rect/></layout></page>`))
		case "/elsewhere":
			http.Redirect(w, r, elsewhere.URL+"/good", http.StatusFound)
		case "/plain":
			http.Redirect(w, r, strings.Replace(elsewhere.URL, "https", "http", 1), http.StatusFound)
		case "/large":
			w.Write(make([]byte, 1<<20))
		case "/script":
			w.Write([]byte(`<page><% secret() %></page>`))
		default:
			http.NotFound(w, r)
		}
	}))
	defer s.Close()
	host := strings.TrimPrefix(s.URL, "https://")
	all := &Templates{Hosts: []string{host}, Setting: "compat.cainiao", Transport: s.Client().Transport}
	for range 2 {
		if _, err := all.Get(t.Context(), "http://"+host+"/good"); err != nil { // which is asked by https
			t.Fatal(err)
		}
	}
	if asked != 1 {
		t.Errorf("asked %d times, want once", asked)
	}
	for address, want := range map[string]notice.Code{
		s.URL + "/elsewhere": "compat-template-fetch", s.URL + "/plain": "compat-template-fetch", s.URL + "/large": "compat-template-fetch", s.URL + "/none": "compat-template-fetch",
		s.URL + "/script": "compat-template", elsewhere.URL + "/good": "compat-template-host", "https://user:secret@" + host + "/good": "compat-template-host",
		"file:///etc/secret": "compat-template-host", "": "compat-template-host", "https://" + host + ".secret.example/good": "compat-template-host",
	} {
		_, err := all.Get(t.Context(), address)
		if notice.CodeOf(err) != want || strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "/good") {
			t.Errorf("%s: %v, want %s", address, err, want)
		}
	}
}

func TestAKeyIsTakenApart(t *testing.T) {
	seen := map[string]bool{}
	for _, names := range [][2]string{{"a", "b"}, {"a/b", "c"}, {"a", "b/c"}, {"a%2Fb", "c"}, {"任务 1", "文档"}} {
		key := Key(names[0], names[1])
		task, document, ok := Names(key)
		if !ok || task != names[0] || document != names[1] || seen[key] {
			t.Errorf("%q: %q %q %v", names, task, document, ok)
		}
		seen[key] = true
	}
}
