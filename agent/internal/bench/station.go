package bench

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"miandan/agent/internal/api"
	"miandan/agent/internal/host"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/practice"
	"miandan/agent/internal/seal"
	"miandan/printer/virtual"
)

// station is the real agent as a process of its own, between the practice world's
// gateway and printers that are in no hurry and never make it wait: they print at
// once what they are sent.
type station struct {
	world    *practice.World
	printers []*virtual.Printer
	cmd      *exec.Cmd
	ended    chan struct{}
	stderr   *bytes.Buffer
	program  string
	args     []string
	keys     string

	mu     sync.Mutex
	prints []time.Time // when each label was out
}

// roll is a printer with paper in it.
type roll struct {
	config virtual.Config
	paper  string // what the practice orders are printed on, if ""
}

// openStation makes the world and the agent's settings, and starts nothing yet. If
// front is not nil it may put another address before each printer's own.
func (b *bench) openStation(name string, orders int, rolls []roll, front func(addr string) (string, error)) (s *station, err error) {
	dir := filepath.Join(b.dir, name)
	s = &station{program: b.Program, args: []string{b.Program}, keys: filepath.Join(dir, "keys")}
	if b.Name != "" {
		s.args[0] = b.Name
	}
	defer func() {
		if err != nil {
			s.close()
			s = nil
		}
	}()
	if s.world, err = practice.Open(filepath.Join(dir, "world"), practice.Config{Orders: orders}); err != nil {
		return s, err
	}
	text, err := os.ReadFile(s.world.Config)
	if err != nil {
		return s, err
	}
	before, rest, ok := strings.Cut(string(text), "[[printer]]")
	_, after, ok2 := strings.Cut(rest, "[print]")
	if !ok || !ok2 {
		return s, errors.New("the practice settings have no printer")
	}
	var settings strings.Builder
	settings.WriteString(before)
	for i, r := range rolls {
		r.config.Name, r.config.OnPrint = fmt.Sprintf("bench-%d", i+1), s.out
		p, err := virtual.Start(r.config)
		if err != nil {
			return s, err
		}
		s.printers = append(s.printers, p)
		addr := p.Addr()
		if front != nil {
			if addr, err = front(addr); err != nil {
				return s, err
			}
		}
		fmt.Fprintf(&settings, "[[printer]]\nname = %q\nurl = \"tcp://%s\"\nlanguage = \"escpos\"\ndots_per_mm = 8\nmedia = \"label\"\npaper = %q\n\n", r.config.Name, addr, cmp.Or(r.paper, "76x130"))
	}
	settings.WriteString("[print]" + after)
	delivered := strings.NewReplacer(`level = "debug"`, `level = "info"`, `poll_every = "1s"`, `poll_every = "20s"`)
	if err := os.WriteFile(s.world.Config, []byte(delivered.Replace(settings.String())), 0o600); err != nil {
		return s, err
	}
	return s, s.withKeys(func() error { return practice.PutSecrets(s.world.Data) })
}

// withKeys lets f find the key store where the agent will: apart from the user's.
func (s *station) withKeys(f func() error) error { return withKeys(s.keys, f) }

func withKeys(folder string, f func() error) error {
	before, set := os.LookupEnv(seal.KeysEnv)
	if err := os.Setenv(seal.KeysEnv, folder); err != nil {
		return err
	}
	err := f()
	if set {
		return errors.Join(err, os.Setenv(seal.KeysEnv, before))
	}
	return errors.Join(err, os.Unsetenv(seal.KeysEnv))
}

func (s *station) out(p virtual.Print) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.prints = append(s.prints, time.Now())
}

// printed returns how many labels are out, and when the last one was.
func (s *station) printed() (n int, last time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n = len(s.prints); n > 0 {
		last = s.prints[n-1]
	}
	return n, last
}

// start starts the agent and returns how long it took until it was ready.
func (s *station) start(ctx context.Context) (time.Duration, error) {
	s.cmd = exec.CommandContext(ctx, s.program, "run", "--no-tray", "--listen", "127.0.0.1:0", "--data", s.world.Data, "--config", s.world.Config)
	s.cmd.Args[0] = s.args[0]
	s.cmd.Env = append(os.Environ(), seal.KeysEnv+"="+s.keys)
	s.stderr = &bytes.Buffer{}
	s.cmd.Stderr = s.stderr
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return 0, err
	}
	began := time.Now()
	if err := s.cmd.Start(); err != nil {
		s.cmd = nil
		return 0, err
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if !strings.HasPrefix(lines.Text(), "ready ") {
			continue
		}
		took := time.Since(began)
		s.ended = make(chan struct{})
		go func() {
			defer close(s.ended)
			for lines.Scan() { // it must never wait for us
			}
			s.cmd.Wait()
		}()
		return took, nil
	}
	err = s.cmd.Wait()
	s.cmd = nil
	return 0, fmt.Errorf("the agent did not start: %v: %s", err, last(s.stderr.Bytes()))
}

// stop ends the agent.
func (s *station) stop() error {
	if s.cmd == nil {
		return nil
	}
	if s.cmd.Process.Signal(os.Interrupt) != nil { // Windows has none
		s.cmd.Process.Kill()
	}
	defer func() { s.cmd = nil }()
	select {
	case <-s.ended:
		return nil
	case <-time.After(patience):
		s.cmd.Process.Kill()
		<-s.ended
		return fmt.Errorf("the agent did not end within %v of being asked to", patience)
	}
}

func (s *station) close() error {
	errs := []error{s.stop()}
	for _, p := range s.printers {
		errs = append(errs, p.Close())
	}
	if s.world != nil {
		errs = append(errs, s.world.Close())
	}
	return errors.Join(errs...)
}

func (s *station) client() (*api.Client, error) {
	socket, err := host.SocketPath(s.world.Data)
	if err != nil {
		return nil, err
	}
	return api.Local(socket, notice.English), nil
}
