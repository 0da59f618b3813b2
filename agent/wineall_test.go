//go:build linux

package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"miandan/printer/winspool/winetest"
)

var (
	wineAll  = flag.String("wineall", "", "pattern of the packages whose tests for Windows are run on Wine, as . for all")
	wineSome = flag.Int("wineall.some", 0, "how many of these packages are run, each time others, without those that take long; 0 is all")
	wineSeed = flag.Uint64("wineall.seed", 0, "seed of what -wineall.some takes; 0 takes one from the clock")
)

// longestOnWine is how long the tests of one package may take there.
const longestOnWine = 30 * time.Minute

// slowOnWine are the packages that take half a minute and more there, most of it
// until what they write is on disk. -wineall.some leaves them out.
var slowOnWine = []string{
	"agent", "agent/internal/api", "agent/internal/app", "agent/internal/bench", "agent/internal/carrier/carriertest",
	"agent/internal/carrier/deppon", "agent/internal/cli", "agent/internal/cloudprint", "agent/internal/dispatch",
	"agent/internal/ledger", "agent/internal/platform/folder", "agent/internal/platform/jd", "agent/internal/web",
	"printer/printertest", "templates", "templates/pdfin",
}

// TestWineAll builds the tests of packages for Windows and runs them on Wine, each
// in its folder. Wine 8 cannot remove a folder as Go does, so that every test with a
// file in its own folder would fail: there the standard library is built to take
// its other way. What is skipped says so itself. All that the tests said is kept
// with -artifacts -outputdir FOLDER.
func TestWineAll(t *testing.T) {
	if *wineAll == "" {
		t.Skip("not asked for by -wineall")
	}
	wanted, err := regexp.Compile(*wineAll)
	if err != nil {
		t.Fatal(err)
	}
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	all := testedOnWindows(t, root, wanted)
	if *wineSome > 0 {
		all = someOnWine(t, all)
	}
	windows := winetest.Start(t)
	t.Setenv("GOFLAGS", "-overlay="+removeOtherwise(t, windows.Folder()))
	for _, p := range all {
		t.Run(p.folder, func(t *testing.T) {
			exe := windows.Build(t, "miandan/"+p.folder, true)
			defer os.Remove(exe)
			began := time.Now()
			here := windows.Path(filepath.Join(root, filepath.FromSlash(p.folder)))
			env := []string{"MIANDAN_KEYS=" + windows.Path(filepath.Join(windows.Folder(), fmt.Sprintf("keys-%d", began.UnixNano())))}
			flags := " -test.short -test.v -test.timeout=" + longestOnWine.String()
			if p.rapid {
				flags += " -rapid.checks=10" // each of which Wine syncs to disk as often as Linux, and more slowly
			}
			if p.folder == "agent" {
				flags += " -canary=24"
			}
			said, err := windows.RunWithin(t, longestOnWine+time.Minute, env, "cmd", "/c", "cd /d "+here+" && "+windows.Path(exe)+flags)
			if err := os.WriteFile(filepath.Join(t.ArtifactDir(), "said.txt"), []byte(said), 0o600); err != nil {
				t.Error(err)
			}
			if err != nil || !strings.HasSuffix("\n"+said, "\nPASS\n") { // of one that was ended cmd says nothing
				t.Errorf("%v\n%s", err, failures(said))
			}
			t.Logf("%d passed, %d skipped in %v\n%s", strings.Count(said, "--- PASS"), strings.Count(said, "--- SKIP"), time.Since(began).Round(time.Millisecond), reasons(said))
		})
	}
}

// tested is a package that has tests.
type tested struct {
	folder string // below the module's
	rapid  bool   // some of them are pgregory.net/rapid's
}

// testedOnWindows are the packages with tests for Windows whose folder has the pattern.
func testedOnWindows(t *testing.T, root string, wanted *regexp.Regexp) (all []tested) {
	t.Helper()
	list := exec.Command("go", "list", "-f", "{{if or .TestGoFiles .XTestGoFiles}}{{.ImportPath}}:{{join .TestImports \",\"}},{{join .XTestImports \",\"}}{{end}}", "./...")
	list.Dir, list.Env = root, append(os.Environ(), "GOOS=windows", "CGO_ENABLED=0")
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Fields(string(out)) {
		pkg, imports, _ := strings.Cut(line, ":")
		if folder := strings.TrimPrefix(pkg, "miandan/"); wanted.MatchString(folder) {
			all = append(all, tested{folder, strings.Contains(imports, "pgregory.net/rapid")})
		}
	}
	return all
}

// someOnWine takes -wineall.some of the packages.
func someOnWine(t *testing.T, all []tested) []tested {
	t.Helper()
	all = slices.DeleteFunc(all, func(p tested) bool { return slices.Contains(slowOnWine, p.folder) })
	seed := *wineSeed
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	rand.New(rand.NewPCG(seed, 0)).Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	t.Logf("%d of %d packages: -wineall %q -wineall.some %d -wineall.seed %d", min(*wineSome, len(all)), len(all), *wineAll, *wineSome, seed)
	return all[:min(*wineSome, len(all))]
}

// removeOtherwise returns a file for go build -overlay with which os.RemoveAll takes
// the way that it has for systems without the newest call.
func removeOtherwise(t *testing.T, dir string) string {
	t.Helper()
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	original := filepath.Join(strings.TrimSpace(string(out)), "src/internal/syscall/windows/at_windows.go")
	b, err := os.ReadFile(original)
	if err != nil {
		t.Fatal(err)
	}
	const at = "case STATUS_INVALID_INFO_CLASS,"
	if strings.Count(string(b), at) != 1 {
		t.Fatalf("%s has no single %q: Go has changed", original, at)
	}
	changed, file := filepath.Join(dir, "at_windows.go.txt"), filepath.Join(dir, "overlay.json")
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": {original: changed}})
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{changed: strings.Replace(string(b), at, at+" NTStatus(0xC0000002),", 1), file: string(overlay)} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return file
}

// failures are the lines from which one sees what failed.
func failures(said string) string {
	if i := strings.Index(said, "panic:"); i >= 0 {
		return said[i:min(len(said), i+3000)]
	}
	blocks := regexp.MustCompile(`(?m)^ *(--- FAIL|FAIL: |\S+_test\.go:\d+:).*$`).FindAllString(said, 60)
	return strings.Join(blocks, "\n")
}

// reasons are the tests that were skipped, with why.
func reasons(said string) string {
	var all []string
	lines := strings.Split(said, "\n")
	for i, l := range lines {
		if strings.Contains(l, "--- SKIP") && i > 0 {
			all = append(all, strings.TrimSpace(l)+" "+strings.TrimSpace(lines[i-1]))
		}
	}
	return strings.Join(all, "\n")
}
