package fleettest

import (
	"errors"
	"os/exec"
	"runtime"
	"syscall"
)

// keepPort takes a port of loopback, and keeps it until it is let go of: while the server
// is down it might become somebody's own end of a connection, and the server would not
// come back. Both let others have the same address, and the server alone listens.
func keepPort() (port int, letGo func(), err error) {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return 0, nil, err
	}
	letGo = func() { _ = syscall.Close(fd) }
	err = errors.Join(syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1), syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}))
	at, nameErr := syscall.Getsockname(fd)
	if err = errors.Join(err, nameErr); err != nil {
		letGo()
		return 0, nil, err
	}
	return at.(*syscall.SockaddrInet4).Port, letGo, nil
}

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
