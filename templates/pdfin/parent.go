package pdfin

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"time"
)

// Command is the hidden command of the program that calls Serve.
const Command = "internal-pdf"

// Times that do not depend on the document.
const (
	startTime = 90 * time.Second // of the PDF reader; 3 s where it is compiled first
	endTime   = 5 * time.Second  // for a child that was ended to be gone
	atOnce    = 2                // children
)

// Reader opens documents. Its zero value works and must not be copied after
// the first use. It is safe for concurrent use; more documents than two wait.
type Reader struct {
	// Program and arguments that call Serve; this program and Command if empty.
	Program []string
	// Cache is a folder of this user alone, which keeps the compiled PDF reader
	// (21 MB). It is made if it is missing. If empty, every PDF costs three
	// seconds and 300 MB more.
	Cache  string
	Limits Limits

	once    sync.Once
	slots   chan struct{}
	compile sync.Mutex // held by whoever starts the PDF reader first
	warm    bool
}

// child is a running child process.
type child struct {
	cmd     *exec.Cmd
	in      io.WriteCloser
	out     io.Reader
	said    *tail // what it wrote about its own end
	release func()

	once   sync.Once
	killed bool
}

func (r *Reader) program() ([]string, error) {
	if len(r.Program) > 0 {
		return r.Program, nil
	}
	path, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return []string{path, Command}, nil
}

// start starts a child and waits until its reader stands. Nothing foreign has
// been sent by then.
func (r *Reader) start(ctx context.Context, h header) (*child, error) {
	r.once.Do(func() { r.slots = make(chan struct{}, atOnce) })
	select {
	case r.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	cold := false
	if h.Kind == PDF { // two that compile at once would only be slower
		r.compile.Lock()
		if cold = !r.warm; cold {
			defer r.compile.Unlock()
		} else {
			r.compile.Unlock()
		}
	}
	c, err := r.launch()
	if err != nil {
		<-r.slots
		return nil, fmt.Errorf("%w: %w", Unstarted, err)
	}
	c.release = func() { <-r.slots }
	h.Magic, h.Cache = magic, uint32(len(r.Cache))
	var first bytes.Buffer
	binary.Write(&first, binary.LittleEndian, h)
	first.WriteString(r.Cache)
	_, err = c.exchange(ctx, startTime, 0, func() error {
		_, err := c.in.Write(first.Bytes())
		return err
	})
	if err != nil {
		c.end()
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, fmt.Errorf("%w: %w%s", Unstarted, err, c.said.firstLine())
	}
	if cold {
		r.warm = true
	}
	return c, nil
}

func (r *Reader) launch() (*child, error) {
	program, err := r.program()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(program[0], program[1:]...)
	// Under another name a program that is several in one would not know itself.
	if len(r.Program) == 0 {
		cmd.Args[0] = os.Args[0]
	}
	cmd.Env = []string{}
	cmd.WaitDelay = endTime
	c := &child{cmd: cmd, said: &tail{}}
	cmd.Stderr = c.said
	if c.in, err = cmd.StdinPipe(); err != nil {
		return nil, err
	}
	if c.out, err = cmd.StdoutPipe(); err != nil {
		return nil, err
	}
	return c, cmd.Start()
}

// ask sends one block and returns the answer to it, of so many bytes at most.
func (c *child) ask(ctx context.Context, limit time.Duration, most int, b []byte) ([]byte, error) {
	return c.exchange(ctx, limit, most, func() error { return sendBlock(c.in, b) })
}

// exchange sends and waits for an answer of most bytes at most. A child that
// is late, or whose caller has gone, is killed: nothing else would stop it.
func (c *child) exchange(ctx context.Context, limit time.Duration, most int, send func() error) ([]byte, error) {
	if c.killed {
		return nil, Broken // it has ended over an earlier page
	}
	late, cancel := context.WithTimeoutCause(ctx, limit, TooSlow)
	defer cancel()
	stop := context.AfterFunc(late, func() { c.cmd.Process.Kill() })
	defer stop()
	var head answer
	var b []byte
	err := send()
	if err == nil {
		err = binary.Read(c.out, binary.LittleEndian, &head)
	}
	if err == nil && head.Status == 0 && int64(head.Size) > int64(most) {
		err = Broken
	}
	if err == nil && head.Status == 0 {
		b = make([]byte, head.Size)
		_, err = io.ReadFull(c.out, b)
	}
	if err == nil && head.Status == 0 {
		return b, nil
	}
	c.end()
	switch {
	case late.Err() != nil:
		return nil, context.Cause(late)
	case err == nil && head.Status <= Unstarted:
		return nil, head.Status
	case c.said.memory():
		return nil, TooMuchMemory
	}
	return nil, Broken
}

// end ends the child and waits for it to be gone.
func (c *child) end() {
	c.once.Do(func() {
		c.killed = true
		c.in.Close()
		c.cmd.Process.Kill()
		c.cmd.Wait()
		c.release()
	})
}

// tail keeps the beginning of what a child writes to standard error: Go says
// there why a program ends. It is never shown once a document was sent.
type tail struct {
	mu sync.Mutex
	b  []byte
}

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.b = append(t.b, b[:min(len(b), 4096-len(t.b))]...)
	return len(b), nil
}

// memory reports whether Go ended the program for want of memory.
func (t *tail) memory() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return bytes.Contains(t.b, []byte("out of memory")) || bytes.Contains(t.b, []byte("cannot allocate memory"))
}

func (t *tail) firstLine() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	line, _, _ := bytes.Cut(t.b, []byte("\n"))
	if len(line) == 0 {
		return ""
	}
	return fmt.Sprintf(": %.200q", line)
}

var errProtocol = errors.New("the parent speaks another language")
