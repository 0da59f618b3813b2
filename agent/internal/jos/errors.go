package jos

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"miandan/agent/internal/notice"
	"miandan/agent/internal/outbound"
)

// Error is a call that the gateway, or what stands behind it, answered with an
// error.
type Error struct {
	Method  string
	Code    string
	Message string // JD's words, without anything about a person
	Inner   bool   // it stood in the method's own answer, so something behind the gateway was asked
}

func (e *Error) Error() string {
	if e.Message == "" {
		return fmt.Sprintf("%s: error %s", name(e.Method), e.Code)
	}
	return fmt.Sprintf("%s: error %s: %s", name(e.Method), e.Code, e.Message)
}

// Refused reports whether the gateway gave this error before it asked anything
// behind it, so that the call has had no effect.
//
// Codes 4 to 21 are the gateway's checks of the system parameters. Not all of
// them have a known meaning, but none is about the method itself.
func (e *Error) Refused() bool {
	if e.Inner {
		return false
	}
	n, err := strconv.Atoi(e.Code)
	return faults[e.Code].refused || err == nil && n >= 4 && n <= 21
}

// The notices of this package.
const (
	NoticeUnreachable notice.Code = "jd-unreachable"
	NoticeCertificate notice.Code = "jd-certificate"
	NoticeAnswer      notice.Code = "jd-answer"
	NoticeQuota       notice.Code = "jd-quota"
	NoticeClock       notice.Code = "jd-clock"
	NoticeSignature   notice.Code = "jd-signature"
	NoticeMethod      notice.Code = "jd-method"
	NoticeToken       notice.Code = "jd-token-expired"
	NoticeAppKey      notice.Code = "jd-app-key"
	NoticePermission  notice.Code = "jd-no-permission" // takes the method's name
	NoticeBackEnd     notice.Code = "jd-back-end"
	NoticeError       notice.Code = "jd-error" // takes JD's code
	NoticeNotSetUp    notice.Code = "jd-not-set-up"
	NoticeGateway     notice.Code = "jd-gateway"
	codeUnreachable               = "66"
	codeQuota                     = "2"
)

// faults is what is known of the gateway's codes. 43 and 50 to 67 come from
// the gateway's way to what stands behind it; their meaning is remembered, not
// documented, so none of them may count as refused.
var faults = map[string]fault{
	"2":  {NoticeQuota, true},
	"4":  {NoticeMethod, true}, // version missing, unsupported
	"5":  {NoticeMethod, true},
	"7":  {NoticeClock, true},
	"8":  {NoticeClock, true},
	"11": {NoticeSignature, true},
	"12": {NoticeSignature, true},
	"14": {NoticeMethod, true},
	"15": {NoticeMethod, true},
	"18": {NoticeToken, true},
	"19": {NoticeToken, true},
	"20": {NoticeAppKey, true},
	"21": {NoticeAppKey, true},
	"24": {NoticePermission, true},
	"43": {NoticeBackEnd, false},
	"50": {NoticeBackEnd, false},
	"60": {NoticeBackEnd, false},
	"61": {NoticeBackEnd, false},
	"62": {NoticeBackEnd, false},
	"63": {NoticeBackEnd, false},
	"64": {NoticeBackEnd, false},
	"65": {NoticeBackEnd, false},
	"66": {NoticeBackEnd, false},
	"67": {NoticeBackEnd, false},
}

type fault struct {
	notice  notice.Code
	refused bool
}

// CodeOf returns the code that JD gave with err, or the empty string.
func CodeOf(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// NoEffect reports whether a call that failed with err provably changed
// nothing: it never left, or the gateway turned it away itself.
func NoEffect(err error) bool {
	var e *Error
	var n *notice.Error
	switch {
	case errors.Is(err, ErrNoToken):
		return true
	case errors.As(err, &e):
		return e.Refused()
	case outbound.Unsent(err):
		return true
	case errors.As(err, &n):
		return n.Code == NoticeNotSetUp || n.Code == NoticeGateway || n.Code == notice.Internal
	}
	return false
}

// ErrNoToken reports that a call was not made since there is no authorisation
// to make it with.
var ErrNoToken = errors.New("no authorisation")

// noToken keeps the sentence of why there is none.
func noToken(err error) error {
	n := notice.New(NoticeToken, nil)
	errors.As(err, &n)
	return notice.New(n.Code, fmt.Errorf("%w: %w", ErrNoToken, err), n.Args...)
}

// TurnedAway reports whether the gateway itself did not take the authorisation.
func TurnedAway(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Refused() && faults[e.Code].notice == NoticeToken
}

func refused(e *Error) error {
	e.Code, e.Message = outbound.Code(e.Code), outbound.Words(e.Message)
	f, ok := faults[e.Code]
	if !ok {
		return notice.New(NoticeError, e, e.Code)
	}
	if f.notice == NoticePermission {
		return notice.New(f.notice, e, name(e.Method))
	}
	return notice.New(f.notice, e)
}

// quotes hides in the gateway's words what the call's parameters say: they may
// name the receiver.
func (e *Error) quotes(params any) {
	if sent, err := encode(params); err == nil {
		e.Message = outbound.Words(e.Message, outbound.Texts(sent)...)
	}
}

func broken(method string, why error) error {
	return notice.New(NoticeAnswer, fmt.Errorf("%s: %w", name(method), why))
}

func unreachable(method string, err error) error {
	err = fmt.Errorf("%s: %w", name(method), err)
	if errors.Is(err, outbound.ErrBadTarget) {
		return badGateway(method)
	}
	if outbound.Certificate(err) {
		return notice.New(NoticeCertificate, err)
	}
	return notice.New(NoticeUnreachable, err)
}

func notConfigured(method string) error {
	return notice.New(NoticeNotSetUp, fmt.Errorf("%s: no app key or no app secret", name(method)))
}

func badGateway(method string) error {
	return notice.New(NoticeGateway, fmt.Errorf("%s: the gateway's address is no URL", name(method)))
}

// Broken is the error of an answer that came whole but does not say what the
// method is known to say.
func Broken(method, why string) error { return broken(method, errors.New(why)) }

// name is a method as people write it, without the prefix that all share.
func name(method string) string { return strings.TrimPrefix(method, "jingdong.") }
