package api

import (
	"context"
	"errors"
	"fmt"
	"net"
	"runtime"
	"strings"

	"golang.org/x/sys/windows"
)

// pipeAccess is what a client asks for: to read, write and see whose the pipe is.
// It is FILE_GENERIC_READ and FILE_GENERIC_WRITE without FILE_CREATE_PIPE_INSTANCE:
// with that a user could answer in the agent's place.
const pipeAccess = (windows.FILE_GENERIC_READ | windows.FILE_GENERIC_WRITE) &^ windows.FILE_APPEND_DATA

var errForeignPipe = errors.New("the pipe belongs to another program")

// ListenLocal opens the named pipe of the command line and the tray. This account,
// the system and administrators may open it; a service's also whoever works at the
// computer, since every session has a tray. Nobody may from another computer. A
// pipe that is there already, whoever made it, is ErrInUse.
func ListenLocal(path string) (net.Listener, error) {
	own, err := ownAccount()
	if err != nil {
		return nil, fmt.Errorf("local pipe: %w", err)
	}
	l, err := listenPipe(path, pipeRights(own))
	if err != nil {
		return nil, fmt.Errorf("local pipe: %w", err)
	}
	return l, nil
}

func pipeRights(own *windows.SID) string {
	rights := fmt.Sprintf("O:%[1]sD:P(D;;FA;;;NU)(A;;FA;;;SY)(A;;FA;;;BA)(A;;FA;;;%[1]s)", own)
	if serviceAccount(own) {
		rights += fmt.Sprintf("(A;;0x%x;;;IU)", pipeAccess)
	}
	return rights
}

// serviceAccount reports whether only the system can start a program under an
// account: its own, LocalService, NetworkService, or one made for a service.
func serviceAccount(sid *windows.SID) bool {
	return sid.IsWellKnown(windows.WinLocalSystemSid) || sid.IsWellKnown(windows.WinLocalServiceSid) ||
		sid.IsWellKnown(windows.WinNetworkServiceSid) || strings.HasPrefix(sid.String(), "S-1-5-80-")
}

func ownAccount() (*windows.SID, error) {
	u, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		return nil, fmt.Errorf("own account: %w", err)
	}
	return u.User.Sid, nil
}

// dialLocal opens the pipe, lets the agent see who opens it but not act in that
// name, and sees that the pipe is the agent's: any user may make one of a name that
// is free.
func dialLocal(ctx context.Context, path string) (net.Conn, error) {
	c, err := dialPipe(ctx, path)
	if err == nil {
		if err = trustedPipe(c); err != nil {
			c.Close()
		}
	}
	if err != nil {
		return nil, &net.OpError{Op: "dial", Net: "pipe", Err: err}
	}
	return c, nil
}

func trustedPipe(c *pipeConn) error {
	var sd *windows.SECURITY_DESCRIPTOR
	err := c.on(func(h windows.Handle) (err error) {
		sd, err = windows.GetSecurityInfo(h, windows.SE_KERNEL_OBJECT, windows.OWNER_SECURITY_INFORMATION)
		return err
	})
	if err != nil {
		return fmt.Errorf("owner of the pipe: %w", err)
	}
	owner, _, err := sd.Owner()
	if err != nil {
		return fmt.Errorf("owner of the pipe: %w", err)
	}
	own, err := ownAccount()
	if err != nil {
		return err
	}
	if owner == nil || !owner.Equals(own) && !serviceAccount(owner) && !owner.IsWellKnown(windows.WinBuiltinAdministratorsSid) {
		return errForeignPipe
	}
	return nil
}

var impersonate = windows.NewLazySystemDLL("advapi32.dll").NewProc("ImpersonateNamedPipeClient")

// identify asks the system who opened the pipe: not by the process's number, which
// may be another's by the time it is looked up.
func identify(c net.Conn) peer {
	token, err := clientToken(c)
	if err != nil {
		return peer{user: "unknown"}
	}
	defer token.Close()
	u, err := token.GetTokenUser()
	if err != nil {
		return peer{user: "unknown"}
	}
	if own, err := ownAccount(); err == nil && u.User.Sid.Equals(own) {
		return peer{admin: true}
	}
	p := peer{user: u.User.Sid.String()}
	if name, _, _, err := u.User.Sid.LookupAccount(""); err == nil {
		p.user = name
	}
	if admins, err := windows.CreateWellKnownSid(windows.WinBuiltinAdministratorsSid); err == nil {
		is, err := token.IsMember(admins) // elevated: a filtered token is none
		p.admin = err == nil && is
	}
	p.admin = p.admin || u.User.Sid.IsWellKnown(windows.WinLocalSystemSid)
	return p
}

// clientToken takes the client's identity on for as long as it takes to read it.
func clientToken(c net.Conn) (windows.Token, error) {
	pipe, ok := c.(*pipeConn)
	if !ok {
		return 0, errors.ErrUnsupported
	}
	runtime.LockOSThread()
	err := pipe.on(func(h windows.Handle) error {
		if ok, _, err := impersonate.Call(uintptr(h)); ok == 0 {
			return err
		}
		return nil
	})
	if err != nil {
		runtime.UnlockOSThread()
		return 0, err
	}
	var token windows.Token
	err = windows.OpenThreadToken(windows.CurrentThread(), windows.TOKEN_QUERY, true, &token)
	if windows.RevertToSelf() == nil {
		runtime.UnlockOSThread() // else the thread ends with this goroutine and serves nobody
	}
	return token, err
}
