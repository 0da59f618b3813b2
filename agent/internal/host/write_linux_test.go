package host

import (
	"errors"
	"os"
	"testing"
)

func TestIsDiskFull(t *testing.T) {
	f, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skipf("/dev/full: %v", err)
	}
	defer f.Close()
	if _, err := f.WriteString("x"); !IsDiskFull(err) {
		t.Errorf("IsDiskFull(%v) = false", err)
	}
	if IsDiskFull(errors.New("disk full")) || IsDiskFull(os.ErrPermission) || IsDiskFull(nil) {
		t.Error("another error counts as a full disk")
	}
}
