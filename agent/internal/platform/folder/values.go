package folder

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"

	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/agent/internal/privacy"
	"miandan/templates/pii"
	"miandan/templates/waybill"
)

// problem makes the sentence about a cell, whose column's title is its argument.
type problem func(title string) *notice.Error

func tooLong(t string) *notice.Error   { return notice.New("row-cell-long", nil, t, maxCell) }
func unclean(t string) *notice.Error   { return notice.New("row-cell-text", nil, t) }
func masked(t string) *notice.Error    { return notice.New("row-cell-masked", nil, t) }
func excelsOwn(t string) *notice.Error { return notice.New("row-cell-error", nil, t) }
func byExcel(t string) *notice.Error   { return notice.New("row-number-excel", nil, t) }
func noZero(t string) *notice.Error    { return notice.New("row-phone-zero", nil, t) }
func noPhone(t string) *notice.Error   { return notice.New("row-phone-form", nil, t) }
func hidden(t string) *notice.Error    { return notice.New("row-stars", nil, t) }
func noOrderID(t string) *notice.Error { return notice.New("row-order-form", nil, t) }
func noAmount(t string) *notice.Error  { return notice.New("row-amount", nil, t) }
func noCount(t string) *notice.Error   { return notice.New("row-count", nil, t) }
func noTime(t string) *notice.Error    { return notice.New("row-time", nil, t) }
func otherShop(t string) *notice.Error { return notice.New("row-shop", nil, t) }
func noWord(t string) *notice.Error    { return notice.New("row-word", nil, t) }

// clean takes out of a text what no label can print and no person can see.
func clean(c cell) (string, problem) {
	if c.wrong {
		return "", excelsOwn
	}
	if utf8.RuneCountInString(c.text) > maxCell {
		return "", tooLong
	}
	var b strings.Builder
	for _, r := range c.text {
		switch {
		case r == '•':
			return "", masked
		case r == '\t' || r == '\n' || r == '\r' || r == '\u2028' || r == '\u2029' || unicode.Is(unicode.Zs, r):
			b.WriteByte(' ')
		case r == utf8.RuneError, unicode.IsControl(r):
			return "", unclean
		case unicode.Is(unicode.Cf, r): // also what turns the direction of writing
		default:
			b.WriteRune(r)
		}
	}
	text := strings.Join(strings.Fields(b.String()), " ")
	if len(text) > 1 && text[0] == '\'' && text[1] >= '0' && text[1] <= '9' { // so Excel is told that it is a text
		text = text[1:]
	}
	return text, nil
}

var (
	scientific = regexp.MustCompile(`^[+-]?\d+(\.\d+)?[eE][+-]?\d+$`)
	orderID    = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z._-]{0,49}$`)
	decimals   = regexp.MustCompile(`\.0+$`)
)

// exact is the most digits that Excel keeps of a number.
const exact = 15

// readID reads the number of an order.
func readID(c cell, text string) (string, problem) {
	text = strings.ReplaceAll(width.Fold.String(text), " ", "")
	switch {
	case scientific.MatchString(text), c.number && len(text) > exact:
		return "", byExcel
	case !orderID.MatchString(text):
		return "", noOrderID
	}
	return text, nil
}

var (
	mobile   = regexp.MustCompile(`^1[3-9]\d{9}$`)
	landline = regexp.MustCompile(`^(0\d{2,3}\d{7,8}|[48]00\d{7})(-\d{1,6})?$`)
	bareLine = regexp.MustCompile(`^([2-9]\d{9,10}|10\d{8})(-\d{1,6})?$`) // without the 0 of its area code
	abroad   = regexp.MustCompile(`^\+(852|853|886)\d{7,10}$`)
	china    = regexp.MustCompile(`^(\+|00)?86[- ]?`)
	lineEnd  = regexp.MustCompile(`^(.{10,}?)(?:转|ext\.?|#|x|-)(\d{1,6})$`)
)

// readPhone reads a telephone number as people and programs write it. An
// extension that stands elsewhere makes a virtual number of it.
func readPhone(c cell, text, extension string) (pii.Phone, waybill.PhoneKind, problem) {
	if v, ok := privacy.Parse(text); ok && !c.number {
		return v.Number(), waybill.PhoneVirtual, nil
	}
	real, problem := readReal(c, text)
	if problem != nil || extension == "" {
		return pii.NewPhone(real), waybill.PhoneReal, problem
	}
	if v, ok := privacy.Join(real, extension); ok {
		return v.Number(), waybill.PhoneVirtual, nil
	}
	return pii.Phone{}, waybill.PhoneReal, noPhone
}

// readReal reads a number without an extension that others share.
func readReal(c cell, text string) (string, problem) {
	if strings.ContainsAny(text, "*＊") {
		return "", hidden
	}
	t := strings.ToLower(width.Fold.String(text))
	if scientific.MatchString(t) || c.number && strings.HasSuffix(t, "00000") { // 1.38E+10 that was read as a number again
		return "", byExcel
	}
	t = decimals.ReplaceAllString(t, "")
	t = strings.NewReplacer(" ", "", "(", "", ")", "", "–", "-", "—", "-").Replace(t)
	t = china.ReplaceAllString(t, "")
	joined := strings.ReplaceAll(t, "-", "")
	switch {
	case mobile.MatchString(joined):
		return joined, nil
	case abroad.MatchString(joined):
		return joined, nil
	}
	main, extension := t, ""
	if m := lineEnd.FindStringSubmatch(t); m != nil && !landline.MatchString(joined) {
		main, extension = m[1], "-"+m[2]
	}
	number := strings.ReplaceAll(main, "-", "") + extension
	switch {
	case landline.MatchString(number):
		return withArea(number), nil
	case bareLine.MatchString(number):
		return "", noZero
	}
	return "", noPhone
}

// withArea writes a landline with a dash behind its area code: 010 and those
// that begin with 02 have three digits.
func withArea(number string) string {
	switch {
	case number[0] != '0':
		return number
	case number[1] <= '2':
		return number[:3] + "-" + number[3:]
	}
	return number[:4] + "-" + number[4:]
}

var (
	grouped = regexp.MustCompile(`^\d{1,3}(,\d{3})+(\.\d+)?$`)
	amount  = regexp.MustCompile(`^(\d{1,8})(?:\.(\d{1,2})0*)?$`)
)

// readMoney reads an amount of yuan.
func readMoney(text string) (order.Money, problem) {
	t := strings.ToLower(width.Fold.String(text))
	t = strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(strings.TrimLeft(t, "¥￥ "), "rmb"), "元"))
	if grouped.MatchString(t) {
		t = strings.ReplaceAll(t, ",", "")
	}
	m := amount.FindStringSubmatch(t)
	if m == nil {
		return 0, noAmount
	}
	yuan, _ := strconv.ParseInt(m[1], 10, 64)
	fen, _ := strconv.ParseInt((m[2] + "00")[:2], 10, 64)
	return order.Money(yuan*100 + fen), nil
}

// readCount reads a whole number from 1.
func readCount(text string, most int) (int, problem) {
	n, err := strconv.Atoi(decimals.ReplaceAllString(width.Fold.String(text), ""))
	if err != nil || n < 1 || n > most {
		return 0, noCount
	}
	return n, nil
}

var layouts = []string{
	"2006-1-2 15:4:5", "2006-1-2 15:4", "2006-1-2", "2006-1-2T15:4:5", "2006-1-2 15:4:5.999", "20060102150405", "20060102",
}

var chineseDate = strings.NewReplacer("年", "-", "月", "-", "日", " ", "时", ":", "分", ":", "秒", "", "/", "-", "：", ":")

// readTime reads a moment; without a zone it is Beijing's. Excel counts days
// from the end of 1899, or from 1904.
func readTime(c cell, text string, is1904 bool) (time.Time, problem) {
	var at time.Time
	if days, err := strconv.ParseFloat(text, 64); err == nil && c.number && days > 0 && days < 100_000 {
		begin := time.Date(1899, 12, 30, 0, 0, 0, 0, beijing)
		if is1904 {
			begin = time.Date(1904, 1, 1, 0, 0, 0, 0, beijing)
		}
		at = begin.Add(time.Duration(math.Round(days*86400)) * time.Second)
	} else if t, err := time.Parse(time.RFC3339, text); err == nil {
		at = t
	} else {
		t := strings.Trim(strings.Join(strings.Fields(chineseDate.Replace(width.Fold.String(text))), " "), ": ")
		if i := slices.IndexFunc(layouts, func(l string) bool { at, err = time.ParseInLocation(l, t, beijing); return err == nil }); i < 0 {
			return time.Time{}, noTime
		}
	}
	if at.Year() < 2000 || at.Year() > 2100 {
		return time.Time{}, noTime
	}
	return at, nil
}

// What the columns of a few words may say, plain.
var (
	states = map[string]order.State{
		"": order.ToShip, "待发货": order.ToShip, "等待发货": order.ToShip, "未发货": order.ToShip, "待出库": order.ToShip, "等待出库": order.ToShip,
		"已付款": order.ToShip, "已支付": order.ToShip, "买家已付款,等待卖家发货": order.ToShip, "买家已付款等待卖家发货": order.ToShip, "等待卖家发货": order.ToShip,
		"待打单": order.ToShip, "待打印": order.ToShip, "toship": order.ToShip, "paid": order.ToShip, "unfulfilled": order.ToShip, "waitsellerstockout": order.ToShip, "waitsellersendgoods": order.ToShip,
		"已发货": order.Shipped, "已出库": order.Shipped, "已完成": order.Shipped, "已签收": order.Shipped, "交易成功": order.Shipped, "卖家已发货": order.Shipped, "待收货": order.Shipped, "shipped": order.Shipped, "fulfilled": order.Shipped, "completed": order.Shipped,
		"已取消": order.Cancelled, "取消": order.Cancelled, "已关闭": order.Cancelled, "交易关闭": order.Cancelled, "已退款": order.Cancelled, "cancelled": order.Cancelled, "canceled": order.Cancelled, "closed": order.Cancelled, "refunded": order.Cancelled,
		"锁定": order.Locked, "已锁定": order.Locked, "退款中": order.Locked, "申请退款": order.Locked, "申请取消": order.Locked, "locked": order.Locked,
		"暂停": order.Paused, "已暂停": order.Paused, "挂起": order.Paused, "paused": order.Paused, "onhold": order.Paused,
		"待付款": order.Other, "未付款": order.Other, "等待买家付款": order.Other, "unpaid": order.Other, "other": order.Other,
	}
	merchants   = map[string]order.Merchant{"sop": order.SOP, "fbp": order.FBP, "fcs": order.FCS, "自营": order.FCS}
	signReturns = map[string]order.SignReturn{
		"": order.NoReturn, "否": order.NoReturn, "无": order.NoReturn, "不需要": order.NoReturn, "0": order.NoReturn, "no": order.NoReturn, "false": order.NoReturn,
		"是": order.PaperReturn, "普通": order.PaperReturn, "普通返单": order.PaperReturn, "纸质": order.PaperReturn, "1": order.PaperReturn, "yes": order.PaperReturn, "true": order.PaperReturn, "paper": order.PaperReturn,
		"校验身份返单": order.CheckedReturn, "checked": order.CheckedReturn, "电子": order.ElectronicReturn, "电子返单": order.ElectronicReturn, "electronic": order.ElectronicReturn, "both": order.BothReturn,
	}
)
