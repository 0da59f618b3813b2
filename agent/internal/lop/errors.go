package lop

import (
	"errors"
	"fmt"
	"strconv"

	"miandan/agent/internal/jos"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/outbound"
)

// Error is a call that the platform's gateway answered with an error.
type Error struct {
	API     API
	Code    string
	Message string // the platform's words, without anything about a person
	Trace   string // the platform's name for the call; empty if it gave none

	noEffect bool
	token    bool // the authorisation was turned away
}

func (e *Error) Error() string {
	s := fmt.Sprintf("%s: error %s", e.API, e.Code)
	if e.Message != "" {
		s += ": " + e.Message
	}
	return s + traced(e.Trace)
}

func traced(trace string) string {
	if trace == "" {
		return ""
	}
	return " (trace " + trace + ")"
}

// The notices of this package.
const (
	NoticeUnreachable notice.Code = "jdl-unreachable"
	NoticeCertificate notice.Code = "jdl-certificate"
	NoticeAnswer      notice.Code = "jdl-answer"
	NoticeQuota       notice.Code = "jdl-quota"
	NoticeClock       notice.Code = "jdl-clock"
	NoticeSignature   notice.Code = "jdl-signature"
	NoticeMethod      notice.Code = "jdl-method"
	NoticeToken       notice.Code = "jdl-token-expired"
	NoticeAppKey      notice.Code = "jdl-app-key"
	NoticePermission  notice.Code = "jdl-no-permission" // takes the interface's path
	NoticeBackEnd     notice.Code = "jdl-back-end"
	NoticeError       notice.Code = "jdl-error" // takes the platform's code
	NoticeNotSetUp    notice.Code = "jdl-not-set-up"
	NoticeGateway     notice.Code = "jdl-gateway"
	NoticeAlgorithm   notice.Code = "jdl-algorithm"
)

// Fault is what one of the gateway's codes means.
type Fault struct {
	Notice notice.Code
	// NoEffect is set for a code that the gateway gives before it asks
	// anything behind it, so that the call may be made again.
	NoEffect bool
}

// Faults returns what the gateway's codes are taken to mean. No list of them is
// public. Those of JD's other gateway are assumed, since this one repeats its
// texts; the only number seen in a published note is 62, for a body that is no
// list. Hence Client.Faults.
func Faults() map[int]Fault {
	return map[int]Fault{
		2:  {NoticeQuota, true},
		4:  {NoticeMethod, true},
		5:  {NoticeMethod, true},
		7:  {NoticeClock, true},
		8:  {NoticeClock, true},
		11: {NoticeSignature, true},
		12: {NoticeSignature, true},
		14: {NoticeMethod, true},
		15: {NoticeMethod, true},
		18: {NoticeToken, true},
		19: {NoticeToken, true},
		20: {NoticeAppKey, true},
		21: {NoticeAppKey, true},
		24: {NoticePermission, true},
		43: {NoticeBackEnd, false},
		62: {NoticeMethod, false},
		66: {NoticeBackEnd, false},
		67: {NoticeBackEnd, false},
	}
}

// CodeOf returns the code that the platform gave with err, or the empty string.
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
	case errors.Is(err, jos.ErrNoToken):
		return true
	case errors.As(err, &e):
		return e.noEffect
	case outbound.Unsent(err):
		return true
	case errors.As(err, &n):
		switch n.Code {
		case NoticeNotSetUp, NoticeGateway, NoticeAlgorithm, notice.Internal:
			return true
		}
	}
	return false
}

// Broken is the error of an answer that came whole but does not say what the
// interface is known to say.
func Broken(api API, why string) error { return broken(api, "", errors.New(why)) }

func (c *Client) refused(e *Error) error {
	faults := c.Faults
	if faults == nil {
		faults = Faults()
	}
	n, err := strconv.Atoi(e.Code)
	f, ok := faults[n]
	if err != nil || !ok {
		return notice.New(NoticeError, e, e.Code)
	}
	e.noEffect, e.token = f.NoEffect, f.Notice == NoticeToken
	if e.token && c.JOS {
		return notice.New(jos.NoticeToken, e)
	}
	switch f.Notice {
	case NoticePermission:
		return notice.New(f.Notice, e, e.API.String())
	case NoticeError:
		return notice.New(f.Notice, e, e.Code)
	}
	return notice.New(f.Notice, e)
}

// turnedAway reports whether the gateway itself did not take the authorisation.
func turnedAway(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.token && e.noEffect
}

// noToken keeps the sentence of why there is no authorisation, but for one that
// has ended: it is this platform's, unless that of the other one serves both.
func (c *Client) noToken(api API, err error) error {
	n := notice.New(jos.NoticeToken, nil)
	errors.As(err, &n)
	code := n.Code
	if code == jos.NoticeToken && !c.JOS {
		code = NoticeToken
	}
	return notice.New(code, fmt.Errorf("%s: %w: %w", api, jos.ErrNoToken, err), n.Args...)
}

func broken(api API, trace string, why error) error {
	return notice.New(NoticeAnswer, fmt.Errorf("%s: %w%s", api, why, traced(trace)))
}

func unreachable(api API, err error) error {
	if errors.Is(err, outbound.ErrBadTarget) {
		return badGateway(api)
	}
	if outbound.Certificate(err) {
		return notice.New(NoticeCertificate, fmt.Errorf("%s: %w", api, err))
	}
	return notice.New(NoticeUnreachable, fmt.Errorf("%s: %w", api, err))
}

func badGateway(api API) error {
	return notice.New(NoticeGateway, fmt.Errorf("%s: the gateway's address is no URL", api))
}
