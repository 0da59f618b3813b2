package cloudprint

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
)

func TestAllowed(t *testing.T) {
	f := &Files{Hosts: []string{"storage.jd.com", "127.0.0.1"}}
	practice := &Files{Hosts: []string{"127.0.0.1", "storage.jd.com"}, Practice: true}
	for _, c := range []struct {
		address        string
		real, practice bool
	}{
		{"https://storage.jd.com/a.png?x=1", true, true},
		{"https://storage.jd.com:443/a.png", true, true},
		{"https://storage.jd.com:8443/a.png", false, false},
		{"http://storage.jd.com/a.png", false, false},
		{"https://STORAGE.jd.com/a.png", false, false},
		{"https://storage.jd.com./a.png", false, false},
		{"https://storage.jd.com.evil.test/a.png", false, false},
		{"https://evil.test/storage.jd.com", false, false},
		{"https://storage.jd.com@evil.test/", false, false},
		{"https://user@storage.jd.com/", false, false},
		{"https://evil.test#storage.jd.com", false, false},
		{"https://2130706433/", false, false},
		{"https://0x7f.1/", false, false},
		{"https://[::ffff:127.0.0.1]/", false, false},
		{"https://localhost/", false, false},
		{"http://127.0.0.1:8080/a.png", false, true},
		{"file:///etc/passwd", false, false},
		{"data:image/png;base64,AA", false, false},
		{"ftp://storage.jd.com/a.png", false, false},
		{"//storage.jd.com/a.png", false, false},
		{`\\storage.jd.com\share`, false, false},
		{"https:storage.jd.com", false, false},
		{"", false, false},
	} {
		u, err := url.Parse(c.address)
		if err != nil {
			u = &url.URL{}
		}
		if got := f.allowed(u); got != c.real {
			t.Errorf("%q allowed: %v, want %v", c.address, got, c.real)
		}
		if got := practice.allowed(u); got != c.practice {
			t.Errorf("%q allowed in practice: %v, want %v", c.address, got, c.practice)
		}
	}
}

func TestDialledAddress(t *testing.T) {
	for address, want := range map[string]bool{
		"1.2.4.8:443": true, "114.114.114.114:443": true, "[2408:8000::1]:443": true,
		"127.0.0.1:443": false, "10.0.0.1:443": false, "172.16.3.4:443": false, "192.168.1.1:443": false, "169.254.169.254:443": false,
		"100.64.0.1:443": false, "0.0.0.0:443": false, "0.1.2.3:443": false, "224.0.0.1:443": false, "255.255.255.255:443": false,
		"198.18.0.1:443": false, "240.0.0.1:443": false, "[::1]:443": false, "[::]:443": false, "[fe80::1]:443": false, "[fe80::1%eth0]:443": false,
		"[fd00::1]:443": false, "[::ffff:10.0.0.1]:443": false, "[::ffff:1.2.4.8]:443": true, "[64:ff9b::a00:1]:443": false,
		"[2002:a00:1::]:443": false, "[2001:0:a00:1::]:443": false, "[::a00:1]:443": false, "[ff02::1]:443": false, "not an address": false,
	} {
		if err := (&Files{}).control("tcp", address, nil); (err == nil) != want {
			t.Errorf("dialling %s: %v, want allowed %v", address, err, want)
		}
	}
	if err := (&Files{Practice: true}).control("tcp", "127.0.0.1:80", nil); err != nil {
		t.Errorf("practice: %v", err)
	}
	if err := (&Files{Practice: true}).control("tcp", "10.0.0.1:80", nil); err == nil {
		t.Error("practice: another computer's address is dialled")
	}
	if !public(netip.MustParseAddr("8.8.8.8")) {
		t.Error("8.8.8.8 is not public")
	}
}

// TestRebinding gets a file from a host that is allowed by name and resolves
// to this computer.
func TestRebinding(t *testing.T) {
	var asked atomic.Int32
	s := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	defer s.Close()
	f := &Files{Hosts: []string{"localhost", "127.0.0.1"}}
	for _, host := range []string{"localhost", "127.0.0.1"} {
		if _, err := f.get(t.Context(), "https://"+host+"/"); !errors.Is(err, errNotAllowed) {
			t.Errorf("get from %s = %v, want %v", host, err, errNotAllowed)
		}
	}
	if asked.Load() != 0 {
		t.Error("the host was asked")
	}
}

func TestRedirects(t *testing.T) {
	var away atomic.Int32
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { away.Add(1) }))
	defer other.Close()
	elsewhere := strings.Replace(other.URL, "127.0.0.1", "localhost", 1)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var n int
		switch {
		case r.URL.Path == "/file":
			io.WriteString(w, "file")
		case r.URL.Path == "/away":
			http.Redirect(w, r, elsewhere, http.StatusFound)
		case r.URL.Path == "/metadata":
			http.Redirect(w, r, "http://169.254.169.254/latest", http.StatusFound)
		case r.URL.Path == "/local":
			w.Header().Set("Location", "file:///etc/passwd")
			w.WriteHeader(http.StatusFound)
		case r.URL.Path == "/claims":
			w.Header().Set(onward, "/file")
			w.WriteHeader(http.StatusFound)
		case r.URL.Path == "/big":
			io.Copy(w, io.LimitReader(zeros{}, maxFile+1))
		case r.URL.Path == "/gone":
			http.Error(w, "", http.StatusGone)
		default:
			fmt.Sscanf(r.URL.Path, "/%d", &n)
			if n == 0 {
				io.WriteString(w, "file")
				return
			}
			http.Redirect(w, r, fmt.Sprintf("/%d", n-1), http.StatusFound)
		}
	}))
	defer s.Close()
	f := &Files{Hosts: []string{"127.0.0.1"}, Practice: true}
	for path, want := range map[string]bool{
		"/file": true, "/3": true, "/4": false, "/away": false, "/metadata": false, "/local": false, "/claims": false, "/big": false, "/gone": false,
	} {
		b, err := f.get(t.Context(), s.URL+path)
		if (err == nil) != want || want && string(b) != "file" {
			t.Errorf("get %s = %q, %v", path, b, err)
		}
		if err != nil && strings.Contains(err.Error(), "://") {
			t.Errorf("get %s: an address stands in %q", path, err)
		}
	}
	if away.Load() != 0 {
		t.Error("a host that is not allowed was asked")
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }
