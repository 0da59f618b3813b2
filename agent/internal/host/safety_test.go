package host

import (
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// tree makes a root with some files. Those that end in "->" are links.
func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		path := filepath.Join(root, filepath.FromSlash(strings.TrimSuffix(name, "->")))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		var err error
		if strings.HasSuffix(name, "->") {
			err = os.Symlink(text, path)
		} else {
			err = os.WriteFile(path, []byte(text), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func TestUnencryptedSwap(t *testing.T) {
	const head = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"
	for _, c := range []struct {
		name  string
		files map[string]string
		want  []string
	}{
		{"no /proc", nil, nil},
		{"none", map[string]string{"proc/swaps": head}, nil},
		{"zram", map[string]string{"proc/swaps": head + "/dev/zram0  partition 8388604 0 100\n"}, nil},
		{"a partition", map[string]string{"proc/swaps": head + "/dev/sda2  partition 8388604 0 -2\n"}, []string{"/dev/sda2"}},
		{"dm-crypt", map[string]string{"proc/swaps": head + "/dev/dm-1  partition 8388604 0 -2\n", "sys/block/dm-1/dm/uuid": "CRYPT-PLAIN-swap\n"}, nil},
		{"by name", map[string]string{"proc/swaps": head + "/dev/mapper/swap  partition 8388604 0 -2\n", "sys/block/dm-1/dm/uuid": "CRYPT-PLAIN-swap\n", "sys/block/dm-1/dm/name": "swap\n"}, nil},
		{"LVM on LUKS", map[string]string{"proc/swaps": head + "/dev/dm-2  partition 1 0 -2\n", "sys/block/dm-2/dm/uuid": "LVM-x\n", "sys/block/dm-2/slaves/dm-0": "", "sys/block/dm-0/dm/uuid": "CRYPT-LUKS2-x\n"}, nil},
		{"LVM on a disk", map[string]string{"proc/swaps": head + "/dev/dm-2  partition 1 0 -2\n", "sys/block/dm-2/dm/uuid": "LVM-x\n", "sys/block/dm-2/slaves/sda3": ""}, []string{"/dev/dm-2"}},
		{"a file", map[string]string{"proc/swaps": head + "/swap.img  file 1 0 -2\n", "proc/self/mounts": "/dev/sda1 / ext4 rw 0 0\n"}, []string{"/swap.img"}},
		{"a file on LUKS", map[string]string{"proc/swaps": head + "/var/swap  file 1 0 -2\n", "proc/self/mounts": "/dev/sda1 / ext4 rw 0 0\n/dev/mapper/var /var ext4 rw 0 0\n",
			"sys/block/dm-7/dm/name": "var\n", "sys/block/dm-7/dm/uuid": "CRYPT-LUKS2-x\n"}, nil},
	} {
		if got, err := UnencryptedSwap(tree(t, c.files)); err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, %v, want %q", c.name, got, err, c.want)
		}
	}
}

func TestNetworkFolder(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("reads /proc, which Windows has not")
	}
	root := tree(t, map[string]string{"proc/self/mounts": "/dev/sda1 / ext4 rw 0 0\nserver:/export /srv/with\\040space nfs4 rw 0 0\n//pc/share /mnt cifs rw 0 0\n/dev/sdb1 /mnt/disk ext4 rw 0 0\n"})
	for dir, want := range map[string]string{"/home/x": "", "/srv/with space/data": "nfs4", "/srv/with spaces": "", "/mnt": "cifs", "/mnt/disk/data": "", "/mnt/other": "cifs"} {
		kind, is := NetworkFolder(root, dir)
		if is != (want != "") || is && kind != want {
			t.Errorf("%s: %s, %v, want %q", dir, kind, is, want)
		}
	}
}

func TestCoreLimit(t *testing.T) {
	root := tree(t, map[string]string{"proc/7/limits": "Limit                     Soft Limit           Hard Limit           Units     \nMax core file size        unlimited            unlimited            bytes     \n"})
	if got := CoreLimit(root, 7); got != "unlimited" {
		t.Errorf("CoreLimit = %q", got)
	}
	if got := CoreLimit(root, 8); got != "" {
		t.Errorf("CoreLimit of nobody = %q", got)
	}
	if runtime.GOOS == "linux" {
		if err := NoCore(); err != nil {
			t.Fatal(err)
		}
		if got := CoreLimit("/", os.Getpid()); got != "0" {
			t.Errorf("after NoCore this process may dump %q", got)
		}
	}
}

func TestWideListeners(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("reads /proc, which Windows has not")
	}
	const head = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
	root := tree(t, map[string]string{
		"proc/7/fd/0->": "/dev/null", "proc/7/fd/3->": "socket:[11]", "proc/7/fd/4->": "socket:[12]", "proc/7/fd/5->": "socket:[13]", "proc/7/fd/6->": "socket:[14]", "proc/7/fd/8->": "socket:[15]",
		"proc/7/net/tcp": head +
			"   0: 0100007F:0277 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000 0 11 1\n" + // 127.0.0.1
			"   1: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000 0 12 1\n" + // 0.0.0.0:8080
			"   2: 0200A8C0:1F91 0100A8C0:238C 01 00000000:00000000 00:00000000 00000000  1000 0 13 1\n" + // a line to a printer
			"   3: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0 0 99 1\n", // somebody else's
		"proc/7/net/tcp6": head +
			"   0: 00000000000000000000000001000000:0277 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000  1000 0 14 1\n" + // ::1
			"   1: 00000000000000000000000000000000:1F92 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000  1000 0 15 1\n", // ::
	})
	if got, err := WideListeners(root, 7); err != nil || !slices.Equal(got, []string{"0.0.0.0:8080", "[::]:8082"}) {
		t.Errorf("WideListeners = %q, %v", got, err)
	}
	if runtime.GOOS != "linux" {
		t.Skip("the rest: this system has no /proc")
	}
	for address, wide := range map[string]bool{"127.0.0.1:0": false, "0.0.0.0:0": true} {
		l, err := net.Listen("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		got, err := WideListeners("/", os.Getpid())
		if err != nil || (len(got) > 0) != wide {
			t.Errorf("this process listens on %s: %q, %v", address, got, err)
		}
		l.Close()
	}
}

func TestKeptDocuments(t *testing.T) {
	for text, want := range map[string]bool{
		"LogLevel warn\n": true, "PreserveJobFiles No\n": false, "# PreserveJobFiles No\n": true, "  preservejobfiles yes\n": true,
		"PreserveJobFiles 300\n": true, "PreserveJobFiles 0\n": false, "PreserveJobFiles Yes\nPreserveJobFiles Off\n": false,
	} {
		got, err := KeptDocuments(tree(t, map[string]string{"etc/cups/cupsd.conf": text}))
		if err != nil || KeepsDocuments(got) != want {
			t.Errorf("%q: %q, %v, kept: %v", text, got, err, !want)
		}
	}
	if _, err := KeptDocuments(t.TempDir()); err == nil {
		t.Error("no settings of CUPS, and no error")
	}
}
