package sf

import (
	"bytes"
	"context"
	"crypto/md5"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/gateway"
	"miandan/agent/internal/jos"
	"miandan/agent/internal/notice"
	"miandan/templates/waybill"
)

// accepted is the gateway's code for a request that it passed on. It says
// nothing about what became of it.
const accepted = "A1000"

// result is what the system behind the gateway answers. Cloud print says
// errorMessage and obj where the others say errorMsg and msgData.
type result struct {
	Success jos.Text        `json:"success"`
	Code    jos.Text        `json:"errorCode"`
	Words   jos.Text        `json:"errorMsg"`
	Message jos.Text        `json:"errorMessage"`
	Data    json.RawMessage `json:"msgData"`
	Object  json.RawMessage `json:"obj"`
}

func (r result) refused() bool { return !r.Success.True() }

func (r result) words() string {
	if r.Words == "" {
		return string(r.Message)
	}
	return string(r.Words)
}

// call makes one call about somebody. It returns the answer of the system behind
// the gateway, which may be a no; what the gateway itself says no to is an error.
func (i *Issuer) call(ctx context.Context, service string, message any, about waybill.Party) (result, error) {
	text, err := json.Marshal(message)
	if err != nil {
		return result{}, &noToken{notice.New(notice.Internal, err, service)} // nothing has left
	}
	r, code, err := i.try(ctx, service, string(text), about)
	if i.token != nil && (code == "A1002" || code == "A1011") {
		i.token.forget() // another station may have logged in since: what it got is good, ours no longer
		r, _, err = i.try(ctx, service, string(text), about)
	}
	return r, err
}

// try also returns the gateway's code if that was a no.
func (i *Issuer) try(ctx context.Context, service, text string, about waybill.Party) (result, string, error) {
	form, err := i.form(ctx, service, text)
	if err != nil {
		return result{}, "", err
	}
	body, err := i.client.Post(ctx, gateway.Call{Name: service, Form: form})
	if err != nil {
		return result{}, "", err
	}
	var answer struct {
		Code  jos.Text        `json:"apiResultCode"`
		Words jos.Text        `json:"apiErrorMsg"`
		Data  json.RawMessage `json:"apiResultData"`
	}
	if err := i.client.Read(service, body, &answer); err != nil {
		return result{}, "", err
	}
	switch answer.Code {
	case accepted:
	case "":
		return result{}, "", i.client.Broken(service, "no apiResultCode")
	default:
		code := string(answer.Code)
		return result{}, code, i.client.Failed(service, code, carrier.Words(string(answer.Words), about))
	}
	var r result
	if err := i.client.Read(service, unquote(answer.Data), &r); err != nil {
		return result{}, "", err
	}
	if r.Success == "" || r.refused() && r.Code == "" && r.words() == "" {
		return result{}, "", i.client.Broken(service, "neither yes nor no")
	}
	return r, "", nil
}

// unquote takes a JSON text out of the JSON string that SF puts it into.
func unquote(data json.RawMessage) []byte {
	var text string
	if bytes.HasPrefix(data, []byte(`"`)) && json.Unmarshal(data, &text) == nil {
		return []byte(text)
	}
	return data
}

// form signs a text and packs it: what is signed is what is sent.
func (i *Issuer) form(ctx context.Context, service, text string) (url.Values, error) {
	var id [16]byte
	rand.Read(id[:])
	now := strconv.FormatInt(i.account.Now().UnixMilli(), 10)
	form := url.Values{
		"partnerID": {i.account.Values["partner_id"]}, "requestID": {fmt.Sprintf("%x", id)}, "serviceCode": {service},
		"timestamp": {now}, "msgData": {text},
	}
	if i.token != nil {
		access, err := i.token.get(ctx, i.login, i.account.Now)
		if err != nil {
			return nil, &noToken{err}
		}
		form.Set("accessToken", access.Reveal())
		return form, nil
	}
	form.Set("msgDigest", digest(text+now+i.account.Secrets["check_word"].Reveal(), i.account.Values["auth"] == signedRaw))
	return form, nil
}

// digest is msgDigest of the text that is signed.
func digest(text string, raw bool) string {
	if !raw {
		text = encode(text)
	}
	sum := md5.Sum([]byte(text))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// javaEscapes are what Java's URLEncoder leaves and Go's escapes, and the other
// way round.
var javaEscapes = strings.NewReplacer("%2A", "*", "~", "%7E")

// encode is Java's URLEncoder, which SF calculates with.
func encode(text string) string { return javaEscapes.Replace(url.QueryEscape(text)) }

// noToken is a call that was never made.
type noToken struct{ error }

func (e *noToken) Unwrap() error { return e.error }

// lost wraps a failed request for a number.
func lost(err error) error {
	var unmade *noToken
	return carrier.Classify(err, gateway.NoEffect(err) || errors.As(err, &unmade))
}
