package sfsim

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const tokenLives = 7200 * time.Second

// service is the gateway: it checks who asks, and passes the text on.
func (g *Gateway) service(w http.ResponseWriter, r *http.Request) {
	if kind := r.Header.Get("Content-Type"); !strings.HasPrefix(kind, "application/x-www-form-urlencoded") {
		says(w, "A1001", "必传参数不可为空", nil)
		return
	}
	if r.ParseForm() != nil {
		says(w, "A1001", "必传参数不可为空", nil)
		return
	}
	f := r.PostForm
	g.calls = append(g.calls, f.Get("serviceCode"))
	if code, words := g.check(f); code != "" {
		says(w, code, words, nil)
		return
	}
	text := []byte(f.Get("msgData"))
	switch f.Get("serviceCode") {
	case "EXP_RECE_CREATE_ORDER":
		g.create(w, text)
	case "EXP_RECE_SEARCH_ORDER_RESP":
		g.search(w, text)
	case "EXP_RECE_UPDATE_ORDER":
		g.update(w, text)
	case "COM_RECE_CLOUD_PRINT_WAYBILLS":
		g.draw(w, text, "http://"+r.Host)
	default:
		says(w, "A1004", "无对应服务权限", nil)
	}
}

// check returns the gateway's no.
func (g *Gateway) check(f url.Values) (code, words string) {
	for _, name := range []string{"partnerID", "requestID", "serviceCode", "timestamp", "msgData"} {
		if f.Get(name) == "" {
			return "A1001", "必传参数不可为空"
		}
	}
	id := f.Get("requestID")
	if _, err := strconv.ParseInt(f.Get("timestamp"), 10, 64); err != nil || len(f.Get("timestamp")) != 13 || len(id) > 40 {
		return "A1001", "参数格式不正确"
	}
	switch {
	case g.fail == "busy":
		return "A1005", "流量受控"
	case g.fail == "permission", f.Get("partnerID") != g.config.PartnerID, g.config.NoSearch && f.Get("serviceCode") == "EXP_RECE_SEARCH_ORDER_RESP":
		return "A1004", "无对应服务权限"
	case g.fail == "signature":
		return "A1006", "数字签名无效"
	}
	if code, words := g.authorised(f); code != "" {
		return code, words
	}
	switch {
	case g.requests[id]:
		return "A1007", "重复请求"
	case g.fail == "back-end":
		return "A1009", "目标服务异常或不可达"
	}
	g.requests[id] = true
	return "", ""
}

func (g *Gateway) authorised(f url.Values) (code, words string) {
	token, digest := f.Get("accessToken"), f.Get("msgDigest")
	switch {
	case token == "" && digest == "":
		return "A1001", "必传参数不可为空"
	case token != "":
		until, given := g.tokens[token]
		if !given {
			return "A1011", "OAuth2认证失败"
		}
		if !g.config.Now().Before(until) {
			return "A1002", "请求时效已过期"
		}
		return "", ""
	}
	text := f.Get("msgData") + f.Get("timestamp") + g.config.CheckWord
	if same(digest, Digest(text)) || g.config.Raw && same(digest, plainDigest(text)) {
		return "", ""
	}
	return "A1006", "数字签名无效"
}

func same(a, b string) bool { return hmac.Equal([]byte(a), []byte(b)) }

// Digest is msgDigest of msgData, timestamp and check word in one text.
func Digest(text string) string { return plainDigest(javaEncode(text)) }

func plainDigest(text string) string {
	sum := md5.Sum([]byte(text))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// javaEncode is java.net.URLEncoder: letters, digits and .-*_ stay, a blank is a
// plus, every other byte is escaped.
func javaEncode(text string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(text) {
		switch c := text[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.IndexByte(".-*_", c) >= 0:
			b.WriteByte(c)
		case c == ' ':
			b.WriteByte('+')
		default:
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
		}
	}
	return b.String()
}

// login gives an access token.
func (g *Gateway) login(w http.ResponseWriter, r *http.Request) {
	g.calls = append(g.calls, "token")
	answer := map[string]any{"apiResponseID": "00019F0000000000000000000000DEMO", "apiResultCode": "A1000", "apiErrorMsg": ""}
	refuse := func(code, words string) {
		answer["apiResultCode"], answer["apiErrorMsg"] = code, words
	}
	err := r.ParseForm()
	f := r.PostForm
	switch {
	case err != nil, f.Get("partnerID") == "", f.Get("secret") == "", f.Get("grantType") != "password":
		refuse("A1001", "必传参数不可为空")
	case g.fail == "busy":
		refuse("A1005", "流量受控")
	case g.fail == "signature", f.Get("partnerID") != g.config.PartnerID, !same(f.Get("secret"), g.config.CheckWord):
		refuse("A1011", "OAuth2认证失败")
	default:
		token := strings.ToUpper(rand.Text())
		g.tokens[token] = g.config.Now().Add(tokenLives)
		answer["accessToken"], answer["expiresIn"] = token, int(tokenLives/time.Second)
	}
	put(w, answer)
}

// inner is the answer of the system behind the gateway.
type inner struct {
	Success bool    `json:"success"`
	Code    string  `json:"errorCode"`
	Words   *string `json:"errorMsg"`
	Data    any     `json:"msgData"`
}

func yes(w http.ResponseWriter, data any) {
	says(w, "A1000", "", inner{Success: true, Code: "S0000", Data: data})
}

func no(w http.ResponseWriter, code, words string) {
	says(w, "A1000", "", inner{Code: code, Words: &words})
}

// read reads msgData.
func read(w http.ResponseWriter, text []byte, into any) bool {
	if json.Unmarshal(text, into) != nil {
		no(w, "S0003", "参数校验不通过")
		return false
	}
	return true
}
