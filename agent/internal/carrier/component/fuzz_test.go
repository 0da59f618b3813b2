package component

import (
	"bytes"
	"encoding/json"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"miandan/agent/internal/hostile"
	"miandan/printer"
)

// FuzzDocument reads the sealed document of a job, which was put together of
// JD's answers.
func FuzzDocument(f *testing.F) {
	good, err := json.Marshal(Document{TemplateURL: "https://template-content.jd.com/template-oss?tempCode=jdkd76x130", TemplateCode: "jdkd76x130", CustomURL: "https://example.com/a", Custom: map[string]any{"a": 1}, Data: "SEALED0DATA"})
	if err != nil {
		f.Fatal(err)
	}
	for _, s := range hostile.JSON(string(good)) {
		f.Add(s)
	}
	f.Add([]byte(`{"data":"x","template_url":"file:///etc/passwd"}`))
	f.Add([]byte(`{"data":"x","template_url":"https://user:pw@example.com"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		hostile.Bounded(t, len(b), func() {
			d, err := decode(b)
			hostile.Silent(t, err)
			var out bytes.Buffer
			if e := (Driver{}).Encode(&out, printer.Job{Sealed: b}); (e == nil) != (err == nil) || e != nil && out.Len() > 0 {
				t.Errorf("decode says %v, Encode %v with %d bytes out", err, e, out.Len())
			}
			if err != nil {
				return
			}
			if d.Data == "" || !webOrNone(d.TemplateURL) || !webOrNone(d.CustomURL) {
				t.Errorf("passes: %q, %q", d.TemplateURL, d.CustomURL)
			}
			again, err := d.Encode()
			if err != nil {
				t.Fatal(err)
			}
			if second, err := decode(again); err != nil || second.Data != d.Data || second.TemplateURL != d.TemplateURL {
				t.Errorf("it does not come back: %v", err)
			}
			for _, p := range []protocol{classic{}, classic{second: true}, third{}} {
				task, err := p.print("KEY", "P", "name", d)
				if err != nil {
					continue
				}
				if frame, err := json.Marshal(task); err != nil || !json.Valid(frame) {
					t.Errorf("no task of it: %v", err)
				}
			}
		})
	})
}

func webOrNone(s string) bool {
	return s == "" || strings.HasPrefix(strings.ToLower(s), "http://") || strings.HasPrefix(strings.ToLower(s), "https://")
}

// FuzzAddress reads a printer's URL from the settings: without remote=allowed
// none leads off this computer.
func FuzzAddress(f *testing.F) {
	for _, s := range []string{
		"jd-component://127.0.0.1:9113/HPRT R42D", "jd-component:///P?version=3&patience=60s&tls=yes", "jd-component://10.0.0.1/P", "jd-component://[::1]:1/P",
		"jd-component://[::ffff:10.0.0.1]/P", "jd-component://localhost/P?remote=allowed", "jd-component://127.0.0.1:9113/P?patience=-1s", "jd-component://user:pw@127.0.0.1/P",
		"jd-component://127.0.0.1.evil.example/P", "jd-component://[::1%25lo]/P", "jd-component://127.0.0.1:99999999/P", "jd-component://2130706433/P", "jd-component:opaque", "//:911@",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, address string) {
		u, err := url.Parse(address)
		if err != nil {
			return
		}
		way, err := open(u)
		if err != nil {
			if u.User != nil { // what is said does not depend on who that is
				u.User = url.UserPassword("another", "one")
				if _, other := open(u); other == nil || other.Error() != err.Error() {
					t.Errorf("%v, and for somebody else %v", err, other)
				}
			}
			return
		}
		to, err := url.Parse(way.address.Target)
		if err != nil || way.address.Printer == "" || way.address.Patience <= 0 {
			t.Fatalf("%q leads to %+v", address, way)
		}
		ip, err := netip.ParseAddr(to.Hostname())
		if !way.address.Remote && to.Hostname() != "localhost" && (err != nil || !ip.Unmap().IsLoopback()) {
			t.Errorf("%q leads to %s", address, to.Host)
		}
	})
}
