package windows

import (
	"bytes"
	"crypto/sha1"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	_ "embed"
)

// Package is what an MSI is made of.
type Package struct {
	Version string    // three numbers
	Folder  string    // holds the payload: miandan.exe, miandanw.exe, LICENSE.txt
	Time    time.Time // of the files in it
}

// Payload are the files that stand in Package.Folder.
var Payload = []string{"miandan.exe", "miandanw.exe", "LICENSE.txt"}

//go:embed miandan.wxs
var source []byte

// mode is which way a PC works: what is asked for, else what it was.
const mode = `MODE`

// action is one of our own steps in an installation. All run as the system, after
// or before everything else that is deferred.
type action struct {
	name, does string
	at         int // in InstallExecuteSequence
	when       string
	vital      bool // a failure undoes the installation
}

var actions = []action{
	{"StopTrays", `stop`, 1910, `Installed`, false},
	{"Purge", `purge`, 2050, `REMOVE="ALL" AND PURGE="1" AND NOT UPGRADINGPRODUCTCODE`, false},
	{"Prepare", `prepare "--config=[CONFIG]" "--policy=[POLICY]" "--station=[STATION]" "--port=[LISTEN_PORT]" "--mode=[MODE]"`, 5700, `NOT REMOVE`, true},
	{"Guard", `guard`, 5850, `NOT REMOVE AND MODE="service"`, false},
	{"ShowTrays", `show`, 5950, `NOT REMOVE`, false},
}

// Kinds of actions, of msidefs.h.
const (
	setsProperty = 51
	runsProgram  = 34 // its command line, in a folder
	ignored      = 64 // whether it fails
	deferred     = 1024
	asSystem     = 2048
)

// MSI makes the package.
func MSI(p Package, out string) error {
	if _, err := numbers(p.Version); err != nil {
		return err
	}
	begun := time.Now()
	work, err := os.MkdirTemp("", "msi")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	for _, name := range Payload {
		if err := copyFile(filepath.Join(p.Folder, name), filepath.Join(work, name), p.Time); err != nil {
			return err
		}
	}
	for name, b := range map[string][]byte{"miandan.wxs": source, "miandan.ico": ICO()} {
		if err := os.WriteFile(filepath.Join(work, name), b, 0o600); err != nil {
			return err
		}
		if err := os.Chtimes(filepath.Join(work, name), p.Time, p.Time); err != nil {
			return err
		}
	}
	d := database{path: filepath.Join(work, "miandan.msi"), folder: work}
	_, err = run("wixl", "-a", "x64", "-D", "Version="+p.Version, "-D", "ProductCode="+guid("product "+p.Version),
		"-o", d.path, filepath.Join(work, "miandan.wxs"))
	if err != nil {
		return err
	}
	if err := complete(d, p.Version); err != nil {
		return err
	}
	b, err := os.ReadFile(d.path)
	if err != nil {
		return err
	}
	if err := setTimes(b, begun, time.Now(), p.Time); err != nil {
		return err
	}
	return os.WriteFile(out, b, 0o644)
}

// setTimes puts another time in the place of the two in the summary, when the file
// was created and saved, which msibuild takes from the clock. They are found by
// their type and by lying between two times.
func setTimes(msi []byte, from, to, want time.Time) error {
	const fileTime = "\x40\x00\x00\x00" // VT_FILETIME
	inFile := func(t time.Time) uint64 { return uint64(t.Unix()+11644473600) * 1e7 }
	n := 0
	for at := 0; ; {
		i := bytes.Index(msi[at:], []byte(fileTime))
		if i < 0 || at+i+12 > len(msi) {
			break
		}
		at += i + 4
		value := msi[at : at+8]
		if v := binary.LittleEndian.Uint64(value); v >= inFile(from.Add(-2*time.Second)) && v <= inFile(to.Add(2*time.Second)) {
			binary.LittleEndian.PutUint64(value, inFile(want))
			n++
		}
	}
	if n != 2 {
		return fmt.Errorf("the MSI's summary holds %d times, not 2", n)
	}
	return nil
}

// complete writes into the tables what wixl does not.
func complete(d database, version string) error {
	steps := []func() error{
		func() error { return d.setCodepage(936) },
		func() error {
			return d.change("Property", "SecureCustomProperties", map[string]string{
				"Value": "WIX_DOWNGRADE_DETECTED;WIX_UPGRADE_DETECTED;CONFIG;POLICY;STATION;LISTEN_PORT;SESSIONMODE;PURGE;MODE;SAVEDMODE"})
		},
		func() error { return d.change("Property", mode, map[string]string{"Value": "service"}) },
		func() error {
			return d.change("LaunchCondition", "NOT WIX_DOWNGRADE_DETECTED", map[string]string{
				"Description": "这台电脑上的面单程序版本更新，未作任何更改。A newer version of Miandan is on this computer; nothing was changed."})
		},
		func() error {
			return d.change("LaunchCondition", "Installed OR VersionNT64 >= 603", map[string]string{
				"Description": "需要 64 位 Windows 10 或更高版本。Miandan needs Windows 10 or later, 64-bit."})
		},
		func() error {
			return d.change("Shortcut", "StartMenu", map[string]string{"Name": "MIANDAN|面单 Miandan"})
		},
		func() error {
			return d.change("ServiceInstall", "Agent", map[string]string{"DisplayName": "面单 Miandan", "Description": "打印电子面单。Prints e-waybills."})
		},
		func() error { return customActions(d) },
		func() error { return sequence(d) },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	_, err := run("msibuild", d.path, "-s", "Miandan "+version, "Miandan", "x64;2052", "{"+guid("package "+version)+"}")
	return err
}

func customActions(d database) error {
	t, err := d.read("CustomAction")
	if err != nil {
		return err
	}
	set := func(name string, kind int, source, target string) error {
		return t.set(name, map[string]string{"Type": strconv.Itoa(kind), "Source": source, "Target": target})
	}
	errs := []error{
		set("KeepMode", setsProperty, mode, "[SAVEDMODE]"),
		set("SessionMode", setsProperty, mode, "session"),
		set("ServiceMode", setsProperty, mode, "service"),
	}
	for _, a := range actions {
		kind := runsProgram | deferred | asSystem
		if !a.vital {
			kind |= ignored
		}
		errs = append(errs, set(a.name, kind, "INSTALLDIR", `"[INSTALLDIR]miandanw.exe" setup `+a.does))
	}
	return errors.Join(append(errs, d.write(t))...)
}

// sequence puts the actions in their places. The old version is removed inside the
// transaction, so that an update that fails brings it back; wixl puts that step
// behind the copying of files.
func sequence(d database) error {
	t, err := d.read("InstallExecuteSequence")
	if err != nil {
		return err
	}
	at := func(name string, at int, when string) error {
		return t.set(name, map[string]string{"Sequence": strconv.Itoa(at), "Condition": when})
	}
	errs := []error{
		at("RemoveExistingProducts", 1510, ""),
		at("KeepMode", 60, `SAVEDMODE`),
		at("SessionMode", 61, `SESSIONMODE="1"`),
		at("ServiceMode", 62, `SESSIONMODE="0"`),
		at("InstallServices", 5800, `VersionNT AND MODE="service"`),
		at("StartServices", 5900, `VersionNT AND MODE="service"`),
	}
	for _, a := range actions {
		errs = append(errs, at(a.name, a.at, a.when))
	}
	return errors.Join(append(errs, d.write(t))...)
}

// guid derives a number that is the same for the same version: two builds of one
// version are one product, and what is another version is another.
func guid(of string) string {
	h := sha1.Sum([]byte("miandan " + of))
	h[6], h[8] = h[6]&0x0f|0x50, h[8]&0x3f|0x80
	return strings.ToUpper(fmt.Sprintf("%x-%x-%x-%x-%x", h[:4], h[4:6], h[6:8], h[8:10], h[10:16]))
}

func copyFile(from, to string, at time.Time) error {
	b, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if err := os.WriteFile(to, b, 0o644); err != nil {
		return err
	}
	return os.Chtimes(to, at, at)
}
