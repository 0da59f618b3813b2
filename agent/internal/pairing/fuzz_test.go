package pairing_test

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"miandan/agent/internal/notice"
	"miandan/agent/internal/pairing"
)

// FuzzOrigin reads what browsers and others send as an origin: what is taken is a
// scheme and a host and nothing else, to the byte.
func FuzzOrigin(f *testing.F) {
	for _, s := range []string{"https://erp.example.com", "http://[::1]:3000", "null", "https://erp.example.com:443", "https://user@erp.example.com", "https://erp.example.com/x?y#z", "https://ERP.example.com", "https://erp.example.com.evil.example"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		o, ok := pairing.ParseOrigin(s)
		if !ok {
			return
		}
		u, err := url.Parse(s)
		if err != nil || string(o) != s || u.Scheme+"://"+u.Host != s || u.User != nil || strings.ToLower(s) != s || strings.ContainsAny(s, " \t\r\n,*%\\") {
			t.Errorf("%q is taken as %q", s, o)
		}
	})
}

// FuzzPolicy reads policy files: one that is not understood lets nobody in, and has
// nobody asked.
func FuzzPolicy(f *testing.F) {
	for _, s := range []string{"ask = true\n", "ask = false\n[[origin]]\norigin = \"https://erp.example.com\"\nallow = true\n", "[[origin]]\norigin = \"null\"\nallow = true\n", "ask = 1", "\xff"} {
		f.Add([]byte(s))
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, file []byte) {
		path := filepath.Join(dir, "policy.toml")
		if err := os.WriteFile(path, file, 0o600); err != nil {
			t.Fatal(err)
		}
		p, err := pairing.ReadPolicy(path)
		if err != nil {
			if code := notice.CodeOf(err); p.Ask || len(p.Origins) > 0 || !strings.HasPrefix(string(code), "policy-") {
				t.Errorf("%s lets in %+v", code, p)
			}
			return
		}
		for _, r := range p.Origins {
			if _, ok := pairing.ParseOrigin(string(r.Origin)); !ok {
				t.Errorf("rule about %q", r.Origin)
			}
		}
	})
}
