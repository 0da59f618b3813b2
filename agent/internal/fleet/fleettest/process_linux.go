package fleettest

import (
	"os/exec"
	"runtime"
	"syscall"
)

// startWithUs starts a program that gets SIGQUIT when this one dies, however it
// dies, and closes gone when the program has ended. The signal comes when the thread
// that started the program ends, so that thread is kept.
func startWithUs(cmd *exec.Cmd, gone chan struct{}) error {
	cmd.SysProcAttr.Pdeathsig = syscall.SIGQUIT
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait()
			close(gone)
		}
	}()
	return <-started
}
