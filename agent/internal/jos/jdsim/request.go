package jdsim

import (
	"cmp"
	"crypto/md5"
	"encoding/hex"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// maxBody bounds what one request may make the gateway hold.
const maxBody = 1 << 20

// maxSkew is how far a request's clock may be off. One table says 6 minutes,
// another 10; the gateway takes the stricter.
const maxSkew = 6 * time.Minute

// beijing is the zone of every time without one.
var beijing = time.FixedZone("UTC+8", 8*60*60)

// params are the parameters of a request, decoded once and otherwise as they
// came.
type params map[string]string

// readParams collects the query and, of a POST, the form. It returns an HTTP
// status if there is no reading the request at all.
func readParams(w http.ResponseWriter, r *http.Request) (params, int) {
	p := params{}
	p.add(r.URL.RawQuery)
	if r.Method != http.MethodPost {
		return p, 0
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return nil, http.StatusRequestEntityTooLarge
	}
	// A body of another type is not looked at: its parameters are missing.
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err == nil && kind == "application/x-www-form-urlencoded" {
		p.add(string(body))
	}
	return p, 0
}

// add takes up name=value pairs. The first value of a name counts. A pair that
// does not decode is as if it had not been sent: no signature can cover it.
func (p params) add(encoded string) {
	for pair := range strings.SplitSeq(encoded, "&") {
		name, value, _ := strings.Cut(pair, "=")
		name, err1 := url.QueryUnescape(name)
		value, err2 := url.QueryUnescape(value)
		if err1 != nil || err2 != nil {
			continue
		}
		if _, ok := p[name]; !ok {
			p[name] = value
		}
	}
}

// signature is what the sign of p must be.
func (p params) signature(secret string) string {
	var b strings.Builder
	b.WriteString(secret)
	for _, name := range slices.Sorted(maps.Keys(p)) {
		if name == "" || name == "sign" || p[name] == "" {
			continue
		}
		b.WriteString(name)
		b.WriteString(p[name])
	}
	b.WriteString(secret)
	sum := md5.Sum([]byte(b.String()))
	return strings.ToUpper(hex.EncodeToString(sum[:]))
}

// verify checks the system parameters and returns the call, or the code of
// the gateway's error. The order of the checks is guessed.
func (g *Gateway) verify(p params) (*call, string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.config.Clock()
	_, known := g.jos.methods[p["method"]]
	args, ok := parseObject(p["360buy_param_json"])
	code := cmp.Or(
		when(p["method"] == "", "14"),
		when(!known, "15"),
		when(p["app_key"] == "", "20"),
		when(p["app_key"] != g.config.AppKey, "21"),
		when(p["v"] == "", "4"),
		when(p["v"] != "2.0", "5"),
		when(p["timestamp"] == "", "7"),
		when(!fresh(p["timestamp"], now), "8"),
		when(p["sign"] == "", "11"),
		when(p["sign"] != p.signature(g.config.AppSecret), "12"),
		when(p["access_token"] == "", "18"),
		when(!g.josAuth.good(p["access_token"], now), "19"),
		// The code of unreadable business parameters is uncertain.
		when(!ok, "50"),
	)
	if code == "" && g.overQuota(now) {
		code = "2"
	}
	if code != "" {
		return nil, code
	}
	g.calls[p["method"]]++
	return &call{method: p["method"], args: args, now: now, door: g.jos}, ""
}

// overQuota counts a call of today, Beijing's day, and reports whether it is
// one too many.
func (g *Gateway) overQuota(now time.Time) bool {
	return g.config.CallsPerDay > 0 && g.today.count(now, 1) > g.config.CallsPerDay
}

// tally counts something by Beijing's days.
type tally struct {
	day string
	n   int
}

func (t *tally) count(now time.Time, n int) int {
	if day := now.In(beijing).Format(time.DateOnly); day != t.day {
		*t = tally{day: day}
	}
	t.n += n
	return t.n
}

func when(wrong bool, code string) string {
	if wrong {
		return code
	}
	return ""
}

func fresh(timestamp string, now time.Time) bool {
	t, err := time.ParseInLocation(time.DateTime, timestamp, beijing)
	if err != nil {
		t, err = time.Parse("2006-01-02 15:04:05.000-0700", timestamp)
	}
	return err == nil && now.Sub(t).Abs() <= maxSkew
}

// gatewayError is the gateway's own no. Its code is a string.
func gatewayError(code string) object {
	text, ok := gatewayErrors[code]
	if !ok {
		text = gatewayErrors["43"]
	}
	return object{"error_response": object{"code": code, "zh_desc": text[0], "en_desc": text[1]}}
}

// gatewayErrors are the texts in Chinese and English. From 43 on they are
// remembered, not documented.
var gatewayErrors = map[string][2]string{
	"2":  {"应用调用次数受限", "App Call Limited"},
	"4":  {"缺少版本参数", "Missing Version"},
	"5":  {"不支持的版本号", "Unsupported Version"},
	"7":  {"缺少时间戳参数", "Missing Timestamp"},
	"8":  {"无效的时间戳参数", "Invalid Timestamp"},
	"11": {"缺少签名参数", "Missing Signature"},
	"12": {"无效签名", "Invalid Signature"},
	"14": {"缺少方法名参数", "Missing Method"},
	"15": {"不存在的方法名", "Invalid Method"},
	"18": {"缺少access_token参数", "Missing access_token"},
	"19": {"无效access_token", "Invalid access_token"},
	"20": {"缺少app_key参数", "Missing app_key"},
	"21": {"无效app_key", "Invalid app_key"},
	"24": {"没有权限调用此接口", "No permission to call this API"},
	"43": {"系统处理错误", "System processing error"},
	"50": {"业务参数转换错误", "Cannot convert the parameters"},
	"66": {"平台连接后端服务不可用", "Platform cannot reach the service"},
	"67": {"平台调用后端服务异常", "Service call failed"},
}
