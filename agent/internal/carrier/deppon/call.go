package deppon

import (
	"context"
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/gateway"
	"miandan/agent/internal/jos"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/templates/waybill"
)

// The interfaces. The folder of queryBillPrint was guessed from its neighbours.
const (
	createOrder = "createOrderNotify.action"
	cancelOrder = "cancelOrder.action"
	queryOrder  = "queryOrder.action"
	billPrint   = "queryBillPrint.action"
)

// done is the resultCode of success.
const done = "1000"

// The list of codes is not public. What is not in here is judged by its words.
var codes = gateway.Codes{}.
	Mean("", gateway.Has, "2006").
	Mean("gateway-back-end", gateway.Open, "9999")

// digest signs a request: the text of the sum is encoded, not the sum.
func digest(params, appKey, timestamp string) string {
	sum := md5.Sum([]byte(params + appKey + timestamp))
	return base64.StdEncoding.EncodeToString([]byte(hex.EncodeToString(sum[:])))
}

// answer is the head of everything that Deppon says.
type answer struct {
	Result jos.Text `json:"result"`
	Code   jos.Text `json:"resultCode"`
	Reason string   `json:"reason"`
	// Message is the reason of those interfaces that do not call it so.
	Message string `json:"message"`
}

func (a answer) head() answer { return a }

func (a answer) ok() bool { return a.Result.True() && (a.Code == "" || a.Code == done) }

func (a answer) words() string {
	if a.Reason == "" {
		return a.Message
	}
	return a.Reason
}

// created is the answer about an order that was taken.
type created struct {
	answer
	MailNo     string   `json:"mailNo"` // several, parted by commas
	Mother     string   `json:"parentMailNo"`
	LogisticID string   `json:"logisticID"`
	Arrived    jos.Text `json:"arrivedOrgSimpleName"` // 大头笔 and second segment
	Target     jos.Text `json:"arrivedOutFieldName"`  // 目的外场
	Station    jos.Text `json:"stationNo"`
}

// numbers returns those that came, the mother's first.
func (c created) numbers() []waybill.Number { return split(c.MailNo, c.Mother) }

func split(mailNo, mother string) []waybill.Number {
	var list []waybill.Number
	for _, n := range strings.FieldsFunc(mailNo, func(r rune) bool { return r == ',' || r == '，' || r == ' ' }) {
		list = append(list, waybill.Number(n))
	}
	if i := slices.Index(list, waybill.Number(mother)); i > 0 {
		list = slices.Insert(slices.Delete(list, i, i+1), 0, waybill.Number(mother))
	}
	return list
}

func (c created) routing() waybill.Routing {
	return waybill.Routing{Code: string(c.Arrived), Target: string(c.Target), Site: string(c.Station)}
}

// ask makes a call and reads its answer. An error says that nothing can be told
// from it.
func (i *Issuer) ask(ctx context.Context, c *gateway.Client, call, path string, params any, into interface{ head() answer }) error {
	text, err := json.Marshal(params)
	if err != nil {
		return c.Broken(call, "the request is no JSON")
	}
	stamp := strconv.FormatInt(i.account.Now().UnixMilli(), 10)
	body, err := c.Post(ctx, gateway.Call{Name: call, Path: path, Form: url.Values{
		"companyCode": {i.account.Values["company_code"]}, "timestamp": {stamp}, "params": {string(text)},
		"digest": {digest(string(text), i.account.Secrets["app_key"].Reveal(), stamp)},
	}})
	if err == nil {
		err = c.Read(call, body, into)
	}
	if err == nil && into.head().Result == "" {
		err = c.Broken(call, "no result")
	}
	return err
}

// What Deppon's words tell where its codes are not known.
var (
	unsigned = regexp.MustCompile(`摘要|验签|签名(错误|不正确|不匹配|失败|校验)|(?i)digest`)
	unknown  = regexp.MustCompile(`不存在|未找到|找不到|未查询到|没有查询到|查不到|无此订单`)
)

// refused returns the error of an order that Deppon did not take.
func (i *Issuer) refused(a answer, o order.Order) error {
	if _, known := codes[string(a.Code)]; !known && unsigned.MatchString(a.words()) {
		return carrier.Classify(i.unsigned(createOrder, a), true)
	}
	return i.intake.Refused(createOrder, string(a.Code), a.words(), o)
}

func (i *Issuer) unsigned(call string, a answer) error {
	return notice.New("gateway-signature", i.intake.Broken(call, "the digest is wrong"), i.account.Name)
}

// failed returns the error of any other call that was answered with a no. The
// receiver, as far as there is one, is whom its words may not name.
func (i *Issuer) failed(call string, a answer, receiver waybill.Party) error {
	if _, known := codes[string(a.Code)]; !known && unsigned.MatchString(a.words()) {
		return i.unsigned(call, a)
	}
	return i.query.Failed(call, string(a.Code), carrier.Words(a.words(), receiver))
}

// errEarly reports an order that Deppon does not know, or not yet.
var errEarly = errors.New("deppon does not know the order")

// again tries until Deppon knows the order, or the pauses are over.
func (i *Issuer) again(ctx context.Context, try func() error) error {
	for _, pause := range i.Pauses {
		if err := try(); !errors.Is(err, errEarly) {
			return err
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return try()
}
