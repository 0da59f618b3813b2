package host

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"unsafe"

	"golang.org/x/sys/windows"

	"miandan/agent/internal/notice"
)

// closedFolder makes a folder with an access list, or gives one that is there that
// list. One that a user has laid out beforehand is not taken: its owner could
// change the list again, or have it point elsewhere.
func closedFolder(dir, sddl string) error {
	switch err := os.Mkdir(dir, 0o700); {
	case errors.Is(err, fs.ErrExist):
		if err := systemOwns(dir); err != nil {
			return err
		}
	case err != nil:
		return fmt.Errorf("make folder: %w", err)
	}
	sd, err := windows.SecurityDescriptorFromString(sddl)
	if err != nil {
		return fmt.Errorf("access list: %w", err)
	}
	owner, _, err := sd.Owner()
	if err != nil {
		return fmt.Errorf("access list: %w", err)
	}
	list, _, err := sd.DACL()
	if err != nil {
		return fmt.Errorf("access list: %w", err)
	}
	const what = windows.OWNER_SECURITY_INFORMATION | windows.DACL_SECURITY_INFORMATION | windows.PROTECTED_DACL_SECURITY_INFORMATION
	if err := windows.SetNamedSecurityInfo(dir, windows.SE_FILE_OBJECT, what, owner, nil, list, nil); err != nil {
		return fmt.Errorf("access list of %s: %w", dir, err)
	}
	return nil
}

// systemOwns refuses a folder that is a user's, or that points elsewhere.
func systemOwns(dir string) error {
	foreign := notice.New("data-folder-failed", fs.ErrPermission, dir)
	info, err := os.Lstat(dir)
	if err != nil || !info.IsDir() {
		return foreign
	}
	sd, err := windows.GetNamedSecurityInfo(dir, windows.SE_FILE_OBJECT, windows.OWNER_SECURITY_INFORMATION)
	if err != nil {
		return fmt.Errorf("owner of %s: %w", dir, err)
	}
	owner, _, err := sd.Owner()
	if err != nil {
		return fmt.Errorf("owner of %s: %w", dir, err)
	}
	// This account's own is an administrator's, who may install services.
	own, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		return fmt.Errorf("own account: %w", err)
	}
	if owner.Equals(own.User.Sid) || owner.IsWellKnown(windows.WinLocalSystemSid) || owner.IsWellKnown(windows.WinBuiltinAdministratorsSid) || owner.String() == serviceSID(ServiceName) {
		return nil
	}
	return foreign
}

// pcEvent is a name that the whole PC shares, whatever the session.
const pcEvent = `Global\Miandan-agent`

// HoldPC takes the PC for this process until release, or until it dies. Two agents
// on one PC would each take numbers for the same orders, whatever folders they
// have. If another has it, the error is a *notice.Error, pc-held, that names its
// account and is ErrPCHeld.
func HoldPC() (release func(), err error) {
	name, err := windows.UTF16PtrFromString(pcEvent)
	if err != nil {
		return nil, err
	}
	u, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		return nil, fmt.Errorf("own account: %w", err)
	}
	// Others may see whose it is, and no more.
	sd, err := windows.SecurityDescriptorFromString(fmt.Sprintf("O:%[1]sD:P(A;;GA;;;%[1]s)(A;;0x120000;;;AU)", u.User.Sid))
	if err != nil {
		return nil, fmt.Errorf("hold the PC: %w", err)
	}
	attributes := &windows.SecurityAttributes{SecurityDescriptor: sd}
	attributes.Length = uint32(unsafe.Sizeof(*attributes))
	h, err := windows.CreateEvent(attributes, 1, 0, name)
	switch {
	case err == nil:
		return func() { windows.CloseHandle(h) }, nil
	case errors.Is(err, windows.ERROR_ALREADY_EXISTS), errors.Is(err, windows.ERROR_ACCESS_DENIED), errors.Is(err, windows.ERROR_INVALID_HANDLE):
		if h != 0 {
			windows.CloseHandle(h)
		}
		return nil, notice.New("pc-held", ErrPCHeld, holder(name))
	}
	return nil, fmt.Errorf("hold the PC: %w", err)
}

// holder names the account that has the PC, as far as the system says.
func holder(name *uint16) string {
	h, err := windows.OpenEvent(windows.READ_CONTROL, false, name)
	if err != nil {
		return "–"
	}
	defer windows.CloseHandle(h)
	sd, err := windows.GetSecurityInfo(h, windows.SE_KERNEL_OBJECT, windows.OWNER_SECURITY_INFORMATION)
	if err != nil {
		return "–"
	}
	owner, _, err := sd.Owner()
	if err != nil || owner == nil {
		return "–"
	}
	if account, domain, _, err := owner.LookupAccount(""); err == nil {
		return domain + `\` + account
	}
	return owner.String()
}
