package port

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// exclusive does nothing: here a port that has a listener is nobody else's.
func exclusive(string, string, syscall.RawConn) error { return nil }

// listening is a line of the kernel's table of sockets.
type listening struct {
	netip.AddrPort
	inode string
}

const stateListen = "0A"

func find(port int) (Holder, bool) {
	all, err := table("/proc/net")
	if err != nil {
		return Holder{}, false
	}
	for _, l := range all {
		if int(l.Port()) == port {
			return who(l.inode), true
		}
	}
	return Holder{}, false
}

// own lists where this process listens.
func own() ([]netip.AddrPort, error) {
	all, err := table("/proc/net")
	if err != nil {
		return nil, err
	}
	inodes := sockets("/proc/self/fd")
	var mine []netip.AddrPort
	for _, l := range all {
		if slices.Contains(inodes, l.inode) {
			mine = append(mine, l.AddrPort)
		}
	}
	return mine, nil
}

// table reads who listens on TCP.
func table(folder string) (all []listening, err error) {
	for _, name := range []string{"tcp", "tcp6"} {
		f, err := os.Open(filepath.Join(folder, name))
		if err != nil {
			if name == "tcp6" {
				continue // a kernel without IPv6
			}
			return nil, err
		}
		lines := bufio.NewScanner(f)
		for lines.Scan() {
			if l, ok := entry(lines.Text()); ok {
				all = append(all, l)
			}
		}
		f.Close()
	}
	return all, nil
}

// entry reads a line: its number, the local address, the remote one, the state, and
// as the tenth field the inode. Addresses are words of 32 bits in the machine's order,
// which is little-endian wherever this runs.
func entry(line string) (listening, bool) {
	f := strings.Fields(line)
	if len(f) < 10 || f[3] != stateListen {
		return listening{}, false
	}
	address, port, ok := strings.Cut(f[1], ":")
	raw, err := hex.DecodeString(address)
	n, err2 := strconv.ParseUint(port, 16, 16)
	if !ok || err != nil || err2 != nil || len(raw)%4 != 0 {
		return listening{}, false
	}
	for i := 0; i < len(raw); i += 4 {
		slices.Reverse(raw[i : i+4])
	}
	a, ok := netip.AddrFromSlice(raw)
	return listening{netip.AddrPortFrom(a.Unmap(), uint16(n)), f[9]}, ok
}

// who finds the process that holds a socket. Those of other users are not shown.
func who(inode string) Holder {
	processes, _ := filepath.Glob("/proc/[0-9]*")
	for _, p := range processes {
		if !slices.Contains(sockets(filepath.Join(p, "fd")), inode) {
			continue
		}
		pid, _ := strconv.Atoi(filepath.Base(p))
		name, _ := os.ReadFile(filepath.Join(p, "comm"))
		return Holder{PID: pid, Name: strings.TrimSpace(string(name))}
	}
	return Holder{}
}

// sockets lists the inodes of the sockets that a folder of file descriptors holds.
func sockets(folder string) (inodes []string) {
	files, err := os.ReadDir(folder)
	if err != nil {
		return nil
	}
	for _, f := range files {
		target, err := os.Readlink(filepath.Join(folder, f.Name()))
		var n uint64
		if err != nil {
			continue
		}
		if _, err := fmt.Sscanf(target, "socket:[%d]", &n); err == nil {
			inodes = append(inodes, strconv.FormatUint(n, 10))
		}
	}
	return inodes
}
