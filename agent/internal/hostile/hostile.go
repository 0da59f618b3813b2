// Package hostile is for the tests of what reads foreign answers: it makes bad
// answers of good ones, and holds a reader to what no input may make it do.
//
// A fuzzer turns bytes over and seldom finds what a broken or wicked server
// sends: JSON that is whole and means something else. So its seeds are made
// here, one of each kind for every good answer.
package hostile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"runtime/metrics"
	"strings"
	"testing"
	"time"
)

// A plainly invented person, who stands in the answers that JSON makes.
const (
	Phone = "13800001234"
	Name  = "演示张三"
)

// values are what a scalar of an answer is replaced by.
var values = []string{
	`null`, `{}`, `[]`, `true`, `"` + Phone + `"`, Phone, `"` + Name + `"`, `1e999`, `-0`, `0.1e-400`, `"9007199254740993"`, `99999999999999999999999`,
	`"\ud800"`, `"a\u0000b\r\n\u202e"`, `"` + "\xff\xfe" + `"`, `"` + strings.Repeat("长", 5000) + `"`,
	strings.Repeat("[", 9000) + strings.Repeat("]", 9000), strings.Repeat(`{"data":`, 9000) + "1" + strings.Repeat("}", 9000),
}

// JSON returns a good answer and bad ones made of it: each kind of bad value in
// the place of one scalar, another each time; the same person in all places;
// every member twice; and the answer cut off, wrapped and followed by another.
func JSON(good string) [][]byte {
	places := scalars(good)
	list := [][]byte{[]byte(good)}
	add := func(s string) { list = append(list, []byte(s)) }
	for i, v := range values {
		if len(places) == 0 {
			break
		}
		p := places[(i*7+3)%len(places)]
		add(good[:p[0]] + v + good[p[1]:])
	}
	for _, v := range []string{`"` + Phone + `"`, Phone, `"` + Name + `"`} {
		all, end := "", 0
		for _, p := range places {
			all += good[end:p[0]] + v
			end = p[1]
		}
		add(all + good[end:])
	}
	if strings.HasPrefix(good, "{") && len(good) > 2 {
		add(good[:len(good)-1] + "," + good[1:])
	}
	add(good[:len(good)/2])
	add("[" + good + "]")
	add(good + good)
	add("\ufeff" + good)
	return list
}

// scalars returns where the scalars of a JSON text stand that are no names.
func scalars(text string) [][2]int {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var places [][2]int
	var within []bool // an object
	name := false     // the next string is a name
	for {
		before := int(d.InputOffset())
		token, err := d.Token()
		if err != nil {
			return places
		}
		end := int(d.InputOffset())
		switch token := token.(type) {
		case json.Delim:
			if token == '{' || token == '[' {
				within = append(within, token == '{')
			} else {
				within = within[:len(within)-1]
			}
			name = len(within) > 0 && within[len(within)-1]
			continue
		default:
			if !name {
				begin := before + len(text[before:end]) - len(strings.TrimLeft(text[before:end], " \t\r\n:,"))
				places = append(places, [2]int{begin, end})
			}
		}
		name = !name && len(within) > 0 && within[len(within)-1]
	}
}

// What one reading may cost: time, for a machine that has other work, and bytes.
const (
	atMost    = 10 * time.Second
	allocated = 64 << 20
	perByte   = 1500
)

// Bounded runs f, which reads an input of so many bytes, and fails the test if
// that takes too long or too much memory.
func Bounded(t testing.TB, size int, f func()) {
	t.Helper()
	before, began := heap(), time.Now()
	f()
	if took := time.Since(began); took > atMost {
		t.Errorf("%d bytes took %v to read", size, took)
	}
	if got := heap() - before; got > allocated+uint64(size)*perByte {
		t.Errorf("%d bytes took %d bytes of memory to read", size, got)
	}
}

func heap() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

var mobile = regexp.MustCompile(`(^|[^0-9])1[3-9][0-9]{9}([^0-9]|$)`)

// Silent fails the test if what a reader says of its input, in any verb, may
// name a person or a secret that the reader was given.
func Silent(t testing.TB, said any, secrets ...string) {
	t.Helper()
	for _, verb := range []string{"%v", "%+v", "%#v"} {
		text := fmt.Sprintf(verb, said)
		if err, ok := said.(error); ok && verb == "%v" {
			text = err.Error()
		}
		for _, s := range append(secrets, Name) {
			if strings.Contains(text, s) {
				t.Errorf("%s says %q: %.300q", verb, s, text)
			}
		}
		if m := mobile.FindString(text); m != "" {
			t.Errorf("%s says %q: %.300q", verb, m, text)
		}
	}
}

// Short reports whether a test's input is worth its time: a fuzzer likes to make
// its inputs longer and longer, which finds nothing more.
func Short(inputs ...[]byte) bool { return len(bytes.Join(inputs, nil)) <= 256<<10 }

// Platform answers every request with the body that it gives, without a
// network.
type Platform func(*http.Request) []byte

// RoundTrip implements http.RoundTripper.
func (p Platform) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		defer r.Body.Close()
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(p(r))), Request: r}, nil
}

// Says is a Platform that always says the same.
func Says(body []byte) Platform { return func(*http.Request) []byte { return body } }
