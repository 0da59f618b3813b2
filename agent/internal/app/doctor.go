package app

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"miandan/agent/internal/api"
	"miandan/agent/internal/config"
	"miandan/agent/internal/dispatch"
	"miandan/agent/internal/host"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/seal"
	"miandan/agent/internal/store"
)

// The verdicts of the doctor. What is doubtful keeps nothing from being printed
// and should be seen to.
const (
	Fine     = "fine"
	Doubtful = "warning"
	Wrong    = "wrong"
)

// Doctor looks for what keeps a station from printing. It changes nothing, and
// may look beside an agent that runs and in its stead.
type Doctor struct {
	Data, Config string // folder and file, as in Options
	Language     notice.Language
	Closed       bool // the key store is another account's, and not looked into
	// Printers asks how the printers are.
	Printers func(context.Context, *config.Config) ([]PrinterSays, error)
}

// PrinterSays is a printer and, in words, why it does not print; "" if it is
// ready.
type PrinterSays struct{ Name, Says string }

// low is free space on the disk of which people are told, in bytes.
const low = 200 << 20

// Examine looks at everything. What of a finding is English: scripts look for it.
func (d Doctor) Examine(ctx context.Context) []api.Finding {
	var all []api.Finding
	well := func(what, says string) { all = append(all, api.Finding{What: what, Verdict: Fine, Says: says}) }
	add := func(what string, err error, fine notice.Phrase) bool {
		if err == nil {
			well(what, fine[d.Language])
			return true
		}
		all = append(all, api.Finding{What: what, Verdict: Wrong, Says: Sentence(err, d.Language)})
		return false
	}
	add("data", host.CheckFolder(d.Data), notice.Phrase{d.Data, d.Data})
	if free, err := host.FreeSpace(d.Data); err == nil && free < low {
		add("disk", notice.New("disk-low", nil, d.Data, free>>20), notice.Phrase{})
	}
	if path, err := CheckPolicy(); err != nil || path != "" {
		add("policy", err, notice.Phrase{path, path})
	}
	conf, err := Settings(d.Config)
	if !add("settings", err, notice.Phrase{d.Config, d.Config}) {
		return append(all, d.safety(&config.Config{}, "/")...)
	}
	_, err = Templates(conf.Labels.Layouts)
	add("layouts", err, notice.Phrase{"every layout reads well", "所有版式都可用"})
	keys, err := d.keystore()
	switch {
	case err != nil:
		add("keys", err, notice.Phrase{})
	case keys == nil:
		well("keys", notice.Text(d.Language, "key-of-service"))
	default:
		well("keys", keystore(keys, d.Language))
		d.secrets(conf, keys, add)
	}
	for _, check := range d.checks(ctx, conf, keys) {
		add(check.What, check.Err, check.Says)
	}
	if says := updating(conf, d.Language); says != "" {
		well("updates", says)
	}
	if len(conf.Printers) == 0 {
		add("printers", notice.New("printer-none", nil), notice.Phrase{})
	}
	printers, err := d.Printers(ctx, conf)
	if err != nil {
		add("printers", err, notice.Phrase{})
	}
	for _, p := range printers {
		f := api.Finding{What: "printer " + p.Name, Verdict: Wrong, Says: p.Says}
		if p.Says == "" {
			f.Verdict, f.Says = Fine, notice.Phrase{"ready", "就绪"}[d.Language]
		}
		all = append(all, f)
	}
	all = append(all, d.safety(conf, "/")...)
	for _, check := range CheckPorts(conf, d.ours()) {
		add(check.What, check.Err, check.Says)
	}
	if holder, running, err := host.Running(d.Data); err == nil && running {
		well("agent", notice.Phrase{fmt.Sprintf("runs (process %d)", holder.PID), fmt.Sprintf("正在运行（进程 %d）", holder.PID)}[d.Language])
	}
	return all
}

// keystore is nil where it is closed to this account.
func (d Doctor) keystore() (seal.Keystore, error) {
	if d.Closed {
		return nil, nil
	}
	return seal.OpenKeystore(d.Data)
}

// ours is the process of the agent that runs; 0 if none does.
func (d Doctor) ours() int {
	if holder, running, err := host.Running(d.Data); err == nil && running {
		return holder.PID
	}
	return 0
}

// secrets looks for those that the settings need, and whether the database opens.
func (d Doctor) secrets(conf *config.Config, keys seal.Keystore, add func(string, error, notice.Phrase) bool) {
	for _, name := range Secrets(conf) {
		_, err := seal.Secret(keys, name)
		add(name, err, notice.Phrase{"is in the key store", "在密钥库中"})
	}
	if store.Exists(d.Data) {
		_, err := seal.Open(keys, d.Data, true)
		add("database key", err, notice.Phrase{"opens what it sealed", "可以打开已加密的数据"})
	}
}

// checks asks whom the settings name.
func (d Doctor) checks(ctx context.Context, conf *config.Config, keys seal.Keystore) []Check {
	var all []Check
	if keys != nil && conf.UsesJD() {
		all = append(all, CheckJD(ctx, conf, keys)...)
	}
	if keys != nil {
		all = append(all, CheckContracts(ctx, conf, keys)...)
	}
	if keys != nil {
		all = append(all, CheckFleet(ctx, conf, keys, d.Data)...)
	}
	return append(all, CheckComponents(ctx, conf)...)
}

func keystore(k seal.Keystore, l notice.Language) string {
	if k.Kind() == "file" {
		return notice.Text(l, "key-in-file")
	}
	return notice.Text(l, "key-in-system")
}

// Sentence is an error's sentence, or all of them, one below the other.
func Sentence(err error, l notice.Language) string {
	var problems config.Problems
	if errors.As(err, &problems) {
		var all []string
		for _, p := range problems {
			all = append(all, p.Text(l))
		}
		return strings.Join(all, "\n    ")
	}
	return dispatch.Notice(err).Text(l)
}
