package seal

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"miandan/agent/internal/notice"
)

// FuzzFolder opens a data folder whose key file, proof and counter were damaged
// or made by somebody else. Whatever they are, nothing on disk changes and no
// key but the right one passes.
func FuzzFolder(f *testing.F) {
	root := f.TempDir()
	keys, data := filepath.Join(root, "keys"), filepath.Join(root, "data")
	if err := os.MkdirAll(data, 0o700); err != nil {
		f.Fatal(err)
	}
	ks, err := openFolder(keys, data)
	if err != nil {
		f.Fatal(err)
	}
	key := bytes.Repeat([]byte{7}, keySize) // the same in each of the fuzzer's processes
	if err := ks.Set(kekName, key); err != nil {
		f.Fatal(err)
	}
	if _, err := Open(ks, data, false); err != nil {
		f.Fatal(err)
	}
	check, err := os.ReadFile(proofPath(data))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(key, check, []byte("7"))
	f.Add(key, bytes.Replace(check, []byte(`"version":1`), []byte(`"version":13800001234.5`), 1), []byte("-1"))
	f.Add(key, check[:len(check)/2], []byte("18446744073709551616"))
	f.Add(key, []byte("null"), []byte("7\n"))
	f.Add(key, []byte(`{"proof":"AA=="}`), []byte{0})
	f.Add(key, append(bytes.Clone(check), check...), []byte("1e3"))
	f.Add(append(bytes.Clone(key), '\n'), check, []byte("0x10"))
	f.Add(make([]byte, keySize), check, []byte(""))
	f.Add([]byte{}, []byte{}, []byte(""))
	f.Fuzz(func(t *testing.T, kek, proof, count []byte) {
		files := map[string][]byte{filepath.Join(keys, kekName): kek, filepath.Join(keys, bootName): count, proofPath(data): proof}
		for path, b := range files {
			if err := os.WriteFile(path, b, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		s, err := Open(ks, data, true)
		var n *notice.Error
		switch {
		case err != nil && (!errors.As(err, &n) || !notice.Known(n.Code)):
			t.Errorf("Open = %v, without a sentence", err)
		case err == nil && !bytes.Equal(kek, key):
			t.Error("another key passes")
		case err == nil:
			if n, err := s.BootCount(); err != nil && n != 0 {
				t.Errorf("BootCount = %d, %v", n, err)
			}
		}
		for path, want := range files {
			if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s was changed: %v", filepath.Base(path), err)
			}
		}
	})
}
