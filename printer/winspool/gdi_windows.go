package winspool

import (
	"errors"
	"unsafe"

	"golang.org/x/sys/windows"
)

var (
	gdi            = windows.NewLazySystemDLL("gdi32.dll")
	procCreateDC   = gdi.NewProc("CreateDCW")
	procDeleteDC   = gdi.NewProc("DeleteDC")
	procDeviceCaps = gdi.NewProc("GetDeviceCaps")
	procDocStart   = gdi.NewProc("StartDocW")
	procPageStart  = gdi.NewProc("StartPage")
	procPageEnd    = gdi.NewProc("EndPage")
	procDocEnd     = gdi.NewProc("EndDoc")
	procDocAbort   = gdi.NewProc("AbortDoc")
	procStretch    = gdi.NewProc("StretchDIBits")
	procMode       = gdi.NewProc("SetStretchBltMode")
	gdiCalls       = []*windows.LazyProc{
		procCreateDC, procDeleteDC, procDeviceCaps, procDocStart, procPageStart, procPageEnd, procDocEnd, procDocAbort, procStretch, procMode,
	}
)

// point is POINT.
type point struct{ x, y int32 }

func (h *handle) papers() ([]paper, error) {
	s, err := h.state()
	if err != nil {
		return nil, err
	}
	port, err := windows.UTF16PtrFromString(s.port)
	if err != nil {
		return nil, err
	}
	const ids, sizes = 2, 3 // DC_PAPERS, DC_PAPERSIZE
	count := func(what uintptr) int {
		n, _, _ := procCapabilities.Call(uintptr(unsafe.Pointer(h.name)), uintptr(unsafe.Pointer(port)), what, 0, 0)
		return max(int(int32(n)), 0)
	}
	// Each list is asked for anew, and a driver may answer with more than it
	// announced: the buffers have room to spare.
	n := count(ids)
	if n == 0 || count(sizes) != n {
		return nil, nil // a driver that does not tell its papers is asked by measures
	}
	id, size := make([]uint16, 2*n+64), make([]point, 2*n+64)
	got, _, _ := procCapabilities.Call(uintptr(unsafe.Pointer(h.name)), uintptr(unsafe.Pointer(port)), ids, uintptr(unsafe.Pointer(&id[0])), 0)
	also, _, _ := procCapabilities.Call(uintptr(unsafe.Pointer(h.name)), uintptr(unsafe.Pointer(port)), sizes, uintptr(unsafe.Pointer(&size[0])), 0)
	if int(int32(got)) != n || int(int32(also)) != n {
		return nil, nil
	}
	papers := make([]paper, n)
	for i := range papers {
		papers[i] = paper{id[i], int(size[i].x), int(size[i].y)}
	}
	return papers, nil
}

// devmode returns the driver's settings for one upright page on a paper.
func (h *handle) devmode(s setting) ([]uint64, error) {
	const out, in = 2, 8 // DM_OUT_BUFFER, DM_IN_BUFFER
	size, _, err := procProperties.Call(0, uintptr(h.h), uintptr(unsafe.Pointer(h.name)), 0, 0, 0)
	if int32(size) <= 0 {
		return nil, explain("DocumentProperties", err)
	}
	const spare = 128 // for a driver that writes more than it announced
	words := (int(int32(size))+7)/8 + spare
	asked, merged := make([]uint64, words), make([]uint64, words)
	if ok, _, err := procProperties.Call(0, uintptr(h.h), uintptr(unsafe.Pointer(h.name)), uintptr(unsafe.Pointer(&asked[0])), 0, out); int32(ok) < 0 {
		return nil, explain("DocumentProperties", err)
	}
	if err := setPaper(unsafe.Slice((*byte)(unsafe.Pointer(&asked[0])), words*8), s); err != nil {
		return nil, err
	}
	// The driver makes its own part fit what was asked.
	if ok, _, err := procProperties.Call(0, uintptr(h.h), uintptr(unsafe.Pointer(h.name)), uintptr(unsafe.Pointer(&merged[0])), uintptr(unsafe.Pointer(&asked[0])), out|in); int32(ok) < 0 {
		return nil, explain("DocumentProperties", err)
	}
	return merged, nil
}

func (h *handle) canvas(s setting) (canvas, error) {
	devmode, err := h.devmode(s)
	if err != nil {
		return nil, err
	}
	driver, err := windows.UTF16PtrFromString("WINSPOOL")
	if err != nil {
		return nil, err
	}
	dc, _, err := procCreateDC.Call(uintptr(unsafe.Pointer(driver)), uintptr(unsafe.Pointer(h.name)), 0, uintptr(unsafe.Pointer(&devmode[0])))
	if dc == 0 {
		return nil, explain("CreateDC", err)
	}
	return deviceContext(dc), nil
}

type deviceContext uintptr

func (dc deviceContext) close() error {
	ok, _, err := procDeleteDC.Call(uintptr(dc))
	return result(ok, err)
}

func (dc deviceContext) caps() caps {
	get := func(what uintptr) int {
		n, _, _ := procDeviceCaps.Call(uintptr(dc), what)
		return int(int32(n))
	}
	return caps{
		dpiX: get(88), dpiY: get(90), width: get(8), height: get(10),
		pageWidth: get(110), pageHigh: get(111), left: get(112), top: get(113),
	}
}

// docInfo is DOCINFO.
type docInfo struct {
	size                   int32
	name, output, datatype *uint16
	flags                  uint32
}

func (dc deviceContext) startDoc(name string) (uint32, error) {
	n, err := windows.UTF16PtrFromString(name)
	if err != nil {
		return 0, err
	}
	info := docInfo{name: n}
	info.size = int32(unsafe.Sizeof(info))
	id, _, err := procDocStart.Call(uintptr(dc), uintptr(unsafe.Pointer(&info)))
	if int32(id) <= 0 {
		return 0, explain("StartDoc", err)
	}
	return uint32(id), nil
}

func (dc deviceContext) startPage() error { return dc.just("StartPage", procPageStart) }
func (dc deviceContext) endPage() error   { return dc.just("EndPage", procPageEnd) }
func (dc deviceContext) endDoc() error    { return dc.just("EndDoc", procDocEnd) }
func (dc deviceContext) abortDoc() error  { return dc.just("AbortDoc", procDocAbort) }

// just looks at what the call returns and never at the last error alone, which
// stays behind from some other call.
func (dc deviceContext) just(name string, proc *windows.LazyProc) error {
	if n, _, err := proc.Call(uintptr(dc)); int32(n) <= 0 {
		return explain(name, err)
	}
	return nil
}

func (dc deviceContext) draw(p picture, x, y int) error {
	const (
		colorOnColor = 3          // no dot is mixed of several
		rgb          = 0          // DIB_RGB_COLORS: the picture brings its own
		copyDots     = 0x00CC0020 // SRCCOPY
	)
	if ok, _, err := procMode.Call(uintptr(dc), colorOnColor); ok == 0 {
		return explain("SetStretchBltMode", err)
	}
	w, h := uintptr(p.width), uintptr(p.height)
	n, _, err := procStretch.Call(uintptr(dc), uintptr(x), uintptr(y), w, h, 0, 0, w, h,
		uintptr(unsafe.Pointer(&p.bits[0])), uintptr(unsafe.Pointer(&p.info[0])), rgb, copyDots)
	switch {
	case int32(n) > 0:
		return nil
	case errors.Is(err, windows.ERROR_SUCCESS):
		err = errors.New("the driver drew nothing")
	}
	return explain("StretchDIBits", err)
}
