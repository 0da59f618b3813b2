package spool

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/OpenPrinting/goipp"
	"github.com/jung-kurt/gofpdf"

	"miandan/printer"
	"miandan/printer/page"
	"miandan/printer/spool/spooltest"
)

// label is a job with a mark in every corner, none like another, and bars of
// whole dots at 8 dots/mm. Rectangles are inset 0.1 dot, as on real labels, so
// that every rasteriser makes the same dots of them. Sizes are in mm.
func label(t *testing.T, name string, width, height float64) printer.Job {
	t.Helper()
	pdf := gofpdf.NewCustom(&gofpdf.InitType{UnitStr: "mm", Size: gofpdf.SizeType{Wd: width, Ht: height}})
	pdf.SetAutoPageBreak(false, 0)
	pdf.AddPageFormat("P", gofpdf.SizeType{Wd: width, Ht: height})
	black := func(x, y, w, h float64) {
		const inset = 0.1 / 8
		pdf.Rect(x+inset, y+inset, w-2*inset, h-2*inset, "F")
	}
	black(0, 0, 4, 4)
	black(width-6, 0, 6, 3)
	black(0, height-9, 2, 9)
	black(width-12, height-2, 12, 2)
	for x := 10.0; x < width-10; x += 1.5 {
		black(x, 20, 0.375, 12)
	}
	var b bytes.Buffer
	if err := pdf.Output(&b); err != nil {
		t.Fatal(err)
	}
	return printer.Job{Name: name, PDF: b.Bytes(), Width: int(width * 1000), Height: int(height * 1000)}
}

func mustOpen(t *testing.T, u *url.URL) *Transport {
	t.Helper()
	transport, err := Open(u)
	if err != nil {
		t.Fatal(err)
	}
	return transport.(*Transport)
}

// begin brings a job to the point where only Finish is left.
func begin(t *testing.T, transport *Transport, j printer.Job) *Conn {
	t.Helper()
	conn, err := transport.Dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c := conn.(*Conn)
	if err := c.Start(t.Context(), j); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Write(j.PDF); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCUPS(t *testing.T) {
	server := spooltest.Start(t)
	received := 0
	// follow prints a job to its end and returns what the printer got.
	follow := func(t *testing.T, u *url.URL, j printer.Job) []byte {
		t.Helper()
		c := begin(t, mustOpen(t, u), j)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		got, err := c.Finish(ctx)
		if err != nil {
			t.Fatalf("Finish = %v", err)
		}
		if err := c.Close(); err != nil {
			t.Errorf("Close = %v", err)
		}
		s, _ := c.Job()
		if want := fmt.Sprintf("job %d completed", s.ID); got.Method != "spooler" || got.Detail != want || got.At.IsZero() {
			t.Errorf("Finish = %+v, want the spooler's %q", got, want)
		}
		received++
		return server.Received(t, received)[received-1]
	}

	for _, way := range []struct {
		name string
		url  *url.URL
	}{
		{"tcp", server.TCP(spooltest.Label)},
		{"socket", server.Socket(spooltest.Label)},
	} {
		for _, size := range [][2]float64{{76, 130}, {100, 150}, {100, 60}} {
			t.Run(fmt.Sprintf("pdf by %s %v", way.name, size), func(t *testing.T) {
				j := label(t, fmt.Sprintf("label-%s-%v", way.name, size[1]), size[0], size[1])
				got := follow(t, way.url, j)
				samePages(t, got, j)
				if got, want := storedSize(t, mustOpen(t, way.url), j.Name), [2]int{j.Width / 10, j.Height / 10}; got != want {
					t.Errorf("CUPS stored the paper %v, want %v", got, want)
				}
			})
		}
	}

	t.Run("zpl driver", func(t *testing.T) {
		got := follow(t, server.TCP(spooltest.Zebra), label(t, "label-zpl", 76, 130))
		m := regexp.MustCompile(`^~DGR:CUPS\.GRF,(\d+),(\d+),`).FindSubmatch(got)
		if m == nil {
			t.Fatalf("the printer got %.40q, want a graphic", got)
		}
		size, _ := strconv.Atoi(string(m[1]))
		row, _ := strconv.Atoi(string(m[2]))
		// 76 mm are 608 dots; CUPS counts 203 to the inch, which makes 1039 rows,
		// give or take a row of its rounding, where the head has 1040.
		if rows := size / max(row, 1); row != 76 || rows < 1038 || rows > 1040 {
			t.Errorf("the graphic has %d bytes a row and %d rows, want 76 and 1038 to 1040", row, rows)
		}
	})

	t.Run("raw queue", func(t *testing.T) {
		j := label(t, "label-raw", 76, 130)
		if got := follow(t, server.Socket(spooltest.Raw), j); !bytes.Equal(got, j.PDF) {
			t.Errorf("the printer got %d bytes, want the PDF of %d", len(got), len(j.PDF))
		}
	})

	t.Run("as a printer", func(t *testing.T) {
		p := printer.Printer{Name: "labels", Driver: page.Driver{}, Transport: mustOpen(t, server.Socket(spooltest.Label))}
		j := label(t, "label-printer", 76, 130)
		attempt, _, err := p.Begin(t.Context(), j)
		if err != nil {
			t.Fatal(err)
		}
		outcome, evidence, err := attempt.Send(t.Context())
		if outcome != printer.Sent || evidence.Method != "spooler" || err != nil {
			t.Errorf("Send = %v, %+v, %v, want %v by the spooler's word", outcome, evidence, err, printer.Sent)
		}
		received++
		samePages(t, server.Received(t, received)[received-1], j)
	})

	t.Run("paused queue", func(t *testing.T) {
		server.Command(t, "cupsdisable", spooltest.Label)
		defer server.Command(t, "cupsenable", spooltest.Label)
		transport := mustOpen(t, server.TCP(spooltest.Label))
		status, err := transport.Status(t.Context())
		if err != nil || fmt.Sprint(status.Reasons) != "[paused]" {
			t.Errorf("Status = %v, %v, want paused", status, err)
		}
		c := begin(t, transport, label(t, "label-paused", 76, 130))
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		_, err = c.Finish(ctx)
		waiting, ok := errors.AsType[*WaitingError](err)
		if !ok || !errors.Is(err, context.DeadlineExceeded) || waiting.Job.State != Pending {
			t.Fatalf("Finish = %v, want a job that waits", err)
		}
		if fault, ok := errors.AsType[*printer.FaultError](err); !ok || fmt.Sprint(fault.Status.Reasons) != "[paused]" {
			t.Errorf("Finish = %v, want the fault paused in it", err)
		}
		found, err := transport.Find(t.Context(), "label-paused")
		if err != nil || found.ID != waiting.Job.ID || found.State != Pending || found.Begun {
			t.Errorf("Find = %+v, %v, want job %d untouched", found, err, waiting.Job.ID)
		}
		for range 2 { // the second time it is over already
			if s, err := transport.Cancel(t.Context(), found.ID); err != nil || !s.Gone() {
				t.Errorf("Cancel = %+v, %v, want it gone", s, err)
			}
		}
	})

	t.Run("paused and resumed", func(t *testing.T) {
		server.Command(t, "cupsdisable", spooltest.Label)
		time.AfterFunc(300*time.Millisecond, func() { server.Command(t, "cupsenable", spooltest.Label) })
		follow(t, server.TCP(spooltest.Label), label(t, "label-resumed", 76, 130))
	})

	// CUPS keeps what the last job's backend said of paper, for good jobs do not
	// take it back. That must not keep labels from being sent.
	t.Run("words of the last job", func(t *testing.T) {
		transport := mustOpen(t, server.TCP(spooltest.Moody))
		p := printer.Printer{Name: "labels", Driver: page.Driver{}, Transport: transport}
		send := func(name string, want printer.Outcome) {
			t.Helper()
			attempt, _, err := p.Begin(t.Context(), label(t, name, 76, 130))
			if err != nil {
				t.Fatalf("Begin of %s: %v", name, err)
			}
			if outcome, _, err := attempt.Send(t.Context()); outcome != want {
				t.Errorf("Send of %s = %v, %v, want %v", name, outcome, err, want)
			}
		}
		held := func(name, want string) {
			t.Helper()
			_, _, err := p.Begin(t.Context(), label(t, name, 76, 130))
			if fault, ok := errors.AsType[*printer.FaultError](err); !ok || fmt.Sprint(fault.Status.Reasons) != want {
				t.Errorf("Begin of %s = %v, want it held by %s", name, err, want)
			}
		}
		pass := func() { // as if the pause were over
			transport.doubt.mu.Lock()
			defer transport.doubt.mu.Unlock()
			transport.doubt.due = time.Now()
		}
		server.SetMood(t, `echo "STATE: +media-empty-error,connecting-to-device" >&2; cat >/dev/null`)
		send("label-empty", printer.Sent)
		held("label-held", "[media-empty]")
		server.SetMood(t, "cat >/dev/null; exit 1")
		pass()
		send("label-fails", printer.Uncertain)
		held("label-held-again", "[media-empty]")
		server.SetMood(t, "cat >/dev/null")
		pass()
		send("label-comes-through", printer.Sent)
		if status, err := transport.Status(t.Context()); err != nil || fmt.Sprint(status.Reasons) != "[media-empty]" {
			t.Errorf("Status = %v, %v, want CUPS's word of the first job", status, err)
		}
		send("label-next", printer.Sent)
		server.Command(t, "cupsdisable", spooltest.Moody)
		pass()
		held("label-stopped", "[paused media-empty]")
	})

	t.Run("canceled at the queue", func(t *testing.T) {
		server.Command(t, "cupsdisable", spooltest.Label)
		defer server.Command(t, "cupsenable", spooltest.Label)
		transport := mustOpen(t, server.TCP(spooltest.Label))
		c := begin(t, transport, label(t, "label-canceled", 76, 130))
		go func() {
			for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
				if s, err := transport.Find(t.Context(), "label-canceled"); err == nil && s.State == Pending {
					break // it has its document
				}
			}
			server.Command(t, "cancel", "-a", spooltest.Label)
		}()
		_, err := c.Finish(t.Context())
		if _, gone := errors.AsType[*GoneError](err); !gone || !errors.Is(err, ErrEnded) {
			t.Errorf("Finish = %v, want it gone because somebody ended it", err)
		}
	})

	t.Run("canceled while the printer is off", func(t *testing.T) {
		transport := mustOpen(t, server.TCP(spooltest.Off))
		c := begin(t, transport, label(t, "label-off", 76, 130))
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		_, err := c.Finish(ctx)
		waiting, ok := errors.AsType[*WaitingError](err)
		if !ok || waiting.Job.State != Processing {
			t.Fatalf("Finish = %v, want a job that is processing", err)
		}
		s, err := transport.Cancel(t.Context(), waiting.Job.ID)
		if err != nil || s.State != Canceled || s.Gone() {
			t.Errorf("Cancel = %+v, %v, want it canceled, and not surely gone", s, err)
		}
	})

	t.Run("given up before the document", func(t *testing.T) {
		transport := mustOpen(t, server.TCP(spooltest.Label))
		c := begin(t, transport, label(t, "label-given-up", 76, 130))
		if err := c.Close(); err != nil {
			t.Errorf("Close = %v", err)
		}
		if s, err := transport.Find(t.Context(), "label-given-up"); err != nil || !s.Gone() {
			t.Errorf("Find = %+v, %v, want it gone", s, err)
		}
	})

	t.Run("context over before the document", func(t *testing.T) {
		c := begin(t, mustOpen(t, server.TCP(spooltest.Label)), label(t, "label-late", 76, 130))
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := c.Finish(ctx)
		if _, gone := errors.AsType[*GoneError](err); !gone || !errors.Is(err, context.Canceled) {
			t.Errorf("Finish = %v, want it gone because the context was canceled", err)
		}
	})

	t.Run("refusals", func(t *testing.T) {
		if _, err := mustOpen(t, server.TCP("nothing")).Dial(t.Context()); !errors.Is(err, ErrNoQueue) {
			t.Errorf("Dial of a queue that is not there = %v, want %v", err, ErrNoQueue)
		}
		conn, err := mustOpen(t, server.TCP(spooltest.Label)).Dial(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := conn.(*Conn).Start(t.Context(), label(t, "label-wide", 297, 420)); !errors.Is(err, ErrNoPaper) {
			t.Errorf("Start of an A3 label = %v, want %v", err, ErrNoPaper)
		}
		if _, err := mustOpen(t, server.TCP(spooltest.Label)).Find(t.Context(), "label-wide"); !errors.Is(err, ErrNoJob) {
			t.Errorf("Find of a label that was refused = %v, want %v", err, ErrNoJob)
		}
		server.Command(t, "cupsreject", spooltest.Label)
		if _, err := mustOpen(t, server.TCP(spooltest.Label)).Dial(t.Context()); !errors.Is(err, ErrRejecting) {
			t.Errorf("Dial of a queue that rejects = %v, want %v", err, ErrRejecting)
		}
		// The queue may begin to reject between Dial and Start.
		if err := conn.(*Conn).Start(t.Context(), label(t, "label-rejected", 76, 130)); !errors.Is(err, ErrRejecting) {
			t.Errorf("Start on a queue that rejects = %v, want %v", err, ErrRejecting)
		}
	})

	if got := server.Received(t, received); len(got) != received {
		t.Errorf("the printer received %d documents, want %d", len(got), received)
	}
}

// storedSize reads the paper of a job, in 1/100 mm, as CUPS keeps it.
func storedSize(t *testing.T, transport *Transport, name string) [2]int {
	t.Helper()
	s, err := transport.Find(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	m := transport.request(goipp.OpGetJobAttributes, s.ID)
	m.Operation.Add(keywords("requested-attributes", "media-col"))
	reply, err := transport.call(t.Context(), m, nil)
	if err != nil {
		t.Fatal(err)
	}
	col, _ := first[goipp.Collection](reply.Job, "media-col")
	size, _ := first[goipp.Collection](goipp.Attributes(col), "media-size")
	x, _ := first[goipp.Integer](goipp.Attributes(size), "x-dimension")
	y, _ := first[goipp.Integer](goipp.Attributes(size), "y-dimension")
	return [2]int{int(x), int(y)}
}

// samePages compares a PDF with the one that was sent, by the size of the page
// and by its dots.
func samePages(t *testing.T, got []byte, want printer.Job) {
	t.Helper()
	pdfinfo, pdftoppm := spooltest.Program(t, "pdfinfo"), spooltest.Program(t, "pdftoppm")
	var sizes [2][2]float64 // points
	var dots [2]string
	for i, data := range [][]byte{got, want.PDF} {
		file := filepath.Join(t.TempDir(), "page.pdf")
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		info, err := exec.Command(pdfinfo, file).Output()
		if err != nil {
			t.Fatalf("pdfinfo: %v of %.20q", err, data)
		}
		for line := range strings.Lines(string(info)) {
			if size, ok := strings.CutPrefix(line, "Page size:"); ok {
				if _, err := fmt.Sscanf(size, "%f x %f pts", &sizes[i][0], &sizes[i][1]); err != nil {
					t.Fatalf("pdfinfo says %q: %v", line, err)
				}
			}
		}
		// The frame is fixed: left alone, a page of 608.00002 dots has 609.
		page, err := exec.Command(pdftoppm, "-r", "203.2", "-mono", "-x", "0", "-y", "0",
			"-W", strconv.Itoa(want.Width/125), "-H", strconv.Itoa(want.Height/125), file).Output()
		if err != nil {
			t.Fatalf("pdftoppm: %v", err)
		}
		dots[i] = string(page)
	}
	// 0.02 points are 7 µm: gofpdf writes sizes with two digits.
	for i := range 2 {
		if math.Abs(sizes[0][i]-sizes[1][i]) > 0.02 {
			t.Errorf("the printer got a page of %v points, want %v", sizes[0], sizes[1])
		}
	}
	if dots[0] != dots[1] {
		t.Error("the page that the printer got has other dots")
	}
}
