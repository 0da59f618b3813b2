package update

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"golang.org/x/sys/windows"
)

// openClosed opens a file so that until it is closed everybody may read it and
// nobody write, rename or remove it.
func openClosed(path string) (*os.File, error) {
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return nil, err
	}
	h, err := windows.CreateFile(name, windows.GENERIC_READ, windows.FILE_SHARE_READ, nil, windows.OPEN_EXISTING, windows.FILE_ATTRIBUTE_NORMAL, 0)
	if err != nil {
		return nil, &os.PathError{Op: "open", Path: path, Err: err}
	}
	return os.NewFile(uintptr(h), path), nil
}

// install has Windows Installer take the file, which replaces the program, starts
// the service again, and goes back to the old version if it cannot.
func install(ctx context.Context, path, log string) error {
	dir, err := windows.GetSystemDirectory()
	if err != nil {
		return fmt.Errorf("Windows Installer: %w", err)
	}
	err = exec.CommandContext(ctx, filepath.Join(dir, "msiexec.exe"), "/i", path, "/qn", "/norestart", "/l*v", log).Run()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && exit.ExitCode() == int(windows.ERROR_SUCCESS_REBOOT_REQUIRED) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("Windows Installer: %w", err)
	}
	return nil
}
