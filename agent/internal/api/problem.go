package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"miandan/agent/internal/notice"
	"miandan/agent/internal/pairing"
)

// What a *notice.Error of a Station wraps to say which status it deserves.
var (
	ErrNotFound = errors.New("there is no such thing")
	ErrConflict = errors.New("the present state does not allow it")
	ErrFull     = errors.New("the disk is full")
	ErrUnready  = errors.New("not ready")
)

// Problem is an error answer. Client returns it as the error.
type Problem struct {
	Status  int         `json:"-"`
	Code    notice.Code `json:"code" doc:"Programs may rely on it"`
	Message string      `json:"message" doc:"A sentence for people, by Accept-Language"`
}

func (p *Problem) Error() string { return p.Message }

// GetStatus is for huma.
func (p *Problem) GetStatus() int { return p.Status }

// The codes that this package itself answers with.
const (
	hostRefused   notice.Code = "host-refused"
	originRefused notice.Code = "origin-refused"
	methodRefused notice.Code = "method-refused"
	notJSON       notice.Code = "not-json"
	tokenRefused  notice.Code = "token-refused"
	bodyTooLarge  notice.Code = "body-too-large"
	badRequest    notice.Code = "bad-request"
	noSuchRoute   notice.Code = "no-such-route"
	tooManyEvents notice.Code = "too-many-watchers"
	plainRefused  notice.Code = "plain-text-refused"
	leadRefused   notice.Code = "lead-refused"
	adminRefused  notice.Code = "admin-refused"

	sessionRefused notice.Code = "session-refused"
	pageOnly       notice.Code = "page-only"
	socketOnly     notice.Code = "socket-only"
	secretsAwaited notice.Code = "secrets-awaited"
)

// sentence returns the sentence of a code. Those of the gates stand here,
// beside what they are about; all others are package notice's.
func sentence(l notice.Language, c notice.Code, args ...any) string {
	var s [2]string
	switch c {
	case hostRefused:
		s = [2]string{"This address is not the agent's. Open the page from the tray.", "这不是本程序的地址。请从托盘图标打开页面。"}
	case originRefused:
		s = [2]string{"Another web page may not do this. Open the page from the tray.", "其他网页无权操作。请从托盘图标打开页面。"}
	case methodRefused:
		s = [2]string{"This cannot be asked in this way (wrong HTTP method).", "请求方式不对（HTTP 方法错误）。"}
	case notJSON:
		s = [2]string{"Only Content-Type: application/json is taken.", "只接受 Content-Type: application/json。"}
	case tokenRefused:
		s = [2]string{"The agent was restarted since this page was opened. Load the page again.", "本页打开之后程序重新启动过。请刷新页面。"}
	case bodyTooLarge:
		s = [2]string{"The request is too large: 64 KiB is the most, and 4 MiB of a job.", "请求过大：最多 64 KiB，打印任务（jobs）最多 4 MiB。"}
	case badRequest:
		s = [2]string{"The request does not have the form that the API describes.", "请求格式与接口说明不符。"}
	case noSuchRoute:
		s = [2]string{"There is nothing at this address.", "没有这个地址。"}
	case tooManyEvents:
		s = [2]string{"Too many pages are open. Close some and load this one again.", "打开的页面太多。请关闭一些后刷新本页。"}
	case plainRefused:
		s = [2]string{"Another program's page may not see whole names and numbers. Use the agent's own page, or at the command line: miandan orders reveal ORDER.", "其他程序的网页不能查看完整的姓名和号码。请使用本程序的页面，或命令行：miandan orders reveal 订单号。"}
	case leadRefused:
		s = [2]string{"This takes a lead. Ask yours to unlock the page with the lead's PIN.", "此操作需要组长权限，请组长在页面上输入 PIN 解锁。"}
	case adminRefused:
		s = [2]string{"This takes an administrator: unlock the page with the administrator's PIN, or use the command line.", "此操作需要管理员权限：请在页面上输入管理员 PIN 解锁，或使用命令行。"}
	case sessionRefused:
		s = [2]string{"Open the page from the tray, or at the command line: miandan page.", "请从托盘图标打开页面，或在命令行运行：miandan page。"}
	case pageOnly:
		s = [2]string{"Only the agent's own page can ask this.", "只有本程序自己的页面可以这样请求。"}
	case socketOnly:
		s = [2]string{"No page may ask this; use the tray or the command line.", "网页不能这样请求，请使用托盘图标或命令行。"}
	case callerBlocked:
		s = [2]string{"This page may not print here. Whoever looks after the station can let it in on the agent's page, under Callers.", "此网页不允许在本机打印。本机管理人员可在本程序页面的“网页授权”中放行。"}
	case callerRefused:
		s = [2]string{"Nobody at the station has let this page print. Have somebody open the agent's page there, then try again.", "本机无人同意此网页打印。请让现场人员打开本程序页面，然后重试。"}
	case callerToken:
		s = [2]string{"The page has not shown its token, or it is no longer valid. Pair it again.", "网页没有提供有效的令牌，请重新配对。"}
	case tooManyRequests:
		s = [2]string{"This page asks too often. It can go on in a minute.", "此网页请求过于频繁，请一分钟后再试。"}
	case tooManyLabels:
		s = [2]string{"This page has printed as many labels as it may within an hour. Somebody at the station can allow more on the agent's page, under Callers.", "此网页一小时内打印的面单数已达上限。现场人员可在本程序页面的“网页授权”中允许继续。"}
	case tooManySockets:
		s = [2]string{"This page has too many connections open. Close some of its tabs.", "此网页打开的连接过多，请关闭一些标签页。"}
	case noSuchCode:
		s = [2]string{"This code opens nothing: it was used, it is older than half a minute, or it was typed wrongly. Open the page from the tray, or get a new code: miandan page.", "此代码无效：已使用过、超过半分钟或输入有误。请从托盘图标打开页面，或重新获取代码：miandan page。"}
	default:
		return notice.Text(l, c, args...)
	}
	return s[l]
}

// problem turns an error of a Station into an answer.
func problem(err error, l notice.Language) *Problem {
	p := &Problem{Status: http.StatusInternalServerError, Code: notice.Internal}
	var args []any
	if n, ok := errors.AsType[*notice.Error](err); ok {
		p.Status, p.Code, args = http.StatusUnprocessableEntity, n.Code, n.Args
	}
	switch {
	case errors.Is(err, ErrNotFound):
		p.Status = http.StatusNotFound
	case errors.Is(err, ErrConflict):
		p.Status = http.StatusConflict
	case errors.Is(err, ErrFull):
		p.Status = http.StatusInsufficientStorage
	case errors.Is(err, ErrUnready):
		p.Status = http.StatusServiceUnavailable
	case p.Code == notice.Internal:
		p.Status = http.StatusInternalServerError
		if len(args) == 0 {
			args = []any{"api"}
		}
	}
	p.Message = sentence(l, p.Code, args...)
	return p
}

// refuse answers a request that does not reach a route.
func refuse(w http.ResponseWriter, r *http.Request, l notice.Language, status int, c notice.Code) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		json.NewEncoder(w).Encode(Problem{Code: c, Message: sentence(LanguageOf(r, l), c)})
	}
}

// The channels: our own page on the loopback port, a page of another origin there,
// and the unix socket.
const (
	page  = "page"
	guest = "caller"
	local = "local"
)

// caller is what a request's context carries past the gates.
type caller struct {
	channel  string
	session  string         // of the page; empty where there is none
	origin   pairing.Origin // of a guest
	peer     peer           // on the local channel
	role     Role
	language notice.Language
}

type callerKey struct{}

func callerOf(ctx context.Context) caller {
	c, _ := ctx.Value(callerKey{}).(caller)
	return c
}

// who names the caller for the audit.
func (c caller) who(name string) string {
	if c.channel == guest {
		name = string(c.origin)
	}
	if c.peer.user != "" {
		name = c.peer.user
	}
	if name == "" {
		return c.channel
	}
	return fmt.Sprintf("%s:%s", c.channel, name)
}
