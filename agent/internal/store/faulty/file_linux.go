//go:build linux && (amd64 || arm64)

package faulty

import (
	"unsafe"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

func find(pFile uintptr) *handle {
	handlesMu.Lock()
	defer handlesMu.Unlock()
	return handles[pFile]
}

func xClose(tls *libc.TLS, pFile uintptr) int32 {
	h := find(pFile)
	handlesMu.Lock()
	delete(handles, pFile)
	handlesMu.Unlock()
	h.disk.mu.Lock()
	h.inode.open--
	h.disk.mu.Unlock()
	return below{tls, pFile + header}.close()
}

func (h *handle) overlaid() bool { return h.disk.power != Steady && h.inode.file != Other }

func xRead(tls *libc.TLS, pFile, p uintptr, n int32, off int64) int32 {
	h, b := find(pFile), below{tls, pFile + header}
	if _, bad := h.disk.fails(Read, h.inode.file); bad || h.disk.dead.Load() {
		return sqlite3.SQLITE_IOERR_READ
	}
	if !h.overlaid() {
		return b.call4(b.methods().FxRead, p, n, off)
	}
	h.disk.mu.Lock()
	defer h.disk.mu.Unlock()
	got, rc := h.inode.read(b, unsafe.Slice(at[byte](p), n), off)
	if rc == sqlite3.SQLITE_OK && got < int(n) {
		return sqlite3.SQLITE_IOERR_SHORT_READ
	}
	return rc
}

func xWrite(tls *libc.TLS, pFile, p uintptr, n int32, off int64) int32 {
	h, b := find(pFile), below{tls, pFile + header}
	if h.disk.dead.Load() {
		return sqlite3.SQLITE_IOERR_WRITE
	}
	kind, bad := h.disk.fails(Write, h.inode.file)
	if bad && kind != Full {
		return kind.code(sqlite3.SQLITE_IOERR_WRITE)
	}
	if bad {
		n /= 2
	}
	rc := h.write(b, p, n, off)
	if bad {
		return sqlite3.SQLITE_FULL
	}
	return rc
}

func (h *handle) write(b below, p uintptr, n int32, off int64) int32 {
	if !h.overlaid() {
		return b.call4(b.methods().FxWrite, p, n, off)
	}
	h.disk.mu.Lock()
	defer h.disk.mu.Unlock()
	touched, rc := h.inode.write(b, unsafe.Slice(at[byte](p), n), off)
	if rc != sqlite3.SQLITE_OK || h.disk.power != Scatter {
		return rc
	}
	for s := range h.inode.dirty { // something that waits longer
		touched = append(touched, s)
		break
	}
	h.disk.random.Shuffle(len(touched), func(i, j int) { touched[i], touched[j] = touched[j], touched[i] })
	for _, s := range touched {
		if h.disk.leaks() {
			if rc := h.inode.leak(b, s); rc != sqlite3.SQLITE_OK {
				return rc
			}
		}
	}
	return sqlite3.SQLITE_OK
}

func xTruncate(tls *libc.TLS, pFile uintptr, size int64) int32 {
	h, b := find(pFile), below{tls, pFile + header}
	if h.disk.dead.Load() {
		return sqlite3.SQLITE_IOERR_TRUNCATE
	}
	if kind, bad := h.disk.fails(Truncate, h.inode.file); bad {
		return kind.code(sqlite3.SQLITE_IOERR_TRUNCATE)
	}
	if !h.overlaid() {
		return b.truncate(size)
	}
	h.disk.mu.Lock()
	defer h.disk.mu.Unlock()
	rc := h.inode.truncate(b, size)
	if rc == sqlite3.SQLITE_OK && h.disk.leaks() {
		rc = h.inode.leakSize(b)
	}
	return rc
}

func xSync(tls *libc.TLS, pFile uintptr, flags int32) int32 {
	h, b := find(pFile), below{tls, pFile + header}
	d := h.disk
	step := 0
	if h.inode.file != Other {
		step = int(d.steps.Add(1))
		if d.at != nil {
			d.at(step, true)
		}
	}
	if d.dead.Load() {
		return sqlite3.SQLITE_IOERR_FSYNC
	}
	if kind, bad := d.fails(Sync, h.inode.file); bad {
		d.mu.Lock()
		defer d.mu.Unlock()
		h.inode.lose()
		return kind.code(sqlite3.SQLITE_IOERR_FSYNC)
	}
	if h.overlaid() {
		d.mu.Lock()
		rc := h.inode.flush(b)
		d.mu.Unlock()
		if rc != sqlite3.SQLITE_OK {
			return rc
		}
	}
	rc := function[func(*libc.TLS, uintptr, int32) int32](b.methods().FxSync)(tls, b.file, flags)
	if step > 0 && d.at != nil {
		d.at(step, false)
	}
	return rc
}

func xFileSize(tls *libc.TLS, pFile, pSize uintptr) int32 {
	h, b := find(pFile), below{tls, pFile + header}
	if !h.overlaid() {
		return b.size(at[int64](pSize))
	}
	h.disk.mu.Lock()
	defer h.disk.mu.Unlock()
	*at[int64](pSize) = h.inode.size
	return sqlite3.SQLITE_OK
}

func xFileControl(tls *libc.TLS, pFile uintptr, op int32, arg uintptr) int32 {
	if op == sqlite3.SQLITE_FCNTL_SIZE_HINT {
		return sqlite3.SQLITE_OK // a hint; the layer below would make the real file longer
	}
	b := below{tls, pFile + header}
	return function[func(*libc.TLS, uintptr, int32, uintptr) int32](b.methods().FxFileControl)(tls, b.file, op, arg)
}

func (k Kind) code(io int32) int32 {
	switch k {
	case Full:
		return sqlite3.SQLITE_FULL
	case ReadOnly:
		return sqlite3.SQLITE_READONLY
	}
	return io
}
