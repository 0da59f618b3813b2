package sheet

import (
	"bytes"
	"encoding/base64"
	"errors"
	"strings"
	"testing"
)

func TestSealAndOpen(t *testing.T) {
	k := NewKey("a")
	d := Document{Waybill: "YT1", Index: 1, Total: 2, Receiver: Party{"李䶮", "17000000000-4740", "演示路1号"}}
	one, err := k.Seal(d)
	if err != nil {
		t.Fatal(err)
	}
	two, _ := k.Seal(d)
	raw, _ := base64.StdEncoding.DecodeString(one)
	// What is sealed is random: a few letters may well stand in it, a number of 16 does not.
	if one == two || strings.Contains(one, d.Receiver.Phone) || bytes.Contains(raw, []byte(d.Receiver.Phone)) {
		t.Errorf("sealed twice: %s, %s", one, two)
	}
	if got, err := k.Open(one); err != nil || got != d {
		t.Errorf("Open = %+v, %v", got, err)
	}
	b, _ := base64.StdEncoding.DecodeString(one)
	b[len(b)-1] ^= 1
	for name, text := range map[string]string{
		"tampered": base64.StdEncoding.EncodeToString(b), "short": "U0lN", "no base64": "?", "of another": "U0lNVUxBVE9SLU9QQVFVRS1CTE9CLTAwMDE=",
	} {
		if _, err := k.Open(text); !errors.Is(err, ErrSealed) {
			t.Errorf("%s: %v, want ErrSealed", name, err)
		}
	}
	if _, err := NewKey("b").Open(one); !errors.Is(err, ErrSealed) {
		t.Errorf("with another key: %v", err)
	}
}

func TestShown(t *testing.T) {
	p := Party{"张三", "13800001234", "x"}
	for _, row := range []struct {
		name        string
		d           Document
		who, number string
	}{
		{"nothing hidden", Document{Receiver: p}, "张三", "13800001234"},
		{"the name", Document{Receiver: p, HideName: true}, "张**", "13800001234"},
		{"the phone", Document{Receiver: p, HidePhone: true}, "张三", "138****1234"},
		{"of nobody", Document{HideName: true, HidePhone: true}, "", ""},
	} {
		if got := row.d.Shown(); got.Name != row.who || got.Phone != row.number {
			t.Errorf("%s: %+v", row.name, got)
		}
	}
}

func FuzzOpen(f *testing.F) {
	k := NewKey("a")
	good, err := k.Seal(Document{})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good, uint16(40), byte(1))
	f.Add("U0lNUEQx", uint16(0), byte(0x80))
	f.Fuzz(func(t *testing.T, text string, at uint16, by byte) {
		k.Open(text) // sealed by another run it opens
		b := []byte(good)
		b[int(at)%len(b)] ^= by
		if _, err := k.Open(string(b)); err == nil && string(b) != good {
			// Base64 has no second spelling for the same bytes but for line breaks.
			if strings.NewReplacer("\n", "", "\r", "").Replace(string(b)) != good {
				t.Errorf("opened %q", b)
			}
		}
	})
}
