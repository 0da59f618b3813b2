package host

import (
	"os"
	"syscall"
)

// Renewed reports whether the program's file is another one than the one that runs:
// an update has put a new version in its place.
func Renewed() bool {
	path, err := os.Executable()
	if err != nil {
		return false
	}
	there, err := os.Stat(path)
	if err != nil {
		return false
	}
	running, err := os.Stat("/proc/self/exe")
	return err == nil && !os.SameFile(there, running)
}

// Become has the program's present file go on in this process, with these arguments.
// It returns only if that cannot be.
func Become(args []string) error {
	path, err := os.Executable()
	if err != nil {
		return err
	}
	return syscall.Exec(path, append([]string{path}, args...), os.Environ())
}
