package host

import (
	"context"
	"crypto/sha1"
	"encoding/binary"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"time"
	"unicode/utf16"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/registry"
	"golang.org/x/sys/windows/svc"
	"golang.org/x/sys/windows/svc/mgr"
)

const (
	// programKey is where the installer writes how this PC runs the agent.
	programKey = `Software\Miandan`
	// stopPatience is how long a stop may take: the label in hand is finished.
	stopPatience  = 2 * time.Minute
	startPatience = time.Minute
)

// RunService runs under the service manager until it asks for the end, or ctx
// ends. The service counts as started when run first calls ready, and as stopped when
// run has returned: the label in hand is finished first. Its error is
// ErrNotManaged where no service manager has started the process.
func RunService(ctx context.Context, run func(ctx context.Context, ready func()) error) error {
	s := &service{ctx: ctx, run: run}
	err := svc.Run(ServiceName, s)
	if errors.Is(err, windows.ERROR_FAILED_SERVICE_CONTROLLER_CONNECT) {
		return ErrNotManaged
	}
	return errors.Join(err, s.err)
}

type service struct {
	ctx context.Context
	run func(ctx context.Context, ready func()) error
	err error
}

// Execute is called by the service manager. A non-zero code makes it start the
// service again, as InstallService asks.
func (s *service) Execute(_ []string, asked <-chan svc.ChangeRequest, tell chan<- svc.Status) (bool, uint32) {
	const accepts = svc.AcceptStop | svc.AcceptShutdown | svc.AcceptPreShutdown
	ctx, stop := context.WithCancel(s.ctx)
	defer stop()
	ready, done := make(chan struct{}), make(chan error, 1)
	now := svc.Status{State: svc.StartPending, WaitHint: uint32(startPatience.Milliseconds())}
	tell <- now
	started := sync.OnceFunc(func() { close(ready) })
	go func() { done <- s.run(ctx, started) }()
	alive := time.NewTicker(2 * time.Second)
	defer alive.Stop()
	for {
		select {
		case <-ready:
			ready = nil
			if now.State == svc.StartPending {
				now = svc.Status{State: svc.Running, Accepts: accepts}
				tell <- now
			}
		case c := <-asked:
			switch c.Cmd {
			case svc.Interrogate:
				tell <- c.CurrentStatus
			case svc.Stop, svc.Shutdown, svc.PreShutdown:
				now = svc.Status{State: svc.StopPending, WaitHint: 10_000}
				tell <- now
				stop()
			}
		case <-alive.C:
			if now.State == svc.StopPending {
				now.CheckPoint++
				tell <- now
			}
		case s.err = <-done:
			if s.err != nil {
				return true, 1
			}
			return false, 0
		}
	}
}

// ServiceFolder is where a service keeps its data, below %ProgramData%.
func ServiceFolder() (string, error) {
	dir, err := windows.KnownFolderPath(windows.FOLDERID_ProgramData, 0)
	if err != nil {
		return "", fmt.Errorf("folder for programs' data: %w", err)
	}
	return filepath.Join(dir, ServiceName, "data"), nil
}

// installedFolder is the service's data folder on a PC that the agent is installed
// on as a service. Only an administrator writes that into the registry; that the
// folder is there says nothing, since any user may make one.
func installedFolder() (string, bool) {
	k, err := registry.OpenKey(registry.LOCAL_MACHINE, programKey, registry.QUERY_VALUE|registry.WOW64_64KEY)
	if err != nil {
		return "", false
	}
	defer k.Close()
	if mode, _, err := k.GetStringValue("Mode"); err != nil || mode != "service" {
		return "", false
	}
	dir, err := ServiceFolder()
	return dir, err == nil
}

// IsServiceFolder reports whether a data folder is that of the service which this
// PC has, so that its keys are the service's account's alone.
func IsServiceFolder(dir string) bool {
	of, ok := installedFolder()
	return ok && strings.EqualFold(filepath.Clean(of), filepath.Clean(dir))
}

// InstallService makes the service, under its own account, with its data folder,
// and has Windows start it with the PC and again after a crash. It is not started.
func InstallService(exe string, args ...string) error {
	m, err := mgr.Connect()
	if err != nil {
		return fmt.Errorf("service manager: %w", err)
	}
	defer m.Disconnect()
	if err := makeServiceFolder(); err != nil {
		return err
	}
	s, err := m.CreateService(ServiceName, exe, mgr.Config{
		DisplayName: ServiceName, Description: "Prints e-waybills (面单打印).", StartType: mgr.StartAutomatic,
		ServiceStartName: `NT SERVICE\` + ServiceName,
	}, args...)
	if errors.Is(err, windows.ERROR_SERVICE_EXISTS) {
		return ErrServiceExists
	}
	if err != nil {
		return fmt.Errorf("create service: %w", err)
	}
	defer s.Close()
	again := func(after time.Duration) mgr.RecoveryAction {
		return mgr.RecoveryAction{Type: mgr.ServiceRestart, Delay: after}
	}
	day := uint32((24 * time.Hour).Seconds())
	if err := s.SetRecoveryActions([]mgr.RecoveryAction{again(time.Second), again(time.Minute), again(time.Minute)}, day); err != nil {
		return fmt.Errorf("have the service started again: %w", err)
	}
	k, _, err := registry.CreateKey(registry.LOCAL_MACHINE, programKey, registry.SET_VALUE|registry.WOW64_64KEY)
	if err != nil {
		return fmt.Errorf("registry: %w", err)
	}
	defer k.Close()
	return k.SetStringValue("Mode", "service")
}

// makeServiceFolder makes the data folder, and the one above it, which is the
// administrators': nobody but them and the service may read what is in it.
func makeServiceFolder() error {
	data, err := ServiceFolder()
	if err != nil {
		return err
	}
	const admin = "O:BAD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)"
	account := serviceSID(ServiceName)
	if err := closedFolder(filepath.Dir(data), admin+"(A;;FRFX;;;BU)(A;;FRFX;;;"+account+")"); err != nil {
		return err
	}
	return closedFolder(data, admin+"(A;OICI;FA;;;"+account+")")
}

// UninstallService stops the service and removes it. The data stays.
func UninstallService(ctx context.Context) error {
	if err := StopService(ctx); err != nil {
		return err
	}
	return onService(windows.DELETE, func(s *mgr.Service) error {
		if err := s.Delete(); err != nil {
			return fmt.Errorf("delete service: %w", err)
		}
		k, err := registry.OpenKey(registry.LOCAL_MACHINE, programKey, registry.SET_VALUE|registry.WOW64_64KEY)
		if err != nil {
			return nil // nothing says so any more
		}
		defer k.Close()
		if err := k.DeleteValue("Mode"); !errors.Is(err, registry.ErrNotExist) {
			return err
		}
		return nil
	})
}

// StartService starts the service and waits until it works. One that runs is no
// error.
func StartService(ctx context.Context) error {
	return onService(windows.SERVICE_START|windows.SERVICE_QUERY_STATUS, func(s *mgr.Service) error {
		if err := s.Start(); err != nil && !errors.Is(err, windows.ERROR_SERVICE_ALREADY_RUNNING) {
			return fmt.Errorf("%w: %w", ErrStartFailed, err)
		}
		return reach(ctx, s, svc.Running, startPatience, ErrStartFailed)
	})
}

// StopService asks the service to stop and waits until it has: the label in hand
// is finished first. One that does not run is no error.
func StopService(ctx context.Context) error {
	return onService(windows.SERVICE_STOP|windows.SERVICE_QUERY_STATUS, func(s *mgr.Service) error {
		_, err := s.Control(svc.Stop)
		if errors.Is(err, windows.ERROR_SERVICE_NOT_ACTIVE) {
			return nil
		}
		// Asked before, or starting: it cannot be asked now.
		if err != nil && !errors.Is(err, windows.ERROR_SERVICE_CANNOT_ACCEPT_CTRL) {
			return fmt.Errorf("stop service: %w", err)
		}
		return reach(ctx, s, svc.Stopped, stopPatience, ErrStopSlow)
	})
}

func onService(rights uint32, do func(*mgr.Service) error) error {
	m, err := windows.OpenSCManager(nil, nil, windows.SC_MANAGER_CONNECT)
	if err != nil {
		return fmt.Errorf("service manager: %w", err)
	}
	defer windows.CloseServiceHandle(m)
	name, err := windows.UTF16PtrFromString(ServiceName)
	if err != nil {
		return err
	}
	h, err := windows.OpenService(m, name, rights)
	if errors.Is(err, windows.ERROR_SERVICE_DOES_NOT_EXIST) {
		return ErrNoService
	}
	if err != nil {
		return fmt.Errorf("open service: %w", err)
	}
	s := &mgr.Service{Name: ServiceName, Handle: h}
	defer s.Close()
	return do(s)
}

// reach waits until the service is in a state.
func reach(ctx context.Context, s *mgr.Service, want svc.State, patience time.Duration, late error) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		now, err := s.Query()
		if err != nil {
			return fmt.Errorf("state of the service: %w", err)
		}
		switch {
		case now.State == want:
			return nil
		case now.State == svc.Stopped:
			return late
		}
		select {
		case <-ctx.Done():
			return late
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// serviceSID is the identity of a service's own account. Windows derives it from
// the name, so it is known before there is a service.
func serviceSID(name string) string {
	h := sha1.New()
	binary.Write(h, binary.LittleEndian, utf16.Encode([]rune(strings.ToUpper(name))))
	sum := h.Sum(nil)
	sid := "S-1-5-80"
	for i := 0; i < len(sum); i += 4 {
		sid += fmt.Sprintf("-%d", binary.LittleEndian.Uint32(sum[i:]))
	}
	return sid
}
