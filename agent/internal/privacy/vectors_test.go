package privacy

import (
	"regexp"
	"testing"

	"miandan/agent/internal/notice"
)

// How JD's seller centre gives a virtual number, by the reference to JD's
// interfaces: the number without its extension, which stands in brackets behind
// the name and the address.
func TestPublishedBinding(t *testing.T) {
	const name, address, number = "某某[4740]", "广东广州市海珠区赤岗街道演示路1号[4740]", "17000000000"
	who, extension := CutExtension(name)
	where, second := CutExtension(address)
	v, ok := Join(number, extension)
	if who != "某某" || where != "广东广州市海珠区赤岗街道演示路1号" || extension != "4740" || second != extension || !ok {
		t.Fatalf("%q, %q, %q, %q, %v", who, extension, where, second, ok)
	}
	want := Call{
		Main: "17000000000", Extension: "4740", Tel: "tel:17000000000,,4740%23", SMSBegin: "#4740#", SMS: "sms:17000000000?body=%234740%23",
	}
	if got := v.Reveal(); got != want || v.Number().Reveal() != "17000000000-4740" {
		t.Errorf("it is called by %+v as %s", got, v.Number().Reveal())
	}
	for l, texts := range map[notice.Language][2]string{
		notice.Chinese: {"拨打 17000000000，接通后按 4740#", "发短信到 17000000000，内容以 #4740# 开头"},
		notice.English: {"dial 17000000000, then 4740#", "send to 17000000000, the text begins with #4740#"},
	} {
		if c := v.Reveal(); c.Dial(l) != texts[0] || c.Text(l) != texts[1] {
			t.Errorf("%q, %q", c.Dial(l), c.Text(l))
		}
	}
	// The first binding may come without an extension: it is no virtual number yet.
	if v, ok := Join(number, ""); ok {
		t.Errorf("without an extension it is %s", v.Number().Reveal())
	}
}

// The reference's own patterns are the oracle: what they take is taken, what
// they do not take of such texts is not.
func TestPublishedPatterns(t *testing.T) {
	bracket := regexp.MustCompile(`^(.+)\[(\d{3,6})\]$`)
	for _, s := range []string{"张三[474]", "张三[4740]", "张三[474000]", "张三[47]", "张三[4740000]", "张三", "[4740]", "张三[47a0]", "张三[4740]楼", "12栋[3单元][4740]"} {
		want := bracket.FindStringSubmatch(s)
		if want == nil {
			want = []string{"", s, ""}
		}
		if text, extension := CutExtension(s); text != want[1] || extension != want[2] {
			t.Errorf("CutExtension(%q) = %q, %q, want %q, %q", s, text, extension, want[1], want[2])
		}
	}
	phone := regexp.MustCompile(`^1\d{10}-\d{3,6}$`) // without an extension it is not a virtual one
	for _, s := range []string{"17000000000-474", "17000000000-4740", "10000000000-474000", "17000000000-47", "17000000000-4740000", "1700000000-4740", "27000000000-4740", "17000000000"} {
		v, ok := Parse(s)
		if ok != phone.MatchString(s) || ok && v.Number().Reveal() != s {
			t.Errorf("Parse(%q) = %q, %v", s, v.Number().Reveal(), ok)
		}
	}
}
