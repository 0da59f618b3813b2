package sto

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"net/url"

	"miandan/agent/internal/carrier/gateway"
	"miandan/agent/internal/jos"
)

// The interfaces.
const (
	create = "OMS_EXPRESS_ORDER_CREATE"
	cancel = "EDI_MODIFY_ORDER_CANCEL"
)

// answer is how the link platform answers everything. It says yes in a text.
type answer struct {
	Success jos.Text        `json:"success" xml:"success"`
	Code    jos.Text        `json:"errorCode" xml:"errorCode"`
	Words   string          `json:"errorMsg" xml:"errorMsg"`
	Retry   jos.Text        `json:"needRetry" xml:"needRetry"`
	Data    json.RawMessage `json:"data" xml:"-"`
}

// given is what STO gives for an order.
type given struct {
	Order   jos.Text `json:"orderNo"`
	Number  jos.Text `json:"waybillNo"`
	BigWord jos.Text `json:"bigWord"`      // 大头笔, 三段码
	Package jos.Text `json:"packagePlace"` // 集包地
	Safe    jos.Text `json:"safeNo"`       // 安全号码: to be printed in the phone's stead
	Block   jos.Text `json:"newBlockCode"`
}

// call asks the platform's application to. Its content is made once, signed and
// sent.
func (i *Issuer) call(ctx context.Context, api, to string, content any) (answer, error) {
	text, err := json.Marshal(content)
	if err != nil {
		return answer{}, err
	}
	body, err := i.client.Post(ctx, gateway.Call{Name: api, Form: url.Values{
		"api_name": {api}, "content": {string(text)}, "from_appkey": {i.Values["app_key"]}, "from_code": {i.Values["from_code"]},
		"to_appkey": {to}, "to_code": {to}, "data_digest": {digest(string(text), i.Secrets["secret_key"].Reveal())},
	}})
	if err != nil {
		return answer{}, err
	}
	return i.read(api, body)
}

// read reads an answer. What the platform refuses itself it may say in XML,
// whatever it was asked in: a public client sees it begin with <response>.
func (i *Issuer) read(api string, body []byte) (answer, error) {
	var a answer
	if !bytes.HasPrefix(bytes.TrimSpace(body), []byte("<")) {
		err := i.client.Read(api, body, &a)
		return a, err
	}
	in := struct {
		XMLName xml.Name `xml:"response"`
		answer
	}{}
	if xml.Unmarshal(body, &in) != nil {
		return answer{}, i.client.Broken(api, "the answer is neither JSON nor a response in XML")
	}
	return in.answer, nil
}
