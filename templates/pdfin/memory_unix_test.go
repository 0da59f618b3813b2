//go:build unix

package pdfin_test

import (
	"os"
	"runtime"
	"syscall"

	"miandan/templates/pdfin/pdfintest"
)

// compiledNow says that this run compiles PDFium, which takes more memory than
// any document may.
var compiledNow = func() bool {
	_, err := os.Stat(pdfintest.Cache())
	return err != nil
}()

// childMemory is the largest any child of this process was, in bytes.
func childMemory() int64 { return resident(syscall.RUSAGE_CHILDREN) }

// parentMemory is the largest this process was.
func parentMemory() int64 { return resident(syscall.RUSAGE_SELF) }

func resident(who int) int64 {
	var u syscall.Rusage
	if syscall.Getrusage(who, &u) != nil {
		return 0
	}
	if runtime.GOOS == "darwin" {
		return int64(u.Maxrss)
	}
	return int64(u.Maxrss) << 10
}
