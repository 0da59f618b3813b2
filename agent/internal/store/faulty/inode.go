package faulty

import (
	"maps"
	"slices"
)

// sectorSize is what a disk writes whole or not at all.
const sectorSize = 512

// base is a file of the layer below. Its methods return SQLite's result codes.
type base interface {
	read(p []byte, off int64) int32 // what is beyond the end reads as zero
	write(p []byte, off int64) int32
	truncate(size int64) int32
}

// inode is one file: what the disk has of it, and over that what was written
// and not flushed.
type inode struct {
	file File
	open int   // handles
	real int64 // size on the disk
	size int64 // size that is seen
	// floor is how much of the disk's content is still seen; a file that was
	// cut short and has grown again is empty from there.
	floor int64
	dirty map[int64]*[sectorSize]byte // to be flushed
	ghost map[int64]*[sectorSize]byte // read, and lost to a flush that failed
}

func newInode(f File, size int64) *inode {
	i := &inode{file: f}
	i.reset(size)
	return i
}

func (i *inode) reset(size int64) {
	i.real, i.size, i.floor = size, size, size
	i.dirty, i.ghost = map[int64]*[sectorSize]byte{}, map[int64]*[sectorSize]byte{}
}

// forget is the loss of power.
func (i *inode) forget() { i.reset(i.real) }

// read fills p and returns how many bytes of it the file has.
func (i *inode) read(b base, p []byte, off int64) (n int, rc int32) {
	clear(p)
	n = int(max(0, min(i.size-off, int64(len(p)))))
	if below := min(i.floor, i.real) - off; below > 0 && n > 0 {
		if rc := b.read(p[:min(int64(n), below)], off); rc != 0 {
			return 0, rc
		}
	}
	for s := off / sectorSize; s*sectorSize < off+int64(n); s++ {
		data := i.dirty[s]
		if data == nil {
			data = i.ghost[s]
		}
		if data == nil {
			continue
		}
		if at := s*sectorSize - off; at >= 0 {
			copy(p[at:n], data[:])
		} else {
			copy(p[:n], data[-at:])
		}
	}
	return n, 0
}

// sector returns a sector to be changed.
func (i *inode) sector(b base, s int64) (*[sectorSize]byte, int32) {
	if data := i.dirty[s]; data != nil {
		return data, 0
	}
	data := new([sectorSize]byte)
	if _, rc := i.read(b, data[:], s*sectorSize); rc != 0 {
		return nil, rc
	}
	i.dirty[s] = data
	delete(i.ghost, s)
	return data, 0
}

// write changes what is seen and returns the sectors that it touched.
func (i *inode) write(b base, p []byte, off int64) (touched []int64, rc int32) {
	end := off + int64(len(p))
	for len(p) > 0 {
		s := off / sectorSize
		data, rc := i.sector(b, s)
		if rc != 0 {
			return touched, rc
		}
		n := copy(data[off-s*sectorSize:], p)
		p, off, touched = p[n:], off+int64(n), append(touched, s)
	}
	i.size = max(i.size, end)
	return touched, 0
}

func (i *inode) truncate(b base, size int64) int32 {
	if size < i.size && size%sectorSize != 0 {
		data, rc := i.sector(b, size/sectorSize)
		if rc != 0 {
			return rc
		}
		clear(data[size%sectorSize:])
	}
	gone := func(s int64, _ *[sectorSize]byte) bool { return s*sectorSize >= size }
	maps.DeleteFunc(i.dirty, gone)
	maps.DeleteFunc(i.ghost, gone)
	i.size, i.floor = size, min(i.floor, size)
	return 0
}

// leak brings one sector to the disk as it is now. It stays to be flushed.
func (i *inode) leak(b base, s int64) int32 {
	data := i.dirty[s]
	if data == nil {
		return 0
	}
	n := min(sectorSize, i.size-s*sectorSize)
	if n <= 0 {
		return 0
	}
	rc := b.write(data[:n], s*sectorSize)
	if rc == 0 {
		i.real = max(i.real, s*sectorSize+n)
	}
	return rc
}

// leakSize brings a shortening to the disk.
func (i *inode) leakSize(b base) int32 {
	if i.size >= i.real {
		return 0
	}
	rc := b.truncate(i.size)
	if rc == 0 {
		i.real = i.size
	}
	return rc
}

// flush brings all to the disk. A death in the middle leaves a part of it
// there, as a loss of power may.
func (i *inode) flush(b base) int32 {
	if i.floor < i.real {
		if rc := b.truncate(i.floor); rc != 0 {
			return rc
		}
		i.real = i.floor
	}
	list := slices.Sorted(maps.Keys(i.dirty))
	for len(list) > 0 { // neighbours in one write; SQLite's layer takes less than 128 KiB
		n := 1
		for n < len(list) && n < 128 && list[n] == list[0]+int64(n) {
			n++
		}
		var run []byte
		for _, s := range list[:n] {
			run = append(run, i.dirty[s][:]...)
		}
		off := list[0] * sectorSize
		run = run[:max(0, min(int64(len(run)), i.size-off))]
		if rc := b.write(run, off); rc != 0 {
			return rc
		}
		i.real = max(i.real, off+int64(len(run)))
		list = list[n:]
	}
	if i.real != i.size {
		if rc := b.truncate(i.size); rc != 0 {
			return rc
		}
	}
	i.real, i.floor = i.size, i.size
	clear(i.dirty)
	// What an earlier flush has lost stays lost, though it is still read.
	return 0
}

// lose is a flush that failed.
func (i *inode) lose() {
	maps.Copy(i.ghost, i.dirty)
	clear(i.dirty)
}
