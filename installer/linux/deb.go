// Package linux makes the .deb: an ar archive of two tar archives, written here
// byte for byte, so that the same version is the same file wherever it is made and
// no packaging tool is needed.
package linux

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/md5"
	"embed"
	"fmt"
	"image/png"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"miandan/installer/icon"
)

// Package is what a .deb is made of.
type Package struct {
	Version string
	Arch    string // Debian's: amd64, arm64
	Program string // path of the program
	License string // path of its licence
	Time    time.Time
}

//go:embed files control
var embedded embed.FS

// iconSizes are those that desktops look for.
var iconSizes = []int{16, 24, 32, 48, 64, 128, 256}

type file struct {
	path string // below the root, without a slash before it
	mode int64
	data []byte
}

// Deb writes the package.
func Deb(p Package, w io.Writer) error {
	files, err := payload(p)
	if err != nil {
		return err
	}
	control, err := controlFiles(p, files)
	if err != nil {
		return err
	}
	controlTar, err := archive(control, p.Time)
	if err != nil {
		return err
	}
	dataTar, err := archive(files, p.Time)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	out.WriteString("!<arch>\n")
	member(&out, "debian-binary", []byte("2.0\n"), p.Time)
	member(&out, "control.tar.gz", controlTar, p.Time)
	member(&out, "data.tar.gz", dataTar, p.Time)
	_, err = w.Write(out.Bytes())
	return err
}

// payload is what stands on the computer afterwards.
func payload(p Package) ([]file, error) {
	program, err := os.ReadFile(p.Program)
	if err != nil {
		return nil, err
	}
	license, err := os.ReadFile(p.License)
	if err != nil {
		return nil, err
	}
	files := []file{
		{"usr/bin/miandan", 0o755, program},
		{"usr/share/doc/miandan/copyright", 0o644, license},
	}
	err = fs.WalkDir(embedded, "files", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := embedded.ReadFile(name)
		files = append(files, file{strings.TrimPrefix(name, "files/"), 0o644, b})
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, size := range iconSizes {
		var b bytes.Buffer
		if err := png.Encode(&b, icon.Draw(size)); err != nil {
			return nil, err
		}
		files = append(files, file{fmt.Sprintf("usr/share/icons/hicolor/%dx%d/apps/miandan.png", size, size), 0o644, b.Bytes()})
	}
	slices.SortFunc(files, func(a, b file) int { return strings.Compare(a.path, b.path) })
	return files, nil
}

// controlFiles are the package's description, its scripts, and the sums and
// settings that dpkg keeps an eye on.
func controlFiles(p Package, files []file) ([]file, error) {
	size := 0
	var sums, conffiles strings.Builder
	for _, f := range files {
		size += len(f.data)
		fmt.Fprintf(&sums, "%x  %s\n", md5.Sum(f.data), f.path)
		if strings.HasPrefix(f.path, "etc/") {
			fmt.Fprintf(&conffiles, "/%s\n", f.path)
		}
	}
	text, err := embedded.ReadFile("control/control")
	if err != nil {
		return nil, err
	}
	described := strings.NewReplacer("VERSION", p.Version, "ARCH", p.Arch, "SIZE", fmt.Sprint((size+1023)/1024)).Replace(string(text))
	control := []file{{"control", 0o644, []byte(described)}, {"md5sums", 0o644, []byte(sums.String())}, {"conffiles", 0o644, []byte(conffiles.String())}}
	for _, name := range []string{"postinst", "prerm", "postrm"} {
		b, err := embedded.ReadFile("control/" + name)
		if err != nil {
			return nil, err
		}
		control = append(control, file{name, 0o755, b})
	}
	return control, nil
}

// archive writes files, and the folders they lie in, as root's.
func archive(files []file, at time.Time) ([]byte, error) {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	t := tar.NewWriter(z)
	head := func(name string, mode int64, size int, kind byte) error {
		return t.WriteHeader(&tar.Header{
			Typeflag: kind, Name: "./" + name, Mode: mode, Size: int64(size), ModTime: at,
			Uname: "root", Gname: "root", Format: tar.FormatGNU,
		})
	}
	made := map[string]bool{}
	for _, f := range files {
		for _, dir := range parents(f.path) {
			if made[dir] {
				continue
			}
			made[dir] = true
			if err := head(dir, 0o755, 0, tar.TypeDir); err != nil {
				return nil, err
			}
		}
		if err := head(f.path, f.mode, len(f.data), tar.TypeReg); err != nil {
			return nil, err
		}
		if _, err := t.Write(f.data); err != nil {
			return nil, err
		}
	}
	if err := t.Close(); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// parents are the folders above a file, the outermost first, each with a slash
// behind it as tar writes them.
func parents(file string) []string {
	var dirs []string
	for dir := path.Dir(file); dir != "."; dir = path.Dir(dir) {
		dirs = append(dirs, dir+"/")
	}
	slices.Reverse(dirs)
	return append([]string{""}, dirs...)
}

// member adds a file to an ar archive; each begins at an even byte.
func member(b *bytes.Buffer, name string, data []byte, at time.Time) {
	fmt.Fprintf(b, "%-16s%-12d%-6d%-6d%-8o%-10d`\n", name, at.Unix(), 0, 0, 0o100644, len(data))
	b.Write(data)
	if len(data)%2 == 1 {
		b.WriteByte('\n')
	}
}
