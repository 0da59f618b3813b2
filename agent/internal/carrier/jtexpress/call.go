package jtexpress

import (
	"context"
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"miandan/agent/internal/carrier/gateway"
	"miandan/agent/internal/jos"
)

// The interfaces. That of printOrder is known from other countries only.
const (
	addOrder    = "order/addOrder"
	cancelOrder = "order/cancelOrder"
	getOrders   = "order/getOrders"
	printOrder  = "order/printOrder"
)

// done is the code of success.
const done = "1"

// Codes that mean something beyond what is to be done about them.
const notFound = "145003064"

var codes = gateway.Codes{}.
	Mean("gateway-signature", gateway.None, "145003030", "145003031").
	Mean("gateway-account", gateway.None, "145002002", "145003010", "145003051", "145003071"). // the first is the digest with the customer's password
	Mean("gateway-permission", gateway.None, "145003012").
	Mean("gateway-call", gateway.None, "145003052", "145003053").
	Mean("gateway-back-end", gateway.Open, "145003040", "145003041", "145003203", "145005000", "145005005").
	Mean("", gateway.Has, "145002001", "145003042", "145003101", "145003204").
	Mean("carrier-area", gateway.No, "145005004").
	Mean("", gateway.No, "145003050", "145003060", "145003061", "145003062", "145003082", "145003083", "145003084", "145003085", "145003086",
		"145003087", "145003088", "145003092", "145003093", "145003094", "145003095", "145003096", "145003099", "145003100", "145003103",
		"145003104", "145003105", "145003106", "145003107", "145003108", "145003109", "145003110", "145003111", "145003112", "145003113", "145003200")

// base64MD5 is how J&T signs, twice over.
func base64MD5(text string) string {
	sum := md5.Sum([]byte(text))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// headerDigest signs a request: the very text that is sent.
func headerDigest(bizContent, privateKey string) string { return base64MD5(bizContent + privateKey) }

// bodyDigest stands within a request for the customer's password.
func bodyDigest(customerCode, password, privateKey string) string {
	return base64MD5(customerCode + passwordHash(password) + privateKey)
}

func passwordHash(password string) string {
	sum := md5.Sum([]byte(password + "jadada236t2"))
	return strings.ToUpper(hex.EncodeToString(sum[:]))
}

// customer stands in every request.
type customer struct {
	Code   string `json:"customerCode"`
	Digest string `json:"digest"`
}

func (i *Issuer) customer() customer {
	code := i.account.Values["customer_code"]
	return customer{code, bodyDigest(code, i.account.Secrets["password"].Reveal(), i.account.Secrets["private_key"].Reveal())}
}

// answer is the envelope of everything that J&T says.
type answer struct {
	Code  jos.Text        `json:"code"`
	Words string          `json:"msg"`
	Data  json.RawMessage `json:"data"`
}

// ask makes a call and reads the data of an answer of success. An error says
// that nothing can be told from the answer.
func (i *Issuer) ask(ctx context.Context, call string, content, data any) (answer, error) {
	var a answer
	biz, err := json.Marshal(content)
	if err != nil {
		return a, i.client.Broken(call, "the request is no JSON")
	}
	query := url.Values{}
	if uuid := i.account.Values["uuid"]; uuid != "" {
		query.Set("uuid", uuid)
	}
	body, err := i.client.Post(ctx, gateway.Call{
		Name: call, Path: call, Query: query, Form: url.Values{"bizContent": {string(biz)}},
		Header: http.Header{
			"apiAccount": {i.account.Values["api_account"]},
			"digest":     {headerDigest(string(biz), i.account.Secrets["private_key"].Reveal())},
			"timestamp":  {strconv.FormatInt(i.account.Now().UnixMilli(), 10)},
		},
	})
	if err == nil {
		err = i.client.Read(call, body, &a)
	}
	switch {
	case err != nil:
		return a, err
	case a.Code == "":
		return a, i.client.Broken(call, "no code")
	case a.Code == done && len(a.Data) > 0 && string(a.Data) != "null":
		return a, i.client.Read(call, a.Data, data)
	}
	return a, nil
}
