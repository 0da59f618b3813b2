package api

import (
	"net"
	"os"
	"os/user"
	"strconv"

	"golang.org/x/sys/unix"
)

// identify asks the kernel whose process opened the connection. The socket's mode
// lets in its owner, and root.
func identify(c net.Conn) peer {
	u, ok := c.(*net.UnixConn)
	if !ok {
		return peer{user: "unknown"}
	}
	var cred *unix.Ucred
	raw, err := u.SyscallConn()
	if err == nil {
		if ctlErr := raw.Control(func(fd uintptr) { cred, err = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED) }); ctlErr != nil {
			err = ctlErr
		}
	}
	if err != nil {
		return peer{user: "unknown"}
	}
	return known(cred.Uid, uint32(os.Getuid()))
}

func known(uid, own uint32) peer {
	if uid == own {
		return peer{admin: true}
	}
	name := "uid " + strconv.FormatUint(uint64(uid), 10)
	if u, err := user.LookupId(strconv.FormatUint(uint64(uid), 10)); err == nil {
		name = u.Username
	}
	return peer{user: name, admin: uid == 0}
}
