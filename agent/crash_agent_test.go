package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"miandan/agent/internal/api"
	"miandan/agent/internal/host"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/seal"
)

// output keeps what processes write.
type output struct {
	mu   sync.Mutex
	text strings.Builder
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(b)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// life is the real program as a process of its own, from its start to its end.
type life struct {
	cmd        *exec.Cmd
	log        *output
	dead       chan struct{}
	began, end time.Time

	mu    sync.Mutex
	cause string // who ended it; "" is itself
}

// begin starts the program. argv[0] makes a test binary be the program.
func begin(program string, w *crashWorld, env ...string) (*life, error) {
	l := &life{log: &output{}, dead: make(chan struct{}), began: time.Now()}
	l.cmd = &exec.Cmd{Path: program, Args: []string{"miandan", "run", "--no-tray", "--data", w.data}}
	l.cmd.Env = append(os.Environ(), append([]string{"LANG=C", seal.KeysEnv + "=" + w.keys, clockEnv + "=" + w.clockFile()}, env...)...)
	if w.inFleet {
		l.cmd.Env = append(l.cmd.Env, apartEnv+"=1")
	}
	l.cmd.Stdout, l.cmd.Stderr = l.log, l.log
	if err := l.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		l.cmd.Wait() // its state says how it ended
		l.end = time.Now()
		close(l.dead)
	}()
	return l, nil
}

func (w *crashWorld) clockFile() string { return filepath.Join(w.dir, "clock") }

// setClock sets the PC's clock, so far from the truth.
func (w *crashWorld) setClock(off time.Duration) error {
	return host.AtomicWrite(w.clockFile(), []byte(off.String()), 0o600)
}

// kill ends it as no program can resist, and returns when it is gone.
func (l *life) kill(cause string) {
	l.mu.Lock()
	if l.cause == "" {
		l.cause = cause
	}
	l.mu.Unlock()
	l.cmd.Process.Kill()
	<-l.dead
}

func (l *life) endedBy() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.cause
}

// killed reports whether it was SIGKILL that ended it, whoever sent that.
func (l *life) killed() bool {
	<-l.dead
	s, ok := l.cmd.ProcessState.Sys().(syscall.WaitStatus)
	return ok && s.Signaled() && s.Signal() == syscall.SIGKILL
}

// lasts waits for the end, at most so long, and reports whether it came.
func (l *life) lasts(d time.Duration) bool {
	select {
	case <-l.dead:
		return true
	default:
	}
	select {
	case <-l.dead:
		return true
	case <-time.After(d):
		return false
	}
}

func (l *life) ready() bool { return strings.Contains(l.log.String(), "ready http") }

// silent reports whether it has told people of no trouble.
func (l *life) silent() bool {
	for line := range strings.Lines(l.log.String()) {
		if !strings.HasPrefix(line, "ready ") {
			return false
		}
	}
	return true
}

// untilReady waits until it serves, or is dead, or has had enough time.
func (l *life) untilReady(patience time.Duration) bool {
	for end := time.Now().Add(patience); time.Now().Before(end); {
		if l.ready() {
			return true
		}
		if l.lasts(5 * time.Millisecond) {
			return false
		}
	}
	return l.ready()
}

// stop ends it as an installer does, and says what was wrong with that.
func (l *life) stop() error {
	if err := l.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	if !l.lasts(2 * time.Minute) {
		l.kill("it did not end when asked to")
		return errors.New("it did not end within two minutes of being asked to")
	}
	if code := l.cmd.ProcessState.ExitCode(); code != 0 {
		return fmt.Errorf("it ended with status %d when asked to", code)
	}
	return nil
}

// client is a person's hand at the agent.
func (w *crashWorld) client() (*api.Client, error) {
	path, err := host.SocketPath(w.data)
	if err != nil {
		return nil, err
	}
	return api.Local(path, notice.English), nil
}

// second starts the program a second time beside the first; it must leave
// everything alone and say why.
func (w *crashWorld) second(program string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	before, err := os.ReadFile(filepath.Join(w.data, host.LockFile))
	if err != nil {
		return err
	}
	other, err := begin(program, w)
	if err != nil {
		return err
	}
	select {
	case <-other.dead:
	case <-ctx.Done():
		other.kill("")
		return errors.New("a second instance went on running")
	}
	after, err := os.ReadFile(filepath.Join(w.data, host.LockFile))
	switch code := other.cmd.ProcessState.ExitCode(); {
	case err != nil:
		return err
	case code != 1:
		return fmt.Errorf("a second instance ended with status %d, want 1: %s", code, other.log)
	case !strings.Contains(other.log.String(), "already") && !strings.Contains(other.log.String(), "running"):
		return fmt.Errorf("a second instance did not say why it ended: %q", other.log)
	case string(before) != string(after):
		return errors.New("a second instance wrote into the first one's lock file")
	}
	return nil
}
