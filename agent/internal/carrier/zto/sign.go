package zto

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"miandan/agent/internal/carrier/gateway"
	"miandan/agent/internal/jos"
	"miandan/agent/internal/secret"
)

// digest is how an app signs, as ZTO's console and its SDK name it.
type digest struct {
	algorithm   string // md5, sha256, hmac-sha256
	hex         bool
	secret, key secret.Token
}

// sign signs a body, or a form as it reads before it is encoded.
func (d digest) sign(timestamp, body string) string {
	text := []byte(timestamp + body + d.secret.Reveal())
	var sum []byte
	switch d.algorithm {
	case "sha256":
		s := sha256.Sum256(text)
		sum = s[:]
	case "hmac-sha256":
		h := hmac.New(sha256.New, []byte(d.key.Reveal()))
		h.Write(text)
		sum = h.Sum(nil)
	default:
		s := md5.Sum(text)
		sum = s[:]
	}
	if d.hex {
		return hex.EncodeToString(sum)
	}
	return base64.StdEncoding.EncodeToString(sum)
}

// answer is how ZTO answers everything; its HTTP status is always 200.
type answer struct {
	Status jos.Text        `json:"status"`
	Code   jos.Text        `json:"statusCode"`
	Words  jos.Text        `json:"message"`
	Result json.RawMessage `json:"result"`
}

// succeeded takes SYS000 for success too, which some interfaces say.
func (a answer) succeeded() bool { return a.Code == "0000" || a.Code == "SYS000" }

func (a answer) ok() bool { return a.succeeded() && (a.Status == "" || a.Status.True()) }

// unclear reports an answer that says neither yes nor no: without a code, or
// with one that says something else than its status.
func (a answer) unclear() bool {
	return a.Code == "" || a.Status != "" && a.Status.True() != a.succeeded()
}

// call signs the bytes that it sends.
func (i *Issuer) call(ctx context.Context, api string, param any) (answer, error) {
	var body bytes.Buffer
	e := json.NewEncoder(&body)
	e.SetEscapeHTML(false)
	if err := e.Encode(param); err != nil {
		return answer{}, i.client.Broken(api, "the order cannot be written as JSON")
	}
	text := strings.TrimSuffix(body.String(), "\n")
	header, stamp := http.Header{}, ""
	if i.account.Is("timestamp") {
		stamp = strconv.FormatInt(i.account.Now().UnixMilli(), 10)
		header.Set("x-timestamp", stamp)
	}
	header.Set(i.account.Values["key_header"], i.account.Values["app_key"])
	header.Set("x-dataDigest", i.digest.sign(stamp, text))
	var a answer
	b, err := i.client.Post(ctx, gateway.Call{Name: api, Path: api, Header: header, JSON: []byte(text)})
	if err != nil {
		return a, err
	}
	err = i.client.Read(api, b, &a)
	return a, err
}
