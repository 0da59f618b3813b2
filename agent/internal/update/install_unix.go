//go:build !windows

package update

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
)

// openClosed opens a file. That nobody else may write to it is the folder's mode.
func openClosed(path string) (*os.File, error) { return os.Open(path) }

// install has dpkg take the file.
func install(ctx context.Context, path, log string) error {
	out, err := exec.CommandContext(ctx, "dpkg", "--force-confold", "--refuse-downgrade", "-i", path).CombinedOutput()
	logged := os.WriteFile(log, out, 0o600)
	if err != nil {
		return errors.Join(fmt.Errorf("dpkg: %w", err), logged)
	}
	return logged
}
