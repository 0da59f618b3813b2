package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
)

// signing is with what is signed; without a certificate nothing is.
type signing struct{ certificate, password, timestamp, authority string }

// file signs a program or an MSI in place, and verifies what came of it.
func (s signing) file(ctx context.Context, path string) error {
	if s.certificate == "" {
		return nil
	}
	signed := path + ".signed"
	defer os.Remove(signed)
	args := []string{"sign", "-pkcs12", s.certificate, "-h", "sha256", "-n", "Miandan"}
	if s.password != "" {
		args = append(args, "-readpass", s.password)
	}
	if s.timestamp != "" {
		args = append(args, "-ts", s.timestamp)
	}
	if err := osslsigncode(ctx, append(args, "-in", path, "-out", signed)...); err != nil {
		return err
	}
	verify := []string{"verify", "-in", signed}
	if s.authority != "" {
		verify = append(verify, "-CAfile", s.authority)
		if s.timestamp != "" {
			verify = append(verify, "-TSA-CAfile", s.authority)
		}
	}
	if err := osslsigncode(ctx, verify...); err != nil {
		return err
	}
	return os.Rename(signed, path)
}

func osslsigncode(ctx context.Context, args ...string) error {
	out, err := exec.CommandContext(ctx, "osslsigncode", args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("osslsigncode %s: %w\n%s", args[0], err, out)
	}
	return nil
}
