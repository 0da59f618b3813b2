package serial

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"

	"miandan/printer"
	"miandan/printer/overlapped"
)

// linger is how long Close lets bytes leave when no deadline says otherwise.
const linger = 2 * time.Second

// Flags of a DCB.
const (
	dcbBinary       = 0x0001
	dcbParity       = 0x0002
	dcbOutByCTS     = 0x0004
	dcbDTR          = 0x0010
	dcbGoOnAfterOff = 0x0080 // what the printer says is taken while it holds us up
	dcbOutByXON     = 0x0100
	dcbRTS          = 0x1000
	dcbRTSHandshake = 0x2000
)

func (t Transport) open() (printer.Conn, error) {
	if strings.HasPrefix(t.Port, "/") {
		return nil, errors.New("on Windows a serial port is COM and a number, as in serial://COM3?baud=9600")
	}
	f, err := overlapped.Open(`\\.\`+t.Port, 0)
	if err != nil {
		return nil, refused(t.Port, err)
	}
	if err := t.prepare(f.Handle()); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &conn{file: f}, nil
}

// prepare sets the port, all of it anew.
func (t Transport) prepare(h windows.Handle) error {
	dcb := windows.DCB{DCBlength: uint32(unsafe.Sizeof(windows.DCB{}))}
	if err := windows.GetCommState(h, &dcb); err != nil {
		return fmt.Errorf("%s is no serial port: %w", t.Port, err)
	}
	dcb.BaudRate, dcb.ByteSize = uint32(t.Baud), uint8(t.Data)
	dcb.Flags = dcbBinary | dcbDTR | dcbGoOnAfterOff
	dcb.Parity, dcb.StopBits = windows.NOPARITY, windows.ONESTOPBIT
	switch t.Parity {
	case "even":
		dcb.Parity, dcb.Flags = windows.EVENPARITY, dcb.Flags|dcbParity
	case "odd":
		dcb.Parity, dcb.Flags = windows.ODDPARITY, dcb.Flags|dcbParity
	}
	if t.Stop == 2 {
		dcb.StopBits = windows.TWOSTOPBITS
	}
	switch t.Flow {
	case RTSCTS:
		dcb.Flags |= dcbOutByCTS | dcbRTSHandshake
	case XONXOFF:
		// Only the printer holds us up so: the other way round the system would put
		// such characters into a label.
		dcb.Flags |= dcbOutByXON | dcbRTS
		dcb.XonChar, dcb.XoffChar, dcb.XonLim, dcb.XoffLim = 0x11, 0x13, 2048, 512
	default:
		dcb.Flags |= dcbRTS
	}
	if err := windows.SetCommState(h, &dcb); err != nil {
		return fmt.Errorf("the serial port %s cannot be set so (baud, data, parity, stop, flow): %w", t.Port, err)
	}
	// No times: a read ends when it is full, a write when all has left, and both when
	// we say so. Drivers differ in what they make of the rest.
	if err := windows.SetCommTimeouts(h, &windows.CommTimeouts{}); err != nil {
		return fmt.Errorf("the serial port %s cannot be set: %w", t.Port, err)
	}
	// What the printer said before nobody has asked.
	return windows.PurgeComm(h, windows.PURGE_RXCLEAR)
}

// refused says why a port could not be opened.
func refused(port string, err error) error {
	switch {
	case errors.Is(err, windows.ERROR_ACCESS_DENIED), errors.Is(err, windows.ERROR_SHARING_VIOLATION): // Windows says the one for the other
		return printer.ErrHeld
	case errors.Is(err, windows.ERROR_FILE_NOT_FOUND), errors.Is(err, windows.ERROR_PATH_NOT_FOUND):
		return ErrAbsent
	}
	return fmt.Errorf("open %s: %w", port, err)
}

var _ printer.ReadConn = (*conn)(nil)

// conn is an open port.
type conn struct {
	file *overlapped.File

	mu       sync.Mutex
	deadline time.Time
}

func (c *conn) Write(b []byte) (int, error) {
	n, err := c.file.Write(b)
	return n, broken(err)
}

// Read waits for one byte and takes with it what else has come.
func (c *conn) Read(b []byte) (int, error) {
	if len(b) == 0 {
		return 0, nil
	}
	n, err := c.file.Read(b[:1])
	if n == 0 || err != nil {
		return n, broken(err)
	}
	var state windows.ComStat
	if windows.ClearCommError(c.file.Handle(), new(uint32), &state) != nil {
		return n, nil // the next read will say what is wrong
	}
	if more := min(int(state.CBInQue), len(b)-1); more > 0 {
		m, _ := c.file.Read(b[1 : 1+more])
		n += m
	}
	return n, nil
}

func (c *conn) SetDeadline(t time.Time) error {
	c.mu.Lock()
	c.deadline = t
	c.mu.Unlock()
	return c.file.SetDeadline(t)
}

func (c *conn) SetReadDeadline(t time.Time) error { return c.file.SetReadDeadline(t) }

// Close waits for what adapters' drivers took and have not sent.
func (c *conn) Close() error {
	c.mu.Lock()
	until := c.deadline
	c.mu.Unlock()
	if until.IsZero() {
		until = time.Now().Add(linger)
	}
	h := c.file.Handle()
	if !time.Now().Before(until) {
		windows.PurgeComm(h, windows.PURGE_TXABORT|windows.PURGE_TXCLEAR) // of a line that is gone nothing is left
		return c.file.Close()
	}
	left := make(chan error, 1)
	go func() { left <- windows.FlushFileBuffers(h) }()
	late := time.NewTimer(time.Until(until))
	defer late.Stop()
	var err error
	select {
	case err = <-left:
	case <-late.C:
		windows.PurgeComm(h, windows.PURGE_TXABORT|windows.PURGE_TXCLEAR)
		<-left
		err = errors.New("the printer has not taken the end of what it was sent")
	}
	return errors.Join(broken(err), c.file.Close())
}

// broken gives Windows' words for a line that went away their name.
func broken(err error) error {
	for _, e := range []error{windows.ERROR_DEVICE_NOT_CONNECTED, windows.ERROR_DEVICE_REMOVED, windows.ERROR_NO_SUCH_DEVICE, windows.ERROR_GEN_FAILURE, windows.ERROR_BAD_COMMAND, windows.ERROR_ACCESS_DENIED, windows.ERROR_OPERATION_ABORTED} {
		if errors.Is(err, e) {
			return fmt.Errorf("%w (%v)", ErrBroken, e)
		}
	}
	return err
}
