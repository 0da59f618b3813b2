package host

import (
	"bufio"
	"encoding/hex"
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// The functions of this file look at what the system does with what passes
// through it. They read Linux's /proc and /sys below a root, which is "/", and on
// another system find nothing.

// UnencryptedSwap lists where memory may be written to a disk as it is: labels
// and keys among it. Swap in compressed memory (zram) and on an encrypted device
// (dm-crypt, also below LVM) is none of it.
func UnencryptedSwap(root string) ([]string, error) {
	b, err := os.ReadFile(filepath.Join(root, "proc/swaps"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var open []string
	for i, line := range strings.Split(string(b), "\n") {
		f := strings.Fields(line)
		if i == 0 || len(f) < 2 {
			continue
		}
		device := f[0]
		if f[1] == "file" {
			device = mountOf(root, device).device
		}
		if !safeSwap(root, strings.TrimPrefix(device, "/dev/")) {
			open = append(open, f[0])
		}
	}
	return open, nil
}

func safeSwap(root, device string) bool {
	if name, ok := strings.CutPrefix(device, "mapper/"); ok {
		device = mapped(root, name)
	}
	return strings.HasPrefix(device, "zram") || encrypted(root, device, 4)
}

// mapped returns the block device of a name under /dev/mapper.
func mapped(root, name string) string {
	names, _ := filepath.Glob(filepath.Join(root, "sys/block/dm-*/dm/name"))
	for _, path := range names {
		if b, err := os.ReadFile(path); err == nil && strings.TrimSpace(string(b)) == name {
			return filepath.Base(filepath.Dir(filepath.Dir(path)))
		}
	}
	return name
}

// encrypted reports whether a block device, or all that it lies on, is dm-crypt.
func encrypted(root, device string, depth int) bool {
	dir := filepath.Join(root, "sys/block", device)
	if b, err := os.ReadFile(filepath.Join(dir, "dm/uuid")); err == nil && strings.HasPrefix(string(b), "CRYPT-") {
		return true
	}
	below, err := os.ReadDir(filepath.Join(dir, "slaves"))
	if err != nil || len(below) == 0 || depth == 0 {
		return false
	}
	return !slices.ContainsFunc(below, func(d fs.DirEntry) bool { return !encrypted(root, d.Name(), depth-1) })
}

// networked are file systems that lie on another computer. SQLite's locks and
// its shared memory do not hold on them.
var networked = []string{"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "ceph", "glusterfs", "lustre", "beegfs", "afs", "ncpfs", "davfs",
	"fuse.sshfs", "fuse.glusterfs", "fuse.rclone", "fuse.s3fs", "fuse.davfs2"}

// NetworkFolder returns the kind of the file system that a folder lies on, if
// that is on another computer.
func NetworkFolder(root, dir string) (kind string, is bool) {
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real
	}
	m := mountOf(root, dir)
	return m.kind, slices.Contains(networked, m.kind)
}

type mount struct{ device, kind string }

// mountOf returns what is mounted where a path lies: the last of the longest.
func mountOf(root, path string) (found mount) {
	b, err := os.ReadFile(filepath.Join(root, "proc/self/mounts"))
	if err != nil {
		return mount{}
	}
	longest := -1
	unescape := strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`)
	for line := range strings.Lines(string(b)) {
		f := strings.Fields(line)
		if len(f) < 3 {
			continue
		}
		at := unescape.Replace(f[1])
		if (at == "/" || path == at || strings.HasPrefix(path, at+"/")) && len(at) >= longest {
			longest, found = len(at), mount{unescape.Replace(f[0]), f[2]}
		}
	}
	return found
}

// CoreLimit returns how large a core dump of a process may become, as the system
// writes it ("0", "unlimited"), or "" if that is not known.
func CoreLimit(root string, pid int) string {
	b, err := os.ReadFile(filepath.Join(root, "proc", strconv.Itoa(pid), "limits"))
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(b)) {
		if rest, ok := strings.CutPrefix(line, "Max core file size"); ok {
			if f := strings.Fields(rest); len(f) > 0 {
				return f[0]
			}
		}
	}
	return ""
}

// WideListeners lists the addresses beyond this computer on which a process
// listens. One that cannot be looked at is an error.
func WideListeners(root string, pid int) ([]string, error) {
	proc := filepath.Join(root, "proc", strconv.Itoa(pid))
	fds, err := os.ReadDir(filepath.Join(proc, "fd"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	own := map[string]bool{}
	for _, fd := range fds {
		to, err := os.Readlink(filepath.Join(proc, "fd", fd.Name()))
		if inode, ok := strings.CutPrefix(to, "socket:["); err == nil && ok {
			own[strings.TrimSuffix(inode, "]")] = true
		}
	}
	var wide []string
	for _, name := range []string{"tcp", "tcp6"} {
		f, err := os.Open(filepath.Join(proc, "net", name))
		if errors.Is(err, fs.ErrNotExist) {
			continue // no IPv6 here
		}
		if err != nil {
			return nil, err
		}
		lines := bufio.NewScanner(f)
		for lines.Scan() {
			const local, state, inode, listening = 1, 3, 9, "0A"
			c := strings.Fields(lines.Text())
			if len(c) <= inode || c[state] != listening || !own[c[inode]] {
				continue
			}
			if ip, port := procAddress(c[local]); !ip.IsLoopback() {
				wide = append(wide, net.JoinHostPort(ip.String(), strconv.Itoa(port)))
			}
		}
		f.Close()
		if err := lines.Err(); err != nil {
			return nil, err
		}
	}
	return wide, nil
}

// procAddress reads "0100007F:0277": words of four bytes, the last byte first.
func procAddress(s string) (net.IP, int) {
	host, port, _ := strings.Cut(s, ":")
	b, err := hex.DecodeString(host)
	n, perr := strconv.ParseUint(port, 16, 16)
	if err != nil || perr != nil || len(b) != 4 && len(b) != 16 {
		return nil, 0
	}
	for i := 0; i < len(b); i += 4 {
		slices.Reverse(b[i : i+4])
	}
	return b, int(n)
}

// KeptDocuments returns how long CUPS keeps what it has printed, as its settings
// say it: "No", "Yes", or seconds. Where they say nothing it is a day, after
// cupsd.conf(5). Settings that this user may not read are an error.
func KeptDocuments(root string) (string, error) {
	b, err := os.ReadFile(filepath.Join(root, "etc/cups/cupsd.conf"))
	if err != nil {
		return "", err
	}
	kept := "86400"
	for line := range strings.Lines(string(b)) {
		if f := strings.Fields(line); len(f) == 2 && strings.EqualFold(f[0], "PreserveJobFiles") {
			kept = f[1]
		}
	}
	return kept, nil
}

// KeepsDocuments reports whether such a setting keeps anything.
func KeepsDocuments(setting string) bool {
	return !slices.Contains([]string{"no", "off", "false", "0"}, strings.ToLower(setting))
}
