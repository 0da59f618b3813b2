package jdsim

import (
	"cmp"
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// All returns everything that JD has behind one address: JOS at Path, the
// pages of OAuth below /oauth/ and /oauth2/, and JDL's gateway at all other
// paths.
func (g *Gateway) All() http.Handler {
	mux := http.NewServeMux()
	mux.Handle(Path, g)
	mux.Handle("/oauth/", g.OAuth())
	mux.Handle("/oauth2/", g.OAuth())
	mux.Handle("/", g.LOP())
	return mux
}

// LOP returns JDL's own gateway (京东物流开放平台) with the same orders,
// numbers, journal and faults. Of a Fault there the Method is the path.
// Rendered files are fetched from it too, by the URL in the answer.
func (g *Gateway) LOP() http.Handler { return http.HandlerFunc(g.serveLOP) }

// newLOP makes the door of LOP, which wraps nothing and whose codes are
// numbers. Which numbers is not known: those of JOS unless codes says other.
func newLOP(codes map[string]int) *door {
	return &door{
		methods:  lopMethods(),
		envelope: func(_ string, inner object) object { return inner },
		failure: func(code string) object {
			e := gatewayError(code)
			inner := e["error_response"].(object)
			inner["code"] = numeric(code)
			if n, ok := codes[code]; ok {
				inner["code"] = n
			}
			return e
		},
	}
}

func lopMethods() map[string]method {
	return map[string]method{
		"/ecap/v1/orders/precheck":           {(*Gateway).ecapPrecheck, refuseECAP},
		"/ecap/v1/orders/pregetwaybillcodes": {(*Gateway).ecapPreget, refuseECAP},
		"/ecap/v1/orders/create":             {(*Gateway).ecapCreate, refuseECAP},
		"/ecap/v1/orders/modify":             {(*Gateway).ecapModify, refuseECAP},
		"/ecap/v1/orders/cancel":             {(*Gateway).ecapCancel, refuseECAP},
		"/ecap/v1/orders/status/get":         {(*Gateway).ecapStatus, refuseECAP},
		"/ecap/v1/orders/trace/query":        {(*Gateway).ecapTrace, refuseECAP},
		"/PullDataService/pullData":          {(*Gateway).pullLOP, refusePull},
		"/cloud/print/getTemplates":          {(*Gateway).getTemplates, refuseRender},
		"/PullDataService/getTemplateList":   {(*Gateway).getTemplates, refuseRender},
		"/cloud/print/render":                {(*Gateway).render, refuseRender},
	}
}

// domains are the LOP-DN of a path's first part.
var domains = map[string][]string{
	"ecap":            {"ECAP", "jdecap"},
	"PullDataService": {"jdcloudprint"},
	"cloud":           {"jdcloudprint"},
}

func (g *Gateway) serveLOP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Lop-Trace-Id", g.trace())
	if strings.HasPrefix(r.URL.Path, filesPath) && (r.Method == http.MethodGet || r.Method == http.MethodHead) {
		g.serveFile(w, r)
		return
	}
	if r.Method != http.MethodPost {
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		http.Error(w, http.StatusText(http.StatusRequestEntityTooLarge), http.StatusRequestEntityTooLarge)
		return
	}
	c, code := g.verifyLOP(r, body)
	if code != "" {
		writeJSON(w, encode(g.lop.failure(code)))
		return
	}
	g.answer(w, r, c)
}

// trace numbers the requests.
func (g *Gateway) trace() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.traces++
	return fmt.Sprintf("sim-%08d", g.traces)
}

// verifyLOP checks a request as JDL's gateway does and returns the call, or
// JOS's code of what is wrong. The order of the checks is guessed.
func (g *Gateway) verifyLOP(r *http.Request, body []byte) (*call, string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now, q, path := g.config.Clock(), params{}, r.URL.Path
	q.add(r.URL.RawQuery)
	_, known := g.lop.methods[path]
	key, secret, auth := g.config.LOPAppKey, g.config.LOPAppSecret, &g.lopAuth
	if r.Header.Get("X-UseJosAuth") == "true" {
		key, secret, auth = g.config.AppKey, g.config.AppSecret, &g.josAuth
	}
	domain := domains[strings.SplitN(strings.TrimPrefix(path, "/"), "/", 2)[0]]
	partner := g.config.LOPPartner && q["access_token"] == "" && auth == &g.lopAuth
	want, algorithm := lopSignature(q, secret, path, body)
	args, list, readable := arguments(body)
	code := cmp.Or(
		when(!known, "15"),
		when(!slices.Contains(domain, q["LOP-DN"]), "24"),
		when(q["app_key"] == "", "20"),
		when(q["app_key"] != key, "21"),
		when(q["v"] == "", "4"),
		when(q["v"] != "2.0", "5"),
		when(q["timestamp"] == "", "7"),
		when(!freshIn(q["timestamp"], r.Header.Get("lop-tz"), now), "8"),
		when(q["sign"] == "", "11"),
		when(!algorithm || q["sign"] != want, "12"),
		when(q["access_token"] == "" && !partner, "18"),
		when(!partner && !auth.good(q["access_token"], now), "19"),
		when(!readable || !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json"), "50"),
	)
	if code != "" {
		return nil, code
	}
	g.calls[path]++
	return &call{method: path, args: args, list: list, now: now, door: g.lop}, ""
}

// arguments reads the array of arguments. The first is the one that counts.
func arguments(body []byte) (object, []any, bool) {
	wrapped, ok := parseObject(`{"list":` + string(body) + `}`)
	list, isList := wrapped["list"].([]any)
	if !ok || !isList || len(list) == 0 || len(wrapped) != 1 {
		return nil, nil, false
	}
	first, ok := list[0].(object)
	return first, list, ok && json.Valid(body)
}

// freshIn is fresh with the hours east of Greenwich that the header says;
// eight if it says nothing (guessed).
func freshIn(timestamp, zone string, now time.Time) bool {
	hours, err := strconv.ParseFloat(cmp.Or(zone, "8"), 64)
	if err != nil || hours < -12 || hours > 14 {
		return false
	}
	t, err := time.ParseInLocation(time.DateTime, timestamp, time.FixedZone("", int(hours*3600)))
	return err == nil && now.Sub(t).Abs() <= maxSkew
}

// lopSignature is what the sign of a request must be, over the bytes of the
// body as they came; false if its algorithm is not known.
func lopSignature(q params, secret, path string, body []byte) (string, bool) {
	content := secret + "access_token" + q["access_token"] + "app_key" + q["app_key"] + "method" + path +
		"param_json" + string(body) + "timestamp" + q["timestamp"] + "v" + q["v"] + secret
	var digest func() hash.Hash
	switch q["algorithm"] {
	case "", "md5-salt":
		sum := md5.Sum([]byte(content))
		return hex.EncodeToString(sum[:]), true
	case "HMacMD5":
		digest = md5.New
	case "HMacSHA1":
		digest = sha1.New
	case "HMacSHA256":
		digest = sha256.New
	case "HMacSHA512":
		digest = sha512.New
	default: // sm3-salt is listed, and not supported by JDL's own client either
		return "", false
	}
	h := hmac.New(digest, []byte(secret))
	h.Write([]byte(content))
	return base64.StdEncoding.EncodeToString(h.Sum(nil)), true
}
