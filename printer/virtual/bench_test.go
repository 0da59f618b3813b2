package virtual_test

import (
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"miandan/printer/bitmap"
	"miandan/printer/virtual"
)

// The tests speak to the printer in bytes written by hand from the manuals: this
// package is the drivers' oracle and must not be checked with them.

func start(t testing.TB, cfg virtual.Config) *virtual.Printer {
	t.Helper()
	p, err := virtual.Start(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

func dial(t testing.TB, p *virtual.Printer) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", p.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func write(t testing.TB, c net.Conn, parts ...string) {
	t.Helper()
	if _, err := c.Write([]byte(strings.Join(parts, ""))); err != nil {
		t.Fatal(err)
	}
}

func read(t testing.TB, c net.Conn, want string) {
	t.Helper()
	c.SetReadDeadline(time.Now().Add(time.Minute))
	got := make([]byte, len(want))
	n, err := io.ReadFull(c, got)
	if err != nil || string(got) != want {
		t.Fatalf("the printer says % X %q (%v), want % X %q", got[:n], got[:n], err, want, want)
	}
}

// quiet wants the printer to say nothing.
func quiet(t testing.TB, c net.Conn) {
	t.Helper()
	c.SetReadDeadline(time.Now().Add(30 * time.Millisecond))
	got := make([]byte, 16)
	if n, _ := c.Read(got); n > 0 {
		t.Errorf("the printer says % X %q, want nothing", got[:n], got[:n])
	}
}

func prints(t testing.TB, p *virtual.Printer, n int) []virtual.Print {
	t.Helper()
	for end := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
		if got := p.Prints(); len(got) >= n {
			return got
		}
		if time.Now().After(end) {
			t.Fatalf("%d prints, want %d", len(p.Prints()), n)
		}
	}
}

// stuck waits until the head cannot move on, with so many rows out.
func stuck(t testing.TB, p *virtual.Printer, rows int) {
	t.Helper()
	for end := time.Now().Add(time.Minute); p.Stuck() != rows; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("the head stands at row %d, want %d", p.Stuck(), rows)
		}
	}
}

// until asks until the answer is what it should become.
func until(t testing.TB, c net.Conn, question, want string) {
	t.Helper()
	for end := time.Now().Add(time.Minute); ; time.Sleep(2 * time.Millisecond) {
		write(t, c, question)
		c.SetReadDeadline(time.Now().Add(time.Minute))
		got := make([]byte, len(want))
		n, err := io.ReadFull(c, got)
		if err == nil && string(got) == want {
			return
		}
		if err != nil || time.Now().After(end) {
			t.Fatalf("the printer says % X %q (%v), want % X %q", got[:n], got[:n], err, want, want)
		}
	}
}

// picture reads dots from text: # is black.
func picture(rows ...string) *bitmap.Image {
	m := bitmap.New(len(rows[0]), len(rows))
	for y, row := range rows {
		for x, dot := range row {
			m.Set(x, y, dot == '#')
		}
	}
	return m
}

// drawn writes dots as text.
func drawn(m *bitmap.Image) string {
	var b strings.Builder
	for y := range m.Height {
		for x := range m.Width {
			b.WriteByte(map[bool]byte{true: '#', false: '.'}[m.Black(x, y)])
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func frame() *bitmap.Image {
	m := bitmap.New(16, 4)
	m.FillRect(0, 0, 16, 4, true)
	m.FillRect(1, 1, 14, 2, false)
	return m
}

// job is bytes and what has to come of them.
type job struct {
	name, bytes string
	want        []string // the last label's dots; nil for nothing
	garbage     string   // is in the last label's
}

// run prints each job on a printer of its own.
func (jobs jobs) run(t *testing.T, cfg virtual.Config) {
	for _, j := range jobs {
		t.Run(j.name, func(t *testing.T) {
			t.Parallel()
			p := start(t, cfg)
			c := dial(t, p)
			write(t, c, j.bytes)
			if j.want == nil {
				time.Sleep(30 * time.Millisecond)
				if got := p.Prints(); len(got) != 0 {
					t.Fatalf("printed %d labels, want none: %q\n%s", len(got), got[0].Garbage, drawn(got[0].Image))
				}
				return
			}
			got := prints(t, p, 1)
			last := got[len(got)-1]
			if j.garbage == "" && last.Garbage != "" || !strings.Contains(last.Garbage, j.garbage) {
				t.Errorf("garbage %q, want %q", last.Garbage, j.garbage)
			}
			if want := picture(j.want...); !last.Image.Equal(want) {
				t.Errorf("printed %d×%d\n%swant %d×%d\n%s", last.Width, last.Height, drawn(last.Image), want.Width, want.Height, drawn(want))
			}
			if last.Partial || last.Language != cfg.Language || last.Setup == nil {
				t.Errorf("print = %+v, want a whole one with language and setup", last)
			}
		})
	}
}

type jobs []job

// drain takes what the printer has said.
func drain(t testing.TB, c net.Conn) {
	t.Helper()
	c.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
	io.Copy(io.Discard, c)
}
