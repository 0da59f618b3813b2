package cpcl

import (
	"context"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"miandan/printer"
)

// replies is a printer that says something of the fuzzer's after each question,
// a byte at a time, and then nothing more.
type replies struct {
	said  []byte
	each  int // bytes for each question
	ready int
	asked int
}

func (r *replies) Write(b []byte) (int, error) {
	r.asked++
	r.ready = min(r.ready+r.each, len(r.said))
	return len(b), nil
}

func (r *replies) Read(b []byte) (int, error) {
	if r.ready == 0 {
		if len(r.said) == 0 {
			return 0, io.EOF
		}
		return 0, os.ErrDeadlineExceeded
	}
	n := min(len(b), r.ready)
	copy(b, r.said[:n])
	r.said, r.ready = r.said[n:], r.ready-n
	return n, nil
}

// FuzzBackChannel: a label is confirmed only by answers that say so, and the
// questions end.
func FuzzBackChannel(f *testing.F) {
	f.Add([]byte{0, 0, 0, 0, 0, 0}, uint8(1), false)
	f.Add([]byte{busy, noPaper, latchOpen | busy, 0, 0, 0, 0}, uint8(1), true)
	f.Add([]byte{reset, 0, 0, 0}, uint8(1), true)
	f.Add([]byte{0xFF, 0x80, 0xE0, 'Z', 'Q', '5', 0}, uint8(7), true)
	f.Add([]byte("\x1bhQLn420 V76.19.6Z\x00"), uint8(200), false)
	f.Fuzz(func(t *testing.T, said []byte, each uint8, more bool) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		d := Driver{Extended: more, Pause: time.Nanosecond}
		n := max(int(each), 1)

		s, err := d.ReadStatus(ctx, &replies{said: said, each: n})
		if err == nil && !slices.ContainsFunc(said, func(b byte) bool { return b&unused == 0 }) {
			t.Errorf("heard %v in % X", s, said)
		}
		for _, r := range s.Reasons {
			if strings.ContainsFunc(string(r), func(r rune) bool { return r != '-' && (r < 'a' || r > 'z') }) {
				t.Errorf("the reason %q is none of ours", r)
			}
		}
		name, _ := d.Identify(ctx, &replies{said: said, each: n})
		if len(name) > 128 || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r > '~' }) {
			t.Errorf("the name %q", name)
		}
		p := &replies{said: said, each: n}
		_, err = d.Confirm(ctx, p, printer.Mark{}, func(printer.Status) {})
		idle := 0
		for _, b := range said {
			if b&(unused|reset|busy) == 0 {
				idle++
			}
		}
		if err == nil && idle == 0 {
			t.Errorf("confirmed by % X", said)
		}
		if ctx.Err() != nil {
			t.Errorf("the questions do not end: %d asked", p.asked)
		}
	})
}
