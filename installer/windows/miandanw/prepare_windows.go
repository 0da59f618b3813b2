package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/svc/mgr"
)

// settingsFile is what the agent looks for in its data folder.
const settingsFile = "miandan.toml"

// prepare makes the folders and puts the first settings and the policy there.
// Settings that are there stay as they are.
func prepare(args []string) error {
	w, err := readWanted(args)
	if err != nil {
		return err
	}
	dir, err := home()
	if err != nil {
		return err
	}
	// Who may do what: the folder is the administrator's, users may read the policy
	// in it, and the service owns what is below data.
	const admin = "O:BAD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)"
	account := serviceSID(serviceName)
	if err := makeFolder(dir, admin+"(A;;FRFX;;;BU)(A;;FRFX;;;"+account+")"); err != nil {
		return err
	}
	if w.policy != "" {
		policy := filepath.Join(dir, "policy.toml")
		if err := copyTo(w.policy, policy); err != nil {
			return fmt.Errorf("POLICY: %w", err)
		}
		if err := protect(policy, "O:BAD:P(A;;FA;;;SY)(A;;FA;;;BA)(A;;FR;;;BU)(A;;FR;;;"+account+")"); err != nil {
			return err
		}
	}
	if w.mode == "session" {
		if w.config+w.station+w.port != "" {
			return errors.New("CONFIG, STATION and LISTEN_PORT are for the service; in session mode each user has settings")
		}
		return nil
	}
	data := filepath.Join(dir, "data")
	if err := makeFolder(data, admin+"(A;OICI;FA;;;"+account+")"); err != nil {
		return err
	}
	return firstSettings(w, filepath.Join(data, settingsFile))
}

func firstSettings(w wanted, file string) error {
	if _, err := os.Stat(file); err == nil || w.config+w.station+w.port == "" {
		return nil
	}
	if w.config != "" {
		if err := copyTo(w.config, file); err != nil {
			return fmt.Errorf("CONFIG: %w", err)
		}
	} else if err := miandan("config", "init", "--data", filepath.Dir(file)); err != nil {
		return err
	}
	if err := adapt(w, file); err != nil {
		return errors.Join(err, os.Remove(file))
	}
	if err := miandan("config", "check", "--data", filepath.Dir(file)); err != nil {
		return errors.Join(err, os.Remove(file))
	}
	return nil
}

// adapt writes the properties that are settings into a settings file.
func adapt(w wanted, file string) error {
	b, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	text := string(b)
	if w.station != "" {
		if err := checkStation(w.station); err != nil {
			return err
		}
		text = setValue(text, "", "station", w.station)
	}
	if w.port != "" {
		at, err := address(w.port)
		if err != nil {
			return err
		}
		text = setValue(text, "listen", "address", at)
	}
	return os.WriteFile(file, []byte(text), 0o600)
}

// miandan runs a command of the program beside this one.
func miandan(args ...string) error {
	exe, err := beside("miandan.exe")
	if err != nil {
		return err
	}
	cmd := exec.Command(exe, args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: windows.CREATE_NO_WINDOW}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("miandan %s: %w: %s", strings.Join(args[:2], " "), err, out)
	}
	return nil
}

// makeFolder makes a folder with an access list, or gives one that is there that
// list. One that a user has laid out beforehand is not taken: its owner could
// change the list again, or have it point elsewhere.
func makeFolder(dir, sddl string) error {
	err := os.Mkdir(dir, 0o700)
	if errors.Is(err, fs.ErrExist) {
		if err := trusted(dir); err != nil {
			return err
		}
	} else if err != nil {
		return err
	}
	return protect(dir, sddl)
}

func trusted(dir string) error {
	info, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return fmt.Errorf("%s is no folder, or one that points elsewhere: remove it, then install again", dir)
	}
	sd, err := windows.GetNamedSecurityInfo(dir, windows.SE_FILE_OBJECT, windows.OWNER_SECURITY_INFORMATION)
	if err != nil {
		return fmt.Errorf("owner of %s: %w", dir, err)
	}
	owner, _, err := sd.Owner()
	if err != nil {
		return fmt.Errorf("owner of %s: %w", dir, err)
	}
	self, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		return err
	}
	if owner.Equals(self.User.Sid) || owner.IsWellKnown(windows.WinLocalSystemSid) || owner.IsWellKnown(windows.WinBuiltinAdministratorsSid) || owner.String() == serviceSID(serviceName) {
		return nil
	}
	return fmt.Errorf("%s belongs to a user: look what is in it, remove it, then install again", dir)
}

func protect(path, sddl string) error {
	sd, err := windows.SecurityDescriptorFromString(sddl)
	if err != nil {
		return fmt.Errorf("access list %s: %w", sddl, err)
	}
	owner, _, err := sd.Owner()
	if err != nil {
		return err
	}
	list, _, err := sd.DACL()
	if err != nil {
		return err
	}
	const what = windows.OWNER_SECURITY_INFORMATION | windows.DACL_SECURITY_INFORMATION | windows.PROTECTED_DACL_SECURITY_INFORMATION
	if err := windows.SetNamedSecurityInfo(path, windows.SE_FILE_OBJECT, what, owner, nil, list, nil); err != nil {
		return fmt.Errorf("access list of %s: %w", path, err)
	}
	return nil
}

func copyTo(from, to string) error {
	b, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, b, 0o600)
}

// guard has Windows start the service again after a crash: at once, then after a
// minute each time, counting anew every day.
func guard() error {
	m, err := mgr.Connect()
	if err != nil {
		return err
	}
	defer m.Disconnect()
	s, err := m.OpenService(serviceName)
	if err != nil {
		return err
	}
	defer s.Close()
	again := func(after time.Duration) mgr.RecoveryAction {
		return mgr.RecoveryAction{Type: mgr.ServiceRestart, Delay: after}
	}
	return s.SetRecoveryActions([]mgr.RecoveryAction{again(time.Second), again(time.Minute), again(time.Minute)}, 24*60*60)
}

var deleteProfile = windows.NewLazySystemDLL("userenv.dll").NewProc("DeleteProfileW")

// purge deletes data, settings and policy, and the profile of the service's
// account, in which its keys are.
func purge() error {
	dir, err := home()
	if err != nil {
		return err
	}
	failed := removeTree(dir)
	sid, err := windows.UTF16PtrFromString(serviceSID(serviceName))
	if err != nil {
		return err
	}
	if err := deleteProfile.Find(); err != nil {
		return errors.Join(failed, err)
	}
	if ok, _, err := deleteProfile.Call(uintptr(unsafe.Pointer(sid)), 0, 0); ok == 0 && !errors.Is(err, windows.ERROR_FILE_NOT_FOUND) {
		failed = errors.Join(failed, fmt.Errorf("profile of the service's account: %w", err))
	}
	return failed
}

// removeTree removes a folder with all that is in it. Links are removed, and what
// they point at stays. What cannot be removed does not keep the rest.
func removeTree(dir string) error {
	var paths []string
	failed := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		paths = append(paths, path)
		return err
	})
	for _, path := range slices.Backward(paths) {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			failed = errors.Join(failed, err)
		}
	}
	return failed
}
