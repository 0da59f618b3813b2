package jd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"miandan/agent/internal/jos"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/agent/internal/outbound"
	"miandan/agent/internal/privacy"
	"miandan/templates/pii"
	"miandan/templates/waybill"
)

// OAID says how the receivers of masked orders are opened. Which values JD
// knows for most of it is not public: what is empty is left out of the call,
// and the defaults are guesses.
type OAID struct {
	Off bool // leave receivers closed, for shops whose labels are made by JD
	// By is the only call that is used: ByDecrypt or ByMobileList. If it is empty
	// the first is, and the second where the app lacks the right to it.
	By         string
	OrderType  string // orderType; if empty the order's own, 22 for SOP
	AppName    string // appName
	Region     string // region
	Scene      string // scenesType of a label
	ClickScene string // scenesType of a click; Scene if empty
	Expiration int    // expiration of a number that is bound, perhaps days; 0 leaves it to JD
	Batch      int    // orders in one call, DefaultBatch if 0
	// BindWait is how long JD takes to give a number its extension, after which
	// it is asked again; DefaultBindWait if 0.
	BindWait time.Duration
}

// The calls that open receivers. The list of mobile numbers gives no name and
// no address: it serves where those can be read.
const (
	ByDecrypt    = "decrypt"
	ByMobileList = "mobile-list"
)

// What a zero OAID goes by. How many orders JD takes at once is not public.
const (
	DefaultBatch    = 50
	DefaultBindWait = time.Second
)

const (
	methodDecrypt    = "jingdong.jos.order.oaid.decrypt"
	methodMobileList = "jingdong.pop.order.getmobilelist"
)

// bindTries is how often a number without an extension is asked for.
const bindTries = 3

// The notices about receivers that stay closed.
const (
	noticeRefused   notice.Code = "jd-oaid-refused"   // takes the order and JD's code
	noticeExtension notice.Code = "jd-oaid-extension" // takes the order
	noticeQuota     notice.Code = "jd-oaid-quota"     // takes how many orders wait
)

// orderTypes are JD's numbers of kinds of merchants.
var orderTypes = map[order.Merchant]string{order.SOP: "22", order.FBP: "21", order.FCS: "112"}

func (c OAID) orderType(o *order.Order) string {
	if c.OrderType != "" {
		return c.OrderType
	}
	return orderTypes[o.Merchant]
}

// opened is what JD says of one receiver.
type opened struct {
	OrderID    jos.Text  `json:"orderId"`
	MisspeltID jos.Text  `json:"oderId"` // sic, in the list of mobile numbers
	OAID       jos.Text  `json:"oaid"`
	Name       jos.Text  `json:"customerName"`
	Address    jos.Text  `json:"address"`
	Mobile     jos.Text  `json:"consMobilePhone"`
	Phone      jos.Text  `json:"customerPhone"`
	Fuzzy      jos.Text  `json:"consMobilePhoneFuzzy"` // the real number behind JD's mask
	Private    *jos.Text `json:"privacyProtection"`
	Expiration jos.Text  `json:"expiration"`
}

// refusal is JD's own no to opening receivers.
type refusal struct {
	code, words string
}

func (r *refusal) Error() string { return "JD opens no receiver: code " + r.code + ": " + r.words }

// passes reports whether the no is about today. The codes are not public.
func (r *refusal) passes() bool {
	return mentions(r.words, "额度", "次数", "上限", "频繁", "超时", "繁忙", "系统异常", "稍后")
}

// unpaid reports whether the shop lacks JD's number package.
func (r *refusal) unpaid() bool { return mentions(r.words, "套餐", "号码包", "未订购") }

func mentions(words string, parts ...string) bool {
	for _, p := range parts {
		if strings.Contains(words, p) {
			return true
		}
	}
	return false
}

// decrypt asks for the receivers of orders of one type, by their numbers.
func (s *Source) decrypt(ctx context.Context, orders []*order.Order, scene string) (map[string]opened, error) {
	type info struct {
		ID   any    `json:"orderId"`
		OAID string `json:"oaid"`
	}
	infos := make([]info, len(orders))
	for i, o := range orders {
		infos[i] = info{long(o.ID), o.Consignee}
	}
	request := s.extras(orders[0])
	request["orderInfos"] = infos
	if scene != "" {
		request["scenesType"] = scene
	}
	list, err := s.askReceivers(ctx, methodDecrypt, map[string]any{"getReceiverInfoListReqVO": request})
	if err != nil {
		return nil, err
	}
	var rows []opened
	if err := json.Unmarshal(list, &rows); err != nil {
		return nil, jos.Broken(methodDecrypt, "data is no list")
	}
	found := map[string]opened{}
	for _, r := range rows {
		found[string(r.OrderID)] = r
	}
	return found, nil
}

// mobileList asks for the numbers alone. That several orders are joined by
// commas is a guess.
func (s *Source) mobileList(ctx context.Context, orders []*order.Order) (map[string]opened, error) {
	ids := make([]string, len(orders))
	for i, o := range orders {
		ids[i] = o.ID
	}
	request := s.extras(orders[0])
	request["orderId"] = strings.Join(ids, ",")
	data, err := s.askReceivers(ctx, methodMobileList, request)
	if err != nil {
		return nil, err
	}
	found := map[string]opened{}
	if err := json.Unmarshal(data, &found); err != nil {
		return nil, jos.Broken(methodMobileList, "data is no object")
	}
	return found, nil
}

// extras are the parameters that both calls take and nobody knows.
func (s *Source) extras(o *order.Order) map[string]any {
	request := map[string]any{}
	for name, value := range map[string]string{"orderType": s.OAID.orderType(o), "appName": s.OAID.AppName, "region": s.OAID.Region} {
		if value != "" {
			request[name] = value
		}
	}
	if s.OAID.Expiration != 0 {
		request["expiration"] = s.OAID.Expiration
	}
	return request
}

// askReceivers makes a call and returns its data. JD says 0 or 200 for success;
// which of them is not public.
func (s *Source) askReceivers(ctx context.Context, method string, params any) (json.RawMessage, error) {
	type reply struct {
		Code  jos.Text        `json:"code"`
		Words jos.Text        `json:"message"`
		Data  json.RawMessage `json:"data"`
	}
	var answer struct {
		reply
		Wrapped *reply `json:"returnType"`
	}
	if err := s.Client.Read(ctx, method, params, &answer); err != nil {
		return nil, err
	}
	r := answer.reply
	if answer.Wrapped != nil {
		r = *answer.Wrapped
	}
	switch {
	case r.Code != "" && r.Code != "0" && r.Code != "200":
		return nil, &refusal{outbound.Code(string(r.Code)), outbound.Words(string(r.Words))}
	case len(r.Data) == 0 || string(r.Data) == "null":
		return nil, jos.Broken(method, "no data")
	}
	return r.Data, nil
}

// long is an order's number as the Java long that JD's type has.
func long(id string) any {
	if n, err := strconv.ParseInt(id, 10, 64); err == nil {
		return n
	}
	return id
}

var errNoExtension = errors.New("a virtual number without its extension")

// into puts what JD says into an order. What JD leaves out stays as it is.
func (r opened) into(o *order.Order, now time.Time) error {
	phone := string(r.Mobile)
	if strings.TrimSpace(phone) == "" || pii.NewPhone(phone).Hidden() {
		phone = string(r.Phone)
	}
	if strings.TrimSpace(phone) == "" || pii.NewPhone(phone).Hidden() {
		return errors.New("JD gives no whole number")
	}
	party, kind := unbracket(string(r.Name), string(r.Address), phone, o.Receiver.Address.Region())
	if party.Name.Empty() {
		party.Name = o.Receiver.Name
	}
	if r.Address == "" {
		party.Address = o.Receiver.Address
	}
	if party.Name.Empty() || party.Address.Empty() {
		return errors.New("JD gives no name or no address")
	}
	if kind == waybill.PhoneReal && r.virtual(phone) {
		return errNoExtension
	}
	o.Receiver, o.PhoneKind, o.VirtualUntil = party, kind, time.Time{}
	if kind == waybill.PhoneVirtual {
		o.VirtualUntil = until(r.Expiration)
	}
	o.ReadAt = now
	return nil
}

// virtual reports whether a number without an extension is a virtual one, whose
// extension JD has not bound yet. That privacyProtection says so is a guess, so
// the real number's mask has its say too. To be wrong here costs a question; to
// print a virtual number as the real one costs a parcel.
func (r opened) virtual(phone string) bool {
	if r.Private != nil && r.Private.True() {
		return true
	}
	if fuzzy := string(r.Fuzzy); fuzzy != "" && phone == string(r.Mobile) {
		return !behind(fuzzy, phone)
	}
	return r.Private == nil && !until(r.Expiration).IsZero()
}

// stranger reports whether an answer is about another receiver than the order's:
// it says so itself, or its number is not the one that the order shows in part.
func (r opened) stranger(o *order.Order) bool {
	if r.MisspeltID != "" && string(r.MisspeltID) != o.ID || r.OAID != "" && string(r.OAID) != o.Consignee {
		return true
	}
	number := string(r.Fuzzy)
	if number == "" && r.Private != nil && !r.Private.True() {
		number = string(r.Mobile)
	}
	return o.PhoneKind == waybill.PhoneMasked && o.Receiver.Phone.Contradicts(pii.NewPhone(number))
}

// behind reports whether a number may stand behind a mask.
func behind(mask, phone string) bool {
	a, b := []rune(mask), []rune(phone)
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != '*' && a[i] != '＊' && a[i] != b[i] {
			return false
		}
	}
	return true
}

// until reads when a number ends: a date, or seconds or milliseconds since
// 1970. What else JD may write is not public and counts as nothing.
func until(t jos.Text) time.Time {
	s := strings.TrimSpace(string(t))
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		switch {
		case n >= 1e12 && n < 1e13:
			return time.UnixMilli(n)
		case n >= 1e9 && n < 1e10:
			return time.Unix(n, 0)
		}
		return time.Time{}
	}
	return moment(jos.Text(s))
}

// closedNotice is what people are told of an order that stays closed.
func closedNotice(o *order.Order, err error) error {
	var r *refusal
	switch {
	case errors.As(err, &r) && r.unpaid():
		return notice.New(privacy.NoticePackage, err)
	case errors.As(err, &r):
		return notice.New(noticeRefused, err, o.ID, r.code)
	case errors.Is(err, errNoExtension):
		return notice.New(noticeExtension, err, o.ID)
	}
	return notice.New(noticeRefused, fmt.Errorf("order %s: %w", o.ID, err), o.ID, "–")
}
