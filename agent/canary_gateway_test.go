package main

import (
	"bytes"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"

	"miandan/agent/internal/canary"
	"miandan/agent/internal/jos/jdsim"
)

// tattler stands before the gateway and now and then answers in its place,
// each time in another way in which people's data comes back in an answer that
// nobody expects: in the words of a carrier, in what is no JSON, in fields that
// should hold something else, in headers.
type tattler struct {
	gateway *jdsim.Gateway
	people  []canary.Person
	whole   *canary.Scanner
	most    int // how often each tale is told of each method

	mu    sync.Mutex
	calls map[string]int
	told  map[string]int // by tale and method
	turns int
	alone sync.RWMutex // a refusal waits until it is alone with its call
}

func newTattler(g *jdsim.Gateway, people []canary.Person, most int) *tattler {
	return &tattler{gateway: g, people: people, whole: canary.New(people), most: most, calls: map[string]int{}, told: map[string]int{}}
}

// tale is one way to answer a call about p. What is nil is answered as always.
type tale struct {
	name string
	// answer writes an answer in place of the gateway's.
	answer func(w http.ResponseWriter, form string, reply []byte, p canary.Person)
	// words are the carrier's when it refuses.
	words func(p canary.Person) string
	// sentence says that the people are in a sentence of the gateway's own.
	sentence bool
}

func about(p canary.Person) string {
	return fmt.Sprintf("%s %s %s %s %s %s", p.Name, p.Mobile, p.Landline, p.Virtual, p.Address, p.Remark)
}

// given, roadOf and roomOf are parts that a carrier may quote alone.
func given(p canary.Person) string { return string([]rune(p.Name)[1:]) }

func roadOf(p canary.Person) string {
	road, _, _ := strings.Cut(p.Address, "路")
	return road + "路"
}

func roomOf(p canary.Person) string {
	_, room, _ := strings.Cut(p.Address, "号")
	return room
}

func quote(format string) func(http.ResponseWriter, string, []byte, canary.Person) {
	return func(w http.ResponseWriter, form string, _ []byte, p canary.Person) {
		w.Header().Set("Content-Type", "application/json;charset=utf-8")
		fmt.Fprintf(w, format, p.Name, p.Mobile, p.Address)
	}
}

var (
	phoneField  = regexp.MustCompile(`"(mobile|telephone|phone)":"(\d+)[^"]*"`)
	textField   = regexp.MustCompile(`"(fullname|fullAddress|userRemark|orderRemark)":("[^"]*")`)
	strayFields = regexp.MustCompile(`"(orderStartTime|paymentConfirmTime|modified|orderPayment|freightPrice|orderTotalPrice|itemTotal|jdPrice|orderTotal|payType|orderType|venderId|provinceId|cityId|desen_mobile)":"?[^",}]*"?`)
)

// tales are told one after the other.
var tales = []tale{
	{name: "a page of HTML that echoes the request", answer: func(w http.ResponseWriter, form string, reply []byte, p canary.Person) {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusBadGateway)
		fmt.Fprintf(w, "<html><title>502 %s</title><pre>%s\n%s\n%s</pre></html>", p.Name, html.EscapeString(form), url.QueryEscape(form), about(p))
	}},
	{name: "JSON that breaks off", answer: func(w http.ResponseWriter, _ string, reply []byte, p canary.Person) {
		w.Write(append(reply[:len(reply)*2/3], fmt.Sprintf(`,,"%s":%s`, p.Name, p.Mobile)...))
	}},
	{name: "text in place of JSON", answer: func(w http.ResponseWriter, _ string, _ []byte, p canary.Person) { fmt.Fprint(w, about(p)) }},
	{name: "a number that begins with a person", answer: quote(`%[2]s`)},
	{name: "other types", answer: func(w http.ResponseWriter, _ string, reply []byte, p canary.Person) {
		reply = phoneField.ReplaceAll(reply, []byte(`"$1":$2.5`))
		w.Write(textField.ReplaceAll(reply, []byte(`"$1":[$2,{"a":$2}]`)))
	}},
	{name: "fields that have moved", answer: func(w http.ResponseWriter, _ string, reply []byte, p canary.Person) {
		w.Write(strayFields.ReplaceAll(reply, fmt.Appendf(nil, `"$1":"%s %s"`, p.Name, p.Mobile)))
	}},
	{name: "fields that are numbers", answer: func(w http.ResponseWriter, _ string, reply []byte, p canary.Person) {
		w.Write(strayFields.ReplaceAll(reply, fmt.Appendf(nil, `"$1":%s`, p.Mobile)))
	}},
	{name: "five megabytes", sentence: true, answer: func(w http.ResponseWriter, _ string, _ []byte, p canary.Person) {
		text := p.Name + p.Mobile + p.Address
		fmt.Fprintf(w, `{"error_response":{"code":"0","zh_desc":"%s"}}`, strings.Repeat(text, 5<<20/len(text)))
	}},
	{name: "the gateway's error", sentence: true, answer: quote(`{"error_response":{"code":"43","zh_desc":"系统处理错误：收件人%[1]s，电话%[2]s，地址%[3]s","en_desc":"receiver %[1]s"}}`)},
	{name: "a person for a code", sentence: true, answer: quote(`{"error_response":{"code":"%[1]s","zh_desc":"%[2]s","en_desc":"%[3]s"}}`)},
	{name: "a telephone number for a code", sentence: true, answer: quote(`{"error_response":{"code":%[2]s,"zh_desc":"%[1]s"}}`)},
	{name: "a signature that is wrong, with all that was signed", sentence: true, answer: func(w http.ResponseWriter, form string, _ []byte, p canary.Person) {
		fmt.Fprintf(w, `{"error_response":{"code":"12","zh_desc":"无效签名 %s","en_desc":"%s"}}`, strings.Trim(strings.ReplaceAll(form, `"`, `'`), "\n"), p.Name)
	}},
	{name: "a way to elsewhere", answer: func(w http.ResponseWriter, _ string, _ []byte, p canary.Person) {
		w.Header().Set("Location", "http://127.0.0.1:1/"+url.PathEscape(p.Address)+"?name="+url.QueryEscape(p.Name)+"&mobile="+p.Mobile)
		w.WriteHeader(http.StatusTemporaryRedirect)
	}},
	{name: "a status that names somebody", answer: raw("HTTP/1.1 500 %[1]s %[2]s %[3]s\r\nContent-Length: 0\r\n\r\n")},
	{name: "no HTTP", answer: raw("%[1]s %[2]s %[3]s\r\n\r\n")},
	{name: "a header without a name", answer: raw("HTTP/1.1 200 OK\r\n%[1]s %[2]s %[3]s\r\n\r\n")},
	{name: "a length that is a person", answer: raw("HTTP/1.1 200 OK\r\nContent-Length: %[1]s%[2]s\r\n\r\n%[3]s")},
	{name: "gzip that is none", answer: raw("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Type: %[1]s; charset=%[2]s\r\nConnection: close\r\n\r\n%[3]s")},

	{name: "refused with the whole receiver", words: func(p canary.Person) string {
		return "收件人" + p.Name + "，电话" + p.Mobile + "，地址" + p.Address + "，不符合要求"
	}},
	{name: "refused with the address", words: func(p canary.Person) string { return "地址" + p.Address + "超区" }},
	{name: "refused with the road", words: func(p canary.Person) string { return roadOf(p) + "停发" }},
	{name: "refused with the room", words: func(p canary.Person) string { return roomOf(p) + "无法识别" }},
	{name: "refused with the name less its first character", words: func(p canary.Person) string { return given(p) + "先生：信息有误" }},
	{name: "refused with the phone in groups", words: func(p canary.Person) string {
		return "号码 " + p.Mobile[:3] + " " + p.Mobile[3:7] + " " + p.Mobile[7:] + " 空号，座机 (" + p.Landline[:4] + ") " + p.Landline[5:] + "，备注" + p.Remark
	}},
	{name: "refused with what the order has, without a break", words: func(p canary.Person) string {
		return p.Name + p.Mobile + p.Address + p.Remark + "系统异常"
	}},
}

func raw(format string) func(http.ResponseWriter, string, []byte, canary.Person) {
	return func(w http.ResponseWriter, _ string, _ []byte, p canary.Person) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		defer conn.Close()
		fmt.Fprintf(conn, format, p.Name, p.Mobile, p.Address)
	}
}

// tells reports whether the request of a method says whom the parcel goes to.
// In the gateway's own sentences people are only told of those calls: what the
// agent did not say itself it cannot recognise in a sentence. Numbers and long
// runs of Latin letters are hidden there, hanzi are not.
func tells(method string) bool { return strings.HasSuffix(method, "waybill.receive") }

func (q *tattler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, "cannot be read", http.StatusBadRequest)
		return
	}
	form := url.Values{}
	if v, err := url.ParseQuery(string(body)); err == nil {
		form = v
	}
	for name, v := range r.URL.Query() {
		form[name] = append(form[name], v...)
	}
	decoded, err := url.QueryUnescape(string(body))
	if err != nil {
		decoded = string(body)
	}
	method := form.Get("method")
	if method == "" {
		method = r.URL.Path
	}
	t := q.next(method)
	forward := func() *httptest.ResponseRecorder {
		again := r.Clone(r.Context())
		again.Body, again.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		rec := httptest.NewRecorder()
		q.gateway.All().ServeHTTP(rec, again)
		return rec
	}
	copyOut := func(rec *httptest.ResponseRecorder) {
		for name, v := range rec.Header() {
			w.Header()[name] = v
		}
		w.WriteHeader(rec.Code)
		w.Write(rec.Body.Bytes())
	}
	p, said := q.whom([]byte(decoded))
	if t != nil && (t.sentence || t.words != nil) && !said {
		t = nil // the agent has named nobody here
	}
	if t == nil || t.words == nil {
		q.alone.RLock()
		defer q.alone.RUnlock()
		rec := forward()
		if t == nil {
			copyOut(rec)
			return
		}
		if !said {
			if p, said = q.whom(rec.Body.Bytes()); !said {
				p = q.people[len(method)%len(q.people)]
			}
		}
		t.answer(w, decoded, rec.Body.Bytes(), p)
		return
	}
	q.alone.Lock()
	defer q.alone.Unlock()
	stop := q.gateway.Misbehave(jdsim.Fault{Kind: jdsim.Refuse, Method: method, Code: "-1", Message: t.words(p), Times: 1})
	defer stop()
	copyOut(forward())
}

// next says how a call is answered; nil is the gateway's own way. The first
// calls of a method are, and then every other one of those that say whom a
// parcel goes to and two of three of the rest.
func (q *tattler) next(method string) *tale {
	q.mu.Lock()
	defer q.mu.Unlock()
	n := q.calls[method]
	q.calls[method]++
	often := 3
	if tells(method) {
		often = 2
	}
	if n < 2 || n%often != 0 {
		return nil
	}
	for _, special := range []bool{tells(method), false} { // what only these can be told goes first
		for i := range tales {
			at := (q.turns + i) % len(tales)
			t := &tales[at]
			if key := t.name + " to " + method; q.told[key] < q.most && (t.words != nil || t.sentence) == special {
				q.told[key]++
				q.turns = at + 1
				return t
			}
		}
	}
	return nil
}

// whom returns the first person that a text names.
func (q *tattler) whom(text []byte) (canary.Person, bool) {
	hits, err := q.whole.Bytes("call", text[:min(len(text), 16<<10)])
	if err != nil || len(hits) == 0 {
		return canary.Person{}, false
	}
	return q.people[hits[0].Person], true
}

// untold lists the tales that nobody was told.
func (q *tattler) untold() []string {
	q.mu.Lock()
	defer q.mu.Unlock()
	var list []string
	for _, t := range tales {
		if !slices.ContainsFunc(keysOf(q.told), func(k string) bool { return strings.HasPrefix(k, t.name+" to ") }) {
			list = append(list, t.name)
		}
	}
	return list
}

func keysOf(m map[string]int) (list []string) {
	for k := range m {
		list = append(list, k)
	}
	return list
}
