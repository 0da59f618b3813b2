package fleettest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// OnNetwork makes the server answer at an address of this machine besides loopback, by
// TLS only, to everybody of a network. It returns the file of the certificate that
// proves it. Standbys that are made afterwards do the same.
func (s *Server) OnNetwork(t testing.TB, address net.IP, from string) (certificate string) {
	t.Helper()
	cert, key := certify(t, address)
	for name, text := range map[string][]byte{"server.crt": cert, "server.key": key} {
		file := filepath.Join(s.data(), name)
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
		own(t, file)
	}
	hba, err := os.OpenFile(filepath.Join(s.data(), "pg_hba.conf"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer hba.Close()
	if _, err := fmt.Fprintf(hba, "hostssl all all %s scram-sha-256\n", from); err != nil {
		t.Fatal(err)
	}
	s.configure(t, "ssl", "on")
	s.listen = address.String()
	s.Restart(t, Fast)
	certificate = filepath.Join(t.TempDir(), "server.crt")
	if err := os.WriteFile(certificate, cert, 0o644); err != nil {
		t.Fatal(err)
	}
	return certificate
}

// NetworkAddress is where the server answers besides loopback.
func (s *Server) NetworkAddress() string { return fmt.Sprintf("%s:%d", s.listen, s.port) }

func certify(t testing.TB, address net.IP) (cert, key []byte) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "fleettest"}, IPAddresses: []net.IP{address},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})
}
