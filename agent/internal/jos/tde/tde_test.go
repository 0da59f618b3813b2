package tde

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"testing"
)

const (
	cipherPhone   = "AASFpOM5FR/kMq+hZEmNHc2pEBESExQVFhcYGRobHB0eHxsvlZnXQNS15T7/1eW5SA8="
	cipherName    = "AASFpOM5FR/kMq+hZEmNHc2pEBESExQVFhcYGRobHB0eH4OVwKAmlrrudxLHMMs5gvU="
	cipherAddress = "AASFpOM5FR/kMq+hZEmNHc2pEBESExQVFhcYGRobHB0eH5tyXqXGB8JzU3p08U7bNBFibdOVr4n8v4NvheX1sqvASn1ZpF14uIj+uYzwIcXELxyOtJo7afAWaX4FVgyl0W4="
)

func demoKey(t testing.TB) Key {
	t.Helper()
	b := make([]byte, KeyBytes)
	for i := range b {
		b[i] = byte(i)
	}
	k, ok := NewKey(b)
	if !ok {
		t.Fatal("NewKey refused 32 bytes")
	}
	return k
}

func demoKeys(t testing.TB) Keys { return Keys{idOf("svc-demo", 0): demoKey(t)} }

func TestKeyID(t *testing.T) {
	got := fmt.Sprintf("%x", idOf("svc-demo", 0))
	if want := "85a4e339151fe432afa164498d1dcda9"; got != want {
		t.Errorf("idOf(svc-demo, 0) = %s, want %s", got, want)
	}
}

func TestDecryptWeak(t *testing.T) {
	for _, test := range []struct{ name, cipher, want string }{
		{"phone", cipherPhone, "13800001234"},
		{"name", cipherName, "张三"},
		{"address", cipherAddress, "广东广州市海珠区赤岗街道演示路1号"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := demoKeys(t).Decrypt(test.cipher)
			if err != nil || got != test.want {
				t.Errorf("Decrypt = %q, %v, want %q", got, err, test.want)
			}
		})
	}
}

func TestIndex(t *testing.T) {
	got := demoKey(t).Index("13800001234")
	if want := "8Dwq09itZMye536TLMRSyxSyHEGj65D4GaNcXiNfSE0="; got != want {
		t.Errorf("Index = %s, want %s", got, want)
	}
}

func TestKeySignature(t *testing.T) {
	got := keySignature([]byte("0123456789abcdef0123456789abcdef"), 1795422600000, "demo-tid")
	if want := "yRoqT8mIFxs04flP2bNoaOxTBmH9/tMuVoSkragTOjU="; got != want {
		t.Errorf("keySignature = %s, want %s", got, want)
	}
}

func TestIs(t *testing.T) {
	for _, test := range []struct {
		name, s string
		want    bool
	}{
		{"phone", cipherPhone, true},
		{"address", cipherAddress, true},
		{"large form", base64.StdEncoding.EncodeToString(append([]byte{2}, make([]byte, 40)...)), true},
		{"empty", "", false},
		{"plain number", "13800001234", false},
		{"starred number", "138*******4", false},
		{"plain name", "张三", false},
		{"Latin name", "AAQAAQ==", false},
		{"virtual number", "17000000000-4740", false},
		{"not canonical", cipherPhone[:len(cipherPhone)-2] + "9=", false},
		{"without padding", strings.TrimRight(cipherPhone, "="), false},
		{"line break inside", cipherPhone[:20] + "\n" + cipherPhone[20:], false},
		{"another algorithm", "AAWF" + cipherPhone[4:], false},
		{"another first byte", "BASF" + cipherPhone[4:], false},
		{"no text after the IV", base64.StdEncoding.EncodeToString(append([]byte{0, 4}, make([]byte, 32)...)), false},
		{"half a block", base64.StdEncoding.EncodeToString(append([]byte{0, 4}, make([]byte, 56)...)), false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := Is(test.s); got != test.want {
				t.Errorf("Is(%q) = %v, want %v", test.s, got, test.want)
			}
		})
	}
}

func TestDecryptErrors(t *testing.T) {
	raw, err := base64.StdEncoding.DecodeString(cipherPhone)
	if err != nil {
		t.Fatal(err)
	}
	change := func(at int) string {
		b := append([]byte(nil), raw...)
		b[at] ^= 1
		return base64.StdEncoding.EncodeToString(b)
	}
	var noKey *NoKeyError
	if _, err := demoKeys(t).Decrypt(change(2)); !errors.As(err, &noKey) {
		t.Errorf("another key's text: %v, want a *NoKeyError", err)
	}
	if _, err := demoKeys(t).Decrypt(change(len(raw) - 1)); !errors.Is(err, ErrDamaged) {
		t.Errorf("last byte changed: %v, want ErrDamaged", err)
	}
	if _, err := demoKeys(t).Decrypt("13800001234"); !errors.Is(err, ErrNotCipher) {
		t.Errorf("plain text: %v, want ErrNotCipher", err)
	}
	big := base64.StdEncoding.EncodeToString(append([]byte{2}, make([]byte, 40)...))
	if _, err := demoKeys(t).Decrypt(big); !errors.Is(err, ErrLarge) {
		t.Errorf("large form: %v, want ErrLarge", err)
	}
}

// sealRegular writes the regular form after the layout in words: there is no
// published text to test against.
func sealRegular(t testing.TB, id KeyID, key Key, plain string) string {
	t.Helper()
	dataKey, iv := []byte("a data key of 16"), []byte("sixteen bytes iv")
	encrypt := func(key, iv, b []byte) []byte {
		c, err := aes.NewCipher(key)
		if err != nil {
			t.Fatal(err)
		}
		out := make([]byte, len(b))
		cipher.NewCBCEncrypter(c, iv).CryptBlocks(out, b)
		return out
	}
	pad := 16 - len(plain)%16
	data := append([]byte(nil), iv...)
	data = append(data, encrypt(dataKey, iv, []byte(plain+strings.Repeat(string(rune(pad)), pad)))...)

	b := binary.BigEndian.AppendUint16([]byte{1}, 16)
	b = append(append(b, id[:]...), 4)
	b = binary.BigEndian.AppendUint16(b, 16)
	b = append(append(b, encrypt(key.aes(), make([]byte, 16), dataKey)...), 4)
	b = binary.BigEndian.AppendUint32(b, uint32(len(data)))
	return base64.StdEncoding.EncodeToString(append(b, data...))
}

func TestDecryptRegular(t *testing.T) {
	s := sealRegular(t, idOf("svc-demo", 0), demoKey(t), "李䶮 13800001234")
	got, err := demoKeys(t).Decrypt(s)
	if err != nil || got != "李䶮 13800001234" || !Is(s) {
		t.Errorf("Decrypt = %q, %v (Is %v)", got, err, Is(s))
	}
}

func TestKeysPrintMasked(t *testing.T) {
	keys := demoKeys(t)
	for _, v := range []any{keys, demoKey(t), struct{ k Keys }{keys}, &Vault{keys: keys}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%x"} {
			s := fmt.Sprintf(verb, v)
			if strings.Contains(s, "12 13 14 15") || strings.Contains(s, "0c0d0e0f") || strings.Contains(s, "0xc, 0xd, 0xe") {
				t.Errorf("%s of %T prints a key: %s", verb, v, s)
			}
		}
	}
}

func FuzzDecrypt(f *testing.F) {
	for _, s := range []string{cipherPhone, cipherName, cipherAddress, "13800001234", "", sealRegular(f, idOf("svc-demo", 0), demoKey(f), "x")} {
		f.Add(s)
	}
	keys := demoKeys(f)
	f.Fuzz(func(t *testing.T, s string) {
		plain, err := keys.Decrypt(s)
		if err == nil && !Is(s) {
			t.Errorf("Decrypt(%q) = %q although Is says it is no cipher text", s, plain)
		}
		if errors.Is(err, ErrNotCipher) == Is(s) {
			t.Errorf("Is(%q) = %v, but Decrypt says %v", s, Is(s), err)
		}
		if err != nil && !Permanent(err) {
			t.Errorf("Decrypt(%q) = %v, which no rule knows", s, err)
		}
	})
}
