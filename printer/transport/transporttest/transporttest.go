// Package transporttest is what every transport owes package printer: bytes that
// arrive once and in order, deadlines that hold, and counts that are proof.
//
// A transport that counts a byte too few lets a label be printed twice; one whose
// deadline does not hold stops a printer's queue for good. So both are tried on
// real lines, with a device's end that a test holds in its hands.
package transporttest

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"sync"
	"testing"
	"time"

	"miandan/printer"
)

// Line is an open connection and the device's end of it.
type Line struct {
	Conn printer.Conn
	// Device gives io.EOF once the connection was closed and all of it was read. It
	// is written to only if Conn is a printer.ReadConn.
	Device io.ReadWriteCloser
}

// Way is what is tested.
type Way struct {
	Open func(t *testing.T) Line
	// Endless says that the device takes everything at once, as a file does, so that
	// no write ever waits.
	Endless bool
}

var longAgo = time.Unix(1, 0)

// prompt is what "with its deadline" may take on a busy machine.
const prompt = 10 * time.Second

// Run tries a transport.
func Run(t *testing.T, w Way) {
	t.Run("bytes arrive once and in order", w.arrive)
	if w.Endless {
		return
	}
	t.Run("nothing leaves after a deadline", w.pastDeadline)
	t.Run("a write that is stuck ends with its deadline", w.stuck)
	t.Run("a write that is stuck can be called off", w.calledOff)
	t.Run("a close without patience does not wait", w.hangUp)
	t.Run("a device that goes away is an error of a write", w.goneInWrite)
	line := w.open(t)
	_, reads := line.Conn.(printer.ReadConn)
	line.Device.Close()
	line.Conn.SetDeadline(longAgo)
	line.Conn.Close()
	if !reads {
		return
	}
	t.Run("a read ends with its deadline", w.readDeadline)
	t.Run("reads while writing", w.bothWays)
	t.Run("a device that goes away is an error of a read", w.goneInRead)
}

// open opens a line and, where it takes documents, a document.
func (w Way) open(t *testing.T) Line {
	t.Helper()
	line := w.Open(t)
	if f, ok := line.Conn.(printer.Follower); ok {
		if err := f.Start(t.Context(), printer.Job{Name: "job"}); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() {
		line.Device.Close()
		line.Conn.SetDeadline(longAgo)
		line.Conn.Close()
	})
	return line
}

func noise(seed uint64, n int) []byte {
	source := rand.NewPCG(seed, 1)
	var b []byte
	for len(b) < n {
		b = binary.LittleEndian.AppendUint64(b, source.Uint64())
	}
	return b[:n]
}

// endless is more than any line takes from a device that does not read.
var endless = sync.OnceValue(func() []byte { return noise(0, 32<<20) })

// write writes as package printer does, and returns what was counted.
func write(c printer.Conn, b []byte) (int, error) {
	sent := 0
	for sent < len(b) {
		n, err := c.Write(b[sent:min(sent+4096, len(b))])
		sent += n
		if err != nil {
			return sent, err
		}
	}
	return sent, nil
}

func (w Way) arrive(t *testing.T) {
	line := w.open(t)
	label := noise(1, 200_000)
	type result struct {
		got []byte
		err error
	}
	arrived := make(chan result, 1)
	device := func() {
		var r result
		buf := make([]byte, 3000)
		for r.err == nil {
			var n int
			n, r.err = line.Device.Read(buf)
			r.got = append(r.got, buf[:n]...)
			if len(r.got)%7 == 0 {
				time.Sleep(time.Millisecond) // printers stop to think
			}
		}
		line.Device.Close()
		arrived <- r
	}
	if !w.Endless {
		go device()
	}
	if n, err := write(line.Conn, label); n != len(label) || err != nil {
		t.Fatalf("Write = %d, %v, want %d", n, err, len(label))
	}
	if f, ok := line.Conn.(printer.Follower); ok {
		if _, err := f.Finish(t.Context()); err != nil {
			t.Errorf("Finish: %v", err)
		}
	}
	line.Conn.SetDeadline(time.Now().Add(time.Minute))
	if err := line.Conn.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	if w.Endless {
		go device()
	}
	select {
	case r := <-arrived:
		if !errors.Is(r.err, io.EOF) {
			t.Errorf("the device's end: %v", r.err)
		}
		if !bytes.Equal(r.got, label) {
			t.Errorf("%d bytes arrived of %d, or others", len(r.got), len(label))
		}
	case <-time.After(2 * time.Minute):
		t.Fatal("the device never saw the end")
	}
}

func (w Way) pastDeadline(t *testing.T) {
	line := w.open(t)
	line.Conn.SetDeadline(longAgo)
	if n, err := line.Conn.Write([]byte("early")); n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("Write = %d, %v, want 0, %v", n, err, os.ErrDeadlineExceeded)
	}
	line.Conn.SetDeadline(time.Now().Add(time.Minute))
	if n, err := line.Conn.Write([]byte("late")); n != 4 || err != nil {
		t.Fatalf("Write = %d, %v, want 4: the deadline was lifted", n, err)
	}
	buf := make([]byte, 16)
	n, err := io.ReadAtLeast(line.Device, buf, 4)
	if err != nil || string(buf[:n]) != "late" {
		t.Errorf("%q arrived, %v, want %q", buf[:n], err, "late")
	}
}

func (w Way) stuck(t *testing.T) {
	line := w.open(t)
	label := endless()
	began := time.Now()
	line.Conn.SetDeadline(began.Add(200 * time.Millisecond))
	counted, err := write(line.Conn, label)
	if !errors.Is(err, os.ErrDeadlineExceeded) || counted == len(label) {
		t.Fatalf("Write = %d, %v, want %v", counted, err, os.ErrDeadlineExceeded)
	}
	if took := time.Since(began); took < 100*time.Millisecond || took > 200*time.Millisecond+prompt {
		t.Errorf("it took %v, want 200 ms", took)
	}
	// All that may have left must have been counted.
	line.Conn.SetDeadline(longAgo)
	closed := make(chan struct{})
	go func() { line.Conn.Close(); close(closed) }()
	got, _ := io.ReadAll(line.Device)
	<-closed
	if len(got) > counted || !bytes.Equal(got, label[:len(got)]) {
		t.Errorf("%d bytes arrived and %d were counted, or others arrived", len(got), counted)
	}
}

func (w Way) calledOff(t *testing.T) {
	line, label := w.open(t), endless()
	time.AfterFunc(200*time.Millisecond, func() { line.Conn.SetDeadline(longAgo) })
	began := time.Now()
	if _, err := write(line.Conn, label); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("Write ended with %v, want %v", err, os.ErrDeadlineExceeded)
	}
	if took := time.Since(began); took > 200*time.Millisecond+prompt {
		t.Errorf("it took %v, want 200 ms", took)
	}
}

func (w Way) hangUp(t *testing.T) {
	// One that waits does so every time; a busy machine makes it slow now and then.
	var took time.Duration
	for range 5 {
		line := w.open(t)
		line.Conn.SetDeadline(time.Now().Add(100 * time.Millisecond))
		write(line.Conn, endless())
		began := time.Now()
		line.Conn.SetDeadline(longAgo)
		line.Conn.Close()
		if took = time.Since(began); took < time.Second {
			return
		}
	}
	t.Errorf("Close took %v", took)
}

func (w Way) goneInWrite(t *testing.T) {
	line, label := w.open(t), endless()
	time.AfterFunc(100*time.Millisecond, func() { line.Device.Close() })
	line.Conn.SetDeadline(time.Now().Add(time.Minute))
	if n, err := write(line.Conn, label); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("Write = %d, %v, want the error of a line that broke", n, err)
	}
}

func (w Way) readDeadline(t *testing.T) {
	line := w.open(t)
	conn := line.Conn.(printer.ReadConn)
	buf := make([]byte, 16)
	conn.SetReadDeadline(longAgo)
	if n, err := conn.Read(buf); n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("Read = %d, %v, want %v", n, err, os.ErrDeadlineExceeded)
	}
	began := time.Now()
	conn.SetReadDeadline(began.Add(100 * time.Millisecond))
	if n, err := conn.Read(buf); n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("Read = %d, %v, want %v", n, err, os.ErrDeadlineExceeded)
	}
	if took := time.Since(began); took < 90*time.Millisecond || took > 100*time.Millisecond+prompt {
		t.Errorf("Read took %v, want 100 ms", took)
	}
	conn.SetReadDeadline(time.Time{})
	time.AfterFunc(100*time.Millisecond, func() { conn.SetDeadline(longAgo) })
	if n, err := conn.Read(buf); n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("Read = %d, %v, want %v", n, err, os.ErrDeadlineExceeded)
	}
	// A deadline that is over has taken nothing with it.
	conn.SetDeadline(time.Now().Add(time.Minute))
	if _, err := line.Device.Write([]byte("word")); err != nil {
		t.Fatal(err)
	}
	n, err := io.ReadAtLeast(conn, buf, 4)
	if err != nil || string(buf[:n]) != "word" {
		t.Errorf("Read %q, %v, want %q", buf[:n], err, "word")
	}
}

func (w Way) bothWays(t *testing.T) {
	line := w.open(t)
	conn := line.Conn.(printer.ReadConn)
	conn.SetDeadline(time.Now().Add(20 * time.Second))
	label, words := noise(6, 100_000), noise(7, 20_000)
	errs := make(chan error, 3)
	heard, arrived := make([]byte, len(words)), make([]byte, len(label))
	go func() { _, err := io.ReadFull(conn, heard); errs <- err }()
	go func() { _, err := io.ReadFull(line.Device, arrived); errs <- err }()
	go func() {
		for rest := words; len(rest) > 0; rest = rest[min(len(rest), 500):] {
			if _, err := line.Device.Write(rest[:min(len(rest), 500)]); err != nil {
				errs <- err
				return
			}
		}
		errs <- nil
	}()
	if n, err := write(conn, label); n != len(label) || err != nil {
		t.Fatalf("Write = %d, %v", n, err)
	}
	for range 3 {
		if err := <-errs; err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(arrived, label) || !bytes.Equal(heard, words) {
		t.Errorf("other bytes arrived than were sent")
	}
}

func (w Way) goneInRead(t *testing.T) {
	line := w.open(t)
	conn := line.Conn.(printer.ReadConn)
	conn.SetDeadline(time.Now().Add(time.Minute))
	time.AfterFunc(100*time.Millisecond, func() { line.Device.Close() })
	if n, err := conn.Read(make([]byte, 1)); n != 0 || err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("Read = %d, %v, want the error of a line that broke", n, err)
	}
}
