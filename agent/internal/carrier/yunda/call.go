package yunda

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"

	"miandan/agent/internal/carrier/gateway"
	"miandan/agent/internal/jos"
	"miandan/templates/waybill"
)

// The interfaces. That of the label data is a setting.
const (
	pathCreate = "/openapi-api/v1/accountOrder/createBmOrder"
	pathUpdate = "/openapi-api/v1/accountOrder/updateBmOrder"
	pathCancel = "/openapi-api/v1/accountOrder/cancelBmOrder"
	pathCount  = "/openapi-api/v1/accountOrder/searchCount"
)

// request is the content of every call.
type request struct {
	App     string `json:"appid"`
	Partner string `json:"partner_id"`
	Secret  string `json:"secret"`
	Type    string `json:"type,omitempty"`
	Orders  []any  `json:"orders,omitempty"`
}

// answer is how Yunda answers everything. Yes is a boolean, or 1.
type answer struct {
	Result jos.Text        `json:"result"`
	Code   jos.Text        `json:"code"`
	Said   jos.Text        `json:"message"`
	More   jos.Text        `json:"sub_msg"`
	Data   json.RawMessage `json:"data"`
}

// done is the code of success.
const done = "0000"

func (a answer) ok() bool { return a.Code == done && (a.Result == "" || a.Result.True()) }

func (a answer) words() string {
	if a.More == "" {
		return string(a.Said)
	}
	return string(a.Said + "：" + a.More)
}

// entry is what Yunda says of one order. The number has two spellings, and so
// has the label.
type entry struct {
	Serial jos.Text `json:"order_serial_no"`
	MailNo jos.Text `json:"mail_no"`
	Mailno jos.Text `json:"mailno"`
	Given  sheet    `json:"pdf_info"` // with a new number
	Again  sheet    `json:"pdfInfo"`  // asked for later
	Status jos.Text `json:"status"`   // 0 is a no
	Words  jos.Text `json:"msg"`
}

func (e entry) sheet() sheet {
	if e.Given != nil {
		return e.Given
	}
	return e.Again
}

// number returns the one number that an entry names, or nothing.
func (e entry) number() waybill.Number {
	n := ""
	for _, said := range []jos.Text{e.MailNo, e.Mailno, jos.Text(e.sheet().text("mailno"))} {
		switch {
		case said == "" || string(said) == n:
		case n == "":
			n = string(said)
		default:
			return ""
		}
	}
	return waybill.Number(n)
}

// named reports whether an answer names any number, whatever else it says.
func (a answer) named() bool {
	var list []entry
	if json.Unmarshal(a.Data, &list) != nil {
		return false
	}
	return slices.ContainsFunc(list, func(e entry) bool { return e.MailNo+e.Mailno != "" || e.sheet().text("mailno") != "" })
}

// one returns what an answer says of the one order that was asked about.
func (i *Issuer) one(name string, a answer) (entry, error) {
	var list []entry
	if err := i.client.Read(name, a.Data, &list); err != nil {
		return entry{}, err
	}
	if len(list) != 1 {
		return entry{}, i.client.Broken(name, strconv.Itoa(len(list))+" orders where one was asked about")
	}
	return list[0], nil
}

// call makes a call. The body is made once, signed and sent.
func (i *Issuer) call(ctx context.Context, path string, r request) (answer, error) {
	r.App, r.Partner, r.Secret = i.Values["app_key"], i.Values["partner_id"], i.Secrets["partner_secret"].Reveal()
	body, err := json.Marshal(r)
	if err != nil {
		return answer{}, err
	}
	h := http.Header{}
	h.Set("app-key", i.Values["app_key"])
	h.Set("sign", sign(body, i.Secrets["app_secret"].Reveal()))
	h.Set("req-time", i.time())
	said, err := i.client.Post(ctx, gateway.Call{Name: path, Path: path, Header: h, JSON: body})
	if err != nil {
		return answer{}, err
	}
	var a answer
	err = i.client.Read(path, said, &a)
	return a, err
}

func (i *Issuer) time() string {
	if i.Values["time_unit"] == "s" {
		return strconv.FormatInt(i.Now().Unix(), 10)
	}
	return strconv.FormatInt(i.Now().UnixMilli(), 10)
}
