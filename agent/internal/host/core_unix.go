//go:build unix

package host

import "golang.org/x/sys/unix"

// NoCore keeps a crash of this process from leaving its memory on the disk, with
// everybody in it whose label was in hand. Its children inherit that.
func NoCore() error { return unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}) }

// OwnFiles makes every file that this process makes readable to nobody else,
// whatever made it: SQLite asks for no mode of its own.
func OwnFiles() { unix.Umask(0o077) }
