package cainiao

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"testing"

	"miandan/agent/internal/carrier/component"
	"miandan/printer"
)

func TestDocumentShowsNothing(t *testing.T) {
	d := sealedFor("cainiao")
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		if s := fmt.Sprintf(verb, struct{ D Document }{d}); strings.Contains(s, "U0VBTEVE") || strings.Contains(s, fmt.Sprintf("%x", "U0VBTEVE")) {
			t.Errorf("%s prints %s", verb, s)
		}
	}
	var b bytes.Buffer
	slog.New(slog.NewJSONHandler(&b, nil)).Info("x", "document", d)
	if strings.Contains(b.String(), "U0VBTEVE") {
		t.Errorf("the log has %s", b.String())
	}
}

func TestDocumentsThatAreNone(t *testing.T) {
	part := func(s string) Document {
		return Document{Dialect: "cainiao", Contents: []json.RawMessage{[]byte(s)}}
	}
	beside := sealedFor("kuaishou")
	beside.Beside = map[string]json.RawMessage{"Copy": []byte("2")}
	for name, d := range map[string]Document{
		"no platform":                {Contents: sealedFor("cainiao").Contents},
		"JD's":                       sealedFor("jd"),
		"a scheme for a platform":    sealedFor("cainiao-component"),
		"no content":                 {Dialect: "cainiao"},
		"nothing sealed":             part(ownPart),
		"sealed, and empty":          part(`{"encryptedData":"","templateURL":"https://a.example/"}`),
		"no template":                part(`{"encryptedData":"x"}`),
		"a template elsewhere":       part(`{"encryptedData":"x","addData":{"templateURL":"https://a.example/"}}`),
		"a file":                     part(`{"encryptedData":"x","templateURL":"file:///etc/passwd"}`),
		"a share":                    part(`{"encryptedData":"x","templateURL":"\\\\host\\share"}`),
		"a file under another case":  part(`{"encryptedData":"x","templateURL":"https://a.example/","templateUrl":"file:///x"}`),
		"a file deeper":              part(`{"encryptedData":"x","templateURL":"https://a.example/","data":[{"templateURL":"file:///x"}]}`),
		"a name twice":               part(`{"encryptedData":"x","templateURL":"https://a.example/","templateURL":"https://b.example/"}`),
		"two objects":                part(`{"encryptedData":"x","templateURL":"https://a.example/"}{}`),
		"deeper than anybody writes": part(`{"encryptedData":"x","templateURL":"https://a.example/","data":` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + `}`),
		"two copies":                 beside,
	} {
		if _, err := d.Encode(); err == nil || strings.Contains(err.Error(), "passwd") {
			t.Errorf("%s: Encode = %v", name, err)
		}
	}
	// Every dialect's own passes, and goes to its own component alone.
	for _, d := range Dialects() {
		b, err := sealedFor(d.Name).Encode()
		if err != nil {
			t.Fatal(err)
		}
		for _, other := range Dialects() {
			var out bytes.Buffer
			err := Driver{other}.Encode(&out, printer.Job{Sealed: b})
			if d.Name == other.Name && (err != nil || !bytes.Equal(out.Bytes(), b)) {
				t.Errorf("%s: Encode = %v", d.Name, err)
			}
			if d.Name != other.Name && (!errors.Is(err, ErrNoDocument) || out.Len() > 0) {
				t.Errorf("%s for %s: Encode = %v", d.Name, other.Name, err)
			}
		}
	}
	// A document of JD's, and one that is quite another thing.
	for _, b := range []string{`{"template_url":"https://a.example/","data":"U0VBTEVE"}`, `{"dialect":13800001234}`, ``} {
		var out bytes.Buffer
		d, _ := DialectOf("cainiao")
		err := Driver{d}.Encode(&out, printer.Job{Sealed: []byte(b)})
		if !errors.Is(err, ErrNoDocument) || out.Len() > 0 || strings.Contains(err.Error(), "1380000") {
			t.Errorf("Encode = %v", err)
		}
		if n := component.Notice("bench 1", err); n == nil || n.Code != "component-no-document" {
			t.Errorf("told as %v", n)
		}
	}
}

func TestOpen(t *testing.T) {
	for _, c := range []struct{ url, target string }{
		{"cainiao-component:///HPRT R42D", "ws://127.0.0.1:13528"},
		{"cainiao-component:///P?tls=yes", "wss://127.0.0.1:13529"},
		{"pdd-component:///P?erp=12&isv=x", "ws://127.0.0.1:5000"},
		{"pdd-component:///P?tls=yes", "wss://127.0.0.1:18653"},
		{"douyin-component:///P", "ws://127.0.0.1:13888"},
		{"kuaishou-component:///P", "ws://127.0.0.1:16888/ks/printer"},
		{"kuaishou-component:///P?tls=yes", "wss://127.0.0.1:16889/ks/printer"},
		{"xiaohongshu-component:///P", "ws://127.0.0.1:10818"},
		{"xiaohongshu-component://localhost:14528/P?patience=5s", "ws://localhost:14528"},
		{"cainiao-component://10.0.0.9/P?remote=allowed", "ws://10.0.0.9:13528"},
		{"cainiao-component://10.0.0.9/P", ""},
		{"cainiao-component:///P?erp=12", ""},
		{"cainiao-component:///", ""},
		{"cainiao-component://u:p@127.0.0.1/P", ""},
	} {
		u, err := url.Parse(c.url)
		if err != nil {
			t.Fatal(err)
		}
		d, ok := DialectOf(u.Scheme)
		if !ok {
			t.Fatalf("no dialect of %s", c.url)
		}
		got, err := d.open(u)
		switch {
		case c.target == "" && err == nil:
			t.Errorf("%s: not refused", c.url)
		case c.target != "" && (err != nil || got.address.Target != c.target):
			t.Errorf("%s: open = %+v, %v", c.url, got, err)
		}
	}
	if _, ok := DialectOf("jd-component"); ok {
		t.Error("JD's component speaks none of these")
	}
	// A name that Open takes for this computer, and that is not.
	away := way(t, "cainiao-component://localhost:9/P")
	away.address.Target = "ws://192.0.2.1:9"
	if _, err := away.Dial(t.Context()); !errors.Is(err, component.ErrNotLocal) {
		t.Errorf("Dial = %v", err)
	}
}

func TestTooLargeADocument(t *testing.T) {
	s := &script{}
	c := dialled(t, way(t, "cainiao-component://"+s.serve(t)+"/P"))
	if err := c.Start(t.Context(), printer.Job{Name: "A1"}); err != nil {
		t.Fatal(err)
	}
	if n, err := c.Write(make([]byte, 5<<20)); n != 0 || err == nil {
		t.Errorf("Write = %d, %v", n, err)
	}
	if len(s.frames("print")) != 0 {
		t.Error("something was handed over")
	}
}
