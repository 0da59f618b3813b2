package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// capture listens to everything that goes over loopback from and to a port,
// until stop is called, which returns the payloads by direction. ok is false if
// this account may not listen.
func capture(t *testing.T, port int) (stop func() map[string][]byte, ok bool) {
	t.Helper()
	lo, err := net.InterfaceByName("lo")
	if err != nil {
		return nil, false
	}
	all := binary.NativeEndian.Uint16(binary.BigEndian.AppendUint16(nil, unix.ETH_P_ALL))
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, int(all))
	if err != nil {
		return nil, false
	}
	wait := unix.NsecToTimeval(int64(50 * time.Millisecond))
	err = unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &wait)
	if err == nil {
		err = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, 64<<20)
	}
	if err == nil {
		err = unix.Bind(fd, &unix.SockaddrLinklayer{Protocol: all, Ifindex: lo.Index})
	}
	if err != nil {
		unix.Close(fd)
		return nil, false
	}
	seen, done := map[string][]byte{}, make(chan struct{})
	var work sync.WaitGroup
	work.Go(func() {
		defer unix.Close(fd)
		packet := make([]byte, 1<<17)
		for {
			n, from, err := unix.Recvfrom(fd, packet, 0)
			if err != nil {
				select {
				case <-done:
					return
				default:
					continue
				}
			}
			if l, ok := from.(*unix.SockaddrLinklayer); !ok || l.Pkttype == unix.PACKET_OUTGOING { // each comes twice
				continue
			}
			if from, to, text, ok := tcp(packet[:n]); ok && len(text) > 0 && (from == port || to == port) {
				way := "from the agent's page"
				if to == port {
					way = "to the agent's page"
				}
				seen[way] = append(seen[way], text...)
			}
		}
	})
	return func() map[string][]byte {
		close(done)
		work.Wait()
		return seen
	}, true
}

// tcp takes a frame of IPv4 or IPv6 apart.
func tcp(frame []byte) (from, to int, text []byte, ok bool) {
	const link = 14
	if len(frame) < link+20 {
		return 0, 0, nil, false
	}
	p := frame[link:]
	switch p[0] >> 4 {
	case 4:
		size, head := int(binary.BigEndian.Uint16(p[2:])), int(p[0]&15)*4
		if p[9] != unix.IPPROTO_TCP || head > len(p) {
			return 0, 0, nil, false
		}
		if size >= head && size <= len(p) {
			p = p[:size]
		}
		p = p[head:]
	case 6:
		if len(p) < 40 || p[6] != unix.IPPROTO_TCP {
			return 0, 0, nil, false
		}
		p = p[40:]
	default:
		return 0, 0, nil, false
	}
	if len(p) < 20 || int(p[12]>>4)*4 > len(p) {
		return 0, 0, nil, false
	}
	return int(binary.BigEndian.Uint16(p)), int(binary.BigEndian.Uint16(p[2:])), p[int(p[12]>>4)*4:], true
}

// watchProcesses looks at the arguments and the environment of a process and of
// all its children until stop is called, as anybody on the computer may at
// the arguments.
func (a *aviary) watchProcesses(pid int) (stop func()) {
	done := make(chan struct{})
	var work sync.WaitGroup
	known := map[string]bool{}
	look := func() {
		for _, p := range append([]int{pid}, childrenOf(pid)...) {
			for _, what := range []string{"cmdline", "environ"} {
				b, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", p, what))
				if err == nil && !known[what+string(b)] {
					known[what+string(b)] = true
					a.heard("process "+what, b)
				}
			}
		}
	}
	work.Go(func() {
		for {
			look()
			select {
			case <-done:
				return
			case <-time.After(50 * time.Millisecond):
			}
		}
	})
	return func() { close(done); work.Wait() }
}

func childrenOf(pid int) (list []int) {
	stats, _ := filepath.Glob("/proc/[0-9]*/stat") // the pattern is well-formed
	parents := map[int]int{}
	for _, s := range stats {
		b, err := os.ReadFile(s)
		if err != nil {
			continue
		}
		own, err := strconv.Atoi(filepath.Base(filepath.Dir(s)))
		fields := strings.Fields(string(b[bytes.LastIndexByte(b, ')')+1:]))
		if err == nil && len(fields) > 1 {
			parents[own], _ = strconv.Atoi(fields[1])
		}
	}
	for p := range parents {
		for up := parents[p]; up > 1; up = parents[up] {
			if up == pid {
				list = append(list, p)
				break
			}
		}
	}
	return list
}

// letCoresBe allows core dumps in this process and its children, as some systems
// do, so that the agent has something to switch off.
func letCoresBe(t *testing.T) {
	t.Helper()
	var old unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_CORE, &old); err != nil {
		t.Fatal(err)
	}
	if err := unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{Cur: old.Max, Max: old.Max}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Setrlimit(unix.RLIMIT_CORE, &old) })
	if old.Max == 0 {
		t.Log("core dumps are off here for everybody")
	}
}

// coreLimit returns how large a core dump of a process may be.
func coreLimit(pid int) (string, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/limits", pid))
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(string(b)) {
		if rest, ok := strings.CutPrefix(line, "Max core file size"); ok {
			return strings.Fields(rest)[0], nil
		}
	}
	return "", fmt.Errorf("process %d has no limit of core dumps", pid)
}
