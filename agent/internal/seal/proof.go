package seal

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"miandan/agent/internal/host"
	"miandan/agent/internal/notice"
)

// ProofFile is the file in the data folder that proves the key. It holds
// nothing secret and belongs into a backup of the data folder.
const ProofFile = "key-check"

var proofText = []byte("this is the key of this data folder")

// proof is the content of ProofFile.
type proof struct {
	Version  int    `json:"version"`
	Keystore string `json:"keystore"` // where the key was when the proof was made
	Proof    []byte `json:"proof"`    // proofText, sealed with a key derived from the key
}

func proofPath(dataDir string) string { return filepath.Join(dataDir, ProofFile) }

// readProof returns nil if there is no proof yet.
func readProof(dataDir string) (*proof, error) {
	b, err := os.ReadFile(proofPath(dataDir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read key check: %w", err)
	}
	var p proof
	if err := json.Unmarshal(b, &p); err != nil {
		return nil, notice.New("key-check-damaged", err, proofPath(dataDir))
	}
	return &p, nil
}

func writeProof(dataDir, kind string, kek []byte) error {
	a, err := newAEAD(derive(kek, "miandan key check v1"))
	if err != nil {
		return err
	}
	b, err := json.Marshal(proof{Version: 1, Keystore: kind, Proof: seal(a, proofText, nil)})
	if err != nil {
		return err
	}
	err = host.AtomicWrite(proofPath(dataDir), append(b, '\n'), 0o600)
	switch {
	case host.IsDiskFull(err):
		return notice.New("disk-full", fmt.Errorf("write key check: %w", err), dataDir)
	case err != nil:
		return notice.New("data-folder-failed", fmt.Errorf("write key check: %w", err), dataDir)
	}
	return nil
}

func (p *proof) fits(kek []byte) bool {
	a, err := newAEAD(derive(kek, "miandan key check v1"))
	if err != nil {
		return false
	}
	plain, err := open(a, p.Proof, nil)
	return err == nil && string(plain) == string(proofText)
}

// keyMissing says where the key was last seen, which is what its seeker needs.
func keyMissing(dataDir string) error {
	if p, err := readProof(dataDir); err == nil && p != nil && p.Keystore == "system" {
		return notice.New("key-missing-system", ErrKeyMissing, dataDir)
	}
	return notice.New("key-missing", ErrKeyMissing, dataDir, KeysEnv)
}
