package componentsim

import (
	"encoding/json"
	"testing"
)

// FuzzRequest wants a reply in JSON to whatever is said, and no paper without a
// journal.
func FuzzRequest(f *testing.F) {
	sealed, err := key.Seal(document)
	if err != nil {
		f.Fatal(err)
	}
	for _, frame := range []string{
		printers, `{"cmd":"get_version","requestId":"r"}`, `{"orderType":"PRE_View","parameters":{"tempUrl":"https://a.test","printData":["` + sealed + `"]}}`,
		`{"orderType":"PRINT","parameters":{"tempUrl":"https://a.test","printData":["` + sealed + `"],"customData":[{"addData":{"sender":{"name":"x"}}}]}}`,
		`{"orderType":"PRINT","version":2,"parameters":{"contents":[{"dataType":"app","tempUrl":"https://a.test","printData":{"waybillCode":"\u8fd0"}}]}}`,
		`{"cmd":"print","requestID":"r","task":{"outputConfig":[{"outputType":0},{"outputType":2,"fileType":"png"}],"documents":[{"templateCode":"x","printData":"` + sealed + `"}]}}`,
	} {
		f.Add([]byte(frame))
	}
	f.Fuzz(func(t *testing.T, frame []byte) {
		var tray Tray
		c, err := New(Config{Key: key, Paper: tray.Take})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		reply, err := c.do(parse(frame))
		if err != nil || !json.Valid(encode(reply)) {
			t.Errorf("replied %v, %v", reply, err)
		}
		if !json.Valid(encode(denied(reply))) || !json.Valid(encode(refusal(reply))) {
			t.Errorf("no failure can be made of %v", reply)
		}
		if len(tray.Papers()) != len(c.Journal()) {
			t.Errorf("%d labels on paper, %d in the journal", len(tray.Papers()), len(c.Journal()))
		}
	})
}
