package yto

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/base64"
	"encoding/json"
	"strings"

	"miandan/agent/internal/carrier/gateway"
	"miandan/agent/internal/jos"
	"miandan/agent/internal/secret"
)

const version = "v1"

// sign signs a parameter, which is JSON, for one interface.
func sign(param, api string, s secret.Token) string {
	sum := md5.Sum([]byte(param + api + version + s.Reveal()))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// access is what one interface is called with.
type access struct {
	token, customer string
	secret          secret.Token
}

func (i *Issuer) access(api string) access {
	v, s := i.account.Values, i.account.Secrets
	a := access{v["token"], v["customer_code"], s["secret"]}
	for _, o := range own {
		if o.api != api {
			continue
		}
		if t := v[o.name+"_token"]; t != "" {
			a.token = t
		}
		if c := v[o.name+"_customer_code"]; c != "" {
			a.customer = c
		}
		if s := s[o.name+"_secret"]; !s.Empty() {
			a.secret = s
		}
	}
	return a
}

// call signs the text that it sends: JSON in JSON.
func (i *Issuer) call(ctx context.Context, api string, param any) ([]byte, error) {
	text, err := marshal(param)
	if err != nil {
		return nil, i.client.Broken(api, "the order cannot be written as JSON")
	}
	a := i.access(api)
	body, err := marshal(struct {
		Time   int64  `json:"timestamp"` // ms
		Param  string `json:"param"`
		Sign   string `json:"sign"`
		Format string `json:"format"`
	}{i.account.Now().UnixMilli(), text, sign(text, api, a.secret), "JSON"})
	if err != nil {
		return nil, i.client.Broken(api, "the order cannot be written as JSON")
	}
	return i.client.Post(ctx, gateway.Call{Name: api, Path: "open/" + api + "/" + version + "/" + a.token + "/" + a.customer, JSON: []byte(body)})
}

func marshal(v any) (string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return strings.TrimSuffix(b.String(), "\n"), err
}

// failure is how YTO says no. Its success is a text with some interfaces and a
// truth value with others, its code a text or a number, and its words stand
// under two names. An answer without success is none, or a good one.
type failure struct {
	Success jos.Text `json:"success"`
	Code    jos.Text `json:"code"`
	Message jos.Text `json:"message"`
	Reason  jos.Text `json:"reason"`
}

// no reports whether an answer says no, by its success or by a code that stands
// for nothing else.
func (i *Issuer) no(f failure) bool {
	_, known := i.client.Codes[string(f.Code)]
	return known || f.Success != "" && !f.Success.True()
}

func (f failure) words() string {
	if f.Reason != "" {
		return string(f.Reason)
	}
	return string(f.Message)
}
