package cainiao

import (
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"

	"miandan/agent/internal/api"
	"miandan/agent/internal/compat"
	"miandan/agent/internal/compat/lpml"
	"miandan/agent/internal/hostile"
	"miandan/agent/internal/notice"
	"miandan/templates/scene"
)

// shelf is a station that keeps what it is given.
type shelf struct{ labels map[string]compat.Label }

func (s *shelf) Printers(context.Context) ([]compat.Printer, error) {
	return []compat.Printer{
		{Name: "P", Ready: true, Size: "76x130", Paper: lpml.Paper{Grid: scene.DPI203, Width: scene.MM(76), Height: scene.MM(130)}},
		{Name: "Q", Dialect: dialect, Size: "76x130", Paper: lpml.Paper{Grid: scene.DPI203, Width: scene.MM(76), Height: scene.MM(130)}},
	}, nil
}

func (s *shelf) Add(_ context.Context, l compat.Label) (api.Job, error) {
	s.labels[l.Key] = l
	return api.Job{Key: l.Key, State: api.Done}, nil
}

func (s *shelf) Job(_ context.Context, _, key string) (api.Job, error) {
	if _, ok := s.labels[key]; !ok {
		return api.Job{}, api.ErrNotFound
	}
	return api.Job{Key: key, State: api.Done}, nil
}

func (s *shelf) Jobs(context.Context, string, int) (all []api.Job, err error) {
	for key := range s.labels {
		all = append(all, api.Job{Key: key, State: api.Done})
	}
	return all, nil
}

// page is a page that says one thing and listens.
type page struct {
	messages chan []byte
	heard    []string
}

func (p *page) ID() string                          { return "0123456789abcdef" }
func (p *page) Language() notice.Language           { return notice.English }
func (p *page) Messages() <-chan []byte             { return p.messages }
func (p *page) Admit(context.Context, []byte) error { return nil }
func (p *page) Spend() *notice.Error                { return nil }
func (p *page) Changed() <-chan struct{}            { return nil }
func (p *page) Say(_ context.Context, m any) error {
	b, err := json.Marshal(m)
	p.heard = append(p.heard, string(b))
	return err
}

const plainTask = `{"cmd":"print","requestID":"R1","version":"1.0","task":{"taskID":"T1","preview":false,"printer":"P","notifyType":["render","print"],"documents":[{"documentID":"TT0000000001","contents":[{"data":{"n":"TT0000000001"},"templateURL":"<page width=\"76\" height=\"130\"><layout left=\"3\" top=\"3\" width=\"70\" height=\"20\"><barcode type=\"code128\"><![CDATA[<%=_data.n%>]]></barcode></layout></page>"}]}]}}`

const sealedTask = `{"cmd":"print","requestID":"R2","version":"1.0","task":{"taskID":"T2","printer":"Q","documents":[{"documentID":"TT0000000002","contents":[{"encryptedData":"AES:U0VBTEVE","signature":"MD:c2lnbmVk","templateURL":"http://cloudprint.cainiao.com/template/standard/1/1","ver":"waybill_print_secret_version_1"}]}]}}`

// FuzzEnvelope says anything to the server: each message has an answer of JSON, no
// answer quotes a person, and a label is kept of what is a task alone.
func FuzzEnvelope(f *testing.F) {
	for _, good := range []string{
		plainTask, sealedTask,
		`{"cmd":"getPrinters","requestID":"R","version":"1.0"}`, `{"cmd":"getPrinterConfig","requestID":"R","version":"1.0","printer":"P"}`,
		`{"cmd":"setPrinterConfig","requestID":"R","version":"1.0","printer":{"name":"P","needTopLogo":true,"horizontalOffset":1,"verticalOffset":0.5}}`,
		`{"cmd":"getTaskStatus","requestID":"R","version":"1.0","taskID":["T1"]}`, `{"cmd":"getDocumentStatus","requestID":"R","version":"1.0","documentIDs":["TT0000000001"]}`,
		`{"cmd":"getAgentInfo","requestID":"R","version":"1.0"}`,
	} {
		f.Add([]byte(good))
		for _, b := range hostile.JSON(good) {
			f.Add(b)
		}
	}
	f.Fuzz(func(t *testing.T, message []byte) {
		if !hostile.Short(message) || len(message) > 16<<10 {
			return
		}
		hostile.Bounded(t, 4<<20, func() {
			s := &shelf{map[string]compat.Label{}}
			p := &page{messages: make(chan []byte, 1)}
			p.messages <- message
			close(p.messages)
			server := &Server{Station: s, Templates: &compat.Templates{Setting: "compat.cainiao"}, Notices: Older, Version: "1.5.3.0", Preview: true, Log: slog.New(slog.DiscardHandler)}
			server.Speak(t.Context(), p)
			if len(p.heard) == 0 {
				t.Fatal("no answer")
			}
			for _, answer := range p.heard {
				if !json.Valid([]byte(answer)) || strings.Contains(answer, hostile.Name) && strings.Contains(answer, `"msg":"`+hostile.Name) {
					t.Errorf("answer: %s", answer)
				}
			}
			for key, l := range s.labels {
				if task, document, ok := compat.Names(key); !ok || !compat.Named(task) || !compat.Named(document) || !waybill.MatchString(l.Number) {
					t.Errorf("kept as %q: %q", key, l.Number)
				}
			}
		})
	})
}
