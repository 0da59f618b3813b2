package app

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"sync"

	"miandan/agent/internal/api"
	"miandan/agent/internal/config"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/seal"
)

// upkeep is the settings and the doctor of a station that runs.
type upkeep struct {
	*station
	editing *sync.Mutex // one change of the file at a time
}

var _ api.Upkeep = upkeep{}

func (a *App) upkeep() upkeep { return upkeep{&station{App: a}, new(sync.Mutex)} }

// Settings implements api.Upkeep. What is listed is what stands in the file and in
// the administrator's policy, which holds after the next start.
func (u upkeep) Settings(_ context.Context, l notice.Language) ([]api.Setting, error) {
	path := u.options.Config
	file, err := os.ReadFile(path)
	if err != nil {
		return nil, notice.New("config-unreadable", err, path)
	}
	pins := pinned()
	if file, err = pins.In(path, file); err != nil {
		return nil, settingNotice(err)
	}
	described, err := config.Describe(path, file)
	if err != nil {
		return nil, settingNotice(err)
	}
	var list []api.Setting
	for _, d := range described {
		_, pinned := pins[d.Name]
		list = append(list, api.Setting{
			Name: d.Name, Value: d.Value, Default: d.Default, Set: d.Set, Says: d.Says[l], Choices: d.Choices, Fixed: d.Fixed, Pinned: pinned,
		})
	}
	secrets, err := u.secrets(path, file, l)
	return append(list, secrets...), err
}

// secrets lists what must be in the key store, and whether it is.
func (u upkeep) secrets(path string, file []byte, l notice.Language) ([]api.Setting, error) {
	c, err := config.Parse(path, file)
	if err != nil {
		return nil, settingNotice(err)
	}
	keys, err := seal.OpenKeystore(u.options.Data)
	if err != nil {
		return nil, err
	}
	var list []api.Setting
	for _, name := range Secrets(c) {
		s := api.Setting{Name: name, Secret: true, Fixed: true, Says: notice.Text(l, "setting-secret", name)}
		if _, err := seal.Secret(keys, name); err == nil {
			s.Set, s.Value = true, "true"
		}
		list = append(list, s)
	}
	return list, nil
}

// SetSetting implements api.Upkeep.
func (u upkeep) SetSetting(ctx context.Context, name, value, who string) error {
	u.editing.Lock()
	defer u.editing.Unlock()
	if _, is := pinned()[name]; is {
		return u.told(notice.New("setting-pinned", api.ErrConflict, name))
	}
	path := u.options.Config
	err := editSettings(path, func(file []byte) ([]byte, error) { return config.SetValue(path, file, name, value) })
	switch {
	case errors.Is(err, config.ErrNoSetting):
		return notice.New("setting-unknown", api.ErrNotFound, name)
	case errors.Is(err, config.ErrFixed), errors.Is(err, config.ErrByHand):
		return notice.New("setting-by-hand", errors.Join(api.ErrConflict, err), name, path)
	case err != nil:
		return u.told(settingNotice(err))
	}
	u.log.Info("setting changed", "name", name)
	return u.told(u.Ledger.Note(ctx, "setting-changed", ledger.Person{Who: who, Why: name}))
}

// settingNotice is the first that is wrong with a file, of which a page shows one
// sentence.
func settingNotice(err error) error {
	if problems := (config.Problems)(nil); errors.As(err, &problems) && len(problems) > 0 {
		return problems[0]
	}
	return err
}

// Examine implements api.Upkeep.
func (u upkeep) Examine(ctx context.Context, l notice.Language) ([]api.Finding, error) {
	d := Doctor{Data: u.options.Data, Config: u.options.Config, Language: l, Printers: func(context.Context, *config.Config) ([]PrinterSays, error) {
		var all []PrinterSays
		for _, p := range u.Station.Printers {
			says := PrinterSays{Name: p.Name}
			if trouble := p.Condition().Trouble; trouble != nil {
				says.Says = trouble.Text(l)
			}
			all = append(all, says)
		}
		return all, nil
	}}
	found := d.Examine(ctx)
	for i, f := range found {
		found[i].What = thing(f.What, l)
	}
	// What is wrong first: nobody reads a page to its end.
	slices.SortStableFunc(found, func(a, b api.Finding) int { return gravity(a) - gravity(b) })
	return found, ctx.Err()
}

func gravity(f api.Finding) int { return slices.Index([]string{Wrong, Doubtful, Fine}, f.Verdict) }

// things are what the doctor looks at, in Chinese; what is not here has a name of
// its own, such as a carrier's.
var things = strings.NewReplacer(
	"data folder", "数据所在磁盘", "database key", "数据库密钥", "core dumps", "内存转储", "printers", "打印机", "printer ", "打印机 ", "component of ", "打印组件：",
	"port of ", "端口：", "fleet clock", "多站时钟", "fleet durability", "多站数据安全", "fleet reports", "多站结果上报", "fleet lot", "离线批次", "fleet", "多站",
	"settings", "设置", "policy", "策略", "updates", "更新", "layouts", "版式", "labels", "面单", "keys", "密钥库", "data", "数据文件夹", "disk", "磁盘空间", "spooler", "打印队列", "files", "文件权限", "swap", "交换空间", "listens", "监听端口", "agent", "程序",
)

// thing is what the doctor has looked at, in a language.
func thing(what string, l notice.Language) string {
	if l == notice.English {
		return what
	}
	for _, named := range []string{"printer ", "component of ", "port of "} {
		if name, is := strings.CutPrefix(what, named); is {
			return things.Replace(named) + name
		}
	}
	if name, is := strings.CutSuffix(what, " labels"); is {
		return name + " " + things.Replace("labels")
	}
	if strings.Contains(what, ".") || strings.Contains(what, "/") {
		return what // a secret's name, a carrier's
	}
	return things.Replace(what)
}
