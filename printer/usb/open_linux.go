package usb

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"

	"miandan/printer"
)

// Requests of usblp: the printer class's GET_DEVICE_ID and GET_PORT_STATUS.
const (
	getDeviceID = 0x84005001 // _IOC(_IOC_READ, 'P', 1, 1024)
	idLength    = 1024
	getPort     = 0x060B // LPGETSTATUS
)

func ioctl(fd int, request uint, answer []byte) error {
	_, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), uintptr(request), uintptr(unsafe.Pointer(&answer[0])))
	if errno != 0 {
		return errno
	}
	return nil
}

// ask asks a printer for its ID. One that is held by somebody is left alone.
func (b *bus) ask(node string) ID {
	fd, err := unix.Open(node, unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC|unix.O_NOCTTY, 0)
	if err != nil {
		return ID{}
	}
	defer unix.Close(fd)
	answer := make([]byte, idLength)
	if err := b.ioctl(fd, getDeviceID, answer); err != nil {
		return ID{}
	}
	return framed(answer)
}

func (b *bus) open(d Device) (printer.Conn, error) {
	if d.Node == "" {
		return nil, d.withheld()
	}
	fd, err := unix.Open(d.Node, unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC|unix.O_NOCTTY, 0)
	if err != nil {
		return nil, refused(d.Node, err)
	}
	file := os.NewFile(uintptr(fd), d.Node)
	raw, err := file.SyscallConn()
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	c := &conn{file: file, raw: raw, ioctl: b.ioctl}
	if d.OneWay {
		return c, nil
	}
	return duplex{c}, nil
}

// refused says why a node could not be opened.
func refused(node string, err error) error {
	switch {
	case errors.Is(err, unix.EBUSY):
		return printer.ErrHeld
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%w: add it to the group of %s, which is lp on most systems", printer.ErrDenied, node)
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, unix.ENODEV), errors.Is(err, unix.ENXIO):
		return ErrAbsent
	}
	return fmt.Errorf("open %s: %w", node, err)
}
