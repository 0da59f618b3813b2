package usb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"golang.org/x/sys/windows"

	"miandan/printer"
	"miandan/printer/overlapped"
)

// nothingToSay is the pause before a printer that says nothing is read again.
const nothingToSay = 50 * time.Millisecond

func (b *bus) open(d Device) (printer.Conn, error) {
	if d.Node == "" {
		return nil, d.withheld()
	}
	f, err := openAlone(d.Node)
	if err != nil {
		return nil, err
	}
	return &conn{file: f}, nil
}

var (
	_ printer.ReadConn = (*conn)(nil)
	_ printer.Sensor   = (*conn)(nil)
)

// conn is an open printer. A write is a transfer that ends when the printer has
// taken it, so that nothing is left to wait for when it is closed.
type conn struct{ file *overlapped.File }

func (c *conn) Write(b []byte) (int, error) {
	n, err := c.file.Write(b)
	return n, gone(err)
}

// Read waits for what the printer says. usbprint may end a read without anything,
// as often as it is asked.
func (c *conn) Read(b []byte) (int, error) {
	for {
		n, err := c.file.Read(b)
		if n > 0 || len(b) == 0 || err != nil && !errors.Is(err, io.EOF) {
			return n, gone(err)
		}
		time.Sleep(nothingToSay)
	}
}

func (c *conn) SetDeadline(t time.Time) error     { return c.file.SetDeadline(t) }
func (c *conn) SetReadDeadline(t time.Time) error { return c.file.SetReadDeadline(t) }
func (c *conn) Close() error                      { return c.file.Close() }

// Sense reads the port's status.
func (c *conn) Sense(context.Context) (printer.Status, error) {
	var answer [4]byte // a DWORD
	n, err := c.file.Control(getLPTStatus, answer[:], answerLimit)
	if err != nil {
		return printer.Status{}, gone(err)
	}
	if n == 0 {
		return printer.Status{}, printer.ErrMute
	}
	return statusOf(answer[0])
}

// gone gives Windows' words for a device that went away their name.
func gone(err error) error {
	for _, e := range []error{windows.ERROR_DEVICE_NOT_CONNECTED, windows.ERROR_DEVICE_REMOVED, windows.ERROR_NO_SUCH_DEVICE, windows.ERROR_GEN_FAILURE, windows.ERROR_BAD_COMMAND} {
		if errors.Is(err, e) {
			return fmt.Errorf("%w: %w", ErrUnplugged, err)
		}
	}
	return err
}
