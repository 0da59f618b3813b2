//go:build unix

package pdfin_test

import (
	"io/fs"
	"path/filepath"
	"runtime"
	"syscall"

	"miandan/templates/pdfin/pdfintest"
)

// compiledNow says that this run may compile PDFium, which takes more memory than
// any document may. The folder alone says nothing: another package's tests may have
// made it and be compiling still.
var compiledNow = func() bool {
	compiled := false
	filepath.WalkDir(pdfintest.Cache(), func(path string, d fs.DirEntry, err error) error {
		compiled = compiled || err == nil && d.Type().IsRegular() && filepath.Ext(path) != ".tmp"
		return nil
	})
	return !compiled
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
