package windows

import (
	"embed"
	"io/fs"
	"os"
	"path"
	"path/filepath"
)

//go:embed policy
var policy embed.FS

// WritePolicy writes the templates for Group Policy into a folder, as they are
// copied into PolicyDefinitions, and returns their names in it.
func WritePolicy(folder string) ([]string, error) {
	var names []string
	err := fs.WalkDir(policy, "policy", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		to := filepath.Join(folder, filepath.FromSlash(name))
		if d.IsDir() {
			return os.MkdirAll(to, 0o755)
		}
		b, err := policy.ReadFile(name)
		if err != nil {
			return err
		}
		names = append(names, path.Clean(name))
		return os.WriteFile(to, b, 0o644)
	})
	return names, err
}
