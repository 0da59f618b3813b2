//go:build linux && (amd64 || arm64)

package faulty

import (
	"unsafe"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// below is an open file of SQLite's own layer for unix.
type below struct {
	tls  *libc.TLS
	file uintptr
}

var _ base = below{}

func (b below) methods() *sqlite3.Tsqlite3_io_methods {
	return at[sqlite3.Tsqlite3_io_methods](at[sqlite3.Tsqlite3_file](b.file).FpMethods)
}

func (b below) call4(method, p uintptr, n int32, off int64) int32 {
	return function[func(*libc.TLS, uintptr, uintptr, int32, int64) int32](method)(b.tls, b.file, p, n, off)
}

func (b below) read(p []byte, off int64) int32 {
	buf := libc.Xmalloc(b.tls, libc.Tsize_t(len(p)))
	defer libc.Xfree(b.tls, buf)
	rc := b.call4(b.methods().FxRead, buf, int32(len(p)), off)
	if rc == sqlite3.SQLITE_IOERR_SHORT_READ { // the rest is zero
		rc = sqlite3.SQLITE_OK
	}
	if rc == sqlite3.SQLITE_OK {
		copy(p, unsafe.Slice(at[byte](buf), len(p)))
	}
	return rc
}

func (b below) write(p []byte, off int64) int32 {
	if len(p) == 0 {
		return sqlite3.SQLITE_OK
	}
	buf := libc.Xmalloc(b.tls, libc.Tsize_t(len(p)))
	defer libc.Xfree(b.tls, buf)
	copy(unsafe.Slice(at[byte](buf), len(p)), p)
	return b.call4(b.methods().FxWrite, buf, int32(len(p)), off)
}

func (b below) truncate(size int64) int32 {
	return function[func(*libc.TLS, uintptr, int64) int32](b.methods().FxTruncate)(b.tls, b.file, size)
}

func (b below) size(into *int64) int32 {
	buf := libc.Xmalloc(b.tls, 8)
	defer libc.Xfree(b.tls, buf)
	rc := function[func(*libc.TLS, uintptr, uintptr) int32](b.methods().FxFileSize)(b.tls, b.file, buf)
	*into = *at[int64](buf)
	return rc
}

func (b below) close() int32 {
	return function[func(*libc.TLS, uintptr) int32](b.methods().FxClose)(b.tls, b.file)
}

// What follows is passed on as it is.

func xLock(tls *libc.TLS, f uintptr, lock int32) int32 {
	b := below{tls, f + header}
	return function[func(*libc.TLS, uintptr, int32) int32](b.methods().FxLock)(tls, b.file, lock)
}

func xUnlock(tls *libc.TLS, f uintptr, lock int32) int32 {
	b := below{tls, f + header}
	return function[func(*libc.TLS, uintptr, int32) int32](b.methods().FxUnlock)(tls, b.file, lock)
}

func xCheckReservedLock(tls *libc.TLS, f, out uintptr) int32 {
	b := below{tls, f + header}
	return function[func(*libc.TLS, uintptr, uintptr) int32](b.methods().FxCheckReservedLock)(tls, b.file, out)
}

func xSectorSize(tls *libc.TLS, f uintptr) int32 {
	b := below{tls, f + header}
	return function[func(*libc.TLS, uintptr) int32](b.methods().FxSectorSize)(tls, b.file)
}

func xDeviceCharacteristics(tls *libc.TLS, f uintptr) int32 {
	b := below{tls, f + header}
	return function[func(*libc.TLS, uintptr) int32](b.methods().FxDeviceCharacteristics)(tls, b.file)
}

func xShmMap(tls *libc.TLS, f uintptr, page, size, extend int32, out uintptr) int32 {
	b := below{tls, f + header}
	return function[func(*libc.TLS, uintptr, int32, int32, int32, uintptr) int32](b.methods().FxShmMap)(tls, b.file, page, size, extend, out)
}

func xShmLock(tls *libc.TLS, f uintptr, offset, n, flags int32) int32 {
	b := below{tls, f + header}
	return function[func(*libc.TLS, uintptr, int32, int32, int32) int32](b.methods().FxShmLock)(tls, b.file, offset, n, flags)
}

func xShmBarrier(tls *libc.TLS, f uintptr) {
	b := below{tls, f + header}
	function[func(*libc.TLS, uintptr)](b.methods().FxShmBarrier)(tls, b.file)
}

func xShmUnmap(tls *libc.TLS, f uintptr, remove int32) int32 {
	b := below{tls, f + header}
	return function[func(*libc.TLS, uintptr, int32) int32](b.methods().FxShmUnmap)(tls, b.file, remove)
}
