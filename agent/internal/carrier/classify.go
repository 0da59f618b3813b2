package carrier

import (
	"errors"
	"fmt"
	"strings"

	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/agent/internal/outbound"
	"miandan/templates/pii"
	"miandan/templates/waybill"
)

// Classify wraps a failed request for a number in ErrUnsent or ErrUnknown.
// noEffect is the gateway client's word that nothing can have happened.
func Classify(err error, noEffect bool) error {
	if noEffect {
		return fmt.Errorf("%w: %w", ErrUnsent, err)
	}
	return fmt.Errorf("%w: %w", ErrUnknown, err)
}

// Words makes a carrier's own words fit to be shown: carriers like to quote
// whom a parcel goes to.
func Words(words string, receiver waybill.Party) string {
	return outbound.Words(words, receiver.Name.Reveal(), receiver.Phone.Reveal(), receiver.Address.Reveal())
}

// wordsOn is Words on an order, of which carriers also know the remarks.
func wordsOn(words string, o order.Order) string {
	r := o.Receiver
	return outbound.Words(words, r.Name.Reveal(), r.Phone.Reveal(), r.Address.Reveal(), o.Remark, o.Note)
}

// Refuse makes a refusal of a carrier's words, which are all that many of them
// give: their numbers for it are few, or not public.
func Refuse(words string, o order.Order) *Refusal {
	r := &Refusal{Code: "carrier-refused", Message: wordsOn(words, o)}
	switch {
	case mentions(words, "库存", "余额", "单号不足"):
		r.Code = "stock-out"
	case mentions(words, "停发", "不派送", "超区", "不可达"):
		r.Code = "carrier-area"
	case o.Receiver.Phone.Hidden() && mentions(words, "密文", "脱敏", "电话", "手机", "号码"):
		r.Code = "phone-masked"
	}
	r.Retry = ActionOf(notice.Code(r.Code)) == Wait
	return r
}

// Doubt returns the error of a no behind which there may be a number all the
// same: the carrier has the order already, or had trouble of its own and may
// have got half way. It returns nil for a definite no.
func Doubt(words string, o order.Order) error {
	switch {
	case mentions(words, "重复", "已存在", "已下单", "已经下单", "已取号", "已取单", "duplicate", "already exist"):
		return Has(words, o)
	case Troubled(words):
		return Trouble(nil, words, o)
	}
	return nil
}

// Troubled reports whether a carrier's words are about itself: it broke off, or
// something behind it did. "请重试" is, and "修改后重试" is about the order.
func Troubled(words string) bool {
	return mentions(words, "超时", "系统异常", "系统错误", "系统繁忙", "稍后", "请重试", "处理中", "服务异常", "服务繁忙", "服务不可用", "服务器",
		"接口异常", "网络异常", "网络错误", "内部错误", "内部异常", "未知错误", "未知异常", "运行时异常", "调用异常", "调用失败",
		"timeout", "timed out", "exception", "internal error", "internal server", "try again", "unavailable")
}

// Has is the error of a carrier that says that it has the order already.
func Has(words string, o order.Order) error {
	return Classify(notice.New("order-has-number", nil, o.ID, wordsOn(words, o)), false)
}

// Trouble is the error of a carrier that may have got half way: it says so, or
// answers with a code that nobody knows.
func Trouble(cause error, words string, o order.Order) error {
	return Classify(notice.New("carrier-trouble", cause, o.ID, wordsOn(words, o)), false)
}

// Both returns the error of an answer that says no and names a number all the
// same; broken says that it does. Whatever was made of the no, what it is about
// went wrong after the number was given.
func Both(no, broken error) error {
	if errors.Is(no, ErrUnknown) {
		return no
	}
	return Classify(broken, false)
}

// StillUnknown is the error of a Find that was not even tried: what refuses it
// here says nothing about the question whose answer was lost.
func StillUnknown(err error) error { return fmt.Errorf("%w: %v", ErrUnknown, err) }

// NotTaken is the error of a number that its carrier does not take back.
func NotTaken(n waybill.Number, words string) error {
	r := &Refusal{Code: "cancel-refused", Message: Words(words, waybill.Party{})}
	return notice.New("cancel-refused", r, string(n), r.Message)
}

func mentions(words string, parts ...string) bool {
	words = strings.ToLower(words)
	for _, p := range parts {
		if strings.Contains(words, p) {
			return true
		}
	}
	return false
}

// Bracketed returns a receiver as JD's carriers are told of one: a virtual
// number's extension stands in brackets behind the name and the address, where
// the courier reads it, and the number is without it. Whether they want it so
// is not public; it is how JD writes it in its own orders.
func Bracketed(p waybill.Party, kind waybill.PhoneKind) waybill.Party {
	number, extension, ok := strings.Cut(p.Phone.Reveal(), "-")
	if kind != waybill.PhoneVirtual || !ok || !p.Phone.Mobile() {
		return p
	}
	in := "[" + extension + "]"
	return waybill.Party{
		Name:    pii.NewName(p.Name.Reveal() + in),
		Phone:   pii.NewPhone(number),
		Address: pii.NewAddress(p.Address.Region(), p.Address.Reveal()+in),
	}
}
