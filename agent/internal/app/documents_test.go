package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"miandan/agent/internal/api"
	"miandan/agent/internal/app"
	"miandan/agent/internal/carrier/component/cainiaosim"
	"miandan/agent/internal/cli"
	"miandan/agent/internal/config"
	"miandan/agent/internal/host"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/agent/internal/seal"
)

var platformKey = cainiaosim.NewKey("documents")

// platform is a simulated component and the agent's address of its printer.
type platform struct {
	*cainiaosim.Component
	style cainiaosim.Style
	url   string
}

func component(t *testing.T, style cainiaosim.Style, patience time.Duration) *platform {
	t.Helper()
	c, err := cainiaosim.New(cainiaosim.Config{Style: style, Key: platformKey})
	if err != nil {
		t.Fatal(err)
	}
	at, err := c.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	hostPort, _, _ := strings.Cut(strings.TrimPrefix(at, "ws://"), "/")
	return &platform{c, style, fmt.Sprintf("%s-component://%s/%s?patience=%v", style.Name, hostPort, url.PathEscape("HPRT R42D"), patience)}
}

// sealed is a label as somebody hands it in, and what nobody but the component may
// ever read of it.
func (p *platform) sealed(order, number string) (body []byte, secret string) {
	content := platformKey.Seal(p.style, number)
	var parts struct{ EncryptedData string }
	json.Unmarshal(content, &parts)
	beside := ""
	if p.style.Name == "kuaishou" {
		beside = fmt.Sprintf(`"beside":{"waybillCode":%q,"ksOrderFlag":true},`, number)
	}
	return fmt.Appendf(nil, `{"dialect":%q,"contents":[%s],%s"size":"76x130","waybill":%q,"order":%q,"carrier":"ZTO"}`, p.style.Name, content, beside, number, order), parts.EncryptedData
}

// out is how often a label came out.
func (p *platform) out(number string) (n int) {
	for _, e := range p.Journal() {
		if e.Waybill == number {
			n++
		}
	}
	return n
}

// desk is an agent with printers of components and nothing else.
type desk struct {
	*app.App
	data string
	api  *api.Client
	stop func()
	said *sayings
}

type sayings struct {
	mu    sync.Mutex
	codes []notice.Code
}

func newDesk(t *testing.T, printers ...*platform) *desk {
	t.Helper()
	dir := t.TempDir()
	t.Setenv(seal.KeysEnv, filepath.Join(dir, "keys"))
	d := &desk{data: filepath.Join(dir, "data")}
	var settings strings.Builder
	for _, p := range printers {
		fmt.Fprintf(&settings, "[[printer]]\nname = %q\nurl = %q\nlanguage = \"sealed\"\npaper = \"76x130\"\n\n", p.style.Name, p.url)
	}
	settings.WriteString("[listen]\naddress = \"127.0.0.1:0\"\n\n[log]\nlevel = \"debug\"\n")
	if err := os.MkdirAll(d.data, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(d.data, config.FileName), []byte(settings.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	d.start(t, nil)
	return d
}

func (d *desk) start(t *testing.T, clock func() time.Time) {
	t.Helper()
	d.said = &sayings{}
	said := d.said
	a, err := app.Open(t.Context(), app.Options{Data: d.data, Config: filepath.Join(d.data, config.FileName), Clock: clock, Say: func(n *notice.Error) {
		said.mu.Lock()
		defer said.mu.Unlock()
		said.codes = append(said.codes, n.Code)
	}})
	if err != nil {
		t.Fatal(err)
	}
	d.App = a
	socket, err := host.SocketPath(d.data)
	if err != nil {
		t.Fatal(err)
	}
	d.api = api.Local(socket, notice.English)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	d.stop = sync.OnceFunc(func() {
		cancel()
		if err := errors.Join(<-done, a.Close()); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(d.stop)
}

// powerLoss is another agent on the data folder as it lies on the disk now. The
// first goes on and is nobody's any more.
func (d *desk) powerLoss(t *testing.T) *desk {
	t.Helper()
	copied := &desk{data: filepath.Join(t.TempDir(), "data")}
	err := filepath.WalkDir(d.data, func(path string, e fs.DirEntry, err error) error {
		to := filepath.Join(copied.data, strings.TrimPrefix(path, d.data))
		switch {
		case err != nil:
			return err
		case e.IsDir():
			return os.MkdirAll(to, 0o700)
		case !e.Type().IsRegular(): // the socket
			return nil
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(to, content, 0o600)
	})
	if err != nil {
		t.Fatal(err)
	}
	copied.start(t, nil)
	return copied
}

func (d *desk) row(t *testing.T, id string) ledger.Row {
	t.Helper()
	rows, err := d.Ledger.Rows(t.Context(), ledger.Filter{Order: id})
	if err != nil || len(rows) != 1 {
		t.Fatalf("%d rows of %s, %v", len(rows), id, err)
	}
	return rows[0]
}

func (d *desk) until(t *testing.T, id string, want ledger.LabelState) ledger.Row {
	t.Helper()
	for range 2400 {
		if r := d.row(t, id); r.Label == want {
			return r
		}
		time.Sleep(25 * time.Millisecond)
	}
	t.Fatalf("the label of %s is %s, never %s: %+v", id, d.row(t, id).Label, want, d.row(t, id).Problem)
	return ledger.Row{}
}

// Each platform's label comes out of its own component, once, and nothing of what
// is sealed lies about.
func TestDocumentsArePrintedOnce(t *testing.T) {
	var all []*platform
	for _, style := range cainiaosim.Styles() {
		if !style.Newer { // the name is the same, and so would be the printer's
			all = append(all, component(t, style, 20*time.Second))
		}
	}
	d := newDesk(t, all...)
	var secrets []string
	for i, p := range all {
		id, number := fmt.Sprintf("2601-%d", i), fmt.Sprintf("7530000000000%d", i)
		body, secret := p.sealed(id, number)
		secrets = append(secrets, secret)
		for i, want := range []string{"new", "same", "same"} {
			v, err := d.api.AddDocument(t.Context(), body)
			if err != nil || v.Verdict != want || v.Key != id || v.Waybill != number {
				t.Fatalf("%s: %+v, %v, want %s", p.style.Name, v, err, want)
			}
			if i == 1 {
				d.until(t, id, ledger.Presumed)
			}
		}
		if r := d.row(t, id); r.PhoneKind != "sealed" || r.Printer != p.style.Name || r.LastEvidence == nil || r.LastEvidence.Method != "component" {
			t.Errorf("%s: %+v", p.style.Name, r)
		}
	}
	for i, p := range all {
		if n := p.out(fmt.Sprintf("7530000000000%d", i)); n != 1 || len(p.Journal()) != 1 {
			t.Errorf("%s: its label came out %d times, and %d labels in all", p.style.Name, n, len(p.Journal()))
		}
	}
	queue, err := d.api.Queue(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range queue.Rows {
		if len(r.Cautions) > 0 || r.Lateness != nil || r.Refusal != nil || r.Deadline.IsZero() {
			t.Errorf("the queue says of a document: %+v", r)
		}
	}
	shown, err := json.Marshal(queue)
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = d.Station.Picture(t.Context(), d.row(t, "2601-0").LabelID, 8)
	if notice.CodeOf(err) != "label-sealed" {
		t.Errorf("a picture of it: %v, want label-sealed", err)
	}
	d.stop()
	files := 0
	err = filepath.WalkDir(d.data, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(path)
		files++
		for _, secret := range secrets {
			if bytes.Contains(append(content, shown...), []byte(secret[:24])) || len(secret) < 24 {
				t.Errorf("%s holds sealed data in the open", filepath.Base(path))
			}
		}
		return err
	})
	if err != nil || files < 3 || len(queue.Rows) != len(all) {
		t.Errorf("%d files, %d rows, %v", files, len(queue.Rows), err)
	}
}

// Another label under the same key takes the place of one that waits; of one that
// was sent it is an alarm. What no printer here can take is not taken.
func TestAnotherDocument(t *testing.T) {
	pdd := component(t, cainiaosim.PDD, 20*time.Second)
	d := newDesk(t, pdd)
	if err := d.api.Pause(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	time.Sleep(500 * time.Millisecond) // the printer's loop may just have seen that nothing holds it
	first, _ := pdd.sealed("1", "75300000000001")
	second, _ := pdd.sealed("1", "75300000000002")
	if v, err := d.api.AddDocument(t.Context(), first); err != nil || v.Verdict != "new" || v.State != api.Waiting {
		t.Fatalf("%+v, %v", v, err)
	}
	if v, err := d.api.AddDocument(t.Context(), second); err != nil || v.Verdict != "replaced" || v.Waybill != "75300000000002" {
		t.Fatalf("%+v, %v", v, err)
	}
	if err := d.api.Resume(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	d.until(t, "1", ledger.Presumed)
	refused := func(body []byte, status int, code notice.Code) {
		t.Helper()
		var p *api.Problem
		if _, err := d.api.AddDocument(t.Context(), body); !errors.As(err, &p) || p.Status != status || p.Code != code {
			t.Errorf("%v, want %d %s", err, status, code)
		}
	}
	refused(first, 409, "document-too-late")
	if r := d.row(t, "1"); r.Alarm != "document-too-late" {
		t.Errorf("no alarm: %+v", r)
	}
	other, _ := pdd.sealed("2", "75300000000002")
	refused(other, 409, "number-taken")
	wide := bytes.Replace(other, []byte(`"size":"76x130"`), []byte(`"size":"100x180"`), 1)
	refused(wide, 422, "paper-no-printer")
	kuaishou := &platform{style: cainiaosim.Kuaishou}
	foreign, _ := kuaishou.sealed("3", "75300000000003")
	refused(foreign, 422, "paper-no-printer")
	if pdd.out("75300000000001") != 0 || pdd.out("75300000000002") != 1 || len(pdd.Journal()) != 1 {
		t.Errorf("%+v", pdd.Journal())
	}
}

// The power fails while the component has the label. The next run asks it, prints
// nothing twice, and stops at what nobody can know.
func TestACrashBehindADocument(t *testing.T) {
	for _, test := range []struct {
		name  string
		fault cainiaosim.Fault
		out   int // labels when the power fails
		pause time.Duration
		want  ledger.LabelState
	}{
		{"it printed", cainiaosim.Fault{Kind: cainiaosim.Slow, Request: "print", Late: true, Wait: 3 * time.Second}, 1, 0, ledger.Presumed},
		{"it prints later", cainiaosim.Fault{Kind: cainiaosim.Slow, Request: "print", Wait: 2 * time.Second}, 0, 0, ledger.Presumed},
		{"it has forgotten", cainiaosim.Fault{Kind: cainiaosim.CrashAfter, Request: "print", Wait: 100 * time.Millisecond}, 1, 300 * time.Millisecond, ledger.Unknown},
	} {
		t.Run(test.name, func(t *testing.T) {
			patience := 4 * time.Second
			if test.want == ledger.Unknown {
				patience /= 2
			}
			cainiao := component(t, cainiaosim.CainiaoOld, patience)
			cainiao.Misbehave(test.fault)
			d := newDesk(t, cainiao)
			body, _ := cainiao.sealed("1", "75300000000001")
			if _, err := d.api.AddDocument(t.Context(), body); err != nil {
				t.Fatal(err)
			}
			d.until(t, "1", ledger.Sending)
			for i := 0; cainiao.out("75300000000001") < test.out; i++ {
				if i > 12_000 {
					t.Fatal("nothing comes out")
				}
				time.Sleep(5 * time.Millisecond)
			}
			time.Sleep(test.pause)
			next := d.powerLoss(t)
			next.until(t, "1", test.want)
			if test.want == ledger.Unknown { // it is asked until its patience is over, and then a person
				time.Sleep(patience + time.Second)
				if r := next.row(t, "1"); r.Label != ledger.Unknown {
					t.Errorf("%s: %+v", r.Label, r)
				}
			}
			if v, err := next.api.AddDocument(t.Context(), body); err != nil || v.Verdict != "same" {
				t.Errorf("handed in again: %+v, %v", v, err)
			}
			time.Sleep(300 * time.Millisecond)
			if n := cainiao.out("75300000000001"); n != 1 {
				t.Errorf("it came out %d times", n)
			}
		})
	}
}

func TestADocumentIsPurged(t *testing.T) {
	pdd := component(t, cainiaosim.PDD, 20*time.Second)
	d := newDesk(t, pdd)
	body, _ := pdd.sealed("1", "75300000000001")
	if _, err := d.api.AddDocument(t.Context(), body); err != nil {
		t.Fatal(err)
	}
	id := d.until(t, "1", ledger.Presumed).LabelID
	d.stop()
	d.start(t, func() time.Time { return time.Now().Add(25 * time.Hour) })
	for i := 0; !d.row(t, "1").Purged; i++ {
		if i > 2400 {
			t.Fatal("it is not purged")
		}
		time.Sleep(25 * time.Millisecond)
	}
	if _, err := d.Ledger.Document(t.Context(), id); !errors.Is(err, ledger.ErrPurged) {
		t.Errorf("the document: %v, want %v", err, ledger.ErrPurged)
	}
	if v, err := d.api.AddDocument(t.Context(), body); err != nil || v.Verdict != "same" || v.State != api.Done {
		t.Errorf("handed in again: %+v, %v", v, err)
	}
	if _, err := d.api.Reprint(t.Context(), api.Reprint{Waybill: "75300000000001", Reason: "torn"}); err == nil {
		t.Error("it is printed again, of what is gone")
	}
	if key := order.OfDocument("pdd", "1"); d.row(t, "1").Order != key || len(pdd.Journal()) != 1 {
		t.Errorf("%+v, %d labels", d.row(t, "1").Order, len(pdd.Journal()))
	}
}

// The command line hands in a file, and says no more than its name to whoever
// lists processes.
func TestDocumentsAtTheCommandLine(t *testing.T) {
	pdd := component(t, cainiaosim.PDD, 20*time.Second)
	d := newDesk(t, pdd)
	body, secret := pdd.sealed("1", "75300000000001")
	file := filepath.Join(t.TempDir(), "label.json")
	if err := os.WriteFile(file, body, 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(in string, args ...string) (status int, out, complaint string) {
		var stdout, stderr bytes.Buffer
		status = cli.Main(append([]string{"--data", d.data, "documents", "add"}, args...), cli.Environment{
			In: strings.NewReader(in), Out: &stdout, Err: &stderr, Getenv: func(string) string { return "" },
		})
		return status, stdout.String(), stderr.String()
	}
	if status, out, complaint := run("", file); status != 0 || !strings.HasPrefix(out, "new 1 75300000000001 ") || complaint != "" { // it may be under way by now
		t.Errorf("%d, %q, %q", status, out, complaint)
	}
	d.until(t, "1", ledger.Presumed)
	status, out, complaint := run(string(body), "--json", "-")
	if status != 0 || !strings.Contains(out, `"verdict": "same"`) || strings.Contains(out+complaint, secret) || complaint != "" {
		t.Errorf("%d, %q, %q", status, out, complaint)
	}
	if status, _, complaint := run("", file+".none"); status != 1 || !strings.Contains(complaint, "label.json.none") {
		t.Errorf("no file: %d, %q", status, complaint)
	}
	if status, _, complaint := run(string(body[:len(body)-9]), "-"); status != 1 || strings.Contains(complaint, secret[:24]) || complaint == "" {
		t.Errorf("half a file: %d, %q", status, complaint)
	}
	if len(pdd.Journal()) != 1 {
		t.Errorf("%d labels came out", len(pdd.Journal()))
	}
}

// Whoever packs scans it like every label. Nobody here tells the platform.
func TestADocumentIsScanned(t *testing.T) {
	pdd := component(t, cainiaosim.PDD, 20*time.Second)
	d := newDesk(t, pdd)
	body, _ := pdd.sealed("1", "75300000000001")
	if _, err := d.api.AddDocument(t.Context(), body); err != nil {
		t.Fatal(err)
	}
	d.until(t, "1", ledger.Presumed)
	if _, err := d.api.Scan(t.Context(), api.Scan{Waybill: "75300000000001"}); err != nil {
		t.Fatal(err)
	}
	for i := 0; ; i++ {
		if _, err := d.Ledger.NextMessage(t.Context()); errors.Is(err, ledger.ErrNothing) {
			break
		}
		if i > 2400 {
			t.Fatal("the platform is being told for ever")
		}
		time.Sleep(25 * time.Millisecond)
	}
	d.said.mu.Lock()
	defer d.said.mu.Unlock()
	if len(d.said.codes) > 0 {
		t.Errorf("people are told %v", d.said.codes)
	}
}

func TestTheDoctorAsksEveryComponent(t *testing.T) {
	pdd, off := component(t, cainiaosim.PDD, time.Second), component(t, cainiaosim.Douyin, time.Second)
	settings := func(name, url string) config.Printer {
		return config.Printer{Name: name, URL: url, Language: config.Sealed, DialTimeout: config.Duration{Duration: 2 * time.Second}}
	}
	c := &config.Config{Printers: []config.Printer{
		settings("good", pdd.url), settings("none", strings.Replace(pdd.url, "R42D", "OTHER", 1)), settings("off", off.url),
		{Name: "wire", URL: "tcp://127.0.0.1:1", Language: "zpl"}, settings("jd", "jd-component:///P"),
	}}
	off.Close()
	said := map[string]notice.Code{}
	for _, check := range app.CheckComponents(t.Context(), c) {
		said[check.What] = notice.CodeOf(check.Err)
	}
	want := map[string]notice.Code{"component of good": "", "component of none": "component-no-printer", "component of off": "component-off"}
	for what, code := range want {
		if got, ok := said[what]; !ok || code != "" && got != code {
			t.Errorf("%s: %s, want %s", what, got, code)
		}
	}
	if len(said) != len(want) {
		t.Errorf("%v", said)
	}
}
