//go:build unix && !linux

package fleettest

import "os/exec"

func startWithUs(cmd *exec.Cmd, gone chan struct{}) error {
	if err := cmd.Start(); err != nil {
		return err
	}
	go func() {
		_ = cmd.Wait()
		close(gone)
	}()
	return nil
}
