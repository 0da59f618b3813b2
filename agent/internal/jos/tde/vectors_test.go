package tde

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"

	"miandan/agent/internal/notice"
)

// published is what master.key.get gives, as the reference to JD's interfaces
// writes it out.
const published = `{"jingdong_jos_master_key_get_responce":{"code":"0","response":{"status_code":0,"status_message":"Success.","tid":"demo-tid","ts":1795422600000,"enc_service":"svc-demo","key_cache_disabled":0,"key_backup_disabled":0,"service_key_list":[{"service":"svc-demo","current_key_version":0,"grant_usage":"ED","keys":[{"id":"haTjORUf5DKvoWRJjR3NqQ==","key_string":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=","key_digest":"Yw3NKWbEM2aRElRIu7JbT/QSpJxzLbLIq8G4WBvXEN0=","key_type":"0","key_effective":1790000000000,"key_exp":1890000000000,"version":0,"key_status":0}]}]}}}`

func TestPublishedKeys(t *testing.T) {
	v := newVault(t, &keyServer{keys: published}, demoTime())
	for cipher, plain := range map[string]string{
		"AASFpOM5FR/kMq+hZEmNHc2pEBESExQVFhcYGRobHB0eHxsvlZnXQNS15T7/1eW5SA8=":                                                                 "13800001234",
		"AASFpOM5FR/kMq+hZEmNHc2pEBESExQVFhcYGRobHB0eH4OVwKAmlrrudxLHMMs5gvU=":                                                                 "张三",
		"AASFpOM5FR/kMq+hZEmNHc2pEBESExQVFhcYGRobHB0eH5tyXqXGB8JzU3p08U7bNBFibdOVr4n8v4NvheX1sqvASn1ZpF14uIj+uYzwIcXELxyOtJo7afAWaX4FVgyl0W4=": "广东广州市海珠区赤岗街道演示路1号",
	} {
		if got, err := v.Decrypt(t.Context(), cipher); err != nil || got != plain {
			t.Errorf("Decrypt = %q, %v, want %q", got, err, plain)
		}
		// weak, AES-CBC: 00 04 and the id of service svc-demo, version 0
		b, err := base64.StdEncoding.DecodeString(cipher)
		if err != nil || fmt.Sprintf("%x", b[:18]) != "000485a4e339151fe432afa164498d1dcda9" || fmt.Sprintf("%x", b[18:34]) != "101112131415161718191a1b1c1d1e1f" {
			t.Errorf("the cipher text begins %x, %v", b[:34], err)
		}
	}
	if id := idOf("svc-demo", 0); fmt.Sprintf("%x", id) != "85a4e339151fe432afa164498d1dcda9" || base64.StdEncoding.EncodeToString(id[:]) != "haTjORUf5DKvoWRJjR3NqQ==" {
		t.Errorf("idOf = %x", id)
	}
	for _, key := range v.keys {
		if got := key.Index("13800001234"); got != "8Dwq09itZMye536TLMRSyxSyHEGj65D4GaNcXiNfSE0=" {
			t.Errorf("Index = %s", got)
		}
	}
	if got := keySignature([]byte("0123456789abcdef0123456789abcdef"), 1795422600000, "demo-tid"); got != "yRoqT8mIFxs04flP2bNoaOxTBmH9/tMuVoSkragTOjU=" {
		t.Errorf("the keys are asked for with %s", got)
	}
}

// A key that does not fit its published digest is no key.
func TestPublishedDigest(t *testing.T) {
	const digest = "Yw3NKWbEM2aRElRIu7JbT/QSpJxzLbLIq8G4WBvXEN0="
	v := newVault(t, &keyServer{keys: strings.Replace(published, digest, strings.ToLower(digest), 1)}, demoTime())
	if _, err := v.Decrypt(t.Context(), cipherPhone); err == nil || Permanent(err) {
		t.Errorf("Decrypt = %v", err)
	}
}

// What master.key.get says no with: no key found; signature, expired, frozen,
// revoked. Each is for people, and none of them is the order's own fault.
func TestPublishedStatusCodes(t *testing.T) {
	for _, code := range []string{"101", "305", "306", "307", "308"} {
		t.Run(code, func(t *testing.T) {
			v := newVault(t, &keyServer{keys: `{"x":{"code":"0","response":{"status_code":` + code + `,"status_message":"no ` + "13800001234" + `"}}}`}, demoTime())
			_, err := v.Decrypt(t.Context(), cipherPhone)
			var n *notice.Error
			if !errors.As(err, &n) || n.Code != NoticeKeys || fmt.Sprint(n.Args) != "["+code+"]" || Permanent(err) {
				t.Fatalf("Decrypt = %v", err)
			}
			if strings.Contains(err.Error(), "13800001234") {
				t.Errorf("the error says whom it is about: %v", err)
			}
			for _, l := range []notice.Language{notice.English, notice.Chinese} {
				if !strings.Contains(n.Text(l), code) {
					t.Errorf("%q does not name the code", n.Text(l))
				}
			}
		})
	}
}

// A weak cipher text begins AAQ, AAR, AAS or AAT, whatever its key; JD's stars
// and plain texts are none.
func TestPublishedBeginnings(t *testing.T) {
	begins := map[string]bool{}
	for id := range 256 {
		b := append([]byte{0, 4, byte(id)}, make([]byte, 15+16+16)...)
		text := base64.StdEncoding.EncodeToString(b)
		if begins[text[:3]] = true; !Is(text) {
			t.Errorf("%s… is none", text[:8])
		}
	}
	if len(begins) != 4 || !begins["AAQ"] || !begins["AAR"] || !begins["AAS"] || !begins["AAT"] {
		t.Errorf("they begin with %v", begins)
	}
	for _, text := range []string{"138****1234", "138*******4", "136*******5", "13800001234", "张三", "", "AASFpOM5FR/kMq+hZEmNHc2p", "17000000000-4740"} {
		if Is(text) {
			t.Errorf("%q is one", text)
		}
	}
}
