package bitmap

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"runtime/metrics"
	"testing"
)

// FuzzDecodePNG reads pictures of foreign make: what comes out has the size
// that the file says, comes back from a file of our own as it is, and costs no
// more than a label may.
func FuzzDecodePNG(f *testing.F) {
	m := New(13, 7)
	m.Set(12, 6, true)
	var good bytes.Buffer
	if err := m.EncodePNG(&good); err != nil {
		f.Fatal(err)
	}
	f.Add(good.Bytes())
	f.Add(good.Bytes()[:good.Len()/2])
	// Claims of a size with nothing behind them, in the deepest colours.
	for _, size := range [][2]uint32{{8000, 8000}, {1, 1 << 26}, {1 << 26, 1}, {1 << 31, 1 << 31}, {0, 5}, {65536, 1024}} {
		head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32([]byte("IHDR"), size[0]), size[1])
		head = append(head, 16, 6, 0, 0, 1)
		b := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"), head...)
		f.Add(binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(head)))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
		metrics.Read(sample)
		before := sample[0].Value.Uint64()
		m, err := DecodePNG(bytes.NewReader(b))
		metrics.Read(sample)
		if cost := sample[0].Value.Uint64() - before; cost > 16*maxDots {
			t.Errorf("%d bytes took %d MB", len(b), cost>>20)
		}
		if err != nil {
			return
		}
		if w, h := binary.BigEndian.Uint32(b[16:]), binary.BigEndian.Uint32(b[20:]); m.Width != int(w) || m.Height != int(h) {
			t.Errorf("%d×%d dots of %d×%d", m.Width, m.Height, w, h)
		}
		if m.Width == 0 || m.Height == 0 {
			return
		}
		var again bytes.Buffer
		if err := m.EncodePNG(&again); err != nil {
			t.Fatal(err)
		}
		if same, err := DecodePNG(&again); err != nil || !bytes.Equal(same.Bits, m.Bits) {
			t.Errorf("it does not come back: %v", err)
		}
	})
}
