package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

// patience is how long what was asked to stop may take: a label in hand is
// finished.
const patience = 30 * time.Second

// stopEvent is what the process of a number waits for beside its child.
func stopEvent(pid uint32) (*uint16, error) {
	return windows.UTF16PtrFromString(fmt.Sprintf(`Global\Miandan-stop-%d`, pid))
}

// start starts miandan.exe with a console that nobody sees, and lives as long as
// it does.
func start() error {
	exe, err := beside("miandan.exe")
	if err != nil {
		return err
	}
	args := []string{"run"}
	if !session() {
		dir, err := home()
		if err != nil {
			return err
		}
		args = []string{"tray", "--data", filepath.Join(dir, "data")}
	}
	name, err := stopEvent(windows.GetCurrentProcessId())
	if err != nil {
		return err
	}
	asked, err := windows.CreateEvent(nil, 1, 0, name)
	if err != nil {
		return fmt.Errorf("event: %w", err)
	}
	job, err := ownJob()
	if err != nil {
		return err
	}
	defer windows.CloseHandle(job)
	cmd := exec.Command(exe, args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: windows.CREATE_NO_WINDOW | windows.CREATE_NEW_PROCESS_GROUP}
	if err := cmd.Start(); err != nil {
		return err
	}
	child := uint32(cmd.Process.Pid)
	if err := join(job, child); err != nil {
		log(fmt.Errorf("job: %w", err)) // ends later than it should, if this program is killed
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	stop := make(chan struct{})
	go func() {
		windows.WaitForSingleObject(asked, windows.INFINITE)
		close(stop)
	}()
	select {
	case err = <-done:
		return err
	case <-stop:
		if err := interrupt(child); err != nil {
			log(fmt.Errorf("ask miandan.exe to end: %w", err)) // it is ended when patience is
		}
	}
	select {
	case <-done:
	case <-time.After(patience):
		cmd.Process.Kill()
	}
	return nil
}

// ownJob is a job whose processes end when this program does, however it ends.
func ownJob() (windows.Handle, error) {
	job, err := windows.CreateJobObject(nil, nil)
	if err != nil {
		return 0, fmt.Errorf("job: %w", err)
	}
	var limits windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION
	// The agent's own children may leave, as a browser that it opens.
	limits.BasicLimitInformation.LimitFlags = windows.JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE | windows.JOB_OBJECT_LIMIT_SILENT_BREAKAWAY_OK
	_, err = windows.SetInformationJobObject(job, windows.JobObjectExtendedLimitInformation, uintptr(unsafe.Pointer(&limits)), uint32(unsafe.Sizeof(limits)))
	return job, err
}

func join(job windows.Handle, pid uint32) error {
	p, err := windows.OpenProcess(windows.PROCESS_SET_QUOTA|windows.PROCESS_TERMINATE, false, pid)
	if err != nil {
		return err
	}
	defer windows.CloseHandle(p)
	return windows.AssignProcessToJobObject(job, p)
}

var (
	kernel32      = windows.NewLazySystemDLL("kernel32.dll")
	attachConsole = kernel32.NewProc("AttachConsole")
	freeConsole   = kernel32.NewProc("FreeConsole")
)

// interrupt does what Ctrl+Break does in the child's console. A program may do
// that in its own console only.
func interrupt(child uint32) error {
	if ok, _, err := attachConsole.Call(uintptr(child)); ok == 0 {
		return fmt.Errorf("its console: %w", err)
	}
	defer freeConsole.Call()
	return windows.GenerateConsoleCtrlEvent(windows.CTRL_BREAK_EVENT, child)
}

// stop asks every other process of this program to end, in all sessions, and
// waits for them.
func stop() error {
	var waiting []windows.Handle
	err := others(func(pid uint32) {
		p, err := windows.OpenProcess(windows.SYNCHRONIZE|windows.PROCESS_TERMINATE, false, pid)
		if err != nil {
			return // gone
		}
		waiting = append(waiting, p)
		if name, err := stopEvent(pid); err == nil {
			if e, err := windows.OpenEvent(windows.EVENT_MODIFY_STATE, false, name); err == nil {
				windows.SetEvent(e)
				windows.CloseHandle(e)
				return
			}
		}
		windows.TerminateProcess(p, 1) // it waits for nothing
	})
	deadline := time.Now().Add(patience + 5*time.Second)
	for _, p := range waiting {
		left := max(time.Until(deadline), 0)
		if state, err := windows.WaitForSingleObject(p, uint32(left.Milliseconds())); err != nil || state != windows.WAIT_OBJECT_0 {
			windows.TerminateProcess(p, 1)
		}
		windows.CloseHandle(p)
	}
	return err
}

// others calls f for each other process of a program of this name.
func others(f func(pid uint32)) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	snapshot, err := windows.CreateToolhelp32Snapshot(windows.TH32CS_SNAPPROCESS, 0)
	if err != nil {
		return fmt.Errorf("processes: %w", err)
	}
	defer windows.CloseHandle(snapshot)
	entry := windows.ProcessEntry32{Size: uint32(unsafe.Sizeof(windows.ProcessEntry32{}))}
	for err = windows.Process32First(snapshot, &entry); err == nil; err = windows.Process32Next(snapshot, &entry) {
		name := filepath.Base(windows.UTF16ToString(entry.ExeFile[:]))
		if strings.EqualFold(name, filepath.Base(self)) && entry.ProcessID != windows.GetCurrentProcessId() {
			f(entry.ProcessID)
		}
	}
	return nil
}

// show starts the tray in every session in which somebody works. Only the system
// may do that for others; what does not work shows at the next log-in.
func show() error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	var sessions *windows.WTS_SESSION_INFO
	var n uint32
	if err := windows.WTSEnumerateSessions(0, 0, 1, &sessions, &n); err != nil {
		return fmt.Errorf("sessions: %w", err)
	}
	defer windows.WTSFreeMemory(uintptr(unsafe.Pointer(sessions)))
	for _, s := range unsafe.Slice(sessions, n) {
		var token windows.Token
		if s.State != windows.WTSActive && s.State != windows.WTSDisconnected || windows.WTSQueryUserToken(s.SessionID, &token) != nil {
			continue // nobody's
		}
		env, err := token.Environ(false)
		if err != nil {
			token.Close()
			continue
		}
		cmd := exec.Command(self, "start")
		cmd.Env, cmd.SysProcAttr = env, &syscall.SysProcAttr{Token: syscall.Token(token)}
		if err := cmd.Start(); err != nil {
			log(fmt.Errorf("tray in session %d: %w", s.SessionID, err))
		}
		token.Close()
	}
	return nil
}
