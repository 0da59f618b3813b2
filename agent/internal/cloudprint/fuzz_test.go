package cloudprint

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"miandan/agent/internal/carrier/component"
	"miandan/agent/internal/hostile"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/outbound"
	"miandan/templates/waybill"
)

// named fails the test if an error has no sentence, or says whom a label goes to.
func named(t *testing.T, err error) {
	t.Helper()
	if err == nil {
		return
	}
	if code := notice.CodeOf(err); code == notice.Internal || !notice.Known(code) {
		t.Errorf("no sentence for %v", err)
	}
	for _, private := range []string{"张三丰", "13800000001", "玄武区演示路12号", "5幢602室"} {
		if strings.Contains(err.Error(), private) {
			t.Errorf("the error says %q: %.300s", private, err)
		}
	}
}

// broken is what the real clients say of an answer that cannot be read.
func broken(err error) error {
	if err == nil {
		return nil
	}
	return notice.New("jd-answer", errors.New("not whole"))
}

func caller(answer []byte) CallerFunc {
	return func(_ context.Context, _ string, _, result any) error { return broken(json.Unmarshal(answer, result)) }
}

// FuzzPulled reads the print data that JD gives for two parcels: each label's
// is its own, or none.
func FuzzPulled(f *testing.F) {
	good := strings.ReplaceAll(data(piece("JDVC1", "JDVC1-1-2-"), piece("JDVC1", "JDVC1-2-2-")), "ID", "")
	for _, s := range hostile.JSON(good) {
		f.Add(s, true)
	}
	for _, s := range hostile.JSON(strings.ReplaceAll(data(piece("YT1", "")), "ID", "")) {
		f.Add(s, false)
	}
	f.Add([]byte(`{"code":2,"message":"张三丰 13800000001","prePrintDatas":[{"wayBillNo":"YT1","code":"7","msg":"江苏南京市玄武区演示路12号5幢602室"}]}`), false)
	f.Fuzz(func(t *testing.T, answer []byte, own bool) {
		c := &Client{LOP: caller(answer), CustomerCode: "010K1", VendorCode: "10000001", Templates: map[waybill.Carrier]Template{"YTO": {Code: "c", URL: "https://template-content.jd.com/t?tempCode=c"}}}
		labels := []waybill.Label{label("YTO", "YT1", 0, 1)}
		if own {
			labels = []waybill.Label{label("JD", "JDVC1", 0, 2), label("JD", "JDVC1", 1, 2)}
		}
		hostile.Bounded(t, len(answer), func() {
			for i, p := range c.Pull(t.Context(), labels) {
				named(t, p.Err)
				if (p.Err == nil) != (len(p.Sealed) > 0) {
					t.Errorf("label %d: %d bytes with %v", i, len(p.Sealed), p.Err)
				}
				if p.Err != nil {
					continue
				}
				var d component.Document
				if json.Unmarshal(p.Sealed, &d) != nil || d.Data == "" || !bytes.Contains(answer, []byte("perPrintData")) && !bytes.Contains(bytes.ToLower(answer), []byte("perprintdata")) && !bytes.Contains(answer, []byte(`\u`)) {
					t.Errorf("label %d: sealed data of nowhere: %.200s", i, p.Sealed)
				}
			}
		})
	})
}

// FuzzRendered reads the answer of JD's renderer.
func FuzzRendered(f *testing.F) {
	for _, good := range []string{
		`{"code":1,"msg":"ok","result":[{"outputType":1,"url":"https://files.example/label"}]}`,
		`{"code":"1","msg":"张三丰 13800000001 江苏南京市玄武区演示路12号5幢602室","data":[{"data":"JVBERi0xLjc="}]}`,
	} {
		for _, s := range hostile.JSON(good) {
			f.Add(s, []byte("\x89PNG\r\n\x1a\n"))
		}
	}
	f.Fuzz(func(t *testing.T, answer, file []byte) {
		c := &Client{LOP: caller(answer), CustomerCode: "010K1", Render: Render{Operator: "op", Files: Files{Hosts: []string{"files.example"}}}}
		serve(&c.Render.Files, func(*http.Request) (int, string) { return 200, "" }, file)
		hostile.Bounded(t, len(answer)+len(file), func() {
			d, err := c.Rendered(t.Context(), label("JD", "JDVC1", 0, 1), PDF)
			named(t, err)
			switch {
			case err != nil && len(d.Bytes) > 0:
				t.Errorf("%v with %v", d, err)
			case err == nil && d.Kind == PDF && !bytes.HasPrefix(d.Bytes, []byte("%PDF-")), err == nil && d.Kind == PNG && !bytes.HasPrefix(d.Bytes, []byte("\x89PNG")):
				t.Errorf("%v is none", d)
			}
		})
	})
}

// serve puts a server in place of the network. It says a status and where to go
// on.
func serve(f *Files, say func(*http.Request) (int, string), file []byte) {
	f.once.Do(func() {
		f.client = &outbound.Client{MaxAnswer: maxFile, Transport: still{roundTrip(func(r *http.Request) (*http.Response, error) {
			status, next := say(r)
			h := http.Header{}
			if next != "" {
				h.Set("Location", next)
			}
			return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(bytes.NewReader(file)), Request: r}, nil
		})}}
	})
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// FuzzFetch follows what an answer and its redirects point to: never off the
// hosts in the settings, never without TLS, never with a name and a password.
func FuzzFetch(f *testing.F) {
	for _, s := range [][2]string{
		{"https://files.example/a?b=c", "https://files.example/d"}, {"https://files.example:443/", "//evil.example/"}, {"https://files.example", "http://files.example"},
		{"https://files.example@evil.example/", "/x"}, {"https://u:p@files.example/", ""}, {"https://files.example.evil.example/", ""}, {"HTTPS://FILES.EXAMPLE/", ""},
		{"https://files.example:8443/", ""}, {"https:files.example", ""}, {"https://files.example\\@evil.example", ""}, {"https://[::1]/", ""}, {"https://files.example/", "https://files.example:44３/"},
		{"https://files.example/", "javascript:alert(1)"}, {"https://files%2eexample/", "\x00"}, {"https://files.example/", " https://169.254.169.254/latest"},
	} {
		f.Add(s[0], s[1], uint16(302))
	}
	f.Fuzz(func(t *testing.T, address, next string, status uint16) {
		files, n := &Files{Hosts: []string{"files.example"}}, 0
		serve(files, func(r *http.Request) (int, string) {
			n++
			if u := r.URL; u.Scheme != "https" || u.Hostname() != "files.example" || u.User != nil || u.Port() != "" && u.Port() != "443" || r.Host != u.Host && r.Host != "" {
				t.Errorf("asked %s at %s", u, r.Host)
			}
			return 200 + int(status%400), next
		}, []byte("file"))
		b, err := files.get(t.Context(), address)
		if (err == nil) != (string(b) == "file") || n > maxRedirects+1 {
			t.Errorf("get = %q, %v after %d requests", b, err, n)
		}
		if u, bad := url.Parse(address); err != nil && bad == nil && len(u.RawQuery) > 6 && strings.Contains(err.Error(), u.RawQuery) {
			t.Errorf("%v holds the query", err)
		}
	})
}

// FuzzOffered reads which templates JD offers: none that JD does not host.
func FuzzOffered(f *testing.F) {
	const good = `{"data":[{"cpCode":"DEMO","standardTemplates":[{"standardTemplateUrl":"https://template-content.jd.com/template-oss?tempCode=yto76x130","standardTemplateCode":"yto76x130"}]}]}`
	for _, s := range hostile.JSON(good) {
		f.Add(s)
	}
	f.Add([]byte(strings.ReplaceAll(good, "template-content.jd.com", "template-content.jd.com.evil.example")))
	f.Add([]byte(strings.ReplaceAll(good, "https://", "https://a:b@")))
	f.Fuzz(func(t *testing.T, answer []byte) {
		hostile.Bounded(t, len(answer), func() {
			all, err := (&Client{LOP: caller(answer)}).Offered(t.Context(), "DEMO")
			named(t, err)
			for _, one := range all {
				if u, err := url.Parse(one.URL); err != nil || u.Scheme != "https" || u.User != nil || !strings.HasSuffix("."+u.Host, ".jd.com") && u.Host != "storage.360buyimg.com" {
					t.Errorf("offers %s", one.URL)
				}
			}
			chosen, err := (&Client{LOP: caller(answer)}).choose(t.Context(), "DEMO")
			named(t, err)
			if err == nil && (!slices.ContainsFunc(all, func(o Template) bool { return o.URL == chosen.URL && o.Code == chosen.Code }) || !strings.Contains(chosen.Code, usualSize)) {
				t.Errorf("chose %+v", chosen)
			}
		})
	})
}
