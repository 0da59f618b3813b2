package app_test

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"miandan/agent/internal/api"
	"miandan/agent/internal/notice"
)

// TestASettingIsChanged changes one in the file, and finds it there after a
// restart; what cannot be is refused, and the file stays as it was.
func TestASettingIsChanged(t *testing.T) {
	s := open(t, 0, nil)
	u := s.Upkeep()
	setting := func(name string) api.Setting {
		t.Helper()
		list, err := u.Settings(t.Context(), notice.Chinese)
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(list, func(s api.Setting) bool { return s.Name == name })
		if i < 0 {
			t.Fatalf("there is no %s", name)
		}
		return list[i]
	}
	if v := setting("print.warn_ahead"); v.Value != `"6h"` || v.Default != `"6h"` || !strings.Contains(v.Says, "提醒") {
		t.Fatalf("print.warn_ahead = %+v", v)
	}
	if err := u.SetSetting(t.Context(), "print.warn_ahead", "3h", "page:甲"); err != nil {
		t.Fatal(err)
	}
	if v := setting("print.warn_ahead"); v.Value != `"3h"` || !v.Set {
		t.Errorf("print.warn_ahead = %+v", v)
	}
	if v := setting("jd.app_secret"); !v.Secret || !v.Set || v.Value != "true" || !v.Fixed {
		t.Errorf("a secret is shown as %+v", v)
	}
	before, err := os.ReadFile(s.world.Config)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, value string
		code        notice.Code
		is          error
	}{
		{"print.warn_ahead", "9d", "config-value", nil},
		{"print.warn_behind", "1h", "setting-unknown", api.ErrNotFound},
		{"jd.order_states", "[]", "setting-by-hand", api.ErrConflict},
		{"jd.app_secret", "x", "setting-unknown", api.ErrNotFound},
		{"printer.1.roll", "500", "setting-by-hand", api.ErrConflict},
	} {
		err := u.SetSetting(t.Context(), c.name, c.value, "page")
		if notice.CodeOf(err) != c.code || c.is != nil && !errors.Is(err, c.is) {
			t.Errorf("%s = %s: %v, want %s", c.name, c.value, err, c.code)
		}
	}
	if after, err := os.ReadFile(s.world.Config); err != nil || string(after) != string(before) {
		t.Errorf("what was refused has changed the file: %v", err)
	}
	s.stop()
	s.start(t)
}

// TestTheDoctorLooksFromWithin has the running agent examine itself.
func TestTheDoctorLooksFromWithin(t *testing.T) {
	s := open(t, 0, nil)
	for l, want := range map[notice.Language]map[string]string{
		notice.English: {"printer bench-1": "ready", "jd": "the gateway answers", "layouts": "every layout", "agent": "runs"},
		notice.Chinese: {"打印机 bench-1": "就绪", "jd": "网关有应答", "版式": "所有版式", "程序": "正在运行", "数据文件夹": "", "jd.app_secret": "密钥库", "数据库密钥": "可以打开"},
	} {
		list, err := s.Upkeep().Examine(t.Context(), l)
		if err != nil {
			t.Fatal(err)
		}
		for i, f := range list {
			says, asked := want[f.What]
			if asked && (f.Verdict != "fine" || !strings.Contains(f.Says, says)) {
				t.Errorf("%s: %s: %s", f.What, f.Verdict, f.Says)
			}
			delete(want, f.What)
			if i > 0 && f.Verdict == "wrong" && list[i-1].Verdict == "fine" {
				t.Errorf("%s is wrong and stands behind what is fine", f.What)
			}
		}
		if len(want) > 0 {
			t.Errorf("nothing is said of %v", want)
		}
	}
}
