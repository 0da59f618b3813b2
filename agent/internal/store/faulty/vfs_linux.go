//go:build linux && (amd64 || arm64)

package faulty

import (
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"unsafe"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// The functions below are called by SQLite, which knows addresses only. There
// is therefore one disk a process, and its files are found by the address of
// SQLite's own record of them, behind which the record of the layer below lies.

var (
	installing sync.Mutex
	disk       *Disk // the one that is installed
	lower      uintptr
	layer      uintptr // our sqlite3_vfs; made once, for open files may outlive Uninstall
	methods    uintptr // our sqlite3_io_methods
	openDir    uintptr // SQLite's own openDirectory

	handlesMu sync.Mutex
	handles   = map[uintptr]*handle{}
)

type handle struct {
	disk  *Disk
	inode *inode
}

// header is how much of SQLite's record of a file is ours; behind it begins
// that of the layer below.
const header = unsafe.Sizeof(sqlite3.Tsqlite3_file{})

// at returns the thing at an address that C code gave us.
func at[T any](p uintptr) *T { return *(**T)(unsafe.Pointer(&p)) }

// address returns what C code calls f by. f is declared in this package, so
// that it never moves.
func address[F any](f F) uintptr { return *(*uintptr)(unsafe.Pointer(&f)) }

// function is the reverse of address.
func function[F any](p uintptr) F {
	return *(*F)(unsafe.Pointer(&p))
}

// Install makes the disk SQLite's default. Databases that are open stay where
// they are.
func Install(c Config) (*Disk, error) {
	installing.Lock()
	defer installing.Unlock()
	if disk != nil {
		return nil, errors.New("a faulty disk is installed already")
	}
	tls := libc.NewTLS()
	defer tls.Close()
	if rc := sqlite3.Xsqlite3_initialize(tls); rc != sqlite3.SQLITE_OK {
		return nil, fmt.Errorf("start SQLite: code %d", rc)
	}
	if layer == 0 {
		if err := build(tls); err != nil {
			return nil, err
		}
	}
	disk = newDisk(c)
	if rc := sqlite3.Xsqlite3_vfs_register(tls, layer, 1); rc != sqlite3.SQLITE_OK {
		disk = nil
		return nil, fmt.Errorf("register the layer: code %d", rc)
	}
	return disk, nil
}

// Uninstall makes the good disk the default again. Doing it twice is no harm.
func (d *Disk) Uninstall() {
	installing.Lock()
	defer installing.Unlock()
	if disk != d {
		return
	}
	tls := libc.NewTLS()
	defer tls.Close()
	sqlite3.Xsqlite3_vfs_register(tls, lower, 1)
	sqlite3.Xsqlite3_vfs_unregister(tls, layer)
	disk = nil
}

func build(tls *libc.TLS) error {
	name, err := libc.CString("unix")
	if err != nil {
		return err
	}
	if lower = sqlite3.Xsqlite3_vfs_find(tls, name); lower == 0 {
		return errors.New("SQLite has no layer for unix")
	}
	own, err := libc.CString("faulty")
	if err != nil {
		return err
	}
	vfs := libc.Xcalloc(tls, 1, libc.Tsize_t(unsafe.Sizeof(sqlite3.Tsqlite3_vfs{})))
	methods = libc.Xcalloc(tls, 1, libc.Tsize_t(unsafe.Sizeof(sqlite3.Tsqlite3_io_methods{})))
	if vfs == 0 || methods == 0 {
		return errors.New("no memory")
	}
	below := at[sqlite3.Tsqlite3_vfs](lower)
	v := at[sqlite3.Tsqlite3_vfs](vfs)
	*v = *below // what is not about files is answered by the layer below: it never looks at its own address
	v.FpNext, v.FzName = 0, own
	v.FszOsFile = int32(header) + below.FszOsFile
	v.FxOpen, v.FxDelete, v.FxAccess = address(xOpen), address(xDelete), below.FxAccess
	*at[sqlite3.Tsqlite3_io_methods](methods) = sqlite3.Tsqlite3_io_methods{
		FiVersion: 2, // without xFetch: memory-mapped reading would go round the layer
		FxClose:   address(xClose), FxRead: address(xRead), FxWrite: address(xWrite), FxTruncate: address(xTruncate),
		FxSync: address(xSync), FxFileSize: address(xFileSize), FxLock: address(xLock), FxUnlock: address(xUnlock),
		FxCheckReservedLock: address(xCheckReservedLock), FxFileControl: address(xFileControl),
		FxSectorSize: address(xSectorSize), FxDeviceCharacteristics: address(xDeviceCharacteristics),
		FxShmMap: address(xShmMap), FxShmLock: address(xShmLock), FxShmBarrier: address(xShmBarrier), FxShmUnmap: address(xShmUnmap),
	}
	// SQLite opens a folder to flush it and for nothing else.
	call, err := libc.CString("openDirectory")
	if err != nil {
		return err
	}
	get := function[func(*libc.TLS, uintptr, uintptr) uintptr](below.FxGetSystemCall)
	if openDir = get(tls, lower, call); openDir == 0 {
		return errors.New("SQLite has no openDirectory")
	}
	set := function[func(*libc.TLS, uintptr, uintptr, uintptr) int32](below.FxSetSystemCall)
	if rc := set(tls, lower, call, address(xOpenDirectory)); rc != sqlite3.SQLITE_OK {
		return fmt.Errorf("replace openDirectory: code %d", rc)
	}
	layer = vfs
	return nil
}

func xOpenDirectory(tls *libc.TLS, zName, pFd uintptr) int32 {
	rc := function[func(*libc.TLS, uintptr, uintptr) int32](openDir)(tls, zName, pFd)
	installing.Lock()
	d := disk
	installing.Unlock()
	if rc == sqlite3.SQLITE_OK && d != nil && d.power != Steady && !d.dead.Load() {
		d.mu.Lock()
		defer d.mu.Unlock()
		dir, _ := filepath.Split(libc.GoString(zName))
		if err := d.names.flushed(dir); err != nil {
			return sqlite3.SQLITE_CANTOPEN
		}
	}
	return rc
}

func fileOf(flags int32) File {
	switch {
	case flags&sqlite3.SQLITE_OPEN_MAIN_DB != 0:
		return Database
	case flags&sqlite3.SQLITE_OPEN_WAL != 0:
		return WAL
	case flags&(sqlite3.SQLITE_OPEN_MAIN_JOURNAL|sqlite3.SQLITE_OPEN_SUPER_JOURNAL) != 0:
		return Journal
	}
	return Other
}

func xOpen(tls *libc.TLS, _, zName, pFile uintptr, flags int32, pOut uintptr) int32 {
	at[sqlite3.Tsqlite3_file](pFile).FpMethods = 0
	installing.Lock()
	d := disk
	installing.Unlock()
	f := fileOf(flags)
	if d == nil || d.dead.Load() {
		return sqlite3.SQLITE_CANTOPEN
	}
	if _, bad := d.fails(Open, f); bad {
		return sqlite3.SQLITE_CANTOPEN
	}
	path := ""
	if zName != 0 {
		path = libc.GoString(zName)
	}
	overlaid := d.power != Steady && f != Other && path != ""
	d.mu.Lock()
	defer d.mu.Unlock()
	if overlaid && flags&sqlite3.SQLITE_OPEN_CREATE != 0 && !exists(path) && !d.leaks() {
		if d.names.add(path, "create") != nil {
			return sqlite3.SQLITE_CANTOPEN
		}
	}
	open := function[func(*libc.TLS, uintptr, uintptr, uintptr, int32, uintptr) int32](at[sqlite3.Tsqlite3_vfs](lower).FxOpen)
	if rc := open(tls, lower, zName, pFile+header, flags, pOut); rc != sqlite3.SQLITE_OK {
		return rc
	}
	h := &handle{disk: d, inode: newInode(f, 0)}
	if overlaid {
		b := below{tls, pFile + header}
		var size int64
		if rc := b.size(&size); rc != sqlite3.SQLITE_OK {
			b.close()
			return rc
		}
		i := d.inodes[path]
		if i == nil {
			i = newInode(f, size)
			d.inodes[path] = i
		}
		if i.open == 0 && len(i.dirty) == 0 && len(i.ghost) == 0 && i.size == i.real {
			i.reset(size)
		}
		i.open++
		h.inode = i
	}
	handlesMu.Lock()
	handles[pFile] = h
	handlesMu.Unlock()
	at[sqlite3.Tsqlite3_file](pFile).FpMethods = methods
	return sqlite3.SQLITE_OK
}

func xDelete(tls *libc.TLS, _, zName uintptr, dirSync int32) int32 {
	installing.Lock()
	d := disk
	installing.Unlock()
	if d == nil || d.dead.Load() {
		return sqlite3.SQLITE_IOERR_DELETE
	}
	path := libc.GoString(zName)
	if _, bad := d.fails(Delete, Any); bad {
		return sqlite3.SQLITE_IOERR_DELETE
	}
	d.mu.Lock()
	steady := d.power == Steady || dirSync != 0 || d.leaks()
	if !steady {
		defer d.mu.Unlock()
		if !exists(path) {
			return sqlite3.SQLITE_IOERR_DELETE_NOENT
		}
		delete(d.inodes, path)
		if err := d.names.remove(path); err != nil {
			return sqlite3.SQLITE_IOERR_DELETE
		}
		return sqlite3.SQLITE_OK
	}
	delete(d.inodes, path)
	d.mu.Unlock()
	// With dirSync the layer below flushes the folder, which is noticed.
	return function[func(*libc.TLS, uintptr, uintptr, int32) int32](at[sqlite3.Tsqlite3_vfs](lower).FxDelete)(tls, lower, zName, dirSync)
}
