package canary

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"mime/quotedprintable"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/klauspost/compress/zstd"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// encoding writes a text in a way in which it may leak.
type encoding struct {
	name string
	of   func(string) []byte
}

func encode64(b []byte) string { return base64.StdEncoding.EncodeToString(b) }

func wide(text string, big bool) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(text)) {
		if big {
			b = append(b, byte(u>>8), byte(u))
		} else {
			b = append(b, byte(u), byte(u>>8))
		}
	}
	return b
}

func gb18030(text string) []byte {
	b, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(text))
	if err != nil {
		panic(err)
	}
	return b
}

func zipped(b []byte) []byte {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	f, err := w.Create("a file")
	if err == nil {
		_, err = f.Write(b)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		panic(err)
	}
	return out.Bytes()
}

func gzipped(b []byte) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	w.Write(b)
	w.Close()
	return out.Bytes()
}

func deflated(b []byte) []byte {
	var out bytes.Buffer
	w := zlib.NewWriter(&out)
	w.Write(b)
	w.Close()
	return out.Bytes()
}

// zstandard packs b behind so much text that it is coded: a short text of its own
// stands in a frame as it is.
func zstandard(b []byte) []byte {
	w, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedBestCompression))
	if err != nil {
		panic(err)
	}
	var text []byte
	for i := range 400 {
		text = fmt.Appendf(text, "line %d says %d\n", i, i*i)
	}
	packed := w.EncodeAll(append(append(text, b...), text...), nil)
	if bytes.Contains(packed, b[:8]) {
		panic("the frame shows what is in it")
	}
	return packed
}

func quoted(text string) []byte {
	var out bytes.Buffer
	w := quotedprintable.NewWriter(&out)
	w.Write([]byte(text))
	w.Close()
	return out.Bytes()
}

func units(text, form string) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(text)) {
		b = fmt.Appendf(b, form, u)
	}
	return b
}

func entities(text, form string) []byte {
	var b []byte
	for _, r := range text {
		b = fmt.Appendf(b, form, r)
	}
	return b
}

func marshal(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

// each64 is base64 behind n other bytes, with the alphabet and line breaks given.
func each64(n int, e *base64.Encoding, broken string) func(string) []byte {
	return func(text string) []byte {
		all := e.EncodeToString([]byte("0123456789"[:n] + text + " and more of it behind that"))
		if broken == "" {
			return []byte(all)
		}
		var lines []string
		for len(all) > 76 {
			lines, all = append(lines, all[:76]), all[76:]
		}
		return []byte(strings.Join(append(lines, all), broken))
	}
}

var encodings = []encoding{
	{"UTF-8", func(s string) []byte { return []byte(s) }},
	{"UTF-16LE", func(s string) []byte { return wide(s, false) }},
	{"UTF-16BE", func(s string) []byte { return wide(s, true) }},
	{"GB 18030", gb18030},
	{"base64 at 0", each64(0, base64.StdEncoding, "")},
	{"base64 at 1", each64(1, base64.StdEncoding, "")},
	{"base64 at 2", each64(2, base64.StdEncoding, "")},
	{"base64 for addresses", each64(1, base64.RawURLEncoding, "")},
	{"base64 in lines", func(s string) []byte {
		return each64(2, base64.StdEncoding, "\r\n")(strings.Repeat("before it ", 6) + s)
	}},
	{"base64 in quoted lines", func(s string) []byte {
		return each64(0, base64.StdEncoding, `\n`)(strings.Repeat("before it ", 6) + s)
	}},
	{"base64 of UTF-16", func(s string) []byte { return []byte(encode64(wide(s, false))) }},
	{"base64 of GB 18030", func(s string) []byte { return []byte(encode64(gb18030(s))) }},
	{"base64 twice", func(s string) []byte { return []byte(encode64([]byte(encode64([]byte("x" + s))))) }},
	{"base64 in UTF-16", func(s string) []byte { return wide(encode64([]byte(s)), false) }},
	{"hex", func(s string) []byte { return []byte(hex.EncodeToString([]byte(s))) }},
	{"hex in capitals", func(s string) []byte { return fmt.Appendf(nil, "%X", s) }},
	{"hex behind a digit", func(s string) []byte { return fmt.Appendf(nil, "a%x", s) }},
	{"hex of GB 18030", func(s string) []byte { return fmt.Appendf(nil, "%x", gb18030(s)) }},
	{"hex, spaced", func(s string) []byte { return fmt.Appendf(nil, "% x", s) }},
	{"hex, a Go literal", func(s string) []byte { return fmt.Appendf(nil, "%#v", []byte(s)) }},
	{"decimal, as Go prints bytes", func(s string) []byte { return fmt.Append(nil, []byte(s)) }},
	{"decimal, in JSON", func(s string) []byte { return []byte(strings.ReplaceAll(fmt.Sprint([]byte(s)), " ", ",")) }},
	{"percent", func(s string) []byte { return []byte(url.QueryEscape(s)) }},
	{"percent in small letters", func(s string) []byte { return []byte(strings.ToLower(url.QueryEscape(s))) }},
	{"percent of GB 18030", func(s string) []byte { return []byte(url.QueryEscape(string(gb18030(s)))) }},
	{"percent twice", func(s string) []byte { return []byte(url.QueryEscape(url.QueryEscape(s))) }},
	{"a form with JSON in it", func(s string) []byte {
		return []byte(url.Values{"360buy_param_json": {string(marshal(map[string]string{"a": s}))}}.Encode())
	}},
	{"JSON escapes", func(s string) []byte { return units(s, `\u%04x`) }},
	{"JSON escapes in capitals", func(s string) []byte { return units(s, `\u%04X`) }},
	{"JSON in JSON", func(s string) []byte { return marshal(string(units(s, `\u%04x`))) }},
	{"JSON in JSON in JSON", func(s string) []byte { return marshal(string(marshal(string(units(s, `\u%04x`))))) }},
	{"a Go literal in ASCII", func(s string) []byte { return []byte(strconv.QuoteToASCII(s)) }},
	{"a C literal", func(s string) []byte {
		var b []byte
		for _, c := range []byte(s) {
			b = fmt.Appendf(b, `\%03o`, c)
		}
		return b
	}},
	{"bytes escaped", func(s string) []byte {
		var b []byte
		for _, c := range []byte(s) {
			b = fmt.Appendf(b, `\x%02x`, c)
		}
		return b
	}},
	{"JavaScript escapes", func(s string) []byte { return entities(s, `\u{%x}`) }},
	{"entities", func(s string) []byte { return entities(s, "&#%d;") }},
	{"entities in hex", func(s string) []byte { return entities(s, "&#x%X;") }},
	{"HTML", func(s string) []byte { return []byte(html.EscapeString(s)) }},
	{"quoted-printable", quoted},
	{"gzip", func(s string) []byte { return gzipped([]byte(s)) }},
	{"zlib", func(s string) []byte { return deflated([]byte(s)) }},
	{"zstd", func(s string) []byte { return zstandard([]byte(s)) }},
	{"zip", func(s string) []byte { return zipped([]byte(s)) }},
	{"gzip in zip", func(s string) []byte { return zipped(gzipped([]byte(s))) }},
	{"zip in zip in base64", func(s string) []byte { return []byte(encode64(zipped(zipped(wide(s, false))))) }},
	{"gzip in hex in JSON", func(s string) []byte { return marshal(hex.EncodeToString(gzipped([]byte(s)))) }},
	{"zlib in base64 in zstd", func(s string) []byte { return zstandard([]byte(encode64(deflated([]byte(s))))) }},
	{"gzip that breaks off", func(s string) []byte {
		b := gzipped(append([]byte(s), bytes.Repeat([]byte("0123456789abcdef"), 64)...))
		return b[:len(b)-12]
	}},
}

// TestPlants puts people into every kind of place in every encoding, and wants
// each found by each of their fields.
func TestPlants(t *testing.T) {
	people := People(11, 1000)
	s := New(people)
	places := map[string]func([]byte) []byte{
		"alone":   func(b []byte) []byte { return b },
		"in text": func(b []byte) []byte { return []byte("level=DEBUG err=\"" + string(b) + "\" n=3\n") },
		"in a page": func(b []byte) []byte {
			return append(append(bytes.Repeat([]byte{0, 0xFF, 3}, 1365), b...), make([]byte, 700)...)
		},
	}
	plants := 0
	for i, e := range encodings {
		p := people[i*17%len(people)]
		all := fmt.Sprintf("{%q:%q,%q:%q,%q:%q,%q:%q,%q:%q,%q:%q}", "n", p.Name, "m", p.Mobile, "l", p.Landline, "v", p.Virtual, "a", p.Address, "r", p.Remark)
		if i%2 == 1 { // without anything that must be escaped
			all = strings.Join([]string{p.Name, p.Mobile, p.Landline, p.Virtual, p.Address, p.Remark}, "|")
		}
		for place, put := range places {
			t.Run(e.name+"/"+place, func(t *testing.T) {
				hits, err := s.Bytes("plant", put(e.of(all)))
				if err != nil {
					t.Fatal(err)
				}
				want := map[Field]bool{Name: true, Mobile: true, Landline: true, Virtual: true, Street: true, Room: true, Remark: true}
				for _, h := range hits {
					if h.Person != p.Index {
						t.Errorf("found somebody else: %v", h)
					}
					delete(want, h.Field)
				}
				for f := range want {
					t.Errorf("the %s was not seen", f)
				}
				plants += 7
			})
		}
	}
	t.Logf("%d plants, %d encodings", plants, len(encodings))
}

// TestEachFieldAlone plants the fields one by one: none is found only thanks
// to another that stands beside it.
func TestEachFieldAlone(t *testing.T) {
	people := People(12, 1000)
	s := New(people)
	for i, e := range encodings {
		for j, p := range people[i*8%900 : i*8%900+8] { // of every kind of name
			for field, text := range map[Field]string{Name: p.Name, Mobile: p.Mobile, Landline: p.Landline, Virtual: p.Virtual, Street: "演示" + p.street, Room: p.room + "室", Remark: p.Remark} {
				hits, err := s.Bytes("plant", append([]byte("field: "), e.of(text)...))
				if err != nil || len(hits) == 0 || hits[0].Person != p.Index || hits[0].Field != field {
					t.Errorf("%s, person %d: the %s was not seen: %v %v", e.name, j, field, hits, err)
				}
			}
		}
	}
}

// TestTelephoneNumbers are written in many ways.
func TestTelephoneNumbers(t *testing.T) {
	people := People(13, 50)
	s := New(people)
	p := people[20]
	m, l, v := p.Mobile, p.Landline, p.Virtual
	fullWidth := func(s string) string {
		return strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return r - '0' + '０'
			}
			return r
		}, s)
	}
	for text, field := range map[string]Field{
		m[:3] + " " + m[3:7] + " " + m[7:]:           Mobile,
		m[:3] + "-" + m[3:7] + "-" + m[7:]:           Mobile,
		"+86 (" + m[:5] + ") " + m[5:]:               Mobile,
		"0086" + m:                                   Mobile,
		m[:3] + "\u00a0" + m[3:7] + "\u2009" + m[7:]: Mobile,
		m[:3] + "." + m[3:7] + "." + m[7:]:           Mobile,
		strings.Join(strings.Split(m, ""), " "):      Mobile,
		strings.Join(strings.Split(m, ""), "-"):      Mobile,
		fullWidth(m):                                 Mobile,
		fullWidth(m[:3]) + "　" + fullWidth(m[3:]):    Mobile,
		reversed(m):                        Mobile,
		m[7:] + " " + m[3:7] + " " + m[:3]: Mobile,
		"13900000000," + m:                 Mobile,
		"id" + m + "9":                     Mobile,
		string(wide(m[:3]+" "+m[3:7]+" "+m[7:], true)): Mobile,
		strings.ReplaceAll(l, "-", ""):                 Landline,
		"(" + l[:4] + ") " + l[5:9] + "-" + l[9:]:      Landline,
		"tel:" + l[5:] + ";":                           Landline,
		string(wide(l[5:], false)):                     Landline,
		v[:3] + " " + v[3:7] + " " + v[7:11]:           Virtual,
		"tel:" + v[:11] + ",," + v[12:] + "#":          Virtual,
		url.QueryEscape(m[:3] + " " + m[3:7] + m[7:]):  Mobile,
		encode64([]byte(m[:3] + "-" + m[3:7] + m[7:])): Mobile,
	} {
		hits, err := s.Bytes("plant", []byte("call "+text+" please"))
		if err != nil || len(hits) == 0 || hits[0].Person != p.Index || hits[0].Field != field {
			t.Errorf("%q was not seen: %v %v", text, hits, err)
		}
	}
}
