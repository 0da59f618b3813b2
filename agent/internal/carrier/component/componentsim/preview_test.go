package componentsim

import (
	"bytes"
	"encoding/base64"
	"image/png"
	"strings"
	"testing"

	"miandan/agent/internal/jos/jdsim/sheet"
)

// TestPreview wants the reference's reply, but for the picture itself.
func TestPreview(t *testing.T) {
	const frame = `{"orderType":"PRE_View","key":"A1B2C3D8","parameters":{"tempUrl":"ADDRESS","printData":["BLOB","BLOB","BLOB"]}}`
	s := start(t, Config{})
	c := s.dial(t)
	for _, row := range []struct {
		name, frame string
		labels      int
	}{
		{"the first", frame, 1},
		{"the first, in small letters", strings.Replace(frame, "PRE_View", "pre_view", 1), 1},
		{"all", strings.Replace(frame, "PRE_View", "PRE_View:multi", 1), 3},
		{"by protocol 2", `{"orderType":"PRE_View:multi","key":"A1B2C3D8","version":"2","parameters":{"contents":[{"tempUrl":"ADDRESS","printData":"BLOB"},{"tempUrl":"ADDRESS","printData":"BLOB"}]}}`, 2},
	} {
		got := c.ask(row.frame)
		for field, want := range map[string]string{"key": "A1B2C3D8", "code": "8", "success": "true", "status": "500", "message": "预览成功"} {
			if got[field] != want {
				t.Errorf("%s: %s is %#v, want %q", row.name, field, got[field], want)
			}
		}
		content, _ := got["content"].(string)
		if dig(got, "detailinfo", "imgdata") != content || dig(got, "detailinfo", "imgpath") != "" || !strings.HasPrefix(content, "iVBORw0KGgo") {
			t.Errorf("%s: the picture is %.20q and %.20v", row.name, content, dig(got, "detailinfo", "imgdata"))
		}
		b, err := base64.StdEncoding.DecodeString(content)
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		if size := img.Bounds().Size(); size.X != sheet.Width*sheet.DotsPerMM || size.Y != row.labels*sheet.Height*sheet.DotsPerMM {
			t.Errorf("%s: the picture has %v dots", row.name, size)
		}
	}
	for name, frame := range map[string]string{
		"502": `{"orderType":"PRE_View:multi","parameters":{"tempUrl":"ADDRESS","printData":["BLOB","x"]}}`,
		"503": `{"orderType":"PRE_View","parameters":{}}`,
	} {
		if got := c.ask(frame); got["status"] != name || got["success"] != "false" || got["code"] != "8" || got["content"] != "" {
			t.Errorf("replied %v, want the status %s", got, name)
		}
	}
	if len(s.Papers()) != 0 || len(s.Journal()) != 0 {
		t.Error("a preview came out on paper")
	}
}
