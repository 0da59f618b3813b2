//go:build unix

package fleettest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

func unprivileged(cmd *exec.Cmd) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	if uid, gid, ok := account(); ok {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	}
}

// stop reports whether the server has ended.
func (s *Server) stop(m Mode) bool {
	if s.gone == nil {
		return true
	}
	sig := syscall.SIGINT
	if m == Immediate {
		sig = syscall.SIGQUIT
	}
	_ = syscall.Kill(s.pid, sig)
	select {
	case <-s.gone:
		s.gone = nil
		return true
	case <-time.After(patience):
		return false
	}
}

// Pause freezes the server with all its processes, as a hung machine or disk does:
// connections stay open and nothing answers. Resume lets it go on.
func (s *Server) Pause() { s.signal(syscall.SIGSTOP) }

// Resume ends Pause.
func (s *Server) Resume() { s.signal(syscall.SIGCONT) }

func (s *Server) signal(sig syscall.Signal) {
	if s.gone == nil {
		return
	}
	_ = syscall.Kill(s.pid, sig) // first the one that makes others
	for _, pid := range children(s.pid) {
		_ = syscall.Kill(pid, sig)
	}
}

// children lists the processes that a server has started, each of which is a session
// of its own. Only Linux tells.
func children(parent int) []int {
	var list []int
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range stats {
		b, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		// pid (name) state ppid …; the name may hold blanks and brackets
		f := strings.Fields(string(b[strings.LastIndexByte(string(b), ')')+1:]))
		if len(f) > 1 && f[1] == strconv.Itoa(parent) {
			if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(path))); err == nil {
				list = append(list, pid)
			}
		}
	}
	return list
}
