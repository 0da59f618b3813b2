package privacy_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"miandan/agent/internal/notice"
	"miandan/agent/internal/privacy"
)

func TestParse(t *testing.T) {
	for _, s := range []string{
		"17000000000-4740", "17000000000转4740", "17000000000 转 4740", "17000000000,4740", "17000000000，4740", "17000000000、4740",
		"１７０００００００００－４７４０", "１７０００００００００转４７４０", "17000000000　转　4740", "17000000000—4740", "17000000000 4740",
		"17000000000[4740]", "17000000000【4740】", "17000000000［4740］", "17000000000（4740）", "17000000000#4740", "17000000000,,4740#",
		"17000000000分机4740", "17000000000 分机号：4740", "17000000000转接4740", "17000000000转分机4740", "17000000000 ext. 4740", "17000000000 EXT 4740", "17000000000x4740",
		"拨打 17000000000 转 4740", "+86 17000000000-4740", "8617000000000-4740", "tel:17000000000,4740#", "17000000000;ext=4740", " 17000000000-4740 ",
	} {
		v, ok := privacy.Parse(s)
		if got := v.Number().Reveal(); !ok || got != "17000000000-4740" {
			t.Errorf("Parse(%q) = %q, %v, want 17000000000-4740", s, got, ok)
		}
	}
	for _, s := range []string{
		"", "4740", "17000000000", "170000000004740", "1700000000-4740", "17000000000-47", "17000000000-4740123", "02180000001-1234",
		"138****1234-4740", "17000000000-47a0", "17000000000-4740-1", "17000000000-4740\n1", "张三[4740]", "17000000000转", "1700000 0000-4740",
	} {
		if v, ok := privacy.Parse(s); ok || !v.Empty() {
			t.Errorf("Parse(%q) = %q, want none", s, v.Number().Reveal())
		}
	}
}

// TestEveryWrittenFormComesBackWhole: never cut off at eleven digits, never
// run together into fifteen.
func TestEveryWrittenFormComesBackWhole(t *testing.T) {
	dice := rand.New(rand.NewPCG(1, 2))
	pick := func(list ...string) string { return list[dice.IntN(len(list))] }
	wide := func(s string) string {
		return strings.Map(func(r rune) rune {
			if r > ' ' && r <= '~' {
				return r - '!' + '！'
			}
			return r
		}, s)
	}
	n := 100_000
	if testing.Short() {
		n = 5_000
	}
	for range n {
		main := fmt.Sprintf("1%010d", dice.Int64N(10_000_000_000))
		width := 3 + dice.IntN(4)
		extension := fmt.Sprintf("%0*d", width, dice.IntN(1_000))
		blank := pick("", "", " ", "　", "  ")
		form := pick("", "", "+86", "拨打 ", "电话：") + main + blank + pick("-", "转", ",", "，", "、", "－", "—", "[", "【", "（", "#", "分机", "分机号", "转接", "ext") + blank + extension
		form += pick("", "", "#")
		if dice.IntN(4) == 0 {
			form = wide(form)
		}
		v, ok := privacy.Parse(form)
		call := v.Reveal()
		if !ok || call.Main != main || call.Extension != extension || v.Number().Reveal() != main+"-"+extension {
			t.Fatalf("Parse(%q) = %+v, %v", form, call, ok)
		}
		if again, ok := privacy.Parse(v.Number().Reveal()); !ok || again.Number().Reveal() != v.Number().Reveal() {
			t.Fatalf("Parse(%q) does not come back", v.Number().Reveal())
		}
		if shown := fmt.Sprintf("%v %+v %s", v, v, v.Number()); strings.Contains(shown, main) || strings.Contains(shown, extension+" ") {
			t.Fatalf("%s prints itself", shown)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"17000000000-4740", "１７０００００００００转４７４０", "张三[4740]", "138****1234", "+86"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v, ok := privacy.Parse(s)
		if !ok {
			if !v.Empty() {
				t.Errorf("Parse(%q) gives a number and denies it", s)
			}
			return
		}
		main, extension, _ := strings.Cut(v.Number().Reveal(), "-")
		if len(main) != 11 || len(extension) < 3 || len(extension) > 6 || strings.Trim(main+extension, "0123456789") != "" {
			t.Errorf("Parse(%q) = %s-%s", s, main, extension)
		}
		if again, ok := privacy.Parse(v.Number().Reveal()); !ok || !again.Number().Equal(v.Number()) {
			t.Errorf("Parse(%q) does not come back", s)
		}
	})
}

func TestCutExtension(t *testing.T) {
	for _, test := range []struct{ in, text, extension string }{
		{"张三[4740]", "张三", "4740"}, {"张三【4740】", "张三", "4740"}, {"张三［４７４０］", "张三", "4740"}, {"张三 [474012]", "张三", "474012"},
		{"张三", "张三", ""}, {"张三[47]", "张三[47]", ""}, {"[4740]", "[4740]", ""}, {"张三[4740]号", "张三[4740]号", ""}, {" 张三 ", "张三", ""}, {"", "", ""},
		{"张三[٤٧٤٠]", "张三[٤٧٤٠]", ""}, // other digits are no extension
	} {
		if text, extension := privacy.CutExtension(test.in); text != test.text || extension != test.extension {
			t.Errorf("CutExtension(%q) = %q, %q, want %q, %q", test.in, text, extension, test.text, test.extension)
		}
	}
}

func TestCall(t *testing.T) {
	v, _ := privacy.Join("17000000000", "4740")
	c := v.Reveal()
	for what, got := range map[string][2]string{
		"dial":     {c.Dial(notice.English), "dial 17000000000, then 4740#"},
		"dial zh":  {c.Dial(notice.Chinese), "拨打 17000000000，接通后按 4740#"},
		"text":     {c.Text(notice.English), "send to 17000000000, the text begins with #4740#"},
		"text zh":  {c.Text(notice.Chinese), "发短信到 17000000000，内容以 #4740# 开头"},
		"tel":      {c.Tel, "tel:17000000000,,4740%23"},
		"sms":      {c.SMS, "sms:17000000000?body=%234740%23"},
		"sms text": {c.SMSBegin, "#4740#"},
	} {
		if got[0] != got[1] {
			t.Errorf("%s = %q, want %q", what, got[0], got[1])
		}
	}
	if (privacy.Virtual{}).Reveal() != (privacy.Call{}) {
		t.Error("no number can be called")
	}
	if b, err := json.Marshal(v); err != nil || strings.Contains(string(b), "17000000000") {
		t.Errorf("a number writes itself: %s, %v", b, err)
	}
}
