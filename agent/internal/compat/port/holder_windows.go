package port

import (
	"encoding/binary"
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

// soExclusiveAddrUse is SO_EXCLUSIVEADDRUSE of winsock2.h: nobody else may listen on
// the port while we do, not even by SO_REUSEADDR.
const soExclusiveAddrUse = ^0x0004

func exclusive(_, _ string, c syscall.RawConn) error {
	var failed error
	err := c.Control(func(fd uintptr) {
		failed = windows.SetsockoptInt(windows.Handle(fd), windows.SOL_SOCKET, soExclusiveAddrUse, 1)
	})
	return errors.Join(err, failed)
}

var getExtendedTCPTable = windows.NewLazySystemDLL("iphlpapi.dll").NewProc("GetExtendedTcpTable")

// tcpTableOwnerPIDListener is TCP_TABLE_OWNER_PID_LISTENER of iprtrmib.h.
const tcpTableOwnerPIDListener = 3

// Sizes of MIB_TCPROW_OWNER_PID and MIB_TCP6ROW_OWNER_PID, and where in them the
// address, the port and the process stand.
var tables = []struct {
	family              uint32
	size, at, port, pid int
	length              int // of an address
}{
	{windows.AF_INET, 24, 4, 8, 20, 4},
	{windows.AF_INET6, 56, 0, 20, 52, 16},
}

type listening struct {
	netip.AddrPort
	pid uint32
}

func table() ([]listening, error) {
	var all []listening
	for _, t := range tables {
		size := uint32(16 << 10)
		var b []byte
		for range 4 { // it may grow between two questions
			b = make([]byte, size)
			r, _, _ := getExtendedTCPTable.Call(uintptr(unsafe.Pointer(&b[0])), uintptr(unsafe.Pointer(&size)), 0, uintptr(t.family), tcpTableOwnerPIDListener, 0)
			if r == 0 {
				break
			}
			b = nil
			if windows.Errno(r) != windows.ERROR_INSUFFICIENT_BUFFER {
				break
			}
		}
		if len(b) < 4 {
			if t.family == windows.AF_INET6 {
				continue
			}
			return nil, errors.ErrUnsupported
		}
		rows := b[4:]
		for range binary.LittleEndian.Uint32(b) {
			if len(rows) < t.size {
				break
			}
			a, ok := netip.AddrFromSlice(rows[t.at : t.at+t.length])
			if ok {
				port := binary.BigEndian.Uint16(rows[t.port:])
				all = append(all, listening{netip.AddrPortFrom(a.Unmap(), port), binary.LittleEndian.Uint32(rows[t.pid:])})
			}
			rows = rows[t.size:]
		}
	}
	return all, nil
}

func find(port int) (Holder, bool) {
	all, err := table()
	if err != nil {
		return Holder{}, false
	}
	for _, l := range all {
		if int(l.Port()) == port {
			return Holder{PID: int(l.pid), Name: name(l.pid)}, true
		}
	}
	return Holder{}, false
}

func own() ([]netip.AddrPort, error) {
	all, err := table()
	var mine []netip.AddrPort
	for _, l := range all {
		if int(l.pid) == os.Getpid() {
			mine = append(mine, l.AddrPort)
		}
	}
	return mine, err
}

// name returns the file of a process; "" of one that is another user's.
func name(pid uint32) string {
	p, err := windows.OpenProcess(windows.PROCESS_QUERY_LIMITED_INFORMATION, false, pid)
	if err != nil {
		return ""
	}
	defer windows.CloseHandle(p)
	b := make([]uint16, windows.MAX_LONG_PATH)
	n := uint32(len(b))
	if windows.QueryFullProcessImageName(p, 0, &b[0], &n) != nil {
		return ""
	}
	return filepath.Base(windows.UTF16ToString(b[:n]))
}
