// Package cainiao hands a label to a platform's own print component, which
// listens on this computer and alone can open that platform's sealed waybills:
// 菜鸟云打印 of Taobao and Tmall, and those of Pinduoduo, Douyin, Kuaishou and
// Xiaohongshu, which speak Cainiao's protocol with small differences.
//
// To the rest of the program it is a way to a printer, as JD's component is. The
// document is sealed, so nothing of it can be drawn, checked or kept here; it is
// passed on byte for byte.
//
// Two things set it apart from JD's. The component speaks up by itself when a
// document has been rendered and when it has been given to the printer, in one
// order or the other and with the reply to the task before, between or behind.
// And it can be asked later what became of a task, by the name that we gave it,
// so that a line that breaks is no doubt yet: the component is asked again before
// a person is. Its "printed" is the spooler's, and so presumed and no more.
//
// The protocol has no caller authentication on either side. Whoever took the
// port first gets the sealed data, which is of no use without the platform's key.
package cainiao

import (
	"net/url"

	"miandan/agent/internal/carrier/component/line"
	"miandan/printer"
)

// Dialect is how one platform's component differs from Cainiao's.
type Dialect struct {
	// Name is the platform's, and its documents': "cainiao", "pdd", "douyin",
	// "kuaishou", "xiaohongshu".
	Name   string
	Vendor string // the platform as people call it, in both languages

	form line.Form
	// callers are settings that name the calling program in every request, by the
	// request's field.
	callers map[string]string
	// notifies says that a task names the notices that it wants. Only Cainiao's own
	// documentation knows the field; what the others do with it is not known.
	notifies bool
}

// Scheme is that of the component's printers, "cainiao-component".
func (d Dialect) Scheme() string { return d.form.Scheme }

func dialect(name, port, securePort, path string, vendor string) Dialect {
	return Dialect{Name: name, Vendor: vendor, form: line.Form{Scheme: name + "-component", Port: port, SecurePort: securePort, Path: path}}
}

// Dialects returns all that are known.
func Dialects() []Dialect {
	cainiao := dialect("cainiao", "13528", "13529", "", "Cainiao 菜鸟")
	cainiao.notifies = true
	pdd := dialect("pdd", "5000", "18653", "", "Pinduoduo 拼多多")
	pdd.callers = map[string]string{"erp": "ERPId", "isv": "ISVName"}
	pdd.form.Settings = []string{"erp", "isv"}
	return []Dialect{
		cainiao,
		pdd,
		dialect("douyin", "13888", "13999", "", "Douyin 抖店"),
		dialect("kuaishou", "16888", "16889", "/ks/printer", "Kuaishou 快手"),
		// Older ones listen on 14528. No TLS port is known.
		dialect("xiaohongshu", "10818", "", "", "Xiaohongshu 小红书"),
	}
}

// DialectOf returns the dialect with a name or, with "-component" behind it, a
// scheme.
func DialectOf(name string) (Dialect, bool) {
	for _, d := range Dialects() {
		if d.Name == name || d.Scheme() == name {
			return d, true
		}
	}
	return Dialect{}, false
}

// Open returns the way to a printer that the URL names; it connects to nothing.
//
//	cainiao-component://127.0.0.1:13528/PRINTER NAME
//	pdd-component:///PRINTER NAME?erp=NUMBER&isv=NAME
//
// What may stand behind a question mark is in line.Form; Pinduoduo's component
// is told ERPId and ISVName besides.
func (d Dialect) Open(u *url.URL) (printer.Transport, error) {
	t, err := d.open(u)
	if err != nil {
		return nil, err
	}
	return t, nil
}

func (d Dialect) open(u *url.URL) (*Transport, error) {
	address, query, err := d.form.Parse(u)
	if err != nil {
		return nil, err
	}
	t := &Transport{dialect: d, address: address, caller: map[string]string{}}
	for setting, field := range d.callers {
		if v := query.Get(setting); v != "" {
			t.caller[field] = v
		}
	}
	return t, nil
}
