package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/registry"
)

// What the MSI calls things; see installer/windows/miandan.wxs.
const (
	serviceName = "Miandan"
	registryKey = `Software\Miandan`
)

func main() {
	if err := act(os.Args[1:]); err != nil {
		log(err)
		os.Exit(1)
	}
}

func act(args []string) error {
	switch {
	case len(args) == 0 || len(args) == 1 && args[0] == "start":
		return start()
	case len(args) >= 2 && args[0] == "setup":
		switch args[1] {
		case "prepare":
			return prepare(args[2:])
		case "guard":
			return guard()
		case "show":
			return show()
		case "stop":
			return stop()
		case "purge":
			return purge()
		}
	}
	return fmt.Errorf("what is %q?", args)
}

// log adds a line to the log of setup. There is nobody to tell if that fails.
func log(err error) {
	f, openErr := os.OpenFile(filepath.Join(os.TempDir(), "miandan-setup.log"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if openErr != nil {
		return
	}
	defer f.Close()
	fmt.Fprintf(f, "%s %v\n", time.Now().Format(time.RFC3339), err)
}

// session reports whether this PC has no service, and each user an agent.
func session() bool {
	k, err := registry.OpenKey(registry.LOCAL_MACHINE, registryKey, registry.QUERY_VALUE|registry.WOW64_64KEY)
	if err != nil {
		return false
	}
	defer k.Close()
	mode, _, err := k.GetStringValue("Mode")
	return err == nil && mode == "session"
}

// home is the folder under ProgramData: the policy in it, and below it, in data,
// what the service keeps.
func home() (string, error) {
	dir, err := windows.KnownFolderPath(windows.FOLDERID_ProgramData, 0)
	return filepath.Join(dir, "Miandan"), err
}

func beside(name string) (string, error) {
	self, err := os.Executable()
	return filepath.Join(filepath.Dir(self), name), err
}

// wanted are the properties of the MSI that prepare is told.
type wanted struct{ config, policy, station, port, mode string }

func readWanted(args []string) (wanted, error) {
	var w wanted
	f := flag.NewFlagSet("prepare", flag.ContinueOnError)
	f.StringVar(&w.config, "config", "", "settings to begin with")
	f.StringVar(&w.policy, "policy", "", "policy file")
	f.StringVar(&w.station, "station", "", "name of the station")
	f.StringVar(&w.port, "port", "", "port of the page")
	f.StringVar(&w.mode, "mode", "", "service or session")
	f.SetOutput(io.Discard)
	if err := f.Parse(args); err != nil {
		return w, err
	}
	if f.NArg() > 0 {
		return w, errors.New("a property of the MSI holds a quotation mark")
	}
	return w, nil
}
