package ztosim

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// gate is what the platform checks before anybody behind it is asked.
func (g *Gateway) gate(r *http.Request, body []byte, known bool) (reply, bool) {
	key := r.Header.Get("x-appKey")
	if key == "" {
		key = r.Header.Get("x-companyid")
	}
	stamp := r.Header.Get("x-timestamp")
	switch {
	case r.Method != http.MethodPost || !known:
		return no("S207", "API不存在"), true
	case g.fault == "busy":
		return no("S221", "api qps flow limit"), true
	case key == "":
		return no("S208", "appKey不能为空"), true
	case key != g.c.AppKey || g.fault == "permission":
		return no("S210", "无权限访问"), true
	case g.fault == "signature" || !g.signed(r.Header.Get("x-dataDigest"), stamp, body):
		return no("S211", "签名错误"), true
	case stamp != "" && !recent(stamp):
		return no("S214", "时间戳非法"), true
	case g.fault == "back-end":
		return no("S202", "发生错误"), true
	case !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json"):
		return no("S208", "请求体不能为空"), true
	}
	return reply{}, false
}

func (g *Gateway) signed(signature, stamp string, body []byte) bool {
	text := stamp + string(body) + g.c.AppSecret
	var sum []byte
	switch g.c.Algorithm {
	case "SHA256":
		d := sha256.New()
		d.Write([]byte(text))
		sum = d.Sum(nil)
	case "HmacSHA256":
		d := hmac.New(sha256.New, []byte(g.c.HMACKey))
		d.Write([]byte(text))
		sum = d.Sum(nil)
	default:
		d := md5.New()
		d.Write([]byte(text))
		sum = d.Sum(nil)
	}
	want := base64.StdEncoding.EncodeToString(sum)
	if g.c.Hex {
		want = hex.EncodeToString(sum)
	}
	return signature != "" && signature == want
}

func recent(stamp string) bool {
	ms, err := strconv.ParseInt(stamp, 10, 64)
	off := time.Since(time.UnixMilli(ms))
	return err == nil && off.Abs() < 10*time.Minute
}
