package app

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"

	"miandan/agent/internal/notice"
)

// FuzzVoucherKey reads the certificate that JD signs vouchers with, which people
// copy from an SDK.
func FuzzVoucherKey(f *testing.F) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		f.Fatal(err)
	}
	bare, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		f.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Unix(1<<32, 0)}
	whole, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		f.Fatal(err)
	}
	for _, b := range [][]byte{whole, bare, whole[:len(whole)/2], {}} {
		f.Add(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: b}))
		f.Add(b)
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, b []byte) {
		path := filepath.Join(dir, "jd.pem")
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := voucherKey(path)
		if err != nil && (got != nil || !notice.Known(notice.CodeOf(err)) || notice.CodeOf(err) == notice.Internal) {
			t.Errorf("voucherKey = %v, %v", got, err)
		}
		if err == nil && (got == nil || got.N.Sign() <= 0 || got.E < 2) {
			t.Errorf("a key that is none: %v", got)
		}
	})
}
