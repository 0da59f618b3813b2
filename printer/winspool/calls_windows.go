package winspool

import (
	"errors"
	"fmt"
	"runtime"
	"unsafe"

	"golang.org/x/sys/windows"

	"miandan/printer"
)

// Memory that Windows reads or writes is Go's, is passed in the call itself, which
// keeps it, and is kept until what points into it has been copied. The buffers
// are of 64-bit words, since what Windows lays into them is aligned to that.

var (
	winspoolDLL      = windows.NewLazySystemDLL("winspool.drv")
	procEnumPrinters = winspoolDLL.NewProc("EnumPrintersW")
	procOpenPrinter  = winspoolDLL.NewProc("OpenPrinterW")
	procClosePrinter = winspoolDLL.NewProc("ClosePrinter")
	procGetPrinter   = winspoolDLL.NewProc("GetPrinterW")
	procGetDriver    = winspoolDLL.NewProc("GetPrinterDriverW")
	procStartDoc     = winspoolDLL.NewProc("StartDocPrinterW")
	procStartPage    = winspoolDLL.NewProc("StartPagePrinter")
	procWrite        = winspoolDLL.NewProc("WritePrinter")
	procEndPage      = winspoolDLL.NewProc("EndPagePrinter")
	procEndDoc       = winspoolDLL.NewProc("EndDocPrinter")
	procAbort        = winspoolDLL.NewProc("AbortPrinter")
	procGetJob       = winspoolDLL.NewProc("GetJobW")
	procEnumJobs     = winspoolDLL.NewProc("EnumJobsW")
	procSetJob       = winspoolDLL.NewProc("SetJobW")
	procProperties   = winspoolDLL.NewProc("DocumentPropertiesW")
	procCapabilities = winspoolDLL.NewProc("DeviceCapabilitiesW")
	winspoolCalls    = []*windows.LazyProc{
		procEnumPrinters, procOpenPrinter, procClosePrinter, procGetPrinter, procGetDriver, procStartDoc, procStartPage, procWrite,
		procEndPage, procEndDoc, procAbort, procGetJob, procEnumJobs, procSetJob, procProperties, procCapabilities,
	}
)

// system returns Windows itself. A call that this Windows lacks is an error here
// and not a panic later.
func system() (calls, error) {
	for _, proc := range append(winspoolCalls, gdiCalls...) {
		if err := proc.Find(); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrNoSpooler, err)
		}
	}
	return spooler{}, nil
}

// explain gives what Windows says this package's name.
func explain(call string, err error) error {
	var kind error
	switch {
	case errors.Is(err, windows.ERROR_INVALID_PRINTER_NAME), errors.Is(err, windows.ERROR_PRINTER_DELETED), errors.Is(err, windows.ERROR_PRINTER_NOT_FOUND),
		errors.Is(err, windows.ERROR_BAD_NETPATH), errors.Is(err, windows.ERROR_BAD_NET_NAME):
		kind = ErrNoQueue
	case errors.Is(err, windows.ERROR_ACCESS_DENIED):
		kind = printer.ErrDenied
	case errors.Is(err, windows.RPC_S_SERVER_UNAVAILABLE), errors.Is(err, windows.RPC_S_CALL_FAILED),
		errors.Is(err, windows.ERROR_SERVICE_NOT_ACTIVE), errors.Is(err, windows.EPT_S_NOT_REGISTERED):
		kind = ErrNoSpooler
	default:
		return fmt.Errorf("%s: %w", call, err)
	}
	return fmt.Errorf("%w (%s: %w)", kind, call, err)
}

// fill calls until the buffer is large enough. It may grow between two calls.
func fill(call func(buf *uint64, size uint32, need *uint32) error) ([]uint64, error) {
	var buf []uint64
	for range 5 {
		var (
			need  uint32
			first *uint64
		)
		if len(buf) > 0 {
			first = &buf[0]
		}
		err := call(first, uint32(len(buf)*8), &need)
		if !errors.Is(err, windows.ERROR_INSUFFICIENT_BUFFER) {
			return buf, err
		}
		buf = make([]uint64, (need+7)/8)
	}
	return nil, windows.ERROR_INSUFFICIENT_BUFFER
}

// records are the n structures at the beginning of a buffer. What they point at
// lies behind them in the same buffer, which the caller keeps.
func records[T any](buf []uint64, n uint32) ([]T, error) {
	var one T
	if uint64(n)*uint64(unsafe.Sizeof(one)) > uint64(len(buf))*8 {
		return nil, windows.ERROR_INVALID_DATA
	}
	if n == 0 {
		return nil, nil
	}
	return unsafe.Slice((*T)(unsafe.Pointer(&buf[0])), n), nil
}

func result(ok uintptr, err error) error {
	if ok == 0 {
		return err
	}
	return nil
}

type spooler struct{}

// printerInfo4 is PRINTER_INFO_4.
type printerInfo4 struct {
	name, server *uint16
	attributes   uint32
}

func (spooler) names() ([]Queue, error) {
	const local, connections = 2, 4
	var n uint32
	buf, err := fill(func(b *uint64, size uint32, need *uint32) error {
		ok, _, err := procEnumPrinters.Call(local|connections, 0, 4, uintptr(unsafe.Pointer(b)), uintptr(size), uintptr(unsafe.Pointer(need)), uintptr(unsafe.Pointer(&n)))
		return result(ok, err)
	})
	if err != nil {
		return nil, explain("EnumPrinters", err)
	}
	infos, err := records[printerInfo4](buf, n)
	if err != nil {
		return nil, explain("EnumPrinters", err)
	}
	queues := make([]Queue, 0, n)
	for _, info := range infos {
		queues = append(queues, Queue{Name: windows.UTF16PtrToString(info.name), Attributes: info.attributes})
	}
	runtime.KeepAlive(buf)
	return queues, nil
}

func (spooler) open(name string) (queue, error) {
	n, err := windows.UTF16PtrFromString(name)
	if err != nil {
		return nil, err
	}
	h := &handle{name: n}
	if ok, _, err := procOpenPrinter.Call(uintptr(unsafe.Pointer(n)), uintptr(unsafe.Pointer(&h.h)), 0); ok == 0 {
		return nil, explain("OpenPrinter", err)
	}
	return h, nil
}

// handle is an open queue.
type handle struct {
	h    windows.Handle
	name *uint16
}

func (h *handle) close() error {
	ok, _, err := procClosePrinter.Call(uintptr(h.h))
	return result(ok, err)
}

// printerInfo2 is PRINTER_INFO_2.
type printerInfo2 struct {
	server, name, share, port, driver, comment, location                   *uint16
	devmode                                                                unsafe.Pointer
	separator, processor, datatype, parameters                             *uint16
	security                                                               unsafe.Pointer
	attributes, priority, priority0, start, until, status, jobs, perMinute uint32
}

func (h *handle) state() (state, error) {
	buf, err := fill(func(b *uint64, size uint32, need *uint32) error {
		ok, _, err := procGetPrinter.Call(uintptr(h.h), 2, uintptr(unsafe.Pointer(b)), uintptr(size), uintptr(unsafe.Pointer(need)))
		return result(ok, err)
	})
	if err != nil {
		return state{}, explain("GetPrinter", err)
	}
	infos, err := records[printerInfo2](buf, 1)
	if err != nil {
		return state{}, explain("GetPrinter", err)
	}
	info := &infos[0]
	s := state{
		driver: windows.UTF16PtrToString(info.driver), port: windows.UTF16PtrToString(info.port),
		attributes: info.attributes, status: info.status, jobs: info.jobs,
	}
	runtime.KeepAlive(buf)
	return s, nil
}

// driverInfo8 is DRIVER_INFO_8 up to what is read of it.
type driverInfo8 struct {
	version                                                                              uint32
	name, environment, path, data, config, help, files, monitor, datatype, previousNames *uint16
	date                                                                                 [2]uint32
	_                                                                                    [unsafe.Sizeof(uintptr(0)) % 8]byte // what follows is aligned to 8 bytes
	driverVersion                                                                        [2]uint32
	maker, url, hardware, provider, processor, setup, profiles, inf                      *uint16
	attributes                                                                           uint32
}

func (h *handle) xps() (bool, error) {
	const xps = 0x2 // PRINTER_DRIVER_XPS
	buf, err := fill(func(b *uint64, size uint32, need *uint32) error {
		ok, _, err := procGetDriver.Call(uintptr(h.h), 0, 8, uintptr(unsafe.Pointer(b)), uintptr(size), uintptr(unsafe.Pointer(need)))
		return result(ok, err)
	})
	// Before Windows 7 nobody knew the question; some drivers' records are broken.
	if errors.Is(err, windows.ERROR_INVALID_LEVEL) || errors.Is(err, windows.ERROR_INVALID_DATA) {
		return false, nil
	}
	if err != nil {
		return false, explain("GetPrinterDriver", err)
	}
	infos, err := records[driverInfo8](buf, 1)
	if err != nil {
		return false, explain("GetPrinterDriver", err)
	}
	is := infos[0].attributes&xps != 0
	runtime.KeepAlive(buf)
	return is, nil
}

// docInfo1 is DOC_INFO_1.
type docInfo1 struct{ name, output, datatype *uint16 }

func (h *handle) startDoc(name, datatype string) (uint32, error) {
	var (
		info docInfo1
		err  error
	)
	if info.name, err = windows.UTF16PtrFromString(name); err != nil {
		return 0, err
	}
	if info.datatype, err = windows.UTF16PtrFromString(datatype); err != nil {
		return 0, err
	}
	id, _, err := procStartDoc.Call(uintptr(h.h), 1, uintptr(unsafe.Pointer(&info)))
	if id == 0 {
		return 0, explain("StartDocPrinter", err)
	}
	return uint32(id), nil
}

func (h *handle) startPage() error { return h.just("StartPagePrinter", procStartPage) }
func (h *handle) endPage() error   { return h.just("EndPagePrinter", procEndPage) }
func (h *handle) endDoc() error    { return h.just("EndDocPrinter", procEndDoc) }
func (h *handle) abort() error     { return h.just("AbortPrinter", procAbort) }

func (h *handle) just(name string, proc *windows.LazyProc) error {
	if ok, _, err := proc.Call(uintptr(h.h)); ok == 0 {
		return explain(name, err)
	}
	return nil
}

// chunk is what is written in one call.
const chunk = 1 << 20

func (h *handle) write(b []byte) (int, error) {
	if len(b) == 0 {
		return 0, nil
	}
	var n uint32
	ok, _, err := procWrite.Call(uintptr(h.h), uintptr(unsafe.Pointer(&b[0])), uintptr(min(len(b), chunk)), uintptr(unsafe.Pointer(&n)))
	if ok == 0 {
		return int(n), explain("WritePrinter", err)
	}
	return int(n), nil
}
